package views

import (
	"context"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"cinnabar/moderation"
	"cinnabar/moderation/rings"
	"cinnabar/moderation/signals"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// RingBook reads rings, and holds and decides them. request is chosen once per wish:
// asking again with the same one does nothing twice.
type RingBook interface {
	// Of returns the ring that a post is in, and Page what a page of it shows; NotFound
	// where it is in none.
	Of(ctx context.Context, post string) (rings.Standing, error)
	Page(ctx context.Context, post string) (rings.Standing, error)
	Claim(ctx context.Context, request, ring string, cases []string) (rings.Claimed, error)
	Renew(ctx context.Context, leases []moderation.Lease) ([]moderation.Lease, error)
	Release(ctx context.Context, request string, leases []moderation.Lease) error
	Decide(ctx context.Context, d rings.Decision) (rings.Receipt, error)
	Undo(ctx context.Context, request, id string) ([]moderation.Lease, error)
	// Recent tells what came of an author's latest posts, none where the platform doesn't say.
	Recent(ctx context.Context, author string) ([]signals.Engagement, error)
}

// ringChip is the chip for posts that are in a ring.
const ringChip = "rings"

// Rings lets the desk show which ring a post is in, and decide it at once.
func (p *Posts) Rings(book RingBook) {
	p.kind.rings = book
	p.kind.openRing = p.openRing
}

// ringOf reads the ring of a post. One that can't be read is no reason not to show the
// post; and whoever judges a random audit is told of none.
func (k *postKind) ringOf(ctx context.Context, c moderation.Case) *rings.Standing {
	if k.rings == nil || c.Tag == randomAudit {
		return nil
	}
	s, err := k.rings.Of(ctx, c.Target)
	if err != nil {
		return nil
	}
	return &s
}

// ringLine says below a post that it is one of many, and leads to them; nil where it is
// not.
func ringLine(b *words.Book, s *rings.Standing, open func()) fyne.CanvasObject {
	if s == nil {
		return nil
	}
	return kit.Row(look.S3, kit.NewPill(b.T("ring.row", b.Number(s.Size)), kit.Indigo),
		kit.Grow(kit.NewText(ringShares(b, s.Runs), kit.Style{Ink: look.SecondInk, Shrink: true})),
		kit.NewButton(kit.ButtonConfig{Text: b.T("ring.open"), Key: "G", Press: open}))
}

// ringCard says on a post's page who else wrote the same or leads to the same person;
// nil where nobody does.
func ringCard(b *words.Book, post string, s *rings.Standing) fyne.CanvasObject {
	if s == nil {
		return nil
	}
	parts := []fyne.CanvasObject{kit.NewParagraph(ringShares(b, s.Runs), kit.Second)}
	const most = 3
	shown := 0
	for _, m := range s.Members {
		if m.Post.ID == post || shown == most {
			continue
		}
		shown++
		body, marks := excerpt(m.Post, s.Evidence(m.Post.ID), 70)
		words := newMarkedText(b, kit.Plain, body, marks, 200, func() {})
		parts = append(parts, kit.NewRule(), ringHead(b, m), words.box)
	}
	if rest := s.Size - 1 - shown; rest > 0 {
		parts = append(parts, kit.NewText(b.T("ring.more", b.Number(rest)), kit.Small))
	}
	return kit.NewCard(ringTitle(b, s), kit.Stack(look.S2, parts...))
}

func ringTitle(b *words.Book, s *rings.Standing) string {
	return b.T("ring.title", b.Number(s.Size), b.Number(s.People))
}

// ringHead says whose post it is, when it came and where it stands.
func ringHead(b *words.Book, m rings.Member) fyne.CanvasObject {
	who := []string{clip(m.Post.Author.Handle, 40)}
	if !m.Post.Posted.IsZero() {
		who = append(who, b.Stamp(m.Post.Posted))
	}
	return kit.Row(look.S2, kit.Grow(kit.NewText(joinDots(b, who), kit.Style{Bold: true, Size: look.Caption, Shrink: true})), ringPill(b, m))
}

// ringPill says where the review of a member stands.
func ringPill(b *words.Book, m rings.Member) fyne.CanvasObject {
	tone := kit.Neutral
	switch m.State {
	case rings.StateOpen:
		tone = kit.Amber
	case rings.StateCleared, rings.StateLabelled:
		tone = kit.Jade
	case rings.StateRequired:
		tone = kit.Cinnabar
	}
	return kit.NewPill(b.T("ring.state_"+string(m.State)), tone)
}

// ringShares names what runs through a ring: the text, an account, a picture.
func ringShares(b *words.Book, runs []rings.Share) string {
	const most = 3
	var list []string
	for _, run := range runs {
		if len(list) == most {
			break
		}
		switch run.Channel.Kind {
		case "":
			list = append(list, b.T("ring.same_text"))
		case rings.Picture:
			list = append(list, b.T("ring.same_picture"))
		default:
			list = append(list, b.T("ring.channel_"+string(run.Channel.Kind), clip(run.Channel.Key, 40)))
		}
	}
	return joinDots(b, list)
}

// excerpt is the part of a post that shows what it shares, from a little before the
// first mark on, with the marks in it.
func excerpt(p moderation.Post, found []moderation.Evidence, runes int) (text string, marks []placed) {
	all := []rune(p.Body)
	if len(found) > 0 { // against one other post: against several, everything is marked
		other := found[0].Target
		found = slices.DeleteFunc(slices.Clone(found), func(e moderation.Evidence) bool { return e.Target != other })
	}
	from := len(all)
	for _, e := range found {
		if e.Field == "body" && e.Span != nil {
			from = min(from, e.Span.Start)
		}
	}
	if from == len(all) {
		from = 0
	}
	const before = 12
	if from = max(0, from-before); from < before {
		from = 0
	}
	to := min(len(all), from+runes)
	lead := 0
	if from > 0 {
		text, lead = "…", 1
	}
	text += strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == '\t' {
			return ' '
		}
		return r
	}, string(all[from:to]))
	if to < len(all) {
		text += "…"
	}
	for i, e := range found {
		if e.Field != "body" || e.Span == nil || e.Span.End <= from || e.Span.Start >= to {
			continue
		}
		tone := kit.Indigo
		if e.Rule == "copy.slot" {
			tone = kit.Amber
		}
		m := placed{i, max(e.Span.Start, from) - from + lead, min(e.Span.End, to) - from + lead, tone}
		marks = append(marks, m)
	}
	return text, marks
}

// ringDays are the bars of when a ring's posts came: a day each, or what a day's share
// of the time is where that were too many.
func ringDays(b *words.Book, s *rings.Standing) []kit.Bar {
	const most = 12
	at := make([]time.Time, len(s.Posted))
	for i, t := range s.Posted {
		at[i] = t.In(b.Zone())
	}
	if len(at) < 2 {
		return nil
	}
	slices.SortFunc(at, time.Time.Compare)
	day := func(t time.Time) time.Time { y, m, d := t.Date(); return time.Date(y, m, d, 0, 0, 0, 0, t.Location()) }
	first, last := day(at[0]), day(at[len(at)-1])
	step, label := 24*time.Hour, b.ShortDay
	if first.Equal(last) {
		first, step, label = at[0].Truncate(time.Hour), time.Hour, b.Clock
	}
	for int(at[len(at)-1].Sub(first)/step) >= most {
		step *= 2
	}
	n := int(at[len(at)-1].Sub(first)/step) + 1
	bars := make([]kit.Bar, n)
	for _, t := range at {
		bars[min(n-1, int(t.Sub(first)/step))].Value++
	}
	for i := range bars {
		if bars[i].Value > 0 {
			bars[i].Text = b.Number(int(bars[i].Value))
		}
	}
	bars[0].Label, bars[n-1].Label = label(first), label(at[len(at)-1])
	return bars
}
