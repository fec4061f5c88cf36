package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"cinnabar/app/report"
	"cinnabar/internal/fault"
	"cinnabar/moderation/disclosure"
	"cinnabar/moderation/disclosure/train"
)

type detectorCommand struct {
	Train   detectorTrainCommand   `cmd:"" help:"Learn weights from labelled posts and write them as a model file."`
	Eval    detectorEvalCommand    `cmd:"" help:"Measure a model, or the learning itself, on labelled posts."`
	Propose detectorProposeCommand `cmd:"" help:"Hand a learned model in and put the draft of the detector's rules on it (lead)."`
	Data    detectorDataCommand    `cmd:"" help:"Write the posts that people have decided on as labelled posts (lead, auditor)."`
}

// detectorSeed makes two runs on the same file give the same folds, weights and bounds.
const detectorSeed = 1

type detectorTrainCommand struct {
	In    string `help:"Labelled posts to learn from: CSV, JSON Lines or XLSX." placeholder:"FILE" required:""`
	Out   string `help:"The model file to write, for --model of scan and eval." placeholder:"FILE" required:""`
	Group string `help:"The field whose posts belong together and are never both learned from and tested on. Without it: the author. id lets each post stand alone." placeholder:"FIELD"`
}

// Run learns a model and says what it learned.
func (c detectorTrainCommand) Run(ctx context.Context, p *program) error {
	if sameFile(c.In, c.Out) {
		return p.misuse("command.detector_overwrites", "--out", "--in")
	}
	set, err := readLabelled(ctx, p, c.In)
	if err != nil {
		return err
	}
	group, err := set.grouping(p, c.Group)
	if err != nil {
		return err
	}
	// Before the work and not after it: a folder that is not there costs a second, not the model.
	out, err := report.Create(c.Out)
	if err != nil {
		return err
	}
	defer out.Discard()
	progress := newBar(p.errs, p.words.T("command.detector_learning"))
	model, learned, err := train.Fit(ctx, set.posts, set.spans, train.Options{Group: group.of, Seed: detectorSeed, Progress: func(done, total int) {
		progress.set(int64(done), int64(total))
	}})
	progress.clear()
	if err != nil {
		return err
	}
	if err := model.Write(out); err != nil {
		return fault.Wrap(err, fault.FileWrite, "path", c.Out)
	}
	if err := out.Commit(); err != nil {
		return err
	}
	if p.flags.JSON {
		err = p.printJSON(struct {
			Out        string `json:"out"`
			Model      string `json:"model"`
			Calibrated bool   `json:"calibrated"`
			GroupedBy  string `json:"grouped_by"`
			Refused    int    `json:"refused"`
			train.Report
		}{c.Out, model.Version(), model.Calibrated(), group.by, set.refused, learned})
	} else {
		err = c.print(p, model, group, learned)
	}
	if err == nil && set.refused > 0 {
		err = errFound
	}
	return err
}

func (c detectorTrainCommand) print(p *program, model *disclosure.Model, group grouping, learned train.Report) error {
	w := p.words
	if _, err := fmt.Fprintln(p.out, w.T("command.detector_learned", w.Number(learned.Posts), w.Number(learned.Positives), w.Number(learned.Groups), group.name(w),
		w.Number(learned.Unlabelled), w.Number(learned.Grams), w.Number(learned.Passages))); err != nil {
		return err
	}
	rows := [][]string{strings.Split(w.T("command.detector_modes"), "\t")}
	for _, mode := range []struct {
		name string
		train.Validation
	}{{"command.detector_warm", learned.Warm}, {"command.detector_cold", learned.Cold}} {
		rows = append(rows, []string{w.T(mode.name), decimals(mode.AUC), decimals(mode.AveragePrecision), decimals(mode.Threshold),
			decimals(mode.Precision), decimals(mode.Recall), decimals(mode.Brier)})
	}
	if err := printTable(p.out, rows); err != nil {
		return err
	}
	_, err := fmt.Fprintln(p.out, w.T("command.detector_trained", w.Number(learned.Folds), model.Version(), c.Out))
	return err
}

// decimals writes a figure between 0 and 1, or a dash where there is none.
func decimals(v float64) string {
	text := strconv.FormatFloat(v, 'f', 3, 64)
	if text == "NaN" {
		return "-"
	}
	return text
}

// misuse is a wrong use of the command line, in the person's language.
func (p *program) misuse(key string, args ...any) error {
	return fault.New(fault.BadUsage, "detail", p.words.T(key, args...))
}

// sameFile reports whether two paths lead to one file that exists.
func sameFile(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}

// isModel reports whether a file holds a model: a person who mixes the two up should
// not read about ten thousand rows that are no posts.
func isModel(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	var first struct {
		Version   *string  `json:"version"`
		Threshold *float64 `json:"threshold"`
		Body      *string  `json:"body"`
	}
	return json.NewDecoder(f).Decode(&first) == nil && first.Version != nil && first.Threshold != nil && first.Body == nil
}
