package views

import (
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"cinnabar/views/kit"
	"cinnabar/views/words"
)

// Limits of what is laid out at once, in runes: breaking a megabyte into lines
// would stop the window, and nobody reads it whole.
const (
	bodyLimit  = 1200 // a long note; the evidence below stays within a scroll
	bodyStep   = 6000
	bodyAtMost = 40000
)

// markedText is a text with evidence marked in it, of which a reasonable part is
// laid out and more on demand.
type markedText struct {
	book   *words.Book
	text   string
	all    []placed
	marks  []placed // of the part that is laid out, in the order of the widget's
	limit  int      // runes laid out
	length int      // runes in all
	marked *kit.Marked
	more   *kit.Button
	box    *fyne.Container
	redraw func()
}

func newMarkedText(b *words.Book, style kit.Style, text string, marks []placed, limit int, redraw func()) *markedText {
	t := &markedText{book: b, text: text, all: marks, limit: limit, length: utf8.RuneCountInString(text),
		marked: kit.NewMarked(style), redraw: redraw}
	t.more = kit.NewButton(kit.ButtonConfig{Weight: kit.Quiet, Press: func() {
		t.limit += bodyStep
		if t.length <= bodyAtMost {
			t.limit = t.length
		}
		t.lay()
		redraw()
	}})
	t.box = kit.Stack(4, t.marked, kit.Row(0, t.more, kit.Gap()))
	t.lay()
	return t
}

// lay puts the part within the limit on the page.
func (t *markedText) lay() {
	t.limit = min(t.limit, max(bodyAtMost, bodyLimit))
	text := t.text
	cut := t.length > t.limit
	if cut {
		text = clip(t.text, t.limit)
	}
	t.marks = t.marks[:0]
	var marks []kit.Mark
	for _, m := range t.all {
		if m.start < t.limit {
			t.marks = append(t.marks, m)
			marks = append(marks, kit.Mark{Start: m.start, End: min(m.end, t.limit), Tone: m.tone})
		}
	}
	t.marked.Set(text, marks)
	t.more.Hidden = !cut || t.limit >= bodyAtMost
	t.box.Objects[1].(*fyne.Container).Hidden = !cut
	switch {
	case cut && t.limit >= bodyAtMost:
		t.more.Hidden = false
		t.more.Set(t.book.T("posts.text_cut", t.book.Number(t.limit), t.book.Number(t.length)))
		t.more.Disable("")
	case cut && t.length <= bodyAtMost:
		t.more.Set(t.book.T("posts.show_all", t.book.Number(t.length)))
	case cut:
		t.more.Set(t.book.T("posts.show_more", t.book.Number(t.limit), t.book.Number(t.length)))
	}
}

// reach lays out as much as a piece of evidence needs to be seen; it reports
// whether the piece is in this text at all.
func (t *markedText) reach(evidence int) bool {
	for _, m := range t.all {
		if m.evidence != evidence {
			continue
		}
		if m.start >= t.limit && t.limit < bodyAtMost {
			t.limit = m.end + 200
			t.lay()
			t.redraw()
		}
		return m.start < t.limit
	}
	return false
}

func (t *markedText) index(evidence int) int {
	for i, m := range t.marks {
		if m.evidence == evidence {
			return i
		}
	}
	return -1
}

// point marks a piece of evidence out, -1 none.
func (t *markedText) point(evidence int) { t.marked.Focus(t.index(evidence)) }

func (t *markedText) top(evidence int) float32 {
	if i := t.index(evidence); i >= 0 {
		return t.marked.Top(i)
	}
	return 0
}
