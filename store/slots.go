package store

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"cinnabar/assets"
	"cinnabar/internal/fault"
)

// Slots are the platforms' slots: those that the studio ships, overlaid by what leads
// have written.
type Slots struct{ db *DB }

// Slots returns the slots.
func (db *DB) Slots() *Slots { return &Slots{db} }

// List returns the slots that pictures are checked for: the shipped ones in their order,
// then those of leads by id.
func (s *Slots) List(ctx context.Context) ([]assets.Slot, error) {
	all, err := s.All(ctx)
	if err != nil {
		return nil, err
	}
	slots := make([]assets.Slot, 0, len(all))
	for _, k := range all {
		if !k.Retired {
			slots = append(slots, k.Slot)
		}
	}
	return slots, nil
}

// All returns retired slots too, and who wrote what.
func (s *Slots) All(ctx context.Context) ([]assets.KeptSlot, error) {
	var rows []struct {
		ID      assets.SlotID `db:"id"`
		Body    []byte        `db:"body"`
		Retired bool          `db:"retired"`
		Version int           `db:"version"`
		By      string        `db:"by"`
		At      time.Time     `db:"at"`
	}
	err := s.db.read(ctx, func(q sqlx.QueryerContext) error {
		rows = rows[:0]
		return sqlx.SelectContext(ctx, q, &rows, `SELECT id, body, retired, version, by, at FROM studio.slot ORDER BY id`)
	})
	if err != nil {
		return nil, err
	}
	var all []assets.KeptSlot
	for _, shipped := range assets.Slots() {
		all = append(all, assets.KeptSlot{Slot: shipped, Shipped: true})
	}
	for _, r := range rows {
		kept := assets.KeptSlot{Retired: r.Retired, Version: r.Version, By: r.By, At: r.At.UTC()}
		if err := json.Unmarshal(r.Body, &kept.Slot); err != nil {
			return nil, fault.Wrap(err, fault.Internal)
		}
		if i := slices.IndexFunc(all, func(k assets.KeptSlot) bool { return k.Shipped && k.ID == r.ID }); i >= 0 {
			kept.Shipped = true
			all[i] = kept
		} else {
			all = append(all, kept)
		}
	}
	return all, nil
}

// Save makes or changes a slot, or retires it. version is that of the one the editor saw,
// 0 for one that nobody here has edited. It comes back as it stands then. Faults: what
// assets.Slot.Validate says, RuleChanged, NoRight for everybody but leads.
func (s *Slots) Save(ctx context.Context, request string, version int, slot assets.Slot, retired bool) (assets.KeptSlot, error) {
	if err := slot.Validate(); err != nil {
		return assets.KeptSlot{}, err
	}
	body, err := json.Marshal(slot)
	if err != nil {
		return assets.KeptSlot{}, fault.Wrap(err, fault.Internal)
	}
	var a struct {
		Version int       `json:"version"`
		By      string    `json:"by"`
		At      time.Time `json:"at"`
	}
	if err := s.db.call(ctx, &a, `SELECT studio.slot_put($1, $2, $3, $4)`, request, version, string(body), retired); err != nil {
		return assets.KeptSlot{}, err
	}
	shipped := slices.ContainsFunc(assets.Slots(), func(x assets.Slot) bool { return x.ID == slot.ID })
	return assets.KeptSlot{Slot: slot, Shipped: shipped, Retired: retired, Version: a.Version, By: a.By, At: a.At.UTC()}, nil
}
