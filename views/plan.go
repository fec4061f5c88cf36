package views

import (
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cinnabar/campaigns"
	"cinnabar/internal/job"
	"cinnabar/internal/money"
	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// plan is the page of one campaign: its lines over time, what they come to, and what
// else could be chosen. What is changed stays here until it is saved, whole.
type plan struct {
	reading[planFile]
	s  *Campaigns
	id string

	pool  latest[planPool]
	sums  latest[planSums]
	curve latest[planCurve]
	now   campaigns.Campaign // as it is being changed
	base  campaigns.Campaign // as it was read before that
	shown string             // the scenario on the page
	line  string             // the chosen line

	reckoned *planSums
	limit    *planCurve
	bent     money.Fen // what the curve leaves to lines that are no KOL's
	proved   *proof    // by the last search
	request  string    // of the try to save under way, or of the last one while nothing was changed since
	busy     bool
	what     string // why the last try failed
	next     string
	looking  *job.Job
	found    string // how far the search is, in words
	undoable string // what the person can still take back, by Notifier's key

	middle *kit.Scroll
	main   *fyne.Container
	side   *fyne.Container
	how    *kit.Paragraph
	lanes  *kit.Lanes
	table  *kit.Table[planRow]
	chart  *kit.Curve
	act    *kit.Button // the main action
	look   *kit.Button
	more   *kit.Button
	panel  *planPanel
	menu   *kit.Menu
	filter string // lines whose title holds it
	search *kit.Field
	// unfolded shows every rule that passes.
	unfolded bool
}

func newPlan(s *Campaigns, id string) *plan {
	loop, run := s.cfg.Loop, s.cfg.Go
	p := &plan{s: s, id: id, menu: kit.NewMenu(), reading: newReading[planFile](loop, run), pool: latest[planPool]{loop: loop, run: run},
		sums: latest[planSums]{loop: loop, run: run}, curve: latest[planCurve]{loop: loop, run: run}}
	p.build()
	return p
}

func (p *plan) waits() bool {
	return p.reading.waits() || p.pool.out || p.sums.out || p.curve.out || p.looking != nil || p.busy
}

func (p *plan) about() string {
	if p.known == nil {
		return ""
	}
	return p.now.Brand + p.s.book.T("common.dot") + p.now.Name
}

// edits reports whether this person may change the plan as it stands.
func (p *plan) edits() bool {
	return p.known != nil && p.now.State == campaigns.Draft && p.s.plansFor(p.now.Brand) && p.looking == nil
}

func (p *plan) dirty() bool { return p.known != nil && !reflect.DeepEqual(p.now, p.base) }

// stale reports whether somebody saved the plan since it was read into the draft.
func (p *plan) stale() bool { return p.known != nil && p.known.Campaign.Version != p.base.Version }

func (p *plan) relink() {
	if p.known != nil {
		p.drawSide()
	}
}

func (p *plan) reword() {
	if p.panel != nil {
		p.panel.reword(p.s.book)
	}
	p.build()
}

func (p *plan) leave() {
	p.reading.leave()
	p.pool.drop()
	p.sums.drop()
	p.curve.drop()
	p.menu.Close()
}

// held is the plan while it is not saved, with what is being filled in beside it.
func (p *plan) held() *Held {
	b := p.s.book
	half := p.panel.holds(nil)
	if half == nil && !p.dirty() {
		return nil
	}
	h := &Held{What: b.T("plan.held", p.now.Name), Save: p.keep, Drop: p.giveUp}
	switch {
	case half != nil && half.Save == nil:
		h.Save = nil
	case !p.s.up:
		h.Save, h.Next = nil, b.T("plan.offline")
	case p.stale():
		h.Save, h.Next = nil, b.T("plan.changed_next")
	case p.busy:
		h.Save = nil
	}
	return h
}

func (p *plan) commit() {
	switch {
	case p.panel != nil:
		p.panel.save.Press()
	case p.act != nil:
		p.act.Press()
	}
}

func (p *plan) keys() []kit.Key {
	b := p.s.book
	keys := p.s.tabKeys(p.id)
	if p.panel != nil {
		keys[0] = kit.Key{Name: "Escape", Do: p.closePanel}
	}
	if p.known == nil {
		return keys
	}
	keys = append(keys,
		kit.Key{Name: "J", Label: b.T("plan.key_move"), Do: func() { p.step(1) }},
		kit.Key{Name: "K", Label: b.T("plan.key_move"), Do: func() { p.step(-1) }},
		kit.Key{Name: "/", Label: b.T("plan.key_find"), Do: p.search.Focus},
	)
	if p.looking != nil {
		keys = append(keys, kit.Key{Name: "B", Label: b.T("plan.key_stop"), Do: p.better})
	}
	if p.edits() {
		keys = append(keys,
			kit.Key{Name: "N", Label: b.T("plan.key_line"), Do: p.addLine},
			kit.Key{Name: "Enter", Label: b.T("plan.key_edit"), Do: p.editLine},
			kit.Key{Name: "X", Label: b.T("plan.key_remove"), Do: p.removeLine},
			kit.Key{Name: "W", Label: b.T("plan.key_wish"), Do: p.editWish},
			kit.Key{Name: "S", Label: b.T("plan.key_scenario"), Do: p.addScenario},
			kit.Key{Name: "B", Label: b.T("plan.key_better"), Do: p.better},
			kit.Key{Name: "Left", Label: b.T("plan.key_shift"), Do: func() { p.shift(-1) }},
			kit.Key{Name: "Right", Label: b.T("plan.key_shift"), Do: func() { p.shift(1) }},
		)
	}
	if p.act != nil {
		keys = append(keys, kit.Key{Name: "Ctrl+Enter", Label: p.act.Text()})
	}
	return keys
}

func (p *plan) step(by int) { p.table.Rows.Step(by) }

// build makes the widgets in the language of the book.
func (p *plan) build() {
	if p.unfilled(p.s.book, p.read) {
		return
	}
	p.buildMain()
	p.side = container.NewStack()
	p.drawMain()
	p.drawSide()
	p.fill(kit.Columns(0, planSide, nil, p.middle,
		sideColumn(p.side)))
}

// sideColumn is a column at the right of planSide, whatever stands in it.
func sideColumn(o fyne.CanvasObject) fyne.CanvasObject {
	return kit.NewGround(look.Surface, 0, kit.Row(0, tall{kit.NewRule()}.box(), kit.Fixed(planSide-1, 0, tall{o}.box())))
}

func (p *plan) closePanel() {
	p.panel = nil
	p.drawSide()
}
