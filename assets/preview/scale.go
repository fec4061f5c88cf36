package preview

import (
	"image"
	"image/draw"
	"math"
	"sync"

	"cinnabar/assets/decode"
)

// Scaling is done in linear light: bytes of sRGB are not proportional to light, and
// averaging them makes whatever is finely patterned too dark (a checker of black and
// white becomes 128 instead of 188). imaging averages the bytes, which is why the
// resampling is ours and only the turning of whole pixels is left to it.
//
// The filter is Lanczos of three lobes, in two passes. A source of four times the goal
// or more is averaged in whole blocks first, to at least twice the goal: that costs a
// tenth of it and cannot be told from it.

// A pixel holds four channels of 16 bits, red lowest, alpha highest: linear and
// premultiplied, because only then is a sum of pixels the light of both. Two channels
// are worked on at once, each in one half of a word (see split).
type pixel = uint64

// A channel counts from none to one. What is left on both sides is for the lobes, which
// between the two passes may go below nothing and above all there is; cutting them there
// would give edges of what is transparent another colour.
const (
	none = 0x3000
	one  = 0xA000 // above none
	void = none | none<<16 | none<<32 | none<<48
)

func fits(img *image.RGBA, px int) bool {
	return img.Rect.Dx() <= px && img.Rect.Dy() <= px
}

// fit returns the measures of a picture of w × h pixels that is made smaller so that
// its longest side has px; the same where it is no larger.
func fit(w, h, px int) (int, int) {
	switch {
	case w <= px && h <= px:
		return w, h
	case w >= h:
		return px, max(1, (h*px+w/2)/w)
	}
	return max(1, (w*px+h/2)/h), px
}

// Scale makes an opened picture smaller so that its longest side has px pixels. One that
// is no larger is returned as it is.
func Scale(p *decode.Picture, px int) *image.RGBA {
	w, h := fit(p.Width, p.Height, px)
	return Resample(p.Image, w, h)
}

// scale makes a picture smaller so that its longest side has px pixels. One that
// is no larger is returned as it is.
func scale(img *image.RGBA, px int) *image.RGBA {
	w, h := fit(img.Rect.Dx(), img.Rect.Dy(), px)
	return Resample(img, w, h)
}

// Resample returns a picture of w × h pixels, which are meant to be fewer than img has. Its
// rows follow one another without a gap, as textures want them. It may be img itself.
func Resample(img *image.RGBA, w, h int) *image.RGBA {
	sw, sh := img.Rect.Dx(), img.Rect.Dy()
	switch {
	case sw == 0 || sh == 0:
		return img
	case w == sw && h == sh && img.Stride == 4*w:
		return img
	case w == sw && h == sh:
		out := image.NewRGBA(image.Rect(0, 0, w, h))
		draw.Draw(out, out.Rect, img, img.Rect.Min, draw.Src)
		return out
	}
	kx, ky := block(sw, w), block(sh, h)
	across, down := lanczos(sw, kx, w), lanczos(sh, ky, h)
	source := newAverager(img, kx, ky)

	// Of the rows that are as wide as the goal only those are kept that the next row
	// of the goal may still ask for.
	ring := make([][]pixel, down.widest())
	for i := range ring {
		ring[i] = make([]pixel, w)
	}
	sums := make([][2]uint64, w)
	out, gamma := image.NewRGBA(image.Rect(0, 0, w, h)), gammas()
	made := 0
	for y := range h {
		first, weights := down.at(y)
		for ; made < first+len(weights); made++ {
			if made >= first {
				across.apply(ring[made%len(ring)], source.read(made))
			}
		}
		for x := range sums {
			sums[x] = [2]uint64{half, half}
		}
		for i, weight := range weights {
			row := ring[(first+i)%len(ring)][:len(sums)]
			for x, p := range row {
				a, b := split(p)
				sums[x][0] += a * weight
				sums[x][1] += b * weight
			}
		}
		line := out.Pix[y*out.Stride:][:4*w]
		for x, s := range sums {
			encode((*[4]byte)(line[4*x:]), join(s[0], s[1]), gamma)
		}
	}
	return out
}

// block says how many pixels in a row are averaged before the filter, so that it has
// at least two for every one of the goal. Sums of a block have to fit half a word.
func block(from, to int) int { return min(max(1, from/to/2), 128) }

// averager reads a picture as rows of averaged blocks.
type averager struct {
	img    *image.RGBA
	kx, ky int
	row    []pixel // what read returned last
	line   []pixel // a row of the picture, where blocks are larger than a pixel
	sums   [][2]uint64
}

func newAverager(img *image.RGBA, kx, ky int) *averager {
	w := img.Rect.Dx()
	a := &averager{img: img, kx: kx, ky: ky, row: make([]pixel, (w+kx-1)/kx)}
	if kx > 1 || ky > 1 {
		a.line, a.sums = make([]pixel, w), make([][2]uint64, len(a.row))
	}
	return a
}

// read returns row y of blocks, until it is called again. Blocks at the right and the
// lower edge may be smaller than the others.
func (a *averager) read(y int) []pixel {
	w, h := a.img.Rect.Dx(), a.img.Rect.Dy()
	if a.kx == 1 && a.ky == 1 {
		line := a.img.Pix[y*a.img.Stride:][:4*w]
		decoded(a.row, line)
		return a.row
	}
	clear(a.sums)
	top, bottom := y*a.ky, min((y+1)*a.ky, h)
	for sy := top; sy < bottom; sy++ {
		line := a.img.Pix[sy*a.img.Stride:][:4*w]
		decoded(a.line, line)
		rest := a.line
		for i := range a.sums {
			lower, upper := a.sums[i][0], a.sums[i][1]
			part := rest[:min(a.kx, len(rest))]
			for _, p := range part {
				even, odd := split(p)
				lower += even
				upper += odd
			}
			rest = rest[len(part):]
			a.sums[i] = [2]uint64{lower, upper}
		}
	}
	for i, s := range a.sums {
		count := uint64(min(a.kx, w-i*a.kx) * (bottom - top))
		const low = 0xFFFFFFFF
		mean := func(sum uint64) uint64 { return (sum + count/2) / count }
		a.row[i] = mean(s[0]&low) | mean(s[1]&low)<<16 | mean(s[0]>>32)<<32 | mean(s[1]>>32)<<48
	}
	return a.row
}

// filter says, for every pixel of the goal along one side, which of the source it is
// made of and by what weights.
type filter struct {
	first   []int
	weights [][]uint64
}

// Weights are whole numbers of 1/unity; negative ones are kept in two's complement,
// which is what lets both halves of a word be multiplied at once. The sums stay below
// 2³¹: a channel's 2¹⁶ × unity's 2¹⁴, and the lobes add less than a half to it.
const (
	unity = 1 << 14
	half  = unity/2 | unity/2<<32 // rounds both halves of a sum
)

// lanczos makes the filter from `from` pixels, averaged by k, to `to` pixels.
func lanczos(from, k, to int) filter {
	blocks := (from + k - 1) / k
	// Goal pixels per side are measured in blocks, of which the last may be partial.
	ratio := float64(from) / float64(k) / float64(to)
	const lobes = 3
	wide := max(ratio, 1)
	f := filter{first: make([]int, to), weights: make([][]uint64, to)}
	raw := make([]float64, 0, int(2*lobes*wide)+3)
	all := make([]uint64, to*cap(raw))
	for i := range to {
		middle := (float64(i)+.5)*ratio - .5
		lo := max(0, int(math.Ceil(middle-lobes*wide)))
		hi := min(blocks-1, int(math.Floor(middle+lobes*wide)))
		raw = raw[:0]
		sum, largest := 0.0, 0
		for j := lo; j <= hi; j++ {
			v := lanczosAt((float64(j) - middle) / wide)
			if raw = append(raw, v); v > raw[largest] {
				largest = len(raw) - 1
			}
			sum += v
		}
		whole := all[:len(raw):len(raw)]
		all = all[len(raw):]
		left := int64(unity)
		for j, v := range raw {
			weight := int64(math.Round(v / sum * unity))
			whole[j] = uint64(weight)
			left -= weight
		}
		// Exactly unity in all, so that white stays white and opaque opaque.
		whole[largest] += uint64(left)
		f.first[i], f.weights[i] = lo, whole
	}
	return f
}

func lanczosAt(x float64) float64 {
	switch {
	case x == 0:
		return 1
	case x <= -3 || x >= 3:
		return 0
	}
	x *= math.Pi
	return 3 * math.Sin(x) * math.Sin(x/3) / (x * x)
}

func (f filter) at(i int) (int, []uint64) { return f.first[i], f.weights[i] }

// widest is the most pixels that one of the goal is made of.
func (f filter) widest() int {
	n := 1
	for _, w := range f.weights {
		n = max(n, len(w))
	}
	return n
}

// apply filters a row.
func (f filter) apply(to, from []pixel) {
	for x := range to {
		weights := f.weights[x]
		taps := from[f.first[x]:][:len(weights)]
		lower, upper := uint64(half), uint64(half)
		for i, weight := range weights {
			a, b := split(taps[i])
			lower += a * weight
			upper += b * weight
		}
		to[x] = join(lower, upper)
	}
}

// split parts a pixel into two words with room above each channel: red and blue, green
// and alpha.
func split(p pixel) (even, odd uint64) {
	const mask = 0xFFFF | 0xFFFF<<32
	return p & mask, p >> 16 & mask
}

// join makes a pixel of two weighted sums. Sums are signed: a negative one in the
// lower half has borrowed from the upper.
func join(even, odd uint64) pixel {
	return channel(int32(even)) | channel(int32(odd))<<16 |
		channel(int32((even-uint64(int32(even)))>>32))<<32 | channel(int32((odd-uint64(int32(odd)))>>32))<<48
}

func channel(sum int32) uint64 { return uint64(min(max(sum/unity, 0), 0xFFFF)) }

// decoded makes linear light of pixels of premultiplied sRGB, four bytes each.
func decoded(to []pixel, from []byte) {
	for i := range to {
		p := from[4*i:][:4:4]
		if p[3] != 0xFF {
			to[i] = glass(p[0], p[1], p[2], p[3])
			continue
		}
		to[i] = linear[p[0]] | linear[p[1]]<<16 | linear[p[2]]<<32 | (none+one)<<48
	}
}

// glass is the light of a pixel that is not opaque.
func glass(red, green, blue, alpha byte) pixel {
	a := uint64(alpha)
	if a == 0 {
		return void
	}
	// The colour behind the transparency is what is linear in light, not its product.
	pure := func(c byte) uint64 { return none + ((linear[min((uint64(c)*0xFF+a/2)/a, 0xFF)]-none)*a+0x7F)/0xFF }
	return pure(red) | pure(green)<<16 | pure(blue)<<32 | (none+(one*a+0x7F)/0xFF)<<48
}

// encode is the way back, gamma being what gammas returns.
func encode(to *[4]byte, p pixel, gamma *[one + 1]byte) {
	amount := func(c uint64) int { return min(max(int(c&0xFFFF)-none, 0), one) }
	a := amount(p >> 48)
	if a == one {
		to[0], to[1], to[2], to[3] = gamma[amount(p)], gamma[amount(p>>16)], gamma[amount(p>>32)], 0xFF
		return
	}
	opacity := (a*0xFF + one/2) / one
	if opacity == 0 {
		*to = [4]byte{}
		return
	}
	product := func(c uint64) byte { return byte((int(gamma[min(amount(c), a)*one/a])*opacity + 0x7F) / 0xFF) }
	*to = [4]byte{product(p), product(p >> 16), product(p >> 32), byte(opacity)}
}

// linear is the light of each byte of sRGB (IEC 61966-2-1), as a channel has it.
var linear = func() (table [256]uint64) {
	for i := range table {
		table[i] = none + uint64(math.Round(light(float64(i)/0xFF)*one))
	}
	return table
}()

// gammas is the byte nearest to each amount of light, as sRGB counts near.
var gammas = sync.OnceValue(func() *[one + 1]byte {
	var table [one + 1]byte
	next := 0
	for b := range 256 {
		end := one + 1
		if b < 255 {
			end = int(math.Ceil(light((float64(b)+.5)/0xFF) * one))
		}
		for ; next < end; next++ {
			table[next] = byte(b)
		}
	}
	return &table
})

func light(v float64) float64 {
	if v <= .04045 {
		return v / 12.92
	}
	return math.Pow((v+.055)/1.055, 2.4)
}
