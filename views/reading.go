package views

import (
	"context"
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// reading is what every page that is read from the database has: one question at a
// time, the last answer to it, and the place in the window where the answer is drawn,
// or why there is none yet. Pages embed it. What was once read stays when a later
// answer is a fault, so that a page is never emptied by a lost link. Its methods belong
// to the screen's thread.
type reading[T any] struct {
	asked latest[T]
	known *T    // the last answer, nil before the first
	err   error // why the first answer has not come, nil while it is awaited
	box   *fyne.Container
}

// newReading makes one that has not asked. run takes work off the screen's thread.
func newReading[T any](loop kit.Loop, run func(func())) reading[T] {
	return reading[T]{asked: latest[T]{loop: loop, run: run}, box: container.NewStack()}
}

// content is where the page is drawn.
func (r *reading[T]) content() fyne.CanvasObject { return r.box }

// waits reports whether an answer is on its way.
func (r *reading[T]) waits() bool { return r.asked.out }

// leave gives up on an answer that is still on its way.
func (r *reading[T]) leave() { r.asked.drop() }

// fill puts one object in the place of the page.
func (r *reading[T]) fill(o fyne.CanvasObject) {
	r.box.Objects = []fyne.CanvasObject{o}
	r.box.Refresh()
}

// unfilled reports whether there is nothing to draw yet, and says so in the place of
// the page: that it is being read, or what went wrong with a way to ask again.
func (r *reading[T]) unfilled(b *words.Book, again func()) bool {
	switch {
	case r.known != nil:
		return false
	case r.err != nil:
		r.fill(unread(b, r.err, again))
	default:
		r.fill(kit.NewState(kit.State{What: b.T("common.loading")}))
	}
	return true
}

// ask asks for the page anew. build makes its widgets, after the first answer and after
// a fault instead of one; redraw shows a further answer that says something new.
func (r *reading[T]) ask(question func(context.Context) (T, error), build, redraw func()) {
	r.asked.ask(question, func(now T, err error) {
		if r.failed(err, build) || r.known != nil && reflect.DeepEqual(*r.known, now) {
			return
		}
		first := r.known == nil
		r.known, r.err = &now, nil
		if first {
			build()
		} else {
			redraw()
		}
	})
}

// failed reports whether an answer is a fault. One that nothing was known before is
// shown by build.
func (r *reading[T]) failed(err error, build func()) bool {
	if err != nil && r.known == nil {
		r.err = err
		build()
	}
	return err != nil
}

// unread is what stands where something could not be read: what happened, what to do,
// and a button that asks again.
func unread(b *words.Book, err error, again func()) fyne.CanvasObject {
	what, next := b.Error(err)
	return kit.NewState(kit.State{Icon: look.IconOffline, Tone: kit.Amber, What: what, Next: next,
		Action: kit.ButtonConfig{Text: b.T("common.retry"), Press: again}})
}
