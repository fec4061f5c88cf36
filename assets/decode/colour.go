package decode

import (
	"errors"
	"image"
	"math"
	"sync"
)

// conversion brings stored colours to sRGB: a curve for each channel to linear
// light, a matrix to the light of sRGB's primaries, and sRGB's own curve back.
// What sRGB cannot show is cut off at its border.
type conversion struct {
	curves [3]curve8
	matrix matrix
	grey   bool // a profile for pictures without colour
}

// curve8 is what each of the 256 stored values means in linear light, 0 to 1.
type curve8 [256]float32

// matrix is three rows of three.
type matrix [9]float64

var identity = matrix{1, 0, 0, 0, 1, 0, 0, 0, 1}

func (m matrix) times(n matrix) (out matrix) {
	for row := range 3 {
		for col := range 3 {
			for k := range 3 {
				out[3*row+col] += m[3*row+k] * n[3*k+col]
			}
		}
	}
	return out
}

func (m matrix) of(v [3]float64) (out [3]float64) {
	for row := range 3 {
		for k := range 3 {
			out[row] += m[3*row+k] * v[k]
		}
	}
	return out
}

func (m matrix) inverse() (matrix, bool) {
	a, b, c, d, e, f, g, h, i := m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7], m[8]
	det := a*(e*i-f*h) - b*(d*i-f*g) + c*(d*h-e*g)
	if math.Abs(det) < 1e-9 || math.IsNaN(det) {
		return matrix{}, false
	}
	out := matrix{
		e*i - f*h, c*h - b*i, b*f - c*e,
		f*g - d*i, a*i - c*g, c*d - a*f,
		d*h - e*g, b*g - a*h, a*e - b*d,
	}
	for k := range out {
		out[k] /= det
	}
	return out, true
}

// srgbFromXYZ turns colours seen under D50, in which profiles speak, into linear
// sRGB: the inverse of sRGB's primaries adapted by Bradford's matrix.
var srgbFromXYZ = matrix{
	3.1338561, -1.6168667, -0.4906146,
	-0.9787684, 1.9161415, 0.0334540,
	0.0719453, -0.2289914, 1.4052427,
}

// chromaticities are x, y of white, red, green and blue.
type chromaticities [8]float64

// The primaries that PNG names by number (ITU-T H.273, table 2).
var (
	rec709  = chromaticities{.3127, .3290, .640, .330, .300, .600, .150, .060}
	rec2020 = chromaticities{.3127, .3290, .708, .292, .170, .797, .131, .046}
	p3      = chromaticities{.3127, .3290, .680, .320, .265, .690, .150, .060}
)

var bradford = matrix{
	.8951, .2664, -.1614,
	-.7502, 1.7135, .0367,
	.0389, -.0685, 1.0296,
}

var errPrimaries = errors.New("primaries that span no colours")

// toSRGB returns the matrix from linear light of these primaries to linear sRGB.
func (c chromaticities) toSRGB() (matrix, error) {
	var xyz [4][3]float64 // white, red, green, blue at luminance 1
	for i := range 4 {
		x, y := c[2*i], c[2*i+1]
		if y <= 0 || x < 0 || x+y > 1.2 {
			return matrix{}, errPrimaries
		}
		xyz[i] = [3]float64{x / y, 1, (1 - x - y) / y}
	}
	prim := matrix{
		xyz[1][0], xyz[2][0], xyz[3][0],
		xyz[1][1], xyz[2][1], xyz[3][1],
		xyz[1][2], xyz[2][2], xyz[3][2],
	}
	inv, ok := prim.inverse()
	if !ok {
		return matrix{}, errPrimaries
	}
	// How much of each primary makes white.
	s := inv.of(xyz[0])
	for row := range 3 {
		for col := range 3 {
			prim[3*row+col] *= s[col]
		}
	}
	// White is adapted from where it was to D50.
	d50 := [3]float64{.9642, 1, .8249}
	from, to := bradford.of(xyz[0]), bradford.of(d50)
	if from[0] <= 0 || from[1] <= 0 || from[2] <= 0 {
		return matrix{}, errPrimaries
	}
	back, _ := bradford.inverse()
	adapt := back.times(matrix{to[0] / from[0], 0, 0, 0, to[1] / from[1], 0, 0, 0, to[2] / from[2]}).times(bradford)
	return srgbFromXYZ.times(adapt).times(prim), nil
}

// sample evaluates a curve at the 256 stored values.
func sample(f func(float64) float64) (c curve8, err error) {
	for i := range c {
		v := f(float64(i) / 255)
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return c, errProfile
		}
		c[i] = float32(min(max(v, 0), 1))
	}
	return c, nil
}

// linear is sRGB's curve, from what is stored to light (IEC 61966-2-1).
func linear(x float64) float64 {
	if x <= 0.04045 {
		return x / 12.92
	}
	return math.Pow((x+0.055)/1.055, 2.4)
}

func nonlinear(x float64) float64 {
	if x <= 0.0031308 {
		return x * 12.92
	}
	return 1.055*math.Pow(x, 1/2.4) - 0.055
}

// stored8 is sRGB's curve backwards, for light in 65,536 steps: in the shadows
// twenty of them make one step of eight bits.
var stored8 = sync.OnceValue(func() *[1 << 16]uint8 {
	var t [1 << 16]uint8
	for i := range t {
		t[i] = uint8(nonlinear(float64(i)/65535)*255 + .5)
	}
	return &t
})

// light8 is sRGB's curve in the steps of stored8.
var light8 = sync.OnceValue(func() *[256]uint32 {
	var t [256]uint32
	for i := range t {
		t[i] = uint32(linear(float64(i)/255)*65535 + .5)
	}
	return &t
})

// changes reports whether the conversion moves any of a grid of colours by more
// than two of 255: sRGB comes in a hundred spellings, and needs no converting.
func (c *conversion) changes() bool {
	f := c.ready()
	const step = 51
	for r := 0; r < 256; r += step {
		for g := 0; g < 256; g += step {
			for b := 0; b < 256; b += step {
				if c.grey && (r != g || g != b) {
					continue
				}
				x, y, z := f.convert(uint8(r), uint8(g), uint8(b))
				if apart(x, r) > 2 || apart(y, g) > 2 || apart(z, b) > 2 {
					return true
				}
			}
		}
	}
	return false
}

func apart(a uint8, b int) int { return max(int(a)-b, b-int(a)) }

// converter is a conversion with its numbers laid out for many pixels.
type converter struct {
	curves *[3]curve8
	m      [9]float32
	out    *[1 << 16]uint8
}

func (c *conversion) ready() *converter {
	f := &converter{curves: &c.curves, out: stored8()}
	for i, v := range c.matrix {
		f.m[i] = float32(v) * 65535
	}
	return f
}

func (f *converter) convert(r, g, b uint8) (uint8, uint8, uint8) {
	x, y, z := f.curves[0][r], f.curves[1][g], f.curves[2][b]
	m := &f.m
	return f.out[step16(m[0]*x+m[1]*y+m[2]*z)], f.out[step16(m[3]*x+m[4]*y+m[5]*z)], f.out[step16(m[6]*x+m[7]*y+m[8]*z)]
}

func step16(v float32) uint16 { return uint16(min(max(v, 0), 65535) + .5) }

// apply converts a picture in place.
func (c *conversion) apply(img *image.RGBA) {
	f := c.ready()
	var last, seen [4]uint8 // neighbours are often alike
	for y := range img.Rect.Dy() {
		row := img.Pix[y*img.Stride:][:4*img.Rect.Dx()]
		for ; len(row) >= 4; row = row[4:] {
			p := (*[4]uint8)(row)
			switch {
			case *p == last:
				*p = seen
				continue
			case p[3] == 0:
				continue
			}
			last = *p
			if p[3] == 255 {
				p[0], p[1], p[2] = f.convert(p[0], p[1], p[2])
			} else {
				// What is stored is colour times cover; the curves know colour alone.
				a := int(p[3])
				r, g, b := f.convert(divided(p[0], a), divided(p[1], a), divided(p[2], a))
				p[0], p[1], p[2] = times(r, a), times(g, a), times(b, a)
			}
			seen = *p
		}
	}
}

func divided(v uint8, a int) uint8 { return uint8(min((int(v)*255+a/2)/a, 255)) }
func times(v uint8, a int) uint8   { return uint8((int(v)*a + 127) / 255) }

// reduce makes a picture k times smaller by averaging light over k × k pixels:
// the sum of black and white is the grey that the eye sees from afar, not the
// middle of the stored numbers.
func reduce(img *image.RGBA, k int) *image.RGBA {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	out := image.NewRGBA(image.Rect(0, 0, (w+k-1)/k, (h+k-1)/k))
	light, stored := light8(), stored8()
	for y := range out.Rect.Dy() {
		y0, y1 := y*k, min(y*k+k, h)
		for x := range out.Rect.Dx() {
			x0, x1 := x*k, min(x*k+k, w)
			// Light is weighed by cover: what is transparent has no colour.
			var r, g, b, a uint64
			for sy := y0; sy < y1; sy++ {
				row := img.Pix[sy*img.Stride+4*x0 : sy*img.Stride+4*x1]
				for ; len(row) >= 4; row = row[4:] {
					p := (*[4]uint8)(row)
					switch cover := uint64(p[3]); cover {
					case 0:
					case 255:
						r, g, b, a = r+255*uint64(light[p[0]]), g+255*uint64(light[p[1]]), b+255*uint64(light[p[2]]), a+255
					default:
						n := int(cover)
						r += cover * uint64(light[divided(p[0], n)])
						g += cover * uint64(light[divided(p[1], n)])
						b += cover * uint64(light[divided(p[2], n)])
						a += cover
					}
				}
			}
			if a == 0 {
				continue
			}
			cover := int(a+uint64((y1-y0)*(x1-x0))/2) / ((y1 - y0) * (x1 - x0))
			p := out.Pix[y*out.Stride+4*x:]
			p[0] = times(stored[(r+a/2)/a], cover)
			p[1] = times(stored[(g+a/2)/a], cover)
			p[2] = times(stored[(b+a/2)/a], cover)
			p[3] = uint8(cover)
		}
	}
	return out
}
