package words

import (
	"strings"
	"testing"

	"cinnabar/moderation"
)

func TestEveryCheckAndWhatItFindsHasASentence(t *testing.T) {
	t.Parallel()
	codes := append(moderation.CheckNames(), moderation.CheckDetails()...)
	for _, l := range Languages() {
		book := For(l)
		used := 0
		for _, c := range codes {
			key := "checks." + c.Code
			if !book.Has(key) {
				t.Errorf("%s has no %s", l, key)
				continue
			}
			used++
			args := map[string]string{}
			for _, a := range c.Args {
				args[a] = "X"
			}
			if text := book.Fill(key, args); strings.ContainsAny(text, "{}%") {
				t.Errorf("%s: %s has a gap that nobody fills: %s", l, key, text)
			}
		}
		for key := range book.words {
			if strings.HasPrefix(key, "checks.") {
				used--
			}
		}
		if used != 0 {
			t.Errorf("%s has %d sentences that no check uses", l, -used)
		}
	}
}
