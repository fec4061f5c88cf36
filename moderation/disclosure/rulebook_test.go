package disclosure

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
)

func withRules(t *testing.T, rules ...moderation.DetectorRule) *Model {
	t.Helper()
	m, err := Default().WithRules(rules, Default().Version()+"+r1")
	if err != nil {
		t.Fatalf("the rules are refused: %v", err)
	}
	return m
}

// hits are the words that a rule found in a post's body, in the original's letters.
func hits(m *Model, rule, body string) (words []string, weight float64) {
	for _, f := range m.Score(moderation.Post{Lang: "zh-Hans", Body: body}, true).Findings {
		if f.Rule == rule {
			if f.Span != nil && string([]rune(body)[f.Span.Start:f.Span.End]) != f.Text {
				panic("the span is of other words: " + f.Text)
			}
			words, weight = append(words, f.Text), weight+f.Weight
		}
	}
	return words, weight
}

func phrase(name string, weight float64, say ...string) moderation.DetectorRule {
	return moderation.DetectorRule{Name: name, Kind: moderation.RulePhrase, Weight: weight, Say: say}
}

func TestALeadsPhraseIsFoundHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	m := withRules(t, phrase("offer.livestream", 2, "今晚开播", "Flash Drop"))
	if m.Version() != Default().Version()+"+r1" {
		t.Errorf("the version is %s", m.Version())
	}
	for body, want := range map[string]string{
		"大家好，今晚開播。":              "今晚開播",
		"大家好，今❤晚·开播。":            "今❤晚·开播",
		"a flash drop tonight":   "flash drop",
		"a Ｆｌａｓｈ drop tonight":   "Ｆｌａｓｈ drop",
		"a flash dropper":        "",
		"没有今晚开播":                 "",
		"她说「今晚开播」":               "",
		"我不是广告今晚开播的，今晚开播。":       "今晚开播",
		"nothing of this at all": "",
	} {
		got, weight := hits(m, "offer.livestream", body)
		if want == "" && len(got) > 0 || want != "" && (len(got) == 0 || got[len(got)-1] != want || weight < 2) {
			t.Errorf("%q: %q weighs %v, want %q", body, got, weight, want)
		}
	}
	if got, _ := hits(Default(), "offer.livestream", "今晚开播"); len(got) != 0 {
		t.Error("the model itself was changed")
	}
	one, first := hits(m, "offer.livestream", "今晚开播")
	two, both := hits(m, "offer.livestream", "今晚开播。今晚开播")
	if len(one) != 1 || len(two) != 2 || both != first*1.5 {
		t.Errorf("%v weigh %v and %v weigh %v: a further hit counts half", one, first, two, both)
	}
}

func TestTheSumStaysTheLogitWithALeadsRules(t *testing.T) {
	t.Parallel()
	m := withRules(t, phrase("offer.livestream", 2, "今晚开播"), moderation.DetectorRule{Name: "code.form", Kind: moderation.RuleExpression, Weight: 1.5, Say: []string{`vip-\d{3}`}})
	rapid.Check(t, func(t *rapid.T) {
		body := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"今晚开播", "vip-123 ", "领券", "我妈", "广告", "https://bit.ly/abc ", "\n", "ok "}), 0, 60).Draw(t, "body"), "")
		r := m.Score(moderation.Post{Body: body}, false)
		sum := 0.0
		for _, f := range r.Findings {
			sum += f.Weight
		}
		if sum != r.Logit {
			t.Fatalf("%v, want %v", sum, r.Logit)
		}
	})
}

func TestARuleOfTheSameNameTakesTheOthersPlace(t *testing.T) {
	t.Parallel()
	const body = "粉丝福利：领券，限时优惠。转链 https://bit.ly/abc 30%"
	if got, _ := hits(Default(), "offer.fans", body); len(got) == 0 {
		t.Fatal("the program's rule finds nothing")
	}
	off := withRules(t, phrase("offer.fans", 0), phrase("offer.deal", 3, "领券"),
		moderation.DetectorRule{Name: "link.short", Kind: moderation.RuleLink}, phrase("offer.percent", 0), phrase("style.short", 0))
	for _, rule := range []string{"offer.fans", "link.short", "offer.percent", "style.short"} {
		if got, _ := hits(off, rule, body); len(got) != 0 {
			t.Errorf("%s is switched off and finds %q", rule, got)
		}
	}
	// The phrase of its own is found, the program's others of that name are not.
	if got, weight := hits(off, "offer.deal", body); !slices.Equal(got, []string{"领券"}) || weight != 3 {
		t.Errorf("%q weigh %v", got, weight)
	}
}

func TestALeadsLinkIsJudgedBeforeTheProgramsOwn(t *testing.T) {
	t.Parallel()
	m := withRules(t, moderation.DetectorRule{Name: "link.partner", Kind: moderation.RuleLink, Weight: 2.5, Hosts: []string{"bit.ly", "shop.example"}},
		moderation.DetectorRule{Name: "link.campaign", Kind: moderation.RuleLink, Weight: 1, Query: []string{"kol_*", "Pid"}})
	for body, rule := range map[string]string{
		"看 https://bit.ly/x3f":                       "link.partner",
		"看 https://m.shop.example/a":                 "link.partner",
		"看 https://notshop.example/a":                "link.outside",
		"看 https://somewhere.example/?KOL_id=3":      "link.campaign",
		"看 https://somewhere.example/?Pid=3":         "link.campaign",
		"看 https://somewhere.example/?q=bit.ly&pid=": "link.outside",
	} {
		if got, _ := hits(m, rule, body); len(got) != 1 {
			t.Errorf("%q: %s finds %q", body, rule, got)
		}
	}
}

func TestAnExpressionReadsTheFoldedText(t *testing.T) {
	t.Parallel()
	m := withRules(t, moderation.DetectorRule{Name: "code.form", Kind: moderation.RuleExpression, Weight: 2, Say: []string{`優惠[碼马]\s?[A-Z]{2}\d{2}`, `(?i)VIP-\d+`}})
	for body, want := range map[string][]string{
		"用优惠码 ab12 结账":       {"优惠码 ab12"},
		"用優惠碼ＡＢ１２ 结账":        {"優惠碼ＡＢ１２"},
		"𝐕𝐈𝐏-77 and vip-8":   {"𝐕𝐈𝐏-77", "vip-8"},
		"没有优惠码ab12":          nil,
		"她说「优惠码ab12」":        nil,
		"https://x.cn/vip-8": nil,
	} {
		if got, _ := hits(m, "code.form", body); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", body, got, want)
		}
	}
	// What an expression finds is never a label, though it says so.
	says := withRules(t, moderation.DetectorRule{Name: "words.any", Kind: moderation.RuleExpression, Weight: 5, Say: []string{"广告", "自费", ".告合作"}})
	for _, body := range []string{"【广告】今天去了海边", "自费去的", "【广告合作】"} {
		if got, _ := hits(says, "words.any", body); len(got) != 0 {
			t.Errorf("%q: %q is held against the post", body, got)
		}
	}
}

// Saying that a post is paid, or that it is not, is never held against it, whatever
// leads write.
func TestNoPhraseOfALeadMakesALabelWeigh(t *testing.T) {
	t.Parallel()
	for _, p := range builtIns(t).Phrases {
		for _, said := range p.Say {
			// One that counts only with other words after it says nothing by itself.
			if len(p.With) > 0 && p.Else == "" {
				continue
			}
			code := fault.CodeOf(CheckRules([]moderation.DetectorRule{phrase("words.bad", 1, said)}))
			if code != fault.LabelWeighed {
				t.Errorf("%q: %q, want %s", said, code, fault.LabelWeighed)
			}
		}
	}
	for _, said := range append(slices.Clone(builtIns(t).Denials), "今天【广告】时间", "本篇為廣告合作的帖子", "我是自費去的", "廣-告") {
		if code := fault.CodeOf(CheckRules([]moderation.DetectorRule{phrase("words.bad", 1, said)})); code != fault.LabelWeighed {
			t.Errorf("%q: %q, want %s", said, code, fault.LabelWeighed)
		}
	}
	// A word that only has the same letters in it is no label.
	if err := CheckRules([]moderation.DetectorRule{phrase("words.good", 1, "广告公司旗下", "roadmap deal")}); err != nil {
		t.Error(err)
	}
}

func builtIns(t *testing.T) *labels {
	t.Helper()
	l, err := builtInLabels()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestARuleThatMakesNoSenseIsRefusedByName(t *testing.T) {
	t.Parallel()
	expr := func(say ...string) moderation.DetectorRule {
		return moderation.DetectorRule{Name: "code.form", Kind: moderation.RuleExpression, Weight: 1, Say: say}
	}
	link := func(hosts, query []string) moderation.DetectorRule {
		return moderation.DetectorRule{Name: "link.own", Kind: moderation.RuleLink, Weight: 1, Hosts: hosts, Query: query}
	}
	many := func(n int, one func(int) moderation.DetectorRule) []moderation.DetectorRule {
		rules := make([]moderation.DetectorRule, n)
		for i := range rules {
			rules[i] = one(i)
		}
		return rules
	}
	hundred := func(i int) (say []string) {
		for n := range 100 {
			say = append(say, fmt.Sprintf("词组%d号%d", i, n))
		}
		return say
	}
	for name, c := range map[string]struct {
		code   fault.Code
		detail string // of the field, or of an expression
		rules  []moderation.DetectorRule
	}{
		"without a name":           {fault.FieldMissing, "rule", []moderation.DetectorRule{phrase("", 1, "a b")}},
		"without a kind":           {fault.FieldValue, "rule", []moderation.DetectorRule{phrase("livestream", 1, "a b")}},
		"of a reserved kind":       {fault.FieldValue, "rule", []moderation.DetectorRule{phrase("disclosure.adequate", 1, "a b")}},
		"of another kind":          {fault.FieldValue, "kind", []moderation.DetectorRule{{Name: "a.b", Kind: "guess", Weight: 1}}},
		"too heavy":                {fault.FieldValue, "weight", []moderation.DetectorRule{phrase("a.b", 5.1, "a b")}},
		"of no weight at all":      {fault.FieldValue, "weight", []moderation.DetectorRule{phrase("a.b", math.NaN(), "a b")}},
		"that says nothing":        {fault.FieldMissing, "say", []moderation.DetectorRule{phrase("a.b", 1)}},
		"of an empty phrase":       {fault.FieldValue, "say", []moderation.DetectorRule{phrase("a.b", 1, " ")}},
		"that folds to nothing":    {fault.FieldValue, "say", []moderation.DetectorRule{phrase("a.b", 1, "\u200b\u200d")}},
		"of a novel":               {fault.FieldValue, "say", []moderation.DetectorRule{phrase("a.b", 1, strings.Repeat("好", 101))}},
		"of two lines":             {fault.FieldValue, "say", []moderation.DetectorRule{phrase("a.b", 1, "a\nb")}},
		"of broken text":           {fault.FieldValue, "say", []moderation.DetectorRule{phrase("a.b", 1, "a\xffb")}},
		"with hosts in words":      {fault.FieldValue, "hosts", []moderation.DetectorRule{{Name: "a.b", Kind: moderation.RulePhrase, Weight: 1, Say: []string{"x"}, Hosts: []string{"a.b"}}}},
		"with words in links":      {fault.FieldValue, "say", []moderation.DetectorRule{{Name: "a.b", Kind: moderation.RuleLink, Weight: 1, Say: []string{"x"}}}},
		"of every link":            {fault.FieldValue, "hosts", []moderation.DetectorRule{link([]string{"*"}, nil)}},
		"of a country's links":     {fault.FieldValue, "hosts", []moderation.DetectorRule{link([]string{"com"}, nil)}},
		"of an address":            {fault.FieldValue, "hosts", []moderation.DetectorRule{link([]string{"https://a.b/c"}, nil)}},
		"of every parameter":       {fault.FieldValue, "query", []moderation.DetectorRule{link(nil, []string{"*"})}},
		"of a link to nowhere":     {fault.FieldMissing, "hosts", []moderation.DetectorRule{link(nil, nil)}},
		"said twice":               {fault.FieldTwice, "say", []moderation.DetectorRule{phrase("a.b", 1, "今晚开播", "今晚開播")}},
		"that the program has":     {fault.PhraseTaken, "", []moderation.DetectorRule{phrase("a.b", 1, "粉絲福利")}},
		"that another has":         {fault.PhraseTaken, "", []moderation.DetectorRule{phrase("a.b", 1, "今晚开播"), phrase("a.c", 1, "今晚開播")}},
		"of one name twice":        {fault.FieldTwice, "rule", []moderation.DetectorRule{phrase("a.b", 1, "x1"), phrase("a.b", 1, "x2")}},
		"with a long note":         {fault.FieldValue, "note", []moderation.DetectorRule{{Name: "a.b", Kind: moderation.RulePhrase, Weight: 1, Say: []string{"x"}, Note: strings.Repeat("好", 1001)}}},
		"501 of them":              {fault.FieldValue, "rules", many(501, func(i int) moderation.DetectorRule { return phrase(fmt.Sprintf("a.b%d", i), 0) })},
		"of 2100 phrases":          {fault.FieldValue, "sayings", many(21, func(i int) moderation.DetectorRule { return phrase(fmt.Sprintf("a.b%d", i), 1, hundred(i)...) })},
		"of 101 expressions":       {fault.FieldValue, "expressions", []moderation.DetectorRule{expr(append(hundred(0), "more")...)}},
		"an open bracket":          {fault.ExpressionBad, "expression_syntax", []moderation.DetectorRule{expr("a(b")}},
		"a look behind":            {fault.ExpressionBad, "expression_syntax", []moderation.DetectorRule{expr("(?<=a)b")}},
		"a word again":             {fault.ExpressionBad, "expression_syntax", []moderation.DetectorRule{expr(`(a)\1`)}},
		"all of Han":               {fault.ExpressionBad, "expression_class", []moderation.DetectorRule{expr(`\p{Han}+`)}},
		"anything or nothing":      {fault.ExpressionBad, "expression_empty", []moderation.DetectorRule{expr(`.*`)}},
		"a place":                  {fault.ExpressionBad, "expression_empty", []moderation.DetectorRule{expr(`^`)}},
		"what folds to nothing":    {fault.ExpressionBad, "expression_empty", []moderation.DetectorRule{expr("\u200b")}},
		"repeats without an end":   {fault.ExpressionBad, "expression_large", []moderation.DetectorRule{expr(`(abc){900}`)}},
		"repeats within repeats":   {fault.ExpressionBad, "expression_large", []moderation.DetectorRule{expr(`((a{9}){9}b{9}){12}`)}},
		"repeats in all of them":   {fault.ExpressionBad, "expressions_large", []moderation.DetectorRule{expr(`(ab){45}1`, `(ab){45}2`, `(ab){45}3`, `(ab){45}4`, `(ab){45}5`, `(ab){45}6`, `(ab){45}7`, `(ab){45}8`, `(ab){45}9`, `(ab){45}10`, `(ab){45}11`, `(ab){45}12`)}},
		"repeats of perhaps none":  {fault.ExpressionBad, "expression_empty", []moderation.DetectorRule{expr(`(a?){0,5}`)}},
		"an alternative of nought": {fault.ExpressionBad, "expression_empty", []moderation.DetectorRule{expr(`abc|`)}},
	} {
		err := CheckRules(c.rules)
		f := fault.Of(err)
		if f == nil || f.Code != c.code || c.detail != "" && f.Args["field"] != c.detail && f.Args["detail"] != c.detail {
			t.Errorf("%s: %v, want %s %s", name, err, c.code, c.detail)
		}
		if _, err := Default().WithRules(c.rules, "x"); err == nil && name != "that the program has" {
			t.Errorf("%s: compiled", name)
		}
	}
	if err := CheckRules(nil); err != nil {
		t.Errorf("no rules at all: %v", err)
	}
	// What it takes the place of it may say again.
	if err := CheckRules([]moderation.DetectorRule{phrase("offer.fans", 2, "粉丝福利"), expr("优惠.{0,4}码")}); err != nil {
		t.Error(err)
	}
}

// A rulebook that was published before the program knew some words as well as it does
// now goes on working: a phrase of both is the lead's, a label stays a label.
func TestRulesOutliveANewerModelsWords(t *testing.T) {
	t.Parallel()
	m := withRules(t, phrase("offer.old", 2, "粉丝福利", "今晚开播", "#ad"))
	if got, weight := hits(m, "offer.old", "粉絲福利，今晚开播"); len(got) != 2 || weight != 3 {
		t.Errorf("%q weigh %v", got, weight)
	}
	if got, _ := hits(m, "offer.fans", "粉絲福利，宠粉福利"); !slices.Equal(got, []string{"宠粉福利"}) {
		t.Errorf("the program's own finds %q", got)
	}
	if r := m.Score(moderation.Post{Lang: "en", Body: "#ad today"}, true); r.Disclosure != Adequate {
		t.Errorf("the label is %s", r.Disclosure)
	}
}

// The largest rulebook there may be, of the most expensive rules that are taken, on the
// worst megabyte for them.
func TestTheLargestRulebookIsQuickEnough(t *testing.T) {
	t.Parallel()
	var rules []moderation.DetectorRule
	for i := range 19 {
		r := phrase(fmt.Sprintf("a.p%d", i), 1)
		for n := range 100 {
			r.Say = append(r.Say, strings.Repeat("的", 90)+fmt.Sprintf("%d号%d", i, n))
		}
		rules = append(rules, r)
	}
	e := moderation.DetectorRule{Name: "a.e", Kind: moderation.RuleExpression, Weight: 1}
	for n := range 100 {
		e.Say = append(e.Say, fmt.Sprintf(`(的|a){1,3}%d`, n))
	}
	rules = append(rules, e)
	began := time.Now()
	m, err := Default().WithRules(rules, "large")
	if err != nil {
		t.Fatal(err)
	}
	compiled := time.Since(began)
	began = time.Now()
	m.Score(moderation.Post{Body: strings.Repeat("的", 1<<20/3)}, false)
	t.Logf("compiled in %v, a megabyte in %v", compiled, time.Since(began))
	if took := time.Since(began); took > 20*time.Second { // by the race detector, on a loaded machine
		t.Errorf("a megabyte took %v", took)
	}
}

// The map's automaton finds exactly what a search for each phrase finds.
func TestTheSparseAutomatonFindsWhatASearchFinds(t *testing.T) {
	t.Parallel()
	letters := rapid.StringOfN(rapid.RuneFrom([]rune("ab码😀")), 1, 4, -1)
	rapid.Check(t, func(t *rapid.T) {
		said := rapid.SliceOfNDistinct(letters, 1, 6, rapid.ID[string]).Draw(t, "phrases")
		var phrases [][]rune
		for _, s := range said {
			phrases = append(phrases, []rune(s))
		}
		text := []rune(rapid.StringOfN(rapid.RuneFrom([]rune("ab码😀c")), 0, 30, -1).Draw(t, "text"))
		var want []match
		for p, phrase := range phrases {
			for at := 0; at+len(phrase) <= len(text); at++ {
				if slices.Equal(text[at:at+len(phrase)], phrase) {
					want = append(want, match{int32(p) + 7, int32(at), int32(at + len(phrase))})
				}
			}
		}
		want = outermost(want)
		got := outermost(newSparse(phrases, 7).find(text, func(match) bool { return true }))
		if !slices.Equal(got, want) {
			t.Fatalf("%q in %q: %v, want %v", said, string(text), got, want)
		}
	})
}
