package campaigns

// Risk is what a KOL is expected to cost besides the fee.
type Risk struct {
	PerPost float64  // expected breaches a paid post, 0…1
	Points  float64  // brand points that this comes to, a paid post
	Why     []string // words risk.CODE: "breaches", "open", "followers", "unknown", "clean"
}

// The prior that smooths a record: as if ten paid posts more were known, with half a
// breach among them. Without it a newcomer's first post would make a saint or a
// sinner. Set by hand, not measured on a platform yet.
const (
	priorPosts    = 10.0
	priorBreaches = .5
	// An open case may still be cleared; it counts as a quarter of a breach.
	openCase = .25
	// Followers that don't look like people are a sign of how the rest is done: what
	// is missing to the credible share adds this much of itself.
	bought = .2
)

// RiskOf says what the moderation record and the followers of a KOL let expect of one
// paid post: breaches over paid posts, smoothed, and something for open cases and for
// followers below the credible share. Why names what it rests on, gravest first.
func RiskOf(k KOL) Risk {
	r := k.Record
	paid := max(r.Paid, r.Breaches)
	per := (float64(r.Breaches) + openCase*float64(r.Open) + priorBreaches) / (float64(paid) + priorPosts)
	var why []string
	if r.Breaches > 0 {
		why = append(why, "breaches")
	}
	if r.Open > 0 {
		why = append(why, "open")
	}
	if short := limits().AuthenticLeast - k.Authentic; k.Authentic >= 0 && short > 0 {
		per += bought * short
		why = append(why, "followers")
	}
	switch {
	case len(why) > 0:
	case paid == 0:
		why = append(why, "unknown")
	default:
		why = append(why, "clean")
	}
	per = min(max(per, 0), 1)
	return Risk{PerPost: per, Points: per * limits().PointsABreach.Usual, Why: why}
}
