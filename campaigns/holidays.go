package campaigns

import (
	"slices"
	"sync"

	"cinnabar/moderation"
)

type holidayTable struct {
	origin
	Sources  map[string]string `json:"sources"`
	Holidays []struct {
		Code    string          `json:"code"`
		From    moderation.Date `json:"from"`
		To      moderation.Date `json:"to"`
		Selling bool            `json:"selling"`
		Source  string          `json:"source"` // a key of Sources
	} `json:"holidays"`
}

var holidays = sync.OnceValue(func() []Holiday {
	table := mustRead[holidayTable]("holidays.json")
	all := make([]Holiday, len(table.Holidays))
	for i, h := range table.Holidays {
		all[i] = Holiday{Code: h.Code, From: h.From, To: h.To, Selling: h.Selling, Source: table.Sources[h.Source]}
	}
	return all
})

// Holidays lists the stretches of the trade year that are known, by their first day.
func Holidays() []Holiday { return slices.Clone(holidays()) }
