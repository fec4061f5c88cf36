package store_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"cinnabar/moderation"
	"cinnabar/store/storetest"
)

// BenchmarkImportAgainstCopy imports posts and, in the same run, COPYs the same rows
// into a table of the same shape, partitions and indexes, which keeps no keys, no
// authors, no queue for the scan and no record. The bar is half of COPY's speed.
//
//	go test ./store -run '^$' -bench ImportAgainstCopy -benchtime 3x
func BenchmarkImportAgainstCopy(b *testing.B) {
	for _, size := range []int{300, 2000} { // characters of the body
		b.Run(fmt.Sprintf("body=%d", size), func(b *testing.B) {
			posts := syntheticPosts(50_000, size)
			var copied, imported, again time.Duration
			for b.Loop() {
				env := storetest.New(b)
				super := env.Super(b)
				db := env.Open(b, "worker1")
				importPosts(b, db, moderation.Post{ID: "first", Body: "x"})
				take(b, db, model, 1) // a model is awake, as it always is
				months := make([]string, 14)
				for i := range months {
					months[i] = time.Date(2025, time.Month(2+i), 1, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
				}
				if _, err := super.ExecContext(b.Context(), `SELECT studio.post_months_ready(CAST($1 AS date[]))`, "{"+strings.Join(months, ",")+"}"); err != nil {
					b.Fatal(err)
				}
				copied += copyPosts(b, super, months, posts)
				start := time.Now()
				importPosts(b, db, posts...)
				imported += time.Since(start)
				start = time.Now()
				importPosts(b, db, posts...)
				again += time.Since(start)
			}
			b.ReportMetric(copied.Seconds()/imported.Seconds(), "of_copy")
			b.ReportMetric(copied.Seconds()/again.Seconds(), "of_copy_repeated")
			b.ReportMetric(float64(len(posts)*b.N)/imported.Seconds(), "posts/s")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func copyPosts(b *testing.B, super *sql.DB, months []string, posts []moderation.Post) time.Duration {
	b.Helper()
	exec := func(query string) {
		if _, err := super.ExecContext(b.Context(), query); err != nil {
			b.Fatalf("%s: %v", query, err)
		}
	}
	exec(`CREATE TABLE public.post (LIKE studio.post INCLUDING ALL) PARTITION BY RANGE (month)`)
	for i, m := range months[:len(months)-1] {
		exec(fmt.Sprintf(`CREATE TABLE public.post_%d PARTITION OF public.post FOR VALUES FROM ('%s') TO ('%s')`, i, m, months[i+1]))
	}
	start := time.Now()
	tx, err := super.BeginTx(context.WithoutCancel(b.Context()), nil)
	if err != nil {
		b.Fatal(err)
	}
	stmt, err := tx.Prepare(`COPY public.post (month, id, lang, title, body, posted_at, first_at, entered_by, declared, links, pictures, picture_count, video_count,
		likes, saves, shares, comments, comment_texts, author_id, author, brand, label, extra) FROM STDIN`)
	if err != nil {
		b.Fatal(err)
	}
	asJSON := func(v any) string {
		raw, err := json.Marshal(v)
		if err != nil {
			b.Fatal(err)
		}
		return string(raw)
	}
	for _, p := range posts {
		month := time.Date(p.Posted.Year(), p.Posted.Month(), 1, 0, 0, 0, 0, time.UTC)
		if _, err := stmt.Exec(month, p.ID, p.Lang, p.Title, p.Body, p.Posted, start, "worker1", p.Declared, asJSON(p.Links), asJSON(p.Pictures),
			p.PictureCount, p.VideoCount, p.Likes, p.Saves, p.Shares, p.Comments, asJSON(p.CommentTexts), p.Author.ID, nil, p.Brand, nil, "{}"); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := stmt.Exec(); err != nil {
		b.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

func syntheticPosts(n, size int) []moderation.Post {
	r := rand.New(rand.NewPCG(1, 2))
	letters := []rune("今天给大家分享一个超级好用的面霜真的很滋润不油腻推荐姐妹们试试看链接在评论区早晚各用一次皮肤变得光滑细腻，。\n")
	words := func(n int) string {
		text := make([]rune, n)
		for i := range text {
			text[i] = letters[r.IntN(len(letters))]
		}
		return string(text)
	}
	posts := make([]moderation.Post, n)
	for i := range posts {
		id := fmt.Sprintf("%016x", r.Uint64())
		posts[i] = moderation.Post{
			ID: id, Lang: "zh-Hans", Title: words(14), Body: words(size/2 + r.IntN(size)),
			Posted: time.Date(2025, 2, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(r.IntN(360*24)) * time.Hour),
			Links:  []string{"https://example.com/item?id=" + id}, Pictures: []moderation.PostPicture{{Name: id + ".jpg"}},
			PictureCount: 3, Likes: r.IntN(10000), Saves: r.IntN(1000), Shares: r.IntN(100), Comments: r.IntN(100),
			CommentTexts: []moderation.Comment{{Author: "a", Text: words(12)}},
			Author:       moderation.Author{ID: fmt.Sprintf("author-%d", r.IntN(5000)), Handle: words(4), Followers: r.IntN(100000), Posts: 20, PostsPerDay: r.Float64()},
		}
	}
	return slices.Clip(posts)
}

// BenchmarkTakingWork takes and scores a hundred posts at a time from a table in
// which everything but the last few thousand has been scored long ago.
func BenchmarkTakingWork(b *testing.B) {
	env := storetest.New(b)
	super := env.Super(b)
	db := env.Open(b, "worker1")
	take(b, db, model, 1)
	for _, s := range []string{
		`INSERT INTO studio.post_key (id, month, digest, changed_at) SELECT 'old' || n, studio.post_month(now(), now()), '', now() FROM generate_series(1, 1000000) n`,
		`INSERT INTO studio.post_score SELECT 'old' || n, m.id, 1, 0.1, 'none', false, now() FROM generate_series(1, 1000000) n, studio.scan_model m`,
		`UPDATE studio.scan_model SET filled_to = NULL`,
		`ANALYZE studio.post_key, studio.post_score`,
	} {
		if _, err := super.ExecContext(b.Context(), s); err != nil {
			b.Fatal(err)
		}
	}
	importPosts(b, db, syntheticPosts(20_000, 300)...)
	for b.Loop() {
		posts, err := db.Scans().Take(b.Context(), uuid.NewString(), model, 100)
		if err != nil || len(posts) == 0 {
			b.Fatal(len(posts), err)
		}
		put(b, db, model, scores(posts, false)...)
	}
}
