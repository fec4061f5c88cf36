package review

import (
	"slices"
	"strings"
	"testing"
	"time"

	"cinnabar/internal/fault"
	"cinnabar/internal/people"
	"cinnabar/moderation"
)

func ids(rows []Row) (out []string) {
	for _, r := range rows {
		out = append(out, r.Case.ID)
	}
	return out
}

func TestSkippingShowsTheNextCaseAtOnceAndKeepsTheOtherAway(t *testing.T) {
	t.Parallel()
	w, d, s := open(t, 3)
	d.TakeUp()
	w.settle()
	if !d.Skip("c00", moderation.SkipKnowledge, " needs a chemist \n") {
		t.Fatal("not put aside")
	}
	if d.Current().Case.ID != "c01" || !d.Current().Ready {
		t.Fatal("the next case is not on screen before the answer")
	}
	w.settle()
	if !slices.Contains(w.log, `skip c00 knowledge "needs a chemist"`) || w.find("c00").c.Holder != "" {
		t.Fatal(w.log)
	}
	if d.Current().Hold != Held {
		t.Fatal("who works on holds the next case")
	}
	d.Refresh()
	w.settle()
	if got := ids(d.Rows()); !slices.Equal(got, []string{"c01", "c02"}) {
		t.Fatalf("rows %v", got)
	}
	if len(s.passed) != 1 || s.passed[0].Skipped != moderation.SkipKnowledge || !s.passed[0].Back() {
		t.Fatalf("%+v", s.passed)
	}
}

func TestAPageReadBeforeTheSkipDoesNotBringTheCaseBack(t *testing.T) {
	t.Parallel()
	w, d, _ := open(t, 3)
	d.Refresh()
	page := len(w.tasks) - 1
	d.Skip("c00", moderation.SkipWellbeing, "")
	w.one(page) // reads the queue as it was
	if d.index("c00") >= 0 {
		t.Fatal("back while the skip is on its way")
	}
	w.settle()
	if d.index("c00") >= 0 || w.find("c00").skipped == "" {
		t.Fatal(ids(d.Rows()))
	}
}

func TestADoubleKeySkipsOneCase(t *testing.T) {
	t.Parallel()
	w, d, s := open(t, 3)
	d.Skip("c00", moderation.SkipLanguage, "")
	d.Skip("c00", moderation.SkipLanguage, "")
	w.settle()
	d.Skip("c00", moderation.SkipLanguage, "")
	w.settle()
	if w.find("c01").skipped != "" || len(s.passed) != 1 {
		t.Fatal(w.log, s.passed)
	}
}

func TestSkippingForAnotherReasonNeedsWords(t *testing.T) {
	t.Parallel()
	w, d, s := open(t, 2)
	if d.Skip("c00", moderation.SkipOther, "  ") {
		t.Fatal("put aside without a word")
	}
	if !d.Skip("c00", moderation.SkipOther, "the author is on air today") {
		t.Fatal("words are enough")
	}
	w.settle()
	if len(s.passed) != 1 {
		t.Fatal(s.passed)
	}
}

func TestZOpensAgainWhatWasPutAside(t *testing.T) {
	t.Parallel()
	w, d, _ := open(t, 3)
	d.Decide(moderation.Clear)
	d.Skip("c01", moderation.SkipLanguage, "")
	d.Undo()
	w.settle()
	cur := d.Current()
	if cur.Case.ID != "c01" || cur.Hold != Held || w.find("c01").skipped != "" {
		t.Fatalf("on screen %s, hold %v, skipped %q", cur.Case.ID, cur.Hold, w.find("c01").skipped)
	}
	if w.find("c00").made[0].Undone {
		t.Fatal("the decision before it was undone, which nobody asked for")
	}
	d.Undo()
	w.settle()
	if !w.find("c00").made[0].Undone {
		t.Fatal("a second Z goes on to the decision before")
	}
}

func TestZAfterTheAnswerOpensAgainToo(t *testing.T) {
	t.Parallel()
	w, d, _ := open(t, 3)
	d.SetNote("half a thought")
	d.Skip("c00", moderation.SkipLanguage, "")
	w.settle()
	w.pass(time.Minute)
	d.Undo()
	w.settle()
	if cur := d.Current(); cur.Case.ID != "c00" || cur.Hold != Held || cur.Draft.Note != "half a thought" {
		t.Fatalf("%+v", cur)
	}
}

func TestAConflictOfInterestStaysAndZUndoesNothingElse(t *testing.T) {
	t.Parallel()
	w, d, s := open(t, 3)
	d.Decide(moderation.Clear)
	w.settle()
	d.Skip("c01", moderation.SkipConflict, "my cousin")
	w.settle()
	d.Undo()
	w.settle()
	if w.find("c01").skipped != moderation.SkipConflict || w.find("c00").made[0].Undone || len(s.passed) != 2 {
		t.Fatal(w.log)
	}
}

func TestASkipThatIsRefusedBringsTheCaseBackWithItsWords(t *testing.T) {
	t.Parallel()
	w, d, s := open(t, 3)
	w.colleague("c00")
	w.colleague("c00") // decided by a colleague meanwhile
	d.Skip("c00", moderation.SkipOther, "some words")
	w.settle()
	if !slices.Contains(codes(s.told), fault.NotAllowedNow) || d.index("c00") != 0 || d.items["c00"].Draft.Words != "some words" {
		t.Fatal(s.told, ids(d.Rows()))
	}
	if d.Current().Case.ID != "c01" {
		t.Fatal("tore the next case from under the hand")
	}
}

func TestASkipWhoseAnswerWasLostIsLeftToTheQueue(t *testing.T) {
	t.Parallel()
	for _, arrived := range []bool{true, false} {
		w, d, s := open(t, 3)
		d.TakeUp()
		w.settle()
		w.deaf, w.down = arrived, !arrived
		d.Skip("c00", moderation.SkipOther, "some words")
		w.settle()
		w.deaf, w.down = false, false
		d.SetLink(false, nil)
		d.SetLink(true, nil)
		w.pass(6 * time.Minute) // the lease runs out, if it was still held
		d.Settle()
		w.settle()
		d.Refresh()
		w.settle()
		d.Settle()
		if got := d.index("c00") < 0; got != arrived {
			t.Errorf("arrived %v: rows %v", arrived, ids(d.Rows()))
		}
		if len(s.told) == 0 || d.drafts["c00"].Words != "some words" {
			t.Errorf("arrived %v: told %v, kept %+v", arrived, s.told, d.drafts["c00"])
		}
	}
}

func TestWithoutALinkNothingIsPassedOn(t *testing.T) {
	t.Parallel()
	w, d, s := open(t, 2)
	w.down = true
	d.SetLink(false, fault.New(fault.Offline, "host", "db"))
	if d.MaySkip() || d.MayHand() || d.Skip("c00", moderation.SkipLanguage, "") || d.Hand("c00", "wang", "") {
		t.Fatal("passed on without a link")
	}
	if d.Current().Case.ID != "c00" || len(codes(s.told)) != 4 || codes(s.told)[0] != fault.Offline {
		t.Fatal(s.told)
	}
}

func TestVerdictsAndPassingAreDeadOnWhatCameBack(t *testing.T) {
	t.Parallel()
	w, d, s := open(t, 3)
	w.find("c00").c.Version++
	d.Decide(moderation.Clear)
	w.settle()
	if d.MaySkip() || d.MayHand() || d.Skip("c00", moderation.SkipLanguage, "") || len(s.passed) != 0 {
		t.Fatal("a key works on what came to the screen by itself")
	}
}

func TestHandingOverTellsWhomAndShowsTheNextCase(t *testing.T) {
	t.Parallel()
	w, d, s := open(t, 3)
	d.AskHands()
	w.settle()
	if h := d.Current().Hands; !h.Ready || len(h.People) != 2 || h.People[1].Name != "Wang Lei" || h.People[0].Name != "absent" {
		t.Fatalf("%+v", h)
	}
	if !d.Hand("c00", "wang", "you know the brand") {
		t.Fatal("not handed over")
	}
	if d.Current().Case.ID != "c01" {
		t.Fatal("the next case is not on screen before the answer")
	}
	w.settle()
	if got := w.log[1:3]; got[0] != "claim c00" || got[1] != `hand c00 to wang "you know the brand"` {
		t.Fatal(w.log) // a moderator hands over what they hold
	}
	row := d.Rows()[d.index("c00")]
	if !row.Case.KeptFrom("me", w.now) || row.Gone || row.Case.For != "wang" {
		t.Fatalf("%+v", row)
	}
	if len(s.passed) != 1 || s.passed[0].To.Name != "Wang Lei" {
		t.Fatalf("%+v", s.passed)
	}
	d.Undo()
	w.settle()
	if len(s.passed) != 2 || d.Current().Case.ID != "c01" {
		t.Fatal("Z cannot take back what is a colleague's now, and says so")
	}
}

func TestAHandOverIsNotPassedOverByAnOlderPage(t *testing.T) {
	t.Parallel()
	w, d, _ := open(t, 3)
	d.Refresh()
	d.Hand("c00", "wang", "")
	w.one(len(w.tasks) - 3) // the page, read before the hand-over arrives
	if r := d.Rows()[d.index("c00")]; r.Case.For != "wang" {
		t.Fatalf("the row forgot whom it was handed to: %+v", r.Case)
	}
	w.settle()
	d.Move(-1)
	w.settle()
	d.Decide(moderation.Clear)
	w.settle()
	if w.find("c00").c.Stage == moderation.StageClosed {
		t.Fatal("decided what is somebody else's")
	}
}

func TestACaseHandedToSomebodyElseIsPassedOverAndOneToMeIsNot(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	for id, who := range map[string]string{"c01": "wang", "c02": "me"} {
		r := w.find(id)
		r.c.For, r.c.ForUntil = who, w.now.Add(time.Hour)
	}
	d, s := w.desk(people.Moderator)
	w.settle()
	if w.find("c01").c.For == "" || d.items["c01"] != nil {
		t.Fatal("read ahead what is somebody else's")
	}
	d.Decide(moderation.Clear)
	w.settle()
	if d.Current().Case.ID != "c02" {
		t.Fatalf("on screen %s", d.Current().Case.ID)
	}
	d.Move(-1)
	w.settle()
	d.Decide(moderation.Clear)
	w.settle()
	if !slices.Contains(codes(s.told), fault.HeldByOther) || fault.Of(s.told[0]).Args["who"] != "wang" {
		t.Fatal(s.told)
	}
	w.pass(2 * time.Hour)
	d.Decide(moderation.Clear)
	w.settle()
	if w.find("c01").c.Stage != moderation.StageClosed {
		t.Fatal("after its time it is everybody's again")
	}
}

func TestTheChipForMeAsksForMine(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3)
	r := w.find("c01")
	r.c.For, r.c.ForUntil = "me", w.now.Add(time.Hour)
	d, _ := w.desk(people.Moderator)
	w.settle()
	if d.Counts().Mine != 1 {
		t.Fatal(d.Counts())
	}
	d.SetFilter(Filter{Mine: true})
	w.settle()
	if got := ids(d.Rows()); !slices.Equal(got, []string{"c01"}) {
		t.Fatal(got)
	}
	d.Hand("c01", "wang", "")
	if len(d.Rows()) != 0 || d.Counts().Mine != 0 {
		t.Fatal("still listed as mine", d.Counts())
	}
	w.settle()
}

func TestAHandOverThatFailsFreesTheRowAndSaysWhy(t *testing.T) {
	t.Parallel()
	w, d, s := open(t, 3)
	d.Hand("c00", "absent", "please")
	w.settle()
	if !slices.Contains(codes(s.told), fault.CannotTake) {
		t.Fatal(s.told)
	}
	if r := d.Rows()[d.index("c00")]; r.Case.KeptFrom("me", w.now) {
		t.Fatalf("%+v", r.Case)
	}
	if w.find("c00").c.Holder != "" {
		t.Fatal("still held by somebody who works on something else")
	}
	if d.items["c00"].Draft.Words != "please" {
		t.Fatal("the words are lost")
	}
}

func TestAModeratorHandsNothingOutOfAnothersHandAndALeadDoes(t *testing.T) {
	t.Parallel()
	w, d, s := open(t, 3)
	w.colleague("c00")
	d.Refresh()
	w.settle()
	if d.MayHand() || d.Hand("c00", "wang", "") || !slices.Contains(codes(s.told), fault.HeldByOther) {
		t.Fatal("handed over what a colleague has open")
	}

	w = newWorld(t, 3)
	w.colleague("c00")
	d, s = w.desk(people.Lead)
	w.settle()
	d.Move(-1)
	w.settle()
	if d.Current().Case.ID != "c00" || !d.Hand("c00", "li", "") {
		t.Fatal("a lead may move any case")
	}
	w.settle()
	if c := w.find("c00").c; c.For != "li" || c.Holder != "" || s.passed[0].From != "wang" {
		t.Fatalf("%+v %+v", c, s.passed)
	}
	if strings.Contains(strings.Join(w.log, " "), "claim c00") {
		t.Fatal("a lead need not claim what they hand on")
	}
}

func TestALeadTakesACaseOverAndHoldsIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	w.colleague("c00")
	d, s := w.desk(people.Lead)
	w.settle()
	if d.Hand("c01", "me", "") {
		t.Fatal("what is free is opened, not taken over")
	}
	d.Move(-1)
	w.settle()
	d.Hand("c00", "me", "wang went home")
	w.settle()
	cur := d.Current()
	if cur.Case.ID != "c00" || cur.Hold != Held || w.find("c00").c.Holder != "me" || s.passed[0].From != "wang" {
		t.Fatalf("%+v", cur)
	}
	d.Decide(moderation.Clear)
	w.settle()
	if w.find("c00").c.Stage != moderation.StageClosed {
		t.Fatal(w.log, s.told)
	}
}

func TestALateListOfColleaguesIsDropped(t *testing.T) {
	t.Parallel()
	w, d, _ := open(t, 3)
	d.AskHands()
	late := w.tasks
	w.tasks = nil
	d.AskHands()
	w.down = true
	w.settle()
	if d.Current().Hands.Err == nil {
		t.Fatal("the second question failed and nobody says so")
	}
	w.down = false
	w.tasks = late
	w.settle()
	if d.Current().Hands.Ready {
		t.Fatal("the answer to the first question came after the second's")
	}
}

func TestPassingOnIsNotForAnAuditor(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	d, s := w.desk(people.Auditor)
	w.settle()
	if d.MaySkip() || d.MayHand() || !slices.Equal(codes(s.told), []fault.Code{fault.NoRight, fault.NoRight}) {
		t.Fatal(s.told)
	}
}

func appealed(t *testing.T, role people.Role) (*world, *Desk[string], *witness) {
	t.Helper()
	w := newWorld(t, 2)
	r := w.find("c00")
	r.c.Stage, r.c.Tag = moderation.StageAppeal, "appeal"
	r.made = []moderation.Made{{ID: "m1", Verdict: moderation.RequireLabel, Stage: moderation.StageFirst, By: "wang", At: w.now.Add(-time.Hour), Policy: "2.1"}}
	r.appeals = []moderation.Appeal{{Decision: "m1", SubmittedBy: "溪溪", EnteredBy: "worker1", At: w.now, Words: "I bought it myself."}}
	d, s := w.desk(role)
	w.settle()
	return w, d, s
}

func TestAnAppealIsAnsweredInItsOwnWordsWithAMessage(t *testing.T) {
	t.Parallel()
	w, d, s := appealed(t, people.Lead)
	if v := d.Current().Draft; v.Verdict != moderation.Overturn || v.Policy != "" || v.Reason != "" {
		t.Fatalf("%+v", v)
	}
	d.Agree()
	w.settle()
	if len(s.decided) != 0 || !slices.Equal(s.asked, []Field{ReasonField}) {
		t.Fatal("an answer without a message went out", s.asked)
	}
	d.SetReason("You were right; the label is not needed.")
	d.Disagree() // the message was written for the other verdict: look again
	w.settle()
	if len(s.decided) != 0 {
		t.Fatal("a message written for one verdict went out with the other")
	}
	d.Agree()
	d.Agree()
	w.settle()
	if !slices.Contains(w.log, `decide c00 overturn policy= reason="You were right; the label is not needed." note=""`) {
		t.Fatal(w.log)
	}
	d.Undo()
	w.settle()
	if cur := d.Current(); cur.Case.ID != "c00" || cur.Draft.Verdict != moderation.Overturn || cur.File.Case.Stage != moderation.StageAppeal {
		t.Fatalf("%+v", cur.Draft)
	}
}

func TestAnAppealHasNoVerdictsOfTheFirstOpinion(t *testing.T) {
	t.Parallel()
	w, d, s := appealed(t, people.Lead)
	d.Decide(moderation.RequireLabel)
	d.Decide(moderation.Escalate)
	w.settle()
	if len(s.decided) != 0 || !slices.Equal(codes(s.told), []fault.Code{fault.NotAllowedNow, fault.NotAllowedNow}) {
		t.Fatal(s.decided, s.told)
	}
}

func TestWhoMayNotHearAnAppealIsToldWhy(t *testing.T) {
	t.Parallel()
	for name, set := range map[fault.Code]func(*record){
		fault.OwnDecision:   func(r *record) { r.made[0].By = "me" },
		fault.OwnSubmission: func(r *record) { r.appeals[0].EnteredBy = "me" },
	} {
		w, d, s := appealed(t, people.Lead)
		set(w.find("c00"))
		d.load(d.Current(), true)
		w.settle()
		if why := d.Current().Choice(moderation.Uphold).Why; why != name {
			t.Errorf("%s: %s", name, why)
		}
		d.Agree()
		w.settle()
		if !slices.Contains(codes(s.told), name) {
			t.Errorf("%s: told %v", name, s.told)
		}
	}
	w, d, s := appealed(t, people.Moderator)
	d.Agree()
	w.settle()
	if !slices.Equal(codes(s.told), []fault.Code{fault.NoRight}) {
		t.Error(s.told)
	}
}

func TestADraftForAnotherStageIsNotCarriedOver(t *testing.T) {
	t.Parallel()
	w, d, _ := appealed(t, people.Lead)
	d.SetReason("You were right.")
	r := w.find("c00") // the post changed: a first look again
	r.c.Stage, r.c.Tag = moderation.StageFirst, "code"
	r.c.Version++
	d.Refresh()
	w.settle()
	cur := d.Current()
	if !cur.News || cur.Draft.Verdict != moderation.RequireLabel || cur.Draft.Reason != "You were right." {
		t.Fatalf("%+v news %v", cur.Draft, cur.News)
	}
	d.Agree()
	w.settle()
	if cur.wish != nil {
		t.Fatal("a key works on what changed under the eye")
	}
}

func TestNamedQueuesNarrowTheDesk(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	w.find("c02").c.Queue = "post.sample"
	d, _ := w.desk(people.Moderator)
	w.settle()
	d.SetFilter(Filter{Named: "post.sample"})
	w.settle()
	if got := ids(d.Rows()); !slices.Equal(got, []string{"c02"}) {
		t.Fatal(got)
	}
}
