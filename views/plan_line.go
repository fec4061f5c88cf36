package views

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"cinnabar/assets"
	"cinnabar/campaigns"
	"cinnabar/internal/fault"
	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// addLine takes a new line, of a KOL first.
func (p *plan) addLine() {
	if p.edits() {
		p.linePanel(campaigns.Line{Kind: campaigns.KOLLine, From: p.now.Wish.From, To: p.now.Wish.To})
	}
}

// editLine takes changes of the chosen line.
func (p *plan) editLine() {
	if !p.edits() {
		return
	}
	for _, l := range p.scenario().Lines {
		if l.ID == p.line {
			p.linePanel(copiedLine(l))
			return
		}
	}
}

// copiedLine is a line whose parts can be changed without changing the plan's.
func copiedLine(l campaigns.Line) campaigns.Line {
	if l.KOL != nil {
		part := *l.KOL
		l.KOL = &part
	}
	if l.Gift != nil {
		part := *l.Gift
		l.Gift = &part
	}
	if l.Event != nil {
		part := *l.Event
		l.Event = &part
	}
	if l.Trial != nil {
		part := *l.Trial
		l.Trial = &part
	}
	if l.Promotion != nil {
		part := *l.Promotion
		l.Promotion = &part
	}
	return l
}

// ofKind is a line with exactly the part that its kind names.
func ofKind(l campaigns.Line, kind campaigns.LineKind) campaigns.Line {
	l.Kind, l.KOL, l.Gift, l.Event, l.Trial, l.Promotion = kind, nil, nil, nil, nil, nil
	switch kind {
	case campaigns.KOLLine:
		l.KOL = &campaigns.KOLPost{Format: campaigns.PictureNote, Alone: -1}
	case campaigns.GiftLine:
		l.Gift = &campaigns.Gift{Kind: campaigns.AnimatedCard, Editions: 1000, PerHead: 1}
	case campaigns.EventLine:
		l.Event = &campaigns.Event{}
	case campaigns.TrialLine:
		l.Trial = &campaigns.Trials{}
	case campaigns.PromotionLine:
		l.Promotion = &campaigns.Promotion{}
	}
	return l
}

// linePanel takes a line in the column at the right.
func (p *plan) linePanel(l campaigns.Line) {
	if l.KOL == nil && l.Gift == nil && l.Event == nil && l.Trial == nil && l.Promotion == nil {
		l = ofKind(l, l.Kind)
	}
	fresh, shortlist := l.ID == "", ""
	p.panel = newPanel(p.s.book, p.closePanel, func(panel *planPanel, f *form) panelParts {
		b := f.b
		if fresh {
			f.add(p.kindChips(f, l.Kind, func(k campaigns.LineKind) {
				_ = f.read() // what was typed into fields of both kinds stays
				l = ofKind(l, k)
				panel.touched = true
				panel.draw(p.s.book)
			}))
		}
		switch {
		case l.KOL != nil:
			p.kolFields(f, &l, &shortlist, panel)
		case l.Gift != nil:
			p.giftFields(f, &l)
		case l.Event != nil:
			p.eventFields(f, &l)
		case l.Trial != nil:
			p.trialFields(f, &l)
		case l.Promotion != nil:
			p.promotionFields(f, &l)
		}
		f.days(b.T("plan.from"), b.T("plan.to"), &l.From, &l.To)
		parts := panelParts{title: b.T("plan.change_line"), save: b.T("plan.apply"), put: func() { p.putLine(f, &l, panel) }}
		if fresh {
			parts.title, parts.save = b.T("plan.add_line"), b.T("plan.add_line")
		} else {
			parts.more = append(parts.more, kit.NewButton(kit.ButtonConfig{Text: b.T("plan.remove"), Weight: kit.Quiet, Press: func() {
				p.line, p.panel = l.ID, nil
				p.removeLine()
				p.drawSide()
			}}))
		}
		return parts
	})
	p.drawSide()
}

// kindChips lets one of the kinds of line be chosen.
func (p *plan) kindChips(f *form, now campaigns.LineKind, pick func(campaigns.LineKind)) fyne.CanvasObject {
	var kinds []kit.Chip
	for _, k := range campaigns.LineKinds() {
		kinds = append(kinds, kit.Chip{ID: string(k), Text: f.b.T("plan.kind_" + string(k))})
	}
	rows := kit.Stack(look.S1 + 2)
	for _, row := range chipRows(kinds, planSide-2*look.S4) {
		chips := kit.NewChips(func(id string) { pick(campaigns.LineKind(id)) })
		chips.Set(row, string(now))
		rows.Add(chips)
	}
	return rows
}

// putLine writes a line into the plan, if all of it can be read.
func (p *plan) putLine(f *form, l *campaigns.Line, panel *planPanel) {
	if err := f.read(); err != nil {
		panel.refuse(err)
		return
	}
	if l.KOL != nil && l.KOL.KOL == "" {
		panel.refuse(fault.New(fault.FieldMissing, "field", "kol"))
		return
	}
	if l.Promotion != nil {
		l.Cost = campaigns.CostOf(p.now, *l)
	}
	lines := slices.Clone(p.scenario().Lines)
	if l.ID == "" {
		l.ID = p.s.cfg.NewID()
		lines = append(lines, *l)
	} else {
		for i := range lines {
			if lines[i].ID == l.ID {
				lines[i] = *l
			}
		}
	}
	trial := whole(p.now)
	for i := range trial.Scenarios {
		if trial.Scenarios[i].ID == p.shown {
			trial.Scenarios[i].Lines = lines
		}
	}
	if err := campaigns.Validate(trial); err != nil {
		if !slices.ContainsFunc(p.scenario().Lines, func(o campaigns.Line) bool { return o.ID == l.ID }) {
			l.ID = "" // still a new one
		}
		panel.refuse(err)
		return
	}
	p.panel, p.line = nil, l.ID
	p.change(lines)
	panel.settle(true)
}

// kolChoices is how many KOLs the panel offers at once.
const kolChoices = 7

// kolFields find a KOL and say in which form and for how much. shortlist is the list
// that the offered ones are on, "" for anybody.
func (p *plan) kolFields(f *form, l *campaigns.Line, shortlist *string, panel *planPanel) {
	b := f.b
	list := kit.Stack(0)
	fee := kit.Stack(0)
	query := ""
	var drawFee, drawList func()
	pick := func(k campaigns.KOL) {
		l.KOL.KOL, l.KOL.Handle, l.Title, l.KOL.Alone = k.ID, k.Handle, k.Handle, -1
		if _, ok := campaigns.QuoteOn(k, l.KOL.Format, p.now.Wish.From); !ok {
			for _, format := range campaigns.Formats() {
				if _, ok := campaigns.QuoteOn(k, format, p.now.Wish.From); ok {
					l.KOL.Format = format
					break
				}
			}
		}
		if q, ok := campaigns.QuoteOn(k, l.KOL.Format, p.now.Wish.From); ok {
			l.Cost = q.Fee
		}
		f.changed()
		drawFee()
		drawList()
	}
	taken := map[string]bool{}
	for _, o := range p.scenario().Lines {
		if o.KOL != nil && o.ID != l.ID {
			taken[o.KOL.KOL] = true
		}
	}
	drawList = func() {
		list.Objects = nil
		shown := 0
		var only []string
		for _, sl := range p.known.Lists {
			if sl.ID == *shortlist {
				only = sl.KOLs
			}
		}
		for _, k := range p.known.Pool {
			if shown == kolChoices {
				break
			}
			if taken[k.ID] || *shortlist != "" && !slices.Contains(only, k.ID) ||
				query != "" && !strings.Contains(strings.ToLower(k.Handle+" "+k.ID+" "+k.About), strings.ToLower(query)) {
				continue
			}
			shown++
			q, _ := quoteShown(k, nil)
			row := kit.NewPress(kit.Pad(6, 0, 6, 0, kit.Row(look.S2, kit.Grow(kit.Stack(1,
				kit.NewText(oneLine(k.Handle), kit.Style{Bold: k.ID == l.KOL.KOL, Shrink: true}),
				kit.NewText(joinDots(b, []string{kolField(b, k.Category), b.Count(k.Followers)}), kit.Style{Size: look.Caption, Ink: look.SecondInk, Shrink: true}))),
				kit.NewText(b.MoneyShort(q.Fee), kit.Figure))), look.S2, func() { pick(k) })
			row.Choose(k.ID == l.KOL.KOL)
			list.Add(row)
			list.Add(kit.NewRule())
		}
		if shown == 0 {
			what := "plan.nobody_fits"
			if !p.known.there {
				what = "common.loading"
			}
			list.Add(kit.NewParagraph(b.T(what), kit.Second))
		}
		panel.grew()
	}
	search := kit.NewField(kit.FieldConfig{Placeholder: b.T("plan.find_kol"), Icon: look.IconSearch})
	search.Changed = func(text string) { query = strings.TrimSpace(text); drawList() }
	search.OnKey(func(e *fyne.KeyEvent) bool {
		if e.Name != fyne.KeyReturn && e.Name != fyne.KeyEnter {
			return false
		}
		// Enter takes the first that fits.
		for _, k := range p.known.Pool {
			if !taken[k.ID] && strings.Contains(strings.ToLower(k.Handle+" "+k.ID+" "+k.About), strings.ToLower(query)) {
				pick(k)
				break
			}
		}
		return true
	})
	f.add(search)
	f.fields = append(f.fields, search)
	if len(p.known.Lists) > 0 {
		options := []kit.Option{{ID: "", Text: b.T("kols.any_list")}}
		for _, sl := range p.known.Lists {
			options = append(options, kit.Option{ID: sl.ID, Text: sl.Name, More: sl.Brand})
		}
		lists := kit.NewQuietSelect(b.T("kols.any_list"))
		lists.Set(options, *shortlist)
		lists.Picked = func(id string) { *shortlist = id; drawList() }
		f.add(lists)
	}
	f.add(list)
	var amount *form
	drawFee = func() {
		amount = &form{b: b, touched: f.changed}
		var chips []kit.Chip
		k, known := p.known.KOLs[l.KOL.KOL]
		for _, format := range campaigns.Formats() {
			if _, ok := campaigns.QuoteOn(k, format, p.now.Wish.From); ok || !known || format == l.KOL.Format {
				chips = append(chips, kit.Chip{ID: string(format), Text: formatName(b, format)})
			}
		}
		amount.add(choice(b.T("plan.format"), chips, string(l.KOL.Format), func(id string) {
			l.KOL.Format = campaigns.Format(id)
			if q, ok := campaigns.QuoteOn(p.known.KOLs[l.KOL.KOL], l.KOL.Format, p.now.Wish.From); ok {
				l.Cost = q.Fee
			}
			f.changed()
			drawFee()
		}))
		amount.amount(b.T("plan.fee_before"), "fee", &l.Cost)
		fee.Objects = []fyne.CanvasObject{kit.Stack(look.S3, amount.objects...)}
		panel.grew()
	}
	drawFee()
	drawList()
	f.add(fee)
	f.parts = append(f.parts, func() *form { return amount })
	f.takes = append(f.takes, func() error { return amount.read() })
}

func (p *plan) giftFields(f *form, l *campaigns.Line) {
	b, g := f.b, l.Gift
	f.text(b.T("plan.title"), b.T("plan.hint_gift"), 1, &l.Title)
	var kinds []kit.Option
	for _, k := range []campaigns.GiftKind{campaigns.Collectible, campaigns.AnimatedCard, campaigns.GamingSkin} {
		kinds = append(kinds, kit.Option{ID: string(k), Text: b.T("plan.gift_" + string(k))})
	}
	f.choose(b.T("plan.gift_kind"), kinds, string(g.Kind), func(id string) { g.Kind = campaigns.GiftKind(id) })
	var artwork []assets.ID
	if g.Artwork != "" {
		artwork = append(artwork, g.Artwork)
	}
	f.pictures(p.s, b.T("plan.artwork"), p.id, artwork, false, func(ids []assets.ID) {
		g.Artwork = ""
		if len(ids) > 0 {
			g.Artwork = ids[0]
		}
	})
	f.number(b.T("plan.editions"), "editions", &g.Editions)
	f.number(b.T("plan.per_head"), "per_head", &g.PerHead)
	f.yes(b.T("plan.draw"), &g.Draw)
	f.yes(b.T("plan.transfer"), &g.Transfer)
	f.amount(b.T("plan.cost"), "cost", &l.Cost)
}

func (p *plan) eventFields(f *form, l *campaigns.Line) {
	b, e := f.b, l.Event
	f.text(b.T("plan.title"), b.T("plan.hint_event"), 1, &l.Title)
	f.text(b.T("plan.place"), "", 1, &e.Place)
	f.text(b.T("plan.city"), "", 1, &e.City)
	f.clock(b.T("plan.starts"), "starts", &e.Starts)
	f.clock(b.T("plan.ends"), "ends", &e.Ends)
	f.number(b.T("plan.capacity"), "capacity", &e.Capacity)
	f.amount(b.T("plan.cost"), "cost", &l.Cost)
}

func (p *plan) trialFields(f *form, l *campaigns.Line) {
	b, t := f.b, l.Trial
	f.text(b.T("plan.title"), "", 1, &l.Title)
	f.text(b.T("plan.product"), "", 1, &t.Product)
	f.number(b.T("plan.units"), "units", &t.Units)
	f.amount(b.T("plan.worth"), "worth", &t.Worth)
	f.text(b.T("plan.who"), b.T("plan.hint_who"), 2, &t.Who)
	f.add(kit.NewParagraph(b.T("plan.trial_note", campaigns.DisclosureOf("CN").Wording), kit.Small))
	f.amount(b.T("plan.cost"), "cost", &l.Cost)
}

func (p *plan) promotionFields(f *form, l *campaigns.Line) {
	b, pr := f.b, l.Promotion
	f.text(b.T("plan.title"), "", 1, &l.Title)
	f.text(b.T("plan.message"), b.T("plan.hint_message"), 3, &pr.Message)
	f.text(b.T("plan.variant"), b.T("plan.hint_variant"), 3, &pr.Variant)
	f.amount(b.T("plan.daily"), "daily", &pr.Daily)
	f.number(b.T("plan.expected"), "expected", &pr.Expected)
	segmentFields(f, b, &pr.Segment)
}
