package views

import (
	"fyne.io/fyne/v2"

	"cinnabar/views/kit"
)

// look opens pictures in the viewer, in place of the directory. here is the post or
// the KOL whose they are.
func (k *KOLs) look(list []viewed, at int, here string) {
	if k.viewing != nil || at < 0 || at >= len(list) {
		return
	}
	k.viewing = newViewer(viewerConfig{
		Loop: k.cfg.Loop, Book: k.book, Me: k.cfg.Me, Gallery: k.cfg.Gallery, Facts: k.cfg.Pictures, Notify: k.cfg.Notify,
		Here: here, Go: k.cfg.Go, NewID: k.cfg.NewID, Close: k.lookAway,
	}, list, at)
	k.stand(k.viewing.box)
}

// lookAway goes back to the directory.
func (k *KOLs) lookAway() {
	if k.viewing == nil {
		return
	}
	k.viewing.close()
	k.viewing = nil
	k.stand(k.whole)
}

// stand puts something in place of all that the screen shows.
func (k *KOLs) stand(o fyne.CanvasObject) {
	if c := kit.CanvasOf(k.room); c != nil {
		c.Unfocus() // what had the focus may be gone now
	}
	k.room.Objects = []fyne.CanvasObject{o}
	k.room.Refresh()
}

// Close gives back what the viewer holds.
func (k *KOLs) Close() { k.lookAway() }
