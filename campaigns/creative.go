package campaigns

import (
	"time"

	"cinnabar/assets"
)

// Creative is a picture of a campaign, with what matters in it and the crops that were
// chosen for the platform's slots.
type Creative struct {
	ID       string
	Campaign string
	Name     string    // of the file it came from
	Brand    string    // whose it is; the campaign's, which never changes
	Title    string    // the campaign's name, "" for whoever may not read plans
	State    State     // of the campaign, "" likewise
	Picture  assets.ID // what it is
	// Width and Height are the upright picture's, in pixels; 0 where nobody could read
	// the file. Bytes is the file's size.
	Width, Height int
	Bytes         int64
	Regions       []CreativeRegion
	Crops         map[assets.SlotID]Crop // chosen by people; a slot without one has the platform's own cut
	Dropped       bool                   // out of the campaign's list
	Version       int
	CreatedBy     string
	EditedBy      string
	Updated       time.Time
}

// CreativeRegion is a region and whose word it is.
type CreativeRegion struct {
	assets.Region
	By string // who drew or confirmed it, "" for what was only found
}

// Crop is a cut that a person chose for a slot.
type Crop struct {
	Box assets.Box // pixels of the upright picture
	By  string
	At  time.Time
}

// CreativeQuery asks for creatives. The zero value asks for all that one may see.
type CreativeQuery struct {
	Campaign string // "" for all
	Search   string // a part of the name, the campaign's or the brand's
	Dropped  bool   // those that were dropped too
}

// NewCreative is a picture on its way into a campaign; its bytes are in the studio.
type NewCreative struct {
	Picture assets.ID
	Name    string
	Regions []assets.Region
}

// ForCheck is the creative as a crop check looks at it, without what only pixels say.
func (c Creative) ForCheck() assets.Creative {
	regions := make([]assets.Region, len(c.Regions))
	for i, r := range c.Regions {
		regions[i] = r.Region
	}
	return assets.Creative{Width: c.Width, Height: c.Height, Bytes: c.Bytes, Regions: regions}
}
