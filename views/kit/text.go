package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"cinnabar/views/look"
)

// Style is how a text is set. The zero value is 13 px in ink, aligned left.
type Style struct {
	Size  float32    // look.Caption, Body, Title or Page; 0 means Body
	Ink   look.Token // "" means look.Ink
	Bold  bool
	Mono  bool
	Align fyne.TextAlign
	// Shrink lets the text be narrower than its words; what does not fit ends in "…".
	Shrink bool
}

func (s Style) size() float32 {
	if s.Size == 0 {
		return look.Body
	}
	return s.Size
}

func (s Style) ink() look.Token {
	if s.Ink == "" {
		return look.Ink
	}
	return s.Ink
}

func (s Style) face() fyne.TextStyle { return fyne.TextStyle{Bold: s.Bold, Monospace: s.Mono} }

// The styles that screens use most.
var (
	Plain     = Style{}
	Strong    = Style{Bold: true}
	Second    = Style{Ink: look.SecondInk}
	Small     = Style{Size: look.Caption, Ink: look.SecondInk}
	Section   = Style{Size: look.Caption, Ink: look.SecondInk, Bold: true} // heads a card or a group
	Heading   = Style{Size: look.Title, Bold: true}
	PageTitle = Style{Size: look.Page, Bold: true}
	Figure    = Style{Align: fyne.TextAlignTrailing} // numbers stand right
)

// Text is one line. It never wraps; see Paragraph for what does.
type Text struct {
	widget.BaseWidget
	text  string
	style Style
	line  *canvas.Text
}

// NewText makes a line of text.
func NewText(text string, style Style) *Text {
	t := &Text{text: text, style: style, line: &canvas.Text{}}
	t.ExtendBaseWidget(t)
	return t
}

// Text is what it says, whole, even where an ellipsis shows.
func (t *Text) Text() string { return t.text }

// Set changes what it says.
func (t *Text) Set(text string) {
	if t.text == text {
		return
	}
	t.text = text
	t.Refresh()
}

// SetStyle changes how it is set.
func (t *Text) SetStyle(style Style) {
	if t.style == style {
		return
	}
	t.style = style
	t.Refresh()
}

// SetInk changes its colour alone.
func (t *Text) SetInk(ink look.Token) {
	s := t.style
	s.Ink = ink
	t.SetStyle(s)
}

// MinSize is the width of the words, or nothing where the text may shrink.
func (t *Text) MinSize() fyne.Size {
	s := fyne.MeasureText(t.text, t.style.size(), t.style.face())
	if t.text == "" {
		s = fyne.NewSize(0, fyne.MeasureText("A", t.style.size(), t.style.face()).Height)
	}
	if t.style.Shrink {
		s.Width = 0
	}
	return s
}

// CreateRenderer implements fyne.Widget.
func (t *Text) CreateRenderer() fyne.WidgetRenderer {
	r := &render{objects: []fyne.CanvasObject{t.line}, min: t.MinSize}
	r.layout = func(s fyne.Size) { t.arrange(s) }
	r.refresh = func() {
		t.arrange(t.Size())
		t.line.Refresh()
	}
	t.arrange(t.Size())
	return r
}

func (t *Text) arrange(s fyne.Size) {
	l := t.line
	l.Color, l.TextSize, l.TextStyle, l.Alignment = look.Color(t.style.ink()), t.style.size(), t.style.face(), t.style.Align
	l.Text = t.text
	if t.style.Shrink && s.Width > 0 {
		l.Text = ellipsis(t.text, s.Width, t.style)
	}
	h := t.MinSize().Height
	place(l, 0, (s.Height-h)/2, s.Width, h)
}

// ellipsis shortens text until it fits, at a rune boundary.
func ellipsis(text string, width float32, s Style) string {
	if fyne.MeasureText(text, s.size(), s.face()).Width <= width {
		return text
	}
	runes := []rune(text)
	lo, hi := 0, len(runes)
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if fyne.MeasureText(string(runes[:mid])+"…", s.size(), s.face()).Width <= width {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	for lo > 0 && runes[lo-1] == ' ' {
		lo--
	}
	return string(runes[:lo]) + "…"
}
