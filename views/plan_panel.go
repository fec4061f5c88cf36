package views

import (
	"fyne.io/fyne/v2"

	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// planPanel is a column that takes something new: fields above what keeps them. There
// is no window that has to be answered first. It is the same panel in every language:
// what was typed goes along.
type planPanel struct {
	b       *words.Book
	compose func(*planPanel, *form) panelParts
	back    func()
	form    *form
	box     *fyne.Container
	notice  *fyne.Container
	save    *kit.Button
	scroll  *kit.Scroll
	said    func(*words.Book) (what, next string) // what stands in the way, nil for nothing
	request string                                // of the try under way, or of the last one while nothing was changed since
	title   string
	touched bool // something was typed or chosen since it opened
	working bool
	barred  bool            // as it is now it can't be kept
	settled func(kept bool) // waits for what comes of the save; nil while nobody does
}

// panelParts is what a panel says beside its fields, in the language of its form.
type panelParts struct {
	title, save string
	put         func()
	more        []fyne.CanvasObject // beside the quiet button that leads back
}

// newPanel opens one. compose adds the fields to a form; it is called anew for every
// language, so that what a person chose has to live outside of it. back is called by
// the quiet button.
func newPanel(b *words.Book, back func(), compose func(*planPanel, *form) panelParts) *planPanel {
	p := &planPanel{compose: compose, back: back, box: kit.Stack(0)}
	p.draw(b)
	return p
}

// draw makes the widgets from the draft as it stands.
func (p *planPanel) draw(b *words.Book) {
	p.b, p.form = b, &form{b: b}
	p.notice = kit.Stack(0)
	parts := p.compose(p, p.form)
	p.title = parts.title
	also := p.form.touched
	p.form.touched = func() {
		p.touched, p.request = true, ""
		if also != nil {
			also()
		}
	}
	p.scroll = kit.NewScroll(kit.PadAll(look.S4, kit.Stack(look.S3, append([]fyne.CanvasObject{kit.NewParagraph(parts.title, kit.Heading)}, p.form.objects...)...)))
	p.save = kit.NewButton(kit.ButtonConfig{Text: parts.save, Key: "Ctrl ↵", Weight: kit.Primary, Press: parts.put})
	foot := kit.Stack(look.S2, p.notice, p.save,
		kit.Row(look.S2, append(parts.more, kit.Gap(), kit.NewButton(kit.ButtonConfig{Text: b.T("common.cancel"), Key: "Esc", Weight: kit.Quiet, Press: p.back}))...))
	p.box.Objects = []fyne.CanvasObject{kit.Grow(p.scroll), kit.NewGround(look.Surface, 0, kit.Stack(0, kit.NewRule(), kit.PadAll(look.S4, foot)))}
	p.able()
	p.say()
}

// reword shows the panel in another language. What was typed stays, even what can't be
// read as what it should be.
func (p *planPanel) reword(b *words.Book) {
	typed := p.form.texts()
	p.draw(b)
	p.form.retype(typed)
}

// complain says what stands in the way, in whatever language is shown; nil takes it back.
func (p *planPanel) complain(said func(*words.Book) (what, next string)) {
	p.said = said
	p.say()
	if said != nil {
		p.settle(false)
	}
}

// refuse says why something could not be kept.
func (p *planPanel) refuse(err error) {
	p.complain(func(b *words.Book) (string, string) { return b.Error(err) })
}

func (p *planPanel) say() {
	p.notice.Objects = nil
	if p.said != nil {
		what, next := p.said(p.b)
		p.notice.Objects = []fyne.CanvasObject{noticeCard(kit.Amber, what, next)}
	}
	p.notice.Hidden = p.said == nil
	p.box.Refresh()
}

// grew lays the fields out anew after one of them has become taller or shorter.
func (p *planPanel) grew() {
	if p.scroll != nil {
		p.scroll.Refresh()
	}
}

// keep saves as its main button does, and tells what came of it.
func (p *planPanel) keep(done func(kept bool)) {
	if p.save.Disabled() {
		done(false)
		return
	}
	p.settled = done
	p.save.Press()
}

// holds is what would be lost if the panel were left as it is, nil for nothing. A nil
// panel holds nothing.
func (p *planPanel) holds(drop func()) *Held {
	if p == nil || !p.touched {
		return nil
	}
	h := &Held{What: p.b.T("plan.held_panel", p.title), Save: p.keep, Drop: drop}
	if p.save.Disabled() {
		h.Save = nil
	}
	return h
}

// settle tells whoever waits what came of a save.
func (p *planPanel) settle(kept bool) {
	if done := p.settled; done != nil {
		p.settled = nil
		done(kept)
	}
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
	p.able()
}

// bar keeps the panel from being saved while what was chosen can't be.
func (p *planPanel) bar(on bool) {
	p.barred = on
	p.able()
}

func (p *planPanel) able() {
	if p.working || p.barred {
		p.save.Disable("")
	} else {
		p.save.Enable()
	}
}
