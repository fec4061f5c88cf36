package preview

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"cinnabar/assets"
	"cinnabar/assets/decode"
	"cinnabar/internal/fault"
)

func TestMain(m *testing.M) {
	decode.ServeIfChild()
	os.Exit(m.Run())
}

// shelf is a Source of a few pictures that counts how often it is asked and can
// be made to wait.
type shelf struct {
	asked atomic.Int32
	hold  chan struct{} // when set, Bytes waits until it is closed or cancelled
	gone  atomic.Int32  // how many waits ended by cancellation
	files map[assets.ID][]byte
}

func (s *shelf) Bytes(ctx context.Context, id assets.ID) ([]byte, error) {
	s.asked.Add(1)
	if s.hold != nil {
		select {
		case <-s.hold:
		case <-ctx.Done():
			s.gone.Add(1)
			return nil, ctx.Err()
		}
	}
	data, ok := s.files[id]
	if !ok {
		return nil, fault.New(fault.NotFound, "what", "picture", "id", string(id))
	}
	return data, nil
}

func shelve(files ...[]byte) (*shelf, []assets.ID) {
	s := &shelf{files: make(map[assets.ID][]byte)}
	var ids []assets.ID
	for _, data := range files {
		ids = append(ids, assets.IDOf(data))
		s.files[assets.IDOf(data)] = data
	}
	return s, ids
}

func newLoader(t *testing.T, c Config) *Loader {
	t.Helper()
	if c.Folder == "" {
		c.Folder = t.TempDir()
	}
	l := New(c)
	t.Cleanup(l.Close)
	return l
}

// halves paints a picture that is red on the left and blue on the right.
func halves(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{200, 0, 0, 255}
			if x >= w/2 {
				c = color.RGBA{0, 0, 200, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

func asJPEG(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAPreviewFitsAndIsNeverEnlarged(t *testing.T) {
	t.Parallel()
	source, ids := shelve(asJPEG(t, halves(1500, 60)), asJPEG(t, halves(30, 3000)), asPNG(t, halves(40, 30)))
	l := newLoader(t, Config{Source: source})
	for _, c := range []struct {
		id   assets.ID
		px   int
		w, h int
	}{
		{ids[0], 128, 128, 5}, {ids[0], 300, 300, 12}, {ids[0], 1080, 1080, 43}, {ids[0], 1300, 1300, 52}, {ids[0], 9000, 1500, 60},
		{ids[1], 400, 4, 400}, {ids[2], 400, 40, 30}, {ids[2], 20, 20, 15}, {ids[2], -1, 16, 12},
	} {
		img, err := l.Preview(t.Context(), c.id, c.px)
		if err != nil {
			t.Fatal(err)
		}
		if img.Rect != image.Rect(0, 0, c.w, c.h) {
			t.Errorf("%d px: %v, want %d × %d", c.px, img.Rect, c.w, c.h)
		}
		left, right := img.RGBAAt(c.w/4, c.h/2), img.RGBAAt(c.w*3/4, c.h/2)
		if left.R < 150 || left.B > 60 || right.B < 150 || right.R > 60 || left.A != 255 {
			t.Errorf("%d px: left %v, right %v", c.px, left, right)
		}
	}
	full, err := l.Full(t.Context(), ids[1])
	if err != nil || full.Rect.Dy() != Largest {
		t.Errorf("Full: %v, %v", full.Rect, err)
	}
}

func TestTransparencySurvives(t *testing.T) {
	t.Parallel()
	img := image.NewRGBA(image.Rect(0, 0, 420, 40))
	for y := 10; y < 30; y++ {
		for x := 100; x < 320; x++ {
			img.SetRGBA(x, y, color.RGBA{0, 120, 0, 128})
		}
	}
	source, ids := shelve(asPNG(t, img))
	folder := t.TempDir()
	for range 2 { // the second time from disk
		l := newLoader(t, Config{Source: source, Folder: folder})
		got, err := l.Preview(t.Context(), ids[0], 400)
		if err != nil {
			t.Fatal(err)
		}
		l.Close() // and so done with writing
		if a := got.RGBAAt(10, 3).A; a != 0 {
			t.Errorf("the corner has alpha %d", a)
		}
		if c := got.RGBAAt(200, 19); c.A < 126 || c.A > 130 || c.G < 117 || c.G > 123 {
			t.Errorf("the middle is %v", c)
		}
	}
	if n := source.asked.Load(); n != 1 {
		t.Errorf("asked %d times, want 1", n)
	}
}

func TestManyCallersMakeOneFlight(t *testing.T) {
	t.Parallel()
	source, ids := shelve(asJPEG(t, halves(450, 30)))
	source.hold = make(chan struct{})
	l := newLoader(t, Config{Source: source, Workers: 2})
	var callers sync.WaitGroup
	for i := range 40 {
		callers.Go(func() {
			img, err := l.Preview(t.Context(), ids[0], []int{128, 128, 300, 400}[i%4])
			if err != nil || img.Rect.Empty() {
				t.Errorf("caller %d: %v", i, err)
			}
		})
	}
	close(source.hold)
	callers.Wait()
	// All sizes come from one pyramid, also for callers that came as it landed.
	if n := source.asked.Load(); n != 1 {
		t.Errorf("the source was asked %d times, want once", n)
	}
}

func TestAPictureThatNobodyWaitsForIsGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		source, ids := shelve(asJPEG(t, halves(90, 60)))
		source.hold = make(chan struct{})
		l := New(Config{Source: source, Folder: t.TempDir(), Workers: 1})
		defer l.Close()
		first, leaveFirst := context.WithCancel(t.Context())
		second, leaveSecond := context.WithCancel(t.Context())
		errs := make(chan error, 2)
		for _, ctx := range []context.Context{first, second} {
			go func() {
				_, err := l.Preview(ctx, ids[0], 128)
				errs <- err
			}()
		}
		synctest.Wait()
		leaveFirst()
		synctest.Wait()
		if source.gone.Load() != 0 {
			t.Error("given up while a caller still waits")
		}
		leaveSecond()
		synctest.Wait()
		if source.gone.Load() != 1 {
			t.Errorf("%d fetches cancelled, want 1", source.gone.Load())
		}
		for range 2 {
			if err := <-errs; fault.CodeOf(err) != fault.Cancelled || !errors.Is(err, context.Canceled) {
				t.Errorf("err = %v, want Cancelled", err)
			}
		}
		// Who comes later starts anew and gets the picture.
		close(source.hold)
		if _, err := l.Preview(t.Context(), ids[0], 128); err != nil {
			t.Errorf("after giving up: %v", err)
		}
	})
}

func TestASecondRunTakesLevelsFromDisk(t *testing.T) {
	t.Parallel()
	source, ids := shelve(asJPEG(t, halves(1500, 20)))
	folder := t.TempDir()
	run := newLoader(t, Config{Source: source, Folder: folder})
	for _, px := range []int{1080, 700} {
		if _, err := run.Preview(t.Context(), ids[0], px); err != nil {
			t.Fatal(err)
		}
	}
	run.Close()
	if n := source.asked.Load(); n != 1 {
		t.Errorf("asked %d times, want 1", n)
	}
	later := newLoader(t, Config{Source: &shelf{}, Folder: folder})
	for _, px := range []int{100, 128, 200, 400, 410, 700, 1080} {
		if img, err := later.Preview(t.Context(), ids[0], px); err != nil || img.Rect.Dx() != px {
			t.Errorf("%d px from disk: %v", px, err)
		}
	}
	// Papers of applicants are among these files.
	for _, path := range cached(t, folder) {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s may be read by others: %v %v", path, info.Mode(), err)
		}
	}
}

func TestADamagedCacheFileIsMadeAgain(t *testing.T) {
	t.Parallel()
	source, ids := shelve(asJPEG(t, halves(450, 30)))
	folder := t.TempDir()
	run := newLoader(t, Config{Source: source, Folder: folder})
	if _, err := run.Preview(t.Context(), ids[0], 400); err != nil {
		t.Fatal(err)
	}
	run.Close()
	damage := map[string]func(path string) error{
		"cut off":   func(p string) error { return os.Truncate(p, 200) },
		"empty":     func(p string) error { return os.Truncate(p, 0) },
		"nonsense":  func(p string) error { return os.WriteFile(p, []byte("not a picture"), 0o600) },
		"too large": func(p string) error { return os.WriteFile(p, asPNG(t, halves(1200, 2)), 0o600) },
	}
	for name, do := range damage {
		for _, path := range cached(t, folder) {
			if err := do(path); err != nil {
				t.Fatal(err)
			}
		}
		before := source.asked.Load()
		run := newLoader(t, Config{Source: source, Folder: folder})
		img, err := run.Preview(t.Context(), ids[0], 400)
		if err != nil || img.Rect.Dx() != 400 {
			t.Errorf("%s: %v", name, err)
		}
		run.Close()
		if source.asked.Load() != before+1 {
			t.Errorf("%s: the damaged file was used", name)
		}
	}
}

func TestTheDiskStaysWithinItsBoundAndClearsOldGenerations(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for _, name := range []string{"d0-s0/ab", "holiday"} {
		if err := os.MkdirAll(filepath.Join(folder, name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name, "file"), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var files [][]byte
	for i := range 30 {
		files = append(files, asPNG(t, halves(200+i, 20)))
	}
	source, ids := shelve(files...)
	const limit = 8 << 10
	var l *Loader
	for i, id := range ids {
		l = newLoader(t, Config{Source: source, Folder: folder, Disk: limit})
		l.disk.grown.Store(limit / 9) // as of a loader that has run for a while
		if i == 0 {
			l.disk.grown.Store(limit)
		}
		if _, err := l.Preview(t.Context(), id, 400); err != nil {
			t.Fatal(err)
		}
		l.Close()
		// File systems count time coarsely; make the order certain.
		for _, level := range levels {
			at := time.Now().Add(time.Duration(i-100) * time.Minute)
			_ = os.Chtimes(l.disk.path(key{id, level}), at, at)
		}
	}
	var total int64
	for _, path := range cached(t, filepath.Join(folder, generation)) {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		total += info.Size()
	}
	if total > limit*9/8 || total == 0 {
		t.Errorf("%d bytes on disk, want at most %d and an eighth", total, limit)
	}
	if img := l.disk.get(t.Context(), key{ids[len(ids)-1], 128}); img == nil {
		t.Error("the newest was removed")
	}
	if img := l.disk.get(t.Context(), key{ids[0], 128}); img != nil {
		t.Error("the oldest was kept")
	}
	if _, err := os.Stat(filepath.Join(folder, "d0-s0")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("an older generation was kept")
	}
	if _, err := os.Stat(filepath.Join(folder, "holiday", "file")); err != nil {
		t.Error("a folder that is not ours was touched")
	}
}

func TestMemoryStaysWithinItsBound(t *testing.T) {
	t.Parallel()
	m := newMemory(10_000)
	picture := func(bytes int) entry { return entry{img: &image.RGBA{Pix: make([]byte, bytes)}} }
	for i := range 50 {
		m.put(key{assets.ID(rune('a' + i)), 128}, picture(1_000))
		m.get(key{"a", 128}) // used all the time, so never the one to go
	}
	if m.used > 10_000 || m.order.Len() != len(m.slots) {
		t.Errorf("%d bytes in %d entries", m.used, len(m.slots))
	}
	if _, ok := m.get(key{"a", 128}); !ok {
		t.Error("the picture in use was dropped")
	}
	m.put(key{"huge", 2560}, picture(20_000))
	if m.used > 10_000 || len(m.slots) != 0 {
		t.Errorf("a picture larger than the bound: %d bytes in %d entries", m.used, len(m.slots))
	}
	m.put(key{"b", 1}, picture(100))
	m.put(key{"b", 1}, picture(300))
	if m.used != 300+512 {
		t.Errorf("replacing counts %d bytes", m.used)
	}
}

func TestAPictureThatDoesNotOpenIsAskedForOnce(t *testing.T) {
	t.Parallel()
	source, ids := shelve([]byte("%PDF-1.7"), nil)
	l := newLoader(t, Config{Source: source})
	for range 3 {
		if _, err := l.Preview(t.Context(), ids[0], 128); fault.CodeOf(err) != fault.PictureKind {
			t.Errorf("a PDF: %v", err)
		}
	}
	if n := source.asked.Load(); n != 1 {
		t.Errorf("asked %d times for what never opens", n)
	}
	if _, err := l.Preview(t.Context(), ids[1], 128); fault.CodeOf(err) != fault.PictureEmpty {
		t.Errorf("no bytes: %v", err)
	}
	// A picture that is merely not there now may be there later.
	unknown := assets.IDOf([]byte("later"))
	for range 2 {
		if _, err := l.Preview(t.Context(), unknown, 128); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("unknown: %v", err)
		}
	}
	if n := source.asked.Load(); n != 4 {
		t.Errorf("asked %d times, want 4", n)
	}
	if _, err := l.Preview(t.Context(), "", 128); fault.CodeOf(err) != fault.PictureAbsent {
		t.Errorf("no picture: %v", err)
	}
}

func TestExchangedBytesAreNotShown(t *testing.T) {
	t.Parallel()
	source, ids := shelve(asPNG(t, halves(20, 20)))
	source.files[ids[0]] = asPNG(t, halves(30, 30))
	_, err := newLoader(t, Config{Source: source}).Preview(t.Context(), ids[0], 128)
	if fault.CodeOf(err) != fault.PictureBroken {
		t.Errorf("Preview = %v, want PictureBroken", err)
	}
}

func TestALoaderWithoutAFolderStillWorks(t *testing.T) {
	t.Parallel()
	source, ids := shelve(asPNG(t, halves(500, 20)))
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	img, err := newLoader(t, Config{Source: source, Folder: filepath.Join(blocked, "below")}).Preview(t.Context(), ids[0], 128)
	if err != nil || img.Rect.Dx() != 128 {
		t.Errorf("Preview = %v", err)
	}
}

func TestAClosedLoaderStartsNothing(t *testing.T) {
	t.Parallel()
	source, ids := shelve(asPNG(t, halves(50, 50)))
	l := New(Config{Source: source, Folder: t.TempDir()})
	l.Close()
	if _, err := l.Preview(t.Context(), ids[0], 128); fault.CodeOf(err) != fault.Cancelled {
		t.Errorf("Preview = %v, want Cancelled", err)
	}
}

// cached lists the files below a folder.
func cached(t *testing.T, folder string) []string {
	t.Helper()
	var paths []string
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			if strings.HasPrefix(d.Name(), ".new-") {
				t.Errorf("left behind: %s", path)
			}
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}
