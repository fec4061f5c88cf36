package store_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
)

// closed brings a case of a brand to a refusal that is in effect.
func (d *desk) refusedBrand(id string, by *person) (caseID string) {
	d.t.Helper()
	caseID = d.brand(id, "Brand "+id, "shop-"+id, "worker1")
	by.decide(caseID, moderation.Refuse)
	return caseID
}

func (p *person) appeals(caseID, words string) error {
	p.t.Helper()
	return p.db.Cases().Appeal(p.t.Context(), uuid.NewString(), caseID, "", words)
}

func TestAnAppealIsHeardByALeadWhoHadNoPartInTheCase(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.undoWindow("0")
	lead1, lead2, worker := d.sit("lead1"), d.sit("lead2"), d.sit("worker1")
	// A lead refuses, so the other lead alone may hear the appeal.
	id := d.refusedBrand("b1", lead1)
	if err := worker.appeals(id, "The register was out of date."); err != nil {
		t.Fatal(err)
	}
	_, err := lead1.db.Cases().Claim(t.Context(), uuid.NewString(), id)
	refused(t, err, fault.OwnDecision)
	_, err = d.sit("moderator1").db.Cases().Claim(t.Context(), uuid.NewString(), id)
	refused(t, err, fault.NoRight)

	f := lead2.file(id)
	if f.Case.Stage != moderation.StageAppeal || f.Case.Tag != "appeal" || f.Case.Queue != "brand.appeal" || len(f.Appeals) != 1 ||
		f.Appeals[0].Words != "The register was out of date." || f.Appeals[0].SubmittedBy != "shop-b1" || f.Appeals[0].EnteredBy != "worker1" {
		t.Errorf("the file of an appeal: %+v", f)
	}
	// The other lead sees it in the queue, the one who decided does not.
	for who, want := range map[*person]int{lead1: 0, lead2: 1} {
		page, err := who.db.Cases().Page(t.Context(), moderation.QueueQuery{Kind: moderation.KindBrand, Limit: 10})
		if err != nil || len(page.Cases) != want {
			t.Errorf("%s sees %d cases, %v; want %d", who.login, len(page.Cases), err, want)
		}
	}
	l := lead2.claim(id)
	answer := decision(l, moderation.Overturn)
	_, err = lead2.db.Cases().Decide(t.Context(), answer)
	refused(t, err, fault.ReasonNeeded)
	answer.Request, answer.Reason = uuid.NewString(), "You were right."
	if _, err := lead2.db.Cases().Decide(t.Context(), answer); err != nil {
		t.Fatal(err)
	}
	// Overturned, a brand is not in: the review begins anew, with two people.
	if got := d.one(`SELECT state FROM studio.application WHERE id = 'b1'`); got != "submitted" {
		t.Errorf("the application is %s", got)
	}
	d.sit("moderator1").decide(id, moderation.Approve)
	d.sit("moderator2").decide(id, moderation.Approve)
	if got := d.one(`SELECT state FROM studio.application WHERE id = 'b1'`); got != "approved" {
		t.Errorf("the application is %s", got)
	}
	d.inOrder()
}

func TestADecisionIsAppealedOnceAndInTime(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.undoWindow("1 hour")
	m, worker, lead := d.sit("moderator1"), d.sit("worker1"), d.sit("lead1")
	post := d.post("p1", 0.9)
	refused(t, worker.appeals(post, "Not yet decided."), fault.NotAllowedNow)
	m.decide(post, moderation.RequireLabel)
	refused(t, worker.appeals(post, "Still in the undo window."), fault.NotAllowedNow)

	d.undoWindow("0")
	post = d.post("p2", 0.9)
	m.decide(post, moderation.RequireLabel)
	refused(t, worker.appeals(post, " \n"), fault.FieldMissing)
	refused(t, d.sit("marketer1").appeals(post, "I say it for them."), fault.NotFound)
	if err := worker.appeals(post, "I bought it myself."); err != nil {
		t.Fatal(err)
	}
	if got := d.one(`SELECT outcome FROM studio.post WHERE id = 'p2'`); got != "label_required" {
		t.Errorf("under appeal the outcome is %s", got)
	}
	breach := d.one(`SELECT breached_at FROM studio.post WHERE id = 'p2'`)
	answer := decision(lead.claim(post), moderation.Uphold)
	answer.Reason = "The code is an affiliate's."
	if _, err := lead.db.Cases().Decide(t.Context(), answer); err != nil {
		t.Fatal(err)
	}
	if got := d.one(`SELECT breached_at FROM studio.post WHERE id = 'p2'`); got != breach {
		t.Errorf("the breach began %s, and after the appeal %s", breach, got)
	}
	refused(t, worker.appeals(post, "Once more."), fault.NotAllowedNow)

	// What was fine is nobody's to appeal, and what is long past neither.
	fine := d.post("p3", 0.9)
	m.decide(fine, moderation.Clear)
	refused(t, worker.appeals(fine, "Thank you."), fault.NotAllowedNow)
	late := d.post("p4", 0.9)
	m.decide(late, moderation.RequireLabel)
	d.exec(`UPDATE studio.setting SET value = '0' WHERE name = 'appeal_window'`)
	refused(t, worker.appeals(late, "I was away."), fault.TooLate)
	d.inOrder()
}

func TestAnOverturnedLabelClearsThePost(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.undoWindow("1 hour")
	lead := d.sit("lead1")
	post := d.post("p1", 0.9)
	d.undoWindow("0")
	d.sit("moderator1").decide(post, moderation.RequireLabel)
	// Typed in by a lead, the appeal is not theirs to hear.
	if err := lead.appeals(post, "The author wrote to me."); err != nil {
		t.Fatal(err)
	}
	_, err := lead.db.Cases().Claim(t.Context(), uuid.NewString(), post)
	refused(t, err, fault.OwnSubmission)
	lead2 := d.sit("lead2")
	d.undoWindow("1 hour")
	answer := decision(lead2.claim(post), moderation.Overturn)
	answer.Reason = "You were right."
	r, err := lead2.db.Cases().Decide(t.Context(), answer)
	if err != nil {
		t.Fatal(err)
	}
	// Undone, it is an appeal again.
	if _, err := lead2.db.Cases().Undo(t.Context(), uuid.NewString(), r.Decision); err != nil {
		t.Fatal(err)
	}
	if f := lead2.file(post); f.Case.Stage != moderation.StageAppeal {
		t.Errorf("after the undo the stage is %s", f.Case.Stage)
	}
	d.undoWindow("0")
	answer = decision(lead2.claim(post), moderation.Overturn)
	answer.Reason = "You were right."
	if _, err := lead2.db.Cases().Decide(t.Context(), answer); err != nil {
		t.Fatal(err)
	}
	if got := d.one(`SELECT outcome || ' ' || coalesce(CAST(breached_at AS text), 'never') FROM studio.post WHERE id = 'p1'`); got != "cleared never" {
		t.Errorf("the post is %s", got)
	}
	d.inOrder()
}

func TestACaseIsHandedToANamedPerson(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	one, two, three, lead := d.sit("moderator1"), d.sit("moderator2"), d.sit("moderator3"), d.sit("lead1")
	id := d.post("p1", 0.9)
	hand := func(p *person, l moderation.Lease, to string) error {
		return p.db.Cases().Hand(t.Context(), uuid.NewString(), l, to, "You know this trade.")
	}
	l := one.claim(id)
	for _, nobody := range []string{"marketer1", "auditor1", "nobody", "", "moderator1"} {
		refused(t, hand(one, l, nobody), fault.CannotTake)
	}
	refused(t, hand(two, l, "moderator3"), fault.LeaseLost)
	if err := hand(one, l, "moderator2"); err != nil {
		t.Fatal(err)
	}
	_, err := one.db.Cases().Decide(t.Context(), decision(l, moderation.Clear))
	refused(t, err, fault.LeaseLost)
	_, err = three.db.Cases().Claim(t.Context(), uuid.NewString(), id)
	if f := refused(t, err, fault.HeldByOther); f.Args["who"] != "moderator2" {
		t.Errorf("it is said to wait for %s", f.Args["who"])
	}
	if leases, err := three.db.Cases().Take(t.Context(), uuid.NewString(), moderation.KindPost, "", 5); err != nil || len(leases) != 0 {
		t.Errorf("a third takes %d cases, %v", len(leases), err)
	}
	page, err := two.db.Cases().Page(t.Context(), moderation.QueueQuery{Kind: moderation.KindPost, Mine: true, Limit: 10})
	if err != nil || len(page.Cases) != 1 || page.Cases[0].For != "moderator2" {
		t.Fatalf("what was handed over: %+v, %v", page.Cases, err)
	}
	counts, err := two.db.Cases().Counts(t.Context(), moderation.KindPost)
	if err != nil || counts.Mine != 1 {
		t.Errorf("counted as mine: %d, %v", counts.Mine, err)
	}
	if f := two.file(id); len(f.Notes) != 1 || f.Notes[0].Text != "You know this trade." {
		t.Errorf("the words that came with it: %+v", f.Notes)
	}
	// A lead takes it out of a hand that went home.
	stale := two.claim(id)
	if err := hand(lead, moderation.Lease{Case: id}, "moderator3"); err != nil {
		t.Fatal(err)
	}
	refused(t, hand(two, moderation.Lease{Case: id}, "moderator2"), fault.LeaseLost) // only leads may
	_, err = two.db.Cases().Decide(t.Context(), decision(stale, moderation.Clear))
	refused(t, err, fault.LeaseLost)
	three.decide(id, moderation.Clear)

	// Nobody keeps it for ever.
	id = d.post("p2", 0.9)
	d.exec(`UPDATE studio.setting SET value = '0' WHERE name = 'reserve'`)
	if err := hand(one, one.claim(id), "moderator2"); err != nil {
		t.Fatal(err)
	}
	three.decide(id, moderation.Clear)
	d.inOrder()
}

func TestASkippedCaseWaitsForTheOthers(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	one, two := d.sit("moderator1"), d.sit("moderator2")
	id := d.post("p1", 0.9)
	skip := func(p *person, why moderation.SkipReason, words string) error {
		return p.db.Cases().Skip(t.Context(), uuid.NewString(), id, why, words)
	}
	sees := func(p *person) int {
		page, err := p.db.Cases().Page(t.Context(), moderation.QueueQuery{Kind: moderation.KindPost, Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		return len(page.Cases)
	}
	refused(t, skip(one, "boredom", ""), fault.FieldValue)
	refused(t, skip(one, moderation.SkipOther, " "), fault.FieldMissing)
	one.claim(id)
	if err := skip(one, moderation.SkipLanguage, "Cantonese"); err != nil {
		t.Fatal(err)
	}
	if sees(one) != 0 || sees(two) != 1 {
		t.Errorf("after the skip one sees %d, the other %d", sees(one), sees(two))
	}
	if leases, err := one.db.Cases().Take(t.Context(), uuid.NewString(), moderation.KindPost, "", 5); err != nil || len(leases) != 0 {
		t.Errorf("who skipped it takes %d, %v", len(leases), err)
	}
	one.claim(id) // they changed their mind
	if err := skip(one, moderation.SkipConflict, ""); err != nil {
		t.Fatal(err)
	}
	_, err := one.db.Cases().Claim(t.Context(), uuid.NewString(), id)
	refused(t, err, fault.CannotTake)
	d.exec(`UPDATE studio.skip SET at = at - interval '30 days'`)
	if err := skip(one, moderation.SkipLanguage, ""); err != nil {
		t.Fatal(err)
	}
	_, err = one.db.Cases().Claim(t.Context(), uuid.NewString(), id)
	refused(t, err, fault.CannotTake) // a conflict is not talked away
	two.decide(id, moderation.Clear)
	d.inOrder()
}

func TestAModeratorSeesTheirRegionsAndLanguagesAlone(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.exec(`UPDATE studio.person SET regions = '{SG}' WHERE login = 'moderator1'`)
	d.exec(`UPDATE studio.person SET languages = '{zh-Hans}' WHERE login = 'moderator2'`)
	brand := d.brand("b1", "Far", "shop", "worker1") // CN, zh
	post := d.post("p1", 0.9)                        // en
	far, hans, all := d.sit("moderator1"), d.sit("moderator2"), d.sit("moderator3")
	for _, c := range []struct {
		who  *person
		id   string
		sees bool
	}{{far, brand, false}, {far, post, true}, {hans, brand, true}, {hans, post, false}, {all, brand, true}, {all, post, true}} {
		_, err := c.who.db.Cases().File(t.Context(), c.id)
		if (err == nil) != c.sees {
			t.Errorf("%s opens the file of %s: %v", c.who.login, c.id, err)
		}
		_, err = c.who.db.Cases().Claim(t.Context(), uuid.NewString(), c.id)
		if c.sees != (err == nil) && fault.CodeOf(err) != fault.HeldByOther {
			t.Errorf("%s claims %s: %v", c.who.login, c.id, err)
		}
		if !c.sees {
			refused(t, err, fault.NotFound)
			refused(t, c.who.db.Cases().AddNote(t.Context(), uuid.NewString(), c.id, "I know them."), fault.NotFound)
			refused(t, c.who.db.Cases().Skip(t.Context(), uuid.NewString(), c.id, moderation.SkipLanguage, ""), fault.NotFound)
		}
	}
	var rows int
	for _, table := range []string{"queue", "cases", "evidence", "application", "document", "application_version"} {
		if err := d.plain("moderator1").QueryRowContext(t.Context(), `SELECT count(*) FROM studio.`+table+
			map[bool]string{true: ` WHERE application = 'b1'`, false: ``}[table == "document" || table == "application_version"]).Scan(&rows); err != nil {
			t.Fatal(err)
		}
		want := map[string]int{"queue": 1, "cases": 1, "evidence": 2}[table] // of the post
		if rows != want {
			t.Errorf("moderator1 reads %d rows of %s, want %d", rows, table, want)
		}
	}
	d.inOrderBut("person.audited") // the test changed people by hand
}

func TestALanguageCoversWhatIsNarrowerAndWhatSaysLess(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for _, c := range []struct {
		ranges, lang string
		want         string
	}{
		{"{zh}", "zh-Hans", "true"}, {"{zh-Hans}", "zh", "true"}, {"{zh-Hans}", "zh-Hant", "false"}, {"{zh-Hans}", "zh-Hans-SG", "true"},
		{"{ZH-hans}", "zh-Hans", "true"}, {"{en}", "zh", "false"}, {"{en,zh}", "zh", "true"}, {"{e}", "en", "false"}, {"{.*}", "en", "false"},
		{"{en|zh}", "zh", "false"},
	} {
		if got := d.one(`SELECT CASE WHEN $1 ~* studio.language_pattern($2) THEN 'true' ELSE 'false' END`, c.lang, c.ranges); got != c.want {
			t.Errorf("%s covers %s: %s", c.ranges, c.lang, got)
		}
	}
}

func TestARouteSendsACaseIntoItsQueueWithItsTime(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	lead := d.sit("lead1")
	routing := lead.db.Routing()
	quick := moderation.NamedQueue{Code: "post.urgent", Kind: moderation.KindPost, Title: map[string]string{"en": "Urgent", "zh": "紧急"}, SLA: 2 * time.Hour, Active: true}
	if err := routing.PutQueue(t.Context(), uuid.NewString(), quick); err != nil {
		t.Fatal(err)
	}
	before, err := routing.Routes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	from := 0.9
	after := append([]moderation.Route{{Kind: moderation.KindPost, Queue: "post.urgent", Languages: []string{"en"}, ScoreFrom: &from}}, before...)
	if err := routing.PutRoutes(t.Context(), uuid.NewString(), before, after); err != nil {
		t.Fatal(err)
	}
	refused(t, routing.PutRoutes(t.Context(), uuid.NewString(), before, before), fault.RuleChanged)
	got, err := routing.Routes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(after, got); diff != "" {
		t.Errorf("routes (-put +got):\n%s", diff)
	}
	bad := append([]moderation.Route{{Kind: moderation.KindPost, Queue: "brand"}}, got...)
	refused(t, routing.PutRoutes(t.Context(), uuid.NewString(), got, bad), fault.FieldValue)
	quick.Active = false
	refused(t, routing.PutQueue(t.Context(), uuid.NewString(), quick), fault.FieldValue)

	for _, c := range []struct {
		score float64
		queue string
		sla   string
	}{{0.95, "post.urgent", "02:00:00"}, {0.5, "post", "1 day"}} {
		id := d.post(uuid.NewString(), c.score)
		if got := d.one(`SELECT q.named || ' ' || (c.due - c.created) FROM studio.queue q JOIN studio.cases c ON c.id = q.case_id WHERE c.id = $1`, id); got != c.queue+" "+c.sla {
			t.Errorf("a score of %v: %s", c.score, got)
		}
	}
	leases, err := lead.db.Cases().Take(t.Context(), uuid.NewString(), moderation.KindPost, "post.urgent", 5)
	if err != nil || len(leases) != 1 {
		t.Errorf("from the urgent queue came %d, %v", len(leases), err)
	}
	d.inOrder()
}

func TestRulesAreEditedByLeadsWithARecord(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	lead := d.sit("lead1")
	all, err := lead.db.Policies().All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	old := all[0]
	next := old
	next.Message = map[string]string{"en": "Send it again.", "zh": "请重新提交。"}
	if err := lead.db.Policies().Put(t.Context(), uuid.NewString(), &old, next); err != nil {
		t.Fatal(err)
	}
	refused(t, lead.db.Policies().Put(t.Context(), uuid.NewString(), &old, next), fault.RuleChanged)
	refused(t, lead.db.Policies().Put(t.Context(), uuid.NewString(), nil, next), fault.RuleChanged)
	next.Verdicts = []moderation.Verdict{moderation.Clear}
	refused(t, lead.db.Policies().Put(t.Context(), uuid.NewString(), &next, next), fault.FieldValue)
	for _, login := range []string{"moderator1", "auditor1", "admin1", "worker1", "marketer1"} {
		p := d.sit(login)
		refused(t, p.db.Policies().Put(t.Context(), uuid.NewString(), nil, moderation.Policy{Code: "9.9"}), fault.NoRight)
		refused(t, p.db.Routing().PutRoutes(t.Context(), uuid.NewString(), nil, nil), fault.NoRight)
		refused(t, p.db.Routing().PutQueue(t.Context(), uuid.NewString(), moderation.NamedQueue{Code: "x"}), fault.NoRight)
		if login != "admin1" {
			refused(t, p.db.Routing().PutSetting(t.Context(), uuid.NewString(), "lease", "10 minutes"), fault.NoRight)
		}
	}
	admin := d.sit("admin1").db.Routing()
	if err := admin.PutSetting(t.Context(), uuid.NewString(), "lease", "10 minutes"); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{"lease": "0", "undo_window": "1 day", "time_zone": "Mars", "appeal_window": "soon", "none": "1"} {
		if err := admin.PutSetting(t.Context(), uuid.NewString(), name, value); err == nil {
			t.Errorf("%s = %s was taken", name, value)
		}
	}
	if got := d.one(`SELECT count(*) FROM studio.audit WHERE action IN ('policy.put', 'setting.put') AND request IS NOT NULL`); got != "2" {
		t.Errorf("the record has %s rows of edits, want 2", got)
	}
	d.inOrder()
}

func TestAContractIsEvidenceForWhoeverHoldsTheCaseAndHasNoFee(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.post("p1", 0.9)
	other := d.post("p2", 0.9)
	d.exec(`INSERT INTO studio.campaign (brand, name, created_by) VALUES ('Luma Skin', 'Spring', 'marketer1'), ('Rival', 'Autumn', 'worker1')`)
	d.exec(`INSERT INTO studio.contract (campaign, kol, post, state, signed_at, window_from, window_to, fee)
		SELECT id, 'k1', 'p1', 'signed', now(), current_date, current_date + 30, 880000 FROM studio.campaign WHERE name = 'Spring'`)
	count := func(login, query string, args ...any) string {
		t.Helper()
		var n string
		if err := d.plain(login).QueryRowContext(context.Background(), query, args...).Scan(&n); err != nil {
			return "refused"
		}
		return n
	}
	const evidence = `SELECT count(*) FROM studio.contract_evidence($1)`
	if got := count("moderator1", evidence, id); got != "0" {
		t.Errorf("without holding the case: %s", got)
	}
	d.sit("moderator1").claim(id)
	if got := count("moderator1", evidence, id); got != "1" {
		t.Errorf("holding it: %s", got)
	}
	for _, x := range []struct{ login, query, want string }{
		{"moderator1", `SELECT count(*) FROM studio.contract_evidence('` + other + `')`, "0"},
		{"moderator2", `SELECT count(*) FROM studio.contract_evidence('` + id + `')`, "0"},
		{"moderator1", `SELECT count(*) FROM studio.contract`, "refused"},
		{"moderator1", `SELECT count(*) FROM studio.campaign`, "refused"},
		{"lead1", `SELECT max(fee) FROM studio.contract`, "refused"},
		{"moderator1", `SELECT fee FROM studio.contract_evidence('` + id + `')`, "refused"},
		{"marketer1", `SELECT count(*) FROM studio.campaign`, "1"},
		{"marketer1", `SELECT sum(fee) FROM studio.contract`, "880000"},
		{"marketer1", `SELECT count(*) FROM studio.note`, "refused"},
		{"marketer1", `SELECT count(*) FROM studio.decision`, "refused"},
		{"marketer1", evidence, "refused"},
		{"auditor1", `SELECT count(*) FROM studio.campaign`, "2"},
	} {
		if got := count(x.login, x.query); got != x.want {
			t.Errorf("%s: %s: %s, want %s", x.login, x.query, got, x.want)
		}
	}
}

func TestAReferenceLeadsToItsNewestCaseForWhoeverMayKnowOfIt(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.undoWindow("0")
	m, worker, marketer := d.sit("moderator1"), d.sit("worker1"), d.sit("marketer1")
	own := d.brand("b1", "Luma Skin", "shop-b1", "worker1") // marketer1 acts for it
	other := d.brand("b2", "Brand b2", "shop-b2", "worker1")
	post := d.post("p1", 0.9)
	for id, who := range map[string][]*person{own: {m, worker, marketer}, other: {m, worker}, post: {m, worker}} {
		ref := d.one(`SELECT ref FROM studio.cases WHERE id = $1`, id)
		for _, p := range []*person{m, worker, marketer} {
			got, err := p.db.Cases().OfRef(t.Context(), ref)
			if slices.Contains(who, p) {
				if err != nil || got != id {
					t.Errorf("%s asks for %s: %s, %v", p.login, ref, got, err)
				}
				continue
			}
			refused(t, err, fault.NotFound)
		}
	}
	ref := d.one(`SELECT ref FROM studio.cases WHERE id = $1`, own)
	_, err := m.db.Cases().OfRef(t.Context(), "A-9999")
	refused(t, err, fault.NotFound)
	_, err = d.sit("admin1").db.Cases().OfRef(t.Context(), ref)
	refused(t, err, fault.NoRight)

	// A later case of the same brand has its reference, and is the one that is meant.
	m.decide(own, moderation.Refuse)
	d.exec(`INSERT INTO studio.cases (ref, kind, target, title, tag, created, due, region)
		SELECT ref, kind, target, title, tag, created + interval '1 day', due, 'XX' FROM studio.cases WHERE id = '` + own + `'`)
	d.exec(`UPDATE studio.person SET regions = '{CN}' WHERE login = 'moderator2'`)
	if got, err := m.db.Cases().OfRef(t.Context(), ref); err != nil || got == own {
		t.Errorf("the newest case is %s, %v", got, err)
	}
	if got, err := d.sit("moderator2").db.Cases().OfRef(t.Context(), ref); err == nil && got != own {
		t.Errorf("somebody who sees China alone is led to %s", got)
	}
}
