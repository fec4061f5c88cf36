package decode

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cinnabar/internal/fault"
)

// corners paints four patches, so that every turn and mirror looks different.
func corners(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetRGBA(x, y, quarter[2*(2*y/h)+2*x/w])
		}
	}
	return img
}

var quarter = [4]color.RGBA{{220, 20, 20, 255}, {20, 200, 20, 255}, {20, 20, 220, 255}, {240, 240, 240, 255}}

// nearest names the patch that a pixel belongs to; JPEG bends colours.
func nearest(c color.RGBA) int {
	best, least := 0, 1<<30
	for i, q := range quarter {
		d := sq(c.R, q.R) + sq(c.G, q.G) + sq(c.B, q.B)
		if d < least {
			best, least = i, d
		}
	}
	return best
}

func sq(a, b uint8) int { return (int(a) - int(b)) * (int(a) - int(b)) }

// seen reads the four patches of a picture: upper left, upper right, lower left,
// lower right.
func seen(img *image.RGBA) [4]int {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	at := func(x, y int) int { return nearest(img.RGBAAt(x, y)) }
	return [4]int{at(w/8, h/8), at(w-1-w/8, h/8), at(w/8, h-1-h/8), at(w-1-w/8, h-1-h/8)}
}

func asJPEG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asGIF(t testing.TB, frames ...*image.Paletted) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, &gif.GIF{Image: frames, Delay: make([]int, len(frames))}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// exif writes a TIFF structure with the orientation behind another tag.
func exif(order binary.AppendByteOrder, magic string, orientation uint16) []byte {
	b := []byte(magic)
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 2)
	b = order.AppendUint16(b, 0x0100) // ImageWidth, LONG
	b = order.AppendUint16(b, 4)
	b = order.AppendUint32(b, 1)
	b = order.AppendUint32(b, 640)
	b = order.AppendUint16(b, orientationTag)
	b = order.AppendUint16(b, 3)
	b = order.AppendUint32(b, 1)
	b = order.AppendUint16(b, orientation)
	b = order.AppendUint16(b, 0)
	return order.AppendUint32(b, 0)
}

// withSegment puts a segment right behind the start of a JPEG.
func withSegment(data []byte, marker byte, body []byte) []byte {
	out := append([]byte{}, data[:2]...)
	out = append(out, 0xFF, marker)
	out = binary.BigEndian.AppendUint16(out, uint16(len(body)+2))
	out = append(out, body...)
	return append(out, data[2:]...)
}

// withChunk puts a chunk behind the IHDR of a PNG.
func withChunk(data []byte, kind string, body []byte) []byte {
	const ihdrEnd = 8 + 25
	return append(appendChunk(append([]byte{}, data[:ihdrEnd]...), kind, body), data[ihdrEnd:]...)
}

func appendChunk(out []byte, kind string, body []byte) []byte {
	out = binary.BigEndian.AppendUint32(out, uint32(len(body)))
	out = append(out, kind...)
	out = append(out, body...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(append([]byte(kind), body...)))
}

// onePixel is a lossless WebP of one pixel.
func onePixel(t testing.TB) []byte {
	t.Helper()
	data, err := base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestEveryOrientationComesOutUpright(t *testing.T) {
	t.Parallel()
	// What stands stored where, for a picture that is 0 1 / 2 3 when upright.
	stored := map[int][4]int{
		1: {0, 1, 2, 3}, 2: {1, 0, 3, 2}, 3: {3, 2, 1, 0}, 4: {2, 3, 0, 1},
		5: {0, 2, 1, 3}, 6: {1, 3, 0, 2}, 7: {3, 1, 2, 0}, 8: {2, 0, 3, 1},
	}
	for o, patches := range stored {
		w, h := 96, 64 // as stored
		img := image.NewRGBA(image.Rect(0, 0, w, h))
		for y := range h {
			for x := range w {
				img.SetRGBA(x, y, quarter[patches[2*(2*y/h)+2*x/w]])
			}
		}
		upW, upH := w, h
		if o >= 5 {
			upW, upH = h, w
		}
		for _, order := range []struct {
			magic string
			order binary.AppendByteOrder
		}{{"II*\x00", binary.LittleEndian}, {"MM\x00*", binary.BigEndian}} {
			tiff := exif(order.order, order.magic, uint16(o))
			for name, data := range map[string][]byte{
				"JPEG": withSegment(asJPEG(t, img), 0xE1, append([]byte("Exif\x00\x00"), tiff...)),
				"PNG":  withChunk(asPNG(t, img), "eXIf", tiff),
			} {
				info, err := Config(data)
				if err != nil {
					t.Fatalf("%s %d: %v", name, o, err)
				}
				p, err := Decode(t.Context(), data)
				if err != nil {
					t.Fatalf("%s %d: %v", name, o, err)
				}
				if p.Orientation != o || p.Width != upW || p.Height != upH || info.Width != upW || info.Height != upH ||
					p.Image.Rect != image.Rect(0, 0, upW, upH) {
					t.Errorf("%s %d: orientation %d, %d × %d, image %v", name, o, p.Orientation, p.Width, p.Height, p.Image.Rect)
				}
				if got := seen(p.Image); got != [4]int{0, 1, 2, 3} {
					t.Errorf("%s, orientation %d: patches %v", name, o, got)
				}
			}
		}
	}
}

func TestAllFourKindsOpen(t *testing.T) {
	t.Parallel()
	palette := color.Palette{quarter[0], quarter[1], quarter[2], quarter[3]}
	frame := image.NewPaletted(image.Rect(0, 0, 40, 30), palette)
	for y := range 30 {
		for x := range 40 {
			frame.SetColorIndex(x, y, uint8(2*(2*y/30)+2*x/40))
		}
	}
	for want, data := range map[Format][]byte{
		JPEG: asJPEG(t, corners(40, 30)),
		PNG:  asPNG(t, corners(40, 30)),
		GIF:  asGIF(t, frame),
	} {
		p, err := Decode(t.Context(), data)
		if err != nil {
			t.Fatalf("%s: %v", want, err)
		}
		if p.Format != want || p.Width != 40 || p.Height != 30 || seen(p.Image) != [4]int{0, 1, 2, 3} {
			t.Errorf("%s: got %s, %d × %d, %v", want, p.Format, p.Width, p.Height, seen(p.Image))
		}
	}
	p, err := Decode(t.Context(), onePixel(t))
	if err != nil || p.Format != WebP || p.Width != 1 || p.Height != 1 {
		t.Errorf("WebP: %+v, %v", p, err)
	}
}

func TestOddColourModelsComeOutAsRGBA(t *testing.T) {
	t.Parallel()
	grey := image.NewGray(image.Rect(0, 0, 9, 9))
	grey.SetGray(4, 4, color.Gray{200})
	deep := image.NewNRGBA64(image.Rect(0, 0, 9, 9))
	deep.SetNRGBA64(4, 4, color.NRGBA64{0xFFFF, 0x8000, 0, 0x8000})
	for name, c := range map[string]struct {
		img  image.Image
		want color.RGBA
	}{
		"grey":             {grey, color.RGBA{200, 200, 200, 255}},
		"16 bit and alpha": {deep, color.RGBA{128, 64, 0, 128}},
	} {
		p, err := Decode(t.Context(), asPNG(t, c.img))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := p.Image.RGBAAt(4, 4); got != c.want {
			t.Errorf("%s: pixel %v, want %v", name, got, c.want)
		}
	}
}

func TestAnAnimationShowsItsFirstFrameOnTheWholeCanvas(t *testing.T) {
	t.Parallel()
	palette := color.Palette{color.RGBA{}, quarter[0], quarter[1]}
	first := image.NewPaletted(image.Rect(0, 0, 20, 20), palette)
	for i := range first.Pix {
		first.Pix[i] = 1
	}
	second := image.NewPaletted(image.Rect(0, 0, 20, 20), palette)
	p, err := Decode(t.Context(), asGIF(t, first, second))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Note{FirstFrameOnly}, p.Notes); diff != "" {
		t.Error(diff)
	}
	if p.Image.RGBAAt(10, 10) != quarter[0] {
		t.Errorf("pixel %v", p.Image.RGBAAt(10, 10))
	}

	// A first frame that covers a part only: the canvas is as large as announced.
	part := asGIF(t, first)
	binary.LittleEndian.PutUint16(part[6:], 30)
	p, err = Decode(t.Context(), part)
	if err != nil {
		t.Fatal(err)
	}
	if p.Width != 30 || p.Image.RGBAAt(25, 10).A != 0 || p.Image.RGBAAt(10, 10) != quarter[0] {
		t.Errorf("%d wide, %v, %v", p.Width, p.Image.RGBAAt(25, 10), p.Image.RGBAAt(10, 10))
	}
}

func TestWhatIsNoPictureIsRefusedByName(t *testing.T) {
	t.Parallel()
	for data, kind := range map[string]string{
		"II*\x00\x08\x00\x00\x00":                     "TIFF",
		"BM\x00\x00\x00\x00":                          "BMP",
		"\x00\x00\x00\x18ftypheic\x00\x00":            "HEIC",
		"\x00\x00\x00\x18ftypavif\x00\x00":            "AVIF",
		"%PDF-1.7":                                    "PDF",
		"\xef\xbb\xbf<?xml version='1.0'?>\n<svg/>":   "SVG",
		"<svg xmlns='http://www.w3.org/2000/svg'/>":   "SVG",
		"PK\x03\x04 a spreadsheet that says .jpg":     "ZIP",
		"just some words":                             "unknown",
		"RIFF\x00\x00\x00\x00WAVE":                    "unknown",
		"\xff\xd8":                                    "unknown",
		strings.Repeat("\x00", 64):                    "unknown",
		"<!DOCTYPE html><title>404 not found</title>": "HTML",
	} {
		_, err := Decode(t.Context(), []byte(data))
		if f := fault.Of(err); f == nil || f.Code != fault.PictureKind || f.Args["kind"] != kind {
			t.Errorf("%q: %v, want kind %s", data, err, kind)
		}
	}
	if _, err := Decode(t.Context(), nil); fault.CodeOf(err) != fault.PictureEmpty {
		t.Errorf("no bytes: %v", err)
	}
}

// bomb is a GIF of 34 bytes whose only frame would need 4 GiB.
func bomb() []byte {
	b := []byte("GIF89a\xff\xff\xff\xff\x80\x00\x00\x00\x00\x00\xff\xff\xff")
	b = append(b, ",\x00\x00\x00\x00\xff\xff\xff\xff\x00"...)
	return append(b, "\x02\x02\x4c\x01\x00"...)
}

func TestASmallFileCannotAskForGigabytes(t *testing.T) {
	t.Parallel()
	if n := len(bomb()); n != 34 {
		t.Fatalf("the bomb has %d bytes", n)
	}
	// A modest canvas with a huge frame, and many frames of a modest size.
	frame := bomb()
	binary.LittleEndian.PutUint16(frame[6:], 10)
	binary.LittleEndian.PutUint16(frame[8:], 10)
	many := []byte("GIF89a\xa0\x0f\xa0\x0f\x00\x00\x00") // 4000 × 4000
	for range 10 {
		many = append(many, ",\x00\x00\x00\x00\xa0\x0f\xa0\x0f\x00\x02\x00"...)
	}
	wide := asPNG(t, image.NewGray(image.Rect(0, 0, MaxSide+1, 1)))
	for name, data := range map[string][]byte{
		"bomb": bomb(), "huge frame": frame, "many frames": many, "wide": wide,
		"PNG of 60 MP":         resizedPNG(t, 10_000, 6_000),
		"progressive of 45 MP": resizedJPEG(t, 9_000, 5_000, true),
		"bytes":                append(asPNG(t, corners(4, 4)), make([]byte, MaxBytes)...),
	} {
		_, err := Decode(t.Context(), data)
		if f := fault.Of(err); f == nil || f.Code != fault.PictureLarge || f.Args["have"] == "" || f.Args["limit"] == "" {
			t.Errorf("%s: %v, want PictureLarge", name, err)
		}
	}
	if _, err := Config(resizedJPEG(t, 9_000, 5_000, false)); err != nil {
		t.Errorf("a baseline JPEG of 45 MP: %v", err)
	}
}

// resizedPNG claims other measures than the pixels have.
func resizedPNG(t testing.TB, w, h uint32) []byte {
	data := asPNG(t, corners(8, 8))
	binary.BigEndian.PutUint32(data[16:], w)
	binary.BigEndian.PutUint32(data[20:], h)
	binary.BigEndian.PutUint32(data[29:], crc32.ChecksumIEEE(data[12:29]))
	return data
}

func resizedJPEG(t testing.TB, w, h uint16, progressive bool) []byte {
	data := asJPEG(t, corners(8, 8))
	at := bytes.Index(data, []byte{0xFF, 0xC0})
	if progressive {
		data[at+1] = 0xC2
	}
	binary.BigEndian.PutUint16(data[at+5:], h)
	binary.BigEndian.PutUint16(data[at+7:], w)
	return data
}

func TestAJPEGOfEndlessScansIsRefused(t *testing.T) {
	t.Parallel()
	data := resizedJPEG(t, 8, 8, true)
	sos := bytes.Index(data, []byte{0xFF, 0xDA})
	scan := data[sos : sos+2+int(binary.BigEndian.Uint16(data[sos+2:]))]
	for range maxScans + 1 {
		data = append(data[:len(data)-2], scan...)
		data = append(data, 0xFF, 0xD9)
	}
	if _, err := Config(data); fault.CodeOf(err) != fault.PictureLarge {
		t.Errorf("Config = %v", err)
	}
}

func TestBrokenPicturesAreFaultsAtEveryLength(t *testing.T) {
	t.Parallel()
	frame := image.NewPaletted(image.Rect(0, 0, 12, 12), color.Palette{quarter[0], quarter[1]})
	for name, data := range map[string][]byte{
		"JPEG": withSegment(asJPEG(t, corners(24, 16)), 0xE1, append([]byte("Exif\x00\x00"), exif(binary.BigEndian, "MM\x00*", 6)...)),
		"PNG":  asPNG(t, corners(24, 16)), "GIF": asGIF(t, frame, frame), "WebP": onePixel(t),
	} {
		for n := range len(data) {
			if p, err := Decode(t.Context(), data[:n]); err == nil && p.Image == nil {
				t.Fatalf("%s cut at %d: neither picture nor fault", name, n)
			} else if err != nil && !isPictureFault(err) {
				t.Fatalf("%s cut at %d: %v", name, n, err)
			}
		}
		if _, err := Decode(t.Context(), data[:len(data)/2]); err == nil {
			t.Errorf("half a %s opened", name)
		}
	}
	for name, data := range map[string][]byte{
		"PNG that claims more":   resizedPNG(t, 600, 400),
		"PNG without a side":     resizedPNG(t, 0, 8),
		"frame outside a canvas": outside(t),
	} {
		if _, err := Decode(t.Context(), data); fault.CodeOf(err) != fault.PictureBroken {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func outside(t testing.TB) []byte {
	data := asGIF(t, image.NewPaletted(image.Rect(0, 0, 12, 12), color.Palette{quarter[0], quarter[1]}))
	binary.LittleEndian.PutUint16(data[6:], 5)
	return data
}

func isPictureFault(err error) bool {
	switch fault.CodeOf(err) {
	case fault.PictureEmpty, fault.PictureKind, fault.PictureLarge, fault.PictureBroken:
		return true
	}
	return false
}

func TestACancelledDecodeStops(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Decode(ctx, asPNG(t, corners(64, 64)))
	if fault.CodeOf(err) != fault.Cancelled || !errors.Is(err, context.Canceled) {
		t.Errorf("Decode = %v, want Cancelled", err)
	}
}

func FuzzDecode(f *testing.F) {
	frame := image.NewPaletted(image.Rect(0, 0, 6, 6), color.Palette{quarter[0], quarter[1]})
	f.Add(asJPEG(f, corners(8, 8)))
	f.Add(asPNG(f, corners(8, 8)))
	f.Add(asGIF(f, frame, frame))
	f.Add(onePixel(f))
	f.Add(bomb())
	f.Fuzz(func(t *testing.T, data []byte) {
		info, err := Config(data)
		if err != nil {
			if !isPictureFault(err) {
				t.Fatalf("Config: %v", err)
			}
			return
		}
		if info.Width*info.Height > 1<<20 {
			return // within the limits, but the fuzzer's time is better spent
		}
		p, err := Decode(t.Context(), data)
		if err != nil {
			if !isPictureFault(err) {
				t.Fatalf("Decode: %v", err)
			}
			return
		}
		if p.Width != info.Width || p.Height != info.Height || p.Image.Rect != image.Rect(0, 0, info.Width, info.Height) {
			t.Fatalf("header %d × %d, picture %v", info.Width, info.Height, p.Image.Rect)
		}
	})
}

func FuzzOrientation(f *testing.F) {
	f.Add(exif(binary.LittleEndian, "II*\x00", 6))
	f.Add(exif(binary.BigEndian, "MM\x00*", 8))
	f.Fuzz(func(t *testing.T, tiff []byte) {
		if o := orientation(tiff); o < 1 || o > 8 {
			t.Fatalf("orientation %d", o)
		}
	})
}

func FuzzWalkGIF(f *testing.F) {
	frame := image.NewPaletted(image.Rect(0, 0, 6, 6), color.Palette{quarter[0], quarter[1]})
	f.Add(asGIF(f, frame, frame, frame))
	f.Add(bomb())
	f.Fuzz(func(t *testing.T, data []byte) {
		s := walkGIF(data)
		// The walk must never count fewer frames than the decoder would unpack.
		if s.area > 1<<20 || s.frames > 100 {
			return
		}
		if c, err := gif.DecodeConfig(bytes.NewReader(data)); err != nil || c.Width*c.Height > 1<<20 {
			return
		}
		if all, err := gif.DecodeAll(bytes.NewReader(data)); err == nil && len(all.Image) > s.frames {
			t.Fatalf("counted %d frames, the decoder found %d", s.frames, len(all.Image))
		}
	})
}
