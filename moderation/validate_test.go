package moderation

import (
	"errors"
	"math"
	"strings"
	"testing"

	"cinnabar/internal/fault"
)

func TestAGoodApplicationAndABarePostAreTakenIn(t *testing.T) {
	t.Parallel()
	if err := chulan().Validate(); err != nil {
		t.Error(err)
	}
	if err := (Post{ID: "p1"}).Validate(); err != nil {
		t.Error(err)
	}
}

func TestARowThatCannotBeKeptNamesItsField(t *testing.T) {
	t.Parallel()
	app := func(f func(*Application)) func() error {
		return func() error { a := chulan(); f(&a); return a.Validate() }
	}
	post := func(f func(*Post)) func() error {
		return func() error { p := Post{ID: "p1", Body: "b"}; f(&p); return p.Validate() }
	}
	for name, c := range map[string]struct {
		row   func() error
		code  fault.Code
		field string
	}{
		"no id":               {app(func(a *Application) { a.ID = " " }), fault.FieldMissing, "id"},
		"no brand":            {app(func(a *Application) { a.BrandName = "" }), fault.FieldMissing, "brand_name"},
		"a strange subject":   {app(func(a *Application) { a.Subject = "club" }), fault.FieldValue, "subject"},
		"a strange region":    {app(func(a *Application) { a.Region = "China" }), fault.FieldValue, "region"},
		"no such day":         {app(func(a *Application) { a.Entity.Expires = "2026-02-30" }), fault.FieldValue, "expires"},
		"class 46":            {app(func(a *Application) { a.Mark.Classes = []int{46} }), fault.FieldValue, "mark.classes"},
		"a strange paper":     {app(func(a *Application) { a.Documents[0].Kind = "poem" }), fault.FieldValue, "documents.kind"},
		"a picture by name":   {app(func(a *Application) { a.Documents[0].Picture = "x.jpg" }), fault.FieldValue, "documents.picture"},
		"a post without id":   {post(func(p *Post) { p.ID = "" }), fault.FieldMissing, "id"},
		"broken UTF-8":        {post(func(p *Post) { p.Body = "a\xffb" }), fault.FieldValue, "body"},
		"a NUL":               {post(func(p *Post) { p.Title = "a\x00b" }), fault.FieldValue, "title"},
		"ten megabytes":       {post(func(p *Post) { p.Body = strings.Repeat("x", 10<<20) }), fault.FieldValue, "body"},
		"minus one like":      {post(func(p *Post) { p.Likes = -1 }), fault.FieldValue, "likes"},
		"not a number a day":  {post(func(p *Post) { p.Author.PostsPerDay = math.NaN() }), fault.FieldValue, "author.posts_per_day"},
		"an id with newlines": {post(func(p *Post) { p.ID = "a\nb" }), fault.FieldValue, "id"},
	} {
		var f *fault.Error
		if err := c.row(); !errors.As(err, &f) || f.Code != c.code || f.Args["field"] != c.field {
			t.Errorf("%s: %v", name, err)
		} else if len(f.Args["value"]) > 300 {
			t.Errorf("%s: the sentence would be %d bytes long", name, len(f.Args["value"]))
		}
	}
}

func TestADecisionAsksForWhatItLacks(t *testing.T) {
	t.Parallel()
	policy := &Policy{Code: "2.1", Kind: KindPost, Verdicts: []Verdict{RequireLabel}, NeedsReason: true}
	for name, c := range map[string]struct {
		d      Decision
		k      Kind
		policy *Policy
		want   fault.Code
	}{
		"approval needs nothing":            {Decision{Verdict: Approve}, KindBrand, nil, ""},
		"refusal needs a policy":            {Decision{Verdict: Refuse}, KindBrand, nil, fault.PolicyNeeded},
		"a label needs a policy":            {Decision{Verdict: RequireLabel}, KindPost, nil, fault.PolicyNeeded},
		"one that speaks of it":             {Decision{Verdict: Refuse}, KindBrand, policy, fault.PolicyNeeded},
		"and its reason":                    {Decision{Verdict: RequireLabel, Reason: " "}, KindPost, policy, fault.ReasonNeeded},
		"all there":                         {Decision{Verdict: RequireLabel, Reason: "…"}, KindPost, policy, ""},
		"a question needs its question":     {Decision{Verdict: AskMore}, KindBrand, nil, fault.ReasonNeeded},
		"a question without policy is fine": {Decision{Verdict: AskMore, Reason: "?"}, KindBrand, nil, ""},
	} {
		if got := fault.CodeOf(c.d.Ready(c.k, c.policy)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
