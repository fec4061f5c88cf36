package store

import (
	"context"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"

	"cinnabar/moderation"
)

// quickLimits let a test wait for what a desk would wait for. Silence is shorter than
// statement here, the other way round than on a desk: the tests make the silence.
var quickLimits = limits{
	connect: time.Second, statement: 5 * time.Second, lock: 3 * time.Second, silence: 2 * time.Second,
	repeat: 20 * time.Second, grace: 150 * time.Millisecond, heartbeat: 200 * time.Millisecond, poll: 20 * time.Millisecond,
	hint: 10 * time.Millisecond,
}

// OpenQuick opens with short limits.
func OpenQuick(ctx context.Context, url string) (*DB, error) {
	return open(ctx, Config{URL: url, Client: "test"}, quickLimits)
}

// OpenPatient writes on for as long as any server needs to come back.
func OpenPatient(ctx context.Context, url string) (*DB, error) {
	l := quickLimits
	l.repeat = 3 * time.Minute
	return open(ctx, Config{URL: url, Client: "test"}, l)
}

// OpenHinted polls once an hour, and at hints.
func OpenHinted(ctx context.Context, url string) (*DB, error) {
	l := quickLimits
	l.poll = time.Hour
	return open(ctx, Config{URL: url, Client: "test"}, l)
}

// Hush sends no hints from here on. It must come before the first write.
func (db *DB) Hush() { db.hints = nil }

// OpenImpatient gives up writing after a moment.
func OpenImpatient(ctx context.Context, url string) (*DB, error) {
	l := quickLimits
	l.repeat = 300 * time.Millisecond
	return open(ctx, Config{URL: url, Client: "test"}, l)
}

func (db *DB) Read(ctx context.Context, fn func(sqlx.QueryerContext) error) error {
	return db.read(ctx, fn)
}

func (db *DB) Write(ctx context.Context, fn func(*sqlx.Tx) error) error { return db.write(ctx, fn) }

// TLSMode is what an address comes to.
func TLSMode(url string) (string, error) {
	a, err := parseAddress(url)
	return string(a.cfg.SSLMode), err
}

// Destination is where an address leads to, and as whom.
func Destination(url string) (host string, port int, database, login string, err error) {
	a, err := parseAddress(url)
	return a.cfg.Host, int(a.cfg.Port), a.cfg.Database, a.cfg.User, err
}

// Mark and Follower are for the property test of the change feed.
type (
	Mark     = mark
	Follower = follower
)

func (f *Follower) Changed(m Mark) bool { return f.changed(m) }

var LatestMigration = latestMigration

// Invariants lists what a verification asks for besides chains and pictures.
func Invariants() []string {
	var names []string
	for _, check := range invariants() {
		names = append(names, check.name)
	}
	return names
}

// AskInvariant asks for one of them on a connection of the test's own.
func AskInvariant(ctx context.Context, q sqlx.QueryerContext, name string) ([]moderation.Problem, error) {
	for _, check := range invariants() {
		if check.name == name {
			return check.ask(ctx, q, nil)
		}
	}
	return nil, errors.New("no invariant " + name)
}

// Patiently runs fn on the connections of long work.
func (db *DB) Patiently(ctx context.Context, fn func(context.Context, sqlx.QueryerContext) error) error {
	return db.patiently(ctx, func(ctx context.Context, patient *DB) error {
		return patient.read(ctx, func(q sqlx.QueryerContext) error { return fn(ctx, q) })
	})
}
