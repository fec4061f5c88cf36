package inspect

import (
	"context"
	"errors"
	"image"
	"image/color"
	"testing"

	"cinnabar/assets"
	"cinnabar/internal/fault"
)

func TestALookFindsEverythingAndConfirmsNothing(t *testing.T) {
	t.Parallel()
	img := textured(720, 540)
	lay(img, qr(t, address, color.Black, color.White), at{x: 500, y: 320, size: 180})
	badge{text: "Sponsored", font: fonts().latin[1], em: 30, x: 30, y: 30, ink: white, ground: night}.lay(img)
	r := Look(context.Background(), img, image.Pt(1440, 1080))
	// On a busy machine a part may run out of its time; then it says so.
	if len(r.Codes) != 1 && r.Whole(PartCodes) || len(r.Labels) != 1 && r.Whole(PartLabels) {
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
