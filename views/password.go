package views

import (
	"fyne.io/fyne/v2"

	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// Keep is where a password may stay until the next start.
type Keep uint8

// The places. A machine without a keyring may have a passfile instead.
const (
	KeepNowhere Keep = iota
	KeepInKeyring
	KeepInPassfile
)

// PasswordConfig says whose password is asked for, and where it may be kept.
type PasswordConfig struct {
	Book     *words.Book
	Login    string
	Host     string
	Database string
	Wrong    bool   // the server did not accept the last one
	Keep     Keep   // what is offered besides asking each time
	Passfile string // path, shown with KeepInPassfile
	// Submit is called once, with what was written and where it is to stay.
	Submit func(password string, keep Keep)
}

// Password is what stands in the window when a shared server asks for a password:
// one field, one choice, one button.
type Password struct {
	PasswordConfig
	field *kit.Field
	note  *kit.Paragraph
	open  *kit.Button
	chips *kit.Chips
	page  fyne.CanvasObject
	keep  Keep
	sent  bool
}

// NewPassword makes the screen. A keyring is offered as the usual thing, because
// nobody but the account can read it; a file only if the person wants it.
func NewPassword(c PasswordConfig) *Password {
	p := &Password{PasswordConfig: c}
	t := c.Book.T
	p.field = kit.NewField(kit.FieldConfig{Label: t("shell.password"), Icon: look.IconLock, Secret: true})
	p.field.Submitted = func(string) { p.submit() }
	p.field.Changed = func(string) { p.enable() }
	p.open = kit.NewButton(kit.ButtonConfig{Text: t("shell.password_open"), Key: "Enter", Weight: kit.Primary, Press: p.submit})
	p.note = kit.NewParagraph("", kit.Small)
	p.chips = kit.NewChips(func(id string) { p.Choose(id == "keep") })
	p.enable()
	p.Choose(c.Keep == KeepInKeyring)
	return p
}

// Content is the whole window.
func (p *Password) Content() fyne.CanvasObject {
	t := p.Book.T
	lines := []fyne.CanvasObject{kit.Stack(look.S1,
		kit.NewText(t("shell.password_of", p.Login), kit.Heading),
		kit.NewText(p.Database+t("common.dot")+p.Host, kit.Style{Ink: look.SecondInk, Shrink: true}))}
	if p.Wrong {
		lines = append(lines, kit.NewParagraph(t("shell.password_wrong"), kit.Style{Ink: look.AmberInk}))
	}
	lines = append(lines, p.field)
	if p.Keep != KeepNowhere {
		lines = append(lines, kit.Stack(look.S2, p.chips, p.note))
	}
	lines = append(lines, kit.Row(0, kit.Gap(), p.open))
	card := kit.NewCard("", kit.PadAll(look.S2, kit.Stack(look.S4, lines...)))
	p.page = cover(p.Book, kit.Fixed(440, 0, card))
	return p.page
}

// Bind puts the cursor into the field once the screen is in a window.
func (p *Password) Bind(w fyne.Window) { w.Canvas().Focus(p.field.Input()) }

// Type writes into the field as a person would.
func (p *Password) Type(text string) {
	p.field.Set(text)
	p.enable()
}

// Choose says whether the password is to stay.
func (p *Password) Choose(keep bool) {
	t := p.Book.T
	offer, chosen, note := t("shell.password_keyring"), "ask", t("shell.password_ask_note")
	p.keep = KeepNowhere
	if p.Keep == KeepInPassfile {
		offer = t("shell.password_passfile")
	}
	if keep {
		p.keep, chosen, note = p.Keep, "keep", t("shell.password_keyring_note")
		if p.Keep == KeepInPassfile {
			note = t("shell.password_passfile_note", p.Passfile)
		}
	}
	p.chips.Set([]kit.Chip{{ID: "keep", Text: offer}, {ID: "ask", Text: t("shell.password_ask")}}, chosen)
	p.note.Set(note)
	if p.page != nil {
		p.page.Refresh() // the card is as tall as what the note says
	}
}

func (p *Password) enable() {
	if p.field.Text() == "" {
		p.open.Disable("")
	} else {
		p.open.Enable()
	}
}

func (p *Password) submit() {
	if p.sent || p.field.Text() == "" {
		return
	}
	p.sent = true // a second Enter must not send it again
	password := p.field.Text()
	p.field.Set("")
	p.Submit(password, p.keep)
}
