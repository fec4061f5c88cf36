package store

import (
	"context"
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

// link keeps the state and tells those who watch.
type link struct {
	mu       sync.Mutex
	now      Link
	old      *fault.Error // the fault of an up link
	watchers map[*watcher]struct{}
	kick     chan struct{} // wakes keepLink
	heard    time.Time     // last answer of the server
}

func newLink(host string, g greeting) *link {
	return &link{
		now:      Link{Up: true, Since: time.Now(), Fault: g.old, Host: host, Private: g.private},
		old:      g.old,
		watchers: map[*watcher]struct{}{},
		kick:     make(chan struct{}, 1),
		heard:    time.Now(),
	}
}

// Link returns where the connection stands now.
func (db *DB) Link() Link {
	db.link.mu.Lock()
	defer db.link.mu.Unlock()
	return db.link.now
}

// WatchLink calls f with every new state, one call at a time, on a goroutine of
// f's own. A slow f misses states in between and always gets the last one.
func (db *DB) WatchLink(f func(Link)) (stop func()) {
	w := &watcher{wake: make(chan struct{}, 1), done: make(chan struct{})}
	db.link.mu.Lock()
	db.link.watchers[w] = struct{}{}
	db.link.mu.Unlock()
	go func() {
		for {
			select {
			case <-w.done:
				return
			case <-w.wake:
				f(db.Link())
			}
		}
	}()
	return func() { db.link.drop(w) }
}

type watcher struct {
	wake chan struct{}
	done chan struct{}
}

func (l *link) drop(w *watcher) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, there := l.watchers[w]; there {
		delete(l.watchers, w)
		close(w.done)
	}
}

// stopAll ends every watch.
func (l *link) stopAll() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for w := range l.watchers {
		delete(l.watchers, w)
		close(w.done)
	}
}

// set changes the state and tells the watchers if it is a change.
func (l *link) set(up bool, f *fault.Error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if up {
		l.heard = time.Now()
		f = l.old
	}
	if l.now.Up == up {
		return
	}
	l.now.Up, l.now.Since, l.now.Fault = up, time.Now(), f
	for w := range l.watchers {
		select {
		case w.wake <- struct{}{}:
		default: // it has not looked yet, and will see this state when it does
		}
	}
}

// patience is how long a write may go on trying: the whole time when the link
// was just lost, and one good try when it has been down for longer.
func (l *link) patience(whole time.Duration) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.now.Up {
		return whole
	}
	return max(whole-time.Since(l.now.Since), whole/10)
}

func (l *link) poke() {
	select {
	case l.kick <- struct{}{}:
	default:
	}
}

// noteOutcome learns the state of the link from a call that was made anyway.
func (db *DB) noteOutcome(ctx context.Context, err error) {
	switch {
	case lost(err) || (err != nil && ctx.Err() != nil):
		if f := connectFault(err, db.address); f != nil && ctx.Err() == nil {
			db.link.set(false, f)
		}
		db.link.poke() // a call that its caller gave up proves nothing; ask
	default:
		db.link.set(true, nil)
	}
}

// keepLink asks after the server when nobody else has for a while, and when the
// link is down until it is back.
func (db *DB) keepLink() {
	const shortest, longest = 200 * time.Millisecond, 2 * time.Second
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	stop := context.AfterFunc(ctx, func() {})
	defer stop()
	go func() { <-db.closing; cancel() }()

	wait := shortest
	for {
		pause := db.limits.heartbeat
		if !db.Link().Up {
			pause = wait
			wait = min(wait*3/2, longest)
		} else {
			wait = shortest
		}
		select {
		case <-db.closing:
			return
		case <-db.link.kick:
		case <-time.After(jitter(pause)):
		}
		db.probe(ctx)
	}
}

// probe settles whether the server is there.
func (db *DB) probe(ctx context.Context) {
	wasUp := db.Link().Up
	err := db.recheck(ctx)
	if ctx.Err() != nil {
		return
	}
	if err == nil {
		if !wasUp {
			db.dropIdle()
		}
		db.link.set(true, nil)
		return
	}
	f := connectFault(err, db.address)
	if f == nil {
		f = fault.Wrap(err, fault.Offline, "host", db.address.host)
	}
	db.link.set(false, f)
}
