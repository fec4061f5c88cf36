package moderation

import (
	"time"

	"cinnabar/assets"
)

// Kind is what a case is about.
type Kind string

// The kinds of cases. The text is the database's too.
const (
	KindBrand Kind = "brand" // a brand's application to be let in
	KindPost  Kind = "post"  // a post that may be paid for and doesn't say so
)

// Stage is where a case stands on its way to being closed.
type Stage string

// The stages. Which verdict leads from which to which is in transitions.go.
const (
	StageFirst       Stage = "first"       // waits for its first opinion
	StageSecond      Stage = "second"      // approved once, waits for another person
	StageInformation Stage = "information" // waits for the applicant, not in the queue
	StageEscalated   Stage = "escalated"   // waits for a lead
	StageAppeal      Stage = "appeal"      // was closed against somebody, who objects; waits for a lead
	StageClosed      Stage = "closed"      // decided
)

// Verdict is what a person says of a case.
type Verdict string

// The verdicts on brands, on posts, and on what somebody says against a verdict.
const (
	Approve      Verdict = "approve"       // brand: let it in
	Refuse       Verdict = "refuse"        // brand: keep it out
	AskMore      Verdict = "ask"           // brand: the applicant must add something
	RequireLabel Verdict = "require_label" // post: paid, and must say so
	Clear        Verdict = "clear"         // post: fine as it is
	Escalate     Verdict = "escalate"      // either: a lead should look
	Overturn     Verdict = "overturn"      // appeal: the decision was wrong
	Uphold       Verdict = "uphold"        // appeal: the decision stands
)

// Agrees is the verdict that the case itself proposes, the one behind key A.
func (k Kind) Agrees() Verdict {
	if k == KindBrand {
		return Approve
	}
	return RequireLabel
}

// Disagrees is the verdict against what the case proposes, behind key R.
func (k Kind) Disagrees() Verdict {
	if k == KindBrand {
		return Refuse
	}
	return Clear
}

// Agrees is the verdict that the case proposes at its stage, the one behind key A:
// an appeal proposes that the decision was wrong.
func (c Case) Agrees() Verdict {
	if c.Stage == StageAppeal {
		return Overturn
	}
	return c.Kind.Agrees()
}

// Disagrees is the verdict against what the case proposes, behind key R.
func (c Case) Disagrees() Verdict {
	if c.Stage == StageAppeal {
		return Uphold
	}
	return c.Kind.Disagrees()
}

// Verdicts lists what can be said of the case at its stage, in the order screens
// show it: the one behind key A first.
func (c Case) Verdicts() []Verdict {
	if c.Stage == StageAppeal {
		return []Verdict{Overturn, Uphold}
	}
	return Verdicts(c.Kind)
}

// Case is one line of the queue: enough to choose by, not the whole file.
type Case struct {
	ID       string // UUIDv7
	Ref      string // what people call it on the telephone, e.g. "A-0412", "P-2031"
	Kind     Kind
	Target   string // id of the application or post
	Stage    Stage
	Version  int       // counts changes; a decision names the version it was made on
	Title    string    // brand name, or the post's title or first words
	Subtitle string    // brand: category code; post: author's handle
	Weight   int       // brand: 0; post: the author's followers
	Picture  assets.ID // logo or first picture; may be empty
	Tag      string    // why now: the leading evidence kind, or the stage's own tag; a code, see words
	Score    float64   // posts: 0…1, how likely paid and unlabelled; brands: 0
	Approved int       // approvals so far, by others than the applicant
	Created  time.Time
	Due      time.Time
	Holder   string    // login that has it open, "" when free
	Held     time.Time // end of the holder's lease; zero when free
	Queue    string    // code of the named queue it waits in
	For      string    // login it was handed to and waits for, "" for none
	ForUntil time.Time // from then on it is everybody's again; zero for none
	// Ring is the key of the ring that the post is in, "" for none, and RingPosts how many
	// posts that has. A queue shows a ring once, by its most urgent case.
	Ring      string
	RingPosts int
}

// HeldAt reports whether somebody has the case open at a moment of the
// database's clock.
func (c Case) HeldAt(now time.Time) bool {
	return c.Holder != "" && now.Before(c.Held)
}

// KeptFrom reports whether the case waits for somebody other than the person, at a
// moment of the database's clock: a colleague who has it open, or whom it was handed to.
func (c Case) KeptFrom(login string, now time.Time) bool {
	return c.HeldAt(now) && c.Holder != login || c.For != "" && c.For != login && now.Before(c.ForUntil)
}

// Lease is the right to decide a case until a moment. Its fence grows with
// every new lease on the case, so that a decision under an older one is refused.
type Lease struct {
	Case    string
	Fence   int64
	Until   time.Time
	Version int // of the case when it was claimed
}

// Decision is a verdict on its way to the referee. Request makes it safe to
// send again after a broken connection: the same id changes nothing twice.
type Decision struct {
	Request string // UUID, chosen by the client once per decision
	Case    string
	Fence   int64
	Version int
	Verdict Verdict
	Policy  string // code of the policy it rests on; "" where none is needed
	Reason  string // what the applicant or author is told
	Note    string // what colleagues are told
}

// Receipt is what the referee answers.
type Receipt struct {
	Decision  string // UUIDv7 of the decision
	Case      string
	Stage     Stage     // where the case stands if nothing is undone
	At        time.Time // when it was taken
	Effective time.Time // until then the same person may undo it
}

// Made is a decision that stands in a case's file.
type Made struct {
	ID        string
	Verdict   Verdict
	Stage     Stage // the stage it was made at
	By        string
	At        time.Time
	Effective time.Time
	Undone    bool
	Void      bool // an approval of papers that were handed in anew since: it counts no longer
	Policy    string
	Reason    string
	Note      string
}

// Note is a colleague's remark on a case.
type Note struct {
	By   string
	At   time.Time
	Text string
}

// Appeal is what somebody says against a decision. It is heard by people who had
// no part in the case.
type Appeal struct {
	Decision    string // that it is about
	SubmittedBy string // whose wish it is: a login, or the platform's name of an author or brand
	EnteredBy   string // login
	At          time.Time
	Words       string
}

// SkipReason says why somebody put a case aside.
type SkipReason string

// The reasons for skipping. A conflict of interest keeps the case from the person
// for good, the others for some hours.
const (
	SkipLanguage  SkipReason = "language"  // written in what they don't read
	SkipKnowledge SkipReason = "knowledge" // needs to know a trade that they don't
	SkipConflict  SkipReason = "conflict"  // they know somebody whom it concerns
	SkipWellbeing SkipReason = "wellbeing" // they would rather not look at this
	SkipOther     SkipReason = "other"     // said in words
)

// SkipReasons lists the reasons in the order screens show them.
func SkipReasons() []SkipReason {
	return []SkipReason{SkipLanguage, SkipKnowledge, SkipConflict, SkipWellbeing, SkipOther}
}

// File is everything known of a case beside its subject.
type File struct {
	Case     Case
	Evidence []Evidence
	Made     []Made // oldest first; a first opinion is left out for whoever must give the second blind
	Hidden   int    // how many opinions were left out so
	Notes    []Note
	Appeals  []Appeal // oldest first
}

// QueueQuery asks for a page of a queue.
type QueueQuery struct {
	Kind   Kind
	Stage  Stage  // "" means every stage that waits for somebody here
	Tag    string // "" means all
	Named  string // code of a named queue; "" means all
	Mine   bool   // only what was handed to the person who asks
	Rings  bool   // only posts that are in a ring
	Search string // matches title, subtitle and ref; "" means all
	After  string // Cursor of the page before; "" starts at the front
	Limit  int    // 1 to 200
}

// QueuePage is a page of a queue, most urgent first.
type QueuePage struct {
	Cases []Case
	Next  string    // cursor of the next page; "" at the end
	Now   time.Time // the database's clock when the page was read
}

// QueueCounts are the figures beside a queue.
type QueueCounts struct {
	Waiting int
	DueSoon int // due within the hour or late
	Stages  map[Stage]int
	Tags    map[string]int
	Named   map[string]int // by named queue, of Waiting
	Mine    int            // handed to the person who asks
	Rings   int            // of which a post waits; each is one row of the queue
	More    bool           // the queue is longer than what was counted
}
