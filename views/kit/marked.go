package kit

import (
	"sort"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"cinnabar/views/look"
)

// Mark is a stretch of a text that means something, in runes, half open.
type Mark struct {
	Start, End int
	Tone       Tone
}

// Marked is a text that wraps, with stretches underlined and tinted by tone.
// Marks may overlap: the ground is that of the shortest one, which would be
// hidden otherwise, and each draws its own underline.
type Marked struct {
	widget.BaseWidget
	text    []rune
	style   Style
	marks   []Mark
	focused int // index of the mark that is pointed out, -1 for none

	// OnTap and OnHover are called with the index of a mark; OnHover with -1
	// when the pointer leaves the last one.
	OnTap   func(mark int)
	OnHover func(mark int)

	wrapped float32
	lines   []stretch
	hits    []hit
	hover   int
	drawn   markedPool
}

// hit is where a piece of a mark lies.
type hit struct {
	x, y, w, h float32
	mark       int
}

type markedPool struct {
	texts []*canvas.Text
	rects []*canvas.Rectangle
}

// NewMarked makes a text without marks.
func NewMarked(style Style) *Marked {
	m := &Marked{style: style, focused: -1, hover: -1, wrapped: -1}
	m.ExtendBaseWidget(m)
	return m
}

// Set changes text and marks. Marks that lie outside the text are cut to it.
func (m *Marked) Set(text string, marks []Mark) {
	m.text, m.marks, m.focused, m.hover, m.wrapped = []rune(text), nil, -1, -1, -1
	for _, k := range marks {
		k.Start, k.End = max(0, k.Start), min(len(m.text), k.End)
		m.marks = append(m.marks, k) // an empty one stays, so that indices hold
	}
	m.Refresh()
}

// Text is what it says.
func (m *Marked) Text() string { return string(m.text) }

// Focus points one mark out, -1 none.
func (m *Marked) Focus(mark int) {
	if m.focused != mark {
		m.focused = mark
		m.Refresh()
	}
}

// Focused is the mark that is pointed out, -1 for none.
func (m *Marked) Focused() int { return m.focused }

// Top returns how far below the upper edge a mark begins, to scroll to it.
func (m *Marked) Top(mark int) float32 {
	for _, h := range m.hits {
		if h.mark == mark {
			return h.y
		}
	}
	return 0
}

// HeightFor is the height at a width.
func (m *Marked) HeightFor(width float32) float32 {
	return float32(len(m.broken(width))) * m.leading()
}

// leading has room for two underlines under the words.
func (m *Marked) leading() float32 { return float32(int(m.style.size()*1.8 + .5)) }

func (m *Marked) broken(width float32) []stretch {
	if width != m.wrapped {
		m.lines, m.wrapped = wrap(m.text, width, m.style), width
	}
	return m.lines
}

// MinSize is narrow; its height is that of the present width.
func (m *Marked) MinSize() fyne.Size {
	w := m.Size().Width
	if w <= 0 {
		return fyne.NewSize(1, m.leading())
	}
	return fyne.NewSize(1, m.HeightFor(w))
}

// piece is a stretch of one line under the same marks.
type piece struct {
	start, end int
	marks      []int
}

// pieces cuts a line wherever a mark begins or ends.
func (m *Marked) pieces(l stretch) []piece {
	cuts := []int{l.start, l.end}
	var over []int
	for i, k := range m.marks {
		if k.Start >= l.end || k.End <= l.start || k.Start >= k.End {
			continue
		}
		over = append(over, i)
		cuts = append(cuts, max(k.Start, l.start), min(k.End, l.end))
	}
	if len(over) == 0 {
		return []piece{{start: l.start, end: l.end}}
	}
	sort.Ints(cuts)
	var out []piece
	for i := 0; i+1 < len(cuts); i++ {
		if cuts[i] == cuts[i+1] {
			continue
		}
		p := piece{start: cuts[i], end: cuts[i+1]}
		for _, k := range over {
			if m.marks[k].Start <= p.start && m.marks[k].End >= p.end {
				p.marks = append(p.marks, k)
			}
		}
		// The shortest mark comes last: its ground is the one that shows.
		sort.SliceStable(p.marks, func(a, b int) bool {
			x, y := m.marks[p.marks[a]], m.marks[p.marks[b]]
			return x.End-x.Start > y.End-y.Start
		})
		out = append(out, p)
	}
	return out
}

// CreateRenderer implements fyne.Widget.
func (m *Marked) CreateRenderer() fyne.WidgetRenderer {
	r := &render{min: m.MinSize}
	r.layout = func(s fyne.Size) { r.objects = m.arrange(s) }
	r.refresh = func() {
		r.layout(m.Size())
		canvas.Refresh(m)
	}
	return r
}

func (m *Marked) arrange(s fyne.Size) []fyne.CanvasObject {
	if s.Width <= 0 {
		return nil
	}
	m.hits = m.hits[:0]
	nt, nr := 0, 0
	text := func() *canvas.Text {
		if nt == len(m.drawn.texts) {
			m.drawn.texts = append(m.drawn.texts, &canvas.Text{})
		}
		nt++
		return m.drawn.texts[nt-1]
	}
	rect := func() *canvas.Rectangle {
		if nr == len(m.drawn.rects) {
			m.drawn.rects = append(m.drawn.rects, panel(0, false))
		}
		nr++
		return m.drawn.rects[nr-1]
	}
	var under, over []fyne.CanvasObject
	lead := m.leading()
	own := fyne.MeasureText("A", m.style.size(), m.style.face()).Height
	for i, l := range m.broken(s.Width) {
		x, y := float32(0), float32(i)*lead
		for _, p := range m.pieces(l) {
			t := text()
			t.Text, t.TextSize, t.TextStyle = string(m.text[p.start:p.end]), m.style.size(), m.style.face()
			t.Color = look.Color(m.style.ink())
			w := fyne.MeasureText(t.Text, m.style.size(), m.style.face()).Width
			place(t, x, y+(lead-own)/2, w, own)
			over = append(over, t)
			if n := len(p.marks); n > 0 {
				top := m.marks[p.marks[n-1]]
				ground := rect()
				tint := top.Tone.Tint()
				pointed := m.focused >= 0 && contains(p.marks, m.focused)
				ground.CornerRadius, ground.FillColor = 2, look.Color(tint)
				place(ground, x, y+(lead-own)/2, w, own+1)
				under = append(under, ground)
				for j, k := range p.marks {
					if j > 1 {
						break
					}
					line := rect()
					thick := float32(2)
					if pointed && k == m.focused {
						thick = 3
					}
					line.CornerRadius, line.FillColor = 0, look.Color(m.marks[k].Tone.Ink())
					place(line, x, y+(lead+own)/2+float32(j)*3, w, thick)
					under = append(under, line)
				}
				m.hits = append(m.hits, hit{x, y, w, lead, p.marks[n-1]})
			}
			x += w
		}
	}
	return append(under, over...)
}

func contains(list []int, v int) bool {
	for _, x := range list {
		if x == v {
			return true
		}
	}
	return false
}

func (m *Marked) at(p fyne.Position) int {
	for _, h := range m.hits {
		if p.X >= h.x && p.X < h.x+h.w && p.Y >= h.y && p.Y < h.y+h.h {
			return h.mark
		}
	}
	return -1
}

// Tapped implements fyne.Tappable.
func (m *Marked) Tapped(e *fyne.PointEvent) {
	if k := m.at(e.Position); k >= 0 {
		m.Focus(k)
		if m.OnTap != nil {
			m.OnTap(k)
		}
	}
}

// MouseIn implements desktop.Hoverable.
func (m *Marked) MouseIn(e *desktop.MouseEvent) { m.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (m *Marked) MouseMoved(e *desktop.MouseEvent) {
	if k := m.at(e.Position); k != m.hover {
		m.hover = k
		if m.OnHover != nil {
			m.OnHover(k)
		}
	}
}

// MouseOut implements desktop.Hoverable.
func (m *Marked) MouseOut() {
	if m.hover >= 0 {
		m.hover = -1
		if m.OnHover != nil {
			m.OnHover(-1)
		}
	}
}

// Cursor is a hand over a mark.
func (m *Marked) Cursor() desktop.Cursor {
	if m.hover >= 0 {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}
