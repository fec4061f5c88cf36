package inspect

import (
	"context"
	"fmt"
	"image"
	"time"

	"cinnabar/assets"
	"cinnabar/internal/fault"
)

// Part is one thing that is looked for.
type Part string

// The parts, in the order in which Look goes through them: what a decision may rest on
// comes first, in case time runs out.
const (
	PartCodes  Part = "codes"
	PartLabels Part = "labels"
	PartFaces  Part = "faces"
	PartText   Part = "text"
)

// Report is what was found in a picture.
type Report struct {
	Faces  []assets.Region
	Labels []assets.Region
	Text   []assets.Region // text-like, labels among it
	Codes  []assets.Code
	// Notes say which parts could not be finished; what they had found by then is kept.
	// A part without a note was looked at to its end.
	Notes []Note
}

// Note says why a part of a report is not whole.
type Note struct {
	Part Part
	Err  error // a fault: TimedOut, Cancelled, or Internal where a library failed
}

// Regions are all regions of the report under names of their own: "face", "face-2",
// "label", "text", "text-2".
func (r Report) Regions() []assets.Region {
	var all []assets.Region
	for _, some := range [][]assets.Region{r.Labels, r.Faces, r.Text} {
		all = append(all, some...)
	}
	return all
}

// Whole reports whether a part was looked at to its end.
func (r Report) Whole(p Part) bool {
	for _, n := range r.Notes {
		if n.Part == p {
			return false
		}
	}
	return true
}

// bound is how long Look may take where ctx has no end of its own. Each part may take so
// much of the whole, so that a picture made to keep one busy leaves time for the rest.
const bound = time.Second

var shares = map[Part]float64{PartCodes: .45, PartLabels: .35, PartFaces: .25, PartText: .2}

// Look looks for everything until ctx ends, within a second where it has no deadline: a
// picture takes a quarter of that on an idle processor. full is the size of the upright
// picture in pixels; the zero value means that img is all of it. It never fails and never
// panics: what could not be finished is in the notes.
func Look(ctx context.Context, img *image.RGBA, full image.Point) Report {
	total := bound
	if end, ok := ctx.Deadline(); ok {
		total = time.Until(end)
	}
	ctx, cancel := context.WithTimeout(ctx, total)
	defer cancel()
	var r Report
	part := func(p Part, work func(context.Context)) {
		ctx, cancel := context.WithTimeout(ctx, time.Duration(shares[p]*float64(total)))
		defer cancel()
		if err := guarded(ctx, work); err != nil {
			r.Notes = append(r.Notes, Note{p, err})
		}
	}
	part(PartCodes, func(ctx context.Context) { r.Codes = Codes(ctx, img, full) })
	// Labels are sought among the lines that may be writing, so both parts stand on them.
	var p plane
	var lines []line
	var cut error
	part(PartLabels, func(ctx context.Context) {
		p = greyOf(img, full, linePixels)
		lines = p.lines(ctx)
		cut = ctx.Err()
		r.Labels = regions(p.labels(ctx, lines))
	})
	part(PartFaces, func(ctx context.Context) { r.Faces = Faces(ctx, img, full) })
	part(PartText, func(context.Context) { r.Text = p.text(lines) })
	if cut != nil && r.Whole(PartText) {
		r.Notes = append(r.Notes, Note{PartText, fault.New(fault.TimedOut)})
	}
	return r
}

// guarded runs one part and says why it was not finished, if so.
func guarded(ctx context.Context, work func(context.Context)) (err error) {
	defer fault.Catch(&err)
	work(ctx)
	switch ctx.Err() {
	case nil:
		return nil
	case context.DeadlineExceeded:
		return fault.New(fault.TimedOut)
	}
	return fault.New(fault.Cancelled)
}

// Measure says of every region how well its writing stands out and how sharp it is, by
// the region's name: what assets.Creative wants as Measured.
func Measure(ctx context.Context, img *image.RGBA, full image.Point, regions []assets.Region) map[string]assets.Measured {
	out := make(map[string]assets.Measured, len(regions))
	small := greyOf(img, full, sharpPixels)
	for _, r := range regions {
		if ctx.Err() != nil {
			break
		}
		var m assets.Measured
		if r.Kind == assets.Label || r.Kind == assets.Headline || r.Kind == assets.Text {
			m.Contrast = Contrast(img, full, r.Box)
		}
		m.Sharpness = small.sharpness(r.Box)
		out[r.Name] = m
	}
	return out
}

// named gives regions of one kind their names, in the order they come.
func named(kind assets.RegionKind, boxes []assets.Box) []assets.Region {
	out := make([]assets.Region, len(boxes))
	for i, b := range boxes {
		out[i] = assets.Region{Name: string(kind), Kind: kind, Box: b}
		if i > 0 {
			out[i].Name = fmt.Sprintf("%s-%d", kind, i+1)
		}
	}
	return out
}
