package views

import (
	"context"
	"fmt"
	"path/filepath"

	"fyne.io/fyne/v2"

	"cinnabar/assets"
	"cinnabar/internal/fault"
	"cinnabar/internal/job"
	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// folderCheck goes through the pictures of a folder, in every slot. Nothing leaves the
// machine by it.
type folderCheck struct {
	p      *Pictures
	dir    string
	files  []FolderEntry // nil before they were listed
	more   bool          // there are others beyond folderMost
	rows   []folderRow
	done   int
	ended  bool
	halted bool  // somebody stopped it
	err    error // why it ended early
	cancel context.CancelFunc

	table *kit.Table[folderRow]
	meter *kit.Meter
	state *kit.Text
	halt  *kit.Button
	box   fyne.CanvasObject
}

// folderRow is what became of one file.
type folderRow struct {
	path    string
	name    string // from the folder that is checked
	verdict assets.Verdict
	lost    int
	reason  string
	err     error
}

// folderMost is how many pictures of a folder are looked at: whoever points at a whole
// disk wants a part of it.
const folderMost = 5000

// Check goes through the pictures of a folder and of those below it.
func (p *Pictures) Check(dir string) {
	if p.table != nil {
		p.table.stop()
	}
	t := &folderCheck{p: p, dir: dir}
	p.table = t
	t.make()
	p.show(folderPage)
	t.start()
}

func (t *folderCheck) make() {
	b := t.p.book
	t.table = kit.NewTable(kit.TableConfig[folderRow]{
		Columns: []kit.Column{{Label: b.T("pictures.column_file")}, {Label: b.T("pictures.column_worst"), Width: 110}, {Label: b.T("pictures.column_lost"), Width: 90, Align: fyne.TextAlignTrailing}, {Label: b.T("pictures.column_why")}},
		Key:     func(r folderRow) string { return r.path },
		Cells: func(r folderRow) []kit.Cell {
			name := kit.Cell{Text: r.name, Bold: true}
			if r.err != nil {
				return []kit.Cell{name, {Text: b.T("pictures.unreadable"), Pill: true, Tone: kit.Neutral}, {Text: b.T("common.none")}, {Text: r.reason, Ink: look.SecondInk}}
			}
			return []kit.Cell{name, {Text: b.CropVerdict(r.verdict), Pill: true, Tone: cropTone(r.verdict)}, {Text: b.Number(r.lost)}, {Text: r.reason, Ink: look.SecondInk}}
		},
		Opened: t.open,
	})
	t.meter, t.state = kit.NewMeter(), kit.NewText("", kit.Style{Ink: look.SecondInk, Shrink: true})
	t.halt = kit.NewButton(kit.ButtonConfig{Text: b.T("common.cancel"), Weight: kit.Quiet, Press: t.stop})
	t.box = kit.Stack(0, kit.Pad(look.S5, look.S4, look.S4, look.S4, kit.Stack(look.S3,
		kit.Row(look.S3, kit.NewText(filepath.Base(t.dir), kit.PageTitle), kit.Gap(), t.halt,
			kit.NewButton(kit.ButtonConfig{Text: b.T("pictures.other_folder"), Key: "F", Press: t.p.askFolder}),
			kit.NewButton(kit.ButtonConfig{Text: b.T("common.back"), Key: "Esc", Weight: kit.Quiet, Press: t.back})),
		kit.Row(look.S3, kit.Fixed(240, 0, t.meter), kit.Grow(t.state)))), kit.NewRule(), kit.Grow(t.table))
	t.draw()
}

func (t *folderCheck) content() fyne.CanvasObject { return t.box }

func (t *folderCheck) keys() []kit.Key {
	b := t.p.book
	return []kit.Key{
		{Name: "J", Label: b.T("pictures.key_entries"), Do: func() { t.table.Rows.Step(1) }}, {Name: "K", Label: b.T("pictures.key_entries"), Do: func() { t.table.Rows.Step(-1) }},
		{Name: "Down", Do: func() { t.table.Rows.Step(1) }}, {Name: "Up", Do: func() { t.table.Rows.Step(-1) }},
		{Name: "Enter", Label: b.T("pictures.key_open"), Do: func() {
			if r, ok := t.table.Rows.Selected(); ok {
				t.open(r)
			}
		}},
		{Name: "F", Label: b.T("pictures.key_folder"), Do: t.p.askFolder},
		{Name: "X", Label: b.T("pictures.key_cancel"), Do: t.stop},
		{Name: "Escape", Do: t.back},
	}
}

func (t *folderCheck) back() { t.p.show(sheetPage) }

// stop ends the check; what was found so far stays.
func (t *folderCheck) stop() {
	if t.cancel != nil {
		t.cancel()
	}
}

// start goes through the files behind the window, as a job that the shell shows.
func (t *folderCheck) start() {
	p := t.p
	ctx, cancel := context.WithCancel(context.Background())
	t.cancel = cancel
	slots := p.slots()
	work := func(ctx context.Context, progress *job.Progress) error {
		files, more, err := p.cfg.Desk.Under(ctx, t.dir, folderMost)
		if err != nil {
			return err
		}
		p.cfg.Loop.Do(func() {
			t.files, t.more = files, more
			t.draw()
		})
		for i, f := range files {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			row := t.check(ctx, f, slots)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if progress != nil {
				progress.Set(int64(i+1), int64(len(files)))
			}
			p.cfg.Loop.Do(func() { t.came(row) })
		}
		return nil
	}
	p.out++
	p.saving.Add(1)
	over := func(err error) {
		p.cfg.Loop.Do(func() {
			p.out--
			t.ended = true
			if t.halted = fault.CodeOf(err) == fault.Cancelled; err != nil && !t.halted {
				t.err = err
			}
			t.draw()
		})
	}
	if p.cfg.Jobs != nil {
		j := p.cfg.Jobs.Start(ctx, p.book.T("pictures.job_folder", filepath.Base(t.dir)), work)
		p.cfg.Go(func() {
			defer p.saving.Done()
			over(j.Wait())
		})
		return
	}
	p.cfg.Go(func() {
		defer p.saving.Done()
		_, err := answered(ctx, func(ctx context.Context) (struct{}, error) { return struct{}{}, work(ctx, nil) })
		over(err)
	})
}

// check says what becomes of one file.
func (t *folderCheck) check(ctx context.Context, f FolderEntry, slots []assets.Slot) folderRow {
	b := t.p.book
	row := folderRow{path: f.Path, name: f.Name}
	l, err := t.p.cfg.Desk.File(ctx, f.Path)
	if err != nil {
		row.err = err
		what, _ := b.Error(err)
		row.reason = what
		return row
	}
	c := assets.Creative{Width: l.Width, Height: l.Height, Bytes: l.Bytes, Regions: l.Regions, Codes: l.Codes, Measured: t.p.cfg.Desk.Measure(ctx, l, l.Regions)}
	checks := assets.ExamineAll(c, slots, nil)
	row.verdict = assets.OK
	worst := -1
	rank := map[assets.Verdict]int{assets.Lost: 2, assets.CannotTell: 1}
	for i, check := range checks {
		if check.Verdict == assets.Lost {
			row.lost++
		}
		if worst < 0 || rank[check.Verdict] > rank[checks[worst].Verdict] {
			worst = i
		}
	}
	if worst >= 0 {
		row.verdict = checks[worst].Verdict
		if row.verdict != assets.OK {
			row.reason = fmt.Sprintf("%s: %s", b.SlotName(slots[worst]), b.CropLine(checks[worst]))
		}
	}
	return row
}

// came takes in a file that was gone through.
func (t *folderCheck) came(r folderRow) {
	t.done++
	t.rows = append(t.rows, r)
	t.table.Rows.Append([]folderRow{r}, false)
	t.draw()
}

func (t *folderCheck) draw() {
	b := t.p.book
	share := 0.
	if len(t.files) > 0 {
		share = float64(t.done) / float64(len(t.files))
	}
	t.meter.Set(kit.Part{Share: share, Tone: kit.Jade})
	var lost, broken int
	for _, r := range t.rows {
		if r.err != nil {
			broken++
		} else if r.lost > 0 {
			lost++
		}
	}
	text := b.T("pictures.folder_state", b.Number(t.done), b.Number(len(t.files)), b.Number(lost), b.Number(broken))
	if t.more {
		text = joinDots(b, []string{text, b.T("pictures.folder_more", b.Number(folderMost))})
	}
	switch {
	case t.err != nil:
		what, next := b.Error(t.err)
		text = joined(b, what, next)
	case len(t.files) == 0 && t.halted:
		text = b.T("pictures.folder_halted")
	case len(t.files) == 0 && t.ended:
		text = b.T("pictures.folder_empty")
	case len(t.files) == 0:
		text = b.T("pictures.folder_listing")
	case t.ended && t.done < len(t.files):
		text = b.T("pictures.folder_stopped", b.Number(t.done), b.Number(len(t.files)))
	}
	t.state.Set(text)
	t.halt.Hidden = t.ended
	t.box.Refresh()
}

// open puts a file of the table on the desk.
func (t *folderCheck) open(r folderRow) {
	p := t.p
	if r.err != nil {
		return
	}
	p.leave(func() {
		p.asks.looks.ask(func(ctx context.Context) (Looked, error) { return p.cfg.Desk.File(ctx, r.path) }, func(l Looked, err error) {
			if err != nil {
				what, next := p.book.Error(err)
				p.cfg.Notify.Note(kit.Amber, what, next)
				return
			}
			l.Path = r.path
			p.openFile(l)
		})
	})
}
