package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"cinnabar/app/sample"
	"cinnabar/assets"
	"cinnabar/campaigns"
	"cinnabar/internal/fault"
	"cinnabar/store"
)

// plans lets the sample's marketers plan. Every call carries a request id made from its
// place in the sample, so that a planting which was cut off goes through them once more
// and is answered as it was.
func (g *planting) plans(ctx context.Context) error {
	var (
		artwork   [][]byte
		creatives []sample.Creative
	)
	if err := caught(func() { artwork, creatives = sample.Artwork(), sample.Creatives() }); err != nil {
		return err
	}
	desks := &trialDesks{connect: g.place.open}
	defer desks.close()
	return g.plansAt(ctx, desks, artwork, creatives)
}

func (g *planting) plansAt(ctx context.Context, desks *trialDesks, artwork [][]byte, creatives []sample.Creative) error {
	worker, err := desks.of(ctx, trialWorker)
	if err != nil {
		return err
	}
	if _, err := worker.Pictures().Put(ctx, g.request("plan pictures"), artwork); err != nil {
		return err
	}
	for i, p := range sample.Plans(g.stamp.Now, assets.IDOf(artwork[0])) {
		err := g.plan(ctx, desks, fmt.Sprintf("plan %d", i), p, slices.DeleteFunc(slices.Clone(creatives), func(c sample.Creative) bool { return c.Plan != i }))
		switch fault.CodeOf(err) {
		case "":
		case fault.BrandNotVerified, fault.NoRight:
			// Whoever sits at the window has decided otherwise on the brand, or this trial's
			// marketers are from before they had it.
		default:
			return err
		}
	}
	return nil
}

func (g *planting) plan(ctx context.Context, desks *trialDesks, name string, p sample.Plan, creatives []sample.Creative) error {
	maker, err := desks.of(ctx, p.By)
	if err != nil {
		return err
	}
	c, err := g.whenVerified(ctx, func() (campaigns.Campaign, error) {
		return maker.Campaigns().Put(ctx, g.request(name), p.Campaign)
	})
	if err != nil {
		return err
	}
	if err := g.hang(ctx, desks, name, c.ID, creatives); err != nil {
		return err
	}
	for i, m := range p.Moves {
		db, err := desks.of(ctx, m.Login)
		if err != nil {
			return err
		}
		if c, err = db.Campaigns().Move(ctx, g.request(fmt.Sprintf("%s move %d", name, i)), c.ID, c.Version, m.Move, m.Words); err != nil {
			return err
		}
	}
	for i, a := range p.Agreements {
		if err := g.agree(ctx, desks, fmt.Sprintf("%s contract %d", name, i), c.ID, a); err != nil {
			return err
		}
	}
	return nil
}

// hang brings a campaign's pictures in, by whoever made them.
func (g *planting) hang(ctx context.Context, desks *trialDesks, name, campaign string, creatives []sample.Creative) error {
	for i, c := range creatives {
		db, err := desks.of(ctx, c.By)
		if err != nil {
			return err
		}
		ids, err := db.Pictures().Put(ctx, g.request(fmt.Sprintf("%s picture %d", name, i)), [][]byte{c.Picture})
		if err != nil {
			return err
		}
		_, err = db.Creatives().Add(ctx, g.request(fmt.Sprintf("%s creative %d", name, i)), campaign, []campaigns.NewCreative{{Picture: ids[0], Name: c.Name, Regions: c.Regions}})
		if err != nil {
			return err
		}
	}
	return nil
}

func (g *planting) agree(ctx context.Context, desks *trialDesks, name, campaign string, a sample.Agreement) error {
	db, err := desks.of(ctx, a.By)
	if err != nil {
		return err
	}
	contract := a.Contract
	contract.Campaign = campaign
	for i := range contract.Terms.Deliverables { // the campaign has its id only now
		d := &contract.Terms.Deliverables[i]
		d.Link, d.Code = campaigns.Track(d.Link, campaigns.Campaign{ID: campaign}, contract.Line, d.ID)
	}
	if contract, err = db.Contracts().Put(ctx, g.request(name), contract); err != nil {
		return err
	}
	for i, m := range a.Moves {
		if db, err = desks.of(ctx, m.Login); err != nil {
			return err
		}
		contract, err = db.Contracts().Move(ctx, g.request(fmt.Sprintf("%s move %d", name, i)), contract.ID, contract.Version, m.Move, m.Fee, m.Words)
		if err != nil {
			return err
		}
	}
	for i, e := range a.Entries {
		if db, err = desks.of(ctx, e.By); err != nil {
			return err
		}
		e.Contract = contract.ID
		if err := db.Campaigns().Enter(ctx, g.request(fmt.Sprintf("%s entry %d", name, i)), campaign, e); err != nil {
			return err
		}
	}
	return nil
}

// whenVerified tries again until the brand's second approval is in effect.
func (g *planting) whenVerified(ctx context.Context, make func() (campaigns.Campaign, error)) (campaigns.Campaign, error) {
	deadline := time.Now().Add(settling)
	for {
		c, err := make()
		if fault.CodeOf(err) != fault.BrandNotVerified || time.Now().After(deadline) {
			return c, err
		}
		select {
		case <-ctx.Done():
			return c, ctx.Err()
		case <-time.After(500 * time.Millisecond):
		}
	}
}

// trialDesks are connections of the trial's people, opened when they are needed.
type trialDesks struct {
	connect func(ctx context.Context, login string) (*store.DB, error)
	open    map[string]*store.DB
}

func (d *trialDesks) of(ctx context.Context, login string) (*store.DB, error) {
	if db, known := d.open[login]; known {
		return db, nil
	}
	db, err := d.connect(ctx, login)
	if err != nil {
		return nil, err
	}
	if d.open == nil {
		d.open = make(map[string]*store.DB)
	}
	d.open[login] = db
	return db, nil
}

func (d *trialDesks) close() {
	for _, db := range d.open {
		_ = db.Close()
	}
}
