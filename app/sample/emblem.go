package sample

import "cinnabar/app/sample/paint"

// emblem is how a brand's logo is drawn.
type emblem struct {
	letter  string
	motif   paint.Motif
	palette int
}

// The motifs under short names, for the cast's table.
const (
	island  = paint.Island
	sheaf   = paint.Sheaf
	rings   = paint.Rings
	moon    = paint.Moon
	peaks   = paint.Peaks
	leafy   = paint.Leafy
	waves   = paint.Waves
	hare    = paint.Hare
	sunrise = paint.Sunrise
	arcs    = paint.Arcs
	grid    = paint.Grid
)
