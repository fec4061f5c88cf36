package campaigns

import (
	"cinnabar/moderation"
)

// Item is something with days in a calendar: a line of a plan, or a deliverable of
// a contract. One without Campaign is a post that another brand has booked, of which
// KOL, Trade and its day are all that may be known.
type Item struct {
	Campaign    string
	Name        string // of the campaign
	Brand       string
	Trade       string // category code of the brand, "" where not known; two of a trade are rivals
	State       State
	Line        string
	Contract    string // "" for a line without one
	Deliverable string
	Kind        LineKind
	Title       string
	KOL         string          // id, for posts
	From, To    moderation.Date // where it stands
	// Earliest and Latest are how far it may be moved: the contract's window, or the
	// campaign's.
	Earliest, Latest moderation.Date
	Coupon           string // a code that readers are given
	Fixed            bool   // published, or closed: it may not be moved
}

// Holiday is a stretch of the Chinese trade year.
type Holiday struct {
	Code     string // word holiday.CODE
	From, To moderation.Date
	Selling  bool // a shopping festival; else days off
	Source   string
}
