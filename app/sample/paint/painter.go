package paint

import (
	"bytes"
	"image/jpeg"
	"image/png"
)

// Painter paints one picture after the other, reusing its memory. Every
// goroutine needs one of its own. The same wish gives the same bytes, on
// machines with the same fonts.
type Painter struct {
	canvas  canvas
	letters *letters
}

// New returns a painter. The first one of a process reads the fonts.
func New() *Painter {
	return &Painter{letters: newLetters()}
}

// jpeg encodes what is on the canvas.
func (p *Painter) jpeg(quality int) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, p.canvas.planes(), &jpeg.Options{Quality: quality}); err != nil {
		panic("paint: a picture in memory cannot be encoded: " + err.Error())
	}
	return b.Bytes()
}

// png encodes what is on the canvas, for flat shapes with sharp edges.
func (p *Painter) png() []byte {
	var b bytes.Buffer
	e := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := e.Encode(&b, p.canvas.img); err != nil {
		panic("paint: a picture in memory cannot be encoded: " + err.Error())
	}
	return b.Bytes()
}
