package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"cinnabar/views/look"
)

// Rule is a hairline across the room it gets.
type Rule struct {
	widget.BaseWidget
	line *canvas.Rectangle
}

// NewRule makes a hairline, one pixel thick whichever way it lies.
func NewRule() *Rule {
	r := &Rule{line: panel(0, false)}
	r.ExtendBaseWidget(r)
	return r
}

// MinSize is one pixel.
func (r *Rule) MinSize() fyne.Size { return fyne.NewSize(1, 1) }

// CreateRenderer implements fyne.Widget.
func (r *Rule) CreateRenderer() fyne.WidgetRenderer {
	p := &render{objects: []fyne.CanvasObject{r.line}, min: r.MinSize}
	p.layout = func(s fyne.Size) { place(r.line, 0, 0, s.Width, s.Height) }
	p.refresh = func() { fill(r.line, look.Line, look.Clear) }
	p.refresh()
	return p
}

// Ground lays a colour under an object and keeps pointer events off what lies below.
type Ground struct {
	widget.BaseWidget
	token   look.Token
	radius  float32
	face    *canvas.Rectangle
	content fyne.CanvasObject
}

// NewGround makes a ground in a token's colour.
func NewGround(token look.Token, radius float32, content fyne.CanvasObject) *Ground {
	g := &Ground{token: token, radius: radius, face: panel(radius, false), content: content}
	g.ExtendBaseWidget(g)
	return g
}

// HeightFor is the content's.
func (g *Ground) HeightFor(width float32) float32 { return HeightFor(g.content, width) }

// MinSize is the content's.
func (g *Ground) MinSize() fyne.Size { return g.content.MinSize() }

// CreateRenderer implements fyne.Widget.
func (g *Ground) CreateRenderer() fyne.WidgetRenderer {
	r := &render{objects: []fyne.CanvasObject{g.face, g.content}, min: g.MinSize}
	r.layout = func(s fyne.Size) {
		place(g.face, 0, 0, s.Width, s.Height)
		place(g.content, 0, 0, s.Width, s.Height)
	}
	r.refresh = func() {
		fill(g.face, g.token, look.Clear)
		r.layout(g.Size())
		g.content.Refresh()
	}
	fill(g.face, g.token, look.Clear)
	return r
}

// Symbol is one of the line icons.
type Symbol struct {
	widget.BaseWidget
	icon look.Icon
	ink  look.Token
	side float32
	img  *canvas.Image
}

// NewSymbol draws an icon in a token's colour, side by side pixels large.
func NewSymbol(i look.Icon, ink look.Token, side float32) *Symbol {
	s := &Symbol{icon: i, ink: ink, side: side, img: icon()}
	s.ExtendBaseWidget(s)
	return s
}

// Set changes drawing and colour.
func (s *Symbol) Set(i look.Icon, ink look.Token) {
	if s.icon == i && s.ink == ink {
		return
	}
	s.icon, s.ink = i, ink
	s.Refresh()
}

// MinSize is the side both ways.
func (s *Symbol) MinSize() fyne.Size { return fyne.NewSquareSize(s.side) }

// CreateRenderer implements fyne.Widget.
func (s *Symbol) CreateRenderer() fyne.WidgetRenderer {
	r := &render{objects: []fyne.CanvasObject{s.img}, min: s.MinSize}
	r.refresh = func() { draw(s.img, s.icon, s.ink, s.side) }
	r.layout = func(sz fyne.Size) {
		place(s.img, (sz.Width-s.side)/2, (sz.Height-s.side)/2, s.side, s.side)
		r.refresh() // by now the canvas, and with it the scale, is known
	}
	r.refresh()
	return r
}
