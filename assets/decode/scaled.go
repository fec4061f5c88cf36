package decode

import (
	"encoding/binary"
	"image"
)

// scaledJPEG decodes a baseline JPEG to a half, a quarter or an eighth of its size: each
// block of eight by eight pixels is a sum of waves, and a smaller block is the sum of the
// slow ones. Most of the time goes into reading the waves (Huffman's code), which nothing
// can spare; they are read here twice as fast as by the other decoders there are in Go.
//
// It knows what cameras and phones write, grey or with whole or half colour (4:4:4,
// 4:2:0), and returns nil for everything else and whenever anything is odd: a stricter or
// a more patient decoder then says what it is. The size has to be that of the header.
func scaledJPEG(data []byte, width, height, denominator int) (img *image.RGBA) {
	defer func() {
		if recover() != nil {
			img = nil
		}
	}()
	s := scaled{data: data, width: width, height: height}
	if !s.header() || !s.prepare(8/denominator) {
		return nil
	}
	return s.scan((width+denominator-1)/denominator, (height+denominator-1)/denominator)
}

type scaled struct {
	data          []byte
	width, height int
	quant         [4]*[64]int32 // in zigzag order
	codes         [2][4]*codes  // DC, AC
	channels      []channel
	restart       int // units between two restart markers, 0 for none

	// The bits that are read next stand highest. Of those below the lowest n nothing is
	// known. What was added behind the end of the data is counted as made up.
	acc    uint64
	n      uint
	at     int // the next byte of data
	madeUp uint
}

// channel is brightness or one of the two colours.
type channel struct {
	id     byte
	blocks int // in a unit, along each side
	quant  int
	dc, ac *codes
	side   int // of a block as it comes out: 1, 2, 4 or 8

	to     [64]uint8 // where a wave goes, by its place in zigzag order; aside for those left out
	factor [64]int32
	before int32 // the DC of the block before
	plane  []byte
	stride int
}

// aside is where waves go that are not wanted.
const aside = 64

// waves are those of a block, and room for what is put aside.
type waves [128]int32

// codes is a Huffman table. Most codes are found by the bits that come next, together
// with the bits of the number behind them where all fit in.
type codes struct {
	next [1 << lookahead]uint32 // see the shifts below; 0 is a longer code
	// Of the codes of each length: the first one behind them, as if all had 16 bits, and
	// where their symbols begin, less the first of them.
	end     [18]int32
	offset  [18]int32
	symbols []byte
}

// An entry of codes.next: how many bits it takes, how many waves are left out, whether
// the number is in it, and the number or else the symbol.
const (
	lookahead = 11
	runShift  = 8
	isWhole   = 1 << 12
	numShift  = 16
)

// zigzag is the place in a block, row by row, of the waves in the order of the file.
var zigzag = [64]uint8{
	0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5,
	12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
	58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
}

// header reads up to the scan.
func (s *scaled) header() bool {
	for at := 2; at+4 <= len(s.data); {
		if s.data[at] != 0xFF {
			return false
		}
		marker := s.data[at+1]
		if marker == 0xFF {
			at++
			continue
		}
		size := int(binary.BigEndian.Uint16(s.data[at+2:]))
		if size < 2 || at+2+size > len(s.data) {
			return false
		}
		body := s.data[at+4 : at+2+size]
		at += 2 + size
		ok := true
		switch {
		case marker == 0xDB:
			ok = s.readQuant(body)
		case marker == 0xC4:
			ok = s.readCodes(body)
		case marker == 0xC0:
			ok = s.readFrame(body)
		case marker == 0xDD:
			ok = len(body) == 2
			if ok {
				s.restart = int(binary.BigEndian.Uint16(body))
			}
		case marker == 0xEE:
			// Adobe's marker says whether the channels are brightness and colours.
			ok = len(body) < 12 || string(body[:5]) != "Adobe" || body[11] == 1
		case marker == 0xDA:
			s.at = at
			return s.readScan(body)
		case marker >= 0xE0 && marker <= 0xEF, marker == 0xFE:
		default:
			ok = false
		}
		if !ok {
			return false
		}
	}
	return false
}

func (s *scaled) readQuant(body []byte) bool {
	for len(body) > 0 {
		wide, id := int(body[0]>>4), body[0]&15
		size := 1 + 64*(1+wide)
		if wide > 1 || id > 3 || len(body) < size {
			return false
		}
		table := new([64]int32)
		for i := range table {
			if wide == 1 {
				table[i] = int32(binary.BigEndian.Uint16(body[1+2*i:]))
			} else {
				table[i] = int32(body[1+i])
			}
		}
		s.quant[id], body = table, body[size:]
	}
	return true
}

func (s *scaled) readCodes(body []byte) bool {
	for len(body) > 0 {
		class, id := body[0]>>4, body[0]&15
		if class > 1 || id > 3 || len(body) < 17 {
			return false
		}
		count := 0
		for _, n := range body[1:17] {
			count += int(n)
		}
		if count == 0 || count > 256 || len(body) < 17+count {
			return false
		}
		table := newCodes((*[16]byte)(body[1:]), body[17:17+count], class == 0)
		if table == nil {
			return false
		}
		s.codes[class][id], body = table, body[17+count:]
	}
	return true
}

// newCodes returns nil for lengths that no code can have.
func newCodes(lengths *[16]byte, symbols []byte, isDC bool) *codes {
	c := &codes{symbols: symbols}
	code, at := int32(0), int32(0)
	for length := int32(1); length <= 16; length++ {
		n := int32(lengths[length-1])
		c.offset[length] = at - code
		for range n {
			if code >= 1<<length {
				return nil
			}
			if length <= lookahead {
				c.enter(uint32(code), uint(length), symbols[at], isDC)
			}
			code++
			at++
		}
		c.end[length] = code << (16 - length)
		code <<= 1
	}
	c.end[17] = 1 << 16
	return c
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

func (s *scaled) readFrame(body []byte) bool {
	if s.channels != nil || len(body) < 6 || body[0] != 8 ||
		int(binary.BigEndian.Uint16(body[1:])) != s.height || int(binary.BigEndian.Uint16(body[3:])) != s.width {
		return false
	}
	n := int(body[5])
	if (n != 1 && n != 3) || len(body) != 6+3*n {
		return false
	}
	for i := range n {
		part := body[6+3*i:]
		c := channel{id: part[0], blocks: int(part[1] >> 4), quant: int(part[2])}
		if n == 1 {
			c.blocks = 1 // one channel alone is not divided into units
		} else if int(part[1]&15) != c.blocks || i == 0 && c.blocks > 2 || i > 0 && c.blocks != 1 {
			return false
		}
		if c.quant > 3 {
			return false
		}
		s.channels = append(s.channels, c)
	}
	// Without another marker these three letters mean just that.
	return n == 1 || s.channels[0].id != 'R' || s.channels[1].id != 'G' || s.channels[2].id != 'B'
}

func (s *scaled) readScan(body []byte) bool {
	n := len(s.channels)
	if n == 0 || len(body) != 4+2*n || int(body[0]) != n {
		return false
	}
	for i := range s.channels {
		c := &s.channels[i]
		dc, ac := body[2+2*i]>>4, body[2+2*i]&15
		if body[1+2*i] != c.id || dc > 3 || ac > 3 {
			return false
		}
		c.dc, c.ac = s.codes[0][dc], s.codes[1][ac]
		if c.dc == nil || c.ac == nil || s.quant[c.quant] == nil {
			return false
		}
	}
	return true
}

// prepare says how large the blocks come out. Half the colours are brought to the size of
// the brightness by leaving out half as many waves.
func (s *scaled) prepare(side int) bool {
	most := s.channels[0].blocks
	units := s.unitsAcross()
	for i := range s.channels {
		c := &s.channels[i]
		c.side = side * most / c.blocks
		if c.side > 8 {
			return false
		}
		for k, natural := range zigzag {
			c.to[k], c.factor[k] = aside, s.quant[c.quant][k]
			if int(natural%8) < c.side && int(natural/8) < c.side {
				c.to[k] = natural
			}
		}
		c.stride = units * c.blocks * c.side
		c.plane = make([]byte, c.stride*c.blocks*c.side)
	}
	return true
}

func (s *scaled) unitsAcross() int {
	unit := 8 * s.channels[0].blocks
	return (s.width + unit - 1) / unit
}

// scan reads all units, a row of them at a time.
func (s *scaled) scan(width, height int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, width, height))
	first := &s.channels[0]
	across, rows := s.unitsAcross(), first.blocks*first.side
	left, marker := s.restart, byte(0xD0)
	var w waves
	for top := 0; top < height; top += rows {
		for unit := range across {
			if s.restart > 0 {
				if left == 0 {
					if !s.resume(marker) {
						return nil
					}
					left, marker = s.restart, 0xD0|(marker+1)&7
				}
				left--
			}
			for i := range s.channels {
				c := &s.channels[i]
				for y := range c.blocks {
					for x := range c.blocks {
						last := s.block(c, &w)
						if last < 0 {
							return nil
						}
						to := c.plane[y*c.side*c.stride+(unit*c.blocks+x)*c.side:]
						if last == 0 {
							even(to, c.stride, c.side, w[0])
							w[0] = 0
							continue
						}
						put(to, c.stride, c.side, &w)
					}
				}
			}
		}
		if s.n < s.madeUp {
			return nil // the data ended before
		}
		s.colour(out, top, min(rows, height-top))
	}
	// Nothing may be left but what fills up the last byte.
	if left := s.n - s.madeUp; left >= 8 || s.at+1 >= len(s.data) || s.data[s.at] != 0xFF || s.data[s.at+1] != 0xD9 {
		return nil
	}
	return out
}

// resume begins anew behind a restart marker.
func (s *scaled) resume(marker byte) bool {
	if s.n < s.madeUp || s.n-s.madeUp >= 8 || s.at+1 >= len(s.data) || s.data[s.at] != 0xFF || s.data[s.at+1] != marker {
		return false
	}
	s.at += 2
	s.acc, s.n, s.madeUp = 0, 0, 0
	for i := range s.channels {
		s.channels[i].before = 0
	}
	return true
}

// fill reads bytes until there are more than 56 bits. An FF in the data is followed by a
// 00; anything else behind it is a marker, and ends them.
func (s *scaled) fill() {
	for s.n <= 56 {
		b := byte(0)
		switch {
		case s.at >= len(s.data):
			s.madeUp += 8
		case s.data[s.at] != 0xFF:
			b = s.data[s.at]
			s.at++
		case s.at+1 < len(s.data) && s.data[s.at+1] == 0:
			b = 0xFF
			s.at += 2
		default:
			s.madeUp += 8
		}
		s.acc |= uint64(b) << (56 - s.n)
		s.n += 8
	}
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

// block reads a block's waves into w, which must be empty where it is wanted, and returns
// the place in zigzag order of the last one, -1 if they make no sense. The reader's state
// is kept in variables of its own: this loop is most of what a thumbnail costs.
func (s *scaled) block(c *channel, w *waves) (last int) {
	acc, n, at, data := s.acc, s.n, s.at, s.data
	table := c.dc
	for k := 0; k < 64; {
		// A code has up to 16 bits, and a number as many again.
		if n < 32 {
			quick := false
			if at+8 <= len(data) {
				more := binary.BigEndian.Uint64(data[at:])
				// None of the eight bytes is FF.
				if inverse := ^more; (inverse-0x0101010101010101)&more&0x8080808080808080 == 0 {
					acc |= more >> n
					at += int(63-n) >> 3
					n |= 56
					quick = true
				}
			}
			if !quick {
				s.acc, s.n, s.at = acc, n, at
				s.fill()
				acc, n, at = s.acc, s.n, s.at
			}
		}
		e := table.next[acc>>(64-lookahead)]
		if e&isWhole != 0 {
			taken := e & 0xFF
			acc <<= taken
			n -= uint(taken)
			k += int(e >> runShift & 15)
			if k > 63 {
				return -1
			}
			w[c.to[k]&127] = int32(e) >> numShift * c.factor[k]
			last = k
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
			if symbol != 0xF0 {
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
		w[c.to[k]&127] = v * c.factor[k]
		last = k
		k++
		table = c.ac
	}
	s.acc, s.n, s.at = acc, n, at
	// The first wave is told as the difference to the block before.
	c.before += w[0]
	w[0] = c.before
	return last
}

// even fills a block of one wave.
func even(to []byte, stride, side int, dc int32) {
	v := shade((int(dc) + 4) >> 3)
	for range side {
		row := to[:side]
		for i := range row {
			row[i] = v
		}
		if len(to) < stride {
			return
		}
		to = to[stride:]
	}
}

func shade(v int) byte { return byte(min(max(v+128, 0), 255)) }

// put sums up the waves of a block and empties it. It is the inverse cosine transform of
// as many points as the block has, which keeps slopes and edges as steep as they were.
func put(to []byte, stride, side int, w *waves) {
	switch side {
	case 1:
		to[0] = shade((int(w[0]) + 4) >> 3)
		w[0] = 0
	case 2:
		a, b, c, d := int(w[0]), int(w[1]), int(w[8]), int(w[9])
		to[0], to[1] = shade((a+b+c+d+4)>>3), shade((a-b+c-d+4)>>3)
		to[stride], to[stride+1] = shade((a+b-c-d+4)>>3), shade((a-b-c+d+4)>>3)
		w[0], w[1], w[8], w[9] = 0, 0, 0, 0
	case 4:
		put4(to, stride, w)
	default:
		put8(to, stride, w)
	}
}

// Factors of the transforms, times 2¹³: half the cosines of multiples of π/16, and the
// root of an eighth.
const (
	root = 2896
	cos1 = 4017
	cos2 = 3784
	cos3 = 3406
	cos5 = 2276
	cos6 = 1567
	cos7 = 799
)

func put4(to []byte, stride int, w *waves) {
	var mid [16]int
	for x := range 4 {
		a, b, c, d := int(w[x]), int(w[8+x]), int(w[16+x]), int(w[24+x])
		w[x], w[8+x], w[16+x], w[24+x] = 0, 0, 0, 0
		e0, e1 := root*(a+c), root*(a-c)
		o0, o1 := cos2*b+cos6*d, cos6*b-cos2*d
		mid[x], mid[12+x], mid[4+x], mid[8+x] = e0+o0, e0-o0, e1+o1, e1-o1
	}
	for y := range 4 {
		a, b, c, d := mid[4*y], mid[4*y+1], mid[4*y+2], mid[4*y+3]
		e0, e1 := root*(a+c)+1<<25, root*(a-c)+1<<25
		o0, o1 := cos2*b+cos6*d, cos6*b-cos2*d
		row := to[y*stride:][:4:4]
		row[0], row[3], row[1], row[2] = shade((e0+o0)>>26), shade((e0-o0)>>26), shade((e1+o1)>>26), shade((e1-o1)>>26)
	}
}

func put8(to []byte, stride int, w *waves) {
	var mid [64]int
	for x := range 8 {
		v := [8]int{int(w[x]), int(w[8+x]), int(w[16+x]), int(w[24+x]), int(w[32+x]), int(w[40+x]), int(w[48+x]), int(w[56+x])}
		for y, sum := range transform8(v) {
			mid[8*y+x] = sum
			w[8*y+x] = 0
		}
	}
	for y := range 8 {
		row := to[y*stride:][:8:8]
		for x, sum := range transform8([8]int(mid[8*y:])) {
			row[x] = shade((sum + 1<<25) >> 26)
		}
	}
}

func transform8(f [8]int) (out [8]int) {
	t0, t1 := root*(f[0]+f[4]), root*(f[0]-f[4])
	u0, u1 := cos2*f[2]+cos6*f[6], cos6*f[2]-cos2*f[6]
	e0, e3, e1, e2 := t0+u0, t0-u0, t1+u1, t1-u1
	o0 := cos1*f[1] + cos3*f[3] + cos5*f[5] + cos7*f[7]
	o1 := cos3*f[1] - cos7*f[3] - cos1*f[5] - cos5*f[7]
	o2 := cos5*f[1] - cos1*f[3] + cos7*f[5] + cos3*f[7]
	o3 := cos7*f[1] - cos5*f[3] + cos3*f[5] - cos1*f[7]
	return [8]int{e0 + o0, e1 + o1, e2 + o2, e3 + o3, e3 - o3, e2 - o2, e1 - o1, e0 - o0}
}

// colour turns a row of units into pixels (ITU-T T.871, in 16 bits behind the point).
func (s *scaled) colour(out *image.RGBA, top, rows int) {
	width := out.Rect.Dx()
	for y := range rows {
		to := out.Pix[(top+y)*out.Stride:][:4*width]
		bright := s.channels[0].plane[y*s.channels[0].stride:][:width]
		if len(s.channels) == 1 {
			for x, v := range bright {
				p := to[4*x:][:4:4]
				p[0], p[1], p[2], p[3] = v, v, v, 0xFF
			}
			continue
		}
		blue := s.channels[1].plane[y*s.channels[1].stride:][:width]
		red := s.channels[2].plane[y*s.channels[2].stride:][:width]
		for x, v := range bright {
			l, cb, cr := int32(v)<<16+1<<15, int32(blue[x])-128, int32(red[x])-128
			p := to[4*x:][:4:4]
			p[0], p[1], p[2], p[3] = byte8(l+91881*cr), byte8(l-22554*cb-46802*cr), byte8(l+116130*cb), 0xFF
		}
	}
}

// byte8 is the byte before the point, at least 0 and at most 255.
func byte8(v int32) byte {
	if uint32(v) < 1<<24 {
		return byte(v >> 16)
	}
	return byte(^(v >> 31))
}
