package views

import (
	"fyne.io/fyne/v2"

	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// planPanel is a column that takes something new: fields above what keeps them. There
// is no window that has to be answered first.
type planPanel struct {
	b       *words.Book
	box     fyne.CanvasObject
	notice  *fyne.Container
	save    *kit.Button
	scroll  *kit.Scroll
	request string // of the try under way, or of the last one while nothing was changed since
	working bool
	up      bool
}

// newPanel lays a form above its buttons. put is called by the main one, back by the
// quiet one.
func newPanel(b *words.Book, up bool, title string, fields []fyne.CanvasObject, save string, put, back func(), more ...fyne.CanvasObject) *planPanel {
	p := &planPanel{b: b, notice: kit.Stack(0), up: up}
	p.notice.Hide()
	p.scroll = kit.NewScroll(kit.PadAll(look.S4, kit.Stack(look.S3, append([]fyne.CanvasObject{kit.NewParagraph(title, kit.Heading)}, fields...)...)))
	p.save = kit.NewButton(kit.ButtonConfig{Text: save, Key: "Ctrl ↵", Weight: kit.Primary, Press: put})
	foot := kit.Stack(look.S2, p.notice, p.save,
		kit.Row(look.S2, append(more, kit.Gap(), kit.NewButton(kit.ButtonConfig{Text: b.T("common.cancel"), Key: "Esc", Weight: kit.Quiet, Press: back}))...))
	p.box = kit.Stack(0, kit.Grow(p.scroll), kit.NewGround(look.Surface, 0, kit.Stack(0, kit.NewRule(), kit.PadAll(look.S4, foot))))
	return p
}

// complain says what stands in the way.
func (p *planPanel) complain(what, next string) {
	p.notice.Objects = nil
	if what != "" {
		p.notice.Objects = []fyne.CanvasObject{noticeCard(kit.Amber, what, next)}
	}
	p.notice.Hidden = what == ""
	p.box.Refresh()
}

// noticeCard says on a tint what happened and what to do.
func noticeCard(tone kit.Tone, what, next string, more ...fyne.CanvasObject) fyne.CanvasObject {
	lines := kit.Stack(look.S1, kit.NewParagraph(what, kit.Style{Bold: true, Ink: tone.Ink()}))
	if next != "" {
		lines.Add(kit.NewParagraph(next, kit.Plain))
	}
	for _, o := range more {
		lines.Add(o)
	}
	return kit.NewGround(tone.Tint(), look.Radius, kit.PadAll(look.S3, lines))
}

// busy keeps a wish from being sent twice.
func (p *planPanel) busy(on bool) {
	p.working = on
	if on {
		p.save.Disable("")
	} else {
		p.save.Enable()
	}
}

func (p *planPanel) link(up bool) { p.up = up }
