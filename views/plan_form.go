package views

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"cinnabar/internal/fault"
	"cinnabar/internal/money"
	"cinnabar/moderation"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// dayIn is the day of a moment, in its own zone.
func dayIn(t time.Time) moderation.Date { return moderation.Date(t.Format(time.DateOnly)) }

// form gathers fields that write into a draft when all of them can be read.
type form struct {
	b       *words.Book
	objects []fyne.CanvasObject
	fields  []*kit.Field   // in the order they were added
	parts   []func() *form // forms within it, which may be made anew
	takes   []func() error
	touched func() // called on every change by hand; may be nil
}

func (f *form) add(o fyne.CanvasObject) { f.objects = append(f.objects, o) }

func (f *form) changed() {
	if f.touched != nil {
		f.touched()
	}
}

// texts is what stands in the fields, in their order.
func (f *form) texts() []string {
	var out []string
	for _, field := range f.all() {
		out = append(out, field.Text())
	}
	return out
}

// retype puts texts back into the fields of the same form in another language.
func (f *form) retype(texts []string) {
	for i, field := range f.all() {
		if i < len(texts) && field.Text() != texts[i] {
			field.Set(texts[i])
			if field.Changed != nil {
				field.Changed(texts[i])
			}
		}
	}
}

func (f *form) all() []*kit.Field {
	fields := slices.Clone(f.fields)
	for _, part := range f.parts {
		fields = append(fields, part().all()...)
	}
	return fields
}

// typed makes a field that counts as part of the form.
func (f *form) typed(label, hint string, lines int, value string) *kit.Field {
	field := written(label, hint, lines, value, func(string) { f.changed() })
	f.fields = append(f.fields, field)
	return field
}

// text is a field for words.
func (f *form) text(label, hint string, lines int, into *string) *kit.Field {
	field := f.typed(label, hint, lines, *into)
	f.add(field)
	f.takes = append(f.takes, func() error {
		*into = strings.TrimSpace(field.Text())
		return nil
	})
	return field
}

// amount is a field for yuan; code names it in a fault.
func (f *form) amount(label, code string, into *money.Fen) *kit.Field {
	text := ""
	if *into != 0 {
		text = strings.TrimSuffix(into.String(), ".00")
	}
	field := f.typed(label, f.b.T("plan.hint_yuan"), 1, text)
	f.add(field)
	f.takes = append(f.takes, func() error {
		if strings.TrimSpace(field.Text()) == "" {
			*into = 0
			return nil
		}
		n, err := money.Parse(code, field.Text())
		if err == nil && n < 0 {
			err = fault.New(fault.FieldValue, "field", code, "value", field.Text())
		}
		if err == nil {
			*into = n
		}
		return err
	})
	return field
}

// number is a field for a count.
func (f *form) number(label, code string, into *int) *kit.Field {
	text := ""
	if *into != 0 {
		text = strconv.Itoa(*into)
	}
	field := f.typed(label, "0", 1, text)
	f.add(field)
	f.takes = append(f.takes, func() error {
		text := strings.ReplaceAll(strings.TrimSpace(field.Text()), ",", "")
		if text == "" {
			*into = 0
			return nil
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return fault.New(fault.FieldValue, "field", code, "value", field.Text())
		}
		*into = n
		return nil
	})
	return field
}

// day is a field for a date.
func (f *form) day(label, code string, into *moderation.Date) *kit.Field {
	field := f.typed(label, f.b.T("plan.hint_day"), 1, string(*into))
	f.takes = append(f.takes, func() error {
		d := moderation.Date(strings.TrimSpace(field.Text()))
		if _, ok := d.Time(); !ok {
			return fault.New(fault.FieldValue, "field", code, "value", field.Text())
		}
		*into = d
		return nil
	})
	return field
}

// days are two dates side by side.
func (f *form) days(from, to string, a, z *moderation.Date) {
	left, right := f.day(from, "from", a), f.day(to, "to", z)
	f.add(kit.Grid(2, look.S3, left, right))
}

const clockLayout = "2006-01-02 15:04"

// clock is a field for a moment in the platform's zone.
func (f *form) clock(label, code string, into *time.Time) {
	text := ""
	if !into.IsZero() {
		text = into.In(f.b.Zone()).Format(clockLayout)
	}
	field := f.typed(label, f.b.T("plan.hint_clock"), 1, text)
	f.add(field)
	f.takes = append(f.takes, func() error {
		text := strings.TrimSpace(field.Text())
		if text == "" {
			*into = time.Time{}
			return nil
		}
		t, err := time.ParseInLocation(clockLayout, text, f.b.Zone())
		if err != nil {
			return fault.New(fault.FieldValue, "field", code, "value", text)
		}
		*into = t
		return nil
	})
}

// choose is a list of one choice that counts at once.
func (f *form) choose(label string, options []kit.Option, now string, pick func(string)) *kit.Select {
	s := kit.NewSelect(label, f.b.T("common.choose"))
	s.Set(options, now)
	s.Picked = func(id string) {
		pick(id)
		f.changed()
	}
	f.add(s)
	return s
}

// yes is a choice between yes and no.
func (f *form) yes(label string, into *bool) {
	f.add(choice(label, []kit.Chip{{ID: "yes", Text: f.b.T("rules.yes")}, {ID: "no", Text: f.b.T("rules.no")}}, yesNo(*into), func(id string) {
		*into = id == "yes"
		f.changed()
	}))
}

// toggles are any number of a few codes.
func (f *form) toggles(title string, codes []string, name func(string) string, into *[]string, width float32) {
	on := map[string]bool{}
	var chips []kit.Chip
	for _, c := range codes {
		chips = append(chips, kit.Chip{ID: c, Text: name(c)})
		on[c] = slices.Contains(*into, c)
	}
	rows := kit.Stack(look.S1 + 2)
	for _, row := range chipRows(chips, width) {
		rows.Add(kit.NewToggles(row, on, func(id string, is bool) {
			on[id] = is
			*into = nil
			for _, c := range codes {
				if on[c] {
					*into = append(*into, c)
				}
			}
			f.changed()
		}))
	}
	f.add(label(title, rows))
}

// read writes every field into the draft, or says which one can't be read.
func (f *form) read() error {
	for _, take := range f.takes {
		if err := take(); err != nil {
			return err
		}
	}
	return nil
}
