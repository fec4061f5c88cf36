package views

import (
	"fyne.io/fyne/v2"

	"cinnabar/campaigns"
	"cinnabar/internal/money"
	"cinnabar/moderation"
	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// drawSide shows the column at the right: what is being written, or what the plan
// comes to, its rules, its scenarios, and what can be done now.
func (p *plan) drawSide() {
	if p.side == nil || p.known == nil {
		return
	}
	if p.panel != nil {
		p.side.Objects = []fyne.CanvasObject{p.panel.box}
		p.side.Refresh()
		return
	}
	body := kit.Stack(look.S4, p.curveCard(), p.rulesCard(), p.scenariosCard())
	p.side.Objects = []fyne.CanvasObject{kit.Stack(0, kit.Grow(kit.NewScroll(kit.PadAll(look.S4, body))),
		kit.NewGround(look.Surface, 0, kit.PadAll(look.S4, p.foot())))}
	p.side.Refresh()
}

// curveCard is reach against spend, with where the plan stands.
func (p *plan) curveCard() fyne.CanvasObject {
	b := p.s.book
	card := kit.Stack(look.S2, kit.NewText(b.T("plan.curve"), kit.Section))
	switch {
	case p.limit == nil && p.known.there && len(p.known.Pool) == 0:
		card.Add(kit.NewParagraph(b.T("plan.curve_nobody"), kit.Second))
		return card
	case p.limit == nil:
		card.Add(kit.Fixed(0, 150, kit.NewText(b.T("plan.reckoning"), kit.Second)))
		return card
	case p.limit.Err != nil:
		what, next := b.Error(p.limit.Err)
		card.Add(noticeCard(kit.Amber, what, next))
		return card
	}
	p.chart = kit.NewCurve(150)
	points := []kit.CurvePoint{{X: 0, Y: 0, Bound: 0}}
	for i, a := range p.limit.Answers {
		points = append(points, kit.CurvePoint{X: float64(p.limit.Budgets[i]), Y: a.Reach, Bound: max(a.Reach, a.Bound)})
	}
	last := p.limit.Budgets[len(p.limit.Budgets)-1]
	ticks := []kit.CurveTick{{X: 0, Text: "0"}, {X: float64(p.now.Wish.Budget), Text: b.MoneyShort(p.now.Wish.Budget)}, {X: float64(last), Text: b.MoneyShort(last)}}
	var mark *kit.CurvePoint
	if p.reckoned != nil {
		if cost, reached := p.reckoned.Cost[p.shown], p.reckoned.Reached[p.shown]; reached > 0 {
			mark = &kit.CurvePoint{X: float64(cost), Y: reached}
		}
	}
	p.chart.Say = func(pt kit.CurvePoint) string {
		return b.T("plan.curve_point", b.MoneyShort(money.Fen(pt.X)), b.Count(int(pt.Y)), b.Count(int(pt.Bound)))
	}
	p.chart.Picked = func(x float64) {
		c := whole(p.now)
		c.Wish.Budget = money.Fen(x)
		p.askWish(c)
	}
	p.chart.Set(points, ticks, mark)
	card.Add(p.chart)
	card.Add(kit.NewText(b.T("plan.curve_legend"), kit.Small))
	return card
}

// rulesCard lists what the rules say, gravest first.
func (p *plan) rulesCard() fyne.CanvasObject {
	b := p.s.book
	if p.reckoned == nil {
		return kit.NewText(b.T("plan.rules_none"), kit.Section)
	}
	// A rule that speaks of many lines counts once, by the gravest it says.
	worst, told := map[string]moderation.Outcome{}, map[string]int{}
	var list []moderation.CheckResult
	for _, grade := range []moderation.Outcome{moderation.Fail, moderation.Warn, moderation.Pass} {
		for _, r := range p.reckoned.Checks {
			if r.Outcome != grade {
				continue
			}
			if at, said := worst[r.Check]; said && at != grade {
				continue
			}
			worst[r.Check] = grade
			told[r.Check]++
			list = append(list, r)
		}
	}
	counts := map[moderation.Outcome]int{}
	for _, o := range worst {
		counts[o]++
	}
	title := b.T("plan.rules_pass", counts[moderation.Pass])
	if n := counts[moderation.Warn]; n > 0 {
		title += b.T("plan.rules_ask", n)
	}
	if n := counts[moderation.Fail]; n > 0 {
		title += b.T("plan.rules_fail", n)
	}
	lines := []fyne.CanvasObject{kit.NewText(title, kit.Section), kit.Fixed(0, 2, nil)}
	add := func(o fyne.CanvasObject) { lines = append(lines, o) } // a stack would lay out anew after each
	// What passes makes room for what doesn't, so that the scenarios stay in sight.
	shown := max(1, passesShown-counts[moderation.Warn]-counts[moderation.Fail])
	passing := 0
	said := map[string]int{}
	for _, r := range list {
		if r.Outcome == moderation.Pass {
			if passing++; passing > shown && !p.unfolded {
				continue
			}
		}
		if said[r.Check]++; said[r.Check] > alikeShown && !p.unfolded {
			if said[r.Check] == told[r.Check] {
				add(kit.Pad(0, 0, look.S1, 24, kit.NewText(b.T("plan.rules_alike", told[r.Check]-alikeShown), kit.Small)))
			}
			continue
		}
		row := checkRow(b, r)
		if r.Field != "" && r.Outcome != moderation.Pass {
			add(kit.NewPress(row, look.S2, func() { p.choose(r.Field) }))
			continue
		}
		add(row)
	}
	if more := passing - shown; more > 0 && !p.unfolded {
		add(kit.Row(0, kit.NewButton(kit.ButtonConfig{Text: b.T("plan.rules_more", more), Weight: kit.Quiet, Press: func() {
			p.unfolded = true
			p.drawSide()
		}}), kit.Gap()))
	}
	return kit.Stack(look.S1, lines...)
}

// passesShown is how many rules that pass stand in the column at most before the others
// are asked for, alikeShown how many lines one rule speaks of.
const (
	passesShown = 4
	alikeShown  = 2
)

// scenariosCard puts the answers to one wish side by side.
func (p *plan) scenariosCard() fyne.CanvasObject {
	b := p.s.book
	head := kit.Row(look.S2, kit.NewText(b.T("plan.scenarios"), kit.Section), kit.Gap())
	if p.edits() {
		head.Add(kit.NewButton(kit.ButtonConfig{Text: b.T("plan.add"), Key: "S", Weight: kit.Quiet, Press: p.addScenario}))
	}
	lines := []fyne.CanvasObject{head}
	for _, s := range p.now.Scenarios {
		bold, as := s.ID == p.shown, ""
		if bold {
			as = b.T("plan.as_shown")
		} else if s.ID == p.now.Chosen && p.now.State != campaigns.Draft {
			as = b.T("plan.as_chosen")
		}
		name := kit.Stack(1, kit.NewText(s.Name, kit.Style{Bold: bold, Shrink: true}))
		if as != "" { // below the name, which may be long
			name.Add(kit.NewText(as, kit.Style{Size: look.Caption, Ink: look.SecondInk, Shrink: true}))
		}
		reached, cost := b.T("common.none"), b.T("common.none")
		if p.reckoned != nil {
			if n, ok := p.reckoned.Reached[s.ID]; ok {
				reached = b.Count(int(n))
			}
			if n, ok := p.reckoned.Cost[s.ID]; ok {
				cost = b.MoneyShort(n)
			}
		}
		line := kit.Row(look.S3, kit.Grow(name),
			kit.Fixed(62, 0, kit.NewText(reached, kit.Style{Bold: bold, Align: fyne.TextAlignTrailing, Shrink: true})),
			kit.Fixed(66, 0, kit.NewText(cost, kit.Style{Bold: bold, Align: fyne.TextAlignTrailing, Shrink: true})))
		lines = append(lines, kit.NewPress(kit.Pad(look.S2, 0, look.S2, 0, line), look.S2, func() { p.pickScenario(s.ID) }), kit.NewRule())
	}
	if p.edits() && len(p.now.Scenarios) > 1 {
		lines = append(lines, kit.Row(0, kit.Gap(), kit.NewButton(kit.ButtonConfig{Text: b.T("plan.drop_scenario"), Weight: kit.Quiet, Press: p.dropScenario})))
	}
	return kit.Stack(0, lines...)
}

// mayMove says which move is the main one now, and why it can't be made, "" when it can.
func (p *plan) mayMove() (m campaigns.Move, why string) {
	b, me := p.s.book, p.s.cfg.Me
	tied := p.s.plansFor(p.now.Brand)
	switch p.now.State {
	case campaigns.Draft:
		m = campaigns.Propose
	case campaigns.Proposed:
		m = campaigns.Approve
	case campaigns.Approved:
		m = campaigns.Start
	case campaigns.Running:
		m = campaigns.Close
	default:
		return "", ""
	}
	step, _ := campaigns.Next(p.now.State, m)
	switch {
	case !tied:
		why = b.T("plan.not_yours")
	case !p.s.up:
		why = b.T("plan.offline")
	case step.Another && p.now.ProposedBy == me.Login:
		why = b.T("plan.own_proposal")
	case (m == campaigns.Propose || m == campaigns.Approve) && p.reckoned == nil:
		why = b.T("plan.reckoning")
	case (m == campaigns.Propose || m == campaigns.Approve) && campaigns.Blocks(p.reckoned.Checks):
		why = b.T("plan.blocked")
	}
	return m, why
}

// foot is what can be done now: one main action, and the search for better.
func (p *plan) foot() fyne.CanvasObject {
	b := p.s.book
	p.act, p.look, p.more = nil, nil, nil
	foot := kit.Stack(look.S2)
	if p.stale() && p.dirty() {
		foot.Add(p.bothCard())
	} else if p.what != "" {
		foot.Add(noticeCard(kit.Amber, p.what, p.next))
	}
	if p.looking != nil {
		foot.Add(kit.NewGround(look.IndigoTint, look.Radius, kit.PadAll(look.S3, kit.Stack(look.S1,
			kit.NewText(b.T("plan.looking"), kit.Style{Bold: true, Ink: look.IndigoInk}), kit.NewParagraph(p.found, kit.Plain)))))
		p.look = kit.NewButton(kit.ButtonConfig{Text: b.T("plan.stop"), Key: "B", Press: p.better})
		foot.Add(p.look)
		return foot
	}
	m, why := p.mayMove()
	switch {
	case p.dirty() && p.s.plansFor(p.now.Brand):
		p.act = kit.NewButton(kit.ButtonConfig{Text: b.T("plan.save"), Key: "Ctrl ↵", Weight: kit.Primary, Press: func() { p.save(whole(p.now), nil) }})
		if p.busy || !p.s.up || p.stale() {
			p.act.Disable("")
		}
		if !p.s.up {
			foot.Add(noticeCard(kit.Amber, b.T("plan.offline"), b.T("plan.offline_next")))
		}
	case m != "":
		p.act = kit.NewButton(kit.ButtonConfig{Text: b.T("plan.move_" + string(m)), Key: "Ctrl ↵", Weight: kit.Primary, Press: func() { p.move(m, "") }})
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
		p.look = kit.NewButton(kit.ButtonConfig{Text: b.T("plan.better"), Key: "B", Press: p.better})
		if p.s.cfg.Jobs == nil || !p.known.there || len(p.known.Pool) == 0 {
			p.look.Disable("")
		}
		foot.Add(p.look)
		row.Add(kit.NewButton(kit.ButtonConfig{Text: b.T("plan.line_short"), Key: "N", Weight: kit.Quiet, Press: p.addLine}))
		row.Add(kit.NewButton(kit.ButtonConfig{Text: b.T("plan.wish_short"), Key: "W", Weight: kit.Quiet, Press: p.editWish}))
	}
	row.Add(kit.Gap())
	if p.dirty() {
		row.Add(kit.NewButton(kit.ButtonConfig{Text: b.T("plan.discard"), Weight: kit.Quiet, Press: p.discard}))
	} else if p.s.plansFor(p.now.Brand) && p.now.State != campaigns.Closed {
		p.more = kit.NewButton(kit.ButtonConfig{Text: b.T("plan.more"), Weight: kit.Quiet, Press: p.openMore})
		row.Add(p.more)
	}
	if len(row.Objects) > 1 {
		foot.Add(row)
	}
	return foot
}

// openMore offers the moves that need words.
func (p *plan) openMore() {
	b := p.s.book
	var lines []kit.Option
	for _, m := range []campaigns.Move{campaigns.SendBack, campaigns.CallOff} {
		if _, ok := campaigns.Next(p.now.State, m); ok {
			lines = append(lines, kit.Option{ID: string(m), Text: b.T("plan.move_" + string(m)), More: b.T("plan.move_" + string(m) + "_more")})
		}
	}
	at := fyne.CanvasObject(p.side)
	if p.more != nil {
		at = p.more
	}
	p.menu.Open(at, kit.MenuConfig{Title: b.T("plan.more_title"), Lines: lines, None: b.T("plan.more_none"),
		Say: func(id string) (kit.MenuWords, bool) {
			return kit.MenuWords{Placeholder: b.T("plan.words_hint"), Button: b.T("plan.move_" + id), Needed: true}, true
		},
		Picked: func(id, words string) { p.move(campaigns.Move(id), words) }})
}

// bothCard shows what somebody saved meanwhile beside what stands here.
func (p *plan) bothCard() fyne.CanvasObject {
	b := p.s.book
	side := func(title string, c campaigns.Campaign, reached string) fyne.CanvasObject {
		s := c.Picked()
		cost := b.T("common.none")
		if total, err := campaigns.Total(c, s); err == nil {
			cost = b.MoneyShort(total)
		}
		return kit.Stack(2, kit.NewText(title, kit.Style{Bold: true, Shrink: true}), kit.NewText(c.Name, kit.Style{Shrink: true}),
			kit.NewText(b.T("plan.lines_of", len(s.Lines)), kit.Small), kit.NewText(b.T("plan.cost_of", cost, b.MoneyShort(c.Wish.Budget)), kit.Small),
			kit.NewText(reached, kit.Small))
	}
	theirs := p.known.Campaign
	mine := p.as(p.shown)
	reachOf := func(c campaigns.Campaign) string {
		n, _ := campaigns.Counted(c, c.Picked(), p.known.Who)
		return b.T("plan.reach_of", b.Count(int(n)))
	}
	buttons := kit.Stack(look.S1,
		kit.NewButton(kit.ButtonConfig{Text: b.T("plan.take_theirs"), Press: p.discard}))
	if theirs.State == campaigns.Draft {
		buttons.Add(kit.NewButton(kit.ButtonConfig{Text: b.T("plan.keep_mine"), Weight: kit.Quiet, Press: p.overwrite}))
	}
	return noticeCard(kit.Amber, b.T("plan.changed"), b.T("plan.changed_next"),
		kit.Fixed(0, look.S1, nil),
		kit.Grid(2, look.S3, side(b.T("plan.theirs", b.T("plan.state_"+string(theirs.State))), theirs, reachOf(theirs)), side(b.T("plan.mine"), mine, reachOf(mine))),
		buttons)
}

// editWish takes what the plan is asked for.
func (p *plan) editWish() { p.askWish(whole(p.now)) }

// askWish takes changes of a wish, as of a budget that was picked on the curve.
func (p *plan) askWish(c campaigns.Campaign) {
	if !p.edits() {
		return
	}
	p.panel = wishPanel(p.s, c, nil, p, func(c campaigns.Campaign) {
		panel := p.panel
		if err := campaigns.Validate(c); err != nil {
			panel.refuse(err)
			return
		}
		p.panel = nil
		p.become(c)
		panel.settle(true)
	}, p.closePanel)
	p.drawSide()
}

// findKOL finds a KOL by handle or id among those that were read.
func (p *plan) findKOL(text string) (string, bool) {
	if _, ok := p.known.KOLs[text]; ok {
		return text, true
	}
	for id, k := range p.known.KOLs {
		if k.Handle == text {
			return id, true
		}
	}
	return "", false
}
