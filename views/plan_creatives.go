package views

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cinnabar/assets"
	"cinnabar/campaigns"
	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// CreativeList is what the screens of planning ask of a campaign's pictures.
type CreativeList interface {
	List(ctx context.Context, q campaigns.CreativeQuery) ([]campaigns.Creative, error)
}

// pickerHeight is the room for the pictures to choose from: two rows, and further ones
// below them by scrolling.
const pickerHeight = 2*(thumbHeight+6) + 4

// pictures lets a person choose among the pictures of a campaign; one at most, or any
// number with many. What is chosen and not among them is shown too: a contract or a gift
// keeps the picture that it named.
func (f *form) pictures(s *Campaigns, title, campaign string, chosen []assets.ID, many bool, pick func([]assets.ID)) {
	b := f.b
	room := container.NewStack(kit.NewText(b.T("common.loading"), kit.Small))
	f.add(label(title, kit.Fixed(0, pickerHeight, room)))
	fill := func(o fyne.CanvasObject) {
		room.Objects = []fyne.CanvasObject{o}
		room.Refresh()
	}
	chosen = slices.Clone(chosen)
	var draw func(list []campaigns.Creative)
	draw = func(list []campaigns.Creative) {
		ids := slices.Clone(chosen)
		for _, c := range list {
			if !slices.Contains(ids, c.Picture) {
				ids = append(ids, c.Picture)
			}
		}
		if len(ids) == 0 {
			fill(kit.NewParagraph(b.T("pictures.pick_none"), kit.Small))
			return
		}
		slices.SortStableFunc(ids, func(x, y assets.ID) int { return placeIn(list, x) - placeIn(list, y) })
		var thumbs []fyne.CanvasObject
		for _, id := range ids {
			picture := kit.NewPicture(s.cfg.Gallery, true, look.SmallRadius)
			picture.Set(id)
			t := kit.NewPress(kit.PadAll(3, kit.Fixed(thumbWidth, thumbHeight, picture)), 0, func() {
				switch at := slices.Index(chosen, id); {
				case at >= 0:
					chosen = slices.Delete(slices.Clone(chosen), at, at+1)
				case many:
					chosen = append(slices.Clone(chosen), id)
				default:
					chosen = []assets.ID{id}
				}
				pick(chosen)
				f.changed()
				draw(list)
			})
			t.Choose(slices.Contains(chosen, id))
			thumbs = append(thumbs, t)
		}
		fill(kit.NewScroll(newFlow(2, 2, thumbs...)))
	}
	if s.cfg.Creatives == nil || campaign == "" {
		draw(nil)
		return
	}
	s.cfg.Go(func() {
		list, err := answered(context.Background(), func(ctx context.Context) ([]campaigns.Creative, error) {
			return s.cfg.Creatives.List(ctx, campaigns.CreativeQuery{Campaign: campaign})
		})
		s.cfg.Loop.Do(func() {
			if err != nil {
				what, _ := b.Error(err)
				fill(kit.NewParagraph(what, kit.Small))
				return
			}
			slices.SortStableFunc(list, func(x, y campaigns.Creative) int { return strings.Compare(x.Name, y.Name) })
			draw(list)
		})
	})
}

// placeIn is where a picture stands in a list; those that aren't in it come last.
func placeIn(list []campaigns.Creative, id assets.ID) int {
	if i := slices.IndexFunc(list, func(c campaigns.Creative) bool { return c.Picture == id }); i >= 0 {
		return i
	}
	return len(list)
}
