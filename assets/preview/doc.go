// Package preview gives screens their pictures: small versions of what is
// stored, ready to be shown at a given number of device pixels.
//
// There is one Loader. It asks its Source for a picture's bytes, has them opened
// by assets/decode, scales them, and keeps what it made in memory and on disk.
// What a screen shows while it waits, or instead of a picture that does not open,
// is the screen's business: here are pictures and faults only.
package preview
