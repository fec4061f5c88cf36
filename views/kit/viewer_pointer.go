package kit

import (
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"cinnabar/assets"
)

var (
	_ fyne.Draggable     = (*stage)(nil)
	_ fyne.Scrollable    = (*stage)(nil)
	_ fyne.Tappable      = (*stage)(nil)
	_ desktop.Mouseable  = (*stage)(nil)
	_ desktop.Hoverable  = (*stage)(nil)
	_ desktop.Cursorable = (*stage)(nil)
)

// grip is what a drag has taken hold of. The zero value holds nothing.
type grip struct {
	pressed bool
	start   fyne.Position // where the button went down
	on      bool          // a drag is on its way
	pans    bool          // it moves the picture
	drawn   bool          // it draws box
	name    string        // it moves this overlay
	edge    edge
	from    assets.Box // of the overlay when it began
	box     assets.Box // as it is now
}

// reach is how near an edge has to be to be taken hold of, in device-independent pixels.
const reach = 7

// MouseDown remembers where a drag begins: the toolkit tells of it a few pixels later.
func (s *stage) MouseDown(e *desktop.MouseEvent) {
	s.grip = grip{pressed: true, start: e.Position}
}

// MouseUp ends a press that was no drag.
func (s *stage) MouseUp(*desktop.MouseEvent) {
	if !s.grip.on {
		s.grip = grip{}
	}
}

// Dragged moves the picture, or an overlay, or draws a box.
func (s *stage) Dragged(e *fyne.DragEvent) {
	if s.first.w == 0 {
		return
	}
	if !s.grip.on {
		start := e.Position.Subtract(e.Dragged)
		if s.grip.pressed {
			start = s.grip.start
		}
		s.grip = s.takeHold(start)
	}
	g := &s.grip
	switch {
	case g.drawn:
		ax, ay := s.onPicture(g.start)
		bx, by := s.onPicture(e.Position)
		g.box = boxBetween(ax, ay, bx, by, s.first.w, s.first.h)
	case g.name != "":
		far := e.Position.Subtract(g.start)
		dx, dy := int(math.Round(float64(far.X/s.zoom))), int(math.Round(float64(far.Y/s.zoom)))
		g.box = g.edge.moved(g.from, dx, dy, s.first.w, s.first.h)
	default:
		s.by(e.Dragged.DX, e.Dragged.DY)
		return
	}
	s.change()
}

// takeHold says what a drag that begins at a point takes hold of.
func (s *stage) takeHold(at fyne.Position) grip {
	if s.drawing {
		return grip{on: true, drawn: true, start: at}
	}
	if name, e := s.hit(at); name != "" {
		o := s.overlay(name)
		if name != s.chosen {
			s.chosen = name
			s.tellChosen()
		}
		return grip{on: true, start: at, name: name, edge: e, from: o.Box, box: o.Box}
	}
	return grip{on: true, start: at, pans: true}
}

// DragEnd tells of what was drawn or moved.
func (s *stage) DragEnd() {
	g := s.grip
	s.grip = grip{}
	switch {
	case g.drawn:
		// A twitch is no box.
		if float32(g.box.W)*s.zoom >= 4 && float32(g.box.H)*s.zoom >= 4 && s.owner.OnDrawn != nil {
			s.owner.OnDrawn(g.box)
		}
	case g.name != "" && g.box != g.from:
		s.setBox(g.name, g.box)
	}
	s.change()
}

// setBox moves an overlay and tells of it.
func (s *stage) setBox(name string, b assets.Box) {
	for i := range s.overlays {
		if s.overlays[i].Name == name {
			s.overlays[i].Box = b
		}
	}
	if s.owner.OnMoved != nil {
		s.owner.OnMoved(name, b)
	}
	s.change()
}

func (s *stage) overlay(name string) Overlay {
	for _, o := range s.overlays {
		if o.Name == name && name != "" {
			return o
		}
	}
	return Overlay{}
}

// hit finds the movable overlay that a drag at a point would take, and by which edge:
// the chosen one by its edges and its inside, any other by its edges, and by its
// inside too where there is no picture to be moved.
func (s *stage) hit(at fyne.Position) (string, edge) {
	x, y := s.onPicture(at)
	r := reach / s.zoom
	if o := s.overlay(s.chosen); o.Movable {
		if e := edgeAt(o.Box, x, y, r); e != 0 {
			return o.Name, e
		}
	}
	best, found, area := edge(0), "", 0
	for i := len(s.overlays) - 1; i >= 0; i-- {
		o := s.overlays[i]
		e := edgeAt(o.Box, x, y, r)
		if !o.Movable || o.Name == "" || e == 0 || e == inside && s.overflows() {
			continue
		}
		// Of several under the pointer the smallest is meant: the others can be had beside it.
		if a := o.Box.W * o.Box.H; found == "" || a < area {
			best, found, area = e, o.Name, a
		}
	}
	return found, best
}

// edgeAt is the edge of a box near a point of the picture, both edges near a corner.
func edgeAt(b assets.Box, x, y, reach float32) edge {
	x0, y0, x1, y1 := float32(b.X), float32(b.Y), float32(b.X+b.W), float32(b.Y+b.H)
	if b.Empty() || x < x0-reach || x > x1+reach || y < y0-reach || y > y1+reach {
		return 0
	}
	// In a small box the edges take a third each, so that there is an inside left.
	rx, ry := min(reach, (x1-x0)/3), min(reach, (y1-y0)/3)
	var e edge
	switch {
	case x < x0+rx:
		e |= onLeft
	case x > x1-rx:
		e |= onRight
	}
	switch {
	case y < y0+ry:
		e |= onTop
	case y > y1-ry:
		e |= onBottom
	}
	if e == 0 {
		return inside
	}
	return e
}

// onPicture is a point of the window in pixels of the first picture.
func (s *stage) onPicture(p fyne.Position) (x, y float32) {
	p = s.inRoom(p)
	return (p.X - s.offset.X) / s.zoom, (p.Y - s.offset.Y) / s.zoom
}

// Tapped chooses what lies under the pointer.
func (s *stage) Tapped(e *fyne.PointEvent) {
	if s.drawing || s.first.w == 0 {
		return
	}
	x, y := s.onPicture(e.Position)
	found, area := "", 0
	for _, o := range s.overlays {
		if o.Name == "" || edgeAt(o.Box, x, y, reach/s.zoom) == 0 {
			continue
		}
		if a := o.Box.W * o.Box.H; found == "" || a <= area {
			found, area = o.Name, a
		}
	}
	if found != s.chosen {
		s.choose(found)
		s.tellChosen()
	}
}

// Scrolled enlarges and makes smaller around the pointer.
func (s *stage) Scrolled(e *fyne.ScrollEvent) {
	if e.Scrolled.DY == 0 {
		return
	}
	by := float32(1.12)
	if e.Scrolled.DY < 0 {
		by = 1 / by
	}
	s.zoomTo(s.zoom*by, s.inRoom(e.Position))
}

// DoubleTapped goes to actual size around the pointer, and back.
func (s *stage) DoubleTapped(e *fyne.PointEvent) {
	if s.fitted {
		s.zoomTo(1/scaleOf(s), s.inRoom(e.Position))
	} else {
		s.fit()
	}
}

// MouseIn, MouseMoved and MouseOut implement desktop.Hoverable.
func (s *stage) MouseIn(e *desktop.MouseEvent) { s.pointer = e.Position }

// MouseMoved remembers where the pointer is, for its shape.
func (s *stage) MouseMoved(e *desktop.MouseEvent) { s.pointer = e.Position }

// MouseOut has nothing to forget.
func (s *stage) MouseOut() {}

// Cursor says what a drag would do.
func (s *stage) Cursor() desktop.Cursor {
	if s.first.w == 0 {
		return desktop.DefaultCursor
	}
	if s.drawing {
		return desktop.CrosshairCursor
	}
	switch _, e := s.hit(s.pointer); {
	case e == onLeft || e == onRight:
		return desktop.HResizeCursor
	case e == onTop || e == onBottom:
		return desktop.VResizeCursor
	case e != 0:
		return desktop.PointerCursor
	}
	if s.overflows() {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}

func (s *stage) setOverlays(list []Overlay) {
	s.overlays = append([]Overlay(nil), list...)
	if s.chosen != "" && s.overlay(s.chosen).Name == "" {
		s.chosen = ""
	}
	if s.grip.name != "" && s.overlay(s.grip.name).Name == "" {
		s.grip = grip{}
	}
	s.change()
}

func (s *stage) choose(name string) {
	if s.chosen != name {
		s.chosen = name
		s.change()
	}
}

func (s *stage) tellChosen() {
	if s.owner.OnSelected != nil {
		s.owner.OnSelected(s.chosen)
	}
}

func (s *stage) draws(on bool) {
	if s.drawing != on {
		s.drawing = on
		s.grip = grip{}
		s.change()
	}
}

// drawHere makes a box of a third of what is seen.
func (s *stage) drawHere() {
	b := s.seen(0)
	if b.Empty() || s.owner.OnDrawn == nil {
		return
	}
	w, h := max(1, b.W/3), max(1, b.H/3)
	s.owner.OnDrawn(assets.Box{X: b.X + (b.W-w)/2, Y: b.Y + (b.H-h)/2, W: w, H: h})
}

// nudge moves the chosen overlay, or its right and lower edge, by steps.
func (s *stage) nudge(dx, dy int, grows bool) {
	o := s.overlay(s.chosen)
	if !o.Movable || s.first.w == 0 {
		return
	}
	step := max(1, int(math.Round(float64(1/(s.zoom*scaleOf(s))))))
	e := inside
	if grows {
		e = onRight | onBottom
	}
	if b := e.moved(o.Box, dx*step, dy*step, s.first.w, s.first.h); b != o.Box {
		s.setBox(o.Name, b)
	}
}
