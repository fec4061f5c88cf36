package rings

import (
	"cmp"
	"slices"
	"strings"
)

// Marked are the marks of one revision of a post, to be kept.
type Marked struct {
	Post     string
	Revision int
	Marks    Marks
}

// String is how a channel stands in a table: "wechat:lumi88".
func (c Channel) String() string { return string(c.Kind) + ":" + c.Key }

// ChannelFrom reads what String wrote.
func ChannelFrom(text string) Channel {
	kind, key, _ := strings.Cut(text, ":")
	return Channel{Kind(kind), key}
}

// Candidate is a post that an index found for another one, by a key or by a channel.
type Candidate struct {
	Post  string
	Ring  string // that it is in, "" for none
	Marks Marks  // its signature alone; none where a channel was found
}

// Bounds on what is read of the candidates of one post, and on what is kept of its
// edges. A post of a large ring needs some neighbours in it and not all, but one in
// every ring that it joins.
const (
	perRing   = 3
	worthRead = 24
	moreEdges = 3
)

// Worth names the candidates that are worth reading, most promising first: those of a
// channel, then the likest texts; of each ring some.
func Worth(m Marks, found []Candidate) []string {
	type promise struct {
		Candidate
		alike float64
	}
	var list []promise
	for _, c := range found {
		p := promise{c, 1}
		if c.Marks.Signature != nil {
			p.alike = Estimate(m, c.Marks)
		}
		if p.alike >= estimateLeast {
			list = append(list, p)
		}
	}
	slices.SortStableFunc(list, func(a, b promise) int {
		return cmp.Or(cmp.Compare(b.alike, a.alike), cmp.Compare(a.Post, b.Post))
	})
	var posts []string
	of := map[string]int{}
	for _, p := range list {
		if len(posts) == worthRead {
			break
		}
		if slices.Contains(posts, p.Post) || p.Ring != "" && of[p.Ring] == perRing {
			continue
		}
		of[p.Ring]++
		posts = append(posts, p.Post)
	}
	return posts
}

// Holding picks of a post's edges, strongest first as Match returns them, those that
// hold it in its rings: one to each ring, or post outside of any, and some more. ringOf
// tells the ring that a post is in, "" for none.
func Holding(post string, edges []Edge, ringOf func(post string) string) []Edge {
	var kept []Edge
	seen := map[string]bool{}
	more := 0
	for _, e := range edges {
		other := e.A.ID
		if other == post {
			other = e.B.ID
		}
		ring := ringOf(other)
		if ring == "" {
			ring = "post " + other
		}
		if seen[ring] {
			if more == moreEdges {
				continue
			}
			more++
		}
		seen[ring] = true
		kept = append(kept, e)
	}
	return kept
}
