package rings

import (
	"math"
	"slices"
)

// Version says how marks are made: folding, shingles, permutations, bands. Marks of
// different versions are not comparable; whoever changes one of these raises it, and
// a test with a fixed text says when that was forgotten.
const Version = 1

// The shape of a signature. With bands of three rows, two texts that share half of
// their shingles meet in at least one band in 96 of 100 cases, two that share two thirds
// in 99.98, and two that share a twentieth in three of a thousand. Every key costs the
// same again in an index; a ring has several members, and one that is found will do.
const (
	bandCount    = 24
	bandRows     = 3
	permutations = bandCount * bandRows
)

// Marks are what is kept of a post to find others like it: small, comparable
// without the text, and the same on every machine.
type Marks struct {
	// Bands are keys for an index: two texts that share one may be near-copies.
	// Empty for texts that are too short to say anything.
	Bands []int64
	// Signature estimates how alike two texts are: the version in its first byte,
	// then a byte for each permutation. Nil where Bands are empty.
	Signature []byte
	// Channels are the ways to somebody that the post gives, each once.
	Channels []Channel
}

// The permutations' factors, from a fixed seed.
var factors, offsets = func() (a, b [permutations]uint64) {
	x := uint64(0xC1AAABA2)
	for i := range a {
		x = mix(x)
		a[i] = x | 1
		x = mix(x)
		b[i] = x
	}
	return a, b
}()

// sign makes the signature and the bands of a text. A shingle that comes twice counts
// once, as in a set.
func sign(ss []shingle) (signature []byte, bands []int64) {
	var least [permutations]uint64
	for i := range least {
		least[i] = math.MaxUint64
	}
	for _, s := range ss {
		for i := range least {
			least[i] = min(least[i], s.hash*factors[i]+offsets[i])
		}
	}
	signature = make([]byte, 1+permutations)
	signature[0] = Version
	for i, l := range least {
		signature[1+i] = byte(mix(l))
	}
	bands = make([]int64, bandCount)
	for b := range bands {
		key := uint64(Version)<<32 | uint64(b)
		for _, l := range least[b*bandRows : (b+1)*bandRows] {
			key = mix(key ^ l)
		}
		bands[b] = int64(key)
	}
	return signature, bands
}

// Estimate is how alike two texts are by their signatures alone, 0…1: the share of
// shingles that both have among those that either has, give or take 0.06. It is 0
// for signatures that are missing or of different versions.
func Estimate(a, b Marks) float64 {
	if len(a.Signature) != 1+permutations || len(b.Signature) != 1+permutations || a.Signature[0] != b.Signature[0] {
		return 0
	}
	same := 0
	for i, s := range a.Signature[1:] {
		if s == b.Signature[1+i] {
			same++
		}
	}
	// One in 256 bytes agrees by chance.
	const chance = 1.0 / 256
	return max(0, (float64(same)/permutations-chance)/(1-chance))
}

// ShareBand reports whether an index over bands would have brought two posts together.
func ShareBand(a, b Marks) bool {
	for i := range min(len(a.Bands), len(b.Bands)) {
		if a.Bands[i] == b.Bands[i] {
			return true
		}
	}
	return false
}

// Common are shingles that say nothing of who wrote a text, because many people
// write them: set phrases, lyrics, a campaign's own words. The zero value is none.
type Common struct{ shingles []uint64 } // sorted

// From how many different texts on a shingle is everybody's: a fiftieth of those seen,
// but never fewer than ten, since some friends may quote the same verse, and never more
// than 500. Near-copies count as one text: a ring of a thousand hands wrote once.
const (
	commonShare = 50
	commonLeast = 10
	commonMost  = 500
)

// Commonplaces reads off a sample what everybody writes, and adds texts that are
// known to be nobody's own. A few thousand posts drawn at random are enough; they
// are all in memory while it runs. What people post and nothing else (lyrics without a
// word of one's own) looks like a ring's text and must be given as known.
func Commonplaces(sample []*Reading, known ...string) Common {
	sample = sorted(sample)
	return commonplaces(sample, candidates(sample, nil), known...)
}

func commonplaces(sample []*Reading, pairs [][2]int, known ...string) Common {
	g := grouping{}
	for _, p := range pairs {
		var e Edge
		if e.judgeText(sample[p[0]], sample[p[1]], Common{}); e.Alike >= copyAlike {
			g.join(sample[p[0]].Ref, sample[p[1]].Ref)
		}
	}
	by := map[string][]*Reading{}
	for _, r := range sample {
		if r.hashes == nil {
			continue
		}
		text := r.ID
		if g[text] != nil {
			text = g.find(text)
		}
		by[text] = append(by[text], r)
	}
	var all []uint64 // each shingle once for every text that has it
	for _, copies := range by {
		var text []uint64
		for _, r := range copies {
			text = append(text, r.hashes...)
		}
		slices.Sort(text)
		all = append(all, slices.Compact(text)...)
	}
	slices.Sort(all)
	limit := min(commonMost, max(commonLeast, len(by)/commonShare))
	var c Common
	for i := 0; i < len(all); {
		end := i + 1
		for end < len(all) && all[end] == all[i] {
			end++
		}
		if end-i > limit {
			c.shingles = append(c.shingles, all[i])
		}
		i = end
	}
	for _, text := range known {
		c.shingles = append(c.shingles, hashesOf(text)...)
	}
	slices.Sort(c.shingles)
	c.shingles = slices.Compact(c.shingles)
	return c
}

// Kept is the set as a database keeps it, sorted as signed numbers, for CommonFrom.
// Like marks it belongs to one Version.
func (c Common) Kept() []int64 {
	kept := make([]int64, len(c.shingles))
	for i, h := range c.shingles {
		kept[i] = int64(h)
	}
	slices.Sort(kept)
	return kept
}

// CommonFrom is the set that was kept, in any order.
func CommonFrom(kept []int64) Common {
	c := Common{shingles: make([]uint64, len(kept))}
	for i, h := range kept {
		c.shingles[i] = uint64(h)
	}
	slices.Sort(c.shingles)
	c.shingles = slices.Compact(c.shingles)
	return c
}

// without returns the hashes that are not common, in a slice of its own unless
// nothing is left out.
func (c Common) without(hashes []uint64) []uint64 {
	if len(c.shingles) == 0 {
		return hashes
	}
	out := make([]uint64, 0, len(hashes))
	at := 0
	for _, h := range hashes {
		for at < len(c.shingles) && c.shingles[at] < h {
			at++
		}
		if at == len(c.shingles) || c.shingles[at] != h {
			out = append(out, h)
		}
	}
	return out
}
