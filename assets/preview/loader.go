package preview

import (
	"context"
	"image"
	"runtime"
	"slices"

	"cinnabar/assets"
	"cinnabar/assets/decode"
	"cinnabar/internal/fault"
)

// Source is where pictures are stored.
type Source interface {
	// Bytes returns the stored file of a picture.
	Bytes(ctx context.Context, id assets.ID) ([]byte, error)
}

// Opener opens what is stored, such as *decode.Children.
type Opener interface {
	// Open returns a picture of at least the size that w asks for.
	Open(ctx context.Context, data []byte, w decode.Want) (*decode.Picture, error)
}

// Largest is the longest side, in pixels, of what Full returns.
const Largest = 2560

// least is the smallest size that is made; nobody can see less anyway.
const least = 16

// levels are the sizes that are kept on disk, as their longest side: a row of a
// list, a card, a picture beside a form.
var levels = [...]int{row, card, page}

const (
	row  = 128
	card = 400
	page = 1080
)

// stays reports whether a size is kept on disk: a level, or what a screen asked for
// that is so large that scaling it from a level is not done at once.
func stays(px int) bool { return px == row || px >= card && px <= page }

// Config says how a loader works. Only Source is needed.
type Config struct {
	Source Source
	// Opener opens what strangers sent; nil opens it in this process, which is for tests.
	Opener Opener
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
	opener  Opener
	memory  *memory
	disk    *disk
	flights *flights
	workers *turns // whoever uses a processor
	files   *turns // whoever holds a file's bytes, which are up to decode.MaxBytes
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
	if c.Opener == nil {
		c.Opener = decode.Here{}
	}
	return &Loader{
		source:  c.Source,
		opener:  c.Opener,
		memory:  newMemory(c.Memory),
		disk:    openDisk(c.Folder, c.Disk),
		flights: newFlights(),
		workers: newTurns(c.Workers, 0),
		// The next file should be there when a worker is. But a file that was fetched for
		// later must not stand in the way of one that is looked at now.
		files: newTurns(c.Workers+2, 2),
	}
}

// Preview returns a picture scaled so that its longest side has at most px device
// pixels, never enlarged. It may take as long as the network and a decoder take:
// call it off the UI thread, and cancel ctx when nobody looks any more. Work that
// several callers want is done once, and given up when all of them have left. What
// waits for a processor goes by assets.PriorityOf(ctx).
//
// Its errors are those of the Source and of the Opener, and Cancelled.
func (l *Loader) Preview(ctx context.Context, id assets.ID, px int) (*image.RGBA, error) {
	return l.get(ctx, nil, key{id, min(max(px, least), Largest)})
}

// Full returns a picture for the viewer, with a longest side of at most Largest.
func (l *Loader) Full(ctx context.Context, id assets.ID) (*image.RGBA, error) {
	return l.get(ctx, nil, key{id, Largest})
}

// Warm has the Opener made ready, so that the first picture need not wait for a process
// to start.
func (l *Loader) Warm(ctx context.Context) {
	dot := []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;")
	_, _ = l.opener.Open(ctx, dot, decode.Want{})
	gammas()
}

// Close gives up what is under way and waits until it has ended.
func (l *Loader) Close() { l.flights.close() }

// key is one picture at one size.
type key struct {
	id assets.ID
	px int
}

// get returns a picture at a size. from is the flight that asks, nil for one from outside.
func (l *Loader) get(ctx context.Context, from *flight, k key) (*image.RGBA, error) {
	if ctx.Err() != nil {
		return nil, cancelled(ctx)
	}
	if k.id == "" {
		return nil, fault.New(fault.PictureAbsent, "name", "")
	}
	if e, ok := l.memory.get(k); ok {
		return e.img, e.err
	}
	return l.flights.join(ctx, from, k, func(ctx context.Context, f *flight) (*image.RGBA, func(), error) {
		// Somebody else's flight may have landed since.
		if e, ok := l.memory.get(k); ok {
			return e.img, nil, e.err
		}
		img, after, err := l.make(ctx, f, k)
		if err == nil || lasting(err) {
			l.memory.put(k, entry{img, err})
		}
		return img, after, err
	})
}

func cancelled(ctx context.Context) error { return fault.Wrap(context.Cause(ctx), fault.Cancelled) }

// lasting reports whether a picture would fail in the same way again: its bytes
// never change under its ID.
func lasting(err error) bool {
	switch fault.CodeOf(err) {
	case fault.PictureEmpty, fault.PictureKind, fault.PictureLarge, fault.PictureBroken:
		return true
	}
	return false
}

// make builds one size of a picture: out of what is kept, of a larger one that is there
// or on its way, or of the stored file, which is opened no larger than asked for.
func (l *Loader) make(ctx context.Context, f *flight, k key) (*image.RGBA, func(), error) {
	if img, err := l.kept(ctx, f, k); img != nil || err != nil {
		return img, nil, err
	}
	var larger *image.RGBA
	var err error
	switch {
	case k.px < row:
		larger, err = l.get(ctx, f, key{k.id, row})
	case k.px < card:
		larger, err = l.get(ctx, f, key{k.id, card})
	case k.px < page:
		if px, coming := l.flights.above(k); coming {
			larger, err = l.get(ctx, f, key{k.id, px})
		} else {
			larger, err = l.kept(ctx, f, key{k.id, page})
		}
	}
	if err != nil {
		return nil, nil, err
	}
	if larger == nil {
		return l.open(ctx, f, k)
	}
	if !l.workers.take(ctx, f) {
		return nil, nil, cancelled(ctx)
	}
	return l.worked(func() (*image.RGBA, func(), error) {
		img := scale(larger, k.px)
		return img, func() {
			if stays(k.px) {
				l.disk.put(k, img)
			}
		}, nil
	})
}

// worked does what a worker's turn was taken for, and passes the turn on when both the
// picture and what comes after it are done.
func (l *Loader) worked(do func() (*image.RGBA, func(), error)) (img *image.RGBA, after func(), err error) {
	defer func() {
		if after == nil { // also in a panic
			l.workers.pass()
		}
	}()
	img, then, err := do()
	if err != nil {
		return nil, nil, err
	}
	return img, func() {
		defer l.workers.pass()
		then()
	}, nil
}

// kept returns what is on disk, nil if it is not there.
func (l *Loader) kept(ctx context.Context, f *flight, k key) (*image.RGBA, error) {
	if !stays(k.px) || !l.disk.has(k) {
		return nil, nil
	}
	if !l.workers.take(ctx, f) {
		return nil, cancelled(ctx)
	}
	defer l.workers.pass()
	return l.disk.get(ctx, k), nil
}

// open makes a size out of the stored file, and afterwards the smaller levels, since
// opening the file is most of the work.
func (l *Loader) open(ctx context.Context, f *flight, k key) (*image.RGBA, func(), error) {
	if !l.files.take(ctx, f) {
		return nil, nil, cancelled(ctx)
	}
	defer l.files.pass()
	data, err := l.source.Bytes(ctx, k.id)
	if err != nil {
		return nil, nil, err
	}
	if !l.workers.take(ctx, f) {
		return nil, nil, cancelled(ctx)
	}
	return l.worked(func() (*image.RGBA, func(), error) {
		// A decision will rest on this picture, so it had better be the one that was
		// handed in.
		if got := assets.IDOf(data); len(data) > 0 && got != k.id {
			return nil, nil, fault.New(fault.PictureBroken, "format", "", "detail", "stored bytes are those of "+string(got))
		}
		// The small ones are made of at least twice their size: it shows in them, and costs
		// little. Of a large one it would be the whole picture.
		p, err := l.opener.Open(ctx, data, decode.Want{Longest: k.px, Better: k.px <= card})
		if err != nil {
			return nil, nil, err
		}
		img := Scale(p, k.px)
		return img, func() { l.keep(k, img) }, nil
	})
}

// keep puts a picture on disk, and the levels below it.
func (l *Loader) keep(k key, img *image.RGBA) {
	if stays(k.px) {
		l.disk.put(k, img)
	}
	for _, level := range slices.Backward(levels[:]) {
		if level < k.px {
			img = scale(img, level)
			l.disk.put(key{k.id, level}, img)
		}
	}
}
