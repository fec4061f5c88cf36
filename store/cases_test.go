package store_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
)

func TestASecondApprovalNeedsAnotherPerson(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.undoWindow("0 seconds")
	id := d.brand("a1", "初岚", "chulan", "worker1")
	first, second := d.sit("moderator1"), d.sit("moderator2")

	if r := first.decide(id, moderation.Approve); r.Stage != moderation.StageSecond {
		t.Errorf("after the first approval the case stands at %s", r.Stage)
	}
	if got := d.one(`SELECT state FROM studio.application WHERE id = 'a1'`); got != "second_review" {
		t.Errorf("after the first approval the application is %s", got)
	}
	_, err := first.db.Cases().Claim(t.Context(), uuid.NewString(), id)
	refused(t, err, fault.SecondPerson)

	if r := second.decide(id, moderation.Approve); r.Stage != moderation.StageClosed {
		t.Errorf("after the second approval the case stands at %s", r.Stage)
	}
	if got := d.one(`SELECT state FROM studio.application WHERE id = 'a1'`); got != "approved" {
		t.Errorf("after the second approval the application is %s", got)
	}
	d.inOrder()
}

func TestAnApprovalWithoutTwoPeopleIsRefusedEvenToTheOwner(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.undoWindow("0 seconds")
	id := d.brand("a1", "初岚", "chulan", "worker1")
	d.sit("moderator1").decide(id, moderation.Approve)
	attempts := map[string]string{
		"update":        `UPDATE studio.application SET state = 'approved' WHERE id = 'a1'`,
		"insert":        `INSERT INTO studio.application SELECT (jsonb_populate_record(a, '{"id":"a2","state":"approved"}')).* FROM studio.application a`,
		"own vote":      `INSERT INTO studio.vote SELECT application, submitter, version, submitter, decision, at FROM studio.vote`,
		"changed voter": `UPDATE studio.vote SET submitter = voter`,
	}
	for name, attempt := range attempts {
		if _, err := d.super.ExecContext(t.Context(), `SET ROLE cinnabar_owner; `+attempt); err == nil {
			t.Errorf("%s went through", name)
		}
	}
	d.sit("moderator2").decide(id, moderation.Approve)
	for _, attempt := range []string{
		`UPDATE studio.vote SET withdrawn_at = now() WHERE voter = 'moderator2'`,
		`DELETE FROM studio.vote WHERE voter = 'moderator1'`,
		`UPDATE studio.application SET version = 2`,
	} {
		if _, err := d.super.ExecContext(t.Context(), attempt); err == nil {
			t.Errorf("%s went through on an approved application", attempt)
		}
	}
}

func TestNobodyDecidesOnTheirOwn(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.exec(`UPDATE studio.person SET brands = '{"Ｌuma  Skin", "chulan "}' WHERE login = 'moderator3'`)
	for _, c := range []struct{ name, brand, submitted, entered, who string }{
		{"submitted", "One", "moderator1", "worker1", "moderator1"},
		{"entered", "Two", "two", "moderator2", "moderator2"},
		{"tied", "CHULAN", "three", "worker1", "moderator3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			id := d.brand(c.name, c.brand, c.submitted, c.entered)
			p := d.sit(c.who)
			_, err := p.db.Cases().Claim(t.Context(), uuid.NewString(), id)
			refused(t, err, fault.OwnSubmission)
			_, err = p.db.Cases().Decide(t.Context(), decision(moderation.Lease{Case: id, Fence: 1, Version: 1}, moderation.Approve))
			refused(t, err, fault.OwnSubmission)
			page, err := p.db.Cases().Page(t.Context(), moderation.QueueQuery{Kind: moderation.KindBrand})
			if err != nil {
				t.Fatal(err)
			}
			if slices.ContainsFunc(page.Cases, func(c moderation.Case) bool { return c.ID == id }) {
				t.Error("the case stands in the queue of somebody who may not decide it")
			}
			taken, err := p.db.Cases().Take(t.Context(), uuid.NewString(), moderation.KindBrand, "", 5)
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range taken {
				if l.Case == id {
					t.Error("the case was given to somebody who may not decide it")
				}
				if err := p.db.Cases().Release(t.Context(), uuid.NewString(), l); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func TestADecisionUnderALostLeaseIsRefused(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.undoWindow("0 seconds")
	id := d.post("p1", 0.9)
	slow, quick := d.sit("moderator1"), d.sit("moderator2")
	lease := slow.claim(id)

	_, err := quick.db.Cases().Claim(t.Context(), uuid.NewString(), id)
	f := refused(t, err, fault.HeldByOther)
	if f.Args["who"] != "moderator1" || f.Args["until"] == "" {
		t.Errorf("the refusal names %v", f.Args)
	}

	d.exec(`UPDATE studio.queue SET lease_until = clock_timestamp()`)
	_, err = slow.db.Cases().Decide(t.Context(), decision(lease, moderation.Clear))
	refused(t, err, fault.LeaseLost)
	_, err = slow.db.Cases().Renew(t.Context(), lease)
	refused(t, err, fault.LeaseLost)

	next := quick.claim(id)
	if next.Fence <= lease.Fence {
		t.Errorf("the fence went from %d to %d", lease.Fence, next.Fence)
	}
	// A release that was under way when the lease passed on takes nothing away.
	if err := slow.db.Cases().Release(t.Context(), uuid.NewString(), lease); err != nil {
		t.Fatal(err)
	}
	stolen := lease
	stolen.Fence = next.Fence
	_, err = slow.db.Cases().Decide(t.Context(), decision(stolen, moderation.Clear))
	refused(t, err, fault.LeaseLost)
	if _, err := quick.db.Cases().Decide(t.Context(), decision(next, moderation.Clear)); err != nil {
		t.Fatal(err)
	}
	d.inOrder()
}

func TestADecisionOnAnOlderVersionIsRefused(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.brand("a1", "初岚", "chulan", "worker1")
	p := d.sit("moderator1")
	lease := p.claim(id)
	d.exec(`SELECT studio.case_reopen(NULL, 'brand', 'a1', '初岚', 'cosmetics', '', '初岚', 'chulan', 'worker1')`)
	_, err := p.db.Cases().Decide(t.Context(), decision(lease, moderation.Approve))
	refused(t, err, fault.Changed)
	// The case is still on the same desk; looked at again, it can be decided.
	lease.Version++
	if _, err := p.db.Cases().Decide(t.Context(), decision(lease, moderation.Approve)); err != nil {
		t.Fatal(err)
	}
	d.inOrder()
}

func TestNewPapersVoidTheApprovalsOfTheOldOnes(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.undoWindow("0 seconds")
	id := d.brand("a1", "初岚", "chulan", "worker1")
	d.sit("moderator1").decide(id, moderation.Approve)
	d.exec(`SELECT studio.case_reopen(NULL, 'brand', 'a1', '初岚', 'cosmetics', '', '初岚', 'chulan', 'worker1')`)
	if r := d.sit("moderator2").decide(id, moderation.Approve); r.Stage != moderation.StageSecond {
		t.Errorf("one approval of the new papers leads to %s", r.Stage)
	}
	d.inOrder()
}

func TestTheSameRequestDoesNothingTwice(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.post("p1", 0.9)
	p, other := d.sit("moderator1"), d.sit("moderator2")
	cases := p.db.Cases()

	request := uuid.NewString()
	lease, err := cases.Claim(t.Context(), request, id)
	if err != nil {
		t.Fatal(err)
	}
	again, err := cases.Claim(t.Context(), request, id)
	if err != nil || !again.Until.Equal(lease.Until) || again.Fence != lease.Fence {
		t.Errorf("the second answer to a claim is %+v, %v; the first was %+v", again, err, lease)
	}

	verdict := decision(lease, moderation.RequireLabel)
	receipts := make([]moderation.Receipt, 8)
	parallel(t, len(receipts), func(ctx context.Context, i int) (err error) {
		receipts[i], err = cases.Decide(ctx, verdict)
		return err
	})
	for _, r := range receipts[1:] {
		if diff := cmp.Diff(receipts[0], r); diff != "" {
			t.Errorf("answers to one request differ:\n%s", diff)
		}
	}
	if got := d.one(`SELECT count(*) FROM studio.decision`); got != "1" {
		t.Errorf("%s decisions came of one request", got)
	}
	if got := d.one(`SELECT count(*) FROM studio.audit WHERE action = 'case.decide'`); got != "1" {
		t.Errorf("%s rows of the record came of one request", got)
	}

	verdict.Reason = "Something else."
	_, err = cases.Decide(t.Context(), verdict)
	refused(t, err, fault.RequestReused)
	_, err = other.db.Cases().Claim(t.Context(), request, id)
	refused(t, err, fault.RequestReused)
	d.inOrder()
}

func TestAnUndoGivesTheCaseBackToTheSameDesk(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.undoWindow("1 hour")
	id := d.brand("a1", "初岚", "chulan", "worker1")
	first, second := d.sit("moderator1"), d.sit("moderator2")
	receipt := first.decide(id, moderation.Approve)

	// While it can be undone the case is in nobody else's reach.
	_, err := second.db.Cases().Claim(t.Context(), uuid.NewString(), id)
	if f := refused(t, err, fault.HeldByOther); f.Args["who"] != "moderator1" {
		t.Errorf("the refusal names %v", f.Args)
	}
	_, err = second.db.Cases().Undo(t.Context(), uuid.NewString(), receipt.Decision)
	refused(t, err, fault.NotFound)

	request := uuid.NewString()
	lease, err := first.db.Cases().Undo(t.Context(), request, receipt.Decision)
	if err != nil {
		t.Fatal(err)
	}
	again, err := first.db.Cases().Undo(t.Context(), request, receipt.Decision)
	if err != nil || again != lease {
		t.Errorf("the second answer to an undo is %+v, %v", again, err)
	}
	f := first.file(id)
	if f.Case.Stage != moderation.StageFirst || f.Case.Approved != 0 || f.Case.Holder != "moderator1" || !f.Made[0].Undone {
		t.Errorf("after the undo the file is %+v", f)
	}
	if got := d.one(`SELECT studio.application_state(a, clock_timestamp()) || a.state FROM studio.application a`); got != "submittedsubmitted" {
		t.Errorf("after the undo the application is %s", got)
	}
	_, err = first.db.Cases().Undo(t.Context(), uuid.NewString(), receipt.Decision)
	refused(t, err, fault.TooLate)

	// The other way round, under the lease the undo gave, and once more approved:
	// the undone vote counts again and only once.
	if _, err := first.db.Cases().Decide(t.Context(), decision(lease, moderation.Approve)); err != nil {
		t.Fatal(err)
	}
	if got := first.file(id).Case.Approved; got != 1 {
		t.Errorf("%d approvals after approve, undo, approve", got)
	}
	d.inOrder()
}

func TestAnUndoAfterTheEffectIsTooLate(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.undoWindow("0 seconds")
	id := d.post("p1", 0.9)
	p := d.sit("moderator1")
	r := p.decide(id, moderation.Clear)
	_, err := p.db.Cases().Undo(t.Context(), uuid.NewString(), r.Decision)
	refused(t, err, fault.TooLate)
	d.inOrder()
}

func TestAnUndoneRefusalOpensTheClosedCase(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.brand("a1", "初岚", "chulan", "worker1")
	p := d.sit("moderator1")
	r := p.decide(id, moderation.Refuse)
	if r.Stage != moderation.StageClosed {
		t.Fatalf("a refusal leads to %s", r.Stage)
	}
	if _, err := p.db.Cases().Undo(t.Context(), uuid.NewString(), r.Decision); err != nil {
		t.Fatal(err)
	}
	d.inOrder()
}

func TestTheFirstOpinionIsHiddenUntilTheSecondIsGiven(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.undoWindow("0 seconds")
	id := d.brand("a1", "初岚", "chulan", "worker1")
	first, second := d.sit("moderator1"), d.sit("moderator2")
	lease := first.claim(id)
	verdict := decision(lease, moderation.Approve)
	verdict.Note = "I called them."
	if _, err := first.db.Cases().Decide(t.Context(), verdict); err != nil {
		t.Fatal(err)
	}

	if f := second.file(id); len(f.Made) != 0 || f.Hidden != 1 || f.Case.Approved != 1 {
		t.Errorf("the second person sees %+v, hidden %d", f.Made, f.Hidden)
	}
	if f := first.file(id); len(f.Made) != 1 || f.Hidden != 0 {
		t.Errorf("the first person sees %+v of their own, hidden %d", f.Made, f.Hidden)
	}
	rows, err := second.db.Audit().Page(t.Context(), moderation.AuditQuery{Target: id})
	if err != nil || len(rows.Rows) != 0 {
		t.Errorf("the record tells the second person %+v, %v", rows.Rows, err)
	}
	second.decide(id, moderation.Refuse)
	if f := second.file(id); len(f.Made) != 2 || f.Hidden != 0 || f.Made[0].Note != "I called them." {
		t.Errorf("after the second opinion one sees %+v, hidden %d", f.Made, f.Hidden)
	}
	d.inOrder()
}

func TestADisagreementGoesToALead(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.undoWindow("0 seconds")
	id := d.brand("a1", "初岚", "chulan", "worker1")
	first, second, lead := d.sit("moderator1"), d.sit("moderator2"), d.sit("lead1")
	first.decide(id, moderation.Approve)
	if r := second.decide(id, moderation.Refuse); r.Stage != moderation.StageEscalated {
		t.Fatalf("a disagreement leads to %s", r.Stage)
	}
	_, err := d.sit("moderator3").db.Cases().Claim(t.Context(), uuid.NewString(), id)
	refused(t, err, fault.NoRight)
	if r := lead.decide(id, moderation.Approve); r.Stage != moderation.StageClosed {
		t.Errorf("the lead's approval after another's leads to %s", r.Stage)
	}
	d.inOrder()
}

func TestALeadsApprovalAloneStillNeedsAnotherPerson(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.undoWindow("0 seconds")
	id := d.brand("a1", "初岚", "chulan", "worker1")
	lead := d.sit("lead1")
	d.sit("moderator1").decide(id, moderation.Escalate)
	if r := lead.decide(id, moderation.Approve); r.Stage != moderation.StageSecond {
		t.Errorf("the lead's approval leads to %s", r.Stage)
	}
	_, err := lead.db.Cases().Claim(t.Context(), uuid.NewString(), id)
	refused(t, err, fault.SecondPerson)
	d.sit("moderator1").decide(id, moderation.Approve)
	d.inOrder()
}

func TestAVerdictComesWithItsGrounds(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	p := d.sit("moderator1")
	brand, post := p.claim(d.brand("a1", "初岚", "chulan", "worker1")), p.claim(d.post("p1", 0.9))
	for _, c := range []struct {
		name           string
		lease          moderation.Lease
		verdict        moderation.Verdict
		policy, reason string
		want           fault.Code
	}{
		{"refusal without a policy", brand, moderation.Refuse, "", "because", fault.PolicyNeeded},
		{"refusal by a policy for posts", brand, moderation.Refuse, "2.1", "because", fault.PolicyNeeded},
		{"refusal by no policy at all", brand, moderation.Refuse, "9.9", "because", fault.PolicyNeeded},
		{"refusal unexplained", brand, moderation.Refuse, "1.3", " \n", fault.ReasonNeeded},
		{"question without a question", brand, moderation.AskMore, "", "", fault.ReasonNeeded},
		{"question by a policy that only refuses", brand, moderation.AskMore, "1.7", "which?", fault.PolicyNeeded},
		{"label without a policy", post, moderation.RequireLabel, "", "", fault.PolicyNeeded},
		{"label by a policy that must be explained", post, moderation.RequireLabel, "2.3", "", fault.ReasonNeeded},
		{"approval of a post", post, moderation.Approve, "", "", fault.NotAllowedNow},
		{"a verdict that is none", brand, "banish", "", "", fault.NotAllowedNow},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := decision(c.lease, c.verdict)
			v.Policy, v.Reason = c.policy, c.reason
			_, err := p.db.Cases().Decide(t.Context(), v)
			refused(t, err, c.want)
		})
	}
	d.inOrder()
}

func TestSixteenClaimersNeverGetACaseTwice(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	const claimers, cases = 16, 200
	d.exec(`DO $$ BEGIN
		FOR n IN 1..200 LOOP
		  PERFORM studio.case_open(NULL, 'post', 'p' || n, 'A note', '', 0, '', 'code', random(), NULL, NULL, '', NULL, '', '', '', '[]');
		END LOOP; END $$`)
	var (
		mu    sync.Mutex
		given = map[string]string{}
	)
	keep := func(l moderation.Lease, who string) error {
		mu.Lock()
		defer mu.Unlock()
		if earlier, twice := given[l.Case]; twice {
			return fmt.Errorf("case %s was given to %s and to %s", l.Case, earlier, who)
		}
		given[l.Case] = who
		return nil
	}
	people := []string{"moderator1", "moderator2", "moderator3", "lead1"}
	parallel(t, claimers, func(ctx context.Context, i int) error {
		login := people[i%len(people)]
		db := d.Open(t, login)
		for {
			leases, err := db.Cases().Take(ctx, uuid.NewString(), moderation.KindPost, "", 1+i%5)
			if err != nil {
				return err
			}
			if len(leases) == 0 {
				break
			}
			for _, l := range leases {
				if err := keep(l, fmt.Sprint(login, " ", i)); err != nil {
					return err
				}
			}
		}
		// What others are just taking is passed over, so the queue may look empty a
		// moment early; by name nothing can be missed.
		page, err := db.Cases().Page(ctx, moderation.QueueQuery{Kind: moderation.KindPost, Limit: 200})
		if err != nil {
			return err
		}
		for _, c := range page.Cases {
			if c.Holder != "" {
				continue
			}
			l, err := db.Cases().Claim(ctx, uuid.NewString(), c.ID)
			if fault.CodeOf(err) == fault.HeldByOther || (err == nil && l.Fence == 1 && given[c.ID] != "") {
				continue
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if got := d.one(`SELECT count(*) FROM studio.queue WHERE holder IS NOT NULL AND fence = 1`); got != fmt.Sprint(cases) {
		t.Errorf("%s of %d cases were given exactly once", got, cases)
	}
	d.inOrderBut("case.subject") // the cases are of no posts
}

func TestOneLeaseIsGoodForOneDecision(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.undoWindow("0 seconds")
	id := d.brand("a1", "初岚", "chulan", "worker1")
	p := d.sit("moderator1")
	lease := p.claim(id)
	var decided atomic.Int32
	parallel(t, 8, func(ctx context.Context, i int) error {
		_, err := p.db.Cases().Decide(ctx, decision(lease, []moderation.Verdict{moderation.Approve, moderation.Escalate}[i%2]))
		switch fault.CodeOf(err) {
		case "":
			decided.Add(1)
		case fault.LeaseLost:
		default:
			return err
		}
		return nil
	})
	if decided.Load() != 1 {
		t.Errorf("one lease was good for %d decisions", decided.Load())
	}
	d.inOrder()
}

func TestANewerScanReplacesTheEvidenceOfAFreeCaseOnly(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	free, held := d.post("free", 0.5), d.post("held", 0.5)
	p := d.sit("moderator1")
	p.claim(held)
	order := d.one(`SELECT string_agg(due_key::text, ' ' ORDER BY case_id) FROM studio.queue`)
	rescan := func() {
		for _, target := range []string{"free", "held"} {
			d.exec(`SELECT studio.case_open(NULL, 'post', $1, 'A note', '', 0, '', 'link', 0.99, NULL, NULL, '', NULL, '', '', '',
				'[{"rule":"link.affiliate","field":"body","text":"https://…","weight":3}]')`, target)
		}
	}
	rescan()
	rescan() // the same again changes nothing
	if f := p.file(free); f.Case.Version != 2 || f.Case.Tag != "link" || f.Case.Score != 0.99 || len(f.Evidence) != 1 {
		t.Errorf("the free case is %+v", f)
	}
	if f := p.file(held); f.Case.Version != 1 || f.Case.Tag != "code" || len(f.Evidence) != 2 {
		t.Errorf("the held case is %+v", f)
	}
	if got := d.one(`SELECT string_agg(due_key::text, ' ' ORDER BY case_id) FROM studio.queue`); got != order {
		t.Error("a newer score moved a case in the queue")
	}
	d.inOrder()
}

func TestASecondCaseOfOneApplicationKeepsItsReference(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.undoWindow("0 seconds")
	first := d.brand("a1", "初岚", "chulan", "worker1")
	p := d.sit("moderator1")
	p.decide(first, moderation.Refuse)
	d.exec(`UPDATE studio.application SET state = 'submitted'`)
	second := d.one(`SELECT studio.case_open(NULL, 'brand', 'a1', '初岚', 'cosmetics', 0, '', 'new', 0, NULL, NULL, 'chulan', 'worker1', '初岚', 'CN', 'zh', '[]')`)
	a, b := p.file(first).Case, p.file(second).Case
	if first == second || a.Ref != b.Ref || a.Stage != moderation.StageClosed || b.Stage != moderation.StageFirst {
		t.Errorf("the cases are %+v and %+v", a, b)
	}
	d.inOrder()
}

func TestNotesStandInTheFile(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.post("p1", 0.9)
	p := d.sit("moderator1")
	request := uuid.NewString()
	for range 2 {
		if err := p.db.Cases().AddNote(t.Context(), request, id, " 看过了 "); err != nil {
			t.Fatal(err)
		}
	}
	f := p.file(id)
	if len(f.Notes) != 1 || f.Notes[0].Text != "看过了" || f.Notes[0].By != "moderator1" {
		t.Errorf("notes are %+v", f.Notes)
	}
	want := []moderation.Evidence{
		{Kind: "code", Rule: "code.offer", Field: "body", Span: &moderation.Span{Start: 0, End: 4}, Text: "body", Weight: 1.5},
		{Kind: "author", Rule: "author.young", Field: "author", Text: "new", Weight: 0.5},
	}
	if diff := cmp.Diff(want, f.Evidence); diff != "" {
		t.Errorf("evidence (-want +got):\n%s", diff)
	}
	refused(t, p.db.Cases().AddNote(t.Context(), uuid.NewString(), id, "  "), fault.FieldMissing)
	_, err := p.db.Cases().File(t.Context(), uuid.NewString())
	refused(t, err, fault.NotFound)
	_, err = p.db.Cases().File(t.Context(), "none")
	refused(t, err, fault.NotFound)
	d.inOrder()
}

func TestTheDatabasesTableOfVerdictsIsTheOneInGo(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	rows, err := d.super.QueryContext(t.Context(), `SELECT kind, stage, verdict, approvals, lead, another, fresh, to_stage, outcome FROM studio.transition`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var got []moderation.Transition
	for rows.Next() {
		var x moderation.Transition
		if err := rows.Scan(&x.Kind, &x.From, &x.Verdict, &x.Approvals, &x.Lead, &x.Another, &x.Fresh, &x.To, &x.Outcome); err != nil {
			t.Fatal(err)
		}
		got = append(got, x)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	order := func(a, b moderation.Transition) int { return cmpString(fmt.Sprint(a), fmt.Sprint(b)) }
	want := slices.Clone(moderation.Transitions)
	slices.SortFunc(got, order)
	slices.SortFunc(want, order)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("transitions (-Go +database):\n%s", diff)
	}
	for _, k := range []moderation.Kind{moderation.KindBrand, moderation.KindPost} {
		for _, v := range append(moderation.Verdicts(k), moderation.Overturn, moderation.Uphold) {
			want := fmt.Sprint(moderation.NeedsPolicy(v), " ", moderation.NeedsReason(v))
			if got := d.one(`SELECT concat(CASE WHEN needs_policy THEN 'true' ELSE 'false' END, ' ', CASE WHEN needs_reason THEN 'true' ELSE 'false' END) FROM studio.verdict WHERE verdict = $1`, v); got != want {
				t.Errorf("%s needs policy, reason: %s in the database, %s in Go", v, got, want)
			}
		}
	}
}

func cmpString(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
