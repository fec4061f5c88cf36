package inspect

import (
	"context"
	"image"

	"cinnabar/assets"
)

// TextLike finds what looks like lines of writing, whatever they say.
func TextLike(ctx context.Context, img *image.RGBA, full image.Point) []assets.Region { return nil }
