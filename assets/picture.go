// Package assets holds what is true of pictures as such: their identity, and
// later slots, regions, crop geometry and fingerprint distance. Opening files is
// in assets/decode, small versions are in assets/preview; the rules of
// moderation and campaigns import this package and neither of those.
package assets

import (
	"crypto/sha256"
	"encoding/hex"
)

// ID names a picture by its content: the SHA-256 of the stored bytes, as 64
// lower-case hexadecimal digits. The zero value means "no picture". Equal
// pictures that were encoded anew have different IDs.
type ID string

// IDOf returns the ID of a file's bytes.
func IDOf(data []byte) ID {
	sum := sha256.Sum256(data)
	return ID(hex.EncodeToString(sum[:]))
}

// Valid reports whether the ID has the shape of one.
func (id ID) Valid() bool {
	if len(id) != 2*sha256.Size {
		return false
	}
	for _, c := range []byte(id) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// Box is a rectangle in pixels of the upright picture: x to the right, y down,
// from the upper left corner.
type Box struct {
	X int `json:"x"`
	Y int `json:"y"`
	W int `json:"w"`
	H int `json:"h"`
}

// Empty reports whether the box has no area, as the zero value has.
func (b Box) Empty() bool { return b.W <= 0 || b.H <= 0 }
