// Package reach chooses offers of KOLs under a budget so that the most people are
// reached, each counted once, and says how far from the best possible the answer is
// at most.
//
// The problem is budgeted maximum coverage with one offer a KOL, quotas, must-haves
// and a frequency. It can't be solved exactly at every size, so the answer grows
// better while it runs, and beside it stands an upper bound that is proved: no choice
// within the same constraints reaches more. How both are found, and measured figures,
// are in docs/reach.md.
//
// Plain Go: no database, no screen, nothing of what a plan is besides these numbers.
package reach

import (
	"time"

	"cinnabar/internal/money"
)

// Offer is one KOL in one format at one price.
type Offer struct {
	ID  string // unique in a problem
	KOL string // at most one offer of each KOL is chosen
	// Tags are what quotas speak of: a tier, a category, a format. Twice is once.
	Tags []string
	// Cost is what the offer takes from the budget, service fee included.
	Cost money.Fen
	// Risk is the reach that is expected to be lost with this offer, in units of the
	// weights (people, when Weights is nil): the chance of trouble times what the
	// trouble would cost. It is taken off what the offer adds; 0 or more.
	Risk float64
	// Audience holds the indices of the people, or of classes of people, who see it.
	// In any order; twice is once.
	Audience []uint32
}

// Quota bounds how many of the chosen offers carry a tag.
type Quota struct {
	Tag   string
	Least int
	Most  int // 0 is no limit
}

// Problem is what there is to choose from and within which limits.
type Problem struct {
	Offers []Offer
	// Weights has the worth of each audience index, 0 or more; nil is 1 each.
	Weights []float64
	Budget  money.Fen
	Quotas  []Quota
	// Must and Never name offers or KOLs. A KOL that must be there comes with one of its
	// offers. A name that is both an offer's and a KOL's means the offer.
	Must, Never []string
	// Frequency is by how many of the chosen somebody has to be reached to count; 0 is 1.
	Frequency int
}

// Options say how long and how hard to look. The zero value looks for a second on
// all cores.
type Options struct {
	// Time is how long to look, preparation included; 0 is a second. An answer that is
	// proved to be the best comes sooner.
	Time time.Duration
	// Workers is how many goroutines work; 0 is one a core.
	Workers int
	// Seed makes the search repeatable, with one worker and Rounds.
	Seed uint64
	// Rounds ends the work after so many rounds of each worker, whatever the clock
	// says; 0 is no such end.
	Rounds int
	// Progress is told of better answers and bounds, at most some twenty times a second
	// and never by two goroutines at once.
	Progress func(Answer)
}

// Pick is one chosen offer.
type Pick struct {
	Offer int // its index in Problem.Offers
	// Alone is the weight that goes when this offer goes: what nobody else in the answer
	// reaches, or with a Frequency, who would fall below it.
	Alone float64
}

// Answer is a choice that keeps every constraint.
type Answer struct {
	Picks []Pick // by what each adds alone, the most first
	Reach float64
	Risk  float64 // of the picks, summed
	// Bound is proved: no choice within the constraints has a higher Reach − Risk.
	Bound  float64
	Cost   money.Fen
	Took   time.Duration
	Proved bool // nothing better exists
}

// Net is what the chooser maximises: reach less risk.
func (a Answer) Net() float64 { return a.Reach - a.Risk }

// Gap is how far the answer can be from the best at most, as a share of what it has:
// 0.012 is 1.2 %. It is 0 for a proved answer, and +Inf while nothing is reached
// though something might be.
func (a Answer) Gap() float64 {
	if a.Bound <= a.Net() {
		return 0
	}
	return (a.Bound - a.Net()) / max(a.Net(), 0)
}
