package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"cinnabar/moderation"
)

// hostileSettings are all that a login may set which could change how a function of ours
// reads a text, writes a number or a time, or is planned.
var hostileSettings = []string{
	`DateStyle = 'SQL, DMY'`, `IntervalStyle = 'sql_standard'`, `TimeZone = 'Pacific/Kiritimati'`, `timezone_abbreviations = 'Australia'`,
	`extra_float_digits = -15`, `bytea_output = 'escape'`, `standard_conforming_strings = off`, `backslash_quote = on`, `escape_string_warning = off`,
	`transform_null_equals = on`, `array_nulls = off`, `quote_all_identifiers = on`, `search_path = pg_temp, public`, `lc_numeric = 'C'`, `lc_time = 'C'`,
	`default_text_search_config = 'pg_catalog.simple'`, `xmlbinary = 'hex'`, `xmloption = 'document'`, `row_security = off`, `check_function_bodies = off`,
	`work_mem = '64kB'`, `enable_indexscan = off`, `enable_seqscan = off`, `enable_hashjoin = off`, `plan_cache_mode = 'force_generic_plan'`, `jit_above_cost = 0`,
	`force_parallel_mode = regress`, `default_tablespace = ''`, `default_transaction_deferrable = on`, `synchronous_commit = off`, `geqo_threshold = 2`,
	`from_collapse_limit = 1`, `join_collapse_limit = 1`, `gin_fuzzy_search_limit = 1`, `client_min_messages = error`, `password_encryption = 'md5'`,
	`constraint_exclusion = on`, `default_toast_compression = 'pglz'`, `stats_fetch_consistency = 'none'`, `vacuum_cost_limit = 1`,
}

// harsh is the SQL that sets all of them which this server knows.
func (s *scene) harsh() string {
	s.t.Helper()
	var b strings.Builder
	for _, setting := range hostileSettings {
		name, _, _ := strings.Cut(setting, " ")
		if s.one(`SELECT count(*) FROM pg_settings WHERE lower(name) = lower($1)`, name) == "1" {
			b.WriteString(`SET ` + setting + `; `)
		}
	}
	return b.String()
}

// What is hashed, stored and compared must not hang on the session. Every deed is asked
// for by the rules of a program of ours and again, as the same request, by hostile
// ones: it is the same deed only if all that was hashed of it is the same. And the other
// way round. Then all that was written is verified.
func TestHostileSettingsChangeNothingThatIsHashedStoredOrCompared(t *testing.T) {
	t.Parallel()
	s := stage(t)
	harsh := s.harsh()
	second := s.sit("moderator3")
	s.exec(`SELECT studio.person_add(gen_random_uuid(), 'moderator3', 'Aisha Rahman', 'moderator')`)
	s.words["theirs"] = s.brand("theirs", "Luma Skin", "marketer1", "worker1")
	s.sit("moderator1").decide(s.words["theirs"], moderation.Refuse)
	var deeds []struct{ login, sql string }
	deed := func(login, sql string) {
		deeds = append(deeds, struct{ login, sql string }{login, strings.ReplaceAll(sql, "{request}", `'`+uuid.NewString()+`'`)})
	}
	for i, id := range []string{"s1", "s2"} { // each side does one first
		s.words[id] = s.brand(id, "Sigma "+id, "sigma", "worker1")
		s.words["v"+id] = fmt.Sprint(second.claim(s.words[id]).Fence)
		deed("moderator3", `SELECT studio.case_decide({request}, '{`+id+`}', {v`+id+`}, 1, 'refuse', '1.3', E'a \\s+ reason', E'a\\note')`)
		deed("moderator3", `SELECT studio.note_add({request}, '{post}', E'one \\t thing `+id+`')`)
		deed("lead1", `SELECT studio.policy_put({request}, '9.`+id+`', NULL, '{"kind": "post", "verdicts": ["clear"], "title": {"en": "a", "zh": "b"}, "message": {"en": "a", "zh": "b"}, "source": "x", "since": "2026-03-04"}')`)
		deed("lead1", `SELECT studio.named_queue_put({request}, 'q.`+id+`', 'post', '{"en": "a", "zh": "b"}', 90061, true)`)
		deed("lead1", `SELECT studio.routes_put({request}, (SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY n), '[]') FROM studio.route r WHERE n < 0) || '`+s.one(`SELECT studio.routes_text()`)+`',
			'`+s.one(`SELECT studio.routes_text()`)+`')`)
		draft := []string{"NULL, NULL", "1, 1"}[i]
		deed("lead1", `SELECT studio.rulebook_save({request}, `+draft+`, '[{"name": "offer.`+id+`", "kind": "phrase", "weight": 0.30000000000000004, "say": ["a \\s b"]}]', E'a\\note')`)
		deed("admin1", `SELECT studio.setting_put({request}, 'skip_for', '`+fmt.Sprint(i+7)+` hours')`)
		deed("moderator3", `SELECT studio.case_skip({request}, '{first}', 'other', 'words `+id+`')`)
		deed("marketer1", `SELECT studio.case_appeal({request}, '`+[]string{"{closed}", "{theirs}"}[i]+`', '', 'words')`)
	}
	for i, d := range deeds {
		first, again := "", harsh
		if i >= len(deeds)/2 {
			first, again = harsh, ""
		}
		before, err := s.rows(d.login, first+d.sql)
		if err != nil {
			t.Errorf("%s: %s: %v", d.login, d.sql, err)
			continue
		}
		heads := s.record()
		after, err := s.rows(d.login, again+d.sql)
		if err != nil || fmt.Sprint(before) != fmt.Sprint(after) {
			t.Errorf("%s: the same request was answered\n%v, and by other settings\n%v, %v", d.sql, before, after, err)
		}
		if s.record() != heads {
			t.Errorf("%s was done twice", d.sql)
		}
	}

	// Imports, by turns: the second stands, because its digest is the first one's.
	post := func(id string) string {
		return `SELECT studio.posts_import({request}, '{` + id + `}', '{en}', '{A  title}', E'{"a \\\\s b"}', '{2026-03-01 09:00:00.123456+00}', '{t}', ARRAY['["https://x"]'::jsonb], ARRAY['[]'::jsonb],
			'{1}', '{0}', '{1}', '{2}', '{3}', '{4}', ARRAY['[]'::jsonb], '{""}', ARRAY['{"handle": "h", "followers": 1, "following": 1, "posts": 1, "posts_per_day": 0.1234567890123456, "joined_at": "2020-01-02T03:04:05Z"}'::jsonb],
			'{"  Luma\tSkin "}', '{f}', ARRAY['{"a": 0.30000000000000004}'::jsonb])`
	}
	paper := `SELECT studio.applications_import({request}, jsonb_build_array(` + handed("same", `"established": "2026-03-04", "entity_expires": "infinity", "extra": {"a": 0.30000000000000004}, "brand_name": " Luma\\tSkin "`) + `))`
	for i, rules := range []string{"", harsh, ""} {
		for kind, parts := range map[string]string{"posts": post("hs1"), "applications": paper} {
			rows, err := s.rows("worker1", rules+s.imported(kind, parts))
			if err != nil {
				t.Fatalf("import of %s: %v", kind, err)
			}
			want := `"came": 1`
			if i > 0 {
				want = `"stood": 1`
			}
			if got := rows[len(rows)-1]; !strings.Contains(got, want) {
				t.Errorf("%s, by rules %d: %s, want %s", kind, i, got, want)
			}
		}
	}
	s.importing("worker1", "posts", post("hs2"))
	s.importing("worker1", "posts", post("hs3"))
	// Evidence, whose weights are numbers with many digits, by hostile rules and by ours.
	for i, rules := range []string{harsh, ""} {
		id := fmt.Sprintf("hs%d", i+2)
		if err := s.try("worker1", rules+`SELECT studio.scan_take({new}, 'model', 10);
			SELECT studio.scan_put({new}, 'model', '[{"post": "`+id+`", "revision": 1, "commercial": 0.91234567890123456, "disclosure": "none", "flag": true,
				"evidence": [{"rule": "a.b", "field": "body", "start": 0, "end": 3, "text": "a \\s", "weight": 1.2345678901234567}]}]')`); err != nil {
			t.Errorf("scan: %v", err)
		}
	}
	if got := s.one(`SELECT count(DISTINCT studio.evidence_digest(c.id)) FROM studio.cases c WHERE target IN ('hs2', 'hs3')`); got != "1" {
		t.Errorf("the same evidence has %s digests", got)
	}
	// The bytes that are hashed, computed by all kinds of rules.
	canonical := `SELECT md5(string_agg(studio.audit_canonical(hash, chain, seq, at, actor, action, kind, target, request, detail), '' ORDER BY chain, seq)) FROM studio.audit`
	for _, rules := range []string{"", harsh} {
		conn, err := s.super.Conn(t.Context())
		must(t, err)
		_, err = conn.ExecContext(t.Context(), rules)
		must(t, err)
		got, err := all(t.Context(), conn, canonical)
		must(t, err)
		_, err = conn.ExecContext(t.Context(), `DISCARD ALL`)
		must(t, err)
		conn.Close()
		if s.words["canonical"] == "" {
			s.words["canonical"] = got[0]
		} else if got[0] != s.words["canonical"] {
			t.Error("the record's bytes hang on the session's settings")
		}
	}
	s.inOrder()
}

func TestNoTransactionGetsAroundTheRules(t *testing.T) {
	t.Parallel()
	s := stage(t)
	note := `SELECT studio.note_add({new}, '{post}', 'x')`
	none := `SELECT count(*) FROM studio.note WHERE text = 'x'`
	begin := `SELECT studio.import_begin('c0000000-0000-7000-8000-000000000001', 'pictures')`
	part := `SELECT studio.pictures_import('c0000000-0000-7000-8000-000000000001', ARRAY['\x01'::bytea], '{image/png}', '{1}', '{1}')`
	end := `SELECT studio.import_end('c0000000-0000-7000-8000-000000000001', 'pictures')`
	gone := `SELECT count(*) FROM studio.picture WHERE bytes = '\x01'`
	s.withstand([]attempt{
		{"judge by an old picture of the database", "moderator1 lead1", `BEGIN ISOLATION LEVEL REPEATABLE READ; ` + note, "25000", none},
		{"judge by a serializable picture", "moderator1 lead1", `BEGIN ISOLATION LEVEL SERIALIZABLE; ` + note, "25000", none},
		{"judge by an old picture by default", "moderator1", `SET default_transaction_isolation = 'repeatable read'; COMMIT; BEGIN; ` + note, "25000", none},
		{"write while only reading", "moderator1", `BEGIN READ ONLY; ` + note, "25006", none},
		{"write and take all back", "moderator1", `BEGIN; ` + note + `; ROLLBACK`, "allowed", none},
		{"write within a savepoint and take that back", "moderator1", `BEGIN; SAVEPOINT a; ` + note + `; ROLLBACK TO a; COMMIT`, "allowed", none},
		{"write within a block that fails", "moderator1", `DO $x$ BEGIN PERFORM studio.note_add(gen_random_uuid(), '{post}', 'x'); PERFORM 1 / 0; EXCEPTION WHEN OTHERS THEN NULL; END $x$`, "allowed", none},
		{"write, with the record's trigger put off", "moderator1", `BEGIN; SET CONSTRAINTS ALL DEFERRED; ` + note + `; ROLLBACK`, "allowed", none},
		{"write, with the record's trigger at once, and take it back", "moderator1", `BEGIN; SET CONSTRAINTS ALL IMMEDIATE; ` + note + `; ROLLBACK`, "allowed", none},
		{"leave an import without an end", "worker1 marketer1", `BEGIN; ` + begin + `; ` + part + `; COMMIT`, "25000", gone},
		{"leave an import without an end, checked at once", "worker1", `BEGIN; SET CONSTRAINTS ALL IMMEDIATE; ` + begin + `; ` + part + `; COMMIT`, "25000", gone},
		{"add to an import that has ended", "worker1", `BEGIN; ` + begin + `; ` + end + `; ` + part + `; COMMIT`, "25000", gone},
		{"end an import as another kind", "worker1", `BEGIN; ` + begin + `; SELECT studio.import_end('c0000000-0000-7000-8000-000000000001', 'posts'); COMMIT`, "25000", gone},
		{"begin an import twice", "worker1", `BEGIN; ` + begin + `; ` + begin + `; COMMIT`, "23505", gone},
		{"add to nobody's import", "worker1", part, "25000", gone},
		{"end nobody's import", "worker1", end, "25000", gone},
		{"come back to an old picture by its name", "moderator1", `BEGIN ISOLATION LEVEL REPEATABLE READ; SET TRANSACTION SNAPSHOT '00000003-0000001B-1'; ` + note, "22023", none},
		{"write with a right for the length of a statement", "moderator1", `WITH r AS (SELECT set_config('role', 'cinnabar_owner', true)) SELECT * FROM r`, "42501", ""},
		{"keep a cursor over an opinion beyond its transaction", "moderator2", `BEGIN; DECLARE c CURSOR WITH HOLD FOR SELECT note FROM studio.decision WHERE case_id = '{second}'; COMMIT; FETCH ALL FROM c`, "nothing", ""},
	})

	// Half of it taken back: what is left is whole.
	must(t, s.try("moderator1", `BEGIN; SELECT studio.note_add({new}, '{post}', 'kept'); SAVEPOINT a; SELECT studio.note_add({new}, '{post}', 'x');
		SELECT studio.case_claim({new}, '{first}'); ROLLBACK TO a; SET CONSTRAINTS ALL IMMEDIATE; SELECT studio.note_add({new}, '{post}', 'kept too'); COMMIT`))
	if got := s.one(`SELECT count(*) FROM studio.note WHERE text LIKE 'kept%'`) + s.one(none) + s.one(`SELECT count(*) FROM studio.audit_pending`); got != "200" {
		t.Errorf("kept, taken back, pending: %s, want 2, 0, 0", got)
	}
	s.inOrder()
}

// A function that is stopped in the middle has done nothing.
func TestAFunctionThatIsStoppedHasDoneNothing(t *testing.T) {
	t.Parallel()
	s := stage(t)
	p := s.sit("moderator1")
	id := s.words["first"]
	whole := 0
	for i := range 25 {
		lease := p.claim(id)
		before := s.record()
		db := s.hostile("moderator1")
		must(t, exec(db, fmt.Sprintf(`SET statement_timeout = %d`, 2+3*i)))
		request := uuid.NewString()
		err := exec(db, fmt.Sprintf(`SELECT studio.case_decide('%s', '%s', %d, %d, 'escalate', '', '', 'n')`, request, id, lease.Fence, lease.Version))
		db.Close()
		switch {
		case code(err) == "57014":
			if s.record() != before || s.one(`SELECT count(*) FROM studio.request WHERE id = $1`, request) != "0" {
				t.Fatal("half a decision")
			}
		case err == nil:
			whole++
			must(t, p.db.Cases().Release(t.Context(), uuid.NewString(), lease))
			id = s.brand(fmt.Sprintf("stopped%d", i), "Stopped", "x", "worker1")
		default:
			t.Fatal(err)
		}
	}
	t.Logf("%d of 25 went through", whole)
	s.inOrder()
}

// An advisory lock is anybody's; nothing of ours waits for one while people work. (A
// migration does, and says so.)
func TestNobodyStopsAMonthByAnAdvisoryLock(t *testing.T) {
	t.Parallel()
	s := stage(t)
	db := s.hostile("moderator1")
	must(t, exec(db, `SELECT pg_advisory_lock(hashtextextended('studio.month_ready post_2014_03', 0)), pg_advisory_lock(hashtextextended('studio.month_ready audit_2030_01', 0))`))
	for n := range 64 {
		must(t, exec(db, fmt.Sprintf(`SELECT pg_advisory_lock(%d)`, n)))
	}
	if got, err := s.rows("worker1", `SET lock_timeout = '2s'; SELECT studio.posts_months('{2014-03-05}')`); err != nil || fmt.Sprint(got) != "[1]" {
		t.Errorf("a new month: %v, %v", got, err)
	}
	s.exec(`SET lock_timeout = '2s'; SELECT studio.audit_month_ready('2030-01-05')`)
	for _, lock := range []string{`LOCK studio.post IN ACCESS SHARE MODE`, `LOCK studio.audit IN ACCESS SHARE MODE`} { // the most that reading gives
		must(t, exec(db, `BEGIN`))
		if err := exec(db, lock); err != nil {
			t.Fatal(err)
		}
		if err := s.try("worker1", `SET lock_timeout = '2s'; SELECT studio.posts_months('{2013-0`+fmt.Sprint(len(lock)%7+1)+`-05}')`); err != nil {
			t.Errorf("while somebody reads: %v", err)
		}
		must(t, exec(db, `ROLLBACK`))
	}
}

// What is left over, as docs/security.md says: a login can hold what it locked for as
// long as its session lives. Nothing is lost by it, and ending the session sets all free.
func TestWhoHoldsTheRecordsHeadsStopsOthersUntilTheirSessionEnds(t *testing.T) {
	t.Parallel()
	s := stage(t)
	db := s.hostile("moderator1")
	must(t, exec(db, `BEGIN; SET CONSTRAINTS ALL IMMEDIATE`))
	must(t, exec(db, s.fill(`SELECT studio.note_add({new}, '{post}', 'held up')`)))
	if err := s.try("moderator2", `SET lock_timeout = '200ms'; SELECT studio.note_add({new}, '{post}', 'waits')`); code(err) != "55P03" {
		t.Errorf("a colleague's note: %v", err)
	}
	if got := s.one(`SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'moderator1' AND state = 'idle in transaction'`); got != "1" {
		t.Fatalf("%s sessions ended", got)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := s.sit("moderator2").db.Cases().AddNote(ctx, uuid.NewString(), s.words["post"], "goes on"); err != nil {
		t.Errorf("after the session ended: %v", err)
	}
	if got := s.one(`SELECT string_agg(text, ' ') FROM studio.note WHERE text IN ('held up', 'waits', 'goes on')`); got != "goes on" {
		t.Errorf("notes: %s", got)
	}
	s.inOrder()
}

func TestTwoSessionsOfOnePersonAreOnePerson(t *testing.T) {
	t.Parallel()
	s := stage(t)
	one, other := s.hostile("moderator1"), s.hostile("moderator1")
	claim := s.fill(`SELECT studio.case_claim({new}, '{first}')`)
	must(t, exec(one, claim))
	must(t, exec(other, s.fill(`SELECT studio.case_claim({new}, '{first}')`))) // the same lease
	must(t, exec(one, s.fill(`SELECT studio.case_decide({new}, '{first}', 1, 1, 'approve', '', '', '')`)))
	if err := exec(other, s.fill(`SELECT studio.case_decide({new}, '{first}', 1, 1, 'approve', '', '', '')`)); code(err) != "lease_lost" {
		t.Errorf("the second session decides too: %v", err)
	}
	if err := exec(other, s.fill(`SELECT studio.case_claim({new}, '{first}')`)); code(err) != "second_person" {
		t.Errorf("the second session is the second person: %v", err)
	}
	if got := s.one(`SELECT approvals || stage FROM studio.cases WHERE id = $1`, s.words["first"]); got != "1"+string(moderation.StageSecond) {
		t.Errorf("the case is %s", got)
	}
	s.inOrder()
}
