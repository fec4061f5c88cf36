package views

import (
	"strconv"

	"fyne.io/fyne/v2"

	"cinnabar/moderation"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// chainLink is one step of the way from a mark's owner to the applicant.
type chainLink struct {
	until  string
	tone   kit.Tone
	broken bool
}

// chainNode is somebody on that way.
type chainNode struct {
	name, role string
	tone       kit.Tone
}

// chainOf draws the way as data: nodes, and the link below each but the last.
// What is broken or runs out comes from the check of the owner, which names the
// link.
func chainOf(b *words.Book, f brandFile) (nodes []chainNode, links []chainLink) {
	a := f.App
	owner, applicant := a.Mark.Owner, a.Entity.Name
	if owner == "" && len(a.Letters) == 0 {
		return nil, nil
	}
	var found moderation.CheckResult
	for _, r := range f.Checks {
		if r.Check == "mark.owner" && (found.Check == "" || grave(r.Outcome) > grave(found.Outcome)) {
			found = r
		}
	}
	at, _ := strconv.Atoi(found.Args["link"])

	nodes = append(nodes, chainNode{name: owner, role: b.T("brands.owner")})
	if len(a.Letters) == 0 {
		if found.Detail == "owner.applicant" || owner == applicant {
			nodes[0].role, nodes[0].tone = b.T("brands.owner_applicant"), kit.Jade
			return nodes, nil
		}
		links = append(links, chainLink{until: b.T("brands.no_letter"), tone: kit.Cinnabar, broken: true})
		return append(nodes, chainNode{name: applicant, role: b.T("brands.applicant"), tone: kit.Neutral}), links
	}
	holder := owner
	for i, l := range a.Letters {
		link := chainLink{until: b.T("brands.letter_open"), tone: kit.Neutral}
		switch {
		case l.Until == moderation.LongTerm:
			link.until = b.T("common.longterm")
		case l.Until != "":
			link.until = b.T("brands.until", string(l.Until))
		}
		link.tone = kit.Jade
		if at == i+1 {
			_, link.tone = outcomeSign(found.Outcome)
			link.broken = found.Detail == "chain.broken"
		}
		if link.broken && l.From != "" && l.From != holder {
			// Whoever gave this letter did not hold the right: they stand apart.
			links = append(links, chainLink{until: b.T("brands.gap"), tone: kit.Cinnabar, broken: true})
			nodes = append(nodes, chainNode{name: l.From, role: b.T("brands.stranger"), tone: kit.Cinnabar})
			link.broken, link.tone = false, kit.Neutral
		}
		links = append(links, link)
		holder = l.To
		nodes = append(nodes, chainNode{name: l.To, role: b.T("brands.level", l.Level)})
	}
	last := &nodes[len(nodes)-1]
	if found.Detail == "chain.ends" {
		links = append(links, chainLink{until: b.T("brands.gap"), tone: kit.Cinnabar, broken: true})
		nodes = append(nodes, chainNode{name: applicant, role: b.T("brands.applicant")})
	} else {
		last.role = joinDots(b, []string{b.T("brands.applicant"), last.role})
		if found.Outcome == moderation.Pass || found.Outcome == moderation.Warn {
			last.tone = kit.Jade
		}
	}
	return nodes, links
}

// chainCard shows by what right the applicant trades under the mark.
func chainCard(b *words.Book, f brandFile) fyne.CanvasObject {
	nodes, links := chainOf(b, f)
	if len(nodes) == 0 {
		return kit.NewCard(b.T("brands.right"), kit.NewParagraph(b.T("brands.no_mark"), kit.Second))
	}
	var parts []fyne.CanvasObject
	for i, n := range nodes {
		tint, ink := n.tone.Tint(), look.Ink
		if n.tone != kit.Neutral {
			ink = n.tone.Ink()
		}
		parts = append(parts, kit.NewGround(tint, look.Radius-2, kit.Pad(5, look.S3, 5, look.S3, kit.Row(look.S2,
			kit.Grow(kit.NewParagraph(orDash(b, clip(n.name, 120)), kit.Style{Ink: ink})),
			kit.NewText(n.role, kit.Small)))))
		if i < len(links) {
			parts = append(parts, linkRow(links[i]))
		}
	}
	if m := f.App.Mark; m.Status != "" || m.Expires != "" {
		status := m.Status
		if key := "brands.mark_" + status; b.Has(key) {
			status = b.T(key)
		}
		until := ""
		if m.Expires != "" {
			until = b.T("brands.until", date(b, m.Expires))
		}
		parts = append(parts, kit.Pad(look.S2, 0, 0, 0, kit.NewParagraph(joinDots(b, []string{markLine(b, m), status, until}), kit.Small)))
	}
	return kit.NewCard(b.T("brands.right"), kit.Stack(0, parts...))
}

// linkRow is the line between two nodes: whole, or with a gap in it.
func linkRow(l chainLink) fyne.CanvasObject {
	ink := l.tone.Ink()
	if l.tone == kit.Neutral {
		ink = look.SecondInk
	}
	line := func(h float32) fyne.CanvasObject {
		return kit.Fixed(2, h, kit.NewGround(ink, 0, kit.Fixed(0, 0, nil)))
	}
	var bar fyne.CanvasObject = line(22)
	if l.broken {
		bar = kit.Stack(0, kit.Row(0, kit.Fixed(6, 0, nil), line(5)), kit.NewSymbol(look.IconCross, ink, 14), kit.Row(0, kit.Fixed(6, 0, nil), line(5)))
		return kit.Row(look.S2, kit.Fixed(look.S3, 0, nil), kit.Fixed(14, 24, bar), kit.NewText(l.until, kit.Style{Size: look.Caption, Ink: ink}), kit.Gap())
	}
	return kit.Row(look.S2, kit.Fixed(look.S3+6, 0, nil), kit.Fixed(2, 22, bar), kit.Fixed(6, 0, nil), kit.NewText(l.until, kit.Style{Size: look.Caption, Ink: ink}), kit.Gap())
}
