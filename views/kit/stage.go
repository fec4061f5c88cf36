package kit

import (
	"context"
	"image"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"cinnabar/assets"
	"cinnabar/views/look"
)

// stage is the window onto the picture.
type stage struct {
	widget.BaseWidget
	gallery *Gallery
	loaded  func(w, h int)
	id      assets.ID
	boxes   []Box
	w, h    int // of the upright picture
	zoom    float32
	fitted  bool
	offset  fyne.Position // of the picture's upper left corner

	run    int
	cancel context.CancelFunc
	failed error
	busy   bool

	levels []*image.RGBA // the picture at full size, half, a quarter …
	drawn  bool          // what img shows belongs to this picture
	wanted view          // what img should show
	busyAt view          // what is being drawn, zero for nothing
	img    *canvas.Image
	frames []*canvas.Rectangle
	mark   *Symbol
	reason *Paragraph
}

func newStage(g *Gallery) *stage {
	s := &stage{gallery: g, fitted: true, img: &canvas.Image{ScaleMode: canvas.ImageScaleFastest},
		mark:   NewSymbol(look.IconPictures, look.SecondInk, 32),
		reason: NewParagraph("", Style{Ink: look.SecondInk, Align: fyne.TextAlignCenter})}
	s.ExtendBaseWidget(s)
	return s
}

// most is the longest side that is ever asked for: beyond it a texture costs
// more memory than reading a stamp is worth.
const most = 4096

func (s *stage) show(id assets.ID, boxes []Box) {
	if id == s.id && s.failed == nil {
		s.setBoxes(boxes)
		return
	}
	s.stop()
	s.id, s.boxes, s.w, s.h, s.fitted, s.failed = id, boxes, 0, 0, true, nil
	s.levels, s.drawn, s.wanted, s.busyAt, s.img.Image = nil, false, view{}, view{}, nil
	s.load()
	s.Refresh()
}

func (s *stage) setBoxes(boxes []Box) {
	s.boxes = boxes
	s.Refresh()
}

func (s *stage) stop() {
	if s.cancel != nil {
		s.cancel()
		s.cancel = nil
	}
	s.run++
	s.busy = false
}

// load asks for the picture in full once: papers are read at every zoom, and
// asking again at each step of the wheel would show it late each time.
func (s *stage) load() {
	if s.id == "" || s.busy || s.levels != nil || s.failed != nil || s.gallery == nil || s.gallery.Previews == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	s.cancel, s.busy = cancel, true
	run, id, g := s.run, s.id, s.gallery
	go func() {
		defer cancel()
		img, err := g.Previews.Preview(ctx, id, most)
		var levels []*image.RGBA
		if err == nil {
			levels = halves(img)
		}
		g.Loop.Do(func() {
			if run != s.run {
				return
			}
			s.busy, s.cancel, s.failed = false, nil, err
			if err == nil {
				s.take(levels)
			}
			s.Refresh()
		})
	}()
}

func (s *stage) take(levels []*image.RGBA) {
	s.levels = levels
	s.w, s.h = levels[0].Bounds().Dx(), levels[0].Bounds().Dy()
	s.fitted = true
	s.fitNow()
	if s.loaded != nil {
		s.loaded(s.w, s.h)
	}
}

func (s *stage) middle() fyne.Position {
	return fyne.NewPos(s.Size().Width/2, s.Size().Height/2)
}

func (s *stage) fitZoom() float32 {
	if s.w == 0 || s.h == 0 {
		return 1
	}
	const margin = 12
	return min((s.Size().Width-2*margin)/float32(s.w), (s.Size().Height-2*margin)/float32(s.h))
}

func (s *stage) fitNow() {
	s.zoom = max(.01, s.fitZoom())
	s.offset = fyne.NewPos((s.Size().Width-float32(s.w)*s.zoom)/2, (s.Size().Height-float32(s.h)*s.zoom)/2)
}

func (s *stage) fit() {
	s.fitted = true
	s.fitNow()
	s.Refresh()
}

func (s *stage) actual() {
	scale := scaleOf(s)
	s.zoomBy(1/scale/s.zoom, s.middle())
}

// zoomBy enlarges around a place of the window, which stays where it is.
func (s *stage) zoomBy(by float32, around fyne.Position) {
	if s.w == 0 {
		return
	}
	z := max(s.fitZoom()/2, min(6, s.zoom*by))
	f := z / s.zoom
	s.offset = fyne.NewPos(around.X-(around.X-s.offset.X)*f, around.Y-(around.Y-s.offset.Y)*f)
	s.zoom, s.fitted = z, false
	s.hold()
	s.Refresh()
}

// hold keeps the picture from being dragged out of its window.
func (s *stage) hold() {
	within := func(at, room, length float32) float32 {
		if length <= room {
			return (room - length) / 2
		}
		return min(0, max(room-length, at))
	}
	s.offset.X = within(s.offset.X, s.Size().Width, float32(s.w)*s.zoom)
	s.offset.Y = within(s.offset.Y, s.Size().Height, float32(s.h)*s.zoom)
}

func (s *stage) pointTo(b assets.Box) {
	if s.w == 0 || b.Empty() {
		return
	}
	x, y := float32(b.X)+float32(b.W)/2, float32(b.Y)+float32(b.H)/2
	m := s.middle()
	s.offset = fyne.NewPos(m.X-x*s.zoom, m.Y-y*s.zoom)
	s.hold()
	s.Refresh()
}

// draw has the visible part of the picture scaled off the UI thread, to exactly
// the pixels of the window. While one drawing is on its way the next one waits,
// and of those that wait only the newest is drawn.
func (s *stage) draw() {
	if s.levels == nil || s.Size().Width < 1 || s.Size().Height < 1 {
		return
	}
	scale := scaleOf(s)
	s.wanted = view{
		w: int(s.Size().Width*scale + .5), h: int(s.Size().Height*scale + .5),
		x: s.offset.X * scale, y: s.offset.Y * scale, zoom: s.zoom * scale,
	}
	if s.busyAt == (view{}) {
		s.drawNext()
	}
}

func (s *stage) drawNext() {
	v, levels, run, loop := s.wanted, s.levels, s.run, s.gallery.Loop
	s.busyAt = v
	go func() {
		img := v.of(levels)
		loop.Do(func() {
			if run != s.run {
				return
			}
			s.img.Image, s.drawn, s.img.Hidden, s.busyAt = img, true, false, view{}
			s.img.Refresh()
			if s.wanted != v {
				s.drawNext()
			}
		})
	}()
}

// Dragged moves the picture.
func (s *stage) Dragged(e *fyne.DragEvent) {
	s.offset = s.offset.AddXY(e.Dragged.DX, e.Dragged.DY)
	s.fitted = false
	s.hold()
	s.Refresh()
}

// DragEnd implements fyne.Draggable.
func (s *stage) DragEnd() {}

// Scrolled enlarges and makes smaller around the pointer.
func (s *stage) Scrolled(e *fyne.ScrollEvent) {
	if e.Scrolled.DY == 0 {
		return
	}
	by := float32(1.12)
	if e.Scrolled.DY < 0 {
		by = 1 / by
	}
	s.zoomBy(by, e.Position)
}

// DoubleTapped goes to actual size and back.
func (s *stage) DoubleTapped(e *fyne.PointEvent) {
	if s.fitted {
		s.actual()
	} else {
		s.fit()
	}
}

// Cursor is a hand where there is something to move.
func (s *stage) Cursor() desktop.Cursor {
	if s.w > 0 && !s.fitted {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}

func (s *stage) MinSize() fyne.Size { return fyne.NewSize(40, 40) }

func (s *stage) CreateRenderer() fyne.WidgetRenderer {
	r := &render{min: s.MinSize}
	r.layout = func(size fyne.Size) {
		if s.fitted && s.w > 0 {
			s.fitNow()
		}
		place(s.img, 0, 0, size.Width, size.Height)
		s.draw()
		for i, b := range s.boxes {
			if i < len(s.frames) {
				const room = 3
				place(s.frames[i], s.offset.X+float32(b.X)*s.zoom-room, s.offset.Y+float32(b.Y)*s.zoom-room,
					float32(b.W)*s.zoom+2*room, float32(b.H)*s.zoom+2*room)
			}
		}
		w := min(280, size.Width-2*look.S4)
		h := HeightFor(s.reason, w)
		top := (size.Height - 32 - look.S2 - h) / 2
		place(s.mark, (size.Width-32)/2, top, 32, 32)
		place(s.reason, (size.Width-w)/2, top+32+look.S2, w, h)
	}
	r.refresh = func() {
		s.load()
		for len(s.frames) < len(s.boxes) {
			f := panel(look.SmallRadius, false)
			f.StrokeWidth = 2
			s.frames = append(s.frames, f)
		}
		r.objects = append(r.objects[:0], s.img)
		here := s.levels != nil
		if here {
			for i, b := range s.boxes {
				if b.Empty() {
					continue
				}
				// A paper is light in both settings, so its boxes keep the light inks.
				s.frames[i].StrokeColor = look.Value(b.Tone.Ink(), false)
				r.objects = append(r.objects, s.frames[i])
			}
		}
		s.img.Hidden = !s.drawn
		text, sign := "", look.IconPictures
		switch {
		case s.failed != nil:
			sign = look.IconImageMissing
			if s.gallery.Reason != nil {
				text = s.gallery.Reason(s.failed)
			}
		case s.id == "" && s.gallery != nil:
			text, sign = s.gallery.Missing, look.IconImageMissing
		}
		s.reason.Set(text)
		s.mark.Set(sign, look.SecondInk)
		if !here {
			r.objects = append(r.objects, s.mark, s.reason)
		}
		r.layout(s.Size())
		s.img.Refresh()
		canvas.Refresh(s)
	}
	r.refresh()
	return r
}
