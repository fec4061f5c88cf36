package store

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/moderation/rings"
)

// Scans give out posts to be scored and keep the scores. Any number of programs may
// scan at once: a post is handed to one of them at a time, and its score counts once.
type Scans struct{ db *DB }

// Scans returns the scans.
func (db *DB) Scans() *Scans { return &Scans{db} }

// Rings are the rings of the same database.
func (s *Scans) Rings() *Rings { return s.db.Rings() }

// Posts are the posts of the same database.
func (s *Scans) Posts() *Posts { return s.db.Posts() }

// Take leases up to n posts, at most 1000, that this version of a model has not
// scored as they are now. Nobody else gets them for two minutes. It returns none
// when there is nothing to do, or nothing yet because a large import is just
// coming in; and none for a version whose rulebook retired. One whose rulebook was
// not published is refused (FieldValue).
func (s *Scans) Take(ctx context.Context, request, model string, n int) ([]moderation.Post, error) {
	var posts []moderation.Post
	err := s.db.write(ctx, func(tx *sqlx.Tx) error {
		posts = nil
		var raw []byte
		if err := tx.QueryRowxContext(ctx, `SELECT studio.scan_take($1, $2, $3)`, request, model, n).Scan(&raw); err != nil {
			return err
		}
		var ids []string
		if err := json.Unmarshal(raw, &ids); err != nil {
			return fault.Wrap(err, fault.Internal)
		}
		if len(ids) == 0 {
			return nil
		}
		var rows []postRow
		if err := tx.SelectContext(ctx, &rows, postSelect+` WHERE k.id = ANY ($1) ORDER BY k.id`, pq.StringArray(ids)); err != nil {
			return err
		}
		posts = make([]moderation.Post, len(rows))
		for i, r := range rows {
			var err error
			if posts[i], err = r.post(); err != nil {
				return err
			}
		}
		return withFound(ctx, tx, posts)
	})
	if err != nil {
		return nil, err
	}
	return posts, nil
}

// Put keeps what a scan says of posts that Take handed out, and opens the cases that
// follow, all at once. Scored.Revision is the post's own. A score that comes too
// late, because somebody else brought it or the post has changed, is left aside
// without a fault. It returns how many cases were opened, random audits included:
// none by a rulebook that is in the shadow when its scores arrive.
//
// Marks of the posts are kept with the scores or not at all. Those posts wait to be
// linked until Rings.Link has them; if that doesn't come within two minutes, Rings.Take
// hands them to somebody else, and so it does with posts that came without marks.
func (s *Scans) Put(ctx context.Context, request, model string, scored []moderation.Scored, marked ...rings.Marked) (opened int, err error) {
	if len(scored) == 0 {
		return 0, nil
	}
	raw, err := scoresJSON(scored)
	if err != nil {
		return 0, err
	}
	var done struct {
		Opened int `json:"opened"`
	}
	args := append([]any{request, model, raw}, marksOf(marked)...)
	err = s.db.call(ctx, &done, `SELECT studio.scan_put($1, $2, $3, $4, $5, $6, $7, $8, $9)`, args...)
	return done.Opened, err
}

func scoresJSON(scored []moderation.Scored) (string, error) {
	rows := make([]scoredJSON, len(scored))
	for i, x := range scored {
		if !finite(x.Commercial) || x.Commercial < 0 || x.Commercial > 1 {
			return "", fault.New(fault.FieldValue, "field", "commercial", "value", strconv.FormatFloat(x.Commercial, 'g', -1, 64), "id", x.Post)
		}
		rows[i] = newScoredJSON(x)
	}
	raw, err := json.Marshal(rows)
	if err != nil {
		return "", fault.Wrap(err, fault.Internal)
	}
	return string(raw), nil
}

// Waiting is about how many posts this version of a model has still to score; those
// that somebody has in hand count. A post that was changed just now may count twice.
func (s *Scans) Waiting(ctx context.Context, model string) (int, error) {
	var n int
	err := s.db.read(ctx, func(q sqlx.QueryerContext) error {
		return sqlx.GetContext(ctx, q, &n, `
			SELECT CASE WHEN b.state IN ('draft', 'retired') THEN 0
			         WHEN m.id IS NULL OR NOT m.awake
			         THEN (SELECT count(*) FROM studio.post_key k WHERE b.state IS DISTINCT FROM 'shadow' OR k.changed_at >= b.moved_at)
			         ELSE (SELECT count(*) FROM studio.scan_wait w WHERE w.model = m.id)
			            + (SELECT count(*) FROM studio.scan_lease l WHERE l.model = m.id)
			            + CASE WHEN m.filled_to IS NULL THEN 0
			                   ELSE (SELECT count(*) FROM studio.post_key k WHERE k.id > m.filled_to) END
			       END
			  FROM (SELECT CAST($1 AS text) AS version) AS asked LEFT JOIN studio.scan_model m ON m.version = asked.version
			  LEFT JOIN studio.rulebook b ON CAST(b.number AS text) = substring(asked.version FROM '[+]r([0-9]{1,9})$')`, model)
	})
	return n, err
}

type scoredJSON struct {
	Post       string         `json:"post"`
	Revision   int            `json:"revision"`
	Commercial float64        `json:"commercial"`
	Disclosure string         `json:"disclosure"`
	Flag       bool           `json:"flag"`
	Evidence   []evidenceJSON `json:"evidence"`
}

type evidenceJSON struct {
	Kind   string  `json:"kind"`
	Rule   string  `json:"rule"`
	Target string  `json:"target"`
	Field  string  `json:"field"`
	Start  *int    `json:"start"`
	End    *int    `json:"end"`
	Text   string  `json:"text"`
	Weight float64 `json:"weight"`
}

func newScoredJSON(s moderation.Scored) scoredJSON {
	row := scoredJSON{Post: s.Post, Revision: s.Revision, Commercial: s.Commercial, Disclosure: s.Disclosure, Flag: s.Flag, Evidence: []evidenceJSON{}}
	if !s.Flag {
		return row // nobody will see it
	}
	for _, e := range s.Evidence {
		x := evidenceJSON{Kind: e.Kind, Rule: e.Rule, Target: e.Target, Field: e.Field, Weight: e.Weight,
			// A detector cuts spans out of texts; a cut character is no reason to lose a scan.
			Text: strings.ReplaceAll(strings.ToValidUTF8(e.Text, "\uFFFD"), "\x00", "\uFFFD")}
		if e.Span != nil {
			x.Start, x.End = &e.Span.Start, &e.Span.End
		}
		row.Evidence = append(row.Evidence, x)
	}
	return row
}
