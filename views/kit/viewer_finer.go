package kit

import (
	"context"
	"time"

	"cinnabar/assets"
)

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
