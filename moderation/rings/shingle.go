package rings

import (
	"slices"
	"unicode"

	"cinnabar/moderation/disclosure"
	"cinnabar/moderation/hanzi"
)

// A shingle is a short run of words that stand together. Its length is counted in
// weights, because a Chinese character says less than a word of a script with
// spaces: four characters, or three words.
const (
	characterWeight = 2
	wordWeight      = 3
	shingleWeight   = 8
	shortestWeight  = 6 // a shorter sentence than this says nothing by itself
)

// What a text must have before it is compared at all: 30 characters or 20 words,
// and that many different shingles. Two people write the same short sentence
// without knowing each other.
const (
	leastWeight   = 60
	leastShingles = 20
)

// token is a word, or a character of a script without spaces.
type token struct {
	hash       uint64
	start, end int32 // folded runes of its field
	field      uint8 // index into Reading.fields
	weight     uint8
	first      bool // begins a sentence
}

// shingle is a run of tokens by its hash.
type shingle struct {
	hash     uint64
	from, to int32 // tokens, half open
}

// slotHash stands for everything that templates fill in: numbers, prices, codes.
// Two texts that differ there alone are the same text.
const slotHash = 0x9E3779B97F4A7C15

// tokens cuts a field into what is compared. Left out are links, hashtags, handles
// and what is quoted: they are the platform's or somebody else's words, and
// everybody who joins a campaign repeats them.
func tokens(f disclosure.Folded, field uint8, skip []bool, into []token) []token {
	runes := f.Runes()
	first := true
	for i := 0; i < len(runes); {
		r := runes[i]
		switch {
		case skip[i]:
			i++
			continue
		case ends(r):
			first = true
			i++
			continue
		case r == '#' || r == '@':
			for i++; i < len(runes) && (wordRune(runes[i]) || runes[i] == '_'); i++ {
			}
			continue
		case single(r):
			into = append(into, token{mix(uint64(r)), int32(i), int32(i + 1), field, characterWeight, first})
			i++
		case wordRune(r):
			end, hash, digits := i, uint64(0), false
			for ; end < len(runes) && !skip[end] && (wordRune(runes[end]) && !single(runes[end]) || decimal(runes, end)); end++ {
				digits = digits || unicode.IsDigit(runes[end])
				hash = hash*0x100000001B3 ^ uint64(runes[end])
			}
			if hash = mix(hash); digits {
				hash = slotHash
			}
			into = append(into, token{hash, int32(i), int32(end), field, wordWeight, first})
			i = end
		default:
			i++
			continue
		}
		first = false
	}
	return into
}

// decimal reports whether a mark stands inside a number: 1,299.50.
func decimal(runes []rune, at int) bool {
	digit := func(i int) bool { return i >= 0 && i < len(runes) && runes[i] >= '0' && runes[i] <= '9' }
	return (runes[at] == '.' || runes[at] == ',') && digit(at-1) && digit(at+1)
}

// ends reports whether a rune ends a sentence. Shingles stay inside sentences, so
// that the same sentences in another order are the same text.
func ends(r rune) bool {
	switch r {
	case '\n', '.', '。', '!', '?', ';', '…':
		return true
	}
	return false
}

// single reports whether a rune is of a script without spaces between words.
func single(r rune) bool {
	return hanzi.Is(r) || r >= 0x3040 && r <= 0x30FF
}

func wordRune(r rune) bool {
	if r < 0x80 {
		return r >= 'a' && r <= 'z' || r >= '0' && r <= '9'
	}
	return single(r) || unicode.IsLetter(r) || unicode.IsDigit(r)
}

// shingles lists the shingles of a text in order.
func shingles(ts []token) []shingle {
	out := make([]shingle, 0, len(ts))
	for at := 0; at < len(ts); {
		end := at + 1
		for end < len(ts) && !ts[end].first {
			end++
		}
		out = sentence(ts, at, end, out)
		at = end
	}
	return out
}

func sentence(ts []token, from, to int, out []shingle) []shingle {
	for i := from; i < to; i++ {
		weight, hash, end := 0, uint64(0), i
		for ; end < to && weight < shingleWeight; end++ {
			weight += int(ts[end].weight)
			hash = mix(hash ^ ts[end].hash)
		}
		if weight < shingleWeight && (i > from || weight < shortestWeight) {
			break
		}
		out = append(out, shingle{hash, int32(i), int32(end)})
	}
	return out
}

// telling reports whether a text is long and varied enough to be compared.
func telling(ts []token, ss []shingle) bool {
	weight := 0
	for _, t := range ts {
		if weight += int(t.weight); weight >= leastWeight {
			break
		}
	}
	if weight < leastWeight {
		return false
	}
	different := make([]uint64, 0, leastShingles)
	for _, s := range ss {
		if !slices.Contains(different, s.hash) {
			if different = append(different, s.hash); len(different) == leastShingles {
				return true
			}
		}
	}
	return false
}

// distinct sorts the shingles' hashes, each once.
func distinct(ss []shingle) []uint64 {
	hashes := make([]uint64, len(ss))
	for i, s := range ss {
		hashes[i] = s.hash
	}
	slices.Sort(hashes)
	return slices.Compact(hashes)
}

// mix spreads the bits of a number over all 64 (the finaliser of SplitMix64).
func mix(x uint64) uint64 {
	x += 0x9E3779B97F4A7C15
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}
