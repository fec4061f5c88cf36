package main

import (
	"context"
	"image"
	"sync/atomic"
	"time"

	"cinnabar/assets"
	"cinnabar/assets/preview"
)

// openerIdle is how long a process that opens pictures waits for the next one: as long
// as a person may read without turning the page, because starting it anew would be felt.
const openerIdle = 10 * time.Minute

// previews counts the pictures that are on their way to a screen, so that
// whoever paints the screen knows when it has them all.
type previews struct {
	loader *preview.Loader
	wholes *wholes
	coming atomic.Int64
}

// Preview implements kit.Previews.
func (p *previews) Preview(ctx context.Context, id assets.ID, px int) (*image.RGBA, error) {
	p.coming.Add(1)
	defer p.coming.Add(-1)
	return p.loader.Preview(ctx, id, px)
}

// Region implements kit.Regions.
func (p *previews) Region(ctx context.Context, id assets.ID, box assets.Box) (*image.RGBA, error) {
	p.coming.Add(1)
	defer p.coming.Add(-1)
	return p.wholes.region(ctx, id, box)
}
