package job

import (
	"context"
	"sync"
)

// kept is how many jobs that are over a runner remembers, so that a list of
// jobs shows what just ended without growing all day.
const kept = 20

// Runner starts jobs and keeps count of them. At most a fixed number work at
// once; the others wait in the order in which they came.
type Runner struct {
	slots chan struct{}
	ctx   context.Context
	stop  context.CancelFunc
	alive sync.WaitGroup

	mu     sync.Mutex
	last   int64
	jobs   []*Job
	closed bool
	watch  map[int64]func()
}

// NewRunner returns a runner that lets atOnce jobs work at once, at least one.
func NewRunner(atOnce int) *Runner {
	ctx, stop := context.WithCancel(context.Background())
	return &Runner{slots: make(chan struct{}, max(1, atOnce)), ctx: ctx, stop: stop, watch: make(map[int64]func())}
}

// Start begins work under a name, or lets it wait for its turn. The job ends
// early when ctx ends, when it is cancelled, or when the runner is closed; after
// Close it comes back cancelled.
func (r *Runner) Start(ctx context.Context, name string, work Work) *Job {
	ctx, cancel := context.WithCancel(ctx)
	unhook := context.AfterFunc(r.ctx, cancel)
	j := &Job{runner: r, cancel: func() { unhook(); cancel() }, over: make(chan struct{})}

	r.mu.Lock()
	r.last++
	j.snap = Snapshot{ID: r.last, Name: name, State: Waiting}
	if r.closed {
		j.snap.State = Cancelled
		r.mu.Unlock()
		j.cancel()
		close(j.over)
		return j
	}
	r.forget()
	r.jobs = append(r.jobs, j)
	r.alive.Go(func() { j.run(ctx, work) })
	r.mu.Unlock()
	r.changed()
	return j
}

// forget drops the oldest jobs that are over beyond those kept. r.mu is held.
func (r *Runner) forget() {
	over := 0
	for _, j := range r.jobs {
		if j.Snapshot().State.Over() {
			over++
		}
	}
	live := r.jobs[:0]
	for _, j := range r.jobs {
		if over > kept && j.Snapshot().State.Over() {
			over--
			continue
		}
		live = append(live, j)
	}
	clear(r.jobs[len(live):])
	r.jobs = live
}

// Jobs returns what waits, what runs and what lately ended, oldest first.
func (r *Runner) Jobs() []Snapshot {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make([]Snapshot, len(r.jobs))
	for i, j := range r.jobs {
		all[i] = j.Snapshot()
	}
	return all
}

// Cancel asks a job to stop, by the ID in its snapshot. It returns at once; an
// unknown job, or one that is over, needs no stopping.
func (r *Runner) Cancel(id int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, j := range r.jobs {
		if j.Snapshot().ID == id {
			j.Cancel()
		}
	}
}

// Watch calls f whenever a job appears, begins or ends, not at every step of
// its progress: whoever shows that looks at Jobs in their own rhythm. f is
// called from the jobs' goroutines and must return at once.
func (r *Runner) Watch(f func()) (stop func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last++
	id := r.last
	r.watch[id] = f
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.watch, id)
	}
}

func (r *Runner) changed() {
	r.mu.Lock()
	calls := make([]func(), 0, len(r.watch))
	for _, f := range r.watch {
		calls = append(calls, f)
	}
	r.mu.Unlock()
	for _, f := range calls {
		f()
	}
}

// Close cancels every job and waits until all have ended.
func (r *Runner) Close() {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.stop()
	r.alive.Wait()
}

// enter waits for a slot. Goroutines blocked on a channel are served in the
// order in which they came, which is all the fairness that is needed here.
func (r *Runner) enter(ctx context.Context) bool {
	if ctx.Err() != nil {
		return false
	}
	select {
	case r.slots <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

func (r *Runner) leave() { <-r.slots }
