package train

import (
	"math"

	"cinnabar/moderation/disclosure/measure"
)

// stacked is how much each component counts in a mode.
type stacked struct {
	weight        [componentCount]float64
	intercept     float64
	slope, offset float64
	threshold     float64
	validation    Validation
}

// precise is the precision that the threshold is chosen for, and costStack how much
// the stack's errors weigh against large weights of components.
const (
	precise   = 0.70
	costStack = 1
)

// usual is how much components of equal spread count beside one another, and leaning
// how far the posts at hand can turn that. Few positives cannot say it themselves: on
// real posts, weights that were free did worse on new ones than these.
var usual = [componentCount]float64{byRules: 0.8, byWords: 1, byPassages: 2, byFigures: 0.4}

const leaning = 0.15

// stack learns how much the components of a mode count, from scores of posts that they
// were not learned from. What comes out is calibrated on scores of posts that neither
// the components nor the stack had seen, and so is the threshold.
func (t *training) stack(mode int) stacked {
	scores := t.unseen[mode]
	logit := make([]float64, len(t.posts))
	for f := range t.report.Folds {
		s := t.weigh(scores, f)
		for i := range logit {
			if t.fold[i] == f {
				logit[i] = s.intercept
				for c := range scores {
					logit[i] += s.weight[c] * scores[c][i]
				}
			}
		}
	}
	s := t.weigh(scores, -1)
	s.slope, s.offset = platt(logit, t.positive)
	probability := make([]float64, len(logit))
	for i, x := range logit {
		probability[i] = 1 / (1 + math.Exp(-(s.slope*x + s.offset)))
	}
	s.threshold = threshold(probability, t.positive)
	precision, recall := measure.PrecisionRecallAt(probability, t.positive, s.threshold)
	s.validation = Validation{
		AUC: measure.AUC(logit, t.positive), AveragePrecision: measure.AveragePrecision(logit, t.positive),
		Threshold: s.threshold, Precision: precision, Recall: recall,
		Brier: measure.Brier(probability, t.positive), ECE: measure.ECE(probability, t.positive),
	}
	return s
}

// weigh learns a stack from all folds but one. A component that would count the other
// way round is left out.
func (t *training) weigh(scores [componentCount][]float64, without int) stacked {
	var s stacked
	var mean, deviation [componentCount]float64
	n := 0.0
	for i := range t.posts {
		if t.fold[i] == without {
			continue
		}
		n++
		for c := range scores {
			mean[c] += scores[c][i]
			deviation[c] += scores[c][i] * scores[c][i]
		}
	}
	var used []int
	for c := range scores {
		mean[c] /= n
		deviation[c] = math.Sqrt(max(0, deviation[c]/n-mean[c]*mean[c]))
		if deviation[c] > 1e-9 {
			used = append(used, c)
		}
	}
	for {
		var rows []row
		var truth []bool
		for i := range t.posts {
			if t.fold[i] == without {
				continue
			}
			// One weight for all in their usual proportion, and a small one for each.
			r := row{index: []int32{int32(len(used))}, value: []float32{0}}
			for k, c := range used {
				z := (scores[c][i] - mean[c]) / deviation[c]
				r.index = append(r.index, int32(k))
				r.value = append(r.value, float32(leaning*z))
				r.value[0] += float32(usual[c] * z)
			}
			rows, truth = append(rows, r), append(truth, t.positive[i])
		}
		w := logistic(rows, truth, costs(truth, costStack, false), len(used)+1)
		together := w[len(used)]
		for k, c := range used {
			w[k] = leaning*w[k] + usual[c]*together
		}
		worst := -1
		for k := range used {
			if w[k] < 0 && (worst < 0 || w[k] < w[worst]) {
				worst = k
			}
		}
		if worst >= 0 {
			used = append(used[:worst:worst], used[worst+1:]...)
			continue
		}
		s.intercept = w[len(used)+1]
		for k, c := range used {
			s.weight[c] = w[k] / deviation[c]
			s.intercept -= s.weight[c] * mean[c]
		}
		return s
	}
}

// platt fits a probability to logits by Newton's method, with targets drawn towards
// the middle as far as so many examples ask for (Platt 1999; Lin, Lin and Weng 2007).
func platt(logit []float64, positive []bool) (slope, offset float64) {
	p, n := 0.0, 0.0
	for _, yes := range positive {
		if yes {
			p++
		} else {
			n++
		}
	}
	slope, offset = 1, 0
	high, low := (p+1)/(p+2), 1/(n+2)
	for range 100 {
		var g, h, gs, hs, hb float64
		for i, x := range logit {
			target := low
			if positive[i] {
				target = high
			}
			q := 1 / (1 + math.Exp(-(slope*x + offset)))
			d, v := q-target, max(1e-12, q*(1-q))
			g, gs = g+d, gs+d*x
			h, hb, hs = h+v, hb+v*x, hs+v*x*x
		}
		h, hs = h+1e-9, hs+1e-9
		det := h*hs - hb*hb
		ds, do := (h*gs-hb*g)/det, (hs*g-hb*gs)/det
		slope, offset = slope-ds, offset-do
		if math.Abs(ds)+math.Abs(do) < 1e-9 {
			break
		}
	}
	if !(slope > 0.05 && slope < 20) || math.IsNaN(offset) || math.Abs(offset) > 50 {
		return 1, 0 // scores that tell nothing apart, or everything
	}
	return slope, offset
}

// threshold is the lowest probability from which on the posts called are paid with the
// wanted precision, halfway to the next one below. Where no such is, it is the one
// with the best precision over at least a few posts.
func threshold(probability []float64, positive []bool) float64 {
	const few = 5
	order := ordered(probability)
	best, bestPrecision, found := 0.5, -1.0, false
	hits := 0.0
	for k, i := range order {
		if positive[i] {
			hits++
		}
		if k+1 < len(order) && probability[order[k+1]] == probability[i] {
			continue
		}
		at := probability[i]
		if k+1 < len(order) {
			at = (at + probability[order[k+1]]) / 2
		}
		switch precision := hits / float64(k+1); {
		case k+1 < few:
		case precision >= precise:
			best, found = at, true
		case !found && precision > bestPrecision:
			best, bestPrecision = at, precision
		}
	}
	return min(0.999, max(0.001, math.Round(best*1e4)/1e4))
}
