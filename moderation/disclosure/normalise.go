package disclosure

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"cinnabar/moderation"
	"cinnabar/moderation/hanzi"
)

// text is one field, folded for matching, with the way back. All slices but
// original have one entry per folded rune.
type text struct {
	field    string
	original []rune
	folded   []rune
	from     []int32   // rune offset in original that the folded rune comes from
	glued    []bool    // a separator between two Han characters was dropped before it
	hidden   []int32   // offsets in original of invisible runes between visible ones
	dressed  bool      // has letters or digits that are not written as such
	han      int       // Chinese characters among the folded runes
	unseen   []int32   // offsets in original of the runes that folding dropped
	ways     []pattern // disguises met while looking for phrases, see lexicon.find
}

// newText folds a field in time linear in its length. Separators are dropped
// between Chinese characters only (广-告, 最·佳, 色❤单): between Latin letters a
// space is what keeps words apart. Sentence punctuation and line ends stay, or
// 优惠。码头 would say 优惠码.
func newText(field, s string) *text {
	t := new(text)
	t.read(field, s)
	return t
}

// read is newText in the room that an earlier text leaves behind.
func (t *text) read(field, s string) {
	n := len(s) // there are no more runes; they are counted where that saves room
	if cap(t.original) < n {
		n = utf8.RuneCountInString(s)
	}
	*t = text{
		field:    field,
		original: room(t.original, n),
		folded:   room(t.folded, n),
		from:     room(t.from, n),
		glued:    room(t.glued, n),
		hidden:   t.hidden[:0],
		unseen:   t.unseen[:0],
		ways:     t.ways[:0],
	}
	clear(t.glued)
	table := folds()
	i, k := 0, 0 // runes so far, and folded ones
	gap := 0
	afterHan := false // and only separators, gap of them, since
	for at := 0; at < len(s); i++ {
		var r rune
		// Written out because a call for each of a text's characters costs more
		// than everything else here: ASCII, and three bytes other than surrogates.
		if c := s[at]; c < utf8.RuneSelf {
			r = rune(c)
			at++
		} else if c > 0xE0 && c < 0xF0 && c != 0xED && at+2 < len(s) && s[at+1]&0xC0 == 0x80 && s[at+2]&0xC0 == 0x80 {
			r = rune(c&0x0F)<<12 | rune(s[at+1]&0x3F)<<6 | rune(s[at+2]&0x3F)
			at += 3
		} else {
			var size int
			r, size = utf8.DecodeRuneInString(s[at:])
			at += size
		}
		t.original[i] = r

		var f uint32
		if r < tableEnd {
			f = table.one[r]
		} else {
			f = foldRare(r)
		}
		if f >= several {
			if f&dropped != 0 {
				t.unseen = append(t.unseen, int32(i))
				continue
			}
			long := table.long[f&^several]
			if need := k + len(long) + n - i - 1; need > len(t.folded) {
				t.lengthen(need)
			}
			for _, l := range long {
				t.folded[k], t.from[k] = l, int32(i)
				k++
			}
			afterHan, gap = hanzi.Is(long[len(long)-1]), 0
			continue
		}
		single := rune(f & runeMask)
		switch f >>= natureShift; {
		case f&isHan != 0:
			if afterHan && gap > 0 {
				k -= gap
				t.glued[k] = true
			}
			t.han++
			afterHan, gap = true, 0
		case afterHan && gap < widestGap && f&isJoint != 0:
			gap++
		default:
			afterHan = false
		}
		if r >= 0x80 && f&(isLetter|isNumber) != 0 && single < 0x80 && (r < 0xFF00 || r > 0xFFEF) {
			t.dressed = true
		}
		t.folded[k], t.from[k] = single, int32(i)
		k++
	}
	t.original, t.folded, t.from, t.glued = t.original[:i], t.folded[:k], t.from[:k], t.glued[:k]
	t.noteHidden()
}

// room is a slice of n elements, whatever they are, in the place of an old one if
// that is large enough.
func room[T any](old []T, n int) []T { return slices.Grow(old[:0], n)[:n] }

// widestGap is how many separators may stand between two characters of a word
// that is pulled apart; more than that is a pause.
const widestGap = 3

// lengthen makes room for the few runes that fold to several, by half as much
// again so that a text of nothing else stays linear.
func (t *text) lengthen(need int) {
	grow := need + need/2 - len(t.folded)
	t.folded = append(t.folded, make([]rune, grow)...)
	t.from = append(t.from, make([]int32, grow)...)
	t.glued = append(t.glued, make([]bool, grow)...)
}

// foldRare folds a rune above the table in the table's form. What becomes
// several there (none does today) is kept as it is.
func foldRare(r rune) uint32 {
	out := []rune{r}
	if r < 0x20000 || r >= 0x2F800 && r <= 0x2FA1F || r > 0x3FFFF {
		out = foldRune(r)
	}
	switch len(out) {
	case 0:
		return dropped
	case 1:
		r = out[0]
	}
	return uint32(r) | uint32(natureOf(r))<<natureShift
}

// noteHidden keeps, of the dropped runes, those that split a word. Joiners and
// selectors of emoji are part of how these are written, and so are accents.
func (t *text) noteHidden() {
	for _, at := range t.unseen {
		i, r := int(at), t.original[at]
		if r == '\r' || i == 0 || accent(r) {
			continue
		}
		if before := t.original[i-1]; !splittable(before) && !invisible(before) {
			continue
		}
		for _, next := range t.original[i+1 : min(len(t.original), i+5)] {
			if invisible(next) {
				continue
			}
			if splittable(next) && (splittable(t.original[i-1]) || t.splittableBefore(i)) {
				t.hidden = append(t.hidden, at)
			}
			break
		}
	}
	t.unseen = t.unseen[:0]
}

// splittableBefore looks past invisible runes.
func (t *text) splittableBefore(i int) bool {
	for back := i - 1; back >= 0 && back > i-5; back-- {
		if !invisible(t.original[back]) {
			return splittable(t.original[back])
		}
	}
	return false
}

// accent reports whether a dropped mark belongs to the letter before it. Bars
// and strokes through letters belong to none.
func accent(r rune) bool {
	return r >= 0x0300 && r <= 0x0333 || r >= 0x0339 && r <= 0x036F && r != 0x034F || r >= 0x0483 && r <= 0x0489 ||
		r >= 0x1AB0 && r <= 0x1AFF || r >= 0x1DC0 && r <= 0x1DFF || r == 0x3099 || r == 0x309A
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
func (t *text) words(s moderation.Span) string {
	runes := t.original[s.Start:s.End]
	var b strings.Builder
	b.Grow(len(runes))
	for _, r := range runes {
		if r >= 0x80 {
			return string(runes)
		}
		b.WriteByte(byte(r)) // links are, and many
	}
	return b.String()
}
