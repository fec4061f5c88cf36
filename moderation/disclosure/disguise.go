package disclosure

import (
	"unicode"

	"cinnabar/moderation/hanzi"
)

// disguised finds the phrases of a lexicon that are hidden from a plain search:
// Chinese ones by ear, Latin ones letter by letter.
type disguised struct {
	ear     *ear
	letters *letters
}

func newDisguised(folded [][]rune, entries []entry) (*disguised, error) {
	e, err := newEar(folded, entries)
	return &disguised{e, newLetters(folded, entries)}, err
}

// find returns the hidden phrases of a text, and for each how it is hidden. A
// phrase whose entry weighs nothing any more is left out.
func (d *disguised) find(t *text, entries []entry) ([]match, []way) {
	found, ways := d.letters.find(t, entries)
	if t.han == 0 {
		return found, ways
	}
	heard, how := d.ear.find(t, entries)
	return append(found, heard...), append(ways, how...)
}

// disguises finds writing that hides words from machines while people still read
// them. Styled letters alone are fashion, so the rules that weigh these patterns
// are light; a sales word that is hidden weighs by itself as well.
func disguises(t *text, phrases []match) []pattern {
	found := t.ways
	for _, m := range phrases {
		for i := m.start + 1; i < m.end; i++ {
			if t.glued[i] {
				found = append(found, pattern{"split", int(m.start), int(m.end)})
				break
			}
		}
	}
	if !t.dressed && len(t.hidden) == 0 {
		return found
	}
	hidden := 0
	for i := 0; i < len(t.folded); i++ {
		from := t.from[i]
		for hidden < len(t.hidden) && t.hidden[hidden] < from {
			if i > 0 {
				found = append(found, pattern{"hidden", i - 1, i + 1})
			}
			hidden++
		}
		o := t.original[from]
		switch {
		case o < 0x80:
		case styled(o):
			end := i + 1
			for end < len(t.folded) && styled(t.original[t.from[end]]) {
				end++
			}
			// Circled digits number lists, unless there are many in a row.
			if end-i >= 2 && !(circledDigit(o) && end-i < 5) {
				found = append(found, pattern{"letters", i, end})
			}
			i = end - 1
		case t.folded[i] < 0x80 && unicode.In(o, unicode.Cyrillic, unicode.Greek, unicode.Armenian):
			if i > 0 && plainLatin(t, i-1) || i+1 < len(t.folded) && plainLatin(t, i+1) || i > 0 && hanzi.Is(t.folded[i-1]) {
				found = append(found, pattern{"mixed", i, i + 1})
			}
		}
	}
	return found
}

// styled reports whether a rune is a letter or digit in mathematical or enclosed
// dress. Full-width digits and letters are everyday in Chinese and don't count.
func styled(r rune) bool {
	return r >= 0x1D400 && r <= 0x1D7FF || r >= 0x24B6 && r <= 0x24E9 || r >= 0x1F130 && r <= 0x1F189 && r != 0x1F17F || circledDigit(r)
}

func circledDigit(r rune) bool {
	return r >= '①' && r <= '⑨' || r >= '⓪' && r <= '⓿' || r >= '❶' && r <= '❾' || r >= '➀' && r <= '➈' || r >= '➊' && r <= '➒'
}

func plainLatin(t *text, i int) bool {
	o := t.original[t.from[i]]
	return o < 0x80 && unicode.IsLetter(o)
}
