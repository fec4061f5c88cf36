package moderation

// Finding is what a detector or a check returns: what it saw, where, and how
// much that weighs. It knows no case.
type Finding struct {
	Rule   string // e.g. "link.affiliate"; the part before the first dot is its kind
	Field  string // "title", "body", "comment", "author", "link", or a form field
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
