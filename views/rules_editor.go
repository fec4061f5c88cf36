package views

import (
	"strings"

	"fyne.io/fyne/v2"

	"cinnabar/internal/fault"
	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// ruleEditor is the column that shows one rule whole, and lets a lead change it.
type ruleEditor struct {
	r       *Rules
	notice  *fyne.Container
	said    string
	save    *kit.Button // nil for whoever only reads
	discard *kit.Button
	queue   *kit.Select // of a route, nil for other rules
	box     fyne.CanvasObject
	// dirty, stale and why are the draft's.
	dirty func() bool
	stale func() bool
	why   func() (what, next string)
	load  func() // throws the person's text away for what stands now
}

// drawEditor makes the column of the chosen rule.
func (r *Rules) drawEditor() {
	r.editor = nil
	var o fyne.CanvasObject
	switch {
	case r.chosen.kind == policyRule && (r.chosen.id == "" || r.policy(r.chosen.id) != nil):
		o = r.policyPage(r.chosen.id)
	case r.chosen.kind == queueRule && (r.chosen.id == "" || r.queue(r.chosen.id) != nil):
		o = r.queuePage(r.chosen.id)
	case r.chosen.kind == routeRule && r.place() >= 0:
		o = r.routePage(r.place())
	case r.chosen.kind == slotRule && (r.chosen.id == "" || r.keptSlot(r.chosen.id) != nil):
		o = r.slotPage(r.chosen.id)
	case r.chosen.kind == figureRule:
		o = r.figurePage(r.chosen.id)
	default:
		o = kit.NewState(kit.State{Icon: look.IconRules, What: r.book.T("rules.choose")})
	}
	r.side.Objects = []fyne.CanvasObject{o}
	r.side.Refresh()
	if r.editor != nil {
		r.editor.refresh()
	}
}

// page lays fields above what saves them. buttons stand between.
func (e *ruleEditor) page(title string, fields []fyne.CanvasObject, save string, put func(), buttons ...fyne.CanvasObject) fyne.CanvasObject {
	b := e.r.book
	body := kit.NewScroll(kit.Pad(look.S4, look.S4+3, look.S4, look.S4+3, kit.Stack(look.S3,
		append([]fyne.CanvasObject{kit.NewParagraph(title, kit.Heading)}, fields...)...)))
	if put == nil {
		return kit.Stack(0, kit.Grow(body))
	}
	e.notice = kit.Stack(0)
	e.notice.Hide()
	e.save = kit.NewButton(kit.ButtonConfig{Text: save, Key: "Ctrl ↵", Weight: kit.Primary, Press: put})
	e.discard = kit.NewButton(kit.ButtonConfig{Text: b.T("rules.discard"), Weight: kit.Quiet, Press: func() { e.load() }})
	foot := kit.Stack(look.S2, e.notice, e.save, kit.Row(look.S2, append(buttons, kit.Gap(), e.discard)...))
	// On a ground of its own: of a field that is scrolled half away, the toolkit hands
	// out clicks, and its software painter draws, what should be cut off.
	e.box = kit.Stack(0, kit.Grow(body), kit.NewGround(look.Surface, 0, kit.Stack(0, kit.NewRule(), kit.Pad(look.S3, look.S4+3, look.S4, look.S4+3, foot))))
	return e.box
}

// refresh shows whether there is something to save and what stands in its way.
func (e *ruleEditor) refresh() {
	if e.save == nil {
		return
	}
	b := e.r.book
	dirty := e.dirty()
	if dirty && e.r.up && !e.stale() {
		e.save.Enable()
	} else {
		e.save.Disable("")
	}
	e.discard.Hidden = !dirty
	what, next := e.why()
	tone := kit.Amber
	button := false
	switch {
	case dirty && e.stale():
		what, next, button = b.T("rules.changed"), b.T("rules.changed_next"), true
	case what != "":
	case dirty && !e.r.up:
		what = b.T("rules.offline")
	}
	key := what + next
	if button {
		key += "load"
	}
	if key != e.said {
		e.said = key
		e.notice.Objects = nil
		if what != "" {
			lines := kit.Stack(look.S2, kit.Stack(2, kit.NewParagraph(what, kit.Style{Bold: true, Ink: tone.Ink()}), kit.NewParagraph(next, kit.Plain)))
			if button {
				lines.Add(kit.NewButton(kit.ButtonConfig{Text: b.T("rules.load_new"), Press: func() { e.load() }}))
			}
			e.notice.Objects = []fyne.CanvasObject{kit.NewGround(tone.Tint(), look.Radius, kit.PadAll(look.S3, lines))}
		}
		e.notice.Hidden = what == ""
	}
	e.box.Refresh()
}

// told puts a fault of the database in words for an editor: what happened, and what
// to do about it here.
func (r *Rules) told(err error) (what, next string) {
	switch fault.CodeOf(err) {
	case "":
		return "", ""
	case fault.RuleChanged:
		return r.book.T("rules.changed"), r.book.T("rules.changed_next")
	case fault.FieldMissing, fault.FieldValue:
		what, _ = r.book.Error(err)
		return what, r.book.T("rules.lacks_next")
	}
	return r.book.Error(err)
}

// lacking says that a field is empty, or holds what it cannot.
func (r *Rules) lacking(label, value string) (what, next string) {
	if strings.TrimSpace(value) == "" {
		return r.book.T("rules.lacks", label), r.book.T("rules.lacks_next")
	}
	return r.book.T("rules.wrong", label, clip(value, 40)), r.book.T("rules.lacks_next")
}
