package campaigns

import (
	"slices"
	"sync"
)

// Tier is a band of followers, both ends included.
type Tier struct {
	Code string `json:"code"` // word tier.CODE
	From int    `json:"from"`
	To   int    `json:"to"` // 0: no end
}

type tierTable struct {
	origin
	Tiers []Tier `json:"tiers"`
}

var tiers = sync.OnceValue(func() []Tier { return mustRead[tierTable]("tiers.json").Tiers })

// Tiers lists the bands, smallest first, without a gap between them.
func Tiers() []Tier { return slices.Clone(tiers()) }

// TierOf is the code of the band that a number of followers falls into.
func TierOf(followers int) string {
	all := tiers()
	for _, t := range all {
		if followers >= t.From && (t.To == 0 || followers <= t.To) {
			return t.Code
		}
	}
	return all[0].Code // fewer than none
}

type fieldTable struct {
	origin
	Fields []string `json:"fields"`
}

var fields = sync.OnceValue(func() []string { return mustRead[fieldTable]("fields.json").Fields })

// Fields lists what KOLs write about, as codes of KOL.Category (words
// kol_field.CODE), in the order screens show them. A file may bring others.
func Fields() []string { return slices.Clone(fields()) }

// AgeBands, Genders and CityTiers list the keys of Audience in the order screens
// show them.
func AgeBands() []string { return []string{"-17", "18-24", "25-34", "35-44", "45-"} }

// Genders lists the keys of Audience.Gender.
func Genders() []string { return []string{"f", "m"} }

// CityTiers lists the keys of Audience.City, the largest cities first.
func CityTiers() []string { return []string{"1", "new1", "2", "3", "4-"} }

// Rate is how many of the followers answer to an ordinary note: likes, saves and
// comments over followers. 0 where there are no followers.
func (e Engagement) Rate(followers int) float64 {
	if followers <= 0 {
		return 0
	}
	return float64(e.Likes+e.Saves+e.Comments) / float64(followers)
}

// What a rising creator is. Set by hand, not measured on a platform yet.
const (
	risingWeeks  = 8    // looked at
	risingGrowth = .10  // over those weeks
	risingJump   = .40  // of all growth that a single week may bring
	risingDip    = .02  // that a single week may lose
	risingRate   = .01  // of followers who answer to a daily note
	risingNotes  = 3    // daily notes that the rate rests on
	risingFrom   = 1000 // followers, or small numbers make large shares
)

// Rising reports whether a KOL's following grows fast and honestly: by a tenth in
// eight weeks with no week that brings most of it or loses much, readers who answer,
// and, where it was measured, followers who look like people. A jump in one week is
// what bought followers look like.
func Rising(k KOL) bool {
	if len(k.Growth) < risingWeeks+1 || k.Followers < risingFrom {
		return false
	}
	weeks := k.Growth[len(k.Growth)-risingWeeks-1:]
	gained := weeks[risingWeeks] - weeks[0]
	if weeks[0] <= 0 || float64(gained) < risingGrowth*float64(weeks[0]) {
		return false
	}
	for i := 1; i < len(weeks); i++ {
		step := float64(weeks[i] - weeks[i-1])
		if step > risingJump*float64(gained) || step < -risingDip*float64(weeks[i-1]) {
			return false
		}
	}
	if k.Daily.Notes < risingNotes || k.Daily.Rate(k.Followers) < risingRate {
		return false
	}
	return k.Authentic < 0 || k.Authentic >= limits().AuthenticLeast
}

// GrowthRate is by what share a following grew over the last eight weeks that are
// known; 0 where fewer than two are.
func GrowthRate(k KOL) float64 {
	weeks := k.Growth
	if len(weeks) > risingWeeks+1 {
		weeks = weeks[len(weeks)-risingWeeks-1:]
	}
	if len(weeks) < 2 || weeks[0] <= 0 {
		return 0
	}
	return float64(weeks[len(weeks)-1]-weeks[0]) / float64(weeks[0])
}
