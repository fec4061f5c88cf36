package disclosure

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"cinnabar/moderation"
)

// small is a learned part that a person can reckon through.
func small() Learned {
	mode := Mode{Intercept: -1, Rules: 0.5, Words: 2, Passages: 1, Slope: 1, Threshold: 0.5,
		Figures: []LearnedFigure{{Figure: "pictures", Usual: 0.1, At: []float64{2, 5}, Weights: []float64{0.25, -0.75}}}}
	warm := mode
	warm.Figures = append([]LearnedFigure{{Figure: "likes", At: []float64{10}, Weights: []float64{-2}}}, mode.Figures...)
	return Learned{
		About: "by hand", Posts: 10, Positives: 3, Warm: warm, Cold: mode,
		Words: []Block{
			{Part: "whole", Texts: 10, Grams: Grams{{"海", 3, 1}, {"海边", 2, -1}, {"a\"\\\n", 1, 0.5}, {"w", 9, 0.125}}},
			{Part: "closing", Texts: 10, Grams: Grams{{"风", 3, 0.5}}},
		},
		Passages: &Block{Part: "sentence", Texts: 20, Grams: Grams{{"buy this now", 2, 3}, {"river", 5, -1}}},
	}
}

func learnedModel(t testing.TB) *Model {
	t.Helper()
	m, err := Default().With(small(), "small")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// What is hidden by sound or shape weighs by hand, whatever a model has learned of rules.
func TestNoLearningScalesWhatIsHidden(t *testing.T) {
	t.Parallel()
	p := moderation.Post{Lang: "zh", Body: "想要的姐妹加我薇信，木又威信也行，蕞好今天"}
	by := func(m *Model) map[string]float64 {
		weights := map[string]float64{}
		for _, f := range m.Score(p, true).Findings {
			weights[f.Rule] += f.Weight
		}
		delete(weights, moderation.KindIntercept) // a mode has its own
		delete(weights, moderation.KindRemainder)
		return weights
	}
	hand, learned := by(Default()), by(learnedModel(t))
	hidden, scaled := 0, 0
	for rule, w := range hand {
		want := 0.5 * w // small's factor
		if strings.HasPrefix(rule, "disguise.") {
			want = w
			hidden++
		} else {
			scaled++
		}
		if math.Abs(learned[rule]-want) > 2e-3 {
			t.Errorf("%s weighs %.3f by hand and %.3f learned, want %.3f", rule, w, learned[rule], want)
		}
	}
	if hidden == 0 || scaled == 0 {
		t.Errorf("the post tests nothing: %v", hand)
	}
	// Training is told of the rest alone.
	m := Default()
	want := m.Score(p, true).Logit - m.file.Intercept
	for rule, w := range hand {
		if strings.HasPrefix(rule, "disguise.") {
			want -= w
		}
	}
	if got := learnedModel(t).Parts(p).Cold; math.Abs(got-want) > 1e-2 {
		t.Errorf("training is told %.3f for the rules, want %.3f", got, want)
	}
}

func TestALearnedModelReckonsAsItsFileSays(t *testing.T) {
	t.Parallel()
	m := learnedModel(t)
	p := moderation.Post{Lang: "zh", Body: "海边海", PictureCount: 3, Likes: 20}
	rare := func(n int) float64 { return Rarity(10, n) }
	// 海 stands twice, 海边 once; neither opening nor closing has them.
	sea, shore := (1+math.Log(2))*rare(3), rare(2)
	words := (sea*1 + shore*-1) / math.Hypot(sea, shore)
	parts := m.Parts(p)
	want := -1 + 0.5*parts.Warm + 2*words + (0.25 - 0.1) - 2
	if r := m.Score(p, false); math.Abs(r.Logit-want) > 1e-3 {
		t.Errorf("logit %v, want %v: %v", r.Logit, want, r.Findings)
	}
	want = -1 + 0.5*parts.Cold + 2*words + (0.25 - 0.1)
	if r := m.Score(p, true); math.Abs(r.Logit-want) > 1e-3 {
		t.Errorf("cold: logit %v, want %v: %v", r.Logit, want, r.Findings)
	}
	best := moderation.Post{Lang: "en", Body: "We saw the river. Then buy this now! The river again."}
	var passage string
	for _, f := range m.Score(best, true).Findings {
		if f.Rule == rulePassage {
			passage = f.Text
		}
	}
	if passage != "Then buy this now!" {
		t.Errorf("the passage is %q", passage)
	}
}

func TestALearnedFileThatMakesNoSenseIsRefused(t *testing.T) {
	t.Parallel()
	var file bytes.Buffer
	if err := learnedModel(t).Write(&file); err != nil {
		t.Fatal(err)
	}
	good := file.String()
	if _, err := Read(strings.NewReader(good)); err != nil {
		t.Fatal(err)
	}
	many := make([]string, mostGrams+1)
	for i := range many {
		many[i] = fmt.Sprintf(`"1 1 %x"`, i)
	}
	for name, change := range map[string][2]string{
		"an unknown field":           {`"texts": 20`, `"texts": 20, "surprise": 1`},
		"an unknown part":            {`"part": "closing"`, `"part": "middle"`},
		"a part twice":               {`"part": "closing"`, `"part": "whole"`},
		"a gram twice":               {`"1 3 海"`, `"1 3 海", "2 3 海"`},
		"a passage twice":            {`"-1 5 river"`, `"-1 5 river", "1 5 river"`},
		"a weight that is none":      {`"1 3 海"`, `"NaN 3 海"`},
		"an endless weight":          {`"1 3 海"`, `"1e999 3 海"`},
		"a huge weight":              {`"1 3 海"`, `"1e9 3 海"`},
		"more texts than there are":  {`"1 3 海"`, `"1 11 海"`},
		"fewer than none":            {`"1 3 海"`, `"1 -1 海"`},
		"a gram of nothing":          {`"1 3 海"`, `"1 3 "`},
		"a gram without its numbers": {`"1 3 海"`, `"海"`},
		"a long gram":                {`"1 3 海"`, `"1 3 ` + strings.Repeat("海", 7) + `"`},
		"a gram of many words":       {`"-1 5 river"`, `"-1 5 ` + strings.Repeat("a ", 12) + `"`},
		"a number for a gram":        {`"1 3 海"`, `13`},
		"a group for grams":          {`"1 3 海"`, `{"a": 1}`},
		"too many grams":             {`"1 3 海"`, strings.Join(many, ",")},
		"a figure that nobody knows": {`"figure": "pictures"`, `"figure": "luck"`},
		"a figure of exposure, cold": {`"figure": "pictures"`, `"figure": "saves"`},
		"steps that fall":            {"2,\n", "9,\n"},
		"a component against itself": {`"rules": 0.5`, `"rules": -0.5`},
		"a falling calibration":      {`"slope": 1`, `"slope": -1`},
		"more positives than posts":  {`"positives": 3`, `"positives": 30`},
		"something after the end":    {good[len(good)-3:], good[len(good)-3:] + "{}"},
		"passages of no sentences":   {`"part": "sentence"`, `"part": "whole"`},
		"phrases without end":        {`"报我名字"`, `"` + strings.Repeat("报我名字", longestPhrases/12+1) + `"`},
		"half a file":                {good[len(good)/2:], ""},
		"more than any model can be": {good, strings.Repeat(" ", longestModel+1) + good},
	} {
		bad := strings.ReplaceAll(good, change[0], change[1])
		if bad == good {
			// Indentation may differ; a change that changes nothing tests nothing.
			t.Errorf("%s: the file was not changed", name)
			continue
		}
		start := time.Now()
		if _, err := Read(strings.NewReader(bad)); err == nil {
			t.Errorf("%s is taken", name)
		}
		if took := time.Since(start); took > patience {
			t.Errorf("%s: took %v", name, took)
		}
	}
}

func TestALearnedPartOutOfRangeIsNotTakenUp(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Learned){
		"a threshold above all":  func(l *Learned) { l.Cold.Threshold = 1.5 },
		"a weight that is none":  func(l *Learned) { l.Words[0].Grams[0].Weight = math.NaN() },
		"an intercept of no end": func(l *Learned) { l.Warm.Intercept = math.Inf(1) },
		"broken UTF-8":           func(l *Learned) { l.Words[0].Grams[0].Text = "\xff" },
	} {
		l := small()
		change(&l)
		if _, err := Default().With(l, "x"); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if Default().Learned() {
		t.Error("the built-in model has changed")
	}
}

func TestEveryLearnedRuleIsNamed(t *testing.T) {
	t.Parallel()
	named := map[string]bool{}
	for _, r := range learnedModel(t).Rules() {
		named[r] = true
	}
	for figure := range LearnedFigures() {
		if !named[learnedRule(figure)] {
			t.Errorf("%s has no rule", figure)
		}
	}
	if !named[ruleWords] || !named[rulePassage] {
		t.Error("words or passages have no rule")
	}
}

// Long and strange texts cost no more with a learned model.
func TestALearnedModelAnswersLongTextsInBoundedTime(t *testing.T) {
	t.Parallel()
	m := learnedModel(t)
	for name, unit := range map[string]string{"one gram": "海边", "sentences": "buy this now. ", "words": "river ", "one word": "w", "lines": "海\n", "stops": ".", "broken": "\xff海", "labels": "#ad ", "quotes": "“海”", "emoji": "😀海"} {
		p := moderation.Post{Title: "海边", Body: strings.Repeat(unit, 1<<18/len(unit))}
		start := time.Now()
		r := m.Score(p, false)
		if took := time.Since(start); took > patience || len(r.Findings) > 200 {
			t.Errorf("%s: %v, %d findings", name, took, len(r.Findings))
		}
		reread(t, p, r)
	}
}
