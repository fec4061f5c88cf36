package decode

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"
	"golang.org/x/sync/semaphore"

	"cinnabar/internal/fault"
)

// Picture is an opened picture.
type Picture struct {
	Image         *image.RGBA // upright, its bounds begin at 0,0
	Width, Height int         // pixels, upright
	Format        Format
	Orientation   int // EXIF, 1 to 8, already applied
	Notes         []Note
}

// budget is how much memory all decoding together may take. One large picture
// fills it alone, many small ones share it; the rest wait.
const budget = 768 << 20

var room = semaphore.NewWeighted(budget)

// Decode opens a picture. Beside the faults of Config it returns PictureBroken
// for pixels that do not decode or that are not what the header said, TimedOut
// for a picture that takes longer than five seconds, and Cancelled when ctx ends
// first. It waits while too many others are being decoded.
func Decode(ctx context.Context, data []byte) (*Picture, error) {
	info, err := Config(data)
	if err != nil {
		return nil, err
	}
	need := min(info.need(), budget)
	if err := room.Acquire(ctx, need); err != nil {
		return nil, fault.Wrap(err, fault.Cancelled)
	}
	defer room.Release(need)

	limited, cancel := context.WithTimeoutCause(ctx, maxTime, errTooSlow)
	defer cancel()
	img, err := decodePixels(limited, info, data)
	switch {
	case ctx.Err() != nil:
		return nil, fault.Wrap(context.Cause(ctx), fault.Cancelled)
	case errors.Is(context.Cause(limited), errTooSlow):
		return nil, fault.Wrap(errTooSlow, fault.TimedOut)
	case err != nil:
		return nil, err
	}
	img = upright(img, info.Orientation)
	return &Picture{
		Image:       img,
		Width:       info.Width,
		Height:      info.Height,
		Format:      info.Format,
		Orientation: info.Orientation,
		Notes:       info.Notes,
	}, nil
}

var errTooSlow = fmt.Errorf("decoding took longer than %v", maxTime)

// decodePixels returns the stored picture as RGBA, before it is turned.
func decodePixels(ctx context.Context, info Info, data []byte) (out *image.RGBA, err error) {
	defer recovered(&info.Format, &err)
	r := &patient{ctx: ctx, r: bytes.NewReader(data)}
	var img image.Image
	switch info.Format {
	case JPEG:
		img, err = jpeg.Decode(r)
	case PNG:
		img, err = png.Decode(r)
	case WebP:
		img, err = webp.Decode(r)
	case GIF:
		img, err = gif.Decode(r) // the first frame
	}
	if err != nil {
		return nil, broken(info.Format, err)
	}
	want := image.Rect(0, 0, info.stored.Width, info.stored.Height)
	if got := img.Bounds(); got != want && (info.Format != GIF || !got.In(want)) {
		return nil, broken(info.Format, fmt.Errorf("the header says %v, the pixels are %v", want.Size(), got))
	}
	// The copy is made here, in our goroutine under recover, because imaging works
	// in goroutines of its own where a panic over a bad palette index would end the
	// process (CVE-2023-36308).
	out = image.NewRGBA(want)
	draw.Draw(out, img.Bounds(), img, img.Bounds().Min, draw.Src)
	return out, nil
}

// patient hands the file to a decoder in small portions and stops when ctx has
// ended: decoders know nothing of contexts, but all of them read on and on.
type patient struct {
	ctx context.Context
	r   io.Reader
}

func (p *patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.r.Read(b[:min(len(b), 512)])
}
