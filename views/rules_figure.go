package views

import (
	"strconv"

	"fyne.io/fyne/v2"

	"cinnabar/internal/money"
	"cinnabar/moderation"
	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// planningFigures are the settings of the database that plans and contracts are held
// to, in the order they are shown. An administrator sets them; the screen says how they stand.
var planningFigures = []string{"service_fee", "contract_sum"}

// figureText writes the value of a setting as people read it.
func (r *Rules) figureText(s moderation.Setting) string {
	n, err := strconv.ParseInt(s.Value, 10, 64)
	switch {
	case err != nil:
		return s.Value
	case s.Name == "service_fee": // ten-thousandths
		return r.book.Percent(float64(n) / 10_000)
	}
	return r.book.Money(money.Fen(n))
}

func (r *Rules) figureSection() fyne.CanvasObject {
	var lines []fyne.CanvasObject
	for _, s := range r.known.Figures {
		lines = append(lines, r.line(ruleRef{figureRule, s.Name}, kit.Fixed(40, 0, kit.Row(0, kit.NewSymbol(look.IconCampaigns, look.SecondInk, 18), kit.Gap())),
			r.book.T("rules.figure_"+s.Name), r.book.T("rules.figure_"+s.Name+"_about"), r.figureText(s), "", false))
	}
	return r.section(r.book.T("rules.figures"), r.book.T("rules.figures_note"), nil, lines)
}

// figurePage shows one setting, what it does and who sets it.
func (r *Rules) figurePage(name string) fyne.CanvasObject {
	b := r.book
	for _, s := range r.known.Figures {
		if s.Name == name {
			e := &ruleEditor{r: r}
			return e.page(b.T("rules.figure_"+name), []fyne.CanvasObject{
				kit.NewText(r.figureText(s), kit.PageTitle), kit.NewParagraph(b.T("rules.figure_"+name+"_more"), kit.Plain),
				label(b.T("rules.figure_from"), kit.NewParagraph(b.T("rules.figure_from_more"), kit.Plain)),
				label(b.T("rules.figure_name"), kit.NewText(name, kit.Style{Mono: true, Ink: look.SecondInk})),
			}, "", nil)
		}
	}
	return kit.NewState(kit.State{Icon: look.IconRules, What: b.T("rules.choose")})
}
