package store_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"cinnabar/moderation"
	"cinnabar/moderation/rings"
	"cinnabar/store"
)

// pitch is a text of a theme that many hands wrote with their own numbers in it.
func pitch(theme string, i int) string {
	if theme == "民宿" {
		return fmt.Sprintf("周末两天一夜的海边民宿，%d号出发，一路上没怎么堵车，中午就到了。阳台正对着海，风很大，老板娘人很亲切，"+
			"给我们推荐了附近的大排档，人均才%d块，晚上还能赶海捡贝壳，带老人和孩子来也完全没问题，已经约好下个月再来一次。", i+1, i%5+60)
	}
	return fmt.Sprintf("%s真的太好用了，用了%d天皮肤就不干了，早晚各一次，推开就吸收，一点也不油腻。室友问了我三次链接，"+
		"姐妹们闭眼入就对了，学生党也完全负担得起，我已经回购了第%d瓶，强烈推荐给换季爱泛红的你们。", theme, i+3, i%4+2)
}

// outsideAudit are ids that no random audit takes.
func outsideAudit(prefix string, n int) []string {
	var ids []string
	for i := 0; len(ids) < n; i++ {
		if id := fmt.Sprintf("%s%04d", prefix, i); !inAudit(id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// pitches are posts of different authors with the same text, a minute after each other.
func pitches(prefix, theme string, n int) []moderation.Post {
	var posts []moderation.Post
	for i, id := range outsideAudit(prefix, n) {
		posts = append(posts, moderation.Post{ID: id, Lang: "zh-Hans", Title: theme, Body: pitch(theme, i),
			Posted: time.Date(2026, 3, 1, 9, i, 0, 0, time.UTC), Author: moderation.Author{ID: "author of " + id, Handle: "h" + id}})
	}
	return posts
}

// marksFor are the marks of posts as a scan brings them.
func marksFor(posts []moderation.Post) []rings.Marked {
	marked := make([]rings.Marked, len(posts))
	for i, p := range posts {
		marked[i] = rings.Marked{Post: p.ID, Revision: p.Revision, Marks: rings.Mark(p)}
	}
	return marked
}

// judged are the edges that a scan finds for posts whose marks are kept.
func judged(db *store.DB, t testing.TB, posts []moderation.Post) []rings.Edge {
	t.Helper()
	var ids []string
	for _, p := range posts {
		ids = append(ids, p.ID)
	}
	found, err := db.Rings().Candidates(t.Context(), ids)
	if err != nil {
		t.Fatal(err)
	}
	var edges []rings.Edge
	for _, p := range posts {
		if len(found.Of[p.ID]) == 0 {
			continue
		}
		var others []*rings.Reading
		more, err := db.Posts().Some(t.Context(), rings.Worth(rings.Mark(p), found.Of[p.ID]))
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range more {
			others = append(others, rings.Read(o))
		}
		ringOf := map[string]string{}
		for _, c := range found.Of[p.ID] {
			ringOf[c.Post] = c.Ring
		}
		edges = append(edges, rings.Holding(p.ID, rings.Match(rings.Read(p), others, rings.Known{Authors: found.Authors}),
			func(id string) string { return ringOf[id] })...)
	}
	return edges
}

func linked(db *store.DB, t testing.TB, posts []moderation.Post) {
	t.Helper()
	if err := db.Rings().Link(t.Context(), uuid.NewString(), posts, judged(db, t, posts)); err != nil {
		t.Fatal(err)
	}
}

// scanned scores and links all that waits, flagged or not.
func scanned(db *store.DB, t testing.TB, batch int, flag bool) {
	t.Helper()
	for {
		posts := take(t, db, model, batch)
		if len(posts) == 0 {
			return
		}
		if _, err := db.Scans().Put(t.Context(), uuid.NewString(), model, scores(posts, flag), marksFor(posts)...); err != nil {
			t.Fatal(err)
		}
		linked(db, t, posts)
	}
}

// rest marks and links what others left behind.
func rest(db *store.DB, t testing.TB) (n int) {
	t.Helper()
	for {
		posts, err := db.Rings().Take(t.Context(), 100)
		if err != nil {
			t.Fatal(err)
		}
		if len(posts) == 0 {
			return n
		}
		n += len(posts)
		if err := db.Rings().Keep(t.Context(), marksFor(posts)); err != nil {
			t.Fatal(err)
		}
		linked(db, t, posts)
	}
}

// grouped says which posts are in a ring together: "a b c, d e".
func (d *desk) grouped() string {
	d.t.Helper()
	return d.one(`SELECT coalesce(string_agg(posts, ', ' ORDER BY posts), '') FROM (
		SELECT string_agg(p.post, ' ' ORDER BY p.post) AS posts FROM studio.ring_post p JOIN studio.ring r ON r.key = p.ring WHERE r.authors > 1 GROUP BY p.ring) AS x`)
}

func idsOf(posts []moderation.Post) string {
	var ids []string
	for _, p := range posts {
		ids = append(ids, p.ID)
	}
	slices.Sort(ids)
	return strings.Join(ids, " ")
}

func TestTheDatabaseNamesARingAsTheProgramDoes(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for _, id := range []string{"p1", "笔记-1", "a b"} {
		if got, want := d.one(`SELECT studio.ring_key($1)`, id), rings.KeyOf(rings.Ref{ID: id}); got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
	if got := d.one(`SELECT studio.ring_version()`); got != fmt.Sprint(rings.Version) {
		t.Errorf("the database compares marks of version %s, the program makes %d", got, rings.Version)
	}
}

func TestScansAtOnceLoseNoEdge(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	const scanners = 6
	one, two, lone := pitches("a", "水光精华", 60), pitches("b", "民宿", 40), ordinary(100)
	all := slices.Concat(one, two, lone)
	importPosts(t, d.Open(t, "worker1"), all...)
	var wg sync.WaitGroup
	for i := range scanners {
		db := d.Open(t, []string{"worker1", "moderator1", "lead1"}[i%3])
		wg.Go(func() { scanned(db, t, 7, true) })
	}
	wg.Wait()
	if got, want := d.grouped(), idsOf(one)+", "+idsOf(two); got != want {
		t.Errorf("rings of\n%s, want\n%s", got, want)
	}
	if n := d.one(`SELECT count(*) FROM studio.ring_wait`); n != "0" {
		t.Errorf("%s posts still wait", n)
	}
	if got, want := d.one(`SELECT string_agg(key, ' ' ORDER BY posts DESC) FROM studio.ring WHERE authors > 1`),
		rings.KeyOf(rings.Ref{ID: one[0].ID})+" "+rings.KeyOf(rings.Ref{ID: two[0].ID}); got != want {
		t.Errorf("rings %s, want those of their oldest posts, %s", got, want)
	}
	d.inOrder()
}

func TestWhatADeadScanLeftIsLinkedByAnother(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	worker, other := d.Open(t, "worker1"), d.Open(t, "moderator1")
	posts := pitches("a", "水光精华", 6)
	importPosts(t, worker, posts...)
	// One dies right after its scores came in, another before it links what it took.
	first := take(t, worker, model, 3)
	if _, err := worker.Scans().Put(t.Context(), uuid.NewString(), model, scores(first, false), marksFor(first)...); err != nil {
		t.Fatal(err)
	}
	put(t, worker, model, scores(take(t, worker, model, 3), false)...) // and one of an older program has no marks
	if n := rest(other, t); n != 3 {
		t.Errorf("%d posts were taken, want those without marks alone", n)
	}
	d.exec(`UPDATE studio.ring_wait SET until = now()`)
	if taken, err := other.Rings().Take(t.Context(), 10); err != nil || len(taken) != 3 {
		t.Fatal(taken, err)
	}
	if n := rest(other, t); n != 0 {
		t.Errorf("%d posts were handed out twice", n)
	}
	d.exec(`UPDATE studio.ring_wait SET until = now()`)
	if n := rest(other, t); n != 3 {
		t.Errorf("%d posts were taken of what was left behind", n)
	}
	if got := d.grouped(); got != idsOf(posts) {
		t.Errorf("rings of %s", got)
	}
	d.inOrder()
}

func TestPostsFromBeforeAreMarkedAndLinked(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	worker := d.Open(t, "worker1")
	posts := pitches("a", "水光精华", 5)
	importPosts(t, worker, posts...)
	put(t, worker, model, scores(take(t, worker, model, 4), false)...) // one is not scored yet
	d.exec(`DELETE FROM studio.ring_wait`)
	if n := rest(worker, t); n != 4 {
		t.Errorf("%d posts from before were taken", n)
	}
	scanned(worker, t, 10, false)
	if got := d.grouped(); got != idsOf(posts) {
		t.Errorf("rings of %s", got)
	}
	if n := rest(worker, t); n != 0 {
		t.Errorf("%d more", n)
	}
}

func TestRingsMergeAndPartAsWordsChange(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	worker := d.Open(t, "worker1")
	one, two := pitches("a", "水光精华", 3), pitches("b", "民宿", 3)
	one[1].Body += "加微信 lumi_88 了解"
	importPosts(t, worker, slices.Concat(one, two)...)
	scanned(worker, t, 10, true)
	if got, want := d.grouped(), idsOf(one)+", "+idsOf(two); got != want {
		t.Fatalf("rings of %s, want %s", got, want)
	}
	// Somebody writes the one, and leads to the account of the other.
	bridge := pitches("z", "民宿", 1)[0]
	bridge.Body += "加微信 lumi_88 了解"
	importPosts(t, worker, bridge)
	scanned(worker, t, 10, true)
	if got, want := d.grouped(), idsOf(append(slices.Concat(one, two), bridge)); got != want {
		t.Errorf("rings of %s, want one, %s", got, want)
	}
	if got := d.one(`SELECT count(*) FROM studio.ring`); got != "1" {
		t.Errorf("%s rows of rings", got)
	}
	d.inOrder()
	// They write something else, and the ring parts.
	bridge.Body = "今天只是去公园走了一圈，看见两只鸭子和一位钓鱼的老先生，风很大，手机也没电了，就这样回家了，明天再去看看樱花开了没有。"
	importPosts(t, worker, bridge)
	scanned(worker, t, 10, true)
	if got, want := d.grouped(), idsOf(one)+", "+idsOf(two); got != want {
		t.Errorf("rings of %s, want %s", got, want)
	}
	if got := d.one(`SELECT count(*) FROM studio.evidence e JOIN studio.cases c ON c.id = e.case_id WHERE e.kind = 'ring' AND c.target = $1`, bridge.ID); got != "0" {
		t.Errorf("%s pieces of evidence of a ring that it left", got)
	}
	d.inOrder()
}

func TestACaseSaysWhatRingItsPostIsIn(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	worker, desk := d.Open(t, "worker1"), d.sit("moderator1")
	posts := pitches("a", "水光精华", 4)
	for i := range posts {
		posts[i].Body += "加微信 lumi_88 了解"
	}
	// The random audit is told nothing, and one that a colleague has open stays as it is.
	random := posts[3]
	for i := 0; !inAudit(random.ID); i++ {
		random.ID = fmt.Sprintf("r%04d", i)
	}
	random.Author.ID = "somebody"
	importPosts(t, worker, append(posts, random)...)
	for _, p := range take(t, worker, model, 10) {
		if _, err := worker.Scans().Put(t.Context(), uuid.NewString(), model, scores([]moderation.Post{p}, !inAudit(p.ID)), marksFor([]moderation.Post{p})...); err != nil {
			t.Fatal(err)
		}
	}
	held := d.one(`SELECT id FROM studio.cases WHERE target = $1`, posts[0].ID)
	desk.claim(held)
	d.exec(`UPDATE studio.ring_wait SET until = now()`)
	rest(worker, t)

	key := rings.KeyOf(rings.Ref{ID: posts[0].ID})
	for _, p := range append(posts, random) {
		var got []string
		for _, e := range desk.file(d.one(`SELECT id FROM studio.cases WHERE target = $1`, p.ID)).Evidence {
			if e.Kind == "ring" {
				got = append(got, e.Rule+" "+e.Text)
				if e.Target != key || e.Weight != 0 {
					t.Errorf("%s: evidence %+v", p.ID, e)
				}
			}
		}
		want := "[ring.authors 5 ring.text  ring.wechat lumi_88]"
		if p.ID == random.ID || p.ID == posts[0].ID {
			want = "[]"
		}
		if fmt.Sprint(got) != want {
			t.Errorf("%s: %v, want %s", p.ID, got, want)
		}
	}
	// A rescan brings its own evidence, and the ring stays behind it.
	d.exec(`UPDATE studio.scan_model SET awake = false`)
	again := "rules-2"
	put(t, worker, again, scores(take(t, worker, again, 10)[1:2], true)...)
	if n := d.one(`SELECT count(*) FROM studio.evidence e JOIN studio.cases c ON c.id = e.case_id WHERE c.target = $1 AND e.kind = 'ring'`, posts[1].ID); n != "3" {
		t.Errorf("%s pieces of evidence after a rescan", n)
	}
	d.inOrder()
}

func TestAChannelOfTooManyJoinsNobody(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	worker := d.Open(t, "worker1")
	var posts []moderation.Post
	most := rings.MostAuthors(rings.Phone)
	for i := range most + 20 {
		posts = append(posts, moderation.Post{ID: fmt.Sprintf("p%04d", i), Body: "电话 13800138000", Author: moderation.Author{ID: fmt.Sprint("a", i)}})
	}
	importPosts(t, worker, posts[:3]...)
	scanned(worker, t, 50, false)
	if got := d.grouped(); got != idsOf(posts[:3]) {
		t.Errorf("rings of %s", got)
	}
	importPosts(t, worker, posts[3:]...)
	batch := take(t, worker, model, 1000)
	if _, err := worker.Scans().Put(t.Context(), uuid.NewString(), model, scores(batch, false), marksFor(batch)...); err != nil {
		t.Fatal(err)
	}
	linked(worker, t, batch)
	if got := d.grouped(); got != idsOf(posts[:3]) {
		t.Errorf("rings of %s", got)
	}
}
