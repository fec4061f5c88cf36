package assets

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// drawn is the creative of a drawing board: 2160 × 2880, a label that can be read, and a
// subject.
func drawn(regions ...Region) Creative {
	c := Creative{Width: 2160, Height: 2880, Regions: regions, Measured: map[string]Measured{}}
	for _, r := range regions {
		c.Measured[r.Name] = Measured{Contrast: 9.1, Sharpness: 900}
	}
	return c
}

func confirmed(k RegionKind, b Box) Region {
	return Region{Name: string(k), Kind: k, Box: b, Confirmed: true}
}

func onlyFound(k RegionKind, b Box) Region { return Region{Name: string(k), Kind: k, Box: b} }

func slot(t *testing.T, id SlotID) Slot {
	t.Helper()
	s, ok := SlotByID(id)
	if !ok {
		t.Fatal(id)
	}
	return s
}

// codes of findings that are not plainly good.
func bad(c Check) []string {
	out := []string{}
	for _, f := range c.Findings {
		if f.Verdict != OK || f.Warns {
			out = append(out, f.Code)
		}
	}
	return out
}

func TestAVerdictSaysWhatBecameOfARegion(t *testing.T) {
	t.Parallel()
	face := Box{1000, 1000, 400, 400}
	for name, c := range map[string]struct {
		creative Creative
		slot     SlotID
		at       Box
		verdict  Verdict
		bad      []string
		kept     float64
	}{
		"whole":                   {drawn(confirmed(Label, Box{100, 100, 690, 214})), "feed-3x4", Box{}, OK, nil, 1},
		"above the cut":           {drawn(confirmed(Label, Box{100, 100, 690, 214})), "feed-1x1", Box{}, Lost, []string{RegionGone}, 0},
		"cut by 22 %":             {drawn(confirmed(Label, Box{100, 316, 690, 200})), "feed-1x1", Box{}, Lost, []string{RegionCut}, .78},
		"98 % are enough":         {drawn(confirmed(Label, Box{100, 358, 690, 100})), "feed-1x1", Box{}, OK, nil, .98},
		"97 % are not":            {drawn(confirmed(Label, Box{100, 357, 690, 100})), "feed-1x1", Box{}, Lost, []string{RegionCut}, .97},
		"a subject may lose 5 %":  {drawn(confirmed(Subject, Box{100, 355, 690, 100})), "feed-1x1", Box{}, OK, nil, .95},
		"and not 6 %":             {drawn(confirmed(Subject, Box{100, 354, 690, 100})), "feed-1x1", Box{}, Lost, []string{RegionCut}, .94},
		"a crop of one's own":     {drawn(confirmed(Label, Box{100, 100, 690, 214})), "feed-1x1", Box{0, 96, 2160, 2160}, OK, nil, 1},
		"cut once more":           {drawn(confirmed(Label, Box{100, 100, 690, 214})), "feed-1x1", Box{0, 0, 2160, 2880}, Lost, []string{RegionGone}, 0},
		"a crop of another":       {drawn(confirmed(Label, Box{100, 100, 690, 214})), "feed-1x1", Box{0, 800, 2160, 2160}, CannotTell, []string{CropOutside}, 0},
		"a region of another":     {drawn(confirmed(Label, Box{100, 2800, 690, 160})), "feed-3x4", Box{}, CannotTell, []string{RegionOutside}, .5},
		"far from any picture":    {drawn(confirmed(Label, Box{1 << 60, -1 << 60, 1 << 60, 1 << 60})), "feed-3x4", Box{}, CannotTell, []string{RegionOutside}, 0},
		"nothing asked":           {drawn(confirmed(Label, Box{900, 1400, 300, 100})), "avatar", Box{}, CannotTell, []string{NothingAsked}, 1},
		"nothing at all":          {drawn(), "feed-3x4", Box{}, CannotTell, []string{NothingAsked}, -1},
		"only found, and kept":    {drawn(onlyFound(Face, face)), "feed-3x4", Box{}, CannotTell, []string{OnlyFound}, 1},
		"only found, and cut":     {drawn(onlyFound(Face, Box{900, 300, 300, 300})), "feed-1x1", Box{}, CannotTell, []string{RegionCut, OnlyFound}, .8},
		"text that nobody knows":  {drawn(onlyFound(Text, Box{900, 300, 300, 300})), "feed-1x1", Box{}, CannotTell, []string{NothingAsked, TextCut}, .8},
		"a face with its margin":  {drawn(confirmed(Face, Box{1000, 380, 400, 400})), "feed-1x1", Box{}, OK, nil, 1},
		"a face near the edge":    {drawn(confirmed(Face, Box{1000, 345, 400, 400})), "feed-1x1", Box{}, Lost, []string{RegionAtEdge}, .9625},
		"outside the mask":        {drawn(confirmed(Face, Box{20, 380, 280, 280})), "avatar", Box{}, Lost, []string{RegionGone}, 0},
		"cut by the mask":         {drawn(confirmed(Face, Box{100, 500, 600, 600})), "avatar", Box{}, Lost, []string{RegionRounded}, -1},
		"under the buttons":       {drawn(confirmed(Label, Box{600, 2500, 690, 214})), "tiktok-9x16", Box{}, Lost, []string{RegionGone}, 0},
		"half under the buttons":  {drawn(confirmed(Label, Box{600, 2120, 690, 200})), "tiktok-9x16", Box{}, Lost, []string{RegionCovered}, .5},
		"clear of the safe zones": {drawn(confirmed(Label, Box{600, 1000, 690, 200})), "tiktok-9x16", Box{}, OK, nil, 1},
	} {
		check := Examine(c.creative, slot(t, c.slot), c.at)
		got := bad(check)
		if check.Verdict != c.verdict || !slices.Equal(got, append([]string{}, c.bad...)) {
			t.Errorf("%s: %s %v, want %s %v", name, check.Verdict, got, c.verdict, c.bad)
		}
		if c.kept >= 0 && check.Regions[0].Kept != c.kept {
			t.Errorf("%s: kept %v, want %v", name, check.Regions[0].Kept, c.kept)
		}
		if len(check.Regions) != len(c.creative.Regions) || check.Slot != c.slot {
			t.Errorf("%s: %+v", name, check)
		}
	}
}

func TestALabelMustBeLargeAndStandOut(t *testing.T) {
	t.Parallel()
	measured := func(contrast float64, b Box) Creative {
		c := drawn(confirmed(Label, b))
		c.Measured["label"] = Measured{Contrast: contrast}
		return c
	}
	ordinary := Box{100, 1000, 690, 200}
	for name, c := range map[string]struct {
		creative Creative
		verdict  Verdict
		first    string
	}{
		"24 px":           {measured(9, Box{100, 1000, 690, 48}), OK, RegionWhole},
		"23.5 px":         {measured(9, Box{100, 1000, 690, 47}), Lost, LabelSmall},
		"23.5 px wide":    {measured(9, Box{100, 1000, 47, 690}), Lost, LabelSmall}, // written downwards
		"4.5 to 1":        {measured(4.5, ordinary), OK, RegionWhole},
		"4.49 to 1":       {measured(4.49, ordinary), Lost, ContrastLow},
		"nothing to read": {measured(1.05, ordinary), OK, NoWriting},
		"not measured":    {measured(0, ordinary), CannotTell, ContrastUnknown},
	} {
		check := Examine(c.creative, slot(t, "feed-3x4"), Box{})
		if check.Verdict != c.verdict || check.Findings[0].Code != c.first {
			t.Errorf("%s: %s, %+v", name, check.Verdict, check.Findings[0])
		}
		if f := check.Findings[0]; f.Code == ContrastLow && f.Args["ratio"] != "4.4" || f.Code == LabelSmall && f.Args["px"] != "23.5" {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func TestAFileIsJudgedToo(t *testing.T) {
	t.Parallel()
	picture := func(w, h int) Creative {
		return Creative{Width: w, Height: h, Regions: []Region{confirmed(Subject, Box{w / 4, h / 4, w / 4, h / 4})}}
	}
	heavy, coded := picture(1200, 1600), picture(1200, 1600)
	heavy.Bytes, coded.Codes = 5<<20+1, 1
	large := Creative{Width: 2400, Height: 3200, Codes: 1, CodesAt: []Box{{2000, 2800, 300, 300}}, Regions: []Region{confirmed(Subject, Box{300, 300, 300, 300})}}
	unread := picture(1200, 1600)
	unread.Codes = -1
	blurry := picture(1200, 1600)
	blurry.Measured = map[string]Measured{"subject": {Sharpness: 40}}
	for name, c := range map[string]struct {
		creative Creative
		slot     SlotID
		at       Box
		verdict  Verdict
		bad      []string
	}{
		"as large as the slot":       {picture(1080, 1440), "feed-3x4", Box{}, OK, nil},
		"a pixel less":               {picture(1080, 1439), "feed-3x4", Box{}, OK, []string{Enlarged}},
		"half as large again":        {picture(720, 960), "feed-3x4", Box{}, OK, []string{Enlarged}},
		"more than that":             {picture(720, 959), "feed-3x4", Box{}, Lost, []string{EnlargedMuch}},
		"too heavy":                  {heavy, "shop-main", Box{}, Lost, []string{FileTooLarge}},
		"too heavy, and yet another": {heavy, "shop-main", Box{0, 0, 1200, 1600}, OK, nil},
		"with a code":                {coded, "shop-main", Box{}, Lost, []string{CodeForbidden}},
		"codes not looked for":       {unread, "shop-main", Box{}, CannotTell, []string{CodesUnknown}},
		"nor asked about":            {unread, "feed-3x4", Box{}, OK, nil},
		"with a code at its edge":    {large, "shop-main", Box{}, Lost, []string{CodeForbidden}},
		"cut clear of the code":      {large, "shop-main", Box{0, 0, 2000, 2667}, OK, nil},
		"cut through the code":       {large, "shop-main", Box{0, 200, 2001, 2668}, Lost, []string{CodeForbidden}},
		"with a code elsewhere":      {coded, "feed-3x4", Box{}, OK, nil},
		"blurred":                    {blurry, "feed-3x4", Box{}, OK, []string{Blurred}},
	} {
		check := Examine(c.creative, slot(t, c.slot), c.at)
		if got := bad(check); check.Verdict != c.verdict || !slices.Equal(got, append([]string{}, c.bad...)) {
			t.Errorf("%s: %s %v", name, check.Verdict, got)
		}
		for _, f := range check.Findings {
			if name == "a pixel less" && f.Code == Enlarged && (f.Args["times"] != "1.01" || f.Args["px"] != "1439" || f.Args["need"] != "1440") {
				t.Errorf("%s: %v", name, f.Args)
			}
		}
	}
}

// Whatever detectors found, or failed to find: alone they make nothing ok and nothing lost.
func TestNoVerdictRestsOnADetectorAlone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, w, h := anyScene(t, 300)
		s.Width, s.Height = s.Width*3, s.Height*3
		c := anyCreative(t, w, h)
		var spoken []Region
		for _, r := range c.Regions {
			if r.Confirmed {
				spoken = append(spoken, r)
			}
		}
		all := Examine(c, s, Box{})
		c.Regions = spoken
		without := Examine(c, s, Box{})
		if (all.Verdict == Lost) != (without.Verdict == Lost) {
			t.Fatalf("%s with what was found, %s without", all.Verdict, without.Verdict)
		}
		if all.Verdict == OK && without.Verdict != OK {
			t.Fatalf("%s with what was found, %s without", all.Verdict, without.Verdict)
		}
	})
}

func TestEveryFindingIsListedWithItsArguments(t *testing.T) {
	t.Parallel()
	codes, sides := FindingCodes(), Sides()
	rapid.Check(t, func(t *rapid.T) {
		s, w, h := anyScene(t, 300)
		s.NoCodes, s.MaxBytes = true, 10
		c := anyCreative(t, w, h)
		c.Codes, c.Bytes = rapid.IntRange(-1, 1).Draw(t, "codes"), rapid.Int64Range(0, 20).Draw(t, "bytes")
		c.Measured = map[string]Measured{"a": {Contrast: rapid.Float64Range(0, 21).Draw(t, "contrast"), Sharpness: rapid.Float64Range(0, 200).Draw(t, "sharpness")}}
		check := Examine(c, s, Box{})
		for i, f := range check.Findings {
			args, known := codes[f.Code]
			if !known || len(args) != len(f.Args) {
				t.Fatalf("%+v is not as listed", f)
			}
			for _, a := range args {
				if f.Args[a] == "" {
					t.Fatalf("%+v lacks %s", f, a)
				}
			}
			if side, has := f.Args["side"]; has && !slices.Contains(sides, side) {
				t.Fatal(side)
			}
			if i > 0 && f.weight() > check.Findings[i-1].weight() {
				t.Fatalf("%+v stands behind what is less bad", f)
			}
		}
	})
}

func TestSlotsAreCheckedTogetherAsEachAlone(t *testing.T) {
	t.Parallel()
	c := drawn(confirmed(Label, Box{100, 100, 690, 214}))
	chosen := map[SlotID]Box{"feed-1x1": {0, 96, 2160, 2160}}
	checks := ExamineAll(c, Slots(), chosen)
	if len(checks) != len(Slots()) {
		t.Fatal(len(checks))
	}
	for i, s := range Slots() {
		want := Lost
		switch s.ID {
		case "feed-3x4", "feed-3x4-large", "shop-main", "feed-1x1":
			want = OK
		case "avatar":
			want = CannotTell
		}
		if checks[i].Slot != s.ID || checks[i].Verdict != want && s.ID != "meta-4x5" && s.ID != "pinterest-2x3" && s.ID != "video-cover-9x16" {
			t.Errorf("%s: %s, %v", s.ID, checks[i].Verdict, bad(checks[i]))
		}
	}
}
