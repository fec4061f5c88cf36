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

// reused looks for the same file under another applicant. Equal bytes are the
// plainest sign; a paper that was photographed again has other bytes.
func (c checker) reused() []CheckResult {
	const check = "papers"
	if c.ctx.Others.Compared == 0 {
		return []CheckResult{result(check, NotApplicable, "papers.not_compared", "")}
	}
	var results []CheckResult
	for i, d := range c.app.Documents {
		if ref, ok := c.ctx.Others.Pictures[d.Picture]; ok && d.Picture != "" {
			results = append(results, c.on(result(check, Fail, "papers.reused", "", "ref", ref), i))
		}
	}
	if results == nil {
		results = append(results, result(check, Pass, "papers.own", "", "count", strconv.Itoa(c.ctx.Others.Compared)))
	}
	return results
}
