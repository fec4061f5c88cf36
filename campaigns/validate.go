package campaigns

import (
	"encoding/json"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"cinnabar/internal/fault"
	"cinnabar/internal/money"
	"cinnabar/moderation"
)

// Bounds on what comes in. They keep one plan from filling a screen or an index; they
// are no judgement of content.
const (
	longestID    = 200     // bytes; ids are index keys
	longestLine  = 500     // runes of a name
	longestText  = 20_000  // runes of a message, a brief or a remark
	longestAbout = 2000    // runes of a profile
	longestExtra = 16_000  // bytes of what a file says besides
	mostLines    = 2000    // of a scenario
	mostOfAKind  = 1000    // quotas, must-haves, deliverables of one thing
	longestSpan  = 5 * 366 // days of a campaign
	mostPeople   = 100_000_000
)

// Validate reports the first thing that makes a campaign impossible to save, as
// FieldMissing (Args: field) or FieldValue (Args: field, value), FieldTwice for an id
// that stands twice, and QuotaConflict (Args: quotas) for quotas that can't hold
// together whoever is chosen. It judges the form; whether a plan may be proposed is
// Check's business, so a draft may be empty, too dear or late.
func Validate(c Campaign) error {
	v := &validator{}
	v.text("id", c.ID, longestID, false)
	v.name("brand", c.Brand, true)
	v.name("name", c.Name, true)
	v.check("version", strconv.Itoa(c.Version), c.Version >= 0)
	v.check("service_fee", strconv.Itoa(int(c.ServiceFee)), c.ServiceFee >= 0 && c.ServiceFee <= 10_000)
	v.oneOf("state", string(c.State), "", string(Draft), string(Proposed), string(Approved), string(Running), string(Closed))
	v.text("words", c.Words, longestText, false)
	v.wish(c.Wish)
	v.check("scenarios", "0", len(c.Scenarios) > 0)
	v.check("scenarios", strconv.Itoa(len(c.Scenarios)), len(c.Scenarios) <= mostOfAKind)
	once := v.once("scenario")
	for _, s := range c.Scenarios {
		once(s.ID)
		v.name("scenario", s.Name, false)
		v.check("lines", strconv.Itoa(len(s.Lines)), len(s.Lines) <= mostLines)
		// Two scenarios may hold the same line, since one is often made from the other.
		line := v.once("line")
		for _, l := range s.Lines {
			line(l.ID)
			v.line(l)
		}
		if v.first == nil {
			if _, err := Total(c, s); err != nil {
				return err
			}
		}
	}
	if c.Chosen != "" {
		v.check("chosen", c.Chosen, slices.ContainsFunc(c.Scenarios, func(s Scenario) bool { return s.ID == c.Chosen }))
	}
	if v.first == nil {
		if clash := contradictory(c.Wish.Quotas); len(clash) > 0 {
			return fault.New(fault.QuotaConflict, "quotas", strings.Join(clash, ", "))
		}
	}
	return v.err()
}

func (v *validator) wish(w Wish) {
	v.oneOf("goal", string(w.Goal), string(Awareness), string(Engaging), string(Trial), string(Sales))
	v.segment(w.Segment)
	v.amount("budget", w.Budget)
	v.window("window", w.From, w.To)
	v.check("frequency", strconv.Itoa(w.Frequency), w.Frequency >= 0 && w.Frequency <= 100)
	v.share("caution", w.Caution, 10)
	v.check("quota", strconv.Itoa(len(w.Quotas)), len(w.Quotas) <= mostOfAKind)
	tags := v.once("quota")
	for _, q := range w.Quotas {
		family, of, is := strings.Cut(q.Tag, ":")
		switch family {
		case "tier":
			is = slices.ContainsFunc(tiers(), func(t Tier) bool { return t.Code == of })
		case "format":
			is = slices.Contains(Formats(), Format(of))
		case "category", "region":
		default:
			is = false
		}
		v.check("quota", q.Tag, is && of != "")
		v.text("quota", q.Tag, longestLine, true)
		tags(q.Tag)
		v.check("quota", q.Tag+" "+strconv.Itoa(q.Least)+"–"+strconv.Itoa(q.Most),
			q.Least >= 0 && q.Most >= 0 && q.Least <= mostLines && (q.Most == 0 || q.Least <= q.Most))
	}
	must := v.ids("must", w.Must)
	never := v.ids("never", w.Never)
	for id := range must {
		v.check("must", id, !never[id])
	}
}

func (v *validator) segment(s Segment) {
	for _, x := range s.Ages {
		v.oneOf("ages", x, AgeBands()...)
	}
	for _, x := range s.Genders {
		v.oneOf("genders", x, Genders()...)
	}
	for _, x := range s.Cities {
		v.oneOf("cities", x, CityTiers()...)
	}
	v.share("others", s.Others, 1)
}

func (v *validator) line(l Line) {
	v.name("title", l.Title, false)
	v.amount("cost", l.Cost)
	v.window("line", l.From, l.To)
	parts := map[LineKind]bool{KOLLine: l.KOL != nil, GiftLine: l.Gift != nil, EventLine: l.Event != nil, TrialLine: l.Trial != nil, PromotionLine: l.Promotion != nil}
	there := 0
	for _, is := range parts {
		if is {
			there++
		}
	}
	v.check("kind", string(l.Kind), slices.Contains(LineKinds(), l.Kind) && parts[l.Kind] && there == 1)
	if v.first != nil {
		return
	}
	switch l.Kind {
	case KOLLine:
		v.text("kol", l.KOL.KOL, longestID, true)
		v.oneOf("format", string(l.KOL.Format), string(PictureNote), string(VideoNote), string(Live))
		v.name("handle", l.KOL.Handle, false)
	case GiftLine:
		v.oneOf("gift", string(l.Gift.Kind), string(Collectible), string(AnimatedCard), string(GamingSkin))
		v.check("artwork", string(l.Gift.Artwork), l.Gift.Artwork == "" || l.Gift.Artwork.Valid())
		v.count("editions", l.Gift.Editions)
		v.count("per_head", l.Gift.PerHead)
	case EventLine:
		v.name("place", l.Event.Place, false)
		v.name("city", l.Event.City, false)
		v.count("capacity", l.Event.Capacity)
		v.check("ends", l.Event.Ends.Format(time.RFC3339), l.Event.Starts.IsZero() || l.Event.Ends.IsZero() || !l.Event.Ends.Before(l.Event.Starts))
	case TrialLine:
		v.name("product", l.Trial.Product, false)
		v.count("units", l.Trial.Units)
		v.amount("worth", l.Trial.Worth)
		v.text("who", l.Trial.Who, longestText, false)
	case PromotionLine:
		v.segment(l.Promotion.Segment)
		v.text("message", l.Promotion.Message, longestText, false)
		v.text("variant", l.Promotion.Variant, longestText, false)
		v.amount("daily", l.Promotion.Daily)
		v.count("expected", l.Promotion.Expected)
	}
}

// ValidateContract is Validate for a contract's brief and terms.
func ValidateContract(c Contract) error {
	v := &validator{}
	v.text("id", c.ID, longestID, false)
	v.text("campaign", c.Campaign, longestID, true)
	v.text("line", c.Line, longestID, true)
	v.text("kol", c.KOL, longestID, true)
	v.name("product", c.Brief.Product, false)
	for _, list := range [][]string{c.Brief.MustSay, c.Brief.MustNot} {
		v.check("brief", strconv.Itoa(len(list)), len(list) <= mostOfAKind)
		for _, s := range list {
			v.text("brief", s, longestText, false)
		}
	}
	v.check("jurisdiction", c.Brief.Jurisdiction, slices.ContainsFunc(disclosures(), func(d Disclosure) bool { return d.Code == c.Brief.Jurisdiction }))
	v.text("disclosure", c.Brief.Disclosure, longestLine, true)
	v.text("words", c.Brief.Words, longestText, false)
	v.check("creative", strconv.Itoa(len(c.Brief.Creative)), len(c.Brief.Creative) <= mostOfAKind)
	for _, id := range c.Brief.Creative {
		v.check("creative", string(id), id.Valid())
	}
	v.amount("fee", c.Terms.Fee)
	v.check("service_fee", strconv.Itoa(int(c.Terms.ServiceFee)), c.Terms.ServiceFee >= 0 && c.Terms.ServiceFee <= 10_000)
	v.check("usage_days", strconv.Itoa(c.Terms.UsageDays), c.Terms.UsageDays >= 0 && c.Terms.UsageDays <= 36_525)
	v.text("usage_where", c.Terms.UsageWhere, longestText, false)
	v.check("deliverables", strconv.Itoa(len(c.Terms.Deliverables)), len(c.Terms.Deliverables) > 0 && len(c.Terms.Deliverables) <= mostOfAKind)
	once := v.once("deliverable")
	for _, d := range c.Terms.Deliverables {
		once(d.ID)
		v.oneOf("format", string(d.Format), string(PictureNote), string(VideoNote), string(Live))
		v.check("count", strconv.Itoa(d.Count), d.Count >= 1 && d.Count <= mostOfAKind)
		v.window("window", d.From, d.To)
		if d.Planned != "" {
			v.check("planned", string(d.Planned), d.Planned >= d.From && d.Planned <= d.To && day(d.Planned))
		}
		if d.Link != "" {
			u, err := url.Parse(d.Link)
			v.check("link", d.Link, err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && len(d.Link) <= 4000)
		}
		v.text("code", d.Code, 40, false)
		v.text("post", d.Post, longestID, false)
	}
	return v.err()
}

// ValidateKOL is Validate for a KOL as a file brings one. Quotes in one format may not
// overlap, or nobody could say what a post costs on a day.
func ValidateKOL(k KOL) error {
	v := &validator{}
	v.text("id", k.ID, longestID, true)
	v.text("handle", k.Handle, 200, true)
	v.text("category", k.Category, 100, false)
	v.check("region", k.Region, k.Region == "" || isRegion(k.Region))
	v.check("languages", strconv.Itoa(len(k.Languages)), len(k.Languages) <= 50)
	for _, l := range k.Languages {
		v.name("languages", l, true)
	}
	v.text("about", k.About, longestAbout, false)
	v.check("joined", string(k.Joined), k.Joined == "" || day(k.Joined) && k.Joined >= "1990-01-01" && k.Joined < "2200")
	if k.Extra != nil {
		extra, err := json.Marshal(k.Extra)
		v.check("extra", strconv.Itoa(len(extra)), err == nil && len(extra) <= longestExtra)
	}
	v.check("growth", strconv.Itoa(len(k.Growth)), len(k.Growth) <= 26)
	for _, n := range append([]int{k.Followers}, k.Growth...) {
		v.check("followers", strconv.Itoa(n), n >= 0 && n <= math.MaxInt32)
	}
	for _, e := range []Engagement{k.Daily, k.Paid} {
		for _, n := range []int{e.Notes, e.Views, e.Likes, e.Saves, e.Comments, e.Shares} {
			v.check("engagement", strconv.Itoa(n), n >= 0 && n <= math.MaxInt32)
		}
	}
	v.shares("audience.age", k.Audience.Age, AgeBands())
	v.shares("audience.gender", k.Audience.Gender, Genders())
	v.shares("audience.city", k.Audience.City, CityTiers())
	for name, x := range map[string]float64{"audience.abroad": k.Audience.Abroad, "authentic": k.Authentic} {
		if x != Unknown {
			v.share(name, x, 1)
		}
	}
	v.check("picture", string(k.Picture), k.Picture == "" || k.Picture.Valid())
	v.check("quotes", strconv.Itoa(len(k.Quotes)), len(k.Quotes) <= mostOfAKind)
	for _, q := range k.Quotes {
		v.quote(q)
	}
	return v.err()
}

// ValidateQuote is ValidateKOL for a quote alone.
func ValidateQuote(q Quote) error {
	v := &validator{}
	v.quote(q)
	return v.err()
}

func (v *validator) quote(q Quote) {
	v.oneOf("format", string(q.Format), string(PictureNote), string(VideoNote), string(Live))
	v.amount("fee_cny", q.Fee)
	within := func(d moderation.Date) bool { return day(d) && d >= "2000-01-01" && d < "2200" }
	v.check("from", string(q.From), q.From == "" || within(q.From))
	v.check("to", string(q.To), q.To == "" || within(q.To) && q.From <= q.To)
}

func (v *validator) shares(field string, shares map[string]float64, known []string) {
	sum := 0.0
	for key, x := range shares {
		v.oneOf(field, key, known...)
		v.share(field, x, 1)
		sum += x
	}
	v.check(field, strconv.FormatFloat(sum, 'f', 2, 64), sum <= 1.02) // as rounded shares add up
}

// contradictory finds quotas that no choice of KOLs can keep, whoever there is to
// choose from: a family's upper limits cover every one of its tags, and yet another
// family asks for more.
func contradictory(quotas []Quota) []string {
	every := map[string][]string{"tier": nil, "format": nil}
	for _, t := range tiers() {
		every["tier"] = append(every["tier"], "tier:"+t.Code)
	}
	for _, f := range Formats() {
		every["format"] = append(every["format"], "format:"+string(f))
	}
	least := map[string]int{}
	asks := map[string][]string{}
	of := map[string]Quota{}
	for _, q := range quotas {
		family, _, _ := strings.Cut(q.Tag, ":")
		if family == "format" {
			// One KOL may post in several formats.
			least[family] = max(least[family], q.Least)
		} else {
			least[family] += q.Least
		}
		if q.Least > 0 {
			asks[family] = append(asks[family], q.Tag)
		}
		of[q.Tag] = q
	}
	for _, family := range []string{"tier", "format"} {
		most, covered := 0, true
		for _, tag := range every[family] {
			q, there := of[tag]
			covered = covered && there && q.Most > 0
			most += q.Most
		}
		if !covered {
			continue
		}
		for _, other := range []string{"category", "format", "region", "tier"} {
			if other != family && least[other] > most {
				return append(slices.Clone(every[family]), asks[other]...)
			}
		}
	}
	return nil
}

// validator keeps the first fault and goes quiet after it.
type validator struct{ first *fault.Error }

func (v *validator) err() error {
	if v.first == nil {
		return nil // not a nil *fault.Error in an error
	}
	return v.first
}

func (v *validator) check(field, value string, ok bool) {
	if ok || v.first != nil {
		return
	}
	if runes := []rune(strings.ToValidUTF8(value, "\uFFFD")); len(runes) > 60 {
		value = string(runes[:60]) + "…"
	} else {
		value = string(runes)
	}
	v.first = fault.New(fault.FieldValue, "field", field, "value", value)
}

func (v *validator) text(field, value string, most int, needed bool) {
	if needed && strings.TrimSpace(value) == "" && v.first == nil {
		v.first = fault.New(fault.FieldMissing, "field", field)
	}
	v.check(field, value, utf8.ValidString(value) && !strings.Contains(value, "\x00") && utf8.RuneCountInString(value) <= most && (most > longestID || len(value) <= most))
}

func (v *validator) name(field, value string, needed bool) {
	v.text(field, value, longestLine, needed)
}

func (v *validator) oneOf(field, value string, known ...string) {
	v.check(field, value, slices.Contains(known, value))
}

func (v *validator) amount(field string, a money.Fen) {
	v.check(field, a.String(), a >= 0 && a <= money.Most)
}

func (v *validator) count(field string, n int) {
	v.check(field, strconv.Itoa(n), n >= 0 && n <= mostPeople)
}

func (v *validator) share(field string, x, most float64) {
	v.check(field, strconv.FormatFloat(x, 'g', -1, 64), x >= 0 && x <= most) // false for NaN
}

func (v *validator) window(field string, from, to moderation.Date) {
	if v.first != nil {
		return
	}
	text := string(from) + " – " + string(to)
	v.check(field, text, day(from) && day(to) && from <= to && Days(from, to) <= longestSpan)
}

// once returns a function that refuses an id that it was given before.
func (v *validator) once(field string) func(string) {
	seen := map[string]bool{}
	return func(id string) {
		v.text(field, id, longestID, true)
		if seen[id] && v.first == nil {
			v.first = fault.New(fault.FieldTwice, "field", field, "value", id)
		}
		seen[id] = true
	}
}

func (v *validator) ids(field string, ids []string) map[string]bool {
	v.check(field, strconv.Itoa(len(ids)), len(ids) <= mostLines)
	once := v.once(field)
	all := make(map[string]bool, len(ids))
	for _, id := range ids {
		once(id)
		all[id] = true
	}
	return all
}

func day(d moderation.Date) bool { _, ok := d.Time(); return ok }

func isRegion(s string) bool {
	return len(s) == 2 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'A' && s[1] <= 'Z'
}
