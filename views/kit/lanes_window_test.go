//go:build realwindow

package kit_test

import (
	"fmt"
	"image"
	"os"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// TestMain opens a calendar of a thousand lines in a window of its own and prints how
// long the frames took, from the key or the drag to the end of what it painted. It takes
// keys for a quarter of a minute first (Down and Up go through the lines, Left and Right
// through the days), if any come; then it drives itself. It wants a display.
func TestMain(*testing.M) {
	a := app.New()
	a.Settings().SetTheme(look.New(look.Light))
	w := a.NewWindow("lanes")
	l := year(1000, kit.LanesConfig{Scrolls: true, Moved: func(string, int) {}})
	// The painter asks a raster for its pixels once a frame in which it changed.
	painted := make(chan time.Time, 4096)
	pixel := canvas.NewRaster(func(int, int) image.Image {
		select {
		case painted <- time.Now():
		default:
		}
		return image.NewRGBA(image.Rect(0, 0, 1, 1))
	})
	w.SetContent(container.NewBorder(container.NewGridWrap(fyne.NewSize(2, 2), pixel), nil, nil, nil, l))
	w.SetPadded(false)
	w.Resize(fyne.NewSize(1256, 800))
	keys := 0
	var asked time.Time
	var took, steps []time.Duration
	drawn := func(f func()) {
		asked = time.Now()
		f()
		steps = append(steps, time.Since(asked))
		pixel.Refresh()
	}
	w.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) {
		from, days := l.Days()
		keys++
		drawn(func() {
			switch e.Name {
			case fyne.KeyDown:
				l.Step(1)
			case fyne.KeyUp:
				l.Step(-1)
			case fyne.KeyLeft:
				l.View(from-1, days, 7)
			case fyne.KeyRight:
				l.View(from+1, days, 7)
			}
		})
	})
	say := func(what string) {
		if len(took) == 0 {
			return
		}
		slices.Sort(took)
		slices.Sort(steps)
		ms := func(d []time.Duration, share int) float64 { return float64(d[(len(d)-1)*share/100]) / 1e6 }
		fmt.Printf("%s: %d frames, key to painted p50 %.1f ms, p95 %.1f ms; in our code p50 %.2f ms, p95 %.2f ms\n",
			what, len(took), ms(took, 50), ms(took, 95), ms(steps, 50), ms(steps, 95))
		took, steps = nil, nil
	}
	a.Lifecycle().SetOnStarted(func() {
		go func() {
			time.Sleep(2 * time.Second)
			for len(painted) > 0 {
				<-painted
			}
			fmt.Println("keys now")
			end := time.After(15 * time.Second)
			first, last := time.Time{}, time.Time{}
			for open := true; open; {
				select {
				case at := <-painted:
					fyne.DoAndWait(func() { took = append(took, at.Sub(asked)) })
					if first.IsZero() {
						first = at
					}
					last = at
				case <-end:
					open = false
				}
			}
			if n := len(took); n > 1 {
				fmt.Printf("%d keys in %.1f s, %.0f frames a second\n", keys, last.Sub(first).Seconds(), float64(n-1)/last.Sub(first).Seconds())
			}
			say("keys")
			for name, step := range map[string]func(i int){
				"over the lines": func(i int) { l.Step(1 - 2*(i/200%2)) },
				"over the days":  func(i int) { l.View(i, 60, 7) },
			} {
				for i := range 300 {
					fyne.DoAndWait(func() { drawn(func() { step(i) }) })
					at := <-painted
					fyne.DoAndWait(func() { took = append(took, at.Sub(asked)) })
				}
				say(name)
			}
			fyne.Do(a.Quit)
		}()
	})
	w.ShowAndRun()
	os.Exit(0)
}
