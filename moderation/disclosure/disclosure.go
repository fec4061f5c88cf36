// Package disclosure asks of a post: is it commercial, does it say so, and where
// does that stand? The three answers are kept apart: how likely it is paid for,
// the state of its label, and the platform's own flag. A label is never a sign
// of commerce, so that saying it honestly can only help.
//
// Every score comes with findings whose weights add up to its logit, each in the
// post's own words. The package knows no database and no screen; store feeds it
// and keeps what it says.
package disclosure

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"sync"

	"cinnabar/moderation"
)

// Result is what a model says of one post.
type Result struct {
	Commercial float64 // 0…1; a frequency only if the model is calibrated
	Logit      float64 // the sum of all findings' weights, in their order
	Disclosure State   // in the market of the post's language
	// Jurisdictions has the state of the label for every market that is known.
	Jurisdictions map[string]State
	Declared      bool // the platform's own flag, as given
	Flag          bool // commercial, not adequately disclosed and not declared
	// Findings are sorted by how much they weigh, labels and denials (weight 0)
	// after them; the intercept and one remainder are last.
	Findings []moderation.Finding
}

// Bounds on the work for one post and on what is shown of it. What is found
// beyond them still counts, in the remainder, until its weight is nothing.
const (
	triedPerRule  = 200 // phrases of one rule whose context is looked at
	countedHits   = 24  // of one rule; by then a further one weighs nothing
	shownPerRule  = 6
	shownFindings = 40
	shownLabels   = 8
	readComments  = 50
	judgedLinks   = 2000
)

// analysed is a text with everything that was found in it. A post's texts are read
// in the room of an earlier post's, which saves making, clearing and collecting some
// twenty bytes for each character. So nothing of a Result may point into one.
type analysed struct {
	*text
	phrases  []match
	links    []link
	listed   []link // the post's own list of links, on the body
	tags     []tag
	inQuotes []bool
	inLink   []bool
	masked   []bool  // part of a label or a denial
	units    float64 // length: a Chinese character, or half a word of other scripts
	lines    float64 // that are not empty
}

// Score judges one post. cold leaves out everything that only comes with
// exposure and time: engagement and the author's habits.
func (m *Model) Score(p moderation.Post, cold bool) Result {
	s := newScoring(m, p)
	defer s.release()
	title, body := s.read()
	known := measure(p, title, body, s.counts)
	s.figures(known, cold)
	threshold, slope, offset := m.file.Threshold, 1.0, 0.0
	if m.learned != nil {
		mode := s.learn(title, body, known, cold)
		threshold, slope, offset = mode.Threshold, mode.Slope, mode.Offset
	}

	// After what was learned: no collection says what is in its pictures, so nothing was
	// learned of how much that weighs.
	s.pictures()

	r := Result{Declared: p.Declared, Jurisdictions: map[string]State{}}
	for _, j := range m.labels.Jurisdictions {
		r.Jurisdictions[j.Code] = best(s.labels, j.Code)
	}
	home := market(p, body.text)
	r.Disclosure = r.Jurisdictions[home]
	r.Findings = s.findings(home)
	for _, f := range r.Findings {
		r.Logit += f.Weight
	}
	r.Commercial = 1 / (1 + math.Exp(-(slope*r.Logit + offset)))
	r.Flag = r.Commercial >= threshold && r.Disclosure != Adequate && !p.Declared
	return r
}

// Scored is the result as store keeps it.
func (m *Model) Scored(p moderation.Post, cold bool) moderation.Scored {
	r := m.Score(p, cold)
	return moderation.Scored{
		Post: p.ID, Revision: p.Revision, Model: m.Version(), Commercial: r.Commercial, Disclosure: string(r.Disclosure),
		Flag: r.Flag, Evidence: moderation.EvidenceFrom(r.Findings, p.ID),
	}
}

// scoring is the state of judging one post.
type scoring struct {
	model *Model
	post  moderation.Post
	shown []moderation.Finding
	rest  float64
	// intercept is what the post starts from.
	intercept float64
	labels    []Label
	denials   []moderation.Finding
	counts    map[string]int // of phrases that go into a figure
	tried     map[any]int    // by rule
	hits      map[any]int    // by rule
	texts     []*analysed    // all that were made
}

func newScoring(m *Model, p moderation.Post) *scoring {
	return &scoring{model: m, post: p, intercept: m.file.Intercept, counts: map[string]int{}, tried: map[any]int{}, hits: map[any]int{}}
}

// read finds everything in a post's texts.
func (s *scoring) read() (title, body *analysed) {
	p := s.post
	title, body = s.analyse("title", p.Title), s.analyse("body", p.Body)
	for i, l := range p.Links {
		if i == judgedLinks {
			break
		}
		body.listed = append(body.listed, readLink(strings.ToValidUTF8(l, "\uFFFD")))
	}
	for _, a := range []*analysed{title, body} {
		s.phrases(a)
		s.links(a)
		s.patterns(a)
		a.findTags()
	}
	s.comments()
	return title, body
}

func (s *scoring) analyse(field, content string) *analysed {
	a := rooms.Get().(*analysed)
	s.texts = append(s.texts, a)
	a.read(field, content)
	a.phrases = s.model.lexicon.find(a.text)
	n := len(a.folded)
	a.inQuotes, a.inLink, a.masked = room(a.inQuotes, n), room(a.inLink, n), room(a.masked, n)
	clear(a.inQuotes)
	clear(a.inLink)
	clear(a.masked)
	quotedIn(a.text, a.inQuotes)
	a.links = linksIn(a.text)
	for _, l := range a.links {
		fill(a.inLink, l.start, l.end)
	}
	return a
}

var rooms = sync.Pool{New: func() any { return &analysed{text: new(text)} }}

// release leaves the room of a post's texts to other posts'.
func (s *scoring) release() {
	for _, a := range s.texts {
		*a = analysed{text: a.text, inQuotes: a.inQuotes, inLink: a.inLink, masked: a.masked}
		rooms.Put(a)
	}
	s.texts = nil
}

func fill(marks []bool, from, to int) {
	for i := from; i < to; i++ {
		marks[i] = true
	}
}

// phrases walks what the lexicon found: labels and denials first of all, so that
// they are masked before anything is counted.
func (s *scoring) phrases(a *analysed) {
	for _, m := range a.phrases {
		e := s.model.lexicon.entries[m.phrase]
		switch {
		case e.denial:
			fill(a.masked, int(m.start), int(m.end))
			if len(s.denials) < shownLabels && !a.inQuotes[m.start] {
				s.denials = append(s.denials, a.finding("negation.denied", int(m.start), int(m.end), 0))
			}
		case e.label != nil:
			if s.tried[e.label]++; s.tried[e.label] > triedPerRule {
				continue
			}
			if l, ok := s.model.labels.labelAt(a.text, m, e.label, a.inQuotes); ok {
				fill(a.masked, int(m.start), statementEnd(a.text, int(m.end), e.label))
				s.labels = append(s.labels, l)
			}
		}
	}
	a.measureSize()
	for _, m := range a.phrases {
		r := s.model.lexicon.entries[m.phrase].rule
		if r == nil || a.inLink[m.start] || s.hits[r] >= countedHits && r.Count == "" {
			continue
		}
		if r.Count != "" {
			s.counts[r.Count]++
			continue
		}
		if s.tried[r]++; s.tried[r] > triedPerRule || a.inQuotes[m.start] || negated(a.text, int(m.start)) {
			continue
		}
		start, end := int(m.start), int(m.end)
		if strings.HasPrefix(r.Rule, "code.") {
			if from, to, ok := codeAfter(a.text, end); ok {
				s.pattern(a, pattern{"code", from, to})
			}
		}
		s.add(r, r.Weight, r.More, a.finding(r.Rule, start, end, s.dilution(r.Dilute, a.units)))
	}
}

// add weighs a finding as the next one of its rule. f.Weight comes in as the
// factor to be applied, and goes out as the share of the logit.
func (s *scoring) add(rule any, weight, more float64, f moderation.Finding) {
	n := s.hits[rule]
	s.hits[rule]++
	f.Weight *= weight * math.Pow(more, float64(n))
	if n < shownPerRule && f.Weight != 0 {
		f.Weight = math.Round(f.Weight*1000) / 1000
		s.shown = append(s.shown, f)
		return
	}
	s.rest += f.Weight
}

func (s *scoring) dilution(dilute bool, length float64) float64 {
	if !dilute || length <= s.model.file.FullLength {
		return 1
	}
	return math.Sqrt(s.model.file.FullLength / length)
}

func (a *analysed) finding(rule string, start, end int, weight float64) moderation.Finding {
	span := a.span(start, end)
	return moderation.Finding{Rule: rule, Field: a.field, Span: &span, Text: a.words(span), Weight: weight}
}

// judgeLink weighs a link by the first rule that speaks of it, and reports whether
// there is one.
func (s *scoring) judgeLink(l link, f moderation.Finding) bool {
	for i := range s.model.file.Links {
		r := &s.model.file.Links[i]
		if !l.media && r.matches(l) {
			if s.hits[r] < countedHits {
				f.Rule = r.Rule
				s.add(r, r.Weight, r.More, f)
			}
			return true
		}
	}
	return false
}

func (s *scoring) links(a *analysed) {
	for i, l := range a.links {
		if i == judgedLinks {
			break
		}
		if !a.inQuotes[l.start] {
			s.judgeLink(l, a.finding("", l.start, l.end, 1))
		}
	}
	for _, l := range a.listed {
		if slices.ContainsFunc(a.links[:min(len(a.links), 50)], func(in link) bool { return in.raw == l.raw }) {
			continue // the platform lists what stands in the text
		}
		s.judgeLink(l, moderation.Finding{Field: "link", Text: l.raw, Weight: 1})
	}
}

func (s *scoring) patterns(a *analysed) {
	s.expressions(a)
	for _, p := range slices.Concat(patternsIn(a.text, a.inLink), disguises(a.text, a.phrases)) {
		if !a.masked[p.start] {
			s.pattern(a, p)
		}
	}
}

func (s *scoring) pattern(a *analysed, p pattern) {
	for i := range s.model.file.Patterns {
		r := &s.model.file.Patterns[i]
		if r.Pattern == p.name && s.hits[r] < countedHits && !a.inQuotes[p.start] {
			s.add(r, r.Weight, r.More, a.finding(r.Rule, p.start, p.end, s.dilution(r.Dilute, a.units)))
		}
	}
}

// comments looks for what was left out of the post and put under it: an offer or
// a link in the author's own or a pinned comment.
func (s *scoring) comments() {
	for i, c := range s.post.CommentTexts {
		if i == readComments {
			return
		}
		if !c.Pinned && (c.Author == "" || c.Author != s.post.Author.ID) {
			continue
		}
		a := s.analyse("comment", c.Text)
		sells := slices.ContainsFunc(a.links, func(l link) bool { return !l.media && !l.neutral() })
		for _, m := range a.phrases[:min(len(a.phrases), triedPerRule)] {
			if sells {
				break
			}
			if r := s.model.lexicon.entries[m.phrase].rule; r != nil && selling(r.Rule) {
				sells = !negated(a.text, int(m.start))
			}
		}
		if !sells {
			continue
		}
		for i := range s.model.file.Patterns {
			if r := &s.model.file.Patterns[i]; r.Pattern == "pinned" && s.hits[r] < countedHits {
				// Which comment it was is in its words; spans are of the post's own fields.
				s.add(r, r.Weight, r.More, moderation.Finding{Rule: r.Rule, Field: "comment", Text: strings.ToValidUTF8(c.Text, "\uFFFD"), Weight: 1})
			}
		}
	}
}

func selling(rule string) bool {
	kind, _, _ := strings.Cut(rule, ".")
	return kind == "code" || kind == "offer" || kind == "call" || kind == "contact" || kind == "pinned"
}

func (s *scoring) figures(known figures, cold bool) {
	for i := range s.model.file.Figures {
		r := &s.model.file.Figures[i]
		x, ok := known[r.Figure]
		if !ok || cold && r.Warm {
			continue
		}
		if w := r.contribution(x); w != 0 {
			s.shown = append(s.shown, moderation.Finding{Rule: r.Rule, Field: figureField(r.Figure), Weight: math.Round(w*1000) / 1000})
		}
	}
}

func figureField(figure string) string {
	switch figure {
	case "posts_per_day":
		return "author"
	case "likes":
		return "engagement"
	case "pictures":
		return "pictures"
	}
	return "body"
}

// findings puts everything in its order and closes the sum.
func (s *scoring) findings(home string) []moderation.Finding {
	slices.SortStableFunc(s.shown, func(a, b moderation.Finding) int {
		return cmp.Compare(math.Abs(b.Weight), math.Abs(a.Weight))
	})
	if len(s.shown) > shownFindings {
		for _, f := range s.shown[shownFindings:] {
			s.rest += f.Weight
		}
		s.shown = s.shown[:shownFindings]
	}
	all := s.shown
	for _, l := range s.labels[:min(len(s.labels), shownLabels)] {
		span := l.Span
		all = append(all, moderation.Finding{Rule: "disclosure." + string(l.In[home]), Field: l.Field, Span: &span, Text: l.Text})
	}
	all = append(all, s.denials...)
	return append(all,
		moderation.Finding{Rule: moderation.KindIntercept, Weight: s.intercept},
		moderation.Finding{Rule: moderation.KindRemainder, Weight: math.Round(s.rest*1e6) / 1e6})
}
