package reach

import (
	"math"
	"slices"
)

// What has been settled of an offer in a part of the tree.
const (
	free int8 = iota
	inside
	outside
)

// node is a part of all choices: some offers are in, some are out. Its bound holds for
// every choice in it.
type node struct {
	state  []int8
	bound  float64
	prices []float32 // of each class where the relaxation stood last; nil begins anew
	quota  []float64
	depth  int
}

// relaxation bounds a node from above. It pays a price for every time somebody is
// reached who has been counted already (Lagrange's relaxation of "counted only if
// reached"), so that offers no longer overlap and only the budget is left, a knapsack.
// Any prices give a valid bound; which give a low one is found by following the
// subgradient, averaged as in the volume algorithm of Barahona and Anbil, so that the
// average of the answers is nearly a solution of the linear program and says where to
// branch.
type relaxation struct {
	in *instance
	k  *knapsack

	// The node in hand.
	state    []int8
	needs    []bool  // by KOL
	open     []int32 // KOLs with a free offer
	offers   []int32 // free offers
	budget   int64
	base     float64
	need     []int16 // by class: how many more have to reach it; 0 is settled
	active   []int32
	seesFrom []int
	sees     []int32 // active classes of each of offers
	short    []int   // by quota: least and most that are left
	room     []int

	price  []float64 // of the best bound
	trial  []float64
	quota  []float64 // two by quota: for least, for most
	quotaT []float64
	cover  []float64 // by class: how often the average answer reaches it, for its need
	mean   []float64 // the average answer
	once   []float64
	profit []float64

	bound  float64
	floor  float64 // the value of the average answer: no bound is below it
	lambda float64
	since  int // rounds since the bound got better
	began  bool
	lost   bool // nothing in the node keeps the constraints
}

func newRelaxation(in *instance) *relaxation {
	m, n := len(in.weight), in.offers
	return &relaxation{
		in: in, k: newKnapsack(in),
		state: make([]int8, n), needs: make([]bool, len(in.groups)), need: make([]int16, m),
		price: make([]float64, m), trial: make([]float64, m), cover: make([]float64, m), once: make([]float64, m),
		quota: make([]float64, 2*len(in.quotas)), quotaT: make([]float64, 2*len(in.quotas)),
		short: make([]int, len(in.quotas)), room: make([]int, len(in.quotas)),
		mean: make([]float64, n), profit: make([]float64, n),
	}
}

// enter takes a node in hand.
func (r *relaxation) enter(nd *node) {
	p := r.in
	copy(r.state, nd.state)
	copy(r.needs, p.needed)
	r.budget, r.base, r.lost, r.began = p.budget, 0, false, false
	r.lambda, r.since = 0.2, 0
	r.bound, r.floor = math.Inf(1), math.Inf(-1)
	for u := range r.need {
		r.need[u] = int16(p.frequency)
	}
	for q, b := range p.quotas {
		r.short[q], r.room[q] = b.least, b.most
	}
	for j, s := range r.state {
		if s != inside {
			continue
		}
		r.budget -= p.cost[j]
		r.base -= p.risk[j]
		g := p.group[j]
		r.needs[g] = false
		for _, i := range p.groups[g] {
			if i != int32(j) {
				r.state[i] = outside
			}
		}
		for _, u := range p.reached(int32(j)) {
			if r.need[u] > 0 {
				if r.need[u]--; r.need[u] == 0 {
					r.base += p.weight[u]
				}
			}
		}
		for _, q := range p.tagged[j] {
			r.short[q]--
			r.room[q]--
		}
	}
	if r.budget < 0 || slices.ContainsFunc(r.room, func(n int) bool { return n < 0 }) {
		r.lost = true
		return
	}
	r.narrow()
	r.gather()
	if nd.prices != nil {
		for u, v := range nd.prices {
			r.price[u] = min(max(float64(v), 0), p.weight[u])
		}
		copy(r.quota, nd.quota)
	} else {
		for u := range r.price {
			// Half a price everywhere is as far from each end.
			r.price[u] = p.weight[u] / 2
		}
		clear(r.quota)
	}
}

// narrow takes out what no longer fits.
func (r *relaxation) narrow() {
	p := r.in
	r.open, r.offers = r.open[:0], r.offers[:0]
	certain := int64(0)
	for g, needs := range r.needs {
		if needs {
			least := int64(math.MaxInt64)
			for _, j := range p.groups[g] {
				if r.state[j] == free {
					least = min(least, p.cost[j])
				}
			}
			if least == math.MaxInt64 || certain+least > r.budget {
				r.lost = true
				return
			}
			certain += least
		}
	}
	for g, offers := range p.groups {
		some := false
		for _, j := range offers {
			if r.state[j] != free {
				continue
			}
			fits := r.needs[g] || p.cost[j] <= r.budget-certain
			for _, q := range p.tagged[j] {
				fits = fits && r.room[q] > 0
			}
			if !fits {
				r.state[j] = outside
				continue
			}
			some = true
			r.offers = append(r.offers, j)
		}
		if some {
			r.open = append(r.open, int32(g))
		} else if r.needs[g] {
			r.lost = true
			return
		}
	}
	slices.Sort(r.offers)
}

// gather makes the lists of the node: only free offers, only classes that still matter.
func (r *relaxation) gather() {
	p := r.in
	left := r.cover // borrowed: how many free offers reach each class
	clear(left)
	for _, j := range r.offers {
		for _, u := range p.reached(j) {
			left[u]++
		}
	}
	r.active = r.active[:0]
	for u := range r.need {
		if r.need[u] > 0 && left[u] >= float64(r.need[u]) {
			r.active = append(r.active, int32(u))
		} else {
			r.need[u] = 0
		}
	}
	r.seesFrom, r.sees = append(r.seesFrom[:0], 0), r.sees[:0]
	for _, j := range r.offers {
		for _, u := range p.reached(j) {
			if r.need[u] > 0 {
				r.sees = append(r.sees, u)
			}
		}
		r.seesFrom = append(r.seesFrom, len(r.sees))
	}
}

// evaluate returns the bound at these prices and leaves the knapsack's answer.
func (r *relaxation) evaluate(price, quota []float64) float64 {
	p := r.in
	value := r.base
	for _, u := range r.active {
		value += p.weight[u] - price[u]
	}
	unit := price
	if p.frequency > 1 {
		// A class that needs three more is worth a third of its price to each.
		unit = r.once
		for _, u := range r.active {
			unit[u] = price[u] / float64(r.need[u])
		}
	}
	for at, j := range r.offers {
		sum := -p.risk[j]
		for _, u := range r.sees[r.seesFrom[at]:r.seesFrom[at+1]] {
			sum += unit[u]
		}
		for _, q := range p.tagged[j] {
			sum += quota[2*q] - quota[2*q+1]
		}
		r.profit[j] = sum
	}
	for q := range p.quotas {
		value -= quota[2*q] * float64(r.short[q])
		if quota[2*q+1] != 0 {
			value += quota[2*q+1] * float64(r.room[q])
		}
	}
	return value + r.k.solve(r.profit, r.state, r.open, r.needs, r.budget)
}

// improve follows the subgradient for so many rounds, down to no less than what target
// has. It returns whether it is worth going on.
func (r *relaxation) improve(rounds int, target float64) bool {
	p := r.in
	if r.lost {
		r.bound = math.Inf(-1)
		return false
	}
	if !r.began {
		r.began = true
		r.bound = r.evaluate(r.price, r.quota)
		clear(r.mean)
		r.average(1)
	}
	for range rounds {
		r.measure()
		low := max(r.floor, target)
		if p.closed(r.bound, target) || r.bound-r.floor <= 1e-5*math.Abs(r.bound) || r.lambda < 1e-4 {
			return false
		}
		r.walk(low)
		bound := r.evaluate(r.trial, r.quotaT)
		r.average(0)
		if bound < r.bound {
			if r.bound-bound > 1e-4*(r.bound-low) {
				r.since = 0
				r.lambda = min(1, r.lambda*1.05)
			}
			r.bound = bound
			r.price, r.trial = r.trial, r.price
			r.quota, r.quotaT = r.quotaT, r.quota
			continue
		}
		if r.since++; r.since >= 2 {
			r.since = 0
			r.lambda *= 0.75
		}
	}
	return true
}

// average mixes the knapsack's answer into the mean: wholly with share 1, with 0 by the
// share that fits how far the walk is.
func (r *relaxation) average(share float64) {
	if share == 0 {
		share = 0.1
		if r.lambda < 0.1 {
			share = 0.04
		}
	}
	for _, j := range r.offers {
		r.mean[j] *= 1 - share
	}
	for _, t := range r.k.taken {
		r.mean[t.offer] += share * t.share
	}
}

// measure works out cover and the value of the mean.
func (r *relaxation) measure() {
	p := r.in
	clear(r.cover)
	value := r.base
	for at, j := range r.offers {
		x := r.mean[j]
		if x < 1e-7 {
			continue
		}
		value -= p.risk[j] * x
		for _, u := range r.sees[r.seesFrom[at]:r.seesFrom[at+1]] {
			r.cover[u] += x
		}
	}
	for _, u := range r.active {
		if r.need[u] != 1 {
			r.cover[u] /= float64(r.need[u])
		}
		value += p.weight[u] * min(1, r.cover[u])
	}
	// With quotas the mean may break one; its value is then no floor of the bound, and
	// only ends the walk early, which is harmless.
	r.floor = value
}

// walk sets the trial prices: from the best ones against the mean answer's excess, by
// Polyak's step.
func (r *relaxation) walk(low float64) {
	p := r.in
	norm := 0.0
	for _, u := range r.active {
		d := r.cover[u] - 1
		if d < 0 && r.price[u] >= p.weight[u] || d > 0 && r.price[u] <= 0 {
			continue
		}
		norm += d * d
	}
	for q := range p.quotas {
		least, most := r.lack(q)
		if least < 0 || r.quota[2*q] > 0 {
			norm += least * least
		}
		if most < 0 || r.quota[2*q+1] > 0 {
			norm += most * most
		}
	}
	if norm == 0 {
		r.lambda = 0
		copy(r.trial, r.price)
		copy(r.quotaT, r.quota)
		return
	}
	step := r.lambda * max(r.bound-low, 1e-6*math.Abs(r.bound)) / norm
	for _, u := range r.active {
		r.trial[u] = min(max(r.price[u]-step*(r.cover[u]-1), 0), p.weight[u])
	}
	for q := range p.quotas {
		least, most := r.lack(q)
		r.quotaT[2*q] = max(0, r.quota[2*q]-step*least)
		r.quotaT[2*q+1] = max(0, r.quota[2*q+1]-step*most)
	}
}

// lack is by how much the mean answer is over a quota's least and under its most.
func (r *relaxation) lack(q int) (least, most float64) {
	sum := 0.0
	for _, j := range r.offers {
		if r.mean[j] > 0 && slices.Contains(r.in.tagged[j], int16(q)) {
			sum += r.mean[j]
		}
	}
	least, most = sum-float64(r.short[q]), float64(r.room[q])-sum
	if r.in.quotas[q].most == math.MaxInt {
		most = 0
	}
	return least, most
}

// settle takes out, and in, what by the bound's own prices must be so in every choice
// better than value. It returns how many offers it settled.
func (r *relaxation) settle(value float64) int {
	if r.lost {
		return 0
	}
	p := r.in
	bound := r.evaluate(r.price, r.quota)
	r.k.judge(r.profit, r.state, r.open, r.needs)
	n := 0
	for _, g := range r.open {
		first := r.k.surplus[g]
		best := r.k.best[g]
		for _, j := range p.groups[g] {
			if r.state[j] == free && j != best && p.closed(bound-first+r.profit[j]-r.k.price*float64(p.cost[j]), value) {
				r.state[j] = outside
				n++
			}
		}
		if best >= 0 && p.closed(bound-first+r.k.next[g], value) {
			r.state[best] = inside
			n++
		}
	}
	return n
}

// doubtful is the free offer on which most depends: much profit, and neither in nor out
// in the mean answer, rather in. It returns -1 when all are settled.
func (r *relaxation) doubtful() int32 {
	best, height := int32(-1), -1.0
	for _, j := range r.offers {
		if r.state[j] != free {
			continue
		}
		x := min(max(r.mean[j], 0), 1)
		score := (1e-3 + min(x, 2*(1-x))) * max(r.profit[j], 1e-9)
		if score > height {
			best, height = j, score
		}
	}
	return best
}
