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
	return framedAt(t, p, l, id, 1440, 900)
}

func framedAt(t *testing.T, p *platform, l words.Language, id string, w, h float32) (*Shell, fyne.Window) {
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
		Me: p.me,
		Items: []RailItem{{ID: "today", Icon: look.IconToday, New: make}, {ID: "brands", Icon: look.IconBrands, New: make},
			{ID: "posts", Icon: look.IconPosts, New: make}, {ID: "audit", Icon: look.IconAudit, New: make}, {ID: "settings", Icon: look.IconSettings, New: make}},
		Now: func() time.Time { return p.now },
	})
	win := newBareWindow(t, shell.Content(), w, h)
	shell.Bind(win)
	shell.SetCount("brands", 18, false)
	shell.SetCount("posts", 246, false)
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

const (
	appealWords = "I bought the sunscreen myself, the receipt is attached. XIXI88 is my own nickname and not a code: nothing gets cheaper with it. I asked the shop and they have never heard of me."
	appealWorte = "防晒是我自己买的，订单截图已经发给客服。XIXI88 是我的昵称，不是优惠码，报了也不会便宜。店家根本不认识我。"
)

// passing are the states of a desk on which a case is appealed, put aside or handed on.
var passing = map[string]func(p *platform, win fyne.Window){
	"posts-appeal":  func(p *platform, win fyne.Window) { p.press(win, "A"); p.settle() },
	"brands-appeal": func(p *platform, win fyne.Window) { p.press(win, "J", "Enter"); p.settle() },
	"posts-skip":    func(p *platform, win fyne.Window) { p.press(win, "S"); p.settle() },
	"posts-skip-other": func(p *platform, win fyne.Window) {
		p.press(win, "S", "5")
		p.settle()
		for _, r := range "She is on air" {
			win.Canvas().Focused().TypedRune(r)
		}
		p.settle()
	},
	"posts-skipped": func(p *platform, win fyne.Window) { p.press(win, "S", "2"); p.settle() },
	"brands-hand":   func(p *platform, win fyne.Window) { p.press(win, "J", "H"); p.settle() },
	"brands-hand-words": func(p *platform, win fyne.Window) {
		p.press(win, "J", "H")
		p.settle()
		p.press(win, "2")
		p.settle()
	},
	"brands-handed": func(p *platform, win fyne.Window) {
		p.press(win, "J", "H")
		p.settle()
		p.press(win, "2")
		p.press(win, "Enter")
		p.settle()
	},
	"brands-foryou": func(p *platform, win fyne.Window) {
		p.press(win, "J", "J")
		p.settle()
	},
	"brands-other": func(p *platform, win fyne.Window) {
		p.press(win, "J", "J", "J")
		p.settle()
	},
	"brands-refusing": func(p *platform, win fyne.Window) {
		p.press(win, "J", "R")
		p.settle()
		p.press(win, "Enter")
		p.press(win, "Esc")
		p.settle()
	},
}

// drawnAs is one way in which a desk is drawn; 0 by 0 is the smallest window there is.
type drawnAs struct {
	l    words.Language
	mode look.Mode
	w, h float32
}

// TestDesksDrawAppealsAndPassingOn draws them in both languages, at the usual size
// and at the smallest that the window can have. Each change of theme parses fonts, so
// the forms go outside.
func TestDesksDrawAppealsAndPassingOn(t *testing.T) {
	dir := os.Getenv("CINNABAR_SHOTS")
	for _, form := range []drawnAs{{words.EN, look.Light, 1440, 900}, {words.EN, look.Light, 0, 0}, {words.ZH, look.Light, 0, 0}, {words.ZH, look.Dark, 1440, 900}} {
		for name, drive := range passing {
			t.Run(name, func(t *testing.T) { drawPassing(t, dir, name, form, drive) })
		}
	}
}

func drawPassing(t *testing.T, dir, name string, form drawnAs, drive func(p *platform, win fyne.Window)) {
	t.Helper()
	themed(t, form.mode)
	p := newPlatform(t)
	id := "posts"
	if strings.HasPrefix(name, "brands") {
		id = "brands"
		p.withBrands(dir != "")
		for i := range p.cases {
			p.cases[i].Queue = []string{"brand", "brand.overseas"}[i%2]
		}
		p.queues = []moderation.NamedQueue{{Code: "brand", Kind: moderation.KindBrand, Title: map[string]string{"en": "Brand applications", "zh": "品牌申请"}, Active: true},
			{Code: "brand.overseas", Kind: moderation.KindBrand, Title: map[string]string{"en": "Applicants from overseas", "zh": "境外品牌"}, Active: true}}
		p.cases[2].For, p.cases[2].ForUntil = p.me.Login, p.now.Add(3*time.Hour)
		p.notes["b2"] = []moderation.Note{{By: "li.na", At: p.now.Add(-time.Minute), Text: "你熟悉粮油类目，SC 编号我拿不准，请看一下第二张材料。"}}
		p.cases[3].For, p.cases[3].ForUntil = "li.na", p.now.Add(2*time.Hour)
		if strings.HasPrefix(name, "brands-appeal") {
			p.appeal("b1", moderation.Refuse, "1.6", "Please send the missing or renewed letter for Norrlys Audio.",
				"The letter of 2024 has no end date, and the owner's lawyer confirms in the attached note that it still holds. Nothing is missing from the chain.", "@Norrlys Audio")
		}
	} else {
		p.withPosts(dir != "")
		words := appealWords
		if form.l == "zh" {
			words = appealWorte
		}
		if strings.HasPrefix(name, "posts-appeal") {
			p.appeal("p0", moderation.RequireLabel, "2.1", "您 3月14日 发布的笔记《春日防晒清单，油皮亲测》含有商业推广内容但未作标注。请在 24 小时内添加商业合作标识。", words, "溪溪")
		}
	}
	if form.w == 0 {
		form.w, form.h = 1132, 560
	}
	shell, win := framedAt(t, p, form.l, id, form.w, form.h)
	p.quiet()
	drive(p, win)
	p.quiet()
	wellSaid(t, shell.Current().Content())
	shot(t, win, dir, "pass-"+name+"-"+string(form.mode)+"-"+string(form.l)+map[bool]string{true: "-small"}[form.w < 1400])
	shell.Close()
	p.settle()
}
