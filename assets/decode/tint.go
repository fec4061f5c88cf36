package decode

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"image/color"
	"io"
	"math"
)

// tint is what a file says about the colours of its pixels, not yet understood.
type tint struct {
	icc     []byte // an ICC profile; zlib-compressed in a PNG
	damaged bool   // there is a profile, but not a whole one
	packed  bool   // icc is compressed

	// What PNG can say beside or instead of a profile (PNG, third edition, 11.3.2).
	cicp  []byte
	srgb  bool
	gamma uint32 // × 100,000; 0 where absent
	chrm  []byte
}

// profile returns the profile in the clear, nil where there is none or it is too large.
func (t tint) profile() []byte {
	if !t.packed {
		return t.icc
	}
	r, err := zlib.NewReader(bytes.NewReader(t.icc))
	if err != nil {
		return nil
	}
	profile, err := io.ReadAll(io.LimitReader(r, maxProfile+1))
	if err != nil || len(profile) > maxProfile {
		return nil
	}
	return profile
}

// toSRGB returns how to convert the pixels, nil where they are sRGB already or
// nothing is known. managed is false where the file says something about its
// colours that cannot be followed here.
func (t tint) toSRGB(model color.Model) (c *conversion, managed bool) {
	switch {
	case model == color.CMYKModel:
		return nil, false
	case t.cicp != nil:
		c, managed = fromCICP(t.cicp)
	case t.damaged:
		return nil, false
	case t.icc != nil:
		var err error
		c, err = readICC(t.profile())
		// A profile of grey says nothing about colours, nor the other way round.
		managed = err == nil && c.grey == isGrey(model)
	case t.srgb || t.gamma == 0 && t.chrm == nil:
		return nil, true
	default:
		c, managed = t.fromGamma()
	}
	if !managed || !c.changes() {
		return nil, managed
	}
	return c, true
}

func isGrey(m color.Model) bool { return m == color.GrayModel || m == color.Gray16Model }

// fromCICP understands the coding-independent code points of a PNG (ITU-T H.273)
// as far as they mean a picture for an ordinary screen.
func fromCICP(code []byte) (*conversion, bool) {
	if len(code) != 4 || code[2] != 0 || code[3] != 1 { // RGB, full range
		return nil, false
	}
	var prim chromaticities
	switch code[0] {
	case 1, 2:
		prim = rec709
	case 9:
		prim = rec2020
	case 12:
		prim = p3
	default:
		return nil, false
	}
	var f func(float64) float64
	switch code[1] {
	case 1, 6, 13, 14, 15:
		// Video's curves are made for the screen's, which is taken to be sRGB's.
		f = linear
	case 4:
		f = func(x float64) float64 { return math.Pow(x, 2.2) }
	case 5:
		f = func(x float64) float64 { return math.Pow(x, 2.8) }
	case 8:
		f = func(x float64) float64 { return x }
	default: // high dynamic range, which has to be squeezed with care
		return nil, false
	}
	return build(prim, f)
}

// fromGamma understands gAMA and cHRM. The gamma of 1/2.2 that most writers put
// there means sRGB.
func (t tint) fromGamma() (*conversion, bool) {
	prim, f := rec709, linear
	if len(t.chrm) == 32 {
		for i := range prim {
			prim[i] = float64(binary.BigEndian.Uint32(t.chrm[4*i:])) / 100_000
		}
	}
	const usual = 45_455
	if t.gamma != 0 && (t.gamma < usual-500 || t.gamma > usual+500) {
		if t.gamma < 10_000 || t.gamma > 500_000 {
			return nil, false
		}
		exponent := 100_000 / float64(t.gamma)
		f = func(x float64) float64 { return math.Pow(x, exponent) }
	}
	return build(prim, f)
}

func build(prim chromaticities, f func(float64) float64) (*conversion, bool) {
	m, err := prim.toSRGB()
	if err != nil {
		return nil, false
	}
	curve, err := sample(f)
	if err != nil {
		return nil, false
	}
	return &conversion{curves: [3]curve8{curve, curve, curve}, matrix: m}, true
}
