package views

import (
	"context"
	"path/filepath"
	"strings"
	"time"

	"cinnabar/assets"
	"cinnabar/campaigns"
	"cinnabar/views/kit"
)

// addLoose adds the file on the desk, with what was drawn in it, to a campaign.
func (p *Pictures) addLoose() {
	if p.work == nil || !p.work.loose() || p.work.looked == nil || p.known == nil {
		return
	}
	path, drawn := p.work.looked.Path, p.work.now
	var options []kit.Option
	for _, c := range p.known.Campaigns {
		if c.State != campaigns.Closed {
			options = append(options, kit.Option{ID: c.ID, Text: c.Name, More: c.Brand})
		}
	}
	p.menu.Open(p.side.folder, kit.MenuConfig{Title: p.book.T("pictures.browse_into"), Lines: options, None: p.book.T("pictures.no_campaign"), Picked: func(id, _ string) {
		p.adding(id, []string{path}, map[string][]assets.Region{path: drawn.ForCheck().Regions})
	}})
}

// bring adds files to a campaign, with what is found in them for somebody to confirm.
func (p *Pictures) bring(campaign string, paths []string) { p.adding(campaign, paths, nil) }

func (p *Pictures) adding(campaign string, paths []string, drawn map[string][]assets.Region) {
	if campaign == "" || len(paths) == 0 || !p.up {
		return
	}
	bring, add := p.cfg.NewID(), p.cfg.NewID()
	send(p, 5*time.Minute, func(ctx context.Context) ([]string, error) {
		pictures, err := p.cfg.Desk.Bring(ctx, bring, paths)
		if err != nil {
			return nil, err
		}
		rows := make([]campaigns.NewCreative, len(paths))
		for i, path := range paths {
			rows[i] = campaigns.NewCreative{Picture: pictures[i], Name: filepath.Base(path), Regions: drawn[path]}
			if _, known := drawn[path]; known {
				continue
			}
			if l, err := p.cfg.Desk.Look(ctx, pictures[i]); err == nil { // a broken one is added too: somebody has to see that
				rows[i].Regions = p.cfg.Desk.Find(ctx, l)
			}
		}
		return p.cfg.Creatives.Add(ctx, add, campaign, rows)
	}, func(ids []string, err error) {
		if err != nil {
			what, next := p.book.Error(err)
			p.cfg.Notify.Note(kit.Amber, what, next)
			return
		}
		p.cfg.Notify.Note(kit.Jade, p.book.T("pictures.added", len(ids)), "")
		p.filter = campaigns.CreativeQuery{}
		p.work = nil
		p.strip = nil
		p.page = sheetPage
		p.afterAdding(ids)
	})
}

// afterAdding reads the creatives anew and opens the first that was added.
func (p *Pictures) afterAdding(ids []string) {
	p.asks.lists.drop()
	known := p.known
	p.known = nil
	p.build()
	p.known = known
	p.Refresh()
	if len(ids) > 0 {
		p.wish = ids[0]
	}
}

// export writes the cuts of all slots into a folder.
func (p *Pictures) export(dir string) {
	w := p.work
	if w == nil || w.looked == nil {
		return
	}
	name := strings.TrimSuffix(w.now.Name, filepath.Ext(w.now.Name))
	cuts := make([]Cut, 0, len(w.checks))
	for i, c := range w.checks {
		if !c.Crop.Empty() {
			cuts = append(cuts, Cut{Slot: p.known.Slots[i], Box: c.Crop, Name: name})
		}
	}
	of := *w.looked
	send(p, 2*time.Minute, func(ctx context.Context) ([]string, error) { return p.cfg.Desk.Export(ctx, of, cuts, dir) }, func(files []string, err error) {
		if err != nil {
			what, next := p.book.Error(err)
			p.cfg.Notify.Note(kit.Amber, what, next)
			return
		}
		p.cfg.Notify.Note(kit.Jade, p.book.T("pictures.exported", len(files), dir), "")
	})
}
