package decode

import (
	"encoding/binary"
	"image"
)

// scaledJPEG decodes a JPEG to a half, a quarter or an eighth of its size: each block of
// eight by eight pixels is a sum of waves, and a smaller block is the sum of the slow ones.
// Most of the time goes into reading the waves (Huffman's code), which nothing can spare.
//
// It knows what cameras, phones and the web write, at once or in passes (baseline and
// progressive), grey or with colours as fine as brightness or coarser by two or four across
// or down (4:4:4, 4:2:2, 4:4:0, 4:2:0, 4:1:1). It returns nil for everything else and
// whenever anything is odd: a stricter or a more patient decoder then says what it is. The
// size has to be that of the header.
func scaledJPEG(data []byte, width, height, denominator int) (img *image.RGBA) {
	defer func() {
		if recover() != nil {
			img = nil
		}
	}()
	s := scaled{width: width, height: height}
	s.data, s.ready = data, make([]byte, 0, ahead+8)
	if !s.header() || !s.prepare(8/denominator) {
		return nil
	}
	width, height = (width+denominator-1)/denominator, (height+denominator-1)/denominator
	if s.progressive {
		return s.passes(width, height)
	}
	return s.scan(width, height)
}

type scaled struct {
	bits
	width, height int
	quant         [4]*[64]int32 // in zigzag order
	lists         [2][4]list    // DC, AC
	channels      []channel
	restart       int // units between two restart markers, 0 for none
	progressive   bool
	plan          []pass // of a progressive picture
}

// channel is brightness or one of the two colours.
type channel struct {
	id           byte
	across, down int // blocks in a unit
	quant        int
	wide, high   int // of a block as it comes out: 1, 2, 4 or 8 each

	wanted uint64    // the waves that count, a bit for each place in zigzag order
	beyond int       // the place behind the last of them
	to     [64]uint8 // where a wave goes, by its place; aside for those left out
	factor [64]int32
	plane  []byte
	stride int

	dc, ac *codes
	before int32 // the DC of the block before

	kept // of a progressive picture
}

// zigzag is the place in a block, row by row, of the waves in the order of the file.
var zigzag = [64]uint8{
	0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5,
	12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
	58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
}

// header reads up to the scan, or all headers of a progressive picture.
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
			// Between passes a table would be for some of them only.
			ok = len(s.plan) == 0 && s.readQuant(body)
		case marker == 0xC4:
			ok = s.readLists(body)
		case marker == 0xC0, marker == 0xC2:
			s.progressive = marker == 0xC2
			ok = s.readFrame(body)
		case marker == 0xDD:
			ok = len(body) == 2
			if ok {
				s.restart = int(binary.BigEndian.Uint16(body))
			}
		case marker == 0xEE:
			// Adobe's marker says whether the channels are brightness and colours.
			ok = len(body) < 12 || string(body[:5]) != "Adobe" || body[11] == 1
		case marker == 0xDA && !s.progressive:
			s.begin(at)
			return s.readScan(body)
		case marker == 0xDA:
			end := scanEnd(s.data, at)
			if end < 0 || !s.readPass(body, at, end) {
				return false
			}
			at = end
			if s.data[at+1] == 0xD9 {
				return true
			}
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

func (s *scaled) readLists(body []byte) bool {
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
		l := list{(*[16]byte)(body[1:]), body[17 : 17+count]}
		if !l.possible() {
			return false
		}
		s.lists[class][id], body = l, body[17+count:]
	}
	return true
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
		c := channel{id: part[0], across: int(part[1] >> 4), down: int(part[1] & 15), quant: int(part[2])}
		switch {
		case n == 1:
			c.across, c.down = 1, 1 // one channel alone is not divided into units
		case i > 0 && (c.across != 1 || c.down != 1),
			c.across != 1 && c.across != 2 && c.across != 4, c.down != 1 && c.down != 2 && c.down != 4, c.across*c.down > 8:
			return false
		}
		if c.quant > 3 {
			return false
		}
		for k := range c.known {
			c.known[k] = unknown
		}
		s.channels = append(s.channels, c)
	}
	// Without another marker these three letters mean just that.
	return n == 1 || s.channels[0].id != 'R' || s.channels[1].id != 'G' || s.channels[2].id != 'B'
}

// readScan reads the header of the one scan of a baseline picture.
func (s *scaled) readScan(body []byte) bool {
	n := len(s.channels)
	if n == 0 || len(body) != 4+2*n || int(body[0]) != n {
		return false
	}
	for i := range s.channels {
		c := &s.channels[i]
		dc, ac := body[2+2*i]>>4, body[2+2*i]&15
		if body[1+2*i] != c.id || dc > 3 || ac > 3 || s.lists[0][dc].symbols == nil || s.lists[1][ac].symbols == nil {
			return false
		}
		c.dc, c.ac = s.lists[0][dc].codes(true), s.lists[1][ac].codes(false)
		c.ac.join(s.lists[1][ac])
	}
	return true
}

// prepare says how large the blocks come out. Coarser colours are brought to the size of
// the brightness by leaving out fewer of their waves.
func (s *scaled) prepare(side int) bool {
	first, units := s.channels[0], s.unitsAcross()
	for i := range s.channels {
		c := &s.channels[i]
		c.wide, c.high = side*first.across/c.across, side*first.down/c.down
		if c.wide > 8 || c.high > 8 || s.quant[c.quant] == nil {
			return false
		}
		for k, natural := range zigzag {
			c.to[k], c.factor[k] = aside, s.quant[c.quant][k]
			if int(natural%8) < c.wide && int(natural/8) < c.high {
				c.to[k] = natural
				c.wanted |= 1 << k
				c.beyond = k + 1
			}
		}
		c.stride = units * c.across * c.wide
		c.plane = make([]byte, c.stride*c.down*c.high)
	}
	return true
}

func (s *scaled) unitsAcross() int {
	unit := 8 * s.channels[0].across
	return (s.width + unit - 1) / unit
}

func (s *scaled) unitsDown() int {
	unit := 8 * s.channels[0].down
	return (s.height + unit - 1) / unit
}

// scan reads all units of a baseline picture, a row of them at a time.
func (s *scaled) scan(width, height int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, width, height))
	first := &s.channels[0]
	across, rows := s.unitsAcross(), first.down*first.high
	next := restarts{s.restart, s.restart, 0xD0}
	var w waves
	for top := 0; top < height; top += rows {
		for unit := range across {
			if !next.unit(&s.bits, s.channels) {
				return nil
			}
			for i := range s.channels {
				c := &s.channels[i]
				for y := range c.down {
					for x := range c.across {
						seen := s.block(c, &w)
						if seen < 0 {
							return nil
						}
						to := c.plane[y*c.high*c.stride+(unit*c.across+x)*c.wide:]
						if seen&(aside-1) == 0 {
							even(to, c.stride, c.wide, c.high, w[0])
							w[0] = 0
							continue
						}
						put(to, c.stride, c.wide, c.high, &w)
					}
				}
			}
		}
		if s.unread() < 0 {
			return nil // the data ended before
		}
		s.colour(out, top, min(rows, height-top))
	}
	// Nothing may be left but what fills up the last byte.
	if !s.isNext(0xD9) {
		return nil
	}
	return out
}
