package campaigns

import (
	"time"

	"cinnabar/assets"
	"cinnabar/internal/money"
	"cinnabar/moderation"
)

// State is where a campaign stands.
type State string

// The states, in the usual order. A proposed plan that is sent back is a draft
// again; whatever is not closed may be called off, which closes it.
const (
	Draft    State = "draft"
	Proposed State = "proposed"
	Approved State = "approved"
	Running  State = "running"
	Closed   State = "closed"
)

// Move is what takes a campaign from one state to another; see Moves.
type Move string

// The moves.
const (
	Propose  Move = "propose"
	Approve  Move = "approve"
	SendBack Move = "send_back" // needs words
	Start    Move = "start"
	Close    Move = "close"
	CallOff  Move = "call_off" // needs words
)

// Goal is what a campaign is for; it says which figure leads on screen.
type Goal string

// The goals.
const (
	Awareness Goal = "awareness" // reach, CPM
	Engaging  Goal = "engagement"
	Trial     Goal = "trial" // products tried and reviewed
	Sales     Goal = "sales"
)

// Segment is whom a campaign is for. It weighs an audience: a person in it counts
// 1, others Others.
type Segment struct {
	Ages    []string // bands of Audience.Age; none asks for nothing
	Genders []string
	Cities  []string
	Abroad  bool    // readers outside the mainland, too
	Others  float64 // what somebody outside the segment is worth, 0…1
}

// Quota is how many of the chosen KOLs must, or may at most, carry a tag: a tier,
// a category, a format or a region, as "tier:micro".
type Quota struct {
	Tag         string
	Least, Most int // Most 0: no limit
}

// Wish is what a plan is asked for.
type Wish struct {
	Goal      Goal
	Segment   Segment
	Budget    money.Fen // for everything, service fee included
	From, To  moderation.Date
	Quotas    []Quota
	Must      []string // KOL ids
	Never     []string
	Frequency int     // somebody counts when reached by so many posts; 1 when zero
	Caution   float64 // reach that is given up for a whole expected breach, as a share of the KOL's audience; 0…10
}

// Campaign is one plan of one brand, whole: what is asked for, and the scenarios
// that answer it. It is saved whole or not at all.
type Campaign struct {
	ID         string
	Brand      string // name of a verified brand
	Name       string
	State      State
	Version    int // moves with every change; who saves says which one they saw
	Wish       Wish
	ServiceFee money.Rate // of the platform, on KOL fees; frozen when the campaign is made
	Scenarios  []Scenario // at least one; ids are unique in the campaign
	Chosen     string     // id of the scenario that is proposed and run
	CreatedBy  string
	ProposedBy string // the last one who proposed; "" in a draft that never was
	ApprovedBy string
	Created    time.Time
	Updated    time.Time
	Words      string // what came with the last move
}

// Scenario is one way to answer the wish.
type Scenario struct {
	ID    string
	Name  string
	Lines []Line
}

// LineKind is what a line of a plan pays for.
type LineKind string

// The kinds of line.
const (
	KOLLine       LineKind = "kol"
	GiftLine      LineKind = "gift"
	EventLine     LineKind = "event"
	TrialLine     LineKind = "trial"
	PromotionLine LineKind = "promotion"
)

// LineKinds lists them in the order screens show them.
func LineKinds() []LineKind {
	return []LineKind{KOLLine, GiftLine, EventLine, TrialLine, PromotionLine}
}

// Line is one thing a plan pays for. Exactly the part that its kind names is there.
type Line struct {
	ID       string
	Kind     LineKind
	Title    string
	From, To moderation.Date // within the campaign's window
	Cost     money.Fen       // without the service fee; for promotions see Promotion.Daily

	KOL       *KOLPost   `json:",omitempty"`
	Gift      *Gift      `json:",omitempty"`
	Event     *Event     `json:",omitempty"`
	Trial     *Trials    `json:",omitempty"`
	Promotion *Promotion `json:",omitempty"`
}

// KOLPost is a post that a KOL is asked for.
type KOLPost struct {
	KOL    string // id
	Format Format
	Handle string // as it was when the line was made
	Alone  int    // people whom nobody else in the scenario reaches; -1 not known
}

// GiftKind is what is given.
type GiftKind string

// The kinds of virtual gift.
const (
	Collectible  GiftKind = "collectible"
	AnimatedCard GiftKind = "card"
	GamingSkin   GiftKind = "skin"
)

// Gift is a virtual gift for many: its artwork, how many there are, and how many a
// person may claim within the line's window.
type Gift struct {
	Kind     GiftKind
	Artwork  assets.ID
	Editions int
	PerHead  int // claims a person
	Draw     bool
	// Transfer is whether a collectible may be passed on. Off by default: the 2022
	// initiative of the trade associations asks for no continuous trading.
	Transfer bool
}

// Event is something that happens at a place.
type Event struct {
	Place    string
	City     string
	Starts   time.Time
	Ends     time.Time
	Capacity int
}

// Trials is a product that people get to try and review; the label is required.
type Trials struct {
	Product string
	Units   int
	Worth   money.Fen // price of one unit in the shop
	Who     string    // whom it is for, in words
}

// Promotion is a small paid push to a segment, which gauges interest.
type Promotion struct {
	Segment  Segment
	Message  string
	Variant  string    // the other message of an A/B test; "" without one
	Daily    money.Fen // budget a day; the line's cost is that times its days
	Expected int       // people it is expected to show to
}

// BrandStanding is whether a brand can be planned for today, and what it carries.
type BrandStanding struct {
	Name     string
	Verified bool
	// Why a brand is not verified: "none" (never let in), "waiting", "refused",
	// "expired", "barred"; "" for a verified one.
	Why     string
	Until   moderation.Date // the last day its papers hold; "" without an end
	Account string          // the brand's account name
	// Breaches of its posts in the last 365 days that stand.
	Breaches int
	Trade    string // category code of its application, "" where not known
}

// CampaignQuery narrows the list of campaigns. Zero values ask for nothing.
type CampaignQuery struct {
	Brand  string
	States []State
	Search string
}
