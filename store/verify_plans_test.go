package store_test

import (
	"testing"

	"github.com/google/uuid"

	"cinnabar/campaigns"
	"cinnabar/internal/money"
)

const (
	thePlan     = `SELECT 'campaign ' || id FROM studio.campaign WHERE name = 'Spring'`
	theContract = `SELECT 'contract ' || id FROM studio.contract`
	ofContract  = `SELECT 'contract ' || ref FROM studio.contract`
	firstEntry  = `SELECT 'entry ' || id FROM studio.ledger WHERE kind = 'commit'`
	recordOf    = `SELECT 'chain ' || chain || ' row ' || seq FROM studio.audit WHERE kind = `
)

var planAlterations = []alteration{
	{"campaign.audited", `UPDATE studio.campaign SET budget = budget * 2 WHERE name = 'Spring'`, thePlan},
	{"campaign.audited", `UPDATE studio.campaign SET service_fee = 0 WHERE name = 'Spring'`, thePlan},
	{"campaign.audited", `UPDATE studio.campaign SET state = 'closed' WHERE name = 'Spring'`, thePlan},
	{"campaign.audited", `UPDATE studio.campaign SET scenarios = jsonb_set(scenarios, '{0,Lines,0,Cost}', '1') WHERE name = 'Spring'`, thePlan},
	{"campaign.audited", `DELETE FROM studio.campaign WHERE name = 'Spring'`, thePlan},
	{"campaign.audited", `INSERT INTO studio.campaign (id, brand, name, created_by) VALUES ('b0000000-0000-7000-8000-000000000001', 'X', 'X', 'marketer1')`, `SELECT 'campaign b0000000-0000-7000-8000-000000000001'`},
	{"campaign.lines", `UPDATE studio.campaign_line SET cost = 1 WHERE id = 'l1'`, thePlan + ` AND false UNION SELECT 'campaign ' || campaign || ' line s1 l1' FROM studio.campaign_line`},
	{"campaign.lines", `DELETE FROM studio.campaign_line WHERE id = 'l2'`, `SELECT DISTINCT 'campaign ' || campaign || ' line s1 l2' FROM studio.campaign_line`},
	{"campaign.two_people", `ALTER TABLE studio.campaign DROP CONSTRAINT campaign_two_people; UPDATE studio.campaign SET approved_by = proposed_by`, thePlan},
	{"campaign.two_people", `ALTER TABLE studio.campaign DROP CONSTRAINT campaign_approved; UPDATE studio.campaign SET approved_by = NULL`, thePlan},
	{"contract.audited", `UPDATE studio.contract SET state = 'ended'`, theContract},
	{"contract.audited", `UPDATE studio.contract_version SET content = content || '{"fee": 1}' WHERE version = (SELECT max(version) FROM studio.contract_version)`, theContract},
	{"contract.versions", `DELETE FROM studio.contract_version WHERE version = 1`, ofContract},
	{"contract.versions", `UPDATE studio.contract_version SET content = content || '{"fee": 1}' WHERE version = 2`, `SELECT 'contract ' || ref || ' version 2' FROM studio.contract`},
	{"contract.content", `UPDATE studio.contract SET fee = 1`, ofContract},
	{"contract.content", `UPDATE studio.contract SET signed_at = signed_at - interval '1 day'`, ofContract},
	{"contract.content", `UPDATE studio.deliverable SET to_day = to_day + 1`, ofContract},
	{"contract.content", `UPDATE studio.contract SET window_to = window_to + 30`, ofContract},
	{"contract.endorsed", `UPDATE studio.contract SET endorsed_by = 'lead1'`, ofContract},
	{"ledger.audited", `UPDATE studio.ledger SET amount = amount + 1 WHERE kind = 'commit'`, firstEntry},
	{"ledger.audited", `UPDATE studio.ledger SET at = at - interval '1 day' WHERE kind = 'commit'`, firstEntry},
	{"ledger.audited", `DELETE FROM studio.ledger WHERE kind = 'commit'`, recordOf + `'ledger' ORDER BY at LIMIT 1`},
	{"ledger.balance", `UPDATE studio.ledger SET amount = 1 WHERE kind = 'commit'`, `SELECT 'campaign ' || campaign || ' line l1' FROM studio.ledger LIMIT 1`},
	{"ledger.balance", `UPDATE studio.campaign SET budget = 1 WHERE name = 'Spring'`, thePlan},
	{"kol.came", `DELETE FROM studio.kol_quote`, `SELECT 'quotes'`},
	{"kol.came", `DELETE FROM studio.kol_audience`, `SELECT 'audiences'`},
	{"kol.record", `DELETE FROM studio.author_open`, `SELECT 'post p9'`},
	{"kol.record", `INSERT INTO studio.breach VALUES ('p9', 'k1', '', now())`, `SELECT 'post p9'`},
	{"kol_note.audited", `UPDATE studio.kol_note SET text = 'Nice.'`, `SELECT 'note on KOL ' || id FROM studio.kol_note`},
	{"kol_note.audited", `DELETE FROM studio.kol_note`, recordOf + `'kol_note'`},
	{"shortlist.audited", `UPDATE studio.shortlist SET kols = '{}'`, `SELECT 'shortlist ' || id FROM studio.shortlist`},
	{"shortlist.audited", `DELETE FROM studio.shortlist`, `SELECT 'shortlist ' || id FROM studio.shortlist`},
	{"brand_bar.audited", `UPDATE studio.brand_bar SET until_day = NULL`, `SELECT 'brand rival'`},
	{"guard.moves", `UPDATE studio.campaign_transition SET another = false WHERE move = 'approve'`, `SELECT 'campaign proposed approve'`},
	{"guard.moves", `UPDATE studio.contract_transition SET endorsed = false WHERE move = 'sign'`, `SELECT 'contract agreed sign'`},
	{"guard.moves", `DELETE FROM studio.contract_transition WHERE move = 'end'`, `SELECT 'contract signed end'`},
}

func TestVerifyNamesThePlanThatASuperuserAltered(t *testing.T) {
	t.Parallel()
	p := newPlanning(t)
	ctx := t.Context()
	c := p.approved(somePlan())
	k, err := p.one.Contracts().Put(ctx, uuid.NewString(), p.contract(c, "l1"))
	must(t, err)
	for _, m := range []campaigns.ContractMove{campaigns.MakeOffer, campaigns.Accept, campaigns.Endorse, campaigns.Sign} {
		by := p.one
		if m == campaigns.Endorse {
			by = p.two
		}
		k, err = by.Contracts().Move(ctx, uuid.NewString(), k.ID, k.Version, m, 1000*money.Yuan, "")
		must(t, err)
	}
	for _, kind := range []campaigns.EntryKind{campaigns.Commit, campaigns.Hold, campaigns.Pay} {
		must(t, p.one.Campaigns().Enter(ctx, uuid.NewString(), c.ID, campaigns.Entry{Line: "l1", Kind: kind, Amount: map[campaigns.EntryKind]money.Fen{campaigns.Commit: 900, campaigns.Hold: 100, campaigns.Pay: 700}[kind]}))
	}
	must(t, p.one.KOLs().AddNote(ctx, uuid.NewString(), campaigns.KOLNote{Brand: "Luma Skin", KOL: "k1", Text: "Answers within a day."}))
	list, err := p.one.KOLs().PutShortlist(ctx, uuid.NewString(), campaigns.Shortlist{Brand: "Luma Skin", Name: "Winter", KOLs: []string{"k1", "k2"}})
	must(t, err)
	list.KOLs = []string{"k2"}
	_, err = p.two.KOLs().PutShortlist(ctx, uuid.NewString(), list)
	must(t, err)
	must(t, p.sit("lead1").db.Campaigns().Bar(ctx, uuid.NewString(), "Rival", "2199-01-01", "Unlabelled posts."))
	p.followed()
	p.inOrder()
	tried := p.altered(planAlterations)
	if len(tried) != 15 {
		t.Errorf("tried %d checks", len(tried))
	}
}
