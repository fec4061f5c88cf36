package views

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cinnabar/assets"
	"cinnabar/campaigns"
	"cinnabar/internal/fault"
	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// pictureSide is the right column: what it comes to, what would be better, where the
// picture was seen, and what can be done.
type pictureSide struct {
	p      *Pictures
	body   *fyne.Container
	foot   *fyne.Container
	use    *kit.Button
	draws  *kit.Button
	folder *kit.Button
	export *kit.Button
	room   *fyne.Container
}

func newPictureSide(p *Pictures) *pictureSide {
	b := p.book
	s := &pictureSide{p: p, body: kit.Stack(look.S5)}
	s.use = kit.NewButton(kit.ButtonConfig{Text: b.T("pictures.use_suggested"), Key: "A", Weight: kit.Primary, Press: p.useSuggested})
	s.draws = kit.NewButton(kit.ButtonConfig{Text: b.T("pictures.draw"), Key: "D", Press: p.draw})
	s.folder = kit.NewButton(kit.ButtonConfig{Text: b.T("pictures.folder"), Key: "F", Press: p.askFolder})
	s.export = kit.NewButton(kit.ButtonConfig{Text: b.T("pictures.export"), Key: "E", Press: p.askExport})
	s.foot = kit.Stack(look.S2)
	s.room = container.NewStack(kit.Stack(0, kit.Grow(kit.NewScroll(kit.Pad(look.S5, look.S4+3, look.S4, look.S4+3, s.body))),
		kit.NewGround(look.Surface, 0, kit.Pad(look.S3, look.S4+3, look.S4+3, look.S4+3, s.foot))))
	return s
}

func (s *pictureSide) content() fyne.CanvasObject { return s.room }

func (s *pictureSide) draw() {
	p, w, b := s.p, s.p.work, s.p.book
	s.body.Objects, s.foot.Objects = nil, nil
	if w != nil {
		s.body.Add(kit.Stack(look.S2+2, kit.NewText(b.T("pictures.this"), kit.Section), kit.NewParagraph(p.sentence(), kit.Plain), s.slotPart()))
		if !w.loose() {
			s.body.Add(s.seenPart())
		}
		if p.draws() && !w.loose() && !w.now.Dropped {
			s.body.Add(kit.Row(0, kit.NewButton(kit.ButtonConfig{Text: b.T("pictures.drop"), Key: "X", Weight: kit.Quiet, Press: p.drop}), kit.Gap()))
		}
		if notice := s.notice(); notice != nil {
			s.foot.Add(notice)
		}
	}
	if w != nil && (p.draws() || p.cfg.Me.Plans()) {
		worth := false
		for i := range p.known.Slots {
			worth = worth || w.worth(i)
		}
		if p.draws() && worth {
			s.use.Enable()
		} else {
			s.use.Disable("")
		}
		if p.draws() {
			s.draws.Enable()
		} else {
			s.draws.Disable("")
		}
		text := "pictures.draw"
		if p.viewer.Drawing() {
			text = "pictures.draw_here"
		}
		s.draws.Set(b.T(text))
		s.foot.Objects = append(s.foot.Objects, s.use, s.draws)
	}
	if w != nil && w.loose() && p.adds() {
		s.foot.Add(kit.NewButton(kit.ButtonConfig{Text: b.T("pictures.add_this"), Key: "N", Press: p.addLoose}))
	}
	if w != nil && w.broken == nil {
		s.foot.Add(s.export)
	}
	s.foot.Add(s.folder)
	s.foot.Refresh()
	s.body.Refresh()
	s.room.Refresh()
}

// sentence says what the creative comes to in all slots, and the nearest way to lose less.
func (p *Pictures) sentence() string {
	b, w := p.book, p.work
	slots := p.known.Slots
	var lost, label, unclear int
	for _, c := range w.checks {
		switch c.Verdict {
		case assets.Lost:
			lost++
			if slices.ContainsFunc(c.Findings, func(f assets.Finding) bool { return f.Verdict == assets.Lost && p.isLabel(f.Region) }) {
				label++
			}
		case assets.CannotTell:
			unclear++
		}
	}
	n := len(slots)
	var out string
	switch {
	case w.broken != nil || len(w.checks) == 0:
		return b.T("pictures.says_nothing")
	case label > 0 && label == lost:
		out = b.T("pictures.says_label", label, n)
	case label > 0:
		out = b.T("pictures.says_lost_label", lost, n, label)
	case lost > 0:
		out = b.T("pictures.says_lost", lost, n)
	case unclear == n:
		return b.T("pictures.says_unclear_all")
	case unclear > 0:
		out = b.T("pictures.says_unclear", unclear, n)
	default:
		out = b.T("pictures.says_fine", n)
	}
	if i := p.advised(); i >= 0 {
		s := w.advice[i]
		key := "pictures.says_move"
		if !s.keeps {
			key = "pictures.says_move_best"
		}
		own := slots[i].Crop(p.pixels())
		out = joined(b, out, b.T(key, b.CropMove(own, s.box), b.SlotName(slots[i])))
	}
	return out
}

func (p *Pictures) pixels() (w, h int) { return p.work.now.Width, p.work.now.Height }

func (p *Pictures) isLabel(name string) bool {
	i := p.work.find(name)
	return i >= 0 && p.work.now.Regions[i].Kind == assets.Label
}

// slotPart is the suggested crop with its checks, or the checks of the chosen slot.
func (s *pictureSide) slotPart() fyne.CanvasObject {
	p, w, b := s.p, s.p.work, s.p.book
	slots := p.known.Slots
	if len(w.checks) == 0 || w.broken != nil {
		return kit.Stack(0)
	}
	n, i, check, caption, edge := len(slots), w.slot, w.checks[w.slot], "pictures.as_cut", look.Line
	at := 2*n + i
	if best := p.advised(); best >= 0 {
		i, check, caption, edge = best, w.advice[best].check, "pictures.suggested", look.JadeInk
		at = n + best
	} else if _, own := w.now.Crops[slots[i].ID]; own {
		caption = "pictures.chosen"
	}
	slot := slots[i]
	cw, ch := fitted(slot, besideWidth, besideHeight)
	view := newCutView(cw, ch, slot.Round)
	view.set(w.of(at, i), edge)
	list := kit.Stack(3)
	for _, f := range check.Findings {
		sign, tone := look.IconCheck, kit.Jade
		switch {
		case f.Verdict == assets.Lost:
			sign, tone = look.IconCross, kit.Cinnabar
		case f.Verdict == assets.CannotTell || f.Warns:
			sign, tone = look.IconWarn, kit.Amber
		}
		list.Add(kit.TopRow(look.S1, top(kit.Fixed(13, 17, kit.NewSymbol(sign, tone.Ink(), 12))), kit.Grow(kit.NewParagraph(b.Finding(f), kit.Style{Size: look.Caption}))))
	}
	lines := []fyne.CanvasObject{kit.TopRow(look.S3, kit.Stack(look.S1, kit.Row(0, kit.Fixed(cw, ch, view), kit.Gap()),
		kit.NewText(b.T(caption, b.SlotName(slot)), kit.Small)), kit.Grow(list))}
	if crop, own := w.now.Crops[slots[w.slot].ID]; own {
		row := kit.Row(look.S2, kit.Grow(kit.NewParagraph(b.T("pictures.chosen_by", orDash(b, crop.By), b.SlotName(slots[w.slot])), kit.Small)))
		if p.draws() {
			row.Add(kit.NewButton(kit.ButtonConfig{Text: b.T("pictures.own_cut"), Weight: kit.Quiet, Press: p.ownCut}))
		}
		lines = append(lines, row)
	}
	return kit.Stack(look.S2, lines...)
}

// sightingsShown is how many places are listed.
const sightingsShown = 6

// seenPart says where else the picture was seen.
func (s *pictureSide) seenPart() fyne.CanvasObject {
	p, w, b := s.p, s.p.work, s.p.book
	part := kit.Stack(look.S2, kit.NewText(b.T("pictures.seen"), kit.Section))
	switch {
	case w.unseen != nil && fault.CodeOf(w.unseen) == fault.NotAllowedNow:
		part.Add(kit.NewParagraph(b.T("pictures.seen_not_yet"), kit.Second))
	case w.unseen != nil:
		what, next := b.Error(w.unseen)
		part.Add(kit.NewParagraph(joined(b, what, next), kit.Second))
	case w.seen == nil:
		part.Add(kit.NewParagraph(b.T("common.loading"), kit.Second))
	case w.seen.searched == 0:
		part.Add(kit.NewParagraph(b.T("pictures.seen_not_yet"), kit.Second))
	case len(w.seen.list) == 0:
		part.Add(kit.NewParagraph(b.T("pictures.seen_none", b.Number(w.seen.searched)), kit.Second))
	default:
		for _, x := range w.seen.list[:min(sightingsShown, len(w.seen.list))] {
			how := "pictures.seen_same"
			switch {
			case x.Same:
			case x.Mirrored:
				how = "pictures.seen_mirrored"
			case x.Cut:
				how = "pictures.seen_cut"
			default:
				how = "pictures.seen_like"
			}
			tone := look.SecondInk
			if x.First {
				tone = look.CinnabarInk
			}
			about := []string{b.T(how, x.Distance), b.Date(x.At)}
			if x.First {
				about = append(about, b.T("pictures.seen_first"))
			}
			line := kit.Stack(1, kit.NewText(joinDots(b, []string{b.T("pictures.place_" + string(x.Place)), x.Ref, x.By}), kit.Style{Shrink: true}),
				kit.NewText(joinDots(b, about), kit.Style{Size: look.Caption, Ink: tone, Shrink: true}))
			var picture fyne.CanvasObject = kit.Fixed(36, 36, nil)
			if x.Shown {
				small := kit.NewPicture(p.cfg.Gallery, true, look.SmallRadius)
				small.Set(x.Picture)
				picture = kit.Fixed(36, 36, small)
			}
			press := func() {
				if x.Shown && p.cfg.Gallery != nil {
					p.compare(x)
				}
			}
			part.Add(kit.NewPress(kit.Pad(3, 0, 3, 0, kit.Row(look.S2, picture, kit.Grow(line))), look.S2, press))
		}
		if more := len(w.seen.list) - sightingsShown; more > 0 {
			part.Add(kit.NewText(b.T("pictures.seen_more", more), kit.Small))
		}
		part.Add(kit.NewParagraph(b.T("pictures.seen_of", b.Number(w.seen.searched)), kit.Small))
	}
	return part
}

// compare lays a picture that was seen elsewhere over the creative, and takes it away
// again: where the two differ is bright.
func (p *Pictures) compare(x assets.Sighting) {
	if p.viewer.Other().ID == x.Picture {
		p.viewer.Against(kit.PictureRef{})
		p.viewer.Compare(kit.Alone)
		return
	}
	p.viewer.Against(kit.PictureRef{ID: x.Picture, Mirrored: x.Mirrored})
	p.viewer.Compare(kit.Difference)
}

// notice says what stands in the way of saving.
func (s *pictureSide) notice() fyne.CanvasObject {
	p, w, b := s.p, s.p.work, s.p.book
	var what, next string
	var act *kit.Button
	switch {
	case w.fault != nil && fault.CodeOf(w.fault) == fault.RuleChanged:
		what, next = b.T("pictures.changed"), b.T("pictures.changed_next")
		act = kit.NewButton(kit.ButtonConfig{Text: b.T("pictures.load"), Press: p.load})
	case w.fault != nil:
		what, next = b.Error(w.fault)
		act = kit.NewButton(kit.ButtonConfig{Text: b.T("common.retry"), Press: func() { w.fault = nil; p.save() }})
	case !p.up && !w.loose() && p.cfg.Me.Plans():
		what = b.T("pictures.offline")
	case w.now.State == campaigns.Closed && p.cfg.Me.Plans():
		what = b.T("pictures.closed")
	case w.now.Dropped:
		what = b.T("pictures.is_dropped")
	default:
		return nil
	}
	lines := kit.Stack(look.S2, kit.Stack(2, kit.NewParagraph(what, kit.Style{Bold: true, Ink: kit.Amber.Ink()})))
	if next != "" {
		lines.Add(kit.NewParagraph(next, kit.Plain))
	}
	if act != nil {
		lines.Add(act)
	}
	return kit.NewGround(kit.Amber.Tint(), look.Radius, kit.PadAll(look.S3, lines))
}
