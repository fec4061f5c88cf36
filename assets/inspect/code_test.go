package inspect

import (
	"context"
	"image"
	"image/color"
	"math/rand/v2"
	"testing"
	"time"

	"cinnabar/assets"
)

const address = "https://shop.example.com/i/4711?aff=lin"

func TestACodeIsReadWhereItStands(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		dark, light color.Color
		at          at
		blur        float64
		quality     int
	}{
		"upright":       {color.Black, color.White, at{x: 200, y: 100, size: 180}, 0, 90},
		"small":         {color.Black, color.White, at{x: 30, y: 40, size: 90}, 0, 90},
		"turned":        {color.Black, color.White, at{x: 150, y: 100, size: 220, turn: 33}, 0, 75},
		"from the side": {color.Black, color.White, at{x: 100, y: 100, size: 260, lean: .2}, 0, 75},
		"light on dark": {color.White, color.RGBA{40, 30, 80, 255}, at{x: 100, y: 150, size: 200}, 0, 75},
		"coloured":      {color.RGBA{160, 30, 30, 255}, color.RGBA{250, 230, 210, 255}, at{x: 100, y: 150, size: 200}, 0, 60},
		"out of focus":  {color.Black, color.White, at{x: 60, y: 60, size: 300}, 3, 60},
	} {
		img := flat(440, 440, color.RGBA{190, 180, 160, 255})
		want := lay(img, qr(t, address, c.dark, c.light), c.at)
		img = jpegged(t, blurred(img, c.blur), c.quality)
		// The picture is twice as large as the pixels that are looked at.
		found := Codes(context.Background(), img, image.Pt(880, 880))
		if len(found) != 1 || found[0].Text != address {
			t.Errorf("%s: found %v", name, found)
			continue
		}
		whole := assets.Box{X: 2 * want.Min.X, Y: 2 * want.Min.Y, W: 2 * want.Dx(), H: 2 * want.Dy()}
		// The box is without the quiet zone: 29 modules of 37 either way.
		if o := overlap(found[0].Box, whole); o < .97 || found[0].Box.W*found[0].Box.H*2 < whole.W*whole.H {
			t.Errorf("%s: box %v, laid at %v", name, found[0].Box, whole)
		}
	}
}

func TestSeveralCodesAreReadAtOnce(t *testing.T) {
	t.Parallel()
	img := flat(700, 500, color.White)
	for i, text := range []string{"one, a short one", "two", address} {
		lay(img, qr(t, text, color.Black, color.White), at{x: 20 + 225*float64(i), y: 120, size: 215})
	}
	lay(img, qr(t, "the fourth, light on dark", color.White, color.Black), at{x: 20, y: 350, size: 140})
	texts := map[string]bool{}
	for _, c := range Codes(context.Background(), img, image.Point{}) {
		texts[c.Text] = true
	}
	if len(texts) != 4 || !texts["two"] || !texts[address] {
		t.Errorf("read %v", texts)
	}
}

func TestNoCodeIsReadWhereThereIsNone(t *testing.T) {
	t.Parallel()
	noise := flat(500, 500, color.White)
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := 0; i < len(noise.Pix); i += 4 {
		v := uint8(rnd.IntN(2) * 255)
		noise.Pix[i], noise.Pix[i+1], noise.Pix[i+2] = v, v, v
	}
	for name, img := range map[string]*image.RGBA{
		"noise": noise, "flat": flat(200, 200, color.Black), "empty": image.NewRGBA(image.Rectangle{}),
		"one pixel": flat(1, 1, color.White), "a line": flat(4000, 1, color.White),
	} {
		if found := Codes(context.Background(), img, image.Point{}); found != nil {
			t.Errorf("%s: %v", name, found)
		}
	}
	if found := Codes(context.Background(), nil, image.Point{}); found != nil {
		t.Errorf("nil: %v", found)
	}
}

// A picture full of corner marks has as many sets of three as one likes.
func TestAPictureMadeToKeepOneBusyTakesNoTime(t *testing.T) {
	t.Parallel()
	mark := qr(t, "x", color.Black, color.White).SubImage(image.Rect(24, 24, 96, 96)).(*image.RGBA)
	img := flat(1440, 1440, color.White)
	small := rgba(mark)
	for y := 0; y < 1440; y += 24 {
		for x := 0; x < 1440; x += 24 {
			for dy := range 20 {
				for dx := range 20 {
					img.SetRGBA(x+dx, y+dy, small.RGBAAt(dx*72/20, dy*72/20))
				}
			}
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	began := time.Now()
	Codes(ctx, img, image.Point{})
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("took %v, allowed .3 s", took)
	}
}
