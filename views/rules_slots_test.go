package views

import (
	"context"
	"slices"
	"testing"

	"cinnabar/assets"
	"cinnabar/internal/fault"
	"cinnabar/internal/people"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// slotBook keeps slots as the database does.
type slotBook struct {
	*ruleBook
	kept []assets.KeptSlot
}

func (b *slotBook) All(context.Context) ([]assets.KeptSlot, error) {
	if b.down {
		return nil, b.offline()
	}
	return slices.Clone(b.kept), nil
}

func (b *slotBook) Save(_ context.Context, request string, version int, slot assets.Slot, retired bool) (assets.KeptSlot, error) {
	b.requests = append(b.requests, request)
	i := slices.IndexFunc(b.kept, func(k assets.KeptSlot) bool { return k.ID == slot.ID })
	if i >= 0 && b.kept[i].Version != version {
		return assets.KeptSlot{}, fault.New(fault.RuleChanged, "what", "slot", "id", string(slot.ID))
	}
	k := assets.KeptSlot{Slot: slot, Retired: retired, Version: version + 1, By: b.me.Login, At: b.now}
	if i < 0 {
		b.kept = append(b.kept, k)
		return k, nil
	}
	k.Shipped = b.kept[i].Shipped
	b.kept[i] = k
	return k, nil
}

func slotsOf(t *testing.T, l words.Language) (*Rules, *slotBook) {
	t.Helper()
	rules := &ruleBook{platform: newPlatform(t)}
	rules.me = people.Person{Login: "lead1", Name: "lead1", Role: people.Lead, Active: true}
	b := &slotBook{ruleBook: rules}
	for _, s := range assets.Slots() {
		b.kept = append(b.kept, assets.KeptSlot{Slot: s, Shipped: true})
	}
	return NewRules(RulesConfig{Loop: b, Book: words.For(l).In(shanghaiTime()), Me: b.me, Policies: rules, Routing: routing{rules}, Slots: b, Notify: b, Go: b.Go}), b
}

func TestALeadWritesASlotWithItsSourceAndRetiresAnother(t *testing.T) {
	r, b := slotsOf(t, words.EN)
	win := b.window(r, 1440-look.RailWidth, 900-look.TitleHeight)
	b.press(win, "2")
	if r.tab != slotsTab || !says(r.Content(), "Square 1:1") || !says(r.Content(), "1080 × 1440 px, 3:4") {
		t.Fatalf("on %s", r.tab)
	}
	if r.chosen != (ruleRef{slotRule, "feed-3x4"}) {
		t.Errorf("chosen %+v", r.chosen)
	}
	// Without a number, and then without a source, nothing is sent.
	enter(t, r.Content(), "Height", "tall")
	r.Commit()
	b.settle()
	enter(t, r.Content(), "Height", "1500")
	enter(t, r.Content(), "Source", " ")
	r.Commit()
	b.settle()
	if len(b.requests) > 0 || !says(r.Content(), "Source") {
		t.Fatalf("sent: %v", b.requests)
	}
	enter(t, r.Content(), "Source", "The platform's page, read again")
	r.Commit()
	b.settle()
	if k := b.kept[0]; k.Height != 1500 || k.Version != 1 || !k.Shipped || !says(r.Content(), "changed here") {
		t.Errorf("kept %+v", k)
	}

	b.press(win, "j")
	button(t, r.Content(), "Check it no more").Press()
	b.settle()
	if k := b.kept[1]; !k.Retired || k.Version != 1 {
		t.Errorf("retired %+v", k)
	}

	// One that somebody else changed is not written over.
	b.kept[0].Version = 5
	b.press(win, "k")
	enter(t, r.Content(), "Height", "1400")
	r.Commit()
	b.settle()
	if b.kept[0].Height != 1500 || !says(r.Content(), r.book.T("rules.changed")) {
		t.Errorf("written over, or nobody says so: %+v", b.kept[0].Slot)
	}
}

func TestWhoIsNoLeadReadsTheSlots(t *testing.T) {
	r, b := slotsOf(t, words.ZH)
	b.me = people.Person{Login: "auditor1", Name: "auditor1", Role: people.Auditor, Active: true}
	r.cfg.Me = b.me
	win := b.window(r, 1440-look.RailWidth, 900-look.TitleHeight)
	b.press(win, "2")
	if !says(r.Content(), "方图 1:1") || !says(r.Content(), "出处") && !says(r.Content(), "来源") {
		t.Error("the slots are not shown")
	}
	r.Commit()
	b.settle()
	if len(b.requests) > 0 {
		t.Error("an auditor saved")
	}
}

func TestARatioIsSaidInSmallNumbers(t *testing.T) {
	for size, want := range map[[2]int]string{{1080, 1440}: "3:4", {1242, 1660}: "≈ 3:4", {1280, 800}: "8:5", {1001, 83}: "≈ 12:1", {0, 0}: ""} {
		if got := ratioOf(size[0], size[1]); got != want {
			t.Errorf("%v: %q, want %q", size, got, want)
		}
	}
}
