package views

import (
	"fyne.io/fyne/v2"

	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// authorCard shows what is known of an author beside the post at hand.
func authorCard(b *words.Book, f postFile) fyne.CanvasObject {
	a := f.Post.Author
	var parts []fyne.CanvasObject
	if h := f.History; h != nil {
		share := "—"
		brand := b.T("posts.one_brand")
		if h.TopShare > 0 {
			share = b.Percent(h.TopShare)
			if h.TopBrand != "" {
				brand = b.T("posts.top_brand", clip(h.TopBrand, 16))
			}
		}
		parts = append(parts, kit.Grid(3, look.S3,
			figure(b.T("posts.of", b.Count(h.Declared), b.Count(h.Posts)), b.T("posts.labelled")),
			figure(b.Count(h.Breaches), b.T("posts.breaches")),
			figure(share, brand)))
		if len(h.PerWeek) > 1 {
			values := make([]float64, len(h.PerWeek))
			peak, any := 0, false
			for i, n := range h.PerWeek {
				values[i] = float64(n)
				if n > h.PerWeek[peak] {
					peak = i
				}
				any = any || n > 0
			}
			if any {
				parts = append(parts, kit.Fixed(0, 48, kit.NewSparkline(values, peak)),
					kit.NewParagraph(b.T("posts.per_week", len(h.PerWeek), h.PerWeek[peak]), kit.Small))
			}
		}
	} else {
		parts = append(parts, kit.NewParagraph(b.T("posts.no_history"), kit.Second))
	}
	var facts []string
	if a.Following > 0 {
		facts = append(facts, b.T("posts.following", b.Count(a.Following)))
	}
	if a.PostsPerDay > 0 {
		facts = append(facts, b.T("posts.per_day", a.PostsPerDay))
	}
	if !a.Joined.IsZero() {
		facts = append(facts, b.T("posts.joined", b.Date(a.Joined)))
	}
	if len(facts) > 0 {
		parts = append(parts, kit.NewParagraph(joinDots(b, facts), kit.Small))
	}
	return kit.NewCard(b.T("posts.author"), kit.Stack(look.S3, parts...))
}

// figure is a number with its meaning below it.
func figure(number, meaning string) fyne.CanvasObject {
	return kit.Stack(2, kit.NewText(number, kit.Style{Size: look.Title, Bold: true, Shrink: true}), kit.NewParagraph(meaning, kit.Small))
}
