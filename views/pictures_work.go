package views

import (
	"context"
	"maps"
	"path/filepath"
	"slices"

	"cinnabar/assets"
	"cinnabar/campaigns"
	"cinnabar/views/kit"
)

// creativeWork is the creative on the desk: as it is drawn now, as it stands in the
// studio, what its pixels show and what becomes of it in every slot.
type creativeWork struct {
	now, saved campaigns.Creative
	looked     *Looked // nil until it was opened
	broken     error   // why it could not be
	measured   map[string]assets.Measured
	seen       *seenElsewhere
	unseen     error // why nobody knows where else it is

	checks []assets.Check // one a slot
	advice []suggestion   // one a slot, nil until it is known
	slotImages
	slot    int    // chosen
	region  string // chosen, "" for none
	past    []campaigns.Creative
	moves   moving
	request string // of the save that is due or under way
	sending bool
	fault   error // why the last save was refused
}

// loose reports whether it is a file that is only on disk.
func (w *creativeWork) loose() bool { return w.now.ID == "" }

// dirty reports whether something was drawn that the studio does not have.
func (w *creativeWork) dirty() bool { return !sameDrawing(w.now, w.saved) }

func sameDrawing(a, b campaigns.Creative) bool {
	return a.Dropped == b.Dropped && slices.EqualFunc(a.Regions, b.Regions, func(x, y campaigns.CreativeRegion) bool { return x.Region == y.Region }) &&
		maps.EqualFunc(a.Crops, b.Crops, func(x, y campaigns.Crop) bool { return x.Box == y.Box })
}

// subject is what a check looks at.
func (w *creativeWork) subject() assets.Creative {
	c := w.now.ForCheck()
	c.Measured = w.measured
	if w.looked != nil {
		c.Codes, c.Width, c.Height, c.Bytes = w.looked.Codes, w.looked.Width, w.looked.Height, w.looked.Bytes
	}
	return c
}

func (w *creativeWork) chosenCrops() map[assets.SlotID]assets.Box {
	crops := make(map[assets.SlotID]assets.Box, len(w.now.Crops))
	for id, c := range w.now.Crops {
		crops[id] = c.Box
	}
	return crops
}

// find returns the place of a region, -1 for none.
func (w *creativeWork) find(name string) int {
	return slices.IndexFunc(w.now.Regions, func(r campaigns.CreativeRegion) bool { return r.Name == name })
}

// open puts a creative on the desk.
func (p *Pictures) open(c campaigns.Creative) {
	slot := 0
	if p.work != nil {
		slot = p.work.slot // whoever goes through pictures looks at one slot of each
	}
	p.work = &creativeWork{now: c, saved: c, slot: slot}
	p.viewer.Draw(false)
	p.viewer.Select("")
	p.viewer.Set(kit.PictureRef{ID: c.Picture, Width: c.Width, Height: c.Height})
	p.examine()
	p.page = sheetPage
	p.build()
	p.room.Refresh()
	w := p.work
	p.asks.looks.ask(func(ctx context.Context) (Looked, error) { return p.cfg.Desk.Look(ctx, c.Picture) }, func(l Looked, err error) { p.opened(w, l, err) })
	p.asks.seen.ask(func(ctx context.Context) (s seenElsewhere, err error) {
		s.list, s.searched, err = p.cfg.Desk.Seen(ctx, c.Picture)
		// That it is here is no news.
		s.list = slices.DeleteFunc(s.list, func(x assets.Sighting) bool {
			return x.Same && x.Place == assets.InContract && x.ID == c.ID
		})
		return s, err
	}, func(s seenElsewhere, err error) {
		if err != nil {
			w.unseen = err
		} else {
			w.seen = &s
		}
		p.redraw()
	})
}

// openFile puts a file on the desk that is only on disk, as it was looked at.
func (p *Pictures) openFile(l Looked) {
	c := campaigns.Creative{Name: filepath.Base(l.Path), Width: l.Width, Height: l.Height, Bytes: l.Bytes}
	for _, r := range l.Regions {
		c.Regions = append(c.Regions, campaigns.CreativeRegion{Region: r})
	}
	p.asks.looks.drop()
	p.asks.seen.drop()
	p.work = &creativeWork{now: c, saved: c}
	p.viewer.Select("")
	p.viewer.SetImage(l.Image, l.Width, l.Height)
	p.page = sheetPage
	p.build()
	p.opened(p.work, l, nil)
}

// opened takes in what the pixels show.
func (p *Pictures) opened(w *creativeWork, l Looked, err error) {
	if p.work != w {
		return
	}
	if err != nil {
		w.broken = err
		p.redraw()
		return
	}
	w.looked = &l
	if w.now.Width == 0 {
		w.now.Width, w.now.Height = l.Width, l.Height
		w.saved.Width, w.saved.Height = l.Width, l.Height
	}
	p.examine()
	p.gauge()
	p.redraw()
	p.room.Refresh()
}

// gauge measures the regions as they are drawn. Until it has come the last figures hold,
// so that no verdict flickers under a hand that drags.
func (p *Pictures) gauge() {
	w := p.work
	if w == nil || w.looked == nil {
		return
	}
	of, regions := *w.looked, w.now.ForCheck().Regions
	p.asks.measure.ask(func(ctx context.Context) (map[string]assets.Measured, error) {
		return p.cfg.Desk.Measure(ctx, of, regions), nil
	},
		func(m map[string]assets.Measured, _ error) {
			if p.work == w {
				w.measured = m
				p.examine()
				p.redraw()
			}
		})
}

// examine says anew what becomes of the creative in every slot, at once; what would be
// better is searched for off the thread.
func (p *Pictures) examine() {
	w := p.work
	if w == nil || p.known == nil {
		return
	}
	slots := p.known.Slots
	w.slot = max(0, min(w.slot, len(slots)-1))
	subject, chosen := w.subject(), w.chosenCrops()
	w.checks = assets.ExamineAll(subject, slots, chosen)
	p.asks.advice.ask(func(ctx context.Context) ([]suggestion, error) {
		out := make([]suggestion, len(slots))
		for i, s := range slots {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			box, keeps := assets.Suggest(subject, s)
			out[i] = suggestion{box, keeps, assets.Examine(subject, s, box)}
		}
		return out, nil
	}, func(s []suggestion, err error) {
		if p.work == w && err == nil {
			w.advice = s
			p.cut()
			p.redraw()
		}
	})
	p.cut()
}
