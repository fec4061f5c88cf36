package intake_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cinnabar/assets"
	"cinnabar/moderation"
)

func TestAnApplicationsTableHasItsPapersInColumns(t *testing.T) {
	t.Parallel()
	got := applications(t, workbook(t,
		[]string{
			"id", "subject", "brand_name", "entity.uscc", "entity.established", "entity.expires", "mark.classes",
			"letters.0.from", "letters.0.level", "documents.0.kind", "documents.0.until", "documents.0.fields.0.name", "documents.0.fields.0.box.w",
			"documents.2.kind", "documents.2.file", "entity.capital",
		},
		[]string{"b1", "sole_trader", "青柚", "91310000MA7QY0TN1X", "43605", "长期", "3，35", "甲", "1", "licence", "2027年1月2日", "uscc", "40", "logo", "l.png", "100万"},
		[]string{"b2", "overseas", "Yuzu"},
	))
	want := []moderation.Application{
		{
			ID: "b1", Version: 1, State: moderation.Submitted, Subject: moderation.SoleTrader, BrandName: "青柚",
			Entity:  moderation.Entity{USCC: "91310000MA7QY0TN1X", Established: "2019-05-20", Expires: moderation.LongTerm},
			Mark:    moderation.Trademark{Classes: []int{3, 35}},
			Letters: []moderation.Authorisation{{From: "甲", Level: 1}},
			Documents: []moderation.Document{
				{Kind: moderation.Licence, Until: "2027-01-02", Fields: []moderation.Field{{Name: "uscc", Box: assets.Box{W: 40}}}},
				{Kind: moderation.Logo, Name: "l.png"},
			},
			Extra: map[string]any{"entity.capital": "100万"},
		},
		{ID: "b2", Version: 1, State: moderation.Submitted, Subject: moderation.Overseas, BrandName: "Yuzu"},
	}
	if diff := cmp.Diff(want, got.rows); diff != "" {
		t.Error(diff, got.reasons())
	}
}

func TestAFileCannotSayHowAReviewStands(t *testing.T) {
	t.Parallel()
	base := `"subject":"company","brand_name":"x"`
	got := applications(t, write(t, "a.jsonl", strings.Join([]string{
		`{"id":"b1",` + base + `,"state":"approved"}`,
		`{"id":"b2",` + base + `,"state":"submitted","entered_by":"lead1"}`,
		`{"id":"b3",` + base + `,"documents":[{"file":"a.jpg"}]}`,
		`{"id":"b4",` + base + `,"documents":[{"kind":"passport"}]}`,
		`{"id":"b5",` + base + `,"mark":{"classes":[46]}}`,
		`{"id":"b6",` + base + `,"entity":{"established":"2019-02-30"}}`,
		`{"id":"b7",` + base + `,"entity":{"expires":20300101}}`,
		`{"id":"b8","subject":"company"}`,
		`{"id":"b9","subject":"club","brand_name":"x"}`,
	}, "\n")))
	want := []string{
		"1 b1 field_value state", "3 b3 field_missing documents.0.kind", "4 b4 field_value documents.0.kind", "5 b5 field_value mark.classes.0",
		"6 b6 field_value entity.established", "7 b7 field_type entity.expires", "8 b8 field_missing brand_name", "9 b9 field_value subject",
	}
	if diff := cmp.Diff(want, got.reasons()); diff != "" {
		t.Error(diff)
	}
	if len(got.rows) != 1 || got.rows[0].State != moderation.Submitted || got.rows[0].EnteredBy != "" {
		t.Errorf("rows %+v", got.rows)
	}
}
