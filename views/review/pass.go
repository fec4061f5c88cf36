package review

import (
	"context"
	"slices"
	"strings"
	"time"

	"cinnabar/internal/fault"
	"cinnabar/internal/people"
	"cinnabar/moderation"
)

// Passed is a case that left this hand without a verdict: put aside with a reason,
// given to a colleague, or taken over from one.
type Passed struct {
	Case    moderation.Case
	Skipped moderation.SkipReason // why it was put aside; "" when it was handed
	To      people.Person         // whom it was handed to
	From    string                // login whose hand it was taken out of, "" for none
}

// Back reports whether it can be had back: what was put aside can, but for a
// conflict of interest; what was handed over is the other's.
func (p Passed) Back() bool { return p.Skipped != "" && p.Skipped != moderation.SkipConflict }

// Hands are the colleagues whom a case may be handed to.
type Hands struct {
	People []people.Person
	Ready  bool
	Err    error // why there are none
}

// passing is a Passed on its way.
type passing[S any] struct {
	Passed
	item   *Item[S]
	row    int  // where the row was
	undone bool // opened again before the answer
}

// MaySkip reports whether the item on screen may be put aside now. Where it may
// not, the screen is told why.
func (d *Desk[S]) MaySkip() bool { return d.mayPass(d.Current()) }

// MayHand reports whether the item on screen may be handed over now. Where it may
// not, the screen is told why.
func (d *Desk[S]) MayHand() bool {
	it := d.Current()
	if !d.mayPass(it) {
		return false
	}
	if it.Hold != Held && d.kept(it.Case) && !d.leads() {
		d.screen.Tell(d.keptBy(it.Case))
		return false
	}
	return true
}

func (d *Desk[S]) leads() bool { return d.cfg.Me.Role == people.Lead }

func (d *Desk[S]) mayPass(it *Item[S]) bool {
	switch {
	case it == nil || it.wish != nil || d.handed[it.Case.ID] != nil:
		return false
	case it.Guarded():
		d.screen.ItemChanged() // its banner says what is to be done first
		return false
	case !d.cfg.Me.Decides():
		d.screen.Tell(fault.New(fault.NoRight, "login", d.cfg.Me.Login, "action", "case.pass"))
		return false
	case !d.up:
		d.screen.Tell(d.offline())
		return false
	}
	return true
}

// SetWords is typing in what is said when a case is passed on. It draws nothing anew.
func (d *Desk[S]) SetWords(caseID, text string) {
	d.Touch()
	if it := d.items[caseID]; it != nil {
		it.Draft.Words = text
	}
}

// AskHands reads whom the item on screen may be handed to; the answer comes with
// ItemChanged, in Item.Hands.
func (d *Desk[S]) AskHands() {
	it := d.Current()
	if it == nil {
		return
	}
	it.asked++
	asked, id := it.asked, it.Case.ID
	it.Hands = Hands{}
	d.async(func(ctx context.Context) func() {
		h := d.hands(ctx, id)
		return func() {
			if asked == it.asked && d.items[id] == it {
				it.Hands = h
				d.screen.ItemChanged()
			}
		}
	})
}

func (d *Desk[S]) hands(ctx context.Context, id string) Hands {
	logins, err := d.cfg.Cases.Hands(ctx, id)
	if err != nil {
		return Hands{Err: err}
	}
	h := Hands{Ready: true}
	var all []people.Person
	if d.cfg.People != nil {
		// Names are a courtesy: without them a login will do.
		all, _ = d.cfg.People.List(ctx)
	}
	for _, login := range logins {
		who := people.Person{Login: login, Name: login}
		if i := slices.IndexFunc(all, func(p people.Person) bool { return p.Login == login }); i >= 0 {
			who = all[i]
		}
		h.People = append(h.People, who)
	}
	return h
}

// Skip puts a case aside for this person and shows the next one. It does nothing
// unless the case is still the one on screen, so that a choice made for one case
// never falls on another; it reports whether it was done.
func (d *Desk[S]) Skip(caseID string, why moderation.SkipReason, words string) bool {
	d.Touch()
	it := d.Current()
	words = strings.TrimSpace(words)
	if it == nil || it.Case.ID != caseID || !d.MaySkip() || why == moderation.SkipOther && words == "" {
		return false
	}
	d.letGo(it)
	p := &passing[S]{Passed: Passed{Case: it.Case, Skipped: why}, item: it, row: d.index(caseID)}
	d.last = p
	it.Draft.Words = ""
	d.done[caseID] = mark{flying: true}
	d.remove(caseID)
	d.count(it.Case, -1)
	request := d.cfg.NewID()
	d.inLane(caseID, func(ctx context.Context, l *lane) func() {
		err := d.cfg.Cases.Skip(ctx, request, caseID, why, words)
		d.giveBack(ctx, l, err != nil)
		return func() { d.skipped(p, words, err) }
	})
	d.screen.Passed(p.Passed)
	d.advance(p.row)
	return true
}

// giveBack forgets the lease on a case that was passed on, and where that failed
// gives it back as well.
func (d *Desk[S]) giveBack(ctx context.Context, l *lane, release bool) {
	if l.lease != nil && release {
		_ = d.cfg.Cases.Release(ctx, d.cfg.NewID(), *l.lease)
	}
	l.lease = nil
}

func (d *Desk[S]) skipped(p *passing[S], words string, err error) {
	id := p.Case.ID
	if p.undone {
		return // opening it again takes it back, whatever became of this
	}
	if err == nil {
		// A page on its way may be older than this; opening the case again ends it.
		d.done[id] = mark{until: d.Now().Add(d.cfg.Timeout)}
		if d.items[id] == p.item {
			delete(d.items, id)
		}
		return
	}
	if d.last == p {
		d.last = nil
	}
	delete(d.done, id)
	p.item.Draft.Words = words
	d.drafts[id] = p.item.Draft
	if slices.Contains(certain, fault.CodeOf(err)) {
		d.items[id] = p.item
		d.count(p.Case, 1)
		d.putBack(p.item, p.row)
		d.load(p.item, true)
		if d.Current() == nil && d.index(id) >= 0 {
			d.show(id)
		}
	} else {
		// Nobody knows whether it stands. The queue does, so it is asked.
		delete(d.items, id)
		d.Refresh()
	}
	d.screen.Tell(err)
	d.screen.QueueChanged()
}

// unpass is Undo of the last case that was passed on. What cannot be had back is
// said once more, rather than undoing the decision before it, which nobody meant.
func (d *Desk[S]) unpass(p *passing[S]) {
	if !p.Back() {
		d.last = nil
		d.screen.Passed(p.Passed)
		return
	}
	if !d.up {
		d.screen.Tell(d.offline())
		return
	}
	d.last, p.undone = nil, true
	id := p.Case.ID
	delete(d.done, id)
	it := d.item(p.Case)
	d.count(it.Case, 1)
	d.putBack(it, p.row)
	if d.index(id) >= 0 {
		d.show(id)
	} else { // the queue is being read anew
		d.coming = append(d.coming, id)
	}
	d.claim(it, false)
}

// Hand gives a case to a colleague, with words for them if there are any, and
// shows the next one. A lead may move a case that somebody else has, also to
// themselves; then it stays on screen. As with Skip, it does nothing unless the
// case is still the one on screen, and it reports whether it was done.
func (d *Desk[S]) Hand(caseID, to, words string) bool {
	d.Touch()
	it := d.Current()
	if it == nil || it.Case.ID != caseID || to == "" || !d.MayHand() {
		return false
	}
	who := people.Person{Login: to, Name: to}
	if i := slices.IndexFunc(it.Hands.People, func(p people.Person) bool { return p.Login == to }); i >= 0 {
		who = it.Hands.People[i]
	}
	words = strings.TrimSpace(words)
	p := &passing[S]{Passed: Passed{Case: it.Case, To: who}, item: it, row: d.index(caseID)}
	if d.kept(it.Case) {
		p.From = d.keptBy(it.Case).Args["who"]
	}
	if to == d.cfg.Me.Login {
		if p.From == "" {
			return false
		}
		d.takeOver(p, words)
		return true
	}
	d.last = p
	d.letGo(it)
	it.Draft.Words = ""
	d.handed[caseID] = p
	it.Case.For, it.Case.ForUntil, it.Case.Holder = to, d.Now().Add(time.Hour), "" // until it is read
	if d.filter.Mine {
		d.remove(caseID)
	} else if p.row >= 0 {
		d.rows[p.row] = d.row(it.Case)
	}
	if p.Case.For == d.cfg.Me.Login {
		d.counts.Mine = max(0, d.counts.Mine-1)
	}
	request, leads := d.cfg.NewID(), d.leads()
	d.inLane(caseID, func(ctx context.Context, l *lane) func() {
		err := d.handOver(ctx, l, leads, caseID, request, to, words)
		d.giveBack(ctx, l, err != nil)
		return func() { d.wasHanded(p, words, err) }
	})
	d.screen.Passed(p.Passed)
	d.advance(p.row)
	return true
}

// handOver sends the wish, under a lease where one is asked for.
func (d *Desk[S]) handOver(ctx context.Context, l *lane, leads bool, id, request, to, words string) error {
	lease := moderation.Lease{Case: id}
	if !leads {
		if l.lease == nil {
			claimed, err := d.cfg.Cases.Claim(ctx, d.cfg.NewID(), id)
			if err != nil {
				return err
			}
			l.lease = &claimed
		}
		lease = *l.lease
	}
	return d.cfg.Cases.Hand(ctx, request, lease, to, words)
}

func (d *Desk[S]) wasHanded(p *passing[S], words string, err error) {
	id, it := p.Case.ID, p.item
	delete(d.handed, id)
	if err == nil {
		if id == d.selected {
			d.load(it, true)
		} else if d.items[id] == it {
			delete(d.items, id) // should somebody look at it again, there is a note in its file
		}
		d.Refresh()
		return
	}
	if d.last == p {
		d.last = nil
	}
	it.Case.For, it.Case.ForUntil, it.Case.Holder, it.Case.Held = p.Case.For, p.Case.ForUntil, p.Case.Holder, p.Case.Held
	if it.Case.Holder == d.cfg.Me.Login {
		it.Case.Holder = "" // it was given back
	}
	it.Draft.Words = words
	d.items[id] = it
	if p.Case.For == d.cfg.Me.Login {
		d.counts.Mine++
	}
	d.putBack(it, p.row)
	d.load(it, true)
	if d.Current() == nil && d.index(id) >= 0 {
		d.show(id)
	}
	d.Refresh()
	d.screen.Tell(err)
	d.screen.QueueChanged()
}

// takeOver moves a case out of somebody's hand into this one.
func (d *Desk[S]) takeOver(p *passing[S], words string) {
	request, id := d.cfg.NewID(), p.Case.ID
	d.open(p.item, false, func(ctx context.Context) error {
		return d.cfg.Cases.Hand(ctx, request, moderation.Lease{Case: id}, d.cfg.Me.Login, words)
	})
	d.screen.Passed(p.Passed)
}
