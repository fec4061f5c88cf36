package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"cinnabar/app/report"
	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/moderation/disclosure"
	"cinnabar/moderation/disclosure/measure"
	"cinnabar/moderation/disclosure/train"
)

type detectorEvalCommand struct {
	Train  string `help:"Learn from these labelled posts, and measure on --test." placeholder:"FILE"`
	Test   string `help:"The labelled posts to measure on." placeholder:"FILE"`
	In     string `help:"Measure on the posts of this file: with --folds what learning reaches, else a model." placeholder:"FILE"`
	Folds  int    `help:"Part --in into so many folds, and score each by a model learned from the others." placeholder:"K"`
	Group  string `help:"The field whose posts belong together: never in two folds, drawn together for the bounds. Without it: the author. id lets each post stand alone." placeholder:"FIELD"`
	Cold   bool   `help:"Ignore engagement and what is known of the author."`
	Model  string `help:"Measure this model; nothing is learned. Without it, and without --folds and --train, the built-in rules." placeholder:"FILE"`
	Scores string `help:"Write a line for each post here: fold, truth, score, group." placeholder:"FILE"`
}

// resamples of the bootstrap. More would move a bound by a thousandth or so.
const resamples = 2000

// evaluation is what is measured of one set of posts.
type evaluation struct {
	set        *labelledSet
	unlabelled int
	group      grouping
	folds      []int               // fold of each post; nil without folds
	models     []*disclosure.Model // that scored: one, or one for each fold
	thresholds []float64           // theirs
	judged     []judged
	processor  time.Duration // spent on scoring alone
}

// judged is what a model said of one post.
type judged struct {
	score, logit float64
	called       bool
	shown        []moderation.Span
}

// Run measures. Rows that can't be read are told on stderr and end the command with 1;
// the rest is measured.
func (c detectorEvalCommand) Run(ctx context.Context, p *program) error {
	if err := c.check(p); err != nil {
		return err
	}
	e, err := c.prepare(ctx, p)
	if err != nil {
		return err
	}
	if err := c.score(ctx, p, e); err != nil {
		return err
	}
	if c.Scores != "" {
		if err := e.writeScores(c.Scores); err != nil {
			return err
		}
	}
	rows := make([]measure.Row, len(e.set.posts))
	for i, post := range e.set.posts {
		rows[i] = measure.Row{Truth: *post.Label, Score: e.judged[i].score, Called: e.judged[i].called, Group: e.group.of(post),
			Shown: e.judged[i].shown, Marked: e.set.spans[i]}
	}
	found := measure.Of(rows, resamples, detectorSeed)
	if p.flags.JSON {
		err = p.printJSON(e.summary(p, c.Cold, found))
	} else {
		err = e.print(p, c.Cold, found)
	}
	if err == nil && e.set.refused > 0 {
		err = errFound
	}
	return err
}

// check refuses options that contradict each other.
func (c detectorEvalCommand) check(p *program) error {
	measured := c.In
	if measured == "" {
		measured = c.Test
	}
	switch {
	case c.In == "" && c.Test == "" || c.In != "" && (c.Test != "" || c.Train != ""):
		return p.misuse("command.detector_which")
	case c.Model != "" && c.Train != "":
		return p.misuse("command.detector_model_or_train")
	case c.Folds != 0 && c.In == "":
		return p.misuse("command.detector_folds_in")
	case c.Folds < 0 || c.Folds == 1 || c.Folds > 1000:
		return p.misuse("command.detector_folds_range", c.Folds)
	case c.Scores != "" && (sameFile(c.Scores, measured) || c.Train != "" && sameFile(c.Scores, c.Train) || c.Model != "" && sameFile(c.Scores, c.Model)):
		return p.misuse("command.detector_overwrites", "--scores", "--in")
	case c.Train != "" && sameFile(c.Train, c.Test):
		return p.misuse("command.detector_same")
	}
	return nil
}

// prepare reads the posts to measure on and says who belongs together.
func (c detectorEvalCommand) prepare(ctx context.Context, p *program) (*evaluation, error) {
	path := c.In
	if path == "" {
		path = c.Test
	}
	all, err := readLabelled(ctx, p, path)
	if err != nil {
		return nil, err
	}
	e := &evaluation{}
	if e.set, e.unlabelled, err = all.withTruth(); err != nil {
		return nil, err
	}
	if e.group, err = e.set.grouping(p, c.Group); err != nil {
		return nil, err
	}
	if c.Folds == 0 {
		return e, nil
	}
	groups, truth := make([]string, len(e.set.posts)), make([]bool, len(e.set.posts))
	for i, post := range e.set.posts {
		groups[i], truth[i] = e.group.of(post), *post.Label
	}
	if e.folds = measure.Folds(groups, truth, c.Folds, detectorSeed); e.folds == nil {
		return nil, p.misuse("command.detector_few_groups", c.Folds, e.group.name(p.words))
	}
	return e, nil
}

// score asks for each post the model that may speak of it: one that was given, or one
// that has not learned from it.
func (c detectorEvalCommand) score(ctx context.Context, p *program, e *evaluation) error {
	e.judged = make([]judged, len(e.set.posts))
	everything := make([]int, len(e.set.posts))
	for i := range everything {
		everything[i] = i
	}
	switch {
	case c.Model != "" || c.Train == "" && c.Folds == 0:
		model, err := scanCommand{Model: c.Model}.model()
		if err != nil {
			return err
		}
		return e.judge(ctx, model, everything, c.Cold)
	case c.Train != "":
		from, err := readLabelled(ctx, p, c.Train)
		if err != nil {
			return err
		}
		e.set.refused += from.refused
		group, err := from.grouping(p, c.Group)
		if err != nil {
			return err
		}
		progress := newBar(p.errs, p.words.T("command.detector_learning"))
		defer progress.clear()
		model, _, err := train.Fit(ctx, from.posts, from.spans, train.Options{Group: group.of, Seed: detectorSeed, Progress: func(done, total int) {
			progress.set(int64(done), int64(total))
		}})
		if err != nil {
			return err
		}
		return e.judge(ctx, model, everything, c.Cold)
	}
	progress := newBar(p.errs, p.words.T("command.detector_folding"))
	defer progress.clear()
	const steps = 1000 // of each fold
	for fold := range c.Folds {
		from := &labelledSet{}
		var test []int
		for i, f := range e.folds {
			if f == fold {
				test = append(test, i)
			} else {
				from.posts, from.spans = append(from.posts, e.set.posts[i]), append(from.spans, e.set.spans[i])
			}
		}
		model, _, err := train.Fit(ctx, from.posts, from.spans, train.Options{Group: e.group.of, Seed: detectorSeed, Progress: func(done, total int) {
			progress.set(int64(fold*steps+steps*done/max(1, total)), int64(c.Folds*steps))
		}})
		if err != nil {
			return err
		}
		if err := e.judge(ctx, model, test, c.Cold); err != nil {
			return err
		}
	}
	return nil
}

// judge scores some posts by one model, one after the other.
func (e *evaluation) judge(ctx context.Context, model *disclosure.Model, posts []int, cold bool) error {
	threshold := model.Threshold()
	if cold {
		threshold = model.ThresholdCold()
	}
	e.models, e.thresholds = append(e.models, model), append(e.thresholds, threshold)
	began := processorTime()
	for _, i := range posts {
		if err := ctx.Err(); err != nil {
			return err
		}
		r := model.Score(e.set.posts[i], cold)
		e.judged[i] = judged{score: r.Commercial, logit: r.Logit, called: r.Commercial >= threshold, shown: measure.Pointed(r.Findings)}
	}
	e.processor += processorTime() - began
	return nil
}

func (e *evaluation) postsPerSecond() float64 {
	return math.Round(float64(len(e.judged)) / max(e.processor, time.Microsecond).Seconds())
}

// scoreLine is a line of --scores, as docs/formats.md has it.
type scoreLine struct {
	ID     string  `json:"id"`
	Fold   *int    `json:"fold,omitempty"`
	Label  bool    `json:"label"`
	Score  float64 `json:"score"`
	Logit  float64 `json:"logit"`
	Called bool    `json:"called"`
	Group  string  `json:"group"`
}

func (e *evaluation) writeScores(path string) error {
	out, err := report.Create(path)
	if err != nil {
		return err
	}
	defer out.Discard()
	buffered := bufio.NewWriter(out)
	if err := e.encodeScores(buffered); err != nil {
		return fault.Wrap(err, fault.FileWrite, "path", path)
	}
	if err := buffered.Flush(); err != nil {
		return fault.Wrap(err, fault.FileWrite, "path", path)
	}
	return out.Commit()
}

func (e *evaluation) encodeScores(w io.Writer) error {
	lines := json.NewEncoder(w)
	lines.SetEscapeHTML(false)
	for i, post := range e.set.posts {
		j := e.judged[i]
		line := scoreLine{ID: post.ID, Label: *post.Label, Score: j.score, Logit: j.logit, Called: j.called, Group: e.group.of(post)}
		if e.folds != nil {
			line.Fold = &e.folds[i]
		}
		if err := lines.Encode(line); err != nil {
			return err
		}
	}
	return nil
}

// summary is what --json prints: the figures, and what they are of.
func (e *evaluation) summary(p *program, cold bool, found measure.Report) any {
	return flat{found, struct {
		PostsPerSecond float64 `json:"posts_per_second"`
		Model          string  `json:"model"`
		Learned        bool    `json:"learned"`
		Calibrated     bool    `json:"calibrated"`
		Threshold      float64 `json:"threshold"` // of several models, the middle one's
		Cold           bool    `json:"cold"`
		Folds          int     `json:"folds"`
		GroupedBy      string  `json:"grouped_by"`
		Note           string  `json:"note"`
		Unlabelled     int     `json:"unlabelled"`
		Refused        int     `json:"refused"`
		Resamples      int     `json:"resamples"`
	}{
		e.postsPerSecond(), e.version(), e.models[0].Learned(), e.models[0].Calibrated(), e.threshold(),
		cold, e.parts(), e.group.by, e.note(p), e.unlabelled, e.set.refused, resamples,
	}}
}

// version names the model, or the first of those that the folds had.
func (e *evaluation) version() string { return e.models[0].Version() }

// threshold is that of the model, or the middle one of several.
func (e *evaluation) threshold() float64 {
	return slices.Sorted(slices.Values(e.thresholds))[len(e.thresholds)/2]
}

// parts is how many folds there are, 0 without any.
func (e *evaluation) parts() int {
	if e.folds == nil {
		return 0
	}
	return slices.Max(e.folds) + 1
}

// note says in words which posts were scored by what.
func (e *evaluation) note(p *program) string {
	switch {
	case len(e.models) > 1:
		return p.words.T("command.detector_note_folds", len(e.models), e.group.name(p.words))
	case e.models[0].Learned():
		return p.words.T("command.detector_note_learned", e.version())
	}
	return p.words.T("command.detector_note_rules", e.version())
}

func (e *evaluation) print(p *program, cold bool, found measure.Report) error {
	w := p.words
	lines := []string{w.T("command.detector_measured", w.Number(found.Rows), w.Number(found.Positives), w.Number(found.Groups), e.group.name(w), w.Number(e.unlabelled)), e.note(p)}
	if cold {
		lines = append(lines, w.T("command.detector_is_cold"))
	}
	if !e.models[0].Calibrated() {
		lines = append(lines, w.T("command.detector_uncalibrated"))
	}
	if _, err := fmt.Fprintln(p.out, strings.Join(lines, "\n")); err != nil {
		return err
	}
	rows := [][]string{strings.Split(w.T("command.detector_figures"), "\t")}
	for _, f := range found.Figures {
		rows = append(rows, []string{w.T("command.figure_" + f.Name), decimals(f.Value), decimals(f.Low) + " – " + decimals(f.High)})
	}
	if err := printTable(p.out, rows); err != nil {
		return err
	}
	_, err := fmt.Fprintln(p.out, w.T("command.detector_bounds", w.Number(resamples), decimals(e.threshold()), w.Number(int(e.postsPerSecond()))))
	return err
}

// flat is two objects written as one.
type flat struct{ first, second any }

// MarshalJSON joins the two.
func (f flat) MarshalJSON() ([]byte, error) {
	first, err := json.Marshal(f.first)
	if err != nil {
		return nil, err
	}
	second, err := json.Marshal(f.second)
	if err != nil {
		return nil, err
	}
	return slices.Concat(bytes.TrimSuffix(first, []byte("}")), []byte(","), bytes.TrimPrefix(second, []byte("{"))), nil
}
