package reach

// choice is a set of offers with, for every offer, what it is worth beside the others:
// what it would add, or for a chosen one, what would go with it. Worth is kept up to
// date by touching only the people whose standing changes.
type choice struct {
	in     *instance
	chosen []bool
	picks  []int32
	place  []int32 // of a chosen offer in picks
	used   []bool  // by KOL
	counts []int   // by quota
	cost   int64
	value  float64 // by the rising counts below, less risk

	times []uint16 // how many of the chosen reach each class
	// owner is the exclusive or of the chosen offers that reach a class: with one such,
	// it is that one.
	owner []int32
	worth []float64 // by offer, less its risk
	// rise[c] is what a person is worth more when reached c+1 times than when c times.
	rise []float64
}

// newChoice makes an empty choice. eager is the share of a person's weight, 0 to 1,
// that already counts in even parts before the frequency is reached; with a frequency of
// 1 it changes nothing. Without it a search at a higher frequency sees only zeros.
func newChoice(in *instance, eager float64) *choice {
	c := &choice{
		in:     in,
		chosen: make([]bool, in.offers),
		place:  make([]int32, in.offers),
		used:   make([]bool, len(in.groups)),
		counts: make([]int, len(in.quotas)),
		times:  make([]uint16, len(in.weight)),
		owner:  make([]int32, len(in.weight)),
		worth:  make([]float64, in.offers),
		rise:   make([]float64, in.frequency),
	}
	for i := range c.rise {
		c.rise[i] = eager / float64(in.frequency)
	}
	c.rise[in.frequency-1] += 1 - eager
	for j := range c.worth {
		sum := 0.0
		for _, u := range in.reached(int32(j)) {
			sum += in.weight[u]
		}
		c.worth[j] = sum*c.rise[0] - in.risk[j]
	}
	return c
}

func (c *choice) rises(times uint16) float64 {
	if int(times) < len(c.rise) {
		return c.rise[times]
	}
	return 0
}

func (c *choice) add(j int32) {
	in := c.in
	own := c.worth[j]
	if in.frequency == 1 {
		for _, u := range in.reached(j) {
			times := c.times[u]
			switch times {
			case 0:
				w := in.weight[u]
				for _, i := range in.reachers(u) {
					c.worth[i] -= w
				}
			case 1:
				c.worth[c.owner[u]] -= in.weight[u]
			}
			c.times[u] = times + 1
			c.owner[u] ^= j
		}
	} else {
		for _, u := range in.reached(j) {
			c.shift(u, c.times[u], 1)
			c.times[u]++
		}
	}
	c.worth[j] = own
	c.value += own
	c.cost += in.cost[j]
	c.chosen[j], c.used[in.group[j]] = true, true
	c.place[j] = int32(len(c.picks))
	c.picks = append(c.picks, j)
	for _, q := range in.tagged[j] {
		c.counts[q]++
	}
}

func (c *choice) remove(j int32) {
	in := c.in
	own := c.worth[j]
	c.chosen[j], c.used[in.group[j]] = false, false
	if in.frequency == 1 {
		for _, u := range in.reached(j) {
			times := c.times[u] - 1
			c.times[u] = times
			c.owner[u] ^= j
			switch times {
			case 0:
				w := in.weight[u]
				for _, i := range in.reachers(u) {
					c.worth[i] += w
				}
			case 1:
				c.worth[c.owner[u]] += in.weight[u]
			}
		}
	} else {
		for _, u := range in.reached(j) {
			c.times[u]--
			c.shift(u, c.times[u], -1)
		}
	}
	c.worth[j] = own
	c.value -= own
	c.cost -= in.cost[j]
	last := c.picks[len(c.picks)-1]
	c.picks[c.place[j]], c.place[last] = last, c.place[j]
	c.picks = c.picks[:len(c.picks)-1]
	for _, q := range in.tagged[j] {
		c.counts[q]--
	}
}

// shift changes the worth of everybody who reaches u as its count goes from times to
// times+1, or back with sign −1.
func (c *choice) shift(u int32, times uint16, sign float64) {
	in := c.in
	out := sign * in.weight[u] * (c.rises(times+1) - c.rises(times))
	inside := 0.0
	if times > 0 {
		inside = sign * in.weight[u] * (c.rises(times) - c.rises(times-1))
	}
	if out == 0 && inside == 0 {
		return
	}
	for _, i := range in.reachers(u) {
		if c.chosen[i] {
			c.worth[i] += inside
		} else {
			c.worth[i] += out
		}
	}
}

// room reports whether j could be added without breaking a constraint.
func (c *choice) room(j int32) bool {
	if c.used[c.in.group[j]] || c.cost+c.in.cost[j] > c.in.budget {
		return false
	}
	for _, q := range c.in.tagged[j] {
		if c.counts[q] >= c.in.quotas[q].most {
			return false
		}
	}
	return true
}

// whole reports whether no quota and no needed KOL is short.
func (c *choice) whole() bool {
	for q, b := range c.in.quotas {
		if c.counts[q] < b.least {
			return false
		}
	}
	for g, needed := range c.in.needed {
		if needed && !c.used[g] {
			return false
		}
	}
	return true
}

// become turns the choice into these picks with the fewest changes.
func (c *choice) become(picks []int32, marks []bool) {
	for _, j := range picks {
		marks[j] = true
	}
	for i := len(c.picks) - 1; i >= 0; i-- {
		if j := c.picks[i]; !marks[j] {
			c.remove(j)
		}
	}
	for _, j := range picks {
		marks[j] = false
		if !c.chosen[j] {
			c.add(j)
		}
	}
}

// net is the reach of the choice less its risk, counted anew from the lists: what is
// kept incrementally gathers rounding errors, and with a frequency counts parts.
func (in *instance) net(picks []int32, times []uint16) (reach, risk float64) {
	clear(times)
	for _, j := range picks {
		risk += in.risk[j]
		for _, u := range in.reached(j) {
			if times[u]++; int(times[u]) == in.frequency {
				reach += in.weight[u]
			}
		}
	}
	return reach, risk
}
