package paint

import "math/rand/v2"

// PortraitSide is the side of a portrait in pixels.
const PortraitSide = 400

// Hair is how somebody on a portrait wears it.
type Hair int

// The ways to wear hair.
const (
	Bob Hair = iota
	Long
	Bun
	Short
	Curls
	Cap
	Hairs
)

// Portrait is a wish for somebody's picture: a bust without a face, so that nobody is
// taken for a real person.
type Portrait struct {
	Hair    Hair
	Palette int // 0 to Palettes-1
	Glasses bool
	Seed    uint64 // varies tones and proportions
}

// Portrait paints somebody as a JPEG of PortraitSide × PortraitSide.
func (p *Painter) Portrait(want Portrait) []byte {
	const m = PortraitSide / 2
	p.canvas.size(PortraitSide, PortraitSide)
	c := palettes[want.Palette%Palettes]
	rnd := rand.New(rand.NewPCG(want.Seed, uint64(want.Hair)))
	vary := func(low, high float32) float32 { return low + (high-low)*rnd.Float32() }
	skin := []tint{hex(0xF3D6C2), hex(0xE8BFA0), hex(0xCF9A75), hex(0xF6DFCF), hex(0xA9744F)}[rnd.IntN(5)]
	hair := []tint{hex(0x2B2422), hex(0x3A2C27), hex(0x5B4032), hex(0x8A6A4F), hex(0x191718)}[rnd.IntN(5)]
	p.canvas.cover(ramp(0, 0, PortraitSide, PortraitSide, c.light, c.mid))
	p.canvas.fill(circle(vary(250, 320), vary(80, 130), vary(60, 95)), solid(white.alpha(c.sun*.7)))

	head, wide := vary(168, 180), vary(62, 70)
	flat := func(of *path, t tint) { p.canvas.fill(of, solid(t)) }
	// Behind the head.
	switch want.Hair {
	case Long:
		flat(shoulders(m-wide-26, head-96, 2*(wide+26), 240, 84, 30), hair)
	case Bob:
		flat(shoulders(m-wide-22, head-92, 2*(wide+22), 168, 82, 26), hair)
	case Short:
		flat(shoulders(m-wide-5, head-92, 2*(wide+5), 118, 66, 30), hair)
	case Bun:
		flat(circle(m+vary(-10, 10), head-112, 38), hair.lighter(.06))
	case Curls:
		for i := range 9 {
			x := float32(i-4) * 25
			flat(circle(m+x, head-46+x*x/190, 40), hair)
		}
	}
	// Clothes, neck, head.
	cloth := c.dark
	if rnd.IntN(3) == 0 {
		cloth = c.accent
	}
	p.canvas.fill(shoulders(m-132, 296, 264, 130, 92, 0), ramp(m-132, 296, m+132, 400, cloth.lighter(.16), cloth))
	flat(rounded(m-27, head+44, 54, 92, 26), skin.darker(.10))
	flat(ellipse(m, 300, 46, 20), skin.darker(.10))
	p.canvas.fill(ellipse(m, head, wide, wide*1.22), ramp(m-wide, head-wide, m+wide, head+wide, skin.lighter(.14), skin.darker(.04)))
	// Before the head.
	fringe := vary(16, 30)
	switch want.Hair {
	case Cap:
		flat(shoulders(m-wide-6, head-88, 2*(wide+6), 66, 64, 4), c.accent.darker(.12))
		flat(rounded(m-wide-30, head-32, 2*wide+20, 15, 7), c.accent.darker(.26))
	case Short:
		flat(shoulders(m-wide-3, head-90, 2*(wide+3), 44+fringe*.5, 64, 22), hair)
	default:
		flat(shoulders(m-wide-4, head-90, 2*(wide+4), 50+fringe, 66, 30), hair)
	}
	if want.Glasses {
		for _, x := range []float32{-26, 26} {
			flat(ring(m+x, head+12, 20, 18, 5), c.dark.darker(.2))
		}
		flat(rounded(m-7, head+8, 14, 5, 2), c.dark.darker(.2))
	}
	return p.jpeg(86)
}
