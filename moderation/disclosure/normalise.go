package disclosure

import (
	"unicode"

	"cinnabar/moderation"
	"cinnabar/moderation/hanzi"
)

// text is one field, folded for matching, with the way back. All slices but
// original have one entry per folded rune.
type text struct {
	field    string
	original []rune
	folded   []rune
	from     []int32 // rune offset in original that the folded rune comes from
	glued    []bool  // a separator between two Han characters was dropped before it
	hidden   []int32 // offsets in original of invisible runes between visible ones
}

// newText folds a field in time linear in its length. Separators are dropped
// between Chinese characters only (广-告, 最·佳, 色❤单): between Latin letters a
// space is what keeps words apart. Sentence punctuation and line ends stay, or
// 优惠。码头 would say 优惠码.
func newText(field, s string) *text {
	t := &text{
		field:    field,
		original: []rune(s),
		folded:   make([]rune, 0, len(s)/2),
		from:     make([]int32, 0, len(s)/2),
		glued:    make([]bool, 0, len(s)/2),
	}
	table := folds()
	gap := 0 // folded separators since the last Han character
	afterHan := false
	for i, r := range t.original {
		var long []rune
		var single rune
		if r < tableEnd {
			f := table.one[r]
			switch {
			case f == dropped:
				t.noteHidden(i, r)
				continue
			case f&several != 0:
				long = table.long[f&^several]
			default:
				single = rune(f & runeMask)
			}
		} else {
			if long = foldRune(r); len(long) == 0 {
				t.noteHidden(i, r)
				continue
			}
		}
		if long != nil {
			for _, l := range long {
				t.push(l, i, false)
			}
			afterHan, gap = hanzi.Is(long[len(long)-1]), 0
			continue
		}
		switch {
		case natureOf(single)&isHan != 0:
			glue := afterHan && gap > 0
			if glue {
				t.pop(gap)
			}
			t.push(single, i, glue)
			afterHan, gap = true, 0
		case afterHan && gap < widestGap && natureOf(single)&isJoint != 0:
			t.push(single, i, false)
			gap++
		default:
			t.push(single, i, false)
			afterHan, gap = false, 0
		}
	}
	return t
}

// widestGap is how many separators may stand between two characters of a word
// that is pulled apart; more than that is a pause.
const widestGap = 3

func (t *text) push(r rune, from int, glued bool) {
	t.folded = append(t.folded, r)
	t.from = append(t.from, int32(from))
	t.glued = append(t.glued, glued)
}

func (t *text) pop(n int) {
	t.folded = t.folded[:len(t.folded)-n]
	t.from = t.from[:len(t.from)-n]
	t.glued = t.glued[:len(t.glued)-n]
}

// noteHidden keeps invisible runes that split a word. Joiners and selectors of
// emoji are part of how these are written.
func (t *text) noteHidden(i int, r rune) {
	if r == '\r' || i == 0 || !splittable(t.original[i-1]) && !invisible(t.original[i-1]) {
		return
	}
	for _, next := range t.original[i+1 : min(len(t.original), i+5)] {
		if invisible(next) {
			continue
		}
		if splittable(next) && len(t.folded) > 0 && splittable(t.folded[len(t.folded)-1]) {
			t.hidden = append(t.hidden, int32(i))
		}
		return
	}
}

// splittable reports whether a rune is of a script that needs no invisible
// characters; Thai, Arabic and the scripts of India do.
func splittable(r rune) bool {
	return hanzi.Is(r) || isDigit(r) || unicode.In(r, unicode.Latin, unicode.Cyrillic, unicode.Greek)
}

func wordRune(r rune) bool { return natureOf(r)&(isLetter|isNumber) != 0 }

// span maps a half-open stretch of folded runes to one of the original.
func (t *text) span(start, end int) moderation.Span {
	return moderation.Span{Start: int(t.from[start]), End: int(t.from[end-1]) + 1}
}

// words are what stands in the original at a span.
func (t *text) words(s moderation.Span) string { return string(t.original[s.Start:s.End]) }
