package views

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"cinnabar/campaigns"
	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// errand is what a file or folder is looked for.
type errand uint8

const (
	toAdd errand = iota
	toCheck
	toExport
)

// browser lets a person choose files or a folder on this machine.
type browser struct {
	p      *Pictures
	why    errand
	here   Folder
	err    error
	marked map[string]bool // files that are taken, by path
	target string          // the campaign that files go into

	rows *kit.Rows[FolderEntry]
	path *kit.Field
	into *kit.Select
	act  *kit.Button
	note *kit.Paragraph
	list *fyne.Container // the rows, or that there are none
	box  fyne.CanvasObject
}

// askFiles looks for pictures to add to a campaign.
func (p *Pictures) askFiles() {
	if p.adds() && p.up {
		p.browseFor(toAdd)
	}
}

// askFolder looks for a folder to check.
func (p *Pictures) askFolder() { p.browseFor(toCheck) }

// askExport looks for a folder to write the cuts into.
func (p *Pictures) askExport() {
	if p.work != nil && p.work.looked != nil {
		p.browseFor(toExport)
	}
}

func (p *Pictures) browseFor(why errand) {
	from := ""
	if p.browse != nil {
		from = p.browse.here.Path
	}
	p.browse = newBrowser(p, why)
	p.show(browsePage)
	p.browse.read(from)
}

func newBrowser(p *Pictures, why errand) *browser {
	b := p.book
	w := &browser{p: p, why: why, marked: map[string]bool{}, note: kit.NewParagraph("", kit.Small)}
	w.rows = kit.NewRows(kit.RowsConfig[FolderEntry]{Key: func(e FolderEntry) string { return e.Path }, Height: 40,
		New: func() kit.RowView[FolderEntry] { return newEntryRow(w) }, Opened: w.open})
	w.list = container.NewStack(w.rows)
	w.path = kit.NewField(kit.FieldConfig{Label: b.T("pictures.browse_path"), Placeholder: b.T("pictures.browse_path_hint")})
	w.path.Submitted = func(text string) { w.read(strings.TrimSpace(text)) }
	w.path.OnKey(func(e *fyne.KeyEvent) bool {
		if e.Name == fyne.KeyEscape || e.Name == fyne.KeyDown {
			if c := kit.CanvasOf(w.path); c != nil {
				c.Unfocus()
			}
			return true
		}
		return false
	})
	w.act = kit.NewButton(kit.ButtonConfig{Text: b.T(w.word("go")), Key: "Ctrl ↵", Weight: kit.Primary, Press: w.done})
	title := kit.Stack(2, kit.NewText(b.T(w.word("title")), kit.PageTitle), kit.NewParagraph(b.T(w.word("about")), kit.Second))
	fields := kit.Row(look.S3, kit.Grow(w.path))
	if why == toAdd {
		w.into = kit.NewSelect(b.T("pictures.browse_into"), b.T("common.choose"))
		var options []kit.Option
		if p.known != nil {
			for _, c := range p.known.Campaigns {
				if c.State != campaigns.Closed {
					options = append(options, kit.Option{ID: c.ID, Text: c.Name, More: c.Brand})
				}
			}
		}
		if p.filter.Campaign != "" {
			w.target = p.filter.Campaign
		} else if p.work != nil && p.work.now.State != campaigns.Closed {
			w.target = p.work.now.Campaign
		}
		w.into.Set(options, w.target)
		w.into.Picked = func(id string) { w.target = id; w.draw() }
		fields.Add(kit.Fixed(280, 0, w.into))
	}
	w.box = kit.Stack(0, kit.Pad(look.S5, look.S5, look.S4, look.S5, kit.Stack(look.S4, title, fields)), kit.NewRule(), kit.Grow(w.list), kit.NewRule(),
		kit.Pad(look.S3, look.S5, look.S3, look.S5, kit.Row(look.S3, kit.Grow(w.note), kit.NewButton(kit.ButtonConfig{Text: b.T("common.back"), Key: "Esc", Weight: kit.Quiet, Press: w.back}), kit.Fixed(220, 0, w.act))))
	w.draw()
	return w
}

// word is the key of a word that depends on what is looked for.
func (w *browser) word(name string) string {
	return "pictures.browse_" + map[errand]string{toAdd: "add", toCheck: "check", toExport: "export"}[w.why] + "_" + name
}

func (w *browser) content() fyne.CanvasObject { return w.box }

func (w *browser) keys() []kit.Key {
	b := w.p.book
	keys := []kit.Key{
		{Name: "J", Label: b.T("pictures.key_entries"), Do: func() { w.rows.Step(1) }}, {Name: "K", Label: b.T("pictures.key_entries"), Do: func() { w.rows.Step(-1) }},
		{Name: "Down", Do: func() { w.rows.Step(1) }}, {Name: "Up", Do: func() { w.rows.Step(-1) }},
		{Name: "Enter", Label: b.T("pictures.key_open"), Do: func() {
			if e, ok := w.rows.Selected(); ok {
				w.open(e)
			}
		}},
		{Name: "Left", Label: b.T("pictures.key_parent"), Do: w.up}, {Name: "U", Label: b.T("pictures.key_parent"), Do: w.up},
		{Name: "/", Label: b.T("pictures.key_path"), Do: w.path.Focus},
		{Name: "Ctrl+Enter", Label: b.T(w.word("go"))},
		{Name: "Escape", Do: w.back},
	}
	if w.why == toAdd {
		keys = append(keys, kit.Key{Name: "Space", Label: b.T("pictures.key_take"), Do: func() {
			if e, ok := w.rows.Selected(); ok && !e.Folder {
				w.open(e)
			}
		}}, kit.Key{Name: "A", Label: b.T("pictures.key_take_all"), Do: w.takeAll})
	}
	return keys
}

func (w *browser) up() {
	if w.here.Parent != "" {
		w.read(w.here.Parent)
	}
}

func (w *browser) back() {
	if w.p.table != nil && w.why == toCheck {
		w.p.show(folderPage)
		return
	}
	w.p.show(sheetPage)
}

// read lists a folder.
func (w *browser) read(dir string) {
	p := w.p
	p.asks.folders.ask(func(context.Context) (Folder, error) { return p.cfg.Desk.Folder(dir) }, func(f Folder, err error) {
		if err != nil {
			w.err = err
			w.draw()
			return
		}
		w.here, w.err = f, nil
		w.path.Set(f.Path)
		var rows []FolderEntry
		for _, e := range f.Entries {
			if e.Folder || w.why != toExport {
				rows = append(rows, e)
			}
		}
		w.rows.Set(rows, false)
		w.list.Objects = []fyne.CanvasObject{w.rows}
		if len(rows) > 0 {
			w.rows.Select(rows[0].Path)
		} else {
			w.list.Objects[0] = kit.NewState(kit.State{Icon: look.IconPictures, What: p.book.T(w.word("empty")), Next: p.book.T("pictures.browse_empty_next")})
		}
		w.draw()
	})
}

// open goes into a folder, or takes a file.
func (w *browser) open(e FolderEntry) {
	switch {
	case e.Folder:
		w.read(e.Path)
		return
	case w.why == toAdd:
		w.marked[e.Path] = !w.marked[e.Path]
		if !w.marked[e.Path] {
			delete(w.marked, e.Path)
		}
		w.rows.Update(e)
	case w.why == toCheck:
		w.done()
		return
	}
	w.draw()
}

func (w *browser) takeAll() {
	for _, e := range w.here.Entries {
		if !e.Folder {
			w.marked[e.Path] = true
			w.rows.Update(e)
		}
	}
	w.draw()
}

// pictures counts the pictures in the folder that is shown.
func (w *browser) pictures() int {
	n := 0
	for _, e := range w.here.Entries {
		if !e.Folder {
			n++
		}
	}
	return n
}

// draw says what the button would do.
func (w *browser) draw() {
	b := w.p.book
	text, ready := "", false
	switch {
	case w.err != nil:
		what, next := b.Error(w.err)
		text = joined(b, what, next)
	case w.here.Path == "":
		text = b.T("common.loading")
	case w.why == toAdd:
		text = b.T("pictures.browse_taken", len(w.marked))
		ready = len(w.marked) > 0 && w.target != ""
		if len(w.marked) > 0 && w.target == "" {
			text = b.T("pictures.browse_which")
		}
	case w.why == toCheck:
		text, ready = b.T("pictures.browse_pictures", w.pictures()), len(w.here.Entries) > 0
		if folders := len(w.here.Entries) - w.pictures(); folders > 0 {
			text = joined(b, text, b.T("pictures.browse_below", folders))
		}
	default:
		text, ready = w.here.Path, true
	}
	w.note.Set(text)
	if ready {
		w.act.Enable()
	} else {
		w.act.Disable("")
	}
	w.p.room.Refresh()
}

// done does what the browser was opened for.
func (w *browser) done() {
	if w.act.Disabled() {
		return
	}
	p := w.p
	switch w.why {
	case toAdd:
		var paths []string
		for path := range w.marked {
			paths = append(paths, path)
		}
		p.show(sheetPage)
		p.bring(w.target, paths)
	case toCheck:
		p.Check(w.here.Path)
	case toExport:
		p.show(sheetPage)
		p.export(w.here.Path)
	}
}

// Commit is Ctrl+Enter: what the page's main button does.
func (p *Pictures) Commit() {
	if p.page == browsePage && p.browse != nil {
		p.browse.done()
	}
}

// entryRow is a line of a folder.
type entryRow struct {
	widget.BaseWidget
	w    *browser
	icon *kit.Symbol
	name *kit.Text
	size *kit.Text
	pill *kit.Pill
	box  *fyne.Container
}

func newEntryRow(w *browser) *entryRow {
	r := &entryRow{w: w, icon: kit.NewSymbol(look.IconPictures, look.SecondInk, 16), name: kit.NewText("", kit.Style{Shrink: true}), size: kit.NewText("", kit.Small), pill: kit.NewPill("", kit.Jade)}
	r.box = kit.Pad(0, look.S5, 0, look.S5, kit.Row(look.S3, kit.Fixed(18, 0, r.icon), kit.Grow(r.name), r.pill, r.size))
	r.ExtendBaseWidget(r)
	return r
}

// Bind shows an entry.
func (r *entryRow) Bind(e FolderEntry, _ bool) {
	icon, size, taken := look.IconPictures, "", ""
	if e.Folder {
		icon = look.IconChevronRight
	} else {
		size = bytesOf(e.Bytes)
	}
	if r.w.marked[e.Path] {
		taken = r.w.p.book.T("pictures.taken")
	}
	r.icon.Set(icon, look.SecondInk)
	r.name.Set(e.Name)
	r.size.Set(size)
	r.pill.Set(taken, kit.Jade)
	r.box.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (r *entryRow) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(r.box) }
