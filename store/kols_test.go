package store_test

import (
	"context"
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
	"cinnabar/moderation"
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

	quotes := []campaigns.KOLQuote{
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

// followed gives k1 a quote, an audience and a post with an open case.
func (p *planning) followed() {
	p.t.Helper()
	ctx := p.t.Context()
	_, err := p.one.KOLs().ImportQuotes(ctx, uuid.NewString(), slices.Values([]campaigns.KOLQuote{{KOL: "k1", Quote: campaigns.Quote{Format: campaigns.VideoNote, Fee: 1}}}), nil)
	must(p.t, err)
	_, err = p.one.KOLs().ImportAudience(ctx, uuid.NewString(), slices.Values([]campaigns.Follow{{KOL: "k1", Person: campaigns.Person{ID: "u1"}}}), nil)
	must(p.t, err)
	p.publish("p9", "k1")
}

// publish brings in a post of an author that looks like an advert, with its case.
func (d *desk) publish(id, author string) (caseID string) {
	d.t.Helper()
	d.imported("worker1", "posts", func(request string) string {
		return `SELECT studio.posts_import(` + request + `, ARRAY['` + id + `'], '{en}', '{A note}', '{body}', '{NULL}', '{false}',
			'{NULL}', '{NULL}', '{0}', '{0}', '{0}', '{0}', '{0}', '{0}', '{NULL}', ARRAY['` + author + `'], '{NULL}', ARRAY['Luma Skin'], '{NULL}', '{NULL}')`
	})
	return d.one(`SELECT studio.case_open(NULL, 'post', $1, 'A note', '', 0, '', 'code', 0.9, NULL, NULL, 'author', NULL, 'Luma Skin', '', 'en',
		'[{"rule":"code.offer","target":"","field":"body","start":0,"end":4,"text":"body","weight":1.5}]')`, id)
}

// What moderation knows of an author is what stands: it comes with a decision, goes
// with its undoing, and is a year old at most.
func TestARecordIsWhatWasDecidedAndStands(t *testing.T) {
	t.Parallel()
	p := newPlanning(t)
	ctx := t.Context()
	p.followed()
	first, second := p.publish("p1", "k1"), p.publish("p2", "k2")
	knows := func(want campaigns.Record, clean, risk string) {
		t.Helper()
		k, err := p.one.KOLs().Get(ctx, "k1")
		if err != nil || k.Record != want {
			t.Errorf("k1 has %+v, %v; want %+v", k.Record, err, want)
		}
		if page, err := p.one.KOLs().Page(ctx, campaigns.KOLQuery{Clean: true}); err != nil || kolIDs(page) != clean {
			t.Errorf("clean are %q, %v; want %q", kolIDs(page), err, clean)
		}
		if page, err := p.one.KOLs().Page(ctx, campaigns.KOLQuery{Sort: campaigns.ByRisk}); err != nil || kolIDs(page) != risk {
			t.Errorf("by risk %q, %v; want %q", kolIDs(page), err, risk)
		}
	}
	knows(campaigns.Record{Posts: 2, Open: 2}, "", "k1 k2")
	m1 := p.sit("moderator1")
	p.undoWindow("1 hour")
	r := m1.decide(first, moderation.RequireLabel)
	knows(campaigns.Record{Posts: 2, Paid: 1, Open: 1}, "", "k1 k2") // it may still be undone
	_, err := m1.db.Cases().Undo(ctx, uuid.NewString(), r.Decision)
	must(t, err)
	knows(campaigns.Record{Posts: 2, Open: 2}, "", "k1 k2")
	if n := p.desk.one(`SELECT count(*) FROM studio.breach`); n != "0" {
		t.Errorf("%s breaches are left of what was undone", n)
	}
	p.undoWindow("0 seconds")
	m1.decide(second, moderation.Clear)
	m1.decide(first, moderation.RequireLabel)
	knows(campaigns.Record{Posts: 2, Paid: 1, Breaches: 1, Open: 1}, "k2", "k2 k1")
	for n, want := range []string{"k2", "k1", ""} {
		q := campaigns.KOLQuery{Sort: campaigns.ByRisk, Limit: 1}
		for range n {
			page, err := p.one.KOLs().Page(ctx, q)
			must(t, err)
			if q.After = page.Next; q.After == "" {
				break
			}
		}
		if page, err := p.one.KOLs().Page(ctx, q); n < 2 && (err != nil || kolIDs(page) != want || (page.Next == "") != (n == 1)) {
			t.Errorf("page %d by risk has %q, %v", n, kolIDs(page), err)
		}
	}
	if brands, err := p.one.Campaigns().Brands(ctx); err != nil || brands[0].Breaches != 1 || !brands[0].Verified {
		t.Errorf("the brand stands at %+v, %v", brands, err)
	}
	posts, err := p.one.KOLs().Posts(ctx, "k1", 10)
	if err != nil || len(posts) != 2 || posts[0].Brand != "Luma Skin" {
		t.Errorf("posts %+v, %v", posts, err)
	}
	p.inOrder()
	p.exec(`UPDATE studio.post SET breached_at = now() - interval '366 days' WHERE id = 'p1'`)
	knows(campaigns.Record{Posts: 2, Paid: 1, Open: 1}, "k2", "k1 k2")
}

// An audience comes back as it went in; notes and lists are the brand's.
func TestAudiencesNotesAndListsAreSharedByTheBrand(t *testing.T) {
	t.Parallel()
	p := newPlanning(t)
	ctx := t.Context()
	rows := []campaigns.Follow{
		{KOL: "k1", Person: campaigns.Person{ID: "u1", Age: "18-24", Gender: "f", City: "1", Weight: 2}}, {KOL: "k2", Person: campaigns.Person{ID: "u2", Abroad: true}},
		{KOL: "k1", Person: campaigns.Person{ID: "u3"}}, {KOL: "k2", Person: campaigns.Person{ID: "u1"}}, {KOL: "k2", Person: campaigns.Person{ID: "u1"}},
	}
	for _, want := range []string{"2 0 0", "0 0 2"} {
		tally, err := p.one.KOLs().ImportAudience(ctx, uuid.NewString(), slices.Values(rows), nil)
		must(t, err)
		if got := fmt.Sprint(tally.Came, tally.Changed, tally.Stood); got != want {
			t.Errorf("audiences: %s, want %s", got, want)
		}
	}
	for _, bad := range []campaigns.Follow{{KOL: "k1"}, {KOL: "nobody", Person: campaigns.Person{ID: "u1"}}, {KOL: "k1", Person: campaigns.Person{ID: "u9", Age: "old"}}} {
		if _, err := p.one.KOLs().ImportAudience(ctx, uuid.NewString(), slices.Values([]campaigns.Follow{bad}), nil); err == nil {
			t.Errorf("%+v came in", bad)
		}
	}
	f, err := p.two.KOLs().Following(ctx, []string{"k2", "k1", "none"})
	must(t, err)
	var got []string
	for i, k := range f.KOLs {
		for _, n := range f.Of[i] {
			got = append(got, k+" "+f.People[n].ID)
		}
	}
	slices.Sort(got)
	if fmt.Sprint(got) != "[k1 u1 k1 u3 k2 u1 k2 u2]" || len(f.People) != 3 {
		t.Errorf("following: %v among %+v", got, f.People)
	}
	for _, x := range f.People {
		if x.ID == "u1" && (x != campaigns.Person{ID: "u1", Age: "18-24", Gender: "f", City: "1", Weight: 2}) || x.ID == "u2" && (!x.Abroad || x.Weight != 1) {
			t.Errorf("a reader: %+v", x)
		}
	}

	must(t, p.one.KOLs().AddNote(ctx, uuid.NewString(), campaigns.KOLNote{Brand: "Luma Skin", KOL: "k1", Text: " Kind. "}))
	refused(t, p.rival.KOLs().AddNote(ctx, uuid.NewString(), campaigns.KOLNote{Brand: "Luma Skin", KOL: "k1", Text: "Rude."}), fault.NoRight)
	if notes, err := p.two.KOLs().Notes(ctx, "k1"); err != nil || len(notes) != 1 || notes[0].Text != "Kind." || notes[0].By != "marketer1" {
		t.Errorf("notes %+v, %v", notes, err)
	}
	if notes, err := p.rival.KOLs().Notes(ctx, "k1"); err != nil || len(notes) != 0 {
		t.Errorf("a rival reads %+v, %v", notes, err)
	}
	list, err := p.one.KOLs().PutShortlist(ctx, uuid.NewString(), campaigns.Shortlist{Brand: "Luma Skin", Name: "Winter", KOLs: []string{"k2", "k1"}})
	must(t, err)
	_, err = p.one.KOLs().PutShortlist(ctx, uuid.NewString(), campaigns.Shortlist{Brand: "Luma Skin", Name: "Who", KOLs: []string{"nobody"}})
	refused(t, err, fault.NotFound)
	seen := list
	list.KOLs = []string{"k2"}
	list, err = p.two.KOLs().PutShortlist(ctx, uuid.NewString(), list)
	must(t, err)
	_, err = p.one.KOLs().PutShortlist(ctx, uuid.NewString(), seen)
	refused(t, err, fault.RuleChanged)
	_, err = p.rival.KOLs().PutShortlist(ctx, uuid.NewString(), list)
	refused(t, err, fault.NoRight)
	if page, err := p.one.KOLs().Page(ctx, campaigns.KOLQuery{Shortlist: list.ID}); err != nil || kolIDs(page) != "k2" {
		t.Errorf("the list has %q, %v", kolIDs(page), err)
	}
	if page, err := p.rival.KOLs().Page(ctx, campaigns.KOLQuery{Shortlist: list.ID}); err != nil || kolIDs(page) != "" {
		t.Errorf("a rival's page of the list has %q, %v", kolIDs(page), err)
	}
	if lists, err := p.two.KOLs().Shortlists(ctx); err != nil || len(lists) != 1 || lists[0].Version != 2 {
		t.Errorf("lists %+v, %v", lists, err)
	}
	p.inOrder()
}

// A file goes in by the batch, and comes to what it would row by row.
func TestKOLsComeInByTheBatch(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ctx := t.Context()
	db := d.sit("worker1").db
	var kols []campaigns.KOL
	for n := range 1_100 { // three batches
		kols = append(kols, someKOL(fmt.Sprintf("k%04d", n)))
	}
	bad := slices.Clone(kols)
	bad[900].Audience.City = map[string]float64{"9": .1}
	_, err := db.KOLs().Import(ctx, uuid.NewString(), slices.Values(bad), nil)
	if f := refused(t, err, fault.FieldValue); f.Args["id"] != "k0900" || f.Args["field"] != "audience.city" {
		t.Errorf("refused for %v", f.Args)
	}
	if n := d.one(`SELECT count(*) FROM studio.kol`); n != "0" {
		t.Errorf("%s came in all the same", n)
	}
	// Two who bring in the same at once: what one brings, the other finds.
	tallies := make([]moderation.Tally, 2)
	parallel(t, 2, func(ctx context.Context, i int) (err error) {
		tallies[i], err = db.KOLs().Import(ctx, uuid.NewString(), slices.Values(kols), nil)
		return err
	})
	if tallies[0].Came+tallies[1].Came != 1_100 || tallies[0].Stood+tallies[1].Stood != 1_100 {
		t.Errorf("two imports at once: %+v", tallies)
	}
	for _, n := range []int{3, 700, 1_099} {
		kols[n].Followers, kols[n].About = 77, "Something else"
	}
	request := uuid.NewString()
	for range 2 { // the same wish twice
		tally, err := db.KOLs().Import(ctx, request, slices.Values(kols), nil)
		if err != nil || tally.Came != 0 || tally.Changed != 3 || tally.Stood != 1_097 {
			t.Errorf("with three others: %+v, %v", tally, err)
		}
	}
	if got := d.one(`SELECT count(*) || ' ' || string_agg(d.shown ->> 'about', ', ') FROM studio.kol k JOIN studio.kol_detail d USING (id) WHERE k.followers = 77 AND k.search LIKE '%something else'`); got != "3 Something else, Something else, Something else" {
		t.Errorf("what changed reads %s", got)
	}

	// Of a quote that stands twice the later line counts, every time.
	quotes := []campaigns.KOLQuote{
		{KOL: "k0001", Quote: campaigns.Quote{Format: campaigns.VideoNote, Fee: 100, From: "2024-01-01"}},
		{KOL: "k0001", Quote: campaigns.Quote{Format: campaigns.VideoNote, Fee: 200, From: "2024-01-01"}},
		{KOL: "k0002", Quote: campaigns.Quote{Format: campaigns.Live, Fee: 300, From: "2024-01-01", To: "2024-02-01"}},
	}
	for _, want := range []string{"2 0 1", "0 0 3"} {
		tally, err := db.KOLs().ImportQuotes(ctx, uuid.NewString(), slices.Values(quotes), nil)
		must(t, err)
		if got := fmt.Sprint(tally.Came, tally.Changed, tally.Stood); got != want {
			t.Errorf("quotes: %s, want %s", got, want)
		}
	}
	if got := d.one(`SELECT string_agg(id || ' ' || coalesce(fee_video, 0) || ' ' || coalesce(fee_live, 0), ', ' ORDER BY id) FROM studio.kol WHERE id IN ('k0001', 'k0002')`); got != "k0001 200 0, k0002 0 0" {
		t.Errorf("today they ask for %s", got)
	}
	_, err = db.KOLs().ImportQuotes(ctx, uuid.NewString(), slices.Values(append(quotes, campaigns.KOLQuote{KOL: "nobody", Quote: quotes[0].Quote})), nil)
	if f := refused(t, err, fault.NotFound); f.Args["id"] != "nobody" {
		t.Errorf("refused for %v", f.Args)
	}

	// Audiences of many KOLs in a call, each whole.
	follows := func(yield func(campaigns.Follow) bool) {
		for n := range 2_200 {
			if !yield(campaigns.Follow{KOL: fmt.Sprintf("k%04d", n%1_100), Person: campaigns.Person{ID: fmt.Sprint("u", n%7)}}) {
				return
			}
		}
	}
	for _, want := range []string{"1100 0 0", "0 0 1100"} {
		tally, err := db.KOLs().ImportAudience(ctx, uuid.NewString(), follows, nil)
		must(t, err)
		if got := fmt.Sprint(tally.Came, tally.Changed, tally.Stood); got != want {
			t.Errorf("audiences: %s, want %s", got, want)
		}
	}
	tally, err := db.KOLs().ImportAudience(ctx, uuid.NewString(), slices.Values([]campaigns.Follow{{KOL: "k0005", Person: campaigns.Person{ID: "u9"}}, {KOL: "k0006", Person: campaigns.Person{ID: "u6"}}}), nil)
	if err != nil || tally.Changed != 2 {
		t.Errorf("two other audiences: %+v, %v", tally, err)
	}
	if got := d.one(`SELECT string_agg(x, '; ' ORDER BY x) FROM (SELECT a.kol || ': ' || string_agg(p.id, ' ' ORDER BY p.id) AS x
		FROM studio.kol_audience a, unnest(a.people) AS f(n) JOIN studio.audience_person p ON p.n = f.n WHERE a.kol IN ('k0004', 'k0005', 'k0006') GROUP BY a.kol) AS y`); got != "k0004: u4 u5; k0005: u9; k0006: u6" {
		t.Errorf("followed by %s", got)
	}
	d.inOrder()
}

// Of many KOLs pages are found along an index or by what few of them have: whichever
// way, they are those that a plain question finds.
func TestTheDirectoryOfManyIsWhatAPlainQuestionFinds(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	const many = 21_000
	d.exec(`INSERT INTO studio.kol (id, category, region, followers, engaged, authentic, growth, rising, audience, fee_picture, fee_video, fees_until, search, digest, entered_by, updated_at)
		SELECT 'k' || n, 'c' || n % 7, 'CN', 1000 + n * 7919 % $1 * 10, 0.3 / (1 + n * 7919 % $1 / 1000), n * 31 % 101 / 100.0, n * 17 % 97 / 100.0, n % 50 = 0,
		       ARRAY[0.1, n % 100 / 100.0, -1, -1, -1, 1 - n % 100 / 100.0, n % 100 / 100.0, -1, -1, -1, -1, -1, 0.5]::real[],
		       CASE WHEN n % 3 > 0 THEN 10000 + n * 13 % 5000 END, CASE WHEN n % 2 > 0 THEN 20000 + n * 29 % 9000 END, 'infinity', 'k' || n, '', 'worker1', now() FROM generate_series(1, $1::int) AS n`, many)
	d.exec(`INSERT INTO studio.kol_detail SELECT id, '{"handle": "x", "languages": [], "about": "", "joined": null, "growth": [], "daily": {}, "paid": {}, "measured": 0, "picture": "", "extra": {}}' FROM studio.kol`)
	d.exec(`INSERT INTO studio.breach SELECT 'p' || n, 'k' || n * 10, '', now() FROM generate_series(1, 300) AS n`)
	d.exec(`VACUUM ANALYZE studio.kol`)
	db := d.sit("marketer1").db.KOLs()
	for name, c := range map[string]struct {
		q            campaigns.KOLQuery
		where, order string
	}{
		"all":                   {campaigns.KOLQuery{}, `true`, `followers DESC`},
		"small":                 {campaigns.KOLQuery{FollowersTo: 150_000}, `followers <= 150000`, `followers DESC`},
		"two tiers":             {campaigns.KOLQuery{Tiers: []string{"nano", "mid"}}, `(followers < 5000 OR followers BETWEEN 50000 AND 499999)`, `followers DESC`},
		"a tier by fee":         {campaigns.KOLQuery{FollowersFrom: 60_000, Sort: campaigns.ByFee, Formats: []campaigns.Format{campaigns.VideoNote}}, `followers >= 60000 AND fee_video IS NOT NULL`, `fee_video`},
		"a tier by engagement":  {campaigns.KOLQuery{FollowersFrom: 60_000, Sort: campaigns.ByEngagement}, `followers >= 60000`, `engaged DESC`},
		"engaged":               {campaigns.KOLQuery{EngagedFrom: .02}, `engaged >= CAST(0.02 AS real)`, `followers DESC`},
		"engaged and small":     {campaigns.KOLQuery{EngagedFrom: .0151, FollowersTo: 200_000}, `engaged >= CAST(0.0151 AS real) AND followers <= 200000`, `followers DESC`},
		"engaged by engagement": {campaigns.KOLQuery{EngagedFrom: .02, Sort: campaigns.ByEngagement}, `engaged >= CAST(0.02 AS real)`, `engaged DESC`},
		"engaged women":         {campaigns.KOLQuery{EngagedFrom: .02, Gender: "f", Share: .2}, `engaged >= CAST(0.02 AS real) AND audience[6] >= CAST(0.2 AS real)`, `followers DESC`},
		"women":                 {campaigns.KOLQuery{Gender: "f", Share: .5}, `audience[6] >= CAST(0.5 AS real)`, `followers DESC`},
		"young, by growth":      {campaigns.KOLQuery{Age: "18-24", Share: .3, Sort: campaigns.ByGrowth}, `audience[2] >= CAST(0.3 AS real)`, `growth DESC`},
		"cheap":                 {campaigns.KOLQuery{FeeTo: 120 * money.Yuan}, `least(fee_picture, fee_video) <= 12000`, `followers DESC`},
		"cheap first":           {campaigns.KOLQuery{FeeTo: 140 * money.Yuan, Sort: campaigns.ByFee, Formats: []campaigns.Format{campaigns.PictureNote}}, `fee_picture <= 14000`, `fee_picture`},
		"a category":            {campaigns.KOLQuery{Categories: []string{"c1", "c2", "c3", "c4"}, Sort: campaigns.ByEngagement}, `category IN ('c1', 'c2', 'c3', 'c4')`, `engaged DESC`},
		"a few":                 {campaigns.KOLQuery{Rising: true, Categories: []string{"c1"}}, `rising AND category = 'c1'`, `followers DESC`},
		"without a breach":      {campaigns.KOLQuery{Clean: true, Sort: campaigns.ByRisk}, `NOT EXISTS (SELECT FROM studio.breach b WHERE b.author = kol.id)`, `authentic DESC`},
	} {
		var want []string
		rows, err := d.super.QueryContext(t.Context(), `SELECT id FROM studio.kol WHERE `+c.where+` ORDER BY `+c.order+`, id COLLATE "C"`)
		must(t, err)
		for rows.Next() {
			var id string
			must(t, rows.Scan(&id))
			want = append(want, id)
		}
		must(t, rows.Err())
		c.q.Limit = 200
		var got []string
		for range 3 {
			page, err := db.Page(t.Context(), c.q)
			must(t, err)
			if page.Total != min(len(want), 10_000) && c.q.After == "" || page.More != (len(want) > 10_000) && c.q.After == "" {
				t.Errorf("%s: %d fit, more %v; there are %d", name, page.Total, page.More, len(want))
			}
			for _, k := range page.KOLs {
				got = append(got, k.ID)
			}
			if c.q.After = page.Next; c.q.After == "" {
				break
			}
		}
		if want = want[:min(len(want), 600)]; !slices.Equal(got, want) {
			at := 0
			for at < min(len(got), len(want)) && got[at] == want[at] {
				at++
			}
			t.Errorf("%s: %d of %d, other from place %d on", name, len(got), len(want), at)
		}
	}
}
