package kit_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/look/looktest"
)

// year is a calendar of so many bars over a year, four to a lane.
func year(bars int, cfg kit.LanesConfig) *kit.Lanes {
	cfg.Tick = func(day int) string { return fmt.Sprint(day) }
	l := kit.NewLanes(cfg)
	var lanes []kit.Lane
	var list []kit.LaneBar
	for i := range bars {
		lane := fmt.Sprint("lane ", i/4)
		if i%4 == 0 {
			lanes = append(lanes, kit.Lane{ID: lane, Text: lane})
		}
		from := (i*37)%340 - i%4
		list = append(list, kit.LaneBar{ID: fmt.Sprint(i), Lane: lane, From: from, To: from + 5 + i%9, Earliest: from - 3, Latest: from + 20,
			Text: "春日防晒 line " + fmt.Sprint(i), Tone: kit.Tone(1 + i%4), Warn: i%11 == 0})
	}
	l.Set(lanes, list, []kit.LaneBand{{From: 40, To: 47, Text: "Spring Festival", Tone: kit.Amber}})
	l.View(0, 60, 7)
	return l
}

func lanesWindow(t testing.TB, l *kit.Lanes, w, h float32) fyne.Window {
	looktest.Dress(t, look.Light)
	win := test.NewTempWindow(t, l)
	win.SetPadded(false)
	win.Resize(fyne.NewSize(w, h))
	return win
}

func TestACalendarDrawsOnlyWhatIsInView(t *testing.T) {
	l := year(1000, kit.LanesConfig{Scrolls: true})
	lanesWindow(t, l, 1000, 600)
	if n := l.Drawn(); n == 0 || n > 40 {
		t.Fatalf("%d of 1,000 bars drawn, want those in view", n)
	}
	for range 27 {
		l.Step(37)
	}
	b, ok := l.Selected()
	if from, days := l.Days(); !ok || b.From < from || b.From >= from+days {
		t.Fatalf("the chosen bar begins on %d, out of view (%d and %d days)", b.From, from, days)
	}
	if n := l.Drawn(); n == 0 || n > 40 {
		t.Fatalf("%d bars drawn at the end", n)
	}
}

func TestBarsOfALaneNeverLieOnEachOther(t *testing.T) {
	l := kit.NewLanes(kit.LanesConfig{})
	l.Set([]kit.Lane{{ID: "a", Text: "a"}, {ID: "b", Text: "b"}}, []kit.LaneBar{
		{ID: "1", Lane: "a", From: 0, To: 5}, {ID: "2", Lane: "a", From: 5, To: 9}, {ID: "3", Lane: "a", From: 6, To: 7}, {ID: "4", Lane: "b", From: 3, To: 4},
	}, nil)
	lanesWindow(t, l, 800, 400)
	// 1 and 3 share a row; 2 takes a second one; b has its own.
	if h, want := l.MinSize().Height, kit.NewLanes(kit.LanesConfig{}).MinSize().Height+2*40; h != want {
		t.Fatalf("three rows are %v high, want %v", h, want)
	}
}

func TestABarMovesByWholeDaysWithinItsWindow(t *testing.T) {
	moved := -1
	l := kit.NewLanes(kit.LanesConfig{Moved: func(_ string, from int) { moved = from }})
	l.Set([]kit.Lane{{ID: "a", Text: "a"}}, []kit.LaneBar{
		{ID: "1", Lane: "a", From: 5, To: 9, Earliest: 3, Latest: 12},
		{ID: "2", Lane: "a", From: 12, To: 13, Fixed: true},
	}, nil)
	l.View(0, 20, 1)
	l.Step(1)
	if !l.Shift(2) || moved != 7 {
		t.Fatalf("moved to %d, want 7", moved)
	}
	if l.Shift(-9); moved != 3 {
		t.Fatalf("moved to %d, want the first day of the window", moved)
	}
	l.Select("2")
	moved = -1
	if l.Shift(1) || moved != -1 {
		t.Fatal("a fixed bar moved")
	}
}

func TestABarIsDraggedToADay(t *testing.T) {
	moved := -1
	l := kit.NewLanes(kit.LanesConfig{Label: 100, Moved: func(_ string, from int) { moved = from }})
	l.Set([]kit.Lane{{ID: "a", Text: "a"}}, []kit.LaneBar{{ID: "1", Lane: "a", From: 5, To: 9, Earliest: 0, Latest: 12}}, nil)
	l.View(0, 20, 5)
	win := lanesWindow(t, l, 100+2*look.S4+20*30, 200) // a day is 30 pixels
	at := fyne.NewPos(100+look.S4+7*30, 26+20)
	test.Drag(win.Canvas(), at, 64, 0)
	if moved != 7 {
		t.Fatalf("dragged by two days and a little, moved to %d, want 7", moved)
	}
	test.Drag(win.Canvas(), at, 600, 0)
	if moved != 8 {
		t.Fatalf("dragged beyond its window, moved to %d, want 8", moved)
	}
}

// frames runs a step so often and reports how long the slowest twentieth took at least,
// in milliseconds. A frame at 60 a second has 16.7.
func frames(b *testing.B, step func(i int)) {
	b.Helper()
	step(0) // what is made once
	took := make([]time.Duration, 0, b.N)
	b.ResetTimer()
	for i := range b.N {
		began := time.Now()
		step(i)
		took = append(took, time.Since(began))
	}
	b.StopTimer()
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*95/100])/1e6, "p95-ms")
	b.ReportMetric(float64(took[len(took)-1])/1e6, "max-ms")
}

// scrolled is a calendar of a thousand lines that goes down and up by rows and on by days.
func scrolled(b *testing.B, paints bool) {
	l := year(1000, kit.LanesConfig{Scrolls: true})
	win := lanesWindow(b, l, 1256, 800)
	frames(b, func(i int) {
		if i%10 == 0 {
			l.View(i/10%300, 60, 7)
		}
		test.Scroll(win.Canvas(), fyne.NewPos(400, 300), 0, float32(-40+80*(i/100%2)))
		if paints {
			win.Canvas().Capture()
		}
	})
}

func BenchmarkScrollingACalendarOfAThousandLines(b *testing.B) { scrolled(b, false) }

// The toolkit's software painter draws the whole window every time, the window's own
// painter only what changed, on the graphics card.
func BenchmarkScrollingAndPaintingACalendarOfAThousandLines(b *testing.B) { scrolled(b, true) }

func BenchmarkDraggingInACalendarOfAThousandLines(b *testing.B) {
	l := year(1000, kit.LanesConfig{Scrolls: true, Moved: func(string, int) {}})
	win := lanesWindow(b, l, 1256, 800)
	at := fyne.NewPos(150, 26+20) // on the first bar
	frames(b, func(i int) {
		test.Drag(win.Canvas(), at, float32(24-48*(i%2)), 0)
		win.Canvas().Capture()
	})
}

func BenchmarkRedrawingACalendarOfAThousandLines(b *testing.B) {
	l := year(1000, kit.LanesConfig{Scrolls: true})
	lanesWindow(b, l, 1256, 800)
	var lanes []kit.Lane
	for i, bar := range l.Bars() {
		if i%4 == 0 {
			lanes = append(lanes, kit.Lane{ID: bar.Lane, Text: bar.Lane})
		}
	}
	frames(b, func(i int) {
		bars := slices.Clone(l.Bars())
		bars[i%len(bars)].To++
		l.Set(lanes, bars, nil)
	})
}

func TestTheCurveTakesATapToItsNearestPoint(t *testing.T) {
	looktest.Dress(t, look.Light)
	c := kit.NewCurve(180)
	picked := 0.0
	c.Picked = func(x float64) { picked = x }
	said := ""
	c.Say = func(p kit.CurvePoint) string { said = fmt.Sprint(p.Y); return said }
	c.Set([]kit.CurvePoint{{0, 0, 0}, {100, 60, 62}, {200, 80, 84}}, []kit.CurveTick{{0, "0"}, {200, "200"}}, &kit.CurvePoint{X: 100, Y: 58})
	win := test.NewTempWindow(t, c)
	win.SetPadded(false)
	win.Resize(fyne.NewSize(216, 180))
	test.TapCanvas(win.Canvas(), fyne.NewPos(120, 90))
	if picked != 100 {
		t.Fatalf("a tap near the middle picked %v", picked)
	}
	c.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(200, 20)}})
	if said != "80" {
		t.Fatalf("the pointer at the end said %q", said)
	}
	c.Set(nil, nil, nil) // nothing is drawn of nothing
	test.TapCanvas(win.Canvas(), fyne.NewPos(120, 90))
}
