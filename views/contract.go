package views

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cinnabar/campaigns"
	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// contracts is the page of a campaign's agreements: one for each KOL of the plan,
// from the brief to the signature.
type contracts struct {
	reading[contractFile]
	s        *Campaigns
	campaign string

	past     latest[[]campaigns.Contract]
	line     string
	versions []campaigns.Contract // of the chosen contract, the newest first
	of       string               // whose versions these are
	panel    *planPanel
	busy     bool
	request  string
	what     string
	next     string

	list  *fyne.Container
	rows  map[string]*kit.Press
	order []string
	page  *fyne.Container
	side  *fyne.Container
	act   *kit.Button
	more  *kit.Button
	menu  *kit.Menu
}

type contractFile struct {
	Campaign  campaigns.Campaign
	Contracts []campaigns.Contract
	KOLs      map[string]campaigns.KOL
}

func newContracts(s *Campaigns, campaign string) *contracts {
	p := &contracts{s: s, campaign: campaign, menu: kit.NewMenu(),
		reading: newReading[contractFile](s.cfg.Loop, s.cfg.Go), past: latest[[]campaigns.Contract]{loop: s.cfg.Loop, run: s.cfg.Go}}
	p.build()
	return p
}

func (p *contracts) waits() bool { return p.reading.waits() || p.past.out || p.busy }

func (p *contracts) about() string {
	if p.known == nil {
		return ""
	}
	return joinDots(p.s.book, []string{p.known.Campaign.Brand, p.known.Campaign.Name, p.s.book.T("plan.tab_contracts")})
}

func (p *contracts) read() {
	p.ask(func(ctx context.Context) (f contractFile, err error) {
		if f.Campaign, err = p.s.cfg.Campaigns.Get(ctx, p.campaign); err != nil {
			return f, err
		}
		if f.Contracts, err = p.s.cfg.Contracts.List(ctx, p.campaign); err != nil {
			return f, err
		}
		var ids []string
		for _, l := range f.Campaign.Picked().Lines {
			if l.KOL != nil {
				ids = append(ids, l.KOL.KOL)
			}
		}
		f.KOLs = map[string]campaigns.KOL{}
		if len(ids) == 0 {
			return f, nil
		}
		kols, err := p.s.cfg.Pool.Many(ctx, ids)
		for _, k := range kols {
			f.KOLs[k.ID] = k
		}
		return f, err
	}, p.build, p.draw)
}

// posts are the lines that want a contract.
func (p *contracts) posts() []campaigns.Line {
	var out []campaigns.Line
	for _, l := range p.known.Campaign.Picked().Lines {
		if l.KOL != nil {
			out = append(out, l)
		}
	}
	return out
}

// of is the contract of a line: the one that holds, or else the last that was called off.
func (f contractFile) of(line string) (campaigns.Contract, bool) {
	var found campaigns.Contract
	ok := false
	for _, c := range f.Contracts {
		if c.Line == line && (!ok || found.State == campaigns.ContractCalled) {
			found, ok = c, true
		}
	}
	return found, ok
}

func (p *contracts) chosen() (l campaigns.Line, c campaigns.Contract, made bool) {
	for _, l := range p.posts() {
		if l.ID == p.line {
			c, made := p.known.of(l.ID)
			return l, c, made
		}
	}
	return campaigns.Line{}, campaigns.Contract{}, false
}

func (p *contracts) handle(l campaigns.Line) string {
	if k, ok := p.known.KOLs[l.KOL.KOL]; ok {
		return oneLine(k.Handle)
	}
	return oneLine(l.KOL.Handle)
}

// contractList is the width of the column that lists the KOLs.
const contractList = 232

func (p *contracts) build() {
	if p.unfilled(p.s.book, p.read) {
		return
	}
	p.list, p.page, p.side = container.NewStack(), container.NewStack(), container.NewStack()
	p.draw()
	left := kit.NewGround(look.Paper, 0, kit.Row(0, kit.Grow(tall{p.list}.box()), tall{kit.NewRule()}.box()))
	p.fill(kit.Columns(contractList, planSide, left, p.page, sideColumn(p.side)))
}

func (p *contracts) draw() {
	if p.list == nil {
		return
	}
	if posts := p.posts(); p.line == "" && len(posts) > 0 {
		p.line = posts[0].ID
	}
	p.drawList()
	p.drawPage()
	p.drawSide()
	p.s.retitle()
}

// contractTone colours where a contract stands.
func contractTone(s campaigns.ContractState) kit.Tone {
	switch s {
	case campaigns.Signed:
		return kit.Jade
	case campaigns.OfferMade, campaigns.Agreed:
		return kit.Indigo
	case campaigns.CounterMade:
		return kit.Amber
	}
	return kit.Neutral
}

func (p *contracts) drawList() {
	b := p.s.book
	lines := kit.Stack(0)
	p.rows, p.order = map[string]*kit.Press{}, nil
	signed := 0
	for _, l := range p.posts() {
		c, made := p.known.of(l.ID)
		text, tone := b.T("contract.state_none"), kit.Neutral
		if made {
			text, tone = b.T("contract.state_"+string(c.State)), contractTone(c.State)
			if c.State == campaigns.Signed || c.State == campaigns.ContractEnded {
				signed++
			}
		}
		row := kit.NewPress(kit.Pad(look.S2, look.S4, look.S2, look.S4, kit.Stack(3,
			kit.NewText(p.handle(l), kit.Style{Bold: true, Shrink: true}),
			kit.Row(look.S2, kit.Grow(kit.NewText(joinDots(b, []string{formatName(b, l.KOL.Format), b.MoneyShort(l.Cost)}), kit.Style{Size: look.Caption, Ink: look.SecondInk, Shrink: true})), kit.NewPill(text, tone)))),
			0, func() { p.choose(l.ID) })
		row.Choose(l.ID == p.line)
		p.rows[l.ID] = row
		p.order = append(p.order, l.ID)
		lines.Add(row)
		lines.Add(kit.NewRule())
	}
	head := kit.Pad(look.S3, look.S4, look.S3, look.S4, kit.NewText(b.T("contract.signed_of", signed, len(p.order)), kit.Section))
	p.list.Objects = []fyne.CanvasObject{kit.Stack(0, head, kit.NewRule(), kit.Grow(kit.NewScroll(lines)))}
	p.list.Refresh()
}

func (p *contracts) choose(line string) {
	if line == p.line {
		return
	}
	p.line, p.panel, p.what, p.next, p.request = line, nil, "", "", ""
	p.draw()
}

func (p *contracts) step(by int) {
	if i := slices.Index(p.order, p.line); i >= 0 && i+by >= 0 && i+by < len(p.order) {
		p.choose(p.order[i+by])
	}
}

func (p *contracts) keys() []kit.Key {
	b := p.s.book
	keys := p.s.tabKeys(p.campaign)
	if p.panel != nil {
		keys[0] = kit.Key{Name: "Escape", Do: p.closePanel}
	}
	if p.known == nil {
		return keys
	}
	keys = append(keys, kit.Key{Name: "J", Label: b.T("contract.key_move"), Do: func() { p.step(1) }}, kit.Key{Name: "K", Label: b.T("contract.key_move"), Do: func() { p.step(-1) }})
	if p.edits() {
		keys = append(keys, kit.Key{Name: "E", Label: b.T("contract.edit"), Do: p.edit})
	}
	if p.s.cfg.Print != nil {
		keys = append(keys, kit.Key{Name: "P", Label: b.T("contract.print"), Do: p.print})
	}
	for _, m := range p.others() {
		switch m {
		case campaigns.CounterOffer:
			keys = append(keys, kit.Key{Name: "O", Label: b.T("contract.move_counter"), Do: func() { p.begin(m) }})
		case campaigns.MakeOffer:
			keys = append(keys, kit.Key{Name: "O", Label: b.T("contract.move_offer"), Do: func() { p.begin(m) }})
		}
	}
	if p.act != nil {
		keys = append(keys, kit.Key{Name: "Ctrl+Enter", Label: p.act.Text()})
	}
	return keys
}

func (p *contracts) relink() {
	if p.known != nil {
		p.drawSide()
	}
}

func (p *contracts) reword() {
	if p.panel != nil {
		p.panel.reword(p.s.book)
	}
	p.build()
}

func (p *contracts) held() *Held { return p.panel.holds(p.closePanel) }

func (p *contracts) commit() {
	switch {
	case p.panel != nil:
		p.panel.save.Press()
	case p.act != nil:
		p.act.Press()
	}
}

func (p *contracts) leave() {
	p.reading.leave()
	p.past.drop()
	p.menu.Close()
}
