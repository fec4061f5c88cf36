package views

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"cinnabar/assets"
	"cinnabar/campaigns"
	"cinnabar/campaigns/reach"
	"cinnabar/internal/fault"
	"cinnabar/internal/job"
	"cinnabar/internal/money"
	"cinnabar/moderation"
	"cinnabar/views/words"
)

// campaignsOf keeps campaigns as the database does: a save names the version it saw,
// and nobody approves what they proposed.
type campaignsOf struct{ *market }

func (m campaignsOf) List(_ context.Context, q campaigns.CampaignQuery) ([]campaigns.Campaign, error) {
	if m.down {
		return nil, m.offline()
	}
	var out []campaigns.Campaign
	for _, c := range m.plans {
		if (len(q.States) == 0 || slices.Contains(q.States, c.State)) && strings.Contains(c.Name, q.Search) {
			out = append(out, whole(c))
		}
	}
	return out, nil
}

func (m campaignsOf) at(id string) int {
	return slices.IndexFunc(m.plans, func(c campaigns.Campaign) bool { return c.ID == id })
}

func (m campaignsOf) Get(_ context.Context, id string) (campaigns.Campaign, error) {
	if m.down {
		return campaigns.Campaign{}, m.offline()
	}
	i := m.at(id)
	if i < 0 {
		return campaigns.Campaign{}, fault.New(fault.NotFound, "what", "campaign", "id", id)
	}
	return whole(m.plans[i]), nil
}

func (m campaignsOf) Put(_ context.Context, request string, c campaigns.Campaign) (campaigns.Campaign, error) {
	if err := m.wrote(request); err != nil {
		return c, err
	}
	if c.ID == "" {
		c.ID, c.State, c.Version, c.CreatedBy = m.id("campaign"), campaigns.Draft, 1, m.me.Login
		m.market.plans = append(m.market.plans, whole(c))
		return c, nil
	}
	i := m.at(c.ID)
	if m.plans[i].Version != c.Version {
		return c, fault.New(fault.RuleChanged, "what", "campaign", "id", c.ID)
	}
	c.Version++
	m.market.plans[i] = whole(c)
	return c, nil
}

func (m campaignsOf) Move(_ context.Context, request, id string, version int, move campaigns.Move, words string) (campaigns.Campaign, error) {
	if err := m.wrote(request); err != nil {
		return campaigns.Campaign{}, err
	}
	c := &m.market.plans[m.at(id)]
	step, ok := campaigns.Next(c.State, move)
	switch {
	case c.Version != version:
		return *c, fault.New(fault.RuleChanged, "what", "campaign", "id", id)
	case !ok:
		return *c, fault.New(fault.NotAllowedNow, "verdict", string(move), "stage", string(c.State))
	case step.Another && c.ProposedBy == m.me.Login:
		return *c, fault.New(fault.SecondPerson)
	}
	c.State, c.Words = step.To, words
	c.Version++
	switch move {
	case campaigns.Propose:
		c.ProposedBy = m.me.Login
	case campaigns.Approve:
		c.ApprovedBy = m.me.Login
	}
	return whole(*c), nil
}

func (m campaignsOf) Brands(context.Context) ([]campaigns.BrandStanding, error) {
	if m.down {
		return nil, m.offline()
	}
	return m.brands, nil
}

func (m campaignsOf) Ledger(_ context.Context, id string) ([]campaigns.Entry, error) {
	if m.down {
		return nil, m.offline()
	}
	return slices.Clone(m.entries[id]), nil
}

func (m campaignsOf) Enter(_ context.Context, request, id string, e campaigns.Entry) error {
	if err := m.wrote(request); err != nil {
		return err
	}
	if err := campaigns.CheckEntry(m.plans[m.at(id)], m.entries[id], e); err != nil {
		return err
	}
	e.ID, e.At, e.By, e.Day = m.id("entry"), m.now, m.me.Login, dayIn(m.now)
	m.entries[id] = append(m.entries[id], e)
	return nil
}

func (m campaignsOf) Items(_ context.Context, from, to moderation.Date, brand, kol string) ([]campaigns.Item, error) {
	if m.down {
		return nil, m.offline()
	}
	var out []campaigns.Item
	for _, i := range m.items {
		if i.To >= from && i.From <= to && (brand == "" || i.Brand == brand) && (kol == "" || i.KOL == kol) {
			out = append(out, i)
		}
	}
	return out, nil
}

func (m campaignsOf) Booked(_ context.Context, kols []string, from, to moderation.Date) ([]campaigns.Item, error) {
	if m.down {
		return nil, m.offline()
	}
	var out []campaigns.Item
	for _, i := range m.booked {
		if i.From >= from && i.From <= to && slices.Contains(kols, i.KOL) {
			out = append(out, i)
		}
	}
	return out, nil
}

func (m campaignsOf) MoveItem(_ context.Context, request string, i campaigns.Item, to moderation.Date) error {
	if err := m.wrote(request); err != nil {
		return err
	}
	moved, err := campaigns.Moved(i, to)
	if err != nil {
		return err
	}
	for n := range m.items {
		if m.items[n].Campaign == i.Campaign && m.items[n].Line == i.Line && m.items[n].Deliverable == i.Deliverable {
			m.market.items[n] = moved
		}
	}
	return nil
}

// contractsOf keeps contracts, each version of them.
type contractsOf struct{ *market }

func (m contractsOf) List(_ context.Context, campaign string) ([]campaigns.Contract, error) {
	if m.down {
		return nil, m.offline()
	}
	latest := map[string]campaigns.Contract{}
	var order []string
	for _, c := range m.deals {
		if c.Campaign != campaign {
			continue
		}
		if _, there := latest[c.ID]; !there {
			order = append(order, c.ID)
		}
		latest[c.ID] = c
	}
	var out []campaigns.Contract
	for _, id := range order {
		out = append(out, latest[id])
	}
	return out, nil
}

func (m contractsOf) Versions(_ context.Context, id string) ([]campaigns.Contract, error) {
	var out []campaigns.Contract
	for _, c := range m.deals {
		if c.ID == id {
			out = append(out, c)
		}
	}
	return out, nil
}

func (m contractsOf) newest(id string) (campaigns.Contract, bool) {
	all, _ := m.Versions(context.Background(), id)
	if len(all) == 0 {
		return campaigns.Contract{}, false
	}
	return all[len(all)-1], true
}

func (m contractsOf) Put(_ context.Context, request string, c campaigns.Contract) (campaigns.Contract, error) {
	if err := m.wrote(request); err != nil {
		return c, err
	}
	if c.ID == "" {
		c.ID, c.State, c.CreatedBy = m.id("contract"), campaigns.ContractDraft, m.me.Login
		c.Ref = fmt.Sprintf("C-%04d", m.next)
	} else if last, _ := m.newest(c.ID); last.Version != c.Version {
		return c, fault.New(fault.RuleChanged, "what", "contract", "id", c.ID)
	}
	c.Version++
	c.Updated = m.now
	m.market.deals = append(m.market.deals, c)
	return c, nil
}

func (m contractsOf) Move(_ context.Context, request, id string, version int, move campaigns.ContractMove, fee money.Fen, words string) (campaigns.Contract, error) {
	if err := m.wrote(request); err != nil {
		return campaigns.Contract{}, err
	}
	c, _ := m.newest(id)
	step, ok := campaigns.NextContract(c.State, move)
	switch {
	case c.Version != version:
		return c, fault.New(fault.RuleChanged, "what", "contract", "id", id)
	case !ok:
		return c, fault.New(fault.NotAllowedNow, "verdict", string(move), "stage", string(c.State))
	case step.Another && c.CreatedBy == m.me.Login || step.Endorsed && c.EndorsedBy == "" && campaigns.NeedsEndorsement(c.Terms):
		return c, fault.New(fault.SecondPerson)
	}
	c.State = step.To
	if step.Fee {
		c.Terms.Fee = fee
		c.Rounds = append(slices.Clone(c.Rounds), campaigns.Round{At: m.now, By: m.me.Login, Counts: move == campaigns.CounterOffer, Fee: fee, Words: words})
	}
	if move == campaigns.Endorse {
		c.EndorsedBy = m.me.Login
	}
	if move == campaigns.Sign {
		c.SignedAt = m.now
	}
	c.Version++
	c.Updated = m.now
	m.market.deals = append(m.market.deals, c)
	return c, nil
}

// sunCare is the campaign of the drawing, as a draft.
func (m *market) sunCare() campaigns.Campaign {
	post := func(id, kol, handle string, f campaigns.Format, from, to moderation.Date, fee money.Fen) campaigns.Line {
		return campaigns.Line{ID: id, Kind: campaigns.KOLLine, Title: handle, From: from, To: to, Cost: fee, KOL: &campaigns.KOLPost{KOL: kol, Handle: handle, Format: f, Alone: -1}}
	}
	zone := shanghaiTime()
	lines := []campaigns.Line{
		post("l1", "k1", "溪溪", campaigns.PictureNote, "2026-03-13", "2026-03-19", 1_800_000),
		post("l2", "k2", "northbound", campaigns.VideoNote, "2026-03-21", "2026-03-25", 2_650_000),
		post("l3", "k3", "阿泽", campaigns.PictureNote, "2026-03-14", "2026-03-17", 120_000),
		post("l4", "k4", "山行", campaigns.PictureNote, "2026-03-27", "2026-04-03", 480_000),
		post("l5", "k5", "lune", campaigns.VideoNote, "2026-03-28", "2026-04-04", 900_000),
		post("l6", "k6", "小满", campaigns.PictureNote, "2026-03-20", "2026-03-26", 360_000),
		{ID: "g1", Kind: campaigns.GiftLine, Title: "春日卡片", From: "2026-03-17", To: "2026-03-31", Cost: 900_000,
			Gift: &campaigns.Gift{Kind: campaigns.AnimatedCard, Artwork: assets.IDOf([]byte("card")), Editions: 20_000, PerHead: 1}},
		{ID: "e1", Kind: campaigns.EventLine, Title: "静安快闪", From: "2026-03-21", To: "2026-03-23", Cost: 2_200_000,
			Event: &campaigns.Event{Place: "静安嘉里中心", City: "上海", Starts: time.Date(2026, 3, 21, 10, 0, 0, 0, zone), Ends: time.Date(2026, 3, 23, 20, 0, 0, 0, zone), Capacity: 600}},
		{ID: "p1", Kind: campaigns.PromotionLine, Title: "«三秒成膜» against «不假白»", From: "2026-03-12", To: "2026-04-04", Cost: 720_000,
			Promotion: &campaigns.Promotion{Message: "三秒成膜，出门不等", Variant: "不假白，像没涂一样", Daily: 30_000, Expected: 40_000}},
	}
	micro := slices.Clone(lines[2:6])
	return campaigns.Campaign{ID: "c1", Brand: "初岚", Name: "Spring sun care", State: campaigns.Draft, Version: 3, ServiceFee: 1000, Chosen: "A", CreatedBy: "marketer1",
		Wish: campaigns.Wish{Goal: campaigns.Awareness, Budget: 12_000_000, From: "2026-03-10", To: "2026-04-06", Frequency: 1,
			Segment: campaigns.Segment{Genders: []string{"f"}, Others: .5}},
		Scenarios: []campaigns.Scenario{{ID: "A", Name: "A", Lines: lines}, {ID: "B", Name: "B · micro only", Lines: micro}}}
}

// quickChooser answers at once: the offers as they come until the money is gone.
type quickChooser struct {
	calls   *int
	refused error
}

func (q quickChooser) Choose(_ context.Context, p reach.Problem, o reach.Options) (reach.Answer, error) {
	if q.calls != nil {
		*q.calls++
	}
	if q.refused != nil {
		return reach.Answer{}, q.refused
	}
	a := take(p, p.Budget)
	if o.Progress != nil {
		o.Progress(a)
	}
	return a, nil
}

func (q quickChooser) Curve(_ context.Context, p reach.Problem, budgets []money.Fen, _ time.Duration) ([]reach.Answer, error) {
	var out []reach.Answer
	for _, b := range budgets {
		out = append(out, take(p, b))
	}
	return out, nil
}

func take(p reach.Problem, budget money.Fen) reach.Answer {
	a := reach.Answer{}
	used, hit := map[string]bool{}, map[uint32]bool{}
	for i, o := range p.Offers {
		if used[o.KOL] || o.Cost > budget-a.Cost {
			continue
		}
		used[o.KOL] = true
		a.Cost += o.Cost
		before := a.Reach
		for _, n := range o.Audience {
			if !hit[n] {
				hit[n] = true
				a.Reach += p.Weights[n]
			}
		}
		a.Picks = append(a.Picks, reach.Pick{Offer: i, Alone: a.Reach - before})
	}
	a.Bound = a.Reach * 1.018
	return a
}

func (m *market) campaignsConfig(t testing.TB, l words.Language) CampaignsConfig {
	cfg := m.config(l)
	runner := job.NewRunner(2)
	t.Cleanup(runner.Close)
	return CampaignsConfig{Loop: m, Book: cfg.Book, Me: m.me, Campaigns: campaignsOf{m}, Contracts: contractsOf{m}, Pool: directory{m}, Chooser: quickChooser{},
		Jobs: runner, Gallery: cfg.Gallery, Notify: m, Go: m.Go, NewID: func() string { return m.id("id") }, Now: func() time.Time { return m.now }}
}

// planWindow shows the plan of the drawing.
func planWindow(t testing.TB, m *market) (*Campaigns, *plan, fyne.Window) {
	t.Helper()
	if len(m.plans) == 0 {
		m.plans = []campaigns.Campaign{m.sunCare()}
	}
	s := NewCampaigns(m.campaignsConfig(t, words.EN))
	win := m.window(s, 1256, 844)
	s.Open("c1")
	m.settle()
	return s, s.page.(*plan), win
}
