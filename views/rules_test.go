package views

import (
	"context"
	"os"
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
	"cinnabar/views/words"
)

// ruleBook keeps rules as the database does: a change names what it saw.
type ruleBook struct {
	*platform
	policies []moderation.Policy
	queues   []moderation.NamedQueue
	routes   []moderation.Route
	requests []string
	fail     error
}

func (r *ruleBook) All(context.Context) ([]moderation.Policy, error) {
	if r.down {
		return nil, r.offline()
	}
	return slices.Clone(r.policies), nil
}

func (r *ruleBook) at(code string) int {
	return slices.IndexFunc(r.policies, func(p moderation.Policy) bool { return p.Code == code })
}

func (r *ruleBook) Put(_ context.Context, request string, before *moderation.Policy, after moderation.Policy) error {
	r.requests = append(r.requests, request)
	if err := r.fail; err != nil {
		r.fail = nil
		return err
	}
	i := r.at(after.Code)
	switch {
	case i < 0 && before == nil:
		r.policies = append(r.policies, after)
	case i < 0 || before == nil || before.Title["en"] != r.policies[i].Title["en"] || before.Active != r.policies[i].Active:
		return fault.New(fault.RuleChanged, "what", "policy", "id", after.Code)
	default:
		r.policies[i] = after
	}
	return nil
}

type routing struct{ *ruleBook }

func (r routing) Queues(context.Context) ([]moderation.NamedQueue, error) {
	return slices.Clone(r.queues), nil
}

func (r routing) PutQueue(_ context.Context, _ string, q moderation.NamedQueue) error {
	i := slices.IndexFunc(r.queues, func(o moderation.NamedQueue) bool { return o.Code == q.Code })
	if i < 0 {
		r.ruleBook.queues = append(r.ruleBook.queues, q)
	} else {
		r.ruleBook.queues[i] = q
	}
	return nil
}

func (r routing) Routes(context.Context) ([]moderation.Route, error) {
	return slices.Clone(r.routes), nil
}

func (r routing) Settings(context.Context) ([]moderation.Setting, error) {
	return []moderation.Setting{{Name: "contract_sum", Value: "5000000"}, {Name: "lease", Value: "15 minutes"}, {Name: "service_fee", Value: "1000"}}, nil
}

func (r routing) PutRoutes(_ context.Context, _ string, before, after []moderation.Route) error {
	if len(before) != len(r.routes) {
		return fault.New(fault.RuleChanged, "what", "route", "id", "all")
	}
	r.ruleBook.routes = slices.Clone(after)
	return nil
}

func rulesOf(p *platform) *ruleBook {
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	book := &ruleBook{platform: p, policies: policies()}
	for i := range book.policies {
		book.policies[i].Since, book.policies[i].Active = day, i != 3
	}
	title := func(en, zh string) map[string]string { return map[string]string{"en": en, "zh": zh} }
	book.queues = []moderation.NamedQueue{
		{Code: "brand", Kind: moderation.KindBrand, Title: title("Brand applications", "品牌申请"), SLA: 72 * time.Hour, Active: true},
		{Code: "brand.appeal", Kind: moderation.KindBrand, Title: title("Appeals of brands", "品牌申诉"), SLA: 7 * 24 * time.Hour, Active: true},
		{Code: "post", Kind: moderation.KindPost, Title: title("Suspected ads", "疑似广告"), SLA: 24 * time.Hour, Active: true},
		{Code: "post.sample", Kind: moderation.KindPost, Title: title("Random sample", "随机抽检"), SLA: 7 * 24 * time.Hour, Active: true},
		{Code: "post.night", Kind: moderation.KindPost, Title: title("Night shift", "夜班"), SLA: 90 * time.Minute},
	}
	high := .8
	book.routes = []moderation.Route{
		{Kind: moderation.KindBrand, Queue: "brand.appeal", Tags: []string{"appeal"}},
		{Kind: moderation.KindPost, Queue: "post.sample", Tags: []string{"random"}},
		{Kind: moderation.KindPost, Queue: "post", Regions: []string{"CN", "HK"}, Languages: []string{"zh"}, ScoreFrom: &high},
	}
	return book
}

func rulesWindow(t *testing.T, role people.Role, l words.Language, mode look.Mode) (*ruleBook, *Rules, fyne.Window) {
	t.Helper()
	themed(t, mode)
	p := newPlatform(t)
	p.me = people.Person{Login: "lead1", Name: "lead1", Role: role, Active: true}
	book := rulesOf(p)
	r := NewRules(RulesConfig{Loop: p, Book: words.For(l).In(shanghaiTime()), Me: p.me, Policies: book, Routing: routing{book}, Notify: p, Go: p.Go})
	return book, r, p.window(r, 1440-look.RailWidth, 900-look.TitleHeight)
}

// field finds the field under a label in the editor.
func (r *Rules) field(t *testing.T, name string) *kit.Field {
	t.Helper()
	var found *kit.Field
	each(r.side, func(o fyne.CanvasObject) {
		if f, ok := o.(*kit.Field); ok && says(f, name) && found == nil {
			found = f
		}
	})
	if found == nil {
		t.Fatalf("no field %q", name)
	}
	return found
}

func (r *Rules) enter(t *testing.T, name, text string) {
	t.Helper()
	r.field(t, name).Input().(interface{ SetText(string) }).SetText(text)
}

func (r *Rules) tap(t *testing.T, text string) {
	t.Helper()
	tapped := false
	each(r.Content(), func(o fyne.CanvasObject) {
		if b, ok := o.(*kit.Button); ok && b.Text() == text && !tapped {
			tapped = true
			b.Press()
		}
	})
	if !tapped {
		t.Fatalf("no button %q", text)
	}
}

func TestTheRulesShowPoliciesQueuesAndRoutesInWords(t *testing.T) {
	_, r, _ := rulesWindow(t, people.Lead, words.EN, look.Light)
	for _, want := range []string{"The chain of authorisations breaks", "retired", "since 2026-01-01", "within 3 d", "within 7 d", "within 90 min", "closed",
		"Brands · for appeal", "→ Appeals of brands", "Posts · from China, Hong Kong · in zh · scored 0.8 or more", "Every other post", "→ Suspected ads"} {
		if !says(r.list, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	if _, sub := r.Title(); sub != "4 policies in force · 5 queues · 3 routes" {
		t.Errorf("%q", sub)
	}
}

func TestTheRulesShowWhatPlanningIsReckonedWith(t *testing.T) {
	_, r, _ := rulesWindow(t, people.Lead, words.EN, look.Light)
	for _, want := range []string{"Service fee of the platform", "10 %", "Contracts that need a second person", "¥50,000"} {
		if !says(r.list, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	if says(r.list, "15 minutes") {
		t.Error("settings of moderation stand among those of planning")
	}
	r.choose(ruleRef{figureRule, "contract_sum"})
	if !says(r.side, "Only an administrator changes it") || !says(r.side, "contract_sum") || r.editor != nil {
		t.Error("nothing says where the figure comes from, or it can be edited here")
	}
}

func TestALeadRewordsAPolicyAndTheRestOfItStays(t *testing.T) {
	book, r, win := rulesWindow(t, people.Lead, words.EN, look.Light)
	book.press(win, "J") // 1.6
	if r.chosen.id != "1.6" {
		t.Fatal(r.chosen)
	}
	if !r.editor.save.Disabled() {
		t.Fatal("there is nothing to save yet")
	}
	r.enter(t, "Title, English", "The chain breaks")
	if r.editor.save.Disabled() || !says(r.list, "not saved") {
		t.Fatal("nothing says that it waits to be saved")
	}
	book.press(win, "J", "K") // looking elsewhere keeps it
	if r.field(t, "Title, English").Text() != "The chain breaks" {
		t.Fatal("what was typed is lost")
	}
	book.commit()
	book.settle()
	p := book.policies[book.at("1.6")]
	if p.Title["en"] != "The chain breaks" || p.Title["zh"] != "商标授权链条不完整" || !p.NeedsReason || len(p.Verdicts) != 2 || !p.Since.Equal(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)) {
		t.Fatalf("%+v", p)
	}
	if says(r.list, "not saved") || !says(r.list, "The chain breaks") || !strings.Contains(strings.Join(book.said, " "), "Saved: 1.6 The chain breaks") {
		t.Fatal("the page does not say that it is saved", book.said)
	}
}

func TestAPolicyIsRetiredAndComesBack(t *testing.T) {
	book, r, win := rulesWindow(t, people.Lead, words.EN, look.Light)
	book.press(win, "J")
	r.tap(t, "Retire it")
	book.settle()
	if book.policies[book.at("1.6")].Active {
		t.Fatal("still in force")
	}
	r.tap(t, "Put it in force again")
	book.settle()
	if !book.policies[book.at("1.6")].Active {
		t.Fatal("not in force again")
	}
}

func TestAnIncompletePolicyIsNotSentAndSaysWhatIsMissing(t *testing.T) {
	book, r, _ := rulesWindow(t, people.Lead, words.EN, look.Light)
	r.tap(t, "Add")
	r.enter(t, "Code", "2.9")
	r.editor.save.Press()
	book.settle()
	if len(book.requests) != 0 || !says(r.side, "Title, English is missing.") {
		t.Fatal("sent, or not said", book.requests)
	}
	for name, text := range map[string]string{"Title, English": "New", "Title, Chinese": "新", "Message, English": "m", "Message, Chinese": "说", "Source": "us", "In force since": "1 May"} {
		r.enter(t, name, text)
	}
	r.editor.save.Press()
	if !says(r.side, "Ground for is missing.") {
		t.Fatal("a policy for no verdict")
	}
	each(r.side, func(o fyne.CanvasObject) {
		if c, ok := o.(*kit.Chips); ok && c.Chosen() == "" {
			c.Choose("refuse")
		}
	})
	r.editor.save.Press()
	if !says(r.side, "In force since cannot be “1 May”.") {
		t.Fatal("a day that is none")
	}
	r.enter(t, "In force since", "2026-05-01")
	r.editor.save.Press()
	book.settle()
	i := book.at("2.9")
	if i < 0 || !slices.Equal(book.policies[i].Verdicts, []moderation.Verdict{moderation.Refuse}) || book.policies[i].Kind != moderation.KindBrand || dayOf(book.policies[i].Since) != "2026-05-01" {
		t.Fatalf("%+v", book.policies)
	}
	if r.chosen.id != "2.9" || r.policies[""] != nil {
		t.Fatal("the new policy is not the one on screen")
	}
}

func TestWhatSomebodyElseChangedIsSaidAndNotWrittenOver(t *testing.T) {
	book, r, win := rulesWindow(t, people.Lead, words.EN, look.Light)
	book.press(win, "J")
	r.enter(t, "Title, English", "Mine")
	i := book.at("1.6")
	theirs := book.policies[i]
	theirs.Title = map[string]string{"en": "Theirs", "zh": "他们的"}
	book.policies[i] = theirs
	r.editor.save.Press()
	book.settle()
	if book.policies[i].Title["en"] != "Theirs" {
		t.Fatal("written over")
	}
	if !says(r.side, "Somebody changed this while you were editing it.") || r.field(t, "Title, English").Text() != "Mine" {
		t.Fatal("not said, or the text is lost")
	}
	r.tap(t, "Load the new text")
	if r.field(t, "Title, English").Text() != "Theirs" || says(r.side, "Somebody changed") {
		t.Fatal("the new text does not come")
	}
	r.enter(t, "Title, English", "Ours")
	book.commit()
	book.settle()
	if book.policies[i].Title["en"] != "Ours" {
		t.Fatal("cannot be saved after that")
	}
}

func TestAChangeByAColleagueShowsBeforeOneSaves(t *testing.T) {
	book, r, win := rulesWindow(t, people.Lead, words.EN, look.Light)
	book.press(win, "J")
	r.enter(t, "Title, English", "Mine")
	theirs := book.policies[book.at("1.6")]
	theirs.Source = "another"
	book.policies[book.at("1.6")] = theirs
	r.Refresh()
	book.settle()
	if !says(r.side, "Somebody changed this while you were editing it.") || r.field(t, "Title, English").Text() != "Mine" {
		t.Fatal("a refresh took the text or kept silent")
	}
}

func TestALostAnswerIsAskedForUnderTheSameRequest(t *testing.T) {
	book, r, win := rulesWindow(t, people.Lead, words.EN, look.Light)
	book.press(win, "J")
	r.enter(t, "Title, English", "Mine")
	book.fail = fault.New(fault.TimedOut)
	r.editor.save.Press()
	book.settle()
	if !says(r.side, "took too long") {
		t.Fatal("not said")
	}
	r.editor.save.Press()
	book.settle()
	if len(book.requests) != 2 || book.requests[0] != book.requests[1] {
		t.Fatal(book.requests)
	}
	// Double keys while the first is under way send nothing twice.
	r.enter(t, "Title, English", "Mine again")
	r.editor.save.Press()
	r.editor.save.Press()
	book.commit()
	book.settle()
	if len(book.requests) != 3 {
		t.Fatal(book.requests)
	}
}

func TestALeadSetsTheTimeAllowedInAQueue(t *testing.T) {
	book, r, _ := rulesWindow(t, people.Lead, words.EN, look.Light)
	r.choose(ruleRef{queueRule, "post"})
	each(r.side, func(o fyne.CanvasObject) {
		if f, ok := o.(*kit.Field); ok && f.Text() == "1" {
			f.Input().(interface{ SetText(string) }).SetText("36")
		}
	})
	each(r.side, func(o fyne.CanvasObject) {
		if c, ok := o.(*kit.Chips); ok && c.Chosen() == "days" {
			c.Choose("hours")
		}
	})
	r.tap(t, "Save")
	book.settle()
	if q := book.queues[2]; q.SLA != 36*time.Hour || !q.Active || q.Title["zh"] != "疑似广告" {
		t.Fatalf("%+v", q)
	}
	if !says(r.list, "within 36 h") {
		t.Fatal("not on the page")
	}
}

func TestRoutesAreMovedEditedAndSavedAsAWhole(t *testing.T) {
	book, r, _ := rulesWindow(t, people.Lead, words.EN, look.Light)
	r.choose(routeRef(2))
	r.tap(t, "Up")
	if r.chosen != routeRef(1) || !says(r.list, "not saved") {
		t.Fatal(r.chosen)
	}
	r.enter(t, "Only from regions", "CN，hk JP")
	r.enter(t, "Only from this score on", "high")
	r.tap(t, "Save the routes")
	book.settle()
	if len(book.routes[1].Regions) != 0 || !says(r.side, "Only from this score on cannot be “high”.") {
		t.Fatal("a score that is none went out")
	}
	r.enter(t, "Only from this score on", "")
	r.tap(t, "Save the routes")
	book.settle()
	x := book.routes[1]
	if !slices.Equal(x.Regions, []string{"CN", "hk", "JP"}) || x.ScoreFrom != nil || x.Queue != "post" || len(book.routes) != 3 || book.routes[2].Queue != "post.sample" {
		t.Fatalf("%+v", book.routes)
	}
	r.tap(t, "Delete")
	r.tap(t, "Discard my changes")
	if len(r.standing()) != 3 {
		t.Fatal("discarding does not bring it back")
	}
	r.tap(t, "Delete")
	book.routes = append(book.routes, moderation.Route{Kind: moderation.KindPost, Queue: "post"}) // a colleague's
	r.tap(t, "Save the routes")
	book.settle()
	if len(book.routes) != 4 || !says(r.side, "Somebody changed this while you were editing it.") {
		t.Fatal("written over, or not said")
	}
}

func TestAnAuditorReadsTheRulesAndChangesNone(t *testing.T) {
	book, r, win := rulesWindow(t, people.Auditor, words.EN, look.Light)
	for range 12 {
		each(r.Content(), func(o fyne.CanvasObject) {
			switch o.(type) {
			case *kit.Field, *kit.Button:
				t.Fatalf("%s offers to change something", r.chosen)
			}
		})
		book.press(win, "J")
	}
	if !says(r.side, "Route") {
		t.Fatal("routes are not shown", r.chosen)
	}
	r.choose(ruleRef{policyRule, "1.3"})
	if !says(r.side, "What you entered for {brand} differs") || !says(r.side, "主体信息与登记信息不一致") {
		t.Fatal("a policy is not shown whole")
	}
}

func TestWithoutALinkRulesAreReadAndNotSaved(t *testing.T) {
	book, r, win := rulesWindow(t, people.Lead, words.EN, look.Light)
	book.press(win, "J")
	r.SetLink(false, fault.New(fault.Offline, "host", "db"))
	r.enter(t, "Title, English", "Mine")
	if !r.editor.save.Disabled() || !says(r.side, "No connection: nothing can be saved now.") {
		t.Fatal("saving is offered without a link")
	}
	r.SetLink(true, nil)
	if r.editor.save.Disabled() {
		t.Fatal("saving is not offered again")
	}
}

func TestRulesThatCannotBeReadSayWhyAndTryAgain(t *testing.T) {
	themed(t, look.Light)
	p := newPlatform(t)
	p.down = true
	book := rulesOf(p)
	r := NewRules(RulesConfig{Loop: p, Book: words.For(words.EN), Me: p.me, Policies: book, Routing: routing{book}, Notify: p, Go: p.Go})
	p.window(r, 1200, 800)
	if !says(r.Content(), "db.example does not answer") {
		t.Fatal("no sentence")
	}
	p.down = false
	r.tap(t, "Try again")
	p.settle()
	if !says(r.Content(), "Policies") {
		t.Fatal("not mended")
	}
}

func TestAnotherLanguageKeepsWhatWasTypedOfARule(t *testing.T) {
	book, r, win := rulesWindow(t, people.Lead, words.EN, look.Light)
	book.press(win, "J")
	r.enter(t, "Title, Chinese", "链条断了")
	r.SetBook(words.For(words.ZH))
	if r.field(t, "标题（中文）").Text() != "链条断了" || !says(r.list, "未保存") {
		t.Fatal("lost")
	}
}

func TestALineOfTheRulesIsChosenByAClick(t *testing.T) {
	book, r, _ := rulesWindow(t, people.Lead, words.EN, look.Light)
	test.Tap(r.rows[ruleRef{queueRule, "brand"}].press)
	book.settle()
	if r.chosen.id != "brand" || !r.rows[r.chosen].press.Chosen() {
		t.Fatal(r.chosen)
	}
}

func TestRulesDrawInBothLanguages(t *testing.T) {
	dir := os.Getenv("CINNABAR_SHOTS")
	for name, drive := range map[string]func(r *Rules, book *ruleBook){
		"policy": func(*Rules, *ruleBook) {},
		"changed": func(r *Rules, book *ruleBook) {
			r.choose(ruleRef{policyRule, "2.1"})
			r.policies["2.1"].now.Source = "Mine"
			book.policies[book.at("2.1")].Source = "Theirs"
			r.touched()
			r.Refresh()
			book.settle()
		},
		"queue": func(r *Rules, _ *ruleBook) { r.choose(ruleRef{queueRule, "post"}) },
		"route": func(r *Rules, _ *ruleBook) { r.choose(routeRef(2)) },
	} {
		for _, l := range words.Languages() {
			mode := look.Light
			if l == words.ZH {
				mode = look.Dark
			}
			book, r, win := rulesWindow(t, people.Lead, l, mode)
			drive(r, book)
			wellSaid(t, r.Content())
			shot(t, win, dir, "rules-"+name+"-"+string(l))
			win.Resize(fyne.NewSize(1132-look.RailWidth, 560-look.TitleHeight))
			shot(t, win, dir, "rules-"+name+"-"+string(l)+"-small")
			r.Hidden()
		}
	}
}
