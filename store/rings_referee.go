package store

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/lib/pq"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/moderation/rings"
)

// Claim opens those of some cases of a ring, at most 500, that the person of this
// connection may decide and that nobody else has, each as Cases.Claim does, and tells of
// the others why not. No cases means those of the whole ring. Faults: NotFound for what is no ring any more, FieldValue for too
// many cases or what names none, NoRight.
func (r *Rings) Claim(ctx context.Context, request, ring string, cases []string) (rings.Claimed, error) {
	for _, id := range cases {
		if err := known("case", id); err != nil {
			return rings.Claimed{}, err
		}
	}
	var a struct {
		Leases []answer `json:"leases"`
		Left   []struct {
			Case string            `json:"case"`
			Why  fault.Code        `json:"why"`
			Args map[string]string `json:"args"`
		} `json:"left"`
	}
	ask, args := `SELECT studio.ring_claim($1, $2)`, []any{request, ring}
	if cases != nil {
		ask, args = `SELECT studio.ring_claim($1, $2, $3)`, append(args, pq.StringArray(cases))
	}
	if err := r.db.call(ctx, &a, ask, args...); err != nil {
		return rings.Claimed{}, err
	}
	c := rings.Claimed{Leases: leasesOf(a.Leases), Left: map[string]*fault.Error{}}
	for _, l := range a.Left {
		args := make([]string, 0, 2*len(l.Args))
		for _, name := range slices.Sorted(maps.Keys(l.Args)) {
			args = append(args, name, l.Args[name])
		}
		c.Left[l.Case] = fault.New(l.Why, args...)
	}
	return c, nil
}

func leasesOf(all []answer) []moderation.Lease {
	leases := make([]moderation.Lease, len(all))
	for i, a := range all {
		leases[i] = a.lease()
	}
	return leases
}

// held is how leases are named to the database, with what the author of each is told.
func held(leases []moderation.Lease, reasons map[string]string) (string, error) {
	type leaseJSON struct {
		Case    string  `json:"case"`
		Fence   int64   `json:"fence"`
		Version int     `json:"version"`
		Reason  *string `json:"reason,omitempty"`
	}
	list := make([]leaseJSON, len(leases))
	for i, l := range leases {
		if err := known("case", l.Case); err != nil {
			return "", err
		}
		list[i] = leaseJSON{Case: l.Case, Fence: l.Fence, Version: l.Version}
		if words, ok := reasons[l.Case]; ok {
			list[i].Reason = &words
		}
	}
	raw, err := json.Marshal(list)
	if err != nil {
		return "", fault.Wrap(err, fault.Internal)
	}
	return string(raw), nil
}

// Renew holds cases for longer and returns the leases that there still are.
func (r *Rings) Renew(ctx context.Context, leases []moderation.Lease) ([]moderation.Lease, error) {
	raw, err := held(leases, nil)
	if err != nil {
		return nil, err
	}
	var all []answer
	if err := r.db.call(ctx, &all, `SELECT studio.ring_renew($1)`, raw); err != nil {
		return nil, err
	}
	return leasesOf(all), nil
}

// Release gives cases back. Giving back what is no longer held is no fault.
func (r *Rings) Release(ctx context.Context, request string, leases []moderation.Lease) error {
	raw, err := held(leases, nil)
	if err != nil {
		return err
	}
	return r.db.call(ctx, nil, `SELECT studio.ring_release($1, $2)`, request, raw)
}

// Decide hands one verdict on cases of a ring to the referee: all of them are decided,
// or none. Faults: RingRefused names the case that may not be decided and why
// (as Cases.Decide would say it, or NotInRing); PolicyNeeded, ReasonNeeded; NotFound for
// what is no ring any more; Offline.
func (r *Rings) Decide(ctx context.Context, d rings.Decision) (rings.Receipt, error) {
	raw, err := held(d.Leases, d.Reasons)
	if err != nil {
		return rings.Receipt{}, err
	}
	var a struct {
		ID        string    `json:"ring_decision"`
		At        time.Time `json:"at"`
		Effective time.Time `json:"effective"`
		Made      []answer  `json:"made"`
	}
	err = r.db.call(ctx, &a, `SELECT studio.ring_decide($1, $2, $3, $4, $5, $6, $7)`, d.Request, d.Ring, raw, d.Verdict, d.Policy, d.Reason, d.Note)
	receipt := rings.Receipt{ID: a.ID, At: a.At, Effective: a.Effective}
	for _, m := range a.Made {
		receipt.Made = append(receipt.Made, moderation.Receipt{Decision: m.Decision, Case: m.Case, Stage: m.Stage, At: m.At, Effective: m.Effective})
	}
	return receipt, err
}

// Undo takes a ring's decision of one's own back before it takes effect, as far as it
// stands, or nothing of it; the cases are open on one's own desk then. Faults: TooLate,
// NotFound (also for a colleague's), RingRefused.
func (r *Rings) Undo(ctx context.Context, request, id string) ([]moderation.Lease, error) {
	if err := known("decision", id); err != nil {
		return nil, err
	}
	var all []answer
	if err := r.db.call(ctx, &all, `SELECT studio.ring_undo($1, $2)`, request, id); err != nil {
		return nil, err
	}
	return leasesOf(all), nil
}
