package views

import (
	"context"
	"fmt"
	"image"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"cinnabar/assets"
	"cinnabar/campaigns"
	"cinnabar/internal/fault"
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

	checks  []assets.Check // one a slot
	advice  []suggestion   // one a slot, nil until it is known
	cuts    []cutting      // what images shows
	images  []*image.RGBA
	small   Looked // the same picture, small, to cut tiles out of
	slot    int    // chosen
	region  string // chosen, "" for none
	past    []campaigns.Creative
	moves   moving
	request string // of the save that is due or under way
	sending bool
	fault   error // why the last save was refused
}

// suggestion is a crop that would keep more than the cut that is looked at.
type suggestion struct {
	box   assets.Box
	keeps bool // everything that the slot asks for
	check assets.Check
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
	p.looks.ask(func(ctx context.Context) (Looked, error) { return p.cfg.Desk.Look(ctx, c.Picture) }, func(l Looked, err error) { p.opened(w, l, err) })
	p.seen.ask(func(ctx context.Context) (s seenElsewhere, err error) {
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
	p.looks.drop()
	p.seen.drop()
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
	p.measure.ask(func(ctx context.Context) (map[string]assets.Measured, error) {
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
	p.advice.ask(func(ctx context.Context) ([]suggestion, error) {
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

// worth reports whether a suggestion says something: it is another cut than the one that
// is looked at, and no worse for it.
func (w *creativeWork) worth(i int) bool {
	if i >= len(w.advice) || i >= len(w.checks) {
		return false
	}
	s, c := w.advice[i], w.checks[i]
	return !s.box.Empty() && s.box != c.Crop && c.Verdict != assets.OK && better(s.check, c)
}

// better reports whether a check is better than another: by verdict, else by how much of
// what is asked for comes through.
func better(a, b assets.Check) bool {
	rank := map[assets.Verdict]int{assets.Lost: 0, assets.CannotTell: 1, assets.OK: 2}
	if rank[a.Verdict] != rank[b.Verdict] {
		return rank[a.Verdict] > rank[b.Verdict]
	}
	lost := func(c assets.Check) (n int) {
		for _, f := range c.Findings {
			if f.Region != "" && f.Verdict != assets.OK {
				n++
			}
		}
		return n
	}
	return lost(a) < lost(b)
}

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
	p.saving.Add(1)
	p.out++
	p.cfg.Go(func() {
		defer p.saving.Done()
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		kept, err := answered(ctx, func(ctx context.Context) (campaigns.Creative, error) { return p.cfg.Creatives.Put(ctx, request, sent) })
		p.cfg.Loop.Do(func() {
			p.out--
			w.sending = false
			if err != nil {
				if fault.CodeOf(err) != fault.Offline { // the same wish may have been granted
					w.request = ""
				}
				w.fault = err
				if p.work != w {
					p.cfg.Notify.Note(kit.Amber, p.book.T("pictures.held", w.now.Name), first(p.book.Error(err)))
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
			p.saveOf(w)
		})
	})
}

// saveOf saves what was drawn while an earlier save was under way.
func (p *Pictures) saveOf(w *creativeWork) {
	if p.work == w {
		p.save()
	}
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

func first(a, _ string) string { return a }

// replace puts a creative in the place of its earlier version in the lists.
func (p *Pictures) replace(c campaigns.Creative) {
	for i := range p.known.Creatives {
		if p.known.Creatives[i].ID == c.ID {
			p.known.Creatives[i] = c
		}
	}
	p.sift()
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

// useSuggested takes the suggested crops of all slots that lose something: a person's
// choice, kept under their name.
func (p *Pictures) useSuggested() {
	w := p.work
	if w == nil || w.advice == nil {
		return
	}
	n := 0
	for i := range p.known.Slots {
		if w.worth(i) {
			n++
		}
	}
	if n == 0 {
		return
	}
	p.edit(p.book.T("pictures.used", n), func(c *campaigns.Creative) {
		for i, s := range p.known.Slots {
			if w.worth(i) {
				c.Crops[s.ID] = campaigns.Crop{Box: w.advice[i].box, By: p.cfg.Me.Login}
			}
		}
	})
}

// ownCut goes back to the platform's own cut of the chosen slot.
func (p *Pictures) ownCut() {
	w := p.work
	if w == nil || len(p.known.Slots) == 0 {
		return
	}
	s := p.known.Slots[w.slot]
	p.edit(p.book.T("pictures.own_cut_back", p.book.SlotName(s)), func(c *campaigns.Creative) { delete(c.Crops, s.ID) })
}

// draw lets the hand draw a region; a second time a box is made in the middle, for
// whoever has no mouse.
func (p *Pictures) draw() {
	if !p.draws() {
		return
	}
	if p.viewer.Drawing() {
		p.viewer.DrawHere()
		return
	}
	p.viewer.Draw(true)
	p.redraw()
}

// drew takes a box that was drawn: a subject, until a key says what else it is.
func (p *Pictures) drew(box assets.Box) {
	p.viewer.Draw(false)
	if p.work == nil || box.W < 2 || box.H < 2 {
		return
	}
	name := p.freeName(assets.Subject)
	p.edit("", func(c *campaigns.Creative) {
		c.Regions = append(c.Regions, campaigns.CreativeRegion{Region: assets.Region{Name: name, Kind: assets.Subject, Box: box, Confirmed: true}, By: p.cfg.Me.Login})
	})
	if p.work.find(name) >= 0 {
		p.chooseRegion(name)
	}
}

// freeName is a name for another region of a kind.
func (p *Pictures) freeName(k assets.RegionKind) string {
	name := string(k)
	for i := 2; p.work.find(name) >= 0; i++ {
		name = fmt.Sprintf("%s-%d", k, i)
	}
	return name
}

// moved takes a region that was moved or resized: whoever moves it says that it is there.
func (p *Pictures) moved(name string, box assets.Box) {
	w := p.work
	if w == nil || w.find(name) < 0 {
		return
	}
	before, steps := w.moves, len(w.past)
	p.edit("", func(c *campaigns.Creative) {
		i := w.find(name)
		c.Regions[i].Box, c.Regions[i].Confirmed, c.Regions[i].By = box, true, p.cfg.Me.Login
	})
	w.moves = moving{name, time.Now()}
	if before.name == name && w.moves.at.Sub(before.at) < time.Second && len(w.past) == steps+1 && steps > 0 {
		w.past = w.past[:steps] // a drag is one thing to take back
	}
}

// moving is the last region that was moved, and when.
type moving struct {
	name string
	at   time.Time
}

// chooseRegion marks a region; "" marks none.
func (p *Pictures) chooseRegion(name string) {
	if p.work == nil || p.work.region == name {
		return
	}
	if name != "" && p.work.find(name) < 0 {
		return
	}
	p.work.region = name
	p.viewer.Select(name)
	p.redraw()
}

func (p *Pictures) nextRegion(by int) {
	w := p.work
	n := len(w.now.Regions)
	if n == 0 {
		return
	}
	i := w.find(w.region)
	if i < 0 && by < 0 {
		i = 0
	}
	name := w.now.Regions[(i+by+n)%n].Name
	p.chooseRegion(name)
}

// confirm says that a found region is there: the chosen one, or all that were found.
func (p *Pictures) confirm() {
	w := p.work
	var names []string
	for _, r := range w.now.Regions {
		if !r.Confirmed && (w.region == "" && r.Kind != assets.Text || r.Name == w.region) {
			names = append(names, r.Name)
		}
	}
	if len(names) == 0 {
		return
	}
	p.edit(p.book.T("pictures.confirmed_n", len(names)), func(c *campaigns.Creative) {
		for i := range c.Regions {
			if slices.Contains(names, c.Regions[i].Name) {
				c.Regions[i].Confirmed, c.Regions[i].By = true, p.cfg.Me.Login
			}
		}
	})
}

// remove takes the chosen region away.
func (p *Pictures) remove() {
	w := p.work
	i := w.find(w.region)
	if i < 0 {
		return
	}
	gone := w.now.Regions[i]
	w.region = ""
	p.viewer.Select("")
	p.edit(p.book.T("pictures.removed", p.book.PictureRegion(gone.Name)), func(c *campaigns.Creative) { c.Regions = slices.Delete(c.Regions, i, i+1) })
}

// setKind says what the chosen region is.
func (p *Pictures) setKind(k assets.RegionKind) {
	w := p.work
	i := w.find(w.region)
	if i < 0 || !p.draws() || w.now.Regions[i].Kind == k && w.now.Regions[i].Confirmed {
		return
	}
	name := w.region
	if w.now.Regions[i].Kind != k {
		name = p.freeName(k)
	}
	p.edit("", func(c *campaigns.Creative) {
		r := &c.Regions[i]
		r.Name, r.Kind, r.Confirmed, r.By = name, k, true, p.cfg.Me.Login
	})
	w.region = name
	p.redraw()
	p.viewer.Select(name)
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
