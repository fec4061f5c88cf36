package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/moderation/rings"
	"cinnabar/moderation/signals"
)

// How many posts of a ring are read with their words: for a card on one of them, and for
// a page of the ring, which is decided page by page.
const (
	besideAtMost  = 60
	membersAtMost = 200
)

// ringAtMost is how many posts of a ring are counted; of a larger one, the oldest.
const ringAtMost = 20_000

// Of returns the ring that a post is in with some of its members, the oldest, as far as
// the person of this connection may see their cases. Fault: NotFound for a post that is
// in none.
func (r *Rings) Of(ctx context.Context, post string) (rings.Standing, error) {
	return r.standing(ctx, post, func(q sqlx.QueryerContext, key string, s *rings.Standing) ([]memberRow, error) {
		var members []memberRow
		return members, sqlx.SelectContext(ctx, q, &members, `
			WITH members AS MATERIALIZED (
			  (SELECT m.post FROM studio.ring_post m WHERE m.ring = $1 AND m.post = $2)
			   UNION
			  (SELECT m.post FROM studio.ring_post m WHERE m.ring = $1 AND `+noAudit+` ORDER BY m.posted_at, m.post LIMIT `+itoa(besideAtMost)+`)
			)
			SELECT `+memberColumns+` FROM members m `+memberOf+` WHERE `+noAudit, key, post)
	})
}

// Page returns the ring that a post is in with its members of one page: those that wait
// and are free come first. Counts and Posted are of the whole ring. Fault: NotFound.
func (r *Rings) Page(ctx context.Context, post string) (rings.Standing, error) {
	return r.standing(ctx, post, func(q sqlx.QueryerContext, key string, s *rings.Standing) ([]memberRow, error) {
		var all []memberRow
		if err := sqlx.SelectContext(ctx, q, &all, `
			SELECT `+memberColumns+`, m.posted_at
			  FROM (SELECT o.post, o.posted_at FROM studio.ring_post o WHERE o.ring = $1 ORDER BY o.posted_at, o.post LIMIT `+itoa(ringAtMost)+`) AS m `+memberOf+`
			 WHERE `+noAudit+` ORDER BY m.posted_at NULLS FIRST, m.post`, key); err != nil {
			return nil, err
		}
		s.Counts = map[rings.State]int{}
		for i := range all {
			s.Counts[all[i].state()]++
			if all[i].PostedAt.Valid {
				s.Posted = append(s.Posted, all[i].PostedAt.Time.UTC())
			}
		}
		slices.SortStableFunc(all, func(a, b memberRow) int { return cmp.Compare(a.rank(post), b.rank(post)) })
		return all[:min(len(all), membersAtMost)], nil
	})
}

// A member with where its review stands: labelled, in the hand of others, decided. A post
// of the random audit is left out: whoever judges it should not have been told what the
// programs think.
const (
	noAudit       = `NOT EXISTS (SELECT FROM studio.cases x WHERE x.kind = 'post' AND x.target = m.post AND x.stage <> 'closed' AND x.tag = 'random')`
	memberColumns = `m.post, p.outcome, coalesce(c.stage, '') AS stage, coalesce(c.kept, false) AS kept,
	       p.declared OR EXISTS (SELECT FROM studio.post_score s WHERE s.post = k.id AND s.revision = k.revision AND s.disclosure = 'adequate') AS labelled`
	memberOf = `JOIN studio.post_key k ON k.id = m.post
	     CROSS JOIN LATERAL (SELECT x.outcome, x.declared FROM studio.post x WHERE x.month = k.month AND x.id = k.id LIMIT 1) AS p
	      LEFT JOIN LATERAL (
	            SELECT c.stage, q.lease_until > clock_timestamp() AND q.holder <> studio.me() OR q.reserved_until > clock_timestamp() AND q.reserved_for <> studio.me() AS kept
	              FROM studio.cases c JOIN studio.queue q ON q.case_id = c.id
	             WHERE c.kind = 'post' AND c.target = m.post AND c.stage <> 'closed' LIMIT 1) AS c ON true`
)

// standing reads a ring; pick says which of its members.
func (r *Rings) standing(ctx context.Context, post string, pick func(q sqlx.QueryerContext, key string, s *rings.Standing) ([]memberRow, error)) (rings.Standing, error) {
	var (
		s       rings.Standing
		members []memberRow
		cases   []caseRow
		pairs   []struct {
			A string `db:"a"`
			B string `db:"b"`
		}
		posts []postRow
	)
	err := r.db.read(ctx, func(q sqlx.QueryerContext) (err error) {
		cases, pairs, posts = cases[:0], pairs[:0], posts[:0]
		var head ringRow
		if err := sqlx.GetContext(ctx, q, &head, `
			SELECT r.key, r.posts, r.authors, r.first_at, r.last_at, r.shared, clock_timestamp() AS now
			  FROM studio.ring_post p JOIN studio.ring r ON r.key = p.ring WHERE p.post = $1 AND r.authors > 1`, post); err != nil {
			return err
		}
		if s, err = head.standing(); err != nil {
			return err
		}
		if members, err = pick(q, head.Key, &s); err != nil {
			return err
		}
		ids := make(pq.StringArray, len(members))
		for i, m := range members {
			ids[i] = m.Post
		}
		if err := sqlx.SelectContext(ctx, q, &cases, `SELECT `+caseColumns+` FROM studio.cases c JOIN studio.queue q ON q.case_id = c.id
			WHERE c.kind = 'post' AND c.target = ANY ($1) AND c.stage <> 'closed'`, ids); err != nil {
			return err
		}
		if err := sqlx.SelectContext(ctx, q, &pairs, `SELECT a, b FROM studio.ring_edge WHERE a = ANY ($1) AND b = ANY ($1) ORDER BY strength DESC, a, b LIMIT 2000`, ids); err != nil {
			return err
		}
		return sqlx.SelectContext(ctx, q, &posts, postSelect+` WHERE k.id = ANY ($1) ORDER BY p.posted_at NULLS FIRST, k.id`, ids)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return rings.Standing{}, fault.New(fault.NotFound, "what", "ring", "id", post)
	}
	if err != nil {
		return rings.Standing{}, err
	}
	open, more := map[string]moderation.Case{}, map[string]memberRow{}
	for _, c := range cases {
		open[c.Target] = c.moderation(s.Now)
	}
	for _, m := range members {
		more[m.Post] = m
	}
	for _, row := range posts {
		p, err := row.post()
		if err != nil {
			return rings.Standing{}, err
		}
		m := rings.Member{Post: p, State: more[p.ID].state()}
		if m.State == rings.StateOpen {
			m.Case = open[p.ID]
		}
		s.Members = append(s.Members, m)
	}
	list := make([][2]string, len(pairs))
	for i, p := range pairs {
		list[i] = [2]string{p.A, p.B}
	}
	s.Bind(list)
	return s, nil
}

// recentPosts is how many of an author's latest posts say how they are received.
const recentPosts = 12

// Recent returns what came of an author's latest posts, newest first. An author of whose
// posts no figure was ever given has none: that is not to be taken for silence.
func (r *Rings) Recent(ctx context.Context, author string) ([]signals.Engagement, error) {
	var rows []struct {
		Posted   sql.NullTime `db:"posted_at"`
		Likes    int          `db:"likes"`
		Saves    int          `db:"saves"`
		Shares   int          `db:"shares"`
		Comments int          `db:"comments"`
	}
	err := r.db.read(ctx, func(q sqlx.QueryerContext) error {
		rows = rows[:0]
		return sqlx.SelectContext(ctx, q, &rows, `SELECT p.posted_at, p.likes, p.saves, p.shares, p.comments FROM studio.post p
			WHERE p.author_id = $1 AND p.author_id <> '' AND p.posted_at IS NOT NULL ORDER BY p.posted_at DESC LIMIT `+itoa(recentPosts), author)
	})
	if err != nil {
		return nil, err
	}
	recent, told := make([]signals.Engagement, len(rows)), false
	for i, x := range rows {
		recent[i] = signals.Engagement{Posted: x.Posted.Time.UTC(), Likes: x.Likes, Saves: x.Saves, Shares: x.Shares, Comments: x.Comments}
		told = told || x.Likes+x.Saves+x.Shares+x.Comments > 0
	}
	if !told {
		return nil, nil
	}
	return recent, nil
}

type ringRow struct {
	Key     string       `db:"key"`
	Posts   int          `db:"posts"`
	Authors int          `db:"authors"`
	First   sql.NullTime `db:"first_at"`
	Last    sql.NullTime `db:"last_at"`
	Shared  []byte       `db:"shared"`
	Now     time.Time    `db:"now"`
}

func (r ringRow) standing() (rings.Standing, error) {
	s := rings.Standing{Ring: rings.Ring{Key: r.Key}, Size: r.Posts, People: r.Authors, Now: r.Now.UTC()}
	if r.First.Valid {
		s.First = r.First.Time.UTC()
	}
	if r.Last.Valid {
		s.Last = r.Last.Time.UTC()
	}
	var shared []struct {
		Channel string `json:"channel"`
		Posts   int    `json:"posts"`
	}
	if err := json.Unmarshal(r.Shared, &shared); err != nil {
		return rings.Standing{}, fault.Wrap(err, fault.Internal)
	}
	for _, x := range shared {
		run := rings.Share{Posts: x.Posts}
		if x.Channel != "" {
			run.Channel = rings.ChannelFrom(x.Channel)
		}
		s.Runs = append(s.Runs, run)
	}
	return s, nil
}

type memberRow struct {
	Post     string                 `db:"post"`
	Outcome  moderation.PostOutcome `db:"outcome"`
	Labelled bool                   `db:"labelled"`
	Stage    moderation.Stage       `db:"stage"` // of its open case, "" for none in sight
	Kept     bool                   `db:"kept"`  // that a colleague has it, or is to have it
	PostedAt sql.NullTime           `db:"posted_at"`
}

// state is where the review of a member stands. What was decided counts though it may
// still be undone.
func (m memberRow) state() rings.State {
	switch {
	case m.Labelled:
		return rings.StateLabelled
	case m.Stage == moderation.StageAppeal:
		return rings.StateElsewhere
	case m.Stage != "":
		return rings.StateOpen
	case m.Outcome == moderation.PostLabelRequired:
		return rings.StateRequired
	case m.Outcome == moderation.PostCleared:
		return rings.StateCleared
	}
	return rings.StateNone
}

// rank is where a member stands on a page: the post that was asked for, then what anybody
// could decide, what waits for a lead, what a colleague has, and the others.
func (m memberRow) rank(asked string) int {
	switch {
	case m.Post == asked:
		return 0
	case m.state() != rings.StateOpen:
		return 4
	case m.Kept:
		return 3
	case m.Stage == moderation.StageEscalated:
		return 2
	}
	return 1
}
