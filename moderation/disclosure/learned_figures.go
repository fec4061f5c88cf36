package disclosure

import "cinnabar/moderation"

// learnedFigures are the numbers that a learned model may weigh, and whether each
// only comes with exposure and time.
var learnedFigures = map[string]bool{
	"length": false, "title": false, "lines": false, "pictures": false, "videos": false, "hashtags": false, "links": false, "addresses": false,
	"brand": false, "narrator": false, "reader": false, "brochure": false, "handles": false,
	"exclamations": false, "questions": false, "digits": false, "latin": false, "emoji": false, "commas": false, "stops": false, "bars": false,
	"likes": true, "saves": true, "shares": true, "comments": true, "posts_per_day": true, "posts": true, "followers": true,
}

// LearnedFigures lists the numbers that a model may learn to weigh; warm are those that
// only come with exposure and time.
func LearnedFigures() map[string]bool {
	out := make(map[string]bool, len(learnedFigures))
	for name, warm := range learnedFigures {
		out[name] = warm
	}
	return out
}

// shy is how many runes a rate is diluted by, so that short texts have no extreme ones.
const shy = 50

// learnedMeasures adds to the figures of the rules what only learned models weigh. It
// looks at the streams, so that labels and quotations leave no trace.
func learnedMeasures(f figures, p moderation.Post, title, body *stream, addresses int) {
	f["title"] = float64(len(title.runes))
	var bang, ask, digit, latin, emoji, comma, stop, handle float64
	for _, r := range body.runes {
		switch {
		case r >= 'a' && r <= 'z':
			latin++
		case r >= '0' && r <= '9':
			digit++
		case r == '!' || r == '！':
			bang++
		case r == '?' || r == '？':
			ask++
		case r == ',' || r == '，':
			comma++
		case r == '。':
			stop++
		case r == '@':
			handle++
		case r >= 0x2600 && r <= 0x27BF || r >= 0x1F300 && r <= 0x1FAFF:
			emoji++
		}
	}
	per := 100 / float64(len(body.runes)+shy)
	f["exclamations"], f["questions"], f["digits"], f["latin"] = bang*per, ask*per, digit*per, latin*per
	f["emoji"], f["commas"], f["stops"], f["handles"] = emoji*per, comma*per, stop*per, handle
	bars := 0.0
	for _, r := range title.runes {
		if r == '|' {
			bars++
		}
	}
	f["bars"] = bars
	f["addresses"] = float64(addresses)
	f["videos"] = float64(p.VideoCount)
	if p.Likes+p.Saves+p.Shares+p.Comments > 0 {
		f["saves"], f["shares"], f["comments"] = float64(p.Saves), float64(p.Shares), float64(p.Comments)
	}
	if p.Author.Posts > 0 {
		f["posts"] = float64(p.Author.Posts)
	}
	if p.Author.Followers > 0 {
		f["followers"] = float64(p.Author.Followers)
	}
}
