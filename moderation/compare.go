package moderation

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"cinnabar/moderation/hanzi"
)

// likeness is how well two writings of one thing agree.
type likeness int

const (
	different  likeness = iota
	sameScript          // the same but for traditional and simplified characters
	same                // the same but for width, case, spaces and punctuation
)

// compare judges whether two texts name the same thing. Registers, papers and
// forms differ in width (（） and ()), case, spaces and punctuation without
// meaning anything by it. Traditional against simplified is usually meant to be
// the same too, but two companies may differ in just that, so it is told apart.
func compare(a, b string) likeness {
	fa, fb := plain(a), plain(b)
	switch {
	case string(fa) == string(fb):
		return same
	case hanzi.SimplifyString(string(fa)) == hanzi.SimplifyString(string(fb)):
		return sameScript
	}
	return different
}

// plain keeps what carries meaning in a name or address.
func plain(s string) []rune {
	kept := make([]rune, 0, len(s))
	for _, r := range norm.NFKC.String(s) {
		switch {
		case r == '&', r == '@':
			// A&B and AB may be two firms.
		case unicode.IsSpace(r), unicode.IsPunct(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Variation_Selector, r):
			continue
		}
		kept = append(kept, unicode.ToLower(r))
	}
	return kept
}

// pairs lists the characters in which two texts of one length differ, as
// "蘭 / 兰", at most three of them.
func pairs(a, b string) string {
	fa, fb := plain(a), plain(b)
	if len(fa) != len(fb) {
		return a + " / " + b
	}
	var found []string
	for i := range fa {
		if fa[i] != fb[i] {
			found = append(found, string(fa[i])+" / "+string(fb[i]))
		}
	}
	if len(found) > 3 {
		found = append(found[:3], "…")
	}
	return strings.Join(found, ", ")
}

// shortened reports whether one address is the other without its province or
// city: people leave out what the district makes clear.
func shortened(a, b string) bool {
	long, short := []rune(hanzi.SimplifyString(string(plain(a)))), []rune(hanzi.SimplifyString(string(plain(b))))
	if len(long) < len(short) {
		long, short = short, long
	}
	cut := len(long) - len(short)
	if len(short) < 4 || cut == 0 || string(long[cut:]) != string(short) {
		return false
	}
	return strings.ContainsRune("省市区县", long[cut-1])
}

// listed splits a business scope into what it lists, without the remarks in
// brackets and the usual closing formula.
func listed(scope string) []string {
	depth := 0
	items := strings.FieldsFunc(strings.Map(func(r rune) rune {
		switch r {
		case '(', '（', '[', '【':
			depth++
			return -1
		case ')', '）', ']', '】':
			depth = max(0, depth-1)
			return -1
		}
		if depth > 0 {
			return -1
		}
		return r
	}, scope), func(r rune) bool { return strings.ContainsRune("、，,；;。:：\n", r) })
	kept := items[:0]
	for _, item := range items {
		if len(plain(item)) > 0 {
			kept = append(kept, strings.TrimSpace(item))
		}
	}
	return kept
}

// near reports whether two names are one edit apart, or the same after folding:
// close enough to be mistaken for each other.
func near(a, b string) bool {
	ra := []rune(hanzi.SimplifyString(string(plain(a))))
	rb := []rune(hanzi.SimplifyString(string(plain(b))))
	if string(ra) == string(rb) {
		return len(ra) > 0
	}
	if len(ra) < len(rb) {
		ra, rb = rb, ra
	}
	if len(rb) < 3 || len(ra)-len(rb) > 1 {
		return false
	}
	i := 0
	for i < len(rb) && ra[i] == rb[i] {
		i++
	}
	if len(ra) == len(rb) {
		return string(ra[i+1:]) == string(rb[i+1:])
	}
	return string(ra[i+1:]) == string(rb[i:])
}
