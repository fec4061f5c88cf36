package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"cinnabar/app/sample"
	"cinnabar/campaigns"
	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/views"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// tourSize is the window that the pictures show, in pixels.
var tourSize = fyne.NewSize(1440, 900)

// tour paints every screen in both languages and both themes into a folder, by
// the toolkit's software driver, and returns how many pictures it wrote.
func (p *program) tour(ctx context.Context, where *place, dir string) (int, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return 0, writeFault(err, dir)
	}
	app := test.NewApp()
	defer app.Quit()
	progress := newBar(p.errs, p.words.T("command.tour_painting"))
	defer progress.clear()
	written := 0
	for _, language := range words.Languages() {
		for _, mode := range []look.Mode{look.Light, look.Dark} {
			guide := *p
			guide.words = words.For(language)
			guide.settings.Theme, guide.settings.Language = string(mode), string(language)
			app.Settings().SetTheme(look.New(mode))
			name := func(screen string) string {
				return filepath.Join(dir, fmt.Sprintf("%s-%s-%s.png", screen, mode, language))
			}
			if err := guide.paintPassword(name("password")); err != nil {
				return written, err
			}
			written++
			for _, leg := range tourLegs {
				n, err := guide.walk(ctx, where, leg, name)
				written += n
				progress.set(int64(written), 0)
				if err != nil {
					return written, err
				}
			}
		}
	}
	return written, nil
}

// paintPassword paints the screen that asks for a shared server's password, which no
// walk meets. Login and host are made up; nothing is in the field.
func (p *program) paintPassword(file string) error {
	w := test.NewWindow(nil)
	w.SetPadded(false)
	defer w.Close()
	screen := views.NewPassword(views.PasswordConfig{
		Book: p.words, Login: "huang.li", Host: "db.example.com", Database: "cinnabar", Keep: views.KeepInKeyring,
	})
	w.SetContent(screen.Content())
	w.Resize(tourSize)
	return capture(w, file)
}

// walk goes through the screens of one person's window and paints each. Screens
// that this person is not offered are left out.
func (p *program) walk(ctx context.Context, where *place, leg tourLeg, name func(screen string) string) (int, error) {
	loop := newQueueLoop()
	w := test.NewWindow(nil)
	w.SetPadded(false)
	defer w.Close()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	s := newStudio(p, w, loop)
	s.place = where
	sat := make(chan error, 1)
	go func() { sat <- s.sit(ctx, leg.login) }()
	if err := loop.until(ctx, sat); err != nil {
		return 0, err
	}
	w.Resize(tourSize)
	defer func() {
		s.place = nil // the tour's caller has it
		done := make(chan error, 1)
		wait := s.close()
		go func() { wait(); done <- nil }()
		_ = loop.until(context.WithoutCancel(ctx), done)
	}()

	settle := func() error {
		return loop.settle(ctx, func() bool {
			screen, ok := s.desk.shell.Current().(interface{ Busy() bool })
			return ok && screen.Busy() || s.desk.previews.coming.Load() > 0
		})
	}
	written := 0
	for _, stop := range leg.stops {
		if s.desk.shell.Screen(stop.screen) == nil {
			continue
		}
		s.desk.shell.Go(stop.screen)
		if err := settle(); err != nil {
			return written, err
		}
		for _, act := range stop.acts {
			act(s)
			if err := settle(); err != nil {
				return written, err
			}
		}
		if err := capture(w, name(stop.name)); err != nil {
			return written, err
		}
		written++
		s.desk.shell.CloseLayer()
		s.desk.shell.Dismiss("") // what was said at this stop
		giveUp(s.desk.shell.Current())
	}
	return written, nil
}

// giveUp forgets what a stop has changed, so that the next one meets no question about it.
func giveUp(screen views.Screen) {
	if h, ok := screen.(interface {
		Holds(window bool) []views.Held
	}); ok {
		for _, held := range h.Holds(true) {
			if held.Drop != nil {
				held.Drop()
			}
		}
	}
}

func capture(w fyne.Window, file string) error {
	var b bytes.Buffer
	if err := png.Encode(&b, w.Canvas().Capture()); err != nil {
		return err
	}
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		return writeFault(err, file)
	}
	return nil
}

// tourStop is one picture: a screen, and what is done on it first.
type tourStop struct {
	name, screen string
	acts         []func(*studio)
}

// tourLeg is the part of the tour that one sample person walks. On a shared
// server everything is seen through the login that is there.
type tourLeg struct {
	login string
	stops []tourStop
}

var tourLegs = []tourLeg{
	{trialDesk, []tourStop{
		{name: "today", screen: "today"},
		{name: "brands", screen: "brands", acts: []func(*studio){openOf(sample.FirstApplication), press("Enter")}},
		{name: "posts", screen: "posts", acts: []func(*studio){press("Enter")}},
		{name: "settings", screen: "settings"},
		{name: "palette", screen: "today", acts: []func(*studio){func(s *studio) { s.desk.shell.OpenPalette() }}},
		{name: "keys", screen: "posts", acts: []func(*studio){func(s *studio) { s.desk.shell.OpenKeys() }}},
		{name: "viewer", screen: "posts", acts: []func(*studio){press("V")}},
		{name: "viewer-cuts", screen: "posts", acts: []func(*studio){press("O")}},
		{name: "post-video", screen: "posts", acts: []func(*studio){press("Escape"), openOfVideo}},
		{name: "viewer-compare", screen: "posts", acts: []func(*studio){press("V"), press("J"), press("C")}},
		{name: "viewer-difference", screen: "posts", acts: []func(*studio){press("C")}},
		{name: "viewer-paper", screen: "brands", acts: []func(*studio){openOf(sample.FirstApplication), press("V")}},
		{name: "post-in-ring", screen: "posts", acts: []func(*studio){openOfRing}},
		{name: "ring", screen: "posts", acts: []func(*studio){openOfRing, press("G"), press("X", "K")}},
	}},
	// Appeals are for leads.
	{trialLead, []tourStop{
		{name: "appeal-post", screen: "posts", acts: []func(*studio){appealsOf("posts"), press("Enter")}},
		{name: "appeal-brand", screen: "brands", acts: []func(*studio){appealsOf("brands"), press("Enter")}},
		{name: "skip", screen: "posts", acts: []func(*studio){press("S")}},
		{name: "rules", screen: "rules"},
		{name: "rules-detector", screen: "rules", acts: []func(*studio){press("2")}},
		{name: "rules-write", screen: "rules", acts: []func(*studio){press("2"), writeRules}},
		{name: "rules-hits", screen: "rules", acts: []func(*studio){press("2"), writeRules, press("V"), press("J")}},
		{name: "rules-slots", screen: "rules", acts: []func(*studio){press("3"), press("J")}},
		{name: "today-lead", screen: "today"},
	}},
	// From the pool of KOLs to a signed contract.
	{trialMarketer, []tourStop{
		{name: "kols", screen: "kols", acts: []func(*studio){press("J")}},
		{name: "kol-compare", screen: "kols", acts: []func(*studio){press("M", "J", "M", "J", "M"), press("C")}},
		{name: "campaigns", screen: "campaigns", acts: []func(*studio){press("J")}},
		{name: "campaign-plan", screen: "campaigns", acts: []func(*studio){campaignIn(campaigns.Draft)}},
		{name: "campaign-leave", screen: "campaigns", acts: []func(*studio){campaignIn(campaigns.Draft), press("J", "X"), press("Escape")}},
		{name: "campaign-wish", screen: "campaigns", acts: []func(*studio){campaignIn(campaigns.Draft), press("W")}},
		{name: "campaign-line", screen: "campaigns", acts: []func(*studio){campaignIn(campaigns.Draft), press("N")}},
		{name: "campaign-better", screen: "campaigns", acts: []func(*studio){campaignIn(campaigns.Draft), press("B")}},
		{name: "campaign-approval", screen: "campaigns", acts: []func(*studio){campaignIn(campaigns.Proposed)}},
		{name: "contract", screen: "campaigns", acts: []func(*studio){campaignIn(campaigns.Running), press("2")}},
		{name: "pictures", screen: "pictures", acts: []func(*studio){press("J", "J", "Right", "Right")}},
		{name: "pictures-region", screen: "pictures", acts: []func(*studio){press("R")}},
		{name: "pictures-add", screen: "pictures", acts: []func(*studio){press("Escape", "N")}},
		{name: "calendar", screen: "campaigns", acts: []func(*studio){campaignIn(campaigns.Running), press("3"), press("J")}},
		{name: "budget", screen: "campaigns", acts: []func(*studio){campaignIn(campaigns.Running), press("4"), press("J")}},
	}},
	// Only an auditor reads the whole record.
	{trialReader, []tourStop{
		{name: "audit", screen: "audit", acts: []func(*studio){press("J"), press("V")}},
	}},
}

// press types keys on the screen by the names that kit.Key gives them.
func press(names ...string) func(*studio) {
	return func(s *studio) {
		for _, name := range names {
			for _, k := range s.desk.shell.Current().Keys() {
				if k.Name == name && k.Do != nil {
					k.Do()
				}
			}
		}
	}
}

// appealsOf narrows a desk to appeals, as its chip does.
func appealsOf(desk string) func(*studio) {
	return func(s *studio) {
		if d, ok := s.desk.shell.Screen(desk).(interface{ Narrow(string) }); ok {
			d.Narrow(views.Appeals)
		}
	}
}

// writeRules begins a version of the detector's rules that hits some of the sample posts.
func writeRules(s *studio) {
	if rules, ok := s.desk.shell.Screen("rules").(*views.Rules); ok {
		rules.Draft(
			moderation.DetectorRule{Name: "link.booking", Kind: moderation.RuleLink, Note: "Travel diaries link to hotels."},
			moderation.DetectorRule{Name: "praise.emptied", Kind: moderation.RulePhrase, Weight: .8, Say: []string{"空瓶", "回购", "亲测"}},
			moderation.DetectorRule{Name: "price.per_box", Kind: moderation.RuleExpression, Weight: 1.4, Say: []string{`[0-9]{2,} ?元 ?/ ?盒`}})
	}
}

// campaignIn opens the plan of a campaign in a state, the one that begins first: there
// most has happened.
func campaignIn(state campaigns.State) func(*studio) {
	return func(s *studio) {
		list, err := s.desk.db.Campaigns().List(context.Background(), campaigns.CampaignQuery{States: []campaigns.State{state}})
		slices.SortStableFunc(list, func(a, b campaigns.Campaign) int { return cmp.Compare(a.Wish.From, b.Wish.From) })
		if screen, ok := s.desk.shell.Screen("campaigns").(*views.Campaigns); ok && err == nil && len(list) > 0 {
			screen.Open(list[0].ID)
		}
	}
}

// openOf opens the case of an application, if it still waits: it is the one that
// shows most, a second opinion with something to look at.
func openOf(application string) func(*studio) {
	return func(s *studio) {
		c, err := find(context.Background(), s.desk.db.Cases(), moderation.KindBrand, application)
		if brands, ok := s.desk.shell.Screen("brands").(*views.Brands); ok && err == nil && c.ID != "" {
			brands.Open(c.ID)
		}
	}
}

// openOfRing opens the first post of the queue that is in a ring.
func openOfRing(s *studio) {
	openPost(s, func(c moderation.Case) bool {
		_, err := s.desk.db.Rings().Of(context.Background(), c.Target)
		return err == nil && c.Tag != "random"
	})
}

// openOfVideo opens the post of the sample that has a video.
func openOfVideo(s *studio) {
	openPost(s, func(c moderation.Case) bool { return c.Title == sample.Filmed })
}

// openPost opens the first post of the queue that is meant.
func openPost(s *studio, meant func(moderation.Case) bool) {
	posts, ok := s.desk.shell.Screen("posts").(*views.Posts)
	page, err := s.desk.db.Cases().Page(context.Background(), moderation.QueueQuery{Kind: moderation.KindPost, Limit: 200})
	if !ok || err != nil {
		return
	}
	if i := slices.IndexFunc(page.Cases, meant); i >= 0 {
		posts.Open(page.Cases[i].ID)
	}
}

// queueLoop is a UI thread without a window: what goroutines send is run by
// whoever drains it.
type queueLoop struct {
	mu    sync.Mutex
	queue []func()
	came  chan struct{}
}

func newQueueLoop() *queueLoop { return &queueLoop{came: make(chan struct{}, 1)} }

// Do implements kit.Loop.
func (l *queueLoop) Do(f func()) {
	l.mu.Lock()
	l.queue = append(l.queue, f)
	l.mu.Unlock()
	select {
	case l.came <- struct{}{}:
	default:
	}
}

func (l *queueLoop) drain() {
	for {
		l.mu.Lock()
		queue := l.queue
		l.queue = nil
		l.mu.Unlock()
		if len(queue) == 0 {
			return
		}
		for _, f := range queue {
			f()
		}
	}
}

// until runs what comes until done has an answer.
func (l *queueLoop) until(ctx context.Context, done <-chan error) error {
	for {
		l.drain()
		select {
		case err := <-done:
			l.drain()
			return err
		case <-l.came:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// How long nothing must have come before a screen counts as still, and how long
// that may take at most: clocks on a screen go on for ever.
const (
	stillFor  = 250 * time.Millisecond
	stillMost = 30 * time.Second
)

// settle runs what comes until the screen has stopped changing. It is busy as
// long as busy says so; nil is never busy.
func (l *queueLoop) settle(ctx context.Context, busy func() bool) error {
	most := time.After(stillMost)
	for {
		l.drain()
		select {
		case <-l.came:
		case <-time.After(stillFor):
			if busy == nil || !busy() {
				return nil
			}
		case <-most:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func writeFault(err error, path string) error {
	return fault.Wrap(err, fault.FileWrite, "path", path)
}
