package views

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"cinnabar/campaigns"
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
	takes   []func() error
	touched func() // called on every change by hand; may be nil
}

func (f *form) add(o fyne.CanvasObject) { f.objects = append(f.objects, o) }

func (f *form) changed() {
	if f.touched != nil {
		f.touched()
	}
}

// text is a field for words.
func (f *form) text(label, hint string, lines int, into *string) *kit.Field {
	field := written(label, hint, lines, *into, func(string) { f.changed() })
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
	field := written(label, f.b.T("plan.hint_yuan"), 1, text, func(string) { f.changed() })
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
	field := written(label, "0", 1, text, func(string) { f.changed() })
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
	field := written(label, f.b.T("plan.hint_day"), 1, string(*into), func(string) { f.changed() })
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
	field := written(label, f.b.T("plan.hint_clock"), 1, text, func(string) { f.changed() })
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

// planPanel is a column that takes something new: fields above what keeps them. There
// is no window that has to be answered first.
type planPanel struct {
	b       *words.Book
	box     fyne.CanvasObject
	notice  *fyne.Container
	save    *kit.Button
	scroll  *kit.Scroll
	request string // of the try under way, or of the last one while nothing was changed since
	working bool
	up      bool
}

// newPanel lays a form above its buttons. put is called by the main one, back by the
// quiet one.
func newPanel(b *words.Book, up bool, title string, fields []fyne.CanvasObject, save string, put, back func(), more ...fyne.CanvasObject) *planPanel {
	p := &planPanel{b: b, notice: kit.Stack(0), up: up}
	p.notice.Hide()
	p.scroll = kit.NewScroll(kit.PadAll(look.S4, kit.Stack(look.S3, append([]fyne.CanvasObject{kit.NewParagraph(title, kit.Heading)}, fields...)...)))
	p.save = kit.NewButton(kit.ButtonConfig{Text: save, Key: "Ctrl ↵", Weight: kit.Primary, Press: put})
	foot := kit.Stack(look.S2, p.notice, p.save,
		kit.Row(look.S2, append(more, kit.Gap(), kit.NewButton(kit.ButtonConfig{Text: b.T("common.cancel"), Key: "Esc", Weight: kit.Quiet, Press: back}))...))
	p.box = kit.Stack(0, kit.Grow(p.scroll), kit.NewGround(look.Surface, 0, kit.Stack(0, kit.NewRule(), kit.PadAll(look.S4, foot))))
	return p
}

// complain says what stands in the way.
func (p *planPanel) complain(what, next string) {
	p.notice.Objects = nil
	if what != "" {
		p.notice.Objects = []fyne.CanvasObject{noticeCard(kit.Amber, what, next)}
	}
	p.notice.Hidden = what == ""
	p.box.Refresh()
}

// noticeCard says on a tint what happened and what to do.
func noticeCard(tone kit.Tone, what, next string, more ...fyne.CanvasObject) fyne.CanvasObject {
	lines := kit.Stack(look.S1, kit.NewParagraph(what, kit.Style{Bold: true, Ink: tone.Ink()}))
	if next != "" {
		lines.Add(kit.NewParagraph(next, kit.Plain))
	}
	for _, o := range more {
		lines.Add(o)
	}
	return kit.NewGround(tone.Tint(), look.Radius, kit.PadAll(look.S3, lines))
}

// busy keeps a wish from being sent twice.
func (p *planPanel) busy(on bool) {
	p.working = on
	if on {
		p.save.Disable("")
	} else {
		p.save.Enable()
	}
}

func (p *planPanel) link(up bool) { p.up = up }

// wishPanel takes what a plan is asked for. brands are offered for a new campaign
// only; kols names those of must and never.
func wishPanel(s *Campaigns, c campaigns.Campaign, brands []campaigns.BrandStanding, kols func(text string) (id string, ok bool), put func(campaigns.Campaign), back func(), more ...fyne.CanvasObject) *planPanel {
	b := s.book
	f := &form{b: b}
	var panel *planPanel
	if c.ID == "" {
		var options []kit.Option
		for _, br := range brands {
			if s.cfg.Me.TiedTo(br.Name) {
				why := b.T("plan.brand_verified")
				if !br.Verified {
					why = b.T("plan.brand_" + br.Why + "_why")
				}
				options = append(options, kit.Option{ID: br.Name, Text: br.Name, More: why})
			}
		}
		f.choose(b.T("plan.col_brand"), options, c.Brand, func(id string) {
			c.Brand = id
			for _, br := range brands {
				if br.Name == id && !br.Verified {
					panel.complain(b.T("plan.brand_"+br.Why+"_why"), b.T("plan.brand_next"))
					panel.save.Disable("")
					return
				}
			}
			panel.complain("", "")
			panel.save.Enable()
		})
	}
	f.text(b.T("plan.col_name"), b.T("plan.hint_name"), 1, &c.Name)
	f.choose(b.T("plan.goal"), goalOptions(b), string(c.Wish.Goal), func(id string) { c.Wish.Goal = campaigns.Goal(id) })
	f.amount(b.T("plan.col_budget"), "budget", &c.Wish.Budget)
	f.days(b.T("plan.from"), b.T("plan.to"), &c.Wish.From, &c.Wish.To)
	segmentFields(f, b, &c.Wish.Segment)
	quotas, must, never := quotasText(c.Wish.Quotas), strings.Join(c.Wish.Must, ", "), strings.Join(c.Wish.Never, ", ")
	if c.ID != "" {
		f.text(b.T("plan.quotas"), b.T("plan.hint_quotas"), 3, &quotas)
		f.add(kit.NewParagraph(b.T("plan.quotas_note"), kit.Small))
		f.text(b.T("plan.must"), b.T("plan.hint_kols"), 1, &must)
		f.text(b.T("plan.never"), b.T("plan.hint_kols"), 1, &never)
		f.number(b.T("plan.frequency"), "frequency", &c.Wish.Frequency)
		caution := map[float64]string{0: "0", 1: "1", 4: "4"}[c.Wish.Caution]
		f.add(choice(b.T("plan.caution"), []kit.Chip{{ID: "0", Text: b.T("plan.caution_0")}, {ID: "1", Text: b.T("plan.caution_1")}, {ID: "4", Text: b.T("plan.caution_4")}}, caution, func(id string) {
			c.Wish.Caution, _ = strconv.ParseFloat(id, 64)
		}))
	}
	title, save := b.T("plan.new"), b.T("plan.make")
	if c.ID != "" {
		title, save = b.T("plan.wish"), b.T("plan.apply")
	}
	panel = newPanel(b, s.up, title, f.objects, save, func() {
		if panel.save.Disabled() {
			return
		}
		err := f.read()
		if err == nil && c.ID != "" {
			c.Wish.Quotas, err = parseQuotas(quotas)
			if err == nil {
				c.Wish.Must, err = parseKOLs("must", must, kols)
			}
			if err == nil {
				c.Wish.Never, err = parseKOLs("never", never, kols)
			}
		}
		if err != nil {
			panel.complain(b.Error(err))
			return
		}
		panel.complain("", "")
		put(c)
	}, back, more...)
	return panel
}

func goalOptions(b *words.Book) []kit.Option {
	var out []kit.Option
	for _, g := range []campaigns.Goal{campaigns.Awareness, campaigns.Engaging, campaigns.Trial, campaigns.Sales} {
		out = append(out, kit.Option{ID: string(g), Text: b.T("plan.goal_" + string(g))})
	}
	return out
}

// segmentFields ask whom something is for.
func segmentFields(f *form, b *words.Book, s *campaigns.Segment) {
	const width = planSide - 2*look.S4
	f.toggles(b.T("plan.ages"), campaigns.AgeBands(), func(c string) string { return b.T("kols.age_" + bandKey(c)) }, &s.Ages, width)
	f.toggles(b.T("plan.genders"), campaigns.Genders(), func(c string) string { return b.T("kols.gender_" + c) }, &s.Genders, width)
	f.toggles(b.T("plan.cities"), campaigns.CityTiers(), func(c string) string { return b.T("kols.city_" + bandKey(c)) }, &s.Cities, width)
	f.yes(b.T("plan.abroad"), &s.Abroad)
	others := strconv.FormatFloat(s.Others, 'f', -1, 64)
	f.add(choice(b.T("plan.others"), []kit.Chip{{ID: "0", Text: b.T("plan.others_0")}, {ID: "0.5", Text: b.T("plan.others_half")}, {ID: "1", Text: b.T("plan.others_1")}}, others, func(id string) {
		s.Others, _ = strconv.ParseFloat(id, 64)
	}))
}

// quotasText writes quotas a line each: "tier:micro 2–5", "format:video 1".
func quotasText(quotas []campaigns.Quota) string {
	var lines []string
	for _, q := range quotas {
		line := q.Tag + " " + strconv.Itoa(q.Least)
		if q.Most > 0 {
			line += "-" + strconv.Itoa(q.Most)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func parseQuotas(text string) ([]campaigns.Quota, error) {
	var out []campaigns.Quota
	for _, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == ';' || r == '；' }) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		wrong := fault.New(fault.FieldValue, "field", "quota", "value", strings.TrimSpace(line))
		words := strings.Fields(line)
		if len(words) != 2 || !strings.Contains(words[0], ":") {
			return nil, wrong
		}
		q := campaigns.Quota{Tag: words[0]}
		least, most, ranged := strings.Cut(strings.ReplaceAll(words[1], "–", "-"), "-")
		var err error
		if q.Least, err = strconv.Atoi(least); err != nil || q.Least < 0 {
			return nil, wrong
		}
		if ranged {
			if q.Most, err = strconv.Atoi(most); err != nil || q.Most < q.Least {
				return nil, wrong
			}
		}
		out = append(out, q)
	}
	return out, nil
}

// parseKOLs reads handles or ids with commas between.
func parseKOLs(field, text string, find func(string) (string, bool)) ([]string, error) {
	var out []string
	for _, name := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",，、;；\n", r) }) {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		id, ok := name, true
		if find != nil {
			id, ok = find(name)
		}
		if !ok {
			return nil, fault.New(fault.FieldValue, "field", field, "value", name)
		}
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out, nil
}
