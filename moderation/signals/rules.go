package signals

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

//go:embed signals.json
var builtIn []byte

// rulesFile is signals.json; unknown fields are refused.
type rulesFile struct {
	About   string       `json:"about"`
	Praise  []string     `json:"praise"` // what makes a text a review
	Details []detailRule `json:"details"`
	Stock   []string     `json:"stock"` // praise that fits every product
	Asks    []string     `json:"asks"`
	Answers []string     `json:"answers"`
	Levels  []levelRule  `json:"levels"`
	Limits  []limitRule  `json:"limits"`
	Weights []weightRule `json:"weights"`
}

// detailRule is one thing that the community asks of a review. It is there where a
// phrase is said, a number stands before a unit, or after a sign.
type detailRule struct {
	Name     string   `json:"name"`
	Weight   float64  `json:"weight"`
	Affirmed bool     `json:"affirmed,omitempty"` // "no drawback" names none
	Say      []string `json:"say"`
	Units    []string `json:"units,omitempty"`
	Signs    []string `json:"signs,omitempty"`
}

type levelRule struct {
	Signal Kind    `json:"signal"`
	Some   float64 `json:"some"`
	Strong float64 `json:"strong"`
	Source string  `json:"source"`
}

// limitRule is a threshold with where it comes from.
type limitRule struct {
	Name   string  `json:"name"`
	Value  float64 `json:"value"`
	Source string  `json:"source"`
	Why    string  `json:"why"`
}

type weightRule struct {
	Rule   string  `json:"rule"`
	Weight float64 `json:"weight"`
}

type rules struct {
	rulesFile
	praise, stock, asks, answers *disclosure.Phrases
	details                      []detail
	limits                       map[string]float64
	weights                      map[string]float64
	levels                       map[Kind]levelRule
}

type detail struct {
	detailRule
	phrases *disclosure.Phrases
	units   [][]rune // longest first
	signs   []rune
}

// limitNames are the thresholds that the code asks for.
var limitNames = []string{
	"stock_full", "stock_least", "praise_least", "copies_full", "followers_least", "posts_least", "settled_days", "engagement_low", "engagement_followers",
	"following_many", "following_share", "growth_day", "growth_age", "flat_variation", "flat_likes", "flat_posts", "silent_likes", "silent_share",
	"few_posts", "few_followers", "round_posts", "round_weeks", "burst_posts", "burst_times", "chorus_runes", "chorus_people",
}

var standard = sync.OnceValue(func() *rules {
	r, err := readRules(bytes.NewReader(builtIn))
	if err != nil {
		panic("signals: signals.json: " + err.Error())
	}
	return r
})

func readRules(from io.Reader) (*rules, error) {
	d := json.NewDecoder(from)
	d.DisallowUnknownFields()
	r := &rules{limits: map[string]float64{}, weights: map[string]float64{}, levels: map[Kind]levelRule{}}
	if err := d.Decode(&r.rulesFile); err != nil {
		return nil, err
	}
	for _, l := range r.Limits {
		if _, twice := r.limits[l.Name]; twice || !slices.Contains(limitNames, l.Name) || l.Value <= 0 || l.Source == "" || l.Why == "" {
			return nil, fmt.Errorf("limit %q: unknown, twice, not above 0, or without source or reason", l.Name)
		}
		r.limits[l.Name] = l.Value
	}
	if len(r.limits) != len(limitNames) {
		return nil, fmt.Errorf("%d of %d limits", len(r.limits), len(limitNames))
	}
	for _, w := range r.Weights {
		if !slices.Contains(Rules(), w.Rule) || w.Weight <= 0 || w.Weight > 1 {
			return nil, fmt.Errorf("weight of %q: unknown rule or out of range", w.Rule)
		}
		r.weights[w.Rule] = w.Weight
	}
	for _, l := range r.Levels {
		if !slices.Contains(Kinds(), l.Signal) || !(0 < l.Some && l.Some < l.Strong && l.Strong <= 1) || l.Source == "" {
			return nil, fmt.Errorf("levels of %q: unknown signal, out of range, or without source", l.Signal)
		}
		r.levels[l.Signal] = l
	}
	for rule, weight := range r.weights {
		// Each sign of bought followers has an innocent reading too.
		if strings.HasPrefix(rule, "followers.") && weight >= r.levels[Followers].Strong {
			return nil, fmt.Errorf("%s alone would be strong", rule)
		}
	}
	if len(r.levels) != len(Kinds()) {
		return nil, fmt.Errorf("levels for %d of %d signals", len(r.levels), len(Kinds()))
	}
	return r, r.compile()
}

func (r *rules) compile() (err error) {
	for _, list := range []struct {
		into *(*disclosure.Phrases)
		say  []string
		name string
	}{{&r.praise, r.Praise, "praise"}, {&r.stock, r.Stock, "stock"}, {&r.asks, r.Asks, "asks"}, {&r.answers, r.Answers, "answers"}} {
		if *list.into, err = disclosure.NewPhrases(list.say); err != nil {
			return fmt.Errorf("%s: %w", list.name, err)
		}
	}
	for _, d := range r.Details {
		if !slices.Contains(Rules(), "detail."+d.Name) || d.Weight <= 0 {
			return fmt.Errorf("detail %q: unknown or without weight", d.Name)
		}
		c := detail{detailRule: d}
		if c.phrases, err = disclosure.NewPhrases(d.Say); err != nil {
			return fmt.Errorf("detail %s: %w", d.Name, err)
		}
		for _, u := range d.Units {
			c.units = append(c.units, disclosure.Fold(u).Runes())
		}
		slices.SortStableFunc(c.units, func(a, b []rune) int { return len(b) - len(a) })
		for _, s := range d.Signs {
			c.signs = append(c.signs, disclosure.Fold(s).Runes()...)
		}
		r.details = append(r.details, c)
	}
	if len(r.details) != len(Details()) {
		return fmt.Errorf("%d of %d details", len(r.details), len(Details()))
	}
	return nil
}
