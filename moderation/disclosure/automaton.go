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
// step each. Nearly all of these steps are the root's own, so a state's row
// holds only those that differ, and the rows are laid into each other's gaps: a
// table of states by runes would take tens of megabytes and miss every cache.
type automaton struct {
	class   []uint16 // of each rune of the basic plane; 0 occurs in no phrase
	rare    map[rune]uint16
	classes int
	root    []int32 // by class, the step from the start
	base    []int32 // by state, where its row starts in cells
	cells   []cell
	output  []int32 // phrase that ends in a state, -1 for none
	shorter []int32 // next state on the way to shorter phrases ending here, 0 for none
	ends    []bool  // whether a state has any of the two
	lengths []int32 // of phrases, in runes
}

// cell is one step that differs from the root's; owner is the state whose row it
// belongs to, -1 for none.
type cell struct{ owner, to int32 }

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
	a.root = make([]int32, a.classes)
	for c, to := range rows[0] {
		a.root[c] = to
	}
	a.link(rows)
	a.lay(rows)
	return a
}

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

// lay places the rows, the fullest first, each at the first base where all its
// cells are free.
func (a *automaton) lay(rows []row) {
	order := make([]int32, 0, len(rows)-1)
	for s := 1; s < len(rows); s++ {
		if len(rows[s]) > 0 {
			order = append(order, int32(s))
		}
	}
	slices.SortFunc(order, func(x, y int32) int {
		return cmp.Or(cmp.Compare(len(rows[y]), len(rows[x])), cmp.Compare(x, y))
	})
	a.base = make([]int32, len(rows))
	free := 0 // no cell below is
	for _, s := range order {
		classes := make([]int, 0, len(rows[s]))
		for c := range rows[s] {
			classes = append(classes, int(c))
		}
		slices.Sort(classes)
		for free < len(a.cells) && a.cells[free].owner >= 0 {
			free++
		}
		base := max(0, free-classes[0])
		for tries := 0; !a.fits(base, classes); tries++ {
			base++
			if tries == enoughTries {
				base = len(a.cells) // gaps that fit are rare here, and cells are cheap
			}
		}
		for len(a.cells) < base+a.classes {
			a.cells = append(a.cells, cell{owner: -1})
		}
		a.base[s] = int32(base)
		for _, c := range classes {
			a.cells[base+c] = cell{s, rows[s][uint16(c)]}
		}
	}
	// A state without a row may look anywhere, but not outside.
	for len(a.cells) < a.classes {
		a.cells = append(a.cells, cell{owner: -1})
	}
}

// enoughTries keeps compiling a model at milliseconds.
const enoughTries = 200

func (a *automaton) fits(base int, classes []int) bool {
	for _, c := range classes {
		if base+c < len(a.cells) && a.cells[base+c].owner >= 0 {
			return false
		}
	}
	return true
}

// next is the state after one more rune, given by its class.
func (a *automaton) next(state int32, class uint16) int32 {
	if state != 0 {
		if c := a.cells[int(a.base[state])+int(class)]; c.owner == state {
			return c.to
		}
	}
	return a.root[class]
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
		if state = a.next(state, c); !a.ends[state] {
			continue
		}
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
