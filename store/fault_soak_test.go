package store_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"cinnabar/internal/people"
	"cinnabar/store"
)

// A long shift: good links and bad ones, connections that the server ends, people who
// are sent away and come back, windows and leases that change; and an auditor who
// verifies all the while and never finds anything. ./test --long=8h makes it a night.
func TestALongShiftEndsInOrder(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	o := openOffice(t, d.super, d.URL, 500*time.Millisecond, 300*time.Millisecond)
	o.leave = true
	seed := seeded(t)
	o.enter("worker1", seed, hasty(t)).supply(t.Context(), 20, 40)

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var all sync.WaitGroup
	for i, login := range []string{"moderator1", "moderator2", "moderator3", "lead1", "lead2", "worker1", "moderator1", "lead2", "worker1"} {
		if i < 6 {
			w := o.enter(login, seed, func(url string) (*store.DB, error) { return store.OpenQuick(t.Context(), url) })
			all.Go(func() { w.work(ctx) })
			continue
		}
		var px *proxy
		w := o.enter(login, seed, behind(t, &px))
		px.turn(weather{cut: 0.005, after: 0.005, commit: 0.03, hole: 0.005, stall: 0.01, trickle: 0.01, longest: 500 * time.Millisecond}, seed+uint64(i))
		all.Go(func() { w.work(ctx) })
	}
	admin, auditor := d.Open(t, "admin1"), d.Open(t, "auditor1")
	all.Go(func() { o.unrest(ctx, admin, rand.New(rand.NewPCG(seed, 100))) })
	verified := 0
	all.Go(func() {
		for ctx.Err() == nil {
			found, err := auditor.Audit().Verify(t.Context(), nil)
			if err != nil {
				t.Error(err)
			}
			for _, p := range found.Problems {
				t.Errorf("verified while people work: %+v", p)
			}
			verified++
			time.Sleep(200 * time.Millisecond)
		}
	})
	time.Sleep(while(1500 * time.Millisecond))
	until(t, "ten decisions were made", func() bool { return o.decisions() >= 10 })
	cancel()
	all.Wait()
	o.balance()
	t.Logf("verified %d times meanwhile", verified)
}

// unrest is what happens in an office beside the work.
func (o *office) unrest(ctx context.Context, admin *store.DB, dice *rand.Rand) {
	everybody, err := admin.People().List(o.t.Context())
	if err != nil {
		o.t.Error(err)
		return
	}
	add := func(p people.Person) {
		if err := admin.People().Add(o.t.Context(), uuid.NewString(), p); err != nil {
			o.t.Errorf("%s comes back: %v", p.Login, err)
		}
	}
	for ctx.Err() == nil {
		time.Sleep(time.Duration(50+dice.IntN(250)) * time.Millisecond)
		switch dice.IntN(5) {
		case 0, 1:
			_, err = o.super.Exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
				WHERE ` + theirs + ` AND usename NOT IN ('auditor1', 'admin1') ORDER BY random() LIMIT 1`)
		case 2:
			p := everybody[dice.IntN(len(everybody))]
			if !p.Decides() {
				continue
			}
			if err := admin.People().Disable(o.t.Context(), uuid.NewString(), p.Login); err != nil {
				o.t.Errorf("%s is sent away: %v", p.Login, err)
			}
			time.Sleep(time.Duration(dice.IntN(200)) * time.Millisecond)
			add(p)
		case 3:
			_, err = o.super.Exec(`UPDATE studio.setting SET value = $1 WHERE name = 'undo_window'`, []string{"0", "100 milliseconds", "1 second"}[dice.IntN(3)])
		case 4:
			_, err = o.super.Exec(`UPDATE studio.setting SET value = $1 WHERE name = 'lease'`, []string{"200 milliseconds", "1 second", "1 minute"}[dice.IntN(3)])
		}
		if err != nil {
			o.t.Error(err)
		}
	}
}
