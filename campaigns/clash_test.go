package campaigns

import (
	"maps"
	"testing"

	"pgregory.net/rapid"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
)

func post(campaign, brand, kol string, from, to moderation.Date) Item {
	return Item{Campaign: campaign, Line: campaign + kol + string(from), Brand: brand, Trade: "fashion", Kind: KOLLine, KOL: kol, From: from, To: to, State: Running}
}

// booked is a post for a brand that is not to be known.
func booked(kol, trade string, day moderation.Date) Item {
	return Item{Kind: KOLLine, KOL: kol, Trade: trade, From: day, To: day, Fixed: true}
}

func TestABookedPostIsToldByItsTradeAndDay(t *testing.T) {
	t.Parallel()
	for _, items := range [][]Item{
		{post("c1", "初岚", "k1", "2026-12-01", "2026-12-01"), booked("k1", "fashion", "2026-12-11")},
		{booked("k1", "fashion", "2026-12-11"), post("c1", "初岚", "k1", "2026-12-21", "2026-12-21")},
	} {
		all := Clashes(items, map[string]KOL{"k1": {Daily: Engagement{Notes: 1}}}, 0)
		args := map[string]string{"brand": "初岚", "category": "fashion", "day": "2026-12-11", "days": "10", "least": "14"}
		if len(all) != 2 || all[0].Rule != "clash.booked" && all[1].Rule != "clash.booked" {
			t.Fatalf("clashes %+v", all)
		}
		for _, c := range all {
			if c.Rule == "clash.booked" && !maps.Equal(c.Args, args) {
				t.Errorf("args %v", c.Args)
			}
			if c.Rule == "clash.paid_share" && (c.A.Campaign == "" || c.B.Campaign == "" || c.Args["planned"] != "1") {
				t.Errorf("another brand's post is among what is planned: %+v", c)
			}
		}
	}
}

func counted(all []Clash) map[string]int {
	m := map[string]int{}
	for _, c := range all {
		m[c.Rule]++
	}
	return m
}

func TestClashesAreWhatGetsInEachOthersWay(t *testing.T) {
	t.Parallel()
	a := post("c1", "初岚", "k1", "2026-12-01", "2026-12-10")
	for name, c := range map[string]struct {
		items []Item
		want  string
	}{
		"rivals 13 days apart":    {[]Item{a, post("c2", "山野", "k1", "2026-12-23", "2026-12-23")}, "clash.rival"},
		"rivals 14 days apart":    {[]Item{a, post("c2", "山野", "k1", "2026-12-24", "2026-12-24")}, ""},
		"rivals of other KOLs":    {[]Item{a, post("c2", "山野", "k2", "2026-12-02", "2026-12-02")}, ""},
		"the same brand":          {[]Item{a, post("c2", "初岚", "k1", "2026-12-12", "2026-12-12")}, ""},
		"another trade":           {[]Item{a, func() Item { i := post("c2", "山野", "k1", "2026-12-12", "2026-12-12"); i.Trade = "tea"; return i }()}, ""},
		"a trade nobody knows":    {[]Item{a, func() Item { i := post("c2", "山野", "k1", "2026-12-12", "2026-12-12"); i.Trade = ""; return i }()}, "clash.rival"},
		"a rival that called off": {[]Item{a, func() Item { i := post("c2", "山野", "k1", "2026-12-12", "2026-12-12"); i.State = Closed; return i }()}, ""},
		"a rival that was posted": {[]Item{a, func() Item {
			i := post("c2", "山野", "k1", "2026-12-12", "2026-12-12")
			i.State, i.Fixed = Closed, true
			return i
		}()}, "clash.rival"},
		"a booked post of the trade":         {[]Item{a, booked("k1", "fashion", "2026-12-12")}, "clash.booked"},
		"a booked post before":               {[]Item{a, booked("k1", "fashion", "2026-11-20")}, "clash.booked"},
		"a booked post of a trade unknown":   {[]Item{a, booked("k1", "", "2026-12-12")}, "clash.booked"},
		"a booked post of another trade":     {[]Item{a, booked("k1", "tea", "2026-12-12")}, ""},
		"a booked post long after":           {[]Item{a, booked("k1", "fashion", "2026-12-24")}, ""},
		"booked posts of a KOL nobody plans": {[]Item{booked("k1", "fashion", "2026-12-12"), booked("k1", "tea", "2026-12-12")}, ""},
		"two posts on one day":               {[]Item{post("c1", "初岚", "k1", "2026-12-01", "2026-12-01"), post("c2", "初岚", "k1", "2026-12-01", "2026-12-01")}, "clash.same_day"},
		"a line and its own contract": {[]Item{post("c1", "初岚", "k1", "2026-12-01", "2026-12-01"), func() Item {
			i := post("c1", "初岚", "k1", "2026-12-01", "2026-12-01")
			i.Contract, i.Deliverable = "x", "d1"
			return i
		}()}, ""},
		"coupons at once": {[]Item{
			{Campaign: "c1", Line: "a", Brand: "初岚", Coupon: "SUN", From: "2026-12-01", To: "2026-12-10"},
			{Campaign: "c2", Line: "b", Brand: "初岚", Coupon: "SNOW", From: "2026-12-10", To: "2026-12-12"}}, "clash.coupon"},
		"coupons one after the other": {[]Item{
			{Campaign: "c1", Line: "a", Brand: "初岚", Coupon: "SUN", From: "2026-12-01", To: "2026-12-09"},
			{Campaign: "c2", Line: "b", Brand: "初岚", Coupon: "SNOW", From: "2026-12-10", To: "2026-12-12"}}, ""},
		"coupons of two brands": {[]Item{
			{Campaign: "c1", Line: "a", Brand: "初岚", Coupon: "SUN", From: "2026-12-01", To: "2026-12-10"},
			{Campaign: "c2", Line: "b", Brand: "山野", Coupon: "SNOW", From: "2026-12-01", To: "2026-12-12"}}, ""},
		"nothing": {nil, ""},
	} {
		got := counted(Clashes(c.items, nil, 0))
		if c.want == "" && len(got) > 0 || c.want != "" && (got[c.want] != 1 || len(got) != 1) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestOneNoteInFiveMayBePaid(t *testing.T) {
	t.Parallel()
	k := KOL{ID: "k1", Daily: Engagement{Notes: 16}, Paid: Engagement{Notes: 2}}
	var items []Item
	for i, want := range []int{0, 0, 1, 1} { // 2, 3, 4 and 5 of 18, 19, 20 and 21
		got := counted(Clashes(items, map[string]KOL{"k1": k}, 0))["clash.paid_share"]
		if i > 0 && got != []int{0, 0, 0, 1}[i] {
			t.Errorf("%d posts planned: %d, %d", i, got, want)
		}
		items = append(items, post("c1", "初岚", "k1", moderation.Date("2026-12-0"+string(rune('1'+i))), "2026-12-09"))
	}
}

// Whom a clash names doesn't hang on the order in which items come.
func TestClashesDoNotHangOnTheOrderOfItems(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var items []Item
		for i := range rapid.IntRange(0, 8).Draw(t, "items") {
			day := moderation.Date("2026-12-" + []string{"01", "05", "09", "20", "28"}[rapid.IntRange(0, 4).Draw(t, "day")])
			item := post("c"+string(rune('0'+i)), rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "brand"), rapid.SampledFrom([]string{"k1", "k2"}).Draw(t, "kol"), day, day)
			item.Coupon = rapid.SampledFrom([]string{"", "X", "Y"}).Draw(t, "coupon")
			items = append(items, item)
		}
		want := counted(Clashes(items, nil, 0))
		got := counted(Clashes(rapid.Permutation(items).Draw(t, "order"), nil, 0))
		for _, rule := range []string{"clash.rival", "clash.coupon", "clash.same_day"} {
			if want[rule] != got[rule] {
				t.Fatalf("%s: %d and %d", rule, want[rule], got[rule])
			}
		}
	})
}

func TestAnItemIsMovedWithinItsWindowOnly(t *testing.T) {
	t.Parallel()
	i := Item{Title: "小满", From: "2026-12-05", To: "2026-12-07", Earliest: "2026-12-01", Latest: "2026-12-10"}
	for to, code := range map[moderation.Date]fault.Code{
		"2026-12-01": "", "2026-12-08": "", "2026-12-09": fault.OutsideWindow, "2026-11-30": fault.OutsideWindow, "": fault.FieldValue, "soon": fault.FieldValue,
	} {
		got, err := Moved(i, to)
		if fault.CodeOf(err) != code {
			t.Errorf("%s: %v", to, err)
		}
		if code == "" && (got.From != to || Days(got.From, got.To) != 3) {
			t.Errorf("%s: %s to %s", to, got.From, got.To)
		}
		if code != "" && got != i {
			t.Errorf("%s was refused and moved all the same", to)
		}
	}
	i.Fixed = true
	if _, err := Moved(i, "2026-12-02"); fault.CodeOf(err) != fault.NotMovable {
		t.Error(err)
	}
}

func TestHolidaysAreInOrderAndHaveTheirSource(t *testing.T) {
	t.Parallel()
	years := map[string]int{}
	last := moderation.Date("")
	for _, h := range Holidays() {
		if !day(h.From) || !day(h.To) || h.To < h.From || h.Source == "" || h.From < last || Days(h.From, h.To) > 45 {
			t.Errorf("%+v", h)
		}
		last = h.From
		years[string(h.From[:4])]++
	}
	if years["2026"] < 15 || years["2027"] < 15 {
		t.Error(years)
	}
}
