package intake_test

import (
	"bytes"
	"context"
	"iter"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"cinnabar/app/intake"
	"cinnabar/campaigns"
	"cinnabar/internal/money"
	"cinnabar/moderation"
)

func read[T any](t testing.TB, path string, rows func(context.Context, *intake.Source) iter.Seq2[T, *intake.Refusal]) came[T] {
	t.Helper()
	src, err := intake.Open(path, intake.Options{})
	if err != nil {
		return came[T]{err: err}
	}
	defer src.Close()
	var c came[T]
	for row, refusal := range rows(t.Context(), src) {
		if refusal != nil {
			c.refusals = append(c.refusals, refusal)
			continue
		}
		c.rows = append(c.rows, row)
	}
	c.err = src.Err()
	return c
}

func TestAKOLIsReadWithItsAudienceAndQuotes(t *testing.T) {
	t.Parallel()
	k := read(t, write(t, "k.csv", "id,handle,category,region,languages,followers,growth,daily.notes,daily.likes,audience.measured,audience.age.-17,audience.age.18-24,audience.gender.f,"+
		"audience.city.1,audience.city.new1,audience.city.2,audience.city.3,audience.abroad,authentic,quote_picture_cny,quote_live_cny,badge\n"+
		"k1,小满,Beauty,cn,zh-Hans|en,48200,\"46100,47300\",31,1260,1840,4%,0.52,91 %,.28,.31,.2,.1,0,0.87,\"¥3,800\",5200.50,gold\n"), intake.KOLs).only(t)
	want := campaigns.KOL{
		ID: "k1", Handle: "小满", Category: "beauty", Region: "CN", Languages: []string{"zh-Hans", "en"}, Followers: 48200, Growth: []int{46100, 47300},
		Daily: campaigns.Engagement{Notes: 31, Likes: 1260}, Authentic: .87, Extra: map[string]any{"badge": "gold"},
		Audience: campaigns.Audience{
			Measured: 1840, Age: map[string]float64{"-17": .04, "18-24": .52}, Gender: map[string]float64{"f": .91},
			City: map[string]float64{"1": .28, "new1": .31, "2": .2, "3": .1},
		},
		Quotes: []campaigns.Quote{{Format: campaigns.PictureNote, Fee: 3800 * money.Yuan}, {Format: campaigns.Live, Fee: 5200_50}},
	}
	if diff := cmp.Diff(want, k); diff != "" {
		t.Error(diff)
	}
}

// Tiers of cities are numbers, and a table makes lists of what is numbered.
func TestCitiesAreNoList(t *testing.T) {
	t.Parallel()
	k := read(t, write(t, "k.csv", "id,handle,audience.city.1,audience.city.2,audience.city.3\nk1,a,,.4,.3\n"), intake.KOLs).only(t)
	if diff := cmp.Diff(map[string]float64{"2": .4, "3": .3}, k.Audience.City); diff != "" {
		t.Error(diff)
	}
}

func TestWhatNobodyMeasuredIsUnknown(t *testing.T) {
	t.Parallel()
	k := read(t, write(t, "k.jsonl", `{"id":"k1","handle":"a"}`), intake.KOLs).only(t)
	if k.Authentic != campaigns.Unknown || k.Audience.Abroad != campaigns.Unknown || k.Audience.Age != nil {
		t.Errorf("%+v", k)
	}
}

func TestBadKOLsAreRefusedByRow(t *testing.T) {
	t.Parallel()
	rows := []string{
		`{"id":"","handle":"a"}`,
		`{"id":"k2","handle":" "}`,
		`{"id":"k3","handle":"a","followers":-1}`,
		`{"id":"k4","handle":"a","quote_picture_cny":-5}`,
		`{"id":"k5","handle":"a","quote_picture_cny":"$200"}`,
		`{"id":"k6","handle":"a","quote_picture_cny":200,"currency":"USD"}`,
		`{"id":"k7","handle":"a","quote_video_cny":100000000000.01}`,
		`{"id":"k8","handle":"a","audience":{"age":{"18-25":0.4}}}`,
		`{"id":"k9","handle":"a","audience":{"gender":{"f":0.9,"m":0.9}}}`,
		`{"id":"k10","handle":"a","authentic":1.2}`,
		`{"id":"k11","handle":"a","region":"China"}`,
		`{"id":"k12","handle":"a","quotes":[{"format":"reel","fee_cny":1}]}`,
		`{"id":"k13","handle":"a","quotes":[{"format":"live"}]}`,
		`{"id":"k14","handle":"a","quotes":[{"format":"live","fee_cny":1,"from":"2026-03-02","to":"2026-03-01"}]}`,
		`{"id":"k15","handle":"a","quotes":[{"format":"live","fee_cny":1}],"quote_live_cny":2}`,
		`{"id":"k16","handle":"a","quotes":[{"format":"live","fee_cny":1,"to":"2020-01-01"}]}`,
		`{"id":"good","handle":"a"}`,
		`{"id":"good","handle":"a"}`,
	}
	got := read(t, write(t, "k.jsonl", strings.Join(rows, "\n")), intake.KOLs)
	want := []string{
		"1  field_missing id", "2 k2 field_missing handle", "3 k3 field_value followers", "4 k4 field_value quote_picture_cny", "5 k5 field_value quote_picture_cny",
		"6 k6 field_value currency", "7 k7 field_value quote_video_cny", "8 k8 field_value audience.age.18-25", "9 k9 field_value audience.gender",
		"10 k10 field_value authentic", "11 k11 field_value region", "12 k12 field_value quotes.0.format", "13 k13 field_missing quotes.0.fee_cny",
		"14 k14 field_value to", "15 k15 field_twice quote_live_cny", "16 k16 field_value quotes.0.to", "18 good field_twice id",
	}
	if diff := cmp.Diff(want, got.reasons()); diff != "" || len(got.rows) != 1 || got.err != nil {
		t.Errorf("%d rows, %v\n%s", len(got.rows), got.err, diff)
	}
}

func TestQuotesAreReadFromATableWithoutIDs(t *testing.T) {
	t.Parallel()
	got := read(t, write(t, "q.csv", "kol_id;format;fee_cny;from;to\nk1;video;5200;2026/3/1;长期\nk1;video;5300;2026-03-01;\nk1;picture;-1;;\n;live;1;;\nk2;live;1.005;;\n"), intake.Quotes)
	want := []campaigns.KOLQuote{{KOL: "k1", Quote: campaigns.Quote{Format: campaigns.VideoNote, Fee: 5200 * money.Yuan, From: "2026-03-01"}}}
	if diff := cmp.Diff(want, got.rows); diff != "" {
		t.Error(diff)
	}
	reasons := []string{"3 k1 field_twice kol_id", "4 k1 field_value fee_cny", "5  field_missing kol_id", "6 k2 field_value fee_cny"}
	if diff := cmp.Diff(reasons, got.reasons()); diff != "" {
		t.Error(diff)
	}
}

func TestFormatsMayBeCalledAsPriceListsCallThem(t *testing.T) {
	t.Parallel()
	got := read(t, write(t, "q.csv", "kol_id,format,fee_cny\nk1,图文,1\nk2,image_note,1\nk3,Video,1\nk4,直播,1\nk5,reel,1\n"), intake.Quotes)
	var formats []campaigns.Format
	for _, q := range got.rows {
		formats = append(formats, q.Format)
	}
	if diff := cmp.Diff([]campaigns.Format{campaigns.PictureNote, campaigns.PictureNote, campaigns.VideoNote, campaigns.Live}, formats); diff != "" || len(got.refusals) != 1 {
		t.Error(diff, got.reasons())
	}
}

func TestAnAudienceIsReadHoweverTraitsAreWritten(t *testing.T) {
	t.Parallel()
	got := read(t, write(t, "a.csv", "kol_id,user_id,weight,age,gender,city,abroad\nk1,u1,,-17,女,new1,\nk1,u1,,-17,女,new1,\nk2,u2,2.5,24,m,一线,是\nk2,u3,0,,,,\nk2,,1,,,,\nk2,u4,-1,,,,\nk2,u5,,131,,,\nk2,u6,,,x,,\n"), intake.Follows)
	girl := campaigns.Follow{KOL: "k1", Person: campaigns.Person{ID: "u1", Age: "-17", Gender: "f", City: "new1", Weight: 1}}
	want := []campaigns.Follow{girl, girl, {KOL: "k2", Person: campaigns.Person{ID: "u2", Age: "18-24", Gender: "m", City: "1", Abroad: true, Weight: 2.5}}}
	if diff := cmp.Diff(want, got.rows); diff != "" {
		t.Error(diff)
	}
	reasons := []string{"5 k2 field_value weight", "6 k2 field_missing user_id", "7 k2 field_value weight", "8 k2 field_value age", "9 k2 field_value gender"}
	if diff := cmp.Diff(reasons, got.reasons()); diff != "" {
		t.Error(diff)
	}
	json := read(t, write(t, "a.jsonl", `{"kol_id":"k1","user_id":"u1","age":35,"city":2}`), intake.Follows).only(t)
	if json.Age != "35-44" || json.City != "2" || json.Weight != 1 {
		t.Errorf("%+v", json)
	}
}

func TestAWorkbookOfQuotesIsFoundBelowItsTitle(t *testing.T) {
	t.Parallel()
	book := excelize.NewFile()
	defer book.Close()
	for at, v := range map[string]any{"A1": "报价单 2026", "A3": "kol_id", "B3": "format", "C3": "fee_cny", "A4": "k1", "B4": "picture", "C4": 3800.5} {
		if err := book.SetCellValue("Sheet1", at, v); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	q := read(t, write(t, "q.xlsx", b.String()), intake.Quotes).only(t)
	if q.KOL != "k1" || q.Fee != 3800_50 {
		t.Errorf("%+v", q)
	}
}

func TestAFileOfAnotherKindIsRefusedWhole(t *testing.T) {
	t.Parallel()
	if got := read(t, write(t, "a.csv", "kol_id,user_id\nk1,u1\n"), intake.KOLs); got.err == nil || len(got.rows) > 0 {
		t.Errorf("an audience was read as KOLs: %+v", got)
	}
	if got := read(t, write(t, "k.csv", "id,handle\nk1,a\n"), intake.Quotes); got.err == nil || len(got.rows) > 0 {
		t.Errorf("KOLs were read as quotes: %+v", got)
	}
	if got := read(t, write(t, "a.csv", "kol_id,user_id\nk1,u1\n"), intake.Posts); got.err == nil || len(got.rows) > 0 {
		t.Errorf("an audience was read as posts: %+v", got)
	}
}

func TestTheTemplatesOfPlanningComeInThemselves(t *testing.T) {
	t.Parallel()
	for _, format := range []intake.Format{intake.JSONLines, intake.CSV} {
		example := func(kind intake.Kind) string {
			var b bytes.Buffer
			if err := intake.Template(&b, kind, format); err != nil {
				t.Fatal(err)
			}
			return write(t, string(kind)+"."+string(format), b.String())
		}
		k := read(t, example(intake.KOLRows), intake.KOLs).only(t)
		if k.Followers == 0 || len(k.Quotes) != 2 || len(k.Audience.City) != 3 || k.Audience.Abroad <= 0 || k.Paid.Notes == 0 {
			t.Errorf("%s: %+v", format, k)
		}
		if q := read(t, example(intake.QuoteRows), intake.Quotes).only(t); q.Fee == 0 || q.To == "" {
			t.Errorf("%s: %+v", format, q)
		}
		if f := read(t, example(intake.AudienceRows), intake.Follows).only(t); f.Age == "" || f.ID == "" {
			t.Errorf("%s: %+v", format, f)
		}
	}
}

func drawKOL(t *rapid.T, id int) campaigns.KOL {
	part := func(name string, keys []string) map[string]float64 {
		all := map[string]float64{}
		for _, key := range keys {
			if rapid.Bool().Draw(t, name+key) {
				all[key] = float64(rapid.IntRange(0, 190).Draw(t, key)) / 1000
			}
		}
		if len(all) == 0 {
			return nil
		}
		return all
	}
	maybe := func(name string) float64 {
		return rapid.SampledFrom([]float64{campaigns.Unknown, 0, .25, 1}).Draw(t, name)
	}
	engaged := func(name string) campaigns.Engagement {
		return campaigns.Engagement{
			Notes: count(t, name+"notes"), Views: count(t, name+"views"), Likes: count(t, name+"likes"), Saves: count(t, name+"saves"),
			Comments: count(t, name+"comments"), Shares: count(t, name+"shares"),
		}
	}
	days := []moderation.Date{"", "2026-01-01", "2099-12-31"}
	k := campaigns.KOL{
		ID: "k" + string(rune('a'+id)), Handle: "k" + names().Draw(t, "handle"), Category: names().Draw(t, "category"), Region: rapid.SampledFrom([]string{"", "CN", "US"}).Draw(t, "region"),
		About: words().Draw(t, "about"), Followers: count(t, "followers"), Joined: rapid.SampledFrom(days[:2]).Draw(t, "joined"),
		Daily: engaged("daily"), Paid: engaged("paid"), Authentic: maybe("authentic"),
		Audience: campaigns.Audience{
			Measured: count(t, "measured"), Age: part("age", campaigns.AgeBands()), Gender: part("gender", campaigns.Genders()),
			City: part("city", campaigns.CityTiers()), Abroad: maybe("abroad"),
		},
	}
	for range rapid.IntRange(0, 3).Draw(t, "weeks") {
		k.Growth = append(k.Growth, count(t, "week"))
	}
	for i, f := range campaigns.Formats()[:rapid.IntRange(0, 3).Draw(t, "quotes")] {
		k.Quotes = append(k.Quotes, campaigns.Quote{Format: f, Fee: money.Fen(rapid.Int64Range(0, int64(money.Most)).Draw(t, "fee")), From: days[i%2], To: days[rapid.SampledFrom([]int{0, 2}).Draw(t, "to")]})
	}
	return k
}

func TestKOLsReadBackAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	for _, format := range []intake.Format{intake.JSONLines, intake.CSV} {
		rapid.Check(t, func(rt *rapid.T) {
			var want []campaigns.KOL
			for i := range rapid.IntRange(1, 3).Draw(rt, "rows") {
				want = append(want, drawKOL(rt, i))
			}
			var b bytes.Buffer
			w := intake.NewWriter(&b, intake.KOLRows, format)
			for _, k := range want {
				if err := w.KOL(k); err != nil {
					rt.Fatal(err)
				}
			}
			if err := w.Flush(); err != nil {
				rt.Fatal(err)
			}
			got := read(t, write(t, "k."+string(format), b.String()), intake.KOLs)
			if diff := cmp.Diff(want, got.rows); diff != "" || got.err != nil {
				rt.Fatalf("%v %v\n%s\n%s", got.reasons(), got.err, diff, b.String())
			}
		})
	}
}
