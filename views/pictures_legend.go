package views

import (
	"strconv"

	"fyne.io/fyne/v2"

	"cinnabar/assets"
	"cinnabar/campaigns"
	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// regionTone is the colour of a kind of region, on the picture and in the legend.
func regionTone(k assets.RegionKind) kit.Tone {
	switch k {
	case assets.Label:
		return kit.Cinnabar
	case assets.Logo:
		return kit.Jade
	case assets.Headline, assets.Text:
		return kit.Amber
	}
	return kit.Indigo
}

// overlay lays regions and the chosen slot's cut over the picture.
func (p *Pictures) overlay() {
	w := p.work
	if w == nil {
		p.viewer.SetOverlays(nil)
		return
	}
	var list []kit.Overlay
	draws := p.draws()
	for _, r := range w.now.Regions {
		if r.Kind == assets.Text && !r.Confirmed && r.Name != w.region {
			continue // writing that nobody spoke of would cover the picture with boxes
		}
		list = append(list, kit.Overlay{Name: r.Name, Box: r.Box, Tone: regionTone(r.Kind), Movable: draws})
	}
	if w.slot < len(w.checks) && !w.checks[w.slot].Crop.Empty() {
		list = append(list, kit.Overlay{Box: w.checks[w.slot].Crop, Dashed: true, Round: p.known.Slots[w.slot].Round, Veiled: true})
	}
	p.viewer.SetOverlays(list)
}

// drawLegend says under the picture what its boxes are and what the picture is.
func (p *Pictures) drawLegend() {
	b, w := p.book, p.work
	p.legend.Objects = nil
	if w == nil {
		p.about.Set("")
		p.legend.Refresh()
		return
	}
	var entries []fyne.CanvasObject
	found := 0
	for _, r := range w.now.Regions {
		if r.Kind == assets.Text && !r.Confirmed && r.Name != w.region {
			found++
			continue
		}
		entries = append(entries, p.legendEntry(r))
	}
	if w.slot < len(p.known.Slots) {
		entries = append(entries, kit.Pad(2, 0, 2, 0, kit.NewText(b.T("pictures.dashed", p.book.SlotName(p.known.Slots[w.slot])), kit.Small)))
	}
	if found > 0 {
		entries = append(entries, kit.Pad(2, 0, 2, 0, kit.NewText(b.T("pictures.writing_found", found), kit.Small)))
	}
	p.legend.Objects = []fyne.CanvasObject{newFlow(look.S3, 2, entries...)}
	if tools := p.regionTools(); tools != nil {
		p.legend.Objects = append(p.legend.Objects, tools)
	}
	p.legend.Refresh()
	p.about.Set(p.aboutPicture())
	p.room.Refresh()
}

func (p *Pictures) legendEntry(r campaigns.CreativeRegion) fyne.CanvasObject {
	b, w := p.book, p.work
	state := b.T("pictures.found")
	if r.Confirmed {
		state = b.T("pictures.confirmed")
	}
	text := kit.NewText(b.T("pictures.legend", b.PictureRegion(r.Name), state), kit.Style{Size: look.Caption, Bold: r.Name == w.region})
	entry := kit.NewPress(kit.Pad(2, look.S1, 2, look.S1, kit.Row(look.S1+1, swatch(regionTone(r.Kind)), text)), 0, func() {
		name := r.Name
		if w.region == name {
			name = ""
		}
		p.chooseRegion(name)
	})
	return entry
}

// regionTools is what can be done with the chosen region.
func (p *Pictures) regionTools() fyne.CanvasObject {
	b, w := p.book, p.work
	if p.viewer.Drawing() {
		return kit.NewParagraph(b.T("pictures.drawing"), kit.Small)
	}
	i := w.find(w.region)
	if i < 0 {
		return nil
	}
	r := w.now.Regions[i]
	if !p.draws() {
		if r.By != "" {
			return kit.NewText(b.T("pictures.by", r.By), kit.Small)
		}
		return nil
	}
	// Two rows: with their keys the kinds are wider than the picture of a small window,
	// and a row leaves out what does not fit.
	kinds := kit.Stack(look.S1)
	half := len(regionKinds) / 2
	for from := 0; from < len(regionKinds); from += half {
		var chips []kit.Chip
		for i, k := range regionKinds[from : from+half] {
			chips = append(chips, kit.Chip{ID: string(k), Text: b.RegionKind(k), Key: strconv.Itoa(from + i + 1)})
		}
		row := kit.NewChips(func(id string) { p.setKind(assets.RegionKind(id)) })
		row.Set(chips, string(r.Kind))
		kinds.Add(row)
	}
	by := ""
	if r.By != "" {
		by = b.T("pictures.by", r.By)
	}
	buttons := kit.Row(look.S2, kit.Grow(kit.NewText(by, kit.Style{Size: look.Caption, Ink: look.SecondInk, Shrink: true})))
	if !r.Confirmed {
		buttons.Add(kit.NewButton(kit.ButtonConfig{Text: b.T("pictures.confirm"), Key: "C", Press: p.confirm}))
	}
	buttons.Add(kit.NewButton(kit.ButtonConfig{Text: b.T("pictures.remove"), Key: "Del", Weight: kit.Quiet, Press: p.remove}))
	return kit.Pad(look.S2, 0, look.S1, 0, kit.Stack(look.S2, kinds, buttons))
}

// aboutPicture is the line under the picture: "spring-03.jpg · 2160 × 2880 · sRGB · upright · first seen here".
func (p *Pictures) aboutPicture() string {
	b, w := p.book, p.work
	parts := []string{w.now.Name}
	if w.now.Width > 0 {
		parts = append(parts, b.T("pictures.size", w.now.Width, w.now.Height))
	}
	if l := w.looked; l != nil {
		profile := l.Profile
		if profile == "" {
			profile = "sRGB"
		}
		parts = append(parts, profile)
		turned := "pictures.upright"
		if l.Turned {
			turned = "pictures.turned"
		}
		parts = append(parts, b.T(turned))
		if l.Codes > 0 {
			parts = append(parts, b.T("pictures.codes", l.Codes))
		}
	}
	if w.seen != nil && len(w.seen.list) == 0 && w.seen.searched > 0 {
		parts = append(parts, b.T("pictures.first_here"))
	}
	if w.loose() {
		parts = append(parts, b.T("pictures.on_disk"))
	} else if w.now.Title != "" {
		parts = append(parts, w.now.Title)
	}
	return joinDots(b, parts)
}

// swatch is a short bar in a tone's colour.
func swatch(t kit.Tone) fyne.CanvasObject {
	return kit.Fixed(5, 10, kit.NewGround(t.Ink(), 1, kit.Fixed(5, 10, nil)))
}
