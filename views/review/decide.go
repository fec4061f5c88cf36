package review

import (
	"context"
	"slices"
	"strings"
	"time"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
)

// SentState says what became of a decision.
type SentState int

// The states of a decision on its way.
const (
	Sending  SentState = iota
	Arrived            // the referee has it; it may be undone until Receipt.Effective
	Undoing            // the person wants it back
	Undone             // given back, held
	CameBack           // refused by the referee; the item has Back
	Waiting            // nobody knows that it arrived; the item has Kept
)

// Sent is a decision that was given, as a screen shows it.
type Sent struct {
	Decision moderation.Decision
	Case     moderation.Case // as it was when decided
	State    SentState
	At       time.Time          // database's clock
	Receipt  moderation.Receipt // once Arrived
}

type sending[S any] struct {
	Sent
	item  *Item[S]
	draft Draft
	row   int    // where the row was
	undo  bool   // wanted back before it arrived
	back  string // request id of the undo
}

// Speaks reports whether a verdict is told to the person concerned.
func Speaks(v moderation.Verdict) bool {
	return v != moderation.Clear && v != moderation.Escalate
}

// certain lists the refusals after which we know that a decision does not stand.
// After anything else it may or may not, and only the same request id may be
// sent again.
var certain = []fault.Code{
	fault.LeaseLost, fault.Changed, fault.HeldByOther, fault.NotAllowedNow, fault.PolicyNeeded,
	fault.ReasonNeeded, fault.OwnSubmission, fault.SecondPerson, fault.NotFound, fault.NoRight, fault.NotKnown, fault.SchemaNew,
}

// Disarm goes back to the verdict that the case on screen proposes, without giving it.
func (d *Desk[S]) Disarm() {
	if it := d.Current(); it != nil {
		d.Arm(it.Case.Agrees())
	}
}

// Arm says which verdict the fields speak of, without giving it.
func (d *Desk[S]) Arm(v moderation.Verdict) {
	it := d.Current()
	if it == nil || !it.Ready || it.Draft.Verdict == v {
		return
	}
	it.Draft.Verdict = v
	d.fit(it)
	d.screen.ItemChanged()
}

// Decide gives a verdict on the item on screen: it is sent in the background and
// the next item is shown. Where a policy or a message is missing, or one that
// the person has not seen yet would go out, nothing is sent and the field is
// asked for; the same verdict again sends it.
func (d *Desk[S]) Decide(v moderation.Verdict) {
	d.Touch()
	it := d.Current()
	switch {
	case it == nil || it.wish != nil:
		return
	case it.Guarded() || !it.Ready:
		d.screen.ItemChanged() // the banner or the skeleton says why nothing happened
		return
	}
	if c := it.Choice(v); c.Why != "" {
		d.screen.Tell(fault.New(c.Why, "login", d.cfg.Me.Login, "action", "case.decide",
			"verdict", string(v), "stage", string(it.File.Case.Stage)))
		return
	}
	if it.Hold != Held && d.kept(it.Case) {
		d.screen.Tell(d.keptBy(it.Case))
		return
	}
	if !d.up && it.Hold != Held {
		d.screen.Tell(d.offline())
		return
	}
	seen := it.Draft.Verdict == v
	it.Draft.Verdict = v
	d.fit(it)
	checked := it.Draft
	if !Speaks(v) {
		checked.Reason = ""
	}
	if lack, field := checked.lacks(d.policy(it.Draft.Policy)); lack != nil {
		d.ask(it, field)
		return
	}
	if !seen && Speaks(v) && strings.TrimSpace(it.Draft.Reason) != "" {
		d.ask(it, ReasonField)
		return
	}
	d.send(it)
}

// Agree gives the verdict that the case on screen proposes, as the key A does.
func (d *Desk[S]) Agree() {
	if it := d.Current(); it != nil {
		d.Decide(it.Case.Agrees())
	}
}

// Disagree gives the verdict against what the case on screen proposes, as the key R does.
func (d *Desk[S]) Disagree() {
	if it := d.Current(); it != nil {
		d.Decide(it.Case.Disagrees())
	}
}

// Submit gives the verdict that the fields speak of, as the key in a text field does.
func (d *Desk[S]) Submit() {
	if it := d.Current(); it != nil && it.Draft.Verdict != "" {
		d.Decide(it.Draft.Verdict)
	}
}

func (d *Desk[S]) ask(it *Item[S], f Field) {
	if d.up {
		d.claim(it, false)
	}
	d.screen.ItemChanged()
	d.screen.Ask(f)
}

// SetPolicy rests the draft on a policy and brings its message, unless the
// person has written one.
func (d *Desk[S]) SetPolicy(code string) {
	d.Touch()
	it := d.Current()
	if it == nil || !it.Ready || it.Draft.Policy == code {
		return
	}
	lang, values := d.cfg.Subjects.Letter(it.Case, it.Subject)
	it.Draft.choose(d.policy(code), lang, values)
	d.screen.ItemChanged()
}

// SetReason is typing in the message. It draws nothing anew.
func (d *Desk[S]) SetReason(text string) {
	d.Touch()
	if it := d.Current(); it != nil && it.Draft.Reason != text {
		it.Draft.Reason, it.Draft.Typed = text, strings.TrimSpace(text) != ""
	}
}

// SetNote is typing in the internal note. It draws nothing anew.
func (d *Desk[S]) SetNote(text string) {
	d.Touch()
	if it := d.Current(); it != nil {
		it.Draft.Note = text
	}
}

// UseTemplate throws the person's own message away for the policy's.
func (d *Desk[S]) UseTemplate() {
	it := d.Current()
	if it == nil || !it.Ready {
		return
	}
	it.Draft.Typed = false
	lang, values := d.cfg.Subjects.Letter(it.Case, it.Subject)
	it.Draft.choose(d.policy(it.Draft.Policy), lang, values)
	d.screen.ItemChanged()
}

// SaveNote puts the internal note into the file at once, without a verdict.
func (d *Desk[S]) SaveNote() {
	it := d.Current()
	if it == nil || strings.TrimSpace(it.Draft.Note) == "" {
		return
	}
	if !d.up {
		d.screen.Tell(d.offline())
		return
	}
	id, text, request := it.Case.ID, it.Draft.Note, d.cfg.NewID()
	it.Draft.Note = ""
	d.screen.ItemChanged()
	d.inLane(id, func(ctx context.Context, _ *lane) func() {
		err := d.cfg.Cases.AddNote(ctx, request, id, text)
		return func() {
			if err != nil {
				if it.Draft.Note == "" {
					it.Draft.Note = text
				} else {
					it.Draft.Note = text + "\n" + it.Draft.Note
				}
				d.screen.Tell(err)
				d.screen.ItemChanged()
				return
			}
			d.load(it, true)
		}
	})
}

// send takes the item off the screen and its decision to the referee.
func (d *Desk[S]) send(it *Item[S]) {
	draft := it.Draft
	dec := moderation.Decision{
		Request: d.cfg.NewID(), Case: it.Case.ID, Version: it.File.Case.Version,
		Verdict: draft.Verdict, Policy: draft.Policy, Note: strings.TrimSpace(draft.Note),
	}
	if Speaks(draft.Verdict) {
		dec.Reason = strings.TrimSpace(draft.Reason)
	}
	if it.Hold == Held {
		dec.Fence = it.Lease.Fence
	}
	s := &sending[S]{Sent: Sent{Decision: dec, Case: it.Case, At: d.Now()}, item: it, draft: draft, row: d.index(it.Case.ID)}
	d.sent, d.last = append(d.prune(), s), nil
	if !d.up {
		d.keep(it, s, d.offline(), true)
		d.screen.Decided(s.Sent)
		d.advance(s.row)
		return
	}
	d.dispatch(it, s)
	d.screen.Decided(s.Sent)
	d.advance(s.row)
}

func (d *Desk[S]) dispatch(it *Item[S], s *sending[S]) {
	d.stopRenewing(it)
	it.wish, it.claimed = s, ""
	s.State = Sending
	id := it.Case.ID
	d.done[id] = mark{flying: true, version: s.Decision.Version}
	delete(d.drafts, id)
	d.remove(id)
	d.count(it.Case, -1)
	d.inLane(id, func(ctx context.Context, l *lane) func() {
		dec, receipt, unsent, err := d.deliver(ctx, l, s.Decision)
		return func() { d.answered(it, s, dec, receipt, unsent, err) }
	})
}

// deliver claims the case if need be and hands the decision over. unsent says
// that the decision itself never left.
func (d *Desk[S]) deliver(ctx context.Context, l *lane, dec moderation.Decision) (_ moderation.Decision, r moderation.Receipt, unsent bool, err error) {
	if dec.Fence == 0 {
		if l.lease == nil {
			lease, err := d.cfg.Cases.Claim(ctx, d.cfg.NewID(), dec.Case)
			if err != nil {
				return dec, r, true, err
			}
			l.lease = &lease
		}
		if l.lease.Version != dec.Version {
			// Somebody changed it between the look and the key.
			_ = d.cfg.Cases.Release(ctx, d.cfg.NewID(), *l.lease)
			l.lease = nil
			return dec, r, true, fault.New(fault.Changed, "case", dec.Case)
		}
		dec.Fence = l.lease.Fence
	}
	r, err = d.cfg.Cases.Decide(ctx, dec)
	if err == nil {
		l.lease = nil
	} else if slices.Contains(certain, fault.CodeOf(err)) && l.lease != nil {
		// It has to be taken up again anyway; until then a colleague may have it.
		_ = d.cfg.Cases.Release(ctx, d.cfg.NewID(), *l.lease)
		l.lease = nil
	}
	return dec, r, false, err
}

func (d *Desk[S]) answered(it *Item[S], s *sending[S], dec moderation.Decision, r moderation.Receipt, unsent bool, err error) {
	s.Decision = dec
	it.wish = nil
	id := it.Case.ID
	switch {
	case err == nil:
		it.Hold = Free
		s.State, s.Receipt = Arrived, r
		if d.items[id] == it {
			delete(d.items, id) // should the case return, it returns changed
		}
		d.done[id] = mark{version: dec.Version, stage: r.Stage}
		d.screen.Settled(s.Sent)
		if s.undo {
			d.undo(s)
		}
	case slices.Contains(certain, fault.CodeOf(err)):
		d.cameBack(it, s, fault.Of(err))
	default:
		d.restore(it, s)
		d.keep(it, s, fault.Of(err), unsent)
		d.screen.Settled(s.Sent)
		if d.Current() == nil || d.up && fault.CodeOf(err) != fault.Offline {
			d.bring(id)
		}
		d.screen.QueueChanged()
	}
}

// cameBack puts a refused decision before the person, beside what stands now.
func (d *Desk[S]) cameBack(it *Item[S], s *sending[S], why *fault.Error) {
	s.State = CameBack
	it.Hold = Free
	if why.Code == fault.LeaseLost {
		it.Hold = Ended
	}
	if it.Case.Holder == d.cfg.Me.Login {
		it.Case.Holder = ""
	}
	it.Back = &Back{Mine: s.Decision, Why: why}
	if why.Code == fault.HeldByOther {
		it.Case.Holder = why.Args["who"]
	}
	d.restore(it, s)
	d.load(it, true)
	d.screen.Settled(s.Sent)
	d.bring(it.Case.ID)
	d.screen.QueueChanged()
}

// restore brings an item's row and draft back to where they were.
func (d *Desk[S]) restore(it *Item[S], s *sending[S]) {
	id := it.Case.ID
	delete(d.done, id)
	d.items[id] = it
	it.Draft = s.draft
	d.disarm(it)
	d.count(it.Case, 1)
	d.putBack(it, s.row)
}

// putBack gives an item its row again, where it was.
func (d *Desk[S]) putBack(it *Item[S], at int) {
	d.fresh, d.incoming = nil, 0 // it was read without this case
	if i := d.index(it.Case.ID); i >= 0 {
		d.rows[i] = d.row(it.Case)
	} else if d.loaded {
		d.insert(at, d.row(it.Case))
	}
}

// count keeps the figures right until they are read again.
func (d *Desk[S]) count(c moderation.Case, by int) {
	d.counts.Waiting = max(0, d.counts.Waiting+by)
	if c.For == d.cfg.Me.Login {
		d.counts.Mine = max(0, d.counts.Mine+by)
	}
}

// disarm goes back to the verdict that the case proposes, where the one that was
// given had nothing to prepare.
func (d *Desk[S]) disarm(it *Item[S]) {
	if !Speaks(it.Draft.Verdict) {
		it.Draft.Verdict = it.Case.Agrees()
		d.fit(it)
	}
}

// keep holds a decision that may not have arrived.
func (d *Desk[S]) keep(it *Item[S], s *sending[S], why *fault.Error, unsent bool) {
	d.stopRenewing(it)
	s.State = Waiting
	it.Kept = &Kept{Mine: s.Decision, Why: why, At: s.At, Unsent: unsent}
	if i := d.index(it.Case.ID); i >= 0 {
		d.rows[i].Kept = true
	}
}

// bring shows a case that came back, at once or, if the person is in the midst
// of something, when they have done with it.
func (d *Desk[S]) bring(id string) {
	cur := d.Current()
	if d.index(id) >= 0 && (cur == nil || !cur.touched() && !cur.Guarded()) {
		d.show(id)
		return
	}
	if !slices.Contains(d.coming, id) && id != d.selected {
		d.coming = append(d.coming, id)
	}
}

// Coming is how many cases came back and wait for the hand to be free.
func (d *Desk[S]) Coming() int { return len(d.coming) }

// offer shows what was decided without a link, now that there is one.
func (d *Desk[S]) offer() {
	for _, s := range d.sent {
		if s.State == Waiting {
			d.bring(s.Decision.Case)
		}
	}
}

// Unsent is how many decisions wait for a word.
func (d *Desk[S]) Unsent() int {
	n := 0
	for _, s := range d.sent {
		if s.State == Waiting {
			n++
		}
	}
	return n
}

// advance shows what comes after row at: first what came back, then the next
// row that is free. Whoever decides is at work, so that item is opened for them.
func (d *Desk[S]) advance(at int) {
	d.leave()
	d.selected = ""
	if d.showComing() {
		return
	}
	next := d.nextFree(at - 1)
	if next < 0 {
		next = d.nextFree(-1)
	}
	if next >= 0 {
		d.show(d.rows[next].Case.ID)
	}
	d.Settle()
	if len(d.rows)-d.index(d.selected) < 10 {
		d.More()
	}
	if it := d.Current(); it != nil && d.up && !it.Guarded() && !d.kept(it.Case) {
		d.claim(it, true)
	}
	d.screen.ItemChanged()
}

// showComing shows the first of what waits to be shown, if anything does.
func (d *Desk[S]) showComing() bool {
	for len(d.coming) > 0 {
		id := d.coming[0]
		d.coming = d.coming[1:]
		if it := d.items[id]; it != nil && (it.Guarded() || it.Hold == Held || it.Hold == Claiming) && d.index(id) >= 0 {
			d.show(id)
			return true
		}
	}
	return false
}

// SendKept sends the decision that waits on the item on screen, under the same
// request id as before.
func (d *Desk[S]) SendKept() {
	it := d.Current()
	if it == nil || it.Kept == nil {
		return
	}
	if !d.up {
		d.screen.Tell(d.offline())
		return
	}
	s := d.waiting(it.Case.ID)
	it.Kept = nil
	s.row = d.index(it.Case.ID)
	d.dispatch(it, s)
	d.screen.Decided(s.Sent)
	d.advance(s.row)
}

// DropKept takes a decision back that never left this machine.
func (d *Desk[S]) DropKept() {
	it := d.Current()
	if it == nil || it.Kept == nil || !it.Kept.Unsent {
		return
	}
	d.unkeep(it)
}

func (d *Desk[S]) unkeep(it *Item[S]) {
	s := d.waiting(it.Case.ID)
	it.Kept = nil
	s.State = Undone
	d.disarm(it)
	if i := d.index(it.Case.ID); i >= 0 {
		d.rows[i].Kept = false
	}
	switch {
	case it.Hold == Claiming:
		it.Hold = Free
	case it.Hold == Held && !d.Now().Before(it.Lease.Until):
		d.ended(it)
	case it.Hold == Held:
		d.renewLater(it)
	}
	if d.index(it.Case.ID) >= 0 {
		d.show(it.Case.ID)
	} else { // the queue is being read anew
		d.coming = append(d.coming, it.Case.ID)
	}
	d.screen.Settled(s.Sent)
	d.screen.QueueChanged()
	d.screen.ItemChanged()
}

// LetStand accepts what stands instead of the decision that came back. The
// draft is kept in case the person returns to the case.
func (d *Desk[S]) LetStand() {
	it := d.Current()
	if it == nil || it.Back == nil {
		return
	}
	at := d.index(it.Case.ID)
	it.Back = nil
	if at >= 0 {
		d.rows[at].Back = false
	}
	if it.File.Case.Stage == moderation.StageClosed {
		d.remove(it.Case.ID)
		at--
	}
	d.advance(at + 1)
}

// prune drops decisions that nothing can come of any more, but for the last few.
func (d *Desk[S]) prune() []*sending[S] {
	const keep = 20
	old := len(d.sent) - keep
	if old <= 0 {
		return d.sent
	}
	out := make([]*sending[S], 0, len(d.sent))
	for i, s := range d.sent {
		open := s.State == Sending || s.State == Waiting || s.State == Undoing ||
			s.State == Arrived && d.Now().Before(s.Receipt.Effective)
		if open || i >= old {
			out = append(out, s)
		}
	}
	return out
}

// waiting is the decision on a case that waits for a word; an item with Kept has one.
func (d *Desk[S]) waiting(id string) *sending[S] {
	for _, s := range d.sent {
		if s.State == Waiting && s.Decision.Case == id {
			return s
		}
	}
	return nil
}

// Undo takes the last decision back that can still be, or opens again what was
// put aside since. The case comes back to the screen, held.
func (d *Desk[S]) Undo() {
	d.Touch()
	if p := d.last; p != nil {
		d.unpass(p)
		return
	}
	for i := len(d.sent) - 1; i >= 0; i-- {
		s := d.sent[i]
		switch s.State {
		case Sending:
			if s.undo {
				continue
			}
			s.undo = true
			d.screen.Settled(Sent{Decision: s.Decision, Case: s.Case, State: Undoing, At: s.At})
			return
		case Waiting:
			it := s.item
			if it.Kept.Unsent {
				d.unkeep(it)
			} else if d.index(it.Case.ID) >= 0 {
				d.show(it.Case.ID) // nobody knows whether it arrived: its banner says so
			}
			return
		case Arrived:
			if !d.Now().Before(s.Receipt.Effective) {
				d.screen.Tell(fault.New(fault.TooLate))
				return
			}
			d.undo(s)
			return
		}
	}
}

func (d *Desk[S]) undo(s *sending[S]) {
	if !d.up {
		d.screen.Tell(d.offline())
		return
	}
	s.State = Undoing
	if s.back == "" {
		s.back = d.cfg.NewID()
	}
	d.screen.Settled(s.Sent)
	id, it := s.Decision.Case, s.item
	d.inLane(id, func(ctx context.Context, l *lane) func() {
		lease, err := d.cfg.Cases.Undo(ctx, s.back, s.Receipt.Decision)
		if err == nil {
			l.lease = &lease
		}
		return func() {
			if err != nil {
				s.State, s.undo = Arrived, false
				d.screen.Settled(s.Sent)
				d.screen.Tell(err)
				return
			}
			s.State = Undone
			it.Case.Version, it.File.Case.Version = lease.Version, lease.Version
			d.restore(it, s)
			d.holds(it, lease)
			d.load(it, true)
			d.screen.Settled(s.Sent)
			if d.index(id) >= 0 {
				d.show(id)
			} else { // the queue is being read anew
				d.coming = append(d.coming, id)
			}
			d.screen.QueueChanged()
		}
	})
}
