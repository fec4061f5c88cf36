package campaigns

import (
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"cinnabar/internal/fault"
	"cinnabar/internal/money"
	"cinnabar/moderation"
)

func running() Campaign {
	c := whole()
	c.State = Running
	return c
}

func entry(id string, kind EntryKind, amount money.Fen) Entry {
	return Entry{ID: id, Line: "l1", Kind: kind, Amount: amount, Day: "2026-12-01"}
}

func TestBalancesAddUpWhatStands(t *testing.T) {
	t.Parallel()
	c := running()
	lines, all := Balances(c, []Entry{
		entry("1", Commit, 330_000), entry("2", Hold, 100_000), entry("3", Release, 40_000), entry("4", Pay, 200_000), entry("5", Pay, 10_000),
		{ID: "6", Line: "l1", Kind: Reverse, Amount: 10_000, Reverses: "5"},
		{ID: "7", Line: "l2", Kind: Commit, Amount: 5_000},
	})
	if want := (Balance{Planned: 330_000, Committed: 330_000, Held: 60_000, Paid: 200_000}); lines["l1"] != want || want.Free() != 70_000 {
		t.Errorf("%+v", lines["l1"])
	}
	if want := (Balance{Planned: 2_020_000, Committed: 335_000, Held: 60_000, Paid: 200_000}); all != want {
		t.Errorf("%+v", all)
	}
}

func TestEntriesForMoneyThatIsNotThereAreRefused(t *testing.T) {
	t.Parallel()
	ledger := []Entry{entry("1", Commit, 1000), entry("2", Hold, 300), entry("3", Pay, 200)}
	reversal := func(of string, amount money.Fen) Entry {
		return Entry{Line: "l1", Kind: Reverse, Amount: amount, Reverses: of}
	}
	for name, c := range map[string]struct {
		e    Entry
		code fault.Code
	}{
		"paying what is free":               {entry("", Pay, 500), ""},
		"paying what is held":               {entry("", Pay, 501), fault.LedgerOver},
		"holding what is free":              {entry("", Hold, 500), ""},
		"holding more":                      {entry("", Hold, 501), fault.LedgerOver},
		"releasing what is held":            {entry("", Release, 300), ""},
		"releasing more":                    {entry("", Release, 301), fault.LedgerOver},
		"committing the whole budget":       {entry("", Commit, 100_000*money.Yuan-1000), ""},
		"committing more":                   {entry("", Commit, 100_000*money.Yuan-999), fault.LedgerOver},
		"nothing":                           {entry("", Pay, 0), fault.FieldValue},
		"less than nothing":                 {entry("", Pay, -1), fault.FieldValue},
		"more than money counts":            {entry("", Commit, money.Most+1), fault.FieldValue},
		"a kind of its own":                 {entry("", "gift", 1), fault.FieldValue},
		"a line that is not there":          {Entry{Line: "x", Kind: Commit, Amount: 1}, fault.FieldValue},
		"reversing a payment":               {reversal("3", 200), ""},
		"reversing a part":                  {reversal("3", 100), fault.FieldValue},
		"reversing what others rest on":     {reversal("1", 1000), fault.LedgerOver},
		"reversing what never was":          {reversal("9", 1), fault.FieldValue},
		"reversing for another line":        {Entry{Line: "l2", Kind: Reverse, Amount: 200, Reverses: "3"}, fault.FieldValue},
		"reversing nothing in particular":   {reversal("", 1), fault.FieldValue},
		"paying for a line without promise": {Entry{Line: "l2", Kind: Pay, Amount: 1}, fault.LedgerOver},
	} {
		if err := CheckEntry(running(), ledger, c.e); fault.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %q", name, err, c.code)
		}
	}
	reversed := append(slices.Clone(ledger), Entry{ID: "4", Line: "l1", Kind: Reverse, Amount: 200, Reverses: "3"})
	if err := CheckEntry(running(), reversed, reversal("3", 200)); fault.CodeOf(err) != fault.AlreadyReversed {
		t.Errorf("a second reversal: %v", err)
	}
	if err := CheckEntry(running(), reversed, reversal("4", 200)); fault.CodeOf(err) != fault.FieldValue {
		t.Errorf("a reversal of a reversal: %v", err)
	}
}

func TestMoneyMovesOnlyOnceAPlanIsApproved(t *testing.T) {
	t.Parallel()
	ledger := []Entry{entry("1", Commit, 1000), entry("2", Hold, 300)}
	for state, want := range map[State]map[EntryKind]bool{
		Draft: {}, Proposed: {}, Approved: {Commit: true, Hold: true, Pay: true, Release: true}, Running: {Commit: true, Hold: true, Pay: true, Release: true},
		Closed: {Pay: true, Release: true},
	} {
		c := whole()
		c.State = state
		for _, kind := range []EntryKind{Commit, Hold, Pay, Release} {
			if err := CheckEntry(c, ledger, entry("", kind, 1)); (err == nil) != want[kind] {
				t.Errorf("%s of a %s campaign: %v", kind, state, err)
			}
		}
	}
}

// However entries come, a ledger that took only what CheckEntry lets through never pays
// or holds more than was promised, and never promises more than the budget.
func TestNoOrderOfEntriesOverdrawsALedger(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := running()
		c.Wish.Budget = 5000
		var ledger []Entry
		for i := range rapid.IntRange(1, 40).Draw(t, "entries") {
			e := Entry{
				ID: strconv.Itoa(i), Line: rapid.SampledFrom([]string{"l1", "l2"}).Draw(t, "line"),
				Kind: rapid.SampledFrom([]EntryKind{Commit, Hold, Release, Pay, Reverse}).Draw(t, "kind"), Amount: money.Fen(rapid.Int64Range(1, 3000).Draw(t, "amount")),
			}
			if e.Kind == Reverse && len(ledger) > 0 {
				of := rapid.SampledFrom(ledger).Draw(t, "of")
				e.Reverses, e.Amount, e.Line = of.ID, of.Amount, of.Line
			}
			if CheckEntry(c, ledger, e) != nil {
				continue
			}
			ledger = append(ledger, e)
			lines, all := Balances(c, ledger)
			for id, b := range lines {
				if b.Committed < 0 || b.Held < 0 || b.Paid < 0 || b.Free() < 0 {
					t.Fatalf("%s stands at %+v after %+v", id, b, ledger)
				}
			}
			if all.Committed > c.Wish.Budget {
				t.Fatalf("%v is promised after %+v", all.Committed, ledger)
			}
		}
	})
}

func TestPacingCountsEachLineOverItsOwnDays(t *testing.T) {
	t.Parallel()
	c := running()
	c.Scenarios[0].Lines = []Line{
		{ID: "l1", Kind: TrialLine, From: "2026-12-01", To: "2026-12-10", Cost: 1000, Trial: &Trials{}},
		{ID: "l2", Kind: EventLine, From: "2026-12-31", To: "2026-12-31", Cost: 9000, Event: &Event{}},
	}
	paid := []Entry{entry("1", Commit, 1000), entry("2", Pay, 400)}
	for today, want := range map[moderation.Date]struct {
		due   money.Fen
		gone  int
		ratio float64
	}{
		"2026-11-30": {0, 0, -1}, "2026-12-05": {500, 5, .8}, "2026-12-10": {1000, 10, .4}, "2026-12-30": {1000, 30, .4}, "2026-12-31": {10_000, 31, .04}, "2027-03-01": {10_000, 31, .04},
	} {
		p := Pacing(c, paid, today)
		if p.Due != want.due || p.Gone != want.gone || p.Ratio != want.ratio || p.Days != 31 || p.Spent != 400 || p.Planned != 10_000 {
			t.Errorf("%s: %+v", today, p)
		}
		if p.End.Known && (p.End.Low > p.End.Value || p.End.Value > p.End.High) {
			t.Errorf("%s: %+v", today, p.End)
		}
	}
	if p := Pacing(c, paid, "2026-12-05"); p.End.Value != 400+9500*.8 {
		t.Errorf("%+v", p.End)
	}
}
