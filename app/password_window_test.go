package main

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"cinnabar/store"
	"cinnabar/views/look"
	"cinnabar/views/look/looktest"
	"cinnabar/views/words"
)

// The window asks, is given a wrong password, asks again, and opens with the right
// one, which is in the keyring from then on: by keys, against a real server.
func TestTheWindowAsksForAPassword(t *testing.T) {
	g := newGuarded(t)
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	t.Setenv("PGPASSFILE", g.dir+"/no-passfile")
	looktest.Dress(t, look.Light)
	var log bytes.Buffer
	r := &ring{}
	p := &program{in: os.Stdin, out: &bytes.Buffer{}, errs: &bytes.Buffer{}, words: words.For(words.EN),
		log: slog.New(slog.NewTextHandler(&log, nil)), secrets: &secrets{ring: r}}
	p.flags.Database = g.server.URL("moderator1")
	loop := newQueueLoop()
	w := test.NewWindow(nil)
	w.SetPadded(false)
	w.Resize(tourSize)
	defer w.Close()
	s := newStudio(p, w, loop)

	var connect func()
	opened := make(chan error, 8)
	connect = func() {
		go func() {
			err := s.open(t.Context())
			if err != nil {
				s.loop.Do(s.doorstep(err, connect))
			}
			opened <- err
		}()
	}
	try := func(want bool) {
		t.Helper()
		err := loop.until(t.Context(), opened)
		if (err == nil) != want {
			t.Fatalf("opening: %v", err)
		}
	}
	write := func(password string) {
		t.Helper()
		field := w.Canvas().Focused()
		if field == nil {
			t.Fatalf("the cursor is nowhere; the window says %q", textsOf(w.Canvas().Content()))
		}
		for _, letter := range password {
			field.TypedRune(letter)
		}
		field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	}
	connect()
	try(false)
	write("mistyped")
	try(false)
	if !saysInWindow(w, p.words.T("shell.password_wrong")) {
		t.Errorf("the window says %q", textsOf(w.Canvas().Content()))
	}
	write(right + "moderator1")
	try(true)
	defer func() {
		done := make(chan error, 1)
		wait := s.close()
		go func() { wait(); done <- nil }()
		_ = loop.until(context.Background(), done)
	}()
	if s.desk == nil || s.desk.me.Login != "moderator1" {
		t.Fatal("no desk")
	}
	at, err := store.Locate(p.flags.Database)
	if err != nil {
		t.Fatal(err)
	}
	if got := r.kept[shelf+" "+shelfMark(at)]; got != right+"moderator1" {
		t.Errorf("the keyring keeps %q", got)
	}
	for _, secret := range []string{right, "mistyped"} {
		if bytes.Contains(log.Bytes(), []byte(secret)) {
			t.Errorf("%s stands in the log", secret)
		}
	}
}

func saysInWindow(w fyne.Window, text string) bool {
	var all string
	for _, line := range textsOf(w.Canvas().Content()) {
		all += line + " "
	}
	// A paragraph is drawn in lines; the first words are enough to know it by.
	return len(text) > 20 && bytes.Contains([]byte(all), []byte(text[:20]))
}
