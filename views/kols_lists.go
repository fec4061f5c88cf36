package views

import (
	"context"
	"slices"
	"strings"

	"cinnabar/campaigns"
	"cinnabar/views/kit"
)

func (k *KOLs) readLists() {
	k.lists.ask(k.cfg.Directory.Shortlists, func(lists []campaigns.Shortlist, err error) {
		if err != nil || sameLists(lists, k.known) {
			return
		}
		k.known = lists
		if !k.beside && !k.search.Focused() {
			k.drawMiddle()
		}
	})
}

func sameLists(a, b []campaigns.Shortlist) bool {
	return slices.EqualFunc(a, b, func(x, y campaigns.Shortlist) bool { return x.ID == y.ID && x.Version == y.Version })
}

// openLists asks which list the KOL goes to, or comes out of.
func (k *KOLs) openLists() {
	it, ok := k.rows.Selected()
	if !ok || k.profile == nil || !k.keeps() {
		return
	}
	b := k.book
	var lines []kit.Option
	for _, l := range k.known {
		more := joinDots(b, []string{l.Brand, b.T("kols.list_count", b.Number(len(l.KOLs)))})
		if slices.Contains(l.KOLs, it.ID) {
			more = joinDots(b, []string{more, b.T("kols.list_out")})
		}
		lines = append(lines, kit.Option{ID: "list:" + l.ID, Text: l.Name, More: more})
	}
	for _, brand := range k.cfg.Me.Brands {
		lines = append(lines, kit.Option{ID: "new:" + brand, Text: b.T("kols.list_new", brand)})
	}
	k.menu.Open(k.profile.listed, kit.MenuConfig{Title: b.T("kols.list_title", it.Handle), Lines: lines, None: b.T("kols.list_no_brand"),
		Say: func(id string) (kit.MenuWords, bool) {
			return kit.MenuWords{Placeholder: b.T("kols.list_name"), Button: b.T("kols.list_make"), Needed: true}, strings.HasPrefix(id, "new:")
		},
		Picked: func(id, name string) { k.putOnList(it, id, strings.TrimSpace(name)) }})
}

func (k *KOLs) putOnList(it campaigns.KOL, id, name string) {
	var l campaigns.Shortlist
	out := false
	if brand, is := strings.CutPrefix(id, "new:"); is {
		l = campaigns.Shortlist{Brand: brand, Name: name, KOLs: []string{it.ID}}
	} else {
		at := slices.IndexFunc(k.known, func(l campaigns.Shortlist) bool { return "list:"+l.ID == id })
		if at < 0 {
			return
		}
		l = k.known[at]
		l.KOLs = slices.Clone(l.KOLs)
		if i := slices.Index(l.KOLs, it.ID); i >= 0 {
			l.KOLs, out = slices.Delete(l.KOLs, i, i+1), true
		} else {
			l.KOLs = append(l.KOLs, it.ID)
		}
	}
	request := k.cfg.NewID()
	k.send(func(ctx context.Context) error {
		_, err := k.cfg.Directory.PutShortlist(ctx, request, l)
		return err
	}, func(err error) {
		if err != nil {
			what, next := k.book.Error(err)
			k.cfg.Notify.Note(kit.Amber, what, next)
		} else if out {
			k.cfg.Notify.Note(kit.Neutral, k.book.T("kols.listed_out", it.Handle, l.Name), "")
		} else {
			k.cfg.Notify.Note(kit.Jade, k.book.T("kols.listed", it.Handle, l.Name), "")
		}
		k.Refresh()
	})
}
