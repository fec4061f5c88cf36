package views

import (
	"os"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"cinnabar/assets"
	"cinnabar/views/look"
	"cinnabar/views/look/looktest"
	"cinnabar/views/words"
)

// What the screen looks like, for people. Without a folder to paint into, two dresses
// are enough to see that nothing breaks.
func TestThePicturesScreenIsDrawn(t *testing.T) {
	wanted := os.Getenv("CINNABAR_SHOTS") != ""
	eachDress(t, func(l words.Language, mode look.Mode, dir string) {
		a := newAtelier(t, wanted)
		var p *Pictures
		shell, win := a.studio(t, l, "pictures", func(_ *Shell, b *words.Book) Screen {
			cfg := a.picturesConfig(l)
			cfg.Book = b
			p = NewPictures(cfg)
			return p
		})
		t.Cleanup(shell.Close)
		name := func(what string) string { return what + "-" + string(mode) + "-" + string(l) }
		paint := func(what string) {
			a.quiet()
			shot(t, win, dir, name(what))
		}
		p.cfg.Retitle = shell.Retitle
		p.step(2)
		a.settle()
		paint("pictures")
		if dir == "" {
			return
		}
		p.chooseSlot(2)
		p.nextRegion(1)
		a.settle()
		paint("pictures-region")
		p.chooseRegion("")
		p.useSuggested()
		a.settle()
		paint("pictures-used")
		p.enlarge()
		a.settle()
		paint("pictures-large")
		p.enlarge()
		p.askFiles()
		a.settle()
		paint("pictures-add")
	})
}

// What a step of a drag over the picture costs the screen's thread.
func BenchmarkARegionIsDragged(b *testing.B) {
	looktest.Dress(b, look.Light)
	a := newAtelier(b, false)
	p := NewPictures(a.picturesConfig(words.EN))
	defer p.Close()
	win := test.NewTempWindow(b, container.NewStack(p.Content()))
	win.SetPadded(false)
	win.Resize(fyne.NewSize(1256, 844))
	p.Shown()
	a.settle()
	a.down = true
	i := 0
	for b.Loop() {
		i++
		p.viewer.OnMoved("label", assets.Box{X: 50, Y: 40 + i%200, W: 394, H: 110})
		a.tasks = a.tasks[:0]
	}
}
