package inspect

import (
	"image"
	"math"
	"slices"

	"cinnabar/assets"
)

const (
	// apartShare is how much of a tile's variance a split in two has to explain before
	// the tile is said to show writing and ground: even noise reaches .64, a ramp .75.
	apartShare  = .8
	apartLevels = 10 // grey levels between the two, at least
	worst       = .05
	sampled     = 300_000 // pixels that are enough to judge a box by, evenly spread
)

// Contrast is the WCAG 2 contrast ratio, 1 to 21, of the writing in a box of the full
// picture against what lies under it; 0 where the box is empty or outside the picture.
//
// Exactly: the box is cut into square tiles as high as the box is on its shorter side.
// In each tile that has two clearly different greys, Otsu's threshold parts light from
// dark. Over all these tiles, writing is the part that the outline of the box shows less
// of. The writing's luminance is the median of its pixels that have only writing around
// them; what lies under it are all pixels at least two away from writing, in tiles that
// show no writing all of them. Each of those is compared with the writing, and the answer
// is the ratio that 95 % of them reach. So a word that runs from a dark ground onto one
// of its own colour fails, although most of it reads well. Without anything that could
// be writing it is 1.
//
// The luminance is WCAG's: linear light with the sRGB primaries.
func Contrast(img *image.RGBA, full image.Point, box assets.Box) float64 {
	if img == nil || img.Rect.Empty() || box.Empty() {
		return 0
	}
	at := plane{w: img.Rect.Dx(), h: img.Rect.Dy(), kx: 1, ky: 1}
	if full.X > 0 && full.Y > 0 {
		at.kx, at.ky = float64(full.X)/float64(at.w), float64(full.Y)/float64(at.h)
	}
	r := at.under(box)
	if r.Empty() {
		return 0
	}
	part := img.SubImage(r.Add(img.Rect.Min)).(*image.RGBA)
	w := newWriting(part)
	return w.contrast()
}

// writing is a box under examination.
type writing struct {
	plane
	luminance []float32 // linear, 0 to 1, by pixel
	class     []uint8   // by pixel
}

// The classes of pixels: of no tile with two greys, or of its darker or lighter part.
const (
	neither = iota
	dark
	bright
)

func newWriting(img *image.RGBA) *writing {
	p := greyOf(img, image.Point{}, 0)
	w := &writing{plane: p, luminance: make([]float32, p.w*p.h), class: make([]uint8, p.w*p.h)}
	for y := range p.h {
		row := img.Pix[y*img.Stride:]
		for x := range p.w {
			o := row[4*x : 4*x+4]
			white := 255 - o[3] // premultiplied, on white
			w.luminance[y*p.w+x] = .2126*linear[o[0]+white] + .7152*linear[o[1]+white] + .0722*linear[o[2]+white]
		}
	}
	return w
}

// linear is the light of an sRGB value, as WCAG 2 writes it.
var linear = func() (of [256]float32) {
	for i := range of {
		c := float64(i) / 255
		if c <= .03928 {
			of[i] = float32(c / 12.92)
		} else {
			of[i] = float32(math.Pow((c+.055)/1.055, 2.4))
		}
	}
	return of
}()

func (w *writing) contrast() float64 {
	side := max(8, min(w.w, w.h))
	for y := 0; y < w.h; y += side {
		for x := 0; x < w.w; x += side {
			w.part(image.Rect(x, y, min(x+side, w.w), min(y+side, w.h)))
		}
	}
	ink, ok := w.ink()
	if !ok {
		return 1
	}
	var core, any, under []float32
	step := max(1, int(math.Sqrt(float64(w.w*w.h)/sampled)))
	for y := 0; y < w.h; y += step {
		for x := 0; x < w.w; x += step {
			i := y*w.w + x
			switch {
			case w.class[i] == ink:
				any = append(any, w.luminance[i])
				if w.around(x, y, 1, func(c uint8) bool { return c == ink }) {
					core = append(core, w.luminance[i])
				}
			case w.around(x, y, 2, func(c uint8) bool { return c != ink }):
				under = append(under, w.luminance[i])
			}
		}
	}
	if len(core) < len(any)/20 {
		core = any // strokes of a pixel or two have no inside
	}
	if len(under) == 0 {
		return 1
	}
	slices.Sort(core)
	slices.Sort(under)
	of := core[len(core)/2]
	// The ratio falls towards the writing's own luminance from either side, so the worst
	// of them are not at one end of the sorted ones.
	ratios := make([]float64, len(under))
	for i, l := range under {
		ratios[i] = ratio(l, of)
	}
	slices.Sort(ratios)
	return ratios[int(worst*float64(len(ratios)-1))]
}

// ratio is the WCAG contrast of two luminances.
func ratio(a, b float32) float64 {
	return (float64(max(a, b)) + .05) / (float64(min(a, b)) + .05)
}

// part gives the pixels of a tile their classes, if it has two.
func (w *writing) part(r image.Rectangle) {
	var counts [256]int
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for _, v := range w.pix[y*w.w+r.Min.X : y*w.w+r.Max.X] {
			counts[v]++
		}
	}
	threshold, share, apart := otsu(&counts)
	if share < apartShare || apart < apartLevels {
		return
	}
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			i := y*w.w + x
			w.class[i] = dark
			if int(w.pix[i]) > threshold {
				w.class[i] = bright
			}
		}
	}
}

// otsu finds the grey level up to which everything is dark, so that light and dark
// differ the most among each other and the least within. share is how much of the
// variance that explains, 0 to 1; apart is the difference of the two means in levels.
func otsu(counts *[256]int) (threshold int, share, apart float64) {
	var n, sum, squares float64
	for v, c := range counts {
		n += float64(c)
		sum += float64(v * c)
		squares += float64(v * v * c)
	}
	if n == 0 {
		return 0, 0, 0
	}
	total := squares - sum*sum/n
	var best, low, lowSum float64
	for v, c := range counts {
		low += float64(c)
		lowSum += float64(v * c)
		if low == 0 || low == n {
			continue
		}
		d := lowSum/low - (sum-lowSum)/(n-low)
		if between := low * (n - low) / n * d * d; between > best {
			best, threshold, apart = between, v, -d
		}
	}
	if total <= 0 {
		return 0, 0, 0
	}
	return threshold, best / total, apart
}

// ink is which class is the writing: the one that the outline of the box shows less of.
// Where the outline does not say, it is the one with fewer pixels.
func (w *writing) ink() (uint8, bool) {
	var rim, all [3]int
	for y := range w.h {
		for x := range w.w {
			c := w.class[y*w.w+x]
			all[c]++
			if x == 0 || y == 0 || x == w.w-1 || y == w.h-1 {
				rim[c]++
			}
		}
	}
	if all[dark]+all[bright] == 0 {
		return neither, false
	}
	if d, b := rim[dark], rim[bright]; d*2 < b || b*2 < d {
		if d < b {
			return dark, true
		}
		return bright, true
	}
	if all[dark] <= all[bright] {
		return dark, true
	}
	return bright, true
}

// around reports whether all pixels within a distance pass; outside of the box they do.
func (w *writing) around(x, y, d int, pass func(uint8) bool) bool {
	for py := max(0, y-d); py <= min(w.h-1, y+d); py++ {
		for px := max(0, x-d); px <= min(w.w-1, x+d); px++ {
			if !pass(w.class[py*w.w+px]) {
				return false
			}
		}
	}
	return true
}
