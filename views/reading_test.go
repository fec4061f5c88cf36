package views

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"cinnabar/internal/fault"
	"cinnabar/internal/job"
	"cinnabar/internal/people"
	"cinnabar/moderation"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// The screens that only read: Today, Audit, Settings. Their questions run on
// goroutines; what comes back waits in a tray until the test looks.

// one takes the next thing that comes back and runs it.
func (l tray) one(t *testing.T) {
	t.Helper()
	select {
	case f := <-l.work:
		f()
	case <-time.After(10 * time.Second):
		t.Fatal("no answer came back")
	}
}

type figures func(context.Context) (moderation.Today, error)

func (f figures) Figures(ctx context.Context) (moderation.Today, error) { return f(ctx) }

func TestTodayKeepsWhatWasKnownWhenTheDatabaseGoesAway(t *testing.T) {
	themed(t, look.Light)
	loop := tray{make(chan func(), 10)}
	known := moderation.Today{Now: time.Now(), Mine: 214, Looked: 50, Stood: 48, Hours: make([]int, 24)}
	err := error(fault.New(fault.Offline, "host", "db.example.com"))
	today := NewToday(loop, words.For(words.EN), figures(func(context.Context) (moderation.Today, error) { return known, err }), nil, nil)

	today.Shown()
	loop.one(t)
	if what, _ := words.For(words.EN).Error(err); !says(today.Content(), what) {
		t.Errorf("a first answer that fails does not say %q", what)
	}
	err = nil
	today.Refresh()
	loop.one(t)
	const mine = "You decided 214 today, 96 % stood after second looks."
	if !says(today.Content(), mine) {
		t.Errorf("the page does not say %q", mine)
	}
	err = fault.New(fault.Offline, "host", "db.example.com")
	today.Refresh()
	loop.one(t)
	if !says(today.Content(), mine) {
		t.Error("what was known is gone with the link")
	}
}

func TestTodayCountsNoFurtherThanItCountedAndTellsOfAppeals(t *testing.T) {
	themed(t, look.Light)
	loop := tray{make(chan func(), 10)}
	known := moderation.Today{Now: time.Now(), Hours: make([]int, 24),
		Posts:  moderation.QueueCounts{Waiting: 5000, More: true, Tags: map[string]int{"appeal": 2}},
		Brands: moderation.QueueCounts{Waiting: 41, Stages: map[moderation.Stage]int{moderation.StageAppeal: 1}}} // not this person's
	today := NewToday(loop, words.For(words.EN), figures(func(context.Context) (moderation.Today, error) { return known, nil }), nil, nil)
	today.Shown()
	loop.one(t)
	for _, want := range []string{"5,000+", "41", "appeals: 2"} {
		if !says(today.Content(), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

// audits is what random audits and decisions say of the detector.
type audits moderation.Audit

func (a audits) Audit(context.Context, int) (moderation.Audit, error) {
	return moderation.Audit(a), nil
}

func TestTodayTellsALeadHowRightTheDetectorIs(t *testing.T) {
	dir := os.Getenv("CINNABAR_SHOTS")
	for _, c := range []struct {
		name  string
		audit audits
		want  []string
	}{
		{"figures", audits{Flagged: 60, FlaggedRight: 48, Random: 41, RandomPaid: 3}, []string{"68–88 %", "Of 60 flags that people decided on 48 stood.", "3–19 %", "Of 41 posts looked at by chance 3 were paid."}},
		{"none", audits{Flagged: 25, FlaggedRight: 25, Random: 200}, []string{"87–100 %", "0–2 %"}},
		{"one", audits{Flagged: 25, Random: 20, RandomPaid: 1}, []string{"0–13 %", "1–24 %", "1 was paid"}},
		{"few", audits{Flagged: 19, FlaggedRight: 19, Random: 5, RandomPaid: 1}, []string{"Cannot tell yet", "Flags that people decided on: 19. It takes 20.", "Posts looked at by chance: 5. It takes 20."}},
	} {
		for _, l := range words.Languages() {
			mode := look.Light
			if l == words.ZH {
				mode = look.Dark
			}
			themed(t, mode)
			loop := tray{make(chan func(), 10)}
			known := moderation.Today{Now: time.Date(2026, 11, 19, 14, 7, 0, 0, shanghaiTime()), Hour: 14, Mine: 214, Looked: 50, Stood: 48, Hours: []int{0, 0, 0, 0, 0, 0, 0, 0, 0, 12, 31, 40, 22, 18, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0}}
			today := NewToday(loop, words.For(l), figures(func(context.Context) (moderation.Today, error) { return known, nil }), c.audit, nil)
			win := newBareWindow(t, today.Content(), 1440-look.RailWidth, 900-look.TitleHeight)
			today.Shown()
			loop.one(t)
			loop.one(t)
			wellSaid(t, today.Content())
			for _, want := range c.want {
				if l == words.EN && !says(today.Content(), want) {
					t.Errorf("%s: the page does not say %q", c.name, want)
				}
			}
			if c.name == "figures" || c.name == "few" {
				shot(t, win, dir, "today-"+c.name+"-"+string(l))
			}
		}
	}
}

func TestAnAnswerToAnOlderQuestionIsDropped(t *testing.T) {
	loop := tray{make(chan func(), 10)}
	asked := latest[int]{loop: loop}
	let := make(chan struct{})
	var got []int
	answer := func(n int, _ error) { got = append(got, n) }
	asked.ask(func(ctx context.Context) (int, error) {
		<-ctx.Done() // the second question cancels the first
		<-let
		return 1, ctx.Err()
	}, answer)
	asked.ask(func(context.Context) (int, error) { return 2, nil }, answer)
	loop.one(t)
	close(let)
	loop.one(t)
	if len(got) != 1 || got[0] != 2 {
		t.Errorf("answers shown: %v, want the newest alone", got)
	}
}

// record is an audit record of n rows, read a page at a time.
type record struct {
	n        int
	problems []moderation.Problem
	asked    []moderation.AuditQuery
}

func (r *record) Page(_ context.Context, q moderation.AuditQuery) (moderation.AuditPage, error) {
	r.asked = append(r.asked, q)
	from := 0
	if q.After != "" {
		fmt.Sscan(q.After, &from)
	}
	var page moderation.AuditPage
	for i := from; i < min(r.n, from+q.Limit); i++ {
		page.Rows = append(page.Rows, moderation.AuditRow{Chain: 3, Seq: int64(r.n - i), Actor: "moderator1", Action: "case.decide",
			Kind: "case", Target: "id", Detail: fmt.Sprintf(`{"ref": "A-%04d"}`, i), Hash: "00"})
	}
	if from+q.Limit < r.n {
		page.Next = fmt.Sprint(from + q.Limit)
	}
	return page, nil
}

func (r *record) Verify(_ context.Context, report func(done, total int64)) (moderation.Verified, error) {
	report(int64(r.n), int64(r.n))
	return moderation.Verified{Rows: int64(r.n), Problems: r.problems}, nil
}

func auditScreen(t *testing.T, r *record, role people.Role) (*Audit, tray) {
	t.Helper()
	themed(t, look.Light)
	loop := tray{make(chan func(), 10)}
	jobs := job.NewRunner(1)
	t.Cleanup(jobs.Close)
	a := NewAudit(AuditConfig{Loop: loop, Book: words.For(words.EN), Me: people.Person{Login: "me", Role: role, Active: true}, Record: r, Jobs: jobs})
	newBareWindow(t, a.Content(), 1200, 700)
	a.Shown()
	loop.one(t)
	return a, loop
}

func TestTheRecordIsReadPageByPage(t *testing.T) {
	r := &record{n: 250}
	a, loop := auditScreen(t, r, people.Auditor)
	a.rows.Rows.Step(1)
	for a.rows.Rows.Len() < r.n {
		a.rows.Rows.Step(a.rows.Rows.Len())
		loop.one(t)
	}
	if len(r.asked) != 3 || r.asked[2].After != "200" {
		t.Errorf("asked %+v", r.asked)
	}
	row, ok := a.rows.Rows.Selected()
	if !ok {
		t.Fatal("no row is selected")
	}
	if !says(a.detail, "case "+named(row)) {
		t.Errorf("the row beside the list does not say %q", named(row))
	}
}

func TestRecomputingSaysWhatCameOfIt(t *testing.T) {
	r := &record{n: 7}
	a, loop := auditScreen(t, r, people.Auditor)
	a.verify.Press()
	loop.one(t)
	if got, want := a.result.Text(), "Everything holds: 7 rows recomputed, no fault found."; got != want {
		t.Errorf("said %q, want %q", got, want)
	}
	r.problems = []moderation.Problem{{Check: "chain", Where: "chain 12 row 4031"}}
	a.verify.Press()
	loop.one(t)
	if got, want := a.result.Text(), "Faults found: 1. The first: A row of the record does not give its hash, chain 12 row 4031."; got != want {
		t.Errorf("said %q, want %q", got, want)
	}
}

func TestOnlyAnAuditorRecomputes(t *testing.T) {
	a, _ := auditScreen(t, &record{n: 1}, people.Moderator)
	if !a.verify.Disabled() {
		t.Error("a moderator, who reads only their own rows, may recompute the record")
	}
}

func TestTheRecordIsAskedForWhatOneMaySeeOfIt(t *testing.T) {
	for role, actor := range map[people.Role]string{people.Moderator: "me", people.Worker: "me", people.Lead: "", people.Auditor: "", people.Administrator: ""} {
		r := &record{n: 1}
		auditScreen(t, r, role)
		if len(r.asked) != 1 || r.asked[0].Actor != actor {
			t.Errorf("a %s asks %+v", role, r.asked)
		}
	}
}

type colleagues []people.Person

func (c colleagues) List(context.Context) ([]people.Person, error) { return c, nil }

func TestInTheTrialOneBecomesSomebodyElseByAClick(t *testing.T) {
	themed(t, look.Light)
	loop := tray{make(chan func(), 10)}
	var changed []Preferences
	s := NewSettings(SettingsConfig{
		Loop: loop, Book: words.For(words.EN), Now: Preferences{Language: words.EN, Theme: look.Light, Person: "moderator1"},
		Place:  Place{Trial: true, Login: "moderator1"},
		People: colleagues{{Login: "moderator1", Role: people.Moderator}, {Login: "lead1", Role: people.Lead}, {Login: "worker1", Role: people.Worker}},
		Change: func(p Preferences) { changed = append(changed, p) },
	})
	newBareWindow(t, s.Content(), 1200, 700)
	s.Shown()
	loop.one(t)
	var can []*kit.Press
	for _, o := range s.people.Objects[0].(*fyne.Container).Objects {
		if p, ok := o.(*kit.Press); ok {
			can = append(can, p)
		}
	}
	if len(can) != 1 {
		t.Fatalf("%d people can be chosen, want the lead alone: not oneself, not a login for processes", len(can))
	}
	can[0].Tapped(nil)
	if len(changed) != 1 || changed[0].Person != "lead1" || changed[0].Language != words.EN {
		t.Errorf("changed to %+v", changed)
	}
}

func TestAToastSetsNamesAndSentencesApart(t *testing.T) {
	for _, c := range []struct {
		language         words.Language
		what, next, want string
	}{
		{words.EN, "Needs the label: Spring", "It is kept.", "Needs the label: Spring · It is kept."},
		{words.EN, "The database is away.", "It is kept.", "The database is away. It is kept."},
		{words.ZH, "数据库没有应答。", "已保留。", "数据库没有应答。已保留。"},
		{words.ZH, "需补标注：春日", "已保留。", "需补标注：春日 · 已保留。"},
		{words.EN, "Approved: Spring", "", "Approved: Spring"},
	} {
		if got := joined(words.For(c.language), c.what, c.next); got != c.want {
			t.Errorf("joined %q and %q to %q, want %q", c.what, c.next, got, c.want)
		}
	}
}
