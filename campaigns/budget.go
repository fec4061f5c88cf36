package campaigns

import (
	"time"

	"cinnabar/internal/money"
	"cinnabar/moderation"
)

// EntryKind is what happened to money.
type EntryKind string

// The kinds of entry. A hold keeps committed money back, as while a post's label
// is missing; paying takes from what is committed. A reversal undoes exactly one
// entry and may not be reversed itself.
const (
	Commit  EntryKind = "commit"
	Hold    EntryKind = "hold"
	Release EntryKind = "release"
	Pay     EntryKind = "pay"
	Reverse EntryKind = "reverse"
)

// Entry is one line of a campaign's ledger. It is never changed and never deleted.
type Entry struct {
	ID       string
	Line     string // of the chosen scenario
	Contract string // "" where there is none
	Kind     EntryKind
	Amount   money.Fen // positive; a reversal has the amount of what it reverses
	Reverses string    // id, for reversals
	Day      moderation.Date
	At       time.Time
	By       string
	Words    string
}

// Balance is the money of one line, or of all. Planned includes the service fee.
// Committed is what is promised, of which Held is kept back and Paid has gone.
type Balance struct {
	Planned, Committed, Held, Paid money.Fen
}
