package assets

import "strings"

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

// Kinds lists the kinds in the order in which a crop tries to keep them: a post without
// its label breaks the rules, one without its headline is only less good.
func Kinds() []RegionKind { return []RegionKind{Label, Face, Logo, Headline, Subject, Text} }

// kindWords are the names that people who write Chinese give the kinds.
var kindWords = map[string]RegionKind{
	"广告标识": Label, "标识": Label, "人脸": Face, "标志": Logo, "商标": Logo, "标题": Headline, "主体": Subject, "文字": Text,
}

// KindOf reads the kind out of a region's name as people give them: "label", "face-2",
// "logo 3", "标题". Any other name ("bottle") is a subject, what the picture is about.
func KindOf(name string) RegionKind {
	word := strings.ToLower(strings.TrimRight(name, "0123456789-_ "))
	for _, k := range Kinds() {
		if word == string(k) {
			return k
		}
	}
	if k, known := kindWords[word]; known {
		return k
	}
	return Subject
}

// Region is a part of a picture that matters.
type Region struct {
	Name string     `json:"name"` // unique within its picture; the kind's own name unless there are several
	Kind RegionKind `json:"kind"`
	Box  Box        `json:"box"` // pixels of the upright picture
	// Confirmed regions were drawn or agreed to by a person; others were only found by
	// a detector, and no verdict rests on one alone.
	Confirmed bool `json:"confirmed"`
}
