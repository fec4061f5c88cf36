package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"cinnabar/views/look"
)

// Chip is one choice of a row of filters.
type Chip struct {
	ID    string
	Text  string
	Count string // "" shows none
	Key   string // the key that chooses it, before the words; "" shows none. The screen binds it
}

// Chips is a row of filters of which exactly one is chosen. Chips that do not
// fit are left out at the end; Left and Right still reach them.
type Chips struct {
	widget.BaseWidget
	chips  []Chip
	chosen string
	pick   func(id string)
	many   map[string]bool // of Toggles: which are on; nil for one choice
	turn   func(id string, on bool)
	drawn  []*chip
}

// NewChips makes the row; pick is called when a person chooses another.
func NewChips(pick func(id string)) *Chips {
	c := &Chips{pick: pick}
	c.ExtendBaseWidget(c)
	return c
}

// NewToggles makes a row of which any number may be on; turn is called when a person
// turns one on or off.
func NewToggles(chips []Chip, on map[string]bool, turn func(id string, on bool)) *Chips {
	c := &Chips{chips: chips, many: map[string]bool{}, turn: turn}
	for id, is := range on {
		c.many[id] = is
	}
	c.ExtendBaseWidget(c)
	return c
}

func (c *Chips) on(id string) bool {
	if c.many != nil {
		return c.many[id]
	}
	return id == c.chosen
}

// Choose picks a chip, or turns one of Toggles, as a person would.
func (c *Chips) Choose(id string) { c.choose(id) }

// Set changes the choices and which is chosen.
func (c *Chips) Set(chips []Chip, chosen string) {
	c.chips, c.chosen = chips, chosen
	c.Refresh()
}

// Chosen is the id of the chosen chip.
func (c *Chips) Chosen() string { return c.chosen }

func (c *Chips) choose(id string) {
	if c.many != nil {
		c.many[id] = !c.many[id]
		c.Refresh()
		if c.turn != nil {
			c.turn(id, c.many[id])
		}
		return
	}
	if id == c.chosen {
		return
	}
	c.chosen = id
	c.Refresh()
	if c.pick != nil {
		c.pick(id)
	}
}

// MinSize is one chip high.
func (c *Chips) MinSize() fyne.Size { return fyne.NewSize(look.S5, chipHeight) }

// CreateRenderer implements fyne.Widget.
func (c *Chips) CreateRenderer() fyne.WidgetRenderer {
	r := &render{min: c.MinSize}
	r.layout = func(s fyne.Size) {
		x := float32(0)
		for i, o := range c.drawn {
			if i >= len(c.chips) {
				o.Hide()
				continue
			}
			w := o.MinSize().Width
			if x+w > s.Width+.5 {
				o.Hide()
			} else {
				o.Show()
			}
			place(o, x, (s.Height-chipHeight)/2, w, chipHeight)
			x += w + look.S2
		}
	}
	r.refresh = func() {
		for len(c.drawn) < len(c.chips) {
			c.drawn = append(c.drawn, newChip(c))
		}
		r.objects = r.objects[:0]
		for i := range c.drawn {
			if i < len(c.chips) {
				c.drawn[i].chip = c.chips[i]
			}
			r.objects = append(r.objects, c.drawn[i])
		}
		r.layout(c.Size())
		for i := range c.chips {
			c.drawn[i].Refresh()
		}
	}
	r.refresh()
	return r
}

const chipHeight = 24

type chip struct {
	pressable
	chip  Chip
	row   *Chips
	face  *canvas.Rectangle
	key   *canvas.Text
	label *canvas.Text
}

func newChip(row *Chips) *chip {
	c := &chip{row: row, face: panel(chipHeight/2., true), key: &canvas.Text{}, label: &canvas.Text{}}
	c.press = func() { row.choose(c.chip.ID) }
	c.redraw = c.Refresh
	c.ExtendBaseWidget(c)
	return c
}

func (c *chip) words() string {
	if c.chip.Count == "" {
		return c.chip.Text
	}
	return c.chip.Text + " " + c.chip.Count
}

func (c *chip) MinSize() fyne.Size {
	return fyne.NewSize(c.keyWidth()+fyne.MeasureText(c.words(), look.Caption, fyne.TextStyle{}).Width+2*(look.S2+1), chipHeight)
}

// keyWidth is what the key takes before the words.
func (c *chip) keyWidth() float32 {
	if c.chip.Key == "" {
		return 0
	}
	return fyne.MeasureText(c.chip.Key, look.Caption, fyne.TextStyle{Bold: true}).Width + look.S1 + 1
}

func (c *chip) TypedRune(r rune) { PassRune(c, r) }

func (c *chip) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		c.fire()
	case fyne.KeyLeft, fyne.KeyRight:
		if c.row.many != nil {
			PassKey(c, e)
			return
		}
		c.row.step(e.Name == fyne.KeyRight)
	default:
		PassKey(c, e)
	}
}

func (c *Chips) step(forward bool) {
	for i, ch := range c.chips {
		if ch.ID != c.chosen {
			continue
		}
		if forward && i+1 < len(c.chips) {
			c.choose(c.chips[i+1].ID)
		} else if !forward && i > 0 {
			c.choose(c.chips[i-1].ID)
		}
		return
	}
}

func (c *chip) CreateRenderer() fyne.WidgetRenderer {
	r := &render{objects: []fyne.CanvasObject{c.face, c.key, c.label}, min: c.MinSize}
	r.layout = func(s fyne.Size) {
		place(c.face, 0, 0, s.Width, s.Height)
		h := fyne.MeasureText("A", look.Caption, fyne.TextStyle{}).Height
		if key := c.keyWidth(); key > 0 {
			place(c.key, look.S2+1, (s.Height-h)/2, key, h)
			place(c.label, look.S2+1+key, (s.Height-h)/2, s.Width-key-2*(look.S2+1), h)
			return
		}
		place(c.label, 0, (s.Height-h)/2, s.Width, h)
	}
	r.refresh = func() {
		ground, border, ink := look.Clear, look.Line, look.SecondInk
		switch {
		case c.row.on(c.chip.ID):
			ground, border, ink = look.Ink, look.Ink, look.OnInk
		case c.hovered:
			ground, ink = look.Selected, look.Ink
		}
		if c.focused {
			border = look.SecondInk
		}
		fill(c.face, ground, border)
		c.label.Text, c.label.TextSize, c.label.Color = c.words(), look.Caption, look.Color(ink)
		c.label.Alignment = fyne.TextAlignCenter
		c.key.Text, c.key.TextSize, c.key.Color = c.chip.Key, look.Caption, look.Color(ink)
		c.key.TextStyle = fyne.TextStyle{Bold: true}
		r.layout(c.Size())
		c.key.Refresh()
		c.label.Refresh()
	}
	r.refresh()
	return r
}
