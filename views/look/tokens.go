package look

import (
	"image/color"

	"fyne.io/fyne/v2"
)

// Token names a colour. It is a theme colour name too, so a token can colour
// whatever the toolkit lets be coloured by name.
type Token = fyne.ThemeColorName

// The grounds, from the back to the front.
const (
	Paper    Token = "cinnabar.paper"    // the desk itself
	Surface  Token = "cinnabar.surface"  // what lies on it: cards, fields, the decision column
	Selected Token = "cinnabar.selected" // the chosen row, a hovered button
	Line     Token = "cinnabar.line"     // hairlines and borders
)

// The inks, which are for text and lines that carry meaning.
const (
	Ink         Token = "cinnabar.ink"
	SecondInk   Token = "cinnabar.second"
	CinnabarInk Token = "cinnabar.ink.cinnabar" // evidence, late
	JadeInk     Token = "cinnabar.ink.jade"     // good
	AmberInk    Token = "cinnabar.ink.amber"    // careful
	IndigoInk   Token = "cinnabar.ink.indigo"   // links, connections
	OnSeal      Token = "cinnabar.on.seal"
	OnInk       Token = "cinnabar.on.ink" // text on a solid Ink ground: the chosen chip, the toast
)

// The tints, each the ground of the ink of the same name.
const (
	CinnabarTint Token = "cinnabar.tint.cinnabar"
	JadeTint     Token = "cinnabar.tint.jade"
	AmberTint    Token = "cinnabar.tint.amber"
	IndigoTint   Token = "cinnabar.tint.indigo"
)

// The solids. Seal is kept for the seal and the one main action of a view.
const (
	Seal      Token = "cinnabar.seal"
	SealHover Token = "cinnabar.seal.hover"
	JadeFill  Token = "cinnabar.fill.jade"
	AmberFill Token = "cinnabar.fill.amber"
	Track     Token = "cinnabar.track" // what a bar runs in, and bars that are not the one meant
	Shade     Token = "cinnabar.shade" // the shadow under what floats
	Hover     Token = "cinnabar.hover" // laid over what the pointer is on
	Veil      Token = "cinnabar.veil"  // laid over the window under a palette or a sheet
	Clear     Token = "cinnabar.clear" // nothing at all
)

type pair struct{ light, dark color.NRGBA }

func hex(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xFF}
}

func rgb(light, dark uint32) pair { return pair{hex(light), hex(dark)} }

func alpha(light, dark uint32, la, da uint8) pair {
	p := rgb(light, dark)
	p.light.A, p.dark.A = la, da
	return p
}

var tokens = map[Token]pair{
	Paper:    rgb(0xFBF8F4, 0x171412),
	Surface:  rgb(0xFFFFFF, 0x211D1A),
	Selected: rgb(0xF3EDE5, 0x2B2521),
	Line:     rgb(0xE8E1D8, 0x3A332E),

	Ink:         rgb(0x1F1B18, 0xF2ECE6),
	SecondInk:   rgb(0x6B625B, 0xA79D94),
	CinnabarInk: rgb(0xA93224, 0xF08472),
	JadeInk:     rgb(0x256B4C, 0x6CC09B),
	AmberInk:    rgb(0x8A5A12, 0xDFAE5C),
	IndigoInk:   rgb(0x35528C, 0x9DB4E4),
	OnSeal:      rgb(0xFFFFFF, 0x1A0F0D),
	OnInk:       rgb(0xFBF8F4, 0x171412),

	CinnabarTint: rgb(0xF8E7E3, 0x3A211C),
	JadeTint:     rgb(0xE5F1EB, 0x1D2F27),
	AmberTint:    rgb(0xFAF0DC, 0x33291A),
	IndigoTint:   rgb(0xE8EDF7, 0x202838),

	Seal:      rgb(0xC23B2A, 0xE0604D),
	SealHover: rgb(0xAE3324, 0xEA7462),
	JadeFill:  rgb(0x2F7D5B, 0x5DB48D),
	AmberFill: rgb(0xB8791F, 0xDFAE5C),
	Track:     rgb(0xE8E1D8, 0x3A332E),
	Shade:     alpha(0x1F1B18, 0x000000, 0x30, 0x80),
	Hover:     alpha(0x1F1B18, 0xF2ECE6, 0x0A, 0x0C),
	Veil:      alpha(0x1F1B18, 0x000000, 0x33, 0x73),
	Clear:     alpha(0x000000, 0x000000, 0, 0),
}
