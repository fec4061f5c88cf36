package moderation

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"cinnabar/moderation/hanzi"
)

// The length of an account's name, in characters (secondary source, 2026-03).
const (
	shortestName = 2
	longestName  = 24
)

//go:embed data/banned.json
var bannedJSON []byte

var banned = sync.OnceValue(func() []string {
	var t struct {
		Source string   `json:"source"`
		Date   Date     `json:"date"`
		Words  []string `json:"words"`
	}
	mustRead("banned.json", bannedJSON, &t)
	return t.Words
})

// account asks what they want to be called.
func (c checker) account() []CheckResult {
	return []CheckResult{c.nameLength(), c.nameWords(), c.nameTaken()}
}

func (c checker) nameLength() CheckResult {
	const check, field = "account.length", "account_name"
	n := utf8.RuneCountInString(strings.TrimSpace(c.app.AccountName))
	count := strconv.Itoa(n)
	switch {
	case n < shortestName:
		return result(check, Fail, "length.short", field, "count", count)
	case n > longestName:
		return result(check, Fail, "length.long", field, "count", count)
	}
	return result(check, Pass, "length.good", field, "count", count)
}

func (c checker) nameWords() CheckResult {
	const check, field = "account.words", "account_name"
	folded := hanzi.SimplifyString(string(plain(c.app.AccountName)))
	for _, word := range banned() {
		if strings.Contains(folded, word) {
			return result(check, Fail, "words.banned", field, "word", word)
		}
	}
	return result(check, Pass, "words.none", field)
}

// nameTaken warns of names that could be taken for somebody else's. It never
// fails: likeness is a question of law and of eyes.
func (c checker) nameTaken() CheckResult {
	const check, field = "account.taken", "account_name"
	if c.ctx.Others.Compared == 0 {
		return result(check, NotApplicable, "papers.not_compared", field)
	}
	for _, other := range c.ctx.Others.Names {
		if near(c.app.AccountName, other.Text) {
			return result(check, Warn, "taken.near", field, "name", other.Text, "ref", other.Ref)
		}
	}
	return result(check, Pass, "taken.none", field, "count", strconv.Itoa(c.ctx.Others.Compared))
}
