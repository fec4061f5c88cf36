package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/moderation/rings"
	"cinnabar/moderation/signals"
)

// membersAtMost is how many posts of a ring are read; nobody looks through more at once.
const membersAtMost = 200

// Of returns the ring that a post is in, as far as the person of this connection may see
// its cases. Fault: NotFound for a post that is in none.
func (r *Rings) Of(ctx context.Context, post string) (rings.Standing, error) {
	var (
		head    ringRow
		members []memberRow
		cases   []caseRow
		pairs   []struct {
			A string `db:"a"`
			B string `db:"b"`
		}
		posts []postRow
	)
	err := r.db.read(ctx, func(q sqlx.QueryerContext) error {
		members, cases, pairs, posts = members[:0], cases[:0], pairs[:0], posts[:0]
		if err := sqlx.GetContext(ctx, q, &head, `
			SELECT r.key, r.posts, r.authors, r.first_at, r.last_at, r.shared, clock_timestamp() AS now
			  FROM studio.ring_post p JOIN studio.ring r ON r.key = p.ring WHERE p.post = $1 AND r.authors > 1`, post); err != nil {
			return err
		}
		// A post of the random audit is left out: whoever judges it should not have been
		// told what the programs think.
		if err := sqlx.SelectContext(ctx, q, &members, `
			SELECT m.post, p.outcome,
			       p.declared OR EXISTS (SELECT FROM studio.post_score s WHERE s.post = k.id AND s.revision = k.revision AND s.disclosure = 'adequate') AS labelled
			  FROM studio.ring_post m JOIN studio.post_key k ON k.id = m.post
			 CROSS JOIN LATERAL (SELECT * FROM studio.post x WHERE x.month = k.month AND x.id = k.id LIMIT 1) AS p
			 WHERE m.ring = $1 AND NOT EXISTS (SELECT FROM studio.cases c WHERE c.kind = 'post' AND c.target = m.post AND c.stage <> 'closed' AND c.tag = 'random')
			 ORDER BY m.post <> $2, NOT EXISTS (SELECT FROM studio.cases c WHERE c.kind = 'post' AND c.target = m.post AND c.stage <> 'closed'), m.posted_at NULLS FIRST, m.post
			 LIMIT `+itoa(membersAtMost), head.Key, post); err != nil {
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
	s, err := head.standing()
	if err != nil {
		return rings.Standing{}, err
	}
	open, more := map[string]moderation.Case{}, map[string]memberRow{}
	for _, c := range cases {
		open[c.Target] = c.moderation(head.Now)
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
		if c, ok := open[p.ID]; ok && m.State != rings.StateLabelled {
			m.State, m.Case = rings.StateOpen, c
			if c.Stage == moderation.StageAppeal {
				m.State, m.Case = rings.StateElsewhere, moderation.Case{}
			}
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
}

// state is where a member stands that has no open case: what was decided, though it may
// still be undone.
func (m memberRow) state() rings.State {
	switch {
	case m.Labelled:
		return rings.StateLabelled
	case m.Outcome == moderation.PostLabelRequired:
		return rings.StateRequired
	case m.Outcome == moderation.PostCleared:
		return rings.StateCleared
	}
	return rings.StateNone
}
