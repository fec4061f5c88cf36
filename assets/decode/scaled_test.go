package decode

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// slow is a plane with blocks of wide × high instead of 8 × 8 pixels, of the same slow
// waves: what scaledJPEG has to give, worked out from what another decoder gives.
func slow(pix []byte, stride, width, height, wide, high int) func(x, y int) float64 {
	wave := func(k, n, x int) float64 {
		if k == 0 {
			return math.Sqrt(1 / float64(n))
		}
		return math.Sqrt(2/float64(n)) * math.Cos(float64((2*x+1)*k)*math.Pi/float64(2*n))
	}
	across := (width + 7) / 8
	out := make([]float64, across*wide*((height+7)/8)*high)
	for by := range (height + 7) / 8 {
		for bx := range across {
			for v := range high {
				for u := range wide {
					sum := 0.0
					for y := range 8 {
						for x := range 8 {
							sum += float64(pix[(8*by+y)*stride+8*bx+x]) * wave(u, 8, x) * wave(v, 8, y)
						}
					}
					sum *= math.Sqrt(float64(wide*high)) / 8
					for y := range high {
						for x := range wide {
							out[(by*high+y)*across*wide+bx*wide+x] += sum * wave(u, wide, x) * wave(v, high, y)
						}
					}
				}
			}
		}
	}
	return func(x, y int) float64 { return min(max(out[y*across*wide+x], 0), 255) }
}

func expected(t *testing.T, data []byte, denominator int) *image.RGBA {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	out := image.NewRGBA(image.Rect(0, 0, (w+denominator-1)/denominator, (h+denominator-1)/denominator))
	byteOf := func(v float64) uint8 { return uint8(math.Round(v)) }
	var at func(x, y int) color.Color
	switch img := img.(type) {
	case *image.Gray:
		// The last blocks are whole in the decoder's memory behind the picture.
		bright := slow(img.Pix[:cap(img.Pix)], img.Stride, w, h, 8/denominator, 8/denominator)
		at = func(x, y int) color.Color { return color.Gray{byteOf(bright(x, y))} }
	case *image.YCbCr:
		coarser := map[image.YCbCrSubsampleRatio]image.Point{
			image.YCbCrSubsampleRatio444: {1, 1}, image.YCbCrSubsampleRatio422: {2, 1}, image.YCbCrSubsampleRatio440: {1, 2},
			image.YCbCrSubsampleRatio420: {2, 2}, image.YCbCrSubsampleRatio411: {4, 1}, image.YCbCrSubsampleRatio410: {4, 2},
		}[img.SubsampleRatio]
		colour := func(pix []byte) func(x, y int) float64 {
			return slow(pix, img.CStride, (w+coarser.X-1)/coarser.X, (h+coarser.Y-1)/coarser.Y, 8/denominator*coarser.X, 8/denominator*coarser.Y)
		}
		bright := slow(img.Y[:cap(img.Y)], img.YStride, w, h, 8/denominator, 8/denominator)
		blue, red := colour(img.Cb[:cap(img.Cb)]), colour(img.Cr[:cap(img.Cr)])
		at = func(x, y int) color.Color {
			return color.YCbCr{byteOf(bright(x, y)), byteOf(blue(x, y)), byteOf(red(x, y))}
		}
	}
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			out.Set(x, y, at(x, y))
		}
	}
	return out
}

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "scaled", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// grainy is a picture with everything in it that is hard to decode: noise, edges, plain
// parts and slopes.
func grainy(w, h int, seed uint64) *image.RGBA {
	r := rand.New(rand.NewPCG(seed, 2))
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{uint8(x * 255 / w), uint8(y * 255 / h), uint8((x + y) * 2), 255}
			switch (x/20 + y/20) % 4 {
			case 0:
				c = color.RGBA{uint8(r.IntN(256)), uint8(r.IntN(256)), uint8(r.IntN(256)), 255}
			case 1:
				c = color.RGBA{30, 200, 90, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

func TestAScaledJPEGIsTheSumOfTheSlowWaves(t *testing.T) {
	t.Parallel()
	files := map[string][]byte{"one pixel": asJPEG(t, grainy(1, 1, 1))}
	for i, size := range [][2]int{{64, 48}, {65, 49}, {17, 200}, {203, 31}, {8, 8}} {
		for _, quality := range []int{35, 70, 90, 100} {
			var b bytes.Buffer
			if err := jpeg.Encode(&b, grainy(size[0], size[1], uint64(i)), &jpeg.Options{Quality: quality}); err != nil {
				t.Fatal(err)
			}
			name := fmt.Sprintf("%d × %d, quality %d", size[0], size[1], quality)
			if quality < 50 {
				name += " coarse"
			}
			files[name] = b.Bytes()
		}
	}
	for _, name := range []string{"whole-colour.jpg", "restart.jpg", "optimized.jpg", "grey.jpg", "grey-restart.jpg", "half-across.jpg"} {
		files[name] = fixture(t, name)
	}
	for _, colours := range []string{"422", "440", "411", "410"} {
		files[colours+" coarse"] = fixture(t, "at-once-"+colours+".jpg")
	}
	for name, data := range files {
		c, err := jpeg.DecodeConfig(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range []int{2, 4, 8} {
			if d == 2 && strings.HasPrefix(name, "41") {
				continue // the colours are coarser than what is asked for
			}
			got := scaledJPEG(data, c.Width, c.Height, d)
			if got == nil {
				t.Errorf("%s: not decoded to 1/%d", name, d)
				continue
			}
			want := expected(t, data, d)
			if got.Rect != want.Rect {
				t.Errorf("%s to 1/%d: %v, want %v", name, d, got.Rect, want.Rect)
				continue
			}
			most, sum := 0, 0
			for i := range got.Pix {
				off := int(got.Pix[i]) - int(want.Pix[i])
				off = max(off, -off)
				most = max(most, off)
				sum += off
			}
			// The other decoder rounds every pixel, and cuts it to 0 to 255, before it is
			// summed up here: of coarsely kept noise that is some levels.
			mean, coarse := float64(sum)/float64(len(got.Pix)), strings.HasSuffix(name, " coarse")
			if !coarse && (mean > .5 || most > 3) || coarse && (mean > .8 || most > 12) {
				t.Errorf("%s to 1/%d: %d off at most, %.2f in the mean", name, d, most, mean)
			}
		}
	}
}

func TestAPlainSlopeIsScaledExactly(t *testing.T) {
	t.Parallel()
	img := image.NewRGBA(image.Rect(0, 0, 256, 128))
	for y := range 128 {
		for x := range 256 {
			img.SetRGBA(x, y, color.RGBA{uint8(x/2 + 60), uint8(y + 60), 100, 255})
		}
	}
	data := asJPEG(t, img)
	for _, d := range []int{2, 4, 8} {
		got := scaledJPEG(data, 256, 128, d)
		for y := 1; y < 128/d-1; y++ {
			for x := 1; x < 256/d-1; x++ {
				p := got.RGBAAt(x, y)
				red, green := (float64(x)+.5)*float64(d)/2+60, (float64(y)+.5)*float64(d)+60
				if math.Abs(float64(p.R)-red) > 5 || math.Abs(float64(p.G)-green) > 5 || p.B < 94 || p.B > 106 {
					t.Fatalf("1/%d at %d, %d: %v, want about %.0f %.0f 100", d, x, y, p, red, green)
				}
			}
		}
	}
}

func TestWhatIsOddIsLeftToOtherDecoders(t *testing.T) {
	t.Parallel()
	data := asJPEG(t, grainy(64, 48, 1))
	restart := fixture(t, "restart.jpg")
	swapped := bytes.Replace(restart, []byte{0xFF, 0xD1}, []byte{0xFF, 0xD2}, 1)
	trailing := append(bytes.Clone(data[:len(data)-2]), 0, 0, 0xFF, 0xD9)
	for name, c := range map[string]struct {
		data []byte
		w, h int
	}{
		"red, green and blue":     {fixture(t, "rgb.jpg"), 45, 37},
		"another size":            {data, 64, 47},
		"cut off":                 {data[:len(data)-40], 64, 48},
		"cut off, but ended":      {append(bytes.Clone(data[:len(data)-40]), 0xFF, 0xD9), 64, 48},
		"more than there should":  {trailing, 64, 48},
		"restart out of order":    {swapped, 45, 37},
		"no tables":               {append(bytes.Clone(data[:2]), data[bytes.Index(data, []byte{0xFF, 0xC0}):]...), 64, 48},
		"nothing":                 {nil, 1, 1},
		"a beginning and no more": {data[:2], 64, 48},
	} {
		if scaledJPEG(c.data, c.w, c.h, 4) != nil {
			t.Errorf("%s: decoded", name)
		}
	}
	// Whatever else is wrong, it comes back.
	r := rand.New(rand.NewPCG(3, 4))
	for range 3000 {
		broken := bytes.Clone(data)
		for range 1 + r.IntN(4) {
			broken[2+r.IntN(len(broken)-2)] = byte(r.IntN(256))
		}
		if img := scaledJPEG(broken, 64, 48, 2<<r.IntN(3)); img != nil && img.Rect.Empty() {
			t.Fatal("an empty picture")
		}
	}
}

func BenchmarkScaledJPEG(b *testing.B) {
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, grainy(4000, 3000, 1), &jpeg.Options{Quality: 80}); err != nil {
		b.Fatal(err)
	}
	data := buf.Bytes()
	for _, c := range []struct {
		name string
		do   func()
	}{
		{"half", func() { scaledJPEG(data, 4000, 3000, 2) }},
		{"quarter", func() { scaledJPEG(data, 4000, 3000, 4) }},
		{"eighth", func() { scaledJPEG(data, 4000, 3000, 8) }},
		{"standard, whole", func() { _, _ = jpeg.Decode(bytes.NewReader(data)) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				c.do()
			}
		})
	}
}
