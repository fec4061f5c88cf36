package typeface

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"unicode"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
)

// keep lists the tables that a face needs to be drawn in a line of text. The
// shaping tables stay out: for Chinese set from left to right they change
// nothing, and they cost memory.
var keep = map[string]bool{
	"CFF ": true, "CFF2": true, "OS/2": true, "cmap": true, "cvt ": true, "fpgm": true, "glyf": true, "head": true,
	"hhea": true, "hmtx": true, "loca": true, "maxp": true, "name": true, "post": true, "prep": true, "gasp": true,
}

// belongs says which characters the Chinese face answers for. Quotation marks,
// the ellipsis and the dash belong to both scripts; Chinese text needs its own
// wide ones, English text the Latin ones, and since a face answers by character
// alone they stay with the Latin face. Spaces are in both: text shapers leave a
// space to the face of the character before it.
func belongs(r rune) bool {
	return unicode.Is(unicode.Han, r) || unicode.Is(unicode.Zs, r) ||
		r >= 0x3000 && r <= 0x30FF || // punctuation, kana
		r >= 0x3100 && r <= 0x312F || // bopomofo
		r >= 0xFE30 && r <= 0xFE4F || r >= 0xFF00 && r <= 0xFFEF || // vertical and full-width forms
		r >= 0x2460 && r <= 0x24FF || r >= 0x3200 && r <= 0x33FF || // circled and squared
		unicode.Is(unicode.Hangul, r)
}

func beside(l *opentype.Loader, m Measures) ([]table, error) {
	f, err := font.NewFont(l)
	if err != nil {
		return nil, fmt.Errorf("typeface: %w", err)
	}
	var out []table
	for _, tag := range l.Tables() {
		if !keep[tag.String()] {
			continue
		}
		t := table{tag: tag}
		switch tag.String() {
		case "cmap":
			t.data = cmapOf(f)
		case "hhea", "OS/2":
			if t.data, err = l.RawTable(tag); err != nil {
				return nil, fmt.Errorf("typeface: %w", err)
			}
			measure(tag.String(), t.data, float64(f.Upem()), m)
		}
		out = append(out, t)
	}
	if len(out) == 0 {
		return nil, errors.New("typeface: a font without tables")
	}
	return out, nil
}

// group is a run of characters with glyphs that follow each other.
type group struct{ first, last, glyph uint32 }

// cmapOf writes a character map of format 12 with what belongs to Chinese.
func cmapOf(f *font.Font) []byte {
	var groups []group
	for _, block := range [][2]rune{{0x20, 0xA0}, {0x2000, 0x205F}, {0x2460, 0x24FF}, {0x2E80, 0x9FFF}, {0xA960, 0xD7FF}, {0xF900, 0xFAFF}, {0xFE30, 0xFE4F}, {0xFF00, 0xFFEF}, {0x20000, 0x323AF}} {
		for r := block[0]; r <= block[1]; r++ {
			if !belongs(r) {
				continue
			}
			g, ok := f.NominalGlyph(r)
			if !ok && unicode.Is(unicode.Zs, r) {
				g, ok = f.NominalGlyph(' ') // rather than a box
			}
			if !ok || g == 0 {
				continue
			}
			if n := len(groups); n > 0 && groups[n-1].last+1 == uint32(r) &&
				groups[n-1].glyph+uint32(r)-groups[n-1].first == uint32(g) {
				groups[n-1].last = uint32(r)
				continue
			}
			groups = append(groups, group{uint32(r), uint32(r), uint32(g)})
		}
	}
	be := binary.BigEndian
	out := make([]byte, 12+16+12*len(groups))
	be.PutUint16(out[2:], 1)  // one encoding
	be.PutUint16(out[4:], 3)  // Windows
	be.PutUint16(out[6:], 10) // the whole of Unicode
	be.PutUint32(out[8:], 12)
	sub := out[12:]
	be.PutUint16(sub[0:], 12)
	be.PutUint32(sub[4:], uint32(len(sub)))
	be.PutUint32(sub[12:], uint32(len(groups)))
	for i, g := range groups {
		be.PutUint32(sub[16+12*i:], g.first)
		be.PutUint32(sub[20+12*i:], g.last)
		be.PutUint32(sub[24+12*i:], g.glyph)
	}
	return out
}

// measure writes the line's heights into hhea and OS/2, wherever a reader looks.
func measure(tag string, data []byte, upem float64, m Measures) {
	up, down := int16(math.Round(m.Ascent*upem)), int16(math.Round(m.Descent*upem))
	be := binary.BigEndian
	switch {
	case tag == "hhea" && len(data) >= 10:
		be.PutUint16(data[4:], uint16(up))
		be.PutUint16(data[6:], uint16(-down))
		be.PutUint16(data[8:], 0)
	case tag == "OS/2" && len(data) >= 78:
		be.PutUint16(data[68:], uint16(up)) // typo
		be.PutUint16(data[70:], uint16(-down))
		be.PutUint16(data[72:], 0)
		be.PutUint16(data[74:], uint16(up)) // win, both positive
		be.PutUint16(data[76:], uint16(down))
	}
}
