package moderation

import (
	"strings"

	"cinnabar/moderation/credentials"
	"cinnabar/moderation/hanzi"
)

// trade asks whether they may sell what they want to sell: the licence's scope,
// and the paper that some lines of trade need.
func (c checker) trade() []CheckResult {
	return append([]CheckResult{c.scope()}, c.categoryPaper()...)
}

func (c checker) scope() CheckResult {
	const check, field = "scope", "scope"
	category, ok := CategoryOf(c.app.Category)
	switch {
	case !ok:
		return result(check, Warn, "scope.no_table", "category", "category", c.app.Category)
	case c.app.Subject == Overseas:
		// Foreign registers carry no scope in the Chinese sense.
		return result(check, NotApplicable, "scope.overseas", field)
	}
	licence := c.paper(Licence, 0)
	scope := c.app.Entity.Scope
	if f, ok := c.read(licence, field); ok && strings.TrimSpace(f.Text) != "" {
		scope = f.Text
	}
	if strings.TrimSpace(scope) == "" {
		return c.on(result(check, Fail, "scope.empty", field), licence)
	}
	for _, item := range listed(scope) {
		folded := hanzi.SimplifyString(item)
		for _, word := range category.Scope {
			if strings.Contains(folded, word) {
				return c.on(result(check, Pass, "scope.covers", field, "item", item), licence, field)
			}
		}
	}
	return c.on(result(check, Fail, "scope.other", field, "words", strings.Join(category.Scope, "、")), licence, field)
}

// categoryPaper judges every category paper, or says that one is missing.
func (c checker) categoryPaper() []CheckResult {
	const check = "category"
	category, ok := CategoryOf(c.app.Category)
	if !ok || len(category.Papers) == 0 {
		return []CheckResult{result(check, NotApplicable, "category.free", "")}
	}
	var results []CheckResult
	for nth := 0; ; nth++ {
		i := c.paper(CategoryPaper, nth)
		if i < 0 {
			break
		}
		d := c.app.Documents[i]
		n := credentials.ReadNumber(d.Number, c.ctx.Now)
		results = append(results,
			c.on(c.number(n, category.Papers), i, "number"),
			c.on(c.validity("category.validity", d.Until, ""), i, "expires"))
		if from, ok := d.From.Time(); ok && c.daysUntil(from) > 0 {
			results = append(results, c.on(result("category.validity", Fail, "validity.early", "", "from", string(d.From)), i, "from"))
		}
	}
	if results == nil {
		return []CheckResult{result(check, Fail, "category.missing", "")}
	}
	return results
}

// number judges the number on a category paper. Numbers without a check digit
// that follow no layout we know are for a person; only what cannot be fails.
func (c checker) number(n credentials.Number, papers []credentials.Kind) CheckResult {
	const check = "category"
	switch n.Status {
	case credentials.Empty:
		return result(check, Fail, "number.empty", "")
	case credentials.Pattern:
		return result(check, Warn, "number.pattern", "", "number", n.Text)
	case credentials.Year:
		return result(check, Fail, "number.year", "", "number", n.Text, "year", n.Got)
	case credentials.Length:
		return result(check, Fail, "number.length", "", "number", n.Text, "got", n.Got, "want", n.Want)
	case credentials.Checksum:
		return result(check, Fail, "number.checksum", "", "number", n.Text, "got", n.Got, "want", n.Want)
	case credentials.Class:
		return result(check, Fail, "number.class", "", "number", n.Text, "got", n.Got)
	case credentials.Region:
		return result(check, Fail, "number.region", "", "number", n.Text, "got", n.Got)
	}
	for _, kind := range papers {
		if n.Kind == kind {
			if n.Imported && c.app.Region == "CN" && c.app.Subject != Overseas {
				return result(check, Pass, "number.imported", "", "number", n.Text)
			}
			return result(check, Pass, "number.sound", "", "number", n.Text)
		}
	}
	return result(check, Fail, "number.other", "", "number", n.Text)
}
