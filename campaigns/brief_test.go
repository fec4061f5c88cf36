package campaigns

import (
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestEachJurisdictionHasItsWordingAndSource(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, d := range Disclosures() {
		if d.Wording == "" || d.Source == "" || d.Title["en"] == "" || d.Title["zh"] == "" || d.Where != "start" || seen[d.Code] {
			t.Errorf("%+v", d)
		}
		seen[d.Code] = true
	}
	for _, code := range []string{"CN", "TW", "HK", "US", "EU", "UK", "JP", "KR"} {
		if !seen[code] {
			t.Errorf("nothing on %s", code)
		}
	}
	for region, want := range map[string]string{"": "CN", "CN": "CN", "FR": "EU", "NO": "EU", "GB": "UK", "JP": "JP", "BR": "CN"} {
		if got := DisclosureOf(region).Code; got != want {
			t.Errorf("%s goes by %s", region, got)
		}
	}
}

func TestABriefAlwaysAsksForTheLabel(t *testing.T) {
	t.Parallel()
	c := whole()
	b := BriefFor(c, c.Scenarios[0].Lines[0])
	if b.Jurisdiction != "CN" || b.Disclosure != "广告" || !slices.Contains(b.MustSay, "广告") || b.Product == "" || len(b.MustNot) == 0 {
		t.Errorf("%+v", b)
	}
	abroad := b.Under("GB")
	if abroad.Disclosure != "Ad" || !slices.Contains(abroad.MustSay, "Ad") || slices.Contains(abroad.MustSay, "广告") || !slices.Contains(b.MustSay, "广告") {
		t.Errorf("%+v, and before %+v", abroad, b)
	}
	if slices.Equal(abroad.MustNot, b.MustNot) || !slices.Equal(abroad.Under("HK").MustNot, b.MustNot) {
		t.Errorf("what may not be said is %v abroad and %v at home", abroad.MustNot, abroad.Under("HK").MustNot)
	}
	own := b
	own.MustNot = []string{"竞品名称"}
	if got := own.Under("US").MustNot; !slices.Equal(got, own.MustNot) {
		t.Errorf("what somebody wrote became %v", got)
	}
	if g := BriefFor(c, c.Scenarios[0].Lines[1]); !slices.Contains(g.Creative, artwork) {
		t.Errorf("%+v", g)
	}
}

func TestATrackedLinkKeepsWhatItLeadsTo(t *testing.T) {
	t.Parallel()
	c := Campaign{ID: "0193-a b"}
	link, code := Track("https://shop.example/p/1?sku=7&utm_source=old#top", c, "con", "d1")
	u, err := url.Parse(link)
	if err != nil || u.Host != "shop.example" || u.Path != "/p/1" || u.Fragment != "top" {
		t.Fatal(link, err)
	}
	q := u.Query()
	if q.Get("sku") != "7" || q.Get("utm_source") != "kol" || len(q["utm_source"]) != 1 || q.Get("utm_medium") != "post" || q.Get("utm_campaign") != c.ID || q.Get("utm_content") != code {
		t.Error(link)
	}
	if again, same := Track("https://shop.example/p/1?sku=7&utm_source=old#top", c, "con", "d1"); again != link || same != code {
		t.Error("asked twice, answered twice")
	}
	for _, base := range []string{"", "shop.example", "javascript:alert(1)", "ftp://a/b", "https://", "http://[::1", " "} {
		if link, code := Track(base, c, "con", "d1"); link != "" || code == "" {
			t.Errorf("%q became %q", base, link)
		}
	}
	if CheckBase("shop.example") == nil || CheckBase("") != nil || CheckBase("https://a.example") != nil {
		t.Error("a base that is none passed, or the other way round")
	}
}

func TestCodesAreReadWithoutDoubtAndDiffer(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for i := range 20_000 {
		_, code := Track("", Campaign{ID: "c"}, "con"+strconv.Itoa(i/10), "d"+strconv.Itoa(i%10))
		if len(code) != codeLength || strings.ContainsAny(code, "0O1IL2Z5S8BUV") || strings.ToUpper(code) != code {
			t.Fatalf("%q", code)
		}
		if other, twice := seen[code]; twice {
			t.Fatalf("%s and %d share %s", other, i, code)
		}
		seen[code] = strconv.Itoa(i)
	}
	// Ids may hold anything, also what parts them.
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.StringMatching("[ab/]{1,3}").Draw(t, "a"), rapid.StringMatching("[ab/]{1,3}").Draw(t, "b")
		_, x := Track("", Campaign{ID: "c"}, a, b)
		_, y := Track("", Campaign{ID: "c" + a}, b, "")
		if x == y {
			t.Fatalf("%q and %q share %s", a, b, x)
		}
	})
}

// The documentation has every rule and wording with its source, as the data has it.
func TestTheDocumentationHasEveryRuleAndItsSource(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/campaigns.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range Rules() {
		if !strings.Contains(string(text), "| `"+r.Check+"` |") || !strings.Contains(string(text), "| "+r.Source+" |") {
			t.Errorf("docs/campaigns.md does not have %s as the data has it", r.Check)
		}
	}
	for _, d := range Disclosures() {
		if !strings.Contains(string(text), "| "+d.Wording+" | "+d.Source+" |") {
			t.Errorf("docs/campaigns.md does not have the wording of %s as the data has it", d.Code)
		}
	}
}
