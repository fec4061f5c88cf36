package inspect

import (
	"cmp"
	"context"
	"image"
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
		if l.reads() {
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

// reads reports whether a line has the build of writing.
func (l line) reads() bool {
	w, h := float64(l.Dx()), float64(l.Dy())
	if h < 10 || w < 1.4*h || l.marks < 3 {
		return false
	}
	fill := float64(l.area) / (w * h)
	// A row of writing crosses a stroke about once in a third of its height.
	crossings := float64(l.runs) / h / (w / h)
	stroke := float64(l.area) / float64(l.runs) / h
	return fill > .12 && fill < .65 && crossings > .8 && crossings < 6 && stroke > .04 && stroke < .5
}
