package review

import (
	"context"
	"time"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
)

// TakeUp is Enter: it opens the item on screen, which claims it. On an item that
// came back it means "I have seen that, let me decide again"; on one that waits
// for a word it is that word.
func (d *Desk[S]) TakeUp() {
	d.Touch()
	it := d.Current()
	if it == nil {
		return
	}
	if it.Kept != nil {
		d.SendKept()
		return
	}
	it.News = false
	d.claim(it, false)
	d.screen.ItemChanged()
}

// claim asks for the item on screen unless it is ours. flow says that the person
// did not ask for it: they decided the one before and work on.
func (d *Desk[S]) claim(it *Item[S], flow bool) { d.open(it, flow, nil) }

// open claims an item, once what must come first has been done; nil is nothing.
func (d *Desk[S]) open(it *Item[S], flow bool, first func(context.Context) error) {
	if it.Hold == Claiming || it.Hold == Held && it.Back == nil {
		return
	}
	switch {
	case !d.up:
		d.screen.Tell(d.offline())
		return
	case !d.cfg.Me.Decides():
		d.screen.Tell(fault.New(fault.NoRight, "login", d.cfg.Me.Login, "action", "case.claim"))
		return
	}
	request := d.cfg.NewID()
	it.Hold, it.claimed, it.flow = Claiming, request, flow
	d.screen.ItemChanged()
	id := it.Case.ID
	d.inLane(id, func(ctx context.Context, l *lane) func() {
		var lease moderation.Lease
		var err error
		if first != nil {
			err = first(ctx)
		}
		if err == nil {
			lease, err = d.cfg.Cases.Claim(ctx, request, id)
		}
		l.lease = nil
		if err == nil {
			l.lease = &lease
		}
		return func() {
			if it.claimed != request {
				return // left or decided meanwhile; the lane knows the lease
			}
			it.claimed = ""
			if err != nil {
				it.Hold = Free
				d.claimFailed(it, err)
				return
			}
			it.Back = nil
			if first != nil {
				it.Draft.Words = "" // they stand in the file
			}
			d.holds(it, lease)
			if it.Ready && lease.Version != it.File.Case.Version {
				it.News = true
				d.load(it, true)
			}
			d.screen.ItemChanged()
		}
	})
}

func (d *Desk[S]) claimFailed(it *Item[S], err error) {
	f := fault.Of(err)
	if f.Code == fault.HeldByOther {
		it.Case.Holder = f.Args["who"]
		if until, perr := time.Parse(time.RFC3339, f.Args["until"]); perr == nil {
			it.Case.Held = until
		} else {
			it.Case.Held = d.Now().Add(time.Minute)
		}
		if i := d.index(it.Case.ID); i >= 0 {
			d.rows[i].Case.Holder, d.rows[i].Case.Held = it.Case.Holder, it.Case.Held
		}
	}
	d.screen.QueueChanged()
	if !it.flow {
		d.screen.Tell(err)
	} else if f.Code == fault.HeldByOther && it.Case.ID == d.selected && !it.touched() {
		d.advance(d.index(it.Case.ID) + 1) // a colleague was quicker; there are others
		return
	}
	d.screen.ItemChanged()
}

// holds notes that a lease is ours and sees to its renewal.
func (d *Desk[S]) holds(it *Item[S], l moderation.Lease) {
	if it.Hold != Held {
		it.Since = d.Now()
	}
	it.Hold, it.Lease = Held, l
	it.Case.Holder, it.Case.Held = d.cfg.Me.Login, l.Until
	if i := d.index(it.Case.ID); i >= 0 {
		d.rows[i].Case.Holder, d.rows[i].Case.Held = it.Case.Holder, it.Case.Held
		d.screen.QueueChanged()
	}
	d.renewLater(it)
}

func (d *Desk[S]) renewLater(it *Item[S]) {
	d.stopRenewing(it)
	// Half-time, but never so often that a lost link makes us hammer.
	wait := max(it.Lease.Until.Sub(d.Now())/2, time.Second)
	it.stopHold = d.cfg.Clock.AfterFunc(wait, func() {
		d.cfg.Loop.Do(func() {
			if !d.closed && it.Hold == Held && it.wish == nil {
				d.halfTime(it)
			}
		})
	})
}

func (d *Desk[S]) stopRenewing(it *Item[S]) {
	if it.stopHold != nil {
		it.stopHold()
		it.stopHold = nil
	}
}

func (d *Desk[S]) halfTime(it *Item[S]) {
	now := d.Now()
	if !now.Before(it.Lease.Until) {
		d.ended(it)
		return
	}
	if !d.up || !d.looking || now.Sub(d.touched) > d.cfg.Idle {
		d.renewLater(it)
		return
	}
	d.inLane(it.Case.ID, func(ctx context.Context, l *lane) func() {
		if l.lease == nil {
			return nil
		}
		lease, err := d.cfg.Cases.Renew(ctx, *l.lease)
		switch {
		case err == nil:
			l.lease = &lease
		case fault.CodeOf(err) == fault.LeaseLost:
			l.lease = nil
		}
		return func() {
			if it.Hold != Held || it.wish != nil {
				return
			}
			switch {
			case err == nil:
				d.holds(it, lease)
			case fault.CodeOf(err) == fault.LeaseLost:
				d.ended(it)
			default:
				d.renewLater(it)
			}
		}
	})
}

// ended notes that a hold ran out. What was typed stays.
func (d *Desk[S]) ended(it *Item[S]) {
	d.stopRenewing(it)
	it.Hold = Ended
	if it.Case.Holder == d.cfg.Me.Login {
		it.Case.Holder = ""
		if i := d.index(it.Case.ID); i >= 0 {
			d.rows[i].Case.Holder = ""
		}
	}
	d.screen.QueueChanged()
	if it.Case.ID == d.selected {
		d.screen.ItemChanged()
	}
}

// leave gives back the item on screen if it is held, and keeps its draft.
func (d *Desk[S]) leave() {
	it := d.Current()
	if it == nil {
		return
	}
	it.News = false
	if !it.Draft.Empty() {
		d.drafts[it.Case.ID] = it.Draft
	}
	if it.wish != nil || it.Kept != nil || it.Hold != Held && it.Hold != Claiming {
		return
	}
	d.letGo(it)
	id, request := it.Case.ID, d.cfg.NewID()
	d.inLane(id, func(ctx context.Context, l *lane) func() {
		if l.lease == nil {
			return nil
		}
		lease := *l.lease
		l.lease = nil
		// If this fails the lease runs out by itself; nobody need be told.
		_ = d.cfg.Cases.Release(ctx, request, lease)
		return nil
	})
}

// letGo notes that an item is no longer in this hand.
func (d *Desk[S]) letGo(it *Item[S]) {
	d.stopRenewing(it)
	it.Hold, it.claimed = Free, ""
	if it.Case.Holder == d.cfg.Me.Login {
		it.Case.Holder = ""
		if i := d.index(it.Case.ID); i >= 0 {
			d.rows[i].Case.Holder = ""
		}
	}
}

func (d *Desk[S]) offline() *fault.Error {
	if d.why != nil {
		return d.why
	}
	return fault.New(fault.Offline, "host", "")
}
