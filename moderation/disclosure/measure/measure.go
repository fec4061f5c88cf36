// Package measure says how good scores of posts are: metrics of scores against the
// truth, and how far they can be trusted. It knows neither models nor files; whoever
// scored hands in numbers.
//
// Everywhere score[i] and truth[i] speak of the same post, a higher score means more
// likely commercial, and a score that is no number ranks below all others. A metric that
// is not defined, such as an AUC without a single positive, is NaN.
package measure

import (
	"cmp"
	"math"
	"slices"
)

// ranking is the order of posts by falling score, made once: a resample is nothing but
// other weights on the same order.
type ranking struct {
	order []int
	ends  []int // of the runs of equal scores in order
}

func rank(scores []float64) ranking {
	r := ranking{order: make([]int, len(scores))}
	for i := range r.order {
		r.order[i] = i
	}
	slices.SortStableFunc(r.order, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
	for i := range r.order {
		if i+1 == len(r.order) || cmp.Compare(scores[r.order[i]], scores[r.order[i+1]]) != 0 {
			r.ends = append(r.ends, i+1)
		}
	}
	return r
}

// curve is what every metric of an order needs: how many positives and negatives stand
// at or above each distinct score, from the highest down.
type curve struct{ hits, falls []float64 }

// along weighs the order; a nil weight counts each post once.
func (r ranking) along(truth []bool, weight []float64, c *curve) {
	c.hits, c.falls = c.hits[:0], c.falls[:0]
	hits, falls, from := 0.0, 0.0, 0
	for _, end := range r.ends {
		for _, i := range r.order[from:end] {
			w := 1.0
			if weight != nil {
				w = weight[i]
			}
			if truth[i] {
				hits += w
			} else {
				falls += w
			}
		}
		from = end
		c.hits, c.falls = append(c.hits, hits), append(c.falls, falls)
	}
}

func curveOf(scores []float64, truth []bool) *curve {
	var c curve
	rank(scores).along(truth, nil, &c)
	return &c
}

func (c *curve) totals() (positives, negatives float64) {
	if n := len(c.hits); n > 0 {
		return c.hits[n-1], c.falls[n-1]
	}
	return 0, 0
}

func (c *curve) auc() float64 {
	positives, negatives := c.totals()
	area, hits, falls := 0.0, 0.0, 0.0
	for i := range c.hits {
		// A positive beats every negative below its score, and half of those at it.
		area += (c.hits[i] - hits) * (negatives - (falls+c.falls[i])/2)
		hits, falls = c.hits[i], c.falls[i]
	}
	return area / (positives * negatives)
}

func (c *curve) averagePrecision() float64 {
	positives, _ := c.totals()
	sum, hits := 0.0, 0.0
	for i := range c.hits {
		if c.hits[i] > hits {
			sum += (c.hits[i] - hits) * c.hits[i] / (c.hits[i] + c.falls[i])
			hits = c.hits[i]
		}
	}
	return sum / positives
}

func (c *curve) bestF1() float64 {
	positives, _ := c.totals()
	if positives == 0 {
		return math.NaN()
	}
	best := 0.0
	for i := range c.hits {
		best = max(best, 2*c.hits[i]/(c.hits[i]+c.falls[i]+positives))
	}
	return best
}

func (c *curve) precisionAt(k float64) float64 {
	positives, negatives := c.totals()
	k = min(k, positives+negatives)
	hits, all := 0.0, 0.0
	for i := range c.hits {
		if next := c.hits[i] + c.falls[i]; next >= k && next > all {
			return (hits + (c.hits[i]-hits)*(k-all)/(next-all)) / k
		}
		hits, all = c.hits[i], c.hits[i]+c.falls[i]
	}
	return math.NaN()
}

func (c *curve) recallAtPrecision(least float64) float64 {
	positives, _ := c.totals()
	if positives == 0 {
		return math.NaN()
	}
	best := 0.0
	for i := range c.hits {
		// The sums are whole numbers: 7 of 10 must count as .70 although .7 has no exact form.
		if c.hits[i] >= least*(c.hits[i]+c.falls[i])*(1-1e-12) {
			best = max(best, c.hits[i]/positives)
		}
	}
	return best
}

// AUC is the area under the receiver operating characteristic: the chance that a
// positive drawn at random has a higher score than a negative, an equal score counting
// half (which is the Mann-Whitney statistic by midranks). NaN without both classes.
func AUC(scores []float64, truth []bool) float64 { return curveOf(scores, truth).auc() }

// AveragePrecision is the area under precision and recall as a sum of steps, Σ (Rᵢ −
// Rᵢ₋₁) Pᵢ over the distinct scores from the highest down, without interpolation: posts
// of one score come in together. It is scikit-learn's average_precision_score. NaN
// without a positive.
func AveragePrecision(scores []float64, truth []bool) float64 {
	return curveOf(scores, truth).averagePrecision()
}

// BestF1 is the highest harmonic mean of precision and recall at any threshold. The
// threshold is found on the same posts, so it flatters: it compares orders, and
// promises nothing. NaN without a positive.
func BestF1(scores []float64, truth []bool) float64 { return curveOf(scores, truth).bestF1() }

// PrecisionAtK is the share of positives among the k highest scores, or among all where
// there are fewer than k. Of posts with equal scores across the cut it takes the share
// that a random order would give. NaN without posts.
func PrecisionAtK(scores []float64, truth []bool, k int) float64 {
	return curveOf(scores, truth).precisionAt(float64(k))
}

// RecallAtPrecision is the highest recall of any threshold whose precision is at least
// the given one, 0 where none has it. Like BestF1 it chooses on the posts it measures.
// NaN without a positive.
func RecallAtPrecision(scores []float64, truth []bool, precision float64) float64 {
	return curveOf(scores, truth).recallAtPrecision(precision)
}

// PrecisionRecallAt are precision and recall of the posts whose score is at or above a
// threshold. Precision is NaN where no post is, recall where there is no positive.
func PrecisionRecallAt(scores []float64, truth []bool, threshold float64) (precision, recall float64) {
	called := make([]bool, len(scores))
	for i, s := range scores {
		called[i] = s >= threshold
	}
	return precisionRecall(called, truth, nil)
}

func precisionRecall(called, truth []bool, weight []float64) (precision, recall float64) {
	var hits, said, positives float64
	for i := range called {
		w := 1.0
		if weight != nil {
			w = weight[i]
		}
		if called[i] {
			said += w
		}
		if truth[i] {
			positives += w
			if called[i] {
				hits += w
			}
		}
	}
	return hits / said, hits / positives
}

// Brier is the mean squared distance of the score, read as a probability, from what was
// true. 0 is best; saying the share of positives for every post gives share × (1 − share).
func Brier(scores []float64, truth []bool) float64 { return brier(scores, truth, nil) }

func brier(scores []float64, truth []bool, weight []float64) float64 {
	var sum, all float64
	for i, s := range scores {
		w := 1.0
		if weight != nil {
			w = weight[i]
		}
		d := s
		if truth[i] {
			d = s - 1
		}
		sum += w * d * d
		all += w
	}
	return sum / all
}

// bins of the calibration error.
const bins = 10

// ECE is the expected calibration error over ten bins of equal width, [0, .1), [.1, .2)
// … [.9, 1]: how far the mean score of a bin is from its share of positives, the bins
// weighed by their posts. Scores are probabilities. It is never quite 0 on few posts, as
// chance alone parts the two, and where nearly all scores are low one bin decides:
// ECEByMass looks closer there.
func ECE(scores []float64, truth []bool) float64 { return ece(scores, truth, nil) }

func ece(scores []float64, truth []bool, weight []float64) float64 {
	var said, hits, all [bins]float64
	for i, s := range scores {
		w := 1.0
		if weight != nil {
			w = weight[i]
		}
		b := min(bins-1, max(0, int(s*bins)))
		said[b] += w * s
		all[b] += w
		if truth[i] {
			hits[b] += w
		}
	}
	return gap(said, hits, all)
}

// ECEByMass is ECE over ten bins with about as many posts each, by rising score. Posts
// of one score stay together, in the bin where the middle of them falls.
func ECEByMass(scores []float64, truth []bool) float64 {
	return rank(scores).eceByMass(scores, truth, nil)
}

func (r ranking) eceByMass(scores []float64, truth []bool, weight []float64) float64 {
	total := float64(len(scores))
	if weight != nil {
		total = 0
		for _, w := range weight {
			total += w
		}
	}
	var said, hits, all [bins]float64
	above, from := 0.0, 0
	for _, end := range r.ends {
		var s, h, n float64
		for _, i := range r.order[from:end] {
			w := 1.0
			if weight != nil {
				w = weight[i]
			}
			n += w
			s += w * scores[i]
			if truth[i] {
				h += w
			}
		}
		if n > 0 {
			b := min(bins-1, int((above+n/2)/total*bins))
			said[b] += s
			hits[b] += h
			all[b] += n
		}
		above, from = above+n, end
	}
	return gap(said, hits, all)
}

func gap(said, hits, all [bins]float64) float64 {
	var sum, total float64
	for b := range all {
		sum += math.Abs(said[b] - hits[b])
		total += all[b]
	}
	return sum / total
}

// Wilson is the 95 % score interval of a share, hits of all (Wilson 1927, without
// continuity correction). Unlike a bootstrap it says something at 0 and at all of few.
// NaN for none of none.
func Wilson(hits, all int) (low, high float64) {
	const z = 1.959963984540054
	n := float64(all)
	p := float64(hits) / n
	middle := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return max(0, middle-half), min(1, middle+half)
}
