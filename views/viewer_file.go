package views

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"cinnabar/assets"
	"cinnabar/internal/fault"
	"cinnabar/internal/people"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// factLine is a line of a name and a value. Long values go on below.
func factLine(name, value string) fyne.CanvasObject {
	return kit.TopRow(look.S2, kit.Fixed(72, 0, kit.NewText(name, kit.Style{Ink: look.SecondInk, Shrink: true})), kit.Grow(kit.NewParagraph(value, kit.Plain)))
}

func (p *viewerPanel) drawFile() {
	b, m := p.v.book, p.meta
	var lines []fyne.CanvasObject
	add := func(key, value string) {
		if value != "" {
			lines = append(lines, factLine(b.T(key), clip(oneLine(value), 120)))
		}
	}
	if m.Width > 0 {
		add("viewer.size", b.T("viewer.size_of", b.Number(m.Width), b.Number(m.Height), megapixels(m.Width, m.Height)))
	}
	add("viewer.format", joinDots(b, []string{m.Format, bytesOf(int64(m.Bytes))}))
	switch {
	case m.Orientation == 2 || m.Orientation == 4 || m.Orientation == 5 || m.Orientation == 7:
		add("viewer.orientation", b.T("viewer.flipped"))
	case m.Orientation > 1:
		add("viewer.orientation", b.T("viewer.turned"))
	case m.Width > 0:
		add("viewer.orientation", b.T("viewer.upright"))
	}
	switch profile := strings.TrimSpace(m.Profile); {
	case profile == "" && m.Width > 0:
		add("viewer.colours", b.T("viewer.no_profile"))
	case strings.HasPrefix(strings.ToLower(profile), "srgb"):
		add("viewer.colours", b.T("viewer.srgb"))
	case profile != "" && !slices.Contains(m.Notes, "colour_not_managed"):
		add("viewer.colours", b.T("viewer.converted", profile))
	default:
		add("viewer.colours", profile)
	}
	add("viewer.camera", m.Camera)
	add("viewer.lens", m.Lens)
	if !m.Taken.IsZero() {
		// A camera's clock knows no zone as a rule: what it said is shown as it said it.
		add("viewer.taken", m.Taken.Format("2006-01-02 15:04"))
	}
	add("viewer.software", m.Software)
	if m.Made != "" {
		made := m.Made
		if b.Has("viewer.made_" + m.Made) {
			made = b.T("viewer.made_" + m.Made)
		}
		add("viewer.made", made)
	}
	if m.Credentials {
		lines = append(lines, kit.NewParagraph(b.T("viewer.credentials"), kit.Small))
	}
	for _, n := range m.Notes {
		if b.Has("viewer.note_" + n) {
			lines = append(lines, kit.NewParagraph(b.T("viewer.note_"+n), kit.Style{Size: look.Caption, Ink: look.AmberInk}))
		}
	}
	if m.Camera != "" || m.Lens != "" || m.Software != "" || !m.Taken.IsZero() || m.HasPlace || m.Made != "" {
		lines = append(lines, kit.NewParagraph(b.T("viewer.anybody"), kit.Small))
	}
	p.put(p.file, lines...)
}

// mayAskPlace reports whether the person's role may look up places; of whose pictures
// the database decides.
func mayAskPlace(r people.Role) bool {
	return r == people.Moderator || r == people.Lead || r == people.Marketer
}

// drawPlace says that there is a place, and no more.
func (p *viewerPanel) drawPlace(id assets.ID) {
	b := p.v.book
	p.shows = nil
	if !p.meta.HasPlace {
		p.put(p.place)
		return
	}
	head, says := kit.NewText(b.T("viewer.place"), kit.Section), kit.NewParagraph(b.T("viewer.has_place"), kit.Plain)
	if !mayAskPlace(p.v.cfg.Me.Role) {
		p.put(p.place, head, says, kit.NewParagraph(b.T("viewer.place_not_yours"), kit.Small))
		return
	}
	p.shows = kit.NewButton(kit.ButtonConfig{Text: b.T("viewer.show_place"), Icon: look.IconEye, Key: "L", Press: func() { p.lookUp(id) }})
	p.put(p.place, head, says, p.shows)
}

// askPlace presses the button, if there is one.
func (p *viewerPanel) askPlace() {
	if p.shows != nil {
		p.shows.Press()
	}
}

// lookUp shows the place once the record has a row that says who looked. Where that row
// could not be written, nothing is shown.
func (p *viewerPanel) lookUp(id assets.ID) {
	b := p.v.book
	if p.asked == "" {
		p.asked = p.v.newID()
	}
	request := p.asked
	p.shows.Disable("")
	head, says := kit.NewText(b.T("viewer.place"), kit.Section), kit.NewParagraph(b.T("viewer.has_place"), kit.Plain)
	p.places.ask(func(ctx context.Context) (PicturePlace, error) { return p.v.cfg.Facts.Files.Place(ctx, request, id) }, func(at PicturePlace, err error) {
		if err == nil {
			p.shows = nil
			p.put(p.place, head, kit.NewParagraph(degrees(b, at), kit.Strong), kit.NewParagraph(b.T("viewer.place_recorded"), kit.Small))
			return
		}
		reason := p.trouble(err)
		if code := fault.CodeOf(err); code == fault.NotFound || code == fault.NoRight {
			p.shows = nil
			p.put(p.place, head, says, kit.NewParagraph(b.T("viewer.place_not_yours"), kit.Small))
			return
		}
		p.shows.Enable()
		p.put(p.place, head, says, p.shows, reason)
	})
}

// degrees writes a place to about a metre.
func degrees(b *words.Book, at PicturePlace) string {
	write := func(v float64, plus, minus string) string {
		key := plus
		if v < 0 {
			key = minus
		}
		return b.T(key, strconv.FormatFloat(math.Abs(v), 'f', 5, 64))
	}
	return write(at.Latitude, "viewer.north", "viewer.south") + "  " + write(at.Longitude, "viewer.east", "viewer.west")
}

// bytesOf writes the size of a file, "" for none.
func bytesOf(n int64) string {
	switch {
	case n <= 0:
		return ""
	case n < 1<<20:
		return strconv.FormatInt((n+1023)/1024, 10) + " kB"
	}
	return strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64) + " MB"
}

func megapixels(w, h int) string {
	mp := float64(w) * float64(h) / 1e6
	if mp < 1 {
		return strconv.FormatFloat(mp, 'f', 2, 64)
	}
	return strconv.FormatFloat(mp, 'f', 1, 64)
}

// trimmed writes a percentage with as many digits as it needs.
func trimmed(percent float32) string {
	if percent < 10 {
		return strconv.FormatFloat(float64(percent), 'f', 1, 32)
	}
	return strconv.FormatFloat(float64(percent), 'f', 0, 32)
}
