package views

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cinnabar/internal/job"
	"cinnabar/internal/people"
	"cinnabar/moderation"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// AuditRecord is what the audit screen asks for.
type AuditRecord interface {
	Page(ctx context.Context, q moderation.AuditQuery) (moderation.AuditPage, error)
	Verify(ctx context.Context, report func(done, total int64)) (moderation.Verified, error)
}

// Jobs starts long work that the shell shows and a person can stop.
type Jobs interface {
	Start(ctx context.Context, name string, work job.Work) *job.Job
}

// auditPage is how many rows are read at once.
const auditPage = 100

// Audit shows the record that nobody can rewrite, newest first, and lets
// whoever doubts it recompute it.
type Audit struct {
	loop   kit.Loop
	book   *words.Book
	me     people.Person
	source AuditRecord
	jobs   Jobs

	pages  latest[moderation.AuditPage]
	rows   *kit.Table[moderation.AuditRow]
	chips  *kit.Chips
	detail *fyne.Container
	list   *fyne.Container
	verify *kit.Button
	result *kit.Paragraph
	side   *fyne.Container
	family string
	next   string
}

// AuditConfig is what the audit screen is made of.
type AuditConfig struct {
	Loop   kit.Loop
	Book   *words.Book
	Me     people.Person
	Record AuditRecord
	Jobs   Jobs
}

// NewAudit makes the screen. Only an auditor, who reads every row, can recompute
// the record; everybody else sees why not.
func NewAudit(c AuditConfig) *Audit {
	book := c.Book
	a := &Audit{loop: c.Loop, book: book, me: c.Me, source: c.Record, jobs: c.Jobs, pages: latest[moderation.AuditPage]{loop: c.Loop}}
	a.rows = kit.NewTable(kit.TableConfig[moderation.AuditRow]{
		Columns: []kit.Column{
			{Label: book.T("audit.time"), Width: 148},
			{Label: book.T("audit.who"), Width: 120},
			{Label: book.T("audit.what"), Width: 0},
			{Label: book.T("audit.target"), Width: 200},
			{Label: book.T("audit.place"), Width: 88, Align: fyne.TextAlignTrailing},
		},
		Key:      func(r moderation.AuditRow) string { return place(r) },
		Cells:    a.cells,
		Selected: a.show,
		More:     a.more,
	})
	a.chips = kit.NewChips(func(id string) { a.family = id; a.Refresh() })
	a.setChips()
	a.list = container.NewStack(kit.NewState(kit.State{What: book.T("common.loading")}))
	a.detail = kit.Stack(0, kit.NewParagraph(book.T("audit.choose"), kit.Second))
	a.result = kit.NewParagraph(book.T("audit.promise"), kit.Second)
	a.verify = kit.NewButton(kit.ButtonConfig{Text: book.T("audit.verify"), Key: "V", Weight: kit.Primary, Press: a.recompute})
	if a.me.Role != people.Auditor {
		a.verify.Disable(book.T("audit.auditors_only"))
	}
	return a
}

// place names a row by where it stands in the record: chain and position.
func place(r moderation.AuditRow) string { return fmt.Sprintf("%d/%d", r.Chain, r.Seq) }

func (a *Audit) setChips() {
	var chips []kit.Chip
	for _, family := range []string{"", "case.", "import.", "scan.", "person."} {
		name := family
		if name == "" {
			name = "all."
		}
		chips = append(chips, kit.Chip{ID: family, Text: a.book.T("audit.family." + name[:len(name)-1])})
	}
	a.chips.Set(chips, a.family)
}

// ID names the screen.
func (a *Audit) ID() string { return "audit" }

// Title is the name of the screen and what it is.
func (a *Audit) Title() (title, subtitle string) {
	if a.me.Role == people.Moderator || a.me.Role == people.Worker {
		return a.book.T("shell.audit"), a.book.T("audit.subtitle_own")
	}
	return a.book.T("shell.audit"), a.book.T("audit.subtitle")
}

// Content is the record beside the row that is looked at.
func (a *Audit) Content() fyne.CanvasObject {
	left := kit.Stack(0,
		kit.Pad(look.S3, look.S4, look.S3, look.S4, a.chips),
		kit.NewRule(),
		kit.Grow(a.list))
	a.side = kit.Stack(look.S3,
		kit.NewText(a.book.T("audit.row"), kit.Section),
		kit.Grow(kit.NewScroll(kit.Pad(0, look.S3, 0, 0, a.detail))),
		a.result,
		a.verify)
	return kit.Columns(0, look.DecisionWidth+48, nil, left,
		kit.NewGround(look.Surface, 0, kit.PadAll(look.S4, a.side)))
}

// Keys are those of a list, and V to verify.
func (a *Audit) Keys() []kit.Key {
	return []kit.Key{
		{Name: "J", Label: a.book.T("shell.keys_move"), Do: func() { a.rows.Rows.Step(1) }},
		{Name: "K", Do: func() { a.rows.Rows.Step(-1) }},
		{Name: "V", Label: a.book.T("audit.verify"), Do: a.verify.Press},
	}
}

// Shown reads the newest rows.
func (a *Audit) Shown() { a.Refresh() }

// Hidden gives up on rows that are still on their way.
func (a *Audit) Hidden() { a.pages.drop() }

// query asks for the page after a cursor. Whoever sees nothing but their own rows says
// so: the database would leave the others out too, one after the other.
func (a *Audit) query(after string) moderation.AuditQuery {
	q := moderation.AuditQuery{Action: a.family, After: after, Limit: auditPage}
	if a.me.Role == people.Moderator || a.me.Role == people.Worker {
		q.Actor = a.me.Login
	}
	return q
}

// Refresh reads the first page anew; rows on screen stay until it has come.
func (a *Audit) Refresh() {
	q := a.query("")
	a.pages.ask(func(ctx context.Context) (moderation.AuditPage, error) { return a.source.Page(ctx, q) },
		func(page moderation.AuditPage, err error) {
			switch {
			case err != nil && a.rows.Rows.Len() > 0:
				return
			case err != nil:
				what, next := a.book.Error(err)
				a.fill(kit.NewState(kit.State{Icon: look.IconOffline, Tone: kit.Amber, What: what, Next: next,
					Action: kit.ButtonConfig{Text: a.book.T("common.retry"), Press: a.Refresh}}))
			case len(page.Rows) == 0:
				a.rows.Rows.Set(nil, false)
				a.fill(kit.NewState(kit.State{Icon: look.IconAudit, What: a.book.T("audit.none"), Next: a.book.T("audit.none_next")}))
			default:
				a.next = page.Next
				a.rows.Rows.Set(page.Rows, page.Next != "")
				a.fill(a.rows)
			}
		})
}

func (a *Audit) more() {
	q := a.query(a.next)
	a.pages.ask(func(ctx context.Context) (moderation.AuditPage, error) { return a.source.Page(ctx, q) },
		func(page moderation.AuditPage, err error) {
			if err != nil {
				// The rows that are here stay; the list asks again when the end comes near again.
				a.rows.Rows.Append(nil, true)
				return
			}
			a.next = page.Next
			a.rows.Rows.Append(page.Rows, page.Next != "")
		})
}

func (a *Audit) fill(o fyne.CanvasObject) {
	if len(a.list.Objects) == 1 && a.list.Objects[0] == o {
		return
	}
	a.list.Objects = []fyne.CanvasObject{o}
	a.list.Refresh()
}

func (a *Audit) cells(r moderation.AuditRow) []kit.Cell {
	return []kit.Cell{
		{Text: a.book.Stamp(r.At), Ink: look.SecondInk},
		{Text: r.Actor},
		{Text: a.what(r), Bold: true},
		{Text: named(r), Ink: look.SecondInk},
		{Text: place(r), Ink: look.SecondInk},
	}
}

func (a *Audit) show(r moderation.AuditRow) {
	line := func(label, value string) fyne.CanvasObject {
		return kit.Stack(2, kit.NewText(label, kit.Small), kit.NewParagraph(value, kit.Plain))
	}
	a.detail.Objects = []fyne.CanvasObject{kit.Stack(look.S3,
		line(a.book.T("audit.what"), a.what(r)),
		line(a.book.T("audit.who"), r.Actor),
		line(a.book.T("audit.time"), a.book.Stamp(r.At)),
		line(a.book.T("audit.target"), a.book.Thing(r.Kind)+" "+named(r)),
		line(a.book.T("audit.detail"), readable(r.Detail)),
		line(a.book.T("audit.request"), orDash(a.book, r.Request)),
		line(a.book.T("audit.hash", r.Chain, r.Seq), r.Hash),
	)}
	a.side.Refresh()
}

// recorded is the part of a row's detail that a list shows.
type recorded struct {
	Ref     string
	Verdict moderation.Verdict
}

func detailOf(r moderation.AuditRow) recorded {
	var d recorded
	if json.Unmarshal([]byte(r.Detail), &d) != nil {
		return recorded{}
	}
	return d
}

// named is what people call the thing that a row is about: its reference, where
// the row has one, or else its id.
func named(r moderation.AuditRow) string {
	if ref := detailOf(r).Ref; ref != "" {
		return ref
	}
	return r.Target
}

// what says what was done, and the verdict if it was one.
func (a *Audit) what(r moderation.AuditRow) string {
	text := a.book.Act(r.Action)
	if v := detailOf(r).Verdict; v != "" {
		text += a.book.T("common.dot") + a.book.Verdict(v)
	}
	return text
}

// readable sets a JSON object out over lines; anything else stays as it is.
func readable(detail string) string {
	var b bytes.Buffer
	if json.Indent(&b, []byte(detail), "", "  ") != nil {
		return detail
	}
	return b.String()
}

func orDash(book *words.Book, s string) string {
	if s == "" {
		return book.T("common.none")
	}
	return s
}

// recompute verifies every chain and invariant as a job, and says what came of it.
func (a *Audit) recompute() {
	a.verify.Disable("")
	a.result.Set(a.book.T("audit.verifying"))
	a.result.SetInk(look.SecondInk)
	var found moderation.Verified
	work := a.jobs.Start(context.Background(), a.book.T("audit.verify"), func(ctx context.Context, p *job.Progress) error {
		var err error
		found, err = a.source.Verify(ctx, p.Set)
		return err
	})
	go func() {
		err := work.Wait()
		a.loop.Do(func() { a.verified(found, err) })
	}()
}

func (a *Audit) verified(found moderation.Verified, err error) {
	a.verify.Enable()
	switch {
	case err != nil:
		a.result.Set(a.book.Sentence(err))
		a.result.SetInk(look.AmberInk)
	case len(found.Problems) > 0:
		p := found.Problems[0]
		a.result.Set(a.book.T("audit.broken", len(found.Problems), a.book.Invariant(p.Check), p.Where))
		a.result.SetInk(look.CinnabarInk)
	default:
		a.result.Set(a.book.T("audit.whole", a.book.Number(int(found.Rows))))
		a.result.SetInk(look.JadeInk)
	}
	a.side.Refresh() // the paragraph's height may have changed with its text
}
