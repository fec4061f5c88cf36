package store

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"cinnabar/moderation"
)

// me is one row, the person of this connection, and is read once for a whole query.
const me = `(SELECT p.login, p.role FROM studio.person p WHERE p.login = studio.me()) AS me`

// queueFrom joins the narrow queue to what a person reads of a case, and to the person.
const queueFrom = `
	FROM ` + me + `, studio.queue q JOIN studio.cases c ON c.id = q.case_id`

// forMe leaves out what this person could not decide anyway: what they submitted,
// entered or act for, what they approved already, an appeal against their own
// decision, what they put aside, and what is still in the hand of whoever decided last. The database refuses all of these; here they only would
// stand in the way.
const forMe = `
	    q.available_at <= clock_timestamp()
	AND me.login NOT IN (c.submitted_by, c.entered_by)
	AND (c.brand = '' OR studio.fold(c.brand) <> ALL (CAST((SELECT studio.my_brands()) AS text[])))
	AND NOT (q.stage = 'second' AND q.case_id = ANY (ARRAY(SELECT studio.my_approvals())))
	AND NOT (q.stage = 'appeal' AND q.case_id = ANY (ARRAY(SELECT studio.my_appealed())))
	AND q.case_id <> ALL (ARRAY(SELECT studio.my_skips()))`

// mineToDecide leaves a moderator without what waits for a lead.
const mineToDecide = `q.waiting AND (q.stage NOT IN ('escalated', 'appeal') OR me.role <> 'moderator')`

// firstOfRing leaves out a post whose ring is shown by an earlier one.
const firstOfRing = `NOT EXISTS (
	      SELECT FROM studio.ring_post m JOIN studio.ring r ON r.key = m.ring AND r.authors > 1
	        JOIN studio.ring_post o ON o.ring = m.ring AND o.post <> m.post
	        JOIN studio.cases k ON k.kind = 'post' AND k.target = o.post AND k.stage = q.stage AND k.tag <> 'random'
	        JOIN studio.queue e ON e.case_id = k.id
	       WHERE c.tag <> 'random' AND m.post = c.target AND e.waiting AND e.named = q.named AND (e.due_key, e.case_id) < (q.due_key, q.case_id)
	         AND e.available_at <= clock_timestamp() AND (e.holder IS NULL OR e.holder = me.login OR e.lease_until <= clock_timestamp())
	         AND (e.reserved_for IS NULL OR e.reserved_for = me.login OR e.reserved_until <= clock_timestamp())
	         AND (k.brand = '' OR studio.fold(k.brand) <> ALL (CAST((SELECT studio.my_brands()) AS text[])))
	         AND e.case_id <> ALL (ARRAY(SELECT studio.my_skips())))`

// where collects conditions and their arguments.
type where struct {
	text strings.Builder
	args []any
}

// and adds a condition; each ? in it stands for the next argument.
func (w *where) and(condition string, args ...any) {
	w.text.WriteString("\n\tAND ")
	for _, arg := range args {
		w.args = append(w.args, arg)
		condition = strings.Replace(condition, "?", "$"+strconv.Itoa(len(w.args)), 1)
	}
	w.text.WriteString(condition)
}

// queueKey is the order of the queue. Microseconds, as Postgres keeps them.
type queueKey struct {
	Due  int64  `json:"d"`
	Case string `json:"c"`
}

// Page returns a page of a queue, most urgent first: by the time due, and posts
// the earlier the likelier they are paid and unlabelled. Stage "" means what waits
// for this person; a moderator's page has no escalated cases and no appeals then. Faults: NoRight, BadUsage.
func (c *Cases) Page(ctx context.Context, ask moderation.QueueQuery) (moderation.QueuePage, error) {
	var (
		after queueKey
		w     where
	)
	paged, err := decodeCursor(ask.After, &after)
	if err != nil {
		return moderation.QueuePage{}, err
	}
	w.and(`q.kind = ?`, ask.Kind)
	switch ask.Stage {
	case "":
		w.and(mineToDecide)
	case moderation.StageInformation:
		w.and(`q.stage = 'information'`) // waits for the applicant, so it isn't "waiting"
	default:
		w.and(`q.waiting AND q.stage = ?`, ask.Stage)
	}
	if ask.Tag != "" {
		w.and(`studio.case_tag(c.kind, c.stage, c.tag) = ?`, ask.Tag)
	}
	if ask.Named != "" {
		w.and(`q.named = ?`, ask.Named)
	}
	if ask.Mine {
		w.and(`q.reserved_for = me.login AND q.reserved_until > clock_timestamp()`)
	}
	if ask.Rings {
		w.and(`EXISTS (SELECT ` + ringOfCase + `)`)
	}
	// Of a ring its most urgent case that this person could take stands for all. Whoever
	// searches, or looks at what was handed to them, sees every one.
	if ask.Kind == moderation.KindPost && ask.Search == "" && !ask.Mine {
		w.and(firstOfRing)
	}
	if ask.Search != "" {
		pattern := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(ask.Search) + "%"
		w.and(`(c.title ILIKE ? OR c.subtitle ILIKE ? OR c.ref ILIKE ?)`, pattern, pattern, pattern)
	}
	if paged {
		w.and(`(q.due_key, q.case_id) > (?, ?)`, time.UnixMicro(after.Due).UTC(), after.Case)
	}
	limit := pageSize(ask.Limit)

	var rows []struct {
		caseRow
		DueKey time.Time `db:"due_key"`
		Now    time.Time `db:"now"`
	}
	var now time.Time
	err = c.db.read(ctx, func(q sqlx.QueryerContext) error {
		rows = rows[:0]
		if err := sqlx.SelectContext(ctx, q, &rows, `
			SELECT `+caseColumns+`, q.due_key, clock_timestamp() AS now`+queueFrom+`
			WHERE `+forMe+w.text.String()+`
			ORDER BY q.due_key, q.case_id LIMIT `+strconv.Itoa(limit+1), w.args...); err != nil {
			return err
		}
		if len(rows) > 0 {
			now = rows[0].Now
			return nil
		}
		return sqlx.GetContext(ctx, q, &now, `SELECT clock_timestamp()`)
	})
	if err != nil {
		return moderation.QueuePage{}, err
	}
	page := moderation.QueuePage{Now: now.UTC()}
	if len(rows) > limit {
		rows = rows[:limit]
		last := rows[limit-1]
		page.Next = encodeCursor(queueKey{Due: last.DueKey.UnixMicro(), Case: last.ID})
	}
	page.Cases = make([]moderation.Case, len(rows))
	for i, r := range rows {
		page.Cases[i] = r.moderation(now)
	}
	return page, nil
}

// countedAtMost bounds what a count reads. Beyond it the figure beside a queue
// says no more than "very many" anyway.
const countedAtMost = 5_000

// Counts returns the figures beside a queue, of the most urgent five thousand
// cases that wait for a person and as many that wait for an applicant; More says
// that there are others behind them. Waiting, Tags, Named and Mine count what Page
// shows without a stage, and Rings what it shows of rings alone; Stages counts every
// stage that isn't closed.
func (c *Cases) Counts(ctx context.Context, kind moderation.Kind) (moderation.QueueCounts, error) {
	var rows []struct {
		Stage   moderation.Stage `db:"stage"`
		Tag     string           `db:"tag"`
		Named   string           `db:"named"`
		Waiting bool             `db:"waiting"`
		Mine    int              `db:"mine"`
		All     int              `db:"all"`
		Soon    int              `db:"soon"`
	}
	var more bool
	var inRings int
	err := c.db.read(ctx, func(q sqlx.QueryerContext) error {
		rows = rows[:0]
		if err := sqlx.GetContext(ctx, q, &more, `
			SELECT EXISTS (SELECT FROM studio.queue WHERE kind = $1 AND waiting ORDER BY due_key, case_id OFFSET $2 LIMIT 1)`, kind, countedAtMost); err != nil {
			return err
		}
		// The limits stand inside, on the narrow table and in the order of its indexes:
		// what is beyond them is never joined.
		if err := sqlx.SelectContext(ctx, q, &rows, `
			SELECT q.stage, studio.case_tag(c.kind, c.stage, c.tag) AS tag, q.named, `+mineToDecide+` AS waiting,
			       count(*) FILTER (WHERE q.reserved_for = me.login AND q.reserved_until > clock_timestamp()) AS mine, count(*) AS all, count(*) FILTER (WHERE c.due <= clock_timestamp() + interval '1 hour') AS soon
			  FROM `+me+`, (
			       (SELECT * FROM studio.queue WHERE kind = $1 AND waiting ORDER BY due_key, case_id LIMIT $2)
			        UNION ALL
			       (SELECT * FROM studio.queue WHERE kind = $1 AND stage = 'information' ORDER BY due_key, case_id LIMIT $2)) AS q
			  JOIN studio.cases c ON c.id = q.case_id
			 WHERE `+forMe+`
			 GROUP BY 1, 2, 3, 4`, kind, countedAtMost); err != nil || kind != moderation.KindPost {
			return err
		}
		// Once for each desk that shows it, as on a page.
		return sqlx.GetContext(ctx, q, &inRings, `
			SELECT count(*) FROM (
			  SELECT DISTINCT m.ring, q.stage, q.named
			    FROM `+me+`, (SELECT * FROM studio.queue WHERE kind = 'post' AND waiting ORDER BY due_key, case_id LIMIT $1) AS q
			    JOIN studio.cases c ON c.id = q.case_id JOIN studio.ring_post m ON m.post = c.target JOIN studio.ring r ON r.key = m.ring AND r.authors > 1
			   WHERE c.tag <> 'random' AND `+mineToDecide+` AND `+forMe+`) AS x`, countedAtMost)
	})
	if err != nil {
		return moderation.QueueCounts{}, err
	}
	counts := moderation.QueueCounts{Stages: map[moderation.Stage]int{}, Tags: map[string]int{}, Named: map[string]int{}, Rings: inRings, More: more}
	for _, r := range rows {
		counts.Stages[r.Stage] += r.All
		if r.Waiting {
			counts.Waiting += r.All
			counts.DueSoon += r.Soon
			counts.Tags[r.Tag] += r.All
			counts.Named[r.Named] += r.All
			counts.Mine += r.Mine
		}
	}
	return counts, nil
}
