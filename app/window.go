//go:build !nowindow

package main

import (
	"context"
	"os"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"

	"cinnabar"
	"cinnabar/assets/icon"
	"cinnabar/views"
	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// hasWindow says that this build can open one.
const hasWindow = true

// openWindow runs the studio until its window is closed. The window comes up at
// once and says what it waits for; the database may take a moment.
func (p *program) openWindow(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	p.secrets.ask = nil // whoever opens the window looks there, not at the terminal it came from
	first := make(chan func() (*arrival, error), 1)
	go func() {
		a, err := p.arrive(ctx)
		first <- func() (*arrival, error) { return a, err }
	}()
	// Without a locale the toolkit prints an error on every start; ours are the
	// languages of views/words, whatever it thinks.
	if os.Getenv("LANG") == "" || os.Getenv("LANG") == "C" {
		_ = os.Setenv("LANG", "en_US.UTF-8")
	}
	// In a new home the toolkit complains that it can't make its folder below this one.
	if dir, err := os.UserCacheDir(); err == nil {
		_ = os.MkdirAll(dir, 0o700)
	}
	about := cinnabar.About()
	seal := fyne.NewStaticResource("icon.png", icon.PNG)
	fyneapp.SetMetadata(fyne.AppMetadata{ID: about.ID, Name: about.Name, Version: about.Version, Build: about.Build, Icon: seal,
		Migrations: map[string]bool{"fyneDo": true}})
	a := fyneapp.NewWithID(about.ID)
	a.SetIcon(seal)
	a.Settings().SetTheme(look.New(theme(p.settings)))

	w := a.NewWindow(about.Name)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(1440, 900))
	s := newStudio(p, w, kit.WindowLoop{})

	var (
		connect func()
		opening sync.WaitGroup
	)
	// The first try began before there was a window; each further one is made anew.
	open := func() error {
		if first == nil {
			return s.open(ctx)
		}
		a, err := (<-first)()
		first = nil
		if err != nil {
			return err
		}
		return s.settleIn(ctx, a)
	}
	connect = func() {
		w.SetContent(views.NewCover(p.words, p.words.T("shell.opening"), ""))
		opening.Go(func() {
			began := time.Now()
			err := open()
			p.log.Info("opened", "took", time.Since(began), "error", err)
			if err != nil && ctx.Err() == nil {
				s.loop.Do(s.doorstep(err, connect))
			}
		})
	}
	w.SetCloseIntercept(func() { s.leave(w.Close) })
	a.Lifecycle().SetOnStarted(connect)
	// Ctrl-C in the terminal closes the window as its own button does.
	unhook := context.AfterFunc(ctx, func() { fyne.Do(a.Quit) })
	w.ShowAndRun()
	unhook()
	stop()
	opening.Wait()
	s.close()()
	return nil
}

func theme(s settings) look.Mode {
	if s.Theme == string(look.Dark) {
		return look.Dark
	}
	return look.Light
}
