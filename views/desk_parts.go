package views

import (
	"encoding/json"
	"fmt"
	"slices"

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
	return container.New(besideLayout{share, gap}, left, right)
}

type besideLayout struct{ share, gap float32 }

func (l besideLayout) widths(width float32) (float32, float32) {
	left := float32(int((width - l.gap) * l.share))
	return left, width - l.gap - left
}

// HeightFor is what kit asks of a layout whose height follows its width.
func (l besideLayout) HeightFor(o []fyne.CanvasObject, width float32) float32 {
	a, b := l.widths(width)
	return max(kit.HeightFor(o[0], a), kit.HeightFor(o[1], b))
}

func (l besideLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	a, b := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(a.Width+b.Width+l.gap, max(a.Height, b.Height))
}

func (l besideLayout) Layout(o []fyne.CanvasObject, s fyne.Size) {
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
	if len(f.Made)+len(f.Notes) == 0 {
		return nil
	}
	var lines []fyne.CanvasObject
	add := func(head, text string) {
		if len(lines) > 0 {
			lines = append(lines, kit.NewRule())
		}
		lines = append(lines, kit.NewText(head, kit.Style{Size: look.Caption, Ink: look.SecondInk, Shrink: true}))
		if text != "" {
			lines = append(lines, kit.NewParagraph(text, kit.Plain))
		}
	}
	for _, m := range f.Made {
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
		add(b.T("review.past_line", b.Stamp(m.At), m.By, what), text)
	}
	for _, n := range f.Notes {
		add(b.T("review.past_line", b.Stamp(n.At), n.By, b.T("review.note")), n.Text)
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
