package views

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cinnabar/campaigns"
	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// campaignList is the campaigns of one's brands, beside a column that says what
// there is to do or takes a new one.
type campaignList struct {
	s     *Campaigns
	query campaigns.CampaignQuery
	ask   latest[campaignSet]
	known *campaignSet

	box    fyne.CanvasObject
	table  *kit.Table[campaigns.Campaign]
	chips  *kit.Chips
	search *kit.Field
	list   *fyne.Container
	side   *fyne.Container
	new    *planPanel // while a new one is being written
}

type campaignSet struct {
	Campaigns []campaigns.Campaign
	Brands    []campaigns.BrandStanding
}

func newCampaignList(s *Campaigns) *campaignList {
	l := &campaignList{s: s, ask: latest[campaignSet]{loop: s.cfg.Loop, run: s.cfg.Go}}
	l.build()
	return l
}

func (l *campaignList) about() string {
	if l.known == nil {
		return ""
	}
	return l.s.book.T("plan.subtitle", l.s.book.Number(len(l.known.Campaigns)))
}

func (l *campaignList) waits() bool { return l.ask.out }

func (l *campaignList) content() fyne.CanvasObject { return l.box }

func (l *campaignList) build() {
	b := l.s.book
	l.table = kit.NewTable(kit.TableConfig[campaigns.Campaign]{
		Columns: []kit.Column{{Label: b.T("plan.col_name")}, {Label: b.T("plan.col_brand"), Width: 88}, {Label: b.T("plan.col_state"), Width: 84},
			{Label: b.T("plan.col_window"), Width: 222}, {Label: b.T("plan.col_lines"), Width: 40, Align: fyne.TextAlignTrailing},
			{Label: b.T("plan.col_cost"), Width: 80, Align: fyne.TextAlignTrailing}, {Label: b.T("plan.col_budget"), Width: 80, Align: fyne.TextAlignTrailing}},
		Key: func(c campaigns.Campaign) string { return c.ID }, Cells: l.cells,
		Selected: func(campaigns.Campaign) { l.drawSide() },
		Opened:   func(c campaigns.Campaign) { l.s.Open(c.ID) },
	})
	l.chips = kit.NewChips(func(id string) {
		l.query.States = nil
		if id != "" {
			l.query.States = []campaigns.State{campaigns.State(id)}
		}
		l.read()
	})
	chips := []kit.Chip{{Text: b.T("common.all")}}
	chosen := ""
	for _, st := range []campaigns.State{campaigns.Draft, campaigns.Proposed, campaigns.Approved, campaigns.Running, campaigns.Closed} {
		chips = append(chips, kit.Chip{ID: string(st), Text: kit.Capital(b.T("plan.state_" + string(st)))})
	}
	if len(l.query.States) > 0 {
		chosen = string(l.query.States[0])
	}
	l.chips.Set(chips, chosen)
	l.search = kit.NewField(kit.FieldConfig{Placeholder: b.T("plan.search"), Icon: look.IconSearch})
	l.search.Set(l.query.Search)
	l.search.Changed = func(text string) { l.query.Search = strings.TrimSpace(text); l.read() }
	l.list = container.NewStack(kit.NewState(kit.State{What: b.T("common.loading")}))
	l.side = container.NewStack()
	l.drawSide()
	if l.known != nil {
		l.fillRows()
	}
	left := kit.Stack(0,
		kit.Pad(look.S3, look.S4, look.S3, look.S4, kit.Row(look.S3, kit.Grow(l.chips), kit.Fixed(240, 0, l.search),
			kit.NewButton(kit.ButtonConfig{Text: b.T("plan.all_calendar"), Key: "T", Press: l.calendar}))),
		kit.NewRule(), kit.Grow(l.list))
	l.box = kit.Columns(0, planSide, nil, left, sideColumn(l.side))
}

// planSide is the width of the column at the right of a plan.
const planSide = look.DecisionWidth + 16

func (l *campaignList) cells(c campaigns.Campaign) []kit.Cell {
	b := l.s.book
	cost := b.T("common.none")
	if total, err := campaigns.Total(c, c.Picked()); err == nil {
		cost = b.MoneyShort(total)
	}
	name := c.Name
	if l.s.unsaved(c.ID) {
		name = joinDots(b, []string{b.T("rules.unsaved"), name})
	}
	return []kit.Cell{
		{Text: name, Bold: true}, {Text: c.Brand}, {Text: b.T("plan.state_" + string(c.State)), Pill: true, Tone: stateTone(c.State)},
		{Text: b.Window(c.Wish.From, c.Wish.To), Ink: look.SecondInk}, {Text: b.Number(len(c.Picked().Lines))},
		{Text: cost}, {Text: b.MoneyShort(c.Wish.Budget), Ink: look.SecondInk},
	}
}

func (l *campaignList) keys() []kit.Key {
	b := l.s.book
	keys := []kit.Key{
		{Name: "J", Label: b.T("shell.keys_move"), Do: func() { l.table.Rows.Step(1) }},
		{Name: "K", Label: b.T("shell.keys_move"), Do: func() { l.table.Rows.Step(-1) }},
		{Name: "Enter", Label: b.T("plan.key_open"), Do: l.open},
		{Name: "/", Label: b.T("plan.key_search"), Do: l.search.Focus},
		{Name: "T", Label: b.T("plan.all_calendar"), Do: l.calendar},
	}
	if l.s.cfg.Me.Plans() {
		keys = append(keys, kit.Key{Name: "N", Label: b.T("plan.key_new"), Do: l.begin})
	}
	if l.new != nil {
		keys = append(keys, kit.Key{Name: "Escape", Do: l.cancel})
	}
	return keys
}

func (l *campaignList) open() {
	if c, ok := l.table.Rows.Selected(); ok {
		l.s.Open(c.ID)
	}
}

func (l *campaignList) calendar() { l.s.show(newCalendar(l.s, "")) }

func (l *campaignList) read() {
	q := l.query
	l.ask.ask(func(ctx context.Context) (set campaignSet, err error) {
		if set.Campaigns, err = l.s.cfg.Campaigns.List(ctx, q); err != nil {
			return set, err
		}
		set.Brands, err = l.s.cfg.Campaigns.Brands(ctx)
		return set, err
	}, func(set campaignSet, err error) {
		switch {
		case err != nil && l.known != nil:
			return // what is known stays
		case err != nil:
			l.fill(unread(l.s.book, err, l.read))
			return
		}
		l.known = &set
		l.fillRows()
		if l.new == nil {
			l.drawSide()
		}
		l.s.retitle()
	})
}

func (l *campaignList) fillRows() {
	b := l.s.book
	l.table.Rows.Set(l.known.Campaigns, false)
	switch {
	case len(l.known.Campaigns) > 0:
		l.fill(l.table)
	case l.query.Search != "" || len(l.query.States) > 0:
		l.fill(kit.NewState(kit.State{Icon: look.IconFilter, What: b.T("plan.none_here"), Next: b.T("plan.none_here_next")}))
	case l.s.cfg.Me.Plans():
		l.fill(kit.NewState(kit.State{Icon: look.IconCampaigns, What: b.T("plan.none"), Next: b.T("plan.none_next"),
			Action: kit.ButtonConfig{Text: b.T("plan.new"), Key: "N", Press: l.begin}}))
	default:
		l.fill(kit.NewState(kit.State{Icon: look.IconCampaigns, What: b.T("plan.none"), Next: b.T("plan.none_read")}))
	}
}

func (l *campaignList) fill(o fyne.CanvasObject) {
	if len(l.list.Objects) == 1 && l.list.Objects[0] == o {
		return
	}
	l.list.Objects = []fyne.CanvasObject{o}
	l.list.Refresh()
}

// drawSide says how the brands stand, and what the chosen campaign is about.
func (l *campaignList) drawSide() {
	b := l.s.book
	if l.new != nil {
		l.side.Objects = []fyne.CanvasObject{l.new.box}
		l.side.Refresh()
		return
	}
	body := kit.Stack(look.S4)
	if c, ok := l.table.Rows.Selected(); ok {
		lines := kit.Stack(look.S2, kit.NewParagraph(c.Brand+b.T("common.dot")+c.Name, kit.Heading),
			kit.Row(0, kit.NewPill(b.T("plan.state_"+string(c.State)), stateTone(c.State)), kit.Gap()),
			fact(b.T("plan.col_window"), b.Window(c.Wish.From, c.Wish.To)),
			fact(b.T("plan.goal"), b.T("plan.goal_"+string(c.Wish.Goal))),
			fact(b.T("plan.col_budget"), b.Money(c.Wish.Budget)),
			fact(b.T("plan.made_by"), c.CreatedBy))
		if c.ProposedBy != "" {
			lines.Add(fact(b.T("plan.proposed_by"), c.ProposedBy))
		}
		if c.ApprovedBy != "" {
			lines.Add(fact(b.T("plan.approved_by"), c.ApprovedBy))
		}
		if c.Words != "" {
			lines.Add(kit.NewParagraph("“"+clip(c.Words, 300)+"”", kit.Second))
		}
		body.Add(lines)
	}
	if l.known != nil && len(l.known.Brands) > 0 {
		brands := kit.Stack(look.S2, kit.NewText(b.T("plan.brands"), kit.Section))
		for _, br := range l.known.Brands {
			brands.Add(kit.Stack(2, kit.Row(look.S2, kit.Grow(kit.NewText(br.Name, kit.Style{Bold: true, Shrink: true})), brandPill(l.s, br)),
				kit.NewParagraph(brandWhy(l.s, br), kit.Small)))
		}
		body.Add(brands)
	}
	parts := []fyne.CanvasObject{kit.Grow(kit.NewScroll(kit.PadAll(look.S4, body)))}
	foot := kit.Stack(look.S2)
	if _, ok := l.table.Rows.Selected(); ok {
		foot.Add(kit.NewButton(kit.ButtonConfig{Text: b.T("plan.open"), Key: "↵", Weight: kit.Primary, Press: l.open}))
	}
	if l.s.cfg.Me.Plans() {
		foot.Add(kit.NewButton(kit.ButtonConfig{Text: b.T("plan.new"), Key: "N", Press: l.begin}))
	}
	parts = append(parts, kit.PadAll(look.S4, foot))
	l.side.Objects = []fyne.CanvasObject{kit.Stack(0, parts...)}
	l.side.Refresh()
}

// fact is a name at the left and what it is at the right.
func fact(name, value string) fyne.CanvasObject {
	return kit.Row(look.S3, kit.NewText(name, kit.Second), kit.Grow(kit.NewText(value, kit.Style{Align: fyne.TextAlignTrailing, Shrink: true})))
}

func brandPill(s *Campaigns, br campaigns.BrandStanding) *kit.Pill {
	if br.Verified {
		return kit.NewPill(s.book.T("plan.brand_verified"), kit.Jade)
	}
	tone := kit.Cinnabar
	if br.Why == "waiting" || br.Why == "none" {
		tone = kit.Amber
	}
	return kit.NewPill(s.book.T("plan.brand_"+br.Why), tone)
}

// brandWhy says until when a brand can be planned for, or why it can't be.
func brandWhy(s *Campaigns, br campaigns.BrandStanding) string {
	b := s.book
	if !br.Verified {
		return b.T("plan.brand_" + br.Why + "_why")
	}
	parts := []string{}
	if br.Until != "" {
		parts = append(parts, b.T("plan.brand_until", b.Window(br.Until, br.Until)))
	}
	if br.Breaches > 0 {
		parts = append(parts, b.T("plan.brand_breaches", br.Breaches))
	}
	return joinDots(b, parts)
}

// begin takes a new campaign in the column at the right.
func (l *campaignList) begin() {
	s := l.s
	if !s.cfg.Me.Plans() || l.new != nil || l.known == nil {
		return
	}
	from := s.cfg.Now().In(s.book.Zone()).AddDate(0, 0, 14)
	c := campaigns.Campaign{ServiceFee: campaigns.DefaultServiceFee(),
		Wish:      campaigns.Wish{Goal: campaigns.Awareness, From: dayIn(from), To: dayIn(from.AddDate(0, 0, 27)), Frequency: 1},
		Scenarios: []campaigns.Scenario{{ID: s.cfg.NewID(), Name: "A"}}}
	c.Chosen = c.Scenarios[0].ID
	for _, br := range l.known.Brands {
		if br.Verified && c.Brand == "" && s.cfg.Me.TiedTo(br.Name) {
			c.Brand = br.Name
		}
	}
	l.new = wishPanel(s, c, l.known.Brands, nil, l.create, l.cancel)
	l.drawSide()
}

func (l *campaignList) cancel() {
	l.new = nil
	l.drawSide()
}

func (l *campaignList) create(c campaigns.Campaign) {
	if err := campaigns.Validate(c); err != nil {
		l.new.refuse(err)
		return
	}
	panel := l.new
	panel.busy(true)
	if panel.request == "" {
		panel.request = l.s.cfg.NewID()
	}
	var made campaigns.Campaign
	l.s.send(func(ctx context.Context) (err error) {
		made, err = l.s.cfg.Campaigns.Put(ctx, panel.request, c)
		return err
	}, func(err error) {
		panel.busy(false)
		if err != nil {
			panel.refuse(err)
			return
		}
		if l.new == panel {
			l.new = nil
			l.drawSide()
			if panel.settled == nil {
				l.s.Open(made.ID)
			}
		}
		panel.settle(true)
	})
}

func (l *campaignList) relink() {}

func (l *campaignList) reword() {
	if l.new != nil {
		l.new.reword(l.s.book)
	}
	l.build()
}

func (l *campaignList) commit() {
	if l.new != nil {
		l.new.save.Press()
	}
}

func (l *campaignList) held() *Held {
	return l.new.holds(func() { l.cancel() })
}

func (l *campaignList) leave() { l.ask.drop() }
