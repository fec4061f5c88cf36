package views

import (
	"context"
	"reflect"
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
	s  *Campaigns
	id string

	ask   latest[budgetFile]
	known *budgetFile
	err   error
	line  string
	entry string // the chosen entry of the ledger
	panel *planPanel

	box    *fyne.Container
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
	p := &budget{s: s, id: id, ask: latest[budgetFile]{loop: s.cfg.Loop, run: s.cfg.Go}, box: container.NewStack()}
	p.build()
	return p
}

func (p *budget) waits() bool { return p.ask.out }

func (p *budget) content() fyne.CanvasObject { return p.box }

func (p *budget) about() string {
	if p.known == nil {
		return ""
	}
	return joinDots(p.s.book, []string{p.known.Campaign.Brand, p.known.Campaign.Name, p.s.book.T("plan.tab_budget")})
}

func (p *budget) read() {
	p.ask.ask(func(ctx context.Context) (f budgetFile, err error) {
		if f.Campaign, err = p.s.cfg.Campaigns.Get(ctx, p.id); err != nil {
			return f, err
		}
		f.Entries, err = p.s.cfg.Campaigns.Ledger(ctx, p.id)
		return f, err
	}, func(f budgetFile, err error) {
		switch {
		case err != nil && p.known != nil:
			return
		case err != nil:
			p.err = err
			p.build()
			return
		case p.known != nil && reflect.DeepEqual(*p.known, f):
			return
		}
		first := p.known == nil
		p.known, p.err = &f, nil
		if first {
			p.build()
		} else {
			p.draw()
			p.drawSide()
		}
		p.s.retitle()
	})
}

func (p *budget) fill(o fyne.CanvasObject) {
	p.box.Objects = []fyne.CanvasObject{o}
	p.box.Refresh()
}

func (p *budget) build() {
	b := p.s.book
	switch {
	case p.known == nil && p.err != nil:
		what, next := b.Error(p.err)
		p.fill(kit.NewState(kit.State{Icon: look.IconOffline, Tone: kit.Amber, What: what, Next: next,
			Action: kit.ButtonConfig{Text: b.T("common.retry"), Press: p.read}}))
		return
	case p.known == nil:
		p.fill(kit.NewState(kit.State{What: b.T("common.loading")}))
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
	b := p.s.book
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
	f := &form{b: b}
	var panel *planPanel
	var amount *kit.Field
	var kinds []kit.Chip
	for _, k := range []campaigns.EntryKind{campaigns.Commit, campaigns.Hold, campaigns.Release, campaigns.Pay} {
		kinds = append(kinds, kit.Chip{ID: string(k), Text: b.T("budget.do_" + string(k))})
	}
	f.add(kit.NewParagraph(p.title(p.line), kit.Strong))
	f.add(choice(b.T("budget.kind"), kinds, string(e.Kind), func(id string) {
		e.Kind = campaigns.EntryKind(id)
		amount.Set(usual(e.Kind).String())
		panel.request = ""
	}))
	amount = f.amount(b.T("budget.amount"), "amount", &e.Amount)
	f.text(b.T("budget.words"), b.T("budget.words_hint"), 3, &e.Words)
	f.touched = func() {
		if panel != nil {
			panel.request = ""
		}
	}
	panel = newPanel(b, p.s.up, b.T("budget.enter"), f.objects, b.T("budget.enter"), func() {
		if err := f.read(); err != nil {
			panel.complain(b.Error(err))
			return
		}
		p.put(panel, e)
	}, p.closePanel)
	p.panel = panel
	p.drawSide()
}

func (p *budget) closePanel() {
	p.panel = nil
	p.drawSide()
}

// put writes an entry into the ledger, once however often it is sent.
func (p *budget) put(panel *planPanel, e campaigns.Entry) {
	b := p.s.book
	if panel.working {
		return
	}
	if err := campaigns.CheckEntry(p.known.Campaign, p.known.Entries, e); err != nil {
		panel.complain(b.Error(err))
		return
	}
	if panel.request == "" {
		panel.request = p.s.cfg.NewID()
	}
	panel.busy(true)
	p.s.send(func(ctx context.Context) error { return p.s.cfg.Campaigns.Enter(ctx, panel.request, p.id, e) }, func(err error) {
		panel.busy(false)
		if err != nil {
			panel.complain(b.Error(err))
			return
		}
		if p.panel == panel {
			p.closePanel()
		}
		p.s.cfg.Notify.Note(kit.Jade, b.T("budget.entered", b.T("budget.kind_"+string(e.Kind)), b.Money(e.Amount)), "")
		p.read()
	})
}

// reverse undoes the chosen entry by another one; none is ever taken out. It asks
// once more, since money is not undone by an undo.
func (p *budget) reverse() {
	e, ok := p.chosenEntry()
	if !ok || p.mayEnter() != "" || e.Kind == campaigns.Reverse || p.reversed(e) || p.panel != nil {
		return
	}
	b := p.s.book
	undo := campaigns.Entry{Line: e.Line, Contract: e.Contract, Kind: campaigns.Reverse, Amount: e.Amount, Reverses: e.ID}
	f := &form{b: b}
	f.add(kit.NewParagraph(b.T("budget.reverses", b.T("budget.kind_"+string(e.Kind)), b.Money(e.Amount), p.title(e.Line)), kit.Plain))
	f.text(b.T("budget.words"), b.T("budget.why_hint"), 3, &undo.Words)
	var panel *planPanel
	panel = newPanel(b, p.s.up, b.T("budget.reverse"), f.objects, b.T("budget.reverse"), func() {
		if err := f.read(); err != nil {
			panel.complain(b.Error(err))
			return
		}
		p.put(panel, undo)
	}, p.closePanel)
	p.panel = panel
	p.drawSide()
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
		if p.panel != nil {
			p.panel.link(p.s.up)
		}
		p.drawSide()
	}
}

func (p *budget) reword() {
	p.panel = nil
	p.build()
}

func (p *budget) commit() {
	if p.panel != nil {
		p.panel.save.Press()
	}
}

func (p *budget) leave() { p.ask.drop() }
