package review

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"testing"
	"time"

	"cinnabar/assets"
	"cinnabar/internal/fault"
	"cinnabar/internal/people"
	"cinnabar/moderation"
)

// world is a referee in memory with leases, fences and versions, and a machine
// whose goroutines, screen thread and clock move only when the test says so.
type world struct {
	t interface {
		Helper()
		Fatalf(string, ...any)
	}
	now    time.Time
	tasks  []func()
	loop   []func()
	timers []timer
	ids    int

	cases    []*record
	policies []moderation.Policy
	byReq    map[string]moderation.Receipt
	down     bool // calls fail and change nothing
	deaf     bool // calls change things, but the answer is lost
	reads    int
	watch    func()
	lead     bool // the person at the desk is one
	log      []string
}

type timer struct {
	at time.Time
	f  func()
	id int
}

type record struct {
	c       moderation.Case
	fence   int64
	made    []moderation.Made
	notes   []moderation.Note
	by      map[string]int // accepted decisions by request id
	last    string         // last request id that asked to decide
	doubt   bool           // its answer was lost
	decided string         // decision id that stands, ours
	request string         // of decided
	before  moderation.Stage
	unheard int64 // fence of a release that didn't arrive
	skipped moderation.SkipReason
	appeals []moderation.Appeal
}

func newWorld(t *testing.T, n int) *world {
	w := &world{t: t, now: time.Date(2026, 3, 14, 9, 0, 0, 0, time.UTC), byReq: map[string]moderation.Receipt{}}
	for i := range n {
		id := fmt.Sprintf("c%02d", i)
		w.cases = append(w.cases, &record{c: moderation.Case{
			ID: id, Ref: "P-" + id, Kind: moderation.KindPost, Target: "post-" + id, Stage: moderation.StageFirst,
			Version: 1, Title: "Post " + id, Picture: assets.ID(""), Tag: []string{"code", "link"}[i%2],
			Due: w.now.Add(time.Duration(i) * time.Minute),
		}, by: map[string]int{}})
	}
	w.policies = []moderation.Policy{
		{Code: "2.1", Kind: moderation.KindPost, Verdicts: []moderation.Verdict{moderation.RequireLabel},
			Message: map[string]string{"en": "Your note of {date} needs the label.", "zh": "请为{date}的笔记补充标注。"}, NeedsReason: true},
		{Code: "2.2", Kind: moderation.KindPost, Verdicts: []moderation.Verdict{moderation.RequireLabel},
			Message: map[string]string{"en": "You promised {gift}."}, NeedsReason: true},
	}
	return w
}

func (w *world) Do(f func())    { w.loop = append(w.loop, f) }
func (w *world) Now() time.Time { return w.now }
func (w *world) Go(f func())    { w.tasks = append(w.tasks, f) }
func (w *world) NewID() string  { w.ids++; return "r" + strconv.Itoa(w.ids) }

func (w *world) AfterFunc(d time.Duration, f func()) func() {
	w.ids++
	id := w.ids
	w.timers = append(w.timers, timer{w.now.Add(d), f, id})
	return func() { w.timers = slices.DeleteFunc(w.timers, func(t timer) bool { return t.id == id }) }
}

// pass lets time go by.
func (w *world) pass(d time.Duration) {
	end := w.now.Add(d)
	for {
		sort.SliceStable(w.timers, func(i, j int) bool { return w.timers[i].at.Before(w.timers[j].at) })
		if len(w.timers) == 0 || w.timers[0].at.After(end) {
			break
		}
		t := w.timers[0]
		w.timers = w.timers[1:]
		w.now = t.at
		t.f()
		w.settle()
	}
	w.now = end
}

// drawn empties the screen thread's queue.
func (w *world) drawn() {
	for len(w.loop) > 0 {
		f := w.loop[0]
		w.loop = w.loop[1:]
		f()
	}
}

// settle runs everything that is under way.
func (w *world) settle() {
	w.drawn()
	for len(w.tasks) > 0 {
		f := w.tasks[0]
		w.tasks = w.tasks[1:]
		f()
		w.drawn()
	}
}

// one runs one task, whichever the number picks, so that answers overtake each other.
func (w *world) one(pick int) {
	if len(w.tasks) > 0 {
		i := pick % len(w.tasks)
		f := w.tasks[i]
		w.tasks = slices.Delete(w.tasks, i, i+1)
		f()
	}
	w.drawn()
}

func (w *world) find(id string) *record {
	for _, r := range w.cases {
		if r.c.ID == id {
			return r
		}
	}
	return nil
}

func (w *world) offline() error { return fault.New(fault.Offline, "host", "db") }

func (w *world) Page(_ context.Context, q moderation.QueueQuery) (moderation.QueuePage, error) {
	w.reads++
	if w.down {
		return moderation.QueuePage{}, w.offline()
	}
	var list []moderation.Case
	for _, r := range w.cases {
		if r.c.Stage == moderation.StageClosed || q.Tag != "" && r.c.Tag != q.Tag || r.skipped != "" ||
			q.Named != "" && r.c.Queue != q.Named || q.Mine && r.c.For != "me" || q.After != "" && r.c.ID <= q.After {
			continue
		}
		list = append(list, r.c)
	}
	page := moderation.QueuePage{Now: w.now}
	if len(list) > q.Limit {
		list = list[:q.Limit]
		page.Next = list[q.Limit-1].ID
	}
	page.Cases = list
	return page, nil
}

func (w *world) Counts(context.Context, moderation.Kind) (moderation.QueueCounts, error) {
	if w.down {
		return moderation.QueueCounts{}, w.offline()
	}
	n := moderation.QueueCounts{Waiting: len(w.cases)}
	for _, r := range w.cases {
		if r.c.For == "me" {
			n.Mine++
		}
	}
	return n, nil
}

// staff lists who works there.
type staff struct{ w *world }

func (s staff) List(context.Context) ([]people.Person, error) {
	if s.w.down {
		return nil, s.w.offline()
	}
	return []people.Person{{Login: "wang", Name: "Wang Lei", Role: people.Moderator}}, nil
}

func (w *world) List(context.Context) ([]moderation.Policy, error) {
	if w.down {
		return nil, w.offline()
	}
	return w.policies, nil
}

func (w *world) File(_ context.Context, id string) (moderation.File, error) {
	if w.down {
		return moderation.File{}, w.offline()
	}
	r := w.find(id)
	return moderation.File{Case: r.c, Made: slices.Clone(r.made), Notes: slices.Clone(r.notes), Appeals: r.appeals}, nil
}

func (w *world) Claim(_ context.Context, request, id string) (moderation.Lease, error) {
	if w.down {
		return moderation.Lease{}, w.offline()
	}
	r := w.find(id)
	switch {
	case r.c.Stage == moderation.StageClosed:
		return moderation.Lease{}, fault.New(fault.NotFound, "what", "case", "id", id)
	case r.c.HeldAt(w.now) && r.c.Holder != "me":
		return moderation.Lease{}, fault.New(fault.HeldByOther, "who", r.c.Holder, "until", r.c.Held.Format(time.RFC3339))
	case r.c.For != "" && r.c.For != "me" && w.now.Before(r.c.ForUntil):
		return moderation.Lease{}, fault.New(fault.HeldByOther, "who", r.c.For, "until", r.c.ForUntil.Format(time.RFC3339))
	case r.skipped == moderation.SkipConflict:
		return moderation.Lease{}, fault.New(fault.CannotTake, "who", "me")
	case !r.c.HeldAt(w.now):
		r.fence++
	}
	r.skipped = ""
	r.c.Holder, r.c.Held = "me", w.now.Add(5*time.Minute)
	w.log = append(w.log, "claim "+id)
	return w.lease(r), nil
}

func (w *world) lease(r *record) moderation.Lease {
	return moderation.Lease{Case: r.c.ID, Fence: r.fence, Until: r.c.Held, Version: r.c.Version}
}

func (w *world) ours(id string, fence int64) bool {
	r := w.find(id)
	return r.c.HeldAt(w.now) && r.c.Holder == "me" && r.fence == fence
}

func (w *world) Renew(_ context.Context, l moderation.Lease) (moderation.Lease, error) {
	if w.down {
		return l, w.offline()
	}
	if !w.ours(l.Case, l.Fence) {
		return l, fault.New(fault.LeaseLost, "case", l.Case)
	}
	r := w.find(l.Case)
	r.c.Held = w.now.Add(5 * time.Minute)
	w.log = append(w.log, "renew "+l.Case)
	return w.lease(r), nil
}

func (w *world) Release(_ context.Context, _ string, l moderation.Lease) error {
	if w.down {
		w.find(l.Case).unheard = l.Fence // it will run out by itself
		return w.offline()
	}
	if w.ours(l.Case, l.Fence) {
		r := w.find(l.Case)
		r.c.Holder, r.c.Held = "", time.Time{}
		r.fence++
		w.log = append(w.log, "release "+l.Case)
	}
	return nil
}

func (w *world) Decide(_ context.Context, d moderation.Decision) (moderation.Receipt, error) {
	r := w.find(d.Case)
	if r.skipped != "" {
		w.t.Fatalf("%s: decided although it was put aside", d.Case)
	}
	if d.Request != r.last {
		if r.doubt {
			w.t.Fatalf("%s: decided anew while nobody knows what became of %s", d.Case, r.last)
		}
		if r.decided != "" {
			w.t.Fatalf("%s: a second decision %s although %s stands", d.Case, d.Request, r.request)
		}
	}
	if w.down {
		// Nobody can tell from outside whether it arrived.
		r.last, r.doubt = d.Request, true
		return moderation.Receipt{}, w.offline()
	}
	r.last, r.doubt = d.Request, false
	if old, ok := w.byReq[d.Request]; ok {
		return old, nil
	}
	w.log = append(w.log, fmt.Sprintf("decide %s %s policy=%s reason=%q note=%q", d.Case, d.Verdict, d.Policy, d.Reason, d.Note))
	if !w.ours(d.Case, d.Fence) {
		return moderation.Receipt{}, fault.New(fault.LeaseLost, "case", d.Case)
	}
	if d.Version != r.c.Version {
		return moderation.Receipt{}, fault.New(fault.Changed, "case", d.Case)
	}
	tr, ok := moderation.Next(r.c.Kind, r.c.Stage, d.Verdict, 0)
	if !ok {
		return moderation.Receipt{}, fault.New(fault.NotAllowedNow, "verdict", string(d.Verdict), "stage", string(r.c.Stage))
	}
	w.ids++
	id := "d" + strconv.Itoa(w.ids)
	r.made = append(r.made, moderation.Made{ID: id, Verdict: d.Verdict, Stage: r.c.Stage, By: "me", At: w.now,
		Effective: w.now.Add(10 * time.Second), Note: d.Note, Reason: d.Reason, Policy: d.Policy})
	r.decided, r.request, r.before = id, d.Request, r.c.Stage
	r.c.Stage, r.c.Holder, r.c.Held = tr.To, "", time.Time{}
	r.c.Version++
	r.fence++
	receipt := moderation.Receipt{Decision: id, Case: d.Case, Stage: tr.To, At: w.now, Effective: w.now.Add(10 * time.Second)}
	w.byReq[d.Request] = receipt
	r.by[d.Request]++
	if w.deaf {
		r.doubt = true
		return moderation.Receipt{}, fault.New(fault.TimedOut)
	}
	return receipt, nil
}

func (w *world) Undo(_ context.Context, _, decision string) (moderation.Lease, error) {
	if w.down {
		return moderation.Lease{}, w.offline()
	}
	for _, r := range w.cases {
		for i := range r.made {
			m := &r.made[i]
			if m.ID != decision {
				continue
			}
			if !w.now.Before(m.Effective) || r.decided != decision {
				return moderation.Lease{}, fault.New(fault.TooLate)
			}
			m.Undone = true
			r.decided = ""
			r.c.Stage, r.c.Holder, r.c.Held = r.before, "me", w.now.Add(5*time.Minute)
			r.c.Version++
			r.fence++
			w.log = append(w.log, "undo "+r.c.ID)
			return w.lease(r), nil
		}
	}
	return moderation.Lease{}, fault.New(fault.NotFound, "what", "decision", "id", decision)
}

func (w *world) AddNote(_ context.Context, _, id, text string) error {
	if w.down {
		return w.offline()
	}
	r := w.find(id)
	r.notes = append(r.notes, moderation.Note{By: "me", At: w.now, Text: text})
	w.log = append(w.log, "note "+id+" "+text)
	return nil
}

func (w *world) Skip(_ context.Context, request, id string, why moderation.SkipReason, words string) error {
	if w.down {
		return w.offline()
	}
	r := w.find(id)
	if r.c.Stage == moderation.StageClosed {
		return fault.New(fault.NotAllowedNow, "verdict", "skip", "stage", "closed")
	}
	if r.skipped != moderation.SkipConflict {
		r.skipped = why
	}
	if r.c.Holder == "me" {
		r.c.Holder, r.c.Held = "", time.Time{}
		r.fence++
	}
	if r.c.For == "me" {
		r.c.For, r.c.ForUntil = "", time.Time{}
	}
	w.log = append(w.log, fmt.Sprintf("skip %s %s %q", id, why, words))
	if w.deaf {
		return fault.New(fault.TimedOut)
	}
	return nil
}

func (w *world) Hand(_ context.Context, request string, l moderation.Lease, to, words string) error {
	if w.down {
		return w.offline()
	}
	r := w.find(l.Case)
	switch {
	case !w.ours(l.Case, l.Fence) && !(w.lead && l.Fence == 0):
		return fault.New(fault.LeaseLost, "case", l.Case)
	case r.c.Stage == moderation.StageClosed:
		return fault.New(fault.NotAllowedNow, "verdict", "hand", "stage", "closed")
	case to == "absent":
		return fault.New(fault.CannotTake, "who", to)
	}
	r.c.Holder, r.c.Held, r.c.For, r.c.ForUntil = "", time.Time{}, to, w.now.Add(4*time.Hour)
	r.fence++
	w.log = append(w.log, fmt.Sprintf("hand %s to %s %q", l.Case, to, words))
	if w.deaf {
		return fault.New(fault.TimedOut)
	}
	return nil
}

func (w *world) Hands(_ context.Context, id string) ([]string, error) {
	if w.down {
		return nil, w.offline()
	}
	w.log = append(w.log, "hands "+id)
	return []string{"absent", "wang"}, nil
}

func (w *world) Watch(_ context.Context, f func()) { w.watch = f }

// Load, Warm, Parties and Letter make the world its own subjects: a subject is
// the id of its post.
func (w *world) Load(_ context.Context, c moderation.Case) (string, error) {
	if w.down {
		return "", w.offline()
	}
	return c.Target, nil
}
func (w *world) Warm(context.Context, string)          {}
func (w *world) Parties(string) (p moderation.Parties) { return p }
func (w *world) Letter(moderation.Case, string) (string, map[string]string) {
	return "en", map[string]string{"date": "14 March"}
}

// colleague lets somebody else claim a case, or decide it if they have it.
func (w *world) colleague(id string) {
	r := w.find(id)
	if r.c.Stage == moderation.StageClosed || r.c.HeldAt(w.now) && r.c.Holder == "me" {
		return
	}
	if r.c.HeldAt(w.now) {
		r.c.Stage, r.c.Holder, r.c.Held = moderation.StageClosed, "", time.Time{}
		r.c.Version++
		r.decided = ""
		return
	}
	r.fence++
	r.c.Holder, r.c.Held = "wang", w.now.Add(5*time.Minute)
}

// witness is a screen that writes down what it is told.
type witness struct {
	told    []error
	asked   []Field
	decided []Sent
	settled []Sent
	passed  []Passed
}

func (s *witness) QueueChanged()   {}
func (s *witness) ItemChanged()    {}
func (s *witness) Decided(d Sent)  { s.decided = append(s.decided, d) }
func (s *witness) Settled(d Sent)  { s.settled = append(s.settled, d) }
func (s *witness) Passed(p Passed) { s.passed = append(s.passed, p) }
func (s *witness) Tell(err error)  { s.told = append(s.told, err) }
func (s *witness) Ask(f Field)     { s.asked = append(s.asked, f) }

func (w *world) desk(role people.Role) (*Desk[string], *witness) {
	s := &witness{}
	w.lead = role == people.Lead
	d := New(Config[string]{
		Kind: moderation.KindPost, Me: people.Person{Login: "me", Role: role, Active: true},
		Queue: w, Cases: w, Policies: w, Subjects: w, People: staff{w}, Changes: w, Loop: w, Clock: w, Go: w.Go, NewID: w.NewID, Page: 10,
	}, s)
	d.Start()
	return d, s
}
