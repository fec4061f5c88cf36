package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/moderation/disclosure"
)

// Rulebooks are the rules of the detector that leads write, what people have decided
// of posts so far, and how the rules do by it.
type Rulebooks struct{ db *DB }

// Rulebooks returns the rulebooks.
func (db *DB) Rulebooks() *Rulebooks { return &Rulebooks{db} }

// List returns every version, newest first. The rules of those that are known, in the
// edit that is known, are taken from there and not brought again: whoever asks every few
// seconds passes the last answer. Fault: NoRight for marketers.
func (r *Rulebooks) List(ctx context.Context, known ...moderation.Rulebook) ([]moderation.Rulebook, error) {
	books, err := r.list(ctx, `true`, known...)
	for i := range books {
		if err == nil && books[i].State == moderation.RulebookShadow {
			books[i].Beside, err = r.beside(ctx, books[i])
		}
	}
	return books, err
}

// ofRules is the id of the model that was scanned with last among those with a rulebook
// of a number, which is a text, or NULL for those without any.
func ofRules(number string) string {
	return `(SELECT m.id FROM studio.scan_model m WHERE substring(m.version FROM '[+]r([0-9]{1,9})$') IS NOT DISTINCT FROM ` + number + `
	          ORDER BY m.seen_at DESC, m.id DESC LIMIT 1)`
}

const liveNumber = `(SELECT CAST(number AS text) FROM studio.rulebook WHERE state = 'live')`

func (r *Rulebooks) beside(ctx context.Context, shadow moderation.Rulebook) (*moderation.Beside, error) {
	var row struct {
		Posts    int `db:"posts"`
		Both     int `db:"both_flag"`
		Only     int `db:"only_shadow"`
		OnlyLive int `db:"only_live"`
	}
	err := r.db.read(ctx, func(q sqlx.QueryerContext) error {
		return sqlx.GetContext(ctx, q, &row, `
			SELECT count(*) AS posts, count(*) FILTER (WHERE s.flag AND l.flag) AS both_flag,
			       count(*) FILTER (WHERE s.flag AND NOT l.flag) AS only_shadow, count(*) FILTER (WHERE l.flag AND NOT s.flag) AS only_live
			  FROM studio.post_score s JOIN studio.post_score l ON l.post = s.post AND l.revision = s.revision
			 WHERE s.at >= $2 AND s.model = `+ofRules("CAST($1 AS text)")+` AND l.model = `+ofRules(liveNumber), strconv.Itoa(shadow.Number), shadow.MovedAt)
	})
	if err != nil {
		return nil, err
	}
	return &moderation.Beside{Posts: row.Posts, Both: row.Both, Only: row.Only, OnlyLive: row.OnlyLive}, nil
}

// InForce returns the rulebook that opens cases and the one that scores beside it; nil
// where there is none. Fault: NoRight for marketers.
func (r *Rulebooks) InForce(ctx context.Context) (live, shadow *moderation.Rulebook, err error) {
	books, err := r.list(ctx, `state IN ('live', 'shadow')`)
	for i := range books {
		if books[i].State == moderation.RulebookLive {
			live = &books[i]
		} else {
			shadow = &books[i]
		}
	}
	return live, shadow, err
}

// Numbers are those of the two rulebooks in force, 0 for none: what a scan asks between
// two batches. What is out never changes, so a number says which rules they are.
func (r *Rulebooks) Numbers(ctx context.Context) (live, shadow int, err error) {
	var row struct {
		Live   int `db:"live"`
		Shadow int `db:"shadow"`
	}
	err = r.db.read(ctx, func(q sqlx.QueryerContext) error {
		return sqlx.GetContext(ctx, q, &row, `
			SELECT coalesce(max(number) FILTER (WHERE state = 'live'), 0) AS live, coalesce(max(number) FILTER (WHERE state = 'shadow'), 0) AS shadow
			  FROM studio.rulebook WHERE state IN ('live', 'shadow')`)
	})
	return row.Live, row.Shadow, err
}

// Save makes the draft (before nil) or goes on with it: before is the Version that the
// editor saw, and book.Number the draft's. Only Rules, Base and Note are taken from the
// book. It returns the draft as it stands now. Faults: what disclosure.CheckRules says of the
// rules, FieldValue for a long note, RuleChanged where another lead was faster, NotFound
// for a base that nobody handed in, NoRight.
func (r *Rulebooks) Save(ctx context.Context, request string, before *int, book moderation.Rulebook) (moderation.Rulebook, error) {
	if err := disclosure.CheckRules(book.Rules); err != nil {
		return moderation.Rulebook{}, err
	}
	rules, err := rulesJSON(book.Rules)
	if err != nil {
		return moderation.Rulebook{}, err
	}
	var number, seen sql.NullInt64
	if before != nil {
		number, seen = sql.NullInt64{Int64: int64(book.Number), Valid: true}, sql.NullInt64{Int64: int64(*before), Valid: true}
	}
	var a struct {
		Number    int       `json:"number"`
		Version   int       `json:"version"`
		WrittenBy string    `json:"written_by"`
		WrittenAt time.Time `json:"written_at"`
	}
	if err := r.db.call(ctx, &a, `SELECT studio.rulebook_save_on($1, $2, $3, $4, $5, $6)`, request, number, seen, rules, book.Note, book.Base); err != nil {
		return moderation.Rulebook{}, err
	}
	return moderation.Rulebook{Number: a.Number, State: moderation.RulebookDraft, Rules: book.Rules, Base: book.Base, Note: book.Note, Version: a.Version, WrittenBy: a.WrittenBy, WrittenAt: a.WrittenAt}, nil
}

// Move brings a rulebook to the shadow, to live or to retired, and retires the one whose
// place it takes. version is the edit that the lead saw. To go live takes a replay that
// was made against the rules in force now, which an earlier move may have kept (replay
// nil); one that Replay.Worse speaks of takes a reason, and so does it to take the live
// one out of force. Faults: ReplayNeeded, ReplayWorse, RuleChanged, NotAllowedNow,
// FieldMissing, FieldValue, NotFound, NoRight.
func (r *Rulebooks) Move(ctx context.Context, request string, number, version int, to moderation.RulebookState, replay *moderation.Replay, reason string) error {
	var shown sql.NullString
	if replay != nil {
		raw, err := json.Marshal(newReplayJSON(*replay))
		if err != nil {
			return fault.Wrap(err, fault.Internal)
		}
		shown = sql.NullString{String: string(raw), Valid: true}
	}
	return r.db.call(ctx, nil, `SELECT studio.rulebook_move($1, $2, $3, $4, $5, $6)`, request, number, version, to, shown, reason)
}

func rulesJSON(rules []moderation.DetectorRule) (string, error) {
	if rules == nil {
		rules = []moderation.DetectorRule{}
	}
	raw, err := json.Marshal(rules)
	if err != nil {
		return "", fault.Wrap(err, fault.Internal)
	}
	return string(raw), nil
}

type replayJSON struct {
	Model         string      `json:"model"`
	Posts         int         `json:"posts"`
	Found         int         `json:"found"`
	Wrong         int         `json:"wrong"`
	Missed        int         `json:"missed"`
	RandomPosts   int         `json:"random_posts"`
	RandomPaid    int         `json:"random_paid"`
	RandomFlagged int         `json:"random_flagged"`
	At            *time.Time  `json:"at,omitempty"` // the database's
	Live          *replayJSON `json:"live,omitempty"`
}

func newReplayJSON(r moderation.Replay) replayJSON {
	j := replayJSON{Model: r.Model, Posts: r.Posts, Found: r.Found, Wrong: r.Wrong, Missed: r.Missed, RandomPosts: r.RandomPosts, RandomPaid: r.RandomPaid, RandomFlagged: r.RandomFlagged}
	if r.Live != nil {
		live := newReplayJSON(*r.Live)
		j.Live = &live
	}
	return j
}

func (j replayJSON) moderation() *moderation.Replay {
	r := &moderation.Replay{Model: j.Model, Posts: j.Posts, Found: j.Found, Wrong: j.Wrong, Missed: j.Missed, RandomPosts: j.RandomPosts, RandomPaid: j.RandomPaid, RandomFlagged: j.RandomFlagged}
	if j.At != nil {
		r.At = j.At.UTC()
	}
	if j.Live != nil {
		r.Live = j.Live.moderation()
		r.Live.At = r.At
	}
	return r
}

func (r *Rulebooks) list(ctx context.Context, which string, known ...moderation.Rulebook) ([]moderation.Rulebook, error) {
	had := make(map[int]moderation.Rulebook, len(known))
	numbers, versions := make(pq.Int64Array, len(known)), make(pq.Int64Array, len(known))
	for i, b := range known {
		had[b.Number], numbers[i], versions[i] = b, int64(b.Number), int64(b.Version)
	}
	var rows []struct {
		Number    int                      `db:"number"`
		State     moderation.RulebookState `db:"state"`
		Rules     []byte                   `db:"rules"`
		Base      string                   `db:"base"`
		Note      string                   `db:"note"`
		Version   int                      `db:"version"`
		WrittenBy string                   `db:"written_by"`
		WrittenAt time.Time                `db:"written_at"`
		MovedBy   sql.NullString           `db:"moved_by"`
		MovedAt   sql.NullTime             `db:"moved_at"`
		Replay    []byte                   `db:"replay"`
		Reason    string                   `db:"reason"`
	}
	err := r.db.read(ctx, func(q sqlx.QueryerContext) error {
		rows = rows[:0]
		return sqlx.SelectContext(ctx, q, &rows, `
			SELECT number, state, CASE WHEN (number, version) IN (SELECT * FROM unnest(CAST($1 AS int[]), CAST($2 AS int[]))) THEN NULL ELSE rules END AS rules, coalesce(base, '') AS base, note, version, written_by, written_at, moved_by, moved_at, replay, CASE WHEN ended <> '' THEN ended ELSE reason END AS reason
			  FROM studio.rulebook WHERE `+which+` ORDER BY number DESC`, numbers, versions)
	})
	if err != nil {
		return nil, err
	}
	books := make([]moderation.Rulebook, len(rows))
	for i, x := range rows {
		b := moderation.Rulebook{Number: x.Number, State: x.State, Base: x.Base, Note: x.Note, Version: x.Version, WrittenBy: x.WrittenBy, WrittenAt: x.WrittenAt.UTC(), MovedBy: x.MovedBy.String, Reason: x.Reason}
		if x.MovedAt.Valid {
			b.MovedAt = x.MovedAt.Time.UTC()
		}
		var err error
		if x.Rules == nil {
			b.Rules = had[b.Number].Rules
		} else {
			err = json.Unmarshal(x.Rules, &b.Rules)
		}
		if x.Replay != nil {
			var shown replayJSON
			err = errors.Join(err, json.Unmarshal(x.Replay, &shown))
			b.Replay = shown.moderation()
		}
		if err != nil {
			return nil, fault.Wrap(err, fault.Internal)
		}
		books[i] = b
	}
	return books, nil
}

// judgedPosts finds the decisions since $1 that stand and can't be undone any more, the
// last one on each post, where its words are still those that were decided on.
const judgedPosts = `
	SELECT c.target, k.revision, d.outcome = 'label_required' AS paid, c.tag = 'random' AS random, d.at
	  FROM studio.decision d
	  JOIN studio.cases c ON c.id = d.case_id
	  JOIN studio.post_key k ON k.id = c.target
	 WHERE c.kind = 'post' AND d.at >= $1 AND d.to_stage = 'closed' AND d.outcome IN ('label_required', 'cleared')
	   AND d.undone_at IS NULL AND d.effective_at <= clock_timestamp() AND k.changed_at <= d.at
	   AND NOT EXISTS (SELECT FROM studio.cases o JOIN studio.decision l ON l.case_id = o.id
	         WHERE o.kind = 'post' AND o.target = c.target AND l.undone_at IS NULL AND (l.at, l.id) > (d.at, d.id))`

// Judged returns up to n posts that people have decided on since a moment, the newest
// decisions first, as far as the person of this connection may read decisions. Fault:
// NoRight for who may read none: marketers, administrators and processes.
func (r *Rulebooks) Judged(ctx context.Context, since time.Time, n int) ([]moderation.Judged, error) {
	var rows []struct {
		Target   string    `db:"target"`
		Revision int       `db:"revision"`
		Paid     bool      `db:"paid"`
		Random   bool      `db:"random"`
		At       time.Time `db:"at"`
	}
	err := r.db.read(ctx, func(q sqlx.QueryerContext) error {
		rows = rows[:0]
		return sqlx.SelectContext(ctx, q, &rows, judgedPosts+` ORDER BY d.at DESC, d.id DESC LIMIT $2`, since, n)
	})
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(rows))
	for i, x := range rows {
		ids[i] = x.Target
	}
	posts, err := r.posts(ctx, ids)
	if err != nil {
		return nil, err
	}
	judged := make([]moderation.Judged, 0, len(rows))
	for _, x := range rows {
		// One that changed between the two looks was not decided on as it is now.
		if p, ok := posts[x.Target]; ok && p.Revision == x.Revision {
			judged = append(judged, moderation.Judged{Post: p, Paid: x.Paid, Random: x.Random, At: x.At.UTC()})
		}
	}
	return judged, nil
}

// Recent returns a sample of up to n posts of the last days: any post as likely as any
// other, and the same ones every time as long as no others come. Fault: NoRight for
// marketers.
func (r *Rulebooks) Recent(ctx context.Context, days, n int) ([]moderation.Post, error) {
	var ids []string
	err := r.db.read(ctx, func(q sqlx.QueryerContext) error {
		ids = ids[:0]
		// A partition holds a month of UTC.
		return sqlx.SelectContext(ctx, q, &ids, `
			SELECT p.id FROM studio.post p
			 WHERE p.month >= CAST(date_trunc('month', (clock_timestamp() - make_interval(days => $1)) AT TIME ZONE 'UTC') AS date)
			   AND coalesce(p.posted_at, p.first_at) BETWEEN clock_timestamp() - make_interval(days => $1) AND clock_timestamp()
			 ORDER BY md5(p.id), p.id LIMIT $2`, days, n)
	})
	if err != nil {
		return nil, err
	}
	byID, err := r.posts(ctx, ids)
	if err != nil {
		return nil, err
	}
	posts := make([]moderation.Post, 0, len(ids))
	for _, id := range ids {
		if p, ok := byID[id]; ok {
			posts = append(posts, p)
		}
	}
	return posts, nil
}

// posts reads posts by their ids, some at a time: a statement has its limit.
func (r *Rulebooks) posts(ctx context.Context, ids []string) (map[string]moderation.Post, error) {
	const atOnce = 2000
	posts := make(map[string]moderation.Post, len(ids))
	for from := 0; from < len(ids); from += atOnce {
		var some []moderation.Post
		err := r.db.read(ctx, func(q sqlx.QueryerContext) error {
			var rows []postRow
			if err := sqlx.SelectContext(ctx, q, &rows, postSelect+` WHERE k.id = ANY ($1)`, pq.StringArray(ids[from:min(len(ids), from+atOnce)])); err != nil {
				return err
			}
			some = make([]moderation.Post, len(rows))
			for i, row := range rows {
				var err error
				if some[i], err = row.post(); err != nil {
					return err
				}
			}
			return withFound(ctx, q, some) // what scans see, a replay sees
		})
		if err != nil {
			return nil, err
		}
		for _, p := range some {
			posts[p.ID] = p
		}
	}
	return posts, nil
}

// Audit counts what was decided in the last days, of posts that a model flagged and of
// those that came at random, and what the live model scored in that time. Fault:
// NoRight for who may read no decisions.
func (r *Rulebooks) Audit(ctx context.Context, days int) (moderation.Audit, error) {
	var row struct {
		Since        time.Time `db:"since"`
		Flagged      int       `db:"flagged"`
		FlaggedRight int       `db:"flagged_right"`
		Random       int       `db:"random"`
		RandomPaid   int       `db:"random_paid"`
		Posts        int       `db:"posts"`
		PostsFlagged int       `db:"posts_flagged"`
	}
	err := r.db.read(ctx, func(q sqlx.QueryerContext) error {
		if err := sqlx.GetContext(ctx, q, &row.Since, `SELECT clock_timestamp() - make_interval(days => $1)`, days); err != nil {
			return err
		}
		// Without a live rulebook the live model is the one without any that somebody
		// scanned with last.
		return sqlx.GetContext(ctx, q, &row, `
			SELECT $1 AS since, j.*, s.*
			  FROM (SELECT count(*) FILTER (WHERE NOT random) AS flagged, count(*) FILTER (WHERE NOT random AND paid) AS flagged_right,
			               count(*) FILTER (WHERE random) AS random, count(*) FILTER (WHERE random AND paid) AS random_paid
			          FROM (`+judgedPosts+`) AS judged) AS j,
			       (SELECT count(*) AS posts, count(*) FILTER (WHERE flag) AS posts_flagged
			          FROM studio.post_score WHERE at >= $1 AND model = `+ofRules(liveNumber)+`) AS s`, row.Since)
	})
	if err != nil {
		return moderation.Audit{}, err
	}
	return moderation.Audit{Since: row.Since.UTC(), Flagged: row.Flagged, FlaggedRight: row.FlaggedRight, Random: row.Random, RandomPaid: row.RandomPaid, Posts: row.Posts, PostsFlagged: row.PostsFlagged}, nil
}
