package views

import (
	"fyne.io/fyne/v2"

	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// band says across the window that the database is away.
type band struct {
	text *kit.Paragraph
	box  *fyne.Container
}

func newBand() *band {
	b := &band{text: kit.NewParagraph("", kit.Style{Ink: look.AmberInk})}
	b.box = kit.Stack(0, kit.NewGround(look.AmberTint, 0,
		kit.Pad(6, look.S5, 6, look.S5, kit.Row(look.S2, kit.NewSymbol(look.IconOffline, look.AmberInk, 16), kit.Grow(b.text)))), kit.NewRule())
	b.box.Hide()
	return b
}

// set says something, or nothing; it reports whether the band came or went.
func (b *band) set(text string) bool {
	was := b.box.Visible()
	b.text.Set(text)
	if text == "" {
		b.box.Hide()
	} else {
		b.box.Show()
	}
	b.box.Refresh()
	return was != b.box.Visible()
}
