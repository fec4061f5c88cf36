package look

import (
	"image/color"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
)

// TestEveryIconDrawsSomethingOfItsOwn draws the set; an icon whose file is
// missing falls back to another's drawing, which this finds.
func TestEveryIconDrawsSomethingOfItsOwn(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(New(Light))
	seen := map[string]Icon{}
	for _, i := range Icons() {
		if _, err := iconFiles.ReadFile("icons/" + string(i) + ".svg"); err != nil {
			t.Errorf("%s has no drawing", i)
			continue
		}
		drawing := string(Draw(i, Ink, 24).Content())
		if other, twice := seen[drawing]; twice {
			t.Errorf("%s looks like %s", i, other)
		}
		seen[drawing] = i
		if !strings.Contains(drawing, `stroke-width="1.50"`) || !strings.Contains(drawing, `viewBox="0 0 24 24"`) {
			t.Errorf("%s is not drawn on 24 by 24 with a stroke of 1.5", i)
		}
		img := canvas.NewImageFromResource(Draw(i, Ink, 24))
		img.Resize(fyne.NewSize(24, 24))
		w := test.NewTempWindow(t, img)
		w.SetPadded(false)
		w.Resize(fyne.NewSize(24, 24))
		if !hasInk(w.Canvas().Capture().At) {
			t.Errorf("%s draws nothing", i)
		}
	}
}

func hasInk(at func(x, y int) color.Color) bool {
	first := at(0, 0)
	for y := range 24 {
		for x := range 24 {
			if at(x, y) != first {
				return true
			}
		}
	}
	return false
}
