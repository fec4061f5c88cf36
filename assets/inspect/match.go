package inspect

import (
	"image"
	"math"

	"golang.org/x/image/font/opentype"
)

const (
	// alikeEnough is the correlation from which a line says a word. A word of two
	// Latin letters is said by chance more often, and needs more. Both were chosen on
	// composed pictures, see docs/pictures.md.
	alikeEnough      = .76
	alikeEnoughShort = .90
	templateAir      = 3   // pixels of ground around the ink of a template
	shaken           = 3   // pixels to each side that a template is tried at
	hopeless         = .4  // correlation a pixel off below which a closer look is wasted
	sameShape        = .22 // by how much a line's proportions may differ from a word's
)

// template is a word as we set it, ready to be correlated: its mean is 0 and its norm 1.
type template struct {
	pix  []float32
	w, h int
}

func newFace(f *opentype.Font, text string) face {
	ink := set(f, closeLetter, text)
	w, h := ink.Rect.Dx(), ink.Rect.Dy()
	t := &template{w: w + 2*templateAir, h: h + 2*templateAir}
	t.pix = make([]float32, t.w*t.h)
	var sum, squares float64
	for y := range h {
		for x := range w {
			v := float64(ink.GrayAt(ink.Rect.Min.X+x, ink.Rect.Min.Y+y).Y)
			t.pix[(y+templateAir)*t.w+x+templateAir] = float32(v)
			sum, squares = sum+v, squares+v*v
		}
	}
	n := float64(len(t.pix))
	norm := math.Sqrt(squares - sum*sum/n)
	for i := range t.pix {
		t.pix[i] = float32((float64(t.pix[i]) - sum/n) / norm)
	}
	return face{font: f, width: float64(w) / closeLetter, height: float64(h) / closeLetter, at: t}
}

// match correlates a word with a line that has its proportions. The line is brought to
// the template's size by its width, which is known best, and a little to either side.
func (h halved) match(l line, w word, f face) (label, bool) {
	lw, lh := float64(l.Dx()), float64(l.Dy())
	if shape := lw / lh / (f.width / f.height); shape < 1-sameShape || shape > 1/(1-sameShape) {
		return label{}, false
	}
	if em := lw / f.width; em < smallestLetter || em > largestLetter {
		return label{}, false
	}
	enough := float32(alikeEnough)
	if len(w.text) == 2 {
		enough = alikeEnoughShort
	}
	best := float32(0)
	var box image.Rectangle
	for _, stretch := range [...]float64{1, .95, 1.05} {
		k := float64(f.at.w-2*templateAir) / lw * stretch
		room := float64(templateAir+shaken) / k
		x0, y0 := float64(l.Min.X)-room, float64(l.Min.Y)+lh/2-float64(f.at.h)/2/k-float64(shaken)/k
		p, skipX, skipY := h.region(x0, y0, float64(l.Max.X)+room, y0+float64(f.at.h+2*shaken)/k, k)
		try := func(x, y int) {
			px, py := x-skipX, y-skipY
			if px < 0 || py < 0 || px+f.at.w > p.w || py+f.at.h > p.h {
				return
			}
			if a := p.correlate(f.at, px, py, l.bright); a > best {
				best = a
				left, top := x0+float64(x+templateAir)/k, y0+float64(y+templateAir)/k
				box = image.Rect(int(left), int(top), int(math.Ceil(left+float64(f.at.w-2*templateAir)/k)), int(math.Ceil(top+float64(f.at.h-2*templateAir)/k)))
			}
		}
		for y := 1; y < 2*shaken+1; y += 2 {
			for x := 1; x < 2*shaken+1; x += 2 {
				try(x, y)
			}
		}
		if best < hopeless {
			break
		}
		for y := range 2*shaken + 1 {
			for x := range 2*shaken + 1 {
				if x%2 == 0 || y%2 == 0 {
					try(x, y)
				}
			}
		}
	}
	return label{text: w.text, alike: float64(best), box: h[0].box(box)}, best >= enough
}

// region is a part of the largest plane, made smaller (or, by repeating pixels, larger)
// by k. skip is how many pixels of it lie left of and above the picture and are left out.
func (h halved) region(x0, y0, x1, y1, k float64) (p plane, skipX, skipY int) {
	from := h[0]
	for _, q := range h[1:] {
		// Averaging twice blurs unless the first time left enough to average.
		if float64(q.w)/float64(h[0].w) < 1.5*k {
			break
		}
		from = q
	}
	kx, ky := float64(from.w)/float64(h[0].w), float64(from.h)/float64(h[0].h)
	r := image.Rect(int(math.Round(x0*kx)), int(math.Round(y0*ky)), int(math.Round(x1*kx)), int(math.Round(y1*ky)))
	in := r.Intersect(image.Rect(0, 0, from.w, from.h))
	if in.Empty() {
		return plane{}, 0, 0
	}
	scale := k / kx
	skipX, skipY = int(float64(in.Min.X-r.Min.X)*scale+.5), int(float64(in.Min.Y-r.Min.Y)*scale+.5)
	p = from.cut(in)
	if w, ht := max(1, int(float64(p.w)*scale+.5)), max(1, int(float64(p.h)*scale+.5)); w != p.w || ht != p.h {
		p = p.resized(w, ht)
	}
	return p, skipX, skipY
}

// correlate is how alike the plane at (x, y) and a template are, -1 to 1; for dark ink
// the sign is turned.
func (p plane) correlate(t *template, x, y int, bright bool) float32 {
	var dot float32
	var sum, squares int
	for row := range t.h {
		in := p.pix[(y+row)*p.w+x:][:t.w]
		of := t.pix[row*t.w:][:t.w]
		for i, v := range in {
			dot += float32(v) * of[i]
			sum += int(v)
			squares += int(v) * int(v)
		}
	}
	variance := float64(squares) - float64(sum)*float64(sum)/float64(t.w*t.h)
	if variance < 30*float64(t.w*t.h) { // fainter than anybody could read
		return 0
	}
	a := dot / float32(math.Sqrt(variance))
	if !bright {
		a = -a
	}
	return a
}
