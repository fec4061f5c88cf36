package views

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"cinnabar/assets"
	"cinnabar/campaigns"
	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// thumbsOf are the pictures of an object that can be pressed.
func thumbsOf(o fyne.CanvasObject) (thumbs []*kit.Press) {
	var last *kit.Press
	each(o, func(o fyne.CanvasObject) {
		switch o := o.(type) {
		case *kit.Press:
			last = o
		case *kit.Picture:
			if last != nil {
				thumbs = append(thumbs, last)
			}
		}
	})
	return thumbs
}

func TestAGiftsArtworkIsChosenAmongTheCampaignsPictures(t *testing.T) {
	themed(t, look.Light)
	a := newAtelier(t, false)
	a.plans = nil
	_, p, _ := planWindow(t, a.market)
	p.s.cfg.Creatives = creativeBook{a}
	p.linePanel(ofKind(campaigns.Line{From: p.now.Wish.From, To: p.now.Wish.To}, campaigns.GiftLine))
	a.settle()
	if thumbs := thumbsOf(p.panel.box); len(thumbs) != len(a.creatives) {
		t.Fatalf("%d pictures to choose from, want %d", len(thumbs), len(a.creatives))
	}
	for _, i := range []int{0, 1} { // another one takes the first one's place
		thumbsOf(p.panel.box)[i].TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
		a.settle()
	}
	if thumbs := thumbsOf(p.panel.box); thumbs[0].Chosen() || !thumbs[1].Chosen() {
		t.Fatal("the second one is not the one that is marked")
	}
	p.panel.save.Press()
	a.settle()
	lines := p.scenario().Lines
	if l := lines[len(lines)-1]; l.Gift == nil || l.Gift.Artwork != a.creatives[1].Picture {
		t.Errorf("the gift shows %+v", l.Gift)
	}
}

func TestAContractNamesCreativesOfItsCampaign(t *testing.T) {
	themed(t, look.Light)
	a := newAtelier(t, false)
	s := NewCampaigns(a.campaignsConfig(t, "en"))
	s.cfg.Creatives = creativeBook{a}
	gone := assets.IDOf([]byte("named long ago"))
	var picked []assets.ID
	f := &form{b: s.book}
	f.pictures(s, "Creative", "c1", []assets.ID{gone}, true, func(ids []assets.ID) { picked = ids })
	a.settle()
	box := kit.Stack(0, f.objects...)
	if n := len(thumbsOf(box)); n != len(a.creatives)+1 {
		t.Fatalf("%d pictures", n)
	}
	thumbsOf(box)[2].TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	a.settle()
	if !slices.Equal(picked, []assets.ID{gone, a.creatives[2].Picture}) {
		t.Errorf("picked %v", picked)
	}
}
