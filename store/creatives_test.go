package store_test

import (
	"bytes"
	"image"
	"image/png"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"

	"cinnabar/assets"
	"cinnabar/campaigns"
	"cinnabar/internal/fault"
	"cinnabar/store"
)

// shown hands a picture in and adds it to a campaign.
func (p *planning) shown(db *store.DB, c campaigns.Campaign, data []byte, name string) campaigns.Creative {
	p.t.Helper()
	ctx := p.t.Context()
	ids, err := db.Pictures().Put(ctx, uuid.NewString(), [][]byte{data})
	must(p.t, err)
	added, err := db.Creatives().Add(ctx, uuid.NewString(), c.ID, []campaigns.NewCreative{{Picture: ids[0], Name: name}})
	must(p.t, err)
	x, err := db.Creatives().Get(ctx, added[0])
	must(p.t, err)
	return x
}

func drawn(name string, kind assets.RegionKind, box assets.Box, confirmed bool) campaigns.CreativeRegion {
	return campaigns.CreativeRegion{Region: assets.Region{Name: name, Kind: kind, Box: box, Confirmed: confirmed}}
}

func TestACreativeKeepsWhoDrewAndWhoChoseAndEveryVersion(t *testing.T) {
	t.Parallel()
	p := newPlanning(t)
	ctx := t.Context()
	c := p.put(p.one, somePlan())
	x := p.shown(p.one, c, blankPNG(t, 60, 80), "spring-03.png")
	if x.Width != 60 || x.Height != 80 || x.Title != "Spring" || x.State != campaigns.Draft || x.Brand != "Luma Skin" || x.CreatedBy != "marketer1" {
		t.Errorf("a new creative: %+v", x)
	}

	x.Regions = []campaigns.CreativeRegion{drawn("label", assets.Label, assets.Box{X: 2, Y: 2, W: 20, H: 8}, true), drawn("face", assets.Face, assets.Box{X: 30, Y: 30, W: 10, H: 10}, false)}
	x.Crops = map[assets.SlotID]campaigns.Crop{"feed-1x1": {Box: assets.Box{Y: 2, W: 60, H: 60}, By: "somebody else"}}
	request := uuid.NewString()
	one, err := p.one.Creatives().Put(ctx, request, x)
	must(t, err)
	if one.Regions[0].By != "marketer1" || one.Regions[1].By != "" || one.Crops["feed-1x1"].By != "marketer1" || one.Crops["feed-1x1"].At.IsZero() || one.Version != 2 {
		t.Errorf("after drawing: %+v", one)
	}
	again, err := p.one.Creatives().Put(ctx, request, x) // the answer was lost
	must(t, err)
	if again.Version != 2 {
		t.Errorf("the same wish made version %d", again.Version)
	}

	// A colleague confirms the face and leaves the rest, which stays whose it was.
	one.Regions[1].Confirmed = true
	one.Regions[1].By = "marketer1"
	one.Crops["feed-4x3"] = campaigns.Crop{Box: assets.Box{W: 60, H: 45}}
	two, err := p.two.Creatives().Put(ctx, uuid.NewString(), one)
	must(t, err)
	me, err := p.two.People().Me(ctx)
	must(t, err)
	if two.Regions[0].By != "marketer1" || two.Regions[1].By != me.Login || two.Crops["feed-1x1"] != one.Crops["feed-1x1"] || two.Crops["feed-4x3"].By != me.Login {
		t.Errorf("after a colleague: %+v", two)
	}
	_, err = p.one.Creatives().Put(ctx, uuid.NewString(), one) // who saw version 2
	refused(t, err, fault.RuleChanged)

	two.Dropped = true
	_, err = p.two.Creatives().Put(ctx, uuid.NewString(), two)
	must(t, err)
	if got, err := p.one.Creatives().List(ctx, campaigns.CreativeQuery{Campaign: c.ID}); err != nil || len(got) != 0 {
		t.Errorf("a dropped one is listed: %v, %v", got, err)
	}
	back := p.shown(p.one, c, blankPNG(t, 60, 80), "again.png")
	if back.ID != x.ID || back.Dropped || len(back.Regions) != 2 || back.Version != 5 {
		t.Errorf("what comes back: %+v", back)
	}
	if n := p.desk.one(`SELECT string_agg(version || ' ' || by || ' ' || jsonb_array_length(regions), ', ' ORDER BY version) FROM studio.creative_version`); n !=
		"1 marketer1 0, 2 marketer1 2, 3 "+me.Login+" 2, 4 "+me.Login+" 2, 5 marketer1 2" {
		t.Errorf("versions: %s", n)
	}
	p.inOrder()
}

func TestACreativeIsItsBrandsAndTheDesksToSee(t *testing.T) {
	t.Parallel()
	p := newPlanning(t)
	ctx := t.Context()
	c := p.put(p.one, somePlan())
	x := p.shown(p.one, c, blankPNG(t, 30, 40), "spring.png")

	for _, login := range []string{"moderator1", "lead1", "auditor1"} {
		db := p.sit(login).db
		got, err := db.Creatives().List(ctx, campaigns.CreativeQuery{Search: "SPRING.p"})
		if err != nil || len(got) != 1 || got[0].Width != 30 || (got[0].Title == "Spring") != (login == "auditor1") {
			t.Errorf("%s sees %+v, %v", login, got, err)
		}
		_, err = db.Creatives().Put(ctx, uuid.NewString(), x)
		refused(t, err, fault.NoRight)
	}
	// A colleague of the brand has the bytes too, a rival neither those nor the row.
	if _, err := p.two.Pictures().Bytes(ctx, x.Picture); err != nil {
		t.Errorf("a colleague of the brand can't open it: %v", err)
	}
	if got, err := p.rival.Creatives().List(ctx, campaigns.CreativeQuery{}); err != nil || len(got) != 0 {
		t.Errorf("a rival sees %v, %v", got, err)
	}
	_, err := p.rival.Creatives().Get(ctx, x.ID)
	refused(t, err, fault.NotFound)
	_, err = p.rival.Creatives().Put(ctx, uuid.NewString(), x)
	refused(t, err, fault.NotFound)
	_, err = p.rival.Pictures().Bytes(ctx, x.Picture)
	refused(t, err, fault.NotFound)
	_, err = p.rival.Creatives().Add(ctx, uuid.NewString(), c.ID, []campaigns.NewCreative{{Picture: x.Picture, Name: "mine"}})
	refused(t, err, fault.NotFound)

	// Naming somebody's picture is not having it.
	paper, err := p.sit("worker1").db.Pictures().Put(ctx, uuid.NewString(), [][]byte{blankPNG(t, 11, 12)})
	must(t, err)
	_, err = p.one.Creatives().Add(ctx, uuid.NewString(), c.ID, []campaigns.NewCreative{{Picture: paper[0], Name: "theirs"}})
	refused(t, err, fault.NotFound)
	if n := p.desk.one(`SELECT count(*) FROM studio.creative`); n != "1" {
		t.Errorf("%s creatives", n)
	}
}

func TestBoxesLieWithinThePictureAndNamesStandOnce(t *testing.T) {
	t.Parallel()
	p := newPlanning(t)
	ctx := t.Context()
	c := p.put(p.one, somePlan())
	x := p.shown(p.one, c, blankPNG(t, 30, 40), "spring.png")
	for name, change := range map[string]func(*campaigns.Creative){
		"outside": func(x *campaigns.Creative) {
			x.Regions = []campaigns.CreativeRegion{drawn("label", assets.Label, assets.Box{X: 20, W: 11, H: 5}, true)}
		},
		"without an area": func(x *campaigns.Creative) {
			x.Regions = []campaigns.CreativeRegion{drawn("label", assets.Label, assets.Box{X: 2, Y: 2}, true)}
		},
		"below zero": func(x *campaigns.Creative) {
			x.Regions = []campaigns.CreativeRegion{drawn("label", assets.Label, assets.Box{X: -1, Y: 2, W: 4, H: 4}, true)}
		},
		"twice": func(x *campaigns.Creative) {
			one := drawn("label", assets.Label, assets.Box{W: 4, H: 4}, true)
			x.Regions = []campaigns.CreativeRegion{one, one}
		},
		"of no kind": func(x *campaigns.Creative) {
			x.Regions = []campaigns.CreativeRegion{drawn("label", "hat", assets.Box{W: 4, H: 4}, true)}
		},
		"a crop outside": func(x *campaigns.Creative) {
			x.Crops = map[assets.SlotID]campaigns.Crop{"feed-1x1": {Box: assets.Box{W: 40, H: 40}}}
		},
		"a crop of no slot": func(x *campaigns.Creative) {
			x.Crops = map[assets.SlotID]campaigns.Crop{"../etc": {Box: assets.Box{W: 4, H: 4}}}
		},
	} {
		y := x
		change(&y)
		if _, err := p.one.Creatives().Put(ctx, uuid.NewString(), y); fault.Of(err).Code != fault.FieldValue {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := p.desk.one(`SELECT version FROM studio.creative`); n != "1" {
		t.Errorf("version %s", n)
	}
	// What is closed is not drawn in.
	p.move(p.one, c, campaigns.CallOff, "No.")
	_, err := p.one.Creatives().Put(ctx, uuid.NewString(), x)
	refused(t, err, fault.NotAllowedNow)
	_, err = p.one.Creatives().Add(ctx, uuid.NewString(), c.ID, []campaigns.NewCreative{{Picture: x.Picture, Name: "late"}})
	refused(t, err, fault.NotAllowedNow)
}

// Of many who draw in one version at once, one does.
func TestOfManyWhoDrawAtOnceOneDoes(t *testing.T) {
	t.Parallel()
	p := newPlanning(t)
	c := p.put(p.one, somePlan())
	x := p.shown(p.one, c, blankPNG(t, 30, 40), "spring.png")
	const many = 8
	errs := make([]error, many)
	var all sync.WaitGroup
	for i := range many {
		all.Go(func() {
			db := p.one
			if i%2 == 0 {
				db = p.two
			}
			y := x
			y.Regions = []campaigns.CreativeRegion{drawn("label", assets.Label, assets.Box{X: i, W: 4, H: 4}, true)}
			_, errs[i] = db.Creatives().Put(t.Context(), uuid.NewString(), y)
		})
	}
	all.Wait()
	errs = slices.DeleteFunc(errs, func(err error) bool { return fault.CodeOf(err) == fault.RuleChanged })
	if len(errs) != 1 || errs[0] != nil {
		t.Errorf("those not told that they were late: %v", errs)
	}
	if n := p.desk.one(`SELECT version || ' ' || (SELECT count(*) FROM studio.creative_version) FROM studio.creative`); n != "2 2" {
		t.Errorf("versions: %s", n)
	}
	p.inOrder()
}

// blankPNG is a picture of a size.
func blankPNG(t *testing.T, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))))
	return b.Bytes()
}
