package views

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cinnabar/campaigns"
	"cinnabar/internal/money"
	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// budget is the page of a campaign's money: what each line was planned for, what is
// committed, held and paid, and the ledger that says how it came to that.
type budget struct {
	reading[budgetFile]
	s  *Campaigns
	id string

	line  string
	entry string // the chosen entry of the ledger
	panel *planPanel

	lines  *kit.Table[budgetRow]
	ledger *kit.Table[campaigns.Entry]
	main   *fyne.Container
	scroll *kit.Scroll
	side   *fyne.Container
}

type budgetFile struct {
	Campaign campaigns.Campaign
	Entries  []campaigns.Entry
}

type budgetRow struct {
	id, title string
	campaigns.Balance
}

func newBudget(s *Campaigns, id string) *budget {
	p := &budget{s: s, id: id, reading: newReading[budgetFile](s.cfg.Loop, s.cfg.Go)}
	p.build()
	return p
}

func (p *budget) about() string {
	if p.known == nil {
		return ""
	}
	return joinDots(p.s.book, []string{p.known.Campaign.Brand, p.known.Campaign.Name, p.s.book.T("plan.tab_budget")})
}

func (p *budget) read() {
	p.ask(func(ctx context.Context) (f budgetFile, err error) {
		if f.Campaign, err = p.s.cfg.Campaigns.Get(ctx, p.id); err != nil {
			return f, err
		}
		f.Entries, err = p.s.cfg.Campaigns.Ledger(ctx, p.id)
		return f, err
	}, p.build, func() {
		p.draw()
		p.drawSide()
	})
}

func (p *budget) build() {
	b := p.s.book
	if p.unfilled(b, p.read) {
		return
	}
	right := fyne.TextAlignTrailing
	p.lines = kit.NewTable(kit.TableConfig[budgetRow]{
		Columns: []kit.Column{{Label: b.T("plan.line")}, {Label: b.T("budget.planned"), Width: 110, Align: right}, {Label: b.T("budget.committed"), Width: 110, Align: right},
			{Label: b.T("budget.held"), Width: 96, Align: right}, {Label: b.T("budget.paid"), Width: 110, Align: right}, {Label: b.T("budget.open"), Width: 110, Align: right}},
		Key: func(r budgetRow) string { return r.id }, Cells: p.cells,
		Selected: func(r budgetRow) { p.line, p.entry = r.id, ""; p.drawSide() }, Opened: func(budgetRow) { p.enter("") },
	})
	p.ledger = kit.NewTable(kit.TableConfig[campaigns.Entry]{
		Columns: []kit.Column{{Label: b.T("budget.day"), Width: 96}, {Label: b.T("budget.kind"), Width: 110}, {Label: b.T("plan.line")}, {Label: b.T("budget.by"), Width: 110}, {Label: b.T("budget.amount"), Width: 120, Align: right}},
		Key:     func(e campaigns.Entry) string { return e.ID }, Cells: p.entryCells,
		Selected: func(e campaigns.Entry) { p.entry, p.line = e.ID, e.Line; p.drawSide() },
	})
	p.main = kit.Stack(look.S4)
	p.scroll = kit.NewScroll(kit.PadAll(look.S5, p.main))
	p.side = container.NewStack()
	p.draw()
	p.drawSide()
	p.fill(kit.Columns(0, planSide, nil, p.scroll, sideColumn(p.side)))
}

func (p *budget) title(line string) string {
	for _, l := range p.known.Campaign.Picked().Lines {
		if l.ID == line {
			if l.KOL != nil && l.KOL.Handle != "" {
				return oneLine(l.KOL.Handle)
			}
			if l.Title != "" {
				return oneLine(l.Title)
			}
			return p.s.book.T("plan.kind_" + string(l.Kind))
		}
	}
	return line
}

func (p *budget) cells(r budgetRow) []kit.Cell {
	b := p.s.book
	amount := func(f money.Fen, ink look.Token) kit.Cell {
		if f == 0 {
			return kit.Cell{Text: b.T("common.none"), Ink: look.SecondInk}
		}
		return kit.Cell{Text: b.Money(f), Ink: ink}
	}
	held := look.Ink
	if r.Held > 0 {
		held = look.AmberInk
	}
	return []kit.Cell{{Text: r.title, Bold: true}, amount(r.Planned, look.Ink), amount(r.Committed, look.Ink), amount(r.Held, held), amount(r.Paid, look.JadeInk), amount(max(0, r.Planned-r.Committed), look.SecondInk)}
}

func (p *budget) entryCells(e campaigns.Entry) []kit.Cell {
	b := p.s.book
	text, ink := b.Money(e.Amount), look.Ink
	if p.reversed(e) {
		ink = look.SecondInk
	}
	if e.Kind == campaigns.Reverse || e.Kind == campaigns.Release {
		text = "−" + text
	}
	kind := b.T("budget.kind_" + string(e.Kind))
	if p.reversed(e) {
		kind = b.T("budget.undone", kind)
	}
	return []kit.Cell{{Text: b.DateOf(e.Day), Ink: look.SecondInk}, {Text: kind, Pill: true, Tone: entryTone(e.Kind)}, {Text: p.title(e.Line)}, {Text: e.By, Ink: look.SecondInk}, {Text: text, Ink: ink}}
}

func entryTone(k campaigns.EntryKind) kit.Tone {
	switch k {
	case campaigns.Pay:
		return kit.Jade
	case campaigns.Hold:
		return kit.Amber
	case campaigns.Commit:
		return kit.Indigo
	}
	return kit.Neutral
}

// reversed reports whether an entry was undone by another.
func (p *budget) reversed(e campaigns.Entry) bool {
	return slices.ContainsFunc(p.known.Entries, func(o campaigns.Entry) bool { return o.Kind == campaigns.Reverse && o.Reverses == e.ID })
}

func (p *budget) draw() {
	b, c := p.s.book, p.known.Campaign
	per, all := campaigns.Balances(c, p.known.Entries)
	var rows []budgetRow
	for _, l := range c.Picked().Lines {
		rows = append(rows, budgetRow{l.ID, p.title(l.ID), per[l.ID]})
	}
	p.lines.Rows.Set(rows, false)
	p.lines.Rows.Select(p.line)
	entries := slices.Clone(p.known.Entries)
	slices.Reverse(entries) // the newest first
	p.ledger.Rows.Set(entries, false)
	p.ledger.Rows.Select(p.entry)
	table := func(head string, n int, o fyne.CanvasObject, none string) fyne.CanvasObject {
		if n == 0 {
			o = kit.Pad(look.S3, look.S4, look.S3, look.S4, kit.NewParagraph(none, kit.Second))
		} else {
			o = kit.Fixed(0, 34+float32(max(3, min(n, 9)))*look.TableRow, o)
		}
		return kit.NewPanel(kit.Pad(look.S3, 1, look.S2, 1, kit.Stack(look.S1, kit.Pad(0, look.S4, 0, look.S4, kit.NewText(head, kit.Section)), o)))
	}
	p.main.Objects = []fyne.CanvasObject{
		kit.Stack(look.S3, kit.Row(look.S3, kit.NewText(clip(c.Brand+b.T("common.dot")+c.Name, 48), kit.PageTitle), kit.NewPill(b.T("plan.pill_"+string(c.State)), stateTone(c.State)), kit.Gap(),
			kit.NewText(b.Window(c.Wish.From, c.Wish.To), kit.Second)), p.s.tabs(c, budgetTab)),
		kit.Grid(4, look.S3, p.figure("budget.planned", all.Planned, b.T("plan.of_budget", b.Money(c.Wish.Budget))),
			p.figure("budget.committed", all.Committed, b.T("budget.share", b.Percent(part(all.Committed, all.Planned)))),
			p.figure("budget.held", all.Held, b.T("budget.held_note")),
			p.figure("budget.paid", all.Paid, b.T("budget.share", b.Percent(part(all.Paid, all.Planned))))),
		p.pacing(),
		table(b.T("plan.lines_of", len(rows)), len(rows), p.lines, b.T("plan.no_lines")),
		table(b.T("budget.ledger", len(entries)), len(entries), p.ledger, b.T("budget.no_entries")),
	}
	p.main.Refresh()
	p.scroll.Refresh()
	p.s.retitle()
}

// part is a share of an amount, 0 of none.
func part(of, whole money.Fen) float64 {
	if whole <= 0 {
		return 0
	}
	return float64(of) / float64(whole)
}

func (p *budget) figure(name string, amount money.Fen, below string) fyne.CanvasObject {
	b := p.s.book
	return kit.NewCard("", kit.Stack(look.S1, kit.NewText(b.T(name), kit.Style{Size: look.Caption, Shrink: true}),
		kit.NewText(b.Money(amount), kit.Style{Size: look.Page, Bold: true, Shrink: true}), kit.NewText(below, kit.Style{Size: look.Caption, Ink: look.SecondInk, Shrink: true})))
}

// pacing holds what is paid against the time that has gone.
func (p *budget) pacing() fyne.CanvasObject {
	b := p.s.book
	pace := campaigns.Pacing(p.known.Campaign, p.known.Entries, p.s.today())
	_, all := campaigns.Balances(p.known.Campaign, p.known.Entries)
	text := b.T("budget.not_begun", b.DateOf(p.known.Campaign.Wish.From))
	tone := kit.Neutral
	switch {
	case pace.Ratio < 0:
	case pace.Ratio < .8:
		text, tone = b.T("budget.behind", b.Percent(pace.Ratio)), kit.Amber
	case pace.Ratio > 1.2:
		text, tone = b.T("budget.ahead", b.Percent(pace.Ratio)), kit.Amber
	default:
		text, tone = b.T("budget.in_time"), kit.Jade
	}
	bar := func(name string, o fyne.CanvasObject, value string) fyne.CanvasObject {
		return kit.Row(look.S3, kit.Fixed(110, 0, kit.NewText(name, kit.Style{Ink: look.SecondInk, Shrink: true})), kit.Grow(o), kit.Fixed(200, 0, kit.NewText(value, kit.Style{Align: fyne.TextAlignTrailing, Shrink: true})))
	}
	paid, held := part(all.Paid, all.Planned), part(all.Held, all.Planned)
	lines := kit.Stack(look.S2,
		kit.Row(look.S2, kit.NewText(b.T("budget.pacing"), kit.Section), kit.NewPill(text, tone), kit.Gap()),
		bar(b.T("budget.money"), kit.NewMeter(kit.Part{Share: paid, Tone: kit.Jade}, kit.Part{Share: held, Tone: kit.Amber}, kit.Part{Share: max(0, part(all.Committed, all.Planned)-paid-held), Tone: kit.Indigo}),
			b.T("budget.paid_of", b.MoneyShort(all.Paid), b.MoneyShort(all.Committed))),
		bar(b.T("budget.time"), kit.NewMeter(kit.Part{Share: part(money.Fen(pace.Gone), money.Fen(pace.Days)), Tone: kit.Indigo}), b.T("budget.days_of", pace.Gone, pace.Days)))
	if pace.End.Known {
		lines.Add(kit.NewParagraph(joined(b, b.T("budget.end", b.MoneyShort(money.Fen(pace.End.Value)), b.MoneyShort(money.Fen(pace.End.Low)), b.MoneyShort(money.Fen(pace.End.High))), b.T(pace.End.How)), kit.Small))
	}
	return kit.NewCard("", lines)
}

func (p *budget) keys() []kit.Key {
	b := p.s.book
	keys := p.s.tabKeys(p.id)
	if p.panel != nil {
		keys[0] = kit.Key{Name: "Escape", Do: p.closePanel}
	}
	if p.known == nil {
		return keys
	}
	keys = append(keys,
		kit.Key{Name: "J", Label: b.T("plan.key_move"), Do: func() { p.lines.Rows.Step(1) }},
		kit.Key{Name: "K", Label: b.T("plan.key_move"), Do: func() { p.lines.Rows.Step(-1) }},
		kit.Key{Name: "Down", Label: b.T("budget.key_ledger"), Do: func() { p.ledger.Rows.Step(1) }},
		kit.Key{Name: "Up", Label: b.T("budget.key_ledger"), Do: func() { p.ledger.Rows.Step(-1) }},
	)
	if p.mayEnter() == "" {
		keys = append(keys, kit.Key{Name: "E", Label: b.T("budget.enter"), Do: func() { p.enter("") }},
			kit.Key{Name: "X", Label: b.T("budget.reverse"), Do: p.reverse})
	}
	return keys
}

func (p *budget) relink() {
	if p.known != nil {
		p.drawSide()
	}
}

func (p *budget) reword() {
	if p.panel != nil {
		p.panel.reword(p.s.book)
	}
	p.build()
}

func (p *budget) held() *Held { return p.panel.holds(p.closePanel) }

func (p *budget) commit() {
	if p.panel != nil {
		p.panel.save.Press()
	}
}
