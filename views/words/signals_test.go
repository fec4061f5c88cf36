package words

import (
	"strings"
	"testing"

	"cinnabar/moderation"
	"cinnabar/moderation/rings"
	"cinnabar/moderation/signals"
)

func TestEveryRuleOfRingsAndSignalsIsExplained(t *testing.T) {
	t.Parallel()
	rules := append(signals.Rules(), "copy.text", "copy.slot")
	for _, k := range rings.Kinds() {
		rules = append(rules, "ring."+string(k))
	}
	for _, l := range Languages() {
		book := For(l)
		for _, rule := range rules {
			if kind := (moderation.Finding{Rule: rule}).Kind(); !book.Has("rule."+rule) || !book.Has("kind."+kind) {
				t.Errorf("%s does not explain %s, or not its kind", l, rule)
			}
		}
	}
}

func TestEverySignalIsNamedAndSaysWhyInFull(t *testing.T) {
	t.Parallel()
	for _, l := range Languages() {
		book := For(l)
		for _, k := range signals.Kinds() {
			if book.Signal(k) == string(k) {
				t.Errorf("%s has no name for %s", l, k)
			}
		}
		for _, v := range signals.Levels() {
			if book.Level(v) == string(v) {
				t.Errorf("%s has no name for %s", l, v)
			}
		}
		for _, d := range signals.Details() {
			if !book.Has("missing." + d) {
				t.Errorf("%s has no name for %s", l, d)
			}
		}
		for code, names := range signals.Says() {
			args := map[string]string{}
			for _, n := range names {
				args[n] = "‹" + n + "›"
			}
			said := book.Says(signals.Say{Code: code, Args: args})
			if strings.ContainsAny(said, "{}⟦") {
				t.Errorf("%s: %s has a gap: %s", l, code, said)
			}
			for _, a := range args {
				if !strings.Contains(said, a) {
					t.Errorf("%s: %s leaves out %s: %s", l, code, a, said)
				}
			}
		}
	}
}

func TestFiguresOfASignalAreGrouped(t *testing.T) {
	t.Parallel()
	say := signals.Say{Code: "followers.following", Args: map[string]string{"following": "400000", "followers": "1200000"}}
	if got := For(EN).Says(say); got != "Follows 400,000 accounts and has 1,200,000 followers." {
		t.Error(got)
	}
}
