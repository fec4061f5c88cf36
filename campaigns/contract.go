package campaigns

import (
	"time"

	"cinnabar/assets"
	"cinnabar/internal/money"
	"cinnabar/moderation"
)

// ContractState is where a contract with a KOL stands.
type ContractState string

// The states. Agreed terms above a sum wait for a second person before they are
// signed; a signed contract is only ended, never changed.
const (
	ContractDraft  ContractState = "draft"
	OfferMade      ContractState = "offered"   // the brand's offer is with the KOL
	CounterMade    ContractState = "countered" // the KOL's is with the brand
	Agreed         ContractState = "agreed"
	Signed         ContractState = "signed"
	ContractEnded  ContractState = "ended"
	ContractCalled ContractState = "called_off" // before it was signed
)

// ContractMove is what takes a contract on; see ContractMoves.
type ContractMove string

// The moves of a contract.
const (
	MakeOffer      ContractMove = "offer"
	CounterOffer   ContractMove = "counter"
	Accept         ContractMove = "accept"
	Endorse        ContractMove = "endorse" // the second person, above the sum
	Sign           ContractMove = "sign"
	EndContract    ContractMove = "end"      // needs words
	CancelContract ContractMove = "call_off" // needs words
)

// Contract is one agreement with one KOL for one line of an approved campaign.
type Contract struct {
	ID         string
	Ref        string // "C-0007", for people
	Campaign   string
	Brand      string
	Line       string // id in the campaign's chosen scenario
	KOL        string // id
	Handle     string
	State      ContractState
	Version    int // moves with every change; each version is kept
	Brief      Brief
	Terms      Terms
	Rounds     []Round // offers and counter-offers, oldest first
	CreatedBy  string
	EndorsedBy string // the second person, once there is one
	SignedAt   time.Time
	Updated    time.Time
}

// Brief is what a post has to say, may not say, and how it is disclosed.
type Brief struct {
	Product      string
	MustSay      []string
	MustNot      []string
	Jurisdiction string // a code of Disclosures
	Disclosure   string // the wording that must stand in the post; see Disclosures
	Creative     []assets.ID
	Words        string
}

// Terms are what is paid and what is delivered.
type Terms struct {
	Fee          money.Fen  // the KOL's, before the service fee
	ServiceFee   money.Rate // on top, the brand's
	Deliverables []Deliverable
	UsageDays    int // how long the brand may use the post elsewhere; 0 not at all
	UsageWhere   string
}

// Deliverable is one post that is owed, or several alike. A window is where it
// must be published; both days belong to it.
type Deliverable struct {
	ID       string
	Format   Format
	Count    int
	From, To moderation.Date
	Planned  moderation.Date // the day in the calendar, within the window
	Link     string          // where its readers are sent, with UTM parameters
	Code     string          // what a reader types in a shop
	Post     string          // the platform's id once it is published
}

// Round is one offer or counter-offer.
type Round struct {
	At     time.Time
	By     string // a login; "" for what the KOL answered, which By's brand typed in
	Counts bool   // true for the KOL's counter-offer
	Fee    money.Fen
	Words  string
}
