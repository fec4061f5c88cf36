package moderation

import (
	"strconv"
	"strings"

	"cinnabar/moderation/credentials"
)

// identity asks who applies: the credit code, and whether the licence says what
// the form says.
func (c checker) identity() []CheckResult {
	results := []CheckResult{c.creditCode()}
	licence := c.paper(Licence, 0)
	if licence < 0 {
		return append(results, result("licence", Fail, "licence.missing", ""))
	}
	e := c.app.Entity
	if e.USCC != "" {
		results = append(results, c.sameCode(licence))
	}
	return append(results,
		c.sameText("licence.name", "name", e.Name, licence),
		c.sameText("licence.representative", "representative", e.Representative, licence),
		c.sameAddress(licence),
		c.sameScope(licence),
		c.licenceValidity(licence),
	)
}

// creditCode reads the code by itself. A check digit that does not fit asks for
// a look into the register and refuses nothing: some codes in real use fail it.
func (c checker) creditCode() CheckResult {
	const check, field = "uscc", "uscc"
	code := c.app.Entity.USCC
	if c.app.Subject == Overseas && code == "" {
		return result(check, NotApplicable, "uscc.overseas", field)
	}
	u := credentials.ReadUSCC(code)
	at := strconv.Itoa(u.At + 1)
	var r CheckResult
	switch u.Status {
	case credentials.Sound:
		r = result(check, Pass, "uscc.sound", field, "code", u.Text)
		// With authority 9, character 2 says what was registered.
		if trader := u.Subject == "2"; u.Authority == "9" && trader != (c.app.Subject == SoleTrader) {
			r = result(check, Warn, "uscc.subject_company", field, "code", u.Text)
			if trader {
				r.Detail = "uscc.subject_trader"
			}
		}
	case credentials.Empty:
		r = result(check, Fail, "uscc.empty", field)
	case credentials.Length:
		r = result(check, Fail, "uscc.length", field, "got", u.Got)
	case credentials.Alphabet:
		r = result(check, Fail, "uscc.alphabet", field, "at", at, "got", u.Got)
		if u.Want != "" {
			r = result(check, Fail, "uscc.misread", field, "at", at, "got", u.Got, "want", u.Want)
		}
	case credentials.Checksum:
		r = result(check, Warn, "uscc.checksum", field, "got", u.Got, "want", u.Want)
	case credentials.BothChecks:
		r = result(check, Warn, "uscc.both_checks", field)
	case credentials.Organisation:
		r = result(check, Warn, "uscc.organisation", field, "got", u.Got, "want", u.Want)
	case credentials.Authority:
		r = result(check, Warn, "uscc.authority", field, "got", u.Got)
	default:
		r = result(check, Warn, "uscc.region", field, "got", u.Got)
	}
	return c.on(r, c.paper(Licence, 0), "uscc")
}

func (c checker) sameCode(licence int) CheckResult {
	const check, field = "licence.uscc", "uscc"
	f, ok := c.read(licence, field)
	if !ok {
		return c.on(result(check, Warn, "compare.unread", field), licence)
	}
	form, paper := credentials.ReadUSCC(c.app.Entity.USCC), credentials.ReadUSCC(f.Text)
	r := result(check, Pass, "compare.same", field, "form", form.Text)
	if form.Text != paper.Text {
		r = result(check, Fail, "compare.differs", field, "form", form.Text, "paper", paper.Text)
	}
	return c.on(r, licence, field)
}

// sameText compares one field of the form with the same field of the licence.
func (c checker) sameText(check, field, form string, licence int) CheckResult {
	f, ok := c.read(licence, field)
	switch {
	case !ok || strings.TrimSpace(f.Text) == "":
		return c.on(result(check, Warn, "compare.unread", field), licence)
	case strings.TrimSpace(form) == "":
		return c.on(result(check, Fail, "compare.empty", field, "paper", f.Text), licence, field)
	}
	var r CheckResult
	switch compare(form, f.Text) {
	case same:
		r = result(check, Pass, "compare.same", field, "form", form)
	case sameScript:
		r = result(check, Warn, "compare.script", field, "pairs", pairs(form, f.Text))
	default:
		r = result(check, Fail, "compare.differs", field, "form", form, "paper", f.Text)
	}
	return c.on(r, licence, field)
}

func (c checker) sameAddress(licence int) CheckResult {
	const check, field = "licence.address", "address"
	r := c.sameText(check, field, c.app.Entity.Address, licence)
	if f, ok := c.read(licence, field); ok && r.Detail == "compare.differs" && shortened(c.app.Entity.Address, f.Text) {
		return c.on(result(check, Pass, "compare.shortened", field, "form", c.app.Entity.Address, "paper", f.Text), licence, field)
	}
	return r
}

// sameScope asks that what the form lists stands on the licence, which usually
// lists more. Long scopes are often read or copied in part, so some of it
// missing is for a person to see.
func (c checker) sameScope(licence int) CheckResult {
	const check, field = "licence.scope", "scope"
	r := c.sameText(check, field, c.app.Entity.Scope, licence)
	if r.Detail != "compare.differs" {
		return r
	}
	f, _ := c.read(licence, field)
	paper := string(plain(f.Text))
	items := listed(c.app.Entity.Scope)
	var missing []string
	for _, item := range items {
		if !strings.Contains(paper, string(plain(item))) {
			missing = append(missing, item)
		}
	}
	switch {
	case len(items) > 0 && len(missing) == 0:
		r = result(check, Pass, "compare.within", field)
	case len(missing) < len(items):
		r = result(check, Warn, "compare.part", field, "missing", strings.Join(missing, "、"))
	}
	return c.on(r, licence, field)
}

// licenceValidity trusts the paper over the form, and says so where they differ.
func (c checker) licenceValidity(licence int) CheckResult {
	const check, field = "licence.validity", "expires"
	form, paper := c.app.Entity.Expires, c.app.Documents[licence].Until
	if f, ok := c.read(licence, field); ok && paper == "" {
		paper = Date(strings.TrimSpace(f.Text))
		if strings.Contains(f.Text, "长期") || strings.Contains(f.Text, "長期") {
			paper = LongTerm
		}
	}
	until := paper
	if until == "" || !until.Valid() {
		until = form
	}
	r := c.validity(check, until, field)
	if r.Outcome == Pass && paper.Valid() && paper != "" && form != "" && paper != form {
		r = result(check, Warn, "validity.differs", field, "form", string(form), "paper", string(paper))
	}
	return c.on(r, licence, field)
}
