package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"cinnabar/assets"
	"cinnabar/internal/fault"
	"cinnabar/moderation"
)

// Posts are the platform's posts and their authors.
type Posts struct{ db *DB }

// Posts returns the posts.
func (db *DB) Posts() *Posts { return &Posts{db} }

type postRow struct {
	ID           string       `db:"id"`
	Revision     int          `db:"revision"`
	Lang         string       `db:"lang"`
	Title        string       `db:"title"`
	Body         string       `db:"body"`
	Posted       sql.NullTime `db:"posted_at"`
	Declared     bool         `db:"declared"`
	Links        []byte       `db:"links"`
	Pictures     []byte       `db:"pictures"`
	PictureCount int          `db:"picture_count"`
	VideoCount   int          `db:"video_count"`
	Likes        int          `db:"likes"`
	Saves        int          `db:"saves"`
	Shares       int          `db:"shares"`
	Comments     int          `db:"comments"`
	CommentTexts []byte       `db:"comment_texts"`
	AuthorID     string       `db:"author_id"`
	Author       []byte       `db:"author"`
	Brand        string       `db:"brand"`
	Label        sql.NullBool `db:"label"`
	Extra        []byte       `db:"extra"`
}

// postSelect reads postRows from keys k. The key says the month, so that a post is
// looked for in one partition only; LIMIT 1 keeps the planner from reading them all
// into a table of hashes instead, which it likes while its statistics are young. An author with an id has figures of their own, the
// same for all their posts.
const postSelect = `
	SELECT p.id, k.revision, p.lang, p.title, p.body, p.posted_at, p.declared, p.links, p.pictures, p.picture_count, p.video_count,
	       p.likes, p.saves, p.shares, p.comments, p.comment_texts, p.author_id,
	       coalesce((SELECT to_jsonb(a) FROM studio.author a WHERE a.id = p.author_id AND p.author_id <> ''), p.author) AS author,
	       p.brand, p.label, p.extra
	  FROM studio.post_key k
	 CROSS JOIN LATERAL (SELECT * FROM studio.post x WHERE x.month = k.month AND x.id = k.id LIMIT 1) AS p`

// Get returns a post. Fault: NotFound.
func (p *Posts) Get(ctx context.Context, id string) (moderation.Post, error) {
	var row postRow
	err := p.db.read(ctx, func(q sqlx.QueryerContext) error {
		return sqlx.GetContext(ctx, q, &row, postSelect+` WHERE k.id = $1`, id)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return moderation.Post{}, fault.New(fault.NotFound, "what", "post", "id", id)
	}
	if err != nil {
		return moderation.Post{}, err
	}
	return row.post()
}

func (r postRow) post() (moderation.Post, error) {
	p := moderation.Post{
		ID: r.ID, Revision: r.Revision, Lang: r.Lang, Title: r.Title, Body: r.Body, Declared: r.Declared,
		PictureCount: r.PictureCount, VideoCount: r.VideoCount, Likes: r.Likes, Saves: r.Saves, Shares: r.Shares,
		Comments: r.Comments, Author: moderation.Author{ID: r.AuthorID}, Brand: r.Brand,
	}
	if r.Posted.Valid {
		p.Posted = r.Posted.Time.UTC()
	}
	if r.Label.Valid {
		p.Label = &r.Label.Bool
	}
	var (
		pictures []pictureJSON
		author   authorJSON
	)
	err := errors.Join(json.Unmarshal(r.Links, &p.Links), json.Unmarshal(r.Pictures, &pictures),
		json.Unmarshal(r.CommentTexts, &p.CommentTexts), json.Unmarshal(r.Extra, &p.Extra))
	if r.Author != nil {
		err = errors.Join(err, json.Unmarshal(r.Author, &author))
	}
	if err != nil {
		return moderation.Post{}, fault.Wrap(err, fault.Internal)
	}
	p.Pictures, p.Videos = pictured(pictures)
	author.into(&p.Author)
	// What came in empty goes out as it came.
	if len(p.Links) == 0 {
		p.Links = nil
	}
	if len(p.CommentTexts) == 0 {
		p.CommentTexts = nil
	}
	if len(p.Extra) == 0 {
		p.Extra = nil
	}
	return p, nil
}

// pictureJSON is a picture of a post, or a frame of one of its videos: frames lie among
// the pictures, behind them, so that whatever holds of a post's pictures (who may see
// them, where else they were seen, which of them stands for the post) holds of frames. A
// video without frames is an entry without a picture.
type pictureJSON struct {
	Name  string     `json:"name"`
	ID    assets.ID  `json:"id"`
	Video *videoJSON `json:"video,omitempty"`
}

type videoJSON struct {
	N      int    `json:"n"` // which of the post's videos, from 0
	At     int64  `json:"at"`
	Length int64  `json:"length"` // milliseconds, as At
	Width  int    `json:"width"`
	Height int    `json:"height"`
	Kind   string `json:"kind"`
	Codec  string `json:"codec"`
}

// pictured takes a post's pictures and videos apart.
func pictured(rows []pictureJSON) (pictures []moderation.PostPicture, videos []moderation.PostVideo) {
	last := -1
	for _, x := range rows {
		v := x.Video
		if v == nil {
			pictures = append(pictures, moderation.PostPicture{Name: x.Name, ID: x.ID})
			continue
		}
		if v.N != last {
			videos = append(videos, moderation.PostVideo{Name: x.Name, Kind: v.Kind, Codec: v.Codec,
				Length: time.Duration(v.Length) * time.Millisecond, Width: v.Width, Height: v.Height})
			last = v.N
		}
		if x.ID != "" {
			of := &videos[len(videos)-1]
			of.Frames = append(of.Frames, moderation.VideoFrame{At: time.Duration(v.At) * time.Millisecond, ID: x.ID})
		}
	}
	return pictures, videos
}

// picturesOf is what pictured takes apart.
func picturesOf(p moderation.Post) []pictureJSON {
	rows := make([]pictureJSON, len(p.Pictures))
	for i, x := range p.Pictures {
		rows[i] = pictureJSON{Name: x.Name, ID: x.ID}
	}
	for n, v := range p.Videos {
		film := videoJSON{N: n, Length: v.Length.Milliseconds(), Width: v.Width, Height: v.Height, Kind: v.Kind, Codec: v.Codec}
		if len(v.Frames) == 0 {
			rows = append(rows, pictureJSON{Name: v.Name, Video: &film})
		}
		for _, f := range v.Frames {
			frame := film
			frame.At = f.At.Milliseconds()
			rows = append(rows, pictureJSON{Name: v.Name, ID: f.ID, Video: &frame})
		}
	}
	return rows
}

// authorJSON are an author's figures without the id.
type authorJSON struct {
	Handle      string     `json:"handle"`
	Followers   int        `json:"followers"`
	Following   int        `json:"following"`
	Posts       int        `json:"posts"`
	PostsPerDay float64    `json:"posts_per_day"`
	Joined      *time.Time `json:"joined_at"`
}

func (j authorJSON) into(a *moderation.Author) {
	a.Handle, a.Followers, a.Following, a.Posts, a.PostsPerDay = j.Handle, j.Followers, j.Following, j.Posts, j.PostsPerDay
	if j.Joined != nil {
		a.Joined = j.Joined.UTC()
	}
}

// weeks is how far back AuthorHistory.PerWeek goes.
const weeks = 12

// History returns what is known of an author beside the post at hand, by the
// database's clock. A post without a date counts from its first import. An author
// without an id has no history.
func (p *Posts) History(ctx context.Context, authorID string) (moderation.AuthorHistory, error) {
	var row struct {
		Posts    int            `db:"posts"`
		Declared int            `db:"declared"`
		Breaches int            `db:"breaches"`
		TopBrand string         `db:"top_brand"`
		TopShare float64        `db:"top_share"`
		PerWeek  pq.Int64Array  `db:"per_week"`
		Latest   pq.StringArray `db:"latest"`
	}
	err := p.db.read(ctx, func(q sqlx.QueryerContext) error {
		return sqlx.GetContext(ctx, q, &row, `
			WITH clock AS (
			  SELECT clock_timestamp() AS now
			), mine AS MATERIALIZED (
			  SELECT p.id, p.brand, p.breached_at, coalesce(p.posted_at, p.first_at) AS at,
			         p.declared OR EXISTS (SELECT FROM studio.post_score s WHERE s.post = p.id AND s.disclosure = 'adequate') AS declared
			    FROM studio.post p WHERE p.author_id = $1 AND p.author_id <> ''
			), top AS (
			  SELECT brand, count(*) AS n, sum(count(*)) OVER () AS of FROM mine, clock
			   WHERE at > now - interval '30 days' AND at <= now GROUP BY brand
			   ORDER BY brand = '', n DESC, brand LIMIT 1
			)
			SELECT (SELECT count(*) FROM mine) AS posts,
			       (SELECT count(*) FROM mine WHERE declared) AS declared,
			       (SELECT count(*) FROM mine WHERE breached_at BETWEEN now - interval '365 days' AND now) AS breaches,
			       coalesce((SELECT brand FROM top), '') AS top_brand,
			       coalesce((SELECT CAST(n AS float8) / CAST(of AS float8) FROM top WHERE brand <> ''), 0) AS top_share,
			       ARRAY(SELECT count(m.id) FROM generate_series(`+itoa(weeks)+`, 1, -1) AS w
			               LEFT JOIN mine m ON m.at > now - w * interval '7 days' AND m.at <= now - (w - 1) * interval '7 days'
			              GROUP BY w ORDER BY w DESC) AS per_week,
			       ARRAY(SELECT id FROM mine ORDER BY at DESC, id LIMIT 8) AS latest
			  FROM clock`, authorID)
	})
	if err != nil {
		return moderation.AuthorHistory{}, err
	}
	h := moderation.AuthorHistory{Posts: row.Posts, Declared: row.Declared, Breaches: row.Breaches,
		TopBrand: row.TopBrand, TopShare: row.TopShare, LatestIDs: row.Latest, PerWeek: make([]int, weeks)}
	for i, n := range row.PerWeek {
		h.PerWeek[i] = int(n)
	}
	return h, nil
}
