package inspect

import (
	"cmp"
	"context"
	_ "embed"
	"image"
	"slices"
	"sync"

	"cinnabar/assets"

	pigo "github.com/esimov/pigo/core"
)

// The classifier is pigo's own, data/facefinder; its licence stands beside it.
//
//go:embed data/facefinder
var faceData []byte

var faceFinder = sync.OnceValues(func() (*pigo.Pigo, error) { return pigo.NewPigo().Unpack(faceData) })

const (
	facePixels   = 640 // longest side at which faces are looked for
	smallestFace = 24  // pixels at that size
	// faceQuality is what the hits around one place have to add up to. pigo's own
	// examples draw a face from 5; see docs/pictures.md for what this was tried on.
	faceQuality = 10
	faceOverlap = .2 // intersection over union from which two hits are one face
	mostFaces   = 30
)

// Faces finds faces that look at the viewer, upright within some 20 degrees, from 1/27
// of the picture's longest side on. The largest come first. It returns what it has when
// ctx ends.
func Faces(ctx context.Context, img *image.RGBA, full image.Point) []assets.Region {
	finder, err := faceFinder()
	if err != nil {
		panic("inspect: the compiled-in classifier cannot be read: " + err.Error())
	}
	p := greyOf(img, full, facePixels)
	var hits []pigo.Detection
	largest := min(p.w, p.h) - 2
	for size := smallestFace; size <= largest && ctx.Err() == nil; size = max(size+2, size*11/10) {
		hits = append(hits, finder.RunCascade(pigo.CascadeParams{
			MinSize: size, MaxSize: size, ShiftFactor: .1, ScaleFactor: 2,
			ImageParams: pigo.ImageParams{Pixels: p.pix, Rows: p.h, Cols: p.w, Dim: p.w},
		}, 0)...)
	}
	faces := finder.ClusterDetections(hits, faceOverlap)
	faces = slices.DeleteFunc(faces, func(d pigo.Detection) bool { return d.Q < faceQuality })
	slices.SortStableFunc(faces, func(a, b pigo.Detection) int { return cmp.Compare(b.Scale, a.Scale) })
	var boxes []assets.Box
	for _, f := range faces[:min(len(faces), mostFaces)] {
		boxes = append(boxes, p.box(image.Rect(f.Col-f.Scale/2, f.Row-f.Scale/2, f.Col+f.Scale/2, f.Row+f.Scale/2)))
	}
	return named(assets.Face, boxes)
}
