package store_test

import (
	"testing"

	"github.com/google/uuid"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/moderation/rings"
)

// The oldest posts are those whose cases were opened last: a page shows the oldest, and
// what it shows is what its reader holds.
func TestARingOfHundredsIsDecidedPageByPage(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	const n = 430
	key, posts := d.ring("a", n, func(i int, p *moderation.Post) { p.Posted = p.Posted.AddDate(0, 0, -i) })
	m := d.sit("moderator1")
	page := func() (rings.Standing, rings.Claimed) {
		t.Helper()
		s, err := m.db.Rings().Page(t.Context(), posts[0].ID)
		must(t, err)
		c, err := m.db.Rings().Claim(t.Context(), uuid.NewString(), s.Key, s.Waiting())
		must(t, err)
		return s, c
	}
	var sizes []int
	for range 5 {
		s, c := page()
		if s.Size != n || len(s.Posted) != n || s.Counts[rings.StateOpen]+s.Counts[rings.StateRequired] != n {
			t.Fatalf("the ring has %d posts, %d times, %v", s.Size, len(s.Posted), s.Counts)
		}
		if len(c.Leases) != len(s.Waiting()) || len(c.Left) != 0 {
			t.Fatalf("%d of %d on the page are held, and not %v", len(c.Leases), len(s.Waiting()), c.Left)
		}
		if len(c.Leases) == 0 {
			break
		}
		sizes = append(sizes, len(c.Leases))
		_, err := m.db.Rings().Decide(t.Context(), ringDecision(key, c.Leases, moderation.RequireLabel))
		must(t, err)
	}
	if len(sizes) != 3 || sizes[0]+sizes[1]+sizes[2] != n {
		t.Errorf("pages of %v", sizes)
	}
	// A card on one of the posts reads some of them, and that post with them.
	s, err := m.db.Rings().Of(t.Context(), posts[0].ID)
	must(t, err)
	if len(s.Members) > 61 || s.Size != n || s.Counts != nil {
		t.Errorf("a card reads %d of %d", len(s.Members), s.Size)
	}
	d.inOrder()
}

func TestARingsClaimOpensNothingElse(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	key, posts := d.ring("a", 6)
	d.importAnother(t)
	m := d.sit("moderator1")
	one, stranger := d.caseOf(posts[0].ID), d.caseOf(outsideAudit("b", 1)[0])
	c, err := m.db.Rings().Claim(t.Context(), uuid.NewString(), key, []string{one, stranger, uuid.NewString()})
	must(t, err)
	if len(c.Leases) != 1 || c.Leases[0].Case != one || len(c.Left) != 0 {
		t.Errorf("claimed %+v, left %v", c.Leases, c.Left)
	}
	if n := d.one(`SELECT count(*) FROM studio.queue WHERE holder IS NOT NULL`); n != "1" {
		t.Errorf("%s cases are held", n)
	}
	_, err = d.Open(t, "worker1").Rings().Claim(t.Context(), uuid.NewString(), key, []string{one})
	refused(t, err, fault.NoRight)
	many := make([]string, 501)
	for i := range many {
		many[i] = uuid.NewString()
	}
	_, err = m.db.Rings().Claim(t.Context(), uuid.NewString(), key, many)
	refused(t, err, fault.FieldValue)
}

// What the chip says is what the queue shows when it is pressed.
func TestTheQueueCountsItsRings(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.ring("a", 5)
	d.importAnother(t)
	m := d.sit("moderator1")
	counts, err := m.db.Cases().Counts(t.Context(), moderation.KindPost)
	must(t, err)
	page, err := m.db.Cases().Page(t.Context(), moderation.QueueQuery{Kind: moderation.KindPost, Rings: true, Limit: 50})
	must(t, err)
	if counts.Rings != 2 || len(page.Cases) != 2 {
		t.Errorf("%d rings are counted, %d are shown", counts.Rings, len(page.Cases))
	}
}

// importAnother brings in a second ring, by another theme, and posts of none.
func (d *desk) importAnother(t *testing.T) {
	t.Helper()
	worker := d.Open(t, "worker1")
	importPosts(t, worker, append(pitches("b", "民宿", 3), ordinary(4)...)...)
	scanned(worker, t, 50, true)
}
