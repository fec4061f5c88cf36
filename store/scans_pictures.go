package store

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"cinnabar/assets"
	"cinnabar/internal/fault"
	"cinnabar/moderation"
)

// withFound adds to posts what is known of their pictures: the codes that were read in
// them, and how many other authors' posts that were scanned before show the very same
// file. Pictures that only look alike are for people to judge (Pictures.Seen): asking for
// each would hold up a scan. What this login may not see is left out.
func withFound(ctx context.Context, q sqlx.QueryerContext, posts []moderation.Post) error {
	var pictures, authors pq.StringArray // of those that have a file, in order
	for _, p := range posts {
		for _, x := range p.Pictures {
			if x.ID != "" {
				pictures, authors = append(pictures, string(x.ID)), append(authors, p.Author.ID)
			}
		}
	}
	if len(pictures) == 0 {
		return nil
	}
	var looks []struct {
		Picture string `db:"picture"`
		Codes   []byte `db:"codes"`
	}
	if err := sqlx.SelectContext(ctx, q, &looks, `
		SELECT picture, codes FROM studio.picture_look WHERE picture = ANY ($1) AND codes <> '[]'`, pictures); err != nil {
		return err
	}
	codes := make(map[assets.ID][]string, len(looks))
	for _, l := range looks {
		var read []assets.Code
		if err := json.Unmarshal(l.Codes, &read); err != nil {
			return fault.Wrap(err, fault.Internal)
		}
		for _, c := range read {
			codes[assets.ID(l.Picture)] = append(codes[assets.ID(l.Picture)], c.Text)
		}
	}
	// From the marks that scans left: looking through all posts takes some 20 ms a picture.
	// A picture that half the platform shows needn't be counted to the end.
	var others []int
	if err := sqlx.SelectContext(ctx, q, &others, `
		SELECT (SELECT count(DISTINCT o.author) FROM (
		         SELECT c.author FROM studio.ring_channel c
		          WHERE c.channel = 'picture:' || x.picture AND c.author NOT IN ('', x.author) LIMIT 200) AS o)
		  FROM unnest(CAST($1 AS text[]), CAST($2 AS text[])) WITH ORDINALITY AS x(picture, author, n) ORDER BY x.n`, pictures, authors); err != nil {
		return err
	}
	n := 0
	for i := range posts {
		if len(posts[i].Pictures) == 0 {
			continue
		}
		posts[i].Pictures = slices.Clone(posts[i].Pictures)
		for j := range posts[i].Pictures {
			x := &posts[i].Pictures[j]
			if x.ID == "" {
				continue
			}
			x.Codes = codes[x.ID]
			// Of a post without an author nobody can say that others' are others'.
			if posts[i].Author.ID != "" {
				x.Others = others[n]
			}
			n++
		}
	}
	return nil
}
