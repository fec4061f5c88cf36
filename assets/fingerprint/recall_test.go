package fingerprint_test

import (
	"fmt"
	"image"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/disintegration/imaging"

	"cinnabar/assets/fingerprint"
)

// changes are what happens to pictures, and how many of a hundred must be found. What has
// no figure is only told, because these fingerprints don't promise it.
var changes = []struct {
	name  string
	make  func(t testing.TB, img *image.RGBA) *image.RGBA
	least int
}{
	{"JPEG of quality 15", func(t testing.TB, m *image.RGBA) *image.RGBA { return saved(t, m, 15) }, 100},
	{"half the size", func(_ testing.TB, m *image.RGBA) *image.RGBA {
		return rgba(imaging.Resize(m, m.Rect.Dx()/2, 0, imaging.Lanczos))
	}, 100},
	{"blurred", func(_ testing.TB, m *image.RGBA) *image.RGBA { return rgba(imaging.Blur(m, 2)) }, 100},
	{"a line of writing", func(_ testing.TB, m *image.RGBA) *image.RGBA { return captioned(m, false) }, 71},
	{"a black band of an eighth with writing", func(_ testing.TB, m *image.RGBA) *image.RGBA { return captioned(m, true) }, -1},
	{"centre to 3:4, JPEG 50", func(t testing.TB, m *image.RGBA) *image.RGBA { return saved(t, cut(m, 3, 4), 50) }, 100},
	{"centre to 1:1, JPEG 50", func(t testing.TB, m *image.RGBA) *image.RGBA { return saved(t, cut(m, 1, 1), 50) }, 100},
	{"centre to 4:3, JPEG 50", func(t testing.TB, m *image.RGBA) *image.RGBA { return saved(t, cut(m, 4, 3), 50) }, 100},
	{"mirrored, JPEG 50", func(t testing.TB, m *image.RGBA) *image.RGBA { return saved(t, rgba(imaging.FlipH(m)), 50) }, 100},
	{"mirrored and cut to 1:1, JPEG 50", func(t testing.TB, m *image.RGBA) *image.RGBA { return saved(t, rgba(imaging.FlipH(cut(m, 1, 1))), 50) }, 100},
	{"a white border of 2 %", func(t testing.TB, m *image.RGBA) *image.RGBA { return saved(t, bordered(m, 2), 50) }, 99},
	{"a white border of 5 %", func(t testing.TB, m *image.RGBA) *image.RGBA { return saved(t, bordered(m, 5), 50) }, 99},
	{"1 % less on every side", func(t testing.TB, m *image.RGBA) *image.RGBA { return saved(t, trimmed(m, 1), 50) }, -1},
	{"2 % less on every side", func(t testing.TB, m *image.RGBA) *image.RGBA { return saved(t, trimmed(m, 2), 50) }, 25},
	{"3 % less on every side", func(t testing.TB, m *image.RGBA) *image.RGBA { return saved(t, trimmed(m, 3), 50) }, -1},
	{"5 % less on every side", func(t testing.TB, m *image.RGBA) *image.RGBA { return saved(t, trimmed(m, 5), 50) }, -1},
	{"8 % less on every side", func(t testing.TB, m *image.RGBA) *image.RGBA { return saved(t, trimmed(m, 8), 50) }, -1},
	{"10 % less at the left, 7 % at the top", func(t testing.TB, m *image.RGBA) *image.RGBA {
		return saved(t, rgba(imaging.Crop(m, image.Rect(m.Rect.Dx()/10, m.Rect.Dy()*7/100, m.Rect.Dx(), m.Rect.Dy()))), 50)
	}, -1},
}

// shapes are sizes that pictures come in; none is of a platform's ratio but the second.
var shapes = [][2]int{{540, 360}, {360, 480}, {560, 315}, {315, 560}, {480, 321}}

type recall struct {
	pictures int
	usable   int
	found    []int // of changes, by the whole set
	plainly  []int // of changes, by the fingerprints of the wholes alone
	pairs    int   // of different pictures
	false_   int   // of these, taken for the same
	nearest  int   // bits between different pictures
}

// scenes are pictures to measure on.
func scenes(n int) iter.Seq[*image.RGBA] {
	return func(yield func(*image.RGBA) bool) {
		for i := range n {
			size := shapes[i%len(shapes)]
			if !yield(scene(uint64(1000+i), size[0], size[1])) {
				return
			}
		}
	}
}

// photos are those of a folder, at no more than 1000 pixels a side.
func photos(t testing.TB, folder string) iter.Seq[*image.RGBA] {
	names, err := filepath.Glob(filepath.Join(folder, "*.*"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no photos in %s: %v", folder, err)
	}
	return func(yield func(*image.RGBA) bool) {
		for _, name := range names {
			img, err := imaging.Open(name, imaging.AutoOrientation(true))
			if err != nil {
				t.Logf("%s: %v", name, err)
				continue
			}
			if !yield(rgba(imaging.Fit(img, 1000, 1000, imaging.Box))) {
				return
			}
		}
	}
}

func measure(t testing.TB, pictures iter.Seq[*image.RGBA]) recall {
	r := recall{found: make([]int, len(changes)), plainly: make([]int, len(changes)), nearest: 256}
	var sets []fingerprint.Set
	for img := range pictures {
		i := len(sets)
		sets = append(sets, fingerprint.Of(img))
		if sets[i].Usable() {
			r.usable++
		}
		for k, c := range changes {
			changed := fingerprint.Of(c.make(t, img))
			if m, ok := fingerprint.Compare(sets[i], changed); ok && m.Near() {
				r.found[k]++
			}
			if sets[i][0].Hash.Distance(changed[0].Hash) <= fingerprint.Near {
				r.plainly[k]++
			}
		}
	}
	for i, a := range sets {
		for j, b := range sets {
			if i == j {
				continue
			}
			r.pairs++
			m, ok := fingerprint.Compare(a, b)
			if ok && m.Near() {
				r.false_++
			}
			if ok {
				r.nearest = min(r.nearest, m.Distance)
			}
		}
	}
	r.pictures = len(sets)
	return r
}

func TestCopiesAndThePlatformsCutsAreFoundAndOthersAreNot(t *testing.T) {
	const pictures = 4
	r := measure(t, scenes(pictures))
	for k, c := range changes {
		if c.least >= 0 && r.found[k]*100 < c.least*pictures {
			t.Errorf("%s: %d of %d found, want %d %%", c.name, r.found[k], pictures, c.least)
		}
	}
	if r.false_ > 0 {
		t.Errorf("%d of %d pairs of different pictures are taken for the same", r.false_, r.pairs)
	}
}

// BenchmarkRecall measures a hundred generated pictures, or the photos in CINNABAR_PHOTOS,
// and prints the table of docs/pictures.md:
// go test ./assets/fingerprint -run '^$' -bench Recall -benchtime 1x -v
func BenchmarkRecall(b *testing.B) {
	pictures := scenes(100)
	if folder := os.Getenv("CINNABAR_PHOTOS"); folder != "" {
		pictures = photos(b, folder)
	}
	for b.Loop() {
		r := measure(b, pictures)
		var table strings.Builder
		for k, c := range changes {
			fmt.Fprintf(&table, "| %s | %d | %d |\n", c.name, r.plainly[k], r.found[k])
		}
		b.Logf("%d pictures, %d usable | whole alone | set\n%sfalse: %d of %d pairs, the nearest %d bits apart", r.pictures, r.usable, &table, r.false_, r.pairs, r.nearest)
	}
}

func BenchmarkOf(b *testing.B) {
	for _, size := range [][2]int{{1080, 1440}, {4000, 3000}} {
		img := rgba(imaging.Resize(scene(1, 400, 300), size[0], size[1], imaging.Linear))
		b.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				fingerprint.Of(img)
			}
		})
	}
}
