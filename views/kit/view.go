package kit

import (
	"image"

	xdraw "golang.org/x/image/draw"
)

// view is a window of w by h device pixels onto a picture whose upper left
// corner lies at x, y of the window and whose pixels are zoom device pixels wide.
type view struct {
	w, h       int
	x, y, zoom float32
}

// of draws the window: transparent where the picture does not reach. It takes
// the smallest level that still has more pixels than are shown.
func (v view) of(levels []*image.RGBA) *image.RGBA {
	dst := image.NewRGBA(image.Rect(0, 0, v.w, v.h))
	full := levels[0].Bounds()
	level, factor := levels[0], float32(1)
	for _, l := range levels[1:] {
		f := float32(full.Dx()) / float32(l.Bounds().Dx())
		if v.zoom*f > 1 {
			break
		}
		level, factor = l, f
	}
	z := v.zoom * factor // device pixels per pixel of this level
	b := level.Bounds()
	// The part of the level that the window shows, widened to whole pixels.
	x0, y0 := max(0, int(-v.x/z)), max(0, int(-v.y/z))
	x1, y1 := min(b.Dx(), int((float32(v.w)-v.x)/z)+2), min(b.Dy(), int((float32(v.h)-v.y)/z)+2)
	if x0 >= x1 || y0 >= y1 {
		return dst
	}
	src := image.Rect(b.Min.X+x0, b.Min.Y+y0, b.Min.X+x1, b.Min.Y+y1)
	at := image.Rect(round(v.x+float32(x0)*z), round(v.y+float32(y0)*z), round(v.x+float32(x1)*z), round(v.y+float32(y1)*z))
	xdraw.BiLinear.Scale(dst, at, level, src, xdraw.Src, nil)
	return dst
}

func round(f float32) int {
	if f < 0 {
		return int(f - .5)
	}
	return int(f + .5)
}

// halves returns a picture and its halves down to some 200 pixels, each pixel
// the mean of four: scaling a large page to a small window in one step would
// lose the thin strokes of its text.
func halves(img *image.RGBA) []*image.RGBA {
	levels := []*image.RGBA{img}
	for img.Bounds().Dx() > 400 && img.Bounds().Dy() > 400 {
		img = half(img)
		levels = append(levels, img)
	}
	return levels
}

func half(src *image.RGBA) *image.RGBA {
	b := src.Bounds()
	w, h := b.Dx()/2, b.Dy()/2
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		upper := src.Pix[src.PixOffset(b.Min.X, b.Min.Y+2*y):]
		lower := src.Pix[src.PixOffset(b.Min.X, b.Min.Y+2*y+1):]
		out := dst.Pix[y*dst.Stride:]
		for x := range w {
			i, o := 8*x, 4*x
			for c := range 4 {
				out[o+c] = uint8((uint16(upper[i+c]) + uint16(upper[i+4+c]) + uint16(lower[i+c]) + uint16(lower[i+4+c]) + 2) / 4)
			}
		}
	}
	return dst
}
