package views

import (
	"context"

	"cinnabar/moderation"
)

// Rulebooks is what the detector's page asks of the rules that leads write. before is
// the Version of the draft that the person saw, nil for one that is new. A fault of code
// RuleChanged says that it stands no more.
type Rulebooks interface {
	List(ctx context.Context) ([]moderation.Rulebook, error) // newest first
	Save(ctx context.Context, request string, before *int, book moderation.Rulebook) (moderation.Rulebook, error)
	Move(ctx context.Context, request string, number, version int, to moderation.RulebookState, replay *moderation.Replay, reason string) error
}

// Replayer tries rules that are in force nowhere yet. Both take a while: progress is
// called with the posts done so far, from any goroutine, and they end soon after ctx.
type Replayer interface {
	// Replay judges the posts that people have decided on by the rules, and beside it
	// (Replay.Live) by those in force.
	Replay(ctx context.Context, rules []moderation.DetectorRule, progress func(done, total int)) (moderation.Replay, error)
	// Preview looks for what the rules hit in posts of the last PreviewDays.
	Preview(ctx context.Context, rules []moderation.DetectorRule, progress func(done, total int)) (Preview, error)
}

// PreviewDays is how far back a preview looks, PreviewHits how many hits it shows at most.
const (
	PreviewDays = 30
	PreviewHits = 200
)

// Preview is what rules would have done with the posts of the last days, or with a
// sample of them.
type Preview struct {
	Posts        int            // looked at
	FlaggedNow   int            // of these, by the rules in force
	FlaggedThen  int            // of these, by the rules that are tried
	NewlyFlagged int            // by these, and not by those in force
	NoLonger     int            // the other way round
	ByRule       map[string]int // posts that each of the lead's rules hits; more than Hits shows
	Hits         []PreviewHit   // of the lead's rules; newly flagged posts first
}

// PreviewHit is one place where a lead's rule finds something.
type PreviewHit struct {
	Post         moderation.Post
	Rule         string
	Field        string          // "title", "body" …, as in Evidence
	Span         moderation.Span // in runes of that field
	Text         string          // the words found
	NewlyFlagged bool            // the post is flagged by these rules and not by those in force
}
