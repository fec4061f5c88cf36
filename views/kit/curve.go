package kit

import (
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"cinnabar/views/look"
)

// CurvePoint is what one X comes to, and what it could come to at most.
type CurvePoint struct {
	X, Y  float64
	Bound float64 // not below Y
}

// CurveTick is a word under the axis.
type CurveTick struct {
	X    float64
	Text string
}

// Curve draws what grows with what is spent: a solid line of what was chosen, a
// dashed one of the proved limit above it, and a mark where one stands.
type Curve struct {
	widget.BaseWidget
	// Picked is called with the X of the point that was tapped; nil takes no taps.
	Picked func(x float64)
	// Say words a point while the pointer is over it; nil says nothing.
	Say func(CurvePoint) string

	height float32
	points []CurvePoint
	ticks  []CurveTick
	mark   CurvePoint
	marked bool
	over   int // the point under the pointer, -1 for none

	base    *canvas.Rectangle
	solid   []*canvas.Line
	dashed  []*canvas.Line
	upright []*canvas.Line
	dot     *canvas.Circle
	hover   *canvas.Circle
	labels  []*canvas.Text
	said    *canvas.Text
}

var (
	_ fyne.Tappable     = (*Curve)(nil)
	_ desktop.Hoverable = (*Curve)(nil)
)

// NewCurve makes an empty chart of a height in pixels, words included.
func NewCurve(height float32) *Curve {
	c := &Curve{height: height, over: -1, base: panel(0, false), dot: canvas.NewCircle(nil), hover: canvas.NewCircle(nil),
		said: &canvas.Text{TextSize: look.Caption}}
	c.ExtendBaseWidget(c)
	return c
}

// Set changes the points, in the order of their X, the words under the axis and the
// mark; nil marks nothing.
func (c *Curve) Set(points []CurvePoint, ticks []CurveTick, mark *CurvePoint) {
	c.points, c.ticks, c.marked, c.over = points, ticks, mark != nil, -1
	if mark != nil {
		c.mark = *mark
	}
	c.Refresh()
}

// Points is what is drawn.
func (c *Curve) Points() []CurvePoint { return c.points }

// MinSize is narrow.
func (c *Curve) MinSize() fyne.Size { return fyne.NewSize(80, c.height) }

// frame is where the lines run, in pixels of the widget.
func (c *Curve) frame(s fyne.Size) (left, top, right, bottom float32) {
	text := fyne.MeasureText("0", look.Caption, fyne.TextStyle{}).Height
	return look.S2, text + look.S1, s.Width - look.S2, s.Height - text - look.S1
}

// at places a value in the frame.
func (c *Curve) at(s fyne.Size, x, y float64) fyne.Position {
	left, top, right, bottom := c.frame(s)
	mx, my := c.mark.X, c.mark.Y
	if !c.marked {
		mx, my = 0, 0
	}
	for _, p := range c.points {
		mx, my = max(mx, p.X), max(my, p.Y, p.Bound)
	}
	if mx <= 0 || my <= 0 {
		return fyne.NewPos(left, bottom)
	}
	return fyne.NewPos(left+float32(x/mx)*(right-left), bottom-float32(y/my)*(bottom-top))
}

func (c *Curve) nearest(x float32) int {
	best, gap := -1, float32(0)
	for i, p := range c.points {
		d := c.at(c.Size(), p.X, 0).X - x
		if d < 0 {
			d = -d
		}
		if best < 0 || d < gap {
			best, gap = i, d
		}
	}
	return best
}

// Tapped implements fyne.Tappable.
func (c *Curve) Tapped(e *fyne.PointEvent) {
	if i := c.nearest(e.Position.X); i >= 0 && c.Picked != nil {
		c.Picked(c.points[i].X)
	}
}

// MouseIn, MouseMoved and MouseOut implement desktop.Hoverable.
func (c *Curve) MouseIn(e *desktop.MouseEvent) { c.MouseMoved(e) }

// MouseMoved words the point under the pointer.
func (c *Curve) MouseMoved(e *desktop.MouseEvent) {
	if i := c.nearest(e.Position.X); i != c.over {
		c.over = i
		c.Refresh()
	}
}

// MouseOut takes the words away.
func (c *Curve) MouseOut() {
	if c.over >= 0 {
		c.over = -1
		c.Refresh()
	}
}

// Dashes are so long, with as much between them.
const dash = 4

// dashes cuts a broken line into dashes: pairs of ends.
func dashes(path []fyne.Position) []fyne.Position {
	var out []fyne.Position
	on, left := true, float32(dash)
	for i := 0; i+1 < len(path); i++ {
		a, b := path[i], path[i+1]
		dx, dy := b.X-a.X, b.Y-a.Y
		length := float32(math.Hypot(float64(dx), float64(dy)))
		for done := float32(0); done < length; {
			step := min(left, length-done)
			if on {
				f, t := done/length, (done+step)/length
				out = append(out, fyne.NewPos(a.X+dx*f, a.Y+dy*f), fyne.NewPos(a.X+dx*t, a.Y+dy*t))
			}
			done += step
			if left -= step; left <= 0 {
				on, left = !on, dash
			}
		}
	}
	return out
}

// CreateRenderer implements fyne.Widget.
func (c *Curve) CreateRenderer() fyne.WidgetRenderer {
	r := &render{min: c.MinSize}
	line := func(pool *[]*canvas.Line, n int, a, b fyne.Position, ink look.Token, width float32) {
		for n >= len(*pool) {
			*pool = append(*pool, &canvas.Line{})
		}
		l := (*pool)[n]
		l.StrokeWidth, l.StrokeColor = width, look.Color(ink)
		l.Position1, l.Position2 = a, b
		r.objects = append(r.objects, l)
	}
	arrange := func(s fyne.Size) {
		r.objects = r.objects[:0]
		if s.Width <= 0 {
			return
		}
		left, top, right, bottom := c.frame(s)
		place(c.base, left, bottom, right-left, 1)
		r.objects = append(r.objects, c.base)
		var low, high []fyne.Position
		for _, p := range c.points {
			low, high = append(low, c.at(s, p.X, p.Y)), append(high, c.at(s, p.X, p.Bound))
		}
		for i, ends := 0, dashes(high); i+1 < len(ends); i += 2 {
			line(&c.dashed, i/2, ends[i], ends[i+1], look.SecondInk, 1)
		}
		for i := 0; i+1 < len(low); i++ {
			line(&c.solid, i, low[i], low[i+1], look.IndigoInk, 1.8)
		}
		if c.marked {
			p := c.at(s, c.mark.X, c.mark.Y)
			for i, ends := 0, dashes([]fyne.Position{{X: p.X, Y: top}, {X: p.X, Y: bottom}}); i+1 < len(ends); i += 2 {
				line(&c.upright, i/2, ends[i], ends[i+1], look.CinnabarInk, 1)
			}
			place(c.dot, p.X-4.5, p.Y-4.5, 9, 9)
			c.dot.FillColor = look.Color(look.Seal)
			r.objects = append(r.objects, c.dot)
		}
		h := fyne.MeasureText("0", look.Caption, fyne.TextStyle{}).Height
		for i, t := range c.ticks {
			if i == len(c.labels) {
				c.labels = append(c.labels, &canvas.Text{TextSize: look.Caption})
			}
			l := c.labels[i]
			l.Text, l.Color = t.Text, look.Color(look.SecondInk)
			w := fyne.MeasureText(t.Text, look.Caption, fyne.TextStyle{}).Width
			x := c.at(s, t.X, 0).X - w/2
			place(l, min(max(0, x), s.Width-w), bottom+look.S1, w, h)
			r.objects = append(r.objects, l)
		}
		if c.over >= 0 && c.over < len(c.points) && c.Say != nil {
			p := c.points[c.over]
			c.said.Text, c.said.Color = c.Say(p), look.Color(look.Ink)
			w := fyne.MeasureText(c.said.Text, look.Caption, fyne.TextStyle{}).Width
			at := c.at(s, p.X, p.Y)
			place(c.said, min(max(0, at.X-w/2), max(0, s.Width-w)), 0, w, h)
			place(c.hover, at.X-3.5, at.Y-3.5, 7, 7)
			c.hover.FillColor = look.Color(look.IndigoInk)
			r.objects = append(r.objects, c.hover, c.said)
		}
	}
	r.layout = arrange
	r.refresh = func() {
		fill(c.base, look.Line, look.Clear)
		arrange(c.Size())
		canvas.Refresh(c)
	}
	r.refresh()
	return r
}
