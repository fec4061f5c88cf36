package store_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
)

// everyRole is one sample person of each role.
var everyRole = []string{"moderator1", "lead1", "marketer1", "auditor1", "admin1", "worker1"}

func TestNobodyWritesToATable(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.post("p1", 0.9)
	tables := strings.Fields(d.one(`SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class
		WHERE relnamespace = 'studio'::regnamespace AND relkind IN ('r', 'p')`))
	if len(tables) < 20 {
		t.Fatalf("only %d tables to try", len(tables))
	}
	for _, login := range everyRole {
		db := d.plain(login)
		for _, table := range tables {
			for _, attempt := range []string{
				`INSERT INTO studio.` + table + ` DEFAULT VALUES`,
				`UPDATE studio.` + table + ` SET ` + d.column(table) + ` = ` + d.column(table),
				`DELETE FROM studio.` + table,
				`TRUNCATE studio.` + table,
				`DO $$ BEGIN LOCK studio.` + table + ` IN ACCESS EXCLUSIVE MODE; END $$`,
				`ALTER TABLE studio.` + table + ` DISABLE TRIGGER ALL`,
			} {
				if _, err := db.ExecContext(t.Context(), attempt); err == nil || !strings.Contains(err.Error(), "42501") {
					t.Errorf("%s: %s: %v", login, attempt, err)
				}
			}
		}
	}
	d.inOrder()
}

func TestEveryDoorAsksWhoIsThere(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	type function struct {
		name, source string
		definer      bool
	}
	rows, err := d.super.QueryContext(t.Context(), `
		SELECT p.proname, p.prosrc, p.prosecdef FROM pg_proc p
		 WHERE p.pronamespace = 'studio'::regnamespace AND p.provolatile = 'v' AND p.prorettype <> 'trigger'::regtype
		   AND EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a
		                WHERE a.grantee <> p.proowner AND a.grantee NOT IN ('cinnabar_owner'::regrole, 'cinnabar_clerk'::regrole))`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var doors []function
	for rows.Next() {
		var f function
		if err := rows.Scan(&f.name, &f.source, &f.definer); err != nil {
			t.Fatal(err)
		}
		doors = append(doors, f)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if len(doors) < 8 {
		t.Errorf("only %d functions that people may call and that write", len(doors))
	}
	for _, f := range doors {
		if f.name == "hint" { // says that there may be news, and writes nothing
			continue
		}
		if !f.definer || !(strings.Contains(f.source, "studio.begin_") || strings.Contains(f.source, "studio.import_part(")) {
			t.Errorf("%s may be called by people and does not ask who calls", f.name)
		}
		// A part of an import belongs to the request that began it. Renewing a lease twice,
		// making a partition, keeping a post's marks or taking it to be linked, asking for the day's
		// sample or keeping what was read off it, is doing it once.
		if !strings.Contains(f.source, "studio.request_begin(") && !strings.Contains(f.source, "studio.import_part(") &&
			!strings.Contains(f.source, "RETURN studio.scan_put(p_request, ") &&
			!slices.Contains([]string{"case_renew", "posts_months", "ring_mark", "ring_take", "ring_renew", "ring_sample", "ring_common_keep"}, f.name) {
			t.Errorf("%s writes without a request", f.name)
		}
	}
	open := d.one(`SELECT string_agg(p.proname, ' ' ORDER BY p.proname) FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a
		WHERE p.pronamespace = 'studio'::regnamespace AND a.grantee = 0`)
	if open != "me who_am_i" {
		t.Errorf("everybody may call %s", open)
	}
	if got := d.one(`SELECT string_agg(p.proname, ' ') FROM pg_proc p WHERE p.pronamespace = 'studio'::regnamespace AND p.proname LIKE 'login\_%'
		AND has_function_privilege('admin1', p.oid, 'EXECUTE')`); got != "" {
		t.Errorf("an administrator may call %s past person_add", got)
	}
}

func TestOnlyTheDeskDecides(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.post("p1", 0.9)
	for _, login := range []string{"marketer1", "auditor1", "admin1", "worker1"} {
		p := d.sit(login)
		_, err := p.db.Cases().Claim(t.Context(), uuid.NewString(), id)
		refused(t, err, fault.NoRight)
		_, err = p.db.Cases().Decide(t.Context(), decision(moderation.Lease{Case: id, Fence: 1, Version: 1}, moderation.Clear))
		refused(t, err, fault.NoRight)
		refused(t, p.db.Cases().AddNote(t.Context(), uuid.NewString(), id, "hello"), fault.NoRight)
	}
	marketer := d.plain("marketer1")
	for _, table := range []string{"cases", "queue", "evidence", "note", "decision", "vote", "audit", "audit_head", "audit_pending", "request"} {
		if _, err := marketer.ExecContext(t.Context(), `SELECT FROM studio.`+table); err == nil {
			t.Errorf("a marketer reads %s", table)
		}
	}
}

func TestALoginIsNobodyElse(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	db := d.plain("moderator1")
	for _, attempt := range []string{
		`SET ROLE cinnabar_owner`,
		`SET ROLE cinnabar_clerk`,
		`SET ROLE lead`,
		`SET ROLE moderator2`,
		`SET SESSION AUTHORIZATION moderator2`,
		`SET session_replication_role = replica`,
		`CREATE FUNCTION studio.f() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
		`CREATE TABLE public.person (login text)`,
		`CREATE TEMPORARY TABLE person (login text)`,
		`CREATE ROLE helper`,
		`ALTER ROLE moderator1 CREATEROLE`,
		`GRANT lead TO moderator1`,
		`SELECT setval('studio.change', 1)`,
		`SELECT nextval('studio.change')`,
		`ALTER FUNCTION studio.case_decide OWNER TO moderator1`,
		`SELECT * FROM studio.audit_2026_11`,
	} {
		if _, err := db.ExecContext(t.Context(), attempt); err == nil {
			t.Errorf("%s went through", attempt)
		}
	}
	if _, err := db.ExecContext(t.Context(), `SET ROLE moderator`); err != nil {
		t.Fatal(err)
	}
	var me string
	if err := db.QueryRowContext(t.Context(), `SELECT studio.me()`).Scan(&me); err != nil || me != "moderator1" {
		t.Errorf("inside its group the login is %q, %v", me, err)
	}
}

func TestTheRecordCannotBeChangedByItsOwner(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.post("p1", 0.9)
	part := d.one(`SELECT tableoid::regclass FROM studio.audit LIMIT 1`)
	for _, attempt := range []string{
		`UPDATE studio.audit SET actor = 'moderator2'`,
		`UPDATE ` + part + ` SET actor = 'moderator2'`,
		`DELETE FROM studio.audit`,
		`DELETE FROM ` + part,
		`TRUNCATE studio.audit`,
		`TRUNCATE ` + part,
		`DELETE FROM studio.audit_head`,
		`TRUNCATE studio.audit_head`,
	} {
		for _, as := range []string{"cinnabar_owner", "postgres"} {
			if _, err := d.super.ExecContext(t.Context(), `SET ROLE `+as+`; `+attempt); err == nil || !strings.Contains(err.Error(), "refused") {
				t.Errorf("as %s: %s: %v", as, attempt, err)
			}
		}
	}
	d.inOrder()
}

func TestVerifyNamesTheRowWithOneAlteredByte(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.undoWindow("0 seconds")
	p := d.sit("moderator1")
	for _, id := range []string{"p1", "p2", "p3"} {
		p.decide(d.post(id, 0.5), moderation.Clear)
	}
	d.inOrder()
	where := d.one(`SELECT 'chain ' || chain || ' row ' || seq FROM studio.audit WHERE action = 'case.decide' ORDER BY at OFFSET 1 LIMIT 1`)
	alter := func(query string) {
		t.Helper()
		d.exec(`SET session_replication_role = replica; ` + query + `; SET session_replication_role = origin`)
	}
	for name, field := range map[string]string{
		"detail": `detail = overlay(detail PLACING ' ' FROM 1 FOR 0)`,
		"actor":  `actor = 'moderator2'`,
		"time":   `at = at + interval '1 microsecond'`,
		"hash":   `hash = set_byte(hash, 0, get_byte(hash, 0) # 1)`,
	} {
		t.Run(name, func(t *testing.T) {
			before := d.one(`SELECT to_jsonb(a) FROM studio.audit a WHERE 'chain ' || chain || ' row ' || seq = $1`, where)
			alter(`UPDATE studio.audit SET ` + field + ` WHERE 'chain ' || chain || ' row ' || seq = '` + where + `'`)
			if !slices.ContainsFunc(d.verify(), func(p moderation.Problem) bool { return p.Check == "chain" && p.Where == where }) {
				t.Errorf("verify found %+v, not %s", d.verify(), where)
			}
			alter(`UPDATE studio.audit SET (actor, at, detail, hash) = (SELECT actor, at, detail, hash FROM jsonb_populate_record(NULL::studio.audit, $json$` + before + `$json$))
				WHERE 'chain ' || chain || ' row ' || seq = '` + where + `'`)
			d.inOrder()
		})
	}
	t.Run("missing row", func(t *testing.T) {
		alter(`DELETE FROM studio.audit WHERE 'chain ' || chain || ' row ' || seq = '` + where + `'`)
		found := d.verify()
		if !slices.ContainsFunc(found, func(p moderation.Problem) bool { return p.Check == "chain" }) ||
			!slices.ContainsFunc(found, func(p moderation.Problem) bool { return p.Check == "decision.audited" }) {
			t.Errorf("verify found %+v", found)
		}
	})
}

func TestVerifyFindsWhatASuperuserDidToADecision(t *testing.T) {
	t.Parallel()
	for check, alter := range map[string]string{
		"decision.audited":    `UPDATE studio.decision SET reason = 'Other words.'`,
		"audit.decision":      `DELETE FROM studio.vote; DELETE FROM studio.decision`,
		"approval.two_people": `UPDATE studio.application SET state = 'approved'`,
		"case.subject":        `UPDATE studio.application SET state = 'rejected'`,
		"case.approvals":      `UPDATE studio.cases SET approvals = 2`,
		"case.queue":          `UPDATE studio.queue SET waiting = false`,
		"case.version":        `UPDATE studio.cases SET version = 1`,
		"undo.audited":        `UPDATE studio.decision SET undone_at = at WHERE effective_at > at`,
		"evidence.audited":    `INSERT INTO studio.evidence SELECT id, 1, 'code', 'code.offer', '', 'body', NULL, NULL, '', 1 FROM studio.cases`,
		"person.audited":      `UPDATE studio.person SET role = 'lead' WHERE login = 'moderator2'`,
		"guard.triggers":      `ALTER TABLE studio.application DISABLE TRIGGER two_people`,
		"guard.writes":        `GRANT UPDATE ON studio.cases TO moderator`,
		"guard.sight":         `CREATE POLICY mine ON studio.note FOR SELECT TO marketer USING (true)`,
	} {
		t.Run(check, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.sit("moderator1").decide(d.brand("a1", "初岚", "chulan", "worker1"), moderation.Approve)
			d.inOrder()
			d.exec(`SET session_replication_role = replica; ` + alter)
			if found := d.verify(); !slices.ContainsFunc(found, func(p moderation.Problem) bool { return p.Check == check }) {
				t.Errorf("verify found %+v", found)
			}
		})
	}
}

func TestVerifyIsForAuditors(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for _, login := range []string{"moderator1", "lead1", "marketer1", "admin1", "worker1"} {
		_, err := d.Open(t, login).Audit().Verify(t.Context(), nil)
		refused(t, err, fault.NoRight)
	}
	var last, total int64
	if _, err := d.Open(t, "auditor1").Audit().Verify(t.Context(), func(done, all int64) { last, total = done, all }); err != nil {
		t.Fatal(err)
	}
	if total == 0 || last != total {
		t.Errorf("verify told of %d rows out of %d", last, total)
	}
}

func TestARowOfTheRecordJoinsItsChainOnlyWhenTheDeedIsDone(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.post("p1", 0.9)
	before := d.one(`SELECT sum(seq) FROM studio.audit_head`)
	db := d.plain("moderator1")
	if _, err := db.ExecContext(t.Context(), `SET cinnabar.client = 1`); err != nil {
		t.Fatal(err)
	}
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.ExecContext(t.Context(), `SELECT studio.note_add(gen_random_uuid(), $1, 'a thought')`, id); err != nil {
		t.Fatal(err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if got := d.one(`SELECT sum(seq) FROM studio.audit_head`); got != before {
		t.Errorf("a note that was never written moved the heads from %s to %s", before, got)
	}
	d.inOrder()
}

func TestAPageOfTheRecordGoesOnWhereTheLastOneEnded(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.undoWindow("0 seconds")
	p := d.sit("moderator1")
	var ids []string
	for _, id := range []string{"p1", "p2", "p3", "p4"} {
		caseID := d.post(id, 0.5)
		ids = append(ids, caseID)
		p.decide(caseID, moderation.Clear)
	}
	auditor := d.Open(t, "auditor1").Audit()
	var seen []string
	ask := moderation.AuditQuery{Action: "case.", Limit: 3}
	for {
		page, err := auditor.Page(t.Context(), ask)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Rows {
			seen = append(seen, r.Action+" "+r.Target)
		}
		if ask.After = page.Next; page.Next == "" {
			break
		}
	}
	var want []string
	for _, id := range slices.Backward(ids) {
		want = append(want, "case.decide "+id, "case.open "+id)
	}
	if !slices.Equal(seen, want) {
		t.Errorf("pages hold\n%s\nwant\n%s", strings.Join(seen, "\n"), strings.Join(want, "\n"))
	}
	own, err := p.db.Audit().Page(t.Context(), moderation.AuditQuery{})
	if err != nil || len(own.Rows) != len(ids) {
		t.Errorf("a moderator reads %d rows of their own, %v", len(own.Rows), err)
	}
	one, err := auditor.Page(t.Context(), moderation.AuditQuery{Actor: "moderator1", Target: ids[0], Action: "case.decide"})
	if err != nil || len(one.Rows) != 1 || one.Rows[0].Request == "" || len(one.Rows[0].Hash) != 64 {
		t.Errorf("one row is %+v, %v", one.Rows, err)
	}
	_, err = auditor.Page(t.Context(), moderation.AuditQuery{After: "no cursor"})
	refused(t, err, fault.BadUsage)
}

func TestManyWhoFindANewMonthMakeItOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	parallel(t, 8, func(ctx context.Context, i int) error {
		_, err := d.super.ExecContext(ctx, `SELECT studio.audit_month_ready('2031-05-31 23:59:59+00')`)
		return err
	})
	if got := d.one(`SELECT count(*) FROM pg_inherits i JOIN pg_trigger t ON t.tgrelid = i.inhrelid AND t.tgname LIKE 'audit_keep%'
		WHERE i.inhrelid = 'studio.audit_2031_05'::regclass`); got != "2" {
		t.Errorf("the new month has %s of two guards", got)
	}
}

func TestManyWritersOfManySubjectsDontWaitForEachOther(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	// Each transaction writes about forty subjects in an order of its own: heads taken
	// in that order would be a deadlock in nearly every round.
	parallel(t, 8, func(ctx context.Context, i int) error {
		for range 5 {
			_, err := d.super.ExecContext(ctx, `SELECT studio.audit_write('test.write', 'test', 'subject ' || n, NULL)
				FROM (SELECT n FROM generate_series(1, 40) AS n ORDER BY random()) AS x`)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if got := d.one(`SELECT count(*) FROM studio.audit WHERE action = 'test.write'`); got != "1600" {
		t.Errorf("%s of 1600 rows were written", got)
	}
	d.inOrder()
}
