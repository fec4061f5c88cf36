package inspect

import (
	"cmp"
	"context"
	"image"
	"math"
	"slices"

	"cinnabar/assets"
)

const mostText = 40

// TextLike finds what looks like lines of upright writing, whatever they say: marks of
// one grey, of one height, thin beside it, next to each other. A fence looks like that
// too. From the top down. It returns what it has when ctx ends.
func TextLike(ctx context.Context, img *image.RGBA, full image.Point) []assets.Region {
	p := greyOf(img, full, linePixels)
	return p.text(p.lines(ctx))
}

func (p plane) text(lines []line) []assets.Region {
	var kept []line
	for _, l := range lines {
		if l.reads() && p.stands(l) {
			kept = append(kept, l)
		}
	}
	// The ground around light letters looks like dark ones, but hangs together more.
	slices.SortStableFunc(kept, func(a, b line) int { return cmp.Compare(b.marks, a.marks) })
	var boxes []assets.Box
	for _, l := range kept {
		b := p.box(l.Rectangle)
		if len(boxes) < mostText && !slices.ContainsFunc(boxes, func(o assets.Box) bool { return overlap(o, b) > .3 }) {
			boxes = append(boxes, b)
		}
	}
	slices.SortStableFunc(boxes, func(a, b assets.Box) int { return cmp.Or(cmp.Compare(a.Y, b.Y), cmp.Compare(a.X, b.X)) })
	return named(assets.Text, boxes)
}

// reads reports whether a line has the build of writing. Chinese and Latin in two weights
// lie between .19 and .51 of ink, 1.6 and 2.4 strokes crossed in every stretch as long as
// the line is high, and strokes of .11 to .26 of its height.
func (l line) reads() bool {
	w, h := float64(l.Dx()), float64(l.Dy())
	if h < 14 || w < 1.4*h || l.marks < 3 {
		return false
	}
	fill := float64(l.area) / (w * h)
	crossed := float64(l.runs) / w
	stroke := float64(l.area) / float64(l.runs) / h
	marks := float64(l.marks) * h / w
	return fill > .15 && fill < .6 && crossed > 1.3 && crossed < 2.9 && stroke > .07 && stroke < .33 && marks > 1 && marks < 5.5
}

// inks is a laxer reads: a word of two letters has fewer marks, and no rhythm.
func (l line) inks() bool {
	fill := float64(l.area) / float64(l.Dx()*l.Dy())
	crossed := float64(l.runs) / float64(l.Dx())
	stroke := float64(l.area) / float64(l.runs*l.Dy())
	return fill > .12 && fill < .65 && crossed > .8 && crossed < 3.6 && stroke > .05 && stroke < .4
}

const (
	faintest    = 26 // grey levels between ink and ground below which nobody reads
	outstanding = 2.6
)

// stands reports whether the line's ink stands out from its own ground by more than
// that ground varies: leaves and gravel are marks too, on a ground of more of them.
func (p plane) stands(l line) bool {
	// What lies between the two greys is the rim of the strokes, and neither.
	mean, spread, ok := p.beyond(l, 20)
	if ok {
		mean, spread, ok = p.beyond(l, max(20, math.Abs(mean-l.ink)/2))
	}
	contrast := math.Abs(mean - l.ink)
	return ok && contrast >= faintest && contrast >= outstanding*spread && p.edged(l, mean)
}

const (
	widestEdge = 1.3 // pixels between ink and ground for each step from one to the other
	mixedInk   = .2  // standard deviation of ink, as a share of the contrast
)

// edged reports whether the line has two greys with hard edges between them. Writing was
// set in one colour, also where a photograph lies under it; stones, leaves and cloth run
// from light to dark through everything between. Of lines that were set into pictures
// and saved as JPEG 60, 93 in 100 are within both limits; of what else is found in
// photographs, hardly any.
func (p plane) edged(l line, ground float64) bool {
	contrast := ground - l.ink
	var between, steps, n, sum, squares float64
	for y := l.Min.Y; y < l.Max.Y; y++ {
		was := false
		for x, v := range p.pix[y*p.w+l.Min.X : y*p.w+l.Max.X] {
			at := (float64(v) - l.ink) / contrast // 0 is ink, 1 ground
			inked := at < .5
			if x > 0 && inked != was {
				steps++
			}
			was = inked
			switch {
			case at < .3:
				n, sum, squares = n+1, sum+at, squares+at*at
			case at < .7:
				between++
			}
		}
	}
	if n == 0 || between > widestEdge*steps {
		return false
	}
	mean := sum / n
	return math.Sqrt(max(0, squares/n-mean*mean)) <= mixedInk
}

// beyond is the mean and standard deviation of what is farther from the ink than that.
func (p plane) beyond(l line, levels float64) (mean, spread float64, ok bool) {
	var n, sum, squares float64
	for y := l.Min.Y; y < l.Max.Y; y++ {
		for _, v := range p.pix[y*p.w+l.Min.X : y*p.w+l.Max.X] {
			if d := float64(v); math.Abs(d-l.ink) >= levels {
				n, sum, squares = n+1, sum+d, squares+d*d
			}
		}
	}
	if n == 0 {
		return 0, 0, false
	}
	mean = sum / n
	return mean, math.Sqrt(max(0, squares/n-mean*mean)), true
}
