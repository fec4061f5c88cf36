package inspect

import (
	"cmp"
	"context"
	"image"
	"math"
	"slices"
)

// linePixels is the longest side at which writing is looked for.
const linePixels = 1440

// line is a row of marks of one grey that stand out from their surroundings.
type line struct {
	image.Rectangle         // around the marks, in pixels of the plane
	bright          bool    // than the ground
	ink             float64 // grey level of the marks
	marks           int     // connected ones
	glyphs          int     // after strokes that belong together were joined
	area            int     // pixels of ink
	runs            int     // horizontal runs of ink, over all rows
}

const (
	surroundings  = 24 // pixels to every side of one that it is compared with
	clearly       = 12 // grey levels, at least, that it has to stand out by
	smallestMark  = 5  // pixels of ink
	largestMark   = 260
	mostMarks     = 8000
	oneGrey       = 38  // levels by which marks of one line may differ
	joinedStrokes = .15 // of a letter's size: gap within a character
	joinedGlyphs  = .65 // of a letter's size: gap within a line
)

// lines finds rows of marks, light on dark and dark on light. It returns what it has
// when ctx ends.
func (p plane) lines(ctx context.Context) []line {
	var all []line
	for _, bright := range [...]bool{true, false} {
		if ctx.Err() != nil {
			break
		}
		all = append(all, rows(ctx, p.marks(ctx, bright))...)
	}
	// Neighbouring sizes of letters find many a line alike.
	seen := make(map[line]bool, len(all))
	return slices.DeleteFunc(all, func(l line) bool {
		l.ink = 0 // summed in another order, it may differ in the last digit
		twice := seen[l]
		seen[l] = true
		return twice
	})
}

// run is a stretch of ink in one row.
type run struct {
	from, to int32 // half-open
	parent   int32 // index of a run of the same mark, its own for the first
}

// marks are the connected areas that are brighter (or darker) than what surrounds them.
func (p plane) marks(ctx context.Context, bright bool) []line {
	if p.w == 0 || p.h == 0 {
		return nil
	}
	var runs []run
	starts := make([]int32, p.h+1) // of each row's runs
	root := func(i int32) int32 {
		for runs[i].parent != i {
			runs[i].parent = runs[runs[i].parent].parent
			i = runs[i].parent
		}
		return i
	}
	above := newSurroundings(p)
	for y := range p.h {
		if y&63 == 0 && ctx.Err() != nil {
			return nil
		}
		starts[y] = int32(len(runs))
		row := p.pix[y*p.w:][:p.w]
		above.down(y)
		from := int32(-1)
		for x, v := range row {
			mean := above.mean(x)
			d := int32(v) - mean
			if !bright {
				d = -d
			}
			if d > clearly {
				if from < 0 {
					from = int32(x)
				}
			} else if from >= 0 {
				runs = append(runs, run{from, int32(x), int32(len(runs))})
				from = -1
			}
		}
		if from >= 0 {
			runs = append(runs, run{from, int32(p.w), int32(len(runs))})
		}
		if y == 0 {
			continue
		}
		// Runs that touch, corners too, are one mark.
		i, j := starts[y-1], starts[y]
		for i < starts[y] && j < int32(len(runs)) {
			if runs[i].from <= runs[j].to && runs[j].from <= runs[i].to {
				if a, b := root(i), root(j); a < b {
					runs[b].parent = a
				} else {
					runs[a].parent = b
				}
			}
			if runs[i].to < runs[j].to {
				i++
			} else {
				j++
			}
		}
	}
	starts[p.h] = int32(len(runs))
	by := make([]int32, len(runs)) // index of the mark of a root, plus one
	var all []line
	for y := range p.h {
		for i := starts[y]; i < starts[y+1]; i++ {
			r := runs[i]
			at := root(i)
			if by[at] == 0 {
				all = append(all, line{bright: bright, marks: 1, glyphs: 1})
				by[at] = int32(len(all))
			}
			m := &all[by[at]-1]
			m.Rectangle = m.Union(image.Rect(int(r.from), y, int(r.to), y+1))
			m.area += int(r.to - r.from)
			m.runs++
			for _, v := range p.pix[y*p.w+int(r.from) : y*p.w+int(r.to)] {
				m.ink += float64(v)
			}
		}
	}
	all = slices.DeleteFunc(all, func(m line) bool {
		return m.area < smallestMark || m.Dx() > largestMark || m.Dy() > largestMark
	})
	if len(all) > mostMarks { // a picture of noise; what is large is sooner writing
		slices.SortFunc(all, func(a, b line) int { return cmp.Compare(b.area, a.area) })
		all = all[:mostMarks]
	}
	for i := range all {
		all[i].ink /= float64(all[i].area)
	}
	return all
}

// ringed keeps sums of columns, so that the mean around a pixel costs the same however
// much is around it.
type ringed struct {
	plane
	columns []int32 // of the rows around
	sums    []int64 // of the columns before
	rows    int
}

func newSurroundings(p plane) *ringed {
	r := &ringed{plane: p, columns: make([]int32, p.w), sums: make([]int64, p.w+1)}
	for y := range min(surroundings, p.h) {
		r.change(y, 1)
	}
	return r
}

func (r *ringed) change(y int, by int32) {
	r.rows += int(by)
	for x, v := range r.pix[y*r.w:][:r.w] {
		r.columns[x] += by * int32(v)
	}
}

// down goes to the row y, which is the one after the last.
func (r *ringed) down(y int) {
	if y+surroundings < r.h {
		r.change(y+surroundings, 1)
	}
	if y-surroundings-1 >= 0 {
		r.change(y-surroundings-1, -1)
	}
	sum := int64(0)
	for x, v := range r.columns {
		sum += int64(v)
		r.sums[x+1] = sum
	}
}

func (r *ringed) mean(x int) int32 {
	from, to := max(0, x-surroundings), min(r.w, x+surroundings+1)
	return int32((r.sums[to] - r.sums[from]) / int64((to-from)*r.rows))
}

// letterSizes are the sizes of letters that lines are looked for in, each with what is
// up to a third larger or smaller. What is much larger does not take part: the rim of a
// badge or the side of a cup would join everything that it goes around.
var letterSizes = [...]float64{14, 20, 28, 40, 56, 80, 112, 160}

// rows joins strokes to characters and characters to lines, size by size. A line may
// come twice, also with and without what stands beside it.
func rows(ctx context.Context, marks []line) []line {
	var all []line
	for _, size := range letterSizes {
		var some []line
		for _, m := range marks {
			if float64(m.Dy()) <= 1.35*size && float64(m.Dx()) <= 3*size && float64(m.area) > .004*size*size {
				some = append(some, m)
			}
		}
		glyphs := joined(ctx, some, joinedStrokes*size, func(a, b line) bool {
			return float64(apart(a.Min.X, a.Max.X, b.Min.X, b.Max.X)) <= joinedStrokes*size &&
				float64(apart(a.Min.Y, a.Max.Y, b.Min.Y, b.Max.Y)) <= joinedStrokes*size
		})
		for i := range glyphs {
			glyphs[i].glyphs = 1
		}
		for _, l := range joined(ctx, glyphs, joinedGlyphs*size, func(a, b line) bool {
			common := min(a.Max.Y, b.Max.Y) - max(a.Min.Y, b.Min.Y)
			return float64(common) >= .6*float64(min(a.Dy(), b.Dy())) &&
				float64(apart(a.Min.X, a.Max.X, b.Min.X, b.Max.X)) <= joinedGlyphs*size
		}) {
			if h := float64(l.Dy()); h >= .6*size && h <= 1.45*size {
				all = append(all, l)
			}
		}
	}
	return all
}

// apart is the gap between two stretches, 0 where they meet.
func apart(a0, a1, b0, b1 int) int { return max(0, a0-b1, b0-a1) }

// joined unites what is of one grey and belongs together.
// reach is the widest gap that it may bridge from left to right.
func joined(ctx context.Context, some []line, reach float64, together func(a, b line) bool) []line {
	slices.SortStableFunc(some, func(a, b line) int { return cmp.Compare(a.Min.X, b.Min.X) })
	parent := make([]int, len(some))
	for i := range parent {
		parent[i] = i
	}
	root := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	for i, a := range some {
		if i&255 == 0 && ctx.Err() != nil {
			return nil
		}
		for j := i + 1; j < len(some) && float64(some[j].Min.X-a.Max.X) <= reach; j++ {
			b := some[j]
			if math.Abs(a.ink-b.ink) <= oneGrey && together(a, b) {
				parent[root(j)] = root(i)
			}
		}
	}
	by := map[int]int{}
	var out []line
	for i, l := range some {
		at, ok := by[root(i)]
		if !ok {
			by[root(i)] = len(out)
			out = append(out, l)
			continue
		}
		o := &out[at]
		o.Rectangle = o.Union(l.Rectangle)
		o.ink = (o.ink*float64(o.area) + l.ink*float64(l.area)) / float64(o.area+l.area)
		o.area, o.runs, o.marks, o.glyphs = o.area+l.area, o.runs+l.runs, o.marks+l.marks, o.glyphs+l.glyphs
	}
	return out
}
