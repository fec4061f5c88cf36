package storetest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	_ "github.com/lib/pq" // the driver behind sql.Open

	"cinnabar/internal/people"
	"cinnabar/store"
	"cinnabar/store/local"
	"cinnabar/store/local/localtest"
)

// variable names a superuser's URL of a server to test on instead of a private one.
const variable = "CINNABAR_TEST_DATABASE_URL"

// password lets the sample people in where a server asks for one.
const password = "trial"

// server is the one server of this test process, and the template in it.
type server struct {
	super    string // URL of the superuser, of the database that is always there
	template string
	pool     *sql.DB // at that database, for making and dropping the tests' own
}

// shared is started by the first test of the process. Nobody closes it: there
// is no hook at the end of a test binary, and none at all for one that panics.
// The process's lock goes with the process, and the private server a few
// seconds after the last process that held one.
var shared = sync.OnceValues(func() (*server, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	s := &server{super: os.Getenv(variable)}
	if s.super == "" {
		own, err := local.Start(ctx, local.Config{
			Dir: filepath.Join(localtest.Folder(), "cinnabar-test-"+strconv.Itoa(os.Getuid())),
			// Nothing in a test database is worth a disk flush.
			Fragile: true,
			Linger:  10 * time.Second,
		})
		if err != nil {
			return nil, err
		}
		s.super = own.MaintenanceURL()
		if !own.Joined {
			// We are the first, so what databases there are belong to processes that were killed.
			if err := s.sweep(ctx); err != nil {
				return nil, err
			}
		}
	}
	if err := s.makeTemplate(ctx); err != nil {
		return nil, err
	}
	var err error
	s.pool, err = s.open("postgres")
	return s, err
})

// Sample lists the people every test database has.
func Sample() []people.Person {
	return []people.Person{
		{Login: "moderator1", Name: "Lin Xiaoyu", Role: people.Moderator, Active: true},
		{Login: "moderator2", Name: "Chen Wei", Role: people.Moderator, Active: true},
		{Login: "moderator3", Name: "Aisha Rahman", Role: people.Moderator, Active: true},
		{Login: "lead1", Name: "Zhao Min", Role: people.Lead, Active: true},
		{Login: "lead2", Name: "Tom Becker", Role: people.Lead, Active: true},
		{Login: "marketer1", Name: "Xu Jia", Role: people.Marketer, Brands: []string{"Luma Skin"}, Active: true},
		{Login: "auditor1", Name: "Sun Yi", Role: people.Auditor, Active: true},
		{Login: "admin1", Name: "He Rui", Role: people.Administrator, Active: true},
		{Login: "worker1", Name: "Scheduled work", Role: people.Worker, Active: true},
	}
}

const (
	databasePrefix = "cinnabar_test_"
	templatePrefix = "cinnabar_template_"
)

// at returns the superuser's URL of another database.
func (s *server) at(database string) (string, error) { return rewrite(s.super, database, nil) }

// rewrite puts another database, and another user if one is given, into a URL.
func rewrite(base, database string, user *url.Userinfo) (string, error) {
	u, err := url.Parse(base)
	if err != nil {
		return "", fmt.Errorf("%s is no URL", variable) // without the text, which may hold a password
	}
	u.Path = "/" + database
	if user != nil {
		u.User = user
	}
	if q := u.Query(); !q.Has("sslmode") {
		q.Set("sslmode", "disable") // a test server is on this machine, and seldom has a certificate
		u.RawQuery = q.Encode()
	}
	return u.String(), nil
}

// open connects as superuser, with lib/pq's plain driver: tests want no repetition.
func (s *server) open(database string) (*sql.DB, error) {
	at, err := s.at(database)
	if err != nil {
		return nil, err
	}
	return sql.Open("postgres", at)
}

// run says statements to the server, one by one.
func (s *server) run(ctx context.Context, statements ...string) error {
	for _, statement := range statements {
		if _, err := s.pool.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%.60s: %w", statement, err)
		}
	}
	return nil
}

// sweep drops what earlier runs left.
func (s *server) sweep(ctx context.Context) error {
	db, err := s.open("postgres")
	if err != nil {
		return err
	}
	defer db.Close()
	rows, err := db.QueryContext(ctx, `SELECT datname FROM pg_database WHERE datname ~ '^cinnabar_(test|template)_'`)
	if err != nil {
		return err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		if name != s.templateName() {
			names = append(names, name)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, name := range names {
		if _, err := db.ExecContext(ctx, `ALTER DATABASE `+name+` IS_TEMPLATE false`); err != nil {
			return err
		}
		if _, err := db.ExecContext(ctx, `DROP DATABASE `+name+` WITH (FORCE)`); err != nil {
			return err
		}
	}
	return nil
}

// templateName changes with the migrations and the sample people.
func (s *server) templateName() string {
	sum := sha256.New()
	fmt.Fprintln(sum, store.MigrationDigest(), Sample())
	return templatePrefix + hex.EncodeToString(sum.Sum(nil))[:12]
}

// makeTemplate migrates one database that all others are copies of. Test
// packages run as processes side by side, so they take turns by an advisory
// lock; a template that a killed process left half-made is not marked as one.
func (s *server) makeTemplate(ctx context.Context) error {
	s.template = s.templateName()
	db, err := s.open("postgres")
	if err != nil {
		return err
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close() // and with it the lock
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock(hashtext('cinnabar storetest'))`); err != nil {
		return err
	}
	var whole bool
	err = conn.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND datistemplate)`, s.template).Scan(&whole)
	if err != nil || whole {
		return err
	}
	for _, statement := range []string{
		`DROP DATABASE IF EXISTS ` + s.template + ` WITH (FORCE)`,
		`CREATE DATABASE ` + s.template + ` TEMPLATE template0 ENCODING 'UTF8'`,
	} {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	at, err := s.at(s.template)
	if err != nil {
		return err
	}
	if _, _, err := store.Migrate(ctx, at); err != nil {
		return err
	}
	if err := s.addPeople(ctx); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, `ALTER DATABASE `+s.template+` IS_TEMPLATE true`)
	return err
}

func (s *server) addPeople(ctx context.Context) error {
	at, err := s.at(s.template)
	if err != nil {
		return err
	}
	if _, err := store.AddFounders(ctx, at, Sample()); err != nil {
		return err
	}
	db, err := s.open(s.template)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, p := range Sample() {
		// Roles are the cluster's, and another template's maker may be at the same one now.
		if _, err := db.ExecContext(ctx, `DO $$ BEGIN ALTER ROLE `+p.Login+` PASSWORD '`+password+`';
			EXCEPTION WHEN internal_error THEN NULL; END $$`); err != nil {
			return err
		}
	}
	return nil
}

// copyGrants gives a copy the rights on the database itself (who may connect),
// which CREATE DATABASE leaves behind, by the same grantors, so that they can be taken away again.
const copyGrants = `
DO $$
DECLARE
  g record;
BEGIN
  IF (SELECT datacl IS NULL FROM pg_database WHERE datname = '%[1]s') THEN RETURN; END IF;
  REVOKE ALL ON DATABASE %[2]s FROM PUBLIC;
  FOR g IN SELECT a.grantor::regrole AS grantor, a.is_grantable, a.privilege_type AS privilege,
             CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END AS grantee
             FROM pg_database d, aclexplode(d.datacl) AS a
            WHERE d.datname = '%[1]s' ORDER BY a.grantor <> d.datdba, a.is_grantable DESC LOOP
    EXECUTE format('SET LOCAL ROLE %%s', g.grantor);
    EXECUTE format('GRANT %%s ON DATABASE %[2]s TO %%s %%s', g.privilege, g.grantee,
      CASE WHEN g.is_grantable THEN 'WITH GRANT OPTION' ELSE '' END);
    RESET ROLE;
  END LOOP;
END
$$`
