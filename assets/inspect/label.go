package inspect

import (
	"context"
	"image"

	"cinnabar/assets"
)

// Labels finds the words that say a post is paid, where they stand by themselves: 广告,
// 合作, 赞助, Ad, Sponsored and the like.
func Labels(ctx context.Context, img *image.RGBA, full image.Point) []assets.Region { return nil }
