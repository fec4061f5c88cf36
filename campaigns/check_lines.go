package campaigns

import (
	"maps"
	"slices"
	"time"

	"cinnabar/internal/money"
	"cinnabar/moderation"
)

func (p *plan) labels() {
	posts := 0
	abroad := map[string]Line{}
	p.posts(func(l Line, k KOL, known bool) {
		posts++
		if d := DisclosureOf(k.Region); known && k.Region != "" && k.Region != "CN" && d.Code != "CN" {
			if _, there := abroad[d.Code]; !there {
				abroad[d.Code] = l
			}
		}
	})
	trials := p.each(TrialLine, func(l Line) {
		p.say("label", moderation.Pass, "trial", l.ID, "line", title(l), "wording", disclosures()[0].Wording)
	})
	if posts > 0 {
		p.say("label", moderation.Pass, "posts", "", "count", itoa(posts), "wording", disclosures()[0].Wording)
	}
	for _, code := range slices.Sorted(maps.Keys(abroad)) {
		l := abroad[code]
		p.say("label", moderation.Warn, "abroad", l.ID, "kol", p.handle(l.KOL.KOL), "region", code, "wording", DisclosureOf(code).Wording)
	}
	if posts+trials == 0 {
		p.silent("label")
	}
}

func (p *plan) wording() {
	t, of := trade(), p.f.Brand.Trade
	texts, good := 0, true
	for _, l := range p.s.Lines {
		all := []string{l.Title}
		switch {
		case l.Promotion != nil:
			all = append(all, l.Promotion.Message, l.Promotion.Variant)
		case l.Trial != nil:
			all = append(all, l.Trial.Product)
		case l.KOL != nil:
			continue // a line's title is the KOL's handle; the post itself is moderation's
		}
		said := map[string]bool{}
		for _, text := range all {
			if text != "" {
				texts++
			}
			find := func(o moderation.Outcome, detail string, words []string) {
				for _, w := range words {
					if !said[w] {
						p.say("words", o, detail, l.ID, "line", title(l), "word", w)
						said[w], good = true, false
					}
				}
			}
			find(moderation.Fail, "absolute", AbsoluteWords(text))
			if slices.Contains(t.NoCure, of) {
				find(moderation.Fail, "medical", contained(text, t.Cures))
			}
			if slices.Contains(t.SpecialTrades, of) {
				find(moderation.Warn, "special", contained(text, t.Special))
			}
		}
	}
	switch {
	case texts == 0:
		p.silent("words")
	case good:
		p.say("words", moderation.Pass, "fine", "", "count", itoa(texts))
	}
}

func (p *plan) gifts() {
	good := true
	n := p.each(GiftLine, func(l Line) {
		wrong := func(detail string) {
			p.say("gift", moderation.Fail, detail, l.ID, "line", title(l))
			good = false
		}
		g := l.Gift
		if g == nil {
			return
		}
		if g.Artwork == "" {
			wrong("artwork")
		}
		if g.Editions < 1 {
			wrong("editions")
		}
		if g.PerHead < 1 || g.Editions > 0 && g.PerHead > g.Editions {
			wrong("per_head")
		}
	})
	p.close("gift", n, good)
}

func (p *plan) transfer() {
	good := true
	n := p.each(GiftLine, func(l Line) {
		if l.Gift != nil && l.Gift.Transfer {
			p.say("transfer", moderation.Fail, "on", l.ID, "line", title(l))
			good = false
		}
	})
	p.close("transfer", n, good)
}

func (p *plan) prizes() {
	draws, good := 0, true
	say := func(o moderation.Outcome, detail string, l Line, worth money.Fen) {
		p.say("prize", o, detail, l.ID, "line", title(l), "worth", worth.String(), "most", TopPrize.String())
		good = false
	}
	p.each(GiftLine, func(l Line) {
		g := l.Gift
		if g == nil || !g.Draw || g.Editions < 1 {
			return
		}
		draws++
		// Chances add up: whoever may win so many wins that many times the worth of one.
		each := float64(l.Cost) / float64(g.Editions)
		worth := money.Fen(min(each*float64(max(g.PerHead, 1)), float64(money.Most)))
		switch {
		case l.Cost == 0:
			say(moderation.Warn, "unpriced", l, 0)
		case worth > TopPrize:
			say(moderation.Fail, "over", l, worth)
		}
	})
	p.each(TrialLine, func(l Line) {
		if l.Trial != nil && l.Trial.Worth > TopPrize {
			draws++
			say(moderation.Warn, "trial", l, l.Trial.Worth)
		}
	})
	p.close("prize", draws, good)
}

func (p *plan) draws() {
	draws := p.drawn(func(l Line) { p.say("draw", moderation.Warn, "publish", l.ID, "line", title(l)) })
	if draws == 0 {
		p.silent("draw")
	}
}

func (p *plan) blindBoxes() {
	said := false
	draws := p.drawn(func(l Line) {
		if ages := p.c.Wish.Segment.Ages; len(ages) == 0 || slices.Contains(ages, "-17") {
			p.say("blind_box", moderation.Warn, "guardian", l.ID, "line", title(l))
			said = true
		}
	})
	if !said {
		p.close("blind_box", draws, true)
	}
}

// drawn calls f for gifts that are won rather than taken.
func (p *plan) drawn(f func(Line)) int {
	n := 0
	p.each(GiftLine, func(l Line) {
		if l.Gift != nil && l.Gift.Draw {
			n++
			f(l)
		}
	})
	return n
}

// zone is where days begin and end; no summer time since 1991, so that no zone file
// is needed.
var zone = time.FixedZone("Asia/Shanghai", 8*60*60)

func (p *plan) events() {
	good := true
	n := p.each(EventLine, func(l Line) {
		e := l.Event
		if e == nil {
			return
		}
		wrong := func(detail string) {
			p.say("event", moderation.Fail, detail, l.ID, "line", title(l), "from", string(l.From), "to", string(l.To))
			good = false
		}
		begins, ends := dateOf(e.Starts.In(zone)), dateOf(e.Ends.In(zone))
		switch {
		case e.Starts.IsZero() || e.Ends.IsZero() || !e.Starts.Before(e.Ends):
			wrong("time")
		case begins < l.From || ends > l.To:
			wrong("window")
		case begins < p.f.Today && p.c.State != Running && p.c.State != Closed:
			wrong("past")
		}
		if e.Place == "" {
			wrong("place")
		}
		if e.Capacity < 1 {
			wrong("capacity")
		}
	})
	p.close("event", n, good)
}

func (p *plan) trials() {
	good := true
	n := p.each(TrialLine, func(l Line) {
		if l.Trial == nil {
			return
		}
		if l.Trial.Product == "" {
			p.say("trial", moderation.Fail, "product", l.ID, "line", title(l))
			good = false
		}
		if l.Trial.Units < 1 {
			p.say("trial", moderation.Fail, "units", l.ID, "line", title(l))
			good = false
		}
	})
	p.close("trial", n, good)
}

func (p *plan) promotions() {
	good := true
	n := p.each(PromotionLine, func(l Line) {
		m := l.Promotion
		if m == nil {
			return
		}
		say := func(o moderation.Outcome, detail string) {
			p.say("promotion", o, detail, l.ID, "line", title(l), "least", itoa(LeastGroup))
			good = false
		}
		if m.Message == "" {
			say(moderation.Fail, "message")
		}
		if m.Daily == 0 {
			say(moderation.Fail, "daily")
		}
		if m.Variant != "" && m.Variant == m.Message {
			say(moderation.Warn, "same")
		}
		if m.Expected < LeastGroup {
			say(moderation.Warn, "group")
		}
	})
	p.close("promotion", n, good)
}
