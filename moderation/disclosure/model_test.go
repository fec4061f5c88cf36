package disclosure

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

func TestTheBuiltInModelSaysWhatItIs(t *testing.T) {
	t.Parallel()
	m := Default()
	if m.Version() == "" || m.Calibrated() || m.Threshold() <= 0 || m.Threshold() >= 1 {
		t.Errorf("version %q, calibrated %v, threshold %v", m.Version(), m.Calibrated(), m.Threshold())
	}
	for _, p := range m.file.Phrases {
		if strings.HasPrefix(p.Rule, "disclosure") || strings.HasPrefix(p.Rule, "negation") {
			t.Errorf("%s weighs a label or a denial", p.Rule)
		}
	}
}

func TestAModelThatMakesNoSenseIsRefused(t *testing.T) {
	t.Parallel()
	good := string(builtIn)
	for name, bad := range map[string]string{
		"no JSON":                  "{",
		"an unknown field":         strings.Replace(good, `"threshold"`, `"treshold"`, 1),
		"a threshold of one":       strings.Replace(good, `"threshold": 0.5`, `"threshold": 1`, 1),
		"no version":               strings.Replace(good, `"version": "`+Default().Version()+`"`, `"version": ""`, 1),
		"an unknown figure":        strings.Replace(good, `"figure": "likes"`, `"figure": "luck"`, 1),
		"an unknown pattern":       strings.Replace(good, `"pattern": "price"`, `"pattern": "prize"`, 1),
		"one phrase twice":         strings.Replace(good, `"报我名字"`, `"报我名字", "報我名字"`, 1),
		"a phrase of nothing":      strings.Replace(good, `"报我名字"`, `"\u200b"`, 1),
		"more than the one before": strings.Replace(good, `"more": 0.5`, `"more": 1.5`, 1),
	} {
		if bad == good {
			t.Errorf("%s: the model was not changed", name)
		}
		if _, err := Read(strings.NewReader(bad)); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if m, err := Read(bytes.NewReader(builtIn)); err != nil || m.Version() != Default().Version() {
		t.Errorf("the built-in one: %v", err)
	}
}

func TestEveryTableNamesItsSourceAndDay(t *testing.T) {
	t.Parallel()
	for _, j := range Jurisdictions() {
		if _, ok := j.Date.Time(); !ok || j.Source == "" || j.Lines < 1 || j.Runes < 1 || j.Tags < 1 {
			t.Errorf("%+v", j)
		}
	}
}

func TestOneModelScoresInManyGoroutines(t *testing.T) {
	t.Parallel()
	want := Default().Score(hiddenZH, false).Logit
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				if got := Default().Score(hiddenZH, false).Logit; got != want {
					t.Errorf("%v, want %v", got, want)
				}
			}
		})
	}
	wg.Wait()
}

// The automaton finds exactly what a search for each phrase finds, without those
// that lie inside a longer one.
func TestTheAutomatonFindsWhatASearchFinds(t *testing.T) {
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
					want = append(want, match{int32(p), int32(at), int32(at + len(phrase))})
				}
			}
		}
		want = outermost(want)
		got := newAutomaton(phrases).find(text, func(match) bool { return true })
		if !slices.Equal(got, want) {
			t.Fatalf("%q in %q: %v, want %v", said, string(text), got, want)
		}
	})
}
