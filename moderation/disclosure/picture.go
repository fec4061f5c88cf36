package disclosure

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"cinnabar/moderation"
)

// Bounds on what is read of a post's pictures. A code holds 3 kB at most.
const (
	judgedPictures = 18 // the platform shows no more
	judgedCodes    = 8  // of one picture
	longestCode    = 3000
	shownCode      = 300 // runes of a code's text
	countedOthers  = 4   // authors; further ones weigh next to nothing
)

// pictures weighs what was found in the post's pictures. What nobody has looked at
// weighs nothing.
func (s *scoring) pictures() {
	said := map[string]bool{}
	others, at := 0, 0
	for i, p := range s.post.Pictures[:min(len(s.post.Pictures), judgedPictures)] {
		if p.Others > others {
			others, at = p.Others, i
		}
		for _, text := range p.Codes[:min(len(p.Codes), judgedCodes)] {
			text = strings.TrimSpace(strings.ToValidUTF8(text, "\uFFFD"))
			for len(text) > longestCode {
				_, size := utf8.DecodeLastRuneInString(text)
				text = text[:len(text)-size]
			}
			if text != "" && !said[text] { // the same card at the end of every picture
				said[text] = true
				s.code(pictureField(i), text)
			}
		}
	}
	if r := s.patternRule("picture_shared"); r != nil && others > 0 {
		// As if each of the others were a hit of its own, but one finding.
		n, share := min(others, countedOthers), 0.0
		for i := range n {
			share += math.Pow(r.More, float64(i))
		}
		s.add(r, r.Weight, r.More, moderation.Finding{Rule: r.Rule, Field: pictureField(at), Text: strconv.Itoa(others), Weight: share})
	}
}

// pictureField names a post's picture in a finding: "picture:1" is the first.
func pictureField(i int) string { return "picture:" + strconv.Itoa(i+1) }

func (s *scoring) patternRule(name string) *patternRule {
	for i := range s.model.file.Patterns {
		if r := &s.model.file.Patterns[i]; r.Pattern == name {
			return r
		}
	}
	return nil
}

// bareHost is an address without its scheme, which a telephone opens all the same.
var bareHost = regexp.MustCompile(`^(?i)[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}(/\S*)?$`)

// code weighs what stands in a code as if it stood in the text: by the rules for links,
// contacts and offers, and where none of them knows it, for being a code. Maps, films
// and the like weigh nothing, nor does the key to a café's network.
func (s *scoring) code(field, text string) {
	found := moderation.Finding{Field: field, Text: text, Weight: 1}
	if runes := []rune(text); len(runes) > shownCode {
		found.Text = string(runes[:shownCode])
	}
	a := s.analyse(field, text)
	links := a.links
	if len(links) == 0 && bareHost.MatchString(text) {
		links = []link{readLink(text)}
	}
	known := strings.HasPrefix(strings.ToLower(text), "wifi:")
	for _, l := range links[:min(len(links), judgedCodes)] {
		known = s.judgeLink(l, found) || l.neutral() || known
	}
	for _, p := range patternsIn(a.text, a.inLink) {
		if p.name != "phone" && p.name != "email" && p.name != "command" {
			continue
		}
		if r := s.patternRule(p.name); r != nil && s.hits[r] < countedHits {
			f := found
			f.Rule, known = r.Rule, true
			s.add(r, r.Weight, r.More, f)
			break // a business card has many
		}
	}
	for _, m := range a.phrases[:min(len(a.phrases), triedPerRule)] {
		r := s.model.lexicon.entries[m.phrase].rule
		if r == nil || r.Count != "" || !selling(r.Rule) || a.inLink[m.start] || s.hits[r] >= countedHits {
			continue
		}
		f := found
		f.Rule, known = r.Rule, true
		s.add(r, r.Weight, r.More, f)
		break
	}
	if r := s.patternRule("picture_code"); r != nil && !known {
		found.Rule = r.Rule
		s.add(r, r.Weight, r.More, found)
	}
}
