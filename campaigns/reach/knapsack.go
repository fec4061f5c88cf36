package reach

import (
	"math"
	"slices"
)

// knapsack solves the budget alone: profits of offers that no longer have anything to
// do with one another, at most one of each KOL, and parts of an offer allowed. That is
// exact for the relaxation and quick: no order of all offers is needed, only the place
// where the money ends.
type knapsack struct {
	in    *instance
	steps []increment
	hull  []int32

	// The answer: the parts of offers taken, and the worth of money at the end.
	taken []part
	price float64
	// surplus is what each KOL has over the price: what the answer loses without them.
	// best is the offer that has it, -1 for none; next the surplus without that offer.
	surplus, next []float64
	best          []int32
}

// increment is going from one offer of a KOL to a dearer one; from is -1 where there
// was none.
type increment struct {
	cost   int64
	profit float64
	from   int32
	to     int32
}

type part struct {
	offer int32
	share float64
}

func newKnapsack(in *instance) *knapsack {
	return &knapsack{in: in, surplus: make([]float64, len(in.groups)), next: make([]float64, len(in.groups)), best: make([]int32, len(in.groups))}
}

// solve returns the most profit for the budget. state says of each offer whether it is
// free to be chosen; groups that have a needed KOL must be served with one.
func (k *knapsack) solve(profit []float64, state []int8, open []int32, needs []bool, budget int64) float64 {
	in := k.in
	k.steps, k.taken = k.steps[:0], k.taken[:0]
	value := 0.0
	for _, g := range open {
		offers := in.groups[g]
		if len(offers) == 1 && !needs[g] {
			j := offers[0]
			if state[j] == free && profit[j] > 0 {
				k.steps = append(k.steps, increment{in.cost[j], profit[j], -1, j})
			}
			continue
		}
		k.rise(offers, profit, state)
		if needs[g] && len(k.hull) > 0 {
			first := k.hull[0]
			value += profit[first]
			budget -= in.cost[first]
			k.taken = append(k.taken, part{first, 1})
			for i := 1; i < len(k.hull); i++ {
				a, b := k.hull[i-1], k.hull[i]
				k.steps = append(k.steps, increment{in.cost[b] - in.cost[a], profit[b] - profit[a], a, b})
			}
			continue
		}
		from, cost, had := int32(-1), int64(0), 0.0
		for i := k.above(profit); i < len(k.hull); i++ {
			b := k.hull[i]
			k.steps = append(k.steps, increment{in.cost[b] - cost, profit[b] - had, from, b})
			from, cost, had = b, in.cost[b], profit[b]
		}
	}
	return value + k.spend(budget)
}

// rise leaves in hull the offers on the upper hull of profit over cost, from the
// cheapest to the one with the most profit.
func (k *knapsack) rise(offers []int32, profit []float64, state []int8) {
	in := k.in
	k.hull = k.hull[:0]
	for _, j := range offers {
		if state[j] == free {
			k.hull = append(k.hull, j)
		}
	}
	slices.SortFunc(k.hull, func(a, b int32) int {
		switch {
		case in.cost[a] != in.cost[b]:
			return int(min(max(in.cost[a]-in.cost[b], -1), 1))
		case profit[a] > profit[b]:
			return -1
		case profit[a] < profit[b]:
			return 1
		}
		return 0
	})
	n := 0
	for _, j := range k.hull {
		if n > 0 && profit[j] <= profit[k.hull[n-1]] {
			continue
		}
		for n > 1 {
			a, b := k.hull[n-2], k.hull[n-1]
			// b is below the line from a to j.
			if (profit[b]-profit[a])*float64(in.cost[j]-in.cost[b]) > (profit[j]-profit[b])*float64(in.cost[b]-in.cost[a]) {
				break
			}
			n--
		}
		k.hull[n] = j
		n++
	}
	k.hull = k.hull[:n]
}

// above is where the hull begins as seen from choosing nobody of the KOL.
func (k *knapsack) above(profit []float64) int {
	best, at := math.Inf(-1), len(k.hull)
	for i, j := range k.hull {
		if profit[j] <= 0 {
			continue
		}
		if slope := profit[j] / float64(k.in.cost[j]); slope >= best {
			best, at = slope, i
		}
	}
	return at
}

// spend buys increments, the ones with the most profit for their cost first, the last
// in part. Within a KOL they come in order by themselves, because a hull is steepest at
// its beginning.
func (k *knapsack) spend(budget int64) float64 {
	steps := k.steps
	value := 0.0
	k.price = 0
	take := func(s increment, share float64) {
		value += share * s.profit
		if s.from >= 0 {
			k.taken = append(k.taken, part{s.from, -share})
		}
		k.taken = append(k.taken, part{s.to, share})
	}
	var sum int64
	for _, s := range steps {
		sum += s.cost
	}
	if sum <= budget {
		for _, s := range steps {
			take(s, 1)
		}
		return value
	}
	// Quickselect by slope for the step at which the budget ends.
	lo, hi := 0, len(steps)
	left := max(budget, 0)
	for lo < hi {
		pivot := slope(steps[lo+(hi-lo)/2])
		// [lo,up) steeper, [up,at) equal, [down,hi) flatter
		up, at, down := lo, lo, hi
		var above, level int64
		for at < down {
			switch s := slope(steps[at]); {
			case s > pivot:
				above += steps[at].cost
				steps[up], steps[at] = steps[at], steps[up]
				up++
				at++
			case s < pivot:
				down--
				steps[at], steps[down] = steps[down], steps[at]
			default:
				level += steps[at].cost
				at++
			}
		}
		if above > left {
			hi = up
			continue
		}
		for _, s := range steps[lo:up] {
			take(s, 1)
		}
		left -= above
		if level > left {
			for _, s := range steps[up:at] {
				if s.cost <= left {
					take(s, 1)
					left -= s.cost
					continue
				}
				take(s, float64(left)/float64(s.cost))
				k.price = slope(s)
				return value
			}
		}
		for _, s := range steps[up:at] {
			take(s, 1)
		}
		left -= level
		lo = at
	}
	// The money ended exactly between two steps.
	k.price = 0
	for _, s := range steps[lo:] {
		k.price = max(k.price, slope(s))
	}
	return value
}

func slope(s increment) float64 {
	if s.cost == 0 {
		return math.Inf(1)
	}
	return s.profit / float64(s.cost)
}

// judge fills surplus, next and best at the price found.
func (k *knapsack) judge(profit []float64, state []int8, open []int32, needs []bool) {
	in := k.in
	for _, g := range open {
		first, second, at := math.Inf(-1), math.Inf(-1), int32(-1)
		if !needs[g] {
			first = 0
		}
		for _, j := range in.groups[g] {
			if state[j] != free {
				continue
			}
			if r := profit[j] - k.price*float64(in.cost[j]); r > first {
				second, first, at = first, r, j
			} else if r > second {
				second = r
			}
		}
		k.surplus[g], k.next[g], k.best[g] = first, second, at
	}
}
