package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// pressable is what a small widget needs to be pressed: pointer, hover, Tab,
// Enter and Space. The widget that embeds it says what pressing does, and
// redraws when hovered or focused changes.
type pressable struct {
	widget.BaseWidget
	press    func()
	redraw   func()
	disabled bool
	hovered  bool
	focused  bool
}

var (
	_ fyne.Tappable     = (*pressable)(nil)
	_ desktop.Hoverable = (*pressable)(nil)
)

func (p *pressable) Tapped(*fyne.PointEvent) { p.fire() }

func (p *pressable) fire() {
	if !p.disabled && p.press != nil {
		p.press()
	}
}

func (p *pressable) changed() {
	if p.redraw != nil {
		p.redraw()
	}
}

func (p *pressable) MouseIn(*desktop.MouseEvent)    { p.hovered = true; p.changed() }
func (p *pressable) MouseMoved(*desktop.MouseEvent) {}
func (p *pressable) MouseOut()                      { p.hovered = false; p.changed() }
func (p *pressable) FocusGained()                   { p.focused = true; p.changed() }
func (p *pressable) FocusLost()                     { p.focused = false; p.changed() }

func (p *pressable) Cursor() desktop.Cursor {
	if p.disabled {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}
