package inspect

import (
	"image"

	"cinnabar/assets"
)

// sharpPixels is the longest side of the picture that sharpness is measured at: a limit
// then means the same for a picture from a telephone and one from a studio.
const sharpPixels = 640

// Blurred is the Sharpness below which a subject is taken to be out of focus. How
// it was chosen stands in docs/pictures.md; a soft subject before a plain ground may
// lie below it too, so it is a reason to look, no verdict.
const Blurred = 20

// Sharpness is the variance of the Laplacian of the grey levels (0 to 255) in a box of
// the full picture, the picture's longest side being 640 pixels; 0 where there is nothing
// to be measured. Hand in at least twice that size where there is: from one that is hardly
// larger it comes out up to a third lower, and a smaller one is measured as it is.
func Sharpness(img *image.RGBA, full image.Point, box assets.Box) float64 {
	return greyOf(img, full, sharpPixels).sharpness(box)
}

func (p plane) sharpness(box assets.Box) float64 {
	r := p.under(box)
	// The outermost pixels have no neighbours on one side.
	r = r.Intersect(image.Rect(1, 1, p.w-1, p.h-1))
	if r.Empty() {
		return 0
	}
	var sum, squares float64
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for i := y*p.w + r.Min.X; i < y*p.w+r.Max.X; i++ {
			l := float64(int(p.pix[i-1]) + int(p.pix[i+1]) + int(p.pix[i-p.w]) + int(p.pix[i+p.w]) - 4*int(p.pix[i]))
			sum += l
			squares += l * l
		}
	}
	n := float64(r.Dx() * r.Dy())
	return squares/n - sum/n*(sum/n)
}
