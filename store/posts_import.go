package store

import (
	"context"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
)

// A batch is as many posts as pay for a call, and not more than the server likes to
// hold in memory at once.
const (
	postBatch      = 2000
	postBatchBytes = 8 << 20
)

// Import brings posts in, in one transaction: new ones came, those whose content
// or figures differ are changed and will be scanned again, the rest stood. report,
// which may be nil, is told how many rows are done.
//
// Faults: FieldValue (a NUL byte, bytes that are no UTF-8, a number out of range),
// FieldMissing, FieldTwice for an id that stands twice; each says the id. Then
// nothing came in.
//
// rows is read in a goroutine of its own, and once more when the transaction has to
// run again.
func (p *Posts) Import(ctx context.Context, request string, rows iter.Seq[moderation.Post], report func(done int)) (moderation.Tally, error) {
	batches := newPipeline(postBatches(rows))
	defer func() { batches.stop() }()
	// The months of the first batch are made ahead, which for most files is all of
	// them: inside the import nobody else could make one until its end.
	first, some, err := batches.next(ctx)
	if err != nil {
		return moderation.Tally{}, p.db.explain(ctx, err)
	}
	if some {
		if err := p.db.call(ctx, nil, `SELECT studio.posts_months($1)`, first.posted); err != nil {
			return moderation.Tally{}, err
		}
	}

	again := reread{host: p.db.address.host}
	ran := false
	return p.db.importing(ctx, request, "posts", func(tx *sqlx.Tx) error {
		batch, more, err := first, some, error(nil)
		if ran {
			batches.stop()
			batches = newPipeline(postBatches(rows))
			batch, more, err = batches.next(ctx)
		}
		ran = true
		again.start()
		authors := map[string]moderation.Author{}
		for ; more && err == nil; batch, more, err = batches.next(ctx) {
			// Noted before the call: one that is lost has taken its rows off a pipe too.
			again.read(batch.first, batch.rows)
			var stood pq.Int64Array
			if err := tx.QueryRowxContext(ctx, postsImport, append([]any{request}, batch.columns...)...).Scan(&stood); err != nil {
				return err
			}
			batch.keepAuthors(authors, stood)
			if report != nil {
				report(again.rows)
			}
		}
		if err != nil {
			return err
		}
		if err := importAuthors(ctx, tx, request, authors); err != nil {
			return err
		}
		return again.complete()
	})
}

const postsImport = `SELECT studio.posts_import($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`

// postsBatch is a batch ready for the server.
type postsBatch struct {
	columns []any  // in the order of posts_import's parameters
	posted  []byte // of these, when they were posted
	rows    int
	first   string              // id of the first row
	authors []moderation.Author // of each row; zero without an id
}

// keepAuthors remembers the figures of the authors whose rows did not stand; the
// last one in the file counts. An old file that comes again so takes nothing back.
func (b *postsBatch) keepAuthors(all map[string]moderation.Author, stood []int64) {
	for i, a := range b.authors {
		if len(stood) > 0 && stood[0] == int64(i+1) {
			stood = stood[1:]
			continue
		}
		if a.ID != "" {
			all[a.ID] = a
		}
	}
}

// postBatches checks rows and cuts them into batches.
func postBatches(rows iter.Seq[moderation.Post]) func(hand func(postsBatch) bool) error {
	return func(hand func(postsBatch) bool) error {
		next := &postColumns{}
		seen := map[string]struct{}{}
		for p := range rows {
			if _, twice := seen[p.ID]; twice {
				return fault.New(fault.FieldTwice, "field", "id", "value", excerpt(p.ID))
			}
			seen[p.ID] = struct{}{}
			if next.rows == 0 {
				next.first = p.ID
			}
			if err := next.add(p); err != nil {
				return err
			}
			if next.rows == postBatch || next.size() >= postBatchBytes {
				if !hand(next.batch()) {
					return nil
				}
				next = next.next()
			}
		}
		if next.rows > 0 {
			hand(next.batch())
		}
		return nil
	}
}

// postColumns is a batch in the making.
type postColumns struct {
	id, lang, title, body, posted, declared      column
	links, pictures, pictureCount, videoCount    column
	likes, saves, shares, comments, commentTexts column
	authorID, author, brand, label, extra        column
	rows                                         int
	first                                        string // id of the first row
	authors                                      []moderation.Author
}

func (b *postColumns) size() int {
	return b.title.size() + b.body.size() + b.links.size() + b.commentTexts.size() + b.extra.size()
}

// all are the columns in the order of posts_import's parameters, with what they hold.
func (b *postColumns) all() []typedColumn {
	return []typedColumn{
		{&b.id, oidText}, {&b.lang, oidText}, {&b.title, oidText}, {&b.body, oidText}, {&b.posted, oidTimestamptz}, {&b.declared, oidBool},
		{&b.links, oidJSONB}, {&b.pictures, oidJSONB}, {&b.pictureCount, oidInt4}, {&b.videoCount, oidInt4}, {&b.likes, oidInt8},
		{&b.saves, oidInt8}, {&b.shares, oidInt8}, {&b.comments, oidInt8}, {&b.commentTexts, oidJSONB}, {&b.authorID, oidText},
		{&b.author, oidJSONB}, {&b.brand, oidText}, {&b.label, oidBool}, {&b.extra, oidJSONB},
	}
}

func (b *postColumns) batch() postsBatch {
	out := postsBatch{rows: b.rows, first: b.first, authors: b.authors, posted: b.posted.array(oidTimestamptz)}
	for _, c := range b.all() {
		out.columns = append(out.columns, c.array(c.element))
	}
	return out
}

// next returns empty columns with room for a batch like this one.
func (b *postColumns) next() *postColumns {
	next := &postColumns{authors: make([]moderation.Author, 0, b.rows)}
	columns := next.all()
	for i, c := range b.all() {
		columns[i].reserve(c.size() + c.size()/8)
	}
	return next
}

// add checks a post and appends it. A post that is refused leaves the batch unusable.
func (b *postColumns) add(p moderation.Post) error {
	c := &checked{row: excerpt(p.ID)}
	b.id.text(c.id("id", p.ID, true))
	b.lang.text(c.text("lang", p.Lang))
	b.title.text(c.text("title", p.Title))
	b.body.text(c.text("body", p.Body))
	b.posted.time(p.Posted)
	b.declared.bool(p.Declared)
	for _, link := range p.Links {
		c.clean("links", link)
	}
	pictures := picturesOf(p)
	for i, x := range pictures {
		field := "images"
		if x.Video != nil {
			field = "videos"
		}
		if x.ID != "" && !x.ID.Valid() {
			c.refuse(c.value(field, string(x.ID)))
		}
		pictures[i].Name = c.text(field, x.Name)
	}
	b.pictureCount.int4(c.number("image_count", p.PictureCount))
	b.videoCount.int4(c.number("video_count", p.VideoCount))
	b.likes.int8(c.number("likes", p.Likes))
	b.saves.int8(c.number("saves", p.Saves))
	b.shares.int8(c.number("shares", p.Shares))
	b.comments.int8(c.number("comments", p.Comments))
	comments := make([]moderation.Comment, len(p.CommentTexts))
	for i, x := range p.CommentTexts {
		comments[i] = moderation.Comment{Author: c.text("comment_texts.author", x.Author), Text: c.text("comment_texts.text", x.Text), Pinned: x.Pinned}
	}
	author := c.author(p.Author)
	b.authorID.text(author.ID)
	b.brand.text(c.text("brand", p.Brand))
	b.label.maybe(p.Label)
	c.any("extra", p.Extra)
	if c.err != nil {
		return c.err
	}
	b.links.json(p.Links, len(p.Links))
	b.pictures.json(pictures, len(pictures))
	b.commentTexts.json(comments, len(comments))
	b.extra.json(p.Extra, len(p.Extra))
	if author == (moderation.Author{ID: author.ID}) {
		b.author.unknown()
	} else {
		b.author.json(authorJSON{Handle: author.Handle, Followers: author.Followers, Following: author.Following,
			Posts: author.Posts, PostsPerDay: author.PostsPerDay, Joined: momentOf(author.Joined)}, 1)
	}
	b.authors = append(b.authors, author)
	b.rows++
	return nil
}

func (c *checked) author(a moderation.Author) moderation.Author {
	a.ID = c.id("author.id", a.ID, false)
	a.Handle = c.text("author.handle", a.Handle)
	a.Followers = c.number("author.followers", a.Followers)
	a.Following = c.number("author.following", a.Following)
	a.Posts = c.number("author.posts", a.Posts)
	if !finite(a.PostsPerDay) {
		c.refuse(c.value("author.posts_per_day", "NaN"))
	}
	// Microseconds, as Postgres keeps them: else the figures would differ at every import.
	a.Joined = a.Joined.UTC().Truncate(time.Microsecond)
	return a
}

// importAuthors sends the figures in the order of ids, over the whole file: two
// imports that touched authors in any other order would wait for each other in a ring.
func importAuthors(ctx context.Context, tx *sqlx.Tx, request string, authors map[string]moderation.Author) error {
	ids := slices.Sorted(maps.Keys(authors))
	for some := range slices.Chunk(ids, postBatch) {
		var id, handle, followers, following, posts, perDay, joined column
		for _, one := range some {
			a := authors[one]
			id.text(a.ID)
			handle.text(a.Handle)
			followers.int8(a.Followers)
			following.int8(a.Following)
			posts.int8(a.Posts)
			perDay.float(a.PostsPerDay)
			joined.time(a.Joined)
		}
		if _, err := tx.ExecContext(ctx, `SELECT studio.authors_import($1, $2, $3, $4, $5, $6, $7, $8)`, request,
			id.array(oidText), handle.array(oidText), followers.array(oidInt8), following.array(oidInt8), posts.array(oidInt8),
			perDay.array(oidFloat8), joined.array(oidTimestamptz)); err != nil {
			return err
		}
	}
	return nil
}
