// Package campaigns is the room of the planning side: KOLs, offers, plans,
// contracts, gifts, events, promotions, experiments, as rules in plain Go. It
// may ask moderation what a KOL or a brand costs in risk; moderation never asks
// back. Nothing of it is built yet, and no screen offers it.
package campaigns
