package decode

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cinnabar/internal/fault"
)

// stored reads a file of testdata. Those there are corners(48, 32), written by
// libjpeg's cjpeg with the option that they are named for.
func stored(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestOddJPEGsOpenAtEverySize(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"progressive.jpg", "restart.jpg", "411.jpg", "440.jpg", "rgb.jpg", "grey.jpg",
		"three-scans.jpg", // one scan a channel, though not progressive
	} {
		data := stored(t, name)
		strict, err := jpeg.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		want := image.NewRGBA(strict.Bounds())
		draw.Draw(want, want.Rect, strict, image.Point{}, draw.Src)
		for _, longest := range []int{0, 48, 24, 12, 6, 3} {
			p, err := Here{}.Open(t.Context(), data, Want{Longest: longest})
			if err != nil {
				t.Errorf("%s to %d: %v", name, longest, err)
				continue
			}
			if p.Width != 48 || p.Height != 32 || p.Image.Rect.Dx() < longest || longest > 0 && p.Image.Rect.Dx() >= 2*longest {
				t.Errorf("%s to %d: %v", name, longest, p.Image.Rect)
			}
			k := 48 / p.Image.Rect.Dx()
			for _, at := range []image.Point{{10, 6}, {40, 6}, {10, 26}, {40, 26}} {
				if got := p.Image.RGBAAt(at.X/k, at.Y/k); !within(got, want.RGBAAt(at.X, at.Y), 16) {
					t.Errorf("%s to %d: %v at %v, the strict decoder says %v", name, longest, got, at, want.RGBAAt(at.X, at.Y))
				}
			}
		}
	}
	// Tables of 16 bits are beyond the fast decoder: the strict one takes over.
	if p, err := (Here{}).Open(t.Context(), stored(t, "coarse.jpg"), Want{Longest: 24}); err != nil || p.Image.Rect.Dx() != 24 {
		t.Errorf("tables of 16 bits: %v", err)
	}
	if _, err := Decode(t.Context(), stored(t, "arithmetic.jpg")); fault.CodeOf(err) != fault.PictureBroken {
		t.Errorf("arithmetic coding: %v", err)
	}
}

// inks makes a JPEG of four channels out of four grey ones, a scan each, because
// no encoder is at hand that does. transform is Adobe's, −1 for no marker.
func inks(t testing.TB, levels [4]uint8, transform int) []byte {
	t.Helper()
	var out, scans []byte
	for i, level := range levels {
		grey := image.NewGray(image.Rect(0, 0, 16, 16))
		for j := range grey.Pix {
			grey.Pix[j] = level
		}
		data := asJPEG(t, grey)
		sof := bytes.Index(data, []byte{0xFF, 0xC0})
		sos := bytes.Index(data, []byte{0xFF, 0xDA})
		if i == 0 {
			out = append(out, data[:sof]...)
			if transform >= 0 {
				out = append(out, "\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00"...)
				out = append(out, byte(transform))
			}
			out = append(out, 0xFF, 0xC0, 0, 20, 8, 0, 16, 0, 16, 4)
			for id := range byte(4) {
				out = append(out, id+1, 0x11, 0)
			}
			out = append(out, data[sof+2+int(binary.BigEndian.Uint16(data[sof+2:])):sos]...)
		}
		scans = append(scans, 0xFF, 0xDA, 0, 8, 1, byte(i+1), 0, 0, 63, 0)
		scans = append(scans, data[sos+10:len(data)-2]...)
	}
	return append(append(out, scans...), 0xFF, 0xD9)
}

func TestFourInksBecomeColours(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		levels    [4]uint8
		transform int
		want      color.RGBA
	}{
		{"Adobe's inverted inks", [4]uint8{0, 255, 255, 255}, 0, color.RGBA{0, 255, 255, 255}},
		{"Adobe's black", [4]uint8{255, 255, 255, 0}, 0, color.RGBA{0, 0, 0, 255}},
		{"inks as they are", [4]uint8{255, 0, 0, 0}, -1, color.RGBA{0, 255, 255, 255}},
		{"no ink at all", [4]uint8{0, 0, 0, 0}, -1, color.RGBA{255, 255, 255, 255}},
		{"YCCK, inverted like Adobe's", [4]uint8{76, 85, 255, 255}, 2, color.RGBA{1, 255, 255, 255}},
	} {
		for _, w := range []Want{{}, {Longest: 8}} {
			p, err := Here{}.Open(t.Context(), inks(t, c.levels, c.transform), w)
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
				continue
			}
			if got := p.Image.RGBAAt(4, 4); !within(got, c.want, 3) {
				t.Errorf("%s: %v, want %v", c.name, got, c.want)
			}
			if diff := cmp.Diff([]Note{ColourNotManaged}, p.Notes); diff != "" {
				t.Errorf("%s: %s", c.name, diff)
			}
		}
	}
}

func TestAJPEGThatStopsInTheMiddleIsBroken(t *testing.T) {
	t.Parallel()
	// The fast decoder shows these with a green or grey rest.
	photo := asJPEG(t, corners(320, 240))
	for name, data := range map[string][]byte{
		"cut off":                   photo[:len(photo)/2],
		"cut off, with an end":      append(append([]byte{}, photo[:len(photo)/2]...), 0xFF, 0xD9),
		"a header that lies":        resizedJPEG(t, 900, 500, false),
		"no pixels at all":          append(append([]byte{}, photo[:bytes.Index(photo, []byte{0xFF, 0xDA})+14]...), 0xFF, 0xD9),
		"progressive and cut short": append(append([]byte{}, stored(t, "progressive.jpg")[:200]...), 0xFF, 0xD9),
	} {
		for _, w := range []Want{{}, {Longest: 40}} {
			if p, err := (Here{}).Open(t.Context(), data, w); fault.CodeOf(err) != fault.PictureBroken {
				t.Errorf("%s: %v, %v", name, p, err)
			}
		}
	}
	// What looks like a picture that stops is not always one.
	for _, c := range []color.RGBA{{0, 0, 0, 255}, {128, 128, 128, 255}, {0, 135, 0, 255}} {
		if p, err := Decode(t.Context(), asJPEG(t, flat(c))); err != nil || !within(p.Image.RGBAAt(15, 15), c, 2) {
			t.Errorf("a flat %v: %v", c, err)
		}
	}
}

func TestAPNGThatPromisesMoreThanItCanHoldIsBrokenAtOnce(t *testing.T) {
	t.Parallel()
	if _, err := Config(resizedPNG(t, 7000, 7000)); fault.CodeOf(err) != fault.PictureBroken {
		t.Errorf("%v", err)
	}
	// One colour all over packs as tightly as deflate can.
	if _, err := Config(asPNG(t, image.NewGray(image.Rect(0, 0, 4000, 4000)))); err != nil {
		t.Error(err)
	}
}

func TestPNGsOfEveryKindOpen(t *testing.T) {
	t.Parallel()
	red := color.NRGBA{255, 0, 0, 128}
	palette := image.NewPaletted(image.Rect(0, 0, 8, 8), color.Palette{color.NRGBA{}, red})
	palette.SetColorIndex(4, 4, 1)
	deep := image.NewGray16(image.Rect(0, 0, 8, 8))
	deep.SetGray16(4, 4, color.Gray16{0x8080})
	wide := image.NewNRGBA64(image.Rect(0, 0, 8, 8))
	for i := range 64 {
		wide.SetNRGBA64(i%8, i/8, color.NRGBA64{0x8080, 0x4040, 0x2020, 0xFFFF})
	}
	one := image.NewPaletted(image.Rect(0, 0, 8, 8), color.Palette{color.Black, color.White})
	one.SetColorIndex(4, 4, 1)
	for name, c := range map[string]struct {
		data []byte
		want color.RGBA
	}{
		"palette with transparency": {asPNG(t, palette), color.RGBA{128, 0, 0, 128}},
		"grey of 16 bits":           {asPNG(t, deep), color.RGBA{128, 128, 128, 255}},
		"colours of 16 bits":        {asPNG(t, wide), color.RGBA{128, 64, 32, 255}},
		"one bit":                   {asPNG(t, one), color.RGBA{255, 255, 255, 255}},
		"interlaced":                {interlaced(t), color.RGBA{7, 7, 7, 255}},
	} {
		p, err := Decode(t.Context(), c.data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := p.Image.RGBAAt(4, 4); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// interlaced is a grey PNG of 8 × 8 in Adam7's seven passes, all of one value.
func interlaced(t testing.TB) []byte {
	t.Helper()
	var raw []byte
	for _, pass := range [][2]int{{1, 1}, {1, 1}, {2, 1}, {2, 2}, {4, 2}, {4, 4}, {8, 4}} {
		for range pass[1] {
			raw = append(raw, 0)
			raw = append(raw, bytes.Repeat([]byte{7}, pass[0])...)
		}
	}
	grey := asPNG(t, image.NewGray(image.Rect(0, 0, 8, 8)))
	out := append([]byte{}, grey[:8]...)
	header := append([]byte{}, grey[16:29]...)
	header[12] = 1
	for _, c := range []struct {
		kind string
		body []byte
	}{{"IHDR", header}, {"IDAT", compressed(t, raw)}, {"IEND", nil}} {
		out = appendChunk(out, c.kind, c.body)
	}
	if _, err := png.Decode(bytes.NewReader(out)); err != nil {
		t.Fatal(err)
	}
	return out
}

// lossyWebP is 16 × 16 pixels of (200, 100, 50), written by libwebp.
func lossyWebP(t testing.TB) []byte {
	t.Helper()
	data, err := base64.StdEncoding.DecodeString("UklGRj4AAABXRUJQVlA4IDIAAADwAQCdASoQABAAAMASJaACdLoB+AAETAAA/tom/+6evaevaev5g//xlT5Af8ZU/4uYAA==")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestALossyWebPHasTheColoursItWasGiven(t *testing.T) {
	t.Parallel()
	p, err := Decode(t.Context(), lossyWebP(t))
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Image.RGBAAt(8, 8); !within(got, color.RGBA{200, 100, 50, 255}, 4) {
		t.Errorf("%v", got)
	}
}

// riff writes a WebP of these chunks.
func riff(parts ...[]byte) []byte {
	out := []byte("RIFF\x00\x00\x00\x00WEBP")
	for _, p := range parts {
		out = append(out, p...)
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out
}

func riffChunk(kind string, body []byte) []byte {
	out := append([]byte(kind), 0, 0, 0, 0)
	binary.LittleEndian.PutUint32(out[4:], uint32(len(body)))
	out = append(out, body...)
	if len(body)&1 == 1 {
		out = append(out, 0)
	}
	return out
}

// animated makes an animation with the pixels of a still picture as its frames, the
// first at x, y on a canvas of w × h.
func animated(still []byte, fw, fh, x, y, w, h int) []byte {
	u24 := func(b []byte, v int) []byte { return append(b, byte(v), byte(v>>8), byte(v>>16)) }
	head := u24(u24([]byte{2, 0, 0, 0}, w-1), h-1)
	place := u24(u24(u24(u24(u24(nil, x/2), y/2), fw-1), fh-1), 100)
	body := append(append(place, 0), still[12:]...)
	return riff(riffChunk("VP8X", head), riffChunk("ANIM", make([]byte, 6)), riffChunk("ANMF", body), riffChunk("ANMF", body))
}

func TestAnAnimatedWebPShowsItsFirstFrame(t *testing.T) {
	t.Parallel()
	for _, w := range []Want{{}, {Longest: 20}} {
		p, err := Here{}.Open(t.Context(), animated(lossyWebP(t), 16, 16, 4, 8, 40, 32), w)
		if err != nil {
			t.Fatal(err)
		}
		k := 40 / p.Image.Rect.Dx()
		if diff := cmp.Diff([]Note{FirstFrameOnly}, p.Notes); diff != "" || p.Width != 40 || p.Height != 32 {
			t.Errorf("%d × %d, %s", p.Width, p.Height, diff)
		}
		if in, out := p.Image.RGBAAt(10/k, 14/k), p.Image.RGBAAt(30/k, 4/k); !within(in, color.RGBA{200, 100, 50, 255}, 4) || out.A != 0 {
			t.Errorf("to %d: %v in the frame, %v beside it", w.Longest, in, out)
		}
	}
	for name, data := range map[string][]byte{
		"a frame beyond the canvas":   animated(lossyWebP(t), 16, 16, 30, 8, 40, 32),
		"a frame that lies":           animated(lossyWebP(t), 18, 16, 0, 0, 40, 32),
		"a canvas without any pixels": riff(riffChunk("VP8X", []byte{2, 0, 0, 0, 9, 0, 0, 9, 0, 0}), riffChunk("ANIM", make([]byte, 6))),
	} {
		if _, err := Decode(t.Context(), data); fault.CodeOf(err) != fault.PictureBroken {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBigFramesOfAGIFStayPartOfTheirCanvas(t *testing.T) {
	t.Parallel()
	frame := image.NewPaletted(image.Rect(4, 6, 20, 20), color.Palette{quarter[0]})
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{frame}, Delay: []int{0}, Config: image.Config{Width: 64, Height: 48}}); err != nil {
		t.Fatal(err)
	}
	p, err := Decode(t.Context(), b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if p.Image.RGBAAt(4, 6) != quarter[0] || p.Image.RGBAAt(3, 6).A != 0 || p.Image.RGBAAt(20, 20).A != 0 {
		t.Errorf("%v %v %v", p.Image.RGBAAt(4, 6), p.Image.RGBAAt(3, 6), p.Image.RGBAAt(20, 20))
	}
}

func TestALargePictureIsNotDecodedTwice(t *testing.T) {
	t.Parallel()
	img := image.NewRGBA(image.Rect(0, 0, 320, 240))
	for y := range 240 {
		for x := range 320 {
			img.SetRGBA(x, y, color.RGBA{uint8(x), uint8(y), uint8(x + y), 255})
		}
	}
	data := asJPEG(t, img)
	info, err := Config(data)
	if err != nil {
		t.Fatal(err)
	}
	for longest, want := range map[int]int{0: 320, 200: 320, 80: 80, 41: 80, 40: 40, 9: 40} {
		got, err := decodeJPEG(t.Context(), info, data, Want{Longest: longest})
		if err != nil || got.Bounds().Dx() != want {
			t.Errorf("to %d: %v, %v; want %d wide", longest, got.Bounds(), err, want)
		}
	}
}
