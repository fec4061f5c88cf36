package disclosure

import (
	"slices"
	"strings"
	"unicode"

	"cinnabar/moderation"
)

// knownFigures are the numbers that a model may weigh.
var knownFigures = map[string]bool{
	"length":        true, // units: Chinese characters, and two for each word of other scripts
	"narrator":      true, // phrases counted as "narrator" in 100 units
	"reader":        true, // the same for "reader"
	"brochure":      true, // the same for "brochure"
	"hashtags":      true,
	"links":         true, // links that lead out, maps and films aside
	"pictures":      true, // only where the platform says
	"posts_per_day": true,
	"likes":         true, // only where there has been any engagement
	"brand":         true, // how often the one name in the title or hashtags comes back
	"lines":         true, // mean length of a line, in units
}

// figures holds what is known; a figure that is not known has no entry and
// weighs nothing either way.
type figures map[string]float64

// usual is the rate per 100 units that a post is taken to have until it shows
// its own, and drawn is the length in units at which both count alike.
var usual = map[string]float64{"narrator": 1.5}

const drawn = 100

// measure counts what a post looks like. masked marks the runes of labels and
// denials, which must leave no trace in any figure.
func measure(p moderation.Post, title, body *analysed, counts map[string]int) figures {
	f := figures{}
	units, lines := 0.0, 0.0
	for _, a := range []*analysed{title, body} {
		units, lines = units+a.units, lines+a.lines
	}
	f["length"] = units
	if lines > 0 {
		f["lines"] = units / lines
	}
	for _, name := range []string{"narrator", "reader", "brochure"} {
		// A rate in a short post says little, so it is drawn towards the usual one.
		f[name] = 100 * (float64(counts[name]) + usual[name]*drawn/100) / (units + drawn)
	}
	f["hashtags"] = float64(len(body.tags) + len(title.tags))
	out := map[string]bool{}
	for _, l := range slices.Concat(title.links, body.links, body.listed) {
		if !l.media && !l.neutral() {
			out[l.host+l.raw] = true
		}
	}
	f["links"] = float64(len(out))
	if n := max(p.PictureCount, len(p.Pictures)); n > 0 {
		f["pictures"] = float64(n)
	}
	if p.Author.PostsPerDay > 0 {
		f["posts_per_day"] = p.Author.PostsPerDay
	}
	if p.Likes+p.Saves+p.Shares+p.Comments > 0 {
		f["likes"] = float64(p.Likes)
	}
	f["brand"] = float64(focus(p, title, body))
	return f
}

// measureSize counts the units and the non-empty lines of a text, without what is
// masked and without links.
func (a *analysed) measureSize() {
	inWord, inLine := false, false
	for i, r := range a.folded {
		if r == '\n' {
			inWord, inLine = false, false
			continue
		}
		n := natureOf(r)
		if n&(isLetter|isNumber) == 0 || a.masked[i] || a.inLink[i] {
			inWord = false
			continue
		}
		if !inLine {
			a.lines++
			inLine = true
		}
		switch {
		case n&isHan != 0:
			a.units++
			inWord = false
		case !inWord:
			a.units += 2
			inWord = true
		}
	}
}

// tag is a hashtag, as folded offsets after its mark.
type tag struct{ start, end int }

func (a *analysed) findTags() {
	for i := 0; i < len(a.folded); i++ {
		if a.folded[i] != '#' || a.inLink[i] {
			continue
		}
		end := i + 1
		for end < len(a.folded) && end-i < 60 && (wordRune(a.folded[end]) || a.folded[end] == '_') {
			end++
		}
		if end > i+1 {
			if !a.masked[i+1] {
				a.tags = append(a.tags, tag{i + 1, end})
			}
			i = end - 1
		}
	}
}

const (
	candidateNames = 12   // names tried for being the one that a post is about
	focusReach     = 4000 // runes of the body that they are looked for in
)

// focus counts how often the name that a post turns around comes back in its
// body. Names are taken from the platform's own field, from handles, hashtags,
// brackets and Latin words of the title.
func focus(p moderation.Post, title, body *analysed) int {
	text := "" // made when a name is looked for
	most := 0
	tried := map[string]bool{}
	try := func(name []rune) {
		if len(name) < 3 || len(name) > 30 || len(tried) >= candidateNames {
			return
		}
		n := strings.TrimSpace(string(name))
		if tried[n] {
			return
		}
		tried[n] = true
		if text == "" {
			text = string(body.folded[:min(len(body.folded), focusReach)])
		}
		most = max(most, strings.Count(text, n))
	}
	if p.Brand != "" {
		try(newText("", p.Brand).folded)
	}
	for _, t := range append(slices.Clone(title.tags), body.tags[:min(len(body.tags), 6)]...) {
		source := body
		if t.end <= len(title.folded) && slices.Contains(title.tags, t) {
			source = title
		}
		try(source.folded[t.start:t.end])
	}
	for i := 0; i < len(title.folded); i++ {
		r := title.folded[i]
		if closing := brackets[r]; closing != 0 {
			if n := slices.Index(title.folded[i+1:min(len(title.folded), i+32)], closing); n > 0 {
				try(title.folded[i+1 : i+1+n])
			}
		}
		if o := title.original[title.from[i]]; unicode.IsUpper(o) && (i == 0 || !wordRune(title.folded[i-1])) {
			end := i
			for end < len(title.folded) && (bounded(title.folded[end]) || title.folded[end] == '&') {
				end++
			}
			try(title.folded[i:end])
			i = max(i, end-1)
		}
	}
	return most
}

var brackets = map[rune]rune{'「': '」', '『': '』', '【': '】', '《': '》', '[': ']', '｜': '｜', '|': '|'}
