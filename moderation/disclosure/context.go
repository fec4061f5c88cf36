package disclosure

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// quotes are the quotation marks, opening and closing in turn. 【】 and [] are not
// among them: on posts they frame labels and headings.
var quotes = [...]rune{'「', '」', '『', '』', '“', '”', '‘', '’', '«', '»', '"', '"', '\'', '\''}

// The pairs of straight marks, which don't tell opening from closing.
const (
	straightDouble = len(quotes)/2 - 2
	straightSingle = len(quotes)/2 - 1
)

const (
	longestQuote = 300 // runes; a mark that never closes quotes nothing
	// Somebody who puts the whole post in quotation marks quotes nobody.
	mostlyQuoted = 0.6
)

// quoted marks the folded runes that stand inside quotation marks or in a line
// that starts with >. What others are quoted with is not the author's own offer.
func quoted(t *text) []bool { return quotedIn(t, make([]bool, len(t.folded))) }

// quotedIn is quoted on marks that are all false.
func quotedIn(t *text, in []bool) []bool {
	total := 0
	mark := func(from, to int) {
		for i := from; i < to; i++ {
			in[i] = true
		}
		total += to - from
	}
	var open [len(quotes) / 2]int // by pair, the offset after its opening mark
	lineQuoted := -1
	for i, r := range t.folded {
		if r > 0x80 && (r < 0xAB || r > 0x300F) || r < 0x80 && r != '"' && r != '\'' && r != '>' && r != '\n' {
			continue
		}
		switch r {
		case '>':
			if i == 0 || t.folded[i-1] == '\n' {
				lineQuoted = i
			}
			continue
		case '\n':
			if lineQuoted >= 0 {
				mark(lineQuoted, i)
				lineQuoted = -1
			}
			open[straightDouble], open[straightSingle] = 0, 0
			continue
		}
		at := slices.Index(quotes[:], r)
		if at < 0 {
			continue
		}
		pair := at / 2
		opens, closes := at%2 == 0, at%2 == 1
		switch pair {
		case straightDouble:
			opens, closes = true, true
		case straightSingle:
			// Inside a word it is an apostrophe.
			before, after := i > 0 && wordRune(t.folded[i-1]), i+1 < len(t.folded) && wordRune(t.folded[i+1])
			opens, closes = !before && after, !after
		}
		// A straight mark closes before it opens.
		if from := open[pair]; closes && from > 0 {
			open[pair] = 0
			if i-from <= longestQuote {
				mark(from, i)
				continue
			}
		}
		if opens {
			open[pair] = i + 1
		}
	}
	if lineQuoted >= 0 {
		mark(lineQuoted, len(in))
	}
	if float64(total) > mostlyQuoted*float64(len(in)) && len(in) > longestQuote/10 {
		clear(in)
	}
	return in
}

// Negators deny what follows them in the same clause; sham ones look alike and
// deny nothing, or deny a denial (别错过优惠).
var (
	negators = []string{
		"不是", "不用", "不需要", "不需", "不要", "不收", "不接", "不含", "不带", "不放", "不能", "不会", "不可以", "不给", "不卖", "不打", "不算", "不靠",
		"没有", "没", "没收", "无需", "无", "非", "并非", "绝无", "从不", "从来不", "拒绝", "谢绝", "勿", "请勿", "别再", "别", "未", "零",
	}
	shams = []string{
		"不要错过", "别错过", "不容错过", "不能错过", "不会错过", "别忘", "不要忘", "不会后悔", "不会失望", "没想到", "没错", "没问题", "没时间", "没空", "无论", "无敌", "无限", "无比",
		"非常", "特别", "分别", "个别", "级别", "类别", "区别", "性别", "告别", "未来", "不用担心", "不用怕", "别担心", "不能不", "没有理由不", "不是才", "不是只", "从零", "零食", "零距离",
	}
	englishNegators = []string{"not", "no", "never", "without", "isn't", "aren't", "wasn't", "don't", "doesn't", "didn't", "won't", "can't", "cannot", "isnt", "dont", "didnt", "isn’t", "don’t", "didn’t", "doesn’t", "wasn’t", "won’t", "can’t", "non-"}
	englishShams    = []string{"not only", "don't forget", "don’t forget", "dont forget", "don't miss", "don’t miss", "dont miss", "no need to worry", "not just", "no doubt", "why not", "can't wait", "can’t wait", "never miss", "don't wait", "no wonder", "don't hesitate", "don’t hesitate"}
)

const (
	denialReach        = 8  // runes between a Chinese negator's end and what it denies
	englishDenialReach = 36 // runes before the words in which an English one is looked for
)

// negated reports whether what starts at a folded offset is denied by words just
// before it in the same clause.
func negated(t *text, start int) bool {
	from := start
	for from > 0 && start-from < englishDenialReach && !clauseEnd(t.folded[from-1]) {
		from--
	}
	if from == start {
		return false
	}
	before := t.folded[from:start]
	return slices.ContainsFunc(before, latin) && deniedInEnglish(string(before)) ||
		deniedInChinese(before[max(0, len(before)-denialReach-4):])
}

// deniedInEnglish looks for a negator with at most four words after it.
func deniedInEnglish(before string) bool {
	words := 0
	for end := len(before); end > 0 && words <= 5; words++ {
		trimmed := strings.TrimRight(before[:end], " ")
		at := strings.LastIndexByte(trimmed, ' ') + 1
		word := strings.TrimLeft(trimmed[at:], "(")
		if slices.Contains(englishNegators, word) && !sham(before[at:], englishShams) && !strings.HasSuffix(trimmed[:at], "why ") {
			return true
		}
		end = at
	}
	return false
}

// negatorHeads are the characters that negators start with.
var negatorHeads = func() string {
	var heads []rune
	for _, n := range negators {
		if r, _ := utf8.DecodeRuneInString(n); !slices.Contains(heads, r) {
			heads = append(heads, r)
		}
	}
	return string(heads)
}()

// deniedInChinese looks for a negator within reach of the end.
func deniedInChinese(near []rune) bool {
	for at, r := range near {
		if !strings.ContainsRune(negatorHeads, r) {
			continue
		}
		tail := string(near[at:])
		for _, n := range negators {
			if !strings.HasPrefix(tail, n) {
				continue
			}
			end := at + utf8.RuneCountInString(n)
			if len(near)-end <= denialReach && !sham(tail, shams) && !shamBefore(string(near[:end])) && !resumed(near[end:]) {
				return true
			}
		}
	}
	return false
}

// sham reports whether a text starts with one of the phrases.
func sham(s string, phrases []string) bool {
	for _, p := range phrases {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// shamBefore catches the ones whose last character looks like a negator: 特别.
func shamBefore(s string) bool {
	for _, p := range shams {
		if strings.HasSuffix(s, p) {
			return true
		}
	}
	return false
}

// resumed reports whether the sentence turns between negator and words: 不用排队就能…
func resumed(between []rune) bool {
	return strings.ContainsAny(string(between), "就但却只也可")
}

func clauseEnd(r rune) bool {
	switch r {
	case '\n', '.', '!', '?', ';', ',', '，', '。', '！', '？', '；', '~', '～', '…':
		return true
	}
	return false
}
