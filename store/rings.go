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

// Rings are posts of different people that belong together. Scans mark posts and link
// them; people read rings and decide them at once.
//
// Marks come with the scores (Scans.Put) or by Keep. Candidates are asked for
// after that has come back and not before: of two posts whichever is marked later then
// finds the other, however many scans there are.
type Rings struct{ db *DB }

// Rings returns the rings.
func (db *DB) Rings() *Rings { return &Rings{db} }

// Keep keeps marks of posts that Take handed out. Marks of words that a post has no
// more are left aside without a fault.
func (r *Rings) Keep(ctx context.Context, marked []rings.Marked) error {
	if len(marked) == 0 {
		return nil
	}
	return r.db.write(ctx, func(tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, `SELECT studio.ring_mark($1, $2, $3, $4, $5, $6)`, marksOf(marked)...)
		return err
	})
}

// marksOf are the arguments that say marks: version, and five arrays of one length.
// Bands and channels are arrays in a text each, because an array of arrays wants them
// all of one length.
func marksOf(marked []rings.Marked) []any {
	var (
		n          = len(marked)
		posts      = make(pq.StringArray, n)
		revisions  = make(pq.Int64Array, n)
		bands      = make(pq.StringArray, n)
		signatures = make(pq.ByteaArray, n)
		channels   = make(pq.StringArray, n)
		text       strings.Builder
	)
	for i, m := range marked {
		posts[i], revisions[i] = m.Post, int64(m.Revision)
		text.Reset()
		text.WriteByte('{')
		for j, b := range m.Marks.Bands {
			if j > 0 {
				text.WriteByte(',')
			}
			text.WriteString(strconv.Itoa(int(int32(b)))) // the lower half
		}
		text.WriteByte('}')
		bands[i] = text.String()
		if signatures[i] = m.Marks.Signature; signatures[i] == nil {
			signatures[i] = []byte{}
		}
		channels[i] = arrayText(channelTexts(m.Marks.Channels))
	}
	return []any{rings.Version, posts, revisions, bands, signatures, channels}
}

// channelTexts leaves out what a text of Postgres can't hold; nobody has an account so.
func channelTexts(list []rings.Channel) []string {
	texts := make([]string, 0, len(list))
	for _, c := range list {
		if t := strings.ToValidUTF8(c.String(), "\uFFFD"); !strings.ContainsRune(t, 0) && len(texts) < 64 {
			texts = append(texts, t)
		}
	}
	return texts
}

func arrayText(list []string) string {
	v, err := pq.StringArray(list).Value()
	if err != nil || v == nil {
		return "{}"
	}
	return v.(string)
}

// Take hands out up to n posts, at most 1000, that are to be linked and that nobody
// has: what a scan left behind that died, and what was scored before there were marks
// of this version. They need marking, too. None when there is nothing to do.
func (r *Rings) Take(ctx context.Context, n int) ([]moderation.Post, error) {
	var raw []byte
	err := r.db.write(ctx, func(tx *sqlx.Tx) error {
		return tx.QueryRowxContext(ctx, `SELECT studio.ring_take($1, $2)`, rings.Version, n).Scan(&raw)
	})
	if err != nil {
		return nil, err
	}
	var ids []string
	if err := json.Unmarshal(raw, &ids); err != nil {
		return nil, fault.Wrap(err, fault.Internal)
	}
	return r.db.Posts().Some(ctx, ids)
}

// Some returns posts by id, in the order of ids; those that aren't there are left out.
func (p *Posts) Some(ctx context.Context, ids []string) ([]moderation.Post, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []postRow
	err := p.db.read(ctx, func(q sqlx.QueryerContext) error {
		rows = rows[:0]
		return sqlx.SelectContext(ctx, q, &rows, postSelect+` WHERE k.id = ANY ($1) ORDER BY k.id`, pq.StringArray(ids))
	})
	if err != nil {
		return nil, err
	}
	posts := make([]moderation.Post, len(rows))
	for i, row := range rows {
		if posts[i], err = row.post(); err != nil {
			return nil, err
		}
	}
	return posts, nil
}

// Found is what an index knows of some posts' neighbours.
type Found struct {
	Of      map[string][]rings.Candidate // by post
	Authors map[rings.Channel]int        // of the channels by which they were found
}

// eachPost is how many neighbours of a post an index names for each reason.
const eachPost = 48

// Candidates names the posts that share a key or a channel with some posts, which are
// marked.
func (r *Rings) Candidates(ctx context.Context, posts []string) (Found, error) {
	var rows []struct {
		Post      string  `db:"post"`
		Other     string  `db:"other"`
		Ring      *string `db:"ring"`
		Channel   *string `db:"channel"`
		Authors   *int    `db:"authors"`
		Signature []byte  `db:"signature"`
	}
	var kinds pq.StringArray
	var most pq.Int64Array
	for _, k := range rings.Kinds() {
		kinds, most = append(kinds, string(k)), append(most, int64(rings.MostAuthors(k)))
	}
	err := r.db.read(ctx, func(q sqlx.QueryerContext) error {
		rows = rows[:0]
		return sqlx.SelectContext(ctx, q, &rows, `SELECT * FROM studio.ring_candidates($1, $2, $3, $4, $5)`,
			rings.Version, pq.StringArray(posts), kinds, most, eachPost)
	})
	if err != nil {
		return Found{}, err
	}
	found := Found{map[string][]rings.Candidate{}, map[rings.Channel]int{}}
	for _, row := range rows {
		c := rings.Candidate{Post: row.Other}
		if row.Ring != nil {
			c.Ring = *row.Ring
		}
		if row.Channel != nil {
			found.Authors[rings.ChannelFrom(*row.Channel)] = *row.Authors
		} else {
			c.Marks.Signature = row.Signature
		}
		found.Of[row.Post] = append(found.Of[row.Post], c)
	}
	return found, nil
}

// Link takes in the edges of posts that were judged, and that these wait no longer.
// Edges of words that they have no more go.
func (r *Rings) Link(ctx context.Context, request string, posts []moderation.Post, edges []rings.Edge) error {
	type edgeJSON struct {
		A        string   `json:"a"`
		B        string   `json:"b"`
		Strength float64  `json:"strength"`
		Alike    float64  `json:"alike"`
		Channels []string `json:"channels"`
	}
	ids, revisions := make(pq.StringArray, len(posts)), make(pq.Int64Array, len(posts))
	for i, p := range posts {
		ids[i], revisions[i] = p.ID, int64(p.Revision)
	}
	list := make([]edgeJSON, len(edges))
	for i, e := range edges {
		list[i] = edgeJSON{e.A.ID, e.B.ID, e.Strength, e.Alike, channelTexts(e.Channels)}
	}
	raw, err := json.Marshal(list)
	if err != nil {
		return fault.Wrap(err, fault.Internal)
	}
	return r.db.call(ctx, nil, `SELECT studio.ring_link($1, $2, $3, $4, $5)`, request, rings.Version, ids, revisions, string(raw))
}
