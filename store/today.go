package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jmoiron/sqlx"
	"golang.org/x/sync/errgroup"

	"cinnabar/internal/fault"
	"cinnabar/internal/people"
	"cinnabar/moderation"
)

// Today are the figures of the first screen.
type Today struct{ db *DB }

// Today returns the figures of the first screen.
func (db *DB) Today() *Today { return &Today{db} }

// How many cases and decisions the first screen lists, and how far back.
const (
	oldestCases     = 5
	recentDecisions = 8
)

// Figures returns what the first screen shows this person. The day is the
// platform's. Whoever may not see a queue, as marketers, gets zeroes for it and no
// fault; who may not see decisions gets none listed.
func (t *Today) Figures(ctx context.Context) (moderation.Today, error) {
	var figures struct {
		Now                           time.Time
		Role                          people.Role
		Hour                          int
		Hours                         []int
		Mine, Looked, Stood, Expiring int
	}
	var raw []byte
	err := t.db.read(ctx, func(q sqlx.QueryerContext) error {
		return sqlx.GetContext(ctx, q, &raw, `SELECT studio.today_figures()`)
	})
	if err != nil {
		return moderation.Today{}, err
	}
	if err := json.Unmarshal(raw, &figures); err != nil {
		return moderation.Today{}, fault.Wrap(err, fault.Internal)
	}
	today := moderation.Today{Now: figures.Now.UTC(), Hour: figures.Hour, Hours: figures.Hours,
		Mine: figures.Mine, Looked: figures.Looked, Stood: figures.Stood, Expiring: figures.Expiring}

	if figures.Role == people.Marketer {
		return today, nil
	}
	// The rest at once, on what connections are free.
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		today.Brands, err = t.db.Cases().Counts(ctx, moderation.KindBrand)
		return err
	})
	g.Go(func() (err error) {
		today.Posts, err = t.db.Cases().Counts(ctx, moderation.KindPost)
		return err
	})
	g.Go(func() (err error) {
		today.Oldest, err = t.oldest(ctx)
		return err
	})
	if figures.Role == people.Moderator || figures.Role == people.Lead || figures.Role == people.Auditor {
		g.Go(func() (err error) {
			today.Recent, err = t.recent(ctx)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return moderation.Today{}, err
	}
	return today, nil
}

// oldest reads the most urgent cases of both kinds that this person may decide.
func (t *Today) oldest(ctx context.Context) ([]moderation.Case, error) {
	var rows []struct {
		caseRow
		Now time.Time `db:"now"`
	}
	err := t.db.read(ctx, func(q sqlx.QueryerContext) error {
		rows = rows[:0]
		one := func(kind moderation.Kind) string {
			return `(SELECT ` + caseColumns + `, q.due_key, clock_timestamp() AS now` + queueFrom + `
				WHERE ` + forMe + ` AND q.kind = '` + string(kind) + `' AND ` + mineToDecide + `
				ORDER BY q.due_key, q.case_id LIMIT ` + itoa(oldestCases) + `)`
		}
		return sqlx.SelectContext(ctx, q, &rows, `
			SELECT id, ref, kind, target, stage, version, title, subtitle, weight, picture, tag, score, approvals, created, due,
			       holder, lease_until, named, reserved_for, reserved_until, now
			  FROM (`+one(moderation.KindBrand)+` UNION ALL `+one(moderation.KindPost)+`) AS urgent
			 ORDER BY due_key, id LIMIT `+itoa(oldestCases))
	})
	if err != nil {
		return nil, err
	}
	cases := make([]moderation.Case, len(rows))
	for i, r := range rows {
		cases[i] = r.moderation(r.Now)
	}
	return cases, nil
}

// recent reads the newest decisions that this person may see: the record's own
// rule on a first opinion holds here too.
func (t *Today) recent(ctx context.Context) ([]moderation.Recent, error) {
	var rows []struct {
		caseRow
		Now     time.Time          `db:"now"`
		Verdict moderation.Verdict `db:"verdict"`
		By      string             `db:"person"`
		At      time.Time          `db:"at"`
	}
	err := t.db.read(ctx, func(q sqlx.QueryerContext) error {
		rows = rows[:0]
		return sqlx.SelectContext(ctx, q, &rows, `
			SELECT `+caseColumns+`, clock_timestamp() AS now, d.verdict, d.person, d.at
			  FROM studio.decision d
			  JOIN studio.cases c ON c.id = d.case_id
			  JOIN studio.queue q ON q.case_id = c.id
			 WHERE d.undone_at IS NULL AND d.at > clock_timestamp() - interval '3 days'
			 ORDER BY d.at DESC LIMIT `+itoa(recentDecisions))
	})
	if err != nil {
		return nil, err
	}
	recent := make([]moderation.Recent, len(rows))
	for i, r := range rows {
		recent[i] = moderation.Recent{Case: r.caseRow.moderation(r.Now), Verdict: r.Verdict, By: r.By, At: r.At.UTC()}
	}
	return recent, nil
}
