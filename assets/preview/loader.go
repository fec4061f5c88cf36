package preview

import (
	"context"
	"image"
	"runtime"

	"cinnabar/assets"
	"cinnabar/assets/decode"
	"cinnabar/internal/fault"
)

// Source is where pictures are stored.
type Source interface {
	// Bytes returns the stored file of a picture.
	Bytes(ctx context.Context, id assets.ID) ([]byte, error)
}

// Largest is the longest side, in pixels, of what Full returns.
const Largest = 2560

// least is the smallest size that is made; nobody can see less anyway.
const least = 16

// levels are the sizes that are kept on disk, as their longest side: a row of a
// list, a card, a picture beside a form. Every preview is scaled down from the
// next larger one.
var levels = [...]int{128, 400, 1080}

// Config says how a loader works. Only Source is needed.
type Config struct {
	Source Source
	// Folder is where small versions are kept between runs. "" is a folder of the
	// user's cache; pictures of one database must not be mixed with another's, but
	// as they are named by content, they cannot be.
	Folder string
	Memory int64 // bytes of pictures kept in memory; 0 means 64 MB
	Disk   int64 // bytes kept in Folder; 0 means 512 MB
	// Workers is how many pictures are opened or scaled at once; 0 means one less
	// than there are cores, so that one is left to the window.
	Workers int
}

// Loader gives previews. It is safe for any number of goroutines. Its answers
// are shared: whoever gets a picture must not paint on it.
type Loader struct {
	source  Source
	memory  *memory
	disk    *disk
	flights *flights
	slots   chan struct{}
}

// New returns a loader. A cache folder that cannot be used is done without.
func New(c Config) *Loader {
	if c.Memory == 0 {
		c.Memory = 64 << 20
	}
	if c.Disk == 0 {
		c.Disk = 512 << 20
	}
	if c.Workers == 0 {
		c.Workers = max(1, runtime.NumCPU()-1)
	}
	return &Loader{
		source:  c.Source,
		memory:  newMemory(c.Memory),
		disk:    openDisk(c.Folder, c.Disk),
		flights: newFlights(),
		slots:   make(chan struct{}, c.Workers),
	}
}

// Preview returns a picture scaled so that its longest side has at most px device
// pixels, never enlarged. It may take as long as the network and a decoder take:
// call it off the UI thread, and cancel ctx when nobody looks any more. Work that
// several callers want is done once, and given up when all of them have left.
//
// Its errors are those of the Source and of decode.Decode, and Cancelled.
func (l *Loader) Preview(ctx context.Context, id assets.ID, px int) (*image.RGBA, error) {
	return l.get(ctx, key{id, min(max(px, least), Largest)})
}

// Full returns a picture for the viewer, with a longest side of at most Largest.
func (l *Loader) Full(ctx context.Context, id assets.ID) (*image.RGBA, error) {
	return l.get(ctx, key{id, Largest})
}

// Close gives up what is under way and waits until it has ended.
func (l *Loader) Close() { l.flights.close() }

// key is one picture at one size.
type key struct {
	id assets.ID
	px int // or pyramid
}

// pyramid is the flight that makes all levels of a picture.
const pyramid = 0

func (l *Loader) get(ctx context.Context, k key) (*image.RGBA, error) {
	if ctx.Err() != nil {
		return nil, fault.Wrap(context.Cause(ctx), fault.Cancelled)
	}
	if k.id == "" {
		return nil, fault.New(fault.PictureAbsent, "name", "")
	}
	if e, ok := l.memory.get(k); ok {
		return e.img, e.err
	}
	return l.flights.join(ctx, k, func(ctx context.Context) (*image.RGBA, error) {
		// Somebody else's flight may have landed since.
		if e, ok := l.memory.get(k); ok {
			return e.img, e.err
		}
		img, err := l.make(ctx, k)
		if err == nil || lasting(err) {
			l.memory.put(k, entry{img, err})
		}
		return img, err
	})
}

// lasting reports whether a picture would fail in the same way again: its bytes
// never change under its ID.
func lasting(err error) bool {
	switch fault.CodeOf(err) {
	case fault.PictureEmpty, fault.PictureKind, fault.PictureLarge, fault.PictureBroken:
		return true
	}
	return false
}

// make builds one size of a picture: from the next larger level, or, above the
// levels, from the stored file.
func (l *Loader) make(ctx context.Context, k key) (*image.RGBA, error) {
	for _, level := range levels {
		switch {
		case level < k.px:
			continue
		case level == k.px:
			return l.level(ctx, k)
		}
		larger, err := l.get(ctx, key{k.id, level})
		if err != nil {
			return nil, err
		}
		return l.scaled(ctx, larger, k.px)
	}
	return l.open(ctx, k.id, func(original *image.RGBA) *image.RGBA { return scale(original, k.px) })
}

// level returns a size that is kept on disk, from there or out of a new pyramid.
func (l *Loader) level(ctx context.Context, k key) (*image.RGBA, error) {
	if img := l.kept(ctx, k); img != nil {
		return img, nil
	}
	top, err := l.flights.join(ctx, key{k.id, pyramid}, func(ctx context.Context) (*image.RGBA, error) {
		// The largest may be there when a smaller one is not: made just now by a
		// flight that has landed, or the smaller one was damaged.
		if top := l.kept(ctx, key{k.id, levels[len(levels)-1]}); top != nil {
			return top, nil
		}
		return l.open(ctx, k.id, func(original *image.RGBA) *image.RGBA { return l.build(k.id, original) })
	})
	if err != nil {
		return nil, err
	}
	if e, ok := l.memory.get(k); ok {
		return e.img, e.err
	}
	img, err := l.scaled(ctx, top, k.px)
	if err == nil && img != top {
		l.disk.put(k, img)
	}
	return img, err
}

// build makes every level, since opening the stored file is most of the work,
// keeps them, and returns the largest.
func (l *Loader) build(id assets.ID, original *image.RGBA) *image.RGBA {
	var top *image.RGBA
	img := original
	for i := len(levels) - 1; i >= 0; i-- {
		img = scale(img, levels[i])
		k := key{id, levels[i]}
		l.disk.put(k, img)
		if top == nil {
			top = img // large, and put into memory only if somebody asked for it
			continue
		}
		l.memory.put(k, entry{img: img})
	}
	return top
}

func (l *Loader) kept(ctx context.Context, k key) *image.RGBA {
	if !l.enter(ctx) {
		return nil
	}
	defer l.leave()
	return l.disk.get(ctx, k)
}

// open decodes the stored file and makes something of it, all in one worker's slot.
func (l *Loader) open(ctx context.Context, id assets.ID, use func(*image.RGBA) *image.RGBA) (*image.RGBA, error) {
	data, err := l.source.Bytes(ctx, id)
	if err != nil {
		return nil, err
	}
	if !l.enter(ctx) {
		return nil, fault.Wrap(context.Cause(ctx), fault.Cancelled)
	}
	defer l.leave()
	// A decision will rest on this picture, so it had better be the one that was
	// handed in.
	if got := assets.IDOf(data); len(data) > 0 && got != id {
		return nil, fault.New(fault.PictureBroken, "format", "", "detail", "stored bytes are those of "+string(got))
	}
	p, err := decode.Decode(ctx, data)
	if err != nil {
		return nil, err
	}
	return use(p.Image), nil
}

func (l *Loader) scaled(ctx context.Context, img *image.RGBA, px int) (*image.RGBA, error) {
	if fits(img, px) {
		return img, nil
	}
	if !l.enter(ctx) {
		return nil, fault.Wrap(context.Cause(ctx), fault.Cancelled)
	}
	defer l.leave()
	return scale(img, px), nil
}

// enter waits for a worker's slot; false means that ctx ended first. A slot is
// held while working only, never while waiting for another flight.
func (l *Loader) enter(ctx context.Context) bool {
	if ctx.Err() != nil {
		return false
	}
	select {
	case l.slots <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

func (l *Loader) leave() { <-l.slots }
