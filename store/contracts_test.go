package store_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
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

func (p *planning) contract(c campaigns.Campaign, line string) campaigns.Contract {
	return campaigns.Contract{Campaign: c.ID, Line: line, KOL: "k1", Brief: campaigns.Brief{Product: "Serum", MustSay: []string{"#广告"}, Jurisdiction: "CN",
		Disclosure: "广告", Words: "Morning light."}, Terms: campaigns.Terms{Fee: 45_000 * money.Yuan, UsageDays: 90, UsageWhere: "feed", Deliverables: []campaigns.Deliverable{
		{ID: "d1", Format: campaigns.VideoNote, Count: 1, From: "2026-12-03", To: "2026-12-12", Planned: "2026-12-05", Link: "https://luma.example/?utm_content=A", Code: "A"},
		{ID: "d2", Format: campaigns.PictureNote, Count: 2, From: "2026-12-10", To: "2026-12-20"},
	}}}
}

func TestAContractIsAgreedEndorsedAndSignedAndThenStands(t *testing.T) {
	t.Parallel()
	p := newPlanning(t)
	ctx := t.Context()
	draft := p.put(p.one, somePlan())
	put := func(db *store.DB, k campaigns.Contract) (campaigns.Contract, error) {
		return db.Contracts().Put(ctx, uuid.NewString(), k)
	}
	_, err := put(p.one, p.contract(draft, "l1"))
	refused(t, err, fault.NotAllowedNow) // nobody has approved the plan
	c := p.move(p.two, p.move(p.one, draft, campaigns.Propose, ""), campaigns.Approve, "")

	wish := p.contract(c, "l1")
	for want, change := range map[fault.Code]func(*campaigns.Contract){
		fault.FieldValue:   func(k *campaigns.Contract) { k.Line = "l2" }, // a gift
		fault.FieldMissing: func(k *campaigns.Contract) { k.Brief.Disclosure = "" },
		fault.FieldTwice:   func(k *campaigns.Contract) { k.Terms.Deliverables[1].ID = "d1" },
	} {
		k := p.contract(c, "l1")
		change(&k)
		_, err := put(p.one, k)
		refused(t, err, want)
	}
	_, err = put(p.rival, wish)
	refused(t, err, fault.NotFound)
	k, err := put(p.one, wish)
	must(t, err)
	wish.State, wish.Ref, wish.Version, wish.Brand, wish.Handle, wish.CreatedBy, wish.Terms.ServiceFee = campaigns.ContractDraft, "C-0001", 1, "Luma Skin", "小k1", "marketer1", 1000
	if diff := cmp.Diff(wish, k, cmpopts.IgnoreFields(campaigns.Contract{}, "ID", "Updated")); diff != "" {
		t.Errorf("what was written is not what is read:\n%s", diff)
	}
	_, err = put(p.one, p.contract(c, "l1"))
	refused(t, err, fault.FieldTwice)

	move := func(db *store.DB, m campaigns.ContractMove, fee money.Fen, words string) {
		t.Helper()
		var err error
		k, err = db.Contracts().Move(ctx, uuid.NewString(), k.ID, k.Version, m, fee, words)
		must(t, err)
	}
	refuse := func(db *store.DB, m campaigns.ContractMove, want fault.Code) {
		t.Helper()
		_, err := db.Contracts().Move(ctx, uuid.NewString(), k.ID, k.Version, m, 100, "")
		refused(t, err, want)
	}
	refuse(p.one, campaigns.Sign, fault.NotAllowedNow)
	refuse(p.rival, campaigns.MakeOffer, fault.NotFound)
	refuse(p.one, campaigns.CancelContract, fault.FieldMissing)
	move(p.one, campaigns.MakeOffer, 45_000*money.Yuan, "Our offer.")
	move(p.one, campaigns.CounterOffer, 48_000*money.Yuan, "They ask for more.")
	dearer := k
	dearer.Terms.Fee++
	_, err = put(p.one, dearer)
	refused(t, err, fault.FieldValue)
	move(p.one, campaigns.Accept, 0, "")
	if len(k.Rounds) != 2 || !k.Rounds[1].Counts || k.Rounds[1].Fee != 48_000*money.Yuan || k.Terms.Fee != 48_000*money.Yuan {
		t.Errorf("rounds %+v, fee %s", k.Rounds, k.Terms.Fee)
	}
	// 48,000 and ten per cent are over 50,000.
	refuse(p.one, campaigns.Sign, fault.EndorsementNeeded)
	refuse(p.one, campaigns.Endorse, fault.SecondPerson)
	move(p.two, campaigns.Endorse, 0, "")
	refuse(p.two, campaigns.Endorse, fault.NotAllowedNow)
	k.Brief.Words = "Evening light."
	k, err = put(p.one, k)
	must(t, err)
	refuse(p.one, campaigns.Sign, fault.EndorsementNeeded) // of other words
	move(p.two, campaigns.Endorse, 0, "")
	move(p.one, campaigns.Sign, 0, "")
	if k.SignedAt.IsZero() || k.EndorsedBy == "" {
		t.Errorf("signed: %+v", k)
	}
	_, err = put(p.one, k)
	refused(t, err, fault.NotAllowedNow)
	for _, q := range []string{`UPDATE studio.contract SET fee = 1`, `UPDATE studio.contract SET brief = '{}'`, `UPDATE studio.contract SET state = 'agreed', signed_at = NULL`, `DELETE FROM studio.contract`,
		`UPDATE studio.deliverable SET to_day = to_day + 1`, `DELETE FROM studio.deliverable`, `INSERT INTO studio.deliverable SELECT contract, 'd9', 9, format, 1, from_day, to_day, NULL, '', '' FROM studio.deliverable LIMIT 1`,
		`DELETE FROM studio.contract_version`, `UPDATE studio.contract_version SET content = '{}'`, `TRUNCATE studio.contract_version`} {
		if _, err := p.super.Exec(q); code(err) != "42501" {
			t.Errorf("%s: %v", q, err)
		}
	}

	// Its post is evidence, without a fee, for whoever holds the case.
	p.exec(`UPDATE studio.deliverable SET post = 'p1' WHERE id = 'd1'`)
	held := p.desk.post("p1", 0.9)
	p.sit("moderator3").claim(held)
	rows, err := (&scene{p.desk, map[string]string{}, nil}).seen("moderator3", `SELECT kol, own_post FROM studio.contract_evidence('`+held+`')`)
	if err != nil || fmt.Sprint(rows) != "[k1|true]" {
		t.Errorf("evidence: %v, %v", rows, err)
	}

	versions, err := p.two.Contracts().Versions(ctx, k.ID)
	if err != nil || len(versions) != k.Version || versions[0].State != campaigns.Signed || versions[len(versions)-1].Terms.Fee != 45_000*money.Yuan {
		t.Errorf("%d versions, %v", len(versions), err)
	}
	if some, err := p.rival.Contracts().OfKOL(ctx, "k1"); err != nil || len(some) != 0 {
		t.Errorf("a rival sees %d contracts, %v", len(some), err)
	}
	move(p.one, campaigns.EndContract, 0, "Done.")
	again := p.contract(c, "l1")
	if _, err := put(p.one, again); err != nil {
		t.Errorf("another contract after the first one ended: %v", err)
	}
	if all, err := p.two.Contracts().List(ctx, c.ID); err != nil || len(all) != 2 || all[1].Ref != "C-0002" {
		t.Errorf("%d contracts, %v", len(all), err)
	}
	p.inOrder()
}

// seen runs statements on a connection of its own.
func (s *scene) seen(login, sql string) ([]string, error) {
	db := s.hostile(login)
	defer db.Close()
	return all(s.t.Context(), db, sql)
}

func TestTheCalendarMovesWithinItsWindow(t *testing.T) {
	t.Parallel()
	p := newPlanning(t)
	ctx := t.Context()
	c := p.approved(somePlan())
	k, err := p.one.Contracts().Put(ctx, uuid.NewString(), p.contract(c, "l1"))
	must(t, err)
	items := func(db *store.DB, from, to moderation.Date, kol string) map[string]campaigns.Item {
		t.Helper()
		some, err := db.Campaigns().Items(ctx, from, to, "", kol)
		must(t, err)
		by := map[string]campaigns.Item{}
		for _, i := range some {
			by[i.Line+i.Deliverable] = i
		}
		return by
	}
	all := items(p.two, "2026-12-01", "2026-12-31", "")
	if len(all) != 6 || len(items(p.two, "2026-12-01", "2026-12-09", "k1")) != 1 || len(items(p.two, "2027-01-01", "2027-02-01", "")) != 0 || len(items(p.rival, "", "", "")) != 0 {
		t.Errorf("the calendar has %+v", all)
	}
	if d := all["l1d1"]; d.From != "2026-12-05" || d.To != "2026-12-05" || d.Earliest != "2026-12-03" || d.Latest != "2026-12-12" || d.Coupon != "A" || d.Contract != k.ID || d.Trade != "cosmetics" || d.Fixed {
		t.Errorf("a deliverable: %+v", d)
	}
	to := func(db *store.DB, i campaigns.Item, day moderation.Date, want fault.Code) {
		t.Helper()
		err := db.Campaigns().MoveItem(ctx, uuid.NewString(), i, day)
		if want == "" {
			must(t, err)
		} else {
			refused(t, err, want)
		}
	}
	to(p.one, all["l1d1"], "2026-12-12", "")
	to(p.two, all["l1d1"], "2026-12-11", fault.RuleChanged)
	to(p.one, items(p.one, "", "", "")["l1d1"], "2026-12-13", fault.OutsideWindow)
	to(p.rival, all["l4"], "2026-12-02", fault.NotFound)
	to(p.one, all["l4"], "2026-12-22", "")
	to(p.one, items(p.one, "", "", "")["l4"], "2026-12-23", fault.OutsideWindow)
	got, err := p.one.Campaigns().Get(ctx, c.ID)
	must(t, err)
	if l := got.Scenarios[0].Lines[3]; l.From != "2026-12-22" || l.To != "2026-12-31" || got.ApprovedBy == "" || got.State != campaigns.Approved {
		t.Errorf("the line stands at %s–%s, approved by %q", l.From, l.To, got.ApprovedBy)
	}
	p.move(p.one, got, campaigns.CallOff, "No stock.")
	to(p.one, items(p.one, "", "", "")["l5"], "2026-12-02", fault.NotMovable)
	p.inOrder()
}

// The ledger answers as campaigns.CheckEntry says, whatever is tried, and is what
// campaigns.Balances says it is.
func TestTheLedgerAnswersAsTheProgramSays(t *testing.T) {
	t.Parallel()
	p := newPlanning(t)
	ctx := t.Context()
	c := p.approved(somePlan())
	rnd := rand.New(rand.NewPCG(4, 2))
	answers := map[fault.Code]int{}
	for n := range 160 {
		if n == 120 {
			c = p.move(p.one, c, campaigns.CallOff, "Enough.")
		}
		entries, err := p.one.Campaigns().Ledger(ctx, c.ID)
		must(t, err)
		e := campaigns.Entry{Line: []string{"l1", "l2"}[rnd.IntN(2)], Kind: []campaigns.EntryKind{campaigns.Commit, campaigns.Hold, campaigns.Release, campaigns.Pay, campaigns.Reverse, campaigns.Pay}[rnd.IntN(6)],
			Amount: money.Fen(1+rnd.IntN(8)) * 1000 * money.Yuan, Day: "2026-12-01"}
		if e.Kind == campaigns.Reverse && len(entries) > 0 {
			old := entries[rnd.IntN(len(entries))]
			e.Reverses, e.Amount, e.Line = old.ID, old.Amount, old.Line
		}
		want := campaigns.CheckEntry(c, entries, e)
		got := p.two.Campaigns().Enter(ctx, uuid.NewString(), c.ID, e)
		codeOf := func(err error) fault.Code {
			if err == nil {
				return ""
			}
			return fault.Of(err).Code
		}
		answers[codeOf(got)]++
		if codeOf(want) != codeOf(got) {
			t.Fatalf("entry %d, %+v: the program says %v, the database %v", n, e, want, got)
		}
		var w, g *fault.Error
		if errors.As(want, &w) && errors.As(got, &g) && w.Args["free"] != g.Args["free"] {
			t.Errorf("entry %d, %+v: the program says %v, the database %v", n, e, want, got)
		}
	}
	if answers[""] < 20 || answers[fault.LedgerOver] < 20 || answers[fault.AlreadyReversed] == 0 || answers[fault.NotAllowedNow] == 0 {
		t.Errorf("hardly anything was tried: %v", answers)
	}
	entries, err := p.two.Campaigns().Ledger(ctx, c.ID)
	must(t, err)
	lines, _ := campaigns.Balances(c, entries)
	for line, b := range lines {
		if got, want := p.desk.one(`SELECT concat_ws(' ', committed, held, paid) FROM studio.ledger_balance($1, $2)`, c.ID, line), fmt.Sprint(int64(b.Committed), " ", int64(b.Held), " ", int64(b.Paid)); got != want {
			t.Errorf("line %s: the database has %s, the program %s", line, got, want)
		}
	}
	for _, q := range []string{`UPDATE studio.ledger SET amount = 1`, `DELETE FROM studio.ledger`, `TRUNCATE studio.ledger`} {
		if _, err := p.super.Exec(q); code(err) != "42501" {
			t.Errorf("%s: %v", q, err)
		}
	}
	p.inOrder()
}

// Sixty-four desks pay out of the same commitment at once: what goes out is what was
// committed and not held, to the fen, and every entry once though every desk repeats it.
func TestSixtyFourWhoPayAtOnceNeverPayTooMuch(t *testing.T) {
	t.Parallel()
	p := newPlanning(t)
	ctx := t.Context()
	c := p.approved(somePlan())
	enter := func(db *store.DB, request string, kind campaigns.EntryKind, yuan money.Fen) error {
		return db.Campaigns().Enter(ctx, request, c.ID, campaigns.Entry{Line: "l1", Kind: kind, Amount: yuan * money.Yuan})
	}
	must(t, enter(p.one, uuid.NewString(), campaigns.Commit, 1000))
	must(t, enter(p.one, uuid.NewString(), campaigns.Hold, 370))
	var all sync.WaitGroup
	var mu sync.Mutex
	paid := 0
	for n := range 64 {
		db := []*store.DB{p.one, p.two}[n%2]
		all.Go(func() {
			request := uuid.NewString()
			err := enter(db, request, campaigns.Pay, 30)
			if again := enter(db, request, campaigns.Pay, 30); (err == nil) != (again == nil) {
				t.Errorf("once %v, then %v", err, again)
			}
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				paid++
			} else if fault.Of(err).Code != fault.LedgerOver {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := p.desk.one(`SELECT concat_ws(' ', committed, held, paid) FROM studio.ledger_balance($1, 'l1')`, c.ID); paid != 21 || got != "100000 37000 63000" {
		t.Errorf("%d payments went through: %s", paid, got)
	}
	p.inOrder()
}
