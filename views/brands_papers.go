package views

import (
	"context"
	"strconv"

	"fyne.io/fyne/v2"

	"cinnabar/moderation"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// The height of the viewer, and the pixels of a paper asked for ahead of time:
// the viewer asks for the whole one.
const (
	paperHeight = 480
	paperPixels = kit.FullPixels
)

// papers is the stack of documents of an application, one of them open.
type papers struct {
	book   *words.Book
	file   brandFile
	rows   []*kit.Chips // several rows, because none may be out of reach
	viewer *kit.Viewer
	line   *kit.Paragraph
	box    fyne.CanvasObject
	open   int
	look   func(i int)
	metas  latest[PictureMeta]
	files  PictureFiles // nil where nobody reads files
}

func newPapers(c DeskConfig, b *words.Book, f brandFile) *papers {
	p := &papers{book: b, file: f, viewer: kit.NewViewer(c.Gallery), open: -1, files: c.Pictures.Files,
		metas: latest[PictureMeta]{loop: c.Loop, run: c.Go}}
	if len(f.App.Documents) == 0 {
		p.box = kit.Fixed(0, paperHeight, kit.NewCard("", kit.NewState(kit.State{Icon: look.IconImageMissing, What: b.T("brands.no_papers")})))
		return p
	}
	p.viewer.OnLoaded = func(int, int) { p.line.Set(p.caption()) }
	p.line = kit.NewParagraph("", kit.Small)
	p.viewer.AddTool(look.IconExternal, func() {
		if _, at := p.viewed(); p.look != nil {
			p.look(at)
		}
	})
	chips := kit.Stack(look.S1 + 2)
	for range chipRows(p.names(), papersWidth) {
		row := kit.NewChips(func(id string) {
			if i, err := strconv.Atoi(id); err == nil {
				p.show(i)
			}
		})
		p.rows = append(p.rows, row)
		chips.Add(row)
	}
	p.box = kit.Stack(look.S2, chips, kit.Stack(0, kit.Fixed(0, paperHeight, p.viewer), p.line))
	p.show(firstPaper(f.App))
	return p
}

// firstPaper is the licence, or whatever paper there is but the logo.
func firstPaper(a moderation.Application) int {
	best := -1
	for i, d := range a.Documents {
		switch {
		case d.Kind == moderation.Licence:
			return i
		case best < 0 || a.Documents[best].Kind == moderation.Logo:
			best = i
		}
	}
	return best
}

func (p *papers) show(i int) {
	if i < 0 || i >= len(p.file.App.Documents) {
		return
	}
	p.open = i
	for n, chips := range chipRows(p.names(), papersWidth) {
		p.rows[n].Set(chips, strconv.Itoa(i))
	}
	d := p.file.App.Documents[i]
	p.viewer.SetOverlays(p.boxes(i))
	p.viewer.Set(kit.PictureRef{ID: d.Picture})
	p.line.Set(p.caption())
	p.metas.drop()
	if p.files != nil && d.Picture != "" {
		// A large scan comes smaller, and the boxes are in pixels of the whole one.
		p.metas.ask(func(ctx context.Context) (PictureMeta, error) { return p.files.Meta(ctx, d.Picture) }, func(m PictureMeta, err error) {
			if err == nil {
				p.viewer.Known(d.Picture, m.Width, m.Height)
				p.line.Set(p.caption())
			}
		})
	}
}

// boxes are the places of a paper that checks speak of.
func (p *papers) boxes(i int) []kit.Overlay {
	var boxes []kit.Overlay
	for _, r := range p.file.Checks {
		if r.Document == i && !r.Box.Empty() && r.Outcome != moderation.NotApplicable {
			_, tone := outcomeSign(r.Outcome)
			boxes = addBox(boxes, kit.Overlay{Box: r.Box, Tone: tone}, r.Outcome)
		}
	}
	return boxes
}

// viewed are the papers as the viewer goes through them, and the one that is open.
func (p *papers) viewed() (list []viewed, at int) {
	names := p.names()
	for i, d := range p.file.App.Documents {
		if d.Picture == "" {
			continue
		}
		if i == p.open {
			at = len(list)
		}
		name := names[i].Text
		if names[i].Count != "" {
			name += " " + names[i].Count
		}
		list = append(list, viewed{ID: d.Picture, Name: joinDots(p.book, []string{name, d.Name}), Overlays: p.boxes(i)})
	}
	return list, at
}

// papersWidth is the least room that the chips of the papers get.
const papersWidth = 244

// chipRows breaks chips into rows that fit a width.
func chipRows(chips []kit.Chip, width float32) [][]kit.Chip {
	var rows [][]kit.Chip
	left := float32(0)
	for _, c := range chips {
		text := c.Text
		if c.Count != "" {
			text += " " + c.Count
		}
		w := fyne.MeasureText(text, look.Caption, fyne.TextStyle{}).Width + 2*look.S2 + 4 + look.S2
		if len(rows) == 0 || w > left {
			rows = append(rows, nil)
			left = width + look.S2
		}
		left -= w
		rows[len(rows)-1] = append(rows[len(rows)-1], c)
	}
	return rows
}

// addBox keeps one box a place: the gravest check there colours it.
func addBox(boxes []kit.Overlay, b kit.Overlay, o moderation.Outcome) []kit.Overlay {
	for i := range boxes {
		if boxes[i].Box == b.Box {
			if grave(o) > toneGrave(boxes[i].Tone) {
				boxes[i].Tone = b.Tone
			}
			return boxes
		}
	}
	return append(boxes, b)
}

func toneGrave(t kit.Tone) int {
	switch t {
	case kit.Cinnabar:
		return 3
	case kit.Amber:
		return 2
	}
	return 1
}

// names are the chips: kinds, numbered where there are several of one.
func (p *papers) names() []kit.Chip {
	total, seen := map[moderation.DocumentKind]int{}, map[moderation.DocumentKind]int{}
	for _, d := range p.file.App.Documents {
		total[d.Kind]++
	}
	chips := make([]kit.Chip, 0, len(p.file.App.Documents))
	for i, d := range p.file.App.Documents {
		seen[d.Kind]++
		c := kit.Chip{ID: strconv.Itoa(i), Text: p.book.Document(d.Kind)}
		if total[d.Kind] > 1 {
			c.Count = strconv.Itoa(seen[d.Kind])
		}
		chips = append(chips, c)
	}
	return chips
}

// caption says which paper this is, how large, and how long it is valid.
func (p *papers) caption() string {
	d := p.file.App.Documents[p.open]
	parts := []string{p.book.T("brands.paper_of", p.open+1, len(p.file.App.Documents))}
	if w, h := p.viewer.Pixels(); w > 0 {
		parts = append(parts, strconv.Itoa(w)+" × "+strconv.Itoa(h))
	}
	switch {
	case d.Until == moderation.LongTerm:
		parts = append(parts, p.book.T("common.longterm"))
	case d.Until != "":
		parts = append(parts, p.book.T("brands.valid_until", string(d.Until)))
	}
	if d.Picture == "" && d.Name != "" {
		parts = append(parts, p.book.T("brands.not_handed_in", clip(d.Name, 40)))
	}
	return joinDots(p.book, parts)
}

// point opens the paper that a check speaks of, at the place it names.
func (p *papers) point(r moderation.CheckResult) {
	if r.Document < 0 || r.Document >= len(p.file.App.Documents) {
		return
	}
	if r.Document != p.open {
		p.show(r.Document)
	}
	p.viewer.PointTo(r.Box)
}
