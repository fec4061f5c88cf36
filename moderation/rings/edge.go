package rings

import (
	"cmp"
	"slices"
	"sort"

	"cinnabar/moderation"
)

// Edge is why two posts belong together.
type Edge struct {
	A, B Ref // A before B by Before
	// Strength of all reasons together; Judge returns edges of 1 and more.
	Strength float64
	// Alike and Covered speak of the texts, 0…1: the share of shingles that both have
	// among those that either has, and the share of the shorter text that stands in
	// the other. Both are 0 where the texts are no near-copies.
	Alike, Covered float64
	Channels       []Channel // that both give and that prove something
	// OfA and OfB are the words in each post: "copy.text" for passages that both have,
	// "copy.slot" for what was swapped between them, "ring.…" for channels.
	OfA, OfB []moderation.Finding
}

// Copy reports whether the texts are near-copies.
func (e Edge) Copy() bool { return e.Covered > 0 }

// Before orders posts by age, then by id; posts of unknown age come first.
func (r Ref) Before(o Ref) bool {
	if c := r.Posted.Compare(o.Posted); c != 0 {
		return c < 0
	}
	return r.ID < o.ID
}

// What makes a near-copy. Covered is the better measure of a template: swapping three
// names in a short text spoils half of its shingles and a fifth of its words. Alike
// keeps apart long texts that share set phrases all over.
const (
	copyAlike     = 0.5
	copyCovered   = 0.7
	coveredAlike  = 0.35 // below this, what two texts share is scattered
	copyLeast     = 15   // shingles that both have
	passageWeight = 20   // of a shared passage that is shown: ten characters
	shownPassages = 6
	estimateLeast = 0.15 // below this by estimate, five deviations off, nothing is counted exactly
	slotTokens    = 12   // between two shared passages, at most
	shownSlots    = 6
)

// Known is what is known beyond the two posts at hand. The zero value knows nothing.
type Known struct {
	Common Common
	// Authors is how many authors give a channel; one that is missing is taken to be
	// known to those two alone.
	Authors map[Channel]int
}

// Judge says whether two posts belong together, and why. Posts of one author do by
// their text alone, since everybody gives the same contact twice; that makes no ring
// but keeps an author's posts in the one that they are in. Of an author who is not
// known nothing is said.
func Judge(a, b *Reading, known Known) (Edge, bool) {
	if a.ID == b.ID || a.Author == "" || b.Author == "" {
		return Edge{}, false
	}
	if b.Before(a.Ref) {
		a, b = b, a
	}
	e := Edge{A: a.Ref, B: b.Ref}
	e.judgeText(a, b, known.Common)
	if a.Author != b.Author {
		e.judgeChannels(a, b, known)
	}
	return e, e.Strength >= 0.999 // sums of tenths
}

func (e *Edge) judgeText(a, b *Reading, common Common) {
	if a.hashes == nil || b.hashes == nil || Estimate(a.Marks, b.Marks) < estimateLeast {
		return
	}
	of, ofOther := common.without(a.hashes), common.without(b.hashes)
	shared := intersect(of, ofOther)
	if len(shared) < copyLeast {
		return
	}
	alike := float64(len(shared)) / float64(len(of)+len(ofOther)-len(shared))
	if alike < coveredAlike {
		return
	}
	inA, inB := a.covered(shared), b.covered(shared)
	covered := max(share(a.tokens, inA), share(b.tokens, inB))
	if least := min(share(a.tokens, inA), share(b.tokens, inB)); alike < copyAlike && least < copyCovered {
		return
	}
	e.Alike, e.Covered = alike, covered
	e.Strength++
	e.OfA = append(e.OfA, a.passages(inA)...)
	e.OfB = append(e.OfB, b.passages(inB)...)
}

func (e *Edge) judgeChannels(a, b *Reading, known Known) {
	sums := map[Kind]float64{}
	rules := standard()
	for _, c := range a.Marks.Channels {
		if !slices.Contains(b.Marks.Channels, c) || known.Authors[c] > MostAuthors(c.Kind) {
			continue
		}
		m, o := a.best(c), b.best(c)
		e.Channels = append(e.Channels, c)
		e.OfA, e.OfB = append(e.OfA, m.Finding), append(e.OfB, o.Finding)
		sums[c.Kind] += min(m.Strength, o.Strength)
	}
	slices.SortFunc(e.Channels, func(a, b Channel) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Key, b.Key))
	})
	for _, kind := range Kinds() { // in a fixed order: sums of fractions depend on it
		sum := sums[kind]
		if most, ok := rules.Most[string(kind)]; ok {
			sum = min(sum, most)
		}
		e.Strength += sum
	}
}

// best is the mention of a channel that proves most.
func (r *Reading) best(c Channel) Mention {
	var best Mention
	for _, m := range r.Mentions {
		if m.Channel == c && m.Strength > best.Strength {
			best = m
		}
	}
	return best
}

func intersect(a, b []uint64) []uint64 {
	var out []uint64
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			out = append(out, a[i])
			i++
			j++
		}
	}
	return out
}

// covered marks the tokens that stand in shared shingles.
func (r *Reading) covered(shared []uint64) []bool {
	in := make([]bool, len(r.tokens))
	for _, s := range r.shingles {
		if _, ok := slices.BinarySearch(shared, s.hash); ok {
			for i := s.from; i < s.to; i++ {
				in[i] = true
			}
		}
	}
	return in
}

func share(ts []token, in []bool) float64 {
	part, all := 0, 0
	for i, t := range ts {
		all += int(t.weight)
		if in[i] {
			part += int(t.weight)
		}
	}
	if all == 0 {
		return 0
	}
	return float64(part) / float64(all)
}

// passages are the longest passages of covered tokens in the post's own words, in
// their order, and the slots between them.
func (r *Reading) passages(in []bool) []moderation.Finding {
	type run struct{ from, to, weight int }
	var runs []run
	for i := 0; i < len(in); i++ {
		if !in[i] {
			continue
		}
		at := run{i, i, 0}
		for ; i < len(in) && in[i] && r.tokens[i].field == r.tokens[at.from].field; i++ {
			at.weight += int(r.tokens[i].weight)
		}
		at.to = i
		runs = append(runs, at)
		i-- // the loop steps on
	}
	var slots []run
	for i := 1; i < len(runs) && len(slots) < shownSlots; i++ {
		from, to := runs[i-1].to, runs[i].from
		if to > from && to-from <= slotTokens && r.tokens[from].field == r.tokens[to-1].field {
			slots = append(slots, run{from, to, 0})
		}
	}
	long := slices.DeleteFunc(runs, func(x run) bool { return x.weight < passageWeight })
	sort.SliceStable(long, func(i, j int) bool { return long[i].weight > long[j].weight })
	long = long[:min(len(long), shownPassages)]
	sort.Slice(long, func(i, j int) bool { return long[i].from < long[j].from })

	var found []moderation.Finding
	for rule, list := range [][]run{long, slots} {
		for _, x := range list {
			first, last := r.tokens[x.from], r.tokens[x.to-1]
			f := r.fields[first.field]
			span := f.text.Span(int(first.start), int(last.end))
			found = append(found, moderation.Finding{
				Rule: []string{"copy.text", "copy.slot"}[rule], Field: f.name, Span: &span,
				Text: f.text.Words(int(first.start), int(last.end)),
			})
		}
	}
	return found
}
