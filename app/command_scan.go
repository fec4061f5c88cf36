package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"

	"cinnabar/app/intake"
	"cinnabar/app/report"
	"cinnabar/internal/fault"
	"cinnabar/moderation/disclosure"
)

type scanCommand struct {
	In    string `help:"Score the posts of this file instead of the database's." placeholder:"FILE"`
	Out   string `help:"Write a line for each post of --in here; without it, to standard output." placeholder:"FILE"`
	Model string `help:"A model file instead of the built-in rules." placeholder:"FILE"`
	Cold  bool   `help:"Ignore engagement and what is known of the author."`
}

// Run scores what waits in the database, or with --in a file without one.
func (c scanCommand) Run(ctx context.Context, p *program) error {
	model, err := c.model()
	if err != nil {
		return err
	}
	if c.In != "" {
		return c.scanFile(ctx, p, model)
	}
	if c.Out != "" || c.Cold {
		return fault.New(fault.BadUsage, "detail", p.words.T("command.scan_needs_in"))
	}
	s, err := p.connect(ctx, trialWorker)
	if err != nil {
		return err
	}
	defer s.close()
	progress := newBar(p.errs, p.words.T("command.scanning"))
	scored, opened, err := scanAll(ctx, s.Scans(), model, func(done, total int) { progress.set(int64(done), int64(total)) })
	progress.clear()
	if err != nil {
		return err
	}
	if p.flags.JSON {
		return p.printJSON(map[string]any{"scored": scored, "opened": opened, "model": model.Version()})
	}
	_, err = fmt.Fprintln(p.out, p.words.T("command.scanned", p.words.Number(scored), p.words.Number(opened)))
	return err
}

func (c scanCommand) model() (*disclosure.Model, error) {
	if c.Model == "" {
		return disclosure.Default(), nil
	}
	f, err := os.Open(c.Model)
	if err != nil {
		return nil, fault.Wrap(err, fault.FileMissing, "path", c.Model)
	}
	defer f.Close()
	m, err := disclosure.Read(f)
	if err != nil {
		return nil, fault.Wrap(err, fault.FileUnreadable, "path", c.Model)
	}
	return m, nil
}

// scanFile answers a line per post, in the file's order. Rows that cannot be
// read are told on stderr and make the command end with 1; the rest is scored.
func (c scanCommand) scanFile(ctx context.Context, p *program, model *disclosure.Model) error {
	source, err := intake.Open(c.In, intake.Options{Stdin: p.in, Verbatim: true})
	if err != nil {
		return err
	}
	defer source.Close()
	out := p.out
	if c.Out != "" {
		f, err := os.Create(c.Out)
		if err != nil {
			return fault.Wrap(err, fault.FileWrite, "path", c.Out)
		}
		defer f.Close()
		out = f
	}
	scored, refused, err := c.scanRows(ctx, p, model, source, out)
	if err != nil {
		return err
	}
	if c.Out != "" {
		fmt.Fprintln(p.out, p.words.T("command.scanned_file", p.words.Number(scored), p.words.Number(refused), c.Out))
	}
	if refused > 0 {
		return errFound
	}
	return nil
}

func (c scanCommand) scanRows(ctx context.Context, p *program, model *disclosure.Model, source *intake.Source, out io.Writer) (scored, refused int, err error) {
	w := bufio.NewWriter(out)
	for post, refusal := range intake.Posts(ctx, source) {
		if err := ctx.Err(); err != nil {
			return scored, refused, err
		}
		if refusal != nil {
			refused++
			what, next := p.words.Error(refusal.Fault)
			fmt.Fprintln(p.errs, p.words.T("command.row_refused", refusal.Line, sentence(what, next)))
			continue
		}
		if err := report.WriteScan(w, post, model.Score(post, c.Cold)); err != nil {
			return scored, refused, fault.Wrap(err, fault.FileWrite, "path", c.Out)
		}
		scored++
	}
	if err := source.Err(); err != nil {
		return scored, refused, err
	}
	if err := w.Flush(); err != nil {
		return scored, refused, fault.Wrap(err, fault.FileWrite, "path", c.Out)
	}
	return scored, refused, nil
}
