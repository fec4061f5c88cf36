package kit

import (
	"image"
	"image/color"

	xdraw "golang.org/x/image/draw"

	"cinnabar/assets"
)

// layers are a picture ready to be painted at any size: what came of it, its halves,
// and finer pixels of the part that is looked at. They never change once made, so
// that painting can go on off the UI thread while others are made.
type layers struct {
	w, h   int           // of the whole upright picture
	levels []*image.RGBA // what came, half of it, a quarter …
	soft   *image.RGBA   // a few patches, for who would rather not see it
	detail *patch
}

// patch is a part of a picture at a better resolution than its levels.
type patch struct {
	box assets.Box
	img *image.RGBA
}

func newLayers(img *image.RGBA, w, h int, mirrored bool) *layers {
	if mirrored {
		img = flipped(img)
	}
	if w <= 0 || h <= 0 {
		w, h = img.Bounds().Dx(), img.Bounds().Dy()
	}
	return &layers{w: w, h: h, levels: halves(img), soft: patches(img)}
}

// patches is a picture of which nothing can be made out.
func patches(src *image.RGBA) *image.RGBA {
	b := src.Bounds()
	const most = 8
	w, h := most, most
	if b.Dx() > b.Dy() {
		h = max(2, most*b.Dy()/b.Dx())
	} else {
		w = max(2, most*b.Dx()/max(1, b.Dy()))
	}
	small := image.NewRGBA(image.Rect(0, 0, w, h))
	from := src
	for from.Bounds().Dx() > 128 && from.Bounds().Dy() > 128 {
		from = half(from)
	}
	xdraw.BiLinear.Scale(small, small.Bounds(), from, from.Bounds(), xdraw.Src, nil)
	return small
}

// view is where a picture lies in a window of w by h device pixels: its upper left
// corner at x, y, each of its pixels zoom device pixels wide.
type view struct {
	w, h       int
	x, y, zoom float32
}

// ground is everything that the painted picture depends on, overlays apart.
type ground struct {
	view
	mode   Compared
	hiding Hiding
	first  *layers
	second *layers
}

// scene is what is painted at a time.
type scene struct {
	ground
	marks []mark
	scale float32
}

// painted is a scene as pixels: two pictures for flicker, else one.
type painted struct {
	ground
	under []*image.RGBA // without overlays, kept so that dragging one repaints nothing else
	over  []*image.RGBA // what is shown
}

// gutter is the room between two pictures side by side, in device-independent pixels.
const gutter = 8

// pane is the part of a window that the first picture has.
func (g ground) pane(scale float32) image.Rectangle {
	if g.mode == Beside && g.second != nil {
		return image.Rect(0, 0, (g.w-round(gutter*scale))/2, g.h)
	}
	return image.Rect(0, 0, g.w, g.h)
}

// paint makes the pixels. last may be the painting before, whose pixels are used
// again where only overlays have changed.
func (s scene) paint(last painted) painted {
	p := painted{ground: s.ground, under: last.under}
	if last.under == nil || last.ground != s.ground {
		p.under = s.grounds()
	}
	p.over = p.under
	if len(s.marks) > 0 {
		p.over = make([]*image.RGBA, len(p.under))
		for i, u := range p.under {
			over := image.NewRGBA(u.Bounds())
			copy(over.Pix, u.Pix)
			pane := over.SubImage(s.pane(s.scale)).(*image.RGBA)
			for _, m := range s.marks {
				m.paint(pane, s.scale)
			}
			p.over[i] = over
		}
	}
	return p
}

func (s scene) grounds() []*image.RGBA {
	whole := image.Rect(0, 0, s.w, s.h)
	one := image.NewRGBA(whole)
	if s.first == nil {
		return []*image.RGBA{one}
	}
	if s.second == nil || s.mode == Alone {
		s.put(one, whole, s.first, s.view)
		return []*image.RGBA{one}
	}
	there := s.view.of(s.first, s.second)
	if s.mode == Beside {
		left := s.pane(s.scale)
		right := left.Add(image.Pt(s.w-left.Dx(), 0))
		s.put(one, left, s.first, s.view)
		there.x += float32(right.Min.X)
		s.put(one, right, s.second, there)
		return []*image.RGBA{one}
	}
	two := image.NewRGBA(whole)
	s.put(one, whole, s.first, s.view)
	s.put(two, whole, s.second, there)
	if s.mode == Difference {
		differ(one, two)
		return []*image.RGBA{one}
	}
	return []*image.RGBA{one, two}
}

// of is where a second picture lies so that it fills the frame of the first as far as
// it can without being pulled out of shape. One that is a percent off is taken for
// the same shape: platforms round when they scale.
func (v view) of(first, second *layers) view {
	kx, ky := float32(first.w)/float32(second.w), float32(first.h)/float32(second.h)
	k := min(kx, ky)
	if max(kx, ky) < k*1.01 {
		k = kx
	}
	v.x += (float32(first.w) - float32(second.w)*k) / 2 * v.zoom
	v.y += (float32(first.h) - float32(second.h)*k) / 2 * v.zoom
	v.zoom *= k
	return v
}

// put paints a picture into a part of the window.
func (s scene) put(dst *image.RGBA, pane image.Rectangle, l *layers, v view) {
	into := dst.SubImage(pane).(*image.RGBA)
	if s.hiding == Blurred {
		at := image.Rect(round(v.x), round(v.y), round(v.x+float32(l.w)*v.zoom), round(v.y+float32(l.h)*v.zoom))
		xdraw.CatmullRom.Scale(into, at, l.soft, l.soft.Bounds(), xdraw.Src, nil)
		return
	}
	l.paint(into, v)
	if s.hiding == Greyed {
		grey(into)
	}
}

// paint takes the smallest level that still has more pixels than are shown, and lays
// the finer part over it where there is one.
func (l *layers) paint(dst *image.RGBA, v view) {
	level := l.levels[0]
	for _, other := range l.levels[1:] {
		if v.zoom*float32(l.w)/float32(other.Bounds().Dx()) > 1 {
			break
		}
		level = other
	}
	whole := assets.Box{W: l.w, H: l.h}
	lay(dst, level, whole, v)
	if d := l.detail; d != nil && v.zoom*float32(l.w) > 1.02*float32(l.levels[0].Bounds().Dx()) {
		lay(dst, d.img, d.box, v)
	}
}

// lay paints an image that covers a box of the picture.
func lay(dst, src *image.RGBA, box assets.Box, v view) {
	b := src.Bounds()
	// Device pixels for each pixel of the image.
	zx, zy := v.zoom*float32(box.W)/float32(b.Dx()), v.zoom*float32(box.H)/float32(b.Dy())
	left, top := v.x+float32(box.X)*v.zoom, v.y+float32(box.Y)*v.zoom
	seen := dst.Bounds()
	// The part that the window shows, widened to whole pixels.
	x0, y0 := max(0, int((float32(seen.Min.X)-left)/zx)-1), max(0, int((float32(seen.Min.Y)-top)/zy)-1)
	x1, y1 := min(b.Dx(), int((float32(seen.Max.X)-left)/zx)+2), min(b.Dy(), int((float32(seen.Max.Y)-top)/zy)+2)
	if x0 >= x1 || y0 >= y1 {
		return
	}
	part := image.Rect(b.Min.X+x0, b.Min.Y+y0, b.Min.X+x1, b.Min.Y+y1)
	at := image.Rect(round(left+float32(x0)*zx), round(top+float32(y0)*zy), round(left+float32(x1)*zx), round(top+float32(y1)*zy))
	var how xdraw.Scaler = xdraw.ApproxBiLinear
	if zx >= 2 || at.Size() == part.Size() {
		how = xdraw.NearestNeighbor // whoever comes this close wants to see the pixels
	}
	how.Scale(dst, at, src, part, xdraw.Src, nil)
}

// Amplified is by how much differences are multiplied: at 4 what JPEG does to a picture is
// just to be seen, and what a hand did stands out.
const Amplified = 4

// differ leaves in a how much it differs from b, amplified. Where only one of the two
// reaches there is nothing to compare: that stays clear.
func differ(a, b *image.RGBA) {
	for i := 0; i < len(a.Pix); i += 4 {
		if a.Pix[i+3] == 0 || b.Pix[i+3] == 0 {
			a.Pix[i], a.Pix[i+1], a.Pix[i+2], a.Pix[i+3] = 0, 0, 0, 0
			continue
		}
		for c := i; c < i+3; c++ {
			d := int(a.Pix[c]) - int(b.Pix[c])
			a.Pix[c] = uint8(min(255, max(d, -d)*Amplified))
		}
		a.Pix[i+3] = 255
	}
}

func grey(img *image.RGBA) {
	r := img.Bounds()
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := img.Pix[img.PixOffset(r.Min.X, y):]
		for i := 0; i < 4*r.Dx(); i += 4 {
			g := color.GrayModel.Convert(color.RGBA{row[i], row[i+1], row[i+2], row[i+3]}).(color.Gray).Y
			row[i], row[i+1], row[i+2] = g, g, g
		}
	}
}

func flipped(src *image.RGBA) *image.RGBA {
	b := src.Bounds()
	dst := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	for y := range b.Dy() {
		in, out := src.Pix[src.PixOffset(b.Min.X, b.Min.Y+y):], dst.Pix[y*dst.Stride:]
		for x := range b.Dx() {
			copy(out[4*x:4*x+4], in[4*(b.Dx()-1-x):4*(b.Dx()-x)])
		}
	}
	return dst
}

func round(f float32) int {
	if f < 0 {
		return int(f - .5)
	}
	return int(f + .5)
}

// halves returns a picture and its halves down to some 200 pixels, each pixel
// the mean of four: scaling a large page to a small window in one step would
// lose the thin strokes of its text.
func halves(img *image.RGBA) []*image.RGBA {
	levels := []*image.RGBA{img}
	for img.Bounds().Dx() > 400 && img.Bounds().Dy() > 400 {
		img = half(img)
		levels = append(levels, img)
	}
	return levels
}

func half(src *image.RGBA) *image.RGBA {
	b := src.Bounds()
	w, h := b.Dx()/2, b.Dy()/2
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		upper := src.Pix[src.PixOffset(b.Min.X, b.Min.Y+2*y):]
		lower := src.Pix[src.PixOffset(b.Min.X, b.Min.Y+2*y+1):]
		out := dst.Pix[y*dst.Stride:]
		for x := range w {
			i, o := 8*x, 4*x
			for c := range 4 {
				out[o+c] = uint8((uint16(upper[i+c]) + uint16(upper[i+4+c]) + uint16(lower[i+c]) + uint16(lower[i+4+c]) + 2) / 4)
			}
		}
	}
	return dst
}
