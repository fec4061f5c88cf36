package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"cinnabar/campaigns"
	"cinnabar/internal/fault"
	"cinnabar/internal/money"
	"cinnabar/moderation"
)

// Ledger returns the entries of a campaign, oldest first.
func (c *Campaigns) Ledger(ctx context.Context, campaign string) ([]campaigns.Entry, error) {
	if err := known("campaign", campaign); err != nil {
		return nil, err
	}
	var rows []struct {
		ID       string              `db:"id"`
		Line     string              `db:"line"`
		Contract string              `db:"contract"`
		Kind     campaigns.EntryKind `db:"kind"`
		Amount   int64               `db:"amount"`
		Reverses string              `db:"reverses"`
		Day      string              `db:"day"`
		Words    string              `db:"words"`
		By       string              `db:"by"`
		At       time.Time           `db:"at"`
	}
	err := c.db.read(ctx, func(q sqlx.QueryerContext) error {
		rows = rows[:0]
		return sqlx.SelectContext(ctx, q, &rows, `
			SELECT id, line, coalesce(CAST(contract AS text), '') AS contract, kind, amount, coalesce(CAST(reverses AS text), '') AS reverses,
			       CAST(day AS text) AS day, words, by, at FROM studio.ledger WHERE campaign = $1 ORDER BY at, id`, campaign)
	})
	if err != nil {
		return nil, err
	}
	entries := make([]campaigns.Entry, len(rows))
	for i, r := range rows {
		entries[i] = campaigns.Entry{ID: r.ID, Line: r.Line, Contract: r.Contract, Kind: r.Kind, Amount: money.Fen(r.Amount), Reverses: r.Reverses,
			Day: moderation.Date(r.Day), At: r.At.UTC(), By: r.By, Words: r.Words}
	}
	return entries, nil
}

// Enter writes an entry; ID, By and At are the database's to say, and Day too where it
// is "". Faults: those of campaigns.CheckEntry, by the ledger as it stands then;
// NotFound for another brand's campaign.
func (c *Campaigns) Enter(ctx context.Context, request, campaign string, e campaigns.Entry) error {
	if err := known("campaign", campaign); err != nil {
		return err
	}
	text, err := json.Marshal(map[string]any{"line": e.Line, "contract": e.Contract, "kind": e.Kind, "amount": e.Amount, "reverses": e.Reverses, "day": e.Day, "words": e.Words})
	if err != nil {
		return fault.Wrap(err, fault.Internal)
	}
	return c.db.call(ctx, nil, `SELECT studio.ledger_enter($1, $2, $3)`, request, campaign, string(text))
}

// Items returns what the calendar shows of the days from and to, both included, of a
// brand and a KOL if they are given, by day: lines of picked scenarios, and in place of
// a line with a contract that is not over, its deliverables.
func (c *Campaigns) Items(ctx context.Context, from, to moderation.Date, brand, kol string) ([]campaigns.Item, error) {
	var raw []byte
	err := c.db.read(ctx, func(q sqlx.QueryerContext) error {
		return sqlx.GetContext(ctx, q, &raw, `SELECT studio.plan_items($1, $2, $3, $4)`, dayArgument(from), dayArgument(to), clipped(brand), clipped(kol))
	})
	if err != nil {
		return nil, err
	}
	var rows []struct {
		Campaign    string             `json:"campaign"`
		Name        string             `json:"name"`
		Brand       string             `json:"brand"`
		Trade       string             `json:"trade"`
		State       campaigns.State    `json:"state"`
		Line        string             `json:"line"`
		Contract    string             `json:"contract"`
		Deliverable string             `json:"deliverable"`
		Kind        campaigns.LineKind `json:"kind"`
		Title       string             `json:"title"`
		KOL         string             `json:"kol"`
		From        moderation.Date    `json:"from"`
		To          moderation.Date    `json:"to"`
		Earliest    moderation.Date    `json:"earliest"`
		Latest      moderation.Date    `json:"latest"`
		Coupon      string             `json:"coupon"`
		Fixed       bool               `json:"fixed"`
	}
	if err := json.Unmarshal(raw, &rows); err != nil {
		return nil, fault.Wrap(err, fault.Internal)
	}
	items := make([]campaigns.Item, len(rows))
	for i, r := range rows {
		items[i] = campaigns.Item(r)
	}
	return items, nil
}

// Booked returns on which of the days from and to, both included, some KOLs post for
// brands that are not those of whoever asks: items of which no more is known than KOL,
// Trade and the day. Only what is signed is among them. By KOL and day. An auditor, who
// sees all plans, gets none. Fault: NoRight for everybody but those two.
func (c *Campaigns) Booked(ctx context.Context, kols []string, from, to moderation.Date) ([]campaigns.Item, error) {
	var items []campaigns.Item
	for some := range slices.Chunk(slices.Compact(slices.Sorted(slices.Values(kols))), bookedAtOnce) {
		var raw []byte
		err := c.db.read(ctx, func(q sqlx.QueryerContext) error {
			return sqlx.GetContext(ctx, q, &raw, `SELECT studio.booked_elsewhere($1, $2, $3)`, textArray(some), dayArgument(from), dayArgument(to))
		})
		if err != nil {
			return nil, err
		}
		var rows []struct {
			KOL   string          `json:"kol"`
			Day   moderation.Date `json:"day"`
			Trade string          `json:"trade"`
		}
		if err := json.Unmarshal(raw, &rows); err != nil {
			return nil, fault.Wrap(err, fault.Internal)
		}
		for _, r := range rows {
			items = append(items, campaigns.Item{Kind: campaigns.KOLLine, KOL: r.KOL, Trade: r.Trade, From: r.Day, To: r.Day, Fixed: true})
		}
	}
	return items, nil
}

// bookedAtOnce is how many KOLs one question may name.
const bookedAtOnce = 500

// MoveItem puts an item, as it was seen, on another first day. It keeps its length.
// Faults: NotMovable, OutsideWindow, RuleChanged when somebody else moved it meanwhile,
// NotFound.
func (c *Campaigns) MoveItem(ctx context.Context, request string, i campaigns.Item, to moderation.Date) error {
	if err := known("campaign", i.Campaign); err != nil {
		return err
	}
	if _, ok := to.Time(); !ok {
		return fault.New(fault.FieldValue, "field", "from", "value", excerpt(string(to)))
	}
	if i.Deliverable != "" {
		if err := known("contract", i.Contract); err != nil {
			return err
		}
		return c.db.call(ctx, nil, `SELECT studio.deliverable_plan($1, $2, $3, $4, $5)`, request, i.Contract, i.Deliverable, dayArgument(i.From), dayArgument(to))
	}
	return c.db.call(ctx, nil, `SELECT studio.campaign_line_move($1, $2, $3, $4, $5)`, request, i.Campaign, i.Line, dayArgument(i.From), dayArgument(to))
}

// dayArgument is NULL for what is no day.
func dayArgument(d moderation.Date) sql.NullString {
	_, ok := d.Time()
	return sql.NullString{String: string(d), Valid: ok}
}
