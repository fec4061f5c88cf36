package inspect

import (
	"context"
	"image"

	"cinnabar/assets"
)

// Code is a QR code that could be read.
type Code struct {
	Text string     `json:"text"` // what is in it, as UTF-8
	Box  assets.Box `json:"box"`  // pixels of the upright picture
}

// Codes reads the QR codes of a picture, light on dark ones too. It returns what it has
// when ctx ends.
func Codes(ctx context.Context, img *image.RGBA, full image.Point) []Code { return nil }
