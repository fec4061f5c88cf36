package kit

import (
	"image"
	"image/color"
	"math"

	"cinnabar/assets"
	"cinnabar/views/look"
)

// Overlay is a box laid over a picture.
type Overlay struct {
	// Name is what OnMoved and OnSelected tell; unique among those that have one.
	Name string
	Box  assets.Box // pixels of the upright picture
	Tone Tone       // Neutral is white, as cuts are drawn
	// Dashed lines are for what is not in the picture itself, such as a platform's cut.
	Dashed bool
	// Round draws the ellipse that the box encloses; Veiled darkens what the box has
	// beside it, which several over each other would leave nothing of.
	Round, Veiled bool
	Caption       string
	Movable       bool
}

// colour is the same in both settings: a picture has no setting.
func (o Overlay) colour() color.RGBA {
	if o.Tone == Neutral {
		return color.RGBA{0xFF, 0xFF, 0xFF, 0xFF}
	}
	n := look.Value(o.Tone.Ink(), false)
	return color.RGBA{n.R, n.G, n.B, 0xFF}
}

// edge is a part of a box that can be taken hold of.
type edge uint8

const (
	onLeft edge = 1 << iota
	onRight
	onTop
	onBottom
	inside
)

// moved is a box whose edges that were taken hold of have gone by so many pixels,
// kept inside the picture and at least one pixel large.
func (e edge) moved(b assets.Box, dx, dy, w, h int) assets.Box {
	if e == inside {
		b.X = clampInt(b.X+dx, 0, max(0, w-b.W))
		b.Y = clampInt(b.Y+dy, 0, max(0, h-b.H))
		return b
	}
	x0, y0, x1, y1 := b.X, b.Y, b.X+b.W, b.Y+b.H
	if e&onLeft != 0 {
		x0 = clampInt(x0+dx, 0, x1-1)
	}
	if e&onRight != 0 {
		x1 = clampInt(x1+dx, x0+1, max(w, x0+1))
	}
	if e&onTop != 0 {
		y0 = clampInt(y0+dy, 0, y1-1)
	}
	if e&onBottom != 0 {
		y1 = clampInt(y1+dy, y0+1, max(h, y0+1))
	}
	return assets.Box{X: x0, Y: y0, W: x1 - x0, H: y1 - y0}
}

func clampInt(v, least, most int) int { return max(least, min(most, v)) }

// boxBetween is the box that two points of a picture span, inside the picture.
func boxBetween(ax, ay, bx, by float32, w, h int) assets.Box {
	x0, x1 := int(math.Floor(float64(min(ax, bx)))), int(math.Ceil(float64(max(ax, bx))))
	y0, y1 := int(math.Floor(float64(min(ay, by)))), int(math.Ceil(float64(max(ay, by))))
	x0, x1, y0, y1 = clampInt(x0, 0, w), clampInt(x1, 0, w), clampInt(y0, 0, h), clampInt(y1, 0, h)
	return assets.Box{X: x0, Y: y0, W: x1 - x0, H: y1 - y0}
}

// mark is an overlay on its way to be painted, in device pixels of the window.
type mark struct {
	r       image.Rectangle
	colour  color.RGBA
	dashed  bool
	round   bool
	veiled  bool
	handles bool
}

// The measures of marks, in device-independent pixels.
const (
	strokeOf = 2
	dashOf   = 8
	gapOf    = 5
	handleOf = 8
)

// paint draws the mark. Everything has a dark halo, since it has to be seen on any
// picture.
func (m mark) paint(dst *image.RGBA, scale float32) {
	if m.r.Empty() {
		return
	}
	t := max(1, round(strokeOf*scale))
	halo := color.RGBA{A: 0x58}
	h := max(1, round(scale*.75))
	switch {
	case m.round:
		m.ellipse(dst, t, scale, halo)
	case m.dashed:
		// Inside its box: a cut often ends where the picture does, and white dashes on the
		// paper beside it are not seen.
		frame(dst, m.r, h, halo, 0, 0)
		frame(dst, m.r.Inset(h+t), h, halo, 0, 0)
		frame(dst, m.r.Inset(h), t, m.colour, round(dashOf*scale), round(gapOf*scale))
	default:
		frame(dst, m.r.Inset(-t-h), h, halo, 0, 0)
		frame(dst, m.r, h, halo, 0, 0)
		frame(dst, m.r.Inset(-t), t, m.colour, 0, 0)
	}
	if m.handles {
		side := round(handleOf * scale)
		mid := m.r.Min.Add(m.r.Max).Div(2)
		for _, x := range []int{m.r.Min.X, mid.X, m.r.Max.X} {
			for _, y := range []int{m.r.Min.Y, mid.Y, m.r.Max.Y} {
				if x == mid.X && y == mid.Y {
					continue
				}
				at := image.Rect(x-side/2, y-side/2, x-side/2+side, y-side/2+side)
				block(dst, at, color.RGBA{0xFF, 0xFF, 0xFF, 0xFF})
				frame(dst, at, max(1, round(scale*1.5)), m.colour, 0, 0)
				if m.colour == (color.RGBA{0xFF, 0xFF, 0xFF, 0xFF}) {
					frame(dst, at, max(1, round(scale)), color.RGBA{0x1F, 0x1B, 0x18, 0xFF}, 0, 0)
				}
			}
		}
	}
}

// frame strokes the inner side of a rectangle, t pixels thick, dashed where gap is
// more than nothing. Dashes run round the corners.
func frame(dst *image.RGBA, r image.Rectangle, t int, c color.RGBA, dash, gap int) {
	if r.Dx() < 2*t || r.Dy() < 2*t {
		block(dst, r, c)
		return
	}
	if gap <= 0 {
		block(dst, image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+t), c)
		block(dst, image.Rect(r.Min.X, r.Max.Y-t, r.Max.X, r.Max.Y), c)
		block(dst, image.Rect(r.Min.X, r.Min.Y+t, r.Min.X+t, r.Max.Y-t), c)
		block(dst, image.Rect(r.Max.X-t, r.Min.Y+t, r.Max.X, r.Max.Y-t), c)
		return
	}
	// A dash may start far outside the window when the picture is zoomed in: skip to
	// what can be seen.
	seen := dst.Bounds()
	for x := r.Min.X + max(0, (seen.Min.X-r.Min.X)/(dash+gap))*(dash+gap); x < min(r.Max.X, seen.Max.X); x += dash + gap {
		block(dst, image.Rect(x, r.Min.Y, min(x+dash, r.Max.X), r.Min.Y+t), c)
		block(dst, image.Rect(x, r.Max.Y-t, min(x+dash, r.Max.X), r.Max.Y), c)
	}
	for y := r.Min.Y + max(0, (seen.Min.Y-r.Min.Y)/(dash+gap))*(dash+gap); y < min(r.Max.Y, seen.Max.Y); y += dash + gap {
		block(dst, image.Rect(r.Min.X, y, r.Min.X+t, min(y+dash, r.Max.Y)), c)
		block(dst, image.Rect(r.Max.X-t, y, r.Max.X, min(y+dash, r.Max.Y)), c)
	}
}

// block lays a colour over a rectangle; c is not premultiplied black, or opaque.
func block(dst *image.RGBA, r image.Rectangle, c color.RGBA) {
	r = r.Intersect(dst.Bounds())
	if r.Empty() {
		return
	}
	a, rest := uint32(c.A), 255-uint32(c.A)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := dst.Pix[dst.PixOffset(r.Min.X, y) : dst.PixOffset(r.Max.X-1, y)+4]
		for i := 0; i < len(row); i += 4 {
			row[i] = uint8((uint32(row[i])*rest + uint32(c.R)*a) / 255)
			row[i+1] = uint8((uint32(row[i+1])*rest + uint32(c.G)*a) / 255)
			row[i+2] = uint8((uint32(row[i+2])*rest + uint32(c.B)*a) / 255)
			row[i+3] = uint8((uint32(row[i+3])*rest + 255*a) / 255)
		}
	}
}

// ellipse strokes the ellipse in the box and veils what the box has beside it where that
// is asked for.
func (m mark) ellipse(dst *image.RGBA, t int, scale float32, halo color.RGBA) {
	rx, ry := float64(m.r.Dx())/2, float64(m.r.Dy())/2
	cx, cy := float64(m.r.Min.X)+rx, float64(m.r.Min.Y)+ry
	half := float64(t) / 2
	dash, gap := float64(dashOf*scale), float64(gapOf*scale)
	around := 2 * math.Pi * math.Sqrt((rx*rx+ry*ry)/2) // near enough to cut dashes by
	seen := m.r.Inset(-2 * t).Intersect(dst.Bounds())
	for y := seen.Min.Y; y < seen.Max.Y; y++ {
		dy := float64(y) + .5 - cy
		for x := seen.Min.X; x < seen.Max.X; x++ {
			dx := float64(x) + .5 - cx
			// The distance from the line, to the first order.
			f := dx*dx/(rx*rx) + dy*dy/(ry*ry) - 1
			g := 2 * math.Hypot(dx/(rx*rx), dy/(ry*ry))
			d := f / max(g, 1e-9)
			cover := half + .5 - math.Abs(d)
			at := image.Rect(x, y, x+1, y+1)
			switch {
			case cover > 0:
				if m.dashed && math.Mod((math.Atan2(dy*rx, dx*ry)+math.Pi)/(2*math.Pi)*around, dash+gap) >= dash {
					if m.veiled && d > 0 && image.Pt(x, y).In(m.r) {
						block(dst, at, halo)
					}
					continue
				}
				c := m.colour
				c.A = uint8(255 * min(1, cover))
				block(dst, at, c)
			case m.veiled && d > 0 && image.Pt(x, y).In(m.r):
				block(dst, at, halo)
			}
		}
	}
}
