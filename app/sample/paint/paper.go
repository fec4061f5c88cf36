package paint

import (
	"cinnabar/assets"
)

// The sides of a painted paper: A4 at 150 dots an inch.
const (
	PaperShort = 1240
	PaperLong  = 1754
)

// Layout is how a paper is laid out.
type Layout int

// The layouts.
const (
	Gold     Layout = iota // a business licence, upright, one column
	GoldWide               // a business licence, lying, two columns
	Register               // an extract from a foreign register
	Certificate
	LetterSheet
	Filing
)

// Row is one line of a paper: a label and what stands beside it.
type Row struct {
	Label string
	Text  string
	Field string // key of its box in Sheet.Boxes; "" for none
}

// Paper is a wish for a paper.
type Paper struct {
	Layout Layout
	Title  string
	Under  string // a line under the title
	Code   Row    // the number that stands above the rows
	Intro  string // prose before the rows
	Rows   []Row
	Outro  string // prose after them
	Mark   string // the mark shown on a certificate
	Signed string // who signs, above the date
	Date   string
	Seal   string   // runs around the seal; "" for none
	Tone   int      // which of a few paper whites
	Scale  float32  // 0 and 1 are full size
	Ink    Lettered // how the mark is drawn on a certificate
}

// Lettered is a style of lettering for a mark.
type Lettered int

// The styles of lettering.
const (
	Serif Lettered = iota
	Sans
)

// Sheet is a painted paper.
type Sheet struct {
	Data  []byte // JPEG
	W, H  int
	Boxes map[string]assets.Box // by Row.Field, in pixels of the picture
}

var papers = []tint{hex(0xFEFCF4), hex(0xFDFBF7), hex(0xFBFAF3), hex(0xFFFDF8)}

// The colours of papers.
var (
	paperInk   = hex(0x2A2521)
	paperFaint = hex(0x6E655C)
	gold       = hex(0xC59A3C)
	sealRed    = hex(0xC8352B)
)

// sheet is a paper under way.
type sheet struct {
	*Painter
	want  Paper
	boxes map[string]assets.Box
	w, h  float32
}

// Paper paints a paper. Every one says at its foot and across its face that it
// is a specimen.
func (p *Painter) Paper(want Paper) Sheet {
	scale := want.Scale
	if scale == 0 {
		scale = 1
	}
	s := &sheet{Painter: p, want: want, boxes: make(map[string]assets.Box), w: PaperShort, h: PaperLong}
	if want.Layout == GoldWide {
		s.w, s.h = PaperLong, PaperShort
	}
	w, h := int(s.w*scale), int(s.h*scale)
	p.canvas.size(w, h)
	p.canvas.lens = lens{k: scale}
	tone := papers[want.Tone%len(papers)]
	// A scanner's lamp is never quite even.
	p.canvas.cover(ramp3(0, 0, float32(w), float32(h), tone.darker(.012), tone, tone.darker(.022)))
	switch want.Layout {
	case Gold:
		s.gold()
	case GoldWide:
		s.goldWide()
	case Register:
		s.register()
	case Certificate:
		s.certificate()
	case LetterSheet:
		s.letter()
	default:
		s.filing()
	}
	s.specimen()
	p.canvas.lens = noLens
	for k, b := range s.boxes {
		s.boxes[k] = scaled(b, scale, w, h)
	}
	return Sheet{Data: p.jpeg(88), W: w, H: h, Boxes: s.boxes}
}

// scaled keeps a box inside the picture.
func scaled(b assets.Box, k float32, w, h int) assets.Box {
	x0, y0 := max(int(float32(b.X)*k), 0), max(int(float32(b.Y)*k), 0)
	x1, y1 := min(int(float32(b.X+b.W)*k+.99), w), min(int(float32(b.Y+b.H)*k+.99), h)
	return assets.Box{X: x0, Y: y0, W: x1 - x0, H: y1 - y0}
}

func (s *sheet) flat(p *path, t tint) { s.canvas.fill(p, solid(t)) }

// row writes a label and its text at y and returns the baseline for the next.
func (s *sheet) row(r Row, x, gap, y, w, size, leading float32, f face) float32 {
	s.label(r.Label, x, y, gap, size)
	b, next := s.paragraph(style{face: f, size: size, ink: paperInk}, x+gap, y, w-gap, size*1.5, r.Text)
	if r.Field != "" {
		s.boxes[r.Field] = b
	}
	return max(next-size*1.5+leading, y+leading)
}

// label sets a row's label, spread out to four letters' width as forms do.
func (s *sheet) label(text string, x, y, gap, size float32) {
	text = s.say(text)
	st := style{face: plain, size: size * .92, ink: paperFaint}
	runes := []rune(text)
	if n := len(runes); n >= 2 && n < 4 && runes[0] > 0x2E80 {
		st.track = (4 - float32(n)) * st.size / float32(n-1)
	}
	if w := s.letters.width(st.face, st.size, st.track, text); w > gap-12 {
		st.size *= (gap - 12) / w
	}
	s.write(st, x, y, text)
}

func (s *sheet) border(in float32, c tint) {
	s.flat(frame(in, in, s.w-2*in, s.h-2*in, 9), c)
	s.flat(frame(in+18, in+18, s.w-2*in-36, s.h-2*in-36, 3), c)
	for _, x := range []float32{in + 30, s.w - in - 30} {
		for _, y := range []float32{in + 30, s.h - in - 30} {
			s.flat(ring(x, y, 34, 34, 4), c)
			s.flat(star(x, y, 0).add(polygon(x, y-17, x+17, y, x, y+17, x-17, y)), c)
		}
	}
}

// waves is the fine pattern inside a border that makes a paper look engraved.
func (s *sheet) waves(top, low float32, c tint) {
	const wave, thick = 125, 2
	n := int((s.w - 240) / wave)
	left := (s.w - float32(n)*wave) / 2
	for y := top; y < low; y += 46 {
		p := new(path).move(left, y)
		for i := range n {
			x := left + float32(i)*wave
			p.quad(x+31, y-16, x+62, y).quad(x+93, y+16, x+wave, y)
		}
		p.line(left+float32(n)*wave, y+thick)
		for i := n; i > 0; i-- {
			x := left + float32(i)*wave
			p.quad(x-32, y+16+thick, x-63, y+thick).quad(x-94, y-16+thick, x-wave, y+thick)
		}
		s.flat(p, c)
	}
}

func (s *sheet) gold() {
	s.border(56, gold)
	s.waves(240, s.h-200, gold.alpha(.13))
	s.emblem(s.w/2, 190)
	s.write(style{song, 104, 34, paperInk, centre}, s.w/2, 372, s.say(s.want.Title))
	s.write(style{plain, 32, 10, paperFaint, centre}, s.w/2, 434, s.say(s.want.Under))
	y := s.codeLine(s.w/2, 520, 36)
	for _, r := range s.want.Rows {
		y = s.row(r, 160, 206, y, s.w-320, 32, 74, plain)
	}
	s.signature(s.w-350, s.h-330)
}

func (s *sheet) goldWide() {
	s.border(52, gold)
	s.waves(230, s.h-170, gold.alpha(.12))
	s.emblem(s.w/2, 160)
	s.write(style{song, 96, 44, paperInk, centre}, s.w/2, 324, s.say(s.want.Title))
	s.write(style{plain, 28, 10, paperFaint, centre}, s.w/2, 374, s.say(s.want.Under))
	y := s.codeLine(s.w/2, 440, 32)
	// Long texts on the left, dates and sums on the right, as the form has it.
	half := (len(s.want.Rows) + 1) / 2
	ly, ry := y, y
	for i, r := range s.want.Rows {
		if i < half {
			ly = s.row(r, 140, 190, ly, 800, 30, 76, plain)
		} else {
			ry = s.row(r, 1000, 176, ry, 620, 29, 76, plain)
		}
	}
	s.signature(s.w-360, s.h-250)
}

// codeLine centres the label and number that stand under a licence's title.
func (s *sheet) codeLine(x, y, size float32) float32 {
	c := s.want.Code
	if c.Text == "" {
		return y
	}
	label := s.say(c.Label)
	lw := s.letters.width(plain, size*.86, 0, label)
	tw := s.letters.width(strong, size, 2, c.Text)
	start := x - (lw+26+tw)/2
	s.write(style{plain, size * .86, 0, paperFaint, left}, start, y, label)
	s.boxes[c.Field] = s.write(style{strong, size, 2, paperInk, left}, start+lw+26, y, c.Text)
	return y + size*2.5
}

// emblem fills the place of a state's arms with the word for "specimen".
func (s *sheet) emblem(x, y float32) {
	s.flat(ring(x, y, 58, 58, 4), gold)
	s.flat(ring(x, y, 48, 48, 2), gold)
	text := s.say("样例")
	size := float32(34)
	if w := s.letters.width(song, size, 0, text); w > 76 {
		size *= 76 / w
	}
	s.write(style{song, size, 0, gold.darker(.15), centre}, x, y+size*.36, text)
}

// signature is who signs, the date, and the seal over both.
func (s *sheet) signature(x, y float32) {
	signed := s.say(s.want.Signed)
	st := style{plain, 30, 2, paperInk, centre}
	if w := s.letters.width(plain, 30, 2, signed); w > 460 {
		st.size *= 460 / w
	}
	s.write(st, x, y+20, signed)
	s.write(style{plain, 30, 1, paperInk, centre}, x, y+84, s.want.Date)
	if s.want.Seal != "" {
		s.seal(x+26, y+16, 128, s.want.Seal)
	}
}

// seal is a round red stamp with text along its upper rim and a star.
func (s *sheet) seal(x, y, r float32, text string) {
	red := sealRed.alpha(.80)
	all := ring(x, y, r, r, 7).add(star(x, y, r*.30))
	text = s.say(text)
	size := r * .235
	if w := s.letters.width(song, size, 0, text); w > r*2.6 {
		size *= r * 2.6 / w
	}
	all.add(s.letters.around(song, size, x, y, r*.70, 250, .42, text))
	foot := s.say("样例专用")
	fw := s.letters.width(song, r*.17, 2, foot)
	all.add(s.letters.line(song, r*.17, 2, x-fw/2, y+r*.62, foot))
	s.flat(all.turned(-6, x, y), red)
}

func (s *sheet) register() {
	navy := hex(0x2C3E5C)
	s.flat(rect(110, 118, s.w-220, 6), navy)
	title := style{song, 58, 0, navy, left}
	if w := s.letters.width(song, title.size, 0, s.want.Title); w > s.w-220 {
		title.size *= (s.w - 220) / w
	}
	s.write(title, 110, 218, s.want.Title)
	s.write(style{plain, 29, 0, paperFaint, left}, 110, 272, s.want.Under)
	s.flat(rect(110, 318, s.w-220, 2), navy.alpha(.5))
	y := float32(404)
	if s.want.Code.Text != "" {
		y = s.row(s.want.Code, 110, 330, y, s.w-220, 31, 84, strong)
	}
	for _, r := range s.want.Rows {
		s.flat(rect(110, y-52, s.w-220, 1), navy.alpha(.18))
		y = s.row(r, 110, 330, y, s.w-220, 30, 84, plain)
	}
	if s.want.Outro != "" {
		s.flat(rect(110, y-52, s.w-220, 1), navy.alpha(.18))
		s.paragraph(style{face: plain, size: 25, ink: paperFaint}, 110, y+16, s.w-220, 40, s.want.Outro)
	}
	s.write(style{plain, 28, 0, paperInk, left}, 110, s.h-300, s.want.Signed)
	s.write(style{plain, 28, 0, paperFaint, left}, 110, s.h-252, s.want.Date)
	s.flat(curve(point{120, s.h - 372}, point{200, s.h - 470}, point{230, s.h - 300}, point{300, s.h - 390}, 5, 3), navy)
	s.flat(curve(point{300, s.h - 390}, point{340, s.h - 440}, point{350, s.h - 330}, point{430, s.h - 380}, 3, 5), navy)
	// A dry stamp rather than a red seal.
	x, c := s.w-290, navy.alpha(.55)
	s.flat(ring(x, s.h-320, 118, 118, 4).add(ring(x, s.h-320, 92, 92, 2)), c)
	s.flat(s.letters.around(strong, 21, x, s.h-320, 98, 360, .6, "SPECIMEN · REGISTER · SPECIMEN · REGISTER · "), c)
	s.write(style{song, 34, 0, c, centre}, x, s.h-308, "COPY")
}

func (s *sheet) certificate() {
	c := hex(0xB5533C)
	s.border(60, c.lighter(.15))
	s.waves(220, s.h-190, c.alpha(.07))
	s.fit(style{song, 84, 22, c.darker(.1), centre}, s.w/2, 226, s.w-330, s.say(s.want.Title))
	s.codeLine(s.w/2, 338, 36)
	s.flat(frame(s.w/2-300, 392, 600, 320, 3), c.alpha(.6))
	f := song
	if s.want.Ink == Sans {
		f = strong
	}
	s.fit(style{f, 120, 6, paperInk, centre}, s.w/2, 552, 500, s.want.Mark)
	y := float32(810)
	for _, r := range s.want.Rows {
		y = s.row(r, 150, 230, y, s.w-300, 31, 72, plain)
	}
	s.signature(s.w-350, s.h-330)
}

func (s *sheet) letter() {
	s.flat(rect(140, 150, 90, 8), sealRed)
	s.write(style{song, 68, 14, paperInk, left}, 140, 258, s.say(s.want.Title))
	s.write(style{plain, 27, 0, paperFaint, left}, 140, 314, s.want.Under)
	_, y := s.paragraph(style{face: plain, size: 31, ink: paperInk}, 140, 420, s.w-280, 54, s.want.Intro)
	y += 34
	for _, r := range s.want.Rows {
		s.flat(rect(140, y-54, s.w-280, 1), paperInk.alpha(.14))
		y = s.row(r, 140, 240, y, s.w-280, 31, 84, strong)
	}
	s.flat(rect(140, y-54, s.w-280, 1), paperInk.alpha(.14))
	s.paragraph(style{face: plain, size: 29, ink: paperInk}, 140, y+24, s.w-280, 52, s.want.Outro)
	s.signature(s.w-370, s.h-360)
}

func (s *sheet) filing() {
	c := hex(0x2F6B5A)
	s.flat(frame(80, 80, s.w-160, s.h-160, 4), c.alpha(.8))
	s.flat(rect(80, 80, s.w-160, 190), c.alpha(.10))
	s.write(style{song, 62, 10, c.darker(.2), centre}, s.w/2, 184, s.say(s.want.Title))
	s.write(style{plain, 27, 2, paperFaint, centre}, s.w/2, 238, s.say(s.want.Under))
	y := float32(356)
	all := s.want.Rows
	if s.want.Code.Text != "" {
		all = append([]Row{s.want.Code}, all...)
	}
	for i, r := range all {
		f := plain
		if i == 0 {
			f = strong
		}
		y = s.row(r, 130, 250, y, s.w-260, 31, 90, f)
		s.flat(rect(110, y-58, s.w-220, 2), c.alpha(.22))
	}
	if s.want.Outro != "" {
		s.paragraph(style{face: plain, size: 25, ink: paperFaint}, 130, y+10, s.w-260, 42, s.want.Outro)
	}
	s.signature(s.w-350, s.h-330)
}

// specimen says across the paper and at its foot what it is.
func (s *sheet) specimen() {
	word := s.say("样例")
	size := float32(300)
	w := s.letters.width(song, size, 40, word)
	mark := s.letters.line(song, size, 40, s.w/2-w/2, s.h/2+size*.4, word)
	s.flat(mark.turned(-24, s.w/2, s.h/2), paperInk.alpha(.035))
	s.write(style{plain, 21, 1, paperFaint.alpha(.85), centre}, s.w/2, s.h-24, s.say("样例文件，内容均为虚构，不作任何证明之用"))
}
