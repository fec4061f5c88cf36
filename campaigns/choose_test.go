package campaigns

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cinnabar/campaigns/reach"
	"cinnabar/internal/fault"
	"cinnabar/internal/money"
)

func pool() ([]KOL, Following) {
	kols := []KOL{
		{ID: "k1", Category: "beauty", Region: "CN", Followers: 20_000, Authentic: Unknown, Record: Record{Paid: 90}, Quotes: []Quote{{Format: PictureNote, Fee: 1000 * money.Yuan}, {Format: VideoNote, Fee: 1400_01}}},
		{ID: "k2", Category: "food", Followers: 900, Authentic: Unknown, Quotes: []Quote{{Format: Live, Fee: 50 * money.Yuan, To: "2026-11-30"}}},
		{ID: "k3", Category: "food", Followers: 900, Authentic: Unknown},
		{ID: "k4", Category: "food", Followers: 600_000, Authentic: Unknown, Quotes: []Quote{{Format: Live, Fee: 9000 * money.Yuan}}},
	}
	people := []Person{{ID: "a", Age: "18-24", Weight: 1}, {ID: "b", Age: "35-44", Weight: 2}, {ID: "c", Weight: 1}, {ID: "d", Age: "18-24", Abroad: true, Weight: 1}}
	return kols, Following{People: people, KOLs: []string{"k1", "k2"}, Of: [][]uint32{{0, 1, 3}, {2}}}
}

func TestAWishBecomesAProblem(t *testing.T) {
	t.Parallel()
	c := whole()
	c.Wish.Caution, c.Wish.Frequency = 2, 0
	kols, who := pool()
	got, err := Offers(c, kols, who)
	if err != nil {
		t.Fatal(err)
	}
	// k2's quote will have run out and is all there is to go by, k3 asks for nothing, and
	// nobody knows who follows k4. k1's record lets expect half a breach in a hundred posts.
	risk := 2 * .005 * (1 + .5*2 + .5)
	want := reach.Problem{
		Offers: []reach.Offer{
			{ID: "k1/picture", KOL: "k1", Tags: []string{"tier:micro", "format:picture", "category:beauty", "region:CN"}, Cost: 1100 * money.Yuan, Risk: risk, Audience: []uint32{0, 1, 3}},
			{ID: "k1/video", KOL: "k1", Tags: []string{"tier:micro", "format:video", "category:beauty", "region:CN"}, Cost: 1540_02, Risk: risk, Audience: []uint32{0, 1, 3}},
			{ID: "k2/live", KOL: "k2", Tags: []string{"tier:nano", "format:live", "category:food"}, Cost: 55 * money.Yuan, Risk: 2 * .05 * 1, Audience: []uint32{2}},
		},
		Weights: []float64{1, 1, 1, .5}, Budget: 100_000*money.Yuan - 16_900*money.Yuan, // less what is no KOL's
		Quotas: []reach.Quota{{Tag: "tier:micro", Least: 1}}, Must: []string{"k1"}, Never: []string{"k9"}, Frequency: 1,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAnUnknownAudienceIsSaid(t *testing.T) {
	t.Parallel()
	kols, _ := pool()
	if _, err := Offers(whole(), kols, Following{}); fault.CodeOf(err) != fault.NoAudience {
		t.Error(err)
	}
	if _, err := Offers(whole(), nil, Following{}); err != nil {
		t.Errorf("no KOLs at all: %v", err)
	}
}

func TestATraitNobodyKnowsRulesNobodyOut(t *testing.T) {
	t.Parallel()
	s := Segment{Ages: []string{"18-24"}, Genders: []string{"f"}, Cities: []string{"1"}, Others: .25}
	for want, people := range map[float64][]Person{
		2:  {{Weight: 2}, {Age: "18-24", Weight: 2}, {Age: "18-24", Gender: "f", City: "1", Weight: 2}},
		.5: {{Age: "25-34", Weight: 2}, {Age: "18-24", Gender: "m", Weight: 2}, {City: "2", Weight: 2}, {Abroad: true, Weight: 2}},
	} {
		for _, p := range people {
			if got := s.Worth(p); got != want {
				t.Errorf("%+v is worth %v", p, got)
			}
		}
	}
}

// What the chooser picks from a wish keeps the wish when it stands in a plan.
func TestWhatIsChosenPassesTheRules(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := whole()
		c.Scenarios[0].Lines, c.Wish.Must, c.Wish.Never = nil, nil, nil
		c.Wish.Budget = money.Fen(rapid.Int64Range(1, 20_000).Draw(t, "budget")) * money.Yuan
		c.Wish.Quotas = []Quota{{Tag: "category:food", Most: rapid.IntRange(0, 2).Draw(t, "most")}}
		known := map[string]KOL{}
		var kols []KOL
		who := Following{People: make([]Person, 40)}
		for i := range who.People {
			who.People[i].Weight = 1
		}
		for i := range rapid.IntRange(1, 9).Draw(t, "kols") {
			k := KOL{ID: string(rune('a' + i)), Followers: 2000, Authentic: Unknown, Category: rapid.SampledFrom([]string{"food", "home"}).Draw(t, "category")}
			for _, f := range Formats()[:rapid.IntRange(1, 3).Draw(t, "formats")] {
				k.Quotes = append(k.Quotes, Quote{Format: f, Fee: money.Fen(rapid.Int64Range(0, 9000).Draw(t, "fee")) * money.Yuan})
			}
			kols, known[k.ID] = append(kols, k), k
			who.KOLs = append(who.KOLs, k.ID)
			who.Of = append(who.Of, rapid.SliceOfNDistinct(rapid.Uint32Range(0, 39), 1, 12, func(n uint32) uint32 { return n }).Draw(t, "followers"))
		}
		p, err := Offers(c, kols, who)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := reach.Choose(t.Context(), p, reach.Options{Rounds: 3, Workers: 1, Time: 20e6})
		if fault.CodeOf(err) == fault.BudgetTooSmall {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		var s Scenario
		for _, pick := range answer.Picks {
			o := p.Offers[pick.Offer]
			k := known[o.KOL]
			format := Format(o.ID[len(o.KOL)+1:])
			q, ok := QuoteOn(k, format, c.Wish.From)
			if !ok || OfferID(k.ID, format) != o.ID {
				t.Fatalf("%s is nobody's offer", o.ID)
			}
			s.Lines = append(s.Lines, Line{ID: o.ID, Kind: KOLLine, From: c.Wish.From, To: c.Wish.To, Cost: q.Fee, KOL: &KOLPost{KOL: k.ID, Format: format}})
		}
		for _, r := range Check(c, s, Facts{Today: c.Wish.From, Brand: BrandStanding{Verified: true}, KOLs: known}) {
			if slices.Contains([]string{"plan.budget", "plan.quota", "plan.quote", "plan.kol"}, r.Check) && r.Outcome == "fail" {
				t.Fatalf("%s %v", r.Detail, r.Args)
			}
		}
		if total, err := Total(c, s); err != nil || total != answer.Cost {
			t.Fatalf("the plan costs %v, the choice %v, %v", total, answer.Cost, err)
		}
	})
}
