package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"cinnabar/assets"
	"cinnabar/views/look"
)

// Box is a region of a picture that means something, in pixels of the upright picture.
type Box struct {
	assets.Box
	Tone Tone
}

// Viewer shows one picture to be read: zoom in and out, fit, actual size, drag
// and scroll to move about, with boxes laid over it.
type Viewer struct {
	widget.BaseWidget
	gallery *Gallery
	stage   *stage
	tools   *fyne.Container
	caption *Paragraph
	frame   *canvas.Rectangle
}

// NewViewer makes an empty viewer.
func NewViewer(g *Gallery) *Viewer {
	v := &Viewer{gallery: g, stage: newStage(g), caption: NewParagraph("", Small), frame: panel(look.Radius, true)}
	tool := func(i look.Icon, f func()) fyne.CanvasObject {
		return NewButton(ButtonConfig{Icon: i, Weight: Quiet, Press: f})
	}
	v.tools = Row(0,
		tool(look.IconZoomOut, v.Smaller), tool(look.IconZoomIn, v.Larger),
		tool(look.IconFit, v.Fit), tool(look.IconActual, v.Actual))
	v.ExtendBaseWidget(v)
	return v
}

// Set asks for a picture and lays boxes over it. The zoom goes back to fit
// when the picture is another one.
func (v *Viewer) Set(id assets.ID, boxes []Box, caption string) {
	v.caption.Set(caption)
	v.stage.show(id, boxes)
	v.Refresh()
}

// SetCaption changes the line under the picture.
func (v *Viewer) SetCaption(caption string) {
	v.caption.Set(caption)
	v.Refresh()
}

// SetBoxes changes the boxes alone.
func (v *Viewer) SetBoxes(boxes []Box) { v.stage.setBoxes(boxes) }

// PointTo brings a box into view.
func (v *Viewer) PointTo(b assets.Box) { v.stage.pointTo(b) }

// Larger, Smaller, Fit and Actual are the zooms; the place in the middle stays.
func (v *Viewer) Larger()  { v.stage.zoomBy(1.25, v.stage.middle()) }
func (v *Viewer) Smaller() { v.stage.zoomBy(1/1.25, v.stage.middle()) }

// Fit shows the whole picture.
func (v *Viewer) Fit() { v.stage.fit() }

// Actual shows one pixel of the picture on one pixel of the screen.
func (v *Viewer) Actual() { v.stage.actual() }

// Zoom is how many device-independent pixels one pixel of the picture takes.
func (v *Viewer) Zoom() float32 { return v.stage.zoom }

// Pixels is the size of the upright picture in pixels, 0 before it has come.
func (v *Viewer) Pixels() (w, h int) { return v.stage.w, v.stage.h }

// OnLoaded is called when a picture has come, with its size in pixels.
func (v *Viewer) OnLoaded(f func(w, h int)) { v.stage.loaded = f }

// MinSize has room for a small page.
func (v *Viewer) MinSize() fyne.Size { return fyne.NewSize(160, 200) }

// CreateRenderer implements fyne.Widget.
func (v *Viewer) CreateRenderer() fyne.WidgetRenderer {
	clip := container.NewClip(v.stage)
	clip.ExtendBaseWidget(clip) // before the first Resize, which would not reach the content otherwise
	r := &render{objects: []fyne.CanvasObject{v.frame, clip, v.tools, v.caption}, min: v.MinSize}
	r.layout = func(s fyne.Size) {
		below := HeightFor(v.tools, s.Width)
		w := s.Width - v.tools.MinSize().Width - look.S2
		if v.caption.Text() != "" {
			below = max(below, HeightFor(v.caption, w))
		}
		h := s.Height - below - look.S1
		place(v.frame, 0, 0, s.Width, h)
		place(clip, 1, 1, s.Width-2, h-2)
		place(v.caption, 0, h+look.S1+6, w, below-6)
		place(v.tools, s.Width-v.tools.MinSize().Width, h+look.S1, v.tools.MinSize().Width, v.tools.MinSize().Height)
	}
	r.refresh = func() {
		fill(v.frame, look.Selected, look.Line)
		r.layout(v.Size())
		v.stage.Refresh()
		v.tools.Refresh()
		v.caption.Refresh()
	}
	fill(v.frame, look.Selected, look.Line)
	return r
}
