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
	// Lanczos looks best, but its cost grows with the source. Far above the goal,
	// averaging whole pixels first costs a tenth of it and cannot be told from it,
	// as long as Lanczos has nearly twice the goal to work on.
	for longest(img)/2 >= px*9/5 && min(img.Rect.Dx(), img.Rect.Dy()) >= 2 {
		img = halved(img)
	}
	return premultiplied(imaging.Resize(unmultiplied(img), w, h, imaging.Lanczos))
}

func longest(img *image.RGBA) int { return max(img.Rect.Dx(), img.Rect.Dy()) }

// halved averages every two by two pixels. Of an odd side the last row or column
// is left out, which for pictures as large as these is less than can be seen.
// Averaging is right for premultiplied pixels only.
func halved(img *image.RGBA) *image.RGBA {
	w, h := img.Rect.Dx()/2, img.Rect.Dy()/2
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		upper := img.Pix[2*y*img.Stride:][:8*w]
		lower := img.Pix[(2*y+1)*img.Stride:][:8*w]
		row := out.Pix[y*out.Stride:][:4*w]
		for x := range w {
			u, l, o := upper[8*x:8*x+8], lower[8*x:8*x+8], row[4*x:4*x+4]
			o[0] = byte((uint(u[0]) + uint(u[4]) + uint(l[0]) + uint(l[4]) + 2) / 4)
			o[1] = byte((uint(u[1]) + uint(u[5]) + uint(l[1]) + uint(l[5]) + 2) / 4)
			o[2] = byte((uint(u[2]) + uint(u[6]) + uint(l[2]) + uint(l[6]) + 2) / 4)
			o[3] = byte((uint(u[3]) + uint(u[7]) + uint(l[3]) + uint(l[7]) + 2) / 4)
		}
	}
	return out
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
