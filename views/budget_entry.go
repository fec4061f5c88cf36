package views

import (
	"context"

	"fyne.io/fyne/v2"

	"cinnabar/campaigns"
	"cinnabar/internal/money"
	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// mayEnter says why nothing can be entered now, "" when it can.
func (p *budget) mayEnter() string {
	b := p.s.book
	switch c := p.known.Campaign; {
	case !p.s.plansFor(c.Brand):
		return b.T("plan.not_yours")
	case !p.s.up:
		return b.T("plan.offline")
	case c.State == campaigns.Draft || c.State == campaigns.Proposed:
		return b.T("budget.not_decided")
	}
	return ""
}

func (p *budget) drawSide() {
	if p.side == nil {
		return
	}
	b := p.s.book
	if p.panel != nil {
		p.side.Objects = []fyne.CanvasObject{p.panel.box}
		p.side.Refresh()
		return
	}
	body, foot := kit.Stack(look.S4), kit.Stack(look.S2)
	why := p.mayEnter()
	if e, ok := p.chosenEntry(); ok {
		card := kit.Stack(look.S2, kit.NewParagraph(b.T("budget.kind_"+string(e.Kind))+b.T("common.dot")+b.Money(e.Amount), kit.Heading),
			fact(b.T("plan.line"), p.title(e.Line)), fact(b.T("budget.by"), e.By), fact(b.T("budget.day"), b.Stamp(e.At)))
		if e.Words != "" {
			card.Add(kit.NewParagraph(e.Words, kit.Plain))
		}
		if p.reversed(e) {
			card.Add(kit.NewParagraph(b.T("budget.was_reversed"), kit.Small))
		}
		body.Add(card)
		if e.Kind != campaigns.Reverse && !p.reversed(e) {
			undo := kit.NewButton(kit.ButtonConfig{Text: b.T("budget.reverse"), Key: "X", Press: p.reverse})
			if why != "" {
				undo.Disable("")
			}
			foot.Add(undo)
		}
	} else if p.line != "" {
		per, _ := campaigns.Balances(p.known.Campaign, p.known.Entries)
		bal := per[p.line]
		body.Add(kit.Stack(look.S2, kit.NewParagraph(p.title(p.line), kit.Heading), fact(b.T("budget.planned"), b.Money(bal.Planned)), fact(b.T("budget.committed"), b.Money(bal.Committed)),
			fact(b.T("budget.held"), b.Money(bal.Held)), fact(b.T("budget.paid"), b.Money(bal.Paid)), kit.NewRule(), fact(b.T("budget.free"), b.Money(bal.Free()))))
	} else {
		body.Add(kit.NewParagraph(b.T("budget.choose"), kit.Second))
	}
	body.Add(kit.NewParagraph(b.T("budget.promise"), kit.Small))
	if why != "" {
		foot.Add(kit.NewParagraph(why, kit.Small))
	}
	enter := kit.NewButton(kit.ButtonConfig{Text: b.T("budget.enter"), Key: "E", Weight: kit.Primary, Press: func() { p.enter("") }})
	if why != "" || p.line == "" {
		enter.Disable("")
	}
	foot.Add(enter)
	p.side.Objects = []fyne.CanvasObject{kit.Stack(0, kit.Grow(kit.NewScroll(kit.PadAll(look.S4, body))), kit.PadAll(look.S4, foot))}
	p.side.Refresh()
}

func (p *budget) chosenEntry() (campaigns.Entry, bool) {
	for _, e := range p.known.Entries {
		if e.ID == p.entry && p.entry != "" {
			return e, true
		}
	}
	return campaigns.Entry{}, false
}

// enter takes an entry for the chosen line; kind "" is what is most likely next.
func (p *budget) enter(kind campaigns.EntryKind) {
	if p.known == nil || p.line == "" || p.mayEnter() != "" || p.panel != nil {
		return
	}
	per, _ := campaigns.Balances(p.known.Campaign, p.known.Entries)
	bal := per[p.line]
	e := campaigns.Entry{Line: p.line, Kind: kind}
	usual := func(k campaigns.EntryKind) money.Fen {
		switch k {
		case campaigns.Commit:
			return max(0, bal.Planned-bal.Committed)
		case campaigns.Release:
			return bal.Held
		}
		return max(0, bal.Free())
	}
	if e.Kind == "" {
		e.Kind = campaigns.Commit
		if bal.Free() > 0 {
			e.Kind = campaigns.Pay
		}
	}
	e.Amount = usual(e.Kind)
	title := p.title(p.line)
	p.panel = newPanel(p.s.book, p.closePanel, func(panel *planPanel, f *form) panelParts {
		b := f.b
		var amount *kit.Field
		var kinds []kit.Chip
		for _, k := range []campaigns.EntryKind{campaigns.Commit, campaigns.Hold, campaigns.Release, campaigns.Pay} {
			kinds = append(kinds, kit.Chip{ID: string(k), Text: b.T("budget.do_" + string(k))})
		}
		f.add(kit.NewParagraph(title, kit.Strong))
		f.add(choice(b.T("budget.kind"), kinds, string(e.Kind), func(id string) {
			e.Kind = campaigns.EntryKind(id)
			amount.Set(usual(e.Kind).String())
			f.changed()
		}))
		amount = f.amount(b.T("budget.amount"), "amount", &e.Amount)
		f.text(b.T("budget.words"), b.T("budget.words_hint"), 3, &e.Words)
		return panelParts{title: b.T("budget.enter"), save: b.T("budget.enter"), put: func() {
			if err := f.read(); err != nil {
				panel.refuse(err)
				return
			}
			p.put(panel, e)
		}}
	})
	p.drawSide()
}

func (p *budget) closePanel() {
	p.panel = nil
	p.drawSide()
}

// put writes an entry into the ledger, once however often it is sent.
func (p *budget) put(panel *planPanel, e campaigns.Entry) {
	if panel.working {
		return
	}
	if err := campaigns.CheckEntry(p.known.Campaign, p.known.Entries, e); err != nil {
		panel.refuse(err)
		return
	}
	if panel.request == "" {
		panel.request = p.s.cfg.NewID()
	}
	panel.busy(true)
	p.s.send(func(ctx context.Context) error { return p.s.cfg.Campaigns.Enter(ctx, panel.request, p.id, e) }, func(err error) {
		panel.busy(false)
		if err != nil {
			panel.refuse(err)
			return
		}
		if p.panel == panel {
			p.closePanel()
		}
		b := p.s.book
		p.s.cfg.Notify.Note(kit.Jade, b.T("budget.entered", b.T("budget.kind_"+string(e.Kind)), b.Money(e.Amount)), "")
		p.read()
		panel.settle(true)
	})
}

// reverse undoes the chosen entry by another one; none is ever taken out. It asks
// once more, since money is not undone by an undo.
func (p *budget) reverse() {
	e, ok := p.chosenEntry()
	if !ok || p.mayEnter() != "" || e.Kind == campaigns.Reverse || p.reversed(e) || p.panel != nil {
		return
	}
	undo, of := campaigns.Entry{Line: e.Line, Contract: e.Contract, Kind: campaigns.Reverse, Amount: e.Amount, Reverses: e.ID}, p.title(e.Line)
	p.panel = newPanel(p.s.book, p.closePanel, func(panel *planPanel, f *form) panelParts {
		b := f.b
		f.add(kit.NewParagraph(b.T("budget.reverses", b.T("budget.kind_"+string(e.Kind)), b.Money(e.Amount), of), kit.Plain))
		f.text(b.T("budget.words"), b.T("budget.why_hint"), 3, &undo.Words)
		return panelParts{title: b.T("budget.reverse"), save: b.T("budget.reverse"), put: func() {
			if err := f.read(); err != nil {
				panel.refuse(err)
				return
			}
			p.put(panel, undo)
		}}
	})
	p.drawSide()
}
