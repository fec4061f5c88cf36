package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"cinnabar/views/look"
)

// Weight is how much a button asks to be pressed.
type Weight uint8

// The weights. A view has at most one Primary.
const (
	Bordered Weight = iota
	Primary         // solid cinnabar: the one main action
	Quiet           // text alone, for what is seldom wanted
)

// Button does one thing. Its key, where it has one, is shown at its right edge.
type Button struct {
	pressable
	text   string
	key    string
	icon   look.Icon
	weight Weight
	why    string

	face  *canvas.Rectangle
	label *canvas.Text
	mark  *canvas.Image
	cap   *Keycap
}

// ButtonConfig says what a button is.
type ButtonConfig struct {
	Text   string
	Key    string    // as printed on the cap, "" for none
	Icon   look.Icon // before the text, "" for none
	Weight Weight
	Press  func()
}

// NewButton makes a button.
func NewButton(c ButtonConfig) *Button {
	b := &Button{text: c.Text, key: c.Key, icon: c.Icon, weight: c.Weight,
		face: panel(look.Radius, true), label: &canvas.Text{}, mark: icon(), cap: NewKeycap(c.Key)}
	b.press, b.redraw = c.Press, b.Refresh
	b.ExtendBaseWidget(b)
	return b
}

// Set changes the text.
func (b *Button) Set(text string) {
	if b.text != text {
		b.text = text
		b.Refresh()
	}
}

// Text is what it says.
func (b *Button) Text() string { return b.text }

// Press does what the button does, unless it is disabled.
func (b *Button) Press() { b.fire() }

// Disable makes the button not pressable and shows why in place of its text's
// second half; "" just greys it.
func (b *Button) Disable(why string) {
	if b.disabled && b.why == why {
		return
	}
	b.disabled, b.why = true, why
	b.Refresh()
}

// Enable makes it pressable again.
func (b *Button) Enable() {
	if b.disabled {
		b.disabled, b.why = false, ""
		b.Refresh()
	}
}

// Disabled reports whether pressing does nothing now.
func (b *Button) Disabled() bool { return b.disabled }

// TypedKey presses on Enter and Space and leaves other keys to the screen.
func (b *Button) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		b.fire()
	default:
		PassKey(b, e)
	}
}

// TypedRune leaves characters to the screen.
func (b *Button) TypedRune(r rune) { PassRune(b, r) }

func (b *Button) style() Style { return Style{Bold: b.weight != Quiet} }

// MinSize fits icon, text and key.
func (b *Button) MinSize() fyne.Size {
	w := fyne.MeasureText(b.text, look.Body, b.style().face()).Width + 2*look.S3
	if b.icon != "" {
		w += 16
		if b.text != "" {
			w += look.S2
		}
	}
	if b.key != "" {
		w += b.cap.MinSize().Width + look.S4
	}
	h := look.ButtonHeight
	if b.weight == Quiet {
		h = 30
	}
	return fyne.NewSize(max(w, h), h)
}

// CreateRenderer implements fyne.Widget.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	r := &render{objects: []fyne.CanvasObject{b.face, b.mark, b.label, b.cap}, min: b.MinSize}
	r.layout = func(s fyne.Size) {
		place(b.face, 0, 0, s.Width, s.Height)
		x := look.S3
		if b.icon != "" {
			if b.text == "" {
				x = (s.Width - 16) / 2
			}
			place(b.mark, x, (s.Height-16)/2, 16, 16)
			x += 16 + look.S2
		}
		right := s.Width - look.S3
		if b.key != "" {
			cw := b.cap.MinSize().Width
			place(b.cap, right-cw, (s.Height-keycapHeight)/2, cw, keycapHeight)
			right -= cw + look.S2
		}
		h := fyne.MeasureText("A", look.Body, b.style().face()).Height
		text := b.text
		if b.disabled && b.why != "" {
			text += " · " + b.why
		}
		b.label.Text = ellipsis(text, max(0, right-x)+1, b.style())
		place(b.label, x, (s.Height-h)/2, max(0, right-x), h)
	}
	r.refresh = func() {
		ground, border, ink := look.Surface, look.Line, look.Ink
		switch {
		case b.disabled:
			ground, ink = look.Paper, look.SecondInk
			if b.weight == Quiet {
				ground, border = look.Clear, look.Clear
			}
		case b.weight == Primary:
			ground, border, ink = look.Seal, look.Seal, look.OnSeal
			if b.hovered {
				ground, border = look.SealHover, look.SealHover
			}
		case b.weight == Quiet:
			ground, border, ink = look.Clear, look.Clear, look.SecondInk
			if b.hovered {
				ground, ink = look.Selected, look.Ink
			}
		case b.hovered:
			ground = look.Selected
		}
		if b.focused {
			border = look.SecondInk
			if b.weight == Primary {
				border = look.Ink
			}
		}
		fill(b.face, ground, border)
		b.label.TextSize, b.label.TextStyle, b.label.Color = look.Body, b.style().face(), look.Color(ink)
		b.mark.Hidden, b.cap.Hidden = b.icon == "", b.key == ""
		if b.icon != "" {
			draw(b.mark, b.icon, ink, 16)
		}
		b.cap.text, b.cap.onSeal = b.key, b.weight == Primary && !b.disabled
		r.layout(b.Size())
		b.cap.Refresh()
		b.label.Refresh()
	}
	r.refresh()
	return r
}
