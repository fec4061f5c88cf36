package moderation

import "time"

// Policy is a rule that a decision can rest on. Policies are data with a source
// and a date, kept by leads.
type Policy struct {
	Code        string            // "2.1"
	Kind        Kind              // which cases it speaks of
	Verdicts    []Verdict         // which verdicts may rest on it
	Title       map[string]string // by language: "en", "zh"
	Message     map[string]string // the message to the applicant or author, by language; {placeholders} must be filled
	NeedsReason bool              // the person concerned must be told why
	Source      string            // where the rule comes from
	Since       time.Time
	Active      bool // false: retired, and no new decision may rest on it
}

// Grounds reports whether a verdict may rest on the policy.
func (p Policy) Grounds(k Kind, v Verdict) bool {
	if p.Kind != k {
		return false
	}
	for _, own := range p.Verdicts {
		if own == v {
			return true
		}
	}
	return false
}
