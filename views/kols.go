package views

import (
	"context"
	"reflect"
	"strings"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"github.com/google/uuid"

	"cinnabar/campaigns"
	"cinnabar/internal/fault"
	"cinnabar/internal/people"
	"cinnabar/moderation"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// Directory is what the screens of planning ask of KOLs.
type Directory interface {
	Page(ctx context.Context, q campaigns.KOLQuery) (campaigns.KOLPage, error)
	Posts(ctx context.Context, kol string, limit int) ([]moderation.Post, error)
	Notes(ctx context.Context, kol string) ([]campaigns.KOLNote, error)
	AddNote(ctx context.Context, request string, n campaigns.KOLNote) error
	Shortlists(ctx context.Context) ([]campaigns.Shortlist, error)
	PutShortlist(ctx context.Context, request string, l campaigns.Shortlist) (campaigns.Shortlist, error)
}

// KOLsConfig is what the directory screen is made of.
type KOLsConfig struct {
	Loop      kit.Loop
	Book      *words.Book
	Me        people.Person // a marketer keeps lists and notes, everybody else reads
	Directory Directory
	Gallery   *kit.Gallery
	Pictures  PictureFacts // what the viewer can ask about pictures
	Notify    Notifier
	Retitle   func()         // called when Title says something else; may be nil
	Down      *fault.Error   // why the link is down at the start, nil when it is up
	Go        func(f func()) // a goroutine by default
	NewID     func() string  // a random UUID by default
}

// KOLs is the directory of creators: whom there is, what they ask for, whom they
// reach and what they cost in risk.
type KOLs struct {
	cfg  KOLsConfig
	book *words.Book
	up   bool

	query  campaigns.KOLQuery
	asked  campaigns.KOLQuery // what the rows on screen answer
	pages  latest[campaigns.KOLPage]
	lists  latest[[]campaigns.Shortlist]
	past   latest[kolPast]
	page   *campaigns.KOLPage // the last one that came
	known  []campaigns.Shortlist
	marked []campaigns.KOL // to compare, in the order they were marked
	beside bool            // the comparison is shown
	typed  string          // of the note that is being written

	room    *fyne.Container
	whole   fyne.CanvasObject // what the viewer stands in place of
	rows    *kit.Rows[campaigns.KOL]
	list    *fyne.Container
	middle  *fyne.Container
	side    *fyne.Container
	search  *kit.Field
	chips   *kit.Chips
	selects []*kit.Select
	tray    *fyne.Container
	profile *kolProfile
	menu    *kit.Menu
	viewing *viewer // in place of all, nil as a rule
	saving  sync.WaitGroup
}

// kolPage is how many KOLs are read at once.
const kolPage = 60

// NewKOLs makes the screen. Nothing is read before it is shown.
func NewKOLs(c KOLsConfig) *KOLs {
	if c.Go == nil {
		c.Go = func(f func()) { go f() }
	}
	if c.NewID == nil {
		c.NewID = uuid.NewString
	}
	k := &KOLs{cfg: c, book: c.Book, up: c.Down == nil, room: container.NewStack(), menu: kit.NewMenu(),
		pages: latest[campaigns.KOLPage]{loop: c.Loop, run: c.Go}, lists: latest[[]campaigns.Shortlist]{loop: c.Loop, run: c.Go},
		past: latest[kolPast]{loop: c.Loop, run: c.Go}, query: campaigns.KOLQuery{Limit: kolPage}}
	k.build()
	return k
}

// ID names the screen.
func (k *KOLs) ID() string { return "kols" }

// Title is the name of the screen and how many fit the filters.
func (k *KOLs) Title() (title, subtitle string) {
	if k.page == nil {
		return k.book.T("shell.kols"), ""
	}
	return k.book.T("shell.kols"), k.book.T("kols.subtitle", k.book.Counted(k.page.Total, k.page.More))
}

// Content is the directory beside the KOL that is looked at.
func (k *KOLs) Content() fyne.CanvasObject { return k.room }

// keeps reports whether this person keeps lists and notes.
func (k *KOLs) keeps() bool { return k.cfg.Me.Plans() }

// Keys are those of a list, and what is done with a KOL.
func (k *KOLs) Keys() []kit.Key {
	if k.viewing != nil {
		return k.viewing.Keys()
	}
	b := k.book
	keys := []kit.Key{
		{Name: "J", Label: b.T("shell.keys_move"), Do: func() { k.step(1) }},
		{Name: "K", Label: b.T("shell.keys_move"), Do: func() { k.step(-1) }},
		{Name: "/", Label: b.T("kols.key_search"), Do: k.search.Focus},
		{Name: "R", Label: b.T("kols.key_rising"), Do: func() { k.toggle("rising") }},
		{Name: "M", Label: b.T("kols.key_mark"), Do: k.mark},
		{Name: "C", Label: b.T("kols.key_compare"), Do: k.compare},
	}
	if k.keeps() {
		keys = append(keys, kit.Key{Name: "L", Label: b.T("kols.key_list"), Do: k.openLists})
	}
	if k.beside {
		keys = append(keys, kit.Key{Name: "Escape", Do: k.compare})
	}
	return keys
}

// Commit saves the note that is being written.
func (k *KOLs) Commit() {
	if k.profile != nil {
		k.addNote()
	}
}

// Shown reads the directory.
func (k *KOLs) Shown() { k.Refresh() }

// Hidden gives up on what is still on its way.
func (k *KOLs) Hidden() {
	k.pages.drop()
	k.lists.drop()
	k.past.drop()
	k.menu.Close()
}

// Busy reports whether something is on its way that will change what is shown.
func (k *KOLs) Busy() bool {
	return k.pages.out || k.lists.out || k.past.out || k.viewing != nil && k.viewing.busy()
}

// Wait blocks until every save has been answered; not for the screen's thread.
func (k *KOLs) Wait() { k.saving.Wait() }

// SetLink tells the screen where the connection stands.
func (k *KOLs) SetLink(up bool, _ *fault.Error) {
	k.up = up
	if k.profile != nil {
		k.profile.link(up)
	}
}

// SetBook changes the language; filters, marks and what was typed stay.
func (k *KOLs) SetBook(b *words.Book) {
	k.lookAway()
	k.book = b
	k.build()
	if k.page != nil {
		k.fillRows(*k.page)
	}
	if it, ok := k.rows.Selected(); ok {
		k.show(it)
	}
}

func (k *KOLs) build() {
	b := k.book
	chosen := ""
	if k.rows != nil {
		if it, ok := k.rows.Selected(); ok {
			chosen = it.ID
		}
	}
	var items []campaigns.KOL
	if k.rows != nil {
		items = k.rows.Items()
	}
	k.rows = kit.NewRows(kit.RowsConfig[campaigns.KOL]{
		Key: func(it campaigns.KOL) string { return it.ID }, Height: kolRowHeight,
		New:      func() kit.RowView[campaigns.KOL] { return newKOLRow(k) },
		Selected: k.show, More: k.more,
	})
	if len(items) > 0 {
		k.rows.Set(items, k.page != nil && k.page.Next != "")
		k.rows.Select(chosen)
	}
	k.search = kit.NewField(kit.FieldConfig{Placeholder: b.T("kols.search"), Icon: look.IconSearch})
	k.search.Set(k.query.Search)
	k.search.Changed = func(text string) { k.query.Search = strings.TrimSpace(text); k.Refresh() }
	k.search.OnKey(func(e *fyne.KeyEvent) bool {
		switch e.Name {
		case fyne.KeyDown, fyne.KeyReturn, fyne.KeyEnter:
			if c := kit.CanvasOf(k.search); c != nil {
				c.Unfocus()
			}
			k.step(0)
			return true
		}
		return false
	})
	k.chips = kit.NewToggles([]kit.Chip{{ID: "rising", Text: b.T("kols.rising")}, {ID: "clean", Text: b.T("kols.clean")}},
		map[string]bool{"rising": k.query.Rising, "clean": k.query.Clean}, func(id string, on bool) {
			switch id {
			case "rising":
				k.query.Rising = on
			case "clean":
				k.query.Clean = on
			}
			k.Refresh()
		})
	k.tray = kit.Stack(0)
	k.list = container.NewStack(kit.NewState(kit.State{What: b.T("common.loading")}))
	k.middle = container.NewStack()
	k.side = container.NewStack(k.nobody())
	k.profile = nil
	k.drawTray()
	k.drawMiddle()
	k.whole = kit.Columns(0, kolSide, nil, k.middle,
		kit.NewGround(look.Surface, 0, kit.Row(0, tall{kit.NewRule()}.box(), kit.Grow(tall{k.side}.box()))))
	k.room.Objects = []fyne.CanvasObject{k.whole}
	k.room.Refresh()
}

// kolSide is the width of the column that shows one KOL whole.
const kolSide = look.DecisionWidth + 40

func (k *KOLs) nobody() fyne.CanvasObject {
	return kit.NewState(kit.State{Icon: look.IconKOLs, What: k.book.T("kols.choose"), Next: k.book.T("kols.choose_next")})
}

// drawMiddle shows the directory, or the comparison in its place.
func (k *KOLs) drawMiddle() {
	var o fyne.CanvasObject
	if k.beside {
		o = k.comparison()
	} else {
		o = kit.Stack(0,
			kit.Pad(look.S3, look.S4, look.S2, look.S4, kit.Stack(look.S2,
				kit.Row(look.S3, kit.Grow(k.search), kit.Fixed(250, 0, k.chips)),
				k.filters())),
			kit.NewRule(), kolHead(k.book), kit.NewRule(), kit.Grow(k.list), k.tray)
	}
	k.middle.Objects = []fyne.CanvasObject{o}
	k.middle.Refresh()
}

func (k *KOLs) step(by int) {
	if k.beside {
		return
	}
	if _, ok := k.rows.Selected(); by == 0 && ok {
		return
	}
	k.rows.Step(by)
}

// Refresh reads the first page anew; rows on screen stay until it has come.
func (k *KOLs) Refresh() {
	q := k.query
	if k.page != nil && k.rows.Len() > kolPage && reflect.DeepEqual(q, k.asked) {
		k.readLists() // whoever has gone on to further pages would lose them
		return
	}
	k.readLists()
	k.pages.ask(func(ctx context.Context) (campaigns.KOLPage, error) { return k.cfg.Directory.Page(ctx, q) },
		func(page campaigns.KOLPage, err error) {
			switch {
			case err != nil && k.rows.Len() > 0:
				return // what is known stays
			case err != nil:
				k.fill(unread(k.book, err, k.Refresh))
			default:
				k.page, k.asked = &page, q
				k.fillRows(page)
			}
		})
}

func (k *KOLs) fillRows(page campaigns.KOLPage) {
	if len(page.KOLs) == 0 {
		k.rows.Set(nil, false)
		state := kit.State{Icon: look.IconKOLs, What: k.book.T("kols.none_fit"), Next: k.book.T("kols.none_fit_next"),
			Action: kit.ButtonConfig{Text: k.book.T("kols.clear"), Press: k.clear}}
		if k.narrows() == 0 {
			state = kit.State{Icon: look.IconKOLs, What: k.book.T("kols.none"), Next: k.book.T("kols.none_next")}
		}
		k.fill(kit.NewState(state))
	} else {
		k.rows.Set(page.KOLs, page.Next != "")
		k.fill(k.rows)
	}
	if k.cfg.Retitle != nil {
		k.cfg.Retitle()
	}
}

func (k *KOLs) more() {
	if k.page == nil {
		return
	}
	q := k.query
	q.After = k.page.Next
	k.pages.ask(func(ctx context.Context) (campaigns.KOLPage, error) { return k.cfg.Directory.Page(ctx, q) },
		func(page campaigns.KOLPage, err error) {
			if err != nil {
				k.rows.Append(nil, true)
				return
			}
			k.page.Next = page.Next
			k.rows.Append(page.KOLs, page.Next != "")
		})
}

func (k *KOLs) fill(o fyne.CanvasObject) {
	if len(k.list.Objects) == 1 && k.list.Objects[0] == o {
		return
	}
	k.list.Objects = []fyne.CanvasObject{o}
	k.list.Refresh()
}

// send carries a wish out and says what came of it on the screen's thread.
func (k *KOLs) send(wish func(context.Context) error, done func(error)) {
	k.saving.Add(1)
	k.cfg.Go(func() {
		defer k.saving.Done()
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		_, err := answered(ctx, func(ctx context.Context) (struct{}, error) { return struct{}{}, wish(ctx) })
		k.cfg.Loop.Do(func() { done(err) })
	})
}
