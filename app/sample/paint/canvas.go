package paint

import (
	"image"
	"image/draw"
	"math"

	"golang.org/x/image/vector"
)

// canvas is an opaque picture under way, with the scratch space that filling
// needs. One goroutine at a time.
type canvas struct {
	img  *image.RGBA
	ras  *vector.Rasterizer
	mask []byte
	lens lens
	ycc  *image.YCbCr // scratch of planes
}

// lens enlarges what is painted, k times from a fixed point.
type lens struct{ k, x, y float32 }

var noLens = lens{k: 1}

func (l lens) point(p point) point {
	return point{l.x + (p.x-l.x)*l.k, l.y + (p.y-l.y)*l.k}
}

// ink stretches a ramp along with the shapes it fills.
func (l lens) ink(k *ink) *ink {
	if k.flat {
		return k
	}
	out := *k
	f := float64(l.k)
	out.ax, out.ay = k.ax/f, k.ay/f
	out.c0 = k.c0 + (k.ax*float64(l.x)+k.ay*float64(l.y))*(1-1/f)
	return &out
}

// size gives the canvas w × h pixels, reusing memory from earlier pictures.
func (c *canvas) size(w, h int) {
	if c.ras == nil {
		c.ras = vector.NewRasterizer(0, 0)
	}
	c.lens = noLens
	n := 4 * w * h
	if c.img == nil || cap(c.img.Pix) < n {
		c.img = image.NewRGBA(image.Rect(0, 0, w, h))
		return
	}
	c.img.Pix = c.img.Pix[:n]
	c.img.Stride = 4 * w
	c.img.Rect = image.Rect(0, 0, w, h)
}

// tint is a colour with an opacity, 0…255, not premultiplied.
type tint struct{ r, g, b, a uint8 }

// hex reads 0xRRGGBB.
func hex(v uint32) tint { return tint{uint8(v >> 16), uint8(v >> 8), uint8(v), 255} }

func (t tint) alpha(a float64) tint { t.a = uint8(a*255 + .5); return t }

// mix goes from t to o as f goes from 0 to 1.
func (t tint) mix(o tint, f float64) tint {
	m := func(a, b uint8) uint8 { return uint8(float64(a) + (float64(b)-float64(a))*f + .5) }
	return tint{m(t.r, o.r), m(t.g, o.g), m(t.b, o.b), m(t.a, o.a)}
}

var (
	white = hex(0xFFFFFF)
	black = hex(0x000000)
)

// lighter and darker step towards white and a warm black.
func (t tint) lighter(f float64) tint { return t.mix(tint{255, 255, 255, t.a}, f) }
func (t tint) darker(f float64) tint  { return t.mix(tint{24, 16, 20, t.a}, f) }

// ink is what a shape is filled with: one colour, or a ramp along a direction.
type ink struct {
	lut        [256]tint
	ax, ay, c0 float64 // position in the ramp, 0…256, is ax·x + ay·y + c0
	flat       bool
}

func solid(t tint) *ink {
	k := &ink{flat: true}
	k.lut[0] = t
	return k
}

// ramp runs from one colour at (x0, y0) to another at (x1, y1).
func ramp(x0, y0, x1, y1 float32, from, to tint) *ink {
	return ramp3(x0, y0, x1, y1, from, from.mix(to, .5), to)
}

// ramp3 runs through a third colour half way, as a round body does in the light.
func ramp3(x0, y0, x1, y1 float32, from, via, to tint) *ink {
	k := &ink{}
	for i := range k.lut {
		if f := float64(i) / 255; f < .5 {
			k.lut[i] = from.mix(via, f*2)
		} else {
			k.lut[i] = via.mix(to, f*2-1)
		}
	}
	dx, dy := float64(x1-x0), float64(y1-y0)
	l2 := dx*dx + dy*dy
	k.ax, k.ay = dx/l2*256, dy/l2*256
	k.c0 = -(float64(x0)*k.ax + float64(y0)*k.ay)
	return k
}

// cover fills the whole canvas; the ink must be opaque.
func (c *canvas) cover(k *ink) {
	b := c.img.Rect
	step := int(k.ax * 65536)
	for y := range b.Dy() {
		row := c.img.Pix[y*c.img.Stride : y*c.img.Stride+4*b.Dx()]
		at := int((k.c0 + k.ay*float64(y)) * 65536)
		for i := 0; i+3 < len(row); i += 4 {
			t := k.lut[clamp8(at>>16)]
			if k.flat {
				t = k.lut[0]
			}
			row[i], row[i+1], row[i+2], row[i+3] = t.r, t.g, t.b, 255
			at += step
		}
	}
}

func clamp8(v int) uint8 {
	if v < 0 {
		return 0
	}
	if v > 255 {
		return 255
	}
	return uint8(v)
}

// fill paints a path with soft edges.
func (c *canvas) fill(p *path, k *ink) {
	if c.lens.k != 1 {
		p, k = p.mapped(c.lens.point), c.lens.ink(k)
	}
	fx0, fy0, fx1, fy1 := p.bounds()
	box := image.Rect(
		int(math.Floor(float64(fx0))), int(math.Floor(float64(fy0))),
		int(math.Ceil(float64(fx1))), int(math.Ceil(float64(fy1))),
	).Intersect(c.img.Rect)
	if box.Empty() {
		return
	}
	w, h := box.Dx(), box.Dy()
	c.trace(p, box)
	if cap(c.mask) < w*h {
		c.mask = make([]byte, w*h)
	}
	mask := &image.Alpha{Pix: c.mask[:w*h], Stride: w, Rect: image.Rect(0, 0, w, h)}
	c.ras.DrawOp = draw.Src
	c.ras.Draw(mask, mask.Rect, image.Opaque, image.Point{})
	c.blend(mask, box, k)
}

func (c *canvas) trace(p *path, box image.Rectangle) {
	c.ras.Reset(box.Dx(), box.Dy())
	ox, oy := float32(box.Min.X), float32(box.Min.Y)
	for i, s := range p.segs {
		a, b, d := s.pts[0], s.pts[1], s.pts[2]
		switch s.verb {
		case moveTo:
			if i > 0 {
				c.ras.ClosePath()
			}
			c.ras.MoveTo(a.x-ox, a.y-oy)
		case lineTo:
			c.ras.LineTo(a.x-ox, a.y-oy)
		case quadTo:
			c.ras.QuadTo(a.x-ox, a.y-oy, b.x-ox, b.y-oy)
		case cubeTo:
			c.ras.CubeTo(a.x-ox, a.y-oy, b.x-ox, b.y-oy, d.x-ox, d.y-oy)
		}
	}
	c.ras.ClosePath()
}

func (c *canvas) blend(mask *image.Alpha, box image.Rectangle, k *ink) {
	step := int(k.ax * 65536)
	for y := range box.Dy() {
		cov := mask.Pix[y*mask.Stride : y*mask.Stride+box.Dx()]
		o := c.img.PixOffset(box.Min.X, box.Min.Y+y)
		at := int((k.c0 + k.ax*float64(box.Min.X) + k.ay*float64(box.Min.Y+y)) * 65536)
		t := k.lut[0]
		for x, m := range cov {
			if m != 0 {
				if !k.flat {
					t = k.lut[clamp8(at>>16)]
				}
				px := c.img.Pix[o+4*x : o+4*x+3 : o+4*x+3]
				if a := uint32(m) * uint32(t.a); a >= 255*255 {
					px[0], px[1], px[2] = t.r, t.g, t.b
				} else {
					over(px, t, a/255)
				}
			}
			at += step
		}
	}
}

// over lays t over a pixel with opacity a, 0…255.
func over(px []byte, t tint, a uint32) {
	b := 255 - a
	px[0] = uint8((uint32(t.r)*a + uint32(px[0])*b + 127) / 255)
	px[1] = uint8((uint32(t.g)*a + uint32(px[1])*b + 127) / 255)
	px[2] = uint8((uint32(t.b)*a + uint32(px[2])*b + 127) / 255)
}

// glow is a soft ellipse that fades to nothing at its rim: a shadow or a light.
func (c *canvas) glow(cx, cy, rx, ry float32, t tint) {
	mid := c.lens.point(point{cx, cy})
	cx, cy, rx, ry = mid.x, mid.y, rx*c.lens.k, ry*c.lens.k
	box := image.Rect(int(cx-rx), int(cy-ry), int(cx+rx)+1, int(cy+ry)+1).Intersect(c.img.Rect)
	for y := box.Min.Y; y < box.Max.Y; y++ {
		dy := (float32(y) + .5 - cy) / ry
		dy *= dy
		o := c.img.PixOffset(box.Min.X, y)
		for x := box.Min.X; x < box.Max.X; x++ {
			dx := (float32(x) + .5 - cx) / rx
			if f := 1 - dx*dx - dy; f > 0 {
				over(c.img.Pix[o:o+3:o+3], t, uint32(f*f*float32(t.a)+.5))
			}
			o += 4
		}
	}
}
