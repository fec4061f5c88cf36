package decode

import (
	"bytes"
	"encoding/binary"
	"image"
	"math"
	mathbits "math/bits"
	"slices"
)

// A progressive picture comes in passes: first a few waves of all blocks, and of their
// numbers the upper bits, later more of both. What is needed small needs few of the waves, but
// those to the last bit. Of the others a pass that refines a band of waves has to know only
// which of them are zero up to then, since it holds a bit for each that is not. So a bit for
// each is all that is kept of them, and a pass over waves for which nobody will ask is not
// read at all.

// kept is what was read of a channel.
type kept struct {
	columns int     // blocks in a row, up to the end of the last unit
	waves   []int16 // of each block those that are wanted, wide × high of them, row by row
	// The waves of each block that are not zero, a bit for each place in zigzag order; nil
	// where no pass asks.
	there []uint64
	slot  [64]uint8 // where a wave that is wanted lies among those of its block
	known [64]int8  // how many lower bits of each wave the passes leave out; unknown before
}

const unknown = -1

// pass is one scan.
type pass struct {
	at, end     int   // where its data lie
	channels    []int // several only for the first wave
	lists       []list
	first, last int  // waves, in zigzag order
	refines     bool // adds a bit to what is known
	low         uint // how many lower bits are still left out
	restart     int
	needed      bool
}

// band has a bit for each wave that a pass is about.
func (p *pass) band() uint64 { return ^uint64(0) >> (63 - p.last) &^ (1<<p.first - 1) }

// scanEnd finds the marker behind a scan's data, -1 if there is none.
func scanEnd(data []byte, at int) int {
	for {
		next := bytes.IndexByte(data[at:], 0xFF)
		if at += next; next < 0 || at+1 >= len(data) {
			return -1
		}
		if m := data[at+1]; m != 0 && (m < 0xD0 || m > 0xD7) {
			return at
		}
		at += 2
	}
}

// readPass reads the header of a pass. Every wave has to be told from its upper bits down
// and none of them twice.
func (s *scaled) readPass(body []byte, at, end int) bool {
	if len(body) < 6 || len(body) != 4+2*int(body[0]) || len(s.plan) >= maxScans {
		return false
	}
	n, tail := int(body[0]), body[len(body)-3:]
	p := pass{at: at, end: end, first: int(tail[0]), last: int(tail[1]), refines: tail[2] > 15, low: uint(tail[2] & 15), restart: s.restart}
	before := int8(tail[2] >> 4) // what must be known
	if !p.refines {
		before = unknown
	} else if before != int8(p.low)+1 {
		return false
	}
	if p.last > 63 || p.first > p.last || p.first == 0 && p.last > 0 || p.first > 0 && n > 1 || p.low > 13 {
		return false
	}
	for i := range n {
		id, tables := body[1+2*i], body[2+2*i]
		at := slices.IndexFunc(s.channels, func(c channel) bool { return c.id == id })
		if at < 0 || i > 0 && at <= p.channels[i-1] {
			return false
		}
		for k := p.first; k <= p.last; k++ {
			if s.channels[at].known[k] != before {
				return false
			}
			s.channels[at].known[k] = int8(p.low)
		}
		class, table := 0, tables>>4
		if p.first > 0 {
			class, table = 1, tables&15
		}
		if table > 3 || s.lists[class][table].symbols == nil && (p.first > 0 || !p.refines) {
			return false
		}
		p.channels, p.lists = append(p.channels, at), append(p.lists, s.lists[class][table])
	}
	s.plan = append(s.plan, p)
	return true
}

// choose says which passes are needed, and makes room for what they tell.
func (s *scaled) choose() bool {
	units, rows := s.unitsAcross(), s.unitsDown()
	for i := range s.channels {
		c := &s.channels[i]
		if c.known[0] == unknown {
			return false
		}
		asked, told := c.wanted, false
		for j := range slices.Backward(s.plan) {
			p := &s.plan[j]
			if p.first == 0 {
				p.needed = true
			} else if p.channels[0] == i && p.band()&asked != 0 {
				p.needed = true
				if p.refines {
					asked |= p.band()
					told = true
				}
			}
		}
		for k, natural := range zigzag {
			if c.wanted>>k&1 != 0 {
				c.slot[k] = natural/8*uint8(c.wide) + natural%8
			}
		}
		c.columns = units * c.across
		blocks := c.columns * rows * c.down
		c.waves = make([]int16, blocks*c.wide*c.high)
		if told {
			c.there = make([]uint64, blocks)
		}
	}
	return true
}

// passes reads a progressive picture.
func (s *scaled) passes(width, height int) *image.RGBA {
	if !s.choose() {
		return nil
	}
	for i := range s.plan {
		p := &s.plan[i]
		if !p.needed {
			continue
		}
		s.begin(p.at)
		ok := false
		switch {
		case p.first == 0:
			ok = s.firstWave(p)
		case p.refines:
			ok = s.refine(p, &s.channels[p.channels[0]])
		default:
			ok = s.band(p, &s.channels[p.channels[0]])
		}
		if left := s.unread(); !ok || left < 0 || left >= 8 || s.next != p.end {
			return nil
		}
	}
	return s.assemble(width, height)
}

// extent is how many blocks of a channel a pass about it alone has: those of the picture,
// without what fills up the last units.
func (s *scaled) extent(c *channel) (across, down int) {
	first := &s.channels[0]
	blocks := func(pixels, part, whole int) int { return ((pixels*part+whole-1)/whole + 7) / 8 }
	return blocks(s.width, c.across, first.across), blocks(s.height, c.down, first.down)
}

// firstWave reads a pass over the first wave, of one channel or of several.
func (s *scaled) firstWave(p *pass) bool {
	tables := make([]*codes, len(p.channels))
	for i := range tables {
		s.channels[p.channels[i]].before = 0
		if !p.refines {
			tables[i] = p.lists[i].codes(true)
		}
	}
	next := restarts{p.restart, p.restart, 0xD0}
	across, down := s.unitsAcross(), s.unitsDown()
	alone := len(p.channels) == 1
	if alone {
		across, down = s.extent(&s.channels[p.channels[0]])
	}
	for row := range down {
		for column := range across {
			if !next.unit(&s.bits, s.channels) {
				return false
			}
			for i, number := range p.channels {
				c := &s.channels[number]
				wide, high := c.across, c.down
				if alone {
					wide, high = 1, 1
				}
				for y := range high {
					for x := range wide {
						to := &c.waves[((row*high+y)*c.columns+column*wide+x)*c.wide*c.high]
						if s.n < 32 {
							s.fill()
						}
						if p.refines {
							*to |= int16(s.acc >> 63 << p.low)
							s.acc <<= 1
							s.n--
							continue
						}
						v, ok := s.difference(tables[i])
						c.before += v
						if v = c.before << p.low; !ok || v != int32(int16(v)) {
							return false
						}
						*to = int16(v)
					}
				}
			}
		}
		if s.unread() < 0 {
			return false
		}
	}
	return true
}

// fill makes at least 56 bits of acc known.
func (b *bits) fill() {
	if b.at+8 > len(b.ready) {
		b.more()
	}
	b.acc |= binary.BigEndian.Uint64(b.ready[b.at:]) >> b.n
	b.at += int(63-b.n) >> 3
	b.n |= 56
}

// difference reads a code and its number, for which 32 bits have to be known.
func (b *bits) difference(table *codes) (int32, bool) {
	e := table.next[b.acc>>(64-lookahead)]
	if e&isWhole != 0 {
		b.acc <<= e & 31
		b.n -= uint(e & 31)
		return int32(e) >> numShift, true
	}
	symbol, length := byte(e>>numShift), uint(e&0xFF)
	if e == 0 {
		if symbol, length = table.long(b.acc); length == 0 {
			return 0, false
		}
	}
	if symbol > 11 {
		return 0, false
	}
	size := uint(symbol)
	b.acc <<= length
	v := number(b.acc>>1>>(63-size), size)
	b.acc <<= size
	b.n -= length + size
	return v, true
}

// band reads a pass over the upper bits of a band of waves of one channel.
func (s *scaled) band(p *pass, c *channel) bool {
	table := p.lists[0].codes(false)
	across, down := s.extent(c)
	next := restarts{p.restart, p.restart, 0xD0}
	size, run := c.wide*c.high, 0 // run: blocks that have nothing more of this band
	for row := range down {
		for block := row * c.columns; block < row*c.columns+across; block++ {
			if p.restart > 0 && next.left == 0 && run > 0 || !next.unit(&s.bits, nil) {
				return false
			}
			if run > 0 {
				run--
				continue
			}
			acc, n, at, ready := s.acc, s.n, s.at, s.ready
			there, to := uint64(0), c.waves[block*size:][:size]
			for k := p.first; k <= p.last; {
				if n < 32 {
					if at+8 > len(ready) {
						at, ready = s.refill(at)
					}
					acc |= binary.BigEndian.Uint64(ready[at:]) >> n
					at += int(63-n) >> 3
					n |= 56
				}
				var v int32
				e := table.next[acc>>(64-lookahead)]
				if e&isWhole != 0 {
					acc <<= e & 31
					n -= uint(e & 31)
					k += int(e >> runShift & 15)
					v = int32(e) >> numShift
				} else {
					symbol, length := byte(e>>numShift), uint(e&0xFF)
					if e == 0 {
						if symbol, length = table.long(acc); length == 0 {
							return false
						}
					}
					acc <<= length
					n -= length
					zeros, bits := int(symbol>>4), uint(symbol&15)
					if bits == 0 && zeros < 15 {
						// This block ends, and so many others with it.
						run = 1<<zeros - 1 + int(acc>>1>>(63-zeros))
						acc <<= zeros
						n -= uint(zeros)
						break
					}
					k += zeros
					if bits == 0 {
						k++
						continue
					}
					v = number(acc>>1>>(63-bits), bits)
					acc <<= bits
					n -= bits
				}
				if k > p.last {
					return false
				}
				there |= 1 << k
				if c.wanted>>k&1 != 0 {
					if v <<= p.low; v != int32(int16(v)) {
						return false
					}
					to[c.slot[k]] = int16(v)
				}
				k++
			}
			s.acc, s.n, s.at = acc, n, at
			if c.there != nil {
				c.there[block] |= there
			}
		}
		if s.unread() < 0 {
			return false
		}
	}
	return run == 0
}

// refine reads a pass that adds a bit to a band of waves of one channel. A code says how
// many waves that were zero and stay so come before one that is no longer; between them
// lies a bit for each wave that was not zero, set where its number grows.
func (s *scaled) refine(p *pass, c *channel) bool {
	table := p.lists[0].codes(false)
	across, down := s.extent(c)
	next := restarts{p.restart, p.restart, 0xD0}
	size, run, band := c.wide*c.high, 0, p.band()
	for row := range down {
		for block := row * c.columns; block < row*c.columns+across; block++ {
			if p.restart > 0 && next.left == 0 && run > 0 || !next.unit(&s.bits, nil) {
				return false
			}
			there, to := c.there[block], c.waves[block*size:][:size]
			rest := band // what is still to come of it
			for run == 0 && rest != 0 {
				if s.n < 32 {
					s.fill()
				}
				e := table.next[s.acc>>(64-lookahead)]
				v, zeros := int32(0), int(e>>runShift&15)
				if e&isWhole != 0 {
					v = int32(e) >> numShift
					s.acc <<= e & 31
					s.n -= uint(e & 31)
				} else {
					symbol, length := byte(e>>numShift), uint(e&0xFF)
					if e == 0 {
						if symbol, length = table.long(s.acc); length == 0 {
							return false
						}
					}
					s.acc <<= length
					s.n -= length
					zeros = int(symbol >> 4)
					switch bits := uint(symbol & 15); {
					case bits > 1:
						return false
					case bits == 1:
						v = number(s.acc>>63, 1)
						s.acc <<= 1
						s.n--
					case zeros < 15:
						run = 1<<zeros + int(s.acc>>1>>(63-zeros))
						s.acc <<= zeros
						s.n -= uint(zeros)
					}
					if run > 0 {
						break
					}
				}
				if v > 1 || v < -1 {
					return false
				}
				free := rest &^ there
				for range zeros {
					free &= free - 1
				}
				if free == 0 {
					return false
				}
				k := mathbits.TrailingZeros64(free)
				passed := rest & (1<<k - 1)
				if grown := passed & there; grown != 0 {
					s.grow(grown, c, to, p.low)
				}
				rest &^= passed | 1<<k
				if v != 0 {
					there |= 1 << k
					if c.wanted>>k&1 != 0 {
						to[c.slot[k]] = int16(v << p.low)
					}
				}
			}
			if run > 0 {
				run--
				if grown := rest & there; grown != 0 {
					s.grow(grown, c, to, p.low)
				}
			}
			c.there[block] = there
		}
		if s.unread() < 0 {
			return false
		}
	}
	return run == 0
}

// grow reads a bit for each of these waves, and adds it to those that are wanted.
func (s *scaled) grow(these uint64, c *channel, to []int16, low uint) {
	count := uint(mathbits.OnesCount64(these))
	if count > 32 {
		s.grow(these&math.MaxUint32, c, to, low)
		s.grow(these&^math.MaxUint32, c, to, low)
		return
	}
	if s.n < 32 {
		s.fill()
	}
	for wanted := these & c.wanted; wanted != 0; wanted &= wanted - 1 {
		bit := wanted & -wanted
		if s.acc<<mathbits.OnesCount64(these&(bit-1))>>63 != 0 {
			v := &to[c.slot[mathbits.TrailingZeros64(bit)]]
			if *v > 0 {
				*v += 1 << low
			} else {
				*v -= 1 << low
			}
		}
	}
	s.acc <<= count
	s.n -= count
}

// assemble sums up what is kept.
func (s *scaled) assemble(width, height int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, width, height))
	first := &s.channels[0]
	rows := first.down * first.high
	var w waves
	for top, row := 0, 0; top < height; top, row = top+rows, row+1 {
		for i := range s.channels {
			c := &s.channels[i]
			var factors [64]int32
			for k, slot := range c.slot {
				if c.wanted>>k&1 != 0 {
					factors[slot] = c.factor[k]
				}
			}
			size := c.wide * c.high
			for y := range c.down {
				from := c.waves[(row*c.down+y)*c.columns*size:][:c.columns*size]
				for x := range c.columns {
					block := from[x*size:][:size]
					to := c.plane[y*c.high*c.stride+x*c.wide:]
					others := int16(0)
					for _, v := range block[1:] {
						others |= v
					}
					if others == 0 {
						even(to, c.stride, c.wide, c.high, int32(block[0])*factors[0])
						continue
					}
					for v := range c.high {
						for u := range c.wide {
							w[8*v+u] = int32(block[v*c.wide+u]) * factors[v*c.wide+u]
						}
					}
					put(to, c.stride, c.wide, c.high, &w)
				}
			}
		}
		s.colour(out, top, min(rows, height-top))
	}
	return out
}
