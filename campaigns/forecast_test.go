package campaigns

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"cinnabar/internal/money"
)

func plan2() (Campaign, map[string]KOL) {
	c := whole()
	c.Scenarios[0].Lines = []Line{
		{ID: "a", Kind: KOLLine, From: "2026-12-01", To: "2026-12-02", Cost: 1000 * money.Yuan, KOL: &KOLPost{KOL: "k1", Format: PictureNote}},
		{ID: "b", Kind: KOLLine, From: "2026-12-01", To: "2026-12-02", Cost: 2000 * money.Yuan, KOL: &KOLPost{KOL: "k2", Format: PictureNote}},
	}
	return c, map[string]KOL{
		"k1": {ID: "k1", Followers: 40_000, Authentic: Unknown, Daily: Engagement{Notes: 20, Views: 20_000, Likes: 2000}, Paid: Engagement{Notes: 5, Views: 12_000, Likes: 900, Saves: 80, Comments: 20}},
		"k2": {ID: "k2", Followers: 10_000, Authentic: Unknown, Daily: Engagement{Notes: 20, Views: 10_000, Likes: 1000}},
	}
}

func TestAForecastGoesByPaidNotesAndSaysWhenItGuessed(t *testing.T) {
	t.Parallel()
	c, kols := plan2()
	f := Expect(c, c.Scenarios[0], kols, 31_000, 33_000)
	// k1's paid median, and seven tenths of k2's daily one.
	if f.Views.Value != 12_000+7_000 || f.Views.How != "plan.how_views_daily" || f.Answers.Value != 1000+700 {
		t.Errorf("%+v %+v", f.Views, f.Answers)
	}
	if f.Cost.Value != 330_000 || f.CPM.Value != 330_000/19.0 || math.Abs(f.CPE.Value-330_000/1700.0) > 1e-9 {
		t.Errorf("%+v %+v %+v", f.Cost, f.CPM, f.CPE)
	}
	if f.Reach.Value != 31_000 || f.Reach.Low != 31_000 || f.Reach.How != "plan.how_reach_counted" || f.Ceiling != 33_000 {
		t.Errorf("%+v", f.Reach)
	}
	if f.Posts != 2 || f.Disclosed != 2 || math.Abs(f.Points.Value-.4) > 1e-9 {
		t.Errorf("%d of %d, %+v", f.Disclosed, f.Posts, f.Points)
	}
	// Two notes of one size scatter less than one, and more above than below.
	if v := f.Views; v.Low > .5*v.Value || v.Low < .2*v.Value || v.High-v.Value < v.Value-v.Low {
		t.Errorf("%+v", v)
	}
	delete(kols, "k2")
	if f := Expect(c, c.Scenarios[0], kols, 31_000, -1); f.Views.How != "plan.how_views" {
		t.Errorf("%+v", f.Views)
	}
}

func TestWithoutAnAudienceReachIsBounded(t *testing.T) {
	t.Parallel()
	c, kols := plan2()
	r := Expect(c, c.Scenarios[0], kols, -1, -1).Reach
	if r.Low != 40_000 || r.High != 50_000 || r.Value <= r.Low || r.Value >= r.High || r.How != "plan.how_reach_bounds" {
		t.Errorf("%+v", r)
	}
}

func TestAnEmptyPlanForecastsNothing(t *testing.T) {
	t.Parallel()
	f := Expect(Campaign{}, Scenario{}, nil, -1, -1)
	if f.Reach.Known || f.Views.Known || f.CPM.Known || f.CPE.Known || f.Points.Known || !f.Cost.Known || f.Cost.Value != 0 {
		t.Errorf("%+v", f)
	}
}

// A range holds its value, nothing is below zero or no number, and what is not known is
// zero, whatever KOLs say of themselves.
func TestEveryFigureLiesInItsRange(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := whole()
		kols := map[string]KOL{}
		c.Scenarios[0].Lines = nil
		n := func(name string, most int) int { return rapid.IntRange(0, most).Draw(t, name) }
		for i := range n("lines", 5) {
			id := string(rune('a' + i))
			kols[id] = KOL{ID: id, Followers: n("followers", 3_000_000), Authentic: rapid.SampledFrom([]float64{Unknown, .2, .9}).Draw(t, "authentic"),
				Daily: Engagement{Notes: n("notes", 9), Views: n("views", 900_000), Likes: n("likes", 9000)}, Paid: Engagement{Notes: n("paid", 5), Views: n("seen", 900_000)},
				Record: Record{Paid: n("posts", 9), Breaches: n("breaches", 9)}}
			c.Scenarios[0].Lines = append(c.Scenarios[0].Lines, Line{ID: id, Kind: KOLLine, Cost: money.Fen(n("cost", 1_000_000)), KOL: &KOLPost{KOL: id}})
		}
		if rapid.Bool().Draw(t, "promotion") {
			c.Scenarios[0].Lines = append(c.Scenarios[0].Lines, Line{ID: "p", Kind: PromotionLine, From: "2026-12-01", To: "2026-12-02", Promotion: &Promotion{Daily: 100, Expected: n("expected", 9000)}})
		}
		f := Expect(c, c.Scenarios[0], kols, rapid.SampledFrom([]float64{-1, 0, 5000}).Draw(t, "reached"), -1)
		for name, x := range map[string]Figure{"reach": f.Reach, "views": f.Views, "answers": f.Answers, "cost": f.Cost, "cpm": f.CPM, "cpe": f.CPE, "points": f.Points} {
			if !x.Known && x != (Figure{}) {
				t.Fatalf("%s is not known and yet %+v", name, x)
			}
			if !(x.Low >= 0 && x.Low <= x.Value+1e-9 && x.Value <= x.High+1e-9) || math.IsInf(x.High, 0) || x.Known && x.How == "" {
				t.Fatalf("%s: %+v", name, x)
			}
		}
		if f.Disclosed < 0 || f.Disclosed > f.Posts {
			t.Fatalf("%d of %d", f.Disclosed, f.Posts)
		}
	})
}
