package typeface

import (
	"bytes"
	"encoding/binary"
	"os"
	"testing"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
)

// goFace is a font that every machine has: the Go project's own, as test data.
func goFace(t *testing.T) *opentype.Loader {
	t.Helper()
	all, err := opentype.NewLoaders(bytes.NewReader(goregular.TTF))
	if err != nil {
		t.Fatal(err)
	}
	return all[0]
}

func read(t *testing.T, l *opentype.Loader, tables []table) []table {
	t.Helper()
	for i := range tables {
		if tables[i].data != nil {
			continue
		}
		data, err := l.RawTable(tables[i].tag)
		if err != nil {
			t.Fatal(err)
		}
		tables[i].data = data
	}
	return tables
}

func TestACutFileSumsUpAsTheSpecificationAsks(t *testing.T) {
	t.Parallel()
	l := goFace(t)
	tables, err := whole(l)
	if err != nil {
		t.Fatal(err)
	}
	out := assemble(read(t, l, tables))
	if sum := checksum(out); sum != 0xB1B0AFBA {
		t.Errorf("the file sums up to %08x, want b1b0afba", sum)
	}
	for i := range tables {
		record := out[headerSize+recordSize*i:]
		at, n := binary.BigEndian.Uint32(record[8:]), binary.BigEndian.Uint32(record[12:])
		if at%4 != 0 {
			t.Errorf("table %d begins at %d, which is no multiple of four", i, at)
		}
		if int(at+n) > len(out) {
			t.Errorf("table %d ends at %d of %d", i, at+n, len(out))
		}
	}
}

func TestTwoOtherParsersReadACutFile(t *testing.T) {
	t.Parallel()
	l := goFace(t)
	tables, err := whole(l)
	if err != nil {
		t.Fatal(err)
	}
	out := assemble(read(t, l, tables))
	if _, err := font.ParseTTF(bytes.NewReader(out)); err != nil {
		t.Errorf("go-text: %v", err)
	}
	f, err := sfnt.Parse(out)
	if err != nil {
		t.Fatalf("x/image: %v", err)
	}
	var b sfnt.Buffer
	if g, err := f.GlyphIndex(&b, 'g'); err != nil || g == 0 {
		t.Errorf("glyph of g: %d, %v", g, err)
	}
}

func TestAFaceBesideLatinLeavesLettersAlone(t *testing.T) {
	t.Parallel()
	l := goFace(t)
	m := Measures{Ascent: 1.07, Descent: .29}
	tables, err := beside(l, m)
	if err != nil {
		t.Fatal(err)
	}
	face, err := font.ParseTTF(bytes.NewReader(assemble(read(t, l, tables))))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range "Ag1é“”…" {
		if _, ok := face.NominalGlyph(r); ok {
			t.Errorf("%q comes from the face beside, it belongs to the Latin one", r)
		}
	}
	if _, ok := face.NominalGlyph(' '); !ok {
		t.Error("the face beside has no space, so that one after Chinese shows as a box")
	}
	extents, ok := face.FontHExtents()
	upem := float32(face.Upem())
	if !ok || extents.Ascender/upem < 1.069 || extents.Ascender/upem > 1.071 || extents.Descender/upem > -.289 {
		t.Errorf("the line measures %.3f and %.3f, want 1.07 and -0.29", extents.Ascender/upem, extents.Descender/upem)
	}
}

// TestTheInstalledChineseFaceIsCutInBothWeights needs a Chinese font for its
// second half; without one it checks that the error says so.
func TestTheInstalledChineseFaceIsCutInBothWeights(t *testing.T) {
	t.Parallel()
	for _, bold := range []bool{false, true} {
		found, err := installed(bold)
		if err != nil {
			if _, err := Han(bold); err == nil {
				t.Errorf("bold %v: no face is installed, but Han gave one", bold)
			}
			continue
		}
		dir := t.TempDir()
		for _, c := range []cut{{"whole", whole}, {"beside", func(l *opentype.Loader) ([]table, error) { return beside(l, Measures{1.069, .293}) }}} {
			path, err := cutInto(dir, found, c)
			if err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			face, err := font.ParseTTF(bytes.NewReader(data))
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			for _, r := range "永朱审核蘭兰，。！" {
				if g, ok := face.NominalGlyph(r); !ok || g == 0 {
					t.Errorf("%s, bold %v: no glyph for %q", c.name, bold, r)
				}
			}
			if bold && face.Describe().Aspect.Weight < font.WeightSemibold {
				t.Errorf("the bold face weighs %v", face.Describe().Aspect.Weight)
			}
			again, err := cutInto(dir, found, c)
			if err != nil || again != path {
				t.Errorf("cut again: %s, %v; want the same file %s", again, err, path)
			}
		}
	}
}
