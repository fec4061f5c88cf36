package icon_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"testing"

	"github.com/fyne-io/oksvg"
	"github.com/srwiley/rasterx"

	"cinnabar/assets/icon"
)

const side = 512

func painted(t *testing.T) *image.RGBA {
	t.Helper()
	drawing, err := oksvg.ReadIconStream(bytes.NewReader(icon.SVG))
	if err != nil {
		t.Fatal(err)
	}
	img := image.NewRGBA(image.Rect(0, 0, side, side))
	drawing.SetTarget(0, 0, side, side)
	drawing.Draw(rasterx.NewDasher(side, side, rasterx.NewScannerGV(side, side, img, img.Bounds())), 1)
	return img
}

// TestThePictureIsTheDrawing fails when one of the two was changed without the
// other. CINNABAR_ICON=1 paints icon.png anew from the drawing.
func TestThePictureIsTheDrawing(t *testing.T) {
	want := painted(t)
	if os.Getenv("CINNABAR_ICON") != "" {
		var out bytes.Buffer
		if err := png.Encode(&out, want); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("icon.png", out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := png.Decode(bytes.NewReader(icon.PNG))
	if err != nil {
		t.Fatal(err)
	}
	if got.Bounds() != want.Bounds() {
		t.Fatalf("icon.png is %v, want %v", got.Bounds(), want.Bounds())
	}
	far := 0
	for y := range side {
		for x := range side {
			if distance(got.At(x, y), want.At(x, y)) > 24 {
				far++
			}
		}
	}
	if far > side { // a few pixels at the edges may round otherwise elsewhere
		t.Errorf("%d pixels of icon.png are not those of the drawing", far)
	}
}

func distance(a, b color.Color) float64 {
	x, y := color.NRGBAModel.Convert(a).(color.NRGBA), color.NRGBAModel.Convert(b).(color.NRGBA)
	d := func(p, q uint8) float64 { return math.Abs(float64(p) - float64(q)) }
	return max(d(x.R, y.R), d(x.G, y.G), d(x.B, y.B), d(x.A, y.A))
}
