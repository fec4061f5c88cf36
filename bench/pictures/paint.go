package main

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
)

// sample is one picture under several names.
type sample struct {
	name          string
	width, height int
	bytes         int
	files         []string
}

// paintSample paints a picture, writes it at quality 90 with half the colour (4:2:0), as
// cameras do, and once more for every further picture of a run.
func paintSample(o options, megapixels int, progressive bool) (sample, error) {
	s := sample{name: fmt.Sprintf("%d-MP", megapixels)}
	s.height = int(math.Sqrt(float64(megapixels)*1e6*3/4)) &^ 1
	s.width = s.height * 4 / 3
	plain := filepath.Join(o.keep, s.name+".jpg")
	if !progressive {
		if err := writeJPEG(plain, landscape(s.width, s.height)); err != nil {
			return s, err
		}
	}
	first := plain
	if progressive {
		s.name += "-progressive"
		first = filepath.Join(o.keep, s.name+".jpg")
		if out, err := exec.Command("jpegtran", "-progressive", "-outfile", first, plain).CombinedOutput(); err != nil {
			return s, fmt.Errorf("%s is left out: jpegtran: %w %s", s.name, err, out)
		}
	}
	data, err := os.ReadFile(first)
	if err != nil {
		return s, err
	}
	s.bytes, s.files = len(data), []string{first}
	for i := range o.more {
		path := filepath.Join(o.keep, fmt.Sprintf("%s-%d.jpg", s.name, i+2))
		if err := os.WriteFile(path, data, 0o644); err != nil {
			return s, err
		}
		s.files = append(s.files, path)
	}
	return s, nil
}

// landscape is as much like a photograph as can be painted in a few lines: a sky that
// fades, hills of several kinds of roughness, things with hard edges, a fine fence and
// the grain of a sensor over it all. It is the same every time.
func landscape(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	r := rand.New(rand.NewPCG(12, 24))
	rough := newNoise(r)
	grain := make([]int8, 1<<16)
	for i := range grain {
		grain[i] = int8(r.NormFloat64() * 4)
	}
	type disc struct{ x, y, r, red, green, blue float64 }
	var discs []disc
	for range 60 {
		discs = append(discs, disc{r.Float64(), .55 + .45*r.Float64(), .004 + .03*r.Float64(), r.Float64() * 255, r.Float64() * 255, r.Float64() * 255})
	}
	unit := float64(w)
	for y := range h {
		for x := range w {
			u, v := float64(x)/unit, float64(y)/float64(h)
			var red, green, blue float64
			ridge := .45 + .1*rough.at(u*4, 1) + .04*rough.at(u*30, 2)
			switch {
			case v < ridge:
				cloud := max(0, rough.octaves(u*5, v*9, 6))
				red, green, blue = 90+120*v+110*cloud, 140+80*v+80*cloud, 215+20*v+30*cloud
			default:
				leaf := rough.octaves(u*60, v*60, 5)
				depth := (v - ridge) / (1 - ridge)
				red, green, blue = 60+70*depth+50*leaf, 90+40*depth+60*leaf, 40+20*depth+30*leaf
				for _, d := range discs {
					if dx, dy := u-d.x, (v-d.y)*float64(h)/unit; dx*dx+dy*dy < d.r*d.r {
						shade := .6 + .4*(d.r-dx-dy)/(2*d.r)
						red, green, blue = d.red*shade, d.green*shade, d.blue*shade
					}
				}
				if v > .72 && v < .8 && x%23 < 5 {
					red, green, blue = 235, 230, 220
				}
			}
			n := int(grain[(x*7919+y*104729+x*y*31)&0xFFFF])
			p := img.Pix[img.PixOffset(x, y):]
			p[0], p[1], p[2], p[3] = level(red, n), level(green, n), level(blue, n), 255
		}
	}
	return img
}

func level(v float64, grain int) uint8 { return uint8(min(max(int(v)+grain, 0), 255)) }

// noise is smooth noise between values on a grid.
type noise struct{ grid [256 * 256]float64 }

func newNoise(r *rand.Rand) *noise {
	var n noise
	for i := range n.grid {
		n.grid[i] = 2*r.Float64() - 1
	}
	return &n
}

func (n *noise) at(x, y float64) float64 {
	fx, fy := math.Floor(x), math.Floor(y)
	ix, iy := int(fx), int(fy)
	tx, ty := x-fx, y-fy
	tx, ty = tx*tx*(3-2*tx), ty*ty*(3-2*ty)
	v := func(x, y int) float64 { return n.grid[(y&255)<<8|x&255] }
	upper := v(ix, iy) + (v(ix+1, iy)-v(ix, iy))*tx
	lower := v(ix, iy+1) + (v(ix+1, iy+1)-v(ix, iy+1))*tx
	return upper + (lower-upper)*ty
}

func (n *noise) octaves(x, y float64, count int) float64 {
	sum, size := 0.0, .5
	for range count {
		sum += size * n.at(x, y)
		x, y, size = 2*x+17, 2*y+31, size/2
	}
	return sum
}
