package decode

import (
	"bytes"
	"encoding/binary"
	"math"
	"strings"
	"time"
	"unicode/utf8"
)

// The tags of EXIF that are read (Exif 2.32, 4.6.3 to 4.6.6).
const (
	tagMake        = 0x010F
	tagModel       = 0x0110
	orientationTag = 0x0112 // how the camera was held, 1 to 8
	tagSoftware    = 0x0131
	tagDateTime    = 0x0132
	tagExif        = 0x8769 // where the other tags of the camera are
	tagGPS         = 0x8825 // where the place is

	tagTaken      = 0x9003
	tagTakenZone  = 0x9011
	tagLensModel  = 0xA434
	tagLatitudeNS = 1
	tagLatitude   = 2
	tagLongitudeW = 3
	tagLongitude  = 4
)

// tiff is a TIFF structure, the body of an EXIF block.
type tiff struct {
	data  []byte
	order binary.ByteOrder
	first uint64 // where its first directory begins
}

func readTIFF(data []byte) (t tiff, ok bool) {
	if len(data) < 8 {
		return t, false
	}
	switch string(data[:4]) {
	case "II*\x00":
		t.order = binary.LittleEndian
	case "MM\x00*":
		t.order = binary.BigEndian
	default:
		return t, false
	}
	t.data = data
	t.first = uint64(t.order.Uint32(data[4:]))
	return t, true
}

// entry is one field of a directory.
type entry struct {
	kind, count uint32
	value       []byte // its bytes, wherever they are
}

const (
	typeASCII    = 2
	typeShort    = 3
	typeLong     = 4
	typeRational = 5
)

// entries returns the fields of the directory at a place. Only one directory is
// read for every place that is asked for, so that no circle of them holds us.
func (t tiff) entries(at uint64) map[uint16]entry {
	if at+2 > uint64(len(t.data)) {
		return nil
	}
	count := int(t.order.Uint16(t.data[at:]))
	const size = 12
	rest := t.data[at+2:]
	fields := map[uint16]entry{}
	for i := range min(count, len(rest)/size) {
		raw := rest[i*size:]
		e := entry{kind: uint32(t.order.Uint16(raw[2:])), count: t.order.Uint32(raw[4:])}
		unit, known := map[uint32]uint64{typeASCII: 1, typeShort: 2, typeLong: 4, typeRational: 8}[e.kind]
		if !known {
			continue
		}
		// What fits into four bytes stands in their place, at the left.
		if n := unit * uint64(e.count); n <= 4 {
			e.value = raw[8 : 8+n]
		} else {
			from := uint64(t.order.Uint32(raw[8:]))
			if from+n > uint64(len(t.data)) {
				continue
			}
			e.value = t.data[from : from+n]
		}
		if tag := t.order.Uint16(raw); fields[tag].value == nil {
			fields[tag] = e
		}
	}
	return fields
}

// number reads a single SHORT or LONG.
func (t tiff) number(e entry) (uint64, bool) {
	switch {
	case e.count == 1 && e.kind == typeShort:
		return uint64(t.order.Uint16(e.value)), true
	case e.count == 1 && e.kind == typeLong:
		return uint64(t.order.Uint32(e.value)), true
	}
	return 0, false
}

// degrees reads degrees, minutes and seconds.
func (t tiff) degrees(e entry) (float64, bool) {
	if e.kind != typeRational || e.count != 3 {
		return 0, false
	}
	sum, unit := 0.0, 1.0
	for i := range 3 {
		over, under := t.order.Uint32(e.value[8*i:]), t.order.Uint32(e.value[8*i+4:])
		if under == 0 {
			if over != 0 {
				return 0, false
			}
			under = 1 // many write 0/0 for seconds that they do not know
		}
		sum += float64(over) / float64(under) / unit
		unit *= 60
	}
	return sum, sum <= 180 && !math.IsNaN(sum)
}

// text reads an ASCII field: without its end, without what no screen can show, and
// not longer than a line.
func (e entry) text() string {
	if e.kind != typeASCII {
		return ""
	}
	value, _, _ := bytes.Cut(e.value, []byte{0})
	return shown(value)
}

// shown makes a line for a screen out of what a stranger wrote.
func shown(text []byte) string {
	const longest = 200
	text = text[:min(len(text), longest)]
	for i := 0; i < utf8.UTFMax && !utf8.Valid(text) && len(text) > 0; i++ {
		text = text[:len(text)-1] // cut within a rune
	}
	line := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F || r >= 0x80 && r < 0xA0 || r == utf8.RuneError || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 {
			return -1 // controls, and what turns the direction of a line around
		}
		return r
	}, string(text))
	return strings.TrimSpace(line)
}

// orientation returns how a picture lies, 1, upright, for anything missing, broken
// or out of range: a bad EXIF block is no reason to refuse a picture that opens.
func orientation(block []byte) int {
	t, ok := readTIFF(block)
	if !ok {
		return 1
	}
	e := t.entries(t.first)[orientationTag]
	if v, ok := t.number(e); ok && e.kind == typeShort && v >= 1 && v <= 8 {
		return int(v)
	}
	return 1
}

// turned reports whether an orientation swaps width and height.
func turned(orientation int) bool { return orientation >= 5 }

// readExif fills in what EXIF says.
func (m *Meta) readExif(block []byte) {
	t, ok := readTIFF(block)
	if !ok {
		return
	}
	main := t.entries(t.first)
	m.Camera = camera(main[tagMake].text(), main[tagModel].text())
	m.Software = main[tagSoftware].text()
	m.TakenAt = exifTime(main[tagDateTime].text(), "")
	if at, ok := t.number(main[tagExif]); ok {
		detail := t.entries(at)
		m.Lens = detail[tagLensModel].text()
		if taken := exifTime(detail[tagTaken].text(), detail[tagTakenZone].text()); !taken.IsZero() {
			m.TakenAt = taken
		}
	}
	if at, ok := t.number(main[tagGPS]); ok {
		gps := t.entries(at)
		north, okN := t.degrees(gps[tagLatitude])
		east, okE := t.degrees(gps[tagLongitude])
		if okN && okE && north <= 90 {
			if strings.HasPrefix(gps[tagLatitudeNS].text(), "S") {
				north = -north
			}
			if strings.HasPrefix(gps[tagLongitudeW].text(), "W") {
				east = -east
			}
			m.HasPlace, m.place = true, Place{north, east}
		} else {
			// What cannot be read here somebody else may read.
			m.HasPlace = m.HasPlace || gps[tagLatitude].count > 0 || gps[tagLongitude].count > 0
		}
	}
}

// camera joins maker and model, which often repeats the maker.
func camera(maker, model string) string {
	if strings.HasPrefix(strings.ToLower(model), strings.ToLower(maker)) {
		return model
	}
	return strings.TrimSpace(maker + " " + model)
}

// exifTime reads EXIF's way of writing a time, in UTC where no zone is given.
func exifTime(text, zone string) time.Time {
	if at, err := time.Parse("2006:01:02 15:04:05-07:00", text+zone); err == nil {
		return at
	}
	at, err := time.Parse("2006:01:02 15:04:05", text)
	if err != nil || at.Year() < 1900 {
		return time.Time{}
	}
	return at
}
