package reach

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// The answer is held to the other side of the same program: a price for money at which
// every KOL by itself takes what is worth most. The lowest such sum is the most profit,
// and it stands at a price where somebody changes their mind.
func TestTheBudgetAloneIsSolvedExactly(t *testing.T) {
	t.Parallel()
	check := func(t *rapid.T) {
		in := &instance{}
		var profit []float64
		var open []int32
		var needs []bool
		var certain int64
		for g := range rapid.IntRange(1, 6).Draw(t, "KOLs") {
			in.groups = append(in.groups, nil)
			open = append(open, int32(g))
			needs = append(needs, rapid.IntRange(0, 3).Draw(t, "needed") == 0)
			for range rapid.IntRange(1, 4).Draw(t, "offers") {
				in.groups[g] = append(in.groups[g], int32(len(in.cost)))
				in.cost = append(in.cost, int64(rapid.IntRange(0, 9).Draw(t, "cost")))
				in.group = append(in.group, int32(g))
				profit = append(profit, float64(rapid.IntRange(-3, 12).Draw(t, "profit")))
			}
			if needs[g] {
				certain += in.cheapest(int32(g))
			}
		}
		budget := certain + int64(rapid.IntRange(0, 30).Draw(t, "budget"))
		k := newKnapsack(in)
		state := make([]int8, len(in.cost))
		got := k.solve(profit, state, open, needs, budget)

		at := func(price float64) float64 {
			sum := price * float64(budget)
			for g, offers := range in.groups {
				most := math.Inf(-1)
				if !needs[g] {
					most = 0
				}
				for _, j := range offers {
					most = max(most, profit[j]-price*float64(in.cost[j]))
				}
				sum += most
			}
			return sum
		}
		want := at(0)
		for _, offers := range in.groups {
			for _, i := range offers {
				if in.cost[i] > 0 {
					want = min(want, at(max(0, profit[i]/float64(in.cost[i]))))
				}
				for _, j := range offers {
					if in.cost[i] > in.cost[j] {
						want = min(want, at(max(0, (profit[i]-profit[j])/float64(in.cost[i]-in.cost[j]))))
					}
				}
			}
		}
		if math.Abs(got-want) > 1e-9 {
			t.Fatalf("got %v, want %v", got, want)
		}
		if math.Abs(at(k.price)-want) > 1e-9 {
			t.Fatalf("at the price %v it is %v, want %v", k.price, at(k.price), want)
		}
		// What is taken is within the budget, worth that much, and no more than one a KOL.
		value, cost := 0.0, 0.0
		share := make([]float64, len(in.groups))
		for _, part := range k.taken {
			value += part.share * profit[part.offer]
			cost += part.share * float64(in.cost[part.offer])
			share[in.group[part.offer]] += part.share
		}
		if math.Abs(value-want) > 1e-9 || cost > float64(budget)+1e-9 {
			t.Fatalf("takes %v for %v of %d, want %v", value, cost, budget, want)
		}
		for g, s := range share {
			if s > 1+1e-9 || needs[g] && s < 1-1e-9 {
				t.Fatalf("%v of KOL %d", s, g)
			}
		}
		// Without a KOL's best offer the sum at this price loses exactly what judge says.
		k.judge(profit, state, open, needs)
		for g := range in.groups {
			if best := k.best[g]; best >= 0 {
				state[best] = outside
				second := k.next[g]
				k.judge(profit, state, open, needs)
				if k.surplus[g] != second {
					t.Fatalf("second %v, want %v", second, k.surplus[g])
				}
				state[best] = free
				k.judge(profit, state, open, needs)
			}
		}
	}
	for range 20 {
		rapid.Check(t, check)
	}
}
