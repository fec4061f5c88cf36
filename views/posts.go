package views

import (
	"context"
	"strings"
	"sync"
	"time"
	"unicode"

	"fyne.io/fyne/v2"

	"cinnabar/moderation"
	"cinnabar/moderation/rings"
	"cinnabar/moderation/signals"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/review"
	"cinnabar/views/words"
)

// PostReader is what the desk for posts asks for beside cases.
type PostReader interface {
	Get(ctx context.Context, id string) (moderation.Post, error)
	History(ctx context.Context, authorID string) (moderation.AuthorHistory, error)
}

// Posts is the desk for posts that may be paid for and don't say so.
type Posts struct {
	*desk[postFile]
	kind *postKind
	ring *ringPage       // open in place of the desk, nil for none
	room *fyne.Container // what the shell shows: the desk or the ring
}

// postFile is a post with what is known of who wrote it.
type postFile struct {
	Post    moderation.Post
	History *moderation.AuthorHistory // nil when it could not be read
	Signals []signals.Signal          // what is odd beside the score
	Ring    *rings.Standing           // that it is in, nil for none
	Recent  []signals.Engagement      // what came of the author's latest posts
}

// NewPosts makes the screen. Nothing is read before it is shown.
func NewPosts(cfg DeskConfig, posts PostReader) *Posts {
	k := &postKind{posts: posts, gallery: cfg.Gallery, zone: cfg.Book.Zone()}
	return &Posts{desk: newDesk[postFile](cfg, k), kind: k}
}

// ID names the screen.
func (p *Posts) ID() string { return "posts" }

// Shield hides pictures until Space is held, for whoever would rather not see
// them unasked.
func (p *Posts) Shield(how kit.Hiding) {
	p.kind.shield(how)
}

// postKind is what is particular to posts.
type postKind struct {
	posts   PostReader
	gallery *kit.Gallery
	zone    *time.Location // days in letters are days there
	rings   RingBook       // nil: nobody asks for rings
	// openRing shows the ring of a post in place of the desk.
	openRing func(post string)

	mu     sync.Mutex // Letter and Load may be called off the screen's thread
	hiding kit.Hiding
	onPage *postPage // the one on screen
}

var _ deskKind[postFile] = (*postKind)(nil)

func (k *postKind) kind() moderation.Kind { return moderation.KindPost }

// Load reads a post and its author's past. A past that cannot be read is no
// reason not to show the post.
func (k *postKind) Load(ctx context.Context, c moderation.Case) (postFile, error) {
	post, err := k.posts.Get(ctx, c.Target)
	if err != nil {
		return postFile{}, err
	}
	file := postFile{Post: post}
	if post.Author.ID != "" {
		if h, err := k.posts.History(ctx, post.Author.ID); err == nil {
			file.History = &h
		}
	}
	file.Ring = k.ringOf(ctx, c)
	if k.rings != nil && post.Author.ID != "" {
		file.Recent, _ = k.rings.Recent(ctx, post.Author.ID)
	}
	file.Signals = signalsOf(c, file)
	return file, nil
}

// Warm brings the pictures near that the page will show.
func (k *postKind) Warm(ctx context.Context, f postFile) {
	for i, p := range f.Post.Pictures {
		if i == 2 {
			break
		}
		k.gallery.Ahead(ctx, p.ID, fyne.NewSize(posterWidth, posterHeight), true)
	}
}

// Parties implements review.Subjects.
func (k *postKind) Parties(f postFile) moderation.Parties { return f.Post.Parties() }

// Letter writes to the author in the language of the post.
func (k *postKind) Letter(_ moderation.Case, f postFile) (string, map[string]string) {
	p := f.Post
	lang := "en"
	if strings.HasPrefix(p.Lang, "zh") || p.Lang == "" && mostlyHan(p.Title+p.Body) {
		lang = "zh"
	}
	b := words.For(words.Language(lang)).In(k.zone)
	title := p.Title
	if title == "" {
		title = clip(strings.TrimSpace(p.Body), 20)
	}
	values := map[string]string{"title": clip(oneLine(title), 60), "author": p.Author.Handle, "handle": p.Author.Handle, "brand": p.Brand, "id": p.ID}
	if !p.Posted.IsZero() {
		values["date"] = b.ShortDay(p.Posted)
	}
	return lang, values
}

// mostlyHan reports whether a text without a language is Chinese. A few hundred
// runes are enough to tell.
func mostlyHan(s string) bool {
	han, letters := 0, 0
	for i, r := range s {
		if i > 1200 {
			break
		}
		switch {
		case unicode.Is(unicode.Han, r):
			han++
		case unicode.IsLetter(r):
			letters++
		}
	}
	return han*2 > letters
}

func (k *postKind) subtitle(b *words.Book, n moderation.QueueCounts) string {
	if n.DueSoon > 0 {
		return b.T("posts.subtitle_due", b.Counted(n.Waiting, n.More), b.Counted(n.DueSoon, n.More))
	}
	return b.T("posts.subtitle", b.Counted(n.Waiting, n.More))
}

// chips are all posts, what a lead should see, and the most frequent reasons.
func (k *postKind) chips(b *words.Book, n moderation.QueueCounts) []kit.Chip {
	chips := []kit.Chip{{ID: "", Text: b.T("common.all")}}
	if e := n.Stages[moderation.StageEscalated]; e > 0 {
		chips = append(chips, kit.Chip{ID: "stage:" + string(moderation.StageEscalated), Text: kit.Capital(b.Kind("escalated")), Count: b.Counted(e, n.More)})
	}
	if k.rings != nil {
		chip := kit.Chip{ID: ringChip, Text: b.T("ring.chip")}
		if n.Rings > 0 {
			chip.Count = b.Counted(n.Rings, n.More)
		}
		chips = append(chips, chip)
	}
	for _, tag := range mostFrequent(n.Tags, 6) {
		if tag == string(moderation.StageAppeal) {
			continue // they have a chip of their own
		}
		chips = append(chips, kit.Chip{ID: "tag:" + tag, Text: kit.Capital(b.Kind(tag)), Count: b.Counted(n.Tags[tag], n.More)})
	}
	return chips
}

func (k *postKind) filter(chip string) review.Filter { return filterOf(chip) }

func (k *postKind) line(b *words.Book, c moderation.Case, now time.Time) queueLine {
	sub := c.Subtitle
	if c.Weight > 0 {
		sub = b.T("posts.row_followers", c.Subtitle, b.Count(c.Weight))
	}
	title := c.Title
	if strings.TrimSpace(title) == "" {
		title = b.T("posts.untitled")
	}
	line := queueLine{Title: oneLine(title), Sub: oneLine(sub), Right: b.Score(c.Score), Pill: b.Kind(c.Tag), Tone: kindTone(c.Tag), Picture: c.Picture}
	if c.Ring != "" {
		line.Pill, line.Tone = b.T("ring.row", b.Number(c.RingPosts)), kit.Indigo
	}
	switch c.Stage {
	case moderation.StageEscalated:
		line.Pill, line.Tone = b.Kind("escalated"), kit.Indigo
	case moderation.StageAppeal: // what counts is by when it must be answered
		line.Pill, line.Tone = b.Kind("appeal"), kit.Indigo
		line.Right, line.Late = b.Due(c.Due.Sub(now)), !c.Due.IsZero() && c.Due.Before(now)
	}
	return line
}

// oneLine keeps line breaks of a title from breaking a row.
func oneLine(s string) string { return strings.Join(strings.Fields(clip(s, 200)), " ") }

// kindTone colours a kind of evidence: what proves payment, what points to it,
// what hides or links.
func kindTone(kind string) kit.Tone {
	switch kind {
	case "contract", "sponsor", "commission", "gift":
		return kit.Cinnabar
	case "disguise", "variant", "contact", "ring", "copy", "author", "engagement", "comment", "pinned":
		return kit.Indigo
	case "declared", "personal":
		return kit.Jade
	case "disclosure", "random", "remainder", "rest", "base", "intercept", "new", "":
		return kit.Neutral
	}
	return kit.Amber
}

func (k *postKind) decided(b *words.Book, s review.Sent) string {
	title := oneLine(s.Case.Title)
	if title == "" {
		title = s.Case.Ref
	}
	title = clip(title, 24)
	switch s.Decision.Verdict {
	case moderation.RequireLabel:
		return b.T("posts.did_label", title)
	case moderation.Clear:
		return b.T("posts.did_clear", title)
	}
	return b.T("posts.did_escalate", title)
}

func (k *postKind) page(d *desk[postFile], it *review.Item[postFile]) fyne.CanvasObject {
	k.mu.Lock()
	hiding := k.hiding
	k.mu.Unlock()
	k.onPage = newPostPage(d, it, hiding)
	return k.onPage.box
}

func (k *postKind) shield(how kit.Hiding) {
	k.mu.Lock()
	k.hiding = how
	k.mu.Unlock()
	if k.onPage != nil {
		k.onPage.shield(how)
	}
}

// pictures are the post's and its videos' frames; one that was named and never handed in
// shows that.
func (k *postKind) pictures() (list []viewed, at int) {
	if k.onPage == nil {
		return nil, 0
	}
	return shotsOf(k.onPage.book, k.onPage.post), k.onPage.shown
}

func (k *postKind) subject() string {
	if k.onPage == nil {
		return ""
	}
	return k.onPage.post.ID
}

func (k *postKind) videos() int {
	if k.onPage == nil {
		return 0
	}
	n := k.onPage.post.VideoCount
	for _, v := range k.onPage.post.Videos {
		if len(v.Frames) > 0 {
			n--
		}
	}
	return max(0, n)
}

func (k *postKind) hides() kit.Hiding { return k.hiding }

func (k *postKind) keys(b *words.Book) []kit.Key {
	return []kit.Key{{Name: "Space", Label: b.T("posts.key_reveal"), Hold: func(down bool) {
		if k.onPage != nil {
			k.onPage.reveal(down)
		}
	}}}
}

// opinion is what the detector says, and how far that can be relied on.
func (k *postKind) opinion(d *desk[postFile], it *review.Item[postFile]) (above, stays fyne.CanvasObject) {
	b := d.book
	score := it.File.Case.Score
	said := "posts.uncalibrated"
	if learnedBy(it.File.Evidence) {
		said = "posts.calibrated"
	}
	note := kit.NewParagraph(b.T(said), kit.Small)
	return kit.Stack(look.S2,
		kit.NewText(b.T("posts.paid_unlabelled"), kit.Section),
		kit.Row(look.S2, kit.NewText(b.Percent(score), kit.PageTitle), kit.Grow(note)),
		kit.NewMeter(kit.Part{Share: score, Tone: kit.Cinnabar})), nil
}

// mostFrequent lists the n most frequent tags, ties by name.
func mostFrequent(tags map[string]int, n int) []string {
	list := make([]string, 0, len(tags))
	for t, count := range tags {
		if count > 0 && t != "" {
			list = append(list, t)
		}
	}
	sortBy(list, func(a, b string) bool {
		if tags[a] != tags[b] {
			return tags[a] > tags[b]
		}
		return a < b
	})
	return list[:min(n, len(list))]
}
