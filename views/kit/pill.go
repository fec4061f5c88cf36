package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"cinnabar/views/look"
)

// Pill is a word or two on a tint: why an item is here, how something stands.
type Pill struct {
	widget.BaseWidget
	text  string
	tone  Tone
	face  *canvas.Rectangle
	label *canvas.Text
}

const pillHeight = 19

// NewPill makes a pill.
func NewPill(text string, tone Tone) *Pill {
	p := &Pill{text: text, tone: tone, face: panel(pillHeight/2., false), label: &canvas.Text{}}
	p.ExtendBaseWidget(p)
	return p
}

// Set changes text and tone; an empty text hides the pill.
func (p *Pill) Set(text string, tone Tone) {
	if p.text == text && p.tone == tone {
		return
	}
	p.text, p.tone = text, tone
	p.Refresh()
}

// Text is what it says.
func (p *Pill) Text() string { return p.text }

// MinSize fits the words; an empty pill takes no room.
func (p *Pill) MinSize() fyne.Size {
	if p.text == "" {
		return fyne.NewSize(0, pillHeight)
	}
	return fyne.NewSize(fyne.MeasureText(p.text, look.Caption, fyne.TextStyle{}).Width+2*look.S2, pillHeight)
}

// CreateRenderer implements fyne.Widget.
func (p *Pill) CreateRenderer() fyne.WidgetRenderer {
	r := &render{objects: []fyne.CanvasObject{p.face, p.label}, min: p.MinSize}
	r.layout = func(s fyne.Size) {
		place(p.face, 0, (s.Height-pillHeight)/2, s.Width, pillHeight)
		h := fyne.MeasureText("A", look.Caption, fyne.TextStyle{}).Height
		place(p.label, 0, (s.Height-h)/2, s.Width, h)
	}
	r.refresh = func() {
		p.face.Hidden, p.label.Hidden = p.text == "", p.text == ""
		fill(p.face, p.tone.Tint(), look.Clear)
		p.label.Text, p.label.TextSize, p.label.Color = p.text, look.Caption, look.Color(p.tone.Ink())
		p.label.Alignment = fyne.TextAlignCenter
		r.layout(p.Size())
		p.label.Refresh()
	}
	r.refresh()
	return r
}
