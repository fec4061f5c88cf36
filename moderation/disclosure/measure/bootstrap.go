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

// Bootstrap is a metric of some posts with its 95 % bounds over resamples of groups
// (one name a post; nil or "" lets each post stand alone). metric is called with the
// indexes of the posts in the resample, some of them several times; where it returns
// NaN the resample is left out.
func Bootstrap(posts int, groups []string, resamples int, seed uint64, metric func(posts []int) float64) Figure {
	if groups == nil {
		groups = make([]string, posts)
	}
	d := newDraws(groups, seed)
	all := make([]int, posts)
	for i := range all {
		all[i] = i
	}
	f := Figure{Value: metric(all)}
	var samples []float64
	for range resamples {
		all = all[:0]
		for i, w := range d.next() {
			for range int(w) {
				all = append(all, i)
			}
		}
		if v := metric(all); !math.IsNaN(v) {
			samples = append(samples, v)
		}
	}
	f.Low, f.High = bounds(samples)
	return f
}

// Difference compares scorer A with scorer B on the same posts.
type Difference struct {
	AUC, AveragePrecision Figure // A less B
	// AUCWorse and AveragePrecisionWorse are the shares of resamples in which A is not
	// better than B: below .025 the difference is beyond chance at 95 %, both sides counted.
	AUCWorse, AveragePrecisionWorse float64
}

// PairedBootstrap draws the same resamples for both scorers, so that what is hard in the
// posts cancels out and only what differs between them is left. groups as in Bootstrap.
func PairedBootstrap(truth []bool, a, b []float64, groups []string, resamples int, seed uint64) Difference {
	if groups == nil {
		groups = make([]string, len(truth))
	}
	draws := newDraws(groups, seed)
	ra, rb := rank(a), rank(b)
	var ca, cb curve
	both := func(weight []float64) (auc, ap float64) {
		ra.along(truth, weight, &ca)
		rb.along(truth, weight, &cb)
		return ca.auc() - cb.auc(), ca.averagePrecision() - cb.averagePrecision()
	}
	var d Difference
	d.AUC.Name, d.AveragePrecision.Name = NameAUC, NameAveragePrecision
	d.AUC.Value, d.AveragePrecision.Value = both(nil)
	var aucs, aps []float64
	for range resamples {
		auc, ap := both(draws.next())
		if math.IsNaN(auc) || math.IsNaN(ap) {
			continue
		}
		aucs, aps = append(aucs, auc), append(aps, ap)
	}
	d.AUC.Low, d.AUC.High = bounds(aucs)
	d.AveragePrecision.Low, d.AveragePrecision.High = bounds(aps)
	d.AUCWorse, d.AveragePrecisionWorse = notAbove(aucs), notAbove(aps)
	return d
}

func notAbove(differences []float64) float64 {
	n := 0
	for _, d := range differences {
		if d <= 0 {
			n++
		}
	}
	return float64(n) / float64(len(differences))
}
