package inspect

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"testing"

	"cinnabar/assets"

	"golang.org/x/image/font/opentype"
)

// badge is how a label is laid into a picture.
type badge struct {
	text   string
	font   *opentype.Font
	em     float64
	x, y   int
	ink    color.RGBA
	ground color.RGBA // of the pill; transparent where there is none
}

// lay draws the badge and returns the box of its ink.
func (b badge) lay(img *image.RGBA) image.Rectangle {
	mask := set(b.font, b.em, b.text)
	r := image.Rect(b.x, b.y, b.x+mask.Rect.Dx(), b.y+mask.Rect.Dy())
	air := int(b.em * .4)
	draw.Draw(img, image.Rect(r.Min.X-air, r.Min.Y-air*3/4, r.Max.X+air, r.Max.Y+air*3/4), image.NewUniform(b.ground), image.Point{}, draw.Over)
	return write(img, b.font, b.em, b.text, b.x, b.y, b.ink)
}

func (b badge) String() string { return fmt.Sprintf("%s at %.0f px", b.text, b.em) }

var (
	white = color.RGBA{255, 255, 255, 255}
	night = color.RGBA{30, 30, 34, 255}
)

// textured is a ground that is not plain: a ramp with soft blobs.
func textured(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := 90 + 60*x/w + int(25*math.Sin(float64(x)/23)*math.Cos(float64(y)/31))
			img.SetRGBA(x, y, color.RGBA{uint8(v), uint8(v - 20), uint8(v - 40), 255})
		}
	}
	return img
}

func TestALabelIsFoundWhereItStands(t *testing.T) {
	t.Parallel()
	f := fonts()
	if f.han[0] == nil {
		t.Fatal("this machine has no Chinese font")
	}
	for _, b := range []badge{
		{text: "广告", font: f.han[0], em: 18, x: 30, y: 40, ink: white, ground: color.RGBA{0, 0, 0, 130}},
		{text: "广告", font: f.han[1], em: 70, x: 200, y: 100, ink: white, ground: color.RGBA{0, 0, 0, 130}},
		{text: "赞助", font: f.han[1], em: 36, x: 300, y: 20, ink: night, ground: color.RGBA{200, 200, 200, 200}},
		{text: "广告·合作", font: f.han[0], em: 30, x: 60, y: 180, ink: white},
		{text: "Sponsored", font: f.latin[0], em: 34, x: 100, y: 60, ink: white, ground: color.RGBA{0, 0, 0, 130}},
		{text: "Paid partnership", font: f.latin[1], em: 26, x: 100, y: 200, ink: white},
		{text: "Ad", font: f.latin[1], em: 34, x: 400, y: 190, ink: night, ground: white},
	} {
		img := textured(520, 300)
		r := b.lay(img)
		// Twice as large as the pixels that are looked at.
		got := greyOf(jpegged(t, img, 80), image.Pt(1040, 600), linePixels)
		found := got.labels(context.Background(), got.lines(context.Background()))
		if len(found) != 1 || found[0].text != b.text {
			t.Errorf("%v: found %v", b, found)
			continue
		}
		want := assets.Box{X: 2 * r.Min.X, Y: 2 * r.Min.Y, W: 2 * r.Dx(), H: 2 * r.Dy()}
		for name, d := range map[string]int{
			"x": found[0].box.X - want.X, "y": found[0].box.Y - want.Y, "w": found[0].box.W - want.W, "h": found[0].box.H - want.H,
		} {
			if d < -8 || d > 8 {
				t.Errorf("%v: box %v, laid at %v: %s is off by %d", b, found[0].box, want, name, d)
			}
		}
	}
}

func TestOtherWordsAreNoLabel(t *testing.T) {
	t.Parallel()
	f := fonts()
	for _, b := range []badge{
		{text: "我的广告拍摄日记", font: f.han[1], em: 40},
		{text: "推开", font: f.han[1], em: 36}, {text: "春日", font: f.han[1], em: 36}, {text: "告白", font: f.han[0], em: 30},
		{text: "广州", font: f.han[1], em: 40}, {text: "合租", font: f.han[0], em: 40}, {text: "赞", font: f.han[0], em: 40},
		{text: "Sunscreen", font: f.latin[1], em: 36}, {text: "As", font: f.latin[1], em: 36}, {text: "Ao", font: f.latin[0], em: 36},
		{text: "Read my ad diary", font: f.latin[0], em: 30},
	} {
		img := textured(520, 200)
		b.x, b.y, b.ink = 60, 80, white
		b.lay(img)
		if found := Labels(context.Background(), img, image.Point{}); len(found) > 0 {
			p := greyOf(img, image.Point{}, linePixels)
			t.Errorf("%v: found %v", b, p.labels(context.Background(), p.lines(context.Background())))
		}
	}
}

func TestWritingIsFoundLineByLine(t *testing.T) {
	t.Parallel()
	f := fonts()
	img := textured(700, 500)
	var want []image.Rectangle
	for _, b := range []badge{
		{text: "春日防晒清单", font: f.han[1], em: 72, x: 40, y: 40, ink: white},
		{text: "油皮亲测，空瓶三次", font: f.han[0], em: 36, x: 40, y: 150, ink: night, ground: color.RGBA{230, 225, 220, 255}},
		{text: "A month in, all of it", font: f.latin[0], em: 30, x: 300, y: 400, ink: white},
	} {
		want = append(want, b.lay(img))
	}
	found := TextLike(context.Background(), jpegged(t, img, 80), image.Point{})
	if len(found) != len(want) {
		t.Fatalf("found %v, laid %v", found, want)
	}
	for i, r := range found {
		b := image.Rect(r.Box.X, r.Box.Y, r.Box.X+r.Box.W, r.Box.Y+r.Box.H)
		if in := b.Intersect(want[i]); in.Dx()*in.Dy()*10 < 9*want[i].Dx()*want[i].Dy() || b.Dx()*b.Dy()*10 > 13*want[i].Dx()*want[i].Dy() {
			t.Errorf("%s: %v, laid at %v", r.Name, b, want[i])
		}
	}
	if found := TextLike(context.Background(), textured(500, 500), image.Point{}); len(found) > 0 {
		t.Errorf("found %v where nothing is written", found)
	}
}
