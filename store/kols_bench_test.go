package store_test

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"

	"cinnabar/campaigns"
	"cinnabar/internal/money"
	"cinnabar/store/storetest"
)

// BenchmarkTheDirectory asks for pages of a directory of 200,000 KOLs, or as many as
// CINNABAR_BENCH_KOLS says, by every kind of filter, and reports the slowest median.
func BenchmarkTheDirectory(b *testing.B) {
	size := 200_000
	if n, err := strconv.Atoi(os.Getenv("CINNABAR_BENCH_KOLS")); err == nil {
		size = n
	}
	env := storetest.New(b)
	super := env.Super(b)
	began := time.Now()
	exec := func(query string, args ...any) {
		b.Helper()
		began := time.Now()
		if _, err := super.ExecContext(b.Context(), query, args...); err != nil {
			b.Fatal(err)
		}
		if took := time.Since(began); took > 5*time.Second {
			b.Logf("%.60s: %v", query, took.Round(time.Second))
		}
	}
	exec(`SET synchronous_commit = off; SET maintenance_work_mem = '512MB'`)
	// Into bare tables, and the indexes over all at the end: row by row they take an hour.
	indexes, err := all(b.Context(), super, `SELECT indexdef FROM pg_indexes WHERE schemaname = 'studio' AND tablename = 'kol' AND indexname <> 'kol_pkey'`)
	if err != nil {
		b.Fatal(err)
	}
	exec(`DO $do$ DECLARE one text; BEGIN
		FOR one IN SELECT indexname FROM pg_indexes WHERE schemaname = 'studio' AND tablename = 'kol' AND indexname <> 'kol_pkey' LOOP EXECUTE format('DROP INDEX studio.%I', one); END LOOP; END $do$;
		ALTER TABLE studio.kol_detail DROP CONSTRAINT kol_detail_id_fkey`)
	exec(`INSERT INTO studio.kol (id, category, region, followers, engaged, authentic, growth, rising, audience, fee_picture, fee_video, fees_until, search, digest, entered_by, updated_at)
		SELECT id, (ARRAY['beauty','travel','food','fashion','fitness','home','pets','tech','games','books','music','cars','health','baby','sports','art','film','study','outdoor','other'])[1 + abs(h) % 20],
		       (ARRAY['CN','CN','CN','CN','CN','CN','CN','HK','SG','US'])[1 + abs(g) % 10], (1000 * exp(8 * r * r * r))::int, (0.2 * exp(-4 * r) * s)::real, (1 - u * u)::real,
		       (s - 0.3)::real, s > 0.97, ARRAY[0.05, r, (1 - r) / 2, (1 - r) / 3, 0.02, s, 1 - s, u / 2, u / 4, 0.1, 0.1, 0.05, u * u]::real[],
		       CASE WHEN g % 3 <> 0 THEN (100000 * exp(6 * r)) END::bigint, CASE WHEN h % 3 <> 0 THEN (150000 * exp(6 * r))::bigint END, 'infinity',
		       (ARRAY['小鹿','mia ','阿宁','luna','大魔王','echo','林深','ava'])[1 + abs(h) % 8] || abs(g) % 100000 || ' ' || id || ' '
		       || (ARRAY['护肤日记','旅行家','美食探店','穿搭分享','健身打卡'])[1 + abs(g) % 5] || ' every day since ' || 2015 + abs(h) % 10, '', 'worker1', now()
		  FROM (SELECT n, 'k' || n AS id, hashtext(n::text) AS h, hashtext('a' || n::text) AS g, random() AS r, random() AS s, random() AS u FROM generate_series(1, $1::int) AS n) AS n`, size)
	exec(`INSERT INTO studio.kol_detail SELECT id,
		'{"handle": "x", "languages": [], "about": "", "joined": null, "growth": [1, 2, 3], "daily": {}, "paid": {}, "measured": 0, "picture": "", "extra": {}}' FROM studio.kol`)
	exec(`ALTER TABLE studio.kol_detail ADD CONSTRAINT kol_detail_id_fkey FOREIGN KEY (id) REFERENCES studio.kol`)
	built := make(chan error, len(indexes))
	for _, one := range indexes {
		go func() {
			_, err := super.ExecContext(b.Context(), `SET maintenance_work_mem = '512MB'; `+one)
			built <- err
		}()
	}
	for range indexes {
		if err := <-built; err != nil {
			b.Fatal(err)
		}
	}
	exec(`INSERT INTO studio.breach SELECT 'p' || n, 'k' || (random() * $1)::int, '', now() - random() * interval '500 days' FROM generate_series(1, $1 / 50) AS n`, size)
	exec(`INSERT INTO studio.author_open SELECT 'k' || (random() * $1)::int, 'o' || n FROM generate_series(1, $1 / 50) AS n`, size)
	b.Logf("loaded after %v", time.Since(began).Round(time.Second))
	exec(`VACUUM ANALYZE studio.kol`)
	exec(`VACUUM ANALYZE studio.kol_detail`)
	exec(`VACUUM ANALYZE studio.breach`)
	exec(`VACUUM ANALYZE studio.author_open`)
	sizes, err := all(b.Context(), super, `SELECT relname || ' ' || pg_size_pretty(pg_total_relation_size(oid)) FROM pg_class WHERE relname IN ('kol', 'kol_detail')`)
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%d KOLs: %v", size, sizes)
	db := env.Open(b, "marketer1").KOLs()

	worst := time.Duration(0)
	for name, q := range map[string]campaigns.KOLQuery{
		"all":                      {},
		"by risk":                  {Sort: campaigns.ByRisk},
		"by fee":                   {Sort: campaigns.ByFee, Formats: []campaigns.Format{campaigns.VideoNote}},
		"by growth":                {Sort: campaigns.ByGrowth},
		"a category":               {Categories: []string{"beauty"}},
		"a category by engagement": {Categories: []string{"beauty"}, Sort: campaigns.ByEngagement},
		"three categories, region": {Categories: []string{"beauty", "baby", "health"}, Regions: []string{"HK"}},
		"nano":                     {Tiers: []string{"nano"}},
		"micro":                    {Tiers: []string{"micro"}},
		"top and clean":            {Tiers: []string{"top"}, Clean: true},
		"clean":                    {Clean: true},
		"clean by risk":            {Clean: true, Sort: campaigns.ByRisk},
		"engaged":                  {EngagedFrom: .05},
		"very engaged":             {EngagedFrom: .18},
		"engaged by growth":        {EngagedFrom: .1, Sort: campaigns.ByGrowth},
		"authentic":                {AuthenticFrom: .9},
		"cheap":                    {FeeTo: 1100 * money.Yuan},
		"cheap video, food":        {FeeTo: 2500 * money.Yuan, Formats: []campaigns.Format{campaigns.VideoNote}, Categories: []string{"food"}},
		"women":                    {Gender: "f", Share: .9},
		"women of an age":          {Gender: "f", Age: "18-24", Share: .6, Categories: []string{"beauty"}},
		"few of the largest":       {Age: "25-34", Share: .48, Tiers: []string{"mid", "top"}},
		"abroad":                   {AbroadFrom: .95, Categories: []string{"travel"}},
		"rising":                   {Rising: true, Categories: []string{"travel"}},
		"everything":               {Categories: []string{"beauty", "fashion"}, Regions: []string{"CN"}, Tiers: []string{"micro", "mid"}, Formats: []campaigns.Format{campaigns.VideoNote}, FeeTo: 9_000_00, EngagedFrom: .02, AuthenticFrom: .75, Age: "18-24", Gender: "f", Clean: true},
		"search a word":            {Search: "护肤"},
		"search a name":            {Search: "Mia 123"},
		"search an id":             {Search: "k177777"},
		"search a letter":          {Search: "e"},
		"search a character":       {Search: "鹿"},
		"search nothing":           {Search: "nobody is called that"},
		"search and filter":        {Search: "旅行", Categories: []string{"pets"}, Regions: []string{"SG"}},
	} {
		b.Run(name, func(b *testing.B) {
			var took []time.Duration
			var page campaigns.KOLPage
			for range max(b.N, 7) {
				began := time.Now()
				var err error
				if page, err = db.Page(b.Context(), q); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(began))
			}
			slices.Sort(took)
			median := took[len(took)/2]
			worst = max(worst, median)
			b.ReportMetric(float64(median.Microseconds())/1000, "ms/page")
			b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "ms/worst")
			b.ReportMetric(float64(page.Total), "found")
			if len(page.KOLs) > 0 && page.Next != "" {
				deep := q
				began := time.Now()
				for range 3 {
					deep.After = page.Next
					var err error
					if page, err = db.Page(b.Context(), deep); err != nil {
						b.Fatal(err)
					}
					if page.Next == "" {
						break
					}
				}
				b.ReportMetric(float64(time.Since(began).Microseconds())/3000, "ms/next")
			}
		})
	}
	b.Logf("the slowest median: %v", worst)
}

// BenchmarkAnAudience brings in who follows 300 KOLs, of whom one has 100,000 readers
// and all together a million, and reads it back for a choice.
func BenchmarkAnAudience(b *testing.B) {
	env := storetest.New(b)
	db := env.Open(b, "marketer1").KOLs()
	var kols []campaigns.KOL
	var names []string
	for n := range 300 {
		names = append(names, fmt.Sprint("k", n))
		kols = append(kols, campaigns.KOL{ID: names[n], Handle: names[n], Authentic: campaigns.Unknown, Audience: campaigns.Audience{Abroad: campaigns.Unknown}})
	}
	if _, err := db.Import(b.Context(), uuid.NewString(), slices.Values(kols), nil); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		began := time.Now()
		_, err := db.ImportAudience(b.Context(), uuid.NewString(), func(yield func(campaigns.Follow) bool) {
			for n := range 1_000_000 {
				k, u := n%300, n*7919%400_000
				if n < 100_000 {
					k, u = 0, n
				}
				if !yield(campaigns.Follow{KOL: names[k], Person: campaigns.Person{ID: fmt.Sprint("u", u), Age: "18-24"}}) {
					return
				}
			}
		}, nil)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(time.Since(began).Seconds(), "s/import")
		began = time.Now()
		f, err := db.Following(b.Context(), names)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(time.Since(began).Seconds(), "s/read")
		b.ReportMetric(float64(len(f.People)), "people")
		began = time.Now()
		if f, err = db.Following(b.Context(), names[:1]); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(time.Since(began).Seconds(), "s/one")
		b.ReportMetric(float64(len(f.Of[0])), "of-one")
	}
}

// BenchmarkKOLsComeIn brings 20,000 KOLs, or as many as CINNABAR_BENCH_KOLS says, with
// two quotes and ten followers each into a new database, then again with a tenth of
// them changed.
func BenchmarkKOLsComeIn(b *testing.B) {
	size := 20_000
	if n, err := strconv.Atoi(os.Getenv("CINNABAR_BENCH_KOLS")); err == nil {
		size = n
	}
	env := storetest.New(b)
	db := env.Open(b, "marketer1").KOLs()
	var kols []campaigns.KOL
	var quotes []campaigns.KOLQuote
	var follows []campaigns.Follow
	for n := range size {
		k := someKOL(fmt.Sprint("k", n))
		k.Followers, k.Audience.Abroad = 1000+n*37%900_000, float64(n%100)/100
		kols = append(kols, k)
		for _, f := range []campaigns.Format{campaigns.PictureNote, campaigns.VideoNote} {
			quotes = append(quotes, campaigns.KOLQuote{KOL: k.ID, Quote: campaigns.Quote{Format: f, Fee: money.Fen(100_00 + n), From: "2026-01-01"}})
		}
		for i := range 10 {
			follows = append(follows, campaigns.Follow{KOL: k.ID, Person: campaigns.Person{ID: fmt.Sprint("u", (n*7919+i*104_729)%100_000)}})
		}
	}
	timed := func(what string, f func() error) {
		b.Helper()
		began := time.Now()
		if err := f(); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(time.Since(began).Seconds(), "s/"+what)
	}
	in := func(what string) {
		timed("kols-"+what, func() error {
			_, err := db.Import(b.Context(), uuid.NewString(), slices.Values(kols), nil)
			return err
		})
		timed("quotes-"+what, func() error {
			_, err := db.ImportQuotes(b.Context(), uuid.NewString(), slices.Values(quotes), nil)
			return err
		})
		timed("audience-"+what, func() error {
			_, err := db.ImportAudience(b.Context(), uuid.NewString(), slices.Values(follows), nil)
			return err
		})
	}
	for b.Loop() {
		in("new")
		for n := range kols {
			if n%10 == 0 {
				kols[n].Followers++
				quotes[2*n].Fee++
			}
		}
		in("again")
	}
}
