package sample

import (
	"slices"

	"cinnabar/internal/people"
)

// The brands that the trial's marketers act for.
const (
	chulan  = "初岚 CHULAN"
	norrlys = "Norrlys Audio"
	guyu    = "谷雨粮仓"
	// Verified before the first day, so that campaigns can be planned for them; both
	// marketers act for the two, since one approves what the other proposes.
	suyu   = "素屿 SUYU"
	fjord  = "Fjord & Fell"
	tuanzi = "团子与月亮"
)

// People are the trial's logins, at least one for every role. Names are what
// colleagues see, so they say the role rather than invent a person.
func People() []people.Person {
	all := []people.Person{
		{Login: "moderator1", Name: "审核员 1 · Moderator", Role: people.Moderator, Regions: []string{"CN"}, Languages: []string{"zh-Hans", "zh-Hant", "en"}},
		{Login: "moderator2", Name: "审核员 2 · Moderator", Role: people.Moderator, Regions: []string{"CN"}, Languages: []string{"zh-Hans", "en"}},
		{Login: "moderator3", Name: "审核员 3 · Moderator", Role: people.Moderator, Languages: []string{"en", "zh-Hant"}},
		{Login: "lead1", Name: "组长 1 · Lead", Role: people.Lead, Regions: []string{"CN"}, Languages: []string{"zh-Hans", "zh-Hant", "en"}},
		{Login: "lead2", Name: "组长 2 · Lead", Role: people.Lead},
		{Login: "marketer1", Name: "营销 1 · Marketer", Role: people.Marketer, Regions: []string{"CN"}, Languages: []string{"zh-Hans", "en"}, Brands: []string{chulan, norrlys, suyu, fjord}},
		{Login: "marketer2", Name: "营销 2 · Marketer", Role: people.Marketer, Regions: []string{"CN"}, Languages: []string{"zh-Hans"}, Brands: []string{guyu, suyu, fjord, tuanzi}},
		{Login: "auditor1", Name: "审计 1 · Auditor", Role: people.Auditor},
		{Login: "admin1", Name: "管理员 1 · Administrator", Role: people.Administrator},
		{Login: "worker1", Name: "后台 1 · Worker", Role: people.Worker},
	}
	for i := range all {
		all[i].Active = true
	}
	return slices.Clip(all)
}
