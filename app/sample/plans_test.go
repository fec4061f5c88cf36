package sample

import (
	"testing"

	"cinnabar/assets"
	"cinnabar/campaigns"
	"cinnabar/internal/people"
)

func standing(brand string) campaigns.BrandStanding {
	trade := map[string]string{suyu: "cosmetics", fjord: "outdoor"}[brand]
	return campaigns.BrandStanding{Name: brand, Verified: trade != "", Trade: trade}
}

// What a newcomer sees has to be possible: the plans can be saved, no rule blocks them,
// and every move, contract and entry is one that people there may make.
func TestPlansKeepTheRulesTheyShow(t *testing.T) {
	t.Parallel()
	kols, _ := KOLs(monday)
	known := map[string]campaigns.KOL{}
	for _, k := range kols {
		known[k.ID] = k
	}
	login := map[string]people.Person{}
	for _, p := range People() {
		login[p.Login] = p
	}
	may := func(who, brand string) {
		if p := login[who]; !p.Plans() || !p.TiedTo(brand) {
			t.Errorf("%s may not plan for %s", who, brand)
		}
	}
	states := map[campaigns.State]int{}
	for _, plan := range Plans(monday, assets.IDOf([]byte("artwork"))) {
		c := plan.Campaign
		c.ID = c.Name
		may(plan.By, c.Brand)
		if err := campaigns.Validate(c); err != nil {
			t.Errorf("%s: %v", c.Name, err)
		}
		for _, s := range c.Scenarios {
			facts := campaigns.Facts{Today: day(monday), Brand: standing(c.Brand), KOLs: known}
			for _, r := range campaigns.Check(c, s, facts) {
				if r.Outcome == "fail" {
					t.Errorf("%s, %s: %s %v", c.Name, s.Name, r.Detail, r.Args)
				}
			}
		}
		proposer := ""
		for _, m := range plan.Moves {
			may(m.Login, c.Brand)
			next, ok := campaigns.Next(c.State, m.Move)
			if !ok || next.Another && m.Login == proposer || next.Words && m.Words == "" {
				t.Errorf("%s: %s may not %s from %s", c.Name, m.Login, m.Move, c.State)
			}
			if m.Move == campaigns.Propose {
				proposer = m.Login
			}
			c.State = next.To
		}
		states[c.State]++
		var ledger []campaigns.Entry
		for _, a := range plan.Agreements {
			con := a.Contract
			con.ID, con.Campaign = con.Handle, c.ID
			if err := campaigns.ValidateContract(con); err != nil {
				t.Errorf("%s, %s: %v", c.Name, con.Handle, err)
			}
			for _, m := range a.Moves {
				next, ok := campaigns.NextContract(con.State, m.Move)
				if !ok || next.Fee != (m.Fee > 0) || next.Endorsed && campaigns.NeedsEndorsement(con.Terms) {
					t.Errorf("%s: %s may not %s from %s", con.Handle, m.Login, m.Move, con.State)
				}
				con.State = next.To
			}
			for i, e := range a.Entries {
				e.ID = con.Handle + string(rune('1'+i))
				if err := campaigns.CheckEntry(c, ledger, e); err != nil {
					t.Errorf("%s: %v", con.Handle, err)
				}
				ledger = append(ledger, e)
			}
		}
	}
	if states[campaigns.Draft] != 1 || states[campaigns.Proposed] != 1 || states[campaigns.Running] != 1 {
		t.Errorf("campaigns stand at %v", states)
	}
}
