package preview

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"cinnabar/assets"
	"cinnabar/assets/decode"
	"cinnabar/internal/fault"
)

// gate is an Opener that notes the order in which it is asked and opens one picture
// each time it is told to.
type gate struct {
	open  chan struct{}
	mu    sync.Mutex
	asked []string
}

func (g *gate) Open(ctx context.Context, data []byte, w decode.Want) (*decode.Picture, error) {
	g.mu.Lock()
	g.asked = append(g.asked, fmt.Sprint(data[len(data)-1]))
	g.mu.Unlock()
	select {
	case <-g.open:
	case <-ctx.Done():
		return nil, fault.Wrap(ctx.Err(), fault.Cancelled)
	}
	return decode.Here{}.Open(ctx, data, w)
}

// numbered makes pictures that end in their number: a JPEG's end may be followed by
// anything.
func numbered(t *testing.T, n int) (*shelf, []assets.ID) {
	var files [][]byte
	for i := range n {
		files = append(files, append(asJPEG(t, halves(20, 20)), byte(i)))
	}
	return shelve(files...)
}

func TestWhatIsLookedAtComesBeforeWhatMayBe(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		source, ids := numbered(t, 8)
		g := &gate{open: make(chan struct{})}
		l := New(Config{Source: source, Opener: g, Folder: t.TempDir(), Workers: 1})
		defer l.Close()
		ask := func(i int, p assets.Priority) context.CancelFunc {
			ctx, leave := context.WithCancel(assets.WithPriority(t.Context(), p))
			go func() { _, _ = l.Preview(ctx, ids[i], 400) }()
			synctest.Wait()
			return leave
		}
		ask(0, assets.Rest) // has the worker
		ask(1, assets.Rest)
		ask(2, assets.Rest)
		ask(3, assets.NextScreen)
		leave := ask(4, assets.Visible)
		ask(5, assets.Visible)
		ask(6, assets.NextScreen)
		ask(7, assets.Rest)
		leave()                // 4 has scrolled away
		ask(7, assets.Visible) // and 7 has come into sight
		for range ids {
			select {
			case g.open <- struct{}{}:
			default:
			}
			synctest.Wait()
		}
		if want := []string{"0", "5", "7", "3", "6", "1", "2"}; !slices.Equal(g.asked, want) {
			t.Errorf("opened in the order %v, want %v", g.asked, want)
		}
	})
}

func TestAPictureMadeOfAnotherHastensThatOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		source, ids := numbered(t, 3)
		g := &gate{open: make(chan struct{})}
		l := New(Config{Source: source, Opener: g, Folder: t.TempDir(), Workers: 1})
		defer l.Close()
		ask := func(i, px int, p assets.Priority) {
			go func() { _, _ = l.Preview(assets.WithPriority(t.Context(), p), ids[i], px) }()
			synctest.Wait()
		}
		ask(0, 400, assets.Visible)
		ask(1, 400, assets.NextScreen)
		ask(2, 90, assets.Rest)    // by way of 128 and 400
		ask(2, 90, assets.Visible) // the same flight, now in sight
		for range 3 {
			g.open <- struct{}{}
			synctest.Wait()
		}
		if want := []string{"0", "2", "1"}; !slices.Equal(g.asked, want) {
			t.Errorf("opened in the order %v, want %v", g.asked, want)
		}
	})
}

func TestATurnGivenToOneWhoLeavesIsPassedOn(t *testing.T) {
	t.Parallel()
	for range 200 {
		turns := newTurns(1, 0)
		if !turns.take(t.Context(), &flight{}) {
			t.Fatal("no turn at first")
		}
		ctx, leave := context.WithCancel(t.Context())
		var others sync.WaitGroup
		others.Go(func() {
			if turns.take(ctx, &flight{}) {
				turns.pass()
			}
		})
		others.Go(leave)
		turns.pass()
		others.Wait()
		if turns.free != 1 || len(turns.waiting) != 0 {
			t.Fatalf("%d turns left, %d wait", turns.free, len(turns.waiting))
		}
	}
}

// bad panics over every picture.
type bad struct{}

func (bad) Open(context.Context, []byte, decode.Want) (*decode.Picture, error) {
	panic("over a picture")
}

func TestAPanicKeepsNoTurn(t *testing.T) {
	t.Parallel()
	source, ids := numbered(t, 5)
	l := newLoader(t, Config{Source: source, Opener: bad{}, Workers: 1})
	for _, id := range ids {
		if _, err := l.Preview(t.Context(), id, 400); fault.CodeOf(err) != fault.Internal {
			t.Errorf("%v", err)
		}
	}
	l.Close()
	if l.workers.free != 1 || l.files.free != 3 {
		t.Errorf("%d workers and %d files left", l.workers.free, l.files.free)
	}
}

// sized notes how large pictures are asked for.
type sized struct {
	mu     sync.Mutex
	wanted []int
}

func (s *sized) Open(ctx context.Context, data []byte, w decode.Want) (*decode.Picture, error) {
	s.mu.Lock()
	s.wanted = append(s.wanted, w.Longest)
	s.mu.Unlock()
	return decode.Here{}.Open(ctx, data, w)
}

func TestAPictureIsOpenedNoLargerThanAskedFor(t *testing.T) {
	t.Parallel()
	source, ids := shelve(asJPEG(t, halves(3000, 40)))
	o := &sized{}
	l := newLoader(t, Config{Source: source, Opener: o})
	for _, px := range []int{90, 128, 350, 400, 700, 1080, 900, 2560} {
		img, err := l.Preview(t.Context(), ids[0], px)
		if err != nil || img.Rect.Dx() != px {
			t.Fatalf("%d px: %v", px, err)
		}
	}
	l.Close()
	if want := []int{400, 700, 1080, 2560}; !slices.Equal(o.wanted, want) {
		t.Errorf("opened at %v, want %v", o.wanted, want)
	}
}
