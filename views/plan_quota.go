package views

import (
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"cinnabar/campaigns"
	"cinnabar/internal/fault"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// quotaRow is a quota as it is being chosen: what it counts, and the least and the
// most as they were typed.
type quotaRow struct {
	family, of  string // "tier", "micro"
	least, most string
}

func (r quotaRow) tag() string { return r.family + ":" + r.of }

func quotaRows(quotas []campaigns.Quota) []*quotaRow {
	var rows []*quotaRow
	for _, q := range quotas {
		r := &quotaRow{}
		r.family, r.of, _ = strings.Cut(q.Tag, ":")
		if q.Least > 0 {
			r.least = strconv.Itoa(q.Least)
		}
		if q.Most > 0 {
			r.most = strconv.Itoa(q.Most)
		}
		rows = append(rows, r)
	}
	return rows
}

// quotaFamilies are what a quota can count, in the order they are offered.
var quotaFamilies = []string{"tier", "category", "format", "region"}

// quotaForm lets quotas be chosen from what there is, and says at once which can't be
// kept. Its rows outlive the widgets, so that another language takes them along.
type quotaForm struct {
	rows *[]*quotaRow
	pool []campaigns.KOL
	here map[string]int // how many KOLs of the pool each tag fits
	// wrong says what the rules of a plan have against quotas that each make sense; nil
	// for nothing.
	wrong func([]campaigns.Quota) error

	f     *form
	box   *fyne.Container
	says  []*kit.Paragraph // a sentence for each row
	all   *kit.Paragraph   // a sentence for all of them
	grown func()           // the form is taller or shorter now
}

// quotas adds the quotas to a form.
func (f *form) quotas(q *quotaForm) {
	q.f, q.box, q.all = f, kit.Stack(look.S3), kit.NewParagraph("", kit.Style{Size: look.Caption, Ink: look.AmberInk})
	q.here = map[string]int{}
	for _, k := range q.pool {
		tags := map[string]bool{}
		for _, quote := range k.Quotes {
			for _, t := range campaigns.Tags(k, quote.Format) {
				tags[t] = true
			}
		}
		for t := range tags {
			q.here[t]++
		}
	}
	q.draw(-1)
	f.add(label(f.b.T("plan.quotas"), q.box))
	f.takes = append(f.takes, func() error {
		_, err := q.read()
		return err
	})
}

// draw makes the rows anew and puts the focus on one of them, -1 for none.
func (q *quotaForm) draw(focus int) {
	b := q.f.b
	q.box.Objects, q.says = nil, nil
	for i, r := range *q.rows {
		family, of := kit.NewSelect("", b.T("common.choose")), kit.NewSelect("", b.T("plan.quota_which"))
		var families []kit.Option
		for _, name := range quotaFamilies {
			families = append(families, kit.Option{ID: name, Text: b.T("plan.quota_" + name)})
		}
		family.Set(families, r.family)
		family.Picked = func(id string) {
			r.family, r.of = id, ""
			q.draw(i)
			q.f.changed()
		}
		of.Set(q.options(r), r.of)
		of.Picked = func(id string) {
			r.of = id
			q.changed()
		}
		number := func(name string, into *string) *kit.Field {
			return written("", b.T(name), 1, *into, func(text string) {
				*into = strings.TrimSpace(text)
				q.changed()
			})
		}
		out := kit.NewButton(kit.ButtonConfig{Icon: look.IconCross, Weight: kit.Quiet, Press: func() {
			*q.rows = slices.DeleteFunc(*q.rows, func(o *quotaRow) bool { return o == r })
			q.draw(-1)
			q.f.changed()
		}})
		say := kit.NewParagraph("", kit.Small)
		q.says = append(q.says, say)
		q.box.Add(kit.Stack(look.S1+2, kit.Grid(2, look.S2, family, of),
			kit.Row(look.S2, kit.Grow(number("plan.quota_least", &r.least)), kit.Grow(number("plan.quota_most", &r.most)), out), say))
		if i == focus {
			if c := kit.CanvasOf(of); c != nil {
				if r.family == "" {
					c.Focus(family)
				} else {
					c.Focus(of)
				}
			}
		}
	}
	q.box.Add(q.all)
	q.box.Add(kit.Row(0, kit.NewButton(kit.ButtonConfig{Text: b.T("plan.quota_add"), Icon: look.IconPlus, Weight: kit.Quiet, Press: func() {
		*q.rows = append(*q.rows, &quotaRow{})
		q.draw(len(*q.rows) - 1)
		q.f.changed()
	}}), kit.Gap()))
	q.check()
}

// options are what a quota of a family can be about: what the pool has, and what was
// asked for before.
func (q *quotaForm) options(r *quotaRow) []kit.Option {
	b := q.f.b
	var codes []string
	add := func(code string) {
		if code != "" && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	switch r.family {
	case "tier":
		for _, t := range campaigns.Tiers() {
			add(t.Code)
		}
	case "format":
		for _, f := range campaigns.Formats() {
			add(string(f))
		}
	case "category":
		for _, c := range campaigns.Fields() {
			if q.here["category:"+c] > 0 || len(q.pool) == 0 {
				add(c)
			}
		}
		fallthrough
	case "region":
		for _, k := range q.pool {
			if r.family == "region" {
				add(k.Region)
			} else {
				add(k.Category)
			}
		}
	}
	add(r.of)
	var out []kit.Option
	for _, code := range codes {
		o := kit.Option{ID: code, Text: quotaName(b, r.family, code)}
		if len(q.pool) > 0 {
			o.More = b.T("plan.quota_here", b.Number(q.here[r.family+":"+code]))
		}
		out = append(out, o)
	}
	return out
}

// quotaName names what a quota counts.
func quotaName(b *words.Book, family, code string) string {
	switch family {
	case "tier":
		return tierName(b, code)
	case "format":
		return formatName(b, campaigns.Format(code))
	case "category":
		return kolField(b, code)
	}
	return b.Region(code)
}

// quotaSays is the least and the most in words.
func quotaSays(b *words.Book, q campaigns.Quota) string {
	switch {
	case q.Most == 0:
		return b.T("plan.quota_from", q.Least)
	case q.Least == 0:
		return b.T("plan.quota_to", q.Most)
	}
	return b.T("plan.quota_between", q.Least, q.Most)
}

func (q *quotaForm) changed() {
	q.check()
	q.f.changed()
	if q.grown != nil {
		q.grown()
	}
}

// parse reads a row. wrong is a sentence for the person, "" when the row can be kept.
func (q *quotaForm) parse(at int) (quota campaigns.Quota, wrong string) {
	b, r := q.f.b, (*q.rows)[at]
	quota.Tag = r.tag()
	number := func(text string, from int) int {
		n, err := strconv.Atoi(strings.ReplaceAll(text, ",", ""))
		switch {
		case wrong != "" || text == "":
			return 0
		case err != nil || n < 0:
			wrong = b.T("plan.quota_no_number", text)
		case n < from:
			wrong = b.T("plan.quota_none")
		}
		return n
	}
	quota.Least, quota.Most = number(r.least, 0), number(r.most, 1)
	twice := slices.IndexFunc(*q.rows, func(o *quotaRow) bool { return o.tag() == r.tag() }) < at
	switch {
	case r.family == "" || r.of == "":
		return quota, b.T("plan.quota_choose")
	case wrong != "":
	case twice:
		wrong = b.T("plan.quota_twice", quotaName(b, r.family, r.of))
	case quota.Least == 0 && quota.Most == 0:
		wrong = b.T("plan.quota_empty")
	case quota.Most > 0 && quota.Least > quota.Most:
		wrong = b.T("plan.quota_upside_down", quota.Least, quota.Most)
	case len(q.pool) > 0 && quota.Least > q.here[quota.Tag]:
		wrong = b.T("plan.quota_too_few", b.Number(q.here[quota.Tag]))
	}
	return quota, wrong
}

// read is the quotas as they were chosen, or a fault that names one which can't be kept.
func (q *quotaForm) read() ([]campaigns.Quota, error) {
	var out []campaigns.Quota
	for i, r := range *q.rows {
		quota, wrong := q.parse(i)
		if wrong != "" {
			value := strings.TrimSpace(r.least + "–" + r.most)
			if r.family != "" && r.of != "" {
				value = quotaName(q.f.b, r.family, r.of) + " " + value
			}
			return nil, fault.New(fault.FieldValue, "field", "quota", "value", value)
		}
		out = append(out, quota)
	}
	return out, nil
}

// check says below each row, and below all, what can't be kept.
func (q *quotaForm) check() {
	b := q.f.b
	sound := true
	for i, say := range q.says {
		r := (*q.rows)[i]
		quota, wrong := q.parse(i)
		text, ink := wrong, look.AmberInk
		switch {
		case wrong == "":
			text, ink = quotaSays(b, quota), look.SecondInk
			if len(q.pool) > 0 {
				text = joinDots(b, []string{text, b.T("plan.quota_here", b.Number(q.here[r.tag()]))})
			}
		case r.least == "" && r.most == "": // not begun is no mistake
			ink = look.SecondInk
			if r.of != "" && len(q.pool) > 0 {
				text = joined(b, wrong, b.T("plan.quota_here", b.Number(q.here[r.tag()])))
			}
		}
		sound = sound && wrong == ""
		say.Set(text)
		say.SetInk(ink)
	}
	q.all.Set("")
	if sound && len(q.says) > 0 {
		quotas, _ := q.read()
		if err := q.wrong(quotas); err != nil {
			what, _ := b.Error(err)
			q.all.Set(what)
		}
	}
	q.all.Hidden = q.all.Text() == ""
	q.box.Refresh()
	if q.grown != nil {
		q.grown()
	}
}
