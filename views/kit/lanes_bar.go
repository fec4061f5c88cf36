package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"cinnabar/views/look"
)

// laneBarView is the drawing of a bar; it is dragged by whole days.
type laneBarView struct {
	widget.BaseWidget
	lanes   *Lanes
	bar     LaneBar
	chosen  bool
	hovered bool
	pulled  float32 // how far the pointer has gone since the drag began
	shift   int     // days that this comes to
	face    *canvas.Rectangle
	label   *Text
	warn    *Symbol
	paint   func()
}

var (
	_ fyne.Draggable         = (*laneBarView)(nil)
	_ fyne.Tappable          = (*laneBarView)(nil)
	_ fyne.DoubleTappable    = (*laneBarView)(nil)
	_ desktop.Hoverable      = (*laneBarView)(nil)
	_ fyne.WidgetRenderer    = (*render)(nil)
	_ desktop.Cursorable     = (*laneBarView)(nil)
	_ fyne.SecondaryTappable = (*laneBarView)(nil)
)

func newLaneBarView(l *Lanes) *laneBarView {
	v := &laneBarView{lanes: l, face: panel(look.Radius, true), label: NewText("", Style{Size: look.Caption, Shrink: true}),
		warn: NewSymbol(look.IconWarn, look.AmberInk, 14)}
	v.ExtendBaseWidget(v)
	return v
}

func (v *laneBarView) show(b LaneBar, chosen bool) {
	if b.ID != v.bar.ID {
		v.pulled, v.shift, v.hovered = 0, 0, false
	}
	if v.bar == b && v.chosen == chosen {
		return
	}
	v.bar, v.chosen = b, chosen
	if v.paint != nil {
		v.paint()
	}
}

func (v *laneBarView) MinSize() fyne.Size { return fyne.NewSize(3, laneBar) }

// Tapped chooses the bar.
func (v *laneBarView) Tapped(*fyne.PointEvent) { v.lanes.choose(v.bar.ID) }

// TappedSecondary keeps the toolkit from waiting whether a tap is the first of two.
func (v *laneBarView) TappedSecondary(*fyne.PointEvent) { v.lanes.choose(v.bar.ID) }

// DoubleTapped opens the bar.
func (v *laneBarView) DoubleTapped(*fyne.PointEvent) {
	v.lanes.choose(v.bar.ID)
	if v.lanes.cfg.Opened != nil {
		v.lanes.cfg.Opened(v.bar.ID)
	}
}

// Dragged moves the drawing by whole days, within where the bar may go.
func (v *laneBarView) Dragged(e *fyne.DragEvent) {
	if v.lanes.cfg.Moved == nil {
		return
	}
	v.pulled += e.Dragged.DX
	back, on := v.bar.room()
	day := v.lanes.day(v.lanes.body.Size().Width)
	if shift := max(-back, min(on, int(v.pulled/day+upward(v.pulled)))); shift != v.shift {
		v.shift = shift
		v.lanes.body.fit()
	}
}

// upward rounds away from zero when it is added before cutting.
func upward(x float32) float32 {
	if x < 0 {
		return -.5
	}
	return .5
}

// DragEnd says where the bar was left.
func (v *laneBarView) DragEnd() {
	id, to, moved := v.bar.ID, v.bar.From+v.shift, v.shift != 0
	v.pulled, v.shift = 0, 0
	v.lanes.choose(id)
	if moved {
		v.lanes.cfg.Moved(id, to)
	} else {
		v.lanes.body.fit()
	}
}

func (v *laneBarView) MouseIn(*desktop.MouseEvent)    { v.hovered = true; v.repaint() }
func (v *laneBarView) MouseMoved(*desktop.MouseEvent) {}
func (v *laneBarView) MouseOut()                      { v.hovered = false; v.repaint() }

func (v *laneBarView) repaint() {
	if v.paint != nil {
		v.paint()
	}
}

// Cursor says whether the bar can be moved.
func (v *laneBarView) Cursor() desktop.Cursor {
	if back, on := v.bar.room(); v.lanes.cfg.Moved != nil && back+on > 0 {
		return desktop.HResizeCursor
	}
	return desktop.PointerCursor
}

func (v *laneBarView) CreateRenderer() fyne.WidgetRenderer {
	r := &render{objects: []fyne.CanvasObject{v.face, v.warn, v.label}, min: v.MinSize}
	r.layout = func(s fyne.Size) {
		place(v.face, 0, 0, s.Width, s.Height)
		x := look.S2
		if v.bar.Warn {
			if s.Width < 14+2*look.S2 {
				x = max(0, (s.Width-14)/2)
			}
			place(v.warn, x, (s.Height-14)/2, 14, 14)
			x += 14 + look.S1
		}
		v.label.Hidden = s.Width < x+16
		place(v.label, x, 0, s.Width-x-look.S1, s.Height)
	}
	v.paint = func() {
		border := look.Clear
		switch {
		case v.chosen:
			border = v.bar.Tone.Ink()
		case v.bar.Warn:
			border = look.AmberFill
		case v.hovered:
			border = look.Line
		}
		fill(v.face, v.bar.Tone.Tint(), border)
		v.warn.Hidden = !v.bar.Warn
		v.label.text = v.bar.Text
		v.label.style = Style{Size: look.Caption, Ink: v.bar.Tone.Ink(), Bold: v.chosen, Shrink: true}
		r.layout(v.Size())
		v.label.Refresh()
	}
	r.refresh = v.paint
	v.paint()
	return r
}
