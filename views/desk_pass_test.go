package views

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"cinnabar/internal/fault"
	"cinnabar/internal/people"
	"cinnabar/moderation"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/review"
	"cinnabar/views/words"
)

// write types a text into whatever has the focus.
func (p *platform) write(win fyne.Window, text string) {
	for _, r := range text {
		win.Canvas().Focused().TypedRune(r)
	}
	p.settle()
}

func TestSAndADigitPutACaseAsideAndTheNextOneIsThere(t *testing.T) {
	p, s, win := postsWindow(t)
	p.press(win, "S")
	p.settle()
	if !s.side.menu.IsOpen() {
		t.Fatal("S asks nothing")
	}
	p.press(win, "2")
	if s.hand.Current().Case.ID != "p1" || s.side.menu.IsOpen() {
		t.Fatal("the next post is not on screen before the answer")
	}
	p.settle()
	if p.log[0] != "skip p0 knowledge " || p.undo == nil || !strings.Contains(p.said[0], "Skipped: 春日防晒清单，油皮亲测") ||
		!strings.Contains(p.said[0], "Opening it again takes it back.") {
		t.Fatal(p.log, p.said)
	}
	p.undo()
	p.settle()
	if it := s.hand.Current(); it.Case.ID != "p0" || it.Hold != review.Held || len(p.skipped) != 0 {
		t.Fatal("Undo does not open it again", p.log)
	}
}

func TestWhileReasonsAreAskedForALetterIsNoVerdict(t *testing.T) {
	p, s, win := postsWindow(t)
	p.press(win, "S")
	p.settle()
	p.press(win, "a", "r", "e", "h", "j")
	p.settle()
	if len(p.decisions) != 0 || s.hand.Current().Case.ID != "p0" || !s.side.menu.IsOpen() {
		t.Fatal(p.decisions, p.log)
	}
	p.press(win, "Esc")
	if s.side.menu.IsOpen() || len(p.skipped) != 0 {
		t.Fatal("Escape does not leave")
	}
	p.press(win, "A")
	p.settle()
	if len(p.decisions) != 1 {
		t.Fatal("the keys do not work afterwards")
	}
}

func TestAnotherReasonIsSaidInWords(t *testing.T) {
	p, s, win := postsWindow(t)
	p.press(win, "S", "5")
	p.settle()
	p.press(win, "Enter")
	if len(p.log) != 0 {
		t.Fatal("put aside without a word", p.log)
	}
	p.write(win, "she is on air")
	p.press(win, "Esc") // thought better of it
	p.press(win, "S", "5")
	p.settle()
	p.press(win, "Enter")
	p.settle()
	if p.log[0] != "skip p0 other she is on air" {
		t.Fatal("what was written before is lost", p.log)
	}
	if s.hand.Current().Case.ID != "p1" {
		t.Fatal("no next post")
	}
}

func TestAConflictIsToldAsWhatStays(t *testing.T) {
	p, _, win := postsWindow(t)
	p.press(win, "S", "3")
	p.settle()
	if p.undo != nil || !strings.Contains(p.said[0], "does not come back to you") {
		t.Fatal(p.said)
	}
}

func TestTheMouseSkipsToo(t *testing.T) {
	p, s, win := postsWindow(t)
	test.Tap(s.side.skip)
	p.settle()
	each(win.Canvas().Overlays().Top(), func(o fyne.CanvasObject) {
		if pa, ok := o.(*kit.Paragraph); ok && pa.Text() == "I would rather not look at this" {
			at := fyne.CurrentApp().Driver().AbsolutePositionForObject(pa)
			defer test.TapCanvas(win.Canvas(), at.AddXY(4, 4))
		}
	})
	p.settle()
	if p.skipped["p0"] != moderation.SkipWellbeing {
		t.Fatal(p.log)
	}
}

func TestWithoutALinkNothingIsPutAsideAndTheScreenSaysSo(t *testing.T) {
	p, s, win := postsWindow(t)
	s.SetLink(false, fault.New(fault.Offline, "host", "db.example"))
	p.press(win, "S")
	p.press(win, "H")
	p.settle()
	if s.side.menu.IsOpen() || len(p.said) != 2 || !strings.Contains(p.said[0], "db.example does not answer") {
		t.Fatal(p.said)
	}
}

func TestTheMenuGoesWithItsCase(t *testing.T) {
	p, s, win := postsWindow(t)
	p.press(win, "S")
	p.settle()
	s.hand.Move(1)
	p.settle()
	if s.side.menu.IsOpen() {
		t.Fatal("the question stays open over another case")
	}
}

func TestTheMenuGoesWithItsScreen(t *testing.T) {
	themed(t, look.Light)
	p := newPlatform(t).withPosts(false).withBrands(false)
	shell, win := framed(t, p, words.EN, "posts")
	p.press(win, "S")
	p.settle()
	if win.Canvas().Overlays().Top() == nil {
		t.Fatal("S asks nothing")
	}
	shell.Go("brands")
	p.settle()
	if win.Canvas().Overlays().Top() != nil {
		t.Fatal("the question floats above another screen")
	}
}

func TestCtrlEnterBelongsToTheScreenThatIsShown(t *testing.T) {
	themed(t, look.Light)
	p := newPlatform(t).withPosts(false).withBrands(false)
	shell, win := framed(t, p, words.EN, "brands")
	shell.Go("posts") // made last
	p.settle()
	shell.Go("brands")
	p.settle()
	p.press(win, "Enter")
	p.settle()
	p.press(win, "I")
	p.settle()
	p.press(win, "Esc")
	side := shell.Current().(*Brands).side
	side.policy.Choose("1.6")
	side.reason.Focus()
	shell.Commit()
	p.settle()
	if len(p.decisions) != 1 || p.decisions[0].Verdict != moderation.AskMore {
		t.Fatalf("%+v", p.decisions)
	}
}

func TestHHandsACaseToAColleagueWithAWord(t *testing.T) {
	p, s, win := brandsWindow(t)
	p.press(win, "J", "H")
	p.drain()
	if !s.side.menu.IsOpen() {
		t.Fatal("H asks nothing")
	}
	p.press(win, "A") // the colleagues have not come yet
	p.settle()
	if len(p.decisions) != 0 {
		t.Fatal("a letter was a verdict while the list was read")
	}
	top := win.Canvas().Overlays().Top()
	for _, want := range []string{"李娜", "moderation · China · zh-Hans, en", "Aisha Rahman"} {
		if !says(top, want) {
			t.Fatalf("%q is not in the list", want)
		}
	}
	p.press(win, "2")
	p.settle()
	p.write(win, "you know them")
	p.press(win, "Enter")
	p.settle()
	if !slices.Contains(p.log, "hand b1 to moderator2: you know them") || s.hand.Current().Case.ID != "b2" {
		t.Fatal(p.log)
	}
	if !strings.Contains(p.said[0], "Handed to 李娜: Norrlys Audio") {
		t.Fatal(p.said)
	}
	if !says(s.queue.rows, "with moderator2") {
		t.Fatal("the row does not say who has it now")
	}
}

func TestAHandOverThatIsRefusedIsToldAndTheCaseIsFree(t *testing.T) {
	p, s, win := brandsWindow(t)
	p.fail = fault.New(fault.CannotTake, "who", "moderator2")
	p.press(win, "J", "H")
	p.settle()
	p.press(win, "2")
	p.press(win, "Enter")
	p.settle()
	if !strings.Contains(strings.Join(p.said, " "), "moderator2 cannot decide this case. Choose somebody else.") {
		t.Fatal(p.said)
	}
	if says(s.queue.rows, "with moderator2") {
		t.Fatal("the row says that it went")
	}
}

func TestALeadMovesACaseOutOfAnothersHandOrTakesIt(t *testing.T) {
	themed(t, look.Light)
	p := newPlatform(t).withBrands(false)
	p.me = people.Person{Login: "lead1", Role: people.Lead, Active: true}
	s := NewBrands(p.config(words.EN), applications{p})
	win := p.window(s, 1440, 900)
	p.press(win, "J", "J", "J", "J") // wang.lei has it open
	p.settle()
	if s.hand.Current().Case.ID != "b4" || !says(s.Content(), "H hands it to somebody else, or to you.") {
		t.Fatal(s.hand.Current().Case.ID)
	}
	p.press(win, "H")
	p.settle()
	if !says(win.Canvas().Overlays().Top(), "out of wang.lei’s hand") {
		t.Fatal("a lead is not offered to take it")
	}
	p.press(win, "1")
	p.settle()
	if it := s.hand.Current(); it.Case.ID != "b4" || it.Hold != review.Held || p.find("b4").Holder != "lead1" {
		t.Fatalf("%+v %v", p.find("b4"), p.log)
	}
}

func TestThePaletteOffersToSkipAndToHandOverAndNoVerdict(t *testing.T) {
	themed(t, look.Light)
	p := newPlatform(t).withPosts(false)
	shell, _ := framed(t, p, words.ZH, "posts")
	offered := map[string]kit.Command{}
	for _, c := range shell.commands() {
		offered[c.Text] = c
	}
	if _, ok := offered["需补标注"]; ok {
		t.Fatal("a verdict is a name and Enter away")
	}
	skip, ok := offered["跳过"]
	if _, hand := offered["转交"]; !ok || !hand {
		t.Fatal("skipping or handing over is not in the palette")
	}
	skip.Do()
	p.settle()
	if !shell.Current().(*Posts).side.menu.IsOpen() {
		t.Fatal("it asks nothing")
	}
}

func TestWhatWasHandedToMeIsMarkedAndHasAChip(t *testing.T) {
	themed(t, look.Light)
	p := newPlatform(t).withBrands(false)
	p.cases[2].For, p.cases[2].ForUntil = "moderator1", p.now.Add(3*time.Hour)
	p.notes["b2"] = []moderation.Note{{By: "li.na", At: p.now, Text: "please look at paper two"}}
	s := NewBrands(p.config(words.EN), applications{p})
	win := p.window(s, 1440, 900)
	if !says(s.queue.rows, "for you") || !slices.ContainsFunc(s.chips(s.hand.Counts()), func(c kit.Chip) bool { return c.Text == "For you" && c.Count == "1" }) {
		t.Fatal("no mark or no chip")
	}
	p.press(win, "J", "J")
	p.settle()
	if !says(s.Content(), "This was handed to you. It waits for you until 17:07.") || !says(s.Content(), "li.na: please look at paper two") {
		t.Fatal("the page does not say who wants what")
	}
	s.queue.acts.filter("mine")
	p.settle()
	if got := s.hand.Rows(); len(got) != 1 || got[0].Case.ID != "b2" {
		t.Fatal(got)
	}
}

func TestNamedQueuesCanBeChosenWhereThereAreSeveral(t *testing.T) {
	themed(t, look.Light)
	p := newPlatform(t).withBrands(false)
	s := NewBrands(p.config(words.ZH), applications{p})
	p.window(s, 1440, 900)
	if s.queue.lot.Visible() {
		t.Fatal("one queue is no choice")
	}
	for i := range p.cases {
		p.cases[i].Queue = []string{"brand", "brand.overseas"}[i%2]
	}
	p.queues = []moderation.NamedQueue{{Code: "brand.overseas", Kind: moderation.KindBrand, Title: map[string]string{"zh": "境外品牌"}}}
	p.more = true
	s = NewBrands(p.config(words.ZH), applications{p})
	p.window(s, 1440, 900)
	if !s.queue.lot.Visible() {
		t.Fatal("two queues and no choice")
	}
	options := s.namedQueues(s.hand.Counts())
	if len(options) != 3 || options[1].Text != "境外品牌 · 5+" || options[2].Text != "brand · 5+" {
		t.Fatalf("%+v", options)
	}
	s.queue.named.Choose("brand.overseas")
	p.settle()
	if rows := s.hand.Rows(); len(rows) != 5 || rows[0].Case.Queue != "brand.overseas" {
		t.Fatal(len(rows))
	}
	s.queue.acts.filter("stage:second") // narrows further
	p.settle()
	if len(s.hand.Rows()) != 0 || !says(s.Content(), "没有符合条件的内容") {
		t.Fatal("chips and queue do not go together")
	}
	s.queue.acts.all()
	p.settle()
	if len(s.hand.Rows()) != 10 {
		t.Fatal("show all does not show all")
	}
	if _, sub := s.Title(); !strings.Contains(sub, "10+") {
		t.Fatalf("the figure lies: %q", sub)
	}
}

func appealsWindow(t *testing.T) (*platform, *Posts, fyne.Window) {
	t.Helper()
	themed(t, look.Light)
	p := newPlatform(t).withPosts(false)
	p.appeal("p0", moderation.RequireLabel, "2.1", "Please add the label.", appealWords, "溪溪")
	s := NewPosts(p.config(words.EN), postsOf{p})
	return p, s, p.window(s, 1440, 900)
}

func TestAnAppealShowsBothSidesAndItsOwnVerdicts(t *testing.T) {
	p, s, win := appealsWindow(t)
	for _, want := range []string{"溪溪", "entered by worker1", appealWords, "The decision appealed", "must be labelled", "wang.lei", "2.1 Commercial content must be marked",
		"Please add the label.", "Grant the appeal", "Uphold the decision", "Message to the author"} {
		if !says(s.Content(), want) {
			t.Errorf("%q is not on screen", want)
		}
	}
	for _, never := range []string{"Needs the label", "Escalate", "Fine as it is", "What was said before"} {
		if says(s.Content(), never) {
			t.Errorf("%q is on screen", never)
		}
	}
	p.press(win, "A")
	p.settle()
	if len(p.decisions) != 0 || !s.side.reason.Focused() {
		t.Fatal("an answer without a message", p.decisions)
	}
	p.write(win, "You were right.")
	p.commit()
	p.settle()
	if len(p.decisions) != 1 || p.decisions[0].Verdict != moderation.Overturn || p.decisions[0].Reason != "You were right." || p.decisions[0].Policy != "" {
		t.Fatalf("%+v", p.decisions)
	}
	if !slices.Contains(p.said, "Appeal granted: 春日防晒清单，油皮亲测") {
		t.Fatal(p.said)
	}
	if !says(s.Content(), "Needs the label") {
		t.Fatal("the next post has no verdicts of its own")
	}
	p.press(win, "Z")
	p.settle()
	if s.hand.Current().Case.ID != "p0" || !says(s.Content(), "Grant the appeal") {
		t.Fatal("not taken back")
	}
}

func TestTheKeysListNamesTheVerdictsOfTheCaseOnScreen(t *testing.T) {
	p, s, win := appealsWindow(t)
	label := func(name string) string {
		i := slices.IndexFunc(s.Keys(), func(k kit.Key) bool { return k.Name == name })
		if i < 0 {
			return ""
		}
		return s.Keys()[i].Label
	}
	if label("A") != "Grant the appeal" || label("R") != "Uphold the decision" || label("E") != "" || label("S") != "Skip" || label("H") != "Hand over" {
		t.Fatal(label("A"), label("R"), label("E"), label("S"), label("H"))
	}
	p.press(win, "J")
	p.settle()
	if label("A") != "Needs the label" || label("E") != "Escalate" {
		t.Fatal(label("A"), label("E"))
	}
}

func TestAppealsHaveAChipForLeadsAlone(t *testing.T) {
	p, s, _ := appealsWindow(t)
	chip := func(s *Posts) bool {
		return slices.ContainsFunc(s.chips(s.hand.Counts()), func(c kit.Chip) bool { return c.ID == "stage:appeal" && c.Text == "Appeals" && c.Count == "1" })
	}
	if !chip(s) {
		t.Fatal("a lead has no chip for appeals")
	}
	p.me = people.Person{Login: "moderator1", Role: people.Moderator, Active: true}
	other := NewPosts(p.config(words.EN), postsOf{p})
	p.window(other, 1440, 900)
	if chip(other) || says(other.queue.rows, "appeal") {
		t.Fatal("a moderator sees appeals")
	}
}

func TestAGreyAnswerToAnAppealSaysWhy(t *testing.T) {
	for _, c := range []struct {
		set  func(p *platform)
		want string
	}{
		{func(p *platform) { p.made["p0"][0].By = "lead1" }, "you had a part in it"},
		{func(p *platform) { p.appeals["p0"][0].EnteredBy = "lead1" }, "your own submission"},
		{func(p *platform) { p.me.Role = people.Auditor }, "only a lead"},
	} {
		themed(t, look.Light)
		p := newPlatform(t).withPosts(false)
		p.appeal("p0", moderation.RequireLabel, "2.1", "", appealWords, "溪溪")
		c.set(p)
		s := NewPosts(p.config(words.EN), postsOf{p})
		p.window(s, 1440, 900)
		b := s.side.buttons[moderation.Overturn]
		if !b.Disabled() || s.side.why(s.hand.Current().Choice(moderation.Overturn).Why) != c.want {
			t.Errorf("%q: disabled %v, why %q", c.want, b.Disabled(), s.hand.Current().Choice(moderation.Overturn).Why)
		}
	}
}

// The verdicts must be whole at the smallest size of the window, whatever stands above them.
func TestAtTheSmallestWindowTheVerdictsStandWhole(t *testing.T) {
	p, s, win := brandsWindow(t)
	win.Resize(fyne.NewSize(look.QueueWidth+look.DecisionWidth+320, 504))
	p.press(win, "J", "R")
	p.settle()
	p.press(win, "Esc")
	p.settle()
	driver := fyne.CurrentApp().Driver()
	feet := driver.AbsolutePositionForObject(s.side.feet)
	for v, b := range s.side.buttons {
		if !b.Visible() {
			continue
		}
		at := driver.AbsolutePositionForObject(b)
		if at.Y < 0 || at.Y+b.Size().Height > feet.Y {
			t.Errorf("%s stands at %v, the foot at %v", v, at, feet)
		}
		if b.MinSize().Width > b.Size().Width {
			t.Errorf("%s is cut", v)
		}
	}
	for _, b := range []*kit.Button{s.side.skip, s.side.hand} {
		if b.MinSize().Width > b.Size().Width+.5 {
			t.Errorf("%q needs %v, has %v", b.Text(), b.MinSize().Width, b.Size().Width)
		}
	}
}
