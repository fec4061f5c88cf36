package review

import (
	"context"
	"slices"
	"time"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
)

// Filter narrows a queue.
type Filter struct {
	Stage  moderation.Stage
	Tag    string
	Named  string // code of a named queue
	Mine   bool   // only what was handed to this person
	Rings  bool   // only posts that are in a ring
	Search string
}

// Row is one line of the queue column.
type Row struct {
	Case moderation.Case
	// Gone says that the case no longer waits: a colleague decided it. It stays
	// where it is, faded, until the hand moves on.
	Gone bool
	// Back and Kept are the item's, for the row's mark.
	Back, Kept bool
}

// queue is the left column: rows, filter and where the hand is.
type queue[S any] struct {
	rows     []Row
	selected string // case id; "" only while there are no rows
	filter   Filter
	next     string // cursor; "" at the end
	counts   moderation.QueueCounts
	loaded   bool
	queueErr error
	queueGen int
	paging   bool

	refreshing bool
	again      bool              // something changed while a refresh was under way
	fresh      []moderation.Case // the queue as it stands, to be taken over at a natural moment
	incoming   int               // cases in fresh that have no row yet
}

// Rows are the lines to draw. The slice belongs to the desk.
func (d *Desk[S]) Rows() []Row { return d.rows }

// Selected is the index of the row under the hand, -1 when there is none.
func (d *Desk[S]) Selected() int { return d.index(d.selected) }

// Filter is what the queue is narrowed to.
func (d *Desk[S]) Filter() Filter { return d.filter }

// Counts are the figures beside the queue.
func (d *Desk[S]) Counts() moderation.QueueCounts { return d.counts }

// QueueState says whether the queue was read, and what went wrong if not.
func (d *Desk[S]) QueueState() (loaded bool, err error) { return d.loaded, d.queueErr }

// Incoming is how many cases wait to be shown at the next natural moment.
func (d *Desk[S]) Incoming() int { return d.incoming }

// SetFilter narrows the queue and reads it anew.
func (d *Desk[S]) SetFilter(f Filter) {
	if f == d.filter {
		return
	}
	d.leave()
	d.filter = f
	d.reload()
}

// Retry reads the queue and the item on screen again after an error.
func (d *Desk[S]) Retry() {
	if d.queueErr != nil {
		d.reload()
	} else {
		d.Refresh()
	}
	if it := d.Current(); it != nil && it.Err != nil {
		d.load(it, true)
		d.screen.ItemChanged()
	}
}

func (d *Desk[S]) query(after string) moderation.QueueQuery {
	return moderation.QueueQuery{
		Kind: d.cfg.Kind, Stage: d.filter.Stage, Tag: d.filter.Tag, Named: d.filter.Named, Mine: d.filter.Mine, Rings: d.filter.Rings, Search: d.filter.Search,
		After: after, Limit: d.cfg.Page,
	}
}

// reload throws the rows away and reads the front of the queue.
func (d *Desk[S]) reload() {
	d.queueGen++
	gen := d.queueGen
	d.rows, d.next, d.loaded, d.queueErr = nil, "", false, nil
	d.fresh, d.incoming, d.paging, d.refreshing, d.again = nil, 0, false, false, false
	d.selected = ""
	q := d.query("")
	d.async(func(ctx context.Context) func() {
		page, err := d.cfg.Queue.Page(ctx, q)
		var counts moderation.QueueCounts
		if err == nil {
			counts, err = d.cfg.Queue.Counts(ctx, q.Kind)
		}
		return func() {
			if gen != d.queueGen {
				return
			}
			if err != nil {
				d.queueErr = err
			} else {
				d.loaded = true
				d.clock(page)
				d.counts = counts
				d.next = page.Next
				d.rows = d.rowsOf(d.visible(page.Cases))
				d.bringWaiting()
				if !d.showComing() {
					d.selectFirst()
				}
			}
			d.screen.QueueChanged()
			d.screen.ItemChanged()
		}
	})
	d.screen.QueueChanged()
	d.screen.ItemChanged()
}

// More reads the next page. Screens call it when the end comes into sight.
func (d *Desk[S]) More() {
	if d.next == "" || d.paging || !d.up {
		return
	}
	d.paging = true
	gen, q := d.queueGen, d.query(d.next)
	d.async(func(ctx context.Context) func() {
		page, err := d.cfg.Queue.Page(ctx, q)
		return func() {
			if gen != d.queueGen {
				return
			}
			d.paging = false
			if err != nil {
				d.screen.Tell(err)
				return
			}
			d.next = page.Next
			d.clock(page)
			for _, c := range d.visible(page.Cases) {
				if d.index(c.ID) < 0 {
					d.rows = append(d.rows, d.row(c))
				}
			}
			if d.selected == "" {
				d.selectFirst()
			}
			d.screen.QueueChanged()
		}
	})
}

// Refresh reads as much of the queue as is on screen and takes over what does
// not move a row: holders, new figures, what is gone.
func (d *Desk[S]) Refresh() {
	if d.closed || !d.up {
		return
	}
	if d.refreshing {
		d.again = true
		return
	}
	if !d.loaded {
		return
	}
	d.refreshing = true
	gen, q := d.queueGen, d.query("")
	const most = 1000 // rows; whoever scrolled further sees the rest at the next reload
	want := min(max(len(d.rows), d.cfg.Page), most)
	d.async(func(ctx context.Context) func() {
		var all []moderation.Case
		var last moderation.QueuePage
		var err error
		for err == nil && len(all) < want {
			q.Limit = min(200, max(d.cfg.Page, want-len(all)))
			if last, err = d.cfg.Queue.Page(ctx, q); err != nil {
				break
			}
			all = append(all, last.Cases...)
			if q.After = last.Next; last.Next == "" {
				break
			}
		}
		var counts moderation.QueueCounts
		if err == nil {
			counts, err = d.cfg.Queue.Counts(ctx, q.Kind)
		}
		return func() {
			if gen != d.queueGen {
				return
			}
			d.refreshing = false
			if err == nil {
				d.clock(last)
				d.counts = counts
				d.merge(all, last.Next)
				d.screen.QueueChanged()
			} else if fault.CodeOf(err) != fault.Cancelled && fault.CodeOf(err) != fault.Offline {
				d.screen.Tell(err)
			}
			if d.again {
				d.again = false
				d.Refresh()
			}
		}
	})
}

// merge takes over a newly read queue without moving a row.
func (d *Desk[S]) merge(all []moderation.Case, next string) {
	all = d.visible(all)
	at := make(map[string]int, len(all))
	for i, c := range all {
		at[c.ID] = i
	}
	last, end := -1, len(d.rows) // place in all of the last row that we show; how far all speaks of our rows
	if next != "" {
		end = 1 + lastIndex(d.rows, func(r Row) bool { _, ok := at[r.Case.ID]; return ok })
	}
	for i := range d.rows {
		r := &d.rows[i]
		j, waits := at[r.Case.ID]
		if !waits {
			if i < end {
				d.gone(r)
			}
			continue
		}
		last = max(last, j)
		r.Gone = false
		d.update(r, all[j])
	}
	d.fresh, d.next = all, next
	d.incoming = 0
	var tail []moderation.Case
	for j, c := range all {
		if d.index(c.ID) >= 0 {
			continue
		}
		if j > last {
			tail = append(tail, c)
		} else {
			d.incoming++
		}
	}
	d.rows = append(d.rows, d.rowsOf(tail)...)
	if d.selected == "" || d.live() == 0 {
		d.Settle()
	}
}

// update takes over a newer state of a row's case.
func (d *Desk[S]) update(r *Row, c moderation.Case) {
	if p := d.handed[c.ID]; p != nil { // the page may be older than that
		c.For, c.ForUntil, c.Holder = p.To.Login, r.Case.ForUntil, ""
	}
	r.Case = c
	it := d.items[c.ID]
	if it == nil {
		return
	}
	changed := it.Ready && c.Version != it.File.Case.Version
	it.Case.Holder, it.Case.Held = c.Holder, c.Held
	it.Case.For, it.Case.ForUntil, it.Case.Queue = c.For, c.ForUntil, c.Queue
	if changed && it.wish == nil && !it.loading {
		it.Case = c
		it.News = c.ID == d.selected
		d.load(it, true)
	}
	if c.ID == d.selected {
		d.screen.ItemChanged()
	}
}

func (d *Desk[S]) gone(r *Row) {
	if r.Gone || r.Back || r.Kept {
		return
	}
	it := d.items[r.Case.ID]
	if it != nil && (it.Hold == Held || it.Hold == Claiming) {
		return // ours, whatever the page says
	}
	r.Gone = true
	r.Case.Holder = ""
	if it != nil && it.wish == nil {
		d.load(it, true)
	}
}

// Settle is the natural moment: rows that are gone leave, new ones take their
// place. The row under the hand stays selected.
func (d *Desk[S]) Settle() {
	if d.fresh != nil {
		keep := d.rows
		d.rows = d.rowsOf(d.visible(d.fresh))
		d.fresh, d.incoming = nil, 0
		for i, r := range keep {
			if (r.Back || r.Kept || r.Case.ID == d.selected) && d.index(r.Case.ID) < 0 {
				d.insert(i, r)
			}
		}
	} else {
		d.rows = slices.DeleteFunc(d.rows, func(r Row) bool {
			return r.Gone && r.Case.ID != d.selected && !r.Back && !r.Kept
		})
	}
	if d.selected == "" || d.index(d.selected) < 0 {
		d.selectFirst()
	}
	d.screen.QueueChanged()
}

// visible leaves out what we have decided or put aside and the page does not know
// yet, and what we gave our own opinion on.
func (d *Desk[S]) visible(list []moderation.Case) []moderation.Case {
	out := make([]moderation.Case, 0, len(list))
	for _, c := range list {
		if m, ok := d.done[c.ID]; ok && (m.flying || c.Version <= m.version || c.Stage == m.stage || d.Now().Before(m.until)) {
			continue
		}
		out = append(out, c)
	}
	return out
}

func (d *Desk[S]) row(c moderation.Case) Row {
	r := Row{Case: c}
	if it := d.items[c.ID]; it != nil {
		r.Back, r.Kept = it.Back != nil, it.Kept != nil
	}
	return r
}

func (d *Desk[S]) rowsOf(list []moderation.Case) []Row {
	rows := make([]Row, len(list))
	for i, c := range list {
		rows[i] = d.row(c)
	}
	return rows
}

// bringWaiting puts what came back or waits for a word at the front of a list
// that was read anew: a filter must not hide it.
func (d *Desk[S]) bringWaiting() {
	put := func(it *Item[S]) {
		if it != nil && it.wish == nil && (it.Guarded() || it.Hold == Held || it.Hold == Claiming) && d.index(it.Case.ID) < 0 {
			d.insert(0, d.row(it.Case))
		}
	}
	for _, s := range d.sent {
		put(d.items[s.Decision.Case])
	}
	for _, id := range d.coming {
		put(d.items[id])
	}
}

func (d *Desk[S]) index(id string) int {
	if id == "" {
		return -1
	}
	return slices.IndexFunc(d.rows, func(r Row) bool { return r.Case.ID == id })
}

func lastIndex(rows []Row, is func(Row) bool) int {
	for i := len(rows) - 1; i >= 0; i-- {
		if is(rows[i]) {
			return i
		}
	}
	return -1
}

func (d *Desk[S]) insert(at int, r Row) {
	at = min(max(at, 0), len(d.rows))
	d.rows = slices.Insert(d.rows, at, r)
}

func (d *Desk[S]) remove(id string) {
	d.rows = slices.DeleteFunc(d.rows, func(r Row) bool { return r.Case.ID == id })
}

// live counts the rows that still wait for somebody.
func (d *Desk[S]) live() int {
	n := 0
	for _, r := range d.rows {
		if !r.Gone {
			n++
		}
	}
	return n
}

func (d *Desk[S]) clock(p moderation.QueuePage) {
	if !p.Now.IsZero() {
		d.skew = p.Now.Sub(d.cfg.Clock.Now())
	}
}

// kept reports whether the case waits for somebody else.
func (d *Desk[S]) kept(c moderation.Case) bool { return c.KeptFrom(d.cfg.Me.Login, d.Now()) }

// keptBy says for whom.
func (d *Desk[S]) keptBy(c moderation.Case) *fault.Error {
	who, until := c.For, c.ForUntil
	if c.HeldAt(d.Now()) {
		who, until = c.Holder, c.Held
	}
	return fault.New(fault.HeldByOther, "who", who, "until", until.Format(time.RFC3339))
}

// nextFree is the first row after at that waits, is nobody else's and is not
// ours to answer for already; -1 if there is none.
func (d *Desk[S]) nextFree(at int) int {
	for i := at + 1; i < len(d.rows); i++ {
		if r := d.rows[i]; !r.Gone && !r.Kept && !d.kept(r.Case) {
			return i
		}
	}
	return -1
}

func (d *Desk[S]) selectFirst() {
	at := d.nextFree(-1)
	if at < 0 && len(d.rows) > 0 {
		at = 0
	}
	d.selected = ""
	if at >= 0 {
		d.show(d.rows[at].Case.ID)
	}
}

// Move goes down (1) or up (-1) one row that still waits. Looking is not claiming.
func (d *Desk[S]) Move(step int) {
	d.Touch()
	at := d.index(d.selected)
	for i := at + step; i >= 0 && i < len(d.rows); i += step {
		if !d.rows[i].Gone {
			d.show(d.rows[i].Case.ID)
			break
		}
	}
	if len(d.rows)-d.index(d.selected) < 10 {
		d.More()
	}
}

// Tap is a click on the row of a case: the first looks, the next opens.
func (d *Desk[S]) Tap(id string) {
	d.Touch()
	if d.index(id) < 0 {
		return // it left while the finger came down
	}
	if id != d.selected {
		d.show(id)
	} else if it := d.Current(); it != nil && it.Kept == nil {
		d.TakeUp() // but a click never sends what was kept
	}
}

// show puts an item on screen, giving back the one before.
func (d *Desk[S]) show(id string) {
	if id == d.selected && d.items[id] != nil {
		d.screen.ItemChanged()
		return
	}
	d.leave()
	d.selected = id
	it := d.item(d.rows[d.index(id)].Case)
	d.load(it, it.Err != nil)
	d.prefetch()
	d.forget()
	d.screen.QueueChanged()
	d.screen.ItemChanged()
}

// HasMore reports whether there are rows behind those that were read.
func (d *Desk[S]) HasMore() bool { return d.next != "" }

// Goto shows a case from anywhere, also one that the rows do not hold.
func (d *Desk[S]) Goto(caseID string) {
	d.Touch()
	if d.index(caseID) >= 0 {
		d.show(caseID)
		return
	}
	gen := d.queueGen
	d.async(func(ctx context.Context) func() {
		file, err := d.cfg.Cases.File(ctx, caseID)
		return func() {
			switch {
			case err != nil:
				d.screen.Tell(err)
				return
			case d.index(caseID) < 0 && (gen == d.queueGen || d.loaded):
				d.insert(0, d.row(file.Case))
			}
			if d.index(caseID) >= 0 {
				d.show(caseID)
			}
		}
	})
}
