package job_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"cinnabar/internal/fault"
	"cinnabar/internal/job"
)

func TestNoMoreJobsWorkThanTheCapAllows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := job.NewRunner(2)
		defer r.Close()
		release := make(chan struct{})
		var working, most atomic.Int32
		for i := range 7 {
			r.Start(t.Context(), fmt.Sprint(i), func(context.Context, *job.Progress) error {
				most.Store(max(most.Load(), working.Add(1)))
				<-release
				working.Add(-1)
				return nil
			})
		}
		synctest.Wait()
		if got := states(r); got[job.Running] != 2 || got[job.Waiting] != 5 {
			t.Fatalf("states = %v, want 2 running and 5 waiting", got)
		}
		close(release)
		synctest.Wait()
		if got := states(r); got[job.Done] != 7 {
			t.Errorf("states = %v, want 7 done", got)
		}
		if most.Load() > 2 {
			t.Errorf("%d jobs worked at once, want at most 2", most.Load())
		}
	})
}

func TestProgressIsReadWhileTheJobRuns(t *testing.T) {
	t.Parallel()
	r := job.NewRunner(1)
	defer r.Close()
	half, goOn := make(chan struct{}), make(chan struct{})
	j := r.Start(t.Context(), "import", func(_ context.Context, p *job.Progress) error {
		p.Set(40, 100)
		p.Add(10)
		p.Note("posts.csv")
		close(half)
		<-goOn
		return nil
	})
	<-half
	s := j.Snapshot()
	if s.State != job.Running || s.Done != 50 || s.Total != 100 || s.Note != "posts.csv" || s.Began.IsZero() {
		t.Errorf("snapshot = %+v", s)
	}
	close(goOn)
	if err := j.Wait(); err != nil {
		t.Errorf("Wait = %v", err)
	}
	if s := j.Snapshot(); s.State != job.Done || s.Ended.IsZero() {
		t.Errorf("snapshot at the end = %+v", s)
	}
}

func TestACancelledJobIsNotAFailure(t *testing.T) {
	t.Parallel()
	r := job.NewRunner(1)
	defer r.Close()
	j := r.Start(t.Context(), "scan", func(ctx context.Context, _ *job.Progress) error {
		<-ctx.Done()
		return fmt.Errorf("reading: %w", ctx.Err())
	})
	waiting := r.Start(t.Context(), "behind it", func(context.Context, *job.Progress) error {
		t.Error("a job cancelled while it waited ran")
		return nil
	})
	waiting.Cancel()
	if err := waiting.Wait(); fault.CodeOf(err) != fault.Cancelled {
		t.Errorf("Wait of the waiting job = %v", err)
	}
	j.Cancel()
	if err := j.Wait(); fault.CodeOf(err) != fault.Cancelled {
		t.Errorf("Wait = %v, want Cancelled", err)
	}
	if s := j.Snapshot(); s.State != job.Cancelled || s.Err != nil {
		t.Errorf("snapshot = %+v", s)
	}
}

func TestAFailureKeepsItsErrorAndAPanicBecomesOne(t *testing.T) {
	t.Parallel()
	r := job.NewRunner(1)
	defer r.Close()
	broken := errors.New("broken")
	if err := r.Start(t.Context(), "a", func(context.Context, *job.Progress) error { return broken }).Wait(); !errors.Is(err, broken) {
		t.Errorf("Wait = %v, want broken", err)
	}
	j := r.Start(t.Context(), "b", func(context.Context, *job.Progress) error { panic("oh") })
	if err := j.Wait(); fault.CodeOf(err) != fault.Internal || j.Snapshot().State != job.Failed {
		t.Errorf("Wait = %v, state %s", err, j.Snapshot().State)
	}
	// The slot must be free again.
	if err := r.Start(t.Context(), "c", func(context.Context, *job.Progress) error { return nil }).Wait(); err != nil {
		t.Errorf("the job after a panic: %v", err)
	}
}

func TestCloseEndsEveryJobAndTakesNoMore(t *testing.T) {
	t.Parallel()
	r := job.NewRunner(2)
	var jobs []*job.Job
	for range 5 {
		jobs = append(jobs, r.Start(context.Background(), "work", func(ctx context.Context, _ *job.Progress) error {
			<-ctx.Done()
			return ctx.Err()
		}))
	}
	r.Close()
	for _, j := range append(jobs, r.Start(context.Background(), "late", nil)) {
		if s := j.Snapshot(); s.State != job.Cancelled {
			t.Errorf("%s is %s, want cancelled", s.Name, s.State)
		}
	}
}

func TestARunnerForgetsOldJobs(t *testing.T) {
	t.Parallel()
	r := job.NewRunner(1)
	defer r.Close()
	var calls atomic.Int32
	stop := r.Watch(func() { calls.Add(1) })
	for range 100 {
		if err := r.Start(t.Context(), "small", func(context.Context, *job.Progress) error { return nil }).Wait(); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(r.Jobs()); n > 21 {
		t.Errorf("%d jobs kept, want at most 21", n)
	}
	if calls.Load() < 300 {
		t.Errorf("watched %d changes, want 3 a job", calls.Load())
	}
	stop()
	before := calls.Load()
	_ = r.Start(t.Context(), "unseen", func(context.Context, *job.Progress) error { return nil }).Wait()
	if calls.Load() != before {
		t.Error("a stopped watch was called")
	}
}

func TestSnapshotsMayBeReadFromAnywhere(t *testing.T) {
	t.Parallel()
	r := job.NewRunner(4)
	defer r.Close()
	var readers sync.WaitGroup
	ended := make(chan struct{})
	for range 3 {
		readers.Go(func() {
			for {
				select {
				case <-ended:
					return
				default:
					r.Jobs()
				}
			}
		})
	}
	for range 50 {
		j := r.Start(t.Context(), "count", func(_ context.Context, p *job.Progress) error {
			for range 100 {
				p.Add(1)
			}
			return nil
		})
		if err := j.Wait(); err != nil || j.Snapshot().Done != 100 {
			t.Fatalf("done %d, err %v", j.Snapshot().Done, err)
		}
	}
	close(ended)
	readers.Wait()
}

func states(r *job.Runner) map[job.State]int {
	count := make(map[job.State]int)
	for _, s := range r.Jobs() {
		count[s.State]++
	}
	return count
}
