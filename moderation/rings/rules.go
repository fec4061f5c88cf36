package rings

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"cinnabar/moderation/disclosure"
)

//go:embed channels.json
var builtIn []byte

// rulesFile is channels.json. Unknown fields are refused, so that a misspelt one
// does not silently switch a rule off.
type rulesFile struct {
	About string             `json:"about"`
	Kinds []kindRule         `json:"kinds"`
	Most  map[string]float64 `json:"most"` // what all channels of one kind together can prove

	Cues     []cueRule `json:"cues"`
	Fillers  []string  `json:"fillers"`  // words between a cue and what it announces
	Explicit []string  `json:"explicit"` // fillers after which any word is an account
	NoIDs    []string  `json:"no_ids"`
	NoCodes  []string  `json:"no_codes"` // beginnings of codes that every shop gives out
	Warnings []string  `json:"warnings"`
	Venue    []string  `json:"venue"`

	Tracking   []string        `json:"tracking"` // parameters that say who shared a link, not where it leads
	Affiliates []affiliateRule `json:"affiliates"`
	Messengers []messengerRule `json:"messengers"`
	Bare       []string        `json:"bare"`   // hosts that people write without https://
	Nobody     []string        `json:"nobody"` // hosts that everybody links: maps, films, the platforms
}

// kindRule says what a shared channel of a kind proves: Strength 1 makes an edge by
// itself. Shared by more than Authors people, it proves nothing.
type kindRule struct {
	Kind     Kind    `json:"kind"`
	Strength float64 `json:"strength"`
	Authors  int     `json:"authors"`
	Why      string  `json:"why"`
}

type cueRule struct {
	Kind Kind     `json:"kind"`
	Say  []string `json:"say"`
}

type affiliateRule struct {
	Network string   `json:"network"`
	Hosts   []string `json:"hosts"`
	Query   []string `json:"query"`
}

type messengerRule struct {
	Kind  Kind   `json:"kind"`
	Host  string `json:"host"`
	Path  string `json:"path"`            // prefix; what follows is the account
	Query string `json:"query,omitempty"` // or the account is in this parameter
}

// rules are the file, compiled.
type rules struct {
	rulesFile
	kinds    map[Kind]kindRule
	phrases  *disclosure.Phrases
	say      []said   // by phrase
	fillers  [][]rune // longest first
	explicit [][]rune
}

// said is what a phrase stands for; exactly one field is set.
type said struct {
	cue     Kind
	bare    bool
	warning bool
	venue   bool
}

// MostAuthors is how many people may give a channel of a kind before it proves nothing,
// for whoever counts them.
func MostAuthors(k Kind) int { return standard().kinds[k].Authors }

var standard = sync.OnceValue(func() *rules {
	r, err := readRules(bytes.NewReader(builtIn))
	if err != nil {
		panic("rings: channels.json: " + err.Error())
	}
	return r
})

func readRules(from io.Reader) (*rules, error) {
	d := json.NewDecoder(from)
	d.DisallowUnknownFields()
	r := &rules{kinds: map[Kind]kindRule{}}
	if err := d.Decode(&r.rulesFile); err != nil {
		return nil, err
	}
	for _, k := range r.Kinds {
		if !slices.Contains(Kinds(), k.Kind) || k.Strength <= 0 || k.Strength > 1 || k.Authors < 2 || k.Why == "" {
			return nil, fmt.Errorf("kind %q: unknown, or without strength, limit or reason", k.Kind)
		}
		r.kinds[k.Kind] = k
	}
	for _, k := range Kinds() {
		if _, ok := r.kinds[k]; !ok {
			return nil, fmt.Errorf("kind %q has no rule", k)
		}
	}
	var phrases []string
	add := func(what said, say ...string) {
		for _, s := range say {
			phrases = append(phrases, s)
			r.say = append(r.say, what)
		}
	}
	for _, c := range r.Cues {
		if _, ok := r.kinds[c.Kind]; !ok {
			return nil, fmt.Errorf("cue for %q, which is no kind", c.Kind)
		}
		add(said{cue: c.Kind}, c.Say...)
	}
	for _, m := range r.Messengers {
		if _, ok := r.kinds[m.Kind]; !ok || m.Host == "" || !strings.HasPrefix(m.Path, "/") {
			return nil, fmt.Errorf("messenger %q: no kind, host or path", m.Host)
		}
	}
	for _, a := range r.Affiliates {
		if a.Network == "" || len(a.Hosts) == 0 || len(a.Query) == 0 {
			return nil, fmt.Errorf("affiliate %q: no hosts or parameters", a.Network)
		}
	}
	add(said{warning: true}, r.Warnings...)
	add(said{venue: true}, r.Venue...)
	for _, b := range r.Bare {
		// The automaton looks for whole words, and a slash is none.
		add(said{bare: true}, strings.TrimSuffix(b, "/"))
	}
	var err error
	if r.phrases, err = disclosure.NewPhrases(phrases); err != nil {
		return nil, err
	}
	for _, f := range r.Fillers {
		r.fillers = append(r.fillers, disclosure.Fold(f).Runes())
	}
	for _, e := range r.Explicit {
		r.explicit = append(r.explicit, disclosure.Fold(e).Runes())
	}
	slices.SortFunc(r.fillers, func(a, b []rune) int { return len(b) - len(a) })
	return r, nil
}
