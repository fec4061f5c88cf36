package kit

import (
	"strings"
	"sync"
	"unicode"

	"fyne.io/fyne/v2"
)

// stretch is a line of a wrapped text: runes from start to end, without the
// spaces at which it was broken.
type stretch struct{ start, end int }

// Characters that may not begin a line, and such that may not end one, as
// Chinese typesetting has it (GB/T 15834, and JIS X 4051 for the brackets).
const (
	notFirst = "，。、；：！？）」』】》〉〕”’…—～〜·!),.:;?]}%‰℃°々ー"
	notLast  = "（「『【《〈〔“‘([{￥¥$#@"
)

func wide(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) ||
		r >= 0x3000 && r <= 0x303F || r >= 0xFF00 && r <= 0xFFEF || r >= 0x1F300 && r <= 0x1FAFF
}

// glued reports whether r belongs to the rune before it: combining marks,
// joiners, variation selectors, skin tones.
func glued(before, r rune) bool {
	return unicode.Is(unicode.M, r) || r == 0x200D || before == 0x200D || r >= 0x1F3FB && r <= 0x1F3FF
}

// breakable reports whether a line may end between two runes that are not spaces.
func breakable(before, after rune) bool {
	if glued(before, after) || strings.ContainsRune(notFirst, after) || strings.ContainsRune(notLast, before) {
		return false
	}
	return wide(before) || wide(after)
}

// mayBreak reports whether a line may end between two runes: after spaces, or
// where the script allows it without.
func mayBreak(before, after rune) bool {
	if before == ' ' {
		return after != ' ' && !strings.ContainsRune(notFirst, after)
	}
	return after != ' ' && breakable(before, after)
}

// wrap breaks a text into lines no wider than width. Latin words stay whole
// unless one alone is wider than the line, as a link can be. It is linear in the
// length of the text.
func wrap(text []rune, width float32, s Style) []stretch {
	var lines []stretch
	start, lastBreak := 0, -1 // lastBreak: where the line may end; -1 for nowhere yet
	var w, atBreak float32    // widths from start to here, and to lastBreak
	flush := func(end, next int) {
		for end > start && text[end-1] == ' ' {
			end--
		}
		lines = append(lines, stretch{start, end})
		start, lastBreak, w, atBreak = next, -1, 0, 0
	}
	for i := 0; i < len(text); i++ {
		r := text[i]
		if r == '\n' {
			flush(i, i+1)
			continue
		}
		a := advance(r, s)
		if i > start {
			if mayBreak(text[i-1], r) {
				lastBreak, atBreak = i, w
			}
		}
		if w+a > width && i > start && r != ' ' {
			if lastBreak > start {
				rest := w - atBreak
				flush(lastBreak, lastBreak)
				w = rest
			} else if !glued(text[i-1], r) {
				flush(i, i)
			}
		}
		w += a
	}
	if start < len(text) || len(lines) == 0 {
		flush(len(text), len(text))
	}
	return lines
}

type advanceKey struct {
	r rune
	s float32
	b bool
}

// advances remembers how wide single runes are. Kerning is left out, which errs
// by less than a pixel on a line.
var advances sync.Map

func advance(r rune, s Style) float32 {
	key := advanceKey{r, s.size(), s.Bold}
	if w, ok := advances.Load(key); ok {
		return w.(float32)
	}
	w := fyne.MeasureText(string(r), s.size(), s.face()).Width
	if r == ' ' {
		// A space is as wide as its neighbour's face makes it; between letters is the wider.
		w = fyne.MeasureText("n n", s.size(), s.face()).Width - fyne.MeasureText("nn", s.size(), s.face()).Width
	}
	advances.Store(key, w)
	return w
}

// lineHeight is what a line takes in a paragraph: 1.6 times the size, which
// Chinese needs and Latin likes.
func lineHeight(s Style) float32 { return float32(int(s.size()*1.6 + .5)) }
