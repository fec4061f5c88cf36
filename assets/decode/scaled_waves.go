package decode

import "image"

// aside is where waves go that are not wanted.
const aside = 64

// waves are those of a block, and room for what is put aside.
type waves [128]int32

// even fills a block of one wave.
func even(to []byte, stride, wide, high int, dc int32) {
	v := shade((int(dc) + 4) >> 3)
	for y := range high {
		row := to[y*stride:][:wide]
		for i := range row {
			row[i] = v
		}
	}
}

func shade(v int) byte { return byte(min(max(v+128, 0), 255)) }

// put sums up the waves of a block and empties it. It is the inverse cosine transform of
// as many points as the block has, which keeps slopes and edges as steep as they were.
func put(to []byte, stride, wide, high int, w *waves) {
	switch {
	case wide != high:
		putOblong(to, stride, wide, high, w)
	case wide == 1:
		to[0] = shade((int(w[0]) + 4) >> 3)
		w[0] = 0
	case wide == 2:
		a, b, c, d := int(w[0]), int(w[1]), int(w[8]), int(w[9])
		to[0], to[1] = shade((a+b+c+d+4)>>3), shade((a-b+c-d+4)>>3)
		to[stride], to[stride+1] = shade((a+b-c-d+4)>>3), shade((a-b-c+d+4)>>3)
		w[0], w[1], w[8], w[9] = 0, 0, 0, 0
	case wide == 4:
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

// putOblong is for colours that are coarser one way than the other.
func putOblong(to []byte, stride, wide, high int, w *waves) {
	var mid [64]int
	for x := range wide {
		var v [8]int
		for y := range high {
			v[y] = int(w[8*y+x])
			w[8*y+x] = 0
		}
		for y, sum := range transform(v, high) {
			mid[8*y+x] = sum
		}
	}
	for y := range high {
		row := to[y*stride:][:wide]
		sums := transform([8]int(mid[8*y:]), wide)
		for x := range row {
			row[x] = shade((sums[x] + 1<<25) >> 26)
		}
	}
}

// transform sums up the first n waves to n points.
func transform(f [8]int, n int) [8]int {
	switch n {
	case 1:
		return [8]int{root * f[0]}
	case 2:
		return [8]int{root * (f[0] + f[1]), root * (f[0] - f[1])}
	case 4:
		e0, e1 := root*(f[0]+f[2]), root*(f[0]-f[2])
		o0, o1 := cos2*f[1]+cos6*f[3], cos6*f[1]-cos2*f[3]
		return [8]int{e0 + o0, e1 + o1, e1 - o1, e0 - o0}
	}
	return transform8(f)
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
