package kit

import (
	"context"
	"image"
	"image/color"
	"math"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
	xdraw "golang.org/x/image/draw"

	"cinnabar/assets"
	"cinnabar/assets/preview"
	"cinnabar/views/look"
)

// Previews makes small versions of pictures: the longer side px device pixels
// long, or less where the picture is smaller. It is called off the UI thread and
// may take long; it stops when ctx is done.
type Previews interface {
	Preview(ctx context.Context, id assets.ID, px int) (*image.RGBA, error)
}

// Gallery is what every picture on a screen shares.
type Gallery struct {
	Previews Previews
	Loop     Loop
	// Reason says in a few words why a picture is not shown.
	Reason func(error) string
	// Missing is said where no picture was handed in.
	Missing string
	// Hold is said over a picture that is hidden until a key is held.
	Hold string

	scale atomic.Uint32 // device pixels to a pixel where a picture was last shown, as float bits; 0 before any
}

// Picture is a thumbnail that arrives later. While it is on its way, or if it
// never comes, a drawn placeholder stands there with the reason.
type Picture struct {
	widget.BaseWidget
	// Failed is called when a picture could not be had; may be nil.
	Failed func()

	gallery *Gallery
	id      assets.ID
	cover   bool
	radius  float32

	hiding Hiding // until it is revealed
	reveal bool
	run    int // generation of the load that is on its way
	cancel context.CancelFunc
	wanted int
	loaded *image.RGBA
	hidden *image.RGBA // what stands there until then
	failed error

	ground *canvas.Rectangle
	img    *canvas.Image
	hold   *Hold // reveals a hidden picture by the pointer
	mark   *Symbol
	reason *Paragraph
}

// NewPicture makes an empty picture. cover fills the room and cuts what stands
// over; otherwise the whole picture shows.
func NewPicture(g *Gallery, cover bool, radius float32) *Picture {
	p := &Picture{gallery: g, cover: cover, radius: radius,
		ground: panel(radius, false), img: &canvas.Image{ScaleMode: canvas.ImageScaleFastest},
		mark:   NewSymbol(look.IconPictures, look.SecondInk, 20),
		reason: NewParagraph("", Style{Size: look.Caption, Ink: look.SecondInk, Align: fyne.TextAlignCenter})}
	p.hold = NewHold("", p.Reveal)
	p.ExtendBaseWidget(p)
	return p
}

// Set asks for a picture; "" shows the placeholder. What is still on its way
// for the one before is given up.
func (p *Picture) Set(id assets.ID) {
	if p.id == id && p.failed == nil {
		return
	}
	p.stop()
	p.id, p.loaded, p.hidden, p.failed, p.wanted = id, nil, nil, nil, 0
	p.load()
	p.Refresh()
}

// ID is the picture asked for.
func (p *Picture) ID() assets.ID { return p.id }

// Shield chooses how the picture is hidden until it is revealed.
func (p *Picture) Shield(how Hiding) {
	if p.hiding == how {
		return
	}
	p.hiding = how
	p.hidden = nil
	if p.loaded != nil && how != Unhidden {
		run, img, loop := p.run, p.loaded, p.gallery.Loop
		go func() {
			hidden := how.of(img)
			loop.Do(func() {
				if run == p.run && how == p.hiding {
					p.hidden = hidden
					p.Refresh()
				}
			})
		}()
	}
	p.Refresh()
}

// of is a picture as it stands there hidden, nil where nothing is. It takes long.
func (h Hiding) of(img *image.RGBA) *image.RGBA {
	switch h {
	case Blurred:
		return blurry(img)
	case Greyed:
		out := image.NewRGBA(image.Rect(0, 0, img.Bounds().Dx(), img.Bounds().Dy()))
		xdraw.Copy(out, image.Point{}, img, img.Bounds(), xdraw.Src, nil)
		grey(out)
		return out
	}
	return nil
}

// Reveal shows a hidden picture for as long as it is told so.
func (p *Picture) Reveal(on bool) {
	if p.reveal != on {
		p.reveal = on
		p.Refresh()
	}
}

// Shows reports whether the picture itself has arrived.
func (p *Picture) Shows() bool { return p.loaded != nil }

func (p *Picture) stop() {
	if p.cancel != nil {
		p.cancel()
		p.cancel = nil
	}
	p.run++
}

// load asks for the picture at the size that it has now. What comes for an
// earlier wish is dropped by its generation.
func (p *Picture) load() {
	s := p.Size()
	if p.id == "" || s.Width < 1 || s.Height < 1 || p.gallery == nil || p.gallery.Previews == nil {
		return
	}
	scale := scaleOf(p)
	p.gallery.scale.Store(math.Float32bits(scale))
	w, h, px := pixels(s, scale, p.cover)
	if px <= p.wanted {
		return
	}
	p.stop()
	p.wanted = px
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	p.cancel = cancel
	run, id, cover, how, g := p.run, p.id, p.cover, p.hiding, p.gallery
	go func() {
		defer cancel()
		img, err := g.Previews.Preview(ctx, id, px)
		var hidden *image.RGBA
		if err == nil {
			img = exact(img, w, h, cover)
			hidden = how.of(img)
		}
		g.Loop.Do(func() {
			if run != p.run {
				return
			}
			p.cancel = nil
			p.loaded, p.hidden, p.failed = img, hidden, err
			if now := p.hiding; now != how && err == nil {
				p.hiding = how
				p.Shield(now)
			}
			p.Refresh()
			if err != nil && p.Failed != nil {
				p.Failed()
			}
		})
	}()
}

// pixels is the room of a picture in device pixels, and how long the longer side of what
// fills it has to be.
func pixels(s fyne.Size, scale float32, cover bool) (w, h, longest int) {
	w, h = int(s.Width*scale+.5), int(s.Height*scale+.5)
	longest = max(w, h)
	if cover {
		// The longer side of what covers may stand over: pictures here are
		// rarely longer than 16 to 9.
		longest = longest * 16 / 9
	}
	return w, h, longest
}

// Ahead brings a picture near for a room that will show it, from any goroutine. It asks
// for just the pixels that a Picture of this size asks for on the screen where pictures
// were last shown: another size would have to be made once more.
func (g *Gallery) Ahead(ctx context.Context, id assets.ID, room fyne.Size, cover bool) {
	if g == nil || g.Previews == nil || id == "" {
		return
	}
	scale := math.Float32frombits(g.scale.Load())
	if scale == 0 {
		scale = 1
	}
	_, _, px := pixels(room, scale, cover)
	_, _ = g.Previews.Preview(assets.WithPriority(ctx, assets.NextScreen), id, px)
}

// exact cuts and scales a picture to the pixels it will be drawn on, so that
// the UI thread has nothing to scale.
func exact(src *image.RGBA, w, h int, cover bool) *image.RGBA {
	b := src.Bounds()
	if b.Empty() {
		return src
	}
	sx, sy := float64(w)/float64(b.Dx()), float64(h)/float64(b.Dy())
	if cover {
		f := max(sx, sy)
		cw, ch := min(b.Dx(), int(float64(w)/f+.5)), min(b.Dy(), int(float64(h)/f+.5))
		x, y := b.Min.X+(b.Dx()-cw)/2, b.Min.Y+(b.Dy()-ch)/2
		if cw == w && ch == h && cw == b.Dx() && ch == b.Dy() {
			return src
		}
		return preview.Resample(src.SubImage(image.Rect(x, y, x+cw, y+ch)).(*image.RGBA), w, h)
	}
	f := min(sx, sy)
	dw, dh := max(1, int(float64(b.Dx())*f+.5)), max(1, int(float64(b.Dy())*f+.5))
	if dw == b.Dx() && dh == b.Dy() {
		return src
	}
	return preview.Resample(src, dw, dh)
}

// blurry is the picture as a few soft patches: what it is about cannot be made out.
func blurry(src *image.RGBA) *image.RGBA {
	b := src.Bounds()
	if b.Empty() {
		return src
	}
	const patches = 6
	small := image.NewRGBA(image.Rect(0, 0, patches, patches))
	xdraw.BiLinear.Scale(small, small.Bounds(), src, b, xdraw.Src, nil)
	dst := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	xdraw.CatmullRom.Scale(dst, dst.Bounds(), small, small.Bounds(), xdraw.Src, nil)
	return dst
}

// MinSize is small; whoever lays it out says how large it is.
func (p *Picture) MinSize() fyne.Size { return fyne.NewSize(16, 16) }

// CreateRenderer implements fyne.Widget.
func (p *Picture) CreateRenderer() fyne.WidgetRenderer {
	r := &render{objects: []fyne.CanvasObject{p.ground, p.img, p.mark, p.reason, p.hold}, min: p.MinSize}
	r.layout = func(s fyne.Size) {
		place(p.ground, 0, 0, s.Width, s.Height)
		p.arrange(s)
		p.load()
	}
	r.refresh = func() {
		p.paint()
		p.arrange(p.Size())
		p.img.Refresh()
		p.mark.Refresh()
		p.reason.Refresh()
	}
	p.paint()
	return r
}

func (p *Picture) arrange(s fyne.Size) {
	w, h := s.Width, s.Height
	if p.loaded != nil && !p.cover {
		b := p.loaded.Bounds()
		f := min(s.Width/float32(b.Dx()), s.Height/float32(b.Dy()))
		w, h = float32(b.Dx())*f, float32(b.Dy())*f
	}
	place(p.img, (s.Width-w)/2, (s.Height-h)/2, w, h)
	side := min(24, min(s.Width, s.Height)*.5)
	p.mark.side = side
	rh := float32(0)
	if !p.reason.Hidden {
		rh = HeightFor(p.reason, s.Width-2*look.S2)
	}
	top := (s.Height - side - rh) / 2
	place(p.mark, (s.Width-side)/2, top, side, side)
	place(p.reason, look.S2, top+side+look.S1, s.Width-2*look.S2, rh)
	m := p.hold.MinSize()
	place(p.hold, (s.Width-m.Width)/2, (s.Height-m.Height)/2, m.Width, m.Height)
}

func (p *Picture) paint() {
	fill(p.ground, look.Selected, look.Clear)
	shown := p.loaded
	hidden := p.hiding != Unhidden && !p.reveal
	if hidden {
		shown = p.hidden
	}
	p.img.CornerRadius = p.radius
	if shown != nil {
		p.img.Image = shown
	} else {
		p.img.Image = image.NewUniform(color.Transparent)
	}
	p.img.Hidden = shown == nil
	p.ground.Hidden = shown != nil

	text, sign := "", look.IconPictures
	switch {
	case p.loaded != nil:
	case p.failed != nil:
		sign = look.IconImageMissing
		if p.gallery.Reason != nil {
			text = p.gallery.Reason(p.failed)
		}
	case p.id == "" && p.gallery != nil:
		text = p.gallery.Missing
	}
	p.mark.Set(sign, look.SecondInk)
	p.mark.Hidden = p.loaded != nil
	p.reason.Set(text)
	// In a thumbnail there is room for the sign alone.
	p.reason.Hidden = text == "" || p.Size().Width < 120
	p.hold.Hidden = !p.hold.Down() // what is pressed must stay to hear that it is let go
	if hidden && p.loaded != nil && p.gallery != nil && p.gallery.Hold != "" {
		p.hold.Set(p.gallery.Hold)
		p.hold.Hidden = p.Size().Width < p.hold.MinSize().Width+2*look.S2
	}
}
