package views

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cinnabar/moderation"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// beside puts two objects side by side at a share of the width, each as tall as
// the taller one.
func beside(share, gap float32, left, right fyne.CanvasObject) fyne.CanvasObject {
	return container.New(besideLayout{share: share, gap: gap}, left, right)
}

// pageBeside is the width from which the halves of a subject stand beside each other.
const pageBeside = 500

// besideFrom does so from a width on, and puts them under each other below it.
func besideFrom(least, share, gap float32, left, right fyne.CanvasObject) fyne.CanvasObject {
	return container.New(besideLayout{least, share, gap}, left, right)
}

type besideLayout struct{ least, share, gap float32 }

func (l besideLayout) widths(width float32) (float32, float32) {
	left := float32(int((width - l.gap) * l.share))
	return left, width - l.gap - left
}

// HeightFor is what kit asks of a layout whose height follows its width.
func (l besideLayout) HeightFor(o []fyne.CanvasObject, width float32) float32 {
	if width < l.least {
		return kit.HeightFor(o[0], width) + l.gap + kit.HeightFor(o[1], width)
	}
	a, b := l.widths(width)
	return max(kit.HeightFor(o[0], a), kit.HeightFor(o[1], b))
}

func (l besideLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	a, b := o[0].MinSize(), o[1].MinSize()
	if l.least > 0 {
		return fyne.NewSize(max(a.Width, b.Width), a.Height+l.gap+b.Height)
	}
	return fyne.NewSize(a.Width+b.Width+l.gap, max(a.Height, b.Height))
}

func (l besideLayout) Layout(o []fyne.CanvasObject, s fyne.Size) {
	if s.Width < l.least {
		h := kit.HeightFor(o[0], s.Width)
		o[0].Move(fyne.NewPos(0, 0))
		o[0].Resize(fyne.NewSize(s.Width, h))
		o[1].Move(fyne.NewPos(0, h+l.gap))
		o[1].Resize(fyne.NewSize(s.Width, s.Height-h-l.gap))
		return
	}
	a, b := l.widths(s.Width)
	o[0].Move(fyne.NewPos(0, 0))
	o[0].Resize(fyne.NewSize(a, s.Height))
	o[1].Move(fyne.NewPos(a+l.gap, 0))
	o[1].Resize(fyne.NewSize(b, s.Height))
}

// top keeps an object at its own height at the upper edge of a taller room.
func top(o fyne.CanvasObject) fyne.CanvasObject { return kit.Stack(0, o) }

// pastCard lists what colleagues said of a case before; nil when there is nothing.
func pastCard(b *words.Book, f moderation.File) fyne.CanvasObject {
	type past struct {
		at         time.Time
		head, text string
	}
	var all []past
	add := func(at time.Time, by, what, text string) {
		all = append(all, past{at, b.T("review.past_line", b.Stamp(at), by, what), text})
	}
	appeals := f.Appeals
	heard := "" // the decision under appeal stands at the top of the page, with what is said against it
	if n := len(appeals); n > 0 && f.Case.Stage == moderation.StageAppeal {
		heard, appeals = appeals[n-1].Decision, appeals[:n-1]
	}
	for _, m := range f.Made {
		if m.ID == heard && heard != "" {
			continue
		}
		what := b.Verdict(m.Verdict)
		if m.Undone {
			what = b.T("review.undone", what)
		}
		if m.Policy != "" {
			what += " · " + m.Policy
		}
		text := m.Reason
		if m.Note != "" {
			text = joinLines(text, m.Note)
		}
		add(m.At, m.By, what, text)
	}
	for _, a := range appeals {
		add(a.At, a.SubmittedBy, b.T("review.appeal_line"), a.Words)
	}
	for _, n := range f.Notes {
		add(n.At, n.By, b.T("review.note"), n.Text)
	}
	if len(all) == 0 {
		return nil
	}
	slices.SortStableFunc(all, func(a, b past) int { return a.at.Compare(b.at) })
	var lines []fyne.CanvasObject
	for i, p := range all {
		if i > 0 {
			lines = append(lines, kit.NewRule())
		}
		lines = append(lines, kit.NewText(p.head, kit.Style{Size: look.Caption, Ink: look.SecondInk, Shrink: true}))
		if p.text != "" {
			lines = append(lines, kit.NewParagraph(p.text, kit.Plain))
		}
	}
	return kit.NewCard(b.T("review.past"), kit.Stack(look.S1+2, lines...))
}

func joinLines(a, b string) string {
	if a == "" {
		return b
	}
	return a + "\n" + b
}

// extraRow shows the fields of a file that nobody here knows, behind a quiet
// line; nil when there are none.
func extraRow(b *words.Book, extra map[string]any, changed func()) fyne.CanvasObject {
	if len(extra) == 0 {
		return nil
	}
	names := make([]string, 0, len(extra))
	for name := range extra {
		names = append(names, name)
	}
	slices.Sort(names)
	var rows []fyne.CanvasObject
	for _, name := range names {
		rows = append(rows, beside(.3, look.S3,
			top(kit.NewText(name, kit.Style{Ink: look.SecondInk, Shrink: true})),
			kit.NewParagraph(clip(plain(extra[name]), 2000), kit.Plain)))
	}
	list := kit.Stack(look.S1, rows...)
	list.Hide()
	sign := kit.NewSymbol(look.IconChevronRight, look.SecondInk, 14)
	line := kit.NewPress(kit.Pad(4, 0, 4, 0, kit.Row(look.S1, sign, kit.NewText(b.T("review.extra", len(names)), kit.Small), kit.Gap())), look.S2, func() {
		if list.Visible() {
			list.Hide()
			sign.Set(look.IconChevronRight, look.SecondInk)
		} else {
			list.Show()
			sign.Set(look.IconChevronDown, look.SecondInk)
		}
		changed()
	})
	return kit.Stack(look.S1, line, list)
}

// plain writes a value of unknown kind as a person would read it.
func plain(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case nil:
		return "—"
	case float64, bool, int:
		return fmt.Sprint(v)
	}
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(data)
}

// clip cuts a text to so many runes.
func clip(s string, runes int) string {
	n := 0
	for i := range s {
		if n == runes {
			return s[:i] + "…"
		}
		n++
	}
	return s
}

// present drops what is not there.
func present(objects ...fyne.CanvasObject) []fyne.CanvasObject {
	out := objects[:0]
	for _, o := range objects {
		if o != nil {
			out = append(out, o)
		}
	}
	return out
}
