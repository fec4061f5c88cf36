package views

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cinnabar/moderation"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// container2 lays a wrapping text and something small after it, which moves to
// a line of its own where there is no room.
func container2(text, small fyne.CanvasObject) fyne.CanvasObject {
	return container.New(trailLayout{}, text, small)
}

// trailLayout puts the small thing right behind a text of one line, and below a
// longer one.
type trailLayout struct{}

const trailGap = 12

func (trailLayout) measure(o []fyne.CanvasObject, width float32) (w, h float32, below bool) {
	natural := fyne.MeasureText(o[0].(*kit.Paragraph).Text(), look.Page, fyne.TextStyle{Bold: true}).Width + 1
	small := o[1].MinSize().Width
	if natural+trailGap+small <= width {
		return natural, kit.HeightFor(o[0], natural+1), false
	}
	return width, kit.HeightFor(o[0], width), true
}

// HeightFor is what kit asks of a layout whose height follows its width.
func (l trailLayout) HeightFor(o []fyne.CanvasObject, width float32) float32 {
	_, h, below := l.measure(o, width)
	if below {
		h += look.S1 + o[1].MinSize().Height
	}
	return h
}

func (trailLayout) MinSize(o []fyne.CanvasObject) fyne.Size { return fyne.NewSize(80, 36) }

func (l trailLayout) Layout(o []fyne.CanvasObject, s fyne.Size) {
	w, h, below := l.measure(o, s.Width)
	o[0].Move(fyne.NewPos(0, 0))
	o[0].Resize(fyne.NewSize(w+1, h))
	m := o[1].MinSize()
	o[1].Resize(m)
	if below {
		o[1].Move(fyne.NewPos(0, h+look.S1))
	} else {
		o[1].Move(fyne.NewPos(w+trailGap, (h-m.Height)/2+1))
	}
}

// formField is one line of the form.
type formField struct {
	name  string // as in CheckResult.Field
	label string
	value string
}

// formFields are the lines of the form in the order of the paper.
func formFields(b *words.Book, a moderation.Application) []formField {
	e := a.Entity
	list := []formField{
		{"account_name", b.Field("account_name"), a.AccountName},
		{"name", b.Field("name"), e.Name},
		{"uscc", b.Field("uscc"), e.USCC},
		{"representative", b.Field("representative"), e.Representative},
		{"address", b.Field("address"), e.Address},
		{"scope", b.Field("scope"), e.Scope},
		{"established", b.Field("established"), date(b, e.Established)},
		{"expires", b.Field("expires"), date(b, e.Expires)},
		{"mark", b.Field("mark"), markLine(b, a.Mark)},
		{"filing", b.Field("filing"), filings(a)},
		{"subject", b.Field("subject"), joinDots(b, []string{b.Subject(a.Subject), regionOf(b, a.Region)})},
		{"contact", b.Field("contact"), a.Contact},
	}
	out := list[:0]
	for _, f := range list {
		// An empty line says nothing, unless a check looks for what is missing there.
		if f.value != "" || f.name == "uscc" && a.Subject != moderation.Overseas || f.name == "name" || f.name == "account_name" {
			out = append(out, f)
		}
	}
	return out
}

func regionOf(b *words.Book, code string) string {
	if code == "" {
		return ""
	}
	return b.Region(code)
}

func date(b *words.Book, d moderation.Date) string {
	if d == moderation.LongTerm {
		return b.T("common.longterm")
	}
	return string(d)
}

func markLine(b *words.Book, m moderation.Trademark) string {
	if m.Name == "" && m.Number == "" {
		return ""
	}
	var classes []string
	for _, c := range m.Classes {
		classes = append(classes, strconv.Itoa(c))
	}
	parts := []string{m.Name}
	if len(classes) > 0 {
		parts = append(parts, b.T("brands.class", strings.Join(classes, ", ")))
	}
	return joinDots(b, append(parts, m.Number))
}

func filings(a moderation.Application) string {
	var numbers []string
	for _, d := range a.Documents {
		if d.Kind == moderation.CategoryPaper && d.Number != "" {
			numbers = append(numbers, d.Number)
		}
	}
	return strings.Join(numbers, "\n")
}

// checkOf is the gravest result that speaks of a form field, nil for none.
func checkOf(field string, results []moderation.CheckResult) *moderation.CheckResult {
	var worst *moderation.CheckResult
	for i := range results {
		r := &results[i]
		own := r.Field
		if own == "" && strings.HasPrefix(r.Check, "category") {
			own = "filing"
		}
		if own != field || r.Outcome == moderation.NotApplicable {
			continue
		}
		if worst == nil || grave(r.Outcome) > grave(worst.Outcome) {
			worst = r
		}
	}
	return worst
}

func grave(o moderation.Outcome) int {
	switch o {
	case moderation.Fail:
		return 3
	case moderation.Warn:
		return 2
	case moderation.Pass:
		return 1
	}
	return 0
}

// outcomeSign is the glyph of an outcome and its tone.
func outcomeSign(o moderation.Outcome) (look.Icon, kit.Tone) {
	switch o {
	case moderation.Pass:
		return look.IconCheck, kit.Jade
	case moderation.Warn:
		return look.IconWarn, kit.Amber
	case moderation.Fail:
		return look.IconCross, kit.Cinnabar
	}
	return look.IconMinus, kit.Neutral
}

const labelWidth = 97

// newForm is the card with what the applicant wrote; a tap on a line points at
// the place on the paper that it was compared with.
func newForm(b *words.Book, f brandFile, point func(moderation.CheckResult)) fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for _, field := range formFields(b, f.App) {
		r := checkOf(field.name, f.Checks)
		var sign fyne.CanvasObject = kit.Fixed(16, 16, nil)
		var press func()
		if r != nil {
			icon, tone := outcomeSign(r.Outcome)
			sign = kit.NewSymbol(icon, tone.Ink(), 16)
			if r.Document >= 0 {
				press = func() { point(*r) }
			}
		}
		row := kit.TopRow(look.S2,
			kit.Fixed(labelWidth, 0, kit.NewParagraph(field.label, kit.Second)),
			kit.Grow(kit.NewParagraph(orDash(b, clip(field.value, 600)), kit.Plain)),
			top(kit.Fixed(16, 21, sign)))
		rows = append(rows, kit.NewPress(kit.Pad(2, 0, 2, 0, row), look.S2, press))
	}
	return kit.NewCard(b.T("brands.form"), kit.Stack(0, rows...))
}
