package views

import (
	"context"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cinnabar/moderation"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// TodayFigures is what the first screen asks for.
type TodayFigures interface {
	Figures(ctx context.Context) (moderation.Today, error)
}

// DetectorAudit tells how right the detector was, and how much passes it, in the last
// days.
type DetectorAudit interface {
	Audit(ctx context.Context, days int) (moderation.Audit, error)
}

// Today is the first screen: what is due, what was done, where to begin.
type Today struct {
	loop   kit.Loop
	book   *words.Book
	source TodayFigures
	open   func(moderation.Kind, string)

	figures latest[moderation.Today]
	known   *moderation.Today
	room    *fyne.Container

	detector DetectorAudit // nil for whoever is not told
	audits   latest[moderation.Audit]
	audit    *moderation.Audit // nil until it is known
	audited  time.Time
}

// NewToday makes the screen. open leads to a review screen, and to a case on it
// when the id is not "". A nil detector leaves out how right the detector is.
func NewToday(loop kit.Loop, book *words.Book, source TodayFigures, detector DetectorAudit, open func(k moderation.Kind, caseID string)) *Today {
	t := &Today{loop: loop, book: book, source: source, open: open, figures: latest[moderation.Today]{loop: loop},
		detector: detector, audits: latest[moderation.Audit]{loop: loop}}
	t.room = container.NewStack(kit.NewState(kit.State{What: book.T("common.loading")}))
	return t
}

// ID names the screen.
func (t *Today) ID() string { return "today" }

// Content is the whole page.
func (t *Today) Content() fyne.CanvasObject { return t.room }

// Title is the name of the screen and the day it shows.
func (t *Today) Title() (title, subtitle string) {
	now := time.Now()
	if t.known != nil {
		now = t.known.Now
	}
	return t.book.T("shell.today"), t.book.Day(now)
}

// Keys are none of its own: everything here is a way to another screen.
func (t *Today) Keys() []kit.Key { return nil }

// Shown reads the figures anew.
func (t *Today) Shown() { t.Refresh() }

// Hidden gives up on figures that are still on their way.
func (t *Today) Hidden() {
	t.figures.drop()
	t.audits.drop()
}

// Refresh reads the figures and redraws the page when they have come. What was
// known stays on screen meanwhile, and also when the database is away.
func (t *Today) Refresh() {
	t.refreshAudit()
	t.figures.ask(t.source.Figures, func(f moderation.Today, err error) {
		switch {
		case err == nil:
			t.known = &f
			t.show(t.page(f))
		case t.known == nil:
			what, next := t.book.Error(err)
			t.show(kit.NewState(kit.State{
				Icon: look.IconOffline, Tone: kit.Amber, What: what, Next: next,
				Action: kit.ButtonConfig{Text: t.book.T("common.retry"), Press: t.Refresh},
			}))
		}
	})
}

// auditDays is how far back the audit of the detector looks. It is counted from many
// decisions, of which one more changes little, so that a minute's figures will do.
const (
	auditDays  = 30
	auditAfter = time.Minute
)

func (t *Today) refreshAudit() {
	if t.detector == nil || t.audits.out || t.audit != nil && time.Since(t.audited) < auditAfter {
		return
	}
	t.audits.ask(func(ctx context.Context) (moderation.Audit, error) { return t.detector.Audit(ctx, auditDays) }, func(a moderation.Audit, err error) {
		if err != nil {
			return // the figures of the page say what is wrong with the link
		}
		t.audit, t.audited = &a, time.Now()
		if t.known != nil {
			t.show(t.page(*t.known))
		}
	})
}

func (t *Today) show(o fyne.CanvasObject) {
	t.room.Objects = []fyne.CanvasObject{o}
	t.room.Refresh()
}

func (t *Today) page(f moderation.Today) fyne.CanvasObject {
	due := f.Brands.DueSoon + f.Posts.DueSoon
	headline := t.book.T("today.nothing_due", t.greeting(f.Hour))
	if due == 1 {
		headline = t.book.T("today.one_due", t.greeting(f.Hour))
	} else if due > 1 {
		headline = t.book.T("today.due", t.greeting(f.Hour), t.book.Number(due))
	}
	head := kit.Stack(look.S1, kit.NewText(headline, kit.PageTitle), kit.NewText(t.yours(f), kit.Second))

	tiles := kit.Grid(4, look.S4,
		t.tile("shell.brands", t.book.Counted(f.Brands.Waiting, f.Brands.More), t.secondPill(f), func() { t.open(moderation.KindBrand, "") }),
		t.tile("shell.posts", t.book.Counted(f.Posts.Waiting, f.Posts.More), t.duePill(f), func() { t.open(moderation.KindPost, "") }),
		t.tile("today.with_lead", t.book.Counted(f.Brands.Stages[moderation.StageEscalated]+f.Posts.Stages[moderation.StageEscalated], f.Brands.More || f.Posts.More),
			t.leadPill(f), nil),
		t.tile("today.papers", t.book.Number(f.Expiring), kit.NewPill(t.book.T("today.papers_note"), kit.Neutral), nil),
	)

	page := kit.Stack(look.S4, kit.Pad(0, 0, look.S2, 0, head), tiles,
		kit.Columns(0, 480, nil, t.hours(f), kit.Pad(0, 0, 0, look.S4, t.urgent(f))))
	if t.audit != nil {
		page.Add(t.right(*t.audit))
	}
	page.Add(t.recent(f))
	return kit.NewScroll(kit.PadAll(look.S5, page))
}

func (t *Today) greeting(hour int) string {
	switch {
	case hour < 5 || hour >= 18:
		return t.book.T("today.evening")
	case hour < 12:
		return t.book.T("today.morning")
	default:
		return t.book.T("today.afternoon")
	}
}

// yours is the line under the greeting. A share of agreement is shown only when
// there were second looks to agree.
func (t *Today) yours(f moderation.Today) string {
	switch {
	case f.Mine == 0:
		return t.book.T("today.mine_none")
	case f.Looked == 0:
		return t.book.T("today.mine", t.book.Number(f.Mine))
	default:
		return t.book.T("today.mine_stood", t.book.Number(f.Mine), t.book.Percent(float64(f.Stood)/float64(f.Looked)))
	}
}

func (t *Today) tile(label, n string, pill *kit.Pill, press func()) fyne.CanvasObject {
	body := kit.Stack(look.S1,
		kit.NewText(t.book.T(label), kit.Second),
		kit.NewText(n, kit.PageTitle),
		kit.Row(0, pill, kit.Gap()),
	)
	return kit.NewPanel(kit.NewPress(kit.PadAll(look.S4, body), 0, press))
}

func (t *Today) secondPill(f moderation.Today) *kit.Pill {
	if n := f.Brands.Stages[moderation.StageSecond]; n > 0 {
		return kit.NewPill(t.book.T("today.second", n), kit.Amber)
	}
	return kit.NewPill(t.book.T("today.second_none"), kit.Neutral)
}

// leadPill tells of the appeals that wait for this person. Tags, unlike stages, count
// nobody else's.
func (t *Today) leadPill(f moderation.Today) *kit.Pill {
	const tag = string(moderation.StageAppeal)
	if n := f.Brands.Tags[tag] + f.Posts.Tags[tag]; n > 0 {
		return kit.NewPill(t.book.T("today.appeals", n), kit.Indigo)
	}
	return kit.NewPill(t.book.T("today.with_lead_note"), kit.Neutral)
}

func (t *Today) duePill(f moderation.Today) *kit.Pill {
	if n := f.Posts.DueSoon; n > 0 {
		return kit.NewPill(t.book.T("today.due_soon", n), kit.Cinnabar)
	}
	return kit.NewPill(t.book.T("today.due_none"), kit.Neutral)
}

// hours draws the day so far, never less than a working day wide, so that the
// columns keep their width from hour to hour.
func (t *Today) hours(f moderation.Today) fyne.CanvasObject {
	first, last := 9, max(18, f.Hour)
	for h := range f.Hours {
		if f.Hours[h] > 0 && h < first {
			first = h
		}
	}
	first = min(first, f.Hour)
	var bars []kit.Bar
	for h := first; h <= last && h < len(f.Hours); h++ {
		text := ""
		if f.Hours[h] > 0 {
			text = strconv.Itoa(f.Hours[h])
		}
		bars = append(bars, kit.Bar{Label: strconv.Itoa(h), Value: float64(f.Hours[h]), Text: text, Meant: h == f.Hour})
	}
	return kit.NewCard(t.book.T("today.hours"), kit.NewBars(168, bars...))
}

func (t *Today) urgent(f moderation.Today) fyne.CanvasObject {
	if len(f.Oldest) == 0 {
		return kit.NewCard(t.book.T("today.urgent"), kit.Fixed(0, 168, kit.NewState(kit.State{Icon: look.IconCheck, Tone: kit.Jade, What: t.book.T("today.urgent_none")})))
	}
	var lines []fyne.CanvasObject
	for i, c := range f.Oldest {
		if i > 0 {
			lines = append(lines, kit.NewRule())
		}
		due := c.Due.Sub(f.Now)
		ink := look.SecondInk
		if due < 0 {
			ink = look.CinnabarInk
		}
		what := t.book.T("shell.brands")
		if c.Kind == moderation.KindPost {
			what = t.book.T("shell.posts")
		}
		line := kit.Row(look.S3,
			kit.Grow(kit.NewText(c.Title, kit.Style{Bold: true, Shrink: true})),
			kit.NewText(what, kit.Small),
			kit.Fixed(88, 0, kit.NewText(t.book.Due(due), kit.Style{Size: look.Caption, Ink: ink, Align: fyne.TextAlignTrailing})))
		lines = append(lines, kit.NewPress(kit.Pad(look.S2, 0, look.S2, 0, line), look.S2, func() { t.open(c.Kind, c.ID) }))
	}
	return kit.NewCard(t.book.T("today.urgent"), kit.Stack(0, lines...))
}

// auditLeast is how many decisions a share is told of at least: below, its interval
// spans so much that it only looks like a figure.
const auditLeast = 20

// right says how right the detector is: what it flags, and what passes it.
func (t *Today) right(a moderation.Audit) fyne.CanvasObject {
	b := t.book
	half := func(name string, hits, all int, tone kit.Tone, said, few string) fyne.CanvasObject {
		lines := kit.Stack(look.S1, kit.NewText(b.T(name), kit.Second))
		if all < auditLeast {
			lines.Add(kit.NewText(b.T("today.cannot_tell"), kit.Heading))
			lines.Add(kit.NewParagraph(b.T(few, b.Number(all), auditLeast), kit.Small))
			return lines
		}
		low, high := wilson(hits, all)
		lines.Add(kit.NewText(between(b, hits, all), kit.PageTitle))
		lines.Add(kit.Pad(look.S1, 0, look.S1, 0, kit.NewMeter(kit.Part{Share: low}, kit.Part{Share: high - low, Tone: tone})))
		lines.Add(kit.NewParagraph(b.T(said, b.Number(all), b.Number(hits)), kit.Small))
		return lines
	}
	return kit.NewCard(b.T("today.detector", auditDays), kit.Grid(2, look.S5,
		half("today.flags_right", a.FlaggedRight, a.Flagged, kit.Jade, "today.flags", "today.flags_few"),
		half("today.passes", a.RandomPaid, a.Random, kit.Amber, "today.random", "today.random_few")))
}

func (t *Today) recent(f moderation.Today) fyne.CanvasObject {
	if len(f.Recent) == 0 {
		return kit.NewCard(t.book.T("today.recent"), kit.NewText(t.book.T("today.recent_none"), kit.Second))
	}
	var lines []fyne.CanvasObject
	for i, r := range f.Recent {
		if i > 0 {
			lines = append(lines, kit.NewRule())
		}
		lines = append(lines, kit.Pad(look.S2, 0, look.S2, 0, kit.Row(look.S3,
			kit.Fixed(72, 0, kit.NewText(r.Case.Ref, kit.Small)),
			kit.Grow(kit.NewText(r.Case.Title, kit.Style{Bold: true, Shrink: true})),
			kit.NewPill(t.book.Verdict(r.Verdict), verdictTone(r.Verdict)),
			kit.Fixed(120, 0, kit.NewText(r.By, kit.Style{Ink: look.SecondInk, Shrink: true})),
			kit.Fixed(88, 0, kit.NewText(t.book.Ago(f.Now.Sub(r.At)), kit.Style{Size: look.Caption, Ink: look.SecondInk, Align: fyne.TextAlignTrailing})),
		)))
	}
	return kit.NewCard(t.book.T("today.recent"), kit.Stack(0, lines...))
}

// verdictTone colours what came of a case for the one it concerns.
func verdictTone(v moderation.Verdict) kit.Tone {
	switch v {
	case moderation.Approve, moderation.Clear, moderation.Overturn:
		return kit.Jade
	case moderation.Refuse, moderation.RequireLabel, moderation.Uphold:
		return kit.Cinnabar
	case moderation.AskMore:
		return kit.Amber
	default:
		return kit.Indigo
	}
}
