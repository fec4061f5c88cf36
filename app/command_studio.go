package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"cinnabar/moderation"
)

type studioCommand struct{}

// Run opens the window. Where none can open it does the same work without one.
func (studioCommand) Run(ctx context.Context, p *program) error {
	if hasWindow && hasDisplay() {
		return p.openWindow(ctx)
	}
	fmt.Fprintln(p.errs, p.words.T("command.no_display"))
	return p.withoutWindow(ctx)
}

// withoutWindow brings the sample in, scans it, paints every screen and says
// what there is to see.
func (p *program) withoutWindow(ctx context.Context) error {
	where, err := p.findPlace(ctx)
	if err != nil {
		return err
	}
	defer where.close()
	if err := p.plantAll(ctx, where); err != nil {
		return err
	}
	dir := filepath.Join(stateHome(), "cinnabar", "tour")
	pictures, err := p.tour(ctx, where, dir)
	if err != nil {
		return err
	}
	if err := p.printFound(ctx, where); err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.out, p.words.T("command.toured", pictures, dir))
	return err
}

// plantAll brings the whole sample into a trial, with a bar to watch.
func (p *program) plantAll(ctx context.Context, where *place) error {
	if !where.trial() {
		return nil
	}
	g := paintAhead()
	if err := g.begin(ctx, where); err != nil || g.done() {
		return err
	}
	progress := newBar(p.errs, p.words.T("command.sample_coming"))
	defer progress.clear()
	if err := g.first(ctx); err != nil {
		return err
	}
	return g.rest(ctx, progress.set)
}

// printFound says how much is in the database and what is most urgent in it.
func (p *program) printFound(ctx context.Context, where *place) error {
	db, err := where.open(ctx, trialDesk)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, k := range []moderation.Kind{moderation.KindBrand, moderation.KindPost} {
		counts, err := db.Cases().Counts(ctx, k)
		if err != nil {
			return err
		}
		page, err := db.Cases().Page(ctx, moderation.QueueQuery{Kind: k, Limit: 5})
		if err != nil {
			return err
		}
		fmt.Fprintln(p.out, p.words.T("command.found_"+string(k), p.words.Counted(counts.Waiting, counts.More), p.words.Counted(counts.DueSoon, counts.More)))
		for _, c := range page.Cases {
			fmt.Fprintf(p.out, "  %-8s %-12s %s\n", c.Ref, p.words.Kind(c.Tag), c.Title)
		}
	}
	return nil
}

type tourCommand struct {
	Dir string `arg:"" help:"Folder for the pictures; made if it is not there."`
}

// Run paints every screen with real content, without a display.
func (c tourCommand) Run(ctx context.Context, p *program) error {
	if err := os.MkdirAll(c.Dir, 0o755); err != nil {
		return writeFault(err, c.Dir)
	}
	where, err := p.findPlace(ctx)
	if err != nil {
		return err
	}
	defer where.close()
	if err := p.plantAll(ctx, where); err != nil {
		return err
	}
	pictures, err := p.tour(ctx, where, c.Dir)
	if err != nil {
		return err
	}
	if p.flags.JSON {
		return p.printJSON(map[string]any{"pictures": pictures, "folder": c.Dir})
	}
	_, err = fmt.Fprintln(p.out, p.words.T("command.toured", pictures, c.Dir))
	return err
}
