package store

import (
	"context"
	"errors"
	"sync"
	"time"

	"cinnabar/internal/fault"
)

// Link is where the connection stands.
type Link struct {
	Up      bool
	Since   time.Time    // by this machine's clock
	Fault   *fault.Error // why it is down; or SchemaNew, when it is up for reading only
	Host    string       // for people: a host name, or a socket's folder
	Private bool         // the private server of a trial
}

// link keeps the state and tells those who watch. It never calls them itself:
// each has a goroutine of its own, so that a slow one delays nobody.
type link struct {
	mu       sync.Mutex
	now      Link
	watchers map[*watcher]struct{}
	round    chan struct{} // closed at the end of the probe that runs or comes next
	kick     chan struct{} // asks for a probe now
}

type watcher struct {
	wake chan struct{}
	done chan struct{}
}

func newLink(host string, g greeting) *link {
	return &link{
		now:      Link{Up: true, Since: time.Now(), Fault: g.old, Host: host, Private: g.private},
		watchers: map[*watcher]struct{}{},
		round:    make(chan struct{}),
		kick:     make(chan struct{}, 1),
	}
}

// Link returns where the connection stands now.
func (db *DB) Link() Link {
	db.link.mu.Lock()
	defer db.link.mu.Unlock()
	return db.link.now
}

// WatchLink calls f with every new state, one call at a time, on a goroutine of
// f's own, until stop or Close. A slow f misses states in between and always
// gets the last one.
func (db *DB) WatchLink(f func(Link)) (stop func()) {
	w := &watcher{wake: make(chan struct{}, 1), done: make(chan struct{})}
	db.link.mu.Lock()
	db.link.watchers[w] = struct{}{}
	db.link.mu.Unlock()
	go func() {
		for {
			select {
			case <-db.closing:
				return
			case <-w.done:
				return
			case <-w.wake:
				f(db.Link())
			}
		}
	}()
	return func() { db.link.drop(w) }
}

func (l *link) drop(w *watcher) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, there := l.watchers[w]; there {
		delete(l.watchers, w)
		close(w.done)
	}
}

// lower notes that the server is out of reach, and why.
func (l *link) lower(why *fault.Error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.now.Up && l.now.Fault.Code == why.Code {
		return
	}
	if l.now.Up {
		l.now.Since = time.Now()
	}
	l.now.Up, l.now.Fault = false, why
	l.tell()
}

// raise notes that the server is there again.
func (l *link) raise(g greeting) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now.Up, l.now.Since, l.now.Fault, l.now.Private = true, time.Now(), g.old, g.private
	l.tell()
}

// restrict notes that the server lets this program read and not write, or no
// longer so when old is nil.
func (l *link) restrict(old *fault.Error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.now.Up || (l.now.Fault == nil) == (old == nil) {
		return
	}
	l.now.Fault = old
	l.tell()
}

func (l *link) tell() {
	for w := range l.watchers {
		select {
		case w.wake <- struct{}{}:
		default: // it has not looked yet, and will see this state when it does
		}
	}
}

// patience is how long a write may go on trying: the whole time when the link
// was just lost, and a tenth when it has been down for longer than that.
func (l *link) patience(whole time.Duration) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.now.Up {
		return whole
	}
	return max(whole-time.Since(l.now.Since), whole/10)
}

// poke asks for a probe now.
func (l *link) poke() {
	select {
	case l.kick <- struct{}{}:
	default:
	}
}

// learn draws on a call that was made anyway.
func (db *DB) learn(ctx context.Context, err error) {
	var u unreachable
	switch {
	case err == nil:
	case ctx.Err() != nil:
		db.link.poke() // a call that its caller gave up proves nothing
	case errors.As(err, &u):
		db.link.lower(u.why)
		db.link.poke()
	case lost(err):
		db.link.lower(fault.Wrap(err, fault.Offline, "host", db.address.host))
		db.link.poke()
	default:
		if f := fault.Of(statementFault(err)); f.Code == fault.SchemaNew {
			db.link.restrict(f)
		}
	}
}

// compare learns from the levels that the database asks of its clients, which a
// migration may raise while we are connected.
func (db *DB) compare(reads, writes int) {
	if f := tooOld(reads); f != nil {
		db.link.lower(f)
		db.link.poke()
		return
	}
	db.link.restrict(tooOld(writes))
}

// settled returns at once while the link is up. While it is down, it waits for the
// outcome of one probe: many calls then cost one attempt to connect, and none
// of them waits longer than that one.
func (db *DB) settled(ctx context.Context) error {
	db.link.mu.Lock()
	up, round := db.link.now.Up, db.link.round
	db.link.mu.Unlock()
	if up {
		return nil
	}
	db.link.poke()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-db.closing:
	case <-round:
	}
	if now := db.Link(); !now.Up {
		return unreachable{now.Fault}
	}
	return nil
}

// keepLink asks after the server now and then, at once when a call was lost, and
// more often while the link is down.
func (db *DB) keepLink() {
	const shortest, longest = 200 * time.Millisecond, 2 * time.Second
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	db.finished.Go(func() { <-db.closing; cancel() })

	wait := shortest
	for {
		pause := db.limits.heartbeat
		if db.Link().Up {
			wait = shortest
		} else {
			pause, wait = wait, min(wait*3/2, longest)
		}
		timer := time.NewTimer(jitter(pause))
		select {
		case <-db.closing:
			timer.Stop()
			return
		case <-db.link.kick:
			timer.Stop()
		case <-timer.C:
		}
		db.probe(ctx)
	}
}

// probe settles whether the server is there, on a connection of its own: the
// pool's may all be stuck on the link that is in question. A server that comes
// back is greeted anew, since it may have been migrated meanwhile.
func (db *DB) probe(ctx context.Context) {
	defer db.link.endRound()
	wasUp := db.Link().Up
	ctx, cancel := context.WithTimeout(ctx, db.limits.connect)
	defer cancel()
	conn, err := db.connector.Connect(ctx)
	if err == nil {
		conn.Close()
		if wasUp {
			return
		}
		db.dropIdle()
		var g greeting
		if g, err = db.greet(ctx); err == nil {
			db.link.raise(g)
			return
		}
	}
	if db.isClosed() {
		return
	}
	var known *fault.Error
	if !errors.As(err, &known) {
		if known = connectFault(err, db.address); known == nil {
			known = fault.Wrap(err, fault.Offline, "host", db.address.host)
		}
	}
	db.link.lower(known)
}

// endRound lets go those who wait for the probe's outcome.
func (l *link) endRound() {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.round)
	l.round = make(chan struct{})
}
