package assets

// Verdict is what a check says of a picture in a slot.
type Verdict string

const (
	OK         Verdict = "ok"
	Lost       Verdict = "lost"
	CannotTell Verdict = "cannot_tell"
)

// Measured is what the pixels under a region say. Whoever has the pixels fills it in
// (assets/inspect); the check compares it with its limits. A zero field was not measured.
type Measured struct {
	// Contrast is the WCAG contrast ratio (1 to 21) of the region's writing against what
	// lies under it, at the 5th percentile.
	Contrast float64
	// Sharpness is the variance of the Laplacian over the region, the picture at 640 px.
	Sharpness float64
}

// Subject of a check: a picture, what is known of it, and what matters in it.
type Creative struct {
	Width, Height int   // pixels, upright
	Bytes         int64 // of the file; 0 if unknown
	Regions       []Region
	Measured      map[string]Measured // by the region's name
	Codes         int                 // QR codes found
}

// Finding is one reason of a verdict.
type Finding struct {
	Code    string            `json:"code"`             // e.g. "region_cut"; words has its sentence
	Region  string            `json:"region,omitempty"` // name of the region that it is about
	Verdict Verdict           `json:"verdict"`          // what this reason alone would lead to
	Args    map[string]string `json:"args,omitempty"`
}

// Kept is how much of a region stays visible in a slot.
type Kept struct {
	Name string  `json:"name"`
	Kept float64 `json:"kept"` // 0 to 1, after cut, round mask and safe zones
}

// Check is what becomes of a creative in one slot.
type Check struct {
	Slot     SlotID    `json:"slot"`
	Crop     Box       `json:"crop"` // pixels of the upright picture
	Regions  []Kept    `json:"regions"`
	Verdict  Verdict   `json:"verdict"`
	Findings []Finding `json:"findings"`
}
