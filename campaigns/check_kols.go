package campaigns

import (
	"cmp"
	"slices"

	"cinnabar/moderation"
)

func (p *plan) kols() {
	good := true
	seen := map[string]bool{}
	n := p.posts(func(l Line, k KOL, known bool) {
		offer := OfferID(l.KOL.KOL, l.KOL.Format)
		switch {
		case !known:
			p.say("kol", moderation.Fail, "unknown", l.ID, "kol", cmp.Or(l.KOL.Handle, l.KOL.KOL))
			good = false
		case k.Followers < limits().MarketFromFollowers:
			p.say("kol", moderation.Warn, "small", l.ID, "kol", name(k), "followers", itoa(k.Followers), "least", itoa(limits().MarketFromFollowers))
			good = false
		case seen[offer]:
			p.say("kol", moderation.Warn, "twice", l.ID, "kol", name(k))
			good = false
		}
		seen[offer] = true
	})
	switch {
	case n == 0:
		p.silent("kol")
	case good:
		p.say("kol", moderation.Pass, "known", "", "count", itoa(n))
	}
}

func (p *plan) quotes() {
	good := true
	n := p.posts(func(l Line, k KOL, known bool) {
		if !known {
			return
		}
		q, ok := heldOn(k, l.KOL.Format, l.From)
		fee := []string{"kol", name(k), "fee", l.Cost.String(), "quote", q.Fee.String()}
		old, holds := heldOn(k, l.KOL.Format, p.f.Today)
		switch {
		case !ok && holds:
			p.say("quote", moderation.Warn, "ends", l.ID, "kol", name(k), "format", string(l.KOL.Format), "until", string(old.To), "day", string(l.From))
		case !ok:
			p.say("quote", moderation.Fail, "none", l.ID, "kol", name(k), "format", string(l.KOL.Format), "day", string(l.From))
		case l.Cost < q.Fee:
			p.say("quote", moderation.Warn, "lower", l.ID, fee...)
		case l.Cost > q.Fee:
			p.say("quote", moderation.Warn, "higher", l.ID, fee...)
		default:
			return
		}
		good = false
	})
	switch {
	case n == 0:
		p.silent("quote")
	case good:
		p.say("quote", moderation.Pass, "holds", "", "count", itoa(n))
	}
}

func (p *plan) market() {
	switch n := p.each(KOLLine, func(Line) {}); {
	case n == 0:
		p.silent("market")
	case p.c.ServiceFee == 0:
		p.say("market", moderation.Warn, "outside", "")
	default:
		p.say("market", moderation.Pass, "inside", "")
	}
}

func (p *plan) records() {
	good := true
	n := p.once(func(l Line, k KOL) {
		if k.Record.Breaches > 0 {
			p.say("record", moderation.Warn, "breaches", l.ID, "kol", name(k), "count", itoa(k.Record.Breaches))
			good = false
		}
		if k.Record.Open > 0 {
			p.say("record", moderation.Warn, "open", l.ID, "kol", name(k), "count", itoa(k.Record.Open))
			good = false
		}
	})
	p.close("record", n, good)
}

// close ends a check of KOLs that found nothing wrong.
func (p *plan) close(check string, n int, good bool) {
	switch {
	case n == 0:
		p.silent(check)
	case good:
		p.say(check, moderation.Pass, "fine", "", "count", itoa(n))
	}
}

func (p *plan) authentic() {
	good, measured := true, 0
	p.once(func(l Line, k KOL) {
		if k.Authentic < 0 {
			return
		}
		measured++
		if k.Authentic < limits().AuthenticLeast {
			p.say("authentic", moderation.Warn, "low", l.ID, "kol", name(k), "share", percent(k.Authentic), "least", percent(limits().AuthenticLeast))
			good = false
		}
	})
	p.close("authentic", measured, good)
}

func (p *plan) paidShare() {
	planned := map[string]int{}
	p.posts(func(l Line, k KOL, known bool) {
		if known {
			planned[k.ID]++
		}
	})
	for _, i := range p.f.Items {
		if i.Kind == KOLLine && planned[i.KOL] > 0 && i.Campaign != p.c.ID && !i.Fixed {
			planned[i.KOL]++
		}
	}
	good, known := true, 0
	p.once(func(l Line, k KOL) {
		share, ok := PaidShare(k, planned[k.ID])
		if !ok {
			return
		}
		known++
		if share > limits().PaidShare {
			p.say("paid_share", moderation.Warn, "over", l.ID, "kol", name(k), "share", percent(share), "planned", itoa(planned[k.ID]))
			good = false
		}
	})
	p.close("paid_share", known, good)
}

// items are the scenario's posts as they would stand in a calendar.
func (p *plan) items() []Item {
	var all []Item
	p.posts(func(l Line, _ KOL, _ bool) {
		all = append(all, Item{
			Campaign: p.c.ID, Name: p.c.Name, Brand: p.c.Brand, Trade: p.f.Brand.Trade, State: p.c.State, Line: l.ID, Kind: l.Kind,
			Title: title(l), KOL: l.KOL.KOL, From: l.From, To: l.To, Earliest: p.c.Wish.From, Latest: p.c.Wish.To,
		})
	})
	return all
}

func (p *plan) rivals() {
	own := p.items()
	if len(own) == 0 {
		p.silent("rival")
		return
	}
	good := true
	others := slices.DeleteFunc(slices.Clone(p.f.Items), func(i Item) bool { return i.Campaign == p.c.ID })
	for _, clash := range Clashes(append(own, others...), nil, RivalDays) {
		mine, theirs := clash.A, clash.B
		if mine.Campaign != p.c.ID {
			mine, theirs = theirs, mine
		}
		switch {
		case mine.Campaign != p.c.ID:
			continue
		case clash.Rule == "clash.booked":
			p.say("rival", moderation.Warn, "booked", mine.Line, "kol", p.handle(mine.KOL), "category", clash.Args["category"], "from", string(theirs.From), "days", clash.Args["days"])
			good = false
			continue
		case clash.Rule != "clash.rival":
			continue
		}
		p.say("rival", moderation.Warn, "near", mine.Line, "kol", p.handle(mine.KOL), "brand", theirs.Brand, "from", string(theirs.From), "days", clash.Args["days"])
		good = false
	}
	if good {
		p.say("rival", moderation.Pass, "none", "")
	}
}

func (p *plan) figures() {
	good := true
	n := p.once(func(l Line, k KOL) {
		if known := len(k.Audience.Age)+len(k.Audience.Gender)+len(k.Audience.City) > 0; known && k.Audience.Measured < LeastGroup {
			p.say("figures", moderation.Warn, "few", l.ID, "kol", name(k), "count", itoa(k.Audience.Measured), "least", itoa(LeastGroup))
			good = false
		}
	})
	p.close("figures", n, good)
}

func (p *plan) minors() {
	barred := slices.Contains(trade().NotForMinors, p.f.Brand.Trade)
	said := false
	say := func(o moderation.Outcome, detail, line string, pairs ...string) {
		p.say("minors", o, detail, line, pairs...)
		said = true
	}
	known := 0
	posts := p.posts(func(l Line, k KOL, ok bool) {
		share, measured := k.Audience.Age["-17"]
		if !ok || !measured {
			return
		}
		known++
		args := []string{"kol", name(k), "share", percent(share)}
		switch {
		case barred && share >= manyMinors:
			say(moderation.Fail, "many", l.ID, args...)
		case barred && share >= someMinors:
			say(moderation.Warn, "some", l.ID, args...)
		case l.KOL.Format == Live && share >= someMinors:
			say(moderation.Warn, "live", l.ID, args...)
		}
	})
	aims := func(s Segment) bool { return slices.Contains(s.Ages, "-17") }
	if barred && aims(p.c.Wish.Segment) {
		say(moderation.Fail, "segment", "")
	}
	p.each(PromotionLine, func(l Line) {
		if l.Promotion != nil && barred && aims(l.Promotion.Segment) {
			say(moderation.Fail, "promotion", l.ID, "line", title(l))
		}
	})
	switch {
	case said:
	case posts == 0, known == 0 && !barred:
		p.silent("minors")
	case known == 0:
		p.say("minors", moderation.Warn, "unknown", "")
	default:
		p.say("minors", moderation.Pass, "none", "")
	}
}
