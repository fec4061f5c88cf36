package disclosure

import (
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"cinnabar/moderation/hanzi"
)

// What folding makes of one rune, packed: a rune and from natureShift on what it
// is, or dropped, or an index into foldTable.long for the few that become
// several (㍿, ½, ﷺ).
const (
	dropped     = 1 << 31
	several     = 1 << 30
	natureShift = 21
	runeMask    = 1<<natureShift - 1
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
	isCount // a Chinese digit: 三, 叁
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
	known := assigned()
	for r := range rune(tableEnd) {
		switch {
		case unified(r):
			natures[r] = isLetter | isHan
			if counted(r) >= 0 {
				natures[r] |= isCount
			}
		case known[r]:
			natures[r] = nature(r)
		case hanzi.Is(r):
			natures[r] = isHan
		default:
			natures[r] = isJoint
		}
	}
	for r := range rune(tableEnd) {
		// Most of the table is quickly told, and a program that scans one post waits
		// for all of it.
		if one := r; !known[r] || unified(r) || unchanged(r) {
			if unified(r) {
				one = hanzi.Simplify(r)
			}
			t.one[r] = uint32(one) | uint32(natureOf(one))<<natureShift
			continue
		}
		out := foldRune(r)
		switch {
		case len(out) == 0:
			t.one[r] = dropped
		case len(out) == 1:
			t.one[r] = uint32(out[0]) | uint32(natureOf(out[0]))<<natureShift
		default:
			t.one[r] = several | uint32(len(t.long))
			t.long = append(t.long, out)
		}
	}
	return t
})

// unified reports whether a rune is of the two large blocks of ideographs, none of
// which has a compatibility form or a case.
func unified(r rune) bool { return r >= 0x4E00 && r <= 0x9FFC || r >= 0x3400 && r <= 0x4DBF }

// unchanged reports whether a rune is of a large block that folds to itself whole: Yi,
// Hangul, Cuneiform, hieroglyphs, Tangut.
func unchanged(r rune) bool {
	return r >= 0xA000 && r <= 0xA48C || r >= 0xAC00 && r <= 0xD7A3 || r >= 0x12000 && r <= 0x12543 ||
		r >= 0x13000 && r <= 0x1342F || r >= 0x17000 && r <= 0x18CD5
}

// assigned marks the runes of the table that Unicode knows, private ones aside; all
// others fold to themselves. Invisible ones are among them in any case.
func assigned() []bool {
	known := make([]bool, tableEnd)
	mark := func(from, to, stride uint32) {
		for r := from; r <= to && r < tableEnd; r += stride {
			known[r] = true
		}
	}
	for _, c := range []*unicode.RangeTable{unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z, unicode.Cc, unicode.Cf, unicode.Variation_Selector} {
		for _, x := range c.R16 {
			mark(uint32(x.Lo), uint32(x.Hi), uint32(x.Stride))
		}
		for _, x := range c.R32 {
			mark(x.Lo, x.Hi, x.Stride)
		}
	}
	return known
}

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
	if counted(r) >= 0 {
		n |= isCount
	}
	if n == 0 && !strings.ContainsRune(pauses, r) {
		n |= isJoint
	}
	return n
}

// counted returns what a Chinese digit stands for in a number that is read out
// digit by digit, or -1.
func counted(r rune) int {
	switch r {
	case '〇', '零':
		return 0
	case '一', '壹', '幺':
		return 1
	case '二', '贰':
		return 2
	case '三', '叁':
		return 3
	case '四', '肆':
		return 4
	case '五', '伍':
		return 5
	case '六', '陆':
		return 6
	case '七', '柒':
		return 7
	case '八', '捌':
		return 8
	case '九', '玖':
		return 9
	}
	return -1
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
// hashtags, handles and prices: none of them stands inside a word. + stands for a
// word of its own (加).
const pauses = "+\n\t,，.。!！?？;；:：、…「」『』“”\"《》()[]【】#@￥¥$€"

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
	case r >= 0x2E80 && r <= 0x2EF3: // parts of characters that stand alone
		if whole, ok := radicals[r]; ok {
			return []rune{whole}
		}
	case r >= 0x1F170 && r <= 0x1F189: // 🅰 has no decomposition
		return []rune{'a' + r - 0x1F170}
	case r >= 0x1F150 && r <= 0x1F169: // 🅐 neither
		return []rune{'a' + r - 0x1F150}
	}
	var out []rune
	parts := string(r)
	if !norm.NFKD.IsNormalString(parts) {
		parts = norm.NFKD.String(parts)
	}
	for _, d := range parts {
		if unicode.In(d, unicode.Mn, unicode.Me) && d != keycap || invisible(d) {
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

// keycap encloses the digit before it. Such digits number lists (1️⃣折叠…), so the
// mark stays, and keeps them from being read with what follows.
const keycap = 0x20E3

// invisible reports whether a rune leaves nothing on the screen: format
// characters (zero width, directions, tags), variation selectors, fillers.
func invisible(r rune) bool {
	return unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r) ||
		r == 0x3164 || r == 0xFFA0 || r == 0x115F || r == 0x1160 || r == 0x034F
}

// lookalikes are letters of other scripts, and Latin ones in odd shapes, that
// read as a plain one. The list is the part of Unicode's confusables that people
// in fact type.
var lookalikes = func() map[rune]rune {
	m := map[rune]rune{}
	for latin, others := range map[rune]string{
		'a': "аɑαᴀꭺ₳", 'b': "ьƅвβʙᏼ฿", 'c': "сϲᴄꮯ₵ȼ", 'd': "ԁᴅꭰđð", 'e': "еєεᴇꭼɇ", 'f': "ꜰϝƒ₣", 'g': "ɡցɢԍǥ₲", 'h': "һнհʜħ",
		'i': "іıιɪꭵɨ", 'j': "јϳᴊɉ", 'k': "кκᴋ₭", 'l': "ӏⅼǀʟꮮłƚ", 'm': "мᴍꮇ₥", 'n': "ոɴп₦", 'o': "оοσօᴏø", 'p': "рρᴘꮲ₱",
		'q': "ԛ", 'r': "гᴦʀꭱ", 's': "ѕꜱꮪ", 't': "тτᴛŧⱦ", 'u': "υսᴜʉ", 'v': "ѵνᴠꮩ", 'w': "ԝωᴡꮃ₩ѡ", 'x': "хχ×", 'y': "уγүʏɏ", 'z': "ᴢꮓƶ",
		'+': "➕✚⨁", '-': "➖", '0': "⓪⓿", '$': "💲", '%': "٪",
	} {
		for _, o := range others {
			m[o] = latin
		}
	}
	for i, r := range []rune("➊➋➌➍➎➏➐➑➒❶❷❸❹❺❻❼❽❾➀➁➂➃➄➅➆➇➈⓵⓶⓷⓸⓹⓺⓻⓼⓽") {
		m[r] = '1' + rune(i%9)
	}
	return m
}()

// radicals are the written parts of characters that have code points of their
// own and no decomposition, each with the character that it stands for.
var radicals = func() map[rune]rune {
	m := map[rune]rune{}
	all := []rune("⺅亻⺡氵⺘扌⺮竹⺾艹⺿艹⻀艹⻌辶⻍辶⻎辶⺼月⻔门⻋车⻅见⻉贝⻜飞⻝食⻞食⻟饣⻠饣⻢马⻥鱼⻦鸟⻧卤⻩黄⻬齐⻮齿⻰龙⺝月⺠民⺤爪⺧牛⺩王⺪疋⺬示⺭礻⺯糸⺰纟⺲罒⺶羊⺷羊⺸羊⺹耂⺻聿⻂衤⻃西⻄西⻆角⻈讠⻏阝⻐钅⻓长⻖阝⻗雨⻘青⻙韦⻚页⻛风⺀冫⺁厂⺄乙⺆冂⺈刀⺉刂⺊卜⺋卩⺌小⺍小⺎兀⺐尢⺓幺⺕彐⺖忄⺗心⺙攵⺛旡⺜日⺞歹⺢水⺣灬⺥爪⺦丬⺨犭")
	for i := 0; i < len(all); i += 2 {
		m[all[i]] = all[i+1]
	}
	return m
}()
