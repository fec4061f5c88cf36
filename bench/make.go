package main

import (
	"bufio"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
)

// kinds are the instances that can be made, each the same for the same seed.
var kinds = map[string]func(*rand.Rand, *instance){
	// Covers as those of the OR-Library: every offer reaches everybody by the same
	// chance, and costs are small whole numbers. Nothing stands out, which is what makes
	// their bounds hard.
	"cover-2": func(r *rand.Rand, in *instance) { cover(r, in, 10_000, 1_000, 0.02, 5, 30) },
	"cover-5": func(r *rand.Rand, in *instance) { cover(r, in, 10_000, 1_000, 0.05, 5, 30) },
	// The same with costs from 1 to 100, as the OR-Library's own have them.
	"cover-100": func(r *rand.Rand, in *instance) { cover(r, in, 10_000, 1_000, 0.05, 100, 30) },
	// Small enough that every peer ends with a proof.
	"cover-small": func(r *rand.Rand, in *instance) { cover(r, in, 60, 200, 0.05, 5, 25) },
	// A platform: few KOLs with many followers and many with few, in neighbourhoods of
	// interest, so that audiences overlap as real ones do.
	"crowd":       func(r *rand.Rand, in *instance) { crowd(r, in, 10_000, 1_000_000, 150_000, 2_000_000) },
	"crowd-dense": func(r *rand.Rand, in *instance) { crowd(r, in, 10_000, 1_000_000, 600_000, 4_000_000) },
	"crowd-small": func(r *rand.Rand, in *instance) { crowd(r, in, 80, 3_000, 1_000, 30_000) },
}

func cover(r *rand.Rand, in *instance, offers, people int, density float64, dearest int, budget int64) {
	for j := range offers {
		in.add(fmt.Sprint("o", j), fmt.Sprint("k", j), 100*int64(1+r.IntN(dearest)))
		for u := range people {
			if r.Float64() < density {
				in.audience[j] = append(in.audience[j], int32(u))
			}
		}
	}
	in.budget = 100 * budget
}

// crowd makes audiences whose sizes fall as a power of the rank, from most down; a fee
// grows with the size, but less than it. Budgets are in yuan.
func crowd(r *rand.Rand, in *instance, offers, people, most int, budget int64) {
	const circles = 50
	for j := range offers {
		size := max(20, int(float64(most)*math.Pow(float64(j+1), -0.75)*(0.7+0.6*r.Float64())))
		size = min(size, people/2)
		fee := int64(10 * math.Pow(float64(size), 0.8) * (0.7 + 0.6*r.Float64()))
		in.add(fmt.Sprint("o", j), fmt.Sprint("k", j), 100*fee)
		home := r.IntN(circles)
		seen := make(map[int32]bool, size)
		for len(seen) < size {
			// Some follow many: the square of an even number is often small.
			x := r.Float64()
			u := int(x * x * float64(people/circles))
			circle := home
			if r.IntN(3) == 0 || len(seen) > people/circles/2 {
				circle = r.IntN(circles)
			}
			seen[int32(u*circles+circle)] = true
		}
		audience := make([]int32, 0, size)
		for u := range seen {
			audience = append(audience, u)
		}
		slices.Sort(audience)
		in.audience[j] = audience
	}
	in.budget = 100 * budget
}

func (in *instance) add(id, kol string, cost int64) {
	in.ids, in.kols, in.costs = append(in.ids, id), append(in.kols, kol), append(in.costs, cost)
	in.audience = append(in.audience, nil)
}

// write lays an instance down as the files that cinnabar plan reads.
func (in *instance) write(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := lay(filepath.Join(dir, "budget.txt"), func(w *bufio.Writer) {
		fmt.Fprintf(w, "%d.%02d\n", in.budget/100, in.budget%100)
	}); err != nil {
		return err
	}
	if err := lay(filepath.Join(dir, "offers.csv"), func(w *bufio.Writer) {
		fmt.Fprintln(w, "offer_id,kol_id,format,fee_cny")
		for j := range in.ids {
			fmt.Fprintf(w, "%s,%s,image_note,%d.%02d\n", in.ids[j], in.kols[j], in.costs[j]/100, in.costs[j]%100)
		}
	}); err != nil {
		return err
	}
	return lay(filepath.Join(dir, "audience.csv"), func(w *bufio.Writer) {
		fmt.Fprintln(w, "kol_id,user_id")
		for j, audience := range in.audience {
			for _, u := range audience {
				fmt.Fprintf(w, "%s,u%d\n", in.kols[j], u)
			}
		}
	})
}

func lay(path string, fill func(*bufio.Writer)) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	fill(w)
	if err := w.Flush(); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}
