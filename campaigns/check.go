package campaigns

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"cinnabar/internal/money"
	"cinnabar/moderation"
)

// Facts are what checks need to know beside the campaign itself.
type Facts struct {
	Today moderation.Date
	Brand BrandStanding
	KOLs  map[string]KOL // of the scenario's lines and of the wish's must-haves, by id
	Items []Item         // what else is in the calendar of these KOLs and of the brand
}

// Rule says where a check of plans comes from.
type Rule struct {
	Check        string          `json:"check"`
	Jurisdiction string          `json:"jurisdiction"` // ISO 3166; "" for a rule of the house or the platform
	Date         moderation.Date `json:"date"`         // of the rule where it is a law, else when it was last looked at
	Source       string          `json:"source"`
}

type ruleTable struct {
	origin
	Rules []Rule `json:"rules"`
}

var rules = sync.OnceValue(func() []Rule { return mustRead[ruleTable]("rules.json").Rules })

// Rules lists the checks of a plan with their sources, in the order Check answers
// them. They are read second-hand and no legal advice.
func Rules() []Rule { return slices.Clone(rules()) }

type tradeTable struct {
	origin
	Never         []string `json:"never"`
	Approval      []string `json:"approval"`
	NotForMinors  []string `json:"not_for_minors"`
	NoCure        []string `json:"no_cure"` // trades whose adverts may not use Cures
	Cures         []string `json:"cures"`
	Special       []string `json:"special"` // claims of special cosmetics alone
	SpecialTrades []string `json:"special_trades"`
}

var trade = sync.OnceValue(func() tradeTable { return mustRead[tradeTable]("trade.json") })

// Bounds that checks hold a plan to.
const (
	// TopPrize is what a winner of a draw may get at most, all chances added up.
	TopPrize = 50_000 * money.Yuan
	// LeastGroup is how many people must stand behind a share of an audience.
	LeastGroup = 100
	// manyMinors makes a KOL's channel one for minors, someMinors worth a look.
	manyMinors = .5
	someMinors = .2
)

// Check puts a scenario of a campaign to every rule, in the order of Rules. Every check
// answers, with NotApplicable where it has nothing to say; some answer once per line or
// KOL. In a result, Field is the id of the line it speaks of, "" for none; Args name
// lines by their title and KOLs by their handle.
//
// A warning is for a person to weigh; a failure keeps the plan from being proposed, see
// Blocks.
func Check(c Campaign, s Scenario, f Facts) []moderation.CheckResult {
	p := &plan{c: c, s: s, f: f}
	for _, check := range []func(){
		p.lines, p.brand, p.category, p.window, p.budget, p.quotas, p.must, p.never, p.kols, p.quotes, p.market, p.records,
		p.authentic, p.paidShare, p.rivals, p.figures, p.minors, p.labels, p.wording, p.gifts, p.transfer, p.prizes, p.draws,
		p.blindBoxes, p.events, p.trials, p.promotions,
	} {
		check()
	}
	return p.results
}

// Blocks reports whether any result keeps a plan from being proposed or approved.
func Blocks(results []moderation.CheckResult) bool {
	return moderation.Worst(results) == moderation.Fail
}

// plan carries what all checks of one scenario read, and what they found.
type plan struct {
	c       Campaign
	s       Scenario
	f       Facts
	results []moderation.CheckResult
}

// say adds a result. pairs are argument names and values in turn, as in CheckDetails.
func (p *plan) say(check string, o moderation.Outcome, detail, line string, pairs ...string) {
	r := moderation.CheckResult{Check: "plan." + check, Outcome: o, Detail: "plan." + check + "." + detail, Field: line, Document: -1}
	if o == moderation.NotApplicable {
		r.Detail = ""
	}
	if len(pairs) > 0 {
		r.Args = make(map[string]string, len(pairs)/2)
		for i := 0; i+1 < len(pairs); i += 2 {
			r.Args[pairs[i]] = pairs[i+1]
		}
	}
	p.results = append(p.results, r)
}

func (p *plan) silent(check string) { p.say(check, moderation.NotApplicable, "", "") }

// each calls f for the lines of a kind and reports how many there are.
func (p *plan) each(kind LineKind, f func(Line)) int {
	n := 0
	for _, l := range p.s.Lines {
		if l.Kind == kind {
			n++
			f(l)
		}
	}
	return n
}

// posts are the lines that ask a KOL for a post, with the KOL where it is known.
func (p *plan) posts(f func(l Line, k KOL, known bool)) int {
	return p.each(KOLLine, func(l Line) {
		if l.KOL == nil {
			return
		}
		k, ok := p.f.KOLs[l.KOL.KOL]
		f(l, k, ok)
	})
}

// once is posts for each KOL's first line alone.
func (p *plan) once(f func(l Line, k KOL)) int {
	seen := map[string]bool{}
	return p.posts(func(l Line, k KOL, known bool) {
		if known && !seen[k.ID] {
			seen[k.ID] = true
			f(l, k)
		}
	})
}

func title(l Line) string {
	switch {
	case l.Title != "":
		return l.Title
	case l.KOL != nil:
		return cmp.Or(l.KOL.Handle, l.KOL.KOL)
	}
	return l.ID
}

func name(k KOL) string { return cmp.Or(k.Handle, k.ID) }

func itoa(n int) string { return strconv.Itoa(n) }

func (p *plan) lines() {
	if len(p.s.Lines) == 0 {
		p.say("lines", moderation.Fail, "none", "")
		return
	}
	p.say("lines", moderation.Pass, "some", "", "count", itoa(len(p.s.Lines)))
}

func (p *plan) brand() {
	b := p.f.Brand
	if !b.Verified {
		why := b.Why
		if !slices.Contains([]string{"waiting", "refused", "expired", "barred"}, why) {
			why = "none"
		}
		p.say("brand", moderation.Fail, why, "", "brand", p.c.Brand, "until", string(b.Until))
		return
	}
	if b.Until != "" && b.Until != moderation.LongTerm && b.Until < p.c.Wish.To {
		p.say("brand", moderation.Warn, "ends", "", "brand", p.c.Brand, "until", string(b.Until))
	} else {
		p.say("brand", moderation.Pass, "verified", "", "brand", p.c.Brand)
	}
	if b.Breaches > 0 {
		p.say("brand", moderation.Warn, "breaches", "", "brand", p.c.Brand, "count", itoa(b.Breaches))
	}
}

func (p *plan) category() {
	t, of := trade(), p.f.Brand.Trade
	switch {
	case of == "":
		p.silent("category")
	case slices.Contains(t.Never, of):
		p.say("category", moderation.Fail, "barred", "", "category", of)
	case slices.Contains(t.Approval, of):
		p.say("category", moderation.Warn, "approval", "", "category", of)
	default:
		p.say("category", moderation.Pass, "free", "", "category", of)
	}
}

func (p *plan) window() {
	w, today := p.c.Wish, p.f.Today
	from, to := string(w.From), string(w.To)
	good := true
	if w.To < today {
		p.say("window", moderation.Fail, "over", "", "from", from, "to", to)
		good = false
	} else if w.From < today && p.c.State != Running && p.c.State != Closed {
		p.say("window", moderation.Warn, "begun", "", "from", from, "to", to)
		good = false
	}
	for _, l := range p.s.Lines {
		if l.From < w.From || l.To > w.To || l.To < l.From {
			p.say("window", moderation.Fail, "line", l.ID, "line", title(l), "from", from, "to", to)
			good = false
		}
	}
	if good {
		p.say("window", moderation.Pass, "within", "", "from", from, "to", to)
	}
}

func (p *plan) budget() {
	cost, err := Total(p.c, p.s)
	budget := p.c.Wish.Budget
	switch {
	case err != nil:
		p.say("budget", moderation.Fail, "sum", "")
	case cost > budget:
		p.say("budget", moderation.Fail, "over", "", "cost", cost.String(), "budget", budget.String(), "over", (cost - budget).String())
	default:
		p.say("budget", moderation.Pass, "within", "", "cost", cost.String(), "budget", budget.String(), "left", (budget - cost).String())
	}
}

func (p *plan) quotas() {
	if len(p.c.Wish.Quotas) == 0 {
		p.silent("quota")
		return
	}
	// A quota counts chosen KOLs: somebody with two posts counts once for each tag.
	tagged := map[string]map[string]bool{}
	p.posts(func(l Line, k KOL, known bool) {
		if !known {
			return
		}
		for _, tag := range Tags(k, l.KOL.Format) {
			if tagged[tag] == nil {
				tagged[tag] = map[string]bool{}
			}
			tagged[tag][k.ID] = true
		}
	})
	for _, q := range p.c.Wish.Quotas {
		n := len(tagged[q.Tag])
		switch {
		case n < q.Least:
			p.say("quota", moderation.Fail, "few", "", "tag", q.Tag, "count", itoa(n), "least", itoa(q.Least))
		case q.Most > 0 && n > q.Most:
			p.say("quota", moderation.Fail, "many", "", "tag", q.Tag, "count", itoa(n), "most", itoa(q.Most))
		default:
			p.say("quota", moderation.Pass, "kept", "", "tag", q.Tag, "count", itoa(n))
		}
	}
}

func (p *plan) chosen() map[string]Line {
	all := map[string]Line{}
	p.posts(func(l Line, _ KOL, _ bool) {
		if _, there := all[l.KOL.KOL]; !there {
			all[l.KOL.KOL] = l
		}
	})
	return all
}

func (p *plan) handle(id string) string {
	if k, ok := p.f.KOLs[id]; ok {
		return name(k)
	}
	return id
}

func (p *plan) must() {
	if len(p.c.Wish.Must) == 0 {
		p.silent("must")
		return
	}
	chosen, good := p.chosen(), true
	for _, id := range p.c.Wish.Must {
		if _, there := chosen[id]; !there {
			p.say("must", moderation.Fail, "missing", "", "kol", p.handle(id))
			good = false
		}
	}
	if good {
		p.say("must", moderation.Pass, "there", "", "count", itoa(len(p.c.Wish.Must)))
	}
}

func (p *plan) never() {
	if len(p.c.Wish.Never) == 0 {
		p.silent("never")
		return
	}
	chosen, good := p.chosen(), true
	for _, id := range p.c.Wish.Never {
		if l, there := chosen[id]; there {
			p.say("never", moderation.Fail, "chosen", l.ID, "kol", p.handle(id))
			good = false
		}
	}
	if good {
		p.say("never", moderation.Pass, "kept", "", "count", itoa(len(p.c.Wish.Never)))
	}
}

func (p *plan) kols() {
	good := true
	seen := map[string]bool{}
	n := p.posts(func(l Line, k KOL, known bool) {
		offer := OfferID(l.KOL.KOL, l.KOL.Format)
		switch {
		case !known:
			p.say("kol", moderation.Fail, "unknown", l.ID, "kol", cmp.Or(l.KOL.Handle, l.KOL.KOL))
			good = false
		case k.Followers < limits().MarketFromFollowers:
			p.say("kol", moderation.Warn, "small", l.ID, "kol", name(k), "followers", itoa(k.Followers), "least", itoa(limits().MarketFromFollowers))
			good = false
		case seen[offer]:
			p.say("kol", moderation.Warn, "twice", l.ID, "kol", name(k))
			good = false
		}
		seen[offer] = true
	})
	switch {
	case n == 0:
		p.silent("kol")
	case good:
		p.say("kol", moderation.Pass, "known", "", "count", itoa(n))
	}
}

func (p *plan) quotes() {
	good := true
	n := p.posts(func(l Line, k KOL, known bool) {
		if !known {
			return
		}
		q, ok := heldOn(k, l.KOL.Format, l.From)
		fee := []string{"kol", name(k), "fee", l.Cost.String(), "quote", q.Fee.String()}
		old, holds := heldOn(k, l.KOL.Format, p.f.Today)
		switch {
		case !ok && holds:
			p.say("quote", moderation.Warn, "ends", l.ID, "kol", name(k), "format", string(l.KOL.Format), "until", string(old.To), "day", string(l.From))
		case !ok:
			p.say("quote", moderation.Fail, "none", l.ID, "kol", name(k), "format", string(l.KOL.Format), "day", string(l.From))
		case l.Cost < q.Fee:
			p.say("quote", moderation.Warn, "lower", l.ID, fee...)
		case l.Cost > q.Fee:
			p.say("quote", moderation.Warn, "higher", l.ID, fee...)
		default:
			return
		}
		good = false
	})
	switch {
	case n == 0:
		p.silent("quote")
	case good:
		p.say("quote", moderation.Pass, "holds", "", "count", itoa(n))
	}
}

func (p *plan) market() {
	switch n := p.each(KOLLine, func(Line) {}); {
	case n == 0:
		p.silent("market")
	case p.c.ServiceFee == 0:
		p.say("market", moderation.Warn, "outside", "")
	default:
		p.say("market", moderation.Pass, "inside", "")
	}
}

func (p *plan) records() {
	good := true
	n := p.once(func(l Line, k KOL) {
		if k.Record.Breaches > 0 {
			p.say("record", moderation.Warn, "breaches", l.ID, "kol", name(k), "count", itoa(k.Record.Breaches))
			good = false
		}
		if k.Record.Open > 0 {
			p.say("record", moderation.Warn, "open", l.ID, "kol", name(k), "count", itoa(k.Record.Open))
			good = false
		}
	})
	p.close("record", n, good)
}

// close ends a check of KOLs that found nothing wrong.
func (p *plan) close(check string, n int, good bool) {
	switch {
	case n == 0:
		p.silent(check)
	case good:
		p.say(check, moderation.Pass, "fine", "", "count", itoa(n))
	}
}

func (p *plan) authentic() {
	good, measured := true, 0
	p.once(func(l Line, k KOL) {
		if k.Authentic < 0 {
			return
		}
		measured++
		if k.Authentic < limits().AuthenticLeast {
			p.say("authentic", moderation.Warn, "low", l.ID, "kol", name(k), "share", percent(k.Authentic), "least", percent(limits().AuthenticLeast))
			good = false
		}
	})
	p.close("authentic", measured, good)
}

func (p *plan) paidShare() {
	planned := map[string]int{}
	p.posts(func(l Line, k KOL, known bool) {
		if known {
			planned[k.ID]++
		}
	})
	for _, i := range p.f.Items {
		if i.Kind == KOLLine && planned[i.KOL] > 0 && i.Campaign != p.c.ID && !i.Fixed {
			planned[i.KOL]++
		}
	}
	good, known := true, 0
	p.once(func(l Line, k KOL) {
		share, ok := PaidShare(k, planned[k.ID])
		if !ok {
			return
		}
		known++
		if share > limits().PaidShare {
			p.say("paid_share", moderation.Warn, "over", l.ID, "kol", name(k), "share", percent(share), "planned", itoa(planned[k.ID]))
			good = false
		}
	})
	p.close("paid_share", known, good)
}

// items are the scenario's posts as they would stand in a calendar.
func (p *plan) items() []Item {
	var all []Item
	p.posts(func(l Line, _ KOL, _ bool) {
		all = append(all, Item{
			Campaign: p.c.ID, Name: p.c.Name, Brand: p.c.Brand, Trade: p.f.Brand.Trade, State: p.c.State, Line: l.ID, Kind: l.Kind,
			Title: title(l), KOL: l.KOL.KOL, From: l.From, To: l.To, Earliest: p.c.Wish.From, Latest: p.c.Wish.To,
		})
	})
	return all
}

func (p *plan) rivals() {
	own := p.items()
	if len(own) == 0 {
		p.silent("rival")
		return
	}
	good := true
	others := slices.DeleteFunc(slices.Clone(p.f.Items), func(i Item) bool { return i.Campaign == p.c.ID })
	for _, clash := range Clashes(append(own, others...), nil, RivalDays) {
		mine, theirs := clash.A, clash.B
		if mine.Campaign != p.c.ID {
			mine, theirs = theirs, mine
		}
		switch {
		case mine.Campaign != p.c.ID:
			continue
		case clash.Rule == "clash.booked":
			p.say("rival", moderation.Warn, "booked", mine.Line, "kol", p.handle(mine.KOL), "category", clash.Args["category"], "from", string(theirs.From), "days", clash.Args["days"])
			good = false
			continue
		case clash.Rule != "clash.rival":
			continue
		}
		p.say("rival", moderation.Warn, "near", mine.Line, "kol", p.handle(mine.KOL), "brand", theirs.Brand, "from", string(theirs.From), "days", clash.Args["days"])
		good = false
	}
	if good {
		p.say("rival", moderation.Pass, "none", "")
	}
}

func (p *plan) figures() {
	good := true
	n := p.once(func(l Line, k KOL) {
		if known := len(k.Audience.Age)+len(k.Audience.Gender)+len(k.Audience.City) > 0; known && k.Audience.Measured < LeastGroup {
			p.say("figures", moderation.Warn, "few", l.ID, "kol", name(k), "count", itoa(k.Audience.Measured), "least", itoa(LeastGroup))
			good = false
		}
	})
	p.close("figures", n, good)
}

func (p *plan) minors() {
	barred := slices.Contains(trade().NotForMinors, p.f.Brand.Trade)
	said := false
	say := func(o moderation.Outcome, detail, line string, pairs ...string) {
		p.say("minors", o, detail, line, pairs...)
		said = true
	}
	known := 0
	posts := p.posts(func(l Line, k KOL, ok bool) {
		share, measured := k.Audience.Age["-17"]
		if !ok || !measured {
			return
		}
		known++
		args := []string{"kol", name(k), "share", percent(share)}
		switch {
		case barred && share >= manyMinors:
			say(moderation.Fail, "many", l.ID, args...)
		case barred && share >= someMinors:
			say(moderation.Warn, "some", l.ID, args...)
		case l.KOL.Format == Live && share >= someMinors:
			say(moderation.Warn, "live", l.ID, args...)
		}
	})
	aims := func(s Segment) bool { return slices.Contains(s.Ages, "-17") }
	if barred && aims(p.c.Wish.Segment) {
		say(moderation.Fail, "segment", "")
	}
	p.each(PromotionLine, func(l Line) {
		if l.Promotion != nil && barred && aims(l.Promotion.Segment) {
			say(moderation.Fail, "promotion", l.ID, "line", title(l))
		}
	})
	switch {
	case said:
	case posts == 0, known == 0 && !barred:
		p.silent("minors")
	case known == 0:
		p.say("minors", moderation.Warn, "unknown", "")
	default:
		p.say("minors", moderation.Pass, "none", "")
	}
}

func (p *plan) labels() {
	posts := 0
	abroad := map[string]Line{}
	p.posts(func(l Line, k KOL, known bool) {
		posts++
		if d := DisclosureOf(k.Region); known && k.Region != "" && k.Region != "CN" && d.Code != "CN" {
			if _, there := abroad[d.Code]; !there {
				abroad[d.Code] = l
			}
		}
	})
	trials := p.each(TrialLine, func(l Line) {
		p.say("label", moderation.Pass, "trial", l.ID, "line", title(l), "wording", disclosures()[0].Wording)
	})
	if posts > 0 {
		p.say("label", moderation.Pass, "posts", "", "count", itoa(posts), "wording", disclosures()[0].Wording)
	}
	for _, code := range slices.Sorted(maps.Keys(abroad)) {
		l := abroad[code]
		p.say("label", moderation.Warn, "abroad", l.ID, "kol", p.handle(l.KOL.KOL), "region", code, "wording", DisclosureOf(code).Wording)
	}
	if posts+trials == 0 {
		p.silent("label")
	}
}

func (p *plan) wording() {
	t, of := trade(), p.f.Brand.Trade
	texts, good := 0, true
	for _, l := range p.s.Lines {
		all := []string{l.Title}
		switch {
		case l.Promotion != nil:
			all = append(all, l.Promotion.Message, l.Promotion.Variant)
		case l.Trial != nil:
			all = append(all, l.Trial.Product)
		case l.KOL != nil:
			continue // a line's title is the KOL's handle; the post itself is moderation's
		}
		said := map[string]bool{}
		for _, text := range all {
			if text != "" {
				texts++
			}
			find := func(o moderation.Outcome, detail string, words []string) {
				for _, w := range words {
					if !said[w] {
						p.say("words", o, detail, l.ID, "line", title(l), "word", w)
						said[w], good = true, false
					}
				}
			}
			find(moderation.Fail, "absolute", AbsoluteWords(text))
			if slices.Contains(t.NoCure, of) {
				find(moderation.Fail, "medical", contained(text, t.Cures))
			}
			if slices.Contains(t.SpecialTrades, of) {
				find(moderation.Warn, "special", contained(text, t.Special))
			}
		}
	}
	switch {
	case texts == 0:
		p.silent("words")
	case good:
		p.say("words", moderation.Pass, "fine", "", "count", itoa(texts))
	}
}

func (p *plan) gifts() {
	good := true
	n := p.each(GiftLine, func(l Line) {
		wrong := func(detail string) {
			p.say("gift", moderation.Fail, detail, l.ID, "line", title(l))
			good = false
		}
		g := l.Gift
		if g == nil {
			return
		}
		if g.Artwork == "" {
			wrong("artwork")
		}
		if g.Editions < 1 {
			wrong("editions")
		}
		if g.PerHead < 1 || g.Editions > 0 && g.PerHead > g.Editions {
			wrong("per_head")
		}
	})
	p.close("gift", n, good)
}

func (p *plan) transfer() {
	good := true
	n := p.each(GiftLine, func(l Line) {
		if l.Gift != nil && l.Gift.Transfer {
			p.say("transfer", moderation.Fail, "on", l.ID, "line", title(l))
			good = false
		}
	})
	p.close("transfer", n, good)
}

func (p *plan) prizes() {
	draws, good := 0, true
	say := func(o moderation.Outcome, detail string, l Line, worth money.Fen) {
		p.say("prize", o, detail, l.ID, "line", title(l), "worth", worth.String(), "most", TopPrize.String())
		good = false
	}
	p.each(GiftLine, func(l Line) {
		g := l.Gift
		if g == nil || !g.Draw || g.Editions < 1 {
			return
		}
		draws++
		// Chances add up: whoever may win so many wins that many times the worth of one.
		each := float64(l.Cost) / float64(g.Editions)
		worth := money.Fen(min(each*float64(max(g.PerHead, 1)), float64(money.Most)))
		switch {
		case l.Cost == 0:
			say(moderation.Warn, "unpriced", l, 0)
		case worth > TopPrize:
			say(moderation.Fail, "over", l, worth)
		}
	})
	p.each(TrialLine, func(l Line) {
		if l.Trial != nil && l.Trial.Worth > TopPrize {
			draws++
			say(moderation.Warn, "trial", l, l.Trial.Worth)
		}
	})
	p.close("prize", draws, good)
}

func (p *plan) draws() {
	draws := p.drawn(func(l Line) { p.say("draw", moderation.Warn, "publish", l.ID, "line", title(l)) })
	if draws == 0 {
		p.silent("draw")
	}
}

func (p *plan) blindBoxes() {
	said := false
	draws := p.drawn(func(l Line) {
		if ages := p.c.Wish.Segment.Ages; len(ages) == 0 || slices.Contains(ages, "-17") {
			p.say("blind_box", moderation.Warn, "guardian", l.ID, "line", title(l))
			said = true
		}
	})
	if !said {
		p.close("blind_box", draws, true)
	}
}

// drawn calls f for gifts that are won rather than taken.
func (p *plan) drawn(f func(Line)) int {
	n := 0
	p.each(GiftLine, func(l Line) {
		if l.Gift != nil && l.Gift.Draw {
			n++
			f(l)
		}
	})
	return n
}

// zone is where days begin and end; no summer time since 1991, so that no zone file
// is needed.
var zone = time.FixedZone("Asia/Shanghai", 8*60*60)

func (p *plan) events() {
	good := true
	n := p.each(EventLine, func(l Line) {
		e := l.Event
		if e == nil {
			return
		}
		wrong := func(detail string) {
			p.say("event", moderation.Fail, detail, l.ID, "line", title(l), "from", string(l.From), "to", string(l.To))
			good = false
		}
		begins, ends := dateOf(e.Starts.In(zone)), dateOf(e.Ends.In(zone))
		switch {
		case e.Starts.IsZero() || e.Ends.IsZero() || !e.Starts.Before(e.Ends):
			wrong("time")
		case begins < l.From || ends > l.To:
			wrong("window")
		case begins < p.f.Today && p.c.State != Running && p.c.State != Closed:
			wrong("past")
		}
		if e.Place == "" {
			wrong("place")
		}
		if e.Capacity < 1 {
			wrong("capacity")
		}
	})
	p.close("event", n, good)
}

func (p *plan) trials() {
	good := true
	n := p.each(TrialLine, func(l Line) {
		if l.Trial == nil {
			return
		}
		if l.Trial.Product == "" {
			p.say("trial", moderation.Fail, "product", l.ID, "line", title(l))
			good = false
		}
		if l.Trial.Units < 1 {
			p.say("trial", moderation.Fail, "units", l.ID, "line", title(l))
			good = false
		}
	})
	p.close("trial", n, good)
}

func (p *plan) promotions() {
	good := true
	n := p.each(PromotionLine, func(l Line) {
		m := l.Promotion
		if m == nil {
			return
		}
		say := func(o moderation.Outcome, detail string) {
			p.say("promotion", o, detail, l.ID, "line", title(l), "least", itoa(LeastGroup))
			good = false
		}
		if m.Message == "" {
			say(moderation.Fail, "message")
		}
		if m.Daily == 0 {
			say(moderation.Fail, "daily")
		}
		if m.Variant != "" && m.Variant == m.Message {
			say(moderation.Warn, "same")
		}
		if m.Expected < LeastGroup {
			say(moderation.Warn, "group")
		}
	})
	p.close("promotion", n, good)
}
