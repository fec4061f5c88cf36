package store

import (
	"context"

	"github.com/jmoiron/sqlx"

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
// same papers, byte for byte, papers that look alike, and names that could be mistaken
// for its own.
//
// It looks beyond the person's own regions, because fraud does, and brings back
// references and names alone. Names are compared by the check itself; read here are
// those that may differ in one place only.
func (a *Applications) Others(ctx context.Context, app moderation.Application) (moderation.Others, error) {
	others := moderation.Others{Pictures: make(map[assets.ID]string), Near: make(map[assets.ID]moderation.NearPaper)}
	err := a.db.read(ctx, func(q sqlx.QueryerContext) error {
		var reused []struct {
			Picture assets.ID `db:"picture"`
			Ref     string    `db:"ref"`
		}
		if err := sqlx.SelectContext(ctx, q, &reused, `
			SELECT picture, ref FROM studio.papers_elsewhere($1)`, app.ID); err != nil {
			return err
		}
		for _, r := range reused {
			others.Pictures[r.Picture] = r.Ref
		}
		var alike []struct {
			Picture  assets.ID `db:"picture"`
			Ref      string    `db:"ref"`
			Distance int       `db:"distance"`
		}
		if err := sqlx.SelectContext(ctx, q, &alike, `
			SELECT picture, ref, distance FROM studio.papers_near($1)`, app.ID); err != nil {
			return err
		}
		for _, n := range alike {
			others.Near[n.Picture] = moderation.NearPaper{Ref: n.Ref, Distance: n.Distance}
		}
		if err := sqlx.SelectContext(ctx, q, &others.Names, `
			SELECT name AS text, ref FROM studio.names_elsewhere($1, $2)`, app.ID, namesCompared); err != nil {
			return err
		}
		return q.QueryRowxContext(ctx, `
			SELECT studio.applications_elsewhere($1, $2)`,
			app.ID, othersCounted).Scan(&others.Compared)
	})
	if err != nil {
		return moderation.Others{}, err
	}
	return others, nil
}
