package moderation

import (
	"time"

	"cinnabar/assets"
)

// ApplicationState is where a brand's application stands.
type ApplicationState string

// The states, in the usual order. An approved application expires by time; that
// is derived where it is read.
const (
	Submitted    ApplicationState = "submitted"
	NeedsInfo    ApplicationState = "needs_information"
	SecondReview ApplicationState = "second_review"
	InEscalation ApplicationState = "escalated"
	Approved     ApplicationState = "approved"
	Rejected     ApplicationState = "rejected"
	Expired      ApplicationState = "expired"
)

// SubjectType is who applies; it cannot change during a review.
type SubjectType string

// The subject types.
const (
	Company    SubjectType = "company"
	SoleTrader SubjectType = "sole_trader"
	Overseas   SubjectType = "overseas"
)

// Date is a calendar day without a time, as printed on a paper: "2006-01-02".
// "" is not known; LongTerm is a paper that never expires (长期).
type Date string

// LongTerm is the validity of a paper without an end.
const LongTerm Date = "long-term"

// Time returns midnight UTC of the day, and false for unknown and LongTerm.
func (d Date) Time() (time.Time, bool) {
	t, err := time.Parse(time.DateOnly, string(d))
	return t, err == nil
}

// Valid reports whether the date is empty, LongTerm, or a real day.
func (d Date) Valid() bool {
	if d == "" || d == LongTerm {
		return true
	}
	_, ok := d.Time()
	return ok
}

// Application is a brand's wish to be let in, as handed in.
type Application struct {
	ID          string // the platform's own id, or a UUIDv7
	Ref         string // "A-0412"
	Version     int    // counts what the applicant handed in
	State       ApplicationState
	Subject     SubjectType
	Region      string // ISO 3166 alpha-2 of the registered seat
	BrandName   string
	AccountName string // the name the account will carry, 2 to 24 characters
	Category    string // a code: "cosmetics", "food", …; see Categories
	Contact     string // who to ask, as the applicant wrote it
	Entity      Entity
	Mark        Trademark
	Letters     []Authorisation // from the mark's owner to the applicant, in order
	Documents   []Document
	Submitted   time.Time
	SubmittedBy string // whose wish it is: a login, or the brand's own account
	EnteredBy   string // the login that typed or imported it
	Due         time.Time
	Extra       map[string]any // fields that this version does not know, kept and shown
}

// Entity is the legal person behind an application.
type Entity struct {
	USCC           string // unified social credit code; "" for overseas subjects
	Name           string
	Address        string
	Representative string
	Scope          string // business scope as on the licence
	Established    Date
	Expires        Date
}

// Trademark is the mark an account trades under.
type Trademark struct {
	Number  string
	Name    string
	Classes []int // Nice classes, 1 to 45
	Owner   string
	Status  string // "registered", "pending", …
	Expires Date
}

// Authorisation is one letter in the chain from the mark's owner to the applicant.
type Authorisation struct {
	From  string
	To    string
	Level int // 1 is given by the owner
	Until Date
}

// DocumentKind is what a paper is.
type DocumentKind string

// The kinds of papers.
const (
	Licence        DocumentKind = "licence"        // 营业执照 or a register extract
	MarkPaper      DocumentKind = "mark"           // trademark certificate
	Letter         DocumentKind = "letter"         // authorisation
	CategoryPaper  DocumentKind = "category"       // filing or licence for the category
	Logo           DocumentKind = "logo"           // the account's picture
	OtherPaper     DocumentKind = "other"          // anything else
	Representation DocumentKind = "representation" // power of attorney
)

// Document is one paper of an application.
type Document struct {
	Kind    DocumentKind
	Picture assets.ID // "" when it was named but never handed in
	Name    string    // file name as handed in
	Number  string    // e.g. the filing number on a category paper
	Issuer  string
	From    Date
	Until   Date
	Fields  []Field // what stands on the paper, as read by person or machine
}

// Field is one thing read from a paper and where it stands there.
type Field struct {
	Name string     `json:"name"` // as in Entity: "uscc", "name", "address", "representative", "scope", "expires"
	Text string     `json:"text"`
	Box  assets.Box `json:"box"` // in pixels of the upright picture; empty when not known
}

// Outcome is the result of one check.
type Outcome string

// The outcomes. Warn means "a person should look", never "refuse".
const (
	Pass          Outcome = "pass"
	Warn          Outcome = "warn"
	Fail          Outcome = "fail"
	NotApplicable Outcome = "not_applicable"
)

// CheckResult says what a check compared and what came of it.
type CheckResult struct {
	Check    string            // code, e.g. "uscc"; words has its sentence
	Outcome  Outcome           //
	Detail   string            // code of the finer reason, e.g. "uscc.checksum"; "" when the check's own sentence says it
	Args     map[string]string // for the detail's sentence
	Field    string            // form field it speaks of, "" for none
	Document int               // index into Documents of the paper compared, -1 for none
	Box      assets.Box        // where on that paper; empty when not known
}
