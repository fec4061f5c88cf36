package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"cinnabar/views/look"
)

// Card is a sheet on the desk: a hairline border, a small title, the content.
type Card struct {
	widget.BaseWidget
	face   *canvas.Rectangle
	inside *fyne.Container
	title  *Text
	inset  float32
}

// NewCard makes a card; title may be "".
func NewCard(title string, content fyne.CanvasObject) *Card {
	return newCard(title, look.S4, content)
}

func newCard(title string, inset float32, content fyne.CanvasObject) *Card {
	c := &Card{face: panel(look.Radius, true), title: NewText(title, Section), inset: inset}
	if title == "" {
		c.title.Hide()
	}
	c.inside = Stack(look.S2, c.title, Grow(content))
	c.ExtendBaseWidget(c)
	return c
}

// NewPanel is a card without title and inset, for content that has its own edges.
func NewPanel(content fyne.CanvasObject) *Card { return newCard("", 0, content) }

// SetTitle changes the title.
func (c *Card) SetTitle(title string) {
	c.title.Set(title)
	c.title.Hidden = title == ""
	c.Refresh()
}

// HeightFor is the height at a width.
func (c *Card) HeightFor(width float32) float32 {
	return HeightFor(c.inside, width-2*c.inset) + 2*c.inset
}

// MinSize is that of the content with the inset.
func (c *Card) MinSize() fyne.Size { return c.inside.MinSize().AddWidthHeight(2*c.inset, 2*c.inset) }

// CreateRenderer implements fyne.Widget.
func (c *Card) CreateRenderer() fyne.WidgetRenderer {
	r := &render{objects: []fyne.CanvasObject{c.face, c.inside}, min: c.MinSize}
	r.layout = func(s fyne.Size) {
		place(c.face, 0, 0, s.Width, s.Height)
		place(c.inside, c.inset, c.inset, s.Width-2*c.inset, s.Height-2*c.inset)
	}
	r.refresh = func() {
		fill(c.face, look.Surface, look.Line)
		r.layout(c.Size())
		c.inside.Refresh()
	}
	fill(c.face, look.Surface, look.Line)
	return r
}
