package views

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"

	"cinnabar/campaigns"
	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// tied reports whether this person may write here.
func (p *contracts) tied() bool { return p.s.plansFor(p.known.Campaign.Brand) }

// edits reports whether the brief and the terms may still be changed.
func (p *contracts) edits() bool {
	_, d, made := p.chosen()
	return made && p.tied() && (d.State == campaigns.ContractDraft || d.State == campaigns.OfferMade || d.State == campaigns.CounterMade)
}

// mainMove is what the chosen contract waits for, and why it can't be done, "" when
// it can.
func (p *contracts) mainMove() (m campaigns.ContractMove, why string) {
	b := p.s.book
	_, d, made := p.chosen()
	if !made {
		return "", ""
	}
	switch d.State {
	case campaigns.ContractDraft:
		m = campaigns.MakeOffer
	case campaigns.OfferMade, campaigns.CounterMade:
		m = campaigns.Accept
	case campaigns.Agreed:
		m = campaigns.Sign
		if campaigns.NeedsEndorsement(d.Terms) && d.EndorsedBy == "" {
			m = campaigns.Endorse
		}
	case campaigns.Signed:
		m = campaigns.EndContract
	default:
		return "", ""
	}
	step, _ := campaigns.NextContract(d.State, m)
	switch {
	case !p.tied():
		why = b.T("plan.not_yours")
	case !p.s.up:
		why = b.T("plan.offline")
	case step.Another && d.CreatedBy == p.s.cfg.Me.Login:
		why = b.T("contract.own", b.Money(campaigns.EndorseAbove()))
	}
	return m, why
}

func (p *contracts) drawSide() {
	b := p.s.book
	if p.panel != nil {
		p.side.Objects = []fyne.CanvasObject{p.panel.box}
		p.side.Refresh()
		return
	}
	p.act, p.more = nil, nil
	body, foot := kit.Stack(look.S4), kit.Stack(look.S2)
	l, d, made := p.chosen()
	c := p.known.Campaign
	if l.KOL != nil {
		card := kit.Stack(look.S2, kit.NewParagraph(p.handle(l), kit.Heading), fact(b.T("plan.format"), formatName(b, l.KOL.Format)), fact(b.T("contract.in_plan"), b.Money(l.Cost)),
			fact(b.T("plan.col_window"), b.Window(l.From, l.To)))
		if k, ok := p.known.KOLs[l.KOL.KOL]; ok {
			text, tone := recordPill(b, k)
			card.Add(kit.Row(look.S2, kit.NewText(b.T("kols.col_record"), kit.Second), kit.Gap(), kit.NewPill(text, tone)))
		}
		if made {
			card.Add(fact(b.T("plan.made_by"), d.CreatedBy))
			if d.EndorsedBy != "" {
				card.Add(fact(b.T("contract.endorsed_by"), d.EndorsedBy))
			}
			if !d.SignedAt.IsZero() {
				card.Add(fact(b.T("contract.signed_at"), b.Stamp(d.SignedAt)))
			}
		}
		body.Add(card)
		if made {
			body.Add(p.stepsCard(d))
		}
	}
	if p.what != "" {
		foot.Add(noticeCard(kit.Amber, p.what, p.next))
	}
	m, why := p.mainMove()
	switch {
	case l.KOL == nil:
	case !made && (c.State == campaigns.Approved || c.State == campaigns.Running) && p.tied():
		p.act = kit.NewButton(kit.ButtonConfig{Text: b.T("contract.make"), Key: "Ctrl ↵", Weight: kit.Primary, Press: p.make})
		if p.busy || !p.s.up {
			p.act.Disable("")
		}
	case m != "":
		weight := kit.Primary
		if m == campaigns.EndContract {
			weight = kit.Bordered
		}
		p.act = kit.NewButton(kit.ButtonConfig{Text: b.T("contract.move_" + string(m)), Key: "Ctrl ↵", Weight: weight, Press: func() { p.begin(m) }})
		if why != "" {
			foot.Add(kit.NewParagraph(why, kit.Small))
		}
		if why != "" || p.busy {
			p.act.Disable("")
		}
	}
	if p.act != nil {
		foot.Add(p.act)
	}
	row := kit.Row(look.S2)
	if p.edits() {
		row.Add(kit.NewButton(kit.ButtonConfig{Text: b.T("contract.edit"), Key: "E", Weight: kit.Quiet, Press: p.edit}))
	}
	if made && p.s.cfg.Print != nil {
		row.Add(kit.NewButton(kit.ButtonConfig{Text: b.T("contract.print"), Key: "P", Weight: kit.Quiet, Press: p.print}))
	}
	row.Add(kit.Gap())
	if made && p.tied() && len(p.others()) > 0 {
		p.more = kit.NewButton(kit.ButtonConfig{Text: b.T("plan.more"), Weight: kit.Quiet, Press: p.openMore})
		row.Add(p.more)
	}
	if len(row.Objects) > 1 {
		foot.Add(row)
	}
	p.side.Objects = []fyne.CanvasObject{kit.Stack(0, kit.Grow(kit.NewScroll(kit.PadAll(look.S4, body))), kit.NewGround(look.Surface, 0, kit.PadAll(look.S4, foot)))}
	p.side.Refresh()
}

// stepsCard is the way from draft to signature, with where it stands.
func (p *contracts) stepsCard(d campaigns.Contract) fyne.CanvasObject {
	b := p.s.book
	steps := []campaigns.ContractState{campaigns.ContractDraft, campaigns.OfferMade, campaigns.Agreed, campaigns.Signed}
	at := slices.Index(steps, d.State)
	if d.State == campaigns.CounterMade {
		at = 1
	}
	card := kit.Stack(look.S1, kit.NewText(b.T("contract.way"), kit.Section))
	for i, s := range steps {
		icon, ink, style := look.IconMinus, look.SecondInk, kit.Style{Ink: look.SecondInk, Shrink: true}
		switch {
		case d.State == campaigns.ContractEnded || i < at:
			icon, ink, style = look.IconCheck, look.JadeInk, kit.Style{Shrink: true}
		case i == at:
			icon, ink, style = look.IconChevronRight, look.IndigoInk, kit.Style{Bold: true, Shrink: true}
		}
		name := b.T("contract.state_" + string(s))
		if i == at {
			name = b.T("contract.state_" + string(d.State))
		}
		if s == campaigns.Agreed && campaigns.NeedsEndorsement(d.Terms) {
			name += b.T("common.dot") + b.T("contract.above", b.MoneyShort(campaigns.EndorseAbove()))
		}
		card.Add(kit.Row(look.S2, kit.NewSymbol(icon, ink, 15), kit.Grow(kit.NewText(name, style))))
	}
	return card
}

// others are the moves beside the main one.
func (p *contracts) others() []campaigns.ContractMove {
	_, d, made := p.chosen()
	m, _ := p.mainMove()
	var out []campaigns.ContractMove
	for _, o := range []campaigns.ContractMove{campaigns.CounterOffer, campaigns.MakeOffer, campaigns.CancelContract} {
		if _, ok := campaigns.NextContract(d.State, o); made && ok && o != m {
			out = append(out, o)
		}
	}
	return out
}

func (p *contracts) openMore() {
	b := p.s.book
	var lines []kit.Option
	for _, m := range p.others() {
		lines = append(lines, kit.Option{ID: string(m), Text: b.T("contract.move_" + string(m)), More: b.T("contract.move_" + string(m) + "_more")})
	}
	p.menu.Open(p.more, kit.MenuConfig{Title: b.T("plan.more_title"), Lines: lines, None: b.T("plan.more_none"), Picked: func(id, _ string) { p.begin(campaigns.ContractMove(id)) }})
}

// print writes the contract for signing.
func (p *contracts) print() {
	_, d, made := p.chosen()
	if !made || p.s.cfg.Print == nil {
		return
	}
	b, c := p.s.book, p.known.Campaign
	var path string
	p.s.send(func(context.Context) (err error) {
		path, err = p.s.cfg.Print(d, c, b)
		return err
	}, func(err error) {
		if err != nil {
			p.s.complain(err)
			return
		}
		p.s.cfg.Notify.Note(kit.Jade, b.T("contract.printed", d.Ref), path)
	})
}
