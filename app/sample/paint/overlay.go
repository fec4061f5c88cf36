package paint

import (
	"math/rand/v2"
	"strings"
)

// overlay lays over a still life what its author put on the cover.
func (s *still) overlay() {
	if s.want.Title != "" {
		s.title(strings.Split(s.want.Title, "\n"))
	}
	if s.want.Price != "" {
		s.tag(s.vary(770, 800), s.vary(640, 700), s.want.Price)
	}
	if s.want.Code {
		s.codeCard(70, StillHeight-70-268)
	}
}

// title sets the cover's words large at the top, in one of two manners.
func (s *still) title(lines []string) {
	size := float32(96)
	for _, l := range lines {
		if w := s.letters.width(strong, size, 2, l); w > 880 {
			size *= 880 / w
		}
	}
	night := s.light.r < 128
	if s.coin() {
		ink := s.dark.darker(.25)
		if night {
			ink = s.accent.lighter(.5)
		}
		y := float32(190)
		for _, l := range lines {
			s.write(style{strong, size, 2, ink, left}, 84, y, l)
			y += size * 1.26
		}
		s.flat(rounded(86, y-size*.92+24, 120, 10, 5), s.accent)
		return
	}
	y := float32(120)
	for _, l := range lines {
		w := s.letters.width(strong, size*.86, 2, l)
		s.flat(rounded(76, y, w+72, size*1.3, 22), white.alpha(.90))
		s.write(style{strong, size * .86, 2, s.dark.darker(.3), left}, 112, y+size*.96, l)
		y += size*1.3 + 16
	}
}

// tag is a paper tag on a string with a price on it.
func (s *still) tag(x, y float32, price string) {
	s.flat(curve(point{x - 150, y - 120}, point{x - 60, y - 150}, point{x + 20, y - 90}, point{x + 60, y + 4}, 5, 5), s.dark.alpha(.75))
	w := max(s.letters.width(strong, 66, 0, price)+70, 190)
	card := polygon(x+34, y-26, x+86, y-26, x+60+w/2, y+34, x+60+w/2, y+190, x+60-w/2, y+190, x+60-w/2, y+34)
	s.flat(card.moved(6, 12).turned(-7, x, y), black.alpha(.14))
	s.flat(card.turned(-7, x, y), hex(0xFFFDF8))
	s.flat(circle(x+60, y+14, 13).turned(-7, x, y), s.dark.lighter(.2))
	line := s.letters.line(strong, 66, 0, x+60-(w-70)/2, y+140, price)
	s.flat(line.turned(-7, x, y), hex(0xB5301F))
}

// codeCard is a card with a square code. The code says nothing: it looks like
// one so that a reviewer sees contact details in a picture.
func (s *still) codeCard(x, y float32) {
	const side, cells, quiet = 268, 21, 22
	s.flat(rounded(x+4, y+10, side, side, 20), black.alpha(.16))
	s.flat(rounded(x, y, side, side, 20), white)
	cell := float32(side-2*quiet) / cells
	ink := hex(0x1F1B18)
	all := new(path)
	rnd := rand.New(rand.NewPCG(s.want.Seed, 77))
	finder := func(i, j int) bool { return i < 8 && j < 8 || i < 8 && j > 12 || i > 12 && j < 8 }
	for i := range cells {
		for j := range cells {
			if !finder(i, j) && rnd.IntN(2) == 0 {
				all.add(rect(x+quiet+float32(i)*cell, y+quiet+float32(j)*cell, cell+.3, cell+.3))
			}
		}
	}
	for _, at := range [][2]float32{{0, 0}, {14, 0}, {0, 14}} {
		fx, fy := x+quiet+at[0]*cell, y+quiet+at[1]*cell
		all.add(frame(fx, fy, 7*cell, 7*cell, cell), rect(fx+2*cell, fy+2*cell, 3*cell, 3*cell))
	}
	s.flat(all, ink)
}
