package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
)

// Stack puts objects under each other, each as wide as the stack and as tall as
// it needs at that width. An object wrapped in Grow takes the height left over.
func Stack(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(stackLayout{gap}, objects...)
}

type stackLayout struct{ gap float32 }

func (l stackLayout) HeightFor(objects []fyne.CanvasObject, width float32) float32 {
	var h float32
	n := 0
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		h += HeightFor(o, width)
		n++
	}
	return h + l.gap*float32(max(0, n-1))
}

func (l stackLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var s fyne.Size
	n := 0
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		s.Width, s.Height = max(s.Width, m.Width), s.Height+m.Height
		n++
	}
	s.Height += l.gap * float32(max(0, n-1))
	return s
}

func (l stackLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	if size.Width <= 0 {
		return // it is just being made; wrapping its texts into nothing takes long
	}
	growing := 0
	for _, o := range objects {
		if o.Visible() && grows(o) {
			growing++
		}
	}
	var spare float32
	if growing > 0 {
		spare = max(0, size.Height-l.HeightFor(objects, size.Width)) / float32(growing)
	}
	y := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		h := HeightFor(o, size.Width)
		if grows(o) {
			h += spare
		}
		place(o, 0, y, size.Width, h)
		y += h + l.gap
	}
}

// Row puts objects beside each other, each as wide as its words and centred in
// height. An object wrapped in Grow shares the width left over.
func Row(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(rowLayout{gap: gap}, objects...)
}

// TopRow is Row with objects aligned at their upper edges and as tall as the row.
func TopRow(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(rowLayout{gap: gap, top: true}, objects...)
}

type rowLayout struct {
	gap float32
	top bool
}

func (l rowLayout) widths(objects []fyne.CanvasObject, width float32) []float32 {
	ws := make([]float32, len(objects))
	left, growing, n := width, 0, 0
	for i, o := range objects {
		if !o.Visible() {
			continue
		}
		n++
		ws[i] = o.MinSize().Width
		left -= ws[i]
		if grows(o) {
			growing++
		}
	}
	left -= l.gap * float32(max(0, n-1))
	if growing > 0 && left > 0 {
		for i, o := range objects {
			if o.Visible() && grows(o) {
				ws[i] += left / float32(growing)
			}
		}
	}
	return ws
}

func (l rowLayout) HeightFor(objects []fyne.CanvasObject, width float32) float32 {
	var h float32
	for i, w := range l.widths(objects, width) {
		if objects[i].Visible() {
			h = max(h, HeightFor(objects[i], w))
		}
	}
	return h
}

func (l rowLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var s fyne.Size
	n := 0
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		s.Width, s.Height = s.Width+m.Width, max(s.Height, m.Height)
		n++
	}
	s.Width += l.gap * float32(max(0, n-1))
	return s
}

func (l rowLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	if size.Width <= 0 {
		return // as in a stack
	}
	x := float32(0)
	for i, w := range l.widths(objects, size.Width) {
		o := objects[i]
		if !o.Visible() {
			continue
		}
		h, y := size.Height, float32(0)
		if !l.top {
			h = min(size.Height, HeightFor(o, w))
			y = (size.Height - h) / 2
		}
		place(o, x, y, w, h)
		x += w + l.gap
	}
}

// growLayout marks a container that takes what is left over.
type growLayout struct{ layout.CustomPaddedLayout }

func (l growLayout) HeightFor(objects []fyne.CanvasObject, width float32) float32 {
	return HeightFor(objects[0], width)
}

// Grow marks an object that takes the room left over in a Stack or Row.
func Grow(o fyne.CanvasObject) *fyne.Container { return container.New(growLayout{}, o) }

// Gap is an empty stretch that takes the room left over.
func Gap() *fyne.Container { return Grow(Fixed(0, 0, nil)) }

func grows(o fyne.CanvasObject) bool {
	c, ok := o.(*fyne.Container)
	if !ok {
		return false
	}
	_, ok = c.Layout.(growLayout)
	return ok
}

// Pad leaves room around an object: top, right, bottom, left.
func Pad(top, right, bottom, left float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(padLayout{top, right, bottom, left}, o)
}

// PadAll leaves the same room on every side.
func PadAll(by float32, o fyne.CanvasObject) *fyne.Container { return Pad(by, by, by, by, o) }

type padLayout struct{ top, right, bottom, left float32 }

func (l padLayout) HeightFor(objects []fyne.CanvasObject, width float32) float32 {
	return HeightFor(objects[0], width-l.left-l.right) + l.top + l.bottom
}

func (l padLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return objects[0].MinSize().AddWidthHeight(l.left+l.right, l.top+l.bottom)
}

func (l padLayout) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	place(objects[0], l.left, l.top, s.Width-l.left-l.right, s.Height-l.top-l.bottom)
}

// Fixed gives an object a size of its own; 0 keeps what the object or the room
// around it says. o may be nil for an empty room.
func Fixed(w, h float32, o fyne.CanvasObject) *fyne.Container {
	if o == nil {
		return container.New(fixedLayout{w, h})
	}
	return container.New(fixedLayout{w, h}, o)
}

type fixedLayout struct{ w, h float32 }

func (l fixedLayout) HeightFor(objects []fyne.CanvasObject, width float32) float32 {
	if l.h > 0 || len(objects) == 0 {
		return l.h
	}
	return HeightFor(objects[0], width)
}

func (l fixedLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	s := fyne.NewSize(l.w, l.h)
	if len(objects) > 0 {
		m := objects[0].MinSize()
		if l.w == 0 {
			s.Width = m.Width
		}
		if l.h == 0 {
			s.Height = m.Height
		}
	}
	return s
}

func (l fixedLayout) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	for _, o := range objects {
		place(o, 0, 0, s.Width, s.Height)
	}
}

// Columns puts three objects side by side at full height: left and right of
// fixed width, the middle flexible. nil leaves a side out.
func Columns(left, right float32, l, m, r fyne.CanvasObject) *fyne.Container {
	objects := []fyne.CanvasObject{m}
	c := columnsLayout{}
	if l != nil {
		c.left = left
		objects = append(objects, l)
	}
	if r != nil {
		c.right = right
		objects = append(objects, r)
	}
	return container.New(c, objects...)
}

type columnsLayout struct{ left, right float32 }

func (l columnsLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	s := objects[0].MinSize().AddWidthHeight(l.left+l.right, 0)
	for _, o := range objects[1:] {
		s.Height = max(s.Height, o.MinSize().Height)
	}
	return s
}

func (l columnsLayout) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	place(objects[0], l.left, 0, s.Width-l.left-l.right, s.Height)
	i := 1
	if l.left > 0 {
		place(objects[i], 0, 0, l.left, s.Height)
		i++
	}
	if l.right > 0 {
		place(objects[i], s.Width-l.right, 0, l.right, s.Height)
	}
}

// Grid puts objects in n columns of one width; each row is as tall as its
// tallest object.
func Grid(n int, gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(gridLayout{n, gap}, objects...)
}

type gridLayout struct {
	n   int
	gap float32
}

func (l gridLayout) column(width float32) float32 {
	return (width - l.gap*float32(l.n-1)) / float32(l.n)
}

func (l gridLayout) rows(objects []fyne.CanvasObject, height func(fyne.CanvasObject) float32) []float32 {
	var rows []float32
	i := 0
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		if i%l.n == 0 {
			rows = append(rows, 0)
		}
		rows[len(rows)-1] = max(rows[len(rows)-1], height(o))
		i++
	}
	return rows
}

func (l gridLayout) sum(rows []float32) float32 {
	h := l.gap * float32(max(0, len(rows)-1))
	for _, r := range rows {
		h += r
	}
	return h
}

func (l gridLayout) HeightFor(objects []fyne.CanvasObject, width float32) float32 {
	w := l.column(width)
	return l.sum(l.rows(objects, func(o fyne.CanvasObject) float32 { return HeightFor(o, w) }))
}

func (l gridLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var w float32
	for _, o := range objects {
		if o.Visible() {
			w = max(w, o.MinSize().Width)
		}
	}
	h := l.sum(l.rows(objects, func(o fyne.CanvasObject) float32 { return o.MinSize().Height }))
	return fyne.NewSize(w*float32(l.n)+l.gap*float32(l.n-1), h)
}

func (l gridLayout) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	w := l.column(s.Width)
	rows := l.rows(objects, func(o fyne.CanvasObject) float32 { return HeightFor(o, w) })
	i, y := 0, float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		if i > 0 && i%l.n == 0 {
			y += rows[i/l.n-1] + l.gap
		}
		place(o, float32(i%l.n)*(w+l.gap), y, w, rows[i/l.n])
		i++
	}
}

func containerOf(l fyne.Layout, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(l, objects...)
}
