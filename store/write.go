package store

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/jmoiron/sqlx"

	"cinnabar/internal/fault"
)

// read runs fn on one connection. When the connection turns out to be broken,
// fn runs once more on a fresh one, so it must not add to what a first run
// left behind. There is no transaction around it: each statement sees the
// database as it is at that moment, and costs one round trip.
func (db *DB) read(ctx context.Context, fn func(q sqlx.QueryerContext) error) error {
	once := func() error {
		conn, release, err := db.borrow(ctx)
		if err != nil {
			return err
		}
		defer release()
		return fn(conn)
	}
	err := db.settled(ctx)
	if err == nil {
		err = once()
		if lost(err) && ctx.Err() == nil {
			// After a restart of the server every idle connection is as dead as this one.
			db.dropIdle()
			err = once()
		}
		db.learn(ctx, err)
	}
	return db.explain(ctx, err)
}

// write runs fn in a transaction of its own and commits. When the connection is
// lost, even at the commit, nobody knows whether the server did it; then the
// whole closure runs again on a fresh connection, with growing pauses, until it
// has an answer, ctx ends, or ten seconds have passed since the link was lost.
//
// That is safe only because what fn calls carries a request id: the second run
// of a request that was done gets the first one's answer. Hence fn must call
// functions that take one, and must not keep results of an earlier run.
//
// A transaction that lost against another (deadlock, serialization) is run again too.
func (db *DB) write(ctx context.Context, fn func(*sqlx.Tx) error) error {
	deadline := time.Now().Add(db.link.patience(db.limits.repeat))
	for try := 0; ; try++ {
		err := db.settled(ctx)
		if err == nil {
			err = db.transact(ctx, fn)
			if lost(err) && try == 0 {
				// One connection may end for many reasons that are not the link's.
				db.link.poke()
			} else {
				db.learn(ctx, err)
			}
		}
		if err == nil {
			db.link.restrict(nil) // we may write, whatever we were told before
			db.hint()
		}
		if !lost(err) && !collided(err) {
			return db.explain(ctx, err)
		}
		if lost(err) {
			db.dropIdle()
		}
		pause := jitter(min(25*time.Millisecond<<min(try, 10), time.Second))
		if time.Now().Add(pause).After(deadline) {
			return db.explain(ctx, err)
		}
		select {
		case <-ctx.Done():
			return db.explain(ctx, err)
		case <-db.closing:
			return db.explain(ctx, err)
		case <-time.After(pause):
		}
	}
}

func (db *DB) transact(ctx context.Context, fn func(*sqlx.Tx) error) error {
	conn, release, err := db.borrow(ctx)
	if err != nil {
		return err
	}
	defer release()
	tx, err := conn.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	if err := fn(tx); err != nil {
		if back := tx.Rollback(); lost(back) && !lost(err) {
			// The closure saw some consequence of the loss; the loss is the reason.
			return errors.Join(back, err)
		}
		return err
	}
	return tx.Commit()
}

// unreachable is a connection that could not be made. It carries the fault that
// says why, which is the link's as much as the call's.
type unreachable struct{ why *fault.Error }

func (u unreachable) Error() string { return u.why.Error() }
func (u unreachable) Unwrap() error { return u.why }

// borrow takes a connection out of the pool, or makes one, and ties it to ctx.
func (db *DB) borrow(ctx context.Context) (*sqlx.Conn, func(), error) {
	conn, err := db.pool.Connx(ctx)
	if err != nil {
		if ctx.Err() == nil {
			if f := connectFault(err, db.address); f != nil {
				err = unreachable{f}
			}
		}
		return nil, nil, err
	}
	unbind := db.connector.bind(ctx, conn.Conn)
	return conn, func() {
		unbind()
		conn.Close() // gives it back; a broken one is thrown away by the pool
	}, nil
}

// dropIdle closes the connections nobody uses.
func (db *DB) dropIdle() {
	db.pool.SetMaxIdleConns(0)
	db.pool.SetMaxIdleConns(poolSize)
}

// jitter spreads a pause over 75 to 125 %, so that desks that lost the server
// together don't come back together.
func jitter(d time.Duration) time.Duration {
	return d*3/4 + rand.N(d/2+1)
}
