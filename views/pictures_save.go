package views

import (
	"context"
	"maps"
	"slices"
	"time"

	"cinnabar/assets"
	"cinnabar/campaigns"
	"cinnabar/internal/fault"
	"cinnabar/views/kit"
)

// edit changes the creative on the desk, keeps the way back, and saves. text, where there
// is one, is said with an undo.
func (p *Pictures) edit(text string, change func(*campaigns.Creative)) {
	w := p.work
	if !p.draws() {
		if w != nil && !p.up {
			p.cfg.Notify.Note(kit.Amber, p.book.T("pictures.offline"), "")
		}
		return
	}
	was := w.now
	next := was
	next.Regions, next.Crops = slices.Clone(was.Regions), maps.Clone(was.Crops)
	if next.Crops == nil {
		next.Crops = map[assets.SlotID]campaigns.Crop{}
	}
	change(&next)
	if sameDrawing(was, next) {
		return
	}
	w.past = append(w.past, was)
	w.now = next
	p.changed()
	if text != "" {
		p.cfg.Notify.Undoable("creative", text, time.Now().Add(10*time.Second), p.undo)
	}
}

// changed examines what was drawn and saves it.
func (p *Pictures) changed() {
	p.work.fault = nil
	p.examine()
	p.gauge()
	p.redraw()
	p.save()
}

// undo takes the last change of the creative on the desk back.
func (p *Pictures) undo() {
	w := p.work
	if w == nil || len(w.past) == 0 || !p.draws() {
		return
	}
	was := w.past[len(w.past)-1]
	w.past = w.past[:len(w.past)-1]
	w.now.Regions, w.now.Crops, w.now.Dropped = was.Regions, was.Crops, was.Dropped
	if w.region != "" && w.find(w.region) < 0 {
		w.region = ""
	}
	p.cfg.Notify.Dismiss("creative")
	p.changed()
}

// save sends what was drawn. One is under way at a time; what was drawn meanwhile goes
// after it.
func (p *Pictures) save() {
	w := p.work
	if w == nil || w.loose() || w.sending || !w.dirty() || !p.up || fault.CodeOf(w.fault) == fault.RuleChanged {
		return
	}
	if w.request == "" {
		w.request = p.cfg.NewID()
	}
	w.sending = true
	sent, request := w.now, w.request
	sent.Version = w.saved.Version
	put := func(ctx context.Context) (campaigns.Creative, error) { return p.cfg.Creatives.Put(ctx, request, sent) }
	send(p, 30*time.Second, put, func(kept campaigns.Creative, err error) {
		w.sending = false
		if err != nil {
			if fault.CodeOf(err) != fault.Offline { // the same wish may have been granted
				w.request = ""
			}
			w.fault = err
			if p.work != w {
				what, _ := p.book.Error(err)
				p.cfg.Notify.Note(kit.Amber, p.book.T("pictures.held", w.now.Name), what)
			}
			p.redraw()
			return
		}
		w.request, w.fault = "", nil
		w.saved = kept
		// What was drawn since stays; who it is of is known now.
		drawn := w.now
		w.now = kept
		w.now.Regions, w.now.Crops, w.now.Dropped = keepSigned(drawn, kept)
		p.replace(kept)
		p.redraw()
		if p.work == w {
			p.save()
		}
	})
}

// send does something long off the screen's thread and hands back what came of it. Close
// waits for it.
func send[T any](p *Pictures, most time.Duration, do func(context.Context) (T, error), then func(T, error)) {
	p.saving.Add(1)
	p.out++
	p.cfg.Go(func() {
		defer p.saving.Done()
		ctx, cancel := context.WithTimeout(context.Background(), most)
		defer cancel()
		value, err := answered(ctx, do)
		p.cfg.Loop.Do(func() {
			p.out--
			then(value, err)
		})
	})
}

// keepSigned takes over from what was kept who drew and chose, where the drawing is the same.
func keepSigned(drawn, kept campaigns.Creative) ([]campaigns.CreativeRegion, map[assets.SlotID]campaigns.Crop, bool) {
	regions := slices.Clone(drawn.Regions)
	for i, r := range regions {
		for _, k := range kept.Regions {
			if k.Region == r.Region {
				regions[i] = k
			}
		}
	}
	crops := maps.Clone(drawn.Crops)
	for id, c := range crops {
		if k, ok := kept.Crops[id]; ok && k.Box == c.Box {
			crops[id] = k
		}
	}
	return regions, crops, drawn.Dropped
}

// load throws what was drawn away for what stands in the studio now.
func (p *Pictures) load() {
	if p.work == nil {
		return
	}
	p.work.now, p.work.fault, p.work.past, p.work.request = p.work.saved, nil, nil, ""
	p.Refresh()
	p.examine()
	p.redraw()
}

// drop takes the creative out of its campaign; contracts and gifts that name the picture
// keep it.
func (p *Pictures) drop() {
	w := p.work
	if w == nil || w.loose() || !p.draws() {
		return
	}
	name := w.now.Name
	p.edit(p.book.T("pictures.dropped", name), func(c *campaigns.Creative) { c.Dropped = true })
}
