package main

import (
	"context"
	"image"
	"time"

	xdraw "golang.org/x/image/draw"

	"cinnabar/assets"
	"cinnabar/assets/decode"
	"cinnabar/internal/fault"
)

// wholes opens pictures at their full size, of which parts are looked at closely. The
// last one stays open for a moment, because who looks at one part looks at the next.
type wholes struct {
	source interface {
		Bytes(ctx context.Context, id assets.ID) ([]byte, error)
	}
	opener interface {
		Open(ctx context.Context, data []byte, w decode.Want) (*decode.Picture, error)
	}
	turn chan struct{} // holds one: one at a time, since each may be of 200 MB
	id   assets.ID
	img  *image.RGBA
	drop *time.Timer
}

// How long and how many pixels of a picture stay open.
const (
	wholeFor  = 20 * time.Second
	wholeMost = 32 << 20
)

func newWholes(p *wholes) *wholes {
	p.turn = make(chan struct{}, 1)
	return p
}

// region is a part of a picture at full size, in a picture of its own. Faults: those of
// the source and of the opener, Cancelled, and PictureBroken for bytes that are another's.
func (w *wholes) region(ctx context.Context, id assets.ID, box assets.Box) (*image.RGBA, error) {
	select {
	case w.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, fault.Wrap(context.Cause(ctx), fault.Cancelled)
	}
	defer func() { <-w.turn }()
	img := w.img
	if w.id != id || img == nil {
		data, err := w.source.Bytes(ctx, id)
		if err != nil {
			return nil, err
		}
		if got := assets.IDOf(data); got != id {
			return nil, fault.New(fault.PictureBroken, "format", "", "detail", "stored bytes are those of "+string(got))
		}
		p, err := w.opener.Open(ctx, data, decode.Want{})
		if err != nil {
			return nil, err
		}
		img = p.Image
		w.id, w.img = "", nil
		if b := img.Bounds(); b.Dx()*b.Dy() <= wholeMost {
			w.id, w.img = id, img
		}
	}
	if w.img != nil {
		w.forgetLater()
	}
	r := image.Rect(box.X, box.Y, box.X+box.W, box.Y+box.H).Intersect(img.Bounds())
	out := image.NewRGBA(image.Rect(0, 0, r.Dx(), r.Dy()))
	xdraw.Copy(out, image.Point{}, img, r, xdraw.Src, nil)
	return out, nil
}

// forgetLater gives the memory back when nobody has looked for a while.
func (w *wholes) forgetLater() {
	if w.drop != nil {
		w.drop.Stop()
	}
	w.drop = time.AfterFunc(wholeFor, func() {
		w.turn <- struct{}{}
		w.id, w.img = "", nil
		<-w.turn
	})
}
