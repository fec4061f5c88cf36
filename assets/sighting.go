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
	ID    string // what opens the place: of the post, the application, the campaign, the KOL
	Ref   string // what people call it, e.g. "A-0412"; the ID where it has no name
	By    string // whose it is: an author's handle or id, a brand
	At    time.Time
	First bool // the earliest of all sightings that are known, hidden ones included

	// Shown tells whether this person may open the picture, and not just hear of it.
	Shown bool
}
