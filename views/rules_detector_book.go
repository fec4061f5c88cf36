package views

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/moderation/disclosure/measure"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// moveQuestion is a move that waits for a last word, and for a reason where it takes one.
type moveQuestion struct {
	to      moderation.RulebookState
	needs   bool // a reason
	reason  *kit.Field
	replay  *moderation.Replay // that goes with it, nil for the one that is kept
	request string
}

// drawRight draws the right column anew.
func (d *detector) drawRight() {
	var o fyne.CanvasObject
	d.drawn, d.drawnAt = d.version(d.number), d.at
	switch {
	case d.version(d.number) == nil:
		o = d.guide()
	case d.at.kind == rulePlace:
		o = d.rulePage(d.at.i)
	case d.at.kind == hitPlace:
		o = d.hitPage(d.at.i)
	default:
		o = d.bookPage()
	}
	d.body.Objects = []fyne.CanvasObject{kit.NewScroll(kit.Pad(look.S4, look.S4+3, look.S4, look.S4+3, o))}
	d.drawFoot()
}

// guide says how rules come into force, where there are none yet.
func (d *detector) guide() fyne.CanvasObject {
	b := d.r.book
	lines := kit.Stack(look.S4, kit.NewParagraph(b.T("detector.guide"), kit.Heading))
	for i, step := range []string{"write", "preview", "replay", "shadow", "live"} {
		lines.Add(kit.TopRow(look.S3, kit.Fixed(16, 0, kit.NewParagraph(strconv.Itoa(i+1), kit.Style{Bold: true, Ink: look.SecondInk})),
			kit.Grow(kit.Stack(2, kit.NewParagraph(b.T("detector.guide_"+step), kit.Strong), kit.NewParagraph(b.T("detector.guide_"+step+"_more"), kit.Second)))))
	}
	return lines
}

// bookPage shows a version whole: who wrote it, what its replay has shown.
func (d *detector) bookPage() fyne.CanvasObject {
	b, v := d.r.book, d.version(d.number)
	title := b.T("detector.draft_new")
	if v.Number > 0 {
		title = b.T("detector.version_n", v.Number)
	}
	lines := kit.Stack(look.S3, kit.Row(look.S2, kit.NewText(title, kit.Heading), kit.NewPill(d.stateName(v.State), rulebookTone(v.State)), kit.Gap()))
	var history []string
	if !v.WrittenAt.IsZero() {
		history = append(history, b.T("detector.written", v.WrittenBy, b.Stamp(v.WrittenAt)))
	}
	if !v.MovedAt.IsZero() {
		history = append(history, b.T("detector.moved_"+string(v.State), v.MovedBy, b.Stamp(v.MovedAt)))
	}
	if len(history) > 0 {
		lines.Add(kit.NewParagraph(strings.Join(history, "\n"), kit.Second))
	}
	lines.Add(kit.NewParagraph(b.T("detector.means_"+string(v.State)), kit.Plain))
	if x := v.Beside; x != nil && x.Posts > 0 {
		lines.Add(kit.NewParagraph(b.T("detector.beside", b.Number(x.Posts), b.Number(x.Both), b.Number(x.Only), b.Number(x.OnlyLive)), kit.Plain))
	}
	if o := d.standsOn(v); o != nil {
		lines.Add(o)
	}
	if v.Reason != "" {
		lines.Add(label(b.T("detector.reason_given"), kit.NewParagraph(v.Reason, kit.Plain)))
	}
	if d.writes() {
		lines.Add(written(b.T("detector.book_note"), b.T("detector.book_note_hint"), 2, d.draft.note, func(s string) {
			if d.draft != nil {
				d.draft.note = s
				d.typed()
			}
		}))
	} else if v.Note != "" {
		lines.Add(label(b.T("detector.book_note"), kit.NewParagraph(v.Note, kit.Plain)))
	}
	lines.Add(d.replayed())
	return lines
}

// standsOn is the model below the rules, to be chosen while they are a draft; nil where
// there are no models but the program's own.
func (d *detector) standsOn(v *moderation.Rulebook) fyne.CanvasObject {
	b := d.r.book
	if d.writes() && (len(d.models) > 0 || d.draft.base != "") {
		s := kit.NewSelect(b.T("detector.base"), "")
		options := []kit.Option{{Text: b.T("detector.base_own"), More: b.T("detector.base_own_more")}}
		for _, m := range d.models {
			options = append(options, kit.Option{ID: m.ID, Text: m.Version, More: d.modelLine(m)})
		}
		if d.model(d.draft.base) == nil && d.draft.base != "" {
			options = append(options, kit.Option{ID: d.draft.base, Text: shortDigest(d.draft.base)})
		}
		s.Set(options, d.draft.base)
		s.Picked = func(id string) {
			if d.draft != nil && d.writes() {
				d.draft.base = id
				d.typed()
				d.drawRight()
			}
		}
		return s
	}
	if v.Base == "" {
		return nil
	}
	if m := d.model(v.Base); m != nil {
		return label(b.T("detector.base"), kit.Stack(2, kit.NewParagraph(m.Version, kit.Plain), kit.NewParagraph(d.modelLine(*m), kit.Second)))
	}
	return label(b.T("detector.base"), kit.NewParagraph(shortDigest(v.Base), kit.Plain))
}

// model is a learned model that is known, nil for others.
func (d *detector) model(id string) *moderation.DetectorModel {
	if i := slices.IndexFunc(d.models, func(m moderation.DetectorModel) bool { return m.ID == id }); i >= 0 {
		return &d.models[i]
	}
	return nil
}

func (d *detector) modelLine(m moderation.DetectorModel) string {
	b := d.r.book
	said := []string{b.T("detector.model_added", m.AddedBy, b.Stamp(m.AddedAt))}
	if m.Note != "" {
		said = append([]string{m.Note}, said...)
	}
	return joinDots(b, said)
}

func shortDigest(id string) string { return id[:min(len(id), 12)] }

// replayed is what the version did on posts that people have decided on, beside the
// rules in force.
func (d *detector) replayed() fyne.CanvasObject {
	b := d.r.book
	lines := kit.Stack(look.S2, kit.NewText(b.T("detector.replayed"), kit.Section))
	r, current := d.standing()
	switch {
	case r == nil:
		lines.Add(kit.NewParagraph(b.T("detector.replay_none"), kit.Second))
		return lines
	case r.Posts == 0:
		lines.Add(kit.NewParagraph(b.T("detector.replay_empty"), kit.Second))
		return lines
	}
	about := []string{b.T("detector.replay_posts", b.Number(r.Posts))}
	if !r.At.IsZero() {
		about = append(about, b.Stamp(r.At))
	}
	lines.Add(kit.NewText(joinDots(b, about), kit.Style{Size: look.Caption, Ink: look.SecondInk, Shrink: true}))
	state := d.version(d.number).State
	switch {
	case !current:
		lines.Add(noticeCard(kit.Amber, b.T("detector.replay_earlier"), ""))
	case state == moderation.RulebookDraft || state == moderation.RulebookShadow:
		if r.Worse() {
			lines.Add(noticeCard(kit.Amber, worseBy(b, *r), ""))
		} else {
			lines.Add(noticeCard(kit.Jade, b.T("detector.better"), ""))
		}
	}
	lines.Add(d.figures(*r))
	if r.RandomPosts > 0 {
		lines.Add(kit.NewParagraph(b.T("detector.replay_random", b.Number(r.RandomPosts), b.Number(r.RandomPaid), b.Number(r.RandomFlagged)), kit.Small))
	}
	return lines
}

// worseBy says what keeps a version from taking over.
func worseBy(b *words.Book, r moderation.Replay) string {
	if r.Live == nil {
		return b.T("detector.worse_alone")
	}
	less := r.Found < r.Live.Found
	low := r.Found*(r.Live.Found+r.Live.Wrong) < r.Live.Found*(r.Found+r.Wrong)
	switch {
	case less && low:
		return b.T("detector.worse_both")
	case less:
		return b.T("detector.worse_found", b.Number(r.Live.Found-r.Found))
	}
	return b.T("detector.worse_right")
}

// The widths of the columns of figures, in pixels.
const figureColumn = 96

// figures is the table of a replay, with what the rules in force say beside it.
func (d *detector) figures(r moderation.Replay) fyne.CanvasObject {
	b := d.r.book
	right := kit.Style{Align: fyne.TextAlignTrailing, Shrink: true}
	head := kit.Style{Size: look.Caption, Ink: look.SecondInk, Align: fyne.TextAlignTrailing, Shrink: true}
	cell := func(o fyne.CanvasObject) fyne.CanvasObject { return kit.Fixed(figureColumn, 0, o) }
	line := func(name string, this, live fyne.CanvasObject) fyne.CanvasObject {
		cells := kit.Row(look.S2, kit.Grow(kit.NewText(name, kit.Style{Shrink: true})), cell(this))
		if r.Live != nil {
			cells.Add(cell(live))
		}
		return kit.Pad(look.S1+2, 0, look.S1+2, 0, cells)
	}
	count := func(f func(moderation.Replay) int, bold bool) (this, live fyne.CanvasObject) {
		style := right
		style.Bold = bold
		this = kit.NewText(b.Number(f(r)), style)
		live = kit.NewText(b.T("common.none"), right)
		if r.Live != nil {
			live = kit.NewText(b.Number(f(*r.Live)), kit.Style{Align: fyne.TextAlignTrailing, Ink: look.SecondInk, Shrink: true})
		}
		return this, live
	}
	share := func(of func(moderation.Replay) (hits, all int)) (this, live fyne.CanvasObject) {
		one := func(x moderation.Replay, bold bool) fyne.CanvasObject {
			hits, all := of(x)
			if all == 0 {
				return kit.NewText(b.T("common.none"), right)
			}
			style := right
			style.Bold = bold
			if !bold {
				style.Ink = look.SecondInk
			}
			return kit.Stack(0, kit.NewText(b.Percent(float64(hits)/float64(all)), style), kit.NewText(between(b, hits, all), head))
		}
		live = kit.NewText(b.T("common.none"), right)
		if r.Live != nil {
			live = one(*r.Live, false)
		}
		return one(r, true), live
	}
	heads := kit.Row(look.S2, kit.Gap(), cell(kit.NewText(b.T("detector.this"), head)))
	if r.Live != nil {
		beside := "detector.in_force"
		if s := d.version(d.number).State; s == moderation.RulebookLive || s == moderation.RulebookRetired {
			beside = "detector.in_force_then"
		}
		heads.Add(cell(kit.NewText(b.T(beside), head)))
	}
	rows := kit.Stack(0, kit.Pad(0, 0, look.S1, 0, heads))
	add := func(key string, this, live fyne.CanvasObject) {
		rows.Add(kit.NewRule())
		rows.Add(line(b.T(key), this, live))
	}
	this, live := count(func(x moderation.Replay) int { return x.Found }, true)
	add("detector.found", this, live)
	this, live = count(func(x moderation.Replay) int { return x.Wrong }, true)
	add("detector.wrong", this, live)
	this, live = count(func(x moderation.Replay) int { return x.Missed }, true)
	add("detector.missed", this, live)
	this, live = share(func(x moderation.Replay) (int, int) { return x.Found, x.Found + x.Wrong })
	add("detector.precision", this, live)
	this, live = share(func(x moderation.Replay) (int, int) { return x.Found, x.Found + x.Missed })
	add("detector.recall", this, live)
	return rows
}

// between writes the 95 % interval of a share: "68–88 %".
func between(b *words.Book, hits, all int) string {
	low, high := wilson(hits, all)
	return b.T("detector.between", strings.TrimRight(b.Percent(low), " %"), b.Percent(high))
}

// wilson is the 95 % interval of a share of some, without what is only rounding: 0 and 1
// are written differently from what is close to them.
func wilson(hits, all int) (low, high float64) {
	const nothing = 1e-9
	low, high = measure.Wilson(hits, all)
	if low < nothing {
		low = 0
	}
	if high > 1-nothing {
		high = 1
	}
	return low, high
}

// drawFoot draws what can be done with the version, under everything else: the column
// keeps its shape whatever is looked at above.
func (d *detector) drawFoot() {
	d.save, d.progress, d.counted = nil, nil, nil
	d.foot.Objects = nil
	if objects := d.actions(); len(objects) > 0 {
		d.foot.Objects = []fyne.CanvasObject{kit.Stack(0, kit.NewRule(), kit.Pad(look.S3, look.S4+3, look.S3, look.S4+3, kit.Stack(look.S2, objects...)))}
	}
	d.drawProgress()
	d.right.Refresh()
}

func (d *detector) actions() (objects []fyne.CanvasObject) {
	b, v := d.r.book, d.version(d.number)
	if v == nil {
		return nil
	}
	if what, next, load := d.notice(); what != "" {
		card := noticeCard(kit.Amber, what, next)
		if load {
			card = kit.Stack(look.S2, card, kit.NewButton(kit.ButtonConfig{Text: b.T("rules.load_new"), Press: d.loadNew}))
		}
		objects = append(objects, card)
	}
	if d.asks != nil {
		return append(objects, d.question()...)
	}
	if d.trial != nil {
		d.progress, d.counted = kit.NewMeter(), kit.NewText("", kit.Style{Size: look.Caption, Ink: look.SecondInk, Shrink: true})
		key := "V"
		if d.trial.kind == replayTrial {
			key = "R"
		}
		objects = append(objects, kit.Row(look.S3, kit.Grow(kit.Stack(look.S1+2, kit.NewText(b.T("detector.job_"+string(d.trial.kind)), kit.Style{Shrink: true}), d.progress, d.counted)),
			kit.NewButton(kit.ButtonConfig{Text: b.T("shell.stop"), Key: key, Press: func() { d.trial.work.Cancel() }})))
	} else if d.canTry() {
		next := kit.Bordered
		if d.lacksReplay() {
			next = kit.Primary
		}
		objects = append(objects, kit.Grid(2, look.S2,
			d.button("detector.preview", "V", kit.Bordered, true, func() { d.try(previewTrial) }),
			d.button("detector.replay", "R", next, true, func() { d.try(replayTrial) })))
	}
	if !d.r.edits() {
		return objects
	}
	able := d.r.up && !d.moving && !d.stale() && (d.draft == nil || !d.draft.sending)
	switch {
	case d.writes():
		saved := !d.dirty()
		primary := d.button("detector.save", "Ctrl ↵", kit.Primary, able && d.knownGood(), func() { d.keep(func(bool) {}) })
		shadow := d.button("detector.to_shadow", "S", kit.Bordered, able && saved, d.toShadow)
		publish := d.button("detector.publish", "P", kit.Bordered, able && saved, d.publish)
		switch {
		case !saved:
			objects = append(objects, primary)
			d.save = primary
		case !d.lacksReplay():
			publish = d.button("detector.publish", "P", kit.Primary, able, d.publish)
		}
		objects = append(objects, kit.Grid(2, look.S2, shadow, publish))
		quiet := kit.Row(look.S2, d.button("detector.discard", "", kit.Quiet, able, d.discard), kit.Gap())
		if !saved && d.draft.before != nil {
			quiet.Add(d.button("rules.discard", "", kit.Quiet, !d.draft.sending, d.loadNew))
		}
		objects = append(objects, quiet)
	case v.State == moderation.RulebookShadow:
		weight := kit.Primary
		if d.lacksReplay() {
			weight = kit.Bordered
		}
		objects = append(objects, d.button("detector.publish", "P", weight, able, d.publish),
			kit.Row(look.S2, d.button("detector.out_of_shadow", "", kit.Quiet, able, func() { d.askMove(moderation.RulebookRetired, false, nil) }), kit.Gap()))
	case v.State == moderation.RulebookLive:
		objects = append(objects, kit.Row(look.S2, d.button("detector.out_of_force", "", kit.Quiet, able, func() { d.askMove(moderation.RulebookRetired, true, nil) }), kit.Gap()))
	}
	if d.draft == nil {
		objects = append(objects, d.button("detector.next_from", "N", kit.Bordered, true, d.begin))
	}
	return objects
}

// lacksReplay reports whether a replay is what comes next: of a draft that is saved, or
// of one in the shadow that was never replayed.
func (d *detector) lacksReplay() bool {
	if !d.r.edits() || d.version(d.number) == nil || d.writes() && d.dirty() {
		return false
	}
	switch d.version(d.number).State {
	case moderation.RulebookDraft, moderation.RulebookShadow:
		replay, current := d.standing()
		return replay == nil || !current
	}
	return false
}

// knownGood reports whether nothing is known that would refuse the draft. An empty field
// is told of when somebody saves, not while they are on their way to it.
func (d *detector) knownGood() bool {
	return d.wrong == nil || fault.CodeOf(d.wrong) == fault.FieldMissing
}

func (d *detector) button(key, cap string, weight kit.Weight, able bool, press func()) *kit.Button {
	button := kit.NewButton(kit.ButtonConfig{Text: d.r.book.T(key), Key: cap, Weight: weight, Press: press})
	if !able {
		button.Disable("")
	}
	return button
}

// notice is what stands in the way now, and whether loading what others wrote helps.
func (d *detector) notice() (what, next string, load bool) {
	b := d.r.book
	switch {
	case d.writes() && d.dirty() && d.stale():
		return b.T("rules.changed"), b.T("rules.changed_next"), true
	case d.trouble != nil:
		what, next = d.told(d.trouble)
		return what, next, false
	case d.writes() && d.dirty() && !d.r.up:
		return b.T("rules.offline"), "", false
	case d.writes() && !d.knownGood():
		what, next = d.told(d.wrong)
		return what, next, false
	}
	return "", "", false
}

// loadNew throws away what was typed for what stands.
func (d *detector) loadNew() {
	d.draft, d.trouble, d.wrong = nil, nil, nil
	d.checks.drop()
	d.adopt()
	if d.version(d.number) == nil {
		d.number = d.first()
	}
	d.at = detectorPlace{kind: bookPlace}
	d.drawLeft()
	d.drawRight()
	d.r.retitle()
}

// discard gives the draft up: one that was saved is kept as retired, like every version.
func (d *detector) discard() {
	if d.draft.before == nil {
		d.loadNew()
		return
	}
	d.askMove(moderation.RulebookRetired, false, nil)
}

func (d *detector) toShadow() {
	if d.writes() && !d.dirty() && !d.moving && d.r.up {
		replay, current := d.tries().replay, d.tries().replay != nil && d.fits(d.tries().replayOf)
		if !current {
			replay = nil
		}
		d.move(&moveQuestion{to: moderation.RulebookShadow, replay: replay}, "")
	}
}

// publish asks for the last word. Without a replay of the rules as they are it asks for
// one first, and where the replay speaks against them for a reason.
func (d *detector) publish() {
	v := d.version(d.number)
	if v == nil || d.moving || !d.r.edits() || !d.r.up || d.writes() && d.dirty() || v.State != moderation.RulebookDraft && v.State != moderation.RulebookShadow {
		return
	}
	replay, current := d.standing()
	if replay == nil || !current {
		d.refuse(fault.New(fault.ReplayNeeded))
		return
	}
	sent := replay
	if d.tries().replay == nil {
		sent = nil // the database keeps it already
	}
	d.askMove(moderation.RulebookLive, replay.Worse(), sent)
}

func (d *detector) askMove(to moderation.RulebookState, needs bool, replay *moderation.Replay) {
	d.trouble = nil
	d.asks = &moveQuestion{to: to, needs: needs, replay: replay}
	if needs {
		d.asks.reason = kit.NewField(kit.FieldConfig{Label: d.r.book.T("detector.reason"), Placeholder: d.r.book.T("detector.reason_hint"), Lines: 3})
		d.asks.reason.Changed = func(s string) {
			d.asks.request = ""
			if d.save != nil && strings.TrimSpace(s) != "" && d.r.up {
				d.save.Enable()
			} else if d.save != nil {
				d.save.Disable("")
			}
		}
	}
	d.at = detectorPlace{kind: bookPlace} // what is decided on stands above
	d.mark()
	d.drawRight()
}

// question is the last word before a move.
func (d *detector) question() []fyne.CanvasObject {
	b, v, q := d.r.book, d.version(d.number), d.asks
	key := "detector.ask_" + string(q.to)
	if q.to == moderation.RulebookRetired {
		key += "_" + string(v.State)
	}
	what, next := b.T(key), b.T(key+"_next")
	yes := "detector.yes_" + string(q.to)
	objects := []fyne.CanvasObject{}
	if q.to == moderation.RulebookLive && q.needs {
		what, next, yes = b.T("detector.ask_worse"), b.T("detector.ask_worse_next"), "detector.yes_worse"
	} else if live := d.inState(moderation.RulebookLive); q.to == moderation.RulebookLive && live != nil {
		next = b.T("detector.ask_live_after", live.Number)
	}
	objects = append(objects, kit.Stack(2, kit.NewParagraph(what, kit.Strong), kit.NewParagraph(next, kit.Second)))
	reason := func() string { return "" }
	if q.reason != nil {
		q.reason.SetLabel(b.T("detector.reason"), b.T("detector.reason_hint"))
		objects = append(objects, q.reason)
		reason = func() string { return strings.TrimSpace(q.reason.Text()) }
	}
	d.save = d.button(yes, "Ctrl ↵", kit.Primary, d.r.up && !d.moving && (!q.needs || reason() != ""), func() { d.move(q, reason()) })
	return append(objects, d.save, kit.Row(0, kit.Gap(), d.button("common.cancel", "Esc", kit.Quiet, true, d.back)))
}

// replayFor is a replay as it goes with a version. One of rules that were not saved yet had
// no number to name them by.
func replayFor(replay *moderation.Replay, v moderation.Rulebook) *moderation.Replay {
	if replay == nil {
		return nil
	}
	r := *replay
	if base, unsaved := strings.CutSuffix(r.Model, "+r?"); unsaved {
		r.Model = v.Model(base)
	}
	return &r
}

// move brings the version on.
func (d *detector) move(q *moveQuestion, reason string) {
	v := d.version(d.number)
	if v == nil || d.moving || q.needs && reason == "" {
		return
	}
	if q.request == "" {
		q.request = d.r.cfg.NewID()
	}
	d.moving, d.trouble = true, nil
	d.drawFoot()
	d.r.put(func(ctx context.Context) error {
		return d.r.cfg.Rulebooks.Move(ctx, q.request, v.Number, v.Version, q.to, replayFor(q.replay, *v), reason)
	}, func(err error) {
		d.moving = false
		if err != nil {
			d.refuse(err)
			d.refresh()
			return
		}
		if d.asks == q {
			d.asks = nil
		}
		if v.State == moderation.RulebookDraft {
			d.draft = nil
		}
		d.r.cfg.Notify.Note(kit.Jade, d.r.book.T("detector.done_"+string(q.to), v.Number), "")
		d.drawFoot()
		d.refresh()
	})
}
