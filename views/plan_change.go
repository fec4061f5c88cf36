package views

import (
	"reflect"
	"slices"
	"time"

	"cinnabar/campaigns"
)

// scenario is the one on the page.
func (p *plan) scenario() campaigns.Scenario {
	for _, s := range p.now.Scenarios {
		if s.ID == p.shown {
			return s
		}
	}
	return p.now.Picked()
}

// as is the campaign with the scenario on the page as the chosen one, which is how the
// rules of a scenario are asked.
func (p *plan) as(id string) campaigns.Campaign {
	c := p.now
	c.Chosen = id
	return c
}

// change puts other lines into the scenario on the page.
func (p *plan) change(lines []campaigns.Line) {
	c := whole(p.now)
	for i := range c.Scenarios {
		if c.Scenarios[i].ID == p.shown {
			c.Scenarios[i].Lines = lines
		}
	}
	p.become(c)
}

// become shows a changed campaign.
func (p *plan) become(c campaigns.Campaign) {
	budget := p.now.Wish
	p.now = c
	p.request, p.what, p.next = "", "", ""
	p.reckon()
	if !reflect.DeepEqual(budget, c.Wish) || p.looking == nil && p.bent != p.others() {
		p.bend()
	}
	p.drawMain()
	p.drawSide()
	p.s.retitle()
}

// choose marks a line in the table and in the lanes.
func (p *plan) choose(id string) {
	p.line = id
	p.lanes.Select(id)
	p.table.Rows.Select(id)
}

// shift moves the chosen line by days, within the campaign's window.
func (p *plan) shift(by int) {
	if p.line != "" {
		p.lanes.Select(p.line)
		p.lanes.Shift(by)
	}
}

// movedTo puts a line on other days of the same length.
func (p *plan) movedTo(id string, from int) {
	if !p.edits() {
		return
	}
	lines := slices.Clone(p.scenario().Lines)
	for i, l := range lines {
		if l.ID == id {
			days := max(1, campaigns.Days(l.From, l.To))
			lines[i].From = shifted(p.now.Wish.From, from)
			lines[i].To = shifted(lines[i].From, days-1)
		}
	}
	p.line = id
	p.change(lines)
}

// removeLine takes the chosen line out.
func (p *plan) removeLine() {
	if !p.edits() || p.line == "" {
		return
	}
	lines := p.scenario().Lines
	at := slices.IndexFunc(lines, func(l campaigns.Line) bool { return l.ID == p.line })
	if at < 0 {
		return
	}
	gone := lines[at]
	rest := slices.Delete(slices.Clone(lines), at, at+1)
	p.line = ""
	if len(rest) > 0 {
		p.line = rest[min(at, len(rest)-1)].ID
	}
	p.change(rest)
	p.undoable = "line " + gone.ID
	p.s.cfg.Notify.Undoable(p.undoable, p.s.book.T("plan.removed", lineTitle(p, gone)), p.s.cfg.Now().Add(10*time.Second), func() {
		if !p.edits() {
			return
		}
		lines := slices.Clone(p.scenario().Lines)
		p.line = gone.ID
		p.change(slices.Insert(lines, min(at, len(lines)), gone))
	})
}

// addScenario makes another answer out of the one on the page.
func (p *plan) addScenario() {
	if !p.edits() {
		return
	}
	c := whole(p.now)
	s := p.scenario()
	s.ID, s.Lines = p.s.cfg.NewID(), slices.Clone(s.Lines)
	s.Name = string(rune('A' + len(c.Scenarios)%26))
	for slices.ContainsFunc(c.Scenarios, func(o campaigns.Scenario) bool { return o.Name == s.Name }) {
		s.Name += "′"
	}
	c.Scenarios = append(c.Scenarios, s)
	p.shown = s.ID
	p.become(c)
}

// pickScenario shows another scenario; sending for approval sends what is shown.
func (p *plan) pickScenario(id string) {
	if id == p.shown || p.looking != nil {
		return
	}
	p.shown, p.line = id, ""
	p.reckon()
	if p.bent != p.others() {
		p.bend()
	}
	p.drawMain()
	p.drawSide()
}

// dropScenario takes the scenario on the page out.
func (p *plan) dropScenario() {
	if !p.edits() || len(p.now.Scenarios) < 2 {
		return
	}
	c := whole(p.now)
	c.Scenarios = slices.DeleteFunc(c.Scenarios, func(s campaigns.Scenario) bool { return s.ID == p.shown })
	if c.Chosen == p.shown {
		c.Chosen = c.Scenarios[0].ID
	}
	p.shown = c.Scenarios[0].ID
	p.become(c)
}
