package views

import (
	"context"
	"slices"

	"cinnabar/campaigns"
	"cinnabar/internal/fault"
	"cinnabar/views/kit"
)

func (c *calendar) zoom(span string) {
	if b, ok := c.lanes.Selected(); ok {
		c.from = b.From - 2
	}
	c.span = span
	c.draw()
}

// page goes on or back by most of a view.
func (c *calendar) page(by int) {
	days, step := c.days()
	c.from = max(-calendarBack, min(calendarOn-days, c.from+by*(days-step)))
	c.draw()
}

func (c *calendar) today() {
	c.from = -2
	c.draw()
}

// step goes to another bar, and takes the view along.
func (c *calendar) step(by int) {
	c.lanes.Step(by)
	if from, _ := c.lanes.Days(); from != c.from {
		c.from = from
		c.draw()
	}
}

// moved puts an item on another first day: at once here, then in the database.
func (c *calendar) moved(id string, from int) {
	i, ok := c.items[id]
	if !ok || !c.s.up || !c.s.plansFor(i.Brand) {
		return
	}
	to := c.date(from)
	after, err := campaigns.Moved(i, to)
	if err != nil {
		c.what, c.next = c.s.book.Error(err)
		c.drawSide()
		return
	}
	c.what, c.next = "", ""
	c.put(i, after)
	request := c.s.cfg.NewID()
	c.s.send(func(ctx context.Context) error { return c.s.cfg.Campaigns.MoveItem(ctx, request, i, to) }, func(err error) {
		if err != nil {
			c.put(after, i)
			c.what, c.next = c.s.book.Error(err)
			if fault.CodeOf(err) == fault.RuleChanged {
				c.what, c.next = c.s.book.T("calendar.changed"), ""
			}
			c.drawSide()
		} else {
			c.s.cfg.Notify.Note(kit.Jade, c.s.book.T("calendar.moved", oneLine(i.Title), c.s.book.Window(after.From, after.To)), "")
		}
		c.read()
	})
}

// put replaces an item on screen.
func (c *calendar) put(was, is campaigns.Item) {
	f := *c.known
	f.Items = slices.Clone(f.Items)
	for n := range f.Items {
		if barID(f.Items[n]) == barID(was) {
			f.Items[n] = is
		}
	}
	f.Clashes = campaigns.Clashes(slices.Concat(f.Items, f.Booked), f.KOLs, 0)
	c.known = &f
	c.draw()
}

func (c *calendar) shift(by int) { c.lanes.Shift(by) }

func (c *calendar) open() {
	if b, ok := c.lanes.Selected(); ok && c.campaign == "" {
		c.s.Open(c.items[b.ID].Campaign)
	}
}
