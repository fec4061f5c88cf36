package views

func newBudget(s *Campaigns, id string) campaignPage { return newPlan(s, id) }
