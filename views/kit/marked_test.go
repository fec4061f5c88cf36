package kit

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"pgregory.net/rapid"
)

func markedIn(t *testing.T, text string, marks []Mark, width float32) *Marked {
	t.Helper()
	themed(t)
	m := NewMarked(Plain)
	w := test.NewTempWindow(t, m)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(width, 400))
	m.Set(text, marks)
	return m
}

func TestATapOnEvidenceTellsWhich(t *testing.T) {
	m := markedIn(t, "报我名字 XIXI88 立减三十", []Mark{{Start: 0, End: 16, Tone: Jade}, {Start: 5, End: 11, Tone: Amber}}, 400)
	var got []int
	m.OnTap = func(k int) { got = append(got, k) }
	at := func(runes int) fyne.Position {
		return fyne.NewPos(fyne.MeasureText(string([]rune("报我名字 XIXI88 立减三十")[:runes]), m.style.size(), fyne.TextStyle{}).Width+2, 10)
	}
	m.Tapped(&fyne.PointEvent{Position: at(1)})
	m.Tapped(&fyne.PointEvent{Position: at(6)})
	m.Tapped(&fyne.PointEvent{Position: at(13)})
	if len(got) != 3 || got[0] != 0 || got[1] != 1 || got[2] != 0 {
		t.Errorf("taps told of %v, want the long one, the short one inside it, the long one", got)
	}
	if m.Focused() != 0 {
		t.Errorf("mark %d is pointed out after the last tap", m.Focused())
	}
}

func TestMarksOutsideTheTextAreCut(t *testing.T) {
	m := markedIn(t, "短", []Mark{{Start: -5, End: 99, Tone: Amber}, {Start: 7, End: 9, Tone: Jade}}, 200)
	m.OnTap = func(k int) {
		if k != 0 {
			t.Errorf("a tap told of mark %d", k)
		}
	}
	m.Tapped(&fyne.PointEvent{Position: fyne.NewPos(4, 10)})
}

// TestPiecesCoverALineOnce: however marks overlap, the pieces of a line are the
// line, in order, and each knows every mark over it.
func TestPiecesCoverALineOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(rt, "length")
		m := &Marked{text: make([]rune, n)}
		for range rapid.IntRange(0, 6).Draw(rt, "marks") {
			a, b := rapid.IntRange(0, n).Draw(rt, "a"), rapid.IntRange(0, n).Draw(rt, "b")
			m.marks = append(m.marks, Mark{Start: min(a, b), End: max(a, b)})
		}
		at := 0
		for _, p := range m.pieces(stretch{0, n}) {
			if p.start != at || p.end <= p.start {
				rt.Fatalf("a piece from %d to %d follows %d", p.start, p.end, at)
			}
			at = p.end
			for k, mark := range m.marks {
				over := mark.Start <= p.start && mark.End >= p.end && mark.Start < mark.End
				if over != contains(p.marks, k) {
					rt.Fatalf("piece %d-%d says %v, mark %d is %+v", p.start, p.end, p.marks, k, mark)
				}
			}
		}
		if at != n {
			rt.Fatalf("the pieces end at %d of %d", at, n)
		}
	})
}
