package assets

// RegionKind says what a region of a picture is, which decides how much of it a cut
// has to keep.
type RegionKind string

const (
	Subject  RegionKind = "subject"
	Logo     RegionKind = "logo"
	Label    RegionKind = "label" // the words that say the post is paid
	Headline RegionKind = "headline"
	Face     RegionKind = "face"
	Text     RegionKind = "text" // text-like, and nobody has said what
)

// Region is a part of a picture that matters.
type Region struct {
	Name string     `json:"name"` // unique within its picture; the kind's own name unless there are several
	Kind RegionKind `json:"kind"`
	Box  Box        `json:"box"` // pixels of the upright picture
	// Confirmed regions were drawn or agreed to by a person; others were only found by
	// a detector, and no verdict rests on one alone.
	Confirmed bool `json:"confirmed"`
}
