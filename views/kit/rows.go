package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"cinnabar/views/look"
)

// RowView is the drawing of one row. The list makes a few dozen of them and
// binds each to whichever item scrolls into its place.
type RowView[T any] interface {
	fyne.CanvasObject
	Bind(item T, selected bool)
}

// RowsConfig says what a list is made of. Key, Height and New are needed.
type RowsConfig[T any] struct {
	Key    func(T) string // stable and unique
	Height float32        // of every row
	New    func() RowView[T]
	// Selected is called when the selection moves, by key or by pointer.
	Selected func(T)
	// Opened is called on Enter and on a double tap.
	Opened func(T)
	// Tap is called when a row is tapped, after Selected.
	Tap func(T)
	// More is called once when the end comes near; answer with Append or Set.
	More func()
	// Flat leaves out hairlines between rows.
	Flat bool
}

// Rows is the one paged list: rows of a fixed height, of which only the visible
// ones exist as widgets. The selection is a key, not a place: when items come,
// go or change order, it stays on its item, and so does the view, so that no row
// moves under the hand.
type Rows[T any] struct {
	widget.BaseWidget
	cfg   RowsConfig[T]
	items []T
	index map[string]int
	more  bool
	asked bool

	selected string
	hovered  int

	scroll *container.Scroll
	body   *rowsBody[T]
}

// NewRows makes an empty list.
func NewRows[T any](cfg RowsConfig[T]) *Rows[T] {
	r := &Rows[T]{cfg: cfg, index: map[string]int{}, hovered: -1}
	r.body = newRowsBody(r)
	r.scroll = container.NewVScroll(r.body)
	r.scroll.OnScrolled = func(fyne.Position) { r.body.fit() }
	r.ExtendBaseWidget(r)
	return r
}

// Set replaces the items. more says that there are further ones behind them.
// The selection stays on its item; where that is gone, on the item that took
// its place. The rows in view stay where they are on screen.
func (r *Rows[T]) Set(items []T, more bool) {
	anchor, offset := r.anchor()
	was, had := r.index[r.selected]
	old := r.items
	r.items, r.more, r.asked = items, more, false
	r.reindex(old)
	if _, still := r.index[r.selected]; !still {
		r.selected = ""
		if had && len(items) > 0 {
			r.selected = r.cfg.Key(items[min(was, len(items)-1)])
		}
	}
	r.body.grown()
	if at, ok := r.index[anchor]; ok {
		r.scrollTo(float32(at)*r.cfg.Height - offset)
	} else {
		r.scrollTo(r.scroll.Offset.Y)
	}
	r.body.bind(true)
}

// Append adds a page at the end.
func (r *Rows[T]) Append(items []T, more bool) {
	for _, it := range items {
		// A page read later may repeat what moved back meanwhile.
		if _, twice := r.index[r.cfg.Key(it)]; !twice {
			r.index[r.cfg.Key(it)] = len(r.items)
			r.items = append(r.items, it)
		}
	}
	r.more, r.asked = more, false
	r.body.grown()
	r.body.bind(true)
}

// Update redraws one item, if it is here.
func (r *Rows[T]) Update(item T) {
	if i, ok := r.index[r.cfg.Key(item)]; ok {
		r.items[i] = item
		r.body.bind(true)
	}
}

// Remove takes one item out; the selection passes to the one after it, or
// before it at the end. Selected is not called: the caller decides what follows.
func (r *Rows[T]) Remove(key string) {
	i, ok := r.index[key]
	if !ok {
		return
	}
	items := make([]T, 0, len(r.items)-1)
	items = append(append(items, r.items[:i]...), r.items[i+1:]...)
	r.Set(items, r.more)
}

// Items is what is listed now; not to be changed.
func (r *Rows[T]) Items() []T { return r.items }

// Len is how many items are listed.
func (r *Rows[T]) Len() int { return len(r.items) }

// Selected returns the selected item.
func (r *Rows[T]) Selected() (item T, ok bool) {
	i, ok := r.index[r.selected]
	if ok {
		item = r.items[i]
	}
	return item, ok
}

// Select moves the selection to a key and into view without calling Selected;
// "" selects nothing.
func (r *Rows[T]) Select(key string) {
	r.selected = key
	r.reveal()
	r.body.bind(true)
}

// Step moves the selection by so many items and calls Selected; from nothing it
// goes to the first.
func (r *Rows[T]) Step(by int) {
	if len(r.items) == 0 {
		return
	}
	i, ok := r.index[r.selected]
	if ok {
		i = max(0, min(len(r.items)-1, i+by))
	}
	r.choose(i)
}

func (r *Rows[T]) choose(i int) {
	key := r.cfg.Key(r.items[i])
	if key == r.selected {
		r.reveal()
		return
	}
	r.selected = key
	r.reveal()
	r.body.bind(true)
	if r.cfg.Selected != nil {
		r.cfg.Selected(r.items[i])
	}
}

// reindex finds items by key. Most of what is set begins with what was there,
// changed or not, and has a page behind it: then only that page is new.
func (r *Rows[T]) reindex(old []T) {
	from := 0
	if len(old) == len(r.index) {
		for from < min(len(old), len(r.items)) && r.cfg.Key(old[from]) == r.cfg.Key(r.items[from]) {
			from++
		}
	}
	if from < len(old) || len(r.index) != len(old) {
		from = 0
		r.index = make(map[string]int, len(r.items))
	}
	for i, it := range r.items[from:] {
		r.index[r.cfg.Key(it)] = from + i
	}
}

// anchor is the item that must not move on screen, and how far below the upper
// edge it lies: the one under the pointer, else the selected one if it shows,
// else the first that shows.
func (r *Rows[T]) anchor() (key string, offset float32) {
	at := -1
	top := r.scroll.Offset.Y
	visible := func(i int) bool {
		y := float32(i)*r.cfg.Height - top
		return y > -r.cfg.Height && y < r.scroll.Size().Height
	}
	if r.hovered >= 0 && r.hovered < len(r.items) {
		at = r.hovered
	} else if i, ok := r.index[r.selected]; ok && visible(i) {
		at = i
	} else if len(r.items) > 0 {
		at = min(len(r.items)-1, int(top/r.cfg.Height))
	}
	if at < 0 {
		return "", 0
	}
	return r.cfg.Key(r.items[at]), float32(at)*r.cfg.Height - top
}

func (r *Rows[T]) scrollTo(y float32) {
	most := max(0, float32(len(r.items))*r.cfg.Height-r.scroll.Size().Height)
	y = max(0, min(most, y))
	if y != r.scroll.Offset.Y {
		r.scroll.ScrollToOffset(fyne.NewPos(0, y))
	}
}

func (r *Rows[T]) reveal() {
	i, ok := r.index[r.selected]
	if !ok {
		return
	}
	y, h := float32(i)*r.cfg.Height, r.scroll.Size().Height
	switch {
	case y < r.scroll.Offset.Y:
		r.scrollTo(y)
	case h > 0 && y+r.cfg.Height > r.scroll.Offset.Y+h:
		r.scrollTo(y + r.cfg.Height - h)
	}
}

// FocusGained implements fyne.Focusable.
func (r *Rows[T]) FocusGained() { r.body.bind(true) }

// FocusLost implements fyne.Focusable.
func (r *Rows[T]) FocusLost() {}

// TypedRune leaves characters to the screen.
func (r *Rows[T]) TypedRune(c rune) { PassRune(r, c) }

// TypedKey moves the selection and leaves other keys to the screen.
func (r *Rows[T]) TypedKey(e *fyne.KeyEvent) {
	page := max(1, int(r.scroll.Size().Height/r.cfg.Height)-1)
	switch e.Name {
	case fyne.KeyUp:
		r.Step(-1)
	case fyne.KeyDown:
		r.Step(1)
	case fyne.KeyPageUp:
		r.Step(-page)
	case fyne.KeyPageDown:
		r.Step(page)
	case fyne.KeyHome:
		r.Step(-len(r.items))
	case fyne.KeyEnd:
		r.Step(len(r.items))
	case fyne.KeyReturn, fyne.KeyEnter:
		if it, ok := r.Selected(); ok && r.cfg.Opened != nil {
			r.cfg.Opened(it)
			return
		}
		PassKey(r, e)
	default:
		PassKey(r, e)
	}
}

// MinSize is a few rows.
func (r *Rows[T]) MinSize() fyne.Size { return fyne.NewSize(80, r.cfg.Height) }

// CreateRenderer implements fyne.Widget.
func (r *Rows[T]) CreateRenderer() fyne.WidgetRenderer {
	p := &render{objects: []fyne.CanvasObject{r.scroll}, min: r.MinSize}
	p.layout = func(s fyne.Size) {
		place(r.scroll, 0, 0, s.Width, s.Height)
		r.body.fit()
	}
	p.refresh = func() {
		r.body.bind(true)
		for _, o := range r.body.pool {
			o.refresh()
		}
	}
	return p
}

// rowsBody is the long sheet that scrolls; only rows in view lie on it.
type rowsBody[T any] struct {
	widget.BaseWidget
	list  *Rows[T]
	pool  []*rowSlot[T]
	first int
	paint *render
}

func newRowsBody[T any](list *Rows[T]) *rowsBody[T] {
	b := &rowsBody[T]{list: list, first: -1}
	b.ExtendBaseWidget(b)
	return b
}

func (b *rowsBody[T]) MinSize() fyne.Size {
	return fyne.NewSize(1, float32(len(b.list.items))*b.list.cfg.Height)
}

func (b *rowsBody[T]) CreateRenderer() fyne.WidgetRenderer {
	b.paint = &render{min: b.MinSize}
	b.paint.layout = func(fyne.Size) { b.bind(false) }
	b.paint.refresh = func() { b.bind(true) }
	b.bind(true)
	return b.paint
}

// grown tells the scroller that the sheet has another length.
func (b *rowsBody[T]) grown() {
	h := max(b.MinSize().Height, b.list.scroll.Size().Height)
	b.Resize(fyne.NewSize(b.Size().Width, h))
	b.list.scroll.Refresh()
}

func (b *rowsBody[T]) fit() { b.bind(false) }

// bind puts the rows in view in place. Without force it works only when another
// row has come into view.
func (b *rowsBody[T]) bind(force bool) {
	l := b.list
	if b.paint == nil || l.scroll.Size().Height <= 0 {
		return
	}
	height := l.cfg.Height
	first := max(0, int(l.scroll.Offset.Y/height))
	count := min(len(l.items)-first, int(l.scroll.Size().Height/height)+2)
	count = max(0, count)
	if !force && first == b.first && count == len(b.paint.objects) && (count == 0 || b.pool[first%len(b.pool)].Size().Width == b.Size().Width) {
		return
	}
	// Slots are taken by row number modulo their count, so that scrolling by one
	// row rebinds one row.
	if len(b.pool) < count {
		for len(b.pool) < count {
			b.pool = append(b.pool, newRowSlot(l))
		}
		for _, s := range b.pool {
			s.at = -1
		}
	}
	objects := make([]fyne.CanvasObject, 0, count)
	for i := first; i < first+count; i++ {
		s := b.pool[i%len(b.pool)]
		place(s, 0, float32(i)*height, b.Size().Width, height)
		if force || s.at != i {
			s.show(i)
		}
		objects = append(objects, s)
	}
	b.first = first
	b.paint.objects = objects
	canvas.Refresh(b)
	if l.more && !l.asked && l.cfg.More != nil && first+count+max(10, count) >= len(l.items) {
		l.asked = true
		l.cfg.More()
	}
}

// rowSlot is the frame around a row: ground, bar, hairline, pointer.
type rowSlot[T any] struct {
	widget.BaseWidget
	list  *Rows[T]
	at    int
	view  RowView[T]
	face  *canvas.Rectangle
	bar   *canvas.Rectangle
	line  *canvas.Rectangle
	hover bool
}

func newRowSlot[T any](l *Rows[T]) *rowSlot[T] {
	s := &rowSlot[T]{list: l, at: -1, view: l.cfg.New(), face: panel(0, false), bar: panel(0, false), line: panel(0, false)}
	s.ExtendBaseWidget(s)
	return s
}

func (s *rowSlot[T]) show(i int) {
	s.at = i
	item := s.list.items[i]
	selected := s.list.cfg.Key(item) == s.list.selected
	s.paint(selected)
	s.view.Bind(item, selected)
}

func (s *rowSlot[T]) paint(selected bool) {
	ground, bar := look.Clear, look.Clear
	if selected {
		ground, bar = look.Selected, look.Seal
	} else if s.hover {
		ground = look.Hover
	}
	fill(s.face, ground, look.Clear)
	fill(s.bar, bar, look.Clear)
	line := look.Line
	if s.list.cfg.Flat {
		line = look.Clear
	}
	fill(s.line, line, look.Clear)
}

func (s *rowSlot[T]) refresh() {
	if s.at >= 0 && s.at < len(s.list.items) {
		s.show(s.at)
		s.view.Refresh()
	}
}

func (s *rowSlot[T]) MinSize() fyne.Size { return fyne.NewSize(1, s.list.cfg.Height) }

func (s *rowSlot[T]) CreateRenderer() fyne.WidgetRenderer {
	r := &render{objects: []fyne.CanvasObject{s.face, s.bar, s.view, s.line}, min: s.MinSize}
	r.layout = func(sz fyne.Size) {
		place(s.face, 0, 0, sz.Width, sz.Height)
		place(s.bar, 0, 0, 3, sz.Height)
		place(s.line, 0, sz.Height-1, sz.Width, 1)
		place(s.view, 0, 0, sz.Width, sz.Height-1)
	}
	r.refresh = func() {}
	return r
}

func (s *rowSlot[T]) Tapped(*fyne.PointEvent) {
	if s.at >= 0 && s.at < len(s.list.items) {
		item := s.list.items[s.at]
		s.list.choose(s.at)
		if s.list.cfg.Tap != nil {
			s.list.cfg.Tap(item)
			return
		}
		if c := CanvasOf(s.list); c != nil {
			c.Unfocus() // a field that was being typed in gives the keys back to the screen
		}
	}
}

func (s *rowSlot[T]) MouseIn(*desktop.MouseEvent) {
	s.hover, s.list.hovered = true, s.at
	s.repaint()
}

func (s *rowSlot[T]) MouseMoved(*desktop.MouseEvent) { s.list.hovered = s.at }

func (s *rowSlot[T]) MouseOut() {
	s.hover = false
	if s.list.hovered == s.at {
		s.list.hovered = -1
	}
	s.repaint()
}

func (s *rowSlot[T]) repaint() {
	if s.at >= 0 && s.at < len(s.list.items) {
		s.paint(s.list.cfg.Key(s.list.items[s.at]) == s.list.selected)
	}
}

// TopOf returns how far below the list's upper edge an item's row begins, in
// device-independent pixels; negative above it, and 0 for an unknown key.
func (r *Rows[T]) TopOf(key string) float32 {
	i, ok := r.index[key]
	if !ok {
		return 0
	}
	return float32(i)*r.cfg.Height - r.scroll.Offset.Y
}
