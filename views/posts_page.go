package views

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cinnabar/moderation"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/review"
	"cinnabar/views/words"
)

func sortBy(list []string, less func(a, b string) bool) {
	sort.Slice(list, func(i, j int) bool { return less(list[i], list[j]) })
}

// The room of a post's first picture.
const (
	posterWidth  = 246
	posterHeight = 328
)

// postPage shows one post as its reader sees it, with the evidence marked.
type postPage struct {
	book *words.Book
	box  fyne.CanvasObject

	pictures []*kit.Picture
	poster   *kit.Picture
	post     moderation.Post
	shown    int // which of the post's pictures the poster is
	look     func(i int)
	title    *markedText
	body     *markedText
	comments []*markedText
	rows     []*evidenceRow
	redraw   func()
}

func newPostPage(d *desk[postFile], it *review.Item[postFile], hiding kit.Hiding) *postPage {
	p := &postPage{book: d.book, look: d.look, redraw: func() {
		if d.scroll != nil {
			d.scroll.Refresh()
		}
	}}
	post := it.Subject.Post
	p.post = post
	evidence := it.File.Evidence
	marks := placeEvidence(post, evidence)

	text := p.text(d, post, marks)
	var upper fyne.CanvasObject = text
	if len(post.Pictures) > 0 || post.PictureCount > 0 || len(post.Videos) > 0 {
		upper = container.New(posterLayout{}, p.gallery(d.cfg.Gallery, post), text)
	}
	cards := besideFrom(pageBeside, .555, look.S4, p.evidence(evidence, post), authorCard(d.book, it.Subject))
	var ringed fyne.CanvasObject
	if k, ok := d.its.(*postKind); ok {
		ringed = ringLine(d.book, it.Subject.Ring, func() { k.openRing(post.ID) })
	}
	parts := present(appealCards(d, it), upper, ringed, cards, ringCard(d.book, post.ID, it.Subject.Ring), signalsCard(d.book, it.Subject.Signals), pastCard(d.book, it.File), extraRow(d.book, post.Extra, p.redraw))
	p.box = kit.Stack(look.S5-4, parts...)
	p.connect(d, marks)
	p.shield(hiding)
	return p
}

// posterLayout puts the picture at the left and the words beside it, or below it
// where there is no room.
type posterLayout struct{}

const posterGap = 28

func (posterLayout) HeightFor(o []fyne.CanvasObject, width float32) float32 {
	if width < pageBeside {
		return kit.HeightFor(o[0], min(width, posterWidth)) + look.S4 + kit.HeightFor(o[1], width)
	}
	return max(kit.HeightFor(o[0], posterWidth), kit.HeightFor(o[1], width-posterWidth-posterGap))
}

func (posterLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(posterWidth, posterHeight)
}

func (posterLayout) Layout(o []fyne.CanvasObject, s fyne.Size) {
	o[0].Move(fyne.NewPos(0, 0))
	if s.Width < pageBeside {
		w := min(s.Width, posterWidth)
		h := kit.HeightFor(o[0], w)
		o[0].Resize(fyne.NewSize(w, h))
		o[1].Move(fyne.NewPos(0, h+look.S4))
		o[1].Resize(fyne.NewSize(s.Width, s.Height-h-look.S4))
		return
	}
	o[0].Resize(fyne.NewSize(posterWidth, kit.HeightFor(o[0], posterWidth)))
	o[1].Move(fyne.NewPos(posterWidth+posterGap, 0))
	o[1].Resize(fyne.NewSize(s.Width-posterWidth-posterGap, s.Height))
}

// gallery is the first picture, a strip of the others below it, and of each video what
// it is and its frames.
func (p *postPage) gallery(g *kit.Gallery, post moderation.Post) fyne.CanvasObject {
	b := p.book
	p.poster = kit.NewPicture(g, true, look.Radius)
	p.pictures = []*kit.Picture{p.poster}
	shots := shotsOf(b, post)
	if len(shots) > 0 {
		p.poster.Set(shots[0].ID)
	}
	parts := []fyne.CanvasObject{kit.NewPress(kit.Fixed(posterWidth, posterHeight, p.poster), 0, func() { p.look(p.shown) })}
	const most = 4 // in a row
	stills := len(post.Pictures)
	if stills > 1 {
		parts = append(parts, p.strip(g, shots, 0, min(stills, most)))
	}
	if n := max(post.PictureCount, stills); n > min(most, stills) || post.VideoCount > 0 {
		var counts []string
		if n > 0 {
			counts = append(counts, b.T("posts.pictures", stills, n))
		}
		if post.VideoCount > 0 {
			counts = append(counts, b.T("posts.videos", post.VideoCount))
		}
		parts = append(parts, kit.NewText(strings.Join(counts, " · "), kit.Small))
	}
	at := stills
	for _, v := range post.Videos {
		says := []string{v.Name}
		if len(v.Frames) > 0 {
			says = append(says, clockOf(v.Length), b.T("posts.video_size", v.Width, v.Height))
		}
		line := kit.Small
		line.Shrink = true
		parts = append(parts, kit.NewText(strings.Join(says, " · "), line))
		for end := at + len(v.Frames); at < end; at += min(most, end-at) {
			parts = append(parts, p.strip(g, shots, at, min(at+most, end)))
		}
	}
	return kit.Stack(look.S2, parts...)
}

// strip is a row of small pictures. Pressing one shows it above, pressing it again in the
// viewer.
func (p *postPage) strip(g *kit.Gallery, shots []viewed, from, to int) fyne.CanvasObject {
	const side = 54
	var row []fyne.CanvasObject
	for i := from; i < to; i++ {
		small := kit.NewPicture(g, true, look.SmallRadius)
		small.Set(shots[i].ID)
		p.pictures = append(p.pictures, small)
		row = append(row, kit.NewPress(kit.Fixed(side, side, small), 0, func() {
			if p.shown == i {
				p.look(i)
				return
			}
			p.shown = i
			p.poster.Set(shots[i].ID)
		}))
	}
	return kit.Row(look.S2, row...)
}

// shotsOf are a post's pictures and the frames of its videos, in this order. What was
// named and never handed in is among them, without a picture.
func shotsOf(b *words.Book, post moderation.Post) []viewed {
	var list []viewed
	for _, p := range post.Pictures {
		list = append(list, viewed{ID: p.ID, Name: p.Name})
	}
	for _, v := range post.Videos {
		for _, f := range v.Frames {
			list = append(list, viewed{ID: f.ID, Name: b.T("posts.frame", v.Name, clockOf(f.At))})
		}
	}
	return list
}

// clockOf writes a length as players do: 0:34, 1:02:03.
func clockOf(d time.Duration) string {
	s := int(d.Round(time.Second) / time.Second)
	if s < 3600 {
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}

func (p *postPage) shield(how kit.Hiding) {
	for _, pic := range p.pictures {
		pic.Shield(how)
	}
}

func (p *postPage) reveal(on bool) {
	for _, pic := range p.pictures {
		pic.Reveal(on)
	}
}

// text is what the author wrote and what readers made of it.
func (p *postPage) text(d *desk[postFile], post moderation.Post, marks map[string][]placed) fyne.CanvasObject {
	b := p.book
	var parts []fyne.CanvasObject
	if strings.TrimSpace(post.Title) != "" {
		if len(marks["title"]) > 0 {
			p.title = newMarkedText(b, kit.PageTitle, post.Title, marks["title"], 300, p.redraw)
			parts = append(parts, p.title.box)
		} else { // without marks, lines need no room for underlines
			parts = append(parts, kit.NewParagraph(clip(post.Title, 300), kit.PageTitle))
		}
	}
	meta := []string{clip(post.Author.Handle, 60)}
	if post.Author.Followers > 0 {
		meta = append(meta, b.T("posts.followers", b.Count(post.Author.Followers)))
	}
	if !post.Posted.IsZero() {
		meta = append(meta, b.Stamp(post.Posted))
	}
	declared := b.T("posts.not_declared")
	if post.Declared {
		declared = b.T("posts.declared")
	}
	meta = append(meta, declared)
	parts = append(parts, kit.NewParagraph(joinDots(b, meta), kit.Second))

	p.body = newMarkedText(b, kit.Style{Size: look.Reading}, post.Body, marks["body"], bodyLimit, p.redraw)
	parts = append(parts, kit.Pad(look.S1, 0, look.S1, 0, p.body.box))

	for i, link := range post.Links {
		if i == 5 {
			parts = append(parts, kit.NewText(b.T("posts.more_links", len(post.Links)-i), kit.Small))
			break
		}
		ink := kit.Style{Ink: look.IndigoInk, Shrink: true}
		parts = append(parts, kit.Row(look.S1+2, kit.NewSymbol(look.IconLink, look.IndigoInk, 14), kit.Grow(kit.NewText(clip(link, 200), ink))))
	}

	counts := []fyne.CanvasObject{
		count(b, look.IconHeart, post.Likes), count(b, look.IconStar, post.Saves), count(b, look.IconComment, post.Comments),
	}
	if post.Shares > 0 {
		counts = append(counts, count(b, look.IconShare, post.Shares))
	}
	parts = append(parts, kit.Row(look.S4, append(counts, kit.Gap())...))
	if c := p.commentList(post, marks); c != nil {
		parts = append(parts, c)
	}
	return kit.Pad(-5, 0, 0, 0, kit.Stack(look.S2, parts...)) // the first line's own leading
}

func count(b *words.Book, i look.Icon, n int) fyne.CanvasObject {
	return kit.Row(look.S1+1, kit.NewSymbol(i, look.SecondInk, 15), kit.NewText(b.Number(n), kit.Second))
}

func joinDots(b *words.Book, parts []string) string {
	out := parts[:0:0]
	for _, s := range parts {
		if s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, b.T("common.dot"))
}

// commentList is folded away, unless evidence stands in it.
func (p *postPage) commentList(post moderation.Post, marks map[string][]placed) fyne.CanvasObject {
	if len(post.CommentTexts) == 0 {
		return nil
	}
	const most = 30
	list := kit.Stack(look.S2)
	marked := false
	for i, c := range post.CommentTexts {
		here := marks[commentField(i)]
		if i >= most && len(here) == 0 {
			continue
		}
		marked = marked || len(here) > 0
		who := kit.NewText(c.Author, kit.Style{Size: look.Caption, Ink: look.SecondInk, Shrink: true})
		head := kit.Row(look.S2, kit.Grow(who))
		if c.Pinned {
			head = kit.Row(look.S2, kit.NewPill(p.book.Kind("pinned"), kit.Indigo), kit.Grow(who))
		}
		t := newMarkedText(p.book, kit.Plain, c.Text, here, 600, p.redraw)
		p.comments = append(p.comments, t)
		list.Add(kit.Stack(2, head, t.box))
	}
	sign := kit.NewSymbol(look.IconChevronRight, look.SecondInk, 14)
	open := func(on bool) {
		list.Hidden = !on
		if on {
			sign.Set(look.IconChevronDown, look.SecondInk)
		} else {
			sign.Set(look.IconChevronRight, look.SecondInk)
		}
	}
	open(marked)
	line := kit.NewPress(kit.Pad(4, 0, 4, 0, kit.Row(look.S1, sign,
		kit.NewText(p.book.T("posts.comments", len(post.CommentTexts)), kit.Small), kit.Gap())), look.S2, func() {
		open(list.Hidden)
		p.redraw()
	})
	return kit.Stack(look.S1, line, list)
}

// evidence is the card that explains every mark, heaviest first.
func (p *postPage) evidence(list []moderation.Evidence, post moderation.Post) fyne.CanvasObject {
	b := p.book
	order := make([]int, 0, len(list))
	disclosure, model := "", ""
	for i, e := range list {
		if e.Kind == moderation.KindModel {
			model = e.Text // said below the list: it speaks of no part of the post
			continue
		}
		order = append(order, i)
		if e.Kind == "disclosure" && disclosure == "" {
			disclosure = e.Text
		}
	}
	sort.SliceStable(order, func(i, j int) bool { return rank(list[order[i]]) > rank(list[order[j]]) })
	var rows []fyne.CanvasObject
	const most = 8
	shown := 0
	var more []fyne.CanvasObject
	for _, i := range order {
		row := newEvidenceRow(b, list[i], i)
		p.rows = append(p.rows, row)
		into := &rows
		if shown >= most {
			into = &more
		}
		if len(*into) > 0 || into == &more {
			*into = append(*into, kit.NewRule())
		}
		*into = append(*into, row)
		shown++
	}
	if disclosure == "" {
		text := b.T("posts.no_disclosure")
		if post.Declared {
			text = b.T("posts.declared_by_platform")
		}
		if len(rows) > 0 {
			rows = append(rows, kit.NewRule())
		}
		rows = append(rows, newEvidenceRow(b, moderation.Evidence{Kind: "disclosure", Text: text}, -1))
	}
	if len(more) > 0 {
		rest := kit.Stack(0, more...)
		rest.Hide()
		var button *kit.Button
		button = kit.NewButton(kit.ButtonConfig{Text: b.T("posts.more_evidence", shown-most), Weight: kit.Quiet, Press: func() {
			rest.Show()
			button.Hide()
			p.redraw()
		}})
		rows = append(rows, rest, kit.Row(0, button, kit.Gap()))
	}
	foot := b.T("posts.hand_set")
	switch {
	case learnedBy(list):
		foot = b.T("posts.learned_by", model)
	case model != "":
		foot = b.T("posts.hand_set_by", model)
	}
	return kit.NewCard(b.T("posts.evidence"), kit.Stack(0, append(rows,
		kit.Pad(look.S2, 0, 0, 0, kit.NewParagraph(foot, kit.Small)))...))
}

// learnedBy reports whether what a post was flagged by has learned its weights. The
// rules that come with the program are called hand-1, hand-2 and so on.
func learnedBy(list []moderation.Evidence) bool {
	for _, e := range list {
		if e.Kind == moderation.KindModel {
			return !strings.HasPrefix(e.Text, "hand-")
		}
	}
	return false
}

// rank orders evidence: what weighs most first, the model's own remainder last.
func rank(e moderation.Evidence) float64 {
	switch e.Kind {
	case "base", "intercept", "remainder", "rest":
		return -1
	case "contract":
		return 1000 + e.Weight
	}
	if e.Weight < 0 {
		return -e.Weight
	}
	return e.Weight
}

// connect lets a row point out its mark and a mark its row.
func (p *postPage) connect(d *desk[postFile], marks map[string][]placed) {
	texts := append([]*markedText{}, p.comments...)
	if p.title != nil {
		texts = append(texts, p.title)
	}
	if p.body != nil {
		texts = append(texts, p.body)
	}
	point := func(evidence int) {
		for _, t := range texts {
			t.point(evidence)
		}
		for _, r := range p.rows {
			r.light(r.index == evidence && evidence >= 0)
		}
	}
	for _, r := range p.rows {
		r.hover = point
		r.tap = func(i int) {
			for _, t := range texts {
				if t.reach(i) {
					point(i)
					if d.scroll != nil {
						d.scroll.To(offsetIn(t.marked, p.box) + t.top(i))
					}
				}
			}
		}
	}
	for _, t := range texts {
		t.marked.OnHover = func(m int) {
			if m < 0 {
				point(-1)
			} else {
				point(t.marks[m].evidence)
			}
		}
		t.marked.OnTap = func(m int) { point(t.marks[m].evidence) }
	}
}

// offsetIn is how far below the top of a page an object lies.
func offsetIn(o, page fyne.CanvasObject) float32 {
	d := fyne.CurrentApp().Driver()
	return d.AbsolutePositionForObject(o).Y - d.AbsolutePositionForObject(page).Y
}

// placed is a piece of evidence and where it stands in a field.
type placed struct {
	evidence   int
	start, end int
	tone       kit.Tone
}

// placeEvidence finds the field and the runes of each piece of evidence that is
// in the text. In comments the finding names its words, not which comment.
func placeEvidence(post moderation.Post, list []moderation.Evidence) map[string][]placed {
	out := map[string][]placed{}
	for i, e := range list {
		tone := kindTone(e.Kind)
		if tone == kit.Neutral {
			tone = kit.Indigo
		}
		switch e.Field {
		case "title", "body":
			if e.Span != nil {
				out[e.Field] = append(out[e.Field], placed{i, e.Span.Start, e.Span.End, tone})
			}
		case "comment", "comments", "comment_texts":
			if e.Text == "" {
				continue
			}
			for j, c := range post.CommentTexts {
				at := strings.Index(c.Text, e.Text)
				if at < 0 {
					continue
				}
				start := utf8.RuneCountInString(c.Text[:at])
				out[commentField(j)] = append(out[commentField(j)], placed{i, start, start + utf8.RuneCountInString(e.Text), tone})
				break
			}
		}
	}
	return out
}

func commentField(i int) string { return "comment " + strconv.Itoa(i) }
