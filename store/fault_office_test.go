package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/store"
	"cinnabar/store/storetest"
)

// sized is the short form's figure, or the long form's.
func sized[T any](short, long T) T {
	if _, is := storetest.Long(); is {
		return long
	}
	return short
}

// while is how long something works at random: a moment, or what ./test --long asks for.
func while(short time.Duration) time.Duration {
	if long, is := storetest.Long(); is {
		return long
	}
	return short
}

// seeded returns the seed of a random run, and says it when the test fails.
// CINNABAR_TEST_SEED repeats it, as far as the scheduler lets it.
func seeded(t *testing.T) uint64 {
	t.Helper()
	seed := rand.Uint64()
	if text := os.Getenv("CINNABAR_TEST_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("CINNABAR_TEST_SEED: %v", err)
		}
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("to repeat: CINNABAR_TEST_SEED=%d", seed)
		}
	})
	return seed
}

// office is a database at which people work at random while something goes wrong,
// and a book of what they were told. What was acknowledged must be there in the end,
// once; what was not may be there, once; nothing else.
type office struct {
	t      *testing.T
	super  *sql.DB
	url    func(login string) string
	nap    time.Duration // how long people look away, at most
	leave  bool          // people are sent away, and come back
	next   atomic.Int64  // numbers applications and posts
	mu     sync.Mutex
	wished map[string]string // request → function: everything that was ever sent
	acked  map[string]string // the same, acknowledged
	made   map[string]string // request → decision
	came   int               // posts that acknowledged imports brought
	faults map[fault.Code]int
}

// openOffice opens a database for people who work at random.
func openOffice(t *testing.T, super *sql.DB, url func(login string) string, lease, nap time.Duration) *office {
	t.Helper()
	o := &office{t: t, super: super, url: url, nap: nap,
		wished: map[string]string{}, acked: map[string]string{}, made: map[string]string{}, faults: map[fault.Code]int{}}
	_, err := super.Exec(`UPDATE studio.setting SET value = CASE name WHEN 'lease' THEN $1 ELSE '200 milliseconds' END
		WHERE name IN ('lease', 'undo_window')`, fmt.Sprint(lease.Milliseconds(), " milliseconds"))
	must(t, err)
	o.witness()
	return o
}

// witness looks at every change of a lease and every decision from inside the
// database, where no reply is ever lost.
func (o *office) witness() {
	o.t.Helper()
	must(o.t, exec(o.super, `
		CREATE TABLE public.witness (what text NOT NULL, detail text NOT NULL);
		CREATE FUNCTION public.witness_lease() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
		BEGIN
		  IF NEW.holder <> OLD.holder AND OLD.lease_until > clock_timestamp() THEN
		    INSERT INTO public.witness VALUES ('two live leases at once', OLD::text || ' ' || NEW::text);
		  END IF;
		  IF NEW.fence < OLD.fence OR (NEW.fence = OLD.fence AND NEW.holder IS DISTINCT FROM OLD.holder AND NEW.holder IS NOT NULL) THEN
		    INSERT INTO public.witness VALUES ('a new lease without a higher fence', OLD::text || ' ' || NEW::text);
		  END IF;
		  RETURN NULL;
		END $$;
		CREATE FUNCTION public.witness_decision() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
		BEGIN
		  IF NOT EXISTS (SELECT FROM studio.queue WHERE case_id = NEW.case_id AND holder = NEW.person AND lease_until > NEW.at) THEN
		    INSERT INTO public.witness VALUES ('a decision without a live lease', NEW::text);
		  END IF;
		  RETURN NULL;
		END $$;
		CREATE TRIGGER witness AFTER UPDATE ON studio.queue FOR EACH ROW EXECUTE FUNCTION public.witness_lease();
		CREATE TRIGGER witness AFTER INSERT ON studio.decision FOR EACH ROW EXECUTE FUNCTION public.witness_decision()`))
}

// worker is one login at work.
type worker struct {
	*office
	login string
	db    *store.DB
	dice  *rand.Rand
}

// enter gives somebody a desk. open may put something between them and the server.
func (o *office) enter(login string, seed uint64, open func(url string) (*store.DB, error)) *worker {
	o.t.Helper()
	db, err := open(o.url(login))
	if err != nil {
		o.t.Fatalf("%s: %v", login, err)
	}
	o.t.Cleanup(func() { db.Close() })
	return &worker{office: o, login: login, db: db, dice: rand.New(rand.NewPCG(seed, uint64(o.next.Add(1))))}
}

// hasty opens with short limits, and tries again where these are too short for a
// machine that is busy with other things.
func hasty(t *testing.T) func(url string) (*store.DB, error) {
	return func(url string) (db *store.DB, err error) {
		until(t, "somebody could sit down", func() bool {
			db, err = store.OpenHasty(t.Context(), url)
			return err == nil || fault.CodeOf(err) != fault.Offline && fault.CodeOf(err) != fault.TimedOut
		})
		return db, err
	}
}

// behind is hasty behind a proxy, whose weather begins when the desk is reached.
func behind(t *testing.T, px **proxy) func(url string) (*store.DB, error) {
	return func(url string) (*store.DB, error) {
		*px = newProxy(t, url)
		return hasty(t)((*px).url.String())
	}
}

func (w *worker) chance(p float64) bool { return w.dice.Float64() < p }

// wish does one write. While nobody knows whether it was done, most people send the
// same wish again; some give up.
func (w *worker) wish(ctx context.Context, function string, send func(request string) error) error {
	request := uuid.NewString()
	w.mu.Lock()
	w.wished[request] = function
	w.mu.Unlock()
	for {
		err := send(request)
		code := fault.CodeOf(err)
		w.mu.Lock()
		w.faults[code]++
		if err == nil {
			w.acked[request] = function
		}
		w.mu.Unlock()
		switch code {
		case "", fault.HeldByOther, fault.LeaseLost, fault.Changed, fault.SecondPerson, fault.OwnDecision, fault.NotAllowedNow,
			fault.NoRight, fault.TooLate, fault.CannotTake:
			return err
		case fault.NotKnown:
			if !w.leave {
				w.t.Errorf("%s was sent away: %v", w.login, err)
			}
			time.Sleep(20 * time.Millisecond)
			return err
		case fault.Offline, fault.TimedOut, fault.DiskFull:
			if ctx.Err() != nil || !w.chance(0.8) {
				return err
			}
			// Somebody who sees this on a screen does not press again at once.
			time.Sleep(20 * time.Millisecond)
		case fault.Cancelled: // it is time to go home
			return err
		default:
			w.t.Errorf("%s was told of %s: %v", w.login, function, err)
			return err
		}
	}
}

// supply brings in applications and flagged posts, with cases that follow.
func (w *worker) supply(ctx context.Context, applications, posts int) {
	if applications > 0 {
		apps := make([]moderation.Application, applications)
		for i := range apps {
			apps[i] = someApplication(fmt.Sprintf("app-%06d", w.next.Add(1)))
		}
		_ = w.wish(ctx, "import_applications", func(request string) error {
			_, err := w.db.Applications().Import(ctx, request, slices.Values(apps), nil)
			return err
		})
	}
	if posts > 0 {
		batch := make([]moderation.Post, posts)
		for i := range batch {
			batch[i] = somePost(fmt.Sprintf("post-%06d", w.next.Add(1)))
		}
		_ = w.wish(ctx, "import_posts", func(request string) error {
			tally, err := w.db.Posts().Import(ctx, request, slices.Values(batch), nil)
			w.mu.Lock()
			w.came += tally.Came
			w.mu.Unlock()
			return err
		})
		w.scan(ctx, posts)
	}
}

// revise hands in some application anew, with other words.
func (w *worker) revise(ctx context.Context) {
	n := w.next.Load()
	app := someApplication(fmt.Sprintf("app-%06d", 1+w.dice.Int64N(n)))
	app.Entity.Address = fmt.Sprintf("%d号", w.dice.IntN(1000))
	_ = w.wish(ctx, "import_applications", func(request string) error {
		_, err := w.db.Applications().Import(ctx, request, slices.Values([]moderation.Application{app}), nil)
		return err
	})
}

// scan scores what waits, with a model that flags everything.
func (w *worker) scan(ctx context.Context, n int) {
	var posts []moderation.Post
	err := w.wish(ctx, "", func(request string) (err error) {
		posts, err = w.db.Scans().Take(ctx, request, model, n)
		return err
	})
	if err != nil || len(posts) == 0 {
		return
	}
	_ = w.wish(ctx, "scan_put", func(request string) error {
		_, err := w.db.Scans().Put(ctx, request, model, scores(posts, true))
		return err
	})
}

// work does what the login is for until ctx ends.
func (w *worker) work(ctx context.Context) {
	if w.login == "worker1" {
		w.serve(ctx)
	} else {
		w.moderate(ctx)
	}
}

// serve is the worker's part: new papers, old ones changed, posts scored.
func (w *worker) serve(ctx context.Context) {
	for ctx.Err() == nil {
		switch w.dice.IntN(4) {
		case 0:
			w.supply(ctx, 1+w.dice.IntN(4), 0)
		case 1:
			w.supply(ctx, 0, 1+w.dice.IntN(8))
		case 2:
			w.revise(ctx)
		case 3:
			w.scan(ctx, 10)
		}
		time.Sleep(time.Duration(w.dice.IntN(20)) * time.Millisecond)
	}
}

// colleagues are those who decide.
var colleagues = []string{"moderator1", "moderator2", "moderator3", "lead1", "lead2"}

// moderate is everybody else's part.
func (w *worker) moderate(ctx context.Context) {
	cases := w.db.Cases()
	for ctx.Err() == nil {
		kind := []moderation.Kind{moderation.KindBrand, moderation.KindPost}[w.dice.IntN(2)]
		var leases []moderation.Lease
		n := 1 + w.dice.IntN(3)
		err := w.wish(ctx, "case_take", func(request string) (err error) {
			leases, err = cases.Take(ctx, request, kind, "", n)
			return err
		})
		if err != nil || len(leases) == 0 {
			time.Sleep(10 * time.Millisecond)
			continue
		}
		for _, l := range leases {
			w.handle(ctx, kind, l)
		}
	}
}

// handle does with one case what people do.
func (w *worker) handle(ctx context.Context, kind moderation.Kind, l moderation.Lease) {
	cases := w.db.Cases()
	if w.chance(0.1) {
		_ = w.wish(ctx, "note_add", func(request string) error { return cases.AddNote(ctx, request, l.Case, "看过了") })
	}
	if w.chance(0.2) {
		time.Sleep(time.Duration(w.dice.Int64N(int64(w.nap))))
		_ = w.wish(ctx, "", func(string) error { _, err := cases.Renew(ctx, l); return err })
	}
	switch dice := w.dice.Float64(); {
	case dice < 0.08:
		_ = w.wish(ctx, "case_release", func(request string) error { return cases.Release(ctx, request, l) })
		return
	case dice < 0.12:
		_ = w.wish(ctx, "case_skip", func(request string) error {
			return cases.Skip(ctx, request, l.Case, moderation.SkipLanguage, "")
		})
		return
	case dice < 0.16:
		to := colleagues[w.dice.IntN(len(colleagues))]
		_ = w.wish(ctx, "case_hand", func(request string) error { return cases.Hand(ctx, request, l, to, "看一下") })
		return
	}
	verdicts := append(moderation.Verdicts(kind), moderation.Overturn)
	verdict := verdicts[0] // so that much is approved
	if w.chance(0.4) {
		verdict = verdicts[w.dice.IntN(len(verdicts))]
	}
	var receipt moderation.Receipt
	err := w.wish(ctx, "case_decide", func(request string) (err error) {
		d := decision(l, verdict)
		d.Request = request
		if moderation.NeedsReason(verdict) {
			d.Reason = "We looked at it once more."
		}
		receipt, err = cases.Decide(ctx, d)
		if err == nil {
			w.mu.Lock()
			w.made[request] = receipt.Decision
			w.mu.Unlock()
		}
		return err
	})
	if err != nil || !w.chance(0.3) {
		return
	}
	if w.chance(0.3) {
		time.Sleep(time.Until(receipt.Effective) + 10*time.Millisecond)
		_ = w.wish(ctx, "case_appeal", func(request string) error { return cases.Appeal(ctx, request, l.Case, "", "不对") })
		return
	}
	_ = w.wish(ctx, "decision_undo", func(request string) error {
		_, err := cases.Undo(ctx, request, receipt.Decision)
		return err
	})
}

// decisions is how many were acknowledged so far.
func (o *office) decisions() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.made)
}

// recorded names the row of the record that each function leaves of a request.
var recorded = map[string]string{
	"case_decide": "case.decide", "decision_undo": "case.undo", "note_add": "case.note",
	"case_hand": "case.hand", "case_skip": "case.skip", "case_appeal": "case.appeal",
	"import_applications": "import.applications", "import_posts": "import.posts",
}

// balance compares the book with the database when all have gone home.
func (o *office) balance() {
	t := o.t
	t.Helper()
	must(t, exec(o.super, `DROP TRIGGER witness ON studio.queue; DROP TRIGGER witness ON studio.decision`))
	nothing := func(what, query string, args ...any) {
		t.Helper()
		rows, err := o.super.Query(query, args...)
		must(t, err)
		defer rows.Close()
		n := 0
		for ; rows.Next(); n++ {
			var row string
			must(t, rows.Scan(&row))
			if n < 3 {
				t.Errorf("%s: %s", what, row)
			}
		}
		must(t, rows.Err())
		if n > 3 {
			t.Errorf("%s: %d more", what, n-3)
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	functions := maps.Clone(o.acked)
	maps.DeleteFunc(functions, func(_, function string) bool { return function == "" })
	ids := slices.Collect(maps.Keys(functions))
	names, actions := make([]string, len(ids)), make([]string, len(ids))
	for i, id := range ids {
		names[i], actions[i] = functions[id], recorded[functions[id]]
	}
	nothing("acknowledged, and not there", `
		SELECT a.function || ' ' || a.id FROM unnest(CAST($1 AS uuid[]), CAST($2 AS text[])) AS a(id, function)
		 WHERE NOT EXISTS (SELECT FROM studio.request r WHERE r.id = a.id AND r.function = a.function AND r.result IS NOT NULL)`,
		pq.Array(ids), pq.Array(names))
	nothing("acknowledged, and not in the record once", `
		SELECT a.action || ' ' || a.id || ': ' || count(r.seq) FROM unnest(CAST($1 AS uuid[]), CAST($2 AS text[])) AS a(id, action)
		  LEFT JOIN studio.audit r ON r.request = a.id AND r.action = a.action
		 WHERE a.action <> '' GROUP BY a.action, a.id HAVING count(r.seq) <> 1`,
		pq.Array(ids), pq.Array(actions))

	var requests, decisions []string
	for request, decision := range o.made {
		requests, decisions = append(requests, request), append(decisions, decision)
	}
	nothing("a receipt for a decision that is not there", `
		SELECT a.id || ' of request ' || a.request FROM unnest(CAST($1 AS uuid[]), CAST($2 AS uuid[])) AS a(request, id)
		 WHERE NOT EXISTS (SELECT FROM studio.decision d WHERE d.id = a.id AND d.request = a.request)`,
		pq.Array(requests), pq.Array(decisions))
	nothing("in the record twice", `
		SELECT action || ' ' || target || ' ' || request FROM studio.audit WHERE action IN ('case.decide', 'case.undo', 'case.note', 'case.hand', 'case.skip', 'case.appeal')
		 GROUP BY action, target, request HAVING count(*) > 1`)
	nothing("decided, and nobody wished it", `
		SELECT id FROM studio.decision WHERE request <> ALL (CAST($1 AS uuid[]))`, pq.Array(slices.Collect(maps.Keys(o.wished))))
	nothing("decisions and rows of the record", `
		SELECT d || ' decisions, ' || a || ' rows' FROM (SELECT count(*) FROM studio.decision) AS d(d),
		       (SELECT count(*) FROM studio.audit WHERE action = 'case.decide') AS a(a) WHERE d <> a`)
	nothing("approved by fewer than two", `
		SELECT a.id FROM studio.application a WHERE a.state = 'approved' AND 2 > (
		  SELECT count(DISTINCT d.person) FROM studio.decision d JOIN studio.cases c ON c.id = d.case_id
		   WHERE c.target = a.id AND d.verdict = 'approve' AND d.undone_at IS NULL AND d.person NOT IN (a.submitted_by, a.entered_by))`)
	nothing("two open cases", `SELECT target FROM studio.cases WHERE stage <> 'closed' GROUP BY kind, target HAVING count(*) > 1`)
	nothing("the witness saw", `SELECT what || ': ' || detail FROM public.witness`)
	var came int
	must(t, o.super.QueryRow(`SELECT coalesce(sum(came), 0) FROM studio.import WHERE kind = 'posts' AND request = ANY (CAST($1 AS uuid[]))`, pq.Array(ids)).Scan(&came))
	if came != o.came {
		t.Errorf("acknowledged imports brought %d posts by their tallies, %d by the database's", o.came, came)
	}
	t.Logf("%d wishes, %d acknowledged, %d decisions; told: %v", len(o.wished), len(o.acked), len(o.made), o.faults)

	auditor, err := store.Open(t.Context(), store.Config{URL: o.url("auditor1"), Client: "test"})
	must(t, err)
	defer auditor.Close()
	found, err := auditor.Audit().Verify(t.Context(), nil)
	must(t, err)
	for _, p := range found.Problems {
		t.Errorf("verify: %+v", p)
	}
}
