package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"
)

// Changes tells that something in the database may have changed.
type Changes struct{ db *DB }

func newChanges(db *DB) *Changes { return &Changes{db} }

// Changes returns the change feed.
func (db *DB) Changes() *Changes { return db.changes }

// Watch calls f, on a goroutine of its own, when anything may have changed. It
// returns at once and ends with ctx or the DB.
func (c *Changes) Watch(ctx context.Context, f func()) {
	go c.watch(ctx, f)
}

func (c *Changes) watch(ctx context.Context, f func()) {
	var last int64
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.db.closing:
			return
		case <-time.After(jitter(2 * time.Second)):
		}
		var now int64
		err := c.db.read(ctx, func(q sqlx.QueryerContext) error {
			return sqlx.GetContext(ctx, q, &now, `SELECT last_value FROM studio.change`)
		})
		if err == nil && now != last {
			last = now
			f()
		}
	}
}
