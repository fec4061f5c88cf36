package preview

import (
	"context"
	"slices"
	"sync"

	"cinnabar/assets"
)

// turns lets a few at a time do something; of those who wait, the one goes next whose
// picture is looked at soonest, and among equals the one who came first.
type turns struct {
	spared int // turns that only what is visible may take

	mu      sync.Mutex
	free    int
	waiting []*turn
}

type turn struct {
	flight *flight
	come   chan struct{} // closed when it has come
}

func newTurns(n, spared int) *turns { return &turns{spared: spared, free: n} }

// take waits for a turn of a flight, whose priority may change meanwhile; false means
// that ctx ended first. Whoever gets true owes a pass.
func (t *turns) take(ctx context.Context, f *flight) bool {
	if ctx.Err() != nil {
		return false
	}
	t.mu.Lock()
	mine := &turn{f, make(chan struct{})}
	t.waiting = append(t.waiting, mine)
	t.next()
	t.mu.Unlock()

	select {
	case <-mine.come:
		return true
	case <-ctx.Done():
	}
	t.mu.Lock()
	at := slices.Index(t.waiting, mine)
	if at >= 0 {
		t.waiting = slices.Delete(t.waiting, at, at+1)
	}
	t.mu.Unlock()
	if at < 0 {
		t.pass() // it came at the same moment
	}
	return false
}

// pass gives a turn back, and to the next.
func (t *turns) pass() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.free++
	t.next()
}

// next gives away a turn if there is one and somebody who may have it. t.mu is held.
func (t *turns) next() {
	if t.free == 0 || len(t.waiting) == 0 {
		return
	}
	best := 0
	for i, w := range t.waiting {
		if w.flight.priority.Load() < t.waiting[best].flight.priority.Load() {
			best = i
		}
	}
	if t.free <= t.spared && t.waiting[best].flight.priority.Load() > int64(assets.Visible) {
		return
	}
	t.free--
	close(t.waiting[best].come)
	t.waiting = slices.Delete(t.waiting, best, best+1)
}
