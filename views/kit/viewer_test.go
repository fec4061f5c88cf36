package kit_test

import (
	"context"
	"image"
	"image/color"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"cinnabar/assets"
	"cinnabar/internal/fault"
	"cinnabar/views/kit"
)

// album holds pictures that were painted before. A picture larger than a wish comes
// smaller, as the loader has it, and parts of it come at full size.
type album struct {
	pictures map[assets.ID]*image.RGBA
	mu       sync.Mutex
	parts    []assets.Box
	uncut    bool // parts can't be had
}

func (a *album) Preview(_ context.Context, id assets.ID, px int) (*image.RGBA, error) {
	img, ok := a.pictures[id]
	if !ok {
		return nil, fault.New(fault.PictureAbsent, "name", string(id))
	}
	if id == "large" { // FullPixels of a test
		px = min(px, 500)
	}
	b := img.Bounds()
	if f := float64(px) / float64(max(b.Dx(), b.Dy())); f < 1 {
		out := image.NewRGBA(image.Rect(0, 0, int(float64(b.Dx())*f), int(float64(b.Dy())*f)))
		for y := range out.Bounds().Dy() {
			for x := range out.Bounds().Dx() {
				out.SetRGBA(x, y, img.RGBAAt(int(float64(x)/f), int(float64(y)/f)))
			}
		}
		return out, nil
	}
	return img, nil
}

// cutting is an album that parts can be had of.
type cutting struct{ *album }

func (a cutting) Region(_ context.Context, id assets.ID, box assets.Box) (*image.RGBA, error) {
	a.mu.Lock()
	a.parts = append(a.parts, box)
	a.mu.Unlock()
	if a.uncut {
		return nil, fault.New(fault.PictureBroken)
	}
	out := image.NewRGBA(image.Rect(0, 0, box.W, box.H))
	for y := range box.H {
		for x := range box.W {
			out.SetRGBA(x, y, a.pictures[id].RGBAAt(box.X+x, box.Y+y))
		}
	}
	return out, nil
}

func plainPicture(w, h int, c color.RGBA) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := 0; i < len(img.Pix); i += 4 {
		img.Pix[i], img.Pix[i+1], img.Pix[i+2], img.Pix[i+3] = c.R, c.G, c.B, c.A
	}
	return img
}

// chequered has squares of one pixel, which no scaling survives.
func chequered(w, h int) *image.RGBA {
	img := plainPicture(w, h, color.RGBA{A: 255})
	for y := range h {
		for x := range w {
			if (x+y)%2 == 0 {
				img.SetRGBA(x, y, color.RGBA{255, 255, 255, 255})
			}
		}
	}
	return img
}

var (
	red   = color.RGBA{200, 30, 30, 255}
	green = color.RGBA{30, 160, 60, 255}
)

// stand is a viewer in a window of 400 by 300 that shows a picture.
type stand struct {
	*kit.Viewer
	t    *testing.T
	win  fyne.Window
	loop *queued
}

func view(t *testing.T, p kit.Previews, id assets.ID) *stand {
	t.Helper()
	s := &stand{t: t, loop: newQueued()}
	s.Viewer = kit.NewViewer(&kit.Gallery{Previews: p, Loop: s.loop, Hold: "Hold Space", Reason: func(err error) string { return string(fault.CodeOf(err)) }})
	s.Bare(true)
	s.win = window(t, s.Viewer)
	s.Set(kit.PictureRef{ID: id})
	s.still()
	return s
}

// still waits until nothing is on its way.
func (s *stand) still() {
	s.t.Helper()
	s.loop.await(s.t, func() bool { return !s.Busy() })
	s.loop.drain()
}

// at is the colour of a place of the window as it is painted.
func (s *stand) at(x, y int) color.RGBA {
	return color.RGBAModel.Convert(s.win.Canvas().Capture().At(x, y)).(color.RGBA)
}

func near(a, b color.RGBA) bool {
	for _, d := range []int{int(a.R) - int(b.R), int(a.G) - int(b.G), int(a.B) - int(b.B)} {
		if d > 12 || d < -12 {
			return false
		}
	}
	return true
}

// drag goes from one place of the window to another with the button down.
func (s *stand) drag(x0, y0, x1, y1 float32) {
	s.t.Helper()
	type grabbing interface {
		fyne.Draggable
		desktop.Mouseable
	}
	o, _ := find(s.win.Canvas(), func(o fyne.CanvasObject) bool { _, ok := o.(grabbing); return ok }).(grabbing)
	if o == nil {
		s.t.Fatal("nothing can be dragged")
	}
	down := &desktop.MouseEvent{Button: desktop.MouseButtonPrimary}
	down.Position = fyne.NewPos(x0, y0)
	o.MouseDown(down)
	const steps = 4
	for i := 1; i <= steps; i++ {
		e := &fyne.DragEvent{Dragged: fyne.NewDelta((x1-x0)/steps, (y1-y0)/steps)}
		e.Position = fyne.NewPos(x0+(x1-x0)*float32(i)/steps, y0+(y1-y0)*float32(i)/steps)
		o.Dragged(e)
	}
	o.DragEnd()
	s.still()
}

// find walks what a window shows.
func find(c fyne.Canvas, is func(fyne.CanvasObject) bool) fyne.CanvasObject {
	var found fyne.CanvasObject
	var walk func(o fyne.CanvasObject)
	walk = func(o fyne.CanvasObject) {
		if found != nil || !o.Visible() {
			return
		}
		if is(o) {
			found = o
			return
		}
		switch o := o.(type) {
		case *fyne.Container:
			for _, child := range o.Objects {
				walk(child)
			}
		case fyne.Widget:
			for _, child := range test.WidgetRenderer(o).Objects() {
				walk(child)
			}
		}
	}
	walk(c.Content())
	return found
}

func (s *stand) key(names ...string) {
	s.t.Helper()
	for _, name := range names {
		done := false
		for _, k := range s.Keys(func(key string, _ ...any) string { return key }) {
			if k.Name == name && !done {
				done = true
				if k.Hold != nil {
					k.Hold(true)
				} else {
					k.Do()
				}
			}
		}
		if !done {
			s.t.Fatalf("%s does nothing", name)
		}
	}
	s.still()
}

func TestOneToOneShowsEveryPixelOfThePicture(t *testing.T) {
	s := view(t, &album{pictures: map[assets.ID]*image.RGBA{"a": chequered(900, 700)}}, "a")
	if !s.Fitted() {
		t.Error("a picture does not begin whole")
	}
	s.key("1")
	if s.Zoom() != 1 || !s.Sharp() {
		t.Fatalf("zoom %v, sharp %v", s.Zoom(), s.Sharp())
	}
	img := s.win.Canvas().Capture()
	for y := 100; y < 110; y++ {
		for x := 100; x < 110; x++ {
			a, b := color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y, color.GrayModel.Convert(img.At(x+1, y)).(color.Gray).Y
			if !(a == 0 && b == 255 || a == 255 && b == 0) {
				t.Fatalf("at %d,%d stand %d and %d where black and white alternate", x, y, a, b)
			}
		}
	}
}

func TestAPictureTooLargeToComeWholeIsSharpInPartsAtOneToOne(t *testing.T) {
	a := &album{pictures: map[assets.ID]*image.RGBA{"large": chequered(2000, 1500)}}
	s := view(t, cutting{a}, "large")
	s.Known("large", 2000, 1500)
	s.key("1")
	s.loop.await(t, s.Sharp)
	s.still()
	a.mu.Lock()
	parts := len(a.parts)
	a.mu.Unlock()
	if w, h := s.Pixels(); w != 2000 || h != 1500 || parts != 1 {
		t.Fatalf("%d by %d, %d parts fetched", w, h, parts)
	}
	img := s.win.Canvas().Capture()
	one, two := color.GrayModel.Convert(img.At(200, 150)).(color.Gray).Y, color.GrayModel.Convert(img.At(201, 150)).(color.Gray).Y
	if one == two || one != 0 && one != 255 {
		t.Errorf("the part shows %d beside %d", one, two)
	}
	// A small step stays inside of what was fetched.
	s.Pan(.1, 0)
	s.still()
	if !s.Sharp() {
		t.Error("a step to the side loses what was fetched")
	}
}

func TestWhereNoPartCanBeHadTheViewerSaysThatItIsCoarse(t *testing.T) {
	a := &album{pictures: map[assets.ID]*image.RGBA{"large": chequered(2000, 1500)}, uncut: true}
	s := view(t, cutting{a}, "large")
	s.Known("large", 2000, 1500)
	s.key("1")
	s.loop.await(t, func() bool { return !s.Coming() })
	if s.Sharp() || s.Failed() != nil {
		t.Errorf("sharp %v, failed %v", s.Sharp(), s.Failed())
	}
}

func TestTheZoomGoesByStepsAndKeepsThePlaceUnderThePointer(t *testing.T) {
	img := plainPicture(1600, 1200, green)
	for y := 300; y < 320; y++ {
		for x := 400; x < 420; x++ {
			img.SetRGBA(x, y, red)
		}
	}
	s := view(t, &album{pictures: map[assets.ID]*image.RGBA{"a": img}}, "a")
	fit := s.Zoom()
	var zooms []float32
	for range 5 {
		s.key("+")
		zooms = append(zooms, s.Zoom())
	}
	if zooms[0] <= fit || zooms[0] >= .3 && fit < .24 || zooms[4] <= zooms[3] {
		t.Errorf("from %v the steps are %v", fit, zooms)
	}
	for range 5 {
		s.key("-")
	}
	if s.Zoom() != fit || !s.Fitted() {
		t.Errorf("back is at %v, began at %v", s.Zoom(), fit)
	}
	// The red square is at the same place of the window before and after the wheel.
	spot := func() (x, y float32) {
		c := s.win.Canvas().Capture()
		n := float32(0)
		for py := range c.Bounds().Dy() {
			for px := range c.Bounds().Dx() {
				if near(color.RGBAModel.Convert(c.At(px, py)).(color.RGBA), red) {
					x, y, n = x+float32(px)+.5, y+float32(py)+.5, n+1
				}
			}
		}
		if n == 0 {
			t.Fatal("the square is out of sight")
		}
		return x / n, y / n
	}
	x, y := spot()
	wheel := find(s.win.Canvas(), func(o fyne.CanvasObject) bool { _, ok := o.(fyne.Scrollable); return ok }).(fyne.Scrollable)
	for range 6 {
		turn := &fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, 10)}
		turn.Position = fyne.NewPos(x, y)
		wheel.Scrolled(turn)
		s.still()
	}
	if nx, ny := spot(); nx < x-1.5 || nx > x+1.5 || ny < y-1.5 || ny > y+1.5 {
		t.Errorf("the place under the pointer went from %v,%v to %v,%v", x, y, nx, ny)
	}
	if s.Zoom() < fit*1.8 {
		t.Errorf("six turns of the wheel lead from %v to %v", fit, s.Zoom())
	}
}

func TestTwoPicturesAreZoomedAndMovedInStep(t *testing.T) {
	// The second is half as large and has its mark at the same place.
	one, two := plainPicture(1200, 900, green), plainPicture(600, 450, green)
	for y := range 60 {
		for x := range 60 {
			one.SetRGBA(600+x, 400+y, red)
			if x < 30 && y < 30 {
				two.SetRGBA(300+x, 200+y, red)
			}
		}
	}
	s := view(t, &album{pictures: map[assets.ID]*image.RGBA{"one": one, "two": two}}, "one")
	s.Against(kit.PictureRef{ID: "two"})
	s.Compare(kit.Beside)
	s.still()
	s.Actual()
	s.PointTo(assets.Box{X: 600, Y: 400, W: 60, H: 60})
	s.Larger()
	s.still()
	// The middle of each half shows the mark's middle.
	half := s.win.Canvas().Size().Width / 2
	left, right := int(half/2)-2, int(half+half/2)+2
	y := int(s.win.Canvas().Size().Height / 2)
	if !near(s.at(left, y), red) || !near(s.at(right, y), red) || near(s.at(left-60, y), red) || near(s.at(right-60, y), red) {
		t.Errorf("left %v, right %v", s.at(left, y), s.at(right, y))
	}
	s.Pan(.5, 0)
	s.still()
	if near(s.at(left, y), red) || near(s.at(right, y), red) {
		t.Error("one of the two stayed")
	}
}

func TestADifferenceShowsOnlyWhatDiffersAmplified(t *testing.T) {
	one, two := plainPicture(400, 300, color.RGBA{100, 100, 100, 255}), plainPicture(400, 300, color.RGBA{100, 100, 100, 255})
	for y := 100; y < 200; y++ {
		for x := 150; x < 250; x++ {
			two.SetRGBA(x, y, color.RGBA{110, 95, 100, 255})
		}
	}
	s := view(t, &album{pictures: map[assets.ID]*image.RGBA{"one": one, "two": two}}, "one")
	s.Against(kit.PictureRef{ID: "two"})
	s.Compare(kit.Difference)
	s.still()
	if got := s.at(60, 150); !near(got, color.RGBA{0, 0, 0, 255}) {
		t.Errorf("where they are alike stands %v", got)
	}
	if got := s.at(200, 150); !near(got, color.RGBA{40, 20, 0, 255}) {
		t.Errorf("ten levels of red and five of green show as %v, want four times that", got)
	}
}

func TestFlickerChangesPicturesTwiceASecondAndStops(t *testing.T) {
	s := view(t, &album{pictures: map[assets.ID]*image.RGBA{"one": plainPicture(40, 30, red), "two": plainPicture(40, 30, green)}}, "one")
	s.Against(kit.PictureRef{ID: "two"})
	s.Compare(kit.Flicker)
	s.still()
	begin := time.Now()
	for _, want := range []color.RGBA{red, green, red} {
		s.loop.await(t, func() bool { return near(s.at(200, 150), want) })
	}
	// A little more than two of them a second would be three flashes, which can do harm.
	if took := time.Since(begin); took < 450*time.Millisecond {
		t.Errorf("two changes within %v", took)
	}
	s.Compare(kit.Alone)
	s.still()
	time.Sleep(300 * time.Millisecond)
	s.loop.drain()
	if !near(s.at(200, 150), red) {
		t.Error("it goes on after it was stopped")
	}
}

func TestDrawingMakesABoxInPixelsOfThePicture(t *testing.T) {
	// 800 by 552 fits a window of 400 by 300 at a little less than a half.
	s := view(t, &album{pictures: map[assets.ID]*image.RGBA{"a": plainPicture(752, 552, green)}}, "a")
	var drawn []assets.Box
	s.OnDrawn = func(b assets.Box) { drawn = append(drawn, b) }
	s.drag(100, 100, 150, 150) // moves nothing: the picture is whole
	if len(drawn) != 0 {
		t.Fatal("a box is drawn without being asked for")
	}
	s.Draw(true)
	s.drag(250, 200, 150, 100) // from the lower right
	if len(drawn) != 1 {
		t.Fatalf("drawn: %v", drawn)
	}
	// The picture is 376 wide in the middle of 400: half a pixel of the screen each.
	if b := drawn[0]; b != (assets.Box{X: 276, Y: 176, W: 200, H: 200}) {
		t.Errorf("drawn %+v", b)
	}
	s.drag(10, 10, 5000, 5000)
	if b := drawn[1]; b != (assets.Box{X: 0, Y: 0, W: 752, H: 552}) {
		t.Errorf("over the edge: %+v", b)
	}
	s.drag(200, 150, 201, 151)
	if len(drawn) != 2 {
		t.Error("a twitch counts as a box")
	}
	s.DrawHere()
	if len(drawn) != 3 || drawn[2].W != 250 {
		t.Errorf("without a mouse: %v", drawn)
	}
}

func TestABoxIsMovedAndResizedByPointerAndKeysWithinThePicture(t *testing.T) {
	s := view(t, &album{pictures: map[assets.ID]*image.RGBA{"a": plainPicture(752, 552, green)}}, "a")
	at := map[string]assets.Box{}
	s.OnMoved = func(name string, b assets.Box) { at[name] = b }
	chosen := ""
	s.OnSelected = func(name string) { chosen = name }
	s.SetOverlays([]kit.Overlay{
		{Name: "cut", Box: assets.Box{W: 752, H: 552}, Dashed: true},
		{Name: "label", Box: assets.Box{X: 200, Y: 200, W: 100, H: 100}, Tone: kit.Cinnabar, Movable: true, Caption: "label"},
	})
	s.still()
	// On the window the label reaches from 112,112 to 162,162.
	s.drag(137, 137, 157, 127)
	if at["label"] != (assets.Box{X: 240, Y: 180, W: 100, H: 100}) || chosen != "label" || s.Selected() != "label" {
		t.Fatalf("moved to %+v, chosen %q", at["label"], chosen)
	}
	s.drag(182, 152, 192, 162) // its lower right corner
	if at["label"] != (assets.Box{X: 240, Y: 180, W: 120, H: 120}) {
		t.Fatalf("resized to %+v", at["label"])
	}
	s.drag(132, 130, -500, 130) // its left edge, far out
	if at["label"] != (assets.Box{X: 0, Y: 180, W: 360, H: 120}) {
		t.Fatalf("beyond the edge: %+v", at["label"])
	}
	s.key("Right", "Down") // a step is a pixel of the screen, so two of the picture
	if at["label"] != (assets.Box{X: 2, Y: 182, W: 360, H: 120}) {
		t.Errorf("by keys: %+v", at["label"])
	}
	s.key("LeftShift", "Right", "Up")
	if at["label"] != (assets.Box{X: 2, Y: 182, W: 362, H: 118}) {
		t.Errorf("with Shift: %+v", at["label"])
	}
	if _, moved := at["cut"]; moved {
		t.Error("what can't be moved was moved")
	}
}

func TestOverlaysAreSeenOnAnyGround(t *testing.T) {
	for name, ground := range map[string]color.RGBA{"white": {255, 255, 255, 255}, "black": {0, 0, 0, 255}} {
		s := view(t, &album{pictures: map[assets.ID]*image.RGBA{"a": plainPicture(752, 552, ground)}}, "a")
		s.SetOverlays([]kit.Overlay{{Box: assets.Box{X: 100, Y: 100, W: 400, H: 300}, Dashed: true}, {Box: assets.Box{X: 300, Y: 150, W: 200, H: 200}, Round: true, Dashed: true}})
		s.still()
		c := s.win.Canvas().Capture()
		differ := 0
		for x := 62; x < 262; x++ { // along the upper edge of the first
			for y := 58; y < 66; y++ {
				if !near(color.RGBAModel.Convert(c.At(x, y)).(color.RGBA), ground) {
					differ++
				}
			}
		}
		if differ < 100 {
			t.Errorf("on %s only %d pixels of a dashed line can be seen", name, differ)
		}
		s.SetOverlays(nil)
		s.still()
		if got := s.at(65, 62); !near(got, ground) {
			t.Errorf("on %s it stays when overlays are taken away: %v", name, got)
		}
	}
}

// On paper white dashes are not seen.
func TestACutThatEndsWhereThePictureDoesIsSeenOnThePicture(t *testing.T) {
	dark := color.RGBA{40, 40, 40, 255}
	s := view(t, &album{pictures: map[assets.ID]*image.RGBA{"a": plainPicture(752, 552, dark)}}, "a")
	bare := s.win.Canvas().Capture()
	s.SetOverlays([]kit.Overlay{{Box: assets.Box{W: 752, H: 552}, Dashed: true}})
	s.still()
	cut := s.win.Canvas().Capture()
	white := 0
	for y := range cut.Bounds().Dy() {
		for x := range cut.Bounds().Dx() {
			was := color.RGBAModel.Convert(bare.At(x, y)).(color.RGBA)
			now := color.RGBAModel.Convert(cut.At(x, y)).(color.RGBA)
			if was != now && !near(was, dark) {
				t.Fatalf("at %d, %d the line lies beside the picture", x, y)
			}
			if near(was, dark) && near(now, color.RGBA{255, 255, 255, 255}) {
				white++
			}
		}
	}
	if white < 1000 {
		t.Errorf("%d pixels of the line can be seen", white)
	}
}

func TestAHiddenPictureShowsOnlyWhileItIsHeld(t *testing.T) {
	img := plainPicture(752, 552, color.RGBA{255, 255, 255, 255})
	for y := 200; y < 220; y++ {
		for x := 200; x < 220; x++ {
			img.SetRGBA(x, y, red)
		}
	}
	for _, how := range []kit.Hiding{kit.Blurred, kit.Greyed} {
		s := view(t, &album{pictures: map[assets.ID]*image.RGBA{"a": img}}, "a")
		s.Shield(how)
		s.still()
		if got := s.at(117, 117); near(got, red) {
			t.Errorf("%s shows %v", how, got)
		}
		s.key("Space")
		if got := s.at(117, 117); !near(got, red) {
			t.Errorf("%s shows %v while it is held", how, got)
		}
		s.Reveal(false)
		s.still()
		if got := s.at(117, 117); near(got, red) {
			t.Errorf("%s shows %v after it was let go", how, got)
		}
	}
}

func TestHoldingTheButtonRevealsAndLettingGoHides(t *testing.T) {
	s := view(t, &album{pictures: map[assets.ID]*image.RGBA{"a": plainPicture(752, 552, red)}}, "a")
	s.Shield(kit.Blurred)
	s.still()
	hold, _ := find(s.win.Canvas(), func(o fyne.CanvasObject) bool { _, ok := o.(*kit.Hold); return ok }).(*kit.Hold)
	if hold == nil {
		t.Fatal("there is no button")
	}
	middle := func() color.RGBA { return s.at(200, 150) }
	before := middle()
	hold.MouseDown(&desktop.MouseEvent{})
	s.still()
	if !near(middle(), red) || !hold.Visible() {
		t.Errorf("pressed it shows %v; there to be let go: %v", middle(), hold.Visible())
	}
	hold.MouseUp(&desktop.MouseEvent{})
	s.still()
	if !near(middle(), before) {
		t.Errorf("let go it shows %v", middle())
	}
}

func TestAPictureThatCannotBeHadSaysWhyAndIsAskedForAgain(t *testing.T) {
	a := &album{pictures: map[assets.ID]*image.RGBA{}}
	s := view(t, a, "a")
	if fault.CodeOf(s.Failed()) != fault.PictureAbsent {
		t.Fatalf("failed: %v", s.Failed())
	}
	said := find(s.win.Canvas(), func(o fyne.CanvasObject) bool {
		p, ok := o.(*kit.Paragraph)
		return ok && p.Text() == string(fault.PictureAbsent)
	})
	if said == nil {
		t.Error("nothing says why")
	}
	a.pictures["a"] = plainPicture(752, 552, red)
	s.Retry()
	s.still()
	if s.Failed() != nil || !near(s.at(200, 150), red) {
		t.Errorf("asked again: %v, %v", s.Failed(), s.at(200, 150))
	}
}

// What is done on the UI thread for a picture of 12 megapixels must not hold a frame up.
// The bar is 8 ms on a machine of one's own; the test leaves room for a shared one.
func TestNothingHeavyHappensOnTheUIThread(t *testing.T) {
	s := view(t, &album{pictures: map[assets.ID]*image.RGBA{"a": chequered(4000, 3000), "b": chequered(4000, 3000)}}, "a")
	s.win.Resize(fyne.NewSize(1200, 900))
	s.still()
	worst := time.Duration(0)
	timed := func(f func()) {
		begin := time.Now()
		f()
		worst = max(worst, time.Since(begin))
		deadline := time.After(20 * time.Second)
		for s.Busy() {
			select {
			case f := <-s.loop.work:
				begin := time.Now()
				f()
				worst = max(worst, time.Since(begin))
			case <-deadline:
				t.Fatal("it never ends")
			}
		}
	}
	timed(s.Actual)
	for range 10 {
		timed(func() { s.Pan(.1, .1) })
	}
	timed(s.Larger)
	timed(func() { s.Against(kit.PictureRef{ID: "b"}) })
	for _, c := range []kit.Compared{kit.Beside, kit.Difference, kit.Flicker, kit.Alone} {
		timed(func() { s.Compare(c) })
	}
	timed(func() { s.Shield(kit.Blurred) })
	t.Logf("the longest step took %v", worst)
	if worst > 40*time.Millisecond {
		t.Errorf("the longest step on the UI thread took %v", worst)
	}
}
