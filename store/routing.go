package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jmoiron/sqlx"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
)

// Routing are the named queues, the routes into them, and the few settings that
// the referee goes by.
type Routing struct{ db *DB }

// Routing returns the queues, routes and settings.
func (db *DB) Routing() *Routing { return &Routing{db} }

// Queues lists the named queues, closed ones too, by kind and code.
func (r *Routing) Queues(ctx context.Context) ([]moderation.NamedQueue, error) {
	var rows []struct {
		Code   string          `db:"code"`
		Kind   moderation.Kind `db:"kind"`
		Title  []byte          `db:"title"`
		SLA    int64           `db:"sla"`
		Active bool            `db:"active"`
	}
	err := r.db.read(ctx, func(q sqlx.QueryerContext) error {
		rows = rows[:0]
		return sqlx.SelectContext(ctx, q, &rows, `
			SELECT code, kind, title, CAST(extract(epoch FROM sla) AS bigint) AS sla, active FROM studio.named_queue ORDER BY kind, code`)
	})
	if err != nil {
		return nil, err
	}
	queues := make([]moderation.NamedQueue, len(rows))
	for i, row := range rows {
		queues[i] = moderation.NamedQueue{Code: row.Code, Kind: row.Kind, SLA: time.Duration(row.SLA) * time.Second, Active: row.Active}
		if err := json.Unmarshal(row.Title, &queues[i].Title); err != nil {
			return nil, fault.Wrap(err, fault.Internal)
		}
	}
	return queues, nil
}

// PutQueue makes a named queue or changes title, time and whether it is open. The
// time holds for the cases that come from then on. Faults: NoRight for everybody but
// leads, FieldMissing, FieldValue (a queue that routes lead to can't be closed).
func (r *Routing) PutQueue(ctx context.Context, request string, q moderation.NamedQueue) error {
	title, err := json.Marshal(q.Title)
	if err != nil {
		return fault.Wrap(err, fault.Internal)
	}
	return r.db.call(ctx, nil, `SELECT studio.named_queue_put($1, $2, $3, $4, $5, $6)`,
		request, q.Code, q.Kind, string(title), int64(q.SLA/time.Second), q.Active)
}

// routeText is a route as studio.routes_text writes it.
type routeText struct {
	N          int             `json:"n"`
	Kind       moderation.Kind `json:"kind"`
	Queue      string          `json:"queue"`
	Regions    []string        `json:"regions"`
	Languages  []string        `json:"languages"`
	Categories []string        `json:"categories"`
	Tags       []string        `json:"tags"`
	ScoreFrom  *float64        `json:"score_from"`
}

// Routes lists the routes in the order in which they are asked.
func (r *Routing) Routes(ctx context.Context) ([]moderation.Route, error) {
	var raw []byte
	err := r.db.read(ctx, func(q sqlx.QueryerContext) error {
		return sqlx.GetContext(ctx, q, &raw, `SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.n), '[]') FROM studio.route r`)
	})
	if err != nil {
		return nil, err
	}
	var rows []routeText
	if err := json.Unmarshal(raw, &rows); err != nil {
		return nil, fault.Wrap(err, fault.Internal)
	}
	routes := make([]moderation.Route, len(rows))
	for i, row := range rows {
		routes[i] = moderation.Route{Kind: row.Kind, Queue: row.Queue, Regions: row.Regions, Languages: row.Languages,
			Categories: row.Categories, Tags: row.Tags, ScoreFrom: row.ScoreFrom}
	}
	return routes, nil
}

// PutRoutes puts a whole list of routes in place of another. before is what the
// editor saw. Cases that wait already stay in their queue. Faults: NoRight for
// everybody but leads, RuleChanged, FieldValue naming the first line that makes no sense.
func (r *Routing) PutRoutes(ctx context.Context, request string, before, after []moderation.Route) error {
	old, err := json.Marshal(routesText(before))
	if err != nil {
		return fault.Wrap(err, fault.Internal)
	}
	text, err := json.Marshal(routesText(after))
	if err != nil {
		return fault.Wrap(err, fault.Internal)
	}
	return r.db.call(ctx, nil, `SELECT studio.routes_put($1, $2, $3)`, request, string(old), string(text))
}

func routesText(routes []moderation.Route) []routeText {
	rows := make([]routeText, len(routes))
	for i, x := range routes {
		rows[i] = routeText{N: i + 1, Kind: x.Kind, Queue: x.Queue, Regions: x.Regions, Languages: x.Languages,
			Categories: x.Categories, Tags: x.Tags, ScoreFrom: x.ScoreFrom}
	}
	return rows
}

// Settings lists what an administrator may change, by name.
func (r *Routing) Settings(ctx context.Context) ([]moderation.Setting, error) {
	var settings []moderation.Setting
	err := r.db.read(ctx, func(q sqlx.QueryerContext) error {
		settings = settings[:0]
		return sqlx.SelectContext(ctx, q, &settings, `SELECT name, value FROM studio.setting ORDER BY name`)
	})
	return settings, err
}

// PutSetting changes a setting. Faults: NoRight for everybody but administrators,
// NotFound, FieldValue outside of its bounds.
func (r *Routing) PutSetting(ctx context.Context, request, name, value string) error {
	return r.db.call(ctx, nil, `SELECT studio.setting_put($1, $2, $3)`, request, name, value)
}
