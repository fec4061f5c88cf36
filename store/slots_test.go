package store_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"cinnabar/assets"
	"cinnabar/campaigns"
	"cinnabar/internal/fault"
)

func leadsSlot(id assets.SlotID) assets.Slot {
	return assets.Slot{ID: id, Platform: "own", Name: assets.Name{EN: "Lift screen", ZH: "电梯屏"}, Width: 1080, Height: 1920, Safe: assets.Edges{Top: 100, Bottom: 40},
		Asks: []assets.RegionKind{assets.Label, assets.Logo}, NoCodes: true, MaxBytes: 3 << 20, Source: "The operator's sheet", Read: "2026-11-20"}
}

func TestALeadEditsASlotAndEveryVersionStays(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ctx := t.Context()
	lead := d.sit("lead1").db
	shipped := assets.Slots()

	// One of a lead's own stands behind the shipped ones, an edited one in its place.
	made, err := lead.Slots().Save(ctx, uuid.NewString(), 0, leadsSlot("lift"), false)
	must(t, err)
	if made.Version != 1 || made.By != "lead1" || made.Shipped || made.At.IsZero() {
		t.Errorf("made %+v", made)
	}
	taller := shipped[1]
	taller.Height += 10
	taller.Source, taller.Read = "The platform's page, read again", "2026-11-23"
	_, err = lead.Slots().Save(ctx, uuid.NewString(), 0, taller, false)
	must(t, err)
	for _, login := range []string{"marketer1", "moderator1", "worker1"} {
		got, err := d.sit(login).db.Slots().List(ctx)
		must(t, err)
		if len(got) != len(shipped)+1 || got[1].Height != taller.Height || got[0].Height != shipped[0].Height || got[len(shipped)].Safe.Bottom != 40 ||
			!slices.Equal(got[len(shipped)].Asks, []assets.RegionKind{assets.Label, assets.Logo}) {
			t.Errorf("%s sees %+v", login, got)
		}
		_, err = d.sit(login).db.Slots().Save(ctx, uuid.NewString(), 1, leadsSlot("lift"), false)
		refused(t, err, fault.NoRight)
	}

	// Who saw an older one learns of it; what is retired is not checked any more.
	wider := leadsSlot("lift")
	wider.Width = 1200
	_, err = lead.Slots().Save(ctx, uuid.NewString(), 0, wider, false)
	refused(t, err, fault.RuleChanged)
	_, err = lead.Slots().Save(ctx, uuid.NewString(), 1, wider, true)
	must(t, err)
	if got, err := lead.Slots().List(ctx); err != nil || len(got) != len(shipped) {
		t.Errorf("after it retired: %d slots, %v", len(got), err)
	}
	all, err := lead.Slots().All(ctx)
	must(t, err)
	if last := all[len(all)-1]; !last.Retired || last.Version != 2 || last.Width != 1200 {
		t.Errorf("the retired one: %+v", last)
	}
	if n := d.one(`SELECT string_agg(slot || ' ' || version, ', ' ORDER BY slot, version) FROM studio.slot_version`); n != string(taller.ID)+" 1, lift 1, lift 2" {
		t.Errorf("versions: %s", n)
	}
	d.inOrder()
}

func TestASlotWithoutSourceOrSenseIsRefused(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	lead := d.sit("lead1").db
	for name, change := range map[string]func(*assets.Slot){
		"no source": func(s *assets.Slot) { s.Source = "" },
		"no day":    func(s *assets.Slot) { s.Read = "yesterday" },
		"no area":   func(s *assets.Slot) { s.Width = 0 },
		"covered":   func(s *assets.Slot) { s.Safe.Top = 1900 },
		"a path":    func(s *assets.Slot) { s.ID = "../lift" },
	} {
		s := leadsSlot("lift")
		change(&s)
		if _, err := lead.Slots().Save(t.Context(), uuid.NewString(), 0, s, false); fault.Of(err) == nil || fault.Of(err).Code == fault.Internal {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Whoever goes past the program meets the database.
	for _, body := range []string{`{"id": "lift"}`, `{"id": "lift", "platform": "own", "name": {"en": "a", "zh": "b"}, "width": 10, "height": 10, "safe": {"top": 6, "bottom": 4}, "source": "x", "read": "2026-01-01"}`,
		`{"id": "lift", "platform": "own", "name": {"en": "a", "zh": "b"}, "width": 10, "height": 10, "source": "", "read": "2026-01-01"}`,
		`{"id": "lift", "platform": "own", "name": {"en": "a", "zh": "b"}, "width": 10, "height": 10, "asks": ["hat"], "source": "x", "read": "2026-01-01"}`} {
		_, err := d.super.Exec(`BEGIN; SET LOCAL SESSION AUTHORIZATION lead1; SET LOCAL cinnabar.client = 1; SELECT studio.slot_put(gen_random_uuid(), 0, '` + body + `', false); COMMIT`)
		if code(err) != string(fault.FieldValue) {
			t.Errorf("%s: %v", body, err)
		}
		_, _ = d.super.Exec(`ROLLBACK`)
	}
	if n := d.one(`SELECT count(*) FROM studio.slot`); n != "0" {
		t.Errorf("%s slots", n)
	}
}

func TestVerifyNamesThePictureThatASuperuserAltered(t *testing.T) {
	t.Parallel()
	p := newPlanning(t)
	ctx := t.Context()
	x := p.shown(p.one, p.put(p.one, somePlan()), blankPNG(t, 30, 40), "spring.png")
	x.Regions = []campaigns.CreativeRegion{drawn("label", assets.Label, assets.Box{W: 4, H: 4}, true)}
	x.Crops = map[assets.SlotID]campaigns.Crop{"feed-1x1": {Box: assets.Box{W: 30, H: 30}}}
	_, err := p.one.Creatives().Put(ctx, uuid.NewString(), x)
	must(t, err)
	_, err = p.sit("lead1").db.Slots().Save(ctx, uuid.NewString(), 0, leadsSlot("lift"), false)
	must(t, err)
	p.inOrder()
	p.altered(pictureAlterations)
}

const theCreative = `SELECT 'creative ' || id FROM studio.creative`

var pictureAlterations = []alteration{
	{"creative.audited", `UPDATE studio.creative SET regions = '[]'`, theCreative},
	{"creative.audited", `UPDATE studio.creative SET crops = jsonb_set(crops, '{feed-1x1,by}', '"lead1"')`, theCreative},
	{"creative.audited", `UPDATE studio.creative SET edited_by = 'lead1'`, theCreative},
	{"creative.audited", `DELETE FROM studio.creative`, theCreative},
	{"creative.versions", `DELETE FROM studio.creative_version WHERE version = 1`, theCreative},
	{"creative.versions", `UPDATE studio.creative_version SET regions = '[]' WHERE version = 2`, theCreative},
	{"slot.audited", `UPDATE studio.slot SET body = jsonb_set(body, '{width}', '3')`, `SELECT 'slot lift'`},
	{"slot.audited", `UPDATE studio.slot SET retired = true`, `SELECT 'slot lift'`},
	{"slot.audited", `DELETE FROM studio.slot`, `SELECT 'slot lift'`},
}
