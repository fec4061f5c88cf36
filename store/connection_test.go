package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"cinnabar/internal/fault"
	"cinnabar/store"
	"cinnabar/store/storetest"
)

// proof is a table to which a write with a request id can leave its mark, in the
// way our functions do: the id once, however often it is asked.
func proof(t *testing.T, super *sql.DB) {
	t.Helper()
	must(t, exec(super, `CREATE TABLE public.proof (request uuid PRIMARY KEY);
		GRANT ALL ON public.proof TO PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC`))
}

const leaveMark = `INSERT INTO public.proof VALUES ($1) ON CONFLICT DO NOTHING`

func exec(db *sql.DB, text string) error {
	_, err := db.Exec(text)
	return err
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T, super *sql.DB, query string, args ...any) int {
	t.Helper()
	var n int
	must(t, super.QueryRow(query, args...).Scan(&n))
	return n
}

// until waits for what goes on in other goroutines and processes.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

func opened(t *testing.T, url string) *store.DB {
	t.Helper()
	db, err := store.OpenQuick(t.Context(), url)
	must(t, err)
	t.Cleanup(func() { db.Close() })
	return db
}

func ask(ctx context.Context, db *store.DB, query string) (answer int, err error) {
	err = db.Read(ctx, func(q sqlx.QueryerContext) error { return sqlx.GetContext(ctx, q, &answer, query) })
	return answer, err
}

func TestAReadOnASilentNetworkEndsWithItsContext(t *testing.T) {
	t.Parallel()
	px := newProxy(t, storetest.New(t).URL("moderator1"))
	db := opened(t, px.url.String())
	px.swallow()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := ask(ctx, db, `SELECT 1`)
	if took := time.Since(began); took > 1500*time.Millisecond {
		t.Errorf("a read with 100 ms to live took %v", took)
	}
	if fault.CodeOf(err) != fault.TimedOut {
		t.Errorf("read: %v, want %s", err, fault.TimedOut)
	}
}

func TestAReadOnASilentNetworkEndsWithoutAContextToo(t *testing.T) {
	t.Parallel()
	px := newProxy(t, storetest.New(t).URL("moderator1"))
	db := opened(t, px.url.String())
	px.swallow()
	began := time.Now()
	_, err := ask(context.Background(), db, `SELECT 1`)
	// One silence of two seconds, and one for the fresh connection.
	if took := time.Since(began); took > 8*time.Second {
		t.Errorf("a read without a deadline took %v", took)
	}
	if fault.CodeOf(err) != fault.Offline {
		t.Errorf("read: %v, want %s", err, fault.Offline)
	}
	px.heal()
	until(t, "reading works again", func() bool { n, err := ask(t.Context(), db, `SELECT 7`); return err == nil && n == 7 })
}

func TestAReadSurvivesThatAllItsConnectionsDied(t *testing.T) {
	t.Parallel()
	px := newProxy(t, storetest.New(t).URL("moderator1"))
	db := opened(t, px.url.String())
	// Fill the pool, so that the first repetition would find another dead one.
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() { ask(t.Context(), db, `SELECT 1 FROM pg_sleep(0.1)`) })
	}
	all.Wait()
	px.cut()
	if n, err := ask(t.Context(), db, `SELECT 7`); n != 7 || err != nil {
		t.Errorf("read after a cut = %d, %v", n, err)
	}
	if link := db.Link(); !link.Up {
		t.Errorf("a cut that was mended at once took the link down: %+v", link)
	}
}

func TestAWriteWhoseServerProcessIsKilledIsDoneOnce(t *testing.T) {
	t.Parallel()
	env := storetest.New(t)
	super := env.Super(t)
	proof(t, super)
	db := opened(t, env.URL("moderator1"))

	request, runs := uuid.NewString(), 0
	inside := make(chan int)
	go func() {
		pid := <-inside
		until(t, "the statement runs", func() bool {
			return count(t, super, `SELECT count(*) FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'PgSleep'`, pid) == 1
		})
		super.Exec(`SELECT pg_terminate_backend($1)`, pid)
	}()
	err := db.Write(t.Context(), func(tx *sqlx.Tx) error {
		runs++
		if _, err := tx.Exec(leaveMark, request); err != nil {
			return err
		}
		if runs > 1 {
			return nil
		}
		var pid int
		if err := tx.Get(&pid, `SELECT pg_backend_pid()`); err != nil {
			return err
		}
		inside <- pid
		_, err := tx.Exec(`SELECT pg_sleep(10)`)
		return err
	})
	if err != nil || runs != 2 {
		t.Errorf("write ran %d times and returned %v, want 2 and nil", runs, err)
	}
	if n := count(t, super, `SELECT count(*) FROM public.proof WHERE request = $1`, request); n != 1 {
		t.Errorf("%d rows, want one", n)
	}
}

func TestACommitWhoseReplyIsLostIsDoneOnce(t *testing.T) {
	t.Parallel()
	env := storetest.New(t)
	super := env.Super(t)
	proof(t, super)
	px := newProxy(t, env.URL("moderator1"))
	db := opened(t, px.url.String())

	px.loseCommits(2)
	request, runs, found := uuid.NewString(), 0, 0
	err := db.Write(t.Context(), func(tx *sqlx.Tx) error {
		runs++
		if err := tx.Get(&found, `SELECT count(*) FROM public.proof WHERE request = $1`, request); err != nil {
			return err
		}
		_, err := tx.Exec(leaveMark, request)
		return err
	})
	if err != nil || runs != 3 {
		t.Errorf("write ran %d times and returned %v, want 3 and nil", runs, err)
	}
	if found != 1 {
		t.Error("the first commit was not done, so this test shows nothing")
	}
	if n := count(t, super, `SELECT count(*) FROM public.proof`); n != 1 {
		t.Errorf("%d rows, want one", n)
	}
}

func TestTheRefereesAnswerIsTheSameAfterALostReply(t *testing.T) {
	t.Parallel()
	env := storetest.New(t)
	super := env.Super(t)
	px := newProxy(t, env.URL("admin1"))
	db := opened(t, px.url.String())
	before := count(t, super, `SELECT count(*) FROM studio.audit`)
	px.loseCommits(1)
	person := storetest.Sample()[0]
	person.Name = "Lin Xiaoyu, married"
	must(t, db.People().Add(t.Context(), uuid.NewString(), person))
	if n := count(t, super, `SELECT count(*) FROM studio.audit`) - before; n != 1 {
		t.Errorf("%d audit rows for one wish", n)
	}
}

func TestAWriteGivesUpInTime(t *testing.T) {
	t.Parallel()
	px := newProxy(t, storetest.New(t).URL("moderator1"))
	db, err := store.OpenImpatient(t.Context(), px.url.String())
	must(t, err)
	defer db.Close()
	px.refuse()
	began := time.Now()
	err = db.Write(t.Context(), func(tx *sqlx.Tx) error { return nil })
	if fault.CodeOf(err) != fault.Offline {
		t.Errorf("write without a server: %v, want %s", err, fault.Offline)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("took %v to give up after 300 ms", took)
	}
}

// Whoever stops waiting for a server that is away did that themselves: it is not told
// to them as news of the server.
func TestAWriteThatIsStoppedWhileTheServerIsAwayIsCalledStopped(t *testing.T) {
	t.Parallel()
	px := newProxy(t, storetest.New(t).URL("moderator1"))
	db, err := store.OpenPatient(t.Context(), px.url.String())
	must(t, err)
	defer db.Close()
	px.refuse()
	var all sync.WaitGroup
	for i := range 40 { // each stops somewhere else: at a probe, or in the pause between two
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		time.AfterFunc(time.Duration(5*i)*time.Millisecond, stop)
		all.Go(func() {
			if err := db.Write(ctx, func(*sqlx.Tx) error { return nil }); fault.CodeOf(err) != fault.Cancelled {
				t.Errorf("stopped after %d ms: %v, want %s", 5*i, err, fault.Cancelled)
			}
		})
	}
	all.Wait()
}

func TestAClosuresOwnRefusalIsNotRepeated(t *testing.T) {
	t.Parallel()
	db := opened(t, storetest.New(t).URL("moderator1"))
	runs := 0
	err := db.Write(t.Context(), func(tx *sqlx.Tx) error {
		runs++
		return fault.New(fault.LeaseLost, "case", "A-1")
	})
	if runs != 1 || fault.CodeOf(err) != fault.LeaseLost {
		t.Errorf("ran %d times, %v", runs, err)
	}
}

func TestADeadlockIsRunAgain(t *testing.T) {
	t.Parallel()
	env := storetest.New(t)
	super := env.Super(t)
	// Well before our own lock_timeout, and quicker than the default second.
	must(t, exec(super, `ALTER DATABASE `+env.Database+` SET deadlock_timeout = 50`))
	must(t, exec(super, `CREATE TABLE public.pair (id int PRIMARY KEY, n int NOT NULL DEFAULT 0);
		INSERT INTO public.pair VALUES (1), (2); GRANT ALL ON public.pair TO PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC`))
	db := opened(t, env.URL("moderator1"))
	var runs atomic.Int32
	var meet, all sync.WaitGroup
	meet.Add(2)
	for _, order := range [][2]int{{1, 2}, {2, 1}} {
		all.Go(func() {
			first := true
			err := db.Write(t.Context(), func(tx *sqlx.Tx) error {
				runs.Add(1)
				if _, err := tx.Exec(`UPDATE public.pair SET n = n + 1 WHERE id = $1`, order[0]); err != nil {
					return err
				}
				if first {
					first = false
					meet.Done()
					meet.Wait()
				}
				_, err := tx.Exec(`UPDATE public.pair SET n = n + 1 WHERE id = $1`, order[1])
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := count(t, super, `SELECT sum(n) FROM public.pair`); n != 4 || runs.Load() < 3 {
		t.Errorf("sum %d after %d runs, want 4 after 3 or more", n, runs.Load())
	}
}

func TestTheLinkGoesDownAndComesBack(t *testing.T) {
	t.Parallel()
	px := newProxy(t, storetest.New(t).URL("moderator1"))
	db := opened(t, px.url.String())
	states := make(chan store.Link, 10)
	stop := db.WatchLink(func(l store.Link) { states <- l })
	defer stop()
	stuck := make(chan struct{})
	defer close(stuck)
	db.WatchLink(func(store.Link) { <-stuck }) // must hinder nobody

	px.refuse()
	if l := <-states; l.Up || l.Fault == nil || l.Fault.Code != fault.Offline {
		t.Errorf("after the link broke: %+v", l)
	}
	px.heal()
	if l := <-states; !l.Up || l.Fault != nil {
		t.Errorf("after it healed: %+v", l)
	}
	if n, err := ask(t.Context(), db, `SELECT 7`); n != 7 || err != nil {
		t.Errorf("read = %d, %v", n, err)
	}
}

func TestASilentLinkIsNoticedWithoutAnybodyAsking(t *testing.T) {
	t.Parallel()
	px := newProxy(t, storetest.New(t).URL("moderator1"))
	db := opened(t, px.url.String())
	px.swallow()
	until(t, "the link is down", func() bool { return !db.Link().Up })
	px.heal()
	until(t, "the link is up", func() bool { return db.Link().Up })
}

func TestWhileTheLinkIsDownManyReadsCostOneAttempt(t *testing.T) {
	t.Parallel()
	px := newProxy(t, storetest.New(t).URL("moderator1"))
	db := opened(t, px.url.String())
	px.swallow()
	until(t, "the link is down", func() bool { return !db.Link().Up })
	began := time.Now()
	var all sync.WaitGroup
	for range 12 {
		all.Go(func() {
			if _, err := ask(context.Background(), db, `SELECT 1`); fault.CodeOf(err) != fault.Offline {
				t.Errorf("read: %v", err)
			}
		})
	}
	all.Wait()
	// Three at a time with a second each would be four seconds and more.
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("12 reads on a dead link took %v", took)
	}
}

func TestCloseEndsEverything(t *testing.T) {
	t.Parallel()
	px := newProxy(t, storetest.New(t).URL("moderator1"))
	db := opened(t, px.url.String())
	db.Changes().Watch(context.Background(), func() {})
	db.WatchLink(func(store.Link) {})
	reading := make(chan error, 1)
	px.swallow()
	go func() {
		_, err := ask(context.Background(), db, `SELECT 1`)
		reading <- err
	}()
	closed := make(chan struct{})
	go func() { db.Close(); close(closed) }()
	select {
	case <-closed:
	case <-time.After(10 * time.Second):
		t.Fatal("Close hangs on a silent link")
	}
	if err := <-reading; err == nil {
		t.Error("a read came back from a silent link")
	}
	if _, err := ask(context.Background(), db, `SELECT 1`); fault.CodeOf(err) != fault.Cancelled {
		t.Errorf("read after Close: %v, want %s", err, fault.Cancelled)
	}
	db.Changes().Watch(context.Background(), func() {})
}

func TestAnOpenContextThatEndsEndsTheLogin(t *testing.T) {
	t.Parallel()
	px := newProxy(t, storetest.New(t).URL("moderator1"))
	px.swallow()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := store.Open(ctx, store.Config{URL: px.url.String()})
	if took := time.Since(began); took > 2*time.Second || err == nil {
		t.Errorf("Open on a silent link: %v after %v", err, took)
	}
}

func TestAWrongPasswordIsCalledThat(t *testing.T) {
	t.Parallel()
	own := bare(t)
	super, err := sql.Open("postgres", own.SuperURL())
	must(t, err)
	defer super.Close()
	must(t, exec(super, `CREATE ROLE moderator1 LOGIN PASSWORD 'right'; CREATE ROLE moderator2 LOGIN`))
	hba := filepath.Join(own.Dir, "data", "pg_hba.conf")
	must(t, os.WriteFile(hba, []byte("local all postgres trust\nlocal all moderator2 reject\nlocal all all scram-sha-256\n"), 0o600))
	must(t, exec(super, `SELECT pg_reload_conf()`))

	const clear = "sslmode=disable" // this server has no certificate
	px := newProxy(t, own.URL("moderator1"))
	as := func(user, query string) string {
		return strings.Replace(px.tcp(query), "moderator1@", user+"@", 1)
	}
	open := func(url string) error {
		db, err := store.OpenQuick(t.Context(), url)
		if err == nil {
			db.Close()
		}
		return err
	}
	until(t, "the server has read its rules", func() bool {
		return fault.CodeOf(open(as("moderator1:wrong", clear))) != fault.SchemaMissing
	})
	for _, c := range []struct {
		url  string
		want fault.Code
	}{
		{as("moderator1:right", clear), fault.SchemaMissing}, // it got in, and nothing is there
		{as("moderator1:wrong", clear), fault.WrongPassword},
		{as("moderator1", clear), fault.PasswordNeeded},
		{as("nobody_here:x", clear), fault.WrongPassword}, // scram tells nobody whether a login exists
		{as("moderator2:x", clear), fault.TransportRefused},
		{as("moderator1:right", ""), fault.InsecureTransport},
		{as("moderator1:right", "sslmode=require"), fault.TransportRefused},
	} {
		err := open(c.url)
		if fault.CodeOf(err) != c.want {
			t.Errorf("%s: %v, want %q", c.url, err, c.want)
		}
		if err != nil && (strings.Contains(err.Error(), "right") || strings.Contains(fmt.Sprint(fault.Of(err).Args), "wrong")) {
			t.Errorf("the fault gives the password away: %v", err)
		}
	}
}

func TestAnUnusableDatabaseIsNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		setup string // by the superuser
		login string
		want  fault.Code
	}{
		{"never migrated", `DROP TABLE public.cinnabar_version`, "moderator1", fault.SchemaMissing},
		{"older than we need", `DELETE FROM public.cinnabar_version WHERE version_id = (SELECT max(version_id) FROM public.cinnabar_version)`, "moderator1", fault.SchemaOld},
		{"newer than we can read", `UPDATE studio.compat SET level = 9, read_from = 9, write_from = 9`, "moderator1", fault.SchemaNew},
		{"no such login", ``, "nobody_at_all", fault.NotKnown},
		{"a login that is no person", ``, "postgres", fault.NotKnown},
		{"a person who left", `UPDATE studio.person SET active = false WHERE login = 'moderator1'`, "moderator1", fault.NotKnown},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			env := storetest.New(t)
			must(t, exec(env.Super(t), c.setup))
			if strings.Contains(env.URL(c.login), "@/") || c.login == "moderator1" {
				_, err := store.Open(t.Context(), store.Config{URL: env.URL(c.login)})
				if fault.CodeOf(err) != c.want {
					t.Errorf("Open: %v, want %s", err, c.want)
				}
			}
		})
	}
}

func TestADatabaseThatIsNotThereIsNamed(t *testing.T) {
	t.Parallel()
	env := storetest.New(t)
	_, err := store.Open(t.Context(), store.Config{URL: strings.Replace(env.URL("moderator1"), env.Database, "not_here", 1)})
	if fault.CodeOf(err) != fault.NoSuchDatabase || fault.Of(err).Args["database"] != "not_here" {
		t.Errorf("Open: %v", err)
	}
}

func TestAServerThatIsNotThereIsOffline(t *testing.T) {
	t.Parallel()
	_, err := store.Open(t.Context(), store.Config{URL: "postgresql://x@/db?host=" + t.TempDir()})
	if fault.CodeOf(err) != fault.Offline {
		t.Errorf("Open: %v, want %s", err, fault.Offline)
	}
}

func TestWhoeverIsNotPostgresIsFoundOutByTheFirstWords(t *testing.T) {
	t.Parallel()
	for _, other := range []string{"HTTP/1.1 400 Bad Request\r\n", "SSH-2.0-OpenSSH_9.2\r\n", "220 mail.example ESMTP\r\n", "-ERR unknown command\r\n", "RFB 003.008\n", "\x00"} {
		if store.AnswersLikePostgres([]byte(other)) {
			t.Errorf("%q passes for Postgres", other)
		}
	}
	for _, own := range []string{"S", "N", "R\x00\x00\x00\x17\x00\x00\x00\x0aSCRAM-SHA-256\x00\x00", "E\x00\x00\x00\x69SFATAL", "E", "v\x00\x00\x00\x10", "N\x00\x00\x00\x20SNOTICE"} {
		if !store.AnswersLikePostgres([]byte(own)) {
			t.Errorf("%q does not pass", own)
		}
	}
}

func TestADatabaseTooNewToWriteIsReadOnly(t *testing.T) {
	t.Parallel()
	env := storetest.New(t)
	must(t, exec(env.Super(t), `UPDATE studio.compat SET level = 9, write_from = 9`))
	db := env.Open(t, "admin1")
	if l := db.Link(); !l.Up || l.Fault == nil || l.Fault.Code != fault.SchemaNew {
		t.Errorf("Link() = %+v, want an up link with %s", l, fault.SchemaNew)
	}
	if _, err := db.People().Me(t.Context()); err != nil {
		t.Errorf("reading: %v", err)
	}
	err := env.Open(t, "lead1").Cases().AddNote(t.Context(), uuid.NewString(), uuid.NewString(), "x")
	if fault.CodeOf(err) != fault.SchemaNew {
		t.Errorf("writing: %v, want %s", err, fault.SchemaNew)
	}
}

func TestAStatementThatTakesTooLongIsEndedByTheServer(t *testing.T) {
	t.Parallel()
	env := storetest.New(t)
	db := opened(t, env.URL("moderator1"))
	err := db.Write(t.Context(), func(tx *sqlx.Tx) error {
		if _, err := tx.Exec(`SET LOCAL statement_timeout = 20`); err != nil {
			return err
		}
		_, err := tx.Exec(`SELECT pg_sleep(5)`)
		return err
	})
	if fault.CodeOf(err) != fault.TimedOut {
		t.Errorf("write: %v, want %s", err, fault.TimedOut)
	}
	if !db.Link().Up {
		t.Error("a slow statement took the link down")
	}
}

func TestTheTLSModeIsAlwaysSettled(t *testing.T) {
	for _, c := range []struct {
		url, env string
		want     string
		code     fault.Code
	}{
		{"postgresql://a@/db?host=/run/pg", "", "disable", ""},
		{"postgresql://a@/db?host=/run/pg&sslmode=require", "", "disable", ""},
		{"postgresql://a@localhost/db", "", "verify-full", ""},
		{"postgresql://a@127.0.0.1/db", "", "verify-full", ""},
		{"postgresql://a@[::1]/db", "", "verify-full", ""},
		{"postgresql://a@127.0.0.1/db?sslmode=prefer", "", "prefer", ""},
		{"postgresql://a@127.0.0.1/db", "disable", "disable", ""},
		{"host=localhost hostaddr=192.0.2.7 user=a", "", "verify-full", ""},
		{"host=localhost hostaddr=192.0.2.7 user=a sslmode=prefer", "", "", fault.InsecureTransport},
		{"host=/run/pg,db.example.com user=a", "", "verify-full", ""},
		{"host=db.example.com,/run/pg user=a", "", "verify-full", ""},
		{"host=/run/pg,/run/pg2 user=a", "", "disable", ""},
		{"postgresql://a@db.example.com/db", "", "verify-full", ""},
		{"host=db.example.com user=a", "", "verify-full", ""},
		{"postgresql://a@db.example.com/db?sslmode=require", "", "require", ""},
		{"postgresql://a@db.example.com/db?sslmode=disable", "", "disable", ""},
		{"postgresql://a@db.example.com/db", "disable", "disable", ""},
		{"postgresql://a@db.example.com/db?sslmode=prefer", "", "", fault.InsecureTransport},
		{"postgresql://a@db.example.com/db", "allow", "", fault.InsecureTransport},
		{"postgresql://a@localhost,db.example.com/db?sslmode=prefer", "", "", fault.InsecureTransport},
		{"mysql://a@db.example.com/db", "", "", fault.BadAddress},
		{"postgresql://a:p%zz@h/db", "", "", fault.BadAddress},
		{"postgresql://a@h:99999999/db", "", "", fault.BadAddress},
	} {
		t.Run(c.url+" "+c.env, func(t *testing.T) {
			if c.env != "" {
				t.Setenv("PGSSLMODE", c.env)
			}
			got, err := store.TLSMode(c.url)
			if fault.CodeOf(err) != c.code || got != c.want && err == nil {
				t.Errorf("TLSMode(%q) with PGSSLMODE=%q = %q, %v; want %q, %q", c.url, c.env, got, err, c.want, c.code)
			}
		})
	}
}

func TestWhatTheAddressLeavesOpenComesFromTheEnvironment(t *testing.T) {
	type to struct {
		Host, Database, Login string
		Port                  int
	}
	where := func(url string) to {
		host, port, database, login, err := store.Destination(url)
		must(t, err)
		return to{host, database, login, port}
	}
	services := filepath.Join(t.TempDir(), "services")
	must(t, os.WriteFile(services, []byte("[shared]\nhost=from.service\ndbname=service_db\n"), 0o600))
	t.Setenv("PGSERVICEFILE", services)
	t.Setenv("PGHOST", "from.environment")
	t.Setenv("PGUSER", "somebody")
	t.Setenv("PGHOSTADDR", "192.0.2.1")
	want := to{"from.environment", "studio", "somebody", 5433}
	if got := where("postgresql:///studio?port=5433"); got != want {
		t.Error(cmp.Diff(want, got))
	}
	t.Setenv("PGSERVICE", "shared")
	if got, want := where(""), (to{"from.service", "service_db", "somebody", 5432}); got != want {
		t.Error(cmp.Diff(want, got))
	}
	if got, want := where("postgresql://me@/mine?host=/run/pg"), (to{"/run/pg", "mine", "me", 5432}); got != want {
		t.Error("the environment moved an explicit address:", cmp.Diff(want, got))
	}
	t.Setenv("PGCHANNELBINDING", "require")
	if _, _, _, _, err := store.Destination(""); fault.CodeOf(err) != fault.BadUsage || !strings.Contains(err.Error(), "PGCHANNELBINDING") {
		t.Errorf("an unsupported variable: %v, want %s with its name", err, fault.BadUsage)
	}
}

// Not parallel: it counts goroutines.
func TestNothingRunsOnAfterClose(t *testing.T) {
	env := storetest.New(t)
	before := runtime.NumGoroutine()
	for range 3 {
		db, err := store.OpenQuick(t.Context(), env.URL("moderator1"))
		must(t, err)
		db.WatchLink(func(store.Link) {})
		ctx, cancel := context.WithCancel(context.Background())
		db.Changes().Watch(ctx, func() {})
		db.Changes().Watch(context.Background(), func() {})
		_, err = ask(ctx, db, `SELECT 1`)
		must(t, err)
		cancel()
		must(t, db.Close())
		must(t, db.Close()) // twice is once
	}
	until(t, "the goroutines have ended", func() bool { return runtime.NumGoroutine() <= before })
}
