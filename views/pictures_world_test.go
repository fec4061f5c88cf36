package views

import (
	"cmp"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"cinnabar/app/sample"
	"cinnabar/assets"
	"cinnabar/campaigns"
	"cinnabar/internal/fault"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// atelier is the pictures half of the platform in memory: creatives with versions, slots,
// and files on a disk.
type atelier struct {
	*market
	creatives []campaigns.Creative
	slots     []assets.Slot
	opens     map[assets.ID]Looked
	disk      map[string]Looked // by path
	sighted   []assets.Sighting
	searched  int
	brought   []string // paths that were handed in
	exported  []Cut
	puts      int
}

func newAtelier(t testing.TB, painted bool) *atelier {
	a := &atelier{market: newMarket(t, false), slots: assets.Slots(), opens: map[assets.ID]Looked{}, disk: map[string]Looked{}, searched: 41_220}
	a.plans = append(a.plans, campaigns.Campaign{ID: "c1", Brand: "初岚", Name: "Spring sun care", State: campaigns.Draft, Version: 1},
		campaigns.Campaign{ID: "c2", Brand: "拾野", Name: "First snow", State: campaigns.Running, Version: 1})
	if painted {
		for i, c := range adverts() {
			id := a.picture(c.Picture)
			x := a.hang(id, opened[id], c.Name, c.Regions...)
			if i > 4 {
				x.Campaign, x.Title, x.Brand, x.State = "c2", "First snow", "拾野", campaigns.Running
			}
		}
		return a
	}
	label := assets.Region{Name: "label", Kind: assets.Label, Box: assets.Box{X: 50, Y: 50, W: 394, H: 110}, Confirmed: true}
	subject := assets.Region{Name: "subject", Kind: assets.Subject, Box: assets.Box{X: 399, Y: 358, W: 293, H: 789}}
	for i, name := range []string{"spring-01.jpg", "spring-02.jpg", "spring-03.jpg"} {
		a.hang(assets.IDOf([]byte(name)), plate(color.RGBA{uint8(200 + 10*i), 180, 160, 255}), name, label, subject)
	}
	return a
}

// adverts are the trial's creatives, painted once.
var adverts = func() func() []sample.Creative {
	var all []sample.Creative
	return func() []sample.Creative {
		if all == nil {
			all = sample.Creatives()
		}
		return all
	}
}()

// plate is a picture of one colour.
func plate(c color.Color) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, 270, 360))
	draw.Draw(img, img.Bounds(), image.NewUniform(c), image.Point{}, draw.Src)
	return img
}

// hang puts a picture of 1080 × 1440 into the first campaign.
func (a *atelier) hang(id assets.ID, img *image.RGBA, name string, regions ...assets.Region) *campaigns.Creative {
	c := campaigns.Creative{ID: fmt.Sprint("x", len(a.creatives)+1), Campaign: "c1", Title: "Spring sun care", Brand: "初岚", State: campaigns.Draft, Name: name, Picture: id,
		Width: 1080, Height: 1440, Bytes: 300_000, Version: 1, CreatedBy: "marketer1"}
	for _, r := range regions {
		by := ""
		if r.Confirmed {
			by = "marketer1"
		}
		c.Regions = append(c.Regions, campaigns.CreativeRegion{Region: r, By: by})
	}
	a.creatives = append(a.creatives, c)
	a.opens[id] = Looked{ID: id, Image: img, Width: 1080, Height: 1440, Bytes: 300_000}
	return &a.creatives[len(a.creatives)-1]
}

// creativeBook, slotList and pictureDesk answer the screen.
type (
	creativeBook  struct{ *atelier }
	slotList      struct{ *atelier }
	openCampaigns struct{ *atelier }
	pictureDesk   struct{ *atelier }
)

func (b creativeBook) List(context.Context, campaigns.CreativeQuery) ([]campaigns.Creative, error) {
	if b.down {
		return nil, b.offline()
	}
	return slices.DeleteFunc(slices.Clone(b.creatives), func(c campaigns.Creative) bool { return c.Dropped }), nil
}

func (b creativeBook) Add(_ context.Context, request, campaign string, pictures []campaigns.NewCreative) ([]string, error) {
	if err := b.wrote(request); err != nil {
		return nil, err
	}
	var ids []string
	for _, p := range pictures {
		c := b.hang(p.Picture, plate(color.White), p.Name, p.Regions...)
		c.Campaign = campaign
		ids = append(ids, c.ID)
	}
	return ids, nil
}

func (b creativeBook) Put(_ context.Context, request string, c campaigns.Creative) (campaigns.Creative, error) {
	b.puts++
	if err := b.wrote(request); err != nil {
		return c, err
	}
	for i, x := range b.creatives {
		if x.ID != c.ID {
			continue
		}
		if x.Version != c.Version {
			return c, fault.New(fault.RuleChanged, "what", "creative", "id", c.Name)
		}
		c.Version++
		c.Regions, c.Crops = slices.Clone(c.Regions), maps.Clone(c.Crops)
		for j := range c.Regions {
			if c.Regions[j].Confirmed && c.Regions[j].By == "" {
				c.Regions[j].By = b.me.Login
			}
		}
		for id, crop := range c.Crops {
			crop.By, crop.At = cmp.Or(crop.By, b.me.Login), b.now
			c.Crops[id] = crop
		}
		b.creatives[i] = c
		return c, nil
	}
	return c, fault.New(fault.NotFound, "what", "creative", "id", c.ID)
}

func (s slotList) List(context.Context) ([]assets.Slot, error) {
	if s.down {
		return nil, s.offline()
	}
	return slices.Clone(s.slots), nil
}

func (l openCampaigns) List(context.Context, campaigns.CampaignQuery) ([]campaigns.Campaign, error) {
	return slices.Clone(l.plans), nil
}

func (d pictureDesk) Look(_ context.Context, id assets.ID) (Looked, error) {
	l, ok := d.opens[id]
	if !ok {
		return l, fault.New(fault.PictureBroken, "detail", "cut short")
	}
	return l, nil
}

func (d pictureDesk) File(_ context.Context, path string) (Looked, error) {
	l, ok := d.disk[path]
	if !ok || l.Image == nil {
		return l, fault.New(fault.PictureBroken, "detail", "cut short")
	}
	l.Path = path
	return l, nil
}

func (d pictureDesk) Find(_ context.Context, of Looked) []assets.Region { return of.Regions }

func (d pictureDesk) Measure(_ context.Context, _ Looked, regions []assets.Region) map[string]assets.Measured {
	m := map[string]assets.Measured{}
	for _, r := range regions {
		m[r.Name] = assets.Measured{Contrast: 9.1, Sharpness: 320}
	}
	return m
}

func (d pictureDesk) Bring(_ context.Context, request string, paths []string) ([]assets.ID, error) {
	if err := d.wrote(request); err != nil {
		return nil, err
	}
	d.atelier.brought = append(d.atelier.brought, paths...)
	ids := make([]assets.ID, len(paths))
	for i, p := range paths {
		ids[i] = assets.IDOf([]byte(p))
		d.opens[ids[i]] = d.disk[p]
	}
	return ids, nil
}

func (d pictureDesk) Export(_ context.Context, _ Looked, cuts []Cut, dir string) ([]string, error) {
	d.atelier.exported = append(d.atelier.exported, cuts...)
	var files []string
	for _, c := range cuts {
		files = append(files, filepath.Join(dir, c.Name+"-"+string(c.Slot.ID)+".jpg"))
	}
	return files, nil
}

func (d pictureDesk) Folder(dir string) (Folder, error) {
	if dir == "" {
		dir = "/home/marketer1"
	}
	f := Folder{Path: dir, Parent: "/home"}
	if dir == "/home/marketer1" {
		f.Entries = append(f.Entries, FolderEntry{Name: "shoot", Path: "/home/marketer1/shoot", Folder: true})
	} else {
		f.Parent = "/home/marketer1"
	}
	for _, path := range slices.Sorted(maps.Keys(d.disk)) {
		if filepath.Dir(path) == dir {
			f.Entries = append(f.Entries, FolderEntry{Name: filepath.Base(path), Path: path, Bytes: 300_000})
		}
	}
	return f, nil
}

func (d pictureDesk) Under(ctx context.Context, dir string, most int) (list []FolderEntry, more bool, err error) {
	if ctx.Err() != nil {
		return nil, false, fault.Wrap(context.Cause(ctx), fault.Cancelled)
	}
	for _, path := range slices.Sorted(maps.Keys(d.disk)) {
		name, below := strings.CutPrefix(path, dir+"/")
		if !below {
			continue
		}
		if len(list) == most {
			return list, true, nil
		}
		list = append(list, FolderEntry{Name: name, Path: path, Bytes: 300_000})
	}
	return list, false, nil
}

func (d pictureDesk) Seen(context.Context, assets.ID) ([]assets.Sighting, int, error) {
	return d.sighted, d.searched, nil
}

func (a *atelier) picturesConfig(l words.Language) PicturesConfig {
	cfg := a.config(l)
	return PicturesConfig{Loop: a, Book: cfg.Book, Me: a.me, Creatives: creativeBook{a}, Slots: slotList{a}, Campaigns: openCampaigns{a}, Desk: pictureDesk{a},
		Gallery: cfg.Gallery, Notify: a, Go: a.Go, NewID: func() string { return a.id("request") }}
}

// picturesWindow shows the screen alone.
func picturesWindow(t *testing.T, a *atelier, l words.Language) (*Pictures, fyne.Window) {
	t.Helper()
	p := NewPictures(a.picturesConfig(l))
	t.Cleanup(p.Close)
	return p, a.window(p, 1440-look.RailWidth, 900-look.TitleHeight)
}
