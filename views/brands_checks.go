package views

import (
	"sort"
	"strings"

	"fyne.io/fyne/v2"

	"cinnabar/moderation"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// checkList shows the checks, gravest first: what needs a look says what was
// found, what is in order is a line.
func checkList(b *words.Book, results []moderation.CheckResult) fyne.CanvasObject {
	var list []moderation.CheckResult
	counts := map[moderation.Outcome]int{}
	for _, r := range results {
		if r.Outcome != moderation.NotApplicable {
			list = append(list, r)
			counts[r.Outcome]++
		}
	}
	sort.SliceStable(list, func(i, j int) bool { return grave(list[i].Outcome) > grave(list[j].Outcome) })

	title := b.T("brands.checks_pass", counts[moderation.Pass])
	if n := counts[moderation.Warn]; n > 0 {
		title = joinDots(b, []string{title, b.T("brands.checks_warn", n)})
	}
	if n := counts[moderation.Fail]; n > 0 {
		title = joinDots(b, []string{title, b.T("brands.checks_fail", n)})
	}
	parts := []fyne.CanvasObject{kit.NewText(title, kit.Section), kit.Fixed(0, 2, nil)}
	agree := 0
	for _, r := range list {
		if comparesLicence(r) && r.Outcome == moderation.Pass {
			agree++
		}
	}
	said := false
	for _, r := range list {
		switch {
		case agree < 2 || !comparesLicence(r) || r.Outcome != moderation.Pass:
			parts = append(parts, checkRow(b, r))
		case !said:
			// Field by field they are ticked in the form; here one line says it for all.
			parts = append(parts, checkLine(moderation.Pass, kit.NewText(b.T("brands.checks_agree", agree), kit.Style{Shrink: true})))
			said = true
		}
	}
	return kit.Stack(look.S1, parts...)
}

// comparesLicence reports whether a check held one field of the form against the licence.
func comparesLicence(r moderation.CheckResult) bool {
	return strings.HasPrefix(r.Check, "licence.") && r.Check != "licence.validity"
}

func checkRow(b *words.Book, r moderation.CheckResult) fyne.CanvasObject {
	_, tone := outcomeSign(r.Outcome)
	name := b.T("checks." + r.Check)
	lines := []fyne.CanvasObject{}
	if r.Outcome == moderation.Pass {
		lines = append(lines, kit.NewText(name, kit.Style{Shrink: true}))
	} else {
		lines = append(lines, kit.NewParagraph(name, kit.Plain))
		if detail := checkDetail(b, r); detail != "" {
			lines = append(lines, kit.NewParagraph(detail, kit.Style{Size: look.Caption, Ink: tone.Ink()}))
		}
	}
	return checkLine(r.Outcome, lines...)
}

// checkLine sets lines beside the sign of an outcome.
func checkLine(o moderation.Outcome, lines ...fyne.CanvasObject) fyne.CanvasObject {
	icon, tone := outcomeSign(o)
	return kit.TopRow(look.S2, top(kit.Fixed(16, 21, kit.NewSymbol(icon, tone.Ink(), 15))), kit.Grow(kit.Pad(1, 0, 1, 0, kit.Stack(0, lines...))))
}

// checkDetail says what a check found, in a sentence.
func checkDetail(b *words.Book, r moderation.CheckResult) string {
	if r.Detail == "" {
		return ""
	}
	args := make(map[string]string, len(r.Args))
	for k, v := range r.Args {
		if k == "category" {
			v = b.Category(v)
		}
		args[k] = clip(v, 80)
	}
	return b.Fill("checks."+r.Detail, args)
}
