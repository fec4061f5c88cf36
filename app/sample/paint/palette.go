package paint

// palette is the light of a still life: wall from light to mid, objects in body
// and dark, one accent for the small things.
type palette struct {
	light, mid tint // the wall, from the upper left to the lower right
	dark       tint // caps, labels, letters
	accent     tint // sprigs, pebbles, a spoon
	body       tint // the palest surface
	sun        float64
}

// Palettes is how many there are; a Still names one by number.
const Palettes = 11

// night is the one palette whose wall is dark.
const night = 8

var palettes = [Palettes]palette{
	{hex(0xE6E1F0), hex(0xB3A6D8), hex(0x584893), hex(0xE0A46E), hex(0xFEFDFF), .50}, // lilac
	{hex(0xF7D9D0), hex(0xE9A78F), hex(0xB1503A), hex(0x6F8F72), hex(0xFFFCFA), .48}, // coral
	{hex(0xD9EBE1), hex(0x9CC5AF), hex(0x2B674D), hex(0xD98E5F), hex(0xFBFFFD), .46}, // sage
	{hex(0xFAEBCB), hex(0xE4BE6F), hex(0x935F14), hex(0x5D7F6A), hex(0xFFFDF7), .52}, // honey
	{hex(0xD7E5F3), hex(0x94B7DC), hex(0x2C548D), hex(0xE3A06C), hex(0xFBFDFF), .48}, // sky
	{hex(0xFAE1E6), hex(0xE3A5B5), hex(0x99405F), hex(0x7C9A7E), hex(0xFFFBFC), .48}, // rose
	{hex(0xF3ECE1), hex(0xD3BFA2), hex(0x6A5136), hex(0x7F8F62), hex(0xFFFDF9), .52}, // sand
	{hex(0xD6EDEC), hex(0x8DC3C6), hex(0x1F6270), hex(0xE58E73), hex(0xFAFFFF), .46}, // lagoon
	{hex(0x5A5878), hex(0x2A2A41), hex(0x6E5FA8), hex(0xE9C07F), hex(0xF3EDE4), .12}, // night
	{hex(0xEFE9E4), hex(0xC9BDB8), hex(0xA93224), hex(0x4E4A48), hex(0xFFFDFB), .55}, // paper and cinnabar
	{hex(0xE9EED2), hex(0xB9C887), hex(0x55672A), hex(0xC9714B), hex(0xFEFFF8), .48}, // matcha
}

// round is the light on an upright round body that spans x to x+w.
func (c palette) round(x, w float32, t tint) *ink {
	return ramp3(x, 0, x+w, 0, t.darker(.03), t.lighter(.25), t.mix(c.mid, .22).darker(.06))
}

// matt is the light on a coloured surface that spans x to x+w.
func (c palette) matt(x, w float32, t tint) *ink {
	return ramp3(x, 0, x+w, 0, t.lighter(.10), t, t.darker(.18))
}
