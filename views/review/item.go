package review

import (
	"context"
	"slices"
	"time"

	"cinnabar/assets"
	"cinnabar/internal/fault"
	"cinnabar/moderation"
)

// HoldState says whether the person may decide an item now.
type HoldState int

// The states of a hold.
const (
	Free     HoldState = iota // nobody here has it
	Claiming                  // asked for, not answered yet
	Held                      // ours until Lease.Until
	Ended                     // was ours, ran out or passed on
)

// Item is a case with all that is shown of it.
type Item[S any] struct {
	Case    moderation.Case
	File    moderation.File
	Subject S
	Ready   bool  // File and Subject are there
	Err     error // why they are not
	Loads   int   // how often they were read: a screen draws the subject anew when it grows
	Hold    HoldState
	Lease   moderation.Lease
	Since   time.Time // of the hold, by the database's clock
	Draft   Draft
	Choices []moderation.Choice // what this person may say of it
	// Back is a decision that was not accepted, beside what stands now.
	Back *Back
	// Kept is a decision that may not have arrived and waits for a word.
	Kept *Kept
	// Hands are whom it may be handed to, once AskHands was answered.
	Hands Hands
	// News says that somebody changed the case while it was looked at.
	News bool

	asked    int  // of the question behind Hands whose answer counts
	gen      int  // of the load whose answer counts
	loading  bool // a load is under way
	warmed   bool // pictures were asked for
	wish     *sending[S]
	claimed  string // request id of the claim under way
	flow     bool   // that claim was ours, not the person's
	stopHold func() // stops the renewal
}

// Back is a decision that the referee refused. Mine is what the person said;
// the item's File says what stands now.
type Back struct {
	Mine moderation.Decision
	Why  *fault.Error
}

// Kept is a decision of which nobody knows that it arrived. Sending it again
// uses the same request id, so it can't count twice.
type Kept struct {
	Mine moderation.Decision
	Why  *fault.Error
	At   time.Time // when it was taken, database's clock
	// Unsent says that it never left this machine, so that it may be dropped.
	Unsent bool
}

// Choice returns what is known about a verdict on the item.
func (it *Item[S]) Choice(v moderation.Verdict) moderation.Choice {
	for _, c := range it.Choices {
		if c.Verdict == v {
			return c
		}
	}
	return moderation.Choice{Verdict: v, Why: fault.NotAllowedNow}
}

// Guarded reports whether verdict keys are dead on the item until the person
// takes it up again: it came to the screen by itself.
func (it *Item[S]) Guarded() bool { return it.Back != nil || it.Kept != nil || it.News }

// touched reports whether the person has begun something on the item.
func (it *Item[S]) touched() bool {
	return !it.Draft.Empty() || (it.Draft.Verdict != "" && it.Draft.Verdict != it.Case.Agrees())
}

// item returns the item of a case, made if need be.
func (d *Desk[S]) item(c moderation.Case) *Item[S] {
	it := d.items[c.ID]
	if it == nil {
		it = &Item[S]{Case: c}
		if draft, ok := d.drafts[c.ID]; ok {
			it.Draft = draft
		}
		d.items[c.ID] = it
	}
	return it
}

// load reads file and subject unless they are there or on their way.
func (d *Desk[S]) load(it *Item[S], again bool) {
	if it.loading && !again || it.Ready && !again {
		return
	}
	it.gen++
	gen := it.gen
	it.loading, it.Err = true, nil
	c := it.Case
	d.async(func(ctx context.Context) func() {
		file, err := d.cfg.Cases.File(ctx, c.ID)
		var subject S
		if err == nil {
			subject, err = d.cfg.Subjects.Load(ctx, file.Case)
		}
		return func() {
			if gen != it.gen || d.items[c.ID] != it {
				return
			}
			it.loading = false
			if err != nil {
				it.Err = err
			} else {
				d.fill(it, file, subject)
			}
			if it.Case.ID == d.selected {
				d.screen.ItemChanged()
				d.prefetch()
			}
		}
	})
}

func (d *Desk[S]) fill(it *Item[S], file moderation.File, subject S) {
	// A page read later than this file may know more of who holds it.
	holder, held := it.Case.Holder, it.Case.Held
	it.File, it.Subject, it.Ready = file, subject, true
	it.Loads++
	it.Case = file.Case
	if it.Case.Holder == "" && holder != "" && it.Hold != Held {
		it.Case.Holder, it.Case.Held = holder, held
	}
	d.judge(it)
	d.dress(it)
	if !it.warmed {
		it.warmed = true
		d.async(func(ctx context.Context) func() {
			d.cfg.Subjects.Warm(assets.WithPriority(ctx, assets.NextScreen), subject)
			return nil
		})
	}
}

// judge works out which verdicts the person may give.
func (d *Desk[S]) judge(it *Item[S]) {
	it.Choices = moderation.Allowed(d.cfg.Me, it.File, d.cfg.Subjects.Parties(it.Subject))
}

// dress prepares the draft of an item that has none, or one for a stage that the
// case has left: the verdict that the case proposes, its first policy and that
// policy's message, so that agreeing is one key and the person sees what it will say.
func (d *Desk[S]) dress(it *Item[S]) {
	if slices.Contains(it.Case.Verdicts(), it.Draft.Verdict) {
		return
	}
	it.Draft.Verdict = it.Case.Agrees()
	d.fit(it)
}

// fit gives the draft a policy that its verdict may rest on: the one it has, or
// else the only or, for agreeing, the first one there is. A refusal with several
// grounds is left to the person.
func (d *Desk[S]) fit(it *Item[S]) {
	if !it.Ready {
		return
	}
	list := d.Grounds(it.Draft.Verdict)
	i := slices.IndexFunc(list, func(p moderation.Policy) bool { return p.Code == it.Draft.Policy })
	if i < 0 && len(list) > 0 && (len(list) == 1 || it.Draft.Verdict == it.Case.Agrees()) {
		i = 0
	}
	var p *moderation.Policy
	if i >= 0 {
		p = &list[i]
		if p.Code == it.Draft.Policy {
			return
		}
	}
	lang, values := d.cfg.Subjects.Letter(it.Case, it.Subject)
	it.Draft.choose(p, lang, values)
}

// Grounds lists the policies that a verdict may rest on.
func (d *Desk[S]) Grounds(v moderation.Verdict) []moderation.Policy {
	var list []moderation.Policy
	for _, p := range d.policies {
		if p.Grounds(d.cfg.Kind, v) {
			list = append(list, p)
		}
	}
	return list
}

// Policy returns a policy in force by its code.
func (d *Desk[S]) Policy(code string) (p moderation.Policy, ok bool) {
	if found := d.policy(code); found != nil {
		return *found, true
	}
	return p, false
}

func (d *Desk[S]) policy(code string) *moderation.Policy {
	for i := range d.policies {
		if d.policies[i].Code == code && code != "" {
			return &d.policies[i]
		}
	}
	return nil
}

// ahead is how many items below the one on screen are read before they are asked for.
const ahead = 2

// prefetch reads what will most likely be next.
func (d *Desk[S]) prefetch() {
	if !d.up {
		return
	}
	at := d.index(d.selected)
	for n := 0; n < ahead; n++ {
		at = d.nextFree(at)
		if at < 0 {
			return
		}
		d.load(d.item(d.rows[at].Case), false)
	}
}

// forget drops items that nobody will miss, keeping those near the selection and
// all that hold something of the person's.
func (d *Desk[S]) forget() {
	const keep = 12
	if len(d.items) <= 4*keep {
		return
	}
	near := map[string]bool{d.selected: true}
	at := d.index(d.selected)
	for i := max(0, at-keep); at >= 0 && i < min(len(d.rows), at+keep); i++ {
		near[d.rows[i].Case.ID] = true
	}
	for id, it := range d.items {
		if near[id] || it.Hold == Held || it.Hold == Claiming || it.wish != nil || it.Guarded() || it.loading {
			continue
		}
		if !it.Draft.Empty() {
			d.drafts[id] = it.Draft
		}
		delete(d.items, id)
	}
}
