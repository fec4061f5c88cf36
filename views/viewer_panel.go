package views

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"github.com/google/uuid"

	"cinnabar/assets"
	"cinnabar/internal/fault"
	"cinnabar/internal/people"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// viewerPanel says what is known of a picture beside its pixels.
type viewerPanel struct {
	v      *viewer
	scroll *kit.Scroll

	file, place, code, seen *fyne.Container
	shows                   *kit.Button // asks for the place; nil where there is none to ask for

	metas  latest[PictureMeta]
	places latest[PicturePlace]
	finds  latest[[]assets.Code]
	looks  latest[sightings]

	meta  PictureMeta
	codes []assets.Code
	// asked names the look at a place, so that asking again after a broken link leaves
	// one row in the record and not two.
	asked string
}

// sightings are the places where a picture was seen, besides where it is looked at.
type sightings struct {
	list   []assets.Sighting
	hidden int  // places that this person is not told of
	first  bool // it was seen here before it was seen anywhere else
	alone  bool // it was not compared with others, and is found under its own bytes alone
}

func newViewerPanel(v *viewer) *viewerPanel {
	c := v.cfg
	p := &viewerPanel{v: v, file: kit.Stack(look.S1 + 2), place: kit.Stack(look.S2), code: kit.Stack(look.S2), seen: kit.Stack(look.S2),
		metas: latest[PictureMeta]{loop: c.Loop, run: c.Go}, places: latest[PicturePlace]{loop: c.Loop, run: c.Go},
		finds: latest[[]assets.Code]{loop: c.Loop, run: c.Go}, looks: latest[sightings]{loop: c.Loop, run: c.Go}}
	b := v.book
	section := func(key string, body *fyne.Container) fyne.CanvasObject {
		return kit.Stack(look.S2, kit.NewText(b.T(key), kit.Section), body)
	}
	var parts []fyne.CanvasObject
	if c.Facts.Files != nil {
		parts = append(parts, section("viewer.file", p.file), p.place)
	}
	if c.Facts.Codes != nil {
		parts = append(parts, section("viewer.codes", p.code))
	}
	if c.Facts.Sightings != nil {
		parts = append(parts, section("viewer.seen", p.seen))
	}
	if c.Videos > 0 {
		parts = append(parts, kit.NewParagraph(b.T("viewer.videos", c.Videos), kit.Small))
	}
	p.scroll = kit.NewScroll(kit.Pad(look.S5, look.S4, look.S5, look.S4, kit.Stack(look.S5, parts...)))
	return p
}

func (p *viewerPanel) close() {
	p.metas.drop()
	p.places.drop()
	p.finds.drop()
	p.looks.drop()
}

// busy reports whether an answer is on its way.
func (p *viewerPanel) busy() bool { return p.metas.out || p.places.out || p.finds.out || p.looks.out }

// show asks about a picture. What comes for the one before is dropped.
func (p *viewerPanel) show(id assets.ID) {
	p.close()
	p.meta, p.codes, p.shows, p.asked = PictureMeta{}, nil, nil, ""
	f, b := p.v.cfg.Facts, p.v.book
	for _, c := range []*fyne.Container{p.file, p.code, p.seen} {
		p.put(c, kit.NewText(b.T("viewer.reading"), kit.Second))
	}
	p.put(p.place)
	if id == "" {
		for _, c := range []*fyne.Container{p.file, p.code, p.seen} {
			p.put(c, kit.NewText(b.T("common.none"), kit.Second))
		}
		return
	}
	if f.Files != nil {
		p.metas.ask(func(ctx context.Context) (PictureMeta, error) { return f.Files.Meta(ctx, id) }, func(m PictureMeta, err error) {
			if err != nil {
				p.put(p.file, p.trouble(err))
				return
			}
			p.meta = m
			p.v.picture.Known(id, m.Width, m.Height)
			p.drawFile()
			p.drawPlace(id)
			p.v.lay()
			p.v.say()
		})
	}
	if f.Codes != nil {
		p.finds.ask(func(ctx context.Context) ([]assets.Code, error) {
			return f.Codes.Codes(assets.WithPriority(ctx, assets.NextScreen), id)
		}, func(list []assets.Code, err error) {
			if err != nil {
				p.put(p.code, p.trouble(err))
				return
			}
			p.codes = list
			p.drawCodes()
			p.v.lay()
		})
	}
	if f.Sightings != nil {
		p.looks.ask(func(ctx context.Context) (s sightings, err error) {
			list, total, err := f.Sightings.Seen(ctx, id)
			s.hidden = max(0, total-len(list))
			for _, one := range list {
				if one.ID == p.v.cfg.Here && one.ID != "" {
					s.first = s.first || one.First
					continue
				}
				s.list = append(s.list, one)
			}
			if err == nil {
				var compared bool
				compared, err = f.Sightings.Compared(ctx, id)
				s.alone = !compared
			}
			return s, err
		}, func(s sightings, err error) {
			caution := kit.NewParagraph(b.T("viewer.seen_caution"), kit.Small)
			if err != nil {
				p.put(p.seen, p.trouble(err), caution)
				return
			}
			p.put(p.seen, append(p.sightings(s), caution)...)
		})
	} else {
		p.put(p.seen)
	}
}

func (p *viewerPanel) put(into *fyne.Container, objects ...fyne.CanvasObject) {
	into.Objects = objects
	into.Hidden = len(objects) == 0 // or it would leave a gap
	if p.scroll != nil {
		p.scroll.Refresh()
	}
}

// trouble says why something is not known, and what to do.
func (p *viewerPanel) trouble(err error) fyne.CanvasObject {
	what, next := p.v.book.Error(err)
	return kit.NewParagraph(joined(p.v.book, what, next), kit.Style{Ink: look.AmberInk})
}

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
	add("viewer.format", joinDots(b, []string{m.Format, bytesOf(m.Bytes)}))
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

func (p *viewerPanel) drawCodes() {
	b := p.v.book
	if len(p.codes) == 0 {
		p.put(p.code, kit.NewParagraph(b.T("viewer.no_codes"), kit.Second))
		return
	}
	var lines []fyne.CanvasObject
	for i, c := range p.codes {
		text := clip(c.Text, 300)
		if strings.TrimSpace(text) == "" {
			text = b.T("viewer.code_empty")
		}
		key := ""
		if i == 0 {
			key = "Y"
		}
		point := kit.NewPress(kit.NewParagraph(text, kit.Plain), look.S1, func() { p.v.picture.PointTo(c.Box) })
		lines = append(lines, point, kit.Row(0, kit.NewButton(kit.ButtonConfig{Text: b.T("viewer.copy"), Icon: look.IconCopy, Key: key, Press: func() { p.copy(c.Text) }}), kit.Gap()))
	}
	p.put(p.code, append(lines, kit.NewParagraph(b.T("viewer.code_caution"), kit.Small))...)
}

// copy puts a text on the clipboard.
func (p *viewerPanel) copy(text string) {
	fyne.CurrentApp().Clipboard().SetContent(text)
	p.v.cfg.Notify.Note(kit.Neutral, p.v.book.T("viewer.copied"), "")
}

// mostSightings is how many are listed.
const mostSightings = 6

func (p *viewerPanel) sightings(s sightings) []fyne.CanvasObject {
	b := p.v.book
	if len(s.list) == 0 && s.hidden == 0 {
		none := "viewer.seen_none"
		if s.alone {
			none = "viewer.seen_alone"
		}
		return []fyne.CanvasObject{kit.NewParagraph(b.T(none), kit.Second)}
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
			lines = append(lines, kit.Row(0, kit.NewButton(kit.ButtonConfig{Text: b.T("viewer.seen_compare"), Press: func() { p.v.compareWith(one) }}), kit.Gap()))
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

func (v *viewer) newID() string {
	if v.cfg.NewID != nil {
		return v.cfg.NewID()
	}
	return uuid.NewString()
}

// bytesOf writes the size of a file, "" for none.
func bytesOf(n int) string {
	switch {
	case n <= 0:
		return ""
	case n < 1<<20:
		return strconv.Itoa((n+1023)/1024) + " kB"
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
