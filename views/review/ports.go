package review

import (
	"context"
	"time"

	"cinnabar/internal/people"
	"cinnabar/moderation"
)

// Loop runs a function on the screen's thread.
type Loop interface{ Do(func()) }

// Clock is the machine's clock. AfterFunc calls f on any goroutine unless it is
// stopped first.
type Clock interface {
	Now() time.Time
	AfterFunc(d time.Duration, f func()) (stop func())
}

// Queue reads a queue and its figures.
type Queue interface {
	Page(ctx context.Context, q moderation.QueueQuery) (moderation.QueuePage, error)
	Counts(ctx context.Context, k moderation.Kind) (moderation.QueueCounts, error)
}

// Cases reads one case, and holds and decides it. request is chosen once per
// wish: asking again with the same one does nothing twice.
type Cases interface {
	File(ctx context.Context, caseID string) (moderation.File, error)
	Claim(ctx context.Context, request, caseID string) (moderation.Lease, error)
	Renew(ctx context.Context, l moderation.Lease) (moderation.Lease, error)
	Release(ctx context.Context, request string, l moderation.Lease) error
	Decide(ctx context.Context, d moderation.Decision) (moderation.Receipt, error)
	Undo(ctx context.Context, request, decisionID string) (moderation.Lease, error)
	AddNote(ctx context.Context, request, caseID, text string) error
	// Skip puts a case aside for the person who asks, until they claim it again.
	Skip(ctx context.Context, request, caseID string, why moderation.SkipReason, words string) error
	// Hand gives a case to a colleague; a lead may leave the lease's Fence 0.
	Hand(ctx context.Context, request string, l moderation.Lease, to, words string) error
	// Hands lists the logins of those whom a case may be handed to.
	Hands(ctx context.Context, caseID string) ([]string, error)
}

// Colleagues lists everybody who has a login here.
type Colleagues interface {
	List(ctx context.Context) ([]people.Person, error)
}

// Policies lists the rules that a decision can rest on.
type Policies interface {
	List(ctx context.Context) ([]moderation.Policy, error)
}

// Changes calls back, on any goroutine, when anything may have changed, until
// ctx ends.
type Changes interface {
	Watch(ctx context.Context, f func())
}

// Subjects is what a desk must know of the kind of thing that it reviews.
type Subjects[S any] interface {
	// Load reads the subject of a case.
	Load(ctx context.Context, c moderation.Case) (S, error)
	// Warm brings near what showing the subject will need, such as its pictures.
	// It is called off the screen's thread and what goes wrong there is no matter.
	Warm(ctx context.Context, s S)
	// Parties names the people whom the subject concerns.
	Parties(s S) moderation.Parties
	// Letter gives the language ("en" or "zh") in which the person concerned is
	// written to, and what the placeholders of a template stand for.
	Letter(c moderation.Case, s S) (lang string, values map[string]string)
}

// Screen is told what happened. Its methods are called on the screen's thread.
type Screen interface {
	// QueueChanged: rows, filter, figures, selection or the state of the list.
	QueueChanged()
	// ItemChanged: another item is on screen, or something of it changed.
	ItemChanged()
	// Decided: a verdict was given and can be taken back with Undo.
	Decided(s Sent)
	// Settled: what Decided announced has arrived, come back or been undone.
	Settled(s Sent)
	// Passed: the case left this hand without a verdict.
	Passed(p Passed)
	// Tell: a wish could not be fulfilled; nothing was lost.
	Tell(err error)
	// Ask: a field must be filled before the verdict can be sent.
	Ask(f Field)
}

// Field names a place where the person may have to write or choose.
type Field int

// The fields.
const (
	PolicyField Field = iota
	ReasonField
	NoteField
)

// WallClock is the machine's own clock.
type WallClock struct{}

func (WallClock) Now() time.Time { return time.Now() }

func (WallClock) AfterFunc(d time.Duration, f func()) func() {
	t := time.AfterFunc(d, f)
	return func() { t.Stop() }
}
