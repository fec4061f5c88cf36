package store_test

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	_ "github.com/lib/pq"

	"cinnabar/internal/fault"
	"cinnabar/internal/people"
	"cinnabar/store"
	"cinnabar/store/local"
	"cinnabar/store/storetest"
)

// newLogin names a login that no other test has. Roles belong to the cluster and
// outlive the database, so it is dropped at the end.
func (d *desk) newLogin() string {
	d.t.Helper()
	login := "new_" + strings.ReplaceAll(uuid.NewString()[:12], "-", "")
	d.t.Cleanup(func() {
		for _, statement := range []string{
			`SELECT studio.login_shut(rolname) FROM pg_roles WHERE rolname = '` + login + `'`,
			`DROP ROLE IF EXISTS ` + login,
		} {
			if _, err := d.super.ExecContext(context.Background(), statement); err != nil {
				d.t.Errorf("%s: %v", statement, err)
			}
		}
	})
	return login
}

// direct opens a connection of the plain driver, as a hostile client would.
func direct(t *testing.T, url string) *sql.DB {
	t.Helper()
	db, err := sql.Open("postgres", url)
	must(t, err)
	t.Cleanup(func() { db.Close() })
	return db
}

// asking has a private server ask everybody but the superuser for a password, and
// write down every statement that it is sent.
func asking(t *testing.T, own *local.Server) {
	t.Helper()
	super := direct(t, own.SuperURL())
	hba := filepath.Join(own.Dir, "data", "pg_hba.conf")
	must(t, os.WriteFile(hba, []byte("local all postgres trust\nlocal all all scram-sha-256\n"), 0o600))
	for _, statement := range []string{
		`ALTER SYSTEM SET log_statement = 'all'`, `ALTER SYSTEM SET log_min_duration_statement = 0`,
		`ALTER SYSTEM SET log_parameter_max_length_on_error = -1`, `SELECT pg_reload_conf()`,
	} {
		must(t, exec(super, statement))
	}
	until(t, "the server asks for passwords", func() bool {
		return fault.CodeOf(opens(t, store.Config{URL: own.URL("moderator1")})) == fault.PasswordNeeded
	})
}

// opens tries to connect and says what came of it.
func opens(t *testing.T, c store.Config) error {
	t.Helper()
	db, err := store.Open(t.Context(), c)
	if err == nil {
		must(t, db.Close())
	}
	return err
}

func TestAPasswordLogsInAndNeverLeavesTheClient(t *testing.T) {
	t.Parallel()
	own := private(t)
	asking(t, own)
	founder, err := store.Open(t.Context(), store.Config{URL: own.SuperURL(), Founder: true})
	must(t, err)
	defer founder.Close()

	const first, second = "first-pass-word-not-to-be-seen", "second-pass-word-not-to-be-seen"
	person := people.Person{Login: "huang.li", Name: "Huang Li", Role: people.Moderator}
	request := uuid.NewString()
	for range 2 { // a repeated wish is granted once
		must(t, founder.People().AddWithPassword(t.Context(), request, person, first))
	}
	at := func(password string) store.Config { return store.Config{URL: own.URL("huang.li"), Password: password} }
	must(t, opens(t, at(first)))
	refused(t, opens(t, at("first")), fault.WrongPassword)
	refused(t, opens(t, at("")), fault.PasswordNeeded)

	// A change of words leaves the password alone.
	person.Name = "Huang Li, married"
	must(t, founder.People().Add(t.Context(), uuid.NewString(), person))
	must(t, opens(t, at(first)))

	must(t, founder.People().SetPassword(t.Context(), uuid.NewString(), "huang.li", second))
	refused(t, opens(t, at(first)), fault.WrongPassword)
	must(t, opens(t, at(second)))

	super := direct(t, own.SuperURL())
	if n := count(t, super, `SELECT count(*) FROM studio.audit WHERE action = 'person.password' AND target = 'huang.li' AND detail = '{}'`); n != 2 {
		t.Errorf("%d passwords in the record, want two and nothing about them", n)
	}
	var kept string
	must(t, super.QueryRow(`SELECT string_agg(CAST(a AS text), '') || (SELECT string_agg(CAST(r AS text), '') FROM studio.request r) FROM studio.audit a`).Scan(&kept))
	log, err := os.ReadFile(filepath.Join(filepath.Dir(filepath.Join(own.Dir, "data")), "log", "server.log"))
	must(t, err)
	if !strings.Contains(string(log), "studio.person_password") {
		t.Fatal("the server writes no statements down, so this test shows nothing")
	}
	for _, password := range []string{first, second, "pass-word-not-to-be-seen"} {
		if strings.Contains(kept, password) || strings.Contains(string(log), password) {
			t.Errorf("%q stands in the database or in its log", password)
		}
	}
	// Nor is the verifier in the tables: only the server's own list of roles has it.
	if strings.Contains(kept, "SCRAM-SHA-256") {
		t.Error("the record keeps a verifier")
	}
}

func TestAPasswordWithThePersonIsBothOrNeither(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	login := d.newLogin()
	d.exec(`CREATE ROLE ` + login + ` LOGIN CREATEDB`) // may be an administrator, and gets no password from us
	admin := d.sit("admin1").db.People()
	refused(t, admin.AddWithPassword(t.Context(), uuid.NewString(), people.Person{Login: login, Name: "x", Role: people.Administrator}, "x"), fault.FieldValue)
	if n := d.one(`SELECT count(*) FROM studio.person WHERE login = $1`, login); n != "0" {
		t.Error("the person is there without the password")
	}
	d.inOrder()
}

func TestOnlyAVerifierIsTakenForOne(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	const good = "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
	login := d.newLogin()
	admin := d.sit("admin1")
	must(t, admin.db.People().Add(t.Context(), uuid.NewString(), people.Person{Login: login, Name: "x", Role: people.Lead}))
	own := direct(t, d.URL("admin1"))
	try := func(verifier any) error {
		_, err := own.Exec(`SET cinnabar.client = '1'; SELECT studio.person_password(gen_random_uuid(), '` + login + `', ` + quoted(verifier) + `)`)
		return err
	}
	must(t, try(good))
	for _, bad := range []any{
		nil, "", "hunter2 in the clear", "md5" + strings.Repeat("a", 32), "plain",
		good + "\n", "\n" + good, " " + good, good + "x", strings.ToLower(good),
		strings.Replace(good, "4096", "1", 1), strings.Replace(good, "4096", "99999999", 1), strings.Replace(good, "4096", "-4096", 1),
		strings.Replace(good, "W22Z", "W2", 1), strings.Replace(good, "gQ==", "gR==", 1), strings.Replace(good, "W22Z", "ä22Z", 1),
		strings.Replace(good, ":wfPL", "", 1), strings.Replace(good, "$WG5d", ":WG5d", 1), strings.Replace(good, "SHA-256", "SHA-1", 1),
		good[:strings.LastIndex(good, ":")], strings.Replace(good, "2dU=", "2dV=", 1), good + "' SUPERUSER",
	} {
		err := try(bad)
		if err == nil {
			t.Errorf("%q was taken", bad)
			continue
		}
		if text, _ := bad.(string); text != "" && strings.Contains(err.Error(), text) {
			t.Errorf("the refusal repeats %q: %v", text, err)
		}
	}
	if got := d.one(`SELECT rolpassword FROM pg_authid WHERE rolname = $1`, login); got != good {
		t.Errorf("the server keeps %q", got)
	}
}

func quoted(v any) string {
	text, ok := v.(string)
	if !ok {
		return "NULL"
	}
	return "E'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`).Replace(text) + "'"
}

// Who sets a password can log in with it. So none is set for a login that has more
// than a person has, in this database or in any other of the server.
func TestNobodysLoginButAPersonsGetsAPassword(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	admin := d.sit("admin1").db.People()
	elsewhere := d.Database + "_other"
	d.exec(`CREATE DATABASE ` + elsewhere)
	t.Cleanup(func() { must(t, exec(d.super, `DROP DATABASE `+elsewhere+` WITH (FORCE)`)) })
	other := d.superAt(elsewhere)

	for what, prepare := range map[string]func(login string){
		"owns a table elsewhere":     func(l string) { must(t, exec(other, `CREATE TABLE t_`+l+` (); ALTER TABLE t_`+l+` OWNER TO `+l)) },
		"owns a database":            func(l string) { must(t, exec(d.super, `ALTER DATABASE `+elsewhere+` OWNER TO `+l)) },
		"may read a table elsewhere": func(l string) { must(t, exec(other, `CREATE TABLE g_`+l+` (); GRANT SELECT ON g_`+l+` TO `+l)) },
		"is in another group":        func(l string) { must(t, exec(d.super, `GRANT pg_monitor TO `+l)) },
		"has members":                func(l string) { must(t, exec(d.super, `GRANT `+l+` TO worker1`)) },
		"makes databases":            func(l string) { must(t, exec(d.super, `ALTER ROLE `+l+` CREATEDB`)) },
		"makes roles":                func(l string) { must(t, exec(d.super, `ALTER ROLE `+l+` CREATEROLE`)) },
		"replicates":                 func(l string) { must(t, exec(d.super, `ALTER ROLE `+l+` REPLICATION`)) },
		"sees all rows":              func(l string) { must(t, exec(d.super, `ALTER ROLE `+l+` BYPASSRLS`)) },
		"is a superuser":             func(l string) { must(t, exec(d.super, `ALTER ROLE `+l+` SUPERUSER`)) },
		"cannot log in":              func(l string) { must(t, exec(d.super, `ALTER ROLE `+l+` NOLOGIN`)) },
	} {
		login := d.newLogin()
		must(t, admin.Add(t.Context(), uuid.NewString(), people.Person{Login: login, Name: what, Role: people.Moderator}))
		must(t, admin.SetPassword(t.Context(), uuid.NewString(), login, "a"))
		prepare(login)
		refused(t, admin.SetPassword(t.Context(), uuid.NewString(), login, "b"), fault.FieldValue)
		must(t, exec(other, `DROP OWNED BY `+login))
		if strings.Contains(what, "database") {
			must(t, exec(d.super, `ALTER DATABASE `+elsewhere+` OWNER TO CURRENT_USER`))
		}
	}
	refused(t, admin.SetPassword(t.Context(), uuid.NewString(), "postgres", "b"), fault.NotFound)
	refused(t, admin.SetPassword(t.Context(), uuid.NewString(), "cinnabar_clerk", "b"), fault.NotFound)
	login := d.newLogin()
	d.exec(`CREATE ROLE ` + login + ` LOGIN`)
	refused(t, admin.SetPassword(t.Context(), uuid.NewString(), login, "b"), fault.NotFound)
	for _, who := range []string{"moderator1", "lead1", "marketer1", "auditor1", "worker1"} {
		refused(t, d.sit(who).db.People().SetPassword(t.Context(), uuid.NewString(), who, "mine"), fault.NoRight)
	}
	d.inOrderBut("guard.logins") // made by hand
}

// superAt is the superuser in another database of the server.
func (d *desk) superAt(database string) *sql.DB {
	d.t.Helper()
	u, err := url.Parse(d.SuperURL())
	must(d.t, err)
	u.Path = "/" + database
	return direct(d.t, u.String())
}

func TestWhoIsDisabledIsSentAway(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	login := d.newLogin()
	admin := d.sit("admin1").db.People()
	must(t, admin.Add(t.Context(), uuid.NewString(), people.Person{Login: login, Name: "x", Role: people.Moderator}))
	desk := opened(t, d.URL(login)) // connects again whenever it can
	sessions := direct(t, d.URL(login))
	held, err := sessions.Conn(t.Context())
	must(t, err)
	defer held.Close()
	must(t, held.PingContext(t.Context()))
	bystander := d.sit("moderator2")

	must(t, admin.Disable(t.Context(), uuid.NewString(), login))
	until(t, "no session is left", func() bool {
		n, err := admin.Sessions(t.Context(), login)
		return err == nil && n == 0
	})
	if err := held.PingContext(t.Context()); err == nil {
		t.Error("a session goes on")
	}
	until(t, "the desk knows", func() bool {
		f := desk.Link().Fault
		return f != nil && f.Code == fault.NotKnown
	})
	if n, err := admin.Sessions(t.Context(), login); n != 0 || err != nil {
		t.Errorf("%d sessions came back, %v", n, err)
	}
	if _, err := bystander.db.People().Me(t.Context()); err != nil {
		t.Errorf("somebody else was sent away: %v", err)
	}
	// Disabled again is disabled; who is active is not sent away.
	must(t, admin.Disable(t.Context(), uuid.NewString(), login))
	refused(t, admin.Disable(t.Context(), uuid.NewString(), "nobody_at_all"), fault.NotFound)
	own := direct(t, d.URL("admin1"))
	if _, err := own.Exec(`SET cinnabar.client = '1'; SELECT studio.person_leave(gen_random_uuid(), 'moderator2')`); err == nil {
		t.Error("a person who is active was sent away")
	}
	d.inOrder()
}

// Without the right to end sessions, which not every server gives away, people are
// disabled all the same.
func TestDisablingWorksWhereSessionsCannotBeEnded(t *testing.T) {
	t.Parallel()
	own := private(t)
	super := direct(t, own.SuperURL())
	must(t, exec(super, `REVOKE pg_signal_backend FROM cinnabar_clerk`))
	held, err := direct(t, own.URL("moderator1")).Conn(t.Context())
	must(t, err)
	defer held.Close()
	admin := opened(t, own.URL("admin1")).People()
	must(t, admin.Disable(t.Context(), uuid.NewString(), "moderator1"))
	if n, err := admin.Sessions(t.Context(), "moderator1"); n != 1 || err != nil {
		t.Errorf("%d sessions, %v; want the one that could not be ended", n, err)
	}
	refused(t, opens(t, store.Config{URL: own.URL("moderator1")}), fault.NotKnown)
	_, err = held.ExecContext(t.Context(), `SET cinnabar.client = '1'; SELECT studio.case_note(gen_random_uuid(), gen_random_uuid(), 'x')`)
	if err == nil {
		t.Error("a disabled person writes")
	}
}

func TestADisabledAdministratorDoesNotComeBack(t *testing.T) {
	t.Parallel()
	own := private(t)
	super := direct(t, own.SuperURL())
	must(t, exec(super, `REVOKE pg_signal_backend FROM cinnabar_clerk`)) // so that a session stays to try with
	held, err := direct(t, own.URL("admin1")).Conn(t.Context())
	must(t, err)
	defer held.Close()
	must(t, held.PingContext(t.Context()))
	chief, err := store.Open(t.Context(), store.Config{URL: own.SuperURL(), Founder: true})
	must(t, err)
	defer chief.Close()
	must(t, chief.People().Disable(t.Context(), uuid.NewString(), "admin1"))

	next := strings.Replace(own.URL("admin1"), "/cinnabar?", "/postgres?", 1)
	if next == own.URL("admin1") {
		t.Fatal("the private server's URL has changed its form")
	}
	door, err := direct(t, next).Conn(t.Context()) // everybody may enter the database next door
	must(t, err)
	defer door.Close()
	must(t, door.PingContext(t.Context()))
	for _, statement := range []string{
		`SET ROLE cinnabar_clerk`, `SET ROLE cinnabar_owner`, `SET ROLE administrator`,
		`GRANT CONNECT ON DATABASE cinnabar TO admin1`, `GRANT administrator TO admin1`,
		`SET cinnabar.client = '1'; SELECT studio.person_add(gen_random_uuid(), 'admin1', 'Back', 'administrator')`,
	} {
		for where, conn := range map[string]*sql.Conn{"their old session": held, "next door": door} {
			if _, err := conn.ExecContext(t.Context(), statement); err == nil {
				// A GRANT without the right is only a warning, so look at what came of it.
				if n := count(t, super, `SELECT CAST(has_database_privilege('admin1', 'cinnabar', 'CONNECT') OR pg_has_role('admin1', 'administrator', 'MEMBER') AS int)`); n != 0 || !strings.HasPrefix(statement, "GRANT") {
					t.Errorf("%s: %s", where, statement)
				}
			}
		}
	}
	refused(t, opens(t, store.Config{URL: own.URL("admin1")}), fault.NotKnown)

	// Added anew they are an administrator again.
	must(t, chief.People().Add(t.Context(), uuid.NewString(), people.Person{Login: "admin1", Name: "He Rui", Role: people.Administrator}))
	must(t, opens(t, store.Config{URL: own.URL("admin1")}))
	if from, to, err := store.Migrate(t.Context(), own.URL("admin1")); err != nil || from != to {
		t.Errorf("migrate: %d to %d, %v", from, to, err)
	}
}

func TestTheFirstAdministratorIsMadeByWhoMayBecomeTheOwner(t *testing.T) {
	t.Parallel()
	own := bare(t)
	super := direct(t, own.SuperURL())
	// No superuser: a login that makes roles and owns the database, as a hosted server gives out.
	for _, statement := range []string{
		`CREATE ROLE dba LOGIN CREATEROLE`, `ALTER DATABASE cinnabar OWNER TO dba`, `GRANT CREATE ON SCHEMA public TO dba`, `CREATE ROLE stranger LOGIN`,
	} {
		must(t, exec(super, statement))
	}
	if _, to, err := store.Migrate(t.Context(), own.URL("dba")); err != nil || to != store.LatestMigration() {
		t.Fatalf("migrated to %d, %v", to, err)
	}
	refused(t, opens(t, store.Config{URL: own.URL("dba")}), fault.NotKnown)
	refused(t, opens(t, store.Config{URL: own.URL("stranger"), Founder: true}), fault.NotKnown)

	founder, err := store.Open(t.Context(), store.Config{URL: own.URL("dba"), Founder: true})
	must(t, err)
	defer founder.Close()
	must(t, founder.People().AddWithPassword(t.Context(), uuid.NewString(), people.Person{Login: "he.rui", Name: "He Rui", Role: people.Administrator}, "x"))
	admin, err := store.Open(t.Context(), store.Config{URL: own.URL("he.rui")})
	must(t, err)
	defer admin.Close()
	must(t, admin.People().AddWithPassword(t.Context(), uuid.NewString(), people.Person{Login: "lin", Name: "Lin", Role: people.Moderator}, "x"))
	must(t, opens(t, store.Config{URL: own.URL("lin")}))
	held, err := direct(t, own.URL("lin")).Conn(t.Context())
	must(t, err)
	defer held.Close()
	must(t, held.PingContext(t.Context()))
	must(t, admin.People().Disable(t.Context(), uuid.NewString(), "lin"))
	if err := held.PingContext(t.Context()); err == nil {
		t.Error("the session of a disabled person goes on")
	}
	var failed *fault.Error
	if _, _, err := store.Migrate(t.Context(), own.URL("he.rui")); errors.As(err, &failed) {
		t.Errorf("the administrator migrates: %v", err)
	}
}

// What docs/database.md promises: after the first one, migrations are an
// administrator's, those that touch the clerk's functions too.
func TestAnAdministratorBringsInALaterVersion(t *testing.T) {
	t.Parallel()
	env := storetest.New(t)
	super := env.Super(t)
	const later = `-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;
CREATE TABLE studio.later (id int PRIMARY KEY);
GRANT SELECT ON studio.later TO auditor;
GRANT CREATE ON SCHEMA studio TO cinnabar_clerk;
SET LOCAL ROLE cinnabar_clerk;
CREATE OR REPLACE FUNCTION studio.login_end(p_login text) RETURNS int
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$ SELECT 0 $$;
CREATE FUNCTION studio.login_later(p_login text) RETURNS int
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$ SELECT 7 $$;
GRANT EXECUTE ON FUNCTION studio.login_later TO cinnabar_owner;
SET LOCAL ROLE cinnabar_owner;
REVOKE CREATE ON SCHEMA studio FROM cinnabar_clerk;
RESET ROLE;
-- +goose StatementEnd
`
	for _, login := range []string{"moderator1", "lead1", "auditor1", "worker1", "marketer1"} {
		_, _, err := store.MigrateTo(t.Context(), env.URL(login), "99990_later.sql", later)
		refused(t, err, fault.NoRight)
	}
	if _, _, err := store.MigrateTo(t.Context(), env.URL("admin1"), "99990_later.sql", later); err != nil {
		t.Fatal(err)
	}
	if n := count(t, super, `SELECT max(version_id) FROM public.cinnabar_version`); n != 99990 {
		t.Errorf("the database is at version %d", n)
	}
	for what, want := range map[string]string{
		`SELECT relowner::regrole::text FROM pg_class WHERE oid = 'studio.later'::regclass`:            "cinnabar_owner",
		`SELECT proowner::regrole::text FROM pg_proc WHERE proname = 'login_later'`:                    "cinnabar_clerk",
		`SELECT CAST(studio.login_end('x') AS text)`:                                                   "0",
		`SELECT CAST(has_schema_privilege('cinnabar_clerk', 'studio', 'CREATE') AS text)`:              "false",
		`SELECT CAST(has_function_privilege('public', 'studio.login_later(text)', 'EXECUTE') AS text)`: "false",
	} {
		var got string
		must(t, super.QueryRow(what).Scan(&got))
		if got != want {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
	}
	// A migration that only a stronger login can run says that, and leaves nothing behind.
	_, _, err := store.MigrateTo(t.Context(), env.URL("admin1"), "99991_stronger.sql", `-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;
CREATE TABLE studio.left_over (id int);
ALTER SYSTEM SET work_mem = '1MB';
-- +goose StatementEnd
`)
	if code := fault.CodeOf(err); code == "" {
		t.Error("an administrator alters the system")
	}
	if n := count(t, super, `SELECT count(*) FROM pg_class WHERE relname = 'left_over'`); n != 0 {
		t.Error("half a migration stays")
	}
}

func TestSamplePeopleAreAllOfTheirRoles(t *testing.T) {
	t.Parallel()
	env := storetest.New(t)
	// Joining the clerk must not give an administrator its rights by the way.
	if n := count(t, env.Super(t), `SELECT count(*) FROM studio.person p WHERE pg_has_role(p.login, 'cinnabar_clerk', 'USAGE') OR pg_has_role(p.login, 'cinnabar_owner', 'USAGE')`); n != 0 {
		t.Errorf("%d people have the clerk's or the owner's rights without becoming them", n)
	}
}
