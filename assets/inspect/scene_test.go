package inspect

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"cinnabar/app/sample/paint"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// still is one of the sample's painted pictures, 1080 × 1440, without any writing but
// what the wish asks for.
func still(t testing.TB, want paint.Still) *image.RGBA {
	t.Helper()
	return opened(t, paint.New().Still(want))
}

// anyStill is the n-th of many different ones.
func anyStill(t testing.TB, n int) *image.RGBA {
	rnd := rand.New(rand.NewPCG(uint64(n), 5))
	return still(t, paint.Still{
		Subject: paint.Subject(rnd.IntN(24)), Palette: rnd.IntN(paint.Palettes), Scene: paint.Scene(rnd.IntN(int(paint.Scenes))), Seed: rnd.Uint64(),
	})
}

func opened(t testing.TB, data []byte) *image.RGBA {
	t.Helper()
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return rgba(img)
}

func rgba(img image.Image) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, img.Bounds().Dx(), img.Bounds().Dy()))
	draw.Draw(out, out.Rect, img, img.Bounds().Min, draw.Src)
	return out
}

// photos are pictures of the world, where somebody has put some: JPEG files in the
// folder that CINNABAR_PHOTOS names. None comes with the project.
func photos() map[string]*image.RGBA {
	if os.Getenv("CINNABAR_PHOTOS") == "" {
		return nil
	}
	files, _ := filepath.Glob(filepath.Join(os.Getenv("CINNABAR_PHOTOS"), "*.jpg"))
	out := map[string]*image.RGBA{}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			continue
		}
		if img, _, err := image.Decode(bytes.NewReader(data)); err == nil {
			out[filepath.Base(f)] = rgba(img)
		}
	}
	return out
}

func flat(w, h int, c color.Color) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Rect, image.NewUniform(c), image.Point{}, draw.Src)
	return out
}

// at is how something is laid into a picture.
type at struct {
	x, y, size float64 // upper left corner and width, in pixels, before it is turned
	turn       float64 // degrees
	lean       float64 // how much shorter the far side is: 0 none, .3 a photo from the side
}

// lay puts a picture into another one, and returns the box that it takes there.
func lay(to, from *image.RGBA, a at) image.Rectangle {
	w, h := float64(from.Rect.Dx()), float64(from.Rect.Dy())
	k := a.size / w
	sin, cos := math.Sincos(a.turn * math.Pi / 180)
	cx, cy := a.x+a.size/2, a.y+h*k/2
	// corner of the source in the target: leaned, then turned around the middle.
	place := func(u, v float64) (float64, float64) {
		x, y := (u-.5)*w*k*(1-a.lean*v), (v-.5)*h*k*(1-a.lean/2)
		return cx + x*cos - y*sin, cy + x*sin + y*cos
	}
	quad := [4][2]float64{}
	box := image.Rectangle{}
	for i, c := range [4][2]float64{{0, 0}, {1, 0}, {1, 1}, {0, 1}} {
		x, y := place(c[0], c[1])
		quad[i] = [2]float64{x, y}
		box = box.Union(image.Rect(int(math.Floor(x)), int(math.Floor(y)), int(math.Ceil(x))+1, int(math.Ceil(y))+1))
	}
	const fine = 3
	for y := max(0, box.Min.Y); y < min(to.Rect.Dy(), box.Max.Y); y++ {
		for x := max(0, box.Min.X); x < min(to.Rect.Dx(), box.Max.X); x++ {
			var r, g, b, n float64
			for s := range fine * fine {
				px, py := float64(x)+(float64(s%fine)+.5)/fine, float64(y)+(float64(s/fine)+.5)/fine
				dx, dy := (px-cx)*cos+(py-cy)*sin, -(px-cx)*sin+(py-cy)*cos
				v := dy/(h*k*(1-a.lean/2)) + .5
				u := dx/(w*k*(1-a.lean*v)) + .5
				if u < 0 || v < 0 || u >= 1 || v >= 1 {
					continue
				}
				// Rows farther away lie closer together.
				far := a.lean / (1 - a.lean)
				c := from.RGBAAt(int(u*w), int(v/(1+far-far*v)*h))
				if c.A == 0 {
					continue
				}
				share := float64(c.A) / 255
				r, g, b, n = r+float64(c.R), g+float64(c.G), b+float64(c.B), n+share
			}
			if n == 0 {
				continue
			}
			old := to.RGBAAt(x, y)
			rest := 1 - n/(fine*fine)
			mix := func(sum float64, under uint8) uint8 { return uint8(sum/(fine*fine) + float64(under)*rest + .5) }
			to.SetRGBA(x, y, color.RGBA{mix(r, old.R), mix(g, old.G), mix(b, old.B), 255})
		}
	}
	return box
}

// qr is a code with its quiet zone, 8 pixels a module.
func qr(t testing.TB, text string, dark, light color.Color) *image.RGBA {
	t.Helper()
	m, err := qrcode.NewQRCodeWriter().Encode(text, gozxing.BarcodeFormat_QR_CODE, 1, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	const k = 8
	out := image.NewRGBA(image.Rect(0, 0, m.GetWidth()*k, m.GetHeight()*k))
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			c := light
			if m.Get(x/k, y/k) {
				c = dark
			}
			out.Set(x, y, c)
		}
	}
	return out
}

// blurred is a picture out of focus; sigma in pixels.
func blurred(img *image.RGBA, sigma float64) *image.RGBA {
	if sigma <= 0 {
		return img
	}
	n := int(math.Ceil(3 * sigma))
	kernel := make([]float64, 2*n+1)
	sum := 0.0
	for i := range kernel {
		kernel[i] = math.Exp(-float64((i-n)*(i-n)) / (2 * sigma * sigma))
		sum += kernel[i]
	}
	w, h := img.Rect.Dx(), img.Rect.Dy()
	pass := func(from *image.RGBA, dx, dy int) *image.RGBA {
		out := image.NewRGBA(from.Rect)
		for y := range h {
			for x := range w {
				var c [3]float64
				for i, k := range kernel {
					px, py := min(max(x+(i-n)*dx, 0), w-1), min(max(y+(i-n)*dy, 0), h-1)
					o := from.Pix[py*from.Stride+4*px:]
					for j := range c {
						c[j] += k * float64(o[j])
					}
				}
				o := out.Pix[y*out.Stride+4*x:]
				for j := range c {
					o[j] = uint8(c[j]/sum + .5)
				}
				o[3] = 255
			}
		}
		return out
	}
	return pass(pass(img, 1, 0), 0, 1)
}

func jpegged(t testing.TB, img *image.RGBA, quality int) *image.RGBA {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	return opened(t, b.Bytes())
}
