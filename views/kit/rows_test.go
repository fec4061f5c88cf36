package kit_test

import (
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"pgregory.net/rapid"

	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/look/looktest"
)

// plainRow is a row that remembers what it was bound to.
type plainRow struct{ *kit.Text }

func (r *plainRow) Bind(s string, _ bool) { r.Set(s) }

type listed struct {
	*kit.Rows[string]
	selected []string
	made     int
	asked    int
}

const rowHeight = 40

func list(t *testing.T, height float32) *listed {
	t.Helper()
	looktest.Dress(t, look.Light)
	l := &listed{}
	l.Rows = kit.NewRows(kit.RowsConfig[string]{
		Key: func(s string) string { return s }, Height: rowHeight,
		New:      func() kit.RowView[string] { l.made++; return &plainRow{kit.NewText("", kit.Plain)} },
		Selected: func(s string) { l.selected = append(l.selected, s) },
		More:     func() { l.asked++ },
	})
	w := test.NewTempWindow(t, l.Rows)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(300, height))
	return l
}

func numbered(from, to int) []string {
	var out []string
	for i := from; i < to; i++ {
		out = append(out, fmt.Sprintf("row %06d", i))
	}
	return out
}

func press(l *listed, keys ...fyne.KeyName) {
	for _, k := range keys {
		l.TypedKey(&fyne.KeyEvent{Name: k})
	}
}

func TestManyRowsMakeAScreenfulOfWidgets(t *testing.T) {
	l := list(t, 400)
	l.Set(numbered(0, 100_000), false)
	press(l, fyne.KeyDown, fyne.KeyEnd)
	if got, _ := l.Selected(); got != "row 099999" {
		t.Errorf("End selects %q", got)
	}
	if l.made > 2*400/rowHeight {
		t.Errorf("%d row widgets were made for a window of 10 rows", l.made)
	}
}

func TestArrowsMoveTheSelectionAndStopAtTheEnds(t *testing.T) {
	l := list(t, 400)
	l.Set(numbered(0, 3), false)
	press(l, fyne.KeyDown, fyne.KeyDown, fyne.KeyDown, fyne.KeyDown, fyne.KeyDown, fyne.KeyUp)
	if got, _ := l.Selected(); got != "row 000001" {
		t.Errorf("selected %q", got)
	}
	want := []string{"row 000000", "row 000001", "row 000002", "row 000001"}
	if fmt.Sprint(l.selected) != fmt.Sprint(want) {
		t.Errorf("told of %v, want %v", l.selected, want)
	}
}

func TestTheNextPageIsAskedForOnceNearTheEnd(t *testing.T) {
	l := list(t, 400)
	l.Set(numbered(0, 60), true)
	if l.asked != 0 {
		t.Fatalf("asked %d times at the top of 60 rows", l.asked)
	}
	for range 50 {
		press(l, fyne.KeyDown)
	}
	if l.asked != 1 {
		t.Fatalf("asked %d times near the end", l.asked)
	}
	l.Append(numbered(55, 80), false) // five of them are known already
	if l.Len() != 80 {
		t.Errorf("%d rows after a page that overlaps by five, want 80", l.Len())
	}
	press(l, fyne.KeyEnd)
	if l.asked != 1 {
		t.Errorf("asked again although there are no more")
	}
}

func TestWhoIsRemovedLeavesTheSelectionToTheNext(t *testing.T) {
	l := list(t, 400)
	l.Set(numbered(0, 5), false)
	l.Select("row 000002")
	l.Remove("row 000002")
	if got, _ := l.Selected(); got != "row 000003" {
		t.Errorf("selected %q after removing the row before it", got)
	}
	l.Select("row 000004")
	l.Remove("row 000004")
	if got, _ := l.Selected(); got != "row 000003" {
		t.Errorf("selected %q after removing the last row", got)
	}
}

// TestARefreshMovesNoRowUnderTheHand: whatever comes and goes elsewhere, the
// selected row keeps its item and, where the list is long enough, its place.
func TestARefreshMovesNoRowUnderTheHand(t *testing.T) {
	l := list(t, 400)
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(30, 200).Draw(rt, "rows")
		items := numbered(0, n)
		l.Set(items, false)
		at := rapid.IntRange(12, n-12).Draw(rt, "selected")
		l.Select(items[at])
		before := l.TopOf(items[at])

		var changed []string
		for i, it := range items {
			if i == at || rapid.IntRange(0, 3).Draw(rt, "keep") > 0 {
				changed = append(changed, it)
			}
			if rapid.IntRange(0, 5).Draw(rt, "new") == 0 {
				changed = append(changed, it+" new")
			}
		}
		l.Set(changed, false)
		if got, _ := l.Selected(); got != items[at] {
			rt.Fatalf("the selection went from %q to %q", items[at], got)
		}
		place := 0
		for i, it := range changed {
			if it == items[at] {
				place = i
			}
		}
		y := float32(place) * rowHeight
		roomAbove, roomBelow := y, float32(len(changed)-place)*rowHeight
		if roomAbove >= before && roomBelow >= 400-before {
			if after := l.TopOf(items[at]); after != before {
				rt.Fatalf("the row stood at %v and stands at %v", before, after)
			}
		}
	})
}

func TestAKeyThatAListDoesNotKnowGoesToTheScreen(t *testing.T) {
	l := list(t, 400)
	l.Set(numbered(0, 5), false)
	c := fyne.CurrentApp().Driver().CanvasForObject(l.Rows)
	loop := newQueued()
	var did []string
	kit.BindKeys(c, loop, func() []kit.Key {
		return []kit.Key{{Name: "A", Do: func() { did = append(did, "A") }}, {Name: "?", Do: func() { did = append(did, "?") }}}
	})
	c.Focus(l.Rows)
	press(l, fyne.KeyA)
	l.TypedRune('a')
	l.TypedRune('？')
	loop.drain()
	if fmt.Sprint(did) != "[A ?]" {
		t.Errorf("the screen was told of %v", did)
	}
}

// TestAStepCostsTheSameInALongList: keys are found and rows bound by place, not
// by walking.
func TestAStepCostsTheSameInALongList(t *testing.T) {
	l := list(t, 400)
	step := func(n int) time.Duration {
		l.Set(nil, false)
		l.Set(numbered(0, n), false)
		l.Select(fmt.Sprintf("row %06d", n/2))
		least := time.Hour
		for range 5 {
			began := time.Now()
			for range 40 {
				l.Step(1)
			}
			least = min(least, time.Since(began))
		}
		return least
	}
	short, long := step(1_000), step(100_000)
	if long > 8*short {
		t.Errorf("40 steps take %v in 1,000 rows and %v in 100,000", short, long)
	}
	t.Logf("40 steps: %v in 1,000 rows, %v in 100,000", short, long)
}
