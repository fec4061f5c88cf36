package store_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"cinnabar/internal/fault"
	"cinnabar/internal/people"
	"cinnabar/moderation"
	"cinnabar/store"
)

// lease sets how long a claim holds.
func (d *desk) lease(length string) {
	d.t.Helper()
	d.exec(`UPDATE studio.setting SET value = $1 WHERE name = 'lease'`, length)
}

// crowd makes n more moderators and returns their logins.
func (d *desk) crowd(n int) []string {
	d.t.Helper()
	var all []people.Person
	var logins []string
	for i := range n {
		logins = append(logins, fmt.Sprintf("crowd%02d", i+1))
		all = append(all, people.Person{Login: logins[i], Name: "One of many", Role: people.Moderator})
	}
	_, err := store.AddFounders(d.t.Context(), d.SuperURL(), all)
	must(d.t, err)
	return logins
}

// line is a single connection of a login, which asks the database's functions
// directly: many of them fit on one server.
func (d *desk) line(login string) *sql.DB {
	d.t.Helper()
	db, err := sql.Open("postgres", d.URL(login)+"&sslmode=disable&cinnabar.client=1")
	must(d.t, err)
	db.SetMaxOpenConns(1)
	d.t.Cleanup(func() { db.Close() })
	return db
}

// at runs f for each of many people in one moment.
func atOnce(t *testing.T, n int, f func(i int)) {
	t.Helper()
	var ready, all sync.WaitGroup
	start := make(chan struct{})
	ready.Add(n)
	for i := range n {
		all.Go(func() {
			ready.Done()
			<-start
			f(i)
		})
	}
	ready.Wait()
	close(start)
	all.Wait()
}

func TestSixtyFourClaimersNeverShareACase(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	cases := sized(200, 5000)
	d.exec(`DO $$ BEGIN
		FOR n IN 1..` + fmt.Sprint(cases) + ` LOOP
		  PERFORM studio.case_open(NULL, 'post', 'p' || n, 'A note', '', 0, '', 'code', random(), NULL, NULL, '', NULL, '', '', '', '[]');
		END LOOP; END $$`)
	crowd := d.crowd(64)
	lines := make([]*sql.DB, len(crowd))
	for i, login := range crowd {
		lines[i] = d.line(login)
	}
	atOnce(t, len(lines), func(i int) { lines[i].Ping() })

	given := make([][]string, len(crowd))
	atOnce(t, len(crowd), func(i int) {
		for nothing := 0; nothing < 3; {
			var raw []byte
			if err := lines[i].QueryRow(`SELECT studio.case_take($1, 'post', $2)`, uuid.NewString(), 1+i%5).Scan(&raw); err != nil {
				t.Error(err)
				return
			}
			var leases []struct {
				Case  string
				Fence int64
			}
			if err := json.Unmarshal(raw, &leases); err != nil {
				t.Error(err)
				return
			}
			if len(leases) == 0 {
				nothing++ // others may just be taking what is left, and it may come free again
			}
			for _, l := range leases {
				if l.Fence != 1 {
					t.Errorf("%s was given a case with fence %d", crowd[i], l.Fence)
				}
				given[i] = append(given[i], l.Case)
			}
		}
	})
	whose := map[string]string{}
	for i, own := range given {
		for _, id := range own {
			if other, twice := whose[id]; twice {
				t.Errorf("case %s was given to %s and to %s", id, other, crowd[i])
			}
			whose[id] = crowd[i]
		}
	}
	if len(whose) != cases {
		t.Errorf("%d cases of %d were given", len(whose), cases)
	}
	for id, login := range whose {
		if holder := d.one(`SELECT holder FROM studio.queue WHERE case_id = $1`, id); holder != login {
			t.Errorf("case %s was given to %s, and the queue says %s", id, login, holder)
			break
		}
	}
	d.inOrderBut("case.subject") // the cases are of no posts
}

// A case goes past somebody in the very moment in which it is given to them: between
// the look that chose it and the lock, a colleague sent it to a lead, or typed in new
// papers in their name.
func TestNobodyIsGivenACaseThatIsNoLongerTheirs(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.undoWindow("0 seconds")
	slow, quick := d.sit("moderator2"), d.sit("moderator1")
	// The last thing that is asked before the lock waits for us.
	d.exec(`CREATE OR REPLACE FUNCTION studio.has_skipped(p_case uuid, p_login text) RETURNS bool LANGUAGE plpgsql STABLE AS $$
		BEGIN
		  IF p_login = 'moderator2' THEN PERFORM pg_advisory_xact_lock_shared(1); END IF;
		  RETURN false;
		END $$`)
	for _, c := range []struct {
		name      string
		meanwhile func(id string)
	}{
		{"escalated", func(id string) { quick.decide(id, moderation.Escalate) }},
		{"theirs", func(id string) {
			d.exec(`SELECT studio.case_reopen(NULL, 'brand', 'theirs', '初岚', 'cosmetics', '', '初岚', 'chulan', 'moderator2')`)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			id := d.brand(c.name, "初岚", "chulan", "worker1")
			gate, err := d.super.BeginTx(t.Context(), nil)
			must(t, err)
			defer gate.Rollback()
			_, err = gate.Exec(`SELECT pg_advisory_xact_lock(1)`)
			must(t, err)
			given := make(chan []moderation.Lease, 1)
			go func() {
				leases, err := slow.db.Cases().Take(context.Background(), uuid.NewString(), moderation.KindBrand, "", 1)
				if err != nil {
					t.Error(err)
				}
				given <- leases
			}()
			until(t, "the take is between its look and its lock", func() bool {
				return count(t, d.super, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'`) == 1
			})
			c.meanwhile(id)
			must(t, gate.Rollback())
			if leases := <-given; len(leases) != 0 {
				t.Errorf("was given %+v", leases)
			}
		})
	}
	d.inOrderBut("guard.functions", "case.parties", "case.shows") // by the test's own hand
}

// Many people want to give the same opinion in the same moment, some of them with a
// fence that they guessed. One of them gives it.
func TestOfManyRacingOpinionsOneIsGiven(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.undoWindow("0 seconds")
	crowd := d.crowd(12)
	desks := make([]*person, len(crowd))
	for i, login := range crowd {
		desks[i] = d.sit(login)
	}
	// opinion is one attempt, and whether it was the one that counted.
	opinion := func(p *person, id string, guess moderation.Lease) bool {
		l, err := p.db.Cases().Claim(t.Context(), uuid.NewString(), id)
		switch fault.CodeOf(err) {
		case "":
		case fault.HeldByOther, fault.NotAllowedNow, fault.SecondPerson:
			l = guess
		default:
			t.Errorf("%s claims: %v", p.login, err)
			return false
		}
		_, err = p.db.Cases().Decide(t.Context(), decision(l, moderation.Approve))
		switch fault.CodeOf(err) {
		case "":
			return true
		case fault.LeaseLost, fault.Changed, fault.HeldByOther, fault.NotAllowedNow, fault.SecondPerson:
		default:
			t.Errorf("%s approves: %v", p.login, err)
		}
		return false
	}
	rounds := sized(4, 100)
	for round := range rounds {
		app := fmt.Sprintf("a%d", round)
		id := d.brand(app, "初岚", "chulan", "worker1")
		// Two rushes: whoever came late in the first may have given the second opinion in it.
		told := 0
		for rush := int64(1); told < 2; rush++ {
			if rush == 3 {
				t.Fatalf("round %d: %d opinions after two rushes", round, told)
			}
			given := make([]bool, len(crowd))
			atOnce(t, len(crowd), func(i int) {
				given[i] = opinion(desks[i], id, moderation.Lease{Case: id, Fence: rush, Version: int(rush)})
			})
			for _, is := range given {
				if is {
					told++
				}
			}
			if votes := d.one(`SELECT count(*) FROM studio.vote WHERE application = $1 AND withdrawn_at IS NULL`, app); votes != fmt.Sprint(told) {
				t.Fatalf("round %d: %d people were told that their opinion counts, and %s votes stand", round, told, votes)
			}
		}
		if got := d.one(`SELECT state FROM studio.application WHERE id = $1`, app); got != "approved" {
			t.Fatalf("round %d: the application is %s", round, got)
		}
	}
	if got := d.one(`SELECT count(*) FROM studio.decision`); got != fmt.Sprint(2*rounds) {
		t.Errorf("%s decisions on %d brands", got, rounds)
	}
	d.inOrder()
}

// An approval and new papers meet: either the approval was of the old ones, and is
// void for the new, or it is refused.
func TestAnApprovalThatRacesWithNewPapersIsOfTheOldOnes(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.undoWindow("0 seconds")
	clerk, first, second := d.sit("worker1"), d.sit("moderator1"), d.sit("moderator2")
	before, after := 0, 0
	for round := range sized(12, 300) {
		app := someApplication(fmt.Sprintf("a%03d", round))
		importApplications(t, clerk.db, app)
		id := d.one(`SELECT id FROM studio.cases WHERE target = $1`, app.ID)
		first.decide(id, moderation.Approve)
		lease := second.claim(id)
		app.Contact = "somebody else"
		var decided, imported error
		atOnce(t, 2, func(i int) {
			if i == 0 {
				_, decided = second.db.Cases().Decide(t.Context(), decision(lease, moderation.Approve))
				return
			}
			_, imported = clerk.db.Applications().Import(t.Context(), uuid.NewString(), slices.Values([]moderation.Application{app}), nil)
		})
		must(t, imported)
		switch fault.CodeOf(decided) {
		case "":
			before++
		case fault.Changed:
			after++
		default:
			t.Fatal(decided)
		}
		if got := d.one(`SELECT state || ' ' || version FROM studio.application WHERE id = $1`, app.ID); got != "submitted 2" {
			t.Fatalf("after an approval that ended with %v the application is %s", decided, got)
		}
		if got := d.one(`SELECT count(*) FROM studio.vote WHERE application = $1 AND version = 2`, app.ID); got != "0" {
			t.Fatalf("%s votes count for papers that nobody has seen", got)
		}
	}
	t.Logf("%d approvals came before the papers, %d after", before, after)
	d.inOrder()
}

// At the end of its window a first approval is taken back in the same moment in
// which a colleague wants to give the second. One of the two happens.
func TestAnUndoThatRacesWithTheSecondOpinion(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	first, second := d.sit("moderator1"), d.sit("moderator2")
	undone, seconded := 0, 0
	for round := range sized(12, 300) {
		d.undoWindow("30 milliseconds")
		id := d.brand(fmt.Sprintf("a%d", round), "初岚", "chulan", "worker1")
		receipt := first.decide(id, moderation.Approve)
		d.undoWindow("0 seconds")
		var undo, claim, decide error
		atOnce(t, 2, func(i int) {
			if i == 0 {
				time.Sleep(time.Until(receipt.Effective) - time.Duration(round%12)*2*time.Millisecond)
				_, undo = first.db.Cases().Undo(t.Context(), uuid.NewString(), receipt.Decision)
				return
			}
			for {
				var l moderation.Lease
				l, claim = second.db.Cases().Claim(t.Context(), uuid.NewString(), id)
				if claim == nil {
					_, decide = second.db.Cases().Decide(t.Context(), decision(l, moderation.Approve))
				}
				if claim == nil || time.Since(receipt.Effective) > 200*time.Millisecond {
					return
				}
			}
		})
		got := d.one(`SELECT state FROM studio.application WHERE id = $1`, fmt.Sprintf("a%d", round))
		switch {
		case undo == nil:
			undone++
			refused(t, claim, fault.HeldByOther)
			if got != "submitted" {
				t.Fatalf("undone, and the application is %s", got)
			}
		default:
			seconded++
			refused(t, undo, fault.TooLate)
			if claim != nil || decide != nil || got != "approved" {
				t.Fatalf("not undone; the second opinion: %v, %v; the application is %s", claim, decide, got)
			}
		}
	}
	t.Logf("%d were undone, %d seconded", undone, seconded)
	d.inOrder()
}

// A client is stopped with a case in hand: the lid closed, a debugger, swap. All that
// it sends arrives, late. Meanwhile a colleague had the case.
func TestWhatAStoppedHolderSendsComesTooLate(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.undoWindow("0 seconds")
	d.lease("300 milliseconds")
	id := d.post("p1", 0.9)
	px := newProxy(t, d.URL("moderator1"))
	slow, quick := opened(t, px.url.String()), d.sit("moderator2")
	lease, err := slow.Cases().Claim(t.Context(), uuid.NewString(), id)
	must(t, err)

	d.lease("5 minutes") // for the next one
	px.hold()
	var decided, renewed, released error
	var late sync.WaitGroup
	late.Go(func() { _, decided = slow.Cases().Decide(t.Context(), decision(lease, moderation.RequireLabel)) })
	late.Go(func() { _, renewed = slow.Cases().Renew(t.Context(), lease) })
	late.Go(func() { released = slow.Cases().Release(t.Context(), uuid.NewString(), lease) })
	var next moderation.Lease
	until(t, "a colleague has the case", func() bool {
		next, err = quick.db.Cases().Claim(t.Context(), uuid.NewString(), id)
		if err != nil {
			refused(t, err, fault.HeldByOther)
		}
		return err == nil
	})
	if next.Fence <= lease.Fence {
		t.Errorf("the fence went from %d to %d", lease.Fence, next.Fence)
	}
	px.release()
	late.Wait()
	refused(t, decided, fault.LeaseLost)
	refused(t, renewed, fault.LeaseLost)
	must(t, released) // what was wished is so
	if got := d.one(`SELECT holder || ' ' || fence FROM studio.queue WHERE case_id = $1`, id); got != fmt.Sprintf("moderator2 %d", next.Fence) {
		t.Errorf("after all that the queue says %s", got)
	}
	if _, err := quick.db.Cases().Decide(t.Context(), decision(next, moderation.Clear)); err != nil {
		t.Errorf("whoever holds the case decides it: %v", err)
	}
	if got := d.one(`SELECT string_agg(verdict, ' ') FROM studio.decision`); got != "clear" {
		t.Errorf("the decisions are %s", got)
	}
	d.inOrder()
}

// The client is stopped between its decision and the commit, so it holds the lock of
// the case as well. It keeps that no longer than a silence, and nothing stays half done.
func TestAClientStoppedInItsTransactionLosesIt(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.undoWindow("0 seconds")
	d.lease("2 seconds")
	id := d.brand("a1", "初岚", "chulan", "worker1")
	slow, err := store.OpenHasty(t.Context(), d.URL("moderator1"))
	must(t, err)
	defer slow.Close()
	quick := d.sit("moderator2")
	lease, err := slow.Cases().Claim(t.Context(), uuid.NewString(), id)
	must(t, err)

	verdict, inside, goOn := decision(lease, moderation.Approve), make(chan error), make(chan struct{})
	woken := make(chan error, 1)
	go func() {
		runs := 0
		woken <- slow.Write(context.Background(), func(tx *sqlx.Tx) error {
			_, err := tx.Exec(`SELECT studio.case_decide($1, $2, $3, $4, $5, '', '', '')`,
				verdict.Request, verdict.Case, verdict.Fence, verdict.Version, string(verdict.Verdict))
			if runs++; runs == 1 {
				inside <- err
				<-goOn
			}
			return err
		})
	}()
	must(t, <-inside)
	began := time.Now()
	_, err = quick.db.Cases().Claim(t.Context(), uuid.NewString(), id) // waits for the lock
	if took := time.Since(began); took > 4*time.Second || err != nil && fault.CodeOf(err) != fault.HeldByOther {
		t.Errorf("under a stopped client the case says %v after %v", err, took)
	}
	var next moderation.Lease
	until(t, "the lease has run out", func() bool {
		next, err = quick.db.Cases().Claim(t.Context(), uuid.NewString(), id)
		return err == nil
	})
	if next.Version != lease.Version || next.Fence != lease.Fence+1 {
		t.Errorf("the colleague got %+v after %+v", next, lease)
	}
	d.exec(`UPDATE studio.queue SET lease_until = clock_timestamp() + interval '5 minutes'`)
	close(goOn)
	// The program finds that its time for repeating is over; its person presses again.
	if err = <-woken; fault.CodeOf(err) == fault.Offline {
		_, err = slow.Cases().Decide(t.Context(), verdict)
	}
	refused(t, err, fault.LeaseLost)
	if got := d.one(`SELECT count(*) FROM studio.decision`); got != "0" {
		t.Errorf("%s decisions of a transaction that never ended", got)
	}
	if _, err := quick.db.Cases().Decide(t.Context(), decision(next, moderation.Refuse)); err != nil {
		t.Error(err)
	}
	d.inOrder()
}
