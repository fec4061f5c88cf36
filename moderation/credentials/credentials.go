// Package credentials reads the identifiers that stand on a brand's papers: the
// unified social credit code of a Chinese legal person, and the numbers of food,
// cosmetics, health-food and medical papers. It says how far each can be right by
// itself: characters, layout, check digits, region, year.
//
// It asks no register, so "sound" never means "exists"; and some real codes are
// reported to fail their check digit, so "unsound" means "look it up", not
// "refuse". What an application makes of a reading is decided in moderation.
package credentials

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Status is how a reading ended: Sound, or the first thing that is wrong.
type Status string

// The statuses. Only those that a reader's doc comment names come from it.
const (
	Sound        Status = "sound"
	Empty        Status = "empty"        // nothing was given
	Length       Status = "length"       // Got and Want are numbers of characters
	Alphabet     Status = "alphabet"     // Got at At cannot stand there; Want is a likely misreading, or ""
	Authority    Status = "authority"    // the registering authority is not one of the known
	Region       Status = "region"       // no such province
	Organisation Status = "organisation" // the organisation code's own check character, at 17, does not fit
	Checksum     Status = "checksum"     // the last character does not fit the others: Got stands, Want would fit
	BothChecks   Status = "both_checks"  // both do not, so the mistake is in characters 9 to 17
	Pattern      Status = "pattern"      // no known layout
	Class        Status = "class"        // the class digits are out of range
	Year         Status = "year"         // the year cannot be
)

// Reading is what every reader returns, whatever it reads.
type Reading struct {
	Text   string // as judged: NFKC, upper case, without spaces and hyphens
	Status Status
	At     int    // rune index in Text of what is wrong, -1 where it is nowhere in particular
	Got    string // what stands there
	Want   string // what should, where that is known
}

// OK reports whether nothing is wrong with it.
func (r Reading) OK() bool { return r.Status == Sound }

// tidy undoes what typing, scanning and copying do to an identifier without
// changing which one it is.
func tidy(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Pd, r), r == '−':
			return -1
		}
		return unicode.ToUpper(r)
	}, norm.NFKC.String(s))
}
