package paint

import (
	"image"
	"slices"

	"cinnabar/assets"
)

// Advert is a wish for a still life that is published for money.
type Advert struct {
	Still
	Label string  // the words that say it is paid, "" for none
	X, Y  float32 // the label's upper left corner, in pixels
	Size  float32 // of its letters
}

// Advert paints an advert as a JPEG of StillWidth × StillHeight and says where in it
// the label (empty without one) and the subject are.
func (p *Painter) Advert(want Advert) (picture []byte, label, subject assets.Box) {
	subject = p.subjectOf(want.Still)
	p.compose(want.Still)
	if want.Label != "" {
		w := p.letters.width(strong, want.Size, 1, want.Label)
		padX, h := want.Size*.62, want.Size*1.9
		p.canvas.fill(rounded(want.X, want.Y, w+2*padX, h, want.Size*.38), solid(hex(0x2A2422).alpha(.86)))
		p.canvas.fill(p.letters.line(strong, want.Size, 1, want.X+padX, want.Y+h*.5+want.Size*.36, want.Label), solid(white))
		label = assets.Box{X: int(want.X), Y: int(want.Y), W: int(w + 2*padX), H: int(h)}
	}
	return p.jpeg(88), label, subject
}

// subjectOf is where the subject of a still life stands: where a scene with it differs
// from the same scene without.
func (p *Painter) subjectOf(want Still) assets.Box {
	want.Title, want.Price, want.Code = "", "", false
	p.lay(want, true)
	with := slices.Clone(p.canvas.img.Pix)
	p.lay(want, false)
	without := p.canvas.img.Pix
	r := image.Rectangle{Min: image.Pt(StillWidth, StillHeight)}
	for y := range StillHeight {
		for x := range StillWidth {
			i := 4 * (y*StillWidth + x)
			d := 0
			for c := range 3 {
				d += apart(with[i+c], without[i+c])
			}
			if d > 90 { // more than a shadow
				r.Min.X, r.Min.Y = min(r.Min.X, x), min(r.Min.Y, y)
				r.Max.X, r.Max.Y = max(r.Max.X, x+1), max(r.Max.Y, y+1)
			}
		}
	}
	return assets.Box{X: r.Min.X, Y: r.Min.Y, W: max(0, r.Dx()), H: max(0, r.Dy())}
}

func apart(a, b uint8) int { return int(max(a, b) - min(a, b)) }
