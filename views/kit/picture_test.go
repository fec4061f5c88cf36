package kit_test

import (
	"context"
	"image"
	"image/color"
	"testing"

	"cinnabar/assets"
	"cinnabar/internal/fault"
	"cinnabar/views/kit"
)

// slow hands over pictures when it is told to.
type slow struct {
	asked chan asking
}

type asking struct {
	id  assets.ID
	ctx context.Context
	go_ chan struct{}
}

func (s slow) Preview(ctx context.Context, id assets.ID, px int) (*image.RGBA, error) {
	a := asking{id, ctx, make(chan struct{})}
	s.asked <- a
	<-a.go_
	if id == "broken" {
		return nil, fault.New(fault.PictureBroken)
	}
	return image.NewRGBA(image.Rect(0, 0, px, px)), nil
}

func TestAPictureThatScrolledAwayIsCancelledAndItsAnswerDropped(t *testing.T) {
	loop := newQueued()
	source := slow{make(chan asking, 10)}
	p := kit.NewPicture(&kit.Gallery{Previews: source, Loop: loop}, true, 8)
	window(t, p)
	p.Set("first")
	first := <-source.asked
	p.Set("broken")
	second := <-source.asked
	<-first.ctx.Done()
	close(first.go_)
	loop.next(t)
	if p.Shows() {
		t.Fatal("the answer to an earlier wish is shown")
	}
	close(second.go_)
	loop.next(t)
	if p.Shows() {
		t.Error("a broken picture is shown")
	}
}

func TestAViewerKeepsThePlaceUnderThePointer(t *testing.T) {
	loop := newQueued()
	v := kit.NewViewer(&kit.Gallery{Previews: painted{}, Loop: loop})
	window(t, v)
	v.Set(kit.PictureRef{ID: "paper"})
	loop.await(t, func() bool { w, _ := v.Pixels(); return w > 0 })
	fit := v.Zoom()
	for range 3 {
		v.Larger()
	}
	if v.Zoom() <= fit {
		t.Errorf("zoom %v after making it larger from %v", v.Zoom(), fit)
	}
	v.Actual()
	if v.Zoom() != 1 {
		t.Errorf("actual size is a zoom of %v", v.Zoom())
	}
	v.Fit()
	if v.Zoom() != fit {
		t.Errorf("fit gives %v, gave %v at first", v.Zoom(), fit)
	}
	loop.drain()
}

// striped is a picture whose left half is black and whose right half is white.
type striped struct{}

func (striped) Preview(_ context.Context, _ assets.ID, _ int) (*image.RGBA, error) {
	img := image.NewRGBA(image.Rect(0, 0, 1000, 500))
	for y := range 500 {
		for x := range 1000 {
			c := color.RGBA{0, 0, 0, 255}
			if x >= 500 {
				c = color.RGBA{255, 255, 255, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img, nil
}

func TestTheViewerShowsTheWholePictureInTheMiddle(t *testing.T) {
	loop := newQueued()
	v := kit.NewViewer(&kit.Gallery{Previews: striped{}, Loop: loop})
	w := window(t, v)
	v.Set(kit.PictureRef{ID: "paper"})
	loop.await(t, func() bool { w, _ := v.Pixels(); return w > 0 && !v.Busy() })
	img := w.Canvas().Capture()
	middle := w.Canvas().Size()
	x, y := int(middle.Width/2), int(middle.Height/2)-20
	dark, _, _, _ := img.At(x-60, y).RGBA()
	bright, _, _, _ := img.At(x+60, y).RGBA()
	if dark > 0x2000 || bright < 0xE000 {
		t.Errorf("left of the middle is %x, right of it %x", dark, bright)
	}
}
