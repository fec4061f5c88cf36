package campaigns

// Counted says how much a scenario's KOLs reach together, each person once, in units
// of the segment's weights, and what goes when a line goes: alone, by the line's id.
// With a frequency somebody counts who is reached by so many of the KOLs. A KOL that
// stands in several lines is one, and alone of each of these lines; one whose
// followers are not known reaches nobody.
func Counted(c Campaign, s Scenario, who Following) (reached float64, alone map[string]float64) {
	of := make(map[string][]uint32, len(who.KOLs))
	for i, id := range who.KOLs {
		of[id] = who.Of[i]
	}
	need := uint16(min(max(c.Wish.Frequency, 1), 1<<15))
	hits := make([]uint16, len(who.People))
	last, round := make([]int32, len(who.People)), int32(0) // who was seen in which round
	twice := make(map[string]bool)
	for _, l := range s.Lines {
		if l.KOL == nil || twice[l.KOL.KOL] {
			continue
		}
		twice[l.KOL.KOL] = true
		round++
		for _, n := range of[l.KOL.KOL] {
			if last[n] != round {
				last[n] = round
				hits[n]++
			}
		}
	}
	for n, h := range hits {
		if h >= need {
			reached += c.Wish.Segment.Worth(who.People[n])
		}
	}
	alone = make(map[string]float64)
	for _, l := range s.Lines {
		if l.KOL == nil {
			continue
		}
		round++
		alone[l.ID] = 0
		for _, n := range of[l.KOL.KOL] {
			if hits[n] == need && last[n] != round {
				last[n] = round
				alone[l.ID] += c.Wish.Segment.Worth(who.People[n])
			}
		}
	}
	return reached, alone
}

// Followed says whom each of the KOLs reaches by itself, in units of the segment's
// weights; a KOL whose followers are not known is left out.
func Followed(s Segment, kols []string, who Following) map[string]float64 {
	of := make(map[string][]uint32, len(who.KOLs))
	for i, id := range who.KOLs {
		of[id] = who.Of[i]
	}
	last, out := make([]int32, len(who.People)), make(map[string]float64, len(kols))
	for i, id := range kols {
		all, known := of[id]
		if _, twice := out[id]; !known || twice {
			continue
		}
		out[id] = 0
		for _, n := range all {
			if last[n] != int32(i+1) {
				last[n] = int32(i + 1)
				out[id] += s.Worth(who.People[n])
			}
		}
	}
	return out
}
