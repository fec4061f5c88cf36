package views

func newContracts(s *Campaigns, id string) campaignPage { return newPlan(s, id) }
