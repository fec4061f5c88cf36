package decode

import (
	"bytes"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"testing"
	"time"
)

// inPasses are pictures that are there twice: at once, and by jpegtran in passes, with the
// very same waves. The names say how fine the colours are, and what else is special: bands
// of waves that are told whole, and waves told bit by bit in other cuts than usual.
var inPasses = []string{"420", "444", "422", "440", "411", "410", "grey", "bands", "bits", "restart"}

func TestAPictureInPassesIsTheSameAsAtOnce(t *testing.T) {
	t.Parallel()
	for _, name := range inPasses {
		once, passes := fixture(t, "at-once-"+name+".jpg"), fixture(t, "passes-"+name+".jpg")
		c, err := jpeg.DecodeConfig(bytes.NewReader(once))
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range []int{2, 4, 8} {
			want, got := scaledJPEG(once, c.Width, c.Height, d), scaledJPEG(passes, c.Width, c.Height, d)
			if want == nil || got == nil {
				// Colours that are coarser by more than it is made smaller are the others' to decode.
				if c := (name == "411" || name == "410") && d == 2; !c || want != nil || got != nil {
					t.Errorf("%s to 1/%d: at once %t, in passes %t", name, d, want != nil, got != nil)
				}
				continue
			}
			if got.Rect != want.Rect || !bytes.Equal(got.Pix, want.Pix) {
				t.Errorf("%s to 1/%d: not the same pixels", name, d)
			}
		}
	}
}

func TestAPictureInPassesThatIsCutOffIsLeftToOtherDecoders(t *testing.T) {
	t.Parallel()
	for _, name := range inPasses {
		data := fixture(t, "passes-"+name+".jpg")
		c, err := jpeg.DecodeConfig(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		for cut := range len(data) - 1 { // without the last byte the end is not marked
			if scaledJPEG(data[:cut], c.Width, c.Height, 4) != nil {
				t.Fatalf("%s cut at %d of %d: decoded", name, cut, len(data))
			}
		}
	}
}

// Whatever is wrong with the passes, it comes back soon, with nothing or with a picture of
// the right size.
func TestSpoiltPassesComeBack(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	for _, name := range inPasses {
		data := fixture(t, "passes-"+name+".jpg")
		c, err := jpeg.DecodeConfig(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		for range 600 {
			broken := bytes.Clone(data)
			for range 1 + r.IntN(4) {
				broken[2+r.IntN(len(broken)-2)] = byte(r.IntN(256))
			}
			d := 2 << r.IntN(3)
			if img := scaledJPEG(broken, c.Width, c.Height, d); img != nil && img.Rect.Size() != image.Pt((c.Width+d-1)/d, (c.Height+d-1)/d) {
				t.Fatalf("%s: a picture of %v", name, img.Rect)
			}
		}
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("%s: 600 took %v", name, took)
		}
	}
}

func FuzzScaledJPEG(f *testing.F) {
	for _, name := range inPasses {
		f.Add(fixture(f, "passes-"+name+".jpg"))
		f.Add(fixture(f, "at-once-"+name+".jpg"))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := jpeg.DecodeConfig(bytes.NewReader(data))
		if err != nil || c.Width*c.Height > 1<<20 {
			return
		}
		for _, d := range []int{2, 4, 8} {
			if img := scaledJPEG(data, c.Width, c.Height, d); img != nil && img.Rect.Size() != image.Pt((c.Width+d-1)/d, (c.Height+d-1)/d) {
				t.Fatalf("a picture of %v to 1/%d is one of %v", c, d, img.Rect)
			}
		}
	})
}
