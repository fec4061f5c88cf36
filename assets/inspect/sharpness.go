package inspect

import (
	"image"

	"cinnabar/assets"
)

// Sharpness is the variance of the Laplacian of the grey levels (0 to 255) in a box of
// the full picture, the picture's longest side being 640 pixels; 0 where there is nothing
// to be measured.
func Sharpness(img *image.RGBA, full image.Point, box assets.Box) float64 { return 0 }
