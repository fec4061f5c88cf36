package disclosure

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"cinnabar/moderation"
	"cinnabar/moderation/hanzi"
)

// State is how well a post says that it is paid for. The text is the database's
// and the file format's too.
type State string

// The states, from nothing to enough.
const (
	None      State = "none"      // no word of it
	Ambiguous State = "ambiguous" // a word that readers don't take for a label: 体验官, gifted, collab
	Buried    State = "buried"    // a label, but late, or in a pile of hashtags
	Adequate  State = "adequate"  // a label where it is seen first
)

func (s State) rank() int { return slices.Index([]State{None, Ambiguous, Buried, Adequate}, s) }

// Jurisdiction is one market's view of labels: which words it accepts (see
// Labels in the data) and where they must stand. It is data with a source.
type Jurisdiction struct {
	Code string `json:"code"` // "cn", "ftc", "asa"
	// A label is up front in the title, or within the first Lines non-empty lines
	// and Runes runes of the body.
	Lines int `json:"lines"`
	Runes int `json:"runes"`
	// Tags is how many hashtags may stand before a label in one row of hashtags.
	Tags   int             `json:"tags"`
	Source string          `json:"source"`
	Date   moderation.Date `json:"date"`
}

// labels is the table of words that say, or seem to say, that a post is paid.
type labels struct {
	Jurisdictions []Jurisdiction `json:"jurisdictions"`
	// Denials say the contrary. They are no labels, and they prove nothing.
	Denials []string      `json:"denials"`
	Phrases []labelPhrase `json:"phrases"`
}

// labelPhrase is a set of words with one standing per jurisdiction.
type labelPhrase struct {
	Say   []string         `json:"say"`
	Alone bool             `json:"alone,omitempty"` // counts only set apart: 【广告】, "广告 |", not 广告公司
	With  []string         `json:"with,omitempty"`  // counts only with one of these soon after
	Else  State            `json:"otherwise,omitempty"`
	In    map[string]State `json:"in"`
}

//go:embed labels.json
var labelData []byte

func builtInLabels() (*labels, error) {
	d := json.NewDecoder(bytes.NewReader(labelData))
	d.DisallowUnknownFields()
	var l labels
	if err := d.Decode(&l); err != nil {
		return nil, fmt.Errorf("reading labels: %w", err)
	}
	for _, p := range l.Phrases {
		for _, j := range l.Jurisdictions {
			if p.In[j.Code].rank() < 0 || p.In[j.Code] == Buried {
				return nil, fmt.Errorf("reading labels: %q has no standing in %s", p.Say, j.Code)
			}
		}
	}
	return &l, nil
}

// Jurisdictions lists the markets whose rules on labels are known.
func Jurisdictions() []Jurisdiction {
	l, err := builtInLabels()
	if err != nil {
		panic("disclosure: " + err.Error())
	}
	return l.Jurisdictions
}

// Label is one word of disclosure found in a post.
type Label struct {
	Field string
	Span  moderation.Span
	Text  string
	In    map[string]State // by jurisdiction, its place taken into account
}

// labelAt judges a label phrase found in a text. It returns false for one that
// is quoted, denied, part of something else, or without what it needs.
func (l *labels) labelAt(t *text, m match, p *labelPhrase, inQuotes []bool) (Label, bool) {
	if inQuotes[m.start] || negated(t, int(m.start)) || p.Alone && !alone(t, m) {
		return Label{}, false
	}
	complete := len(p.With) == 0 || followed(t, m, p.With)
	if !complete && p.Else == "" {
		return Label{}, false
	}
	span := t.span(int(m.start), int(m.end))
	plain := legible(t, m)
	found := Label{Field: t.field, Span: span, Text: t.words(span), In: make(map[string]State, len(l.Jurisdictions))}
	for _, j := range l.Jurisdictions {
		state := p.In[j.Code]
		if !complete {
			state = p.Else
		}
		switch {
		case state == Adequate && !plain:
			state = Ambiguous
		case state == Adequate && !upFront(t, m, j):
			state = Buried
		}
		found.In[j.Code] = state
	}
	return found, true
}

// legible reports whether a label is written as everybody writes it. One in fancy
// letters, with something invisible in it or with its characters apart (ａｄ, 广 告,
// 厂告) is seen by a program rather than by a reader, and is no plain label.
func legible(t *text, m match) bool {
	for i := int(m.start); i < int(m.end); i++ {
		from := int(t.from[i])
		o, f := t.original[from], t.folded[i]
		switch {
		case bounded(f) && o >= unicode.MaxASCII, hanzi.Is(f) && (!hanzi.Is(o) || o >= 0xF900 && o <= 0xFAFF):
			return false
		case from+1 < len(t.original) && unicode.Is(unicode.M, t.original[from+1]):
			return false // struck through, or towered over
		case i == int(m.start):
			continue
		}
		if t.glued[i] || from != int(t.from[i-1])+1 {
			return false
		}
	}
	return true
}

// alone reports whether a phrase is set apart from the text around it, by
// brackets, bars, line ends, an emoji, or a hashtag's mark before it.
func alone(t *text, m match) bool {
	before, after := int(m.start), int(m.end)
	if !(before > 0 && pulledApart(t, before)) {
		for before > 0 && t.folded[before-1] == ' ' {
			before--
		}
		if before > 0 && !apart(t.folded[before-1], "#[]【】(|｜•·:：>-") {
			return false
		}
	}
	if after < len(t.folded) && pulledApart(t, after) {
		return true
	}
	for after < len(t.folded) && t.folded[after] == ' ' {
		after++
	}
	return after == len(t.folded) || apart(t.folded[after], "#[]【】)|｜•·:：-")
}

// apart: a space alone sets nothing apart, sentences are full of them.
func apart(r rune, marks string) bool {
	return r == '\n' || strings.ContainsRune(marks, r) || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsSpace(r) && !unicode.IsPunct(r)
}

// pulledApart reports whether more than a space was dropped before a rune.
func pulledApart(t *text, at int) bool {
	return t.glued[at] && !onlySpaces(t.original[t.from[at-1]+1:t.from[at]])
}

// withinReach is how soon after 利益相关 the statement itself must come, in runes.
const withinReach = 30

func followed(t *text, m match, words []string) bool {
	rest := string(t.folded[m.end:min(len(t.folded), int(m.end)+withinReach)])
	for _, w := range words {
		if strings.Contains(rest, w) {
			return true
		}
	}
	return false
}

// upFront reports whether a label is where readers look before they decide to
// read on.
func upFront(t *text, m match, j Jurisdiction) bool {
	if tagsBefore(t, int(m.start)) >= j.Tags {
		return false
	}
	if t.field == "title" {
		return true
	}
	if int(t.from[m.end-1]) >= j.Runes {
		return false
	}
	lines, blank := 0, true
	for _, r := range t.folded[:m.start] {
		if r == '\n' {
			if !blank {
				lines++
			}
			blank = true
		} else if r != ' ' {
			blank = false
		}
	}
	return lines < j.Lines
}

// tagsBefore counts the hashtags that stand in one row right before an offset,
// up to more than any jurisdiction allows.
func tagsBefore(t *text, at int) int {
	n := 0
	for at > 0 && n < 20 {
		// A row is hashtags and white space only; each ends at its #.
		for at > 0 && (t.folded[at-1] == ' ' || t.folded[at-1] == '\n' || t.folded[at-1] == '#') {
			at--
		}
		end := at
		for at > 0 && end-at < 60 && t.folded[at-1] != '#' && t.folded[at-1] != ' ' && t.folded[at-1] != '\n' {
			at--
		}
		if at == 0 || at == end || t.folded[at-1] != '#' {
			return n
		}
		at--
		n++
	}
	return n
}

// best is the best state that any label reaches in a jurisdiction.
func best(found []Label, jurisdiction string) State {
	state := None
	for _, l := range found {
		if s := l.In[jurisdiction]; s.rank() > state.rank() {
			state = s
		}
	}
	return state
}

// market chooses whose rules a post answers to: its language's, or where that is
// not said, its script's.
func market(p moderation.Post, body *text) string {
	switch {
	case strings.HasPrefix(p.Lang, "zh"):
		return "cn"
	case p.Lang != "":
		return "ftc"
	}
	for _, r := range body.folded[:min(len(body.folded), 400)] {
		if hanzi.Is(r) {
			return "cn"
		}
	}
	return "ftc"
}
