package inspect

import (
	"cmp"
	"context"
	"image"
	"math"
	"slices"
	"strings"

	"cinnabar/assets"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
	"github.com/makiuchi-d/gozxing/qrcode/detector"
)

// Longest sides at which codes are looked for. A small code needs the pixels; a large
// or blurred one is seen better from afar, because what is dark is judged by the 40
// pixels around.
var codePixels = [...]int{1440, 720, 360}

const (
	mostCodes   = 8   // of one picture
	mostCorners = 150 // corner marks looked at in one pass; a code has three
	mostTries   = 60  // sets of three corners read in one pass, the likeliest first
	rowStep     = 2   // of the rows searched for corners
)

// Codes reads the QR codes of a picture, mirrored ones and light on dark ones too. It
// returns what it has when ctx ends. The work is bounded whatever the picture shows.
func Codes(ctx context.Context, img *image.RGBA, full image.Point) []assets.Code {
	var found []assets.Code
	p := greyOf(img, full, codePixels[0])
	for i, px := range codePixels {
		if i > 0 && max(p.w, p.h) <= px {
			continue // as it was
		}
		p = p.within(px)
		for _, inverted := range [...]bool{false, true} {
			found = p.codes(ctx, inverted, found)
			if ctx.Err() != nil || len(found) >= mostCodes {
				return found
			}
		}
	}
	return found
}

// codes adds what a pass over the plane reads to what was found before. The library's
// own reader cannot be stopped, so its parts are driven from here.
func (p plane) codes(ctx context.Context, inverted bool, found []assets.Code) []assets.Code {
	if p.w < 21 || p.h < 21 {
		return found // a code has that many modules
	}
	matrix, err := gozxing.NewHybridBinarizer(newLight(p, inverted)).GetBlackMatrix()
	if err != nil {
		return found
	}
	corners := p.corners(ctx, matrix)
	reader, at := decoder.NewDecoder(), detector.NewDetector(matrix)
	hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
	for i, t := range triples(corners) {
		if i == mostTries || ctx.Err() != nil || len(found) >= mostCodes {
			break
		}
		box := p.box(t.bounds())
		if slices.ContainsFunc(found, func(c assets.Code) bool { return overlap(c.Box, box) > .2 }) {
			continue // its corners again
		}
		sampled, err := at.ProcessFinderPatternInfo(detector.NewFinderPatternInfo(t.lower, t.corner, t.right))
		if err != nil {
			continue
		}
		result, err := reader.Decode(sampled.GetBits(), hints)
		if err != nil || result.GetText() == "" {
			continue
		}
		found = append(found, assets.Code{Text: strings.ToValidUTF8(result.GetText(), "\uFFFD"), Box: box})
	}
	return found
}

// corners finds the square marks at the corners of codes.
func (p plane) corners(ctx context.Context, matrix *gozxing.BitMatrix) []*detector.FinderPattern {
	finder := detector.NewFinderPatternFinder(matrix, nil)
	counts := make([]int, 5) // lengths of the last five runs, dark first
	for y := rowStep - 1; y < p.h && len(finder.GetPossibleCenters()) < mostCorners; y += rowStep {
		if ctx.Err() != nil {
			break
		}
		clear(counts)
		state := 0
		for x := range p.w {
			dark := matrix.Get(x, y)
			if dark == (state&1 == 0) {
				counts[state]++
				continue
			}
			if state < 4 {
				if state == 0 && counts[0] == 0 {
					continue // light before the first dark
				}
				state++
				counts[state]++
				continue
			}
			if detector.FinderPatternFinder_foundPatternCross(counts) && finder.HandlePossibleCenter(counts, y, x) {
				clear(counts)
				state = 0
				continue
			}
			detector.FinderPatternFinder_ShiftCounts2(counts)
			state = 3
		}
		if detector.FinderPatternFinder_foundPatternCross(counts) {
			finder.HandlePossibleCenter(counts, y, p.w)
		}
	}
	return finder.GetPossibleCenters()
}

// triple is three corner marks that may belong to one code.
type triple struct {
	corner, right, lower *detector.FinderPattern // upper left, and the ends of its two arms
	odd                  float64                 // how far from a right angle with equal arms; 0 is exact
}

// triples lists the sets of corners that may be codes, the likeliest first. A photo
// taken from the side leaves neither angle nor arms exact.
func triples(corners []*detector.FinderPattern) []triple {
	corners = slices.SortedFunc(slices.Values(corners), func(a, b *detector.FinderPattern) int {
		return cmp.Compare(a.GetEstimatedModuleSize(), b.GetEstimatedModuleSize())
	})
	var all []triple
	for i, a := range corners {
		for j := i + 1; j < len(corners); j++ {
			for k := j + 1; k < len(corners); k++ {
				if corners[k].GetEstimatedModuleSize() > 1.6*a.GetEstimatedModuleSize() {
					break
				}
				if t, ok := tripleOf(a, corners[j], corners[k]); ok {
					all = append(all, t)
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b triple) int { return cmp.Compare(a.odd, b.odd) })
	return all
}

func tripleOf(a, b, c *detector.FinderPattern) (triple, bool) {
	lower, corner, right := gozxing.ResultPoint_OrderBestPatterns(a, b, c)
	t := triple{corner: corner.(*detector.FinderPattern), right: right.(*detector.FinderPattern), lower: lower.(*detector.FinderPattern)}
	ax, ay := t.right.GetX()-t.corner.GetX(), t.right.GetY()-t.corner.GetY()
	bx, by := t.lower.GetX()-t.corner.GetX(), t.lower.GetY()-t.corner.GetY()
	one, two := math.Hypot(ax, ay), math.Hypot(bx, by)
	module := (a.GetEstimatedModuleSize() + b.GetEstimatedModuleSize() + c.GetEstimatedModuleSize()) / 3
	// Between the centres of two corners lie 14 modules in the smallest code and 170
	// in the largest.
	if module <= 0 || min(one, two) < 10*module || max(one, two) > 200*module {
		return t, false
	}
	cosine := math.Abs(ax*bx+ay*by) / (one * two)
	uneven := max(one, two)/min(one, two) - 1
	t.odd = cosine + uneven + math.Abs(c.GetEstimatedModuleSize()/a.GetEstimatedModuleSize()-1)/4
	return t, cosine < .45 && uneven < .5
}

// bounds is the upright rectangle around the code.
func (t triple) bounds() image.Rectangle {
	module := (t.corner.GetEstimatedModuleSize() + t.right.GetEstimatedModuleSize() + t.lower.GetEstimatedModuleSize()) / 3
	ax, ay := t.right.GetX()-t.corner.GetX(), t.right.GetY()-t.corner.GetY()
	bx, by := t.lower.GetX()-t.corner.GetX(), t.lower.GetY()-t.corner.GetY()
	// Each centre lies 3.5 modules inside of the code along both arms.
	u, v := 3.5*module/math.Hypot(ax, ay), 3.5*module/math.Hypot(bx, by)
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, at := range [...][2]float64{{-u, -v}, {1 + u, -v}, {-u, 1 + v}, {1 + u, 1 + v}} {
		x, y := t.corner.GetX()+at[0]*ax+at[1]*bx, t.corner.GetY()+at[0]*ay+at[1]*by
		x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x), max(y1, y)
	}
	return image.Rect(int(math.Floor(x0)), int(math.Floor(y0)), int(math.Ceil(x1)), int(math.Ceil(y1)))
}

// overlap is how much two boxes have in common, as a share of the smaller one.
func overlap(a, b assets.Box) float64 {
	w := min(a.X+a.W, b.X+b.W) - max(a.X, b.X)
	h := min(a.Y+a.H, b.Y+b.H) - max(a.Y, b.Y)
	if w <= 0 || h <= 0 {
		return 0
	}
	return float64(w*h) / float64(max(1, min(a.W*a.H, b.W*b.H)))
}

// light is a plane as the library wants it.
type light struct {
	gozxing.LuminanceSourceBase
	pix []byte
}

func newLight(p plane, inverted bool) *light {
	l := &light{gozxing.LuminanceSourceBase{Width: p.w, Height: p.h}, p.pix}
	if inverted {
		l.pix = make([]byte, len(p.pix))
		for i, v := range p.pix {
			l.pix[i] = 255 - v
		}
	}
	return l
}

func (l *light) GetMatrix() []byte { return l.pix }

func (l *light) GetRow(y int, _ []byte) ([]byte, error) {
	return l.pix[y*l.Width:][:l.Width], nil
}

func (l *light) Invert() gozxing.LuminanceSource {
	return newLight(plane{pix: l.pix, w: l.Width, h: l.Height}, true)
}

func (l *light) String() string { return gozxing.LuminanceSourceString(l) }
