package store_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
)

func TestNobodyReadsWhatIsNotForThem(t *testing.T) {
	t.Parallel()
	s := stage(t)
	const opinions = `SELECT person, note FROM studio.decision WHERE case_id = '{second}' AND person = 'moderator1'`
	decides := func(verdict string) string { // and makes sure that it did
		return `DO $x$ DECLARE l jsonb := studio.case_claim({new}, '{second}'); BEGIN
			PERFORM studio.case_decide({new}, '{second}', (l ->> 'fence')::bigint, (l ->> 'version')::int, '` + verdict + `', CASE '` + verdict + `' WHEN 'refuse' THEN '1.3' END, 'x', '');
			ASSERT (SELECT stage FROM studio.cases WHERE id = '{second}') = 'escalated'; END $x$; `
	}
	s.withstand([]attempt{
		// A first opinion, before the second.
		{"read the first opinion", "moderator2 lead1 lead2", opinions, "nothing", ""},
		{"read the first opinion as a whole row", "moderator2 lead1", `SELECT to_jsonb(d) FROM studio.decision d WHERE case_id = '{second}'`, "nothing", ""},
		{"read the first opinion by COPY", "moderator2", `SELECT x FROM (SELECT note AS x FROM studio.decision) AS y WHERE x LIKE 'SECRET: I%'`, "nothing", ""},
		{"read the first opinion as XML", "moderator2", `SELECT query_to_xml('SELECT note FROM studio.decision WHERE note LIKE ''SECRET%''', false, true, '')::text LIKE '%SECRET%' AS x
			INTERSECT SELECT true`, "nothing", ""},
		{"read the first opinion in the record", "moderator2 lead1", `SELECT detail FROM studio.audit WHERE target = '{second}' AND action = 'case.decide'`, "nothing", ""},
		{"read the first opinion in the requests", "moderator2 lead1 admin1", `SELECT * FROM studio.request`, "42501", ""},
		{"read the first opinion in the votes", "moderator2 lead1 admin1 worker1", `SELECT * FROM studio.vote`, "42501", ""},
		{"read the first opinion among my approvals", "moderator2", `SELECT x FROM studio.my_approvals() AS x WHERE x = '{second}'`, "nothing", ""},
		{"read a hidden opinion by the error of a cast", "moderator2", `SELECT FROM studio.decision WHERE case_id = '{second}' AND CAST(note AS int) = 1`, "nothing", ""},
		{"read a hidden opinion by a division", "moderator2", `SELECT FROM studio.decision WHERE case_id = '{second}' AND 1 / (length(note) - length(note)) = 1`, "nothing", ""},
		{"read a hidden opinion by a pattern that fails", "moderator2", `SELECT FROM studio.decision WHERE case_id = '{second}' AND '' ~ (note || '(')`, "nothing", ""},
		{"read a hidden opinion by a settings's change", "moderator2", `SELECT FROM studio.decision WHERE case_id = '{second}' AND set_config('cinnabar.seen', note, false) <> ''`, "nothing", ""},
		{"read a hidden opinion by a query within", "moderator2", `SELECT FROM studio.decision WHERE case_id = '{second}' AND query_to_xml('SELECT 1/0' || note, true, true, '') IS NOT NULL`, "nothing", ""},
		{"read a hidden opinion by the statistics", "moderator2 lead1 marketer1", `SELECT * FROM pg_stats WHERE schemaname = 'studio' AND tablename IN ('decision', 'note', 'application', 'contract', 'cases')`, "nothing", ""},
		{"read a hidden opinion with row security off", "moderator2", `SET row_security = off; SELECT note FROM studio.decision`, "42501", ""},
		{"read the first opinion by giving the second and taking it back", "moderator2", `BEGIN; ` + decides("escalate") + opinions + `; ROLLBACK`, "nothing", ""},
		{"read the first opinion within a savepoint", "moderator2", `BEGIN; SAVEPOINT a; ` + decides("refuse") + `SAVEPOINT b; ` + opinions + `; ROLLBACK`, "nothing", ""},
		{"read the first opinion in the record, having given the second for a moment", "lead1", `BEGIN; ` + decides("escalate") +
			`SELECT detail FROM studio.audit WHERE target = '{second}' AND action = 'case.decide'; ROLLBACK`, "nothing", ""},
		{"read the first opinion by sending the case back and taking that back", "moderator2", `BEGIN; DO $x$ BEGIN
			PERFORM studio.import_begin('b0000000-0000-7000-8000-000000000001', 'applications');
			PERFORM studio.applications_import('b0000000-0000-7000-8000-000000000001', jsonb_build_array(` + handed("second", `"contact": "changed"`) + `));
			ASSERT (SELECT stage FROM studio.cases WHERE id = '{second}') = 'first'; END $x$; ` + opinions + `; ROLLBACK`, "nothing", ""},

		// Regions and languages.
		{"read a case of another region", "moderator3", `SELECT * FROM studio.cases WHERE id = '{abroad}'`, "nothing", ""},
		{"read the queue of another region", "moderator3", `SELECT * FROM studio.queue WHERE case_id IN ('{abroad}', '{first}')`, "nothing", ""},
		{"read a post's case in another language", "moderator3", `SELECT * FROM studio.cases WHERE id = '{post}'`, "nothing", ""},
		{"read an application of another region", "moderator3", `SELECT * FROM studio.application WHERE region <> 'SG'`, "nothing", ""},
		{"read papers of another region", "moderator3", `SELECT * FROM studio.document UNION ALL SELECT * FROM studio.document`, "nothing", ""},
		{"read versions of another region", "moderator3", `SELECT content FROM studio.application_version`, "nothing", ""},
		{"read a paper of another region by its digest", "moderator3", `SELECT bytes FROM studio.picture WHERE id = '{picture}'`, "nothing", ""},
		{"read evidence of another language", "moderator3", `SELECT * FROM studio.evidence`, "nothing", ""},
		{"read notes of another language", "moderator3", `SELECT * FROM studio.note`, "nothing", ""},
		{"read decisions of another region", "moderator3", `SELECT * FROM studio.decision`, "nothing", ""},
		{"read appeals of another region", "moderator3", `SELECT * FROM studio.appeal`, "nothing", ""},
		{"claim a case of another region by its number", "moderator3", `SELECT studio.case_claim({new}, '{abroad}')`, "not_found", ""},
		{"note on a case of another region", "moderator3", `SELECT studio.note_add({new}, '{abroad}', 'x')`, "not_found", ""},
		{"skip a case of another region", "moderator3", `SELECT studio.case_skip({new}, '{abroad}', 'language', '')`, "not_found", ""},
		{"hand on a case of another region", "moderator3", `SELECT studio.case_hand({new}, '{abroad}', 1, 'moderator1', '')`, "not_found", ""},
		{"learn who might take a case of another region", "moderator3", `SELECT * FROM studio.case_hands('{abroad}')`, "nothing", ""},
		{"compare papers with those of an application out of sight", "moderator3", `SELECT * FROM studio.papers_elsewhere('rival')`, "nothing", ""},
		{"compare names with those of an application out of sight", "moderator3", `SELECT * FROM studio.names_elsewhere('rival', 1000000)`, "nothing", ""},
		{"name a paper of another region in an application of mine", "moderator3", s.imported("applications", `SELECT studio.applications_import({request}, jsonb_build_array(`+
			handed("evil", `"region": "SG"`)+` || '{"documents": [{"kind": "licence", "picture": "{picture}", "name": "", "number": "", "issuer": "", "fields": []}]}'))`), "field_value", ""},

		// Contracts and fees.
		{"read a contract at the desk", "moderator1 lead1 admin1 worker1", `SELECT * FROM studio.contract`, "42501", ""},
		{"read a campaign at the desk", "moderator1 lead1 admin1 worker1", `SELECT * FROM studio.campaign`, "42501", ""},
		{"read a fee among the evidence", "moderator2", `SELECT x FROM (SELECT to_jsonb(e)::text AS x FROM studio.contract_evidence('{held}') AS e) AS y WHERE x LIKE '%fee%' OR x LIKE '%777777%'`, "nothing", ""},
		{"read the contract of a case that I don't hold", "moderator1 lead1", `SELECT * FROM studio.contract_evidence('{held}')`, "nothing", ""},

		// A marketer.
		{"read cases", "marketer1", `SELECT * FROM studio.cases`, "42501", ""},
		{"read the queue", "marketer1", `SELECT * FROM studio.queue`, "42501", ""},
		{"read notes", "marketer1", `SELECT * FROM studio.note`, "42501", ""},
		{"read decisions", "marketer1", `SELECT * FROM studio.decision`, "42501", ""},
		{"read evidence", "marketer1", `SELECT * FROM studio.evidence`, "42501", ""},
		{"read scores", "marketer1", `SELECT * FROM studio.post_score`, "42501", ""},
		{"read what routes a case", "marketer1", `SELECT * FROM studio.route`, "42501", ""},
		{"read the record", "marketer1", `SELECT * FROM studio.audit`, "42501", ""},
		{"read another brand's application", "marketer1", `SELECT * FROM studio.application WHERE brand_name <> 'Luma Skin'`, "nothing", ""},
		{"read another brand's papers", "marketer1", `SELECT * FROM studio.document WHERE application <> 'closed'`, "nothing", ""},
		{"read another brand's versions", "marketer1", `SELECT * FROM studio.application_version WHERE application <> 'closed'`, "nothing", ""},
		{"read another brand's plan", "marketer1", `SELECT * FROM studio.campaign WHERE brand <> 'Luma Skin'`, "nothing", ""},
		{"read another brand's fees", "marketer1", `SELECT sum(fee) FROM studio.contract HAVING sum(fee) > 777777`, "nothing", ""},
		{"read another brand's fees by a query within", "marketer1", `SELECT k.fee FROM (SELECT * FROM studio.contract) AS k LEFT JOIN studio.campaign c ON c.id = k.campaign WHERE c.brand IS DISTINCT FROM 'Luma Skin'`, "nothing", ""},
		{"read another's appeal", "marketer1", `SELECT * FROM studio.appeal`, "nothing", ""},
		{"read another brand's paper by its digest", "marketer1", `SELECT bytes FROM studio.picture WHERE id = '{picture}'`, "nothing", ""},
		{"learn whether another has handed in a paper", "marketer1", `SELECT x FROM (SELECT studio.is_paper('{picture}') <> studio.is_paper(repeat('0', 64)) AS x) AS y WHERE x`, "nothing", ""},
		{"read another brand's paper by naming it in my application", "marketer1", s.imported("applications", `SELECT studio.applications_import({request}, jsonb_build_array(`+
			handed("evil", `"brand_name": "Luma Skin"`)+` || '{"documents": [{"kind": "licence", "picture": "{picture}", "name": "", "number": "", "issuer": "", "fields": []}]}'))`), "field_value", ""},
		{"change another brand's application", "marketer1", s.imported("applications", `SELECT studio.applications_import({request}, jsonb_build_array(`+handed("rival", `"contact": "mine"`)+`))`), "no_right", ""},
		{"learn evidence's digest", "marketer1 moderator1 lead1", `SELECT studio.evidence_digest('{held}')`, "42501", ""},
		{"learn whether other brands' cases hide something", "marketer1", `SELECT studio.case_hidden('{second}')`, "42501", ""},

		// Moderators among themselves.
		{"read what a colleague put aside", "moderator1", `SELECT * FROM studio.skip WHERE person <> 'moderator1'`, "nothing", ""},
		{"read a colleague's part of the record", "moderator1 worker1", `SELECT * FROM studio.audit WHERE actor <> studio.me()`, "nothing", ""},
		{"read the heads of the record", "moderator1 marketer1 worker1", `SELECT * FROM studio.audit_head`, "42501", ""},
		{"read a partition past its table's policy", "everybody", `DO $x$ BEGIN EXECUTE (SELECT 'SELECT * FROM ' || inhrelid::regclass FROM pg_inherits WHERE inhparent = 'studio.audit'::regclass LIMIT 1); END $x$`, "42501", ""},
		{"read a post's partition past its table's policy", "everybody", `DO $x$ BEGIN EXECUTE (SELECT 'SELECT * FROM ' || inhrelid::regclass FROM pg_inherits WHERE inhparent = 'studio.post'::regclass LIMIT 1); END $x$`, "42501", ""},
		{"read a colleague's statement", "moderator1 lead1 marketer1 auditor1 worker1", `SELECT query FROM pg_stat_activity WHERE usename <> session_user AND query NOT IN ('<insufficient privilege>', '')`, "nothing", ""},
		{"read from where a colleague works", "moderator1", `SELECT client_addr FROM pg_stat_activity WHERE usename <> session_user AND (client_addr IS NOT NULL OR state IS NOT NULL)`, "nothing", ""},
	})
	// What an auditor changes: nothing. They have no function that writes but the right to be told.
	if got := s.one(`SELECT string_agg(proname, ' ') FROM pg_proc WHERE pronamespace = 'studio'::regnamespace AND provolatile = 'v' AND prorettype <> 'trigger'::regtype
		AND has_function_privilege('auditor1', oid, 'EXECUTE')`); got != "" {
		t.Errorf("an auditor may call %s", got)
	}
}

// A bytes' owner may hand them in again and then sees them: that is having, not knowing.
func TestWhoSendsTheBytesOfAPaperMaySeeIt(t *testing.T) {
	t.Parallel()
	s := stage(t)
	look := `SELECT 1 FROM studio.picture WHERE id = '{picture}'`
	if rows, err := s.rows("marketer1", look); err != nil || len(rows) != 0 {
		t.Fatalf("before: %v, %v", rows, err)
	}
	s.importing("marketer1", "pictures", `SELECT studio.pictures_import({request}, ARRAY['\xfeed'::bytea], '{image/png}', '{1}', '{1}')`)
	if rows, err := s.rows("marketer1", look); err != nil || len(rows) != 1 {
		t.Errorf("after: %v, %v", rows, err)
	}
	s.importing("marketer1", "applications", `SELECT studio.applications_import({request}, jsonb_build_array(`+handed("own", `"brand_name": "Luma Skin"`)+
		` || '{"documents": [{"kind": "licence", "picture": "`+s.words["picture"]+`", "name": "", "number": "", "issuer": "", "fields": []}]}'))`)
	// The brand's other marketers see it with the application, and may hand it in with the next version.
	login := s.newLogin()
	s.exec(`SELECT studio.person_add(gen_random_uuid(), $1, 'Another', 'marketer', '{}', '{}', '{LUMA  SKIN}')`, login)
	if rows, err := s.rows(login, look); err != nil || len(rows) != 1 {
		t.Errorf("a colleague of the same brand: %v, %v", rows, err)
	}
	s.importing(login, "applications", `SELECT studio.applications_import({request}, jsonb_build_array(`+handed("own", `"brand_name": "Luma Skin", "contact": "x"`)+
		` || '{"documents": [{"kind": "licence", "picture": "`+s.words["picture"]+`", "name": "", "number": "", "issuer": "", "fields": []}]}'))`)
	s.inOrder()
}

func TestAFirstOpinionStaysHiddenUntilTheSecondCannotBeTakenBack(t *testing.T) {
	t.Parallel()
	s := stage(t)
	s.undoWindow("1 hour")
	second := s.sit("moderator3")
	s.exec(`SELECT studio.person_add(gen_random_uuid(), 'moderator3', 'Aisha Rahman', 'moderator')`)
	made := second.decide(s.words["second"], moderation.Refuse)
	sees := func(login string, want int) {
		t.Helper()
		f := s.sit(login).file(s.words["second"])
		var of int
		for _, m := range f.Made {
			if m.By == "moderator1" {
				of++
			}
		}
		if of != want || f.Hidden != 1-want {
			t.Errorf("%s reads %d first opinions, %d hidden", login, of, f.Hidden)
		}
		rows, err := s.rows(login, `SELECT 1 FROM studio.audit WHERE target = '{second}' AND actor = 'moderator1' AND action = 'case.decide'`)
		if lead := login == "lead1"; err != nil || len(rows) != 0 && !lead || lead && len(rows) != want {
			t.Errorf("%s reads %v of it in the record, %v", login, rows, err)
		}
	}
	sees("moderator3", 0)
	sees("lead1", 0)
	if _, err := second.db.Cases().Undo(t.Context(), uuid.NewString(), made.Decision); err != nil {
		t.Fatal(err)
	}
	sees("moderator3", 0)
	s.undoWindow("0 seconds")
	second.decide(s.words["second"], moderation.Refuse)
	sees("moderator3", 1)
	sees("lead1", 1)
	s.inOrder()
}

func TestALeaseDoesNotOutliveTheRightToIt(t *testing.T) {
	t.Parallel()
	s := stage(t)
	login := s.newLogin()
	become := func(role, regions, brands string) {
		t.Helper()
		s.exec(`SELECT studio.person_add(gen_random_uuid(), $1, 'Somebody', $2, $3, '{}', $4)`, login, role, regions, brands)
	}
	become("moderator", "{}", "{}")
	p := s.sit(login)
	lease := p.claim(s.words["first"])
	s.words["f"] = fmt.Sprint(lease.Fence)
	for _, c := range []struct{ name, role, regions, brands, want string }{
		{"my region was taken away", "moderator", "{SG}", "{}", "not_found"},
		{"I act for the brand now", "moderator", "{}", "{ALPHA}", "own_submission"},
		{"I am a marketer now", "marketer", "{}", "{}", "42501"},
		{"I am an auditor now", "auditor", "{}", "{}", "42501"},
	} {
		become(c.role, c.regions, c.brands)
		s.withstand([]attempt{
			{"decide although " + c.name, login, `SELECT studio.case_decide({new}, '{first}', {f}, 1, 'approve', '', '', '')`, c.want, ""},
		})
		if err := s.try(login, `SELECT studio.case_renew('{first}', {f})`); err == nil {
			t.Errorf("a lease is renewed although %s", c.name)
		}
	}
	become("moderator", "{}", "{}")
	must(t, s.try(login, `SELECT studio.case_decide({new}, '{first}', {f}, 1, 'approve', '', '', '')`))
	s.inOrder()
}

// A login that was disabled keeps nothing, over a connection, a transaction and a prepared
// statement that were open before; only what it had fetched, and the rules that are everybody's.
func TestADisabledLoginReadsAndWritesNothingOverAnOpenConnection(t *testing.T) {
	t.Parallel()
	s := stage(t)
	rules := " appeal compat named_queue policy route setting stage transition verdict "
	tables := strings.Fields(s.one(`SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class c
		WHERE relnamespace = 'studio'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition`))
	readers := strings.Split(s.one(`SELECT string_agg(format('%s(%s)', p.oid::regproc, (SELECT coalesce(string_agg(format('%s::%s',
		    CASE format_type(a, NULL) WHEN 'uuid' THEN quote_literal($1) WHEN 'integer' THEN '10' WHEN 'text' THEN '''rival''' ELSE 'NULL' END, format_type(a, NULL)), ', ' ORDER BY n), '')
		  FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS x(a, n))), E'\n') FROM pg_proc p
		WHERE p.pronamespace = 'studio'::regnamespace AND p.prosecdef AND p.provolatile <> 'v' AND has_function_privilege('cinnabar_owner', p.oid, 'EXECUTE')`, s.words["second"]), "\n")
	for _, role := range []string{"moderator", "lead", "marketer", "auditor", "administrator", "worker"} {
		login := s.newLogin()
		s.exec(`SELECT studio.person_add(gen_random_uuid(), $1, 'Somebody', $2, '{}', '{}', '{Rival}')`, login, role)
		db := s.hostile(login)
		must(t, exec(db, `PREPARE before AS SELECT count(*) FROM studio.picture`))
		if got, err := all(t.Context(), db, `EXECUTE before`); err != nil || fmt.Sprint(got) == "[0]" {
			t.Fatalf("%s sees %v before, %v", role, got, err)
		}
		// As person_disable leaves it on a server that lets nobody be sent away.
		s.exec(`UPDATE studio.person SET active = false WHERE login = $1`, login)
		if got, err := all(t.Context(), db, `EXECUTE before`); err != nil || fmt.Sprint(got) != "[0]" {
			t.Errorf("a disabled %s reads %v by a statement prepared before, %v", role, got, err)
		}
		for _, table := range tables {
			if strings.Contains(rules, " "+table+" ") {
				continue
			}
			got, err := all(t.Context(), db, `SELECT count(*) FROM studio.`+table)
			if c := code(err); c != "42501" && (err != nil || got[0] != "0") {
				t.Errorf("a disabled %s reads %s of %s, %v", role, got, table, err)
			}
		}
		for _, call := range readers {
			if strings.Contains(call, "who_am_i") { // it says that one is disabled
				continue
			}
			got, err := all(t.Context(), db, `SELECT x FROM `+call+` AS x`)
			answer := strings.Join(got, ";")
			if c := code(err); c != "42501" && c != string(fault.NotKnown) && (err != nil || answer != "" && answer != "0" && answer != "{}" && answer != "none" && answer != "true" && answer != "false") {
				t.Errorf("a disabled %s: %s: %q, %v", role, call, answer, err)
			}
		}
		for _, write := range []string{`SELECT studio.case_claim({new}, '{first}')`, `SELECT studio.note_add({new}, '{first}', 'x')`, `SELECT studio.case_take({new}, 'post', 1)`,
			`SELECT studio.case_appeal({new}, '{closed}', '', 'x')`, `SELECT studio.import_begin({new}, 'pictures')`, `SELECT studio.scan_take({new}, 'm', 1)`,
			`SELECT studio.policy_put({new}, '1', NULL, '{}')`, `SELECT studio.setting_put({new}, 'lease', '1 hour')`, `SELECT studio.person_add({new}, 'moderator1', 'x', 'lead')`} {
			_, err := all(t.Context(), db, s.fill(write))
			if c := code(err); c != "42501" && c != string(fault.NotKnown) {
				t.Errorf("a disabled %s: %s: %v", role, write, err)
			}
		}
	}
	s.inOrderBut("person.audited")
}
