package views

import (
	"context"

	"cinnabar/internal/fault"
	"cinnabar/views/kit"
)

// latest asks a question off the screen's thread and brings back the answer to
// the newest one only: an answer that comes after another question was asked is
// dropped, and its question is cancelled. Its methods are called on the screen's
// thread.
type latest[T any] struct {
	loop       kit.Loop
	run        func(func()) // off the screen's thread; a goroutine by default
	generation int
	cancel     context.CancelFunc
	out        bool // the newest question has no answer yet
}

func (l *latest[T]) ask(question func(context.Context) (T, error), answer func(T, error)) {
	l.drop()
	ctx, cancel := context.WithCancel(context.Background())
	l.cancel, l.out = cancel, true
	generation := l.generation
	run := l.run
	if run == nil {
		run = func(f func()) { go f() }
	}
	run(func() {
		value, err := answered(ctx, question)
		l.loop.Do(func() {
			if generation == l.generation {
				l.out = false
				answer(value, err)
			}
		})
	})
}

// answered keeps a question that panics from taking the window with it.
func answered[T any](ctx context.Context, question func(context.Context) (T, error)) (value T, err error) {
	defer fault.Catch(&err)
	return question(ctx)
}

// drop gives up on whatever was asked last.
func (l *latest[T]) drop() {
	l.generation++
	l.out = false
	if l.cancel != nil {
		l.cancel()
		l.cancel = nil
	}
}
