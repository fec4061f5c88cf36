package fingerprint_test

import (
	"image"
	"image/color"
	"image/draw"
	"testing"

	"github.com/disintegration/imaging"
	"pgregory.net/rapid"

	"cinnabar/assets/fingerprint"
	"cinnabar/internal/fault"
)

// What the reference program in C++ (facebook/ThreatExchange, pdq, hashing and
// downscaling) prints for the same pixels.
func TestAFingerprintIsTheReferencesToTheBit(t *testing.T) {
	for i, c := range []struct {
		w, h  int
		whole string
	}{
		{512, 512, "6abb1b21f3cce4c3c13416a64f11f12face2da0ee8bfd0b013340416fccf0beb"},
		{384, 512, "4da42c0d60a863b8f5379c2d8de086c12eb76afee6a9d304515f91c913e31fea"},
		{500, 333, "bc6ee89f76e389901c32f92ef7271f48f27613cc1245226660d907c82d536d7a"},
		{130, 127, "cefa703beb6389162ab7cf1c75d1190630c5c8aa4768981e23f1e3e192b2c6ed"},
		{64, 64, "add8ed56105037037608d02c21a707f99a5eacfc618fea0f32a8d7b791fe2f03"},
		{100, 40, "c9c4993198d99459676f77aeff2d7f6c576cde7d8b3bc84c114e981988808090"},
		{37, 200, "bf02f27f2071d0bc1f8f4ed46034e5330591130f38def7fcd0d4e87d90811d0f"},
	} {
		set := fingerprint.Of(scene(uint64(i+1), c.w, c.h))
		ref, err := fingerprint.Parse(c.whole)
		if err != nil {
			t.Fatal(err)
		}
		// Another processor may round the last digit of a frequency at the median
		// otherwise, and so turn two bits.
		if d := set[0].Hash.Distance(ref); d > 2 || set[0].Quality != 100 {
			t.Errorf("%d × %d: %v of quality %d, %d bits from the reference's %s", c.w, c.h, set[0].Hash, set[0].Quality, d, c.whole)
		}
	}
}

func TestAHashIsReadAsItIsPrinted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := fingerprint.Hash{rapid.Uint64().Draw(t, "a"), rapid.Uint64().Draw(t, "b"), rapid.Uint64().Draw(t, "c"), rapid.Uint64().Draw(t, "d")}
		if back, err := fingerprint.Parse(h.String()); err != nil || back != h {
			t.Fatalf("%v comes back as %v, %v", h, back, err)
		}
		other := h
		other[rapid.IntRange(0, 3).Draw(t, "word")] ^= 1 << rapid.IntRange(0, 63).Draw(t, "bit")
		if h.Distance(h) != 0 || h.Distance(other) != 1 || other.Distance(h) != 1 {
			t.Fatalf("distances %d, %d, %d", h.Distance(h), h.Distance(other), other.Distance(h))
		}
	})
	if h := (fingerprint.Hash{1}); h.String()[63] != '1' { // PDQ prints bit 0 last
		t.Errorf("bit 0 is printed as %v", h)
	}
	for _, text := range []string{"", "00", fingerprint.Hash{}.String() + "0", "g" + fingerprint.Hash{}.String()[1:]} {
		if _, err := fingerprint.Parse(text); fault.CodeOf(err) != fault.FieldValue {
			t.Errorf("%q is read: %v", text, err)
		}
	}
}

func TestAPictureHasAPrintForItselfItsMirrorAndEachCut(t *testing.T) {
	for _, c := range []struct{ w, h, want int }{
		{500, 400, 20}, {300, 400, 15}, {400, 400, 15}, {800, 600, 15}, {60, 600, 20}, {4, 100, 0}, {1, 1, 0},
	} {
		set := fingerprint.Of(scene(9, c.w, c.h))
		if len(set) != c.want {
			t.Errorf("%d × %d has %d prints, want %d", c.w, c.h, len(set), c.want)
		}
		for i, p := range set {
			if p.Mirrored != (i == 1) || (p.Part == fingerprint.Whole) != (i < 2) {
				t.Errorf("%d × %d: print %d is of part %d, mirrored %v", c.w, c.h, i, p.Part, p.Mirrored)
			}
		}
	}
}

func TestAMirrorsPrintIsThatOfTheMirroredPicture(t *testing.T) {
	for seed := range uint64(6) {
		img := scene(seed, 480, 320)
		set, mirrored := fingerprint.Of(img), fingerprint.Of(rgba(imaging.FlipH(img)))
		if d := set[1].Hash.Distance(mirrored[0].Hash); d > 2 {
			t.Errorf("scene %d: the mirror's print is %d bits from that of the mirrored pixels", seed, d)
		}
		if m, ok := fingerprint.Compare(set, mirrored); !ok || !m.Near() || !m.Mirrored || m.Cut {
			t.Errorf("scene %d and its mirror image: %+v, %v", seed, m, ok)
		}
	}
}

func TestWhatHasHardlyAnythingInItIsNotCompared(t *testing.T) {
	white := image.NewRGBA(image.Rect(0, 0, 300, 300))
	draw.Draw(white, white.Rect, image.White, image.Point{}, draw.Src)
	shade := image.NewRGBA(white.Rect)
	for i := range shade.Pix {
		shade.Pix[i] = uint8(200 + i/4%300/8)
	}
	for name, img := range map[string]*image.RGBA{"white": white, "a soft shade": shade, "transparent": image.NewRGBA(image.Rect(0, 0, 90, 90))} {
		set := fingerprint.Of(img)
		if set.Usable() {
			t.Errorf("%s has the quality %d", name, set[0].Quality)
		}
		if m, ok := fingerprint.Compare(set, set); ok {
			t.Errorf("%s is compared with itself: %+v", name, m)
		}
	}
}

func TestWhatIsTransparentLiesOnWhite(t *testing.T) {
	clear := image.NewRGBA(image.Rect(0, 0, 300, 200))
	white := image.NewRGBA(clear.Rect)
	draw.Draw(white, white.Rect, image.White, image.Point{}, draw.Src)
	for x := 10; x < 300; x += 40 {
		spot := image.Rect(x, x/2, x+25, x/2+60)
		draw.Draw(clear, spot, image.NewUniform(color.RGBA{80, 0, 0, 160}), image.Point{}, draw.Over)
		draw.Draw(white, spot, image.NewUniform(color.RGBA{80, 0, 0, 160}), image.Point{}, draw.Over)
	}
	a, b := fingerprint.Of(clear), fingerprint.Of(white)
	if d := a[0].Hash.Distance(b[0].Hash); d > 2 {
		t.Errorf("%d bits apart", d)
	}
}

func TestAPartOfALargerImageIsAPictureOfItsOwn(t *testing.T) {
	img := scene(3, 700, 500)
	within := image.Rect(101, 53, 611, 403)
	part := img.SubImage(within).(*image.RGBA)
	if a, b := fingerprint.Of(part), fingerprint.Of(rgba(imaging.Clone(part))); a[0] != b[0] || len(a) != len(b) {
		t.Errorf("%v and %v", a[0], b[0])
	}
}

// Every cut that a print was made for is found by it, from either side.
func TestEveryCutOfThePlatformsIsFoundWithoutTheOriginal(t *testing.T) {
	const w, h = 480, 320
	img := scene(5, w, h)
	of := fingerprint.Of(img)
	for _, r := range [][2]int{{3, 4}, {1, 1}, {4, 3}} {
		for anchor := range 5 {
			cw := h * r[0] / r[1]
			x := (w - cw) * anchor / 4
			piece := fingerprint.Of(rgba(imaging.Crop(img, image.Rect(x, 0, x+cw, h))))
			for _, m := range [][2]fingerprint.Set{{of, piece}, {piece, of}} {
				if got, ok := fingerprint.Compare(m[0], m[1]); !ok || !got.Near() || got.Mirrored || !got.Cut {
					t.Errorf("%v from %d: %+v, %v", r, x, got, ok)
				}
			}
		}
	}
}
