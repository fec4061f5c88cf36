package credentials

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var now = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// Published codes of real bodies, sound on both check characters.
var soundCodes = []string{
	"91110000600037341L", "91110000710926094P", "91310115MA1K3BTP2B", "9144030071526726XG",
	"121200004013590816", "92340603MA2UK1TD00", "91620105L015101280",
}

func TestRealCodesAreSound(t *testing.T) {
	t.Parallel()
	for _, code := range soundCodes {
		if u := ReadUSCC(code); !u.OK() {
			t.Errorf("%s: %+v", code, u)
		}
	}
	u := ReadUSCC("91310115MA1K3BTP2B")
	if u.Authority != "9" || u.Subject != "1" || u.Division != "310115" || u.Province != "沪" || u.Organisation != "MA1K3BTP2" {
		t.Errorf("taken apart: %+v", u)
	}
}

func TestACodeIsReadAsPeopleTypeIt(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		" 91310115 ma1k3btp2b ", "91310115-MA1K3BTP2-B", "９１３１０１１５ＭＡ１Ｋ３ＢＴＰ２Ｂ", "91310115\u200bMA1K3BTP2B",
	} {
		if u := ReadUSCC(s); !u.OK() || u.Text != "91310115MA1K3BTP2B" {
			t.Errorf("%q: %+v", s, u.Reading)
		}
	}
}

func TestAWrongCodeSaysWhatIsWrongAndWhere(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]Reading{
		"":                    {Status: Empty, At: -1},
		"91350100M000100Y4Z":  {Status: Alphabet, At: 17, Got: "Z", Want: "3"},
		"91350100M000100Y44":  {Status: Checksum, At: 17, Got: "4", Want: "3"},
		"91110000600037341N":  {Status: Checksum, At: 17, Got: "N", Want: "L"},
		"9111000060003IOZSV":  {Status: Alphabet, At: 13, Got: "I", Want: "1"},
		"9131O115MA1K3BTP2B":  {Status: Alphabet, At: 4, Got: "O", Want: "0"},
		"91110000600037341":   {Status: Length, At: -1, Got: "17", Want: "18"},
		"91350100M0001TGQXM":  {Status: Checksum, At: 17, Got: "M"},
		"9131010115MA1K3BTP2": {Status: Length, At: -1, Got: "19", Want: "18"},
	} {
		got := ReadUSCC(code).Reading
		if got.Status != want.Status || got.At != want.At || got.Got != want.Got || want.Want != "" && got.Want != want.Want {
			t.Errorf("%s: %+v, want %+v", code, got, want)
		}
	}
	if u := ReadUSCC("91310115MA1H8R7C6D"); u.OK() {
		t.Errorf("a known wrong code passes: %+v", u)
	}
}

func TestUnknownAuthorityAndRegionAreToldApartFromAWrongDigit(t *testing.T) {
	t.Parallel()
	complete := func(body string) string { return body + string(usccCheck(body)) }
	if u := ReadUSCC(complete("B1310115MA1K3BTP2")); u.Status != Authority || u.At != 0 {
		t.Errorf("authority: %+v", u.Reading)
	}
	if u := ReadUSCC(complete("91990115MA1K3BTP2")); u.Status != Region || u.At != 2 || u.Got != "99" {
		t.Errorf("region: %+v", u.Reading)
	}
	if u := ReadUSCC(complete("91310115MA1K3BTP3")); u.Status != Organisation || u.Want != "2" {
		t.Errorf("organisation: %+v", u.Reading)
	}
	for _, authority := range "ANY" {
		if u := ReadUSCC(complete(string(authority) + "1310115MA1K3BTP2")); !u.OK() {
			t.Errorf("authority %c: %+v", authority, u.Reading)
		}
	}
}

func aSoundCode(t *rapid.T) string {
	body := rapid.SampledFrom([]string{"91", "92", "12", "52", "N2"}).Draw(t, "kind") +
		rapid.SampledFrom([]string{"110000", "310115", "440300", "650102"}).Draw(t, "division")
	organisation := rapid.StringOfN(rapid.RuneFrom([]rune(usccAlphabet)), 8, 8, -1).Draw(t, "organisation")
	body += organisation + string(organisationCheck(organisation))
	return body + string(usccCheck(body))
}

// 31 is a prime and no weight is a multiple of it, so one changed character or
// two neighbours in the wrong order always move the sum.
func TestOneWrongCharacterOfACodeIsAlwaysCaught(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		code := aSoundCode(t)
		if u := ReadUSCC(code); !u.OK() {
			t.Fatalf("made %s: %+v", code, u.Reading)
		}
		at := rapid.IntRange(0, 17).Draw(t, "at")
		c := rapid.SampledFrom([]byte(usccAlphabet)).Draw(t, "character")
		changed := code[:at] + string(c) + code[at+1:]
		if u := ReadUSCC(changed); u.OK() != (changed == code) {
			t.Errorf("%s made %s: %+v", code, changed, u.Reading)
		}
		at = rapid.IntRange(0, 16).Draw(t, "swap")
		swapped := code[:at] + code[at+1:at+2] + code[at:at+1] + code[at+2:]
		if u := ReadUSCC(swapped); u.OK() != (swapped == code) {
			t.Errorf("%s made %s: %+v", code, swapped, u.Reading)
		}
	})
}

// GB 11714 works modulo 11 on values up to 35, so it sees a change only where
// the values differ by something else than 11 or 22; between digits, always.
func TestTheOrganisationCodeCatchesWhatItsModulusCan(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.StringMatching(`[0-9A-HJ-NPQRTUWXY]{8}`).Draw(t, "body")
		at := rapid.IntRange(0, 7).Draw(t, "at")
		c := rapid.SampledFrom([]byte(usccAlphabet)).Draw(t, "character")
		value := func(c byte) int {
			if c >= 'A' {
				return int(c-'A') + 10
			}
			return int(c - '0')
		}
		same := (value(c)-value(body[at]))%11 == 0
		changed := body[:at] + string(c) + body[at+1:]
		if (organisationCheck(changed) == organisationCheck(body)) != same {
			t.Errorf("%s made %s", body, changed)
		}
	})
}

func TestTheMistakeOfACodeIsPlacedByWhichCheckFails(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		code := aSoundCode(t)
		at := rapid.IntRange(0, 17).Draw(t, "at")
		c := rapid.SampledFrom([]byte("0123456789")).Draw(t, "digit")
		if code[at] == c || code[at] > '9' {
			return
		}
		got := ReadUSCC(code[:at] + string(c) + code[at+1:]).Status
		want := Checksum
		if at >= 8 && at <= 16 {
			want = BothChecks
		}
		if got != want {
			t.Errorf("%s with %c at %d: %s, want %s", code, c, at, got, want)
		}
	})
}

func TestMod11And10(t *testing.T) {
	t.Parallel()
	if got := mod11and10("0794"); got != '5' { // the standard's own example for MOD 11,10
		t.Errorf("0794: %c", got)
	}
	if got := mod11and10("79462"); got != '3' {
		t.Errorf("79462: %c", got)
	}
}

func TestOneWrongDigitOfAFoodNumberIsAlwaysCaught(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.StringMatching(`[12](0[1-9]|[12][0-9]|3[01])(11|31|44|65)[0-9]{8}`).Draw(t, "body")
		digits := body + string(mod11and10(body))
		if n := ReadNumber("SC"+digits, now); !n.OK() || n.Kind != FoodProduction || !n.Checked {
			t.Fatalf("made SC%s: %+v", digits, n)
		}
		at := rapid.IntRange(0, 13).Draw(t, "at")
		c := rapid.SampledFrom([]byte("0123456789")).Draw(t, "digit")
		changed := digits[:at] + string(c) + digits[at+1:]
		if n := ReadNumber("SC"+changed, now); n.OK() != (changed == digits) {
			t.Errorf("SC%s made SC%s: %+v", digits, changed, n.Reading)
		}
	})
}

func TestNumbersOfCategoryPapers(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]Number{
		"国妆特字G20191234":            {Reading: Reading{Status: Sound}, Kind: CosmeticsSpecial, Year: 2019},
		"国妆特字20220001":             {Reading: Reading{Status: Sound}, Kind: CosmeticsSpecial, Year: 2022},
		"国妆特进字J20180456":           {Reading: Reading{Status: Sound}, Kind: CosmeticsSpecial, Imported: true, Year: 2018},
		"沪G妆网备字2024012345":         {Reading: Reading{Status: Sound}, Kind: CosmeticsOrdinary, Province: "沪", Year: 2024},
		"国妆网备进字（沪）2023009876":      {Reading: Reading{Status: Sound}, Kind: CosmeticsOrdinary, Imported: true, Province: "沪", Year: 2023},
		"国食健注G20170123":            {Reading: Reading{Status: Sound}, Kind: HealthFood, Year: 2017},
		"食健备G202144000123":         {Reading: Reading{Status: Sound}, Kind: HealthFood, Province: "粤", Year: 2021},
		"国械注准20193140011":          {Reading: Reading{Status: Sound}, Kind: MedicalDevice, Year: 2019},
		"沪械注准20212140101":          {Reading: Reading{Status: Sound}, Kind: MedicalDevice, Province: "沪", Year: 2021},
		"沪G妆网备字2031012345":         {Reading: Reading{Status: Year}, Kind: CosmeticsOrdinary, Province: "沪", Year: 2031},
		"海G妆网备字2024012345":         {Reading: Reading{Status: Pattern}},
		"沪G妆网备字202401234":          {Reading: Reading{Status: Pattern}},
		"SC1063101150012":          {Reading: Reading{Status: Length}, Kind: FoodProduction},
		"":                         {Reading: Reading{Status: Empty}},
		strings.Repeat("国妆特字", 99): {Reading: Reading{Status: Pattern}},
	} {
		got := ReadNumber(s, now)
		if got.Status != want.Status || got.Kind != want.Kind || got.Imported != want.Imported ||
			got.Province != want.Province || got.Year != want.Year {
			t.Errorf("%s: %+v, want %+v", s, got, want)
		}
	}
}

func TestAFoodNumberOfNoClassOrProvinceSaysSo(t *testing.T) {
	t.Parallel()
	complete := func(body string) string { return "SC" + body + string(mod11and10(body)) }
	if n := ReadNumber(complete("1323101150012"), now); n.Status != Class || n.Got != "132" {
		t.Errorf("class 32: %+v", n)
	}
	if n := ReadNumber(complete("1069901150012"), now); n.Status != Region || n.Got != "99" || n.At != 5 {
		t.Errorf("province 99: %+v", n)
	}
	if n := ReadNumber("JY13101150012345", now); !n.OK() || n.Kind != FoodTrade || n.Checked || n.Province != "沪" {
		t.Errorf("trade: %+v", n)
	}
}
