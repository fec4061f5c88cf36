// Package words holds every word that a person sees, in English and in Chinese,
// and how numbers, times and durations are written in each.
//
// The catalogues are JSON files by area (common, errors, shell, …), flat, with
// the area as the key's first part. What does not live here: anything of the
// window, because commands speak with the same words.
package words

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"time"
)

// Language is one of the languages that the studio speaks.
type Language string

// The languages.
const (
	EN Language = "en"
	ZH Language = "zh"
)

// Languages lists them in the order in which a person chooses.
func Languages() []Language { return []Language{EN, ZH} }

//go:embed en/*.json zh/*.json
var catalogues embed.FS

// Book is the catalogue of one language together with a time zone. It is safe
// for use by several goroutines.
type Book struct {
	language Language
	zone     *time.Location
	words    map[string]string
}

var load = sync.OnceValue(func() map[Language]map[string]string {
	all := make(map[Language]map[string]string)
	for _, l := range Languages() {
		words, err := read(catalogues, l)
		if err != nil {
			// The files are compiled in; a broken one fails the first test that runs.
			panic(err)
		}
		all[l] = words
	}
	return all
})

func read(files fs.FS, l Language) (map[string]string, error) {
	names, err := fs.Glob(files, string(l)+"/*.json")
	if err != nil {
		return nil, err
	}
	words := make(map[string]string)
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		var area map[string]string
		if err := json.Unmarshal(data, &area); err != nil {
			return nil, fmt.Errorf("words: %s: %w", name, err)
		}
		for k, v := range area {
			if _, twice := words[k]; twice {
				return nil, fmt.Errorf("words: %s: %q stands in another file too", name, k)
			}
			words[k] = v
		}
	}
	return words, nil
}

// For returns the book of a language, English for an unknown one. Times are
// written in the platform's zone, Asia/Shanghai, until In says otherwise.
func For(l Language) *Book {
	words, ok := load()[l]
	if !ok {
		l, words = EN, load()[EN]
	}
	return &Book{language: l, zone: shanghai(), words: words}
}

// shanghai has kept +8 without summer time since 1991, so that a machine
// without zone files still writes the right hour.
func shanghai() *time.Location {
	if zone, err := time.LoadLocation("Asia/Shanghai"); err == nil {
		return zone
	}
	return time.FixedZone("CST", 8*60*60)
}

// In returns the same book writing times in another zone.
func (b *Book) In(zone *time.Location) *Book {
	return &Book{language: b.language, zone: zone, words: b.words}
}

// Language is what the book is written in.
func (b *Book) Language() Language { return b.language }

// Zone is where the book's hours are counted.
func (b *Book) Zone() *time.Location { return b.zone }

// Chinese reports whether the book is written in Chinese, for the few places
// where a sentence is put together differently.
func (b *Book) Chinese() bool { return b.language == ZH }

// T returns the text of a key with args put in by fmt's verbs, and words in the form
// that a number asks for ("%s [post|posts]"). A key that no
// catalogue has comes back in brackets: seen at once, and never a panic.
func (b *Book) T(key string, args ...any) string {
	text, ok := b.words[key]
	if !ok {
		return "⟦" + key + "⟧"
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(plural(text, args), args...)
}

// Has reports whether the book has a key.
func (b *Book) Has(key string) bool {
	_, ok := b.words[key]
	return ok
}

// Fill returns the text of a key with its {names} replaced. Names without a
// value stay as they are, which is how a template's gaps remain visible.
func (b *Book) Fill(key string, values map[string]string) string {
	return fill(b.T(key), values)
}

func fill(text string, values map[string]string) string {
	if len(values) == 0 || !strings.Contains(text, "{") {
		return text
	}
	pairs := make([]string, 0, 2*len(values))
	for name, value := range values {
		pairs = append(pairs, "{"+name+"}", value)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
