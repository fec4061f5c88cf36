// Package decode opens the pictures that strangers send: bytes in, an upright
// 8-bit RGBA picture out, or a fault that a sentence can be made of.
//
// The order is fixed and each step may assume the one before: size in bytes,
// kind by the first bytes (JPEG, PNG, WebP and GIF, nothing else, whatever the
// name's ending says), measures from the header against the limits below,
// structure (frames of a GIF, scans of a JPEG, what a PNG's bytes can hold), room in
// memory, decoding under recover and a deadline, comparison with the header, colours
// to sRGB, orientation.
//
// The studio opens through Children: all that touches pixels runs in processes of
// their own, which are this program started again (ServeIfChild). Headers are read
// on both sides, and what comes back is checked. Here does the same without another
// process. Fine scaling, caching and showing are not done here: see assets/preview.
package decode

import "time"

// Version names what comes out of Decode for the same bytes. Whoever keeps
// decoded pictures keeps them under it; it grows when the result changes.
const Version = "2"

// Limits of what is opened. A picture of 50 MP needs 200 MB as RGBA, beside what
// the decoder itself holds; a progressive JPEG needs up to 14 bytes a pixel.
const (
	MaxBytes       = 20 << 20   // of the file
	MaxSide        = 16_384     // pixels, stored or upright
	MaxPixels      = 50_000_000 // width × height
	MaxProgressive = 40_000_000 // width × height of a progressive JPEG
	MaxFrameArea   = 100_000_000
	maxScans       = 100 // of a progressive JPEG; usual ones have about ten
	maxTime        = 5 * time.Second
)

// Format is a kind of picture that is opened.
type Format string

// The formats.
const (
	JPEG Format = "JPEG"
	PNG  Format = "PNG"
	WebP Format = "WebP"
	GIF  Format = "GIF"
)

// Note is something a person should know about a picture that opened.
type Note string

// The notes.
const (
	// ColourNotManaged is a picture in CMYK, or whose profile is of tables, damaged or
	// for high dynamic range: its colours are shown without conversion and may be off.
	ColourNotManaged Note = "colour_not_managed"
	// FirstFrameOnly is an animation of which only the first frame is shown.
	FirstFrameOnly Note = "first_frame_only"
)
