package store_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"cinnabar/moderation"
	"cinnabar/store"
)

// Everybody works at random over a link of their own on which anything may happen.
func TestBadLinksLoseNothingAndDoNothingTwice(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	// People look away for longer than a lease holds, now and then.
	o := openOffice(t, d.super, d.URL, 400*time.Millisecond, 500*time.Millisecond)
	seed := seeded(t)

	o.enter("worker1", seed, hasty(t)).supply(t.Context(), 20, 40)
	bad := weather{cut: 0.008, after: 0.008, commit: 0.06, hole: 0.008, stall: 0.02, trickle: 0.03, longest: 500 * time.Millisecond}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var (
		all     sync.WaitGroup
		proxies []*proxy
	)
	for i, login := range []string{"moderator1", "moderator2", "moderator3", "lead1", "lead2", "moderator1", "moderator2", "moderator3", "worker1", "worker1"} {
		var px *proxy
		w := o.enter(login, seed, behind(t, &px))
		px.turn(bad, seed+uint64(i))
		proxies = append(proxies, px)
		all.Go(func() { w.work(ctx) })
	}
	time.Sleep(while(2 * time.Second))
	// On a machine that is busy with other things too little may have happened yet.
	until(t, "twenty decisions were made", func() bool { return o.decisions() >= 20 })
	cancel()
	all.Wait()

	met := map[string]int{}
	for _, px := range proxies {
		px.turn(weather{}, 0)
		for what, n := range px.met {
			met[what] += n
		}
	}
	t.Logf("the links: %v", met)
	for _, what := range []string{"cut", "after", "hole", "stall", "trickle"} {
		if met[what] == 0 {
			t.Errorf("no link ever met with %s", what)
		}
	}
	o.balance()
}

func TestALinkThatTricklesIsSlowAndNotDead(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.post("p1", 0.9)
	px := newProxy(t, d.URL("moderator1"))
	db, err := store.OpenHasty(t.Context(), px.url.String())
	must(t, err)
	defer db.Close()
	px.turn(weather{trickle: 1}, 1)
	lease, err := db.Cases().Claim(t.Context(), uuid.NewString(), id)
	must(t, err)
	if _, err := db.Cases().Decide(t.Context(), decision(lease, moderation.Clear)); err != nil {
		t.Errorf("a decision that came in drops: %v", err)
	}
	if link := db.Link(); !link.Up {
		t.Errorf("a slow link counts as down: %+v", link)
	}
	d.inOrder()
}
