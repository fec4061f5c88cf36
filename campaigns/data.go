package campaigns

import (
	"bytes"
	"embed"
	"encoding/json"
	"sync"

	"cinnabar/internal/money"
	"cinnabar/moderation"
)

// The lists that rules read are data, each with its source and date, so that what a
// lead may have to correct is not buried in code.
//
//go:embed data/*.json
var dataFiles embed.FS

// mustRead decodes a list that is compiled in, and panics in the first test that
// touches it when it is malformed.
func mustRead[T any](name string) T {
	var t T
	raw, err := dataFiles.ReadFile("data/" + name)
	if err == nil {
		d := json.NewDecoder(bytes.NewReader(raw))
		d.DisallowUnknownFields()
		err = d.Decode(&t)
	}
	if err != nil {
		panic("campaigns: " + name + ": " + err.Error())
	}
	return t
}

// origin is where a list comes from and when it was last looked at.
type origin struct {
	Source string          `json:"source"`
	Date   moderation.Date `json:"date"`
}

type limitTable struct {
	origin
	ServiceFee          money.Rate `json:"service_fee"`
	EndorseAbove        string     `json:"endorse_above"`
	MarketFromFollowers int        `json:"market_from_followers"`
	AuthenticLeast      float64    `json:"authentic_least"`
	PaidShare           float64    `json:"paid_share"`
	PointsABreach       struct {
		Least float64 `json:"least"`
		Usual float64 `json:"usual"`
		Most  float64 `json:"most"`
	} `json:"points_a_breach"`
}

var limits = sync.OnceValue(func() limitTable { return mustRead[limitTable]("limits.json") })

// DefaultServiceFee is what the platform takes on top of a KOL's fee where nobody
// says otherwise: ten per cent.
func DefaultServiceFee() money.Rate { return limits().ServiceFee }

// EndorseAbove is the sum above which agreed terms wait for a second person, service
// fee included.
func EndorseAbove() money.Fen {
	sum, err := money.Parse("endorse_above", limits().EndorseAbove)
	if err != nil {
		panic("campaigns: limits.json: " + err.Error())
	}
	return sum
}

// NeedsEndorsement reports whether terms are above EndorseAbove.
func NeedsEndorsement(t Terms) bool { return t.Fee+t.ServiceFee.Of(t.Fee) > EndorseAbove() }
