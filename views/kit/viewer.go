package kit

import (
	"context"
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"cinnabar/assets"
	"cinnabar/views/look"
)

// FullPixels is the longest side, in pixels, of the whole picture that a viewer asks
// for. What is looked at closer comes as a part, where Previews can cut one.
const FullPixels = 2560

// Regions cuts a part out of a picture at its full size. A Gallery whose Previews can
// do this too lets the viewer show every pixel of pictures larger than FullPixels.
type Regions interface {
	// Region returns the part of a picture that a box in pixels of the upright picture
	// covers, one pixel for each of its own. It may take long; called off the UI thread.
	Region(ctx context.Context, id assets.ID, box assets.Box) (*image.RGBA, error)
}

// PictureRef names a picture for the viewer.
type PictureRef struct {
	ID assets.ID
	// Width and Height are the size of the whole upright picture in pixels, which may be
	// more than can be shown at once; 0 where nobody knows it yet: then what comes is
	// taken for all of it until Known says better.
	Width, Height int
	// Mirrored shows it left to right, to be compared with one that was turned over.
	Mirrored bool
}

// Compared is how a second picture is set against the first.
type Compared uint8

// The ways to compare. In all of them the second picture is laid on the frame of the
// first, as large as fits, so that both are zoomed and moved in step.
const (
	Alone      Compared = iota // the first picture only
	Beside                     // the second to the right of the first
	Difference                 // how much each pixel differs, amplified
	Flicker                    // now one, now the other
)

// Hiding is how pictures are kept from being seen unasked.
type Hiding string

// The ways to hide. None of them promises anything: they are a person's choice.
const (
	Unhidden Hiding = ""
	Blurred  Hiding = "blur"
	Greyed   Hiding = "grey"
)

// Viewer shows one picture to be looked at closely: zoom, pan, one picture pixel on
// one device pixel, a second picture in step, with overlays that can be drawn, moved
// and resized. Everything is painted off the UI thread and handed over at the size
// of the window.
type Viewer struct {
	widget.BaseWidget
	// OnLoaded is called when a picture has come, with its size in pixels as it is known.
	OnLoaded func(w, h int)
	// OnFailed is called when a picture could not be had.
	OnFailed func(err error)
	// OnDrawn is called with a box that was drawn in draw mode, in pixels of the upright picture.
	OnDrawn func(box assets.Box)
	// OnMoved is called when a movable overlay has been moved or resized.
	OnMoved func(name string, box assets.Box)
	// OnView is called when the zoom has changed, when what is seen has become sharp, or
	// when there is another way of comparing.
	OnView func()
	// OnSelected is called when another overlay is chosen with the pointer; "" for none.
	OnSelected func(name string)

	gallery *Gallery
	stage   *stage
	tools   *fyne.Container
	frame   *canvas.Rectangle
	clip    *container.Clip
	line    *Text // beside the tools
	bare    bool
	shift   bool
}

// NewViewer makes an empty viewer.
func NewViewer(g *Gallery) *Viewer {
	v := &Viewer{gallery: g, frame: panel(look.Radius, true), line: NewText("", Style{Size: look.Caption, Ink: look.SecondInk, Shrink: true})}
	v.stage = newStage(g, v)
	tool := func(i look.Icon, f func()) fyne.CanvasObject {
		return NewButton(ButtonConfig{Icon: i, Weight: Quiet, Press: f})
	}
	v.tools = Row(0,
		tool(look.IconZoomOut, v.Smaller), tool(look.IconZoomIn, v.Larger),
		tool(look.IconFit, v.Fit), tool(look.IconActual, v.Actual))
	v.clip = container.NewClip(v.stage)
	v.clip.ExtendBaseWidget(v.clip) // before the first Resize, which would not reach the content otherwise
	v.ExtendBaseWidget(v)
	return v
}

// AddTool puts a button before the viewer's own.
func (v *Viewer) AddTool(i look.Icon, press func()) {
	v.tools.Objects = append([]fyne.CanvasObject{NewButton(ButtonConfig{Icon: i, Weight: Quiet, Press: press})}, v.tools.Objects...)
	v.Refresh()
}

// Say writes a line beside the tools.
func (v *Viewer) Say(text string) { v.line.Set(text) }

// Said is what stands there.
func (v *Viewer) Said() string { return v.line.Text() }

// Bare leaves the frame and the row of tools out, for a screen that has its own.
func (v *Viewer) Bare(on bool) {
	v.bare = on
	v.Refresh()
}

// Set asks for a picture; the zoom goes back to fit when it is another one. The zero
// ref shows that there is none. Overlays stay: they are the caller's.
func (v *Viewer) Set(ref PictureRef) { v.stage.set(&v.stage.first, ref) }

// SetImage shows a picture that is open already; width and height are those of the
// whole upright picture, 0 for the image's own. The image must not change any more.
func (v *Viewer) SetImage(img *image.RGBA, width, height int) {
	v.stage.setImage(img, width, height)
}

// Against sets a second picture against the first; the zero ref takes it away.
func (v *Viewer) Against(ref PictureRef) { v.stage.set(&v.stage.second, ref) }

// Known tells the size of the whole upright picture, once somebody has read it. The
// place that is looked at stays.
func (v *Viewer) Known(id assets.ID, width, height int) { v.stage.known(id, width, height) }

// Picture and Other are what is shown and what is set against it.
func (v *Viewer) Picture() PictureRef { return v.stage.first.ref }

// Other is the picture set against the first, the zero ref for none.
func (v *Viewer) Other() PictureRef { return v.stage.second.ref }

// Compare chooses how the second picture is shown. Without one all ways show the
// first alone.
func (v *Viewer) Compare(c Compared) { v.stage.compare(c) }

// Comparing is the way chosen.
func (v *Viewer) Comparing() Compared { return v.stage.mode }

// SetOverlays lays boxes over the first picture, the first one undermost.
func (v *Viewer) SetOverlays(list []Overlay) { v.stage.setOverlays(list) }

// Select chooses an overlay by its name; a movable one gets handles, and the arrow
// keys move it. "" chooses none.
func (v *Viewer) Select(name string) { v.stage.choose(name) }

// Selected is the name of the overlay chosen.
func (v *Viewer) Selected() string { return v.stage.chosen }

// Draw turns draw mode on and off: dragging makes a box instead of moving the picture.
func (v *Viewer) Draw(on bool) { v.stage.draws(on) }

// Drawing reports whether it is on.
func (v *Viewer) Drawing() bool { return v.stage.drawing }

// DrawHere makes a box in the middle of what is seen, for whoever has no mouse; it is
// told by OnDrawn and can be moved with the keys from there.
func (v *Viewer) DrawHere() { v.stage.drawHere() }

// Nudge moves the chosen overlay by so many steps; a step is one pixel of the picture
// or of the screen, whichever is larger.
func (v *Viewer) Nudge(dx, dy int) { v.stage.nudge(dx, dy, false) }

// Grow moves its right and lower edge instead.
func (v *Viewer) Grow(dx, dy int) { v.stage.nudge(dx, dy, true) }

// PointTo brings a box into the middle.
func (v *Viewer) PointTo(b assets.Box) { v.stage.pointTo(b) }

// Larger, Smaller are the zoom's steps; the place in the middle stays.
func (v *Viewer) Larger() { v.stage.step(+1, v.stage.middle()) }

// Smaller is the step back.
func (v *Viewer) Smaller() { v.stage.step(-1, v.stage.middle()) }

// Fit shows the whole picture.
func (v *Viewer) Fit() { v.stage.fit() }

// Actual shows one pixel of the picture on one pixel of the screen.
func (v *Viewer) Actual() { v.stage.actual() }

// Pan moves the picture by shares of the window: Pan(1, 0) shows what lies a screen
// to the right.
func (v *Viewer) Pan(x, y float32) { v.stage.pan(x, y) }

// Fitted reports whether the whole picture is shown, so that there is nowhere to pan to.
func (v *Viewer) Fitted() bool { return v.stage.fitted || !v.stage.overflows() }

// Zoom is how many device pixels one pixel of the whole picture takes.
func (v *Viewer) Zoom() float32 { return v.stage.zoom * scaleOf(v.stage) }

// Pixels is the size of the upright picture in pixels, 0 before it has come.
func (v *Viewer) Pixels() (w, h int) { return v.stage.first.w, v.stage.first.h }

// Sharp reports whether what is seen has every pixel that the screen could show; it
// is false while a part is on its way, and where none can be cut.
func (v *Viewer) Sharp() bool { return v.stage.sharp() }

// Coming reports whether finer pixels are on their way, or will be asked for.
func (v *Viewer) Coming() bool { return v.stage.coming() }

// Still reports whether two pictures that flicker stand still, because the person has
// switched animations off; Flip shows the other one.
func (v *Viewer) Still() bool { return v.stage.ticker == nil && len(v.stage.last.over) > 1 }

// Flip shows the other of two flickering pictures.
func (v *Viewer) Flip() { v.stage.flip() }

// Busy reports whether anything is being fetched or painted.
func (v *Viewer) Busy() bool { return v.stage.busy() }

// Failed is why the first picture is not shown, nil if it is or may yet be.
func (v *Viewer) Failed() error { return v.stage.first.failed }

// Retry asks again for what could not be had.
func (v *Viewer) Retry() { v.stage.retry() }

// Shield chooses how pictures are hidden until they are revealed.
func (v *Viewer) Shield(how Hiding) { v.stage.shield(how) }

// Reveal shows what is hidden for as long as it is told so.
func (v *Viewer) Reveal(on bool) { v.stage.reveal(on) }

// Close stops what is under way; the viewer shows nothing afterwards.
func (v *Viewer) Close() { v.stage.close() }

// MinSize has room for a small page.
func (v *Viewer) MinSize() fyne.Size { return fyne.NewSize(160, 200) }

// CreateRenderer implements fyne.Widget.
func (v *Viewer) CreateRenderer() fyne.WidgetRenderer {
	r := &render{min: v.MinSize}
	r.layout = func(s fyne.Size) {
		if v.bare {
			place(v.clip, 0, 0, s.Width, s.Height)
			return
		}
		below := HeightFor(v.tools, s.Width)
		h := s.Height - below - look.S1
		place(v.frame, 0, 0, s.Width, h)
		place(v.clip, 1, 1, s.Width-2, h-2)
		place(v.line, 0, h+look.S1, s.Width-v.tools.MinSize().Width-look.S2, v.tools.MinSize().Height)
		place(v.tools, s.Width-v.tools.MinSize().Width, h+look.S1, v.tools.MinSize().Width, v.tools.MinSize().Height)
	}
	r.refresh = func() {
		r.objects = []fyne.CanvasObject{v.clip}
		if !v.bare {
			r.objects = []fyne.CanvasObject{v.frame, v.clip, v.line, v.tools}
		}
		fill(v.frame, look.Selected, look.Line)
		r.layout(v.Size())
		v.stage.Refresh()
		v.tools.Refresh()
		v.line.Refresh()
	}
	r.refresh()
	return r
}
