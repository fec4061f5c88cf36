package measure

import (
	"math"
	"math/rand/v2"
	"slices"
)

// draws gives resamples as weights: how often each post is in one.
type draws struct {
	of      []int // group of each post
	n       int
	times   []float64 // by group
	weight  []float64 // by post
	chances *rand.Rand
}

// newDraws draws groups; a post with the group "" stands alone.
func newDraws(groups []string, seed uint64) *draws {
	d := &draws{of: make([]int, len(groups)), chances: rand.New(rand.NewPCG(seed, 0x6d656173757265))}
	number := make(map[string]int)
	for i, g := range groups {
		at, known := number[g]
		if !known || g == "" {
			at = d.n
			number[g] = at
			d.n++
		}
		d.of[i] = at
	}
	d.times, d.weight = make([]float64, d.n), make([]float64, len(groups))
	return d
}

func (d *draws) groups() int { return d.n }

// next is valid until the next call.
func (d *draws) next() []float64 {
	clear(d.times)
	for range d.n {
		d.times[d.chances.IntN(d.n)]++
	}
	for i, g := range d.of {
		d.weight[i] = d.times[g]
	}
	return d.weight
}

// bounds are the 2.5th and the 97.5th percentile, NaN of nothing. It sorts.
func bounds(samples []float64) (low, high float64) {
	if len(samples) == 0 {
		return math.NaN(), math.NaN()
	}
	slices.Sort(samples)
	at := func(p float64) float64 {
		x := p * float64(len(samples)-1)
		i := int(x)
		if i+1 == len(samples) {
			return samples[i]
		}
		return samples[i] + (x-float64(i))*(samples[i+1]-samples[i])
	}
	return at(0.025), at(0.975)
}
