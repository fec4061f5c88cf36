// Package money counts in fen, the hundredth part of a yuan: prices, fees and
// budgets are whole numbers, and nothing is ever rounded on the way.
//
// How an amount is shown to a person (¥, 万) is not here but in views/words. Other
// currencies are not here at all: an amount in one is refused, never converted.
package money

import (
	"fmt"
	"math"
	"strings"

	"cinnabar/internal/fault"
)

// Fen is an amount in fen. It may be negative, as a reversal in a ledger is.
type Fen int64

// Yuan is a hundred fen.
const Yuan Fen = 100

// Most is the largest amount of a single fee, cost or budget: a hundred billion
// yuan. It is so far below what an int64 holds that sums of nine hundred thousand
// such amounts can't run over.
const Most Fen = 1e13

// Parse reads an amount in yuan as it stands in a file: "118400", "118400.5",
// "118,400.00", "¥ 118400". Only whole fen are money. Faults: FieldValue with the
// given field for anything else, another currency among it, and for what is over
// Most on either side of zero.
func Parse(field, text string) (Fen, error) {
	wrong := fault.New(fault.FieldValue, "field", field, "value", text)
	s := strings.TrimSpace(text)
	sign := Fen(1)
	if rest, is := strings.CutPrefix(s, "-"); is {
		sign, s = -1, rest
	}
	for _, mark := range []string{"¥", "¥", "CNY", "RMB"} {
		if rest, is := strings.CutPrefix(s, mark); is {
			s = strings.TrimSpace(rest)
			break
		}
	}
	whole, part, pointed := strings.Cut(s, ".")
	if !grouped(whole) || pointed && (len(part) == 0 || len(part) > 2 && strings.Trim(part[2:], "0") != "") {
		return 0, wrong
	}
	var n Fen
	for _, d := range strings.ReplaceAll(whole, ",", "") + (part + "00")[:2] {
		if d < '0' || d > '9' {
			return 0, wrong
		}
		n = n*10 + Fen(d-'0')
		if n > Most {
			return 0, wrong
		}
	}
	for _, d := range part {
		if d < '0' || d > '9' {
			return 0, wrong
		}
	}
	return sign * n, nil
}

// grouped reports whether whole is digits, with commas only where thousands end.
func grouped(whole string) bool {
	groups := strings.Split(whole, ",")
	for i, g := range groups {
		if g == "" || i > 0 && len(g) != 3 || i == 0 && len(groups) > 1 && len(g) > 3 {
			return false
		}
	}
	return true
}

// String is the amount in yuan with two places, as files have it: "118400.00".
func (f Fen) String() string {
	sign, n := "", uint64(f)
	if f < 0 {
		sign, n = "-", uint64(-f)
	}
	return fmt.Sprintf("%s%d.%02d", sign, n/100, n%100)
}

// Rate is a share in ten-thousandths: 1000 is ten per cent.
type Rate int32

// Of returns that share of an amount, rounded up to whole fen: whoever pays a fee
// pays for the last fen, so that no sum of parts comes out below the whole. amount
// must be within Most, and a rate is at most 100 per cent.
func (r Rate) Of(amount Fen) Fen {
	share := int64(amount) * int64(r)
	if share > 0 && share%10_000 != 0 {
		return Fen(share/10_000 + 1)
	}
	return Fen(share / 10_000)
}

// Add sums amounts. Fault: FieldValue with the given field when the sum is beyond
// Most on either side of zero.
func Add(field string, amounts ...Fen) (Fen, error) {
	var sum Fen
	for _, a := range amounts {
		if a > 0 && sum > math.MaxInt64-a || a < 0 && sum < math.MinInt64-a {
			return 0, fault.New(fault.FieldValue, "field", field, "value", a.String())
		}
		sum += a
	}
	if sum > Most || sum < -Most {
		return 0, fault.New(fault.FieldValue, "field", field, "value", sum.String())
	}
	return sum, nil
}
