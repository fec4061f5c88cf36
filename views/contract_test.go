package views

import (
	"testing"

	"fyne.io/fyne/v2"

	"cinnabar/campaigns"
	"cinnabar/internal/fault"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// approved is the market with the plan of the drawing approved and running.
func approvedMarket(t *testing.T) *market {
	m := newMarket(t, false)
	c := m.sunCare()
	c.State, c.ProposedBy, c.ApprovedBy = campaigns.Running, "marketer2", "marketer1"
	m.plans = []campaigns.Campaign{c}
	return m
}

func contractWindow(t *testing.T, m *market) (*contracts, fyne.Window) {
	t.Helper()
	s := NewCampaigns(m.campaignsConfig(t, words.EN))
	win := m.window(s, 1256, 844)
	s.tab("c1", contractTab)
	m.settle()
	return s.page.(*contracts), win
}

func TestAContractGoesFromBriefToSignature(t *testing.T) {
	themed(t, look.Light)
	m := approvedMarket(t)
	p, win := contractWindow(t, m)
	if !says(p.content(), "No contract with 溪溪 yet") || !says(p.content(), "0 of 6 signed") {
		t.Fatal("the page does not say that there is none yet")
	}
	m.commit()
	m.settle()
	if len(m.deals) != 1 || m.deals[0].Brief.Disclosure != "广告" || m.deals[0].Terms.Fee != 1_800_000 || m.deals[0].Terms.Deliverables[0].To != "2026-03-19" {
		t.Fatalf("made %+v", m.deals)
	}
	m.press(win, "E")
	if p.panel == nil {
		t.Fatal("E opens no brief")
	}
	enter(t, p.side, "Where readers are sent", "shop.example/sun")
	m.commit()
	if p.panel == nil || !says(p.side, "shop.example/sun") {
		t.Fatal("what is no address is taken as one")
	}
	enter(t, p.side, "Where readers are sent", "https://shop.example/sun")
	enter(t, p.side, "Days of use", "90")
	m.commit()
	m.settle()
	last := m.deals[len(m.deals)-1]
	if d := last.Terms.Deliverables[0]; last.Terms.UsageDays != 90 || d.Code == "" || d.Link == "" || !says(p.page, d.Code) {
		t.Fatalf("deliverable %+v", d)
	}
	// The offer, the creator's other fee, and the agreement on it.
	m.commit()
	m.commit()
	m.settle()
	m.press(win, "O")
	if p.panel == nil || !says(p.side, "recorded as theirs") {
		t.Fatal("O takes no counter-offer")
	}
	enter(t, p.side, "Fee before", "20,000")
	m.commit()
	m.settle()
	if got := m.deals[len(m.deals)-1]; got.State != campaigns.CounterMade || got.Terms.Fee != 2_000_000 || !got.Rounds[1].Counts {
		t.Fatalf("countered %+v", got)
	}
	m.commit()
	m.settle()
	m.commit()
	m.settle()
	if got := m.deals[len(m.deals)-1]; got.State != campaigns.Signed || got.SignedAt.IsZero() {
		t.Fatalf("state %s", got.State)
	}
	if p.edits() || !says(p.content(), "1 of 6 signed") || !says(p.page, "version 6") {
		t.Fatal("a signed contract can be changed, or its versions are not kept")
	}
}

func TestAContractAboveTheSumWaitsForASecondPerson(t *testing.T) {
	themed(t, look.Light)
	m := approvedMarket(t)
	m.deals = []campaigns.Contract{{ID: "k", Ref: "C-0001", Campaign: "c1", Brand: "初岚", Line: "l1", KOL: "k1", State: campaigns.Agreed, Version: 4, CreatedBy: "marketer1",
		Terms: campaigns.Terms{Fee: 9_000_000, ServiceFee: 1000}}}
	p, _ := contractWindow(t, m)
	if !p.act.Disabled() || !says(p.side, "another person has to endorse it") {
		t.Fatal("who made it is offered to endorse it")
	}
	m.me.Login = "marketer2"
	p, _ = contractWindow(t, m)
	m.commit()
	m.settle()
	if got := m.deals[len(m.deals)-1]; got.EndorsedBy != "marketer2" {
		t.Fatalf("endorsed by %q", got.EndorsedBy)
	}
	m.commit()
	m.settle()
	if got := m.deals[len(m.deals)-1]; got.State != campaigns.Signed {
		t.Fatalf("state %s", got.State)
	}
	m.commit() // ending needs words
	m.commit()
	m.settle()
	if got := m.deals[len(m.deals)-1]; got.State != campaigns.Signed || p.panel == nil {
		t.Fatal("a contract ends without words")
	}
}

func TestAContractThatChangedMeanwhileIsShownAnew(t *testing.T) {
	themed(t, look.Light)
	m := approvedMarket(t)
	p, _ := contractWindow(t, m)
	m.commit()
	m.settle()
	m.refuse = fault.New(fault.RuleChanged, "what", "contract", "id", "x")
	p.begin(campaigns.MakeOffer)
	m.commit()
	m.settle()
	if p.panel == nil || !says(p.side, "Somebody changed this contract meanwhile") {
		t.Fatal("nothing says that the contract changed")
	}
}

func TestOnlyApprovedPlansHaveContracts(t *testing.T) {
	themed(t, look.Light)
	m := newMarket(t, false)
	m.plans = []campaigns.Campaign{m.sunCare()}
	p, _ := contractWindow(t, m)
	if !says(p.content(), "not approved yet") || p.act != nil {
		t.Fatal("a draft has contracts")
	}
}

// entriesOf puts a few entries into the ledger.
func (m *market) entriesOf() {
	at := m.now
	m.entries["c1"] = []campaigns.Entry{
		{ID: "e1", Line: "l1", Kind: campaigns.Commit, Amount: 1_980_000, Day: "2026-03-04", At: at, By: "marketer1", Words: "C-0001"},
		{ID: "e2", Line: "l2", Kind: campaigns.Commit, Amount: 2_915_000, Day: "2026-03-04", At: at, By: "marketer1"},
		{ID: "e3", Line: "l1", Kind: campaigns.Hold, Amount: 500_000, Day: "2026-03-05", At: at, By: "marketer2", Words: "label missing"},
		{ID: "e4", Line: "l2", Kind: campaigns.Pay, Amount: 1_000_000, Day: "2026-03-05", At: at, By: "marketer1"},
	}
}

func TestTheLedgerIsWrittenAndReversedNeverChanged(t *testing.T) {
	themed(t, look.Light)
	m := approvedMarket(t)
	m.entriesOf()
	s := NewCampaigns(m.campaignsConfig(t, words.EN))
	win := m.window(s, 1256, 844)
	s.tab("c1", budgetTab)
	m.settle()
	p := s.page.(*budget)
	m.press(win, "J", "E")
	if p.panel == nil {
		t.Fatal("E takes no entry")
	}
	enter(t, p.side, "Amount", "20000")
	m.commit()
	if p.panel == nil || len(m.entries["c1"]) != 4 {
		t.Fatal("more is paid than is committed and free")
	}
	enter(t, p.side, "Amount", "10,000")
	m.commit()
	m.settle()
	if e := m.entries["c1"]; len(e) != 5 || e[4].Kind != campaigns.Pay || e[4].Amount != 1_000_000 || e[4].Line != "l1" {
		t.Fatalf("ledger %+v", e)
	}
	p.ledger.Rows.Step(1)
	m.press(win, "X")
	if p.panel == nil || !says(p.side, "Both entries stay") {
		t.Fatal("X reverses at once")
	}
	enter(t, p.side, "Remark", "paid twice")
	m.commit()
	m.settle()
	if e := m.entries["c1"]; len(e) != 6 || e[5].Kind != campaigns.Reverse || e[5].Reverses != e[4].ID || e[5].Words != "paid twice" {
		t.Fatalf("ledger %+v", e)
	}
	p.entry, p.line = m.entries["c1"][4].ID, "l1"
	p.drawSide()
	m.press(win, "X")
	if p.panel != nil || !says(p.side, "It was reversed") {
		t.Fatal("an entry can be reversed twice")
	}
}

// itemsOf puts a plan's lines into the calendar, and a rival's post near the first.
func (m *market) itemsOf() {
	for _, c := range m.plans {
		for _, l := range c.Picked().Lines {
			i := campaigns.Item{Campaign: c.ID, Name: c.Name, Brand: c.Brand, Trade: "cosmetics", State: c.State, Line: l.ID, Kind: l.Kind, Title: l.Title, From: l.From, To: l.To, Earliest: c.Wish.From, Latest: c.Wish.To}
			if l.KOL != nil {
				i.KOL = l.KOL.KOL
			}
			m.items = append(m.items, i)
		}
	}
	m.items = append(m.items, campaigns.Item{Campaign: "c9", Name: "Morning cream", Brand: "拾野", Trade: "cosmetics", State: campaigns.Running, Line: "r1", Kind: campaigns.KOLLine, Title: "溪溪", KOL: "k1",
		From: "2026-03-24", To: "2026-03-26", Earliest: "2026-03-20", Latest: "2026-03-30"})
}

func TestTheCalendarMovesWithinAWindowAndMarksClashes(t *testing.T) {
	themed(t, look.Light)
	m := approvedMarket(t)
	m.itemsOf()
	s := NewCampaigns(m.campaignsConfig(t, words.EN))
	win := m.window(s, 1256, 844)
	m.press(win, "T")
	m.settle()
	c := s.page.(*calendar)
	if !says(c.side, "Clashes · 1") || !says(c.side, "The same KOL posts for 初岚 and for 拾野") {
		t.Fatal("two rivals within days are no clash")
	}
	m.booked = []campaigns.Item{{Kind: campaigns.KOLLine, KOL: "k1", Trade: "cosmetics", From: "2026-03-28", To: "2026-03-28", Fixed: true}}
	c.read()
	m.settle()
	if !says(c.side, "posts for another brand (cosmetics) on") {
		t.Fatal("a post that another brand has booked is no clash")
	}
	m.booked = nil
	c.read()
	m.settle()
	c.lanes.Select("c1/l1/")
	c.drawSide()
	m.press(win, "Left", "Left")
	m.settle()
	if i := m.items[0]; i.From != "2026-03-11" || i.To != "2026-03-17" {
		t.Fatalf("stands on %s – %s", i.From, i.To)
	}
	m.press(win, "Left", "Left", "Left")
	m.settle()
	if i := m.items[0]; i.From != "2026-03-10" {
		t.Fatalf("moved out of the campaign, to %s", i.From)
	}
	m.refuse = fault.New(fault.NotMovable, "name", "溪溪")
	m.press(win, "Right")
	m.settle()
	if i := c.items["c1/l1/"]; i.From != "2026-03-10" || c.what == "" {
		t.Fatalf("a refused move stays on screen: %s, %q", i.From, c.what)
	}
	s.SetLink(false, fault.New(fault.Offline))
	m.press(win, "Right")
	if len(m.tasks) != 0 {
		t.Fatal("something is moved without a link")
	}
}

func TestContractCalendarAndBudgetDrawInEveryLanguageAndLight(t *testing.T) {
	eachDress(t, func(l words.Language, mode look.Mode, dir string) {
		m := approvedMarket(t)
		m.entriesOf()
		m.itemsOf()
		var screen *Campaigns
		shell, win := m.studio(t, l, "campaigns", func(s *Shell, b *words.Book) Screen {
			cfg := m.campaignsConfig(t, b.Language())
			cfg.Book, cfg.Notify, cfg.Retitle = b, s, s.Retitle
			screen = NewCampaigns(cfg)
			return screen
		})
		draw := func(name string) {
			m.settle()
			m.quiet()
			wellSaid(t, screen.Content())
			shot(t, win, dir, name+"-"+string(mode)+"-"+string(l))
		}
		screen.tab("c1", contractTab)
		draw("contract-none")
		m.screen = screen
		m.commit()
		m.settle()
		p := screen.page.(*contracts)
		_, d, _ := p.chosen()
		d.Terms.Deliverables[0].Link, d.Terms.Deliverables[0].Code = campaigns.Track("https://shop.example/sun", m.plans[0], d.ID, "x")
		p.put(d, nil)
		m.settle()
		_, d, _ = p.chosen()
		p.move(d, campaigns.MakeOffer, 1_800_000, "first offer", nil)
		m.settle()
		_, d, _ = p.chosen()
		p.move(d, campaigns.CounterOffer, 2_000_000, "plus the story", nil)
		draw("contract")
		p.edit()
		draw("contract-edit")
		p.closePanel()
		screen.tab("c1", calendarTab)
		m.settle()
		screen.page.(*calendar).lanes.Step(1)
		draw("calendar-one")
		screen.show(newCalendar(screen, ""))
		draw("calendar")
		screen.tab("c1", budgetTab)
		m.settle()
		screen.page.(*budget).lines.Rows.Step(1)
		draw("budget")
		screen.page.(*budget).enter("")
		draw("budget-enter")
		shell.Close()
		m.settle()
	})
}

func TestWhatWasChangedWaitsWhileOneLooksElsewhere(t *testing.T) {
	themed(t, look.Light)
	m := newMarket(t, false)
	s, p, win := planWindow(t, m)
	m.press(win, "J", "X")
	m.settle()
	m.press(win, "Esc")
	m.settle()
	if s.page != campaignPage(s.list) || !says(s.Content(), "not saved") {
		t.Fatal("the list does not say that something waits")
	}
	s.Open("c1")
	m.settle()
	if s.page != campaignPage(p) || len(p.scenario().Lines) != 8 || !p.dirty() {
		t.Fatal("what was changed is gone")
	}
	m.commit()
	m.settle()
	if len(m.plans[0].Scenarios[0].Lines) != 8 {
		t.Fatal("it can't be saved any more")
	}
}
