package inspect

import (
	"cmp"
	"context"
	"image"
	"slices"
	"sync"

	"cinnabar/assets"

	"golang.org/x/image/font/opentype"
)

// The sizes of letters that are found, in pixels with the picture's longest side at
// linePixels: half to twice the 36 that a badge has on a cover of 1080 × 1440, and a
// little to either side.
const (
	smallestLetter = 14.0
	largestLetter  = 80.0
	closeLetter    = 24.0 // size at which a word is compared
	mostLabels     = 6
)

// labelWords are the words of badges.
var labelWords = []string{
	"广告", "广告·合作", "广告合作", "合作", "合作推广", "推广", "赞助", "赞助内容", "商业合作", "品牌合作", "付费合作",
	"Ad", "AD", "Advertisement", "Sponsored", "SPONSORED", "Paid partnership", "Paid promotion",
}

// Labels finds the words that say a post is paid, where they stand by themselves: 广告,
// 合作, 赞助, Ad, Sponsored and the like, light or dark, in a face without serifs, upright.
// In running text they are no label of the picture. The surest come first. It returns
// what it has when ctx ends.
func Labels(ctx context.Context, img *image.RGBA, full image.Point) []assets.Region {
	p := greyOf(img, full, linePixels)
	return regions(p.labels(ctx, p.lines(ctx)))
}

func regions(labels []label) []assets.Region {
	boxes := make([]assets.Box, len(labels))
	for i, l := range labels {
		boxes[i] = l.box
	}
	return named(assets.Label, boxes)
}

// label is a word found, and how alike it is to the word as we set it: the correlation
// of the two, 0 to 1.
type label struct {
	text  string
	alike float64
	box   assets.Box
}

// labels compares every line that has the shape of a badge's word with that word.
func (p plane) labels(ctx context.Context, lines []line) []label {
	own := p
	own.kx, own.ky = 1, 1 // everything is in pixels of the plane until the end
	pyramid := halvings(own)
	var found []label
	for _, l := range lines {
		if ctx.Err() != nil {
			break
		}
		if !l.inks() {
			continue
		}
		best := label{}
		for _, w := range words() {
			for _, f := range w.faces {
				if got, ok := pyramid.match(l, w, f); ok && got.alike > best.alike {
					best = got
				}
			}
		}
		if best.text != "" {
			best.box = p.box(image.Rect(best.box.X, best.box.Y, best.box.X+best.box.W, best.box.Y+best.box.H))
			found = append(found, best)
		}
	}
	slices.SortStableFunc(found, func(a, b label) int { return cmp.Compare(b.alike, a.alike) })
	var kept []label
	for _, l := range found {
		if len(kept) < mostLabels && !slices.ContainsFunc(kept, func(o label) bool { return overlap(o.box, l.box) > .3 }) {
			kept = append(kept, l)
		}
	}
	return kept
}

// word is a word of a badge in the faces that it may be set in.
type word struct {
	text  string
	faces []face
}

// face is a word in one font, and its proportions.
type face struct {
	font          *opentype.Font
	width, height float64 // of the ink, for letters of size 1
	at            *template
}

var words = sync.OnceValue(func() []word {
	var all []word
	f := fonts()
	for _, text := range labelWords {
		w := word{text: text}
		some := f.han[:]
		if text[0] < 0x80 {
			some = append(slices.Clone(some), f.latin[:]...)
		}
		for _, font := range some {
			if font != nil {
				w.faces = append(w.faces, newFace(font, text))
			}
		}
		all = append(all, w)
	}
	return all
})

// halved is a plane with its halves and quarters, so that a small version needs not
// read every pixel of the large one.
type halved []plane

func halvings(p plane) halved {
	h := halved{p}
	for p.w >= 64 && p.h >= 64 && len(h) < 3 {
		p = p.resized(p.w/2, p.h/2)
		h = append(h, p)
	}
	return h
}
