package main

import (
	"context"
	"path/filepath"
	"time"

	"cinnabar/internal/job"
	"cinnabar/moderation"
	"cinnabar/moderation/disclosure"
)

// runningJobs shows the shell what a runner works on.
type runningJobs struct{ *job.Runner }

func shortName(path string) string { return filepath.Base(path) }

// runTrial is what a shared server leaves to its workers: bringing the sample in
// on a first start, and scoring whatever comes in later.
func (s *studio) runTrial(ctx context.Context, g *planting) {
	if err := s.plant(ctx, g); err != nil && ctx.Err() == nil {
		s.program.log.Error("sample", "error", err)
		s.loop.Do(func() { s.tell(err) })
	}
	s.behind("look", func() { s.keepLooking(ctx) })
	s.keepScanning(ctx)
}

func (s *studio) plant(ctx context.Context, g *planting) error {
	if err := g.begin(ctx, s.place); err != nil || g.done() {
		return err
	}
	work := s.jobs.Start(ctx, s.speech.T("command.sample_coming"), func(ctx context.Context, p *job.Progress) error {
		if err := g.first(ctx); err != nil {
			return err
		}
		s.program.log.Info("first cases are in", "since_start", time.Since(started))
		s.loop.Do(func() { s.desk.changed() })
		return g.rest(ctx, p.Set)
	})
	return work.Wait()
}

// keepScanning scores new posts as they come, and brings the directory's fees to a new
// day's. It asks again whenever the database has changed, and rests between two looks.
func (s *studio) keepScanning(ctx context.Context) {
	worker, err := s.place.open(ctx, trialWorker)
	if err != nil {
		s.program.log.Error("scan", "error", err)
		return
	}
	defer worker.Close()
	models := &scanModels{base: disclosure.Default(), rules: worker.Rulebooks()}
	linker := &linker{book: worker.Rings(), texts: worker.Posts()}
	changed := make(chan struct{}, 1)
	worker.Changes().Watch(ctx, func() {
		select {
		case changed <- struct{}{}:
		default: // a look is due already
		}
	})
	var renewed moderation.Date // fees are of this day
	for {
		if day := today(); day != renewed {
			if err := renewFees(ctx, worker.KOLs()); err == nil {
				renewed = day
			}
		}
		waiting := 0
		err := models.refresh(ctx)
		if err == nil {
			waiting, err = models.waiting(ctx, worker.Scans())
		}
		if err == nil && waiting > 0 {
			work := s.jobs.Start(ctx, s.speech.T("command.scanning"), func(ctx context.Context, p *job.Progress) error {
				_, err := scanAll(ctx, worker.Scans(), models, func(done, total int) { p.Set(int64(done), int64(total)) })
				return err
			})
			err = work.Wait()
		} else if err == nil { // what a scan left behind, or scored before there were rings
			err = linker.rest(ctx)
		}
		if err != nil && ctx.Err() == nil {
			s.program.log.Warn("scan", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-changed:
		case <-time.After(time.Minute):
		}
	}
}
