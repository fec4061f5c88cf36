package assets

import (
	"cmp"
	"math"
	"slices"
)

// Suggest looks for the crop of the slot's ratio that keeps every region the slot asks
// for whole and visible: the largest such crop, and of these the one nearest to the
// platform's own cut. It makes a crop smaller where only that helps (a label under the
// buttons or outside the mask, a label that is too small) and never so small that it
// would have to be enlarged beyond what Examine lets pass.
//
// It returns true where no region falls below its limit in the crop. Where no crop keeps
// all of them whole, it tries their limits at the full size, and then what can be kept
// in the order of Kinds, confirmed regions first; false then says that something is
// lost, and Examine at the box says what. Text that nobody has spoken of is left out of
// account. The search is over whole pixels and exact.
//
// Nobody applies a suggestion but a person.
func Suggest(c Creative, s Slot) (Box, bool) {
	own := s.Crop(c.Width, c.Height)
	if own.Empty() {
		return Box{}, false
	}
	goals := s.goals(c)
	search := search{s: s, w: c.Width, h: c.Height, own: own}
	if box, ok := search.whole(goals); ok {
		return box, true
	}
	if box, ok := search.enough(goals); ok {
		return box, true
	}
	box := search.most(goals)
	return box, search.keeps(box, goals)
}

// goal is a region that a suggestion tries to keep.
type goal struct {
	region Region
	box    Box // that has to be visible for it
}

// goals are the regions of a creative that a slot asks for, what matters most first.
// Those of another picture are left out.
func (s Slot) goals(c Creative) []goal {
	var goals []goal
	for _, r := range c.Regions {
		if s.AsksFor(r.Kind) && r.Box.within(c.Width, c.Height) && (r.Confirmed || r.Kind != Text) {
			goals = append(goals, goal{r, r.needs(c.Width, c.Height)})
		}
	}
	slices.SortStableFunc(goals, func(a, b goal) int {
		if a.region.Confirmed != b.region.Confirmed {
			if a.region.Confirmed {
				return -1
			}
			return 1
		}
		return cmp.Compare(slices.Index(Kinds(), a.region.Kind), slices.Index(Kinds(), b.region.Kind))
	})
	return goals
}

// search is the search for one slot's crop of one picture.
type search struct {
	s    Slot
	w, h int
	own  Box
}

// whole finds the largest crop that keeps all goals whole, nearest to the platform's.
func (q search) whole(goals []goal) (Box, bool) {
	for less := 0; ; less++ {
		cw, ch, ok := q.size(less)
		if !ok {
			return Box{}, false
		}
		if !q.readable(cw, ch, goals) {
			continue
		}
		if box, ok := q.place(cw, ch, goals); ok {
			return box, true
		}
		if !q.s.Round && q.s.Safe == (Edges{}) {
			// Without mask and safe zones a smaller crop shows nothing that a larger
			// one around it doesn't.
			return Box{}, false
		}
	}
}

// readable reports whether all labels among the goals are large enough at the slot's size.
func (q search) readable(cw, ch int, goals []goal) bool {
	for _, g := range goals {
		if g.region.Kind == Label && labelSize(g.region.Box, q.s, cw, ch) < labelPixels {
			return false
		}
	}
	return true
}

// size is the size of the crop that is smaller by less pixels than the platform's. It is
// not ok below what may be enlarged to the slot's size; the platform's own always is.
func (q search) size(less int) (cw, ch int, ok bool) {
	if less >= min(q.own.W, q.own.H) {
		return 0, 0, false
	}
	cw, ch = q.s.size(q.w, q.h, less)
	enlarged := max(float64(q.s.Width)/float64(cw), float64(q.s.Height)/float64(ch))
	return cw, ch, cw > 0 && ch > 0 && (less == 0 || enlarged <= enlargedMuch)
}

// span is a range of whole numbers, empty where lo > hi.
type span struct{ lo, hi int }

func (a span) and(b span) span { return span{max(a.lo, b.lo), min(a.hi, b.hi)} }

func (a span) nearest(v int) int { return min(max(v, a.lo), a.hi) }

// spans are the positions in which a crop of this size shows all goals, as far as its
// edges and safe zones go.
func (q search) spans(cw, ch int, goals []goal) (x, y span) {
	x, y = span{0, q.w - cw}, span{0, q.h - ch}
	s := q.s
	for _, g := range goals {
		b := g.box
		// The two edges of window, solved for the crop's position.
		x = x.and(span{
			divUp((b.X+b.W)*s.Width-(s.Width-s.Safe.Right)*cw, s.Width),
			divDown(b.X*s.Width-s.Safe.Left*cw, s.Width),
		})
		y = y.and(span{
			divUp((b.Y+b.H)*s.Height-(s.Height-s.Safe.Bottom)*ch, s.Height),
			divDown(b.Y*s.Height-s.Safe.Top*ch, s.Height),
		})
	}
	return x, y
}

// middle is the position of a crop of this size around the middle of the platform's.
func (q search) middle(cw, ch int) (x, y int) {
	return q.own.X + divDown(q.own.W-cw, 2), q.own.Y + divDown(q.own.H-ch, 2)
}

// place puts a crop of this size where it shows all goals, nearest to the middle.
func (q search) place(cw, ch int, goals []goal) (Box, bool) {
	x, y := q.spans(cw, ch, goals)
	if x.lo > x.hi || y.lo > y.hi {
		return Box{}, false
	}
	mx, my := q.middle(cw, ch)
	if !q.s.Round || len(goals) == 0 {
		return Box{x.nearest(mx), y.nearest(my), cw, ch}, true
	}
	return q.placeRound(cw, ch, goals, x, y)
}

// placeRound is place for a round slot. The positions in which an ellipse holds all
// corners of the goals are what many shifted ellipses have in common: a convex set. In
// each row of it x has one range, and the range's width over y is concave. So the
// widest row is found by halving, the rows around it likewise, and only those are
// gone through, from the middle outwards.
func (q search) placeRound(cw, ch int, goals []goal, x, y span) (Box, bool) {
	rx, ry := float64(cw)/2, float64(ch)/2
	row := func(at int) (lo, hi float64) {
		lo, hi = float64(x.lo), float64(x.hi)
		for _, g := range goals {
			for _, cy := range [2]int{g.box.Y, g.box.Y + g.box.H} {
				v := (float64(cy-at) - ry) / ry
				half := rx * math.Sqrt(max(0, 1-v*v))
				lo = max(lo, float64(g.box.X+g.box.W)-half-rx)
				hi = min(hi, float64(g.box.X)+half-rx)
			}
		}
		return lo, hi
	}
	width := func(at int) float64 { lo, hi := row(at); return hi - lo }
	const hair = 1e-6 // what rounding can do to a width in pixels

	a, b := y.lo, y.hi
	for a < b {
		if m := a + (b-a)/2; width(m) < width(m+1) {
			a = m + 1
		} else {
			b = m
		}
	}
	if width(a) < -hair {
		return Box{}, false
	}
	rows := span{
		lo: firstTrue(y.lo, a, func(at int) bool { return width(at) >= -hair }),
		hi: -firstTrue(-y.hi, -a, func(at int) bool { return width(-at) >= -hair }),
	}

	mx, my := q.middle(cw, ch)
	best, found, least := Box{}, false, 0
	// Twice the position plus the size is twice the middle: no halves in between.
	far := func(b Box) int {
		dx, dy := 2*b.X+b.W-2*q.own.X-q.own.W, 2*b.Y+b.H-2*q.own.Y-q.own.H
		return dx*dx + dy*dy
	}
	try := func(at int) (over bool) {
		box := Box{mx, at, cw, ch}
		if found && far(box) >= least {
			return true
		}
		lo, hi := row(at)
		xs := span{int(math.Ceil(lo - hair)), int(math.Floor(hi + hair))}.and(x)
		for xs.lo <= xs.hi && !q.holdsAll(Box{xs.lo, at, cw, ch}, goals) {
			xs.lo++
		}
		for xs.lo <= xs.hi && !q.holdsAll(Box{xs.hi, at, cw, ch}, goals) {
			xs.hi--
		}
		if xs.lo > xs.hi {
			return false
		}
		box.X = xs.nearest(mx)
		if d := far(box); !found || d < least {
			best, found, least = box, true, d
		}
		return false
	}
	from := rows.nearest(my)
	for at := from; at >= rows.lo && !try(at); at-- {
	}
	for at := from + 1; at <= rows.hi && !try(at); at++ {
	}
	return best, found
}

// firstTrue is the least number of lo..hi for which a condition holds that stays true
// once it is, and is true at hi.
func firstTrue(lo, hi int, holds func(int) bool) int {
	for lo < hi {
		if m := lo + divDown(hi-lo, 2); holds(m) {
			hi = m
		} else {
			lo = m + 1
		}
	}
	return lo
}

func (q search) holdsAll(crop Box, goals []goal) bool {
	w := q.s.window(crop)
	for _, g := range goals {
		if !w.holds(g.box) {
			return false
		}
	}
	return true
}

// keeps reports whether no goal falls below its limit in a crop.
func (q search) keeps(crop Box, goals []goal) bool {
	w := q.s.window(crop)
	for _, g := range goals {
		if w.shows(g.region.Box) < g.region.Kind.limit() || w.shows(g.box) < g.region.Kind.limit() {
			return false
		}
	}
	return q.readable(crop.W, crop.H, goals)
}

// enough finds the crop of full size nearest to the platform's own in which no goal falls
// below its limit. At that size it can be shifted one way only.
func (q search) enough(goals []goal) (Box, bool) {
	box := q.own
	for step := 0; step <= max(q.w-box.W, q.h-box.H); step++ {
		for _, d := range [2]int{-step, step} {
			moved := box
			if box.W < q.w {
				moved.X += d
			} else {
				moved.Y += d
			}
			if moved.within(q.w, q.h) && q.keeps(moved, goals) {
				return moved, true
			}
		}
	}
	return Box{}, false
}

// most keeps goal by goal what can be kept together with those before it, and then of the
// others, in the same order, as much as the crop can still be shifted to show.
func (q search) most(goals []goal) Box {
	var kept, rest []goal
	box := q.own
	for _, g := range goals {
		if b, ok := q.whole(append(slices.Clip(kept), g)); ok {
			kept, box = append(kept, g), b
		} else {
			rest = append(rest, g)
		}
	}
	if q.s.Round {
		// Shifting towards the others could take the mask over those that are kept.
		return box
	}
	x, y := q.spans(box.W, box.H, kept)
	for _, g := range rest {
		w := q.s.window(Box{0, 0, box.W, box.H})
		nx, seenX := towards(x, g.box.X*w.ux, (g.box.X+g.box.W)*w.ux, w.x0, w.x1, w.ux)
		ny, seenY := towards(y, g.box.Y*w.uy, (g.box.Y+g.box.H)*w.uy, w.y0, w.y1, w.uy)
		if seenX && seenY {
			x, y = nx, ny
		}
	}
	mx, my := q.middle(box.W, box.H)
	return Box{x.nearest(mx), y.nearest(my), box.W, box.H}
}

// towards narrows the positions of a window from w0 to w1 to those in which most of
// b0..b1 lies in it, and reports whether there is any; all are in parts of a pixel, unit
// to one, positions in pixels.
func towards(at span, b0, b1, w0, w1, unit int) (span, bool) {
	overlap := func(p int) int { return max(0, min(b1, w1+p*unit)-max(b0, w0+p*unit)) }
	// The overlap rises, stays, and falls: its corners are where edges meet.
	best := overlap(at.lo)
	corners := []int{at.lo, at.hi}
	for _, edge := range [4]int{b0 - w0, b1 - w1, b0 - w1, b1 - w0} {
		for _, p := range [2]int{divDown(edge, unit), divUp(edge, unit)} {
			if p >= at.lo && p <= at.hi {
				corners = append(corners, p)
			}
		}
	}
	for _, p := range corners {
		best = max(best, overlap(p))
	}
	if best == 0 {
		return at, false
	}
	out := span{at.hi, at.lo}
	for _, p := range corners {
		if overlap(p) == best {
			out.lo, out.hi = min(out.lo, p), max(out.hi, p)
		}
	}
	return out, true
}
