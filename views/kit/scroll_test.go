package kit_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"image/jpeg"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"cinnabar/assets"
	"cinnabar/assets/decode"
	"cinnabar/assets/preview"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/look/looktest"
)

// endless is a shelf of as many pictures as are asked for: one JPEG with a number behind it.
type endless struct {
	jpeg   []byte
	number map[assets.ID]uint32
}

func (e endless) file(n uint32) []byte {
	return binary.BigEndian.AppendUint32(bytes.Clone(e.jpeg), n)
}

func (e endless) Bytes(_ context.Context, id assets.ID) ([]byte, error) {
	return e.file(e.number[id]), nil
}

// peakMemory is the most that this process has held, in MB; 0 where nobody says.
func peakMemory() float64 {
	data, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(data)) {
		if v, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, _ := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(v), " kB"), 64)
			return kb / 1024
		}
	}
	return 0
}

// scroll shows so many pictures in a grid from the first to the last, and waits for each
// page to fill before it goes on.
func scroll(t testing.TB, pictures int, every time.Duration) {
	looktest.Dress(t, look.Light)
	img := image.NewRGBA(image.Rect(0, 0, 1080, 1440))
	for i := range img.Pix {
		img.Pix[i] = byte(i>>9) | byte(i&3/3*255)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	shelf := endless{b.Bytes(), make(map[assets.ID]uint32)}
	ids := make([]assets.ID, pictures)
	for i := range ids {
		ids[i] = assets.IDOf(shelf.file(uint32(i)))
		shelf.number[ids[i]] = uint32(i)
	}
	loader := preview.New(preview.Config{Source: shelf, Opener: decode.Here{}, Folder: t.TempDir()})
	defer loader.Close()
	loop := newQueued()
	gallery := &kit.Gallery{Previews: loader, Loop: loop}
	var all []*kit.Picture
	grid := widget.NewGridWrap(func() int { return pictures },
		func() fyne.CanvasObject {
			p := kit.NewPicture(gallery, true, 8)
			all = append(all, p)
			// A grid asks how large its items are.
			return container.NewGridWrap(fyne.NewSize(180, 240), p)
		},
		func(i widget.GridWrapItemID, o fyne.CanvasObject) {
			o.(*fyne.Container).Objects[0].(*kit.Picture).Set(ids[i])
		})
	w := test.NewWindow(grid)
	defer w.Close()
	w.SetPadded(false)
	w.Resize(fyne.NewSize(960, 760))
	for at := 0; at < pictures; at += 15 {
		grid.ScrollTo(at)
		deadline := time.Now().Add(every)
		for time.Now().Before(deadline) {
			select {
			case f := <-loop.work:
				f()
			case <-time.After(time.Until(deadline)):
			}
		}
	}
	shows := 0
	end := time.Now().Add(20 * time.Second)
	for shows < 12 && time.Now().Before(end) {
		loop.drain()
		shows = 0
		for _, p := range all {
			if p.Shows() {
				shows++
			}
		}
		time.Sleep(5 * time.Millisecond)
	}
	if shows < 12 {
		t.Errorf("of the last page %d pictures are shown", shows)
	}
}

func TestScrollingKeepsNoPictureThatIsPast(t *testing.T) {
	scroll(t, 240, 2*time.Millisecond)
}

// Ten thousand pictures, at the speed at which each page comes in whole. It says the most
// that the process held, in which pictures are opened, too.
func BenchmarkScrollingTenThousandPictures(b *testing.B) {
	before := peakMemory()
	for b.Loop() {
		scroll(b, 10_000, 120*time.Millisecond)
	}
	b.ReportMetric(before, "MB-before")
	b.ReportMetric(peakMemory(), "MB-peak")
}
