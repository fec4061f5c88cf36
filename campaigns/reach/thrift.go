package reach

import "slices"

// thrifty is a choice worth no less that costs no more: each KOL's offer gives way to a
// cheaper one of theirs that does as much, or to none where it adds nothing. Search and
// proof don't care which of two equal answers they hold; whoever pays does.
func (in *instance) thrifty(picks []int32) []int32 {
	c := newChoice(in, 0)
	for _, j := range picks {
		c.add(j)
	}
	for _, j := range picks {
		lost := c.worth[j]
		c.remove(j)
		instead, least := j, in.cost[j]
		if lost <= 0 && least > 0 && c.whole() {
			continue
		}
		for _, i := range in.groups[in.group[j]] {
			if in.cost[i] >= least || c.worth[i] < lost || !c.room(i) {
				continue
			}
			c.add(i)
			if c.whole() {
				instead, least = i, in.cost[i]
			}
			c.remove(i)
		}
		c.add(instead)
	}
	// Worth is kept in parts that are rounded; the answer is held to a count from the start.
	times := make([]uint16, len(in.weight))
	reach, risk := in.net(picks, times)
	own, ownRisk := in.net(c.picks, times)
	if own-ownRisk < reach-risk {
		return picks
	}
	return slices.Clone(c.picks)
}
