package main

import (
	"fmt"
	"image"
	"image/jpeg"
	"math"
	"os"
)

// picture is straight sRGB, three values a pixel, from 0 to 255 without rounding.
type picture struct {
	w, h int
	v    []float64
}

// reference is what a perfect reducer would give: the whole picture decoded, in linear
// light, by Lanczos of three lobes in floating point.
func reference(s sample, px int) (picture, error) {
	f, err := os.Open(s.files[0])
	if err != nil {
		return picture{}, err
	}
	defer f.Close()
	img, err := jpeg.Decode(f)
	if err != nil {
		return picture{}, err
	}
	from := read(img)
	for i, v := range from.v {
		from.v[i] = toLight(v)
	}
	w, h := px, (from.h*px+from.w/2)/from.w
	if from.h > from.w {
		w, h = (from.w*px+from.h/2)/from.h, px
	}
	mid := picture{w, from.h, make([]float64, 3*w*from.h)}
	for x := range w {
		first, weights := taps(from.w, w, x)
		for y := range from.h {
			for i, weight := range weights {
				for c := range 3 {
					mid.v[3*(y*w+x)+c] += weight * from.v[3*(y*from.w+first+i)+c]
				}
			}
		}
	}
	out := picture{w, h, make([]float64, 3*w*h)}
	for y := range h {
		first, weights := taps(from.h, h, y)
		for i, weight := range weights {
			for x := range 3 * w {
				out.v[3*y*w+x] += weight * mid.v[3*(first+i)*w+x]
			}
		}
	}
	for i, v := range out.v {
		out.v[i] = fromLight(v)
	}
	return out, nil
}

func taps(from, to, at int) (first int, weights []float64) {
	step := float64(from) / float64(to)
	middle := (float64(at)+.5)*step - .5
	first = max(0, int(math.Ceil(middle-3*step)))
	last := min(from-1, int(math.Floor(middle+3*step)))
	sum := 0.0
	for j := first; j <= last; j++ {
		x := (float64(j) - middle) / step * math.Pi
		v := 1.0
		if x != 0 {
			v = 3 * math.Sin(x) * math.Sin(x/3) / (x * x)
		}
		weights = append(weights, v)
		sum += v
	}
	for i := range weights {
		weights[i] /= sum
	}
	return first, weights
}

func toLight(v float64) float64 {
	if v /= 255; v <= .04045 {
		return v / 12.92
	}
	return math.Pow((v+.055)/1.055, 2.4)
}

func fromLight(v float64) float64 {
	v = min(max(v, 0), 1)
	if v <= .0031308 {
		return 255 * 12.92 * v
	}
	return 255 * (1.055*math.Pow(v, 1/2.4) - .055)
}

func read(img image.Image) picture {
	b := img.Bounds()
	p := picture{b.Dx(), b.Dy(), make([]float64, 0, 3*b.Dx()*b.Dy())}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			r, g, bl, _ := img.At(x, y).RGBA()
			p.v = append(p.v, float64(r>>8), float64(g>>8), float64(bl>>8))
		}
	}
	return p
}

// compare returns the peak signal to noise ratio in dB over all channels, and the
// structural similarity (Wang 2004) of luma in windows of 8 × 8.
func compare(path string, want picture) (psnr, ssim float64, err error) {
	img, err := readPNG(path)
	if err != nil {
		return 0, 0, err
	}
	got := read(img)
	if got.w != want.w || got.h != want.h {
		return 0, 0, fmt.Errorf("it is %d × %d, not %d × %d", got.w, got.h, want.w, want.h)
	}
	square := 0.0
	for i, v := range got.v {
		square += (v - want.v[i]) * (v - want.v[i])
	}
	psnr = 10 * math.Log10(255*255*float64(len(got.v))/square)

	luma := func(p picture, x, y int) float64 {
		at := p.v[3*(y*p.w+x):]
		return .299*at[0] + .587*at[1] + .114*at[2]
	}
	const window, c1, c2 = 8, (.01 * 255) * (.01 * 255), (.03 * 255) * (.03 * 255)
	count := 0.0
	for y := 0; y+window <= want.h; y += 4 {
		for x := 0; x+window <= want.w; x += 4 {
			var a, b, aa, bb, ab float64
			for j := range window {
				for i := range window {
					p, q := luma(got, x+i, y+j), luma(want, x+i, y+j)
					a, b, aa, bb, ab = a+p, b+q, aa+p*p, bb+q*q, ab+p*q
				}
			}
			const n = window * window
			a, b = a/n, b/n
			aa, bb, ab = aa/n-a*a, bb/n-b*b, ab/n-a*b
			ssim += (2*a*b + c1) * (2*ab + c2) / ((a*a + b*b + c1) * (aa + bb + c2))
			count++
		}
	}
	return psnr, ssim / count, nil
}
