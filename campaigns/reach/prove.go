package reach

import (
	"cmp"
	"container/heap"
	"math"
	"slices"
	"sync"
)

// prover lowers the bound: the relaxation of the whole first, then of its parts, the
// one with the highest bound next. The bound of the problem is the highest of all parts
// that are left. Several workers may step at once.
type prover struct {
	in *instance

	mu     sync.Mutex
	parts  parts
	flying []float64 // the bounds of the parts in the workers' hands; −Inf for none
	roomy  int       // prices that may still be kept with parts
	prices []float32 // of the whole, for parts that could not keep theirs
	quota  []float64
	value  float64 // the best net found so far, by whomever
	bound  float64 // of the whole; never rises
	done   bool
	nodes  int
	core   []int32 // the offers that the relaxation thinks most of, nil before it knows
	// found takes a choice that the proof came upon.
	found func(picks []int32, net float64)
}

// parts is a heap, the highest bound on top.
type parts []*node

func (p parts) Len() int           { return len(p) }
func (p parts) Less(i, j int) bool { return p[i].bound > p[j].bound }
func (p parts) Swap(i, j int)      { p[i], p[j] = p[j], p[i] }
func (p *parts) Push(n any)        { *p = append(*p, n.(*node)) }
func (p *parts) Pop() any {
	last := (*p)[len(*p)-1]
	(*p)[len(*p)-1] = nil
	*p = (*p)[:len(*p)-1]
	return last
}

func newProver(in *instance, workers int, value float64) *prover {
	p := &prover{in: in, value: value, bound: in.within(in.all), flying: make([]float64, workers), roomy: 128 << 20 / 4}
	for w := range p.flying {
		p.flying[w] = math.Inf(-1)
	}
	p.parts = parts{{state: make([]int8, in.offers), bound: p.bound}}
	return p
}

// raise tells the prover of a better answer.
func (p *prover) raise(value float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.value = max(p.value, value)
	p.lower()
}

// lower works the bound of the whole out. The caller holds the lock.
func (p *prover) lower() {
	bound := p.value
	if len(p.parts) > 0 {
		bound = max(bound, p.parts[0].bound)
	}
	idle := true
	for _, b := range p.flying {
		if !math.IsInf(b, -1) {
			idle = false
			bound = max(bound, b)
		}
	}
	p.bound = min(p.bound, p.in.within(bound))
	p.bound = max(p.bound, p.value)
	if idle && (len(p.parts) == 0 || p.in.closed(p.parts[0].bound, p.value)) {
		p.done = true
		p.bound = p.value
	}
}

func (p *prover) now() (bound float64, done bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.bound, p.done
}

// take gives a worker the part with the highest bound, nil when there is none to take.
func (p *prover) take(worker int) (*node, float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.parts)*p.in.offers > mostKept {
		return nil, p.value
	}
	for len(p.parts) > 0 {
		nd := heap.Pop(&p.parts).(*node)
		if p.in.closed(nd.bound, p.value) {
			p.release(nd)
			continue
		}
		if nd.prices == nil {
			nd.prices, nd.quota = p.prices, p.quota
		} else {
			p.roomy += len(nd.prices)
		}
		p.flying[worker] = nd.bound
		return nd, p.value
	}
	p.lower()
	return nil, p.value
}

func (p *prover) release(nd *node) {
	if nd.prices != nil {
		p.roomy += len(nd.prices)
	}
}

// report tells how low the bound of the worker's part is by now, and what is the best
// value.
func (p *prover) report(worker int, bound float64) float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.flying[worker] = min(p.flying[worker], bound)
	p.lower()
	return p.value
}

// give replaces the worker's part by what it came apart into.
func (p *prover) give(worker int, from *node, into ...*node) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if from.depth == 0 && len(into) > 0 {
		p.prices, p.quota = into[0].prices, into[0].quota
	}
	p.nodes++
	for _, nd := range into {
		if p.in.closed(nd.bound, p.value) {
			continue
		}
		if p.roomy < len(nd.prices) {
			nd.prices, nd.quota = nil, nil
		}
		p.roomy -= len(nd.prices)
		heap.Push(&p.parts, nd)
	}
	p.flying[worker] = math.Inf(-1)
	p.lower()
}

// proof is one worker's hand in it.
type proof struct {
	p      *prover
	worker int
	r      *relaxation
	nd     *node
	rounds int // of improvement of the part in hand
}

func (p *prover) hand(worker int) *proof {
	return &proof{p: p, worker: worker, r: newRelaxation(p.in)}
}

// mostKept is how many bytes the parts that wait may take, beside their prices. When it
// is reached, the bound stays where it is, and the workers go on searching.
const mostKept = 256 << 20

// The whole is worth more rounds than a part of it, which begins where its parent
// ended.
const (
	roundsWhole = 3000
	roundsPart  = 40
	roundsFirst = 40 // until the first opinion on which offers are good
	roundsCore  = 200
)

// coreSize is how many offers a search looks at most of the time.
func coreSize(offers int) int { return min(offers, max(150, offers/10)) }

// suggest tells the search which offers look best by the prices of the moment: an
// offer far below the price of money is hardly ever in a good choice.
func (f *proof) suggest() {
	r := f.r
	n := coreSize(f.p.in.offers)
	if r.lost || n == f.p.in.offers {
		return
	}
	r.evaluate(r.price, r.quota)
	core := slices.Clone(r.offers)
	over := func(j int32) float64 { return r.profit[j] - r.k.price*float64(f.p.in.cost[j]) }
	slices.SortFunc(core, func(a, b int32) int { return cmp.Compare(over(b), over(a)) })
	core = core[:min(n, len(core))]
	slices.Sort(core)
	f.p.mu.Lock()
	f.p.core = core
	f.p.mu.Unlock()
}

func (p *prover) suggested() []int32 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.core
}

// roundsStep is how many rounds a worker goes before it looks at the clock: in a large
// instance one round takes a tenth of a second. It divides the numbers above.
func (f *proof) roundsStep() int {
	switch n := len(f.p.in.sees); {
	case n > 2_000_000:
		return 1
	case n > 500_000:
		return 5
	}
	return 10
}

// step goes a little further. It returns false when there is nothing to do at present.
func (f *proof) step() bool {
	if f.nd == nil {
		nd, _ := f.p.take(f.worker)
		if nd == nil {
			return false
		}
		f.nd, f.rounds = nd, 0
		f.r.enter(nd)
	}
	nd := f.nd
	value := f.p.report(f.worker, nd.bound)
	rounds := f.roundsStep()
	on := f.r.improve(rounds, value)
	f.rounds += rounds
	nd.bound = min(nd.bound, f.p.in.within(f.r.bound))
	value = f.p.report(f.worker, nd.bound)
	if f.r.lost || f.p.in.closed(nd.bound, value) {
		f.p.give(f.worker, nd)
		f.nd = nil
		return true
	}
	most := roundsPart
	if nd.depth == 0 {
		most = roundsWhole
		if f.rounds == roundsFirst || f.rounds%roundsCore == 0 || !on {
			f.suggest()
		}
	}
	if on && f.rounds < most {
		return true
	}
	f.split(value)
	return true
}

// split parts the node in hand in two: with and without one offer.
func (f *proof) split(value float64) {
	nd, r := f.nd, f.r
	f.nd = nil
	settled := r.settle(value)
	at := r.doubtful()
	state := slices.Clone(r.state)
	prices := make([]float32, len(r.price))
	for u, v := range r.price {
		prices[u] = float32(v)
	}
	quota := slices.Clone(r.quota)
	if at < 0 {
		if settled == 0 {
			// All is settled, and still the bound is not closed: there is one choice left.
			// Its value is its bound.
			f.leaf(nd, state)
			return
		}
		f.p.give(f.worker, nd, &node{state: state, bound: nd.bound, prices: prices, quota: quota, depth: nd.depth + 1})
		return
	}
	with := slices.Clone(state)
	with[at] = inside
	without := state
	without[at] = outside
	f.p.give(f.worker, nd,
		&node{state: with, bound: nd.bound, prices: prices, quota: quota, depth: nd.depth + 1},
		&node{state: without, bound: nd.bound, prices: prices, quota: quota, depth: nd.depth + 1})
}

// leaf ends a node in which every offer is settled.
func (f *proof) leaf(nd *node, state []int8) {
	var picks []int32
	for j, s := range state {
		if s == inside {
			picks = append(picks, int32(j))
		}
	}
	c := newChoice(f.p.in, 0)
	c.become(picks, make([]bool, f.p.in.offers))
	if c.cost <= f.p.in.budget && c.whole() {
		reach, risk := f.p.in.net(picks, make([]uint16, len(f.p.in.weight)))
		f.p.found(picks, reach-risk)
	}
	f.p.give(f.worker, nd)
}
