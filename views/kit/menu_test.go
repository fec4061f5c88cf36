package kit_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"cinnabar/views/kit"
)

type answers struct{ id, words string }

func openMenu(t *testing.T) (fyne.Window, *kit.Menu, *[]answers) {
	t.Helper()
	at := kit.NewText("here", kit.Plain)
	w := window(t, at)
	var got []answers
	m := kit.NewMenu()
	m.Open(at, kit.MenuConfig{
		Title: "Why?",
		Lines: []kit.Option{{ID: "a", Text: "first"}, {ID: "b", Text: "second", More: "and why"}, {ID: "other", Text: "other"}},
		Say: func(id string) (kit.MenuWords, bool) {
			return kit.MenuWords{Placeholder: "Why?", Button: "Do it", Needed: true}, id == "other"
		},
		Picked: func(id, words string) { got = append(got, answers{id, words}) },
	})
	return w, m, &got
}

func strike(w fyne.Window, key fyne.KeyName, r rune) {
	if f := w.Canvas().Focused(); f != nil {
		f.TypedKey(&fyne.KeyEvent{Name: key})
	}
	if f := w.Canvas().Focused(); f != nil && r != 0 {
		f.TypedRune(r)
	}
}

func TestADigitAnswersAMenu(t *testing.T) {
	w, m, got := openMenu(t)
	strike(w, fyne.Key2, '2')
	if len(*got) != 1 || (*got)[0].id != "b" || m.IsOpen() || w.Canvas().Overlays().Top() != nil {
		t.Fatalf("%+v, open %v", *got, m.IsOpen())
	}
	w, _, got = openMenu(t)
	strike(w, "", '１')
	if len(*got) != 1 || (*got)[0].id != "a" {
		t.Fatalf("a full-width digit: %+v", *got)
	}
}

func TestArrowsAndEnterAnswerAMenuAndLettersDoNothing(t *testing.T) {
	w, m, got := openMenu(t)
	strike(w, fyne.KeyA, 'a')
	strike(w, fyne.Key9, '9')
	if len(*got) != 0 || !m.IsOpen() {
		t.Fatalf("%+v", *got)
	}
	strike(w, fyne.KeyDown, 0)
	strike(w, fyne.KeyReturn, 0)
	if len(*got) != 1 || (*got)[0].id != "b" {
		t.Fatalf("%+v", *got)
	}
	w, m, got = openMenu(t)
	strike(w, fyne.KeyEscape, 0)
	if m.IsOpen() || len(*got) != 0 {
		t.Fatal("Escape does not close")
	}
}

func TestAnAnswerThatNeedsWordsWaitsForThem(t *testing.T) {
	w, m, got := openMenu(t)
	strike(w, fyne.Key3, '3')
	if len(*got) != 0 || !m.IsOpen() {
		t.Fatalf("%+v", *got)
	}
	strike(w, fyne.KeyReturn, 0)
	if len(*got) != 0 {
		t.Fatal("picked without the words")
	}
	for _, r := range "on air 1" { // a digit in the field is text
		strike(w, "", r)
	}
	strike(w, fyne.KeyReturn, 0)
	if len(*got) != 1 || (*got)[0] != (answers{"other", "on air 1"}) || m.IsOpen() {
		t.Fatalf("%+v", *got)
	}
}

func TestAMenuWithoutLinesTakesTheKeysUntilTheyCome(t *testing.T) {
	at := kit.NewText("here", kit.Plain)
	w := window(t, at)
	decided := 0
	kit.BindKeys(w.Canvas(), newQueued(), func() []kit.Key { return []kit.Key{{Name: "A", Do: func() { decided++ }}} })
	var got string
	m := kit.NewMenu()
	m.Open(at, kit.MenuConfig{None: "Loading …", Picked: func(id, _ string) { got = id }})
	if w.Canvas().Focused() == nil {
		t.Fatal("a letter typed now would be a verdict")
	}
	m.Set([]kit.Option{{ID: "x", Text: "x"}}, "")
	strike(w, fyne.Key1, '1')
	if got != "x" || decided != 0 {
		t.Fatalf("got %q, decided %d", got, decided)
	}
}
