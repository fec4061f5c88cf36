package views

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cinnabar/campaigns"
	"cinnabar/internal/money"
	"cinnabar/moderation"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// planRow is a line of the table.
type planRow struct{ line campaigns.Line }

// buildMain makes what stands in the middle: title, figures, lanes, lines.
func (p *plan) buildMain() {
	b := p.s.book
	p.how = kit.NewParagraph("", kit.Small)
	p.lanes = kit.NewLanes(kit.LanesConfig{Label: 104, Scrolls: true, Tick: p.tick,
		Selected: p.choose, Opened: func(id string) { p.choose(id); p.editLine() },
		Moved: p.movedTo})
	p.table = kit.NewTable(kit.TableConfig[planRow]{
		Columns: []kit.Column{{Label: b.T("plan.line")}, {Label: b.T("plan.about")}, {Label: b.T("plan.format"), Width: 84},
			{Label: b.T("plan.fee"), Width: 76, Align: fyne.TextAlignTrailing}, {Label: b.T("plan.audience"), Width: 66, Align: fyne.TextAlignTrailing},
			{Label: b.T("plan.alone"), Width: 88, Align: fyne.TextAlignTrailing}, {Label: b.T("plan.risk"), Width: 36, Align: fyne.TextAlignTrailing}},
		Key: func(r planRow) string { return r.line.ID }, Cells: func(r planRow) []kit.Cell { return p.cells(r.line) },
		Selected: func(r planRow) { p.choose(r.line.ID) }, Opened: func(planRow) { p.editLine() },
	})
	p.search = kit.NewField(kit.FieldConfig{Placeholder: b.T("plan.find"), Icon: look.IconSearch})
	p.search.Set(p.filter)
	p.search.Changed = func(text string) { p.filter = strings.TrimSpace(text); p.drawLines() }
	p.search.OnKey(func(e *fyne.KeyEvent) bool {
		if e.Name != fyne.KeyReturn && e.Name != fyne.KeyDown && e.Name != fyne.KeyEscape {
			return false
		}
		if c := kit.CanvasOf(p.search); c != nil {
			c.Unfocus()
		}
		return true
	})
	p.main = kit.Stack(look.S4)
	p.middle = kit.NewScroll(kit.PadAll(look.S5, p.main))
}

// tick words a day of the lanes: the month stands where it begins.
func (p *plan) tick(day int) string {
	d := shifted(p.now.Wish.From, day)
	t, ok := d.Time()
	if !ok {
		return ""
	}
	if day != 0 && t.Day() > 4 && !p.s.book.Chinese() {
		return t.Format("2")
	}
	return p.s.book.DateOf(d)
}

// drawMain shows the plan as it stands, saved or not.
func (p *plan) drawMain() {
	if p.main == nil || p.known == nil {
		return
	}
	b, c := p.s.book, p.now
	pill := b.T("plan.pill_" + string(c.State))
	title := kit.Row(look.S3, kit.NewText(clip(c.Brand+b.T("common.dot")+c.Name, 48), kit.PageTitle), kit.NewPill(pill, stateTone(c.State)))
	if p.dirty() {
		title.Add(kit.NewPill(b.T("rules.unsaved"), kit.Amber))
	}
	title.Add(kit.Gap())
	title.Add(kit.NewText(b.Window(c.Wish.From, c.Wish.To), kit.Second))
	p.drawLanes()
	p.drawLines()
	n := len(p.scenario().Lines)
	var below fyne.CanvasObject
	if n == 0 {
		below = kit.NewCard("", kit.Fixed(0, 190, p.empty()))
	} else {
		rows := float32(max(4, min(n, 14)))
		find := kit.Pad(look.S2, look.S4, 0, look.S4, kit.Row(look.S3, kit.NewText(b.T("plan.lines_of", n), kit.Section), kit.Gap(), kit.Fixed(220, 0, p.search)))
		below = kit.NewPanel(kit.Pad(1, 1, look.S2, 1, kit.Stack(0, find, kit.Fixed(0, 34+rows*look.TableRow, p.table))))
	}
	lanes := min(p.lanes.Natural(), 26+8*40+look.S2)
	p.main.Objects = []fyne.CanvasObject{
		kit.Stack(look.S3, title, p.s.tabs(c, planTab)),
		kit.Stack(look.S2, p.figures(), kit.Fixed(0, 36, p.how)),
		kit.NewPanel(kit.Pad(look.S2, 1, look.S2, 1, kit.Fixed(0, lanes, p.lanes))),
		below,
	}
	p.middle.Refresh()
}

func (p *plan) empty() fyne.CanvasObject {
	b := p.s.book
	state := kit.State{Icon: look.IconCampaigns, What: b.T("plan.no_lines"), Next: b.T("plan.no_lines_read")}
	if p.edits() {
		state.Next = b.T("plan.no_lines_next")
		state.Action = kit.ButtonConfig{Text: b.T("plan.add_line"), Key: "N", Press: p.addLine}
	}
	return kit.NewState(state)
}

// figures are the five that decide, each saying how it was computed when the pointer
// is over it or it is pressed.
func (p *plan) figures() fyne.CanvasObject {
	b := p.s.book
	if p.reckoned == nil {
		p.how.Set(b.T("plan.reckoning"))
		return kit.Grid(5, look.S3, p.figure("plan.f_reach", "…", "", ""), p.figure("plan.f_spend", "…", "", ""), p.figure("plan.f_cpm", "…", "", ""),
			p.figure("plan.f_points", "…", "", ""), p.figure("plan.f_label", "…", "", ""))
	}
	f := p.reckoned.Outlook
	dash := b.T("common.none")
	reach, below := dash, b.T("plan.not_known")
	if f.Reach.Known {
		reach = b.Count(int(f.Reach.Value))
		below = b.T("plan.between", b.Count(int(f.Reach.Low)), b.Count(int(f.Reach.High)))
		if gap, ok := p.gap(); ok {
			below = b.T("plan.below_best", fine(b, gap))
		}
	}
	cost := money.Fen(f.Cost.Value)
	spend := b.T("plan.of_budget", b.Money(p.now.Wish.Budget))
	cpm, cpmSub := dash, b.T("plan.not_known")
	if f.CPM.Known {
		cpm = b.Money(roundYuan(f.CPM.Value))
		cpmSub = b.T("plan.between", b.Money(roundYuan(f.CPM.Low)), b.Money(roundYuan(f.CPM.High)))
	}
	points, pointsSub := dash, b.T("plan.not_known")
	if f.Points.Known {
		points, pointsSub = b.T("kols.tenth", f.Points.Value), b.T("plan.up_to", b.T("kols.tenth", f.Points.High))
	}
	label := b.T("plan.of", b.Number(f.Disclosed), b.Number(f.Posts))
	wording := campaigns.DisclosureOf("CN").Wording
	p.how.Set(p.explain(f.Reach.How))
	return kit.Grid(5, look.S3,
		p.figure("plan.f_reach", reach, below, f.Reach.How),
		p.figure("plan.f_spend", b.Money(cost), spend, f.Cost.How, b.MoneyShort(cost)),
		p.figure("plan.f_cpm", cpm, cpmSub, f.CPM.How),
		p.figure("plan.f_points", points, pointsSub, f.Points.How),
		p.figure("plan.f_label", label, b.T("plan.ask_for", wording), "plan.explain_label"))
}

// roundYuan is an amount that is no more exact than whole yuan.
func roundYuan(fen float64) money.Fen { return money.Fen(fen/100+.5) * money.Yuan }

// explain says how a figure was computed.
func (p *plan) explain(key string) string {
	if key == "" {
		return p.s.book.T("plan.explain_none")
	}
	if !p.s.book.Has(key) {
		return ""
	}
	return p.s.book.T(key)
}

// figure is a card of one number; short is how it is written where the card is narrow.
func (p *plan) figure(name, value, below, how string, short ...string) fyne.CanvasObject {
	b := p.s.book
	large := kit.Style{Size: look.Page, Bold: true, Shrink: true}
	var number fyne.CanvasObject = kit.NewText(value, large)
	if len(short) > 0 {
		number = container.New(fittingLayout{fyne.MeasureText(value, large.Size, fyne.TextStyle{Bold: true}).Width}, kit.NewText(value, large), kit.NewText(short[0], large))
	}
	body := kit.Stack(look.S1, kit.NewText(b.T(name), kit.Style{Size: look.Caption, Shrink: true}), number,
		kit.NewText(below, kit.Style{Size: look.Caption, Ink: look.SecondInk, Shrink: true}))
	press := kit.NewPress(kit.Pad(look.S3, look.S4, look.S3, look.S4, body), 0, func() { p.how.Set(p.explain(how)) })
	press.Hovered = func(over bool) {
		if over {
			p.how.Set(p.explain(how))
		} else if p.reckoned != nil {
			p.how.Set(p.explain(p.reckoned.Outlook.Reach.How))
		}
	}
	return kit.NewPanel(press)
}

// fittingLayout shows the first of two where there is room for it, else the second.
type fittingLayout struct{ width float32 }

func (fittingLayout) MinSize(o []fyne.CanvasObject) fyne.Size { return o[1].MinSize() }

func (l fittingLayout) Layout(o []fyne.CanvasObject, s fyne.Size) {
	for i, one := range o {
		one.Move(fyne.NewPos(0, 0))
		one.Resize(s)
		if (l.width <= s.Width) == (i == 0) {
			one.Show()
		} else {
			one.Hide()
		}
	}
}

// laneTone colours a kind of line as the drawing does.
func laneTone(k campaigns.LineKind) kit.Tone {
	switch k {
	case campaigns.KOLLine:
		return kit.Cinnabar
	case campaigns.GiftLine:
		return kit.Indigo
	case campaigns.EventLine, campaigns.TrialLine:
		return kit.Jade
	}
	return kit.Amber
}

// drawLanes shows the lines over the campaign's days, a lane for each kind that there is.
func (p *plan) drawLanes() {
	b, c := p.s.book, p.now
	days := max(1, campaigns.Days(c.Wish.From, c.Wish.To))
	var lanes []kit.Lane
	var bars []kit.LaneBar
	for _, kind := range campaigns.LineKinds() {
		some := false
		for _, l := range p.scenario().Lines {
			if l.Kind != kind {
				continue
			}
			some = true
			bars = append(bars, kit.LaneBar{ID: l.ID, Lane: string(kind), From: dayAt(c.Wish.From, l.From), To: dayAt(c.Wish.From, l.To),
				Earliest: 0, Latest: days - 1, Fixed: !p.edits(), Text: laneText(p, l), Tone: laneTone(kind)})
		}
		if some || kind == campaigns.KOLLine {
			lanes = append(lanes, kit.Lane{ID: string(kind), Text: b.T("plan.lane_" + string(kind))})
		}
	}
	step := 1
	for days/step > 10 {
		step += 1 + step/4
	}
	p.lanes.Set(lanes, bars, holidayBands(b, c.Wish.From, c.Wish.To))
	p.lanes.View(0, days, step)
	p.lanes.Select(p.line)
}

// dayAt counts the days from one to another; the first is 0.
func dayAt(from, d moderation.Date) int {
	a, aok := from.Time()
	z, zok := d.Time()
	if !aok || !zok {
		return 0
	}
	return int(z.Sub(a) / (24 * time.Hour)) // both are midnight UTC
}

// holidayBands are the stretches of the trade year that a window meets.
func holidayBands(b *words.Book, from, to moderation.Date) []kit.LaneBand {
	var bands []kit.LaneBand
	for _, h := range campaigns.Holidays() {
		a, z := dayAt(from, h.From), dayAt(from, h.To)
		if z < 0 || a > dayAt(from, to) {
			continue
		}
		tone := kit.Neutral
		if h.Selling {
			tone = kit.Amber
		}
		bands = append(bands, kit.LaneBand{From: a, To: z, Text: codeName(b, "holiday", h.Code), Tone: tone})
	}
	return bands
}

func laneText(p *plan, l campaigns.Line) string {
	b := p.s.book
	parts := []string{lineTitle(p, l)}
	switch {
	case l.Gift != nil && l.Gift.Editions > 0:
		parts = append(parts, b.T("plan.editions_n", b.Number(l.Gift.Editions)))
	case l.Event != nil && l.Event.City != "":
		parts = append(parts, l.Event.City)
	case l.Trial != nil && l.Trial.Units > 0:
		parts = append(parts, b.T("plan.units_n", b.Number(l.Trial.Units)))
	case l.Promotion != nil && l.Promotion.Variant != "":
		parts = append(parts, b.T("plan.ab"))
	}
	return joinDots(b, parts)
}

// lineTitle is what people call a line.
func lineTitle(p *plan, l campaigns.Line) string {
	if l.KOL != nil {
		if k, ok := p.known.KOLs[l.KOL.KOL]; ok {
			return oneLine(k.Handle)
		}
		if l.KOL.Handle != "" {
			return oneLine(l.KOL.Handle)
		}
		return l.KOL.KOL
	}
	if strings.TrimSpace(l.Title) != "" {
		return oneLine(l.Title)
	}
	return p.s.book.T("plan.kind_" + string(l.Kind))
}

// drawLines fills the table.
func (p *plan) drawLines() {
	var rows []planRow
	for _, l := range p.scenario().Lines {
		if p.filter != "" && !strings.Contains(strings.ToLower(lineTitle(p, l)+" "+l.Title), strings.ToLower(p.filter)) {
			continue
		}
		rows = append(rows, planRow{l})
	}
	p.table.Rows.Set(rows, false)
	p.table.Rows.Select(p.line)
}

func (p *plan) cells(l campaigns.Line) []kit.Cell {
	b := p.s.book
	dash := b.T("common.none")
	number := func(m map[string]float64, reckoned bool) string {
		n, ok := m[l.ID]
		if !ok || !reckoned {
			return dash
		}
		return b.Count(int(n))
	}
	current := p.reckoned != nil && p.reckoned.shown == p.shown
	var follow, alone map[string]float64
	if p.reckoned != nil {
		follow, alone = p.reckoned.Follow, p.reckoned.Alone
	}
	about, kind, risk := b.DateOf(l.From)+" – "+b.DateOf(l.To), b.T("plan.kind_"+string(l.Kind)), dash
	audience, adds := dash, dash
	switch {
	case l.KOL != nil:
		kind = formatName(b, l.KOL.Format)
		about = dash
		if k, ok := p.known.KOLs[l.KOL.KOL]; ok {
			about = joinDots(b, []string{kolField(b, k.Category), b.Count(k.Followers)})
			risk = b.T("kols.tenth", campaigns.RiskOf(k).Points)
		}
		audience, adds = number(follow, current), number(alone, current)
	case l.Promotion != nil:
		audience = b.Count(l.Promotion.Expected)
	case l.Event != nil:
		audience = b.Count(l.Event.Capacity)
	case l.Gift != nil:
		audience = b.Count(l.Gift.Editions)
	case l.Trial != nil:
		audience = b.Count(l.Trial.Units)
	}
	cost := l.Cost
	if l.Promotion != nil {
		cost = campaigns.CostOf(p.now, l)
	}
	return []kit.Cell{{Text: lineTitle(p, l), Bold: true}, {Text: about, Ink: look.SecondInk}, {Text: kind}, {Text: b.Money(cost)},
		{Text: audience}, {Text: adds, Bold: true}, {Text: risk}}
}
