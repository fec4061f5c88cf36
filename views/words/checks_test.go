package words

import (
	"slices"
	"strings"
	"testing"

	"cinnabar/campaigns"
	"cinnabar/moderation"
)

func TestEveryCheckAndWhatItFindsHasASentence(t *testing.T) {
	t.Parallel()
	codes := slices.Concat(moderation.CheckNames(), moderation.CheckDetails(), campaigns.CheckNames(), campaigns.CheckDetails())
	for _, l := range Languages() {
		book := For(l)
		used := 0
		for _, c := range codes {
			key := "checks." + c.Code
			if !book.Has(key) {
				t.Errorf("%s has no %s", l, key)
				continue
			}
			used++
			args := map[string]string{}
			for _, a := range c.Args {
				args[a] = "X"
			}
			if text := book.Fill(key, args); strings.ContainsAny(text, "{}%") {
				t.Errorf("%s: %s has a gap that nobody fills: %s", l, key, text)
			}
		}
		for key := range book.words {
			if strings.HasPrefix(key, "checks.") {
				used--
			}
		}
		if used != 0 {
			t.Errorf("%s has %d sentences that no check uses", l, -used)
		}
	}
}

func TestEveryCodeOfPlanningHasAName(t *testing.T) {
	t.Parallel()
	var names []string
	for _, tier := range campaigns.Tiers() {
		names = append(names, "tier."+tier.Code)
	}
	for _, f := range campaigns.Formats() {
		names = append(names, "format."+string(f))
	}
	for _, f := range campaigns.Fields() {
		names = append(names, "kol_field."+f)
	}
	for _, h := range campaigns.Holidays() {
		names = append(names, "holiday."+h.Code)
	}
	for _, why := range []string{"breaches", "open", "followers", "unknown", "clean"} {
		names = append(names, "risk."+why)
	}
	names = append(names, "clash.rival", "clash.coupon", "clash.paid_share", "clash.same_day")
	for _, how := range []string{"cost", "reach_counted", "reach_bounds", "reach_expected", "views", "views_daily", "answers", "answers_daily", "cpm", "cpe", "points", "pace"} {
		names = append(names, "plan.how_"+how)
	}
	for _, l := range Languages() {
		for _, name := range names {
			if !For(l).Has(name) {
				t.Errorf("%s has no %q", l, name)
			}
		}
	}
}
