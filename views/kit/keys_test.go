package kit_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/look/looktest"
)

func window(t *testing.T, o fyne.CanvasObject) fyne.Window {
	t.Helper()
	looktest.Dress(t, look.Light)
	w := test.NewTempWindow(t, o)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(400, 300))
	return w
}

func TestWhatIsTypedIntoAFieldDecidesNothing(t *testing.T) {
	field := kit.NewField(kit.FieldConfig{Label: "Note"})
	w := window(t, field)
	loop := newQueued()
	decided := 0
	kit.BindKeys(w.Canvas(), loop, func() []kit.Key { return []kit.Key{{Name: "A", Do: func() { decided++ }}} })

	field.Focus()
	w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyA})
	w.Canvas().Focused().TypedRune('a')
	loop.drain()
	if decided != 0 || field.Text() != "a" {
		t.Fatalf("decided %d times while writing %q", decided, field.Text())
	}

	w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if w.Canvas().Focused() != nil {
		t.Fatal("Escape does not leave the field")
	}
	w.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyA})
	loop.drain()
	if decided != 1 {
		t.Errorf("decided %d times after leaving the field", decided)
	}
}

// The character of a key follows the key: one that moves the cursor into a field
// would write itself there if it worked at once.
func TestTheKeyThatOpensAFieldDoesNotWriteItself(t *testing.T) {
	field := kit.NewField(kit.FieldConfig{Label: "Note"})
	w := window(t, field)
	loop := newQueued()
	kit.BindKeys(w.Canvas(), loop, func() []kit.Key { return []kit.Key{{Name: "N", Do: field.Focus}} })
	w.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyN})
	if f := w.Canvas().Focused(); f != nil {
		f.TypedRune('n')
	} else {
		w.Canvas().OnTypedRune()('n')
	}
	loop.drain()
	if !field.Focused() || field.Text() != "" {
		t.Errorf("focused %v, text %q", field.Focused(), field.Text())
	}
}

func TestSpaceHeldRevealsAndLetGoHides(t *testing.T) {
	w := window(t, kit.NewText("x", kit.Plain))
	var seen []bool
	keys := kit.BindKeys(w.Canvas(), newQueued(), func() []kit.Key {
		return []kit.Key{{Name: "Space", Hold: func(down bool) { seen = append(seen, down) }}}
	})
	keys.Hold(fyne.KeySpace, true)
	keys.Hold(fyne.KeySpace, false)
	if len(seen) != 2 || !seen[0] || seen[1] {
		t.Errorf("told of %v", seen)
	}
}

func TestADisabledButtonDoesNothing(t *testing.T) {
	pressed := 0
	b := kit.NewButton(kit.ButtonConfig{Text: "Approve", Press: func() { pressed++ }})
	window(t, b)
	test.Tap(b)
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	b.Disable("yours")
	test.Tap(b)
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	if pressed != 2 {
		t.Errorf("pressed %d times, want 2", pressed)
	}
}

func TestASelectIsChosenByKeyAndByList(t *testing.T) {
	s := kit.NewSelect("Policy", "Choose …")
	var picked []string
	s.Picked = func(id string) { picked = append(picked, id) }
	w := window(t, s)
	s.Set([]kit.Option{{ID: "a", Text: "A"}, {ID: "b", Text: "B"}, {ID: "c", Text: "C"}}, "")
	s.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	s.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	s.Open()
	if w.Canvas().Overlays().Top() == nil {
		t.Fatal("no list opened")
	}
	s.Choose("c")
	if w.Canvas().Overlays().Top() != nil {
		t.Error("the list stayed open")
	}
	if len(picked) != 3 || picked[0] != "a" || picked[2] != "c" || s.Chosen() != "c" {
		t.Errorf("picked %v, chosen %q", picked, s.Chosen())
	}
}

func TestAToastOffersUndoUntilItsMoment(t *testing.T) {
	now := time.Date(2026, 11, 22, 14, 5, 0, 0, time.UTC)
	loop := newQueued()
	toasts := kit.NewToasts(loop, func() time.Time { return now })
	window(t, toasts)
	undone := 0
	var said []int
	toasts.Say(kit.Note{Text: "Approved", Undo: func() { undone++ }, Until: now.Add(9500 * time.Millisecond),
		Label: func(s int) string { said = append(said, s); return "Undo" }})
	if len(said) != 1 || said[0] != 10 {
		t.Errorf("the seconds shown are %v, want 10 of 9.5", said)
	}
	now = now.Add(10 * time.Second)
	loop.await(t, func() bool { return toasts.Says() == "" })
	if toasts.Visible() || undone != 0 {
		t.Errorf("visible %v, undone %d after its moment", toasts.Visible(), undone)
	}
}

func TestThePaletteFindsAndRuns(t *testing.T) {
	var ran []string
	closed := 0
	loop := newQueued()
	run := func(id string) func() { return func() { ran = append(ran, id) } }
	answer := make(chan struct{})
	p := kit.NewPalette(kit.PaletteConfig{Loop: loop, Close: func() { closed++ }, Async: func(f func()) { go f() },
		Commands: func() []kit.Command {
			return []kit.Command{{ID: "today", Text: "今日", Also: "today", Do: run("today")}, {ID: "brands", Text: "品牌", Also: "brands", Do: run("brands")}}
		},
		Search: func(q string) []kit.Command {
			<-answer
			return []kit.Command{{ID: "case " + q, Text: q, Do: run("case " + q)}}
		}})
	w := window(t, p)
	p.Query("bran")
	if len(p.Found()) != 1 || p.Found()[0].ID != "brands" {
		t.Fatalf("found %v", p.Found())
	}
	p.Query("brands")
	close(answer)
	loop.await(t, func() bool { return len(p.Found()) == 2 })
	if p.Found()[1].ID != "case brands" {
		t.Errorf("the answer to an earlier query came through: %v", p.Found()[1].ID)
	}
	w.Canvas().Focus(p.Input())
	w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if len(ran) != 1 || ran[0] != "case brands" || closed != 1 {
		t.Errorf("ran %v, closed %d times", ran, closed)
	}
}
