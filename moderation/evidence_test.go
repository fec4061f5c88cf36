package moderation

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFindingsBecomeEvidenceOfTheirKind(t *testing.T) {
	t.Parallel()
	span := &Span{3, 7}
	got := EvidenceFrom([]Finding{
		{Rule: "link.affiliate", Field: "body", Span: span, Text: "tag=", Weight: 1.4},
		{Rule: "shape", Weight: -0.2},
	}, "p1")
	want := []Evidence{
		{Kind: "link", Rule: "link.affiliate", Target: "p1", Field: "body", Span: &Span{3, 7}, Text: "tag=", Weight: 1.4},
		{Kind: "shape", Rule: "shape", Target: "p1", Weight: -0.2},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	span.Start = 99
	if got[0].Span.Start != 3 {
		t.Error("the evidence shares its span with the finding")
	}
}

func TestTheLeadingKindIsTheOneWithTheMostWeightInAll(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		evidence []Evidence
		want     string
	}{
		"nothing":              {nil, ""},
		"only against":         {[]Evidence{{Kind: "negation", Weight: -2}}, ""},
		"the loudest":          {[]Evidence{{Kind: "code", Weight: 1}, {Kind: "link", Weight: 2}}, "link"},
		"two small ones":       {[]Evidence{{Kind: "link", Weight: 2}, {Kind: "code", Weight: 1.5}, {Kind: "code", Weight: 1}}, "code"},
		"the first at a tie":   {[]Evidence{{Kind: "code", Weight: 1}, {Kind: "link", Weight: 1}}, "code"},
		"never the arithmetic": {[]Evidence{{Kind: KindRemainder, Weight: 9}, {Kind: KindIntercept, Weight: 9}, {Kind: "link", Weight: 1}}, "link"},
	} {
		if got := Leading(c.evidence); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
