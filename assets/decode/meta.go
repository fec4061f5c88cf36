package decode

import "time"

// Meta is what a file says about itself beside its pixels: for a person to look
// at, never a ground to decide on, because anybody can write anything there.
type Meta struct {
	Format        Format
	Bytes         int
	Width, Height int       // pixels, upright
	Camera, Lens  string    // "" where the file does not say
	Software      string    // what wrote or edited it
	TakenAt       time.Time // zero where unknown; UTC where the file gives no offset
	Profile       string    // name of the colour profile, "" for none
	HasPlace      bool      // the file says where it was taken

	place Place
}

// Place is where a picture says it was taken, in degrees, north and east positive.
type Place struct{ Latitude, Longitude float64 }

// Place returns where the picture says it was taken. It is a method so that
// nobody prints a stranger's home by printing Meta: call it only when a person
// asked for just this.
func (m Meta) Place() (Place, bool) { return m.place, m.HasPlace }

// ReadMeta reads what it can and never fails: what is missing or broken stays zero.
func ReadMeta(data []byte) Meta {
	m := Meta{Bytes: len(data)}
	if info, err := Config(data); err == nil {
		m.Format, m.Width, m.Height = info.Format, info.Width, info.Height
	}
	return m
}
