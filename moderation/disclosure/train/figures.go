package train

import (
	"maps"
	"slices"

	"cinnabar/moderation/disclosure"
)

// steps is into how many parts of equal size the posts are cut by a figure. Weights of
// steps are learned each on top of the one before, so that neighbours stay alike.
const steps = 10

// stepped is a set of figures cut into steps.
type stepped struct {
	figures []disclosure.LearnedFigure
	first   []int       // feature of each figure's first step
	usual   [][]float64 // share of the known posts at or above each step
	width   int
}

// cut chooses the steps from the posts of known figures; cold leaves the warm ones out.
func cut(posts []disclosure.Parts, cold bool) *stepped {
	s := &stepped{}
	named := disclosure.LearnedFigures()
	for _, name := range slices.Sorted(maps.Keys(named)) {
		if cold && named[name] {
			continue
		}
		var known []float64
		for _, p := range posts {
			if x, ok := p.Figures[name]; ok {
				known = append(known, x)
			}
		}
		slices.Sort(known)
		f := disclosure.LearnedFigure{Figure: name}
		var usual []float64
		for b := 1; b < steps && len(known) > 0; b++ {
			at := short(known[b*len(known)/steps])
			if at <= known[0] || len(f.At) > 0 && at <= f.At[len(f.At)-1] {
				continue
			}
			above, _ := slices.BinarySearch(known, at)
			f.At = append(f.At, at)
			usual = append(usual, float64(len(known)-above)/float64(len(known)))
		}
		if len(f.At) == 0 {
			continue
		}
		s.figures = append(s.figures, f)
		s.usual = append(s.usual, usual)
		s.first = append(s.first, s.width)
		s.width += len(f.At)
	}
	return s
}

// rows are the posts as the learner sees them. A figure that is not known is as usual.
func (s *stepped) rows(posts []disclosure.Parts) []row {
	out := make([]row, len(posts))
	for i, p := range posts {
		for k, f := range s.figures {
			x, ok := p.Figures[f.Figure]
			for j, at := range f.At {
				v := float32(s.usual[k][j])
				if ok && x < at {
					break
				} else if ok {
					v = 1
				}
				out[i].index = append(out[i].index, int32(s.first[k]+j))
				out[i].value = append(out[i].value, v)
			}
		}
	}
	return out
}

// weighed are the figures with what was learned, each times scale. base is what a post
// with nothing but usual figures gets besides.
func (s *stepped) weighed(w []float64, scale float64) (figures []disclosure.LearnedFigure, base float64) {
	for k, f := range s.figures {
		f.Weights = nil
		for j := range f.At {
			weight := short(scale * w[s.first[k]+j])
			f.Weights = append(f.Weights, weight)
			f.Usual += weight * s.usual[k][j]
		}
		f.Usual = short(f.Usual)
		base += f.Usual
		figures = append(figures, f)
	}
	return figures, base
}
