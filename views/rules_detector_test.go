package views

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"cinnabar/internal/fault"
	"cinnabar/internal/job"
	"cinnabar/internal/people"
	"cinnabar/moderation"
	"cinnabar/moderation/disclosure"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// rulebooks keeps the detector's rules as the database does, and tries them as the
// program does, on posts of its own.
type rulebooks struct {
	*platform
	books    []moderation.Rulebook
	requests []string
	moves    []string
	fail     error
	replays  moderation.Replay
	posts    []moderation.Post
	models   []moderation.DetectorModel
	replayed moderation.RuleSet // what was replayed last
	held     bool               // a trial goes on until it is stopped
}

func (r *rulebooks) List(_ context.Context, known ...moderation.Rulebook) ([]moderation.Rulebook, error) {
	if r.down {
		return nil, r.offline()
	}
	return slices.Clone(r.books), nil
}

func (r *rulebooks) Models(context.Context) ([]moderation.DetectorModel, error) { return r.models, nil }

func (r *rulebooks) at(number int) int {
	return slices.IndexFunc(r.books, func(b moderation.Rulebook) bool { return b.Number == number })
}

func (r *rulebooks) Save(_ context.Context, request string, before *int, book moderation.Rulebook) (moderation.Rulebook, error) {
	r.requests = append(r.requests, request)
	if err := r.fail; err != nil {
		r.fail = nil
		return book, err
	}
	book.State, book.WrittenBy, book.WrittenAt = moderation.RulebookDraft, r.me.Login, r.now
	if before == nil {
		book.Number, book.Version = len(r.books)+1, 1
		r.books = slices.Insert(r.books, 0, book)
		return book, nil
	}
	i := r.at(book.Number)
	if i < 0 || r.books[i].State != moderation.RulebookDraft || r.books[i].Version != *before {
		return book, fault.New(fault.RuleChanged, "what", "rulebook", "id", "x")
	}
	book.Version = *before + 1
	r.books[i] = book
	return book, nil
}

func (r *rulebooks) Move(_ context.Context, _ string, number, version int, to moderation.RulebookState, replay *moderation.Replay, reason string) error {
	if err := r.fail; err != nil {
		r.fail = nil
		return err
	}
	i := r.at(number)
	b := &r.books[i]
	if b.Version != version {
		return fault.New(fault.RuleChanged, "what", "rulebook", "id", "x")
	}
	if replay == nil {
		replay = b.Replay
	}
	switch {
	case to == moderation.RulebookLive && replay == nil:
		return fault.New(fault.ReplayNeeded)
	case to == moderation.RulebookLive && replay.Worse() && reason == "":
		return fault.New(fault.ReplayWorse)
	}
	for j := range r.books {
		if r.books[j].State == to && to != moderation.RulebookRetired {
			r.books[j].State, r.books[j].MovedBy, r.books[j].MovedAt = moderation.RulebookRetired, r.me.Login, r.now
		}
	}
	b.State, b.MovedBy, b.MovedAt, b.Reason, b.Replay = to, r.me.Login, r.now, reason, replay
	r.moves = append(r.moves, fmt.Sprintf("%d to %s: %s", number, to, reason))
	return nil
}

func (r *rulebooks) Replay(ctx context.Context, set moderation.RuleSet, progress func(done, total int)) (moderation.Replay, error) {
	r.replayed = set
	progress(120, 480)
	if r.held {
		<-ctx.Done()
		return moderation.Replay{}, ctx.Err()
	}
	return r.replays, nil
}

func (r *rulebooks) Preview(ctx context.Context, set moderation.RuleSet, progress func(done, total int)) (Preview, error) {
	progress(1200, 4812)
	if r.held {
		<-ctx.Done()
		return Preview{}, ctx.Err()
	}
	p := Preview{Posts: 4812, FlaggedNow: 52, FlaggedThen: 61, NewlyFlagged: 12, NoLonger: 3, ByRule: map[string]int{}}
	for _, rule := range set.Rules {
		for _, said := range rule.Say {
			for i, post := range r.posts {
				for field, text := range map[string]string{"title": post.Title, "body": post.Body} {
					if at := strings.Index(text, said); at >= 0 {
						from := len([]rune(text[:at]))
						p.ByRule[rule.Name]++
						p.Hits = append(p.Hits, PreviewHit{Post: post, Rule: rule.Name, Field: field, Text: said, NewlyFlagged: i%2 == 0,
							Span: moderation.Span{Start: from, End: from + len([]rune(said))}})
					}
				}
			}
		}
	}
	return p, nil
}

func phraseRule(name string, weight float64, say ...string) moderation.DetectorRule {
	return moderation.DetectorRule{Name: name, Kind: moderation.RulePhrase, Weight: weight, Say: say}
}

// bookshelf has four versions: a draft, one in the shadow, one live, one retired.
func bookshelf(p *platform) *rulebooks {
	at := func(days int) time.Time { return p.now.Add(-time.Duration(days) * 24 * time.Hour) }
	live := moderation.Replay{Model: "hand-3+r2", Posts: 480, Found: 38, Wrong: 5, Missed: 10, RandomPosts: 41, RandomPaid: 3, RandomFlagged: 1, At: at(1)}
	better := moderation.Replay{Model: "hand-3+r4", Posts: 480, Found: 41, Wrong: 3, Missed: 7, RandomPosts: 41, RandomPaid: 3, RandomFlagged: 2, At: at(0), Live: &live}
	rules := []moderation.DetectorRule{
		phraseRule("offer.livestream", 1.4, "直播间", "今晚八点开播", "开播立减"),
		{Name: "link.minishop", Kind: moderation.RuleLink, Weight: 2.2, Hosts: []string{"minishop.example", "kuai.shop.example"}, Query: []string{"promo_id", "kol_*"}},
		{Name: "price.per_box", Kind: moderation.RuleExpression, Weight: .8, Say: []string{`\d{2,} ?元 ?/ ?盒`}},
		phraseRule("personal.returned", -.6, "退货了", "不会回购"),
		{Name: "link.booking", Kind: moderation.RuleLink, Note: "Travel diaries link to hotels."},
	}
	r := &rulebooks{platform: p, replays: better}
	r.books = []moderation.Rulebook{
		{Number: 4, State: moderation.RulebookDraft, Version: 3, Rules: rules, Note: "Livestream offers, and fewer booking sites", WrittenBy: "lead1", WrittenAt: at(0)},
		{Number: 3, State: moderation.RulebookShadow, Version: 2, Rules: rules[:2], Note: "Small shops", WrittenBy: "lead2", WrittenAt: at(6), MovedBy: "lead2", MovedAt: at(4), Replay: &better},
		{Number: 2, State: moderation.RulebookLive, Version: 5, Rules: rules[1:2], Note: "Autumn sale", WrittenBy: "lead1", WrittenAt: at(40), MovedBy: "lead1", MovedAt: at(38),
			Replay: &live, Reason: "A wave of sales that nobody had decided on yet"},
		{Number: 1, State: moderation.RulebookRetired, Version: 1, Rules: rules[:1], WrittenBy: "lead2", WrittenAt: at(90), MovedBy: "lead1", MovedAt: at(38)},
	}
	for i, text := range []string{
		"今天终于收到了等了两周的精华，质地很轻。姐妹们记得今晚八点开播，直播间前一百名送小样，我已经蹲好了！\n之后再和大家说说用感。",
		"Three days in Lisbon with my mother. The tram was full, the light was kind. On Friday I am in the 直播间 of a friend, come and say hello.",
		"空瓶记第三期：这款面膜开播立减四十，算下来一片不到五块。真心觉得值，敏感肌也能用，但是味道有点重，不喜欢香精的慎入。",
		"开箱一只拉杆箱，轮子很顺滑，就是把手有点松。先用着，下个月出差回来再说好不好。直播间说的那只银色我没买到。",
	} {
		r.posts = append(r.posts, moderation.Post{ID: fmt.Sprintf("p%d", i), Title: []string{"秋冬精华空瓶", "Lisbon, slowly", "面膜空瓶记", "拉杆箱开箱"}[i], Body: text, Posted: at(i + 2),
			Author: moderation.Author{Handle: []string{"溪溪", "northbound", "阿泽", "山行"}[i]}})
	}
	return r
}

func detectorWindow(t *testing.T, role people.Role, l words.Language, mode look.Mode, change func(*rulebooks)) (*rulebooks, *Rules, fyne.Window) {
	t.Helper()
	themed(t, mode)
	p := newPlatform(t)
	p.me = people.Person{Login: "lead1", Name: "lead1", Role: role, Active: true}
	book := rulesOf(p)
	shelf := bookshelf(p)
	if change != nil {
		change(shelf)
	}
	n := 0
	r := NewRules(RulesConfig{Loop: p, Book: words.For(l).In(shanghaiTime()), Me: p.me, Policies: book, Routing: routing{book}, Notify: p, Go: p.Go,
		Rulebooks: shelf, Replayer: shelf, Check: disclosure.CheckRules, Jobs: job.NewRunner(2), NewID: func() string { n++; return fmt.Sprintf("id-%d", n) }})
	win := p.window(r, 1440-look.RailWidth, 900-look.TitleHeight)
	p.press(win, "2")
	p.settle()
	return shelf, r, win
}

// button is a button of the screen, nil where there is none.
func (r *Rules) button(text string) *kit.Button {
	var found *kit.Button
	each(r.Content(), func(o fyne.CanvasObject) {
		if b, ok := o.(*kit.Button); ok && b.Text() == text && found == nil {
			found = b
		}
	})
	return found
}

// fill writes into the field under a label of the detector's right column.
func (d *detector) fillIn(t *testing.T, name, text string) {
	t.Helper()
	var found *kit.Field
	each(d.right, func(o fyne.CanvasObject) {
		if f, ok := o.(*kit.Field); ok && says(f, name) && found == nil {
			found = f
		}
	})
	if found == nil {
		t.Fatalf("no field %q", name)
	}
	found.Input().(interface{ SetText(string) }).SetText(text)
}

func TestTheDetectorsVersionsSayWhereTheyStandAndWhatTheyShowed(t *testing.T) {
	_, r, _ := detectorWindow(t, people.Lead, words.EN, look.Light, nil)
	for _, want := range []string{"Livestream offers, and fewer booking sites", "draft", "shadow", "live", "published by lead1", "finds 41 of 48, 3 wrong", "offer.livestream", "link.minishop", "+1.4", "−0.6", "off", "直播间"} {
		if !says(r.detector.left, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	if _, sub := r.Title(); sub != "draft of version 4 · version 3 in the shadow · version 2 live" {
		t.Errorf("%q", sub)
	}
}

func TestAVersionInTheShadowSaysWhatItFlagsBesideTheLiveOne(t *testing.T) {
	_, r, _ := detectorWindow(t, people.Lead, words.EN, look.Light, func(shelf *rulebooks) {
		shelf.books[1].Beside = &moderation.Beside{Posts: 1200, Both: 61, Only: 14, OnlyLive: 9}
	})
	r.detector.stepVersion(1)
	if want := "1,200 posts were scored beside the rules in force: 61 flagged by both, 14 by these rules alone, 9 by those in force alone."; !says(r.detector.right, want) {
		t.Errorf("the page does not say %q", want)
	}
}

func TestALeadWritesARuleAndSavesTheDraft(t *testing.T) {
	shelf, r, win := detectorWindow(t, people.Lead, words.EN, look.Light, nil)
	shelf.press(win, "N")
	r.detector.fillIn(t, "Name", "offer.group")
	r.detector.fillIn(t, "Words", "拼团价\n 团价直降 \n\n")
	shelf.settle()
	if !says(r.detector.left, "not saved") || !says(r.detector.left, "拼团价, 团价直降") {
		t.Fatal("the list does not follow what is typed")
	}
	shelf.commit()
	shelf.settle()
	i := shelf.at(4)
	got := shelf.books[i].Rules
	if len(got) != 6 || got[5].Name != "offer.group" || !slices.Equal(got[5].Say, []string{"拼团价", "团价直降"}) || got[5].Weight != 1 || shelf.books[i].Version != 4 {
		t.Fatalf("%+v, %v, %v", got, r.detector.trouble, r.detector.wrong)
	}
	if says(r.detector.left, "not saved") || r.detector.dirty() || !slices.ContainsFunc(shelf.said, func(s string) bool { return strings.Contains(s, "Saved: version 4") }) {
		t.Fatal("not said that it is saved", shelf.said)
	}
}

func TestWhatIsWrongWithARuleIsSaidWhileItIsTyped(t *testing.T) {
	for _, c := range []struct{ field, text, want string }{
		{"Name", "Offer", "Name cannot be “Offer”."},
		{"Words", "广告", "Saying so may never count against a post"},
		{"Words", "直播间", "stands in the rule offer.livestream already"},
		{"Words", strings.Repeat("拼", 101), "offer.mine: Words, one a line cannot be"},
	} {
		shelf, r, win := detectorWindow(t, people.Lead, words.EN, look.Light, nil)
		shelf.press(win, "N")
		if c.field != "Name" {
			r.detector.fillIn(t, "Name", "offer.mine")
		} else {
			r.detector.fillIn(t, "Words", "拼团价")
		}
		r.detector.fillIn(t, c.field, c.text)
		shelf.settle()
		if !says(r.detector.right, c.want) {
			t.Errorf("%s %q: %q is not said", c.field, c.text, c.want)
		}
		if !r.button("Save the draft").Disabled() {
			t.Errorf("%s %q can be saved", c.field, c.text)
		}
		shelf.commit()
		shelf.settle()
		if len(shelf.requests) != 0 {
			t.Errorf("%s %q went out", c.field, c.text)
		}
	}
}

func TestAWeightThatIsNoneIsNotSaved(t *testing.T) {
	shelf, r, _ := detectorWindow(t, people.Lead, words.EN, look.Light, nil)
	r.detector.show(detectorPlace{rulePlace, 0})
	var weight *kit.Field
	each(r.detector.right, func(o fyne.CanvasObject) {
		if f, ok := o.(*kit.Field); ok && f.Text() == "1.4" {
			weight = f
		}
	})
	weight.Input().(interface{ SetText(string) }).SetText("high")
	shelf.settle()
	shelf.commit()
	shelf.settle()
	if len(shelf.requests) != 0 || !says(r.detector.right, "offer.livestream: Weight cannot be “high”.") {
		t.Fatal("sent, or not said")
	}
	weight.Input().(interface{ SetText(string) }).SetText("−2,5")
	shelf.settle()
	shelf.commit()
	shelf.settle()
	if w := shelf.books[0].Rules[0].Weight; w != -2.5 {
		t.Fatal(w)
	}
}

func TestALeadSeesWhatTheRulesHitInContext(t *testing.T) {
	shelf, r, win := detectorWindow(t, people.Lead, words.EN, look.Light, nil)
	shelf.press(win, "V")
	shelf.settle()
	for _, want := range []string{"4,812 posts in 30 days: 61 flagged, now 52", "12 newly flagged", "3 no longer", "姐妹们记得今晚八点开播", "newly flagged", "offer.livestream"} {
		if !says(r.detector.left, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	shelf.press(win, "J")
	var marked int
	each(r.detector.right, func(o fyne.CanvasObject) {
		if m, ok := o.(*kit.Marked); ok && strings.Contains(m.Text(), "直播间前一百名") {
			marked++
		}
	})
	if marked != 1 || r.detector.at.kind != hitPlace {
		t.Fatal("the post is not shown whole", r.detector.at)
	}
	r.tap(t, "Open the rule")
	if r.detector.at != (detectorPlace{rulePlace, 0}) || !says(r.detector.left, "hits 5") {
		t.Fatal("the rule is not opened, or does not say how many it hits", r.detector.at)
	}
	r.detector.fillIn(t, "Words", "直播间")
	shelf.press(win, "Esc")
	r.detector.showHits(true)
	if !says(r.detector.left, "before the last edit") {
		t.Fatal("hits of an earlier edit pass for those of this one")
	}
}

func TestATrialShowsItsProgressAndIsStopped(t *testing.T) {
	shelf, r, win := detectorWindow(t, people.Lead, words.EN, look.Light, func(s *rulebooks) { s.held = true })
	shelf.press(win, "R")
	for end := time.Now().Add(5 * time.Second); !says(r.detector.right, "120 of 480 posts"); shelf.drain() {
		if time.Now().After(end) {
			t.Fatal("no progress is shown")
		}
		time.Sleep(time.Millisecond)
	}
	shelf.press(win, "R")
	shelf.settle()
	shelf.press(win, "V")
	r.tap(t, "Stop")
	shelf.settle()
	if r.detector.trial != nil || r.button("Replay") == nil || r.detector.trouble != nil || says(r.detector.right, "of 480 posts") {
		t.Fatal("it does not stop, or stopping passes for a fault", r.detector.trouble)
	}
}

func TestAVersionIsPublishedAfterItsReplay(t *testing.T) {
	shelf, r, win := detectorWindow(t, people.Lead, words.EN, look.Light, nil)
	shelf.press(win, "P")
	if !says(r.detector.right, "These rules were not yet tried on what people decided.") {
		t.Fatal("published untried")
	}
	shelf.press(win, "R")
	shelf.settle()
	for _, want := range []string{"It may take over.", "41", "93 %", "82–98 %", "85 %", "73–93 %", "Of 41 posts looked at by chance 3 were paid"} {
		if !says(r.detector.right, want) {
			t.Errorf("%q is not in the figures", want)
		}
	}
	shelf.press(win, "P")
	if !says(r.detector.right, "Version 2 retires.") || len(shelf.moves) != 0 {
		t.Fatal("it is not asked", shelf.moves)
	}
	shelf.commit()
	shelf.settle()
	if !slices.Equal(shelf.moves, []string{"4 to live: "}) || shelf.books[0].State != moderation.RulebookLive || r.detector.draft != nil || r.detector.asks != nil {
		t.Fatal(shelf.moves)
	}
}

func TestAWorseVersionTakesAReason(t *testing.T) {
	shelf, r, win := detectorWindow(t, people.Lead, words.EN, look.Light, func(s *rulebooks) { s.replays.Found, s.replays.Missed = 30, 18 })
	shelf.press(win, "R")
	shelf.settle()
	if !says(r.detector.right, "It finds 8 fewer paid posts than the rules in force.") {
		t.Fatal("not said what speaks against it")
	}
	shelf.press(win, "P")
	if !says(r.detector.right, "no smaller part of what it flags is paid") || !r.button("Publish all the same").Disabled() {
		t.Fatal("the rule is not said, or no reason is asked for")
	}
	shelf.commit()
	shelf.settle()
	if len(shelf.moves) != 0 {
		t.Fatal("published without a reason")
	}
	r.detector.fillIn(t, "Reason", "A new wave")
	shelf.commit()
	shelf.settle()
	if !slices.Equal(shelf.moves, []string{"4 to live: A new wave"}) {
		t.Fatal(shelf.moves)
	}
}

func TestAReplayOfAnEarlierEditPublishesNothing(t *testing.T) {
	shelf, r, win := detectorWindow(t, people.Lead, words.EN, look.Light, nil)
	shelf.press(win, "R")
	shelf.settle()
	r.detector.show(detectorPlace{rulePlace, 0})
	r.detector.fillIn(t, "Words", "直播间")
	shelf.settle()
	shelf.commit()
	shelf.settle()
	shelf.press(win, "Esc", "Esc", "P")
	if !says(r.detector.right, "Replay again to see these rules") || !says(r.detector.right, "not yet tried") || r.detector.asks != nil {
		t.Fatal("an old replay counts for new rules")
	}
}

func TestADraftGoesIntoTheShadowWithItsReplay(t *testing.T) {
	shelf, r, win := detectorWindow(t, people.Lead, words.EN, look.Light, nil)
	shelf.press(win, "R")
	shelf.settle()
	shelf.press(win, "S")
	shelf.settle()
	if !slices.Equal(shelf.moves, []string{"4 to shadow: "}) || shelf.books[0].Replay == nil || shelf.books[1].State != moderation.RulebookRetired {
		t.Fatal(shelf.moves)
	}
	if r.button("Publish") == nil || r.button("Take it out of the shadow") == nil {
		t.Fatal("one in the shadow cannot go on")
	}
	shelf.press(win, "P")
	shelf.commit()
	shelf.settle()
	if len(shelf.moves) != 2 || shelf.moves[1] != "4 to live: " {
		t.Fatal(shelf.moves)
	}
}

func TestTakingTheLiveRulesOutTakesAReason(t *testing.T) {
	shelf, r, _ := detectorWindow(t, people.Lead, words.EN, look.Light, nil)
	r.detector.stepVersion(2)
	r.tap(t, "Take it out of force")
	shelf.commit()
	shelf.settle()
	if len(shelf.moves) != 0 {
		t.Fatal("without a reason")
	}
	r.detector.fillIn(t, "Reason", "It flags travel diaries")
	shelf.commit()
	shelf.settle()
	if !slices.Equal(shelf.moves, []string{"2 to retired: It flags travel diaries"}) {
		t.Fatal(shelf.moves)
	}
}

func TestTheNextVersionBeginsFromTheOneLookedAt(t *testing.T) {
	shelf, r, win := detectorWindow(t, people.Lead, words.EN, look.Light, func(s *rulebooks) { s.books = s.books[2:] })
	shelf.press(win, "N")
	if !r.detector.writes() || len(r.detector.draft.rules) != 1 || r.detector.draft.rules[0].name != "link.minishop" {
		t.Fatalf("%+v", r.detector.draft)
	}
	shelf.commit()
	shelf.settle()
	if len(shelf.books) != 3 || shelf.books[0].State != moderation.RulebookDraft || r.detector.number != shelf.books[0].Number || r.detector.dirty() {
		t.Fatalf("%+v", shelf.books)
	}
}

func TestTheFirstRulesAreWrittenFromAnEmptyPage(t *testing.T) {
	shelf, r, win := detectorWindow(t, people.Lead, words.EN, look.Light, func(s *rulebooks) { s.books = nil })
	if !says(r.Content(), "The detector goes by the rules that come with the program.") {
		t.Fatal("nothing says what holds")
	}
	shelf.press(win, "N")
	if r.detector.at.kind != rulePlace || !r.detector.writes() {
		t.Fatal("no rule to write")
	}
	shelf.press(win, "Esc")
	r.tap(t, "Discard the draft")
	if r.detector.draft != nil || !says(r.Content(), "Write the first rules") {
		t.Fatal("what was never saved cannot be given up")
	}
}

func TestADraftThatAColleagueSavedIsNotWrittenOver(t *testing.T) {
	shelf, r, _ := detectorWindow(t, people.Lead, words.EN, look.Light, nil)
	r.detector.fillIn(t, "What changes with it", "Mine")
	shelf.books[0].Version, shelf.books[0].Note = 4, "Theirs"
	r.Refresh()
	shelf.settle()
	if !says(r.detector.right, "Somebody changed this while you were editing it.") || !r.button("Save the draft").Disabled() || r.detector.draft.note != "Mine" {
		t.Fatal("not said, or the text is lost")
	}
	r.tap(t, "Load the new text")
	if r.detector.draft.note != "Theirs" || r.detector.dirty() {
		t.Fatal(r.detector.draft)
	}
}

func TestALostAnswerOfASaveIsAskedForUnderTheSameRequest(t *testing.T) {
	shelf, r, _ := detectorWindow(t, people.Lead, words.EN, look.Light, nil)
	r.detector.fillIn(t, "What changes with it", "Mine")
	shelf.fail = fault.New(fault.TimedOut)
	shelf.commit()
	shelf.settle()
	shelf.commit()
	shelf.settle()
	if len(shelf.requests) != 2 || shelf.requests[0] != shelf.requests[1] || r.detector.dirty() {
		t.Fatal(shelf.requests)
	}
}

func TestAnAuditorReadsTheDetectorsRulesAndChangesNone(t *testing.T) {
	shelf, r, win := detectorWindow(t, people.Auditor, words.EN, look.Light, nil)
	for range 4 {
		for range 6 {
			each(r.Content(), func(o fyne.CanvasObject) {
				if _, ok := o.(*kit.Field); ok {
					t.Fatal("a field", r.detector.at)
				}
			})
			for _, text := range []string{"Publish", "To the shadow", "Save the draft", "Discard the draft", "Add a rule", "Next version", "Take it out of force"} {
				if r.button(text) != nil {
					t.Fatalf("offers %q", text)
				}
			}
			shelf.press(win, "J")
		}
		shelf.press(win, "N", "S", "P", "X")
		r.detector.stepVersion(1)
		shelf.settle()
	}
	if len(shelf.moves)+len(shelf.requests) != 0 || !says(r.Content(), "offer.livestream") {
		t.Fatal(shelf.moves, shelf.requests)
	}
}

func TestWithoutALinkTheDetectorsRulesAreKeptAndNotSaved(t *testing.T) {
	_, r, _ := detectorWindow(t, people.Lead, words.EN, look.Light, nil)
	r.SetLink(false, fault.New(fault.Offline, "host", "db"))
	if !r.button("Publish").Disabled() {
		t.Fatal("publishing is offered without a link")
	}
	r.detector.fillIn(t, "What changes with it", "Mine")
	if !r.button("Save the draft").Disabled() || !says(r.detector.right, "No connection: nothing can be saved now.") {
		t.Fatal("saving is offered without a link")
	}
	r.SetLink(true, nil)
	if r.button("Save the draft").Disabled() {
		t.Fatal("saving is not offered again")
	}
}

func TestVersionsThatCannotBeReadSayWhyAndTryAgain(t *testing.T) {
	shelf, r, _ := detectorWindow(t, people.Lead, words.EN, look.Light, func(s *rulebooks) { s.down = true })
	if !says(r.Content(), "db.example does not answer") || !says(r.Content(), "Try again") {
		t.Fatal("no sentence")
	}
	shelf.down = false
	r.tap(t, "Try again")
	shelf.settle()
	if !says(r.Content(), "offer.livestream") {
		t.Fatal("not mended")
	}
}

func TestUnsavedRulesOfTheDetectorOutliveALanguageAndAreAskedAbout(t *testing.T) {
	shelf, r, win := detectorWindow(t, people.Lead, words.EN, look.Light, nil)
	shelf.press(win, "N")
	r.detector.fillIn(t, "Name", "offer.group")
	r.detector.fillIn(t, "Words", "拼团价")
	shelf.settle()
	r.SetBook(words.For(words.ZH))
	if x := r.detector.draft.rules[5]; x.name != "offer.group" || !says(r.detector.left, "未保存") || r.detector.at != (detectorPlace{rulePlace, 5}) {
		t.Fatal("lost", x)
	}
	shelf.press(win, "1", "2")
	if r.detector.draft.rules[5].say != "拼团价" {
		t.Fatal("lost on the way to another part")
	}
	if r.Holds(false) != nil {
		t.Fatal("another screen need not ask")
	}
	held := r.Holds(true)
	if len(held) != 1 || held[0].Save == nil {
		t.Fatalf("%+v", held)
	}
	kept := false
	held[0].Save(func(ok bool) { kept = ok })
	shelf.settle()
	if !kept || len(shelf.books[0].Rules) != 6 || r.Holds(true) != nil {
		t.Fatal("it is not saved on leaving")
	}
}

func TestTheWindowAsksBeforeItTakesUnsavedRulesOfTheDetectorAlong(t *testing.T) {
	themed(t, look.Light)
	p := newPlatform(t)
	p.me = people.Person{Login: "lead1", Name: "lead1", Role: people.Lead, Active: true}
	book, shelf := rulesOf(p), bookshelf(p)
	var r *Rules
	var shell *Shell
	shell = NewShell(ShellConfig{Loop: p, Book: words.For(words.EN).In(shanghaiTime()), Link: LinkState{Up: true, Since: p.now}, Me: p.me, Now: func() time.Time { return p.now },
		Items: []RailItem{{ID: "rules", Icon: look.IconRules, New: func(b *words.Book) Screen {
			r = NewRules(RulesConfig{Loop: p, Book: b, Me: p.me, Policies: book, Routing: routing{book}, Notify: p, Go: p.Go,
				Rulebooks: shelf, Replayer: shelf, Check: disclosure.CheckRules, Jobs: job.NewRunner(1), Retitle: shell.Retitle})
			return r
		}}}})
	win := newBareWindow(t, shell.Content(), 1440, 900)
	shell.Bind(win)
	shell.Home()
	p.settle()
	p.press(win, "2")
	p.settle()
	r.Draft(phraseRule("offer.group", 1, "拼团价"))
	p.settle()
	p.press(win, "1")
	gone := false
	shell.Depart(func() { gone = true })
	p.settle()
	if gone || !says(shell.layer, "The detector’s rules were changed and not saved.") {
		t.Fatal("it goes without a word")
	}
	p.press(win, "S")
	p.settle()
	if !gone || len(shelf.books[0].Rules) != 6 {
		t.Fatal("it does not save and go", gone)
	}
}

func TestWhatOthersCountLeavesThePageThatIsReadAlone(t *testing.T) {
	shelf, r, win := detectorWindow(t, people.Lead, words.EN, look.Light, nil)
	shelf.press(win, "V")
	shelf.settle()
	shelf.press(win, "J")
	page := r.detector.body.Objects[0]
	shelf.books[1].Beside = &moderation.Beside{Posts: 1200}
	r.Refresh()
	shelf.settle()
	if r.detector.body.Objects[0] != page {
		t.Error("the post that is read was drawn anew")
	}
	r.detector.look(3)
	page = r.detector.body.Objects[0]
	shelf.books[1].Beside = &moderation.Beside{Posts: 1300}
	r.Refresh()
	shelf.settle()
	if r.detector.body.Objects[0] == page || !says(r.detector.right, "1,300 posts") {
		t.Error("new counts of the version that is read don't show")
	}
}

func TestADetectorsRuleIsRemoved(t *testing.T) {
	shelf, r, win := detectorWindow(t, people.Lead, words.EN, look.Light, nil)
	shelf.press(win, "J", "J", "X")
	shelf.settle()
	shelf.commit()
	shelf.settle()
	if got := shelf.books[0].Rules; len(got) != 4 || got[1].Name != "price.per_box" || r.detector.at != (detectorPlace{rulePlace, 1}) {
		t.Fatalf("%+v", got)
	}
}

func TestTheDetectorsRulesDrawInBothLanguages(t *testing.T) {
	dir := os.Getenv("CINNABAR_SHOTS")
	for name, drive := range map[string]func(r *Rules, s *rulebooks, win fyne.Window){
		"version": func(_ *Rules, s *rulebooks, win fyne.Window) { s.press(win, "R"); s.settle() },
		"live":    func(r *Rules, _ *rulebooks, _ fyne.Window) { r.detector.stepVersion(2) },
		"rule":    func(_ *Rules, s *rulebooks, win fyne.Window) { s.press(win, "V"); s.settle(); s.press(win, "H", "J") },
		"learned": func(r *Rules, _ *rulebooks, _ fyne.Window) {
			r.detector.models = []moderation.DetectorModel{{ID: strings.Repeat("a1", 32), Version: "learned-0a1b2c3d", Note: "4,812 decisions", AddedBy: "lead2", AddedAt: r.detector.draft.before.WrittenAt}}
			r.detector.draft.base = strings.Repeat("a1", 32)
			r.detector.drawRight()
		},
		"link":   func(_ *Rules, s *rulebooks, win fyne.Window) { s.press(win, "J", "J") },
		"hits":   func(_ *Rules, s *rulebooks, win fyne.Window) { s.press(win, "V"); s.settle(); s.press(win, "J") },
		"nohits": func(_ *Rules, s *rulebooks, win fyne.Window) { s.press(win, "H") },
		"worse": func(_ *Rules, s *rulebooks, win fyne.Window) {
			s.replays.Found = 30
			s.press(win, "R")
			s.settle()
			s.press(win, "P")
		},
		"bad": func(r *Rules, s *rulebooks, win fyne.Window) {
			s.press(win, "N")
			r.detector.draft.rules[5].say = "直播间"
			r.detector.draft.rules[5].name = "offer.x"
			r.detector.drawRight()
			r.detector.typed()
			s.settle()
		},
		"running": func(r *Rules, s *rulebooks, win fyne.Window) {
			s.held = true
			s.press(win, "V")
			time.Sleep(50 * time.Millisecond)
			s.drain()
			r.detector.drawProgress()
		},
	} {
		for _, l := range words.Languages() {
			if dir == "" && l == words.EN {
				continue // the other tests read it
			}
			mode := look.Light
			if l == words.ZH {
				mode = look.Dark
			}
			s, r, win := detectorWindow(t, people.Lead, l, mode, nil)
			drive(r, s, win)
			wellSaid(t, r.Content())
			shot(t, win, dir, "detector-"+name+"-"+string(l))
			if dir != "" {
				win.Resize(fyne.NewSize(1132-look.RailWidth, 620-look.TitleHeight))
				shot(t, win, dir, "detector-"+name+"-"+string(l)+"-small")
			}
			r.Hidden()
			r.Close()
			s.settle()
		}
	}
	_, r, win := detectorWindow(t, people.Lead, words.EN, look.Light, func(s *rulebooks) { s.books = nil })
	wellSaid(t, r.Content())
	shot(t, win, dir, "detector-empty")
}

func TestADraftIsPutOnALearnedModel(t *testing.T) {
	handedIn := moderation.DetectorModel{ID: strings.Repeat("a1", 32), Version: "learned-0a1b2c3d", Calibrated: true, Note: "4,812 decisions", AddedBy: "lead2"}
	shelf, r, _ := detectorWindow(t, people.Lead, words.EN, look.Light, func(shelf *rulebooks) {
		handedIn.AddedAt = shelf.now
		shelf.models = []moderation.DetectorModel{handedIn}
		shelf.books[2].Base = handedIn.ID
	})
	var choice *kit.Select
	each(r.detector.right, func(o fyne.CanvasObject) {
		if s, ok := o.(*kit.Select); ok {
			choice = s
		}
	})
	if choice == nil || choice.Chosen() != "" {
		t.Fatal("no choice of the model, or one that nobody made")
	}
	choice.Choose(handedIn.ID)
	shelf.settle()
	if !r.detector.dirty() || !says(r.detector.right, "learned-0a1b2c3d") {
		t.Error("the draft does not stand on the model")
	}
	r.detector.try(replayTrial)
	shelf.settle()
	if shelf.replayed.Base != handedIn.ID || len(shelf.replayed.Rules) != 5 {
		t.Errorf("replayed %+v", shelf.replayed)
	}
	shelf.commit()
	shelf.settle()
	if b := shelf.books[0]; b.Base != handedIn.ID || b.Version != 4 || r.detector.dirty() {
		t.Errorf("saved %+v", b)
	}
	// What is out says what it stood on, and cannot be put on another.
	r.detector.stepVersion(2)
	if !says(r.detector.right, "learned-0a1b2c3d") || !says(r.detector.right, "4,812 decisions · handed in by lead2") {
		t.Error("the live version does not say what it stands on")
	}
}
