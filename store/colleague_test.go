package store_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/store"
	"cinnabar/store/storetest"
	"cinnabar/views/review"
)

// reviewer is somebody at a review desk, whole but for the widgets. All of the
// desk's own thread is the test's.
type reviewer struct {
	review.Screen // what is not below is not told in these tests
	t             *testing.T
	hand          *review.Desk[struct{}]
	loop          chan func()
	faults        []error
}

func (r *reviewer) Do(f func())         { r.loop <- f }
func (r *reviewer) QueueChanged()       {}
func (r *reviewer) ItemChanged()        {}
func (r *reviewer) Decided(review.Sent) {}
func (r *reviewer) Settled(review.Sent) {}
func (r *reviewer) Tell(err error)      { r.faults = append(r.faults, err) }
func (r *reviewer) Ask(review.Field)    {}

// plainPosts are subjects that nobody looks at.
type plainPosts struct{}

func (plainPosts) Load(context.Context, moderation.Case) (s struct{}, err error) { return s, nil }
func (plainPosts) Warm(context.Context, struct{})                                {}
func (plainPosts) Parties(struct{}) moderation.Parties                           { return moderation.Parties{} }
func (plainPosts) Letter(moderation.Case, struct{}) (string, map[string]string)  { return "en", nil }

func reviewing(t *testing.T, db *store.DB) *reviewer {
	t.Helper()
	r := &reviewer{t: t, loop: make(chan func(), 1000)}
	r.hand = review.New(review.Config[struct{}]{
		Kind: moderation.KindPost, Me: storetest.Sample()[0], Queue: db.Cases(), Cases: db.Cases(), Policies: db.Policies(),
		Subjects: plainPosts{}, Changes: db.Changes(), Loop: r, Page: 10,
	}, r)
	r.hand.Start()
	t.Cleanup(func() { r.hand.Close(); r.hand.Wait() })
	return r
}

// until runs the desk's thread until it shows something, and looks at the desk after
// every turn.
func (r *reviewer) until(what string, shown func() bool, look func()) {
	r.t.Helper()
	late := time.After(20 * time.Second)
	for !shown() {
		select {
		case f := <-r.loop:
			f()
			look()
		case <-late:
			r.t.Fatalf("not shown within 20 s: %s", what)
		}
	}
}

func (r *reviewer) row(id string) review.Row {
	for _, row := range r.hand.Rows() {
		if row.Case.ID == id {
			return row
		}
	}
	return review.Row{}
}

func TestAColleaguesWorkShowsInThreeSecondsAndMovesNoRow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		deaf bool
	}{{"by polling alone", true}, {"with the hint", false}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.undoWindow("0 seconds")
			const posts = 15
			ids := make([]string, posts)
			for i := range ids {
				ids[i] = d.post(fmt.Sprint("p", i), 0.9-float64(i)/100)
			}
			line := newTap(t, d.URL("moderator1"))
			line.deaf.Store(c.deaf)
			r := reviewing(t, openedAsDesk(t, line.url))
			r.until("the queue", func() bool { loaded, _ := r.hand.QueueState(); return loaded }, func() {})
			for range 4 {
				r.hand.Move(1)
			}
			under, at := ids[4], 4
			var order []string
			look := func() {
				t.Helper()
				if now := r.hand.Current(); now == nil || now.Case.ID != under || r.hand.Selected() != at {
					t.Fatalf("the hand was on row %d and is on row %d", at, r.hand.Selected())
				}
				var rows []string
				for _, row := range r.hand.Rows() {
					rows = append(rows, row.Case.ID)
				}
				if len(rows) < len(order) || !slices.Equal(rows[:len(order)], order) {
					t.Fatalf("the rows moved from %v to %v", order, rows)
				}
				order = rows
			}
			look()

			var took []time.Duration
			shown := func(what string, is func() bool) {
				t.Helper()
				began := time.Now()
				r.until(what, is, look)
				took = append(took, time.Since(began))
			}
			colleague := d.sit("moderator2")
			// Rows before and behind the hand, one of them the next to come.
			others := []string{ids[1], ids[5], ids[8]}
			if c.deaf {
				others = others[:1] // two seconds a step
			}
			for _, id := range others {
				lease := colleague.claim(id)
				shown("the claim", func() bool { return r.row(id).Case.Holder == "moderator2" })
				if _, err := colleague.db.Cases().Decide(t.Context(), decision(lease, moderation.Clear)); err != nil {
					t.Fatal(err)
				}
				shown("the decision", func() bool { return r.row(id).Gone })
			}
			// More urgent than anything on screen, and not put between.
			d.post("urgent", 1)
			must(t, colleague.db.Cases().AddNote(t.Context(), uuid.NewString(), ids[9], "One more came in."))
			shown("that there is more", func() bool { return r.hand.Incoming() == 1 })
			// What is under the hand itself goes to a colleague, and stays where it is.
			colleague.decide(under, moderation.Clear)
			shown("the decision on the case on screen", func() bool { return r.row(under).Gone })

			slices.Sort(took)
			t.Logf("p50 %v, worst %v of %d", took[len(took)/2].Round(time.Millisecond), took[len(took)-1].Round(time.Millisecond), len(took))
			if worst := took[len(took)-1]; worst > 3*time.Second {
				t.Errorf("shown after %v, want 3 s at most", worst)
			}
			if len(r.faults) != 0 {
				t.Errorf("the screen was told %v", r.faults)
			}
		})
	}
}

// The referee refuses, and what was typed is before the person again.
func TestADecisionRefusedForItsOldClientComesBackAsItWasTyped(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.post("p1", 0.9)
	r := reviewing(t, openedAsDesk(t, d.URL("moderator1")))
	nothing := func() {}
	r.until("the case", func() bool { it := r.hand.Current(); return it != nil && it.Ready && len(it.Choices) > 0 }, nothing)
	r.hand.TakeUp()
	r.until("the lease", func() bool { return r.hand.Current().Hold == review.Held }, nothing)
	d.exec(`UPDATE studio.compat SET level = level + 1, write_from = level + 1`)
	r.hand.SetNote("They said so on the telephone.")
	r.hand.Decide(moderation.Clear)
	r.until("the refusal", func() bool { it := r.hand.Current(); return it != nil && it.Back != nil }, nothing)
	it := r.hand.Current()
	if it.Case.ID != id || it.Back.Why.Code != fault.SchemaNew || it.Draft.Note != "They said so on the telephone." {
		t.Errorf("on screen is %s with %v and the note %q", it.Case.ID, it.Back.Why, it.Draft.Note)
	}
	if r.hand.Unsent() != 0 {
		t.Error("a refused decision waits to be sent")
	}
	if n := d.one(`SELECT count(*) FROM studio.decision`); n != "0" {
		t.Errorf("%s decisions", n)
	}
}
