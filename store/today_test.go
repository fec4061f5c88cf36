package store_test

import (
	"slices"
	"testing"
	"time"

	"cinnabar/moderation"
	"cinnabar/store"
)

func figures(t testing.TB, db *store.DB) moderation.Today {
	t.Helper()
	f, err := db.Today().Figures(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestTodayCountsWhatAPersonDidAndWhatWaits(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.undoWindow("0 seconds")
	agreed, disputed, alone := d.brand("a1", "One", "one", "worker1"), d.brand("a2", "Two", "two", "worker1"), d.brand("a3", "Three", "three", "worker1")
	d.post("p1", 0.9)
	first, second := d.sit("moderator1"), d.sit("moderator2")
	first.decide(agreed, moderation.Approve)
	second.decide(agreed, moderation.Approve)
	first.decide(disputed, moderation.Approve)
	second.decide(disputed, moderation.Refuse)
	first.decide(alone, moderation.Approve)
	d.exec(`UPDATE studio.setting SET value = 'Pacific/Kiritimati' WHERE name = 'time_zone'`) // the platform's day, not the server's

	f := figures(t, first.db)
	if f.Mine != 3 || f.Looked != 2 || f.Stood != 1 {
		t.Errorf("mine %d, looked %d, stood %d, want 3, 2, 1", f.Mine, f.Looked, f.Stood)
	}
	zone, err := time.LoadLocation("Pacific/Kiritimati")
	if err != nil {
		t.Fatal(err)
	}
	if f.Hour != f.Now.In(zone).Hour() || len(f.Hours) != 24 {
		t.Errorf("the hour is %d of %d at %v", f.Hour, len(f.Hours), f.Now.In(zone))
	}
	if sum := f.Hours[f.Hour] + f.Hours[(f.Hour+23)%24]; sum != 5 {
		t.Errorf("the hours count %v", f.Hours)
	}
	if f.Posts.Waiting != 1 || len(f.Oldest) == 0 || !slices.ContainsFunc(f.Oldest, func(c moderation.Case) bool { return c.Target == "p1" }) {
		t.Errorf("posts %+v, oldest %v", f.Posts, f.Oldest)
	}
	if len(f.Recent) == 0 || f.Recent[0].By == "" || f.Recent[0].Case.Ref == "" {
		t.Errorf("recent %+v", f.Recent)
	}
	// The first opinion on what waits for the second is not told to others.
	for _, r := range figures(t, second.db).Recent {
		if r.Case.Target == "a3" {
			t.Error("a blind second look is shown the first")
		}
	}
}

func TestTodayCountsPapersThatRunOut(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.undoWindow("0 seconds")
	day := func(days int) moderation.Date {
		return moderation.Date(time.Now().AddDate(0, 0, days).Format(time.DateOnly))
	}
	soon := someApplication("soon")
	soon.Entity.Expires = day(10)     // the licence's own paper says otherwise
	soon.Documents[2].Until = day(20) // counts
	soon.Letters[0].Until = day(5)    // a letter is no paper of its own
	later := someApplication("later")
	later.BrandName = "Later"
	later.Documents[2].Until = day(90)
	waits := someApplication("waits")
	waits.Documents[2].Until = day(3)
	importApplications(t, d.Open(t, "worker1"), soon, later, waits)
	for _, login := range []string{"moderator1", "moderator2"} {
		p := d.sit(login)
		for _, id := range []string{"soon", "later"} {
			p.decide(d.one(`SELECT id FROM studio.cases WHERE target = $1`, id), moderation.Approve)
		}
	}
	if n := figures(t, d.Open(t, "lead1")).Expiring; n != 1 {
		t.Errorf("%d papers run out, want 1", n)
	}
}

func TestEveryRoleGetsTheFiguresItMaySee(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.post("p1", 0.9)
	for _, login := range []string{"moderator1", "lead1", "marketer1", "auditor1", "admin1", "worker1"} {
		f := figures(t, d.Open(t, login))
		if sees := f.Posts.Waiting == 1; sees != (login != "marketer1") || len(f.Hours) != 24 || f.Now.IsZero() {
			t.Errorf("%s sees %+v", login, f)
		}
	}
}
