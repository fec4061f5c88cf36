package disclosure

import (
	"fmt"

	"cinnabar/moderation"
)

// Folded is a text as the rules read it: without width, dress, accents, case,
// look-alikes, traditional forms and separators inside Chinese words, and with the
// way back. Other packages that compare texts fold them by this, so that a disguise
// which one rule sees through fools none.
type Folded struct{ t *text }

// Fold folds a text, in time linear in its length. Broken UTF-8 reads as U+FFFD.
func Fold(s string) Folded { return Folded{newText("", s)} }

// Runes is the folded text. It must not be changed.
func (f Folded) Runes() []rune { return f.t.folded }

// Original is the rune of the original that folded rune i comes from.
func (f Folded) Original(i int) rune { return f.t.original[f.t.from[i]] }

// Span maps a half-open stretch of folded runes, at least one long, to runes of
// the original.
func (f Folded) Span(start, end int) moderation.Span { return f.t.span(start, end) }

// Words are what stands in the original behind a stretch of folded runes.
func (f Folded) Words(start, end int) string { return f.t.words(f.t.span(start, end)) }

// Quoted says of every folded rune whether it is somebody else's words: inside
// quotation marks, or in a line that starts with >.
func (f Folded) Quoted() []bool { return quoted(f.t) }

// Denied reports whether words just before a folded offset deny what starts there.
func (f Folded) Denied(start int) bool { return negated(f.t, start) }

// Stretch is a half-open stretch of folded runes.
type Stretch struct{ Start, End int }

// Links are the addresses that stand in the text with a scheme or a www.
func (f Folded) Links() []Stretch {
	links := linksIn(f.t)
	found := make([]Stretch, len(links))
	for i, l := range links {
		found[i] = Stretch{l.start, l.end}
	}
	return found
}

// Phrases is a set of phrases that are looked for in one pass over a text, as they are
// written: what merely sounds like one is not found.
type Phrases struct {
	lexicon lexicon
}

// Match is a phrase found in a text: the index it was given at, and where.
type Match struct {
	Phrase int
	Stretch
}

// NewPhrases compiles phrases, which may be written in either script and any case.
// Two that fold alike, and one that folds to nothing, are an error.
func NewPhrases(say []string) (*Phrases, error) {
	p := &Phrases{}
	listed := &phraseRule{Rule: "the list"}
	seen := map[string]bool{}
	var phrases [][]rune
	for _, s := range say {
		folded := newText("", s).folded
		if len(folded) == 0 || seen[string(folded)] {
			return nil, fmt.Errorf("phrase %q folds to nothing, or to what another one folds to", s)
		}
		seen[string(folded)] = true
		phrases = append(phrases, folded)
		p.lexicon.entries = append(p.lexicon.entries, entry{rule: listed, bounds: bounded(folded[0]) || bounded(folded[len(folded)-1])})
	}
	p.lexicon.automaton = newAutomaton(phrases)
	return p, nil
}

// Find returns the phrases of a text in order. One that is part of a longer word of
// a script with spaces does not count, nor one that lies inside a longer phrase.
func (p *Phrases) Find(f Folded) []Match {
	matches := p.lexicon.automaton.find(f.t.folded, func(m match) bool { return p.lexicon.stands(f.t, m) })
	found := make([]Match, len(matches))
	for i, m := range matches {
		found[i] = Match{int(m.phrase), Stretch{int(m.start), int(m.end)}}
	}
	return found
}
