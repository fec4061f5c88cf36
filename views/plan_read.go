package views

import (
	"context"
	"maps"
	"reflect"
	"slices"

	"cinnabar/campaigns"
	"cinnabar/moderation"
)

// planFile is everything that is read for the page.
type planFile struct {
	Campaign campaigns.Campaign
	Brand    campaigns.BrandStanding
	Items    []campaigns.Item
	KOLs     map[string]campaigns.KOL // of the lines and of the pool
	planPool
}

// planPool is whom a plan can choose from. It is by far the most that is read, so it
// follows the plan itself, and is read once: an audience does not change under the hand.
type planPool struct {
	Pool  []campaigns.KOL // who has a quote, the largest following first
	Lists []campaigns.Shortlist
	Who   campaigns.Following // of all KOLs of the file
	known map[string]campaigns.KOL
	there bool // it has been read
}

// mostPool is how many KOLs a plan chooses from: those with most followers.
const mostPool = 2000

// read asks for the plan anew. What is being changed stays.
func (p *plan) read() {
	book, known := p.s.cfg.Campaigns, p.known
	p.asked.ask(func(ctx context.Context) (f planFile, err error) {
		if f.Campaign, err = book.Get(ctx, p.id); err != nil {
			return f, err
		}
		brands, err := book.Brands(ctx)
		if err != nil {
			return f, err
		}
		f.Brand = campaigns.BrandStanding{Name: f.Campaign.Brand, Why: "none"}
		for _, b := range brands {
			if b.Name == f.Campaign.Brand {
				f.Brand = b
			}
		}
		from, to := shifted(f.Campaign.Wish.From, -campaigns.RivalDays), shifted(f.Campaign.Wish.To, campaigns.RivalDays)
		booked, err := book.Booked(ctx, kolsOf(f.Campaign), from, to)
		if err != nil {
			return f, err
		}
		if known != nil && covers(*known, f.Campaign) {
			items := slices.DeleteFunc(slices.Clone(known.Items), func(i campaigns.Item) bool { return i.Campaign == "" }) // booked then
			f.Items, f.KOLs, f.planPool = append(items, booked...), known.KOLs, known.planPool
			return f, nil
		}
		kols, err := p.s.cfg.Pool.Many(ctx, kolsOf(f.Campaign))
		if err != nil {
			return f, err
		}
		f.KOLs = make(map[string]campaigns.KOL, len(kols))
		for _, k := range kols {
			f.KOLs[k.ID] = k
		}
		items, err := book.Items(ctx, from, to, "", "")
		f.Items = append(slices.DeleteFunc(items, func(i campaigns.Item) bool { return i.Campaign == f.Campaign.ID }), booked...)
		return f, err
	}, func(f planFile, err error) {
		if !p.failed(err, p.build) {
			p.take(f)
		}
	})
}

// covers reports whether the KOLs that a campaign names have been read.
func covers(f planFile, c campaigns.Campaign) bool {
	for _, id := range kolsOf(c) {
		if _, ok := f.KOLs[id]; !ok {
			return false
		}
	}
	return true
}

// kolsOf lists the KOLs that a campaign names.
func kolsOf(c campaigns.Campaign) []string {
	ids := slices.Concat(c.Wish.Must, c.Wish.Never)
	for _, s := range c.Scenarios {
		for _, l := range s.Lines {
			if l.KOL != nil {
				ids = append(ids, l.KOL.KOL)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// gather reads whom the plan can choose from and who follows them, behind the plan.
func (p *plan) gather() {
	pool, of := p.s.cfg.Pool, p.known
	p.pool.ask(func(ctx context.Context) (out planPool, err error) {
		out.known = maps.Clone(of.KOLs)
		q := campaigns.KOLQuery{Formats: campaigns.Formats(), Limit: 200}
		for len(out.Pool) < mostPool {
			page, err := pool.Page(ctx, q)
			if err != nil {
				return out, err
			}
			for _, k := range page.KOLs {
				if len(k.Quotes) > 0 {
					out.Pool = append(out.Pool, k)
				}
				out.known[k.ID] = k
			}
			if q.After = page.Next; q.After == "" {
				break
			}
		}
		ids := slices.Sorted(maps.Keys(out.known))
		if out.Who, err = pool.Following(ctx, ids); err != nil {
			return out, err
		}
		out.Lists, err = pool.Shortlists(ctx)
		out.there = err == nil
		return out, err
	}, func(out planPool, err error) {
		if err != nil {
			p.what, p.next = p.s.book.Error(err)
			p.drawSide()
			return
		}
		f := *p.known
		f.planPool, f.KOLs = out, out.known
		p.known = &f
		p.reckon()
		p.bend()
		p.drawSide()
	})
}

// shifted is a day so many days on.
func shifted(d moderation.Date, days int) moderation.Date {
	t, ok := d.Time()
	if !ok {
		return d
	}
	return dayIn(t.AddDate(0, 0, days))
}

// take shows what was read. A draft that is being changed stays, and says if it is
// no longer what stands.
func (p *plan) take(f planFile) {
	first := p.known == nil
	same := !first && reflect.DeepEqual(p.known.Campaign, f.Campaign) && p.known.Brand == f.Brand
	kept := !first && p.dirty()
	p.known, p.err = &f, nil
	switch {
	case !same && !kept:
		p.load(f.Campaign)
		return
	case !same:
		p.drawSide()
	}
	if !f.there && !p.pool.out {
		p.gather() // it is not this plan's pool any more, or could not be read
	}
}

// load puts a campaign in place of what is being changed.
func (p *plan) load(c campaigns.Campaign) {
	p.now, p.base = whole(c), whole(c)
	p.request, p.what, p.next = "", "", ""
	if !slices.ContainsFunc(c.Scenarios, func(s campaigns.Scenario) bool { return s.ID == p.shown }) {
		p.shown = c.Picked().ID
	}
	p.build()
	p.reckon()
	if p.known.there {
		p.bend()
	} else if !p.pool.out {
		p.gather()
	}
	p.s.retitle()
}

// whole copies a campaign, so that a change of one is none of the other.
func whole(c campaigns.Campaign) campaigns.Campaign {
	c.Wish.Quotas, c.Wish.Must, c.Wish.Never = slices.Clone(c.Wish.Quotas), slices.Clone(c.Wish.Must), slices.Clone(c.Wish.Never)
	c.Scenarios = slices.Clone(c.Scenarios)
	for i := range c.Scenarios {
		c.Scenarios[i].Lines = slices.Clone(c.Scenarios[i].Lines)
	}
	return c
}
