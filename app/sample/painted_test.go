package sample

import (
	"bytes"
	"image"
	"image/jpeg"
	_ "image/png"
	"slices"
	"testing"

	"cinnabar/app/sample/paint"
	"cinnabar/assets"
	"cinnabar/moderation"
)

// chosen are one application of every layout and every flaw of a picture, with one
// paper of each kind between them where that is enough. Painting everything would
// only take longer.
func chosen() []draft {
	keep := map[string][]moderation.DocumentKind{
		"A-0404": {moderation.Licence, moderation.MarkPaper}, // the lying form
		"A-0405": {moderation.Licence},                       // a foreign register
		"A-0421": {moderation.Licence},                       // too small
		"A-0422": {moderation.CategoryPaper, moderation.OtherPaper},
		"A-0427": {moderation.Letter},
		"A-0432": {moderation.Licence}, // cut off
		"A-0433": {moderation.Licence}, // shared with the next
		"A-0434": {moderation.Licence},
	}
	var some []draft
	for _, d := range drafts(monday) {
		kinds := keep[d.app.Ref]
		if kinds == nil {
			continue
		}
		whole := d
		d.app.Documents, d.art = nil, nil
		for i, doc := range whole.app.Documents {
			if slices.Contains(kinds, doc.Kind) {
				d.app.Documents, d.art = append(d.app.Documents, doc), append(d.art, whole.art[i])
			}
		}
		some = append(some, d)
	}
	return some
}

// strictly refuses a file that stops in the middle. image.Decode would not: the quick
// JPEG decoder that comes with the package assets has put itself there, and fills up
// what is missing.
func strictly(data []byte) (image.Image, error) {
	if bytes.HasPrefix(data, []byte("\xff\xd8")) {
		return jpeg.Decode(bytes.NewReader(data))
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	return img, err
}

func TestPapersShowWhatIsReadFromThem(t *testing.T) {
	t.Parallel()
	p := paint.New()
	licences := make(map[assets.ID][]string)
	papers := 0
	for _, d := range chosen() {
		a, files := d.filled(p)
		stored := make(map[assets.ID][]byte)
		for _, data := range files {
			stored[assets.IDOf(data)] = data
		}
		for i, doc := range a.Documents {
			if d.art[i] == nil {
				if doc.Picture != "" {
					t.Errorf("%s: %s was never handed in and has a picture", a.Ref, doc.Name)
				}
				continue
			}
			img, err := strictly(stored[doc.Picture])
			broken := d.cast.flaw == brokenPicture && doc.Kind == moderation.Licence
			if (err != nil) != broken {
				t.Errorf("%s: %s: %v", a.Ref, doc.Name, err)
			}
			if doc.Kind == moderation.Licence {
				licences[doc.Picture] = append(licences[doc.Picture], a.Ref)
			}
			if err != nil {
				continue
			}
			papers++
			small := min(img.Bounds().Dx(), img.Bounds().Dy()) < 800
			if small != (d.cast.flaw == smallPicture && doc.Kind == moderation.Licence) {
				t.Errorf("%s: %s is %v", a.Ref, doc.Name, img.Bounds())
			}
			for j, f := range doc.Fields {
				box := image.Rect(f.Box.X, f.Box.Y, f.Box.X+f.Box.W, f.Box.Y+f.Box.H)
				if f.Box.Empty() || !box.In(img.Bounds()) {
					t.Errorf("%s: %s: %s stands at %v of %v", a.Ref, doc.Name, f.Name, box, img.Bounds())
				}
				for _, g := range doc.Fields[:j] {
					other := image.Rect(g.Box.X, g.Box.Y, g.Box.X+g.Box.W, g.Box.Y+g.Box.H)
					// Boxes have a little air and may touch, but never cover each other.
					if in := box.Intersect(other); in.Dy() > box.Dy()/3 && in.Dx() > 0 {
						t.Errorf("%s: %s: %s and %s overlap", a.Ref, doc.Name, f.Name, g.Name)
					}
				}
				if dark(img, box) < .02 {
					t.Errorf("%s: %s: nothing is printed where %s should stand", a.Ref, doc.Name, f.Name)
				}
			}
		}
	}
	if papers != 8 {
		t.Errorf("%d papers were looked at, want 8", papers)
	}
	shared := 0
	for _, refs := range licences {
		if len(refs) > 1 {
			shared++
		}
	}
	if shared != 1 {
		t.Errorf("%d licences are the same file under two applicants, want one", shared)
	}
}

// dark is the share of a box's pixels that are ink.
func dark(img image.Image, box image.Rectangle) float64 {
	ink, n := 0, 0
	plane := img.(*image.YCbCr)
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for _, v := range plane.Y[plane.YOffset(box.Min.X, y):plane.YOffset(box.Max.X-1, y)] {
			if n++; v < 0x70 {
				ink++
			}
		}
	}
	return float64(ink) / float64(n)
}

func TestTheFirstHandfulIsWholeByItself(t *testing.T) {
	t.Parallel()
	b := First(monday)
	stored := make(map[assets.ID]bool)
	for _, data := range b.Pictures {
		stored[assets.IDOf(data)] = true
	}
	if len(b.Applications) != firstApplications || len(b.Posts) < 4 {
		t.Errorf("%d applications and %d posts", len(b.Applications), len(b.Posts))
	}
	if !slices.ContainsFunc(b.Applications, func(a moderation.Application) bool { return a.ID == FirstApplication }) {
		t.Errorf("%s is not among them", FirstApplication)
	}
	for _, a := range b.Applications {
		for _, d := range a.Documents {
			if !stored[d.Picture] {
				t.Errorf("%s: the picture of %s is not in the batch", a.Ref, d.Name)
			}
		}
	}
	for _, p := range b.Posts {
		for _, pic := range p.Pictures {
			if !stored[pic.ID] {
				t.Errorf("%s: its picture is not in the batch", p.Title)
			}
		}
	}
}

func TestTwoPaintersPaintTheSame(t *testing.T) {
	t.Parallel()
	used, fresh := paint.New(), paint.New()
	for _, s := range order(true)[:2] {
		still, _ := s.still()
		want := used.Still(still)
		if !bytes.Equal(want, fresh.Still(still)) {
			t.Errorf("%s: the picture depends on what was painted before", s.title)
		}
		fresh.Logo(paint.Emblem{Letter: "岚", Motif: paint.Peaks})
	}
}
