package views

import (
	"cmp"
	"context"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"cinnabar/moderation"
	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// policyDraft is a policy as somebody is changing it.
type policyDraft struct {
	before     *moderation.Policy // nil for a new one
	now        moderation.Policy
	since      string // as typed
	request    string // of the try under way, or of the last one while nothing was changed since
	sending    bool
	what, next string // why the last try failed
}

func newPolicyDraft(p *moderation.Policy) *policyDraft {
	d := &policyDraft{before: p, now: moderation.Policy{Kind: moderation.KindBrand, Active: true}}
	if p != nil {
		d.now = *p
		d.since = dayOf(p.Since)
	}
	d.now.Verdicts = slices.Clone(d.now.Verdicts)
	d.now.Title, d.now.Message = copied(d.now.Title), copied(d.now.Message)
	return d
}

func copied(texts map[string]string) map[string]string {
	if texts == nil {
		return map[string]string{}
	}
	return maps.Clone(texts)
}

// dayOf writes a day as rules keep it: midnight UTC of the day.
func dayOf(t time.Time) string { return t.UTC().Format(time.DateOnly) }

func (d *policyDraft) dirty() bool {
	if d.before == nil {
		return true
	}
	return d.since != dayOf(d.before.Since) || !reflect.DeepEqual(d.now, newPolicyDraft(d.before).now)
}

// policy returns a policy as it was read, nil where there is none.
func (r *Rules) policy(code string) *moderation.Policy {
	if r.known == nil || code == "" {
		return nil
	}
	for i := range r.known.Policies {
		if r.known.Policies[i].Code == code {
			p := r.known.Policies[i]
			return &p
		}
	}
	return nil
}

func (r *Rules) policySection() fyne.CanvasObject {
	var lines []fyne.CanvasObject
	kind := moderation.Kind("")
	for _, p := range r.known.Policies {
		if p.Kind != kind {
			kind = p.Kind
			lines = append(lines, kit.Pad(look.S2, look.S4, look.S1, look.S4, kit.NewText(r.kindName(kind), kit.Section)))
		}
		var does []string
		for _, v := range p.Verdicts {
			does = append(does, r.book.Action(v))
		}
		pill := ""
		if !p.Active {
			pill = r.book.T("rules.retired")
		}
		lines = append(lines, r.line(ruleRef{policyRule, p.Code}, numbered(p.Code), inLanguage(r.book, p.Title, p.Code),
			joinDots(r.book, append(does, p.Source)), r.book.T("rules.since", dayOf(p.Since)), pill, !p.Active))
	}
	if d := r.policies[""]; d != nil {
		lines = append(lines, r.line(ruleRef{policyRule, ""}, numbered(d.now.Code), orDash(r.book, inLanguage(r.book, d.now.Title, "")), r.book.T("rules.new"), "", "", false))
	}
	return r.section(r.book.T("rules.policies"), r.book.T("rules.policies_note"), func() {
		if r.policies[""] == nil {
			r.policies[""] = newPolicyDraft(nil)
		}
		r.chosen = ruleRef{policyRule, ""}
		r.drawList()
		r.drawEditor()
	}, lines)
}

// policyPage shows a policy whole, in fields for whoever may change it.
func (r *Rules) policyPage(code string) fyne.CanvasObject {
	b := r.book
	e := &ruleEditor{r: r}
	r.editor = e
	if !r.edits() {
		return e.page(b.T("rules.policy_n", code), r.policyText(*r.policy(code)), "", nil)
	}
	d := r.policies[code]
	if d == nil || !d.dirty() {
		d = newPolicyDraft(r.policy(code))
		r.policies[code] = d
	}
	e.dirty = func() bool { return d.dirty() && !d.sending }
	e.stale = func() bool { return d.before != nil && !reflect.DeepEqual(r.policy(code), d.before) }
	e.why = func() (string, string) { return d.what, d.next }
	e.load = func() { r.forgetPolicy(code) }
	changed := func() {
		d.request, d.what, d.next = "", "", ""
		r.touched()
	}
	text := func(into *string) func(string) {
		return func(s string) { *into = s; changed() }
	}
	entry := func(into map[string]string, lang string) func(string) {
		return func(s string) { into[lang] = s; changed() }
	}

	var fields []fyne.CanvasObject
	heading := b.T("rules.policy_n", code)
	if d.before == nil {
		heading = b.T("rules.new")
		fields = append(fields, written(b.T("rules.code"), b.T("rules.code_hint"), 1, d.now.Code, text(&d.now.Code)),
			choice(b.T("rules.for"), []kit.Chip{{ID: "brand", Text: r.kindName("brand")}, {ID: "post", Text: r.kindName("post")}}, string(d.now.Kind), func(id string) {
				d.now.Kind, d.now.Verdicts = moderation.Kind(id), nil
				changed()
				r.drawEditor()
			}))
	}
	fields = append(fields,
		label(b.T("rules.verdicts"), r.verdictToggles(d, changed)),
		written(b.T("rules.title_en"), "", 1, d.now.Title["en"], entry(d.now.Title, "en")),
		written(b.T("rules.title_zh"), "", 1, d.now.Title["zh"], entry(d.now.Title, "zh")),
		written(b.T("rules.message_en"), "", 5, d.now.Message["en"], entry(d.now.Message, "en")),
		kit.Stack(look.S1, written(b.T("rules.message_zh"), "", 4, d.now.Message["zh"], entry(d.now.Message, "zh")),
			kit.NewParagraph(b.T("rules.message_note"), kit.Small)),
		choice(b.T("rules.needs_reason"), []kit.Chip{{ID: "yes", Text: b.T("rules.yes")}, {ID: "no", Text: b.T("rules.no")}}, yesNo(d.now.NeedsReason), func(id string) {
			d.now.NeedsReason = id == "yes"
			changed()
		}),
		written(b.T("rules.source"), "", 1, d.now.Source, text(&d.now.Source)),
		written(b.T("rules.since_day"), b.T("rules.day_hint"), 1, d.since, text(&d.since)))

	put := func() { r.savePolicy(code, d) }
	var buttons []fyne.CanvasObject
	if d.before != nil {
		name := "rules.retire"
		if !d.before.Active {
			name = "rules.restore"
		}
		buttons = append(buttons, kit.NewButton(kit.ButtonConfig{Text: b.T(name), Weight: kit.Quiet, Press: func() {
			d.now.Active = !d.before.Active
			changed()
			put()
		}}))
	}
	return e.page(heading, fields, b.T("rules.save"), put, buttons...)
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// verdictToggles are the verdicts that a policy may ground.
func (r *Rules) verdictToggles(d *policyDraft, changed func()) fyne.CanvasObject {
	var chips []kit.Chip
	on := map[string]bool{}
	for _, v := range moderation.Verdicts(d.now.Kind) {
		chips = append(chips, kit.Chip{ID: string(v), Text: r.book.Action(v)})
		on[string(v)] = slices.Contains(d.now.Verdicts, v)
	}
	turn := func(id string, is bool) {
		on[id] = is
		d.now.Verdicts = nil
		for _, v := range moderation.Verdicts(d.now.Kind) {
			if on[string(v)] {
				d.now.Verdicts = append(d.now.Verdicts, v)
			}
		}
		changed()
	}
	var rows []fyne.CanvasObject
	for _, row := range chipRows(chips, rulesSide-2*look.S4-look.S3) {
		rows = append(rows, kit.NewToggles(row, on, turn))
	}
	return kit.Stack(look.S1+2, rows...)
}

// policyText is a policy for whoever only reads it.
func (r *Rules) policyText(p moderation.Policy) []fyne.CanvasObject {
	b := r.book
	var does []string
	for _, v := range p.Verdicts {
		does = append(does, b.Action(v))
	}
	line := func(name, value string) fyne.CanvasObject {
		return label(b.T(name), kit.NewParagraph(orDash(b, value), kit.Plain))
	}
	lines := []fyne.CanvasObject{
		line("rules.title_en", p.Title["en"]), line("rules.title_zh", p.Title["zh"]),
		line("rules.for", r.kindName(p.Kind)), line("rules.verdicts", strings.Join(does, " · ")),
		line("rules.message_en", p.Message["en"]), line("rules.message_zh", p.Message["zh"]),
		line("rules.needs_reason", b.T("rules."+yesNo(p.NeedsReason))), line("rules.source", p.Source), line("rules.since_day", dayOf(p.Since)),
	}
	if !p.Active {
		lines = append(lines, line("rules.state", b.T("rules.retired")))
	}
	return lines
}

// forgetPolicy throws a draft away and shows what stands.
func (r *Rules) forgetPolicy(code string) {
	delete(r.policies, code)
	r.chooseAgain(ruleRef{policyRule, code})
}

// chooseAgain shows a rule anew, or the first one where it is gone.
func (r *Rules) chooseAgain(ref ruleRef) {
	r.chosen = ref
	r.drawList()
	if r.rows[ref] == nil && len(r.order) > 0 {
		r.chosen = r.order[0]
		r.mark()
	}
	r.drawEditor()
}

// lacksPolicy says what is missing before a policy can be saved.
func (r *Rules) lacksPolicy(d *policyDraft) (what, next string) {
	b := r.book
	for _, f := range []struct{ name, value string }{
		{"rules.code", d.now.Code}, {"rules.title_en", d.now.Title["en"]}, {"rules.title_zh", d.now.Title["zh"]},
		{"rules.message_en", d.now.Message["en"]}, {"rules.message_zh", d.now.Message["zh"]}, {"rules.source", d.now.Source}, {"rules.since_day", d.since},
	} {
		if strings.TrimSpace(f.value) == "" {
			return r.lacking(b.T(f.name), "")
		}
	}
	if len(d.now.Verdicts) == 0 {
		return r.lacking(b.T("rules.verdicts"), "")
	}
	if _, err := time.Parse(time.DateOnly, strings.TrimSpace(d.since)); err != nil {
		return r.lacking(b.T("rules.since_day"), d.since)
	}
	return "", ""
}

func (r *Rules) savePolicy(code string, d *policyDraft) {
	if d.sending || !d.dirty() || !r.up {
		return
	}
	if d.what, d.next = r.lacksPolicy(d); d.what != "" {
		r.touched()
		return
	}
	after := newPolicyDraft(&d.now).now
	after.Code, after.Source = strings.TrimSpace(after.Code), strings.TrimSpace(after.Source)
	after.Since, _ = time.Parse(time.DateOnly, strings.TrimSpace(d.since))
	for _, lang := range []string{"en", "zh"} {
		after.Title[lang] = strings.TrimSpace(after.Title[lang])
		after.Message[lang] = strings.TrimSpace(after.Message[lang])
	}
	if d.request == "" {
		d.request = r.cfg.NewID()
	}
	d.sending = true
	r.touched()
	request := d.request
	r.put(func(ctx context.Context) error { return r.cfg.Policies.Put(ctx, request, d.before, after) }, func(err error) {
		d.sending = false
		if err != nil {
			d.what, d.next = r.told(err)
			r.Refresh() // somebody may have changed it, and the notice then says so
			r.touched()
			return
		}
		delete(r.policies, code)
		r.known.Policies = slices.DeleteFunc(slices.Clone(r.known.Policies), func(p moderation.Policy) bool { return p.Code == after.Code })
		r.known.Policies = append(r.known.Policies, after)
		slices.SortStableFunc(r.known.Policies, func(a, b moderation.Policy) int {
			return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(len(a.Code), len(b.Code)), cmp.Compare(a.Code, b.Code))
		})
		r.saved(ruleRef{policyRule, code}, ruleRef{policyRule, after.Code}, r.book.T("rules.saved", after.Code+" "+inLanguage(r.book, after.Title, "")))
	})
}

// saved shows what stands now, unless the person looks at something else already.
func (r *Rules) saved(was, is ruleRef, text string) {
	if r.chosen == was {
		r.chooseAgain(is)
	} else {
		r.drawList()
	}
	r.cfg.Notify.Note(kit.Jade, text, "")
	if r.cfg.Retitle != nil && r.shown {
		r.cfg.Retitle()
	}
	r.Refresh()
}
