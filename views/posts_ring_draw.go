package views

import (
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/moderation/rings"
	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// draw lays the page out as it stands.
func (r *ringPage) draw() {
	b := r.book
	up, why := r.desk.hand.Link()
	back := kit.ButtonConfig{Text: b.T("common.back"), Key: "G", Press: r.done}
	switch {
	case r.err != nil && fault.CodeOf(r.err) == fault.NotFound:
		r.box.Objects = []fyne.CanvasObject{kit.NewState(kit.State{Icon: look.IconCheck, Tone: kit.Jade, What: b.T("ring.gone"), Next: b.T("ring.gone_next"), Action: back})}
	case r.err != nil:
		what, next := b.Error(r.err)
		r.box.Objects = []fyne.CanvasObject{kit.NewState(kit.State{Icon: look.IconOffline, Tone: kit.Amber, What: what, Next: next,
			Action: kit.ButtonConfig{Text: b.T("common.retry"), Press: r.read}})}
	case r.standing == nil && !up:
		what, next := b.Error(why)
		r.box.Objects = []fyne.CanvasObject{kit.NewState(kit.State{Icon: look.IconOffline, Tone: kit.Amber, What: what, Next: next, Action: back})}
	case r.standing == nil:
		r.box.Objects = []fyne.CanvasObject{kit.Columns(look.QueueWidth, look.DecisionWidth, newSkeletonRows(), skeletonSubject(), kit.NewGround(look.Surface, 0, kit.Fixed(0, 0, nil)))}
	default:
		r.page(up)
	}
	r.box.Refresh()
}

// page draws the ring, and of its posts only those anew that are not as they were: a long
// list would stop the window at every mark.
func (r *ringPage) page(up bool) {
	r.rows = nil
	var parts []fyne.CanvasObject
	members := r.standing.Members
	for i, m := range members[:min(r.shown, len(members))] {
		if i > 0 {
			parts = append(parts, kit.NewRule())
		}
		_, held := r.leases[m.Case.ID]
		state := fmt.Sprint(r.book.Language(), held, r.out[m.Post.ID], m.State, r.why(m))
		had := r.drawn[m.Post.ID]
		if had == nil || had.state != state {
			had = &drawnRow{state, r.row(i, m)}
			r.drawn[m.Post.ID] = had
		}
		had.press.Choose(i == r.at)
		r.rows = append(r.rows, had.press)
		parts = append(parts, had.press)
	}
	if rest := len(members) - r.shown; rest > 0 {
		parts = append(parts, kit.Row(0, kit.NewButton(kit.ButtonConfig{Text: r.book.T("ring.show_more", r.book.Number(rest)), Weight: kit.Quiet, Press: func() {
			r.shown += ringStep
			r.draw()
		}}), kit.Gap()))
	}
	if r.list == nil {
		r.list = kit.Stack(0)
		r.scroll = kit.NewScroll(kit.Pad(look.S4, subjectInset, look.S5, subjectInset, r.list))
	}
	r.list.Objects = parts
	r.scroll.Refresh()
	focused := r.words != nil && r.words.Focused()
	r.box.Objects = []fyne.CanvasObject{kit.Columns(look.QueueWidth, look.DecisionWidth, r.overview(), r.scroll, r.side(up))}
	if focused {
		r.words.Focus()
	}
}

// drawnRow is a member as it was drawn, and what that was made of.
type drawnRow struct {
	state string
	press *kit.Press
}

// overview is what the ring shares, when its posts came and where they stand.
func (r *ringPage) overview() fyne.CanvasObject {
	b, s := r.book, r.standing
	parts := []fyne.CanvasObject{
		kit.Row(0, kit.NewButton(kit.ButtonConfig{Text: b.T("common.back"), Key: "G", Press: r.done}), kit.Gap()),
		kit.NewParagraph(ringTitle(b, s), kit.PageTitle),
		kit.NewParagraph(b.T("ring.says"), kit.Small),
		kit.NewRule(),
		kit.NewText(b.T("ring.shared"), kit.Section),
	}
	for _, run := range s.Runs[:min(6, len(s.Runs))] {
		parts = append(parts, kit.Row(look.S2, kit.Grow(kit.NewParagraph(ringShares(b, []rings.Share{run}), kit.Plain)),
			kit.NewText(b.T("ring.in_posts", b.Number(run.Posts)), kit.Small)))
	}
	if slices.ContainsFunc(s.Runs, func(run rings.Share) bool { return run.Channel == rings.Channel{} }) {
		parts = append(parts, kit.Row(look.S2, kit.NewPill(b.T("ring.mark_same"), kit.Indigo), kit.NewPill(b.T("ring.mark_swapped"), kit.Amber), kit.Gap()))
	}
	if bars := ringDays(b, s); bars != nil {
		parts = append(parts, kit.NewRule(), kit.NewText(b.T("ring.when"), kit.Section), kit.NewBars(110, bars...))
		if !s.First.IsZero() && s.Last.After(s.First) {
			parts = append(parts, kit.NewParagraph(b.T("ring.within", b.Span(s.Last.Sub(s.First))), kit.Small))
		}
	}
	parts = append(parts, kit.NewRule(), kit.NewText(b.T("ring.stands"), kit.Section))
	for _, state := range rings.States() {
		if n := s.Counts[state]; n > 0 {
			parts = append(parts, kit.Row(look.S2, ringPill(b, rings.Member{State: state}), kit.Gap(), kit.NewText(b.Number(n), kit.Figure)))
		}
	}
	return kit.NewGround(look.Paper, 0, kit.Row(0, kit.Grow(tall{kit.NewScroll(kit.Pad(look.S4, look.S4, look.S4, look.S4, kit.Stack(look.S2+2, parts...)))}.box()), tall{kit.NewRule()}.box()))
}

// row is one member: whether it is in, who wrote it, and its words with what it shares.
func (r *ringPage) row(i int, m rings.Member) *kit.Press {
	b := r.book
	_, held := r.leases[m.Case.ID]
	body, marks := excerpt(m.Post, r.standing.Evidence(m.Post.ID), 220)
	words := newMarkedText(b, kit.Plain, body, marks, 400, func() {})
	parts := []fyne.CanvasObject{ringHead(b, m)}
	if t := strings.TrimSpace(m.Post.Title); t != "" {
		parts = append(parts, kit.NewText(oneLine(t), kit.Style{Bold: true, Shrink: true}))
	}
	parts = append(parts, words.box)
	if why := r.why(m); why != "" {
		parts = append(parts, kit.NewParagraph(why, kit.Style{Size: look.Caption, Ink: look.AmberInk}))
	}
	press := kit.NewPress(kit.Pad(look.S3, look.S2, look.S3, look.S2, kit.TopRow(look.S3, top(tick(held && !r.out[m.Post.ID], held)), kit.Grow(kit.Stack(look.S1, parts...)))), 0, func() {
		if c := kit.CanvasOf(r.list); c != nil {
			c.Unfocus() // whoever was typing gets the keys back
		}
		r.toggle(i)
	})
	return press
}

// why says why a member that waits can't be chosen.
func (r *ringPage) why(m rings.Member) string {
	if m.State != rings.StateOpen {
		return ""
	}
	if f := r.left[m.Case.ID]; f != nil {
		return r.book.Sentence(f)
	}
	if _, held := r.leases[m.Case.ID]; !held && r.claimed {
		if m.Case.KeptFrom(r.desk.cfg.Me.Login, r.standing.Now) {
			return r.book.T("review.held_by", m.Case.Holder)
		}
		return r.book.T("ring.not_held")
	}
	return ""
}

// tick is a box with a mark in it, or without; none where there is nothing to choose.
func tick(on, free bool) fyne.CanvasObject {
	const side = 18
	switch {
	case !free:
		return kit.Fixed(side, side, kit.NewSymbol(look.IconMinus, look.SecondInk, 14))
	case on:
		return kit.Fixed(side, side, kit.NewGround(look.Ink, look.SmallRadius, kit.PadAll(2, kit.NewSymbol(look.IconCheck, look.Surface, 14))))
	}
	return kit.Fixed(side, side, kit.NewGround(look.Line, look.SmallRadius, kit.PadAll(1, kit.NewGround(look.Surface, look.SmallRadius, kit.Fixed(0, 0, nil)))))
}

// side is the decision over all that are chosen.
func (r *ringPage) side(up bool) fyne.CanvasObject {
	b := r.book
	n, of := len(r.chosen()), len(r.free())
	r.count = kit.NewText(b.T("ring.chosen", b.Number(n), b.Number(of)), kit.Style{Size: look.Title, Bold: true, Shrink: true})
	all := b.T("ring.all_out")
	if n == 0 {
		all = b.T("ring.all_in")
	}
	r.all = kit.NewButton(kit.ButtonConfig{Text: all, Weight: kit.Quiet, Press: r.toggleAll})
	lang := string(b.Language())
	var options []kit.Option
	for _, p := range r.grounds() {
		title := p.Title[lang]
		if title == "" {
			title = p.Title["en"]
		}
		options = append(options, kit.Option{ID: p.Code, Text: p.Code + " " + title, More: p.Source})
	}
	if r.pick != nil {
		r.pick.Close()
	}
	r.pick = kit.NewSelect(b.T("posts.policy"), b.T("common.choose"))
	r.pick.Picked = func(code string) { r.policy = code }
	r.pick.Set(options, r.policy)
	if r.words == nil {
		r.words = kit.NewField(kit.FieldConfig{Label: b.T("review.note"), Placeholder: b.T("review.note_hint"), Lines: 2})
		r.words.Changed = func(s string) { r.note = s }
		r.words.Set(r.note)
	}
	r.label = kit.NewButton(kit.ButtonConfig{Text: b.T("ring.label", b.Number(n)), Key: "A", Weight: kit.Primary, Press: func() { r.decide(moderation.RequireLabel) }})
	r.clear = kit.NewButton(kit.ButtonConfig{Text: b.T("ring.clear", b.Number(n)), Key: "R", Press: func() { r.decide(moderation.Clear) }})
	said := b.T("ring.foot")
	switch {
	case !up:
		said = b.T("ring.offline")
	case r.sending:
		said = b.T("ring.sending")
	case !r.desk.cfg.Me.Decides():
		said = b.T("ring.reader")
	case of == 0:
		said = b.T("ring.nothing_free")
	}
	if rest := r.beyond(); rest > 0 {
		said = b.T("ring.beyond", b.Number(rest)) + " " + said
	}
	r.notice = kit.NewParagraph(said, kit.Small)
	if n == 0 || r.sending || !up {
		r.label.Disable("")
		r.clear.Disable("")
	}
	if of == 0 || r.sending {
		r.all.Disable("")
	}
	caps := kit.Row(look.S1, kit.NewKeycap("J"), kit.NewKeycap("K"), kit.NewText(b.T("shell.keys_move"), kit.Small),
		kit.Fixed(look.S2, 0, nil), kit.NewKeycap("X"), kit.NewText(b.T("ring.key_take"), kit.Small), kit.Gap())
	content := kit.Stack(look.S3, kit.Row(look.S2, kit.Grow(r.count), r.all), r.pick,
		kit.NewParagraph(b.T("ring.letters"), kit.Small), r.words, kit.Stack(look.S2, r.label, r.clear), r.notice, kit.NewRule(), caps)
	return kit.NewGround(look.Surface, 0, kit.Row(0, tall{kit.NewRule()}.box(), kit.Grow(tall{kit.NewScroll(kit.Pad(look.S4, sideInset, look.S4, sideInset, content))}.box())))
}
