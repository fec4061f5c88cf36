package fingerprint

import (
	"fmt"
	"image"
)

// Parts of a picture that have a print, by their number.
const (
	Whole = 0
	// 1 to 15 are cuts: 3:4 from its beginning to its end in five steps, then 1:1, then 4:3.
	// 16 to 18 are the picture with 2, 4 and 6 % less on every side.
	Framed = 19 // what lies within a border of one colour
)

// IsWhole tells whether a part is all of a picture, and not cut from it.
func IsWhole(part int) bool { return part == Whole || part == Framed }

// Print is one fingerprint of a picture.
type Print struct {
	Part     int
	Mirrored bool
	Hash     Hash
	Quality  int // 0 to 100, of the part
}

// Usable tells whether the print may be compared.
func (p Print) Usable() bool { return p.Quality >= Usable }

// Set are a picture's fingerprints: the whole, what lies within its border if it has
// one, each of these mirrored, and the cuts. Cuts need no mirrored prints, because the
// mirror may be held up to whatever they are compared with. Cuts that leave the picture
// as it is are missing, which are those of its own ratio. The whole comes first. A picture
// with a side below 5 pixels has none.
type Set []Print

// ratios are those to which platforms cut, width to height.
var ratios = [...][2]int{{3, 4}, {1, 1}, {4, 3}}

const (
	anchors  = 5 // cuts of a ratio, spread evenly over the side that loses
	trims    = 3 // cuts that take something off every side
	trimStep = 2 // per cent of the side
	smallest = 5 // pixels of a side: below it PDQ says nothing
)

// Of computes the fingerprints of an upright picture, whose bounds may begin anywhere.
func Of(img *image.RGBA) Set {
	if size := img.Bounds().Size(); size.X < smallest || size.Y < smallest {
		return nil
	}
	p := planeOf(img)
	set := make(Set, 0, Framed+1)
	add := func(part int, at image.Rectangle) {
		if at.Dx() < 1 || at.Dy() < 1 {
			return
		}
		across, down := samples(at.Dx()), samples(at.Dy())
		plain := p.sampled(across, down, at)
		q := quality(plain)
		set = append(set, Print{Part: part, Hash: spectrumOf(plain).hash(), Quality: q})
		if IsWhole(part) {
			// PDQ's samples lie up to a pixel beside their own mirror images. To turn the signs
			// of the plain frequencies instead would cost up to 18 of the 31 bits.
			in := p.sampled(mirrored(across, at.Dx()), down, at)
			set = append(set, Print{Part: part, Mirrored: true, Hash: spectrumOf(in).hash(), Quality: q})
		}
	}
	all := image.Rect(0, 0, p.w, p.h)
	add(Whole, all)
	if within := p.within(all); within != all {
		add(Framed, within)
	}
	for i, r := range ratios {
		w, h := all.Dx(), all.Dy()
		if w*r[1] > h*r[0] {
			w = max(1, (h*r[0]+r[1]/2)/r[1])
		} else {
			h = max(1, (w*r[1]+r[0]/2)/r[0])
		}
		// Within a pixel of 512 it is the picture's own ratio.
		if w >= all.Dx()-1 && h >= all.Dy()-1 {
			continue
		}
		for k := range anchors {
			x, y := all.Min.X+(all.Dx()-w)*k/(anchors-1), all.Min.Y+(all.Dy()-h)*k/(anchors-1)
			add(1+i*anchors+k, image.Rect(x, y, x+w, y+h))
		}
	}
	for k := range trims {
		percent := trimStep * (k + 1)
		dx, dy := (all.Dx()*percent+50)/100, (all.Dy()*percent+50)/100
		add(1+anchors*len(ratios)+k, image.Rect(all.Min.X+dx, all.Min.Y+dy, all.Max.X-dx, all.Max.Y-dy))
	}
	return set
}

// Whole is the print of the whole picture as it is; false for an empty set.
func (s Set) Whole() (Print, bool) {
	if len(s) == 0 {
		return Print{}, false
	}
	return s[0], true
}

// Usable tells whether the whole picture may be compared. Where not, its cuts aren't
// either, or a detail of an empty page would be taken for the page.
func (s Set) Usable() bool {
	whole, ok := s.Whole()
	return ok && whole.Usable()
}

// Match is how two pictures resemble each other.
type Match struct {
	Distance int  // bits of 256, where they are nearest
	Mirrored bool // one shows the other as in a mirror
	Cut      bool // one looks like a part of the other
}

// Near tells whether the two show the same.
func (m Match) Near() bool { return m.Distance <= Near }

// Compare finds where two pictures are nearest: one of them whole, the other whole or
// cut. A plain resemblance goes before a mirrored one, and a whole before a cut, where
// they are as near. It is false where either can't be compared.
func Compare(a, b Set) (Match, bool) {
	if !a.Usable() || !b.Usable() {
		return Match{}, false
	}
	best, found := Match{}, false
	for _, x := range a {
		for _, y := range b {
			if !IsWhole(x.Part) && !IsWhole(y.Part) || !x.Usable() || !y.Usable() {
				continue
			}
			m := Match{Distance: x.Hash.Distance(y.Hash), Mirrored: x.Mirrored != y.Mirrored, Cut: !IsWhole(x.Part) || !IsWhole(y.Part)}
			if !found || m.before(best) {
				best, found = m, true
			}
		}
	}
	return best, found
}

func (m Match) before(other Match) bool {
	if m.Distance != other.Distance {
		return m.Distance < other.Distance
	}
	if m.Mirrored != other.Mirrored {
		return !m.Mirrored
	}
	return !m.Cut && other.Cut
}

// PartName is a part's name in files and commands: "whole", "framed", "3:4/1" for the
// first of five cuts, "trim/2" for 2 % less on every side.
func PartName(part int) string {
	cuts := anchors * len(ratios)
	switch {
	case part == Whole:
		return "whole"
	case part == Framed:
		return "framed"
	case part >= 1 && part <= cuts:
		r := ratios[(part-1)/anchors]
		return fmt.Sprintf("%d:%d/%d", r[0], r[1], (part-1)%anchors+1)
	case part > cuts && part <= cuts+trims:
		return fmt.Sprintf("trim/%d", trimStep*(part-cuts))
	}
	return fmt.Sprintf("part/%d", part)
}
