package measure

import (
	"cmp"
	"math/rand/v2"
	"slices"
)

// Folds parts posts into k folds, numbered from 0, so that no group is in two of them
// and positives and posts are spread about evenly. The same seed gives the same folds.
// It returns nil where there are fewer groups than folds, or fewer groups with a
// positive than folds: one of the folds would have none to find.
func Folds(groups []string, truth []bool, k int, seed uint64) []int {
	type bunch struct {
		posts     []int
		positives int
	}
	var all []*bunch
	named := make(map[string]*bunch)
	for i, g := range groups {
		b := named[g]
		if b == nil || g == "" {
			b = &bunch{}
			named[g] = b
			all = append(all, b)
		}
		b.posts = append(b.posts, i)
		if truth[i] {
			b.positives++
		}
	}
	with := 0
	for _, b := range all {
		if b.positives > 0 {
			with++
		}
	}
	if k < 2 || len(all) < k || with < k {
		return nil
	}
	chances := rand.New(rand.NewPCG(seed, 0x666f6c6473))
	chances.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	// The bunches that are hardest to place go first, each to where least has come.
	slices.SortStableFunc(all, func(a, b *bunch) int {
		return cmp.Or(cmp.Compare(b.positives, a.positives), cmp.Compare(len(b.posts), len(a.posts)))
	})
	fold := make([]int, len(groups))
	posts, positives := make([]int, k), make([]int, k)
	for _, b := range all {
		at := 0
		for f := range k {
			if b.positives > 0 && cmp.Or(cmp.Compare(positives[f], positives[at]), cmp.Compare(posts[f], posts[at])) < 0 ||
				b.positives == 0 && posts[f] < posts[at] {
				at = f
			}
		}
		for _, i := range b.posts {
			fold[i] = at
		}
		posts[at] += len(b.posts)
		positives[at] += b.positives
	}
	return fold
}
