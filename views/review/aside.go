package review

import "context"

// Aside gives back the item under the hand, because the person turns to a page on which
// that case stands among others, and calls then on the screen's thread once that has
// happened: a lease that comes later must not be given back with this one.
func (d *Desk[S]) Aside(then func()) {
	d.Touch()
	it := d.Current()
	d.leave()
	if it == nil {
		then()
		return
	}
	d.screen.ItemChanged()
	d.inLane(it.Case.ID, func(context.Context, *lane) func() { return then })
}
