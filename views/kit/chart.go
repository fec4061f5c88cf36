package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"cinnabar/views/look"
)

// Bar is one column of a chart.
type Bar struct {
	Label string  // under the column
	Value float64 // not below 0
	Text  string  // over the column, "" for none
	Meant bool    // the one that is spoken of, in cinnabar
}

// Bars is a small column chart without axes.
type Bars struct {
	widget.BaseWidget
	bars   []Bar
	height float32
	cols   []*canvas.Rectangle
	labels []*canvas.Text
	values []*canvas.Text
}

// NewBars makes a chart of a height in pixels, labels included.
func NewBars(height float32, bars ...Bar) *Bars {
	b := &Bars{bars: bars, height: height}
	b.ExtendBaseWidget(b)
	return b
}

// Set changes the columns.
func (b *Bars) Set(bars ...Bar) {
	b.bars = bars
	b.Refresh()
}

// MinSize has room for narrow columns.
func (b *Bars) MinSize() fyne.Size {
	return fyne.NewSize(float32(len(b.bars))*look.S4, b.height)
}

// barPitch is the widest distance between columns: a chart of few columns stays
// at the left rather than becoming a wall. Labels that are wider part them further.
const barPitch = 38

// CreateRenderer implements fyne.Widget.
func (b *Bars) CreateRenderer() fyne.WidgetRenderer {
	r := &render{min: b.MinSize}
	r.layout = func(s fyne.Size) {
		if len(b.bars) == 0 {
			return
		}
		most, apart := 0.0, float32(barPitch)
		for _, bar := range b.bars {
			most = max(most, bar.Value)
			apart = max(apart, fyne.MeasureText(bar.Label, look.Caption, fyne.TextStyle{}).Width+look.S2)
		}
		pitch := min(apart, s.Width/float32(len(b.bars)))
		w := min(pitch, barPitch) * .6
		text := fyne.MeasureText("0", look.Caption, fyne.TextStyle{}).Height
		base := s.Height - text - look.S1
		room := base - text - look.S1
		for i, bar := range b.bars {
			h := float32(2)
			if most > 0 {
				h = max(2, float32(bar.Value/most)*room)
			}
			x := float32(i) * pitch
			place(b.cols[i], x+(pitch-w)/2, base-h, w, h)
			b.cols[i].CornerRadius = min(3, h/2)
			place(b.labels[i], x-pitch, base+look.S1, pitch*3, text)
			place(b.values[i], x-pitch, base-h-text-2, pitch*3, text)
		}
	}
	r.refresh = func() {
		r.objects = r.objects[:0]
		for i, bar := range b.bars {
			if i == len(b.cols) {
				b.cols = append(b.cols, panel(3, false))
				b.labels = append(b.labels, &canvas.Text{Alignment: fyne.TextAlignCenter, TextSize: look.Caption})
				b.values = append(b.values, &canvas.Text{Alignment: fyne.TextAlignCenter, TextSize: look.Caption})
			}
			ground := look.Track
			if bar.Meant {
				ground = look.Seal
			}
			fill(b.cols[i], ground, look.Clear)
			b.labels[i].Text, b.labels[i].Color = bar.Label, look.Color(look.SecondInk)
			b.values[i].Text, b.values[i].Color = bar.Text, look.Color(look.SecondInk)
			r.objects = append(r.objects, b.cols[i], b.labels[i], b.values[i])
		}
		r.layout(b.Size())
		canvas.Refresh(b)
	}
	r.refresh()
	return r
}

// Sparkline is a line of values over time, its last or highest point marked.
type Sparkline struct {
	widget.BaseWidget
	values []float64
	mark   int
	lines  []*canvas.Line
	dot    *canvas.Circle
	base   *canvas.Rectangle
}

// NewSparkline makes a line; mark is the index of the point to mark, -1 for none.
func NewSparkline(values []float64, mark int) *Sparkline {
	s := &Sparkline{values: values, mark: mark, dot: canvas.NewCircle(nil), base: panel(0, false)}
	s.ExtendBaseWidget(s)
	return s
}

// Set changes the values.
func (s *Sparkline) Set(values []float64, mark int) {
	s.values, s.mark = values, mark
	s.Refresh()
}

// MinSize is a small strip.
func (s *Sparkline) MinSize() fyne.Size { return fyne.NewSize(80, 48) }

// CreateRenderer implements fyne.Widget.
func (s *Sparkline) CreateRenderer() fyne.WidgetRenderer {
	r := &render{min: s.MinSize}
	r.layout = func(size fyne.Size) {
		place(s.base, 0, size.Height-1, size.Width, 1)
		n := len(s.values)
		if n < 2 {
			return
		}
		most := 0.0
		for _, v := range s.values {
			most = max(most, v)
		}
		at := func(i int) fyne.Position {
			y := size.Height - 4
			if most > 0 {
				y -= float32(s.values[i]/most) * (size.Height - 10)
			}
			return fyne.NewPos(float32(i)*(size.Width-6)/float32(n-1)+3, y)
		}
		for i, l := range s.lines[:n-1] {
			l.Position1, l.Position2 = at(i), at(i+1)
		}
		if s.mark >= 0 && s.mark < n {
			p := at(s.mark)
			place(s.dot, p.X-3.5, p.Y-3.5, 7, 7)
		}
	}
	r.refresh = func() {
		fill(s.base, look.Line, look.Clear)
		r.objects = append(r.objects[:0], s.base)
		for i := 0; i+1 < len(s.values); i++ {
			if i == len(s.lines) {
				s.lines = append(s.lines, &canvas.Line{StrokeWidth: 1.6})
			}
			s.lines[i].StrokeColor = look.Color(look.IndigoInk)
			r.objects = append(r.objects, s.lines[i])
		}
		if s.mark >= 0 && s.mark < len(s.values) {
			s.dot.FillColor = look.Color(look.Seal)
			r.objects = append(r.objects, s.dot)
		}
		r.layout(s.Size())
		canvas.Refresh(s)
	}
	r.refresh()
	return r
}
