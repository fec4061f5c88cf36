package preview

import (
	"image"
	"image/draw"

	"github.com/disintegration/imaging"
)

func fits(img *image.RGBA, px int) bool {
	return img.Rect.Dx() <= px && img.Rect.Dy() <= px
}

// scale makes a picture smaller so that its longest side has px pixels. One that
// is no larger is returned as it is.
func scale(img *image.RGBA, px int) *image.RGBA {
	if fits(img, px) {
		return img
	}
	w, h := img.Rect.Dx(), img.Rect.Dy()
	if w >= h {
		w, h = px, max(1, (h*px+w/2)/w)
	} else {
		w, h = max(1, (w*px+h/2)/h), px
	}
	src := unmultiplied(img)
	// Lanczos looks best but its cost grows with the source. Far above the goal,
	// averaging whole pixels first costs less and cannot be told from it.
	if img.Rect.Dx() > 4*w && img.Rect.Dy() > 4*h {
		src = imaging.Resize(src, 2*w, 2*h, imaging.Box)
	}
	return premultiplied(imaging.Resize(src, w, h, imaging.Lanczos))
}

// unmultiplied gives imaging what it works on. Where nothing is transparent the
// two kinds of pixels are the same bytes, and none is copied.
func unmultiplied(img *image.RGBA) *image.NRGBA {
	if img.Opaque() {
		return &image.NRGBA{Pix: img.Pix, Stride: img.Stride, Rect: img.Rect}
	}
	out := image.NewNRGBA(img.Rect)
	draw.Draw(out, out.Rect, img, img.Rect.Min, draw.Src)
	return out
}

func premultiplied(img *image.NRGBA) *image.RGBA {
	if img.Opaque() {
		return &image.RGBA{Pix: img.Pix, Stride: img.Stride, Rect: img.Rect}
	}
	out := image.NewRGBA(img.Rect)
	draw.Draw(out, out.Rect, img, img.Rect.Min, draw.Src)
	return out
}
