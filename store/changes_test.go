package store_test

import (
	"context"
	"testing"

	"pgregory.net/rapid"

	"cinnabar/store"
	"cinnabar/store/storetest"
)

func TestAChangeIsToldAfterItCanBeSeen(t *testing.T) {
	t.Parallel()
	env := storetest.New(t)
	super := env.Super(t)
	db := opened(t, env.URL("moderator1"))
	told := make(chan struct{}, 100)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	db.Changes().Watch(ctx, func() { told <- struct{}{} })
	<-told // the first one, for what was read just before

	must(t, exec(super, `CREATE TABLE public.seen (n int); GRANT SELECT ON public.seen TO PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC`))
	// The counter moves within a long transaction, and its rows appear at the end. As
	// in every function that writes, rows come before the counter: only a transaction
	// that has written has a number by which the feed can wait for it.
	tx, err := super.Begin()
	must(t, err)
	_, err = tx.Exec(`INSERT INTO public.seen VALUES (1); SELECT nextval('studio.change')`)
	must(t, err)
	<-told
	<-told
	must(t, tx.Commit())
	<-told
	if n, err := ask(t.Context(), db, `SELECT count(*) FROM public.seen`); n != 1 || err != nil {
		t.Errorf("told of a change that cannot be seen: %d rows, %v", n, err)
	}
}

func TestALinkThatCameBackIsAChange(t *testing.T) {
	t.Parallel()
	px := newProxy(t, storetest.New(t).URL("moderator1"))
	db := opened(t, px.url.String())
	told := make(chan struct{}, 100)
	db.Changes().Watch(t.Context(), func() { told <- struct{}{} })
	<-told
	px.refuse()
	until(t, "the link is down", func() bool { return !db.Link().Up })
	for len(told) > 0 {
		<-told
	}
	px.heal()
	<-told
}

// Whatever transactions overlap, a reader who reads when told has seen every
// row once all have ended and two more marks have passed.
func TestNoChangeIsEverMissed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var (
			follow       store.Follower
			counter      int64
			next         int64 = 100
			open               = map[int64]bool{} // began, took the counter, not yet committed
			visible, saw int
		)
		look := func() {
			m := store.Mark{Counter: counter, Oldest: next, Next: next}
			for id := range open {
				m.Oldest = min(m.Oldest, id)
			}
			if follow.Changed(m) {
				saw = visible
			}
		}
		look()
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			switch rapid.IntRange(0, 2).Draw(t, "what") {
			case 0:
				open[next] = true
				next++
				counter++
			case 1:
				for id := range open {
					delete(open, id)
					visible++
					break
				}
			case 2:
				look()
			}
		}
		for id := range open {
			delete(open, id)
			visible++
		}
		look()
		look()
		if saw != visible {
			t.Fatalf("the reader saw %d of %d rows", saw, visible)
		}
	})
}
