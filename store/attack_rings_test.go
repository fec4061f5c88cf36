package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"cinnabar/moderation"
)

// A ring is a way to decide many cases at once, and no way around what holds for one.
func TestARingIsNoWayAroundTheRules(t *testing.T) {
	t.Parallel()
	s := stage(t)
	key, posts := s.ring("a", 8, func(i int, p *moderation.Post) {
		switch i {
		case 1:
			p.Brand = "Moon\u00a0Lake"
		case 2:
			p.Lang = "ms" // out of moderator3's sight, who reads Chinese
		}
	})
	s.words["ring"] = key
	for i, p := range posts {
		s.words[fmt.Sprint("c", i)] = s.caseOf(p.ID)
	}
	random := pitches("z", "水光精华", 1)[0]
	for i := 0; !inAudit(random.ID); i++ {
		random.ID = fmt.Sprintf("r%04d", i)
	}
	importPosts(t, s.Open(t, "worker1"), random)
	scanned(s.Open(t, "worker1"), t, 10, false)
	s.words["random"] = s.caseOf(random.ID)
	m1 := s.sit("moderator1")
	m1.decide(s.words["c3"], moderation.Escalate)
	m1.decide(s.words["c4"], moderation.RequireLabel)
	must(t, s.sit("worker1").appeals(s.words["c4"], "It was my own money."))
	held := m1.claim(s.words["c5"])
	l := m1.claim(s.words["c6"])
	r := m1.claim(s.words["random"])
	lease := func(l moderation.Lease) string {
		return fmt.Sprintf(`{"case": "%s", "fence": %d, "version": %d}`, l.Case, l.Fence, l.Version)
	}
	s.words["ok"], s.words["l5"], s.words["lr"] = lease(l), lease(held), lease(r)
	s.words["l0"] = fmt.Sprintf(`{"case": "%s", "fence": 0, "version": 1}`, s.words["c0"])
	of := func(leases string) string {
		return `SELECT studio.ring_decide({new}, '{ring}', '[` + leases + `]', 'require_label', '2.1', '', '')`
	}
	nothing := `SELECT count(*) FROM studio.ring_decision`
	s.withstand([]attempt{
		{"decide a ring without opening it", "moderator2", of(`{l0}`), "ring_refused", nothing},
		{"decide with a colleague's leases", "moderator2 lead1", of(`{l5}, {ok}`), "ring_refused", nothing},
		{"decide a brand with a ring", "moderator1", of(`{ok}, {"case": "{first}", "fence": 1, "version": 1}`), "ring_refused", nothing},
		{"decide a case of no ring with one", "moderator1", of(`{ok}, {"case": "{post}", "fence": 1, "version": 1}`), "ring_refused", nothing},
		{"pull a random audit into it", "moderator1", of(`{ok}, {lr}`), "ring_refused", nothing},
		{"pull an appeal into it", "lead2", `SELECT studio.case_claim({new}, '{c4}'); SELECT studio.ring_decide({new}, '{ring}',
			(SELECT jsonb_build_array(jsonb_build_object('case', q.case_id, 'fence', q.fence, 'version', c.version)) FROM studio.queue q JOIN studio.cases c ON c.id = q.case_id WHERE q.case_id = '{c4}'), 'clear', '', '', '')`, "ring_refused", nothing},
		{"decide what waits for a lead", "moderator1", of(`{ok}, {"case": "{c3}", "fence": 1, "version": 2}`), "ring_refused", nothing},
		{"decide on a brand that I act for", "moderator2", of(`{"case": "{c1}", "fence": 1, "version": 2}`), "ring_refused", nothing},
		{"decide what is out of my sight", "moderator3", of(`{"case": "{c2}", "fence": 1, "version": 1}`), "not_found", nothing},
		{"name one case twice", "moderator1", of(`{ok}, {ok}`), "field_value", nothing},
		{"name none", "moderator1", of(``), "field_value", nothing},
		{"name another ring", "moderator1", `SELECT studio.ring_decide({new}, 'ring-0000000000000000', '[{ok}]', 'clear', '', '', '')`, "not_found", nothing},
		{"give a verdict that is a brand's", "moderator1", `SELECT studio.ring_decide({new}, '{ring}', '[{ok}]', 'approve', '', '', '')`, "not_allowed_now", nothing},
		{"send them all away", "moderator1", `SELECT studio.ring_decide({new}, '{ring}', '[{ok}]', 'escalate', '', '', '')`, "not_allowed_now", nothing},
		{"decide without a policy", "moderator1", `SELECT studio.ring_decide({new}, '{ring}', '[{ok}]', 'require_label', '', '', '')`, "policy_needed", nothing},
		{"decide by a policy for brands", "moderator1", `SELECT studio.ring_decide({new}, '{ring}', '[{ok}]', 'require_label', '1.3', '', '')`, "policy_needed", nothing},
		{"decide what I don't", "marketer1 auditor1 admin1 worker1", of(`{ok}`), "42501", nothing},
		{"open what I don't", "marketer1 auditor1 admin1 worker1", `SELECT studio.ring_claim({new}, '{ring}')`, "42501", ""},
		{"use a colleague's request", "moderator2", `SELECT studio.ring_claim('{request}', '{ring}')`, "request_reused", ""},
		{"take back what a colleague decided", "moderator2 lead1", `SELECT studio.ring_undo({new}, (SELECT id FROM studio.ring_decision LIMIT 1))`, "not_found", ""},
		{"write a ring by hand", "everybody", `INSERT INTO studio.ring_post VALUES ('p1', '{ring}', 'x', NULL, NULL)`, "42501", ""},
		{"say that decisions went together", "everybody", `INSERT INTO studio.ring_decided SELECT gen_random_uuid(), gen_random_uuid()`, "42501", ""},
		{"bind posts of my choice without marks", "moderator1", `SELECT studio.ring_link({new}, 1, '{p1,p2}', '{1,1}', '[{"a": "p1", "b": "p2", "strength": 1, "alike": 1, "channels": []}]')`, "allowed",
			`SELECT count(*) FROM studio.ring_edge WHERE a = 'p1'`},
		{"mark with a number that keeps out all others", "moderator1", `SELECT studio.ring_mark(32767, '{p1}', '{1}', '{"{1}"}', ARRAY['\x00'::bytea], '{"{}"}')`, "allowed",
			`SELECT count(*) FROM studio.ring_mark WHERE version <> 1`},
		{"mark a post with a thousand keys", "moderator1", `SELECT studio.ring_mark(1, '{p1}', '{1}', ARRAY[(SELECT array_agg(n)::text FROM generate_series(1, 1000) AS n)], ARRAY['\x00'::bytea], '{"{}"}')`, "field_value", ""},
		{"read the marks of posts as somebody who sees none", "marketer1", `SELECT * FROM studio.ring_candidates(1, '{p1}', '{}', '{}', 5)`, "42501", ""},
	})

	// What a claim opens is what the person may decide: no more, and nothing is told of
	// what they can't see.
	for login, want := range map[string]string{"moderator2": "c0 c2 c7, not c1 c3 c5 c6", "moderator3": "c0 c1 c7, not c3 c5 c6"} {
		c := s.sit(login).claimRing(key)
		var got, not []string
		for name, id := range s.words {
			if c.Left[id] != nil {
				not = append(not, name)
			}
			if slices.ContainsFunc(c.Leases, func(l moderation.Lease) bool { return l.Case == id }) {
				got = append(got, name)
			}
		}
		slices.Sort(got)
		slices.Sort(not)
		if said := strings.Join(got, " ") + ", not " + strings.Join(not, " "); said != want {
			t.Errorf("%s opens %s, want %s", login, said, want)
		}
		must(t, s.sit(login).db.Rings().Release(t.Context(), uuid.NewString(), c.Leases))
	}
	s.inOrder()
}

// Deciding, undoing and linking at once, again and again: whatever comes first, what is
// allowed is done once, and nobody waits for anybody for ever.
func TestARingIsLinkedWhileItIsDecided(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.undoWindow("1 hour")
	key, _ := d.ring("a", 10)
	worker := d.Open(t, "worker1")
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 6 {
			more := pitches(fmt.Sprintf("n%d", i), "水光精华", 4)
			for j := range more {
				more[j].Posted = more[j].Posted.AddDate(0, 0, 1)
			}
			importPosts(t, worker, more...)
			scanned(worker, t, 10, true)
		}
	}()
	m := d.sit("moderator1")
	for range 8 {
		c := m.claimRing(key)
		r, err := m.db.Rings().Decide(t.Context(), ringDecision(key, c.Leases, moderation.RequireLabel))
		if err != nil {
			t.Error(err)
			break
		}
		if _, err := m.db.Rings().Undo(t.Context(), r.ID, r.ID); err != nil { // any UUID is a request
			t.Error(err)
			break
		}
	}
	<-done
	if got := d.one(`SELECT posts FROM studio.ring`); got != "34" {
		t.Errorf("%s posts in the ring", got)
	}
	d.inOrder()
}

// ringAlterations break rows where a ring of five was decided but for one, and another of
// three waits.
var ringAlterations = []alteration{
	{"ring.counted", `UPDATE studio.ring SET authors = 9 WHERE posts = 5`, `SELECT 'ring ' || key FROM studio.ring WHERE posts = 5`},
	{"ring.counted", `UPDATE studio.ring SET key = 'ring-0000000000000000' WHERE posts = 3`, `SELECT 'ring ' || x FROM studio.ring, unnest(ARRAY[key, 'ring-0000000000000000']) AS x WHERE posts = 3`},
	{"ring.counted", `DELETE FROM studio.ring WHERE posts = 3`, `SELECT 'ring ' || key FROM studio.ring WHERE posts = 3`},
	{"ring.bound", `DELETE FROM studio.ring_edge e USING studio.ring_post p JOIN studio.ring r ON r.key = p.ring WHERE r.posts = 3 AND e.a = p.post`, `SELECT 'ring ' || key FROM studio.ring WHERE posts = 3`},
	{"ring.bound", `INSERT INTO studio.ring_edge SELECT 'a', 'b', 1, 1, 1, 1, 1, '{}'`, `SELECT 'edge a b'`},
	{"ring.marked", `UPDATE studio.ring_mark SET author = 'another' WHERE post = (SELECT min(post) FROM studio.ring_post)`,
		`SELECT 'marks of ' || min(post) FROM studio.ring_post UNION ALL SELECT 'ring ' || ring || ' post ' || post FROM studio.ring_post WHERE post = (SELECT min(post) FROM studio.ring_post)`},
	{"ring.channels", `DELETE FROM studio.ring_channel WHERE post = (SELECT min(post) FROM studio.ring_channel)`, `SELECT 'channel ' || channel || ' of ' || post FROM studio.ring_channel ORDER BY post LIMIT 1`},
	{"ring.random", `UPDATE studio.cases SET tag = 'random' WHERE id = (SELECT case_id FROM studio.evidence WHERE kind = 'ring' ORDER BY 1 LIMIT 1)`,
		`SELECT 'case ' || c.ref || ' ' || c.id FROM studio.evidence e JOIN studio.cases c ON c.id = e.case_id WHERE e.kind = 'ring'
		    AND c.id = (SELECT case_id FROM studio.evidence WHERE kind = 'ring' ORDER BY 1 LIMIT 1)`},
	{"ring.decided", `UPDATE studio.decision SET verdict = 'clear' WHERE id = (SELECT max(decision::text)::uuid FROM studio.ring_decided)`, `SELECT 'decision ' || max(decision::text) FROM studio.ring_decided`},
	{"ring.audited", `DELETE FROM studio.ring_decided WHERE decision = (SELECT max(decision::text)::uuid FROM studio.ring_decided)`, `SELECT 'ring decision ' || id FROM studio.ring_decision`},
	{"ring.audited", `UPDATE studio.ring_decision SET person = 'moderator2'`, `SELECT 'ring decision ' || id FROM studio.ring_decision`},
	{"ring.audited", `DELETE FROM studio.ring_decided; DELETE FROM studio.ring_decision`, `SELECT 'ring decision ' || id FROM studio.ring_decision`},
}

func TestVerifyNamesTheRingThatASuperuserAltered(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.undoWindow("0 seconds")
	key, _ := d.ring("a", 5, func(i int, p *moderation.Post) { p.Body += "加微信 lumi_88 了解" })
	m := d.sit("moderator1")
	_, err := m.db.Rings().Decide(t.Context(), ringDecision(key, m.claimRing(key).Leases[:4], moderation.RequireLabel))
	must(t, err)
	other := pitches("b", "民宿", 3)
	importPosts(t, d.Open(t, "worker1"), other...)
	scanned(d.Open(t, "worker1"), t, 10, true)
	d.inOrder()
	d.altered(ringAlterations)
}
