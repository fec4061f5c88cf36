package decode

import (
	"bytes"
	"encoding/binary"
)

// bits reads the coded data of a scan.
type bits struct {
	data []byte
	// The n bits that are read next stand highest in acc; those behind them are in ready
	// from at on, freed of what is stuffed between them, and then in data from next on.
	// Zeros that were added behind the end of the data are counted as made up.
	acc    uint64
	n      uint
	ready  []byte
	at     int
	next   int
	madeUp int
}

// ahead is how many bytes are made ready at a time: the nearest cache holds them beside
// the tables.
const ahead = 4 << 10

// begin reads on at a byte of data.
func (b *bits) begin(next int) {
	b.next, b.acc, b.n, b.madeUp = next, 0, 0, 0
	b.ready, b.at = b.ready[:0], 0
}

// unread is how many bits of what was made ready are left, less than none where the data
// ended before.
func (b *bits) unread() int { return int(b.n) + 8*(len(b.ready)-b.at) - b.madeUp }

// isNext reports whether nothing is left before this marker but what fills up a byte.
func (b *bits) isNext(marker byte) bool {
	left := b.unread()
	return left >= 0 && left < 8 && b.next+1 < len(b.data) && b.data[b.next] == 0xFF && b.data[b.next+1] == marker
}

// more makes at least eight bytes ready. An FF in the data is followed by a 00; anything
// else behind it is a marker, and ends them.
func (b *bits) more() {
	rest := copy(b.ready, b.ready[b.at:])
	b.ready, b.at = b.ready[:rest], 0
	for len(b.ready) < ahead {
		from := b.data[b.next:min(len(b.data), b.next+ahead-len(b.ready))]
		plain := bytes.IndexByte(from, 0xFF)
		if plain < 0 {
			plain = len(from)
		}
		b.ready = append(b.ready, from[:plain]...)
		b.next += plain
		switch {
		case plain < len(from) && b.next+1 < len(b.data) && b.data[b.next+1] == 0:
			b.ready = append(b.ready, 0xFF)
			b.next += 2
		case plain < len(from), len(from) == 0:
			for len(b.ready) < 8 {
				b.ready = append(b.ready, 0)
				b.madeUp += 8
			}
			return
		}
	}
}

// refill is for the loops that keep acc, n and at in variables of their own: it goes on
// from a place in ready where fewer than eight bytes are left.
func (b *bits) refill(at int) (int, []byte) {
	b.at = at
	b.more()
	return b.at, b.ready
}

// restarts counts the units up to the next restart marker.
type restarts struct {
	every, left int
	marker      byte
}

// unit has to be called before each unit. It reports whether the marker is there where
// one is due, and begins anew behind it.
func (r *restarts) unit(b *bits, channels []channel) bool {
	if r.every == 0 {
		return true
	}
	if r.left == 0 {
		if !b.isNext(r.marker) {
			return false
		}
		b.begin(b.next + 2)
		for i := range channels {
			channels[i].before = 0
		}
		r.left, r.marker = r.every, 0xD0|(r.marker+1)&7
	}
	r.left--
	return true
}

// list is a Huffman table as the file has it: how many codes there are of each length, and
// what they stand for.
type list struct {
	lengths *[16]byte
	symbols []byte
}

// codes is a Huffman table made ready. Most codes are found by the bits that come next,
// together with the bits of the number behind them where all fit in.
type codes struct {
	next [1 << lookahead]uint32 // see the shifts below; 0 is a longer code
	skip [1 << lookahead]uint16 // the same for waves that nobody wants, several at once
	// Of the codes of each length: the first one behind them, as if all had 16 bits, and
	// where their symbols begin, less the first of them.
	end     [18]int32
	offset  [18]int32
	symbols []byte
}

const (
	lookahead = 11
	// An entry of codes.next: how many bits it takes, how many waves are left out, whether
	// the number is in it, and the number or else the symbol.
	runShift = 8
	isWhole  = 1 << 12
	numShift = 16
	// An entry of codes.skip: how many bits it takes, at most lookahead + 15 of them,
	// whether the block ends with it, and over how many waves it goes, the end counted as
	// one: behind the last wave of a block there is none.
	skipBits  = 31
	skipsAll  = 1 << 5
	skipShift = 6

	sixteenZero = 0xF0
)

// possible reports whether there can be codes of these lengths.
func (l list) possible() bool {
	room := 1 << 16
	for i, n := range l.lengths {
		room -= int(n) << (15 - i)
	}
	return room >= 0
}

// codes makes a table to read with. A file may hold any number of lists; only those that
// a scan names are made ready.
func (l list) codes(isDC bool) *codes {
	c := &codes{symbols: l.symbols}
	l.each(c, func(code uint32, length uint, symbol byte) { c.enter(code, length, symbol, isDC) })
	return c
}

// each goes over the codes that are no longer than what is looked ahead.
func (l list) each(c *codes, do func(code uint32, length uint, symbol byte)) {
	code, at := int32(0), int32(0)
	for length := int32(1); length <= 16; length++ {
		n := int32(l.lengths[length-1])
		c.offset[length] = at - code
		for range n {
			if length <= lookahead {
				do(uint32(code), uint(length), l.symbols[at])
			}
			code++
			at++
		}
		c.end[length] = code << (16 - length)
		code <<= 1
	}
	c.end[17] = 1 << 16
}

// enter fills in everything that begins with a code.
func (c *codes) enter(code uint32, length uint, symbol byte, isDC bool) {
	size := uint(symbol & 15)
	for rest := range uint32(1) << (lookahead - length) {
		e := uint32(symbol)<<numShift | uint32(length)
		if left := lookahead - length; size <= left && (size > 0 || isDC) && (!isDC || symbol < 16) {
			v := number(uint64(rest>>(left-size)), size)
			e = uint32(v)<<numShift | isWhole | uint32(symbol>>4)<<runShift | uint32(length+size)
		}
		c.next[code<<(lookahead-length)|rest] = e
	}
}

// join fills in skip: as many codes with their numbers as begin in these bits. Of the last
// number the bits need not be seen.
func (c *codes) join(l list) {
	var begins [1 << lookahead]uint16 // symbol and length
	l.each(c, func(code uint32, length uint, symbol byte) {
		from := begins[code<<(lookahead-length):][:1<<(lookahead-length)]
		for i := range from {
			from[i] = uint16(symbol)<<8 | uint16(length)
		}
	})
	for i := range c.skip {
		taken, over, ends := 0, 0, 0
		for taken < lookahead && ends == 0 {
			begin := begins[i<<taken&(1<<lookahead-1)]
			symbol, length := int(begin>>8), int(begin&0xFF)
			step := symbol>>4 + 1
			if length == 0 || taken+length > lookahead || over+step > 63 {
				break
			}
			if symbol&15 == 0 && symbol != sixteenZero {
				ends, step = skipsAll, 1
			}
			taken, over = taken+length+symbol&15, over+step
		}
		c.skip[i] = uint16(over<<skipShift | ends | taken)
	}
}

// number is what so many bits mean: the upper half of what they can say is positive.
func number(v uint64, size uint) int32 {
	if size == 0 {
		return 0
	}
	if v < 1<<(size-1) {
		return int32(v) - 1<<size + 1
	}
	return int32(v)
}

// long finds a code that is longer than the table looks ahead, and returns its symbol and
// length, 0 for a code that there is none of.
func (c *codes) long(acc uint64) (symbol byte, length uint) {
	top := int32(acc >> 48)
	for length := lookahead + 1; length <= 16; length++ {
		if top < c.end[length] {
			at := top>>(16-length) + c.offset[length]
			if at < 0 || int(at) >= len(c.symbols) {
				return 0, 0
			}
			return c.symbols[at], uint(length)
		}
	}
	return 0, 0
}

// block reads a block's waves into w, which must be empty where it is wanted. It returns
// all the places where they went, or-ed together, so that beside aside nothing is left where
// there is only the first, and -1 if they make no sense. The reader's state is kept in
// variables of its own: this loop is most of what a thumbnail costs.
func (s *scaled) block(c *channel, w *waves) (seen int) {
	acc, n, at, ready := s.acc, s.n, s.at, s.ready
	table, beyond := c.dc, c.beyond
	for k := 0; k < 64; {
		// A code has up to 16 bits, and a number as many again.
		if n < 32 {
			if at+8 > len(ready) {
				at, ready = s.refill(at)
			}
			acc |= binary.BigEndian.Uint64(ready[at:]) >> n
			at += int(63-n) >> 3
			n |= 56
		}
		if k >= beyond {
			e := c.ac.skip[acc>>(64-lookahead)]
			if over := k + int(e>>skipShift); e != 0 && over <= 64 {
				acc <<= e & skipBits
				n -= uint(e & skipBits)
				k = over
				if e&skipsAll != 0 {
					break
				}
				continue
			}
		}
		e := table.next[acc>>(64-lookahead)]
		if e&isWhole != 0 {
			taken := e & 31
			acc <<= taken
			n -= uint(taken)
			k += int(e >> runShift & 15)
			if k > 63 {
				return -1
			}
			to := c.to[k] & 127
			w[to] = int32(e) >> numShift * c.factor[k]
			seen |= int(to)
			k++
			table = c.ac
			continue
		}
		symbol, length := byte(e>>numShift), uint(e&0xFF)
		if e == 0 {
			if symbol, length = table.long(acc); length == 0 {
				return -1
			}
		}
		acc <<= length
		n -= length
		size := uint(symbol & 15)
		if k == 0 && symbol > 11 {
			return -1
		}
		if size == 0 && k > 0 {
			if symbol != sixteenZero {
				break // no more waves
			}
			k += 16
			continue
		}
		v := number(acc>>1>>(63-size), size)
		acc <<= size
		n -= size
		k += int(symbol >> 4)
		if k > 63 {
			return -1
		}
		to := c.to[k] & 127
		w[to] = v * c.factor[k]
		seen |= int(to)
		k++
		table = c.ac
	}
	s.acc, s.n, s.at = acc, n, at
	// The first wave is told as the difference to the block before.
	c.before += w[0]
	w[0] = c.before
	return seen
}
