package views

func newCalendar(s *Campaigns, id string) campaignPage { return newPlan(s, id) }
