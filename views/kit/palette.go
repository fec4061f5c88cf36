package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
	"github.com/sahilm/fuzzy"

	"cinnabar/views/look"
)

// Command is something that can be gone to or done from the palette.
type Command struct {
	ID   string
	Text string
	Hint string // at the right edge: a key, a kind
	Also string // other words that find it, e.g. the name in the other language
	Icon look.Icon
	Do   func()
}

// PaletteConfig says what a palette finds.
type PaletteConfig struct {
	Placeholder string
	None        func(query string) string
	Commands    func() []Command
	// Search finds items behind the commands. It is called off the UI thread
	// through Async, and its answer is dropped when the query has changed.
	Search func(query string) []Command
	Async  func(func())
	Loop   Loop
	Close  func()
}

// Palette is the search over commands and things behind Ctrl-K.
type Palette struct {
	widget.BaseWidget
	cfg   PaletteConfig
	field *Field
	list  *Rows[Command]
	none  *Text
	face  *canvas.Rectangle
	found []Command
	run   int
}

const paletteRow = 40

// NewPalette makes a palette.
func NewPalette(cfg PaletteConfig) *Palette {
	p := &Palette{cfg: cfg, face: panel(look.Radius+4, true), none: NewText("", Second)}
	p.field = NewField(FieldConfig{Placeholder: cfg.Placeholder, Icon: look.IconSearch, Bare: true})
	p.field.Changed = p.find
	p.field.Submitted = func(string) { p.run1() }
	p.field.OnKey(p.key)
	p.list = NewRows(RowsConfig[Command]{
		Key: func(c Command) string { return c.ID }, Height: paletteRow, Flat: true,
		New:      func() RowView[Command] { return newCommandRow() },
		Selected: func(Command) {},
		Opened:   func(Command) { p.run1() },
	})
	p.list.cfg.Tap = func(Command) { p.run1() }
	p.ExtendBaseWidget(p)
	p.find("")
	return p
}

// Input is what takes the keys.
func (p *Palette) Input() fyne.Focusable { return p.field.Input() }

// Query sets the text as if typed.
func (p *Palette) Query(text string) {
	p.field.Set(text)
	p.find(text)
}

// Found is what the list shows.
func (p *Palette) Found() []Command { return p.found }

func (p *Palette) key(e *fyne.KeyEvent) bool {
	switch e.Name {
	case fyne.KeyUp:
		p.list.Step(-1)
	case fyne.KeyDown:
		p.list.Step(1)
	case fyne.KeyEscape:
		if p.cfg.Close != nil {
			p.cfg.Close()
		}
	default:
		return false
	}
	return true
}

func (p *Palette) run1() {
	c, ok := p.list.Selected()
	if !ok {
		return
	}
	if p.cfg.Close != nil {
		p.cfg.Close()
	}
	if c.Do != nil {
		c.Do()
	}
}

type commandSource []Command

func (s commandSource) String(i int) string { return s[i].Text + " " + s[i].Also }
func (s commandSource) Len() int            { return len(s) }

func (p *Palette) find(query string) {
	p.run++
	all := p.cfg.Commands()
	found := all
	if query != "" {
		found = nil
		for _, m := range fuzzy.FindFrom(query, commandSource(all)) {
			found = append(found, all[m.Index])
		}
	}
	p.show(query, found)
	if query == "" || p.cfg.Search == nil {
		return
	}
	run := p.run
	p.cfg.Async(func() {
		more := p.cfg.Search(query)
		p.cfg.Loop.Do(func() {
			if run == p.run {
				p.show(query, append(found, more...))
			}
		})
	})
}

func (p *Palette) show(query string, found []Command) {
	p.found = found
	p.list.Set(found, false)
	if len(found) > 0 {
		p.list.Select(found[0].ID)
	}
	p.none.Hidden = len(found) > 0
	if p.cfg.None != nil {
		p.none.Set(p.cfg.None(query))
	}
	p.Refresh()
}

// MinSize is that of the open palette.
func (p *Palette) MinSize() fyne.Size { return fyne.NewSize(560, 52+8*paletteRow+look.S2) }

// CreateRenderer implements fyne.Widget.
func (p *Palette) CreateRenderer() fyne.WidgetRenderer {
	rule := NewRule()
	r := &render{objects: []fyne.CanvasObject{p.face, p.field, rule, p.list, p.none}, min: p.MinSize}
	r.layout = func(s fyne.Size) {
		place(p.face, 0, 0, s.Width, s.Height)
		place(p.field, look.S1, 8, s.Width-2*look.S1, look.FieldHeight)
		place(rule, 0, 51, s.Width, 1)
		place(p.list, 1, 52+look.S1, s.Width-2, s.Height-52-2*look.S1)
		place(p.none, look.S4, 52+look.S4, s.Width-2*look.S4, 20)
	}
	r.refresh = func() {
		p.face.Shadow = canvas.Shadow{Color: look.Color(look.Shade), BlurRadius: 16, Offset: fyne.NewPos(0, 6)}
		p.face.FillColor, p.face.StrokeColor = look.Color(look.Surface), look.Color(look.Line)
		p.face.Refresh()
		r.layout(p.Size())
		for _, o := range r.objects[1:] {
			o.Refresh()
		}
	}
	r.refresh()
	return r
}

type commandRow struct {
	widget.BaseWidget
	icon *Symbol
	text *Text
	hint *Text
	box  *fyne.Container
}

func newCommandRow() *commandRow {
	r := &commandRow{icon: NewSymbol(look.IconChevronRight, look.SecondInk, 18),
		text: NewText("", Style{Shrink: true}), hint: NewText("", Small)}
	r.box = Pad(0, look.S4, 0, look.S4, Row(look.S3, r.icon, Grow(r.text), r.hint))
	r.ExtendBaseWidget(r)
	return r
}

func (r *commandRow) Bind(c Command, selected bool) {
	i := c.Icon
	if i == "" {
		i = look.IconChevronRight
	}
	ink := look.SecondInk
	if selected {
		ink = look.Ink
	}
	r.icon.Set(i, ink)
	r.text.Set(c.Text)
	r.text.SetStyle(Style{Shrink: true, Bold: selected})
	r.hint.Set(c.Hint)
	r.box.Refresh()
}

func (r *commandRow) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(r.box) }
