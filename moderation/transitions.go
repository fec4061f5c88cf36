package moderation

import (
	"slices"

	"cinnabar/internal/fault"
	"cinnabar/internal/people"
)

// Transition is one line of the table of what a verdict does. It is plain data,
// because the database keeps the same table and a test compares the two.
type Transition struct {
	Kind    Kind
	From    Stage
	Verdict Verdict
	// Approvals is how many approvals by other people must stand already. Where
	// two lines differ in it alone, the one that asks for more wins.
	Approvals int
	Lead      bool // only a lead may say it
	Another   bool // not by somebody whose approval of this case stands
	Fresh     bool // not by somebody of whom any decision on this case stands
	To        Stage
	// Outcome is the ApplicationState or PostOutcome that the subject is left in.
	Outcome string
}

// Transitions is the whole table, for a single decision and for many at once
// alike. A verdict that has no line here is not allowed; information and closed
// have none, because neither waits for a verdict.
//
// Two people who disagree on a brand don't outvote each other: a lead decides.
var Transitions = []Transition{
	{Kind: KindBrand, From: StageFirst, Verdict: Approve, To: StageSecond, Outcome: string(SecondReview)},
	{Kind: KindBrand, From: StageFirst, Verdict: Refuse, To: StageClosed, Outcome: string(Rejected)},
	{Kind: KindBrand, From: StageFirst, Verdict: AskMore, To: StageInformation, Outcome: string(NeedsInfo)},
	{Kind: KindBrand, From: StageFirst, Verdict: Escalate, To: StageEscalated, Outcome: string(InEscalation)},

	{Kind: KindBrand, From: StageSecond, Verdict: Approve, Approvals: 1, Another: true, To: StageClosed, Outcome: string(Approved)},
	{Kind: KindBrand, From: StageSecond, Verdict: Refuse, Another: true, To: StageEscalated, Outcome: string(InEscalation)},
	{Kind: KindBrand, From: StageSecond, Verdict: AskMore, Another: true, To: StageInformation, Outcome: string(NeedsInfo)},
	{Kind: KindBrand, From: StageSecond, Verdict: Escalate, Another: true, To: StageEscalated, Outcome: string(InEscalation)},

	{Kind: KindBrand, From: StageEscalated, Verdict: Approve, Approvals: 1, Lead: true, To: StageClosed, Outcome: string(Approved)},
	{Kind: KindBrand, From: StageEscalated, Verdict: Approve, Lead: true, To: StageSecond, Outcome: string(SecondReview)},
	{Kind: KindBrand, From: StageEscalated, Verdict: Refuse, Lead: true, To: StageClosed, Outcome: string(Rejected)},
	{Kind: KindBrand, From: StageEscalated, Verdict: AskMore, Lead: true, To: StageInformation, Outcome: string(NeedsInfo)},

	{Kind: KindPost, From: StageFirst, Verdict: RequireLabel, To: StageClosed, Outcome: string(PostLabelRequired)},
	{Kind: KindPost, From: StageFirst, Verdict: Clear, To: StageClosed, Outcome: string(PostCleared)},
	{Kind: KindPost, From: StageFirst, Verdict: Escalate, To: StageEscalated, Outcome: string(PostOpen)},
	{Kind: KindPost, From: StageEscalated, Verdict: RequireLabel, Lead: true, To: StageClosed, Outcome: string(PostLabelRequired)},
	{Kind: KindPost, From: StageEscalated, Verdict: Clear, Lead: true, To: StageClosed, Outcome: string(PostCleared)},

	// Overturning a refusal lets no brand in: it starts the review anew, with two people.
	{Kind: KindBrand, From: StageAppeal, Verdict: Overturn, Lead: true, Fresh: true, To: StageFirst, Outcome: string(Submitted)},
	{Kind: KindBrand, From: StageAppeal, Verdict: Uphold, Lead: true, Fresh: true, To: StageClosed, Outcome: string(Rejected)},
	{Kind: KindPost, From: StageAppeal, Verdict: Overturn, Lead: true, Fresh: true, To: StageClosed, Outcome: string(PostCleared)},
	{Kind: KindPost, From: StageAppeal, Verdict: Uphold, Lead: true, Fresh: true, To: StageClosed, Outcome: string(PostLabelRequired)},
}

// Next looks a verdict up. approvals counts the approvals that stand by people
// other than the one who speaks now. It returns false for a verdict that the
// stage does not have, or does not have yet.
func Next(k Kind, from Stage, v Verdict, approvals int) (Transition, bool) {
	var best Transition
	found := false
	for _, t := range Transitions {
		if t.Kind != k || t.From != from || t.Verdict != v || t.Approvals > approvals {
			continue
		}
		if !found || t.Approvals > best.Approvals {
			best, found = t, true
		}
	}
	return best, found
}

// Verdicts lists what can be said of a kind of case until it is closed, in the
// order screens show it: the one behind key A first. Case.Verdicts knows of appeals too.
func Verdicts(k Kind) []Verdict {
	if k == KindBrand {
		return []Verdict{Approve, Refuse, AskMore, Escalate}
	}
	return []Verdict{RequireLabel, Clear, Escalate}
}

// NeedsPolicy reports whether a verdict must name the policy it rests on: those
// do that cost somebody something.
func NeedsPolicy(v Verdict) bool { return v == Refuse || v == RequireLabel }

// NeedsReason reports whether a verdict makes no sense without words to the
// person concerned, whatever its policy says: a question needs its question, and
// whoever appealed an answer.
func NeedsReason(v Verdict) bool { return v == AskMore || v == Overturn || v == Uphold }

// Parties are the people whom a case is about, who therefore never decide on it.
type Parties struct {
	Brand       string // the brand that applies, or that the post names; "" for none
	SubmittedBy string // login, or the brand's own account
	EnteredBy   string // login
}

// Parties names who is behind an application.
func (a Application) Parties() Parties {
	return Parties{Brand: a.BrandName, SubmittedBy: a.SubmittedBy, EnteredBy: a.EnteredBy}
}

// Parties names who is behind a post as far as logins here go: whoever acts for
// the brand that it names.
func (p Post) Parties() Parties { return Parties{Brand: p.Brand} }

// Choice is one verdict and whether a person may give it now.
type Choice struct {
	Verdict Verdict
	To      Transition // where it leads; the zero value where Why says no
	// Why is the reason against it, "" when the verdict is allowed: NoRight,
	// OwnSubmission, SecondPerson, OwnDecision or NotAllowedNow.
	Why fault.Code
}

// Allowed says for each verdict of the case whether the person may give it, so
// that a screen can explain a grey button. A first opinion may be missing from the
// file, in which case its Case.Approved still counts it. The database judges again,
// and its word is the last.
func Allowed(p people.Person, f File, parties Parties) []Choice {
	c := f.Case
	own := approvedBy(p.Login, f.Made)
	others := c.Approved
	if own && others > 0 {
		others--
	}
	verdicts := c.Verdicts()
	choices := make([]Choice, 0, len(verdicts))
	for _, v := range verdicts {
		t, why := judge(p, f, v, own, others)
		if why == "" && (concerned(p, parties) || appeals(p, f)) {
			why = fault.OwnSubmission
		}
		if why != "" {
			t = Transition{}
		}
		choices = append(choices, Choice{Verdict: v, To: t, Why: why})
	}
	return choices
}

func judge(p people.Person, f File, v Verdict, own bool, others int) (Transition, fault.Code) {
	c := f.Case
	if !p.Decides() {
		return Transition{}, fault.NoRight
	}
	t, ok := Next(c.Kind, c.Stage, v, others)
	if !ok {
		// Would it be allowed if the person's own approval were somebody else's?
		if _, ok = Next(c.Kind, c.Stage, v, c.Approved); ok && own {
			return t, fault.SecondPerson
		}
		return t, fault.NotAllowedNow
	}
	switch {
	case t.Another && own:
		return t, fault.SecondPerson
	case t.Lead && p.Role != people.Lead:
		return t, fault.NoRight
	case t.Fresh && decidedBy(p.Login, f.Made):
		return t, fault.OwnDecision
	}
	return t, ""
}

// concerned reports whether the person is a party to the case.
func concerned(p people.Person, parties Parties) bool {
	if p.Login != "" && (p.Login == parties.SubmittedBy || p.Login == parties.EnteredBy) {
		return true
	}
	return parties.Brand != "" && p.TiedTo(parties.Brand)
}

// appeals reports whether the person brought the appeal that is heard.
func appeals(p people.Person, f File) bool {
	return f.Case.Stage == StageAppeal && slices.ContainsFunc(f.Appeals, func(a Appeal) bool {
		return p.Login == a.SubmittedBy || p.Login == a.EnteredBy
	})
}

func decidedBy(login string, made []Made) bool {
	return slices.ContainsFunc(made, func(m Made) bool { return m.By == login && !m.Undone })
}

func approvedBy(login string, made []Made) bool {
	for _, m := range made {
		if m.By == login && m.Verdict == Approve && !m.Undone && !m.Void {
			return true
		}
	}
	return false
}
