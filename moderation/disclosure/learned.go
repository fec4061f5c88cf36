package disclosure

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Learned is the part of a model that was learned from labelled posts. Each of its
// components gives a logit of its own; a mode says how much each counts.
type Learned struct {
	About     string `json:"about"`
	Posts     int    `json:"posts"` // that it was learned from
	Positives int    `json:"positives"`
	Warm      Mode   `json:"warm"`
	Cold      Mode   `json:"cold"`
	// Words are character grams of the folded text, by block.
	Words []Block `json:"words,omitempty"`
	// Passages judges single sentences by the words in a row that stand in them; the
	// post has the logit of its best sentence. nil where nobody marked any.
	Passages *Block `json:"passages,omitempty"`
}

// Mode says how a post is judged with what only comes with exposure (warm) or
// without (cold): logit = Intercept + Rules × what the rules set by hand add up to +
// Words × that of the words + Passages × that of the best passage + the figures.
type Mode struct {
	Intercept float64 `json:"intercept"`
	Rules     float64 `json:"rules"`
	Words     float64 `json:"words"`
	Passages  float64 `json:"passages"`
	// Calibration: the probability is that of Slope × logit + Offset.
	Slope     float64         `json:"slope"`
	Offset    float64         `json:"offset"`
	Threshold float64         `json:"threshold"` // of the probability
	Figures   []LearnedFigure `json:"figures"`
}

// LearnedFigure weighs a number of the post in steps: from At[i] on Weights[i] is
// added. What a usual post gets this way is Usual, which is taken off, so that a
// number that is not known weighs nothing either way.
type LearnedFigure struct {
	Figure  string    `json:"figure"`
	Usual   float64   `json:"usual"`
	At      []float64 `json:"at"` // ascending
	Weights []float64 `json:"weights"`
}

func (f *LearnedFigure) contribution(x float64) float64 {
	sum := -f.Usual
	for i, at := range f.At {
		if x < at {
			break
		}
		sum += f.Weights[i]
	}
	return sum
}

// Block is a list of grams with their weights in one part of the text.
type Block struct {
	Part  string `json:"part"`  // "whole", "opening", "closing" or "sentence"
	Texts int    `json:"texts"` // that were counted: posts, or sentences
	// Grams has a line each, "weight texts gram": how much the gram speaks for commerce
	// and in how many of the texts it stood. Rare ones count more where they do stand.
	Grams Grams `json:"grams"`
}

// Gram is a gram with its weight, written as one line of text.
type Gram struct {
	Text   string
	Texts  int
	Weight float64
}

// Grams are written as a list of lines. Reading tens of thousands of them through the
// general decoder would take longer than scoring a thousand posts.
type Grams []Gram

// MarshalJSON writes the lines.
func (g Grams) MarshalJSON() ([]byte, error) {
	lines := make([]string, len(g))
	for i, gram := range g {
		lines[i] = strconv.FormatFloat(gram.Weight, 'g', 4, 64) + " " + strconv.Itoa(gram.Texts) + " " + gram.Text
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(lines)
	return b.Bytes(), err
}

// UnmarshalJSON reads the lines. data is valid JSON, or this would not be called.
func (g *Grams) UnmarshalJSON(data []byte) error {
	text := string(data) // grams are parts of it
	at := 0
	space := func() {
		for at < len(text) && (text[at] == ' ' || text[at] == '\n' || text[at] == '\t' || text[at] == '\r') {
			at++
		}
	}
	if at++; text[0] != '[' {
		return fmt.Errorf("grams are no list")
	}
	*g = make(Grams, 0, min(mostGrams, strings.Count(text, "\"")/2))
	for {
		space()
		switch text[at] {
		case ']':
			return nil
		case ',':
			at++
			continue
		case '"':
		default:
			return fmt.Errorf("a gram is no text")
		}
		end := at + 1
		escaped := false
		for text[end] != '"' {
			if text[end] == '\\' {
				escaped = true
				end++
			}
			end++
		}
		line := text[at+1 : end]
		if escaped {
			if err := json.Unmarshal(data[at:end+1], &line); err != nil {
				return err
			}
		}
		at = end + 1
		if len(*g) == mostGrams {
			return fmt.Errorf("more than %d grams", mostGrams)
		}
		gram, err := readGram(line)
		if err != nil {
			return err
		}
		*g = append(*g, gram)
	}
}

func readGram(line string) (Gram, error) {
	weight, rest, _ := strings.Cut(line, " ")
	texts, gram, ok := strings.Cut(rest, " ")
	if !ok || gram == "" || len(gram) > longestGram {
		return Gram{}, fmt.Errorf("a gram reads %.40q", line)
	}
	g := Gram{Text: gram}
	var err error
	if g.Weight, err = strconv.ParseFloat(weight, 64); err != nil {
		return Gram{}, fmt.Errorf("a gram's weight: %w", err)
	}
	if g.Texts, err = strconv.Atoi(texts); err != nil {
		return Gram{}, fmt.Errorf("a gram's texts: %w", err)
	}
	return g, nil
}

// Bounds on what a model file may hold: many times what training writes, and few
// enough that a hostile file takes tens of megabytes and not the machine.
const (
	longestModel   = 32 << 20 // bytes of the file
	mostGrams      = 100_000  // of one block
	longestPath    = 6        // characters of a gram, or words in a row
	longestGram    = 120      // bytes
	mostFigures    = 100
	longestPhrases = 256 << 10 // bytes of all phrases of the rules
	mostSteps      = 100       // of one figure
	mostTexts      = 1 << 30
)

func finite(xs ...float64) bool {
	for _, x := range xs {
		if math.IsNaN(x) || math.IsInf(x, 0) || math.Abs(x) > 1e6 {
			return false
		}
	}
	return true
}

func (l *Learned) check() error {
	for name, mode := range map[string]*Mode{"warm": &l.Warm, "cold": &l.Cold} {
		if err := mode.check(name == "cold"); err != nil {
			return fmt.Errorf("learned, %s: %w", name, err)
		}
	}
	if l.Posts < 0 || l.Positives < 0 || l.Positives > l.Posts {
		return fmt.Errorf("learned: %d positives of %d posts", l.Positives, l.Posts)
	}
	seen := map[string]bool{}
	for i := range l.Words {
		b := &l.Words[i]
		if partOf(b.Part) < 0 || seen[b.Part] {
			return fmt.Errorf("learned: %q is no part of a text, or stands twice", b.Part)
		}
		seen[b.Part] = true
		if err := b.check(); err != nil {
			return err
		}
	}
	if p := l.Passages; p != nil {
		if p.Part != "sentence" {
			return fmt.Errorf("learned: passages of %q", p.Part)
		}
		return p.check()
	}
	return nil
}

func (m *Mode) check(cold bool) error {
	if !finite(m.Intercept, m.Rules, m.Words, m.Passages, m.Slope, m.Offset) {
		return fmt.Errorf("a weight is out of range")
	}
	// A component that counts the other way round, or a falling calibration, would
	// show evidence for the contrary of what it says.
	if m.Rules < 0 || m.Words < 0 || m.Passages < 0 || m.Slope <= 0 {
		return fmt.Errorf("a component counts less than nothing")
	}
	if !(m.Threshold > 0 && m.Threshold < 1) {
		return fmt.Errorf("threshold %v is not between 0 and 1", m.Threshold)
	}
	if len(m.Figures) > mostFigures {
		return fmt.Errorf("%d figures", len(m.Figures))
	}
	seen := map[string]bool{}
	for _, f := range m.Figures {
		warm, known := learnedFigures[f.Figure]
		if !known || seen[f.Figure] || !finite(f.Usual) || !finite(f.Weights...) || !finite(f.At...) ||
			len(f.At) != len(f.Weights) || len(f.At) > mostSteps || !slices.IsSorted(f.At) {
			return fmt.Errorf("figure %q: unknown, twice, or its steps are out of range", f.Figure)
		}
		if cold && warm {
			return fmt.Errorf("figure %q only comes with exposure", f.Figure)
		}
		seen[f.Figure] = true
	}
	return nil
}

func (b *Block) check() error {
	if b.Texts < 0 || b.Texts > mostTexts || len(b.Grams) > mostGrams {
		return fmt.Errorf("learned, %s: %d grams of %d texts", b.Part, len(b.Grams), b.Texts)
	}
	for _, g := range b.Grams {
		if !finite(g.Weight) || g.Texts < 0 || g.Texts > b.Texts || g.Text == "" || len(g.Text) > longestGram || !utf8.ValidString(g.Text) {
			return fmt.Errorf("learned, %s: gram %.40q is out of range", b.Part, g.Text)
		}
		// Each step of a gram takes memory.
		if n := utf8.RuneCountInString(g.Text); b.Part != "sentence" && n > longestPath || strings.Count(g.Text, " ") >= longestPath {
			return fmt.Errorf("learned, %s: gram %.40q is too long", b.Part, g.Text)
		}
	}
	return nil
}

// rarities is Rarity for the block's texts. Most grams are rare and so share few numbers.
func (b *Block) rarities() func(texts int) float32 {
	var known [256]float32
	return func(texts int) float32 {
		if texts < len(known) && known[texts] != 0 {
			return known[texts]
		}
		r := float32(Rarity(b.Texts, texts))
		if texts < len(known) {
			known[texts] = r
		}
		return r
	}
}

// Rarity is the smoothed inverse document frequency of a gram that stands in found
// of the texts.
func Rarity(texts, found int) float64 {
	return 1 + math.Log(float64(1+texts)/float64(1+found))
}

// The parts of a text that have grams of their own. How a post opens and closes says
// more than what stands between.
const (
	whole = iota
	opening
	closing
	parts
)

// Reach is how many runes of the body its opening and its closing have.
const Reach = 200

func partOf(name string) int {
	switch name {
	case "whole":
		return whole
	case "opening":
		return opening
	case "closing":
		return closing
	}
	return -1
}

// vocabulary finds grams: a tree whose edges stand in one open-addressed table. A step
// costs one look into memory, and a text that leaves the tree leaves it at once. It is
// kept small, since nearly all of a scan's time goes by waiting for these looks.
type vocabulary struct {
	edges []edge
	shift uint
	keys  []uint64 // by node, the edge that leads there
	first []place  // by rune of the basic plane, the root's edges: a text starts there at every rune
}

// place is a node with the parts that weigh the gram which ends there, as bits, and
// whether any gram goes on from it. 0 is the root, where no edge leads.
type place uint32

const (
	goesOn    place = 1 << parts
	nodeShift       = parts + 1
)

func (p place) node() int32 { return int32(p >> nodeShift) }

// edge leads to a place. tag stands for the key that it was hashed from, and two keys
// of one slot have the same with a chance of 2^-32.
type edge struct {
	tag uint32
	to  place
}

const symbolBits = 40

func newVocabulary(grams int) *vocabulary {
	bits := uint(4)
	for 1<<bits < 2*grams {
		bits++
	}
	return &vocabulary{edges: make([]edge, 1<<bits), shift: 64 - bits, keys: make([]uint64, 1, grams+1)}
}

func mix(node int32, symbol uint64) uint64 {
	key := (uint64(node)<<symbolBits | symbol) * 0x9E3779B97F4A7C15
	return (key ^ key>>29) * 0xBF58476D1CE4E5B9
}

// slot is where an edge stands, or the free place for it.
func (v *vocabulary) slot(node int32, symbol uint64) (at int, tag uint32) {
	h := mix(node, symbol)
	for at = int(h >> v.shift); v.edges[at].to != 0 && v.edges[at].tag != uint32(h); {
		at = (at + 1) & (len(v.edges) - 1)
	}
	return at, uint32(h)
}

// step returns where a symbol leads.
func (v *vocabulary) step(node int32, symbol uint64) place {
	h := mix(node, symbol)
	for i := int(h >> v.shift); ; i = (i + 1) & (len(v.edges) - 1) {
		if e := v.edges[i]; e.to == 0 || e.tag == uint32(h) {
			return e.to
		}
	}
}

// add makes a path for a gram and returns the node at its end. part is among those
// that weigh it from then on; fresh is false where it was before.
func (v *vocabulary) add(symbols []uint64, part int) (node int32, fresh bool) {
	at := 0
	for _, s := range symbols {
		var tag uint32
		if at, tag = v.slot(node, s); v.edges[at].to == 0 {
			next := len(v.keys)
			v.keys = append(v.keys, uint64(node)<<symbolBits|s)
			if 2*len(v.keys) > len(v.edges) {
				v.grow()
				at, tag = v.slot(node, s)
			}
			v.edges[at] = edge{tag, place(next) << nodeShift}
		}
		node = v.edges[at].to.node()
	}
	fresh = v.edges[at].to&(1<<part) == 0
	v.edges[at].to |= 1 << part
	return node, fresh
}

func (v *vocabulary) grow() {
	old := v.edges
	v.edges, v.shift = make([]edge, 2*len(old)), v.shift-1
	for _, e := range old {
		if e.to != 0 {
			key := v.keys[e.to.node()]
			at, tag := v.slot(int32(key>>symbolBits), key&(1<<symbolBits-1))
			v.edges[at] = edge{tag, e.to}
		}
	}
}

// finish marks from where grams go on and, where symbols are runes, lays out the
// root's edges by them.
func (v *vocabulary) finish(runes bool) {
	on := make([]bool, len(v.keys))
	for _, key := range v.keys {
		on[key>>symbolBits] = true
	}
	if runes {
		v.first = make([]place, 1<<16)
	}
	for i := range v.edges {
		to := &v.edges[i].to
		if *to == 0 {
			continue
		}
		if on[to.node()] {
			*to |= goesOn
		}
		if k := v.keys[to.node()]; runes && k < 1<<16 {
			v.first[k] = *to
		}
	}
}

// start is step from the root by a rune.
func (v *vocabulary) start(r rune) place {
	if uint32(r) < 1<<16 {
		return v.first[r]
	}
	return v.step(0, uint64(r))
}

// compiled is a Learned made ready for scoring.
type compiled struct {
	*Learned
	words    *vocabulary
	weights  [parts][]gramWeight // by node
	passages *vocabulary
	sentence []gramWeight // by node
}

type gramWeight struct {
	rarity float32
	weight float32
}

func compile(l *Learned) (*compiled, error) {
	c := &compiled{Learned: l}
	if len(l.Words) > 0 {
		n := 0
		for i := range l.Words {
			n = max(n, len(l.Words[i].Grams))
		}
		c.words = newVocabulary(n + n/4)
		for i := range l.Words {
			b := &l.Words[i]
			part := partOf(b.Part)
			var err error
			if c.weights[part], err = b.compile(c.words, part, func(symbols []uint64, text string) []uint64 {
				for _, r := range text {
					symbols = append(symbols, uint64(r))
				}
				return symbols
			}); err != nil {
				return nil, err
			}
		}
		c.words.finish(true)
	}
	if b := l.Passages; b != nil {
		c.passages = newVocabulary(len(b.Grams))
		var word []rune
		var err error
		if c.sentence, err = b.compile(c.passages, 0, func(symbols []uint64, text string) []uint64 {
			for said := range strings.SplitSeq(text, " ") {
				word = word[:0]
				for _, r := range said {
					word = append(word, r)
				}
				symbols = append(symbols, wordSymbol(word))
			}
			return symbols
		}); err != nil {
			return nil, err
		}
		c.passages.finish(false)
	}
	return c, nil
}

// compile puts a block's grams into a vocabulary, the frequent ones first, so that what
// a scan looks at all the time lies together. It returns the weights by node.
func (b *Block) compile(v *vocabulary, part int, spell func([]uint64, string) []uint64) ([]gramWeight, error) {
	var symbols []uint64
	rarity := b.rarities()
	var sorted [33][]int32
	for i, g := range b.Grams {
		size := bits.Len32(uint32(g.Texts))
		sorted[size] = append(sorted[size], int32(i))
	}
	weights := make([]gramWeight, len(v.keys), len(v.keys)+len(b.Grams))
	for size := len(sorted) - 1; size >= 0; size-- {
		for _, i := range sorted[size] {
			g := &b.Grams[i]
			symbols = spell(symbols[:0], g.Text)
			node, fresh := v.add(symbols, part)
			if !fresh {
				return nil, fmt.Errorf("learned, %s: gram %q stands twice", b.Part, g.Text)
			}
			for len(weights) < len(v.keys) {
				weights = append(weights, gramWeight{})
			}
			weights[node] = gramWeight{rarity(g.Texts), float32(g.Weight)}
		}
	}
	return weights, nil
}

// wordSymbol hashes a word (FNV-1a, folded to the width of a symbol). That two of a
// model's words meet is less likely than one in ten thousand, and costs a weight.
func wordSymbol(word []rune) uint64 {
	h := uint64(14695981039346656037)
	for _, r := range word {
		h = (h ^ uint64(r)) * 1099511628211
	}
	return (h ^ h>>symbolBits) & (1<<symbolBits - 2)
}

// With returns the model with what was learned in place of what it had learned
// before. Its rules stay as they are.
func (m *Model) With(l Learned, version string) (*Model, error) {
	n := *m
	n.file.Version, n.file.Learned, n.file.Calibrated, n.file.Threshold = version, &l, true, l.Warm.Threshold
	if err := n.file.check(); err != nil {
		return nil, err
	}
	var err error
	if n.learned, err = compile(n.file.Learned); err != nil {
		return nil, err
	}
	return &n, nil
}

// Learned reports whether weights of the model were learned from labelled posts
// rather than set by hand.
func (m *Model) Learned() bool { return m.learned != nil }
