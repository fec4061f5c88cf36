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

// poolSize is enough for a desk: one decision, one read behind it, one poll. A
// server with 200 connections so serves some sixty desks.
const poolSize = 3

// Config says which database.
type Config struct {
	// URL is a libpq URL or key=value string; what it leaves open comes from
	// the PG* variables, the service file and the passfile.
	URL string
	// Client is the version of the program, for the server's list of sessions.
	Client string
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
	a, err := parseAddress(c.URL)
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
	db := &DB{address: a, limits: l, connector: conn, pool: sqlx.NewDb(sql.OpenDB(conn), "postgres"),
		closing: make(chan struct{})}
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
		known           bool
		reads, writesAt int
	)
	err = conn.QueryRowxContext(ctx, `
		SELECT read_from, write_from, coalesce((studio.who_am_i()).active, false) FROM studio.compat`).
		Scan(&reads, &writesAt, &known)
	switch {
	case pq.As(err, pqerror.InsufficientPrivilege) != nil:
		return g, fault.Wrap(err, fault.NotKnown, "login", db.address.cfg.User)
	case err != nil && !errors.Is(err, sql.ErrNoRows):
		return g, db.explain(ctx, err)
	case !known:
		return g, fault.New(fault.NotKnown, "login", db.address.cfg.User)
	case level < reads:
		return g, fault.New(fault.SchemaNew, "have", strconv.Itoa(level), "need", strconv.Itoa(reads))
	case level < writesAt:
		g.old = fault.New(fault.SchemaNew, "have", strconv.Itoa(level), "need", strconv.Itoa(writesAt))
	}
	return g, nil
}
