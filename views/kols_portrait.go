package views

import (
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"cinnabar/assets"
	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// portrait is a KOL's picture in the round, or the first letter of the handle where
// there is none.
type portrait struct {
	widget.BaseWidget
	picture *kit.Picture
	letter  *kit.Text
	ground  *kit.Ground
	box     *fyne.Container
}

func newPortrait(g *kit.Gallery, side float32) *portrait {
	size := look.Title
	if side > 48 {
		size = look.Page
	}
	p := &portrait{picture: kit.NewPicture(g, true, side/2), letter: kit.NewText("", kit.Style{Size: size, Bold: true, Ink: look.SecondInk, Align: fyne.TextAlignCenter, Shrink: true})}
	p.ground = kit.NewGround(look.Selected, side/2, p.letter)
	p.box = kit.Fixed(side, side, container.NewStack(p.ground, p.picture))
	p.picture.Failed = func() { p.show(false) }
	p.ExtendBaseWidget(p)
	return p
}

func (p *portrait) set(handle string, id assets.ID) {
	p.picture.Set(id)
	letter := strings.TrimFunc(handle, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
	for _, r := range letter {
		p.letter.Set(string(unicode.ToUpper(r)))
		break
	}
	p.show(id != "")
}

// show puts the picture in front, or the letter.
func (p *portrait) show(picture bool) {
	p.picture.Hidden, p.ground.Hidden = !picture, picture
	p.box.Refresh()
}

// MinSize is the side both ways.
func (p *portrait) MinSize() fyne.Size { return p.box.MinSize() }

// CreateRenderer implements fyne.Widget.
func (p *portrait) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(p.box) }
