package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
)

func pageOf(t *testing.T, p *person, ask moderation.QueueQuery) moderation.QueuePage {
	t.Helper()
	page, err := p.db.Cases().Page(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func targets(page moderation.QueuePage) []string {
	var all []string
	for _, c := range page.Cases {
		all = append(all, c.Target)
	}
	return all
}

func TestTheLikelierPostComesFirstAndTheOlderOfTwoAlike(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for _, p := range []struct {
		id    string
		score float64
	}{{"unlikely", 0.2}, {"likely", 0.97}, {"older", 0.6}, {"newer", 0.6}} {
		d.post(p.id, p.score)
	}
	page := pageOf(t, d.sit("moderator1"), moderation.QueueQuery{Kind: moderation.KindPost})
	if diff := cmp.Diff([]string{"likely", "older", "newer", "unlikely"}, targets(page)); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	if c := page.Cases[0]; c.Score != 0.97 || c.Tag != "code" || c.Weight != 1200 || c.Ref == "" || c.Due.Sub(c.Created) != 24*time.Hour {
		t.Errorf("the first case is %+v", c)
	}
}

func TestPagesLeaveNoCaseOutAndShowNoneTwice(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	const cases = 23
	for n := range cases {
		d.post(fmt.Sprint("p", n), float64(n%4)/4)
	}
	p := d.sit("moderator1")
	whole := targets(pageOf(t, p, moderation.QueueQuery{Kind: moderation.KindPost, Limit: 200}))
	if len(whole) != cases {
		t.Fatalf("one page holds %d cases", len(whole))
	}
	for _, limit := range []int{1, 7, 22, 23} {
		var seen []string
		for ask := (moderation.QueueQuery{Kind: moderation.KindPost, Limit: limit}); ; {
			page := pageOf(t, p, ask)
			seen = append(seen, targets(page)...)
			if ask.After = page.Next; page.Next == "" {
				break
			}
		}
		if !slices.Equal(seen, whole) {
			t.Errorf("pages of %d hold %v", limit, seen)
		}
	}
	_, err := p.db.Cases().Page(t.Context(), moderation.QueueQuery{Kind: moderation.KindPost, After: "!"})
	refused(t, err, fault.BadUsage)
}

func TestAPageAndItsCountsAgree(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.undoWindow("0 seconds")
	ids := map[string]string{}
	for _, name := range []string{"new", "second", "escalated", "information", "rejected", "soon", "mine"} {
		ids[name] = d.brand(name, "Brand "+name, map[bool]string{true: "moderator2", false: name}[name == "mine"], "worker1")
	}
	first, other, lead := d.sit("moderator1"), d.sit("moderator2"), d.sit("lead1")
	first.decide(ids["second"], moderation.Approve)
	first.decide(ids["escalated"], moderation.Escalate)
	first.decide(ids["information"], moderation.AskMore)
	first.decide(ids["rejected"], moderation.Refuse)
	d.exec(`UPDATE studio.cases SET due = now() + interval '10 minutes' WHERE target = 'soon'`)

	for _, c := range []struct {
		who     *person
		waiting []string
		stages  map[moderation.Stage]int
		tags    map[string]int
	}{
		{first, []string{"mine", "new", "soon"}, map[moderation.Stage]int{"first": 3, "escalated": 1, "information": 1}, map[string]int{"new": 3}},
		{other, []string{"new", "second", "soon"}, map[moderation.Stage]int{"first": 2, "second": 1, "escalated": 1, "information": 1}, map[string]int{"new": 2, "second": 1}},
		{lead, []string{"escalated", "mine", "new", "second", "soon"}, map[moderation.Stage]int{"first": 3, "second": 1, "escalated": 1, "information": 1},
			map[string]int{"new": 3, "second": 1, "escalated": 1}},
	} {
		got := targets(pageOf(t, c.who, moderation.QueueQuery{Kind: moderation.KindBrand}))
		slices.Sort(got)
		if diff := cmp.Diff(c.waiting, got); diff != "" {
			t.Errorf("%s's page (-want +got):\n%s", c.who.login, diff)
		}
		counts, err := c.who.db.Cases().Counts(t.Context(), moderation.KindBrand)
		if err != nil {
			t.Fatal(err)
		}
		want := moderation.QueueCounts{Waiting: len(c.waiting), DueSoon: 1, Stages: c.stages, Tags: c.tags, Named: map[string]int{"brand": len(c.waiting)}}
		if diff := cmp.Diff(want, counts); diff != "" {
			t.Errorf("%s's counts (-want +got):\n%s", c.who.login, diff)
		}
		for stage, n := range c.stages {
			if got := pageOf(t, c.who, moderation.QueueQuery{Kind: moderation.KindBrand, Stage: stage}); len(got.Cases) != n {
				t.Errorf("%s's page of %s holds %v", c.who.login, stage, targets(got))
			}
		}
	}
	for _, c := range []struct {
		ask  moderation.QueueQuery
		want []string
	}{
		{moderation.QueueQuery{Tag: "second"}, []string{"second"}},
		{moderation.QueueQuery{Search: "brand SOON"}, []string{"soon"}},
		{moderation.QueueQuery{Search: "%"}, nil},
		{moderation.QueueQuery{Search: d.one(`SELECT ref FROM studio.cases WHERE target = 'new'`)}, []string{"new"}},
	} {
		c.ask.Kind = moderation.KindBrand
		if diff := cmp.Diff(c.want, targets(pageOf(t, lead, c.ask))); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", c.ask, diff)
		}
	}
}

func TestACaseHeldByAColleagueShowsWhoHasIt(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.post("p1", 0.5)
	p := d.sit("moderator1")
	lease := p.claim(id)
	page := pageOf(t, d.sit("moderator2"), moderation.QueueQuery{Kind: moderation.KindPost})
	if c := page.Cases[0]; c.Holder != "moderator1" || !c.Held.Equal(lease.Until) || !c.HeldAt(page.Now) {
		t.Errorf("the colleague sees %+v", c)
	}
	if again := p.claim(id); again.Fence != lease.Fence || again.Until.Before(lease.Until) {
		t.Errorf("claimed again: %+v after %+v", again, lease)
	}
	d.exec(`UPDATE studio.queue SET lease_until = clock_timestamp()`)
	page = pageOf(t, p, moderation.QueueQuery{Kind: moderation.KindPost})
	if c := page.Cases[0]; c.Holder != "" || !c.Held.IsZero() {
		t.Errorf("after the lease ran out one sees %+v", c)
	}
	if err := p.db.Cases().Release(t.Context(), uuid.NewString(), p.claim(id)); err != nil {
		t.Fatal(err)
	}
	d.inOrder()
}

func TestTheNextCasesComeInOrderFromEveryEnd(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for n := range 40 {
		d.post(fmt.Sprint("p", n), float64(n)/40)
	}
	// Each end of the queue gives its most urgent ones first.
	leases, err := d.sit("moderator1").db.Cases().Take(t.Context(), uuid.NewString(), moderation.KindPost, "", 5)
	if err != nil || len(leases) != 5 {
		t.Fatalf("took %d, %v", len(leases), err)
	}
	if got := d.one(`SELECT count(*) FROM studio.queue h JOIN studio.queue o ON o.shard = h.shard AND o.due_key < h.due_key
		WHERE h.holder IS NOT NULL AND o.holder IS NULL`); got != "0" {
		t.Errorf("%s more urgent cases of the same end were passed over", got)
	}
	none, err := d.sit("moderator2").db.Cases().Take(t.Context(), uuid.NewString(), moderation.KindBrand, "", 5)
	if err != nil || len(none) != 0 {
		t.Errorf("an empty queue gave %v, %v", none, err)
	}
}

// Named queues under more than can be cleared, in small: each tick cases come with any
// score into queues with any time allowed, and fewer are taken, by people who may put
// a case aside. Whatever comes, a case is taken at the latest when all that was due
// before it has been, which its static key bounds.
func TestNothingStarvesUnderTheStaticKey(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const longest, skipFor, people = 24, 8, 2
		slas := []float64{1, 6, longest}
		type item struct{ born, key float64 }
		// The one to watch: the least likely, in the queue with the most time.
		mine := item{born: 0, key: longest * (1 - rapid.Float64Range(0, 0.2).Draw(t, "the unlikeliest score"))}
		waiting := []item{mine}
		aside := [people]float64{} // until when each has put it aside
		skips := rapid.SliceOfN(rapid.Bool(), people, people).Draw(t, "who puts it aside once")
		for tick := 0.0; ; tick++ {
			if tick < longest { // a flood, as long as the time allowed
				for range rapid.IntRange(0, 6).Draw(t, "came") {
					score, sla := rapid.Float64Range(0, 1).Draw(t, "score"), rapid.SampledFrom(slas).Draw(t, "sla")
					waiting = append(waiting, item{born: tick, key: tick + sla*(1-score)})
				}
			} else { // and after that certain ones for ever, as many as are taken
				waiting = append(waiting, item{born: tick, key: tick}, item{born: tick, key: tick})
			}
			slices.SortFunc(waiting, func(a, b item) int { return sign(a.key - b.key) })
			for who := range people {
				next := slices.IndexFunc(waiting, func(x item) bool { return x != mine || aside[who] <= tick })
				if next < 0 {
					continue
				}
				if waiting[next] == mine {
					if !skips[who] {
						return
					}
					skips[who], aside[who] = false, tick+skipFor
					next = slices.IndexFunc(waiting, func(x item) bool { return x != mine })
					if next < 0 {
						continue
					}
				}
				waiting = slices.Delete(waiting, next, next+1)
			}
			// At most what came within the time allowed stands before it: 6 a tick, 2 taken;
			// and each may put it aside once.
			if tick > longest*6/people+longest+people*skipFor {
				t.Fatalf("the unlikely case waits since %v ticks", tick)
			}
		}
	})
}

func sign(x float64) int {
	switch {
	case x < 0:
		return -1
	case x > 0:
		return 1
	}
	return 0
}
