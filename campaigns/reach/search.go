package reach

import (
	"math"
	"math/rand/v2"
	"slices"
)

// search looks for better choices: a greedy start, then taking some offers out and
// filling up again, over and over, now and then letting the choice get worse.
type search struct {
	in     *instance
	random *rand.Rand
	now    *choice
	marks  []bool
	times  []uint16

	before []int32 // the picks before the last round
	value  float64 // what now is worth to the search
	best   []int32
	net    float64 // of best
	height float64 // the best value of now in this climb
	heat   float64
	stale  int // rounds since height rose
	barred []int
	round  int
	every  []int32 // all offers
	core   []int32 // those that look best; nil before anybody knows
	look   []int32 // the ones that this round looks at

	stopped   func() bool // the time is over, or it is cancelled
	cancelled func() bool
	found     func(picks []int32, net float64)
}

func newSearch(in *instance, start []int32, seed uint64) *search {
	eager := 0.0
	if in.frequency > 1 {
		eager = 0.05
	}
	s := &search{
		in: in, random: rand.New(rand.NewPCG(seed, 0x5ea1)), now: newChoice(in, eager),
		marks: make([]bool, in.offers), times: make([]uint16, len(in.weight)), barred: make([]int, in.offers),
		net: math.Inf(-1),
	}
	for j := range int32(in.offers) {
		s.every = append(s.every, j)
	}
	s.look = s.every
	s.now.become(start, s.marks)
	s.stopped = func() bool { return false }
	s.cancelled = s.stopped
	s.found = func([]int32, float64) {}
	return s
}

// note keeps what is chosen now if it is the best so far.
func (s *search) note() bool {
	if !s.now.whole() {
		return false
	}
	if s.in.frequency == 1 && s.now.value <= s.net+1e-9*(1+math.Abs(s.net)) {
		return false
	}
	reach, risk := s.in.net(s.now.picks, s.times)
	if reach-risk <= s.net+1e-9*(1+math.Abs(s.net)) {
		return false
	}
	s.net = reach - risk
	s.best = append(s.best[:0], s.now.picks...)
	s.found(s.best, s.net)
	return true
}

// fill adds what is worth most for cost^power until nothing more fits or helps. noise
// blurs the order by that share.
func (s *search) fill(power, noise float64) {
	in, now := s.in, s.now
	short := !now.whole()
	for {
		best, height := int32(-1), 0.0
		left := in.budget - now.cost
		for _, j := range s.look {
			worth := now.worth[j]
			if in.cost[j] > left || worth <= 0 && !short || now.used[in.group[j]] || s.barred[j] > s.round {
				continue
			}
			if short && !s.helps(j) || !now.room(j) {
				continue
			}
			score := worth
			switch {
			case worth <= 0: // only where something is short; the least bad
				score = worth*1e-9 - 1e-9
			case power == 1:
				score /= max(float64(in.cost[j]), 1e-3)
			case power != 0:
				score /= math.Pow(max(float64(in.cost[j]), 1e-3), power)
			}
			if noise > 0 {
				score *= 1 + noise*s.random.Float64()
			}
			if best < 0 || score > height {
				best, height = j, score
			}
		}
		if best < 0 || s.cancelled() {
			return
		}
		now.add(best)
		if short {
			short = !now.whole()
		}
	}
}

// helps reports whether j makes up for something that is short.
func (s *search) helps(j int32) bool {
	if g := s.in.group[j]; s.in.needed[g] && !s.now.used[g] {
		return true
	}
	for _, q := range s.in.tagged[j] {
		if s.now.counts[q] < s.in.quotas[q].least {
			return true
		}
	}
	return false
}

// mends reports whether nothing is short any more with j.
func (s *search) mends(j int32) bool {
	in, now := s.in, s.now
	for g, needed := range in.needed {
		if needed && !now.used[g] && in.group[j] != int32(g) {
			return false
		}
	}
	for q, b := range in.quotas {
		if lack := b.least - now.counts[q]; lack > 1 || lack == 1 && !slices.Contains(in.tagged[j], int16(q)) {
			return false
		}
	}
	return true
}

// begin makes the first choices: on top of the start, greedily by worth for cost and by
// worth alone. After it the better of the two is best and now. The first of them is
// carried through even when the time is over, unless it is cancelled.
func (s *search) begin() {
	start := slices.Clone(s.now.picks)
	s.note()
	for _, power := range []float64{1, 0} {
		s.now.become(start, s.marks)
		s.fill(power, 0)
		s.note()
		if s.stopped() {
			break
		}
		if len(start) > 0 {
			// The start keeps the quotas cheaply, not well: without it, if that works out.
			s.now.become(nil, s.marks)
			s.fill(power, 0)
			s.note()
		}
	}
	s.restart()
}

func (s *search) restart() {
	s.now.become(s.best, s.marks)
	s.value, s.height = s.now.value, s.now.value
	s.before = append(s.before[:0], s.now.picks...)
	s.stale = 0
	s.heat = 0
}

// step is one round: some out, some in, and back if it didn't help. It reports whether
// a new best was found.
func (s *search) step() bool {
	in, now, r := s.in, s.now, s.random
	s.round++
	if len(now.picks) == 0 {
		return false
	}
	s.look = s.every
	if s.core != nil && r.IntN(16) > 0 {
		s.look = s.core
	}
	out := 1 + r.IntN(2)
	if r.IntN(4) == 0 {
		out = 1 + r.IntN(min(len(now.picks), 8))
	}
	if r.IntN(3) == 0 {
		s.force()
	} else {
		s.ruin(out)
	}
	power, noise := 1.0, 0.0
	switch r.IntN(4) {
	case 0:
		power = 0
	case 1:
		power = 0.5
	}
	if r.IntN(2) == 0 {
		noise = 0.3 * r.Float64()
	}
	s.fill(power, noise)
	if !now.whole() {
		now.become(s.before, s.marks)
		return false
	}
	found := s.note()
	if found {
		s.polish()
		s.note()
	}
	s.stale++
	if now.value > s.height+1e-9*(1+math.Abs(s.height)) {
		s.height, s.stale = now.value, 0
	}
	// A choice may be worse by some share of what an offer brings on average.
	slack := s.heat * math.Abs(s.value) / float64(len(now.picks)+1)
	if now.value >= s.value-slack*r.Float64() {
		s.value = now.value
		s.before = append(s.before[:0], now.picks...)
	} else {
		now.become(s.before, s.marks)
	}
	switch {
	case s.stale == 0:
		s.heat = 0
	case s.stale%40 == 0:
		s.heat = 0.02 + 0.25*r.Float64()*min(1, float64(s.stale)/400)
	case s.stale%40 == 20:
		s.heat = 0
	}
	if s.stale > 1000+20*in.offers {
		s.restart()
	}
	return found
}

// ruin takes offers out, of little worth for their cost rather than of much.
func (s *search) ruin(out int) {
	now, r := s.now, s.random
	for range min(out, len(now.picks)) {
		at := r.IntN(len(now.picks))
		for range 2 {
			other := r.IntN(len(now.picks))
			a, b := now.picks[at], now.picks[other]
			if now.worth[b]*float64(s.in.cost[a]) < now.worth[a]*float64(s.in.cost[b]) {
				at = other
			}
		}
		j := now.picks[at]
		now.remove(j)
		if r.IntN(2) == 0 {
			s.barred[j] = s.round + 1 + r.IntN(10)
		}
	}
}

// force puts one offer in that is not there and takes out what stands in its way,
// those first whose people others reach as well.
func (s *search) force() {
	in, now, r := s.in, s.now, s.random
	best := int32(-1)
	height := 0.0
	for range 3 + r.IntN(8) {
		j := s.look[r.IntN(len(s.look))]
		if now.chosen[j] || now.worth[j] <= 0 {
			continue
		}
		if score := now.worth[j] / max(float64(in.cost[j]), 1e-3); best < 0 || score > height {
			best, height = j, score
		}
	}
	if best < 0 {
		s.ruin(1)
		return
	}
	if now.used[in.group[best]] {
		for _, i := range in.groups[in.group[best]] {
			if now.chosen[i] {
				now.remove(i)
			}
		}
	}
	if in.cost[best] > in.budget || !s.quotasAllow(best) {
		return
	}
	now.add(best)
	for now.cost > in.budget {
		least, at := math.Inf(1), int32(-1)
		for _, j := range now.picks {
			score := now.worth[j] / max(float64(in.cost[j]), 1e-3)
			if in.needed[in.group[j]] && len(in.groups[in.group[j]]) == 1 || j == best {
				continue
			}
			if score *= 1 + 0.5*r.Float64(); score < least {
				least, at = score, j
			}
		}
		if at < 0 {
			now.remove(best)
			return
		}
		now.remove(at)
		s.barred[at] = s.round + 1
	}
}

func (s *search) quotasAllow(j int32) bool {
	for _, q := range s.in.tagged[j] {
		if s.now.counts[q] >= s.in.quotas[q].most {
			return false
		}
	}
	return true
}

// polish exchanges single offers as long as that helps.
func (s *search) polish() {
	now := s.now
	for better := true; better; {
		better = false
		for _, j := range slices.Clone(now.picks) {
			if s.stopped() {
				return
			}
			before := now.value
			now.remove(j)
			short := !now.whole()
			at, height := j, now.worth[j]
			for _, i := range s.every {
				if now.worth[i] > height+1e-9*(1+math.Abs(height)) && now.room(i) && (!short || s.mends(i)) {
					at, height = i, now.worth[i]
				}
			}
			now.add(at)
			better = better || now.value > before+1e-9*(1+math.Abs(before))
		}
		if better {
			s.fill(1, 0)
		}
	}
}
