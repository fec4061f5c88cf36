package views

import (
	"cinnabar/assets"
	"cinnabar/campaigns"
)

// suggestion is a crop that would keep more than the cut that is looked at.
type suggestion struct {
	box   assets.Box
	keeps bool // everything that the slot asks for
	check assets.Check
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

// advised is the slot whose suggestion is shown: the chosen one, else the first that has
// any; -1 for none.
func (p *Pictures) advised() int {
	w := p.work
	if w.worth(w.slot) {
		return w.slot
	}
	for i := range w.checks {
		if w.worth(i) {
			return i
		}
	}
	return -1
}
