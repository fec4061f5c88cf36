package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"cinnabar/internal/fault"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// versionTable is goose's list of applied migrations. It stands outside the
// schema that the first migration makes, belongs to the owner, and everybody may
// read it, since a program has to see that a database is too old for it.
const versionTable = "public.cinnabar_version"

// migrationLock is the advisory lock that migrations of one database take turns by.
const migrationLock = 0x43494e4e41424152 // "CINNABAR"

func migrations() fs.FS {
	sub, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		panic(err) // the folder is compiled in
	}
	return sub
}

// latestMigration is the version this program was built with.
var latestMigration = sync.OnceValue(func() int64 {
	files, err := fs.Glob(migrations(), "*.sql")
	if err != nil || len(files) == 0 {
		panic("store: no migrations compiled in")
	}
	var latest int64
	for _, name := range files {
		latest = max(latest, number(name))
	}
	return latest
})

// number is the version that a migration's file brings a database to.
func number(name string) int64 {
	digits, _, _ := strings.Cut(path.Base(name), "_")
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		panic("store: migration without a number: " + name)
	}
	return n
}

// Migrate brings a database up to this program's version and says from which
// version to which. Any number may run at once; one works and the others find it
// done. The login must be a superuser or able to become the owner
// (administrators are), and for a database's first migration able to make roles; else
// fault.NoRight.
func Migrate(ctx context.Context, url string) (from, to int64, err error) {
	return Config{URL: url}.Migrate(ctx)
}

// Migrate is the function of that name, with the password of the Config.
func (c Config) Migrate(ctx context.Context) (from, to int64, err error) {
	a, err := c.resolve()
	if err != nil {
		return 0, 0, err
	}
	m := &migrator{address: a, files: migrations()}
	from, to, err = m.run(ctx)
	return from, to, m.explain(err)
}

type migrator struct {
	address address
	files   fs.FS         // *.sql
	lock    time.Duration // how long to wait for a lock; 0 is the usual time
}

func (m *migrator) run(ctx context.Context) (from, to int64, err error) {
	l := migrationLimits
	if m.lock > 0 {
		l.lock = m.lock
	}
	cfg := m.address.configure("cinnabar migrate", l)
	db, err := m.pool(cfg)
	if err != nil {
		return 0, 0, err
	}
	defer func() { db.Close() }()

	right, err := m.rights(ctx, db)
	if err != nil {
		return 0, 0, err
	}
	if !right.superuser && right.owner && right.begun {
		// An administrator has the owner's rights only by becoming it.
		cfg.Runtime["role"] = "cinnabar_owner"
		db.Close()
		if db, err = m.pool(cfg); err != nil {
			return 0, 0, err
		}
	} else if !right.begun {
		if err := m.begin(ctx, db); err != nil {
			return 0, 0, err
		}
	}

	locker, err := lock.NewPostgresSessionLocker(lock.WithLockID(migrationLock), lock.WithLockTimeout(1, 600))
	if err != nil {
		return 0, 0, err
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, m.files,
		goose.WithTableName(versionTable), goose.WithSessionLocker(locker),
		goose.WithDisableGlobalRegistry(true), goose.WithSlog(slog.New(slog.DiscardHandler)))
	if err != nil {
		return 0, 0, err
	}
	if from, err = provider.GetDBVersion(ctx); err != nil {
		return 0, 0, err
	}
	// Most starts find nothing to do, and need not queue for the lock to learn it.
	if pending, err := provider.HasPending(ctx); err != nil || !pending {
		return from, from, err
	}
	done, err := provider.Up(ctx)
	if err != nil {
		return from, 0, err
	}
	to = max(from, latestMigration())
	if len(done) > 0 {
		from = min(from, done[0].Source.Version-1)
	} else {
		from = to // somebody else did it while we waited
	}
	return from, to, nil
}

func (m *migrator) pool(cfg pq.Config) (*sql.DB, error) {
	conn, err := newConnector(cfg, migrationLimits)
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(conn)
	db.SetMaxOpenConns(2)
	return db, nil
}

type rights struct{ superuser, owner, begun bool }

// rights asks what the login may do, and refuses one that could only fail half-way.
func (m *migrator) rights(ctx context.Context, db *sql.DB) (rights, error) {
	var r rights
	var makesRoles, exists bool
	err := db.QueryRowContext(ctx, `
		SELECT u.rolsuper, u.rolcreaterole, o.oid IS NOT NULL,
		       coalesce(pg_has_role(u.oid, o.oid, 'MEMBER'), false), to_regclass($1) IS NOT NULL
		  FROM pg_roles u LEFT JOIN pg_roles o ON o.rolname = 'cinnabar_owner'
		 WHERE u.rolname = session_user`, versionTable).
		Scan(&r.superuser, &makesRoles, &exists, &r.owner, &r.begun)
	if err != nil {
		return r, err
	}
	if r.superuser || r.owner || (!exists && makesRoles) {
		return r, nil
	}
	return r, fault.New(fault.NoRight, "login", m.address.cfg.User, "action", "migrate")
}

// begin makes the owner and the version table. It comes before the first
// migration, which cannot make the table that it is listed in.
func (m *migrator) begin(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after the commit
	if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, int64(migrationLock)+1); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, beginning); err != nil {
		return err
	}
	return tx.Commit()
}

// The role belongs to the cluster, where another database may be making it at
// this moment under a lock that is not ours.
const beginning = `
DO $$
BEGIN
  WHILE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'cinnabar_owner') LOOP
    BEGIN
      CREATE ROLE cinnabar_owner NOLOGIN NOINHERIT;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL;
    END;
  END LOOP;
  IF NOT pg_has_role(current_user, 'cinnabar_owner', 'MEMBER') THEN
    EXECUTE format('GRANT cinnabar_owner TO %I', current_user);
  END IF;
  IF to_regclass('public.cinnabar_version') IS NULL THEN
    CREATE TABLE public.cinnabar_version (
      id         int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
      version_id bigint NOT NULL,
      is_applied bool NOT NULL,
      tstamp     timestamptz NOT NULL DEFAULT now()
    );
    INSERT INTO public.cinnabar_version (version_id, is_applied) VALUES (0, true);
    -- Only who may make things in a schema may come to own one there.
    GRANT CREATE ON SCHEMA public TO cinnabar_owner;
    ALTER TABLE public.cinnabar_version OWNER TO cinnabar_owner;
    REVOKE CREATE ON SCHEMA public FROM cinnabar_owner;
    GRANT SELECT ON public.cinnabar_version TO PUBLIC;
  END IF;
END
$$`

func (m *migrator) explain(err error) error {
	var known *fault.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return err
	}
	if f := connectFault(err, m.address); f != nil {
		return f
	}
	if pq.As(err, pqerror.InsufficientPrivilege) != nil {
		return fault.Wrap(err, fault.NoRight, "login", m.address.cfg.User, "action", "migrate")
	}
	if pq.As(err, pqerror.LockNotAvailable) != nil {
		return fault.Wrap(err, fault.MigrationBlocked)
	}
	return statementFault(err)
}

// MigrationDigest changes whenever any migration does. Test databases that were
// migrated by other files are recognised by it.
func MigrationDigest() string {
	sum := sha256.New()
	files, _ := fs.Glob(migrations(), "*.sql") // the pattern is well formed
	for _, name := range files {
		text, err := fs.ReadFile(migrations(), name)
		if err != nil {
			panic(err) // the file is compiled in
		}
		fmt.Fprintf(sum, "%s %d\n", name, len(text))
		sum.Write(text)
	}
	return hex.EncodeToString(sum.Sum(nil))
}
