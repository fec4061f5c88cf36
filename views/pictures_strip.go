package views

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cinnabar/campaigns"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// creativeStrip is the lower edge: which campaign, which pictures of it.
type creativeStrip struct {
	p        *Pictures
	book     *words.Book
	campaign *kit.Select
	options  []kit.Option // of it
	search   *kit.Field
	thumbs   *fyne.Container
	on       int // the place of the one on the desk among the thumbnails
	made     map[string]*kit.Press
	count    *kit.Text
	box      fyne.CanvasObject
}

// The measures of the strip.
const (
	thumbWidth  = 45
	thumbHeight = 60
)

func newCreativeStrip(p *Pictures) *creativeStrip {
	b := p.book
	s := &creativeStrip{p: p, book: b, campaign: kit.NewSelect("", b.T("pictures.any_campaign")), count: kit.NewText("", kit.Small)}
	s.campaign.Picked = func(id string) {
		p.filter.Campaign = id
		p.narrowed()
	}
	s.search = kit.NewField(kit.FieldConfig{Placeholder: b.T("pictures.search"), Icon: look.IconSearch})
	s.search.Set(p.filter.Search)
	s.search.Changed = func(text string) {
		p.filter.Search = text
		p.narrowed()
	}
	s.search.OnKey(func(e *fyne.KeyEvent) bool {
		switch e.Name {
		case fyne.KeyDown, fyne.KeyReturn, fyne.KeyEnter, fyne.KeyEscape:
			if c := kit.CanvasOf(s.search); c != nil {
				c.Unfocus()
			}
			return true
		}
		return false
	})
	s.thumbs = container.New(thumbsLayout{s})
	row := kit.Row(look.S2, kit.Fixed(190, 0, s.campaign), kit.Fixed(170, 0, s.search), kit.Grow(kit.Pad(0, look.S2, 0, look.S3, s.thumbs)), s.count)
	if p.adds() {
		row.Add(kit.NewButton(kit.ButtonConfig{Text: b.T("pictures.add"), Key: "N", Press: p.askFiles}))
	}
	s.box = kit.Stack(0, kit.NewRule(), kit.Pad(look.S2+2, look.S4, look.S2+2, look.S5, row))
	return s
}

func (s *creativeStrip) content() fyne.CanvasObject { return s.box }

// draw shows the pictures around the one on the desk.
func (s *creativeStrip) draw() {
	p, b := s.p, s.p.book
	options := []kit.Option{{ID: "", Text: b.T("pictures.any_campaign")}}
	seen := map[string]bool{}
	for _, c := range p.known.Creatives {
		if !seen[c.Campaign] {
			seen[c.Campaign] = true
			name := c.Title
			if name == "" {
				name = c.Brand
			}
			options = append(options, kit.Option{ID: c.Campaign, Text: name, More: c.Brand})
		}
	}
	if !slices.Equal(options, s.options) || s.campaign.Chosen() != p.filter.Campaign {
		s.options = options
		s.campaign.Set(options, p.filter.Campaign)
	}
	at := p.at()
	kept := s.made
	s.made, s.thumbs.Objects, s.on = map[string]*kit.Press{}, nil, 0
	for i, c := range p.items {
		// Only those near the one on the desk exist as widgets, however many there are; they
		// are kept, since a picture that is asked for anew is gone for a moment.
		if near := i - max(0, at); near < -thumbsAround || near > thumbsAround {
			continue
		}
		key := c.ID + string(c.Picture)
		t := kept[key]
		if t == nil {
			t = s.thumb(c)
		}
		s.made[key] = t
		if i == at {
			s.on = len(s.thumbs.Objects)
		}
		t.Choose(i == at)
		s.thumbs.Objects = append(s.thumbs.Objects, t)
	}
	switch {
	case len(p.items) == 0:
		s.count.Set(b.T("pictures.none_fit"))
	case at >= 0:
		s.count.Set(b.T("pictures.place_of", at+1, b.Number(len(p.items))))
	default:
		s.count.Set(b.Number(len(p.items)))
	}
	s.thumbs.Refresh()
	s.box.Refresh()
}

// thumbsAround is how many thumbnails stand on either side of the one on the desk.
const thumbsAround = 8

func (s *creativeStrip) thumb(c campaigns.Creative) *kit.Press {
	picture := kit.NewPicture(s.p.cfg.Gallery, true, look.SmallRadius)
	picture.Set(c.Picture)
	return kit.NewPress(kit.PadAll(3, kit.Fixed(thumbWidth, thumbHeight, picture)), 0, func() { s.p.Open(c.ID) })
}

// thumbsLayout lays as many thumbnails as there is room for, the one on the desk among them.
type thumbsLayout struct{ s *creativeStrip }

// MinSize is that of one.
func (thumbsLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(thumbWidth+6, thumbHeight+6)
}

// HeightFor is one row's.
func (l thumbsLayout) HeightFor([]fyne.CanvasObject, float32) float32 { return thumbHeight + 6 }

// Layout implements fyne.Layout.
func (l thumbsLayout) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	const step = thumbWidth + 6 + 2
	fit := max(1, int((s.Width+2)/step))
	from := max(0, min(l.s.on-fit/2, len(objects)-fit))
	for i, o := range objects {
		shown := i >= from && i < from+fit
		if o.Visible() != shown {
			if shown {
				o.Show()
			} else {
				o.Hide()
			}
		}
		o.Move(fyne.NewPos(float32(i-from)*step, 0))
		o.Resize(fyne.NewSize(thumbWidth+6, thumbHeight+6))
	}
}
