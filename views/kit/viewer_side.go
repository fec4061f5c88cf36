package kit

import (
	"context"
	"image"
	"time"

	"cinnabar/assets"
)

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

// setImage shows a picture that is open already. Making it smaller in steps takes long.
func (s *stage) setImage(img *image.RGBA, w, h int) {
	d := &s.first
	d.stop()
	*d = side{run: d.run, opened: true}
	s.fitted = true
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
