package store_test

import (
	"database/sql"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"cinnabar/assets"
	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/store"
)

var march = time.Date(2026, 3, 14, 9, 26, 53, 589793000, time.UTC)

// somePost has every field set that an import brings.
func somePost(id string) moderation.Post {
	yes := true
	return moderation.Post{
		ID: id, Lang: "zh-Hans", Title: "早八人的面霜 " + id, Body: "链接在评论区 \"置顶\" \\ {a,b}\n第二行", Posted: march,
		Links:    []string{"https://example.com/?a=1&b=<2>"},
		Pictures: []moderation.PostPicture{{Name: "a.jpg", ID: picture("a")}, {Name: "never came.jpg"}},
		Videos: []moderation.PostVideo{
			{Name: "never came.mp4"},
			{Name: "b.mp4", Kind: "MP4", Codec: "h264", Length: 34_567 * time.Millisecond, Width: 1080, Height: 1920,
				Frames: []moderation.VideoFrame{{ID: picture("b0")}, {At: 17_283 * time.Millisecond, ID: picture("b1")}}},
			{Name: "b.mp4", Kind: "WebM", Codec: "vp9", Length: time.Second, Width: 64, Height: 48, Frames: []moderation.VideoFrame{{ID: picture("c0")}}},
		},
		PictureCount: 3, VideoCount: 1, Likes: 12, Saves: 3, Shares: 1, Comments: 1,
		CommentTexts: []moderation.Comment{{Author: "a2", Text: "求链接 🙏", Pinned: true}},
		Author:       moderation.Author{ID: "author-" + id, Handle: "小鹿", Followers: 12000, Following: 30, Posts: 88, PostsPerDay: 0.25, Joined: march},
		Brand:        "Luma Skin", Label: &yes, Extra: map[string]any{"mood": "😀", "n": 1.5, "deep": map[string]any{"x": []any{"y", nil}}},
	}
}

func numbered(n int, one func(id string) moderation.Post) []moderation.Post {
	posts := make([]moderation.Post, n)
	for i := range posts {
		posts[i] = one(fmt.Sprintf("p%05d", i))
	}
	return posts
}

func importPosts(t testing.TB, db *store.DB, posts ...moderation.Post) moderation.Tally {
	t.Helper()
	tally, err := db.Posts().Import(t.Context(), uuid.NewString(), slices.Values(posts), nil)
	if err != nil {
		t.Fatalf("import: %v", err)
	}
	return tally
}

func TestAPostComesBackAsItWentIn(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	db := d.Open(t, "worker1")
	whole, bare := somePost("p1"), moderation.Post{ID: "p2", Body: "只有正文"}
	nobody := somePost("p3") // figures without an author's id
	nobody.Author.ID = ""
	importPosts(t, db, whole, bare, nobody)
	for _, want := range []moderation.Post{whole, bare, nobody} {
		want.Revision = 1
		got, err := d.Open(t, "moderator1").Posts().Get(t.Context(), want.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-in +out):\n%s", want.ID, diff)
		}
	}
	_, err := db.Posts().Get(t.Context(), "p4")
	refused(t, err, fault.NotFound)
}

func TestAnyTextThatAFileCanHoldComesBack(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	db := d.Open(t, "worker1")
	n := 0
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.StringOf(rapid.Rune().Filter(func(c rune) bool { return c != 0 }))
		var posts []moderation.Post
		for range rapid.IntRange(1, 5).Draw(r, "rows") {
			n++
			posts = append(posts, moderation.Post{ID: fmt.Sprint(n), Revision: 1,
				Body: norm.NFC.String(text.Draw(r, "body")), Links: []string{text.Draw(r, "link")}, Extra: map[string]any{text.Draw(r, "key"): text.Draw(r, "value")}})
		}
		importPosts(t, db, posts...)
		for _, want := range posts {
			got, err := db.Posts().Get(t.Context(), want.ID)
			if err != nil {
				r.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				r.Fatalf("(-in +out):\n%s", diff)
			}
		}
	})
}

func TestASecondImportChangesNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	db := d.Open(t, "worker1")
	posts := numbered(50, somePost)
	for i := range posts {
		posts[i].Author.ID = "one author"
		posts[i].Author.Followers = i // as a crawl sees them: a little more each time
	}
	if got, want := importPosts(t, db, posts...), (moderation.Tally{Came: 50}); got != want {
		t.Fatalf("first import: %+v, want %+v", got, want)
	}
	rows := `SELECT md5(string_agg(x::text, '|' ORDER BY x::text)) FROM (
		SELECT to_jsonb(p) AS x FROM studio.post p UNION ALL SELECT to_jsonb(k) FROM studio.post_key k
		UNION ALL SELECT to_jsonb(a) FROM studio.author a UNION ALL SELECT to_jsonb(w) FROM studio.scan_wait w) AS y`
	before := d.one(rows)
	slices.Reverse(posts)
	if got, want := importPosts(t, d.Open(t, "moderator1"), posts...), (moderation.Tally{Stood: 50}); got != want {
		t.Errorf("second import: %+v, want %+v", got, want)
	}
	if after := d.one(rows); after != before {
		t.Error("the second import changed rows")
	}
}

func TestAnImportCountsWhatCameChangedAndStood(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	db := d.Open(t, "worker1")
	importPosts(t, db, numbered(10, somePost)...)
	next := numbered(15, somePost)
	next[2].Body = "改过的正文"
	next[3].Likes++
	next[4].Author.Followers++
	next[5].Label = nil
	if got, want := importPosts(t, db, next...), (moderation.Tally{Came: 5, Changed: 4, Stood: 6}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	p, err := db.Posts().Get(t.Context(), "p00002")
	if err != nil || p.Body != "改过的正文" || p.Revision != 2 {
		t.Errorf("the changed post is %q, revision %d, %v", p.Body, p.Revision, err)
	}
	if p, err = db.Posts().Get(t.Context(), "p00004"); err != nil || p.Author.Followers != 12001 {
		t.Errorf("the author has %d followers, %v", p.Author.Followers, err)
	}
	if got := d.one(`SELECT string_agg(came || ' ' || changed || ' ' || stood, ', ' ORDER BY started_at) FROM studio.import`); got != "10 0 0, 5 4 6" {
		t.Errorf("the database counted %s", got)
	}
}

func TestAnImportIsOneRowOfTheRecord(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	importPosts(t, d.Open(t, "worker1"), numbered(30, somePost)...)
	if got := d.one(`SELECT count(*) || ' ' || min(actor) || ' ' || min(action) || ' ' || min(detail) FROM studio.audit WHERE kind = 'import'`); got != `1 worker1 import.posts {"came": 30, "stood": 0, "changed": 0}` {
		t.Errorf("the record has %s", got)
	}
	d.inOrder()
}

func TestTheSameRequestImportsOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	db := d.Open(t, "worker1")
	request := uuid.NewString()
	first, err := db.Posts().Import(t.Context(), request, slices.Values(numbered(10, somePost)), nil)
	if err != nil {
		t.Fatal(err)
	}
	again, err := db.Posts().Import(t.Context(), request, slices.Values(numbered(10, somePost)), nil)
	if err != nil || again != first {
		t.Errorf("again: %+v, %v; at first %+v", again, err, first)
	}
	if n := d.one(`SELECT count(*) FROM studio.import`); n != "1" {
		t.Errorf("%s imports stand", n)
	}
}

func TestAFailingImportLeavesNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(*moderation.Post)
		want  fault.Code
		field string
	}{
		"a NUL byte":       {func(p *moderation.Post) { p.Body = "a\x00b" }, fault.FieldValue, "body"},
		"no UTF-8":         {func(p *moderation.Post) { p.Title = "a\xff" }, fault.FieldValue, "title"},
		"NUL in a comment": {func(p *moderation.Post) { p.CommentTexts = []moderation.Comment{{Text: "\x00"}} }, fault.FieldValue, "comment_texts.text"},
		"NUL in the rest":  {func(p *moderation.Post) { p.Extra = map[string]any{"a": []any{map[string]any{"\x00": 1}}} }, fault.FieldValue, "extra"},
		"no id":            {func(p *moderation.Post) { p.ID = "" }, fault.FieldMissing, "id"},
		"a long id":        {func(p *moderation.Post) { p.ID = strings.Repeat("x", 201) }, fault.FieldValue, "id"},
		"an id twice":      {func(p *moderation.Post) { p.ID = "p00000" }, fault.FieldTwice, "id"},
		"too many likes":   {func(p *moderation.Post) { p.Likes = 1 << 40 }, fault.FieldValue, "likes"},
		"no frame's id":    {func(p *moderation.Post) { p.Videos[1].Frames[1].ID = "../../etc" }, fault.FieldValue, "videos"},
		"no picture's id":  {func(p *moderation.Post) { p.Pictures[0].ID = "../../etc" }, fault.FieldValue, "images"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			posts := numbered(6000, func(id string) moderation.Post { return moderation.Post{ID: id, Body: "x"} })
			spoiled := somePost("spoiled")
			c.spoil(&spoiled)
			_, err := d.Open(t, "worker1").Posts().Import(t.Context(), uuid.NewString(), slices.Values(append(posts, spoiled)), nil)
			if f := refused(t, err, c.want); f.Args["field"] != c.field {
				t.Errorf("the fault speaks of %q, want %q", f.Args["field"], c.field)
			}
			if n := d.one(`SELECT (SELECT count(*) FROM studio.post) + (SELECT count(*) FROM studio.post_key) + (SELECT count(*) FROM studio.import)`); n != "0" {
				t.Errorf("%s rows were left", n)
			}
		})
	}
}

func TestPartsOfAnImportWithoutItsEndAreRefused(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	db := d.raw("worker1")
	for name, statements := range map[string][]string{
		"no end":   {`BEGIN`, `SELECT studio.import_begin('` + uuid.NewString() + `', 'applications')`, `COMMIT`},
		"no begin": {`SELECT studio.applications_import('` + uuid.NewString() + `', '[]')`},
		"another kind": {`BEGIN`, `SELECT studio.import_begin('00000000-0000-4000-8000-000000000001', 'applications')`,
			`SELECT studio.pictures_import('00000000-0000-4000-8000-000000000001', '{}', '{}', '{}', '{}')`},
		"a colleague's":  {`SELECT studio.scan_enqueue('{}', '{}')`},
		"a state of own": {`SELECT studio.application_decided('a', 'approved', now())`},
		"a table":        {`INSERT INTO studio.author VALUES ('a', '', 0, 0, 0, 0, NULL, now())`},
	} {
		var err error
		for _, s := range statements {
			if _, err = db.ExecContext(t.Context(), s); err != nil {
				break
			}
		}
		if err == nil {
			t.Errorf("%s went through", name)
		}
		if _, err := db.ExecContext(t.Context(), `ROLLBACK`); err != nil {
			t.Fatal(err)
		}
	}
}

func TestConcurrentImportsMakeTheirMonths(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.Open(t, "worker1") // before any month of theirs is there
	const importers, months = 6, 30
	var wg sync.WaitGroup
	for i := range importers {
		db := d.Open(t, []string{"worker1", "moderator1", "lead1"}[i%3])
		wg.Go(func() {
			var posts []moderation.Post
			for m := range months {
				// Each in another order, more than a batch apart, some months shared.
				at := time.Date(2014, time.Month(1+(m*(i+1))%months), 3, 0, 0, 0, 0, time.UTC)
				posts = append(posts, moderation.Post{ID: fmt.Sprintf("m%d-%d", i, m), Body: "x", Posted: at, Author: moderation.Author{ID: fmt.Sprint("a", m%4)}})
			}
			for half := range slices.Chunk(posts, months/2) {
				if got, err := db.Posts().Import(t.Context(), uuid.NewString(), slices.Values(half), nil); err != nil || got.Came != months/2 {
					t.Errorf("importer %d: %+v, %v", i, got, err)
				}
			}
		})
	}
	wg.Wait()
	if n := d.one(`SELECT count(*) FROM studio.post`); n != fmt.Sprint(importers*months) {
		t.Errorf("%s posts came", n)
	}
	if n := d.one(`SELECT count(*) FROM studio.post WHERE tableoid::regclass::text <> 'studio.post' || to_char(posted_at AT TIME ZONE 'UTC', '"_"YYYY"_"MM')`); n != "0" {
		t.Errorf("%s posts lie in another month's partition", n)
	}
}

func TestOddDatesMakeNoPartitions(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	partitions := `SELECT count(*) FROM pg_inherits WHERE inhparent = 'studio.post'::regclass`
	before := d.one(partitions)
	var posts []moderation.Post
	for year := 1; year < 9999; year += 100 {
		if year < 2010 || year > 2030 {
			posts = append(posts, moderation.Post{ID: fmt.Sprint(year), Body: "x", Posted: time.Date(year, 5, 1, 0, 0, 0, 0, time.UTC)})
		}
	}
	importPosts(t, d.Open(t, "worker1"), posts...)
	if after := d.one(partitions); after != before {
		t.Errorf("%s partitions became %s", before, after)
	}
	p, err := d.Open(t, "worker1").Posts().Get(t.Context(), "9901")
	if err != nil || p.Posted.Year() != 9901 {
		t.Errorf("the date is %v, %v", p.Posted, err)
	}
}

func TestTheSamePostsFromManyFilesComeOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	var came, stood atomic.Int64
	var wg sync.WaitGroup
	for range 4 {
		db := d.Open(t, "worker1")
		wg.Go(func() {
			tally, err := db.Posts().Import(t.Context(), uuid.NewString(), slices.Values(numbered(300, somePost)), nil)
			if err != nil {
				t.Error(err)
			}
			came.Add(int64(tally.Came))
			stood.Add(int64(tally.Stood))
		})
	}
	wg.Wait()
	if came.Load() != 300 || stood.Load() != 900 {
		t.Errorf("%d came and %d stood, want 300 and 900", came.Load(), stood.Load())
	}
}

func TestAPostKeepsItsMonthWhenItsDateMoves(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	db := d.Open(t, "worker1")
	p := somePost("p1")
	importPosts(t, db, p)
	p.Posted = march.AddDate(0, -5, 0)
	if got := importPosts(t, db, p); got.Changed != 1 {
		t.Errorf("%+v", got)
	}
	if n := d.one(`SELECT count(*) FROM studio.post`); n != "1" {
		t.Errorf("%s posts stand", n)
	}
	if got, err := db.Posts().Get(t.Context(), "p1"); err != nil || !got.Posted.Equal(p.Posted) {
		t.Errorf("posted %v, %v", got.Posted, err)
	}
}

func TestRowsOfAPipeAreNotTakenForTheWholeTwice(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	// The server goes away in the second batch; the rows can't be read again.
	posts := numbered(12000, func(id string) moderation.Post { return moderation.Post{ID: id, Body: "x"} })
	next, stop := iter.Pull(slices.Values(posts))
	defer stop()
	once := func(yield func(moderation.Post) bool) {
		for p, ok := next(); ok; p, ok = next() {
			if !yield(p) {
				return
			}
		}
	}
	killed := false
	_, err := d.Open(t, "worker1").Posts().Import(t.Context(), uuid.NewString(), once, func(int) {
		if !killed {
			killed = true
			d.exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'worker1' AND datname = current_database()`)
		}
	})
	refused(t, err, fault.Offline)
	if n := d.one(`SELECT count(*) FROM studio.post_key`); n != "0" {
		t.Errorf("%s posts of half a file stand", n)
	}

	// The same loss with rows that can be read again goes unnoticed.
	killed = false
	tally, err := d.Open(t, "worker1").Posts().Import(t.Context(), uuid.NewString(), slices.Values(posts), func(int) {
		if !killed {
			killed = true
			d.exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'worker1' AND datname = current_database()`)
		}
	})
	if err != nil || tally.Came != len(posts) {
		t.Errorf("%+v, %v", tally, err)
	}
}

func TestAnAuthorsHistoryIsCounted(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	db := d.Open(t, "worker1")
	now := time.Now()
	post := func(id string, days int, brand string, declared bool) moderation.Post {
		return moderation.Post{ID: id, Body: "x", Posted: now.AddDate(0, 0, -days), Brand: brand, Declared: declared, Author: moderation.Author{ID: "a"}}
	}
	importPosts(t, db, post("1", 1, "Luma", true), post("2", 2, "Luma", false), post("3", 9, "", false), post("4", 20, "Other", false),
		post("5", 50, "Other", false), post("6", 300, "Other", true), moderation.Post{ID: "7", Body: "x", Author: moderation.Author{ID: "b"}},
		moderation.Post{ID: "8", Body: "x"})
	d.exec(`SELECT studio.post_decided('2', 'label_required', now())`)
	d.exec(`SELECT studio.post_decided('3', 'label_required', now() + interval '1 hour')`) // may still be undone
	d.exec(`SELECT studio.post_decided('4', 'label_required', now()), studio.post_decided('4', 'open', now())`)
	got, err := d.Open(t, "moderator1").Posts().History(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	want := moderation.AuthorHistory{Posts: 6, Declared: 2, Breaches: 1, TopBrand: "Luma", TopShare: 0.5,
		PerWeek: []int{0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 2}, LatestIDs: []string{"1", "2", "3", "4", "5", "6"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	none, err := db.Posts().History(t.Context(), "")
	if err != nil || none.Posts != 0 || len(none.PerWeek) != 12 {
		t.Errorf("nobody's history: %+v, %v", none, err)
	}
}

func TestMarketersSeeNoPosts(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	importPosts(t, d.Open(t, "worker1"), somePost("p1"))
	db := d.Open(t, "marketer1")
	_, err := db.Posts().Get(t.Context(), "p1")
	refused(t, err, fault.NoRight)
	_, err = db.Posts().Import(t.Context(), uuid.NewString(), slices.Values([]moderation.Post{somePost("p2")}), nil)
	refused(t, err, fault.NoRight)
	_, err = db.Scans().Waiting(t.Context(), "m")
	refused(t, err, fault.NoRight)
	_, err = db.Scans().Take(t.Context(), uuid.NewString(), "m", 1)
	refused(t, err, fault.NoRight)
}

// picture is the ID of some bytes.
func picture(data string) assets.ID { return assets.IDOf([]byte(data)) }

// raw is one connection as a hostile client would use it.
func (d *desk) raw(login string) *sql.Conn {
	d.t.Helper()
	db, err := sql.Open("postgres", d.URL(login))
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { db.Close() })
	conn, err := db.Conn(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { conn.Close() })
	if _, err := conn.ExecContext(d.t.Context(), `SELECT set_config('cinnabar.client', '1', false)`); err != nil {
		d.t.Fatal(err)
	}
	return conn
}

func ids(posts []moderation.Post) []string {
	all := map[string]bool{}
	for _, p := range posts {
		all[p.ID] = true
	}
	return slices.Sorted(maps.Keys(all))
}
