package assets

import "time"

// KeptSlot is a slot as a platform keeps it: the studio ships it, or a lead has
// written it, or both.
type KeptSlot struct {
	Slot
	Shipped bool // the studio has it from the start
	Retired bool // not checked any more
	Version int  // counts a lead's edits; 0 for one that stands as it was shipped
	By      string
	At      time.Time
}
