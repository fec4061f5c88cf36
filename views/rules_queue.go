package views

import (
	"cmp"
	"context"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"cinnabar/moderation"
	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// queueDraft is a named queue as somebody is changing it.
type queueDraft struct {
	before     *moderation.NamedQueue // nil for a new one
	now        moderation.NamedQueue
	amount     string // of units, as typed
	unit       string // "minutes", "hours" or "days"
	request    string
	sending    bool
	what, next string
}

// The units of a time allowed, the largest first.
var allowedUnits = []struct {
	name string
	of   time.Duration
}{{"days", 24 * time.Hour}, {"hours", time.Hour}, {"minutes", time.Minute}}

func newQueueDraft(q *moderation.NamedQueue) *queueDraft {
	d := &queueDraft{before: q, now: moderation.NamedQueue{Kind: moderation.KindPost, SLA: 24 * time.Hour, Active: true}}
	if q != nil {
		d.now = *q
	}
	d.now.Title = copied(d.now.Title)
	for _, u := range allowedUnits {
		if d.now.SLA%u.of == 0 {
			d.unit, d.amount = u.name, strconv.FormatInt(int64(d.now.SLA/u.of), 10)
			break
		}
	}
	return d
}

// time reads the time allowed as it was typed; false for what is no time.
func (d *queueDraft) time() (time.Duration, bool) {
	n, err := strconv.ParseInt(strings.TrimSpace(d.amount), 10, 32)
	for _, u := range allowedUnits {
		if u.name == d.unit {
			t := time.Duration(n) * u.of
			return t, err == nil && t >= time.Minute && t <= 90*24*time.Hour
		}
	}
	return 0, false
}

func (d *queueDraft) dirty() bool {
	if d.before == nil {
		return true
	}
	t, ok := d.time()
	return !ok || t != d.before.SLA || d.now.Active != d.before.Active || !reflect.DeepEqual(d.now.Title, copied(d.before.Title))
}

func (r *Rules) queue(code string) *moderation.NamedQueue {
	if r.known == nil || code == "" {
		return nil
	}
	for i := range r.known.Queues {
		if r.known.Queues[i].Code == code {
			q := r.known.Queues[i]
			return &q
		}
	}
	return nil
}

// queueTitle is what people call a queue.
func (r *Rules) queueTitle(code string) string {
	if q := r.queue(code); q != nil {
		return inLanguage(r.book, q.Title, code)
	}
	return code
}

func (r *Rules) queueSection() fyne.CanvasObject {
	var lines []fyne.CanvasObject
	for _, q := range r.known.Queues {
		pill := ""
		if !q.Active {
			pill = r.book.T("rules.closed")
		}
		lines = append(lines, r.line(ruleRef{queueRule, q.Code}, signed(q.Kind), inLanguage(r.book, q.Title, q.Code),
			q.Code, r.book.T("rules.within", allowed(r.book, q.SLA)), pill, !q.Active))
	}
	if d := r.queues[""]; d != nil {
		lines = append(lines, r.line(ruleRef{queueRule, ""}, signed(d.now.Kind), orDash(r.book, inLanguage(r.book, d.now.Title, d.now.Code)), r.book.T("rules.new"), "", "", false))
	}
	return r.section(r.book.T("rules.queues"), r.book.T("rules.queues_note"), func() {
		if r.queues[""] == nil {
			r.queues[""] = newQueueDraft(nil)
		}
		r.chosen = ruleRef{queueRule, ""}
		r.drawList()
		r.drawEditor()
	}, lines)
}

func (r *Rules) queuePage(code string) fyne.CanvasObject {
	b := r.book
	e := &ruleEditor{r: r}
	r.editor = e
	if !r.edits() {
		q := *r.queue(code)
		state := "rules.open"
		if !q.Active {
			state = "rules.shut"
		}
		line := func(name, value string) fyne.CanvasObject {
			return label(b.T(name), kit.NewParagraph(orDash(b, value), kit.Plain))
		}
		return e.page(b.T("rules.queue_n", code), []fyne.CanvasObject{line("rules.title_en", q.Title["en"]), line("rules.title_zh", q.Title["zh"]),
			line("rules.for", r.kindName(q.Kind)), line("rules.time", allowed(b, q.SLA)), line("rules.state", b.T(state))}, "", nil)
	}
	d := r.queues[code]
	if d == nil || !d.dirty() {
		d = newQueueDraft(r.queue(code))
		r.queues[code] = d
	}
	e.dirty = func() bool { return d.dirty() && !d.sending }
	e.stale = func() bool { return d.before != nil && !reflect.DeepEqual(r.queue(code), d.before) }
	e.why = func() (string, string) { return d.what, d.next }
	e.load = func() {
		delete(r.queues, code)
		r.chooseAgain(ruleRef{queueRule, code})
	}
	changed := func() {
		d.request, d.what, d.next = "", "", ""
		r.touched()
	}
	var fields []fyne.CanvasObject
	heading := b.T("rules.queue_n", code)
	if d.before == nil {
		heading = b.T("rules.new")
		fields = append(fields, written(b.T("rules.code"), "post.overseas", 1, d.now.Code, func(s string) { d.now.Code = s; changed() }),
			choice(b.T("rules.for"), []kit.Chip{{ID: "brand", Text: r.kindName("brand")}, {ID: "post", Text: r.kindName("post")}}, string(d.now.Kind),
				func(id string) { d.now.Kind = moderation.Kind(id); changed() }))
	}
	var units []kit.Chip
	for _, u := range slices.Backward(allowedUnits) {
		units = append(units, kit.Chip{ID: u.name, Text: b.T("rules." + u.name)})
	}
	unit := kit.NewChips(func(id string) { d.unit = id; changed() })
	unit.Set(units, d.unit)
	state := "open"
	if !d.now.Active {
		state = "shut"
	}
	fields = append(fields,
		written(b.T("rules.title_en"), "", 1, d.now.Title["en"], func(s string) { d.now.Title["en"] = s; changed() }),
		written(b.T("rules.title_zh"), "", 1, d.now.Title["zh"], func(s string) { d.now.Title["zh"] = s; changed() }),
		kit.Stack(look.S1+2, kit.NewText(b.T("rules.time"), kit.Section),
			kit.Row(look.S3, kit.Fixed(88, 0, written("", "", 1, d.amount, func(s string) { d.amount = s; changed() })), kit.Grow(unit)),
			kit.NewParagraph(b.T("rules.time_note"), kit.Small)),
		choice(b.T("rules.state"), []kit.Chip{{ID: "open", Text: b.T("rules.open")}, {ID: "shut", Text: b.T("rules.shut")}}, state,
			func(id string) { d.now.Active = id == "open"; changed() }))
	return e.page(heading, fields, b.T("rules.save"), func() { r.saveQueue(code, d) })
}

func (r *Rules) saveQueue(code string, d *queueDraft) {
	if d.sending || !d.dirty() || !r.up {
		return
	}
	b := r.book
	after := d.now
	after.Title = map[string]string{"en": strings.TrimSpace(d.now.Title["en"]), "zh": strings.TrimSpace(d.now.Title["zh"])}
	after.Code = strings.TrimSpace(after.Code)
	span, ok := d.time()
	after.SLA = span
	switch {
	case after.Code == "":
		d.what, d.next = r.lacking(b.T("rules.code"), "")
	case after.Title["en"] == "":
		d.what, d.next = r.lacking(b.T("rules.title_en"), "")
	case after.Title["zh"] == "":
		d.what, d.next = r.lacking(b.T("rules.title_zh"), "")
	case !ok:
		d.what, d.next = r.lacking(b.T("rules.time"), d.amount)
	default:
		d.what, d.next = "", ""
	}
	if d.what != "" {
		r.touched()
		return
	}
	if d.request == "" {
		d.request = r.cfg.NewID()
	}
	d.sending = true
	r.touched()
	request := d.request
	r.put(func(ctx context.Context) error { return r.cfg.Routing.PutQueue(ctx, request, after) }, func(err error) {
		d.sending = false
		if err != nil {
			d.what, d.next = r.told(err)
			r.Refresh()
			r.touched()
			return
		}
		delete(r.queues, code)
		r.known.Queues = slices.DeleteFunc(slices.Clone(r.known.Queues), func(q moderation.NamedQueue) bool { return q.Code == after.Code })
		r.known.Queues = append(r.known.Queues, after)
		slices.SortStableFunc(r.known.Queues, func(a, b moderation.NamedQueue) int {
			return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Code, b.Code))
		})
		r.saved(ruleRef{queueRule, code}, ruleRef{queueRule, after.Code}, r.book.T("rules.saved", inLanguage(r.book, after.Title, after.Code)))
	})
}
