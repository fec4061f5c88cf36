package preview

import (
	"context"
	"fmt"
	"image"
	"runtime/debug"
	"sync"

	"cinnabar/internal/fault"
)

// flights are the pictures under way. Whoever wants one that is already being
// made joins in; when the last one has lost interest, the work is cancelled.
type flights struct {
	alive sync.WaitGroup
	mu    sync.Mutex
	under map[key]*flight
	stop  bool
}

type flight struct {
	waiting int // guarded by flights.mu
	cancel  context.CancelFunc
	landed  chan struct{}
	img     *image.RGBA // these two once landed is closed
	err     error
}

func newFlights() *flights { return &flights{under: make(map[key]*flight)} }

// join returns what work gives for the key, whether begun for this caller or
// for an earlier one.
func (fs *flights) join(ctx context.Context, k key, work func(context.Context) (*image.RGBA, error)) (*image.RGBA, error) {
	fs.mu.Lock()
	if fs.stop {
		fs.mu.Unlock()
		return nil, fault.New(fault.Cancelled)
	}
	f := fs.under[k]
	if f == nil {
		f = fs.begin(ctx, k, work)
	}
	f.waiting++
	fs.mu.Unlock()

	select {
	case <-f.landed:
		return f.img, f.err
	case <-ctx.Done():
		fs.mu.Lock()
		defer fs.mu.Unlock()
		f.waiting--
		if f.waiting == 0 {
			f.cancel()
			// Whoever comes next must not join work that is being given up.
			if fs.under[k] == f {
				delete(fs.under, k)
			}
		}
		return nil, fault.Wrap(context.Cause(ctx), fault.Cancelled)
	}
}

// begin starts work for a key. fs.mu is held. The work outlives the caller that
// began it as long as another waits, so it has the caller's values and not its end.
func (fs *flights) begin(ctx context.Context, k key, work func(context.Context) (*image.RGBA, error)) *flight {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	f := &flight{cancel: cancel, landed: make(chan struct{})}
	fs.under[k] = f
	fs.alive.Go(func() {
		defer cancel()
		f.img, f.err = guarded(ctx, work)
		fs.mu.Lock()
		if fs.under[k] == f {
			delete(fs.under, k)
		}
		fs.mu.Unlock()
		close(f.landed)
	})
	return f
}

// guarded keeps a panic over one picture from ending the program.
func guarded(ctx context.Context, work func(context.Context) (*image.RGBA, error)) (img *image.RGBA, err error) {
	defer func() {
		if r := recover(); r != nil {
			img, err = nil, fault.Wrap(fmt.Errorf("panic: %v\n%s", r, debug.Stack()), fault.Internal)
		}
	}()
	return work(ctx)
}

func (fs *flights) close() {
	fs.mu.Lock()
	fs.stop = true
	for _, f := range fs.under {
		f.cancel()
	}
	fs.mu.Unlock()
	fs.alive.Wait()
}
