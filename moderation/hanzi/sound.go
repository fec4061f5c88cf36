package hanzi

import (
	_ "embed"
	"strings"
	"sync"
)

// Sound is the toneless Mandarin reading of a character, as a number from 1; 0
// is none. Characters of one sound have one number, nothing else is promised.
type Sound uint16

//go:embed sounds.txt
var soundData string

// soundTable holds the readings of the characters in general use, about 8,000.
type soundTable struct {
	of     [last - first + 1]Sound
	rare   [last - first + 1]bool
	byName map[string]Sound
	names  []string // by Sound
}

var sounds = sync.OnceValue(func() *soundTable {
	t := &soundTable{byName: map[string]Sound{}, names: []string{""}}
	for line := range strings.Lines(soundData) {
		name, characters, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || name == "#" {
			continue
		}
		s := Sound(len(t.byName) + 1)
		t.byName[name] = s
		t.names = append(t.names, name)
		rare := false // those after the bar are
		for _, r := range characters {
			if r == '|' {
				rare = true
			} else if r >= first && r <= last {
				t.of[r-first], t.rare[r-first] = s, rare
			}
		}
	}
	return t
})

// SoundOf returns how a simplified character is commonly read. A character with
// several readings has its most frequent one.
func SoundOf(r rune) Sound {
	if r < first || r > last {
		return 0
	}
	return sounds().of[r-first]
}

// Rare reports whether a simplified character that has a sound is seldom seen
// outside names and special subjects.
func Rare(r rune) bool { return r >= first && r <= last && sounds().rare[r-first] }

// SoundNamed returns the sound of a syllable of Pinyin in lower case without
// tone, v for ü, or 0.
func SoundNamed(syllable string) Sound { return sounds().byName[syllable] }

// String is the syllable in Pinyin without tone, v for ü.
func (s Sound) String() string { return sounds().names[s] }

// longestSyllable is "zhuang".
const longestSyllable = 6

// Syllables reads Pinyin without separators ("jiaweixin"). It returns nil for
// what is no Pinyin or has more than 16 syllables; where several readings are
// possible, the one with the fewest syllables.
func Syllables(pinyin string) []Sound {
	const most = 16
	if len(pinyin) > most*longestSyllable {
		return nil
	}
	// best[i] is the length of the last syllable of the shortest reading of the
	// first i letters, and count[i] how many syllables that has.
	var best, count [most*longestSyllable + 1]uint8
	for end := 1; end <= len(pinyin); end++ {
		for size := 1; size <= min(end, longestSyllable); size++ {
			before := end - size
			if before > 0 && best[before] == 0 {
				continue
			}
			if n := count[before] + 1; (best[end] == 0 || n < count[end]) && n <= most && SoundNamed(pinyin[before:end]) != 0 {
				best[end], count[end] = uint8(size), n
			}
		}
	}
	if len(pinyin) == 0 || best[len(pinyin)] == 0 {
		return nil
	}
	read := make([]Sound, count[len(pinyin)])
	for end, i := len(pinyin), len(read)-1; end > 0; i-- {
		size := int(best[end])
		read[i] = SoundNamed(pinyin[end-size : end])
		end -= size
	}
	return read
}
