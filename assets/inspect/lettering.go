package inspect

import (
	"image"
	"image/color"
	"sync"

	"cinnabar/internal/typeface"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// letters are the fonts that templates are set in. han is nil on a machine without a
// Chinese font: Chinese labels are then not found there.
type letters struct {
	latin, han [2]*opentype.Font // regular, bold
}

var fonts = sync.OnceValue(func() letters {
	var l letters
	for i, data := range [2][]byte{goregular.TTF, gobold.TTF} {
		f, err := opentype.Parse(data)
		if err != nil {
			panic("inspect: a compiled-in font cannot be read: " + err.Error())
		}
		l.latin[i] = f
	}
	for i, bold := range [2]bool{false, true} {
		if data, err := typeface.Han(bold); err == nil {
			l.han[i], _ = opentype.Parse(data)
		}
	}
	return l
})

// set draws a line of text as a mask, 255 where there is ink, trimmed to its ink. em is
// the size in pixels.
func set(f *opentype.Font, em float64, text string) *image.Gray {
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: em, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return image.NewGray(image.Rectangle{})
	}
	defer func() { _ = face.Close() }()
	width := font.MeasureString(face, text).Ceil()
	img := image.NewGray(image.Rect(0, 0, width+int(em), int(2*em)+2))
	d := font.Drawer{Dst: img, Src: image.NewUniform(color.White), Face: face, Dot: fixed.P(int(em/2), int(1.4*em))}
	d.DrawString(text)
	return img.SubImage(inked(img)).(*image.Gray)
}

// inked is the smallest rectangle around what is not black.
func inked(img *image.Gray) image.Rectangle {
	var r image.Rectangle
	for y := img.Rect.Min.Y; y < img.Rect.Max.Y; y++ {
		for x := img.Rect.Min.X; x < img.Rect.Max.X; x++ {
			if img.GrayAt(x, y).Y > 40 {
				r = r.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return r
}
