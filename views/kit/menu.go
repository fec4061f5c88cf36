package kit

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"cinnabar/views/look"
)

// MenuConfig says what a menu asks.
type MenuConfig struct {
	Title string
	Lines []Option // the answers; the first nine are behind the digits, too
	None  string   // what stands there instead while there are no lines
	// Say tells whether an answer goes with words; nil, or false, picks it at once.
	Say func(id string) (MenuWords, bool)
	// Words is what was written before, and Changed is told of every change.
	Words   string
	Changed func(words string)
	// Picked is called once, when the menu has closed.
	Picked func(id, words string)
}

// MenuWords is the field under the lines of a menu.
type MenuWords struct {
	Placeholder string
	Button      string // what gives the answer
	Needed      bool   // nothing is picked without words
}

// Menu is a question with a few answers that opens beside what it is about.
// Escape or a tap elsewhere takes it away. It holds the focus while it is open, so
// that a letter typed meanwhile is no key of the screen.
type Menu struct {
	cfg    MenuConfig
	at     fyne.CanvasObject
	layer  *fyne.Container // while it is open
	panel  *menuPanel
	rows   []*menuRow
	field  *Field
	give   *Button
	below  *fyne.Container
	marked string
}

// NewMenu makes a closed menu.
func NewMenu() *Menu { return &Menu{} }

// Open opens the menu beside an object and as wide as it.
func (m *Menu) Open(at fyne.CanvasObject, c MenuConfig) {
	m.Close()
	over := CanvasOf(at)
	if over == nil {
		return
	}
	m.cfg, m.at, m.marked = c, at, ""
	m.field = NewField(FieldConfig{Lines: 3})
	m.field.Set(c.Words)
	m.field.Changed = func(text string) {
		if m.cfg.Changed != nil {
			m.cfg.Changed(text)
		}
		m.ready()
	}
	m.field.OnKey(func(e *fyne.KeyEvent) bool {
		switch e.Name {
		case fyne.KeyReturn, fyne.KeyEnter:
			m.give.Press()
		case fyne.KeyEscape:
			m.Close()
		default:
			return false
		}
		return true
	})
	m.give = NewButton(ButtonConfig{Key: "↵", Press: func() { m.pick(m.marked) }})
	m.below = Pad(look.S1, look.S1, look.S1, look.S1, Stack(look.S2, m.field, m.give))
	m.below.Hide()
	m.panel = newMenuPanel(m)
	where := fyne.CurrentApp().Driver().AbsolutePositionForObject(at)
	m.layer = container.New(menuLayout{at: where, from: at.Size()}, NewCatcher(m.Close), m.panel)
	m.lines()
	over.Overlays().Add(m.layer)
	m.layer.Resize(over.Size())
	m.focus(0)
}

// IsOpen reports whether the menu is shown.
func (m *Menu) IsOpen() bool { return m.layer != nil }

// Set changes the answers of an open menu, when they come late.
func (m *Menu) Set(lines []Option, none string) {
	if m.layer == nil || m.marked != "" || none == m.cfg.None && sameOptions(lines, m.cfg.Lines) {
		return
	}
	m.cfg.Lines, m.cfg.None = lines, none
	m.lines()
	m.focus(0)
}

func sameOptions(a, b []Option) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// Choose answers as a person would.
func (m *Menu) Choose(id string) {
	if m.layer == nil {
		return
	}
	if m.cfg.Say != nil {
		if say, ok := m.cfg.Say(id); ok {
			m.mark(id, say)
			return
		}
	}
	m.pick(id)
}

// mark shows what is chosen and asks for the words that go with it.
func (m *Menu) mark(id string, say MenuWords) {
	m.marked = id
	for i, r := range m.rows {
		r.on = m.cfg.Lines[i].ID == id
		r.Refresh()
	}
	m.field.SetLabel("", say.Placeholder)
	m.give.Set(say.Button)
	m.below.Show()
	m.ready()
	m.layer.Refresh()
	m.panel.scroll.To(HeightFor(m.panel.inside, m.panel.Size().Width)) // the field must be in sight
	m.field.Focus()
}

// ready greys the button while words are missing.
func (m *Menu) ready() {
	if m.cfg.Say == nil || m.marked == "" {
		return
	}
	if say, _ := m.cfg.Say(m.marked); say.Needed && blank(m.field.Text()) {
		m.give.Disable("")
	} else {
		m.give.Enable()
	}
}

func (m *Menu) pick(id string) {
	if m.layer == nil || id == "" {
		return
	}
	words, picked := m.field.Text(), m.cfg.Picked
	if m.marked == "" {
		words = "" // written for an answer that was not given
	}
	m.Close()
	if picked != nil {
		picked(id, words)
	}
}

// Close takes the menu away without an answer.
func (m *Menu) Close() {
	if m.layer == nil {
		return
	}
	if c := CanvasOf(m.layer); c != nil {
		c.Overlays().Remove(m.layer)
	}
	m.layer, m.rows = nil, nil
}

func (m *Menu) lines() {
	m.rows = nil
	var rows []fyne.CanvasObject
	for i, o := range m.cfg.Lines {
		r := newMenuRow(m, i, o)
		m.rows = append(m.rows, r)
		rows = append(rows, r)
	}
	if len(rows) == 0 {
		rows = append(rows, Pad(look.S1, look.S2, look.S2, look.S2, NewParagraph(m.cfg.None, Second)))
	}
	m.panel.set(Stack(look.S1, Pad(look.S1, look.S2, 0, look.S2, NewText(m.cfg.Title, Section)),
		Stack(0, rows...), m.below))
	m.layer.Refresh()
}

func (m *Menu) focus(i int) {
	c := CanvasOf(m.panel)
	switch {
	case c == nil:
	case len(m.rows) == 0:
		c.Focus(m.panel)
	case i >= 0 && i < len(m.rows):
		c.Focus(m.rows[i])
	}
}

// digit answers by number; it reports whether there is such an answer.
func (m *Menu) digit(r rune) bool {
	if r >= '１' && r <= '９' { // what a Chinese input method makes of the same keys
		r = r - '１' + '1'
	}
	i := int(r - '1')
	if r < '1' || r > '9' || i >= len(m.rows) {
		return false
	}
	m.Choose(m.cfg.Lines[i].ID)
	return true
}

func blank(s string) bool {
	for _, r := range s {
		if r != ' ' && r != '\n' && r != '\t' && r != '\u3000' {
			return false
		}
	}
	return true
}

// menuLayout lays a menu below what opened it, or above it where there is no room.
type menuLayout struct {
	at   fyne.Position
	from fyne.Size
}

func (l menuLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, 0) }

func (l menuLayout) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	place(objects[0], 0, 0, s.Width, s.Height)
	w := l.from.Width
	h := min(HeightFor(objects[1], w), s.Height-2*look.S3)
	y := l.at.Y + l.from.Height + look.S1
	if y+h > s.Height-look.S3 {
		y = max(look.S3, l.at.Y-h-look.S1)
	}
	place(objects[1], min(l.at.X, max(0, s.Width-w-look.S2)), y, w, h)
}

// menuPanel is the ground of an open menu. It takes the keys while there is no line
// to take them.
type menuPanel struct {
	widget.BaseWidget
	menu   *Menu
	face   *canvas.Rectangle
	scroll *Scroll
	inside fyne.CanvasObject
	paint  *render
}

func newMenuPanel(m *Menu) *menuPanel {
	p := &menuPanel{menu: m, face: panel(look.Radius, true)}
	p.ExtendBaseWidget(p)
	return p
}

func (p *menuPanel) set(inside fyne.CanvasObject) {
	p.inside = inside
	p.scroll = NewScroll(inside)
	if p.paint != nil {
		p.paint.objects = []fyne.CanvasObject{p.face, p.scroll}
		p.Refresh()
	}
}

// FocusGained implements fyne.Focusable.
func (p *menuPanel) FocusGained() {}

// FocusLost implements fyne.Focusable.
func (p *menuPanel) FocusLost() {}

// TypedRune takes characters and does nothing with them.
func (p *menuPanel) TypedRune(rune) {}

// TypedKey closes on Escape.
func (p *menuPanel) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyEscape {
		p.menu.Close()
	}
}

// Tapped keeps a tap beside a line from closing the menu.
func (p *menuPanel) Tapped(*fyne.PointEvent) {}

func (p *menuPanel) HeightFor(width float32) float32 {
	return HeightFor(p.inside, width-2*look.S1) + 2*look.S1
}

func (p *menuPanel) MinSize() fyne.Size { return fyne.NewSize(40, 40) }

func (p *menuPanel) CreateRenderer() fyne.WidgetRenderer {
	p.paint = &render{objects: []fyne.CanvasObject{p.face}, min: p.MinSize}
	if p.scroll != nil {
		p.paint.objects = append(p.paint.objects, p.scroll)
	}
	p.paint.layout = func(s fyne.Size) {
		place(p.face, 0, 0, s.Width, s.Height)
		if p.scroll != nil {
			place(p.scroll, look.S1, look.S1, s.Width-2*look.S1, s.Height-2*look.S1)
		}
	}
	p.paint.refresh = func() {
		p.face.Shadow = canvas.Shadow{Color: look.Color(look.Shade), BlurRadius: 12, Offset: fyne.NewPos(0, 4)}
		fill(p.face, look.Surface, look.Line)
		p.paint.layout(p.Size())
		if p.scroll != nil {
			p.scroll.Refresh()
		}
	}
	p.paint.refresh()
	return p.paint
}

// menuRow is one answer.
type menuRow struct {
	pressable
	menu *Menu
	at   int
	on   bool // chosen, and waiting for its words
	face *canvas.Rectangle
	name *Paragraph
	box  *fyne.Container
}

func newMenuRow(m *Menu, i int, o Option) *menuRow {
	r := &menuRow{menu: m, at: i, face: panel(look.SmallRadius+2, false), name: NewParagraph(o.Text, Plain)}
	words := Stack(0, r.name)
	if o.More != "" {
		words.Add(NewParagraph(o.More, Small))
	}
	cap := Fixed(18, 0, nil)
	if i < 9 {
		cap = Fixed(0, 0, NewKeycap(strconv.Itoa(i+1)))
	}
	r.box = Pad(6, look.S2, 6, look.S2, Row(look.S2, cap, Grow(words)))
	r.press, r.redraw = func() { m.Choose(o.ID) }, r.Refresh
	r.ExtendBaseWidget(r)
	return r
}

func (r *menuRow) HeightFor(width float32) float32 { return HeightFor(r.box, width) }
func (r *menuRow) MinSize() fyne.Size              { return r.box.MinSize() }

// TypedRune answers by number; other characters are no keys of the screen here.
func (r *menuRow) TypedRune(c rune) { r.menu.digit(c) }

func (r *menuRow) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		r.fire()
	case fyne.KeyUp:
		r.menu.focus(r.at - 1)
	case fyne.KeyDown:
		r.menu.focus(r.at + 1)
	case fyne.KeyEscape:
		r.menu.Close()
	}
}

func (r *menuRow) CreateRenderer() fyne.WidgetRenderer {
	p := &render{objects: []fyne.CanvasObject{r.face, r.box}, min: r.MinSize}
	p.layout = func(s fyne.Size) {
		place(r.face, 0, 0, s.Width, s.Height)
		place(r.box, 0, 0, s.Width, s.Height)
	}
	p.refresh = func() {
		ground := look.Clear
		if r.on || r.hovered || r.focused {
			ground = look.Selected
		}
		fill(r.face, ground, look.Clear)
		r.name.style.Bold = r.on
		r.name.wrapped = -1
		r.box.Refresh()
	}
	p.refresh()
	return p
}
