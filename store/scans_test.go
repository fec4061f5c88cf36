package store_test

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/store"
)

const model = "rules-1"

func take(t testing.TB, db *store.DB, model string, n int) []moderation.Post {
	t.Helper()
	posts, err := db.Scans().Take(t.Context(), uuid.NewString(), model, n)
	if err != nil {
		t.Fatalf("take: %v", err)
	}
	return posts
}

func put(t testing.TB, db *store.DB, model string, scored ...moderation.Scored) (opened int) {
	t.Helper()
	opened, err := db.Scans().Put(t.Context(), uuid.NewString(), model, scored)
	if err != nil {
		t.Fatalf("put: %v", err)
	}
	return opened
}

func score(p moderation.Post, flag bool) moderation.Scored {
	s := moderation.Scored{Post: p.ID, Revision: p.Revision, Model: model, Commercial: 0.25, Disclosure: "none", Flag: flag}
	if flag {
		s.Commercial = 0.75
		s.Evidence = []moderation.Evidence{
			{Kind: "link", Rule: "link.affiliate", Target: p.ID, Field: "body", Span: &moderation.Span{Start: 1, End: 3}, Text: "接在", Weight: 1.5},
			{Kind: "base", Rule: "base", Weight: 9},
			{Kind: "author", Rule: "author.new", Field: "author", Text: "joined lately", Weight: 0.5},
		}
	}
	return s
}

func scores(posts []moderation.Post, flag bool) []moderation.Scored {
	all := make([]moderation.Scored, len(posts))
	for i, p := range posts {
		all[i] = score(p, flag)
	}
	return all
}

// inAudit is the part of posts that is looked at though no model flags it.
func inAudit(id string) bool {
	sum := sha256.Sum256([]byte("random audit " + id))
	return sum[0] < 13
}

// ordinary are posts outside of the random audit.
func ordinary(n int) []moderation.Post {
	var posts []moderation.Post
	for i := 0; len(posts) < n; i++ {
		if p := somePost(fmt.Sprintf("p%05d", i)); !inAudit(p.ID) {
			posts = append(posts, p)
		}
	}
	return posts
}

func waiting(t testing.TB, db *store.DB, model string, want int) {
	t.Helper()
	if n, err := db.Scans().Waiting(t.Context(), model); err != nil || n != want {
		t.Errorf("%d posts wait, %v, want %d", n, err, want)
	}
}

func TestManyScannersScoreEachPostOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	const posts, scanners = 2000, 8
	half := numbered(posts, func(id string) moderation.Post { return moderation.Post{ID: id, Body: "x"} })
	importer := d.Open(t, "worker1")
	importPosts(t, importer, half[:posts/2]...)
	waiting(t, importer, model, posts/2)

	// One dies with posts in hand, and its lease runs out in the midst of the rest.
	dead := take(t, d.Open(t, "moderator1"), model, 50)
	if len(dead) != 50 {
		t.Fatalf("took %d", len(dead))
	}
	var (
		mu    sync.Mutex
		times = map[string]int{}
		wg    sync.WaitGroup
	)
	for i := range scanners {
		db := d.Open(t, []string{"worker1", "moderator1", "lead1"}[i%3])
		wg.Go(func() {
			for {
				batch, err := db.Scans().Take(t.Context(), uuid.NewString(), model, 37)
				if err != nil {
					t.Error(err)
					return
				}
				if len(batch) == 0 {
					return
				}
				mu.Lock()
				for _, p := range batch {
					times[p.ID]++
				}
				mu.Unlock()
				if _, err := db.Scans().Put(t.Context(), uuid.NewString(), model, scores(batch, false)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	importPosts(t, importer, half[posts/2:]...)
	wg.Wait()
	d.exec(`UPDATE studio.scan_lease SET until = now()`)
	for {
		batch := take(t, importer, model, 1000)
		if len(batch) == 0 {
			break
		}
		for _, p := range batch {
			times[p.ID]++
		}
		put(t, importer, model, scores(batch, false)...)
	}
	for id, n := range times {
		if n != 1 {
			t.Errorf("%s was handed out %d times after the dead one", id, n)
		}
	}
	if len(times) != posts {
		t.Errorf("%d posts were handed out, want %d", len(times), posts)
	}
	if n := d.one(`SELECT count(*) FROM studio.post_score`); n != fmt.Sprint(posts) {
		t.Errorf("%s scores stand", n)
	}
	waiting(t, importer, model, 0)
	// Late with what others scored since: nothing happens, and no fault.
	if opened := put(t, d.Open(t, "moderator1"), model, scores(dead, true)...); opened != 0 {
		t.Errorf("%d cases were opened by scores that came too late", opened)
	}
	if n := d.one(`SELECT count(*) FROM studio.post_score WHERE flag`); n != "0" {
		t.Errorf("%s late scores stand", n)
	}
	d.inOrder()
}

func TestALateScoreCountsIfNobodyElseBroughtOne(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	worker, other := d.Open(t, "worker1"), d.Open(t, "moderator1")
	importPosts(t, worker, ordinary(1)...)
	late := take(t, worker, model, 1)
	d.exec(`UPDATE studio.scan_lease SET until = now()`)
	again := take(t, other, model, 1)
	if diff := cmp.Diff(late, again); diff != "" {
		t.Fatal(diff)
	}
	if opened := put(t, worker, model, scores(late, true)...); opened != 1 {
		t.Errorf("the late one opened %d", opened)
	}
	if opened := put(t, other, model, scores(again, true)...); opened != 0 {
		t.Errorf("the second one opened %d", opened)
	}
}

func TestNobodyScoresWhatWasNotHandedOut(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	worker := d.Open(t, "worker1")
	posts := ordinary(2)
	importPosts(t, worker, posts...)
	take(t, worker, model, 1)
	if opened := put(t, worker, model, scores(posts, true)...); opened != 1 {
		t.Errorf("opened %d", opened)
	}
	if opened := put(t, worker, "a model that nobody asked for", scores(posts, true)...); opened != 0 {
		t.Errorf("opened %d", opened)
	}
}

func TestAFlagOpensACaseWithItsEvidence(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	worker, desk := d.Open(t, "worker1"), d.sit("moderator1")
	posts := ordinary(2)
	posts[1].Title = "  "
	importPosts(t, worker, posts...)
	if opened := put(t, worker, model, scores(take(t, worker, model, 10), true)...); opened != 2 {
		t.Fatalf("opened %d", opened)
	}
	page, err := desk.db.Cases().Page(t.Context(), moderation.QueueQuery{Kind: moderation.KindPost})
	if err != nil || len(page.Cases) != 2 {
		t.Fatalf("%d cases, %v", len(page.Cases), err)
	}
	titles := map[string]string{}
	for _, c := range page.Cases {
		titles[c.Target] = c.Title
		if c.Tag != "link" || c.Score != 0.75 || c.Subtitle != "小鹿" || c.Weight != 12000 || c.Picture != picture("a") {
			t.Errorf("the case is %+v", c)
		}
	}
	if titles[posts[0].ID] != posts[0].Title || titles[posts[1].ID] != `链接在评论区 "置顶" \ {a,b} 第二行` {
		t.Errorf("the titles are %q", titles)
	}
	f := desk.file(page.Cases[0].ID)
	want := append(score(moderation.Post{ID: page.Cases[0].Target}, true).Evidence, moderation.Evidence{Kind: moderation.KindModel, Rule: "model.version", Text: model})
	if diff := cmp.Diff(want, f.Evidence); diff != "" {
		t.Errorf("evidence (-put +filed):\n%s", diff)
	}

	// Another model changes nothing about a post that was decided on.
	d.undoWindow("0 seconds")
	desk.decide(page.Cases[0].ID, moderation.Clear)
	second := take(t, worker, "rules-2", 10)
	if len(second) != 2 {
		t.Fatalf("the second model got %d posts", len(second))
	}
	if opened := put(t, worker, "rules-2", scores(second, true)...); opened != 0 {
		t.Errorf("the second model opened %d cases", opened)
	}
	d.inOrder()
}

func TestPartOfWhatIsNotFlaggedIsAuditedAtRandom(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	worker := d.Open(t, "worker1")
	posts := numbered(600, func(id string) moderation.Post { return moderation.Post{ID: id, Body: "x"} })
	importPosts(t, worker, posts...)
	opened := put(t, worker, model, scores(take(t, worker, model, 600), false)...)
	var want []string
	for _, p := range posts {
		if inAudit(p.ID) {
			want = append(want, p.ID)
		}
	}
	if opened != len(want) || opened < 10 || opened > 60 {
		t.Fatalf("%d of 600 are audited, want %d", opened, len(want))
	}
	page, err := d.Open(t, "moderator1").Cases().Page(t.Context(), moderation.QueueQuery{Kind: moderation.KindPost, Tag: "random", Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range page.Cases {
		got = append(got, c.Target)
		if c.Score != 0 || c.Due.Sub(c.Created).Hours() != 7*24 {
			t.Errorf("the case says %v, due after %v", c.Score, c.Due.Sub(c.Created))
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	// The sample hangs on the post alone: a second model adds none.
	if opened := put(t, worker, "rules-2", scores(take(t, worker, "rules-2", 600), false)...); opened != 0 {
		t.Errorf("a second model audits %d more", opened)
	}
}

func TestAChangedPostIsScannedAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.undoWindow("0 seconds")
	worker, desk := d.Open(t, "worker1"), d.sit("moderator1")
	posts := ordinary(3)
	importPosts(t, worker, posts...)
	put(t, worker, model, scores(take(t, worker, model, 10), true)...)
	caseOf := func(i int) string {
		return d.one(`SELECT id FROM studio.cases WHERE target = $1 ORDER BY created DESC LIMIT 1`, posts[i].ID)
	}
	desk.decide(caseOf(0), moderation.RequireLabel)
	lease := desk.claim(caseOf(1))
	likes := desk.claim(caseOf(2))

	old := posts[0]
	posts[0].Body, posts[1].Body = "广告 "+posts[0].Body, "广告 "+posts[1].Body
	posts[2].Likes++
	importPosts(t, worker, posts...)
	waiting(t, worker, model, 3)

	// Who was reading the old words learns it; a like more makes no other words.
	_, err := desk.db.Cases().Decide(t.Context(), decision(lease, moderation.Clear))
	refused(t, err, fault.Changed)
	if _, err := desk.db.Cases().Decide(t.Context(), decision(likes, moderation.Clear)); err != nil {
		t.Errorf("a decision on a post with a like more: %v", err)
	}
	if e := desk.file(caseOf(1)).Evidence; len(e) != 0 {
		t.Errorf("evidence points into words that are gone: %v", e)
	}

	// A score of the old words is void.
	again := take(t, worker, model, 10)
	if len(again) != 3 || again[0].Revision != 2 {
		t.Fatalf("handed out again: %d", len(again))
	}
	old.Revision = 1
	if opened := put(t, worker, model, score(old, true)); opened != 0 {
		t.Error("a score of the old words opened a case")
	}
	if err := desk.db.Cases().Release(t.Context(), uuid.NewString(), lease); err != nil {
		t.Fatal(err)
	}
	// 0 was decided on in its old words and opens anew; 1 is open; 2 was decided on in these words.
	if opened := put(t, worker, model, scores(again, true)...); opened != 1 {
		t.Errorf("opened %d, want 1", opened)
	}
	if e := desk.file(caseOf(1)).Evidence; len(e) != 4 {
		t.Errorf("the open case has %d pieces of evidence", len(e))
	}
	if got := d.one(`SELECT string_agg(outcome || coalesce(' breach', '') , ', ' ORDER BY id) FROM studio.post WHERE breached_at IS NOT NULL`); got != "open breach" {
		t.Errorf("the outcomes are %s", got)
	}
	waiting(t, worker, model, 0)
	d.inOrder()
}

func TestAScanOfOldWordsIsVoidWhileTheNewOnesComeIn(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	worker := d.Open(t, "worker1")
	posts := ordinary(2)
	importPosts(t, worker, posts...)
	taken := take(t, worker, model, 10)
	posts[0].Body = "new words"
	var opened int
	_, err := d.Open(t, "lead1").Posts().Import(t.Context(), uuid.NewString(), slices.Values(posts), func(int) {
		opened = put(t, worker, model, scores(taken, true)...) // the import holds the changed one
	})
	if err != nil {
		t.Fatal(err)
	}
	if opened != 1 {
		t.Errorf("opened %d, want the one that did not change", opened)
	}
	again := take(t, worker, model, 10)
	if len(again) != 1 || again[0].Body != "new words" {
		t.Errorf("handed out again: %v", ids(again))
	}
}

func TestAModelThatComesLaterGetsEveryPost(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	worker := d.Open(t, "worker1")
	bare := func(id string) moderation.Post { return moderation.Post{ID: id, Body: "x"} }
	all := numbered(6100, bare)
	importPosts(t, worker, all[:6000]...)
	waiting(t, worker, "late", 6000)

	// It comes while an import is under way that doesn't know it yet: it is told to
	// ask again rather than to miss those posts.
	var during []moderation.Post
	first := true
	_, err := worker.Posts().Import(t.Context(), uuid.NewString(), slices.Values(all), func(int) {
		if first {
			first = false
			during = take(t, d.Open(t, "lead1"), "late", 10)
		}
	})
	if err != nil || len(during) != 0 {
		t.Errorf("during the import %d were handed out, %v", len(during), err)
	}
	got := map[string]int{}
	for {
		batch := take(t, worker, "late", 700)
		if len(batch) == 0 {
			break
		}
		for _, p := range batch {
			got[p.ID]++
		}
		put(t, worker, "late", scores(batch, false)...)
	}
	if len(got) != len(all) {
		t.Errorf("%d posts of %d were handed out", len(got), len(all))
	}
	for id, n := range got {
		if n != 1 {
			t.Errorf("%s was handed out %d times", id, n)
		}
	}
	waiting(t, worker, "late", 0)
}

func TestAModelNobodyUsesFallsAsleepAndMissesNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	worker := d.Open(t, "worker1")
	posts := ordinary(4)
	importPosts(t, worker, posts[:2]...)
	put(t, worker, model, scores(take(t, worker, model, 10), false)...)
	d.exec(`UPDATE studio.scan_model SET seen_at = now() - interval '8 days'`)
	take(t, worker, "rules-2", 1)
	importPosts(t, worker, posts...)
	if n := d.one(`SELECT count(*) FROM studio.scan_wait w JOIN studio.scan_model m ON m.id = w.model WHERE m.version = $1`, model); n != "0" {
		t.Errorf("%s posts wait for a model that is asleep", n)
	}
	if got := ids(take(t, worker, model, 10)); !slices.Equal(got, ids(posts[2:])) {
		t.Errorf("woken it gets %v", got)
	}
}

func TestTheSameTakeGetsTheSamePosts(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	worker := d.Open(t, "worker1")
	importPosts(t, worker, ordinary(5)...)
	request := uuid.NewString()
	first, err := worker.Scans().Take(t.Context(), request, model, 3)
	if err != nil {
		t.Fatal(err)
	}
	again, err := worker.Scans().Take(t.Context(), request, model, 3)
	if err != nil || len(first) != 3 || !slices.Equal(ids(again), ids(first)) {
		t.Errorf("%v and then %v, %v", ids(first), ids(again), err)
	}
	request = uuid.NewString()
	for range 2 {
		opened, err := worker.Scans().Put(t.Context(), request, model, scores(first, true))
		if err != nil || opened != 3 {
			t.Errorf("opened %d, %v", opened, err)
		}
	}
	if n := d.one(`SELECT count(*) FROM studio.cases`); n != "3" {
		t.Errorf("%s cases stand", n)
	}
}

func TestAskingForNothingLeavesNoTrace(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	worker := d.Open(t, "worker1")
	take(t, worker, model, 10) // learns that there is nothing before it
	trace := `SELECT (SELECT count(*) FROM studio.request) || ' ' || (SELECT last_value FROM studio.change)`
	before := d.one(trace)
	for range 3 {
		take(t, worker, model, 10)
	}
	if after := d.one(trace); after != before {
		t.Errorf("%s became %s", before, after)
	}
}
