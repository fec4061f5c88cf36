package decode

import (
	"image"

	"github.com/disintegration/imaging"
)

// upright turns a stored picture so that up is up. Orientations as in Exif 2.32:
// 1 as it is, 2 mirrored, 3 by 180°, 4 mirrored upside down, 5 transposed, 6 to be
// turned 90° clockwise, 7 transversed, 8 to be turned 90° anticlockwise.
func upright(img *image.RGBA, orientation int) *image.RGBA {
	// Turning moves whole pixels, so it does not matter that RGBA is premultiplied
	// and imaging's NRGBA is not: it is given our bytes under the other name.
	src := &image.NRGBA{Pix: img.Pix, Stride: img.Stride, Rect: img.Rect}
	var out *image.NRGBA
	switch orientation {
	case 2:
		out = imaging.FlipH(src)
	case 3:
		out = imaging.Rotate180(src)
	case 4:
		out = imaging.FlipV(src)
	case 5:
		out = imaging.Transpose(src)
	case 6:
		out = imaging.Rotate270(src) // imaging counts anticlockwise
	case 7:
		out = imaging.Transverse(src)
	case 8:
		out = imaging.Rotate90(src)
	default:
		return img
	}
	return &image.RGBA{Pix: out.Pix, Stride: out.Stride, Rect: out.Rect}
}
