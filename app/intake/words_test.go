package intake

import (
	"testing"

	"cinnabar/internal/fault"
	"cinnabar/views/words"
)

func TestEveryReasonHasItsWordsInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, l := range words.Languages() {
		book := words.For(l)
		for _, detail := range []string{notUTF8, notJSON, cutOff, notAnObject, moreThanOne, tooManyCells, bareQuote, afterQuote, openQuote} {
			if !book.Has("detail." + detail) {
				t.Errorf("%s has no words for %s", l, detail)
			}
		}
		for _, want := range []string{wantText, wantWhole, wantNumber, wantBool, wantList, wantGroup, wantTime, wantDay} {
			if !book.Has("want." + want) {
				t.Errorf("%s has no words for %s", l, want)
			}
		}
	}
	what, _ := words.For(words.ZH).Error(fault.New(fault.FieldType, "field", "author.posts", "want", wantWhole))
	if what != "“author.posts”应为整数。" {
		t.Errorf("got %s", what)
	}
}
