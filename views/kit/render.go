package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"cinnabar/views/look"
)

// render is the renderer that all widgets of this package share; a widget gives
// it closures over its own parts.
type render struct {
	objects []fyne.CanvasObject
	layout  func(fyne.Size)
	min     func() fyne.Size
	refresh func()
}

func (r *render) Destroy()                     {}
func (r *render) Objects() []fyne.CanvasObject { return r.objects }
func (r *render) MinSize() fyne.Size           { return r.min() }
func (r *render) Layout(s fyne.Size)           { r.layout(s) }
func (r *render) Refresh()                     { r.refresh() }

// flowing is what knows its height for a given width.
type flowing interface{ HeightFor(width float32) float32 }

// flowLayout is a layout whose container knows its height for a given width.
type flowLayout interface {
	HeightFor(objects []fyne.CanvasObject, width float32) float32
}

// HeightFor returns the height that an object needs at a width.
func HeightFor(o fyne.CanvasObject, width float32) float32 {
	switch o := o.(type) {
	case flowing:
		return o.HeightFor(width)
	case *fyne.Container:
		if l, ok := o.Layout.(flowLayout); ok {
			return l.HeightFor(o.Objects, width)
		}
	}
	return o.MinSize().Height
}

// place never gives a size that the toolkit's software painter panics on, which
// a window narrower than its content would lead to: a negative one, or a border
// or round corners without anything between them.
func place(o fyne.CanvasObject, x, y, w, h float32) {
	var least float32
	if r, ok := o.(*canvas.Rectangle); ok && (r.StrokeWidth > 0 || r.CornerRadius > 0 || r.TopLeftCornerRadius > 0 || r.TopRightCornerRadius > 0) {
		least = 2*r.StrokeWidth + 2
	}
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(max(least, w), max(least, h)))
}

// fill colours a rectangle and refreshes it only if that changes anything, since
// rows rebind on every scroll step.
func fill(r *canvas.Rectangle, ground, border look.Token) {
	g, b := unseen(look.Color(ground), look.Color(border))
	if same(r.FillColor, g) && same(r.StrokeColor, b) {
		return
	}
	r.FillColor, r.StrokeColor = g, b
	r.Refresh()
}

// unseen gives whichever of a ground and its border is clear the other's colour. A
// graphics card mixes the two along the edge, and clear is black without weight: it would
// draw a grey line around what should have none.
func unseen(ground, border color.Color) (g, b color.Color) {
	gc, bc := color.NRGBAModel.Convert(ground).(color.NRGBA), color.NRGBAModel.Convert(border).(color.NRGBA)
	switch {
	case bc.A == 0:
		return ground, ground
	case gc.A == 0:
		bc.A = 1 // at nothing the toolkit would forget the colour
		return bc, border
	}
	return ground, border
}

func same(a, b color.Color) bool { return a == b }

func panel(radius float32, bordered bool) *canvas.Rectangle {
	r := canvas.NewRectangle(color.Transparent)
	r.CornerRadius = radius
	if bordered {
		r.StrokeWidth = 1
	}
	return r
}

func icon() *canvas.Image {
	i := &canvas.Image{FillMode: canvas.ImageFillContain}
	return i
}

// draw puts an icon into an image of side by side pixels.
func draw(img *canvas.Image, i look.Icon, t look.Token, side float32) {
	show(img, look.Draw(i, t, side*scaleOf(img)))
}

func show(img *canvas.Image, r fyne.Resource) {
	if img.Resource == r {
		return
	}
	img.Resource = r
	img.Refresh()
}

// scaleOf is how many device pixels a pixel takes on the canvas that an object
// is on, 1 before it is on any.
func scaleOf(o fyne.CanvasObject) float32 {
	if c := CanvasOf(o); c != nil {
		// Not c.Scale(): where the system scales windows by itself (macOS, Wayland) there
		// are more pixels than that.
		const far = 1000
		x, _ := c.PixelCoordinateForPosition(fyne.NewPos(far, 0))
		return float32(x) / far
	}
	return 1
}
