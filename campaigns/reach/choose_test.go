package reach

import (
	"context"
	"fmt"
	"math"
	"math/bits"
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

// best tries every set of offers. People are bits here, at most 32.
func (r referee) best() (net float64, some bool) {
	masks := make([]uint32, len(r.p.Offers))
	everybody := uint32(0)
	for i, o := range r.p.Offers {
		for _, u := range o.Audience {
			masks[i] |= 1 << u
		}
		everybody |= masks[i]
	}
	for set := range 1 << len(r.p.Offers) {
		var picks []int
		var times [32]int
		var cost money.Fen
		value := 0.0
		for i, o := range r.p.Offers {
			if set>>i&1 == 1 {
				picks = append(picks, i)
				cost += o.Cost
				value -= o.Risk
				for m := masks[i]; m != 0; m &= m - 1 {
					times[bits.TrailingZeros32(m)]++
				}
			}
		}
		if cost > r.p.Budget {
			continue
		}
		for m := everybody; m != 0; m &= m - 1 {
			if u := bits.TrailingZeros32(m); times[u] >= max(1, r.p.Frequency) {
				if r.p.Weights == nil {
					value++
				} else {
					value += r.p.Weights[u]
				}
			}
		}
		// Only what would be better is worth asking about.
		if (!some || value > net) && r.allows(picks) {
			net, some = value, true
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
	for seed := range uint64(2000) {
		p := small(rand.New(rand.NewPCG(seed, 1)))
		r := referee{&p}
		best, some := r.best()
		workers := 1 + int(seed%2)
		a, err := Choose(context.Background(), p, Options{Time: 2 * time.Second, Workers: workers, Seed: seed, Rounds: 40})
		if err != nil {
			switch fault.CodeOf(err) {
			case fault.BudgetTooSmall, fault.FieldMissing:
				// An empty plan is allowed by the constraints, but nobody's wish.
				if some && (best > 1e-9 || best < 0) {
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
	if answered < 1000 || proved < answered*85/100 || missed > answered/100 {
		t.Errorf("%d answered, %d proved, %d missed the best", answered, proved, missed)
	}
}

// platform makes a problem with a few large and many small audiences that overlap.
func platform(r *rand.Rand, offers, people int) Problem {
	var p Problem
	for i := range offers {
		o := Offer{ID: fmt.Sprint("o", i), KOL: fmt.Sprint("k", i), Tags: []string{[]string{"video", "image"}[i%2]}}
		size := 3 + people/(4+3*i/2)
		for range size {
			x := r.Float64()
			o.Audience = append(o.Audience, uint32(x*x*float64(people)))
		}
		o.Cost = money.Fen(100 * math.Pow(float64(size), 0.8) * (0.7 + 0.6*r.Float64()))
		p.Offers = append(p.Offers, o)
		p.Budget += o.Cost / 6
	}
	return p
}

func TestProgressOnlyGetsBetterAndItsBoundHolds(t *testing.T) {
	t.Parallel()
	p := platform(rand.New(rand.NewPCG(3, 3)), 150, 3000)
	p.Quotas = []Quota{{Tag: "video", Least: 3, Most: 9}}
	var told []Answer
	a, err := Choose(t.Context(), p, Options{Time: time.Second, Workers: 2, Progress: func(a Answer) {
		referee{&p}.check(t, a)
		told = append(told, a)
	}})
	if err != nil {
		t.Fatal(err)
	}
	told = append(told, a)
	for i, b := range told {
		if i > 0 && (b.Net() < told[i-1].Net() || b.Bound > told[i-1].Bound) {
			t.Errorf("from %v ≤ %v to %v ≤ %v", told[i-1].Net(), told[i-1].Bound, b.Net(), b.Bound)
		}
		if b.Bound < a.Net() {
			t.Errorf("%v was said to be the most, but %v was found", b.Bound, a.Net())
		}
	}
	if len(told) < 2 {
		t.Error("no progress was told")
	}
}

// What is asked for at the frequency of two, at weights, with risk: the search counts
// as the referee does.
func TestALargerChoiceIsCountedRight(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 5))
	for frequency := range 4 {
		p := platform(r, 80, 800)
		p.Frequency = frequency
		p.Weights = make([]float64, 800)
		for u := range p.Weights {
			p.Weights[u] = float64(u%4) / 3
		}
		for i := range p.Offers {
			p.Offers[i].Risk = r.Float64() * 5
		}
		p.Must, p.Never = []string{"o70", "k7"}, []string{"k0"}
		p.Quotas = []Quota{{Tag: "image", Least: 4, Most: 6}}
		a, err := Choose(t.Context(), p, Options{Time: 5 * time.Second, Workers: 1, Rounds: 150})
		if err != nil {
			t.Fatal(err)
		}
		referee{&p}.check(t, a)
		if a.Reach == 0 {
			t.Errorf("frequency %d: reach %v, bound %v", frequency, a.Reach, a.Bound)
		}
	}
}

func TestCancellingReturnsAtOnceWithAnAnswer(t *testing.T) {
	t.Parallel()
	p := platform(rand.New(rand.NewPCG(4, 4)), 600, 20_000)
	for _, after := range []time.Duration{0, 50 * time.Millisecond} {
		ctx, cancel := context.WithCancel(t.Context())
		at := time.Now().Add(after)
		if after == 0 {
			cancel()
		} else {
			time.AfterFunc(after, cancel)
		}
		a, err := Choose(ctx, p, Options{Time: time.Minute, Workers: 2})
		if late := time.Since(at); err != nil || late > 5*time.Second {
			t.Fatalf("%v after %v", err, late)
		}
		referee{&p}.check(t, a)
		cancel()
	}
}

func TestTheSameSeedChoosesTheSame(t *testing.T) {
	t.Parallel()
	p := platform(rand.New(rand.NewPCG(6, 6)), 200, 4000)
	o := Options{Time: time.Minute, Workers: 1, Seed: 7, Rounds: 60}
	a, err := Choose(t.Context(), p, o)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Choose(t.Context(), p, o)
	if err != nil {
		t.Fatal(err)
	}
	a.Took, b.Took = 0, 0
	if fmt.Sprint(a) != fmt.Sprint(b) {
		t.Errorf("%v\n%v", a, b)
	}
}

// A second's work on a platform's audiences ends close to the bound.
func TestOverlappingAudiencesAreNearlySolved(t *testing.T) {
	t.Parallel()
	p := platform(rand.New(rand.NewPCG(8, 8)), 60, 2000)
	a, err := Choose(t.Context(), p, Options{Time: 20 * time.Second, Workers: 1, Rounds: 4000})
	if err != nil {
		t.Fatal(err)
	}
	referee{&p}.check(t, a)
	if a.Gap() > 0.02 {
		t.Errorf("gap %v", a.Gap())
	}
}

func TestIndicesFarApartCostNoMemory(t *testing.T) {
	t.Parallel()
	p := Problem{Budget: 10, Offers: []Offer{
		{ID: "a", KOL: "a", Cost: 5, Audience: []uint32{math.MaxUint32, 7}},
		{ID: "b", KOL: "b", Cost: 5, Audience: []uint32{math.MaxUint32, 2_000_000_000}},
	}}
	a, err := Choose(t.Context(), p, Options{})
	if err != nil || a.Reach != 3 || !a.Proved {
		t.Errorf("%+v, %v", a, err)
	}
}

func TestWhatMakesNoSenseIsRefusedByName(t *testing.T) {
	t.Parallel()
	good := func() Problem {
		return Problem{Budget: 100, Offers: []Offer{
			{ID: "a", KOL: "x", Cost: 60, Tags: []string{"video"}, Audience: []uint32{0, 1}},
			{ID: "b", KOL: "x", Cost: 50, Tags: []string{"image"}, Audience: []uint32{0, 1}},
			{ID: "c", KOL: "y", Cost: 40, Tags: []string{"image", "top"}, Audience: []uint32{2}},
			{ID: "d", KOL: "z", Cost: 50, Tags: []string{"image", "top"}, Audience: []uint32{3}},
		}}
	}
	if _, err := Choose(t.Context(), good(), Options{}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		spoil func(*Problem)
		code  fault.Code
		arg   string
		value string
	}{
		"no offers":           {func(p *Problem) { p.Offers = nil }, fault.FieldMissing, "field", "offers"},
		"no id":               {func(p *Problem) { p.Offers[0].ID = "" }, fault.FieldMissing, "field", "offer_id"},
		"no KOL":              {func(p *Problem) { p.Offers[0].KOL = "" }, fault.FieldMissing, "field", "kol_id"},
		"an id twice":         {func(p *Problem) { p.Offers[1].ID = "a" }, fault.FieldTwice, "value", "a"},
		"a negative fee":      {func(p *Problem) { p.Offers[1].Cost = -1 }, fault.FieldValue, "value", "b: -0.01"},
		"a fee without end":   {func(p *Problem) { p.Offers[1].Cost = money.Most + 1 }, fault.FieldValue, "field", "fee"},
		"a negative budget":   {func(p *Problem) { p.Budget = -1 }, fault.FieldValue, "field", "budget"},
		"a budget too large":  {func(p *Problem) { p.Budget = math.MaxInt64 }, fault.FieldValue, "field", "budget"},
		"a negative risk":     {func(p *Problem) { p.Offers[2].Risk = -1 }, fault.FieldValue, "field", "risk"},
		"a risk of nothing":   {func(p *Problem) { p.Offers[2].Risk = math.NaN() }, fault.FieldValue, "field", "risk"},
		"nobody's audience":   {func(p *Problem) { p.Weights = []float64{1, 1, 1} }, fault.FieldValue, "value", "d: 3"},
		"a negative weight":   {func(p *Problem) { p.Weights = []float64{1, 1, -1, 1} }, fault.FieldValue, "field", "weight"},
		"weights too large":   {func(p *Problem) { p.Weights = []float64{1e308, 1e308, 1, 1} }, fault.FieldValue, "field", "weight"},
		"a negative quota":    {func(p *Problem) { p.Quotas = []Quota{{Tag: "top", Least: -1}} }, fault.FieldValue, "field", "quota"},
		"a frequency":         {func(p *Problem) { p.Frequency = -2 }, fault.FieldValue, "field", "frequency"},
		"nothing affordable":  {func(p *Problem) { p.Budget = 39 }, fault.BudgetTooSmall, "least", "0.40"},
		"a dear must":         {func(p *Problem) { p.Budget = 59; p.Must = []string{"a"} }, fault.BudgetTooSmall, "least", "0.60"},
		"dear quotas":         {func(p *Problem) { p.Budget = 89; p.Quotas = []Quota{{Tag: "top", Least: 2}} }, fault.BudgetTooSmall, "least", "0.90"},
		"an unknown must":     {func(p *Problem) { p.Must = []string{"w"} }, fault.FieldValue, "value", "w"},
		"two of a KOL":        {func(p *Problem) { p.Must = []string{"a", "b"} }, fault.MustConflict, "names", "a, b"},
		"must and never":      {func(p *Problem) { p.Must, p.Never = []string{"a"}, []string{"x"} }, fault.MustConflict, "names", "a, x"},
		"a quota upside down": {func(p *Problem) { p.Quotas = []Quota{{Tag: "top", Least: 3, Most: 2}} }, fault.QuotaConflict, "quotas", "top ≥ 3 ≤ 2"},
		"more than there are": {func(p *Problem) { p.Quotas = []Quota{{Tag: "video", Least: 2}, {Tag: "image", Least: 1}} }, fault.QuotaConflict, "quotas", "video ≥ 2"},
		"quotas that exclude one another": {func(p *Problem) {
			p.Quotas = []Quota{{Tag: "video", Least: 1}, {Tag: "image", Most: 1}, {Tag: "top", Least: 2}}
		}, fault.QuotaConflict, "quotas", "image ≤ 1; top ≥ 2"},
		"a must against a quota": {func(p *Problem) {
			p.Must = []string{"c", "d"}
			p.Quotas = []Quota{{Tag: "image", Most: 1}, {Tag: "video", Most: 3}}
		}, fault.QuotaConflict, "quotas", "image ≤ 1"},
	} {
		p := good()
		c.spoil(&p)
		_, err := Choose(t.Context(), p, Options{})
		if f := fault.Of(err); f == nil || f.Code != c.code || f.Args[c.arg] != c.value {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestACurveNeverFalls(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		p := small(rand.New(rand.NewPCG(seed, 2)))
		var budgets []money.Fen
		for i := range 6 {
			budgets = append(budgets, p.Budget*money.Fen((i*5+3)%6)/3)
		}
		answers, err := Curve(t.Context(), p, budgets, 30*time.Millisecond)
		if err != nil {
			continue // refused; TestNoChoiceBeatsTheBound looks at whether rightly
		}
		for i, a := range answers {
			p.Budget = budgets[i]
			r := referee{&p}
			best, some := r.best()
			if len(a.Picks) > 0 {
				r.check(t, a)
				if a.Bound < best-1e-6 {
					t.Fatalf("seed %d: bound %v of %v, but %v can be had", seed, a.Bound, budgets[i], best)
				}
			} else if some && best > 1e-9 && a.Bound < best-1e-6 {
				t.Fatalf("seed %d: nothing for %v, but %v can be had", seed, budgets[i], best)
			}
			for k, b := range answers {
				if len(a.Picks) > 0 && budgets[k] > budgets[i] && (b.Net() < a.Net()-1e-9 || b.Bound < a.Bound) {
					t.Fatalf("seed %d: %v for %v, %v for %v", seed, a.Net(), budgets[i], b.Net(), budgets[k])
				}
			}
		}
	}
}
