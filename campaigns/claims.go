package campaigns

import (
	"strings"
	"sync"
)

type absoluteTable struct {
	origin
	Words          []string `json:"words"`
	Allowed        []string `json:"allowed"`  // contain a word and are none
	Examples       []string `json:"examples"` // for a brief
	ExamplesAbroad []string `json:"examples_abroad"`
}

var absolutes = sync.OnceValue(func() absoluteTable { return mustRead[absoluteTable]("absolutes.json") })

// AbsoluteWords finds words in a text that an advertisement may not use because they
// admit of nothing better; each once, in the order of the list.
func AbsoluteWords(text string) []string {
	t := absolutes()
	for _, harmless := range t.Allowed {
		text = strings.ReplaceAll(text, harmless, "\x00")
	}
	return contained(text, t.Words)
}

func contained(text string, words []string) []string {
	var found []string
	text = strings.ToLower(text)
	for _, w := range words {
		if strings.Contains(text, strings.ToLower(w)) {
			found = append(found, w)
		}
	}
	return found
}
