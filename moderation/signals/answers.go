package signals

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"cinnabar/moderation"
	"cinnabar/moderation/disclosure"
	"cinnabar/moderation/hanzi"
)

// readComments bounds the work; under a post with more, the first ones show it.
const readComments = 200

// answered looks at the comments for questions that only serve an answer: the author
// asks under the own post, one account asks and then answers, several accounts say the
// same sentence.
func (r *rules) answered(p moderation.Post) Signal {
	s := Signal{Kind: Answers, Level: None}
	comments := p.CommentTexts[:min(len(p.CommentTexts), readComments)]
	if len(comments) == 0 {
		s.Level = CannotTell
		s.say("answers.unknown")
		return s
	}
	asked := map[string]string{} // account to its question
	both := 0
	same := map[string]map[string]bool{} // folded words to accounts
	first := map[string]string{}
	var byAuthor []moderation.Comment
	for _, c := range comments {
		f := disclosure.Fold(c.Text)
		asks, answers := r.asksOrAnswers(f)
		own := c.Author != "" && (c.Author == p.Author.ID || c.Author == p.Author.Handle)
		switch question := asks && !answers; {
		case own && question:
			byAuthor = append(byAuthor, c)
		case own:
			// Answering readers is what authors do.
		case question && asked[c.Author] == "":
			asked[c.Author] = c.Text
		case answers && c.Author != "" && asked[c.Author] != "":
			if both++; both <= shownPerRule {
				s.Findings = append(s.Findings, said("answers.same", asked[c.Author]), said("answers.same", c.Text))
			}
		}
		if words := letters(f); !own && c.Author != "" && float64(utf8.RuneCountInString(words)) >= r.limits["chorus_runes"] {
			if same[words] == nil {
				same[words], first[words] = map[string]bool{}, c.Text
			}
			same[words][c.Author] = true
		}
	}
	if len(byAuthor) > 0 {
		s.Score += r.weights["answers.author"]
		for _, c := range byAuthor[:min(len(byAuthor), shownPerRule)] {
			s.Findings = append(s.Findings, said("answers.author", c.Text))
		}
		s.say("answers.author", "count", strconv.Itoa(len(byAuthor)))
	}
	if both > 0 {
		s.Score += r.weights["answers.same"] * min(2, float64(both))
		s.say("answers.same", "count", strconv.Itoa(both))
	}
	words, voices := chorus(same)
	if float64(voices) >= r.limits["chorus_people"] {
		s.Score += r.weights["answers.chorus"]
		s.Findings = append(s.Findings, said("answers.chorus", first[words]))
		s.say("answers.chorus", "people", strconv.Itoa(voices))
	}
	r.level(&s)
	if len(s.Says) == 0 {
		s.say("answers.none", "comments", strconv.Itoa(len(comments)))
	}
	return s
}

// asksOrAnswers reads a comment. "Does it work" asks, although "it works" answers.
func (r *rules) asksOrAnswers(f disclosure.Folded) (asks, answers bool) {
	questions := r.asks.Find(f)
	for _, a := range r.answers.Find(f) {
		inside := false
		for _, q := range questions {
			inside = inside || a.Start < q.End && q.Start < a.End
		}
		answers = answers || !inside
	}
	return len(questions) > 0, answers
}

// said is a finding in a comment; spans are of the post's own fields alone.
func said(rule, words string) moderation.Finding {
	return moderation.Finding{Rule: rule, Field: "comment", Text: strings.ToValidUTF8(words, "\uFFFD")}
}

// chorus is what most accounts say alike, the first in order where several tie.
func chorus(same map[string]map[string]bool) (words string, voices int) {
	for w, by := range same {
		if len(by) > voices || len(by) == voices && w < words {
			words, voices = w, len(by)
		}
	}
	return words, voices
}

// letters is a comment without what people vary: signs, spaces, emojis.
func letters(f disclosure.Folded) string {
	var b strings.Builder
	for _, r := range f.Runes() {
		if hanzi.Is(r) || unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}
