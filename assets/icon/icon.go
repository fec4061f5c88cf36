// Package icon holds the studio's icon: the seal, 朱 cut into cinnabar. The
// drawing is icon.svg; icon.png is the same at 512 pixels, for desktops and
// packages that take no drawing. Nothing else lives here.
package icon

import _ "embed"

// SVG is the drawing.
//
//go:embed icon.svg
var SVG []byte

// PNG is the drawing at 512 by 512 pixels.
//
//go:embed icon.png
var PNG []byte
