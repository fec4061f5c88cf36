package preview

import "image"

// Resize makes a picture, or a part of one that SubImage returned, smaller to w × h
// pixels, in linear light as all small versions. A side on which it has no more than
// asked for stays as it is.
func Resize(img *image.RGBA, w, h int) *image.RGBA {
	return Resample(img, min(w, img.Rect.Dx()), min(h, img.Rect.Dy()))
}
