package kit

import (
	"math"

	"fyne.io/fyne/v2"

	"cinnabar/assets"
)

// mostFit is how many device pixels a pixel gets at most when the whole picture is shown.
const mostFit = 3

func (s *stage) fitZoom() float32 {
	d := &s.first
	if d.w == 0 || d.h == 0 {
		return 1
	}
	room := s.room()
	return max(.001, min(mostFit/scaleOf(s), (room.Width-2*margin)/float32(d.w), (room.Height-2*margin)/float32(d.h)))
}

func (s *stage) fitNow() {
	s.zoom = s.fitZoom()
	room := s.room()
	s.offset = fyne.NewPos((room.Width-float32(s.first.w)*s.zoom)/2, (room.Height-float32(s.first.h)*s.zoom)/2)
}

func (s *stage) fit() {
	s.fitted = true
	s.fitNow()
	s.change()
}

func (s *stage) actual() { s.zoomTo(1/scaleOf(s), s.middle()) }

// steps are the zooms that + and − go through, in device pixels for a pixel.
var steps = []float32{1. / 16, 1. / 12, 1. / 8, 1. / 6, 1. / 4, 1. / 3, 1. / 2, 2. / 3, 1, 1.5, 2, 3, 4, 6, 8, 12, 16}

// step goes to the next zoom in a direction, or to the whole picture where that lies
// between.
func (s *stage) step(direction int, around fyne.Position) {
	if s.first.w == 0 {
		return
	}
	scale := scaleOf(s)
	now, fit := s.zoom*scale, s.fitZoom()*scale
	next := float32(0)
	const same = 1.005
	for _, z := range append([]float32{fit}, steps...) {
		if direction > 0 && z > now*same && (next == 0 || z < next) || direction < 0 && z < now/same && z > next {
			next = z
		}
	}
	switch next {
	case 0:
	case fit:
		s.fit()
	default:
		s.zoomTo(next/scale, around)
	}
}

// zoomTo enlarges around a place of the window, which stays where it is.
func (s *stage) zoomTo(zoom float32, around fyne.Position) {
	if s.first.w == 0 {
		return
	}
	scale := scaleOf(s)
	z := max(min(s.fitZoom(), 1/scale)/2, min(steps[len(steps)-1]/scale, zoom))
	f := z / s.zoom
	s.offset = fyne.NewPos(around.X-(around.X-s.offset.X)*f, around.Y-(around.Y-s.offset.Y)*f)
	s.zoom, s.fitted = z, false
	s.hold()
	s.change()
}

// hold keeps the picture from being moved out of its window, and on whole device
// pixels, without which one to one would be smeared.
func (s *stage) hold() {
	room, scale := s.room(), scaleOf(s)
	within := func(at, room, length float32) float32 {
		if length <= room-2*margin {
			at = (room - length) / 2
		} else {
			// A little beyond the edge, so that the place under the pointer stays while the
			// picture grows out of its window, and what lies at the edge can be taken hold of.
			at = min(2*margin, max(room-length-2*margin, at))
		}
		return float32(math.Round(float64(at*scale))) / scale
	}
	s.offset.X = within(s.offset.X, room.Width, float32(s.first.w)*s.zoom)
	s.offset.Y = within(s.offset.Y, room.Height, float32(s.first.h)*s.zoom)
}

func (s *stage) overflows() bool {
	room := s.room()
	return float32(s.first.w)*s.zoom > room.Width+1 || float32(s.first.h)*s.zoom > room.Height+1
}

func (s *stage) pan(x, y float32) {
	room := s.room()
	s.by(-x*room.Width, -y*room.Height)
}

// by moves the picture by so many device-independent pixels.
func (s *stage) by(dx, dy float32) {
	if s.first.w == 0 || s.fitted {
		return
	}
	s.offset = s.offset.AddXY(dx, dy)
	s.hold()
	s.change()
}

func (s *stage) pointTo(b assets.Box) {
	if s.first.w == 0 || b.Empty() {
		return
	}
	x, y := float32(b.X)+float32(b.W)/2, float32(b.Y)+float32(b.H)/2
	m := s.middle()
	s.offset = fyne.NewPos(m.X-x*s.zoom, m.Y-y*s.zoom)
	s.hold()
	s.change()
}
