package views

import (
	"context"
	"reflect"

	"cinnabar/campaigns"
	"cinnabar/internal/fault"
	"cinnabar/views/kit"
)

// save sends the whole plan. done, which may be nil, learns whether it stands.
func (p *plan) save(c campaigns.Campaign, done func(kept bool)) {
	told := func(kept bool) {
		if done != nil {
			done(kept)
		}
	}
	if p.busy || !p.s.up {
		told(false)
		return
	}
	if err := campaigns.Validate(c); err != nil {
		p.what, p.next = p.s.book.Error(err)
		p.drawSide()
		told(false)
		return
	}
	if p.request == "" {
		p.request = p.s.cfg.NewID()
	}
	request := p.request
	p.busy = true
	p.drawSide()
	var saved campaigns.Campaign
	p.s.send(func(ctx context.Context) (err error) {
		saved, err = p.s.cfg.Campaigns.Put(ctx, request, c)
		return err
	}, func(err error) {
		p.busy = false
		if err != nil {
			p.refused(err)
			told(false)
			return
		}
		p.known.Campaign = saved
		changed := !reflect.DeepEqual(whole(c), whole(p.now))
		p.base = whole(saved)
		if !changed {
			p.now = whole(saved)
		} else { // typed on while it was on its way
			p.now.Version = saved.Version
		}
		p.request, p.what, p.next = "", "", ""
		p.drawMain()
		p.drawSide()
		if told(true); done == nil {
			p.s.cfg.Notify.Note(kit.Jade, p.s.book.T("plan.saved", p.now.Name), "")
		}
	})
}

// refused says why nothing was saved. Where somebody else saved meanwhile, both are
// shown once the other has been read.
func (p *plan) refused(err error) {
	switch fault.CodeOf(err) {
	case fault.RuleChanged, fault.Changed:
		p.what, p.next = p.s.book.T("plan.changed"), p.s.book.T("plan.changed_next")
	default:
		p.what, p.next = p.s.book.Error(err)
	}
	if !p.dirty() {
		p.s.complain(err) // what stands now is read over the notice
	}
	p.drawSide()
	p.read()
}

// overwrite keeps what was typed here as the next version of what stands now.
func (p *plan) overwrite() {
	p.now.Version = p.known.Campaign.Version
	p.base.Version = p.known.Campaign.Version
	p.request, p.what, p.next = "", "", ""
	p.save(whole(p.now), nil)
}

// discard gives up what was changed here; there is nothing of it left to take back.
func (p *plan) discard() {
	p.s.cfg.Notify.Dismiss(p.undoable)
	if p.known != nil {
		p.load(p.known.Campaign)
	}
}

// keep saves what is being filled in and the plan, whoever looks for a better one.
func (p *plan) keep(done func(kept bool)) {
	if p.panel != nil && p.panel.touched {
		p.panel.keep(func(kept bool) {
			if kept {
				p.keep(done)
			} else {
				done(false)
			}
		})
		return
	}
	p.stopLooking()
	if !p.dirty() {
		done(true)
		return
	}
	p.save(whole(p.now), done)
}

// giveUp forgets what was changed here and what is being filled in.
func (p *plan) giveUp() {
	p.stopLooking()
	p.panel = nil
	p.discard()
}

// stopLooking ends a search; what it finds after this changes nothing.
func (p *plan) stopLooking() {
	if p.looking != nil {
		p.looking.Cancel()
		p.looking = nil
	}
}

// move takes the campaign on.
func (p *plan) move(m campaigns.Move, words string) {
	if p.busy || !p.s.up {
		return
	}
	if m == campaigns.Propose && p.now.Chosen != p.shown {
		p.now.Chosen = p.shown
		p.save(whole(p.now), func(kept bool) {
			if kept {
				p.move(m, words)
			}
		})
		return
	}
	if p.request == "" {
		p.request = p.s.cfg.NewID()
	}
	request, version := p.request, p.now.Version
	p.busy = true
	p.drawSide()
	var moved campaigns.Campaign
	p.s.send(func(ctx context.Context) (err error) {
		moved, err = p.s.cfg.Campaigns.Move(ctx, request, p.id, version, m, words)
		return err
	}, func(err error) {
		p.busy = false
		if err != nil {
			p.refused(err)
			return
		}
		p.known.Campaign = moved
		p.load(moved)
		p.s.cfg.Notify.Note(kit.Jade, p.s.book.T("plan.moved_"+string(m), moved.Name), "")
	})
}
