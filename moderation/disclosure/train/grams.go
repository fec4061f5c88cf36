package train

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"cinnabar/moderation/disclosure"
	"cinnabar/moderation/hanzi"
)

// How long grams of characters are. Two Chinese characters make most words; longer
// grams were tried on real posts and only made the model larger.
const (
	longestHan   = 2
	longestOther = 4
	longestWords = 3 // words in a row, of sentences
)

// lists is a corpus as counts: for each text the grams that stand in it, ascending.
type lists struct {
	part  string
	names []string
	found []int // in how many texts each gram stands
	rare  int   // the least of them
	texts [][]counted
}

type counted struct {
	gram  int32
	count int32
}

// gather counts the grams of texts and keeps those that stand in at least rare texts,
// or in more where that would be more than most grams.
func gather(part string, texts int, rare, most int, grams func(text int, emit func(gram string))) lists {
	type tally struct {
		id, last int32
		found    int
	}
	seen := map[string]*tally{}
	var names []string
	raw := make([][]int32, texts)
	for i := range texts {
		grams(i, func(g string) {
			t := seen[g]
			if t == nil {
				g = strings.Clone(g)
				t = &tally{id: int32(len(names)), last: -1}
				seen[g] = t
				names = append(names, g)
			}
			if t.last != int32(i) {
				t.last = int32(i)
				t.found++
			}
			raw[i] = append(raw[i], t.id)
		})
	}
	found := make([]int, len(names))
	for id, name := range names {
		found[id] = seen[name].found
	}
	for number(found, rare) > most {
		rare++
	}
	l := lists{part: part, rare: rare, texts: make([][]counted, texts)}
	var kept []int32
	for id := range names {
		if found[id] >= rare {
			kept = append(kept, int32(id))
		}
	}
	slices.SortFunc(kept, func(a, b int32) int { return cmp.Compare(names[a], names[b]) })
	place := make([]int32, len(names))
	for i := range place {
		place[i] = -1
	}
	for i, id := range kept {
		place[id] = int32(i)
		l.names = append(l.names, names[id])
		l.found = append(l.found, found[id])
	}
	for i, ids := range raw {
		for k, id := range ids {
			ids[k] = place[id]
		}
		slices.Sort(ids)
		for _, id := range ids {
			switch n := len(l.texts[i]); {
			case id < 0:
			case n > 0 && l.texts[i][n-1].gram == id:
				l.texts[i][n-1].count++
			default:
				l.texts[i] = append(l.texts[i], counted{id, 1})
			}
		}
	}
	return l
}

func number(found []int, least int) int {
	n := 0
	for _, f := range found {
		if f >= least {
			n++
		}
	}
	return n
}

// characters emits the grams of characters of a text.
func characters(runes []rune, emit func(string)) {
	text := string(runes)
	at := make([]int, 0, len(runes)+1)
	for i := range text {
		at = append(at, i)
	}
	at = append(at, len(text))
	for i := range runes {
		han := false
		for n := 1; n <= longestOther && i+n <= len(runes); n++ {
			r := runes[i+n-1]
			han = han || hanzi.Is(r) || r >= 0x3040 && r <= 0x30FF
			if han && n > longestHan {
				break
			}
			emit(text[at[i]:at[i+n]])
		}
	}
}

// wordsInARow emits the grams of words of a sentence.
func wordsInARow(words []string, emit func(string)) {
	for i := range words {
		for n := 1; n <= longestWords && i+n <= len(words); n++ {
			emit(strings.Join(words[i:i+n], " "))
		}
	}
}

// rows weighs each text's grams by how often they stand there and how rare they are,
// to length one, the way scoring does. binary counts a gram once. Only grams of the
// texts that seen accepts are known (nil is all): what is scored later has others,
// too, and those do not count towards the length either.
func (l lists) rows(binary bool, seen func(text int) bool) []row {
	found, texts := l.found, len(l.texts)
	if seen != nil {
		found, texts = make([]int, len(l.names)), 0
		for i, grams := range l.texts {
			if seen(i) {
				texts++
				for _, g := range grams {
					found[g.gram]++
				}
			}
		}
	}
	rarity := make([]float64, len(l.names))
	for i, n := range found {
		if n >= l.rare || seen == nil {
			rarity[i] = disclosure.Rarity(texts, n)
		}
	}
	out := make([]row, len(l.texts))
	for i, grams := range l.texts {
		r := row{make([]int32, 0, len(grams)), make([]float32, 0, len(grams))}
		square := 0.0
		for _, g := range grams {
			x := rarity[g.gram]
			if x == 0 {
				continue
			}
			if !binary {
				x *= 1 + math.Log(float64(g.count))
			}
			r.index, r.value = append(r.index, g.gram), append(r.value, float32(x))
			square += x * x
		}
		for k := range r.value {
			r.value[k] /= float32(math.Sqrt(square))
		}
		out[i] = r
	}
	return out
}

// block is what the weights of a list look like in a model.
func (l lists) block(weights []float64) disclosure.Block {
	b := disclosure.Block{Part: l.part, Texts: len(l.texts)}
	for i, name := range l.names {
		if w := short(weights[i]); w != 0 {
			b.Grams = append(b.Grams, disclosure.Gram{Text: name, Texts: l.found[i], Weight: w})
		}
	}
	slices.SortStableFunc(b.Grams, func(x, y disclosure.Gram) int { return cmp.Compare(y.Weight, x.Weight) })
	return b
}

// beside puts the rows of several lists beside one another: one list's grams are
// numbered after the other's.
func beside(all []lists, seen func(text int) bool) (rows []row, features int) {
	rows = make([]row, len(all[0].texts))
	for _, l := range all {
		for i, r := range l.rows(false, seen) {
			for k := range r.index {
				r.index[k] += int32(features)
			}
			rows[i].index = append(rows[i].index, r.index...)
			rows[i].value = append(rows[i].value, r.value...)
		}
		features += len(l.names)
	}
	return rows, features
}

// short rounds to what a model file shows.
func short(x float64) float64 {
	if x == 0 || math.IsNaN(x) || math.IsInf(x, 0) {
		return 0
	}
	scale := math.Pow(10, 3-math.Floor(math.Log10(math.Abs(x))))
	return math.Round(x*scale) / scale
}

// ordered are the places of numbers from the largest to the smallest.
func ordered(x []float64) []int {
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(x[b], x[a]) })
	return order
}
