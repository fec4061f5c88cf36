package money

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestAnAmountIsReadAsItIsWritten(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Fen{
		"0": 0, "1": 100, "118400.00": 118400_00, "118,400": 118400_00, "¥ 1,234.5": 1234_50, "-3.07": -307,
		" 2.10 ": 210, "2.100": 210, "CNY 12": 12_00, "100000000000": Most,
	} {
		if got, err := Parse("fee", text); err != nil || got != want {
			t.Errorf("%q is %v, %v; want %v", text, got, err, want)
		}
	}
}

func TestWhatIsNoAmountIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "-", ".", "1.", ".5", "1.005", "$12", "12 USD", "€3", "1e3", "12,34", "1234,567", ",123", "1.2.3", "一百", "--1", "NaN",
		"100000000000.01", "99999999999999999999", "0x10", "1.1a"} {
		if got, err := Parse("fee", text); err == nil {
			t.Errorf("%q was read as %v", text, got)
		}
	}
}

func TestAnAmountIsReadAsItWasPrinted(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := Fen(rapid.Int64Range(-int64(Most), int64(Most)).Draw(t, "fen"))
		if got, err := Parse("fee", want.String()); err != nil || got != want {
			t.Fatalf("%d prints as %s and reads as %d, %v", want, want, got, err)
		}
	})
	if got := Fen(math.MinInt64).String(); got != "-92233720368547758.08" {
		t.Errorf("the smallest amount prints as %s", got)
	}
}

// A fee on each part is never less than the fee on the whole, and never more than a
// fen for each part above it.
func TestNoFenIsLostInAShare(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rate := Rate(rapid.Int32Range(0, 10_000).Draw(t, "rate"))
		parts := rapid.SliceOfN(rapid.Int64Range(0, 1e10), 1, 20).Draw(t, "parts")
		var whole, fees Fen
		for _, p := range parts {
			whole += Fen(p)
			fees += rate.Of(Fen(p))
		}
		if d := fees - rate.Of(whole); d < 0 || d > Fen(len(parts)) {
			t.Fatalf("%v of %v: parts come to %v, the whole to %v", rate, whole, fees, rate.Of(whole))
		}
	})
}

func TestASumThatRunsOverIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := Add("budget", Most, 1); err == nil {
		t.Error("more than the most was added up")
	}
	if _, err := Add("budget", math.MaxInt64, math.MaxInt64, 2); err == nil {
		t.Error("a sum went round past the largest number")
	}
	if got, err := Add("budget", Most, -Most, 7); err != nil || got != 7 {
		t.Errorf("%v, %v", got, err)
	}
}
