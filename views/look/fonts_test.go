package look

import (
	"bytes"
	"math"
	"runtime"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"github.com/go-text/typesetting/font"
)

// TestTheLatinLineIsAsMeasured keeps the heights that the Chinese face is given
// equal to those of the toolkit's own faces, in both weights.
func TestTheLatinLineIsAsMeasured(t *testing.T) {
	t.Parallel()
	for name, data := range map[string][]byte{"regular": theme.DefaultTextFont().Content(), "bold": theme.DefaultTextBoldFont().Content()} {
		face, err := font.ParseTTF(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		e, ok := face.FontHExtents()
		upem := float64(face.Upem())
		if !ok || math.Abs(float64(e.Ascender)/upem-latin.Ascent) > .001 || math.Abs(-float64(e.Descender)/upem-latin.Descent) > .001 {
			t.Errorf("%s: %.4f over and %.4f under the baseline, we have %v", name, float64(e.Ascender)/upem, -float64(e.Descender)/upem, latin)
		}
	}
}

// Mixed lines keep their height, because both faces have one line: a row would
// jump otherwise when a Chinese name comes into it.
func TestMixedLinesAreAsHighAsLatinOnes(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(New(Light))
	for _, bold := range []bool{false, true} {
		style := fyne.TextStyle{Bold: bold}
		latin, mixed := fyne.MeasureText("Spring", Body, style), fyne.MeasureText("春日 Spring", Body, style)
		if latin.Height != mixed.Height {
			t.Errorf("bold %v: Latin is %v high, mixed %v", bold, latin.Height, mixed.Height)
		}
	}
}

func TestBoldChineseHasAFaceOfItsOwn(t *testing.T) {
	t.Parallel()
	regular, bold := hanRegular(), hanBold()
	if regular == nil || bold == nil {
		// Without the fonts the toolkit's own search must do.
		if New(Light).Font(fyne.TextStyle{Bold: true}) != theme.DefaultTheme().Font(fyne.TextStyle{Bold: true}) && bold == nil {
			t.Error("no bold Chinese face, but bold text is not the toolkit's")
		}
		return
	}
	if bytes.Equal(regular.Content(), bold.Content()) {
		t.Error("bold Chinese is regular Chinese")
	}
}

// TestTheChineseFacesFitInMemory measures both weights as the toolkit holds
// them: what it parsed, and no second copy of the files.
func TestTheChineseFacesFitInMemory(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(New(Light))
	if hanRegular() == nil {
		return
	}
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	began := time.Now()
	fyne.MeasureText("春日", Body, fyne.TextStyle{})
	fyne.MeasureText("春日", Body, fyne.TextStyle{Bold: true})
	took := time.Since(began)
	grown := int64(heap()-before) >> 20
	t.Logf("both weights: %d MB of heap, %v", grown, took)
	if grown > 96 {
		t.Errorf("both weights take %d MB of heap", grown)
	}
}
