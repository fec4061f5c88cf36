package views

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"cinnabar/internal/fault"
	"cinnabar/internal/job"
	"cinnabar/internal/people"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/look/looktest"
	"cinnabar/views/words"
)

// tray is a loop that the test drains.
type tray struct{ work chan func() }

func (l tray) Do(f func()) { l.work <- f }

func (l tray) drain() {
	for {
		select {
		case f := <-l.work:
			f()
		default:
			return
		}
	}
}

// plainScreen is the smallest screen.
type plainScreen struct {
	id     string
	book   *words.Book
	events []string
	up     bool
	keys   []kit.Key
}

func (s *plainScreen) ID() string                      { return s.id }
func (s *plainScreen) Title() (title, subtitle string) { return s.book.T("shell." + s.id), s.id }
func (s *plainScreen) Content() fyne.CanvasObject {
	return kit.NewState(kit.State{Icon: look.IconEmpty, What: s.book.T("shell." + s.id)})
}
func (s *plainScreen) Keys() []kit.Key                 { return s.keys }
func (s *plainScreen) Shown()                          { s.events = append(s.events, "shown") }
func (s *plainScreen) Hidden()                         { s.events = append(s.events, "hidden") }
func (s *plainScreen) SetLink(up bool, _ *fault.Error) { s.up = up }

// keptScreen changes its language in place.
type keptScreen struct{ plainScreen }

func (s *keptScreen) SetBook(b *words.Book) { s.book = b }

// oneJob is an import on its way.
type oneJob struct {
	jobs      []job.Snapshot
	cancelled int64
}

func (o *oneJob) Jobs() []job.Snapshot { return o.jobs }
func (o *oneJob) Cancel(id int64)      { o.cancelled = id }

type openShell struct {
	*Shell
	window fyne.Window
	loop   tray
	made   map[string][]*plainScreen
	jobs   *oneJob
}

func frame(t *testing.T, mode look.Mode, book *words.Book) *openShell {
	t.Helper()
	looktest.Dress(t, mode)
	f := &openShell{loop: tray{make(chan func(), 100)}, made: map[string][]*plainScreen{}, jobs: &oneJob{}}
	item := func(id string, i look.Icon, kept bool) RailItem {
		return RailItem{ID: id, Icon: i, New: func(b *words.Book) Screen {
			if kept {
				s := &keptScreen{plainScreen{id: id, book: b}}
				f.made[id] = append(f.made[id], &s.plainScreen)
				return s
			}
			s := &plainScreen{id: id, book: b}
			f.made[id] = append(f.made[id], s)
			return s
		}}
	}
	f.Shell = NewShell(ShellConfig{
		Loop: f.loop, Book: book, Link: LinkState{Up: true, Trial: true}, Jobs: f.jobs,
		Me: people.Person{Login: "moderator1", Name: "林溪", Role: people.Moderator, Regions: []string{"CN"}, Active: true},
		Items: []RailItem{
			item("today", look.IconToday, false), item("brands", look.IconBrands, true), item("posts", look.IconPosts, true),
			item("audit", look.IconAudit, false), item("settings", look.IconSettings, false),
		},
	})
	f.window = test.NewTempWindow(t, f.Content())
	f.window.SetPadded(false)
	f.window.Resize(fyne.NewSize(1440, 900))
	f.Bind(f.window)
	f.Go("today")
	return f
}

func (f *openShell) key(name fyne.KeyName) {
	if o := f.window.Canvas().Focused(); o != nil {
		o.TypedKey(&fyne.KeyEvent{Name: name})
	} else {
		f.window.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: name})
	}
	f.loop.drain()
}

func (f *openShell) char(r rune) {
	if o := f.window.Canvas().Focused(); o != nil {
		o.TypedRune(r)
	} else {
		f.window.Canvas().OnTypedRune()(r)
	}
	f.loop.drain()
}

func TestScreensAreMadeOnceAndToldWhenTheyAreShown(t *testing.T) {
	f := frame(t, look.Light, words.For(words.EN))
	f.Go("brands")
	f.Go("today")
	f.Go("today")
	f.Go("nowhere")
	if n := len(f.made["today"]); n != 1 {
		t.Fatalf("Today was made %d times", n)
	}
	if got := f.made["today"][0].events; len(got) != 3 || got[1] != "hidden" || got[2] != "shown" {
		t.Errorf("Today was told %v", got)
	}
}

func TestAnotherLanguageKeepsWhatCanStayAndMakesTheRestAnew(t *testing.T) {
	f := frame(t, look.Light, words.For(words.EN))
	f.Go("brands")
	f.Go("today")
	f.SetCount("posts", 12400, false)
	f.SetBook(words.For(words.ZH))
	if got := f.rail.counts()["posts"]; got != "1.2万" {
		t.Errorf("the rail counts %q posts", got)
	}
	if n := len(f.made["brands"]); n != 1 || !f.made["brands"][0].book.Chinese() {
		t.Errorf("Brands was made %d times", n)
	}
	f.SetCount("posts", 5000, true)
	if got := f.rail.counts()["posts"]; got != "5,000+" {
		t.Errorf("the rail counts %q posts where there are more", got)
	}
	today := f.made["today"]
	if len(today) != 2 || today[0].events[len(today[0].events)-1] != "hidden" || today[1].events[0] != "shown" {
		t.Errorf("Today was made %d times", len(today))
	}
	if title, _ := f.Current().Title(); title != "今日" {
		t.Errorf("the title is %q", title)
	}
}

func TestWithoutADatabaseABandSaysSoAndScreensAreTold(t *testing.T) {
	f := frame(t, look.Light, words.For(words.EN))
	since := time.Date(2026, 11, 22, 6, 5, 0, 0, time.UTC)
	f.SetLink(LinkState{Since: since, Why: fault.New(fault.Offline, "host", "db")})
	if !f.band.box.Visible() || f.band.text.Text() != "The database is away since 14:05. You see what was known; nothing is decided until it is back." {
		t.Errorf("visible %v: %q", f.band.box.Visible(), f.band.text.Text())
	}
	if f.made["today"][0].up {
		t.Error("the screen believes that the database is there")
	}
	f.SetLink(LinkState{Up: true})
	if f.band.box.Visible() || !f.made["today"][0].up {
		t.Error("the band stays although the database is back")
	}
}

func TestAStudioThatIsTooOldToWriteSaysSoAndReadsOn(t *testing.T) {
	f := frame(t, look.Light, words.For(words.EN))
	f.SetLink(LinkState{Up: true, Why: fault.New(fault.SchemaNew, "have", "1", "need", "2")})
	if want := "The database is newer than this studio: it asks for level 2, and this one has 1."; !f.band.box.Visible() || !strings.HasPrefix(f.band.text.Text(), want) {
		t.Errorf("visible %v: %q", f.band.box.Visible(), f.band.text.Text())
	}
	if f.rail.state.Text() != "reading only" {
		t.Errorf("the rail says %q", f.rail.state.Text())
	}
	if !f.made["today"][0].up {
		t.Error("the screen believes that the database is away")
	}
	f.SetLink(LinkState{Up: true})
	if f.band.box.Visible() {
		t.Error("the band stays although all is well")
	}
}

func TestThePaletteGoesToAScreenByItsNameInEitherLanguage(t *testing.T) {
	f := frame(t, look.Light, words.For(words.ZH))
	for _, query := range []string{"brands", "品牌"} {
		f.Go("today")
		f.OpenPalette()
		for _, r := range query {
			f.char(r)
		}
		f.key(fyne.KeyReturn)
		if f.Current().ID() != "brands" {
			t.Errorf("%q leads to %s", query, f.Current().ID())
		}
		if len(f.layer.Objects) != 0 {
			t.Errorf("the palette stays open after %q", query)
		}
	}
}

func TestPagesAreReachedByTheirNumberUnlessSomethingFloats(t *testing.T) {
	f := frame(t, look.Light, words.For(words.EN))
	press := func(n int) {
		f.goNumbered(n - 1) // the toolkit's canvas for tests knows no shortcuts
		f.loop.drain()
	}
	press(3)
	if got := f.Current().ID(); got != "posts" {
		t.Errorf("Ctrl+3 leads to %s", got)
	}
	f.OpenKeys()
	if !says(f.layer, "Go to a page") {
		t.Error("the list of keys does not tell of the numbers")
	}
	press(1)
	if got := f.Current().ID(); got != "posts" {
		t.Errorf("below the list of keys a number leads to %s", got)
	}
	f.CloseLayer()
	press(1)
	if got := f.Current().ID(); got != "today" {
		t.Errorf("Ctrl+1 leads to %s", got)
	}
}

func TestEscapeClosesWhatFloatsAndKeysBelowAreDeadMeanwhile(t *testing.T) {
	f := frame(t, look.Light, words.For(words.EN))
	decided := 0
	f.made["today"][0].keys = []kit.Key{{Name: "A", Label: "Approve", Do: func() { decided++ }}}
	f.char('?')
	if len(f.layer.Objects) == 0 {
		t.Fatal("? opens nothing")
	}
	f.key(fyne.KeyA)
	if decided != 0 {
		t.Error("a verdict was given under the sheet of keys")
	}
	f.key(fyne.KeyEscape)
	f.key(fyne.KeyA)
	if len(f.layer.Objects) != 0 || decided != 1 {
		t.Errorf("%d layers, decided %d times", len(f.layer.Objects), decided)
	}
}

func TestALaterToastIsNotDismissedByAnEarlierKey(t *testing.T) {
	f := frame(t, look.Light, words.For(words.EN))
	undone := ""
	f.Undoable("first", "Approved Chulan", time.Now().Add(10*time.Second), func() { undone = "first" })
	f.Undoable("second", "Refused Fjord", time.Now().Add(10*time.Second), func() { undone = "second" })
	f.Dismiss("first")
	if f.toasts.Says() != "Refused Fjord" {
		t.Errorf("the toast says %q", f.toasts.Says())
	}
	f.Dismiss("second")
	if f.toasts.Says() != "" || undone != "" {
		t.Errorf("the toast says %q, undone %q", f.toasts.Says(), undone)
	}
}

func TestARunningImportIsSeenAndCanBeStopped(t *testing.T) {
	f := frame(t, look.Light, words.For(words.EN))
	f.jobs.jobs = []job.Snapshot{{ID: 3, Name: "posts.jsonl", State: job.Done}, {ID: 4, Name: "brands.csv", State: job.Running, Done: 20, Total: 40}}
	f.ShowJobs()
	if !f.strip.box.Visible() || f.strip.name.Text() != "brands.csv" || f.strip.state.Text() != "20 of 40" {
		t.Errorf("visible %v: %q, %q", f.strip.box.Visible(), f.strip.name.Text(), f.strip.state.Text())
	}
	f.strip.stop.Press()
	if f.jobs.cancelled != 4 {
		t.Errorf("job %d was asked to stop", f.jobs.cancelled)
	}
	f.jobs.jobs = nil
	f.ShowJobs()
	if f.strip.box.Visible() {
		t.Error("the strip stays after the last job")
	}
}

// A tiling desktop asks nobody how small a window may be.
func TestATinyWindowIsDrawnAllTheSame(t *testing.T) {
	f := frame(t, look.Light, words.For(words.EN))
	f.SetLink(LinkState{Since: time.Unix(0, 0), Why: fault.New(fault.Offline, "host", "db")})
	f.Note(kit.Amber, "What happened", "What to do next")
	for _, open := range []func(){func() {}, f.OpenPalette, f.OpenKeys} {
		open()
		for _, size := range []fyne.Size{fyne.NewSize(300, 200), fyne.NewSize(60, 40)} {
			f.window.Resize(size)
			f.window.Canvas().Capture()
		}
	}
}

// TestTheThemeChangesInPlace compares a frame that was switched with one that
// was made so: a colour that a widget kept would differ.
func TestTheThemeChangesInPlace(t *testing.T) {
	for _, to := range []look.Mode{look.Dark, look.Light} {
		from := map[look.Mode]look.Mode{look.Dark: look.Light, look.Light: look.Dark}[to]
		shot := func(first look.Mode) image.Image {
			f := frame(t, first, words.For(words.EN))
			f.SetCount("posts", 246, false)
			f.SetLink(LinkState{Since: time.Unix(0, 0), Why: fault.New(fault.Offline, "host", "db")})
			if first != to {
				fyne.CurrentApp().Settings().SetTheme(look.New(to))
				f.Restyle()
			}
			return f.window.Canvas().Capture()
		}
		switched, made := shot(from), shot(to)
		b := made.Bounds()
		for y := b.Min.Y; y < b.Max.Y; y++ {
			for x := b.Min.X; x < b.Max.X; x++ {
				if switched.At(x, y) != made.At(x, y) {
					t.Fatalf("switched to %s, the pixel at %d, %d is %v; made so it is %v", to, x, y, switched.At(x, y), made.At(x, y))
				}
			}
		}
	}
}

// TestTheFrameIsDrawn draws the frame, and what may lie over it. With CINNABAR_GALLERY
// naming a folder it does so in every language and light, and leaves the pictures there:
// a soft shadow costs a drawing without a graphics card seconds.
func TestTheFrameIsDrawn(t *testing.T) {
	dir := os.Getenv("CINNABAR_GALLERY")
	modes, languages := []look.Mode{look.Light, look.Dark}, words.Languages()
	if dir == "" {
		modes, languages = modes[:1], []words.Language{words.ZH}
	}
	for _, mode := range modes {
		for _, l := range languages {
			f := frame(t, mode, words.For(l))
			f.SetCount("brands", 18, false)
			f.SetCount("posts", 12400, false)
			f.SetLink(LinkState{Since: time.Now(), Why: fault.New(fault.Offline, "host", "db")})
			f.jobs.jobs = []job.Snapshot{{ID: 4, Name: "posts.jsonl", State: job.Running, Done: 412, Total: 997}, {ID: 5, State: job.Waiting}}
			f.ShowJobs()
			what, next := words.For(l).Error(fault.Wrap(errors.New("x"), fault.LeaseLost))
			f.Note(kit.Amber, what, next)
			drawn := map[string]string{}
			for _, layer := range []struct {
				name string
				open func()
			}{{"shell", func() {}}, {"palette", f.OpenPalette}, {"keys", func() { f.CloseLayer(); f.OpenKeys() }}} {
				layer.open()
				var b bytes.Buffer
				if err := png.Encode(&b, f.window.Canvas().Capture()); err != nil {
					t.Fatal(err)
				}
				if other, twice := drawn[b.String()]; twice {
					t.Errorf("%s looks like %s", layer.name, other)
				}
				drawn[b.String()] = layer.name
				if dir == "" {
					continue
				}
				if err := os.WriteFile(filepath.Join(dir, layer.name+"-"+string(mode)+"-"+string(l)+".png"), b.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}
