package store_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"cinnabar/moderation"
	"cinnabar/moderation/disclosure"
	"cinnabar/moderation/rings"
	"cinnabar/store"
	"cinnabar/store/storetest"
)

// processorTime is what this process and the database's sessions have computed for.
func processorTime(b *testing.B, pids []string) (own, server time.Duration) {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	own = time.Duration(u.Utime.Nano() + u.Stime.Nano())
	for _, pid := range pids {
		stat, err := os.ReadFile("/proc/" + pid + "/stat")
		if err != nil {
			continue
		}
		f := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
		for _, ticks := range f[11:13] {
			n, _ := strconv.Atoi(ticks)
			server += time.Duration(n) * 10 * time.Millisecond
		}
	}
	return own, server
}

// written makes posts of some hundred characters that nobody else writes, and every
// fiftieth of them by a template of its twenty.
func written(n int) []moderation.Post {
	r := rand.New(rand.NewPCG(1, 2))
	letters := []rune("的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严")
	template := make([]string, max(1, n/1000))
	long := func(least, most int) string {
		var b strings.Builder
		for i := range least + r.IntN(most-least) {
			if b.WriteRune(letters[r.IntN(len(letters))]); i%17 == 16 {
				b.WriteString([]string{"，", "。", "！\n"}[r.IntN(3)])
			}
		}
		return b.String()
	}
	for i := range template {
		template[i] = long(150, 400)
	}
	posts := make([]moderation.Post, n)
	for i := range posts {
		p := moderation.Post{ID: fmt.Sprintf("b%07d", i), Lang: "zh-Hans", Title: long(8, 20), Posted: time.Date(2026, 1, 1, 0, 0, i, 0, time.UTC),
			Author: moderation.Author{ID: fmt.Sprint("a", r.IntN(n)), Handle: "h"}, Likes: r.IntN(500)}
		if i%50 == 0 {
			p.Body = fmt.Sprintf("用了%d天，花了%d块。", r.IntN(30), r.IntN(300)) + template[r.IntN(len(template))]
		} else {
			p.Body = long(120, 900)
		}
		if i%20 == 0 {
			p.Body += fmt.Sprintf("\n加微信 abc_%d", r.IntN(n))
		}
		posts[i] = p
	}
	return posts
}

// BenchmarkAScanWithRings scans posts, 20,000 or as many as CINNABAR_BENCH_RINGS says,
// without rings and with them, and reports the processor time that a post takes, in this
// process and in the server.
func BenchmarkAScanWithRings(b *testing.B) {
	size := 20_000
	if n, err := strconv.Atoi(os.Getenv("CINNABAR_BENCH_RINGS")); err == nil {
		size = n
	}
	for _, with := range []bool{false, true} {
		b.Run(fmt.Sprintf("rings=%v", with), func(b *testing.B) {
			for range b.N {
				env := storetest.New(b)
				super := env.Super(b)
				db := env.Open(b, "worker1")
				for part := range slices.Chunk(written(size), 20_000) {
					importPosts(b, db, part...)
				}
				if _, err := super.ExecContext(b.Context(), `VACUUM ANALYZE`); err != nil {
					b.Fatal(err)
				}
				if !with { // as if nobody asked for marks
					if _, err := super.ExecContext(b.Context(), `ALTER TABLE studio.post_score DISABLE TRIGGER USER`); err != nil {
						b.Fatal(err)
					}
				}
				pids, err := all(b.Context(), super, `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND usename = 'worker1'`)
				if err != nil {
					b.Fatal(err)
				}
				own, server := processorTime(b, pids)
				began := time.Now()
				marking, looking := time.Duration(0), time.Duration(0)
				detector := disclosure.Default()
				for {
					posts, err := db.Scans().Take(b.Context(), uuid.NewString(), model, 200)
					if err != nil {
						b.Fatal(err)
					}
					if len(posts) == 0 {
						break
					}
					results := make([]moderation.Scored, len(posts))
					for i, p := range posts {
						results[i] = detector.Scored(p, false)
						results[i].Flag = false // cases cost what they cost, with rings or without
					}
					var marked []rings.Marked
					if with {
						t := time.Now()
						marked = marksFor(posts)
						marking += time.Since(t)
					}
					if _, err := db.Scans().Put(b.Context(), uuid.NewString(), model, results, marked...); err != nil {
						b.Fatal(err)
					}
					if with {
						t := time.Now()
						linked(db, b, posts)
						looking += time.Since(t)
					}
				}
				took := time.Since(began)
				ownAfter, serverAfter := processorTime(b, pids)
				per := func(d time.Duration) float64 { return float64(d.Microseconds()) / float64(size) }
				b.ReportMetric(per(ownAfter-own), "own-µs/post")
				b.ReportMetric(per(serverAfter-server), "server-µs/post")
				b.ReportMetric(per(took), "clock-µs/post")
				b.ReportMetric(per(marking), "marking-µs/post")
				b.ReportMetric(per(looking), "linking-clock-µs/post")
				if with {
					rows, err := all(b.Context(), super, `SELECT relname || ' ' || pg_size_pretty(pg_total_relation_size(oid)) || ', indexes ' || pg_size_pretty(pg_indexes_size(oid)) FROM pg_class
						WHERE relnamespace = 'studio'::regnamespace AND relname ~ '^(ring_mark|ring_channel|ring_edge|ring_post|post_score)$' ORDER BY 1
						`)
					if err != nil {
						b.Fatal(err)
					}
					b.Logf("%d posts: %s", size, strings.Join(rows, "; "))
					rows, err = all(b.Context(), super, `SELECT count(*) || ' rings of ' || sum(posts) FROM studio.ring WHERE authors > 1`)
					b.Log(rows, err)
				}
			}
		})
	}
}

// BenchmarkNeighbours looks up posts among a million, or as many as CINNABAR_BENCH_MARKS
// says, whose marks are made up: of every fiftieth a copy stands there.
func BenchmarkNeighbours(b *testing.B) {
	size, err := strconv.Atoi(os.Getenv("CINNABAR_BENCH_MARKS"))
	if err != nil {
		b.Skip("CINNABAR_BENCH_MARKS says of how many")
	}
	env := storetest.New(b)
	super := env.Super(b)
	began := time.Now()
	for _, statement := range []string{
		`SET synchronous_commit = off; SET maintenance_work_mem = '512MB'; DROP INDEX studio.ring_by_band`,
		`INSERT INTO studio.ring_mark SELECT 'b' || lpad(n::text, 7, '0'), 1, 1, 'a' || n, now(),
			ARRAY(SELECT hashint8extended(n - CASE WHEN n % 50 = 0 AND k % 2 = 0 THEN 1 ELSE 0 END, k)::bit(64)::bit(32)::int FROM generate_series(1, 24) AS k), decode(left(repeat(md5(n::text), 5), 146), 'hex'), '{}'
			FROM generate_series(1, ` + strconv.Itoa(size) + `) AS n`,
		`CREATE INDEX ring_by_band ON studio.ring_mark USING gin (bands) WITH (fastupdate = off) WHERE bands <> '{}'`,
		`INSERT INTO studio.ring_channel SELECT 'phone:' || n / 3, 'a' || n, 'b' || lpad(n::text, 7, '0') FROM generate_series(1, ` + strconv.Itoa(size/10) + `) AS n`,
		`UPDATE studio.ring_mark m SET channels = ARRAY[c.channel] FROM studio.ring_channel c WHERE c.post = m.post AND right(m.post, 2) = '07'`,
		`VACUUM ANALYZE studio.ring_mark`, `VACUUM ANALYZE studio.ring_channel`,
	} {
		for _, one := range strings.Split(statement, "; ") {
			if _, err := super.ExecContext(b.Context(), one); err != nil {
				b.Fatal(err)
			}
		}
	}
	rows, err := all(b.Context(), super, `SELECT pg_size_pretty(pg_table_size('studio.ring_mark')) || ', keys ' || pg_size_pretty(pg_relation_size('studio.ring_by_band'))`)
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%d marks: %v after %v", size, rows, time.Since(began).Round(time.Second))
	db := env.Open(b, "worker1")
	pids, err := all(b.Context(), super, `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND usename = 'worker1'`)
	if err != nil {
		b.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 4))
	var found store.Found
	n := 0
	_, before := processorTime(b, pids)
	for b.Loop() {
		ids := make([]string, 200)
		for i := range ids {
			ids[i] = fmt.Sprintf("b%07d", 1+r.IntN(size))
		}
		if found, err = db.Rings().Candidates(b.Context(), ids); err != nil {
			b.Fatal(err)
		}
		n += len(found.Of)
	}
	_, after := processorTime(b, pids)
	b.ReportMetric(float64((after-before).Microseconds())/float64(200*b.N), "server-µs/post")
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(200*b.N), "clock-µs/post")
	b.Logf("%d of %d have neighbours", n, 200*b.N)
}
