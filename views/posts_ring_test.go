package views

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"cinnabar/internal/fault"
	"cinnabar/internal/people"
	"cinnabar/moderation"
	"cinnabar/moderation/rings"
	"cinnabar/moderation/signals"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// circle is a ring of the platform: its posts 0 to 5 say the same. A colleague has the
// last one open, and one is labelled.
type circle struct {
	*platform
	decided  []rings.Decision
	released int
	undone   int
	gone     bool
	refuse   error
	most     int    // members that wait on a page, 0 for all
	claiming func() // while a claim is on its way
}

const pitchText = "军训十四天，全班就我没黑！秘密就是霁色这支水感防晒，早上一次中午一次，出汗也不怕。质地像乳液，推开就没了，脸上一点都不油。真心推荐给要军训的学弟学妹，闭眼入不会错。加微信 lumi_88 了解"

func (c *circle) Of(_ context.Context, post string) (rings.Standing, error) {
	switch {
	case c.down:
		return rings.Standing{}, c.offline()
	case c.gone:
		return rings.Standing{}, fault.New(fault.NotFound, "what", "ring", "id", post)
	}
	s := rings.Standing{Ring: rings.Ring{Key: "ring-1"}, Size: 6, People: 6, Now: c.now, First: c.now.Add(-48 * time.Hour), Last: c.now,
		Runs: []rings.Share{{Posts: 6}, {Channel: rings.Channel{Kind: rings.WeChat, Key: "lumi_88"}, Posts: 6}}}
	var pairs [][2]string
	for i := range 6 {
		k := c.cases[i]
		p := c.posts[k.Target]
		p.ID, p.Body, p.Posted = k.Target, fmt.Sprintf("第%d天。", i+1)+pitchText, c.now.Add(time.Duration(i-5)*9*time.Hour)
		p.Author = moderation.Author{ID: fmt.Sprint("a", i), Handle: fmt.Sprint("小号", i)}
		m := rings.Member{Post: p, State: rings.StateOpen, Case: k}
		switch {
		case i == 4:
			m.State, m.Case = rings.StateLabelled, moderation.Case{}
		case k.Stage == moderation.StageClosed:
			m.State, m.Case = rings.StateRequired, moderation.Case{}
		}
		s.Members = append(s.Members, m)
		pairs = append(pairs, [2]string{s.Members[0].Post.ID, p.ID})
	}
	s.Bind(pairs[1:])
	return s, nil
}

// Page shows one of circle.most members that wait, and what does not wait.
func (c *circle) Page(ctx context.Context, post string) (rings.Standing, error) {
	s, err := c.Of(ctx, post)
	if err != nil {
		return s, err
	}
	s.Counts = map[rings.State]int{}
	var members []rings.Member
	open := 0
	for _, m := range s.Members {
		s.Counts[m.State]++
		s.Posted = append(s.Posted, m.Post.Posted)
		if m.State == rings.StateOpen {
			if open++; c.most > 0 && open > c.most {
				continue
			}
		}
		members = append(members, m)
	}
	s.Members = members
	return s, nil
}

func (c *circle) Claim(ctx context.Context, request, ring string, cases []string) (rings.Claimed, error) {
	claimed := rings.Claimed{Left: map[string]*fault.Error{}}
	if c.claiming != nil {
		c.claiming()
	}
	for i := range 6 {
		k := c.cases[i]
		if i == 4 || k.Stage == moderation.StageClosed || !slices.Contains(cases, k.ID) {
			continue
		}
		l, err := c.platform.Claim(ctx, request, k.ID)
		if err != nil {
			claimed.Left[k.ID] = fault.Of(err)
			continue
		}
		claimed.Leases = append(claimed.Leases, l)
	}
	return claimed, nil
}

func (c *circle) Renew(_ context.Context, l []moderation.Lease) ([]moderation.Lease, error) {
	return l, nil
}

func (c *circle) Release(ctx context.Context, request string, leases []moderation.Lease) error {
	for _, l := range leases {
		c.released++
		_ = c.platform.Release(ctx, request, l)
	}
	return nil
}

func (c *circle) Decide(ctx context.Context, d rings.Decision) (rings.Receipt, error) {
	c.decided = append(c.decided, d)
	if err := c.refuse; err != nil {
		c.refuse = nil
		return rings.Receipt{}, err
	}
	r := rings.Receipt{ID: "ring-decision", At: c.now, Effective: c.now.Add(10 * time.Second)}
	for _, l := range d.Leases {
		made, err := c.platform.Decide(ctx, moderation.Decision{Request: l.Case, Case: l.Case, Verdict: d.Verdict})
		if err != nil {
			return r, err
		}
		r.Made = append(r.Made, made)
	}
	return r, nil
}

func (c *circle) Undo(ctx context.Context, request, id string) (leases []moderation.Lease, err error) {
	c.undone++
	for _, l := range c.decided[len(c.decided)-1].Leases {
		back, err := c.platform.Undo(ctx, request, "d-"+l.Case)
		if err != nil {
			return nil, err
		}
		leases = append(leases, back)
	}
	return leases, nil
}

func (c *circle) Recent(context.Context, string) ([]signals.Engagement, error) { return nil, nil }

func ringWindow(t *testing.T, lang words.Language, mode look.Mode, change ...func(*platform)) (*platform, *circle, *Posts, fyne.Window) {
	t.Helper()
	themed(t, mode)
	p := newPlatform(t).withPosts(false)
	for i := range p.cases {
		p.cases[i].Tag = "link"
	}
	for i := range 6 {
		p.cases[i].Holder, p.cases[i].Held = "", time.Time{}
		post := p.posts[p.cases[i].Target]
		post.Body = fmt.Sprintf("第%d天。", i+1) + pitchText
		p.posts[p.cases[i].Target] = post
	}
	p.cases[5].Holder, p.cases[5].Held = "moderator2", p.now.Add(time.Hour)
	for _, c := range change {
		c(p)
	}
	c := &circle{platform: p}
	s := NewPosts(p.config(lang), postsOf{p})
	s.Rings(c)
	return p, c, s, p.window(s, 1440, 900)
}

func TestAPostsPageShowsItsRing(t *testing.T) {
	p, _, s, _ := ringWindow(t, words.EN, look.Light)
	p.settle()
	for _, want := range []string{"Ring of 6 posts by 6 authors", "the same text · WeChat lumi_88", "小号1", "秘密就是霁色", "and 2 more", "Look at the ring"} {
		if !says(s.Content(), want) {
			t.Errorf("%q is not on screen", want)
		}
	}
	// The same text by others is praise from a mould.
	if !slices.ContainsFunc(s.hand.Current().Subject.Signals, func(x signals.Signal) bool {
		return x.Kind == signals.Templated && strings.Contains(fmt.Sprint(x.Says), "stock.copied")
	}) {
		t.Errorf("signals: %+v", s.hand.Current().Subject.Signals)
	}
	// A random audit is told of none.
	p, _, s, win := ringWindow(t, words.EN, look.Light, func(p *platform) { p.cases[0].Tag = randomAudit })
	p.settle()
	if says(s.Content(), "Ring of") {
		t.Error("a random audit is told of a ring")
	}
	p.press(win, "G")
	p.settle()
	if s.ring != nil {
		t.Error("a random audit opens a ring")
	}
}

func TestARingIsDecidedOverThoseThatAreChosen(t *testing.T) {
	p, c, s, win := ringWindow(t, words.EN, look.Light)
	p.settle()
	p.press(win, "Enter") // the case on the desk is held, and goes back first
	p.settle()
	p.press(win, "G")
	p.settle()
	for _, want := range []string{"Ring of 6 posts by 6 authors", "4 of 4 chosen", "Needs the label · 4", "Fine as it is · 4", "labelled", "When they were posted", "moderator2 has this open"} {
		if !says(s.Content(), want) {
			t.Errorf("%q is not on screen", want)
		}
	}
	if log := strings.Join(p.log, ", "); !strings.Contains(log, "claim p0, release p0, claim p0, claim p1") {
		t.Errorf("the desk's own lease: %s", log)
	}
	p.press(win, "J", "X") // without the second
	p.settle()
	if !says(s.Content(), "3 of 4 chosen") {
		t.Error("one was not taken out")
	}
	p.press(win, "A")
	p.settle()
	if len(c.decided) != 1 || len(c.decided[0].Leases) != 3 || c.decided[0].Policy != "2.1" || c.decided[0].Ring != "ring-1" {
		t.Fatalf("decided %+v", c.decided)
	}
	for id, letter := range c.decided[0].Reasons {
		if letter == "" || strings.ContainsAny(letter, "{}") {
			t.Errorf("the author of %s is told %q", id, letter)
		}
	}
	if s.ring != nil || c.released != 1 || p.cases[1].Holder != "" {
		t.Errorf("the page is open or holds on: %v, %d", s.ring != nil, c.released)
	}
	if p.undo == nil || !strings.Contains(p.said[len(p.said)-1], "3 posts of a ring") {
		t.Fatalf("the toast says %q", p.said)
	}
	if !says(s.Content(), "It leaves the list when you go on.") || says(s.Content(), "due in") || says(s.Content(), "Enter takes it up") {
		t.Error("a case that is decided still says whose it is or when it is due")
	}
	p.undo()
	p.settle()
	if c.undone != 1 || s.ring == nil || !says(s.Content(), "4 of 4 chosen") || p.cases[0].Stage == moderation.StageClosed {
		t.Error("it is not as it was")
	}
	p.press(win, "G")
	p.settle()
	if s.ring != nil || says(s.Content(), "of 4 chosen") {
		t.Error("the desk is not back")
	}
	for i := range 4 {
		if p.cases[i].Holder != "" {
			t.Errorf("case %d is still held by %s", i, p.cases[i].Holder)
		}
	}
}

// A ring of thousands comes page by page, and what is decided makes room for the next.
func TestALargeRingIsDecidedPageByPage(t *testing.T) {
	p, c, s, win := ringWindow(t, words.EN, look.Light, func(p *platform) { p.cases[5].Holder = "" })
	c.most = 3
	p.settle()
	p.press(win, "G")
	p.settle()
	// Five wait and one is labelled, all of them counted.
	if !says(s.Content(), "3 of 3 chosen") || !says(s.Content(), "2 more wait beyond this page") {
		t.Fatal("the first page")
	}
	if n := s.ring.standing.Counts[rings.StateOpen]; n != 5 {
		t.Errorf("%d wait", n)
	}
	if p.cases[3].Holder != "" {
		t.Error("a post is held that is not on the page")
	}
	p.press(win, "A")
	p.settle()
	if s.ring == nil || len(c.decided) != 1 || !says(s.Content(), "2 of 2 chosen") || says(s.Content(), "beyond this page") {
		t.Fatal("the next page")
	}
	// What was decided comes back to the page that is open.
	p.undo()
	p.settle()
	if s.ring == nil || !says(s.Content(), "3 of 3 chosen") || !says(s.Content(), "2 more wait beyond this page") {
		t.Error("after Undo")
	}
	p.press(win, "R")
	p.settle()
	p.press(win, "R")
	p.settle()
	if s.ring != nil || len(c.decided) != 3 {
		t.Errorf("%d decisions, and the page is open: %v", len(c.decided), s.ring != nil)
	}
}

func TestARingThatIsLeftEarlyIsGivenBack(t *testing.T) {
	p, c, s, win := ringWindow(t, words.EN, look.Light)
	p.settle()
	c.claiming = func() { s.ring.close() }
	p.press(win, "G")
	p.settle()
	for i := range 4 {
		if p.cases[i].Holder != "" {
			t.Errorf("case %d is held by %s", i, p.cases[i].Holder)
		}
	}
}

func TestARingThatIsRefusedSaysBecauseOfWhich(t *testing.T) {
	p, c, s, win := ringWindow(t, words.EN, look.Light)
	p.settle()
	p.press(win, "G")
	p.settle()
	c.refuse = fault.New(fault.RingRefused, "ref", "P-2031", "case", p.cases[2].ID, "why", string(fault.Changed))
	p.press(win, "A")
	p.settle()
	if s.ring == nil || !says(s.Content(), "3 of 3 chosen") || len(p.said) == 0 || !strings.Contains(strings.Join(p.said, " "), "P-2031") {
		t.Errorf("after a refusal: %v", p.said)
	}
	// A broken link: the same wish is sent again under the same request.
	c.refuse = fault.New(fault.Offline, "host", "db")
	p.press(win, "A")
	p.settle()
	p.press(win, "A")
	p.settle()
	n := len(c.decided)
	if n != 3 || c.decided[1].Request != c.decided[2].Request || c.decided[0].Request == c.decided[1].Request {
		t.Errorf("requests of %d decisions", n)
	}
}

func TestARingThatIsGoneOrOutOfReachSaysSo(t *testing.T) {
	p, c, s, win := ringWindow(t, words.EN, look.Light)
	p.settle()
	c.gone = true
	p.press(win, "G")
	p.settle()
	if !says(s.Content(), "in no ring any more") {
		t.Error("a ring that is gone")
	}
	p.press(win, "Esc")
	c.gone = false
	p.settle()
	p.press(win, "G")
	p.settle()
	s.SetLink(false, fault.New(fault.Offline, "host", "db.example"))
	p.settle()
	p.press(win, "A")
	p.settle()
	if len(c.decided) != 0 || !says(s.Content(), "Nothing is decided until it is") {
		t.Errorf("decided without a link: %v", c.decided)
	}
	s.SetLink(true, nil)
	p.settle()
	s.Close()
	if p.settle(); p.cases[0].Holder != "" {
		t.Error("a closed screen holds on")
	}
	// Who reads holds nothing.
	p, _, s, win = ringWindow(t, words.ZH, look.Dark, func(p *platform) { p.me = people.Person{Login: "auditor1", Role: people.Auditor, Active: true} })
	p.settle()
	p.press(win, "G")
	p.settle()
	if !says(s.Content(), "你在此只能查看") || p.cases[0].Holder != "" {
		t.Error("an auditor's ring")
	}
}

func TestAnExcerptShowsWhatIsShared(t *testing.T) {
	body := strings.Repeat("甲", 50) + "同样的话" + strings.Repeat("乙", 300)
	text, marks := excerpt(moderation.Post{Body: body}, []moderation.Evidence{{Rule: "copy.text", Field: "body", Span: &moderation.Span{Start: 50, End: 54}}}, 100)
	if len(marks) != 1 || string([]rune(text)[marks[0].start:marks[0].end]) != "同样的话" || !strings.HasPrefix(text, "…") || !strings.HasSuffix(text, "…") {
		t.Errorf("%q %+v", text, marks)
	}
	if text, marks := excerpt(moderation.Post{Body: "短\n文"}, nil, 100); text != "短 文" || len(marks) != 0 {
		t.Errorf("%q", text)
	}
}

// TestARingDrawsInEveryLanguageAndLight draws card and page; CINNABAR_SHOTS names a folder
// where the pictures are left for people to look at.
func TestARingDrawsInEveryLanguageAndLight(t *testing.T) {
	dir := os.Getenv("CINNABAR_SHOTS")
	for _, mode := range []look.Mode{look.Light, look.Dark} {
		for _, l := range words.Languages() {
			p, _, s, win := ringWindow(t, l, mode)
			p.settle()
			draw := func(name string) {
				var b bytes.Buffer
				if err := png.Encode(&b, win.Canvas().Capture()); err != nil {
					t.Fatal(err)
				}
				if dir == "" {
					return
				}
				if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%s-%s.png", name, mode, l)), b.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			p.press(win, "G")
			p.settle()
			p.press(win, "J", "X", "J")
			p.settle()
			draw("ring")
			if s.ring == nil || len(s.ring.rows) != 6 {
				t.Errorf("%s %s: the ring is not there", l, mode)
			}
			if dir == "" && (mode != look.Light || l != words.EN) {
				continue
			}
			p.press(win, "G")
			p.settle()
			s.scroll.To(2000)
			draw("post-in-ring")
		}
	}
}
