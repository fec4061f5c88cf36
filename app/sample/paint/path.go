package paint

import "math"

// point is a place on a canvas in pixels, y down.
type point struct{ x, y float32 }

type verb uint8

const (
	moveTo verb = iota
	lineTo
	quadTo
	cubeTo
)

type segment struct {
	verb verb
	pts  [3]point
}

// path is a filled outline. Contours that run the other way cut holes.
type path struct{ segs []segment }

func (p *path) move(x, y float32) *path {
	p.segs = append(p.segs, segment{verb: moveTo, pts: [3]point{{x, y}}})
	return p
}

func (p *path) line(x, y float32) *path {
	p.segs = append(p.segs, segment{verb: lineTo, pts: [3]point{{x, y}}})
	return p
}

func (p *path) quad(bx, by, x, y float32) *path {
	p.segs = append(p.segs, segment{verb: quadTo, pts: [3]point{{bx, by}, {x, y}}})
	return p
}

func (p *path) cube(bx, by, cx, cy, x, y float32) *path {
	p.segs = append(p.segs, segment{verb: cubeTo, pts: [3]point{{bx, by}, {cx, cy}, {x, y}}})
	return p
}

// add joins the contours of others to p.
func (p *path) add(others ...*path) *path {
	for _, o := range others {
		p.segs = append(p.segs, o.segs...)
	}
	return p
}

// kappa places the control points of a quarter circle drawn as one cubic.
const kappa = 0.5522848

func polygon(xy ...float32) *path {
	p := new(path).move(xy[0], xy[1])
	for i := 2; i+1 < len(xy); i += 2 {
		p.line(xy[i], xy[i+1])
	}
	return p
}

func rect(x, y, w, h float32) *path {
	return polygon(x, y, x+w, y, x+w, y+h, x, y+h)
}

// rounded is a rectangle with corners of radius r.
func rounded(x, y, w, h, r float32) *path {
	return shoulders(x, y, w, h, r, r)
}

// shoulders is a rectangle with its own radius for the upper and lower corners,
// the outline of most bottles.
func shoulders(x, y, w, h, up, low float32) *path {
	up, low = min(up, w/2, h/2), min(low, w/2, h/2)
	k := float32(1 - kappa)
	return new(path).
		move(x+up, y).line(x+w-up, y).
		cube(x+w-up*k, y, x+w, y+up*k, x+w, y+up).
		line(x+w, y+h-low).
		cube(x+w, y+h-low*k, x+w-low*k, y+h, x+w-low, y+h).
		line(x+low, y+h).
		cube(x+low*k, y+h, x, y+h-low*k, x, y+h-low).
		line(x, y+up).
		cube(x, y+up*k, x+up*k, y, x+up, y)
}

func ellipse(cx, cy, rx, ry float32) *path {
	kx, ky := rx*kappa, ry*kappa
	return new(path).
		move(cx+rx, cy).
		cube(cx+rx, cy+ky, cx+kx, cy+ry, cx, cy+ry).
		cube(cx-kx, cy+ry, cx-rx, cy+ky, cx-rx, cy).
		cube(cx-rx, cy-ky, cx-kx, cy-ry, cx, cy-ry).
		cube(cx+kx, cy-ry, cx+rx, cy-ky, cx+rx, cy)
}

func circle(cx, cy, r float32) *path { return ellipse(cx, cy, r, r) }

// ring is an ellipse with a hole; w is the width of the band.
func ring(cx, cy, rx, ry, w float32) *path {
	return ellipse(cx, cy, rx, ry).add(ellipse(cx, cy, -(rx - w), ry-w))
}

// frame is a rectangle with a hole; w is the width of the border.
func frame(x, y, w, h, border float32) *path {
	in := border
	return rect(x, y, w, h).add(polygon(
		x+in, y+in, x+in, y+h-in, x+w-in, y+h-in, x+w-in, y+in))
}

// arc is a ribbon of width w along an ellipse, from one angle to another in
// degrees clockwise from three o'clock, with round ends.
func arc(cx, cy, rx, ry, from, to, w float32) *path {
	const steps = 48
	pts := make([]point, steps+1)
	for i := range pts {
		a := float64(from+(to-from)*float32(i)/steps) * math.Pi / 180
		pts[i] = point{cx + rx*float32(math.Cos(a)), cy + ry*float32(math.Sin(a))}
	}
	return ribbon(pts, w, w)
}

// curve is a ribbon along a cubic that narrows from one width to another.
func curve(a, b, c, d point, from, to float32) *path {
	const steps = 28
	pts := make([]point, steps+1)
	for i := range pts {
		t := float32(i) / steps
		u := 1 - t
		pts[i] = point{
			u*u*u*a.x + 3*u*u*t*b.x + 3*u*t*t*c.x + t*t*t*d.x,
			u*u*u*a.y + 3*u*u*t*b.y + 3*u*t*t*c.y + t*t*t*d.y,
		}
	}
	return ribbon(pts, from, to)
}

// ribbon is the outline of a stroke through pts with round ends.
func ribbon(pts []point, from, to float32) *path {
	n := len(pts)
	left, right := make([]point, n), make([]point, n)
	for i, p := range pts {
		a, b := pts[max(i-1, 0)], pts[min(i+1, n-1)]
		dx, dy := b.x-a.x, b.y-a.y
		l := float32(math.Hypot(float64(dx), float64(dy)))
		if l == 0 {
			l = 1
		}
		h := (from + (to-from)*float32(i)/float32(n-1)) / 2
		left[i] = point{p.x - dy/l*h, p.y + dx/l*h}
		right[i] = point{p.x + dy/l*h, p.y - dx/l*h}
	}
	out := new(path).move(left[0].x, left[0].y)
	for _, p := range left[1:] {
		out.line(p.x, p.y)
	}
	cap1 := pts[n-1]
	bow(out, left[n-1], right[n-1], cap1)
	for i := n - 2; i >= 0; i-- {
		out.line(right[i].x, right[i].y)
	}
	bow(out, right[0], left[0], pts[0])
	return out
}

// bow closes a ribbon's end with a half circle around mid.
func bow(out *path, a, b, mid point) {
	ox, oy := (a.y - mid.y), -(a.x - mid.x)
	tip := point{mid.x + ox, mid.y + oy}
	out.cube(a.x+ox*kappa, a.y+oy*kappa, tip.x+(a.x-mid.x)*kappa, tip.y+(a.y-mid.y)*kappa, tip.x, tip.y)
	out.cube(tip.x+(b.x-mid.x)*kappa, tip.y+(b.y-mid.y)*kappa, b.x+ox*kappa, b.y+oy*kappa, b.x, b.y)
}

// leaf is a pointed oval from a to b, w wide at its widest.
func leaf(ax, ay, bx, by, w float32) *path {
	dx, dy := bx-ax, by-ay
	l := float32(math.Hypot(float64(dx), float64(dy)))
	nx, ny := -dy/l*w, dx/l*w
	mx, my := ax+dx*.45, ay+dy*.45
	return new(path).move(ax, ay).
		quad(mx+nx, my+ny, bx, by).
		quad(mx-nx, my-ny, ax, ay)
}

// star has five points; r reaches to the tips.
func star(cx, cy, r float32) *path {
	p := new(path)
	for i := range 10 {
		a := float64(i)*math.Pi/5 - math.Pi/2
		q := r
		if i%2 == 1 {
			q = r * 0.382
		}
		x, y := cx+q*float32(math.Cos(a)), cy+q*float32(math.Sin(a))
		if i == 0 {
			p.move(x, y)
		} else {
			p.line(x, y)
		}
	}
	return p
}

// turned is the path rotated by degrees clockwise around a point.
func (p *path) turned(degrees, cx, cy float32) *path {
	sin64, cos64 := math.Sincos(float64(degrees) * math.Pi / 180)
	sin, cos := float32(sin64), float32(cos64)
	return p.mapped(func(q point) point {
		dx, dy := q.x-cx, q.y-cy
		return point{cx + dx*cos - dy*sin, cy + dx*sin + dy*cos}
	})
}

// moved is the path shifted.
func (p *path) moved(dx, dy float32) *path {
	return p.mapped(func(q point) point { return point{q.x + dx, q.y + dy} })
}

func (p *path) mapped(f func(point) point) *path {
	out := &path{segs: make([]segment, len(p.segs))}
	for i, s := range p.segs {
		for j, q := range s.pts {
			s.pts[j] = f(q)
		}
		out.segs[i] = s
	}
	return out
}

// bounds is the box around all points, control points included.
func (p *path) bounds() (x0, y0, x1, y1 float32) {
	x0, y0 = float32(math.Inf(1)), float32(math.Inf(1))
	x1, y1 = -x0, -y0
	for _, s := range p.segs {
		n := 1
		switch s.verb {
		case quadTo:
			n = 2
		case cubeTo:
			n = 3
		}
		for _, q := range s.pts[:n] {
			x0, x1 = min(x0, q.x), max(x1, q.x)
			y0, y1 = min(y0, q.y), max(y1, q.y)
		}
	}
	return x0, y0, x1, y1
}
