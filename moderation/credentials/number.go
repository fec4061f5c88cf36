package credentials

import (
	"regexp"
	"strconv"
	"time"
)

// Kind is what sort of paper a number belongs to.
type Kind string

// The kinds of numbered papers.
const (
	FoodProduction    Kind = "food.production"    // SC
	FoodTrade         Kind = "food.trade"         // JY
	CosmeticsSpecial  Kind = "cosmetics.special"  // registration
	CosmeticsOrdinary Kind = "cosmetics.ordinary" // filing
	HealthFood        Kind = "health_food"        // registration or filing
	MedicalDevice     Kind = "medical_device"     // registration or filing
)

// Number is the number of a category paper taken apart.
type Number struct {
	Reading
	Kind     Kind   // "" where no layout fits
	Imported bool   // the layout is one for imported goods
	Province string // one-character abbreviation, "" where the number names none
	Year     int    // of registration or filing; 0 where the number names none
	// Checked says that a check digit vouches for the number; most of these
	// numbers have none, and then a wrong digit inside cannot be seen.
	Checked bool
}

// layout is one known form of a number. Its expression's groups, by name, are
// province, year, division and digits.
type layout struct {
	kind     Kind
	imported bool
	form     *regexp.Regexp
}

// The layouts, tidied (no spaces, NFKC so that （沪） is (沪)). The G and J of
// cosmetics registrations stand on papers from before the rules of 2021 and are
// gone since. Those of health food and of medical devices are the ones in common
// use; a number that misses them is to be looked up, not refused.
var layouts = []layout{
	{CosmeticsSpecial, false, regexp.MustCompile(`^国妆特(?:字|制字)G?(?P<year>\d{4})\d{4}$`)},
	{CosmeticsSpecial, true, regexp.MustCompile(`^国妆特进字J?(?P<year>\d{4})\d{4}$`)},
	{CosmeticsOrdinary, false, regexp.MustCompile(`^(?P<province>[` + abbreviations + `])G妆网备(?:制)?字(?P<year>\d{4})\d{6}$`)},
	{CosmeticsOrdinary, true, regexp.MustCompile(`^国妆网备进字\((?P<province>[` + abbreviations + `])\)(?P<year>\d{4})\d{6}$`)},
	{HealthFood, false, regexp.MustCompile(`^国食健[注字]G(?P<year>\d{4})\d{4}$`)},
	{HealthFood, true, regexp.MustCompile(`^国食健[注字]J(?P<year>\d{4})\d{4}$`)},
	{HealthFood, false, regexp.MustCompile(`^食健备G(?P<year>\d{4})(?P<division>\d{2})\d{6}$`)},
	{HealthFood, true, regexp.MustCompile(`^食健备J(?P<year>\d{4})00\d{6}$`)},
	{MedicalDevice, false, regexp.MustCompile(`^(?:国|(?P<province>[` + abbreviations + `]))械注准(?P<year>\d{4})\d{7}$`)},
	{MedicalDevice, true, regexp.MustCompile(`^国械注[进许](?P<year>\d{4})\d{7}$`)},
	{MedicalDevice, false, regexp.MustCompile(`^(?P<province>[` + abbreviations + `])\p{Han}?械备(?P<year>\d{4})\d{4,5}号?$`)},
	{MedicalDevice, true, regexp.MustCompile(`^国械备(?P<year>\d{4})\d{4,5}号?$`)},
}

var foodNumber = regexp.MustCompile(`^(SC|JY)(\d*)$`)

// oldestYear is the first year in which a number of these layouts was given out.
const oldestYear = 1996

// ReadNumber reads the number of a category paper; now bounds the year that it
// may name. Its statuses are Sound, Empty, Pattern, Year, and for food numbers
// Length, Class, Region and Checksum.
func ReadNumber(s string, now time.Time) Number {
	text := tidy(s)
	n := Number{Reading: Reading{Text: text, Status: Sound, At: -1}}
	if text == "" {
		n.Status = Empty
		return n
	}
	if m := foodNumber.FindStringSubmatch(text); m != nil {
		return readFood(n, m[1], m[2])
	}
	for _, l := range layouts {
		m := l.form.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		n.Kind, n.Imported = l.kind, l.imported
		for i, name := range l.form.SubexpNames() {
			switch name {
			case "province":
				n.Province = m[i]
			case "division":
				n.Province = Province(m[i])
			case "year":
				n.Year, _ = strconv.Atoi(m[i])
			}
		}
		if n.Year < oldestYear || n.Year > now.Year() {
			n.Status, n.Got = Year, strconv.Itoa(n.Year)
		}
		return n
	}
	n.Status, n.Got = Pattern, text
	return n
}

// readFood reads what follows SC (production) or JY (trade). SC has its layout
// from the rules on production licences: type 1 food or 2 additives, class 01 to
// 31, division of six digits, serial of four, check digit. Of JY we vouch for the
// length and the division alone.
func readFood(n Number, prefix, digits string) Number {
	n.Kind = FoodProduction
	division := 3 // offset of the division within the digits
	if prefix == "JY" {
		n.Kind, division = FoodTrade, 1
	}
	if len(digits) != 14 {
		n.Status, n.Got, n.Want = Length, strconv.Itoa(len(digits)), "14"
		return n
	}
	n.Province = Province(digits[division:])
	if prefix == "SC" {
		n.Checked = true
		class, _ := strconv.Atoi(digits[1:3])
		want := mod11and10(digits[:13])
		switch {
		case want != digits[13]:
			n.Status, n.At, n.Got, n.Want = Checksum, 15, digits[13:], string(want)
			return n
		case digits[0] != '1' && digits[0] != '2', class < 1, class > 31:
			n.Status, n.At, n.Got = Class, 2, digits[:3]
			return n
		}
	}
	if n.Province == "" {
		n.Status, n.At, n.Got = Region, 2+division, digits[division:division+2]
	}
	return n
}

// mod11and10 computes the check digit of ISO/IEC 7064 MOD 11,10. It catches
// every single wrong digit.
func mod11and10(digits string) byte {
	p := 10
	for i := range len(digits) {
		p = (p + int(digits[i]-'0')) % 10
		if p == 0 {
			p = 10
		}
		p = 2 * p % 11
	}
	return byte('0' + (11-p)%10)
}
