package store_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"cinnabar/internal/fault"
	"cinnabar/internal/people"
	"cinnabar/moderation"
	"cinnabar/store"
)

// docket is one case as the referee ought to keep it, said a second time in plain
// Go on top of the table in moderation: what each call changes, and what it is
// refused for. A new stage or verdict comes with that table; a new call is a new
// method here and a new action below.
//
// Time is a number. Whoever asks says what it counts.
type docket struct {
	kind         moderation.Kind
	target       string
	parties      moderation.Parties
	entered      []string // who typed in an application, in any version
	region, lang string

	stage   moderation.Stage
	outcome string // once closed
	version int
	votes   []vote
	made    []opinion
	appeals []appeal
	newer   bool // another case of the target was opened after this one

	holder    string
	fence     int64
	until     int64  // end of the holder's lease
	avail     int64  // end of the window of the last decision
	kept      string // whom it was handed to
	keptUntil int64
	skips     []skip
}

type vote struct {
	who  string
	made int // index of the opinion that it was given by
}

type opinion struct {
	by        string
	verdict   moderation.Verdict
	from, to  moderation.Stage
	outcome   string
	version   int // of the case after it
	effective int64
	undone    bool
}

type appeal struct {
	submitted, entered string
	made               int
}

type skip struct {
	who      string
	until    int64
	conflict bool
}

const forever = int64(1) << 60

// rulebook is what holds for all cases at once.
type rulebook struct {
	people   map[string]people.Person
	policies []moderation.Policy
	lease    int64
	window   int64
	reserve  int64
	skipFor  int64
}

func (d docket) waits() bool {
	return slices.Contains([]moderation.Stage{moderation.StageFirst, moderation.StageSecond, moderation.StageEscalated, moderation.StageAppeal}, d.stage)
}

func (d docket) approvedBy(login string) bool {
	return slices.ContainsFunc(d.votes, func(v vote) bool { return v.who == login })
}

func (d docket) decidedOn(login string) bool {
	return slices.ContainsFunc(d.made, func(o opinion) bool { return o.by == login && !o.undone })
}

func (d docket) concerned(p people.Person) bool {
	if p.Login == d.parties.SubmittedBy || slices.Contains(d.entered, p.Login) || d.parties.Brand != "" && p.TiedTo(d.parties.Brand) {
		return true
	}
	return d.stage == moderation.StageAppeal && slices.ContainsFunc(d.appeals, func(a appeal) bool { return p.Login == a.submitted || p.Login == a.entered })
}

func (d docket) inSight(p people.Person) bool {
	covers := func(own string) bool { // BCP 47: the wider and the narrower
		a, b := strings.ToLower(own), strings.ToLower(d.lang)
		return a == b || strings.HasPrefix(a, b+"-") || strings.HasPrefix(b, a+"-")
	}
	return p.Active &&
		(d.region == "" || len(p.Regions) == 0 || slices.Contains(p.Regions, d.region)) &&
		(d.lang == "" || len(p.Languages) == 0 || slices.ContainsFunc(p.Languages, covers))
}

func (d docket) skippedBy(login string, at int64) bool {
	return slices.ContainsFunc(d.skips, func(s skip) bool { return s.who == login && s.until > at })
}

// enters is the first question of every write.
func enters(p people.Person, roles ...people.Role) fault.Code {
	switch {
	case !p.Active:
		return fault.NotKnown
	case !slices.Contains(roles, p.Role):
		return fault.NoRight
	}
	return ""
}

// barred says why a person may not decide on the case at all where it stands.
func (d docket) barred(p people.Person) fault.Code {
	lead := p.Role == people.Lead
	switch {
	case !d.inSight(p):
		return fault.NotFound
	case d.concerned(p):
		return fault.OwnSubmission
	case (d.stage == moderation.StageEscalated || d.stage == moderation.StageAppeal) && !lead:
		return fault.NoRight
	case d.stage == moderation.StageAppeal && d.decidedOn(p.Login):
		return fault.OwnDecision
	case d.stage == moderation.StageSecond && d.approvedBy(p.Login):
		return fault.SecondPerson
	}
	return ""
}

// file is what the table in moderation asks for. A vote for earlier papers counts no
// longer, so the opinion behind it is left out.
func (d docket) file() moderation.File {
	f := moderation.File{Case: moderation.Case{Kind: d.kind, Stage: d.stage, Approved: len(d.votes)}}
	for i, o := range d.made {
		void := o.verdict == moderation.Approve && !slices.ContainsFunc(d.votes, func(v vote) bool { return v.made == i })
		if !void || d.stage == moderation.StageAppeal {
			f.Made = append(f.Made, moderation.Made{Verdict: o.verdict, Stage: o.from, By: o.by, Undone: o.undone})
		}
	}
	for _, a := range d.appeals {
		f.Appeals = append(f.Appeals, moderation.Appeal{SubmittedBy: a.submitted, EnteredBy: a.entered})
	}
	return f
}

// judge says what a verdict by a person leads to, or why not.
func (d docket) judge(p people.Person, v moderation.Verdict) (moderation.Transition, fault.Code) {
	for _, c := range moderation.Allowed(p, d.file(), d.parties) {
		if c.Verdict == v {
			return c.To, c.Why
		}
	}
	return moderation.Transition{}, fault.NotAllowedNow
}

// give hands out a lease: the same fence to whoever holds one, a higher one else. It
// comes after the question whether they may have it, and reads the clock anew.
func (d docket) give(b rulebook, p people.Person, at int64) docket {
	if d.holder != p.Login || d.until <= at {
		d.fence++
	}
	d.holder, d.until = p.Login, at+b.lease
	return d
}

func (d docket) claim(b rulebook, p people.Person, at, give int64) (docket, fault.Code) {
	if why := enters(p, people.Moderator, people.Lead); why != "" {
		return d, why
	}
	if why := d.barred(p); why == fault.NotFound || why != "" && d.waits() {
		return d, why
	}
	switch {
	case !d.waits():
		return d, fault.NotAllowedNow
	case d.holder != "" && d.holder != p.Login && d.until > at,
		d.avail > at && d.holder != p.Login,
		d.kept != "" && d.kept != p.Login && d.keptUntil > at:
		return d, fault.HeldByOther
	case slices.ContainsFunc(d.skips, func(s skip) bool { return s.who == p.Login && s.conflict }):
		return d, fault.CannotTake
	}
	d.skips = slices.DeleteFunc(slices.Clone(d.skips), func(s skip) bool { return s.who == p.Login })
	return d.give(b, p, give), ""
}

// offered reports whether the case is among those that a person may be given next.
func (d docket) offered(p people.Person, at int64) bool {
	return d.shown(p, at) && (d.holder == "" || d.until <= at) && (d.kept == "" || d.kept == p.Login || d.keptUntil <= at)
}

// shown reports whether it stands in their queue.
func (d docket) shown(p people.Person, at int64) bool {
	return d.waits() && d.avail <= at && d.barred(p) == "" && !d.skippedBy(p.Login, at)
}

func (d docket) renew(b rulebook, p people.Person, fence, at, give int64) (docket, fault.Code) {
	if why := enters(p, people.Moderator, people.Lead); why != "" {
		return d, why
	}
	if d.holder != p.Login || d.fence != fence || d.until <= at || d.barred(p) != "" {
		return d, fault.LeaseLost
	}
	return d.give(b, p, give), ""
}

func (d docket) release(p people.Person, fence, at int64) (docket, fault.Code) {
	if why := enters(p, people.Moderator, people.Lead); why != "" {
		return d, why
	}
	if d.holder == p.Login && d.fence == fence {
		d.holder, d.until, d.avail = "", 0, min(d.avail, at)
	}
	return d, ""
}

func (d docket) decide(b rulebook, p people.Person, x moderation.Decision, at int64) (docket, fault.Code) {
	if why := enters(p, people.Moderator, people.Lead); why != "" {
		return d, why
	}
	if why := d.barred(p); why == fault.NotFound || why == fault.OwnSubmission {
		return d, why
	}
	switch {
	case d.holder != p.Login || d.fence != x.Fence || d.until <= at || !d.waits():
		return d, fault.LeaseLost
	case d.version != x.Version:
		return d, fault.Changed
	}
	to, why := d.judge(p, x.Verdict)
	if why != "" {
		return d, why
	}
	ground := slices.IndexFunc(b.policies, func(g moderation.Policy) bool { return g.Code == x.Policy && g.Grounds(d.kind, x.Verdict) })
	switch {
	case ground < 0 && (x.Policy != "" || moderation.NeedsPolicy(x.Verdict)):
		return d, fault.PolicyNeeded
	case strings.TrimSpace(x.Reason) == "" && (moderation.NeedsReason(x.Verdict) || ground >= 0 && b.policies[ground].NeedsReason):
		return d, fault.ReasonNeeded
	}
	d.version++
	d.made = append(slices.Clone(d.made), opinion{by: p.Login, verdict: x.Verdict, from: d.stage, to: to.To, outcome: to.Outcome, version: d.version, effective: at + b.window})
	if x.Verdict == moderation.Approve && !d.approvedBy(p.Login) {
		d.votes = append(slices.Clone(d.votes), vote{p.Login, len(d.made) - 1})
	}
	d.stage, d.outcome = to.To, ""
	if d.stage == moderation.StageClosed {
		d.outcome = to.Outcome
	}
	d.holder, d.until, d.kept, d.keptUntil, d.avail = "", 0, "", 0, at+b.window
	return d, ""
}

// undo takes back opinion i; open says that the target has an open case by now.
func (d docket) undo(b rulebook, p people.Person, i int, open bool, at, give int64) (docket, fault.Code) {
	if why := enters(p, people.Moderator, people.Lead); why != "" {
		return d, why
	}
	o := d.made[i]
	switch {
	case o.by != p.Login || !d.inSight(p):
		return d, fault.NotFound
	case o.undone || at >= o.effective:
		return d, fault.TooLate
	case d.version != o.version || d.stage == moderation.StageClosed && open:
		return d, fault.Changed
	}
	d.made = slices.Clone(d.made)
	d.made[i].undone = true
	d.votes = slices.DeleteFunc(slices.Clone(d.votes), func(v vote) bool { return v.made == i })
	d.stage, d.outcome, d.version, d.avail = o.from, "", d.version+1, at
	return d.give(b, p, give), ""
}

func (d docket) note(p people.Person, words string) fault.Code {
	if why := enters(p, people.Moderator, people.Lead); why != "" {
		return why
	}
	switch {
	case strings.TrimSpace(words) == "":
		return fault.FieldMissing
	case !d.inSight(p):
		return fault.NotFound
	}
	return ""
}

// hand gives the case to a colleague; fence 0 is a lead's way without a lease.
func (d docket) hand(b rulebook, p people.Person, fence int64, to string, at int64) (docket, fault.Code) {
	if why := enters(p, people.Moderator, people.Lead); why != "" {
		return d, why
	}
	mine := d.holder == p.Login && d.fence == fence && d.until > at
	other := b.people[to]
	switch {
	case !d.inSight(p):
		return d, fault.NotFound
	case d.concerned(p):
		return d, fault.OwnSubmission
	case !mine && (fence != 0 || p.Role != people.Lead):
		return d, fault.LeaseLost
	case !d.waits():
		return d, fault.NotAllowedNow
	case d.avail > at:
		return d, fault.HeldByOther
	case to == p.Login && mine || !other.Decides() || d.barred(other) != "" || d.skippedBy(to, at):
		return d, fault.CannotTake
	}
	d.holder, d.until, d.kept, d.keptUntil = "", 0, to, at+b.reserve
	return d, ""
}

func (d docket) skip(b rulebook, p people.Person, why moderation.SkipReason, words string, at int64) (docket, fault.Code) {
	if why := enters(p, people.Moderator, people.Lead); why != "" {
		return d, why
	}
	switch {
	case !slices.Contains(moderation.SkipReasons(), why):
		return d, fault.FieldValue
	case why == moderation.SkipOther && strings.TrimSpace(words) == "":
		return d, fault.FieldMissing
	case !d.inSight(p):
		return d, fault.NotFound
	case !d.waits():
		return d, fault.NotAllowedNow
	}
	new := skip{who: p.Login, until: at + b.skipFor, conflict: why == moderation.SkipConflict}
	if new.conflict {
		new.until = forever
	}
	d.skips = slices.Clone(d.skips)
	if i := slices.IndexFunc(d.skips, func(s skip) bool { return s.who == p.Login }); i >= 0 {
		d.skips[i].until = max(d.skips[i].until, new.until)
		d.skips[i].conflict = d.skips[i].conflict || new.conflict
	} else {
		d.skips = append(d.skips, new)
	}
	if d.holder == p.Login {
		d.holder, d.until = "", 0
	}
	if d.kept == p.Login {
		d.kept, d.keptUntil = "", 0
	}
	return d, ""
}

// appeal takes in what somebody says against the decision that closed the case.
// stands says that the subject is still as it was decided.
func (d docket) appeal(p people.Person, from, words string, stands bool, at int64) (docket, fault.Code) {
	if why := enters(p, people.Marketer, people.Worker, people.Moderator, people.Lead); why != "" {
		return d, why
	}
	own := d.kind == moderation.KindBrand && (p.Login == d.parties.SubmittedBy || p.Login == d.parties.EnteredBy || p.TiedTo(d.parties.Brand))
	last := -1
	for i, o := range d.made {
		if !o.undone {
			last = i
		}
	}
	switch {
	case strings.TrimSpace(words) == "":
		return d, fault.FieldMissing
	case p.Decides() && !d.inSight(p), p.Role == people.Marketer && !own:
		return d, fault.NotFound
	case d.stage != moderation.StageClosed || last < 0 ||
		d.outcome != string(moderation.Rejected) && d.outcome != string(moderation.PostLabelRequired) ||
		d.made[last].effective > at || d.made[last].from == moderation.StageAppeal ||
		slices.ContainsFunc(d.appeals, func(a appeal) bool { return a.made == last }) || d.newer || !stands:
		return d, fault.NotAllowedNow
	}
	wish := cmp.Or(from, d.parties.SubmittedBy, d.target)
	if p.Role == people.Marketer {
		wish = p.Login
	}
	d.appeals = append(slices.Clone(d.appeals), appeal{submitted: wish, entered: p.Login, made: last})
	d.stage, d.outcome, d.version, d.avail = moderation.StageAppeal, "", d.version+1, at
	d.holder, d.until, d.kept, d.keptUntil = "", 0, "", 0
	return d, ""
}

// papers puts an open case of a brand back to its first look.
func (d docket) papers(entered string, at int64) docket {
	d.stage, d.version, d.votes, d.avail = moderation.StageFirst, d.version+1, nil, at
	d.parties.EnteredBy = entered
	if d.holder == entered { // who is a party to it now
		d.holder, d.until = "", 0
	}
	return d
}

// reworded is an open case of a post whose words changed, before they are scanned.
func (d docket) reworded() docket {
	if d.stage == moderation.StageAppeal {
		d.stage = moderation.StageFirst
	}
	d.version++
	return d
}

// rescored is an open case of a post that got other evidence.
func (d docket) rescored(at int64) docket {
	if d.stage == moderation.StageFirst && (d.holder == "" || d.until <= at) {
		d.version++
	}
	return d
}

// bench plays a sequence of calls to the database and to the model.
type bench struct {
	d       *desk
	desks   map[string]*store.DB
	book    rulebook
	now     int64 // counts calls; nothing ends by itself in a sequence
	cases   map[string]docket
	ids     []string // of cases, oldest first
	filed   []filing
	brands  []moderation.Application // as they were last handed in
	posts   []moderation.Post
	state   map[string]string   // of each subject
	typed   map[string][]string // who typed in each application
	serial  int                 // of the targets, over all sequences
	answers map[string]int      // how often each came, over all sequences
}

// filing is a decision that was acknowledged.
type filing struct {
	id, of string // the case
	made   int
}

func newBench(t *testing.T) *bench {
	d := newDesk(t)
	b := &bench{d: d, desks: map[string]*store.DB{}, answers: map[string]int{}}
	for _, login := range []string{"moderator1", "moderator2", "moderator3", "lead1", "lead2", "marketer1", "auditor1", "admin1", "worker1"} {
		b.desks[login] = d.Open(t, login)
	}
	var err error
	b.book.policies, err = b.desks["lead1"].Policies().List(t.Context())
	must(t, err)
	b.book.people = map[string]people.Person{}
	all, err := b.desks["auditor1"].People().List(t.Context())
	must(t, err)
	for _, p := range all {
		switch p.Login {
		case "moderator2":
			p.Brands = []string{"Own Brand"}
			must(t, b.desks["admin1"].People().Add(t.Context(), uuid.NewString(), p))
		case "moderator3":
			p.Regions, p.Languages = []string{"CN"}, []string{"zh-Hans"}
			must(t, b.desks["admin1"].People().Add(t.Context(), uuid.NewString(), p))
		}
		b.book.people[p.Login] = p
	}
	return b
}

// begin makes everything new for a sequence.
func (b *bench) begin(rt *rapid.T) {
	b.now, b.cases, b.ids, b.filed, b.brands, b.posts = 1, map[string]docket{}, nil, nil, nil, nil
	b.state, b.typed = map[string]string{}, map[string][]string{}
	b.book.lease, b.book.reserve, b.book.skipFor = forever/2, forever/2, forever/2
	for login, p := range maps.All(b.book.people) {
		if !p.Active {
			b.enable(rt, login)
		}
	}
	b.window(rt)
	for range 2 {
		b.openBrand(rt)
		b.openPost(rt)
	}
}

// end parks what is left, so that the next sequence is alone in the queue.
func (b *bench) end() {
	b.d.exec(`UPDATE studio.queue SET available_at = 'infinity', holder = NULL, lease_until = NULL WHERE available_at <> 'infinity'`)
}

// agree compares an answer with what the model expects.
func (b *bench) agree(rt *rapid.T, what string, id string, err error, want fault.Code) {
	rt.Helper()
	_, call, _ := strings.Cut(what, " ")
	call, _, _ = strings.Cut(call, " ")
	b.answers[call+" "+string(want)]++
	if got := fault.CodeOf(err); got != want {
		rt.Fatalf("%s: the database says %q (%v), the model %q\nof %+v", what, got, err, want, b.cases[id])
	}
}

// below draws a number from 0 to n - 1, each as likely. rapid's own numbers are rather
// small ones, and of a list rather the first.
func below(rt *rapid.T, what string, n int) int {
	return rapid.Custom(func(rt *rapid.T) (drawn int) {
		for range 12 {
			drawn <<= 1
			if rapid.Bool().Draw(rt, "bit") {
				drawn++
			}
		}
		return drawn % n
	}).Draw(rt, what)
}

func oneOf[T any](rt *rapid.T, what string, all ...T) T { return all[below(rt, what, len(all))] }

// rather draws the likely one mostly, if there is one, and else one of all.
func rather[T comparable](rt *rapid.T, what string, likely T, all ...T) T {
	var none T
	if likely != none && below(rt, what+" is likely", 10) < 7 {
		return likely
	}
	return oneOf(rt, what, all...)
}

// person draws who makes a call: mostly somebody who decides.
func (b *bench) person(rt *rapid.T, likely string) people.Person {
	login := oneOf(rt, "who", colleagues...)
	if below(rt, "anybody", 8) == 0 {
		login = oneOf(rt, "who", "marketer1", "auditor1", "admin1", "worker1")
	}
	return b.book.people[rather(rt, "who", likely, login)]
}

// involved is somebody whom the case may be barred from, "" if there is nobody.
func (d docket) involved(rt *rapid.T) string {
	var who []string
	for _, o := range d.made {
		who = append(who, o.by)
	}
	for _, a := range d.appeals {
		who = append(who, a.entered)
	}
	for _, s := range d.skips {
		who = append(who, s.who)
	}
	if slices.Contains(colleagues, d.parties.EnteredBy) {
		who = append(who, d.parties.EnteredBy)
	}
	if len(who) == 0 || below(rt, "somebody involved", 3) > 0 {
		return ""
	}
	return oneOf(rt, "who", who...)
}

func (b *bench) some(rt *rapid.T) (id string, d docket) {
	id = oneOf(rt, "case", b.ids...)
	return id, b.cases[id]
}

// held draws a case, and rather one that somebody holds.
func (b *bench) held(rt *rapid.T) (id string, d docket) {
	var held []string
	for _, id := range b.ids {
		if b.cases[id].holder != "" {
			held = append(held, id)
		}
	}
	if len(held) > 0 && below(rt, "held", 10) < 8 {
		id = oneOf(rt, "case", held...)
		return id, b.cases[id]
	}
	return b.some(rt)
}

// lease is a lease on the case, mostly the one that is in force.
func (b *bench) lease(rt *rapid.T, id string) moderation.Lease {
	d := b.cases[id]
	l := moderation.Lease{Case: id, Fence: d.fence, Version: d.version}
	if below(rt, "another fence", 6) == 0 {
		l.Fence += oneOf[int64](rt, "fence", -1, 1)
	}
	if below(rt, "another version", 6) == 0 {
		l.Version += oneOf(rt, "version", -1, 1)
	}
	return l
}

// at is the desk of a person.
func (b *bench) at(p people.Person) *store.Cases { return b.desks[p.Login].Cases() }

// openCase takes over the case that was just opened of a target.
func (b *bench) openCase(kind moderation.Kind, target string, parties moderation.Parties, region, lang string) {
	for id, d := range b.cases {
		if d.target == target {
			d.newer = true
			b.cases[id] = d
		}
	}
	id := b.d.one(`SELECT id FROM studio.cases WHERE kind = $1 AND target = $2 AND stage <> 'closed'`, kind, target)
	b.cases[id] = docket{kind: kind, target: target, parties: parties, region: region, lang: lang, stage: moderation.StageFirst, version: 1, avail: b.now, entered: slices.Clone(b.typed[target])}
	b.ids = append(b.ids, id)
}

// opened is the open case of a target, "" when there is none.
func (b *bench) opened(target string) string {
	for id, d := range b.cases {
		if d.target == target && d.stage != moderation.StageClosed {
			return id
		}
	}
	return ""
}

func (b *bench) openBrand(rt *rapid.T) {
	b.serial++
	a := moderation.Application{
		ID: fmt.Sprintf("a%05d", b.serial), Subject: moderation.Company, Region: oneOf(rt, "region", "CN", "CN", "SG", ""),
		BrandName: oneOf(rt, "brand", "初岚", "Own Brand", "Luma Skin"), AccountName: "x", Category: "cosmetics",
		SubmittedBy: oneOf(rt, "submitted by", "chulan", "moderator1", "marketer1"),
	}
	b.handIn(rt, "worker1", a)
	b.brands = append(b.brands, a)
}

// handIn imports an application, new or in other words.
func (b *bench) handIn(rt *rapid.T, login string, a moderation.Application) {
	_, err := b.desks[login].Applications().Import(rt.Context(), uuid.NewString(), slices.Values([]moderation.Application{a}), nil)
	if err != nil {
		rt.Fatalf("%s hands in: %v", login, err)
	}
	b.state[a.ID] = string(moderation.Submitted)
	b.typed[a.ID] = append(b.typed[a.ID], login)
	for id, d := range b.cases {
		if d.target == a.ID { // closed ones too: the same people are parties to them
			d.entered = slices.Clone(b.typed[a.ID])
			b.cases[id] = d
		}
	}
	if id := b.opened(a.ID); id != "" {
		b.cases[id] = b.cases[id].papers(login, b.now)
		return
	}
	b.openCase(moderation.KindBrand, a.ID, moderation.Parties{Brand: a.BrandName, SubmittedBy: a.SubmittedBy, EnteredBy: login}, a.Region, "")
}

func (b *bench) openPost(rt *rapid.T) {
	b.serial++
	p := moderation.Post{ID: fmt.Sprintf("p%05d", b.serial), Body: "body", Lang: oneOf(rt, "language", "zh-Hans", "zh", "en", ""),
		Brand: oneOf(rt, "brand", "", "Own Brand")}
	b.publish(rt, p)
	b.posts = append(b.posts, p)
}

// publish imports a post, new or in other words, and scans it with a model that
// flags everything.
func (b *bench) publish(rt *rapid.T, p moderation.Post) {
	worker := b.desks["worker1"]
	if _, err := worker.Posts().Import(rt.Context(), uuid.NewString(), slices.Values([]moderation.Post{p}), nil); err != nil {
		rt.Fatal(err)
	}
	b.state[p.ID] = string(moderation.PostOpen)
	id := b.opened(p.ID)
	if id != "" {
		b.cases[id] = b.cases[id].reworded()
	}
	posts, err := worker.Scans().Take(rt.Context(), uuid.NewString(), model, 10)
	if err != nil || len(posts) != 1 {
		rt.Fatalf("took %d posts to score, %v", len(posts), err)
	}
	if _, err := worker.Scans().Put(rt.Context(), uuid.NewString(), model, scores(posts, true)); err != nil {
		rt.Fatal(err)
	}
	if id != "" {
		b.cases[id] = b.cases[id].rescored(b.now)
		return
	}
	b.openCase(moderation.KindPost, p.ID, moderation.Parties{Brand: p.Brand}, "", p.Lang)
}

// window draws whether decisions take effect at once or can be undone for long.
func (b *bench) window(rt *rapid.T) {
	b.book.window = oneOf[int64](rt, "window", 0, 0, forever/2)
	b.d.undoWindow(map[bool]string{true: "0 seconds", false: "1 hour"}[b.book.window == 0])
}

func (b *bench) enable(rt *rapid.T, login string) {
	p := b.book.people[login]
	p.Active = true
	if err := b.desks["admin1"].People().Add(rt.Context(), uuid.NewString(), p); err != nil {
		rt.Fatal(err)
	}
	b.book.people[login] = p
}

// These make one call each, to both.

func (b *bench) claim(rt *rapid.T, id string, p people.Person) (ok bool) {
	next, want := b.cases[id].claim(b.book, p, b.now, b.now)
	request := uuid.NewString()
	l, err := b.at(p).Claim(rt.Context(), request, id)
	b.agree(rt, p.Login+" claims", id, err, want)
	if want != "" {
		return false
	}
	b.same(rt, id, l, next)
	if again, err := b.at(p).Claim(rt.Context(), request, id); err != nil || again != l {
		rt.Fatalf("the same claim again: %+v after %+v, %v", again, l, err)
	}
	return true
}

func (b *bench) take(rt *rapid.T, kind moderation.Kind, p people.Person) {
	n := below(rt, "n", 7)
	want := enters(p, people.Moderator, people.Lead)
	offered := map[string]docket{}
	for id, d := range b.cases {
		if d.kind == kind && d.offered(p, b.now) {
			offered[id] = d
		}
	}
	leases, err := b.at(p).Take(rt.Context(), uuid.NewString(), kind, "", n)
	b.agree(rt, p.Login+" takes", "", err, want)
	if want == "" && len(leases) != min(max(n, 1), 5, len(offered)) {
		rt.Fatalf("%s takes %d of %d cases and gets %+v", p.Login, n, len(offered), leases)
	}
	for _, l := range leases {
		d, is := offered[l.Case]
		if !is {
			rt.Fatalf("%s was given a case that is not theirs to take: %+v", p.Login, b.cases[l.Case])
		}
		b.same(rt, l.Case, l, d.give(b.book, p, b.now))
	}
}

func (b *bench) renew(rt *rapid.T, id string, p people.Person, l moderation.Lease) {
	next, want := b.cases[id].renew(b.book, p, l.Fence, b.now, b.now)
	got, err := b.at(p).Renew(rt.Context(), l)
	b.agree(rt, p.Login+" renews", id, err, want)
	if want == "" {
		b.same(rt, id, got, next)
	}
}

func (b *bench) undo(rt *rapid.T, f filing, p people.Person) {
	d := b.cases[f.of]
	other := b.opened(d.target)
	next, want := d.undo(b.book, p, f.made, other != "" && other != f.of, b.now, b.now)
	l, err := b.at(p).Undo(rt.Context(), uuid.NewString(), f.id)
	b.agree(rt, p.Login+" undoes", f.of, err, want)
	if want == "" {
		b.same(rt, f.of, l, next)
		b.state[d.target] = stateAt(d.kind, next.stage)
	}
}

// change hands in a subject anew: other papers of a brand, or other words of a post.
func (b *bench) change(rt *rapid.T, target, by string) {
	b.serial++
	for i, a := range b.brands {
		if a.ID == target {
			b.brands[i].Contact = fmt.Sprint("contact ", b.serial)
			b.handIn(rt, by, b.brands[i])
		}
	}
	for i, p := range b.posts {
		if p.ID == target {
			b.posts[i].Body = fmt.Sprint("body ", b.serial)
			b.publish(rt, b.posts[i])
		}
	}
}

func (b *bench) decide(rt *rapid.T, p people.Person, x moderation.Decision) {
	b.sameChoices(rt, x.Case, p)
	next, want := b.cases[x.Case].decide(b.book, p, x, b.now)
	r, err := b.at(p).Decide(rt.Context(), x)
	b.agree(rt, fmt.Sprintf("%s decides %+v", p.Login, x), x.Case, err, want)
	if want != "" {
		return
	}
	if r.Stage != next.stage || r.Case != x.Case {
		rt.Fatalf("the receipt is %+v, the model is at %s", r, next.stage)
	}
	if again, err := b.at(p).Decide(rt.Context(), x); err != nil || again != r {
		rt.Fatalf("the same decision again: %+v after %+v, %v", again, r, err)
	}
	b.cases[x.Case] = next
	b.filed = append(b.filed, filing{r.Decision, x.Case, len(next.made) - 1})
	b.state[next.target] = next.made[len(next.made)-1].outcome
	b.answers[fmt.Sprintf("%s %s", next.made[len(next.made)-1].from, x.Verdict)]++
}

// step is one call or event. The weights are such that much comes to its end.
type step struct {
	name   string // for whoever reads this
	weight int
	run    func(rt *rapid.T)
}

func (b *bench) steps() []step {
	return []step{
		{"review", 10, func(rt *rapid.T) {
			// Somebody who may claims a case, and says what may be said there.
			id, d := b.some(rt)
			var who []string
			for _, login := range slices.Sorted(maps.Keys(b.book.people)) {
				if _, why := d.claim(b.book, b.book.people[login], b.now, b.now); why == "" {
					who = append(who, login)
				}
			}
			if len(who) == 0 {
				return
			}
			p := b.book.people[oneOf(rt, "who", who...)]
			b.claim(rt, id, p)
			d = b.cases[id]
			var verdicts []moderation.Verdict
			for _, v := range d.file().Case.Verdicts() {
				if _, why := d.judge(p, v); why == "" {
					verdicts = append(verdicts, v)
				}
			}
			if len(verdicts) == 0 {
				rt.Fatalf("%s may claim this and say nothing of it: %+v", p.Login, d)
			}
			x := decision(moderation.Lease{Case: id, Fence: d.fence, Version: d.version}, oneOf(rt, "verdict", verdicts...))
			if moderation.NeedsReason(x.Verdict) {
				x.Reason = "We looked again."
			}
			b.decide(rt, p, x)
		}},
		{"claim", 3, func(rt *rapid.T) {
			id, d := b.some(rt)
			b.claim(rt, id, b.person(rt, d.involved(rt)))
		}},
		{"decide", 4, func(rt *rapid.T) {
			id, d := b.held(rt)
			p := b.person(rt, d.holder)
			x := decision(b.lease(rt, id), oneOf(rt, "verdict", append(d.file().Case.Verdicts(), moderation.Approve, moderation.Clear, moderation.Uphold, "banish")...))
			if below(rt, "other grounds", 3) == 0 {
				x.Policy = oneOf(rt, "policy", "", "1.3", "1.7", "2.1", "2.6", "9.9")
				x.Reason = oneOf(rt, "reason", "", " \n", "Because.")
			}
			b.decide(rt, p, x)
		}},
		{"take", 2, func(rt *rapid.T) {
			b.take(rt, oneOf(rt, "kind", moderation.KindBrand, moderation.KindPost), b.person(rt, ""))
		}},
		{"renew", 2, func(rt *rapid.T) {
			id, d := b.held(rt)
			b.renew(rt, id, b.person(rt, d.holder), b.lease(rt, id))
		}},
		{"release", 1, func(rt *rapid.T) {
			id, d := b.held(rt)
			p, l := b.person(rt, d.holder), b.lease(rt, id)
			next, want := d.release(p, l.Fence, b.now)
			b.agree(rt, p.Login+" releases", id, b.at(p).Release(rt.Context(), uuid.NewString(), l), want)
			b.cases[id] = next
		}},
		{"undo", 3, func(rt *rapid.T) {
			if len(b.filed) == 0 {
				return
			}
			f := b.filed[len(b.filed)-1]
			if below(rt, "an older one", 4) == 0 {
				f = oneOf(rt, "decision", b.filed...)
			}
			b.undo(rt, f, b.person(rt, b.cases[f.of].made[f.made].by))
		}},
		{"undo too late for other reasons", 2, func(rt *rapid.T) {
			// The subject changed while its decision could still be undone.
			for _, f := range slices.Backward(b.filed) {
				d := b.cases[f.of]
				if o := d.made[f.made]; !o.undone && o.effective > b.now {
					b.change(rt, d.target, "worker1")
					b.undo(rt, f, b.book.people[o.by])
					return
				}
			}
		}},
		{"note", 1, func(rt *rapid.T) {
			id, d := b.some(rt)
			p, words := b.person(rt, ""), oneOf(rt, "words", "看过了", " ")
			b.agree(rt, p.Login+" notes", id, b.at(p).AddNote(rt.Context(), uuid.NewString(), id, words), d.note(p, words))
		}},
		{"hand", 2, func(rt *rapid.T) {
			id, d := b.held(rt)
			p, l, to := b.person(rt, d.holder), b.lease(rt, id), b.person(rt, d.involved(rt)).Login
			if below(rt, "without a lease", 4) == 0 {
				l.Fence = 0
			}
			next, want := d.hand(b.book, p, l.Fence, to, b.now)
			b.agree(rt, fmt.Sprintf("%s hands to %s with fence %d", p.Login, to, l.Fence), id, b.at(p).Hand(rt.Context(), uuid.NewString(), l, to, ""), want)
			b.cases[id] = next
		}},
		{"skip", 1, func(rt *rapid.T) {
			id, d := b.held(rt)
			p := b.person(rt, d.holder)
			why := rather(rt, "why", moderation.SkipLanguage, append(moderation.SkipReasons(), "none")...)
			words := oneOf(rt, "words", "", "不合适")
			next, want := d.skip(b.book, p, why, words, b.now)
			b.agree(rt, p.Login+" skips", id, b.at(p).Skip(rt.Context(), uuid.NewString(), id, why, words), want)
			b.cases[id] = next
			if below(rt, "and takes the next", 2) == 0 {
				b.take(rt, d.kind, p)
			}
		}},
		{"appeal", 3, func(rt *rapid.T) {
			id, d := b.some(rt)
			for _, closed := range b.ids {
				if o := b.cases[closed].outcome; o == string(moderation.Rejected) || o == string(moderation.PostLabelRequired) {
					id, d = closed, b.cases[closed]
				}
			}
			p := b.person(rt, "worker1")
			from := oneOf(rt, "from", "", "somebody", "lead1")
			words := rather(rt, "words", "不对", "")
			stands := d.kind == moderation.KindBrand || b.state[d.target] == string(moderation.PostLabelRequired)
			next, want := d.appeal(p, from, words, stands, b.now)
			b.agree(rt, p.Login+" appeals", id, b.at(p).Appeal(rt.Context(), uuid.NewString(), id, from, words), want)
			b.cases[id] = next
		}},
		{"papers", 2, func(rt *rapid.T) {
			// Whoever types them in is a party to the case from then on.
			id, d := b.held(rt)
			by := rather(rt, "by", d.holder, "worker1", "moderator3")
			if p := b.book.people[by]; !p.Active || !d.inSight(p) || d.kind != moderation.KindBrand {
				by = "worker1"
			}
			b.change(rt, d.target, by)
			b.renew(rt, id, b.book.people[by], moderation.Lease{Case: id, Fence: d.fence})
		}},
		{"same papers", 1, func(rt *rapid.T) {
			a := oneOf(rt, "application", b.brands...)
			tally, err := b.desks["worker1"].Applications().Import(rt.Context(), uuid.NewString(), slices.Values([]moderation.Application{a}), nil)
			if err != nil || tally != (moderation.Tally{Stood: 1}) {
				rt.Fatalf("the same papers again: %+v, %v", tally, err)
			}
		}},
		{"other words", 1, func(rt *rapid.T) { b.change(rt, oneOf(rt, "post", b.posts...).ID, "worker1") }},
		{"a lease runs out", 2, func(rt *rapid.T) {
			id, d := b.held(rt)
			b.d.exec(`UPDATE studio.queue SET lease_until = clock_timestamp() WHERE case_id = $1 AND holder IS NOT NULL`, id)
			d.until = 0
			b.cases[id] = d
		}},
		{"a reservation runs out", 1, func(rt *rapid.T) {
			id, d := b.some(rt)
			b.d.exec(`UPDATE studio.queue SET reserved_until = clock_timestamp() WHERE case_id = $1 AND reserved_for IS NOT NULL`, id)
			d.keptUntil = 0
			b.cases[id] = d
		}},
		{"the window changes", 1, b.window},
		{"somebody leaves or comes back", 1, func(rt *rapid.T) {
			// The administrator stays: somebody must let the others in again.
			login := oneOf(rt, "who", "moderator1", "moderator2", "moderator3", "lead1", "lead2", "marketer1")
			p := b.book.people[login]
			if !p.Active {
				b.enable(rt, login)
				return
			}
			if err := b.desks["admin1"].People().Disable(rt.Context(), uuid.NewString(), login); err != nil {
				rt.Fatal(err)
			}
			p.Active = false
			b.book.people[login] = p
		}},
		{"look", 2, func(rt *rapid.T) {
			kind := oneOf(rt, "kind", moderation.KindBrand, moderation.KindPost)
			p := b.book.people[oneOf(rt, "who", colleagues...)]
			page, err := b.at(p).Page(rt.Context(), moderation.QueueQuery{Kind: kind, Limit: 200})
			b.agree(rt, p.Login+" looks", "", err, enters(p, people.Moderator, people.Lead))
			var got, want []string
			for _, c := range page.Cases {
				// Whoever typed in earlier papers is a party still. The queue knows of the
				// newest alone, and shows them a case that they can't claim.
				if d := b.cases[c.ID]; d.parties.EnteredBy == p.Login || !slices.Contains(d.entered, p.Login) {
					got = append(got, c.ID)
				}
			}
			for _, id := range b.ids {
				if d := b.cases[id]; p.Active && d.kind == kind && d.shown(p, b.now) {
					want = append(want, id)
				}
			}
			slices.Sort(got)
			slices.Sort(want)
			if diff := gocmp.Diff(want, got); diff != "" {
				rt.Fatalf("%s sees another queue (-model +database):\n%s", p.Login, diff)
			}
		}},
	}
}

// play draws steps by their weights and compares everything after each.
func (b *bench) play(rt *rapid.T) {
	var weighted []int
	steps := b.steps()
	for i, s := range steps {
		weighted = append(weighted, slices.Repeat([]int{i}, s.weight)...)
	}
	for range sized(12, 20) + below(rt, "steps", sized(12, 80)) {
		steps[oneOf(rt, "step", weighted...)].run(rt)
		b.sameRows(rt)
	}
}

// stateAt is what a subject is in while its case stands at a stage.
func stateAt(kind moderation.Kind, stage moderation.Stage) string {
	if kind == moderation.KindPost {
		if stage == moderation.StageAppeal {
			return string(moderation.PostLabelRequired)
		}
		return string(moderation.PostOpen)
	}
	return map[moderation.Stage]string{
		moderation.StageFirst: string(moderation.Submitted), moderation.StageSecond: string(moderation.SecondReview),
		moderation.StageInformation: string(moderation.NeedsInfo), moderation.StageEscalated: string(moderation.InEscalation),
		moderation.StageAppeal: string(moderation.Rejected),
	}[stage]
}

// same compares a lease with the model's, which is then what holds.
func (b *bench) same(rt *rapid.T, id string, l moderation.Lease, next docket) {
	rt.Helper()
	if l.Case != id || l.Fence != next.fence || l.Version != next.version {
		rt.Fatalf("the lease is %+v, the model's case %+v", l, next)
	}
	b.cases[id] = next
}

// sameChoices compares what a screen would offer, from the file that this person
// reads, with what the model (and so the database) allows.
func (b *bench) sameChoices(rt *rapid.T, id string, p people.Person) {
	rt.Helper()
	d := b.cases[id]
	if enters(p, people.Moderator, people.Lead) != "" || !d.inSight(p) {
		return
	}
	f, err := b.at(p).File(rt.Context(), id)
	if err != nil {
		rt.Fatalf("%s reads the file: %v", p.Login, err)
	}
	for _, c := range moderation.Allowed(p, f, d.parties) {
		if to, why := d.judge(p, c.Verdict); why != c.Why || to != c.To {
			rt.Fatalf("%s: a screen says %q of %s, the model %q; to %+v, %+v\nof %+v\nthe file: %+v", p.Login, c.Why, c.Verdict, why, c.To, to, d, f)
		}
	}
}

// sameRows compares every case of the sequence with its rows.
func (b *bench) sameRows(rt *rapid.T) {
	b.now++
	rows, err := b.d.super.QueryContext(rt.Context(), `
		SELECT c.id, c.stage, coalesce(c.outcome, ''), c.version, c.approvals, q.fence, q.waiting,
		       CASE WHEN q.lease_until > clock_timestamp() THEN q.holder ELSE '' END, q.available_at > clock_timestamp(),
		       CASE WHEN q.reserved_until > clock_timestamp() THEN q.reserved_for ELSE '' END
		  FROM studio.cases c JOIN studio.queue q ON q.case_id = c.id WHERE q.available_at <> 'infinity'`)
	if err != nil {
		rt.Fatal(err)
	}
	defer rows.Close()
	type row struct {
		Stage, Outcome, Holder, Kept string
		Version, Approvals           int
		Fence                        int64
		Waiting, Window              bool
	}
	got, want := map[string]row{}, map[string]row{}
	for rows.Next() {
		var id string
		var r row
		if err := rows.Scan(&id, &r.Stage, &r.Outcome, &r.Version, &r.Approvals, &r.Fence, &r.Waiting, &r.Holder, &r.Window, &r.Kept); err != nil {
			rt.Fatal(err)
		}
		got[id] = r
	}
	if err := rows.Err(); err != nil {
		rt.Fatal(err)
	}
	for id, d := range b.cases {
		r := row{Stage: string(d.stage), Outcome: d.outcome, Version: d.version, Approvals: len(d.votes), Fence: d.fence, Waiting: d.waits(), Window: d.avail > b.now}
		if d.until > b.now {
			r.Holder = d.holder
		}
		if d.keptUntil > b.now {
			r.Kept = d.kept
		}
		want[id] = r
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		rt.Fatalf("(-model +database):\n%s", diff)
	}
}

// inOrder looks at what only the end of a sequence shows.
func (b *bench) inOrder(rt *rapid.T) {
	for target, want := range maps.All(b.state) {
		got := b.d.one(`SELECT coalesce((SELECT state FROM studio.application WHERE id = $1), (SELECT outcome FROM studio.post WHERE id = $1))`, target)
		if got != want {
			rt.Errorf("%s is %s, by the model %s", target, got, want)
		}
	}
	found, err := b.desks["auditor1"].Audit().Verify(rt.Context(), nil)
	if err != nil {
		rt.Fatal(err)
	}
	for _, p := range found.Problems {
		rt.Errorf("verify: %+v", p)
	}
}

// Whatever people do in whatever order, the database answers as the model says, and
// is in order afterwards.
func TestTheDatabaseAnswersAsTheModelSays(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	began, sequences, failing := time.Now(), 0, false
	for again := true; again; {
		rapid.Check(t, func(rt *rapid.T) {
			// rapid means to run a hundred. A failing one it runs again, to make it small.
			if !failing && sequences >= sized(20, 1<<30) {
				return
			}
			sequences++
			failing = true
			b.begin(rt)
			defer b.end()
			b.play(rt)
			b.inOrder(rt)
			failing = rt.Failed()
		})
		again = !t.Failed() && time.Since(began) < while(0)
	}
	t.Logf("%d sequences, answers: %v", sequences, b.answers)
}
