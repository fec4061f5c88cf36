package store_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/lib/pq"

	"cinnabar/internal/fault"
	"cinnabar/internal/people"
	"cinnabar/moderation"
	"cinnabar/store"
	"cinnabar/store/storetest"
)

// The last schema that is out in the world, and the level of its clients. What
// follows speaks to that schema in the SQL of its time, which never changes.
const (
	released      = 35
	releasedLevel = 1
)

// olderDesk is a database that was migrated up to a version and no further.
func olderDesk(t *testing.T, env *storetest.Env, version int64) *desk {
	t.Helper()
	d := emptyDesk(t, env, fmt.Sprint("at_", version))
	_, _, err := store.MigrateUpTo(t.Context(), d.SuperURL(), version)
	must(t, err)
	return d
}

// emptyDesk is a database beside that of env, of which there may be one by that
// name. A template is copied, if one is named.
func emptyDesk(t *testing.T, env *storetest.Env, name string, template ...string) *desk {
	t.Helper()
	own := *env
	own.Database += "_" + name
	super := env.Super(t)
	text := `CREATE DATABASE ` + own.Database
	for _, from := range template {
		text += ` TEMPLATE ` + from
	}
	must(t, exec(super, text))
	t.Cleanup(func() { must(t, exec(super, `DROP DATABASE `+own.Database+` WITH (FORCE)`)) })
	return &desk{Env: &own, t: t, super: own.Super(t)}
}

// catalogue is all that migrations make, a line for each thing. What differs from one
// database to the next by nature is left out: sizes, counters, times of insertion.
func (d *desk) catalogue() []string {
	d.t.Helper()
	rows, err := d.super.QueryContext(d.t.Context(), `
		WITH ns AS (
		  SELECT oid, nspname FROM pg_namespace WHERE nspname = 'studio' OR nspname = 'public'
		), rel AS (
		  SELECT c.*, n.nspname || '.' || c.relname AS name FROM pg_class c JOIN ns n ON n.oid = c.relnamespace WHERE c.relkind <> 'i' AND c.relkind <> 'I'
		), granted AS (
		  SELECT name, 'table' AS kind, acl.* FROM rel, aclexplode(coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's'::"char" ELSE 'r' END, relowner))) AS acl
		  UNION ALL
		  SELECT name || '.' || attname, 'column', acl.* FROM rel JOIN pg_attribute a ON a.attrelid = rel.oid, aclexplode(a.attacl) AS acl
		  UNION ALL
		  SELECT CAST(CAST(p.oid AS regprocedure) AS text), 'function', acl.* FROM pg_proc p JOIN ns ON ns.oid = pronamespace, aclexplode(coalesce(proacl, acldefault('f', proowner))) AS acl
		  UNION ALL
		  SELECT nspname, 'schema', acl.* FROM pg_namespace JOIN ns USING (oid, nspname), aclexplode(nspacl) AS acl
		  UNION ALL
		  SELECT format('what %s will make, %s', CAST(defaclrole AS regrole), defaclobjtype), 'default', acl.* FROM pg_default_acl, aclexplode(defaclacl) AS acl
		)
		SELECT concat_ws(' | ', 'relation', name, relkind, relpersistence, CAST(relowner AS regrole), relrowsecurity, relforcerowsecurity, relreplident,
		         reloptions, pg_get_partkeydef(rel.oid), pg_get_expr(relpartbound, rel.oid), CASE relkind WHEN 'v' THEN pg_get_viewdef(rel.oid) END,
		         obj_description(rel.oid, 'pg_class')) FROM rel
		UNION ALL
		SELECT concat_ws(' | ', 'column', name, row_number() OVER (PARTITION BY rel.oid ORDER BY attnum), attname, format_type(atttypid, atttypmod), attnotnull,
		         attidentity, attgenerated, attstorage, CAST(attcollation AS regcollation), pg_get_expr(adbin, adrelid))
		  FROM rel JOIN pg_attribute a ON a.attrelid = rel.oid AND attnum > 0 AND NOT attisdropped
		  LEFT JOIN pg_attrdef f ON f.adrelid = attrelid AND f.adnum = attnum
		UNION ALL
		SELECT concat_ws(' | ', 'constraint', name, conname, pg_get_constraintdef(c.oid), convalidated, condeferrable, condeferred)
		  FROM pg_constraint c JOIN rel ON rel.oid = conrelid
		UNION ALL
		SELECT concat_ws(' | ', 'index', name, pg_get_indexdef(indexrelid), indisvalid, indisunique, indisprimary, indisclustered) FROM pg_index JOIN rel ON rel.oid = indrelid
		UNION ALL
		SELECT concat_ws(' | ', 'trigger', name, pg_get_triggerdef(t.oid), tgenabled) FROM pg_trigger t JOIN rel ON rel.oid = tgrelid WHERE NOT tgisinternal
		UNION ALL
		SELECT concat_ws(' | ', 'policy', name, polname, polcmd, polpermissive, (SELECT array_agg(CAST(r AS regrole) ORDER BY CAST(CAST(r AS regrole) AS text)) FROM unnest(polroles) AS r),
		         pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)) FROM pg_policy JOIN rel ON rel.oid = polrelid
		UNION ALL
		SELECT concat_ws(' | ', 'function', CASE prokind WHEN 'a' THEN CAST(CAST(p.oid AS regprocedure) AS text) ELSE pg_get_functiondef(p.oid) END, CAST(proowner AS regrole), prokind)
		  FROM pg_proc p JOIN ns ON ns.oid = pronamespace
		UNION ALL
		SELECT concat_ws(' | ', 'grant', kind, name, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE CAST(CAST(grantee AS regrole) AS text) END, privilege_type, is_grantable, CAST(grantor AS regrole)) FROM granted
		UNION ALL
		SELECT concat_ws(' | ', 'sequence', name, format_type(seqtypid, NULL), seqstart, seqincrement, seqmin, seqmax, seqcache, seqcycle) FROM pg_sequence JOIN rel ON rel.oid = seqrelid
		UNION ALL
		SELECT concat_ws(' | ', 'type', nspname, typname, typtype, format_type(typbasetype, typtypmod), (SELECT array_agg(enumlabel ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid))
		  FROM pg_type t JOIN ns ON ns.oid = typnamespace WHERE typtype IN ('e', 'd')
		UNION ALL
		SELECT concat_ws(' | ', 'extension', extname, extversion) FROM pg_extension
		UNION ALL
		SELECT concat_ws(' | ', 'statistics', pg_get_statisticsobjdef(oid)) FROM pg_statistic_ext
		UNION ALL
		SELECT concat_ws(' | ', 'version', version_id, is_applied) FROM public.cinnabar_version`)
	must(d.t, err)
	lines := texts(d.t, rows)
	for _, table := range split(d.one(`SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class
		WHERE relnamespace = 'studio'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition`)) {
		if table == "person" || table == "request" || strings.HasPrefix(table, "audit") {
			continue // the people that every test database has, and what the record says of them
		}
		for _, row := range d.rows(table, `a.atttypid NOT IN ('timestamptz'::regtype, 'uuid'::regtype)`) {
			lines = append(lines, "row | "+table+" | "+row)
		}
	}
	slices.Sort(lines)
	return lines
}

// rows are those of a table, the columns by name that a condition on pg_attribute a chooses.
func (d *desk) rows(table, columns string) []string {
	d.t.Helper()
	list := d.one(`SELECT string_agg(quote_ident(attname), ', ' ORDER BY attname) FROM pg_attribute a
		WHERE attrelid = ('studio.' || quote_ident($1))::regclass AND attnum > 0 AND NOT attisdropped AND `+columns, table)
	rows, err := d.super.QueryContext(d.t.Context(), `SELECT CAST(to_jsonb(r) AS text) FROM (SELECT `+list+` FROM studio.`+pq.QuoteIdentifier(table)+`) AS r`)
	must(d.t, err)
	return texts(d.t, rows)
}

func texts(t *testing.T, rows *sql.Rows) []string {
	t.Helper()
	defer rows.Close()
	var all []string
	for rows.Next() {
		var s string
		must(t, rows.Scan(&s))
		all = append(all, s)
	}
	must(t, rows.Err())
	return all
}

func split(list string) []string { return strings.Fields(list) }

// missing are those of the first list that the second has not.
func missing(all, in []string) []string {
	have := make(map[string]bool, len(in))
	for _, s := range in {
		have[s] = true
	}
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return have[s] })
}

// In the short form from what is out in the world, in the long one from every version.
func TestEveryOlderSchemaMigratesToTheSameOne(t *testing.T) {
	t.Parallel()
	env := storetest.New(t)
	direct := (&desk{Env: env, t: t, super: env.Super(t)}).catalogue()
	versions := []int64{released}
	if _, long := storetest.Long(); long {
		versions = store.Migrations()
		versions = versions[:len(versions)-1]
	}
	stairs := emptyDesk(t, env, "stairs")
	stairs.super.Close() // a database is copied while nobody is in it
	for _, v := range versions {
		_, _, err := store.MigrateUpTo(t.Context(), stairs.SuperURL(), v)
		must(t, err)
		d := emptyDesk(t, env, fmt.Sprint("from_", v), stairs.Database)
		from, to, err := store.Migrate(t.Context(), d.SuperURL())
		must(t, err)
		if from != v || to != store.LatestMigration() {
			t.Errorf("from %d: migrated from %d to %d", v, from, to)
		}
		if diff := cmp.Diff(direct, d.catalogue()); diff != "" {
			t.Fatalf("from %d one comes to another schema (-direct +from there):\n%s", v, diff)
		}
		must(t, d.super.Close())
	}
}

// legacy is a database of the released schema in which people have worked, by the
// means of that time.
type legacy struct {
	*desk
	cases   map[string]string // case by target
	fence   int64             // of moderator3's lease on a8
	request string            // moderator1's decision on a2, once more below
	decided string            // its answer
	undo    string            // moderator2's decision on p5, which may still be undone
}

func releasedLegacy(t *testing.T, env *storetest.Env) *legacy {
	t.Helper()
	o := &legacy{desk: olderDesk(t, env, released), cases: map[string]string{}}
	add := func(p people.Person) {
		o.exec(`SELECT studio.person_add(gen_random_uuid(), $1, $2, $3, '{}', '{}', $4)`, p.Login, p.Name, p.Role, pq.Array(append([]string{}, p.Brands...)))
	}
	for _, p := range storetest.Sample() {
		add(p)
	}
	add(people.Person{Login: "moderator9", Name: "Somebody who left", Role: people.Moderator})
	o.exec(`SELECT studio.person_disable(gen_random_uuid(), 'moderator9')`)

	for n := range 8 {
		id := fmt.Sprint("a", n+1)
		o.cases[id] = o.brand(id, "Brand "+id, "applicant "+id, "worker1")
	}
	for n := range 5 {
		id := fmt.Sprint("p", n+1)
		o.cases[id] = o.post(id, 0.9)
	}

	clients := map[string]*sql.DB{}
	for _, login := range []string{"moderator1", "moderator2", "moderator3", "lead1"} {
		clients[login] = o.plain(login)
		must(t, exec(clients[login], fmt.Sprint(`SET cinnabar.client = `, releasedLevel)))
	}
	type answer struct {
		Fence    int64
		Version  int
		Decision string
	}
	call := func(login, query string, args ...any) (a answer, text string) {
		t.Helper()
		if err := clients[login].QueryRow(query, args...).Scan(&text); err != nil {
			t.Fatalf("%s as %s: %v", query, login, err)
		}
		must(t, json.Unmarshal([]byte(text), &a))
		return a, text
	}
	decide := func(login, target, verdict, policy, reason string) (decision, request, answer string) {
		t.Helper()
		held, _ := call(login, `SELECT studio.case_claim($1, $2)`, uuid.NewString(), o.cases[target])
		request = uuid.NewString()
		made, answer := call(login, `SELECT studio.case_decide($1, $2, $3, $4, $5, $6, $7, 'as it was')`, request, o.cases[target], held.Fence, held.Version, verdict, policy, reason)
		return made.Decision, request, answer
	}

	o.undoWindow("0 seconds")
	_, o.request, o.decided = decide("moderator1", "a2", "approve", "", "")
	decide("moderator1", "a3", "ask", "", "Please send the second page.")
	decide("moderator1", "a4", "escalate", "", "")
	decide("moderator1", "a5", "approve", "", "")
	decide("moderator2", "a5", "approve", "", "")
	decide("moderator1", "a6", "refuse", "1.3", "The register has another address.")
	decide("moderator1", "p2", "require_label", "2.1", "")
	decide("moderator2", "p3", "clear", "", "")
	decide("moderator1", "p4", "escalate", "", "")
	o.undoWindow("10 minutes")
	taken, _, _ := decide("moderator1", "a7", "approve", "", "")
	call("moderator1", `SELECT studio.decision_undo($1, $2)`, uuid.NewString(), taken)
	o.undo, _, _ = decide("moderator2", "p5", "clear", "", "")
	held, _ := call("moderator3", `SELECT studio.case_claim($1, $2)`, uuid.NewString(), o.cases["a8"])
	o.fence = held.Fence
	call("moderator1", `SELECT studio.note_add($1, $2, 'Their shop is on my street.')`, uuid.NewString(), o.cases["a1"])
	return o
}

func TestWhatWasWrittenUnderTheReleasedSchemaKeepsItsMeaning(t *testing.T) {
	t.Parallel()
	o := releasedLegacy(t, storetest.New(t))
	tables := split(o.one(`SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class
		WHERE relnamespace = 'studio'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition`))
	columns, before := map[string]string{}, map[string][]string{}
	for _, table := range tables {
		columns[table] = o.one(`SELECT 'a.attname IN (' || string_agg(quote_literal(attname), ', ') || ')' FROM pg_attribute
			WHERE attrelid = ('studio.' || quote_ident($1))::regclass AND attnum > 0 AND NOT attisdropped`, table)
		before[table] = o.rows(table, columns[table])
	}

	from, to, err := store.Migrate(t.Context(), o.SuperURL())
	must(t, err)
	if from != released || to != store.LatestMigration() {
		t.Fatalf("migrated from %d to %d", from, to)
	}
	// Settings may move to where they belong, and heads move on when a migration writes
	// into the record; everything else stands, to the byte.
	for _, table := range slices.DeleteFunc(tables, func(s string) bool { return s == "setting" || s == "audit_head" }) {
		if lost := missing(before[table], o.rows(table, columns[table])); len(lost) != 0 {
			t.Errorf("rows of %s are lost or altered: %s", table, lost)
		}
	}
	o.inOrder()

	// Every case goes on from where it stood.
	o.undoWindow("0 seconds")
	first, second, third, lead := o.sit("moderator1"), o.sit("moderator2"), o.sit("moderator3"), o.sit("lead1")
	stage := func(r moderation.Receipt, want moderation.Stage) {
		t.Helper()
		if r.Stage != want {
			t.Errorf("a decision leads to %s, want %s", r.Stage, want)
		}
	}
	stage(first.decide(o.cases["a1"], moderation.Approve), moderation.StageSecond)
	stage(second.decide(o.cases["a1"], moderation.Approve), moderation.StageClosed)
	if f := first.file(o.cases["a1"]); len(f.Notes) != 1 || f.Notes[0].By != "moderator1" {
		t.Errorf("of a1 there are the notes %+v", f.Notes)
	}
	if f := first.file(o.cases["p1"]); len(f.Evidence) != 2 {
		t.Errorf("of p1 there is the evidence %+v", f.Evidence)
	}
	_, err = first.db.Cases().Claim(t.Context(), uuid.NewString(), o.cases["a2"])
	refused(t, err, fault.SecondPerson)
	stage(second.decide(o.cases["a2"], moderation.Approve), moderation.StageClosed)
	if f := first.file(o.cases["a3"]); f.Case.Stage != moderation.StageInformation || len(f.Made) != 1 || f.Made[0].Reason != "Please send the second page." {
		t.Errorf("a3 stands at %s with %+v", f.Case.Stage, f.Made)
	}
	_, err = third.db.Cases().Claim(t.Context(), uuid.NewString(), o.cases["a4"])
	refused(t, err, fault.NoRight)
	stage(lead.decide(o.cases["a4"], moderation.Approve), moderation.StageSecond)
	stage(second.decide(o.cases["a4"], moderation.Approve), moderation.StageClosed)
	if f := third.file(o.cases["a5"]); f.Case.Stage != moderation.StageClosed || len(f.Made) != 2 || f.Made[0].By != "moderator1" || f.Made[1].By != "moderator2" {
		t.Errorf("a5 stands at %s with %+v", f.Case.Stage, f.Made)
	}
	if got := o.one(`SELECT string_agg(id || ' ' || state, ', ' ORDER BY id) FROM studio.application WHERE id IN ('a5', 'a6')`); got != "a5 approved, a6 rejected" {
		t.Errorf("the applications that were decided are %s", got)
	}
	if f := first.file(o.cases["a7"]); f.Case.Stage != moderation.StageFirst || len(f.Made) != 1 || !f.Made[0].Undone {
		t.Errorf("a7 stands at %s with %+v", f.Case.Stage, f.Made)
	}
	// moderator1 took a7 back and has it open still.
	stage(first.decide(o.cases["a7"], moderation.Approve), moderation.StageSecond)
	// A lease holds through the migration, by its fence.
	_, err = second.db.Cases().Claim(t.Context(), uuid.NewString(), o.cases["a8"])
	refused(t, err, fault.HeldByOther)
	r, err := third.db.Cases().Decide(t.Context(), decision(moderation.Lease{Case: o.cases["a8"], Fence: o.fence, Version: 1}, moderation.Approve))
	must(t, err)
	stage(r, moderation.StageSecond)

	stage(first.decide(o.cases["p1"], moderation.RequireLabel), moderation.StageClosed)
	if got := o.one(`SELECT string_agg(id || ' ' || outcome, ', ' ORDER BY id) FROM studio.post WHERE id IN ('p2', 'p3', 'p4')`); got != "p2 label_required, p3 cleared, p4 open" {
		t.Errorf("the posts that were decided are %s", got)
	}
	stage(lead.decide(o.cases["p4"], moderation.Clear), moderation.StageClosed)
	lease, err := second.db.Cases().Undo(t.Context(), uuid.NewString(), o.undo)
	must(t, err)
	r, err = second.db.Cases().Decide(t.Context(), decision(lease, moderation.RequireLabel))
	must(t, err)
	stage(r, moderation.StageClosed)

	// A wish that was granted before is the same wish still.
	again, err := first.db.Cases().Decide(t.Context(), moderation.Decision{Request: o.request, Case: o.cases["a2"], Fence: 1, Version: 1, Verdict: moderation.Approve, Note: "as it was"})
	if err != nil || !strings.Contains(o.decided, again.Decision) {
		t.Errorf("the same request again: %+v, %v, want %s", again, err, o.decided)
	}
	_, err = store.OpenQuick(t.Context(), o.URL("moderator9"))
	refused(t, err, fault.NotKnown)
	o.inOrder()
}

// The program on a desk is not replaced at the moment the database is migrated.
func TestWhatAReleasedClientCallsAndReadsIsStillThere(t *testing.T) {
	t.Parallel()
	env := storetest.New(t)
	now := &desk{Env: env, t: t, super: env.Super(t)}
	then := olderDesk(t, env, released)
	const roles = `unnest(ARRAY['moderator', 'lead', 'marketer', 'auditor', 'administrator', 'worker']) AS r`
	relies := func(d *desk, query string) []string {
		t.Helper()
		rows, err := d.super.QueryContext(t.Context(), query)
		must(t, err)
		return texts(t, rows)
	}
	reads := `SELECT r || ' reads ' || CAST(c.oid AS regclass) || '.' || attname || ' ' || format_type(atttypid, atttypmod)
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid, ` + roles + `
		WHERE relnamespace = 'studio'::regnamespace AND NOT relispartition AND attnum > 0 AND NOT attisdropped AND has_column_privilege(r, c.oid, attnum, 'SELECT')
		UNION ALL
		SELECT r || ' executes ' || CAST(p.oid AS regprocedure) || ' ' || pg_get_function_result(p.oid)
		FROM pg_proc p, ` + roles + `
		WHERE pronamespace = 'studio'::regnamespace AND provolatile <> 'v' AND has_function_privilege(r, p.oid, 'EXECUTE')`
	writes := `SELECT r || ' executes ' || CAST(p.oid AS regprocedure) || ' ' || pg_get_function_result(p.oid)
		FROM pg_proc p, ` + roles + `
		WHERE pronamespace = 'studio'::regnamespace AND provolatile = 'v' AND has_function_privilege(r, p.oid, 'EXECUTE')`
	if count(t, now.super, `SELECT read_from FROM studio.compat`) <= releasedLevel {
		if lost := missing(relies(then, reads), relies(now, reads)); len(lost) != 0 {
			t.Errorf("a released client may read, and these are gone: %q", lost)
		}
	}
	if count(t, now.super, `SELECT write_from FROM studio.compat`) <= releasedLevel {
		if lost := missing(relies(then, writes), relies(now, writes)); len(lost) != 0 {
			t.Errorf("a released client may write, and these are gone: %q", lost)
		}
	}
	if len(relies(then, reads)) < 100 || len(relies(then, writes)) < 20 {
		t.Error("a released client reads and calls hardly anything: this test shows nothing")
	}
}

func TestSixteenMigrationsOfTheReleasedSchemaAtOnceMigrateOnce(t *testing.T) {
	t.Parallel()
	o := releasedLegacy(t, storetest.New(t))
	var workers atomic.Int64
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			from, to, err := store.Migrate(t.Context(), o.SuperURL())
			if err != nil || to != store.LatestMigration() {
				t.Errorf("Migrate = %d, %d, %v", from, to, err)
			}
			if from == released {
				workers.Add(1)
			}
		})
	}
	all.Wait()
	if workers.Load() != 1 {
		t.Errorf("%d of 16 say they did the work, want one", workers.Load())
	}
	o.inOrder()
}

func TestAMigrationBehindALongReaderGivesWayAndRunsAgain(t *testing.T) {
	t.Parallel()
	o := releasedLegacy(t, storetest.New(t))
	reader, err := o.super.Begin()
	must(t, err)
	defer reader.Rollback()
	// A report that takes its time. The migration after it adds a column.
	_, err = reader.Exec(`SELECT count(*) FROM studio.queue`)
	must(t, err)

	began := time.Now()
	_, _, err = store.MigrateImpatiently(t.Context(), o.SuperURL(), 200*time.Millisecond)
	refused(t, err, fault.MigrationBlocked)
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("took %v to give way after 200 ms", took)
	}
	if n := count(t, o.super, `SELECT max(version_id) FROM public.cinnabar_version`); n != released {
		t.Errorf("a migration that gave way left version %d", n)
	}
	// Nobody waits behind it any longer.
	if n := count(t, o.super, `SELECT count(*) FROM studio.queue`); n == 0 {
		t.Error("nothing in the queue")
	}
	must(t, reader.Rollback())
	from, to, err := store.Migrate(t.Context(), o.SuperURL())
	if err != nil || from != released || to != store.LatestMigration() {
		t.Errorf("run again: %d, %d, %v", from, to, err)
	}
	o.inOrder()
}

// writers are the functions that a role may call with more than its own rights and
// that may change something.
func (d *desk) writers(role string) (calls []string) {
	d.t.Helper()
	rows, err := d.super.QueryContext(d.t.Context(), `
		SELECT format('SELECT studio.%I(%s)', p.proname, (SELECT string_agg('NULL::' || format_type(a, NULL), ', ' ORDER BY n)
		         FROM unnest(p.proargtypes) WITH ORDINALITY AS args(a, n)))
		  FROM pg_proc p
		 WHERE p.pronamespace = 'studio'::regnamespace AND p.prosecdef AND p.provolatile = 'v' AND p.prorettype <> 'trigger'::regtype
		   AND has_function_privilege($1, p.oid, 'EXECUTE')
		 ORDER BY 1`, role)
	must(d.t, err)
	return texts(d.t, rows)
}

func TestAnOldClientIsRefusedByEveryFunctionThatWrites(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	audited := d.one(`SELECT count(*) FROM studio.audit`)
	for _, c := range []struct {
		name, says string
		writeFrom  int
		refuses    bool
	}{
		{"of this level", `SET cinnabar.client = 1`, 1, false},
		{"a level behind", `SET cinnabar.client = 1`, 2, true},
		{"that says nothing", `RESET cinnabar.client`, 1, true},
		{"that says nonsense", `SET cinnabar.client = 'the newest'`, 1, true},
	} {
		d.exec(`UPDATE studio.compat SET level = $1, write_from = $1`, c.writeFrom)
		for _, p := range storetest.Sample() {
			if !strings.HasSuffix(p.Login, "1") {
				continue // one of each role
			}
			client := d.plain(p.Login)
			must(t, exec(client, c.says))
			for _, call := range d.writers(string(p.Role)) {
				if call == `SELECT studio.hint()` {
					continue // changes nothing that anybody reads
				}
				_, err := client.Exec(call)
				old := pq.As(err, "CN001") != nil && strings.Contains(err.Error(), "schema_new")
				byHand := c.says == `RESET cinnabar.client` && strings.HasPrefix(call, `SELECT studio.person_`)
				switch {
				case byHand && old:
					t.Errorf("by hand, %s refuses an administrator: the first people are made so", call)
				case !byHand && old != c.refuses:
					t.Errorf("%s as %s, a client %s: %v", call, p.Login, c.name, err)
				}
			}
		}
	}
	if got := d.one(`SELECT count(*) FROM studio.audit`); got != audited {
		t.Errorf("%s audit rows before and %s after calls without arguments", audited, got)
	}
}

func TestAnOldClientOfAnyRoleReads(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.brand("a1", "初岚", "chulan", "worker1")
	d.exec(`UPDATE studio.compat SET level = level + 1, write_from = level + 1`)
	for _, login := range everyRole {
		p := d.sit(login)
		if l := p.db.Link(); !l.Up || l.Fault == nil || l.Fault.Code != fault.SchemaNew {
			t.Errorf("%s: the link says %+v", login, l)
		}
		if all, err := p.db.People().List(t.Context()); err != nil || len(all) == 0 {
			t.Errorf("%s reads %d people, %v", login, len(all), err)
		}
	}
	page, err := d.sit("moderator1").db.Cases().Page(t.Context(), moderation.QueueQuery{Kind: moderation.KindBrand})
	if err != nil || len(page.Cases) != 1 {
		t.Errorf("the queue has %d cases, %v", len(page.Cases), err)
	}
}

// A migration that old clients must not write after, while one is at work.
func TestRaisingTheLevelShowsOnAnOpenDeskAndLosesNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.post("p1", 0.9)
	db := opened(t, d.URL("moderator1"))
	states := make(chan store.Link, 10)
	defer db.WatchLink(func(l store.Link) { states <- l })()
	next := func() (l store.Link) {
		t.Helper()
		select {
		case l = <-states:
		case <-time.After(20 * time.Second):
			t.Fatal("the link says nothing new")
		}
		return l
	}
	told := watched(t, db)
	lease, err := db.Cases().Claim(t.Context(), uuid.NewString(), id)
	must(t, err)

	d.exec(`UPDATE studio.compat SET level = level + 1, write_from = level + 1`)
	if l := next(); !l.Up || l.Fault == nil || l.Fault.Code != fault.SchemaNew || l.Fault.Args["need"] != fmt.Sprint(store.Level+1) {
		t.Errorf("after the raise the link says %+v", l)
	}
	wish := decision(lease, moderation.RequireLabel)
	_, err = db.Cases().Decide(t.Context(), wish)
	refused(t, err, fault.SchemaNew)
	if f, err := db.Cases().File(t.Context(), id); err != nil || len(f.Made) != 0 || f.Case.Holder != "moderator1" {
		t.Errorf("the file has %+v, held by %s; %v", f.Made, f.Case.Holder, err)
	}
	drain(told)
	d.exec(`SELECT nextval('studio.change')`)
	await(t, told, "a change, though one may not write")

	// Not to be read either, and back again.
	d.exec(`UPDATE studio.compat SET read_from = write_from`)
	if l := next(); l.Up || l.Fault == nil || l.Fault.Code != fault.SchemaNew {
		t.Errorf("where one may not read the link says %+v", l)
	}
	_, err = ask(t.Context(), db, `SELECT 1`)
	refused(t, err, fault.SchemaNew)
	d.exec(`UPDATE studio.compat SET level = $1, read_from = $1, write_from = $1`, store.Level)
	if l := next(); !l.Up || l.Fault != nil {
		t.Errorf("after the way back the link says %+v", l)
	}
	if _, err := db.Cases().Decide(t.Context(), wish); err != nil {
		t.Errorf("the same decision, after all: %v", err)
	}
	d.inOrder()
}

// Nobody watches here, so the refusal of a write is the first to say so.
func TestARefusedWriteTellsThatThisClientIsOld(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.post("p1", 0.9)
	db := opened(t, d.URL("moderator1"))
	d.exec(`UPDATE studio.compat SET level = level + 1, write_from = level + 1`)
	_, err := db.Cases().Claim(t.Context(), uuid.NewString(), id)
	refused(t, err, fault.SchemaNew)
	if l := db.Link(); !l.Up || l.Fault == nil || l.Fault.Code != fault.SchemaNew {
		t.Errorf("the link says %+v", l)
	}
	d.exec(`UPDATE studio.compat SET level = $1, write_from = $1`, store.Level)
	_, err = db.Cases().Claim(t.Context(), uuid.NewString(), id)
	must(t, err)
	if l := db.Link(); l.Fault != nil {
		t.Errorf("after a write that went through the link says %v", l.Fault)
	}
}
