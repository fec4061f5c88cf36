package disclosure

import (
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"cinnabar/moderation/hanzi"
)

// What folding makes of one rune, packed: a rune, dropped, or an index into
// foldTable.long for the few that become several (㍿, ½, ﷺ).
const (
	dropped  = 1 << 31
	several  = 1 << 30
	runeMask = 1<<21 - 1
)

// foldTable holds what every rune below its length folds to.
type foldTable struct {
	one  []uint32
	long [][]rune
}

// What a rune is, for loops that ask it of every rune of a scan.
const (
	isLetter = 1 << iota
	isNumber // a digit
	isHan
	isJoint // may stand inside a word that was pulled apart
)

// tableEnd bounds the table: above it are rare ideographs, tags and private use,
// which are folded one at a time.
const tableEnd = 0x20000

// Folding by table rather than through the normaliser keeps a scan at memory
// speed and gives the map back to the original for nothing, because each rune
// folds by itself: marks, which alone would interact, are dropped.
var folds = sync.OnceValue(func() *foldTable {
	t := &foldTable{one: make([]uint32, tableEnd)}
	natures = make([]uint8, tableEnd)
	for r := range rune(tableEnd) {
		natures[r] = nature(r)
		out := foldRune(r)
		switch {
		case len(out) == 0:
			t.one[r] = dropped
		case len(out) == 1:
			t.one[r] = uint32(out[0])
		default:
			t.one[r] = several | uint32(len(t.long))
			t.long = append(t.long, out)
		}
	}
	return t
})

func nature(r rune) uint8 {
	n := uint8(0)
	if unicode.IsLetter(r) {
		n |= isLetter
	}
	if unicode.IsDigit(r) {
		n |= isNumber
	}
	if hanzi.Is(r) {
		n |= isHan
	}
	if n == 0 && !strings.ContainsRune(pauses, r) {
		n |= isJoint
	}
	return n
}

// natures is nature by table. folds fills it, and no text exists before that.
var natures []uint8

func natureOf(r rune) uint8 {
	if uint32(r) < uint32(len(natures)) {
		return natures[r]
	}
	return nature(r)
}

// pauses are line ends, sentence punctuation, brackets, and the marks before
// hashtags, handles and prices: none of them stands inside a word.
const pauses = "\n\t,，.。!！?？;；:：、…「」『』“”\"《》()[]【】#@￥¥$€"

// foldRune undoes, for one rune, everything that changes how a word is written
// but not how it is read: width, mathematical and enclosed letters, accents,
// case, look-alikes, traditional script. It drops what is not seen at all.
func foldRune(r rune) []rune {
	switch {
	case r == '\n', r == '\t':
		return []rune{r}
	case r == '\r':
		return nil
	case invisible(r):
		return nil
	case unicode.IsSpace(r):
		return []rune{' '}
	case r >= 0xAC00 && r <= 0xD7A3, r >= 0x3041 && r <= 0x30FF:
		return []rune{r} // decomposing Hangul and kana would only make them longer
	case r >= 0x1F170 && r <= 0x1F189: // 🅰 has no decomposition
		return []rune{'a' + r - 0x1F170}
	case r >= 0x1F150 && r <= 0x1F169: // 🅐 neither
		return []rune{'a' + r - 0x1F150}
	}
	var out []rune
	for _, d := range norm.NFKD.String(string(r)) {
		if unicode.Is(unicode.Mn, d) || invisible(d) {
			continue
		}
		if unicode.IsSpace(d) {
			d = ' '
		}
		d = unicode.ToLower(d)
		if latin, ok := lookalikes[d]; ok {
			d = latin
		}
		out = append(out, hanzi.Simplify(d))
	}
	if len(out) > longestFold {
		return []rune{r} // ﷺ is a formula of 18 letters, and a way to swell a text
	}
	return out
}

const longestFold = 4

// invisible reports whether a rune leaves nothing on the screen: format
// characters (zero width, directions, tags), variation selectors, fillers.
func invisible(r rune) bool {
	return unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r) ||
		r == 0x3164 || r == 0xFFA0 || r == 0x115F || r == 0x1160 || r == 0x034F
}

// lookalikes are letters of other scripts that read as a Latin one. The list is
// the part of Unicode's confusables that people in fact type.
var lookalikes = func() map[rune]rune {
	m := map[rune]rune{}
	for latin, others := range map[rune]string{
		'a': "аɑα", 'b': "ьƅвβ", 'c': "сϲᴄ", 'd': "ԁ", 'e': "еєε", 'g': "ɡց", 'h': "һнհ", 'i': "іıιι", 'j': "јϳ",
		'k': "кκ", 'l': "ӏⅼǀ", 'm': "м", 'n': "ո", 'o': "оοσօ", 'p': "рρ", 'q': "ԛ", 'r': "гᴦ", 's': "ѕꜱ", 't': "тτ",
		'u': "υս", 'v': "ѵν", 'w': "ԝω", 'x': "хχ×", 'y': "уγү", 'z': "ᴢ", '+': "➕✚", '-': "➖",
		'0': "⓪", '$': "💲", '%': "٪",
	} {
		for _, o := range others {
			m[o] = latin
		}
	}
	return m
}()
