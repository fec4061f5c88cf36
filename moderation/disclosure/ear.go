package disclosure

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"cinnabar/moderation/hanzi"
)

// way is how a word was hidden, as a set.
type way uint8

const (
	bySplit     way = 1 << iota // its characters stand apart
	bySound                     // another character that sounds or is used alike
	byParts                     // characters written as their parts
	bySpelling                  // Pinyin or its initials
	bySign                      // an emoji, a mark or a by-name in a word's place
	byLookalike                 // digits and marks for letters
	bySlip                      // an everyday spelling mistake: no disguise
	byEar                       // as bySound, in a character that no table names
)

var wayNames = []struct {
	way  way
	name string
}{{bySplit, "split"}, {bySound | byEar, "homophone"}, {byParts, "parts"}, {bySpelling, "pinyin"}, {bySign, "sign"}, {byLookalike, "mixed"}}

// substitutes is what people write in place of sales words. Each table maps what
// is meant to what is written, several separated by spaces. Nothing in it counts
// by itself: it must complete a phrase of the lexicon.
type substitutes struct {
	// Everyday characters, most frequent first, stand for themselves: 优惠吗 asks,
	// it does not mean 优惠码.
	Everyday string `json:"everyday"`
	// DisguisedOnly are words that everybody uses and that weigh only where they
	// are disguised, by the rule that they then count for.
	DisguisedOnly map[string][]string `json:"disguised_only"`
	// Itself are words that a table would misread (安徽 is no 微).
	Itself   string            `json:"itself"`
	Sounds   map[string]string `json:"sounds"`
	Misspelt map[string]string `json:"misspelt"`
	Signs    map[string]string `json:"signs"` // also words with a meaning of their own
	Spelt    map[string]string `json:"spelt"` // whole Latin words
	Parts    map[string]string `json:"parts"`
}

//go:embed disguises.json
var substituteData []byte

// sequence is one entry of these tables, ready to be compared with folded text.
type sequence struct {
	written []rune
	meant   []rune
	way     way
}

// ear finds phrases that are written in other characters than their own, by how
// they sound. It hears every text once, in time linear in its length, and then
// judges each candidate, so that honest words which merely sound alike are let go.
type ear struct {
	starts    map[rune][]sequence // by first rune, longest first
	kinds     []uint16            // of each rune of the basic plane: its sound, and below what it is
	words     map[string]sequence // whole Latin words
	shapes    [26]uint32          // of these, by first letter: a bit for each length
	classes   [1 << 10]uint16     // of each sound
	automaton *automaton          // over sounds
	phrases   []heardPhrase
	everyday  map[rune]bool
}

type heardPhrase struct {
	entry int32
	meant []rune
	sales bool // may be heard in characters that no table names
}

// heard is one character as it was heard.
type heard struct {
	meant   rune // 0 where only the sound is known
	at, end int32
	way     way
	sound   uint16
}

// memory is how many characters back a phrase may start; a power of two.
const memory = 32

// newEar compiles the phrases of a lexicon that weigh for commerce and that can
// be heard.
func newEar(folded [][]rune, entries []entry) (*ear, error) {
	e := &ear{starts: map[rune][]sequence{}, kinds: make([]uint16, 1<<16), words: map[string]sequence{}, everyday: map[rune]bool{}}
	for r := range e.kinds {
		e.kinds[r] = uint16(hanzi.SoundOf(rune(r)))
		if hanzi.Is(rune(r)) {
			e.kinds[r] |= kindHan
		}
	}
	data, err := e.learn()
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	var phrases [][]rune
	add := func(entry int32, p []rune, rule string) {
		var sounds, meant []rune
		plain := true
		e.listen(p, func(h heard) {
			plain = plain && h.way&^bySign == 0 && h.sound != 0
			sounds, meant = append(sounds, rune(h.sound)), append(meant, h.meant)
		}, func() { plain = false })
		if !plain || len(sounds) < 2 || len(sounds) > memory/2 || seen[string(sounds)] {
			return
		}
		seen[string(sounds)] = true
		sales := selling(rule)
		phrases = append(phrases, sounds)
		e.phrases = append(e.phrases, heardPhrase{entry, meant, sales})
		if pinyin := spell(sounds); sales && len(meant) >= 3 && e.words[pinyin].meant == nil {
			e.words[pinyin] = sequence{meant: meant, way: bySpelling}
		}
	}
	of := map[string]int32{} // an entry of each rule
	for i, p := range folded {
		if r := entries[i].rule; r != nil && r.Weight > 0 && r.Count == "" && !strings.HasPrefix(r.Rule, "spec.") {
			of[r.Rule] = int32(i)
			add(int32(i), p, r.Rule)
		}
	}
	for rule, said := range data.DisguisedOnly {
		if entry, ok := of[rule]; ok {
			for _, p := range said {
				add(entry, []rune(p), rule)
			}
		}
	}
	for w := range e.words {
		if len(w) > longestSpelt {
			delete(e.words, w)
		} else {
			e.shapes[w[0]-'a'] |= 1 << len(w)
		}
	}
	e.automaton = newAutomaton(phrases)
	for s := range e.classes {
		e.classes[s] = e.automaton.classOf(rune(s))
	}
	return e, nil
}

// spell writes sounds in Pinyin.
func spell(sounds []rune) string {
	var b strings.Builder
	for _, s := range sounds {
		b.WriteString(hanzi.Sound(s).String())
	}
	return b.String()
}

// learn reads the tables.
func (e *ear) learn() (*substitutes, error) {
	d := json.NewDecoder(strings.NewReader(string(substituteData)))
	d.DisallowUnknownFields()
	var data substitutes
	if err := d.Decode(&data); err != nil {
		return nil, fmt.Errorf("reading disguises: %w", err)
	}
	for _, table := range []struct {
		of  map[string]string
		way way
	}{{data.Sounds, bySound}, {data.Misspelt, bySlip}, {data.Signs, bySign}, {data.Parts, byParts}} {
		for meant, all := range table.of {
			for written := range strings.FieldsSeq(all) {
				s := sequence{newText("", written).folded, []rune(meant), table.way}
				if len(s.written) == 0 || slices.Equal(s.written, s.meant) {
					return nil, fmt.Errorf("reading disguises: %q for %s folds to nothing new", written, meant)
				}
				first := s.written[0]
				e.starts[first] = append(e.starts[first], s)
				if first < 1<<16 {
					e.kinds[first] |= kindStart
				}
			}
		}
	}
	for said := range strings.FieldsSeq(data.Itself) {
		first := []rune(said)[0]
		e.starts[first] = append(e.starts[first], sequence{written: []rune(said)})
		e.kinds[first] |= kindStart
	}
	for _, all := range e.starts {
		slices.SortFunc(all, func(a, b sequence) int { return len(b.written) - len(a.written) })
	}
	for _, r := range data.Everyday {
		e.everyday[r] = true
	}
	for meant, all := range data.Spelt {
		for written := range strings.FieldsSeq(all) {
			e.words[written] = sequence{meant: []rune(meant), way: bySpelling}
		}
	}
	return &data, nil
}

// What a rune is to the ear, beside its sound.
const (
	kindSound = 1<<10 - 1
	kindHan   = 1 << 14
	kindStart = 1 << 15 // starts a sequence of the tables
)

// widestPause is how many runes may stand between two characters of a word that
// is pulled apart everywhere.
const widestPause = 6

// longestSpelt is the longest Latin word that is taken for Pinyin, in letters.
const longestSpelt = 30

// listen tells hear of every character, and stop where nothing that was heard
// before can belong to what comes.
func (e *ear) listen(folded []rune, hear func(heard), stop func()) {
	pause := 0
	linked := false // to a character that was heard before
	for i := 0; i < len(folded); {
		r := folded[i]
		kind := uint16(kindStart) // what is rare is looked up
		if r < 1<<16 {
			kind = e.kinds[r]
		} else if hanzi.Is(r) {
			kind = kindHan
		}
		if kind&kindStart != 0 {
			if s := e.sequenceAt(folded, i); s != nil {
				i += len(s.written)
				pause, linked = 0, s.way != 0
				if !linked {
					stop()
				}
				for _, m := range s.meant {
					hear(heard{m, int32(i - len(s.written)), int32(i), s.way, uint16(hanzi.SoundOf(m))})
				}
				continue
			}
		}
		if kind&kindHan != 0 {
			hear(heard{meant: r, at: int32(i), end: int32(i + 1), sound: kind & kindSound})
			i++
			pause, linked = 0, true
			continue
		}
		switch n := natureOf(r); {
		case r >= 'a' && r <= 'z':
			end := i + 1
			for end < len(folded) && folded[end] >= 'a' && folded[end] <= 'z' {
				end++
			}
			whole := i == 0 || natureOf(folded[i-1])&(isLetter|isNumber) == 0 || natureOf(folded[i-1])&isHan != 0
			if linked = whole && end-i <= longestSpelt && e.spelt(folded, i, end, linked, hear); !linked {
				stop()
			}
			i, pause = end, 0
		case r == ':' && i+2 < len(folded) && folded[i+1] == '/' && folded[i+2] == '/':
			stop()
			linked = false
			for i++; i < len(folded) && linkRune(folded[i]); i++ { // nobody spells in addresses
			}
		case n&(isLetter|isNumber) != 0:
			if linked {
				stop()
			}
			i++
			pause, linked = 0, false
		default:
			if pause++; pause > widestPause && linked {
				stop()
				linked = false
			}
			i++
		}
	}
}

// addable starts what one adds somebody on with a plus: 微信, v, 群, 扣扣, 好友, 我.
const addable = "微薇威维卫徽v群裙扣q赖好我🐧🛰💚"

func (e *ear) sequenceAt(folded []rune, at int) *sequence {
	all := e.starts[folded[at]]
	for i := range all {
		if !hasAt(folded, at, all[i].written) {
			continue
		}
		// 1 + 1 and A+ are no word, 餐费+购物 is a sum, and in 优+惠+码 it keeps the
		// others apart.
		if folded[at] == '+' && !(at+1 < len(folded) && strings.ContainsRune(addable, folded[at+1]) &&
			(at == 0 || !bounded(folded[at-1]) && (at == 1 || folded[at-2] != '+'))) {
			continue
		}
		return &all[i]
	}
	return nil
}

// spelt hears a Latin word: one of the table, or Pinyin where it stands beside
// something that was heard or a Chinese character.
func (e *ear) spelt(folded []rune, at, end int, linked bool, hear func(heard)) bool {
	var letters [longestSpelt]byte
	for i, r := range folded[at:end] {
		letters[i] = byte(r)
	}
	word := letters[:end-at]
	if e.shapes[word[0]-'a']>>len(word)&1 != 0 {
		if s, ok := e.words[string(word)]; ok {
			for _, m := range s.meant {
				hear(heard{m, int32(at), int32(end), bySpelling, uint16(hanzi.SoundOf(m))})
			}
			return true
		}
	}
	if len(word) < 2 {
		return false
	}
	after := end
	if after < len(folded) && folded[after] == ' ' {
		after++
	}
	if !linked && !(after < len(folded) && (natureOf(folded[after])&isHan != 0 || folded[after] >= 'a' && folded[after] <= 'z')) {
		return false
	}
	syllables := hanzi.Syllables(string(word))
	for _, s := range syllables {
		hear(heard{0, int32(at), int32(end), bySpelling, uint16(s)})
	}
	return len(syllables) > 0
}

// find returns the disguised phrases of a text, and for each how it was hidden.
func (e *ear) find(t *text, entries []entry) (found []match, ways []way) {
	var back [memory]heard
	n, state := 0, int32(0)
	a := e.automaton
	e.listen(t.folded, func(h heard) {
		back[uint(n)%memory] = h
		n++
		c := e.classes[h.sound]
		if c == 0 {
			state = 0
			return
		}
		if state = a.next(state, c); !a.ends[state] {
			return
		}
		for s := state; s != 0; s = a.shorter[s] {
			if a.output[s] < 0 {
				continue
			}
			p := &e.phrases[a.output[s]]
			if entries[p.entry].rule == nil {
				continue // a lead took it out
			}
			if w := e.judge(t, &back, n, p); w != 0 {
				first, last := back[(n-len(p.meant))%memory], h
				found = append(found, match{p.entry, first.at, last.end})
				ways = append(ways, w)
			}
		}
	}, func() { state = 0 })
	return found, ways
}

// judge decides whether the last characters heard are a phrase in disguise, and
// in which. It returns 0 for what is plainly written and for what only sounds
// alike.
func (e *ear) judge(t *text, back *[memory]heard, n int, p *heardPhrase) way {
	size := len(p.meant)
	var ways way
	same, alike, rare, spelt, units := 0, 0, 0, 0, 1
	gaps, pauses := 0, 0 // where characters stand apart, and where newText left them so
	first := n - size
	for i := range size {
		h := &back[(first+i)%memory]
		ways |= h.way
		switch {
		case h.meant == 0:
			spelt++
		case h.meant != p.meant[i] && h.way == 0:
			if e.everyday[h.meant] {
				return 0
			}
			alike++
			if hanzi.Rare(h.meant) {
				rare++
			}
		case h.way == 0:
			same++
		}
		if i == 0 {
			continue
		}
		before := &back[(first+i-1)%memory]
		if h.at != before.at {
			units++
		}
		switch {
		case h.at == before.end && t.glued[h.at]:
			gaps++
		case h.at > before.end && !(onlySpaces(t.folded[before.end:h.at]) && (before.way|h.way)&(bySpelling|bySign) != 0):
			gaps++
			pauses++
		}
	}
	if alike > 0 {
		// By ear alone three syllables are needed, one of them in its own character,
		// or two where the other is in a character that hardly anybody writes. What
		// one may add or enter has many names: 加鲔鱼.
		if !p.sales || same == 0 || size < 3 && (rare == 0 || strings.ContainsRune("加进入", p.meant[0])) {
			return 0
		}
		ways |= byEar
	}
	switch last := back[(n-1)%memory]; {
	case units == 1 && (last.way == bySign || last.way == bySpelling && last.end-last.at < 4 && size < 3):
		return 0 // one sign or two letters are not a phrase
	case spelt > 0 && same == 0 && spelt < 3:
		return 0
	}
	if ways == 0 && pauses == 0 {
		return 0 // in plain sight
	}
	if gaps > 0 {
		if ways == 0 && !p.sales || !pulled(t, back, n, size, gaps) {
			return 0
		}
		ways |= bySplit
	}
	return ways
}

// pulled reports whether a phrase with gaps in it was pulled apart on purpose:
// everywhere, or by marks that stand inside no sentence.
func pulled(t *text, back *[memory]heard, n, size, gaps int) bool {
	for i := n - size + 1; i < n; i++ {
		before, h := &back[(i-1)%memory], &back[i%memory]
		switch {
		case h.at == before.end && !t.glued[h.at] || h.at < before.end:
		case h.at == before.end:
			if gaps < size-1 && onlySpaces(t.original[t.from[h.at-1]+1:t.from[h.at]]) {
				return false
			}
		case onlySpaces(t.folded[before.end:h.at]) && (before.way|h.way)&(bySpelling|bySign) != 0:
		case !odd(t.folded[before.end:h.at]) && (gaps < size-1 || size == 2):
			return false
		}
	}
	return true
}

// odd reports whether marks between two characters are none that a sentence has
// there: a full stop of another script, or a bracket that closes and one that
// opens.
func odd(between []rune) bool {
	switch len(between) {
	case 1:
		return strings.ContainsRune(".#@$", between[0])
	case 2:
		return strings.ContainsRune(")]】」』》", between[0]) && strings.ContainsRune("([【「『《", between[1])
	}
	return false
}
