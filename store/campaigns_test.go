package store_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"

	"cinnabar/campaigns"
	"cinnabar/internal/fault"
	"cinnabar/internal/money"
	"cinnabar/moderation"
	"cinnabar/store"
)

// planning is a desk with a verified brand, two KOLs and three marketers: two of the
// brand, one of a rival.
type planning struct {
	*desk
	one, two, rival *store.DB
}

func newPlanning(t *testing.T) *planning {
	t.Helper()
	d := newDesk(t)
	d.undoWindow("0 seconds")
	d.letIn("luma", "Luma Skin")
	second, other := d.newLogin(), d.newLogin()
	d.exec(`SELECT studio.person_add(gen_random_uuid(), $1, 'Tang Yu', 'marketer', '{}', '{}', '{LUMA  skin}')`, second)
	d.exec(`SELECT studio.person_add(gen_random_uuid(), $1, 'Mei Lan', 'marketer', '{}', '{}', '{Rival,Never Came}')`, other)
	p := &planning{d, d.sit("marketer1").db, d.sit(second).db, d.sit(other).db}
	importKOLs(t, p.one, someKOL("k1"), someKOL("k2"))
	return p
}

// letIn has two people approve a brand.
func (d *desk) letIn(id, brand string) {
	d.t.Helper()
	caseID := d.brand(id, brand, "", "worker1")
	d.sit("moderator1").decide(caseID, moderation.Approve)
	d.sit("moderator2").decide(caseID, moderation.Approve)
}

// somePlan has a line of every kind and costs ¥26,410 with a service fee of ten per cent.
func somePlan() campaigns.Campaign {
	return campaigns.Campaign{Brand: "Luma Skin", Name: "Spring", Wish: campaigns.Wish{
		Goal: campaigns.Awareness, Budget: 30_000 * money.Yuan, From: "2026-12-01", To: "2026-12-31", Frequency: 1, Caution: .5,
		Segment: campaigns.Segment{Ages: []string{"18-24"}, Others: .2}, Quotas: []campaigns.Quota{{Tag: "tier:micro", Least: 1}}, Must: []string{"k1"},
	}, Scenarios: []campaigns.Scenario{{ID: "s1", Name: "First", Lines: []campaigns.Line{
		{ID: "l1", Kind: campaigns.KOLLine, Title: "Video", From: "2026-12-05", To: "2026-12-08", Cost: 10_001_00, KOL: &campaigns.KOLPost{KOL: "k1", Format: campaigns.VideoNote, Handle: "小k1", Alone: -1}},
		{ID: "l2", Kind: campaigns.GiftLine, Title: "Card", From: "2026-12-01", To: "2026-12-31", Cost: 1_000_00, Gift: &campaigns.Gift{Kind: campaigns.AnimatedCard, Editions: 500, PerHead: 1}},
		{ID: "l3", Kind: campaigns.EventLine, Title: "Shop", From: "2026-12-20", To: "2026-12-20", Cost: 8_000_00, Event: &campaigns.Event{Place: "Nanjing Road", City: "Shanghai", Capacity: 80}},
		{ID: "l4", Kind: campaigns.TrialLine, Title: "Tubes", From: "2026-12-01", To: "2026-12-10", Cost: 3_000_00, Trial: &campaigns.Trials{Product: "Serum", Units: 30, Worth: 100_00, Who: "dry skin"}},
		{ID: "l5", Kind: campaigns.PromotionLine, Title: "Push", From: "2026-12-01", To: "2026-12-31", Promotion: &campaigns.Promotion{Message: "Hello", Daily: 110_00, Expected: 9000}},
	}}, {ID: "s2", Name: "None"}}}
}

func (p *planning) put(db *store.DB, c campaigns.Campaign) campaigns.Campaign {
	p.t.Helper()
	c, err := db.Campaigns().Put(p.t.Context(), uuid.NewString(), c)
	must(p.t, err)
	return c
}

func (p *planning) move(db *store.DB, c campaigns.Campaign, m campaigns.Move, words string) campaigns.Campaign {
	p.t.Helper()
	c, err := db.Campaigns().Move(p.t.Context(), uuid.NewString(), c.ID, c.Version, m, words)
	must(p.t, err)
	return c
}

// approved is a plan that two people agreed on.
func (p *planning) approved(c campaigns.Campaign) campaigns.Campaign {
	p.t.Helper()
	return p.move(p.two, p.move(p.one, p.put(p.one, c), campaigns.Propose, ""), campaigns.Approve, "")
}

func TestAPlanIsSavedWholeProposedAndApprovedByAnother(t *testing.T) {
	t.Parallel()
	p := newPlanning(t)
	ctx := t.Context()
	refusedPut := func(db *store.DB, want fault.Code, change func(*campaigns.Campaign)) {
		t.Helper()
		c := somePlan()
		change(&c)
		_, err := db.Campaigns().Put(ctx, uuid.NewString(), c)
		refused(t, err, want)
	}
	refusedPut(p.rival, fault.NoRight, func(c *campaigns.Campaign) {})
	refusedPut(p.rival, fault.BrandNotVerified, func(c *campaigns.Campaign) { c.Brand = "Never Came" })
	refusedPut(p.one, fault.NotFound, func(c *campaigns.Campaign) { c.Scenarios[0].Lines[0].KOL.KOL = "nobody" })
	refusedPut(p.one, fault.FieldValue, func(c *campaigns.Campaign) { c.Scenarios[0].Lines[0].Cost = -1 })
	refusedPut(p.one, fault.FieldTwice, func(c *campaigns.Campaign) { c.Scenarios[1].ID = "s1" })
	if n := p.desk.one(`SELECT count(*) FROM studio.campaign`) + p.desk.one(`SELECT count(*) FROM studio.campaign_line`); n != "00" {
		t.Errorf("refused plans left %s rows", n)
	}

	c := somePlan()
	made := p.put(p.one, c)
	got, err := p.two.Campaigns().Get(ctx, made.ID)
	must(t, err)
	c.ServiceFee, c.State, c.Version, c.CreatedBy = 1000, campaigns.Draft, 1, "marketer1"
	if diff := cmp.Diff(c, got, cmpopts.IgnoreFields(campaigns.Campaign{}, "ID", "Created", "Updated")); diff != "" {
		t.Errorf("what was saved is not what is read:\n%s", diff)
	}
	if _, err := p.rival.Campaigns().Get(ctx, made.ID); fault.Of(err).Code != fault.NotFound {
		t.Errorf("a rival reads it: %v", err)
	}
	if got, want := p.desk.one(`SELECT studio.campaign_due(c) FROM studio.campaign c`), fmt.Sprint(int64(total(t, got))); got != want {
		t.Errorf("the database says it costs %s, the program %s", got, want)
	}

	// Two save: the second one learns of it.
	made.Name = "Spring again"
	newer := p.put(p.two, made)
	_, err = p.one.Campaigns().Put(ctx, uuid.NewString(), made)
	refused(t, err, fault.RuleChanged)

	// Money and days.
	move := func(db *store.DB, c campaigns.Campaign, m campaigns.Move, words string, want fault.Code) {
		t.Helper()
		_, err := db.Campaigns().Move(ctx, uuid.NewString(), c.ID, c.Version, m, words)
		refused(t, err, want)
	}
	newer.Wish.Budget = total(t, newer) - 1
	newer = p.put(p.two, newer)
	move(p.two, newer, campaigns.Propose, "", fault.OverBudget)
	newer.Wish.Budget++
	newer.Wish.To = "2026-12-30"
	newer = p.put(p.two, newer)
	move(p.two, newer, campaigns.Propose, "", fault.OutsideWindow)
	newer.Wish.To, newer.Chosen = "2026-12-31", "s2"
	newer = p.put(p.two, newer)
	move(p.two, newer, campaigns.Propose, "", fault.FieldMissing)
	newer.Chosen = "s1"
	newer = p.put(p.two, newer)

	// Who approves.
	third := p.newLogin()
	p.exec(`SELECT studio.person_add(gen_random_uuid(), $1, 'Third', 'marketer', '{}', '{}', '{Luma Skin}')`, third)
	approver := p.sit(third).db
	move(p.two, newer, campaigns.Approve, "", fault.NotAllowedNow)
	proposed := p.move(p.one, newer, campaigns.Propose, "")
	move(p.one, proposed, campaigns.Approve, "", fault.SecondPerson) // made and proposed it
	move(p.two, proposed, campaigns.Approve, "", fault.SecondPerson) // changed it last
	move(p.rival, proposed, campaigns.Approve, "", fault.NotFound)
	move(approver, newer, campaigns.Approve, "", fault.RuleChanged)
	move(approver, proposed, campaigns.SendBack, " ", fault.FieldMissing)
	_, err = p.one.Campaigns().Put(ctx, uuid.NewString(), proposed)
	refused(t, err, fault.NotAllowedNow)
	p.exec(`UPDATE studio.application SET papers_until = current_date - 3`)
	move(approver, proposed, campaigns.Approve, "", fault.BrandNotVerified)
	p.exec(`UPDATE studio.application SET papers_until = NULL`)
	must(t, p.sit("lead1").db.Campaigns().Bar(ctx, uuid.NewString(), " luma SKIN", "2199-01-01", "Three breaches."))
	move(approver, proposed, campaigns.Approve, "", fault.BrandNotVerified)
	if brands, err := p.one.Campaigns().Brands(ctx); err != nil || len(brands) != 1 || brands[0].Why != "barred" || brands[0].Verified {
		t.Errorf("a barred brand stands at %+v, %v", brands, err)
	}
	must(t, p.sit("lead1").db.Campaigns().Bar(ctx, uuid.NewString(), "Luma Skin", "", "Talked it over."))
	back := p.move(approver, proposed, campaigns.SendBack, "Too dear.")
	if back.State != campaigns.Draft || back.Words != "Too dear." || back.ProposedBy != "marketer1" {
		t.Errorf("sent back: %+v", back)
	}
	running := p.move(p.two, p.move(approver, p.move(p.one, back, campaigns.Propose, ""), campaigns.Approve, ""), campaigns.Start, "")
	if running.ApprovedBy != third {
		t.Errorf("approved by %q", running.ApprovedBy)
	}
	for _, q := range []string{`UPDATE studio.campaign SET approved_by = proposed_by`, `UPDATE studio.campaign SET approved_by = NULL`} {
		if _, err := p.super.Exec(q); code(err) != "23514" {
			t.Errorf("%s: %v", q, err)
		}
	}
	closed := p.move(p.one, running, campaigns.Close, "")
	move(p.one, closed, campaigns.CallOff, "No.", fault.NotAllowedNow)
	some, err := p.two.Campaigns().List(ctx, campaigns.CampaignQuery{Brand: "LUMA skin", States: []campaigns.State{campaigns.Closed}, Search: "AGAIN"})
	if err != nil || len(some) != 1 || len(some[0].Scenarios) != 2 {
		t.Errorf("the list has %d campaigns, %v", len(some), err)
	}
	if brands, err := p.rival.Campaigns().Brands(ctx); err != nil || len(brands) != 2 || brands[0].Why != "none" {
		t.Errorf("brands that never came stand at %+v, %v", brands, err)
	}
	p.inOrder()
}

func total(t *testing.T, c campaigns.Campaign) money.Fen {
	t.Helper()
	sum, err := campaigns.Total(c, c.Picked())
	must(t, err)
	return sum
}

// Of many who save the same draft at once, and many who approve the same plan, one does.
func TestOfManyWhoMoveAPlanAtOnceOneDoes(t *testing.T) {
	t.Parallel()
	p := newPlanning(t)
	c := p.put(p.one, somePlan())
	race := func(act func() error) (done int) {
		var mu sync.Mutex
		var all sync.WaitGroup
		for range 16 {
			all.Go(func() {
				err := act()
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					done++
				} else if f := fault.Of(err); f.Code != fault.RuleChanged && f.Code != fault.NotAllowedNow {
					t.Error(err)
				}
			})
		}
		all.Wait()
		return done
	}
	if n := race(func() error {
		_, err := p.two.Campaigns().Put(t.Context(), uuid.NewString(), c)
		return err
	}); n != 1 {
		t.Errorf("%d saved over each other", n)
	}
	c, err := p.one.Campaigns().Get(t.Context(), c.ID)
	must(t, err)
	if n := race(func() error {
		_, err := p.one.Campaigns().Move(t.Context(), uuid.NewString(), c.ID, c.Version, campaigns.Propose, "")
		return err
	}); n != 1 {
		t.Errorf("%d proposed it", n)
	}
	p.inOrder()
}

// The database's tables of moves are those in Go, and so are its sums.
func TestTheDatabasesTablesOfMovesAreThoseInGo(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	var want []string
	for _, m := range campaigns.Moves {
		want = append(want, fmt.Sprint(m.From, " ", m.Move, " ", m.To, " ", m.Another, " ", m.Words))
	}
	for _, m := range campaigns.ContractMoves {
		want = append(want, fmt.Sprint(m.From, " ", m.Move, " ", m.To, " ", m.Another, " ", m.Words, " ", m.Fee, " ", m.Endorsed))
	}
	want = append(want, fmt.Sprint(int(campaigns.DefaultServiceFee()), " ", int64(campaigns.EndorseAbove())))
	rows, err := all(t.Context(), d.super, `
		SELECT format('%s %s %s %s %s', from_state, move, to_state, CAST(another AS text), CAST(words AS text)) FROM studio.campaign_transition UNION ALL
		SELECT format('%s %s %s %s %s %s %s', from_state, move, to_state, CAST(another AS text), CAST(words AS text), CAST(fee AS text), CAST(endorsed AS text)) FROM studio.contract_transition UNION ALL
		SELECT string_agg(value, ' ' ORDER BY name DESC) FROM studio.setting WHERE name IN ('service_fee', 'contract_sum')`)
	must(t, err)
	if m, n := missing(want, rows), missing(rows, want); len(m)+len(n) > 0 {
		t.Errorf("only in Go: %s; only in the database: %s", strings.Join(m, ", "), strings.Join(n, ", "))
	}
}
