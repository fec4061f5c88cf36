package views

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"github.com/google/uuid"

	"cinnabar/assets"
	"cinnabar/views/kit"
	"cinnabar/views/look"
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
		here := p.v.here()
		p.looks.ask(func(ctx context.Context) (s sightings, err error) {
			list, total, err := f.Sightings.Seen(ctx, id)
			s.hidden = max(0, total-len(list))
			for _, one := range list {
				if one.ID == here && one.ID != "" {
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
			if err == nil {
				s.searched, err = f.Sightings.Searched(ctx)
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

func (v *viewer) newID() string {
	if v.cfg.NewID != nil {
		return v.cfg.NewID()
	}
	return uuid.NewString()
}
