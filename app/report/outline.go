package report

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"

	"cinnabar/internal/fault"
	"cinnabar/internal/typeface"
)

// weight is regular or bold.
type weight bool

const (
	regular weight = false
	bold    weight = true
)

// letters are the two weights of one face that prints Latin and Chinese alike.
type letters struct{ of map[weight]*font.Face }

// newLetters reads the installed Chinese face, which has Latin letters too.
// Fault: FontMissing.
func newLetters() (*letters, error) {
	l := &letters{of: map[weight]*font.Face{}}
	for _, w := range []weight{regular, bold} {
		data, err := typeface.Han(bool(w))
		if err != nil {
			return nil, fault.Wrap(err, fault.FontMissing)
		}
		face, err := font.ParseTTF(strings.NewReader(string(data)))
		if err != nil {
			return nil, fault.Wrap(err, fault.FontMissing)
		}
		l.of[w] = face
	}
	return l, nil
}

// glyph is a character's outline and how wide it stands, in units of the face.
func (l *letters) glyph(w weight, r rune) (outline font.GlyphOutline, advance float64) {
	face := l.of[w]
	g, ok := face.NominalGlyph(r)
	if !ok {
		if unicode.IsSpace(r) {
			return outline, float64(face.Upem()) / 4
		}
		g, _ = face.NominalGlyph('□') // a box holds the place of what the face lacks
	}
	outline, _ = face.GlyphData(g).(font.GlyphOutline)
	return outline, float64(face.HorizontalAdvance(g))
}

// width is the length of a text at a size, in the size's unit.
func (l *letters) width(w weight, size float64, text string) float64 {
	sum := 0.0
	for _, r := range text {
		_, advance := l.glyph(w, r)
		sum += advance
	}
	return sum * size / float64(l.of[w].Upem())
}

// path writes a text as the operators of a PDF's page, from x on a baseline at y, both
// from the page's lower left corner; one filled path for the whole text.
func (l *letters) path(w weight, size, x, y float64, text string) string {
	scale := size / float64(l.of[w].Upem())
	var b strings.Builder
	for _, r := range text {
		outline, advance := l.glyph(w, r)
		var lastX, lastY float64
		at := func(p opentype.SegmentPoint) (float64, float64) {
			return x + float64(p.X)*scale, y + float64(p.Y)*scale
		}
		for _, s := range outline.Segments {
			x0, y0 := at(s.Args[0])
			switch s.Op {
			case opentype.SegmentOpMoveTo:
				fmt.Fprintf(&b, "%.2f %.2f m\n", x0, y0)
			case opentype.SegmentOpLineTo:
				fmt.Fprintf(&b, "%.2f %.2f l\n", x0, y0)
			case opentype.SegmentOpQuadTo: // PDF knows cubic curves alone
				x1, y1 := at(s.Args[1])
				fmt.Fprintf(&b, "%.2f %.2f %.2f %.2f %.2f %.2f c\n",
					lastX+2*(x0-lastX)/3, lastY+2*(y0-lastY)/3, x1+2*(x0-x1)/3, y1+2*(y0-y1)/3, x1, y1)
				x0, y0 = x1, y1
			case opentype.SegmentOpCubeTo:
				x1, y1 := at(s.Args[1])
				x2, y2 := at(s.Args[2])
				fmt.Fprintf(&b, "%.2f %.2f %.2f %.2f %.2f %.2f c\n", x0, y0, x1, y1, x2, y2)
				x0, y0 = x2, y2
			}
			lastX, lastY = x0, y0
		}
		x += advance * scale
	}
	if b.Len() > 0 {
		b.WriteString("f\n")
	}
	return b.String()
}

// wrap breaks a text into lines of at most width: between words, and between any two
// Chinese characters, but never before a mark that closes or after one that opens.
func (l *letters) wrap(w weight, size, width float64, text string) []string {
	var lines []string
	for _, paragraph := range strings.Split(text, "\n") {
		line := []rune{}
		for _, r := range paragraph {
			line = append(line, r)
			for l.width(w, size, strings.TrimRight(string(line), " ")) > width && len(line) > 1 {
				at := lineBreak(line)
				lines = append(lines, strings.TrimRight(string(line[:at]), " "))
				line = append([]rune{}, line[at:]...)
			}
		}
		lines = append(lines, string(line))
	}
	return lines
}

// lineBreak is the last place of a line that is too long where it may be broken; the
// whole but one character where there is none.
func lineBreak(line []rune) int {
	for at := len(line) - 1; at > 0; at-- {
		before, after := line[at-1], line[at]
		if strings.ContainsRune("，。、；：？！）》」』”’,.;:?!)]}%", after) || strings.ContainsRune("（《「『“‘([{¥", before) {
			continue
		}
		if before == ' ' || unicode.In(before, unicode.Han) || unicode.In(after, unicode.Han) || before >= 0x3000 && before < 0x3040 {
			return at
		}
	}
	return len(line) - 1
}
