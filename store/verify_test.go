package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"cinnabar/assets"
	"cinnabar/internal/people"
	"cinnabar/moderation"
	"cinnabar/store"
)

// worked is a desk at which everything was done that can be done, by those who may.
//
//	a1  approved by moderator1 and moderator2 in its second version, the first of
//	    which moderator1 had approved too
//	a2  refused by moderator1, appealed, upheld by lead2
//	a3  refused by lead1, appealed, overturned by lead2: at its first look again
//	a4  approved by moderator1, waits for a second opinion
//	a5  asked for more, taken back, asked again
//	p1  needs a label, appealed, upheld
//	p2  cleared
//	p3  needed a label, then its words changed
//	p4  escalated
//	p5  open, with a note, put aside by moderator2 for good and by moderator3 for now,
//	    handed to moderator1
//	p6  needs a label, appealed, under appeal
func worked(t *testing.T) *desk {
	t.Helper()
	d := newDesk(t)
	d.undoWindow("0")
	ctx := t.Context()
	m1, m2, m3, lead1, lead2, worker, admin := d.sit("moderator1"), d.sit("moderator2"), d.sit("moderator3"), d.sit("lead1"), d.sit("lead2"), d.sit("worker1"), d.sit("admin1")

	_, err := worker.db.Pictures().Put(ctx, uuid.NewString(), [][]byte{[]byte("licence"), []byte("logo")})
	must(t, err)
	_, err = m3.db.Pictures().Put(ctx, uuid.NewString(), [][]byte{[]byte("a third")})
	must(t, err)

	var apps []moderation.Application
	for n := range 5 {
		a := someApplication(fmt.Sprint("a", n+1))
		a.BrandName, a.SubmittedBy = fmt.Sprint("Brand ", n+1), fmt.Sprint("shop-", n+1)
		apps = append(apps, a)
	}
	apps[4].SubmittedBy, apps[4].Submitted, apps[4].Due = "", time.Time{}, time.Time{}
	importApplications(t, worker.db, apps...)
	brand := func(id string) string {
		return d.one(`SELECT id FROM studio.cases WHERE kind = 'brand' AND target = $1`, id)
	}
	m1.decide(brand("a1"), moderation.Approve)
	apps[0].Entity.Address = "上海市静安区"
	importApplications(t, d.sit("marketer1").db, moderation.Application{ID: "m1", Subject: moderation.Company, Region: "CN", BrandName: "Luma Skin"})
	importApplications(t, worker.db, apps[:2]...)
	m1.decide(brand("a1"), moderation.Approve)
	m2.decide(brand("a1"), moderation.Approve)
	appeal := func(caseID string) { must(t, worker.appeals(caseID, "That was wrong.")) }
	hear := func(by *person, caseID string, v moderation.Verdict) {
		answer := decision(by.claim(caseID), v)
		answer.Reason, answer.Note = "We looked again.", "Both papers read."
		_, err := by.db.Cases().Decide(ctx, answer)
		must(t, err)
	}
	m1.decide(brand("a2"), moderation.Refuse)
	appeal(brand("a2"))
	hear(lead2, brand("a2"), moderation.Uphold)
	lead1.decide(brand("a3"), moderation.Refuse)
	appeal(brand("a3"))
	hear(lead2, brand("a3"), moderation.Overturn)
	m1.decide(brand("a4"), moderation.Approve)
	d.undoWindow("1 hour")
	r := m1.decide(brand("a5"), moderation.AskMore)
	_, err = m1.db.Cases().Undo(ctx, uuid.NewString(), r.Decision)
	must(t, err)
	d.undoWindow("0")
	m1.decide(brand("a5"), moderation.AskMore)

	posts := make([]moderation.Post, 6)
	for n := range posts {
		posts[n] = somePost(fmt.Sprint("p", n+1))
	}
	importPosts(t, worker.db, posts...)
	put(t, worker.db, model, scores(take(t, worker.db, model, 10), true)...)
	post := func(id string) string {
		return d.one(`SELECT id FROM studio.cases WHERE kind = 'post' AND target = $1`, id)
	}
	m1.decide(post("p1"), moderation.RequireLabel)
	appeal(post("p1"))
	hear(lead1, post("p1"), moderation.Uphold)
	m2.decide(post("p2"), moderation.Clear)
	m1.decide(post("p3"), moderation.RequireLabel)
	posts[2].Body = "Other words."
	importPosts(t, worker.db, posts...)
	m1.decide(post("p4"), moderation.Escalate)
	m1.decide(post("p6"), moderation.RequireLabel)
	appeal(post("p6"))
	// Another model finds something else in what waits.
	again := take(t, worker.db, "rules-2", 10)
	scored := scores(again, true)
	for i := range scored {
		scored[i].Model, scored[i].Commercial, scored[i].Evidence = "rules-2", 0.5, scored[i].Evidence[:1]
	}
	put(t, worker.db, "rules-2", scored...)
	must(t, m1.db.Cases().AddNote(ctx, uuid.NewString(), post("p5"), "Look at the link."))
	must(t, m1.db.Cases().AddNote(ctx, uuid.NewString(), post("p5"), "Look at the link."))
	must(t, m2.db.Cases().Skip(ctx, uuid.NewString(), post("p5"), moderation.SkipConflict, ""))
	must(t, m3.db.Cases().Skip(ctx, uuid.NewString(), post("p5"), moderation.SkipOther, "Not today."))
	must(t, lead1.db.Cases().Hand(ctx, uuid.NewString(), moderation.Lease{Case: post("p5")}, "moderator1", "Yours."))
	m1.claim(brand("a3"))

	must(t, admin.db.People().Add(ctx, uuid.NewString(), people.Person{Login: d.newLogin(), Name: " Ines \t", Role: people.Moderator, Regions: []string{"SG"}, Languages: []string{"en"}, Brands: []string{"One"}}))
	gone := d.newLogin()
	must(t, admin.db.People().Add(ctx, uuid.NewString(), people.Person{Login: gone, Name: "Otto", Role: people.Lead}))
	must(t, admin.db.People().Disable(ctx, uuid.NewString(), gone))
	must(t, admin.db.Routing().PutSetting(ctx, uuid.NewString(), "lease", "6 minutes"))
	queues, err := lead1.db.Routing().Queues(ctx)
	must(t, err)
	queues[0].SLA += time.Hour
	must(t, lead1.db.Routing().PutQueue(ctx, uuid.NewString(), queues[0]))
	routes, err := lead1.db.Routing().Routes(ctx)
	must(t, err)
	must(t, lead1.db.Routing().PutRoutes(ctx, uuid.NewString(), routes, append(slices.Clone(routes), moderation.Route{Kind: moderation.KindPost, Queue: "post", Tags: []string{"link"}})))
	policies, err := lead1.db.Policies().List(ctx)
	must(t, err)
	reworded := policies[0]
	reworded.Source = "A newer guide"
	must(t, lead1.db.Policies().Put(ctx, uuid.NewString(), &policies[0], reworded))
	d.inOrder()
	return d
}

// Places of the world above, as queries.
const (
	caseOf           = `SELECT 'case ' || ref || ' ' || id FROM studio.cases WHERE target = '%s'`
	firstOn          = `SELECT 'decision ' || d.id FROM studio.decision d JOIN studio.cases c ON c.id = d.case_id WHERE c.target = '%s' ORDER BY d.case_version LIMIT 1`
	lastOn           = `SELECT 'decision ' || d.id FROM studio.decision d JOIN studio.cases c ON c.id = d.case_id WHERE c.target = '%s' ORDER BY d.case_version DESC LIMIT 1`
	rowOf            = `SELECT 'chain ' || chain || ' row ' || seq FROM studio.audit WHERE action = '%s' ORDER BY at LIMIT 1`
	importOf         = `SELECT 'import ' || request FROM studio.import WHERE kind = '%s' ORDER BY started_at LIMIT 1`
	literally        = `SELECT '%s'`
	lastOfP2         = `(SELECT d.id FROM studio.decision d JOIN studio.cases c ON c.id = d.case_id WHERE c.target = 'p2')`
	caseOfP5         = `(SELECT id FROM studio.cases WHERE target = 'p5')`
	someNote         = `(SELECT id FROM studio.note ORDER BY at LIMIT 1)`
	lastNote         = `(SELECT id FROM studio.note ORDER BY at DESC LIMIT 1)`
	recordOfLastNote = `(SELECT 'chain ' || chain || ' row ' || seq FROM studio.audit WHERE action = 'case.note' ORDER BY at DESC LIMIT 1)`
	voteOfM1         = `application = 'a4' AND voter = 'moderator1'`
	secondOfA1       = `application = 'a1' AND version = 2 AND voter = 'moderator1'`
)

// alteration is what a superuser did, and where a verification should say so.
type alteration struct {
	check string
	alter string
	place string // a query, asked before the alteration
}

// altered makes each alteration in a transaction that is taken back, and holds what the
// check finds to the places. It returns the checks that were tried.
func (d *desk) altered(alterations []alteration) (tried map[string]bool) {
	d.t.Helper()
	t := d.t
	db := sqlx.NewDb(d.super, "postgres")
	tried = map[string]bool{}
	for _, c := range alterations {
		tried[c.check] = true
		t.Run(c.check, func(t *testing.T) {
			tx, err := db.BeginTxx(t.Context(), nil)
			must(t, err)
			defer tx.Rollback()
			var places []string
			must(t, tx.Select(&places, c.place))
			_, err = tx.Exec(`SET LOCAL session_replication_role = replica; ` + c.alter)
			must(t, err)
			if len(places) == 0 || places[0] == "" {
				must(t, tx.Select(&places, c.place)) // of what the alteration made
			}
			_, err = tx.Exec(`SET LOCAL session_replication_role = origin; SET LOCAL SESSION AUTHORIZATION auditor1`)
			must(t, err)
			found, err := store.AskInvariant(t.Context(), tx, c.check)
			must(t, err)
			for _, p := range found {
				if !slices.ContainsFunc(places, func(place string) bool {
					begin, open := strings.CutSuffix(place, "%")
					return p.Where == place || open && strings.HasPrefix(p.Where, begin)
				}) {
					t.Errorf("after %s it names %+v besides", c.alter, p)
				}
			}
			if len(found) != len(places) {
				t.Errorf("after %s it finds %+v, want %q", c.alter, found, places)
			}
		})
	}
	return tried
}

func TestVerifyNamesTheRowThatASuperuserAltered(t *testing.T) {
	t.Parallel()
	d := worked(t)
	tried := d.altered([]alteration{
		{"chain.tail", `INSERT INTO studio.audit SELECT 63, 1000, at, actor, action, kind, target, NULL, detail, hash FROM studio.audit LIMIT 1`, fmt.Sprintf(literally, "chain 63 row 1000")},
		{"request.granted", `UPDATE studio.request SET result = NULL WHERE id = (SELECT request FROM studio.decision WHERE id = ` + lastOfP2 + `)`, `SELECT 'request ' || request FROM studio.decision WHERE id = ` + lastOfP2},
		{"request.audited", `UPDATE studio.request SET actor = 'moderator3' WHERE id = (SELECT request FROM studio.decision WHERE id = ` + lastOfP2 + `)`, `SELECT 'chain ' || chain || ' row ' || seq FROM studio.audit WHERE request = (SELECT request FROM studio.decision WHERE id = ` + lastOfP2 + `)`},
		{"request.audited", `DELETE FROM studio.request WHERE id = (SELECT request FROM studio.decision WHERE id = ` + lastOfP2 + `)`, `SELECT 'chain ' || chain || ' row ' || seq FROM studio.audit WHERE request = (SELECT request FROM studio.decision WHERE id = ` + lastOfP2 + `)`},

		{"person.audited", `UPDATE studio.person SET name = 'Somebody' WHERE login = 'moderator2'`, fmt.Sprintf(literally, "person moderator2")},
		{"person.audited", `UPDATE studio.person SET role = 'lead' WHERE login = 'moderator2'`, fmt.Sprintf(literally, "person moderator2")},
		{"person.audited", `UPDATE studio.person SET regions = '{SG}' WHERE login = 'moderator2'`, fmt.Sprintf(literally, "person moderator2")},
		{"person.audited", `UPDATE studio.person SET languages = '{en}' WHERE login = 'moderator2'`, fmt.Sprintf(literally, "person moderator2")},
		{"person.audited", `UPDATE studio.person SET brands = '{}' WHERE login = 'marketer1'`, fmt.Sprintf(literally, "person marketer1")},
		{"person.audited", `UPDATE studio.person SET active = true WHERE name = 'Otto'`, `SELECT 'person ' || login FROM studio.person WHERE name = 'Otto'`},
		{"person.audited", `UPDATE studio.person SET active = false WHERE login = 'moderator2'`, fmt.Sprintf(literally, "person moderator2")},
		{"person.audited", `UPDATE studio.person SET added_at = '2020-01-01' WHERE login = 'moderator2'`, fmt.Sprintf(literally, "person moderator2")},
		{"person.audited", `DELETE FROM studio.person WHERE login = 'moderator2'`, fmt.Sprintf(literally, "person moderator2")},
		{"person.audited", `INSERT INTO studio.person (login, name, role) VALUES ('mole', 'Mole', 'lead')`, fmt.Sprintf(literally, "person mole")},
		{"policy.audited", `UPDATE studio.policy SET message = message || '{"en": "Pay us."}' WHERE code = '2.1'`, fmt.Sprintf(literally, "policy 2.1")},
		{"policy.audited", `UPDATE studio.policy SET needs_reason = NOT needs_reason WHERE code = '2.1'`, fmt.Sprintf(literally, "policy 2.1")},
		{"policy.audited", `DELETE FROM studio.policy WHERE code = '2.6'`, fmt.Sprintf(literally, "policy 2.6")},
		{"named_queue.audited", `UPDATE studio.named_queue SET sla = '80 days' WHERE code = 'post'`, fmt.Sprintf(literally, "queue post")},
		{"named_queue.audited", `INSERT INTO studio.named_queue (code, kind, title, sla) VALUES ('hidden', 'post', '{"en": "", "zh": ""}', '1 day')`, fmt.Sprintf(literally, "queue hidden")},
		{"route.audited", `UPDATE studio.route SET queue = 'post' WHERE n = 3`, fmt.Sprintf(literally, "route 3")},
		{"route.audited", `DELETE FROM studio.route WHERE n = 2`, fmt.Sprintf(literally, "route 2")},
		{"transition.audited", `UPDATE studio.stage SET state = 'approved' WHERE kind = 'brand' AND stage = 'first'`, fmt.Sprintf(literally, "transition, verdict, stage")},
		{"setting.audited", `UPDATE studio.setting SET value = '1 hour' WHERE name = 'lease'`, fmt.Sprintf(literally, "setting lease")},

		{"import.audited", `UPDATE studio.import SET came = came + 1 WHERE kind = 'posts' AND came > 0`, fmt.Sprintf(importOf, "posts")},
		{"import.audited", `UPDATE studio.import SET person = 'moderator1' WHERE kind = 'posts' AND came > 0`, fmt.Sprintf(importOf, "posts")},
		{"import.audited", `UPDATE studio.import SET ended_at = ended_at + interval '2 hours' WHERE kind = 'posts' AND came > 0`, fmt.Sprintf(importOf, "posts")},
		{"import.audited", `DELETE FROM studio.import WHERE kind = 'posts' AND came > 0`, fmt.Sprintf(importOf, "posts")},
		{"application.came", `DELETE FROM studio.application_version WHERE application = 'a4'`, fmt.Sprintf(importOf, "applications")},
		{"application.versions", `DELETE FROM studio.application_version WHERE application = 'a4'`, fmt.Sprintf(literally, "application a4")},
		{"application.versions", `UPDATE studio.application SET version = 2 WHERE id = 'a4'`, fmt.Sprintf(literally, "application a4")},
		{"application.versions", `UPDATE studio.application_version SET entered_by = 'moderator1' WHERE application = 'a4'`, fmt.Sprintf(literally, "application a4 version 1")},
		{"application.versions", `UPDATE studio.application_version SET at = '2020-01-01' WHERE application = 'a4'`, fmt.Sprintf(literally, "application a4 version 1")},
		{"application.digest", `UPDATE studio.application SET digest = '\x00' WHERE id = 'a4'`, fmt.Sprintf(literally, "application a4")},
		{"application.digest", `UPDATE studio.application_version SET content = content || '{"contact": "me"}' WHERE application = 'a4'`, fmt.Sprintf(literally, "application a4")},
		{"application.digest", `UPDATE studio.application SET entered_by = 'nobody' WHERE id = 'a4'`, fmt.Sprintf(literally, "application a4")},
		{"application.content", `UPDATE studio.application SET brand_name = 'Luma Skin' WHERE id = 'a4'`, fmt.Sprintf(literally, "application a4")},
		{"application.content", `UPDATE studio.application SET uscc = '' WHERE id = 'a4'`, fmt.Sprintf(literally, "application a4")},
		{"application.content", `UPDATE studio.application SET entity_expires = '2020-01-01' WHERE id = 'a4'`, fmt.Sprintf(literally, "application a4")},
		{"application.content", `UPDATE studio.application SET established = '2020-01-01' WHERE id = 'm1'`, fmt.Sprintf(literally, "application m1")},
		{"application.content", `UPDATE studio.application SET mark_classes = '{1}' WHERE id = 'a4'`, fmt.Sprintf(literally, "application a4")},
		{"application.content", `UPDATE studio.application SET letters = '[]' WHERE id = 'a4'`, fmt.Sprintf(literally, "application a4")},
		{"application.content", `UPDATE studio.application SET submitted_at = '2020-01-01' WHERE id = 'a4'`, fmt.Sprintf(literally, "application a4")},
		{"application.content", `UPDATE studio.application SET extra = '{}' WHERE id = 'a4'`, fmt.Sprintf(literally, "application a4")},
		{"application.documents", `UPDATE studio.document SET picture = repeat('0', 64) WHERE application = 'a4' AND n = 1`, fmt.Sprintf(literally, "application a4 document 1")},
		{"application.documents", `UPDATE studio.document SET valid_until = '2040-01-01' WHERE application = 'a4' AND n = 3`, fmt.Sprintf(literally, "application a4 document 3")},
		{"application.documents", `UPDATE studio.document SET fields = '[]' WHERE application = 'a4' AND n = 1`, fmt.Sprintf(literally, "application a4 document 1")},
		{"application.documents", `DELETE FROM studio.document WHERE application = 'a4' AND n = 2`, fmt.Sprintf(literally, "application a4 document 2")},
		{"application.documents", `INSERT INTO studio.document SELECT application, 4, kind, picture, name, number, issuer, valid_from, valid_until, fields FROM studio.document WHERE application = 'a4' AND n = 1`, fmt.Sprintf(literally, "application a4 document 4")},
		{"application.papers", `UPDATE studio.application SET papers_until = 'infinity' WHERE id = 'a1'`, fmt.Sprintf(literally, "application a1")},
		{"application.submitter", `UPDATE studio.application SET submitted_by = 'nobody' WHERE id = 'a4'`, fmt.Sprintf(literally, "application a4")},
		{"picture.came", `DELETE FROM studio.picture WHERE first_by = 'moderator3'`, fmt.Sprintf(literally, "pictures of moderator3")},
		{"picture.came", `INSERT INTO studio.picture (id, media, width, height, size, bytes, first_by) VALUES (repeat('0', 64), 'x', 0, 0, 1, 'x', 'moderator3')`, fmt.Sprintf(literally, "pictures of moderator3")},
		{"post.came", `DELETE FROM studio.post_key WHERE id = 'p2'`, fmt.Sprintf(literally, "posts")},
		{"post.came", `UPDATE studio.post_key SET revision = 9 WHERE id = 'p2'`, fmt.Sprintf(literally, "posts")},
		{"post.key", `DELETE FROM studio.post WHERE id = 'p2'`, fmt.Sprintf(literally, "post p2")},
		{"post.key", `DELETE FROM studio.post_key WHERE id = 'p2'`, fmt.Sprintf(literally, "post p2")},

		{"approval.two_people", `UPDATE studio.application SET state = 'approved' WHERE id = 'a4'`, fmt.Sprintf(literally, "application a4")},
		{"approval.two_people", `UPDATE studio.vote SET withdrawn_at = at WHERE ` + secondOfA1, fmt.Sprintf(literally, "application a1")},
		{"approval.decided", `UPDATE studio.vote SET voter = 'moderator3' WHERE ` + voteOfM1, fmt.Sprintf(literally, "vote on a4 by moderator3")},
		{"approval.decided", `UPDATE studio.vote SET at = at + interval '1 microsecond' WHERE ` + voteOfM1, fmt.Sprintf(literally, "vote on a4 by moderator1")},
		{"approval.decided", `UPDATE studio.vote SET decision = ` + lastOfP2 + ` WHERE ` + voteOfM1, fmt.Sprintf(literally, "vote on a4 by moderator1")},
		{"approval.decided", `INSERT INTO studio.vote SELECT application, submitter, version, 'moderator3', decision, at FROM studio.vote WHERE ` + voteOfM1, fmt.Sprintf(literally, "vote on a4 by moderator3")},
		{"approval.withdrawn", `UPDATE studio.vote SET withdrawn_at = at WHERE ` + voteOfM1, fmt.Sprintf(literally, "vote on a4 by moderator1")},
		{"approval.counted", `DELETE FROM studio.vote WHERE ` + voteOfM1, fmt.Sprintf(firstOn, "a4")},
		{"approval.version", `UPDATE studio.vote SET version = 3 WHERE ` + secondOfA1, fmt.Sprintf(literally, "vote on a1 by moderator1")},
		{"approval.own", `UPDATE studio.vote SET submitter = 'nobody' WHERE ` + voteOfM1, fmt.Sprintf(literally, "vote on a4 by moderator1")},
		{"approval.own", `UPDATE studio.application_version SET entered_by = 'moderator1' WHERE application = 'a4'`, fmt.Sprintf(literally, "vote on a4 by moderator1")},

		{"case.opened", `UPDATE studio.cases SET ref = 'A-0001' WHERE target = 'a4'`, `SELECT 'case A-0001 ' || id FROM studio.cases WHERE target = 'a4'`},
		{"case.opened", `UPDATE studio.cases SET target = 'a9' WHERE target = 'a4'`, fmt.Sprintf(caseOf, "a4")},
		{"case.opened", `UPDATE studio.cases SET created = created - interval '1 day' WHERE target = 'a4'`, fmt.Sprintf(caseOf, "a4")},
		{"case.opened", `DELETE FROM studio.cases WHERE target = 'p5'`, `SELECT 'chain ' || chain || ' row ' || seq FROM studio.audit WHERE action = 'case.open' AND target = CAST(` + caseOfP5 + ` AS text)`},
		{"case.opened", `INSERT INTO studio.cases (ref, kind, target, title, tag, created, due) VALUES ('P-1', 'post', 'p2', '', '', now(), now())`, `SELECT 'case P-1 %'`},
		{"case.stage", `UPDATE studio.cases SET stage = 'second' WHERE target = 'a5'`, fmt.Sprintf(caseOf, "a5")},
		{"case.stage", `UPDATE studio.cases SET stage = 'first', outcome = NULL WHERE target = 'p2'`, fmt.Sprintf(caseOf, "p2")},
		{"case.version", `UPDATE studio.cases SET version = version + 1 WHERE target = 'p2'`, fmt.Sprintf(caseOf, "p2")},
		{"case.version", `UPDATE studio.cases SET version = 1 WHERE target = 'a5'`, fmt.Sprintf(caseOf, "a5")},
		{"case.scored", `UPDATE studio.cases SET score = 0.1 WHERE target = 'p5'`, fmt.Sprintf(caseOf, "p5")},
		{"case.scored", `UPDATE studio.cases SET tag = 'random' WHERE target = 'p5'`, fmt.Sprintf(caseOf, "p5")},
		{"case.scored", `UPDATE studio.cases SET tag = 'new' WHERE target = 'a1'`, fmt.Sprintf(caseOf, "a1")},
		{"case.parties", `UPDATE studio.cases SET submitted_by = '' WHERE target = 'a4'`, fmt.Sprintf(caseOf, "a4")},
		{"case.parties", `UPDATE studio.cases SET entered_by = '' WHERE target = 'a4'`, fmt.Sprintf(caseOf, "a4")},
		{"case.parties", `UPDATE studio.cases SET brand = '' WHERE target = 'a4'`, fmt.Sprintf(caseOf, "a4")},
		{"case.parties", `UPDATE studio.cases SET entered_by = 'moderator1' WHERE target = 'p5'`, fmt.Sprintf(caseOf, "p5")},
		{"case.shows", `UPDATE studio.cases SET title = 'Luma' WHERE target = 'a4'`, fmt.Sprintf(caseOf, "a4")},
		{"case.shows", `UPDATE studio.cases SET subtitle = 'food' WHERE target = 'a4'`, fmt.Sprintf(caseOf, "a4")},
		{"case.shows", `UPDATE studio.cases SET picture = '' WHERE target = 'a4'`, fmt.Sprintf(caseOf, "a4")},
		{"case.shows", `UPDATE studio.cases SET region = 'SG' WHERE target = 'a4'`, fmt.Sprintf(caseOf, "a4")},
		{"case.shows", `UPDATE studio.cases SET title = 'Luma' WHERE target = 'p5'`, fmt.Sprintf(caseOf, "p5")},
		{"case.shows", `UPDATE studio.cases SET brand = 'Luma' WHERE target = 'p5'`, fmt.Sprintf(caseOf, "p5")},
		{"case.shows", `UPDATE studio.cases SET lang = 'xx' WHERE target = 'p5'`, fmt.Sprintf(caseOf, "p5")},
		{"case.approvals", `UPDATE studio.cases SET approvals = 2 WHERE target = 'a4'`, fmt.Sprintf(caseOf, "a4")},
		{"case.subject", `UPDATE studio.application SET state = 'rejected' WHERE id = 'a4'`, fmt.Sprintf(caseOf, "a4")},
		{"case.subject", `UPDATE studio.application SET state = 'approved' WHERE id = 'a2'`, fmt.Sprintf(caseOf, "a2")},
		{"case.subject", `UPDATE studio.application SET ref = 'A-0001' WHERE id = 'a4'`, fmt.Sprintf(literally, "application a4")},
		{"case.subject", `DELETE FROM studio.post_key WHERE id = 'p5'`, fmt.Sprintf(caseOf, "p5")},
		{"case.effect", `UPDATE studio.application SET state_from = state_from + interval '1 day' WHERE id = 'a1'`, fmt.Sprintf(literally, "application a1")},
		{"case.effect", `UPDATE studio.application SET state_before = 'approved', state_from = 'infinity' WHERE id = 'a3'`, fmt.Sprintf(literally, "application a3")},
		{"case.effect", `UPDATE studio.application SET state_before = 'approved', state_from = 'infinity' WHERE id = 'm1'`, fmt.Sprintf(literally, "application m1")},
		{"case.queue", `UPDATE studio.queue SET stage = 'second' WHERE case_id = ` + caseOfP5, fmt.Sprintf(caseOf, "p5")},
		{"case.queue", `UPDATE studio.queue SET waiting = false WHERE case_id = ` + caseOfP5, fmt.Sprintf(caseOf, "p5")},
		{"case.queue", `UPDATE studio.queue SET named = 'brand' WHERE case_id = ` + caseOfP5, fmt.Sprintf(caseOf, "p5")},
		{"case.queue", `UPDATE studio.queue SET region = 'SG' WHERE case_id = ` + caseOfP5, fmt.Sprintf(caseOf, "p5")},
		{"case.queue", `DELETE FROM studio.queue WHERE case_id = ` + caseOfP5, fmt.Sprintf(caseOf, "p5")},
		{"case.closed", `UPDATE studio.cases SET outcome = 'label_required' WHERE target = 'p2'`, fmt.Sprintf(caseOf, "p2")},
		{"lease.holder", `UPDATE studio.queue SET holder = 'stranger', lease_until = now() + interval '1 hour' WHERE case_id = ` + caseOfP5, fmt.Sprintf(caseOf, "p5")},

		{"note.audited", `UPDATE studio.note SET text = 'Look away.' WHERE id = ` + lastNote, `SELECT 'note ' || ` + lastNote + ` UNION ALL ` + recordOfLastNote},
		{"note.audited", `UPDATE studio.note SET person = 'moderator2' WHERE id = ` + lastNote, `SELECT 'note ' || ` + lastNote + ` UNION ALL ` + recordOfLastNote},
		{"note.audited", `UPDATE studio.note SET at = at - interval '1 day' WHERE id = ` + someNote, `SELECT 'note ' || ` + someNote},
		{"note.audited", `DELETE FROM studio.note WHERE id = ` + lastNote, recordOfLastNote},
		{"note.audited", `INSERT INTO studio.note SELECT gen_random_uuid(), case_id, person, at, text FROM studio.note WHERE id = ` + someNote, `SELECT 'note %'`},
		{"evidence.audited", `UPDATE studio.evidence SET text = 'other' WHERE case_id = ` + caseOfP5, fmt.Sprintf(caseOf, "p5")},
		{"evidence.audited", `UPDATE studio.evidence SET weight = 0 WHERE case_id = ` + caseOfP5, fmt.Sprintf(caseOf, "p5")},
		{"evidence.audited", `DELETE FROM studio.evidence WHERE case_id = ` + caseOfP5, fmt.Sprintf(caseOf, "p5")},
		{"evidence.audited", `INSERT INTO studio.evidence SELECT id, 1, 'code', 'code.offer', '', 'body', NULL, NULL, '', 1 FROM studio.cases WHERE target = 'a4'`, fmt.Sprintf(caseOf, "a4")},
		{"appeal.audited", `UPDATE studio.appeal SET words = 'Fine.' WHERE case_id = (SELECT id FROM studio.cases WHERE target = 'a2')`, `SELECT 'appeal ' || p.id FROM studio.appeal p JOIN studio.cases c ON c.id = p.case_id WHERE c.target = 'a2'`},
		{"appeal.audited", `UPDATE studio.appeal SET submitted_by = 'me' WHERE case_id = (SELECT id FROM studio.cases WHERE target = 'a2')`, `SELECT 'appeal ' || p.id FROM studio.appeal p JOIN studio.cases c ON c.id = p.case_id WHERE c.target = 'a2'`},
		{"appeal.audited", `DELETE FROM studio.appeal WHERE case_id = (SELECT id FROM studio.cases WHERE target = 'a2')`, `SELECT 'chain ' || a.chain || ' row ' || a.seq FROM studio.audit a JOIN studio.cases c ON CAST(c.id AS text) = a.target WHERE a.action = 'case.appeal' AND c.target = 'a2'`},
		{"skip.audited", `UPDATE studio.skip SET reason = 'language', until = now() WHERE person = 'moderator2'`, `SELECT 'skip of ' || ` + caseOfP5 + ` || ' by moderator2'`},
		{"skip.audited", `UPDATE studio.skip SET person = 'moderator1' WHERE person = 'moderator3'`, `SELECT 'skip of ' || ` + caseOfP5 + ` || ' by moderator1'`},
		{"skip.audited", `DELETE FROM studio.skip WHERE person = 'moderator2'`, `SELECT 'chain ' || chain || ' row ' || seq FROM studio.audit WHERE action = 'case.skip' AND actor = 'moderator2'`},

		{"decision.transition", `UPDATE studio.decision SET outcome = 'open' WHERE id = ` + lastOfP2, fmt.Sprintf(lastOn, "p2")},
		{"decision.own", `UPDATE studio.cases SET submitted_by = 'moderator1' WHERE target = 'a4'`, fmt.Sprintf(lastOn, "a4")},
		{"decision.own", `UPDATE studio.application_version SET entered_by = 'moderator1' WHERE application = 'a4'`, fmt.Sprintf(lastOn, "a4")},
		{"decision.own", `UPDATE studio.appeal SET submitted_by = 'lead2' WHERE case_id = (SELECT id FROM studio.cases WHERE target = 'a2')`, fmt.Sprintf(lastOn, "a2")},
		{"decision.fresh", `UPDATE studio.decision SET person = 'moderator1' WHERE stage = 'appeal' AND case_id = (SELECT id FROM studio.cases WHERE target = 'a2')`, fmt.Sprintf(lastOn, "a2")},
		{"decision.right", `UPDATE studio.decision SET person = 'worker1' WHERE id = ` + lastOfP2, fmt.Sprintf(lastOn, "p2")},
		{"decision.right", `UPDATE studio.decision SET person = 'moderator3' WHERE stage = 'appeal' AND case_id = (SELECT id FROM studio.cases WHERE target = 'a2')`, fmt.Sprintf(lastOn, "a2")},
		{"decision.right", `UPDATE studio.decision SET at = '2020-01-01' WHERE id = ` + lastOfP2, fmt.Sprintf(lastOn, "p2")},
		{"decision.request", `UPDATE studio.decision SET at = at + interval '1 microsecond' WHERE id = ` + lastOfP2, fmt.Sprintf(lastOn, "p2")},
		{"decision.request", `UPDATE studio.decision SET request = gen_random_uuid() WHERE id = ` + lastOfP2, fmt.Sprintf(lastOn, "p2")},
		{"decision.audited", `UPDATE studio.decision SET case_id = ` + caseOfP5 + ` WHERE id = ` + lastOfP2, fmt.Sprintf(lastOn, "p2")},
		{"decision.audited", `UPDATE studio.decision SET stage = 'escalated' WHERE id = ` + lastOfP2, fmt.Sprintf(lastOn, "p2")},
		{"decision.audited", `UPDATE studio.decision SET to_stage = 'first' WHERE id = ` + lastOfP2, fmt.Sprintf(lastOn, "p2")},
		{"decision.audited", `UPDATE studio.decision SET outcome = 'label_required' WHERE id = ` + lastOfP2, fmt.Sprintf(lastOn, "p2")},
		{"decision.audited", `UPDATE studio.decision SET case_version = 9 WHERE id = ` + lastOfP2, fmt.Sprintf(lastOn, "p2")},
		{"decision.audited", `UPDATE studio.decision SET verdict = 'require_label' WHERE id = ` + lastOfP2, fmt.Sprintf(lastOn, "p2")},
		{"decision.audited", `UPDATE studio.decision SET policy = '2.6' WHERE id = ` + lastOfP2, fmt.Sprintf(lastOn, "p2")},
		{"decision.audited", `UPDATE studio.decision SET reason = 'Other words.' WHERE id = ` + lastOfP2, fmt.Sprintf(lastOn, "p2")},
		{"decision.audited", `UPDATE studio.decision SET note = 'Other words.' WHERE id = ` + lastOfP2, fmt.Sprintf(lastOn, "p2")},
		{"decision.audited", `UPDATE studio.decision SET person = 'moderator1' WHERE id = ` + lastOfP2, fmt.Sprintf(lastOn, "p2")},
		{"decision.audited", `UPDATE studio.decision SET at = at - interval '1 day' WHERE id = ` + lastOfP2, fmt.Sprintf(lastOn, "p2")},
		{"decision.audited", `UPDATE studio.decision SET effective_at = effective_at + interval '1 microsecond' WHERE id = ` + lastOfP2, fmt.Sprintf(lastOn, "p2")},
		{"decision.audited", `INSERT INTO studio.decision SELECT (jsonb_populate_record(d, jsonb_build_object('id', gen_random_uuid(), 'request', gen_random_uuid()))).* FROM studio.decision d WHERE id = ` + lastOfP2, `SELECT 'decision %'`},
		{"audit.decision", `DELETE FROM studio.decision WHERE id = ` + lastOfP2, `SELECT 'chain ' || chain || ' row ' || seq FROM studio.audit WHERE request = (SELECT request FROM studio.decision WHERE id = ` + lastOfP2 + `)`},
		{"undo.audited", `UPDATE studio.decision SET undone_at = at - interval '1 second' WHERE id = ` + lastOfP2, fmt.Sprintf(lastOn, "p2")},
		{"undo.audited", `UPDATE studio.decision SET undone_at = NULL WHERE undone_at IS NOT NULL`, fmt.Sprintf(firstOn, "a5")},
		{"undo.audited", `UPDATE studio.decision SET undone_at = undone_at - interval '2 hours' WHERE undone_at IS NOT NULL`, fmt.Sprintf(firstOn, "a5")},
		{"post.outcome", `UPDATE studio.post SET outcome = 'open' WHERE id = 'p1'`, fmt.Sprintf(literally, "post p1")},
		{"post.outcome", `UPDATE studio.post SET outcome = 'cleared' WHERE id = 'p3'`, fmt.Sprintf(literally, "post p3")},
		{"post.outcome", `UPDATE studio.post SET outcome = 'cleared' WHERE id = 'p5'`, fmt.Sprintf(literally, "post p5")},
		{"post.outcome", `UPDATE studio.post SET outcome = 'cleared' WHERE id = 'p6'`, fmt.Sprintf(literally, "post p6")},
		{"post.outcome", `UPDATE studio.post SET outcome_from = 'infinity' WHERE id = 'p6'`, fmt.Sprintf(literally, "post p6")},
		{"post.outcome", `UPDATE studio.post SET outcome_before = 'cleared', outcome_from = 'infinity' WHERE id = 'p5'`, fmt.Sprintf(literally, "post p5")},
		{"post.breach", `UPDATE studio.post SET breached_at = NULL WHERE id = 'p1'`, fmt.Sprintf(literally, "post p1")},
		{"post.breach", `UPDATE studio.post SET breached_at = NULL WHERE id = 'p3'`, fmt.Sprintf(literally, "post p3")},
		{"post.breach", `UPDATE studio.post SET breached_at = now() WHERE id = 'p2'`, fmt.Sprintf(literally, "post p2")},

		{"guard.transitions", `UPDATE studio.transition SET approvals = 0 WHERE kind = 'brand' AND stage = 'second' AND verdict = 'approve'`, `SELECT 'transition brand second approve 0' UNION ALL SELECT 'transition brand second approve 1'`},
		{"guard.transitions", `UPDATE studio.transition SET fresh = false WHERE kind = 'post' AND stage = 'appeal' AND verdict = 'uphold'`, fmt.Sprintf(literally, "transition post appeal uphold 0")},
		{"guard.verdicts", `UPDATE studio.verdict SET needs_policy = false WHERE verdict = 'refuse'`, fmt.Sprintf(literally, "verdict refuse")},
		{"guard.functions", `CREATE OR REPLACE FUNCTION studio.trimmed(p_text text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS 'SELECT $1'`, fmt.Sprintf(literally, "function trimmed")},
		{"guard.functions", `ALTER FUNCTION studio.case_decide SECURITY INVOKER`, fmt.Sprintf(literally, "function case_decide")},
		{"guard.functions", `ALTER FUNCTION studio.case_decide SET search_path = public`, fmt.Sprintf(literally, "function case_decide")},
		{"guard.functions", `ALTER FUNCTION studio.case_decide RESET search_path`, fmt.Sprintf(literally, "function case_decide")},
		{"guard.functions", `DROP FUNCTION studio.evidence_put`, fmt.Sprintf(literally, "function evidence_put")},
		{"guard.functions", `CREATE FUNCTION studio.back_door() RETURNS void LANGUAGE sql AS ''; ALTER FUNCTION studio.back_door OWNER TO cinnabar_owner`, fmt.Sprintf(literally, "function back_door")},
		{"guard.execute", `GRANT EXECUTE ON FUNCTION studio.audit_write TO moderator`, fmt.Sprintf(literally, "function audit_write")},
		{"guard.execute", `GRANT EXECUTE ON FUNCTION studio.case_decide TO PUBLIC`, fmt.Sprintf(literally, "function case_decide")},
		{"guard.execute", `GRANT EXECUTE ON FUNCTION studio.case_decide TO worker1`, fmt.Sprintf(literally, "function case_decide")},
		{"guard.triggers", `ALTER TABLE studio.application DISABLE TRIGGER two_people`, fmt.Sprintf(literally, "two_people on application")},
		{"guard.triggers", `DROP TRIGGER decision_keep_rows ON studio.decision`, fmt.Sprintf(literally, "decision_keep_rows on decision")},
		{"guard.triggers", `ALTER TABLE studio.vote ENABLE REPLICA TRIGGER two_people`, fmt.Sprintf(literally, "two_people on vote")},
		{"guard.triggers", `DROP TRIGGER appeal_keep_rows ON studio.appeal; CREATE FUNCTION studio.yes() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
			CREATE TRIGGER appeal_keep_rows BEFORE UPDATE OR DELETE ON studio.appeal FOR EACH ROW EXECUTE FUNCTION studio.yes()`, fmt.Sprintf(literally, "appeal_keep_rows on appeal")},
		{"guard.writes", `GRANT UPDATE ON studio.cases TO moderator`, fmt.Sprintf(literally, "table cases")},
		{"guard.writes", `GRANT UPDATE (state) ON studio.application TO moderator`, fmt.Sprintf(literally, "table application column state")},
		{"guard.writes", `GRANT INSERT ON studio.vote TO PUBLIC`, fmt.Sprintf(literally, "table vote")},
		{"guard.writes", `GRANT CREATE ON SCHEMA studio TO moderator`, fmt.Sprintf(literally, "schema studio")},
		{"guard.owner", `ALTER TABLE studio.note OWNER TO moderator`, fmt.Sprintf(literally, "table note")},
		{"guard.owner", `ALTER FUNCTION studio.note_put OWNER TO moderator`, fmt.Sprintf(literally, "function note_put")},
		{"guard.sight", `ALTER TABLE studio.decision DISABLE ROW LEVEL SECURITY`, fmt.Sprintf(literally, "table decision")},
		{"guard.sight", `DROP POLICY sight ON studio.decision`, fmt.Sprintf(literally, "table decision")},
		{"guard.sight", `CREATE POLICY hide ON studio.note AS RESTRICTIVE FOR SELECT TO auditor USING (person <> 'moderator1')`, fmt.Sprintf(literally, "policy hide on note")},
		{"guard.sight", `CREATE POLICY peep ON studio.vote FOR SELECT USING (true)`, fmt.Sprintf(literally, "policy peep on vote")},
		{"guard.logins", `GRANT cinnabar_owner TO moderator3`, fmt.Sprintf(literally, "login moderator3")},
		{"guard.logins", `GRANT lead TO moderator3`, fmt.Sprintf(literally, "login moderator3")},
		{"guard.logins", `GRANT moderator2 TO moderator3`, fmt.Sprintf(literally, "login moderator3")},
		{"guard.logins", `ALTER ROLE moderator3 BYPASSRLS`, fmt.Sprintf(literally, "login moderator3")},
	})
	for _, name := range store.Invariants() {
		if !tried[name] && !slices.ContainsFunc(slices.Concat(planAlterations, pictureAlterations, bookAlterations, modelAlterations, shadowAlterations, ringAlterations, lookAlterations), func(a alteration) bool { return a.check == name }) {
			t.Errorf("nobody tried to break %s", name)
		}
	}
	d.inOrder()
}

// Bytes that were put under another picture's name.
func TestVerifyNamesThePictureWithOtherBytes(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	files := make([][]byte, 600) // more than one batch
	for i := range files {
		files[i] = []byte(fmt.Sprint("picture ", i))
	}
	ids, err := d.Open(t, "worker1").Pictures().Put(t.Context(), uuid.NewString(), files)
	must(t, err)
	d.inOrder()
	d.exec(`UPDATE studio.picture SET bytes = set_byte(bytes, 0, 0) WHERE id = $1`, string(ids[300]))
	found, err := d.Open(t, "auditor1").Audit().Verify(t.Context(), nil)
	must(t, err)
	if want := "picture " + string(ids[300]); len(found.Problems) != 1 || found.Problems[0].Check != "picture.bytes" || found.Problems[0].Where != want {
		t.Errorf("found %+v, want %s", found.Problems, want)
	}
	if found.Pictures != 600 || found.Rows == 0 {
		t.Errorf("it went through %d pictures and %d rows", found.Pictures, found.Rows)
	}
	if altered := assets.IDOf(files[300]); altered != ids[300] {
		t.Errorf("the test altered %s", altered)
	}
}

// Whoever spoils a row so that it can't be read as JSON must not end the verification.
func TestWhatCannotBeReadIsFoundAndEndsNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ alter, check string }{
		"detail is no JSON":         {`UPDATE studio.audit SET detail = '{"decision": ' WHERE action = 'case.decide'`, "chain.detail"},
		"detail is no object":       {`UPDATE studio.audit SET detail = '[1]' WHERE action = 'case.decide'`, "chain.detail"},
		"detail is JSON to Go":      {`UPDATE studio.audit SET detail = '{"decision": "\u0000"}' WHERE action = 'case.decide'`, "decision.audited"},
		"a number without bounds":   {`UPDATE studio.audit SET detail = '{"decision": 1e999999}' WHERE action = 'case.decide'`, "decision.audited"},
		"a moment that never comes": {`CREATE TABLE studio.audit_end PARTITION OF studio.audit FOR VALUES FROM ('2200-01-01') TO (MAXVALUE); UPDATE studio.audit SET at = 'infinity' WHERE action = 'case.decide'`, "chain"},
		"content of another kind":   {`UPDATE studio.application_version SET content = content || '{"mark_classes": "x"}'`, "application.content"},
		"an answer of another kind": {`UPDATE studio.request SET result = '{"at": "yesterday, or so"}' WHERE function = 'case_decide'`, "decision.request"},
		"a table that is gone":      {`DROP TABLE studio.skip`, "skip.audited"},
		"a right that is gone":      {`REVOKE SELECT ON studio.note FROM auditor`, "note.audited"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.sit("moderator1").decide(d.brand("a1", "初岚", "chulan", "worker1"), moderation.Approve)
			d.exec(`SET session_replication_role = replica; ` + c.alter)
			if found := d.verify(); !slices.ContainsFunc(found, func(p moderation.Problem) bool { return p.Check == c.check }) {
				t.Errorf("verify found %+v", found)
			}
		})
	}
}

// Two rows that claim one place in a chain: the chain goes on with the one that fits.
func TestARowBesideAnotherOfItsNumberIsNamedAlone(t *testing.T) {
	t.Parallel()
	for name, shift := range map[string]string{"before": "- interval '1 second'", "behind": "+ interval '1 second'"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			p := d.sit("moderator1")
			id := d.post("p1", 0.5)
			for n := range 3 {
				must(t, p.db.Cases().AddNote(t.Context(), uuid.NewString(), id, fmt.Sprint("thought ", n)))
			}
			where := d.one(`SELECT 'chain ' || chain || ' row ' || seq FROM studio.audit WHERE action = 'case.note' ORDER BY seq LIMIT 1`)
			d.exec(`SET session_replication_role = replica; INSERT INTO studio.audit SELECT chain, seq, at ` + shift + `, actor, 'case.claim', kind, target, NULL, '{}', hash
				FROM studio.audit WHERE 'chain ' || chain || ' row ' || seq = '` + where + `'`)
			for _, problem := range d.verify() {
				if problem.Where != where || problem.Check != "chain" {
					t.Errorf("verify names %+v", problem)
				}
			}
			if len(d.verify()) == 0 {
				t.Error("verify finds nothing")
			}
		})
	}
}
