package reach

import (
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// instance is a checked problem in the form the search and the bound work on: offers
// that can't be in any answer are gone, people who see the same offers are one class,
// and costs have lost their common divisor.
//
// Both directions of "who sees what" are one flat list with starts, since walking them
// is nearly all the time that is spent.
type instance struct {
	offers int
	from   []int // of each offer, its index in the Problem
	cost   []int64
	risk   []float64
	budget int64
	unit   int64     // what cost and budget were divided by, in fen
	group  []int32   // the KOL of each offer
	groups [][]int32 // the offers of each KOL
	// needed marks KOLs of whom one offer must be there. The others' offers have gone
	// where a certain one must be.
	needed []bool
	quotas []bounds
	tagged [][]int16 // the quotas that count each offer

	frequency int
	weight    []float64 // of each class
	seesFrom  []int     // offer j reaches sees[seesFrom[j]:seesFrom[j+1]]
	sees      []int32
	seenFrom  []int // class u is reached by seen[seenFrom[u]:seenFrom[u+1]]
	seen      []int32
	all       float64 // weight of all classes

	// step is the least difference between two values: 1 where weights and risks are
	// whole numbers, else 0.
	step float64
}

// bounds is a quota on a number of offers; most is never below least.
type bounds struct {
	least, most int
	index       int // in Problem.Quotas
}

func (in *instance) reached(j int32) []int32 { return in.sees[in.seesFrom[j]:in.seesFrom[j+1]] }
func (in *instance) reachers(u int32) []int32 {
	return in.seen[in.seenFrom[u]:in.seenFrom[u+1]]
}

// within rounds a bound to what a value can be, after a margin for the rounding of the
// sums that made it.
func (in *instance) within(bound float64) float64 {
	if math.IsInf(bound, 0) {
		return bound
	}
	margin := 1e-9 * (in.all + math.Abs(bound))
	if in.step > 0 {
		return math.Floor(bound/in.step+1e-6+margin) * in.step
	}
	return bound + margin
}

// closed reports whether nothing under this bound can be better than value.
func (in *instance) closed(bound, value float64) bool {
	return in.within(bound) <= value+1e-9*(1+math.Abs(value))
}

// fill gives the instance its classes from the audiences of the offers that stayed.
func (in *instance) fill(p *Problem) {
	people := persons(p)
	class, weight := classes(in, p, people)
	in.index(p, class, weight, people)
	whole := true
	for _, w := range in.weight {
		in.all += w
		whole = whole && w == math.Trunc(w)
	}
	for _, r := range in.risk {
		whole = whole && r == math.Trunc(r)
	}
	// Beyond 2^50 a float64 can't tell neighbours apart after some sums.
	if whole && in.all < 1<<50 {
		in.step = 1
	}
}

// numbering gives the people of the audiences numbers without gaps. Indices that are
// not far apart are their own numbers.
type numbering struct {
	count  int
	sparse []uint32 // sorted indices, nil when indices are numbers
}

func persons(p *Problem) numbering {
	if p.Weights != nil {
		return numbering{count: len(p.Weights)}
	}
	highest, total := -1, 0
	for i := range p.Offers {
		total += len(p.Offers[i].Audience)
		for _, u := range p.Offers[i].Audience {
			highest = max(highest, int(u))
		}
	}
	if highest < 4*total+1024 {
		return numbering{count: highest + 1}
	}
	all := make([]uint32, 0, total)
	for i := range p.Offers {
		all = append(all, p.Offers[i].Audience...)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	return numbering{count: len(all), sparse: all}
}

func (n numbering) of(u uint32) int32 {
	if n.sparse == nil {
		return int32(u)
	}
	at, _ := slices.BinarySearch(n.sparse, u)
	return int32(at)
}

// classes parts the people by the sets of offers that reach them, exactly: every offer
// splits each class it meets in two. It returns each person's class and each class's
// weight; class 0 is nobody's.
func classes(in *instance, p *Problem, people numbering) (class []int32, weight []float64) {
	// What is looked up together lies together: the memory is what takes the time.
	type person struct {
		class  int32
		lately int32 // one more than the last offer that reached them
	}
	type part struct {
		size  int32
		met   int32 // one more than the last offer that met it
		split int32 // where those go whom that offer reaches
		_     int32
	}
	everybody := make([]person, people.count)
	parts := []part{{size: int32(people.count)}}
	var free []int32 // emptied parts
	for j := range in.from {
		mark := int32(j) + 1
		for _, index := range p.Offers[in.from[j]].Audience {
			u := &everybody[people.of(index)]
			if u.lately == mark {
				continue
			}
			u.lately = mark
			c := u.class
			if parts[c].met != mark {
				to := int32(len(parts))
				if n := len(free); n > 0 {
					to, free = free[n-1], free[:n-1]
					parts[to].met = 0
				} else {
					parts = append(parts, part{})
				}
				parts[c].met, parts[c].split = mark, to
			}
			to := parts[c].split
			u.class = to
			parts[to].size++
			if parts[c].size--; parts[c].size == 0 && c != 0 {
				free = append(free, c)
			}
		}
	}
	class = make([]int32, people.count)
	for u := range everybody {
		class[u] = everybody[u].class
	}
	weight = make([]float64, len(parts))
	for u, c := range class {
		if p.Weights == nil {
			weight[c]++
		} else {
			weight[c] += p.Weights[u]
		}
	}
	weight[0] = 0
	return class, weight
}

// index makes the two lists. Classes without weight, and those which fewer offers reach
// than the frequency asks for, are left out: nothing depends on them.
func (in *instance) index(p *Problem, class []int32, weight []float64, people numbering) {
	type part struct{ met, degree int32 }
	parts := make([]part, len(weight))
	// First as the audiences have them, under the numbers they were split by.
	total := 0
	for _, i := range in.from {
		total += len(p.Offers[i].Audience)
	}
	sees := make([]int32, 0, total)
	ends := make([]int, len(in.from))
	for j := range in.from {
		for _, person := range p.Offers[in.from[j]].Audience {
			c := class[people.of(person)]
			if part := &parts[c]; part.met != int32(j)+1 {
				part.met = int32(j) + 1
				part.degree++
				sees = append(sees, c)
			}
		}
		ends[j] = len(sees)
	}
	// The most reached come first. They are met so much more often than all others that
	// what is kept of them stays in the processor's caches.
	most := int32(0)
	for _, part := range parts {
		most = max(most, part.degree)
	}
	counts := func(c int) bool { return weight[c] > 0 && int(parts[c].degree) >= in.frequency }
	begins := make([]int32, most+2)
	for c := range parts {
		if counts(c) {
			begins[most-parts[c].degree+1]++
		}
	}
	for d := range most + 1 {
		begins[d+1] += begins[d]
	}
	number := make([]int32, len(weight))
	in.weight = make([]float64, begins[most+1])
	in.seenFrom = make([]int, len(in.weight)+1)
	for c := range parts {
		number[c] = -1
		if counts(c) {
			u := begins[most-parts[c].degree]
			begins[most-parts[c].degree]++
			number[c] = u
			in.weight[u] = weight[c]
			in.seenFrom[u+1] = int(parts[c].degree)
		}
	}
	for u := range in.weight {
		in.seenFrom[u+1] += in.seenFrom[u]
	}
	in.seesFrom = make([]int, 1, len(in.from)+1)
	begin, n := 0, 0
	for _, end := range ends {
		for _, c := range sees[begin:end] {
			if u := number[c]; u >= 0 {
				sees[n] = u
				n++
			}
		}
		in.seesFrom = append(in.seesFrom, n)
		begin = end
	}
	in.sees = sees[:n]
	in.sort()
	in.seen = make([]int32, n)
	next := slices.Clone(in.seenFrom)
	for j := range in.from {
		for _, u := range in.reached(int32(j)) {
			in.seen[next[u]] = int32(j)
			next[u]++
		}
	}
}

// sort puts every offer's list in order, so that walking the weights goes forward
// through memory.
func (in *instance) sort() {
	var wait sync.WaitGroup
	var next atomic.Int64
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for j := next.Add(1) - 1; j < int64(in.offers); j = next.Add(1) - 1 {
				slices.Sort(in.reached(int32(j)))
			}
		})
	}
	wait.Wait()
}

// divide takes the common divisor out of the costs, and a budget that nobody can use up
// to the last fen down to what can.
func (in *instance) divide() {
	divisor := int64(0)
	for _, c := range in.cost {
		for a := c; a != 0; {
			divisor, a = a, divisor%a
		}
	}
	in.unit = max(1, divisor)
	if divisor > 1 {
		for j := range in.cost {
			in.cost[j] /= divisor
		}
		in.budget /= divisor
	}
}
