package store

import (
	"context"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"
)

// Changes tells that something in the database may have changed.
//
// It asks for one counter every two seconds, and at once after a hint. Hints are
// notifications (LISTEN), which are quicker and no substitute: they get lost with
// the connection, poolers swallow them, and sending one in every write would let the
// server commit one transaction at a time. So what is told rests on the counter alone.
type Changes struct {
	db *DB

	mu       sync.Mutex
	watchers map[*changeWatcher]struct{}
	polls    bool
	fresh    bool // somebody new watches, and may have read just before
}

type changeWatcher struct{ wake chan struct{} }

func newChanges(db *DB) *Changes {
	return &Changes{db: db, watchers: map[*changeWatcher]struct{}{}}
}

// Changes returns the change feed.
func (db *DB) Changes() *Changes { return db.changes }

// Watch calls f when anything may have changed since the last call: soon after
// Watch itself, after changes, and when a lost link is back. It calls on a
// goroutine of f's own, one call at a time, returns at once, and ends with ctx or Close.
func (c *Changes) Watch(ctx context.Context, f func()) {
	w := &changeWatcher{wake: make(chan struct{}, 1)}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.db.isClosed() {
		return
	}
	c.watchers[w] = struct{}{}
	c.fresh = true
	if !c.polls {
		c.polls = true
		c.db.finished.Go(c.poll)
	}
	go func() {
		defer c.drop(w)
		for {
			select {
			case <-ctx.Done():
				return
			case <-c.db.closing:
				return
			case <-w.wake:
				f()
			}
		}
	}()
}

func (c *Changes) drop(w *changeWatcher) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.watchers, w)
}

// idle ends the polling when nobody watches any more.
func (c *Changes) idle() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.watchers) == 0 {
		c.polls = false
	}
	return !c.polls
}

func (c *Changes) tell() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for w := range c.watchers {
		select {
		case w.wake <- struct{}{}:
		default: // it has not begun with the last one
		}
	}
}

func (c *Changes) takeFresh() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	fresh := c.fresh
	c.fresh = false
	return fresh
}

func (c *Changes) poll() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	c.db.finished.Go(func() {
		select {
		case <-c.db.closing:
			cancel()
		case <-ctx.Done():
		}
	})
	heard := make(chan struct{}, 1)
	c.db.finished.Go(func() {
		c.db.hear(ctx, func() {
			select {
			case heard <- struct{}{}:
			default: // the poll that follows is for this one too
			}
		})
	})
	var follow follower
	pace := pace{gap: c.db.limits.hint}
	for !c.idle() {
		if !c.rest(heard, pace) {
			return
		}
		pace.last = time.Now()
		var m mark
		err := c.db.read(ctx, func(q sqlx.QueryerContext) error { return sqlx.GetContext(ctx, q, &m, markQuery) })
		if err != nil {
			follow.gap = true
			continue
		}
		c.db.compare(m.ReadFrom, m.WriteFrom)
		if fresh := c.takeFresh(); follow.changed(m) || fresh {
			c.tell()
		}
	}
}

// rest waits until the next poll is due; false means that the database is closed.
func (c *Changes) rest(heard <-chan struct{}, pace pace) bool {
	pause := jitter(c.db.limits.poll)
	due := time.Now().Add(pause)
	timer := time.NewTimer(pause)
	defer timer.Stop()
	for {
		select {
		case <-c.db.closing:
			return false
		case <-timer.C:
			return true
		case <-heard:
			now := time.Now()
			if at := pace.soonest(now); at.Before(due) {
				due = at
				timer.Reset(at.Sub(now))
			}
		}
	}
}

// mark is the counter, and which transactions were under way when it was read.
type mark struct {
	Counter int64 `db:"counter"`
	Oldest  int64 `db:"oldest"` // every transaction before this one has ended
	Next    int64 `db:"next"`   // no transaction from this one on has begun

	// The levels that the database asks of its clients may be raised at any time.
	ReadFrom  int `db:"read_from"`
	WriteFrom int `db:"write_from"`
}

const markQuery = `
	SELECT change.last_value AS counter,
	       CAST(CAST(pg_snapshot_xmin(s) AS text) AS bigint) AS oldest,
	       CAST(CAST(pg_snapshot_xmax(s) AS text) AS bigint) AS next,
	       compat.read_from, compat.write_from
	  FROM studio.change, studio.compat, pg_current_snapshot() AS s`

// follower decides what one mark after another means. A sequence moves when a
// transaction asks for it, which is before its rows can be seen. So a change is
// told when the counter moves, once more with the next mark, for the many that
// commit at once, and a last time when all have ended that were under way at that
// next mark. Not at the first: a statement takes its snapshot before it reads the
// counter, and in between a transaction can begin and count.
type follower struct {
	last    mark
	echo    bool
	barrier int64 // transactions below it may hold what the counter told; 0 means none
	gap     bool  // marks were missed
}

func (f *follower) changed(m mark) bool {
	moved := m.Counter != f.last.Counter || f.gap
	tell := moved || f.echo
	if f.barrier != 0 && m.Oldest >= f.barrier {
		f.barrier = 0
		tell = true
	}
	if moved || f.echo {
		f.barrier = m.Next
	}
	f.echo, f.gap, f.last = moved, false, m
	return tell
}
