package kit

import (
	"image"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"cinnabar/assets"
	"cinnabar/views/look"
)

// stage is the window onto the picture.
type stage struct {
	widget.BaseWidget
	gallery *Gallery
	owner   *Viewer

	first, second side
	mode          Compared
	hiding        Hiding
	shown         bool // hidden pictures are revealed for now

	zoom   float32 // device-independent pixels for a pixel of the whole picture
	fitted bool
	offset fyne.Position // of the picture's upper left corner

	overlays []Overlay
	chosen   string
	drawing  bool
	grip     grip
	pointer  fyne.Position

	run      int // generation of what is painted
	wanted   int // of what should be
	painting bool
	last     painted
	beat     int // which of two flickering pictures is shown
	ticker   *time.Timer
	closer   *time.Timer // asks for finer pixels when nothing has moved for a moment
	gone     bool

	img      *canvas.Image
	captions []*caption
	mark     *Symbol
	reason   *Paragraph
	plate    *Hold
}

func newStage(g *Gallery, v *Viewer) *stage {
	s := &stage{gallery: g, owner: v, fitted: true, zoom: 1, img: &canvas.Image{ScaleMode: canvas.ImageScaleFastest},
		mark:   NewSymbol(look.IconPictures, look.SecondInk, 32),
		reason: NewParagraph("", Style{Ink: look.SecondInk, Align: fyne.TextAlignCenter})}
	s.plate = NewHold("", s.reveal)
	if g != nil {
		s.plate.Set(g.Hold)
	}
	s.ExtendBaseWidget(s)
	return s
}

func (s *stage) close() {
	s.gone = true
	s.first.stop()
	s.second.stop()
	s.first, s.second = side{run: s.first.run}, side{run: s.second.run}
	s.beats(false)
	if s.closer != nil {
		s.closer.Stop()
	}
	s.last, s.img.Image = painted{}, nil
}

func (s *stage) compare(c Compared) {
	if s.mode == c {
		return
	}
	s.mode = c
	if s.fitted {
		s.fitNow()
	} else {
		s.hold()
	}
	s.change()
}

func (s *stage) shield(how Hiding) {
	if s.hiding != how {
		s.hiding = how
		s.change()
	}
}

func (s *stage) reveal(on bool) {
	if s.shown != on {
		s.shown = on
		s.change()
	}
}

func (s *stage) hides() Hiding {
	if s.shown {
		return Unhidden
	}
	return s.hiding
}

// room is the part of the window that the first picture has, in device-independent pixels.
func (s *stage) room() fyne.Size {
	size := s.Size()
	if s.mode == Beside && s.second.layers != nil {
		size.Width = (size.Width - gutter) / 2
	}
	return size
}

// inRoom brings a point over the second picture to the same place of the first.
func (s *stage) inRoom(p fyne.Position) fyne.Position {
	if room := s.room(); p.X > room.Width {
		p.X -= s.Size().Width - room.Width
	}
	return p
}

func (s *stage) middle() fyne.Position {
	room := s.room()
	return fyne.NewPos(room.Width/2, room.Height/2)
}

// margin is left around a picture that is shown whole.
const margin = 12

// change has the window painted anew.
func (s *stage) change() {
	s.wanted++
	s.Refresh()
}

// scene is what should be seen now, overlays in device pixels.
func (s *stage) scene() scene {
	scale := scaleOf(s)
	sc := scene{scale: scale, ground: ground{
		view: view{w: int(s.Size().Width*scale + .5), h: int(s.Size().Height*scale + .5),
			x: s.offset.X * scale, y: s.offset.Y * scale, zoom: s.zoom * scale},
		mode: s.mode, hiding: s.hides(), first: s.first.layers, second: s.second.layers,
	}}
	if sc.second == nil {
		sc.mode = Alone
	}
	if s.first.layers == nil {
		return sc
	}
	at := func(b assets.Box) image.Rectangle {
		return image.Rect(round(sc.x+float32(b.X)*sc.zoom), round(sc.y+float32(b.Y)*sc.zoom),
			round(sc.x+float32(b.X+b.W)*sc.zoom), round(sc.y+float32(b.Y+b.H)*sc.zoom))
	}
	for _, o := range s.laid() {
		sc.marks = append(sc.marks, mark{r: at(o.Box), colour: o.colour(), dashed: o.Dashed, round: o.Round, veiled: o.Veiled,
			handles: o.Movable && o.Name == s.chosen && s.chosen != ""})
	}
	if s.grip.drawn && !s.grip.box.Empty() {
		sc.marks = append(sc.marks, mark{r: at(s.grip.box), colour: Overlay{Tone: Indigo}.colour()})
	}
	return sc
}

// laid are the overlays as they lie now, the one that is being moved where it is.
func (s *stage) laid() []Overlay {
	out := make([]Overlay, 0, len(s.overlays))
	for _, o := range s.overlays {
		if o.Box.Empty() {
			continue
		}
		if s.grip.name != "" && o.Name == s.grip.name {
			o.Box = s.grip.box
		}
		out = append(out, o)
	}
	return out
}

// paint has the window painted off the UI thread, to exactly its pixels. While one
// painting is on its way the next one waits, and of those that wait only the newest
// is painted.
func (s *stage) paint() {
	if s.painting || s.run == s.wanted || s.gone || s.first.layers == nil || s.Size().Width < 1 || s.Size().Height < 1 {
		return
	}
	sc, last, want, loop := s.scene(), s.last, s.wanted, s.gallery.Loop
	s.painting = true
	go func() {
		p := sc.paint(last)
		loop.Do(func() {
			s.painting = false
			if s.gone || s.first.layers == nil {
				return
			}
			s.run, s.last = want, p
			s.beats(len(p.over) > 1)
			s.hand()
			if s.run != s.wanted {
				s.paint()
				return
			}
			if s.owner.OnView != nil {
				s.owner.OnView()
			}
			s.closeUp()
		})
	}()
}

// hand gives the toolkit what was painted.
func (s *stage) hand() {
	if len(s.last.over) == 0 {
		return
	}
	s.img.Image = s.last.over[s.beat%len(s.last.over)]
	s.img.Hidden = false
	s.img.Refresh()
	s.arrange()
}

// busy reports whether anything is on its way.
func (s *stage) busy() bool {
	on := func(d *side) bool {
		return d.cancel != nil || d.finer != nil || d.opened && d.layers == nil
	}
	return s.painting || on(&s.first) || on(&s.second) || s.first.layers != nil && s.run != s.wanted && s.Size().Width >= 1
}

func (s *stage) MinSize() fyne.Size { return fyne.NewSize(40, 40) }

// arrange lays what floats over the picture: captions go with what is painted, which
// may be a moment behind what is wanted.
func (s *stage) arrange() {
	size := s.Size()
	v, scale := s.last.view, scaleOf(s)
	var taken []caption
	for _, c := range s.captions {
		if len(s.last.over) == 0 {
			c.text.Hide()
			continue
		}
		x, y := (v.x+float32(c.box.X)*v.zoom)/scale, (v.y+float32(c.box.Y)*v.zoom)/scale
		c.lay(x, y, s.room(), taken)
		taken = append(taken, *c)
	}
	w := min(320, size.Width-2*look.S4)
	h := HeightFor(s.reason, w)
	top := (size.Height - 32 - look.S2 - h) / 2
	place(s.mark, (size.Width-32)/2, top, 32, 32)
	place(s.reason, (size.Width-w)/2, top+32+look.S2, w, h)
	p := s.plate.MinSize()
	place(s.plate, (size.Width-p.Width)/2, (size.Height-p.Height)/2, p.Width, p.Height)
}

func (s *stage) CreateRenderer() fyne.WidgetRenderer {
	r := &render{min: s.MinSize}
	var size fyne.Size
	var shows []fyne.CanvasObject
	r.layout = func(now fyne.Size) {
		if now != size {
			size = now
			if s.first.w > 0 {
				if s.fitted {
					s.fitNow()
				} else {
					s.hold()
				}
			}
			s.wanted++
		}
		place(s.img, 0, 0, now.Width, now.Height)
		s.arrange()
		s.paint()
	}
	r.refresh = func() {
		here := s.first.layers != nil
		s.img.Hidden = !here || s.img.Image == nil
		text, sign := "", look.IconPictures
		switch {
		case s.first.failed != nil:
			sign = look.IconImageMissing
			if s.gallery.Reason != nil {
				text = s.gallery.Reason(s.first.failed)
			}
		case s.first.ref.ID == "" && !s.first.opened && s.gallery != nil:
			text, sign = s.gallery.Missing, look.IconImageMissing
		}
		s.reason.Set(text)
		s.mark.Set(sign, look.SecondInk)
		s.captionsOf(s.laid())
		r.objects = append(r.objects[:0], s.img)
		for _, c := range s.captions {
			r.objects = append(r.objects, c.text)
		}
		if !here {
			r.objects = append(r.objects, s.mark, s.reason)
		} else if s.plate.Down() || s.hides() == Blurred && s.plate.text != "" {
			r.objects = append(r.objects, s.plate)
		}
		r.layout(s.Size())
		// Refreshing the whole would hand the picture to the graphics card once more.
		if !slices.Equal(shows, r.objects) {
			shows = slices.Clone(r.objects)
			canvas.Refresh(s)
		}
	}
	r.refresh()
	return r
}
