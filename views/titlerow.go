package views

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// titleRow is the upper edge: where one is, and the way to everything else.
type titleRow struct {
	widget.BaseWidget
	title    *kit.Text
	subtitle *kit.Text
	box      *fyne.Container
}

func newTitleRow(book *words.Book, search func()) *titleRow {
	t := &titleRow{title: kit.NewText("", kit.Heading), subtitle: kit.NewText("", kit.Style{Ink: look.SecondInk, Shrink: true})}
	t.box = kit.Stack(0,
		kit.Fixed(0, look.TitleHeight-1, kit.Pad(0, look.S5, 0, look.S5,
			kit.Row(look.S4, t.title, kit.Grow(t.subtitle), kit.Fixed(300, 32, kit.NewSearchBox(book.T("shell.search"), search, "Ctrl", "K"))))),
		kit.NewRule())
	t.ExtendBaseWidget(t)
	return t
}

func (t *titleRow) set(title, subtitle string) {
	t.title.Set(title)
	t.subtitle.Set(subtitle)
	t.box.Refresh()
}

func (t *titleRow) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(t.box) }

// frameLayout stacks title row, band and strip above the stage, which takes the rest.
type frameLayout struct{}

// MinSize keeps the window as wide as a review screen needs with a readable middle.
func (frameLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(look.QueueWidth+look.DecisionWidth+320, 560)
}

func (frameLayout) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	y := float32(0)
	for i, o := range objects {
		if !o.Visible() {
			continue
		}
		h := s.Height - y
		if i < len(objects)-1 {
			h = kit.HeightFor(o, s.Width)
		}
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(s.Width, max(0, h)))
		y += h
	}
}
