package kit

import (
	"cmp"
	"slices"
	"sort"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"cinnabar/views/look"
)

// LaneBar is something that lasts from one day to another. Days are counted from a
// day of the caller's; both ends belong to it.
type LaneBar struct {
	ID       string
	Lane     string // ID of its lane
	From, To int
	// Earliest and Latest are how far it may be moved, both days included.
	Earliest, Latest int
	Fixed            bool // it may not be moved
	Text             string
	Tone             Tone
	Warn             bool // marked: it clashes with another
}

// room is how far it may go to either side.
func (b LaneBar) room() (back, on int) {
	if b.Fixed {
		return 0, 0
	}
	return max(0, b.From-b.Earliest), max(0, b.Latest-b.To)
}

// Lane is a row, or as many as its bars need to lie beside each other.
type Lane struct {
	ID, Text string
	Sub      string // in the second ink after the text
}

// LaneBand is a stretch of days that is marked through all lanes: holidays.
type LaneBand struct {
	From, To int
	Text     string
	Tone     Tone
}

// LanesConfig says what a calendar of lanes is made of.
type LanesConfig struct {
	Label float32 // width of the names at the left
	// Tick words a day of the head; "" leaves it out. Every Step days there is one.
	Tick func(day int) string
	// Selected is called when another bar is chosen, Opened on a double tap.
	Selected func(id string)
	Opened   func(id string)
	// Moved is called when a person has moved a bar to another first day; nil moves none.
	Moved func(id string, from int)
	// Scrolls lets there be more lanes than room; otherwise it is as tall as its lanes.
	Scrolls bool
}

// Lanes shows bars over days. Only what is in view exists as widgets, so that a
// year of a thousand lines scrolls as a week of ten does.
type Lanes struct {
	widget.BaseWidget
	cfg      LanesConfig
	lanes    []Lane
	bars     []LaneBar
	bands    []LaneBand
	from     int // first day in view
	days     int
	step     int // days between ticks
	rows     []laneRow
	at       map[string]int // row of each bar
	inRow    [][]int        // bars of each row, by their first day
	order    []int          // bars as keys go through them
	index    map[string]int
	selected string

	head   *lanesHead
	scroll *container.Scroll
	body   *lanesBody
}

type laneRow struct {
	lane  int
	first bool
}

const (
	laneHeight = 40
	laneBar    = 28
	laneHead   = 26
	laneInset  = look.S4
)

// NewLanes makes an empty calendar.
func NewLanes(cfg LanesConfig) *Lanes {
	if cfg.Label == 0 {
		cfg.Label = 110
	}
	l := &Lanes{cfg: cfg, days: 28, step: 4, at: map[string]int{}, index: map[string]int{}}
	l.head, l.body = newLanesHead(l), newLanesBody(l)
	if cfg.Scrolls {
		l.scroll = container.NewVScroll(l.body)
		l.scroll.OnScrolled = func(fyne.Position) { l.body.fit() }
	}
	l.ExtendBaseWidget(l)
	return l
}

// Set changes what is shown; the chosen bar stays chosen if it is still there.
func (l *Lanes) Set(lanes []Lane, bars []LaneBar, bands []LaneBand) {
	l.lanes, l.bars, l.bands = lanes, bars, bands
	l.stack()
	if _, ok := l.index[l.selected]; !ok {
		l.selected = ""
	}
	l.body.grown()
	l.Refresh()
}

// View changes which days are in view and how many lie between two ticks.
func (l *Lanes) View(from, days, step int) {
	if l.from == from && l.days == max(1, days) && l.step == max(1, step) {
		return
	}
	l.from, l.days, l.step = from, max(1, days), max(1, step)
	l.Refresh()
}

// Days is what View was given.
func (l *Lanes) Days() (from, days int) { return l.from, l.days }

// Bars is what is shown, in or out of view.
func (l *Lanes) Bars() []LaneBar { return l.bars }

// Natural is how tall it is with all its lanes.
func (l *Lanes) Natural() float32 { return laneHead + l.body.MinSize().Height }

// Drawn is how many bars exist as widgets now.
func (l *Lanes) Drawn() int { return l.body.used }

// stack gives each bar the first row of its lane that is free for its days.
func (l *Lanes) stack() {
	of := make(map[string][]int, len(l.lanes))
	clear(l.at)
	clear(l.index)
	for i, b := range l.bars {
		of[b.Lane] = append(of[b.Lane], i)
		l.index[b.ID] = i
	}
	l.rows, l.inRow, l.order = l.rows[:0], nil, l.order[:0]
	for i, lane := range l.lanes {
		here := of[lane.ID]
		slices.SortStableFunc(here, func(a, b int) int {
			return cmp.Or(cmp.Compare(l.bars[a].From, l.bars[b].From), cmp.Compare(l.bars[a].To, l.bars[b].To))
		})
		base := len(l.rows)
		l.rows = append(l.rows, laneRow{i, true})
		l.inRow = append(l.inRow, nil)
		l.order = append(l.order, here...)
		var until []int // last taken day of each row of this lane
		for _, n := range here {
			b, row := l.bars[n], -1
			for r, last := range until {
				if b.From > last {
					row = r
					break
				}
			}
			if row < 0 {
				row = len(until)
				until = append(until, 0)
				if row > 0 {
					l.rows = append(l.rows, laneRow{i, false})
					l.inRow = append(l.inRow, nil)
				}
			}
			until[row] = b.To
			l.at[b.ID] = base + row
			l.inRow[base+row] = append(l.inRow[base+row], n)
		}
	}
}

// Selected is the chosen bar.
func (l *Lanes) Selected() (LaneBar, bool) {
	i, ok := l.index[l.selected]
	if !ok {
		return LaneBar{}, false
	}
	return l.bars[i], true
}

// Select chooses a bar without calling Selected, and brings it into view.
func (l *Lanes) Select(id string) {
	same := id == l.selected
	l.selected = id
	if l.reveal() || !same {
		l.Refresh()
	}
}

// Step chooses the bar so many places on; from nothing it goes to the first.
func (l *Lanes) Step(by int) {
	if len(l.order) == 0 {
		return
	}
	to := 0
	if at, ok := l.index[l.selected]; ok {
		to = max(0, min(len(l.order)-1, slices.Index(l.order, at)+by))
	}
	l.choose(l.bars[l.order[to]].ID)
}

func (l *Lanes) choose(id string) {
	same := id == l.selected
	l.Select(id)
	if !same && l.cfg.Selected != nil {
		l.cfg.Selected(id)
	}
}

// Shift moves the chosen bar by days, as far as it may go. It reports whether it moved.
func (l *Lanes) Shift(by int) bool {
	b, ok := l.Selected()
	if !ok || l.cfg.Moved == nil {
		return false
	}
	back, on := b.room()
	if by = max(-back, min(on, by)); by == 0 {
		return false
	}
	l.cfg.Moved(b.ID, b.From+by)
	return true
}

// reveal scrolls the chosen bar into view, over days and lanes. It reports whether
// other days are in view now.
func (l *Lanes) reveal() (moved bool) {
	b, ok := l.Selected()
	if !ok || !l.cfg.Scrolls {
		return false
	}
	if b.To < l.from || b.From >= l.from+l.days {
		l.from, moved = b.From-l.days/4, true
	}
	y := float32(l.at[b.ID]) * laneHeight
	h := l.scroll.Size().Height
	if y < l.scroll.Offset.Y || y+laneHeight > l.scroll.Offset.Y+h {
		l.scroll.ScrollToOffset(fyne.NewPos(0, max(0, min(y-h/3, l.body.MinSize().Height-h))))
	}
	return moved
}

// day is the width of a day.
func (l *Lanes) day(width float32) float32 {
	return max(1, (width-l.cfg.Label-2*laneInset)/float32(l.days))
}

// x is where a day begins.
func (l *Lanes) x(day int, width float32) float32 {
	return laneInset + l.cfg.Label + float32(day-l.from)*l.day(width)
}

// HeightFor is that of all lanes, or little where they scroll.
func (l *Lanes) HeightFor(float32) float32 { return l.MinSize().Height }

// MinSize is that of all lanes, or little where they scroll.
func (l *Lanes) MinSize() fyne.Size {
	if l.cfg.Scrolls {
		return fyne.NewSize(l.cfg.Label+200, laneHead+3*laneHeight)
	}
	return fyne.NewSize(l.cfg.Label+200, laneHead+l.body.MinSize().Height)
}

// CreateRenderer implements fyne.Widget.
func (l *Lanes) CreateRenderer() fyne.WidgetRenderer {
	var below fyne.CanvasObject = l.body
	if l.scroll != nil {
		below = l.scroll
	}
	r := &render{objects: []fyne.CanvasObject{l.head, below}, min: l.MinSize}
	r.layout = func(s fyne.Size) {
		place(l.head, 0, 0, s.Width, laneHead)
		place(below, 0, laneHead, s.Width, s.Height-laneHead)
	}
	r.refresh = func() {
		l.head.Refresh()
		l.body.fit()
	}
	return r
}

// lanesHead is the row of days.
type lanesHead struct {
	widget.BaseWidget
	lanes *Lanes
	words []*canvas.Text
}

func newLanesHead(l *Lanes) *lanesHead {
	h := &lanesHead{lanes: l}
	h.ExtendBaseWidget(h)
	return h
}

func (h *lanesHead) MinSize() fyne.Size { return fyne.NewSize(80, laneHead) }

func (h *lanesHead) CreateRenderer() fyne.WidgetRenderer {
	r := &render{min: h.MinSize}
	arrange := func(s fyne.Size) {
		r.objects = r.objects[:0]
		l, text := h.lanes, fyne.MeasureText("0", look.Caption, fyne.TextStyle{}).Height
		n := 0
		word := func(x float32, say string, ink look.Token) {
			for n >= len(h.words) {
				h.words = append(h.words, &canvas.Text{TextSize: look.Caption})
			}
			w := h.words[n]
			n++
			w.Text, w.Color = say, look.Color(ink)
			wide := fyne.MeasureText(say, look.Caption, fyne.TextStyle{}).Width
			if x+wide > s.Width {
				return
			}
			place(w, x, laneHead-text-look.S1, wide, text)
			r.objects = append(r.objects, w)
		}
		if l.cfg.Tick == nil {
			return
		}
		for day := l.firstTick(); day < l.from+l.days; day += l.step {
			if say := l.cfg.Tick(day); say != "" {
				word(l.x(day, s.Width)+look.S1, say, look.SecondInk)
			}
		}
	}
	r.layout = arrange
	r.refresh = func() {
		arrange(h.Size())
		canvas.Refresh(h)
	}
	return r
}

// firstTick is the first day in view that has a tick: ticks stay on their days when
// the view moves.
func (l *Lanes) firstTick() int {
	return l.from + ((-l.from)%l.step+l.step)%l.step
}

// lanesBody is what scrolls.
type lanesBody struct {
	widget.BaseWidget
	lanes *Lanes
	bars  []*laneBarView
	used  int // of these, the first are in view
	names []*Text
	ticks []*canvas.Rectangle
	bands []*canvas.Rectangle
	said  []*canvas.Text
	draw  func()
}

func newLanesBody(l *Lanes) *lanesBody {
	b := &lanesBody{lanes: l}
	b.ExtendBaseWidget(b)
	return b
}

func (b *lanesBody) MinSize() fyne.Size {
	h := float32(max(1, len(b.lanes.rows)))*laneHeight + look.S2
	if len(b.lanes.bands) > 0 {
		h += look.S3 // for their names, below the last lane
	}
	return fyne.NewSize(80, h)
}

func (b *lanesBody) grown() {
	if s := b.lanes.scroll; s != nil {
		b.Resize(fyne.NewSize(b.Size().Width, max(s.Size().Height, b.MinSize().Height)))
		s.Refresh()
	}
}

func (b *lanesBody) fit() {
	if b.draw != nil {
		b.draw()
	}
}

// visible is which rows are in view.
func (b *lanesBody) visible() (first, last int) {
	l := b.lanes
	first, last = 0, len(l.rows)
	if l.scroll != nil {
		y, h := l.scroll.Offset.Y, l.scroll.Size().Height
		first = max(0, int(y/laneHeight))
		last = min(len(l.rows), int((y+h)/laneHeight)+1)
	}
	return first, last
}

func (b *lanesBody) CreateRenderer() fyne.WidgetRenderer {
	r := &render{min: b.MinSize}
	rect := func(pool *[]*canvas.Rectangle, n int, token look.Token, x, y, w, h float32) {
		for n >= len(*pool) {
			*pool = append(*pool, panel(0, false))
		}
		o := (*pool)[n]
		fill(o, token, look.Clear)
		place(o, x, y, w, h)
		r.objects = append(r.objects, o)
	}
	arrange := func(s fyne.Size) {
		l := b.lanes
		r.objects = r.objects[:0]
		b.used = 0
		if s.Width <= 0 {
			return
		}
		left, right := laneInset+l.cfg.Label, s.Width-laneInset
		height := float32(len(l.rows)) * laneHeight
		if l.scroll != nil {
			height = max(height, l.scroll.Size().Height)
		}
		text := fyne.MeasureText("0", look.Caption, fyne.TextStyle{}).Height
		n := 0
		for _, band := range l.bands {
			x, to := max(left, l.x(band.From, s.Width)), min(right, l.x(band.To+1, s.Width))
			if to <= x {
				continue
			}
			rect(&b.bands, n, band.Tone.Tint(), x, 0, to-x, height)
			n++
		}
		n = 0
		for day := l.firstTick(); day < l.from+l.days; day += l.step {
			rect(&b.ticks, n, look.Line, l.x(day, s.Width), 0, 1, height)
			n++
		}
		n = 0
		for _, band := range l.bands {
			x, to := max(left, l.x(band.From, s.Width)), min(right, l.x(band.To+1, s.Width))
			if to <= x || band.Text == "" {
				continue
			}
			for n >= len(b.said) {
				b.said = append(b.said, &canvas.Text{TextSize: look.Caption})
			}
			t := b.said[n]
			n++
			t.Text, t.Color = ellipsis(band.Text, max(60, to-x), Style{Size: look.Caption}), look.Color(band.Tone.Ink())
			y := float32(0)
			if l.scroll != nil {
				y = l.scroll.Offset.Y + l.scroll.Size().Height - text - look.S1
			}
			place(t, x+3, y, to-x, text)
			r.objects = append(r.objects, t)
		}
		first, last := b.visible()
		n = 0
		for i := first; i < last; i++ {
			row := l.rows[i]
			if row.first || i == first {
				if n == len(b.names) {
					b.names = append(b.names, NewText("", Style{Ink: look.SecondInk, Shrink: true}))
				}
				name := b.names[n]
				n++
				name.Set(l.lanes[row.lane].Text)
				place(name, laneInset, float32(i)*laneHeight, l.cfg.Label-look.S2, laneHeight)
				r.objects = append(r.objects, name)
			}
			for _, at := range l.barsOf(i) {
				bar := l.bars[at]
				if b.used == len(b.bars) {
					b.bars = append(b.bars, newLaneBarView(l))
				}
				v := b.bars[b.used]
				b.used++
				v.show(bar, bar.ID == l.selected)
				shift := v.shift
				x := max(left, l.x(bar.From+shift, s.Width)+1)
				w := min(right, l.x(bar.To+1+shift, s.Width)-1) - x
				place(v, x, float32(i)*laneHeight+(laneHeight-laneBar)/2, max(3, w), laneBar)
				r.objects = append(r.objects, v)
			}
		}
	}
	b.draw = func() {
		arrange(b.Size())
		canvas.Refresh(b)
	}
	r.layout = arrange
	r.refresh = func() {
		b.draw()
		for _, o := range r.objects {
			o.Refresh()
		}
	}
	return r
}

// barsOf are the bars of a row that are in view. Bars of one row don't overlap, so
// that those in view lie next to each other.
func (l *Lanes) barsOf(row int) []int {
	all := l.inRow[row]
	first := sort.Search(len(all), func(i int) bool { return l.bars[all[i]].To >= l.from })
	last := sort.Search(len(all), func(i int) bool { return l.bars[all[i]].From >= l.from+l.days })
	if first >= last {
		return nil
	}
	return all[first:last]
}
