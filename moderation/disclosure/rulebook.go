package disclosure

import (
	"math"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
)

// WithRules returns the model with a lead's rules on top, under a version of its own.
// A rule that has the name of one of the model's takes its place, and with weight 0
// switches it off. The model itself stays as it is, and the two share what is large.
//
// It refuses what no program could make sense of, so a rulebook that somebody wrote past
// the checks stops a scan instead of misleading it. What CheckRules refuses because of
// the model's own words may have been right when it was published, before a newer model
// came: a phrase that the model has too becomes the lead's, and one that is a label now
// is left out. Write leaves expressions out: the file format has none.
func (m *Model) WithRules(rules []moderation.DetectorRule, version string) (*Model, error) {
	if err := m.checkRules(rules, false); err != nil {
		return nil, err
	}
	n := *m
	n.file.Version = version
	instead := func(name string) bool {
		return slices.ContainsFunc(rules, func(r moderation.DetectorRule) bool { return r.Name == name })
	}
	n.file.Phrases = slices.DeleteFunc(slices.Clone(m.file.Phrases), func(r phraseRule) bool { return r.Count == "" && instead(r.Rule) })
	n.file.Links = slices.DeleteFunc(slices.Clone(m.file.Links), func(r linkRule) bool { return instead(r.Rule) })
	n.file.Patterns = slices.DeleteFunc(slices.Clone(m.file.Patterns), func(r patternRule) bool { return instead(r.Rule) })
	n.file.Figures = slices.DeleteFunc(slices.Clone(m.file.Figures), func(r figureRule) bool { return instead(r.Rule) })

	entries := slices.Clone(m.lexicon.entries)
	for i, e := range entries {
		if e.rule != nil && e.rule.Count == "" && instead(e.rule.Rule) {
			entries[i] = entry{}
		}
	}
	var phrases [][]rune
	n.expressions = slices.Clone(m.expressions)
	for _, r := range rules {
		if r.Weight == 0 {
			continue
		}
		rule := &phraseRule{Rule: r.Name, Weight: r.Weight, More: moreOfRule, Say: r.Say}
		switch r.Kind {
		case moderation.RulePhrase:
			for _, said := range r.Say {
				folded := folded(said)
				if m.lexicon.saysLabel(m.labels, said) {
					continue
				}
				if i := m.lexicon.same(folded); i >= 0 {
					entries[i] = entry{}
				}
				phrases = append(phrases, folded)
				entries = append(entries, entry{rule: rule, bounds: bounded(folded[0]) || bounded(folded[len(folded)-1])})
			}
			n.file.Phrases = append(n.file.Phrases, *rule)
		case moderation.RuleLink:
			// Before the model's own, because the first rule that knows a link speaks of it.
			n.file.Links = slices.Insert(n.file.Links, 0, linkRule{Rule: r.Name, Weight: r.Weight, More: moreOfRule, Hosts: r.Hosts, Query: r.Query})
		case moderation.RuleExpression:
			for _, said := range r.Say {
				form, _, err := expressionOf(said)
				if err != nil {
					return nil, err
				}
				n.expressions = append(n.expressions, expression{rule: rule, form: form})
			}
		}
	}
	n.lexicon = &lexicon{automaton: m.lexicon.automaton, disguised: m.lexicon.disguised, entries: entries, book: newSparse(phrases, len(m.lexicon.entries))}
	return &n, nil
}

// CheckRules says why the rules of a rulebook cannot be taken: FieldMissing, FieldValue
// or FieldTwice with the field, PhraseTaken by a rule of the program or another of these,
// LabelWeighed, ExpressionBad. It returns nil for good ones.
func CheckRules(rules []moderation.DetectorRule) error { return Default().checkRules(rules, true) }

// moreOfRule is what each further hit of a lead's rule counts of the one before.
const moreOfRule = 0.5

var (
	ruleName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}\.[a-z0-9_]{1,60}$`)
	hostName = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)*(\.[a-z0-9-]+|\.\*)$`)
	// Of a prefix the case doesn't count, and rules are compared in lower case.
	queryName = regexp.MustCompile(`^([A-Za-z0-9_.\[\]-]+|[a-z0-9_.\[\]-]+\*)$`)
)

// Kinds of evidence that mean something of their own, which no lead's rule may say.
var reservedKinds = []string{
	"disclosure", "negation", "voice", "learned", "base", "rest", moderation.KindIntercept, moderation.KindRemainder, moderation.KindModel,
	"random", "contract", "declared", "new", "second", "information", "escalated", "appeal", "info_came",
}

const longestNote = 1000 // runes

// checkRules judges rules together; asNew against the model's own words too.
func (m *Model) checkRules(rules []moderation.DetectorRule, asNew bool) error {
	if len(rules) > moderation.MaxRules {
		return fault.New(fault.FieldValue, "field", "rules", "value", strconv.Itoa(len(rules)))
	}
	names := map[string]bool{}
	sayings, expressions := 0, 0
	for _, r := range rules {
		if err := checkShape(r); err != nil {
			return err
		}
		if names[r.Name] {
			return fault.New(fault.FieldTwice, "field", "rule", "value", r.Name)
		}
		names[r.Name] = true
		sayings += len(r.Say) + len(r.Hosts) + len(r.Query)
		if r.Kind == moderation.RuleExpression {
			expressions += len(r.Say)
		}
	}
	if sayings > moderation.MaxSayings {
		return fault.New(fault.FieldValue, "field", "sayings", "value", strconv.Itoa(sayings))
	}
	if expressions > moderation.MaxBookExpression {
		return fault.New(fault.FieldValue, "field", "expressions", "value", strconv.Itoa(expressions))
	}
	var taken map[string]string // by folded phrase, the rule of the model that has it
	whose := map[string]string{}
	extents := 0
	for _, r := range rules {
		for _, said := range r.Say {
			switch r.Kind {
			case moderation.RuleExpression:
				_, size, err := expressionOf(said)
				if err != nil {
					return err
				}
				if extents += size; extents > bookSize {
					return fault.New(fault.ExpressionBad, "value", said, "detail", "expressions_large")
				}
			case moderation.RulePhrase:
				if taken == nil && asNew {
					taken = m.taken(names)
				}
				f := folded(said)
				if len(f) == 0 {
					return fault.New(fault.FieldValue, "field", "say", "value", said)
				}
				if asNew && m.lexicon.saysLabel(m.labels, said) {
					return fault.New(fault.LabelWeighed, "value", said)
				}
				if other, ok := taken[string(f)]; ok {
					return fault.New(fault.PhraseTaken, "value", said, "rule", other)
				}
				if other, ok := whose[string(f)]; ok && other == r.Name {
					return fault.New(fault.FieldTwice, "field", "say", "value", said)
				} else if ok {
					return fault.New(fault.PhraseTaken, "value", said, "rule", other)
				}
				whose[string(f)] = r.Name
			}
		}
	}
	return nil
}

// checkShape judges what can be judged of a rule without any other.
func checkShape(r moderation.DetectorRule) error {
	bad := func(field, value string) error {
		return fault.New(fault.FieldValue, "field", field, "value", value, "rule", r.Name)
	}
	kind, _, _ := strings.Cut(r.Name, ".")
	switch {
	case r.Name == "":
		return fault.New(fault.FieldMissing, "field", "rule")
	case !ruleName.MatchString(r.Name), slices.Contains(reservedKinds, kind):
		return bad("rule", r.Name)
	case r.Kind != moderation.RulePhrase && r.Kind != moderation.RuleLink && r.Kind != moderation.RuleExpression:
		return bad("kind", string(r.Kind))
	case !(math.Abs(r.Weight) <= moderation.MaxRuleWeight): // NaN too
		return bad("weight", strconv.FormatFloat(r.Weight, 'g', -1, 64))
	case utf8.RuneCountInString(r.Note) > longestNote:
		return bad("note", string([]rune(r.Note)[:40])+"…")
	}
	words, links := r.Kind != moderation.RuleLink, r.Kind == moderation.RuleLink
	if words && len(r.Hosts) > 0 {
		return bad("hosts", r.Hosts[0])
	}
	if words && len(r.Query) > 0 {
		return bad("query", r.Query[0])
	}
	if links && len(r.Say) > 0 {
		return bad("say", r.Say[0])
	}
	if r.Weight != 0 && len(r.Say)+len(r.Hosts)+len(r.Query) == 0 {
		return fault.New(fault.FieldMissing, "field", map[bool]string{true: "hosts", false: "say"}[links], "rule", r.Name)
	}
	for _, said := range r.Say {
		if strings.TrimSpace(said) == "" || utf8.RuneCountInString(said) > moderation.MaxSaying || !utf8.ValidString(said) || strings.ContainsAny(said, "\n\r\t\x00") {
			return bad("say", said)
		}
	}
	for _, h := range r.Hosts {
		if len(h) > moderation.MaxSaying || !hostName.MatchString(h) {
			return bad("hosts", h)
		}
	}
	for _, q := range r.Query {
		if len(q) > moderation.MaxSaying || !queryName.MatchString(q) {
			return bad("query", q)
		}
	}
	return nil
}

// folded is a phrase as it is looked for.
func folded(said string) []rune { return newText("", strings.TrimSpace(said)).folded }

// taken lists the model's own phrases, folded, without those of rules that are replaced.
func (m *Model) taken(replaced map[string]bool) map[string]string {
	taken := map[string]string{}
	for _, p := range m.file.Phrases {
		if p.Count == "" && replaced[p.Rule] {
			continue
		}
		for _, said := range p.Say {
			taken[string(folded(said))] = p.Rule
		}
	}
	return taken
}

// saysLabel reports whether a phrase is, or has within it, a word of disclosure or a
// denial. The longer phrase would hide the label that it has within it.
func (x *lexicon) saysLabel(l *labels, said string) bool {
	t := newText("body", strings.TrimSpace(said))
	says := false
	x.automaton.find(t.folded, func(m match) bool {
		if e := x.entries[m.phrase]; e.denial {
			says = says || x.stands(t, m)
		} else if e.label != nil && x.stands(t, m) {
			_, ok := l.labelAt(t, m, e.label, make([]bool, len(t.folded)))
			says = says || ok
		}
		return false
	})
	return says
}

// same is the entry of the model's own that a folded phrase is, -1 for none.
func (x *lexicon) same(folded []rune) int {
	entry := -1
	x.automaton.find(folded, func(m match) bool {
		if m.start == 0 && int(m.end) == len(folded) {
			entry = int(m.phrase)
		}
		return false
	})
	return entry
}

// expression is a lead's regular expression.
type expression struct {
	rule *phraseRule
	form *regexp.Regexp
}

// What an expression may cost. Matching is linear in the text, but by a factor that
// hangs on the expression, and there may be a hundred of them.
const (
	expressionReads = 9000 // bytes of each folded field: 3000 Chinese characters, three times the longest note
	expressionSize  = 200  // nodes of the syntax tree, with repeats counted
	bookSize        = 2000 // of all expressions of a rulebook
	triedMatches    = 50
)

// expressionOf compiles an expression to be matched on folded text: without case, and
// with its characters folded as the text's are, so that each need be written in one
// script only; size is what it costs. Classes by Unicode's tables are not known: ASCII has enough of them.
func expressionOf(said string) (form *regexp.Regexp, size int, err error) {
	bad := func(detail string) (*regexp.Regexp, int, error) {
		return nil, 0, fault.New(fault.ExpressionBad, "value", said, "detail", detail)
	}
	if _, err := syntax.Parse(said, syntax.Perl); err != nil {
		return bad("expression_syntax")
	}
	tree, err := syntax.Parse(said, syntax.Perl&^syntax.UnicodeGroups)
	if err != nil {
		return bad("expression_class")
	}
	foldTree(tree)
	least, size := extent(tree)
	switch {
	case size > expressionSize:
		return bad("expression_large")
	case least == 0:
		return bad("expression_empty")
	}
	if form, err = regexp.Compile(tree.String()); err != nil {
		return bad("expression_large")
	}
	return form, size, nil
}

// foldTree folds the characters that an expression names.
func foldTree(tree *syntax.Regexp) {
	switch tree.Op {
	case syntax.OpLiteral:
		var out []rune
		for _, r := range tree.Rune {
			out = append(out, foldRune(r)...)
		}
		tree.Rune = out
		tree.Flags &^= syntax.FoldCase
		if len(out) == 0 {
			tree.Op = syntax.OpEmptyMatch
		}
	case syntax.OpCharClass:
		ranges := slices.Clone(tree.Rune)
		for i := 0; i+1 < len(tree.Rune); i += 2 {
			if tree.Rune[i+1]-tree.Rune[i] > 1000 {
				continue // of 一-龥 the simplified half is there already
			}
			for r := tree.Rune[i]; r <= tree.Rune[i+1]; r++ {
				if f := foldRune(r); len(f) == 1 && f[0] != r {
					ranges = append(ranges, f[0], f[0])
				}
			}
		}
		tree.Rune = ranges
	}
	for _, sub := range tree.Sub {
		foldTree(sub)
	}
}

// extent is how many characters an expression takes at least, and how large it is.
func extent(tree *syntax.Regexp) (least, size int) {
	const most = 1 << 20 // so that nested repeats don't overflow
	size = 1
	var subs []int
	for _, sub := range tree.Sub {
		l, s := extent(sub)
		subs = append(subs, l)
		size = min(most, size+s)
	}
	switch tree.Op {
	case syntax.OpNoMatch:
		least = 1
	case syntax.OpLiteral:
		least, size = len(tree.Rune), len(tree.Rune)
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		least = 1
	case syntax.OpCapture, syntax.OpPlus:
		least = subs[0]
	case syntax.OpRepeat:
		least = min(most, subs[0]*tree.Min)
		size = min(most, size*max(tree.Min, tree.Max, 1))
	case syntax.OpConcat:
		for _, l := range subs {
			least = min(most, least+l)
		}
	case syntax.OpAlternate:
		least = slices.Min(subs)
	}
	return least, size
}

// expressions weighs what a lead's expressions find in a field. Like a phrase, a match
// counts neither in a quotation nor after a denial, and never where a label or a denial
// is part of it.
func (s *scoring) expressions(a *analysed) {
	if len(s.model.expressions) == 0 {
		return
	}
	read := a.folded[:min(len(a.folded), expressionReads)]
	content := string(read)
	if len(content) > expressionReads {
		content = strings.ToValidUTF8(content[:expressionReads], "")
	}
	// From bytes back to runes: 0 to len(content), ends of matches included.
	at := make([]int32, len(content)+1)
	n := int32(0)
	for i := range content {
		at[i] = n
		n++
	}
	at[len(content)] = n
	for i := range s.model.expressions {
		e := &s.model.expressions[i]
		for _, m := range e.form.FindAllStringIndex(content, triedMatches) {
			start, end := int(at[m[0]]), int(at[m[1]])
			if s.hits[e.rule] >= countedHits {
				break
			}
			if start == end || a.inQuotes[start] || a.inLink[start] || slices.Contains(a.masked[start:end], true) || negated(a.text, start) {
				continue
			}
			s.add(e.rule, e.rule.Weight, e.rule.More, a.finding(e.rule.Rule, start, end, 1))
		}
	}
}

// sparse finds many phrases in one pass, as automaton does, for phrases that people
// change from day to day. A step costs a look into a map, but only inside of what may
// become a phrase; its size follows the phrases alone, where the other's is the
// product of states and letters: two thousand long phrases would take gigabytes.
type sparse struct {
	step    map[step]int32
	fail    []int32
	output  []int32 // phrase that ends in a state, -1 for none
	shorter []int32 // next state on the way to shorter phrases ending here, 0 for none
	lengths []int32 // of phrases, in runes
	first   int32   // the number of the first phrase
}

type step struct {
	state int32
	r     rune
}

// newSparse compiles folded phrases, all different; the first of them is number first.
// It returns nil for none.
func newSparse(phrases [][]rune, first int) *sparse {
	if len(phrases) == 0 {
		return nil
	}
	a := &sparse{step: map[step]int32{}, fail: []int32{0}, output: []int32{-1}, shorter: []int32{0}, first: int32(first)}
	type edge struct {
		from, to int32
		r        rune
	}
	var levels [][]edge // by depth, so that whoever is linked finds all shorter ones linked
	for i, p := range phrases {
		a.lengths = append(a.lengths, int32(len(p)))
		state := int32(0)
		for depth, r := range p {
			next, ok := a.step[step{state, r}]
			if !ok {
				next = int32(len(a.fail))
				a.step[step{state, r}] = next
				a.fail, a.output, a.shorter = append(a.fail, 0), append(a.output, -1), append(a.shorter, 0)
				if depth == len(levels) {
					levels = append(levels, nil)
				}
				levels[depth] = append(levels[depth], edge{state, next, r})
			}
			state = next
		}
		a.output[state] = int32(i)
	}
	for _, level := range levels[1:] {
		for _, e := range level {
			f := a.next(a.fail[e.from], e.r)
			a.fail[e.to] = f
			if a.output[f] >= 0 {
				a.shorter[e.to] = f
			} else {
				a.shorter[e.to] = a.shorter[f]
			}
		}
	}
	return a
}

func (a *sparse) next(state int32, r rune) int32 {
	for {
		if to, ok := a.step[step{state, r}]; ok {
			return to
		}
		if state == 0 {
			return 0
		}
		state = a.fail[state]
	}
}

// find returns every phrase in a text that keep accepts, those inside others too.
func (a *sparse) find(folded []rune, keep func(match) bool) []match {
	var found []match
	state := int32(0)
	for i, r := range folded {
		state = a.next(state, r)
		for s := state; s != 0; s = a.shorter[s] {
			if p := a.output[s]; p >= 0 {
				if m := (match{a.first + p, int32(i) + 1 - a.lengths[p], int32(i) + 1}); keep(m) {
					found = append(found, m)
				}
			}
		}
	}
	return found
}
