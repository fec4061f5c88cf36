package disclosure

import "cinnabar/moderation"

// Parts is what the components of a learned model look at in one post. It is for
// training: scoring reads the same things without building it.
type Parts struct {
	// Warm and Cold are what the rules set by hand add up to, without their intercept and
	// without those that no learning may scale.
	Warm, Cold float64
	// Figures holds the numbers that are known of the post, of those that
	// LearnedFigures names.
	Figures map[string]float64
	// Title and Body are the folded texts without labels, denials, quotations and links.
	Title, Body []rune
	// Sentences are those of the body.
	Sentences []Sentence
}

// Sentence is a sentence of a post's body, as folded words and marks.
type Sentence struct {
	Words []string
	Span  moderation.Span // in the original body
}

// Parts takes a post apart.
func (m *Model) Parts(p moderation.Post) Parts {
	s := newScoring(m, p)
	title, body := s.read()
	known := measure(p, title, body, s.counts)
	parts := Parts{Figures: map[string]float64{}}
	for i := range m.file.Figures {
		r := &m.file.Figures[i]
		if x, ok := known[r.Figure]; ok {
			w := r.contribution(x)
			parts.Warm += w
			if !r.Warm {
				parts.Cold += w
			}
		}
	}
	for _, f := range s.shown {
		if !byHand[f.Rule] {
			s.rest += f.Weight
		}
	}
	parts.Warm += s.rest
	parts.Cold += s.rest
	var t, b stream
	t.read(title)
	b.read(body)
	learnedMeasures(known, p, &t, &b, len(body.links))
	for name, x := range known {
		if _, ok := learnedFigures[name]; ok {
			parts.Figures[name] = x
		}
	}
	parts.Title, parts.Body = t.runes, b.runes
	b.sentences(nil, func(tokens []token) {
		sentence := Sentence{Span: body.span(int(b.at[tokens[0].start]), int(b.at[tokens[len(tokens)-1].end-1])+1)}
		for _, w := range tokens {
			end := w.end
			if !wordRune(b.runes[w.start]) {
				end = w.start + 1 // a mark without what closes after it
			}
			sentence.Words = append(sentence.Words, string(b.runes[w.start:end]))
		}
		parts.Sentences = append(parts.Sentences, sentence)
	})
	return parts
}
