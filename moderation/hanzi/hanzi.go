// Package hanzi folds traditional Chinese characters to simplified ones, one by
// one. Rules compare texts with it; nothing that a person reads is converted by
// it, because good conversion goes by words and this goes by characters.
package hanzi

import (
	"sync"

	"github.com/longbridgeapp/opencc"
)

// The blocks that OpenCC's table of single characters covers: CJK with extension
// A and compatibility ideographs. Rarer blocks stay as they are.
const (
	first = 0x3400
	last  = 0xFAFF
)

// OpenCC converts by the longest known phrase and manages some 3 MB a second,
// too slow for a scan. One pass over every single character gives us its table
// to index, in 15 ms at the first use.
var table = sync.OnceValue(func() []rune {
	t := make([]rune, last-first+1)
	for i := range t {
		t[i] = rune(first + i)
	}
	cc, err := opencc.New("t2s")
	if err != nil {
		// The dictionaries are compiled in; this cannot fail on a machine.
		panic("hanzi: " + err.Error())
	}
	for i, r := range t {
		if r >= 0xA000 && r < 0xF900 {
			continue // Yi, Hangul, surrogates, private use: nothing of ours
		}
		s, err := cc.Convert(string(r))
		if folded := []rune(s); err == nil && len(folded) == 1 {
			t[i] = folded[0]
		}
	}
	for from, to := range variants {
		t[from-first] = to
	}
	// 薴 → 苧 → 苎: follow such steps to their end, so that folded text is stable.
	for i, r := range t {
		if r >= first && r <= last {
			t[i] = t[r-first]
		}
	}
	return t
})

// variants are forms in everyday use in Taiwan and Hong Kong that are no
// traditional characters in OpenCC's sense.
var variants = map[rune]rune{'妳': '你', '牠': '它', '祂': '它', '佔': '占', '佈': '布', '裏': '里', '著': '着'}

// Simplify returns the simplified form of a character, or the character itself.
func Simplify(r rune) rune {
	if r < first || r > last {
		return r
	}
	return table()[r-first]
}

// SimplifyString folds every character of a text.
func SimplifyString(s string) string {
	out := make([]rune, 0, len(s)/3)
	for _, r := range s {
		out = append(out, Simplify(r))
	}
	return string(out)
}

// Is reports whether a rune is a Chinese character (Han, without kana, radicals
// and marks), by its block; it is asked for every rune of a scan.
func Is(r rune) bool {
	return r >= 0x4E00 && r <= 0x9FFF || r >= 0x3400 && r <= 0x4DBF ||
		r >= 0xF900 && r <= 0xFAFF || r >= 0x20000 && r <= 0x3FFFF || r == '〇'
}
