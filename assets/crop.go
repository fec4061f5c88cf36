package assets

import "math"

// Crop is what a platform cuts out of an upright picture of w × h pixels for the slot:
// the largest rectangle of the slot's ratio, centred.
//
// One side is the picture's own. The other is the exact length rounded up to a whole
// pixel, so that it is less than a pixel too long, never empty, and cutting a crop
// again leaves it as it is. Where the rest is odd, the odd pixel falls off on the right
// or at the bottom; a picture turned or mirrored has the crop turned or mirrored with it
// but for this one pixel. It is empty where the picture or the slot is.
func (s Slot) Crop(w, h int) Box {
	if w <= 0 || h <= 0 || s.Width <= 0 || s.Height <= 0 {
		return Box{}
	}
	cw, ch := s.size(w, h, 0)
	return Box{X: (w - cw) / 2, Y: (h - ch) / 2, W: cw, H: ch}
}

// size is the size of the slot's crop out of a picture of w × h, made smaller by less
// pixels of the side that the two share.
func (s Slot) size(w, h, less int) (cw, ch int) {
	if int64(w)*int64(s.Height) >= int64(h)*int64(s.Width) { // the picture is the wider one
		ch = h - less
		return divUp(ch*s.Width, s.Height), ch
	}
	cw = w - less
	return cw, divUp(cw*s.Height, s.Width)
}

// divUp and divDown round to whole numbers; b is above 0.
func divUp(a, b int) int { return -divDown(-a, b) }

func divDown(a, b int) int {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// within reports whether a box has an area and lies in a picture of w × h.
func (b Box) within(w, h int) bool {
	return !b.Empty() && b.X >= 0 && b.Y >= 0 && b.W <= w-b.X && b.H <= h-b.Y
}

// grown is a box with a share of its own size in per cent added on every side, in whole
// pixels outwards, and cut off where the picture of w × h ends.
func (b Box) grown(percent, w, h int) Box {
	dx, dy := divUp(b.W*percent, 100), divUp(b.H*percent, 100)
	x0, y0 := max(0, b.X-dx), max(0, b.Y-dy)
	x1, y1 := min(w, b.X+b.W+dx), min(h, b.Y+b.H+dy)
	return Box{X: x0, Y: y0, W: x1 - x0, H: y1 - y0}
}

// window is what of a picture can be seen through a slot: a rectangle, of which a round
// slot shows the part in the ellipse of the whole crop. Its edges are exact: x in
// pixels times ux, y in pixels times uy.
type window struct {
	crop           Box
	x0, y0, x1, y1 int
	ux, uy         int
	round          bool
}

// window returns what the slot shows of a crop. Safe zones are given at the slot's size
// and scale with the crop, which seldom comes to whole pixels.
func (s Slot) window(crop Box) window {
	return window{
		crop: crop, ux: s.Width, uy: s.Height, round: s.Round,
		x0: crop.X*s.Width + s.Safe.Left*crop.W, x1: crop.X*s.Width + (s.Width-s.Safe.Right)*crop.W,
		y0: crop.Y*s.Height + s.Safe.Top*crop.H, y1: crop.Y*s.Height + (s.Height-s.Safe.Bottom)*crop.H,
	}
}

// bare is the same window without safe zones and mask: the crop alone.
func (w window) bare() window {
	c := w.crop
	return window{crop: c, ux: 1, uy: 1, x0: c.X, y0: c.Y, x1: c.X + c.W, y1: c.Y + c.H}
}

// square is the same window without the mask.
func (w window) square() window { w.round = false; return w }

// shows is how much of a box can be seen through the window, 0 to 1. It is exact but
// for the rounding of one division; in a round window, of a few more.
func (w window) shows(b Box) float64 {
	if b.Empty() {
		return 0
	}
	x0, x1 := max(w.x0, b.X*w.ux), min(w.x1, (b.X+b.W)*w.ux)
	y0, y1 := max(w.y0, b.Y*w.uy), min(w.y1, (b.Y+b.H)*w.uy)
	if x0 >= x1 || y0 >= y1 {
		return 0
	}
	whole := float64(b.W*w.ux) * float64(b.H*w.uy)
	share := float64((x1-x0)*(y1-y0)) / whole
	if !w.round || w.holds(b) {
		return share
	}
	// The ellipse becomes the unit disc.
	rx, ry := float64(w.crop.W)/2, float64(w.crop.H)/2
	cx, cy := float64(w.crop.X)+rx, float64(w.crop.Y)+ry
	u := func(x int) float64 { return (float64(x)/float64(w.ux) - cx) / rx }
	v := func(y int) float64 { return (float64(y)/float64(w.uy) - cy) / ry }
	area := discArea(u(x0), v(y0), u(x1), v(y1)) * rx * ry * float64(w.ux) * float64(w.uy)
	return min(max(area/whole, 0), share)
}

// holds reports exactly whether all of a box can be seen through the window.
func (w window) holds(b Box) bool {
	if b.X*w.ux < w.x0 || b.Y*w.uy < w.y0 || (b.X+b.W)*w.ux > w.x1 || (b.Y+b.H)*w.uy > w.y1 {
		return false
	}
	if !w.round {
		return true
	}
	for _, x := range [2]int{b.X, b.X + b.W} {
		for _, y := range [2]int{b.Y, b.Y + b.H} {
			if !w.crop.ellipseHolds(x, y) {
				return false
			}
		}
	}
	return true
}

// ellipseHolds reports whether a corner between pixels lies in the ellipse that fills
// the box. In pictures up to 16,384 a side nothing of it comes near 2⁶³.
func (b Box) ellipseHolds(x, y int) bool {
	dx := int64(2*(x-b.X)-b.W) * int64(b.H)
	dy := int64(2*(y-b.Y)-b.H) * int64(b.W)
	whole := int64(b.W) * int64(b.H)
	// Each alone first: far outside, the squares would not fit.
	return abs(dx) <= whole && abs(dy) <= whole && dx*dx+dy*dy <= whole*whole
}

func abs(v int64) int64 {
	if v < 0 {
		return -v
	}
	return v
}

// discArea is the area of the unit disc within u0..u1 × v0..v1.
func discArea(u0, v0, u1, v1 float64) float64 {
	u0, u1 = max(u0, -1), min(u1, 1)
	v0, v1 = max(v0, -1), min(v1, 1)
	if u0 >= u1 || v0 >= v1 {
		return 0
	}
	// Between the places where the circle crosses v0 and v1, its height over u is one
	// formula: the circle or the edge above, the circle or the edge below.
	a, b := math.Sqrt(1-v0*v0), math.Sqrt(1-v1*v1)
	cuts := [6]float64{u0, -a, a, -b, b, u1}
	for i := 1; i < len(cuts)-1; i++ {
		cuts[i] = min(max(cuts[i], u0), u1)
	}
	for i := 2; i < len(cuts)-1; i++ {
		for j := i; j > 1 && cuts[j] < cuts[j-1]; j-- {
			cuts[j], cuts[j-1] = cuts[j-1], cuts[j]
		}
	}
	area := 0.0
	for i := 1; i < len(cuts); i++ {
		l, r := cuts[i-1], cuts[i]
		if l >= r {
			continue
		}
		mid := (l + r) / 2
		half := math.Sqrt(1 - mid*mid)
		if half <= v0 || -half >= v1 {
			continue // the strip lies beside the disc
		}
		under := arcArea(r) - arcArea(l)
		if half <= v1 {
			area += under
		} else {
			area += v1 * (r - l)
		}
		if -half >= v0 {
			area += under
		} else {
			area -= v0 * (r - l)
		}
	}
	return area
}

// arcArea is the area under the upper half of the unit circle from 0 to u.
func arcArea(u float64) float64 {
	return (u*math.Sqrt(max(0, 1-u*u)) + math.Asin(u)) / 2
}
