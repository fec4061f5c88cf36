package paint

import (
	"math/rand/v2"
)

// The size of a post's picture, 3:4 as the platform's covers are.
const (
	StillWidth  = 1080
	StillHeight = 1440
)

// Scene is what stands behind the subject.
type Scene int

// The scenes.
const (
	Sun     Scene = iota // a bare wall and a disc of light
	Arch                 // a niche with a round top
	Podium               // the subject stands on a low drum
	Window               // bars of light fall across the wall
	Horizon              // a table's far edge
	Scenes
)

// Still is a wish for a still life.
type Still struct {
	Subject Subject
	Palette int // 0 to Palettes-1
	Scene   Scene
	Seed    uint64 // varies proportions and the small things beside the subject
	Name    string // lettered on the subject where it has room; short
	Title   string // laid over the picture, as covers have it; "\n" breaks the line
	Price   string // on a tag that hangs from the subject
	Code    bool   // a card with a square code in a corner
}

// The place every subject stands on.
const (
	midX   = 540
	ground = 1120
)

// still is one still life under way.
type still struct {
	*Painter
	palette
	want Still
	rnd  *rand.Rand
	base float32 // y of the surface under the subject
}

// Still paints a still life as a JPEG of StillWidth × StillHeight.
func (p *Painter) Still(want Still) []byte {
	p.compose(want)
	return p.jpeg(85)
}

// compose leaves a still life on the canvas.
func (p *Painter) compose(want Still) { p.lay(want, true) }

// lay leaves a still life on the canvas, or its scene alone.
func (p *Painter) lay(want Still, subject bool) {
	p.canvas.size(StillWidth, StillHeight)
	s := &still{
		Painter: p, palette: palettes[want.Palette%Palettes], want: want, base: ground,
		rnd: rand.New(rand.NewPCG(want.Seed, uint64(want.Subject)<<8|uint64(want.Palette))),
	}
	s.scene()
	s.beside()
	s.canvas.lens = lens{s.nearness(), midX, s.base}
	if subject {
		subjects[want.Subject](s)
	}
	s.canvas.lens = noLens
	s.overlay()
}

func (s *still) fill(p *path, k *ink)           { s.canvas.fill(p, k) }
func (s *still) flat(p *path, t tint)           { s.canvas.fill(p, solid(t)) }
func (s *still) vary(low, high float32) float32 { return low + (high-low)*s.rnd.Float32() }
func (s *still) coin() bool                     { return s.rnd.IntN(2) == 0 }

// nearness is how much of the picture the subject may take: enough to be known
// at the size of a thumbnail, less under a title.
func (s *still) nearness() float32 {
	k := float32(1.28)
	switch s.want.Subject {
	case Coat:
		return 1
	case Vase, Tent, PetBowl:
		k = 1.12
	case Lamp, Headphones, Loaf, Bowl, Backpack, Suitcase, Pouch:
		k = 1.18
	}
	if s.want.Title != "" {
		k *= .88
	}
	return k
}

func (s *still) scene() {
	const w, h = StillWidth, StillHeight
	s.canvas.cover(ramp(60, 0, w-60, h, s.light, s.mid))
	halo := white.alpha(s.sun)
	switch s.want.Scene {
	case Arch:
		x, top := s.vary(200, 260), s.vary(250, 310)
		aw := w - 2*x
		s.fill(shoulders(x, top, aw, ground+30-top, aw/2, 0), ramp(x, top, x+aw, ground, s.mid.lighter(.12).alpha(.9), s.light.lighter(.35).alpha(.9)))
		s.floor(ground - 10)
	case Podium:
		s.disc(halo)
		s.base = ground - 50
		s.drum(s.base)
	case Window:
		lean := s.vary(180, 300)
		for i := range 3 {
			x := 120 + float32(i)*270 + s.vary(0, 40)
			s.fill(polygon(x+lean, 0, x+lean+170, 0, x-lean*.6+170, h, x-lean*.6, h), ramp(0, 0, 0, h, white.alpha(s.sun*.9), white.alpha(.05)))
		}
		s.floor(ground - 60)
	case Horizon:
		y := s.vary(880, 960)
		r := s.vary(170, 230)
		s.flat(circle(s.vary(660, 800), y-s.vary(20, 120), r), halo)
		s.floor(y)
	default:
		s.disc(halo)
	}
}

func (s *still) disc(halo tint) {
	x := s.vary(720, 830)
	if s.rnd.IntN(4) == 0 {
		x = StillWidth - x
	}
	s.flat(circle(x, s.vary(330, 460), s.vary(105, 150)), halo)
}

// floor is a surface from y down to the lower edge.
func (s *still) floor(y float32) {
	t := s.mid.mix(s.dark, .10)
	s.fill(rect(0, y, StillWidth, StillHeight-y), ramp(0, y, 0, StillHeight, t.lighter(.24), t))
}

func (s *still) drum(y float32) {
	const rx, ry, h = 345, 52, 150
	s.canvas.glow(midX, y+h+20, rx*1.35, 95, s.dark.darker(.3).alpha(.32))
	side := rect(midX-rx, y, 2*rx, h).add()
	c := s.mid.lighter(.35)
	k := ramp3(midX-rx, 0, midX+rx, 0, c.lighter(.2), c, c.mix(s.dark, .16))
	s.fill(side, k)
	s.fill(ellipse(midX, y+h, rx, ry), k)
	s.fill(ellipse(midX, y, rx, ry), ramp(midX-rx, y, midX+rx, y, c.lighter(.62), c.lighter(.34)))
}

// shade is the soft shadow under something that stands on the ground.
func (s *still) shade(cx, rx float32) {
	t := s.dark.darker(.35)
	s.canvas.glow(cx+rx*.18, s.base+6, rx*1.45, rx*.30, t.alpha(.30))
	s.canvas.glow(cx+rx*.05, s.base+2, rx*1.08, rx*.15, t.alpha(.42))
}

// beside sets small things around the subject, behind it.
func (s *still) beside() {
	switch s.rnd.IntN(5) {
	case 0:
		s.sprig(s.vary(215, 265), s.base, s.vary(-7, 2), s.vary(430, 540))
	case 1:
		s.sprig(s.vary(815, 865), s.base, s.vary(-2, 7), s.vary(380, 520))
	case 2:
		s.pebble(s.vary(185, 225), 62)
		s.pebble(s.vary(290, 310), 38)
	case 3:
		x, r := s.vary(850, 890), s.vary(58, 78)
		s.shade(x, r)
		s.fill(circle(x, s.base-r, r), ramp(x-r, s.base-2*r, x+r, s.base, s.accent.lighter(.35), s.accent.darker(.12)))
	}
}

func (s *still) pebble(x, r float32) {
	s.shade(x, r)
	c := s.mid.mix(s.dark, .35)
	s.fill(ellipse(x, s.base-r*.52, r, r*.56), ramp(x-r, s.base-r, x+r, s.base, c.lighter(.4), c))
}

// sprig is a stem with leaves that leans by degrees.
func (s *still) sprig(x, y, lean, h float32) {
	green := s.accent.mix(s.dark, .25)
	stem := curve(point{x, y}, point{x, y - h*.4}, point{x + 10, y - h*.7}, point{x + 4, y - h}, 7, 4)
	s.flat(stem.turned(lean, x, y), green.darker(.1))
	n := 6 + s.rnd.IntN(3)
	for i := range n {
		t := .22 + .72*float32(i)/float32(n-1)
		side := float32(1)
		if i%2 == 0 {
			side = -1
		}
		ly, l := y-h*t, h*(.26-.12*t)
		p := leaf(x+4*t, ly, x+4*t+side*l, ly-l*.72, l*.42).turned(lean, x, y)
		s.fill(p, ramp(x-l, ly, x+l, ly-l, green.lighter(.28), green))
	}
	tip := leaf(x+4, y-h+6, x+6, y-h-h*.13, h*.05).turned(lean, x, y)
	s.flat(tip, green.lighter(.15))
}

// lettering sets the subject's name centred on (x, y), shrunk to fit into w.
func (s *still) lettering(f face, size, x, y, w float32, t tint) {
	if s.want.Name == "" {
		return
	}
	s.fit(style{f, size, size * .08, t, centre}, x, y, w, s.want.Name)
}

// fit writes one line centred vertically on y, smaller if it has to be.
func (p *Painter) fit(st style, x, y, w float32, text string) {
	if got := p.letters.width(st.face, st.size, st.track, text); got > w {
		st.track *= w / got
		st.size *= w / got
	}
	p.write(st, x, y+st.size*.36, text)
}
