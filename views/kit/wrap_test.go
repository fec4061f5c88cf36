package kit

import (
	"strings"
	"testing"
	"time"
	"unicode"

	"fyne.io/fyne/v2"
	"pgregory.net/rapid"

	"cinnabar/views/look"
	"cinnabar/views/look/looktest"
)

func lines(text string, width float32) []string {
	runes := []rune(text)
	var out []string
	for _, l := range wrap(runes, width, Plain) {
		out = append(out, string(runes[l.start:l.end]))
	}
	return out
}

func themed(t *testing.T) {
	t.Helper()
	looktest.Dress(t, look.Light)
}

func TestLatinBreaksBetweenWords(t *testing.T) {
	themed(t)
	for _, l := range lines("Weekend in Chengdu, all the things that I ate and drank", 120) {
		if strings.HasPrefix(l, " ") || strings.HasSuffix(l, " ") {
			t.Errorf("the line %q has a space at its edge", l)
		}
		for _, w := range strings.Fields(l) {
			if !strings.Contains(" Weekend in Chengdu, all the things that I ate and drank ", " "+w+" ") {
				t.Errorf("the word %q was torn", w)
			}
		}
	}
}

func TestALinkLongerThanTheLineIsBroken(t *testing.T) {
	themed(t)
	got := lines("https://example.com/a/very/long/path/that/goes/on", 100)
	if len(got) < 3 {
		t.Errorf("%q fits on %d lines of 100 pixels", got, len(got))
	}
}

func TestALineBreakStaysOne(t *testing.T) {
	themed(t)
	if got := lines("一\n\n二", 100); len(got) != 3 || got[1] != "" {
		t.Errorf("got %q", got)
	}
	if got := lines("", 100); len(got) != 1 {
		t.Errorf("no text gives %q, want one empty line", got)
	}
}

// TestNoWrapBreaksARule holds for any mixture: nothing is lost but spaces and
// breaks, no line is too wide unless it cannot be narrower, and Chinese
// punctuation stands where it may.
func TestNoWrapBreaksARule(t *testing.T) {
	themed(t)
	bits := []string{"春日", "防晒", "清单", "，", "。", "（", "）", "《", "》", "！", " ", " ", "SPF50", "lotion", "+薇", "XIXI88", "\n", "é", "👍🏽", "…"}
	rapid.Check(t, func(rt *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(bits), 0, 60).Draw(rt, "text"), "")
		width := float32(rapid.IntRange(40, 400).Draw(rt, "width"))
		runes := []rune(text)
		got := wrap(runes, width, Plain)
		at := 0
		for i, l := range got {
			for _, r := range runes[at:l.start] {
				if r != ' ' && r != '\n' {
					rt.Fatalf("%q was lost before line %d of %q", r, i, text)
				}
			}
			at = l.end
			line := runes[l.start:l.end]
			if len(line) == 0 {
				continue
			}
			if w := fyne.MeasureText(string(line), look.Body, fyne.TextStyle{}).Width; w > width+3 && len(line) > 1 && canBreak(line) {
				rt.Fatalf("line %q is %v wide, the room is %v", string(line), w, width)
			}
			// Between two characters before it there was a place to break at.
			if i > 0 && strings.ContainsRune(notFirst, line[0]) && got[i-1].end == l.start && got[i-1].end-got[i-1].start > 1 &&
				unicode.Is(unicode.Han, runes[l.start-1]) && unicode.Is(unicode.Han, runes[l.start-2]) {
				rt.Fatalf("line %q of %q begins with %q", string(line), text, line[0])
			}
			if unicode.Is(unicode.M, line[0]) {
				rt.Fatalf("a mark was torn from its letter: %q", string(line))
			}
		}
		for _, r := range runes[at:] {
			if r != ' ' && r != '\n' {
				rt.Fatalf("%q was lost at the end of %q", r, text)
			}
		}
	})
}

// canBreak reports whether a line has a place to break at.
func canBreak(line []rune) bool {
	for i := 1; i < len(line); i++ {
		if mayBreak(line[i-1], line[i]) {
			return true
		}
	}
	return false
}

func TestALongTextWrapsInLinearTime(t *testing.T) {
	themed(t)
	piece := "姐妹们久等啦！这个月真的只用了 lotion 防晒。"
	best := func(n int) time.Duration {
		text := []rune(strings.Repeat(piece, n))
		least := time.Hour
		for range 5 {
			began := time.Now()
			wrap(text, 400, Plain)
			least = min(least, time.Since(began))
		}
		return least
	}
	short, long := best(100), best(2000)
	// In the square of its length it would take four hundred times as long; a machine that
	// does other things makes of twenty what it likes.
	if f := float64(long) / float64(short); f > 200 {
		t.Errorf("twenty times the text took %.0f times as long", f)
	}
}
