package campaigns

import (
	"time"

	"cinnabar/assets"
	"cinnabar/internal/money"
	"cinnabar/moderation"
)

// Unknown stands for a share that nobody measured.
const Unknown = -1.0

// KOL is a creator as the platform and imported files describe them: big names
// and micro-influencers alike.
type KOL struct {
	ID        string // the platform's id of the author, as moderation.Author.ID
	Handle    string
	Category  string   // a code: "beauty", "travel", …; see Fields
	Region    string   // where they live, ISO 3166 alpha-2
	Languages []string // BCP 47
	About     string
	Followers int
	Joined    moderation.Date
	Growth    []int // followers at the end of each of the last weeks, oldest first; at most 26
	// Daily speaks of notes that nobody paid for, Paid of paid ones; never mixed,
	// because readers answer to the two differently.
	Daily, Paid Engagement
	Audience    Audience
	Authentic   float64 // share of followers that look like people; Unknown where not measured
	Picture     assets.ID
	Quotes      []Quote // those that hold today, by format
	Record      Record
	Updated     time.Time
	Extra       map[string]any // unknown fields of the file, kept and shown
}

// Engagement is what an ordinary note of a kind gets: medians over Notes notes.
type Engagement struct {
	Notes                                 int
	Views, Likes, Saves, Comments, Shares int
}

// Audience is whom a KOL reaches, as shares of those whose trait is known. A key
// that is missing is not known.
type Audience struct {
	Measured int                // people behind the figures
	Age      map[string]float64 // by band: "-17", "18-24", "25-34", "35-44", "45-"
	Gender   map[string]float64 // "f", "m"
	City     map[string]float64 // by tier of city: "1", "new1", "2", "3", "4-"
	Abroad   float64            // share outside the mainland; Unknown where not measured
}

// Format is the form of a post that is ordered.
type Format string

// The formats.
const (
	PictureNote Format = "picture"
	VideoNote   Format = "video"
	Live        Format = "live"
)

// Formats lists them in the order screens show them.
func Formats() []Format { return []Format{PictureNote, VideoNote, Live} }

// Quote is what a KOL asks for one post, before the platform's service fee.
type Quote struct {
	Format Format
	Fee    money.Fen
	From   moderation.Date
	To     moderation.Date // the last day it holds; "" without an end
}

// Record is what moderation knows of an author: the evidence of what a KOL costs
// in risk.
type Record struct {
	Posts    int // posts known here
	Declared int // of these, declared or found labelled
	Paid     int // of these, paid: declared, or found to need a label
	Breaches int // "needs its label" in the last 365 days that stand
	Open     int // cases that wait now
}

// Sort is the order of a page of the directory. The KOL's id breaks ties.
type Sort string

// The orders.
const (
	ByFollowers  Sort = "followers" // most first; the usual order
	ByEngagement Sort = "engagement"
	ByFee        Sort = "fee" // cheapest first, in the first format asked for
	ByGrowth     Sort = "growth"
	ByRisk       Sort = "risk" // safest first
)

// KOLQuery narrows the directory. Zero values ask for nothing; every one that is
// set must hold.
type KOLQuery struct {
	Search        string // part of handle, id or about
	Categories    []string
	Tiers         []string // codes; see Tiers
	Regions       []string
	Formats       []Format // there is a quote that holds today
	FeeTo         money.Fen
	FollowersFrom int
	FollowersTo   int
	EngagedFrom   float64 // rate of daily notes; see Engagement.Rate
	AuthenticFrom float64
	Age           string // a band, of which the audience must have Share
	Gender        string
	City          string
	Share         float64 // what Age, Gender and City ask for; .3 when zero
	AbroadFrom    float64
	Clean         bool // no breach in 365 days and no open case
	Rising        bool // see Rising
	Shortlist     string
	Sort          Sort
	After         string // Next of the page before
	Limit         int    // 50 when zero, at most 200
}

// KOLPage is a page of the directory.
type KOLPage struct {
	KOLs  []KOL
	Total int  // that fit the query, counted up to 10,000
	More  bool // there are more than Total
	Next  string
}

// Shortlist is a list of KOLs that a team shares. Those tied to its brand see it.
type Shortlist struct {
	ID      string
	Brand   string
	Name    string
	KOLs    []string // ids, in the order they were put
	By      string
	Version int // moves with every change
	Updated time.Time
}

// KOLNote is what a marketer wrote about a KOL for colleagues of the same brand.
type KOLNote struct {
	Brand, KOL, By, Text string
	At                   time.Time
}

// Person is one reader in the audiences that are known one by one. Traits are as in
// Audience, "" where not known.
type Person struct {
	ID     string // as the file has it; a pseudonym of the platform's
	Age    string
	Gender string
	City   string
	Abroad bool
	Weight float64 // what reaching them is worth besides; 1 in most files
}

// Following says who follows whom, for the choice of KOLs: KOLs[i] is followed by
// the people of People[n] for every n of Of[i].
type Following struct {
	People []Person
	KOLs   []string
	Of     [][]uint32
}
