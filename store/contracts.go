package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"github.com/jmoiron/sqlx"

	"cinnabar/campaigns"
	"cinnabar/internal/fault"
	"cinnabar/internal/money"
)

// Contracts are the agreements with KOLs. They are seen with their campaign; of a fee
// the desk that reviews posts learns nothing.
type Contracts struct{ db *DB }

// Contracts returns the contracts.
func (db *DB) Contracts() *Contracts { return &Contracts{db} }

// contractJSON is a contract as studio.contract_text writes it.
type contractJSON struct {
	ID       string                  `json:"id"`
	Ref      string                  `json:"ref"`
	Campaign string                  `json:"campaign"`
	Brand    string                  `json:"brand"`
	Line     string                  `json:"line"`
	KOL      string                  `json:"kol"`
	Handle   string                  `json:"handle"`
	State    campaigns.ContractState `json:"state"`
	Version  int                     `json:"version"`
	Brief    campaigns.Brief         `json:"brief"`
	Terms    struct {
		UsageDays  int
		UsageWhere string
	} `json:"terms"`
	Fee          money.Fen         `json:"fee"`
	ServiceFee   money.Rate        `json:"service_fee"`
	Deliverables []deliverableJSON `json:"deliverables"`
	Rounds       []struct {
		At     time.Time `json:"at"`
		By     string    `json:"by"`
		Counts bool      `json:"counts"`
		Fee    money.Fen `json:"fee"`
		Words  string    `json:"words"`
	} `json:"rounds"`
	CreatedBy  string     `json:"created_by"`
	EndorsedBy string     `json:"endorsed_by"`
	SignedAt   *time.Time `json:"signed_at"`
	Updated    time.Time  `json:"updated_at"`
}

type deliverableJSON struct {
	ID      string           `json:"id"`
	Format  campaigns.Format `json:"format"`
	Count   int              `json:"count"`
	From    *string          `json:"from_day"`
	To      *string          `json:"to_day"`
	Planned *string          `json:"planned"`
	Link    string           `json:"link"`
	Code    string           `json:"code"`
	Post    string           `json:"post"`
}

func (j contractJSON) contract() campaigns.Contract {
	c := campaigns.Contract{ID: j.ID, Ref: j.Ref, Campaign: j.Campaign, Brand: j.Brand, Line: j.Line, KOL: j.KOL, Handle: j.Handle, State: j.State,
		Version: j.Version, Brief: j.Brief, Terms: campaigns.Terms{Fee: j.Fee, ServiceFee: j.ServiceFee, UsageDays: j.Terms.UsageDays, UsageWhere: j.Terms.UsageWhere},
		CreatedBy: j.CreatedBy, EndorsedBy: j.EndorsedBy, Updated: j.Updated.UTC()}
	if j.SignedAt != nil {
		c.SignedAt = j.SignedAt.UTC()
	}
	for _, d := range j.Deliverables {
		c.Terms.Deliverables = append(c.Terms.Deliverables, campaigns.Deliverable{ID: d.ID, Format: d.Format, Count: d.Count, From: dayOf(d.From), To: dayOf(d.To),
			Planned: dayOf(d.Planned), Link: d.Link, Code: d.Code, Post: d.Post})
	}
	for _, r := range j.Rounds {
		c.Rounds = append(c.Rounds, campaigns.Round{At: r.At.UTC(), By: r.By, Counts: r.Counts, Fee: r.Fee, Words: r.Words})
	}
	return c
}

// List returns the contracts of a campaign, by reference.
func (c *Contracts) List(ctx context.Context, campaign string) ([]campaigns.Contract, error) {
	if err := known("campaign", campaign); err != nil {
		return nil, err
	}
	return c.list(ctx, `SELECT studio.contract_text(k) FROM studio.contract k WHERE k.campaign = $1 ORDER BY length(k.ref), k.ref`, campaign)
}

// OfKOL returns the contracts with a KOL, the newest first, at most a thousand.
func (c *Contracts) OfKOL(ctx context.Context, kol string) ([]campaigns.Contract, error) {
	return c.list(ctx, `SELECT studio.contract_text(k) FROM studio.contract k WHERE k.kol = $1 ORDER BY k.window_from DESC, k.id DESC LIMIT 1000`, kol)
}

// Get returns a contract. Fault: NotFound, also for another brand's.
func (c *Contracts) Get(ctx context.Context, id string) (campaigns.Contract, error) {
	if err := known("contract", id); err != nil {
		return campaigns.Contract{}, err
	}
	some, err := c.list(ctx, `SELECT studio.contract_text(k) FROM studio.contract k WHERE k.id = $1`, id)
	if err == nil && len(some) == 0 {
		err = fault.New(fault.NotFound, "what", "contract", "id", id)
	}
	if err != nil {
		return campaigns.Contract{}, err
	}
	return some[0], nil
}

// Versions returns all versions of a contract, the newest first. Fault: NotFound.
func (c *Contracts) Versions(ctx context.Context, id string) ([]campaigns.Contract, error) {
	if err := known("contract", id); err != nil {
		return nil, err
	}
	some, err := c.list(ctx, `SELECT content FROM studio.contract_version WHERE contract = $1 ORDER BY version DESC`, id)
	if err == nil && len(some) == 0 {
		err = fault.New(fault.NotFound, "what", "contract", "id", id)
	}
	return some, err
}

func (c *Contracts) list(ctx context.Context, query string, args ...any) ([]campaigns.Contract, error) {
	var rows [][]byte
	err := c.db.read(ctx, func(q sqlx.QueryerContext) error {
		rows = rows[:0]
		return sqlx.SelectContext(ctx, q, &rows, query, args...)
	})
	if err != nil {
		return nil, err
	}
	all := make([]campaigns.Contract, len(rows))
	for i, raw := range rows {
		var j contractJSON
		if err := json.Unmarshal(raw, &j); err != nil {
			return nil, fault.Wrap(err, fault.Internal)
		}
		all[i] = j.contract()
	}
	return all, nil
}

// Put writes a contract for a line of an approved campaign (ID ""), or another text of
// one that is not signed and whose Version was seen. It takes Campaign, Line, Brief and
// Terms; the KOL is the line's, the service fee the campaign's. After the draft the fee
// moves by offers alone. Writing on an agreed contract takes its endorsement back.
//
// Faults: what campaigns.ValidateContract finds, NotAllowedNow, BrandNotVerified,
// RuleChanged, FieldTwice for a line that has a contract, NotFound.
func (c *Contracts) Put(ctx context.Context, request string, k campaigns.Contract) (campaigns.Contract, error) {
	if err := campaigns.ValidateContract(k); err != nil {
		return campaigns.Contract{}, err
	}
	if k.ID != "" {
		if err := known("contract", k.ID); err != nil {
			return campaigns.Contract{}, err
		}
	}
	owed := []deliverableJSON{}
	for _, d := range k.Terms.Deliverables {
		from, to, planned := string(d.From), string(d.To), string(d.Planned)
		owed = append(owed, deliverableJSON{ID: d.ID, Format: d.Format, Count: d.Count, From: &from, To: &to, Planned: &planned, Link: d.Link, Code: d.Code, Post: d.Post})
	}
	text, err := json.Marshal(map[string]any{"campaign": k.Campaign, "line": k.Line, "fee": k.Terms.Fee, "brief": k.Brief,
		"usage_days": k.Terms.UsageDays, "usage_where": k.Terms.UsageWhere, "deliverables": owed})
	if err != nil {
		return campaigns.Contract{}, fault.Wrap(err, fault.Internal)
	}
	return c.answer(ctx, `SELECT studio.contract_put($1, $2, $3, $4)`, request, sql.NullString{String: k.ID, Valid: k.ID != ""}, k.Version, string(text))
}

// Move takes a contract on, as campaigns.ContractMoves allows. fee is for offers and
// counter-offers; others ignore it.
//
// Faults: NotAllowedNow, RuleChanged, FieldMissing where words or, before signing, the
// disclosure are needed, SecondPerson for an endorsement by somebody whose hand the
// terms are of, EndorsementNeeded, BrandNotVerified, FieldValue.
func (c *Contracts) Move(ctx context.Context, request, id string, version int, m campaigns.ContractMove, fee money.Fen, words string) (campaigns.Contract, error) {
	if err := known("contract", id); err != nil {
		return campaigns.Contract{}, err
	}
	return c.answer(ctx, `SELECT studio.contract_move($1, $2, $3, $4, $5, $6)`, request, id, version, string(m), int64(fee), words)
}

func (c *Contracts) answer(ctx context.Context, query string, args ...any) (campaigns.Contract, error) {
	var j contractJSON
	if err := c.db.call(ctx, &j, query, args...); err != nil {
		return campaigns.Contract{}, err
	}
	return j.contract(), nil
}
