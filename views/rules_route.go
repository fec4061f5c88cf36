package views

import (
	"context"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"

	"cinnabar/moderation"
	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// routesDraft is the whole list of routes as somebody is changing it: what comes
// first decides, so routes are saved together.
type routesDraft struct {
	before     []moderation.Route
	now        []routeDraft
	request    string
	sending    bool
	what, next string
}

type routeDraft struct {
	moderation.Route
	score string // as typed
}

func newRoutesDraft(routes []moderation.Route) *routesDraft {
	d := &routesDraft{before: routes}
	for _, x := range routes {
		one := routeDraft{Route: x}
		if x.ScoreFrom != nil {
			one.score = strconv.FormatFloat(*x.ScoreFrom, 'f', -1, 64)
		}
		d.now = append(d.now, one)
	}
	return d
}

// routes reads the list as it was typed; wrong is the first that makes no sense, -1 for none.
func (d *routesDraft) routes() (list []moderation.Route, wrong int) {
	wrong = -1
	for i, x := range d.now {
		one := x.Route
		one.ScoreFrom = nil
		if text := strings.TrimSpace(x.score); text != "" {
			score, err := strconv.ParseFloat(text, 64)
			if (err != nil || score < 0 || score > 1) && wrong < 0 {
				wrong = i
			}
			one.ScoreFrom = &score
		}
		list = append(list, one)
	}
	return list, wrong
}

func (d *routesDraft) dirty() bool {
	list, wrong := d.routes()
	return wrong >= 0 || len(list) != len(d.before) || len(list) > 0 && !reflect.DeepEqual(list, d.before)
}

// standing is the list of routes that is shown.
func (r *Rules) standing() []routeDraft {
	if r.routes != nil {
		return r.routes.now
	}
	return newRoutesDraft(r.known.Routes).now
}

// place is the chosen route's, -1 where it is gone.
func (r *Rules) place() int {
	i, err := strconv.Atoi(r.chosen.id)
	if err != nil || r.known == nil || i >= len(r.standing()) {
		return -1
	}
	return i
}

func routeRef(i int) ruleRef { return ruleRef{routeRule, strconv.Itoa(i)} }

// conditions puts what a route asks for in words.
func (r *Rules) conditions(x routeDraft) string {
	b := r.book
	listed := func(codes []string, name func(string) string) string {
		names := make([]string, len(codes))
		for i, c := range codes {
			names[i] = name(c)
		}
		return strings.Join(names, b.T("rules.and"))
	}
	said := []string{}
	add := func(key string, codes []string, name func(string) string) {
		if len(codes) > 0 {
			said = append(said, b.T(key, listed(codes, name)))
		}
	}
	add("rules.if_tags", x.Tags, b.Kind)
	add("rules.if_regions", x.Regions, b.Region)
	add("rules.if_languages", x.Languages, func(s string) string { return s })
	add("rules.if_categories", x.Categories, b.Category)
	if s := strings.TrimSpace(x.score); s != "" {
		said = append(said, b.T("rules.if_score", s))
	}
	if len(said) == 0 {
		return b.T("rules.every_" + string(x.Kind))
	}
	return joinDots(b, append([]string{r.kindName(x.Kind)}, said...))
}

func (r *Rules) routeSection() fyne.CanvasObject {
	var lines []fyne.CanvasObject
	for i, x := range r.standing() {
		lines = append(lines, r.line(routeRef(i), numbered(strconv.Itoa(i+1)), r.conditions(x), "→ "+r.queueTitle(x.Queue), "", "", false))
	}
	for _, k := range []moderation.Kind{moderation.KindBrand, moderation.KindPost} {
		lines = append(lines, kit.Pad(look.S2+1, look.S4, look.S2+1, look.S4, kit.Row(look.S3, signed(k),
			kit.Grow(kit.Stack(1, kit.NewParagraph(r.book.T("rules.rest_"+string(k)), kit.Second), kit.NewParagraph("→ "+r.queueTitle(string(k)), kit.Small))))))
	}
	return r.section(r.book.T("rules.routes"), r.book.T("rules.routes_note"), func() {
		d := r.editRoutes()
		d.now = append(d.now, routeDraft{Route: moderation.Route{Kind: moderation.KindPost, Queue: string(moderation.KindPost)}})
		r.routesMoved(len(d.now) - 1)
	}, lines)
}

// editRoutes is the list to change; it is made from what stands with the first change.
func (r *Rules) editRoutes() *routesDraft {
	if r.routes == nil {
		r.routes = newRoutesDraft(r.known.Routes)
	}
	r.routes.request, r.routes.what, r.routes.next = "", "", ""
	return r.routes
}

// routesMoved shows the list after a route came, went or moved, and the one at a place.
func (r *Rules) routesMoved(i int) {
	r.chooseAgain(routeRef(max(0, min(i, len(r.standing())-1))))
}

func (r *Rules) routePage(i int) fyne.CanvasObject {
	b := r.book
	e := &ruleEditor{r: r}
	r.editor = e
	x := r.standing()[i]
	if !r.edits() {
		return e.page(b.T("rules.route_n", i+1), []fyne.CanvasObject{
			kit.NewParagraph(r.conditions(x), kit.Plain), label(b.T("rules.queue"), kit.NewParagraph(r.queueTitle(x.Queue), kit.Plain))}, "", nil)
	}
	e.dirty = func() bool { return r.routes != nil && r.routes.dirty() && !r.routes.sending }
	e.stale = func() bool {
		return r.routes != nil && len(r.routes.before)+len(r.known.Routes) > 0 && !reflect.DeepEqual(r.routes.before, r.known.Routes)
	}
	e.why = func() (string, string) {
		if r.routes == nil {
			return "", ""
		}
		return r.routes.what, r.routes.next
	}
	e.load = func() {
		r.routes = nil
		r.routesMoved(i)
	}
	change := func(f func(x *routeDraft)) {
		d := r.editRoutes()
		f(&d.now[i])
		if row := r.rows[routeRef(i)]; row != nil {
			row.title.Set(r.conditions(d.now[i]))
			row.about.Set("→ " + r.queueTitle(d.now[i].Queue))
		}
		r.touched()
	}
	codes := func(name, hint string, list []string, into func(x *routeDraft) *[]string) fyne.CanvasObject {
		return written(b.T(name), b.T(hint), 1, strings.Join(list, ", "), func(s string) {
			change(func(x *routeDraft) { *into(x) = codesOf(s) })
		})
	}
	e.queue = kit.NewSelect(b.T("rules.queue"), b.T("common.choose"))
	var options []kit.Option
	for _, q := range r.known.Queues {
		if q.Kind == x.Kind && (q.Active || q.Code == x.Queue) {
			options = append(options, kit.Option{ID: q.Code, Text: inLanguage(b, q.Title, q.Code), More: q.Code})
		}
	}
	e.queue.Set(options, x.Queue)
	e.queue.Picked = func(code string) { change(func(x *routeDraft) { x.Queue = code }) }
	fields := []fyne.CanvasObject{
		choice(b.T("rules.for"), []kit.Chip{{ID: "brand", Text: r.kindName("brand")}, {ID: "post", Text: r.kindName("post")}}, string(x.Kind), func(id string) {
			change(func(x *routeDraft) {
				x.Kind, x.Queue = moderation.Kind(id), id
				if x.Kind == moderation.KindBrand {
					x.score = "" // brands have none
				} else {
					x.Categories = nil // nor posts a category
				}
			})
			r.drawEditor()
		}),
		e.queue,
		codes("rules.tags", "rules.tags_hint", x.Tags, func(x *routeDraft) *[]string { return &x.Tags }),
		codes("rules.regions", "rules.regions_hint", x.Regions, func(x *routeDraft) *[]string { return &x.Regions }),
		codes("rules.languages", "rules.languages_hint", x.Languages, func(x *routeDraft) *[]string { return &x.Languages }),
	}
	if x.Kind == moderation.KindBrand {
		fields = append(fields, codes("rules.categories", "rules.categories_hint", x.Categories, func(x *routeDraft) *[]string { return &x.Categories }))
	} else {
		fields = append(fields, written(b.T("rules.score"), b.T("rules.score_hint"), 1, x.score, func(s string) {
			change(func(x *routeDraft) { x.score = s })
		}))
	}
	move := func(by int) func() {
		return func() {
			d := r.editRoutes()
			if to := i + by; to >= 0 && to < len(d.now) {
				d.now[i], d.now[to] = d.now[to], d.now[i]
				r.routesMoved(to)
			}
		}
	}
	up := kit.NewButton(kit.ButtonConfig{Text: b.T("rules.up"), Weight: kit.Quiet, Press: move(-1)})
	down := kit.NewButton(kit.ButtonConfig{Text: b.T("rules.down"), Weight: kit.Quiet, Press: move(1)})
	if i == 0 {
		up.Disable("")
	}
	if i == len(r.standing())-1 {
		down.Disable("")
	}
	remove := kit.NewButton(kit.ButtonConfig{Text: b.T("rules.delete"), Weight: kit.Quiet, Press: func() {
		d := r.editRoutes()
		d.now = slices.Delete(d.now, i, i+1)
		r.routesMoved(i)
	}})
	fields = append(fields, kit.Row(look.S1, up, down, remove, kit.Gap()))
	return e.page(b.T("rules.route_n", i+1), fields, b.T("rules.save_routes"), r.saveRoutes)
}

// codesOf reads a list of codes as people type one; none is nil, which asks for nothing.
func codesOf(text string) []string {
	return slices.Compact(strings.FieldsFunc(text, func(c rune) bool { return unicode.IsSpace(c) || strings.ContainsRune(",，、;；", c) }))
}

func (r *Rules) saveRoutes() {
	d := r.routes
	if d == nil || d.sending || !d.dirty() || !r.up {
		return
	}
	list, wrong := d.routes()
	if wrong >= 0 {
		d.what, d.next = r.lacking(r.book.T("rules.score"), d.now[wrong].score)
		r.chosen = routeRef(wrong)
		r.mark()
		r.drawEditor()
		return
	}
	if d.request == "" {
		d.request = r.cfg.NewID()
	}
	d.sending = true
	r.touched()
	request := d.request
	r.put(func(ctx context.Context) error { return r.cfg.Routing.PutRoutes(ctx, request, d.before, list) }, func(err error) {
		d.sending = false
		if err != nil {
			d.what, d.next = r.told(err)
			r.Refresh()
			r.touched()
			return
		}
		r.routes = nil
		r.known.Routes = list
		r.saved(r.chosen, r.chosen, r.book.T("rules.saved_routes"))
	})
}
