package kit

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"cinnabar/views/look"
)

// Note is what a toast says.
type Note struct {
	Text string
	Tone Tone // Neutral, or Amber for what wants care
	// Undo, where given, is offered until Until with the seconds that are left;
	// Label writes it ("Undo 8").
	Undo  func()
	Label func(seconds int) string
	Until time.Time // zero: the note goes away by itself after six seconds
}

// Toasts says what has just happened at the lower edge of the window, one thing
// at a time, and never takes the focus.
type Toasts struct {
	widget.BaseWidget
	loop Loop
	now  func() time.Time
	note Note
	run  int
	stop func()

	face   *canvas.Rectangle
	text   *Text
	action *inkButton
}

// NewToasts makes an empty layer. now may be nil for the machine's clock.
func NewToasts(loop Loop, now func() time.Time) *Toasts {
	if now == nil {
		now = time.Now
	}
	t := &Toasts{loop: loop, now: now, face: panel(look.Radius, false), text: NewText("", Style{Ink: look.OnInk})}
	t.action = newInkButton(t.undo)
	t.ExtendBaseWidget(t)
	t.Hide()
	return t
}

// Say shows a note in place of the one before.
func (t *Toasts) Say(n Note) {
	t.run++
	if n.Until.IsZero() {
		n.Until = t.now().Add(6 * time.Second)
	}
	t.note = n
	if t.stop != nil {
		t.stop()
	}
	t.tick(t.run)
}

// Dismiss takes the note away.
func (t *Toasts) Dismiss() {
	t.run++
	if t.stop != nil {
		t.stop()
		t.stop = nil
	}
	t.note = Note{}
	t.Hide()
}

// Says is the text that is shown, "" for none.
func (t *Toasts) Says() string { return t.note.Text }

func (t *Toasts) undo() {
	f := t.note.Undo
	t.Dismiss()
	if f != nil {
		f()
	}
}

// tick redraws once a second while the note stands.
func (t *Toasts) tick(run int) {
	if run != t.run {
		return
	}
	left := t.note.Until.Sub(t.now())
	if left <= 0 {
		t.Dismiss()
		return
	}
	seconds := int((left + time.Second - 1) / time.Second)
	t.text.Set(t.note.Text)
	label := ""
	if t.note.Undo != nil && t.note.Label != nil {
		label = t.note.Label(seconds)
	}
	t.action.set(label)
	t.Show()
	t.Refresh()
	wait := left % time.Second
	if wait == 0 {
		wait = time.Second
	}
	timer := time.AfterFunc(wait, func() { t.loop.Do(func() { t.tick(run) }) })
	t.stop = func() { timer.Stop() }
}

const toastHeight = 40

// MinSize fits the words.
func (t *Toasts) MinSize() fyne.Size {
	w := t.text.MinSize().Width + 2*look.S4
	if t.action.text != "" {
		w += t.action.MinSize().Width + look.S4
	}
	return fyne.NewSize(w, toastHeight)
}

// CreateRenderer implements fyne.Widget.
func (t *Toasts) CreateRenderer() fyne.WidgetRenderer {
	r := &render{objects: []fyne.CanvasObject{t.face, t.text, t.action}, min: t.MinSize}
	r.layout = func(s fyne.Size) {
		place(t.face, 0, 0, s.Width, s.Height)
		w := t.text.MinSize().Width
		place(t.text, look.S4, 0, w, s.Height)
		place(t.action, look.S4+w+look.S4, 0, t.action.MinSize().Width, s.Height)
	}
	r.refresh = func() {
		t.face.Shadow = canvas.Shadow{Color: look.Color(look.Shade), BlurRadius: 12, Offset: fyne.NewPos(0, 4)}
		t.face.FillColor = look.Color(look.Ink)
		t.face.Refresh()
		t.text.Refresh()
		t.action.Refresh()
		r.layout(t.Size())
	}
	r.refresh()
	return r
}

// inkButton is underlined text on a solid ink ground.
type inkButton struct {
	pressable
	text  string
	label *canvas.Text
	line  *canvas.Rectangle
}

func newInkButton(press func()) *inkButton {
	b := &inkButton{label: &canvas.Text{}, line: panel(0, false)}
	b.press, b.redraw = press, b.Refresh
	b.ExtendBaseWidget(b)
	return b
}

func (b *inkButton) set(text string) {
	b.text = text
	b.Refresh()
}

func (b *inkButton) TypedRune(r rune) { PassRune(b, r) }

func (b *inkButton) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		b.fire()
	default:
		PassKey(b, e)
	}
}

func (b *inkButton) MinSize() fyne.Size {
	return fyne.MeasureText(b.text, look.Body, fyne.TextStyle{Bold: true})
}

func (b *inkButton) CreateRenderer() fyne.WidgetRenderer {
	r := &render{objects: []fyne.CanvasObject{b.label, b.line}, min: b.MinSize}
	r.layout = func(s fyne.Size) {
		m := b.MinSize()
		place(b.label, 0, (s.Height-m.Height)/2, m.Width, m.Height)
		place(b.line, 0, (s.Height+m.Height)/2-2, m.Width, 1)
	}
	r.refresh = func() {
		b.label.Text, b.label.TextSize, b.label.TextStyle = b.text, look.Body, fyne.TextStyle{Bold: true}
		b.label.Color = look.Color(look.OnInk)
		fill(b.line, look.OnInk, look.Clear)
		b.line.Hidden = b.text == ""
		r.layout(b.Size())
		b.label.Refresh()
	}
	r.refresh()
	return r
}
