package disclosure

import (
	"cmp"
	"slices"
)

// automaton finds many phrases in one pass over a text (Aho and Corasick 1975).
// Time is linear in the text plus what is found, whatever the phrases are, which
// is why it is here and not a list of regular expressions.
//
// Every state knows the next one for every rune, so that a text's runes cost one
// step each. Nearly all of these steps are the root's own, so only those that differ
// are kept, in one open-addressed table: a table of states by runes would take tens of
// megabytes and miss every cache.
type automaton struct {
	class   []uint16 // of each rune of the basic plane; 0 occurs in no phrase
	rare    map[rune]uint16
	ascii   [2][0x80]uint16 // of ASCII alone: at the start of a word, and inside one
	classes int
	root    []int32 // by class, the step from the start
	cells   []cell  // hashed by state and class, at most half full
	shift   uint
	some    []uint64 // by state, which classes it may have cells for, by their last six bits
	output  []int32  // phrase that ends in a state, -1 for none
	shorter []int32  // next state on the way to shorter phrases ending here, 0 for none
	ends    []bool   // whether a state has any of the two
	lengths []int32  // of phrases, in runes
}

// cell is one step that differs from the root's. key is state × classes + class, which
// is never 0 since the root has no cells; the bound on a model's phrases keeps it
// within its size.
type cell struct {
	key uint32
	to  int32
}

// match is a phrase found in folded text, half open.
type match struct {
	phrase     int32
	start, end int32
}

// row is what differs from the root's steps, while the automaton is made.
type row map[uint16]int32

// newAutomaton compiles folded phrases; equal phrases must have been refused
// before, since a state tells of one phrase.
func newAutomaton(phrases [][]rune) *automaton {
	a := &automaton{class: make([]uint16, 1<<16), rare: map[rune]uint16{}, classes: 1}
	rows := []row{{}}
	a.output = []int32{-1}
	for i, p := range phrases {
		a.lengths = append(a.lengths, int32(len(p)))
		state := int32(0)
		for _, r := range p {
			c := a.classFor(r)
			next, ok := rows[state][c]
			if !ok {
				next = int32(len(rows))
				rows[state][c] = next
				rows = append(rows, row{})
				a.output = append(a.output, -1)
			}
			state = next
		}
		a.output[state] = int32(i)
	}
	for r := range a.ascii[0] {
		a.ascii[0][r], a.ascii[1][r] = a.class[r], a.class[r]
		if c, ok := a.rare[wordStart|rune(r)]; ok {
			a.ascii[0][r] = c
		}
	}
	a.root = make([]int32, a.classes)
	for c, to := range rows[0] {
		a.root[c] = to
	}
	a.link(rows)
	a.lay(rows)
	return a
}

// wordStart marks a letter or digit that must start a word, so that a phrase of
// Latin words costs nothing inside other words.
const wordStart = 1 << 24

// byWords marks the letters and digits of a phrase that start its words.
func byWords(phrase []rune) []rune {
	marked := slices.Clone(phrase)
	inWord := false
	for i, r := range phrase {
		word := r < 0x80 && asciiWord[r]
		if word && !inWord {
			marked[i] |= wordStart
		}
		inWord = word
	}
	return marked
}

var asciiWord = func() (is [0x80]bool) {
	for r := range is {
		is[r] = r >= 'a' && r <= 'z' || r >= '0' && r <= '9'
	}
	return is
}()

// classFor gives a rune of a phrase its class.
func (a *automaton) classFor(r rune) uint16 {
	c := a.classOf(r)
	if c == 0 {
		c = uint16(a.classes)
		a.classes++
		if r < 1<<16 {
			a.class[r] = c
		} else {
			a.rare[r] = c
		}
	}
	return c
}

func (a *automaton) classOf(r rune) uint16 {
	if r < 1<<16 {
		return a.class[r]
	}
	return a.rare[r]
}

// link completes every row with the steps of the longest proper suffix, as far
// as they are not the root's.
func (a *automaton) link(rows []row) {
	a.shorter = make([]int32, len(rows))
	a.ends = make([]bool, len(rows))
	fail := make([]int32, len(rows))
	queue := make([]int32, 0, len(rows))
	for _, to := range rows[0] {
		queue = append(queue, to)
	}
	for at := 0; at < len(queue); at++ {
		s := queue[at]
		f := fail[s]
		if a.output[f] >= 0 {
			a.shorter[s] = f
		} else {
			a.shorter[s] = a.shorter[f]
		}
		a.ends[s] = a.output[s] >= 0 || a.shorter[s] != 0
		for c, child := range rows[s] {
			to, ok := rows[f][c]
			if !ok {
				to = a.root[c]
			}
			fail[child] = to
			queue = append(queue, child)
		}
		if f == 0 {
			continue
		}
		for c, to := range rows[f] {
			if _, own := rows[s][c]; !own {
				rows[s][c] = to
			}
		}
	}
}

// lay puts the rows into the table.
func (a *automaton) lay(rows []row) {
	n := 0
	for _, r := range rows[1:] {
		n += len(r)
	}
	bits := uint(4)
	for 1<<bits < 2*n {
		bits++
	}
	a.cells, a.shift = make([]cell, 1<<bits), 32-bits
	a.some = make([]uint64, len(rows))
	for s, r := range rows[1:] {
		for c, to := range r {
			a.some[s+1] |= 1 << (c % 64)
			key := uint32(s+1)*uint32(a.classes) + uint32(c)
			i := int(key * scatter >> a.shift)
			for a.cells[i].key != 0 {
				i = (i + 1) & (len(a.cells) - 1)
			}
			a.cells[i] = cell{key, to}
		}
	}
}

const scatter = 2654435769 // 2^32 over the golden ratio

// next is the state after one more rune, given by its class.
func (a *automaton) next(state int32, class uint16) int32 {
	if a.some[state]>>(class%64)&1 != 0 {
		key := uint32(state)*uint32(a.classes) + uint32(class)
		for i := int(key * scatter >> a.shift); ; i = (i + 1) & (len(a.cells) - 1) {
			if c := a.cells[i]; c.key == key {
				return c.to
			} else if c.key == 0 {
				break
			}
		}
	}
	return a.root[class]
}

// find returns, in order, every phrase in a text that keep accepts and that does
// not lie inside a longer accepted one.
func (a *automaton) find(folded []rune, keep func(match) bool) []match {
	var found []match
	state := int32(0)
	inWord := 0
	for i, r := range folded {
		var c uint16
		if r < 0x80 {
			c = a.ascii[inWord][r]
			inWord = 0
			if asciiWord[r] {
				inWord = 1
			}
		} else {
			c = a.classOf(r)
			inWord = 0
		}
		if c == 0 {
			state = 0
			continue
		}
		if state = a.next(state, c); !a.ends[state] {
			continue
		}
		for s := state; s != 0; s = a.shorter[s] {
			p := a.output[s]
			if p < 0 {
				continue
			}
			m := match{p, int32(i) + 1 - a.lengths[p], int32(i) + 1}
			if !keep(m) {
				continue
			}
			// Matches come by their end, longer ones first, so what this one
			// covers stands last, and what covers it will.
			n := len(found)
			if n > 0 && found[n-1].end == m.end {
				continue
			}
			for n > 0 && found[n-1].start >= m.start {
				n--
			}
			found = append(found[:n], m)
		}
	}
	return found
}

// outermost drops matches that lie inside another, in place. Of several at one
// place the first one stays.
func outermost(found []match) []match {
	slices.SortStableFunc(found, func(a, b match) int {
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
