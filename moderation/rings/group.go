package rings

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"

	"cinnabar/moderation"
)

// Ring is posts of at least two people that belong together.
type Ring struct {
	// Key names the ring. It is that of its oldest post, so that it stays when others
	// join; where two rings become one, the older one's stays.
	Key     string
	Posts   []Ref    // by age
	Authors []string // sorted
	// Why holds one edge for each post but the first, the strongest ones that hold the
	// ring together; taking one out would part it.
	Why    []Edge
	Shared []Share // what runs through the ring, most posts first
}

// Share is a channel that posts of a ring give. The zero Channel stands for the text.
type Share struct {
	Channel Channel
	Posts   int
}

// shownEdges is how many of a post's edges are its evidence; a reviewer reads no more.
const shownEdges = 6

// Evidence is why a post stands in the ring: the words in that post, each with the
// other post as its target, strongest first. It weighs nothing in any score.
func (r Ring) Evidence(id string) []moderation.Evidence {
	var all []moderation.Evidence
	shown := 0
	for _, e := range r.Why {
		if shown == shownEdges {
			break
		}
		switch id {
		case e.A.ID:
			all = append(all, moderation.EvidenceFrom(e.OfA, e.B.ID)...)
		case e.B.ID:
			all = append(all, moderation.EvidenceFrom(e.OfB, e.A.ID)...)
		default:
			continue
		}
		shown++
	}
	return all
}

// Group puts the posts of edges into rings, in an order that does not depend on that
// of the edges: by key. Posts of one author alone are no ring, however many.
func Group(edges []Edge) []Ring {
	edges = slices.Clone(edges)
	slices.SortFunc(edges, func(a, b Edge) int {
		return cmp.Or(cmp.Compare(b.Strength, a.Strength), order(a.A, b.A), order(a.B, b.B), cmp.Compare(b.Alike, a.Alike))
	})
	g := grouping{}
	why := map[string][]Edge{}
	var tree []Edge
	for _, e := range edges {
		if g.join(e.A, e.B) {
			tree = append(tree, e)
		}
	}
	for _, e := range tree {
		root := g.find(e.A.ID)
		why[root] = append(why[root], e)
	}
	gives := map[string]map[Channel]map[string]bool{}
	for _, e := range edges {
		root := g.find(e.A.ID)
		if gives[root] == nil {
			gives[root] = map[Channel]map[string]bool{}
		}
		note := func(c Channel) {
			if gives[root][c] == nil {
				gives[root][c] = map[string]bool{}
			}
			gives[root][c][e.A.ID], gives[root][c][e.B.ID] = true, true
		}
		for _, c := range e.Channels {
			note(c)
		}
		if e.Copy() {
			note(Channel{})
		}
	}
	var rings []Ring
	members := map[string][]Ref{}
	for id := range g {
		root := g.find(id)
		members[root] = append(members[root], g[id].ref)
	}
	for root, posts := range members {
		slices.SortFunc(posts, order)
		r := Ring{Key: KeyOf(posts[0]), Posts: posts, Why: why[root]}
		for _, p := range posts {
			r.Authors = append(r.Authors, p.Author)
		}
		slices.Sort(r.Authors)
		if r.Authors = slices.Compact(r.Authors); len(r.Authors) < 2 {
			continue
		}
		for c, by := range gives[root] {
			r.Shared = append(r.Shared, Share{c, len(by)})
		}
		slices.SortFunc(r.Shared, func(a, b Share) int {
			return cmp.Or(cmp.Compare(b.Posts, a.Posts), cmp.Compare(a.Channel.Kind, b.Channel.Kind), cmp.Compare(a.Channel.Key, b.Channel.Key))
		})
		rings = append(rings, r)
	}
	slices.SortFunc(rings, func(a, b Ring) int { return cmp.Compare(a.Key, b.Key) })
	return rings
}

// KeyOf is the key of the ring whose oldest post this is. A database computes the same.
func KeyOf(p Ref) string {
	sum := sha256.Sum256([]byte(p.ID))
	return "ring-" + hex.EncodeToString(sum[:8])
}

func order(a, b Ref) int {
	switch {
	case a.Before(b):
		return -1
	case b.Before(a):
		return 1
	}
	return 0
}

// grouping is a union-find over posts by id.
type grouping map[string]*member

type member struct {
	ref    Ref
	parent string
}

func (g grouping) find(id string) string {
	for g[id].parent != id {
		g[id].parent = g[g[id].parent].parent
		id = g[id].parent
	}
	return id
}

// join reports whether two posts were apart until now.
func (g grouping) join(a, b Ref) bool {
	for _, r := range []Ref{a, b} {
		if g[r.ID] == nil {
			g[r.ID] = &member{r, r.ID}
		}
	}
	x, y := g.find(a.ID), g.find(b.ID)
	if x == y {
		return false
	}
	g[y].parent = x
	return true
}

// Bounds on comparing. A band that many posts share is a set phrase or a large ring;
// either way each post is compared with some neighbours and not with all.
const (
	neighbours = 8   // before each post that shares a key with it, and at the key's beginning
	mostFound  = 400 // candidates of one post
)

// Match judges one post against others that an index found: those that share a band
// or a channel with it. It returns the edges, strongest first.
func Match(r *Reading, others []*Reading, known Known) []Edge {
	var edges []Edge
	for i, o := range others {
		if i == mostFound {
			break
		}
		if e, ok := Judge(r, o, known); ok {
			edges = append(edges, e)
		}
	}
	slices.SortStableFunc(edges, func(a, b Edge) int {
		return cmp.Or(cmp.Compare(b.Strength, a.Strength), order(a.A, b.A), order(a.B, b.B))
	})
	return edges
}

// Edges finds and judges the pairs of a collection that is in memory; ids are unique
// in it. What is known of it besides (how many authors give a channel, what everybody
// writes) is counted from the collection itself and added to known.
func Edges(all []*Reading, known Known) []Edge {
	all = sorted(all)
	known.Authors = authorsOf(all, known.Authors)
	pairs := candidates(all, known.Authors)
	known.Common = known.Common.and(commonplaces(all, pairs))
	var edges []Edge
	for _, p := range pairs {
		if e, ok := Judge(all[p[0]], all[p[1]], known); ok {
			edges = append(edges, e)
		}
	}
	return edges
}

func sorted(all []*Reading) []*Reading {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b *Reading) int { return order(a.Ref, b.Ref) })
	return all
}

// candidates are the pairs of sorted readings that share a band or, where authors are
// counted, a channel that not too many people give.
func candidates(all []*Reading, authors map[Channel]int) [][2]int {
	keys := map[any][]int{}
	for i, r := range all {
		for _, b := range r.Marks.Bands {
			keys[b] = append(keys[b], i)
		}
		for _, c := range r.Marks.Channels {
			if n, ok := authors[c]; ok && n <= MostAuthors(c.Kind) {
				keys[c] = append(keys[c], i)
			}
		}
	}
	seen := map[[2]int]bool{}
	for _, posts := range keys {
		for at, i := range posts {
			for back := 1; back <= neighbours && back <= at; back++ {
				seen[[2]int{posts[at-back], i}] = true
			}
			for first := range min(neighbours, at) {
				seen[[2]int{posts[first], i}] = true
			}
		}
	}
	pairs := slices.Collect(maps.Keys(seen))
	slices.SortFunc(pairs, func(a, b [2]int) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	return pairs
}

func authorsOf(all []*Reading, more map[Channel]int) map[Channel]int {
	by := map[Channel]map[string]bool{}
	for _, r := range all {
		for _, c := range r.Marks.Channels {
			if by[c] == nil {
				by[c] = map[string]bool{}
			}
			by[c][r.Author] = true
		}
	}
	counts := map[Channel]int{}
	for c, authors := range by {
		counts[c] = max(len(authors), more[c])
	}
	return counts
}

func (c Common) and(o Common) Common {
	all := slices.Concat(c.shingles, o.shingles)
	slices.Sort(all)
	return Common{slices.Compact(all)}
}
