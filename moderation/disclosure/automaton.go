package disclosure

import (
	"cmp"
	"slices"
)

// automaton finds many phrases in one pass over a text (Aho and Corasick 1975).
// Time is linear in the text plus what is found, whatever the phrases are, which
// is why it is here and not a list of regular expressions.
type automaton struct {
	class   []uint16 // of each rune of the basic plane; 0 occurs in no phrase
	rare    map[rune]uint16
	classes int
	next    []int32 // state × class
	output  []int32 // phrase that ends in a state, -1 for none
	shorter []int32 // next state on the way to shorter phrases ending here, 0 for none
	lengths []int32 // of phrases, in runes
}

// match is a phrase found in folded text, half open.
type match struct {
	phrase     int32
	start, end int32
}

// newAutomaton compiles folded phrases; equal phrases must have been refused
// before, since a state tells of one phrase.
func newAutomaton(phrases [][]rune) *automaton {
	a := &automaton{class: make([]uint16, 1<<16), rare: map[rune]uint16{}, classes: 1}
	for _, p := range phrases {
		a.lengths = append(a.lengths, int32(len(p)))
		for _, r := range p {
			if a.classOf(r) == 0 {
				if r < 1<<16 {
					a.class[r] = uint16(a.classes)
				} else {
					a.rare[r] = uint16(a.classes)
				}
				a.classes++
			}
		}
	}
	a.addState()
	for i, p := range phrases {
		state := int32(0)
		for _, r := range p {
			at := int(state)*a.classes + int(a.classOf(r))
			if a.next[at] == 0 {
				a.next[at] = a.addState()
			}
			state = a.next[at]
		}
		a.output[state] = int32(i)
	}
	a.link()
	return a
}

func (a *automaton) classOf(r rune) uint16 {
	if r < 1<<16 {
		return a.class[r]
	}
	return a.rare[r]
}

func (a *automaton) addState() int32 {
	a.next = append(a.next, make([]int32, a.classes)...)
	a.output = append(a.output, -1)
	a.shorter = append(a.shorter, 0)
	return int32(len(a.output) - 1)
}

// link fills every missing step with the one that the longest proper suffix has.
func (a *automaton) link() {
	fail := make([]int32, len(a.output))
	var queue []int32
	for c := range a.classes {
		if s := a.next[c]; s != 0 {
			queue = append(queue, s)
		}
	}
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		f := fail[s]
		if a.output[f] >= 0 {
			a.shorter[s] = f
		} else {
			a.shorter[s] = a.shorter[f]
		}
		for c := range a.classes {
			at := int(s)*a.classes + c
			to := a.next[int(f)*a.classes+c]
			if child := a.next[at]; child != 0 {
				fail[child] = to
				queue = append(queue, child)
			} else {
				a.next[at] = to
			}
		}
	}
}

// find returns, in order, every phrase in a text that keep accepts and that does
// not lie inside a longer accepted one.
func (a *automaton) find(folded []rune, keep func(match) bool) []match {
	var found []match
	state := int32(0)
	for i, r := range folded {
		c := a.classOf(r)
		if c == 0 {
			state = 0
			continue
		}
		state = a.next[int(state)*a.classes+int(c)]
		for s := state; s != 0; s = a.shorter[s] {
			if p := a.output[s]; p >= 0 {
				if m := (match{p, int32(i) + 1 - a.lengths[p], int32(i) + 1}); keep(m) {
					found = append(found, m)
				}
			}
		}
	}
	return outermost(found)
}

// outermost drops matches that lie inside another, in place.
func outermost(found []match) []match {
	slices.SortFunc(found, func(a, b match) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end))
	})
	kept := found[:0]
	end := int32(0)
	for _, m := range found {
		if m.end > end {
			kept = append(kept, m)
			end = m.end
		}
	}
	return kept
}
