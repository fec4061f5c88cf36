package views

import (
	"context"
	"reflect"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cinnabar/campaigns"
	"cinnabar/internal/fault"
	"cinnabar/internal/money"
	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// contracts is the page of a campaign's agreements: one for each KOL of the plan,
// from the brief to the signature.
type contracts struct {
	s        *Campaigns
	campaign string

	ask      latest[contractFile]
	past     latest[[]campaigns.Contract]
	known    *contractFile
	err      error
	line     string
	versions []campaigns.Contract // of the chosen contract, the newest first
	of       string               // whose versions these are
	panel    *planPanel
	busy     bool
	request  string
	what     string
	next     string

	box   *fyne.Container
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
	p := &contracts{s: s, campaign: campaign, menu: kit.NewMenu(), box: container.NewStack(),
		ask: latest[contractFile]{loop: s.cfg.Loop, run: s.cfg.Go}, past: latest[[]campaigns.Contract]{loop: s.cfg.Loop, run: s.cfg.Go}}
	p.build()
	return p
}

func (p *contracts) waits() bool { return p.ask.out || p.past.out || p.busy }

func (p *contracts) content() fyne.CanvasObject { return p.box }

func (p *contracts) about() string {
	if p.known == nil {
		return ""
	}
	return joinDots(p.s.book, []string{p.known.Campaign.Brand, p.known.Campaign.Name, p.s.book.T("plan.tab_contracts")})
}

func (p *contracts) read() {
	p.ask.ask(func(ctx context.Context) (f contractFile, err error) {
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
	}, func(f contractFile, err error) {
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
		if p.line == "" {
			for _, l := range p.posts() {
				p.line = l.ID
				break
			}
		}
		if first {
			p.build()
		} else {
			p.draw()
		}
		p.s.retitle()
	})
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

func (p *contracts) fill(o fyne.CanvasObject) {
	p.box.Objects = []fyne.CanvasObject{o}
	p.box.Refresh()
}

// contractList is the width of the column that lists the KOLs.
const contractList = 232

func (p *contracts) build() {
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
	p.list, p.page, p.side = container.NewStack(), container.NewStack(), container.NewStack()
	p.draw()
	left := kit.NewGround(look.Paper, 0, kit.Row(0, kit.Grow(tall{p.list}.box()), tall{kit.NewRule()}.box()))
	p.fill(kit.Columns(contractList, planSide, left, p.page, sideColumn(p.side)))
}

func (p *contracts) draw() {
	if p.list == nil {
		return
	}
	p.drawList()
	p.drawPage()
	p.drawSide()
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

// make begins the contract of the chosen line from the template.
func (p *contracts) make() {
	l, _, made := p.chosen()
	c := p.known.Campaign
	if made || p.busy || !p.s.up || l.KOL == nil || !p.tied() {
		return
	}
	where := "CN"
	if k, ok := p.known.KOLs[l.KOL.KOL]; ok && k.Region != "" {
		where = k.Region
	}
	id := p.s.cfg.NewID()
	_, code := campaigns.Track("", c, l.ID, id)
	brief := campaigns.BriefFor(c, l).Under(where)
	brief.Product = c.Name // the line is called after its KOL
	d := campaigns.Contract{Campaign: c.ID, Brand: c.Brand, Line: l.ID, KOL: l.KOL.KOL, Handle: p.handle(l), State: campaigns.ContractDraft,
		Brief: brief,
		Terms: campaigns.Terms{Fee: l.Cost, ServiceFee: c.ServiceFee, Deliverables: []campaigns.Deliverable{
			{ID: id, Format: l.KOL.Format, Count: 1, From: l.From, To: l.To, Planned: l.From, Code: code}}}}
	p.put(d, nil)
}

// put saves a contract, and shows what stands then.
func (p *contracts) put(d campaigns.Contract, panel *planPanel) {
	b := p.s.book
	if err := campaigns.ValidateContract(d); err != nil {
		p.tell(panel, err)
		return
	}
	if p.request == "" {
		p.request = p.s.cfg.NewID()
	}
	request := p.request
	p.working(panel, true)
	var saved campaigns.Contract
	p.s.send(func(ctx context.Context) (err error) {
		saved, err = p.s.cfg.Contracts.Put(ctx, request, d)
		return err
	}, func(err error) {
		p.working(panel, false)
		if err != nil {
			p.tell(panel, err)
			p.read()
			return
		}
		p.came(saved, panel)
		p.s.cfg.Notify.Note(kit.Jade, b.T("contract.saved", saved.Ref), "")
	})
}

func (p *contracts) working(panel *planPanel, on bool) {
	p.busy = on
	if panel != nil {
		panel.busy(on)
	}
	if p.panel == nil {
		p.drawSide()
	}
}

// tell says what went wrong where the person looks.
func (p *contracts) tell(panel *planPanel, err error) {
	what, next := p.s.book.Error(err)
	switch fault.CodeOf(err) {
	case fault.RuleChanged, fault.Changed:
		what, next = p.s.book.T("contract.changed"), p.s.book.T("contract.changed_next")
	}
	if panel != nil && p.panel == panel {
		panel.complain(what, next)
		return
	}
	p.what, p.next = what, next
	p.drawSide()
}

// came puts what was saved in place of what stood.
func (p *contracts) came(d campaigns.Contract, panel *planPanel) {
	f := *p.known
	f.Contracts = slices.Clone(f.Contracts)
	at := slices.IndexFunc(f.Contracts, func(o campaigns.Contract) bool { return o.ID == d.ID })
	if at < 0 {
		f.Contracts = append(f.Contracts, d)
	} else {
		f.Contracts[at] = d
	}
	p.known = &f
	p.request, p.what, p.next = "", "", ""
	if p.panel == panel {
		p.panel = nil
	}
	p.draw()
}

// edit takes changes of the brief and the terms.
func (p *contracts) edit() {
	_, d, made := p.chosen()
	if !made || !p.edits() || p.panel != nil {
		return
	}
	b := p.s.book
	f := &form{b: b, touched: func() { p.request = "" }}
	must, not := strings.Join(d.Brief.MustSay, "\n"), strings.Join(d.Brief.MustNot, "\n")
	d.Terms.Deliverables = slices.Clone(d.Terms.Deliverables)
	f.text(b.T("contract.product"), "", 1, &d.Brief.Product)
	var where []kit.Option
	for _, j := range campaigns.Disclosures() {
		where = append(where, kit.Option{ID: j.Code, Text: inLanguage(b, j.Title, j.Code), More: j.Wording})
	}
	var said *kit.Field
	f.choose(b.T("contract.jurisdiction"), where, campaigns.DisclosureOf(d.Brief.Jurisdiction).Code, func(id string) {
		d.Brief.MustSay = splitLines(said.Text())
		d.Brief = d.Brief.Under(id)
		said.Set(strings.Join(d.Brief.MustSay, "\n"))
	})
	said = f.text(b.T("contract.must_say"), b.T("contract.per_line"), 4, &must)
	f.text(b.T("contract.must_not"), b.T("contract.per_line"), 4, &not)
	f.text(b.T("contract.words"), "", 3, &d.Brief.Words)
	base := ""
	for i := range d.Terms.Deliverables {
		v := &d.Terms.Deliverables[i]
		f.add(kit.NewText(b.T("contract.deliverable", i+1, formatName(b, v.Format)), kit.Section))
		f.number(b.T("contract.how_many"), "count", &v.Count)
		f.days(b.T("plan.from"), b.T("plan.to"), &v.From, &v.To)
		if i == 0 && v.Link != "" {
			base, _, _ = strings.Cut(v.Link, "?")
		}
	}
	f.text(b.T("contract.base"), "https://", 1, &base)
	f.number(b.T("contract.usage_for"), "usage_days", &d.Terms.UsageDays)
	f.text(b.T("contract.usage_where"), b.T("contract.usage_hint"), 1, &d.Terms.UsageWhere)
	var panel *planPanel
	panel = newPanel(b, p.s.up, b.T("contract.edit_title", d.Ref), f.objects, b.T("contract.save"), func() {
		if err := f.read(); err != nil {
			panel.complain(b.Error(err))
			return
		}
		if err := campaigns.CheckBase(base); err != nil {
			panel.complain(b.Error(err))
			return
		}
		d.Brief.MustSay, d.Brief.MustNot = splitLines(must), splitLines(not)
		for i := range d.Terms.Deliverables {
			v := &d.Terms.Deliverables[i]
			v.Link, v.Code = campaigns.Track(base, p.known.Campaign, d.Line, v.ID)
			if v.Planned < v.From || v.Planned > v.To {
				v.Planned = v.From
			}
		}
		p.put(d, panel)
	}, p.closePanel)
	p.panel = panel
	p.drawSide()
}

func splitLines(text string) []string {
	var out []string
	for _, l := range strings.Split(text, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

func (p *contracts) closePanel() {
	p.panel = nil
	p.drawSide()
}

// begin makes a move at once, or asks first for the fee or the words that go with it.
func (p *contracts) begin(m campaigns.ContractMove) {
	_, d, made := p.chosen()
	step, ok := campaigns.NextContract(d.State, m)
	if !made || !ok || p.busy || p.panel != nil || !p.tied() || !p.s.up {
		return
	}
	if !step.Fee && !step.Words {
		p.move(d, m, 0, "", nil)
		return
	}
	b := p.s.book
	f := &form{b: b, touched: func() { p.request = "" }}
	fee, words := d.Terms.Fee, ""
	if step.Fee {
		if m == campaigns.CounterOffer {
			f.add(kit.NewParagraph(b.T("contract.counter_note"), kit.Small))
		}
		f.amount(b.T("plan.fee_before"), "fee", &fee)
	}
	f.text(b.T("contract.with"), b.T("plan.words_hint"), 3, &words)
	var panel *planPanel
	panel = newPanel(b, p.s.up, b.T("contract.move_"+string(m)), f.objects, b.T("contract.move_"+string(m)), func() {
		err := f.read()
		if err == nil && step.Words && words == "" {
			err = fault.New(fault.FieldMissing, "field", "words")
		}
		if err != nil {
			panel.complain(b.Error(err))
			return
		}
		p.move(d, m, fee, words, panel)
	}, p.closePanel)
	p.panel = panel
	p.drawSide()
}

func (p *contracts) move(d campaigns.Contract, m campaigns.ContractMove, fee money.Fen, words string, panel *planPanel) {
	if p.request == "" {
		p.request = p.s.cfg.NewID()
	}
	request := p.request
	p.working(panel, true)
	var moved campaigns.Contract
	p.s.send(func(ctx context.Context) (err error) {
		moved, err = p.s.cfg.Contracts.Move(ctx, request, d.ID, d.Version, m, fee, words)
		return err
	}, func(err error) {
		p.working(panel, false)
		if err != nil {
			p.tell(panel, err)
			p.read()
			return
		}
		p.came(moved, panel)
		p.s.cfg.Notify.Note(kit.Jade, p.s.book.T("contract.moved", moved.Ref, p.s.book.T("contract.state_"+string(moved.State))), "")
	})
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
	p.panel = nil
	p.build()
}

func (p *contracts) commit() {
	switch {
	case p.panel != nil:
		p.panel.save.Press()
	case p.act != nil:
		p.act.Press()
	}
}

func (p *contracts) leave() {
	p.ask.drop()
	p.past.drop()
	p.menu.Close()
}
