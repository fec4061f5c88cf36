package views

import (
	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// Held is something that would be lost if the person went away from it.
type Held struct {
	What string // a sentence that names it
	Next string // what can be done about it, "" for nothing more than the buttons say
	// Save keeps it, and tells on the screen's thread whether it could; nil where that
	// can't be done now.
	Save func(done func(kept bool))
	// Drop gives it up; nil where going away does so by itself.
	Drop func()
	// Show brings it into view on its screen; nil where it is there already.
	Show func()
}

// What a screen can lose.
type (
	// unsending is a screen on which decisions wait for the database to come back.
	// They are lost with the window only.
	unsending interface{ Unsent() int }
	// holding is a screen with something that was written and not saved: on the page
	// that is shown, or with window anywhere on the screen.
	holding interface{ Holds(window bool) []Held }
)

// Unsent is how many decisions wait for the database to come back, on all screens.
func (s *Shell) Unsent() int {
	n := 0
	for _, screen := range s.screens {
		if d, ok := screen.(unsending); ok {
			n += d.Unsent()
		}
	}
	return n
}

// Depart does what takes everything off the screen, such as closing the window or
// giving it to another person. Where something would be lost by it the person is asked
// first, and it is done when they say so, or never.
func (s *Shell) Depart(do func()) {
	var held []Held
	if n := s.Unsent(); n > 0 {
		held = append(held, Held{What: s.book.T("shell.unsent", s.book.Number(n)), Next: s.book.T("shell.unsent_next")})
	}
	for _, item := range s.cfg.Items {
		h, ok := s.screens[item.ID].(holding)
		if !ok {
			continue
		}
		for _, one := range h.Holds(true) {
			show := one.Show
			one.Show = func() {
				s.show(item.ID)
				if show != nil {
					show()
				}
			}
			held = append(held, one)
		}
	}
	s.Ask(held, do)
}

// Ask does something by which things would be lost: at once where there are none, else
// when the person has saved them or given them up.
func (s *Shell) Ask(held []Held, do func()) {
	if len(held) == 0 || s.canvas == nil { // without a window there is nobody to ask
		do()
		return
	}
	b := s.book
	saves := true
	lines := kit.Stack(look.S3)
	for _, h := range held {
		saves = saves && h.Save != nil
		line := kit.Stack(2, kit.NewParagraph(h.What, kit.Strong))
		if h.Next != "" {
			line.Add(kit.NewParagraph(h.Next, kit.Second))
		}
		lines.Add(line)
	}
	leave := func() {
		s.CloseLayer()
		for _, h := range held {
			if h.Drop != nil {
				h.Drop()
			}
		}
		do()
	}
	save := func() {
		s.CloseLayer()
		keep(held, do)
	}
	keys := []kit.Key{{Name: "Escape", Do: s.CloseLayer}, {Name: "L", Do: leave}}
	buttons := kit.Row(look.S2, kit.NewButton(kit.ButtonConfig{Text: b.T("shell.leave_stay"), Key: "Esc", Weight: kit.Quiet, Press: s.CloseLayer}), kit.Gap(),
		kit.NewButton(kit.ButtonConfig{Text: b.T("shell.leave_drop"), Key: "L", Press: leave}))
	if saves {
		keys = append(keys, kit.Key{Name: "S", Do: save}, kit.Key{Name: "Enter", Do: save}, kit.Key{Name: "Ctrl+Enter", Do: save})
		buttons.Add(kit.NewButton(kit.ButtonConfig{Text: b.T("shell.leave_save"), Key: "↵", Weight: kit.Primary, Press: save}))
	}
	s.float(kit.NewSheet(kit.Stack(look.S4, kit.NewText(b.T("shell.leave_title"), kit.Heading), lines, buttons)), 520, 200)
	s.layerKeys = keys
	s.canvas.Unfocus()
}

// keep saves one after the other, and goes on when all of them are kept. What can't be
// is shown, with why.
func keep(held []Held, do func()) {
	if len(held) == 0 {
		do()
		return
	}
	held[0].Save(func(kept bool) {
		switch {
		case kept:
			keep(held[1:], do)
		case held[0].Show != nil:
			held[0].Show()
		}
	})
}

// Leave closes every screen and returns what waits, off the UI thread, until all
// that was decided has been answered. Nobody should close the database before.
func (s *Shell) Leave() (wait func()) {
	var desks []interface{ Wait() }
	for _, screen := range s.screens {
		if d, ok := screen.(interface{ Wait() }); ok {
			desks = append(desks, d)
		}
	}
	s.Close()
	return func() {
		for _, d := range desks {
			d.Wait()
		}
	}
}
