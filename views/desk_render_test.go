package views

import (
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"cinnabar/internal/fault"
	"cinnabar/internal/people"
	"cinnabar/moderation"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// shot draws a window to a file.
func shot(t *testing.T, win fyne.Window, dir, name string) {
	t.Helper()
	if dir == "" {
		return
	}
	f, err := os.Create(filepath.Join(dir, name+".png"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if err := png.Encode(f, win.Canvas().Capture()); err != nil {
		t.Fatal(err)
	}
}

// framed shows a desk inside the shell, as the program does.
func framed(t *testing.T, p *platform, l words.Language, id string) (*Shell, fyne.Window) {
	t.Helper()
	book := words.For(l).In(shanghaiTime())
	var shell *Shell
	make := func(b *words.Book) Screen {
		cfg := p.config(b.Language())
		cfg.Notify, cfg.Retitle = shell, func() { shell.Retitle() }
		if id == "brands" {
			return NewBrands(cfg, applications{p})
		}
		return NewPosts(cfg, postsOf{p})
	}
	shell = NewShell(ShellConfig{Loop: p, Book: book, Link: LinkState{Up: true, Since: p.now, Trial: true},
		Me: people.Person{Login: "moderator1", Name: "moderator1", Role: people.Moderator, Regions: []string{"CN"}, Active: true},
		Items: []RailItem{{ID: "today", Icon: look.IconToday, New: make}, {ID: "brands", Icon: look.IconBrands, New: make},
			{ID: "posts", Icon: look.IconPosts, New: make}, {ID: "audit", Icon: look.IconAudit, New: make}, {ID: "settings", Icon: look.IconSettings, New: make}},
		Now: func() time.Time { return p.now },
	})
	win := newBareWindow(t, shell.Content(), 1440, 900)
	shell.Bind(win)
	shell.SetCount("brands", 18)
	shell.SetCount("posts", 246)
	shell.Go(id)
	p.settle()
	return shell, win
}

// TestDesksDrawInEveryLanguageAndLight draws both desks; CINNABAR_SHOTS names a
// folder where the pictures are left for people to look at.
func TestDesksDrawInEveryLanguageAndLight(t *testing.T) {
	dir := os.Getenv("CINNABAR_SHOTS")
	for _, mode := range []look.Mode{look.Light, look.Dark} {
		for _, l := range words.Languages() {
			themed(t, mode)
			p := newPlatform(t).withBrands(dir != "").withPosts(dir != "")
			for _, id := range []string{"brands", "posts"} {
				shell, win := framed(t, p, l, id)
				p.quiet()
				p.press(win, "Enter")
				p.settle()
				p.now = p.now.Add(128 * time.Second)
				switch s := shell.Current().(type) {
				case *Brands:
					s.foot()
				case *Posts:
					s.foot()
				}
				p.quiet()
				wellSaid(t, shell.Current().Content())
				shot(t, win, dir, id+"-"+string(mode)+"-"+string(l))
				shell.Close()
				p.settle()
			}
		}
	}
}

// wellSaid fails on a word that no catalogue has and on a sentence whose
// arguments don't fit it.
func wellSaid(t *testing.T, o fyne.CanvasObject) {
	t.Helper()
	each(o, func(o fyne.CanvasObject) {
		if s, ok := o.(interface{ Text() string }); ok && (strings.Contains(s.Text(), "⟦") || strings.Contains(s.Text(), "%!")) {
			t.Errorf("on screen: %q", s.Text())
		}
	})
}

// TestDesksDrawTheirOddStates draws what is seldom seen and must look right too.
func TestDesksDrawTheirOddStates(t *testing.T) {
	dir := os.Getenv("CINNABAR_SHOTS")
	themed(t, look.Light)
	states := map[string]func(p *platform, shell func() *Shell, win fyne.Window){
		"brands-refuse": func(p *platform, _ func() *Shell, win fyne.Window) {
			p.press(win, "J", "J", "J")
			p.settle()
			p.press(win, "R")
			p.settle()
			p.drain()
		},
		"posts-undo": func(p *platform, _ func() *Shell, win fyne.Window) {
			p.press(win, "A")
			p.settle()
		},
		"posts-back": func(p *platform, _ func() *Shell, win fyne.Window) {
			p.find("p0").Version++
			p.made["p0"] = []moderation.Made{{Verdict: moderation.Clear, By: "wang.lei", At: p.now}}
			p.press(win, "A")
			p.settle()
		},
		"posts-offline": func(p *platform, shell func() *Shell, win fyne.Window) {
			p.press(win, "Enter")
			p.settle()
			p.down = true
			shell().SetLink(LinkState{Since: p.now, Why: fault.New(fault.Offline, "host", "db.example")})
			p.press(win, "R")
			p.settle()
			p.press(win, "Z")
			p.press(win, "J", "K")
			p.press(win, "R")
			p.press(win, "K")
			p.settle()
		},
		"posts-kept": func(p *platform, shell func() *Shell, win fyne.Window) {
			p.press(win, "Enter")
			p.settle()
			p.down = true
			shell().SetLink(LinkState{Since: p.now, Why: fault.New(fault.Offline, "host", "db.example")})
			p.press(win, "R")
			p.settle()
			p.down = false
			shell().SetLink(LinkState{Up: true, Since: p.now})
			p.settle()
		},
		"posts-hard": func(p *platform, _ func() *Shell, win fyne.Window) {
			post := p.posts["postp5"]
			post.Body = strings.Repeat("這是一段很長的文字，🎉👩‍👩‍👧‍👦 with words and https://example.com/"+strings.Repeat("x", 60)+" ", 2000)
			post.Title = strings.Repeat("很長的標題👩🏽‍🚀", 30)
			post.Author.Handle = strings.Repeat("名字", 60)
			post.Pictures = nil
			post.PictureCount = 0
			p.posts["postp5"] = post
			p.press(win, "J", "J", "J", "J", "J")
			p.settle()
		},
		"brands-closed": func(p *platform, shell func() *Shell, win fyne.Window) {
			c := p.find("b0")
			c.Stage = moderation.StageClosed
			p.made["b0"] = []moderation.Made{{Verdict: moderation.Approve, By: "wang.lei", At: p.now.Add(-time.Minute)}, {Verdict: moderation.Approve, By: "li.na", At: p.now}}
			shell().Refresh()
			p.settle()
		},
		"posts-english": func(p *platform, _ func() *Shell, win fyne.Window) {
			p.press(win, "J", "J", "N")
			p.settle()
		},
	}
	for name, drive := range states {
		p := newPlatform(t)
		id := "posts"
		if name[:6] == "brands" {
			id = "brands"
			p.withBrands(os.Getenv("CINNABAR_SHOTS") != "")
		} else {
			p.withPosts(os.Getenv("CINNABAR_SHOTS") != "")
		}
		shell, win := framed(t, p, words.EN, id)
		p.quiet()
		drive(p, func() *Shell { return shell }, win)
		p.quiet()
		wellSaid(t, shell.Current().Content())
		shot(t, win, dir, "state-"+name)
		shell.Close()
		p.settle()
	}
	empty := newPlatform(t)
	shell, win := framed(t, empty, words.ZH, "posts")
	shot(t, win, dir, "state-empty")
	shell.Close()
	away := newPlatform(t).withPosts(false)
	away.down = true
	shell, win = framed(t, away, words.EN, "posts")
	shot(t, win, dir, "state-error")
	shell.Close()
}

// quiet waits a little for pictures that load on goroutines of their own; it
// matters only for what is looked at.
func (p *platform) quiet() {
	if len(p.pictures) == 0 {
		p.settle()
		return
	}
	for range 60 {
		time.Sleep(10 * time.Millisecond)
		p.settle()
	}
}
