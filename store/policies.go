package store

import (
	"context"
	"database/sql"
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

// List returns the policies in force, by kind and code. Since is midnight UTC of the day.
func (p *Policies) List(ctx context.Context) ([]moderation.Policy, error) {
	return p.list(ctx, `WHERE active`)
}

// All returns the retired policies too.
func (p *Policies) All(ctx context.Context) ([]moderation.Policy, error) { return p.list(ctx, ``) }

// Put makes or changes a policy, or retires it (Active false). before is what the
// editor saw, nil for a new one. Faults: NoRight for everybody but leads,
// RuleChanged, FieldMissing, FieldValue.
func (p *Policies) Put(ctx context.Context, request string, before *moderation.Policy, after moderation.Policy) error {
	var old sql.NullString
	if before != nil {
		text, err := json.Marshal(policyText(*before))
		if err != nil {
			return fault.Wrap(err, fault.Internal)
		}
		old = sql.NullString{String: string(text), Valid: true}
	}
	text, err := json.Marshal(policyText(after))
	if err != nil {
		return fault.Wrap(err, fault.Internal)
	}
	return p.db.call(ctx, nil, `SELECT studio.policy_put($1, $2, $3, $4)`, request, after.Code, old, string(text))
}

// policyText is a policy as studio.policy_text writes it.
func policyText(p moderation.Policy) map[string]any {
	return map[string]any{
		"kind": p.Kind, "verdicts": p.Verdicts, "title": p.Title, "message": p.Message, "needs_reason": p.NeedsReason,
		"source": p.Source, "since": p.Since.Format(time.DateOnly), "active": p.Active,
	}
}

func (p *Policies) list(ctx context.Context, which string) ([]moderation.Policy, error) {
	var rows []struct {
		Code        string          `db:"code"`
		Kind        moderation.Kind `db:"kind"`
		Verdicts    pq.StringArray  `db:"verdicts"`
		Title       []byte          `db:"title"`
		Message     []byte          `db:"message"`
		NeedsReason bool            `db:"needs_reason"`
		Source      string          `db:"source"`
		Since       time.Time       `db:"since"`
		Active      bool            `db:"active"`
	}
	err := p.db.read(ctx, func(q sqlx.QueryerContext) error {
		rows = rows[:0]
		// 1.10 comes after 1.9, which their letters alone don't say.
		return sqlx.SelectContext(ctx, q, &rows, `
			SELECT code, kind, verdicts, title, message, needs_reason, source, since, active
			  FROM studio.policy `+which+` ORDER BY kind, length(code), code`)
	})
	if err != nil {
		return nil, err
	}
	policies := make([]moderation.Policy, len(rows))
	for i, r := range rows {
		policies[i] = moderation.Policy{Code: r.Code, Kind: r.Kind, NeedsReason: r.NeedsReason, Source: r.Source, Since: r.Since.UTC(), Active: r.Active}
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
