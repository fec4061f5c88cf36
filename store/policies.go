package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
)

// Policies are the rules that decisions rest on.
type Policies struct{ db *DB }

// Policies returns the policies.
func (db *DB) Policies() *Policies { return &Policies{db} }

// List returns the policies in force, by code. Since is midnight UTC of the day.
func (p *Policies) List(ctx context.Context) ([]moderation.Policy, error) {
	var rows []struct {
		Code        string          `db:"code"`
		Kind        moderation.Kind `db:"kind"`
		Verdicts    pq.StringArray  `db:"verdicts"`
		Title       []byte          `db:"title"`
		Message     []byte          `db:"message"`
		NeedsReason bool            `db:"needs_reason"`
		Source      string          `db:"source"`
		Since       time.Time       `db:"since"`
	}
	err := p.db.read(ctx, func(q sqlx.QueryerContext) error {
		rows = rows[:0]
		// 1.10 comes after 1.9, which their letters alone don't say.
		return sqlx.SelectContext(ctx, q, &rows, `
			SELECT code, kind, verdicts, title, message, needs_reason, source, since
			  FROM studio.policy WHERE active ORDER BY kind, length(code), code`)
	})
	if err != nil {
		return nil, err
	}
	policies := make([]moderation.Policy, len(rows))
	for i, r := range rows {
		policies[i] = moderation.Policy{Code: r.Code, Kind: r.Kind, NeedsReason: r.NeedsReason, Source: r.Source, Since: r.Since.UTC()}
		for _, v := range r.Verdicts {
			policies[i].Verdicts = append(policies[i].Verdicts, moderation.Verdict(v))
		}
		if err := json.Unmarshal(r.Title, &policies[i].Title); err != nil {
			return nil, fault.Wrap(err, fault.Internal)
		}
		if err := json.Unmarshal(r.Message, &policies[i].Message); err != nil {
			return nil, fault.Wrap(err, fault.Internal)
		}
	}
	return policies, nil
}
