package main

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/image/draw"

	"cinnabar/app/report"
	"cinnabar/assets"
	"cinnabar/assets/decode"
	"cinnabar/assets/preview"
	"cinnabar/internal/fault"
)

// cropQualities are the JPEG qualities that are tried in turn until a file is small enough
// for its slot. Below the last one a picture looks worse than another crop would.
var cropQualities = []int{92, 88, 84, 80, 75, 70}

// cropped is the file that a crop becomes: upright, in sRGB, at the slot's size or, where
// the crop is smaller, at its own unless it may be enlarged. Nothing of the original file
// but its pixels is in it: no place, no camera, no embedded thumbnail. ending is ".jpg",
// or ".png" for a PNG and for what is transparent, as long as the slot takes files of
// that size.
func cropped(p *decode.Picture, crop assets.Box, slot assets.Slot, enlarge bool) (data []byte, ending string, err error) {
	part := p.Image.SubImage(image.Rect(crop.X, crop.Y, crop.X+crop.W, crop.Y+crop.H)).(*image.RGBA)
	out := preview.Resize(part, slot.Width, slot.Height)
	if size := image.Rect(0, 0, slot.Width, slot.Height); enlarge && out.Rect.Size() != size.Size() {
		larger := image.NewRGBA(size)
		draw.CatmullRom.Scale(larger, size, out, out.Rect, draw.Src, nil)
		out = larger
	}
	fits := func(b *bytes.Buffer) bool { return slot.MaxBytes == 0 || int64(b.Len()) <= slot.MaxBytes }
	var b bytes.Buffer
	if p.Format == decode.PNG || !out.Opaque() {
		if err := png.Encode(&b, out); err != nil {
			return nil, "", err
		}
		if fits(&b) {
			return b.Bytes(), ".png", nil
		}
	}
	flat := onWhite(out)
	for _, quality := range cropQualities {
		b.Reset()
		if err := jpeg.Encode(&b, flat, &jpeg.Options{Quality: quality}); err != nil {
			return nil, "", err
		}
		if fits(&b) {
			break
		}
	}
	return b.Bytes(), ".jpg", nil
}

// onWhite lays a picture on white, as the platform's pages are: JPEG knows nothing of
// transparency and would make it black.
func onWhite(img *image.RGBA) *image.RGBA {
	if img.Opaque() {
		return img
	}
	out := image.NewRGBA(image.Rect(0, 0, img.Rect.Dx(), img.Rect.Dy()))
	draw.Draw(out, out.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(out, out.Rect, img, img.Rect.Min, draw.Over)
	return out
}

// errExists is a file that was not written over.
var errExists = errors.New("there is a file already")

// writeCrop writes the cut of a picture into dir as NAME.SLOT.jpg or .png and returns
// its path. A file that is there already may be replaced where over says so. Its error is
// errExists, with the path, else FileWrite.
func writeCrop(dir, picture string, p *decode.Picture, crop assets.Box, slot assets.Slot, enlarge bool, over func(path string) bool) (string, error) {
	data, ending, err := cropped(p, crop, slot, enlarge)
	if err != nil {
		return "", fault.Wrap(err, fault.FileWrite, "path", dir)
	}
	path := filepath.Join(dir, stem(picture)+"."+string(slot.ID)+ending)
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) && !over(path) {
		return path, errExists
	}
	f, err := report.Create(path)
	if err != nil {
		return "", err
	}
	defer f.Discard()
	if _, err := f.Write(data); err != nil {
		return "", fault.Wrap(err, fault.FileWrite, "path", path)
	}
	return path, f.Commit()
}

// stem is a file's name without folder and ending.
func stem(path string) string {
	base := filepath.Base(path)
	return strings.TrimSuffix(base, filepath.Ext(base))
}
