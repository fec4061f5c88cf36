package store_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"cinnabar/assets"
	"cinnabar/assets/fingerprint"
	"cinnabar/store"
	"cinnabar/store/storetest"
)

// BenchmarkPrints searches among 200,000 fingerprints, or as many as CINNABAR_BENCH_PRINTS
// says, twenty for each picture: two of the whole and eighteen of cuts. It reports a lookup
// of one hash among all of them, everything that is asked about one picture, how fast
// looks come in, and the bytes for a fingerprint. On Linux it tells beside the clock how long
// the server computed.
func BenchmarkPrints(b *testing.B) {
	size := 200_000
	if n, err := strconv.Atoi(os.Getenv("CINNABAR_BENCH_PRINTS")); err == nil {
		size = n
	}
	env := storetest.New(b)
	super := env.Super(b)
	super.SetMaxOpenConns(1)
	exec := func(query string, args ...any) {
		b.Helper()
		if _, err := super.ExecContext(b.Context(), query, args...); err != nil {
			b.Fatal(err)
		}
	}
	one := func(query string, args ...any) (f float64) {
		b.Helper()
		if err := super.QueryRowContext(b.Context(), query, args...).Scan(&f); err != nil {
			b.Fatal(err)
		}
		return f
	}
	began := time.Now()
	exec(`SET synchronous_commit = off; SET maintenance_work_mem = '1GB'; SET max_parallel_maintenance_workers = 0`)
	indexes, err := all(b.Context(), super, `SELECT indexdef FROM pg_indexes WHERE schemaname = 'studio' AND indexname ~ '^picture_(print|cut)_slot'`)
	if err != nil {
		b.Fatal(err)
	}
	exec(`DO $do$ DECLARE one text; BEGIN
		FOR one IN SELECT indexname FROM pg_indexes WHERE schemaname = 'studio' AND indexname ~ '^picture_(print|cut)_slot' LOOP EXECUTE format('DROP INDEX studio.%I', one); END LOOP; END $do$;
		ALTER TABLE studio.picture_look DROP CONSTRAINT picture_look_picture_fkey; ALTER TABLE studio.picture_print DROP CONSTRAINT picture_print_look_fkey; ALTER TABLE studio.picture_cut DROP CONSTRAINT picture_cut_look_fkey`)
	const hash = `CAST('x' || encode(sha256(convert_to(%s, 'UTF8')), 'hex') AS bit(256))`
	exec(`INSERT INTO studio.picture_look (picture, version, quality, looked_at) SELECT encode(sha256(convert_to(CAST(n AS text), 'UTF8')), 'hex'), 1, 100, now() FROM generate_series(1, $1::int) AS n`, size/20)
	exec(fmt.Sprintf(`INSERT INTO studio.picture_print SELECT n, 0, m, `+hash+` FROM studio.picture_look, unnest(ARRAY[false, true]) AS m`, `n || ' ' || m`))
	exec(fmt.Sprintf(`INSERT INTO studio.picture_cut SELECT n, part, `+hash+` FROM studio.picture_look, generate_series(1, 18) AS part`, `n || ' of ' || part`))
	for _, index := range indexes {
		exec(index)
	}
	exec(`VACUUM ANALYZE studio.picture_look`)
	exec(`VACUUM ANALYZE studio.picture_print`)
	exec(`VACUUM ANALYZE studio.picture_cut`)
	total := one(`SELECT (SELECT count(*) FROM studio.picture_print) + (SELECT count(*) FROM studio.picture_cut)`)
	bytes := one(`SELECT pg_total_relation_size('studio.picture_print') + pg_total_relation_size('studio.picture_cut')`)
	b.Logf("%.0f fingerprints of %d pictures in %v, %.1f MB", total, size/20, time.Since(began).Round(time.Second), bytes/1e6)

	r := rand.New(rand.NewPCG(1, 2))
	// A hash of somebody's, 31 bits off: the hardest that must be found.
	near := func() string {
		var bits string
		if err := super.QueryRowContext(b.Context(), fmt.Sprintf(`SELECT encode(sha256(convert_to(%d || ' of ' || %d, 'UTF8')), 'hex')`, 1+r.IntN(size/20), 1+r.IntN(18))).Scan(&bits); err != nil {
			b.Fatal(err)
		}
		h, err := fingerprint.Parse(bits)
		if err != nil {
			b.Fatal(err)
		}
		return off(h, fingerprint.Near, r).String()
	}
	pid := int(one(`SELECT pg_backend_pid()`))
	median := func(b *testing.B, took []time.Duration, computed time.Duration) {
		if computed > 0 {
			b.ReportMetric(float64(computed.Microseconds())/1000/float64(len(took)), "ms-cpu")
		}
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-median")
		b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "ms-p95")
		b.ReportMetric(bytes/total, "B/print")
	}
	b.Run("one hash", func(b *testing.B) {
		var took []time.Duration
		var computed time.Duration
		for b.Loop() {
			h := near()
			began, before := time.Now(), computedBy(pid)
			if n := one(`SELECT count(*) FROM studio.prints_near(CAST('x' || $1 AS bit(256)), true)`, h); n < 1 {
				b.Fatalf("%s is not found", h)
			}
			took = append(took, time.Since(began))
			computed += computedBy(pid) - before
		}
		median(b, took, computed)
	})
	b.Run("all of a picture", func(b *testing.B) {
		var took []time.Duration
		var computed time.Duration
		for b.Loop() {
			var part pq.Int64Array
			var mirrored pq.BoolArray
			var hashes pq.StringArray
			for n := range 20 {
				part, mirrored, hashes = append(part, int64(max(0, n-1))), append(mirrored, n == 1), append(hashes, near())
			}
			began, before := time.Now(), computedBy(pid)
			if n := one(`SELECT count(*) FROM studio.looks_near($1, $2, $3)`, part, mirrored, hashes); n < 1 {
				b.Fatal("nothing is found")
			}
			took = append(took, time.Since(began))
			computed += computedBy(pid) - before
		}
		median(b, took, computed)
	})
	b.Run("coming in", func(b *testing.B) {
		worker := env.Open(b, "worker1").Pictures()
		n := 0
		for b.Loop() {
			b.StopTimer()
			var files [][]byte
			for range 100 {
				n++
				files = append(files, fmt.Appendf(nil, "a picture %d", n))
			}
			if _, err := worker.Put(b.Context(), uuid.NewString(), files); err != nil {
				b.Fatal(err)
			}
			ids, err := worker.TakeLooks(b.Context(), uuid.NewString(), 1, 100)
			if err != nil {
				b.Fatal(err)
			}
			looks := make([]store.Looked, len(ids))
			for i, id := range ids {
				var cuts []fingerprint.Hash
				for range 18 {
					cuts = append(cuts, madeHash(r.Uint64()))
				}
				looks[i] = store.Looked{Look: assets.Look{Picture: id}, Prints: printsOf(madeHash(r.Uint64()), cuts...)}
			}
			b.StartTimer()
			if _, err := worker.PutLooks(b.Context(), uuid.NewString(), 1, looks); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "pictures/s")
	})
}

// computedBy is how long a process of this machine has been on a processor, which others'
// work beside it doesn't lengthen; 0 where nobody says.
func computedBy(pid int) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", pid))
	if err != nil {
		return 0
	}
	var ns int64
	if _, err := fmt.Sscan(string(text), &ns); err != nil {
		return 0
	}
	return time.Duration(ns)
}
