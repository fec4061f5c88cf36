package measure

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"cinnabar/moderation"
)

// crowd makes posts whose score means what it says, a fifth of them positive or so.
func crowd(n int, seed uint64) []Row {
	r := rand.New(rand.NewPCG(seed, 1))
	rows := make([]Row, n)
	for i := range rows {
		p := r.Float64() * r.Float64()
		rows[i] = Row{Truth: r.Float64() < p, Score: p, Called: p >= 0.5}
	}
	return rows
}

func TestAReportSaysWhatTheMetricsSay(t *testing.T) {
	rows := crowd(500, 1)
	rows[3].Truth, rows[3].Marked, rows[3].Shown = true, []moderation.Span{{Start: 0, End: 10}}, []moderation.Span{{Start: 5, End: 10}}
	rows[4].Truth, rows[4].Marked = true, []moderation.Span{{Start: 0, End: 10}}
	var scores []float64
	var truth []bool
	for _, r := range rows {
		scores, truth = append(scores, r.Score), append(truth, r.Truth)
	}
	precision, recall := PrecisionRecallAt(scores, truth, 0.5)
	report := Of(rows, 200, 1)
	for name, want := range map[string]float64{
		NameAUC: AUC(scores, truth), NameAveragePrecision: AveragePrecision(scores, truth), NameBestF1: BestF1(scores, truth),
		NamePrecision: precision, NameRecall: recall, NamePrecisionAt100: PrecisionAtK(scores, truth, 100),
		NameRecallAtPrecision70: RecallAtPrecision(scores, truth, 0.7), NameBrier: Brier(scores, truth), NameECE: ECE(scores, truth),
		NameECEByMass: ECEByMass(scores, truth), NameEvidenceIoU: 0.25,
	} {
		f := report.Figure(name)
		near(t, name, f.Value, want)
		if !(f.Low <= f.High) || name != NameECE && name != NameECEByMass && (f.Low > f.Value || f.High < f.Value) {
			t.Errorf("%s: %v, bounds %v to %v", name, f.Value, f.Low, f.High)
		}
	}
	text, err := json.Marshal(report)
	var flat map[string]float64
	if err != nil || json.Unmarshal(text, &flat) != nil || len(flat) != 3+3*11 || flat["auc_low"] == 0 || flat["rows"] != 500 {
		t.Errorf("%s, %v", text, err)
	}
	if again, _ := json.Marshal(Of(rows, 200, 1)); string(again) != string(text) {
		t.Error("the same seed gave other bounds")
	}
}

func TestAFigureThatIsNotDefinedIsNull(t *testing.T) {
	rows := crowd(50, 1)
	for i := range rows {
		rows[i].Called = false
	}
	text, err := json.Marshal(Of(rows, 20, 1))
	if err != nil || !strings.Contains(string(text), `"precision":null,"precision_low":null`) || strings.Contains(string(text), "evidence_iou") {
		t.Errorf("%s, %v", text, err)
	}
}

// A bound of 95 % holds the figure of the whole population about 95 times of a hundred.
func TestTheBoundsHoldTheTruthAsOftenAsTheySay(t *testing.T) {
	var scores []float64
	var truth []bool
	for _, r := range crowd(50_000, 99) {
		scores, truth = append(scores, r.Score), append(truth, r.Truth)
	}
	auc, ap := AUC(scores, truth), AveragePrecision(scores, truth)
	held, heldAP := 0, 0
	const tries = 100
	for i := range tries {
		report := Of(crowd(250, uint64(i)), 150, 1)
		if f := report.Figure(NameAUC); f.Low <= auc && auc <= f.High {
			held++
		}
		if f := report.Figure(NameAveragePrecision); f.Low <= ap && ap <= f.High {
			heldAP++
		}
	}
	if held < 86 || held > 99 || heldAP < 82 {
		t.Errorf("of %d bounds %d held the AUC, %d the average precision", tries, held, heldAP)
	}
}

// Whoever copies each post gets no narrower bounds by it, if the copies are of one group.
func TestCopiesInAGroupDoNotNarrowTheBounds(t *testing.T) {
	rows := crowd(200, 5)
	var copied []Row
	for i, r := range rows {
		r.Group = fmt.Sprint(i)
		copied = append(copied, r, r, r)
	}
	once, thrice := Of(rows, 300, 7), Of(copied, 300, 7)
	if thrice.Groups != 200 || thrice.Rows != 600 {
		t.Errorf("%d groups of %d posts", thrice.Groups, thrice.Rows)
	}
	for _, name := range []string{NameAUC, NameAveragePrecision, NameBrier, NameRecall} {
		a, b := once.Figure(name), thrice.Figure(name)
		near(t, name, b.Value, a.Value)
		near(t, name+" low", b.Low, a.Low)
		near(t, name+" high", b.High, a.High)
	}
	for i := range copied {
		copied[i].Group = ""
	}
	if alone := Of(copied, 300, 7).Figure(NameAUC); alone.High-alone.Low > 0.8*(once.Figure(NameAUC).High-once.Figure(NameAUC).Low) {
		t.Error("copies that are taken for posts of their own should have narrowed the bounds")
	}
}

func TestTheTwoWaysOfResamplingAgree(t *testing.T) {
	rows := crowd(200, 3)
	var scores []float64
	var truth []bool
	for _, r := range rows {
		scores, truth = append(scores, r.Score), append(truth, r.Truth)
	}
	// The report weighs each post by how often it was drawn; here it is taken so often.
	draws := newDraws(make([]string, len(rows)), 11)
	var samples []float64
	for range 100 {
		var s []float64
		var y []bool
		for i, times := range draws.next() {
			for range int(times) {
				s, y = append(s, scores[i]), append(y, truth[i])
			}
		}
		samples = append(samples, AUC(s, y))
	}
	low, high := bounds(samples)
	byWeight := Of(rows, 100, 11).Figure(NameAUC)
	near(t, "value", AUC(scores, truth), byWeight.Value)
	near(t, "low", low, byWeight.Low)
	near(t, "high", high, byWeight.High)
}

func TestFoldsSplitNoGroupAndShareThePositives(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	var groups []string
	var truth []bool
	for range 1000 {
		groups = append(groups, fmt.Sprint("g", int(r.ExpFloat64()*100)))
		truth = append(truth, r.IntN(10) == 0)
	}
	groups[0], groups[1] = "", ""
	fold := Folds(groups, truth, 5, 1)
	of := map[string]int{}
	posts, positives := make([]int, 5), make([]int, 5)
	for i, f := range fold {
		if was, known := of[groups[i]]; known && was != f && groups[i] != "" {
			t.Fatalf("group %s is in folds %d and %d", groups[i], was, f)
		}
		of[groups[i]] = f
		posts[f]++
		if truth[i] {
			positives[f]++
		}
	}
	if slices.Max(posts)-slices.Min(posts) > 30 || slices.Max(positives)-slices.Min(positives) > 4 {
		t.Errorf("posts %v, positives %v", posts, positives)
	}
	if !slices.Equal(fold, Folds(groups, truth, 5, 1)) || slices.Equal(fold, Folds(groups, truth, 5, 2)) {
		t.Error("the seed does not decide")
	}
	if Folds([]string{"a", "a", "b"}, []bool{true, true, false}, 2, 1) != nil {
		t.Error("a fold without a positive was made")
	}
}
