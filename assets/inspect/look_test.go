package inspect

import (
	"context"
	"errors"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"cinnabar/assets"
	"cinnabar/internal/fault"
)

func TestALookFindsEverythingAndConfirmsNothing(t *testing.T) {
	t.Parallel()
	img := textured(720, 540)
	lay(img, qr(t, address, color.Black, color.White), at{x: 500, y: 320, size: 180})
	badge{text: "Sponsored", font: fonts().latin[1], em: 30, x: 30, y: 30, ink: white, ground: night}.lay(img)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // of a busy machine
	defer cancel()
	r := Look(ctx, img, image.Pt(1440, 1080))
	if len(r.Codes) != 1 || len(r.Labels) != 1 || len(r.Notes) > 0 {
		t.Errorf("codes %v, labels %v, notes %v", r.Codes, r.Labels, r.Notes)
	}
	names := map[string]bool{}
	for _, region := range r.Regions() {
		if region.Confirmed || names[region.Name] || region.Box.Empty() {
			t.Errorf("region %+v", region)
		}
		names[region.Name] = true
	}
	m := Measure(context.Background(), img, image.Pt(1440, 1080), r.Labels)
	for _, l := range r.Labels {
		if m[l.Name].Contrast < 10 || m[l.Name].Sharpness == 0 {
			t.Errorf("%s: %+v", l.Name, m[l.Name])
		}
	}
}

func TestALookThatIsStoppedSaysSo(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r := Look(ctx, textured(300, 300), image.Point{})
	for _, p := range []Part{PartCodes, PartLabels, PartFaces, PartText} {
		if r.Whole(p) {
			t.Errorf("%s passes for whole", p)
		}
	}
}

func TestAPanicInsideIsANote(t *testing.T) {
	t.Parallel()
	err := guarded(context.Background(), func(context.Context) { panic("a library") })
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != fault.Internal {
		t.Errorf("got %v", err)
	}
}

func TestNothingFailsOnAPictureWithoutPixels(t *testing.T) {
	t.Parallel()
	for _, img := range []*image.RGBA{nil, {}, image.NewRGBA(image.Rect(0, 0, 0, 9)), flat(1, 1, color.White), flat(3000, 1, color.White), flat(1, 3000, color.White), flat(25, 17, color.Black)} {
		r := Look(context.Background(), img, image.Point{})
		for _, n := range r.Notes {
			var f *fault.Error
			if errors.As(n.Err, &f) && f.Code == fault.Internal {
				t.Errorf("%v", n.Err)
			}
		}
		if len(r.Regions())+len(r.Codes) > 0 {
			t.Errorf("found %v", r)
		}
	}
}

// Pixels may start anywhere in their memory, as those of a part of a picture do.
func TestAPartOfAPictureIsLookedAtLikeAPicture(t *testing.T) {
	t.Parallel()
	img := textured(900, 700)
	lay(img, qr(t, address, color.Black, color.White), at{x: 400, y: 300, size: 200})
	part := img.SubImage(image.Rect(300, 200, 700, 600)).(*image.RGBA)
	whole := rgba(part)
	a, b := Codes(context.Background(), part, image.Point{}), Codes(context.Background(), whole, image.Point{})
	if len(a) != 1 || len(b) != 1 || a[0] != b[0] {
		t.Errorf("part %v, copy %v", a, b)
	}
	box := assets.Box{X: 90, Y: 90, W: 220, H: 220}
	if x, y := Sharpness(part, image.Point{}, box), Sharpness(whole, image.Point{}, box); x != y || x == 0 {
		t.Errorf("sharpness of the part %v, of a copy %v", x, y)
	}
	if x, y := Contrast(part, image.Point{}, box), Contrast(whole, image.Point{}, box); x != y || x == 0 {
		t.Errorf("contrast of the part %v, of a copy %v", x, y)
	}
}

func TestALookWithoutADeadlineEndsByItself(t *testing.T) {
	t.Parallel()
	img := image.NewRGBA(image.Rect(0, 0, 900, 900))
	rnd := rand.New(rand.NewPCG(3, 4))
	for i := 0; i < len(img.Pix); i += 4 {
		v := uint8(rnd.IntN(256))
		img.Pix[i], img.Pix[i+1], img.Pix[i+2], img.Pix[i+3] = v, v, v, 255
	}
	began := time.Now()
	Look(context.Background(), img, image.Point{})
	// Each part asks the clock between its steps; watched for races on a machine that
	// others keep busy, a step takes seconds.
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("took %v", took)
	}
}

// Pebbles in a row are marks of one height, thin beside it, next to each other; but they
// are round, and run from light to dark without an edge.
func TestPebblesAreNoWriting(t *testing.T) {
	t.Parallel()
	for i, size := range []float64{18, 30, 50} {
		img := flat(1000, 700, grey(60))
		rnd := rand.New(rand.NewPCG(uint64(i), 8))
		for row := range 6 {
			for x := 40.; x < 900; x += size * (.35 + .3*rnd.Float64()) {
				w, h := size*(.08+.1*rnd.Float64()), size*(.35+.15*rnd.Float64())
				y := float64(60+105*row) + size*.1*rnd.NormFloat64()
				for py := int(y - h); py <= int(y+h); py++ {
					for px := int(x - w); px <= int(x+w); px++ {
						if d := math.Hypot((float64(px)-x)/w, (float64(py)-y)/h); d < 1 {
							img.Set(px, py, grey(uint8(200+20*rnd.Float64())))
						}
					}
				}
			}
		}
		if got := TextLike(t.Context(), img, image.Point{}); len(got) == 0 {
			t.Fatalf("pebbles of %g px with hard edges: nothing, so that nothing is tested", size)
		}
		if got := TextLike(t.Context(), blurred(img, 2), image.Point{}); len(got) > 0 {
			t.Errorf("pebbles of %g px: %d lines of writing", size, len(got))
		}
	}
}
