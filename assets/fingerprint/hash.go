// Package fingerprint tells whether two pictures show the same, though one was saved
// anew, made smaller, mirrored or cut to a platform's ratio.
//
// A fingerprint is PDQ's (github.com/facebook/ThreatExchange, pdq): 256 bits of the
// picture's coarse frequencies. Two of one picture differ in at most 31 bits as a rule,
// two of different pictures in about 128. A picture has one for itself and fifteen for
// the cuts that platforms make of it; a mirrored picture's follows from the same
// frequencies. See docs/pictures.md for what it finds and what escapes.
package fingerprint

import (
	"encoding/hex"
	"math/bits"

	"cinnabar/internal/fault"
)

// Version names what Of computes. Whoever keeps fingerprints keeps them under it; it
// grows when the same picture would get others.
const Version = 1

const (
	// Near is how many bits two fingerprints of one picture may differ in: PDQ's own.
	Near = 31
	// Usable is the least quality with which a fingerprint is compared: PDQ's own. Below
	// it a picture has so little in it that it looks like many others.
	Usable = 50
)

// Hash is a fingerprint's 256 bits: bit k is bit k%64 of word k/64, and stands for the
// horizontal frequency k%16+1 and the vertical one k/16+1.
type Hash [4]uint64

// Distance is in how many of the 256 bits two hashes differ.
func (h Hash) Distance(other Hash) int {
	n := 0
	for i := range h {
		n += bits.OnesCount64(h[i] ^ other[i])
	}
	return n
}

// Bytes are the hash's 32 bytes, the highest bit first.
func (h Hash) Bytes() [32]byte {
	var b [32]byte
	for i, word := range h {
		for j := range 8 {
			b[31-8*i-j] = byte(word >> (8 * j))
		}
	}
	return b
}

// String is the hash as PDQ's own programs print it: 64 hexadecimal digits, the
// highest bit first.
func (h Hash) String() string {
	b := h.Bytes()
	return hex.EncodeToString(b[:])
}

// Parse reads what String prints. Fault: FieldValue.
func Parse(text string) (Hash, error) {
	var h Hash
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != 32 {
		if len(text) > 80 {
			text = text[:80]
		}
		return h, fault.New(fault.FieldValue, "field", "hash", "value", text)
	}
	for i, x := range b {
		h[(31-i)/8] |= uint64(x) << (8 * ((31 - i) % 8))
	}
	return h, nil
}
