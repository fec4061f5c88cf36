package assets

import (
	"cmp"
	"math"
	"slices"
	"strconv"
)

// Verdict is what a check says of a picture in a slot.
type Verdict string

const (
	OK         Verdict = "ok"
	Lost       Verdict = "lost"
	CannotTell Verdict = "cannot_tell"
)

// Measured is what the pixels under a region say. Whoever has the pixels fills it in
// (assets/inspect); the check compares it with its limits. A zero field was not measured.
type Measured struct {
	// Contrast is the WCAG contrast ratio (1 to 21) of the region's writing against what
	// lies under it, at the 5th percentile.
	Contrast float64
	// Sharpness is the variance of the Laplacian over the region, the picture at 640 px.
	Sharpness float64
}

// Creative is the subject of a check: a picture, what is known of it, and what matters in it.
type Creative struct {
	Width, Height int   // pixels, upright
	Bytes         int64 // of the file; 0 if unknown
	Regions       []Region
	Measured      map[string]Measured // by the region's name
	Codes         int                 // QR codes found; below 0 where nobody looked to the end
	CodesAt       []Box               // where they are, as far as anybody knows
}

// Finding is one reason of a verdict, a good one too.
type Finding struct {
	Code    string            `json:"code"`             // one of FindingCodes; words has its sentence
	Region  string            `json:"region,omitempty"` // name of the region that it is about
	Verdict Verdict           `json:"verdict"`          // what this reason alone would lead to
	Warns   bool              `json:"warns,omitempty"`  // fine, and yet a person should know
	Found   bool              `json:"found,omitempty"`  // the region was found by a detector, nobody confirmed it
	Args    map[string]string `json:"args,omitempty"`
}

// The codes of findings, with what stands in Args.
const (
	NothingAsked    = "nothing_asked"     // no region that the slot asks for
	OnlyFound       = "only_found"        // regions, and none of them confirmed
	CropOutside     = "crop_outside"      // the crop that was chosen is not one of this picture
	RegionOutside   = "region_outside"    // the region is not one of this picture
	RegionWhole     = "region_whole"      // kept
	RegionGone      = "region_gone"       // side: above, below, left, right, covered, round
	RegionCut       = "region_cut"        // lost, kept
	RegionCovered   = "region_covered"    // by the platform's own buttons and words: lost, kept
	RegionRounded   = "region_rounded"    // by the round mask: lost, kept
	RegionAtEdge    = "region_at_edge"    // a face without its margin
	TextCut         = "text_cut"          // count: writing that nobody has spoken of
	ClearOfSafe     = "clear_of_safe"     // nothing that is asked for is covered
	LabelHigh       = "label_high"        // px
	LabelSmall      = "label_small"       // px, need
	ContrastGood    = "contrast_good"     // ratio
	ContrastLow     = "contrast_low"      // ratio, need
	ContrastUnknown = "contrast_unknown"  // nobody measured it
	NoWriting       = "no_writing"        // nothing stands out in the label's region
	Resolution      = "resolution"        // px: the crop's width, at least the slot's
	Enlarged        = "enlarged"          // times, px, need
	EnlargedMuch    = "enlarged_too_much" // times, px, need
	Blurred         = "blurred"           // sharpness
	FileTooLarge    = "file_too_large"    // bytes, need
	CodeForbidden   = "code_forbidden"    // count
	CodesUnknown    = "codes_unknown"     // nobody looked to the end
)

// FindingCodes lists every code with its arguments, so that a catalogue can be checked
// for completeness.
func FindingCodes() map[string][]string {
	return map[string][]string{
		NothingAsked: nil, OnlyFound: nil, CropOutside: nil, RegionOutside: nil,
		RegionWhole: {"kept"}, RegionGone: {"side"}, RegionCut: {"lost", "kept"}, RegionCovered: {"lost", "kept"},
		RegionRounded: {"lost", "kept"}, RegionAtEdge: {"kept"}, ClearOfSafe: nil, TextCut: {"count"},
		LabelHigh: {"px"}, LabelSmall: {"px", "need"},
		ContrastGood: {"ratio"}, ContrastLow: {"ratio", "need"}, ContrastUnknown: nil, NoWriting: nil,
		Resolution: {"px"}, Enlarged: {"times", "px", "need"}, EnlargedMuch: {"times", "px", "need"},
		Blurred: {"sharpness"}, FileTooLarge: {"bytes", "need"}, CodeForbidden: {"count"}, CodesUnknown: nil,
	}
}

// Sides lists what can take a region away whole.
func Sides() []string { return []string{"above", "below", "left", "right", "covered", "round"} }

// Kept is how much of a region stays visible in a slot.
type Kept struct {
	Name  string  `json:"name"`
	Kept  float64 `json:"kept"`            // 0 to 1, after cut, round mask and safe zones
	Found bool    `json:"found,omitempty"` // by a detector, nobody confirmed it
}

// Check is what becomes of a creative in one slot.
type Check struct {
	Slot     SlotID    `json:"slot"`
	Crop     Box       `json:"crop"` // pixels of the upright picture
	Regions  []Kept    `json:"regions"`
	Verdict  Verdict   `json:"verdict"`
	Findings []Finding `json:"findings"` // the worst first
}

// Examine says what becomes of a creative in a slot, cut at a box of the upright picture
// or, where that is zero, as the platform cuts it by itself. What is not of the slot's
// ratio is cut once more, as the platform would do with the file.
//
// A verdict rests on what people confirmed. Of a region that was only found, a loss
// leads to CannotTell, never to Lost; and that everything found is kept is not yet OK.
// Text that nobody has spoken of is told and decides nothing. Size, resolution and codes
// are read off the file and need nobody's word.
func Examine(c Creative, s Slot, at Box) Check {
	e := examiner{c: c, s: s, check: Check{Slot: s.ID, Regions: make([]Kept, 0, len(c.Regions)), Findings: make([]Finding, 0, len(c.Regions)+4)}}
	cut := s.cut(c, at)
	if cut.Empty() {
		e.find(Finding{Code: CropOutside, Verdict: CannotTell})
		for _, r := range c.Regions {
			e.check.Regions = append(e.check.Regions, Kept{Name: r.Name, Found: !r.Confirmed})
		}
		return e.end()
	}
	e.check.Crop, e.seen = cut, s.window(cut)
	for _, r := range c.Regions {
		e.region(r)
	}
	switch {
	case e.asked == 0 && e.found == 0:
		e.find(Finding{Code: NothingAsked, Verdict: CannotTell})
	case e.asked == 0:
		e.find(Finding{Code: OnlyFound, Verdict: CannotTell})
	case s.Safe != Edges{} && !e.hurt:
		e.find(Finding{Code: ClearOfSafe, Verdict: OK})
	}
	if e.texts > 0 {
		e.find(Finding{Code: TextCut, Verdict: OK, Warns: true, Found: true, Args: map[string]string{"count": strconv.Itoa(e.texts)}})
	}
	e.file(at == Box{})
	return e.end()
}

// ExamineAll examines a creative in many slots at once, each at the crop chosen for it
// or at the platform's own.
func ExamineAll(c Creative, slots []Slot, chosen map[SlotID]Box) []Check {
	checks := make([]Check, len(slots))
	for i, s := range slots {
		checks[i] = Examine(c, s, chosen[s.ID])
	}
	return checks
}

// cut is the crop that is examined: at, or the platform's own. It is empty where at is
// not a part of the picture.
func (s Slot) cut(c Creative, at Box) Box {
	if at == (Box{}) {
		return s.Crop(c.Width, c.Height)
	}
	if !at.within(c.Width, c.Height) {
		return Box{}
	}
	cut := s.Crop(at.W, at.H)
	cut.X, cut.Y = cut.X+at.X, cut.Y+at.Y
	return cut
}

// examiner gathers what is found in one slot.
type examiner struct {
	c            Creative
	s            Slot
	seen         window
	check        Check
	asked, found int  // regions that the slot asks for: confirmed, and not
	texts        int  // text that nobody has spoken of and that does not come through
	hurt         bool // one of them does not come through as it should
}

func (e *examiner) find(f Finding) { e.check.Findings = append(e.check.Findings, f) }

// judge adds a finding about a region that the slot asks for, as bad as it may be for it.
func (e *examiner) judge(r Region, f Finding) {
	f.Region, f.Found = r.Name, !r.Confirmed
	switch {
	case f.Verdict != Lost:
	case r.Confirmed:
		e.hurt = true
	default:
		e.hurt = true
		f.Verdict = CannotTell
	}
	e.find(f)
}

func (e *examiner) region(r Region) {
	if !r.Box.within(e.c.Width, e.c.Height) {
		k := Kept{Name: r.Name, Found: !r.Confirmed}
		if b := r.Box; max(abs(int64(b.X)), abs(int64(b.Y)), int64(b.W), int64(b.H)) <= 1<<20 { // beyond, figures overflow
			k.Kept = e.seen.shows(b)
		}
		e.check.Regions = append(e.check.Regions, k)
		if e.s.AsksFor(r.Kind) && (r.Confirmed || r.Kind != Text) {
			e.count(r)
			e.hurt = true
			e.find(Finding{Code: RegionOutside, Region: r.Name, Found: !r.Confirmed, Verdict: CannotTell})
		}
		return
	}
	kept := e.seen.shows(r.Box)
	e.check.Regions = append(e.check.Regions, Kept{Name: r.Name, Kept: kept, Found: !r.Confirmed})
	if !e.s.AsksFor(r.Kind) {
		return
	}
	if r.Kind == Text && !r.Confirmed {
		// A street has dozens; each by itself would drown what matters.
		if kept < keepWriting {
			e.texts++
		}
		return
	}
	e.count(r)
	switch {
	case kept < r.Kind.limit():
		e.judge(r, e.loss(r, kept))
		return // what is not there has neither height nor contrast
	case r.Kind == Face && e.seen.shows(r.needs(e.c.Width, e.c.Height)) < keepFace:
		e.judge(r, Finding{Code: RegionAtEdge, Verdict: Lost, Args: map[string]string{"kept": share(kept)}})
	default:
		e.judge(r, Finding{Code: RegionWhole, Verdict: OK, Args: map[string]string{"kept": share(kept)}})
	}
	m := e.c.Measured[r.Name]
	if r.Kind == Label {
		e.label(r, m.Contrast)
	}
	if (r.Kind == Subject || r.Kind == Face) && m.Sharpness > 0 && m.Sharpness < blurred {
		e.judge(r, Finding{Code: Blurred, Verdict: OK, Warns: true, Args: map[string]string{"sharpness": strconv.FormatFloat(m.Sharpness, 'f', 0, 64)}})
	}
}

func (e *examiner) count(r Region) {
	if r.Confirmed {
		e.asked++
	} else {
		e.found++
	}
}

// loss says what took a region, or most of what is missing of it: the cut itself, the
// platform's buttons, or the round mask.
func (e *examiner) loss(r Region, kept float64) Finding {
	inCut := e.seen.bare().shows(r.Box)
	clear := e.seen.square().shows(r.Box)
	byCut, bySafe, byMask := 1-inCut, inCut-clear, clear-kept
	code, side := RegionCut, e.side(r.Box)
	switch {
	case byMask > byCut && byMask > bySafe:
		code, side = RegionRounded, "round"
	case bySafe > byCut:
		code, side = RegionCovered, "covered"
	}
	if kept == 0 {
		return Finding{Code: RegionGone, Verdict: Lost, Args: map[string]string{"side": side}}
	}
	return Finding{Code: code, Verdict: Lost, Args: map[string]string{"lost": share(1 - kept), "kept": share(kept)}}
}

// side says on which side of the crop most of a box lies.
func (e *examiner) side(b Box) string {
	c := e.check.Crop
	side, most := "above", c.Y-b.Y
	for _, s := range []struct {
		name string
		over int
	}{{"below", b.Y + b.H - c.Y - c.H}, {"left", c.X - b.X}, {"right", b.X + b.W - c.X - c.W}} {
		if s.over > most {
			side, most = s.name, s.over
		}
	}
	return side
}

// label judges whether a label that is there can be read.
func (e *examiner) label(r Region, contrast float64) {
	px := labelSize(r.Box, e.s, e.check.Crop.W, e.check.Crop.H)
	if px < labelPixels {
		e.judge(r, Finding{Code: LabelSmall, Verdict: Lost, Args: map[string]string{"px": tenth(px), "need": strconv.Itoa(labelPixels)}})
	} else {
		e.judge(r, Finding{Code: LabelHigh, Verdict: OK, Args: map[string]string{"px": strconv.Itoa(int(px))}})
	}
	switch {
	case contrast <= 0:
		e.judge(r, Finding{Code: ContrastUnknown, Verdict: CannotTell})
	case contrast < noWriting:
		// A person says that it is there and the program sees no writing to measure: it
		// may be the program.
		e.judge(r, Finding{Code: NoWriting, Verdict: OK, Warns: true})
	case contrast < labelContrast:
		e.judge(r, Finding{Code: ContrastLow, Verdict: Lost, Args: map[string]string{"ratio": tenth(contrast), "need": tenth(labelContrast)}})
	default:
		e.judge(r, Finding{Code: ContrastGood, Verdict: OK, Args: map[string]string{"ratio": tenth(contrast)}})
	}
}

// labelSize is the smaller side of a label in pixels where the slot is shown at its size.
func labelSize(b Box, s Slot, cw, ch int) float64 {
	return min(float64(b.W*s.Width)/float64(cw), float64(b.H*s.Height)/float64(ch))
}

// file judges what holds whatever the picture shows. uncut tells that the file goes up as
// it is: of one that is cut first, nobody knows the size yet.
func (e *examiner) file(uncut bool) {
	crop := e.check.Crop
	times, px, need := float64(e.s.Width)/float64(crop.W), crop.W, e.s.Width
	if high := float64(e.s.Height) / float64(crop.H); high > times {
		times, px, need = high, crop.H, e.s.Height
	}
	// Rounded up, so that a little more than once does not read as once.
	args := map[string]string{"times": strconv.FormatFloat(math.Ceil(times*100)/100, 'f', 2, 64), "px": strconv.Itoa(px), "need": strconv.Itoa(need)}
	switch {
	case times > enlargedMuch:
		e.find(Finding{Code: EnlargedMuch, Verdict: Lost, Args: args})
	case times > 1:
		e.find(Finding{Code: Enlarged, Verdict: OK, Warns: true, Args: args})
	default:
		e.find(Finding{Code: Resolution, Verdict: OK, Args: map[string]string{"px": strconv.Itoa(crop.W)}})
	}
	if uncut && e.s.MaxBytes > 0 && e.c.Bytes > e.s.MaxBytes {
		e.find(Finding{Code: FileTooLarge, Verdict: Lost, Args: map[string]string{"bytes": strconv.FormatInt(e.c.Bytes, 10), "need": strconv.FormatInt(e.s.MaxBytes, 10)}})
	}
	codes := e.c.Codes
	if !uncut && codes > 0 && len(e.c.CodesAt) == codes {
		// What goes up is the crop; a code that it leaves out is in no file any more.
		codes = 0
		for _, b := range e.c.CodesAt {
			if e.seen.bare().shows(b) > 0 {
				codes++
			}
		}
	}
	switch {
	case !e.s.NoCodes:
	case codes > 0:
		e.find(Finding{Code: CodeForbidden, Verdict: Lost, Args: map[string]string{"count": strconv.Itoa(codes)}})
	case codes < 0:
		e.find(Finding{Code: CodesUnknown, Verdict: CannotTell})
	}
}

// end puts the worst first and draws the verdict from it.
func (e *examiner) end() Check {
	slices.SortStableFunc(e.check.Findings, func(a, b Finding) int { return cmp.Compare(b.weight(), a.weight()) })
	e.check.Verdict = OK
	if len(e.check.Findings) > 0 {
		e.check.Verdict = e.check.Findings[0].Verdict
	}
	return e.check
}

func (f Finding) weight() int {
	switch {
	case f.Verdict == Lost:
		return 3
	case f.Verdict == CannotTell:
		return 2
	case f.Warns:
		return 1
	}
	return 0
}

// share and tenth write figures of findings; whoever shows them makes them people's.
func share(v float64) string { return strconv.FormatFloat(v, 'f', 4, 64) }

// tenth rounds down, so that what just misses its limit does not read like it.
func tenth(v float64) string { return strconv.FormatFloat(math.Floor(v*10)/10, 'f', 1, 64) }
