package campaigns

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
)

// Clash is two items of a calendar that get in each other's way.
type Clash struct {
	Rule string // word clash.CODE: "clash.rival", "clash.booked", "clash.coupon", "clash.paid_share", "clash.same_day"
	A, B Item   // A stands first; for the share of paid notes they are the first and the last of the KOL
	Args map[string]string
}

// RivalDays is how many days lie at least between posts of one KOL for two rivals,
// where nobody says otherwise.
const RivalDays = 14

// Clashes finds what gets in each other's way among items: one KOL for two rivals
// within so many days ("clash.booked" where the other's name is not to be known),
// coupons of a brand that hold at once, more paid notes of a KOL than one in five, and
// two posts of a KOL on one day. Brands are rivals unless both trades are known and
// differ. days 0 is RivalDays. kols may lack some; their share of paid notes is then
// not looked at. Order: by the day of A.
func Clashes(items []Item, kols map[string]KOL, days int) []Clash {
	if days <= 0 {
		days = RivalDays
	}
	live := slices.DeleteFunc(slices.Clone(items), func(i Item) bool {
		// What a closed campaign never published won't be.
		return i.From == "" || i.State == Closed && !i.Fixed
	})
	slices.SortStableFunc(live, func(a, b Item) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.Campaign, b.Campaign), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Deliverable, b.Deliverable))
	})
	var all []Clash
	byKOL := map[string][]Item{}
	byBrand := map[string][]Item{}
	for _, i := range live {
		if i.KOL != "" {
			byKOL[i.KOL] = append(byKOL[i.KOL], i)
		}
		if i.Coupon != "" {
			byBrand[i.Brand] = append(byBrand[i.Brand], i)
		}
	}
	for _, of := range byKOL {
		all = append(all, kolClashes(of, days)...)
		if c, ok := paidShare(of, kols); ok {
			all = append(all, c)
		}
	}
	for _, of := range byBrand {
		for n, a := range of {
			for _, b := range of[n+1:] {
				if apart(a, b) > 0 {
					break // sorted by their first day, so that nobody later overlaps
				}
				if a.Coupon == b.Coupon && a.Campaign == b.Campaign && a.Line == b.Line {
					continue // the same coupon in posts that belong together
				}
				all = append(all, Clash{Rule: "clash.coupon", A: a, B: b, Args: map[string]string{"coupon": a.Coupon, "other": b.Coupon, "brand": a.Brand}})
			}
		}
	}
	slices.SortStableFunc(all, func(x, y Clash) int {
		return cmp.Or(cmp.Compare(x.A.From, y.A.From), cmp.Compare(x.Rule, y.Rule), cmp.Compare(x.A.KOL, y.A.KOL), cmp.Compare(x.A.Title, y.A.Title), cmp.Compare(x.B.From, y.B.From))
	})
	return all
}

func kolClashes(of []Item, days int) []Clash {
	var all []Clash
	for n, a := range of {
		for _, b := range of[n+1:] {
			if sameThing(a, b) {
				continue
			}
			gap := apart(a, b)
			if elsewhere, own := a, b; rivals(a, b) && gap < days && (a.Campaign == "" || b.Campaign == "") {
				if a.Campaign != "" {
					elsewhere, own = b, a
				}
				all = append(all, Clash{Rule: "clash.booked", A: a, B: b, Args: map[string]string{
					"brand": own.Brand, "category": cmp.Or(elsewhere.Trade, "other"), "day": string(elsewhere.From), "days": strconv.Itoa(max(gap, 0)), "least": strconv.Itoa(days),
				}})
			} else if a.Brand != b.Brand && rivals(a, b) && gap < days {
				all = append(all, Clash{Rule: "clash.rival", A: a, B: b, Args: map[string]string{
					"brand": a.Brand, "other": b.Brand, "days": strconv.Itoa(max(gap, 0)), "least": strconv.Itoa(days),
				}})
			}
			if a.From == b.From && a.From == a.To && b.From == b.To {
				all = append(all, Clash{Rule: "clash.same_day", A: a, B: b, Args: map[string]string{"day": string(a.From)}})
			}
		}
	}
	return all
}

// sameThing reports whether two items are one, as a line and the deliverable of its
// contract are.
func sameThing(a, b Item) bool {
	return a.Campaign == b.Campaign && a.Line == b.Line && (a.Deliverable == b.Deliverable || a.Deliverable == "" || b.Deliverable == "")
}

func rivals(a, b Item) bool { return a.Trade == "" || b.Trade == "" || a.Trade == b.Trade }

// apart counts the days from the end of the first to the beginning of the second; 0
// and less when they overlap.
func apart(a, b Item) int {
	end, ok := a.To.Time()
	if !ok {
		end, _ = a.From.Time()
	}
	begin, _ := b.From.Time()
	return int(begin.Sub(end) / (24 * time.Hour))
}

// paidShare holds what is planned of a KOL against the notes that are known.
func paidShare(of []Item, kols map[string]KOL) (Clash, bool) {
	k, known := kols[of[0].KOL]
	posts := slices.DeleteFunc(slices.Clone(of), func(i Item) bool { return i.Kind != KOLLine || i.Campaign == "" })
	if !known || len(posts) == 0 {
		return Clash{}, false
	}
	share, ok := PaidShare(k, len(posts))
	if !ok || share <= limits().PaidShare {
		return Clash{}, false
	}
	return Clash{Rule: "clash.paid_share", A: posts[0], B: posts[len(posts)-1], Args: map[string]string{
		"planned": strconv.Itoa(len(posts)), "paid": strconv.Itoa(k.Paid.Notes), "notes": strconv.Itoa(k.Paid.Notes + k.Daily.Notes),
		"share": percent(share),
	}}, true
}

// PaidShare is which share of a KOL's notes would be paid with so many more of them;
// false where no notes are known.
func PaidShare(k KOL, more int) (float64, bool) {
	notes := k.Paid.Notes + k.Daily.Notes
	if notes == 0 {
		return 0, false
	}
	return float64(k.Paid.Notes+more) / float64(notes+more), true
}

func percent(share float64) string { return strconv.FormatFloat(share*100, 'f', 0, 64) + "%" }

// Moved is an item on other days: it begins on a day and stays as long as it was.
// Faults: NotMovable for what is published or closed, OutsideWindow (Args: from, to)
// for days that its contract or its campaign doesn't cover, FieldValue for no day.
func Moved(i Item, to moderation.Date) (Item, error) {
	day, ok := to.Time()
	if !ok {
		return i, fault.New(fault.FieldValue, "field", "from", "value", string(to))
	}
	if i.Fixed {
		return i, fault.New(fault.NotMovable, "name", i.Title)
	}
	last := dateOf(day.AddDate(0, 0, max(Days(i.From, i.To), 1)-1))
	if i.Earliest != "" && to < i.Earliest || i.Latest != "" && last > i.Latest {
		return i, fault.New(fault.OutsideWindow, "name", i.Title, "from", string(i.Earliest), "to", string(i.Latest))
	}
	i.From, i.To = to, last
	return i, nil
}

func dateOf(t time.Time) moderation.Date { return moderation.Date(t.Format(time.DateOnly)) }
