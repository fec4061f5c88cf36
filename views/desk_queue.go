package views

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"cinnabar/assets"
	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/review"
	"cinnabar/views/words"
)

// queueLine is what a row of a queue says.
type queueLine struct {
	Title   string
	Sub     string
	Right   string
	Late    bool // Right is overdue
	Pill    string
	Tone    kit.Tone
	Picture assets.ID
}

// queueState is everything that the queue column shows.
type queueState struct {
	rows                     []review.Row
	selected                 int
	more, loaded, up         bool
	err                      error
	why                      *fault.Error
	chips                    []kit.Chip
	chip, search             string
	named                    []kit.Option // named queues to choose from; none where there is no choice
	queue                    string       // the chosen one's code
	incoming, unsent, coming int
	now                      time.Time
}

// queueActs is what a person can do in the queue column.
type queueActs struct {
	line    func(moderation.Case) queueLine
	me      string
	tap     func(caseID string)
	more    func()
	filter  func(chip string)
	named   func(code string)
	all     func() // shows everything again
	find    func(text string)
	settle  func()
	retry   func()
	gallery *kit.Gallery
}

// queueColumn is the left column of a review screen: what and why now.
type queueColumn struct {
	book  *words.Book
	acts  queueActs
	box   *kit.Ground
	chips *kit.Chips
	named *kit.Select
	lot   *fyne.Container // around named
	field *kit.Field
	found *fyne.Container
	strip *fyne.Container
	body  *fyne.Container
	rows  *kit.Rows[review.Row]
	drawn string
	stood string // what the strip says
	shown string // the case that was last selected
}

func newQueueColumn(b *words.Book, acts queueActs) *queueColumn {
	q := &queueColumn{book: b, acts: acts}
	q.chips = kit.NewChips(acts.filter)
	q.named = kit.NewQuietSelect(b.T("review.queues_all"))
	q.named.Picked = acts.named
	q.lot = kit.Pad(0, look.S4-look.S2, look.S2, look.S4-look.S2, q.named)
	q.lot.Hide()
	q.field = kit.NewField(kit.FieldConfig{Placeholder: b.T("review.search"), Icon: look.IconSearch})
	q.field.Submitted = acts.find
	q.field.OnKey(func(e *fyne.KeyEvent) bool {
		if e.Name == fyne.KeyEscape {
			q.field.Set("")
			q.found.Hide()
			q.acts.find("")
			q.box.Refresh()
		}
		return false
	})
	q.found = kit.Pad(0, look.S4, look.S2, look.S4, q.field)
	q.found.Hide()
	q.strip = kit.Stack(0)
	q.rows = kit.NewRows(kit.RowsConfig[review.Row]{
		Key:    func(r review.Row) string { return r.Case.ID },
		Height: look.QueueRow,
		New:    func() kit.RowView[review.Row] { return newQueueRow(q) },
		More:   acts.more,
	})
	q.body = container.NewStack(kit.NewState(kit.State{What: b.T("common.loading")}))
	head := kit.Fixed(0, 48, kit.Pad(0, look.S4, 0, look.S4, q.chips))
	q.box = kit.NewGround(look.Paper, 0, kit.Row(0,
		kit.Grow(tall{kit.Stack(0, head, q.lot, q.found, kit.NewRule(), q.strip, kit.Grow(q.body))}.box()), tall{kit.NewRule()}.box()))
	return q
}

// tall makes an object of a row as tall as the row.
type tall struct{ o fyne.CanvasObject }

func (t tall) box() fyne.CanvasObject { return container.New(tallLayout{}, t.o) }

type tallLayout struct{}

func (tallLayout) HeightFor([]fyne.CanvasObject, float32) float32 { return 1 << 14 }
func (tallLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(o[0].MinSize().Width, 1)
}
func (tallLayout) Layout(o []fyne.CanvasObject, s fyne.Size) {
	o[0].Move(fyne.NewPos(0, 0))
	o[0].Resize(s)
}

// find opens the search field and puts the cursor in it.
func (q *queueColumn) find() {
	q.found.Show()
	q.box.Refresh()
	q.field.Focus()
}

func (q *queueColumn) show(s queueState) {
	q.chips.Set(s.chips, s.chip)
	q.named.Set(s.named, s.queue)
	if shown := len(s.named) > 0; shown != q.lot.Visible() {
		q.lot.Hidden = !shown
		q.box.Refresh()
	}
	if s.search != "" && !q.found.Visible() {
		q.found.Show()
		q.field.Set(s.search)
	}
	q.tell(s)
	q.state(s)
	if len(s.rows) == 0 {
		q.rows.Set(nil, false)
		return
	}
	// The hand goes on to change its rows; what is drawn must not change with them.
	q.rows.Set(slices.Clone(s.rows), s.more)
	if s.selected >= 0 {
		id := s.rows[s.selected].Case.ID
		// Selecting brings the row into view, which must not undo a scroll by hand.
		if id != q.shown {
			q.rows.Select(id)
		}
		q.shown = id
	}
}

// state decides what fills the column: rows, a skeleton, nothing, an error.
func (q *queueColumn) state(s queueState) {
	var key string
	var make func() fyne.CanvasObject
	switch {
	case len(s.rows) > 0:
		key, make = "rows", func() fyne.CanvasObject { return q.rows }
	case s.err != nil:
		what, next := q.book.Error(s.err)
		key = "error" + what
		make = func() fyne.CanvasObject {
			return kit.NewState(kit.State{Icon: look.IconOffline, Tone: kit.Amber, What: what, Next: next,
				Action: kit.ButtonConfig{Text: q.book.T("common.retry"), Press: q.acts.retry}})
		}
	case !s.loaded:
		key, make = "loading", func() fyne.CanvasObject { return newSkeletonRows() }
	case s.chip != "" || s.search != "" || s.queue != "":
		key = "none"
		make = func() fyne.CanvasObject {
			return kit.NewState(kit.State{Icon: look.IconFilter, What: q.book.T("review.none_here"), Next: q.book.T("review.none_here_next"),
				Action: kit.ButtonConfig{Text: q.book.T("review.show_all"), Press: func() { q.field.Set(""); q.acts.all() }}})
		}
	default:
		key = "empty"
		make = func() fyne.CanvasObject { return fyne.CanvasObject(kit.Fixed(0, 0, nil)) }
	}
	if key == q.drawn {
		return
	}
	q.drawn = key
	q.body.Objects = []fyne.CanvasObject{make()}
	q.body.Refresh()
}

// tell shows what waits beside the rows: new cases, what came back, what was not sent.
func (q *queueColumn) tell(s queueState) {
	var lines []fyne.CanvasObject
	var said []string
	add := func(tone kit.Tone, text string, press func()) {
		said = append(said, text)
		line := kit.Pad(6, look.S4, 6, look.S4, kit.NewParagraph(text, kit.Style{Size: look.Caption, Ink: tone.Ink()}))
		var o fyne.CanvasObject = kit.NewGround(tone.Tint(), 0, line)
		if press != nil {
			o = kit.NewPress(o, 0, press)
		}
		lines = append(lines, o)
	}
	if !s.up && len(s.rows) > 0 {
		add(kit.Amber, q.book.T("review.offline"), nil)
	}
	if s.unsent > 0 {
		add(kit.Amber, q.book.T("review.unsent", s.unsent), nil)
	}
	if s.coming > 0 {
		add(kit.Cinnabar, q.book.T("review.coming", s.coming), nil)
	}
	if s.incoming > 0 {
		add(kit.Indigo, q.book.T("review.incoming", s.incoming), q.acts.settle)
	}
	key := strings.Join(said, "\n")
	if key == q.stood {
		return
	}
	q.stood = key
	q.strip.Objects = lines
	q.box.Refresh()
}

// chipOf names the chip of a filter; see deskKind.filter for the way back.
func chipOf(f review.Filter) string {
	switch {
	case f.Mine:
		return Mine
	case f.Rings:
		return ringChip
	case f.Tag != "":
		return "tag:" + f.Tag
	case f.Stage != "":
		return "stage:" + string(f.Stage)
	}
	return ""
}

// filterOf is the filter that a chip stands for.
func filterOf(chip string) review.Filter {
	if tag, ok := strings.CutPrefix(chip, "tag:"); ok {
		return review.Filter{Tag: tag}
	}
	if stage, ok := strings.CutPrefix(chip, "stage:"); ok {
		return review.Filter{Stage: moderation.Stage(stage)}
	}
	return review.Filter{Mine: chip == Mine, Rings: chip == ringChip}
}

// queueRow draws one case of the queue.
type queueRow struct {
	widget.BaseWidget
	q     *queueColumn
	id    string
	thumb *kit.Picture
	title *kit.Text
	sub   *kit.Text
	right *kit.Text
	pill  *kit.Pill
	box   *fyne.Container
}

const thumbSide = 44

func newQueueRow(q *queueColumn) *queueRow {
	r := &queueRow{q: q,
		thumb: kit.NewPicture(q.acts.gallery, true, look.Radius-2),
		title: kit.NewText("", kit.Style{Bold: true, Shrink: true}),
		sub:   kit.NewText("", kit.Style{Size: look.Caption, Ink: look.SecondInk, Shrink: true}),
		right: kit.NewText("", kit.Style{Size: look.Caption, Ink: look.SecondInk, Align: fyne.TextAlignTrailing}),
		pill:  kit.NewPill("", kit.Neutral),
	}
	r.box = container.New(queueRowLayout{}, r.thumb, r.title, r.sub, r.right, r.pill)
	r.ExtendBaseWidget(r)
	return r
}

// Bind implements kit.RowView.
func (r *queueRow) Bind(item review.Row, _ bool) {
	c := item.Case
	r.id = c.ID
	line := r.q.acts.line(c)
	ink, second := look.Ink, look.SecondInk
	switch {
	case item.Gone:
		line.Pill, line.Tone, ink = r.q.book.T("review.gone"), kit.Neutral, look.SecondInk
	case item.Kept:
		line.Pill, line.Tone = r.q.book.T("review.kept"), kit.Amber
	case item.Back:
		line.Pill, line.Tone = r.q.book.T("review.back"), kit.Cinnabar
	case c.Holder != "" && c.Holder != r.q.acts.me:
		line.Pill, line.Tone = r.q.book.T("review.with", c.Holder), kit.Neutral
	case c.For != "" && c.For != r.q.acts.me:
		line.Pill, line.Tone = r.q.book.T("review.with", c.For), kit.Neutral
	case c.For != "":
		line.Pill, line.Tone = r.q.book.T("review.for_you"), kit.Indigo
	}
	r.title.SetInk(ink)
	r.title.Set(line.Title)
	r.sub.Set(line.Sub)
	if line.Late {
		second = look.CinnabarInk
	}
	r.right.SetInk(second)
	r.right.Set(line.Right)
	r.pill.Set(line.Pill, line.Tone)
	r.thumb.Set(line.Picture)
	r.box.Layout.Layout(r.box.Objects, r.box.Size())
}

// Tapped looks at the case, and opens it when it is looked at already.
func (r *queueRow) Tapped(*fyne.PointEvent) {
	if c := kit.CanvasOf(r); c != nil {
		c.Unfocus() // whoever was typing gets the keys back
	}
	r.q.acts.tap(r.id)
}

// CreateRenderer implements fyne.Widget.
func (r *queueRow) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(r.box) }

// queueRowLayout places thumb, title, subtitle, figure and pill. The two at the
// right take what they need; the words get the rest.
type queueRowLayout struct{}

func (queueRowLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(80, look.QueueRow-1)
}

func (queueRowLayout) Layout(o []fyne.CanvasObject, s fyne.Size) {
	put := func(i int, x, y, w, h float32) {
		o[i].Move(fyne.NewPos(x, y))
		o[i].Resize(fyne.NewSize(max(0, w), h))
	}
	right := s.Width - look.S4
	x := look.S4 + thumbSide + look.S3 - 2
	put(0, look.S4, (s.Height-thumbSide)/2, thumbSide, thumbSide)
	fw := o[3].MinSize().Width
	put(3, right-fw, 18, fw, 16)
	put(1, x, 16, right-fw-look.S2-x, 20)
	pw := min(o[4].MinSize().Width, (right-x)*.6)
	put(4, right-pw, 38, pw, 19)
	put(2, x, 38, right-pw-look.S2-x, 18)
}

// skeletonRows stand where rows will be.
func newSkeletonRows() fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for i := range 8 {
		bar := func(w, h float32) fyne.CanvasObject {
			return kit.Fixed(w, h, kit.NewGround(look.Selected, look.SmallRadius, kit.Fixed(0, 0, nil)))
		}
		rows = append(rows, kit.Fixed(0, look.QueueRow, kit.Pad(14, look.S4, 0, look.S4, kit.Row(look.S3,
			bar(thumbSide, thumbSide), kit.Stack(look.S2, bar(float32(120+i*23%60), 12), bar(float32(80+i*31%50), 10)), kit.Gap()))), kit.NewRule())
	}
	return kit.Stack(0, rows...)
}
