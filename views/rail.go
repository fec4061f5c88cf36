package views

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"cinnabar/internal/people"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// rail is the left edge: the seal, the screens, who one is, and the connection.
type rail struct {
	widget.BaseWidget
	book  *words.Book
	items map[string]*kit.NavItem
	dot   *kit.Dot
	state *kit.Text
	box   *fyne.Container
}

func newRail(book *words.Book, items []RailItem, me people.Person, pick func(id string)) *rail {
	r := &rail{book: book, items: map[string]*kit.NavItem{}, dot: kit.NewDot(kit.Neutral), state: kit.NewText("", kit.Style{Size: look.Caption, Ink: look.SecondInk, Shrink: true})}
	head := kit.Pad(18, 0, look.S4, look.S2, kit.Row(look.S2+2, kit.NewSeal(26), kit.NewText(book.T("shell.name"), kit.Heading)))
	var list []fyne.CanvasObject
	for _, it := range items {
		n := kit.NewNavItem(it.Icon, book.T("shell."+it.ID), func() { pick(it.ID) })
		r.items[it.ID] = n
		list = append(list, n)
	}
	name, role := me.Name, whoLine(book, me)
	if name == "" {
		name = me.Login
	}
	if name == "" {
		name, role = book.T("shell.nobody"), ""
	}
	foot := kit.Pad(look.S3, 0, look.S4, look.S2, kit.Stack(2,
		kit.NewText(name, kit.Style{Bold: true, Shrink: true}),
		kit.NewText(role, kit.Style{Size: look.Caption, Ink: look.SecondInk, Shrink: true}),
		kit.Row(6, r.dot, kit.Grow(r.state))))
	r.box = kit.TopRow(0, kit.Grow(kit.Pad(0, look.S3, 0, look.S3,
		kit.Stack(0, head, kit.Stack(2, list...), kit.Gap(), kit.NewRule(), foot))), kit.NewRule())
	r.ExtendBaseWidget(r)
	return r
}

// whoLine says role and region: "moderation · China".
func whoLine(book *words.Book, me people.Person) string {
	where := book.Region("all")
	if len(me.Regions) > 0 {
		names := make([]string, len(me.Regions))
		for i, code := range me.Regions {
			names[i] = book.Region(code)
		}
		where = strings.Join(names, ", ")
	}
	return book.Role(me.Role) + book.T("common.dot") + where
}

func (r *rail) choose(id string) {
	for name, n := range r.items {
		n.Choose(name == id)
	}
}

func (r *rail) count(id string, w waits) {
	item, ok := r.items[id]
	if !ok {
		return
	}
	switch {
	case w.n == 0:
		item.Count("")
	case w.more:
		item.Count(r.book.Counted(w.n, true))
	default:
		item.Count(r.book.Count(w.n))
	}
}

// counts is what stands beside each entry.
func (r *rail) counts() map[string]string {
	out := map[string]string{}
	for id, item := range r.items {
		out[id] = item.Counted()
	}
	return out
}

func (r *rail) link(l LinkState) {
	switch {
	case !l.Up:
		r.dot.Set(kit.Amber)
		r.state.Set(r.book.T("shell.away"))
	case l.Why != nil:
		r.dot.Set(kit.Amber)
		r.state.Set(r.book.T("shell.reading"))
	case l.Trial:
		r.dot.Set(kit.Jade)
		r.state.Set(r.book.T("shell.trial"))
	default:
		r.dot.Set(kit.Jade)
		r.state.Set(r.book.T("shell.connected"))
	}
}

func (r *rail) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(r.box) }
