package measure

import (
	"bytes"
	"encoding/json"
	"math"

	"cinnabar/moderation"
)

// Row is one post: the truth, and what was said of it.
type Row struct {
	Truth bool
	Score float64 // probability of being commercial, 0…1
	// Called is whether the score reached the threshold of the model that gave it.
	Called bool
	// Group joins posts that are not independent, such as those of one author: a
	// resample takes all of them or none. "" is a group of its own.
	Group string
	// Shown and Marked are in runes of the body: where the evidence of positive weight
	// stands, and where the truth does. Marked is empty where nobody marked anything.
	Shown, Marked []moderation.Span
}

// Figure is a metric with its 95 % bounds. Each may be NaN.
type Figure struct {
	Name             string
	Value, Low, High float64
}

// Report is everything that is measured of scored posts.
type Report struct {
	Rows, Positives int
	Groups          int // equal to Rows where every post stands alone
	Figures         []Figure
}

// The names of the figures, as they stand in JSON.
const (
	NameAUC                 = "auc"
	NameAveragePrecision    = "average_precision"
	NameBestF1              = "best_f1"
	NamePrecision           = "precision" // of the posts called commercial
	NameRecall              = "recall"
	NamePrecisionAt100      = "precision_at_100"
	NameRecallAtPrecision70 = "recall_at_precision_70"
	NameBrier               = "brier"
	NameECE                 = "ece"
	NameECEByMass           = "ece_by_mass"
	NameEvidenceIoU         = "evidence_iou" // mean over positives with marked spans; absent without any
)

// Of makes the report of scored posts. The bounds are the 2.5th and 97.5th percentile of so many
// resamples, drawn with replacement over groups; the same seed gives the same bounds. A
// resample in which a metric is not defined is left out of that metric's bounds. With
// few groups the bounds are too narrow, and those of the calibration errors lie too
// high, since a resample adds the noise of drawing to that of the posts.
func Of(rows []Row, resamples int, seed uint64) Report {
	m := newMetrics(rows)
	draws := newDraws(groupsOf(rows), seed)
	r := Report{Rows: len(rows), Groups: draws.groups()}
	for _, t := range m.truth {
		if t {
			r.Positives++
		}
	}
	names, values := m.names(), m.all(nil)
	samples := make([][]float64, len(names))
	for range resamples {
		for i, v := range m.all(draws.next()) {
			if !math.IsNaN(v) {
				samples[i] = append(samples[i], v)
			}
		}
	}
	for i, name := range names {
		low, high := bounds(samples[i])
		r.Figures = append(r.Figures, Figure{Name: name, Value: values[i], Low: low, High: high})
	}
	return r
}

// Figure returns a figure by its name; all NaN where the report has none.
func (r Report) Figure(name string) Figure {
	for _, f := range r.Figures {
		if f.Name == name {
			return f
		}
	}
	return Figure{Name: name, Value: math.NaN(), Low: math.NaN(), High: math.NaN()}
}

// MarshalJSON writes one flat object: rows, positives, groups, and for each figure its
// name, name_low and name_high, null where there is no number.
func (r Report) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	put := func(name string, v any) error {
		if x, is := v.(float64); is && (math.IsNaN(x) || math.IsInf(x, 0)) {
			v = nil
		}
		text, err := json.Marshal(v)
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		b.WriteString(`"` + name + `":`)
		b.Write(text)
		return err
	}
	err := put("rows", r.Rows)
	for _, f := range []struct {
		name  string
		value any
	}{{"positives", r.Positives}, {"groups", r.Groups}} {
		if err == nil {
			err = put(f.name, f.value)
		}
	}
	for _, f := range r.Figures {
		for i, v := range []float64{f.Value, f.Low, f.High} {
			if err == nil {
				err = put(f.Name+[]string{"", "_low", "_high"}[i], v)
			}
		}
	}
	b.WriteByte('}')
	return b.Bytes(), err
}

// metrics computes all figures of the same rows under any weights.
type metrics struct {
	score         []float64
	truth, called []bool
	ranking       ranking
	curve         curve
	iou           []float64 // NaN where nothing is marked
	marked        bool
}

func newMetrics(rows []Row) *metrics {
	m := &metrics{}
	for _, r := range rows {
		m.score, m.truth, m.called = append(m.score, r.Score), append(m.truth, r.Truth), append(m.called, r.Called)
		iou := math.NaN()
		if r.Truth && len(r.Marked) > 0 {
			iou, m.marked = IoU(r.Shown, r.Marked), true
		}
		m.iou = append(m.iou, iou)
	}
	m.ranking = rank(m.score)
	return m
}

func (m *metrics) names() []string {
	names := []string{NameAUC, NameAveragePrecision, NameBestF1, NamePrecision, NameRecall, NamePrecisionAt100, NameRecallAtPrecision70,
		NameBrier, NameECE, NameECEByMass}
	if m.marked {
		names = append(names, NameEvidenceIoU)
	}
	return names
}

// all is in the order of names.
func (m *metrics) all(weight []float64) []float64 {
	m.ranking.along(m.truth, weight, &m.curve)
	precision, recall := precisionRecall(m.called, m.truth, weight)
	values := []float64{m.curve.auc(), m.curve.averagePrecision(), m.curve.bestF1(), precision, recall, m.curve.precisionAt(100), m.curve.recallAtPrecision(0.7),
		brier(m.score, m.truth, weight), ece(m.score, m.truth, weight), m.ranking.eceByMass(m.score, m.truth, weight)}
	if m.marked {
		values = append(values, mean(m.iou, weight))
	}
	return values
}

func mean(values, weight []float64) float64 {
	var sum, all float64
	for i, v := range values {
		if math.IsNaN(v) {
			continue
		}
		w := 1.0
		if weight != nil {
			w = weight[i]
		}
		sum += w * v
		all += w
	}
	return sum / all
}

func groupsOf(rows []Row) []string {
	groups := make([]string, len(rows))
	for i, r := range rows {
		groups[i] = r.Group
	}
	return groups
}
