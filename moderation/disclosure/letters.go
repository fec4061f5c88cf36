package disclosure

import (
	"slices"
	"strings"
)

// letters finds phrases of Latin words whose letters stand apart (c-o-d-e, l i n k)
// or are written as digits and marks (c0de, $hop). Only lines that look so are
// read, and what is plainly written there is not found again.
type letters struct {
	automaton *automaton // over what looks alike, without anything between letters
	phrases   []spaced
}

// spaced is a phrase without its spaces and hyphens.
type spaced struct {
	entry  int32
	said   []rune
	starts []bool // whether a letter starts a word
}

// fewestLetters keeps short words out, which come about by chance.
const fewestLetters = 4

// longestPhrase in letters; a power of two.
const longestPhrase = 64

func newLetters(folded [][]rune, entries []entry) *letters {
	l := &letters{}
	seen := map[string]bool{}
	var phrases [][]rune
	for i, p := range folded {
		r := entries[i].rule
		if r == nil || r.Weight <= 0 || r.Count != "" {
			continue
		}
		s := spaced{entry: int32(i)}
		var looks []rune
		starts, latin := true, true
		for _, c := range p {
			switch {
			case c >= 'a' && c <= 'z':
				s.said, s.starts, looks = append(s.said, c), append(s.starts, starts), append(looks, looksLike(c))
				starts = false
			case strings.ContainsRune(" -'’", c):
				starts = true
			default:
				latin = false
			}
		}
		if !latin || len(s.said) < fewestLetters || len(s.said) > longestPhrase/2 || seen[string(looks)] {
			continue
		}
		seen[string(looks)] = true
		phrases = append(phrases, looks)
		l.phrases = append(l.phrases, s)
	}
	l.automaton = newAutomaton(phrases)
	return l
}

// looksLike folds letters, and digits and marks that serve as letters, to one of
// each kind. It returns 0 for what reads as no letter.
func looksLike(r rune) rune {
	switch r {
	case 'i', '1', '!', '|':
		return 'l'
	case '0':
		return 'o'
	case '3', '€':
		return 'e'
	case '4', '@':
		return 'a'
	case '5', '$':
		return 's'
	case '7':
		return 't'
	case '8':
		return 'b'
	case '9':
		return 'g'
	}
	if r >= 'a' && r <= 'z' {
		return r
	}
	return 0
}

func latin(r rune) bool { return r >= 'a' && r <= 'z' }

// letterAt returns what a rune reads as where it stands: digits and marks are
// letters only in the company of letters, and only $, € and @ may start a word.
func letterAt(f []rune, i int) rune {
	r := f[i]
	if latin(r) {
		return looksLike(r)
	}
	look := looksLike(r)
	if look == 0 {
		return 0
	}
	before, after := i > 0 && looksLike(f[i-1]) != 0, i+1 < len(f) && latin(f[i+1])
	switch {
	case r == '!' || r == '|':
		if !before || !after {
			return 0
		}
	case !isDigit(r):
		if !after {
			return 0
		}
	case !after && !(i > 0 && latin(f[i-1])) && !(i > 1 && before && latin(f[i-2])):
		return 0
	}
	return look
}

// find returns the phrases and how each was hidden, in time linear in the text.
func (l *letters) find(t *text, entries []entry) (found []match, ways []way) {
	f := t.folded
	for from := 0; from < len(f); {
		end, odd := lookOver(f, from)
		if odd {
			found, ways = l.read(f, from, end, entries, found, ways)
		}
		from = end + 1
	}
	return found, ways
}

// lookOver returns where a line ends, and whether anything on it looks as if
// letters had been pulled apart or replaced.
func lookOver(f []rune, from int) (end int, odd bool) {
	singles, last := 0, 0 // letters standing alone in a row, and where the last one is
	dots := 0             // between letters, as link.in.bio has them
	before := '\n'
	for i := from; i < len(f); i++ {
		r := f[i]
		if r == '\n' {
			return i, odd
		}
		if r == ':' && i+2 < len(f) && f[i+1] == '/' && f[i+2] == '/' {
			for i+1 < len(f) && linkRune(f[i+1]) { // addresses are full of it
				i++
			}
			before = '/'
			continue
		}
		after := '\n'
		if i+1 < len(f) {
			after = f[i+1]
		}
		switch {
		case odd || r == ' ':
		case latin(r):
			if !latin(before) && !latin(after) {
				if i-last > widestGap+1 {
					singles = 0
				}
				singles++
				last = i
				odd = singles >= 3
			}
		case latin(after):
			if latin(before) {
				if r == '.' {
					dots++
				}
				odd = looksLike(r) != 0 && r != '@' || oddMark(r) || dots >= 2
			} else {
				// A word follows, and not the ending of 1st or 4th.
				odd = (r == '$' || r == '€' || isDigit(r) && looksLike(r) != 0 && !isDigit(before)) &&
					i+3 < len(f) && latin(f[i+2]) && latin(f[i+3])
			}
		}
		before = r
	}
	return len(f), odd
}

// oddMark reports whether a mark between two letters is one that no word, address
// or abbreviation has there.
func oddMark(r rune) bool {
	return natureOf(r)&(isLetter|isNumber) == 0 && !strings.ContainsRune(" -'’‘`/_&.@:,;?!()[]\"#%+=\u00a0", r)
}

// letter is one letter as it was read.
type letter struct {
	r  rune
	at int
}

func (l *letters) read(f []rune, from, end int, entries []entry, found []match, ways []way) ([]match, []way) {
	var back [longestPhrase]letter
	n, state, gap := 0, int32(0), 0
	a := l.automaton
	for i := from; i < end; i++ {
		look := letterAt(f, i)
		if look == 0 {
			if gap++; gap > widestGap || natureOf(f[i])&(isLetter|isNumber) != 0 {
				state = 0
			}
			continue
		}
		gap = 0
		back[n%longestPhrase] = letter{f[i], i}
		n++
		c := a.classOf(look)
		if c == 0 {
			state = 0
			continue
		}
		state = a.next(state, c)
		for s := state; s != 0 && a.ends[state]; s = a.shorter[s] {
			if a.output[s] < 0 {
				continue
			}
			p := &l.phrases[a.output[s]]
			if entries[p.entry].rule == nil {
				continue // a lead took it out
			}
			if w := p.judge(f, &back, n); w != 0 {
				found = append(found, match{p.entry, int32(back[(n-len(p.said))%longestPhrase].at), int32(i + 1)})
				ways = append(ways, w)
			}
		}
	}
	return found, ways
}

// judge decides whether the last letters read are the phrase in disguise: some
// replaced, or whole words with their letters apart, or any apart by marks that no
// word has.
func (p *spaced) judge(f []rune, back *[longestPhrase]letter, n int) way {
	size := len(p.said)
	first, last := back[(n-size)%longestPhrase].at, back[(n-1)%longestPhrase].at
	if first > 0 && bounded(f[first-1]) || last+1 < len(f) && bounded(f[last+1]) {
		return 0
	}
	ways := way(0)
	joints, apart, usual := 0, 0, false // of one word
	words, dotted := 1, 0
	short, long := false, false // words of two letters are not enough
	wordEnds := func() bool {
		if apart > 0 {
			if usual && apart < joints {
				return false
			}
			short, long = short || usual && joints == 1, long || !usual || joints > 1
			ways |= bySplit
		}
		joints, apart, usual = 0, 0, false
		return true
	}
	for i := range size {
		at := back[(n-size+i)%longestPhrase]
		if at.r != p.said[i] {
			ways |= byLookalike
		}
		if i == 0 {
			continue
		}
		between := f[back[(n-size+i-1)%longestPhrase].at+1 : at.at]
		if p.starts[i] {
			if len(between) == 0 || !wordEnds() {
				return 0
			}
			words++
			if len(between) == 1 && (between[0] == '.' || oddMark(between[0])) {
				dotted++
			}
			continue
		}
		joints++
		if len(between) > 0 {
			apart++
			usual = usual || slices.ContainsFunc(between, func(r rune) bool { return !oddMark(r) })
		}
	}
	if !wordEnds() || short && !long {
		return 0
	}
	if words > 1 && dotted == words-1 {
		ways |= bySplit
	}
	return ways
}
