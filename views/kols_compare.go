package views

import (
	"slices"

	"fyne.io/fyne/v2"

	"cinnabar/campaigns"
	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// Side by side stand two to four.
const (
	compareLeast = 2
	compareMost  = 4
)

func (k *KOLs) isMarked(id string) bool {
	return slices.ContainsFunc(k.marked, func(it campaigns.KOL) bool { return it.ID == id })
}

// mark puts the chosen KOL among those to compare, or takes it out.
func (k *KOLs) mark() {
	it, ok := k.rows.Selected()
	if !ok {
		return
	}
	switch i := slices.IndexFunc(k.marked, func(m campaigns.KOL) bool { return m.ID == it.ID }); {
	case i >= 0:
		k.marked = slices.Delete(slices.Clone(k.marked), i, i+1)
	case len(k.marked) == compareMost:
		k.cfg.Notify.Note(kit.Neutral, k.book.T("kols.compare_most", compareMost), "")
		return
	default:
		k.marked = append(slices.Clone(k.marked), it)
	}
	k.rows.Update(it)
	k.drawTray()
	if k.beside {
		k.beside = len(k.marked) >= compareLeast
		k.drawMiddle()
	}
}

// compare shows those that are marked side by side, or the directory again.
func (k *KOLs) compare() {
	if !k.beside && len(k.marked) < compareLeast {
		k.cfg.Notify.Note(kit.Neutral, k.book.T("kols.compare_least"), k.book.T("kols.compare_least_next"))
		return
	}
	k.beside = !k.beside
	k.drawMiddle()
}

// drawTray is the line under the rows while somebody is marked.
func (k *KOLs) drawTray() {
	b := k.book
	k.tray.Objects = nil
	if n := len(k.marked); n > 0 {
		names := make([]string, n)
		for i, it := range k.marked {
			names[i] = clip(it.Handle, 14)
		}
		compare := kit.NewButton(kit.ButtonConfig{Text: b.T("kols.compare"), Key: "C", Press: k.compare})
		if n < compareLeast {
			compare.Disable("")
		}
		k.tray.Objects = []fyne.CanvasObject{kit.NewGround(look.Surface, 0, kit.Stack(0, kit.NewRule(), kit.Pad(look.S2, look.S4, look.S2, look.S4,
			kit.Row(look.S3, kit.NewText(b.T("kols.marked", n), kit.Strong),
				kit.Grow(kit.NewText(joinDots(b, names), kit.Style{Ink: look.SecondInk, Shrink: true})),
				kit.NewButton(kit.ButtonConfig{Text: b.T("kols.unmark"), Weight: kit.Quiet, Press: k.unmark}), compare))))}
	}
	k.middle.Refresh()
	k.tray.Refresh()
}

func (k *KOLs) unmark() {
	was := k.marked
	k.marked, k.beside = nil, false
	for _, it := range was {
		k.rows.Update(it)
	}
	k.drawTray()
	k.drawMiddle()
}

// comparison sets KOLs side by side, line by line, the best of a line in jade.
func (k *KOLs) comparison() fyne.CanvasObject {
	b, n := k.book, len(k.marked)
	cell := func(text string, best bool) fyne.CanvasObject {
		ink := look.Ink
		if best {
			ink = look.JadeInk
		}
		return kit.NewText(text, kit.Style{Ink: ink, Bold: best, Shrink: true})
	}
	line := func(name string, text func(campaigns.KOL) string, worth func(campaigns.KOL) float64) fyne.CanvasObject {
		best, same := "", true // where all read alike, none is the best
		if worth != nil {
			most := 0.0
			for _, it := range k.marked {
				if w := worth(it); w > most {
					most, best = w, text(it)
				}
				same = same && text(it) == text(k.marked[0])
			}
		}
		cells := []fyne.CanvasObject{kit.NewText(name, kit.Style{Ink: look.SecondInk, Shrink: true})}
		for _, it := range k.marked {
			cells = append(cells, cell(text(it), !same && best != "" && text(it) == best))
		}
		return kit.Stack(0, kit.Pad(9, 0, 9, 0, kit.Grid(n+1, look.S4, cells...)), kit.NewRule())
	}
	heads := []fyne.CanvasObject{kit.Stack(0)}
	for _, it := range k.marked {
		face := newPortrait(k.cfg.Gallery, 56)
		face.set(it.Handle, it.Picture)
		heads = append(heads, kit.Stack(look.S2, kit.Row(0, face, kit.Gap()),
			kit.NewText(oneLine(it.Handle), kit.Style{Size: look.Title, Bold: true, Shrink: true}),
			kit.NewText(joinDots(b, []string{kolField(b, it.Category), tierName(b, campaigns.TierOf(it.Followers))}), kit.Style{Ink: look.SecondInk, Shrink: true})))
	}
	rows := kit.Stack(0, kit.Pad(0, 0, look.S3, 0, kit.Grid(n+1, look.S4, heads...)), kit.NewRule())
	fee := func(it campaigns.KOL, f campaigns.Format) (campaigns.Quote, bool) {
		return quoteShown(it, []campaigns.Format{f})
	}
	rows.Add(line(b.T("kols.followers"), func(it campaigns.KOL) string { return b.Count(it.Followers) }, func(it campaigns.KOL) float64 { return float64(it.Followers) }))
	rows.Add(line(b.T("kols.col_daily"), func(it campaigns.KOL) string { return rateOf(b, it.Daily, it.Followers) }, func(it campaigns.KOL) float64 { return it.Daily.Rate(it.Followers) }))
	rows.Add(line(b.T("kols.col_paid"), func(it campaigns.KOL) string { return rateOf(b, it.Paid, it.Followers) }, func(it campaigns.KOL) float64 { return it.Paid.Rate(it.Followers) }))
	for _, f := range campaigns.Formats() {
		rows.Add(line(formatName(b, f), func(it campaigns.KOL) string {
			if q, ok := fee(it, f); ok {
				return b.Money(q.Fee)
			}
			return b.T("common.none")
		}, func(it campaigns.KOL) float64 {
			if q, ok := fee(it, f); ok && q.Fee > 0 {
				return 1 / float64(q.Fee)
			}
			return 0
		}))
	}
	rows.Add(line(b.T("kols.per_thousand"), func(it campaigns.KOL) string {
		if w := perThousand(it); w > 0 {
			return b.T("kols.yuan", w)
		}
		return b.T("common.none")
	}, func(it campaigns.KOL) float64 {
		if w := perThousand(it); w > 0 {
			return 1 / w
		}
		return 0
	}))
	rows.Add(line(b.T("kols.row_authentic"), func(it campaigns.KOL) string { return shareOf(b, it.Authentic) }, func(it campaigns.KOL) float64 { return it.Authentic }))
	rows.Add(line(b.T("kols.growth_8"), func(it campaigns.KOL) string { return fine(b, campaigns.GrowthRate(it)) }, campaigns.GrowthRate))
	rows.Add(line(b.T("kols.main_age"), func(it campaigns.KOL) string { return mainShare(b, "kols.age_", it.Audience.Age) }, nil))
	rows.Add(line(b.T("kols.main_gender"), func(it campaigns.KOL) string { return mainShare(b, "kols.gender_", it.Audience.Gender) }, nil))
	rows.Add(line(b.T("kols.main_city"), func(it campaigns.KOL) string { return mainShare(b, "kols.city_", it.Audience.City) }, nil))
	rows.Add(line(b.T("kols.row_abroad"), func(it campaigns.KOL) string { return shareOf(b, it.Audience.Abroad) }, nil))
	rows.Add(line(b.T("kols.col_record"), func(it campaigns.KOL) string { text, _ := recordPill(b, it); return text }, nil))
	rows.Add(line(b.T("kols.risk"), func(it campaigns.KOL) string { return b.T("kols.tenth", campaigns.RiskOf(it).Points) }, func(it campaigns.KOL) float64 {
		return 1 / (campaigns.RiskOf(it).Points + 1e-6)
	}))
	head := kit.Row(look.S3, kit.Grow(kit.NewText(b.T("kols.compared", n), kit.PageTitle)),
		kit.NewButton(kit.ButtonConfig{Text: b.T("kols.back"), Key: "C", Press: k.compare}))
	return kit.NewScroll(kit.PadAll(look.S5, kit.Stack(look.S4, head, kit.NewCard("", rows))))
}

// perThousand is what a thousand readers of the cheapest post cost, in yuan; 0 where
// neither is known.
func perThousand(it campaigns.KOL) float64 {
	q, ok := quoteShown(it, nil)
	views := max(it.Paid.Views, it.Daily.Views)
	if !ok || views == 0 {
		return 0
	}
	return float64(q.Fee) / 100 / float64(views) * 1000
}
