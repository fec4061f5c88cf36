package kit_test

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// lineRow is a queue row as the screens draw it.
type lineRow struct {
	widget.BaseWidget
	title, sub, score *kit.Text
	pill              *kit.Pill
	picture           *kit.Picture
	box               *fyne.Container
	bound             int
}

func newLineRow(g *kit.Gallery) *lineRow {
	r := &lineRow{title: kit.NewText("", kit.Style{Bold: true, Shrink: true}), sub: kit.NewText("", kit.Style{Size: look.Caption, Ink: look.SecondInk, Shrink: true}),
		score: kit.NewText("", kit.Style{Size: look.Caption, Ink: look.SecondInk, Align: fyne.TextAlignTrailing}), pill: kit.NewPill("", kit.Neutral), picture: kit.NewPicture(g, true, 6)}
	r.box = kit.Pad(0, look.S4, 0, look.S4, kit.Row(look.S3, kit.Fixed(44, 44, r.picture), kit.Grow(kit.Stack(2, r.title, r.sub)), kit.Stack(2, r.score, r.pill)))
	r.ExtendBaseWidget(r)
	return r
}

func (r *lineRow) Bind(l line, _ bool) {
	r.bound++
	r.title.Set(l.title)
	r.sub.Set(l.sub)
	r.score.Set(l.score)
	r.pill.Set(l.tag, l.tone)
	if l.key != "" {
		r.picture.Set("picture")
	}
	r.box.Refresh()
}

func (r *lineRow) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(r.box) }
