package views

import (
	"maps"

	"fyne.io/fyne/v2"

	"cinnabar/campaigns"
	"cinnabar/moderation"
	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// clashText says what gets in whose way.
func (c *calendar) clashText(cl campaigns.Clash) string {
	args := maps.Clone(cl.Args)
	if trade, ok := args["category"]; ok {
		args["category"], args["day"] = c.s.book.Category(trade), c.s.book.DateOf(moderation.Date(args["day"]))
	}
	return c.s.book.Fill(cl.Rule, args)
}

// drawSide tells of the chosen item, and of what clashes.
func (c *calendar) drawSide() {
	b := c.s.book
	body := kit.Stack(look.S4)
	chosen, ok := c.lanes.Selected()
	if c.what != "" {
		body.Add(noticeCard(kit.Amber, c.what, c.next))
	}
	var list []campaigns.Clash
	if ok {
		i := c.items[chosen.ID]
		title := i.Title
		if i.KOL != "" {
			title = c.handle(i.KOL)
		}
		card := kit.Stack(look.S2, kit.NewParagraph(oneLine(title), kit.Heading),
			kit.Row(look.S2, kit.NewPill(b.T("plan.kind_"+string(i.Kind)), laneTone(i.Kind)), kit.NewPill(b.T("plan.state_"+string(i.State)), stateTone(i.State)), kit.Gap()),
			fact(b.T("plan.col_name"), i.Name), fact(b.T("plan.col_brand"), i.Brand), fact(b.T("calendar.stands"), b.Window(i.From, i.To)))
		if i.Fixed {
			card.Add(kit.NewParagraph(b.T("calendar.fixed"), kit.Small))
		} else if i.Earliest != "" {
			card.Add(fact(b.T("calendar.may"), b.Window(i.Earliest, i.Latest)))
		}
		if i.Coupon != "" {
			card.Add(fact(b.T("calendar.coupon"), i.Coupon))
		}
		body.Add(card)
		for _, cl := range c.known.Clashes {
			if barID(cl.A) == chosen.ID || barID(cl.B) == chosen.ID {
				list = append(list, cl)
			}
		}
		if len(list) == 0 {
			body.Add(kit.Row(look.S2, kit.NewSymbol(look.IconCheck, look.JadeInk, 15), kit.Grow(kit.NewText(b.T("calendar.no_clash"), kit.Style{Shrink: true}))))
		}
	} else {
		for _, cl := range c.known.Clashes {
			if c.fits(cl.A) || c.fits(cl.B) {
				list = append(list, cl)
			}
		}
		title := b.T("calendar.clashes", len(list))
		if len(list) == 0 {
			title = b.T("calendar.no_clashes")
		}
		body.Add(kit.NewText(title, kit.Section))
	}
	const most = 40
	for n, cl := range list {
		if n == most {
			body.Add(kit.NewText(b.T("calendar.more_clashes", len(list)-most), kit.Small))
			break
		}
		who := c.handle(cl.A.KOL)
		if cl.A.KOL == "" {
			who = cl.A.Brand
		}
		body.Add(kit.NewPress(kit.TopRow(look.S2, top(kit.Fixed(16, 21, kit.NewSymbol(look.IconWarn, look.AmberInk, 15))),
			kit.Grow(kit.Stack(2, kit.NewText(who, kit.Style{Bold: true, Shrink: true}), kit.NewParagraph(c.clashText(cl), kit.Small)))), look.S2, func() { c.goTo(cl) }))
	}
	parts := []fyne.CanvasObject{kit.Grow(kit.NewScroll(kit.PadAll(look.S4, body)))}
	foot := kit.Stack(look.S2)
	if ok && chosen.Earliest < chosen.From || ok && chosen.Latest > chosen.To {
		if i := c.items[chosen.ID]; !i.Fixed && c.s.plansFor(i.Brand) {
			earlier := kit.NewButton(kit.ButtonConfig{Text: b.T("calendar.earlier"), Key: "←", Press: func() { c.shift(-1) }})
			later := kit.NewButton(kit.ButtonConfig{Text: b.T("calendar.later"), Key: "→", Press: func() { c.shift(1) }})
			if !c.s.up {
				earlier.Disable("")
				later.Disable("")
			}
			foot.Add(kit.Grid(2, look.S2, earlier, later))
		}
	}
	if ok && c.campaign == "" {
		foot.Add(kit.NewButton(kit.ButtonConfig{Text: b.T("calendar.open"), Key: "↵", Press: c.open}))
	}
	if len(foot.Objects) > 0 {
		parts = append(parts, kit.PadAll(look.S4, foot))
	}
	c.side.Objects = []fyne.CanvasObject{kit.Stack(0, parts...)}
	c.side.Refresh()
}

// goTo shows the first of two that clash, or the second when the first is chosen.
func (c *calendar) goTo(cl campaigns.Clash) {
	id := barID(cl.A)
	if b, ok := c.lanes.Selected(); ok && b.ID == id || c.items[id].Campaign == "" {
		if other := barID(cl.B); c.items[other].Campaign != "" { // else it has no bar
			id = other
		}
	}
	c.lanes.Select(id)
	if from, _ := c.lanes.Days(); from != c.from {
		c.from = from
	}
	c.draw()
}
