package fingerprint

import (
	"image"
	"slices"
)

// plane is luminance, 0 to 255, row by row.
type plane struct {
	w, h int
	at   []float32
}

// longest is the side, in pixels, that pictures are made small to once for all their
// fingerprints. PDQ's own programs do so too: the sixty-four samples a side that a
// fingerprint is made of don't tell more pixels apart.
const longest = 512

// planeOf is a picture's luminance at no more than 512 pixels a side, each the mean of
// the area that it stands for. What is transparent lies on white.
func planeOf(img *image.RGBA) plane {
	size := img.Bounds().Size()
	if size.X <= 0 || size.Y <= 0 {
		return plane{}
	}
	w, h := size.X, size.Y
	if m := max(w, h); m > longest {
		w, h = max(1, (w*longest+m/2)/m), max(1, (h*longest+m/2)/m)
	}
	p := plane{w: w, h: h, at: make([]float32, w*h)}
	across, row := areas(size.X, w), make([]float32, size.X)
	for y, t := range areas(size.Y, h) {
		clear(row)
		for i, weight := range t.weight {
			addLuminance(row, img.Pix[img.PixOffset(img.Rect.Min.X, img.Rect.Min.Y+t.from+i):], weight)
		}
		for x, t := range across {
			p.at[y*w+x] = t.of(row)
		}
	}
	return p
}

// addLuminance adds PDQ's luminance (Rec. 601) of premultiplied pixels on white, weighed.
func addLuminance(row []float32, pix []uint8, weight float32) {
	r, g, b := 0.299*weight, 0.587*weight, 0.114*weight
	pix = pix[:4*len(row)]
	for x := range row {
		p := (*[4]uint8)(pix[4*x:])
		row[x] += r*float32(p[0]) + g*float32(p[1]) + b*float32(p[2])
		if p[3] != 255 {
			row[x] += weight * float32(255-p[3])
		}
	}
}

// taps are the inputs from which one output is weighed, beginning with input from.
type taps struct {
	from   int
	weight []float32
}

func (t taps) of(row []float32) float32 {
	var sum float32
	in := row[t.from:][:len(t.weight)]
	for i, w := range t.weight {
		sum += w * in[i]
	}
	return sum
}

// areas makes n inputs m outputs, each the mean of its share, parts of inputs included.
func areas(n, m int) []taps {
	all := make([]taps, m)
	for o := range all {
		// In units of 1/m of an input, so that every share is exact.
		from, to := o*n, (o+1)*n
		t := taps{from: from / m}
		for i := t.from; i*m < to; i++ {
			t.weight = append(t.weight, float32(min(to, (i+1)*m)-max(from, i*m))/float32(n))
		}
		all[o] = t
	}
	return all
}

const side = 64 // samples of a fingerprint

// samples are PDQ's sixty-four samples of n inputs: two passes of a box filter, whose
// window shrinks at the ends, and the values at the centres of sixty-four shares. All
// of that is linear, so each sample is a few inputs weighed, and what falls between
// samples is never computed.
func samples(n int) []taps {
	window := (n + 2*side - 1) / (2 * side)
	right := (window+2)/2 - 1 // inputs behind the centre; the rest lie before it
	left := window - right - 1
	box := func(i int) (from, to int) { return max(0, i-left), min(n-1, i+right) }
	all := make([]taps, side)
	for o := range all {
		centre := (2*o + 1) * n / (2 * side)
		from, to := box(centre)
		first, _ := box(from)
		_, last := box(to)
		t := taps{from: first, weight: make([]float32, last-first+1)}
		for i := from; i <= to; i++ {
			a, b := box(i)
			share := 1 / float32((to-from+1)*(b-a+1))
			for j := a; j <= b; j++ {
				t.weight[j-first] += share
			}
		}
		all[o] = t
	}
	return all
}

// mirrored are taps that read n inputs backwards.
func mirrored(all []taps, n int) []taps {
	out := make([]taps, len(all))
	for i, t := range all {
		weight := slices.Clone(t.weight)
		slices.Reverse(weight)
		out[i] = taps{from: n - t.from - len(weight), weight: weight}
	}
	return out
}

// sampled is the 64 × 64 picture of a part of a plane.
func (p plane) sampled(across, down []taps, part image.Rectangle) *[side][side]float32 {
	var out [side][side]float32
	rows := make([][side]float32, part.Dy())
	for i := range rows {
		row := p.at[(part.Min.Y+i)*p.w+part.Min.X:][:part.Dx()]
		for o, t := range across {
			rows[i][o] = t.of(row)
		}
	}
	for o, t := range down {
		for k, weight := range t.weight {
			for x, v := range rows[t.from+k] {
				out[o][x] += weight * v
			}
		}
	}
	return &out
}

// A border's outermost line is of one colour, and those within differ from it by no more
// than a JPEG of low quality smears of the picture into them; in mean steps of 255.
const (
	borderEven  = 4
	borderSmear = 12
	borderShare = 4 // of a side, a fourth: what is wider is no border
)

// within is what borders of one colour leave of a part of a plane, each side's of its
// own: the part itself if it has none.
func (p plane) within(part image.Rectangle) image.Rectangle {
	// lines is how many lines from a side on are border. line gives the nth.
	lines := func(most int, line func(n int) image.Rectangle) int {
		colour, _ := p.mean(line(0), 0)
		if _, off := p.mean(line(0), colour); off > borderEven {
			return 0
		}
		for n := 1; n <= most; n++ {
			if _, off := p.mean(line(n), colour); off > borderSmear {
				return n
			}
		}
		return 0
	}
	x, y := part.Dx()/borderShare, part.Dy()/borderShare
	in := part
	in.Min.Y += lines(y, func(n int) image.Rectangle { return image.Rect(part.Min.X, part.Min.Y+n, part.Max.X, part.Min.Y+n+1) })
	in.Max.Y -= lines(y, func(n int) image.Rectangle { return image.Rect(part.Min.X, part.Max.Y-n-1, part.Max.X, part.Max.Y-n) })
	rows := in
	in.Min.X += lines(x, func(n int) image.Rectangle { return image.Rect(part.Min.X+n, rows.Min.Y, part.Min.X+n+1, rows.Max.Y) })
	in.Max.X -= lines(x, func(n int) image.Rectangle { return image.Rect(part.Max.X-n-1, rows.Min.Y, part.Max.X-n, rows.Max.Y) })
	return in
}

// mean is that of some pixels, and that of how far they are from a colour.
func (p plane) mean(of image.Rectangle, colour float32) (mean, off float32) {
	for y := of.Min.Y; y < of.Max.Y; y++ {
		for _, v := range p.at[y*p.w+of.Min.X:][:of.Dx()] {
			mean += v
			off += max(v-colour, colour-v)
		}
	}
	n := float32(of.Dx() * of.Dy())
	return mean / n, off / n
}
