package moderation

import "strings"

// Finding is what a detector or a check returns: what it saw, where, and how
// much that weighs. It knows no case.
type Finding struct {
	Rule   string // e.g. "link.affiliate"; the part before the first dot is its kind
	Field  string // "title", "body", "comment", "author", "link", "picture:1" and on, or a form field
	Span   *Span  // nil where it is not in the text
	Text   string // the words themselves, as they stand in the original
	Weight float64
}

// Span is a half-open stretch of a field, in runes of the original text.
type Span struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

// Evidence is a finding that stands in a case's file.
type Evidence struct {
	Kind   string  // "code", "link", "contract" …; words has its name and colour
	Rule   string  // what found it
	Target string  // what it is about: the case's subject, or another post, contract, picture
	Field  string  // as in Finding
	Span   *Span   // as in Finding
	Text   string  // as in Finding
	Weight float64 // share of the uncalibrated logit; 0 for evidence beside the score
}

// Kind is the part of the finding's rule before the first dot.
func (f Finding) Kind() string {
	kind, _, _ := strings.Cut(f.Rule, ".")
	return kind
}

// EvidenceFrom turns findings into the evidence of a case, in the same order.
// target is what they are about, e.g. the post's id. Spans are copied, so that
// whoever found something may go on using its own.
func EvidenceFrom(findings []Finding, target string) []Evidence {
	if len(findings) == 0 {
		return nil
	}
	evidence := make([]Evidence, len(findings))
	for i, f := range findings {
		evidence[i] = Evidence{
			Kind: f.Kind(), Rule: f.Rule, Target: target,
			Field: f.Field, Text: f.Text, Weight: f.Weight,
		}
		if f.Span != nil {
			span := *f.Span
			evidence[i].Span = &span
		}
	}
	return evidence
}

// Kinds of evidence that belong to the arithmetic of a score and not to the
// subject; no case is about them.
const (
	KindIntercept = "intercept" // what the model starts from
	KindRemainder = "remainder" // the sum of what is not shown one by one
	// KindModel names, as its text, the version of the model that flagged a post.
	KindModel = "model"
)

// Leading names the kind that speaks loudest for a case, which is its tag in the
// queue; "" where nothing speaks for it. Weights of one kind count together, so
// that three small signs of one sort may outweigh one of another. At a tie the
// kind that comes first stays.
func Leading(evidence []Evidence) string {
	sums := make(map[string]float64, len(evidence))
	best := ""
	for _, e := range evidence {
		if e.Kind == KindIntercept || e.Kind == KindRemainder || e.Kind == KindModel {
			continue
		}
		sums[e.Kind] += e.Weight
	}
	for _, e := range evidence {
		if w := sums[e.Kind]; w > 0 && (best == "" || w > sums[best]) {
			best = e.Kind
		}
	}
	return best
}
