package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"cinnabar/views/look"
)

// Paragraph is text that wraps, Chinese and Latin mixed, at a line height of 1.6.
type Paragraph struct {
	widget.BaseWidget
	text  []rune
	style Style
	// limit is the most lines shown, 0 for all.
	limit int

	wrapped float32 // width that lines were broken for
	lines   []stretch
	drawn   []*canvas.Text
}

// NewParagraph makes a wrapping text.
func NewParagraph(text string, style Style) *Paragraph {
	p := &Paragraph{text: []rune(text), style: style, wrapped: -1}
	p.ExtendBaseWidget(p)
	return p
}

// Limit cuts the text after so many lines, with an ellipsis; 0 shows all.
func (p *Paragraph) Limit(lines int) *Paragraph {
	p.limit = lines
	return p
}

// Text is what it says.
func (p *Paragraph) Text() string { return string(p.text) }

// Set changes what it says. The height may change with it: refresh the
// container around it when several things have been set.
func (p *Paragraph) Set(text string) {
	if string(p.text) == text {
		return
	}
	p.text, p.wrapped = []rune(text), -1
	p.Refresh()
}

// SetInk changes its colour.
func (p *Paragraph) SetInk(ink look.Token) {
	if p.style.Ink == ink {
		return
	}
	p.style.Ink = ink
	p.Refresh()
}

// HeightFor returns the height at a width.
func (p *Paragraph) HeightFor(width float32) float32 {
	n := len(p.broken(width))
	if p.limit > 0 {
		n = min(n, p.limit)
	}
	return float32(n) * lineHeight(p.style)
}

func (p *Paragraph) broken(width float32) []stretch {
	if width != p.wrapped {
		p.lines, p.wrapped = wrap(p.text, width, p.style), width
	}
	return p.lines
}

// MinSize is narrow; its height is that of the present width.
func (p *Paragraph) MinSize() fyne.Size {
	w := p.Size().Width
	if w <= 0 {
		return fyne.NewSize(1, lineHeight(p.style))
	}
	return fyne.NewSize(1, p.HeightFor(w))
}

// CreateRenderer implements fyne.Widget.
func (p *Paragraph) CreateRenderer() fyne.WidgetRenderer {
	r := &render{min: p.MinSize}
	arrange := func(s fyne.Size) {
		if s.Width <= 0 {
			return
		}
		lines := p.broken(s.Width)
		cut := p.limit > 0 && len(lines) > p.limit
		if cut {
			lines = lines[:p.limit]
		}
		for len(p.drawn) < len(lines) {
			p.drawn = append(p.drawn, &canvas.Text{})
		}
		r.objects = r.objects[:0]
		h := lineHeight(p.style)
		for i, l := range lines {
			t := p.drawn[i]
			t.Text = string(p.text[l.start:l.end])
			if cut && i == len(lines)-1 {
				t.Text = ellipsis(t.Text+" …………", s.Width, p.style)
			}
			t.Color, t.TextSize, t.TextStyle, t.Alignment = look.Color(p.style.ink()), p.style.size(), p.style.face(), p.style.Align
			own := fyne.MeasureText("A", p.style.size(), p.style.face()).Height
			place(t, 0, float32(i)*h+(h-own)/2, s.Width, own)
			r.objects = append(r.objects, t)
		}
	}
	r.layout = arrange
	r.refresh = func() {
		arrange(p.Size())
		for _, o := range r.objects {
			o.Refresh()
		}
		canvas.Refresh(p)
	}
	return r
}
