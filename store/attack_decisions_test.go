package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"cinnabar/moderation"
)

func TestNobodyDecidesWhatIsTheirsHoweverItIsSpelled(t *testing.T) {
	t.Parallel()
	s := stage(t)
	attempts := []attempt{
		{"approve what I submitted", "moderator1", `SELECT studio.case_claim({new}, '{mine}')`, "own_submission", ""},
		{"approve what I submitted without asking for it", "moderator1", `SELECT studio.case_decide({new}, '{mine}', 0, 1, 'approve', '', '', '')`, "own_submission", ""},
		{"approve what I typed in", "moderator1", `SELECT studio.case_claim({new}, '{typed}')`, "own_submission", ""},
		{"approve what I submitted under a login spelled otherwise", "moderator1", `SELECT studio.case_claim({new}, '{spelled}')`, "own_submission", ""},
		{"approve what I submitted, as a lead", "lead1", `SELECT studio.case_claim({new}, '{leads}')`, "own_submission", ""},
		{"approve what I typed in, as a lead", "lead2", `SELECT studio.case_claim({new}, '{leads}')`, "own_submission", ""},
		{"choose who decides on what I submitted", "lead1", `SELECT studio.case_hand({new}, '{leads}', NULL, 'moderator1', '')`, "own_submission", ""},
		{"have my own come up in what I take", "moderator1", `SELECT x ->> 'case' FROM jsonb_array_elements(studio.case_take({new}, 'brand', 5, 'brand')) AS x
			WHERE x ->> 'case' IN ('{mine}', '{typed}', '{spelled}'); ROLLBACK`, "nothing", ""},
		{"hear an appeal that I typed in", "lead2", `SELECT studio.case_claim({new}, '{appealed}')`, "own_submission", ""},
		{"hear an appeal against my own decision", "lead1", `SELECT studio.case_claim({new}, '{appealed}')`, "own_decision", ""},
	}
	for i, brand := range []string{
		"Moon  Lake", "MOON LAKE", "Ｍｏｏｎ　Ｌａｋｅ", "\tMoon Lake", "Moon Lake\n", "Moon\u00a0Lake", "Moon\u2028Lake", "Moon\u1680Lake",
		"Mo\u200bon Lake", "Moon \u00adLake", "\ufeffMoon Lake", "Moon La\u2060ke", "Moon Lake\ufe0f", "M\u202eoon Lake", "Moon \vLake",
	} {
		name := fmt.Sprintf("tied%d", i)
		s.words[name] = s.brand(name, brand, "somebody", "worker1")
		attempts = append(attempts, attempt{fmt.Sprintf("approve a brand that I act for, as %q", brand), "moderator2",
			`SELECT studio.case_claim({new}, '{` + name + `}')`, "own_submission", ""})
		for _, setting := range []string{"standard_conforming_strings = off", "backslash_quote = off", "search_path = pg_temp, public", "client_encoding = 'EUC_CN'", "plan_cache_mode = force_generic_plan"} {
			attempts = append(attempts, attempt{fmt.Sprintf("approve a brand that I act for, as %q, with %s", brand, setting), "moderator2",
				`SET ` + setting + `; SELECT studio.case_claim({new}, '{` + name + `}')`, "own_submission", ""})
		}
	}
	s.words["wish"] = s.brand("wish", "Another", "MOON LAKE", "worker1")
	attempts = append(attempts, attempt{"approve what my brand submitted under another name", "moderator2",
		`SELECT studio.case_claim({new}, '{wish}')`, "own_submission", ""})
	s.withstand(slices.DeleteFunc(attempts, func(a attempt) bool { return strings.Contains(a.sql, "case_take") }))
	// Taking changes who holds what, so it is tried by itself.
	for _, a := range attempts {
		if strings.Contains(a.sql, "case_take") {
			if rows, err := s.rows("moderator1", `BEGIN; `+a.sql); err != nil || len(rows) > 0 {
				t.Errorf("%s: %v, %v", a.name, rows, err)
			}
		}
	}
}

func TestWhoTypedInAnEarlierVersionDoesNotDecideOnTheNext(t *testing.T) {
	t.Parallel()
	s := stage(t)
	s.importing("moderator1", "applications", `SELECT studio.applications_import({request}, jsonb_build_array(`+handed("again", `"submitted_by": "again"`)+`))`)
	s.importing("worker1", "applications", `SELECT studio.applications_import({request}, jsonb_build_array(`+handed("again", `"submitted_by": "again", "contact": "a comma"`)+`))`)
	s.words["again"] = s.one(`SELECT id FROM studio.cases WHERE target = 'again'`)
	if got := s.one(`SELECT entered_by || version FROM studio.application WHERE id = 'again'`); got != "worker12" {
		t.Fatalf("the application is %s", got)
	}
	s.withstand([]attempt{
		{"approve what a colleague typed in after me", "moderator1", `SELECT studio.case_claim({new}, '{again}')`, "own_submission", ""},
	})
	// Not even the owner's own hand gets a vote of theirs counted.
	s.sit("moderator2").decide(s.words["again"], moderation.Approve)
	if _, err := s.super.ExecContext(t.Context(), `SET ROLE cinnabar_owner;
		INSERT INTO studio.vote SELECT application, submitter, version, 'moderator1', decision, at FROM studio.vote WHERE application = 'again';
		UPDATE studio.application SET state = 'approved' WHERE id = 'again'`); code(err) != "23514" {
		t.Errorf("an approval by two, one of whom typed the first version in: %v", err)
	}
}

func TestADecisionNeedsItsLease(t *testing.T) {
	t.Parallel()
	s := stage(t)
	decide := func(as, fence, version string) string {
		return `SELECT studio.case_decide({new}, '{held}', ` + fence + `, ` + version + `, 'clear', '', '', '')`
	}
	s.withstand([]attempt{
		{"decide what nobody holds", "moderator1 lead1", `SELECT studio.case_decide({new}, '{post}', 0, 1, 'clear', '', '', '')`, "lease_lost", ""},
		{"decide with a colleague's fence", "moderator1 lead1", decide("", "{fence}", "1"), "lease_lost", ""},
		{"decide with an older fence", "moderator2", decide("", "{fence} - 1", "1"), "lease_lost", ""},
		{"decide with the fence to come", "moderator2", decide("", "{fence} + 1", "1"), "lease_lost", ""},
		{"decide with no fence", "moderator2", decide("", "NULL", "1"), "lease_lost", ""},
		{"decide with the largest fence", "moderator2", decide("", "9223372036854775807", "1"), "lease_lost", ""},
		{"decide on no version", "moderator2", decide("", "{fence}", "NULL"), "changed", ""},
		{"decide on an older version", "moderator2", decide("", "{fence}", "0"), "changed", ""},
		{"decide on the version to come", "moderator2", decide("", "{fence}", "2"), "changed", ""},
		{"renew a colleague's lease", "moderator1 lead1", `SELECT studio.case_renew('{held}', {fence})`, "lease_lost", ""},
		{"renew without a fence", "moderator2", `SELECT studio.case_renew('{held}', NULL)`, "lease_lost", ""},
		{"take a case out of a colleague's hand", "moderator1 lead1", `SELECT studio.case_claim({new}, '{held}')`, "held_by_other", ""},
		{"release a colleague's case", "moderator1 lead1", `SELECT studio.case_release({new}, '{held}', {fence})`, "allowed",
			`SELECT count(*) FROM studio.queue WHERE case_id = '{held}' AND holder IS DISTINCT FROM 'moderator2'`},
		{"hand on a case that a colleague holds", "moderator1", `SELECT studio.case_hand({new}, '{held}', {fence}, 'moderator1', '')`, "lease_lost", ""},
		{"hand on a case without a fence, as a moderator", "moderator1", `SELECT studio.case_hand({new}, '{held}', NULL, 'lead1', '')`, "lease_lost", ""},
		{"decide on a case that is not there", "moderator1 lead1", `SELECT studio.case_decide({new}, gen_random_uuid(), 1, 1, 'clear', '', '', '')`, "not_found", ""},
		{"decide on no case", "moderator1 lead1", `SELECT studio.case_decide({new}, NULL, NULL, NULL, NULL, NULL, NULL, NULL)`, "not_found", ""},
	})
	s.exec(`UPDATE studio.queue SET lease_until = clock_timestamp() WHERE case_id = $1`, s.words["held"])
	s.withstand([]attempt{
		{"decide under a lease that ran out", "moderator2", decide("", "{fence}", "1"), "lease_lost", ""},
		{"renew a lease that ran out", "moderator2", `SELECT studio.case_renew('{held}', {fence})`, "lease_lost", ""},
	})
}

func TestOnlyTheDeskDecidesAndOnlyByTheTable(t *testing.T) {
	t.Parallel()
	s := stage(t)
	lease := s.sit("moderator1").claim(s.words["first"])
	s.words["mylease"] = fmt.Sprint(lease.Fence)
	decide := func(rest string) string {
		return `SELECT studio.case_decide({new}, '{first}', {mylease}, 1, ` + rest + `)`
	}
	const others = "marketer1 auditor1 admin1 worker1"
	s.withstand([]attempt{
		{"claim, not being of the desk", others, `SELECT studio.case_claim({new}, '{post}')`, "42501", ""},
		{"take, not being of the desk", others, `SELECT studio.case_take({new}, 'post', 5)`, "42501", ""},
		{"take from a queue, not being of the desk", others, `SELECT studio.case_take({new}, 'post', 5, 'post')`, "42501", ""},
		{"decide, not being of the desk", others, `SELECT studio.case_decide({new}, '{post}', 1, 1, 'clear', '', '', '')`, "42501", ""},
		{"undo, not being of the desk", others, `SELECT studio.decision_undo({new}, '{refusal}')`, "42501", ""},
		{"write a note, not being of the desk", others, `SELECT studio.note_add({new}, '{post}', 'hello')`, "42501", ""},
		{"hand on, not being of the desk", others, `SELECT studio.case_hand({new}, '{post}', NULL, 'lead1', '')`, "42501", ""},
		{"skip, not being of the desk", others, `SELECT studio.case_skip({new}, '{post}', 'language', '')`, "42501", ""},
		{"decide an escalated case as a moderator", "moderator1", `SELECT studio.case_claim({new}, '{escalated}')`, "no_right", ""},
		{"hear an appeal as a moderator", "moderator3", `SELECT studio.case_claim({new}, '{appealed}')`, "not_found", ""},
		{"hear an appeal as a moderator who sees it", "moderator1", `SELECT studio.case_claim({new}, '{appealed}')`, "no_right", ""},
		{"approve a second time alone", "moderator1", `SELECT studio.case_claim({new}, '{second}')`, "second_person", ""},
		{"approve a second time alone, without asking", "moderator1", `SELECT studio.case_decide({new}, '{second}', 2, 2, 'approve', '', '', '')`, "lease_lost", ""},
		{"approve at once what needs two", "moderator1", decide(`'approved', '', '', ''`), "not_allowed_now", ""},
		{"give a verdict of posts on a brand", "moderator1", decide(`'clear', '', '', ''`), "not_allowed_now", ""},
		{"give the verdict of an appeal where there is none", "moderator1", decide(`'overturn', '', 'x', ''`), "not_allowed_now", ""},
		{"give no verdict", "moderator1", decide(`NULL, '', '', ''`), "not_allowed_now", ""},
		{"refuse without a policy", "moderator1", decide(`'refuse', '', 'because', ''`), "policy_needed", ""},
		{"refuse by a policy that is not there", "moderator1", decide(`'refuse', '99', 'because', ''`), "policy_needed", ""},
		{"refuse a brand by a policy of posts", "moderator1", decide(`'refuse', '2.1', 'because', ''`), "policy_needed", ""},
		{"refuse without the reason that the policy asks for", "moderator1", decide(`'refuse', '1.3', '', ''`), "reason_needed", ""},
		{"refuse with a reason of white space", "moderator1", decide(`'refuse', '1.3', E' \t\u3000\n', ''`), "reason_needed", ""},
		{"give ten megabytes of reasons", "moderator1", decide(`'refuse', '1.3', repeat('x', 10000000), ''`), "field_value", ""},
		{"give ten megabytes of notes", "moderator1", decide(`'approve', '', '', repeat('x', 10000000)`), "field_value", ""},
		{"undo a colleague's decision", "moderator2 lead1", `SELECT studio.decision_undo({new}, '{refusal}')`, "not_found", ""},
		{"undo my decision after its effect", "moderator1", `SELECT studio.decision_undo({new}, '{refusal}')`, "too_late", ""},
		{"undo nothing", "moderator1", `SELECT studio.decision_undo({new}, NULL)`, "not_found", ""},
		{"decide what is closed", "moderator1", `SELECT studio.case_claim({new}, '{closed}')`, "not_allowed_now", ""},
		{"hand a case to its party", "moderator1", `SELECT studio.case_hand({new}, '{first}', {mylease}, 'worker1', '')`, "cannot_take", ""},
		{"hand a case to a marketer", "moderator1", `SELECT studio.case_hand({new}, '{first}', {mylease}, 'marketer1', '')`, "cannot_take", ""},
		{"hand a case to somebody of another region", "moderator1", `SELECT studio.case_hand({new}, '{first}', {mylease}, 'moderator3', '')`, "cannot_take", ""},
		{"hand a case to nobody", "moderator1", `SELECT studio.case_hand({new}, '{first}', {mylease}, NULL, '')`, "cannot_take", ""},
		{"hand the second opinion to whoever gave the first", "lead1", `SELECT studio.case_hand({new}, '{second}', NULL, 'moderator1', '')`, "cannot_take", ""},
		{"hand an appeal to whoever is appealed against", "lead2", `SELECT studio.case_hand({new}, '{appealed}', NULL, 'lead1', '')`, "own_submission", ""},
		{"hand an appeal to a moderator", "lead1", `SELECT studio.case_hand({new}, '{appealed}', NULL, 'moderator1', '')`, "cannot_take", ""},
		{"skip for no reason", "moderator1", `SELECT studio.case_skip({new}, '{post}', 'bored', '')`, "field_value", ""},
		{"appeal for a brand that is not mine", "marketer1", `SELECT studio.case_appeal({new}, '{approved}', '', 'x')`, "not_found", ""},
		{"appeal an approval", "moderator1 lead1 worker1", `SELECT studio.case_appeal({new}, '{approved}', '', 'x')`, "not_allowed_now", ""},
		{"appeal what is still open", "worker1 lead1", `SELECT studio.case_appeal({new}, '{first}', '', 'x')`, "not_allowed_now", ""},
		{"appeal an appeal", "worker1 lead1", `SELECT studio.case_appeal({new}, '{appealed}', '', 'x')`, "not_allowed_now", ""},
		{"appeal out of sight", "moderator3", `SELECT studio.case_appeal({new}, '{closed}', '', 'x')`, "not_found", ""},
		{"appeal with no words", "marketer1", `SELECT studio.case_appeal({new}, '{closed}', '', E' \n')`, "field_missing", ""},
		{"appeal with ten megabytes of words", "marketer1", `SELECT studio.case_appeal({new}, '{closed}', '', repeat('x', 10000000))`, "field_value", ""},
		{"appeal as an auditor or administrator", "auditor1 admin1", `SELECT studio.case_appeal({new}, '{closed}', '', 'x')`, "42501", ""},
		{"make policies, not being a lead", "moderator1 marketer1 auditor1 admin1 worker1", `SELECT studio.policy_put({new}, '9.9', NULL, '{}')`, "42501", ""},
		{"route cases, not being a lead", "moderator1 marketer1 auditor1 admin1 worker1", `SELECT studio.routes_put({new}, '[]', '[]')`, "42501", ""},
		{"name queues, not being a lead", "moderator1 marketer1 auditor1 admin1 worker1", `SELECT studio.named_queue_put({new}, 'x', 'post', '{}', 60, true)`, "42501", ""},
		{"change settings, not being an administrator", "moderator1 lead1 marketer1 auditor1 worker1", `SELECT studio.setting_put({new}, 'undo_window', '0')`, "42501", ""},
		{"make people, not being an administrator", "moderator1 lead1 marketer1 auditor1 worker1", `SELECT studio.person_add({new}, 'moderator1', 'Me', 'lead')`, "42501", ""},
		{"disable a colleague", "moderator1 lead1 marketer1 auditor1 worker1", `SELECT studio.person_disable({new}, 'moderator2')`, "42501", ""},
		{"give a colleague a password", "moderator1 lead1 marketer1 auditor1 worker1", `SELECT studio.person_password({new}, 'moderator2', 'x')`, "42501", ""},
		{"import posts as a marketer or auditor", "marketer1 auditor1", `SELECT studio.posts_months('{2026-01-01}')`, "42501", ""},
		{"begin an import of posts as a marketer", "marketer1", `SELECT studio.import_begin({new}, 'posts')`, "no_right", ""},
		{"begin an import as an auditor", "auditor1", `SELECT studio.import_begin({new}, 'applications')`, "42501", ""},
		{"begin an import of nothing known", "worker1", `SELECT studio.import_begin({new}, 'secrets')`, "23514", ""},
		{"scan as a marketer or auditor", "marketer1 auditor1", `SELECT studio.scan_take({new}, 'm', 1)`, "42501", ""},
		{"repeat a colleague's request", "moderator1 lead1", `SELECT studio.case_claim('{request}', '{held}')`, "request_reused", ""},
		{"use a request for another deed", "moderator2", `SELECT studio.case_take('{request}', 'post', 1)`, "request_reused", ""},
		{"use a request for other words", "moderator2", `SELECT studio.case_claim('{request}', '{post}')`, "request_reused", ""},
		{"send no request", "moderator1 lead1", `SELECT studio.case_claim(NULL, '{post}')`, "field_missing", ""},
		{"write as a client without a version", "moderator1 lead1", `RESET cinnabar.client; SET cinnabar.client = ''; SELECT studio.case_claim({new}, '{post}')`, "schema_new", ""},
		{"write as a client of a version that is no number", "moderator1 lead1", `SET cinnabar.client = '1 OR true'; SELECT studio.case_claim({new}, '{post}')`, "schema_new", ""},
	})
}

func TestTheSameRequestIsGrantedOnceToAHostileClientToo(t *testing.T) {
	t.Parallel()
	s := stage(t)
	request := uuid.NewString()
	note := `SELECT studio.note_add('` + request + `', '{post}', 'once')`
	must(t, s.try("moderator1", note+`;`+note+`;`+note))
	must(t, s.try("moderator1", note))
	if got := s.one(`SELECT count(*) FROM studio.note WHERE text = 'once'`); got != "1" {
		t.Errorf("one request wrote %s notes", got)
	}
	if got := s.one(`SELECT count(*) FROM studio.audit WHERE request = '` + request + `'`); got != "1" {
		t.Errorf("one request wrote %s rows of the record", got)
	}
	s.inOrder()
}

func TestAnAdministratorWhoMakesThemselfALeadStandsInTheRecord(t *testing.T) {
	t.Parallel()
	s := stage(t)
	login := s.newLogin()
	s.exec(`SELECT studio.person_add(gen_random_uuid(), $1, 'He Rui', 'administrator')`, login)
	s.words["own"] = s.brand("own", "Own", login, "worker1")
	must(t, s.try(login, `SELECT studio.person_add({new}, '`+login+`', 'He Rui', 'lead')`))
	// Whoever makes people can make themselves one; the record says who did, and what they
	// submitted stays theirs.
	if got := s.one(`SELECT actor || detail FROM studio.audit WHERE action = 'person.add' AND target = $1 AND actor = $1`, login); !strings.Contains(got, `"role": "lead"`) {
		t.Errorf("the record says %q", got)
	}
	s.withstand([]attempt{
		{"approve what I submitted as an administrator", login, `SELECT studio.case_claim({new}, '{own}')`, "own_submission", ""},
		{"make people still", login, `SELECT studio.person_add({new}, 'moderator1', 'x', 'lead')`, "42501", ""},
	})
}
