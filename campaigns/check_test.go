package campaigns

import (
	"maps"
	"slices"
	"testing"

	"cinnabar/internal/money"
	"cinnabar/moderation"
)

// facts are what makes a whole campaign pass without a remark.
func facts() Facts {
	k := KOL{
		ID: "k1", Handle: "小满", Category: "beauty", Region: "CN", Followers: 20_000, Authentic: .9,
		Daily: Engagement{Notes: 30, Views: 9000, Likes: 900}, Paid: Engagement{Notes: 3, Views: 6000, Likes: 400},
		Audience: Audience{Measured: 800, Age: map[string]float64{"-17": .04, "18-24": .6}},
		Quotes:   []Quote{{Format: PictureNote, Fee: 3000 * money.Yuan, From: "2026-01-01"}},
	}
	return Facts{Today: "2026-11-23", Brand: BrandStanding{Name: "初岚", Verified: true, Trade: "fashion"}, KOLs: map[string]KOL{"k1": k}}
}

type world struct {
	c Campaign
	f Facts
}

func (w *world) line(n int) *Line { return &w.c.Scenarios[0].Lines[n] }

func (w *world) kol(change func(*KOL)) {
	k := w.f.KOLs["k1"]
	change(&k)
	w.f.KOLs = map[string]KOL{"k1": k}
}

func (w *world) check() []moderation.CheckResult { return Check(w.c, w.c.Scenarios[0], w.f) }

func details(results []moderation.CheckResult, worse bool) []string {
	var all []string
	for _, r := range results {
		if bad := r.Outcome == moderation.Fail || r.Outcome == moderation.Warn; bad == worse && r.Detail != "" {
			all = append(all, r.Detail)
		}
	}
	return all
}

func TestAWholePlanPassesEveryCheck(t *testing.T) {
	t.Parallel()
	w := world{whole(), facts()}
	results := w.check()
	if bad := details(results, true); len(bad) > 0 || Blocks(results) {
		t.Errorf("remarks: %v", bad)
	}
	seen := map[string]bool{}
	for _, r := range results {
		seen[r.Check] = true
	}
	for _, r := range Rules() {
		if !seen[r.Check] {
			t.Errorf("%s does not answer", r.Check)
		}
		if r.Source == "" || !r.Date.Valid() || r.Date == "" {
			t.Errorf("%s has no source or date", r.Check)
		}
	}
	if len(seen) != len(Rules()) {
		t.Errorf("%d checks answer, %d have a source", len(seen), len(Rules()))
	}
}

func TestEmptyPlansAnswerEveryCheckToo(t *testing.T) {
	t.Parallel()
	for _, s := range []Scenario{{ID: "s1"}, {ID: "s1", Lines: []Line{{ID: "l", Kind: KOLLine}, {ID: "m", Kind: GiftLine}, {ID: "n", Kind: EventLine}, {ID: "o", Kind: TrialLine}, {ID: "p", Kind: PromotionLine}}}} {
		seen := map[string]bool{}
		for _, r := range Check(Campaign{}, s, Facts{}) {
			seen[r.Check] = true
		}
		for _, r := range Rules() {
			if !seen[r.Check] {
				t.Errorf("%s does not answer of %d lines", r.Check, len(s.Lines))
			}
		}
	}
}

func TestEachRuleFindsWhatItIsFor(t *testing.T) {
	t.Parallel()
	const fail, warn, pass = moderation.Fail, moderation.Warn, moderation.Pass
	gift := func(w *world) *Gift { return w.line(1).Gift }
	// The length of a campaign, and whom each rule speaks of, are in facts and whole.
	cases := []struct {
		detail  string
		outcome moderation.Outcome
		spoil   func(*world)
	}{
		{"lines.none", fail, func(w *world) { w.c.Scenarios[0].Lines = nil }},
		{"lines.some", pass, func(*world) {}},
		{"brand.none", fail, func(w *world) { w.f.Brand = BrandStanding{Why: "none"} }},
		{"brand.none", fail, func(w *world) { w.f.Brand = BrandStanding{Why: "of another program"} }},
		{"brand.waiting", fail, func(w *world) { w.f.Brand = BrandStanding{Why: "waiting"} }},
		{"brand.refused", fail, func(w *world) { w.f.Brand = BrandStanding{Why: "refused"} }},
		{"brand.expired", fail, func(w *world) { w.f.Brand = BrandStanding{Why: "expired", Until: "2026-01-01"} }},
		{"brand.barred", fail, func(w *world) { w.f.Brand = BrandStanding{Why: "barred"} }},
		{"brand.ends", warn, func(w *world) { w.f.Brand.Until = "2026-12-30" }},
		{"brand.verified", pass, func(w *world) { w.f.Brand.Until = "2026-12-31" }},
		{"brand.verified", pass, func(w *world) { w.f.Brand.Until = moderation.LongTerm }},
		{"brand.breaches", warn, func(w *world) { w.f.Brand.Breaches = 2 }},
		{"category.barred", fail, func(w *world) { w.f.Brand.Trade = "e_cigarette" }},
		{"category.approval", warn, func(w *world) { w.f.Brand.Trade = "health_food" }},
		{"category.free", pass, func(*world) {}},
		{"window.over", fail, func(w *world) { w.f.Today = "2027-01-01" }},
		{"window.begun", warn, func(w *world) { w.f.Today = "2026-12-02" }},
		{"window.within", pass, func(w *world) { w.f.Today, w.c.State = "2026-12-02", Running }},
		{"window.line", fail, func(w *world) { w.line(0).To = "2027-01-01" }},
		{"window.line", fail, func(w *world) { w.line(0).From = "2026-11-30" }},
		{"budget.over", fail, func(w *world) { w.c.Wish.Budget = 20_199_99 }}, // 3,000 + 300 of service fee + 16,900
		{"budget.within", pass, func(w *world) { w.c.Wish.Budget = 20_200_00 }},
		{"budget.sum", fail, func(w *world) { w.line(0).Cost, w.line(1).Cost = money.Most, money.Most }},
		{"quota.few", fail, func(w *world) { w.c.Wish.Quotas = []Quota{{Tag: "tier:top", Least: 1}} }},
		{"quota.many", fail, func(w *world) {
			w.c.Wish.Quotas = []Quota{{Tag: "region:CN", Most: 1}}
			w.f.KOLs = maps.Clone(w.f.KOLs)
			w.f.KOLs["k2"] = KOL{ID: "k2", Region: "CN"}
			w.c.Scenarios[0].Lines = append(w.c.Scenarios[0].Lines, Line{ID: "x", Kind: KOLLine, From: "2026-12-01", To: "2026-12-02", KOL: &KOLPost{KOL: "k2", Format: Live}})
		}},
		{"quota.kept", pass, func(w *world) { // one KOL with two posts is one KOL
			w.c.Wish.Quotas = []Quota{{Tag: "category:beauty", Most: 1}}
			second := *w.line(0)
			second.ID = "x"
			w.c.Scenarios[0].Lines = append(w.c.Scenarios[0].Lines, second)
		}},
		{"must.missing", fail, func(w *world) { w.c.Wish.Must = []string{"k1", "k7"} }},
		{"must.there", pass, func(*world) {}},
		{"never.chosen", fail, func(w *world) { w.c.Wish.Never = []string{"k1"} }},
		{"never.kept", pass, func(*world) {}},
		{"kol.unknown", fail, func(w *world) { w.f.KOLs = nil }},
		{"kol.small", warn, func(w *world) { w.kol(func(k *KOL) { k.Followers = 999 }) }},
		{"kol.twice", warn, func(w *world) {
			second := *w.line(0)
			second.ID = "x"
			w.c.Scenarios[0].Lines = append(w.c.Scenarios[0].Lines, second)
		}},
		{"kol.known", pass, func(w *world) { w.kol(func(k *KOL) { k.Followers = 1000 }) }},
		{"quote.none", fail, func(w *world) { w.line(0).KOL.Format = Live }},
		{"quote.ends", warn, func(w *world) { w.kol(func(k *KOL) { k.Quotes[0].To = "2026-12-04" }) }},
		{"quote.none", fail, func(w *world) { w.kol(func(k *KOL) { k.Quotes[0].To = "2026-11-22" }) }},
		{"quote.holds", pass, func(w *world) { w.kol(func(k *KOL) { k.Quotes[0].To = "2026-12-05" }) }},
		{"quote.none", fail, func(w *world) { w.kol(func(k *KOL) { k.Quotes[0].From = "2026-12-06" }) }},
		{"quote.lower", warn, func(w *world) { w.line(0).Cost-- }},
		{"quote.higher", warn, func(w *world) { w.line(0).Cost++ }},
		{"market.outside", warn, func(w *world) { w.c.ServiceFee = 0 }},
		{"market.inside", pass, func(*world) {}},
		{"record.breaches", warn, func(w *world) { w.kol(func(k *KOL) { k.Record.Breaches = 1 }) }},
		{"record.open", warn, func(w *world) { w.kol(func(k *KOL) { k.Record.Open = 1 }) }},
		{"record.fine", pass, func(*world) {}},
		{"authentic.low", warn, func(w *world) { w.kol(func(k *KOL) { k.Authentic = .74 }) }},
		{"authentic.fine", pass, func(w *world) { w.kol(func(k *KOL) { k.Authentic = .75 }) }},
		{"paid_share.over", warn, func(w *world) { w.kol(func(k *KOL) { k.Paid.Notes = 8 }) }},   // 9 of 39
		{"paid_share.fine", pass, func(w *world) { w.kol(func(k *KOL) { k.Daily.Notes = 16 }) }}, // 4 of 20
		{"paid_share.over", warn, func(w *world) {
			w.kol(func(k *KOL) { k.Daily.Notes = 16 })
			w.f.Items = []Item{{Campaign: "c2", KOL: "k1", Kind: KOLLine, Brand: "初岚", From: "2027-03-01", To: "2027-03-01"}}
		}},
		{"rival.near", warn, func(w *world) {
			w.f.Items = []Item{{Campaign: "c2", KOL: "k1", Kind: KOLLine, Brand: "山野", Trade: "fashion", From: "2026-12-21", To: "2026-12-22"}}
		}},
		{"rival.booked", warn, func(w *world) { w.f.Items = []Item{booked("k1", "fashion", "2026-12-21")} }},
		{"rival.none", pass, func(w *world) { w.f.Items = []Item{booked("k1", "tea", "2026-12-06")} }},
		{"rival.none", pass, func(w *world) {
			w.f.Items = []Item{{Campaign: "c2", KOL: "k1", Kind: KOLLine, Brand: "山野", Trade: "fashion", From: "2026-12-22", To: "2026-12-22"}}
		}},
		{"rival.none", pass, func(w *world) {
			w.f.Items = []Item{{Campaign: "c2", KOL: "k1", Kind: KOLLine, Brand: "山野", Trade: "tea", From: "2026-12-06", To: "2026-12-06"}}
		}},
		{"figures.few", warn, func(w *world) { w.kol(func(k *KOL) { k.Audience.Measured = 99 }) }},
		{"figures.fine", pass, func(w *world) { w.kol(func(k *KOL) { k.Audience.Measured = 100 }) }},
		{"minors.many", fail, func(w *world) {
			w.f.Brand.Trade = "alcohol"
			w.kol(func(k *KOL) { k.Audience.Age = map[string]float64{"-17": .5} })
		}},
		{"minors.some", warn, func(w *world) {
			w.f.Brand.Trade = "cosmetics"
			w.kol(func(k *KOL) { k.Audience.Age = map[string]float64{"-17": .2} })
		}},
		{"minors.none", pass, func(w *world) { // books may be for the young
			w.kol(func(k *KOL) { k.Audience.Age = map[string]float64{"-17": .9} })
		}},
		{"minors.live", warn, func(w *world) {
			w.line(0).KOL.Format = Live
			w.kol(func(k *KOL) { k.Audience.Age = map[string]float64{"-17": .3} })
		}},
		{"minors.segment", fail, func(w *world) { w.f.Brand.Trade, w.c.Wish.Segment.Ages = "cosmetics", []string{"-17", "18-24"} }},
		{"minors.promotion", fail, func(w *world) {
			w.f.Brand.Trade = "cosmetics"
			w.line(4).Promotion.Segment.Ages = []string{"-17"}
		}},
		{"minors.unknown", warn, func(w *world) {
			w.f.Brand.Trade = "cosmetics"
			w.kol(func(k *KOL) { k.Audience.Age = nil })
		}},
		{"label.posts", pass, func(*world) {}},
		{"label.trial", pass, func(*world) {}},
		{"label.abroad", warn, func(w *world) { w.kol(func(k *KOL) { k.Region = "GB" }) }},
		{"words.absolute", fail, func(w *world) { w.line(4).Promotion.Message = "全网最低价" }},
		{"words.absolute", fail, func(w *world) { w.line(4).Promotion.Variant = "唯一有效" }},
		{"words.absolute", fail, func(w *world) { w.line(1).Title = "顶级雪花" }},
		{"words.fine", pass, func(w *world) { w.line(4).Promotion.Message = "最近在用，最后三天" }},
		{"words.medical", fail, func(w *world) {
			w.f.Brand.Trade = "cosmetics"
			w.line(3).Trial.Product = "药妆修护霜"
		}},
		{"words.special", warn, func(w *world) { w.f.Brand.Trade = "cosmetics" }}, // the trial's 防晒
		{"gift.artwork", fail, func(w *world) { gift(w).Artwork = "" }},
		{"gift.editions", fail, func(w *world) { gift(w).Editions = 0 }},
		{"gift.per_head", fail, func(w *world) { gift(w).PerHead = 0 }},
		{"gift.per_head", fail, func(w *world) { gift(w).PerHead = 501 }},
		{"gift.fine", pass, func(*world) {}},
		{"transfer.on", fail, func(w *world) { gift(w).Transfer = true }},
		{"transfer.fine", pass, func(*world) {}},
		{"prize.over", fail, func(w *world) { // two chances of 25,000.01 each
			w.line(1).Cost, gift(w).Draw, gift(w).Editions, gift(w).PerHead = 50_000_02, true, 2, 2
		}},
		{"prize.fine", pass, func(w *world) {
			w.line(1).Cost, gift(w).Draw, gift(w).Editions, gift(w).PerHead = 50_000_00, true, 2, 2
		}},
		{"prize.unpriced", warn, func(w *world) { w.line(1).Cost, gift(w).Draw = 0, true }},
		{"prize.trial", warn, func(w *world) { w.line(3).Trial.Worth = 50_000_01 }},
		{"draw.publish", warn, func(w *world) { gift(w).Draw = true }},
		{"blind_box.guardian", warn, func(w *world) { gift(w).Draw, w.c.Wish.Segment.Ages = true, nil }},
		{"blind_box.fine", pass, func(w *world) { gift(w).Draw = true }},
		{"event.time", fail, func(w *world) { w.line(2).Event.Ends = w.line(2).Event.Starts }},
		{"event.window", fail, func(w *world) { w.line(2).From, w.line(2).To = "2026-12-11", "2026-12-12" }},
		// Midnight in Shanghai is four in the afternoon in London.
		{"event.window", fail, func(w *world) { w.line(2).Event.Ends = mustTime("2026-12-10T16:00:00Z") }},
		{"event.past", fail, func(w *world) { w.f.Today = "2026-12-11" }},
		{"event.place", fail, func(w *world) { w.line(2).Event.Place = "" }},
		{"event.capacity", fail, func(w *world) { w.line(2).Event.Capacity = 0 }},
		{"event.fine", pass, func(*world) {}},
		{"event.fine", pass, func(w *world) { w.line(2).Event.Starts = mustTime("2026-12-09T16:00:00Z") }},
		{"trial.product", fail, func(w *world) { w.line(3).Trial.Product = "" }},
		{"trial.units", fail, func(w *world) { w.line(3).Trial.Units = 0 }},
		{"trial.fine", pass, func(*world) {}},
		{"promotion.message", fail, func(w *world) { w.line(4).Promotion.Message = "" }},
		{"promotion.daily", fail, func(w *world) { w.line(4).Promotion.Daily = 0 }},
		{"promotion.same", warn, func(w *world) { w.line(4).Promotion.Variant = w.line(4).Promotion.Message }},
		{"promotion.group", warn, func(w *world) { w.line(4).Promotion.Expected = 99 }},
		{"promotion.fine", pass, func(*world) {}},
	}
	declared := map[string][]string{}
	for _, d := range CheckDetails() {
		declared[d.Code] = d.Args
	}
	tried := map[string]bool{}
	for _, c := range cases {
		w := world{whole(), facts()}
		c.spoil(&w)
		results := w.check()
		tried["plan."+c.detail] = true
		found := false
		for _, r := range results {
			found = found || r.Detail == "plan."+c.detail && r.Outcome == c.outcome
			args, known := declared[r.Detail]
			if !known && r.Detail != "" {
				t.Errorf("%s is not declared", r.Detail)
			}
			for _, a := range args {
				if _, there := r.Args[a]; !there {
					t.Errorf("%s comes without %s", r.Detail, a)
				}
			}
			if r.Outcome == moderation.Fail && !Blocks(results) {
				t.Errorf("%s does not block", r.Detail)
			}
		}
		if !found {
			t.Errorf("%s as %s is not among %v %v", c.detail, c.outcome, details(results, true), details(results, false))
		}
	}
	for code := range declared {
		if !tried[code] {
			t.Errorf("nothing tries %s", code)
		}
	}
}

func TestAResultNamesItsLine(t *testing.T) {
	t.Parallel()
	w := world{whole(), facts()}
	w.line(1).Gift.Artwork = ""
	i := slices.IndexFunc(w.check(), func(r moderation.CheckResult) bool { return r.Detail == "plan.gift.artwork" })
	if r := w.check()[i]; r.Field != "l2" || r.Args["line"] != "雪花卡" || r.Document != -1 {
		t.Errorf("%+v", r)
	}
}

func TestAbsoluteWordsAreFoundAndHarmlessOnesAreNot(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"最好的一支，全国销量第一": {"最好", "销量第一"}, "最近第一次用，最后一瓶": nil, "这是今年最佳": {"最佳"}, "第一时间告诉你": nil, "输入唯一码，永久地址不变": nil, "": nil,
	} {
		if got := AbsoluteWords(text); !slices.Equal(got, want) {
			t.Errorf("%q: %v", text, got)
		}
	}
}
