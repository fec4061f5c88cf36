package views

import (
	"slices"

	"fyne.io/fyne/v2"

	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// viewable is a page that has pictures to be looked at closely.
type viewable interface {
	// pictures are those of the page on screen, and the one to begin with.
	pictures() (list []viewed, at int)
	// videos is how many videos the page's subject has of which no frame is here.
	videos() int
	// subject is what a sighting of its pictures names as the place.
	subject() string
	// hides is how its pictures are hidden.
	hides() kit.Hiding
}

// look opens the viewer on one of the page's pictures, in place of the queue and the
// page. The decision stays where it is: whoever has seen enough gives it from here.
func (d *desk[S]) look(at int) {
	page, ok := d.its.(viewable)
	if !ok || d.viewing != nil {
		return
	}
	list, first := page.pictures()
	if at < 0 {
		at = first
	}
	if at >= len(list) || at < 0 {
		return
	}
	d.viewing = newViewer(viewerConfig{
		Loop: d.cfg.Loop, Book: d.book, Me: d.cfg.Me, Gallery: d.cfg.Gallery, Facts: d.cfg.Pictures, Notify: d.cfg.Notify,
		Hiding: page.hides(), Here: page.subject(), Videos: page.videos(), Go: d.cfg.Go, Close: d.lookAway,
	}, list, at)
	d.viewed = caseOf(d.drawn)
	d.arrange()
}

// lookAway goes back to the page.
func (d *desk[S]) lookAway() {
	if d.viewing == nil {
		return
	}
	d.viewing.close()
	d.viewing = nil
	d.arrange()
}

// Busy reports whether a picture that is looked at, or what is known of it, is on its way.
func (d *desk[S]) Busy() bool {
	return d.viewing != nil && d.viewing.busy()
}

// arrange puts the columns into the room.
func (d *desk[S]) arrange() {
	if c := kit.CanvasOf(d.room); c != nil {
		c.Unfocus() // what had the focus may be gone now
	}
	if d.viewing != nil {
		d.room.Objects = []fyne.CanvasObject{kit.Columns(0, look.DecisionWidth, nil, d.viewing.box, d.side.box)}
	} else {
		d.room.Objects = []fyne.CanvasObject{kit.Columns(look.QueueWidth, look.DecisionWidth, d.queue.box, d.middle, d.side.box)}
	}
	d.room.Refresh()
}

// lookingKeys puts the viewer's bindings before the desk's, whose verdicts stay: the
// picture may be all that a decision waited for.
func (d *desk[S]) lookingKeys(own []kit.Key) []kit.Key {
	if d.viewing == nil {
		if page, ok := d.its.(viewable); ok {
			if list, _ := page.pictures(); len(list) > 0 {
				own = append(own, kit.Key{Name: "V", Label: d.book.T("viewer.key_open"), Do: func() { d.look(-1) }})
			}
		}
		return own
	}
	keys := d.viewing.Keys()
	taken := map[string]bool{"/": true, "J": true, "K": true, "Up": true, "Down": true, "Left": true, "Right": true, "Enter": true, "Space": true}
	for _, k := range keys {
		taken[k.Name] = true
	}
	return append(keys, slices.DeleteFunc(own, func(k kit.Key) bool { return taken[k.Name] })...)
}
