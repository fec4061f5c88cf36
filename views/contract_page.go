package views

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"cinnabar/campaigns"
	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// drawPage shows the contract as whoever signs it reads it.
func (p *contracts) drawPage() {
	b := p.s.book
	c := p.known.Campaign
	tabs := kit.Stack(look.S3, p.s.tabs(c, contractTab))
	l, deal, made := p.chosen()
	put := func(objects ...fyne.CanvasObject) {
		p.page.Objects = []fyne.CanvasObject{kit.NewScroll(kit.PadAll(look.S5, kit.Stack(look.S4, append([]fyne.CanvasObject{tabs}, objects...)...)))}
		p.page.Refresh()
	}
	state := func(what, next string) {
		p.page.Objects = []fyne.CanvasObject{kit.Stack(0, kit.PadAll(look.S5, tabs), kit.Grow(kit.NewState(kit.State{Icon: look.IconNote, What: what, Next: next})))}
		p.page.Refresh()
	}
	switch {
	case len(p.order) == 0:
		state(b.T("contract.no_kols"), b.T("contract.no_kols_next"))
		return
	case !made && c.State != campaigns.Approved && c.State != campaigns.Running:
		state(b.T("contract.not_approved"), b.T("contract.not_approved_next"))
		return
	case !made:
		state(b.T("contract.none", p.handle(l)), b.T("contract.none_next"))
		return
	}
	title := kit.Row(look.S3, kit.NewText(joinDots(b, []string{deal.Ref, p.handle(l)}), kit.PageTitle), kit.NewPill(b.T("contract.state_"+string(deal.State)), contractTone(deal.State)), kit.Gap(),
		kit.NewText(b.T("contract.version", deal.Version), kit.Second))
	put(title, p.briefCard(deal), p.termsCard(deal), p.deliverablesCard(deal), p.roundsCard(deal), p.versionsCard(deal))
}

func (p *contracts) briefCard(d campaigns.Contract) fyne.CanvasObject {
	b := p.s.book
	say := func(name string, list []string, tone kit.Tone) fyne.CanvasObject {
		if len(list) == 0 {
			return label(b.T(name), kit.NewText(b.T("common.none"), kit.Second))
		}
		lines := kit.Stack(2)
		icon := look.IconCheck
		if tone == kit.Cinnabar {
			icon = look.IconCross
		}
		for _, s := range list {
			lines.Add(kit.TopRow(look.S2, top(kit.Fixed(16, 21, kit.NewSymbol(icon, tone.Ink(), 14))), kit.Grow(kit.NewParagraph(s, kit.Plain))))
		}
		return label(b.T(name), lines)
	}
	where := campaigns.DisclosureOf(d.Brief.Jurisdiction)
	wording := kit.NewGround(look.JadeTint, look.Radius, kit.PadAll(look.S3, kit.Stack(2,
		kit.NewText(b.T("contract.wording", inLanguage(b, where.Title, where.Code)), kit.Style{Size: look.Caption, Ink: look.JadeInk, Shrink: true}),
		kit.NewParagraph(d.Brief.Disclosure, kit.Style{Bold: true, Ink: look.JadeInk}),
		kit.NewParagraph(b.T("contract.wording_where"), kit.Style{Size: look.Caption, Ink: look.JadeInk}))))
	parts := kit.Stack(look.S3, label(b.T("contract.product"), kit.NewParagraph(orDash(b, d.Brief.Product), kit.Plain)), wording,
		kit.Grid(2, look.S4, say("contract.must_say", d.Brief.MustSay, kit.Jade), say("contract.must_not", d.Brief.MustNot, kit.Cinnabar)))
	if len(d.Brief.Creative) > 0 {
		row := kit.Row(look.S2)
		for _, id := range d.Brief.Creative {
			picture := kit.NewPicture(p.s.cfg.Gallery, true, look.SmallRadius)
			picture.Set(id)
			row.Add(kit.Fixed(72, 96, picture))
		}
		row.Add(kit.Gap())
		parts.Add(label(b.T("contract.creative"), row))
	}
	if strings.TrimSpace(d.Brief.Words) != "" {
		parts.Add(kit.NewParagraph(d.Brief.Words, kit.Plain))
	}
	return kit.NewCard(b.T("contract.brief"), parts)
}

func (p *contracts) termsCard(d campaigns.Contract) fyne.CanvasObject {
	b := p.s.book
	service := d.Terms.ServiceFee.Of(d.Terms.Fee)
	usage := b.T("contract.usage_none")
	if d.Terms.UsageDays > 0 {
		usage = b.T("contract.usage_days", d.Terms.UsageDays, orDash(b, d.Terms.UsageWhere))
	}
	return kit.NewCard(b.T("contract.terms"), kit.Stack(look.S3, kit.Grid(3, look.S4,
		figure(b.Money(d.Terms.Fee), b.T("contract.fee")), figure(b.Money(service), b.T("contract.service", b.Percent(float64(d.Terms.ServiceFee)/10_000))),
		figure(b.Money(d.Terms.Fee+service), b.T("contract.sum"))),
		label(b.T("contract.usage"), kit.NewParagraph(usage, kit.Plain))))
}

func (p *contracts) deliverablesCard(d campaigns.Contract) fyne.CanvasObject {
	b := p.s.book
	lines := kit.Stack(0)
	for i, v := range d.Terms.Deliverables {
		if i > 0 {
			lines.Add(kit.NewRule())
		}
		post := b.T("contract.not_posted")
		if v.Post != "" {
			post = b.T("contract.posted", v.Post)
		}
		one := kit.Stack(3, kit.Row(look.S2, kit.NewText(b.T("contract.count", v.Count, formatName(b, v.Format)), kit.Strong),
			kit.Grow(kit.NewText(b.T("contract.between", b.Window(v.From, v.To)), kit.Style{Ink: look.SecondInk, Shrink: true})), kit.NewText(post, kit.Small)))
		if v.Planned != "" {
			one.Add(kit.NewText(b.T("contract.planned", b.DateOf(v.Planned)), kit.Small))
		}
		if v.Link != "" {
			one.Add(kit.Row(look.S1+2, kit.NewSymbol(look.IconLink, look.IndigoInk, 14), kit.Grow(kit.NewText(v.Link, kit.Style{Ink: look.IndigoInk, Shrink: true}))))
		}
		if v.Code != "" {
			one.Add(kit.Row(look.S2, kit.NewText(b.T("contract.code"), kit.Small), kit.NewText(v.Code, kit.Style{Bold: true, Mono: true}), kit.Gap()))
		}
		lines.Add(kit.Pad(look.S2, 0, look.S2, 0, one))
	}
	if len(d.Terms.Deliverables) == 0 {
		lines.Add(kit.NewParagraph(b.T("contract.no_deliverables"), kit.Second))
	}
	return kit.NewCard(b.T("contract.deliverables"), lines)
}

func (p *contracts) roundsCard(d campaigns.Contract) fyne.CanvasObject {
	b := p.s.book
	lines := kit.Stack(look.S2)
	for _, r := range d.Rounds {
		who, tone := b.T("contract.round_brand"), kit.Indigo
		if r.Counts {
			who, tone = b.T("contract.round_kol"), kit.Amber
		}
		lines.Add(kit.Row(look.S3, kit.NewPill(who, tone), kit.NewText(b.Money(r.Fee), kit.Strong), kit.Grow(kit.NewText(oneLine(r.Words), kit.Style{Ink: look.SecondInk, Shrink: true})),
			kit.NewText(joinDots(b, []string{r.By, b.Stamp(r.At)}), kit.Small)))
	}
	if len(d.Rounds) == 0 {
		lines.Add(kit.NewParagraph(b.T("contract.no_rounds"), kit.Second))
	}
	return kit.NewCard(b.T("contract.rounds"), lines)
}

// versionsCard lists what stood before, read when the contract is looked at.
func (p *contracts) versionsCard(d campaigns.Contract) fyne.CanvasObject {
	b := p.s.book
	if p.of != d.ID || len(p.versions) == 0 || p.versions[0].Version != d.Version {
		p.past.ask(func(ctx context.Context) ([]campaigns.Contract, error) { return p.s.cfg.Contracts.Versions(ctx, d.ID) }, func(all []campaigns.Contract, err error) {
			if err != nil || len(all) == 0 {
				return
			}
			slices.SortFunc(all, func(x, y campaigns.Contract) int { return y.Version - x.Version })
			p.of, p.versions = d.ID, all
			if all[0].Version == d.Version {
				p.drawPage()
			}
		})
	}
	lines := kit.Stack(look.S1)
	if p.of == d.ID {
		for i, v := range p.versions {
			if i == 12 {
				break
			}
			lines.Add(kit.Row(look.S3, kit.Fixed(80, 0, kit.NewText(b.T("contract.version", v.Version), kit.Plain)), kit.NewPill(b.T("contract.state_"+string(v.State)), contractTone(v.State)),
				kit.Grow(kit.NewText(b.Money(v.Terms.Fee), kit.Second)), kit.NewText(b.Stamp(v.Updated), kit.Small)))
		}
	}
	return kit.NewCard(b.T("contract.versions"), lines)
}
