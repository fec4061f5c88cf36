package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/moderation/rings"
)

// sampleSize is how many posts say what everybody writes. Read whole they take some 50 KB
// of memory each.
const sampleSize = 2000

// Sample hands out posts drawn from all of them, at most sampleSize, for rings.Commonplaces;
// none where what everybody writes was read off lately, or somebody else does so now.
// What came of it goes to KeepCommon.
func (r *Rings) Sample(ctx context.Context) ([]moderation.Post, error) {
	var raw []byte
	err := r.db.write(ctx, func(tx *sqlx.Tx) error {
		return tx.QueryRowxContext(ctx, `SELECT studio.ring_sample($1, $2)`, rings.Version, sampleSize).Scan(&raw)
	})
	if err != nil {
		return nil, err
	}
	var ids []string
	if err := json.Unmarshal(raw, &ids); err != nil {
		return nil, fault.Wrap(err, fault.Internal)
	}
	var posts []moderation.Post
	for len(ids) > 0 {
		n := min(len(ids), 1000)
		some, err := r.db.Posts().Some(ctx, ids[:n])
		if err != nil {
			return nil, err
		}
		posts, ids = append(posts, some...), ids[n:]
	}
	return posts, nil
}

// KeepCommon keeps what was read off so many posts of a sample.
func (r *Rings) KeepCommon(ctx context.Context, posts int, common rings.Common) error {
	return r.db.write(ctx, func(tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, `SELECT studio.ring_common_keep($1, $2, $3)`, rings.Version, posts, pq.Int64Array(common.Kept()))
		return err
	})
}

// Common is what everybody writes, as far as it was read off a sample.
func (r *Rings) Common(ctx context.Context) (rings.Common, error) {
	var kept pq.Int64Array
	err := r.db.read(ctx, func(q sqlx.QueryerContext) error {
		return q.QueryRowxContext(ctx, `SELECT shingles FROM studio.ring_common WHERE version = $1`, rings.Version).Scan(&kept)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return rings.Common{}, nil
	}
	return rings.CommonFrom(kept), err
}

// Waiting is how many posts are marked, or are to be, and not linked yet, whoever has
// them in hand.
func (r *Rings) Waiting(ctx context.Context) (int, error) {
	var n int
	err := r.db.read(ctx, func(q sqlx.QueryerContext) error {
		return sqlx.GetContext(ctx, q, &n, `SELECT count(*) FROM studio.ring_wait`)
	})
	return n, err
}
