package moderation

import (
	"slices"
	"strconv"
	"time"

	"cinnabar/assets"
)

// CheckContext is what checks need to know beside the application itself.
type CheckContext struct {
	// Now is the database's clock in the platform's time zone: a paper is valid
	// through its last day there.
	Now    time.Time
	Others Others
}

// Others is what is known of other applicants, for the checks that compare.
// With Compared at 0 nobody was asked, and those checks do not apply.
type Others struct {
	Compared int                     // how many other applications were looked at
	Pictures map[assets.ID]string    // pictures of this application that another handed in, with its ref
	Near     map[assets.ID]NearPaper // pictures of this application that look like another's of the same kind
	Names    []OtherName             // account and brand names in use, and marks by others
}

// NearPaper is another applicant's paper that looks like one of this application.
type NearPaper struct {
	Ref      string
	Distance int // bits of 256 in which their fingerprints differ
}

// OtherName is a name that belongs to somebody else.
type OtherName struct {
	Text string
	Ref  string
}

// Check puts an application to every check that can be made from what was handed
// in, in the order a moderator goes through them: who they are, what they may
// trade in, whose mark it is, which papers there are, what they call themselves.
// It asks no register and opens no picture.
//
// Every check answers, with NotApplicable where it has nothing to say; some
// answer once per paper or letter.
func Check(a Application, ctx CheckContext) []CheckResult {
	c := checker{app: a, ctx: ctx}
	return slices.Concat(
		c.identity(),
		c.trade(),
		c.mark(),
		c.papers(),
		c.account(),
	)
}

// Worst is the gravest outcome among results: Fail, then Warn, then Pass;
// NotApplicable for none.
func Worst(results []CheckResult) Outcome {
	worst := NotApplicable
	for _, r := range results {
		switch {
		case r.Outcome == Fail:
			return Fail
		case r.Outcome == Warn:
			worst = Warn
		case r.Outcome == Pass && worst == NotApplicable:
			worst = Pass
		}
	}
	return worst
}

// checker carries what all checks of one application read.
type checker struct {
	app Application
	ctx CheckContext
}

// result is one about no paper. pairs are argument names and values in
// turn, as in the table of check codes.
func result(check string, o Outcome, detail, field string, pairs ...string) CheckResult {
	r := CheckResult{Check: check, Outcome: o, Detail: detail, Field: field, Document: -1}
	if len(pairs) > 0 {
		r.Args = make(map[string]string, len(pairs)/2)
		for i := 0; i+1 < len(pairs); i += 2 {
			r.Args[pairs[i]] = pairs[i+1]
		}
	}
	return r
}

// on places a result on a paper, at the box of a field where that was read.
func (c checker) on(r CheckResult, document int, fields ...string) CheckResult {
	r.Document = document
	if document < 0 {
		return r
	}
	for _, name := range fields {
		if f, ok := c.read(document, name); ok {
			r.Box = f.Box
			break
		}
	}
	return r
}

// paper returns the index of the nth document of a kind, -1 for none.
func (c checker) paper(kind DocumentKind, nth int) int {
	for i, d := range c.app.Documents {
		if d.Kind == kind {
			if nth == 0 {
				return i
			}
			nth--
		}
	}
	return -1
}

// read returns what stands in a field of a paper.
func (c checker) read(document int, name string) (Field, bool) {
	if document < 0 || document >= len(c.app.Documents) {
		return Field{}, false
	}
	for _, f := range c.app.Documents[document].Fields {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

// soonDays is how long a paper must still be valid to pass without a remark:
// comparable platforms ask for three months (secondary source, 2026-03).
const soonDays = 90

// validity judges the last day of a paper or letter.
func (c checker) validity(check string, until Date, field string) CheckResult {
	if until == LongTerm {
		return result(check, Pass, "validity.long_term", field)
	}
	end, ok := until.Time()
	if !ok {
		return result(check, Warn, "validity.unknown", field)
	}
	days := c.daysUntil(end)
	left := []string{"until", string(until), "days", strconv.Itoa(days)}
	switch {
	case days < 0:
		return result(check, Fail, "validity.over", field, "until", string(until), "days", strconv.Itoa(-days))
	case days < soonDays:
		return result(check, Warn, "validity.soon", field, left...)
	}
	return result(check, Pass, "validity.good", field, left...)
}

// daysUntil counts calendar days from today; 0 is today, negative is past.
func (c checker) daysUntil(day time.Time) int {
	y, m, d := c.ctx.Now.Date()
	today := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	return int(day.Sub(today) / (24 * time.Hour))
}
