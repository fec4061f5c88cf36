package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"cinnabar/assets"
	"cinnabar/views/look"
)

// caption is the name of an overlay, on a plate inside its upper left corner.
type caption struct {
	box  assets.Box
	text *tag
	at   fyne.Position
}

// captionsOf makes as many captions as there are overlays that have one.
func (s *stage) captionsOf(list []Overlay) {
	n := 0
	for _, o := range list {
		if o.Caption == "" {
			continue
		}
		if n == len(s.captions) {
			s.captions = append(s.captions, &caption{text: newTag()})
		}
		s.captions[n].box = o.Box
		s.captions[n].text.set(o.Caption, o.Tone)
		n++
	}
	s.captions = s.captions[:n]
}

// lay puts the caption into its box, or below another one that is there already, and
// always where it can be seen as long as its box can.
func (c *caption) lay(x, y float32, room fyne.Size, taken []caption) {
	const inset = 4
	size := c.text.MinSize()
	c.at = fyne.NewPos(max(inset, min(x+inset, room.Width-size.Width-inset)), max(inset, y+inset))
	for moved := true; moved; {
		moved = false
		for _, t := range taken {
			other := t.text.MinSize()
			if t.text.Visible() && c.at.X < t.at.X+other.Width && t.at.X < c.at.X+size.Width && c.at.Y < t.at.Y+other.Height && t.at.Y < c.at.Y+size.Height {
				c.at.Y = t.at.Y + other.Height + 2
				moved = true
			}
		}
	}
	c.text.Hidden = x > room.Width || y > room.Height || c.at.Y+size.Height > room.Height
	place(c.text, c.at.X, c.at.Y, size.Width, size.Height)
}

// tag is a few words on a plate that can be read on any picture.
type tag struct {
	widget.BaseWidget
	plate *canvas.Rectangle
	bar   *canvas.Rectangle
	line  *canvas.Text
}

func newTag() *tag {
	t := &tag{plate: panel(look.SmallRadius, false), bar: panel(0, false), line: &canvas.Text{TextSize: look.Caption}}
	t.ExtendBaseWidget(t)
	return t
}

func (t *tag) set(text string, tone Tone) {
	bar := Overlay{Tone: tone}.colour()
	ground, ink := look.Value(look.Ink, false), look.Value(look.Surface, false)
	ground.A = 0xD8
	if t.line.Text == text && t.bar.FillColor == bar {
		return
	}
	t.line.Text, t.line.Color, t.bar.FillColor, t.plate.FillColor = text, ink, bar, ground
	t.Refresh()
}

func (t *tag) MinSize() fyne.Size {
	s := fyne.MeasureText(t.line.Text, look.Caption, fyne.TextStyle{})
	return fyne.NewSize(s.Width+15, s.Height+4)
}

func (t *tag) CreateRenderer() fyne.WidgetRenderer {
	r := &render{objects: []fyne.CanvasObject{t.plate, t.bar, t.line}, min: t.MinSize}
	r.layout = func(s fyne.Size) {
		place(t.plate, 0, 0, s.Width, s.Height)
		place(t.bar, 4, 4, 3, s.Height-8)
		place(t.line, 10, 2, s.Width-15, s.Height-4)
	}
	r.refresh = func() {
		r.layout(t.Size())
		t.plate.Refresh()
		t.bar.Refresh()
		t.line.Refresh()
	}
	return r
}

// Hold is a button that does something for as long as it is pressed.
type Hold struct {
	pressable
	text string
	held func(down bool)
	down bool
	face *canvas.Rectangle
	mark *Symbol
	line *Text
}

var _ desktop.Mouseable = (*Hold)(nil)

// NewHold makes one; held is told when the press begins and when it ends.
func NewHold(text string, held func(down bool)) *Hold {
	h := &Hold{text: text, held: held, face: panel(look.Radius, true), mark: NewSymbol(look.IconEye, look.Ink, 16), line: NewText(text, Plain)}
	h.ExtendBaseWidget(h)
	h.redraw = h.Refresh
	return h
}

// Set changes what it says.
func (h *Hold) Set(text string) {
	h.text = text
	h.line.Set(text)
	h.Refresh()
}

// Down reports whether it is pressed now. Nothing of it can be seen then, but it has to
// stay where it is: where it goes away nobody would tell that the button went up.
func (h *Hold) Down() bool { return h.down }

// MouseDown begins what the button does.
func (h *Hold) MouseDown(*desktop.MouseEvent) { h.hold(true) }

// MouseUp ends it.
func (h *Hold) MouseUp(*desktop.MouseEvent) { h.hold(false) }

// MouseOut ends it too.
func (h *Hold) MouseOut() {
	h.pressable.MouseOut()
	h.hold(false)
}

func (h *Hold) hold(down bool) {
	if h.down != down {
		h.down = down
		h.held(down)
		h.Refresh()
	}
}

// MinSize fits the sign and the words.
func (h *Hold) MinSize() fyne.Size {
	return fyne.NewSize(h.line.MinSize().Width+16+look.S2+2*look.S3, look.ButtonHeight)
}

// CreateRenderer implements fyne.Widget.
func (h *Hold) CreateRenderer() fyne.WidgetRenderer {
	r := &render{objects: []fyne.CanvasObject{h.face, h.mark, h.line}, min: h.MinSize}
	r.layout = func(s fyne.Size) {
		place(h.face, 0, 0, s.Width, s.Height)
		place(h.mark, look.S3, (s.Height-16)/2, 16, 16)
		t := h.line.MinSize()
		place(h.line, look.S3+16+look.S2, (s.Height-t.Height)/2, t.Width, t.Height)
	}
	r.refresh = func() {
		ground := look.Surface
		if h.hovered {
			ground = look.Selected
		}
		fill(h.face, ground, look.Line)
		h.face.Hidden, h.mark.Hidden, h.line.Hidden = h.down, h.down, h.down
		r.layout(h.Size())
		h.mark.Refresh()
		h.line.Refresh()
	}
	r.refresh()
	return r
}
