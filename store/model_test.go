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
	if p.Login == d.parties.SubmittedBy || p.Login == d.parties.EnteredBy || d.parties.Brand != "" && p.TiedTo(d.parties.Brand) {
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
	state   map[string]string // of each subject
	serial  int               // of the targets, over all sequences
	answers map[string]int    // how often each came, over all sequences
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
	b.now, b.cases, b.ids, b.filed, b.brands, b.posts, b.state = 1, map[string]docket{}, nil, nil, nil, nil, map[string]string{}
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

// some draws a value; most draws are the likely one, if there is one.
func some[T comparable](rt *rapid.T, what string, likely T, all ...T) T {
	var none T
	if likely != none && rapid.IntRange(0, 9).Draw(rt, what+" likely") < 7 {
		return likely
	}
	return rapid.SampledFrom(all).Draw(rt, what)
}

func (b *bench) person(rt *rapid.T, likely string) people.Person {
	login := some(rt, "who", likely, "moderator1", "moderator1", "moderator2", "moderator2", "moderator3", "moderator3", "lead1", "lead1", "lead2", "lead2",
		"marketer1", "auditor1", "admin1", "worker1")
	return b.book.people[login]
}

func (b *bench) some(rt *rapid.T) (id string, d docket) {
	id = rapid.SampledFrom(b.ids).Draw(rt, "case")
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
	if len(held) > 0 && rapid.IntRange(0, 9).Draw(rt, "held") < 8 {
		id = rapid.SampledFrom(held).Draw(rt, "case")
		return id, b.cases[id]
	}
	return b.some(rt)
}

// lease is a lease on the case, mostly the one that is in force.
func (b *bench) lease(rt *rapid.T, id string) moderation.Lease {
	d := b.cases[id]
	return moderation.Lease{Case: id, Fence: some(rt, "fence", d.fence, d.fence, d.fence-1, d.fence+1), Version: some(rt, "version", d.version, d.version, d.version-1, d.version+1)}
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
	b.cases[id] = docket{kind: kind, target: target, parties: parties, region: region, lang: lang, stage: moderation.StageFirst, version: 1, avail: b.now}
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
		ID: fmt.Sprintf("a%05d", b.serial), Subject: moderation.Company, Region: rapid.SampledFrom([]string{"CN", "CN", "SG", ""}).Draw(rt, "region"),
		BrandName: rapid.SampledFrom([]string{"初岚", "Own Brand", "Luma Skin"}).Draw(rt, "brand"), AccountName: "x", Category: "cosmetics",
		SubmittedBy: rapid.SampledFrom([]string{"chulan", "moderator1", "marketer1"}).Draw(rt, "submitted by"),
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
	if id := b.opened(a.ID); id != "" {
		b.cases[id] = b.cases[id].papers(login, b.now)
		return
	}
	b.openCase(moderation.KindBrand, a.ID, moderation.Parties{Brand: a.BrandName, SubmittedBy: a.SubmittedBy, EnteredBy: login}, a.Region, "")
}

func (b *bench) openPost(rt *rapid.T) {
	b.serial++
	p := moderation.Post{ID: fmt.Sprintf("p%05d", b.serial), Body: "body", Lang: rapid.SampledFrom([]string{"zh-Hans", "zh", "en", ""}).Draw(rt, "language"),
		Brand: rapid.SampledFrom([]string{"", "Own Brand"}).Draw(rt, "brand")}
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
	b.book.window = rapid.SampledFrom([]int64{0, 0, forever / 2}).Draw(rt, "window")
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

// claim, decide and the others below make one call each, to both.

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
			p := b.book.people[rapid.SampledFrom(who).Draw(rt, "who")]
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
			x := decision(moderation.Lease{Case: id, Fence: d.fence, Version: d.version}, rapid.SampledFrom(verdicts).Draw(rt, "verdict"))
			if moderation.NeedsReason(x.Verdict) {
				x.Reason = "We looked again."
			}
			b.decide(rt, p, x)
		}},
		{"claim", 3, func(rt *rapid.T) {
			id, _ := b.some(rt)
			b.claim(rt, id, b.person(rt, ""))
		}},
		{"decide", 4, func(rt *rapid.T) {
			id, d := b.held(rt)
			p := b.person(rt, d.holder)
			x := decision(b.lease(rt, id), rapid.SampledFrom(append(d.file().Case.Verdicts(), moderation.Approve, moderation.Clear, moderation.Uphold, "banish")).Draw(rt, "verdict"))
			if rapid.Bool().Draw(rt, "other grounds") {
				x.Policy = rapid.SampledFrom([]string{"", "1.3", "1.7", "2.1", "2.6", "9.9"}).Draw(rt, "policy")
				x.Reason = rapid.SampledFrom([]string{"", " \n", "Because."}).Draw(rt, "reason")
			}
			b.decide(rt, p, x)
		}},
		{"take", 2, func(rt *rapid.T) {
			kind := rapid.SampledFrom([]moderation.Kind{moderation.KindBrand, moderation.KindPost}).Draw(rt, "kind")
			n := rapid.IntRange(0, 6).Draw(rt, "n")
			p := b.person(rt, "")
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
		}},
		{"renew", 2, func(rt *rapid.T) {
			id, d := b.held(rt)
			p, l := b.person(rt, d.holder), b.lease(rt, id)
			next, want := d.renew(b.book, p, l.Fence, b.now, b.now)
			got, err := b.at(p).Renew(rt.Context(), l)
			b.agree(rt, p.Login+" renews", id, err, want)
			if want == "" {
				b.same(rt, id, got, next)
			}
		}},
		{"release", 1, func(rt *rapid.T) {
			id, d := b.held(rt)
			p, l := b.person(rt, d.holder), b.lease(rt, id)
			next, want := d.release(p, l.Fence, b.now)
			b.agree(rt, p.Login+" releases", id, b.at(p).Release(rt.Context(), uuid.NewString(), l), want)
			b.cases[id] = next
		}},
		{"undo", 4, func(rt *rapid.T) {
			if len(b.filed) == 0 {
				return
			}
			f := b.filed[len(b.filed)-1]
			if rapid.IntRange(0, 3).Draw(rt, "an older one") == 0 {
				f = rapid.SampledFrom(b.filed).Draw(rt, "decision")
			}
			d := b.cases[f.of]
			p := b.person(rt, d.made[f.made].by)
			other := b.opened(d.target)
			next, want := d.undo(b.book, p, f.made, other != "" && other != f.of, b.now, b.now)
			l, err := b.at(p).Undo(rt.Context(), uuid.NewString(), f.id)
			b.agree(rt, p.Login+" undoes", f.of, err, want)
			if want == "" {
				b.same(rt, f.of, l, next)
				b.state[d.target] = stateAt(d.kind, next.stage)
			}
		}},
		{"note", 1, func(rt *rapid.T) {
			id, d := b.some(rt)
			p, words := b.person(rt, ""), rapid.SampledFrom([]string{"看过了", " "}).Draw(rt, "words")
			b.agree(rt, p.Login+" notes", id, b.at(p).AddNote(rt.Context(), uuid.NewString(), id, words), d.note(p, words))
		}},
		{"hand", 2, func(rt *rapid.T) {
			id, d := b.held(rt)
			p, l, to := b.person(rt, d.holder), b.lease(rt, id), b.person(rt, "lead2").Login
			if rapid.IntRange(0, 3).Draw(rt, "without a lease") == 0 {
				l.Fence = 0
			}
			next, want := d.hand(b.book, p, l.Fence, to, b.now)
			b.agree(rt, fmt.Sprintf("%s hands to %s with fence %d", p.Login, to, l.Fence), id, b.at(p).Hand(rt.Context(), uuid.NewString(), l, to, ""), want)
			b.cases[id] = next
		}},
		{"skip", 1, func(rt *rapid.T) {
			id, d := b.some(rt)
			p := b.person(rt, d.holder)
			why := some(rt, "why", moderation.SkipLanguage, append(moderation.SkipReasons(), "none")...)
			words := rapid.SampledFrom([]string{"", "不合适"}).Draw(rt, "words")
			next, want := d.skip(b.book, p, why, words, b.now)
			b.agree(rt, p.Login+" skips", id, b.at(p).Skip(rt.Context(), uuid.NewString(), id, why, words), want)
			b.cases[id] = next
		}},
		{"appeal", 3, func(rt *rapid.T) {
			id, d := b.some(rt)
			for _, closed := range b.ids {
				if o := b.cases[closed].outcome; o == string(moderation.Rejected) || o == string(moderation.PostLabelRequired) {
					id, d = closed, b.cases[closed]
				}
			}
			p := b.person(rt, "worker1")
			from := rapid.SampledFrom([]string{"", "somebody", "lead1"}).Draw(rt, "from")
			words := some(rt, "words", "不对", "", "不对")
			stands := d.kind == moderation.KindBrand || b.state[d.target] == string(moderation.PostLabelRequired)
			next, want := d.appeal(p, from, words, stands, b.now)
			b.agree(rt, p.Login+" appeals", id, b.at(p).Appeal(rt.Context(), uuid.NewString(), id, from, words), want)
			b.cases[id] = next
		}},
		{"papers", 2, func(rt *rapid.T) {
			i := rapid.IntRange(0, len(b.brands)-1).Draw(rt, "application")
			b.serial++
			b.brands[i].Contact = fmt.Sprint("contact ", b.serial)
			login := "worker1"
			if b.book.people["moderator3"].Active && rapid.Bool().Draw(rt, "by a moderator") {
				login = "moderator3" // who then is a party to it
			}
			b.handIn(rt, login, b.brands[i])
		}},
		{"same papers", 1, func(rt *rapid.T) {
			a := rapid.SampledFrom(b.brands).Draw(rt, "application")
			tally, err := b.desks["worker1"].Applications().Import(rt.Context(), uuid.NewString(), slices.Values([]moderation.Application{a}), nil)
			if err != nil || tally != (moderation.Tally{Stood: 1}) {
				rt.Fatalf("the same papers again: %+v, %v", tally, err)
			}
		}},
		{"other words", 1, func(rt *rapid.T) {
			i := rapid.IntRange(0, len(b.posts)-1).Draw(rt, "post")
			b.serial++
			b.posts[i].Body = fmt.Sprint("body ", b.serial)
			b.publish(rt, b.posts[i])
		}},
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
			login := rapid.SampledFrom([]string{"moderator1", "moderator2", "moderator3", "lead1", "lead2", "marketer1"}).Draw(rt, "who")
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
			kind := rapid.SampledFrom([]moderation.Kind{moderation.KindBrand, moderation.KindPost}).Draw(rt, "kind")
			p := b.book.people[rapid.SampledFrom(colleagues).Draw(rt, "who")]
			page, err := b.at(p).Page(rt.Context(), moderation.QueueQuery{Kind: kind, Limit: 200})
			b.agree(rt, p.Login+" looks", "", err, enters(p, people.Moderator, people.Lead))
			var got, want []string
			for _, c := range page.Cases {
				got = append(got, c.ID)
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
	for range rapid.IntRange(sized(15, 20), sized(35, 100)).Draw(rt, "steps") {
		steps[rapid.SampledFrom(weighted).Draw(rt, "step")].run(rt)
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
	problems, err := b.desks["auditor1"].Audit().Verify(rt.Context(), nil)
	if err != nil {
		rt.Fatal(err)
	}
	for _, p := range problems {
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
