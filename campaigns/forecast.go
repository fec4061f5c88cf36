package campaigns

import (
	"math"

	"cinnabar/internal/money"
)

// Figure is a forecast with what is not known about it: four times in five the truth
// is expected between Low and High.
type Figure struct {
	Value, Low, High float64
	How              string // word key plan.how_…: how it was computed
	Known            bool   // false: there is nothing to compute it from, and the rest is zero
}

// Forecast is what a scenario is expected to bring.
type Forecast struct {
	// Reach is people who follow at least one of the KOLs, each counted once, in units of
	// the segment's weights.
	Reach Figure
	// Ceiling is a proved bound: no choice of KOLs within the wish reaches more. -1 where
	// not known.
	Ceiling float64
	Views   Figure // of all posts and promotions
	Answers Figure // likes, saves and comments
	Cost    Figure // in fen; exact
	CPM     Figure // fen for a thousand views
	CPE     Figure // fen for an answer
	Points  Figure // brand points
	// Posts is how many posts KOLs are asked for, Disclosed how many of these are expected
	// to carry their label.
	Disclosed, Posts int
}

// What the intervals rest on. Set by hand, not measured on a platform yet.
const (
	// wide is how many standard deviations hold four cases in five.
	wide = 1.2816
	// scatter is the standard deviation of the logarithm of a note's views around the
	// KOL's median: one note gets twice as many as another as a matter of course.
	scatter = .8
	// paidLess is what a paid note gets of a daily one's views and answers, where a KOL
	// has no paid notes to tell.
	paidLess = .7
	// enough paid notes to go by them.
	enoughNotes = 3
	// following that sees an ordinary note, where no views are known at all.
	seenShare = .1
)

// Expect forecasts a scenario. reached is how many people its KOLs reach together and
// bound what no other choice can exceed, both from the chooser and -1 where not known;
// without reached, reach is bounded by the largest following and the sum of all. kols
// holds the KOLs of the lines by id; a line whose KOL is missing costs and brings
// nothing.
func Expect(c Campaign, s Scenario, kols map[string]KOL, reached, bound float64) Forecast {
	f := Forecast{Ceiling: bound}
	var views, answers tally
	var points, variance, most, sum, others float64
	guessed := false
	for _, l := range s.Lines {
		switch {
		case l.Kind == KOLLine && l.KOL != nil:
			f.Posts++
			k, ok := kols[l.KOL.KOL]
			if !ok {
				continue
			}
			seen, answered, guess := expected(k)
			guessed = guessed || guess
			views.add(seen)
			answers.add(answered)
			risk := RiskOf(k)
			points += risk.Points
			// A breach happens or not; what it costs varies between the least and the most.
			p, least, usual, worst := risk.PerPost, limits().PointsABreach.Least, limits().PointsABreach.Usual, limits().PointsABreach.Most
			spread := (worst - least) / 4
			variance += p*(usual*usual+spread*spread) - p*p*usual*usual
			most = max(most, float64(k.Followers))
			sum += float64(k.Followers)
		case l.Kind == PromotionLine && l.Promotion != nil:
			views.add(float64(l.Promotion.Expected))
			others += float64(l.Promotion.Expected)
		case l.Kind == EventLine && l.Event != nil:
			others += float64(l.Event.Capacity)
		}
	}
	f.Reach = reachOf(reached, most, sum, others, f.Posts)
	how := [2]string{"plan.how_views", "plan.how_answers"}
	if guessed {
		how = [2]string{"plan.how_views_daily", "plan.how_answers_daily"}
	}
	f.Views, f.Answers = views.figure(how[0]), answers.figure(how[1])
	cost, err := Total(c, s)
	if err == nil {
		f.Cost = Figure{Value: float64(cost), Low: float64(cost), High: float64(cost), How: "plan.how_cost", Known: true}
		f.CPM = per(cost, f.Views, 1000, "plan.how_cpm")
		f.CPE = per(cost, f.Answers, 1, "plan.how_cpe")
	}
	if f.Posts > 0 {
		off := wide * math.Sqrt(variance)
		f.Points = Figure{Value: points, Low: max(points-off, 0), High: points + off, How: "plan.how_points", Known: true}
		f.Disclosed = f.Posts - min(int(math.Round(points/limits().PointsABreach.Usual)), f.Posts)
	}
	return f
}

// reachOf says how many people are reached. What promotions and events add is not
// known one by one: they may reach others, or the same people once more.
func reachOf(reached, most, sum, others float64, posts int) Figure {
	switch {
	case posts == 0 && others == 0:
		return Figure{}
	case posts == 0:
		return Figure{Value: others, Low: 0, High: others, How: "plan.how_reach_expected", Known: true}
	case reached >= 0:
		return Figure{Value: reached, Low: reached, High: reached + others, How: "plan.how_reach_counted", Known: true}
	case sum == 0:
		return Figure{}
	}
	// Between everybody following the largest as well and nobody following two.
	return Figure{Value: math.Sqrt(most * sum), Low: most, High: sum + others, How: "plan.how_reach_bounds", Known: true}
}

// expected is what one paid note of a KOL gets; guess is true when that had to be
// taken from daily notes or from followers.
func expected(k KOL) (views, answers float64, guess bool) {
	e, share := k.Paid, 1.0
	if e.Notes < enoughNotes {
		e, share, guess = k.Daily, paidLess, true
	}
	switch {
	case e.Views > 0:
		views = float64(e.Views) * share
	case k.Daily.Views > 0:
		views, guess = float64(k.Daily.Views)*paidLess, true
	default:
		views, guess = float64(k.Followers)*seenShare, true
	}
	return views, float64(e.Likes+e.Saves+e.Comments) * share, guess
}

// tally adds up figures that scatter independently of one another.
type tally struct{ sum, variance float64 }

func (t *tally) add(median float64) {
	t.sum += median
	t.variance += median * median * (math.Exp(scatter*scatter) - 1)
}

func (t tally) figure(how string) Figure {
	if t.sum <= 0 {
		return Figure{}
	}
	// A sum of skewed figures is skewed to the same side: wide above, narrow below.
	off := math.Sqrt(math.Log1p(t.variance / (t.sum * t.sum)))
	return Figure{Value: t.sum, Low: t.sum * math.Exp(-wide*off), High: t.sum * math.Exp(wide*off), How: how, Known: true}
}

// per is the price of so many of what a figure counts.
func per(cost money.Fen, of Figure, many float64, how string) Figure {
	if !of.Known || of.Low <= 0 {
		return Figure{}
	}
	price := float64(cost) * many
	return Figure{Value: price / of.Value, Low: price / of.High, High: price / of.Low, How: how, Known: true}
}
