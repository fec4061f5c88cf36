package inspect

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"testing"

	"cinnabar/assets"

	"golang.org/x/image/font/opentype"
)

// write sets text into a picture with its ink starting at (x, y) and returns the box of
// the ink.
func write(img *image.RGBA, f *opentype.Font, em float64, text string, x, y int, c color.Color) image.Rectangle {
	mask := set(f, em, text)
	r := image.Rect(x, y, x+mask.Rect.Dx(), y+mask.Rect.Dy())
	alpha := image.NewAlpha(mask.Rect)
	for i := range alpha.Pix {
		alpha.Pix[i] = mask.GrayAt(mask.Rect.Min.X+i%alpha.Stride, mask.Rect.Min.Y+i/alpha.Stride).Y
	}
	draw.DrawMask(img, r, image.NewUniform(c), image.Point{}, alpha, alpha.Rect.Min, draw.Over)
	return r
}

func around(r image.Rectangle, air int) assets.Box {
	r = r.Inset(-air)
	return assets.Box{X: r.Min.X, Y: r.Min.Y, W: r.Dx(), H: r.Dy()}
}

func grey(v uint8) color.Color { return color.RGBA{v, v, v, 255} }

// wcag is the ratio of two opaque colours, worked out by itself.
func wcag(a, b color.Color) float64 {
	light := func(c color.Color) float64 {
		r, g, b, _ := c.RGBA()
		l := 0.0
		for i, v := range [3]uint32{r, g, b} {
			s := float64(v>>8) / 255
			if s <= .03928 {
				s /= 12.92
			} else {
				s = math.Pow((s+.055)/1.055, 2.4)
			}
			l += s * [3]float64{.2126, .7152, .0722}[i]
		}
		return l
	}
	x, y := light(a), light(b)
	return (max(x, y) + .05) / (min(x, y) + .05)
}

func TestContrastIsThatOfTheColoursItWasWrittenWith(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		ink, ground color.Color
		em          float64
	}{
		{color.Black, color.White, 40},
		{color.White, color.Black, 40},
		{grey(118), color.White, 48},                                       // 4.54, just enough
		{grey(119), color.White, 28},                                       // 4.48, just not
		{color.White, color.RGBA{194, 59, 42, 255}, 32},                    // the seal's own
		{color.RGBA{53, 82, 140, 255}, color.RGBA{251, 248, 244, 255}, 64}, // indigo on paper
		{grey(190), grey(215), 40},
	} {
		img := flat(500, 160, c.ground)
		r := write(img, fonts().latin[1], c.em, "Sponsored", 60, 50, c.ink)
		want := wcag(c.ink, c.ground)
		for _, air := range []int{0, 4, 20} {
			if got := Contrast(img, image.Point{}, around(r, air)); math.Abs(got-want) > .04*want {
				t.Errorf("%v on %v at %g px, %d px of air: %.2f, want %.2f", c.ink, c.ground, c.em, air, got, want)
			}
		}
	}
}

// The writing runs from a dark ground onto one of nearly its own colour.
func TestContrastIsThatOfTheWorstPart(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]uint8{"a fifth lost": 250, "a fifth weak": 150} {
		img := flat(500, 160, color.Black)
		draw.Draw(img, image.Rect(260, 0, 500, 160), image.NewUniform(grey(end)), image.Point{}, draw.Src)
		r := write(img, fonts().latin[1], 48, "Sponsored", 60, 50, color.White)
		if r.Max.X < 300 || r.Max.X > 400 {
			t.Fatalf("the words end at %d", r.Max.X)
		}
		want := wcag(grey(end), color.White)
		if got := Contrast(img, image.Point{}, around(r, 6)); math.Abs(got-want) > .1*want {
			t.Errorf("%s: %.2f, want %.2f", name, got, want)
		}
	}
}

func TestContrastOfNothingIsOneAndOutsideItIsZero(t *testing.T) {
	t.Parallel()
	img := flat(50, 50, grey(70))
	for box, want := range map[assets.Box]float64{
		{X: 5, Y: 5, W: 30, H: 10}: 1, {X: 49, Y: 49, W: 30, H: 10}: 1, {X: 100, Y: 5, W: 30, H: 10}: 0, {}: 0, {X: -40, Y: -40, W: 20, H: 20}: 0,
	} {
		if got := Contrast(img, image.Point{}, box); got != want {
			t.Errorf("%v: %v, want %v", box, got, want)
		}
	}
	if Contrast(nil, image.Point{}, assets.Box{W: 1, H: 1}) != 0 {
		t.Error("no picture has a contrast")
	}
}

// A box is in pixels of the full picture, whatever was handed in, and transparent
// pixels lie on white.
func TestContrastKnowsScaleAndTransparency(t *testing.T) {
	t.Parallel()
	img := image.NewRGBA(image.Rect(0, 0, 400, 120))
	r := write(img, fonts().latin[1], 40, "Sponsored", 40, 30, color.Black)
	box := around(r, 5)
	box = assets.Box{X: 3 * box.X, Y: 3 * box.Y, W: 3 * box.W, H: 3 * box.H}
	if got := Contrast(img, image.Pt(1200, 360), box); got < 20 {
		t.Errorf("black on nothing: %.2f, want 21", got)
	}
}

func TestSharpnessFallsAsFocusIsLost(t *testing.T) {
	t.Parallel()
	img := rgba(anyStill(t, 3).SubImage(image.Rect(300, 560, 780, 1040)))
	box := assets.Box{X: 40, Y: 40, W: 400, H: 400}
	last := math.Inf(1)
	for _, sigma := range []float64{0, 1, 2, 4} {
		got := Sharpness(blurred(img, sigma), image.Point{}, box)
		if got >= last*.9 {
			t.Errorf("blurred by %g: %.2f after %.2f", sigma, got, last)
		}
		last = got
	}
}

func TestSharpnessIsMeasuredAtOneSize(t *testing.T) {
	t.Parallel()
	img := anyStill(t, 3)
	p := greyOf(img, image.Point{}, 0)
	less := image.NewRGBA(image.Rect(0, 0, 960, 1280))
	for i, v := range p.resized(960, 1280).pix {
		less.SetRGBA(i%960, i/960, color.RGBA{v, v, v, 255})
	}
	box := assets.Box{X: 240, Y: 500, W: 600, H: 640}
	a, b := Sharpness(img, image.Point{}, box), Sharpness(less, image.Pt(1080, 1440), box)
	if a == 0 || math.Abs(a-b) > .1*a {
		t.Errorf("whole %.2f, at 1280 px %.2f", a, b)
	}
	if got := Sharpness(flat(700, 700, grey(9)), image.Point{}, box); got != 0 {
		t.Errorf("a flat picture has sharpness %v", got)
	}
	if got := Sharpness(img, image.Point{}, assets.Box{X: 5000, W: 10, H: 10}); got != 0 {
		t.Errorf("sharpness outside the picture: %v", got)
	}
}
