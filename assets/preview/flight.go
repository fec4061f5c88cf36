package preview

import (
	"context"
	"fmt"
	"image"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"cinnabar/assets"
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
	priority atomic.Int64 // the most urgent of those who wait
	waiting  int          // guarded by flights.mu
	on       *flight      // the one whose picture this one is made of; guarded by flights.mu
	cancel   context.CancelFunc
	landed   chan struct{}
	img      *image.RGBA // these two once landed is closed
	err      error
}

// work makes a picture. What it returns beside it, if anything, is done once those who
// wait have the picture.
type work func(context.Context, *flight) (*image.RGBA, func(), error)

func newFlights() *flights { return &flights{under: make(map[key]*flight)} }

// join returns what w gives for the key, whether begun for this caller or for an
// earlier one. from is the flight that asks, nil for one from outside.
func (fs *flights) join(ctx context.Context, from *flight, k key, w work) (*image.RGBA, error) {
	fs.mu.Lock()
	if fs.stop {
		fs.mu.Unlock()
		return nil, fault.New(fault.Cancelled)
	}
	priority := int64(assets.PriorityOf(ctx))
	if from != nil {
		priority = from.priority.Load()
	}
	f := fs.under[k]
	if f == nil {
		f = fs.begin(ctx, k, priority, w)
	}
	f.waiting++
	f.hasten(priority)
	if from != nil {
		from.on = f
	}
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

// hasten makes a flight, and the one it waits for, at least so urgent. It is not made
// less urgent when somebody leaves: it soon lands, or is given up. flights.mu is held.
func (f *flight) hasten(priority int64) {
	for ; f != nil && priority < f.priority.Load(); f = f.on {
		f.priority.Store(priority)
	}
}

// begin starts work for a key. fs.mu is held. The work outlives the caller that
// began it as long as another waits, so it has the caller's values and not its end.
func (fs *flights) begin(ctx context.Context, k key, priority int64, w work) *flight {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	f := &flight{cancel: cancel, landed: make(chan struct{})}
	f.priority.Store(priority)
	fs.under[k] = f
	fs.alive.Go(func() {
		defer cancel()
		var after func()
		f.img, after, f.err = guarded(ctx, f, w)
		close(f.landed)
		if after != nil {
			// Whoever joins now has the picture at once, and nobody makes a smaller one
			// that is just about to be kept.
			_, _, _ = guarded(ctx, f, func(context.Context, *flight) (*image.RGBA, func(), error) {
				after()
				return nil, nil, nil
			})
		}
		fs.mu.Lock()
		if fs.under[k] == f {
			delete(fs.under, k)
		}
		fs.mu.Unlock()
	})
	return f
}

// above returns the smallest size under way that is larger than a key's and kept on disk.
func (fs *flights) above(k key) (px int, there bool) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	for other := range fs.under {
		if other.id == k.id && other.px > k.px && stays(other.px) && (!there || other.px < px) {
			px, there = other.px, true
		}
	}
	return px, there
}

// guarded keeps a panic over one picture from ending the program.
func guarded(ctx context.Context, f *flight, w work) (img *image.RGBA, after func(), err error) {
	defer func() {
		if r := recover(); r != nil {
			img, after, err = nil, nil, fault.Wrap(fmt.Errorf("panic: %v\n%s", r, debug.Stack()), fault.Internal)
		}
	}()
	return w(ctx, f)
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
