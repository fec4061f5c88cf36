package views

import (
	"context"
	"slices"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"github.com/google/uuid"

	"cinnabar/assets"
	"cinnabar/internal/fault"
	"cinnabar/internal/people"
	"cinnabar/moderation"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// PolicyBook is what the rules screen asks of the policies. before is what the
// person saw, nil for a new one; a fault of code RuleChanged says that it stands no more.
type PolicyBook interface {
	All(ctx context.Context) ([]moderation.Policy, error)
	Put(ctx context.Context, request string, before *moderation.Policy, after moderation.Policy) error
}

// RouteBook is what it asks of the queues and of the routes into them.
type RouteBook interface {
	Queues(ctx context.Context) ([]moderation.NamedQueue, error)
	PutQueue(ctx context.Context, request string, q moderation.NamedQueue) error
	Routes(ctx context.Context) ([]moderation.Route, error)
	PutRoutes(ctx context.Context, request string, before, after []moderation.Route) error
	Settings(ctx context.Context) ([]moderation.Setting, error)
}

// RulesConfig is what the rules screen is made of.
type RulesConfig struct {
	Loop     kit.Loop
	Book     *words.Book
	Me       people.Person // a lead edits, everybody else reads
	Policies PolicyBook
	Routing  RouteBook
	// Rulebooks are the detector's rules; nil leaves their page out. Replayer and Jobs try
	// them, Check says why rules cannot be saved; without them there is none of it.
	Rulebooks Rulebooks
	Replayer  Replayer
	Check     func([]moderation.DetectorRule) error // of all rules of a version together
	Slots     SlotBook                              // nil leaves their page out
	Jobs      Jobs
	Notify    Notifier
	Retitle   func()         // called when Title says something else; may be nil
	Down      *fault.Error   // why the link is down at the start, nil when it is up
	Go        func(f func()) // a goroutine by default
	NewID     func() string  // a random UUID by default
}

// Rules shows what decisions go by: policies, named queues, and the routes into
// them. Leads change them here. What was typed and not saved is kept while the
// screen lives, whatever else is looked at or read anew.
type Rules struct {
	reading[ruleSet]
	cfg  RulesConfig
	book *words.Book
	up   bool

	chosen   ruleRef
	policies map[string]*policyDraft // by code, "" for a new one
	queues   map[string]*queueDraft  // by code, "" for a new one
	routes   *routesDraft            // nil while they stand as they were read
	slots    map[string]*slotDraft   // by id, "" for a new one

	list   *fyne.Container
	scroll *kit.Scroll
	side   *fyne.Container
	rows   map[ruleRef]*ruleRow
	order  []ruleRef
	editor *ruleEditor
	shown  bool
	saving sync.WaitGroup

	room     *fyne.Container // where the part that is looked at lies
	detector *detector       // nil without rulebooks
	tab      string
}

// ruleSet is everything that the screen shows, as it was read.
type ruleSet struct {
	Policies []moderation.Policy
	Queues   []moderation.NamedQueue
	Routes   []moderation.Route
	Figures  []moderation.Setting // those of planning
	Slots    []assets.KeptSlot    // none without a book of them
}

// ruleKind is a section of the screen.
type ruleKind string

const (
	policyRule ruleKind = "policy"
	queueRule  ruleKind = "queue"
	routeRule  ruleKind = "route"
	figureRule ruleKind = "figure"
)

// ruleRef names a rule: by its code, or for a route by its place.
type ruleRef struct {
	kind ruleKind
	id   string
}

// NewRules makes the screen. Nothing is read before it is shown.
func NewRules(c RulesConfig) *Rules {
	if c.Go == nil {
		c.Go = func(f func()) { go f() }
	}
	if c.NewID == nil {
		c.NewID = uuid.NewString
	}
	r := &Rules{cfg: c, book: c.Book, reading: newReading[ruleSet](c.Loop, c.Go), up: c.Down == nil,
		policies: map[string]*policyDraft{}, queues: map[string]*queueDraft{}, slots: map[string]*slotDraft{}, tab: decisionsTab}
	r.room = container.NewStack(r.content())
	if c.Rulebooks != nil {
		r.detector = newDetector(r)
	}
	r.build()
	return r
}

// ID names the screen.
func (r *Rules) ID() string { return "rules" }

// Title is the name of the screen and how many rules there are.
func (r *Rules) Title() (title, subtitle string) {
	if r.onDetector() {
		return r.book.T("shell.rules"), r.detector.title()
	}
	if r.known == nil {
		return r.book.T("shell.rules"), ""
	}
	inForce := 0
	for _, p := range r.known.Policies {
		if p.Active {
			inForce++
		}
	}
	key := "rules.subtitle"
	if !r.edits() {
		key = "rules.subtitle_read"
	}
	n := r.book.Number
	return r.book.T("shell.rules"), r.book.T(key, n(inForce), n(len(r.known.Queues)), n(len(r.known.Routes)))
}

// Content is the whole screen.
func (r *Rules) Content() fyne.CanvasObject { return r.room }

// onDetector reports whether the detector's page is the part that is looked at.
func (r *Rules) onDetector() bool { return r.tab == detectorTab }

// tabs leads from one part of the screen to the other.
func (r *Rules) tabs() fyne.CanvasObject {
	c := kit.NewChips(r.turn)
	var chips []kit.Chip
	for _, tab := range r.offered() {
		chips = append(chips, kit.Chip{ID: tab, Text: r.book.T("detector.tab_" + tab)})
	}
	c.Set(chips, r.tab)
	return c
}

// offered lists the parts of the screen.
func (r *Rules) offered() []string {
	tabs := []string{decisionsTab}
	if r.detector != nil {
		tabs = append(tabs, detectorTab)
	}
	if r.cfg.Slots != nil {
		tabs = append(tabs, slotsTab)
	}
	return tabs
}

// turn shows a part of the screen.
func (r *Rules) turn(tab string) {
	if r.tab == tab || !slices.Contains(r.offered(), tab) {
		return
	}
	if tab != detectorTab {
		r.chosen = ruleRef{} // the first of what is listed there
	}
	r.tab = tab
	if tab == detectorTab {
		r.detector.build()
		r.room.Objects = []fyne.CanvasObject{r.detector.content()}
		r.detector.refresh()
	} else {
		r.build()
		r.room.Objects = []fyne.CanvasObject{r.content()}
	}
	r.room.Refresh()
	r.retitle()
}

// retitle says that Title may say something else.
func (r *Rules) retitle() {
	if r.cfg.Retitle != nil && r.shown {
		r.cfg.Retitle()
	}
}

// Keys move through the rules and save.
func (r *Rules) Keys() []kit.Key {
	if r.onDetector() {
		return append(r.detector.keys(), r.tabKeys()...)
	}
	keys := []kit.Key{
		{Name: "J", Label: r.book.T("shell.keys_move"), Do: func() { r.step(1) }},
		{Name: "K", Label: r.book.T("shell.keys_move"), Do: func() { r.step(-1) }},
		{Name: "Down", Do: func() { r.step(1) }},
		{Name: "Up", Do: func() { r.step(-1) }},
	}
	if r.edits() {
		keys = append(keys, kit.Key{Name: "Ctrl+Enter", Label: r.book.T("rules.key_save")})
	}
	return append(keys, r.tabKeys()...)
}

func (r *Rules) tabKeys() []kit.Key {
	tabs := r.offered()
	if len(tabs) < 2 {
		return nil
	}
	var keys []kit.Key
	for i, tab := range tabs {
		keys = append(keys, kit.Key{Name: string(rune('1' + i)), Label: r.book.T("detector.key_tabs"), Do: func() { r.turn(tab) }})
	}
	return keys
}

// Commit saves what is being edited, from inside a field too.
func (r *Rules) Commit() {
	if r.onDetector() {
		r.detector.commit()
		return
	}
	if r.editor != nil && r.editor.save != nil {
		r.editor.save.Press()
	}
}

// Shown reads the rules.
func (r *Rules) Shown() {
	r.shown = true
	r.Refresh()
}

// Hidden gives up on rules that are still on their way.
func (r *Rules) Hidden() {
	r.shown = false
	if r.editor != nil && r.editor.queue != nil {
		r.editor.queue.Close()
	}
	r.leave()
	if r.detector != nil {
		r.detector.leave()
	}
}

// Close stops what is being tried.
func (r *Rules) Close() {
	if r.detector != nil {
		r.detector.close()
	}
}

// Busy reports whether something is on its way that will change what is shown.
func (r *Rules) Busy() bool {
	return r.waits() || r.detector != nil && (r.detector.waits() || r.detector.trial != nil || r.detector.checks.out)
}

// Wait blocks until every save has been answered; not for the screen's thread.
func (r *Rules) Wait() { r.saving.Wait() }

// SetLink tells the screen where the connection stands.
func (r *Rules) SetLink(up bool, _ *fault.Error) {
	r.up = up
	if r.editor != nil {
		r.editor.refresh()
	}
	if r.onDetector() && r.detector.foot != nil {
		r.detector.drawFoot()
	}
}

// SetBook changes the language; what was typed stays.
func (r *Rules) SetBook(b *words.Book) {
	r.book = b
	r.build()
	if r.onDetector() {
		r.detector.build()
	}
}

// edits reports whether this person changes rules.
func (r *Rules) edits() bool { return r.cfg.Me.Active && r.cfg.Me.Role == people.Lead }

// Refresh reads the rules anew. What is being edited stays as it was typed.
func (r *Rules) Refresh() {
	if r.onDetector() {
		r.detector.refresh()
	}
	r.ask(func(ctx context.Context) (set ruleSet, err error) {
		if set.Policies, err = r.cfg.Policies.All(ctx); err != nil {
			return set, err
		}
		if set.Queues, err = r.cfg.Routing.Queues(ctx); err != nil {
			return set, err
		}
		if set.Routes, err = r.cfg.Routing.Routes(ctx); err != nil {
			return set, err
		}
		if r.cfg.Slots != nil {
			if set.Slots, err = r.cfg.Slots.All(ctx); err != nil {
				return set, err
			}
		}
		settings, err := r.cfg.Routing.Settings(ctx)
		set.Figures = slices.DeleteFunc(settings, func(s moderation.Setting) bool { return !slices.Contains(planningFigures, s.Name) })
		return set, err
	}, r.build, r.redraw)
}

// redraw shows what was read anew. The editor is left alone while something in it
// waits to be saved; then only its notice says what others did.
func (r *Rules) redraw() {
	r.drawList()
	if r.editor != nil && r.unsaved(r.chosen) {
		r.editor.refresh()
	} else {
		r.drawEditor()
	}
	r.retitle()
}

// build makes the widgets in the language of the book.
func (r *Rules) build() {
	if r.unfilled(r.book, r.Refresh) {
		return
	}
	r.list, r.side = kit.Stack(look.S5), container.NewStack()
	r.scroll = kit.NewScroll(kit.PadAll(look.S5, r.list))
	r.rows = nil
	r.drawList()
	if r.chosen == (ruleRef{}) && len(r.order) > 0 {
		r.chosen = r.order[0]
		r.mark()
	}
	r.drawEditor()
	r.fill(kit.Columns(0, rulesSide, nil, r.scroll,
		kit.NewGround(look.Surface, 0, kit.Row(0, tall{kit.NewRule()}.box(), kit.Grow(tall{r.side}.box())))))
	r.retitle()
}

// rulesSide is the width of the column that shows one rule whole.
const rulesSide = look.DecisionWidth + 84

// drawList draws the three sections.
func (r *Rules) drawList() {
	r.rows, r.order = map[ruleRef]*ruleRow{}, nil
	if r.tab == slotsTab {
		r.list.Objects = []fyne.CanvasObject{r.slotSection()}
	} else {
		r.list.Objects = []fyne.CanvasObject{r.policySection(), r.queueSection(), r.routeSection(), r.figureSection()}
	}
	if len(r.offered()) > 1 {
		r.list.Objects = slices.Insert(r.list.Objects, 0, r.tabs())
	}
	r.mark()
	r.list.Refresh()
	r.scroll.Refresh()
}

// section is a heading with a note, what can be added, and lines.
func (r *Rules) section(title, note string, add func(), lines []fyne.CanvasObject) fyne.CanvasObject {
	head := kit.Row(look.S3, kit.NewText(title, kit.Heading), kit.Gap())
	if add != nil && r.edits() {
		head.Add(kit.NewButton(kit.ButtonConfig{Text: r.book.T("rules.add"), Icon: look.IconPlus, Weight: kit.Quiet, Press: add}))
	}
	var rows []fyne.CanvasObject
	for i, l := range lines {
		if i > 0 {
			rows = append(rows, kit.NewRule())
		}
		rows = append(rows, l)
	}
	return kit.Stack(look.S2, kit.Stack(2, head, kit.NewParagraph(note, kit.Second)),
		kit.NewPanel(kit.Pad(look.S1, 1, look.S1, 1, kit.Stack(0, rows...))))
}

// ruleRow is a line of the list.
type ruleRow struct {
	press *kit.Press
	title *kit.Paragraph
	about *kit.Paragraph
	pill  *kit.Pill
	usual string // the pill when nothing waits to be saved
}

// numbered is what stands at the left edge of a row: a code or a place.
func numbered(text string) fyne.CanvasObject {
	return kit.Fixed(40, 0, kit.NewText(text, kit.Style{Ink: look.SecondInk, Shrink: true}))
}

// signed is a kind's sign in that place.
func signed(k moderation.Kind) fyne.CanvasObject {
	sign := look.IconBrands
	if k == moderation.KindPost {
		sign = look.IconPosts
	}
	return kit.Fixed(40, 0, kit.Row(0, kit.NewSymbol(sign, look.SecondInk, 18), kit.Gap()))
}

// line makes a row of the list.
func (r *Rules) line(ref ruleRef, left fyne.CanvasObject, title, about, right, pill string, faded bool) fyne.CanvasObject {
	ink := look.Ink
	if faded {
		ink = look.SecondInk
	}
	row := &ruleRow{title: kit.NewParagraph(title, kit.Style{Bold: true, Ink: ink}), about: kit.NewParagraph(about, kit.Small),
		pill: kit.NewPill("", kit.Neutral), usual: pill}
	row.press = kit.NewPress(kit.Pad(look.S2+1, look.S4, look.S2+1, look.S4, kit.Row(look.S3, left,
		kit.Grow(kit.Stack(1, row.title, row.about)), row.pill, kit.Fixed(104, 0, kit.NewText(right, kit.Style{Size: look.Caption, Ink: look.SecondInk, Align: fyne.TextAlignTrailing, Shrink: true})))),
		0, func() { r.choose(ref) })
	r.rows[ref] = row
	r.order = append(r.order, ref)
	return row.press
}

// mark shows which rule is looked at and which wait to be saved.
func (r *Rules) mark() {
	for ref, row := range r.rows {
		row.press.Choose(ref == r.chosen)
		if r.unsaved(ref) {
			row.pill.Set(r.book.T("rules.unsaved"), kit.Amber)
		} else {
			row.pill.Set(row.usual, kit.Neutral)
		}
	}
	if r.list != nil {
		r.list.Refresh()
	}
}

// choose shows a rule whole.
func (r *Rules) choose(ref ruleRef) {
	if ref == r.chosen && r.editor != nil {
		return
	}
	r.chosen = ref
	r.mark()
	r.drawEditor()
}

func (r *Rules) step(by int) {
	for i, ref := range r.order {
		if ref == r.chosen && i+by >= 0 && i+by < len(r.order) {
			r.choose(r.order[i+by])
			row := r.rows[r.chosen].press
			r.scroll.To(offsetIn(row, r.list))
			return
		}
	}
	if len(r.order) > 0 && r.rows[r.chosen] == nil {
		r.choose(r.order[0])
	}
}

// unsaved reports whether something of a rule waits to be saved.
func (r *Rules) unsaved(ref ruleRef) bool {
	switch ref.kind {
	case policyRule:
		d := r.policies[ref.id]
		return d != nil && d.dirty()
	case queueRule:
		d := r.queues[ref.id]
		return d != nil && d.dirty()
	case routeRule:
		return r.routes != nil && r.routes.dirty()
	case slotRule:
		d := r.slots[ref.id]
		return d != nil && d.dirty()
	}
	return false
}

// Holds is what was typed and not saved. It stays while the screen lives, so that only
// the window takes it along. There is no saving all at once: each rule is a decision.
func (r *Rules) Holds(window bool) []Held {
	n := 0
	for _, d := range r.policies {
		if d.dirty() {
			n++
		}
	}
	for _, d := range r.queues {
		if d.dirty() {
			n++
		}
	}
	if r.routes != nil && r.routes.dirty() {
		n++
	}
	for _, d := range r.slots {
		if d.dirty() {
			n++
		}
	}
	if !window {
		return nil
	}
	var held []Held
	if n > 0 {
		held = append(held, Held{What: r.book.T("rules.held", n), Next: r.book.T("rules.held_next"), Show: func() { r.turn(decisionsTab) }})
	}
	if r.detector != nil {
		if h := r.detector.holds(); h != nil {
			held = append(held, *h)
		}
	}
	return held
}

// touched is called on every change by hand.
func (r *Rules) touched() {
	r.mark()
	if r.editor != nil {
		r.editor.refresh()
	}
}

// put sends a wish and says what came of it. done is called on the screen's thread.
func (r *Rules) put(wish func(context.Context) error, done func(error)) {
	r.saving.Add(1)
	r.cfg.Go(func() {
		defer r.saving.Done()
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		_, err := answered(ctx, func(ctx context.Context) (struct{}, error) { return struct{}{}, wish(ctx) })
		r.cfg.Loop.Do(func() { done(err) })
	})
}

// kindName names what a rule speaks of.
func (r *Rules) kindName(k moderation.Kind) string { return r.book.T("rules.kind_" + string(k)) }

// allowed writes a time allowed in its largest whole unit.
func allowed(b *words.Book, d time.Duration) string {
	switch {
	case d%(24*time.Hour) == 0:
		return b.T("time.days", int(d/(24*time.Hour)))
	case d%time.Hour == 0:
		return b.T("time.hours", int(d/time.Hour))
	}
	return b.T("time.minutes", int(d/time.Minute))
}

// label is a name above what is read or chosen.
func label(text string, o fyne.CanvasObject) fyne.CanvasObject {
	return kit.Stack(look.S1+2, kit.NewText(text, kit.Section), o)
}

// choice is a row of chips under a name.
func choice(text string, chips []kit.Chip, chosen string, pick func(id string)) fyne.CanvasObject {
	c := kit.NewChips(pick)
	c.Set(chips, chosen)
	return label(text, c)
}

// written is a field that holds a text of a draft.
func written(text, hint string, lines int, value string, changed func(string)) *kit.Field {
	f := kit.NewField(kit.FieldConfig{Label: text, Placeholder: hint, Lines: lines})
	f.Set(value)
	f.Changed = changed
	return f
}
