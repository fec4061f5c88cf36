package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"cinnabar/views/look"
)

// Option is one choice of a Select.
type Option struct {
	ID   string
	Text string
	More string // a second line in the list, "" for none
}

// Select is a choice of one out of a list that opens below it.
type Select struct {
	pressable
	// Picked is called when a person chooses.
	Picked func(id string)

	label       *Text
	face        *canvas.Rectangle
	line        *Paragraph
	arrow       *Symbol
	placeholder string
	options     []Option
	chosen      string
	popup       *widget.PopUp
}

// NewSelect makes a select without options.
func NewSelect(label, placeholder string) *Select {
	s := &Select{label: NewText(label, Section), face: panel(look.Radius, true),
		line: NewParagraph("", Plain), arrow: NewSymbol(look.IconChevronDown, look.SecondInk, 14), placeholder: placeholder}
	s.press, s.redraw = s.open, s.Refresh
	s.ExtendBaseWidget(s)
	return s
}

// Set changes the options and which is chosen, "" for none yet.
func (s *Select) Set(options []Option, chosen string) {
	s.options, s.chosen = options, chosen
	s.Refresh()
}

// SetLabel changes label and placeholder.
func (s *Select) SetLabel(label, placeholder string) {
	s.label.Set(label)
	s.placeholder = placeholder
	s.Refresh()
}

// Chosen is the id of the choice, "" for none.
func (s *Select) Chosen() string { return s.chosen }

// Choose picks as a person would.
func (s *Select) Choose(id string) {
	if s.popup != nil {
		s.popup.Hide()
		s.popup = nil
	}
	if id == s.chosen {
		return
	}
	s.chosen = id
	s.Refresh()
	if s.Picked != nil {
		s.Picked(id)
	}
}

// Open opens the list.
func (s *Select) Open() { s.open() }

func (s *Select) text() (string, look.Token) {
	for _, o := range s.options {
		if o.ID == s.chosen {
			return o.Text, look.Ink
		}
	}
	return s.placeholder, look.SecondInk
}

func (s *Select) labelHeight() float32 {
	if s.label.text == "" {
		return 0
	}
	return s.label.MinSize().Height + look.S2 - 2
}

// HeightFor grows with a choice that needs two lines.
func (s *Select) HeightFor(width float32) float32 {
	return s.labelHeight() + max(look.FieldHeight, HeightFor(s.line, width-2*look.S3-22)+2*look.S2)
}

// MinSize is label and box.
func (s *Select) MinSize() fyne.Size {
	w := s.Size().Width
	if w <= 0 {
		return fyne.NewSize(80, s.labelHeight()+look.FieldHeight)
	}
	return fyne.NewSize(80, s.HeightFor(w))
}

// TypedRune leaves characters to the screen.
func (s *Select) TypedRune(r rune) { PassRune(s, r) }

// TypedKey opens the list, or steps through the options.
func (s *Select) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		s.fire()
	case fyne.KeyUp:
		s.step(-1)
	case fyne.KeyDown:
		s.step(1)
	default:
		PassKey(s, e)
	}
}

func (s *Select) step(by int) {
	at := -1
	for i, o := range s.options {
		if o.ID == s.chosen {
			at = i
		}
	}
	if at+by >= 0 && at+by < len(s.options) {
		s.Choose(s.options[at+by].ID)
	}
}

func (s *Select) open() {
	c := fyne.CurrentApp().Driver().CanvasForObject(s)
	if c == nil || len(s.options) == 0 {
		return
	}
	var rows []fyne.CanvasObject
	for _, o := range s.options {
		rows = append(rows, newOptionRow(o, o.ID == s.chosen, func() { s.Choose(o.ID) }))
	}
	list := Stack(0, rows...)
	width := s.Size().Width - 2*look.S1
	height := min(HeightFor(list, width), c.Size().Height*.5)
	scroll := NewScroll(list)
	s.popup = widget.NewPopUp(container.New(fixedLayout{width, height}, scroll), c)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(s)
	y := at.Y + s.Size().Height + 2
	if y+height+2*look.S2 > c.Size().Height {
		y = at.Y + s.labelHeight() - height - 2*look.S2 - 2
	}
	s.popup.ShowAtPosition(fyne.NewPos(at.X, max(0, y)))
	s.popup.Resize(fyne.NewSize(s.Size().Width, height+2*look.S1))
}

// CreateRenderer implements fyne.Widget.
func (s *Select) CreateRenderer() fyne.WidgetRenderer {
	r := &render{objects: []fyne.CanvasObject{s.face, s.label, s.line, s.arrow}, min: s.MinSize}
	r.layout = func(sz fyne.Size) {
		top := s.labelHeight()
		place(s.label, 0, 0, sz.Width, s.label.MinSize().Height)
		place(s.face, 0, top, sz.Width, sz.Height-top)
		w := sz.Width - 2*look.S3 - 22
		h := HeightFor(s.line, w)
		place(s.line, look.S3, top+(sz.Height-top-h)/2, w, h)
		place(s.arrow, sz.Width-look.S3-14, top+(sz.Height-top-14)/2, 14, 14)
	}
	r.refresh = func() {
		border := look.Line
		if s.focused || s.popup != nil && s.popup.Visible() {
			border = look.SecondInk
		}
		ground := look.Surface
		if s.hovered {
			ground = look.Selected
		}
		fill(s.face, ground, border)
		text, ink := s.text()
		s.line.Set(text)
		s.line.SetInk(ink)
		s.label.Hidden = s.label.text == ""
		s.label.Refresh()
		s.line.Refresh()
		s.arrow.Refresh()
		r.layout(s.Size())
	}
	r.refresh()
	return r
}

// optionRow is one line of an open list.
type optionRow struct {
	pressable
	face *canvas.Rectangle
	box  *fyne.Container
	on   bool
}

func newOptionRow(o Option, on bool, pick func()) *optionRow {
	lines := []fyne.CanvasObject{NewParagraph(o.Text, Style{Bold: on})}
	if o.More != "" {
		lines = append(lines, NewParagraph(o.More, Small))
	}
	r := &optionRow{face: panel(look.SmallRadius+2, false), on: on,
		box: Pad(6, look.S2, 6, look.S2, Stack(0, lines...))}
	r.press, r.redraw = pick, r.Refresh
	r.ExtendBaseWidget(r)
	return r
}

func (o *optionRow) HeightFor(width float32) float32 { return HeightFor(o.box, width) }
func (o *optionRow) MinSize() fyne.Size              { return o.box.MinSize() }
func (o *optionRow) TypedRune(rune)                  {}

func (o *optionRow) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		o.fire()
	case fyne.KeyEscape, fyne.KeyUp, fyne.KeyDown:
		PassKey(o, e)
	}
}

func (o *optionRow) CreateRenderer() fyne.WidgetRenderer {
	r := &render{objects: []fyne.CanvasObject{o.face, o.box}, min: o.MinSize}
	r.layout = func(s fyne.Size) {
		place(o.face, 0, 0, s.Width, s.Height)
		place(o.box, 0, 0, s.Width, s.Height)
	}
	r.refresh = func() {
		ground := look.Clear
		if o.hovered || o.focused {
			ground = look.Selected
		}
		fill(o.face, ground, look.Clear)
		o.box.Refresh()
	}
	r.refresh()
	return r
}
