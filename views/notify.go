package views

import (
	"strings"
	"time"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// Undoable tells of something done, with a way back until a moment.
func (s *Shell) Undoable(key, text string, until time.Time, undo func()) {
	s.toasted = key
	s.toasts.Say(kit.Note{Text: text, Until: until, Undo: undo,
		Label: func(seconds int) string { return s.book.T("common.undo_left", seconds) }})
	s.said.Refresh()
}

// Dismiss takes back what Undoable showed, unless something else has been said since; an
// empty key takes back a note.
func (s *Shell) Dismiss(key string) {
	if s.toasted == key {
		s.toasted = ""
		s.toasts.Dismiss()
	}
}

// Note tells of something in a sentence and a next step.
func (s *Shell) Note(tone kit.Tone, what, next string) {
	s.toasted = ""
	text := joined(s.book, what, next)
	s.toasts.Say(kit.Note{Text: text, Tone: tone})
	s.said.Refresh()
}

// joined puts what happened and what to do next on one line. What happened may be
// a name rather than a sentence; then a dot stands between.
func joined(book *words.Book, what, next string) string {
	switch last, _ := utf8.DecodeLastRuneInString(what); {
	case next == "":
		return what
	case !strings.ContainsRune(".!?…。！？", last):
		return what + book.T("common.dot") + next
	case book.Chinese():
		return what + next
	default:
		return what + " " + next
	}
}

// toastLayout lays toasts at the lower edge, in the middle of what is right of the rail.
type toastLayout struct{}

func (toastLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, 0) }

func (toastLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		m := o.MinSize()
		w := min(m.Width, size.Width-look.RailWidth-2*look.S5)
		o.Resize(fyne.NewSize(max(0, w), m.Height))
		o.Move(fyne.NewPos((size.Width-w)/2, size.Height-m.Height-look.S5))
	}
}
