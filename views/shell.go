// Package views holds the screens: the frame around them (Shell), the desks for brands and
// posts, rings, pictures and their viewer, campaigns, KOLs, rules, the record, settings.
//
// A screen is given rows by small interfaces that stand beside it, draws them with the
// widgets of kit, and hands on what a person decided. It knows no SQL, waits for nothing on
// the window's loop, and says nothing that is not in words. What happens on a desk between
// two answers of the database is review's; connecting, importing and scanning are app's.
package views

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"

	"cinnabar/internal/fault"
	"cinnabar/internal/people"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// ShellConfig is what the frame around all screens is made of.
type ShellConfig struct {
	Loop  kit.Loop
	Book  *words.Book
	Me    people.Person
	Link  LinkState
	Items []RailItem // in the rail's order; only screens that exist
	// Search finds things by a query, off the UI thread; nil finds commands only.
	Search func(query string) []kit.Command
	// Commands are further entries of the palette, beside going to each screen.
	Commands func(*words.Book) []kit.Command
	// Dropped is called with the paths of files that were dropped on the window.
	Dropped func(paths []string)
	// Jobs tells of long work; nil shows none.
	Jobs Running
	// Now is the machine's clock by default.
	Now func() time.Time
}

// Shell is the frame: rail, title row, the screen that is shown, and what floats
// above it.
type Shell struct {
	cfg    ShellConfig
	book   *words.Book
	canvas fyne.Canvas

	screens map[string]Screen
	current Screen
	counts  map[string]waits // by entry of the rail

	rail    *rail
	title   *titleRow
	band    *band
	strip   *strip
	stage   *fyne.Container
	toasts  *kit.Toasts
	toasted string          // key of what the toast offers to undo
	said    *fyne.Container // where toasts lie
	layer   *fyne.Container // what floats above everything; empty while nothing does
	// layerKeys are those of a question that floats there, nil for anything else.
	layerKeys []kit.Key
	root      *fyne.Container
	keys      *kit.Keys
	ticking   bool // a redraw of the strip is on its way
}

// waits is how much waits behind an entry of the rail.
type waits struct {
	n    int
	more bool // and there is more than was counted
}

// NewShell makes the frame and shows the first screen.
func NewShell(cfg ShellConfig) *Shell {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	s := &Shell{cfg: cfg, book: cfg.Book, screens: map[string]Screen{}, counts: map[string]waits{}}
	s.stage = container.NewStack()
	s.layer = container.NewStack()
	s.toasts = kit.NewToasts(cfg.Loop, cfg.Now)
	s.root = container.NewStack()
	s.build()
	return s
}

// Content is the whole window.
func (s *Shell) Content() fyne.CanvasObject { return s.root }

// Bind routes a window's keys, shortcuts and dropped files to the shell. Call it
// after the content is in the window.
func (s *Shell) Bind(w fyne.Window) {
	s.canvas = w.Canvas()
	s.keys = kit.BindKeys(s.canvas, s.cfg.Loop, s.bindings)
	palette := func(fyne.Shortcut) { s.OpenPalette() }
	for _, mod := range []fyne.KeyModifier{fyne.KeyModifierControl, fyne.KeyModifierSuper} {
		s.canvas.AddShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyK, Modifier: mod}, palette)
	}
	// A canvas has one handler for each shortcut, so it is the shell's and no screen's.
	for _, name := range []fyne.KeyName{fyne.KeyReturn, fyne.KeyEnter} {
		s.canvas.AddShortcut(&desktop.CustomShortcut{KeyName: name, Modifier: fyne.KeyModifierShortcutDefault}, func(fyne.Shortcut) { s.Commit() })
	}
	// By number, as in a browser's tabs: letters alone belong to the screens.
	for i := range s.numbered() {
		s.canvas.AddShortcut(&desktop.CustomShortcut{KeyName: digits[i], Modifier: fyne.KeyModifierShortcutDefault}, func(fyne.Shortcut) { s.goNumbered(i) })
	}
	if s.cfg.Dropped != nil {
		w.SetOnDropped(func(_ fyne.Position, uris []fyne.URI) {
			var paths []string
			for _, u := range uris {
				if u.Scheme() == "file" {
					paths = append(paths, u.Path())
				}
			}
			s.CloseLayer()
			if len(paths) > 0 {
				s.cfg.Dropped(paths)
			}
		})
	}
}

// Commit is Ctrl+Enter, which works inside fields too: it is for the screen that is shown.
func (s *Shell) Commit() {
	if len(s.layer.Objects) > 0 {
		for _, k := range s.layerKeys {
			if k.Name == "Ctrl+Enter" {
				k.Do()
			}
		}
		return
	}
	if c, ok := s.current.(committing); ok {
		c.Commit()
	}
}

// build makes the frame in the language of the book.
func (s *Shell) build() {
	s.rail = newRail(s.book, s.cfg.Items, s.cfg.Me, s.Go)
	for id, n := range s.counts {
		s.rail.count(id, n)
	}
	s.title = newTitleRow(s.book, s.OpenPalette)
	s.band = newBand()
	s.strip = newStrip(s.book, s.cfg.Jobs)
	right := container.New(frameLayout{}, s.title, s.band.box, s.strip.box, s.stage)
	s.said = container.New(toastLayout{}, s.toasts)
	s.root.Objects = []fyne.CanvasObject{kit.Columns(look.RailWidth, 0, s.rail, right, nil), s.said}
	s.showLink()
	s.ShowJobs()
	if s.current != nil {
		s.rail.choose(s.current.ID())
		s.Retitle()
	}
	s.root.Refresh()
}

// Screen returns a screen, made if it was not there yet; nil for an unknown id.
func (s *Shell) Screen(id string) Screen {
	if screen, ok := s.screens[id]; ok {
		return screen
	}
	for _, item := range s.cfg.Items {
		if item.ID == id {
			screen := item.New(s.book)
			s.screens[id] = screen
			if l, ok := screen.(linked); ok {
				l.SetLink(s.cfg.Link.Up, s.cfg.Link.Why)
			}
			return screen
		}
	}
	return nil
}

// Current is the screen that is shown.
func (s *Shell) Current() Screen { return s.current }

// Go shows a screen. Where something on the page that is shown would be lost, the
// person is asked first.
func (s *Shell) Go(id string) {
	if screen := s.Screen(id); screen == nil || screen == s.current {
		return
	}
	var held []Held
	if h, ok := s.current.(holding); ok {
		held = h.Holds(false)
	}
	s.Ask(held, func() { s.show(id) })
}

// show puts a screen in place of the one before.
func (s *Shell) show(id string) {
	screen := s.Screen(id)
	if screen == nil || screen == s.current {
		return
	}
	if s.canvas != nil {
		s.canvas.Unfocus()
	}
	if s.current != nil {
		s.current.Hidden()
	}
	s.current = screen
	s.stage.Objects = []fyne.CanvasObject{screen.Content()}
	s.rail.choose(id)
	s.Retitle()
	s.stage.Refresh()
	screen.Shown()
}

// digits are the keys that, with Ctrl, lead to the first entries of the rail.
var digits = [...]fyne.KeyName{fyne.Key1, fyne.Key2, fyne.Key3, fyne.Key4, fyne.Key5, fyne.Key6, fyne.Key7, fyne.Key8, fyne.Key9}

// numbered is how many entries of the rail have a number.
func (s *Shell) numbered() int { return min(len(s.cfg.Items), len(digits)) }

// goNumbered shows an entry of the rail, unless something floats above the screen:
// what it asks has to be answered first.
func (s *Shell) goNumbered(i int) {
	if len(s.layer.Objects) == 0 {
		s.Go(s.cfg.Items[i].ID)
	}
}

// Home shows the first screen of the rail.
func (s *Shell) Home() {
	if len(s.cfg.Items) > 0 {
		s.Go(s.cfg.Items[0].ID)
	}
}

// Retitle reads title and figures of the current screen anew.
func (s *Shell) Retitle() {
	if s.current != nil {
		s.title.set(s.current.Title())
	}
}

// SetCount shows how much waits behind an entry of the rail, and whether there is
// more than was counted; 0 shows nothing.
func (s *Shell) SetCount(id string, n int, more bool) {
	s.counts[id] = waits{n, more}
	s.rail.count(id, s.counts[id])
}

// SetBook changes the language of the frame and of every screen.
func (s *Shell) SetBook(book *words.Book) {
	s.book = book
	id := ""
	if s.current != nil {
		id = s.current.ID()
	}
	for name, screen := range s.screens {
		if b, ok := screen.(rebookable); ok {
			b.SetBook(book)
			continue
		}
		if screen == s.current {
			screen.Hidden()
			s.current = nil
		}
		if c, ok := screen.(closable); ok {
			c.Close()
		}
		delete(s.screens, name)
	}
	s.build()
	if s.current == nil && id != "" {
		s.show(id)
	}
}

// Book is the language that is shown.
func (s *Shell) Book() *words.Book { return s.book }

// SetMe shows another person, as in a trial where one may act as anybody.
func (s *Shell) SetMe(me people.Person) {
	s.cfg.Me = me
	s.build()
}

// SetLink shows where the connection stands and tells every screen.
func (s *Shell) SetLink(l LinkState) {
	was := s.cfg.Link
	s.cfg.Link = l
	s.showLink()
	if was.Up == l.Up && sameCode(was.Why, l.Why) {
		return
	}
	for _, screen := range s.screens {
		if k, ok := screen.(linked); ok {
			k.SetLink(l.Up, l.Why)
		}
	}
	if l.Up {
		s.Refresh()
	}
}

func sameCode(a, b *fault.Error) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Code == b.Code
}

func (s *Shell) showLink() {
	l := s.cfg.Link
	s.rail.link(l)
	text := ""
	switch {
	case !l.Up:
		text = s.book.T("shell.away_since", s.book.Clock(l.Since))
	case l.Why != nil:
		text = s.book.Sentence(l.Why)
	}
	if s.band.set(text) {
		s.root.Refresh() // what lies below moves
	}
}

// Refresh asks the current screen to read anew, if it knows how.
func (s *Shell) Refresh() {
	if r, ok := s.current.(refreshable); ok {
		r.Refresh()
	}
	s.Retitle()
}

// Restyle redraws everything after the theme has changed.
func (s *Shell) Restyle() { s.root.Refresh() }

// Close gives back what the screens hold.
func (s *Shell) Close() {
	if s.current != nil {
		s.current.Hidden()
	}
	for _, screen := range s.screens {
		if c, ok := screen.(closable); ok {
			c.Close()
		}
	}
}

// bindings are the keys of the moment: those of what floats on top, or those of
// the screen and the shell's own.
func (s *Shell) bindings() []kit.Key {
	escape := kit.Key{Name: "Escape", Do: s.CloseLayer}
	if len(s.layer.Objects) > 0 && s.layerKeys != nil {
		return s.layerKeys
	}
	if len(s.layer.Objects) > 0 {
		return []kit.Key{escape, {Name: "?", Do: s.CloseLayer}}
	}
	var keys []kit.Key
	if s.current != nil {
		keys = s.current.Keys()
	}
	return append(keys, kit.Key{Name: "?", Label: s.book.T("shell.keys_help"), Do: s.OpenKeys}, escape)
}
