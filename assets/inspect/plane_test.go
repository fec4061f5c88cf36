package inspect

import (
	"context"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"cinnabar/assets"
)

// averaged is the mean of what lies under each pixel, worked out the slow way.
func averaged(p plane, w, h int) []float64 {
	out := make([]float64, w*h)
	for y := range h {
		for x := range w {
			x0, x1 := float64(x)*float64(p.w)/float64(w), float64(x+1)*float64(p.w)/float64(w)
			y0, y1 := float64(y)*float64(p.h)/float64(h), float64(y+1)*float64(p.h)/float64(h)
			sum, area := 0.0, 0.0
			for py := int(y0); py < min(p.h, int(math.Ceil(y1))); py++ {
				for px := int(x0); px < min(p.w, int(math.Ceil(x1))); px++ {
					a := (min(x1, float64(px+1)) - max(x0, float64(px))) * (min(y1, float64(py+1)) - max(y0, float64(py)))
					sum, area = sum+a*float64(p.pix[py*p.w+px]), area+a
				}
			}
			out[y*w+x] = sum / area
		}
	}
	return out
}

func TestASmallerPlaneIsTheMeanOfWhatLiesUnderIt(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(8, 8))
	for range 200 {
		p := plane{w: 1 + rnd.IntN(60), h: 1 + rnd.IntN(60), kx: 2, ky: 3}
		p.pix = make([]uint8, p.w*p.h)
		for i := range p.pix {
			p.pix[i] = uint8(rnd.IntN(256))
		}
		w, h := 1+rnd.IntN(p.w), 1+rnd.IntN(p.h)
		got := p.resized(w, h)
		for i, want := range averaged(p, w, h) {
			// Weights are in 1/256 of a pixel.
			if math.Abs(float64(got.pix[i])-want) > 1.6 {
				t.Fatalf("%d × %d to %d × %d: pixel %d is %d, want %.2f", p.w, p.h, w, h, i, got.pix[i], want)
			}
		}
		if math.Abs(got.kx*float64(w)-2*float64(p.w)) > 1e-9 || math.Abs(got.ky*float64(h)-3*float64(p.h)) > 1e-9 {
			t.Fatalf("scale %v, %v", got.kx, got.ky)
		}
	}
}

// Every box that a part returns lies within the full picture, whatever its size and
// however much smaller the pixels are.
func TestBoxesLieWithinTheFullPicture(t *testing.T) {
	t.Parallel()
	img := textured(301, 223)
	lay(img, qr(t, "edge", color.Black, color.White), at{x: 300 - 121, y: 223 - 121, size: 120})
	badge{text: "Sponsored", font: fonts().latin[1], em: 30, x: 1, y: 1, ink: white, ground: night}.lay(img)
	for _, full := range []image.Point{{}, {X: 301, Y: 223}, {X: 1503, Y: 1117}, {X: 302, Y: 224}, {X: 150, Y: 111}} {
		size := full
		if size == (image.Point{}) {
			size = image.Pt(301, 223)
		}
		var boxes []assets.Box
		for _, r := range slices.Concat(Labels(context.Background(), img, full), TextLike(context.Background(), img, full), Faces(context.Background(), img, full)) {
			boxes = append(boxes, r.Box)
		}
		for _, c := range Codes(context.Background(), img, full) {
			boxes = append(boxes, c.Box)
		}
		if len(boxes) < 2 {
			t.Errorf("full %v: only %v found", full, boxes)
		}
		for _, b := range boxes {
			if b.Empty() || b.X < 0 || b.Y < 0 || b.X+b.W > size.X || b.Y+b.H > size.Y {
				t.Errorf("full %v: %v", full, b)
			}
		}
	}
}
