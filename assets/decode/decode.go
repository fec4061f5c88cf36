package decode

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/png"
	"io"

	"golang.org/x/sync/semaphore"

	"cinnabar/internal/fault"
)

// Picture is an opened picture.
type Picture struct {
	Image         *image.RGBA // upright, sRGB, its bounds begin at 0,0; smaller than the picture where less was asked for
	Width, Height int         // pixels of the whole picture, upright
	Format        Format
	Orientation   int // EXIF, 1 to 8, already applied
	Notes         []Note
}

// Want is how large a picture is needed. The zero value asks for all of it.
type Want struct {
	// Longest is the longest side, in pixels, that the caller will scale down to.
	// What comes back is at least as large (or the whole picture, where that is
	// smaller) and may be larger, never smaller. 0 asks for the whole picture.
	Longest int
	// Better asks for at least twice Longest: a better-looking thumbnail for a
	// little more time.
	Better bool
}

// times is how many times smaller than the whole a picture may come out.
func (i Info) times(w Want) int {
	if w.Longest <= 0 {
		return 1
	}
	least := w.Longest
	if w.Better {
		least *= 2
	}
	return max(1, max(i.Width, i.Height)/least)
}

// budget is how much memory all decoding together may take. One large picture
// fills it alone, many small ones share it; the rest wait.
const budget = 768 << 20

var room = semaphore.NewWeighted(budget)

// Decode opens a whole picture in this process: for tests, and for small tools
// that open what they made themselves. Beside the faults of Config it returns
// PictureBroken for pixels that do not decode or that are not what the header said,
// PictureSlow for a picture that takes longer than five seconds, and Cancelled when ctx
// ends first. It waits while too many others are being decoded.
func Decode(ctx context.Context, data []byte) (*Picture, error) {
	return Here{}.Open(ctx, data, Want{})
}

// Here opens pictures in this process, as Decode does.
type Here struct{}

// Open is Children.Open without the protection of another process: a decoder that
// never reads on cannot be stopped, and one that asks for too much memory ends the
// program.
func (Here) Open(ctx context.Context, data []byte, w Want) (*Picture, error) {
	info, err := Config(data)
	if err != nil {
		return nil, err
	}
	need := min(info.need(w), budget)
	if err := room.Acquire(ctx, need); err != nil {
		return nil, fault.Wrap(err, fault.Cancelled)
	}
	defer room.Release(need)

	limited, cancel := context.WithTimeoutCause(ctx, patience, errTooSlow)
	defer cancel()
	img, err := pixels(limited, info, data, w)
	switch {
	case ctx.Err() != nil:
		return nil, fault.Wrap(context.Cause(ctx), fault.Cancelled)
	case errors.Is(context.Cause(limited), errTooSlow):
		return nil, fault.Wrap(errTooSlow, fault.PictureSlow)
	case err != nil:
		return nil, err
	}
	return info.picture(img), nil
}

func (i Info) picture(img *image.RGBA) *Picture {
	return &Picture{
		Image:       img,
		Width:       i.Width,
		Height:      i.Height,
		Format:      i.Format,
		Orientation: i.Orientation,
		Notes:       i.Notes,
	}
}

var errTooSlow = fmt.Errorf("decoding took longer than %v", maxTime)

// pixels decodes a picture that passed Config: upright, sRGB, as large as w asks
// for at least.
func pixels(ctx context.Context, info Info, data []byte, w Want) (out *image.RGBA, err error) {
	defer recovered(&info.Format, &err)
	var img image.Image
	r := &patient{ctx: ctx, r: bytes.NewReader(data)}
	switch info.Format {
	case JPEG:
		img, err = decodeJPEG(ctx, info, data, w)
	case PNG:
		img, err = png.Decode(r)
	case WebP:
		img, err = decodeWebP(ctx, info, data)
	case GIF:
		img, err = gif.Decode(r) // the first frame
	}
	if err != nil {
		return nil, broken(info.Format, err)
	}
	size := image.Rect(0, 0, info.stored.Width, info.stored.Height)
	got := img.Bounds()
	denom := 1
	if info.Format == JPEG && got != size {
		denom = info.denominator(w)
		size.Max = image.Pt((size.Max.X+denom-1)/denom, (size.Max.Y+denom-1)/denom)
	}
	mayBePart := info.Format == GIF || info.Format == WebP && info.animated
	if got != size && (!mayBePart || !got.In(size)) {
		return nil, broken(info.Format, fmt.Errorf("the header says %v, the pixels are %v", size.Size(), got))
	}
	out = toRGBA(img, size)
	img = nil
	if k := info.times(w) / denom; k > 1 {
		out = reduce(out, k)
	}
	if info.colours != nil {
		info.colours.apply(out)
	}
	return upright(out, info.Orientation), nil
}

// toRGBA copies a decoded picture onto its canvas, or takes it as it is where it is
// RGBA already. The copy is made here, in our goroutine under recover, because
// imaging works in goroutines of its own where a panic over a bad palette index
// would end the process (CVE-2023-36308).
func toRGBA(img image.Image, canvas image.Rectangle) *image.RGBA {
	if m, ok := img.(*image.RGBA); ok && m.Rect == canvas && m.Stride == 4*canvas.Dx() {
		return m
	}
	out := image.NewRGBA(canvas)
	switch m := img.(type) {
	case *image.Paletted:
		var palette [256]color.RGBA // an index that is not in the palette is transparent
		for i, c := range m.Palette[:min(len(m.Palette), 256)] {
			palette[i] = color.RGBAModel.Convert(c).(color.RGBA)
		}
		for y := m.Rect.Min.Y; y < m.Rect.Max.Y; y++ {
			from := m.Pix[m.PixOffset(m.Rect.Min.X, y):][:m.Rect.Dx()]
			to := out.Pix[out.PixOffset(m.Rect.Min.X, y):]
			for x, index := range from {
				c := palette[index]
				to[4*x], to[4*x+1], to[4*x+2], to[4*x+3] = c.R, c.G, c.B, c.A
			}
		}
	case *image.NRGBA64:
		// The two kinds of 16 bits that PNG has are copied here by their upper bytes;
		// what the library does for every kind alike takes ten times as long.
		for y := range m.Rect.Dy() {
			to := out.Pix[y*out.Stride:]
			for from := m.Pix[y*m.Stride:][:8*m.Rect.Dx()]; len(from) >= 8; from, to = from[8:], to[4:] {
				a := int(from[6])
				if a == 255 {
					to[0], to[1], to[2], to[3] = from[0], from[2], from[4], 255
				} else {
					to[0], to[1], to[2], to[3] = times(from[0], a), times(from[2], a), times(from[4], a), from[6]
				}
			}
		}
	case *image.RGBA64:
		for y := range m.Rect.Dy() {
			to := out.Pix[y*out.Stride:]
			for from := m.Pix[y*m.Stride:][:8*m.Rect.Dx()]; len(from) >= 8; from, to = from[8:], to[4:] {
				to[0], to[1], to[2], to[3] = from[0], from[2], from[4], from[6]
			}
		}
	case *placed:
		draw.Draw(out, m.Bounds(), m.Image, m.Image.Bounds().Min, draw.Src)
	default:
		draw.Draw(out, img.Bounds(), img, img.Bounds().Min, draw.Src)
	}
	return out
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
