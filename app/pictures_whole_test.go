package main

import (
	"context"
	"errors"
	"image"
	"image/color"
	"testing"

	"cinnabar/assets"
	"cinnabar/assets/decode"
	"cinnabar/internal/fault"
)

// drawer has one file in it and counts how often it is opened.
type drawer struct {
	data   []byte
	img    *image.RGBA
	opened int
}

func (d *drawer) Bytes(context.Context, assets.ID) ([]byte, error) { return d.data, nil }

func (d *drawer) Open(_ context.Context, _ []byte, w decode.Want) (*decode.Picture, error) {
	d.opened++
	if w != (decode.Want{}) {
		return nil, errors.New("asked for less than the whole")
	}
	return &decode.Picture{Image: d.img, Width: d.img.Bounds().Dx(), Height: d.img.Bounds().Dy()}, nil
}

func TestAPartOfAPictureIsCutToThePixelAndThePictureOpenedOnce(t *testing.T) {
	d := &drawer{data: []byte("file"), img: image.NewRGBA(image.Rect(0, 0, 300, 200))}
	for y := range 200 {
		for x := range 300 {
			d.img.SetRGBA(x, y, color.RGBA{uint8(x), uint8(y), 7, 255})
		}
	}
	w := newWholes(&wholes{source: d, opener: d})
	id := assets.IDOf(d.data)
	for _, box := range []assets.Box{{X: 10, Y: 20, W: 30, H: 40}, {X: 290, Y: 190, W: 50, H: 50}} {
		part, err := w.region(t.Context(), id, box)
		if err != nil {
			t.Fatal(err)
		}
		wide, high := min(box.W, 300-box.X), min(box.H, 200-box.Y)
		if part.Bounds() != image.Rect(0, 0, wide, high) {
			t.Fatalf("%+v came as %v", box, part.Bounds())
		}
		if got := part.RGBAAt(wide-1, 3); got != (color.RGBA{uint8(box.X + wide - 1), uint8(box.Y + 3), 7, 255}) {
			t.Errorf("%+v has %v at its edge", box, got)
		}
		part.SetRGBA(0, 0, color.RGBA{}) // it must not be the kept one's
	}
	if d.opened != 1 || d.img.RGBAAt(10, 20).A == 0 {
		t.Errorf("opened %d times", d.opened)
	}
	_, err := w.region(t.Context(), assets.IDOf([]byte("another")), assets.Box{W: 1, H: 1})
	if fault.CodeOf(err) != fault.PictureBroken {
		t.Errorf("another's bytes: %v", err)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	w.turn <- struct{}{}
	if _, err := w.region(over, id, assets.Box{W: 1, H: 1}); fault.CodeOf(err) != fault.Cancelled {
		t.Errorf("cancelled while it waits: %v", err)
	}
}
