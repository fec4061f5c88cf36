package views

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/look/looktest"
	"cinnabar/views/review"
	"cinnabar/views/words"
)

// The window tests share one app of the toolkit and so don't run in parallel.

func postsWindow(t *testing.T) (*platform, *Posts, fyne.Window) {
	t.Helper()
	themed(t, look.Light)
	p := newPlatform(t).withPosts(false)
	s := NewPosts(p.config(words.EN), postsOf{p})
	return p, s, p.window(s, 1440, 900)
}

func brandsWindow(t *testing.T) (*platform, *Brands, fyne.Window) {
	t.Helper()
	themed(t, look.Light)
	p := newPlatform(t).withBrands(false)
	s := NewBrands(p.config(words.EN), applications{p})
	return p, s, p.window(s, 1440, 900)
}

// says reports whether a text stands anywhere on a screen that can be seen.
func says(o fyne.CanvasObject, text string) bool {
	found := false
	each(o, func(o fyne.CanvasObject) {
		switch o := o.(type) {
		case *kit.Text:
			found = found || strings.Contains(o.Text(), text)
		case *kit.Paragraph:
			found = found || strings.Contains(o.Text(), text)
		case *kit.Pill:
			found = found || strings.Contains(o.Text(), text)
		case *kit.Marked:
			found = found || strings.Contains(o.Text(), text)
		case *kit.Button:
			found = found || strings.Contains(o.Text(), text)
		}
	})
	return found
}

func each(o fyne.CanvasObject, f func(fyne.CanvasObject)) {
	if o == nil || !o.Visible() {
		return
	}
	f(o)
	switch o := o.(type) {
	case *fyne.Container:
		for _, c := range o.Objects {
			each(c, f)
		}
	case *container.Scroll:
		each(o.Content, f)
	case fyne.Widget:
		for _, c := range test.WidgetRenderer(o).Objects() {
			each(c, f)
		}
	}
}

func TestAClaimsDecidesAndShowsTheNextPost(t *testing.T) {
	p, s, win := postsWindow(t)
	p.press(win, "A")
	if !says(s.Content(), "这支精华我真的空瓶三次") || s.hand.Current().Case.ID != "p1" {
		t.Fatal("the next post is not on screen before the answer")
	}
	p.settle()
	if len(p.decisions) != 1 {
		t.Fatalf("sent %+v", p.decisions)
	}
	d := p.decisions[0]
	if d.Case != "p0" || d.Verdict != moderation.RequireLabel || d.Policy != "2.1" || d.Fence == 0 || d.Version != 1 ||
		!strings.Contains(d.Reason, "《春日防晒清单，油皮亲测》") || !strings.Contains(d.Reason, "3月14日") {
		t.Fatalf("%+v", d)
	}
	if !slices.Contains(p.said, "Needs the label: 春日防晒清单，油皮亲测") || p.undo == nil {
		t.Fatal("no toast with a way back", p.said)
	}
}

func TestZBringsThePostBackWithItsNote(t *testing.T) {
	p, s, win := postsWindow(t)
	p.press(win, "N")
	p.settle()
	for _, r := range "seen twice" {
		win.Canvas().Focused().TypedRune(r)
	}
	p.press(win, "Esc", "A")
	p.settle()
	if p.decisions[0].Note != "seen twice" {
		t.Fatalf("%+v", p.decisions[0])
	}
	p.press(win, "Z")
	p.settle()
	if it := s.hand.Current(); it.Case.ID != "p0" || it.Hold != review.Held {
		t.Fatal("not back")
	}
	if s.side.note.Text() != "seen twice" {
		t.Fatalf("the note reads %q", s.side.note.Text())
	}
}

func TestLettersInAFieldAreText(t *testing.T) {
	p, s, win := postsWindow(t)
	p.press(win, "N")
	p.settle()
	p.press(win, "a", "r", "e")
	p.settle()
	if len(p.decisions) != 0 || s.side.note.Text() != "are" {
		t.Fatalf("decided %v, note %q", p.decisions, s.side.note.Text())
	}
}

func TestRefusingABrandAsksForItsGroundFirst(t *testing.T) {
	p, s, win := brandsWindow(t)
	p.press(win, "J", "R")
	p.settle()
	if len(p.decisions) != 0 || s.hand.Current().Case.ID != "b1" || s.hand.Current().Hold != review.Held {
		t.Fatal("R without a ground opens the case and sends nothing")
	}
	if win.Canvas().Overlays().Top() == nil {
		t.Fatal("the list of grounds is not open")
	}
	s.side.policy.Choose("1.3")
	p.settle()
	if !strings.Contains(s.side.reason.Text(), "{what}") || !says(s.Content(), "Still to be filled in: {what}") {
		t.Fatalf("message %q", s.side.reason.Text())
	}
	p.press(win, "Esc", "R")
	p.settle()
	if len(p.decisions) != 0 {
		t.Fatal("a message with a gap went out")
	}
	if !s.side.reason.Focused() {
		t.Fatal("the cursor is not where the gap is")
	}
	s.side.reason.Input().(interface{ SetText(string) }).SetText("Das Register nennt eine andere Firma.")
	p.commit()
	p.settle()
	if len(p.decisions) != 1 || p.decisions[0].Reason != "Das Register nennt eine andere Firma." || p.decisions[0].Policy != "1.3" || p.decisions[0].Verdict != moderation.Refuse {
		t.Fatalf("%+v", p.decisions)
	}
}

func TestAVerdictThatIsNotAllowedSaysWhy(t *testing.T) {
	themed(t, look.Light)
	p := newPlatform(t).withBrands(false)
	app := p.apps["appb1"]
	app.EnteredBy = "moderator1"
	p.apps["appb1"] = app
	s := NewBrands(p.config(words.EN), applications{p})
	win := p.window(s, 1440, 900)
	p.press(win, "J")
	p.settle()
	if b := s.side.buttons[moderation.Approve]; !b.Disabled() {
		t.Fatal("one may approve what one entered")
	}
	p.press(win, "A")
	p.settle()
	if len(p.decisions) != 0 || !strings.Contains(strings.Join(p.said, " "), "cannot decide it") {
		t.Fatal(p.decisions, p.said)
	}
}

func TestALostLeaseShowsBothSidesAndKeepsTheWords(t *testing.T) {
	p, s, win := postsWindow(t)
	p.press(win, "Enter")
	p.settle()
	s.side.reason.Input().(interface{ SetText(string) }).SetText("mein eigener Text")
	p.fail = fault.New(fault.LeaseLost, "case", "p0")
	p.made["p0"] = []moderation.Made{{Verdict: moderation.Clear, By: "wang.lei", At: p.now}}
	p.press(win, "A")
	p.settle()
	p.drain()
	if !says(s.Content(), "What you said") || !says(s.Content(), "mein eigener Text") || !says(s.Content(), "wang.lei: fine as it is") {
		t.Fatal("both sides are not on screen")
	}
	p.press(win, "R", "A")
	p.settle()
	if len(p.decisions) != 1 {
		t.Fatal("a verdict key works on what came to the screen by itself")
	}
	p.press(win, "Enter")
	p.settle()
	p.press(win, "A")
	p.settle()
	if len(p.decisions) != 2 || p.decisions[1].Reason != "mein eigener Text" || p.decisions[1].Request == p.decisions[0].Request {
		t.Fatalf("%+v", p.decisions)
	}
}

func TestWithoutALinkADecisionIsKeptAndOfferedAgain(t *testing.T) {
	p, s, win := postsWindow(t)
	p.press(win, "Enter")
	p.settle()
	p.down = true
	s.SetLink(false, fault.New(fault.Offline, "host", "db.example"))
	p.press(win, "R")
	p.settle()
	if !says(s.Content(), "Not sent yet: 1") {
		t.Fatal("nothing on screen tells of the decision that waits")
	}
	p.down = false
	s.SetLink(true, nil)
	p.settle()
	if len(p.decisions) != 0 || !says(s.Content(), "Nothing is sent until you say so") {
		t.Fatal("not offered, or sent silently", p.decisions)
	}
	p.press(win, "Enter")
	p.settle()
	if len(p.decisions) != 1 || p.decisions[0].Verdict != moderation.Clear {
		t.Fatalf("%+v", p.decisions)
	}
}

func TestEvidencePointsToItsWordsAndBack(t *testing.T) {
	_, s, _ := postsWindow(t)
	page := s.kind.onPage
	var row *evidenceRow
	for _, r := range page.rows {
		if r.index == 3 {
			row = r
		}
	}
	row.Tapped(nil)
	m := page.body.marked.Focused()
	if m < 0 || page.body.marks[m].evidence != 3 || !row.lit {
		t.Fatal("the row does not point at its words")
	}
	page.body.marked.OnTap(page.body.index(1))
	if row.lit || !page.rows[slices.IndexFunc(page.rows, func(r *evidenceRow) bool { return r.index == 1 })].lit {
		t.Fatal("the words do not point at their row")
	}
}

func TestAFlaggedPostSaysWhichVersionFlaggedIt(t *testing.T) {
	themed(t, look.Light)
	for version, want := range map[string][]string{
		"hand-1+r3":       {"Weights are set by hand, not calibrated on your platform yet. Flagged by version hand-1+r3.", "set by hand, not calibrated on your platform yet"},
		"learned-0a1b+r4": {"Weights were learned from labelled posts. Flagged by version learned-0a1b+r4.", "calibrated on the posts that its model learned from"},
	} {
		p := newPlatform(t).withPosts(false)
		listed := len(p.evidence["p0"])
		p.evidence["p0"] = append(p.evidence["p0"], moderation.Evidence{Kind: moderation.KindModel, Rule: "model.version", Text: version})
		s := NewPosts(p.config(words.EN), postsOf{p})
		w := p.window(s, 1440, 900)
		for _, text := range want {
			if !says(w.Canvas().Content(), text) {
				t.Errorf("%s: %q is not on the screen", version, text)
			}
		}
		if n := len(s.kind.onPage.rows); n != listed {
			t.Errorf("%d rows of evidence, want %d", n, listed)
		}
	}
}

func TestWhatIsOddBesideTheScoreIsSaidUnlessThePostCameByChance(t *testing.T) {
	themed(t, look.Light)
	for tag, told := range map[string]bool{"contract": true, randomAudit: false} {
		p := newPlatform(t).withPosts(false)
		p.cases[0].Tag = tag
		post := p.posts["postp0"]
		post.Title, post.Body, post.CommentTexts = "太好用了", "真的太好用了，强烈推荐，闭眼入不踩雷，绝绝子！", nil
		p.posts["postp0"] = post
		s := NewPosts(p.config(words.EN), postsOf{p})
		p.window(s, 1440, 900)
		if says(s.Content(), "Thin review") != told || says(s.Content(), "Not said: when, where") != told {
			t.Errorf("%s: the thin review is said: %v, want %v", tag, !told, told)
		}
		if told {
			s.SetBook(words.For(words.ZH))
			p.settle()
			if !says(s.Content(), "分数之外") || !says(s.Content(), "没有提到：") {
				t.Error("not in Chinese")
			}
		}
	}
}

func TestAClickLooksAndTheNextOpens(t *testing.T) {
	p, s, _ := postsWindow(t)
	var row *queueRow
	each(s.queue.rows, func(o fyne.CanvasObject) {
		if r, ok := o.(*queueRow); ok && r.id == "p2" {
			row = r
		}
	})
	test.Tap(row)
	p.settle()
	if s.hand.Current().Case.ID != "p2" || len(p.log) != 0 {
		t.Fatal("the first click only looks", p.log)
	}
	test.Tap(row)
	p.settle()
	if !slices.Equal(p.log, []string{"claim p2"}) {
		t.Fatal(p.log)
	}
}

func TestTheLanguageChangesWithoutLosingWhatWasTyped(t *testing.T) {
	p, s, win := postsWindow(t)
	p.press(win, "N")
	p.settle()
	p.press(win, "x")
	s.SetBook(words.For(words.ZH))
	p.settle()
	if s.side.note.Text() != "x" || !says(s.Content(), "需补标注") {
		t.Fatalf("note %q", s.side.note.Text())
	}
}

func TestAnEmptyQueueSaysSo(t *testing.T) {
	themed(t, look.Light)
	p := newPlatform(t)
	s := NewPosts(p.config(words.EN), postsOf{p})
	p.window(s, 1440, 900)
	if !says(s.Content(), "Nothing waits. Well done.") {
		t.Fatal("an empty queue says nothing")
	}
}

func TestAQueueThatCannotBeReadSaysWhyAndTriesAgain(t *testing.T) {
	themed(t, look.Light)
	p := newPlatform(t).withPosts(false)
	p.down = true
	s := NewPosts(p.config(words.EN), postsOf{p})
	p.window(s, 1440, 900)
	if !says(s.Content(), "db.example does not answer") {
		t.Fatal("no sentence")
	}
	p.down = false
	each(s.Content(), func(o fyne.CanvasObject) {
		if b, ok := o.(*kit.Button); ok && b.Text() == "Try again" {
			b.Press()
		}
	})
	p.settle()
	if s.hand.Current() == nil {
		t.Fatal("not mended")
	}
}

func TestSpaceHeldRevealsAVeiledPicture(t *testing.T) {
	_, s, _ := postsWindow(t)
	s.Shield(kit.Blurred)
	keys := s.Keys()
	i := slices.IndexFunc(keys, func(k kit.Key) bool { return k.Name == "Space" })
	if i < 0 || keys[i].Hold == nil {
		t.Fatal("Space does nothing")
	}
	keys[i].Hold(true)
	keys[i].Hold(false)
}

// TestHardContentIsShownInTime puts on screen what strangers send: nothing at
// all, names without end, emoji, traditional characters, a megabyte.
func TestHardContentIsShownInTime(t *testing.T) {
	themed(t, look.Light)
	p := newPlatform(t).withPosts(false)
	post := p.posts["postp0"]
	post.Body = strings.Repeat("這是一段很長的文字，🎉👩‍👩‍👧‍👦 with words and https://example.com/"+strings.Repeat("x", 200)+"\n", 4000)
	post.Title = strings.Repeat("標題👩🏽‍🚀", 400)
	post.Author.Handle = strings.Repeat("名", 300)
	p.posts["postp0"] = post
	at := len([]rune(post.Body)) - 10
	p.evidence["p0"] = append(p.evidence["p0"], moderation.Evidence{Kind: "code", Rule: "code.late", Field: "body", Span: &moderation.Span{Start: 9000, End: 9010}, Text: "far down", Weight: .3},
		moderation.Evidence{Kind: "code", Rule: "code.later", Field: "body", Span: &moderation.Span{Start: at, End: at + 50}, Text: "at the end", Weight: .2})
	p.cases[0].Title, p.cases[0].Subtitle = post.Title, post.Author.Handle
	p.posts["postp1"] = moderation.Post{ID: "postp1"}
	p.evidence["p1"] = nil

	s := NewPosts(p.config(words.EN), postsOf{p})
	p.window(s, 1440, 900)
	began := time.Now()
	s.drawn = ""
	s.flush()
	if spent := time.Since(began); spent > 2*time.Second {
		t.Fatalf("a long post stopped the window for %v", spent)
	}
	page := s.kind.onPage
	if got := len([]rune(page.body.marked.Text())); got > bodyLimit+10 {
		t.Fatalf("%d characters were laid out", got)
	}
	for _, r := range page.rows {
		if r.index == 7 {
			r.Tapped(nil)
		}
	}
	if i := page.body.index(7); i < 0 || page.body.marked.Focused() != i {
		t.Fatal("evidence far down is not brought to the screen")
	}
	s.hand.Move(1)
	p.settle()
	if !says(s.Content(), "none found") {
		t.Fatal("an empty post is not shown")
	}
}

func TestABrandWithoutPapersOrMarkIsShown(t *testing.T) {
	themed(t, look.Light)
	p := newPlatform(t).withBrands(false)
	p.apps["appb0"] = moderation.Application{ID: "appb0", BrandName: strings.Repeat("很長的品牌名稱", 60), Subject: moderation.Overseas, Region: "SE", Category: "unheard_of"}
	s := NewBrands(p.config(words.ZH), applications{p})
	p.window(s, 1440, 900)
	if !says(s.Content(), "未提交任何材料") || !says(s.Content(), "未填写商标") {
		t.Fatal("what is missing is not said")
	}
}

func TestTheChainShowsWhereItBreaks(t *testing.T) {
	p := newPlatform(t).withBrands(false)
	app := p.apps["appb3"]
	nodes, links := chainOf(words.For(words.EN), brandFile{App: app, Checks: moderation.Check(app, moderation.CheckContext{Now: p.now})})
	if len(nodes) != 4 || len(links) != 3 || !links[1].broken || nodes[2].name != "华南总代（样例）有限公司" || nodes[2].tone != kit.Cinnabar {
		t.Fatalf("%+v %+v", nodes, links)
	}
	own := moderation.Application{Mark: moderation.Trademark{Owner: "X"}, Entity: moderation.Entity{Name: "X"}}
	if nodes, links := chainOf(words.For(words.EN), brandFile{App: own}); len(nodes) != 1 || len(links) != 0 {
		t.Fatalf("%+v %+v", nodes, links)
	}
}

func TestEveryPaperHasAChipInReach(t *testing.T) {
	var chips []kit.Chip
	for _, s := range []string{"Licence", "Mark", "Letter", "Letter", "Category paper", "Power of attorney", "Logo", "Other"} {
		chips = append(chips, kit.Chip{ID: s, Text: s})
	}
	n := 0
	for _, row := range chipRows(chips, papersWidth) {
		n += len(row)
	}
	if n != len(chips) {
		t.Fatalf("%d of %d", n, len(chips))
	}
}

// BenchmarkTheNextPost measures what stands between a key and the next post on
// screen: all of it blocks the window.
func BenchmarkTheNextPost(b *testing.B) {
	t := &testing.T{}
	looktest.Dress(b, look.Light)
	p := newPlatform(t).withPosts(false)
	s := NewPosts(p.config(words.EN), postsOf{p})
	win := test.NewWindow(container.NewStack(s.Content()))
	win.SetPadded(false)
	win.Resize(fyne.NewSize(1440, 900))
	defer win.Close()
	s.Shown()
	p.settle()
	step := 1
	b.ResetTimer()
	for range b.N {
		s.hand.Move(step)
		p.drain()
		step = -step
		b.StopTimer()
		p.settle()
		b.StartTimer()
	}
}
