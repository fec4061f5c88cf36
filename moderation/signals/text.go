package signals

import (
	"unicode"

	"cinnabar/moderation"
	"cinnabar/moderation/disclosure"
	"cinnabar/moderation/hanzi"
)

// shownPerRule is how many places of one rule are shown; the first ones say it.
const shownPerRule = 3

type field struct {
	name   string
	text   disclosure.Folded
	quoted []bool
}

// text is a post's own words, folded.
type text struct {
	fields []field
	units  float64 // length: a Chinese character, or half a word of other scripts
}

func read(p moderation.Post) *text {
	t := &text{}
	for i, s := range []string{p.Title, p.Body} {
		f := field{name: []string{"title", "body"}[i], text: disclosure.Fold(s)}
		f.quoted = f.text.Quoted()
		for _, l := range f.text.Links() { // an address says nothing of what was bought
			for j := l.Start; j < l.End; j++ {
				f.quoted[j] = true
			}
		}
		inWord := false
		for j, r := range f.text.Runes() {
			switch {
			case f.quoted[j] || !unicode.IsLetter(r):
				inWord = false
			case hanzi.Is(r):
				t.units++
				inWord = false
			case !inWord:
				t.units += 2
				inWord = true
			}
		}
		t.fields = append(t.fields, f)
	}
	return t
}

// find returns the places of phrases that are the author's own words; affirmed leaves
// out those that are denied.
func (t *text) find(phrases *disclosure.Phrases, affirmed bool) []place {
	var found []place
	for i := range t.fields {
		f := &t.fields[i]
		for _, m := range phrases.Find(f.text) {
			if !f.quoted[m.Start] && !(affirmed && f.text.Denied(m.Start)) {
				found = append(found, place{f, m.Start, m.End})
			}
		}
	}
	return found
}

type place struct {
	field      *field
	start, end int // folded runes
}

func (p place) finding(rule string) moderation.Finding {
	span := p.field.text.Span(p.start, p.end)
	return moderation.Finding{Rule: rule, Field: p.field.name, Span: &span, Text: p.field.text.Words(p.start, p.end)}
}

func findings(rule string, places []place) []moderation.Finding {
	var out []moderation.Finding
	for _, p := range places[:min(len(places), shownPerRule)] {
		out = append(out, p.finding(rule))
	}
	return out
}
