package views

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// picturePage is what fills the screen.
type picturePage uint8

const (
	sheetPage picturePage = iota
	browsePage
	folderPage
)

// show changes what fills the screen.
func (p *Pictures) show(page picturePage) {
	p.page = page
	p.build()
	p.retitle()
}

func (p *Pictures) retitle() {
	if p.cfg.Retitle != nil && p.shown {
		p.cfg.Retitle()
	}
}

// picturesSide is the width of the right column.
const picturesSide = look.DecisionWidth

// build makes the widgets in the language of the book.
func (p *Pictures) build() {
	b := p.book
	fill := func(o fyne.CanvasObject) {
		p.room.Objects = []fyne.CanvasObject{o}
		p.room.Refresh()
	}
	switch {
	case p.page == browsePage && p.browse != nil:
		fill(p.browse.content())
		return
	case p.page == folderPage && p.table != nil:
		fill(p.table.content())
		return
	}
	p.page = sheetPage
	if p.strip == nil || p.strip.book != b {
		p.strip, p.sheet, p.side = newCreativeStrip(p), newSheet(p), newPictureSide(p)
		p.legend, p.about = kit.Stack(0), kit.NewParagraph("", kit.Small)
	}
	switch {
	case p.known == nil && p.err != nil:
		fill(unread(b, p.err, p.Refresh))
		return
	case p.known == nil:
		fill(kit.NewState(kit.State{What: b.T("common.loading")}))
		return
	case p.work == nil && len(p.known.Creatives) == 0:
		fill(p.nothing())
		return
	}
	left := container.New(creativeLayout{p}, p.viewer, kit.Stack(look.S1, p.legend, p.about))
	fill(kit.Columns(0, picturesSide, nil, kit.Stack(0, kit.Grow(container.New(deskLayout{}, left, p.sheet.content())), p.strip.content()),
		kit.NewGround(look.Surface, 0, kit.Row(0, tall{kit.NewRule()}.box(), kit.Grow(tall{p.side.content()}.box())))))
	p.redraw()
}

// nothing is what stands where creatives would.
func (p *Pictures) nothing() fyne.CanvasObject {
	b := p.book
	state := kit.State{Icon: look.IconPictures, What: b.T("pictures.none"), Next: b.T("pictures.none_next"), Action: kit.ButtonConfig{Text: b.T("pictures.folder"), Key: "F", Press: p.askFolder}}
	if p.adds() && p.up {
		state.Next = b.T("pictures.none_next_add")
		state.Action = kit.ButtonConfig{Text: b.T("pictures.add"), Key: "N", Weight: kit.Primary, Press: p.askFiles}
	}
	return kit.NewState(state)
}

// redraw shows what has changed.
func (p *Pictures) redraw() {
	if p.page != sheetPage || p.known == nil || p.strip == nil {
		return
	}
	if p.work == nil && len(p.known.Creatives) == 0 {
		p.build()
		return
	}
	p.overlay()
	p.drawLegend()
	p.sheet.draw()
	p.side.draw()
	p.strip.draw()
	p.retitle()
}

// deskLayout lays the creative beside the sheet of slots.
type deskLayout struct{}

func (deskLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(480, 320) }

func (deskLayout) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	const gap = look.S5
	w := min(640, max(240, (s.Width-3*gap)*.445))
	objects[0].Move(fyne.NewPos(gap, gap))
	objects[0].Resize(fyne.NewSize(w, s.Height-gap))
	objects[1].Move(fyne.NewPos(2*gap+w-sheetBleed, 0))
	objects[1].Resize(fyne.NewSize(max(0, s.Width-2*gap-w+sheetBleed), s.Height))
}

// creativeLayout gives the picture its own shape in the room it has, with the legend
// under it.
type creativeLayout struct{ p *Pictures }

func (creativeLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(200, 240) }

func (l creativeLayout) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	below := kit.HeightFor(objects[1], s.Width)
	w, h := s.Width, max(40, s.Height-below-look.S3)
	if c := l.p.work; c != nil && c.now.Width > 0 && c.now.Height > 0 {
		shape := float32(c.now.Height) / float32(c.now.Width)
		if w*shape < h {
			h = w * shape
		} else {
			w = h / shape
		}
	}
	// The viewer leaves a margin around what it fits; the picture shall begin at the edge.
	objects[0].Move(fyne.NewPos(-viewerMargin, -viewerMargin))
	objects[0].Resize(fyne.NewSize(w+2*viewerMargin, h+2*viewerMargin))
	objects[1].Move(fyne.NewPos(0, h+look.S3))
	objects[1].Resize(fyne.NewSize(s.Width, below))
}

// viewerMargin is what the viewer leaves free around a picture that it shows whole, in
// pixels: room for the handles of what lies at the edge.
const viewerMargin = 12
