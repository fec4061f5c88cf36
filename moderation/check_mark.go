package moderation

import (
	"slices"
	"strconv"
	"strings"
)

// retail is the Nice class of trading as such: it protects a shop, not the goods.
const retail = 35

// mark asks whose name they trade under: the mark, its classes, and the chain of
// letters from its owner to the applicant.
func (c checker) mark() []CheckResult {
	if strings.TrimSpace(c.app.Mark.Number) == "" {
		return []CheckResult{result("mark", Fail, "mark.missing", "mark")}
	}
	results := []CheckResult{c.markStatus(), c.markClass(), c.chain()}
	return append(results, c.letterNamesApplicant()...)
}

func (c checker) markStatus() CheckResult {
	const check, field = "mark", "mark"
	m := c.app.Mark
	paper := c.paper(MarkPaper, 0)
	switch m.Status {
	case "registered":
	case "":
		return c.on(result(check, Warn, "mark.unknown", field, "number", m.Number), paper, "status")
	default:
		return c.on(result(check, Fail, "mark.pending", field, "number", m.Number), paper, "status")
	}
	if end, ok := m.Expires.Time(); ok {
		switch days := c.daysUntil(end); {
		case days < 0:
			return c.on(result(check, Fail, "mark.over", field, "number", m.Number, "until", string(m.Expires)), paper, "expires")
		case days < soonDays:
			return c.on(result(check, Warn, "mark.soon", field, "number", m.Number, "until", string(m.Expires), "days", strconv.Itoa(days)), paper, "expires")
		}
	}
	return c.on(result(check, Pass, "mark.registered", field, "number", m.Number), paper, "number")
}

func (c checker) markClass() CheckResult {
	const check, field = "mark.class", "mark"
	paper := c.paper(MarkPaper, 0)
	category, ok := CategoryOf(c.app.Category)
	if !ok {
		return result(check, NotApplicable, "class.no_table", field)
	}
	for _, class := range category.Classes {
		if slices.Contains(c.app.Mark.Classes, class) {
			return c.on(result(check, Pass, "class.covers", field, "class", strconv.Itoa(class)), paper, "classes")
		}
	}
	have, want := numbers(c.app.Mark.Classes), numbers(category.Classes)
	switch {
	case len(c.app.Mark.Classes) == 0:
		return c.on(result(check, Warn, "class.unknown", field, "want", want), paper, "classes")
	case slices.Contains(c.app.Mark.Classes, retail):
		return c.on(result(check, Warn, "class.retail", field, "want", want), paper, "classes")
	}
	return c.on(result(check, Fail, "class.other", field, "have", have, "want", want), paper, "classes")
}

// chain follows the letters from the mark's owner to the applicant. Each must be
// given by whoever the one before named; the right ends when the first of them
// ends, since nobody can pass on more than they have.
func (c checker) chain() CheckResult {
	const check, field = "mark.owner", "mark"
	m, applicant := c.app.Mark, c.app.Entity.Name
	if strings.TrimSpace(m.Owner) == "" {
		return result(check, Fail, "owner.unknown", field)
	}
	holder, script := m.Owner, ""
	for i, l := range c.app.Letters {
		link, letter := strconv.Itoa(i+1), c.paper(Letter, i)
		switch compare(l.From, holder) {
		case different:
			return c.on(result(check, Fail, "chain.broken", field, "link", link, "from", l.From, "want", holder), letter, "from")
		case sameScript:
			script = pairs(l.From, holder)
		}
		holder = l.To
	}
	switch compare(holder, applicant) {
	case different:
		if len(c.app.Letters) == 0 {
			return result(check, Fail, "chain.none", field, "owner", m.Owner, "applicant", applicant)
		}
		last := len(c.app.Letters)
		return c.on(result(check, Fail, "chain.ends", field, "link", strconv.Itoa(last), "to", holder, "applicant", applicant), c.paper(Letter, last-1), "to")
	case sameScript:
		script = pairs(holder, applicant)
	}
	if script != "" {
		return result(check, Warn, "chain.script", field, "pairs", script)
	}
	if len(c.app.Letters) == 0 {
		return c.on(result(check, Pass, "owner.applicant", field), c.paper(MarkPaper, 0), "owner")
	}
	return c.chainEnd()
}

// chainEnd judges an unbroken chain by the order of its levels and its earliest
// end, the mark's own included.
func (c checker) chainEnd() CheckResult {
	const check, field = "mark.owner", "mark"
	for i, l := range c.app.Letters {
		if l.Level != 0 && l.Level != i+1 {
			return c.on(result(check, Warn, "chain.level", field, "link", strconv.Itoa(i+1), "level", strconv.Itoa(l.Level)), c.paper(Letter, i), "level")
		}
	}
	earliest, link := c.app.Mark.Expires, 0
	for i, l := range c.app.Letters {
		end, ok := l.Until.Time()
		if !ok {
			if l.Until != LongTerm {
				return c.on(result(check, Warn, "chain.undated", field, "link", strconv.Itoa(i+1)), c.paper(Letter, i), "until")
			}
			continue
		}
		if other, ok := earliest.Time(); !ok || end.Before(other) {
			earliest, link = l.Until, i+1
		}
	}
	links := strconv.Itoa(len(c.app.Letters))
	end, ok := earliest.Time()
	if !ok {
		return result(check, Pass, "chain.whole_long", field, "links", links)
	}
	days := c.daysUntil(end)
	letter := -1
	if link > 0 {
		letter = c.paper(Letter, link-1)
	}
	switch {
	case days < 0 && link == 0:
		return result(check, Fail, "mark.over", field, "number", c.app.Mark.Number, "until", string(earliest))
	case days < 0:
		return c.on(result(check, Fail, "chain.over", field, "link", strconv.Itoa(link), "until", string(earliest)), letter, "until")
	case days < soonDays:
		return c.on(result(check, Warn, "chain.soon", field, "links", links, "until", string(earliest), "days", strconv.Itoa(days)), letter, "until")
	}
	return c.on(result(check, Pass, "chain.whole", field, "links", links, "until", string(earliest)), letter, "until")
}

// letterNamesApplicant reads the last letter itself: what the form says of a
// letter and whom the paper names are two things.
func (c checker) letterNamesApplicant() []CheckResult {
	const check, field = "letter", "letters"
	if len(c.app.Letters) == 0 {
		return []CheckResult{result(check, NotApplicable, "letter.none", field)}
	}
	i := c.paper(Letter, len(c.app.Letters)-1)
	if i < 0 {
		return []CheckResult{result(check, Fail, "letter.missing", field, "link", strconv.Itoa(len(c.app.Letters)))}
	}
	f, ok := c.read(i, "to")
	if !ok {
		return []CheckResult{c.on(result(check, Warn, "letter.unread", field), i)}
	}
	applicant := c.app.Entity.Name
	var r CheckResult
	switch compare(f.Text, applicant) {
	case same:
		r = result(check, Pass, "letter.names", field, "applicant", applicant)
	case sameScript:
		r = result(check, Warn, "letter.script", field, "pairs", pairs(f.Text, applicant))
	default:
		r = result(check, Fail, "letter.other", field, "to", f.Text, "applicant", applicant)
	}
	return []CheckResult{c.on(r, i, "to")}
}

func numbers(list []int) string {
	texts := make([]string, len(list))
	for i, n := range list {
		texts[i] = strconv.Itoa(n)
	}
	return strings.Join(texts, ", ")
}
