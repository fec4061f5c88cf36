package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"cinnabar/moderation"
	"cinnabar/store"
)

// moments are those at which the server's end of a connection may go away under a
// write. Each lets the write run, which begins with a call of function, and hits it there.
var moments = []struct {
	name string
	hit  func(t *testing.T, super *sql.DB, px *proxy, function string, write func() error) error
}{
	{"idle before it", func(t *testing.T, super *sql.DB, px *proxy, function string, write func() error) error {
		until(t, "the connections are ended", func() bool {
			return count(t, super, `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE `+theirs) == 0
		})
		return write()
	}},
	// The row of the record is what each of them writes last.
	{"in the middle of its statement", func(t *testing.T, super *sql.DB, px *proxy, function string, write func() error) error {
		return endedWhileItWaits(t, super, `LOCK TABLE studio.audit_pending IN SHARE MODE`, "SELECT", write)
	}},
	// The record is chained at the very end, by the commit itself.
	{"in its commit", func(t *testing.T, super *sql.DB, px *proxy, function string, write func() error) error {
		return endedWhileItWaits(t, super, `SELECT FROM studio.audit_head FOR UPDATE`, "COMMIT", write)
	}},
	{"after its commit, with the reply", func(t *testing.T, super *sql.DB, px *proxy, function string, write func() error) error {
		return withoutReplies(t, px, function, 1, write)
	}},
	{"after its commit, twice", func(t *testing.T, super *sql.DB, px *proxy, function string, write func() error) error {
		return withoutReplies(t, px, function, 2, write)
	}},
}

func withoutReplies(t *testing.T, px *proxy, function string, n int, write func() error) error {
	px.loseCommitsOf(function, n)
	err := write()
	if left := px.commitsToLose(); left != 0 {
		t.Errorf("%d replies of %d were not lost", left, n)
	}
	return err
}

// theirs are the connections of the program under test.
const theirs = `datname = current_database() AND application_name = 'cinnabar test'`

// endedWhileItWaits makes a write wait for a lock, ends its server process there,
// and gives the lock back.
func endedWhileItWaits(t *testing.T, super *sql.DB, lock, statement string, write func() error) error {
	t.Helper()
	tx, err := super.Begin()
	must(t, err)
	defer tx.Rollback()
	_, err = tx.Exec(lock)
	must(t, err)
	done := make(chan error, 1)
	go func() { done <- write() }()
	until(t, "the write waits where it is to be hit", func() bool {
		return count(t, super, `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity 
			WHERE `+theirs+` AND wait_event_type = 'Lock' AND query LIKE '%' || $1 || '%'`, statement) > 0
	})
	must(t, tx.Rollback())
	select {
	case err := <-done:
		return err
	case <-time.After(20 * time.Second):
		t.Fatal("the write neither came through nor gave up")
		return nil
	}
}

// Whatever happens to the server's end of the connection, and whenever, a write is
// done once, and whoever sent it is told what it came to.
func TestAWriteWhoseConnectionEndsAtAnyMomentIsDoneOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	n := 0 // of the subjects
	for _, c := range []struct {
		name, login, function string
		once                  func(t *testing.T, d *desk, db *store.DB, n int, hit func(write func() error) error)
	}{
		{"decide", "moderator1", "studio.case_decide", func(t *testing.T, d *desk, db *store.DB, n int, hit func(func() error) error) {
			id := d.post(fmt.Sprintf("p%d", n), 0.9)
			lease, err := db.Cases().Claim(t.Context(), uuid.NewString(), id)
			must(t, err)
			verdict := decision(lease, moderation.RequireLabel)
			var receipt moderation.Receipt
			must(t, hit(func() (err error) { receipt, err = db.Cases().Decide(context.Background(), verdict); return err }))
			if got := d.one(`SELECT string_agg(id::text, ' ') FROM studio.decision WHERE case_id = $1`, id); got != receipt.Decision || receipt.Stage != moderation.StageClosed {
				t.Errorf("the decisions are %q, the receipt says %+v", got, receipt)
			}
			d.recordedOnce(verdict.Request, "case.decide")
		}},
		{"import applications", "worker1", "studio.import_begin", func(t *testing.T, d *desk, db *store.DB, n int, hit func(func() error) error) {
			request, apps := uuid.NewString(), []moderation.Application{someApplication(fmt.Sprintf("a%d", n)), someApplication(fmt.Sprintf("b%d", n))}
			var tally moderation.Tally
			must(t, hit(func() (err error) {
				tally, err = db.Applications().Import(context.Background(), request, slices.Values(apps), nil)
				return err
			}))
			if tally != (moderation.Tally{Came: 2}) {
				t.Errorf("the tally is %+v", tally)
			}
			if got := d.one(`SELECT count(*) || ' ' || max(version) FROM studio.application WHERE id IN ($1, $2)`, apps[0].ID, apps[1].ID); got != "2 1" {
				t.Errorf("applications and their versions: %s", got)
			}
			d.recordedOnce(request, "import.applications")
		}},
		{"import posts", "worker1", "studio.import_begin", func(t *testing.T, d *desk, db *store.DB, n int, hit func(func() error) error) {
			request, posts := uuid.NewString(), []moderation.Post{somePost(fmt.Sprintf("p%d", n)), somePost(fmt.Sprintf("q%d", n))}
			var tally moderation.Tally
			must(t, hit(func() (err error) {
				tally, err = db.Posts().Import(context.Background(), request, slices.Values(posts), nil)
				return err
			}))
			if tally != (moderation.Tally{Came: 2}) {
				t.Errorf("the tally is %+v", tally)
			}
			d.recordedOnce(request, "import.posts")
		}},
		{"put a scan", "worker1", "studio.scan_put", func(t *testing.T, d *desk, db *store.DB, n int, hit func(func() error) error) {
			take(t, db, model, 1000) // what others left to be scored
			importPosts(t, db, somePost(fmt.Sprintf("p%d", n)))
			request, scored := uuid.NewString(), scores(take(t, db, model, 10), true)
			if len(scored) != 1 {
				t.Fatalf("%d posts to score", len(scored))
			}
			opened := 0
			must(t, hit(func() (err error) {
				opened, err = db.Scans().Put(context.Background(), request, model, scored)
				return err
			}))
			if cases := d.one(`SELECT count(*) FROM studio.cases WHERE target = $1`, scored[0].Post); opened != 1 || cases != "1" {
				t.Errorf("opened %d, and there are %s", opened, cases)
			}
			d.recordedOnce(request, "scan.put")
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			px := newProxy(t, d.URL(c.login))
			db := opened(t, px.url.String())
			defer db.Close() // whoever ends connections here must find those of this write alone
			for _, moment := range moments {
				n++
				c.once(t, d, db, n, func(write func() error) error {
					err := moment.hit(t, d.super, px, c.function, write)
					if err != nil {
						return fmt.Errorf("hit %s: %w", moment.name, err)
					}
					return nil
				})
			}
		})
	}
	d.inOrder()
}

// recordedOnce fails the test unless the record has one row of a request and action.
func (d *desk) recordedOnce(request, action string) {
	d.t.Helper()
	if got := d.one(`SELECT count(*) FROM studio.audit WHERE request = $1 AND action = $2`, request, action); got != "1" {
		d.t.Errorf("the record has %s rows %s of one request", got, action)
	}
}
