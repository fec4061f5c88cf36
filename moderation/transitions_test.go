package moderation

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cinnabar/internal/fault"
	"cinnabar/internal/people"
)

func person(login string, role people.Role) people.Person {
	return people.Person{Login: login, Role: role, Active: true}
}

func whys(choices []Choice) map[Verdict]fault.Code {
	m := map[Verdict]fault.Code{}
	for _, c := range choices {
		m[c.Verdict] = c.Why
	}
	return m
}

func TestTheTableHasNoTwoLinesForOneSituation(t *testing.T) {
	t.Parallel()
	type situation struct {
		k Kind
		s Stage
		v Verdict
		n int
	}
	seen := map[situation]bool{}
	for _, line := range Transitions {
		s := situation{line.Kind, line.From, line.Verdict, line.Approvals}
		if seen[s] {
			t.Errorf("two lines for %+v", s)
		}
		seen[s] = true
	}
}

func TestABrandIsNeverApprovedByOnePerson(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		stage, closed := StageFirst, false
		approvers := map[string]bool{}
		for i := 0; i < 12 && !closed; i++ {
			p := person(rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "who"),
				rapid.SampledFrom([]people.Role{people.Moderator, people.Lead}).Draw(t, "role"))
			var made []Made
			for login := range approvers {
				made = append(made, Made{By: login, Verdict: Approve, Stage: StageFirst})
			}
			c := Case{Kind: KindBrand, Stage: stage, Approved: len(approvers)}
			choice := rapid.SampledFrom(Allowed(p, File{Case: c, Made: made}, Parties{})).Draw(t, "choice")
			if choice.Why != "" {
				continue
			}
			if choice.Verdict == Approve {
				approvers[p.Login] = true
			}
			stage, closed = choice.To.To, choice.To.To == StageClosed
			if closed && choice.To.Outcome == string(Approved) && len(approvers) < 2 {
				t.Fatalf("approved by %v alone", approvers)
			}
		}
	})
}

func TestTwoWhoDisagreeOnABrandAreDecidedByALead(t *testing.T) {
	t.Parallel()
	refused, ok := Next(KindBrand, StageSecond, Refuse, 1)
	if !ok || refused.To != StageEscalated {
		t.Fatalf("second refusal leads to %q, %v", refused.To, ok)
	}
	c := Case{Kind: KindBrand, Stage: StageEscalated, Approved: 1}
	want := map[Verdict]fault.Code{Approve: fault.NoRight, Refuse: fault.NoRight, AskMore: fault.NoRight, Escalate: fault.NotAllowedNow}
	if diff := cmp.Diff(want, whys(Allowed(person("m", people.Moderator), File{Case: c}, Parties{}))); diff != "" {
		t.Errorf("a moderator on an escalated case (-want +got):\n%s", diff)
	}
	want = map[Verdict]fault.Code{Approve: "", Refuse: "", AskMore: "", Escalate: fault.NotAllowedNow}
	if diff := cmp.Diff(want, whys(Allowed(person("l", people.Lead), File{Case: c}, Parties{}))); diff != "" {
		t.Errorf("a lead on an escalated case (-want +got):\n%s", diff)
	}
}

func TestASecondApprovalNeedsAnotherPerson(t *testing.T) {
	t.Parallel()
	c := Case{Kind: KindBrand, Stage: StageSecond, Approved: 1}
	own := []Made{{By: "m1", Verdict: Approve, Stage: StageFirst}}
	for v, why := range whys(Allowed(person("m1", people.Moderator), File{Case: c, Made: own}, Parties{})) {
		if why != fault.SecondPerson {
			t.Errorf("%s by the first approver: %q", v, why)
		}
	}
	// The second person is not shown the first opinion, and may approve all the same.
	for v, why := range whys(Allowed(person("m2", people.Moderator), File{Case: c}, Parties{})) {
		if why != "" {
			t.Errorf("%s by another: %q", v, why)
		}
	}
	undone := []Made{{By: "m1", Verdict: Approve, Stage: StageFirst, Undone: true}}
	if why := whys(Allowed(person("m1", people.Moderator), File{Case: c, Made: undone}, Parties{}))[Approve]; why != "" {
		t.Errorf("after an undo: %q", why)
	}
	void := []Made{{By: "m1", Verdict: Approve, Stage: StageFirst, Void: true}}
	if why := whys(Allowed(person("m1", people.Moderator), File{Case: c, Made: void}, Parties{}))[Approve]; why != "" {
		t.Errorf("after new papers, which somebody else approved first: %q", why)
	}
}

func TestAnEscalatedApprovalByTheLeadAloneStillNeedsASecond(t *testing.T) {
	t.Parallel()
	for approvals, want := range map[int]Stage{0: StageSecond, 1: StageClosed, 2: StageClosed} {
		if got, ok := Next(KindBrand, StageEscalated, Approve, approvals); !ok || got.To != want {
			t.Errorf("%d approvals: %q, %v", approvals, got.To, ok)
		}
	}
	// The lead's own first approval doesn't count as somebody else's.
	own := []Made{{By: "l", Verdict: Approve, Stage: StageFirst}}
	c := Case{Kind: KindBrand, Stage: StageEscalated, Approved: 1}
	for _, choice := range Allowed(person("l", people.Lead), File{Case: c, Made: own}, Parties{}) {
		if choice.Verdict == Approve && choice.To.To != StageSecond {
			t.Errorf("approved alone: %+v", choice)
		}
	}
}

func TestWhoeverIsConcernedDecidesNothing(t *testing.T) {
	t.Parallel()
	app := Application{BrandName: "初岚", SubmittedBy: "submitter", EnteredBy: "clerk"}
	tied := person("tied", people.Moderator)
	tied.Brands = []string{"初岚"}
	c := Case{Kind: KindBrand, Stage: StageFirst}
	for _, p := range []people.Person{person("submitter", people.Lead), person("clerk", people.Moderator), tied} {
		for v, why := range whys(Allowed(p, File{Case: c}, app.Parties())) {
			if why != fault.OwnSubmission {
				t.Errorf("%s: %s is %q", p.Login, v, why)
			}
		}
	}
	if why := whys(Allowed(tied, File{Case: Case{Kind: KindPost, Stage: StageFirst}}, Post{Brand: "初岚"}.Parties()))[Clear]; why != fault.OwnSubmission {
		t.Errorf("a post that names the own brand: %q", why)
	}
}

func TestOnlyModeratorsAndLeadsDecide(t *testing.T) {
	t.Parallel()
	for _, role := range people.Roles() {
		p := person("x", role)
		for v, why := range whys(Allowed(p, File{Case: Case{Kind: KindPost, Stage: StageFirst}}, Parties{})) {
			if (why == "") != (role == people.Moderator || role == people.Lead) {
				t.Errorf("%s says %s: %q", role, v, why)
			}
		}
	}
	gone := person("m", people.Moderator)
	gone.Active = false
	if why := whys(Allowed(gone, File{Case: Case{Kind: KindPost, Stage: StageFirst}}, Parties{}))[Clear]; why != fault.NoRight {
		t.Errorf("somebody who left: %q", why)
	}
}

func TestNothingIsSaidOfAClosedOrWaitingCase(t *testing.T) {
	t.Parallel()
	for _, k := range []Kind{KindBrand, KindPost} {
		for _, s := range []Stage{StageClosed, StageInformation} {
			for _, choice := range Allowed(person("l", people.Lead), File{Case: Case{Kind: k, Stage: s, Approved: 2}}, Parties{}) {
				if choice.Why != fault.NotAllowedNow {
					t.Errorf("%s %s %s: %q", k, s, choice.Verdict, choice.Why)
				}
			}
		}
	}
}
