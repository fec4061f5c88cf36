package kit

import (
	"image/color"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"cinnabar/views/look"
)

// Field is a place to write, with a label above it.
type Field struct {
	widget.BaseWidget
	// Changed is called on every change by hand, Submitted on Enter in a field of one line.
	Changed   func(string)
	Submitted func(string)

	label *Text
	face  *canvas.Rectangle
	entry *entry
	icon  *Symbol
	lines int
	right fyne.CanvasObject
	bare  bool
}

// FieldConfig says what a field is.
type FieldConfig struct {
	Label       string
	Placeholder string
	Lines       int       // above 1: a field of so many lines
	Icon        look.Icon // at the left edge
	Right       fyne.CanvasObject
	Bare        bool // no border of its own
	Secret      bool // dots for letters, and an eye at the right edge that shows them
}

// NewField makes a field.
func NewField(c FieldConfig) *Field {
	f := &Field{label: NewText(c.Label, Section), face: panel(look.Radius, true), lines: max(1, c.Lines), right: c.Right, bare: c.Bare}
	if c.Icon != "" {
		f.icon = NewSymbol(c.Icon, look.SecondInk, 16)
	}
	f.entry = newEntry(f.lines > 1)
	if c.Secret {
		f.entry.Password = true
		f.entry.ActionItem = canvas.NewRectangle(color.Transparent) // or the toolkit draws an eye of its own
		f.right = NewButton(ButtonConfig{Icon: look.IconEye, Weight: Quiet, Press: f.Reveal})
	}
	f.entry.SetPlaceHolder(c.Placeholder)
	f.entry.OnChanged = func(s string) {
		f.entry.rewrap(s)
		if f.Changed != nil && !f.entry.quiet {
			f.Changed(s)
		}
	}
	f.entry.OnSubmitted = func(s string) {
		if f.Submitted != nil {
			f.Submitted(s)
		}
	}
	f.entry.focus = func() { f.Refresh() }
	f.ExtendBaseWidget(f)
	return f
}

// Text is what was written.
func (f *Field) Text() string { return f.entry.Text }

// Reveal shows what a secret field hides, or hides it again.
func (f *Field) Reveal() {
	f.entry.Password = !f.entry.Password
	f.entry.Refresh()
	f.Focus()
}

// Set changes the text without calling Changed.
func (f *Field) Set(text string) {
	if f.entry.Text == text {
		return
	}
	f.entry.quiet = true
	f.entry.SetText(text)
	f.entry.quiet = false
}

// SetLabel changes label and placeholder.
func (f *Field) SetLabel(label, placeholder string) {
	f.label.Set(label)
	f.entry.SetPlaceHolder(placeholder)
}

// Focus puts the cursor into the field.
func (f *Field) Focus() {
	if c := CanvasOf(f.entry); c != nil {
		c.Focus(f.entry)
	}
}

// Focused reports whether the cursor is in the field.
func (f *Field) Focused() bool { return f.entry.focused }

// Input is what takes the keys, for a canvas's Focus.
func (f *Field) Input() fyne.Focusable { return f.entry }

// OnKey lets the owner take keys before the field does; it reports whether it did.
func (f *Field) OnKey(take func(*fyne.KeyEvent) bool) { f.entry.take = take }

// Disable makes the field read-only.
func (f *Field) Disable() { f.entry.Disable() }

// Enable makes it writable again.
func (f *Field) Enable() { f.entry.Enable() }

func (f *Field) boxHeight() float32 {
	if f.lines == 1 {
		return look.FieldHeight
	}
	return float32(f.lines)*18 + 2*look.S2 + 4
}

func (f *Field) labelHeight() float32 {
	if f.label.text == "" {
		return 0
	}
	return f.label.MinSize().Height + look.S2 - 2
}

// MinSize is label and box.
func (f *Field) MinSize() fyne.Size { return fyne.NewSize(120, f.labelHeight()+f.boxHeight()) }

// CreateRenderer implements fyne.Widget.
func (f *Field) CreateRenderer() fyne.WidgetRenderer {
	r := &render{objects: []fyne.CanvasObject{f.face, f.label, f.entry}, min: f.MinSize}
	if f.icon != nil {
		r.objects = append(r.objects, f.icon)
	}
	if f.right != nil {
		r.objects = append(r.objects, f.right)
	}
	r.layout = func(s fyne.Size) {
		top := f.labelHeight()
		place(f.label, 0, 0, s.Width, f.label.MinSize().Height)
		h := s.Height - top
		place(f.face, 0, top, s.Width, h)
		x, w := float32(4), s.Width-8
		if f.icon != nil {
			place(f.icon, look.S3, top+(h-16)/2, 16, 16)
			x, w = x+22, w-22
		}
		if f.right != nil {
			m := f.right.MinSize()
			place(f.right, s.Width-look.S2-m.Width, top+(h-m.Height)/2, m.Width, m.Height)
			w -= m.Width + look.S2
		}
		w = max(w, look.S5) // the toolkit's editor draws itself inside out below that
		if f.lines == 1 {
			eh := f.entry.MinSize().Height
			place(f.entry, x, top+(h-eh)/2, w, eh)
		} else {
			place(f.entry, x, top+2, w, h-4)
		}
	}
	r.refresh = func() {
		border := look.Line
		if f.entry.focused {
			border = look.SecondInk
		}
		ground := look.Surface
		if f.bare {
			ground, border = look.Clear, look.Clear
		}
		fill(f.face, ground, border)
		f.label.Hidden = f.label.text == ""
		f.label.Refresh()
		f.entry.Refresh()
		r.layout(f.Size())
	}
	r.refresh()
	return r
}

// entry is the toolkit's editor without its clothes. Escape leaves it, and
// shortcuts that are not about editing go on to the window.
type entry struct {
	widget.Entry
	focused bool
	quiet   bool
	focus   func()
	take    func(*fyne.KeyEvent) bool
}

func newEntry(lines bool) *entry {
	e := &entry{}
	e.MultiLine = lines
	e.Wrapping, e.Scroll = fyne.TextWrapWord, fyne.ScrollVerticalOnly
	if !lines {
		e.Wrapping, e.Scroll = fyne.TextWrapOff, fyne.ScrollHorizontalOnly
	}
	e.ExtendBaseWidget(e)
	return e
}

// rewrap lets Chinese break between any two characters. The toolkit's editor
// knows only two ways: at spaces, of which Chinese has none, or anywhere.
func (e *entry) rewrap(text string) {
	if !e.MultiLine {
		return
	}
	han, letters := 0, 0
	for _, r := range text {
		if wide(r) {
			han++
		} else if unicode.IsLetter(r) {
			letters++
		}
	}
	want := fyne.TextWrapWord
	if 4*han > letters {
		want = fyne.TextWrapBreak
	}
	if e.Wrapping != want {
		e.Wrapping = want
		e.Refresh()
	}
}

func (e *entry) FocusGained() {
	e.focused = true
	e.Entry.FocusGained()
	if e.focus != nil {
		e.focus()
	}
}

func (e *entry) FocusLost() {
	e.focused = false
	e.Entry.FocusLost()
	if e.focus != nil {
		e.focus()
	}
}

func (e *entry) TypedKey(k *fyne.KeyEvent) {
	if e.take != nil && e.take(k) {
		return
	}
	if k.Name == fyne.KeyEscape {
		if c := CanvasOf(e); c != nil {
			c.Unfocus()
		}
		return
	}
	e.Entry.TypedKey(k)
}

// AcceptsTab leaves Tab to the way through the window.
func (e *entry) AcceptsTab() bool { return false }

func (e *entry) TypedShortcut(s fyne.Shortcut) {
	switch s.(type) {
	case *fyne.ShortcutCopy, *fyne.ShortcutCut, *fyne.ShortcutPaste, *fyne.ShortcutSelectAll, *fyne.ShortcutUndo, *fyne.ShortcutRedo:
		e.Entry.TypedShortcut(s)
		return
	}
	if c, ok := CanvasOf(e).(fyne.Shortcutable); ok {
		c.TypedShortcut(s)
	}
}
