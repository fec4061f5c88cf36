package assets

import "time"

// Place is a kind of place where a picture was seen.
type Place string

const (
	InPost        Place = "post"
	InApplication Place = "application" // among an applicant's papers, of any version
	InContract    Place = "contract"    // a creative of a campaign
	InPortrait    Place = "kol"
)

// Sighting is one place where a picture, or one that looks like it, was seen.
//
// That none is found does not say that a picture is original: what was cut freely, turned
// or painted over escapes.
type Sighting struct {
	Picture  ID   // the one seen there; the picture itself where it is there unchanged
	Same     bool // byte for byte
	Distance int  // bits of 256 in which the two differ where they are nearest; 0 when Same
	Mirrored bool // one shows the other as in a mirror
	Cut      bool // one is a part of the other

	Place Place
	ID    string // what opens the place: of the post, the application, the creative, the KOL
	Ref   string // what people call it, e.g. "A-0412", or a creative's file; the ID where it has no name
	By    string // whose it is: an author's handle or id, a brand
	At    time.Time
	First bool // no earlier one is known: to a marketer of those that they are told of, to others of all

	// Shown tells whether this person may open the picture, and not just hear of it.
	Shown bool
}

// Look is what was found when a picture was looked at in the background.
type Look struct {
	Picture ID
	At      time.Time // zero: nobody has looked yet
	// Failed is the code of the fault that kept it from being opened, "" otherwise.
	Failed  string
	Quality int // of its fingerprint, 0 to 100; below 50 it is not compared with others
	Codes   []Code
}

// Code is a QR code that could be read in a picture.
type Code struct {
	Text string `json:"text"` // what is in it, as UTF-8
	Box  Box    `json:"box"`  // pixels of the upright picture
}
