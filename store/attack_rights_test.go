package store_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestNobodyTouchesAnythingByHand tries what a statement of SQL can do to a table, a
// partition, a sequence or a function, as every role, on all that there are.
func TestNobodyTouchesAnythingByHand(t *testing.T) {
	t.Parallel()
	s := stage(t)
	tables := strings.Fields(s.one(`SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class
		WHERE relnamespace = 'studio'::regnamespace AND relkind IN ('r', 'p')`))
	sequences := strings.Fields(s.one(`SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class
		WHERE relnamespace = 'studio'::regnamespace AND relkind = 'S'`))
	if len(tables) < 50 || len(sequences) < 4 {
		t.Fatalf("only %d tables and %d sequences to try", len(tables), len(sequences))
	}
	ways := []string{
		`INSERT INTO $t DEFAULT VALUES`, `INSERT INTO $t SELECT * FROM $t`, `UPDATE $t SET $c = $c`, `DELETE FROM $t`, `TRUNCATE $t`, `TRUNCATE $t CASCADE`,
		`MERGE INTO $t AS x USING (SELECT 1 AS y) AS y ON true WHEN MATCHED THEN DELETE`,
		`WITH x AS (DELETE FROM $t RETURNING 1) SELECT * FROM x`,
		`SELECT FROM $t FOR UPDATE`, `SELECT FROM $t FOR NO KEY UPDATE`, `SELECT FROM $t FOR SHARE`, `SELECT FROM $t FOR KEY SHARE`,
		`BEGIN; LOCK $t IN ROW EXCLUSIVE MODE`, `BEGIN; LOCK $t IN SHARE UPDATE EXCLUSIVE MODE`, `BEGIN; LOCK $t IN SHARE ROW EXCLUSIVE MODE`, `BEGIN; LOCK $t IN ACCESS EXCLUSIVE MODE`,
		`ALTER TABLE $t DISABLE TRIGGER ALL`, `ALTER TABLE $t DISABLE ROW LEVEL SECURITY`, `ALTER TABLE $t OWNER TO CURRENT_USER`, `ALTER TABLE $t ADD x int`,
		`DROP TABLE $t`, `DROP TABLE $t CASCADE`, `CREATE POLICY mine ON $t USING (true)`, `DROP POLICY sight ON $t`, `ALTER POLICY sight ON $t USING (true)`,
		`CREATE TRIGGER mine AFTER INSERT ON $t EXECUTE FUNCTION suppress_redundant_updates_trigger()`,
		`CREATE RULE mine AS ON INSERT TO $t DO ALSO NOTHING`, `CREATE INDEX ON $t ((1))`, `CREATE STATISTICS studio.mine ON (1), (2) FROM $t`,
		`COMMENT ON TABLE $t IS 'x'`, `REINDEX TABLE $t`, `CREATE TABLE studio.mine (LIKE $t)`, `CREATE VIEW studio.mine AS SELECT * FROM $t`,
		`CREATE VIEW public.mine AS SELECT * FROM $t`, `CREATE TABLE public.mine (FOREIGN KEY (x) REFERENCES $t, x int)`,
		`CREATE PUBLICATION mine FOR TABLE $t`,
	}
	bySequence := []string{
		`SELECT nextval('$t')`, `SELECT setval('$t', 1)`, `SELECT setval('$t', 1, false)`, `ALTER SEQUENCE $t RESTART`, `ALTER SEQUENCE $t OWNER TO CURRENT_USER`, `DROP SEQUENCE $t CASCADE`,
	}
	before := s.record()
	for _, login := range everyRole {
		db := s.hostile(login)
		try := func(statement string) {
			t.Helper()
			_, err := db.ExecContext(t.Context(), statement)
			// An identity column is looked at before the right.
			if got := code(err); got != "42501" && (got != "428C9" || !strings.HasPrefix(statement, "INSERT")) {
				t.Errorf("%s: %s: %v", login, statement, err)
			}
			if strings.HasPrefix(statement, "BEGIN") {
				must(t, exec(db, `ROLLBACK`))
			}
		}
		for _, table := range tables {
			column := s.column(table)
			for _, way := range ways {
				if strings.Contains(way, "POLICY sight") && s.one(`SELECT count(*) FROM pg_policy WHERE polrelid = ('studio.' || $1)::regclass`, table) == "0" {
					continue
				}
				try(strings.NewReplacer("$t", "studio."+table, "$c", column).Replace(way))
			}
			if _, err := db.ExecContext(t.Context(), `COPY studio.`+table+` FROM STDIN`); code(err) != "42501" && code(err) != "0A000" { // with a policy on it COPY isn't even supported
				t.Errorf("%s copies into %s: %v", login, table, err)
			}
		}
		for _, sequence := range sequences {
			for _, way := range bySequence {
				try(strings.ReplaceAll(way, "$t", "studio."+sequence))
			}
		}
		if after := s.record(); after != before {
			t.Errorf("%s changed the record", login)
		}
	}
	s.inOrder()
}

// TestNobodyCallsWhatIsNotForThem calls every function that a login was not given, so
// audit_write, case_open, lease_give, login_secret and all that will be made.
func TestNobodyCallsWhatIsNotForThem(t *testing.T) {
	t.Parallel()
	s := stage(t)
	const calls = `SELECT string_agg(format('%s(%s)', p.oid::regproc, (SELECT string_agg(CASE WHEN p.provariadic <> 0 AND n = p.pronargs THEN 'VARIADIC ' ELSE '' END || format('NULL::%s', format_type(a, NULL)), ', ' ORDER BY n)
		  FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS x(a, n))), E'\n' ORDER BY p.proname)
		FROM pg_proc p WHERE p.pronamespace = 'studio'::regnamespace AND NOT has_function_privilege($1, p.oid, 'EXECUTE')`
	for _, login := range everyRole {
		before := s.record()
		db := s.hostile(login)
		shut := strings.Split(s.one(calls, login), "\n")
		for _, name := range []string{"audit_write", "audit_chain", "audit_month_ready", "request_begin", "request_end", "begin_write", "case_open", "case_reopen", "case_lock",
			"lease_give", "leases_next", "note_put", "evidence_put", "application_decided", "post_decided", "subject_decided", "application_import", "documents_put",
			"import_part", "import_count", "month_ready", "login_ready", "login_shut", "login_secret", "login_end", "concerned", "barred", "in_sight", "tied_to", "uuidv7"} {
			if !strings.Contains("\n"+strings.Join(shut, "\n"), "\nstudio."+name+"(") {
				t.Errorf("%s may call %s", login, name)
			}
		}
		for _, call := range shut {
			rows, err := all(t.Context(), db, `SELECT `+call)
			if got := code(err); got != "42501" && got != "0A000" { // a trigger's function can't be called at all
				t.Errorf("%s: %s: %v, %v", login, call, rows, err)
			}
		}
		if after := s.record(); after != before {
			t.Errorf("%s changed the record", login)
		}
	}
	s.inOrder()
}

func TestALoginStaysWhoItIs(t *testing.T) {
	t.Parallel()
	s := stage(t)
	const nobodyElse = `SELECT count(*) FROM pg_auth_members m WHERE m.member::regrole::text IN ('moderator1', 'lead1', 'marketer1', 'auditor1', 'admin1', 'worker1')
		AND m.roleid::regrole::text NOT IN ('moderator', 'lead', 'marketer', 'auditor', 'administrator', 'worker')`
	attempts := []attempt{
		{"speak as a colleague", "everybody", `SET SESSION AUTHORIZATION moderator2`, "42501", ""},
		{"speak as the superuser", "everybody", `SET SESSION AUTHORIZATION postgres`, "42501", ""},
		{"become a colleague", "everybody", `SET ROLE moderator2`, "42501", ""},
		{"become the superuser", "everybody", `SET ROLE postgres`, "42501", ""},
		// An administrator may: that is how the database is migrated. See docs/security.md.
		{"become the owner", "moderator1 lead1 marketer1 auditor1 worker1", `SET ROLE cinnabar_owner`, "42501", ""},
		{"become the clerk", "moderator1 lead1 marketer1 auditor1 worker1", `SET ROLE cinnabar_clerk`, "42501", ""},
		{"become another group", "moderator1 marketer1 auditor1 admin1 worker1", `SET ROLE lead`, "42501", ""},
		{"become another group, as a lead", "lead1", `SET ROLE auditor`, "42501", ""},
		{"become the owner by RESET", "everybody", `SET ROLE NONE; RESET ROLE; RESET SESSION AUTHORIZATION; SELECT 1 WHERE current_user <> session_user`, "nothing", ""},
		{"be somebody else inside my group", "moderator1", `SET ROLE moderator; SELECT 1 WHERE studio.me() <> 'moderator1'`, "nothing", ""},
		{"become the owner by the way the connection is opened", "moderator1", `SET role = 'cinnabar_owner'`, "42501", ""},
		{"give myself a role", "everybody", `GRANT lead TO CURRENT_USER`, "42501", nobodyElse},
		{"give myself the owner", "moderator1 lead1 marketer1 auditor1 worker1", `GRANT cinnabar_owner TO CURRENT_USER`, "42501", nobodyElse},
		{"give a colleague to myself", "everybody", `GRANT moderator2 TO CURRENT_USER`, "42501", nobodyElse},
		{"give myself to a colleague", "moderator1", `GRANT moderator1 TO moderator2`, "42501", `SELECT count(*) FROM pg_auth_members WHERE member = 'moderator2'::regrole AND roleid::regrole::text <> 'moderator'`},
		{"give my group to a stranger", "moderator1", `SET ROLE moderator; GRANT moderator TO marketer1`, "42501", `SELECT count(*) FROM pg_auth_members WHERE member = 'marketer1'::regrole AND roleid::regrole::text <> 'marketer'`},
		{"throw a colleague out of the group", "moderator1", `SET ROLE moderator; REVOKE moderator FROM moderator2`, "42501", `SELECT count(*) FROM (SELECT 1) AS x WHERE NOT pg_has_role('moderator2', 'moderator', 'MEMBER')`},
		{"make a login", "everybody", `CREATE ROLE helper LOGIN`, "42501", ""},
		{"make myself more", "everybody", `ALTER ROLE CURRENT_USER SUPERUSER`, "42501", ""},
		{"make myself one who makes roles", "everybody", `ALTER ROLE CURRENT_USER CREATEROLE`, "42501", ""},
		{"go past row security", "everybody", `ALTER ROLE CURRENT_USER BYPASSRLS`, "42501", ""},
		{"give a colleague a password by hand", "everybody", `ALTER ROLE moderator2 PASSWORD 'mine'`, "42501", ""},
		{"set a colleague's settings", "everybody", `ALTER ROLE moderator2 SET search_path = pg_temp`, "42501", ""},
		{"set everybody's settings", "everybody", `ALTER ROLE ALL SET row_security = off`, "42501", ""},
		{"set the database's settings", "everybody", `DO $x$ BEGIN EXECUTE format('ALTER DATABASE %I SET row_security = off', current_database()); END $x$`, "42501", ""},
		{"set the server's settings", "everybody", `ALTER SYSTEM SET row_security = off`, "42501", ""},
		{"switch triggers off", "everybody", `SET session_replication_role = replica`, "42501", ""},
		{"switch triggers off by set_config", "everybody", `SELECT set_config('session_replication_role', 'replica', false)`, "42501", ""},
		{"own what my group owns", "everybody", `REASSIGN OWNED BY cinnabar_owner TO CURRENT_USER`, "42501", ""},
		{"drop what the owner owns", "everybody", `DROP OWNED BY cinnabar_owner`, "42501", ""},
		{"drop what the clerk owns", "everybody", `DROP OWNED BY cinnabar_clerk`, "42501", ""},
		{"own the schema", "everybody", `ALTER SCHEMA studio OWNER TO CURRENT_USER`, "42501", ""},
		{"own a function", "everybody", `ALTER FUNCTION studio.case_decide OWNER TO CURRENT_USER`, "42501", ""},
		{"have a function run as me", "everybody", `ALTER FUNCTION studio.case_decide SECURITY INVOKER`, "42501", ""},
		{"have a function run by other settings", "everybody", `ALTER FUNCTION studio.case_decide SET search_path = public`, "42501", ""},
		{"write a function over one of ours", "everybody", `CREATE OR REPLACE FUNCTION studio.me() RETURNS text LANGUAGE sql AS $$ SELECT 'lead1' $$`, "42501", ""},
		{"make a schema", "everybody", `CREATE SCHEMA studio2`, "42501", ""},
		{"make a table in public", "everybody", `CREATE TABLE public.person (login text)`, "42501", ""},
		{"make a table for myself", "everybody", `CREATE TEMPORARY TABLE person (login text)`, "42501", ""},
		{"make a function for myself", "everybody", `CREATE FUNCTION pg_temp.me() RETURNS text LANGUAGE sql AS $$ SELECT 'lead1' $$`, "42501", ""},
		{"make a function in public", "everybody", `CREATE FUNCTION public.now() RETURNS timestamptz LANGUAGE sql AS $$ SELECT timestamptz 'epoch' $$`, "42501", ""},
		{"make an operator", "everybody", `CREATE OPERATOR public.= (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq)`, "42501", ""},
		{"make a cast", "everybody", `CREATE CAST (text AS uuid) WITH INOUT`, "42501", ""},
		{"make a type", "everybody", `CREATE TYPE public.person AS (login text)`, "42501", ""},
		{"make a domain", "everybody", `CREATE DOMAIN public.mine AS text`, "42501", ""},
		{"make a collation", "everybody", `CREATE COLLATION public.mine FROM "C"`, "42501", ""},
		{"make an extension", "everybody", `CREATE EXTENSION dblink`, "42501", ""},
		{"make a database", "everybody", `CREATE DATABASE mine`, "42501", ""},
		{"make a tablespace", "everybody", `CREATE TABLESPACE mine LOCATION '/tmp'`, "42501", ""},
		{"make an event trigger", "everybody", `CREATE EVENT TRIGGER mine ON ddl_command_start EXECUTE FUNCTION suppress_redundant_updates_trigger()`, "42501", ""},
		{"make a way to another server", "everybody", `CREATE FOREIGN DATA WRAPPER mine`, "42501", ""},
		{"subscribe to another server", "everybody", `CREATE SUBSCRIPTION mine CONNECTION '' PUBLICATION x`, "42501", ""},
		{"load a library", "everybody", `LOAD 'plpgsql'`, "42501", ""},
		{"read a file of the server", "everybody", `SELECT pg_read_file('postgresql.conf')`, "42501", ""},
		{"list the server's files", "everybody", `SELECT pg_ls_dir('.')`, "42501", ""},
		{"read a file into a large object", "everybody", `SELECT lo_import('/etc/passwd')`, "42501", ""},
		{"write a file out of a large object", "everybody", `SELECT lo_export(1, '/tmp/mine')`, "42501", ""},
		{"run a program", "everybody", `COPY (SELECT 1) TO PROGRAM 'id'`, "42501", ""},
		{"write a file", "everybody", `COPY (SELECT 1) TO '/tmp/mine'`, "42501", ""},
		{"read the passwords", "everybody", `SELECT rolpassword FROM pg_authid`, "42501", ""},
		{"read the passwords by the view", "everybody", `SELECT passwd FROM pg_shadow`, "42501", ""},
		{"read who may connect", "everybody", `SELECT * FROM pg_hba_file_rules`, "42501", ""},
		{"read where the server keeps its settings", "everybody", `SHOW hba_file`, "42501", ""},
		{"read the statistics behind a table", "everybody", `SELECT * FROM pg_statistic`, "42501", ""},
		{"read what is on its way to other servers", "everybody", `SELECT pg_create_logical_replication_slot('mine', 'pgoutput')`, "42501", ""},
		{"have the server read its settings again", "everybody", `SELECT pg_reload_conf()`, "42501", ""},
		{"forget the statistics", "everybody", `SELECT pg_stat_reset()`, "42501", ""},
		{"end colleagues' sessions", "everybody", `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'postgres'`, "42501", ""},
		{"stop a colleague's statement", "everybody", `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'postgres'`, "42501", ""},
		{"prepare a transaction that outlives the session", "moderator1", `BEGIN; SELECT studio.note_add({new}, '{post}', 'x'); PREPARE TRANSACTION 'mine'`, "55000", `SELECT count(*) FROM studio.note WHERE text = 'x'`},
		{"let a stranger read what I may", "moderator1", `GRANT SELECT ON studio.note TO marketer`, "allowed", `SELECT count(*) FROM (SELECT 1) AS x WHERE has_table_privilege('marketer', 'studio.note', 'SELECT')`},
		{"let a stranger decide as I may", "moderator1", `GRANT EXECUTE ON FUNCTION studio.case_claim TO marketer`, "allowed", `SELECT count(*) FROM (SELECT 1) AS x WHERE has_function_privilege('marketer', 'studio.case_claim(uuid, uuid)', 'EXECUTE')`},
		{"let everybody read what my group makes", "moderator1", `ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC`, "allowed", ""},
		{"have a table's statistics counted anew", "everybody", `ANALYZE studio.cases`, "allowed", `SELECT count(*) FROM pg_stat_user_tables WHERE relname = 'cases' AND analyze_count > 0`},
	}
	s.withstand(attempts)
}

// A policy hangs on the roles it names, and whoever is in a group may drop what the
// group "owns", which takes the group out of its policies. Ours name nobody.
func TestAMemberCannotTakeTheirGroupsRightsAway(t *testing.T) {
	t.Parallel()
	s := stage(t)
	const rights = `SELECT md5(string_agg(x, ' ' ORDER BY x)) FROM (
		SELECT 'policy ' || polname || polrelid || polroles::text || pg_get_expr(polqual, polrelid) || polpermissive FROM pg_policy
		UNION ALL SELECT 'table ' || oid || relacl::text FROM pg_class WHERE relnamespace = 'studio'::regnamespace
		UNION ALL SELECT 'function ' || oid || proacl::text FROM pg_proc WHERE pronamespace = 'studio'::regnamespace
		UNION ALL SELECT 'database ' || datacl::text FROM pg_database WHERE datname = current_database()
		UNION ALL SELECT 'schema ' || nspacl::text FROM pg_namespace WHERE nspname = 'studio') AS y(x)`
	before := s.one(rights)
	for role, login := range map[string]string{"moderator": "moderator1", "lead": "lead1", "marketer": "marketer1", "auditor": "auditor1", "administrator": "admin1", "worker": "worker1"} {
		for _, way := range []string{
			`DROP OWNED BY $r`, `DROP OWNED BY $r CASCADE`, `DROP OWNED BY $l`, `SET ROLE $r; DROP OWNED BY $r`, `REASSIGN OWNED BY $r TO $l`,
			`REVOKE ALL ON ALL TABLES IN SCHEMA studio FROM $r`, `REVOKE ALL ON SCHEMA studio FROM $r`, `SET ROLE $r; REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA studio FROM $r`,
			`SET ROLE $r; ALTER ROLE $r SET statement_timeout = 1; ALTER ROLE $r RESET ALL`, `SET ROLE $r; ALTER ROLE $r PASSWORD 'x'; ALTER ROLE $r PASSWORD NULL`,
		} {
			_ = s.try(login, strings.NewReplacer("$r", role, "$l", login).Replace(way)) // with a warning or refused, it must change nothing
			if after := s.one(rights); after != before {
				t.Fatalf("%s by %s changed who may do what", strings.ReplaceAll(way, "$r", role), login)
			}
		}
	}
	for _, login := range []string{"moderator1", "lead2", "auditor1"} {
		if got, err := s.rows(login, `SELECT count(*) > 10 FROM studio.cases`); err != nil || fmt.Sprint(got) != "[true]" {
			t.Errorf("%s sees %v, %v", login, got, err)
		}
	}
	s.inOrder()
}

// What Postgres lets a login do to itself, and that it harms nobody: docs/security.md
// names each.
func TestWhatALoginMayDoToItselfHarmsNobody(t *testing.T) {
	t.Parallel()
	s := stage(t)
	login := s.newLogin()
	s.exec(`SELECT studio.person_add(gen_random_uuid(), $1, 'Somebody', 'moderator')`, login)
	before := s.record()
	for _, own := range []string{
		`ALTER ROLE ` + login + ` PASSWORD 'my own'`,
		`ALTER ROLE ` + login + ` SET search_path = pg_temp, public`,
		`ALTER ROLE ` + login + ` SET standard_conforming_strings = off`,
		`ALTER ROLE ` + login + ` SET row_security = off`,
		`ALTER ROLE ` + login + ` SET extra_float_digits = -15`,
		`SELECT pg_notify('cinnabar', 'hello')`,
		`SELECT lo_unlink(lo_from_bytea(0, '\x00'))`,
	} {
		must(t, s.try(login, own))
	}
	if after := s.record(); after != before {
		t.Error("what a login does to itself changed the record")
	}
	delete(s.lines, login) // these settings hold for the next connection
	// With all of that set, it is still held to the rules, and what it does is still right.
	s.withstand([]attempt{
		{"decide by settings of my own", login, `SELECT studio.case_decide({new}, '{held}', {fence}, 1, 'clear', '', '', '')`, "lease_lost", ""},
		{"read opinions by settings of my own", login, `SELECT FROM studio.decision`, "42501", ""}, // row_security = off refuses what it would have to filter
	})
	must(t, s.try(login, `SELECT studio.note_add({new}, '{post}', 'a note by settings of my own')`))
	s.inOrder()
}
