package moderation

import "strconv"

// papers asks whether what was named was handed in, and by nobody else before.
func (c checker) papers() []CheckResult {
	return append(c.pictures(), c.reused()...)
}

func (c checker) pictures() []CheckResult {
	const check = "pictures"
	var results []CheckResult
	// The licence answers for itself, and so do letters and category papers.
	if c.paper(MarkPaper, 0) < 0 && c.app.Mark.Number != "" {
		results = append(results, result(check, Fail, "pictures.no_mark", ""))
	}
	if c.paper(Logo, 0) < 0 {
		results = append(results, result(check, Warn, "pictures.no_logo", ""))
	}
	for i, d := range c.app.Documents {
		if !d.Picture.Valid() {
			results = append(results, c.on(result(check, Fail, "pictures.absent", "", "name", d.Name), i))
		}
	}
	if results == nil {
		results = append(results, result(check, Pass, "pictures.all", "", "count", strconv.Itoa(len(c.app.Documents))))
	}
	return results
}

// How many bits two pictures of different applicants may differ in before it is told. A
// logo is one's own. Forms are everybody's: two licences of different companies differ in
// 8 bits and more, so that of forms only the same picture saved anew is told, and one
// photographed again is not found.
const (
	nearLogo = 10
	nearForm = 2
)

// reused looks for the same file under another applicant, and for one that looks like it.
// Equal bytes are the plainest sign; what only looks alike is for a person to compare.
func (c checker) reused() []CheckResult {
	const check = "papers"
	if c.ctx.Others.Compared == 0 {
		return []CheckResult{result(check, NotApplicable, "papers.not_compared", "")}
	}
	var results []CheckResult
	for i, d := range c.app.Documents {
		if ref, ok := c.ctx.Others.Pictures[d.Picture]; ok && d.Picture != "" {
			results = append(results, c.on(result(check, Fail, "papers.reused", "", "ref", ref), i))
			continue
		}
		within := nearForm
		if d.Kind == Logo {
			within = nearLogo
		}
		if near, ok := c.ctx.Others.Near[d.Picture]; ok && d.Picture != "" && near.Distance <= within {
			results = append(results, c.on(result(check, Warn, "papers.near", "", "ref", near.Ref, "bits", strconv.Itoa(near.Distance)), i))
		}
	}
	if results == nil {
		results = append(results, result(check, Pass, "papers.own", "", "count", strconv.Itoa(c.ctx.Others.Compared)))
	}
	return results
}
