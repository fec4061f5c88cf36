package store_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/moderation/rings"
)

// ring brings in n near-copies by n authors and scans them; all are flagged.
func (d *desk) ring(prefix string, n int, change ...func(i int, p *moderation.Post)) (key string, posts []moderation.Post) {
	d.t.Helper()
	worker := d.Open(d.t, "worker1")
	posts = pitches(prefix, "水光精华", n)
	for i := range posts {
		for _, c := range change {
			c(i, &posts[i])
		}
	}
	importPosts(d.t, worker, posts...)
	scanned(worker, d.t, 50, true)
	return d.one(`SELECT ring FROM studio.ring_post WHERE post = $1`, posts[0].ID), posts
}

func (d *desk) caseOf(post string) string {
	d.t.Helper()
	return d.one(`SELECT id FROM studio.cases WHERE kind = 'post' AND target = $1 ORDER BY created DESC LIMIT 1`, post)
}

func (p *person) claimRing(key string) rings.Claimed {
	p.t.Helper()
	c, err := p.db.Rings().Claim(p.t.Context(), uuid.NewString(), key, nil)
	if err != nil {
		p.t.Fatalf("%s claims %s: %v", p.login, key, err)
	}
	return c
}

func ringDecision(key string, leases []moderation.Lease, v moderation.Verdict) rings.Decision {
	d := rings.Decision{Request: uuid.NewString(), Ring: key, Leases: leases, Verdict: v, Note: "One hand."}
	if v == moderation.RequireLabel {
		d.Policy = "2.1"
	}
	return d
}

func (d *desk) standing(query string) string {
	d.t.Helper()
	return d.one(`SELECT concat_ws(' ', count(*) FILTER (WHERE p.outcome = 'open'), count(*) FILTER (WHERE p.outcome = 'label_required'), count(*) FILTER (WHERE p.outcome = 'cleared'))
		FROM studio.post p WHERE p.id ~ $1`, query)
}

func TestARingIsDecidedAtOnceWithARowForEachPost(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	key, posts := d.ring("a", 12)
	m := d.sit("moderator1")
	c := m.claimRing(key)
	if len(c.Leases) != 12 || len(c.Left) != 0 {
		t.Fatalf("claimed %d, left %v", len(c.Leases), c.Left)
	}
	wish := ringDecision(key, c.Leases[:10], moderation.RequireLabel) // two are left out
	r, err := m.db.Rings().Decide(t.Context(), wish)
	must(t, err)
	if len(r.Made) != 10 || r.ID == "" || r.Effective.Before(r.At) {
		t.Errorf("receipt %+v", r)
	}
	if got := d.standing("^a"); got != "2 10 0" {
		t.Errorf("open, label, cleared: %s", got)
	}
	if got := d.one(`SELECT count(*) || ' ' || count(DISTINCT a.target) FROM studio.audit a JOIN studio.decision x ON x.request = a.request AND a.action = 'case.decide'
		JOIN studio.ring_decided o ON o.decision = x.id WHERE x.policy = '2.1' AND x.note = 'One hand.' AND x.person = 'moderator1'`); got != "10 10" {
		t.Errorf("rows of the record: %s", got)
	}
	if got := d.one(`SELECT count(*) FROM studio.audit WHERE action = 'ring.decide' AND target = $1 AND detail::jsonb @> '{"decided": 10, "authors": 12, "posts": 12}'`, key); got != "1" {
		t.Errorf("%s rows for the ring", got)
	}
	// The same wish again gets the same answer, and does nothing.
	again, err := m.db.Rings().Decide(t.Context(), wish)
	must(t, err)
	if again.ID != r.ID || d.one(`SELECT count(*) FROM studio.decision`) != "10" {
		t.Errorf("again: %+v", again)
	}
	wish.Verdict = moderation.Clear
	_, err = m.db.Rings().Decide(t.Context(), wish)
	refused(t, err, fault.RequestReused)
	// The two that were left out are still in the hand.
	if n := d.one(`SELECT count(*) FROM studio.queue WHERE holder = 'moderator1'`); n != "2" {
		t.Errorf("%s cases in the hand", n)
	}
	must(t, m.db.Rings().Release(t.Context(), uuid.NewString(), c.Leases))
	if n := d.one(`SELECT count(*) FROM studio.queue WHERE holder IS NOT NULL`); n != "0" {
		t.Errorf("%s cases in a hand", n)
	}
	s, err := m.db.Rings().Of(t.Context(), posts[0].ID)
	must(t, err)
	states := map[rings.State]int{}
	for _, x := range s.Members {
		states[x.State]++
	}
	if states[rings.StateRequired]+states[rings.StateOpen] != 12 || states[rings.StateOpen] != 2 {
		t.Errorf("states %v", states)
	}
	d.inOrder()
}

func TestARingsDecisionIsUndoneAsOne(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.undoWindow("1 hour")
	key, _ := d.ring("a", 5)
	m, other := d.sit("moderator1"), d.sit("moderator2")
	r, err := m.db.Rings().Decide(t.Context(), ringDecision(key, m.claimRing(key).Leases, moderation.Clear))
	must(t, err)
	_, err = other.db.Rings().Undo(t.Context(), uuid.NewString(), r.ID)
	refused(t, err, fault.NotFound)
	request := uuid.NewString()
	for range 2 { // said twice
		leases, err := m.db.Rings().Undo(t.Context(), request, r.ID)
		if err != nil || len(leases) != 5 {
			t.Errorf("undo: %v, %v", leases, err)
		}
	}
	if got := d.standing("^a"); got != "5 0 0" {
		t.Errorf("open, label, cleared: %s", got)
	}
	if n := d.one(`SELECT count(*) FROM studio.audit WHERE action = 'case.undo'`); n != "5" {
		t.Errorf("%s rows of undoing", n)
	}
	if n := d.one(`SELECT count(*) FROM studio.queue WHERE holder = 'moderator1'`); n != "5" {
		t.Errorf("%s cases are back on the desk", n)
	}
	_, err = m.db.Rings().Undo(t.Context(), uuid.NewString(), r.ID)
	refused(t, err, fault.TooLate)
	d.inOrder()

	// One of them taken back by itself: the others are, and one that changed since stops all.
	key, posts := d.ring("b", 4) // they join the others
	d.exec(`UPDATE studio.queue SET holder = NULL, lease_until = NULL`)
	claimed := m.claimRing(key)
	r, err = m.db.Rings().Decide(t.Context(), ringDecision(key, claimed.Leases, moderation.Clear))
	must(t, err)
	_, err = m.db.Cases().Undo(t.Context(), uuid.NewString(), r.Made[0].Decision)
	must(t, err)
	posts[2].Body += " 后来又补充了一句。"
	importPosts(t, d.Open(t, "worker1"), posts[2])
	scanned(d.Open(t, "worker1"), t, 10, true) // a new case for new words
	_, err = m.db.Rings().Undo(t.Context(), uuid.NewString(), r.ID)
	refused(t, err, fault.RingRefused)
	if n := d.one(`SELECT count(*) FROM studio.decision d JOIN studio.ring_decided o ON o.decision = d.id WHERE o.ring_decision = $1 AND d.undone_at IS NOT NULL`, r.ID); n != "1" {
		t.Errorf("%s decisions are undone", n)
	}
	d.inOrder()
}

// What one may not decide stops all of it, and is named.
func TestARingIsRefusedAsAWholeAndSaysBecauseOfWhich(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.exec(`SELECT studio.person_add(gen_random_uuid(), 'moderator2', 'Chen Wei', 'moderator', '{}', '{}', '{Moon Lake}')`)
	key, posts := d.ring("a", 6, func(i int, p *moderation.Post) {
		if i == 3 {
			p.Brand = "MOON　Lake"
		}
	})
	m1, m2, l1 := d.sit("moderator1"), d.sit("moderator2"), d.sit("lead1")
	own, escalated, taken := d.caseOf(posts[3].ID), d.caseOf(posts[4].ID), d.caseOf(posts[5].ID)
	m1.decide(escalated, moderation.Escalate)
	m1.claim(taken)
	c := m2.claimRing(key)
	left := map[string]fault.Code{}
	for id, why := range c.Left {
		left[id] = why.Code
	}
	if want := map[string]fault.Code{own: fault.OwnSubmission, escalated: fault.NoRight, taken: fault.HeldByOther}; fmt.Sprint(left) != fmt.Sprint(want) || len(c.Leases) != 3 {
		t.Fatalf("claimed %d, left %v, want %v", len(c.Leases), left, want)
	}
	for _, id := range []string{own, escalated, taken} {
		_, err := m2.db.Rings().Decide(t.Context(), ringDecision(key, append(slices.Clone(c.Leases), moderation.Lease{Case: id, Fence: 1, Version: 1}), moderation.RequireLabel))
		refused(t, err, fault.RingRefused)
		if f := fault.Of(err); f == nil || f.Args["case"] != id || f.Args["ref"] == "" {
			t.Errorf("refused because of %v, want %s", f, id)
		}
	}
	// A lease that ran out, and a version that is another now.
	d.exec(`UPDATE studio.queue SET lease_until = now() WHERE case_id = $1`, c.Leases[1].Case)
	_, err := m2.db.Rings().Decide(t.Context(), ringDecision(key, c.Leases, moderation.Clear))
	refused(t, err, fault.RingRefused)
	_, err = m2.db.Rings().Decide(t.Context(), ringDecision(key, c.Leases[:1], moderation.RequireLabel))
	must(t, err)
	if n := d.one(`SELECT count(*) FROM studio.decision WHERE person = 'moderator2'`); n != "1" {
		t.Errorf("%s decisions", n)
	}
	wish := ringDecision(key, c.Leases[2:], moderation.RequireLabel)
	wish.Policy = ""
	_, err = m2.db.Rings().Decide(t.Context(), wish)
	refused(t, err, fault.PolicyNeeded)
	// Who has it may decide it, and a lead what was escalated.
	d.exec(`UPDATE studio.queue SET holder = NULL, lease_until = NULL, available_at = now()`)
	lead := l1.claimRing(key)
	if len(lead.Leases) != 5 || len(lead.Left) != 0 {
		t.Errorf("a lead claims %d, left %v", len(lead.Leases), lead.Left)
	}
	_, err = l1.db.Rings().Decide(t.Context(), ringDecision(key, lead.Leases, moderation.RequireLabel))
	must(t, err)
	d.inOrder()
}

func TestWhatIsLabelledOrSampledIsNotDecidedWithItsRing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	key, posts := d.ring("a", 5)
	worker, m := d.Open(t, "worker1"), d.sit("moderator1")
	// One of the random audit, and one whose author has declared it by now.
	random := pitches("z", "水光精华", 1)[0]
	for i := 0; !inAudit(random.ID); i++ {
		random.ID = fmt.Sprintf("r%04d", i)
	}
	importPosts(t, worker, random)
	scanned(worker, t, 10, false)
	posts[1].Declared = true
	importPosts(t, worker, posts[1])
	scanned(worker, t, 10, false)

	s, err := m.db.Rings().Of(t.Context(), posts[0].ID)
	must(t, err)
	if s.Size != 6 || len(s.Members) != 5 || slices.ContainsFunc(s.Members, func(x rings.Member) bool { return x.Post.ID == random.ID }) {
		t.Errorf("%d posts, %d members", s.Size, len(s.Members))
	}
	if len(s.Open("moderator1")) != 4 || s.Members[1].State != rings.StateLabelled {
		t.Errorf("%d are open, the declared one is %s", len(s.Open("moderator1")), s.Members[1].State)
	}
	c := m.claimRing(key)
	if len(c.Leases) != 4 || len(c.Left) != 0 {
		t.Errorf("claimed %d, left %v", len(c.Leases), c.Left)
	}
	for _, post := range []string{random.ID, posts[1].ID} {
		l := m.claim(d.caseOf(post))
		_, err := m.db.Rings().Decide(t.Context(), ringDecision(key, append(slices.Clone(c.Leases), l), moderation.RequireLabel))
		refused(t, err, fault.RingRefused)
		if f := fault.Of(err); f.Args["why"] != string(fault.NotInRing) {
			t.Errorf("%s: %v", post, f.Args)
		}
	}
	// Nor is a case of another ring, or of none.
	d.post("elsewhere", 0.9)
	_, err = m.db.Rings().Decide(t.Context(), ringDecision(key, append(slices.Clone(c.Leases), m.claim(d.caseOf("elsewhere"))), moderation.Clear))
	refused(t, err, fault.RingRefused)
	if n := d.one(`SELECT count(*) FROM studio.decision`); n != "0" {
		t.Errorf("%s decisions", n)
	}
	d.inOrder()
}

func TestOfManyWhoOpenARingEachCaseGoesToOne(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	key, _ := d.ring("a", 20)
	var wg sync.WaitGroup
	var mu sync.Mutex
	holders := map[string][]string{}
	for i := range 8 {
		m := d.sit([]string{"moderator1", "moderator2", "lead1", "lead2"}[i%4])
		wg.Go(func() {
			c, err := m.db.Rings().Claim(t.Context(), uuid.NewString(), key, nil)
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			for _, l := range c.Leases {
				if !slices.Contains(holders[l.Case], m.login) {
					holders[l.Case] = append(holders[l.Case], m.login)
				}
			}
			mu.Unlock()
			if len(c.Leases) == 0 {
				return
			}
			if _, err := m.db.Rings().Decide(t.Context(), ringDecision(key, c.Leases, moderation.RequireLabel)); err != nil && fault.CodeOf(err) != fault.RingRefused {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for id, who := range holders {
		if len(who) != 1 {
			t.Errorf("case %s was given to %v", id, who)
		}
	}
	if got := d.standing("^a"); got != "0 20 0" {
		t.Errorf("open, label, cleared: %s", got)
	}
	if n := d.one(`SELECT count(*) FROM studio.decision`); n != "20" {
		t.Errorf("%s decisions", n)
	}
	d.inOrder()
}

func TestARingShowsWhoWroteWhatAndWhatTheyShare(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	_, posts := d.ring("a", 4, func(i int, p *moderation.Post) { p.Body += "加微信 lumi_88 了解" })
	m := d.sit("moderator1")
	s, err := m.db.Rings().Of(t.Context(), posts[2].ID)
	must(t, err)
	if s.Size != 4 || s.People != 4 || len(s.Posts) != 4 || !s.First.Equal(posts[0].Posted) || !s.Last.Equal(posts[3].Posted) {
		t.Errorf("%+v", s)
	}
	if got := fmt.Sprint(s.Runs); got != "[{{ } 4} {{wechat lumi_88} 4}]" && got != "[{ : 4} {wechat:lumi_88 4}]" && got != "[{: 4} {wechat:lumi_88 4}]" {
		t.Errorf("they share %s", got)
	}
	for i, x := range s.Members {
		if x.Post.ID != posts[i].ID || x.State != rings.StateOpen || x.Case.Target != x.Post.ID {
			t.Errorf("member %d: %+v", i, x)
		}
		found := map[string]bool{}
		for _, e := range s.Evidence(x.Post.ID) {
			found[e.Rule] = true
			if e.Span == nil || string([]rune(x.Post.Body)[e.Span.Start:e.Span.End]) != e.Text && e.Field == "body" {
				t.Errorf("%s: %+v", x.Post.ID, e)
			}
		}
		if !found["copy.text"] || !found["ring.wechat"] {
			t.Errorf("%s: marks %v", x.Post.ID, found)
		}
	}
	_, err = m.db.Rings().Of(t.Context(), "elsewhere")
	refused(t, err, fault.NotFound)
}

func TestWhatCameOfAnAuthorsPostsIsTold(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	posts := pitches("a", "水光精华", 14)
	for i := range posts {
		posts[i].Author.ID, posts[i].Likes = "one", 10*i
	}
	silent := pitches("b", "民宿", 2)
	importPosts(t, d.Open(t, "worker1"), slices.Concat(posts, silent)...)
	m := d.sit("moderator1")
	got, err := m.db.Rings().Recent(t.Context(), "one")
	if err != nil || len(got) != 12 || got[0].Likes != 130 || !got[0].Posted.Equal(posts[13].Posted) {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := m.db.Rings().Recent(t.Context(), silent[0].Author.ID); err != nil || got != nil {
		t.Errorf("of one whose figures nobody gave: %v, %v", got, err)
	}
}

func TestTheQueueShowsARingOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	key, posts := d.ring("a", 5)
	d.post("alone", 0.1)
	m := d.sit("moderator1")
	page := func(q moderation.QueueQuery) string {
		q.Kind, q.Limit = moderation.KindPost, 50
		p, err := m.db.Cases().Page(t.Context(), q)
		must(t, err)
		var got []string
		for _, c := range p.Cases {
			got = append(got, c.Target)
			if (c.Ring == key && c.RingPosts == 5) != (c.Target != "alone") {
				t.Errorf("%s: ring %q of %d", c.Target, c.Ring, c.RingPosts)
			}
		}
		return fmt.Sprint(got)
	}
	first := d.one(`SELECT c.target FROM studio.queue q JOIN studio.cases c ON c.id = q.case_id WHERE c.target <> 'alone' ORDER BY q.due_key, q.case_id LIMIT 1`)
	if got := page(moderation.QueueQuery{}); got != fmt.Sprint([]string{first, "alone"}) {
		t.Errorf("the queue: %s", got)
	}
	if got := page(moderation.QueueQuery{Rings: true}); got != fmt.Sprint([]string{first}) {
		t.Errorf("rings: %s", got)
	}
	// What a colleague has stands for nobody else; what is searched for is all shown.
	d.sit("moderator2").claim(d.caseOf(first))
	if got := page(moderation.QueueQuery{Rings: true}); strings.Count(got, " ") != 1 {
		t.Errorf("with the first in another's hand: %s", got)
	}
	if got := page(moderation.QueueQuery{Search: posts[0].Title}); strings.Count(got, " ") != 4 {
		t.Errorf("searched for: %s", got)
	}
}
