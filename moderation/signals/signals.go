// Package signals looks for what is worth a person's eye beside the question whether
// a post is an advert: reviews that say nothing, praise from a mould, figures of an
// author that do not fit together, comments that answer themselves.
//
// Each signal stands by itself, with its own reasons, and none is ever added to the
// score or the flag of package disclosure: an honest fan may write thin reviews, and an
// advert may come from an author whose followers are all real. What an author offers in
// a pinned comment is disclosure's to find. Thresholds are set by hand, in signals.json.
package signals

import (
	"time"

	"cinnabar/moderation"
	"cinnabar/moderation/rings"
)

// Kind is what a signal is about.
type Kind string

// The signals.
const (
	Thin      Kind = "thin"      // a review without what the community asks for
	Templated Kind = "templated" // praise that would fit every product
	Followers Kind = "followers" // figures of an author as those have who bought followers
	Answers   Kind = "answers"   // comments asked and answered by the same hands
)

// Kinds lists the signals in the order in which Judge answers.
func Kinds() []Kind { return []Kind{Thin, Templated, Followers, Answers} }

// Level says how much a signal says.
type Level string

// The levels. CannotTell means that too little is known, which is not None.
const (
	CannotTell Level = "cannot_tell"
	None       Level = "none"
	Some       Level = "some"
	Strong     Level = "strong"
)

// Levels lists the levels.
func Levels() []Level { return []Level{CannotTell, None, Some, Strong} }

// Say is one plain reason: a code, whose sentence is in words, and its figures.
type Say struct {
	Code string
	Args map[string]string
}

// Signal is what was found of one kind.
type Signal struct {
	Kind  Kind
	Level Level
	Score float64 // 0…1, by which Level is chosen; 0 where nothing can be told
	// Findings are what was seen, with its place where it is in the text. Their weight
	// is 0: no signal is part of a score.
	Findings []moderation.Finding
	Missing  []string // Thin: details that are not there, as in Details
	Says     []Say
}

// Engagement is what came of one of an author's posts.
type Engagement struct {
	Posted                         time.Time
	Likes, Saves, Shares, Comments int
}

// Context is what is known besides the post.
type Context struct {
	Now     time.Time // by the database's clock; zero leaves out what depends on it
	History moderation.AuthorHistory
	Recent  []Engagement // of the author's latest posts, this one too if it has been seen
	// Like are posts of others that an index of package rings found for this one.
	Like  []*rings.Reading
	Known rings.Known
}

// Details lists what a review may say, in the order in which what is missing is named.
func Details() []string {
	return []string{"when", "where", "what", "used", "price", "drawback", "compared", "picture"}
}

// Rules lists every rule that can stand in a finding.
func Rules() []string {
	var all []string
	for _, d := range Details() {
		all = append(all, "detail."+d)
	}
	return append(all, "stock.praise", "stock.slot", "stock.copied",
		"followers.engagement", "followers.following", "followers.growth", "followers.flat", "followers.silent", "followers.few_posts", "followers.round", "followers.burst",
		"answers.author", "answers.same", "answers.chorus")
}

// Says lists every reason that a signal can give, with the names of its figures, so
// that a catalogue can be tested for completeness.
func Says() map[string][]string {
	return map[string][]string{
		"thin.no_review": nil,
		"thin.missing":   {"missing", "asked"},
		"thin.nothing":   nil,

		"templated.none":  nil,
		"templated.empty": nil,
		"stock.praise":    {"count", "density"},
		"stock.slot":      {"brand"},
		"stock.copied":    {"authors"},

		"followers.unknown":    {"followers"},
		"followers.fine":       {"asked"},
		"followers.engagement": {"posts", "mean", "followers", "percent"},
		"followers.silent":     {"posts", "likes", "comments"},
		"followers.flat":       {"posts", "likes", "percent"},
		"followers.following":  {"following", "followers"},
		"followers.growth":     {"days", "followers", "perday"},
		"followers.few_posts":  {"posts", "followers"},
		"followers.round":      {"weeks", "posts"},
		"followers.burst":      {"posts", "median"},

		"answers.unknown": nil,
		"answers.none":    {"comments"},
		"answers.author":  {"count"},
		"answers.same":    {"count"},
		"answers.chorus":  {"people"},
	}
}

// Judge looks for every signal in a post; one answer for each, in the order of Kinds.
func Judge(p moderation.Post, c Context) []Signal {
	r := standard()
	t := read(p)
	return []Signal{r.thin(p, t), r.templated(p, t, c), r.followers(p, c), r.answered(p)}
}

// level puts a score between the signal's bounds.
func (r *rules) level(s *Signal) {
	bounds := r.levels[s.Kind]
	s.Score = min(1, s.Score)
	switch {
	case s.Score >= bounds.Strong:
		s.Level = Strong
	case s.Score >= bounds.Some:
		s.Level = Some
	default:
		s.Level = None
	}
}

func (s *Signal) say(code string, args ...string) {
	say := Say{Code: code}
	for i := 0; i+1 < len(args); i += 2 {
		if say.Args == nil {
			say.Args = map[string]string{}
		}
		say.Args[args[i]] = args[i+1]
	}
	s.Says = append(s.Says, say)
}
