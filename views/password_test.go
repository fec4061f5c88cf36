package views

import (
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"cinnabar/views/look"
	"cinnabar/views/words"
)

type said struct {
	password string
	keep     Keep
	times    int
}

// passwordWindow shows the screen as the program does.
func passwordWindow(t *testing.T, l words.Language, c PasswordConfig) (*Password, fyne.Window, *said) {
	t.Helper()
	got := &said{}
	c.Book, c.Login, c.Host, c.Database = words.For(l), "huang.li", "db.example.com", "cinnabar"
	c.Submit = func(password string, keep Keep) { got.password, got.keep, got.times = password, keep, got.times+1 }
	p := NewPassword(c)
	win := newBareWindow(t, p.Content(), 1440, 900)
	p.Bind(win)
	return p, win, got
}

func TestAPasswordIsTypedAndSentOnce(t *testing.T) {
	themed(t, look.Light)
	for _, c := range []struct {
		name  string
		offer Keep
		other bool // the choice that is not the usual one
		want  Keep
	}{
		{"a keyring", KeepInKeyring, false, KeepInKeyring},
		{"a keyring, and no wish for it", KeepInKeyring, true, KeepNowhere},
		{"a file, unless wished for", KeepInPassfile, false, KeepNowhere},
		{"a file", KeepInPassfile, true, KeepInPassfile},
		{"nowhere", KeepNowhere, false, KeepNowhere},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, win, got := passwordWindow(t, words.EN, PasswordConfig{Keep: c.offer, Passfile: "/home/ana/.pgpass"})
			if win.Canvas().Focused() != p.field.Input() {
				t.Error("the cursor is not in the field")
			}
			if c.other {
				p.Choose(c.offer == KeepInPassfile)
			}
			enter := &fyne.KeyEvent{Name: fyne.KeyReturn}
			win.Canvas().Focused().TypedKey(enter) // nothing was typed yet
			if got.times != 0 {
				t.Fatal("an empty password was sent")
			}
			test.Type(win.Canvas().Focused(), "k7mq-ab")
			win.Canvas().Focused().TypedKey(enter)
			win.Canvas().Focused().TypedKey(enter)
			p.open.Press()
			if *got != (said{"k7mq-ab", c.want, 1}) {
				t.Errorf("sent %+v", *got)
			}
			if p.field.Text() != "" {
				t.Error("the password stays in the field")
			}
		})
	}
}

// A password is dots until somebody presses the eye. The pixels are compared with
// those of another password of the same length.
func TestAPasswordIsNotReadOnTheScreen(t *testing.T) {
	themed(t, look.Light)
	shows := func(text string, reveal bool) string {
		p, win, _ := passwordWindow(t, words.EN, PasswordConfig{})
		win.Resize(fyne.NewSize(520, 420)) // soft shadows are slow to draw, and larger ones slower
		p.Type(text)
		if reveal {
			p.field.Reveal()
		}
		win.Canvas().Unfocus()
		var b strings.Builder
		if err := png.Encode(&b, win.Canvas().Capture()); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	if shows("iiiiiiii", false) != shows("WWWWWWWW", false) {
		t.Error("the letters can be read")
	}
	if shows("iiiiiiii", true) == shows("WWWWWWWW", true) {
		t.Error("the eye shows nothing, so this test shows nothing")
	}
}

// TestThePasswordScreenIsDrawn leaves pictures in the folder that CINNABAR_SHOTS names.
func TestThePasswordScreenIsDrawn(t *testing.T) {
	dir := os.Getenv("CINNABAR_SHOTS")
	for _, mode := range []look.Mode{look.Light, look.Dark} {
		for _, l := range words.Languages() {
			themed(t, mode)
			for name, c := range map[string]PasswordConfig{
				"password":       {Keep: KeepInKeyring},
				"password-wrong": {Keep: KeepInPassfile, Passfile: "/home/huang.li/.pgpass", Wrong: true},
			} {
				p, win, _ := passwordWindow(t, l, c)
				if c.Wrong {
					p.Choose(true)
				} else {
					p.Type("k7mq-ab")
				}
				win.Canvas().Refresh(win.Content())
				shot(t, win, dir, filepath.Base(name)+"-"+string(mode)+"-"+string(l))
			}
		}
	}
}
