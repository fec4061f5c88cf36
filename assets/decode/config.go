package decode

import (
	"bytes"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/webp"

	"cinnabar/internal/fault"
)

// Info is what the header of a picture says, after it passed every limit.
type Info struct {
	Format        Format
	Width, Height int // pixels, upright
	Orientation   int // EXIF, 1 to 8; 1 is upright as stored
	Notes         []Note

	stored  image.Config
	colours *conversion // nil where the pixels are sRGB, or nothing can be done
	structure
}

// Config reads the header and refuses what Decode would refuse before decoding:
//   - PictureEmpty: no bytes
//   - PictureKind (Args: kind): not JPEG, PNG, WebP or GIF
//   - PictureLarge (Args: have, limit): too many bytes, pixels or frames
//   - PictureBroken (Args: format, detail): a header that cannot be read
func Config(data []byte) (info Info, err error) {
	defer recovered(&info.Format, &err)
	if len(data) > MaxBytes {
		return Info{}, large(megabytes(int64(len(data))), megabytes(MaxBytes))
	}
	info.Format, err = Sniff(data)
	if err != nil {
		return Info{}, err
	}
	info.stored, info.structure, err = readHeader(info.Format, data)
	if err != nil {
		return Info{}, broken(info.Format, err)
	}
	if err := info.check(); err != nil {
		return Info{}, err
	}
	info.Orientation = info.orientation
	info.Width, info.Height = info.stored.Width, info.stored.Height
	if turned(info.orientation) {
		info.Width, info.Height = info.Height, info.Width
	}
	var managed bool
	if info.colours, managed = info.tint.toSRGB(info.stored.ColorModel); !managed {
		info.Notes = append(info.Notes, ColourNotManaged)
	}
	if info.animated {
		info.Notes = append(info.Notes, FirstFrameOnly)
	}
	return info, nil
}

// readHeader calls the format's own package instead of image.DecodeConfig, whose
// registry holds whatever any dependency has registered, TIFF and BMP included.
func readHeader(f Format, data []byte) (image.Config, structure, error) {
	r := bytes.NewReader(data)
	switch f {
	case JPEG:
		c, err := jpeg.DecodeConfig(r)
		return c, walkJPEG(data), err
	case PNG:
		c, err := png.DecodeConfig(r)
		return c, walkPNG(data), err
	case WebP:
		c, err := webp.DecodeConfig(r)
		return c, walkWebP(data), err
	case GIF:
		c, err := gif.DecodeConfig(r)
		return c, walkGIF(data), err
	}
	panic("decode: no reader for " + string(f))
}

// maxDeflate is how many times smaller deflate makes anything at the very most.
const maxDeflate = 1032

func (i Info) check() error {
	w, h := i.stored.Width, i.stored.Height
	area := int64(w) * int64(h)
	switch {
	case w <= 0 || h <= 0:
		return broken(i.Format, fmt.Errorf("%d × %d pixels", w, h))
	case w > MaxSide || h > MaxSide:
		return large(fmt.Sprintf("%d × %d px", w, h), fmt.Sprintf("%d px", MaxSide))
	case area > MaxPixels:
		return large(megapixels(area), megapixels(MaxPixels))
	case i.progressive && area > MaxProgressive:
		return large(megapixels(area), megapixels(MaxProgressive))
	case i.scans > maxScans:
		return large(fmt.Sprintf("JPEG × %d", i.scans), fmt.Sprintf("× %d", maxScans))
	case i.largest > MaxPixels:
		return large(megapixels(i.largest), megapixels(MaxPixels))
	case i.unpacked > maxDeflate*(i.packed+64):
		// Memory would be taken for all of it before the first row is missing.
		return broken(i.Format, fmt.Errorf("%d bytes cannot hold %d × %d pixels", i.packed, w, h))
	case max(int64(i.frames)*area, i.area) > MaxFrameArea:
		return large(fmt.Sprintf("%d × %s", i.frames, megapixels(area)), megapixels(MaxFrameArea))
	}
	return nil
}

// need estimates the most memory that decoding takes at once, in bytes: what
// the decoder holds, and our own RGBA beside it.
func (i Info) need(w Want) int64 {
	area := int64(i.stored.Width) * int64(i.stored.Height)
	if i.Format == JPEG && i.simple {
		// Three planes, RGBA and its turned copy at the size that is asked for;
		// beside it the waves of a progressive picture, which are always whole.
		denom := int64(i.denominator(w))
		need := area / denom / denom * 11
		if i.progressive {
			need += area * 12
		}
		return need
	}
	bytesPerPixel := int64(8)
	switch {
	case i.progressive:
		bytesPerPixel = 18
	case i.sixteen:
		bytesPerPixel = 16
	}
	if i.orientation > 1 {
		bytesPerPixel += 4 // the turned copy
	}
	return area * bytesPerPixel
}

func large(have, limit string) error {
	return fault.New(fault.PictureLarge, "have", have, "limit", limit)
}

func broken(f Format, cause error) error {
	return fault.Wrap(cause, fault.PictureBroken, "format", string(f), "detail", cause.Error())
}

func megabytes(n int64) string  { return fmt.Sprintf("%.1f MB", float64(n)/(1<<20)) }
func megapixels(n int64) string { return fmt.Sprintf("%.1f MP", float64(n)/1e6) }

// recovered turns a panic of a decoder into PictureBroken. Decoders of the
// standard library have panicked on hostile input before; one picture must not
// take the studio with it.
func recovered(f *Format, err *error) {
	if r := recover(); r != nil {
		*err = broken(*f, fmt.Errorf("panic: %v", r))
	}
}
