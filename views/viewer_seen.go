package views

import (
	"fyne.io/fyne/v2"

	"cinnabar/assets"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// sightings are the places where a picture was seen, besides where it is looked at.
type sightings struct {
	list   []assets.Sighting
	hidden int  // places that this person is not told of
	first  bool // it was seen here before it was seen anywhere else
	// searched is among how many pictures was looked.
	searched int
	alone    bool // it was not compared with others, and is found under its own bytes alone
}

// mostSightings is how many are listed.
const mostSightings = 6

func (p *viewerPanel) sightings(s sightings) []fyne.CanvasObject {
	b := p.v.book
	if len(s.list) == 0 && s.hidden == 0 {
		none := b.T("viewer.seen_none", b.Number(s.searched))
		if s.alone {
			none = b.T("viewer.seen_alone")
		}
		return []fyne.CanvasObject{kit.NewParagraph(none, kit.Second)}
	}
	var lines []fyne.CanvasObject
	for i, one := range s.list {
		if i == mostSightings {
			lines = append(lines, kit.NewText(b.T("viewer.seen_more", len(s.list)-i), kit.Small))
			break
		}
		if i > 0 {
			lines = append(lines, kit.NewRule())
		}
		head := kit.Row(look.S2, kit.Grow(kit.NewText(joinDots(b, []string{placeName(b, one.Place), oneLine(one.Ref)}), kit.Style{Bold: true, Shrink: true})))
		if one.First {
			head.Add(kit.NewPill(b.T("viewer.seen_first"), kit.Amber))
		}
		how := []string{b.T("viewer.seen_distance", one.Distance)}
		if one.Same {
			how = []string{b.T("viewer.seen_same")}
		}
		if one.Mirrored {
			how = append(how, b.T("viewer.seen_mirrored"))
		}
		if one.Cut {
			how = append(how, b.T("viewer.seen_cut"))
		}
		when := ""
		if !one.At.IsZero() {
			when = b.ShortDay(one.At)
		}
		lines = append(lines, head, kit.NewParagraph(joinDots(b, []string{oneLine(one.By), when}), kit.Second), kit.NewParagraph(joinDots(b, how), kit.Small))
		switch {
		case !one.Shown:
			lines = append(lines, kit.NewText(b.T("viewer.seen_hidden"), kit.Small))
		case !one.Same:
			row := kit.Row(look.S2)
			if p.v.guest == nil { // the guest is set against the picture that it was found for
				row.Add(kit.NewButton(kit.ButtonConfig{Text: b.T("viewer.seen_compare"), Press: func() { p.v.compareWith(one) }}))
			}
			row.Add(kit.NewButton(kit.ButtonConfig{Text: b.T("viewer.seen_open"), Press: func() { p.v.visit(one) }}))
			row.Add(kit.Gap())
			lines = append(lines, row)
		}
	}
	if s.first {
		lines = append([]fyne.CanvasObject{kit.NewParagraph(b.T("viewer.seen_here_first"), kit.Style{Ink: look.JadeInk})}, lines...)
	}
	if s.hidden > 0 {
		lines = append(lines, kit.NewParagraph(b.T("viewer.seen_elsewhere_hidden", s.hidden), kit.Small))
	}
	return lines
}

func placeName(b *words.Book, p assets.Place) string {
	switch p {
	case assets.InPost:
		return b.T("viewer.in_post")
	case assets.InApplication:
		return b.T("viewer.in_application")
	case assets.InContract:
		return b.T("viewer.in_contract")
	case assets.InPortrait:
		return b.T("viewer.in_kol")
	}
	return string(p)
}
