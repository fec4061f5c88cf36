package views

import (
	"slices"

	"fyne.io/fyne/v2"

	"cinnabar/moderation"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/review"
)

// appealCards show, beside each other, what somebody says against a decision and
// the decision itself; nil for a case that is not under appeal.
func appealCards[S any](d *desk[S], it *review.Item[S]) fyne.CanvasObject {
	f := it.File
	if f.Case.Stage != moderation.StageAppeal || len(f.Appeals) == 0 {
		return nil
	}
	appeal := f.Appeals[len(f.Appeals)-1]
	said := appealCard(d, it.File.Case, appeal)
	i := slices.IndexFunc(f.Made, func(m moderation.Made) bool { return m.ID == appeal.Decision })
	if i < 0 {
		return said
	}
	return besideFrom(appealsBeside, .5, look.S4, said, appealedCard(d, f.Made[i]))
}

// appealsBeside is the width from which the two fit beside each other.
const appealsBeside = 520

func appealCard[S any](d *desk[S], c moderation.Case, a moderation.Appeal) fyne.CanvasObject {
	b := d.book
	when := []string{b.Stamp(a.At)}
	if a.EnteredBy != a.SubmittedBy {
		when = append(when, b.T("review.appeal_entered", a.EnteredBy))
	}
	who := a.SubmittedBy
	if who == c.Target && c.Kind == moderation.KindPost { // nobody was named: the author
		who = c.Subtitle
	}
	return kit.NewCard(b.T("review.appeal"), kit.Stack(look.S1,
		kit.NewParagraph(who, kit.Strong),
		kit.NewParagraph(joinDots(b, when), kit.Small),
		kit.Pad(look.S1, 0, 0, 0, kit.NewParagraph(a.Words, kit.Style{Size: look.Reading}))))
}

func appealedCard[S any](d *desk[S], m moderation.Made) fyne.CanvasObject {
	b := d.book
	lines := []fyne.CanvasObject{
		kit.Row(look.S2, kit.NewPill(b.Verdict(m.Verdict), verdictTone(m.Verdict)), kit.Gap()),
		kit.NewParagraph(joinDots(b, []string{m.By, b.Stamp(m.At)}), kit.Small),
	}
	if m.Policy != "" {
		text := m.Policy
		if p, ok := d.hand.Policy(m.Policy); ok {
			text += " " + inLanguage(b, p.Title, "")
		}
		lines = append(lines, kit.Pad(look.S1, 0, 0, 0, kit.NewParagraph(text, kit.Strong)))
	}
	if m.Reason != "" {
		lines = append(lines, kit.NewParagraph(m.Reason, kit.Plain))
	}
	if m.Note != "" {
		lines = append(lines, kit.Pad(look.S1, 0, 0, 0, kit.Stack(2, kit.NewText(b.T("review.note"), kit.Small), kit.NewParagraph(m.Note, kit.Second))))
	}
	return kit.NewCard(b.T("review.appealed"), kit.Stack(look.S1, lines...))
}
