package views

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/review"
	"cinnabar/views/words"
)

// verdictActs is what a person can do in the decision column.
type verdictActs struct {
	decide   func(moderation.Verdict)
	submit   func()
	policy   func(code string)
	reason   func(text string)
	note     func(text string)
	saveNote func()
	template func()
	disarm   func()
	skip     func()
	hand     func()
}

// verdictColumn is the right column of a review screen: what speaks for which
// verdict, the policy and words that go with it, and the verdicts themselves.
type verdictColumn struct {
	book *words.Book
	kind moderation.Kind
	acts verdictActs

	box     *kit.Ground
	side    *fyne.Container
	judging *sideLayout
	pinned  *fyne.Container // of the opinion, what must not scroll away
	fields  *fyne.Container
	lower   *kit.Scroll // around the fields
	givers  *kit.Ground // around the verdicts; what is scrolled half away must not get their clicks
	feet    *fyne.Container
	policy  *kit.Select
	reason  *kit.Field
	own     *kit.Button // brings the template back
	lack    *kit.Paragraph
	arming  *kit.Paragraph // says which verdict is being prepared
	prepare *fyne.Container
	note    *kit.Field
	save    *kit.Button
	buttons map[moderation.Verdict]*kit.Button
	noteKey *kit.Button
	skip    *kit.Button
	hand    *kit.Button
	pass    *fyne.Container // the two beside each other, under which the menu opens
	menu    *kit.Menu
	foot    *kit.Text
	wanted  bool // the note field was asked for
	armed   moderation.Verdict
	agrees  moderation.Verdict // what the case on screen proposes
}

// keysOf are the keys behind the verdicts, as printed on the buttons.
var keysOf = map[moderation.Verdict]string{
	moderation.Approve: "A", moderation.Refuse: "R", moderation.AskMore: "I",
	moderation.RequireLabel: "A", moderation.Clear: "R", moderation.Escalate: "E",
	moderation.Overturn: "A", moderation.Uphold: "R",
}

func newVerdictColumn(b *words.Book, k moderation.Kind, acts verdictActs) *verdictColumn {
	v := &verdictColumn{book: b, kind: k, acts: acts, buttons: map[moderation.Verdict]*kit.Button{}, menu: kit.NewMenu()}
	v.policy = kit.NewSelect(b.T(area(k, "policy")), b.T("common.choose"))
	v.policy.Picked = acts.policy
	lines := 6
	if k == moderation.KindBrand {
		lines = 4 // the checks above need the room
	}
	v.reason = kit.NewField(kit.FieldConfig{Label: b.T(area(k, "message")), Lines: lines})
	v.reason.Changed = func(s string) {
		acts.reason(s)
		v.gaps(s)
	}
	v.own = kit.NewButton(kit.ButtonConfig{Text: b.T("review.template"), Weight: kit.Quiet, Press: acts.template})
	v.lack = kit.NewParagraph("", kit.Style{Size: look.Caption, Ink: look.AmberInk})
	v.note = kit.NewField(kit.FieldConfig{Label: b.T("review.note"), Placeholder: b.T("review.note_hint"), Lines: 2})
	v.note.Changed = func(s string) {
		acts.note(s)
		v.saveable(s)
	}
	v.save = kit.NewButton(kit.ButtonConfig{Text: b.T("review.note_save"), Weight: kit.Quiet, Press: acts.saveNote})
	v.foot = kit.NewText("", kit.Style{Size: look.Caption, Ink: look.SecondInk, Shrink: true})

	var verdicts []fyne.CanvasObject
	appeal := moderation.Case{Kind: k, Stage: moderation.StageAppeal}
	for _, verdict := range append(appeal.Verdicts(), moderation.Verdicts(k)...) {
		weight := kit.Bordered
		if verdict == k.Agrees() || verdict == appeal.Agrees() { // one of them at a time
			weight = kit.Primary
		}
		button := kit.NewButton(kit.ButtonConfig{Text: b.Action(verdict), Key: keysOf[verdict], Weight: weight,
			Press: func() { acts.decide(verdict) }})
		v.buttons[verdict] = button
		verdicts = append(verdicts, button)
	}
	v.noteKey = kit.NewButton(kit.ButtonConfig{Text: b.T("review.key_note"), Key: "N", Press: func() { v.focus(review.NoteField) }})
	v.skip = kit.NewButton(kit.ButtonConfig{Text: b.T("review.key_skip"), Key: "S", Press: acts.skip})
	v.hand = kit.NewButton(kit.ButtonConfig{Text: b.T("review.key_hand"), Key: "H", Press: acts.hand})
	v.pass = kit.Grid(2, look.S2, v.skip, v.hand)
	verdicts = append(verdicts, v.noteKey, v.pass)

	caps := kit.Row(look.S1, kit.NewKeycap("J"), kit.NewKeycap("K"), kit.NewText(b.T("shell.keys_move"), kit.Small),
		kit.Fixed(look.S2, 0, nil), kit.NewKeycap("?"), kit.NewText(b.T("shell.keys_all"), kit.Small), kit.Gap())

	v.pinned = kit.Stack(look.S3)
	v.arming = kit.NewParagraph("", kit.Style{Size: look.Caption, Ink: look.AmberInk})
	v.prepare = kit.Row(look.S2, kit.Grow(v.arming),
		kit.NewButton(kit.ButtonConfig{Text: b.T("common.cancel"), Weight: kit.Quiet, Press: acts.disarm}))
	v.fields = kit.Stack(look.S3,
		v.pinned,
		v.prepare,
		v.policy,
		kit.Stack(look.S1, v.reason, v.lack, kit.Row(0, v.own, kit.Gap())),
		kit.Stack(look.S1, v.note, kit.Row(0, v.save, kit.Gap())),
	)
	v.lower = kit.NewScroll(kit.Pad(0, sideInset, 0, sideInset, v.fields))
	v.givers = kit.NewGround(look.Surface, 0, kit.Pad(look.S4, sideInset, 0, sideInset, kit.Stack(look.S2, verdicts...)))
	v.feet = kit.Stack(look.S1+2, v.foot, caps)
	v.judging = &sideLayout{fields: v.fields}
	v.side = container.New(v.judging, kit.NewScroll(kit.Fixed(0, 0, nil)), v.lower, v.givers, v.feet)
	v.box = kit.NewGround(look.Surface, 0, kit.Row(0, tall{kit.NewRule()}.box(), kit.Grow(tall{v.side}.box())))
	return v
}

// area picks the words of a desk: "brands.policy" or "posts.policy".
func area(k moderation.Kind, key string) string {
	if k == moderation.KindBrand {
		return "brands." + key
	}
	return "posts." + key
}

// verdictState is everything that the decision column shows.
type verdictState struct {
	ready    bool
	draft    review.Draft
	policies []moderation.Policy
	choice   func(moderation.Verdict) moderation.Choice
	verdicts []moderation.Verdict // that the case has at its stage, the one it proposes first
	passes   bool                 // the person may put it aside or hand it over
	guarded  bool
	speaks   bool // the armed verdict is told to the person concerned
}

func (v *verdictColumn) show(s verdictState) {
	v.lower.Hidden, v.givers.Hidden, v.feet.Hidden = !s.ready, !s.ready, !s.ready
	if !s.ready {
		v.box.Refresh()
		return
	}
	lang := string(v.book.Language())
	options := make([]kit.Option, 0, len(s.policies)+1)
	for _, p := range s.policies {
		title := p.Title[lang]
		if title == "" {
			title = p.Title["en"]
		}
		options = append(options, kit.Option{ID: p.Code, Text: p.Code + " " + title, More: p.Source})
	}
	v.policy.Hidden = len(options) == 0
	v.policy.Set(options, s.draft.Policy)
	v.reason.Hidden = !s.speaks || s.draft.Reason == "" && s.draft.Policy == "" && !moderation.NeedsReason(s.draft.Verdict)
	v.reason.Set(s.draft.Reason)
	v.own.Hidden = v.reason.Hidden || !s.draft.Typed || s.draft.Policy == ""
	v.gaps(s.draft.Reason)
	v.note.Set(s.draft.Note)
	v.saveable(s.draft.Note)
	for verdict, button := range v.buttons {
		button.Hidden = !slices.Contains(s.verdicts, verdict)
		why := s.choice(verdict).Why
		switch {
		case why != "":
			button.Disable(v.why(why))
		case s.guarded:
			button.Disable("")
		default:
			button.Enable()
		}
	}
	for _, button := range []*kit.Button{v.skip, v.hand} {
		if s.passes && !s.guarded {
			button.Enable()
		} else {
			button.Disable("")
		}
	}
	v.armed, v.agrees = s.draft.Verdict, s.verdicts[0]
	v.prepare.Hidden = v.armed == v.agrees || s.guarded
	v.arming.Set(v.book.T("review.arming", v.book.Action(v.armed), keysOf[v.armed]))
	v.box.Refresh()
}

// why says in a few words why a verdict is not to be had.
func (v *verdictColumn) why(code fault.Code) string {
	key := "review.why_" + string(code)
	if !v.book.Has(key) {
		return ""
	}
	return v.book.T(key)
}

// gaps names the placeholders that keep a message from being sent.
func (v *verdictColumn) gaps(text string) {
	said := ""
	if left := review.Placeholders(text); len(left) > 0 && !v.reason.Hidden {
		said = v.book.T("review.gaps", strings.Join(left, " "))
	}
	if said == v.lack.Text() && v.lack.Hidden == (said == "") {
		return
	}
	v.lack.Hidden = said == ""
	v.lack.Set(said)
	v.box.Refresh()
}

// saveable shows the note and its button only as far as they are wanted: for
// posts the field comes with the key.
func (v *verdictColumn) saveable(text string) {
	open := v.kind == moderation.KindBrand || v.wanted || text != ""
	empty := strings.TrimSpace(text) == ""
	if v.note.Hidden == !open && v.save.Hidden == empty {
		return
	}
	v.note.Hidden, v.save.Hidden, v.noteKey.Hidden = !open, empty, open
	v.box.Refresh()
}

// focus puts the cursor into a field.
func (v *verdictColumn) focus(f review.Field) {
	switch f {
	case review.PolicyField:
		v.reveal(v.policy)
		if c := kit.CanvasOf(v.policy); c != nil {
			c.Focus(v.policy)
		}
		v.policy.Open()
	case review.ReasonField:
		v.reveal(v.reason)
		v.reason.Focus()
	case review.NoteField:
		v.wanted = true
		v.saveable(v.note.Text())
		v.reveal(v.note)
		v.note.Focus()
	}
}

// reveal scrolls to a field, in a window too low for all of them.
func (v *verdictColumn) reveal(field fyne.CanvasObject) {
	v.lower.Refresh()
	v.lower.To(offsetIn(field, v.fields))
}

// commit is the key that works inside fields: it gives the verdict that the
// fields speak of, and in the note alone it saves the note.
func (v *verdictColumn) commit() {
	if v.note.Focused() && !v.reason.Focused() && v.armed == v.agrees {
		v.acts.saveNote()
		return
	}
	v.acts.submit()
}

// left forgets what was only meant for the item before.
func (v *verdictColumn) left() {
	v.wanted = false
	v.shut()
	if c := kit.CanvasOf(v.box); c != nil {
		c.Unfocus()
	}
}

// shut closes the lists that float above the window.
func (v *verdictColumn) shut() {
	v.policy.Close()
	v.menu.Close()
}

func (v *verdictColumn) setFoot(text string) { v.foot.Set(text) }

// setOpinion shows what speaks for which verdict: above, scrolling where there
// is no room for all of it, and what stays in sight below that. Either may be nil.
func (v *verdictColumn) setOpinion(above, stays fyne.CanvasObject) {
	v.pinned.Objects = nil
	if stays != nil {
		v.pinned.Objects = []fyne.CanvasObject{stays}
	}
	v.pinned.Hidden = stays == nil
	if above == nil {
		above = kit.Fixed(0, 0, nil)
	}
	v.judging.above = above
	v.side.Objects[0] = kit.NewScroll(kit.Pad(0, sideInset, 0, sideInset, above))
	v.side.Refresh()
}

// sideInset is the room at both edges of the decision column.
const sideInset = look.S4 + 3

// sideLayout puts the opinion at the top as tall as it is or as there is room, the
// fields right under it, then the verdicts, and the foot at the bottom. What a low
// window has no room for scrolls; the verdicts always stand there whole.
type sideLayout struct{ above, fields fyne.CanvasObject }

func (l *sideLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(200, 400) }

// leastOpinion is the height that the opinion keeps beside fields that would like all.
const leastOpinion = 96

func (l *sideLayout) Layout(o []fyne.CanvasObject, s fyne.Size) {
	w := s.Width - 2*sideInset
	feet := kit.HeightFor(o[3], w)
	fields, givers := float32(0), float32(0)
	if o[1].Visible() {
		fields, givers = kit.HeightFor(l.fields, w), kit.HeightFor(o[2], s.Width)
	}
	room := s.Height - 4*look.S4 - feet - givers
	opinion := float32(0)
	if l.above != nil {
		opinion = kit.HeightFor(l.above, w)
	}
	opinion = min(opinion, max(min(leastOpinion, room/3), room-fields))
	fields = max(0, min(fields, room-opinion))
	put := func(i int, x, y, w, h float32) {
		o[i].Move(fyne.NewPos(x, y))
		o[i].Resize(fyne.NewSize(w, h))
	}
	put(0, 0, look.S4, s.Width, opinion)
	put(1, 0, look.S4+opinion+look.S4, s.Width, fields)
	put(2, 0, look.S4+opinion+look.S4+fields, s.Width, givers)
	put(3, sideInset, s.Height-look.S4-feet, w, feet)
}
