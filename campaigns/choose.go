package campaigns

import (
	"slices"

	"cinnabar/campaigns/reach"
	"cinnabar/internal/fault"
	"cinnabar/moderation"
)

// Tags are what quotas can ask of a KOL's post: "tier:micro", "category:beauty",
// "format:video", "region:CN".
func Tags(k KOL, f Format) []string {
	tags := []string{"tier:" + TierOf(k.Followers), "format:" + string(f)}
	if k.Category != "" {
		tags = append(tags, "category:"+k.Category)
	}
	if k.Region != "" {
		tags = append(tags, "region:"+k.Region)
	}
	return tags
}

// OfferID names the offer of a KOL in a format, as Offers does.
func OfferID(kol string, f Format) string { return kol + "/" + string(f) }

// QuoteOn finds what a KOL asks for a format on a day, or where nothing of what is known
// holds then, what they ask for now: a plan for next spring has to begin with some price,
// and Check says that it has run out by then.
func QuoteOn(k KOL, f Format, day moderation.Date) (Quote, bool) {
	if q, ok := heldOn(k, f, day); ok {
		return q, true
	}
	i := slices.IndexFunc(k.Quotes, func(q Quote) bool { return q.Format == f })
	if i < 0 {
		return Quote{}, false
	}
	return k.Quotes[i], true
}

// heldOn finds a quote that holds on a day.
func heldOn(k KOL, f Format, day moderation.Date) (Quote, bool) {
	for _, q := range k.Quotes {
		if q.Format == f && (q.From == "" || q.From <= day) && (q.To == "" || day <= q.To) {
			return q, true
		}
	}
	return Quote{}, false
}

// Worth is what reaching a person is worth to a segment: 1 in it, Others outside,
// each times the person's own weight. A trait that is not known rules nobody out.
func (s Segment) Worth(p Person) float64 {
	in := func(asked []string, is string) bool {
		return len(asked) == 0 || is == "" || slices.Contains(asked, is)
	}
	if in(s.Ages, p.Age) && in(s.Genders, p.Gender) && in(s.Cities, p.City) && (s.Abroad || !p.Abroad) {
		return p.Weight
	}
	return s.Others * p.Weight
}

// Offers makes a campaign's wish into a problem for the chooser: an offer for every
// quote that holds on the first day, or else today, the segment as weights, and the KOLs' records as
// risk. The budget is what other lines of the picked scenario leave. Offers are in
// the order of kols and of their quotes; see OfferID.
//
// KOLs whose followers nobody knows make no offers, since nothing could be said for
// them. Fault: NoAudience when that leaves none of those who have a quote.
func Offers(c Campaign, kols []KOL, who Following) (reach.Problem, error) {
	p := reach.Problem{Must: c.Wish.Must, Never: c.Wish.Never, Frequency: max(c.Wish.Frequency, 1), Budget: c.Wish.Budget}
	for _, l := range c.Picked().Lines {
		if l.Kind != KOLLine {
			p.Budget -= CostOf(c, l)
		}
	}
	p.Budget = max(p.Budget, 0)
	p.Weights = make([]float64, len(who.People))
	for i, person := range who.People {
		p.Weights[i] = c.Wish.Segment.Worth(person)
	}
	for _, q := range c.Wish.Quotas {
		p.Quotas = append(p.Quotas, reach.Quota{Tag: q.Tag, Least: q.Least, Most: q.Most})
	}
	followers := make(map[string][]uint32, len(who.KOLs))
	for i, id := range who.KOLs {
		followers[id] = who.Of[i]
	}
	quoted := false
	for _, k := range kols {
		audience := followers[k.ID]
		risk := c.Wish.Caution * RiskOf(k).PerPost
		if risk > 0 {
			var all float64
			for _, person := range audience {
				all += p.Weights[person]
			}
			risk *= all
		}
		for _, f := range Formats() {
			quote, ok := QuoteOn(k, f, c.Wish.From)
			if !ok {
				continue
			}
			quoted = true
			if len(audience) == 0 {
				continue
			}
			p.Offers = append(p.Offers, reach.Offer{
				ID: OfferID(k.ID, f), KOL: k.ID, Tags: Tags(k, f), Cost: quote.Fee + c.ServiceFee.Of(quote.Fee), Risk: risk, Audience: audience,
			})
		}
	}
	if quoted && len(p.Offers) == 0 {
		return p, fault.New(fault.NoAudience)
	}
	return p, nil
}
