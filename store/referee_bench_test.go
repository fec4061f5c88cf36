package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"cinnabar/internal/people"
	"cinnabar/moderation"
	"cinnabar/store"
	"cinnabar/store/local"
)

// What the referee costs, each figure against something in the same run, on a
// server with fsync on:
//
//	go test ./store -run '^$' -bench 'Claims|DecideWithChain|QueuePage' -benchtime 1x -timeout 60m

// benchServer is a server of the benchmark's own, durable as a real one, with
// sixty-four moderators.
type benchServer struct {
	b   *testing.B
	own *local.Server
}

const benchPeople = 64

func newBenchServer(b *testing.B) *benchServer {
	b.Helper()
	dir, err := os.MkdirTemp("", "cinnabar-bench-")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil { // as root the server is somebody else
		b.Fatal(err)
	}
	own, err := local.Start(b.Context(), local.Config{Dir: filepath.Join(dir, "pg")})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { own.Close() })
	if _, _, err := store.Migrate(b.Context(), own.SuperURL()); err != nil {
		b.Fatal(err)
	}
	var all []people.Person
	for i := range benchPeople {
		login := "bench" + strconv.Itoa(i)
		all = append(all, people.Person{Login: login, Name: login, Role: people.Moderator, Active: true})
	}
	all[benchPeople-1].Regions, all[benchPeople-1].Languages = []string{"CN", "SG"}, []string{"zh-Hans", "en"}
	if _, err := store.AddFounders(b.Context(), own.SuperURL(), all); err != nil {
		b.Fatal(err)
	}
	return &benchServer{b, own}
}

// open connects as a login with one connection, which says that it is a client of
// today; "" is the superuser.
func (s *benchServer) open(login string) *sql.DB {
	s.b.Helper()
	url := s.own.SuperURL()
	if login != "" {
		url = s.own.URL(login)
	}
	db, err := sql.Open("postgres", url+"&cinnabar.client=1&binary_parameters=yes")
	if err != nil {
		s.b.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	s.b.Cleanup(func() { db.Close() })
	if err := db.Ping(); err != nil {
		s.b.Fatal(err)
	}
	return db
}

func (s *benchServer) run(db *sql.DB, statements ...string) {
	s.b.Helper()
	for _, statement := range statements {
		if _, err := db.ExecContext(context.WithoutCancel(s.b.Context()), statement); err != nil {
			s.b.Fatalf("%.80s: %v", statement, err)
		}
	}
}

// fill puts cases of posts into the queue, with keys spread over a week.
func (s *benchServer) fill(super *sql.DB, n int) {
	s.b.Helper()
	s.run(super, `SET synchronous_commit = off`, `SET work_mem = '256MB'`, `SET maintenance_work_mem = '512MB'`)
	const step = 500_000
	for from := 0; from < n; from += step {
		s.run(super, fmt.Sprintf(`
			WITH c AS (
			  INSERT INTO studio.cases (ref, kind, target, title, subtitle, tag, score, region, lang, created, due)
			  SELECT 'P-' || i, 'post', 'p' || i, 'A note of number ' || i, 'somebody', 'code', 0.5, 'CN', 'zh-Hans', now(), now() + interval '1 day'
			    FROM generate_series(%d, %d) AS i RETURNING id)
			INSERT INTO studio.queue (case_id, kind, named, stage, waiting, shard, due_key, available_at, region, lang)
			SELECT id, 'post', 'post', 'first', true, get_byte(uuid_send(id), 15) & 15, now() + random() * interval '7 days', now(), 'CN', 'zh-Hans' FROM c`,
			from+1, min(from+step, n)))
	}
	s.run(super, `VACUUM ANALYZE studio.cases`, `VACUUM ANALYZE studio.queue`, `SET synchronous_commit = on`)
}

// latencies of calls, from many goroutines.
type latencies struct {
	mu  sync.Mutex
	all []time.Duration
}

func (l *latencies) add(own []time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, own...)
}

func (l *latencies) at(q float64) time.Duration {
	slices.Sort(l.all)
	return l.all[min(int(q*float64(len(l.all))), len(l.all)-1)]
}

// BenchmarkClaimsFromAnAgedQueue lets 64 people take the next case, and finish it,
// as fast as they can, from a queue of a million of which a third is done. "plain"
// is one SKIP LOCKED over a partial index; once inside the same function with all
// its duties, once as a bare statement of the superuser's.
func BenchmarkClaimsFromAnAgedQueue(b *testing.B) {
	s := newBenchServer(b)
	super := s.open("")
	s.fill(super, 1_000_000)
	// Aged: a third is done, some were taken and given back, nobody has vacuumed.
	s.run(super,
		`ALTER TABLE studio.queue SET (autovacuum_enabled = false)`,
		`UPDATE studio.queue SET waiting = false, stage = 'closed' WHERE case_id IN (SELECT case_id FROM studio.queue ORDER BY due_key LIMIT 300000)`,
		`UPDATE studio.queue SET holder = 'bench0', lease_until = now() - interval '1 minute', fence = fence + 1
		   WHERE case_id IN (SELECT case_id FROM studio.queue WHERE waiting ORDER BY due_key LIMIT 100000)`,
		`CREATE FUNCTION studio.plain_take(p_request uuid, p_kind text) RETURNS jsonb
		 LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
		 DECLARE
		   login CONSTANT text := studio.begin_write('case_take', 'moderator', 'lead');
		   done CONSTANT jsonb := studio.request_begin(p_request, 'case_take', jsonb_build_array(p_kind, 1));
		   me studio.person;
		   speaks text;
		   leases jsonb := '[]';
		   next_case uuid;
		 BEGIN
		   SELECT * INTO STRICT me FROM studio.person p WHERE p.login = studio.me();
		   speaks := studio.language_pattern(me.languages);
		   FOR next_case IN
		     SELECT q.case_id FROM studio.queue q JOIN studio.cases c ON c.id = q.case_id
		      WHERE q.kind = p_kind AND q.waiting AND q.available_at <= clock_timestamp()
		        AND (q.holder IS NULL OR q.lease_until <= clock_timestamp())
		        AND (q.reserved_for IS NULL OR q.reserved_for = login OR q.reserved_until <= clock_timestamp())
		        AND (q.region = '' OR me.regions = '{}' OR q.region = ANY (me.regions))
		        AND (q.lang = '' OR speaks IS NULL OR q.lang ~* speaks)
		        AND studio.barred(c, login) IS NULL AND NOT studio.has_skipped(q.case_id, login)
		      ORDER BY q.due_key LIMIT 1 FOR UPDATE OF q SKIP LOCKED
		   LOOP
		     leases := leases || studio.lease_give(next_case, login);
		   END LOOP;
		   RETURN studio.request_end(p_request, leases);
		 END $$`,
		`ALTER FUNCTION studio.plain_take OWNER TO cinnabar_owner`, `GRANT EXECUTE ON FUNCTION studio.plain_take TO moderator`,
		`CREATE FUNCTION studio.bare_take() RETURNS jsonb LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
		   UPDATE studio.queue SET holder = session_user, lease_until = clock_timestamp() + interval '5 minutes', fence = fence + 1
		    WHERE case_id = (SELECT case_id FROM studio.queue WHERE kind = 'post' AND waiting AND available_at <= clock_timestamp()
		       AND (holder IS NULL OR lease_until <= clock_timestamp()) ORDER BY due_key LIMIT 1 FOR UPDATE SKIP LOCKED)
		    RETURNING jsonb_build_array(jsonb_build_object('case', case_id)) $$`,
		`ALTER FUNCTION studio.bare_take OWNER TO cinnabar_owner`, `GRANT EXECUTE ON FUNCTION studio.bare_take TO moderator`,
		// What a decision does to the queue, and nothing else of it.
		`CREATE FUNCTION studio.bench_finish(p_case uuid) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
		   UPDATE studio.queue SET waiting = false, stage = 'closed', holder = NULL, lease_until = NULL WHERE case_id = p_case $$`,
		`ALTER FUNCTION studio.bench_finish OWNER TO cinnabar_owner`, `GRANT EXECUTE ON FUNCTION studio.bench_finish TO moderator`)

	conns := make([]*sql.DB, benchPeople)
	for i := range conns {
		conns[i] = s.open("bench" + strconv.Itoa(i))
	}
	seen := map[string]bool{}
	var mu sync.Mutex
	round := func(query string) (perSecond float64, l *latencies) {
		l = &latencies{}
		const span = 4 * time.Second
		until := time.Now().Add(span)
		var n int
		parallelB(b, benchPeople, func(i int) error {
			var own []time.Duration
			var cases []string
			for time.Now().Before(until) {
				start := time.Now()
				var id sql.NullString
				if err := conns[i].QueryRow(query).Scan(&id); err != nil {
					return err
				}
				own = append(own, time.Since(start))
				cases = append(cases, id.String)
				if _, err := conns[i].Exec(`SELECT studio.bench_finish($1)`, id.String); err != nil {
					return err
				}
			}
			mu.Lock()
			defer mu.Unlock()
			for _, c := range cases {
				if seen[c] {
					return fmt.Errorf("case %s was given out twice", c)
				}
				seen[c] = true
			}
			n += len(cases)
			l.add(own)
			return nil
		})
		return float64(n) / span.Seconds(), l
	}
	for b.Loop() {
		var ours, plain, bare []float64
		var p99 [3]time.Duration
		for range 3 {
			v, l := round(`SELECT studio.case_take(gen_random_uuid(), 'post', 1) -> 0 ->> 'case'`)
			ours, p99[0] = append(ours, v), l.at(0.99)
			v, l = round(`SELECT studio.plain_take(gen_random_uuid(), 'post') -> 0 ->> 'case'`)
			plain, p99[1] = append(plain, v), l.at(0.99)
			v, l = round(`SELECT studio.bare_take() -> 0 ->> 'case'`)
			bare, p99[2] = append(bare, v), l.at(0.99)
		}
		b.ReportMetric(median(ours), "claims/s")
		b.ReportMetric(median(ours)/median(plain), "of_plain")
		b.ReportMetric(median(ours)/median(bare), "of_bare_statement")
		b.ReportMetric(float64(p99[0].Milliseconds()), "p99_ms")
		b.ReportMetric(float64(p99[1].Milliseconds()), "plain_p99_ms")
		b.ReportMetric(float64(p99[2].Milliseconds()), "bare_p99_ms")
		b.ReportMetric(0, "ns/op")
	}
}

// BenchmarkDecideWithChain lets eight people decide cases that they hold, with the
// record chained and with the same rows written without hash and head.
func BenchmarkDecideWithChain(b *testing.B) {
	s := newBenchServer(b)
	super := s.open("")
	const clients, each = 8, 600
	chained := map[string]string{}
	for _, name := range []string{"audit_chain", "audit_write"} {
		var def string
		if err := super.QueryRow(`SELECT pg_get_functiondef(CAST('studio.` + name + `' AS regproc))`).Scan(&def); err != nil {
			b.Fatal(err)
		}
		chained[name] = def
	}
	s.run(super, `CREATE SEQUENCE public.unchained`, `GRANT USAGE ON SEQUENCE public.unchained TO PUBLIC`)
	const unchained = `CREATE OR REPLACE FUNCTION studio.audit_write(p_action text, p_kind text, p_target text, p_request uuid, p_detail jsonb DEFAULT '{}') RETURNS void
		LANGUAGE sql VOLATILE SET search_path = pg_catalog, studio, pg_temp AS $$
		  INSERT INTO studio.audit (chain, seq, at, actor, action, kind, target, request, detail, hash)
		  VALUES (get_byte(sha256(convert_to(p_kind || ':' || p_target, 'UTF8')), 0) & 63, nextval('public.unchained'),
		          clock_timestamp(), studio.me(), p_action, p_kind, p_target, p_request, p_detail::text, sha256('')) $$`
	conns := make([]*sql.DB, clients)
	for i := range conns {
		conns[i] = s.open("bench" + strconv.Itoa(i))
	}
	posts := 0
	round := func() float64 {
		from := posts + 1
		posts += clients * each
		s.run(super,
			fmt.Sprintf(`INSERT INTO studio.post_key (id, month, digest, changed_at) SELECT 'd' || i, studio.post_month(now(), now()), '', now() FROM generate_series(%d, %d) AS i`, from, posts),
			fmt.Sprintf(`INSERT INTO studio.post (month, id, lang, title, body, first_at, entered_by, declared, links, pictures, picture_count, video_count,
			  likes, saves, shares, comments, comment_texts, author_id, brand, extra)
			SELECT studio.post_month(now(), now()), 'd' || i, 'en', 'A note', 'body', now(), 'bench0', false, '[]', '[]', 0, 0, 0, 0, 0, 0, '[]', '', '', '{}' FROM generate_series(%d, %d) AS i`, from, posts),
			fmt.Sprintf(`WITH c AS (INSERT INTO studio.cases (ref, kind, target, title, tag, score, lang, created, due)
			  SELECT 'P-' || i, 'post', 'd' || i, 'A note', 'code', 0.5, 'en', now(), now() + interval '1 day' FROM generate_series(%d, %d) AS i RETURNING id, target)
			INSERT INTO studio.queue (case_id, kind, named, stage, waiting, shard, due_key, available_at, holder, lease_until, fence)
			SELECT id, 'post', 'post', 'first', true, 0, now(), now(), 'bench' || (substr(target, 2)::int %% %d), now() + interval '1 hour', 1 FROM c`, from, posts, clients),
			`CHECKPOINT`)
		mine := make([][]string, clients)
		for i := range mine {
			if err := super.QueryRow(`SELECT string_agg(CAST(case_id AS text), ' ') FROM studio.queue WHERE holder = $1`, "bench"+strconv.Itoa(i)).
				Scan((*joined)(&mine[i])); err != nil {
				b.Fatal(err)
			}
		}
		start := time.Now()
		parallelB(b, clients, func(i int) error {
			for _, id := range mine[i] {
				if _, err := conns[i].Exec(`SELECT studio.case_decide(gen_random_uuid(), $1, 1, 1, 'clear', '', '', '')`, id); err != nil {
					return err
				}
			}
			return nil
		})
		return clients * each / time.Since(start).Seconds()
	}
	for b.Loop() {
		round() // warm
		var with, without []float64
		for range 4 {
			with = append(with, round())
			s.run(super, unchained)
			without = append(without, round())
			s.run(super, chained["audit_write"])
		}
		b.ReportMetric(median(with), "decisions/s")
		b.ReportMetric(median(with)/median(without), "of_unchained")
		b.ReportMetric(0, "ns/op")
	}
}

// joined reads what string_agg put together.
type joined []string

func (j *joined) Scan(v any) error {
	switch text := v.(type) {
	case string:
		*j = strings.Fields(text)
	case []byte:
		*j = strings.Fields(string(text))
	}
	return nil
}

// BenchmarkQueuePage reads pages of the queue at several depths, as a person who
// sees all, as one with regions and languages of their own, and with row security
// switched off. CINNABAR_BENCH_CASES says how many cases wait; ten million take some
// ten minutes to put there and 6 GB.
func BenchmarkQueuePage(b *testing.B) {
	n := 1_000_000
	if text := os.Getenv("CINNABAR_BENCH_CASES"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			b.Fatal(err)
		}
	}
	s := newBenchServer(b)
	super := s.open("")
	s.fill(super, n)
	all, some := s.desk("bench0"), s.desk("bench"+strconv.Itoa(benchPeople-1))
	tables := []string{"queue", "cases", "skip"}
	secure := func(on bool) {
		for _, t := range tables {
			s.run(super, `ALTER TABLE studio.`+t+map[bool]string{true: ` ENABLE`, false: ` DISABLE`}[on]+` ROW LEVEL SECURITY`)
		}
	}
	for b.Loop() {
		for _, depth := range []float64{0, 0.01, 0.5, 0.99} {
			cursor := ""
			if depth > 0 {
				if err := super.QueryRow(`SELECT encode(convert_to(json_build_object('d', CAST(extract(epoch FROM now() + $1 * interval '7 days') * 1000000 AS bigint), 'c', '00000000-0000-0000-0000-000000000000')::text, 'UTF8'), 'base64')`, depth).Scan(&cursor); err != nil {
					b.Fatal(err)
				}
				cursor = strings.TrimRight(strings.NewReplacer("\n", "", "+", "-", "/", "_").Replace(cursor), "=")
			}
			var open, limited, free latencies
			for range 4 {
				s.pages(&open, all, cursor)
				s.pages(&limited, some, cursor)
				secure(false)
				s.pages(&free, all, cursor)
				secure(true)
			}
			at := fmt.Sprintf("_at_%g", depth)
			b.ReportMetric(float64(open.at(0.5).Microseconds()), "us"+at)
			b.ReportMetric(float64(open.at(0.95).Microseconds()), "p95_us"+at)
			b.ReportMetric(float64(open.at(0.5))/float64(free.at(0.5)), "of_no_rls"+at)
			b.ReportMetric(float64(limited.at(0.5))/float64(free.at(0.5)), "limited_of_no_rls"+at)
		}
		b.ReportMetric(0, "ns/op")
	}
}

func (s *benchServer) desk(login string) *store.DB {
	s.b.Helper()
	db, err := store.Open(s.b.Context(), store.Config{URL: s.own.URL(login)})
	if err != nil {
		s.b.Fatal(err)
	}
	s.b.Cleanup(func() { db.Close() })
	return db
}

// pages reads the page after a cursor forty times.
func (s *benchServer) pages(l *latencies, db *store.DB, cursor string) {
	s.b.Helper()
	for range 40 {
		start := time.Now()
		page, err := db.Cases().Page(s.b.Context(), moderation.QueueQuery{Kind: moderation.KindPost, After: cursor, Limit: 50})
		if err != nil || len(page.Cases) != 50 {
			s.b.Fatalf("a page of %d cases: %v", len(page.Cases), err)
		}
		l.add([]time.Duration{time.Since(start)})
	}
}

// parallelB runs n functions at once and fails on the first error.
func parallelB(b *testing.B, n int, f func(i int) error) {
	b.Helper()
	errs := make(chan error, n)
	for i := range n {
		go func() { errs <- f(i) }()
	}
	for range n {
		if err := <-errs; err != nil {
			b.Fatal(err)
		}
	}
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
