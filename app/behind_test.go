package main

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"cinnabar/internal/fault"
	"cinnabar/internal/people"
	"cinnabar/views"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/look/looktest"
	"cinnabar/views/words"
)

// offlineScreen is a screen on which decisions wait for the database.
type offlineScreen struct {
	views.Screen
	id     string
	unsent int
}

func (s *offlineScreen) ID() string                 { return s.id }
func (s *offlineScreen) Title() (string, string)    { return s.id, "" }
func (s *offlineScreen) Content() fyne.CanvasObject { return container.NewStack() }
func (s *offlineScreen) Shown()                     {}
func (s *offlineScreen) Hidden()                    {}
func (s *offlineScreen) Keys() []kit.Key            { return nil }
func (s *offlineScreen) Unsent() int                { return s.unsent }

// deskOf is a studio with a desk of two such screens and no database.
func deskOf(t *testing.T, lang words.Language) (s *studio, loop *queueLoop, log *bytes.Buffer, brands, posts *offlineScreen) {
	t.Helper()
	looktest.Dress(t, look.Light)
	log = &bytes.Buffer{}
	p := &program{words: words.For(lang), log: slog.New(slog.NewTextHandler(log, nil))}
	loop = newQueueLoop()
	w := test.NewWindow(nil)
	t.Cleanup(w.Close)
	s = newStudio(p, w, loop)
	brands, posts = &offlineScreen{id: "brands"}, &offlineScreen{id: "posts"}
	item := func(screen *offlineScreen) views.RailItem {
		return views.RailItem{ID: screen.id, Icon: look.IconBrands, New: func(*words.Book) views.Screen { return screen }}
	}
	shell := views.NewShell(views.ShellConfig{Loop: s.loop, Book: p.words, Me: people.Person{Login: "m", Name: "M", Role: people.Moderator},
		Link: views.LinkState{Up: true}, Items: []views.RailItem{item(brands), item(posts)}})
	w.SetContent(shell.Content())
	shell.Bind(w)
	s.desk = &desk{shell: shell}
	shell.Go("posts")
	shell.Go("brands")
	return s, loop, log, brands, posts
}

// shows reports whether a text stands anywhere in the window.
func (s *studio) shows(text string) bool {
	return strings.Contains(test.RenderToMarkup(s.window.Canvas()), text)
}

func TestClosingAsksAboutDecisionsThatWait(t *testing.T) {
	for _, lang := range words.Languages() {
		s, _, _, brands, posts := deskOf(t, lang)
		closed := 0
		s.leave(func() { closed++ })
		if closed != 1 {
			t.Fatal("nothing waits, and the window stays")
		}
		brands.unsent, posts.unsent = 1, 1
		s.leave(func() { closed++ })
		if closed != 1 {
			t.Error("two decisions wait, and the window goes without a word")
		}
		if text := s.program.words.T("shell.unsent", "2"); !s.shows(text) {
			t.Errorf("the window does not say %q", text)
		}
		s.key(fyne.KeyS)
		if closed != 1 || !s.shows(s.program.words.T("shell.unsent", "2")) {
			t.Error("decisions that can't be sent are offered to be saved")
		}
		s.key(fyne.KeyEscape)
		if closed != 1 || s.shows(s.program.words.T("shell.unsent", "2")) {
			t.Error("whoever stays loses the window, or keeps the question")
		}
		posts.unsent = 2
		s.leave(func() { closed++ })
		if text := s.program.words.T("shell.unsent", "3"); !s.shows(text) {
			t.Errorf("the window does not say %q", text)
		}
		s.key(fyne.KeyL)
		if closed != 2 {
			t.Error("leaving without saving does not close")
		}
	}
	var none studio
	closed := false
	none.leave(func() { closed = true })
	if !closed {
		t.Error("a window without a desk does not close")
	}
}

// key types a key on the window.
func (s *studio) key(name fyne.KeyName) {
	s.window.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: name})
	s.loop.(carefulLoop).Loop.(*queueLoop).drain()
}

func TestAPanicBehindTheWindowTakesNothingWithIt(t *testing.T) {
	s, loop, log, _, _ := deskOf(t, words.EN)
	s.behind("search", func() { panic("the sky fell") })
	s.works.Wait()
	loop.drain()
	s.loop.Do(func() { var nobody *desk; nobody.shell.Retitle() })
	loop.drain()
	if what, _ := s.program.words.Error(fault.New(fault.Internal)); !s.shows(what) {
		t.Errorf("the window does not say %q", what)
	}
	for _, detail := range []string{"the sky fell", "in=search", "nil pointer", "behind_test.go"} {
		if !strings.Contains(log.String(), detail) {
			t.Errorf("the log has no %q", detail)
		}
	}
	done := make(chan struct{})
	s.asideOf("review")(func() { defer close(done); panic("again") })
	<-done
}
