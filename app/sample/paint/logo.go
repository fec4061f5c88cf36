package paint

// LogoSide is the side of a logo in pixels; comparable platforms ask for 800.
const LogoSide = 800

// Motif is the shape that a logo is built from.
type Motif int

// The motifs.
const (
	Island Motif = iota
	Sheaf
	Rings
	Moon
	Peaks
	Leafy
	Waves
	Hare
	Sunrise
	Arcs
	Grid
	Motifs
)

// Emblem is a wish for a logo.
type Emblem struct {
	Letter  string // one character
	Motif   Motif
	Palette int
}

// Logo paints a logo as a PNG of LogoSide × LogoSide.
func (p *Painter) Logo(want Emblem) []byte {
	p.canvas.size(LogoSide, LogoSide)
	c := palettes[want.Palette%Palettes]
	l := &logo{Painter: p, palette: c, want: want}
	if want.Palette%2 == 0 && want.Palette != night {
		// Dark on light, else light on dark, so that a list of them is not monotonous.
		p.canvas.cover(ramp(0, 0, LogoSide, LogoSide, c.light.lighter(.35), c.mid.lighter(.30)))
		l.fore, l.back, l.on = c.dark, c.body, c.body
	} else {
		ground := c.dark
		if want.Palette == night {
			ground = c.mid
		}
		p.canvas.cover(ramp(0, 0, LogoSide, LogoSide, ground.lighter(.12), ground.darker(.12)))
		l.fore, l.back, l.on = c.body, ground.lighter(.22), ground
	}
	l.motif()
	return p.png()
}

type logo struct {
	*Painter
	palette
	want Emblem
	fore tint // the shapes
	back tint // what lies behind a letter that stands on no shape of fore
	on   tint // a letter on fore
}

func (l *logo) flat(p *path, t tint) { l.canvas.fill(p, solid(t)) }

// letter sets the character centred on (x, y).
func (l *logo) letter(x, y, size float32, t tint) {
	l.write(style{song, size, 0, t, centre}, x, y+size*.37, l.want.Letter)
}

func (l *logo) motif() {
	const m = LogoSide / 2
	switch l.want.Motif {
	case Island:
		l.flat(circle(m, 290, 150), l.accent)
		l.letter(m, 290, 190, l.body)
		for i := range 3 {
			y := 500 + float32(i)*62
			w := 300 - float32(i)*70
			l.flat(rounded(m-w, y, 2*w, 24, 12), l.fore)
		}
	case Sheaf:
		for i := range 5 {
			a := float32(i-2) * 15
			s := leaf(m, 700, m, 190, 44)
			l.flat(s.turned(a, m, 760), l.fore.mix(l.accent, .18*float64(i)))
		}
		l.flat(circle(m, 430, 120), l.back)
		l.letter(m, 430, 150, l.fore)
	case Rings:
		l.flat(ring(320, m, 200, 200, 26), l.fore)
		l.flat(ring(480, m, 200, 200, 26), l.accent)
		l.letter(m, m, 150, l.fore)
	case Moon:
		l.flat(circle(m, m, 260), l.accent.lighter(.15))
		l.flat(circle(m+96, m-70, 214), l.back)
		l.letter(m+96, m-70, 210, l.fore)
	case Peaks:
		l.flat(circle(540, 270, 84), l.accent)
		l.flat(polygon(90, 640, 330, 250, 570, 640), l.fore)
		l.flat(polygon(350, 640, 540, 370, 720, 640), l.fore.mix(l.back, .35))
		l.letter(330, 540, 150, l.on)
	case Leafy:
		l.flat(leaf(m, 690, 190, 170, 210), l.fore)
		l.flat(leaf(m, 690, 640, 230, 170), l.accent)
		l.letter(318, 420, 136, l.on)
	case Waves:
		l.letter(m, 300, 260, l.fore)
		for i := range 3 {
			y := 520 + float32(i)*74
			w := new(path).move(110, y)
			for k := range 4 {
				x := 110 + float32(k)*145
				w.quad(x+36, y-44, x+72, y).quad(x+108, y+44, x+145, y)
			}
			w.line(690, y+24)
			for k := 3; k >= 0; k-- {
				x := 110 + float32(k)*145
				w.quad(x+108, y+68, x+72, y+24).quad(x+36, y-20, x, y+24)
			}
			l.flat(w, l.fore.mix(l.accent, .4*float64(i)))
		}
	case Hare:
		l.flat(ellipse(325, 240, 48, 160).turned(-8, 325, 380), l.fore)
		l.flat(ellipse(475, 240, 48, 160).turned(8, 475, 380), l.fore)
		l.flat(ellipse(325, 250, 20, 110).turned(-8, 325, 380), l.accent)
		l.flat(ellipse(475, 250, 20, 110).turned(8, 475, 380), l.accent)
		l.flat(ellipse(m, 510, 220, 190), l.fore)
		l.letter(m, 510, 190, l.on)
	case Sunrise:
		for i := range 9 {
			l.flat(rounded(m-11, 130, 22, 110, 11).turned(float32(i-4)*22.5, m, 520), l.accent)
		}
		dome := new(path).move(m-240, 520).cube(m-240, 388, m-132, 280, m, 280).cube(m+132, 280, m+240, 388, m+240, 520)
		l.flat(dome, l.fore)
		l.letter(m, 420, 170, l.on)
		l.flat(rounded(120, 556, 560, 24, 12), l.fore)
		l.flat(rounded(220, 620, 360, 24, 12), l.fore.mix(l.accent, .5))
	case Arcs:
		for i := range 4 {
			r := 110 + float32(i)*72
			l.flat(arc(m, 560, r, r, 205, 335, 30), l.fore.mix(l.accent, .28*float64(i)))
		}
		l.letter(m, 590, 170, l.fore)
	default:
		const cell = 250
		for i := range 2 {
			for j := range 2 {
				x, y := 135+float32(i)*(cell+30), 135+float32(j)*(cell+30)
				if i == j {
					l.flat(rounded(x, y, cell, cell, 40), l.fore)
				} else {
					l.flat(circle(x+cell/2, y+cell/2, cell/2), l.accent)
				}
			}
		}
		l.letter(260, 260, 150, l.on)
	}
}
