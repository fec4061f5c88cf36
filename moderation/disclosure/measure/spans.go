package measure

import (
	"slices"

	"cinnabar/moderation"
)

// IoU is how well what was shown covers what was marked in one text: runes in both, over
// runes in either. Spans may overlap and come in any order; a rune counts once. 0 where
// nothing was shown, and also where nothing was marked: ask it of marked texts only.
func IoU(shown, marked []moderation.Span) float64 {
	a, b := union(shown), union(marked)
	both := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		both += max(0, min(a[i].End, b[j].End)-max(a[i].Start, b[j].Start))
		if a[i].End < b[j].End {
			i++
		} else {
			j++
		}
	}
	if either := length(a) + length(b) - both; either > 0 {
		return float64(both) / float64(either)
	}
	return 0
}

// union is the same runes as spans in order that do not touch.
func union(spans []moderation.Span) []moderation.Span {
	sorted := slices.SortedFunc(slices.Values(spans), func(a, b moderation.Span) int { return a.Start - b.Start })
	var all []moderation.Span
	for _, s := range sorted {
		switch last := len(all) - 1; {
		case s.End <= s.Start:
		case last >= 0 && s.Start <= all[last].End:
			all[last].End = max(all[last].End, s.End)
		default:
			all = append(all, s)
		}
	}
	return all
}

func length(spans []moderation.Span) int {
	n := 0
	for _, s := range spans {
		n += s.End - s.Start
	}
	return n
}

// Pointed are the spans of the body that speak for commerce: where a result's findings
// of positive weight stand. The intercept and the remainder stand nowhere.
func Pointed(findings []moderation.Finding) []moderation.Span {
	var spans []moderation.Span
	for _, f := range findings {
		if f.Weight > 0 && f.Span != nil && f.Field == "body" {
			spans = append(spans, *f.Span)
		}
	}
	return spans
}
