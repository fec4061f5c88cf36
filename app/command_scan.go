package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"runtime/debug"

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
	// A scan leaves most of what it makes behind at once: collected less often it takes a
	// tenth less time and some tens of megabytes more.
	defer debug.SetGCPercent(debug.SetGCPercent(400))
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
	models := &scanModels{base: model, rules: s.Rulebooks()}
	did, err := scanToTheEnd(ctx, s.Scans(), models, func(done, total int) { progress.set(int64(done), int64(total)) })
	progress.clear()
	if err != nil {
		return err
	}
	if err := renewFees(ctx, s.KOLs()); err != nil {
		return err
	}
	progress = newBar(p.errs, p.words.T("command.looking"))
	seen, err := lookIfProcess(ctx, s.Pictures(), func(done, total int) { progress.set(int64(done), int64(total)) })
	progress.clear()
	if err != nil {
		return err
	}
	if p.flags.JSON {
		answer := map[string]any{"scored": did.Scored, "opened": did.Opened, "model": models.live.Version(), "looked": seen.Looked, "look_failed": seen.Failed}
		if models.shadow != nil {
			answer["shadow"], answer["shadow_scored"] = models.shadow.Version(), did.Shadow
		}
		return p.printJSON(answer)
	}
	_, err = fmt.Fprintln(p.out, p.words.T("command.scanned", p.words.Number(did.Scored), p.words.Number(did.Opened)))
	if err == nil && models.shadow != nil {
		_, err = fmt.Fprintln(p.out, p.words.T("command.scanned_shadow", p.words.Number(did.Shadow), models.shadow.Version()))
	}
	if err == nil && seen.Looked > 0 {
		_, err = fmt.Fprintln(p.out, p.words.T("command.looked", p.words.Number(seen.Looked), p.words.Number(seen.Failed)))
	}
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
	if c.Out == "" {
		_, refused, err := c.scanRows(ctx, p, model, source, p.out)
		if err == nil && refused > 0 {
			err = errFound
		}
		return err
	}
	out, err := report.Create(c.Out)
	if err != nil {
		return err
	}
	defer out.Discard()
	scored, refused, err := c.scanRows(ctx, p, model, source, out)
	if err != nil {
		return err
	}
	if err := out.Commit(); err != nil {
		return err
	}
	if p.flags.JSON {
		err = p.printJSON(map[string]any{"scored": scored, "refused": refused, "out": c.Out, "model": model.Version()})
	} else {
		_, err = fmt.Fprintln(p.out, p.words.T("command.scanned_file", p.words.Number(scored), p.words.Number(refused), c.Out))
	}
	if err == nil && refused > 0 {
		err = errFound
	}
	return err
}

func (c scanCommand) scanRows(ctx context.Context, p *program, model *disclosure.Model, source *intake.Source, out io.Writer) (scored, refused int, err error) {
	w := bufio.NewWriter(out)
	for post, refusal := range intake.Posts(ctx, source) {
		if err := ctx.Err(); err != nil {
			return scored, refused, err
		}
		if refusal != nil {
			refused++
			fmt.Fprintln(p.errs, p.words.T("command.row_refused", refusal.Line, p.words.Sentence(refusal.Fault)))
			continue
		}
		if err := report.WriteScan(w, post, model.Score(post, c.Cold)); err != nil {
			return scored, refused, fault.Wrap(err, fault.FileWrite, "path", cmp.Or(c.Out, "-"))
		}
		scored++
	}
	if err := source.Err(); err != nil {
		return scored, refused, err
	}
	if err := w.Flush(); err != nil {
		return scored, refused, fault.Wrap(err, fault.FileWrite, "path", cmp.Or(c.Out, "-"))
	}
	return scored, refused, nil
}
