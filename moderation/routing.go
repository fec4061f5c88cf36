package moderation

import "time"

// NamedQueue is a queue that people speak of: cases come into it by a route, and
// are to be decided within its time.
type NamedQueue struct {
	Code   string // "post.appeal"
	Kind   Kind
	Title  map[string]string // by language: "en", "zh"
	SLA    time.Duration     // from coming in to a decision; one minute to 90 days
	Active bool
}

// Route sends cases into a named queue. Routes are asked in their order and the
// first that fits decides; a case that none fits goes to the queue with the name of
// its kind. nil asks for nothing; every list that is there must name the case.
type Route struct {
	Kind       Kind
	Queue      string // code of a NamedQueue of the same kind
	Regions    []string
	Languages  []string // BCP 47 ranges: "zh" covers "zh-Hans"
	Categories []string // of brands
	Tags       []string // why a case came: Case.Tag
	ScoreFrom  *float64 // posts: from this score on, 0…1
}

// Setting is one of the few figures that an administrator may change while people
// work. Values are as Postgres reads them: "10 seconds", "Asia/Shanghai".
type Setting struct {
	Name  string
	Value string
}
