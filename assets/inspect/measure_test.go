package inspect

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"cinnabar/app/sample/paint"
	"cinnabar/assets"

	"golang.org/x/image/font/opentype"
)

// The benchmarks measure how much is found, for docs/pictures.md; the time is beside:
//
//	CINNABAR_PHOTOS=FOLDER go test ./assets/inspect -run '^$' -bench Found -benchtime 1x -v
//
// They compose pictures from the sample's painted ones and, where CINNABAR_PHOTOS names
// a folder of JPEG files, from photos. The same seed composes the same pictures.

const composed = 40 // pictures of each kind

var photographed = sync.OnceValue(func() []*image.RGBA {
	var all []*image.RGBA
	some := photos()
	for _, name := range sortedKeys(some) {
		p := some[name]
		all = append(all, shrunk(p, 1440))
	}
	return all
})

func sortedKeys(m map[string]*image.RGBA) []string {
	var all []string
	for k := range m {
		all = append(all, k)
	}
	slices.Sort(all)
	return all
}

// shrunk is a picture with its longest side at most px, by taking the nearest pixel of
// an averaged one.
func shrunk(img *image.RGBA, px int) *image.RGBA {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	if max(w, h) <= px {
		return img
	}
	k := float64(max(w, h)) / float64(px)
	out := image.NewRGBA(image.Rect(0, 0, int(float64(w)/k), int(float64(h)/k)))
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			out.SetRGBA(x, y, img.RGBAAt(int((float64(x)+.5)*k), int((float64(y)+.5)*k)))
		}
	}
	return out
}

// grounds are pictures to lay things into: painted ones, and photos where there are.
func grounds(b *testing.B, n int) *image.RGBA {
	if p := photographed(); len(p) > 0 && n%2 == 1 {
		return rgba(p[n/2%len(p)])
	}
	return anyStill(b, n)
}

func BenchmarkFoundCodes(b *testing.B) {
	type kind struct {
		name string
		make func(rnd *rand.Rand, img *image.RGBA) *image.RGBA
	}
	var kinds []kind
	lays := func(size, turn, lean, blur float64, quality int, light bool) func(*rand.Rand, *image.RGBA) *image.RGBA {
		return func(rnd *rand.Rand, img *image.RGBA) *image.RGBA {
			dark, paper := color.Color(color.RGBA{uint8(rnd.IntN(70)), uint8(rnd.IntN(60)), uint8(rnd.IntN(70)), 255}), color.Color(white)
			if light {
				dark, paper = paper, dark
			}
			s := size * (.8 + .4*rnd.Float64())
			lay(img, qr(b, address, dark, paper), at{
				x: rnd.Float64() * (float64(img.Rect.Dx()) - 1.3*s), y: rnd.Float64() * (float64(img.Rect.Dy()) - 1.3*s),
				size: s, turn: turn * (2*rnd.Float64() - 1), lean: lean,
			})
			return jpegged(b, blurred(img, blur), quality)
		}
	}
	for _, k := range []struct {
		name                   string
		size, turn, lean, blur float64
		quality                int
		light                  bool
	}{
		{"90 px, q75", 90, 0, 0, 0, 75, false}, {"130 px, q75", 130, 0, 0, 0, 75, false}, {"250 px, q75", 250, 0, 0, 0, 75, false}, {"600 px, q75", 600, 0, 0, 0, 75, false},
		{"250 px, turned up to 45°", 250, 45, 0, 0, 75, false}, {"250 px, from the side .15", 250, 10, .15, 0, 75, false}, {"250 px, from the side .3", 250, 10, .3, 0, 75, false},
		{"250 px, blur 2 px", 250, 0, 0, 2, 75, false}, {"250 px, blur 3 px", 250, 0, 0, 3, 75, false}, {"250 px, q20", 250, 0, 0, 0, 20, false}, {"250 px, light on dark", 250, 0, 0, 0, 75, true},
	} {
		kinds = append(kinds, kind{k.name, lays(k.size, k.turn, k.lean, k.blur, k.quality, k.light)})
	}
	for range b.N {
		for i, k := range kinds {
			found, wrong := 0, 0
			var took time.Duration
			n := composed / 2
			for j := range n {
				img := k.make(rand.New(rand.NewPCG(uint64(j), uint64(i))), grounds(b, j))
				began := time.Now()
				got := Codes(context.Background(), img, image.Point{})
				took += time.Since(began)
				for _, c := range got {
					if c.Text == address {
						found++
					} else {
						wrong++
					}
				}
			}
			fmt.Printf("codes, %s: %d of %d, wrong %d, %.0f ms\n", k.name, found, n, wrong, ms(took, n))
		}
		wrong := 0
		for j := range composed {
			wrong += len(Codes(context.Background(), grounds(b, j), image.Point{}))
		}
		fmt.Printf("codes, none there: %d found in %d\n", wrong, composed)
	}
}

func ms(d time.Duration, n int) float64 { return float64(d.Milliseconds()) / float64(n) }

func BenchmarkFoundLabels(b *testing.B) {
	f := fonts()
	fonts := map[string][]*opentype.Font{"the templates' fonts": {f.han[0], f.han[1]}}
	for name, path := range map[string]string{
		"a serif": "/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc", "another sans (DejaVu)": "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf",
	} {
		if data, err := os.ReadFile(path); err == nil {
			if c, err := opentype.ParseCollection(data); err == nil {
				if one, err := c.Font(0); err == nil {
					fonts[name] = []*opentype.Font{one}
				}
			}
		}
	}
	for range b.N {
		for _, font := range []string{"the templates' fonts", "a serif", "another sans (DejaVu)"} {
			for _, ground := range []struct {
				name string
				ink  color.RGBA
				pill color.RGBA
			}{
				{"light on a dark pill", white, color.RGBA{0, 0, 0, 120}}, {"dark on a light pill", night, color.RGBA{220, 220, 220, 220}}, {"light on the picture", white, color.RGBA{}},
			} {
				if fonts[font] == nil {
					continue
				}
				n, found, said, others, faint, faintFound := 0, 0, 0, 0, 0, 0
				var took time.Duration
				for j := range composed {
					rnd := rand.New(rand.NewPCG(uint64(j), 9))
					img := grounds(b, j)
					text := labelWords[rnd.IntN(len(labelWords))]
					if font == "another sans (DejaVu)" {
						text = labelWords[11+rnd.IntN(7)]
					}
					l := badge{
						text: text, font: fonts[font][rnd.IntN(len(fonts[font]))], em: 18 + 54*rnd.Float64(), ink: ground.ink, ground: ground.pill,
						x: 40 + rnd.IntN(400), y: 40 + rnd.IntN(img.Rect.Dy()-160),
					}
					r := l.lay(img)
					// What one reads badly oneself is counted apart.
					faintly := Contrast(img, image.Point{}, around(r, 4)) < 2
					img = jpegged(b, img, 70)
					began := time.Now()
					p := greyOf(img, image.Point{}, linePixels)
					got := p.labels(context.Background(), p.lines(context.Background()))
					took += time.Since(began)
					hit := false
					for _, g := range got {
						if overlap(g.box, assets.Box{X: r.Min.X, Y: r.Min.Y, W: r.Dx(), H: r.Dy()}) > .7 {
							if hit = true; g.text == text {
								said++
							}
						} else {
							others++
						}
					}
					switch {
					case faintly:
						faint++
						if hit {
							faintFound++
						}
					default:
						n++
						if hit {
							found++
						}
					}
				}
				fmt.Printf("labels, %s, %s: %d of %d found, of those with less than 2:1 of contrast %d of %d; %d with their own word, %d elsewhere, %.0f ms\n",
					font, ground.name, found, n, faintFound, faint, said, others, ms(took, composed))
			}
		}
		wrong := 0
		n := 0
		try := func(img *image.RGBA) {
			n++
			p := greyOf(img, image.Point{}, linePixels)
			for _, l := range p.labels(context.Background(), p.lines(context.Background())) {
				wrong++
				fmt.Printf("  wrong: %v\n", l)
			}
		}
		for j := range 3 * composed {
			rnd := rand.New(rand.NewPCG(uint64(j), 6))
			want := paint.Still{Subject: paint.Subject(rnd.IntN(24)), Palette: rnd.IntN(paint.Palettes), Seed: rnd.Uint64(), Name: "初岚", Price: "¥59.9"}
			want.Title = []string{"春日防晒清单\n油皮亲测", "这支精华\n空瓶三次", "", "A month in,\nall of it", "地铁十号线实测", "推开窗\n合影"}[j%6]
			try(still(b, want))
		}
		for _, p := range photographed() {
			try(p)
		}
		fmt.Printf("labels, none there: %d found in %d\n", wrong, n)
	}
}

func BenchmarkFoundText(b *testing.B) {
	for range b.N {
		var covered, lines [2]int // readable, and with less than 2:1 of contrast
		over := 0
		plain := [2]int{} // on painted pictures and, of every other one, on photos
		for j := range composed {
			img := grounds(b, j)
			before := len(TextLike(context.Background(), img, image.Point{}))
			plain[j%2] += before
			rnd := rand.New(rand.NewPCG(uint64(j), 4))
			var laid []image.Rectangle
			for i, text := range []string{"春日防晒清单", "油皮亲测，空瓶三次", "A month in, all of it"} {
				l := badge{text: text, font: fonts().han[rnd.IntN(2)], em: 24 + 60*rnd.Float64(), x: 30, y: 60 + 280*i + rnd.IntN(150), ink: white}
				if rnd.IntN(2) == 0 {
					l.ground = color.RGBA{0, 0, 0, 110}
				}
				laid = append(laid, l.lay(img))
			}
			found := TextLike(context.Background(), jpegged(b, img, 70), image.Point{})
			for _, r := range laid {
				faint := 0
				if Contrast(img, image.Point{}, around(r, 4)) < 2 {
					faint = 1
				}
				lines[faint]++
				in := 0
				for _, t := range found {
					x := image.Rect(t.Box.X, t.Box.Y, t.Box.X+t.Box.W, t.Box.Y+t.Box.H).Intersect(r)
					in += x.Dx() * x.Dy()
				}
				if in*10 >= 8*r.Dx()*r.Dy() {
					covered[faint]++
				}
			}
			over += max(0, len(found)-len(laid))
		}
		fmt.Printf("writing: %d of %d lines covered by 80 %%, of those with less than 2:1 of contrast %d of %d; %d boxes beyond in %d pictures; without writing %d boxes on the half of them that is painted, %d on the rest\n", covered[0], lines[0], covered[1], lines[1], over, composed, plain[0], plain[1])
	}
}

func BenchmarkFoundFaces(b *testing.B) {
	for range b.N {
		n, wrong := 0, 0
		var took time.Duration
		try := func(name string, img *image.RGBA) {
			n++
			began := time.Now()
			got := Faces(context.Background(), img, image.Point{})
			took += time.Since(began)
			if wrong += len(got); len(got) > 0 {
				fmt.Printf("  faces in %s: %v\n", name, got)
			}
		}
		for j := range composed {
			try("a still life", anyStill(b, j))
		}
		for hair := range paint.Hairs {
			try("a portrait without a face", opened(b, paint.New().Portrait(paint.Portrait{Hair: hair, Seed: uint64(hair)})))
		}
		for i, p := range photographed() {
			try(fmt.Sprint("photo ", i), p)
		}
		fmt.Printf("faces: %d found in %d pictures, %.0f ms\n", wrong, n, ms(took, n))
	}
}

func BenchmarkFoundSharpness(b *testing.B) {
	for range b.N {
		for _, sigma := range []float64{0, 1.5, 3, 5} {
			var all []float64
			for j := range composed / 3 {
				img := grounds(b, j)
				w, h := img.Rect.Dx(), img.Rect.Dy()
				box := assets.Box{X: w / 4, Y: h / 3, W: w / 2, H: h / 2}
				all = append(all, Sharpness(blurred(img, sigma), image.Point{}, box))
			}
			slices.Sort(all)
			n := len(all)
			fmt.Printf("sharpness, blur %.1f px of 1440: least %.1f, 10 %% %.1f, median %.1f, 90 %% %.1f\n", sigma, all[0], all[n/10], all[n/2], all[n*9/10])
		}
	}
}

func BenchmarkLook(b *testing.B) {
	img := anyStill(b, 2)
	Look(context.Background(), img, image.Point{})
	for b.Loop() {
		Look(context.Background(), img, image.Point{})
	}
}
