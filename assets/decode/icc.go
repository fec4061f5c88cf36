package decode

import (
	"encoding/binary"
	"errors"
	"math"
)

// maxProfile is how large a colour profile may be. Those that can be converted
// here have some kilobytes; megabytes are tables for printers.
const maxProfile = 4 << 20

var errProfile = errors.New("not a profile of three curves and a matrix")

// readICC reads a profile of the kinds that a picture for a screen has (ICC.1:2022,
// 8.3): three curves and a matrix, or one curve of grey. Profiles that consist of
// tables only, those of printers above all, are an error.
func readICC(profile []byte) (*conversion, error) {
	const header, entry = 128, 12
	if len(profile) < header+4 || string(profile[36:40]) != "acsp" || string(profile[20:24]) != "XYZ " {
		return nil, errProfile
	}
	count := int(binary.BigEndian.Uint32(profile[header:]))
	if count < 0 || count > (len(profile)-header-4)/entry {
		return nil, errProfile
	}
	tag := func(name string) []byte {
		for i := range count {
			e := profile[header+4+i*entry:]
			if string(e[:4]) != name {
				continue
			}
			at, size := uint64(binary.BigEndian.Uint32(e[4:])), uint64(binary.BigEndian.Uint32(e[8:]))
			if at+size > uint64(len(profile)) {
				return nil
			}
			return profile[at : at+size]
		}
		return nil
	}
	switch string(profile[16:20]) {
	case "GRAY":
		curve, err := readCurve(tag("kTRC"))
		if err != nil {
			return nil, err
		}
		return &conversion{curves: [3]curve8{curve, curve, curve}, matrix: identity, grey: true}, nil
	case "RGB ":
		c := &conversion{}
		var toXYZ matrix
		for i, name := range [3]string{"r", "g", "b"} {
			var err error
			if c.curves[i], err = readCurve(tag(name + "TRC")); err != nil {
				return nil, err
			}
			xyz := tag(name + "XYZ")
			if len(xyz) < 20 || string(xyz[:4]) != "XYZ " {
				return nil, errProfile
			}
			for row := range 3 {
				toXYZ[3*row+i] = fixed(xyz[8+4*row:])
			}
		}
		c.matrix = srgbFromXYZ.times(toXYZ)
		return c, nil
	}
	return nil, errProfile
}

// readCurve reads a curveType or parametricCurveType (10.6 and 10.18).
func readCurve(tag []byte) (c curve8, err error) {
	if len(tag) < 12 {
		return c, errProfile
	}
	var f func(x float64) float64
	switch string(tag[:4]) {
	case "curv":
		n := uint64(binary.BigEndian.Uint32(tag[8:]))
		points := tag[12:]
		switch {
		case n == 0:
			f = func(x float64) float64 { return x }
		case 2*n > uint64(len(points)):
			return c, errProfile
		case n == 1:
			gamma := float64(binary.BigEndian.Uint16(points)) / 256
			f = func(x float64) float64 { return math.Pow(x, gamma) }
		default:
			at := func(i int) float64 { return float64(binary.BigEndian.Uint16(points[2*i:])) / 65535 }
			f = func(x float64) float64 {
				place := x * float64(n-1)
				i := min(int(place), int(n)-2)
				rest := place - float64(i)
				return at(i)*(1-rest) + at(i+1)*rest
			}
		}
	case "para":
		kind := binary.BigEndian.Uint16(tag[8:])
		counts := [...]int{1, 3, 4, 5, 7}
		if int(kind) >= len(counts) || len(tag) < 12+4*counts[kind] {
			return c, errProfile
		}
		var p [7]float64
		for i := range counts[kind] {
			p[i] = fixed(tag[12+4*i:])
		}
		f = parametric(kind, p)
	default:
		return c, errProfile
	}
	return sample(f)
}

// parametric is one of the five functions of table 68; p is g a b c d e f.
func parametric(kind uint16, p [7]float64) func(float64) float64 {
	g, a, b, c, d, e, f := p[0], p[1], p[2], p[3], p[4], p[5], p[6]
	switch kind {
	case 0:
		return func(x float64) float64 { return math.Pow(x, g) }
	case 1, 2:
		// Below −b/a the first is nothing and the second is c.
		return func(x float64) float64 {
			if a*x+b < 0 {
				return c
			}
			return math.Pow(a*x+b, g) + c
		}
	}
	return func(x float64) float64 {
		if x < d {
			return c*x + f
		}
		return math.Pow(a*x+b, g) + e
	}
}

// fixed reads an s15Fixed16Number.
func fixed(b []byte) float64 { return float64(int32(binary.BigEndian.Uint32(b))) / 65536 }
