package views

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"cinnabar/assets"
	"cinnabar/campaigns"
	"cinnabar/views/kit"
)

// shelf is what the screen knows of the studio's creatives.
type shelf struct {
	known  *pictureSet
	err    error // why nothing could be read yet
	filter campaigns.CreativeQuery
	items  []campaigns.Creative // those that fit the filter
	wish   string               // the creative to open once it is read
}

// pictureSet is what the screen reads of the database.
type pictureSet struct {
	Creatives []campaigns.Creative
	Slots     []assets.Slot
	Campaigns []campaigns.Campaign
}

type seenElsewhere struct {
	list     []assets.Sighting
	searched int
}

// Refresh reads creatives and slots anew. What is being drawn stays.
func (p *Pictures) Refresh() {
	p.asks.lists.ask(func(ctx context.Context) (set pictureSet, err error) {
		if set.Creatives, err = p.cfg.Creatives.List(ctx, campaigns.CreativeQuery{}); err != nil {
			return set, err
		}
		if set.Slots, err = p.cfg.Slots.List(ctx); err != nil {
			return set, err
		}
		if p.adds() {
			set.Campaigns, err = p.cfg.Campaigns.List(ctx, campaigns.CampaignQuery{})
		}
		return set, err
	}, func(set pictureSet, err error) {
		switch {
		case err != nil && p.known != nil:
			return // what is known stays
		case err != nil:
			p.err = err
			p.build()
			return
		}
		first := p.known == nil
		slots := first || !slices.EqualFunc(p.known.Slots, set.Slots, sameSlot)
		p.known, p.err = &set, nil
		p.sift()
		p.catchUp()
		if first {
			p.build()
		} else {
			p.redraw()
		}
		wish := slices.IndexFunc(set.Creatives, func(c campaigns.Creative) bool { return c.ID == p.wish })
		p.wish = ""
		switch {
		case wish >= 0:
			p.open(set.Creatives[wish])
		case p.work == nil && len(p.items) > 0:
			p.open(p.items[0])
		case p.work != nil && slots:
			p.examine()
		}
	})
}

func sameSlot(a, b assets.Slot) bool {
	return a.ID == b.ID && a.Width == b.Width && a.Height == b.Height && a.Round == b.Round && a.Safe == b.Safe && a.Name == b.Name && slices.Equal(a.Asks, b.Asks) && a.NoCodes == b.NoCodes
}

// sift keeps the creatives that fit the filter.
func (s *shelf) sift() {
	want := strings.ToLower(s.filter.Search)
	s.items = s.items[:0:0]
	for _, c := range s.known.Creatives {
		if (s.filter.Campaign == "" || c.Campaign == s.filter.Campaign) && (want == "" || strings.Contains(strings.ToLower(c.Name+" "+c.Title+" "+c.Brand), want)) {
			s.items = append(s.items, c)
		}
	}
	// By campaign and name, so that saving one does not move it under the hand.
	slices.SortStableFunc(s.items, func(a, b campaigns.Creative) int {
		return cmp.Or(cmp.Compare(a.Brand, b.Brand), cmp.Compare(a.Campaign, b.Campaign), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
}

// catchUp takes in what others did to the creative on the desk, unless something of ours
// waits to be saved; then saving says so.
func (p *Pictures) catchUp() {
	w := p.work
	if w == nil || w.loose() || w.dirty() || w.sending {
		return
	}
	i := slices.IndexFunc(p.known.Creatives, func(c campaigns.Creative) bool { return c.ID == w.now.ID })
	if i < 0 {
		if !w.saved.Dropped { // by somebody else, or not ours to see any more
			p.work = nil
		}
		return
	}
	if now := p.known.Creatives[i]; now.Version > w.saved.Version {
		w.now, w.saved, w.past = now, now, nil
		p.examine()
	}
}

// at is the place of the creative on the desk among those that are listed, -1 for none.
func (p *Pictures) at() int {
	if p.work == nil {
		return -1
	}
	return slices.IndexFunc(p.items, func(c campaigns.Creative) bool { return c.ID == p.work.now.ID })
}

func (p *Pictures) step(by int) {
	at := p.at()
	if at < 0 && len(p.items) > 0 {
		p.leave(func() { p.open(p.items[0]) })
		return
	}
	if to := at + by; to >= 0 && to < len(p.items) {
		p.leave(func() { p.open(p.items[to]) })
	}
}

// leave goes on to something else. What could not be saved of the creative on the desk
// stays there: another try is made, and the person told.
func (p *Pictures) leave(do func()) {
	if p.work != nil && !p.work.loose() && p.work.dirty() && !p.work.sending && p.work.fault != nil {
		p.save()
		p.cfg.Notify.Note(kit.Amber, p.book.T("pictures.held", p.work.now.Name), p.book.T("pictures.held_next"))
		return
	}
	do()
}

// Open shows a creative by its id, when it is among those that are known.
func (p *Pictures) Open(id string) {
	p.wish = id
	if p.known == nil {
		return
	}
	for _, c := range p.known.Creatives {
		if c.ID == id {
			p.wish = ""
			p.leave(func() { p.open(c) })
		}
	}
}

// replace puts a creative in the place of its earlier version in the lists.
func (s *shelf) replace(c campaigns.Creative) {
	for i := range s.known.Creatives {
		if s.known.Creatives[i].ID == c.ID {
			s.known.Creatives[i] = c
		}
	}
	s.sift()
}

// narrowed shows what fits the filter; what is on the desk stays there.
func (p *Pictures) narrowed() {
	if p.known == nil {
		return
	}
	p.sift()
	if p.at() < 0 && len(p.items) > 0 && (p.work == nil || !p.work.dirty()) {
		p.open(p.items[0])
		return
	}
	p.redraw()
}

// slots are those that pictures are checked for; the shipped ones before any were read.
func (p *Pictures) slots() []assets.Slot {
	if p.known == nil {
		return assets.Slots()
	}
	return p.known.Slots
}

// pictureAsks are the questions of the screen, each with the newest answer alone.
type pictureAsks struct {
	lists   latest[pictureSet]
	looks   latest[Looked]
	seen    latest[seenElsewhere]
	measure latest[map[string]assets.Measured]
	advice  latest[[]suggestion]
	cuts    latest[slotImages]
	cutting *creativeWork // whose cuts are on their way
	folders latest[Folder]
}

func newPictureAsks(loop kit.Loop, run func(func())) pictureAsks {
	return pictureAsks{
		lists: latest[pictureSet]{loop: loop, run: run}, looks: latest[Looked]{loop: loop, run: run}, seen: latest[seenElsewhere]{loop: loop, run: run},
		measure: latest[map[string]assets.Measured]{loop: loop, run: run}, advice: latest[[]suggestion]{loop: loop, run: run},
		cuts: latest[slotImages]{loop: loop, run: run}, folders: latest[Folder]{loop: loop, run: run},
	}
}

// drop gives up on everything but the lists, which Hidden sees to.
func (a *pictureAsks) drop() {
	a.looks.drop()
	a.seen.drop()
	a.measure.drop()
	a.advice.drop()
	a.cuts.drop()
}

// out reports whether an answer is on its way.
func (a *pictureAsks) out() bool {
	return a.lists.out || a.looks.out || a.seen.out || a.measure.out || a.advice.out || a.cuts.out || a.folders.out
}
