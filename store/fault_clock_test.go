package store_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
)

// No function that a desk may call over a case takes a moment from whoever calls it.
// What has one: the contents of files (when a post was published, until when a
// paper is valid), which say nothing about when anything may be decided, and until when
// a brand is barred from planning.
func TestNobodyTellsTheRefereeTheTime(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	contents := []string{"posts_import", "posts_months", "authors_import", "brand_bar_put"}
	rows, err := d.super.QueryContext(t.Context(), `
		SELECT p.proname, string_agg(format_type(a.type, NULL), ', ')
		  FROM pg_proc p, unnest(p.proargtypes) AS a(type)
		 WHERE p.pronamespace = CAST('studio' AS regnamespace) AND p.prosecdef
		   AND (has_function_privilege('moderator', p.oid, 'EXECUTE') OR has_function_privilege('lead', p.oid, 'EXECUTE'))
		 GROUP BY p.oid, p.proname`)
	must(t, err)
	defer rows.Close()
	seen := 0
	for rows.Next() {
		var name, arguments string
		must(t, rows.Scan(&name, &arguments))
		seen++
		for _, temporal := range []string{"time", "date", "interval"} {
			if strings.Contains(arguments, temporal) && !slices.Contains(contents, name) {
				t.Errorf("studio.%s takes a time from its caller: (%s)", name, arguments)
			}
		}
	}
	must(t, rows.Err())
	if seen < 10 {
		t.Errorf("saw only %d functions", seen)
	}
}

// A desk believes whatever time it likes, and sets its session to any zone: a lease
// ends by the database's clock, and an undo window too.
func TestAWrongClockChangesNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		shift time.Duration
		zone  string
	}{
		{"an hour behind", -time.Hour, "America/Caracas"},
		{"a year ahead", 365 * 24 * time.Hour, "Pacific/Kiritimati"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			const length = 1200 * time.Millisecond
			d.lease("1200 milliseconds")
			d.undoWindow("1200 milliseconds")
			d.exec(`ALTER DATABASE ` + d.Database + ` SET timezone = '` + c.zone + `'`)
			kept, lost := d.post("p1", 0.9), d.post("p2", 0.9)
			p, other := d.sit("moderator1"), d.sit("moderator2")
			believe := func(l moderation.Lease) moderation.Lease {
				l.Until = l.Until.Add(c.shift)
				return l
			}
			// While the lease lives, it does, whatever its holder thinks.
			l := believe(p.claim(kept))
			again, err := p.db.Cases().Renew(t.Context(), l)
			must(t, err)
			if again.Fence != l.Fence {
				t.Errorf("the fence went from %d to %d", l.Fence, again.Fence)
			}
			receipt, err := p.db.Cases().Decide(t.Context(), decision(believe(again), moderation.Clear))
			must(t, err)
			if window := receipt.Effective.Sub(receipt.At); window != length {
				t.Errorf("the window is %v", window)
			}
			if got := d.one(`SELECT clock_timestamp() - $1 BETWEEN interval '0' AND interval '1 minute'`, receipt.At); got != "true" {
				t.Errorf("the decision says that it was made at %v, which is not now", receipt.At)
			}
			l = believe(p.claim(lost))
			// When it has ended, it has.
			d.exec(`SELECT pg_sleep_until($1::timestamptz + interval '10 milliseconds')`, l.Until.Add(-c.shift))
			_, err = p.db.Cases().Decide(t.Context(), decision(l, moderation.Clear))
			refused(t, err, fault.LeaseLost)
			_, err = p.db.Cases().Undo(t.Context(), uuid.NewString(), receipt.Decision)
			refused(t, err, fault.TooLate)
			if next := other.claim(lost); next.Fence != l.Fence+1 {
				t.Errorf("the next fence is %d", next.Fence)
			}
			if got := d.one(`SELECT count(*) FROM studio.decision`); got != "1" {
				t.Errorf("%s decisions", got)
			}
			d.inOrder()
		})
	}
}
