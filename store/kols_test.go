package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"

	"cinnabar/campaigns"
	"cinnabar/internal/fault"
	"cinnabar/internal/money"
	"cinnabar/store"
)

// someKOL is a creator of whom everything is known.
func someKOL(id string) campaigns.KOL {
	return campaigns.KOL{
		ID: id, Handle: "小" + id, Category: "beauty", Region: "CN", Languages: []string{"zh-Hans", "en"}, About: "护肤日记 Skin diaries",
		Followers: 20_000, Joined: "2021-05-01", Growth: []int{15_000, 15_600, 16_200, 16_800, 17_400, 18_000, 18_600, 19_300, 20_000},
		Daily: campaigns.Engagement{Notes: 40, Views: 9_000, Likes: 800, Saves: 150, Comments: 50, Shares: 20},
		Paid:  campaigns.Engagement{Notes: 4, Views: 7_000, Likes: 500, Saves: 90, Comments: 30, Shares: 8},
		Audience: campaigns.Audience{Measured: 5_000, Age: map[string]float64{"18-24": .55, "25-34": .35}, Gender: map[string]float64{"f": .91, "m": .09},
			City: map[string]float64{"1": .3, "new1": .25}, Abroad: .02},
		Authentic: .87, Extra: map[string]any{"agency": "None"},
	}
}

func importKOLs(t *testing.T, db *store.DB, kols ...campaigns.KOL) string {
	t.Helper()
	tally, err := db.KOLs().Import(t.Context(), uuid.NewString(), slices.Values(kols), nil)
	must(t, err)
	return fmt.Sprintf("%d came, %d changed, %d stood", tally.Came, tally.Changed, tally.Stood)
}

func kolIDs(page campaigns.KOLPage) string {
	var all []string
	for _, k := range page.KOLs {
		all = append(all, k.ID)
	}
	return strings.Join(all, " ")
}

func TestTheDirectoryOfKOLs(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ctx := t.Context()
	db := d.sit("marketer1").db

	a, b, c, e := someKOL("a"), someKOL("b"), someKOL("c"), campaigns.KOL{ID: "e", Authentic: campaigns.Unknown, Audience: campaigns.Audience{Abroad: campaigns.Unknown}}
	b.Followers, b.Category, b.Daily.Likes, b.Authentic, b.Growth = 900_000, "travel", 2_000, .6, nil
	c.Region, c.Followers, c.Audience.Abroad, c.Audience.Age, c.About = "SG", 3_000, .8, map[string]float64{"35-44": .7}, "Hawker food"
	if got := importKOLs(t, db, a, b, c, e); got != "4 came, 0 changed, 0 stood" {
		t.Error(got)
	}
	c.Followers = 3_100
	if got := importKOLs(t, db, a, b, c, e); got != "0 came, 1 changed, 3 stood" {
		t.Error(got)
	}
	got, err := db.KOLs().Get(ctx, "a")
	must(t, err)
	if diff := cmp.Diff(a, got, cmpopts.IgnoreFields(campaigns.KOL{}, "Updated")); diff != "" {
		t.Errorf("what came in is not what goes out:\n%s", diff)
	}

	quotes := []store.KOLQuote{
		{KOL: "a", Quote: campaigns.Quote{Format: campaigns.PictureNote, Fee: 800 * money.Yuan, From: "2024-01-01"}},
		{KOL: "a", Quote: campaigns.Quote{Format: campaigns.VideoNote, Fee: 1200 * money.Yuan, From: "2024-01-01"}},
		{KOL: "a", Quote: campaigns.Quote{Format: campaigns.VideoNote, Fee: 1500 * money.Yuan, From: "2100-01-01"}},
		{KOL: "b", Quote: campaigns.Quote{Format: campaigns.VideoNote, Fee: 90_000 * money.Yuan, From: "2024-01-01", To: "2099-12-31"}},
		{KOL: "c", Quote: campaigns.Quote{Format: campaigns.Live, Fee: 50 * money.Yuan, From: "2024-01-01", To: "2024-12-31"}}, // over
	}
	for _, want := range []string{"5 0 0", "0 0 5"} {
		tally, err := db.KOLs().ImportQuotes(ctx, uuid.NewString(), slices.Values(quotes), nil)
		must(t, err)
		if got := fmt.Sprint(tally.Came, tally.Changed, tally.Stood); got != want {
			t.Errorf("quotes: %s, want %s", got, want)
		}
	}
	a.Quotes = []campaigns.Quote{quotes[0].Quote, quotes[1].Quote}
	if got, err := db.KOLs().Get(ctx, "a"); err != nil || !slices.Equal(got.Quotes, a.Quotes) {
		t.Errorf("today's quotes: %v, %v", got.Quotes, err)
	}

	ask := func(want string, q campaigns.KOLQuery) {
		t.Helper()
		page, err := db.KOLs().Page(ctx, q)
		if err != nil || kolIDs(page) != want || page.Total != len(page.KOLs) || page.More {
			t.Errorf("%+v: %q of %d, %v; want %q", q, kolIDs(page), page.Total, err, want)
		}
	}
	ask("b a c e", campaigns.KOLQuery{})
	ask("a c", campaigns.KOLQuery{Categories: []string{"beauty", "food"}})
	ask("a b", campaigns.KOLQuery{Regions: []string{"CN"}, Sort: campaigns.ByEngagement})
	ask("c e", campaigns.KOLQuery{Tiers: []string{"nano"}})
	ask("b c e", campaigns.KOLQuery{Tiers: []string{"nano", "top"}})
	ask("a c", campaigns.KOLQuery{FollowersFrom: 3_100, FollowersTo: 20_000})
	ask("", campaigns.KOLQuery{Tiers: []string{"nano"}, FollowersFrom: 6_000})
	ask("b a", campaigns.KOLQuery{Formats: []campaigns.Format{campaigns.VideoNote}})
	ask("a b", campaigns.KOLQuery{Formats: []campaigns.Format{campaigns.VideoNote}, Sort: campaigns.ByFee})
	ask("a", campaigns.KOLQuery{FeeTo: 1000 * money.Yuan})
	ask("", campaigns.KOLQuery{FeeTo: 1000 * money.Yuan, Formats: []campaigns.Format{campaigns.VideoNote}})
	ask("", campaigns.KOLQuery{Formats: []campaigns.Format{campaigns.Live}})
	ask("a c", campaigns.KOLQuery{EngagedFrom: .05})
	ask("a", campaigns.KOLQuery{AuthenticFrom: .87, Age: "18-24", Share: .55, Gender: "f", Regions: []string{"CN"}})
	ask("c", campaigns.KOLQuery{AbroadFrom: .5})
	ask("c", campaigns.KOLQuery{Age: "35-44"})
	ask("a", campaigns.KOLQuery{Rising: true, Regions: []string{"CN"}})
	ask("b a", campaigns.KOLQuery{Search: "肤日"})
	ask("b a", campaigns.KOLQuery{Search: "ＳＫＩＮ d"})
	ask("b a", campaigns.KOLQuery{Search: "记"})
	ask("b a c e", campaigns.KOLQuery{Search: " e "}) // an id by itself, and a letter of many words
	ask("c", campaigns.KOLQuery{Search: "小c"})
	ask("", campaigns.KOLQuery{Search: "100%_'\\"})
	ask("a c b e", campaigns.KOLQuery{Sort: campaigns.ByRisk})
	ask("a c b e", campaigns.KOLQuery{Sort: campaigns.ByGrowth})
}

func TestKOLsThatAreNoneAreRefused(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ctx := t.Context()
	db := d.sit("marketer1").db
	for what, change := range map[string]func(*campaigns.KOL){
		"id":        func(k *campaigns.KOL) { k.ID = "" },
		"followers": func(k *campaigns.KOL) { k.Followers = -1 },
		"authentic": func(k *campaigns.KOL) { k.Authentic = 1.5 },
		"audience":  func(k *campaigns.KOL) { k.Audience.Age = map[string]float64{"18-24": 2} },
		"band":      func(k *campaigns.KOL) { k.Audience.Age = map[string]float64{"18-99": .2} },
		"growth":    func(k *campaigns.KOL) { k.Growth = make([]int, 27) },
		"picture":   func(k *campaigns.KOL) { k.Picture = "../x" },
		"joined":    func(k *campaigns.KOL) { k.Joined = "2021-13-01" },
		"nul":       func(k *campaigns.KOL) { k.About = "a\x00b" },
	} {
		k := someKOL("k")
		change(&k)
		_, err := db.KOLs().Import(ctx, uuid.NewString(), slices.Values([]campaigns.KOL{someKOL("fine"), k}), nil)
		if f := fault.Of(err); f == nil || f.Code != fault.FieldValue && f.Code != fault.FieldMissing {
			t.Errorf("%s: %v", what, err)
		}
	}
	if n := d.one(`SELECT count(*) FROM studio.kol`); n != "0" {
		t.Errorf("%s came in all the same", n)
	}
}
