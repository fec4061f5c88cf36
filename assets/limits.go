package assets

// What a picture has to keep in a slot. Areas, sizes and contrast are the house's rules
// for crops; where a figure has a source outside, it is named.
const (
	// keepWriting is the least share of a label, a logo or writing that stays visible:
	// all of it but for a hair that a person drew too much.
	keepWriting = .98
	// keepFace is the same for a face, faceMargin per cent of its size on every side
	// included: a face that touches the edge looks cut.
	keepFace   = .95
	faceMargin = 5
	// keepSubject is the same for a subject, whose edges are drawn by eye.
	keepSubject = .95

	// labelPixels is the least height of a label where the slot is shown at its size,
	// or its width where it is written downwards: its smaller side.
	labelPixels = 24
	// labelContrast is WCAG 2.2's least contrast of text, criterion 1.4.3 (AA).
	labelContrast = 4.5
	// noWriting is the contrast under which a region shows nothing that could be read
	// as writing: what JPEG and a soft background make by themselves.
	noWriting = 1.25

	// enlargedMuch is how far a crop may be enlarged to fill the slot before it is
	// refused; whatever is enlarged at all is told.
	enlargedMuch = 1.5
	// blurred is the variance of the Laplacian under which photographers speak of blur, by
	// custom. It has not been measured on this platform's pictures, and blur may be
	// wanted: it is told and decides nothing.
	blurred = 100
)

// limit is the least share of a region of this kind that a cut has to keep.
func (k RegionKind) limit() float64 {
	switch k {
	case Face:
		return keepFace
	case Subject:
		return keepSubject
	}
	return keepWriting
}

// needs is what of a picture a region needs visible: itself, a face with its margin.
func (r Region) needs(w, h int) Box {
	if r.Kind == Face {
		return r.Box.grown(faceMargin, w, h)
	}
	return r.Box
}
