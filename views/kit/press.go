package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"cinnabar/views/look"
)

// Press makes a whole object pressable: a tile, a line of a list. A hovered or
// focused one lies on a slightly darker ground.
type Press struct {
	pressable
	content fyne.CanvasObject
	face    *canvas.Rectangle
	bleed   float32
	chosen  bool
	// Hovered is told when the pointer comes and goes; may be nil.
	Hovered func(over bool)
}

// NewPress wraps an object. bleed is how far the hovered ground reaches beyond
// the object at its sides, in pixels. A nil press leaves the object as it is.
func NewPress(content fyne.CanvasObject, bleed float32, press func()) *Press {
	p := &Press{content: content, bleed: bleed, face: panel(look.Radius, false)}
	p.press = press
	p.disabled = press == nil
	p.ExtendBaseWidget(p)
	return p
}

// Choose marks the object as the one of a list that is looked at.
func (p *Press) Choose(on bool) {
	if p.chosen != on {
		p.chosen = on
		p.face.CornerRadius = look.Radius
		if on {
			p.face.CornerRadius = 0 // it lies between hairlines
		}
		p.changed()
	}
}

// Chosen reports whether it is marked.
func (p *Press) Chosen() bool { return p.chosen }

// TypedKey presses on Enter and Space and leaves other keys to the screen.
func (p *Press) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		p.fire()
	default:
		PassKey(p, e)
	}
}

// TypedRune leaves characters to the screen.
func (p *Press) TypedRune(r rune) { PassRune(p, r) }

// MouseIn and MouseOut implement desktop.Hoverable.
func (p *Press) MouseIn(e *desktop.MouseEvent) {
	p.pressable.MouseIn(e)
	if p.Hovered != nil {
		p.Hovered(true)
	}
}

// MouseOut tells that the pointer has gone.
func (p *Press) MouseOut() {
	p.pressable.MouseOut()
	if p.Hovered != nil {
		p.Hovered(false)
	}
}

// HeightFor is the content's.
func (p *Press) HeightFor(width float32) float32 { return HeightFor(p.content, width) }

// MinSize is the content's.
func (p *Press) MinSize() fyne.Size { return p.content.MinSize() }

// CreateRenderer implements fyne.Widget.
func (p *Press) CreateRenderer() fyne.WidgetRenderer {
	r := &render{objects: []fyne.CanvasObject{p.face, p.content}, min: p.MinSize}
	paint := func() {
		p.face.Hidden = !p.chosen && (p.disabled || !p.hovered && !p.focused)
		p.face.FillColor = look.Color(look.Selected)
		p.face.Refresh()
	}
	r.layout = func(s fyne.Size) {
		place(p.face, -p.bleed, 0, s.Width+2*p.bleed, s.Height)
		place(p.content, 0, 0, s.Width, s.Height)
	}
	r.refresh = func() {
		paint()
		p.content.Refresh()
	}
	p.redraw = paint
	paint()
	return r
}
