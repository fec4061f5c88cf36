package sample

import (
	"bytes"
	"image"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cinnabar/app/sample/paint"
	"cinnabar/campaigns"
)

func TestTheDirectoryIsTheSameAtEveryMakingAndValid(t *testing.T) {
	t.Parallel()
	kols, who := KOLs(monday)
	again, _ := KOLs(monday)
	if diff := cmp.Diff(kols, again); diff != "" {
		t.Fatalf("KOLs differ: %s", diff)
	}
	tiers, fields, regions, posts := map[string]int{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, p := range Posts(monday) {
		posts[p.Author.ID] = true
	}
	known, rising, unquoted := 0, 0, 0
	seen := map[string]bool{}
	for _, k := range kols {
		if err := campaigns.ValidateKOL(k); err != nil {
			t.Errorf("%s: %v", k.Handle, err)
		}
		if seen[k.ID] {
			t.Errorf("%s stands twice", k.ID)
		}
		seen[k.ID] = true
		if !slices.Contains(campaigns.Fields(), k.Category) {
			t.Errorf("%s writes about %s, which has no name", k.Handle, k.Category)
		}
		tiers[campaigns.TierOf(k.Followers)]++
		fields[k.Category], regions[k.Region] = true, true
		if posts[k.ID] {
			known++
		}
		if campaigns.Rising(k) {
			rising++
		}
		if len(k.Quotes) == 0 {
			unquoted++
		}
	}
	if len(kols) < 60 || known < 40 || rising < 5 || len(tiers) != len(campaigns.Tiers()) || len(fields) < 12 || len(regions) < 10 || unquoted > 0 {
		t.Errorf("%d KOLs, %d of them authors here, %d rising, tiers %v, %d fields, %d regions, %d without a quote", len(kols), known, rising, tiers, len(fields), len(regions), unquoted)
	}
	if len(who.People) != readers || len(who.KOLs) != len(kols) {
		t.Errorf("%d people follow %d KOLs", len(who.People), len(who.KOLs))
	}
}

// Adding up followers would count people several times over; that is what the trial is
// there to show.
func TestAudiencesOverlap(t *testing.T) {
	t.Parallel()
	_, who := KOLs(monday)
	sum, reached := 0, map[uint32]bool{}
	for _, of := range who.Of {
		sum += len(of)
		for _, p := range of {
			reached[p] = true
		}
	}
	if share := float64(len(reached)) / float64(sum); share < .2 || share > .8 || len(reached) < readers/2 {
		t.Errorf("%d follow %d people in all: %.2f", len(reached), sum, share)
	}
}

func TestPortraitsDifferAndOpen(t *testing.T) {
	t.Parallel()
	painter := paint.New()
	seen := map[string]string{}
	for i, c := range creators() {
		if i%8 != 0 {
			continue // an eighth of them is enough to see it
		}
		data := painter.Portrait(c.portrait())
		if other, twice := seen[string(data)]; twice {
			t.Errorf("%s and %s look the same", other, c.handle)
		}
		seen[string(data)] = c.handle
		if _, _, err := image.Decode(bytes.NewReader(data)); err != nil {
			t.Errorf("%s: %v", c.handle, err)
		}
	}
}
