package kit

import (
	"context"
	"image"
	"math"
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
	amp           int
	hiding        Hiding
	shown         bool // hidden pictures are revealed for now

	zoom   float32 // device-independent pixels for a pixel of the whole picture
	fitted bool
	offset fyne.Position // of the picture's upper left corner

	overlays []Overlay
	hidden   bool // overlays are
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

// side is one of the two pictures.
type side struct {
	ref     PictureRef
	w, h    int
	layers  *layers
	failed  error
	run     int
	cancel  context.CancelFunc
	opened  bool // it was handed over open, and has no ID
	whole   bool // what came is all that is asked for
	finer   context.CancelFunc
	nofiner bool // a part was asked for and could not be had
}

func newStage(g *Gallery, v *Viewer) *stage {
	s := &stage{gallery: g, owner: v, fitted: true, zoom: 1, amp: 4, img: &canvas.Image{ScaleMode: canvas.ImageScaleFastest},
		mark:   NewSymbol(look.IconPictures, look.SecondInk, 32),
		reason: NewParagraph("", Style{Ink: look.SecondInk, Align: fyne.TextAlignCenter})}
	s.plate = NewHold("", s.reveal)
	if g != nil {
		s.plate.Set(g.Hold)
	}
	s.ExtendBaseWidget(s)
	return s
}

// thumb is the size that is asked for first: lists have it in memory already.
const thumb = 400

func (d *side) stop() {
	if d.cancel != nil {
		d.cancel()
	}
	if d.finer != nil {
		d.finer()
	}
	d.cancel, d.finer = nil, nil
	d.run++
}

func (s *stage) set(d *side, ref PictureRef) {
	if d.ref.ID == ref.ID && d.ref.Mirrored == ref.Mirrored && d.failed == nil && !d.opened {
		s.known(ref.ID, ref.Width, ref.Height)
		return
	}
	d.stop()
	*d = side{ref: ref, run: d.run}
	if d == &s.first {
		s.fitted = true
		s.grip = grip{}
	}
	s.load(d)
	s.change()
}

func (s *stage) setImage(d *side, img *image.RGBA, w, h int) {
	d.stop()
	*d = side{run: d.run, opened: img != nil}
	if img == nil {
		s.change()
		return
	}
	if d == &s.first {
		s.fitted = true
	}
	run, loop := d.run, s.gallery.Loop
	go func() {
		l := newLayers(img, w, h, false)
		loop.Do(func() {
			if run == d.run {
				s.take(d, l, true)
			}
		})
	}()
	s.change()
}

func (s *stage) known(id assets.ID, w, h int) {
	for _, d := range []*side{&s.first, &s.second} {
		if d.ref.ID != id || w <= 0 || h <= 0 || d.w == w && d.h == h {
			continue
		}
		d.ref.Width, d.ref.Height = w, h
		if d.layers == nil {
			continue
		}
		l := *d.layers
		l.w, l.h = w, h
		s.take(d, &l, d.whole)
	}
}

// load asks for a small version, which is there at once as a rule, and then for the
// picture in full.
func (s *stage) load(d *side) {
	if d.ref.ID == "" || s.gone || s.gallery == nil || s.gallery.Previews == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	d.cancel = cancel
	run, ref, g := d.run, d.ref, s.gallery
	go func() {
		defer cancel()
		for _, px := range []int{thumb, FullPixels} {
			img, err := g.Previews.Preview(ctx, ref.ID, px)
			var l *layers
			if err == nil {
				l = newLayers(img, ref.Width, ref.Height, ref.Mirrored)
			}
			last := px == FullPixels || err != nil
			g.Loop.Do(func() {
				switch {
				case run != d.run:
				case err != nil:
					d.cancel, d.failed = nil, err
					if d.layers != nil { // the small one is no picture to decide on
						d.layers, d.w, d.h = nil, 0, 0
					}
					s.change()
					if s.owner.OnFailed != nil {
						s.owner.OnFailed(err)
					}
				default:
					if d.ref.Width > 0 {
						l.w, l.h = d.ref.Width, d.ref.Height // it may have become known meanwhile
					}
					s.take(d, l, last)
				}
			})
			if err != nil {
				return
			}
		}
	}()
}

// take shows what has come. Where it is larger than what was there before, the place
// that is looked at stays.
func (s *stage) take(d *side, l *layers, whole bool) {
	before := d.w
	if whole {
		d.cancel = nil
	}
	d.layers, d.w, d.h, d.whole, d.failed = l, l.w, l.h, whole, nil
	if d == &s.first {
		switch {
		case s.fitted || before == 0:
			s.fitNow()
		case before != l.w:
			s.zoom *= float32(before) / float32(l.w)
		}
		if whole && s.owner.OnLoaded != nil {
			s.owner.OnLoaded(l.w, l.h)
		}
	}
	s.change()
}

func (s *stage) retry() {
	for _, d := range []*side{&s.first, &s.second} {
		if d.failed != nil {
			d.failed = nil
			d.run++
			s.load(d)
		}
	}
	s.change()
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

func (s *stage) amplify(by int) {
	s.amp = max(1, by)
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
		mode: s.mode, amp: s.amp, hiding: s.hides(), first: s.first.layers, second: s.second.layers,
	}}
	if sc.second == nil {
		sc.mode = Alone
	}
	if sc.mode != Difference {
		sc.amp = 0
	}
	if s.first.layers == nil {
		return sc
	}
	at := func(b assets.Box) image.Rectangle {
		return image.Rect(round(sc.x+float32(b.X)*sc.zoom), round(sc.y+float32(b.Y)*sc.zoom),
			round(sc.x+float32(b.X+b.W)*sc.zoom), round(sc.y+float32(b.Y+b.H)*sc.zoom))
	}
	for _, o := range s.laid() {
		sc.marks = append(sc.marks, mark{r: at(o.Box), colour: o.colour(), dashed: o.Dashed, round: o.Round,
			handles: o.Movable && o.Name == s.chosen && s.chosen != ""})
	}
	if s.grip.drawn && !s.grip.box.Empty() {
		sc.marks = append(sc.marks, mark{r: at(s.grip.box), colour: Overlay{Tone: Indigo}.colour()})
	}
	return sc
}

// laid are the overlays as they lie now, the one that is being moved where it is.
func (s *stage) laid() []Overlay {
	if s.hidden {
		return nil
	}
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

// beat is how long a flickering picture stands: 2 Hz, below the three flashes a
// second that can harm.
const beat = 250 * time.Millisecond

// beats starts and stops the change of flickering pictures. Where the person has
// switched animations off, nothing flickers by itself: Step changes by hand.
func (s *stage) beats(on bool) {
	if on == (s.ticker != nil) {
		return
	}
	if !on {
		s.ticker.Stop()
		s.ticker, s.beat = nil, 0
		return
	}
	if !fyne.CurrentApp().Settings().ShowAnimations() {
		return
	}
	var next func()
	next = func() {
		s.ticker = time.AfterFunc(beat, func() {
			s.gallery.Loop.Do(func() {
				if s.ticker == nil || s.gone {
					return
				}
				s.beat++
				s.hand()
				next()
			})
		})
	}
	next()
}

// flip shows the other of two flickering pictures.
func (s *stage) flip() {
	s.beat++
	s.hand()
}

// sharp reports whether there are as many pixels as the screen could show.
func (s *stage) sharp() bool {
	l := s.first.layers
	if l == nil || !s.first.whole {
		return false
	}
	if !l.coarse(s.zoom * scaleOf(s)) {
		return true
	}
	return l.detail != nil && covers(l.detail.box, s.seen(0))
}

// coming reports whether what is missing of that is on its way, or will be asked for.
func (s *stage) coming() bool {
	if s.first.cancel != nil || s.first.finer != nil {
		return true
	}
	_, ok := s.gallery.Previews.(Regions)
	return ok && s.first.ref.ID != "" && !s.first.nofiner && s.hides() != Blurred
}

// coarse reports whether what came of a picture has fewer pixels than a zoom shows.
func (l *layers) coarse(zoom float32) bool {
	have := float32(l.levels[0].Bounds().Dx()) / float32(l.w) // pixels there for each pixel of the whole
	return have < .98 && zoom > have*1.05
}

// seen is the part of the first picture that is in the window, widened by a share of it.
func (s *stage) seen(more float32) assets.Box {
	room := s.room()
	x0, y0 := -s.offset.X/s.zoom, -s.offset.Y/s.zoom
	w, h := room.Width/s.zoom, room.Height/s.zoom
	return boxBetween(x0-w*more, y0-h*more, x0+w*(1+more), y0+h*(1+more), s.first.w, s.first.h)
}

func covers(a, b assets.Box) bool {
	return a.X <= b.X && a.Y <= b.Y && a.X+a.W >= b.X+b.W && a.Y+a.H >= b.Y+b.H
}

// still is how long the picture has to stand before a part of it is fetched: a part
// costs a decoding.
const still = 150 * time.Millisecond

// closeUp fetches finer pixels of what is looked at when there are any to be had.
func (s *stage) closeUp() {
	if s.closer != nil {
		s.closer.Stop()
	}
	if _, ok := s.gallery.Previews.(Regions); !ok || s.hides() == Blurred || s.sharp() {
		return
	}
	want := s.wanted
	s.closer = time.AfterFunc(still, func() {
		s.gallery.Loop.Do(func() {
			if want == s.wanted && !s.gone {
				s.fetch(&s.first)
				s.fetch(&s.second)
			}
		})
	})
}

func (s *stage) fetch(d *side) {
	regions, ok := s.gallery.Previews.(Regions)
	if !ok || d.layers == nil || !d.whole || d.ref.ID == "" || d.nofiner || d.finer != nil || s.first.layers == nil {
		return
	}
	zoom, box := s.zoom*scaleOf(s), s.seen(.25)
	if d == &s.second {
		if s.mode == Alone {
			return
		}
		v := view{zoom: 1}.of(s.first.layers, d.layers)
		zoom *= v.zoom
		box = boxBetween((float32(box.X)-v.x)/v.zoom, (float32(box.Y)-v.y)/v.zoom,
			(float32(box.X+box.W)-v.x)/v.zoom, (float32(box.Y+box.H)-v.y)/v.zoom, d.w, d.h)
	}
	if box.Empty() || !d.layers.coarse(zoom) || d.layers.detail != nil && covers(d.layers.detail.box, box) {
		return
	}
	if d.ref.Mirrored {
		box.X = d.w - box.X - box.W
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	d.finer = cancel
	run, ref, g := d.run, d.ref, s.gallery
	go func() {
		defer cancel()
		img, err := regions.Region(ctx, ref.ID, box)
		if err == nil && ref.Mirrored {
			img = flipped(img)
		}
		g.Loop.Do(func() {
			if run != d.run {
				return
			}
			d.finer = nil
			if err != nil {
				d.nofiner = true // the whole picture stands there; a part less sharp is no fault to tell of
				return
			}
			l := *d.layers
			if ref.Mirrored {
				box.X = d.w - box.X - box.W
			}
			l.detail = &patch{box, img}
			d.layers = &l
			s.change()
		})
	}()
}

// busy reports whether anything is on its way.
func (s *stage) busy() bool {
	on := func(d *side) bool {
		return d.cancel != nil || d.finer != nil || d.ref.ID == "" && d.whole && d.layers == nil && d.failed == nil && d.run < 0
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
