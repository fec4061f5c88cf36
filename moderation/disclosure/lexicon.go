package disclosure

import (
	"cmp"
	"fmt"
	"slices"
	"unicode"
)

// entry is one compiled phrase. Exactly one of rule, label and denial speaks.
type entry struct {
	rule   *phraseRule
	label  *labelPhrase
	denial bool // "自费", "not sponsored": neither a label nor a sign
	bounds bool // starts or ends with a letter or digit and must not be part of a longer word
}

// lexicon is every phrase that is looked for, in one automaton.
type lexicon struct {
	automaton *automaton
	book      *sparse // a lead's own, whose entries come after the others'; nil for none
	disguised *disguised
	entries   []entry
}

// newLexicon folds all phrases the way texts are folded, so that each need be
// written in one script only. Two phrases that fold alike are a mistake.
func newLexicon(rules []phraseRule, l *labels) (*lexicon, error) {
	x := &lexicon{}
	var phrases [][]rune
	seen := map[string]string{}
	add := func(said, whose string, e entry) error {
		folded := newText("", said).folded
		if len(folded) == 0 {
			return fmt.Errorf("%s: %q folds to nothing", whose, said)
		}
		if other, twice := seen[string(folded)]; twice {
			return fmt.Errorf("%s: %q stands in %s too", whose, said, other)
		}
		seen[string(folded)] = whose
		e.bounds = bounded(folded[0]) || bounded(folded[len(folded)-1])
		phrases = append(phrases, folded)
		x.entries = append(x.entries, e)
		return nil
	}
	for _, d := range l.Denials {
		if err := add(d, "denials", entry{denial: true}); err != nil {
			return nil, err
		}
	}
	for i := range l.Phrases {
		p := &l.Phrases[i]
		for _, said := range p.Say {
			if err := add(said, "labels", entry{label: p}); err != nil {
				return nil, err
			}
		}
	}
	for i := range rules {
		r := &rules[i]
		for _, said := range r.Say {
			if err := add(said, r.Rule, entry{rule: r}); err != nil {
				return nil, err
			}
		}
	}
	marked := make([][]rune, len(phrases))
	for i, p := range phrases {
		marked[i] = byWords(p)
	}
	x.automaton = newAutomaton(marked)
	var err error
	x.disguised, err = newDisguised(phrases, x.entries)
	return x, err
}

// find returns the phrases of a text that are whole words where words have ends,
// and those that are disguised. How these are hidden is noted on the text.
func (x *lexicon) find(t *text) []match {
	keep := func(m match) bool { return x.stands(t, m) }
	found := x.automaton.find(t.folded, keep)
	if x.book != nil {
		if own := x.book.find(t.folded, keep); len(own) > 0 {
			found = outermost(append(found, own...))
		}
	}
	hidden, ways := x.disguised.find(t, x.entries)
	return t.reveal(found, hidden, ways)
}

// reveal adds disguised phrases to those in plain sight, where these don't say as
// much already.
func (t *text) reveal(plain, hidden []match, ways []way) []match {
	if len(hidden) == 0 {
		return plain
	}
	// The order is that of outermost, and at the same place plain comes first.
	all := outermost(append(plain, hidden...))
	for i, m := range hidden {
		if i > 0 && m.start == hidden[i-1].start && m.end == hidden[i-1].end {
			continue
		}
		at, _ := slices.BinarySearchFunc(all, m.start, func(x match, start int32) int { return cmp.Compare(x.start, start) })
		if at == len(all) || all[at].start != m.start || all[at].end != m.end {
			continue // it lies inside a longer phrase
		}
		if all[at].phrase != m.phrase {
			ways[i] &^= byEar // 结帐输入 is a phrase too, and no disguise of 结账输入
		}
		for _, w := range wayNames {
			if ways[i]&w.way != 0 {
				t.ways = append(t.ways, pattern{w.name, int(m.start), int(m.end)})
			}
		}
	}
	return all
}

// stands reports whether a match is the phrase and not part of a longer word, and
// whether anybody still weighs that phrase.
func (x *lexicon) stands(t *text, m match) bool {
	e := &x.entries[m.phrase]
	if e.rule == nil && e.label == nil && !e.denial {
		return false
	}
	if e.bounds {
		if bounded(t.folded[m.start]) && m.start > 0 && bounded(t.folded[m.start-1]) {
			return false
		}
		if bounded(t.folded[m.end-1]) && int(m.end) < len(t.folded) && bounded(t.folded[m.end]) {
			return false
		}
	}
	return !halfGlued(t, m)
}

// halfGlued rejects a phrase that only comes about because a space between two
// words was dropped (很优惠 码头): a word that was pulled apart on purpose is
// pulled apart everywhere, or by something else than a space.
func halfGlued(t *text, m match) bool {
	gaps, spaces := 0, 0
	for i := m.start + 1; i < m.end; i++ {
		if !t.glued[i] {
			continue
		}
		gaps++
		if onlySpaces(t.original[t.from[i-1]+1 : t.from[i]]) {
			spaces++
		}
	}
	return gaps > 0 && gaps < int(m.end-m.start)-1 && spaces == gaps
}

func onlySpaces(between []rune) bool {
	for _, r := range between {
		if !unicode.IsSpace(r) && !invisible(r) {
			return false
		}
	}
	return true
}

// bounded reports whether a rune is of a script that puts spaces between words.
func bounded(r rune) bool {
	n := natureOf(r)
	return n&(isLetter|isNumber) != 0 && n&isHan == 0 && !(r >= 0x3040 && r <= 0x30FF)
}
