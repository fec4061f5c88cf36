package kit_test

import (
	"context"
	"image"
	"sync"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"cinnabar/assets"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/look/looktest"
)

// studio gives pictures of one shape and notes what it is asked for.
type studio struct {
	w, h int

	mu    sync.Mutex
	asked []int
	first []assets.Priority
}

func (s *studio) Preview(ctx context.Context, _ assets.ID, px int) (*image.RGBA, error) {
	s.mu.Lock()
	s.asked, s.first = append(s.asked, px), append(s.first, assets.PriorityOf(ctx))
	s.mu.Unlock()
	if s.w >= s.h {
		return image.NewRGBA(image.Rect(0, 0, px, px*s.h/s.w)), nil
	}
	return image.NewRGBA(image.Rect(0, 0, px*s.w/s.h, px)), nil
}

// shown finds the image that a picture hands to the toolkit.
func shown(t *testing.T, p *kit.Picture) *canvas.Image {
	t.Helper()
	for _, o := range test.WidgetRenderer(p).Objects() {
		if img, ok := o.(*canvas.Image); ok {
			return img
		}
	}
	t.Fatal("a picture without an image")
	return nil
}

// What the toolkit is given it copies to the graphics card as it is, on the UI thread.
// Anything else (other pixels, other bytes, rows with gaps, a scale mode of its own) it
// would convert there first, which takes longer than a frame.
func TestTheToolkitIsGivenJustThePixelsOfTheScreen(t *testing.T) {
	for _, c := range []struct {
		scale      float32
		w, h       float32 // of the room
		cover      bool
		picW, picH int
		asks       int
		wantW      int
		wantH      int
	}{
		{1, 246, 328, true, 3, 4, 583, 246, 328},
		{2, 246, 328, true, 3, 4, 1166, 492, 656},
		{1.5, 100, 60, true, 1, 1, 266, 150, 90},
		{1, 1080, 810, false, 4, 3, 1080, 1080, 810},
		{2, 1280, 960, false, 4, 3, 2560, 2560, 1920},
		{2, 300, 300, false, 4, 3, 600, 600, 450},
	} {
		looktest.Dress(t, look.Light)
		loop, source := newQueued(), &studio{w: c.picW, h: c.picH}
		p := kit.NewPicture(&kit.Gallery{Previews: source, Loop: loop}, c.cover, 8)
		w := test.NewTempWindow(t, container.NewWithoutLayout(p))
		w.Canvas().(software.WindowlessCanvas).SetScale(c.scale)
		w.Resize(fyne.NewSize(1400, 1100))
		p.Resize(fyne.NewSize(c.w, c.h))
		p.Set("picture")
		loop.await(t, p.Shows)
		img := shown(t, p)
		rgba, ok := img.Image.(*image.RGBA)
		if !ok || rgba.Bounds() != image.Rect(0, 0, c.wantW, c.wantH) || rgba.Stride != 4*c.wantW || img.ScaleMode != canvas.ImageScaleFastest {
			t.Errorf("%v: given %T of %v with mode %v", c, img.Image, img.Image.Bounds(), img.ScaleMode)
		}
		if last := source.asked[len(source.asked)-1]; last != c.asks {
			t.Errorf("%v: asked for %v px", c, source.asked)
		}
	}
}

func TestWhatIsBroughtNearIsJustWhatWillBeShown(t *testing.T) {
	looktest.Dress(t, look.Light)
	loop, source := newQueued(), &studio{w: 3, h: 4}
	g := &kit.Gallery{Previews: source, Loop: loop}
	p := kit.NewPicture(g, true, 8)
	w := test.NewTempWindow(t, container.NewWithoutLayout(p))
	w.Canvas().(software.WindowlessCanvas).SetScale(2)
	p.Resize(fyne.NewSize(246, 328))
	p.Set("first")
	loop.await(t, p.Shows)
	g.Ahead(t.Context(), "second", fyne.NewSize(246, 328), true)
	g.Ahead(t.Context(), "", fyne.NewSize(246, 328), true)
	if n := len(source.asked); n != 2 || source.asked[0] != source.asked[1] {
		t.Errorf("asked for %v px", source.asked)
	}
	if source.first[0] != assets.Visible || source.first[1] != assets.NextScreen {
		t.Errorf("with the priorities %v", source.first)
	}
}
