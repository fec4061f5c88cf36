// Package job runs long work that people can see and stop: an import, a scan,
// an export. A job has a name, a progress that any goroutine may read, a way to
// cancel it, and an end with or without an error.
//
// It holds no queue that outlives the program and draws nothing: bars and lists
// are made of snapshots by whoever shows them. Work inside a job is the job's
// own affair; it gets one goroutine, never one per item.
package job

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"
)

// State is where a job stands.
type State string

// The states. Waiting jobs stand behind the runner's cap.
const (
	Waiting   State = "waiting"
	Running   State = "running"
	Done      State = "done"
	Failed    State = "failed"
	Cancelled State = "cancelled"
)

// Over reports whether nothing more will happen.
func (s State) Over() bool { return s == Done || s == Failed || s == Cancelled }

// Snapshot is a job at one moment.
type Snapshot struct {
	ID    int64 // grows with every job of a runner
	Name  string
	State State
	Done  int64 // in whatever unit the work counts: rows, bytes
	Total int64 // 0 when nobody knows
	Note  string
	Err   error     // what it failed of; nil while it runs and when it is fine or cancelled
	Began time.Time // zero while waiting
	Ended time.Time // zero until over
}

// Work is what a job does. It must return soon after ctx ends.
type Work func(ctx context.Context, p *Progress) error

// Job is one piece of work on its way.
type Job struct {
	runner *Runner
	cancel context.CancelFunc
	over   chan struct{}

	mu   sync.Mutex
	snap Snapshot
}

// Snapshot returns the job as it stands now.
func (j *Job) Snapshot() Snapshot {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.snap
}

// Cancel asks the job to stop. It returns at once; Wait tells when it has.
func (j *Job) Cancel() { j.cancel() }

// Over is closed when the job has ended.
func (j *Job) Over() <-chan struct{} { return j.over }

// Wait blocks until the job has ended and returns its error, context.Canceled
// if it was stopped.
func (j *Job) Wait() error {
	<-j.over
	s := j.Snapshot()
	if s.State == Cancelled {
		return context.Canceled
	}
	return s.Err
}

func (j *Job) update(change func(*Snapshot)) {
	j.mu.Lock()
	change(&j.snap)
	j.mu.Unlock()
}

// Progress is the job's side of its snapshot. It is safe for several goroutines.
type Progress struct{ job *Job }

// Set says how far the work is; a total of 0 means that nobody knows.
func (p *Progress) Set(done, total int64) {
	p.job.update(func(s *Snapshot) { s.Done, s.Total = done, total })
}

// Add moves the work on by n.
func (p *Progress) Add(n int64) {
	p.job.update(func(s *Snapshot) { s.Done += n })
}

// Note says in a few words what is being done. It is shown as it is, so it
// comes in the person's language.
func (p *Progress) Note(text string) {
	p.job.update(func(s *Snapshot) { s.Note = text })
}

// run is the job's only goroutine.
func (j *Job) run(ctx context.Context, work Work) {
	defer close(j.over)
	defer j.cancel()
	if !j.runner.enter(ctx) {
		j.end(ctx, ctx.Err())
		return
	}
	j.update(func(s *Snapshot) { s.State, s.Began = Running, time.Now() })
	j.runner.changed()
	err := guarded(ctx, work, &Progress{j})
	j.runner.leave()
	j.end(ctx, err)
}

func (j *Job) end(ctx context.Context, err error) {
	j.update(func(s *Snapshot) {
		s.Ended = time.Now()
		switch {
		case err == nil:
			s.State = Done
		case ctx.Err() != nil:
			// Whatever the work made of its cancelled context, it was stopped.
			s.State = Cancelled
		default:
			s.State, s.Err = Failed, err
		}
	})
	j.runner.changed()
}

// guarded turns a panic into an error: a job must not take the studio with it.
func guarded(ctx context.Context, work Work, p *Progress) (err error) {
	// As fault.Catch does, which a leaf must not import.
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return work(ctx, p)
}
