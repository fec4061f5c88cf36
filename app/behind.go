package main

import (
	"sync/atomic"

	"cinnabar/internal/fault"
	"cinnabar/views/kit"
	"cinnabar/views/words"
)

// behind runs work behind the window and waits for it when the window closes. A
// panic in it is told in a sentence, with its stack in the log; it takes neither
// the window nor the person's draft with it.
func (s *studio) behind(name string, work func()) {
	s.works.Go(func() { s.careful(name, work) })
}

// asideOf is behind for a screen, which waits for its own work itself.
func (s *studio) asideOf(name string) func(work func()) {
	return func(work func()) { go s.careful(name, work) }
}

func (s *studio) careful(name string, work func()) {
	if err := caught(work); err != nil {
		s.program.log.Error("panic behind the window", "in", name, "error", err)
		s.loop.Do(func() { s.tell(err) })
	}
}

func caught(work func()) (err error) {
	defer fault.Catch(&err)
	work()
	return nil
}

// tell shows a fault on the desk, if there is one yet. On the UI thread.
func (s *studio) tell(err error) {
	if s.desk == nil || s.desk.shell == nil {
		return
	}
	what, next := s.program.words.Error(err)
	s.desk.shell.Note(kit.Amber, what, next)
}

// carefulLoop keeps an answer that panics on the UI thread from ending the program.
type carefulLoop struct {
	kit.Loop
	failed func(error) // on the UI thread
}

// Do implements kit.Loop.
func (l carefulLoop) Do(f func()) {
	l.Loop.Do(func() {
		if err := caught(f); err != nil {
			l.failed(err)
		}
	})
}

// speech is the language of the window for whoever is not on its thread.
type speech struct{ book atomic.Pointer[words.Book] }

// T is the sentence for a key in the language of the moment.
func (s *speech) T(key string, args ...any) string { return s.book.Load().T(key, args...) }
