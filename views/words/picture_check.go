package words

import (
	"strconv"
	"strings"

	"cinnabar/assets"
)

// SlotName is a slot's name in the book's language.
func (b *Book) SlotName(s assets.Slot) string {
	if b.Chinese() {
		return s.Name.ZH
	}
	return s.Name.EN
}

// CropVerdict names what a check says of a picture in a slot: "ok", "lost", "cannot tell".
func (b *Book) CropVerdict(v assets.Verdict) string { return b.named("crop_verdict", string(v)) }

// PictureRegion names a region of a picture: "label", "face 2". A name that a person gave
// stays as it is.
func (b *Book) PictureRegion(name string) string {
	kind := assets.KindOf(name)
	rest, is := strings.CutPrefix(strings.ToLower(name), string(kind))
	if !is {
		return name
	}
	if n := strings.TrimLeft(rest, "-_ "); n != "" {
		return b.RegionKind(kind) + " " + n
	}
	return b.RegionKind(kind)
}

// RegionKind names a kind of region of a picture.
func (b *Book) RegionKind(k assets.RegionKind) string { return b.named("picture_region", string(k)) }

// Finding says one reason of a crop's verdict, as a clause without a full stop: "label cut
// by 22 %".
func (b *Book) Finding(f assets.Finding) string {
	args := make(map[string]string, len(f.Args)+1)
	for name, value := range f.Args {
		switch name {
		case "kept", "lost":
			if v, err := strconv.ParseFloat(value, 64); err == nil {
				value = b.Percent(v)
			}
		case "side":
			value = b.named("crop_side", value)
		case "bytes":
			value = megabytes(value)
		case "need":
			if f.Code == assets.FileTooLarge {
				value = megabytes(value)
			}
		case "times":
			value = strings.TrimSuffix(strings.TrimSuffix(value, "0"), ".0")
		}
		args[name] = value
	}
	args["region"], args["none"] = b.findingRegion(f), b.Percent(0)
	return b.Fill("crop."+f.Code, args)
}

func (b *Book) findingRegion(f assets.Finding) string {
	name := b.PictureRegion(f.Region)
	if f.Found {
		return b.Fill("crop.found", map[string]string{"region": name})
	}
	return name
}

// megabytes rounds up, so that a file that is too large by a little does not read as just
// large enough.
func megabytes(bytes string) string {
	n, err := strconv.ParseInt(bytes, 10, 64)
	if err != nil {
		return bytes
	}
	if n < 1<<20 {
		return strconv.FormatInt((n+1023)>>10, 10) + " kB"
	}
	tenths := (n*10 + 1<<20 - 1) >> 20
	if tenths%10 == 0 {
		return strconv.FormatInt(tenths/10, 10) + " MB"
	}
	return strconv.FormatInt(tenths/10, 10) + "." + strconv.FormatInt(tenths%10, 10) + " MB"
}

// CropLine is the one line that stands under a slot: what is lost where something is,
// else why nobody can tell, else what is kept; a warning behind it.
func (b *Book) CropLine(c assets.Check) string {
	var regions, rest, warnings []assets.Finding
	var kept []assets.Finding
	clear := false
	for _, f := range c.Findings {
		switch {
		case f.Verdict == assets.OK && f.Warns:
			warnings = append(warnings, f)
		case f.Code == assets.RegionWhole && !f.Found:
			kept = append(kept, f)
		case f.Code == assets.ClearOfSafe:
			clear = true
		case f.Verdict != c.Verdict || f.Verdict == assets.OK:
		case f.Region != "" && (f.Args["kept"] != "" || f.Args["side"] != ""):
			regions = append(regions, f)
		default:
			rest = append(rest, f)
		}
	}
	var line string
	switch {
	case len(regions) == 1:
		line = b.Finding(regions[0])
	case len(regions) > 1:
		line = b.shares(regions)
	case len(rest) > 0:
		line = b.Finding(rest[0])
	case clear:
		line = b.T("crop.clear_of_safe")
	default:
		line = b.keptOf(kept)
	}
	if len(warnings) > 0 {
		if line != "" {
			line += b.T("crop.also")
		}
		line += b.Finding(warnings[0])
	}
	return line
}

// shares lists regions with what is kept of each: "label 0 %, subject 61 %".
func (b *Book) shares(regions []assets.Finding) string {
	parts := make([]string, len(regions))
	for i, f := range regions {
		kept, _ := strconv.ParseFloat(f.Args["kept"], 64) // 0 where all is gone
		parts[i] = b.findingRegion(f) + " " + b.Percent(kept)
	}
	return strings.Join(parts, b.T("crop.comma"))
}

// keptOf says that regions are kept: "100 % of label and subject".
func (b *Book) keptOf(regions []assets.Finding) string {
	if len(regions) == 0 {
		return ""
	}
	names := make([]string, len(regions))
	for i, f := range regions {
		if f.Args["kept"] != "1.0000" {
			return b.shares(regions)
		}
		names[i] = b.findingRegion(f)
	}
	return b.Fill("crop.all_kept", map[string]string{"all": b.Percent(1), "regions": b.listed(names)})
}

// listed puts names into one phrase: "label, face and subject".
func (b *Book) listed(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	comma := b.T("crop.comma")
	if b.Chinese() {
		comma = "、"
	}
	last := len(names) - 1
	return strings.Join(names[:last], comma) + b.T("crop.and") + names[last]
}

// CropMove says how one crop lies to the platform's own: "moved up by 96 px, made smaller
// by 12 %". Moves are those of the middle.
func (b *Book) CropMove(own, crop assets.Box) string {
	// Half pixels are rounded away from none, so that a move never reads as 0.
	dx, dy := halved(2*crop.X+crop.W-2*own.X-own.W), halved(2*crop.Y+crop.H-2*own.Y-own.H)
	var parts []string
	say := func(key, name string, n int) {
		parts = append(parts, b.Fill(key, map[string]string{name: b.Number(n)}))
	}
	if crop.W < own.W || crop.H < own.H {
		share := 1 - float64(crop.H)/float64(own.H)
		if own.W > own.H {
			share = 1 - float64(crop.W)/float64(own.W)
		}
		parts = append(parts, b.Fill("crop.smaller", map[string]string{"share": b.Percent(share)}))
	}
	switch {
	case dy < 0:
		say("crop.moved_up", "y", -dy)
	case dy > 0:
		say("crop.moved_down", "y", dy)
	}
	switch {
	case dx < 0:
		say("crop.moved_left", "x", -dx)
	case dx > 0:
		say("crop.moved_right", "x", dx)
	}
	if len(parts) == 0 {
		return b.T("crop.same")
	}
	return strings.Join(parts, b.T("crop.comma"))
}

func halved(n int) int {
	if n < 0 {
		return -((1 - n) / 2)
	}
	return (n + 1) / 2
}
