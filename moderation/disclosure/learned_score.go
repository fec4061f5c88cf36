package disclosure

import (
	"math"
	"slices"
	"sync"

	"cinnabar/moderation"
	"cinnabar/moderation/hanzi"
)

// The rules that learned evidence stands under.
const (
	ruleWords   = "learned.words"
	rulePassage = "learned.passage"
)

func learnedRule(figure string) string { return "learned." + figure }

// byHand are rules whose weight nothing learned may change: sales words that were hidden by
// sound or shape. A collection has hardly any, so what it says of them is chance, and whoever
// hides words takes what was learned of them away.
var byHand = map[string]bool{"disguise.homophone": true, "disguise.parts": true, "disguise.pinyin": true, "disguise.sign": true}

const (
	shownWords = 12   // stretches of text that are shown for their words
	leastShown = 0.05 // logits that a learned finding weighs to be shown
	// bridged is how many runes that speak for nothing may stand inside a stretch.
	bridged = 2
	// besidePassage is the share of the best passage's weight below which what stands
	// elsewhere is not shown: it would point away from where the score stands.
	besidePassage = 0.5
)

// scratch is what the scoring of one post needs and the next one can use again.
type scratch struct {
	title, body stream
	tallies     [parts][]tally // by gram
	touched     [parts][]int32
	hits        [parts][]hit
	ahead       []look
	score       []float32 // by rune of title and body
	seen        []int32   // by gram of sentences: the sentence that had it last
	sentences   int32     // judged so far, of all posts
	tokens      []token
}

// tally is what is known of a gram in one part of the post at hand.
type tally struct {
	count int32
	value float32 // what each occurrence adds to each of its runes
}

// look is what stands in the table at the start of a gram: where its first rune leads,
// and the edge in the slot of its second.
type look struct {
	at   place
	tag  uint32
	edge edge
}

// hit is a gram found.
type hit struct {
	start, end int32 // in title and body, one after the other
	gram       int32
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// learn adds what the learned components say of a post to its findings, and scales
// what the rules said. It returns how the mode judges.
func (s *scoring) learn(title, body *analysed, known figures, cold bool) *Mode {
	c := s.model.learned
	mode := &c.Warm
	if cold {
		mode = &c.Cold
	}
	x := scratches.Get().(*scratch)
	defer scratches.Put(x)
	x.title.read(title)
	x.body.read(body)
	learnedMeasures(known, s.post, &x.title, &x.body, len(body.links))

	for i := range s.shown {
		if !byHand[s.shown[i].Rule] {
			s.shown[i].Weight *= mode.Rules
		}
	}
	s.rest *= mode.Rules
	s.intercept = mode.Intercept

	var passage moderation.Finding
	if c.passages != nil && mode.Passages > 0 {
		if best, ok := c.bestSentence(x, body); ok {
			passage = body.finding(rulePassage, int(best.start), int(best.end), mode.Passages*best.logit)
		}
	}
	if c.words != nil && mode.Words > 0 {
		s.words(c, x, title, body, mode.Words)
	}
	if passage.Span != nil {
		if passage.Weight >= leastShown {
			s.pointAt(passage)
		} else {
			s.rest += passage.Weight
		}
	}
	for i := range mode.Figures {
		f := &mode.Figures[i]
		value, ok := known[f.Figure]
		if !ok {
			continue
		}
		w := f.contribution(value)
		if math.Abs(w) < leastShown {
			s.rest += w
			continue
		}
		s.shown = append(s.shown, moderation.Finding{Rule: learnedRule(f.Figure), Field: figureField(f.Figure), Weight: w})
	}
	for i := range s.shown {
		short := math.Round(s.shown[i].Weight*1000) / 1000
		s.rest += s.shown[i].Weight - short
		s.shown[i].Weight = short
	}
	return mode
}

// pointAt shows the passage that carries the score and puts into the remainder what
// speaks for commerce elsewhere and weighs little beside it.
func (s *scoring) pointAt(passage moderation.Finding) {
	s.shown = slices.DeleteFunc(s.shown, func(f moderation.Finding) bool {
		if f.Span == nil || f.Weight <= 0 || f.Weight >= besidePassage*passage.Weight {
			return false
		}
		inside := f.Field == passage.Field && f.Span.Start >= passage.Span.Start && f.Span.End <= passage.Span.End
		if !inside {
			s.rest += f.Weight
		}
		return !inside
	})
	s.shown = append(s.shown, passage)
}

// words weighs the grams of title and body and shows the stretches that carry most.
func (s *scoring) words(c *compiled, x *scratch, title, body *analysed, weight float64) {
	total := c.count(x)
	n := len(x.title.runes)
	s.rest += weight * (total - s.stretches(x.title.runes, x.score[:n], title, &x.title, weight) -
		s.stretches(x.body.runes, x.score[n:], body, &x.body, weight))
}

// count finds the grams and gives each rune its share of the score. It returns the
// sum of all.
func (c *compiled) count(x *scratch) float64 {
	for part := range parts {
		if len(x.tallies[part]) < len(c.weights[part]) {
			x.tallies[part] = make([]tally, len(c.weights[part]))
		}
		x.touched[part], x.hits[part] = x.touched[part][:0], x.hits[part][:0]
	}
	title, body := x.title.runes, x.body.runes
	n := len(title)
	c.find(x, title, 0, n, n)
	c.find(x, body, n, Reach, len(body)-Reach)

	runes := n + len(body)
	x.score = slices.Grow(x.score[:0], runes)[:runes]
	clear(x.score)
	total := 0.0
	for part := range parts {
		tallies, weights := x.tallies[part], c.weights[part]
		square := 0.0
		for _, g := range x.touched[part] {
			t, w := &tallies[g], weights[g]
			n := frequency(t.count) * w.rarity
			square += float64(n) * float64(n)
			t.value = n * w.weight
		}
		if square == 0 {
			continue
		}
		norm := float32(1 / math.Sqrt(square))
		for _, g := range x.touched[part] {
			t := &tallies[g]
			v := t.value * norm
			total += float64(v)
			t.value = v / float32(t.count)
			t.count = 0
		}
		for _, h := range x.hits[part] {
			v := tallies[h.gram].value
			if h.end == h.start+1 {
				x.score[h.start] += v
				continue
			}
			v /= float32(h.end - h.start)
			for i := h.start; i < h.end; i++ {
				x.score[i] += v
			}
		}
	}
	return total
}

// find walks a text and notes every gram in each part that weighs it. What ends by
// opened belongs to the opening, and what starts from closes on to the closing.
func (c *compiled) find(x *scratch, runes []rune, offset, opened, closes int) {
	if len(runes) == 0 {
		return
	}
	// Looks into the table that wait for nothing go side by side, so all the first
	// ones of each second step are done before any is judged.
	v := c.words
	ahead := slices.Grow(x.ahead[:0], len(runes))[:len(runes)]
	x.ahead = ahead
	first := v.start(runes[0])
	for i := range ahead[:len(runes)-1] {
		next := runes[i+1]
		h := mix(first.node(), uint64(next))
		ahead[i] = look{first, uint32(h), v.edges[h>>v.shift]}
		first = v.start(next)
	}
	ahead[len(ahead)-1] = look{at: first}

	tallies, touched, hits := x.tallies[whole], x.touched[whole], x.hits[whole]
	for i := range ahead {
		a := &ahead[i]
		at := a.at
		if at == 0 {
			continue
		}
		ends := i < opened || i >= closes
		for j := i + 1; ; j++ {
			if at&(1<<whole) != 0 {
				g := at.node()
				t := &tallies[g]
				if t.count == 0 {
					touched = append(touched, g)
				}
				t.count++
				hits = append(hits, hit{int32(offset + i), int32(offset + j), g})
			}
			if ends && at&(1<<opening|1<<closing) != 0 {
				if j <= opened && at&(1<<opening) != 0 {
					x.note(opening, hit{int32(offset + i), int32(offset + j), at.node()})
				}
				if i >= closes && at&(1<<closing) != 0 {
					x.note(closing, hit{int32(offset + i), int32(offset + j), at.node()})
				}
			}
			if j == len(runes) || at&goesOn == 0 {
				break
			}
			if j > i+1 {
				at = v.step(at.node(), uint64(runes[j]))
			} else if at = a.edge.to; at != 0 && a.edge.tag != a.tag {
				at = v.step(a.at.node(), uint64(runes[j])) // the slot is another's
			}
			if at == 0 {
				break
			}
		}
	}
	x.hits[whole], x.touched[whole] = hits, touched
}

func (x *scratch) note(part int, h hit) {
	t := &x.tallies[part][h.gram]
	if t.count == 0 {
		x.touched[part] = append(x.touched[part], h.gram)
	}
	t.count++
	x.hits[part] = append(x.hits[part], h)
}

func frequency(count int32) float32 {
	if int(count) < len(frequencies) {
		return frequencies[count]
	}
	return float32(1 + math.Log(float64(count)))
}

var frequencies = func() (f [256]float32) {
	for i := 1; i < len(f); i++ {
		f[i] = float32(1 + math.Log(float64(i)))
	}
	return f
}()

// stretches shows what carries most in one field, and returns the sum of what it showed.
func (s *scoring) stretches(runes []rune, score []float32, a *analysed, from *stream, weight float64) float64 {
	type stretch struct {
		start, end int
		sum        float64
	}
	var top []stretch
	keep := func(found stretch) {
		if math.Abs(found.sum)*weight < leastShown {
			return
		}
		at, _ := slices.BinarySearchFunc(top, found, func(a, b stretch) int {
			if math.Abs(a.sum) >= math.Abs(b.sum) {
				return -1
			}
			return 1
		})
		if at < shownWords {
			top = slices.Insert(top, at, found)
			top = top[:min(len(top), shownWords)]
		}
	}
	for i := 0; i < len(score); {
		if score[i] == 0 || runes[i] == '\n' {
			i++
			continue
		}
		up := score[i] > 0
		run, last, sum := stretch{i, i + 1, float64(score[i])}, i, float64(score[i])
		for j := i + 1; j < len(score) && j-last <= bridged && runes[j] != '\n'; j++ {
			sum += float64(score[j])
			if score[j] != 0 && score[j] > 0 == up {
				last = j
				if math.Abs(sum) > math.Abs(run.sum) && sum > 0 == up {
					run.end, run.sum = j+1, sum
				}
			}
		}
		keep(run)
		i = run.end
	}
	shown := 0.0
	for _, t := range top {
		s.shown = append(s.shown, a.finding(ruleWords, int(from.at[t.start]), int(from.at[t.end-1])+1, t.sum*weight))
		shown += t.sum
	}
	return shown
}

// sentence is one judged, as folded offsets.
type sentence struct {
	start, end int32
	logit      float64
}

type token struct {
	symbol     uint64
	start, end int32 // in the stream
}

// bestSentence judges every sentence of the body and returns the one that speaks most
// for commerce.
func (c *compiled) bestSentence(x *scratch, body *analysed) (best sentence, ok bool) {
	if len(x.seen) < len(c.sentence) {
		x.seen = make([]int32, len(c.sentence))
	}
	x.tokens = x.body.sentences(x.tokens[:0], func(tokens []token) {
		if x.sentences++; x.sentences < 0 {
			clear(x.seen)
			x.sentences = 1
		}
		number := x.sentences
		sum, square := 0.0, 0.0
		for i := range tokens {
			at := place(0)
			for j := i; j < len(tokens); j++ {
				if at = c.passages.step(at.node(), tokens[j].symbol); at == 0 {
					break
				}
				if at&1 != 0 && x.seen[at.node()] != number {
					g := at.node()
					x.seen[g] = number
					w := c.sentence[g]
					sum += float64(w.rarity) * float64(w.weight)
					square += float64(w.rarity) * float64(w.rarity)
				}
				if at&goesOn == 0 {
					break
				}
			}
		}
		if square > 0 {
			sum /= math.Sqrt(square)
		}
		if !ok || sum > best.logit {
			best = sentence{x.body.at[tokens[0].start], x.body.at[tokens[len(tokens)-1].end-1] + 1, sum}
			ok = true
		}
	})
	return best, ok
}

// sentences cuts a stream at the marks that end sentences and at line ends, and each
// sentence into words, single Chinese characters and marks.
func (s *stream) sentences(tokens []token, found func([]token)) []token {
	flush := func() {
		if len(tokens) > 0 {
			found(tokens)
			tokens = tokens[:0]
		}
	}
	r := s.runes
	for i := 0; i < len(r); {
		start := i
		switch c := r[i]; {
		case c == '\n':
			i++
			flush()
			continue
		case bounded(c):
			for i++; i < len(r) && (bounded(r[i]) || (r[i] == '\'' || r[i] == '’') && i+1 < len(r) && bounded(r[i+1])); i++ {
			}
		case hanzi.Is(c) || natureOf(c)&(isLetter|isNumber) != 0:
			i++
		case c == ' ':
			i++
			continue
		default:
			i++
			ends := c == '。' || c == '！' || c == '？' || (c == '.' || c == '!' || c == '?') && (i == len(r) || s.at[i] > s.at[i-1]+1 || closes(r[i]))
			if ends {
				for i < len(r) && closes(r[i]) && s.at[i] == s.at[i-1]+1 {
					i++
				}
			}
			tokens = append(tokens, token{wordSymbol(r[start : start+1]), int32(start), int32(i)})
			if ends {
				flush()
			}
			continue
		}
		tokens = append(tokens, token{wordSymbol(r[start:i]), int32(start), int32(i)})
	}
	flush()
	return tokens
}

func closes(r rune) bool {
	return r == '"' || r == '\'' || r == ')' || r == ']' || r == '”' || r == '’' || r == '」'
}
