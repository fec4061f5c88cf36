package store

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"sync"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"

	"cinnabar/internal/fault"
)

// level is the protocol level of this client. Raise it together with
// studio.compat when an older client must no longer write.
const level = 1

// poolSize is enough for a desk: one decision, one read behind it, one poll. One
// more connection listens while somebody watches, so a server with 200 connections
// serves some fifty desks.
const poolSize = 3

// Config says which database.
type Config struct {
	// URL is a libpq URL or key=value string; what it leaves open comes from
	// the PG* variables, the service file and the passfile.
	URL string
	// Password is for a URL that holds none. It counts before the passfile.
	Password string
	// Client is the version of the program, for the server's list of sessions.
	Client string
	// Founder lets in a login that is no person but may become the owner. Somebody
	// has to make the first administrator, and it can be nobody else.
	Founder bool
}

// DB is the database as one person's program sees it. All methods may be called
// from many goroutines at once.
type DB struct {
	address   address
	limits    limits
	connector *connector
	pool      *sqlx.DB
	link      *link
	changes   *Changes
	founder   bool          // the login need not be a person's
	hints     chan struct{} // a wish that others be told of what we wrote

	closing  chan struct{} // closed by Close
	closed   sync.Once
	finished sync.WaitGroup // everything that runs on its own
}

// Open connects, and checks that this program and the database understand each
// other and that the login is a person.
//
// It returns a *fault.Error: BadAddress, InsecureTransport, TransportRefused,
// Offline, WrongPassword, NoSuchDatabase, SchemaMissing, SchemaOld, NotKnown, or
// SchemaNew when the database is too new even to be read. A database that is too
// new to be written opens; Link then carries SchemaNew, and every write is refused.
func Open(ctx context.Context, c Config) (*DB, error) { return open(ctx, c, deskLimits) }

func open(ctx context.Context, c Config, l limits) (*DB, error) {
	a, err := c.resolve()
	if err != nil {
		return nil, err
	}
	program := "cinnabar"
	if c.Client != "" {
		program += " " + c.Client
	}
	conn, err := newConnector(a.configure(program, l), l)
	if err != nil {
		return nil, fault.New(fault.BadAddress)
	}
	db := &DB{address: a, limits: l, founder: c.Founder, connector: conn, pool: sqlx.NewDb(sql.OpenDB(conn), "postgres"),
		hints: make(chan struct{}, 1), closing: make(chan struct{})}
	db.pool.SetMaxOpenConns(poolSize)
	db.pool.SetMaxIdleConns(poolSize)
	db.changes = newChanges(db)
	greeting, err := db.greet(ctx)
	if err != nil {
		db.pool.Close()
		return nil, err
	}
	db.link = newLink(a.host, greeting)
	db.finished.Go(db.keepLink)
	db.finished.Go(db.keepHints)
	return db, nil
}

// Close ends everything that runs on its own and the connections. Calls that
// are under way end with an error.
func (db *DB) Close() error {
	var err error
	db.closed.Do(func() {
		db.changes.mu.Lock() // so that no Watch begins to poll while we wait for all that run
		close(db.closing)
		db.changes.mu.Unlock()
		err = db.pool.Close()
		db.finished.Wait()
	})
	return err
}

func (db *DB) isClosed() bool {
	select {
	case <-db.closing:
		return true
	default:
		return false
	}
}

// greeting is what the database says of itself when one connects.
type greeting struct {
	private bool
	old     *fault.Error // this program may read and not write; nil when it may do both
}

// greet asks for everything that decides whether we can work, in one round trip each.
func (db *DB) greet(ctx context.Context) (greeting, error) {
	conn, release, err := db.borrow(ctx)
	if err != nil {
		return greeting{}, db.explain(ctx, err)
	}
	defer release()

	var (
		g       greeting
		version sql.NullInt64
	)
	err = conn.QueryRowxContext(ctx, `
		SELECT coalesce(current_setting('cinnabar.private', true), '') = 'on',
		       (SELECT max(version_id) FROM `+versionTable+`)`).Scan(&g.private, &version)
	switch {
	case pq.As(err, pqerror.UndefinedTable) != nil:
		return g, fault.Wrap(err, fault.SchemaMissing, "host", db.address.host)
	case err != nil:
		return g, db.explain(ctx, err)
	}
	if need := latestMigration(); version.Int64 == 0 {
		return g, fault.New(fault.SchemaMissing, "host", db.address.host)
	} else if version.Int64 < need {
		return g, fault.New(fault.SchemaOld, "have", strconv.FormatInt(version.Int64, 10), "need", strconv.FormatInt(need, 10))
	}

	var (
		known         bool
		reads, writes int
	)
	err = conn.QueryRowxContext(ctx, `
		SELECT read_from, write_from, coalesce((studio.who_am_i()).active, false) FROM studio.compat`).
		Scan(&reads, &writes, &known)
	switch {
	case pq.As(err, pqerror.InsufficientPrivilege) != nil:
		return g, fault.Wrap(err, fault.NotKnown, "login", db.address.cfg.User)
	case err != nil && !errors.Is(err, sql.ErrNoRows):
		return g, db.explain(ctx, err)
	case !known && !db.founds(ctx, conn):
		return g, fault.New(fault.NotKnown, "login", db.address.cfg.User)
	}
	if f := tooOld(reads); f != nil {
		return g, f
	}
	g.old = tooOld(writes)
	return g, nil
}

// tooOld is the fault of this program where the database asks for a level, nil if it has that.
func tooOld(need int) *fault.Error {
	if level >= need {
		return nil
	}
	return fault.New(fault.SchemaNew, "have", strconv.Itoa(level), "need", strconv.Itoa(need))
}

// founds reports whether the login is let in although it is no person.
func (db *DB) founds(ctx context.Context, conn *sqlx.Conn) bool {
	var may bool
	return db.founder && conn.GetContext(ctx, &may, `SELECT pg_has_role(session_user, 'cinnabar_owner', 'MEMBER')`) == nil && may
}
