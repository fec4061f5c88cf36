package inspect

import (
	"image"
	"math"

	"cinnabar/assets"
)

// plane is a picture in grey, 0 black to 255 white (BT.601 luma of the sRGB values),
// and how its pixels lie in the full picture.
type plane struct {
	pix    []uint8 // w × h, row after row
	w, h   int
	kx, ky float64 // full-size pixels per pixel
}

// greyOf reads a picture as a plane whose longest side is at most px, by averaging the
// area under each pixel. A picture that is smaller stays as it is: there is nothing to
// be found in pixels that were made up. An empty picture gives an empty plane.
func greyOf(img *image.RGBA, full image.Point, px int) plane {
	if img == nil || img.Rect.Empty() {
		return plane{kx: 1, ky: 1}
	}
	w, h := img.Rect.Dx(), img.Rect.Dy()
	if full.X <= 0 || full.Y <= 0 {
		full = image.Pt(w, h)
	}
	p := plane{pix: make([]uint8, w*h), w: w, h: h, kx: float64(full.X) / float64(w), ky: float64(full.Y) / float64(h)}
	for y := range h {
		row := img.Pix[y*img.Stride:][:4*w]
		out := p.pix[y*w:][:w]
		for x := range out {
			o := row[4*x : 4*x+4 : 4*x+4]
			// Premultiplied, on white.
			out[x] = uint8(min(255, (299*uint32(o[0])+587*uint32(o[1])+114*uint32(o[2])+500)/1000+255-uint32(o[3])))
		}
	}
	return p.within(px)
}

// within is the plane with its longest side at most px.
func (p plane) within(px int) plane {
	longest := max(p.w, p.h)
	if longest <= px || px <= 0 {
		return p
	}
	k := float64(px) / float64(longest)
	return p.resized(max(1, int(float64(p.w)*k+.5)), max(1, int(float64(p.h)*k+.5)))
}

// resized makes a plane smaller, to exactly w × h, by averaging areas.
func (p plane) resized(w, h int) plane {
	out := plane{pix: make([]uint8, w*h), w: w, h: h, kx: p.kx * float64(p.w) / float64(w), ky: p.ky * float64(p.h) / float64(h)}
	if p.w == 0 || p.h == 0 {
		return out
	}
	// Across first, then down; sums in 1/256 of a grey level.
	mid := make([]uint16, w*p.h)
	across, down := spans(p.w, w), spans(p.h, h)
	for y := range p.h {
		row, to := p.pix[y*p.w:][:p.w], mid[y*w:][:w]
		for x, s := range across {
			sum := uint32(row[s.from]) * s.first
			for _, v := range row[s.from+1 : s.to] {
				sum += uint32(v) << 8
			}
			if s.to < p.w {
				sum += uint32(row[s.to]) * s.last
			}
			to[x] = uint16((uint64(sum) << 8) / uint64(s.weight))
		}
	}
	sums := make([]uint64, w)
	for y, s := range down {
		clear(sums)
		add := func(from int, k uint32) {
			for x, v := range mid[from*w:][:w] {
				sums[x] += uint64(v) * uint64(k)
			}
		}
		add(s.from, s.first)
		for i := s.from + 1; i < s.to; i++ {
			add(i, 256)
		}
		if s.to < p.h {
			add(s.to, s.last)
		}
		to := out.pix[y*w:][:w]
		for x, v := range sums {
			to[x] = uint8((v/uint64(s.weight) + 128) >> 8)
		}
	}
	return out
}

// span is the stretch of source pixels under one pixel: the first with a weight of its
// own, whole ones up to to, and the one at to with its own; weights are in 1/256.
type span struct {
	from, to            int
	first, last, weight uint32
}

func spans(from, to int) []span {
	out := make([]span, to)
	k := float64(from) / float64(to)
	for i := range out {
		a, b := float64(i)*k, float64(i+1)*k
		if i == to-1 {
			b = float64(from)
		}
		s := span{from: min(int(a), from-1), to: int(b)}
		s.first = uint32((1-(a-float64(s.from)))*256 + .5)
		s.last = uint32((b-float64(s.to))*256 + .5)
		if s.to <= s.from { // enlarging: within one pixel
			s.to, s.first, s.last = s.from+1, 256, 0
		}
		if s.to >= from {
			s.to, s.last = from, 0
		}
		s.weight = s.first + uint32(s.to-s.from-1)*256 + s.last
		out[i] = s
	}
	return out
}

// cut is a copy of a part of a plane; r must lie in it.
func (p plane) cut(r image.Rectangle) plane {
	out := plane{pix: make([]uint8, r.Dx()*r.Dy()), w: r.Dx(), h: r.Dy(), kx: p.kx, ky: p.ky}
	for y := range out.h {
		copy(out.pix[y*out.w:][:out.w], p.pix[(r.Min.Y+y)*p.w+r.Min.X:])
	}
	return out
}

// box is a rectangle of the plane in pixels of the full picture, within it.
func (p plane) box(r image.Rectangle) assets.Box {
	r = r.Intersect(image.Rect(0, 0, p.w, p.h))
	x0, y0 := int(math.Round(float64(r.Min.X)*p.kx)), int(math.Round(float64(r.Min.Y)*p.ky))
	x1, y1 := int(math.Round(float64(r.Max.X)*p.kx)), int(math.Round(float64(r.Max.Y)*p.ky))
	return assets.Box{X: x0, Y: y0, W: x1 - x0, H: y1 - y0}
}

// under is what of the plane lies under a box of the full picture, rounded outwards;
// empty where they don't meet.
func (p plane) under(b assets.Box) image.Rectangle {
	if b.Empty() || p.w == 0 {
		return image.Rectangle{}
	}
	return image.Rect(
		int(math.Floor(float64(b.X)/p.kx)), int(math.Floor(float64(b.Y)/p.ky)),
		int(math.Ceil(float64(b.X+b.W)/p.kx)), int(math.Ceil(float64(b.Y+b.H)/p.ky)),
	).Intersect(image.Rect(0, 0, p.w, p.h))
}
