package views

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"cinnabar/campaigns"
	"cinnabar/moderation"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// kolPast is what is read besides when a KOL is looked at.
type kolPast struct {
	Posts []moderation.Post
	Notes []campaigns.KOLNote
}

// kolPosts is how many of the latest posts a profile shows.
const kolPosts = 5

// kolProfile is the column that shows one KOL whole.
type kolProfile struct {
	kol    campaigns.KOL
	listed *kit.Button
	note   *kit.Field
	save   *kit.Button
	past   *fyne.Container
	scroll *kit.Scroll
}

func (p *kolProfile) link(up bool) {
	for _, b := range []*kit.Button{p.listed, p.save} {
		switch {
		case b == nil:
		case up:
			b.Enable()
		default:
			b.Disable("")
		}
	}
}

// show draws a KOL whole; posts and notes follow when they have come.
func (k *KOLs) show(it campaigns.KOL) {
	b := k.book
	p := &kolProfile{kol: it, past: kit.Stack(look.S4, kit.NewText(b.T("common.loading"), kit.Second))}
	if k.profile == nil || k.profile.kol.ID != it.ID {
		k.typed = ""
	}
	k.profile = p
	parts := present(k.top(it), kolFigures(b, it), kolQuotes(b, it), kolGrowth(b, it), kolAudience(b, it), kolRecordCard(b, it), p.past,
		extraRow(b, it.Extra, func() { p.scroll.Refresh() }))
	p.scroll = kit.NewScroll(kit.Pad(look.S4, look.S4+3, look.S4, look.S4+3, kit.Stack(look.S4, parts...)))
	foot := kit.Row(look.S2)
	if k.keeps() {
		p.listed = kit.NewButton(kit.ButtonConfig{Text: b.T("kols.to_list"), Key: "L", Press: k.openLists})
		foot.Add(kit.Grow(p.listed))
	}
	foot.Add(kit.Grow(kit.NewButton(kit.ButtonConfig{Text: b.T("kols.key_mark"), Key: "M", Press: k.mark})))
	p.link(k.up)
	k.side.Objects = []fyne.CanvasObject{kit.Stack(0, kit.Grow(p.scroll),
		kit.NewGround(look.Surface, 0, kit.Stack(0, kit.NewRule(), kit.Pad(look.S3, look.S4, look.S4, look.S4, foot))))}
	k.side.Refresh()
	k.past.ask(func(ctx context.Context) (past kolPast, err error) {
		if past.Posts, err = k.cfg.Directory.Posts(ctx, it.ID, kolPosts); err != nil {
			return past, err
		}
		past.Notes, err = k.cfg.Directory.Notes(ctx, it.ID)
		return past, err
	}, func(past kolPast, err error) {
		if k.profile == p {
			k.drawPast(p, past, err)
		}
	})
}

// top is who it is.
func (k *KOLs) top(it campaigns.KOL) fyne.CanvasObject {
	b := k.book
	picture := newPortrait(k.cfg.Gallery, 64)
	picture.set(it.Handle, it.Picture)
	var face fyne.CanvasObject = picture
	if it.Picture != "" {
		face = kit.NewPress(picture, 0, func() { k.look([]viewed{{ID: it.Picture, Name: it.Handle}}, 0, it.ID) })
	}
	region := ""
	if it.Region != "" {
		region = b.Region(it.Region)
	}
	name := kit.Row(look.S2, kit.Grow(kit.NewText(oneLine(it.Handle), kit.Style{Size: look.Title, Bold: true, Shrink: true})))
	if campaigns.Rising(it) {
		name.Add(kit.NewPill(b.T("kols.rising"), kit.Jade))
	}
	lines := kit.Stack(2, name,
		kit.NewText(joinDots(b, []string{kolField(b, it.Category), tierName(b, campaigns.TierOf(it.Followers)), region}), kit.Style{Ink: look.SecondInk, Shrink: true}),
		kit.NewText(it.ID, kit.Style{Size: look.Caption, Ink: look.SecondInk, Shrink: true}))
	top := kit.Row(look.S3, face, kit.Grow(lines))
	if strings.TrimSpace(it.About) == "" {
		return top
	}
	return kit.Stack(look.S3, top, kit.NewParagraph(clip(it.About, 300), kit.Plain))
}

// kolFigures keeps daily and paid notes apart, because readers answer to the two
// differently.
func kolFigures(b *words.Book, it campaigns.KOL) fyne.CanvasObject {
	notes := func(e campaigns.Engagement, key string) string {
		return b.T(key, b.Number(e.Notes))
	}
	return kit.Grid(2, look.S3,
		figure(b.Count(it.Followers), b.T("kols.followers")),
		figure(shareOf(b, it.Authentic), b.T("kols.look_real")),
		figure(rateOf(b, it.Daily, it.Followers), notes(it.Daily, "kols.daily_notes")),
		figure(rateOf(b, it.Paid, it.Followers), notes(it.Paid, "kols.paid_notes")))
}

func kolQuotes(b *words.Book, it campaigns.KOL) fyne.CanvasObject {
	lines := kit.Stack(look.S1, kit.NewText(b.T("kols.quotes"), kit.Section))
	for _, q := range it.Quotes {
		until := ""
		if q.To != "" {
			until = b.T("kols.until", b.DateOf(q.To))
		}
		lines.Add(kit.Row(look.S2, kit.Grow(kit.NewText(joinDots(b, []string{formatName(b, q.Format), until}), kit.Style{Shrink: true})),
			kit.NewText(b.Money(q.Fee), kit.Strong)))
	}
	if len(it.Quotes) == 0 {
		lines.Add(kit.NewParagraph(b.T("kols.no_quote"), kit.Second))
	}
	return lines
}

func kolGrowth(b *words.Book, it campaigns.KOL) fyne.CanvasObject {
	if len(it.Growth) < 2 {
		return nil
	}
	least := it.Growth[0]
	for _, n := range it.Growth {
		least = min(least, n)
	}
	// From a little below the smallest: growth of a tenth would be a flat line otherwise.
	values := make([]float64, len(it.Growth))
	for i, n := range it.Growth {
		values[i] = float64(n) - .9*float64(least)
	}
	change := it.Growth[len(it.Growth)-1] - it.Growth[0]
	sign := "+"
	if change < 0 {
		sign = "" // Number writes a minus
	}
	return kit.Stack(look.S1, kit.NewText(b.T("kols.growth"), kit.Section),
		kit.Fixed(0, 48, kit.NewSparkline(values, len(values)-1)),
		kit.NewParagraph(b.T("kols.growth_of", len(it.Growth), sign+b.Number(change), fine(b, campaigns.GrowthRate(it))), kit.Small))
}

// kolAudience shows whom a KOL reaches. What nobody measured is left out.
func kolAudience(b *words.Book, it campaigns.KOL) fyne.CanvasObject {
	a := it.Audience
	parts := kit.Stack(look.S2, kit.NewText(b.T("kols.audience"), kit.Section))
	if len(a.Age) > 0 {
		var bars []kit.Bar
		for _, band := range campaigns.AgeBands() {
			share, known := a.Age[band]
			if !known {
				continue
			}
			bars = append(bars, kit.Bar{Label: b.T("kols.age_" + bandKey(band)), Value: share, Text: b.Percent(share)})
		}
		parts.Add(kit.NewBars(104, bars...))
	}
	share := func(name string, share float64) {
		parts.Add(kit.Row(look.S2, kit.Fixed(96, 0, kit.NewText(name, kit.Style{Ink: look.SecondInk, Shrink: true})),
			kit.Grow(kit.NewMeter(kit.Part{Share: share, Tone: kit.Indigo})),
			kit.Fixed(44, 0, kit.NewText(b.Percent(share), kit.Figure))))
	}
	for _, g := range campaigns.Genders() {
		if s, known := a.Gender[g]; known {
			share(b.T("kols.gender_"+g), s)
		}
	}
	for _, c := range campaigns.CityTiers() {
		if s, known := a.City[c]; known {
			share(b.T("kols.city_"+bandKey(c)), s)
		}
	}
	if a.Abroad >= 0 && (a.Measured > 0 || a.Abroad > 0) {
		share(b.T("kols.abroad"), a.Abroad)
	}
	if len(parts.Objects) == 1 {
		parts.Add(kit.NewParagraph(b.T("kols.not_measured"), kit.Second))
	} else if a.Measured > 0 {
		parts.Add(kit.NewParagraph(b.T("kols.measured", b.Number(a.Measured)), kit.Small))
	}
	return parts
}

// kolRecordCard is what moderation knows, and what it lets expect.
func kolRecordCard(b *words.Book, it campaigns.KOL) fyne.CanvasObject {
	r, risk := it.Record, campaigns.RiskOf(it)
	var why []string
	for _, w := range risk.Why {
		why = append(why, codeName(b, "risk", w))
	}
	text, tone := recordPill(b, it)
	return kit.NewCard(b.T("kols.record"), kit.Stack(look.S3,
		kit.Grid(3, look.S3,
			figure(b.T("posts.of", b.Count(r.Declared), b.Count(r.Posts)), b.T("posts.labelled")),
			figure(b.Count(r.Breaches), b.T("kols.breaches_year")),
			figure(b.Count(r.Open), b.T("kols.cases_open"))),
		kit.Row(look.S2, kit.NewPill(text, tone), kit.Grow(kit.NewParagraph(
			joinDots(b, append([]string{b.T("kols.risk_points", b.T("kols.tenth", risk.Points))}, why...)), kit.Small)))))
}

// drawPast shows posts and notes, or why they are not there.
func (k *KOLs) drawPast(p *kolProfile, past kolPast, err error) {
	b := k.book
	if err != nil {
		what, next := b.Error(err)
		p.past.Objects = []fyne.CanvasObject{kit.NewParagraph(joined(b, what, next), kit.Style{Ink: look.AmberInk})}
		p.scroll.Refresh()
		return
	}
	posts := kit.Stack(0)
	for i, post := range past.Posts {
		if i > 0 {
			posts.Add(kit.NewRule())
		}
		title := post.Title
		if strings.TrimSpace(title) == "" {
			title = clip(oneLine(post.Body), 40)
		}
		pill := kit.NewPill("", kit.Neutral)
		if post.Declared {
			pill.Set(b.Kind("declared"), kit.Jade)
		}
		date := b.T("common.none")
		if !post.Posted.IsZero() {
			date = b.ShortDay(post.Posted)
		}
		var face fyne.CanvasObject = kit.Fixed(36, 36, nil)
		// One that was named and never handed in is nowhere to be seen.
		if first := slices.IndexFunc(post.Pictures, func(p moderation.PostPicture) bool { return p.ID != "" }); first >= 0 {
			picture := kit.NewPicture(k.cfg.Gallery, true, look.SmallRadius)
			picture.Failed = picture.Hide
			picture.Set(post.Pictures[first].ID)
			face = kit.NewPress(kit.Fixed(36, 36, picture), 0, func() { k.look(shotsOf(b, post), first, post.ID) })
		}
		posts.Add(kit.Pad(look.S2, 0, look.S2, 0, kit.Row(look.S3, face, kit.Grow(kit.Stack(1,
			kit.NewText(oneLine(title), kit.Style{Shrink: true}),
			kit.NewText(joinDots(b, []string{date, b.T("kols.answers", b.Count(post.Likes+post.Saves+post.Comments))}), kit.Style{Size: look.Caption, Ink: look.SecondInk, Shrink: true}))), pill)))
	}
	if len(past.Posts) == 0 {
		posts.Add(kit.NewParagraph(b.T("kols.no_posts"), kit.Second))
	}
	notes := kit.Stack(look.S2)
	for _, n := range past.Notes {
		notes.Add(kit.Stack(1, kit.NewText(joinDots(b, []string{b.Stamp(n.At), n.By, n.Brand}), kit.Style{Size: look.Caption, Ink: look.SecondInk, Shrink: true}),
			kit.NewParagraph(n.Text, kit.Plain)))
	}
	if len(past.Notes) == 0 {
		notes.Add(kit.NewParagraph(b.T("kols.no_notes"), kit.Second))
	}
	if k.keeps() && len(k.cfg.Me.Brands) > 0 {
		p.note = kit.NewField(kit.FieldConfig{Placeholder: b.T("kols.note_hint"), Lines: 2})
		p.note.Set(k.typed)
		p.note.Changed = func(text string) { k.typed = text }
		p.save = kit.NewButton(kit.ButtonConfig{Text: b.T("kols.note_add"), Key: "Ctrl ↵", Press: k.addNote})
		notes.Add(p.note)
		notes.Add(kit.Row(0, kit.Gap(), p.save))
		p.link(k.up)
	}
	p.past.Objects = []fyne.CanvasObject{
		kit.Stack(look.S1, kit.NewText(b.T("kols.posts"), kit.Section), posts),
		kit.Stack(look.S2, kit.NewText(b.T("kols.notes"), kit.Section), notes)}
	p.scroll.Refresh()
}

// addNote keeps the note that was written, for the first brand that its author acts for.
func (k *KOLs) addNote() {
	text := strings.TrimSpace(k.typed)
	if text == "" || !k.up || !k.keeps() || len(k.cfg.Me.Brands) == 0 || k.profile.save == nil || k.profile.save.Disabled() {
		return
	}
	it, request := k.profile.kol, k.cfg.NewID()
	k.profile.save.Disable("")
	n := campaigns.KOLNote{Brand: k.cfg.Me.Brands[0], KOL: it.ID, By: k.cfg.Me.Login, Text: text}
	k.send(func(ctx context.Context) error { return k.cfg.Directory.AddNote(ctx, request, n) }, func(err error) {
		if err != nil {
			what, next := k.book.Error(err)
			k.cfg.Notify.Note(kit.Amber, what, next)
			if k.profile != nil && k.profile.save != nil {
				k.profile.save.Enable()
			}
			return
		}
		if k.typed == text || strings.TrimSpace(k.typed) == text {
			k.typed = ""
		}
		if k.profile != nil && k.profile.kol.ID == it.ID {
			k.show(it)
		}
	})
}
