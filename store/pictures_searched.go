package store

import (
	"context"

	"github.com/jmoiron/sqlx"
)

// Searched is among how many pictures Seen looks: those that somebody has looked at. Above
// two hundred thousand it is an estimate.
func (p *Pictures) Searched(ctx context.Context) (int, error) {
	var n int
	err := p.db.read(ctx, func(q sqlx.QueryerContext) error {
		return sqlx.GetContext(ctx, q, &n, `SELECT studio.pictures_searched()`)
	})
	return n, err
}
