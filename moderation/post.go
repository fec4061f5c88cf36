package moderation

import (
	"time"

	"cinnabar/assets"
)

// Post is one note of the platform, as its reader sees it.
type Post struct {
	ID       string
	Lang     string // BCP 47 as given, e.g. "zh-Hans"; "" when not said
	Title    string
	Body     string
	Posted   time.Time // zero when the platform did not say
	Declared bool      // the platform's own commercial flag
	Links    []string
	Pictures []PostPicture
	Videos   []PostVideo
	// PictureCount and VideoCount are what the platform says, which may be more
	// than was handed in.
	PictureCount, VideoCount       int
	Likes, Saves, Shares, Comments int
	CommentTexts                   []Comment
	Author                         Author
	Brand                          string // the brand it names, where the platform knows
	// Label is the truth in labelled sets, nil elsewhere. It is never a feature.
	Label *bool
	Extra map[string]any // unknown fields, kept and shown
	// Revision counts the contents that came under this ID, from 1; 0 for a post
	// that does not come from the store. A score speaks of one revision.
	Revision int
}

// PostPicture is a picture of a post: what it was called and, if the file came
// along, which picture it is.
type PostPicture struct {
	Name string
	ID   assets.ID
	// Codes are the texts of the QR codes that were read in it; nil also where nobody
	// has looked.
	Codes []string
	// Others counts the other authors of whose posts it is known that they show the very
	// same file; 0 also where nobody has looked.
	Others int
}

// PostVideo is a video of a post: what it was called and, where somebody could open it,
// what it is and some of its frames. The film itself is not kept.
type PostVideo struct {
	Name          string
	Kind, Codec   string // as decode.Video has them; "" where it could not be opened
	Length        time.Duration
	Width, Height int          // pixels, upright
	Frames        []VideoFrame // in their order; the first is where it begins
}

// VideoFrame is one moment of a video as a picture.
type VideoFrame struct {
	At time.Duration // from the beginning
	ID assets.ID
}

// Comment is a reader's remark under a post.
type Comment struct {
	Author string `json:"author"`
	Text   string `json:"text"`
	Pinned bool   `json:"pinned"`
}

// Author is who posted.
type Author struct {
	ID          string
	Handle      string
	Followers   int
	Following   int
	Posts       int
	PostsPerDay float64
	Joined      time.Time // zero when not known
}

// AuthorHistory is what is known of an author besides the post at hand.
type AuthorHistory struct {
	Posts     int // posts known here
	Declared  int // of these, declared or found labelled
	Breaches  int // decisions "needs a label" in the last 365 days that stand
	TopBrand  string
	TopShare  float64 // share of the last 30 days' posts that name TopBrand, 0…1
	PerWeek   []int   // posts in each of the last 12 weeks, oldest first
	LatestIDs []string
}

// PostOutcome is what came of the review of a post.
type PostOutcome string

// The outcomes of a post.
const (
	PostOpen          PostOutcome = "open"
	PostLabelRequired PostOutcome = "label_required"
	PostCleared       PostOutcome = "cleared"
)

// Scored is what a scan says of one post, ready to be kept.
type Scored struct {
	Post       string
	Revision   int     // of the post that was scored, as it was handed out
	Model      string  // version of the model that said so
	Commercial float64 // 0…1; calibrated only if the model is
	Disclosure string  // "none", "ambiguous", "buried" or "adequate"
	Flag       bool    // commercial, not adequately disclosed and not declared
	Evidence   []Evidence
}

// Tally counts what an import did. Came rows are new, Changed ones differ from
// what was there, Stood ones were there already, Refused ones stayed out.
type Tally struct {
	Came    int `json:"came"`
	Changed int `json:"changed"`
	Stood   int `json:"stood"`
	Refused int `json:"refused"`
}
