package review

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cinnabar/internal/fault"
	"cinnabar/internal/people"
	"cinnabar/moderation"
)

func open(t *testing.T, n int) (*world, *Desk[string], *witness) {
	t.Helper()
	w := newWorld(t, n)
	d, s := w.desk(people.Moderator)
	w.settle()
	return w, d, s
}

func codes(errs []error) (out []fault.Code) {
	for _, err := range errs {
		out = append(out, fault.CodeOf(err))
	}
	return out
}

func TestLookingClaimsNothing(t *testing.T) {
	t.Parallel()
	w, d, _ := open(t, 4)
	d.Move(1)
	w.settle()
	d.Move(1)
	w.settle()
	if d.Current().Case.ID != "c02" || !d.Current().Ready {
		t.Fatalf("on screen: %+v", d.Current())
	}
	if len(w.log) != 0 {
		t.Fatalf("looking did %v", w.log)
	}
}

func TestOpeningClaimsAndLeavingGivesBack(t *testing.T) {
	t.Parallel()
	w, d, _ := open(t, 3)
	d.TakeUp()
	w.settle()
	if d.Current().Hold != Held {
		t.Fatal("not held after Enter")
	}
	d.Move(1)
	w.settle()
	want := []string{"claim c00", "release c00"}
	if diff := cmp.Diff(want, w.log); diff != "" {
		t.Fatal(diff)
	}
}

func TestLeavingBeforeTheClaimIsAnsweredGivesBackToo(t *testing.T) {
	t.Parallel()
	w, d, _ := open(t, 3)
	d.TakeUp()
	d.Move(1)
	w.settle()
	if w.find("c00").c.Holder != "" {
		t.Fatal("still held by somebody who left")
	}
	if d.items["c00"].Hold != Free {
		t.Fatal("screen believes it holds what it gave back")
	}
}

func TestAgreeingIsOneKeyAndTheNextItemIsThereBeforeTheAnswer(t *testing.T) {
	t.Parallel()
	w, d, s := open(t, 4)
	d.Decide(moderation.RequireLabel)
	cur := d.Current() // nothing has run in the background yet
	if cur == nil || cur.Case.ID != "c01" || !cur.Ready {
		t.Fatalf("next item not on screen at once: %+v", cur)
	}
	if len(s.decided) != 1 || s.decided[0].State != Sending {
		t.Fatalf("toast: %+v", s.decided)
	}
	w.settle()
	want := []string{
		"claim c00",
		`decide c00 require_label policy=2.1 reason="Your note of 14 March needs the label." note=""`,
		"claim c01",
	}
	got := slices.Clone(w.log)
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatal(diff)
	}
	if d.Current().Hold != Held {
		t.Fatal("who works on holds the next item")
	}
}

func TestAPlaceholderBlocksSending(t *testing.T) {
	t.Parallel()
	w, d, s := open(t, 2)
	d.SetPolicy("2.2")
	d.Decide(moderation.RequireLabel)
	w.settle()
	if !slices.Contains(s.asked, ReasonField) || len(s.decided) != 0 {
		t.Fatalf("asked %v, decided %v", s.asked, s.decided)
	}
	if d.Current().Case.ID != "c00" || d.Current().Hold != Held {
		t.Fatal("the first verdict key opens the item even if it can't be sent yet")
	}
	d.SetReason("You promised a bag.")
	d.Submit()
	w.settle()
	if !strings.Contains(strings.Join(w.log, "\n"), `policy=2.2 reason="You promised a bag."`) {
		t.Fatal(w.log)
	}
}

func TestAMessageThatWasNotOnScreenIsShownBeforeItIsSent(t *testing.T) {
	t.Parallel()
	w, d, s := open(t, 2)
	d.Arm(moderation.Clear)
	d.Decide(moderation.RequireLabel)
	w.settle()
	if len(s.decided) != 0 || !slices.Equal(s.asked, []Field{ReasonField}) {
		t.Fatalf("sent %v asked %v", s.decided, s.asked)
	}
	d.Decide(moderation.RequireLabel)
	w.settle()
	if len(s.decided) != 1 {
		t.Fatal("the second time is meant")
	}
}

func TestClearingTellsTheAuthorNothing(t *testing.T) {
	t.Parallel()
	w, d, _ := open(t, 2)
	d.SetReason("half a thought {gift}")
	d.Decide(moderation.Clear)
	w.settle()
	if !slices.Contains(w.log, `decide c00 clear policy= reason="" note=""`) {
		t.Fatal(w.log)
	}
}

func TestUndoGivesTheCaseBackHeldWithItsDraft(t *testing.T) {
	t.Parallel()
	w, d, s := open(t, 3)
	d.SetNote("looks paid")
	d.Decide(moderation.RequireLabel)
	w.settle()
	d.Undo()
	w.settle()
	cur := d.Current()
	if cur.Case.ID != "c00" || cur.Hold != Held || cur.Draft.Note != "looks paid" || !cur.Ready {
		t.Fatalf("after undo: %+v", cur)
	}
	if w.find("c01").c.Holder != "" {
		t.Fatal("the item that was next is still held")
	}
	if last := s.settled[len(s.settled)-1]; last.State != Undone {
		t.Fatalf("told %v", last.State)
	}
	// And the same case can be decided anew, on the version that undo left.
	d.Decide(moderation.Clear)
	w.settle()
	if w.find("c00").c.Stage != moderation.StageClosed {
		t.Fatal("could not decide after undo", w.log, codes(s.told))
	}
}

func TestUndoBeforeTheAnswerWaitsForIt(t *testing.T) {
	t.Parallel()
	w, d, _ := open(t, 3)
	d.Decide(moderation.Clear)
	d.Undo()
	w.settle()
	if d.Current().Case.ID != "c00" || !w.find("c00").made[0].Undone {
		t.Fatal("not undone", w.log)
	}
}

func TestAfterTheEffectUndoSaysTooLate(t *testing.T) {
	t.Parallel()
	w, d, s := open(t, 3)
	d.Decide(moderation.Clear)
	w.settle()
	w.pass(11 * time.Second)
	d.Undo()
	w.settle()
	if !slices.Contains(codes(s.told), fault.TooLate) {
		t.Fatal(s.told)
	}
}

func TestALostLeaseBringsTheItemBackWithWhatWasTyped(t *testing.T) {
	t.Parallel()
	w, d, _ := open(t, 3)
	d.TakeUp()
	w.settle()
	d.SetReason("my own words")
	d.SetNote("for colleagues")
	r := w.find("c00") // the lease passes to a colleague who decides
	r.fence++
	r.c.Holder = ""
	w.colleague("c00")
	w.colleague("c00")
	d.Decide(moderation.RequireLabel)
	w.settle()
	cur := d.Current()
	if cur.Case.ID != "c00" || cur.Back == nil || cur.Back.Why.Code != fault.LeaseLost {
		t.Fatalf("not back: %+v", cur)
	}
	if cur.Draft.Reason != "my own words" || cur.Draft.Note != "for colleagues" || cur.Back.Mine.Reason != "my own words" {
		t.Fatalf("lost text: %+v", cur.Draft)
	}
	if cur.File.Case.Stage != moderation.StageClosed {
		t.Fatal("the other side is not shown")
	}
	n := len(w.log)
	d.Decide(moderation.Clear) // the hand was faster than the eye
	w.settle()
	if len(w.log) != n {
		t.Fatalf("a verdict key worked on an item that came by itself: %v", w.log[n:])
	}
	d.LetStand()
	w.settle()
	if d.index("c00") >= 0 || d.Current().Case.ID == "c00" {
		t.Fatal("a closed case stays in the queue")
	}
}

func TestAChangeBetweenLookAndKeyIsNotDecidedOn(t *testing.T) {
	t.Parallel()
	w, d, _ := open(t, 3)
	w.find("c00").c.Version++
	d.Decide(moderation.Clear)
	w.settle()
	if w.find("c00").c.Stage == moderation.StageClosed {
		t.Fatal("decided on a version that was never on screen")
	}
	cur := d.Current()
	if cur.Case.ID != "c00" || cur.Back == nil || cur.Back.Why.Code != fault.Changed {
		t.Fatalf("%+v", cur)
	}
	d.TakeUp()
	w.settle()
	d.Decide(moderation.Clear)
	w.settle()
	if w.find("c00").c.Stage != moderation.StageClosed {
		t.Fatal("could not decide after taking it up again", w.log)
	}
}

func TestWhatComesBackWaitsForAHandInTheMidstOfSomething(t *testing.T) {
	t.Parallel()
	w, d, _ := open(t, 4)
	w.find("c00").c.Version++
	d.Decide(moderation.Clear)
	d.SetNote("typing on the next one")
	w.settle()
	if d.Current().Case.ID != "c01" || d.Coming() != 1 {
		t.Fatalf("tore %s from under the hand", d.Current().Case.ID)
	}
	if i := d.index("c00"); i < 0 || !d.Rows()[i].Back {
		t.Fatal("its row doesn't say that it came back")
	}
	d.Decide(moderation.Clear)
	w.settle()
	if d.Current().Case.ID != "c00" {
		t.Fatal("not shown at the next natural moment")
	}
}

func TestACaseHeldByAColleagueIsPassedOver(t *testing.T) {
	t.Parallel()
	w, d, _ := open(t, 4)
	w.colleague("c01") // not known here yet
	d.Decide(moderation.Clear)
	w.settle()
	if d.Current().Case.ID != "c02" || d.Current().Hold != Held {
		t.Fatalf("on screen %s", d.Current().Case.ID)
	}
	if d.Rows()[d.index("c01")].Case.Holder != "wang" {
		t.Fatal("row doesn't show who has it")
	}
}

func TestAHoldIsRenewedOnlyWhileSomebodyLooks(t *testing.T) {
	t.Parallel()
	w, d, _ := open(t, 2)
	d.TakeUp()
	w.settle()
	w.pass(4 * time.Minute)
	if !slices.Contains(w.log, "renew c00") {
		t.Fatal("not renewed at half-time")
	}
	d.SetLooking(false)
	w.pass(20 * time.Minute)
	w.settle()
	if d.Current().Hold != Ended {
		t.Fatal("held for a screen that nobody sees")
	}
}

func TestADecisionWithoutALinkIsKeptAndOfferedNeverSent(t *testing.T) {
	t.Parallel()
	w, d, s := open(t, 3)
	d.TakeUp()
	w.settle()
	w.down = true
	d.SetLink(false, fault.New(fault.Offline, "host", "db"))
	d.SetNote("said without a link")
	d.Decide(moderation.Clear)
	w.settle()
	if s.decided[0].State != Waiting || d.Unsent() != 1 || d.Current().Case.ID == "c00" {
		t.Fatalf("%+v", s.decided)
	}
	w.down = false
	d.SetLink(true, nil)
	w.settle()
	if w.find("c00").c.Stage == moderation.StageClosed {
		t.Fatal("sent silently")
	}
	if cur := d.Current(); cur.Case.ID != "c00" || cur.Kept == nil {
		t.Fatalf("not offered: %+v", cur.Case.ID)
	}
	d.TakeUp()
	w.settle()
	if w.find("c00").c.Stage != moderation.StageClosed {
		t.Fatal("not sent when asked to", w.log)
	}
}

func TestALeaseThatRanOutWithoutALinkShowsBothSides(t *testing.T) {
	t.Parallel()
	w, d, _ := open(t, 3)
	d.TakeUp()
	w.settle()
	w.down = true
	d.SetLink(false, nil)
	d.SetNote("mine")
	d.Decide(moderation.RequireLabel)
	w.pass(10 * time.Minute)
	w.colleague("c00")
	w.colleague("c00")
	w.down = false
	d.SetLink(true, nil)
	w.settle()
	d.TakeUp()
	w.settle()
	cur := d.Current()
	if cur.Case.ID != "c00" || cur.Back == nil || cur.Back.Mine.Note != "mine" || cur.File.Case.Stage != moderation.StageClosed {
		t.Fatalf("%+v", cur)
	}
}

func TestAnAnswerThatWasLostIsAskedForAgainUnderTheSameRequest(t *testing.T) {
	t.Parallel()
	w, d, _ := open(t, 3)
	w.deaf = true
	d.Decide(moderation.Clear)
	w.settle()
	w.deaf = false
	cur := d.Current()
	if cur.Case.ID != "c00" || cur.Kept == nil || cur.Kept.Unsent {
		t.Fatalf("%+v", cur)
	}
	d.TakeUp()
	w.settle()
	r := w.find("c00")
	if len(r.made) != 1 || d.Unsent() != 0 {
		t.Fatalf("made %d, unsent %d", len(r.made), d.Unsent())
	}
}

func TestAnUnheldItemIsNotDecidedWithoutALink(t *testing.T) {
	t.Parallel()
	w, d, s := open(t, 3)
	w.down = true
	d.SetLink(false, nil)
	d.Decide(moderation.Clear)
	w.settle()
	if len(s.decided) != 0 || !slices.Contains(codes(s.told), fault.Offline) {
		t.Fatal(s.decided, s.told)
	}
}

func TestTheRowUnderTheHandNeverMoves(t *testing.T) {
	t.Parallel()
	w, d, _ := open(t, 4)
	d.Move(1)
	d.Move(1)
	w.settle()
	at := d.Selected()
	first := &record{c: w.find("c00").c, by: map[string]int{}}
	first.c.ID = "a-urgent"
	w.cases = append([]*record{first}, w.cases...)
	w.colleague("c00")
	w.colleague("c00") // decided by a colleague
	w.colleague("c03") // claimed by a colleague
	w.Do(w.watch)
	w.settle()
	if d.Selected() != at || d.Current().Case.ID != "c02" {
		t.Fatal("the selected row moved")
	}
	rows := d.Rows()
	if !rows[0].Gone || rows[3].Case.Holder != "wang" || d.Incoming() != 1 {
		t.Fatalf("rows %+v incoming %d", rows, d.Incoming())
	}
	d.Decide(moderation.Clear)
	w.settle()
	if d.Rows()[0].Case.ID != "a-urgent" || slices.ContainsFunc(d.Rows(), func(r Row) bool { return r.Gone }) {
		t.Fatalf("not settled after a decision: %+v", d.Rows())
	}
}

func TestALateAnswerForAnotherFilterIsDropped(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 6)
	d, _ := w.desk(people.Moderator)
	d.SetFilter(Filter{Tag: "link"})
	for len(w.tasks) > 0 { // the first page answers last
		w.one(len(w.tasks) - 1)
	}
	for _, r := range d.Rows() {
		if r.Case.Tag != "link" {
			t.Fatalf("row of another filter: %+v", r.Case)
		}
	}
}

func TestAnAuditorLooksAndDecidesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	d, s := w.desk(people.Auditor)
	w.settle()
	d.TakeUp()
	d.Decide(moderation.Clear)
	w.settle()
	if len(w.log) != 0 || !slices.Equal(codes(s.told), []fault.Code{fault.NoRight, fault.NoRight}) {
		t.Fatal(w.log, s.told)
	}
}

func TestClosingSendsWhatWasDecidedAndGivesBackWhatIsHeld(t *testing.T) {
	t.Parallel()
	w, d, _ := open(t, 3)
	d.TakeUp()
	w.settle()
	d.Decide(moderation.Clear)
	d.Close()
	w.settle()
	d.Wait()
	if w.find("c00").c.Stage != moderation.StageClosed {
		t.Fatal("the window's closing swallowed a decision")
	}
	for _, r := range w.cases {
		if r.c.Holder != "" {
			t.Fatalf("%s is still held", r.c.ID)
		}
	}
}

func TestAnErrorOnTheQueueIsKeptForTheScreenAndMended(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	w.down = true
	d, _ := w.desk(people.Moderator)
	w.settle()
	if _, err := d.QueueState(); !errors.Is(err, fault.New(fault.Offline)) {
		t.Fatal(err)
	}
	w.down = false
	d.Retry()
	w.settle()
	if d.Current() == nil || !d.Current().Ready {
		t.Fatal("not mended")
	}
}

// TestNoKeysLoseOrDoubleAnything strikes keys at random while answers overtake
// each other, colleagues work, the link comes and goes and time passes. The fake
// referee itself fails the test when a case is decided twice or anew in doubt.
func TestNoKeysLoseOrDoubleAnything(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t, rapid.IntRange(0, 8).Draw(rt, "cases"))
		w.t = rt
		d, s := w.desk(people.Moderator)
		typed := map[string]string{} // note by case, until it arrives
		n := 0
		verdicts := []moderation.Verdict{moderation.RequireLabel, moderation.Clear, moderation.Escalate}
		link := func(down bool) {
			w.down = down
			d.SetLink(!down, nil)
		}
		anybody := func(rt *rapid.T) string {
			if len(w.cases) == 0 {
				rt.Skip("no cases")
			}
			return rapid.SampledFrom(w.cases).Draw(rt, "case").c.ID
		}
		rt.Repeat(map[string]func(*rapid.T){
			"move":   func(rt *rapid.T) { d.Move(rapid.SampledFrom([]int{1, -1}).Draw(rt, "step")) },
			"take":   func(*rapid.T) { d.TakeUp() },
			"tap":    func(rt *rapid.T) { d.Tap(anybody(rt)) },
			"decide": func(rt *rapid.T) { d.Decide(rapid.SampledFrom(verdicts).Draw(rt, "verdict")) },
			"again":  func(rt *rapid.T) { d.Submit() },
			"arm":    func(rt *rapid.T) { d.Arm(rapid.SampledFrom(verdicts).Draw(rt, "verdict")) },
			"policy": func(rt *rapid.T) { d.SetPolicy(rapid.SampledFrom([]string{"2.1", "2.2", ""}).Draw(rt, "p")) },
			"undo":   func(*rapid.T) { d.Undo() },
			"skip": func(rt *rapid.T) {
				d.Skip(anybody(rt), rapid.SampledFrom(moderation.SkipReasons()).Draw(rt, "why"), "words")
			},
			"hand": func(rt *rapid.T) {
				d.Hand(anybody(rt), rapid.SampledFrom([]string{"wang", "absent"}).Draw(rt, "to"), "words")
			},
			"stand": func(*rapid.T) { d.LetStand() },
			"drop":  func(*rapid.T) { d.DropKept() },
			"type": func(*rapid.T) {
				if it := d.Current(); it != nil && it.Ready && !it.Guarded() {
					n++
					it.Draft.Note = it.Draft.Note + fmt.Sprintf(" note%d", n)
					d.SetNote(it.Draft.Note)
					typed[it.Case.ID] = fmt.Sprintf("note%d", n)
				}
			},
			"answer": func(rt *rapid.T) { w.one(rapid.IntRange(0, 7).Draw(rt, "which")) },
			"all":    func(*rapid.T) { w.settle() },
			"wang":   func(rt *rapid.T) { w.colleague(anybody(rt)) },
			"edit": func(rt *rapid.T) {
				r := w.find(anybody(rt))
				if r.c.Stage != moderation.StageClosed && !r.c.HeldAt(w.now) {
					r.c.Version++
				}
			},
			"feed":   func(*rapid.T) { w.Do(w.watch); w.drawn() },
			"settle": func(*rapid.T) { d.Settle() },
			"filter": func(rt *rapid.T) {
				d.SetFilter(Filter{Tag: rapid.SampledFrom([]string{"", "code", "link"}).Draw(rt, "tag"), Mine: rapid.IntRange(0, 5).Draw(rt, "mine") == 0})
			},
			"link": func(rt *rapid.T) { link(!w.down) },
			"deaf": func(rt *rapid.T) { w.deaf = !w.deaf },
			"time": func(rt *rapid.T) { w.pass(time.Duration(rapid.IntRange(1, 400).Draw(rt, "s")) * time.Second) },
			"":     func(rt *rapid.T) { check(rt, w, d, typed) },
		})
		// In the end everything that was given is either with the referee or before the person.
		w.deaf = false
		link(false)
		w.settle()
		check(rt, w, d, typed)
		for _, r := range w.cases {
			cur := d.Current()
			mine := cur != nil && cur.Case.ID == r.c.ID
			it := d.items[r.c.ID]
			if slices.Contains(d.coming, r.c.ID) {
				continue // waits its turn
			}
			if r.c.HeldAt(w.now) && r.c.Holder == "me" && r.fence != r.unheard && !mine && (it == nil || it.Kept == nil) {
				rt.Fatalf("%s is held for nobody: %v", r.c.ID, w.log)
			}
			if mine && cur.Hold == Held && cur.Kept == nil && w.now.Before(cur.Lease.Until) && !w.ours(r.c.ID, cur.Lease.Fence) {
				rt.Fatalf("screen believes it holds %s: %v", r.c.ID, w.log)
			}
		}
		for _, x := range d.sent {
			if x.State == Sending || x.State == Undoing {
				rt.Fatalf("%s hangs in state %d", x.Decision.Case, x.State)
			}
		}
		_ = s
	})
}

func check(rt *rapid.T, w *world, d *Desk[string], typed map[string]string) {
	if at := d.Selected(); d.loaded && len(d.rows) > 0 && at < 0 {
		rt.Fatalf("nothing selected in %d rows", len(d.rows))
	}
	seen := map[string]bool{}
	for _, r := range d.rows {
		if seen[r.Case.ID] {
			rt.Fatalf("%s stands twice in the queue", r.Case.ID)
		}
		seen[r.Case.ID] = true
	}
	for id, text := range typed {
		if strings.Contains(d.drafts[id].Note, text) {
			continue
		}
		if it := d.items[id]; it != nil && strings.Contains(it.Draft.Note, text) {
			continue
		}
		if slices.ContainsFunc(d.sent, func(s *sending[string]) bool { return s.Decision.Case == id && strings.Contains(s.draft.Note, text) }) {
			continue
		}
		rt.Fatalf("%q, typed on %s, is nowhere", text, id)
	}
}
