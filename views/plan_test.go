package views

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"cinnabar/campaigns"
	"cinnabar/internal/fault"
	"cinnabar/internal/people"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

func TestAPlanDrawsInEveryLanguageAndLight(t *testing.T) {
	eachDress(t, func(l words.Language, mode look.Mode, dir string) {
		m := newMarket(t, false)
		c := m.sunCare()
		other := whole(c)
		other.ID, other.Name, other.State, other.ProposedBy = "c2", "Summer", campaigns.Running, "marketer2"
		m.plans = []campaigns.Campaign{c, other}
		var screen *Campaigns
		shell, win := m.studio(t, l, "campaigns", func(s *Shell, b *words.Book) Screen {
			cfg := m.campaignsConfig(t, b.Language())
			cfg.Book, cfg.Notify, cfg.Retitle = b, s, s.Retitle
			if dir != "" {
				cfg.Chooser = nil
			}
			screen = NewCampaigns(cfg)
			return screen
		})
		m.press(win, "J")
		m.quiet()
		wellSaid(t, screen.Content())
		shot(t, win, dir, "campaigns-"+string(mode)+"-"+string(l))
		m.press(win, "Enter")
		m.settle()
		m.quiet()
		wellSaid(t, screen.Content())
		shot(t, win, dir, "plan-"+string(mode)+"-"+string(l))
		p := screen.page.(*plan)
		for _, kind := range campaigns.LineKinds() {
			p.linePanel(ofKind(campaigns.Line{From: c.Wish.From, To: c.Wish.To}, kind))
			m.quiet()
			wellSaid(t, screen.Content())
			shot(t, win, dir, "plan-line-"+string(kind)+"-"+string(mode)+"-"+string(l))
		}
		p.closePanel()
		p.editWish()
		m.quiet()
		wellSaid(t, screen.Content())
		shot(t, win, dir, "plan-wish-"+string(mode)+"-"+string(l))
		p.now.Wish.Quotas = []campaigns.Quota{{Tag: "tier:micro", Least: 3, Most: 6}, {Tag: "category:beauty", Least: 400}}
		p.editWish()
		p.panel.scroll.To(10_000)
		m.quiet()
		wellSaid(t, screen.Content())
		shot(t, win, dir, "plan-quotas-"+string(mode)+"-"+string(l))
		p.closePanel()
		shell.Close()
		m.settle()
	})
}

func TestAPlanSaysWhatItComesTo(t *testing.T) {
	themed(t, look.Light)
	m := newMarket(t, false)
	_, p, _ := planWindow(t, m)
	for _, want := range []string{"初岚 · Spring sun care", "10 Mar – 6 Apr 2026", "of ¥120,000", "below the best", "溪溪", "northbound", "9 lines", "as shown", "B · micro only", "静安快闪 · 上海", "20,000 editions"} {
		if !says(p.content(), want) && !barSays(p, want) {
			t.Errorf("the plan does not say %q", want)
		}
	}
	if cost := p.reckoned.Cost["A"]; cost != 11_403_000-472_000 && cost <= 0 {
		t.Fatalf("cost %v", cost)
	}
}

func barSays(p *plan, text string) bool {
	return slices.ContainsFunc(p.lanes.Bars(), func(b kit.LaneBar) bool { return strings.Contains(b.Text, text) })
}

func TestALineIsAddedChangedMovedAndTakenOut(t *testing.T) {
	themed(t, look.Light)
	m := newMarket(t, false)
	_, p, win := planWindow(t, m)
	m.press(win, "N")
	if p.panel == nil || !says(p.side, "Add a line") {
		t.Fatal("N opens no panel")
	}
	p.linePanel(ofKind(campaigns.Line{From: p.now.Wish.From, To: p.now.Wish.To}, campaigns.TrialLine))
	enter(t, p.side, "Product", "防晒小样")
	enter(t, p.side, "Units", "200")
	enter(t, p.side, "Price of one", "29.90")
	enter(t, p.side, "Last day", "2026-03-32")
	m.commit()
	if p.panel == nil || !says(p.side, "2026-03-32") {
		t.Fatal("a day that does not exist is taken")
	}
	enter(t, p.side, "Last day", "2026-03-20")
	m.commit()
	m.settle()
	lines := p.scenario().Lines
	added := lines[len(lines)-1]
	if p.panel != nil || added.Trial == nil || added.Trial.Units != 200 || added.Trial.Worth != 2990 || added.To != "2026-03-20" {
		t.Fatalf("added %+v", added)
	}
	if !p.dirty() || !says(p.side, "Save the plan") || len(m.plans[0].Scenarios[0].Lines) != 9 {
		t.Fatal("an unsaved line is not shown as unsaved, or was saved")
	}
	m.press(win, "Right", "Right")
	m.settle()
	if l := p.scenario().Lines[9]; l.From != "2026-03-12" || l.To != "2026-03-22" {
		t.Fatalf("moved to %s – %s", l.From, l.To)
	}
	m.press(win, "X")
	m.settle()
	if len(p.scenario().Lines) != 9 || m.undo == nil {
		t.Fatal("X does not take the line out with a way back")
	}
	m.undo()
	m.settle()
	if len(p.scenario().Lines) != 10 {
		t.Fatal("undo does not bring the line back")
	}
	m.commit()
	m.settle()
	if p.dirty() || len(m.plans[0].Scenarios[0].Lines) != 10 || m.plans[0].Version != 4 {
		t.Fatalf("saved version %d with %d lines", m.plans[0].Version, len(m.plans[0].Scenarios[0].Lines))
	}
}

func TestAKOLIsFoundAndPlannedByKeys(t *testing.T) {
	themed(t, look.Light)
	m := newMarket(t, false)
	_, p, win := planWindow(t, m)
	m.press(win, "N")
	if !says(p.side, "creator 40") {
		t.Fatal("the panel offers nobody")
	}
	enter(t, p.side, "Handle or words", "creator 39")
	if says(p.side, "creator 38") {
		t.Fatal("the search narrows nothing")
	}
	p.side.Refresh()
	for _, k := range p.known.Pool {
		if k.Handle == "creator 39" {
			// As Enter in the search does.
			pickFirst(t, p)
		}
	}
	m.commit()
	m.settle()
	lines := p.scenario().Lines
	if l := lines[len(lines)-1]; l.KOL == nil || l.KOL.Handle != "creator 39" || l.Cost == 0 {
		t.Fatalf("planned %+v", l)
	}
}

// pickFirst presses Enter in the search of the panel.
func pickFirst(t *testing.T, p *plan) {
	t.Helper()
	f := fieldOf(t, p.side, "Handle or words")
	f.Input().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
}

func TestTheChoosersAnswerBecomesLines(t *testing.T) {
	themed(t, look.Light)
	m := newMarket(t, false)
	_, p, win := planWindow(t, m)
	before := p.reckoned.Reached["A"]
	m.press(win, "B")
	if p.looking == nil {
		t.Fatal("B starts no search")
	}
	_ = p.looking.Wait()
	m.settle()
	if p.looking != nil || !p.dirty() {
		t.Fatal("the search does not end in a draft")
	}
	others := 0
	for _, l := range p.scenario().Lines {
		if l.KOL == nil {
			others++
		} else if l.From < p.now.Wish.From || l.To > p.now.Wish.To {
			t.Errorf("%s is planned %s – %s, outside the campaign", l.Title, l.From, l.To)
		}
	}
	if others != 3 {
		t.Errorf("%d lines that are no KOL's, want the 3 that were there", others)
	}
	if p.reckoned.Cost["A"] > p.now.Wish.Budget {
		t.Errorf("costs %s of %s", p.reckoned.Cost["A"], p.now.Wish.Budget)
	}
	if p.reckoned.Reached["A"] <= 0 || before <= 0 {
		t.Errorf("reached %v before, %v after", before, p.reckoned.Reached["A"])
	}
	button(t, p.side, "Discard").Press()
	m.settle()
	if p.dirty() || len(p.scenario().Lines) != 9 {
		t.Fatal("the plan of before can't be had back")
	}
}

func TestAWishThatCannotBeHadIsSaidByName(t *testing.T) {
	themed(t, look.Light)
	m := newMarket(t, false)
	m.plans = []campaigns.Campaign{m.sunCare()}
	cfg := m.campaignsConfig(t, words.EN)
	cfg.Chooser = quickChooser{refused: fault.New(fault.QuotaConflict, "quotas", "tier:micro, tier:top")}
	s := NewCampaigns(cfg)
	win := m.window(s, 1256, 844)
	s.Open("c1")
	m.settle()
	p := s.page.(*plan)
	m.press(win, "B")
	_ = p.looking.Wait()
	m.settle()
	if !says(p.side, "tier:micro, tier:top") {
		t.Fatal("the quotas that contradict one another are not named")
	}
}

func TestWhoSavesAfterAnotherSeesBoth(t *testing.T) {
	themed(t, look.Light)
	m := newMarket(t, false)
	_, p, win := planWindow(t, m)
	m.press(win, "J", "X")
	m.settle()
	theirs := whole(m.plans[0])
	theirs.Name, theirs.Version = "Spring, by a colleague", 4
	m.plans[0] = theirs
	m.commit()
	m.settle()
	if !says(p.side, "Somebody saved this plan meanwhile") || !says(p.side, "Spring, by a colleague") || !says(p.side, "Yours") {
		t.Fatal("the two versions are not shown beside each other")
	}
	if len(p.scenario().Lines) != 8 {
		t.Fatal("what was changed here is gone")
	}
	button(t, p.side, "Save mine over it").Press()
	m.settle()
	if m.plans[0].Version != 5 || m.plans[0].Name != "Spring sun care" || len(m.plans[0].Scenarios[0].Lines) != 8 {
		t.Fatalf("saved %q, version %d", m.plans[0].Name, m.plans[0].Version)
	}
	m.plans[0].Name, m.plans[0].Version = "Theirs again", 6
	m.press(win, "X")
	m.settle()
	p.read()
	m.settle()
	button(t, p.side, "Take theirs").Press()
	m.settle()
	if p.dirty() || p.now.Name != "Theirs again" {
		t.Fatalf("their version is not taken: %q", p.now.Name)
	}
}

func TestASaveThatWasCutOffIsRepeatedAsTheSameWish(t *testing.T) {
	themed(t, look.Light)
	m := newMarket(t, false)
	s, p, win := planWindow(t, m)
	m.press(win, "J", "X")
	m.settle()
	m.down = true
	m.commit()
	m.settle()
	s.SetLink(false, fault.New(fault.Offline))
	if !says(p.side, "What you changed stays here") || !p.act.Disabled() {
		t.Fatal("without a link the plan can be saved, or nothing says why not")
	}
	m.down = false
	s.SetLink(true, nil)
	m.commit()
	m.settle()
	if len(m.requests) != 2 || m.requests[0] != m.requests[1] || len(m.plans[0].Scenarios[0].Lines) != 8 {
		t.Fatalf("requests %v", m.requests)
	}
}

func TestAPlanIsProposedHereAndApprovedByAnother(t *testing.T) {
	themed(t, look.Light)
	m := newMarket(t, false)
	c := m.sunCare()
	m.plans = []campaigns.Campaign{c}
	_, p, win := planWindow(t, m)
	if why := p.act; why.Disabled() {
		t.Fatalf("can't be proposed: %v", p.reckoned.Checks)
	}
	m.commit()
	m.settle()
	if m.plans[0].State != campaigns.Proposed {
		t.Fatalf("state %s", m.plans[0].State)
	}
	if !p.act.Disabled() || !says(p.side, "You proposed it") {
		t.Fatal("who proposed it is offered to approve it")
	}
	m.press(win, "N", "X")
	if p.panel != nil || p.dirty() {
		t.Fatal("a proposed plan can be changed")
	}
	m.me.Login = "marketer2"
	_, p, _ = planWindow(t, m)
	m.commit()
	m.settle()
	if m.plans[0].State != campaigns.Approved || m.plans[0].ApprovedBy != "marketer2" {
		t.Fatalf("state %s", m.plans[0].State)
	}
	m.commit()
	m.settle()
	if m.plans[0].State != campaigns.Running {
		t.Fatalf("state %s", m.plans[0].State)
	}
	p.openMore()
	p.menu.Choose(string(campaigns.CallOff))
	p.menu.Close()
	p.move(campaigns.CallOff, "the product is late")
	m.settle()
	if m.plans[0].State != campaigns.Closed || m.plans[0].Words != "the product is late" {
		t.Fatalf("state %s, words %q", m.plans[0].State, m.plans[0].Words)
	}
}

func TestAFailedRuleKeepsAPlanFromBeingProposed(t *testing.T) {
	themed(t, look.Light)
	m := newMarket(t, false)
	c := m.sunCare()
	c.Wish.Budget = 1_000_000
	m.plans = []campaigns.Campaign{c}
	_, p, _ := planWindow(t, m)
	if !p.act.Disabled() || !says(p.side, "A rule fails") {
		t.Fatal("a plan over its budget can be proposed")
	}
}

func TestScenariosStandSideBySide(t *testing.T) {
	themed(t, look.Light)
	m := newMarket(t, false)
	_, p, win := planWindow(t, m)
	p.pickScenario("B")
	m.settle()
	if len(p.scenario().Lines) != 4 || p.dirty() {
		t.Fatal("looking at another scenario changes the plan")
	}
	m.press(win, "S")
	m.settle()
	if len(p.now.Scenarios) != 3 || p.scenario().Name != "C" || len(p.scenario().Lines) != 4 {
		t.Fatalf("scenarios %+v", p.now.Scenarios)
	}
	m.commit()
	m.settle()
	m.commit()
	m.settle()
	if got := m.plans[0]; got.State != campaigns.Proposed || got.Chosen != p.shown || len(got.Scenarios) != 3 {
		t.Fatalf("proposed %s of %d scenarios, state %s", got.Chosen, len(got.Scenarios), got.State)
	}
}

func TestACampaignOfABrandThatIsNotVerifiedCannotBegin(t *testing.T) {
	themed(t, look.Light)
	m := newMarket(t, false)
	s := NewCampaigns(m.campaignsConfig(t, words.EN))
	win := m.window(s, 1256, 844)
	if !says(s.Content(), "No campaign yet") || !says(s.Content(), "Its papers have run out") {
		t.Fatal("an empty list says nothing of what to do, or of the brands")
	}
	m.press(win, "N")
	l := s.list
	if l.new == nil {
		t.Fatal("N begins nothing")
	}
	enter(t, l.side, "Campaign", "春日防晒")
	enter(t, l.side, "Budget", "minus five")
	m.commit()
	if !says(l.side, "minus five") {
		t.Fatal("a budget that is no amount is taken")
	}
	enter(t, l.side, "Budget", "120,000")
	m.commit()
	m.settle()
	if len(m.plans) != 1 || m.plans[0].Wish.Budget != 12_000_000 || m.plans[0].Brand != "初岚" {
		t.Fatalf("made %+v", m.plans)
	}
	if p, ok := s.page.(*plan); !ok || !says(p.content(), "Nothing is planned yet") {
		t.Fatal("the new campaign is not open")
	}
	m.press(win, "Esc")
	m.settle()
	if s.page != campaignPage(s.list) {
		t.Fatal("Escape does not lead back")
	}
}

func TestAnAuditorReadsPlansOnly(t *testing.T) {
	themed(t, look.Light)
	m := newMarket(t, false)
	m.me = people.Person{Login: "auditor1", Role: people.Auditor, Active: true}
	_, p, win := planWindow(t, m)
	m.press(win, "J", "N", "X", "S", "B", "W")
	m.settle()
	if p.dirty() || p.panel != nil || p.looking != nil || !p.act.Disabled() {
		t.Fatal("an auditor can change a plan")
	}
}

func TestABudgetIsPickedOnTheCurve(t *testing.T) {
	themed(t, look.Light)
	m := newMarket(t, false)
	_, p, _ := planWindow(t, m)
	if len(p.chart.Points()) != len(curveSteps)+1 {
		t.Fatalf("%d points on the curve", len(p.chart.Points()))
	}
	if gap, ok := p.gap(); !ok || gap < 0 || gap >= 1 {
		t.Fatalf("gap %v, %v", gap, ok)
	}
	// Another scenario leaves more for KOLs: what was proved for the first says nothing.
	p.shown = "B"
	if _, ok := p.gap(); ok {
		t.Fatal("a bound is shown for a plan that it was not proved for")
	}
	p.shown = "A"
	p.pickScenario("B")
	m.settle()
	if _, ok := p.gap(); !ok {
		t.Fatal("nothing is proved for the other scenario")
	}
	p.chart.Picked(p.chart.Points()[len(curveSteps)].X)
	m.commit()
	m.settle()
	if p.now.Wish.Budget <= p.base.Wish.Budget || !p.dirty() {
		t.Fatalf("the budget is %s", p.now.Wish.Budget)
	}
}
