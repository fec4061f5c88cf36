package assets

import (
	"strings"
	"testing"

	"cinnabar/internal/fault"
)

func TestTheStudioKnowsEverySlotOfTheCommand(t *testing.T) {
	t.Parallel()
	for _, id := range strings.Split("feed-3x4,feed-1x1,feed-4x3,album-square,shop-main,avatar,gift-card,banner,meta-9x16,tiktok-9x16,pinterest-2x3", ",") {
		s, ok := SlotByID(SlotID(id))
		if !ok || s.ID != SlotID(id) {
			t.Errorf("%s: %+v %v", id, s, ok)
		}
	}
	if _, ok := SlotByID("feed-5x7"); ok {
		t.Error("a slot that nobody wrote down")
	}
}

// The figures of the id and those of the slot say the same.
func TestASlotsNameSaysItsRatio(t *testing.T) {
	t.Parallel()
	for id, ratio := range map[SlotID][2]int{
		"feed-3x4": {3, 4}, "feed-1x1": {1, 1}, "feed-4x3": {4, 3}, "album-square": {1, 1}, "shop-main": {3, 4}, "avatar": {1, 1},
		"meta-9x16": {9, 16}, "tiktok-9x16": {9, 16}, "video-cover-9x16": {9, 16}, "pinterest-2x3": {2, 3}, "meta-4x5": {4, 5}, "banner": {3, 1}, "gift-card": {16, 10},
	} {
		if s, _ := SlotByID(id); s.Width*ratio[1] != s.Height*ratio[0] || s.Width == 0 {
			t.Errorf("%s is %d × %d", id, s.Width, s.Height)
		}
	}
	avatar, _ := SlotByID("avatar")
	if !avatar.Round || avatar.AsksFor(Label) || !avatar.AsksFor(Face) {
		t.Errorf("%+v", avatar)
	}
	story, _ := SlotByID("meta-9x16")
	if story.Safe != (Edges{Top: 269, Bottom: 672, Left: 65, Right: 65}) || !story.AsksFor(Label) {
		t.Errorf("%+v", story)
	}
}

func TestSlotsBelongToWhoeverAsked(t *testing.T) {
	t.Parallel()
	first := Slots()
	for i := range first {
		first[i].ID = "x"
		for j := range first[i].Asks {
			first[i].Asks[j] = "x"
		}
	}
	for _, s := range Slots() {
		if err := s.Validate(); err != nil || s.ID == "x" {
			t.Errorf("%+v: %v", s, err)
		}
	}
}

func soundSlot() Slot {
	return Slot{ID: "own-2x1", Platform: "red", Name: Name{EN: "Own", ZH: "自有"}, Width: 200, Height: 100, Source: "a letter", Read: "2026-11-22"}
}

func TestAnUnsoundSlotIsRefusedByItsField(t *testing.T) {
	t.Parallel()
	if err := soundSlot().Validate(); err != nil {
		t.Fatal(err)
	}
	for field, change := range map[string][]func(*Slot){
		"id":          {func(s *Slot) { s.ID = "" }, func(s *Slot) { s.ID = "Own" }, func(s *Slot) { s.ID = "a,b" }, func(s *Slot) { s.ID = "../a" }, func(s *Slot) { s.ID = "-a" }, func(s *Slot) { s.ID = SlotID(strings.Repeat("a", 41)) }},
		"platform":    {func(s *Slot) { s.Platform = " " }},
		"name.en":     {func(s *Slot) { s.Name.EN = "" }, func(s *Slot) { s.Name.EN = "a\nb" }},
		"name.zh":     {func(s *Slot) { s.Name.ZH = "" }, func(s *Slot) { s.Name.ZH = strings.Repeat("图", 61) }},
		"source":      {func(s *Slot) { s.Source = "" }},
		"read":        {func(s *Slot) { s.Read = "" }, func(s *Slot) { s.Read = "22.11.26" }, func(s *Slot) { s.Read = "2026-13-01" }, func(s *Slot) { s.Read = "0026-11-22" }},
		"width":       {func(s *Slot) { s.Width = 0 }, func(s *Slot) { s.Width = 15 }, func(s *Slot) { s.Width = 1 << 40 }},
		"height":      {func(s *Slot) { s.Height = -1 }, func(s *Slot) { s.Width, s.Height = 1000, 99 }, func(s *Slot) { s.Width, s.Height = 99, 1000 }},
		"safe.top":    {func(s *Slot) { s.Safe.Top = -1 }, func(s *Slot) { s.Safe.Top = 100 }},
		"safe.bottom": {func(s *Slot) { s.Safe = Edges{Top: 50, Bottom: 50} }},
		"safe.left":   {func(s *Slot) { s.Safe.Left = 200 }},
		"safe.right":  {func(s *Slot) { s.Safe = Edges{Left: 150, Right: 50} }, func(s *Slot) { s.Safe.Right = -3 }},
		"max_bytes":   {func(s *Slot) { s.MaxBytes = -1 }},
		"asks":        {func(s *Slot) { s.Asks = []RegionKind{"hat"} }, func(s *Slot) { s.Asks = []RegionKind{Face, Face} }},
	} {
		for i, c := range change {
			s := soundSlot()
			c(&s)
			err := s.Validate()
			if f := fault.Of(err); err == nil || f.Args["field"] != field || f.Code != fault.FieldValue && f.Code != fault.FieldMissing {
				t.Errorf("%s %d: %v", field, i, err)
			}
		}
	}
	s := soundSlot()
	s.Safe = Edges{Top: 49, Bottom: 50, Left: 99, Right: 100}
	if err := s.Validate(); err != nil {
		t.Errorf("one pixel in each direction is left: %v", err)
	}
}

func TestAFileOfSlotsIsReadStrictly(t *testing.T) {
	t.Parallel()
	const one = `{"id":"a","platform":"red","name":{"en":"A","zh":"甲"},"width":30,"height":40,"source":"s","read":"2026-11-22"}`
	if slots, err := ReadSlots(strings.NewReader("[" + one + "]\n")); err != nil || len(slots) != 1 || slots[0].Height != 40 {
		t.Fatalf("%+v %v", slots, err)
	}
	for text, code := range map[string]fault.Code{
		"[" + one + "," + one + "]": fault.FieldTwice,
		"[" + one + "] []":          fault.RowSyntax,
		"[" + strings.Replace(one, `"width"`, `"saef":{"top":9},"width"`, 1) + "]":  fault.RowSyntax,
		"[" + strings.Replace(one, `"source":"s",`, ``, 1) + "]":                    fault.FieldMissing,
		"[" + strings.Replace(one, `"read":"2026-11-22"`, `"read":"soon"`, 1) + "]": fault.FieldValue,
		"[" + strings.Replace(one, `"width":30`, `"width":30.5`, 1) + "]":           fault.RowSyntax,
		"[" + strings.Replace(one, `"height":40`, `"height":40,"round":1`, 1) + "]": fault.RowSyntax,
		`{"slots":[]}`: fault.RowSyntax,
		``:             fault.RowSyntax,
	} {
		if _, err := ReadSlots(strings.NewReader(text)); fault.CodeOf(err) != code {
			t.Errorf("%s: %v, want %s", text, err, code)
		}
	}
}

func TestAKindIsReadOutOfANameAsPeopleGiveThem(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]RegionKind{"label": Label, "Label": Label, "label-2": Label, "face 3": Face, "logo_1": Logo, "headline": Headline,
		"text2": Text, "广告标识": Label, "人脸 2": Face, "瓶身": Subject, "subject": Subject, "bottle": Subject, "labels": Subject, "": Subject, "2": Subject} {
		if got := KindOf(name); got != want {
			t.Errorf("%q is %s, want %s", name, got, want)
		}
	}
}
