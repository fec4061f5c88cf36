package moderation

import (
	"strconv"
	"time"
)

// RuleKind says what a lead's rule looks for in a post.
type RuleKind string

// The kinds of rules that a lead can write.
const (
	RulePhrase     RuleKind = "phrase"     // words, matched after folding (width, case, script, disguise)
	RuleLink       RuleKind = "link"       // hosts and query parameters
	RuleExpression RuleKind = "expression" // a regular expression (RE2) on the folded text, ASCII classes only
)

// Bounds on a lead's rules: enough for any list that people keep by hand, few enough
// that no rule set can slow a scan down to where posts pile up.
const (
	MaxRules          = 500
	MaxSayings        = 2000 // phrases, hosts, parameters and expressions of a rulebook together
	MaxSaying         = 100  // runes of one of them
	MaxRuleWeight     = 5.0  // in logits, either way
	MaxBookExpression = 100  // expressions of a rulebook
)

// DetectorRule is one rule that a lead wrote: what it looks for, and how much finding
// it weighs. It is added to the rules that come with the program; where it has the name
// of one of these, it takes its place, and with Weight 0 switches it off.
type DetectorRule struct {
	Name   string   `json:"name"` // "offer.livestream": a kind, a dot, a word; a-z, 0-9 and _
	Kind   RuleKind `json:"kind"`
	Weight float64  `json:"weight"`          // share of the logit for the first hit; each further one counts half of the one before
	Say    []string `json:"say,omitempty"`   // phrases or expressions
	Hosts  []string `json:"hosts,omitempty"` // of links: "shop.example", which covers its subdomains
	Query  []string `json:"query,omitempty"` // of links: names of parameters, "*" at the end for any ending
	Note   string   `json:"note,omitempty"`  // why it is there, for whoever comes next
}

// RuleSet is what a post is judged by: rules of leads on top of a model.
type RuleSet struct {
	Base  string // the ID of a learned model; "" for the rules that come with the program
	Rules []DetectorRule
}

// RulebookState is how far a version of the rules has come.
type RulebookState string

// The states of a rulebook. Only a draft can be edited; what was once shadow or live
// never changes again. At most one draft, one shadow and one live exist.
const (
	RulebookDraft   RulebookState = "draft"   // being written
	RulebookShadow  RulebookState = "shadow"  // scores every post beside the live one; opens no case
	RulebookLive    RulebookState = "live"    // opens cases
	RulebookRetired RulebookState = "retired" // kept, because cases name it
)

// Rulebook is one version of the rules that leads write, with everything that can be
// asked about it later: who wrote it, who published it, and what it had shown by then.
type Rulebook struct {
	Number int // 1, 2, 3 …
	State  RulebookState
	Rules  []DetectorRule
	// Base is the ID of the learned model that the rules stand on; "" for the rules that
	// come with the program.
	Base      string
	Note      string // what changed, for people
	Version   int    // counts the edits of a draft, so that two leads don't write over each other
	WrittenBy string
	WrittenAt time.Time
	MovedBy   string    // who brought it to its state
	MovedAt   time.Time // zero for a draft
	Replay    *Replay   // what the last replay before it went on had shown; nil when there was none
	Reason    string    // why it went live by a worse replay, or was taken out of force
	Beside    *Beside   // what it says beside the rules in force while it is in the shadow; nil otherwise
}

// DetectorModel is a learned model that leads handed in, for rulebooks to stand on. It
// never changes.
type DetectorModel struct {
	ID         string // the SHA-256 of its file, in hexadecimal digits
	Version    string // what its scores are named by
	Calibrated bool   // its figures are frequencies on posts like those that it learned from
	Note       string // what it learned from, for people
	Bytes      int
	AddedBy    string
	AddedAt    time.Time
}

// Beside compares a rulebook in the shadow with the rules in force, over the posts that
// both have scored as they are now.
type Beside struct {
	Posts    int
	Both     int // flagged by both
	Only     int // by the one in the shadow alone
	OnlyLive int // by the rules in force alone
}

// Set is what the rulebook judges by.
func (b Rulebook) Set() RuleSet { return RuleSet{Base: b.Base, Rules: b.Rules} }

// Model is the version of a model with these rules on top: what a score and a case name.
func (b Rulebook) Model(base string) string { return base + "+r" + strconv.Itoa(b.Number) }

// Judged is a post on which people have decided, as truth for learning and replay.
type Judged struct {
	Post   Post
	Paid   bool // a decision that it needs a label; false for one that was cleared
	Random bool // came by random audit, not because a model flagged it
	At     time.Time
}

// Replay is what a rule set would have said of posts that people have decided on. Found
// counts the paid posts it flags, Wrong the honest ones, Missed the paid ones it passes.
// Random audits alone say what is missed among all posts: the rest were put before
// people because some model had flagged them already.
type Replay struct {
	Model         string
	Posts         int
	Found         int
	Wrong         int
	Missed        int
	RandomPosts   int // of these, from random audits
	RandomPaid    int
	RandomFlagged int // of RandomPaid, flagged now
	At            time.Time
	// Live is what the rules in force say of the same posts, those of the program alone
	// where no rulebook is live. A rulebook goes live against it; nil within itself.
	Live *Replay
}

// Worse reports whether a rulebook must not take over by its figures: it finds fewer
// of the paid posts than the rules in force, or a smaller part of what it flags is
// paid; or there is nothing to judge by. The database judges by the same rule.
func (r Replay) Worse() bool {
	if r.Live == nil || r.Posts == 0 {
		return true // nothing speaks for it
	}
	l := *r.Live
	return r.Found < l.Found || r.Found*(l.Found+l.Wrong) < l.Found*(r.Found+r.Wrong)
}

// Audit is what random audits and decisions on flagged posts say of the live model in
// the last days: how often a flag is right, and how many paid posts pass unseen.
type Audit struct {
	Since                 time.Time
	Flagged, FlaggedRight int // decided on because a model flagged them; of these, found paid
	Random, RandomPaid    int // decided on by random audit of posts not flagged; of these, found paid
	Posts, PostsFlagged   int // scored by the live model in that time; of these, flagged
}
