package store_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"cinnabar/campaigns"
	"cinnabar/internal/fault"
	"cinnabar/internal/money"
	"cinnabar/moderation"
	"cinnabar/store"
)

// Whoever plans learns on which days a KOL posts for others, and in which trade: not for
// whom, for how much, or under which name.
func TestARivalLearnsTradeAndDayAlone(t *testing.T) {
	t.Parallel()
	p := newPlanning(t)
	ctx := t.Context()
	booked := func(db *store.DB, from, to moderation.Date, want ...string) {
		t.Helper()
		items, err := db.Campaigns().Booked(ctx, []string{"k2", "k1", "k1", "nobody"}, from, to)
		var got []string
		for _, i := range items {
			got = append(got, strings.TrimSpace(fmt.Sprint(i.KOL, " ", i.From, " ", i.Trade)))
			if (i != campaigns.Item{Kind: campaigns.KOLLine, KOL: i.KOL, Trade: i.Trade, From: i.From, To: i.From, Fixed: true}) {
				t.Errorf("%+v says more than it may", i)
			}
		}
		if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("booked %q, %v; want %q", got, err, want)
		}
	}
	year := [2]moderation.Date{"2026-06-01", "2027-06-01"}
	c := p.approved(somePlan())
	k, err := p.one.Contracts().Put(ctx, uuid.NewString(), p.contract(c, "l1"))
	must(t, err)
	for _, m := range []campaigns.ContractMove{campaigns.MakeOffer, campaigns.Accept} {
		k, err = p.one.Contracts().Move(ctx, uuid.NewString(), k.ID, k.Version, m, 45_000*money.Yuan, "")
		must(t, err)
		booked(p.rival, year[0], year[1]) // it is not signed
	}
	k, err = p.one.Contracts().Move(ctx, uuid.NewString(), k.ID, k.Version, campaigns.Sign, 0, "")
	must(t, err)
	booked(p.rival, year[0], year[1], "k1 2026-12-05 cosmetics", "k1 2026-12-10 cosmetics")
	booked(p.rival, "2026-12-05", "2026-12-05", "k1 2026-12-05 cosmetics")
	booked(p.rival, "2026-12-06", "2026-12-09")
	booked(p.one, year[0], year[1]) // their own
	booked(p.two, year[0], year[1])
	if items, err := p.Open(t, "auditor1").Campaigns().Booked(ctx, []string{"k1"}, year[0], year[1]); err != nil || len(items) != 0 {
		t.Errorf("an auditor, who sees all plans, gets %v, %v", items, err)
	}
	for _, login := range []string{"moderator1", "lead1", "worker1", "admin1"} {
		_, err := p.Open(t, login).Campaigns().Booked(ctx, []string{"k1"}, year[0], year[1])
		refused(t, err, fault.NoRight)
	}

	rival := p.desk.one(`SELECT login FROM studio.person WHERE 'Rival' = ANY (brands)`)
	s := &scene{p.desk, map[string]string{}, map[string]*sql.DB{}}
	const asked = `SELECT studio.booked_elsewhere('{k1}', '2026-01-01', '2027-12-31')`
	s.withstand([]attempt{
		{"learn more of a booked post than KOL, day and trade", rival, `SELECT x FROM jsonb_array_elements((` + asked + `)) AS x WHERE x - '{kol,day,trade}'::text[] <> '{}'`, "nothing", ""},
		{"read a name, a fee or an id among booked posts", rival, `SELECT x FROM (` + asked + `::text) AS y(x) WHERE x ~* 'luma|spring|45000|4500000|C-0001|video|d1|` + k.ID + `|` + c.ID + `'`, "nothing", ""},
		{"ask for all KOLs at once", rival, `SELECT studio.booked_elsewhere(ARRAY(SELECT 'k' || n FROM generate_series(1, 501) AS n), '2026-01-01', '2027-12-31')`, "field_value", ""},
		{"ask for KOLs without naming them", rival, `SELECT x FROM (SELECT studio.booked_elsewhere(NULL, '2026-01-01', '2027-12-31') AS x) AS y WHERE x <> '[]'`, "nothing", ""},
		{"find the brand's plan by the days", rival, `SELECT * FROM studio.campaign_line WHERE kol = 'k1'`, "nothing", ""},
		{"find the contract by the KOL", rival, `SELECT * FROM studio.contract WHERE kol = 'k1'`, "nothing", ""},
		{"learn what moves the answer by the errors of a step", rival, `SELECT studio.booked_elsewhere('{k1}', 'infinity', '-infinity') = '[]' AS x EXCEPT SELECT true`, "nothing", ""},
	})
	// How many posts a brand has on a day shows no more than that it has one; and what
	// another brand of the trade adds to the day doesn't show either.
	p.exec(`ALTER TABLE studio.deliverable DISABLE TRIGGER deliverable_keep; INSERT INTO studio.deliverable SELECT contract, 'd3', 3, 'live', 5, from_day, to_day, planned, link, code, '' FROM studio.deliverable WHERE id = 'd1'; ALTER TABLE studio.deliverable ENABLE TRIGGER deliverable_keep`)
	booked(p.rival, "2026-12-05", "2026-12-05", "k1 2026-12-05 cosmetics")
	p.exec(`UPDATE studio.contract SET state = 'ended', version = version + 1`)
	booked(p.rival, year[0], year[1]) // over, and nothing was published
}
