package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"cinnabar/views/look"
)

// Keycap shows a key as it is printed on a keyboard.
type Keycap struct {
	widget.BaseWidget
	text   string
	onSeal bool
	face   *canvas.Rectangle
	label  *canvas.Text
}

// NewKeycap makes a cap: "A", "Ctrl", "?".
func NewKeycap(text string) *Keycap {
	k := &Keycap{text: text, face: panel(look.SmallRadius, true), label: &canvas.Text{}}
	k.ExtendBaseWidget(k)
	return k
}

const keycapHeight = 18

// MinSize fits the name of the key.
func (k *Keycap) MinSize() fyne.Size {
	w := fyne.MeasureText(k.text, look.Caption, fyne.TextStyle{}).Width
	return fyne.NewSize(max(keycapHeight, w+2*look.S1+3), keycapHeight)
}

// CreateRenderer implements fyne.Widget.
func (k *Keycap) CreateRenderer() fyne.WidgetRenderer {
	r := &render{objects: []fyne.CanvasObject{k.face, k.label}, min: k.MinSize}
	r.layout = func(s fyne.Size) {
		place(k.face, 0, (s.Height-keycapHeight)/2, s.Width, keycapHeight)
		h := fyne.MeasureText("A", look.Caption, fyne.TextStyle{}).Height
		place(k.label, 0, (s.Height-h)/2, s.Width, h)
	}
	r.refresh = func() {
		ground, border, ink := look.Paper, look.Line, look.SecondInk
		if k.onSeal {
			ground, border, ink = look.Clear, look.OnSeal, look.OnSeal
		}
		fill(k.face, ground, border)
		k.label.Text, k.label.TextSize, k.label.Color = k.text, look.Caption, look.Color(ink)
		k.label.Alignment = fyne.TextAlignCenter
		r.layout(k.Size())
		k.label.Refresh()
	}
	r.refresh()
	return r
}
