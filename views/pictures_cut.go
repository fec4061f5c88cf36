package views

import (
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
	xdraw "golang.org/x/image/draw"

	"cinnabar/assets"
	"cinnabar/views/look"
)

// cutView shows a cut at a size, with a line around it.
type cutView struct {
	widget.BaseWidget
	img   *canvas.Image
	face  *canvas.Rectangle
	edge  look.Token
	w, h  float32
	round bool
	bare  bool // a line around nothing
	thick float32
}

func newCutView(w, h float32, round bool) *cutView {
	v := &cutView{img: &canvas.Image{ScaleMode: canvas.ImageScaleFastest}, face: canvas.NewRectangle(color.Transparent), edge: look.Line, w: w, h: h, round: round, thick: 1}
	v.ExtendBaseWidget(v)
	return v
}

// set shows an image of the view's size, or an empty sheet while there is none.
func (v *cutView) set(img *image.RGBA, edge look.Token) {
	if img == nil {
		v.img.Image = nil
	} else {
		v.img.Image = img
	}
	v.edge, v.thick = edge, 1
	if edge != look.Line {
		v.thick = 2
	}
	v.Refresh()
}

// outline shows the shape alone.
func (v *cutView) outline() {
	v.bare, v.edge, v.thick = true, look.SecondInk, 1
	v.Refresh()
}

// MinSize is the cut's.
func (v *cutView) MinSize() fyne.Size { return fyne.NewSize(v.w, v.h) }

// CreateRenderer implements fyne.Widget.
func (v *cutView) CreateRenderer() fyne.WidgetRenderer {
	r := &cutRender{v}
	r.Refresh()
	return r
}

type cutRender struct{ v *cutView }

func (r *cutRender) Destroy()                     {}
func (r *cutRender) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.v.img, r.v.face} }
func (r *cutRender) MinSize() fyne.Size           { return r.v.MinSize() }

func (r *cutRender) Layout(fyne.Size) {
	v := r.v
	v.img.Move(fyne.NewPos(0, 0))
	v.img.Resize(fyne.NewSize(v.w, v.h))
	out := v.thick - 1
	v.face.Move(fyne.NewPos(-out, -out))
	v.face.Resize(fyne.NewSize(v.w+2*out, v.h+2*out))
}

func (r *cutRender) Refresh() {
	v := r.v
	v.img.Hidden = v.img.Image == nil
	v.img.CornerRadius = look.SmallRadius
	v.face.CornerRadius = look.SmallRadius
	if v.round {
		v.img.CornerRadius, v.face.CornerRadius = 0, min(v.w, v.h)/2
	}
	v.face.FillColor = color.Transparent
	if v.img.Image == nil && !v.bare {
		v.face.FillColor = look.Color(look.Selected)
	}
	v.face.StrokeColor, v.face.StrokeWidth = look.Color(v.edge), v.thick
	r.Layout(v.Size())
	v.img.Refresh()
	v.face.Refresh()
}

// cutImage is what a slot shows of a picture: the cut at so many device pixels, what the
// platform covers hatched, and of a round slot the ellipse alone.
func cutImage(l Looked, box assets.Box, s assets.Slot, w, h int) *image.RGBA {
	if l.Image == nil || box.Empty() || w < 1 || h < 1 || l.Width < 1 {
		return nil
	}
	f := float64(l.Image.Bounds().Dx()) / float64(l.Width)
	at := l.Image.Bounds().Min
	from := image.Rect(int(float64(box.X)*f+.5), int(float64(box.Y)*f+.5), int(math.Ceil(float64(box.X+box.W)*f)), int(math.Ceil(float64(box.Y+box.H)*f))).Add(at).Intersect(l.Image.Bounds())
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	xdraw.CatmullRom.Scale(dst, dst.Bounds(), l.Image, from, xdraw.Src, nil)
	hatch(dst, s)
	if s.Round {
		roundOff(dst)
	}
	return dst
}

// hatch marks what the platform covers with its own buttons and words.
func hatch(dst *image.RGBA, s assets.Slot) {
	if s.Safe == (assets.Edges{}) {
		return
	}
	w, h := dst.Bounds().Dx(), dst.Bounds().Dy()
	px := func(n, of, side int) int { return int(math.Round(float64(n) * float64(side) / float64(of))) }
	clear := image.Rect(px(s.Safe.Left, s.Width, w), px(s.Safe.Top, s.Height, h), w-px(s.Safe.Right, s.Width, w), h-px(s.Safe.Bottom, s.Height, h))
	for y := range h {
		for x := range w {
			if image.Pt(x, y).In(clear) {
				continue
			}
			// A light veil with a line every eight pixels, so that the picture is still seen.
			part := 36
			if (x+y)%8 < 2 {
				part = 120
			}
			i := dst.PixOffset(x, y)
			for c := range 3 {
				dst.Pix[i+c] = uint8((int(dst.Pix[i+c])*(255-part) + 255*part) / 255)
			}
		}
	}
}

// roundOff keeps the ellipse of an image, its edge smoothed.
func roundOff(dst *image.RGBA) {
	w, h := dst.Bounds().Dx(), dst.Bounds().Dy()
	rx, ry := float64(w)/2, float64(h)/2
	for y := range h {
		for x := range w {
			dx, dy := (float64(x)+.5-rx)/rx, (float64(y)+.5-ry)/ry
			over := (math.Hypot(dx, dy) - 1) * min(rx, ry)
			if over <= -.5 {
				continue
			}
			a := max(0, .5-over)
			i := dst.PixOffset(x, y)
			for c := range 4 {
				dst.Pix[i+c] = uint8(float64(dst.Pix[i+c]) * a)
			}
		}
	}
}

// shrunk is an image whose longer side is px at most.
func shrunk(src *image.RGBA, px int) *image.RGBA {
	b := src.Bounds()
	f := float64(px) / float64(max(b.Dx(), b.Dy()))
	if f >= 1 {
		return src
	}
	dst := image.NewRGBA(image.Rect(0, 0, max(1, int(float64(b.Dx())*f+.5)), max(1, int(float64(b.Dy())*f+.5))))
	xdraw.CatmullRom.Scale(dst, dst.Bounds(), src, b, xdraw.Src, nil)
	return dst
}
