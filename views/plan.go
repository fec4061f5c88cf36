package views

import (
	"context"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cinnabar/campaigns"
	"cinnabar/campaigns/reach"
	"cinnabar/internal/fault"
	"cinnabar/internal/job"
	"cinnabar/internal/money"
	"cinnabar/moderation"
	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// plan is the page of one campaign: its lines over time, what they come to, and what
// else could be chosen. What is changed stays here until it is saved, whole.
type plan struct {
	s  *Campaigns
	id string

	file  latest[planFile]
	pool  latest[planPool]
	sums  latest[planSums]
	curve latest[planCurve]
	known *planFile
	err   error
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

	box    *fyne.Container
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

// planFile is everything that is read for the page.
type planFile struct {
	Campaign campaigns.Campaign
	Brand    campaigns.BrandStanding
	Items    []campaigns.Item
	KOLs     map[string]campaigns.KOL // of the lines and of the pool
	planPool
}

// planPool is whom a plan can choose from. It is by far the most that is read, so it
// follows the plan itself, and is read once: an audience does not change under the hand.
type planPool struct {
	Pool  []campaigns.KOL // who has a quote, the largest following first
	Lists []campaigns.Shortlist
	Who   campaigns.Following // of all KOLs of the file
	known map[string]campaigns.KOL
	there bool // it has been read
}

// mostPool is how many KOLs a plan chooses from: those with most followers.
const mostPool = 2000

func newPlan(s *Campaigns, id string) *plan {
	p := &plan{s: s, id: id, box: container.NewStack(), menu: kit.NewMenu(),
		file: latest[planFile]{loop: s.cfg.Loop, run: s.cfg.Go}, pool: latest[planPool]{loop: s.cfg.Loop, run: s.cfg.Go}, sums: latest[planSums]{loop: s.cfg.Loop, run: s.cfg.Go}, curve: latest[planCurve]{loop: s.cfg.Loop, run: s.cfg.Go}}
	p.build()
	return p
}

func (p *plan) waits() bool {
	return p.file.out || p.pool.out || p.sums.out || p.curve.out || p.looking != nil || p.busy
}

func (p *plan) content() fyne.CanvasObject { return p.box }

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

// read asks for the plan anew. What is being changed stays.
func (p *plan) read() {
	book, known := p.s.cfg.Campaigns, p.known
	p.file.ask(func(ctx context.Context) (f planFile, err error) {
		if f.Campaign, err = book.Get(ctx, p.id); err != nil {
			return f, err
		}
		brands, err := book.Brands(ctx)
		if err != nil {
			return f, err
		}
		f.Brand = campaigns.BrandStanding{Name: f.Campaign.Brand, Why: "none"}
		for _, b := range brands {
			if b.Name == f.Campaign.Brand {
				f.Brand = b
			}
		}
		if known != nil && covers(*known, f.Campaign) {
			f.Items, f.KOLs, f.planPool = known.Items, known.KOLs, known.planPool
			return f, nil
		}
		kols, err := p.s.cfg.Pool.Many(ctx, kolsOf(f.Campaign))
		if err != nil {
			return f, err
		}
		f.KOLs = make(map[string]campaigns.KOL, len(kols))
		for _, k := range kols {
			f.KOLs[k.ID] = k
		}
		from, to := shifted(f.Campaign.Wish.From, -campaigns.RivalDays), shifted(f.Campaign.Wish.To, campaigns.RivalDays)
		items, err := book.Items(ctx, from, to, "", "")
		f.Items = slices.DeleteFunc(items, func(i campaigns.Item) bool { return i.Campaign == f.Campaign.ID })
		return f, err
	}, func(f planFile, err error) {
		switch {
		case err != nil && p.known != nil:
			return
		case err != nil:
			p.err = err
			p.build()
			return
		}
		p.take(f)
	})
}

// covers reports whether the KOLs that a campaign names have been read.
func covers(f planFile, c campaigns.Campaign) bool {
	for _, id := range kolsOf(c) {
		if _, ok := f.KOLs[id]; !ok {
			return false
		}
	}
	return true
}

// kolsOf lists the KOLs that a campaign names.
func kolsOf(c campaigns.Campaign) []string {
	ids := slices.Concat(c.Wish.Must, c.Wish.Never)
	for _, s := range c.Scenarios {
		for _, l := range s.Lines {
			if l.KOL != nil {
				ids = append(ids, l.KOL.KOL)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// gather reads whom the plan can choose from and who follows them, behind the plan.
func (p *plan) gather() {
	pool, of := p.s.cfg.Pool, p.known
	p.pool.ask(func(ctx context.Context) (out planPool, err error) {
		out.known = maps.Clone(of.KOLs)
		q := campaigns.KOLQuery{Formats: campaigns.Formats(), Limit: 200}
		for len(out.Pool) < mostPool {
			page, err := pool.Page(ctx, q)
			if err != nil {
				return out, err
			}
			for _, k := range page.KOLs {
				if len(k.Quotes) > 0 {
					out.Pool = append(out.Pool, k)
				}
				out.known[k.ID] = k
			}
			if q.After = page.Next; q.After == "" {
				break
			}
		}
		ids := slices.Sorted(maps.Keys(out.known))
		if out.Who, err = pool.Following(ctx, ids); err != nil {
			return out, err
		}
		out.Lists, err = pool.Shortlists(ctx)
		out.there = err == nil
		return out, err
	}, func(out planPool, err error) {
		if err != nil {
			p.what, p.next = p.s.book.Error(err)
			p.drawSide()
			return
		}
		f := *p.known
		f.planPool, f.KOLs = out, out.known
		p.known = &f
		p.reckon()
		p.bend()
		p.drawSide()
	})
}

// shifted is a day so many days on.
func shifted(d moderation.Date, days int) moderation.Date {
	t, ok := d.Time()
	if !ok {
		return d
	}
	return dayIn(t.AddDate(0, 0, days))
}

// take shows what was read. A draft that is being changed stays, and says if it is
// no longer what stands.
func (p *plan) take(f planFile) {
	first := p.known == nil
	same := !first && reflect.DeepEqual(p.known.Campaign, f.Campaign) && p.known.Brand == f.Brand
	kept := !first && p.dirty()
	p.known, p.err = &f, nil
	switch {
	case !same && !kept:
		p.load(f.Campaign)
		return
	case !same:
		p.drawSide()
	}
	if !f.there && !p.pool.out {
		p.gather() // it is not this plan's pool any more, or could not be read
	}
}

// load puts a campaign in place of what is being changed.
func (p *plan) load(c campaigns.Campaign) {
	p.now, p.base = whole(c), whole(c)
	p.request, p.what, p.next = "", "", ""
	if !slices.ContainsFunc(c.Scenarios, func(s campaigns.Scenario) bool { return s.ID == p.shown }) {
		p.shown = c.Picked().ID
	}
	p.build()
	p.reckon()
	if p.known.there {
		p.bend()
	} else if !p.pool.out {
		p.gather()
	}
	p.s.retitle()
}

// whole copies a campaign, so that a change of one is none of the other.
func whole(c campaigns.Campaign) campaigns.Campaign {
	c.Wish.Quotas, c.Wish.Must, c.Wish.Never = slices.Clone(c.Wish.Quotas), slices.Clone(c.Wish.Must), slices.Clone(c.Wish.Never)
	c.Scenarios = slices.Clone(c.Scenarios)
	for i := range c.Scenarios {
		c.Scenarios[i].Lines = slices.Clone(c.Scenarios[i].Lines)
	}
	return c
}

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

// planSums is what the scenarios come to.
type planSums struct {
	Reached map[string]float64 // by scenario
	Risk    map[string]float64 // in the weights of reach, as the chooser counts it
	Cost    map[string]money.Fen
	Alone   map[string]float64 // by line of the scenario on the page
	Follow  map[string]float64 // whom each KOL's line reaches by itself
	Checks  []moderation.CheckResult
	Outlook campaigns.Forecast
	shown   string
}

// reckon sums the scenarios up behind the screen; who follows whom can be a million.
func (p *plan) reckon() {
	c, f, shown := whole(p.now), p.known, p.shown
	today := p.s.today()
	limit := p.limit
	p.sums.ask(func(context.Context) (planSums, error) { return sumUp(c, *f, shown, today, limit), nil }, func(s planSums, err error) {
		if err != nil {
			p.s.complain(err)
			return
		}
		p.reckoned = &s
		p.drawMain()
		p.drawSide()
	})
}

func sumUp(c campaigns.Campaign, f planFile, shown string, today moderation.Date, limit *planCurve) planSums {
	s := planSums{Reached: map[string]float64{}, Risk: map[string]float64{}, Cost: map[string]money.Fen{}, shown: shown}
	var own map[string]float64
	if f.there {
		own = campaigns.Followed(c.Wish.Segment, kolsOf(c), f.Who)
	}
	for _, sc := range c.Scenarios {
		reached, alone := -1.0, map[string]float64(nil)
		if f.there {
			reached, alone = campaigns.Counted(c, sc, f.Who)
			s.Reached[sc.ID] = reached
		}
		s.Cost[sc.ID], _ = campaigns.Total(c, sc)
		risk, follow := 0.0, map[string]float64{}
		for _, l := range sc.Lines {
			if l.KOL == nil || !f.there {
				continue
			}
			one := own[l.KOL.KOL]
			follow[l.ID] = one
			if k, ok := f.KOLs[l.KOL.KOL]; ok {
				risk += c.Wish.Caution * campaigns.RiskOf(k).PerPost * one
			}
		}
		s.Risk[sc.ID] = risk
		if sc.ID != shown {
			continue
		}
		s.Alone, s.Follow = alone, follow
		s.Checks = campaigns.Check(c, sc, campaigns.Facts{Today: today, Brand: f.Brand, KOLs: f.KOLs, Items: f.Items})
		bound := -1.0
		if limit != nil {
			bound = limit.at(c.Wish.Budget)
		}
		s.Outlook = campaigns.Expect(c, sc, f.KOLs, reached, bound)
	}
	return s
}

// planCurve is reach against spend: of each budget the best that was found and what
// cannot be exceeded.
type planCurve struct {
	Budgets []money.Fen
	Answers []reach.Answer
	Other   money.Fen // what lines that are no KOL's take
	Err     error     // why there is no curve, as a fault of the wish
}

// at is the proved bound at a budget, -1 where none is known.
func (c planCurve) at(budget money.Fen) float64 {
	for i, b := range c.Budgets {
		if b == budget && i < len(c.Answers) {
			return c.Answers[i].Bound
		}
	}
	return -1
}

// curveSteps are the shares of the budget that the curve asks about.
var curveSteps = []float64{.05, .1, .2, .3, .4, .55, .7, .85, 1, 1.2, 1.4, 1.67}

// curveEach is how long each of these may look.
const curveEach = 60 * time.Millisecond

// bend asks what other budgets would bring.
func (p *plan) bend() {
	c, f := p.as(p.shown), p.known
	if c.Wish.Budget <= 0 || len(f.Pool) == 0 || !f.there {
		p.limit = nil
		return
	}
	p.bent = p.others()
	p.curve.ask(func(ctx context.Context) (planCurve, error) {
		out := planCurve{}
		problem, err := campaigns.Offers(c, f.Pool, f.Who)
		if err != nil {
			out.Err = err
			return out, nil
		}
		out.Other = c.Wish.Budget - problem.Budget
		var budgets []money.Fen
		for _, share := range curveSteps {
			all := money.Fen(float64(c.Wish.Budget) * share)
			if share == 1 {
				all = c.Wish.Budget
			}
			out.Budgets = append(out.Budgets, all)
			budgets = append(budgets, max(0, all-out.Other))
		}
		out.Answers, err = p.s.cfg.Chooser.Curve(ctx, problem, budgets, curveEach)
		if fault.CodeOf(err) != "" && ctx.Err() == nil {
			out.Err, err = err, nil
		}
		return out, err
	}, func(out planCurve, err error) {
		if err != nil {
			return
		}
		p.limit = &out
		p.reckon()
	})
}

// gap is how far the scenario on the page can be below the best at most, as a share of
// the bound; false where nothing is proved.
func (p *plan) gap() (float64, bool) {
	if p.limit == nil || p.reckoned == nil {
		return 0, false
	}
	bound := p.bound()
	net := p.reckoned.Reached[p.shown] - p.reckoned.Risk[p.shown]
	if bound <= 0 || net <= 0 {
		return 0, false
	}
	return max(0, (bound-net)/bound), true
}

// proof is a bound that a search has proved, and for which wish.
type proof struct {
	bound float64
	wish  campaigns.Wish
	other money.Fen // what lines that are no KOL's took of the budget
}

// others is what lines of the scenario on the page that are no KOL's take.
func (p *plan) others() money.Fen {
	var sum money.Fen
	for _, l := range p.scenario().Lines {
		if l.KOL == nil {
			sum += campaigns.CostOf(p.now, l)
		}
	}
	return sum
}

// bound is the lowest that was proved for the wish and the rest of the plan as they
// are, 0 where nothing was: what is left for KOLs decides about it.
func (p *plan) bound() float64 {
	least := 0.0
	if p.limit.Other == p.others() {
		least = max(0, p.limit.at(p.now.Wish.Budget))
	}
	if p.proved != nil && p.proved.other == p.others() && reflect.DeepEqual(p.proved.wish, p.now.Wish) && (least == 0 || p.proved.bound < least) {
		least = p.proved.bound
	}
	return least
}

func (p *plan) relink() {
	if p.panel != nil {
		p.panel.link(p.s.up)
	}
	if p.known != nil {
		p.drawSide()
	}
}

func (p *plan) reword() {
	p.panel = nil
	p.build()
}

func (p *plan) leave() {
	p.file.drop()
	p.pool.drop()
	p.sums.drop()
	p.curve.drop()
	p.menu.Close()
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
	key := "line " + gone.ID
	p.s.cfg.Notify.Undoable(key, p.s.book.T("plan.removed", lineTitle(p, gone)), p.s.cfg.Now().Add(10*time.Second), func() {
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

// save sends the whole plan. done follows when it stands.
func (p *plan) save(c campaigns.Campaign, done func()) {
	if p.busy || !p.s.up {
		return
	}
	if err := campaigns.Validate(c); err != nil {
		p.what, p.next = p.s.book.Error(err)
		p.drawSide()
		return
	}
	if p.request == "" {
		p.request = p.s.cfg.NewID()
	}
	request := p.request
	p.busy = true
	p.drawSide()
	var saved campaigns.Campaign
	p.s.send(func(ctx context.Context) (err error) {
		saved, err = p.s.cfg.Campaigns.Put(ctx, request, c)
		return err
	}, func(err error) {
		p.busy = false
		if err != nil {
			p.refused(err)
			return
		}
		p.known.Campaign = saved
		changed := !reflect.DeepEqual(whole(c), whole(p.now))
		p.base = whole(saved)
		if !changed {
			p.now = whole(saved)
		} else { // typed on while it was on its way
			p.now.Version = saved.Version
		}
		p.request, p.what, p.next = "", "", ""
		p.drawMain()
		p.drawSide()
		if done != nil {
			done()
		} else {
			p.s.cfg.Notify.Note(kit.Jade, p.s.book.T("plan.saved", p.now.Name), "")
		}
	})
}

// refused says why nothing was saved. Where somebody else saved meanwhile, both are
// shown once the other has been read.
func (p *plan) refused(err error) {
	switch fault.CodeOf(err) {
	case fault.RuleChanged, fault.Changed:
		p.what, p.next = p.s.book.T("plan.changed"), p.s.book.T("plan.changed_next")
	default:
		p.what, p.next = p.s.book.Error(err)
	}
	if !p.dirty() {
		p.s.complain(err) // what stands now is read over the notice
	}
	p.drawSide()
	p.read()
}

// overwrite keeps what was typed here as the next version of what stands now.
func (p *plan) overwrite() {
	p.now.Version = p.known.Campaign.Version
	p.base.Version = p.known.Campaign.Version
	p.request, p.what, p.next = "", "", ""
	p.save(whole(p.now), nil)
}

// discard gives up what was changed here.
func (p *plan) discard() {
	if p.known != nil {
		p.load(p.known.Campaign)
	}
}

// move takes the campaign on.
func (p *plan) move(m campaigns.Move, words string) {
	if p.busy || !p.s.up {
		return
	}
	if m == campaigns.Propose && p.now.Chosen != p.shown {
		p.now.Chosen = p.shown
		p.save(whole(p.now), func() { p.move(m, words) })
		return
	}
	if p.request == "" {
		p.request = p.s.cfg.NewID()
	}
	request, version := p.request, p.now.Version
	p.busy = true
	p.drawSide()
	var moved campaigns.Campaign
	p.s.send(func(ctx context.Context) (err error) {
		moved, err = p.s.cfg.Campaigns.Move(ctx, request, p.id, version, m, words)
		return err
	}, func(err error) {
		p.busy = false
		if err != nil {
			p.refused(err)
			return
		}
		p.known.Campaign = moved
		p.load(moved)
		p.s.cfg.Notify.Note(kit.Jade, p.s.book.T("plan.moved_"+string(m), moved.Name), "")
	})
}

// lookFor is how long a better answer is looked for.
const lookFor = 10 * time.Second

// better looks for a better choice of KOLs, as a job that shows its progress and can
// be stopped. What it finds becomes lines of the scenario at once, better from moment
// to moment. Pressed again it stops.
func (p *plan) better() {
	if p.looking != nil {
		p.looking.Cancel()
		return
	}
	if !p.edits() || p.s.cfg.Jobs == nil || !p.known.there {
		return
	}
	b := p.s.book
	c, f := p.as(p.shown), p.known
	before := slices.Clone(p.scenario().Lines)
	shown := p.shown
	began := p.s.cfg.Now()
	show := func(picks []chosen, a reach.Answer, bound float64) {
		if p.shown != shown || p.known == nil {
			return
		}
		p.proved = &proof{bound: bound, wish: whole(c).Wish, other: p.others()}
		lines := p.linesOf(before, picks)
		p.found = b.T("plan.found", b.Count(int(a.Reach)), b.Number(len(picks)))
		if a.Reach > 0 && bound > 0 {
			p.found += b.T("common.dot") + b.T("plan.at_most_below", fine(b, max(0, (bound-a.Net())/bound)))
		}
		p.change(lines)
	}
	p.found = b.T("plan.looking")
	work := p.s.cfg.Jobs.Start(context.Background(), b.T("plan.better_of", c.Name), func(ctx context.Context, progress *job.Progress) error {
		problem, err := campaigns.Offers(c, f.Pool, f.Who)
		if err != nil {
			return err
		}
		total := int64(lookFor / time.Second)
		progress.Set(0, total)
		last, err := p.s.cfg.Chooser.Choose(ctx, problem, reach.Options{Time: lookFor, Progress: func(a reach.Answer) {
			progress.Set(min(total, int64(p.s.cfg.Now().Sub(began)/time.Second)), total)
			picks := chosenOf(problem, a)
			a.Picks = nil
			progress.Note(b.T("plan.found", b.Count(int(a.Reach)), b.Number(len(picks))))
			p.s.cfg.Loop.Do(func() { show(picks, a, a.Bound) })
		}})
		if err != nil {
			return err
		}
		picks := chosenOf(problem, last)
		last.Picks = nil
		p.s.cfg.Loop.Do(func() { show(picks, last, last.Bound) })
		return nil
	})
	p.looking = work
	p.drawSide()
	p.s.cfg.Go(func() {
		err := work.Wait()
		p.s.cfg.Loop.Do(func() {
			p.looking = nil
			if err != nil && fault.CodeOf(err) != fault.Cancelled {
				p.what, p.next = b.Error(err)
			}
			p.drawMain()
			p.drawSide()
		})
	})
}

// chosen is a pick of the chooser without its indices.
type chosen struct {
	kol    string
	format campaigns.Format
	alone  int
}

func chosenOf(problem reach.Problem, a reach.Answer) []chosen {
	out := make([]chosen, len(a.Picks))
	for i, pick := range a.Picks {
		o := problem.Offers[pick.Offer]
		out[i] = chosen{kol: o.KOL, format: campaigns.Format(strings.TrimPrefix(o.ID, o.KOL+"/")), alone: int(pick.Alone)}
	}
	return out
}

// linesOf makes lines of what was chosen. Lines that were there keep their days; new
// ones are spread over the window, a week each.
func (p *plan) linesOf(before []campaigns.Line, picks []chosen) []campaigns.Line {
	var lines []campaigns.Line
	old := map[string]campaigns.Line{}
	for _, l := range before {
		if l.KOL == nil {
			continue
		}
		old[l.KOL.KOL+"/"+string(l.KOL.Format)] = l
	}
	all := campaigns.Days(p.now.Wish.From, p.now.Wish.To)
	week := min(7, max(1, all))
	for i, pick := range picks {
		k := p.known.KOLs[pick.kol]
		l, kept := old[pick.kol+"/"+string(pick.format)]
		if !kept {
			start := 0
			if len(picks) > 1 {
				start = i * (all - week) / (len(picks) - 1)
			}
			// The same KOL and format is the same line from one answer to the next.
			l = campaigns.Line{ID: "kol-" + pick.kol + "-" + string(pick.format), Kind: campaigns.KOLLine, Title: k.Handle,
				From: shifted(p.now.Wish.From, start), To: shifted(p.now.Wish.From, start+week-1)}
		}
		if q, ok := campaigns.QuoteOn(k, pick.format, p.now.Wish.From); ok {
			l.Cost = q.Fee
		}
		l.KOL = &campaigns.KOLPost{KOL: pick.kol, Format: pick.format, Handle: k.Handle, Alone: pick.alone}
		lines = append(lines, l)
	}
	for _, l := range before {
		if l.KOL == nil {
			lines = append(lines, l)
		}
	}
	return lines
}

func (p *plan) fill(o fyne.CanvasObject) {
	p.box.Objects = []fyne.CanvasObject{o}
	p.box.Refresh()
}

// build makes the widgets in the language of the book.
func (p *plan) build() {
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
