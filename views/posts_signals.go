package views

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"cinnabar/moderation"
	"cinnabar/moderation/rings"
	"cinnabar/moderation/signals"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// randomAudit is the tag of a case that came by chance. Whoever judges it is told
// nothing that a program thinks of the post: the audit measures the programs.
const randomAudit = "random"

// signalsOf looks for what is odd beside the score, and keeps what says something.
func signalsOf(c moderation.Case, f postFile) []signals.Signal {
	if c.Tag == randomAudit {
		return nil
	}
	known := signals.Context{Now: c.Created}
	if f.History != nil {
		known.History = *f.History
	}
	known.Recent = f.Recent
	if f.Ring != nil {
		const most = 60 // hands that wrote it too; more say no more
		for _, m := range f.Ring.Members {
			if m.Post.ID != f.Post.ID && len(known.Like) < most {
				known.Like = append(known.Like, rings.Read(m.Post))
			}
		}
	}
	return slices.DeleteFunc(signals.Judge(f.Post, known), func(s signals.Signal) bool {
		return s.Level != signals.Some && s.Level != signals.Strong
	})
}

// signalsCard shows the signals of a post, each with its reasons; nil where there are none.
func signalsCard(b *words.Book, found []signals.Signal) fyne.CanvasObject {
	if len(found) == 0 {
		return nil
	}
	var rows []fyne.CanvasObject
	for _, s := range found {
		tone := kit.Neutral
		if s.Level == signals.Strong {
			tone = kit.Amber
		}
		head := kit.Row(look.S2, kit.Grow(kit.NewText(b.Signal(s.Kind), kit.Style{Bold: true, Shrink: true})), kit.NewPill(b.Level(s.Level), tone))
		parts := []fyne.CanvasObject{head}
		for _, say := range s.Says {
			parts = append(parts, kit.NewParagraph(b.Says(say), kit.Second))
		}
		if line := seenIn(b, s); line != "" {
			parts = append(parts, kit.NewParagraph(line, kit.Small))
		}
		if len(rows) > 0 {
			rows = append(rows, kit.NewRule())
		}
		rows = append(rows, kit.Pad(look.S2, 0, look.S2, 0, kit.Stack(look.S1, parts...)))
	}
	return kit.NewCard(b.T("posts.beside"), kit.Stack(0, append(rows,
		kit.Pad(look.S2, 0, 0, 0, kit.NewParagraph(b.T("signal.beside"), kit.Small)))...))
}

// seenIn is what a review lacks, or else the first words that a signal rests on.
func seenIn(b *words.Book, s signals.Signal) string {
	const most = 4
	var list []string
	if s.Kind == signals.Thin {
		for _, m := range s.Missing {
			list = append(list, b.Missing(m))
		}
		return b.T("posts.missing", strings.Join(list, b.T("common.comma")))
	}
	for _, f := range s.Findings {
		if f.Span != nil && len(list) < most && !slices.Contains(list, clip(f.Text, 40)) {
			list = append(list, clip(f.Text, 40))
		}
	}
	return joinDots(b, list)
}
