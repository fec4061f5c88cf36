package disclosure

import (
	"slices"
	"strings"
	"unicode"

	"cinnabar/moderation/hanzi"
)

// knownPatterns are the scanners that a model may weigh.
var knownPatterns = map[string]bool{
	"price": true, "percent": true, "handle": true, "code": true, "command": true, "phone": true, "email": true,
	"pinned": true, "picture_code": true, "picture_shared": true,
	"split": true, "hidden": true, "letters": true, "mixed": true, "homophone": true, "parts": true, "pinyin": true, "sign": true,
}

// pattern is something found by a scanner, as folded offsets.
type pattern struct {
	name       string
	start, end int
}

// patternStarts are the ASCII characters that a pattern starts with; no Chinese one
// but a digit does.
var patternStarts = func() (is [0x80]bool) {
	for _, r := range "$(@0123456789" {
		is[r] = true
	}
	return is
}()

// patternsIn runs every scanner over a text in one pass each. inLink marks runes
// that belong to links, where digits and signs mean nothing.
func patternsIn(t *text, inLink []bool) []pattern {
	var found []pattern
	f := t.folded
	for i := 0; i < len(f); i++ {
		r := f[i]
		if r < 0x80 && !patternStarts[r] || r >= 0x2E80 && r != '￥' && natureOf(r)&isCount == 0 || inLink[i] {
			continue
		}
		end, name := 0, ""
		switch {
		case (r == '￥' || r == '¥' || r == '$' || r == '€' || r == '£' || r == '(' || r == '₴' || r == '₤') && i+1 < len(f):
			if end = commandAt(f, i); end > 0 {
				name = "command"
			} else if r != '(' {
				if end = digitsAt(f, i+1); end > i+1 {
					name = "price"
				}
			}
		case r == '@' && i+1 < len(f):
			if end = handleAt(f, i+1); end >= i+4 {
				name = "handle"
				if i > 0 && handleRune(f[i-1]) {
					name = "email"
				}
			}
		case natureOf(r)&isCount != 0:
			if end = dialAt(t, i); end > 0 {
				found = append(found, pattern{"letters", i, end})
				name = "phone"
			}
		case isDigit(r) && (i == 0 || !wordRune(f[i-1]) || hanzi.Is(f[i-1])):
			end = digitsAt(f, i)
			switch {
			case phoneLength(f[i:end]):
				name = "phone"
			case end < len(f) && f[end] == '%', end+1 < len(f) && f[end] == ' ' && f[end+1] == '%':
				name = "percent"
				end++
			case currencyAt(f, end) > 0:
				name, end = "price", currencyAt(f, end)
			case end < len(f) && f[end] == '折':
				name = "percent"
				end++
			case dialAt(t, i) > 0:
				name, end = "phone", dialAt(t, i)
				if dressed(f[i:end]) {
					found = append(found, pattern{"letters", i, end})
				}
			default:
				i = end - 1
				continue
			}
		}
		if name != "" {
			found = append(found, pattern{name, i, end})
			i = end - 1
		}
	}
	return found
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// digitsAt returns the end of a number with separators, or at.
func digitsAt(f []rune, at int) int {
	for at < len(f) && f[at] == ' ' {
		at++
	}
	end := at
	for end < len(f) && end-at < 24 && (isDigit(f[end]) || end > at && end+1 < len(f) && isDigit(f[end+1]) && (f[end] == ',' || f[end] == '.' || f[end] == '-')) {
		end++
	}
	return end
}

// currencyAt returns the end of a currency's name at an offset, or 0. 元 after a
// number is a price; 万元 and 块 are too.
func currencyAt(f []rune, at int) int {
	for at < len(f) && f[at] == ' ' {
		at++
	}
	for _, c := range currencies {
		if hasAt(f, at, c) {
			return at + len(c)
		}
	}
	return 0
}

var currencies = [][]rune{[]rune("元"), []rune("块钱"), []rune("圆"), []rune("泰铢"), []rune("韩元"), []rune("日币"), []rune("台币"), []rune("人民币"), []rune("usd"), []rune("rmb"), []rune("cny"), []rune("twd"), []rune("dollars")}

// phoneLength reports whether digits could be a telephone or QQ number that one
// is meant to use: mainland mobile numbers, Taiwanese ones, toll-free ones.
func phoneLength(f []rune) bool {
	var digits []rune
	for _, r := range f {
		switch {
		case isDigit(r):
			digits = append(digits, r)
		case r == ',' || r == '.':
			return false
		}
	}
	n := len(digits)
	return n == 11 && digits[0] == '1' && digits[1] >= '3' || n == 10 && digits[0] == '0' && (digits[1] == '9' || digits[1] == '8')
}

// dialAt returns the end of a telephone number whose digits stand apart or are
// written in several ways (1三8 〇〇13 8000), or 0.
func dialAt(t *text, at int) int {
	const most = 11
	var digits [most]rune
	n, gap, end := 0, 0, at
	for i := at; i < len(t.folded) && gap <= 2; i++ {
		r := t.folded[i]
		switch d := counted(r); {
		case d >= 0:
			r = '0' + rune(d)
		case isDigit(r):
		case r == 'o' && n > 0 && gap == 0:
			r = '0'
		case (r == 'l' || r == 'i') && n > 0 && gap == 0:
			r = '1'
		case strings.ContainsRune(" -.*·_", r) || r == keycap:
			gap++
			continue
		default:
			gap = most
			continue
		}
		if n == most {
			return 0
		}
		digits[n] = r
		n++
		gap, end = 0, i+1
	}
	if phoneLength(digits[:n]) {
		return end
	}
	return 0
}

// dressed reports whether a number is written with anything but digits and what
// usually separates them.
func dressed(f []rune) bool {
	return slices.ContainsFunc(f, func(r rune) bool { return !isDigit(r) && r != ' ' && r != '-' && r != '.' })
}

func handleRune(r rune) bool {
	return r >= 'a' && r <= 'z' || isDigit(r) || r == '_' || r == '.'
}

func handleAt(f []rune, at int) int {
	end := at
	for end < len(f) && end-at < 40 && handleRune(f[end]) {
		end++
	}
	return end
}

// commandAt recognises the commands that one pastes into a shop's app:
// ￥AbC123xyz￥ with 8 to 14 letters and digits, at least one of each.
func commandAt(f []rune, at int) int {
	end, letters, digits := at+1, 0, 0
	for end < len(f) && end-at <= 15 {
		r := f[end]
		switch {
		case r >= 'a' && r <= 'z':
			letters++
		case isDigit(r):
			digits++
		default:
			if n := end - at - 1; n >= 8 && n <= 14 && letters > 0 && digits > 0 && (r == f[at] || f[at] == '(' && r == ')' || r == '￥' || r == '¥') {
				return end + 1
			}
			return 0
		}
		end++
	}
	return 0
}

// codeAfter finds the code itself that a phrase like 折扣码 or "use code" is
// followed by: 4 to 16 Latin letters and digits in capitals or with a digit.
func codeAfter(t *text, at int) (start, end int, ok bool) {
	f := t.folded
	for skipped := 0; at < len(f) && skipped < 8; skipped++ {
		if handleRune(f[at]) && f[at] != '.' && f[at] != '_' {
			break
		}
		if f[at] == '\n' && skipped > 2 {
			return 0, 0, false
		}
		at++
	}
	end = at
	capitals, digits := 0, 0
	for end < len(f) && end-at <= 16 && (f[end] >= 'a' && f[end] <= 'z' || isDigit(f[end])) {
		if o := t.original[t.from[end]]; unicode.IsUpper(o) || o > 0x7F {
			capitals++
		}
		if isDigit(f[end]) {
			digits++
		}
		end++
	}
	n := end - at
	return at, end, n >= 4 && n <= 16 && (capitals == n-digits && capitals > 0 || digits > 0 && digits < n)
}
