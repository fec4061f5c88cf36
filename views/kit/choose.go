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
	quiet       bool
	options     []Option
	chosen      string
	list        *fyne.Container // while it is open
	rows        []fyne.CanvasObject
}

// NewSelect makes a select without options.
func NewSelect(label, placeholder string) *Select {
	s := &Select{label: NewText(label, Section), face: panel(look.Radius, true),
		line: NewParagraph("", Plain), arrow: NewSymbol(look.IconChevronDown, look.SecondInk, 14), placeholder: placeholder}
	s.press, s.redraw = s.open, s.Refresh
	s.ExtendBaseWidget(s)
	return s
}

// NewQuietSelect makes one that asks for no attention: small, without a border.
func NewQuietSelect(placeholder string) *Select {
	s := NewSelect("", placeholder)
	s.quiet = true
	s.line.style.Size = look.Caption
	s.Refresh()
	return s
}

// inset is the room beside the words of the choice, above and beside.
func (s *Select) inset() (x, y float32) {
	if s.quiet {
		return look.S2, look.S1
	}
	return look.S3, look.S2
}

func (s *Select) boxHeight() float32 {
	if s.quiet {
		return 26
	}
	return look.FieldHeight
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
	s.shut()
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
	x, y := s.inset()
	return s.labelHeight() + max(s.boxHeight(), HeightFor(s.line, width-2*x-22)+2*y)
}

// MinSize is label and box.
func (s *Select) MinSize() fyne.Size {
	w := s.Size().Width
	if w <= 0 {
		return fyne.NewSize(80, s.labelHeight()+s.boxHeight())
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

// open lays the list over the window. It takes the focus, so that a letter typed
// meanwhile is no verdict.
func (s *Select) open() {
	c := CanvasOf(s)
	if c == nil || len(s.options) == 0 || s.list != nil {
		return
	}
	var rows []fyne.CanvasObject
	chosen := 0
	for i, o := range s.options {
		if o.ID == s.chosen {
			chosen = i
		}
		rows = append(rows, newOptionRow(o, o.ID == s.chosen, optionActs{
			pick: func() { s.Choose(o.ID) }, shut: s.shut, step: func(by int) { s.focusRow(i + by) },
		}))
	}
	s.rows = rows
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(s)
	s.list = container.New(dropLayout{at: at, from: s.Size(), label: s.labelHeight()}, NewCatcher(s.shut), newDrop(Stack(0, rows...)))
	c.Overlays().Add(s.list)
	s.list.Resize(c.Size())
	s.focusRow(chosen)
	s.Refresh()
}

func (s *Select) focusRow(i int) {
	c := CanvasOf(s)
	if c != nil && i >= 0 && i < len(s.rows) {
		c.Focus(s.rows[i].(*optionRow))
	}
}

// Close takes the list away without choosing, when what it chose for is gone.
func (s *Select) Close() { s.shut() }

func (s *Select) shut() {
	if s.list == nil {
		return
	}
	if c := CanvasOf(s); c != nil {
		c.Overlays().Remove(s.list)
	}
	s.list, s.rows = nil, nil
	s.Refresh()
}

// dropLayout lays a list below the box that opened it, or above it where there
// is no room, and never taller than half the window.
type dropLayout struct {
	at    fyne.Position
	from  fyne.Size
	label float32
}

func (l dropLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, 0) }

func (l dropLayout) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	place(objects[0], 0, 0, s.Width, s.Height)
	h := min(HeightFor(objects[1], l.from.Width), s.Height/2)
	y := l.at.Y + l.from.Height + look.S1
	if y+h > s.Height {
		y = max(0, l.at.Y+l.label-h-look.S1)
	}
	place(objects[1], l.at.X, y, l.from.Width, h)
}

// CreateRenderer implements fyne.Widget.
func (s *Select) CreateRenderer() fyne.WidgetRenderer {
	r := &render{objects: []fyne.CanvasObject{s.face, s.label, s.line, s.arrow}, min: s.MinSize}
	r.layout = func(sz fyne.Size) {
		top := s.labelHeight()
		place(s.label, 0, 0, sz.Width, s.label.MinSize().Height)
		place(s.face, 0, top, sz.Width, sz.Height-top)
		x, _ := s.inset()
		w := sz.Width - 2*x - 22
		h := HeightFor(s.line, w)
		place(s.line, x, top+(sz.Height-top-h)/2, w, h)
		place(s.arrow, sz.Width-x-14, top+(sz.Height-top-14)/2, 14, 14)
	}
	r.refresh = func() {
		border := look.Line
		if s.focused || s.list != nil {
			border = look.SecondInk
		}
		ground := look.Surface
		if s.quiet {
			ground = look.Clear
			if !s.focused && s.list == nil {
				border = look.Clear
			}
		}
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

// drop is the ground of an open list.
type drop struct {
	widget.BaseWidget
	face   *canvas.Rectangle
	scroll *Scroll
	inside fyne.CanvasObject
}

func newDrop(inside fyne.CanvasObject) *drop {
	d := &drop{face: panel(look.Radius, true), scroll: NewScroll(inside), inside: inside}
	d.ExtendBaseWidget(d)
	return d
}

func (d *drop) HeightFor(width float32) float32 {
	return HeightFor(d.inside, width-2*look.S1) + 2*look.S1
}

func (d *drop) MinSize() fyne.Size { return fyne.NewSize(40, 40) }

func (d *drop) CreateRenderer() fyne.WidgetRenderer {
	r := &render{objects: []fyne.CanvasObject{d.face, d.scroll}, min: d.MinSize}
	r.layout = func(s fyne.Size) {
		place(d.face, 0, 0, s.Width, s.Height)
		place(d.scroll, look.S1, look.S1, s.Width-2*look.S1, s.Height-2*look.S1)
	}
	r.refresh = func() {
		d.face.Shadow = canvas.Shadow{Color: look.Color(look.Shade), BlurRadius: 12, Offset: fyne.NewPos(0, 4)}
		fill(d.face, look.Surface, look.Line)
		d.scroll.Refresh()
	}
	r.refresh()
	return r
}

// optionRow is one line of an open list.
type optionRow struct {
	pressable
	acts optionActs
	face *canvas.Rectangle
	box  *fyne.Container
}

type optionActs struct {
	pick, shut func()
	step       func(by int)
}

func newOptionRow(o Option, on bool, acts optionActs) *optionRow {
	lines := []fyne.CanvasObject{NewParagraph(o.Text, Style{Bold: on})}
	if o.More != "" {
		lines = append(lines, NewParagraph(o.More, Small))
	}
	r := &optionRow{acts: acts, face: panel(look.SmallRadius+2, false), box: Pad(6, look.S2, 6, look.S2, Stack(0, lines...))}
	r.press, r.redraw = acts.pick, r.Refresh
	r.ExtendBaseWidget(r)
	return r
}

func (o *optionRow) HeightFor(width float32) float32 { return HeightFor(o.box, width) }
func (o *optionRow) MinSize() fyne.Size              { return o.box.MinSize() }

// TypedRune takes characters and does nothing: under an open list they are no verdicts.
func (o *optionRow) TypedRune(rune) {}

func (o *optionRow) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		o.fire()
	case fyne.KeyUp:
		o.acts.step(-1)
	case fyne.KeyDown:
		o.acts.step(1)
	case fyne.KeyEscape:
		o.acts.shut()
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
