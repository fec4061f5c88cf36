package measure

import (
	"testing"

	"pgregory.net/rapid"

	"cinnabar/moderation"
)

func TestIoUCountsEachRuneOnce(t *testing.T) {
	some := func(t *rapid.T, name string) (spans []moderation.Span, runes map[int]bool) {
		runes = map[int]bool{}
		for range rapid.IntRange(0, 6).Draw(t, name) {
			from := rapid.IntRange(0, 30).Draw(t, "from")
			to := from + rapid.IntRange(0, 12).Draw(t, "length")
			spans = append(spans, moderation.Span{Start: from, End: to})
			for i := from; i < to; i++ {
				runes[i] = true
			}
		}
		return spans, runes
	}
	rapid.Check(t, func(t *rapid.T) {
		shown, a := some(t, "shown")
		marked, b := some(t, "marked")
		both := 0
		for i := range a {
			if b[i] {
				both++
			}
		}
		want := 0.0
		if either := len(a) + len(b) - both; either > 0 {
			want = float64(both) / float64(either)
		}
		near(t, "IoU", IoU(shown, marked), want)
		near(t, "IoU the other way", IoU(marked, shown), want)
	})
}

func TestOnlyWhatSpeaksForCommerceInTheBodyIsPointedAt(t *testing.T) {
	at := func(field string, weight float64, start int) moderation.Finding {
		return moderation.Finding{Field: field, Weight: weight, Span: &moderation.Span{Start: start, End: start + 1}}
	}
	got := Pointed([]moderation.Finding{at("body", 1, 1), at("body", -1, 2), at("body", 0, 3), at("title", 1, 4), {Field: "body", Weight: 2}, at("body", 0.1, 5)})
	if len(got) != 2 || got[0].Start != 1 || got[1].Start != 5 {
		t.Errorf("pointed at %v", got)
	}
}
