package views

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cinnabar/internal/fault"
	"cinnabar/internal/people"
	"cinnabar/moderation"
	"cinnabar/views/kit"
	"cinnabar/views/review"
	"cinnabar/views/words"
)

// DeskConfig is what a review screen is made of, whatever it reviews.
type DeskConfig struct {
	Loop     kit.Loop
	Book     *words.Book
	Me       people.Person
	Queue    review.Queue
	Cases    review.Cases
	Policies review.Policies
	People   review.Colleagues // nil: colleagues are shown by their logins
	Queues   QueueNames        // nil: named queues are shown by their codes
	Changes  review.Changes    // nil: nobody tells of changes
	Gallery  *kit.Gallery
	Pictures PictureFacts // what the viewer can ask about pictures
	Notify   Notifier
	Retitle  func()         // called when Title says something else; may be nil
	Down     *fault.Error   // why the link is down at the start, nil when it is up
	Clock    review.Clock   // the machine's by default
	Go       func(f func()) // a goroutine by default
}

// QueueNames tells what people call the named queues.
type QueueNames interface {
	Queues(ctx context.Context) ([]moderation.NamedQueue, error)
}

// Notifier shows what happened without stopping anybody; the shell is one.
type Notifier interface {
	// Undoable tells of something done that can be undone until a moment of this
	// machine's clock; key names the thing, and a second call with the same key
	// replaces the first.
	Undoable(key, text string, until time.Time, undo func())
	// Dismiss takes back what Undoable showed, unless something was said since.
	Dismiss(key string)
	// Note tells of something in a sentence and a next step.
	Note(tone kit.Tone, what, next string)
}

// deskKind is what differs between the desks for brands and for posts.
type deskKind[S any] interface {
	review.Subjects[S]
	kind() moderation.Kind
	// subtitle stands beside the screen's name.
	subtitle(b *words.Book, n moderation.QueueCounts) string
	chips(b *words.Book, n moderation.QueueCounts) []kit.Chip
	filter(chip string) review.Filter
	line(b *words.Book, c moderation.Case, now time.Time) queueLine
	// page draws the subject; opinion what stands above the verdict, and what of
	// it must stay in sight when the rest scrolls.
	page(d *desk[S], it *review.Item[S]) fyne.CanvasObject
	opinion(d *desk[S], it *review.Item[S]) (above, stays fyne.CanvasObject)
	// decided names what was done, for the toast.
	decided(b *words.Book, s review.Sent) string
	// keys are the screen's own beside those of every desk.
	keys(b *words.Book) []kit.Key
}

// desk is a review screen: queue, subject, decision. What is true of it stands
// in hand; this type only shows that and passes on what the person does.
type desk[S any] struct {
	cfg  DeskConfig
	book *words.Book
	its  deskKind[S]
	hand *review.Desk[S]

	room    *fyne.Container // what the shell shows
	queue   *queueColumn
	middle  *fyne.Container
	scroll  *kit.Scroll
	banner  *fyne.Container
	side    *verdictColumn
	viewing *viewer // in place of the queue and the page, nil while they are shown
	viewed  string  // the case it was opened from

	queues    []moderation.NamedQueue // once they are read
	handing   string                  // case for which the menu asks whom to hand it to
	drawn     string                  // what the middle shows: case, load, state
	bannered  string                  // what the banner shows
	opined    string                  // what the opinion shows
	scheduled bool
	focus     *review.Field
	said      string // request of the decision that the toast offers to undo
	titled    string
	shown     bool
	started   bool
	stopClock func()
}

func newDesk[S any](cfg DeskConfig, its deskKind[S]) *desk[S] {
	if cfg.Go == nil {
		cfg.Go = func(f func()) { go f() }
	}
	d := &desk[S]{cfg: cfg, book: cfg.Book, its: its}
	d.hand = review.New(review.Config[S]{
		Kind: its.kind(), Me: cfg.Me, Queue: cfg.Queue, Cases: cfg.Cases, Policies: cfg.Policies,
		Subjects: its, People: cfg.People, Changes: cfg.Changes, Loop: cfg.Loop, Clock: cfg.Clock, Go: cfg.Go, Down: cfg.Down,
	}, d)
	d.room = container.NewStack()
	d.build()
	return d
}

// build makes the widgets in the language of the book. What the hand knows, and
// with it everything that was typed, stays.
func (d *desk[S]) build() {
	if d.side != nil {
		d.side.shut()
	}
	d.queue = newQueueColumn(d.book, queueActs{
		line:    func(c moderation.Case) queueLine { return d.its.line(d.book, c, d.hand.Now()) },
		me:      d.cfg.Me.Login,
		tap:     d.hand.Tap,
		more:    d.hand.More,
		filter:  func(chip string) { d.search(d.its.filter(chip)) },
		named:   func(code string) { f := d.hand.Filter(); f.Named = code; d.hand.SetFilter(f) },
		all:     func() { d.hand.SetFilter(review.Filter{}) },
		find:    func(text string) { f := d.hand.Filter(); f.Search = text; d.hand.SetFilter(f) },
		settle:  d.hand.Settle,
		retry:   d.hand.Retry,
		gallery: d.cfg.Gallery,
	})
	d.middle = container.NewStack()
	d.banner = kit.Stack(0)
	d.side = newVerdictColumn(d.book, d.its.kind(), verdictActs{
		decide: d.hand.Decide, submit: d.hand.Submit, policy: d.hand.SetPolicy, reason: d.hand.SetReason,
		note: d.hand.SetNote, saveNote: d.hand.SaveNote, template: d.hand.UseTemplate, disarm: d.hand.Disarm,
		skip: d.skip, hand: d.handOver,
	})
	d.drawn, d.bannered, d.opined = "", "", ""
	d.lookAway()
	d.arrange()
	d.flush()
}

// SetBook changes the language while the desk is in use.
func (d *desk[S]) SetBook(b *words.Book) {
	d.book = b
	d.build()
}

func (d *desk[S]) search(f review.Filter) {
	f.Search, f.Named = d.hand.Filter().Search, d.hand.Filter().Named
	d.hand.SetFilter(f)
}

// Title is the name of the screen and the figures beside it.
func (d *desk[S]) Title() (title, subtitle string) {
	name := "shell.posts"
	if d.its.kind() == moderation.KindBrand {
		name = "shell.brands"
	}
	if loaded, _ := d.hand.QueueState(); !loaded {
		return d.book.T(name), ""
	}
	return d.book.T(name), d.its.subtitle(d.book, d.hand.Counts())
}

// Content is the whole screen.
func (d *desk[S]) Content() fyne.CanvasObject { return d.room }

// Shown begins to read, and to renew what is held.
func (d *desk[S]) Shown() {
	d.shown = true
	if !d.started {
		d.started = true
		d.hand.Start()
		d.readQueues()
	}
	d.hand.SetLooking(true)
	d.flush()
	d.tick()
}

// Hidden stops renewing what is held: nobody looks at it.
func (d *desk[S]) Hidden() {
	d.shown = false
	d.side.shut()
	d.queue.named.Close()
	d.lookAway()
	d.hand.SetLooking(false)
	if d.stopClock != nil {
		d.stopClock()
		d.stopClock = nil
	}
}

// Close gives back what is held. Wait waits until all that was decided has left.
func (d *desk[S]) Close() {
	d.Hidden()
	d.hand.Close()
}

// Wait blocks until every decision has been answered; not for the screen's thread.
func (d *desk[S]) Wait() { d.hand.Wait() }

// SetLink tells the desk where the connection stands.
func (d *desk[S]) SetLink(up bool, why *fault.Error) {
	d.hand.SetLink(up, why)
	if up && d.started && d.queues == nil {
		d.readQueues()
	}
}

// readQueues learns what the named queues are called. Until it has, and where it
// can't, their codes will do.
func (d *desk[S]) readQueues() {
	if d.cfg.Queues == nil {
		return
	}
	d.cfg.Go(func() {
		list, err := answered(context.Background(), d.cfg.Queues.Queues)
		if err != nil {
			return
		}
		d.cfg.Loop.Do(func() {
			d.queues = list
			d.schedule()
		})
	})
}

// Unsent is how many decisions wait for a word, for the question on closing.
func (d *desk[S]) Unsent() int { return d.hand.Unsent() }

// tick keeps the clock in the foot going while the screen is shown.
func (d *desk[S]) tick() {
	if d.stopClock != nil {
		d.stopClock()
	}
	d.stopClock = d.clock().AfterFunc(time.Second, func() {
		d.cfg.Loop.Do(func() {
			if d.shown {
				d.foot()
				d.tick()
			}
		})
	})
}

func (d *desk[S]) foot() {
	it := d.hand.Current()
	rows, at := d.hand.Rows(), d.hand.Selected()
	if it == nil || !it.Ready || at >= 0 && rows[at].Gone {
		d.side.setFoot("")
		return
	}
	now := d.hand.Now()
	var text string
	switch {
	case it.Hold == review.Held:
		text = d.book.T("review.held", d.book.Held(now.Sub(it.Since)))
	case it.Hold == review.Claiming:
		text = d.book.T("review.claiming")
	case it.Case.HeldAt(now) && it.Case.Holder != d.cfg.Me.Login:
		text = d.book.T("review.held_by", it.Case.Holder)
	case it.Case.HeldAt(now):
		text = d.book.T("review.held_before")
	case it.Case.KeptFrom(d.cfg.Me.Login, now):
		text = d.book.T("review.waits_for", it.Case.For)
	case it.Case.For != "" && now.Before(it.Case.ForUntil):
		text = d.book.T("review.waits_for_you")
	default:
		text = d.book.T("review.free")
	}
	if !it.Case.Due.IsZero() {
		if left := it.Case.Due.Sub(now); left < 0 {
			text = d.book.T("review.foot", text, d.book.Due(left))
		} else {
			text = d.book.T("review.foot", text, d.book.T("review.due_in", d.book.Due(left)))
		}
	}
	d.side.setFoot(text)
}

// QueueChanged implements review.Screen.
func (d *desk[S]) QueueChanged() { d.schedule() }

// ItemChanged implements review.Screen.
func (d *desk[S]) ItemChanged() { d.schedule() }

// schedule draws once, however many changes one answer brings.
func (d *desk[S]) schedule() {
	if d.scheduled {
		return
	}
	d.scheduled = true
	d.cfg.Loop.Do(func() {
		d.scheduled = false
		d.flush()
	})
}

func (d *desk[S]) flush() {
	if _, title := d.Title(); title != d.titled {
		d.titled = title
		if d.cfg.Retitle != nil && d.shown {
			d.cfg.Retitle()
		}
	}
	d.drawQueue()
	d.drawItem()
	if d.focus != nil {
		f := *d.focus
		d.focus = nil
		d.side.focus(f)
	}
}

func (d *desk[S]) drawQueue() {
	loaded, err := d.hand.QueueState()
	up, why := d.hand.Link()
	n := d.hand.Counts()
	chip := chipOf(d.hand.Filter())
	d.queue.show(queueState{
		rows: d.hand.Rows(), selected: d.hand.Selected(), more: d.hand.HasMore(),
		loaded: loaded, err: err, up: up, why: why,
		chips: d.chips(n), chip: chip, named: d.namedQueues(n), queue: d.hand.Filter().Named, search: d.hand.Filter().Search,
		incoming: d.hand.Incoming(), unsent: d.hand.Unsent(), coming: d.hand.Coming(), now: d.hand.Now(),
	})
}

// Decided implements review.Screen.
func (d *desk[S]) Decided(s review.Sent) {
	if s.State == review.Waiting {
		d.said = ""
		d.cfg.Notify.Note(kit.Amber, d.did(s), d.book.T("review.kept_toast"))
		return
	}
	// The window of ten seconds is counted from the referee's answer; until that
	// is here the toast counts from the key.
	d.undoable(s, s.At.Add(undoWindow))
}

// undoWindow is how long a decision can be taken back, as the referee has it.
const undoWindow = 10 * time.Second

// undoable shows the toast; until is a moment of the database's clock.
func (d *desk[S]) undoable(s review.Sent, until time.Time) {
	d.said = s.Decision.Request
	d.cfg.Notify.Undoable(d.said, d.did(s), d.clock().Now().Add(until.Sub(d.hand.Now())), d.hand.Undo)
}

func (d *desk[S]) clock() review.Clock {
	if d.cfg.Clock == nil {
		return review.WallClock{}
	}
	return d.cfg.Clock
}

// Settled implements review.Screen.
func (d *desk[S]) Settled(s review.Sent) {
	if d.said != s.Decision.Request {
		return // another note has taken its place
	}
	switch s.State {
	case review.Arrived:
		d.undoable(s, s.Receipt.Effective)
	case review.Undone, review.CameBack, review.Waiting, review.Undoing:
		d.said = ""
		d.cfg.Notify.Dismiss(s.Decision.Request)
	}
}

// Tell implements review.Screen.
func (d *desk[S]) Tell(err error) {
	d.said = ""
	what, next := d.book.Error(err)
	d.cfg.Notify.Note(kit.Amber, what, next)
}

// Ask implements review.Screen.
func (d *desk[S]) Ask(f review.Field) {
	d.focus = &f
	d.schedule()
}

// Keys are the bindings while no field has the focus.
func (d *desk[S]) Keys() []kit.Key {
	b := d.book
	agrees, disagrees, also := d.verdicts()
	keys := []kit.Key{
		{Name: "J", Label: b.T("review.key_next"), Do: func() { d.hand.Move(1) }},
		{Name: "Down", Label: b.T("review.key_next"), Do: func() { d.hand.Move(1) }},
		{Name: "K", Label: b.T("review.key_previous"), Do: func() { d.hand.Move(-1) }},
		{Name: "Up", Label: b.T("review.key_previous"), Do: func() { d.hand.Move(-1) }},
		{Name: "Enter", Label: b.T("review.key_open"), Do: d.hand.TakeUp},
		{Name: "A", Label: b.Action(agrees), Do: d.hand.Agree},
		{Name: "R", Label: b.Action(disagrees), Do: d.hand.Disagree},
	}
	for _, v := range also {
		keys = append(keys, kit.Key{Name: keysOf[v], Label: b.Action(v), Do: func() { d.hand.Decide(v) }})
	}
	keys = append(keys,
		kit.Key{Name: "S", Label: b.T("review.key_skip"), Do: d.skip},
		kit.Key{Name: "H", Label: b.T("review.key_hand"), Do: d.handOver},
		kit.Key{Name: "N", Label: b.T("review.key_note"), Do: func() { d.side.focus(review.NoteField) }},
		kit.Key{Name: "Z", Label: b.T("review.key_undo"), Do: d.hand.Undo},
		kit.Key{Name: "/", Label: b.T("review.key_search"), Do: d.queue.find},
	)
	return d.lookingKeys(append(keys, d.its.keys(b)...))
}

// verdicts are those of the case on screen: the two behind A and R, and the others.
// Without a case they are what the desk is there for.
func (d *desk[S]) verdicts() (agrees, disagrees moderation.Verdict, also []moderation.Verdict) {
	c := moderation.Case{Kind: d.its.kind()}
	if it := d.hand.Current(); it != nil {
		c = it.Case
	}
	return c.Agrees(), c.Disagrees(), c.Verdicts()[2:]
}

// Commit gives the verdict that is being prepared, from inside a field too.
func (d *desk[S]) Commit() { d.side.commit() }

// The chips that every desk may have; "" is the one for everything.
const (
	Mine    = "mine"         // handed to this person
	Appeals = "stage:appeal" // for leads
)

// Narrow shows only what a chip stands for.
func (d *desk[S]) Narrow(chip string) { d.search(d.its.filter(chip)) }

// Open shows a case that was chosen elsewhere.
func (d *desk[S]) Open(caseID string) { d.hand.Goto(caseID) }

// Refresh reads the queue anew.
func (d *desk[S]) Refresh() { d.hand.Refresh() }
