package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"cinnabar/campaigns"
	"cinnabar/internal/fault"
	"cinnabar/internal/money"
	"cinnabar/moderation"
)

// Campaigns are the brands' plans. A marketer sees those of the brands they act for,
// an auditor all.
type Campaigns struct{ db *DB }

// Campaigns returns the campaigns.
func (db *DB) Campaigns() *Campaigns { return &Campaigns{db} }

// campaignJSON is a campaign as studio.campaign_text writes it. What is wished and
// planned is kept in the words of package campaigns.
type campaignJSON struct {
	ID         string               `json:"id"`
	Brand      string               `json:"brand"`
	Name       string               `json:"name"`
	State      campaigns.State      `json:"state"`
	Version    int                  `json:"version"`
	Wish       campaigns.Wish       `json:"wish"`
	Scenarios  []campaigns.Scenario `json:"scenarios"`
	ServiceFee money.Rate           `json:"service_fee"`
	Chosen     string               `json:"chosen"`
	CreatedBy  string               `json:"created_by"`
	ProposedBy string               `json:"proposed_by"`
	ApprovedBy string               `json:"approved_by"`
	Created    time.Time            `json:"created_at"`
	Updated    time.Time            `json:"updated_at"`
	Words      string               `json:"words"`
}

func (j campaignJSON) campaign() campaigns.Campaign {
	return campaigns.Campaign{ID: j.ID, Brand: j.Brand, Name: j.Name, State: j.State, Version: j.Version, Wish: j.Wish, ServiceFee: j.ServiceFee,
		Scenarios: j.Scenarios, Chosen: j.Chosen, CreatedBy: j.CreatedBy, ProposedBy: j.ProposedBy, ApprovedBy: j.ApprovedBy,
		Created: j.Created.UTC(), Updated: j.Updated.UTC(), Words: j.Words}
}

// campaignsAtMost is how many a list holds.
const campaignsAtMost = 1000

// List returns the campaigns that fit, those that changed last first, at most a
// thousand. Search is a part of the name.
func (c *Campaigns) List(ctx context.Context, q campaigns.CampaignQuery) ([]campaigns.Campaign, error) {
	states := make(pq.StringArray, 0, len(q.States))
	for _, s := range q.States {
		states = append(states, string(s))
	}
	return c.list(ctx, `($1 = '' OR studio.fold(brand) = studio.fold($1)) AND (cardinality($2::text[]) = 0 OR state = ANY ($2))
		AND ($3 = '' OR position(studio.fold($3) IN studio.fold(name)) > 0)`, clipped(q.Brand), states, clipped(q.Search))
}

func (c *Campaigns) list(ctx context.Context, where string, args ...any) ([]campaigns.Campaign, error) {
	var rows [][]byte
	err := c.db.read(ctx, func(q sqlx.QueryerContext) error {
		rows = rows[:0]
		return sqlx.SelectContext(ctx, q, &rows, `SELECT to_jsonb(c) FROM studio.campaign c WHERE `+where+
			` ORDER BY updated_at DESC, id LIMIT `+itoa(campaignsAtMost), args...)
	})
	if err != nil {
		return nil, err
	}
	all := make([]campaigns.Campaign, len(rows))
	for i, raw := range rows {
		var j campaignJSON
		if err := json.Unmarshal(raw, &j); err != nil {
			return nil, fault.Wrap(err, fault.Internal)
		}
		all[i] = j.campaign()
	}
	return all, nil
}

// Get returns a campaign, whole. Fault: NotFound, also for another brand's.
func (c *Campaigns) Get(ctx context.Context, id string) (campaigns.Campaign, error) {
	if err := known("campaign", id); err != nil {
		return campaigns.Campaign{}, err
	}
	some, err := c.list(ctx, `c.id = $1`, id)
	if err == nil && len(some) == 0 {
		err = fault.New(fault.NotFound, "what", "campaign", "id", id)
	}
	if err != nil {
		return campaigns.Campaign{}, err
	}
	return some[0], nil
}

// Put saves a plan, whole or not at all: a new one (ID ""), or a draft whose Version
// was seen. It takes Brand, Name, Wish, Scenarios and Chosen; the rest is the
// database's to say. The plan comes back as it stands then.
//
// Faults: what campaigns.Validate finds, NoRight for a brand that is not the person's,
// BrandNotVerified, RuleChanged when somebody else saved meanwhile, NotAllowedNow for
// what is no draft, NotFound (a campaign, or a KOL of a line).
func (c *Campaigns) Put(ctx context.Context, request string, p campaigns.Campaign) (campaigns.Campaign, error) {
	if err := campaigns.Validate(p); err != nil {
		return campaigns.Campaign{}, err
	}
	if p.ID != "" {
		if err := known("campaign", p.ID); err != nil {
			return campaigns.Campaign{}, err
		}
	}
	plan, err := json.Marshal(map[string]any{"brand": p.Brand, "name": p.Name, "wish": p.Wish, "scenarios": p.Scenarios, "chosen": p.Chosen})
	if err != nil {
		return campaigns.Campaign{}, fault.Wrap(err, fault.FieldValue, "field", "scenarios", "value", "")
	}
	return c.answer(ctx, `SELECT studio.campaign_put($1, $2, $3, $4)`, request, sql.NullString{String: p.ID, Valid: p.ID != ""}, p.Version, string(plan))
}

// Move takes a campaign from one state to another, as campaigns.Moves allows.
//
// Faults: NotAllowedNow, RuleChanged when the version is another, FieldMissing where
// words are needed, SecondPerson for an approval by whoever made, changed last or
// proposed the plan; and what keeps a plan from being proposed, approved or started:
// BrandNotVerified, OverBudget, OutsideWindow, FieldMissing for a plan without lines.
func (c *Campaigns) Move(ctx context.Context, request, id string, version int, m campaigns.Move, words string) (campaigns.Campaign, error) {
	if err := known("campaign", id); err != nil {
		return campaigns.Campaign{}, err
	}
	return c.answer(ctx, `SELECT studio.campaign_move($1, $2, $3, $4, $5)`, request, id, version, string(m), words)
}

func (c *Campaigns) answer(ctx context.Context, query string, args ...any) (campaigns.Campaign, error) {
	var j campaignJSON
	if err := c.db.call(ctx, &j, query, args...); err != nil {
		return campaigns.Campaign{}, err
	}
	return j.campaign(), nil
}

// Brands says of each brand that the person acts for (an auditor: of all) whether it
// can be planned for today, by name. Fault: NoRight.
func (c *Campaigns) Brands(ctx context.Context) ([]campaigns.BrandStanding, error) {
	var raw []byte
	if err := c.db.read(ctx, func(q sqlx.QueryerContext) error {
		return sqlx.GetContext(ctx, q, &raw, `SELECT studio.my_brand_standings()`)
	}); err != nil {
		return nil, err
	}
	var rows []struct {
		Name     string  `json:"name"`
		Verified bool    `json:"verified"`
		Why      string  `json:"why"`
		Until    *string `json:"until"`
		Account  string  `json:"account"`
		Trade    string  `json:"trade"`
		Breaches int     `json:"breaches"`
	}
	if err := json.Unmarshal(raw, &rows); err != nil {
		return nil, fault.Wrap(err, fault.Internal)
	}
	brands := make([]campaigns.BrandStanding, len(rows))
	for i, r := range rows {
		brands[i] = campaigns.BrandStanding{Name: r.Name, Verified: r.Verified, Why: r.Why, Until: dayOf(r.Until), Account: r.Account, Trade: r.Trade, Breaches: r.Breaches}
	}
	return brands, nil
}

// Bar keeps a brand from being planned for up to and with a day; "" lifts the bar.
// Words say why. Faults: NoRight for everybody but leads, FieldMissing, FieldValue.
func (c *Campaigns) Bar(ctx context.Context, request, brand string, until moderation.Date, words string) error {
	if _, ok := until.Time(); !ok && until != "" {
		return fault.New(fault.FieldValue, "field", "until", "value", excerpt(string(until)))
	}
	return c.db.call(ctx, nil, `SELECT studio.brand_bar_put($1, $2, $3, $4)`, request, brand, sql.NullString{String: string(until), Valid: until != ""}, words)
}
