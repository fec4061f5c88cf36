package views

import (
	"context"
	"reflect"
	"slices"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cinnabar/moderation"
	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// Rulebooks is what the detector's page asks of the rules that leads write. before is
// the Version of the draft that the person saw, nil for one that is new. A fault of code
// RuleChanged says that it stands no more.
type Rulebooks interface {
	// List brings every version, newest first; of those that are known not the rules again.
	List(ctx context.Context, known ...moderation.Rulebook) ([]moderation.Rulebook, error)
	Models(ctx context.Context) ([]moderation.DetectorModel, error) // that rules can stand on, newest first
	Save(ctx context.Context, request string, before *int, book moderation.Rulebook) (moderation.Rulebook, error)
	Move(ctx context.Context, request string, number, version int, to moderation.RulebookState, replay *moderation.Replay, reason string) error
}

// Replayer tries rules that are in force nowhere yet. Both take a while: progress is
// called with the posts done so far, from any goroutine, and they end soon after ctx.
type Replayer interface {
	// Replay judges the posts that people have decided on by a rule set, and beside it
	// (Replay.Live) by those in force.
	Replay(ctx context.Context, set moderation.RuleSet, progress func(done, total int)) (moderation.Replay, error)
	// Preview looks for what the rules hit in posts of the last PreviewDays.
	Preview(ctx context.Context, set moderation.RuleSet, progress func(done, total int)) (Preview, error)
}

// PreviewDays is how far back a preview looks, PreviewHits how many hits it shows at most.
const (
	PreviewDays = 30
	PreviewHits = 200
)

// Preview is what rules would have done with the posts of the last days, or with a
// sample of them.
type Preview struct {
	Posts        int            // looked at
	FlaggedNow   int            // of these, by the rules in force
	FlaggedThen  int            // of these, by the rules that are tried
	NewlyFlagged int            // by these, and not by those in force
	NoLonger     int            // the other way round
	ByRule       map[string]int // posts that each of the lead's rules hits; more than Hits shows
	Hits         []PreviewHit   // of the lead's rules; newly flagged posts first
}

// PreviewHit is one place where a lead's rule finds something.
type PreviewHit struct {
	Post         moderation.Post
	Rule         string
	Field        string          // "title", "body" …, as in Evidence
	Span         moderation.Span // in runes of that field
	Text         string          // the words found
	NewlyFlagged bool            // the post is flagged by these rules and not by those in force
}

// The parts of the rules screen.
const (
	decisionsTab = "decisions" // what people decide by
	detectorTab  = "detector"  // what the detector flags by
)

// detectorPlace is what the right column of the detector's page shows.
type detectorPlace struct {
	kind detectorKind
	i    int // of a rule in its version, or of a hit in its preview
}

type detectorKind string

const (
	bookPlace detectorKind = "book" // a version whole
	rulePlace detectorKind = "rule"
	hitPlace  detectorKind = "hit"
)

// detector is the page of the rules that leads write for the detector: every version
// above, the rules of one below it or what they hit, and at the right whatever is looked
// at whole. What was typed and not saved is kept while the screen lives. Its methods
// belong to the screen's thread.
type detector struct {
	reading[[]moderation.Rulebook]
	r *Rules

	draft   *bookDraft // as it is being written; nil where there is none, or nobody who may
	number  int        // of the version that is looked at, 0 for a draft that was never saved
	at      detectorPlace
	hits    bool // the lower list shows what was hit
	tried   map[int]*tried
	trial   *trial // the one that runs, nil for none
	asks    *moveQuestion
	moving  bool
	trouble error                // why the last save, trial or move went wrong
	drawn   *moderation.Rulebook // the version and the place that the right column was drawn from
	drawnAt detectorPlace
	counts  map[string]int // posts that each rule hits; nil while nobody knows of the rules as they are
	checks  latest[error]
	learned latest[[]moderation.DetectorModel]
	models  []moderation.DetectorModel // that rules can stand on, as far as they are known
	wrong   error                      // what the rules as they are typed now cannot be saved for

	versions *kit.Rows[moderation.Rulebook]
	rules    *kit.Rows[ruleLine]
	found    *kit.Rows[hitLine]
	left     *fyne.Container
	body     *fyne.Container
	foot     *fyne.Container
	right    *fyne.Container
	save     *kit.Button // what Ctrl+Enter presses, nil for nothing
	progress *kit.Meter  // of the trial, while it runs
	counted  *kit.Text
}

func newDetector(r *Rules) *detector {
	return &detector{r: r, reading: newReading[[]moderation.Rulebook](r.cfg.Loop, r.cfg.Go), at: detectorPlace{kind: bookPlace},
		tried: map[int]*tried{}, checks: latest[error]{loop: r.cfg.Loop, run: r.cfg.Go},
		learned: latest[[]moderation.DetectorModel]{loop: r.cfg.Loop, run: r.cfg.Go}}
}

// title is what the page is about.
func (d *detector) title() string {
	b := d.r.book
	if d.known == nil {
		return b.T("detector.tab_detector")
	}
	said := []string{}
	for _, v := range *d.known {
		switch v.State {
		case moderation.RulebookLive, moderation.RulebookShadow, moderation.RulebookDraft:
			said = append(said, b.T("detector.title_"+string(v.State), v.Number))
		}
	}
	if len(said) == 0 {
		said = append(said, b.T("detector.title_none"))
	}
	if !d.r.edits() {
		said = append(said, b.T("detector.read_only"))
	}
	return joinDots(b, said)
}

// refresh reads the versions anew. What is being written stays as it was typed.
func (d *detector) refresh() {
	d.learned.ask(d.r.cfg.Rulebooks.Models, func(models []moderation.DetectorModel, err error) {
		// Without an answer the page names a model by its digest, which it knows.
		if err != nil || slices.Equal(d.models, models) {
			return
		}
		d.models = models
		if d.known != nil && d.at.kind == bookPlace {
			d.drawRight()
		}
	})
	var known []moderation.Rulebook
	if d.known != nil {
		known = *d.known
	}
	d.ask(func(ctx context.Context) ([]moderation.Rulebook, error) { return d.r.cfg.Rulebooks.List(ctx, known...) }, func() {
		d.adopt()
		d.number = d.first()
		d.build()
	}, func() {
		dirty := d.dirty()
		d.adopt()
		if d.version(d.number) == nil {
			d.number, d.at = d.first(), detectorPlace{kind: bookPlace}
		}
		d.drawLeft()
		if dirty || d.rightStands() {
			d.drawFoot()
		} else {
			d.drawRight()
		}
		d.r.retitle()
	})
}

// rightStands reports whether the right column would say the same if it were drawn anew,
// which would take whoever reads it back to its top.
func (d *detector) rightStands() bool {
	v, was := d.version(d.number), d.drawn
	if v == nil || was == nil || d.at != d.drawnAt || v.Number != was.Number || v.Version != was.Version || v.State != was.State {
		return false
	}
	return d.at.kind != bookPlace || reflect.DeepEqual(*v, *was)
}

// adopt takes up the draft of the database, unless something was written here.
func (d *detector) adopt() {
	if d.known == nil || !d.r.edits() || d.dirty() {
		return
	}
	d.draft = nil
	if v := d.stored(); v != nil {
		d.draft = newBookDraft(v)
	}
}

// stored is the draft as it was read, nil for none.
func (d *detector) stored() *moderation.Rulebook { return d.inState(moderation.RulebookDraft) }

func (d *detector) inState(s moderation.RulebookState) *moderation.Rulebook {
	if d.known == nil {
		return nil
	}
	for _, v := range *d.known {
		if v.State == s {
			return &v
		}
	}
	return nil
}

// list is every version, newest first, and before them a draft that was never saved.
func (d *detector) list() []moderation.Rulebook {
	if d.known == nil {
		return nil
	}
	if d.draft != nil && d.draft.before == nil {
		return append([]moderation.Rulebook{{State: moderation.RulebookDraft, Note: d.draft.note, WrittenBy: d.r.cfg.Me.Login}}, *d.known...)
	}
	return *d.known
}

// version is one of list, nil where there is none of this number.
func (d *detector) version(number int) *moderation.Rulebook {
	for _, v := range d.list() {
		if v.Number == number {
			return &v
		}
	}
	return nil
}

// first is the version to begin with: the newest.
func (d *detector) first() int {
	if l := d.list(); len(l) > 0 {
		return l[0].Number
	}
	return 0
}

// writes reports whether the version that is looked at is the draft, and this person's
// to change.
func (d *detector) writes() bool {
	v := d.version(d.number)
	return v != nil && v.State == moderation.RulebookDraft && d.draft != nil
}

func (d *detector) dirty() bool { return d.draft != nil && d.draft.dirty() }

// stale reports whether somebody else saved the draft that is being written here.
func (d *detector) stale() bool {
	if d.draft == nil || d.known == nil {
		return false
	}
	v := d.stored()
	if d.draft.before == nil {
		return v != nil
	}
	return v == nil || v.Number != d.draft.before.Number || v.Version != d.draft.before.Version
}

// shownRules are the rules of the version that is looked at, as they are typed where it
// is the draft.
func (d *detector) shownRules() []ruleDraft {
	if d.writes() {
		return d.draft.rules
	}
	if v := d.version(d.number); v != nil {
		return typedRules(v.Rules)
	}
	return nil
}

// now is what the version that is looked at judges by. The fault says what of the rules
// that are being typed cannot be read.
func (d *detector) now() (moderation.RuleSet, error) {
	if d.writes() {
		rules, err := d.draft.book()
		return moderation.RuleSet{Base: d.draft.base, Rules: rules}, err
	}
	if v := d.version(d.number); v != nil {
		return v.Set(), nil
	}
	return moderation.RuleSet{}, nil
}

// tries is what was tried of the version that is looked at.
func (d *detector) tries() *tried {
	if d.tried[d.number] == nil {
		d.tried[d.number] = &tried{}
	}
	return d.tried[d.number]
}

// versionRows is how many versions show without scrolling.
const versionRows = 3

// build makes the widgets in the language of the book.
func (d *detector) build() {
	if d.unfilled(d.r.book, d.refresh) {
		d.fill(kit.Stack(0, kit.Pad(look.S5, look.S5, 0, look.S5, d.r.tabs()), kit.Grow(d.box.Objects[0])))
		return
	}
	free := func() {
		if c := kit.CanvasOf(d.left); c != nil {
			c.Unfocus() // the keys go back from a field to the screen
		}
	}
	d.versions = kit.NewRows(kit.RowsConfig[moderation.Rulebook]{
		Key: func(v moderation.Rulebook) string { return strconv.Itoa(v.Number) }, Height: versionHeight,
		New:      func() kit.RowView[moderation.Rulebook] { return newVersionRow(d) },
		Selected: func(v moderation.Rulebook) { d.look(v.Number) },
		Tap:      func(v moderation.Rulebook) { free(); d.look(v.Number) },
	})
	d.rules = kit.NewRows(kit.RowsConfig[ruleLine]{
		Key: func(l ruleLine) string { return strconv.Itoa(l.i) }, Height: ruleHeight,
		New:      func() kit.RowView[ruleLine] { return newRuleRow(d) },
		Selected: func(l ruleLine) { d.show(detectorPlace{rulePlace, l.i}) },
		Tap:      func(l ruleLine) { free(); d.show(detectorPlace{rulePlace, l.i}) },
	})
	d.found = kit.NewRows(kit.RowsConfig[hitLine]{
		Key: func(l hitLine) string { return strconv.Itoa(l.i) }, Height: hitHeight,
		New:      func() kit.RowView[hitLine] { return newHitRow(d) },
		Selected: func(l hitLine) { d.show(detectorPlace{hitPlace, l.i}) },
		Tap:      func(l hitLine) { free(); d.show(detectorPlace{hitPlace, l.i}) },
	})
	d.left, d.body, d.foot = kit.Stack(look.S4), container.NewStack(), kit.Stack(look.S2)
	// On a ground of its own, as below every editor.
	d.right = kit.Stack(0, kit.Grow(d.body), kit.NewGround(look.Surface, 0, d.foot))
	d.drawLeft()
	d.drawRight()
	d.fill(kit.Columns(0, rulesSide, nil, kit.PadAll(look.S5, d.left),
		kit.NewGround(look.Surface, 0, kit.Row(0, tall{kit.NewRule()}.box(), kit.Grow(tall{d.right}.box())))))
	d.r.retitle()
}

// look turns to a version.
func (d *detector) look(number int) {
	if number == d.number && d.at.kind == bookPlace {
		return
	}
	if number != d.number {
		d.hits, d.trouble, d.asks = false, nil, nil
	}
	d.number, d.at = number, detectorPlace{kind: bookPlace}
	d.drawLeft()
	d.drawRight()
}

// show turns to a rule or a hit of the version that is looked at.
func (d *detector) show(p detectorPlace) {
	if p == d.at {
		return
	}
	d.at, d.asks = p, nil
	d.mark()
	d.drawRight()
}

// mark shows in the lists what the right column shows.
func (d *detector) mark() {
	d.versions.Select(strconv.Itoa(d.number))
	rule, hit := "", ""
	switch d.at.kind {
	case rulePlace:
		rule = strconv.Itoa(d.at.i)
	case hitPlace:
		hit = strconv.Itoa(d.at.i)
	}
	d.rules.Select(rule)
	d.found.Select(hit)
}

// showHits turns the lower list to what was hit, or back to the rules.
func (d *detector) showHits(on bool) {
	if d.hits == on {
		return
	}
	d.hits, d.at = on, detectorPlace{kind: bookPlace}
	d.drawLeft()
	d.drawRight()
}

func (d *detector) step(by int) {
	if d.known == nil {
		return
	}
	if d.hits {
		d.found.Step(by)
	} else {
		d.rules.Step(by)
	}
}

func (d *detector) keys() []kit.Key {
	b := d.r.book
	keys := []kit.Key{
		{Name: "J", Label: b.T("detector.key_lower"), Do: func() { d.step(1) }},
		{Name: "K", Label: b.T("detector.key_lower"), Do: func() { d.step(-1) }},
		{Name: "Down", Label: b.T("detector.key_versions"), Do: func() { d.stepVersion(1) }},
		{Name: "Up", Label: b.T("detector.key_versions"), Do: func() { d.stepVersion(-1) }},
		{Name: "Escape", Do: d.back},
	}
	if d.known == nil || d.version(d.number) == nil && d.draft == nil {
		if d.known != nil && d.r.edits() {
			keys = append(keys, kit.Key{Name: "N", Label: b.T("detector.key_new"), Do: d.begin})
		}
		return keys
	}
	keys = append(keys, kit.Key{Name: "H", Label: b.T("detector.key_hits"), Do: func() { d.showHits(!d.hits) }})
	if d.canTry() {
		keys = append(keys, kit.Key{Name: "V", Label: b.T("detector.preview"), Do: func() { d.try(previewTrial) }},
			kit.Key{Name: "R", Label: b.T("detector.replay"), Do: func() { d.try(replayTrial) }})
	}
	if !d.r.edits() {
		return keys
	}
	v := d.version(d.number)
	switch {
	case d.writes():
		keys = append(keys, kit.Key{Name: "N", Label: b.T("detector.key_add"), Do: d.addRule})
		if d.at.kind == rulePlace {
			keys = append(keys, kit.Key{Name: "X", Label: b.T("detector.remove"), Do: func() { d.removeRule(d.at.i) }})
		}
		keys = append(keys, kit.Key{Name: "S", Label: b.T("detector.to_shadow"), Do: d.toShadow})
	case d.draft == nil:
		keys = append(keys, kit.Key{Name: "N", Label: b.T("detector.key_new"), Do: d.begin})
	}
	if d.writes() || v != nil && v.State == moderation.RulebookShadow {
		keys = append(keys, kit.Key{Name: "P", Label: b.T("detector.publish"), Do: d.publish})
	}
	return append(keys, kit.Key{Name: "Ctrl+Enter", Label: b.T("rules.key_save")})
}

func (d *detector) stepVersion(by int) {
	if d.known != nil {
		d.versions.Step(by)
	}
}

// back leads from a question or a part to the version, one at a time.
func (d *detector) back() {
	switch {
	case d.asks != nil:
		d.asks = nil
		d.drawFoot()
	case d.at.kind != bookPlace:
		d.show(detectorPlace{kind: bookPlace})
	}
}

// commit saves what is being written, or gives the last word of a question.
func (d *detector) commit() {
	if d.save != nil {
		d.save.Press()
	}
}

// close gives up what runs.
func (d *detector) close() {
	if d.trial != nil {
		d.trial.work.Cancel()
	}
	d.checks.drop()
	d.leave()
}

// holds is what was written and not saved, nil for nothing. It stays while the screen
// lives, so that only the window takes it along.
func (d *detector) holds() *Held {
	if !d.dirty() {
		return nil
	}
	b := d.r.book
	h := &Held{What: b.T("detector.held"), Next: b.T("detector.held_next", len(d.draft.rules)),
		Drop: func() {
			d.draft = nil
			d.adopt()
			if d.known != nil && d.version(d.number) == nil {
				d.number, d.at = d.first(), detectorPlace{kind: bookPlace}
			}
			if d.left != nil {
				d.drawLeft()
				d.drawRight()
			}
		},
		Show: func() { d.r.turn(detectorTab) }}
	if d.r.up && !d.stale() && !d.draft.sending {
		h.Save = d.keep
	}
	return h
}
