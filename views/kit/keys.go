package kit

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"cinnabar/views/look"
)

// Key is one binding of a screen. Letters are matched by the key pressed rather
// than by the character, so that they work while an input method is on.
type Key struct {
	// Name is a letter in upper case, or a name: "Space", "Up", "Down", "Enter",
	// "Escape", "PageUp", "PageDown", "Home", "End", or a character: "?", "/".
	Name string
	// Label says what it does, for the sheet behind "?"; "" keeps it off the sheet.
	Label string
	// Do is called when the key is typed, again while it repeats.
	Do func()
	// Hold is called with true when the key goes down and with false when it comes up.
	Hold func(down bool)
}

// named maps our names to the toolkit's.
var named = map[string]fyne.KeyName{
	"Space": fyne.KeySpace, "Up": fyne.KeyUp, "Down": fyne.KeyDown, "Left": fyne.KeyLeft, "Right": fyne.KeyRight,
	"Enter": fyne.KeyReturn, "Escape": fyne.KeyEscape, "PageUp": fyne.KeyPageUp, "PageDown": fyne.KeyPageDown,
	"Home": fyne.KeyHome, "End": fyne.KeyEnd, "Delete": fyne.KeyDelete,
}

// runes maps characters to the bindings they stand for; the full-width ones are
// what a Chinese input method makes of the same keys.
var runes = map[rune]string{'?': "?", '？': "?", '/': "/", '、': "/", '+': "+", '=': "+", '-': "-", '0': "0", '1': "1", '2': "2", '3': "3", '4': "4", '5': "5", '6': "6"}

// Keys gives a canvas the bindings of the screen that is shown. They apply
// while no field has the focus: what is typed into a field is text.
type Keys struct {
	canvas fyne.Canvas
	loop   Loop
	find   func() []Key
}

// BindKeys routes a canvas's keys to the bindings that find returns at the moment.
func BindKeys(c fyne.Canvas, loop Loop, find func() []Key) *Keys {
	k := &Keys{canvas: c, loop: loop, find: find}
	c.SetOnTypedKey(k.typed)
	c.SetOnTypedRune(k.character)
	if d, ok := c.(desktop.Canvas); ok {
		d.SetOnKeyDown(func(e *fyne.KeyEvent) { k.Hold(e.Name, true) })
		d.SetOnKeyUp(func(e *fyne.KeyEvent) { k.Hold(e.Name, false) })
	}
	return k
}

func (k *Keys) lookup(match func(Key) bool) (Key, bool) {
	for _, b := range k.find() {
		if match(b) {
			return b, true
		}
	}
	return Key{}, false
}

func (k *Keys) typed(e *fyne.KeyEvent) {
	b, ok := k.lookup(func(b Key) bool {
		if b.Do == nil {
			return false
		}
		if len(b.Name) == 1 && b.Name >= "A" && b.Name <= "Z" {
			return fyne.KeyName(b.Name) == e.Name
		}
		if n, ok := named[b.Name]; ok {
			// Small keyboards have no Delete.
			return n == e.Name || n == fyne.KeyReturn && e.Name == fyne.KeyEnter || n == fyne.KeyDelete && e.Name == fyne.KeyBackspace
		}
		return false
	})
	if ok {
		// Later, because the character of this very key follows the key: a binding
		// that moves the focus into a field would otherwise type itself into it.
		k.loop.Do(b.Do)
	}
}

func (k *Keys) character(r rune) {
	name, ok := runes[r]
	if !ok {
		return
	}
	if b, ok := k.lookup(func(b Key) bool { return b.Name == name && b.Do != nil }); ok {
		k.loop.Do(b.Do)
	}
}

// Hold tells of a key that went down or came up while no field has the focus.
func (k *Keys) Hold(name fyne.KeyName, down bool) {
	b, ok := k.lookup(func(b Key) bool { return b.Hold != nil && (named[b.Name] == name || b.Name == string(name)) })
	if ok {
		b.Hold(down)
	}
}

// PassKey hands a key that a focused widget has no use for to the screen.
func PassKey(o fyne.CanvasObject, e *fyne.KeyEvent) {
	if c := CanvasOf(o); c != nil {
		if e.Name == fyne.KeyEscape {
			c.Unfocus()
		}
		if f := c.OnTypedKey(); f != nil {
			f(e)
		}
	}
}

// PassRune hands a character that a focused widget has no use for to the screen.
func PassRune(o fyne.CanvasObject, r rune) {
	if c := CanvasOf(o); c != nil {
		if f := c.OnTypedRune(); f != nil {
			f(r)
		}
	}
}

// KeyHelp is the sheet behind "?": what every key does, in two columns.
func KeyHelp(title string, keys []Key) fyne.CanvasObject {
	var rows []fyne.CanvasObject
	seen := map[string]bool{}
	for _, k := range keys {
		if k.Label == "" || seen[k.Label] {
			continue
		}
		seen[k.Label] = true
		var caps []fyne.CanvasObject
		for _, other := range keys {
			if other.Label == k.Label {
				for _, part := range strings.Split(other.Name, "+") {
					if part == "" {
						part = "+"
					}
					caps = append(caps, NewKeycap(part))
				}
			}
		}
		rows = append(rows, Row(look.S2, Fixed(96, 0, Row(look.S1, caps...)), Grow(NewParagraph(Capital(k.Label), Plain))))
	}
	return Stack(look.S4, NewText(title, Heading), Grid(2, look.S3, rows...))
}

// Capital begins a word as a heading or a line of a list does; Chinese has no capitals.
func Capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}
