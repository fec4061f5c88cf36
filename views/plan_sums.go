package views

import (
	"context"
	"reflect"
	"time"

	"cinnabar/campaigns"
	"cinnabar/campaigns/reach"
	"cinnabar/internal/fault"
	"cinnabar/internal/money"
	"cinnabar/moderation"
)

// planSums is what the scenarios come to.
type planSums struct {
	Reached map[string]float64 // by scenario
	Risk    map[string]float64 // in the weights of reach, as the chooser counts it
	Cost    map[string]money.Fen
	Alone   map[string]float64 // by line of the scenario on the page
	Follow  map[string]float64 // whom each KOL's line reaches by itself
	Checks  []moderation.CheckResult
	Outlook campaigns.Forecast
	shown   string
}

// reckon sums the scenarios up behind the screen; who follows whom can be a million.
func (p *plan) reckon() {
	c, f, shown := whole(p.now), p.known, p.shown
	today := p.s.today()
	limit := p.limit
	p.sums.ask(func(context.Context) (planSums, error) { return sumUp(c, *f, shown, today, limit), nil }, func(s planSums, err error) {
		if err != nil {
			p.s.complain(err)
			return
		}
		p.reckoned = &s
		p.drawMain()
		p.drawSide()
	})
}

func sumUp(c campaigns.Campaign, f planFile, shown string, today moderation.Date, limit *planCurve) planSums {
	s := planSums{Reached: map[string]float64{}, Risk: map[string]float64{}, Cost: map[string]money.Fen{}, shown: shown}
	var own map[string]float64
	if f.there {
		own = campaigns.Followed(c.Wish.Segment, kolsOf(c), f.Who)
	}
	for _, sc := range c.Scenarios {
		reached, alone := -1.0, map[string]float64(nil)
		if f.there {
			reached, alone = campaigns.Counted(c, sc, f.Who)
			s.Reached[sc.ID] = reached
		}
		s.Cost[sc.ID], _ = campaigns.Total(c, sc)
		risk, follow := 0.0, map[string]float64{}
		for _, l := range sc.Lines {
			if l.KOL == nil || !f.there {
				continue
			}
			one := own[l.KOL.KOL]
			follow[l.ID] = one
			if k, ok := f.KOLs[l.KOL.KOL]; ok {
				risk += c.Wish.Caution * campaigns.RiskOf(k).PerPost * one
			}
		}
		s.Risk[sc.ID] = risk
		if sc.ID != shown {
			continue
		}
		s.Alone, s.Follow = alone, follow
		s.Checks = campaigns.Check(c, sc, campaigns.Facts{Today: today, Brand: f.Brand, KOLs: f.KOLs, Items: f.Items})
		bound := -1.0
		if limit != nil {
			bound = limit.at(c.Wish.Budget)
		}
		s.Outlook = campaigns.Expect(c, sc, f.KOLs, reached, bound)
	}
	return s
}

// planCurve is reach against spend: of each budget the best that was found and what
// cannot be exceeded.
type planCurve struct {
	Budgets []money.Fen
	Answers []reach.Answer
	Other   money.Fen // what lines that are no KOL's take
	Err     error     // why there is no curve, as a fault of the wish
}

// at is the proved bound at a budget, -1 where none is known.
func (c planCurve) at(budget money.Fen) float64 {
	for i, b := range c.Budgets {
		if b == budget && i < len(c.Answers) {
			return c.Answers[i].Bound
		}
	}
	return -1
}

// curveSteps are the shares of the budget that the curve asks about.
var curveSteps = []float64{.05, .1, .2, .3, .4, .55, .7, .85, 1, 1.2, 1.4, 1.67}

// curveEach is how long each of these may look.
const curveEach = 60 * time.Millisecond

// bend asks what other budgets would bring.
func (p *plan) bend() {
	c, f := p.as(p.shown), p.known
	if c.Wish.Budget <= 0 || len(f.Pool) == 0 || !f.there {
		p.limit = nil
		return
	}
	p.bent = p.others()
	p.curve.ask(func(ctx context.Context) (planCurve, error) {
		out := planCurve{}
		problem, err := campaigns.Offers(c, f.Pool, f.Who)
		if err != nil {
			out.Err = err
			return out, nil
		}
		out.Other = c.Wish.Budget - problem.Budget
		var budgets []money.Fen
		for _, share := range curveSteps {
			all := money.Fen(float64(c.Wish.Budget) * share)
			if share == 1 {
				all = c.Wish.Budget
			}
			out.Budgets = append(out.Budgets, all)
			budgets = append(budgets, max(0, all-out.Other))
		}
		out.Answers, err = p.s.cfg.Chooser.Curve(ctx, problem, budgets, curveEach)
		if fault.CodeOf(err) != "" && ctx.Err() == nil {
			out.Err, err = err, nil
		}
		return out, err
	}, func(out planCurve, err error) {
		if err != nil {
			return
		}
		p.limit = &out
		p.reckon()
	})
}

// gap is how far the scenario on the page can be below the best at most, as a share of
// the bound; false where nothing is proved.
func (p *plan) gap() (float64, bool) {
	if p.limit == nil || p.reckoned == nil {
		return 0, false
	}
	bound := p.bound()
	net := p.reckoned.Reached[p.shown] - p.reckoned.Risk[p.shown]
	if bound <= 0 || net <= 0 {
		return 0, false
	}
	return max(0, (bound-net)/bound), true
}

// proof is a bound that a search has proved, and for which wish.
type proof struct {
	bound float64
	wish  campaigns.Wish
	other money.Fen // what lines that are no KOL's took of the budget
}

// others is what lines of the scenario on the page that are no KOL's take.
func (p *plan) others() money.Fen {
	var sum money.Fen
	for _, l := range p.scenario().Lines {
		if l.KOL == nil {
			sum += campaigns.CostOf(p.now, l)
		}
	}
	return sum
}

// bound is the lowest that was proved for the wish and the rest of the plan as they
// are, 0 where nothing was: what is left for KOLs decides about it.
func (p *plan) bound() float64 {
	least := 0.0
	if p.limit.Other == p.others() {
		least = max(0, p.limit.at(p.now.Wish.Budget))
	}
	if p.proved != nil && p.proved.other == p.others() && reflect.DeepEqual(p.proved.wish, p.now.Wish) && (least == 0 || p.proved.bound < least) {
		least = p.proved.bound
	}
	return least
}
