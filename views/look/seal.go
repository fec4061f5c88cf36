package look

import (
	"fmt"

	"fyne.io/fyne/v2"
)

// SealDrawing is the seal in the setting that is shown now, for px device pixels
// a side: 朱 in six strokes on a cinnabar ground. The application's icon in
// assets/icon has the same strokes.
func SealDrawing(px float32) fyne.Resource {
	dark := IsDark()
	ground, strokes, width := Value(Seal, dark), Value(OnSeal, dark), px*5/64
	name := fmt.Sprintf("cinnabar-seal-%02x%02x%02x-%.2f.svg", ground.R, ground.G, ground.B, width)
	return remembered(name, func() []byte {
		return fmt.Appendf(nil, sealSVG, ground.R, ground.G, ground.B, strokes.R, strokes.G, strokes.B, width)
	})
}

const sealSVG = `<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64" viewBox="0 0 64 64">` +
	`<rect x="0" y="0" width="64" height="64" rx="14" ry="14" fill="#%02x%02x%02x"/>` +
	`<g fill="none" stroke="#%02x%02x%02x" stroke-width="%.2f" stroke-linecap="round" stroke-linejoin="round">` +
	`<path d="M22 12 C20.500 17.500 18.500 21.500 15.500 25"/>` +
	`<path d="M19 20.500 H46"/><path d="M13 33.500 H51"/><path d="M32 11 V54"/>` +
	`<path d="M31 35 C27 42 21 47.500 13.500 51"/><path d="M33 35 C37 42 43 47.500 50.500 51"/>` +
	`</g></svg>`
