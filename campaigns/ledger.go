package campaigns

import (
	"math"
	"slices"

	"cinnabar/internal/fault"
	"cinnabar/internal/money"
	"cinnabar/moderation"
)

// Balances sums a ledger up: of each line of the picked scenario, by its id, and of
// all. An entry whose line is not in the plan counts under its own id all the same,
// with nothing planned. Entries are in any order; an entry that was reversed and its
// reversal cancel out.
func Balances(c Campaign, entries []Entry) (perLine map[string]Balance, all Balance) {
	perLine = make(map[string]Balance)
	for _, l := range c.Picked().Lines {
		b := perLine[l.ID]
		b.Planned += CostOf(c, l)
		perLine[l.ID] = b
	}
	for _, e := range standing(entries) {
		b := perLine[e.Line]
		switch e.Kind {
		case Commit:
			b.Committed += e.Amount
		case Hold:
			b.Held += e.Amount
		case Release:
			b.Held -= e.Amount
		case Pay:
			b.Paid += e.Amount
		}
		perLine[e.Line] = b
	}
	for _, b := range perLine {
		all.Planned += b.Planned
		all.Committed += b.Committed
		all.Held += b.Held
		all.Paid += b.Paid
	}
	return perLine, all
}

// Free is what may still be paid or held: committed, not gone, not kept back.
func (b Balance) Free() money.Fen { return b.Committed - b.Held - b.Paid }

// standing leaves out reversals and what they reverse.
func standing(entries []Entry) []Entry {
	gone := make(map[string]bool)
	for _, e := range entries {
		if e.Kind == Reverse {
			gone[e.Reverses] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(entries), func(e Entry) bool { return e.Kind == Reverse || gone[e.ID] })
}

// CheckEntry reports why an entry may not be written into a ledger:
//
//   - FieldValue (field amount, kind, line or reverses) for what is no entry at all;
//   - NotAllowedNow (Args: verdict, stage) for a campaign whose money is not decided;
//   - LedgerOver (Args: entry, amount, free) for committing more than the budget, for
//     holding or paying more than is committed and neither held nor paid, for releasing
//     more than is held, and for a reversal that would leave such a state behind;
//   - AlreadyReversed (Args: id).
//
// A closed campaign may still pay what it owes, release and reverse.
func CheckEntry(c Campaign, entries []Entry, e Entry) error {
	wrong := func(field, value string) error { return fault.New(fault.FieldValue, "field", field, "value", value) }
	if e.Amount <= 0 || e.Amount > money.Most {
		return wrong("amount", e.Amount.String())
	}
	if !slices.Contains([]EntryKind{Commit, Hold, Release, Pay, Reverse}, e.Kind) {
		return wrong("kind", string(e.Kind))
	}
	opened := c.State == Approved || c.State == Running
	if !opened && (c.State != Closed || e.Kind == Commit || e.Kind == Hold) {
		return fault.New(fault.NotAllowedNow, "verdict", string(e.Kind), "stage", string(c.State))
	}
	if !slices.ContainsFunc(c.Picked().Lines, func(l Line) bool { return l.ID == e.Line }) {
		return wrong("line", e.Line)
	}
	if e.Kind == Reverse {
		return checkReversal(c, entries, e)
	}
	lines, all := Balances(c, entries)
	b := lines[e.Line]
	free := b.Free()
	switch e.Kind {
	case Commit:
		free = c.Wish.Budget - all.Committed
	case Release:
		free = b.Held
	}
	if e.Amount > free {
		return fault.New(fault.LedgerOver, "entry", string(e.Kind), "amount", e.Amount.String(), "free", max(free, 0).String())
	}
	return nil
}

func checkReversal(c Campaign, entries []Entry, e Entry) error {
	at := slices.IndexFunc(entries, func(x Entry) bool { return x.ID == e.Reverses })
	if e.Reverses == "" || at < 0 || entries[at].Kind == Reverse || entries[at].Line != e.Line {
		return fault.New(fault.FieldValue, "field", "reverses", "value", e.Reverses)
	}
	if slices.ContainsFunc(entries, func(x Entry) bool { return x.Kind == Reverse && x.Reverses == e.Reverses }) {
		return fault.New(fault.AlreadyReversed, "id", e.Reverses)
	}
	if e.Amount != entries[at].Amount {
		return fault.New(fault.FieldValue, "field", "amount", "value", e.Amount.String())
	}
	lines, all := Balances(c, append(slices.Clone(entries), e))
	b := lines[e.Line]
	if b.Free() < 0 || b.Held < 0 || all.Committed > c.Wish.Budget {
		now, _ := Balances(c, entries)
		free := now[e.Line].Free()
		if entries[at].Kind == Hold { // what was released since can't be taken back twice
			free = now[e.Line].Held
		}
		return fault.New(fault.LedgerOver, "entry", string(entries[at].Kind), "amount", e.Amount.String(), "free", max(free, 0).String())
	}
	return nil
}

// Pace is spending held against time.
type Pace struct {
	Spent   money.Fen // paid so far
	Planned money.Fen // of the picked scenario
	Due     money.Fen // what even spending over the window comes to by the end of today
	Days    int       // of the window
	Gone    int       // of these, today included
	// Ratio is Spent over Due: 1 is on time, less is behind. -1 before the window
	// begins.
	Ratio float64
	// End is what will have been spent on the last day if it goes on like this.
	End Figure
}

// Pacing says whether a campaign spends as fast as its time runs. Due counts each line
// over its own days, so that a launch event at the end doesn't make a plan look late.
func Pacing(c Campaign, entries []Entry, today moderation.Date) Pace {
	p := Pace{Days: Days(c.Wish.From, c.Wish.To), Ratio: -1}
	lines, all := Balances(c, entries)
	p.Spent, p.Planned = all.Paid, all.Planned
	until := min(today, c.Wish.To)
	if until >= c.Wish.From {
		p.Gone = Days(c.Wish.From, until)
	}
	for _, l := range c.Picked().Lines {
		days := Days(l.From, l.To)
		if days == 0 || until < l.From {
			continue
		}
		gone := Days(l.From, min(until, l.To))
		p.Due += money.Fen(float64(lines[l.ID].Planned) * float64(gone) / float64(days))
	}
	if p.Gone == 0 {
		return p
	}
	p.Ratio = 1
	if p.Due > 0 {
		p.Ratio = float64(p.Spent) / float64(p.Due)
	}
	spent, planned, due := float64(p.Spent), float64(p.Planned), float64(p.Due)
	end := spent + (planned-due)*min(p.Ratio, 1)
	// What is not spent yet may come at once, or not at all.
	p.End = Figure{Value: end, Low: spent, High: max(spent, planned), How: "plan.how_pace", Known: !math.IsNaN(end)}
	return p
}
