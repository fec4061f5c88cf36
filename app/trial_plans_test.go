package main

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"cinnabar/app/sample"
	"cinnabar/campaigns"
	"cinnabar/moderation"
	"cinnabar/store"
)

// What the trial plans is planned through the same calls as everybody's, so the database
// has to let all of it happen, and nothing twice when a planting is taken up again.
func TestTheTrialsPlansAreTakenInAndStandTheSecondTime(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	super := s.Super(t)
	now := time.Now().UTC().Truncate(time.Second)
	exec := func(query string, args ...any) {
		t.Helper()
		if _, err := super.Exec(query, args...); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
	exec(`UPDATE studio.setting SET value = '0 seconds' WHERE name = 'undo_window'`)
	// Logins are the server's, so that a second marketer has a name of this test's own.
	logins := map[string]string{"marketer2": "new_" + strings.ReplaceAll(uuid.NewString()[:12], "-", "")}
	t.Cleanup(func() {
		super := s.Super(t)
		for _, statement := range []string{`SELECT studio.login_shut(rolname) FROM pg_roles WHERE rolname = '` + logins["marketer2"] + `'`, `DROP ROLE IF EXISTS ` + logins["marketer2"]} {
			if _, err := super.ExecContext(context.Background(), statement); err != nil {
				t.Errorf("%s: %v", statement, err)
			}
		}
	})
	exec(`SELECT studio.person_add(gen_random_uuid(), $1, 'Second', 'marketer', '{}', '{}', '{}')`, logins["marketer2"])
	plans := sample.Plans(now, "")
	brands := map[string]bool{}
	for _, p := range plans {
		brands[p.Campaign.Brand] = true
		exec(`UPDATE studio.person SET brands = brands || $1::text WHERE role = 'marketer' AND $1 <> ALL (brands)`, p.Campaign.Brand)
	}

	desks := &trialDesks{connect: func(ctx context.Context, login string) (*store.DB, error) {
		if other, known := logins[login]; known {
			login = other
		}
		return s.Open(t, login), nil
	}}
	worker, err := desks.of(t.Context(), "worker1")
	if err != nil {
		t.Fatal(err)
	}
	var applied []moderation.Application
	for _, a := range sample.Applications(now) {
		if brands[a.BrandName] {
			a.SubmittedBy = ""
			applied = append(applied, a)
		}
	}
	if _, err := worker.Applications().Import(t.Context(), uuid.NewString(), slices.Values(applied), func(int) {}); err != nil {
		t.Fatal(err)
	}
	g := &planting{stamp: stamp{Now: now}}
	for _, act := range sample.History(now) {
		if act.Verdict != moderation.Approve || !slices.ContainsFunc(applied, func(a moderation.Application) bool { return a.ID == act.Target }) {
			continue
		}
		db, err := desks.of(t.Context(), act.Login)
		if err != nil {
			t.Fatal(err)
		}
		if err := g.carryOut(t.Context(), db.Cases(), act); err != nil {
			t.Fatal(err)
		}
	}
	kols, _ := sample.KOLs(now)
	if _, err := worker.KOLs().Import(t.Context(), uuid.NewString(), slices.Values(kols), nil); err != nil {
		t.Fatal(err)
	}

	artwork, creatives := sample.Artwork(), sample.Creatives()
	for range 2 {
		if err := g.plansAt(t.Context(), desks, artwork, creatives); err != nil {
			t.Fatal(err)
		}
		auditor := s.Open(t, "auditor1")
		all, err := auditor.Campaigns().List(t.Context(), campaigns.CampaignQuery{})
		if err != nil {
			t.Fatal(err)
		}
		states := map[campaigns.State]int{}
		contracts, entries := 0, 0
		for _, c := range all {
			states[c.State]++
			some, err := auditor.Contracts().List(t.Context(), c.ID)
			if err != nil {
				t.Fatal(err)
			}
			contracts += len(some)
			ledger, err := auditor.Campaigns().Ledger(t.Context(), c.ID)
			if err != nil {
				t.Fatal(err)
			}
			entries += len(ledger)
		}
		if len(all) != len(plans) || states[campaigns.Draft] != 1 || states[campaigns.Proposed] != 1 || states[campaigns.Running] != 1 || contracts != 4 || entries != 4 {
			t.Fatalf("%d campaigns at %v with %d contracts and %d entries", len(all), states, contracts, entries)
		}
		shown, err := auditor.Creatives().List(t.Context(), campaigns.CreativeQuery{})
		if err != nil || len(shown) != len(creatives) {
			t.Fatalf("%d creatives of %d, %v", len(shown), len(creatives), err)
		}
	}
}

func TestADroppedFileIsTakenForWhatItIs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, content := range map[string]string{
		"kols.csv":           "id,handle,followers\nk1,小满,4\n",
		"kols.jsonl":         `{"id":"k1","handle":"小满"}`,
		"quotes.csv":         "kol_id,format,fee_cny\nk1,video,5\n",
		"audience.csv":       "kol_id,user_id\nk1,u1\n",
		"posts.csv":          "id,body\np1,早安\n",
		"posts.jsonl":        `{"id":"p1","body":"早安","handle":"kept as it is"}`,
		"applications.jsonl": `{"id":"b1","subject":"company","brand_name":"初岚"}`,
	} {
		kind, err := importer{}.guess(t.Context(), lay(t, dir, name, []byte(content)))
		if want, _, _ := strings.Cut(name, "."); err != nil || string(kind) != want {
			t.Errorf("%s is taken for %s, %v", name, kind, err)
		}
	}
}
