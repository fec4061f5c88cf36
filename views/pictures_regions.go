package views

import (
	"fmt"
	"slices"
	"time"

	"cinnabar/assets"
	"cinnabar/campaigns"
)

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

// regionKinds are the kinds in the order of their keys.
var regionKinds = []assets.RegionKind{assets.Subject, assets.Label, assets.Logo, assets.Headline, assets.Face, assets.Text}
