package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"cinnabar/views/look"
)

// Column is one column of a table. A Width of 0 shares what is left over.
type Column struct {
	Label string
	Width float32
	Align fyne.TextAlign
}

// Cell is what stands in one field of a table. A cell with Pill set is drawn as one.
type Cell struct {
	Text string
	Ink  look.Token // "" means ink
	Bold bool
	Mono bool
	Pill bool
	Tone Tone // of the pill
}

// TableConfig says what a table is made of; see RowsConfig for what it shares.
type TableConfig[T any] struct {
	Columns  []Column
	Key      func(T) string
	Cells    func(T) []Cell // one a column
	Selected func(T)
	Opened   func(T)
	More     func()
}

// Table is Rows with columns and a head.
type Table[T any] struct {
	widget.BaseWidget
	Rows    *Rows[T] // what lists the items
	columns []Column
	head    *fyne.Container
	box     *fyne.Container
}

// NewTable makes an empty table.
func NewTable[T any](cfg TableConfig[T]) *Table[T] {
	t := &Table[T]{columns: cfg.Columns}
	cols := columnLayout{&t.columns}
	t.Rows = NewRows(RowsConfig[T]{
		Key: cfg.Key, Height: look.TableRow, Selected: cfg.Selected, Opened: cfg.Opened, More: cfg.More,
		New: func() RowView[T] { return newTableRow(cols, cfg.Cells) },
	})
	var heads []fyne.CanvasObject
	for _, c := range cfg.Columns {
		heads = append(heads, NewText(c.Label, Style{Size: look.Caption, Ink: look.SecondInk, Align: c.Align, Shrink: true}))
	}
	t.head = containerOf(cols, heads...)
	t.box = Stack(0, Fixed(0, 32, t.head), NewRule(), Grow(t.Rows))
	t.ExtendBaseWidget(t)
	return t
}

// SetLabels changes the heads of the columns.
func (t *Table[T]) SetLabels(labels ...string) {
	for i, l := range labels {
		t.columns[i].Label = l
		t.head.Objects[i].(*Text).Set(l)
	}
}

// CreateRenderer implements fyne.Widget.
func (t *Table[T]) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(t.box) }

type columnLayout struct{ columns *[]Column }

const tableInset = look.S4

func (l columnLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(80, look.TableRow-1)
}

func (l columnLayout) HeightFor([]fyne.CanvasObject, float32) float32 { return look.TableRow - 1 }

func (l columnLayout) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	left, flexible := s.Width-2*tableInset-look.S4*float32(len(*l.columns)-1), 0
	for _, c := range *l.columns {
		left -= c.Width
		if c.Width == 0 {
			flexible++
		}
	}
	x := float32(tableInset)
	for i, c := range *l.columns {
		w := c.Width
		if w == 0 {
			w = max(0, left/float32(flexible))
		}
		if i < len(objects) {
			place(objects[i], x, 0, w, s.Height)
		}
		x += w + look.S4
	}
}

type tableRow[T any] struct {
	widget.BaseWidget
	cells func(T) []Cell
	cols  columnLayout
	boxes []*tableCell
	box   *fyne.Container
}

func newTableRow[T any](cols columnLayout, cells func(T) []Cell) *tableRow[T] {
	r := &tableRow[T]{cells: cells, cols: cols}
	var objects []fyne.CanvasObject
	for _, c := range *cols.columns {
		cell := newTableCell(c.Align)
		r.boxes = append(r.boxes, cell)
		objects = append(objects, cell)
	}
	r.box = containerOf(cols, objects...)
	r.ExtendBaseWidget(r)
	return r
}

func (r *tableRow[T]) Bind(item T, _ bool) {
	for i, c := range r.cells(item) {
		if i < len(r.boxes) {
			r.boxes[i].set(c)
		}
	}
}

func (r *tableRow[T]) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(r.box) }

type tableCell struct {
	widget.BaseWidget
	align fyne.TextAlign
	text  *Text
	pill  *Pill
}

func newTableCell(align fyne.TextAlign) *tableCell {
	c := &tableCell{align: align, text: NewText("", Style{Align: align, Shrink: true}), pill: NewPill("", Neutral)}
	c.ExtendBaseWidget(c)
	return c
}

func (c *tableCell) set(cell Cell) {
	if cell.Pill {
		c.text.Set("")
		c.pill.Set(cell.Text, cell.Tone)
	} else {
		c.pill.Set("", Neutral)
		c.text.style = Style{Ink: cell.Ink, Bold: cell.Bold, Mono: cell.Mono, Align: c.align, Shrink: true}
		c.text.text = cell.Text
		c.text.Refresh()
	}
	c.arrange(c.Size())
}

func (c *tableCell) arrange(s fyne.Size) {
	place(c.text, 0, 0, s.Width, s.Height)
	w := min(s.Width, c.pill.MinSize().Width)
	x := float32(0)
	if c.align == fyne.TextAlignTrailing {
		x = s.Width - w
	}
	place(c.pill, x, 0, w, s.Height)
}

func (c *tableCell) MinSize() fyne.Size { return fyne.NewSize(0, pillHeight) }

func (c *tableCell) CreateRenderer() fyne.WidgetRenderer {
	return &render{objects: []fyne.CanvasObject{c.text, c.pill}, min: c.MinSize, layout: c.arrange, refresh: func() {
		c.text.Refresh()
		c.pill.Refresh()
	}}
}
