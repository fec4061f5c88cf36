package decode

import (
	"bytes"
	"encoding/binary"
	"time"
	"unicode/utf16"
)

// Meta is what a file says about itself beside its pixels: for a person to look
// at, never a ground to decide on, because anybody can write anything there.
type Meta struct {
	Format        Format
	Bytes         int
	Width, Height int       // pixels, upright
	Orientation   int       // EXIF, 1 to 8
	Camera, Lens  string    // "" where the file does not say
	Software      string    // what wrote or edited it
	TakenAt       time.Time // zero where unknown; UTC where the file gives no offset
	Profile       string    // name of the colour profile, "" for none
	HasPlace      bool      // the file says where it was taken
	// SourceType is IPTC's word for how the picture came to be, such as
	// "trainedAlgorithmicMedia" for one that a model made; "" where it is not said.
	SourceType string
	// Credentials reports that the file carries a signed account of its making
	// (C2PA). Whether the signature holds is not looked at.
	Credentials bool

	place Place
}

// Place is where a picture says it was taken, in degrees, north and east positive.
type Place struct{ Latitude, Longitude float64 }

// Place returns where the picture says it was taken. It is a method so that
// nobody prints a stranger's home by printing Meta: call it only when a person
// asked for just this. It is false too for a place in a form that is not read here.
func (m Meta) Place() (Place, bool) { return m.place, m.place != Place{} }

// ReadMeta reads what it can and never fails: what is missing or broken stays zero.
func ReadMeta(data []byte) (m Meta) {
	m.Bytes = len(data)
	info, err := Config(data)
	if err != nil {
		return m
	}
	// Its measures are right, whatever happens to be wrong with the rest.
	m.Format, m.Width, m.Height, m.Orientation = info.Format, info.Width, info.Height, info.Orientation
	defer func() { _ = recover() }()
	m.readExif(info.exif)
	m.readXMP(info.xmp)
	m.Credentials = info.credentials
	m.Profile = profileName(info.tint)
	return m
}

// String tells no place.
func (m Meta) String() string { return string(m.Format) + " " + m.Camera }

// profileName reads the description of a profile, in ASCII or in the UTF-16 of
// newer ones (ICC.1:2022, 9.2.41).
func profileName(t tint) string {
	profile := t.profile()
	if len(profile) < 132 {
		return ""
	}
	count := int(binary.BigEndian.Uint32(profile[128:]))
	for i := range min(max(count, 0), (len(profile)-132)/12) {
		e := profile[132+12*i:]
		at, size := uint64(binary.BigEndian.Uint32(e[4:])), uint64(binary.BigEndian.Uint32(e[8:]))
		if string(e[:4]) != "desc" || at+size > uint64(len(profile)) || size < 12 {
			continue
		}
		body := profile[at : at+size]
		switch string(body[:4]) {
		case "desc":
			n := uint64(binary.BigEndian.Uint32(body[8:]))
			text, _, _ := bytes.Cut(body[12:12+min(n, size-12)], []byte{0})
			return shown(text)
		case "mluc":
			if size < 28 || binary.BigEndian.Uint32(body[8:]) == 0 {
				return ""
			}
			n, from := uint64(binary.BigEndian.Uint32(body[20:])), uint64(binary.BigEndian.Uint32(body[24:]))
			if n > 400 || from+n > size {
				return ""
			}
			var units []uint16
			for ; n >= 2; n, from = n-2, from+2 {
				units = append(units, binary.BigEndian.Uint16(body[from:]))
			}
			return shown([]byte(string(utf16.Decode(units))))
		}
	}
	return ""
}

// GoString tells no place either.
func (m Meta) GoString() string { return m.String() }
