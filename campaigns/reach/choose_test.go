package reach

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"cinnabar/internal/fault"
	"cinnabar/internal/money"
)

// referee judges a set of offers by the problem as it was written, knowing nothing of
// classes, instances or searches.
type referee struct {
	p *Problem
}

// allows reports whether the offers (indices) keep every constraint.
func (r referee) allows(picks []int) bool {
	var cost money.Fen
	kols := make(map[string]int)
	ids := make(map[string]bool)
	tags := make(map[string]int)
	isOffer := make(map[string]bool)
	for _, o := range r.p.Offers {
		isOffer[o.ID] = true
	}
	for _, i := range picks {
		o := r.p.Offers[i]
		cost += o.Cost
		kols[o.KOL]++
		ids[o.ID] = true
		once := make(map[string]bool)
		for _, t := range o.Tags {
			if !once[t] {
				tags[t]++
			}
			once[t] = true
		}
	}
	if cost > r.p.Budget || len(ids) != len(picks) {
		return false
	}
	for _, n := range kols {
		if n > 1 {
			return false
		}
	}
	for _, q := range r.p.Quotas {
		if tags[q.Tag] < q.Least || q.Most > 0 && tags[q.Tag] > q.Most {
			return false
		}
	}
	has := func(name string) bool {
		if isOffer[name] {
			return ids[name]
		}
		return kols[name] > 0
	}
	for _, name := range r.p.Must {
		if !has(name) {
			return false
		}
	}
	for _, name := range r.p.Never {
		if has(name) {
			return false
		}
	}
	return true
}

// counts returns reach and risk of the offers.
func (r referee) counts(picks []int) (reach, risk float64) {
	seen := make(map[uint32]int)
	for _, i := range picks {
		risk += r.p.Offers[i].Risk
		once := make(map[uint32]bool)
		for _, u := range r.p.Offers[i].Audience {
			if !once[u] {
				seen[u]++
			}
			once[u] = true
		}
	}
	for u, n := range seen {
		if n >= max(1, r.p.Frequency) {
			if r.p.Weights == nil {
				reach++
			} else {
				reach += r.p.Weights[u]
			}
		}
	}
	return reach, risk
}

// best tries every set of offers.
func (r referee) best() (net float64, some bool) {
	for set := range 1 << len(r.p.Offers) {
		var picks []int
		for i := range r.p.Offers {
			if set>>i&1 == 1 {
				picks = append(picks, i)
			}
		}
		if !r.allows(picks) {
			continue
		}
		if reach, risk := r.counts(picks); !some || reach-risk > net {
			net, some = reach-risk, true
		}
	}
	return net, some
}

// check holds an answer to the problem and to itself.
func (r referee) check(t *testing.T, a Answer) {
	t.Helper()
	var picks []int
	var cost money.Fen
	for _, pick := range a.Picks {
		picks = append(picks, pick.Offer)
		cost += r.p.Offers[pick.Offer].Cost
	}
	if !r.allows(picks) {
		t.Fatalf("%v breaks a constraint", picks)
	}
	reach, risk := r.counts(picks)
	if math.Abs(reach-a.Reach) > 1e-6 || math.Abs(risk-a.Risk) > 1e-6 || cost != a.Cost {
		t.Fatalf("says reach %v, risk %v, cost %v; has %v, %v, %v", a.Reach, a.Risk, a.Cost, reach, risk, cost)
	}
	if a.Bound < a.Net() {
		t.Fatalf("bound %v is under %v", a.Bound, a.Net())
	}
	for i, pick := range a.Picks {
		var without []int
		for k, other := range picks {
			if k != i {
				without = append(without, other)
			}
		}
		if less, _ := r.counts(without); math.Abs(reach-less-pick.Alone) > 1e-6 {
			t.Fatalf("%d adds %v alone, says %v", pick.Offer, reach-less, pick.Alone)
		}
	}
}

// small makes a problem that can be tried out, with some of everything.
func small(r *rand.Rand) Problem {
	offers, kols, people := 1+r.IntN(11), 1+r.IntN(10), 1+r.IntN(24)
	tags := []string{"video", "image", "top", "tail", "beauty"}
	var p Problem
	risky, fine := r.IntN(3) == 0, r.IntN(2) == 0
	total := 0
	for i := range offers {
		o := Offer{ID: fmt.Sprint("o", i), KOL: fmt.Sprint("k", r.IntN(kols)), Cost: money.Fen(r.IntN(10))}
		if fine {
			o.Cost = money.Fen(1 + r.IntN(5000))
		}
		total += int(o.Cost)
		for _, tag := range tags {
			if r.IntN(3) == 0 {
				o.Tags = append(o.Tags, tag)
			}
		}
		if risky {
			o.Risk = r.Float64() * 3
			if fine {
				o.Risk = float64(r.IntN(4))
			}
		}
		for range r.IntN(people + 1) {
			o.Audience = append(o.Audience, uint32(r.IntN(people)))
		}
		p.Offers = append(p.Offers, o)
	}
	p.Budget = money.Fen(r.IntN(total + 2))
	if r.IntN(2) == 0 {
		p.Weights = make([]float64, people)
		for u := range p.Weights {
			p.Weights[u] = float64(r.IntN(5))
			if !fine {
				p.Weights[u] += r.Float64()
			}
		}
	}
	for _, tag := range tags {
		if r.IntN(6) == 0 {
			q := Quota{Tag: tag, Least: r.IntN(3)}
			if r.IntN(2) == 0 {
				q.Most = q.Least + r.IntN(3)
			}
			p.Quotas = append(p.Quotas, q)
		}
	}
	name := func() string {
		if r.IntN(2) == 0 {
			return fmt.Sprint("o", r.IntN(offers))
		}
		return p.Offers[r.IntN(offers)].KOL
	}
	for r.IntN(4) == 0 {
		p.Must = append(p.Must, name())
	}
	for r.IntN(3) == 0 {
		p.Never = append(p.Never, name())
	}
	if r.IntN(3) == 0 {
		p.Frequency = 1 + r.IntN(3)
	}
	return p
}

// Whatever is asked in whatever combination: the answer is allowed, the bound is not
// below the best there is, a proved answer is the best, and a refusal is right.
func TestNoChoiceBeatsTheBound(t *testing.T) {
	t.Parallel()
	proved, answered, missed := 0, 0, 0
	for seed := range uint64(4000) {
		p := small(rand.New(rand.NewPCG(seed, 1)))
		r := referee{&p}
		best, some := r.best()
		workers := 1 + int(seed%2)
		a, err := Choose(context.Background(), p, Options{Time: 2 * time.Second, Workers: workers, Seed: seed, Rounds: 300})
		if err != nil {
			switch fault.CodeOf(err) {
			case fault.BudgetTooSmall:
				// An empty plan is allowed by the constraints, but nobody's wish.
				if best, some := r.best(); some && (best > 1e-9 || best < 0) {
					t.Fatalf("seed %d: %v, though there is a choice of %v", seed, err, best)
				}
			case fault.QuotaConflict, fault.MustConflict:
				if some {
					t.Fatalf("seed %d: %v, though there is a choice of %v", seed, err, best)
				}
			default:
				t.Fatalf("seed %d: %v", seed, err)
			}
			continue
		}
		answered++
		if !some {
			t.Fatalf("seed %d: an answer where there is none", seed)
		}
		r.check(t, a)
		if a.Bound < best-1e-6 {
			t.Fatalf("seed %d: bound %v, but %v can be had", seed, a.Bound, best)
		}
		if a.Proved {
			proved++
			if a.Net() < best-1e-6 {
				t.Fatalf("seed %d: %v is called the best; that is %v", seed, a.Net(), best)
			}
		} else if a.Net() < best-1e-6 {
			missed++
		}
	}
	t.Logf("%d answered, %d proved, %d missed the best", answered, proved, missed)
	if answered < 2000 || proved < answered*9/10 || missed > 0 {
		t.Errorf("%d answered, %d proved, %d missed the best", answered, proved, missed)
	}
}
