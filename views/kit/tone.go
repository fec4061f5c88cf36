package kit

import "cinnabar/views/look"

// Tone is what a colour says: nothing, late or evidence, good, careful, linked.
type Tone uint8

// The tones.
const (
	Neutral Tone = iota
	Cinnabar
	Jade
	Amber
	Indigo
)

// Ink is the colour of text and lines in this tone.
func (t Tone) Ink() look.Token {
	return [...]look.Token{look.SecondInk, look.CinnabarInk, look.JadeInk, look.AmberInk, look.IndigoInk}[t]
}

// Tint is the ground under text in this tone.
func (t Tone) Tint() look.Token {
	return [...]look.Token{look.Selected, look.CinnabarTint, look.JadeTint, look.AmberTint, look.IndigoTint}[t]
}

// Fill is the solid for bars in this tone.
func (t Tone) Fill() look.Token {
	return [...]look.Token{look.Track, look.Seal, look.JadeFill, look.AmberFill, look.IndigoInk}[t]
}
