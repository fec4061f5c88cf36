package disclosure

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"
	"sync"
)

// Model is a set of rules with their weights, compiled once and then only read:
// one Model may score in many goroutines.
type Model struct {
	file    modelFile
	lexicon *lexicon
	labels  *labels
	learned *compiled // nil where all weights are set by hand
	// expressions are a lead's, of WithRules.
	expressions []expression
}

// modelFile is the readable form: JSON that a person can weigh line by line.
// Unknown fields are refused, so that a misspelt one does not pass as a zero.
type modelFile struct {
	Version    string  `json:"version"`
	About      string  `json:"about"`
	Calibrated bool    `json:"calibrated"`
	Threshold  float64 `json:"threshold"` // of the probability, 0…1
	Intercept  float64 `json:"intercept"` // what a post without any sign starts from, in logits
	// FullLength is the length in units (a Chinese character, or half an English
	// word) up to which a phrase of a diluted rule counts in full. Beyond it the
	// weight falls with the square root: long diaries say everything once.
	FullLength float64       `json:"full_length"`
	Phrases    []phraseRule  `json:"phrases"`
	Links      []linkRule    `json:"links"`
	Patterns   []patternRule `json:"patterns"`
	Figures    []figureRule  `json:"figures"`
	Learned    *Learned      `json:"learned,omitempty"` // what comes on top of the rules
}

// phraseRule weighs a set of phrases that mean one thing. The first one found
// counts Weight, each further one More times the one before.
type phraseRule struct {
	Rule   string   `json:"rule"`
	Weight float64  `json:"weight"`
	More   float64  `json:"more"`
	Dilute bool     `json:"dilute"`
	Count  string   `json:"count,omitempty"` // a figure that the phrases are counted into instead
	Say    []string `json:"say"`
}

// linkRule weighs links by host (and its subdomains) and by query parameter. A
// link must match a host where hosts are given, and a parameter where these are.
type linkRule struct {
	Rule   string   `json:"rule"`
	Weight float64  `json:"weight"`
	More   float64  `json:"more"`
	Hosts  []string `json:"hosts,omitempty"`
	Query  []string `json:"query,omitempty"`
}

// patternRule weighs what a scanner in code finds: "price", "handle", "code",
// "command", "phone", "hours", "address".
type patternRule struct {
	Pattern string  `json:"pattern"`
	Rule    string  `json:"rule"`
	Weight  float64 `json:"weight"`
	More    float64 `json:"more"`
	Dilute  bool    `json:"dilute"`
}

// figureRule weighs a number: nothing up to From, all of Weight from To on, and
// a straight line between. From may be above To for "the fewer, the more".
type figureRule struct {
	Figure string  `json:"figure"`
	Rule   string  `json:"rule"`
	From   float64 `json:"from"`
	To     float64 `json:"to"`
	Log    bool    `json:"log,omitempty"` // straight in log(1+x)
	Warm   bool    `json:"warm,omitempty"`
	Weight float64 `json:"weight"`
}

func (f figureRule) contribution(x float64) float64 {
	from, to := f.From, f.To
	if f.Log {
		x, from, to = math.Log1p(x), math.Log1p(from), math.Log1p(to)
	}
	return f.Weight * min(1, max(0, (x-from)/(to-from)))
}

//go:embed model.json
var builtIn []byte

var standard = sync.OnceValue(func() *Model {
	m, err := Read(bytes.NewReader(builtIn))
	if err != nil {
		panic("disclosure: the built-in model: " + err.Error())
	}
	return m
})

// Default is the built-in model: rules with weights set by hand. It is not
// calibrated on anybody's platform, so its figure orders posts and is no
// frequency.
func Default() *Model { return standard() }

// Read compiles a model from its readable form. It refuses what Write would not have
// written: unknown fields, numbers out of range, more than a model can need.
func Read(r io.Reader) (*Model, error) {
	whole, err := io.ReadAll(io.LimitReader(r, longestModel+1))
	if err != nil {
		return nil, fmt.Errorf("reading a model: %w", err)
	}
	if len(whole) > longestModel {
		return nil, fmt.Errorf("reading a model: it is longer than %d MB", longestModel>>20)
	}
	var file modelFile
	d := json.NewDecoder(bytes.NewReader(whole))
	d.DisallowUnknownFields()
	if err := d.Decode(&file); err != nil {
		return nil, fmt.Errorf("reading a model: %w", err)
	}
	if len(bytes.TrimSpace(whole[d.InputOffset():])) > 0 {
		return nil, fmt.Errorf("reading a model: there is more after its end")
	}
	m, err := compileModel(file)
	if err != nil {
		return nil, fmt.Errorf("reading a model: %w", err)
	}
	return m, nil
}

func compileModel(file modelFile) (*Model, error) {
	m := &Model{file: file}
	err := m.file.check()
	if err != nil {
		return nil, err
	}
	if m.labels, err = builtInLabels(); err != nil {
		return nil, err
	}
	if m.lexicon, err = newLexicon(m.file.Phrases, m.labels); err != nil {
		return nil, err
	}
	if m.file.Learned != nil {
		if m.learned, err = compile(m.file.Learned); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (f *modelFile) check() error {
	switch {
	case f.Version == "":
		return fmt.Errorf("no version")
	case !(f.Threshold > 0 && f.Threshold < 1):
		return fmt.Errorf("threshold %v is not between 0 and 1", f.Threshold)
	case !finite(f.Intercept) || f.FullLength <= 0:
		return fmt.Errorf("intercept or full_length out of range")
	}
	runes := 0
	for _, p := range f.Phrases {
		for _, said := range p.Say {
			runes += len(said)
		}
		if runes > longestPhrases {
			return fmt.Errorf("phrases: more than %d KB of them", longestPhrases>>10)
		}
		if !finite(p.Weight, p.More) || p.More < 0 || p.More > 1 || p.Rule == "" || strings.HasPrefix(p.Rule, "disclosure") {
			return fmt.Errorf("phrases %q: a weight is out of range, or the rule is not one for phrases", p.Rule)
		}
	}
	for _, l := range f.Links {
		if !finite(l.Weight, l.More) || l.More < 0 || l.More > 1 || l.Rule == "" {
			return fmt.Errorf("links %q: weight out of range", l.Rule)
		}
	}
	for _, p := range f.Patterns {
		if !finite(p.Weight, p.More) || p.More < 0 || p.More > 1 || !knownPatterns[p.Pattern] {
			return fmt.Errorf("pattern %q: unknown, or weight out of range", p.Pattern)
		}
	}
	for _, g := range f.Figures {
		if !finite(g.Weight, g.From, g.To) || g.From == g.To || !knownFigures[g.Figure] {
			return fmt.Errorf("figure %q: unknown, or bounds out of range", g.Figure)
		}
	}
	if f.Learned != nil {
		return f.Learned.check()
	}
	return nil
}

// Version names the model; it stands beside every score.
func (m *Model) Version() string { return m.file.Version }

// Calibrated reports whether Commercial may be read as a frequency.
func (m *Model) Calibrated() bool { return m.file.Calibrated }

// Threshold is the probability from which a post counts as commercial, where its
// engagement is looked at.
func (m *Model) Threshold() float64 { return m.file.Threshold }

// ThresholdCold is Threshold where engagement and the author's habits are left out.
func (m *Model) ThresholdCold() float64 {
	if m.file.Learned != nil {
		return m.file.Learned.Cold.Threshold
	}
	return m.file.Threshold
}

// Write writes a model in its readable form, which Read takes.
func (m *Model) Write(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(&m.file)
}

// Rules lists every rule that can stand in a finding, so that a catalogue can be
// tested for completeness.
func (m *Model) Rules() []string {
	seen := map[string]bool{}
	var rules []string
	add := func(names ...string) {
		for _, n := range names {
			if n != "" && !seen[n] {
				seen[n] = true
				rules = append(rules, n)
			}
		}
	}
	for _, p := range m.file.Phrases {
		if p.Count == "" {
			add(p.Rule)
		}
	}
	for _, l := range m.file.Links {
		add(l.Rule)
	}
	for _, p := range m.file.Patterns {
		add(p.Rule)
	}
	for _, f := range m.file.Figures {
		add(f.Rule)
	}
	for _, e := range m.expressions {
		add(e.rule.Rule)
	}
	if m.learned != nil {
		add(rulePassage, ruleWords)
		for name := range learnedFigures {
			add(learnedRule(name))
		}
	}
	add("disclosure.adequate", "disclosure.buried", "disclosure.ambiguous", "negation.denied", "intercept", "remainder")
	return rules
}
