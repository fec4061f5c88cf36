package store

import (
	"context"
	"database/sql/driver"
	"math/rand/v2"
	"time"

	"github.com/lib/pq"
)

// A hint says that somebody has just committed something: look at the counter now.
// It carries nothing, and nothing depends on it. Whoever wrote asks the database
// for one, which sends few of them; whoever watches listens on a connection of its
// own and polls a little earlier.

// hint asks for one soon, unless that is wished for already. It never waits.
func (db *DB) hint() {
	select {
	case db.hints <- struct{}{}:
	default:
	}
}

// keepHints asks the database for hints, one wish at a time, away from whoever wrote.
func (db *DB) keepHints() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	db.finished.Go(func() { <-db.closing; cancel() })
	for {
		select {
		case <-ctx.Done():
			return
		case <-db.hints:
		}
		wait, err := db.sendHint(ctx)
		if err != nil || wait == 0 {
			continue
		}
		// The last one went out before our commit. Asked again after the wait, the
		// database sends one, or somebody else had it sent meanwhile.
		if !sleep(ctx, wait) {
			return
		}
		select {
		case <-db.hints: // wished for while we waited, and served by the same
		default:
		}
		_, _ = db.sendHint(ctx)
	}
}

// sendHint asks once, and says after how long to ask again; 0 means never. What
// goes wrong says nothing about the link: that is for calls which somebody waits for.
func (db *DB) sendHint(ctx context.Context) (again time.Duration, err error) {
	if db.pool.Stats().InUse >= poolSize {
		return 0, nil // the connections are for what people wait for
	}
	ctx, cancel := context.WithTimeout(ctx, db.limits.connect)
	defer cancel()
	conn, release, err := db.borrow(ctx)
	if err != nil {
		return 0, err
	}
	defer release()
	var ms int64
	err = conn.QueryRowxContext(ctx, `SELECT studio.hint()`).Scan(&ms)
	return time.Duration(ms) * time.Millisecond, err
}

// hear calls heard when a hint came, for several at once only once, and whenever it
// begins to listen, since what was said before is lost. It ends with ctx, at once.
//
// lib/pq's own Listener can't do that: its Ping and Close wait for a peer that has
// gone silent, and it takes its settings from a text, not from those of the pool.
func (db *DB) hear(ctx context.Context, heard func()) {
	const shortest, longest = 200 * time.Millisecond, 10 * time.Second
	for wait := shortest; ; wait = min(wait*2, longest) {
		if db.listen(ctx, heard) {
			wait = shortest
		}
		if !sleep(ctx, jitter(wait)) {
			return
		}
	}
}

// listen hears on one connection until that breaks or ctx ends, and reports whether
// it got as far as to hear anything.
func (db *DB) listen(ctx context.Context, heard func()) bool {
	connecting, cancel := context.WithTimeout(ctx, db.limits.connect)
	conn, err := db.connector.Connect(connecting)
	cancel()
	if err != nil {
		return false
	}
	defer conn.Close()
	w := db.connector.wireOf(conn)
	// Cut off, whatever waits for the peer returns, a peer gone silent or not.
	defer context.AfterFunc(ctx, func() { w.Close() })()

	said := false
	pq.SetNotificationHandler(conn, func(*pq.Notification) { said = true })
	run := func(text string) error {
		_, err := conn.(driver.ExecerContext).ExecContext(context.Background(), text, nil)
		return err
	}
	if run(`LISTEN cinnabar`) != nil {
		return false
	}
	heard()
	for {
		if !said {
			w.await(db.limits.heartbeat)
		} else {
			said = false
			heard()
			// However many come, they are taken in together.
			if !sleep(ctx, db.limits.hint) {
				return true
			}
		}
		// The driver takes in what came only while a statement runs. After a long
		// silence the empty one also asks whether the peer is still there.
		if run(`;`) != nil {
			return true
		}
	}
}

// pace keeps polls that hints ask for apart: one notification wakes all desks at
// the same moment, and anybody with a login can send as many as they like.
type pace struct {
	gap  time.Duration // between two polls
	last time.Time     // when the last one was, asked for or not
}

// soonest is when a hint that came now may be followed.
func (p pace) soonest(now time.Time) time.Time {
	at := now.Add(rand.N(p.gap/2 + 1))
	if free := p.last.Add(p.gap); at.Before(free) {
		return free
	}
	return at
}

// sleep waits; false means that ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
