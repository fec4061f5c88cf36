package views

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"cinnabar/moderation"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/review"
	"cinnabar/views/words"
)

// ApplicationReader is what the desk for brands asks for beside cases.
type ApplicationReader interface {
	Get(ctx context.Context, id string) (moderation.Application, error)
	// Others is what other applicants have in common with an application.
	Others(ctx context.Context, a moderation.Application) (moderation.Others, error)
}

// Brands is the desk for brands that want to be let in.
type Brands struct{ *desk[brandFile] }

// brandFile is an application with what the checks say of it.
type brandFile struct {
	App    moderation.Application
	Checks []moderation.CheckResult
}

// NewBrands makes the screen. Nothing is read before it is shown.
func NewBrands(cfg DeskConfig, applications ApplicationReader) *Brands {
	k := &brandKind{applications: applications, gallery: cfg.Gallery, zone: cfg.Book.Zone(), now: time.Now}
	if cfg.Clock != nil {
		k.now = cfg.Clock.Now
	}
	return &Brands{newDesk[brandFile](cfg, k)}
}

// ID names the screen.
func (b *Brands) ID() string { return "brands" }

// brandKind is what is particular to brands.
type brandKind struct {
	applications ApplicationReader
	gallery      *kit.Gallery
	zone         *time.Location
	now          func() time.Time
	onPage       *papers // those on screen
}

var _ deskKind[brandFile] = (*brandKind)(nil)

func (k *brandKind) kind() moderation.Kind { return moderation.KindBrand }

// Load reads an application and puts it to the checks, off the screen's thread.
// A paper's last day is a day of the platform, so the machine's clock will do.
func (k *brandKind) Load(ctx context.Context, c moderation.Case) (brandFile, error) {
	app, err := k.applications.Get(ctx, c.Target)
	if err != nil {
		return brandFile{}, err
	}
	others, err := k.applications.Others(ctx, app)
	if err != nil {
		return brandFile{}, err
	}
	return brandFile{App: app, Checks: moderation.Check(app, moderation.CheckContext{Now: k.now().In(k.zone), Others: others})}, nil
}

// Warm brings the paper near that the page opens with.
func (k *brandKind) Warm(ctx context.Context, f brandFile) {
	if k.gallery == nil || k.gallery.Previews == nil {
		return
	}
	if i := firstPaper(f.App); i >= 0 && f.App.Documents[i].Picture != "" {
		_, _ = k.gallery.Previews.Preview(ctx, f.App.Documents[i].Picture, paperPixels)
	}
}

// Parties implements review.Subjects.
func (k *brandKind) Parties(f brandFile) moderation.Parties { return f.App.Parties() }

// Letter writes to the applicant in the language of the registered seat.
func (k *brandKind) Letter(_ moderation.Case, f brandFile) (string, map[string]string) {
	a := f.App
	lang := "en"
	switch a.Region {
	case "CN", "HK", "TW", "MO", "":
		lang = "zh"
	}
	b := words.For(words.Language(lang)).In(k.zone)
	values := map[string]string{
		"brand": a.BrandName, "account": a.AccountName, "company": a.Entity.Name, "ref": a.Ref,
		"category": b.Category(a.Category), "mark": a.Mark.Name, "number": a.Mark.Number,
	}
	if !a.Submitted.IsZero() {
		values["date"] = b.ShortDay(a.Submitted)
	}
	return lang, values
}

func (k *brandKind) subtitle(b *words.Book, n moderation.QueueCounts) string {
	if second := n.Stages[moderation.StageSecond]; second > 0 {
		return b.T("brands.subtitle_second", b.Counted(n.Waiting, n.More), b.Counted(second, n.More))
	}
	return b.T("brands.subtitle", b.Counted(n.Waiting, n.More))
}

// infoCame is the tag of a case to which the applicant has added what was asked for.
const infoCame = "info_came"

func (k *brandKind) chips(b *words.Book, n moderation.QueueCounts) []kit.Chip {
	chips := []kit.Chip{{ID: "", Text: b.T("common.all")}}
	add := func(id, text string, count int) {
		if count > 0 {
			chips = append(chips, kit.Chip{ID: id, Text: text, Count: b.Counted(count, n.More)})
		}
	}
	add("stage:"+string(moderation.StageSecond), b.T("brands.chip_second"), n.Stages[moderation.StageSecond])
	add("tag:"+infoCame, b.T("brands.chip_information"), n.Tags[infoCame])
	add("stage:"+string(moderation.StageEscalated), b.T("brands.chip_escalated"), n.Stages[moderation.StageEscalated])
	return chips
}

func (k *brandKind) filter(chip string) review.Filter { return filterOf(chip) }

func (k *brandKind) line(b *words.Book, c moderation.Case, now time.Time) queueLine {
	what := b.T("brands.row_new")
	pill, tone := b.Kind("new"), kit.Neutral
	switch {
	case c.Stage == moderation.StageSecond:
		what = b.T("brands.row_second")
		pill, tone = b.Kind("second"), kit.Amber
	case c.Stage == moderation.StageAppeal:
		what = b.T("brands.row_appeal")
		pill, tone = b.Kind("appeal"), kit.Indigo
	case c.Stage == moderation.StageEscalated:
		what = b.T("brands.row_escalated")
		pill, tone = b.Kind("escalated"), kit.Indigo
	case c.Tag == infoCame || c.Tag == "information":
		what = b.T("brands.row_information")
		pill, tone = b.Kind("information"), kit.Indigo
	case c.Tag != "" && c.Tag != "new":
		pill, tone = b.Kind(c.Tag), brandTone(c.Tag)
		what = b.T("brands.row_new")
	}
	return queueLine{
		Title: oneLine(c.Title), Sub: joinDots(b, []string{b.Category(c.Subtitle), what}),
		Right: b.Due(c.Due.Sub(now)), Late: !c.Due.IsZero() && c.Due.Before(now),
		Pill: pill, Tone: tone, Picture: c.Picture,
	}
}

func brandTone(tag string) kit.Tone {
	switch tag {
	case "chain", "expired", "duplicate", "uscc":
		return kit.Cinnabar
	case "expiring", "name", "licence", "mark":
		return kit.Amber
	}
	return kit.Neutral
}

func (k *brandKind) decided(b *words.Book, s review.Sent) string {
	title := clip(oneLine(s.Case.Title), 24)
	switch s.Decision.Verdict {
	case moderation.Approve:
		if s.Case.Stage == moderation.StageFirst || s.Receipt.Stage == moderation.StageSecond {
			return b.T("brands.did_approve_once", title)
		}
		return b.T("brands.did_approve", title)
	case moderation.Refuse:
		return b.T("brands.did_refuse", title)
	case moderation.AskMore:
		return b.T("brands.did_ask", title)
	}
	return b.T("brands.did_escalate", title)
}

func (k *brandKind) keys(*words.Book) []kit.Key { return nil }

// pictures are the papers that were handed in.
func (k *brandKind) pictures() ([]viewed, int) {
	if k.onPage == nil {
		return nil, 0
	}
	return k.onPage.viewed()
}

func (k *brandKind) subject() string {
	if k.onPage == nil {
		return ""
	}
	return k.onPage.file.App.ID
}

func (k *brandKind) videos() int { return 0 }

// hides is never: a paper is there to be read.
func (k *brandKind) hides() kit.Hiding { return kit.Unhidden }

func (k *brandKind) page(d *desk[brandFile], it *review.Item[brandFile]) fyne.CanvasObject {
	b, app := d.book, it.Subject.App
	papers := newPapers(d.cfg, b, it.Subject)
	papers.look, k.onPage = d.look, papers
	form := newForm(b, it.Subject, papers.point)
	head := kit.Stack(look.S1,
		container2(kit.NewParagraph(clip(app.BrandName, 300), kit.PageTitle), kit.NewPill(statePill(b, it.Case, app))),
		kit.NewParagraph(joinDots(b, subtitleOf(b, it.File.Case, app)), kit.Second))
	left := kit.Stack(look.S4, form, chainCard(b, it.Subject))
	parts := present(head, appealCards(d, it), besideFrom(pageBeside, .56, 20, top(left), top(papers.box)), pastCard(b, it.File), extraRow(b, app.Extra, func() {
		if d.scroll != nil {
			d.scroll.Refresh()
		}
	}))
	return kit.Stack(look.S4, parts...)
}

func subtitleOf(b *words.Book, c moderation.Case, a moderation.Application) []string {
	ref := a.Ref
	if ref == "" {
		ref = c.Ref
	}
	submitted := ""
	if !a.Submitted.IsZero() {
		submitted = b.T("brands.submitted", b.ShortDay(a.Submitted), b.Clock(a.Submitted), a.SubmittedBy)
	}
	return []string{b.T("brands.application", ref), b.Category(a.Category), submitted, b.T("brands.version", a.Version)}
}

// statePill says where the case stands: the application's own state, unless the
// case knows better.
func statePill(b *words.Book, c moderation.Case, a moderation.Application) (string, kit.Tone) {
	switch c.Stage {
	case moderation.StageSecond:
		return b.State(moderation.SecondReview), kit.Amber
	case moderation.StageEscalated:
		return b.State(moderation.InEscalation), kit.Indigo
	case moderation.StageInformation:
		return b.State(moderation.NeedsInfo), kit.Indigo
	case moderation.StageAppeal:
		return b.T("brands.under_appeal"), kit.Indigo
	case moderation.StageClosed:
		switch a.State {
		case moderation.Approved:
			return b.State(a.State), kit.Jade
		case moderation.Rejected, moderation.Expired:
			return b.State(a.State), kit.Cinnabar
		}
		return b.Stage(c.Stage), kit.Neutral
	}
	return b.State(moderation.Submitted), kit.Neutral
}

// opinion lists the checks, what needs a look first, and whether somebody has
// judged before.
func (k *brandKind) opinion(d *desk[brandFile], it *review.Item[brandFile]) (above, stays fyne.CanvasObject) {
	b := d.book
	if it.File.Hidden > 0 {
		stays = kit.Stack(look.S1, kit.NewText(b.T("brands.first_opinion"), kit.Section), kit.NewText(b.T("brands.hidden"), kit.Second))
	}
	return checkList(b, it.Subject.Checks), stays
}
