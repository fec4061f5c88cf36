package views

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"

	"cinnabar/campaigns"
	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// keyed types keys to whatever has the focus; "Tab" goes on to the next.
func keyed(t *testing.T, win fyne.Window, keys ...string) {
	t.Helper()
	for _, k := range keys {
		c := win.Canvas()
		if k == "Tab" {
			c.FocusNext()
			continue
		}
		f := c.Focused()
		if f == nil {
			t.Fatalf("nothing has the focus to take %q", k)
		}
		if len(k) == 1 {
			f.TypedRune(rune(k[0]))
		} else {
			f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyName(k)})
		}
	}
}

func TestAQuotaIsChosenByKeysAlone(t *testing.T) {
	themed(t, look.Light)
	m := newMarket(t, false)
	_, p, win := planWindow(t, m)
	m.press(win, "W")
	win.Canvas().Focus(button(t, p.side, "Add a quota"))
	keyed(t, win, "Return")
	if _, is := win.Canvas().Focused().(*kit.Select); !is {
		t.Fatalf("after adding, %T has the focus", win.Canvas().Focused())
	}
	keyed(t, win, "Down") // a tier
	if f := win.Canvas().Focused().(*kit.Select); f.Chosen() != "" {
		t.Fatal("the focus does not go on to which tier")
	}
	keyed(t, win, "Down", "Down") // the second: micro
	micro := 0
	for _, k := range p.known.Pool {
		if campaigns.TierOf(k.Followers) == "micro" {
			micro++
		}
	}
	if !says(p.side, fmt.Sprint("KOLs that fit: ", micro)) || micro == 0 {
		t.Fatal("nobody says how many micro KOLs there are")
	}
	keyed(t, win, "Tab", "5", "Tab", "2")
	if !says(p.side, "At least 5 and at most 2 cannot both be kept") {
		t.Fatal("a quota upside down is taken without a word")
	}
	m.commit()
	if p.panel == nil || p.dirty() {
		t.Fatal("a quota that can't be kept becomes part of the plan")
	}
	keyed(t, win, "BackSpace", "7")
	if says(p.side, "cannot both be kept") {
		t.Fatal("the sentence stays after the mistake")
	}
	m.commit()
	m.settle()
	if q := p.now.Wish.Quotas; p.panel != nil || len(q) != 1 || q[0] != (campaigns.Quota{Tag: "tier:micro", Least: 5, Most: 7}) {
		t.Fatalf("wished %+v", q)
	}
}

func TestAQuotaSaysAtOnceWhyItCannotBeKept(t *testing.T) {
	themed(t, look.Light)
	m := newMarket(t, false)
	_, p, _ := planWindow(t, m)
	wish := func(quotas []campaigns.Quota) error {
		c := whole(p.now)
		c.Wish.Quotas = quotas
		return campaigns.Validate(c)
	}
	shown := func(rows ...*quotaRow) fyne.CanvasObject {
		f := &form{b: p.s.book}
		f.quotas(&quotaForm{rows: &rows, pool: p.known.Pool, wrong: wish})
		return f.objects[0]
	}
	for _, c := range []struct {
		says string
		rows []*quotaRow
	}{
		{"Choose what is counted", []*quotaRow{{}}},
		{"Give a least, a most, or both", []*quotaRow{{family: "tier", of: "micro"}}},
		{"“many” is no whole number", []*quotaRow{{family: "tier", of: "micro", least: "many"}}},
		{"“-3” is no whole number", []*quotaRow{{family: "tier", of: "micro", most: "-3"}}},
		{"At most begins with 1", []*quotaRow{{family: "format", of: "video", most: "0"}}},
		{"is asked for twice", []*quotaRow{{family: "format", of: "video", least: "1"}, {family: "format", of: "video", most: "4"}}},
		{"So many cannot be chosen", []*quotaRow{{family: "category", of: "beauty", least: "400"}}},
	} {
		if o := shown(c.rows...); !says(o, c.says) {
			t.Errorf("%+v: nothing says %q", *c.rows[0], c.says)
		}
	}
	// Each makes sense, and all of them together exclude one another.
	var rows []*quotaRow
	var quotas []campaigns.Quota
	for _, tier := range campaigns.Tiers() {
		rows = append(rows, &quotaRow{family: "tier", of: tier.Code, most: "1"})
		quotas = append(quotas, campaigns.Quota{Tag: "tier:" + tier.Code, Most: 1})
	}
	rows = append(rows, &quotaRow{family: "category", of: "beauty", least: "6"})
	err := wish(append(quotas, campaigns.Quota{Tag: "category:beauty", Least: 6}))
	if what, _ := p.s.book.Error(err); err == nil || !says(shown(rows...), what) {
		t.Errorf("quotas that exclude one another (%v) are taken without a word", err)
	}
}
