package views

import (
	"context"
	"sync/atomic"
	"time"

	"cinnabar/internal/fault"
	"cinnabar/internal/job"
	"cinnabar/moderation"
	"cinnabar/views/kit"
)

// tried is what was tried of one version, and of which rules: a draft goes on changing.
type tried struct {
	preview   *Preview
	previewOf moderation.RuleSet
	replay    *moderation.Replay
	replayOf  moderation.RuleSet
}

// fits reports whether what was tried of some rules speaks of those that are looked at.
func (d *detector) fits(of moderation.RuleSet) bool {
	now, err := d.now()
	return err == nil && of.Base == now.Base && sameRules(of.Rules, now.Rules)
}

type trialKind string

const (
	previewTrial trialKind = "preview"
	replayTrial  trialKind = "replay"
)

// trial is one that runs, as a job that can be stopped.
type trial struct {
	kind        trialKind
	number      int
	work        *job.Job
	done, total atomic.Int64
	drawing     atomic.Bool  // a redraw of the progress is on its way
	drawn       atomic.Int64 // when it was last asked for, in nanoseconds
}

// trialRhythm is how often the progress of a trial is redrawn at most.
const trialRhythm = 100 * time.Millisecond

func (d *detector) canTry() bool { return d.r.cfg.Replayer != nil && d.r.cfg.Jobs != nil }

// try looks for what the rules hit, or replays them on what people decided. Pressed
// again while one runs it stops that.
func (d *detector) try(kind trialKind) {
	if d.trial != nil {
		d.trial.work.Cancel()
		return
	}
	if !d.canTry() || d.version(d.number) == nil {
		return
	}
	set, err := d.now()
	if err == nil && d.writes() {
		err = d.wrong
	}
	if err != nil {
		d.refuse(err)
		return
	}
	b := d.r.book
	t := &trial{kind: kind, number: d.number}
	var preview Preview
	var replay moderation.Replay
	report := func(p *job.Progress) func(done, total int) {
		return func(done, total int) {
			p.Set(int64(done), int64(total))
			t.done.Store(int64(done))
			t.total.Store(int64(total))
			d.tick(t)
		}
	}
	t.work = d.r.cfg.Jobs.Start(context.Background(), b.T("detector.job_"+string(kind)), func(ctx context.Context, p *job.Progress) (err error) {
		if kind == previewTrial {
			preview, err = d.r.cfg.Replayer.Preview(ctx, set, report(p))
		} else {
			replay, err = d.r.cfg.Replayer.Replay(ctx, set, report(p))
		}
		return err
	})
	d.trial, d.trouble = t, nil
	d.drawFoot()
	d.r.cfg.Go(func() {
		err := t.work.Wait()
		d.r.cfg.Loop.Do(func() {
			if d.trial != t {
				return
			}
			d.trial = nil
			into := d.tried[t.number]
			if into == nil {
				into = &tried{}
				d.tried[t.number] = into
			}
			switch {
			case err == nil && kind == previewTrial:
				into.preview, into.previewOf = &preview, set
			case err == nil:
				into.replay, into.replayOf = &replay, set
			}
			if err != nil && t.work.Snapshot().State != job.Cancelled && fault.CodeOf(err) != fault.Cancelled {
				d.trouble = err
			}
			if t.number == d.number && err == nil {
				if kind == previewTrial {
					d.hits = true
				}
				d.asks = nil
				d.drawLeft()
				if kind == replayTrial {
					d.at = detectorPlace{kind: bookPlace}
					d.mark()
				}
				if d.at.kind != rulePlace { // what is being typed keeps the cursor
					d.drawRight()
					return
				}
			}
			d.drawFoot()
		})
	})
}

// tick redraws the progress, from any goroutine: at most one redraw waits.
func (d *detector) tick(t *trial) {
	now := time.Now().UnixNano()
	if now-t.drawn.Load() < int64(trialRhythm) || !t.drawing.CompareAndSwap(false, true) {
		return
	}
	t.drawn.Store(now)
	d.r.cfg.Loop.Do(func() {
		t.drawing.Store(false)
		if d.trial == t {
			d.drawProgress()
		}
	})
}

// drawProgress shows how far the trial is.
func (d *detector) drawProgress() {
	if d.progress == nil || d.trial == nil {
		return
	}
	b := d.r.book
	done, total := d.trial.done.Load(), d.trial.total.Load()
	share := 0.0
	text := b.T("detector.begins")
	if total > 0 {
		share = float64(done) / float64(total)
		text = b.T("detector.progress", b.Number(int(done)), b.Number(int(total)))
	}
	d.progress.Set(kit.Part{Share: share, Tone: kit.Jade})
	d.counted.Set(text)
}

// standing is the replay that speaks of the version that is looked at, and whether it
// was made of its rules as they are now; nil where there is none.
func (d *detector) standing() (replay *moderation.Replay, current bool) {
	t := d.tries()
	if t.replay != nil {
		return t.replay, d.fits(t.replayOf)
	}
	if v := d.version(d.number); v != nil && v.Replay != nil {
		return v.Replay, v.State != moderation.RulebookDraft || !d.dirty()
	}
	return nil, false
}
