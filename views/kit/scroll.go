package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// Scroll lets content be taller than its room. The content is as wide as the
// room, so that paragraphs in it wrap.
type Scroll struct {
	widget.BaseWidget
	inner  *container.Scroll
	sheet  *fyne.Container
	within fyne.CanvasObject
}

// NewScroll makes content scroll up and down.
func NewScroll(content fyne.CanvasObject) *Scroll {
	s := &Scroll{within: content}
	s.sheet = container.New(sheetLayout{}, content)
	s.inner = container.NewVScroll(s.sheet)
	s.ExtendBaseWidget(s)
	return s
}

// ToTop goes back to the beginning.
func (s *Scroll) ToTop() { s.inner.ScrollToTop() }

// To scrolls so that a place of the content, in pixels from its top, is in view.
func (s *Scroll) To(y float32) {
	h := s.inner.Size().Height
	if y >= s.inner.Offset.Y && y < s.inner.Offset.Y+h-40 {
		return
	}
	most := max(0, s.sheet.Size().Height-h)
	s.inner.ScrollToOffset(fyne.NewPos(0, max(0, min(most, y-h/3))))
}

// MinSize is small.
func (s *Scroll) MinSize() fyne.Size { return fyne.NewSize(40, 40) }

// CreateRenderer implements fyne.Widget.
func (s *Scroll) CreateRenderer() fyne.WidgetRenderer {
	r := &render{objects: []fyne.CanvasObject{s.inner}, min: s.MinSize}
	r.layout = func(size fyne.Size) {
		// The width first: the scroller asks the content for its height.
		s.sheet.Resize(fyne.NewSize(size.Width, max(size.Height, HeightFor(s.within, size.Width))))
		place(s.inner, 0, 0, size.Width, size.Height)
	}
	r.refresh = func() {
		r.layout(s.Size())
		s.inner.Refresh()
	}
	return r
}

// sheetLayout gives its object the whole sheet and says the height that the
// object needs at the sheet's own width.
type sheetLayout struct{}

func (sheetLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	o := objects[0]
	w := o.Size().Width
	if w <= 0 {
		return o.MinSize()
	}
	return fyne.NewSize(1, HeightFor(o, w))
}

func (sheetLayout) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	place(objects[0], 0, 0, s.Width, s.Height)
}
