package paint

import (
	"math"
	"unicode"

	"cinnabar/assets"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// glyph is one letter at one em = 1000 units, y down, baseline at 0.
type glyph struct {
	outline *path
	advance float32
}

type glyphKey struct {
	f face
	r rune
}

// em is the size glyphs are kept at; they are scaled when used.
const em = 1000

// letters turns text into outlines. It keeps what it has met, and is not for
// several goroutines at once.
type letters struct {
	faces typefaces
	buf   sfnt.Buffer
	known map[glyphKey]glyph
}

func newLetters() *letters {
	return &letters{faces: installed(), known: make(map[glyphKey]glyph)}
}

func (l *letters) glyph(f face, r rune) glyph {
	key := glyphKey{f, r}
	if g, ok := l.known[key]; ok {
		return g
	}
	g := l.load(f, r)
	l.known[key] = g
	return g
}

func (l *letters) load(f face, r rune) glyph {
	own := l.faces.of[f]
	index, err := own.GlyphIndex(&l.buf, r)
	if err != nil || index == 0 {
		if unicode.IsSpace(r) {
			return glyph{outline: new(path), advance: em / 4}
		}
		// A bar holds the place of a letter that the font lacks.
		return glyph{outline: rounded(60, -680, em-120, 620, 90), advance: em}
	}
	segs, err := own.LoadGlyph(&l.buf, index, fixed.I(em), nil)
	if err != nil {
		return glyph{outline: new(path), advance: em / 2}
	}
	out := new(path)
	at := func(p fixed.Point26_6) (float32, float32) { return float32(p.X) / 64, float32(p.Y) / 64 }
	for _, s := range segs {
		x0, y0 := at(s.Args[0])
		x1, y1 := at(s.Args[1])
		x2, y2 := at(s.Args[2])
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			out.move(x0, y0)
		case sfnt.SegmentOpLineTo:
			out.line(x0, y0)
		case sfnt.SegmentOpQuadTo:
			out.quad(x0, y0, x1, y1)
		case sfnt.SegmentOpCubeTo:
			out.cube(x0, y0, x1, y1, x2, y2)
		}
	}
	advance, err := own.GlyphAdvance(&l.buf, index, fixed.I(em), font.HintingNone)
	if err != nil {
		advance = fixed.I(em)
	}
	return glyph{outline: out, advance: float32(advance) / 64}
}

// width is the length of a line of text in pixels; track is extra space after
// each letter, in pixels.
func (l *letters) width(f face, size, track float32, text string) float32 {
	var w float32
	for _, r := range text {
		w += l.glyph(f, r).advance*size/em + track
	}
	return w - track
}

// line is a line of text as a path, its baseline starting at (x, y).
func (l *letters) line(f face, size, track, x, y float32, text string) *path {
	out := new(path)
	k := size / em
	for _, r := range text {
		g := l.glyph(f, r)
		ox := x
		out.add(g.outline.mapped(func(p point) point { return point{ox + p.x*k, y + p.y*k} }))
		x += g.advance*k + track
	}
	return out
}

// around sets text on a circle, each letter upright on it, centred on the top.
// sweep is the most it may take up, in degrees; loose is the most air between
// two letters, as a share of the size.
func (l *letters) around(f face, size, cx, cy, r, sweep, loose float32, text string) *path {
	const degree = math.Pi / 180
	runes := []rune(text)
	n := float32(len(runes))
	tight := l.width(f, size, 0, text)
	gap := min(size*loose, (sweep*degree*r-tight)/n)
	at := -(tight + n*gap) / r / 2 / degree
	out := new(path)
	for _, c := range runes {
		adv := l.glyph(f, c).advance * size / em
		step := (adv + gap) / r / degree
		out.add(l.line(f, size, 0, cx-adv/2, cy-r, string(c)).turned(at+step/2, cx, cy))
		at += step
	}
	return out
}

// align says which point of a line its x means.
type align int

const (
	left align = iota
	centre
	right
)

// style is how a line of text is set.
type style struct {
	face  face
	size  float32
	track float32
	ink   tint
	align align
}

// write sets one line with its baseline at y and returns the box that the
// letters take, with a little air.
func (p *Painter) write(s style, x, y float32, text string) assets.Box {
	w := p.letters.width(s.face, s.size, s.track, text)
	switch s.align {
	case centre:
		x -= w / 2
	case right:
		x -= w
	}
	p.canvas.fill(p.letters.line(s.face, s.size, s.track, x, y, text), solid(s.ink))
	return boxOf(x, y, w, s.size)
}

func boxOf(x, y, w, size float32) assets.Box {
	air := size * .22
	top := y - size*.88
	return assets.Box{
		X: int(x - air), Y: int(top - air),
		W: int(math.Ceil(float64(w + 2*air))), H: int(math.Ceil(float64(size*1.08 + 2*air))),
	}
}

// wrap breaks text into lines no wider than w. Chinese may break anywhere but
// before closing marks; Latin words stay whole.
func (l *letters) wrap(f face, size, w float32, text string) []string {
	var lines []string
	var line []rune
	var used float32
	for _, r := range text {
		adv := l.glyph(f, r).advance * size / em
		if used+adv > w && !noLineStart(r) && len(line) > 0 {
			cut := breakBefore(line, r)
			rest := append([]rune(nil), line[cut:]...)
			lines = append(lines, trimRight(line[:cut]))
			line, used = rest, 0
			for _, q := range rest {
				used += l.glyph(f, q).advance * size / em
			}
			if unicode.IsSpace(r) && len(line) == 0 {
				continue
			}
		}
		line = append(line, r)
		used += adv
	}
	if len(line) > 0 {
		lines = append(lines, trimRight(line))
	}
	return lines
}

// breakBefore is where a full line may be cut when r comes next.
func breakBefore(line []rune, r rune) int {
	cut := len(line)
	if isWord(r) {
		for cut > 0 && isWord(line[cut-1]) {
			cut--
		}
	}
	for cut > 0 && noLineEnd(line[cut-1]) {
		cut--
	}
	if cut == 0 {
		return len(line)
	}
	return cut
}

func noLineEnd(r rune) bool { return r == '（' || r == '《' || r == '(' }

func isWord(r rune) bool {
	return r < 0x2E80 && !unicode.IsSpace(r)
}

func noLineStart(r rune) bool {
	switch r {
	case '，', '。', '、', '；', '：', '）', '》', ',', '.', ';', ')':
		return true
	}
	return false
}

func trimRight(r []rune) string {
	for len(r) > 0 && unicode.IsSpace(r[len(r)-1]) {
		r = r[:len(r)-1]
	}
	return string(r)
}

// paragraph sets wrapped text and returns the box around it all and the
// baseline after the last line.
func (p *Painter) paragraph(s style, x, y, w, leading float32, text string) (assets.Box, float32) {
	var all assets.Box
	for i, line := range p.letters.wrap(s.face, s.size, w, text) {
		b := p.write(s, x, y, line)
		if i == 0 {
			all = b
		} else {
			all = union(all, b)
		}
		y += leading
	}
	return all, y
}

func union(a, b assets.Box) assets.Box {
	x0, y0 := min(a.X, b.X), min(a.Y, b.Y)
	x1, y1 := max(a.X+a.W, b.X+b.W), max(a.Y+a.H, b.Y+b.H)
	return assets.Box{X: x0, Y: y0, W: x1 - x0, H: y1 - y0}
}
