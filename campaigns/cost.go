package campaigns

import (
	"time"

	"cinnabar/internal/money"
	"cinnabar/moderation"
)

// Days counts the days of a window, both ends included; 0 where it has none.
func Days(from, to moderation.Date) int {
	a, ok := from.Time()
	b, also := to.Time()
	if !ok || !also || b.Before(a) {
		return 0
	}
	return int(b.Sub(a)/(24*time.Hour)) + 1
}

// CostOf is what a line takes from the budget: KOL posts with the platform's service
// fee, promotions their daily budget for every day of their window, everything else
// its cost.
func CostOf(c Campaign, l Line) money.Fen {
	switch {
	case l.Kind == KOLLine:
		return l.Cost + c.ServiceFee.Of(l.Cost)
	case l.Kind == PromotionLine && l.Promotion != nil:
		days := money.Fen(Days(l.From, l.To))
		if days > 0 && l.Promotion.Daily > money.Most/days {
			return money.Most + 1 // which Total refuses
		}
		return l.Promotion.Daily * days
	}
	return l.Cost
}

// Total is what a scenario costs, all included. Fault: FieldValue when it is more
// than money counts.
func Total(c Campaign, s Scenario) (money.Fen, error) {
	costs := make([]money.Fen, len(s.Lines))
	for i, l := range s.Lines {
		costs[i] = CostOf(c, l)
	}
	return money.Add("cost", costs...)
}

// Picked is the scenario that is proposed and run: the chosen one, else the first;
// the zero one for a campaign without any.
func (c Campaign) Picked() Scenario {
	for _, s := range c.Scenarios {
		if s.ID == c.Chosen {
			return s
		}
	}
	if len(c.Scenarios) > 0 {
		return c.Scenarios[0]
	}
	return Scenario{}
}
