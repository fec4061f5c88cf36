// Package campaigns is the room of the planning side: KOLs and what they ask for,
// campaigns with their plans, contracts, the calendar and the budget, as rules in
// plain Go. A rule here would be true without a database and without a screen.
//
// It asks moderation what a KOL or a brand costs in risk; moderation never asks
// back. What it does not hold: the choice of KOLs under a budget, which is
// campaigns/reach and knows only offers and audiences; rows, which are store's.
//
// Amounts are money.Fen; days are moderation.Date, days of the platform's time
// zone, both ends of a window included; shares are 0…1.
package campaigns
