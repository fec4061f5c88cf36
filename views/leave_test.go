package views

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"cinnabar/campaigns"
	"cinnabar/internal/fault"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// twoScreens is the shell of a marketer with campaigns and KOLs, the plan of the
// drawing open.
func twoScreens(t *testing.T, m *market) (*Shell, *Campaigns, fyne.Window) {
	t.Helper()
	if len(m.plans) == 0 {
		m.plans = []campaigns.Campaign{m.sunCare()}
	}
	var shell *Shell
	var screen *Campaigns
	shell = NewShell(ShellConfig{Loop: m, Book: words.For(words.EN).In(shanghaiTime()), Link: LinkState{Up: true, Since: m.now}, Me: m.me, Now: func() time.Time { return m.now },
		Items: []RailItem{
			{ID: "campaigns", Icon: look.IconCampaigns, New: func(b *words.Book) Screen {
				cfg := m.campaignsConfig(t, b.Language())
				cfg.Book, cfg.Retitle = b, shell.Retitle
				cfg.Ask = shell.Ask
				screen = NewCampaigns(cfg)
				return screen
			}},
			{ID: "kols", Icon: look.IconKOLs, New: func(b *words.Book) Screen { return NewKOLs(m.kolsConfig(b.Language())) }}}})
	win := newBareWindow(t, shell.Content(), 1440, 900)
	shell.Bind(win)
	shell.Go("campaigns")
	m.settle()
	screen.Open("c1")
	m.settle()
	return shell, screen, win
}

// asks reports whether the shell asks about something.
func asks(s *Shell) bool { return s.layerKeys != nil && says(s.layer, "Leave without saving") }

func TestAnUnsavedPlanIsAskedAboutBeforeItIsLeft(t *testing.T) {
	themed(t, look.Light)
	m := newMarket(t, false)
	shell, s, win := twoScreens(t, m)
	m.press(win, "Esc")
	m.settle()
	if asks(shell) || s.page != campaignPage(s.list) {
		t.Fatal("a plan without a change can't be left without a word")
	}
	s.Open("c1")
	m.settle()
	p := s.page.(*plan)
	m.press(win, "J", "X")
	m.settle()

	for _, way := range []func(){
		func() { m.press(win, "Esc") }, func() { m.press(win, "2") }, func() { shell.Go("kols") }, func() { s.Commands()[0].Do() },
	} {
		way()
		m.settle()
		if !asks(shell) || !says(shell.layer, "Spring sun care") || shell.Current() != Screen(s) || s.page != campaignPage(p) {
			t.Fatal("the plan is left without a question")
		}
		m.press(win, "Esc")
		m.settle()
		if asks(shell) || s.page != campaignPage(p) || len(p.scenario().Lines) != 8 {
			t.Fatal("whoever stays does not stay, or loses the change")
		}
	}

	if m.undo == nil {
		t.Fatal("a line that was taken out can't be taken back")
	}
	shell.Go("kols")
	m.press(win, "L")
	m.settle()
	if m.undo != nil {
		t.Fatal("what was given up is still offered to be taken back")
	}
	if shell.Current().ID() != "kols" || p.dirty() || m.plans[0].Version != 3 {
		t.Fatal("leaving without saving saves, or does not leave")
	}
	shell.Go("campaigns")
	m.settle()
	if asks(shell) || len(s.page.(*plan).scenario().Lines) != 9 {
		t.Fatal("what was given up is still there")
	}

	m.press(win, "J", "X")
	m.settle()
	m.press(win, "2")
	m.press(win, "Enter")
	m.settle()
	if _, there := s.page.(*contracts); !there || m.plans[0].Version != 4 || len(m.plans[0].Scenarios[0].Lines) != 8 {
		t.Fatalf("saving does not save and go: version %d", m.plans[0].Version)
	}
}

func TestWhatCannotBeSavedIsNotLeft(t *testing.T) {
	themed(t, look.Light)
	m := newMarket(t, false)
	shell, s, win := twoScreens(t, m)
	p := s.page.(*plan)
	m.press(win, "J", "X")
	m.settle()
	m.refuse = fault.New(fault.NotAllowedNow, "verdict", "put", "stage", "proposed")
	shell.Go("kols")
	m.press(win, "S")
	m.settle()
	if shell.Current() != Screen(s) || !p.dirty() || p.what == "" {
		t.Fatal("a plan that was refused is left, or nothing says why")
	}
	shell.SetLink(LinkState{Up: false, Since: m.now, Why: fault.New(fault.Offline)})
	m.settle()
	gone := false
	shell.Depart(func() { gone = true })
	if !asks(shell) || gone || says(shell.layer, "Save") && !says(shell.layer, "Leave without saving") {
		t.Fatal("without a link the window goes without a question")
	}
	m.press(win, "S")
	m.press(win, "Enter")
	m.settle()
	if gone || len(m.requests) != 1 {
		t.Fatal("what can't be saved is offered to be")
	}
	m.press(win, "L")
	if !gone {
		t.Fatal("the window can't be left at all")
	}
}

func TestAFormThatIsHalfFilledInIsAskedAbout(t *testing.T) {
	themed(t, look.Light)
	m := approvedMarket(t)
	shell, s, win := twoScreens(t, m)
	m.press(win, "4")
	m.settle()
	p := s.page.(*budget)
	m.press(win, "J", "E")
	m.settle()
	if p.panel == nil || p.held() != nil {
		t.Fatal("a form that nobody touched is asked about, or none opened")
	}
	enter(t, p.side, "Amount", "lots")
	shell.Go("kols")
	if !asks(shell) || !says(shell.layer, "filled in and not saved") {
		t.Fatal("the form is lost without a question")
	}
	m.press(win, "S")
	m.settle()
	if shell.Current() != Screen(s) || p.panel == nil || !says(p.side, "lots") {
		t.Fatal("an entry that can't be read is left")
	}
	enter(t, p.side, "Amount", "100")
	shell.Go("kols")
	m.press(win, "S")
	m.settle()
	if shell.Current().ID() != "kols" || len(m.entries["c1"]) != 1 || m.entries["c1"][0].Amount != 10_000 {
		t.Fatalf("the entry is not made: %+v", m.entries)
	}
}

func TestAFormOutlivesAnotherLanguageAndTheme(t *testing.T) {
	themed(t, look.Light)
	m := newMarket(t, false)
	shell, s, win := twoScreens(t, m)
	p := s.page.(*plan)
	m.press(win, "N")
	p.linePanel(ofKind(campaigns.Line{From: p.now.Wish.From, To: p.now.Wish.To}, campaigns.TrialLine))
	enter(t, p.side, "Product", "防晒小样")
	enter(t, p.side, "Units", "two hundred")
	enter(t, p.side, "Last day", "2026-03-32")
	m.commitOf(shell)
	if !says(p.side, "two hundred") {
		t.Fatal("nothing says what can't be read")
	}
	shell.SetBook(words.For(words.ZH).In(shanghaiTime()))
	themed(t, look.Dark)
	shell.Restyle()
	m.settle()
	if p.panel == nil || s.page != campaignPage(p) {
		t.Fatal("the form is gone")
	}
	got := p.panel.form.texts()
	want := map[string]bool{"防晒小样": false, "two hundred": false, "2026-03-32": false}
	for _, text := range got {
		want[text] = true
	}
	for text, there := range want {
		if !there {
			t.Errorf("%q is gone: %q", text, got)
		}
	}
	if says(p.side, "Units") || says(p.side, "Change it") || !says(p.side, "two hundred") {
		t.Error("the form does not speak Chinese, or has forgotten what stood in the way")
	}
	zh := words.For(words.ZH)
	enter(t, p.side, zh.T("plan.units"), "200")
	enter(t, p.side, zh.T("plan.to"), "2026-03-20")
	m.commitOf(shell)
	m.settle()
	lines := p.scenario().Lines
	if l := lines[len(lines)-1]; p.panel != nil || l.Trial == nil || l.Trial.Units != 200 || l.Trial.Product != "防晒小样" {
		t.Fatalf("added %+v", l)
	}
}

// commitOf is Ctrl+Enter in a shell.
func (m *market) commitOf(s *Shell) {
	s.Commit()
	m.drain()
}

func TestAQuestionTakesItsKeysAlone(t *testing.T) {
	themed(t, look.Light)
	m := newMarket(t, false)
	shell, s, win := twoScreens(t, m)
	p := s.page.(*plan)
	m.press(win, "J", "X")
	m.settle()
	shell.Go("kols")
	m.press(win, "X", "J", "N")
	m.settle()
	if len(p.scenario().Lines) != 8 || p.panel != nil || !asks(shell) {
		t.Fatal("keys reach the plan under the question")
	}
	if _, focused := win.Canvas().Focused().(*kit.Button); focused {
		t.Fatal("a button has the focus before anybody has chosen")
	}
	m.commitOf(shell)
	m.settle()
	if shell.Current().ID() != "kols" || m.plans[0].Version != 4 {
		t.Fatal("Ctrl+Enter does not save and go")
	}
}
