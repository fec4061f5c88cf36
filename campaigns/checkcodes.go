package campaigns

import "cinnabar/moderation"

// CheckNames lists what the Check of a result can be. Words are under "checks.", as
// moderation's are.
func CheckNames() []moderation.CheckCode {
	all := make([]moderation.CheckCode, len(rules()))
	for i, r := range rules() {
		all[i].Code = r.Check
	}
	return all
}

// CheckDetails lists what the Detail of a result can be, with the names of the
// arguments that its sentence may use. Amounts are in yuan with two places, shares
// with a percent sign, days as Date.
func CheckDetails() []moderation.CheckCode {
	return []moderation.CheckCode{
		{Code: "plan.lines.none"}, {Code: "plan.lines.some", Args: []string{"count"}},
		{Code: "plan.brand.none", Args: []string{"brand"}}, {Code: "plan.brand.waiting", Args: []string{"brand"}},
		{Code: "plan.brand.refused", Args: []string{"brand"}}, {Code: "plan.brand.expired", Args: []string{"brand"}},
		{Code: "plan.brand.barred", Args: []string{"brand"}}, {Code: "plan.brand.ends", Args: []string{"brand", "until"}},
		{Code: "plan.brand.verified", Args: []string{"brand"}}, {Code: "plan.brand.breaches", Args: []string{"brand", "count"}},
		{Code: "plan.category.barred", Args: []string{"category"}}, {Code: "plan.category.approval", Args: []string{"category"}},
		{Code: "plan.category.free", Args: []string{"category"}},
		{Code: "plan.window.over", Args: []string{"from", "to"}}, {Code: "plan.window.begun", Args: []string{"from", "to"}},
		{Code: "plan.window.line", Args: []string{"line", "from", "to"}}, {Code: "plan.window.within", Args: []string{"from", "to"}},
		{Code: "plan.budget.sum"}, {Code: "plan.budget.over", Args: []string{"cost", "budget", "over"}},
		{Code: "plan.budget.within", Args: []string{"cost", "budget", "left"}},
		{Code: "plan.quota.few", Args: []string{"tag", "count", "least"}}, {Code: "plan.quota.many", Args: []string{"tag", "count", "most"}},
		{Code: "plan.quota.kept", Args: []string{"tag", "count"}},
		{Code: "plan.must.missing", Args: []string{"kol"}}, {Code: "plan.must.there", Args: []string{"count"}},
		{Code: "plan.never.chosen", Args: []string{"kol"}}, {Code: "plan.never.kept", Args: []string{"count"}},
		{Code: "plan.kol.unknown", Args: []string{"kol"}}, {Code: "plan.kol.small", Args: []string{"kol", "followers", "least"}},
		{Code: "plan.kol.twice", Args: []string{"kol"}}, {Code: "plan.kol.known", Args: []string{"count"}},
		{Code: "plan.quote.none", Args: []string{"kol", "format", "day"}}, {Code: "plan.quote.ends", Args: []string{"kol", "format", "until", "day"}},
		{Code: "plan.quote.lower", Args: []string{"kol", "fee", "quote"}},
		{Code: "plan.quote.higher", Args: []string{"kol", "fee", "quote"}}, {Code: "plan.quote.holds", Args: []string{"count"}},
		{Code: "plan.market.outside"}, {Code: "plan.market.inside"},
		{Code: "plan.record.breaches", Args: []string{"kol", "count"}}, {Code: "plan.record.open", Args: []string{"kol", "count"}},
		{Code: "plan.record.fine", Args: []string{"count"}},
		{Code: "plan.authentic.low", Args: []string{"kol", "share", "least"}}, {Code: "plan.authentic.fine", Args: []string{"count"}},
		{Code: "plan.paid_share.over", Args: []string{"kol", "share", "planned"}}, {Code: "plan.paid_share.fine", Args: []string{"count"}},
		{Code: "plan.rival.near", Args: []string{"kol", "brand", "from", "days"}},
		{Code: "plan.rival.booked", Args: []string{"kol", "category", "from", "days"}}, {Code: "plan.rival.none"},
		{Code: "plan.figures.few", Args: []string{"kol", "count", "least"}}, {Code: "plan.figures.fine", Args: []string{"count"}},
		{Code: "plan.minors.many", Args: []string{"kol", "share"}}, {Code: "plan.minors.some", Args: []string{"kol", "share"}},
		{Code: "plan.minors.live", Args: []string{"kol", "share"}}, {Code: "plan.minors.segment"},
		{Code: "plan.minors.promotion", Args: []string{"line"}}, {Code: "plan.minors.unknown"}, {Code: "plan.minors.none"},
		{Code: "plan.label.trial", Args: []string{"line", "wording"}}, {Code: "plan.label.posts", Args: []string{"count", "wording"}},
		{Code: "plan.label.abroad", Args: []string{"kol", "region", "wording"}},
		{Code: "plan.words.absolute", Args: []string{"line", "word"}}, {Code: "plan.words.medical", Args: []string{"line", "word"}},
		{Code: "plan.words.special", Args: []string{"line", "word"}}, {Code: "plan.words.fine", Args: []string{"count"}},
		{Code: "plan.gift.artwork", Args: []string{"line"}}, {Code: "plan.gift.editions", Args: []string{"line"}},
		{Code: "plan.gift.per_head", Args: []string{"line"}}, {Code: "plan.gift.fine", Args: []string{"count"}},
		{Code: "plan.transfer.on", Args: []string{"line"}}, {Code: "plan.transfer.fine", Args: []string{"count"}},
		{Code: "plan.prize.unpriced", Args: []string{"line"}}, {Code: "plan.prize.over", Args: []string{"line", "worth", "most"}},
		{Code: "plan.prize.trial", Args: []string{"line", "worth", "most"}}, {Code: "plan.prize.fine", Args: []string{"count"}},
		{Code: "plan.draw.publish", Args: []string{"line"}},
		{Code: "plan.blind_box.guardian", Args: []string{"line"}}, {Code: "plan.blind_box.fine", Args: []string{"count"}},
		{Code: "plan.event.time", Args: []string{"line"}}, {Code: "plan.event.window", Args: []string{"line", "from", "to"}},
		{Code: "plan.event.past", Args: []string{"line"}}, {Code: "plan.event.place", Args: []string{"line"}},
		{Code: "plan.event.capacity", Args: []string{"line"}}, {Code: "plan.event.fine", Args: []string{"count"}},
		{Code: "plan.trial.product", Args: []string{"line"}}, {Code: "plan.trial.units", Args: []string{"line"}},
		{Code: "plan.trial.fine", Args: []string{"count"}},
		{Code: "plan.promotion.message", Args: []string{"line"}}, {Code: "plan.promotion.daily", Args: []string{"line"}},
		{Code: "plan.promotion.same", Args: []string{"line"}}, {Code: "plan.promotion.group", Args: []string{"line", "least"}},
		{Code: "plan.promotion.fine", Args: []string{"count"}},
	}
}
