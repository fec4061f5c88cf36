package reach

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// People whom the same offers reach are one class with their weights together; who
// makes no difference is in none.
func TestPeopleOfTheSameOffersAreOneClass(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := small(rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 4)))
		p.Quotas, p.Must, p.Never = nil, nil, nil
		in, _, err := prepare(&p)
		if err != nil {
			t.Skip(err)
		}
		want := make(map[string]float64)
		people := 0
		for _, o := range p.Offers {
			for _, u := range o.Audience {
				people = max(people, int(u)+1)
			}
		}
		for u := range people {
			var by []int32
			for j, i := range in.from {
				if slices.Contains(p.Offers[i].Audience, uint32(u)) {
					by = append(by, int32(j))
				}
			}
			w := 1.0
			if p.Weights != nil {
				w = p.Weights[u]
			}
			if w > 0 && len(by) >= in.frequency {
				want[fmt.Sprint(by)] += w
			}
		}
		if len(want) != len(in.weight) {
			t.Fatalf("%d classes, want %d", len(in.weight), len(want))
		}
		for u, w := range in.weight {
			by := in.reachers(int32(u))
			if math.Abs(want[fmt.Sprint(by)]-w) > 1e-9 {
				t.Fatalf("%v weigh %v, want %v", by, w, want[fmt.Sprint(by)])
			}
			for _, j := range by {
				if !slices.Contains(in.reached(j), int32(u)) {
					t.Fatalf("%d reaches %d in one list alone", j, u)
				}
			}
		}
	})
}

// Whatever goes in and out in whatever order, every offer's worth is what it would be
// counted from the beginning.
func TestWorthIsKeptUpToDate(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := small(rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 5)))
		p.Quotas, p.Must, p.Never = nil, nil, nil
		in, _, err := prepare(&p)
		if err != nil || in.offers == 0 {
			t.Skip(err)
		}
		eager := 0.0
		if in.frequency > 1 {
			eager = rapid.Float64Range(0, 1).Draw(t, "eager")
		}
		c := newChoice(in, eager)
		value := func(picks []int32) (sum float64) {
			for u, w := range in.weight {
				n := 0
				for _, j := range picks {
					if slices.Contains(in.reached(j), int32(u)) {
						n++
					}
				}
				for times := range min(n, in.frequency) {
					sum += w * c.rise[times]
				}
			}
			for _, j := range picks {
				sum -= in.risk[j]
			}
			return sum
		}
		for range rapid.IntRange(1, 30).Draw(t, "moves") {
			j := int32(rapid.IntRange(0, in.offers-1).Draw(t, "offer"))
			if c.chosen[j] {
				c.remove(j)
			} else {
				c.add(j)
			}
			now := value(c.picks)
			if math.Abs(now-c.value) > 1e-9 {
				t.Fatalf("value %v, want %v", c.value, now)
			}
			for i := range int32(in.offers) {
				other := slices.Clone(c.picks)
				want := 0.0
				if c.chosen[i] {
					want = now - value(slices.DeleteFunc(other, func(k int32) bool { return k == i }))
				} else {
					want = value(append(other, i)) - now
				}
				if math.Abs(want-c.worth[i]) > 1e-9 {
					t.Fatalf("offer %d is worth %v, want %v", i, c.worth[i], want)
				}
			}
		}
	})
}
