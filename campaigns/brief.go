package campaigns

import (
	"crypto/sha256"
	"encoding/binary"
	"net/url"
	"slices"
	"strings"
	"sync"

	"cinnabar/internal/fault"
)

// Disclosure is how a paid post has to say that it is one.
type Disclosure struct {
	Code    string            `json:"code"`    // of the jurisdiction
	Title   map[string]string `json:"title"`   // by language, "en" and "zh"
	Wording string            `json:"wording"` // what must stand in the post
	Where   string            `json:"where"`   // "start": before anything that is folded away
	Source  string            `json:"source"`
}

type disclosureTable struct {
	origin
	Disclosures []Disclosure `json:"disclosures"`
}

var disclosures = sync.OnceValue(func() []Disclosure {
	return mustRead[disclosureTable]("disclosures.json").Disclosures
})

// Disclosures lists the jurisdictions whose wording is known, the home market first.
// The titles are shared: read them, don't write them.
func Disclosures() []Disclosure { return slices.Clone(disclosures()) }

// DisclosureOf finds the wording for a jurisdiction or, given a KOL's region, for the
// jurisdiction that region belongs to; the home market's for one that is not known.
func DisclosureOf(code string) Disclosure {
	switch {
	case code == "GB":
		code = "UK"
	case slices.Contains(economicArea, code):
		code = "EU"
	}
	for _, d := range disclosures() {
		if d.Code == code {
			return d
		}
	}
	return disclosures()[0]
}

// economicArea are the states that the Union's directives bind, ISO 3166, 2026.
var economicArea = []string{
	"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO",
	"SE", "SI", "SK",
}

// BriefFor is the template a contract begins with: the product as the line names it,
// the home market's wording to say, and what no post may say whatever is agreed.
func BriefFor(c Campaign, l Line) Brief {
	b := Brief{Product: l.Title, Creative: nil}
	if b.Product == "" {
		b.Product = c.Brand
	}
	b = b.Under("CN")
	b.MustSay = append(b.MustSay, b.Disclosure, c.Brand)
	b.MustNot = slices.Clone(absolutes().Examples)
	if l.Gift != nil {
		b.Creative = append(b.Creative, l.Gift.Artwork)
	}
	return b
}

// Under is the brief with the wording of another jurisdiction, also where the old
// wording stood among what must be said. What may not be said changes its language only
// as long as it is the template's.
func (b Brief) Under(jurisdiction string) Brief {
	d := DisclosureOf(jurisdiction)
	b.MustSay = slices.Clone(b.MustSay)
	for i, s := range b.MustSay {
		if s == b.Disclosure {
			b.MustSay[i] = d.Wording
		}
	}
	b.Jurisdiction, b.Disclosure = d.Code, d.Wording
	t := absolutes()
	switch chinese := slices.Contains([]string{"CN", "HK", "TW"}, d.Code); {
	case !chinese && slices.Equal(b.MustNot, t.Examples):
		b.MustNot = slices.Clone(t.ExamplesAbroad)
	case chinese && slices.Equal(b.MustNot, t.ExamplesAbroad):
		b.MustNot = slices.Clone(t.Examples)
	}
	return b
}

// alphabet has no letters that are read or heard as another: no 0 O, 1 I L, 2 Z, 5 S,
// 8 B, nor U and V.
const alphabet = "34679ACDEFGHJKMNPQRTWXY"

// codeLength gives 23^7, some 3.4 thousand million codes.
const codeLength = 7

// Track makes the link and the code by which a deliverable's readers are told from all
// others: base with UTM parameters, and a code that a reader types in a shop. Both
// follow from the ids alone, so that asking twice answers the same. base's own
// parameters and fragment stay; UTM parameters in it are replaced. Without a base, or
// with one that is no web address, link is "".
func Track(base string, c Campaign, line, deliverable string) (link, code string) {
	code = codeOf(c.ID, line, deliverable)
	u, err := url.Parse(strings.TrimSpace(base))
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return "", code
	}
	q := u.Query()
	q.Set("utm_source", "kol")
	q.Set("utm_medium", "post")
	q.Set("utm_campaign", c.ID)
	q.Set("utm_content", code)
	u.RawQuery = q.Encode()
	return u.String(), code
}

// CheckBase reports, as FieldValue, an address that Track could not make a link of.
func CheckBase(base string) error {
	if link, _ := Track(base, Campaign{}, "", ""); link == "" && strings.TrimSpace(base) != "" {
		return fault.New(fault.FieldValue, "field", "link", "value", base)
	}
	return nil
}

func codeOf(ids ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(ids, "\x00")))
	n := binary.BigEndian.Uint64(sum[:])
	var b [codeLength]byte
	for i := range b {
		b[i] = alphabet[n%uint64(len(alphabet))]
		n /= uint64(len(alphabet))
	}
	return string(b[:])
}
