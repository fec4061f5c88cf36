package review

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"

	"cinnabar/internal/fault"
	"cinnabar/internal/people"
	"cinnabar/moderation"
)

// Config is what a desk is made of. Kind, Me, Queue, Cases, Policies, Subjects
// and Loop are needed; the rest has defaults.
type Config[S any] struct {
	Kind     moderation.Kind
	Me       people.Person
	Queue    Queue
	Cases    Cases
	Policies Policies
	Subjects Subjects[S]
	People   Colleagues // nil: colleagues are known by their logins alone
	Changes  Changes    // nil: nobody tells the desk of changes
	Loop     Loop
	Clock    Clock         // the machine's by default
	Go       func(func())  // runs work off the screen's thread; a goroutine by default
	NewID    func() string // a random UUID by default
	Idle     time.Duration // how long after the last sign of life a hold is still renewed; 10 minutes
	Page     int           // rows asked for at once; 60
	Timeout  time.Duration // for one write; 30 seconds
	Down     *fault.Error  // why the link is down at the start; nil when it is up
}

// Desk is the hand of one review screen. Its methods belong to the screen's thread.
type Desk[S any] struct {
	cfg    Config[S]
	screen Screen
	ctx    context.Context
	cancel context.CancelFunc
	closed bool

	up      bool
	why     *fault.Error  // why the link is down
	skew    time.Duration // database clock minus ours
	looking bool
	touched time.Time // last sign of life, database's clock

	policies []moderation.Policy

	queue[S]
	items  map[string]*Item[S]
	drafts map[string]Draft // of items that were dropped from memory
	sent   []*sending[S]
	last   *passing[S]            // what was passed on since the last decision
	handed map[string]*passing[S] // on their way to a colleague, not answered yet
	done   map[string]mark        // cases that a page may still list although we decided them
	coming []string               // cases that came back and wait for a natural moment

	lanes lanes
}

// mark remembers how far a case was when we decided it, so that a page read
// before the decision landed does not bring it back.
type mark struct {
	flying  bool // not answered yet
	version int
	stage   moderation.Stage // where our decision led, "" while not known
	until   time.Time        // a skip: from then on no page can be older than it
}

// New makes a desk. Nothing is read before Start.
func New[S any](cfg Config[S], screen Screen) *Desk[S] {
	if cfg.Clock == nil {
		cfg.Clock = WallClock{}
	}
	if cfg.Go == nil {
		cfg.Go = func(f func()) { go f() }
	}
	if cfg.NewID == nil {
		cfg.NewID = uuid.NewString
	}
	if cfg.Idle == 0 {
		cfg.Idle = 10 * time.Minute
	}
	if cfg.Page == 0 {
		cfg.Page = 60
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = 30 * time.Second
	}
	d := &Desk[S]{
		cfg: cfg, screen: screen,
		up: cfg.Down == nil, why: cfg.Down, looking: true,
		items: map[string]*Item[S]{}, drafts: map[string]Draft{}, done: map[string]mark{}, handed: map[string]*passing[S]{},
	}
	d.ctx, d.cancel = context.WithCancel(context.Background())
	d.touched = d.Now()
	return d
}

// Start reads the queue and begins to follow changes.
func (d *Desk[S]) Start() {
	d.readPolicies()
	d.reload()
	if d.cfg.Changes != nil {
		d.cfg.Changes.Watch(d.ctx, func() { d.cfg.Loop.Do(d.Refresh) })
	}
}

// Close gives back what is held and stops reading. Writes that are under way go
// on; Wait waits for them.
func (d *Desk[S]) Close() {
	if d.closed {
		return
	}
	d.leave()
	d.closed = true
	for _, it := range d.items {
		d.stopRenewing(it)
	}
	d.cancel()
}

// Wait blocks until every write has ended. It may be called from any goroutine.
func (d *Desk[S]) Wait() { d.lanes.pending.Wait() }

// Now is the database's clock as far as we know it.
func (d *Desk[S]) Now() time.Time { return d.cfg.Clock.Now().Add(d.skew) }

// Me is the person at the desk.
func (d *Desk[S]) Me() people.Person { return d.cfg.Me }

// Current is the item on screen, nil when the queue is empty.
func (d *Desk[S]) Current() *Item[S] { return d.items[d.selected] }

// Link reports whether the database answers, and if not, why.
func (d *Desk[S]) Link() (up bool, why *fault.Error) { return d.up, d.why }

// SetLink tells the desk where the connection stands. When it comes back, what
// was decided without it is offered, never sent.
func (d *Desk[S]) SetLink(up bool, why *fault.Error) {
	was := d.up
	d.up, d.why = up, why
	if up && !was {
		if len(d.policies) == 0 {
			d.readPolicies()
		}
		if d.queueErr != nil || !d.loaded {
			d.reload()
		} else {
			d.Refresh()
		}
		if it := d.Current(); it != nil && it.Err != nil {
			d.load(it, true)
		}
		d.offer()
	}
	d.screen.QueueChanged()
	d.screen.ItemChanged()
}

// Touch is a sign that somebody is there: a key, a click, a scroll.
func (d *Desk[S]) Touch() { d.touched = d.Now() }

// SetLooking says whether the screen is to be seen. A hold is not renewed while
// it isn't.
func (d *Desk[S]) SetLooking(looking bool) {
	d.looking = looking
	if looking {
		d.Touch()
	}
}

func (d *Desk[S]) readPolicies() {
	d.async(func(ctx context.Context) func() {
		list, err := d.cfg.Policies.List(ctx)
		return func() {
			if err != nil {
				if fault.CodeOf(err) != fault.Cancelled {
					d.screen.Tell(err)
				}
				return
			}
			d.policies = list
			for _, it := range d.items {
				if it.Ready && it.wish == nil && !it.Guarded() {
					d.fit(it)
				}
			}
			d.screen.ItemChanged()
		}
	})
}

// async reads something off the screen's thread and brings the answer back to it.
// Answers that come after Close are dropped.
func (d *Desk[S]) async(work func(ctx context.Context) func()) {
	d.cfg.Go(func() {
		apply := work(d.ctx)
		if apply == nil {
			return
		}
		d.cfg.Loop.Do(func() {
			if !d.closed {
				apply()
			}
		})
	})
}

// lanes keep the writes to one case in the order in which they were wished for:
// a release must not overtake the claim that follows it.
type lanes struct {
	mu      sync.Mutex
	byCase  map[string]*lane
	pending sync.WaitGroup
}

// lane is one case's row of writes. lease belongs to whichever job runs.
type lane struct {
	jobs  []func(ctx context.Context, l *lane) func()
	busy  bool
	lease *moderation.Lease
}

// inLane queues a write. It does not end with the desk's own context: a decision
// that was given is sent even while the window closes.
func (d *Desk[S]) inLane(caseID string, job func(ctx context.Context, l *lane) func()) {
	d.lanes.mu.Lock()
	if d.lanes.byCase == nil {
		d.lanes.byCase = map[string]*lane{}
	}
	l := d.lanes.byCase[caseID]
	if l == nil {
		l = &lane{}
		d.lanes.byCase[caseID] = l
	}
	l.jobs = append(l.jobs, job)
	start := !l.busy
	l.busy = true
	d.lanes.pending.Add(1)
	d.lanes.mu.Unlock()
	if start {
		d.step(caseID, l)
	}
}

func (d *Desk[S]) step(caseID string, l *lane) {
	d.cfg.Go(func() {
		// Deferred, so that a write that panics holds up neither the next one nor Wait.
		defer d.stepped(caseID, l)
		d.lanes.mu.Lock()
		job := l.jobs[0]
		l.jobs = l.jobs[1:]
		d.lanes.mu.Unlock()

		ctx, cancel := context.WithTimeout(context.Background(), d.cfg.Timeout)
		apply := job(ctx, l)
		cancel()
		if apply != nil {
			d.cfg.Loop.Do(func() {
				if !d.closed {
					apply()
				}
			})
		}
	})
}

func (d *Desk[S]) stepped(caseID string, l *lane) {
	d.lanes.mu.Lock()
	more := len(l.jobs) > 0
	if !more {
		l.busy = false
		if l.lease == nil {
			delete(d.lanes.byCase, caseID)
		}
	}
	d.lanes.mu.Unlock()
	if more {
		d.step(caseID, l)
	}
	d.lanes.pending.Done()
}
