package views

import (
	"slices"
	"strconv"
	"strings"

	"cinnabar/campaigns"
	"cinnabar/internal/fault"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// wishPanel takes what a plan is asked for. brands are offered for a new campaign
// only; of is the plan that the campaign has, nil for a new one.
func wishPanel(s *Campaigns, c campaigns.Campaign, brands []campaigns.BrandStanding, of *plan, put func(campaigns.Campaign), back func()) *planPanel {
	fresh := c.ID == ""
	quotas, must, never := quotaRows(c.Wish.Quotas), strings.Join(c.Wish.Must, ", "), strings.Join(c.Wish.Never, ", ")
	return newPanel(s.book, back, func(panel *planPanel, f *form) panelParts {
		b := f.b
		if fresh {
			brandChoice(s, f, panel, &c, brands)
		}
		f.text(b.T("plan.col_name"), b.T("plan.hint_name"), 1, &c.Name)
		f.choose(b.T("plan.goal"), goalOptions(b), string(c.Wish.Goal), func(id string) { c.Wish.Goal = campaigns.Goal(id) })
		f.amount(b.T("plan.col_budget"), "budget", &c.Wish.Budget)
		f.days(b.T("plan.from"), b.T("plan.to"), &c.Wish.From, &c.Wish.To)
		segmentFields(f, b, &c.Wish.Segment)
		var chosen *quotaForm
		if !fresh {
			chosen = &quotaForm{rows: &quotas, pool: of.known.Pool, grown: panel.grew, wrong: func(q []campaigns.Quota) error {
				trial := whole(of.now)
				trial.Wish.Quotas = q
				return campaigns.Validate(trial)
			}}
			f.quotas(chosen)
			f.text(b.T("plan.must"), b.T("plan.hint_kols"), 1, &must)
			f.text(b.T("plan.never"), b.T("plan.hint_kols"), 1, &never)
			f.number(b.T("plan.frequency"), "frequency", &c.Wish.Frequency)
			caution := map[float64]string{0: "0", 1: "1", 4: "4"}[c.Wish.Caution]
			f.add(choice(b.T("plan.caution"), []kit.Chip{{ID: "0", Text: b.T("plan.caution_0")}, {ID: "1", Text: b.T("plan.caution_1")}, {ID: "4", Text: b.T("plan.caution_4")}}, caution, func(id string) {
				c.Wish.Caution, _ = strconv.ParseFloat(id, 64)
				f.changed()
			}))
		}
		parts := panelParts{title: b.T("plan.new"), save: b.T("plan.make")}
		if !fresh {
			parts.title, parts.save = b.T("plan.wish"), b.T("plan.apply")
		}
		parts.put = func() {
			if panel.barred {
				return
			}
			err := f.read()
			if err == nil && !fresh {
				c.Wish.Quotas, err = chosen.read()
				if err == nil {
					c.Wish.Must, err = parseKOLs("must", must, of.findKOL)
				}
				if err == nil {
					c.Wish.Never, err = parseKOLs("never", never, of.findKOL)
				}
			}
			if err != nil {
				panel.refuse(err)
				return
			}
			panel.complain(nil)
			put(c)
		}
		return parts
	})
}

// brandChoice lets a new campaign have one of the person's brands; one that is not
// verified can't have any.
func brandChoice(s *Campaigns, f *form, panel *planPanel, c *campaigns.Campaign, brands []campaigns.BrandStanding) {
	b := f.b
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
				panel.bar(true)
				panel.complain(func(b *words.Book) (string, string) {
					return b.T("plan.brand_" + br.Why + "_why"), b.T("plan.brand_next")
				})
				return
			}
		}
		panel.bar(false)
		panel.complain(nil)
	})
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
	chips := []kit.Chip{{ID: "0", Text: b.T("plan.others_0")}, {ID: "0.5", Text: b.T("plan.others_half")}, {ID: "1", Text: b.T("plan.others_1")}}
	if !slices.ContainsFunc(chips, func(c kit.Chip) bool { return c.ID == others }) {
		chips = slices.Insert(chips, 1, kit.Chip{ID: others, Text: b.Percent(s.Others)}) // as somebody brought it in
	}
	f.add(choice(b.T("plan.others"), chips, others, func(id string) {
		s.Others, _ = strconv.ParseFloat(id, 64)
		f.changed()
	}))
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
