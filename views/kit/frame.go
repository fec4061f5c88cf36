package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"cinnabar/views/look"
)

// Seal is the studio's sign: 朱 cut into cinnabar. It is drawn, not set in type,
// so that it looks the same on a machine without a Chinese font.
type Seal struct {
	widget.BaseWidget
	side float32
	img  *canvas.Image
}

// NewSeal draws the seal.
func NewSeal(side float32) *Seal {
	s := &Seal{side: side, img: icon()}
	s.ExtendBaseWidget(s)
	return s
}

// MinSize is the side both ways.
func (s *Seal) MinSize() fyne.Size { return fyne.NewSquareSize(s.side) }

// CreateRenderer implements fyne.Widget.
func (s *Seal) CreateRenderer() fyne.WidgetRenderer {
	r := &render{objects: []fyne.CanvasObject{s.img}, min: s.MinSize}
	r.refresh = func() { show(s.img, look.SealDrawing(s.side*scaleOf(s))) }
	r.layout = func(sz fyne.Size) {
		place(s.img, (sz.Width-s.side)/2, (sz.Height-s.side)/2, s.side, s.side)
		r.refresh()
	}
	r.refresh()
	return r
}

// Dot is a small light.
type Dot struct {
	widget.BaseWidget
	tone Tone
	disc *canvas.Circle
}

// NewDot makes a light.
func NewDot(t Tone) *Dot {
	d := &Dot{tone: t, disc: canvas.NewCircle(nil)}
	d.ExtendBaseWidget(d)
	return d
}

// Set changes the colour.
func (d *Dot) Set(t Tone) {
	if d.tone != t {
		d.tone = t
		d.Refresh()
	}
}

// MinSize is seven pixels.
func (d *Dot) MinSize() fyne.Size { return fyne.NewSquareSize(7) }

// CreateRenderer implements fyne.Widget.
func (d *Dot) CreateRenderer() fyne.WidgetRenderer {
	r := &render{objects: []fyne.CanvasObject{d.disc}, min: d.MinSize}
	r.layout = func(s fyne.Size) { place(d.disc, (s.Width-7)/2, (s.Height-7)/2, 7, 7) }
	r.refresh = func() {
		d.disc.FillColor = look.Color(d.tone.Fill())
		d.disc.Refresh()
	}
	r.refresh()
	return r
}

// NavItem is one entry of the rail.
type NavItem struct {
	pressable
	sign   look.Icon
	chosen bool
	face   *canvas.Rectangle
	mark   *Symbol
	name   *Text
	count  *Text
}

// NewNavItem makes an entry.
func NewNavItem(i look.Icon, name string, press func()) *NavItem {
	n := &NavItem{sign: i, face: panel(look.Radius, false), mark: NewSymbol(i, look.SecondInk, 18),
		name: NewText(name, Style{Ink: look.SecondInk, Shrink: true}), count: NewText("", Style{Size: look.Caption, Ink: look.SecondInk})}
	n.press, n.redraw = press, n.Refresh
	n.ExtendBaseWidget(n)
	return n
}

// Choose marks the entry as the one that is shown.
func (n *NavItem) Choose(on bool) {
	if n.chosen != on {
		n.chosen = on
		n.Refresh()
	}
}

// Count shows how much waits; "" shows nothing.
func (n *NavItem) Count(text string) {
	if n.count.text != text {
		n.count.Set(text)
		n.Refresh()
	}
}

// Counted is what Count was given.
func (n *NavItem) Counted() string { return n.count.text }

// MinSize is one entry high.
func (n *NavItem) MinSize() fyne.Size { return fyne.NewSize(80, 34) }

// TypedRune leaves characters to the screen.
func (n *NavItem) TypedRune(r rune) { PassRune(n, r) }

// TypedKey presses on Enter and Space.
func (n *NavItem) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		n.fire()
	default:
		PassKey(n, e)
	}
}

// CreateRenderer implements fyne.Widget.
func (n *NavItem) CreateRenderer() fyne.WidgetRenderer {
	r := &render{objects: []fyne.CanvasObject{n.face, n.mark, n.name, n.count}, min: n.MinSize}
	r.layout = func(s fyne.Size) {
		place(n.face, 0, 0, s.Width, s.Height)
		place(n.mark, look.S2-1, (s.Height-18)/2, 18, 18)
		cw := n.count.MinSize().Width
		place(n.count, s.Width-look.S2-cw, 0, cw, s.Height)
		place(n.name, look.S2+26, 0, s.Width-look.S2-26-look.S2-cw-look.S1, s.Height)
	}
	r.refresh = func() {
		ground, ink := look.Clear, look.SecondInk
		switch {
		case n.chosen:
			ground, ink = look.Selected, look.Ink
		case n.hovered || n.focused:
			ground, ink = look.Hover, look.Ink
		}
		fill(n.face, ground, look.Clear)
		n.mark.Set(n.sign, ink)
		n.name.style = Style{Ink: ink, Bold: n.chosen, Shrink: true}
		n.mark.Refresh()
		n.name.Refresh()
		n.count.Refresh()
		r.layout(n.Size())
	}
	r.refresh()
	return r
}

// SearchBox looks like a field and opens the palette.
type SearchBox struct {
	pressable
	face *canvas.Rectangle
	mark *Symbol
	text *Text
	caps *fyne.Container
}

// NewSearchBox makes the box; keys are shown at its right edge.
func NewSearchBox(text string, press func(), keys ...string) *SearchBox {
	b := &SearchBox{face: panel(look.Radius, true), mark: NewSymbol(look.IconSearch, look.SecondInk, 16),
		text: NewText(text, Style{Ink: look.SecondInk, Shrink: true})}
	var caps []fyne.CanvasObject
	for _, k := range keys {
		caps = append(caps, NewKeycap(k))
	}
	b.caps = Row(look.S1, caps...)
	b.press, b.redraw = press, b.Refresh
	b.ExtendBaseWidget(b)
	return b
}

// MinSize is a field's.
func (b *SearchBox) MinSize() fyne.Size { return fyne.NewSize(160, 32) }

// TypedRune leaves characters to the screen.
func (b *SearchBox) TypedRune(r rune) { PassRune(b, r) }

// TypedKey presses on Enter and Space.
func (b *SearchBox) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		b.fire()
	default:
		PassKey(b, e)
	}
}

// Cursor is that of text.
func (b *SearchBox) Cursor() desktop.Cursor { return desktop.TextCursor }

// CreateRenderer implements fyne.Widget.
func (b *SearchBox) CreateRenderer() fyne.WidgetRenderer {
	r := &render{objects: []fyne.CanvasObject{b.face, b.mark, b.text, b.caps}, min: b.MinSize}
	r.layout = func(s fyne.Size) {
		place(b.face, 0, 0, s.Width, s.Height)
		place(b.mark, 10, (s.Height-16)/2, 16, 16)
		m := b.caps.MinSize()
		place(b.caps, s.Width-look.S3-m.Width, (s.Height-m.Height)/2, m.Width, m.Height)
		place(b.text, 34, 0, s.Width-34-m.Width-look.S4, s.Height)
	}
	r.refresh = func() {
		border := look.Line
		if b.hovered || b.focused {
			border = look.SecondInk
		}
		fill(b.face, look.Surface, border)
		b.mark.Refresh()
		b.text.Refresh()
		b.caps.Refresh()
		r.layout(b.Size())
	}
	r.refresh()
	return r
}

// Veil dims the window under what floats and takes it away when tapped.
type Veil struct {
	widget.BaseWidget
	tap    func()
	ground look.Token
	face   *canvas.Rectangle
}

// NewVeil makes a veil.
func NewVeil(tap func()) *Veil { return newVeil(tap, look.Veil) }

// NewCatcher makes a veil that cannot be seen.
func NewCatcher(tap func()) *Veil { return newVeil(tap, look.Clear) }

func newVeil(tap func(), ground look.Token) *Veil {
	v := &Veil{tap: tap, ground: ground, face: panel(0, false)}
	v.ExtendBaseWidget(v)
	return v
}

// Tapped implements fyne.Tappable.
func (v *Veil) Tapped(*fyne.PointEvent) {
	if v.tap != nil {
		v.tap()
	}
}

// Scrolled keeps the wheel from the screen below.
func (v *Veil) Scrolled(*fyne.ScrollEvent) {}

// MouseIn, MouseMoved and MouseOut keep the pointer from the screen below.
func (v *Veil) MouseIn(*desktop.MouseEvent)    {}
func (v *Veil) MouseMoved(*desktop.MouseEvent) {}
func (v *Veil) MouseOut()                      {}

// CreateRenderer implements fyne.Widget.
func (v *Veil) CreateRenderer() fyne.WidgetRenderer {
	r := &render{objects: []fyne.CanvasObject{v.face}, min: func() fyne.Size { return fyne.NewSize(1, 1) }}
	r.layout = func(s fyne.Size) { place(v.face, 0, 0, s.Width, s.Height) }
	r.refresh = func() { fill(v.face, v.ground, look.Clear) }
	r.refresh()
	return r
}

// Sheet is a panel that floats above the window.
type Sheet struct {
	widget.BaseWidget
	face    *canvas.Rectangle
	content *fyne.Container
}

// NewSheet makes a floating panel.
func NewSheet(content fyne.CanvasObject) *Sheet {
	s := &Sheet{face: panel(look.Radius+4, true), content: PadAll(look.S5, content)}
	s.ExtendBaseWidget(s)
	return s
}

// HeightFor is the content's with its inset.
func (s *Sheet) HeightFor(width float32) float32 { return HeightFor(s.content, width) }

// MinSize is the content's with its inset.
func (s *Sheet) MinSize() fyne.Size { return s.content.MinSize() }

// Tapped keeps a tap on the sheet from the veil behind it.
func (s *Sheet) Tapped(*fyne.PointEvent) {}

// CreateRenderer implements fyne.Widget.
func (s *Sheet) CreateRenderer() fyne.WidgetRenderer {
	r := &render{objects: []fyne.CanvasObject{s.face, s.content}, min: s.MinSize}
	r.layout = func(sz fyne.Size) {
		place(s.face, 0, 0, sz.Width, sz.Height)
		place(s.content, 0, 0, sz.Width, sz.Height)
	}
	r.refresh = func() {
		s.face.Shadow = canvas.Shadow{Color: look.Color(look.Shade), BlurRadius: 16, Offset: fyne.NewPos(0, 6)}
		s.face.FillColor, s.face.StrokeColor = look.Color(look.Surface), look.Color(look.Line)
		s.face.Refresh()
		s.content.Refresh()
		r.layout(s.Size())
	}
	r.refresh()
	return r
}
