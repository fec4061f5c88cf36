package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jmoiron/sqlx"

	"cinnabar/assets"
	"cinnabar/campaigns"
	"cinnabar/internal/fault"
)

// Creatives are the pictures of campaigns. A marketer sees those of the brands they act
// for, the desk and auditors all of them.
type Creatives struct{ db *DB }

// Creatives returns the creatives.
func (db *DB) Creatives() *Creatives { return &Creatives{db} }

// creativesAtMost is how many a list holds.
const creativesAtMost = 1000

// creativeJSON is a creative as the database writes it.
type creativeJSON struct {
	ID       string    `json:"id"`
	Campaign string    `json:"campaign"`
	Brand    string    `json:"brand"`
	Picture  assets.ID `json:"picture"`
	Name     string    `json:"name"`
	Regions  []struct {
		assets.Region
		By string `json:"by"`
	} `json:"regions"`
	Crops     map[assets.SlotID]cropJSON `json:"crops"`
	Dropped   bool                       `json:"dropped"`
	Version   int                        `json:"version"`
	CreatedBy string                     `json:"created_by"`
	EditedBy  string                     `json:"edited_by"`
	Updated   time.Time                  `json:"updated_at"`
	Plan      struct {
		Name  string          `json:"name"`
		State campaigns.State `json:"state"`
	} `json:"plan"`
	Width  int   `json:"width"`
	Height int   `json:"height"`
	Size   int64 `json:"size"`
}

type cropJSON struct {
	Box assets.Box `json:"box"`
	By  string     `json:"by,omitempty"`
	At  *time.Time `json:"at,omitempty"`
}

func (j creativeJSON) creative() campaigns.Creative {
	c := campaigns.Creative{ID: j.ID, Campaign: j.Campaign, Brand: j.Brand, Title: j.Plan.Name, State: j.Plan.State, Picture: j.Picture, Name: j.Name,
		Width: j.Width, Height: j.Height, Bytes: j.Size, Crops: make(map[assets.SlotID]campaigns.Crop, len(j.Crops)), Dropped: j.Dropped,
		Version: j.Version, CreatedBy: j.CreatedBy, EditedBy: j.EditedBy, Updated: j.Updated.UTC()}
	for _, r := range j.Regions {
		c.Regions = append(c.Regions, campaigns.CreativeRegion{Region: r.Region, By: r.By})
	}
	for slot, crop := range j.Crops {
		kept := campaigns.Crop{Box: crop.Box, By: crop.By}
		if crop.At != nil {
			kept.At = crop.At.UTC()
		}
		c.Crops[slot] = kept
	}
	return c
}

// List returns the creatives that fit, those that changed last first, at most a thousand.
func (c *Creatives) List(ctx context.Context, q campaigns.CreativeQuery) ([]campaigns.Creative, error) {
	if q.Campaign != "" {
		if err := known("campaign", q.Campaign); err != nil {
			return nil, err
		}
	}
	return c.list(ctx, `($1::uuid IS NULL OR x.campaign = $1) AND (NOT x.dropped OR $2)
		AND ($3 = '' OR position(studio.fold($3) IN studio.fold(concat_ws(' ', x.name, x.brand, studio.creative_plan(x.campaign) ->> 'name'))) > 0)`,
		nilIfEmpty(q.Campaign), q.Dropped, clipped(q.Search))
}

// Get returns a creative. Fault: NotFound, also for another brand's.
func (c *Creatives) Get(ctx context.Context, id string) (campaigns.Creative, error) {
	if err := known("creative", id); err != nil {
		return campaigns.Creative{}, err
	}
	some, err := c.list(ctx, `x.id = $1`, id)
	if err == nil && len(some) == 0 {
		err = fault.New(fault.NotFound, "what", "creative", "id", id)
	}
	if err != nil {
		return campaigns.Creative{}, err
	}
	return some[0], nil
}

func (c *Creatives) list(ctx context.Context, where string, args ...any) ([]campaigns.Creative, error) {
	var rows [][]byte
	err := c.db.read(ctx, func(q sqlx.QueryerContext) error {
		rows = rows[:0]
		return sqlx.SelectContext(ctx, q, &rows, `
			SELECT to_jsonb(x) || jsonb_build_object('plan', coalesce(studio.creative_plan(x.campaign), '{}'), 'width', coalesce(p.width, 0), 'height', coalesce(p.height, 0), 'size', coalesce(p.size, 0))
			  FROM studio.creative x LEFT JOIN studio.picture p ON p.id = x.picture WHERE `+where+` ORDER BY x.updated_at DESC, x.id LIMIT `+itoa(creativesAtMost), args...)
	})
	if err != nil {
		return nil, err
	}
	all := make([]campaigns.Creative, len(rows))
	for i, raw := range rows {
		var j creativeJSON
		if err := json.Unmarshal(raw, &j); err != nil {
			return nil, fault.Wrap(err, fault.Internal)
		}
		all[i] = j.creative()
	}
	return all, nil
}

// Add brings pictures into a campaign and returns its creatives' ids in the same order. A
// picture that is there already keeps its regions and crops, and comes back if it was
// dropped. The pictures' bytes have to be in the studio and in this person's sight.
//
// Faults: NotFound (campaign, picture), NotAllowedNow for a campaign that is closed,
// NoRight for everybody but marketers, FieldValue.
func (c *Creatives) Add(ctx context.Context, request, campaign string, pictures []campaigns.NewCreative) ([]string, error) {
	if err := known("campaign", campaign); err != nil {
		return nil, err
	}
	type row struct {
		Picture assets.ID       `json:"picture"`
		Name    string          `json:"name"`
		Regions []assets.Region `json:"regions"`
	}
	rows := make([]row, len(pictures))
	for i, p := range pictures {
		rows[i] = row{p.Picture, p.Name, p.Regions}
		if p.Regions == nil {
			rows[i].Regions = []assets.Region{}
		}
	}
	raw, err := json.Marshal(rows)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal)
	}
	var ids []string
	err = c.db.call(ctx, &ids, `SELECT studio.creatives_add($1, $2, $3)`, request, campaign, string(raw))
	return ids, err
}

// Put saves regions, crops and whether it was dropped of a creative whose Version was
// seen. Who drew, confirmed or chose is the database's to say, and it keeps what was
// there before as a version. The creative comes back as it stands then.
//
// Faults: RuleChanged when somebody else saved meanwhile, NotFound, NotAllowedNow for a
// campaign that is closed, NoRight, FieldValue for boxes outside the picture and regions
// with one name.
func (c *Creatives) Put(ctx context.Context, request string, x campaigns.Creative) (campaigns.Creative, error) {
	if err := known("creative", x.ID); err != nil {
		return campaigns.Creative{}, err
	}
	regions := make([]assets.Region, len(x.Regions))
	for i, r := range x.Regions {
		regions[i] = r.Region
	}
	crops := make(map[assets.SlotID]cropJSON, len(x.Crops))
	for slot, crop := range x.Crops {
		crops[slot] = cropJSON{Box: crop.Box}
	}
	regionsRaw, err := json.Marshal(regions)
	if err != nil {
		return campaigns.Creative{}, fault.Wrap(err, fault.Internal)
	}
	cropsRaw, err := json.Marshal(crops)
	if err != nil {
		return campaigns.Creative{}, fault.Wrap(err, fault.Internal)
	}
	var j creativeJSON
	if err := c.db.call(ctx, &j, `SELECT studio.creative_put($1, $2, $3, $4, $5, $6)`, request, x.ID, x.Version, string(regionsRaw), string(cropsRaw), x.Dropped); err != nil {
		return campaigns.Creative{}, err
	}
	now := j.creative()
	now.Title, now.State, now.Width, now.Height, now.Bytes = x.Title, x.State, x.Width, x.Height, x.Bytes
	return now, nil
}
