package words

import (
	"testing"

	"cinnabar/moderation"
	"cinnabar/moderation/disclosure"
)

func TestEveryRuleOfTheDetectorIsExplained(t *testing.T) {
	t.Parallel()
	for _, l := range Languages() {
		book := For(l)
		for _, rule := range disclosure.Default().Rules() {
			if !book.Has("rule." + rule) {
				t.Errorf("%s does not explain %s", l, rule)
			}
			if kind := (moderation.Finding{Rule: rule}).Kind(); !book.Has("kind." + kind) {
				t.Errorf("%s has no name for %s", l, kind)
			}
		}
	}
}
