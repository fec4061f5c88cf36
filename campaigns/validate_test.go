package campaigns

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"cinnabar/internal/fault"
	"cinnabar/internal/money"
)

// whole is a campaign with a line of every kind, against which nothing can be said.
func whole() Campaign {
	starts := mustTime("2026-12-10T05:00:00Z")
	return Campaign{
		ID: "c1", Brand: "初岚", Name: "初雪", State: Draft, ServiceFee: 1000, Chosen: "s1",
		Wish: Wish{
			Goal: Awareness, Budget: 100_000 * money.Yuan, From: "2026-12-01", To: "2026-12-31", Frequency: 1,
			Segment: Segment{Ages: []string{"18-24"}, Others: .5}, Quotas: []Quota{{Tag: "tier:micro", Least: 1}}, Must: []string{"k1"}, Never: []string{"k9"},
		},
		Scenarios: []Scenario{{ID: "s1", Name: "A", Lines: []Line{
			{ID: "l1", Kind: KOLLine, Title: "小满", From: "2026-12-05", To: "2026-12-08", Cost: 3000 * money.Yuan, KOL: &KOLPost{KOL: "k1", Format: PictureNote, Handle: "小满", Alone: -1}},
			{ID: "l2", Kind: GiftLine, Title: "雪花卡", From: "2026-12-05", To: "2026-12-20", Cost: 2000 * money.Yuan, Gift: &Gift{Kind: AnimatedCard, Artwork: artwork, Editions: 500, PerHead: 1}},
			{ID: "l3", Kind: EventLine, Title: "试香会", From: "2026-12-10", To: "2026-12-10", Cost: 9000 * money.Yuan, Event: &Event{Place: "样例路 1 号", City: "上海", Starts: starts, Ends: starts.Add(3e12), Capacity: 40}},
			{ID: "l4", Kind: TrialLine, Title: "小样", From: "2026-12-02", To: "2026-12-20", Cost: 5000 * money.Yuan, Trial: &Trials{Product: "轻羽防晒", Units: 100, Worth: 50 * money.Yuan}},
			{ID: "l5", Kind: PromotionLine, Title: "试水", From: "2026-12-02", To: "2026-12-04", Promotion: &Promotion{Message: "冬天也要防晒吗？", Daily: 300 * money.Yuan, Expected: 9000}},
		}}},
	}
}

func TestAWholeCampaignCanBeSavedAndSoCanAnEmptyDraft(t *testing.T) {
	t.Parallel()
	if err := Validate(whole()); err != nil {
		t.Error(err)
	}
	c := whole()
	c.Scenarios, c.Chosen = []Scenario{{ID: "s1"}}, ""
	c.Wish.Budget, c.Wish.From, c.Wish.To = 0, "2020-01-01", "2020-01-01" // too little, too late: Check's business
	if err := Validate(c); err != nil {
		t.Error(err)
	}
}

func TestWhatMakesACampaignImpossibleIsRefusedByName(t *testing.T) {
	t.Parallel()
	line := func(c *Campaign, n int) *Line { return &c.Scenarios[0].Lines[n] }
	for name, c := range map[string]struct {
		code  fault.Code
		field string
		spoil func(*Campaign)
	}{
		"no brand":            {fault.FieldMissing, "brand", func(c *Campaign) { c.Brand = " " }},
		"no name":             {fault.FieldMissing, "name", func(c *Campaign) { c.Name = "" }},
		"a name too long":     {fault.FieldValue, "name", func(c *Campaign) { c.Name = strings.Repeat("长", 501) }},
		"not UTF-8":           {fault.FieldValue, "name", func(c *Campaign) { c.Name = "\xff" }},
		"a NUL":               {fault.FieldValue, "name", func(c *Campaign) { c.Name = "a\x00" }},
		"no scenario":         {fault.FieldValue, "scenarios", func(c *Campaign) { c.Scenarios = nil }},
		"a scenario twice":    {fault.FieldTwice, "scenario", func(c *Campaign) { c.Scenarios = append(c.Scenarios, Scenario{ID: "s1"}) }},
		"a scenario unknown":  {fault.FieldValue, "chosen", func(c *Campaign) { c.Chosen = "s2" }},
		"a line twice":        {fault.FieldTwice, "line", func(c *Campaign) { line(c, 1).ID = "l1" }},
		"a line without id":   {fault.FieldMissing, "line", func(c *Campaign) { line(c, 1).ID = "" }},
		"a fee over 100 %":    {fault.FieldValue, "service_fee", func(c *Campaign) { c.ServiceFee = 10_001 }},
		"an unknown goal":     {fault.FieldValue, "goal", func(c *Campaign) { c.Wish.Goal = "fame" }},
		"a negative budget":   {fault.FieldValue, "budget", func(c *Campaign) { c.Wish.Budget = -1 }},
		"a budget too large":  {fault.FieldValue, "budget", func(c *Campaign) { c.Wish.Budget = money.Most + 1 }},
		"days backwards":      {fault.FieldValue, "window", func(c *Campaign) { c.Wish.To = "2026-11-30" }},
		"a day that is none":  {fault.FieldValue, "window", func(c *Campaign) { c.Wish.To = "2026-13-01" }},
		"no day":              {fault.FieldValue, "window", func(c *Campaign) { c.Wish.From = "" }},
		"a century":           {fault.FieldValue, "window", func(c *Campaign) { c.Wish.To = "2126-12-31" }},
		"an unknown age":      {fault.FieldValue, "ages", func(c *Campaign) { c.Wish.Segment.Ages = []string{"18-25"} }},
		"others above 1":      {fault.FieldValue, "others", func(c *Campaign) { c.Wish.Segment.Others = 1.1 }},
		"others no number":    {fault.FieldValue, "others", func(c *Campaign) { c.Wish.Segment.Others = math.NaN() }},
		"caution above 10":    {fault.FieldValue, "caution", func(c *Campaign) { c.Wish.Caution = 11 }},
		"caution no number":   {fault.FieldValue, "caution", func(c *Campaign) { c.Wish.Caution = math.Inf(1) }},
		"frequency negative":  {fault.FieldValue, "frequency", func(c *Campaign) { c.Wish.Frequency = -1 }},
		"a quota of nothing":  {fault.FieldValue, "quota", func(c *Campaign) { c.Wish.Quotas[0].Tag = "micro" }},
		"a quota unknown":     {fault.FieldValue, "quota", func(c *Campaign) { c.Wish.Quotas[0].Tag = "tier:giant" }},
		"a quota crossed":     {fault.FieldValue, "quota", func(c *Campaign) { c.Wish.Quotas[0] = Quota{Tag: "tier:micro", Least: 3, Most: 2} }},
		"a quota negative":    {fault.FieldValue, "quota", func(c *Campaign) { c.Wish.Quotas[0].Least = -1 }},
		"a quota twice":       {fault.FieldTwice, "quota", func(c *Campaign) { c.Wish.Quotas = append(c.Wish.Quotas, c.Wish.Quotas[0]) }},
		"must twice":          {fault.FieldTwice, "must", func(c *Campaign) { c.Wish.Must = []string{"k1", "k1"} }},
		"must and never":      {fault.FieldValue, "must", func(c *Campaign) { c.Wish.Never = []string{"k1"} }},
		"a negative cost":     {fault.FieldValue, "cost", func(c *Campaign) { line(c, 0).Cost = -1 }},
		"costs that run over": {fault.FieldValue, "cost", func(c *Campaign) { line(c, 0).Cost = money.Most }},
		"a promotion too dear": {fault.FieldValue, "cost", func(c *Campaign) {
			line(c, 4).Promotion.Daily, line(c, 4).To = money.Most, "2026-12-31"
		}},
		"an unknown kind":    {fault.FieldValue, "kind", func(c *Campaign) { line(c, 0).Kind = "radio" }},
		"a part too few":     {fault.FieldValue, "kind", func(c *Campaign) { line(c, 1).Gift = nil }},
		"a part too many":    {fault.FieldValue, "kind", func(c *Campaign) { line(c, 1).Trial = &Trials{} }},
		"a post by nobody":   {fault.FieldMissing, "kol", func(c *Campaign) { line(c, 0).KOL.KOL = "" }},
		"an unknown format":  {fault.FieldValue, "format", func(c *Campaign) { line(c, 0).KOL.Format = "reel" }},
		"an unknown gift":    {fault.FieldValue, "gift", func(c *Campaign) { line(c, 1).Gift.Kind = "token" }},
		"no artwork's id":    {fault.FieldValue, "artwork", func(c *Campaign) { line(c, 1).Gift.Artwork = "snow.png" }},
		"negative editions":  {fault.FieldValue, "editions", func(c *Campaign) { line(c, 1).Gift.Editions = -1 }},
		"an event backwards": {fault.FieldValue, "ends", func(c *Campaign) { line(c, 2).Event.Ends = line(c, 2).Event.Starts.Add(-1) }},
		"a negative worth":   {fault.FieldValue, "worth", func(c *Campaign) { line(c, 3).Trial.Worth = -1 }},
		"a message too long": {fault.FieldValue, "message", func(c *Campaign) { line(c, 4).Promotion.Message = strings.Repeat("长", 20_001) }},
		"quotas that exclude one another": {fault.QuotaConflict, "", func(c *Campaign) {
			c.Wish.Quotas = []Quota{{Tag: "tier:nano", Most: 1}, {Tag: "tier:micro", Most: 1}, {Tag: "tier:mid", Most: 1}, {Tag: "tier:top", Most: 1}, {Tag: "category:beauty", Least: 3}, {Tag: "category:food", Least: 2}}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spoilt := whole()
			c.spoil(&spoilt)
			f := fault.Of(Validate(spoilt))
			if f == nil || f.Code != c.code || f.Args["field"] != c.field {
				t.Errorf("%v; want %s of %q", f, c.code, c.field)
			}
		})
	}
}

func TestQuotasThatContradictAreNamed(t *testing.T) {
	t.Parallel()
	got := contradictory([]Quota{{Tag: "format:picture", Most: 1}, {Tag: "format:video", Most: 1}, {Tag: "format:live", Most: 1}, {Tag: "region:CN", Least: 4}})
	if text := strings.Join(got, " "); text != "format:picture format:video format:live region:CN" {
		t.Error(text)
	}
}

// Four KOLs may well post in three formats each.
func TestOneKOLMayPostInSeveralFormats(t *testing.T) {
	t.Parallel()
	quotas := []Quota{{Tag: "format:picture", Least: 3}, {Tag: "format:video", Least: 3}, {Tag: "format:live", Least: 3}}
	for _, tier := range Tiers() {
		quotas = append(quotas, Quota{Tag: "tier:" + tier.Code, Most: 1})
	}
	if got := contradictory(quotas); len(got) > 0 {
		t.Error(got)
	}
}

// Quotas are only called contradictory when nobody could keep them, whatever KOLs
// there are: here all that can be made of a few tags, chosen in any number.
func TestNoQuotasAreCalledContradictoryThatSomebodyCouldKeep(t *testing.T) {
	t.Parallel()
	kinds := [][]string{}
	for _, tier := range []string{"nano", "micro", "mid", "top"} {
		for _, category := range []string{"beauty", "food"} {
			for _, format := range []string{"picture", "video", "live"} {
				kinds = append(kinds, []string{"tier:" + tier, "category:" + category, "format:" + format})
			}
		}
	}
	tags := []string{"tier:nano", "tier:micro", "tier:mid", "tier:top", "category:beauty", "category:food", "format:picture", "format:video", "format:live"}
	contradictions := 0
	rapid.Check(t, func(t *rapid.T) {
		var quotas []Quota
		for _, tag := range tags {
			if rapid.IntRange(0, 9).Draw(t, tag) == 0 {
				continue
			}
			// Tiers and formats that are all bounded, categories that ask for much.
			least := rapid.IntRange(0, 1).Draw(t, "least")
			most := rapid.SampledFrom([]int{1, 1, 2}).Draw(t, "most")
			if strings.HasPrefix(tag, "category:") {
				least, most = rapid.IntRange(1, 4).Draw(t, "least"), 0
			}
			if most > 0 && most < least {
				least = most
			}
			quotas = append(quotas, Quota{Tag: tag, Least: least, Most: most})
		}
		if len(contradictory(quotas)) == 0 {
			return
		}
		contradictions++
		if kept(quotas, kinds, nil, map[string]int{}, 0) {
			t.Fatalf("%v can be kept", quotas)
		}
	})
	if contradictions == 0 {
		t.Error("no contradiction was ever drawn")
	}
}

// kept looks for any choice that keeps the quotas, each kind as often as it takes.
func kept(quotas []Quota, kinds [][]string, chosen []int, counts map[string]int, from int) bool {
	enough := true
	for _, q := range quotas {
		if q.Most > 0 && counts[q.Tag] > q.Most {
			return false
		}
		enough = enough && counts[q.Tag] >= q.Least
	}
	if enough {
		return true
	}
	if len(chosen) == 8 {
		return false
	}
	for i := from; i < len(kinds); i++ {
		helps := false
		for _, q := range quotas {
			for _, tag := range kinds[i] {
				helps = helps || q.Tag == tag && counts[tag] < q.Least
			}
		}
		if !helps {
			continue
		}
		for _, tag := range kinds[i] {
			counts[tag]++
		}
		found := kept(quotas, kinds, append(chosen, i), counts, i)
		for _, tag := range kinds[i] {
			counts[tag]--
		}
		if found {
			return true
		}
	}
	return false
}

func TestContractsAreRefusedByName(t *testing.T) {
	t.Parallel()
	sound := func() Contract {
		c := whole()
		return Contract{
			Campaign: "c1", Line: "l1", KOL: "k1", Brief: BriefFor(c, c.Scenarios[0].Lines[0]),
			Terms: Terms{Fee: 3000 * money.Yuan, ServiceFee: 1000, UsageDays: 90, Deliverables: []Deliverable{
				{ID: "d1", Format: PictureNote, Count: 1, From: "2026-12-05", To: "2026-12-08", Planned: "2026-12-06", Link: "https://shop.example/a"}}},
		}
	}
	if err := ValidateContract(sound()); err != nil {
		t.Fatal(err)
	}
	for field, spoil := range map[string]func(*Contract){
		"fee":          func(c *Contract) { c.Terms.Fee = -1 },
		"service_fee":  func(c *Contract) { c.Terms.ServiceFee = -1 },
		"jurisdiction": func(c *Contract) { c.Brief.Jurisdiction = "XX" },
		"disclosure":   func(c *Contract) { c.Brief.Disclosure = "" },
		"deliverables": func(c *Contract) { c.Terms.Deliverables = nil },
		"deliverable":  func(c *Contract) { c.Terms.Deliverables = append(c.Terms.Deliverables, c.Terms.Deliverables[0]) },
		"format":       func(c *Contract) { c.Terms.Deliverables[0].Format = "" },
		"count":        func(c *Contract) { c.Terms.Deliverables[0].Count = 0 },
		"window":       func(c *Contract) { c.Terms.Deliverables[0].To = "2026-12-01" },
		"planned":      func(c *Contract) { c.Terms.Deliverables[0].Planned = "2026-12-09" },
		"link":         func(c *Contract) { c.Terms.Deliverables[0].Link = "javascript:alert(1)" },
		"usage_days":   func(c *Contract) { c.Terms.UsageDays = -1 },
		"line":         func(c *Contract) { c.Line = "" },
	} {
		c := sound()
		spoil(&c)
		if f := fault.Of(ValidateContract(c)); f == nil || f.Args["field"] != field {
			t.Errorf("%s: %v", field, f)
		}
	}
}

// Sums of what Validate lets through never run over.
func TestNoSumOfAValidPlanRunsOver(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := whole()
		c.ServiceFee = money.Rate(rapid.IntRange(0, 10_000).Draw(t, "fee"))
		c.Scenarios[0].Lines = nil
		for i := range rapid.IntRange(0, 40).Draw(t, "lines") {
			l := Line{ID: "l" + strconv.Itoa(i), Kind: KOLLine, From: "2026-12-01", To: "2026-12-31", Cost: money.Fen(rapid.Int64Range(0, int64(money.Most)).Draw(t, "cost")), KOL: &KOLPost{KOL: "k", Format: Live}}
			if rapid.Bool().Draw(t, "promotion") {
				l = Line{ID: l.ID, Kind: PromotionLine, From: l.From, To: l.To, Promotion: &Promotion{Daily: l.Cost}}
			}
			c.Scenarios[0].Lines = append(c.Scenarios[0].Lines, l)
		}
		if Validate(c) != nil {
			return
		}
		total, err := Total(c, c.Scenarios[0])
		if err != nil || total < 0 || total > money.Most {
			t.Fatalf("%v, %v", total, err)
		}
		var sum money.Fen
		for _, l := range c.Scenarios[0].Lines {
			sum += CostOf(c, l)
		}
		if sum != total {
			t.Fatalf("lines come to %v, the plan to %v", sum, total)
		}
	})
}
