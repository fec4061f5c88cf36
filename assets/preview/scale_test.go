package preview

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"testing"

	"github.com/disintegration/imaging"
)

// painted makes a picture of a function of its pixels, in straight colours.
func painted(w, h int, at func(x, y int) color.NRGBA) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := at(x, y)
			product := func(v uint8) uint8 { return uint8((int(v)*int(c.A) + 127) / 255) }
			img.SetRGBA(x, y, color.RGBA{product(c.R), product(c.G), product(c.B), c.A})
		}
	}
	return img
}

func grey(v uint8) color.NRGBA { return color.NRGBA{v, v, v, 255} }

// exact is the same filter in floating point, over all pixels and without any block:
// what resample ought to give.
func exact(img *image.RGBA, w, h int) *image.RGBA {
	sw, sh := img.Rect.Dx(), img.Rect.Dy()
	type light4 [4]float64
	taps := func(from, to, i int) (int, []float64) {
		ratio := float64(from) / float64(to)
		wide := max(ratio, 1)
		middle := (float64(i)+.5)*ratio - .5
		lo, hi := max(0, int(math.Ceil(middle-3*wide))), min(from-1, int(math.Floor(middle+3*wide)))
		var ws []float64
		sum := 0.0
		for j := lo; j <= hi; j++ {
			ws = append(ws, lanczosAt((float64(j)-middle)/wide))
			sum += ws[len(ws)-1]
		}
		for j := range ws {
			ws[j] /= sum
		}
		return lo, ws
	}
	src := make([]light4, sw*sh)
	for i := range src {
		c := color.NRGBAModel.Convert(img.RGBAAt(i%sw, i/sw)).(color.NRGBA)
		a := float64(c.A) / 255
		src[i] = light4{light(float64(c.R)/255) * a, light(float64(c.G)/255) * a, light(float64(c.B)/255) * a, a}
	}
	mid := make([]light4, w*sh)
	for x := range w {
		lo, ws := taps(sw, w, x)
		for y := range sh {
			for i, v := range ws {
				for c := range 4 {
					mid[y*w+x][c] += v * src[y*sw+lo+i][c]
				}
			}
		}
	}
	gamma := func(v float64) float64 {
		if v <= .0031308 {
			return 12.92 * v
		}
		return 1.055*math.Pow(v, 1/2.4) - .055
	}
	return painted(w, h, func(x, y int) color.NRGBA {
		lo, ws := taps(sh, h, y)
		var s light4
		for i, v := range ws {
			for c := range 4 {
				s[c] += v * mid[(lo+i)*w+x][c]
			}
		}
		a := min(max(s[3], 0), 1)
		if a == 0 {
			return color.NRGBA{}
		}
		byteOf := func(v float64) uint8 { return uint8(math.Round(255 * gamma(min(max(v/a, 0), 1)))) }
		return color.NRGBA{byteOf(s[0]), byteOf(s[1]), byteOf(s[2]), uint8(math.Round(255 * a))}
	})
}

// apart is the largest and the mean difference of two pictures' bytes.
func apart(a, b *image.RGBA) (most int, mean float64) {
	sum := 0
	for i := range a.Pix {
		d := int(a.Pix[i]) - int(b.Pix[i])
		d = max(d, -d)
		sum += d
		most = max(most, d)
	}
	return most, float64(sum) / float64(len(a.Pix))
}

func TestScalingIsLanczosInLinearLight(t *testing.T) {
	t.Parallel()
	wave := func(x, y int) color.NRGBA {
		v := uint8((math.Sin(float64(x)/7)*math.Cos(float64(y)/5) + 1) * 127)
		return color.NRGBA{v, uint8(x * 255 / 641), 255 - v, 255}
	}
	glass := func(x, y int) color.NRGBA {
		c := wave(x, y)
		c.A = uint8(255 - y*255/340)
		return c
	}
	lines := func(x, y int) color.NRGBA {
		if x%23 == 4 || y%19 == 3 {
			return grey(0)
		}
		return grey(255)
	}
	for name, c := range map[string]struct {
		at        func(x, y int) color.NRGBA
		w, h, px  int
		most      int
		mean      float64
		precisely bool
	}{
		// Without blocks nothing but rounding is between the two.
		"wave":  {wave, 341, 203, 127, 1, .1, true},
		"glass": {glass, 341, 203, 127, 2, .3, true},
		"lines": {lines, 341, 203, 127, 1, .1, true},
		// With blocks thin lines are a little softer; nothing moves and nothing fades.
		"wave, blocks":  {wave, 409, 203, 64, 16, .8, false},
		"glass, blocks": {glass, 409, 203, 64, 17, .7, false},
		"lines, blocks": {lines, 409, 203, 64, 40, 4, false},
	} {
		img := painted(c.w, c.h, c.at)
		w, h := fit(c.w, c.h, c.px)
		got := Resample(img, w, h)
		if k := block(c.w, w); (k == 1) != c.precisely {
			t.Fatalf("%s: blocks of %d", name, k)
		}
		most, mean := apart(got, exact(img, w, h))
		if most > c.most || mean > c.mean {
			t.Errorf("%s: at most %d off, %.3f in the mean; want %d, %.3f", name, most, mean, c.most, c.mean)
		}
	}
}

func TestAFinePatternKeepsItsLight(t *testing.T) {
	t.Parallel()
	// Half of white's light is byte 188. A filter over the bytes would say 128.
	checker := func(x, y int) color.NRGBA { return grey(uint8((x + y) % 2 * 255)) }
	stripes := func(x, y int) color.NRGBA { return grey(uint8(y % 2 * 255)) }
	red := func(x, y int) color.NRGBA { return color.NRGBA{uint8((x + y) % 2 * 255), 0, 255, 255} }
	for _, size := range []struct{ w, h, px int }{{300, 200, 150}, {300, 200, 111}, {800, 120, 128}, {601, 151, 50}} {
		for name, c := range map[string]struct {
			at   func(x, y int) color.NRGBA
			want color.RGBA
		}{
			"checker": {checker, color.RGBA{188, 188, 188, 255}},
			"stripes": {stripes, color.RGBA{188, 188, 188, 255}},
			"colours": {red, color.RGBA{188, 0, 255, 255}},
		} {
			got := scale(painted(size.w, size.h, c.at), size.px)
			middle := got.RGBAAt(got.Rect.Dx()/2, got.Rect.Dy()/2)
			for _, d := range []int{int(middle.R) - int(c.want.R), int(middle.G) - int(c.want.G), int(middle.B) - int(c.want.B)} {
				if d < -1 || d > 1 {
					t.Errorf("%s of %d × %d at %d: %v, want %v", name, size.w, size.h, size.px, middle, c.want)
					break
				}
			}
		}
	}
}

func TestEvenColoursComeOutAsTheyWentIn(t *testing.T) {
	t.Parallel()
	for _, c := range []color.RGBA{{0, 0, 0, 255}, {255, 255, 255, 255}, {1, 2, 3, 255}, {17, 130, 254, 255}, {60, 20, 9, 64}, {1, 1, 0, 1}, {}} {
		for _, size := range [][2]int{{1, 1}, {17, 1}, {1, 301}, {33, 17}, {257, 511}, {1001, 7}} {
			img := image.NewRGBA(image.Rect(0, 0, size[0], size[1]))
			for i := range size[0] * size[1] {
				copy(img.Pix[4*i:], []byte{c.R, c.G, c.B, c.A})
			}
			for _, px := range []int{1, 2, 16, 100} {
				got := scale(img, px)
				w, h := fit(size[0], size[1], px)
				if got.Rect != image.Rect(0, 0, w, h) || got.Stride != 4*w {
					t.Fatalf("%v at %d px: %v, %d bytes a row", size, px, got.Rect, got.Stride)
				}
				for i := 0; i < len(got.Pix); i += 4 {
					if p := (color.RGBA{got.Pix[i], got.Pix[i+1], got.Pix[i+2], got.Pix[i+3]}); p != c {
						t.Fatalf("%v of %v at %d px: pixel %d is %v", c, size, px, i/4, p)
					}
				}
			}
		}
	}
}

func TestGradientsStaySmoothAndStraight(t *testing.T) {
	t.Parallel()
	for _, w := range []int{512, 1023, 3001} {
		img := painted(w, 9, func(x, _ int) color.NRGBA { return grey(uint8(x * 255 / (w - 1))) })
		got := scale(img, 200)
		for x := 1; x < 200; x++ {
			if a, b := int(got.Pix[4*(x-1)]), int(got.Pix[4*x]); b < a || b > a+3 {
				t.Errorf("%d px: from %d to %d at %d", w, a, b, x)
			}
		}
		// What stood in the middle stands in the middle.
		if m := got.Pix[4*100]; m < 126 || m > 130 {
			t.Errorf("%d px: the middle is %d", w, m)
		}
	}
}

func TestNoColourComesOutOfWhatIsTransparent(t *testing.T) {
	t.Parallel()
	// Green paper with a hole in it, of whichever colour: a fringe would be seen.
	for _, size := range []int{250, 700, 1500} {
		img := image.NewRGBA(image.Rect(0, 0, size, size))
		for y := range size {
			for x := range size {
				if dx, dy := x-size/2, y-size/2; dx*dx+dy*dy < size*size/9 {
					img.SetRGBA(x, y, color.RGBA{0, 200, 0, 255})
				}
			}
		}
		got := scale(img, 100)
		edge := 0
		for i := 0; i < len(got.Pix); i += 4 {
			p := got.Pix[i : i+4]
			if p[0] != 0 || p[2] != 0 || p[1] > p[3] {
				t.Fatalf("%d: a pixel of %v", size, p)
			}
			if p[3] > 20 && p[3] < 235 {
				edge++
				if want := float64(p[3]) * 200 / 255; math.Abs(float64(p[1])-want) > 1 {
					t.Errorf("%d: the edge's green is %d at alpha %d, want %.1f", size, p[1], p[3], want)
				}
			}
		}
		if edge < 50 {
			t.Errorf("%d: %d pixels of edge", size, edge)
		}
	}
}

func TestAWindowIntoAPictureIsScaledLikeItsCopy(t *testing.T) {
	t.Parallel()
	img := painted(300, 300, func(x, y int) color.NRGBA { return color.NRGBA{uint8(x), uint8(y), uint8(x * y), 255} })
	part := img.SubImage(image.Rect(30, 40, 231, 171)).(*image.RGBA)
	alone := painted(201, 131, func(x, y int) color.NRGBA { return color.NRGBAModel.Convert(part.At(x+30, y+40)).(color.NRGBA) })
	for _, px := range []int{60, 201} {
		got := Resample(part, px, px*131/201)
		if most, _ := apart(got, Resample(alone, px, px*131/201)); most != 0 || got.Stride != 4*px {
			t.Errorf("%d px: %d off, %d bytes a row", px, most, got.Stride)
		}
	}
}

func BenchmarkScale(b *testing.B) {
	for _, c := range []struct{ w, h, px int }{{500, 375, 400}, {1000, 750, 400}, {2000, 1500, 1080}, {4000, 3000, 400}, {4000, 3000, 1080}} {
		img := image.NewRGBA(image.Rect(0, 0, c.w, c.h))
		for i := range img.Pix {
			img.Pix[i] = byte(i * i >> 8)
			if i%4 == 3 {
				img.Pix[i] = 255
			}
		}
		w, h := fit(c.w, c.h, c.px)
		b.Run(fmt.Sprintf("%d-%d", c.w, c.px), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Resample(img, w, h)
			}
		})
		b.Run(fmt.Sprintf("%d-%d-imaging", c.w, c.px), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				imaging.Resize(img, w, h, imaging.Lanczos)
			}
		})
	}
}
