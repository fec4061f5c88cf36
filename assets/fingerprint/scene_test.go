package fingerprint_test

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"math/rand/v2"
	"testing"

	"github.com/disintegration/imaging"
)

// scene paints a picture with the spectrum of a photograph, more or less: light and
// shade of all sizes, the larger the stronger, and some things with edges before it. It
// is no photograph, and what is measured on it says how the fingerprints treat cuts and
// copies, not how often two real pictures look alike. All in integers, so that every
// machine paints the same.
func scene(seed uint64, w, h int) *image.RGBA {
	r := rand.New(rand.NewPCG(seed, 1))
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	sum := make([][3]int, w*h)
	for cells, strength := 2, 120; strength >= 4; cells, strength = cells*2, strength*5/8 {
		lattice := make([][3]int, (cells+2)*(cells+2))
		for i := range lattice {
			grey := r.IntN(2*strength+1) - strength
			for c := range 3 {
				lattice[i][c] = grey + (r.IntN(2*strength+1)-strength)/3
			}
		}
		for y := range h {
			fy := y * cells * 256 / h
			for x := range w {
				fx := x * cells * 256 / w
				at := fy/256*(cells+2) + fx/256
				for c := range 3 {
					top := lattice[at][c]*(256-fx%256) + lattice[at+1][c]*(fx%256)
					bottom := lattice[at+cells+2][c]*(256-fx%256) + lattice[at+cells+3][c]*(fx%256)
					sum[y*w+x][c] += (top*(256-fy%256) + bottom*(fy%256)) >> 16
				}
			}
		}
	}
	for range 6 + r.IntN(8) {
		cx, cy, rx, ry := r.IntN(w), r.IntN(h), max(1, w/16+r.IntN(max(1, w/5))), max(1, h/16+r.IntN(max(1, h/5)))
		tint, round := [3]int{r.IntN(241) - 120, r.IntN(241) - 120, r.IntN(241) - 120}, r.IntN(2) == 0
		for y := max(0, cy-ry); y < min(h, cy+ry); y++ {
			for x := max(0, cx-rx); x < min(w, cx+rx); x++ {
				dx, dy := (x-cx)*1000/rx, (y-cy)*1000/ry
				if round && dx*dx+dy*dy > 1_000_000 {
					continue
				}
				for c := range 3 {
					sum[y*w+x][c] = sum[y*w+x][c]/2 + tint[c]
				}
			}
		}
	}
	for i, s := range sum {
		for c := range 3 {
			img.Pix[4*i+c] = uint8(min(max(128+s[c], 0), 255))
		}
		img.Pix[4*i+3] = 255
	}
	return img
}

func rgba(img image.Image) *image.RGBA {
	if m, ok := img.(*image.RGBA); ok {
		return m
	}
	m := image.NewRGBA(image.Rectangle{Max: img.Bounds().Size()})
	draw.Draw(m, m.Rect, img, img.Bounds().Min, draw.Src)
	return m
}

// saved is a picture as a JPEG of some quality leaves it.
func saved(t testing.TB, img image.Image, quality int) *image.RGBA {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	back, err := jpeg.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	return rgba(back)
}

// cut is the centre of a picture in a ratio.
func cut(img *image.RGBA, w, h int) *image.RGBA {
	size := img.Bounds().Size()
	cw, ch := size.X, size.Y
	if cw*h > ch*w {
		cw = ch * w / h
	} else {
		ch = cw * h / w
	}
	return rgba(imaging.CropCenter(img, cw, ch))
}

func trimmed(img *image.RGBA, percent int) *image.RGBA {
	size := img.Bounds().Size()
	dx, dy := size.X*percent/100, size.Y*percent/100
	return rgba(imaging.Crop(img, image.Rect(dx, dy, size.X-dx, size.Y-dy)))
}

func bordered(img *image.RGBA, percent int) *image.RGBA {
	size := img.Bounds().Size()
	d := max(size.X, size.Y) * percent / 100
	m := image.NewRGBA(image.Rect(0, 0, size.X+2*d, size.Y+2*d))
	draw.Draw(m, m.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(m, image.Rect(d, d, d+size.X, d+size.Y), img, image.Point{}, draw.Src)
	return m
}

// captioned has what looks like a line of writing over its lower eighth, with a black
// band behind it or without.
func captioned(img *image.RGBA, band bool) *image.RGBA {
	size := img.Bounds().Size()
	m := rgba(imaging.Clone(img))
	line := image.Rect(0, size.Y*7/8, size.X, size.Y)
	if band {
		draw.Draw(m, line, image.NewUniform(color.RGBA{20, 20, 20, 255}), image.Point{}, draw.Src)
	}
	for x := size.X / 20; x < size.X*9/10; x += size.X / 24 {
		// Strokes, as of a sign; a solid block would be no writing.
		for y := line.Min.Y + line.Dy()/4; y < line.Max.Y-line.Dy()/4; y += max(2, line.Dy()/6) {
			draw.Draw(m, image.Rect(x, y, x+size.X/40, y+max(1, line.Dy()/16)), image.White, image.Point{}, draw.Src)
		}
		draw.Draw(m, image.Rect(x+size.X/90, line.Min.Y+line.Dy()/4, x+size.X/90+max(1, size.X/300), line.Max.Y-line.Dy()/4), image.White, image.Point{}, draw.Src)
	}
	return m
}
