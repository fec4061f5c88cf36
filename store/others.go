package store

import (
	"context"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"cinnabar/assets"
	"cinnabar/moderation"
)

// A check compares with so many names and counts so many applications at most;
// beyond that a person would wait for the case, and the picture would be the same.
const (
	namesCompared = 500
	othersCounted = 100_000
)

// Others returns what other applicants have in common with an application: the
// same papers, byte for byte, and names that could be mistaken for its own.
//
// Names are compared by the check itself. Read here are those with the same
// first or the same last character, which every name has that differs from the
// account's in one place only.
func (a *Applications) Others(ctx context.Context, app moderation.Application) (moderation.Others, error) {
	var papers pq.StringArray
	for _, d := range app.Documents {
		if d.Picture != "" {
			papers = append(papers, string(d.Picture))
		}
	}
	others := moderation.Others{Pictures: make(map[assets.ID]string)}
	err := a.db.read(ctx, func(q sqlx.QueryerContext) error {
		var reused []struct {
			Picture assets.ID `db:"picture"`
			Ref     string    `db:"ref"`
		}
		if err := sqlx.SelectContext(ctx, q, &reused, `
			SELECT d.picture, min(a.ref) AS ref
			  FROM studio.document d JOIN studio.application a ON a.id = d.application
			 WHERE d.picture = ANY ($1) AND d.picture <> '' AND d.application <> $2
			 GROUP BY d.picture`, papers, app.ID); err != nil {
			return err
		}
		for _, r := range reused {
			others.Pictures[r.Picture] = r.Ref
		}
		if err := sqlx.SelectContext(ctx, q, &others.Names, `
			SELECT o.account_name AS text, o.ref
			  FROM studio.application o, CAST(studio.fold($1) AS text) AS own
			 WHERE o.id <> $2 AND o.account_name <> ''
			   AND (left(studio.fold(o.account_name), 1) = left(own, 1) OR right(studio.fold(o.account_name), 1) = right(own, 1))
			 ORDER BY o.ref LIMIT $3`, app.AccountName, app.ID, namesCompared); err != nil {
			return err
		}
		return q.QueryRowxContext(ctx, `
			SELECT count(*) FROM (SELECT FROM studio.application WHERE id <> $1 LIMIT $2) AS other`,
			app.ID, othersCounted).Scan(&others.Compared)
	})
	if err != nil {
		return moderation.Others{}, err
	}
	return others, nil
}
