package campaigns

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestTiersLeaveNoGap(t *testing.T) {
	t.Parallel()
	all := Tiers()
	for i, tier := range all {
		if i > 0 && tier.From != all[i-1].To+1 || i == 0 && tier.From != 0 || (tier.To == 0) != (i == len(all)-1) {
			t.Errorf("%+v after %+v", tier, all[max(i-1, 0)])
		}
	}
	for followers, want := range map[int]string{-1: "nano", 0: "nano", 4999: "nano", 5000: "micro", 49_999: "micro", 50_000: "mid", 499_999: "mid", 500_000: "top", 1 << 40: "top"} {
		if got := TierOf(followers); got != want {
			t.Errorf("%d followers are %s", followers, got)
		}
	}
}

func TestTheRateCountsAnswersOverFollowers(t *testing.T) {
	t.Parallel()
	e := Engagement{Notes: 3, Views: 9999, Likes: 70, Saves: 20, Comments: 10, Shares: 500}
	if got := e.Rate(1000); got != .1 {
		t.Error(got)
	}
	if got := e.Rate(0); got != 0 {
		t.Error(got)
	}
}

// steady grows from 10,000 by so much a week.
func steady(weekly float64) KOL {
	k := KOL{Daily: Engagement{Notes: 20, Likes: 600}, Authentic: Unknown}
	n := 10_000.0
	for range 12 {
		k.Growth = append(k.Growth, int(n))
		n *= 1 + weekly
	}
	k.Followers = k.Growth[len(k.Growth)-1]
	return k
}

func TestRisingIsFastHonestGrowth(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*KOL)
		want   bool
	}{
		"two per cent a week":           {func(*KOL) {}, true},
		"measured and credible":         {func(k *KOL) { k.Authentic = .75 }, true},
		"followers that look bought":    {func(k *KOL) { k.Authentic = .74 }, false},
		"one per cent a week":           {func(k *KOL) { *k = steady(.01) }, false},
		"readers who don't answer":      {func(k *KOL) { k.Daily.Likes = 90 }, false},
		"too few notes to tell":         {func(k *KOL) { k.Daily.Notes = 2 }, false},
		"too few weeks":                 {func(k *KOL) { k.Growth = k.Growth[4:] }, false},
		"nine weeks":                    {func(k *KOL) { k.Growth = k.Growth[3:] }, true},
		"a small following":             {func(k *KOL) { k.Followers = 900 }, false},
		"all of it in one week":         {func(k *KOL) { k.Growth = []int{10_000, 10_000, 10_000, 10_000, 12_000, 12_000, 12_000, 12_000, 12_000} }, false},
		"a week in which a tenth left":  {func(k *KOL) { k.Growth[8] = k.Growth[7] * 9 / 10 }, false},
		"a week in which a few left":    {func(k *KOL) { k.Growth = []int{10_000, 9_500, 9_900, 10_300, 10_700, 11_100, 11_500, 11_900, 12_300} }, false},
		"from nothing":                  {func(k *KOL) { k.Growth[3] = 0 }, false},
		"fewer than there were":         {func(k *KOL) { slices.Reverse(k.Growth) }, false},
		"no weeks at all":               {func(k *KOL) { k.Growth = nil }, false},
		"a jump before the eight weeks": {func(k *KOL) { k.Growth[0], k.Growth[1] = 100, 100 }, true},
	} {
		k := steady(.02)
		c.change(&k)
		if got := Rising(k); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestRiskGrowsWithWhatIsKnownAgainstSomebody(t *testing.T) {
	t.Parallel()
	clean := KOL{Authentic: Unknown}
	if r := RiskOf(clean); r.PerPost != .05 || !slices.Equal(r.Why, []string{"unknown"}) || r.Points != .2 {
		t.Errorf("nothing known: %+v", r)
	}
	clean.Record.Paid = 40
	if r := RiskOf(clean); r.PerPost != .01 || !slices.Equal(r.Why, []string{"clean"}) {
		t.Errorf("forty clean posts: %+v", r)
	}
	rapid.Check(t, func(t *rapid.T) {
		k := KOL{Authentic: rapid.SampledFrom([]float64{Unknown, 0, .5, .75, 1}).Draw(t, "authentic"), Record: Record{
			Paid: rapid.IntRange(0, 50).Draw(t, "paid"), Breaches: rapid.IntRange(0, 60).Draw(t, "breaches"), Open: rapid.IntRange(0, 9).Draw(t, "open")}}
		r := RiskOf(k)
		if !(r.PerPost >= 0 && r.PerPost <= 1) || len(r.Why) == 0 || r.Points < r.PerPost {
			t.Fatalf("%+v of %+v", r, k)
		}
		more := k
		more.Record.Breaches++
		more.Record.Paid++
		if RiskOf(more).PerPost < r.PerPost {
			t.Fatalf("one breach more makes %v of %v", RiskOf(more).PerPost, r.PerPost)
		}
		open := k
		open.Record.Open++
		if got := RiskOf(open).PerPost; got <= r.PerPost && r.PerPost < 1 {
			t.Fatalf("an open case makes %v of %v", got, r.PerPost)
		}
	})
}

func TestMovesLeadWhereTheTableSays(t *testing.T) {
	t.Parallel()
	states := []State{Draft, Proposed, Approved, Running, Closed}
	moves := []Move{Propose, Approve, SendBack, Start, Close, CallOff}
	for _, from := range states {
		for _, m := range moves {
			next, ok := Next(from, m)
			switch {
			case from == Closed && ok:
				t.Errorf("a closed campaign may %s", m)
			case from != Closed && m == CallOff && (!ok || next.To != Closed || !next.Words):
				t.Errorf("a %s campaign can't be called off: %+v", from, next)
			case ok && (next.To == Approved) != next.Another:
				t.Errorf("%s from %s: %+v", m, from, next)
			}
		}
	}
	// Nothing runs that another person did not approve.
	for _, m := range Moves {
		if m.To == Running && m.From != Approved || m.To == Approved && m.From != Proposed {
			t.Errorf("%+v", m)
		}
	}
	seen := map[string]bool{}
	for _, m := range ContractMoves {
		key := string(m.From) + string(m.Move)
		if seen[key] {
			t.Errorf("two lines for %s", key)
		}
		seen[key] = true
		if m.To == Signed && (!m.Endorsed || m.From != Agreed) {
			t.Errorf("signed without the second person: %+v", m)
		}
		if (m.From == Signed || m.From == ContractEnded || m.From == ContractCalled) && m.Move != EndContract {
			t.Errorf("a %s contract is changed: %+v", m.From, m)
		}
	}
}

func TestTermsAboveTheSumNeedASecondPerson(t *testing.T) {
	t.Parallel()
	// 45,454.54 and ten per cent of it, rounded up, are 49,999.9… ; one fen more is over.
	at := Terms{Fee: 4_545_454, ServiceFee: 1000}
	if NeedsEndorsement(at) {
		t.Errorf("%v with its fee is not above %v", at.Fee, EndorseAbove())
	}
	at.Fee++
	if !NeedsEndorsement(at) {
		t.Errorf("%v with its fee is above %v", at.Fee, EndorseAbove())
	}
}
