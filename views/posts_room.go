package views

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cinnabar/internal/fault"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// openRing shows the ring of a post in place of the desk.
func (p *Posts) openRing(post string) {
	if p.kind.rings == nil || post == "" {
		return
	}
	if p.ring != nil {
		if p.ring.post == post { // it stands otherwise than it did: a decision was taken back
			p.ring.read()
		}
		return
	}
	p.ring = newRingPage(p.desk, p.kind.rings, post, p.closeRing)
	p.turn()
	page := p.ring
	// The case on the desk is one of the ring's: it goes back before the ring is claimed.
	p.desk.hand.Aside(func() {
		if p.ring == page {
			page.read()
		}
	})
}

// closeRing goes back to the desk.
func (p *Posts) closeRing() {
	if p.ring == nil {
		return
	}
	p.ring.close()
	p.ring = nil
	p.turn()
	p.desk.hand.Refresh()
}

// turn shows the ring or the desk.
func (p *Posts) turn() {
	if p.room == nil {
		p.room = container.NewStack()
	}
	p.room.Objects = []fyne.CanvasObject{p.desk.Content()}
	if p.ring != nil {
		p.room.Objects = []fyne.CanvasObject{p.ring.box}
	}
	p.room.Refresh()
	if p.desk.cfg.Retitle != nil && p.desk.shown {
		p.desk.cfg.Retitle()
	}
}

// Content is the desk, or the ring that was opened from it.
func (p *Posts) Content() fyne.CanvasObject {
	if p.room == nil {
		p.turn()
	}
	return p.room
}

// Keys are the ring's while it is open, else the desk's.
func (p *Posts) Keys() []kit.Key {
	if p.ring != nil {
		return p.ring.keys()
	}
	keys := p.desk.Keys()
	if p.kind.rings != nil {
		keys = append(keys, kit.Key{Name: "G", Label: p.desk.book.T("ring.open"), Do: p.lookAtRing})
	}
	return keys
}

// lookAtRing opens the ring of the post on screen, if it is in one.
func (p *Posts) lookAtRing() {
	if it := p.desk.hand.Current(); it != nil && it.Ready && it.Subject.Ring != nil {
		p.openRing(it.Case.Target)
	}
}

// Commands are what the palette offers.
func (p *Posts) Commands() []kit.Command {
	if p.ring != nil {
		return nil
	}
	list := p.desk.Commands()
	if p.kind.rings != nil {
		list = append(list, kit.Command{ID: "posts.ring", Text: p.desk.book.T("ring.open"), Also: "ring", Hint: "G", Icon: look.IconShare, Do: p.lookAtRing})
	}
	return list
}

// SetBook changes the language in place.
func (p *Posts) SetBook(b *words.Book) {
	p.desk.SetBook(b)
	if p.ring != nil {
		p.ring.book, p.ring.words = b, nil
		p.ring.draw()
	}
}

// SetLink tells where the connection stands.
func (p *Posts) SetLink(up bool, why *fault.Error) {
	p.desk.SetLink(up, why)
	switch {
	case p.ring == nil:
	case up && p.ring.standing == nil:
		p.ring.read()
	default:
		p.ring.draw()
	}
}

// Close gives back what is held.
func (p *Posts) Close() {
	if p.ring != nil {
		p.ring.close()
		p.ring = nil
	}
	p.desk.Close()
}
