package assets

// SlotID names a place where the platform shows a picture, e.g. "feed-3x4".
type SlotID string

// Slot is a place where a platform shows pictures, and how it cuts them for it.
// Slots are data with a source and a date, because platforms change them without a
// word; a lead edits them.
type Slot struct {
	ID       SlotID `json:"id"`
	Platform string `json:"platform"` // "red", "meta", "tiktok", "pinterest", or a lead's own
	Name     Name   `json:"name"`
	// Width and Height are the size in pixels at which the platform shows the slot
	// at its best. Their ratio is the ratio of the cut, in whole numbers and so exact.
	Width  int `json:"width"`
	Height int `json:"height"`
	// Round slots show the ellipse inside the cut and nothing else of it.
	Round bool `json:"round,omitempty"`
	// Safe is how much of each edge of the slot the platform covers with its own buttons
	// and words, in pixels at Width × Height.
	Safe     Edges  `json:"safe,omitzero"`
	MaxBytes int64  `json:"max_bytes,omitempty"` // of the file; 0 where none is known
	NoCodes  bool   `json:"no_codes,omitempty"`  // QR codes and contacts are forbidden here
	Source   string `json:"source"`              // where the figures were read
	Read     string `json:"read"`                // when, as 2006-01-02
}

// Name is a name in the languages of the studio.
type Name struct {
	EN string `json:"en"`
	ZH string `json:"zh"`
}

// Edges are margins in pixels.
type Edges struct {
	Top    int `json:"top,omitempty"`
	Bottom int `json:"bottom,omitempty"`
	Left   int `json:"left,omitempty"`
	Right  int `json:"right,omitempty"`
}
