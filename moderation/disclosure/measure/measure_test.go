package measure

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func near(t interface{ Errorf(string, ...any) }, what string, got, want float64) {
	if math.IsNaN(got) != math.IsNaN(want) || math.Abs(got-want) > 1e-9 {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// scoredPosts draws few distinct scores, so that ties are the rule.
func scoredPosts(t *rapid.T) (scores []float64, truth []bool) {
	n := rapid.IntRange(1, 40).Draw(t, "posts")
	levels := rapid.IntRange(1, 12).Draw(t, "levels")
	for range n {
		scores = append(scores, float64(rapid.IntRange(0, levels).Draw(t, "score"))/float64(levels))
		truth = append(truth, rapid.Bool().Draw(t, "truth"))
	}
	return scores, truth
}

// The examples of scikit-learn's documentation.
func TestTheMetricsAgreeWithPublishedExamples(t *testing.T) {
	scores, truth := []float64{0.1, 0.4, 0.35, 0.8}, []bool{false, false, true, true}
	near(t, "roc_auc_score", AUC(scores, truth), 0.75)
	near(t, "average_precision_score", AveragePrecision(scores, truth), 0.8333333333333333)
	near(t, "brier_score_loss", Brier([]float64{0.1, 0.9, 0.8, 0.3}, []bool{false, true, true, false}), 0.0375)
}

// Newcombe, Two-sided confidence intervals for the single proportion (1998), table I,
// method 3.
func TestWilsonAgreesWithNewcombesTable(t *testing.T) {
	for _, c := range []struct {
		hits, all int
		low, high float64
	}{{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718}} {
		low, high := Wilson(c.hits, c.all)
		if math.Abs(low-c.low) > 5e-5 || math.Abs(high-c.high) > 5e-5 {
			t.Errorf("%d of %d: %.4f to %.4f, want %.4f to %.4f", c.hits, c.all, low, high, c.low, c.high)
		}
	}
}

func TestAUCIsTheShareOfPairsInTheRightOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scores, truth := scoredPosts(t)
		won, pairs := 0.0, 0.0
		for i := range scores {
			for j := range scores {
				if truth[i] && !truth[j] {
					pairs++
					switch {
					case scores[i] > scores[j]:
						won++
					case scores[i] == scores[j]:
						won += 0.5
					}
				}
			}
		}
		near(t, "AUC", AUC(scores, truth), won/pairs)
	})
}

// thresholds are the distinct scores from the highest down.
func thresholds(scores []float64) []float64 {
	all := slices.Clone(scores)
	slices.Sort(all)
	slices.Reverse(all)
	return slices.Compact(all)
}

func TestTheCurveMetricsFollowTheirDefinitionAtEachThreshold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scores, truth := scoredPosts(t)
		var ap, before, f1, at70 float64
		for _, threshold := range thresholds(scores) {
			precision, recall := PrecisionRecallAt(scores, truth, threshold)
			ap += (recall - before) * precision
			before = recall
			if precision > 0 {
				f1 = max(f1, 2*precision*recall/(precision+recall))
			}
			if precision >= 0.7-1e-9 {
				at70 = max(at70, recall)
			}
		}
		if !slices.Contains(truth, true) {
			ap, f1, at70 = math.NaN(), math.NaN(), math.NaN()
		}
		near(t, "average precision", AveragePrecision(scores, truth), ap)
		near(t, "best F1", BestF1(scores, truth), f1)
		near(t, "recall at precision .70", RecallAtPrecision(scores, truth, 0.7), at70)
	})
}

func TestPrecisionAtKIsTheMeanOverAllOrdersOfTies(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scores, truth := scoredPosts(t)
		k := rapid.IntRange(1, 45).Draw(t, "k")
		cut := min(k, len(scores))
		sorted := slices.Clone(scores)
		slices.Sort(sorted)
		slices.Reverse(sorted)
		edge := sorted[cut-1]
		var above, hits, tied, tiedHits float64
		for i, s := range scores {
			hit := 0.0
			if truth[i] {
				hit = 1
			}
			switch {
			case s > edge:
				above, hits = above+1, hits+hit
			case s == edge:
				tied, tiedHits = tied+1, tiedHits+hit
			}
		}
		near(t, "precision at k", PrecisionAtK(scores, truth, k), (hits+tiedHits/tied*(float64(cut)-above))/float64(cut))
	})
}

func TestOnlyTheOrderOfScoresCountsForTheOrderMetrics(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scores, truth := scoredPosts(t)
		stretched := make([]float64, len(scores))
		for i, s := range scores {
			stretched[i] = math.Exp(3*s) - 7
		}
		near(t, "AUC", AUC(stretched, truth), AUC(scores, truth))
		near(t, "average precision", AveragePrecision(stretched, truth), AveragePrecision(scores, truth))
		for i := range stretched {
			stretched[i] = -stretched[i]
		}
		near(t, "AUC upside down", AUC(stretched, truth), 1-AUC(scores, truth))
	})
}

func TestECEComparesWhatIsSaidWithWhatIsTrueBinByBin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scores, truth := scoredPosts(t)
		want := 0.0
		for b := range 10 {
			var said, hits float64
			for i, s := range scores {
				if int(s*10) == b || b == 9 && s == 1 {
					said += s
					if truth[i] {
						hits++
					}
				}
			}
			want += math.Abs(said-hits) / float64(len(scores))
		}
		near(t, "ECE", ECE(scores, truth), want)
	})
	scores, truth := make([]float64, 1000), make([]bool, 1000)
	for i := range scores {
		scores[i], truth[i] = 0.3, i%10 < 3
	}
	near(t, "ECE of an honest 0.3", ECE(scores, truth), 0)
	near(t, "by mass", ECEByMass(scores, truth), 0)
	for i := range scores {
		scores[i] = 0.5
	}
	near(t, "ECE of 0.5 for 0.3", ECE(scores, truth), 0.2)
	near(t, "by mass", ECEByMass(scores, truth), 0.2)
	// Within one bin of equal width, too high below and too low above cancel out; bins of
	// equal mass see it.
	for i := range scores {
		scores[i], truth[i] = 0.01+0.08*float64(i)/1000, i >= 950
	}
	if wide, mass := ECE(scores, truth), ECEByMass(scores, truth); wide > 0.01 || mass < 0.07 {
		t.Errorf("ECE %v, by mass %v", wide, mass)
	}
}

func TestWithoutAClassThereIsNoFigure(t *testing.T) {
	one := []float64{0.2, 0.7}
	for what, v := range map[string]float64{
		"AUC without a negative":    AUC(one, []bool{true, true}),
		"AUC without a positive":    AUC(one, []bool{false, false}),
		"AUC of nothing":            AUC(nil, nil),
		"AP without a positive":     AveragePrecision(one, []bool{false, false}),
		"F1 without a positive":     BestF1(one, []bool{false, false}),
		"recall without a positive": RecallAtPrecision(one, []bool{false, false}, 0.7),
		"the first of none":         PrecisionAtK(nil, nil, 100),
		"Brier of nothing":          Brier(nil, nil),
		"ECE of nothing":            ECE(nil, nil),
	} {
		near(t, what, v, math.NaN())
	}
	precision, _ := PrecisionRecallAt(one, []bool{true, false}, 0.9)
	near(t, "precision of nothing called", precision, math.NaN())
	// A score that is no number is the last, not the first and not a tie.
	near(t, "AUC", AUC([]float64{math.NaN(), 0.1, 0.2}, []bool{false, true, true}), 1)
}
