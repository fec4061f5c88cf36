package views

import (
	"fyne.io/fyne/v2"

	"cinnabar/campaigns"
	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// filter is one choice among a few, with what is asked for without it first.
type filter struct {
	any     string
	options []kit.Option
	now     string
	pick    func(id string)
}

// filters are the narrow choices under the search.
func (k *KOLs) filters() fyne.CanvasObject {
	b, q := k.book, &k.query
	one := func(list []string) string {
		if len(list) == 0 {
			return ""
		}
		return list[0]
	}
	many := func(id string) []string {
		if id == "" {
			return nil
		}
		return []string{id}
	}
	var fields, tiers, regions, formats, ages, genders, cities, fees, lists []kit.Option
	for _, f := range campaigns.Fields() {
		fields = append(fields, kit.Option{ID: f, Text: kolField(b, f)})
	}
	for _, t := range campaigns.Tiers() {
		tiers = append(tiers, kit.Option{ID: t.Code, Text: tierName(b, t.Code), More: tierBounds(b, t)})
	}
	for _, r := range kolRegions {
		regions = append(regions, kit.Option{ID: r, Text: b.Region(r)})
	}
	for _, f := range campaigns.Formats() {
		formats = append(formats, kit.Option{ID: string(f), Text: formatName(b, f)})
	}
	for _, a := range campaigns.AgeBands() {
		ages = append(ages, kit.Option{ID: a, Text: b.T("kols.age_" + bandKey(a)), More: b.T("kols.share_30")})
	}
	for _, g := range campaigns.Genders() {
		genders = append(genders, kit.Option{ID: g, Text: b.T("kols.gender_" + g), More: b.T("kols.share_30")})
	}
	for _, c := range campaigns.CityTiers() {
		cities = append(cities, kit.Option{ID: c, Text: b.T("kols.city_" + bandKey(c)), More: b.T("kols.share_30")})
	}
	for _, f := range kolFees {
		fees = append(fees, kit.Option{ID: f.String(), Text: b.T("kols.fee_to", b.MoneyShort(f))})
	}
	for _, l := range k.known {
		lists = append(lists, kit.Option{ID: l.ID, Text: l.Name, More: joinDots(b, []string{l.Brand, b.T("kols.list_count", b.Number(len(l.KOLs)))})})
	}
	fee := ""
	if q.FeeTo > 0 {
		fee = q.FeeTo.String()
	}
	format := ""
	if len(q.Formats) > 0 {
		format = string(q.Formats[0])
	}
	sorts := []kit.Option{}
	for _, s := range []campaigns.Sort{campaigns.ByFollowers, campaigns.ByEngagement, campaigns.ByFee, campaigns.ByGrowth, campaigns.ByRisk} {
		sorts = append(sorts, kit.Option{ID: string(s), Text: b.T("kols.sort_" + string(s))})
	}
	order := q.Sort
	if order == "" {
		order = campaigns.ByFollowers
	}
	all := []filter{
		{b.T("kols.any_field"), fields, one(q.Categories), func(id string) { q.Categories = many(id) }},
		{b.T("kols.any_tier"), tiers, one(q.Tiers), func(id string) { q.Tiers = many(id) }},
		{b.T("kols.any_region"), regions, one(q.Regions), func(id string) { q.Regions = many(id) }},
		{b.T("kols.any_format"), formats, format, func(id string) {
			q.Formats = nil
			if id != "" {
				q.Formats = []campaigns.Format{campaigns.Format(id)}
			}
		}},
		{b.T("kols.any_fee"), fees, fee, func(id string) {
			q.FeeTo = 0
			for _, f := range kolFees {
				if f.String() == id {
					q.FeeTo = f
				}
			}
		}},
		{"", sorts, string(order), func(id string) { q.Sort = campaigns.Sort(id) }},
		{b.T("kols.any_age"), ages, q.Age, func(id string) { q.Age = id }},
		{b.T("kols.any_gender"), genders, q.Gender, func(id string) { q.Gender = id }},
		{b.T("kols.any_city"), cities, q.City, func(id string) { q.City = id }},
		{b.T("kols.any_abroad"), []kit.Option{{ID: "yes", Text: b.T("kols.abroad_20")}}, map[bool]string{true: "yes"}[q.AbroadFrom > 0], func(id string) {
			q.AbroadFrom = 0
			if id != "" {
				q.AbroadFrom = .2
			}
		}},
		{b.T("kols.any_authentic"), []kit.Option{{ID: "yes", Text: b.T("kols.authentic_75")}}, map[bool]string{true: "yes"}[q.AuthenticFrom > 0], func(id string) {
			q.AuthenticFrom = 0
			if id != "" {
				q.AuthenticFrom = .75
			}
		}},
		{b.T("kols.any_list"), lists, q.Shortlist, func(id string) { q.Shortlist = id }},
	}
	k.selects = nil
	var cells []fyne.CanvasObject
	for _, f := range all {
		s := kit.NewQuietSelect(f.any)
		options := f.options
		if f.any != "" {
			options = append([]kit.Option{{ID: "", Text: f.any}}, options...)
		}
		s.Set(options, f.now)
		s.Picked = func(id string) {
			f.pick(id)
			k.Refresh()
		}
		k.selects = append(k.selects, s)
		cells = append(cells, s)
	}
	return kit.Grid(6, look.S1, cells...)
}

// kolRegions are the homes that the filter names; other ones are found by search.
var kolRegions = []string{"CN", "HK", "TW", "MO", "SG", "JP", "KR", "US", "GB", "AU"}

// toggle turns a chip as a person would.
func (k *KOLs) toggle(id string) { k.chips.Choose(id) }

// narrows counts the filters that are set.
func (k *KOLs) narrows() int {
	q, n := k.query, 0
	for _, set := range []bool{q.Search != "", len(q.Categories) > 0, len(q.Tiers) > 0, len(q.Regions) > 0, len(q.Formats) > 0, q.FeeTo > 0,
		q.Age != "", q.Gender != "", q.City != "", q.AbroadFrom > 0, q.AuthenticFrom > 0, q.Shortlist != "", q.Clean, q.Rising} {
		if set {
			n++
		}
	}
	return n
}

// Find narrows the directory to a search alone.
func (k *KOLs) Find(text string) {
	k.query = campaigns.KOLQuery{Limit: kolPage, Sort: k.query.Sort, Search: text}
	k.beside = false
	k.build()
	k.Refresh()
}

// clear takes every filter away.
func (k *KOLs) clear() {
	k.query = campaigns.KOLQuery{Limit: kolPage, Sort: k.query.Sort}
	k.build()
	k.Refresh()
}
